"""Evidence in documents, and figures that others published: what decides claims that no table can."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from compendium.project import paths
from compendium.claims import DOCUMENTARY_VERDICTS, Register, Reported, Verdict, load_register
from compendium.measures import arithmetic

DOCUMENTS = paths.REFERENCE / "documents.yml"
PUBLISHED_FIGURES = paths.REFERENCE / "published_figures.csv"
PUBLISHED_SERIES = paths.REFERENCE / "published_series.csv"

Date = Annotated[str, Field(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?|undated)$")]
#: How much of a document was read, from most to least; the last two decide nothing.
READ = {"text": "the document itself", "copy": "a copy of its text", "excerpt": "a part",
        "link": "not seen; a page points to it", "no": "not seen"}
Released = Literal["yes", "part", "no"]
#: The two accounts of the world's papers by year, and what each wording admits, as claim A1 of the
#: register fixes it: wording → printed value, lowest, highest.
WORLD_ADMITS = {2024: {">57000": (57_000, 57_000, 58_000), "60000": (60_000, 55_000, 65_000)},
                2000: {"<8500": (8_500, 8_000, 8_500), "just under 10000": (10_000, 9_500, 10_000)}}
#: Which claim reports which figure of which bloc, by the claim's number.
REPORTED_IN = {"citation_shares": {"CN": "05", "US": "06", "EU": "07", "UK": "08"},
               "dependence": {"CN": "16", "US": "17", "EU": "18", "UK": "19"},
               "researchers": {"CN": "21", "EU": "22", "US": "23"},
               "institutions": {"CN": "33", "EU": "35", "US": "36", "UK": "37"}}
ENTITIES = {"CN": "China", "US": "United States", "EU": "EU", "UK": "United Kingdom"}


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(_Entry):
    """One document that bears on a claim: what it is, where it can be found, what it says."""

    source: str = Field(min_length=5)
    publisher: str
    date: Date
    locator: str
    says: str = Field(description="what it says, in our words")
    url: str | None = Field(None, pattern=r"^https://\S+$")
    standing: Literal["primary", "secondary"]
    read: Literal["text", "copy", "excerpt", "link", "no"]

    @property
    def decides(self) -> bool:
        """Whether a verdict can rest on it: a primary document, of which something was read."""
        return self.standing == "primary" and self.read in ("text", "copy", "excerpt")

    def as_text(self) -> dict[str, str]:
        """Return the fields that are given, for a result."""
        return {name: str(value) for name, value in self.model_dump().items() if value is not None}


class Finding(_Entry):
    """The verdict on one documentary claim, what was found, why that decides, and the evidence."""

    verdict: Verdict
    finding: str = Field(min_length=20)
    reason: str = Field(min_length=20)
    evidence: tuple[Evidence, ...] = ()

    @model_validator(mode="after")
    def _verdict_rests_on_something(self) -> "Finding":
        if self.verdict not in DOCUMENTARY_VERDICTS:
            raise ValueError(f"{self.verdict} is no verdict on a document")
        if self.verdict != Verdict.UNVERIFIABLE and not any(one.decides for one in self.evidence):
            raise ValueError(f"{self.verdict} needs a primary document that was read")
        return self


class Event(_Entry):
    """Something that happened, and the claim it bears on."""

    date: Date
    lane: Literal["US policy", "chips", "DeepSeek", "Europe and Africa", "report"]
    event: str
    claim: str


class Openness(_Entry):
    """Whether a part of two models was released, and whether the definition asks for it."""

    part: str
    v3: Released
    r1: Released
    definition: Released


class Score(_Entry):
    """A benchmark score of three models, as the developer of one of them published it."""

    benchmark: str
    kind: Literal["English", "code", "mathematics", "Chinese"]
    v3: float
    gpt_4o: float
    claude_3_5: float


class Documents(_Entry):
    """The whole file of evidence."""

    claims: Mapping[str, Finding]
    events: tuple[Event, ...]
    openness: tuple[Openness, ...]
    scores: tuple[Score, ...]

    def frame(self, part: Literal["events", "openness", "scores"]) -> pd.DataFrame:
        """Return one of the lists as a frame, a row an entry."""
        return pd.DataFrame([entry.model_dump() for entry in getattr(self, part)])

    def table(self, *claims: str) -> str:
        """Return the evidence on some claims as a Markdown table, sources linked to their address."""
        lines = ["| claim | date | source | what it says | read |", "|---|---|---|---|---|"]
        for claim in claims:
            for one in self.claims[claim].evidence:
                source = f"[{one.source}]({one.url})" if one.url else one.source
                cells = (claim.split("-")[0], one.date, f"{source}, {one.publisher}; {one.locator}",
                         one.says, f"{one.standing}; {READ[one.read]}")
                lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        return "\n".join(lines)

    def evidence_frame(self) -> pd.DataFrame:
        """Return all evidence, one row a document and claim."""
        return pd.DataFrame([{"claim": claim} | one.as_text() for claim, finding in self.claims.items()
                             for one in finding.evidence])


def check_complete(documents: Documents, register: Register) -> None:
    """Raise ValueError unless just the documentary claims of the register have an entry each."""
    needed = [claim.id for claim in register.claims if claim.kind == "documentary"]
    named = set(documents.claims) | {event.claim for event in documents.events}
    problems = [f"no evidence on claim {claim}" for claim in needed if claim not in documents.claims]
    problems += [f"{claim} is no documentary claim" for claim in sorted(named - set(needed))]
    if problems:
        raise ValueError("; ".join(problems))


@cache
def load_documents(path: Path = DOCUMENTS) -> Documents:
    """Load the evidence and check it against the register."""
    # Dates stay as they are written: a month is no day.
    raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    documents = Documents.model_validate(raw)
    check_complete(documents, load_register())
    return documents


def published_figures() -> pd.DataFrame:
    """Return single figures that others published, values as printed (">40"), each with its source."""
    return pd.read_csv(PUBLISHED_FIGURES, dtype=str, keep_default_na=False)


def reported_figures(about: str) -> dict[str, Reported]:
    """Return the article's figures about one thing, by bloc, as the register has them."""
    of_claim = {claim.number: claim.reported for claim in load_register().claims}
    return {bloc: of_claim[number] for bloc, number in REPORTED_IN[about].items()}


