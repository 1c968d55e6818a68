"""The papers of a frame, drawn again many times, and what is found on them, each once.

Papers that are alike for every specification are one row, so a draw of a paper bootstrap is one number a row.
The first line of weights is the papers as they are, the others are draws. Each year is drawn once, and all
claims look at the same draws.
"""

import itertools
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import pandas as pd

from compendium.measures.output import balanced_panel
from compendium.measures.weighted import WeightedPapers, weighted
from compendium.multiverse.choices import Frame

T = TypeVar("T")
#: Lengths of the trends that a balanced panel can follow.
TREND_YEARS = (5, 10, 15)
#: How many large findings are kept: specifications that need the same one follow one another.
KEPT = 4


def trend_panel(first: int, last: int) -> str:
    """Return the name of the panel of categories that have papers in every year of a trend."""
    return f"balanced {first}–{last}"


def _kinds(frame: Frame) -> tuple[dict[str, int], dict[str, frozenset[int]]]:
    """Number the categories by which options they belong to: category → kind, option → kinds."""
    options = frame.category_sets() | {"balanced": set(frame.panel())}
    lengths = {*TREND_YEARS, int(frame.in_force.get("trend_years", TREND_YEARS[0]))}
    for last, length in itertools.product(range(frame.year - 1, frame.year + 2), sorted(lengths)):
        first = last - length + 1
        options[trend_panel(first, last)] = set(balanced_panel(frame.tables.papers, first, last))
    marks = {category: tuple(category in chosen for chosen in options.values()) for category in frame.tables.categories}
    numbers = {mark: number for number, mark in enumerate(sorted(set(marks.values())))}
    of_option = {
        name: frozenset(numbers[mark] for mark in numbers if mark[place]) for place, name in enumerate(options)
    }
    return {category: numbers[mark] for category, mark in marks.items()}, of_option


