"""One year's papers, drawn again many times, and sums over them for many specifications at once.

Papers that are alike for every specification are one row, so a draw of a paper bootstrap is one
number a row. The first draw is the papers as they are. Whatever a measure adds up (credits, joint
papers, citations) is a column over the rows; one matrix product gives its sum in every draw.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd

from compendium.measures.counting import WEST, bloc_credit
from compendium.measures.output import balanced_panel
from compendium.measures.partners import made_up
from compendium.multiverse.choices import Frame
from compendium.places.blocs import CHINAS, EUS, UNKNOWN, members
from compendium.published.reported import world_papers

T = TypeVar("T")
COUNTING = ("whole", "fractional", "country-fractional")
#: Marks a group to which every unknown address is given.
OR_UNKNOWN = "?"
#: The choices that say which papers are looked at.
PAPER_CHOICES = ("categories", "panel", "missing")


def groups() -> dict[str, tuple[str, ...]]:
    """Return every group of countries that a specification can name, and each with the unknown added."""
    named = {china: members(china)["CN"] for china in CHINAS}
    named |= {eu: members(eu=eu)["EU"] for eu in EUS}
    named |= {"US": ("US",), "UK": ("GB",)}
    named[WEST] = tuple(dict.fromkeys((*named["US"], *named["EU-27"], *named["UK"])))
    return named | {f"{name}{OR_UNKNOWN}": (*codes, UNKNOWN) for name, codes in named.items()}


@dataclass
class Sample:
    """Rows of equal papers of one year, and how often each is drawn.

    Parameters
    ----------
    rows : kind (number of a set of categories that no option tells apart), composition_id, n_papers
        and, where citations matter, citations.
    weights : (1 + draws) × rows; the first line is n_papers.
    kinds : option of `categories`, or panel → the kinds that belong to it.
    """

    rows: pd.DataFrame
    weights: np.ndarray
    compositions: pd.DataFrame
    kinds: Mapping[str, frozenset[int]]
    _credit: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    _present: dict[tuple, np.ndarray] = field(default_factory=dict)

    def mask(self, categories: str = "all", panel: str = "all", missing: str = "keep") -> np.ndarray:
        """Return which rows a specification looks at."""
        kinds = self.kinds[categories] & self.kinds[panel]
        chosen = np.isin(self._kind, list(kinds))
        return chosen & ~self.unknown if missing == "drop" else chosen

    @cached_property
    def _kind(self) -> np.ndarray:
        return self.rows["kind"].to_numpy(dtype=np.int64)

    @cached_property
    def unknown(self) -> np.ndarray:
        """Tell which rows have an author of unknown country."""
        ids = self.compositions.loc[self.compositions["country"] == UNKNOWN, "composition_id"]
        return self.rows["composition_id"].isin(ids).to_numpy()

    def credit(self, counting: str) -> dict[str, np.ndarray]:
        """Return the credit of every group of `groups` for one paper of each row."""
        if counting not in self._credit:
            credit = bloc_credit(self.compositions, groups(), counting).reindex(self.rows["composition_id"])
            self._credit[counting] = {name: credit[name].to_numpy() for name in credit}
        return self._credit[counting]

    @cached_property
    def countries(self) -> frozenset[str]:
        """Return the known countries on the papers, and the two that every question asks for."""
        return frozenset(self.compositions["country"].unique()) - {UNKNOWN} | {"US", "GB"}

    def present(self, units: Mapping[str, Sequence[str]]) -> np.ndarray:
        """Return 1 where the papers of a row bear an address of a unit, else 0: rows × units."""
        key = tuple(units.items())
        if key not in self._present:
            present = bloc_credit(self.compositions, units, "whole")
            self._present[key] = present.reindex(self.rows["composition_id"]).to_numpy()
        return self._present[key]

    def totals(self, columns: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
        """Return the sums of columns over the papers of each draw: (1 + draws) × columns."""
        used = columns.any(axis=1) if mask is None else columns.any(axis=1) & mask
        return self.weights[:, used] @ columns[used]

    def named_totals(self, columns: Mapping[str, np.ndarray], mask: np.ndarray) -> dict[str, np.ndarray]:
        """Return `totals` of named columns, by name."""
        summed = self.totals(np.column_stack(list(columns.values())), mask)
        return dict(zip(columns, summed.T, strict=True))


#: Lengths of the trends that a balanced panel can follow.
TREND_YEARS = (5, 10, 15)


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


@dataclass
class Samples:
    """The samples of a frame: each is drawn once, whichever claims look at it.

    Parameters
    ----------
    draws : number of draws of the paper bootstrap; 0 for the papers as they are alone.
    seed : start of the random numbers; each year has a stream of its own, so that it does not matter
        which years were drawn before.
    """

    frame: Frame
    draws: int
    seed: int
    institutions: dict[tuple, object] = field(default_factory=dict)
    networks: dict[tuple, object] = field(default_factory=dict)
    _found: dict[tuple, object] = field(default_factory=dict)
    _made: dict[tuple[str, int], Sample] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kind_of, kinds = _kinds(self.frame)
        self._kind_of = kind_of
        # A narrowed universe is `all` of itself, whatever it is called.
        narrowed = self.frame.in_force.get("categories", "all")
        self._kinds_of = {narrowed: kinds["all"]} | kinds

    def once(self, find: Callable[["Samples", pd.DataFrame], T], specifications: pd.DataFrame) -> T:
        """Return `find(self, specifications)`; claims that ask for the same share one answer."""
        key = (
            find.__name__,
            *specifications.columns,
            pd.util.hash_pandas_object(specifications, index=False).to_numpy().tobytes(),
        )
        if key not in self._found:
            self._found[key] = find(self, specifications)
        return self._found[key]

    @property
    def world_papers(self) -> int:
        """Return the report's papers of the world in 2024, for the equivalent threshold."""
        return world_papers()

    def categories(self, categories: str, panel: str) -> set[str]:
        """Return the categories that a specification looks at."""
        kinds = self._kinds_of[categories] & self._kinds_of[panel]
        return {category for category, kind in self._kind_of.items() if kind in kinds}

    def rng(self, stream: int, year: int) -> np.random.Generator:
        """Return the random numbers of one kind of table in one year."""
        return np.random.default_rng([self.seed, stream, year])

    def cited(self, year: int) -> Sample:
        """Return the papers of a year, told apart by citations too."""
        return self._sample("cited", year, self._draw_cited)

    def papers(self, year: int) -> Sample:
        """Return the papers of a year; the same draws as `cited`, with fewer rows."""
        return self._sample("papers", year, self._coarsen)

    def earlier(self, year: int) -> Sample:
        """Return the papers of a year that only a trend looks at: not kept, for there are many."""
        return (
            self.papers(year)
            if abs(year - self.frame.year) <= 1
            else self._draw(self.frame.tables.papers, "year", year, 2, ["kind", "composition_id"])
        )

    def history(self, first: int, last: int) -> Sample:
        """Return the papers of several years as they are; `rows` has their year."""
        table = self.frame.tables.papers
        inside = table.loc[table["year"].between(first, last)]
        rows = (
            inside.assign(kind=inside["category"].map(self._kind_of))
            .groupby(["year", "kind", "composition_id"], as_index=False)["n_papers"]
            .sum()
        )
        return Sample(
            rows,
            rows[["n_papers"]].to_numpy(dtype=float).T,
            made_up(rows, self.frame.tables.compositions),
            self._kinds_of,
        )

    def received(self, year: int) -> Sample:
        """Return the papers of any year by the citations that were made to them in one year."""
        return self._sample("received", year, self._draw_received)

    def _sample(self, kind: str, year: int, make: Callable[[int], Sample]) -> Sample:
        if (kind, year) not in self._made:
            self._made[kind, year] = make(year)
        return self._made[kind, year]

    def _draw_cited(self, year: int) -> Sample:
        return self._draw(self.frame.tables.papers, "year", year, 0)

    def _draw_received(self, year: int) -> Sample:
        return self._draw(self.frame.tables.citations_received, "citing_year", year, 1)

    def _draw(
        self,
        table: pd.DataFrame,
        column: str,
        year: int,
        stream: int,
        keys: Sequence[str] = ("kind", "composition_id", "citations"),
    ) -> Sample:
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
        weights = np.concatenate(drawn).astype(float)
        return Sample(rows, weights, made_up(rows, self.frame.tables.compositions), self._kinds_of)

    def _coarsen(self, year: int) -> Sample:
        fine = self.cited(year)
        keys = fine.rows[["kind", "composition_id"]]  # sorted, so equal ones lie together
        first = np.flatnonzero((keys != keys.shift()).any(axis=1))
        if not len(first):
            return fine
        weights = np.add.reduceat(fine.weights, first, axis=1)
        rows = keys.iloc[first].reset_index(drop=True).assign(n_papers=weights[0].astype(int))
        return Sample(rows, weights, fine.compositions, fine.kinds)


def by_papers(specifications: pd.DataFrame, also: Sequence[str] = ()) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """Yield the specifications that look at the same papers: their common options, and the rows.

    also : further choices to group by. A choice that the claim does not have is left out.
    """
    keys = [name for name in ("year", *PAPER_CHOICES, *also) if name in specifications]
    for options, rows in specifications.groupby(keys, sort=False):
        yield dict(zip(keys, options, strict=True)), rows


def mask_of(sample: Sample, options: Mapping[str, str]) -> np.ndarray:
    """Return the rows of a sample that a specification's options look at."""
    return sample.mask(**{name: options[name] for name in PAPER_CHOICES if name in options})


def unknown_mark(options: Mapping[str, str]) -> str:
    """Return the mark of the groups that get the unknown addresses in the worst case, else nothing."""
    return OR_UNKNOWN if options.get("missing") == "worst" else ""
