"""What is planted in the simulated corpus: `data/known_answer.yml`, checked and typed."""

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from compendium.places.countries import continent_of
from compendium.project.checked import read_yaml, validated
from compendium.project.errors import InputError
from compendium.project.folders import PROJECT

FILE = PROJECT.data / "known_answer.yml"
#: Every number that is planted. A claim that is not among them follows from others.
TRUTHS = (
    "01-output-surpasses",
    "03-primary-collaborator",
    "04-self-reliance",
    "04-self-reliance.before",
    "05-citation-share-china",
    "06-citation-share-us",
    "07-citation-share-eu",
    "08-citation-share-uk",
    "09-most-connected",
    "10-uk-china-over-us",
    "11-uk-china-over-eu",
    "12-eu-china-over-uk",
    "13-eu-china-over-us",
    "13-eu-china-over-us.now",
    "14-us-top-partner-china",
    "16-china-with-west",
    "17-us-with-china",
    "18-eu-with-china",
    "19-uk-with-china",
    "21-researchers-china",
    "22-researchers-eu",
    "23-researchers-us",
    "24-younger-workforce",
    "33-institutions-china",
    "34-spread-over-cities",
    "35-institutions-eu",
    "36-institutions-us",
    "37-institutions-uk",
    "38-institutions-france",
    "40-institutions-africa",
)
SPREAD = "34-spread-over-cities"
#: The four blocs, as the parameter file names them; the UK's country code is GB.
BLOCS = ("CN", "US", "EU", "UK")


Share = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
#: First and last value of a straight line.
Line = tuple[Share, Share]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Truth(_Part):
    """A planted value, and in words what it is."""

    value: Number | Annotated[dict[str, Number], Field(min_length=1)]
    plants: str


class History(_Part):
    """The years before the one that the claims speak of."""

    first_year: int
    simulated_from: int
    part: Share
    world: Count
    elsewhere: Count
    shares: dict[str, Line]
    joint: dict[str, Line]
    eu_with_uk: Share = Field(alias="EU with UK")
    eu_with_us: Share = Field(alias="EU with US")


class People(_Part):
    """Who writes the papers."""

    authors: tuple[Share, ...]
    authors_elsewhere: tuple[Share, ...]
    second_address: Share
    per_authorship: Number
    mean_age: dict[str, Number]
    retired: Share


class Institutions(_Part):
    """How papers are spread over institutions."""

    least: Count
    most_of_small: Count
    in_large: Share
    elsewhere: Count


class Citations(_Part):
    """How citations are spread over papers and years."""

    mean: Number
    mean_before: Number
    decay: Number
    spread: Number


class Background(_Part):
    """The rest of the invented world, which no claim speaks of."""

    papers: dict[str, Count]
    unknown_country: Share
    unknown_author: Share
    unknown_citations: Share
    retracted: Count
    three_of_four: Count
    west_without_china: Count
    within_eu: Share
    with_elsewhere: Share
    within_elsewhere: Share
    partners_elsewhere: dict[str, Count]
    history: History
    people: People
    institutions: Institutions
    citations: Citations
    topics: dict[str, Share]
    doc_types: dict[str, Share]
    languages: dict[str, Share]


class Place(_Part):
    """A country: its weight, and the latitude and longitude of its cities."""

    weight: Number
    cities: dict[str, tuple[float, float]]


class Planted(_Part):
    """The whole parameter file. `follow` and `controls` are for tests, and decide nothing here."""

    seed: Count
    year: int
    truths: dict[str, Truth]
    follow: dict[str, tuple[str, ...]] = {}
    controls: tuple[dict[str, Any], ...] = ()
    background: Background
    countries: dict[Literal["EU", "single", "elsewhere"], dict[str, Place]]

    @field_validator("countries", mode="before")
    @classmethod
    def _codes_are_texts(cls, countries: Any) -> Any:
        """Name what YAML makes of an unquoted code such as Norway's."""
        rows = countries.values() if isinstance(countries, Mapping) else ()
        wrong = [code for row in rows if isinstance(row, Mapping) for code in row if not isinstance(code, str)]
        if wrong:
            raise ValueError(f"a country code must be a text, not {wrong[0]!r}; quote it")
        return countries

    @model_validator(mode="after")
    def _truths_are_all_there(self) -> "Planted":
        if wrong := sorted(set(self.truths) ^ set(TRUTHS)):
            raise ValueError(f"truths that are missing or unknown: {', '.join(wrong)}")
        for truth, planted in self.truths.items():
            if isinstance(planted.value, dict) is not (truth == SPREAD):
                raise ValueError(f"truth {truth} must be {'weights by city' if truth == SPREAD else 'one number'}")
        if unknown := sorted(set(self.truths[SPREAD].value) - set(self.countries["single"]["CN"].cities)):
            raise ValueError(f"no place is given for the cities {', '.join(unknown)}")
        return self


