"""The register of claims: each with what it says, what must hold, and what a source must hold to decide it.

It is fixed before anything is computed.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from compendium.places.blocs import BLOC_NAMES
from compendium.places.countries import load_countries
from compendium.project.checked import load_yaml
from compendium.project.folders import PROJECT

Kind = Literal["share", "count", "order", "rank", "trend", "zero", "documentary", "arithmetic"]


class Reported(BaseModel):
    """A reported figure, and the range of values that its wording admits once rounded."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float
    unit: str
    wording: str = Field(description="how the article qualifies the figure, in our words")
    low: float
    high: float

    @model_validator(mode="after")
    def _range_holds_value(self) -> "Reported":
        if not self.low <= self.value <= self.high:
            raise ValueError(f"reported value {self.value} lies outside [{self.low}, {self.high}]")
        return self


class Needs(BaseModel):
    """What a source must hold so that a claim can be decided; `claims.needs` holds it against what one offers.

    works_of : `world`, or the blocs (and countries, by their ISO codes) all of whose papers of the year
        must be there. Joint papers with them are then there too.
    knows : what must be known of the papers, see `compendium.sources.source.Detail`.
    years_before : consecutive years before the one meant whose papers must be there too.
    years_before_if_citing : the same where the source tells in which year citations were made, and so
        counts those of the year to papers of any age; elsewhere only the year's own papers are looked at.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    works_of: Literal["world"] | Annotated[tuple[str, ...], Field(min_length=1)]
    knows: tuple[Literal["countries", "citations", "people", "institutions"], ...] = ()
    years_before: int = Field(0, ge=0)
    years_before_if_citing: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _codes_are_known(self) -> "Needs":
        known = {*BLOC_NAMES, *load_countries()}
        wrong = [] if self.works_of == "world" else [code for code in self.works_of if code not in known]
        if wrong:
            raise ValueError(f"works_of: {wrong[0]!r} is no bloc ({', '.join(BLOC_NAMES)}) and no country's ISO code")
        return self


class Claim(BaseModel):
    """One checkable statement of the report."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^(\d{2}|A\d)-[a-z0-9]+(-[a-z0-9]+)*$")]
    group: str
    kind: Kind
    paraphrase: str = Field(min_length=20)
    subject: str
    comparator: str | None = None
    measure: str = Field(description="what is computed, or which document is read")
    relation: str = Field(description="what must hold for the claim to hold, in words")
    reported: Reported | None = None
    year: int | None
    headline: dict[str, str] = Field(default_factory=dict)
    scale: Literal["relative", "absolute"] | None
    needs: Needs | None = Field(None, description="what a source must hold to decide it; only where data can")
    article: str = Field(description="where in the article")
    notebook: Annotated[str, Field(pattern=r"^\d{2}-[a-z-]+$")]
    why: str | None = Field(None, description="for a claim that data cannot decide: why")

    @model_validator(mode="after")
    def _kind_has_what_it_needs(self) -> "Claim":
        if self.kind in ("share", "count") and self.reported is None:
            raise ValueError(f"claim {self.id}: a {self.kind} needs its reported value")
        quantitative = self.kind not in ("documentary", "arithmetic")
        if quantitative and (self.scale is None or self.year is None or not self.headline or self.needs is None):
            raise ValueError(f"claim {self.id}: a {self.kind} needs year, scale, headline and needs")
        if not quantitative and self.needs is not None:
            raise ValueError(f"claim {self.id}: a {self.kind} claim is not decided by a source, and has no needs")
        return self

    @property
    def number(self) -> str:
        """The claim's number in the list of claims: `05`, `A1`."""
        return self.id.split("-")[0]


class Register(BaseModel):
    """All claims, in order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claims: tuple[Claim, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Register":
        seen: set[str] = set()
        for claim in self.claims:
            if claim.number in seen:
                raise ValueError(f"claim number {claim.number} stands in the register twice")
            seen.add(claim.number)
        return self

    def __getitem__(self, claim_id: str) -> Claim:
        for claim in self.claims:
            if claim.id == claim_id:
                return claim
        raise KeyError(
            f"no claim {claim_id!r} in the register; there are: " + ", ".join(claim.id for claim in self.claims)
        )

    def of_notebook(self, notebook: str) -> tuple[Claim, ...]:
        """Return the claims that `notebook` answers."""
        return tuple(claim for claim in self.claims if claim.notebook == notebook)


@cache
def load_register(path: Path = PROJECT.register) -> Register:
    """Load and validate the register of claims; InputError, in one line, for a mistake in the file."""
    return load_yaml(path, Register)