@dataclass(eq=False)
class Samples:
    """The papers of a frame by year: each year is drawn once, whichever claims look at it.

    draws: number of draws of the paper bootstrap; 0 for the papers as they are alone.
    seed: start of the random numbers; each year has a stream of its own, so that it does not matter which years
    were drawn before.
    """

    frame: Frame
    draws: int
    seed: int
    _found: dict[tuple, object] = field(default_factory=dict, repr=False)
    _recent: OrderedDict[tuple, object] = field(default_factory=OrderedDict, repr=False)

    def __post_init__(self) -> None:
        """Tell the categories apart by the options that they belong to."""
        kind_of, kinds = _kinds(self.frame)
        self._kind_of = kind_of
        # A narrowed universe is `all` of itself, whatever it is called.
        narrowed = self.frame.in_force.get("categories", "all")
        self._kinds_of = {narrowed: kinds["all"]} | kinds

    def once(self, find: Callable[..., T], *given: object, by: tuple[Hashable, ...] = (), large: bool = False) -> T:
        """Return `find(*given)`; who asks for the same gets the same.

        Tables and papers are the same where they are one object. by: what tells one finding from another, where
        that is not what is given. large: too large to keep more than a few.
        """
        store = self._recent if large else self._found
        key = (find, *(by or (one if isinstance(one, (str, int, float)) else id(one) for one in given)))
        if key not in store:
            store[key] = (find(*given), given)  # what was given stays alive, and so keeps its identity
            if large and len(self._recent) > KEPT:
                self._recent.popitem(last=False)
        return store[key][0]

    def rng(self, stream: int, year: int) -> np.random.Generator:
        """Return the random numbers of one kind of table in one year."""
        return np.random.default_rng([self.seed, stream, year])

    def categories(self, categories: str, panel: str) -> set[str]:
        """Return the categories that a specification looks at."""
        kinds = self._kinds_of[categories] & self._kinds_of[panel]
        return {category for category, kind in self._kind_of.items() if kind in kinds}

    def inside(self, papers: WeightedPapers, categories: str, panel: str, missing: str) -> WeightedPapers:
        """Return the papers of some categories; without those with an author of unknown country for `drop`."""
        dropped = "drop" if missing == "drop" else "keep"
        return self.once(self._inside, papers, categories, panel, dropped)

    def _inside(self, papers: WeightedPapers, categories: str, panel: str, missing: str) -> WeightedPapers:
        kinds = self._kinds_of[categories] & self._kinds_of[panel]
        chosen = np.isin(papers.rows["kind"].to_numpy(dtype=np.int64), list(kinds))
        chosen = chosen & ~papers.unknown if missing == "drop" else chosen
        # Different options can mean the same papers.
        return self.once(papers.where, chosen, by=(id(papers), chosen.tobytes()))

    def cited(self, year: int) -> WeightedPapers:
        """Return the papers of a year, told apart by citations too."""
        return self.once(self._cited, year)

    def papers(self, year: int) -> WeightedPapers:
        """Return the papers of a year; the same draws as `cited`, with fewer rows."""
        return self.once(self._papers, year)

    def earlier(self, year: int) -> WeightedPapers:
        """Return the papers of a year that only a trend looks at."""
        return self.papers(year) if abs(year - self.frame.year) <= 1 else self.once(self._earlier, year)

    def received(self, year: int) -> WeightedPapers:
        """Return the papers of any year by the citations that were made to them in one year."""
        return self.once(self._received, year)

    def history(self, first: int, last: int) -> tuple[list[int], WeightedPapers]:
        """Return the years from `first` to `last` that have papers, and all their papers, a line for each year."""
        return self.once(self._history, first, last)

    def _cited(self, year: int) -> WeightedPapers:
        return self._draw(self.frame.tables.papers, "year", year, 0)

    def _received(self, year: int) -> WeightedPapers:
        return self._draw(self.frame.tables.citations_received, "citing_year", year, 1)

    def _earlier(self, year: int) -> WeightedPapers:
        return self._draw(self.frame.tables.papers, "year", year, 2, ["kind", "composition_id"])

    def _history(self, first: int, last: int) -> tuple[list[int], WeightedPapers]:
        table = self.frame.tables.papers
        inside = table.loc[table["year"].between(first, last)]
        rows = (
            inside.assign(kind=inside["category"].map(self._kind_of))
            .groupby(["year", "kind", "composition_id"], as_index=False)["n_papers"]
            .sum()
        )
        years, of_row = np.unique(rows["year"], return_inverse=True)
        lines = (np.arange(len(years))[:, np.newaxis] == of_row) * rows["n_papers"].to_numpy(dtype=float)
        return years.tolist(), weighted(rows, self.frame.tables.compositions, lines)

    def _draw(
        self,
        table: pd.DataFrame,
        column: str,
        year: int,
        stream: int,
        keys: Sequence[str] = ("kind", "composition_id", "citations"),
    ) -> WeightedPapers:
        inside, keys = table.loc[table[column] == year], list(keys)
        rows = (
            inside.assign(kind=inside["category"].map(self._kind_of))
            .groupby(keys, as_index=False, dropna=False)["n_papers"]
            .sum()
        )
        counts = rows["n_papers"].to_numpy()
        drawn = [counts[np.newaxis]]
        if self.draws and counts.sum():
            drawn.append(self.rng(stream, year).multinomial(counts.sum(), counts / counts.sum(), size=self.draws))
        return weighted(rows, self.frame.tables.compositions, np.concatenate(drawn).astype(float))

    def _papers(self, year: int) -> WeightedPapers:
        fine = self.cited(year)
        keys = fine.rows[["kind", "composition_id"]]  # sorted, so equal ones lie together
        first = np.flatnonzero((keys != keys.shift()).any(axis=1))
        if not len(first):
            return fine
        lines = np.add.reduceat(fine.weights, first, axis=1)
        rows = keys.iloc[first].reset_index(drop=True).assign(n_papers=lines[0].astype(int))
        return weighted(rows, fine.compositions, lines)