def published_report(factor: float = 1.0) -> arithmetic.Published:
    """Return the figures published about the report, each with the range that its wording admits.

    factor : how far the ranges are stretched: 0 leaves the printed values, 1 the register's ranges.
        Outputs are printed to the last paper and stay exact.
    """
    def ranges(about: str, unit: float = 1.0) -> dict[str, arithmetic.Range]:
        return {bloc: arithmetic.widened(one.value / unit, arithmetic.Range(one.low / unit, one.high / unit),
                                         factor) for bloc, one in reported_figures(about).items()}

    rows = published_figures().query("quantity == 'AI publications' and source.str.startswith('report')")
    years = {year: rows[rows["year"] == str(year)].set_index("entity")["value"] for year in WORLD_ADMITS}
    outputs = years[max(years)].drop("World")
    return arithmetic.Published(
        outputs={bloc: arithmetic.exact(int(outputs[name])) for bloc, name in ENTITIES.items()},
        world={year: tuple(arithmetic.widened(value, arithmetic.Range(low, high), factor)
                           for value, low, high in accounts.values())
               for year, accounts in WORLD_ADMITS.items()},
        citation_shares=ranges("citation_shares"), dependence=ranges("dependence", unit=100),
        researchers=ranges("researchers"))


def published_series() -> pd.DataFrame:
    """Return yearly series that others published: series, entity, year, measure, value, complete."""
    return pd.read_csv(PUBLISHED_SERIES, keep_default_na=False)


def world_papers(year: int = 2024) -> int:
    """Return the smaller of the report's two accounts of the world's AI papers of a year."""
    return min(printed for printed, _, _ in WORLD_ADMITS[year].values())