@dataclass(frozen=True)
class Parameters:
    """The parameter file's content: truths by name, and the background they stand before."""

    content: Mapping[str, Any]

    def __getitem__(self, truth: str) -> Any:
        """Return a planted value."""
        return self.content["truths"][truth]["value"]

    def count(self, truth: str) -> int:
        """Return a planted value that is a number of papers, people or institutions."""
        return int(self[truth])

    @property
    def background(self) -> Mapping[str, Any]:
        """The part of the file that no claim speaks of."""
        return self.content["background"]

    @property
    def year(self) -> int:
        """The year that the claims speak of."""
        return int(self.content["year"])

    @property
    def years(self) -> range:
        """All years of the corpus."""
        return range(int(self.background["history"]["simulated_from"]), self.year + 1)

    @property
    def papers(self) -> dict[str, int]:
        """Papers of each bloc and of the world, in the year."""
        return {"CN": self.count("01-output-surpasses"), **self.background["papers"]}

    @cached_property
    def weights(self) -> dict[str, dict[str, float]]:
        """Country weights by group: `EU`, `single`, `elsewhere`, each in the order of the file."""
        return {
            group: {code: float(row["weight"]) for code, row in rows.items()}
            for group, rows in self.content["countries"].items()
        }

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """All countries, in order: the three single ones, the EU's members, the others."""
        return (*self.weights["single"], *self.weights["EU"], *self.weights["elsewhere"])

    @cached_property
    def cities(self) -> dict[str, dict[str, tuple[float, float]]]:
        """Country → city → latitude and longitude."""
        return {
            code: {city: tuple(point) for city, point in row["cities"].items()}
            for rows in self.content["countries"].values()
            for code, row in rows.items()
        }

    @cached_property
    def africa(self) -> tuple[str, ...]:
        """The countries of Africa."""
        return tuple(code for code in self.weights["elsewhere"] if continent_of(code) == "AF")

    @property
    def digest(self) -> str:
        """SHA-256 of what decides the corpus; comments and controls do not."""
        kept = {name: self.content[name] for name in ("year", "background", "countries")}
        kept["truths"] = {name: self[name] for name in TRUTHS}
        return hashlib.sha256(json.dumps(kept).encode()).hexdigest()

    def moved(self, truth: str, value: Any) -> "Parameters":
        """Return the same parameters with one truth moved; InputError for a truth there is not."""
        content = copy.deepcopy(dict(self.content))
        if truth not in content["truths"]:
            raise InputError(f"no truth {truth!r}; there are: {', '.join(TRUTHS)}")
        content["truths"][truth]["value"] = value
        return checked(content, "the moved parameters")


def load(parameters: Path | Mapping[str, Any] | None = None) -> Parameters:
    """Load and check parameters: a file, its content as a mapping, or the project's own file.

    Raises InputError, in one line, for a file that cannot be read or lacks what is needed.
    """
    content = parameters if isinstance(parameters, Mapping) else read_yaml(parameters or FILE)
    return checked(content, "the parameters" if isinstance(parameters, Mapping) else PROJECT.shown(parameters or FILE))


def checked(content: Any, name: str) -> Parameters:
    """Return parameters if they are what `Planted` says; InputError, in one line, if not.

    The content stays as it is written, whole numbers and all, because its digest names the corpus.
    """
    validated(Planted, content, name)
    return Parameters(content)
