"""What is planted in the simulated corpus: `data/known_answer.yml`, checked and typed."""

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from compendium.places.countries import continent_of
from compendium.project import paths
from compendium.project.errors import InputError

FILE = paths.DATA / "known_answer.yml"
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
    if isinstance(parameters, Mapping):
        return checked(parameters, "the parameters")
    path = parameters or FILE
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{paths.shown(path)} is missing: it holds what is planted") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{paths.shown(path)} is no YAML: {' '.join(str(error).split())}") from None
    return checked(content, paths.shown(path))


def checked(content: Any, name: str) -> Parameters:
    """Return parameters if every truth is there and is what it should be; InputError if not."""
    parts = {"seed", "year", "truths", "background", "countries"}
    if not isinstance(content, Mapping) or not parts <= set(content):
        raise InputError(f"{name} must have the parts {', '.join(sorted(parts))}")
    truths = content["truths"]
    if wrong := sorted(set(truths) ^ set(TRUTHS)):
        raise InputError(f"{name}: truths that are missing or unknown: {', '.join(wrong)}")
    for truth in TRUTHS:
        value = truths[truth].get("value") if isinstance(truths[truth], Mapping) else None
        numbers = list(value.values()) if truth == SPREAD and isinstance(value, Mapping) else [value]
        if not numbers or not all(isinstance(one, int | float) and one >= 0 for one in numbers):
            raise InputError(f"{name}: truth {truth} must have a value of 0 or more, not {value!r}")
    codes = [code for rows in content["countries"].values() for code in rows]
    if wrong := [code for code in codes if not isinstance(code, str)]:
        raise InputError(f"{name}: a country code must be a text, not {wrong[0]!r}; quote it")
    found = Parameters(content)
    if unknown := sorted(set(found[SPREAD]) - set(found.cities["CN"])):
        raise InputError(f"{name}: no place is given for the cities {', '.join(unknown)}")
    return found
