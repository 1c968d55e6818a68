"""One specification of a claim, and what it looks at."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
import pandas as pd

from compendium.measures.counting import WEST
from compendium.measures.network import TIE_DECIMALS
from compendium.measures.weighted import WeightedPapers, frame
from compendium.multiverse.samples import Samples
from compendium.places.blocs import CHINAS, EUS, UNKNOWN, members
from compendium.tables import Tables

T = TypeVar("T")
#: Marks a group to which every unknown address is given.
OR_UNKNOWN = "?"


@cache
def groups(*marks: str) -> Mapping[str, tuple[str, ...]]:
    """Return every group of countries that a specification can name: meanings of China and the EU, US, UK, the West.

    marks: `?` adds each with the unknown; without marks both are given.
    """
    named = {china: members(china)["CN"] for china in CHINAS} | {eu: members(eu=eu)["EU"] for eu in EUS}
    named |= {"US": ("US",), "UK": ("GB",)}
    named[WEST] = tuple(dict.fromkeys((*named["US"], *named["EU-27"], *named["UK"])))
    with_unknown = {f"{name}{OR_UNKNOWN}": (*codes, UNKNOWN) for name, codes in named.items()}
    return named | with_unknown


@cache
def chosen(names: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return some of the `groups`, always as the same object."""
    return {name: groups()[name] for name in names}


@dataclass(frozen=True, eq=False)
class Answer:
    """What a claim comes to under one specification, by line: the first line is the papers as they are.

    value: the estimate. holds: whether the relation holds. told: what is said of the papers as they are, None
    where they cannot tell. ends: the interval of the estimate, where it is not the percentile interval of the
    draws.
    """

    value: np.ndarray
    holds: np.ndarray
    told: bool | None
    ends: tuple[float, float] | None = None


def answer(
    value: np.ndarray, holds: np.ndarray, *, tells: bool = True, ends: tuple[float, float] | None = None
) -> Answer:
    """Return an answer; without an estimate, or where it does not `tell`, the relation stays open."""
    return Answer(value, holds, bool(holds[0]) if tells and not np.isnan(value[0]) else None, ends)


def above_one(ratio: np.ndarray) -> np.ndarray:
    """Tell which ratios are above 1; what differs from 1 further on is arithmetic, and a tie."""
    return ratio > 1 + 10.0**-TIE_DECIMALS


@dataclass(frozen=True, eq=False)
class Look:
    """The tables under one specification of a claim."""

    samples: Samples
    option: Mapping[str, str]

    def __getitem__(self, choice: str) -> str:
        return self.option[choice]

    def once(self, find: Callable[..., T], *given: object, **how: object) -> T:
        """Return `find(*given)`, which other specifications may ask for as well (`Samples.once`)."""
        return self.samples.once(find, *given, **how)

    def options(self, *choices: str) -> tuple[str, ...]:
        """Return the options of some choices."""
        return tuple(self.option[choice] for choice in choices)

    @property
    def tables(self) -> Tables:
        """The tables that all specifications look at."""
        return self.samples.frame.tables

    @property
    def year(self) -> int:
        """The year that the specification means."""
        return self.samples.frame.year_of(self["year"])

    @property
    def papers(self) -> WeightedPapers:
        """The papers of the year that the specification looks at."""
        return self.inside(self.samples.papers(self.year))

    @property
    def cited(self) -> WeightedPapers:
        """The papers whose citations the specification means: of the year, or cited in it."""
        cohort = self["citation_reading"] == "cohort"
        return self.inside(self.samples.cited(self.year) if cohort else self.samples.received(self.year))

    def inside(self, papers: WeightedPapers) -> WeightedPapers:
        """Keep those of some papers that the specification looks at."""
        return self.samples.inside(papers, self["categories"], self["panel"], self["missing"])

    @property
    def mark(self) -> str:
        """Mark the groups that get the unknown addresses in the worst case, else nothing."""
        return OR_UNKNOWN if self.option.get("missing") == "worst" else ""

    @property
    def eu(self) -> str:
        """The EU's meaning; EU-27 for a claim that it does not touch."""
        return self.option.get("eu", "EU-27")

    @property
    def group(self) -> Mapping[str, str]:
        """Bloc → its group; the unknown are given to whom the claim puts behind China."""
        return {"CN": self["china"], "EU": self.eu + self.mark, "US": f"US{self.mark}", "UK": f"UK{self.mark}"}

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The groups that specifications of the same papers can name."""
        return chosen((*CHINAS, *(f"{name}{self.mark}" for name in (*EUS, "US", "UK", WEST))))

    def column(self, found: pd.DataFrame, name: Hashable) -> np.ndarray:
        """Return a column of a finding, by line."""
        return self.once(columns_of, found)[name]

    def of_blocs(self, found: pd.DataFrame) -> pd.DataFrame:
        """Return the columns of the four blocs, out of those of the groups."""
        return self.once(_of_blocs, self, found, by=(id(found), *self.group.values()))


def columns_of(found: pd.DataFrame) -> dict[Hashable, np.ndarray]:
    """Return the columns of a frame by name; a frame takes some time to give one."""
    return dict(zip(found.columns.tolist(), np.ascontiguousarray(found.to_numpy().T), strict=True))


def _of_blocs(look: Look, found: pd.DataFrame) -> pd.DataFrame:
    return frame(np.column_stack([look.column(found, name) for name in look.group.values()]), look.group)
