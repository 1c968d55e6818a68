"""Weighted papers: the one thing that a measure of papers is a function of.

A row stands for papers that are alike, and a line of weights says how often each row counts. One line gives
the papers as they are; a thousand more give a thousand draws of a bootstrap. Whatever a measure adds up
(credits, joint papers, citations) is a column over the rows, and one matrix product gives its sum in every
line. So a measure is written once, and its value and its draws are the same computation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
import pandas as pd

from compendium.measures.counting import credit_of, share_table
from compendium.places.blocs import UNKNOWN

Members = Mapping[str, Sequence[str]]
#: What becomes of authors whose country nobody knows: they belong to no one, their papers are left out, or
#: they count for whomever that hurts most.
UNKNOWNS = ("keep", "drop", "worst")


@dataclass(frozen=True, eq=False)
class WeightedPapers:
    """Papers by rows of equal ones, and how often each row counts in each line.

    rows: composition_id, n_papers and, where a measure needs them, citations, year, category.
    compositions: composition_id, country, share (a paper's shares add up to 1).
    weights_by_row: rows × lines, so that what few rows have to say is found together.
    inside: which rows belong; the others count in no line.
    """

    rows: pd.DataFrame
    compositions: pd.DataFrame
    weights_by_row: np.ndarray
    inside: np.ndarray
    _credits: dict[tuple, np.ndarray] = field(default_factory=dict, repr=False)

    def where(self, chosen: np.ndarray) -> "WeightedPapers":
        """Return the papers of some rows only (a boolean for each); what was computed of them is shared."""
        return WeightedPapers(self.rows, self.compositions, self.weights_by_row, self.inside & chosen, self._credits)

    def credit(self, members: Members, counting: str) -> np.ndarray:
        """Return what one paper of each row counts for in each bloc: rows × blocs (`counting.credit_of`)."""
        key = (counting, *((name, tuple(codes)) for name, codes in members.items()))
        if key not in self._credits:
            credit = credit_of(self._shares, members, counting)
            self._credits[key] = credit.to_numpy()[self._composition]
        return self._credits[key]

    def present(self, members: Members) -> np.ndarray:
        """Return 1 where the papers of a row bear an address of a bloc, else 0: rows × blocs."""
        return self.credit(members, "whole")

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return Σ weight × value over the papers of each line: lines × columns, or lines for one column."""
        used = self.inside & (values.any(axis=1) if values.ndim > 1 else values != 0)
        return (values[used].T @ self.weights_by_row[used]).T

    @property
    def weights(self) -> np.ndarray:
        """How often each row counts in each line: lines × rows."""
        return self.weights_by_row.T

    @cached_property
    def n_papers(self) -> np.ndarray:
        """The number of papers in each line."""
        return self.sums(np.ones(len(self.rows)))

    @property
    def unknown(self) -> np.ndarray:
        """Tell which rows have an author of unknown country."""
        return self.present({UNKNOWN: (UNKNOWN,)})[:, 0] > 0

    @property
    def countries(self) -> list[str]:
        """The countries that are known on some paper, in order."""
        return sorted(set(self._shares.columns) - {UNKNOWN})

    @property
    def _shares(self) -> pd.DataFrame:
        return self._looked_up[0]

    @property
    def _composition(self) -> np.ndarray:
        return self._looked_up[1]

    @property
    def _looked_up(self) -> tuple[pd.DataFrame, np.ndarray]:
        """The shares of the compositions that occur, and for each row its place among them."""
        if ("shares",) not in self._credits:
            occurring = self.compositions["composition_id"].isin(self.rows["composition_id"])
            shares = share_table(self.compositions.loc[occurring])
            self._credits["shares",] = (shares, shares.index.get_indexer(self.rows["composition_id"]))
        return self._credits["shares",]


def weighted(papers: pd.DataFrame, compositions: pd.DataFrame, weights: np.ndarray | None = None) -> WeightedPapers:
    """Return papers with weights; without them one line, each row as often as it stands.

    papers: composition_id, n_papers, … as in the table of papers. weights: lines × rows of `papers`.

    >>> papers = pd.DataFrame({"composition_id": [1, 2], "n_papers": [3, 1]})
    >>> compositions = pd.DataFrame({"composition_id": [1, 2, 2], "country": ["CN", "CN", "US"],
    ...                              "share": [1.0, 0.5, 0.5]})
    >>> found = weighted(papers, compositions)
    >>> found.sums(found.credit({"CN": ["CN"], "US": ["US"]}, "fractional"))
    array([[3.5, 0.5]])
    """
    lines = papers["n_papers"].to_numpy(dtype=float)[np.newaxis] if weights is None else weights
    by_row = np.ascontiguousarray(np.asarray(lines, dtype=float).T)
    return WeightedPapers(papers, compositions, by_row, np.ones(len(papers), dtype=bool))


def hand_made(papers: Sequence[tuple]) -> WeightedPapers:
    """Return papers made up for an example that can be counted by hand.

    papers: for each kind who signs it, as country codes, one an author; how many such papers there are; and, if
    they matter, the citations of each (not known if left out), the year and the category.

    Two papers by an author from China, and one by two from China and one from the US:

    >>> found = hand_made([("CN", 2), ("CN CN US", 1)])
    >>> found.credit({"CN": ["CN"], "US": ["US"]}, "fractional").round(2).tolist()
    [[1.0, 0.0], [0.67, 0.33]]
    """
    defaults = ("", 1, pd.NA, 2024, "venue")
    names = ["authors", "n_papers", "citations", "year", "category"]
    rows = pd.DataFrame([(*one, *defaults[len(one) :]) for one in papers], columns=names)
    rows = rows.assign(composition_id=range(1, len(rows) + 1)).astype({"citations": "Int64"})
    each = rows[["composition_id"]].assign(country=rows["authors"].str.split()).explode("country")
    shares = each.value_counts(sort=False) / each.groupby("composition_id").size()
    return weighted(rows.drop(columns="authors"), shares.rename("share").reset_index())


def resampled(papers: pd.DataFrame, compositions: pd.DataFrame, weights: np.ndarray) -> WeightedPapers:
    """Return papers as they are in the first line, and the draws of a bootstrap (draws × rows) below."""
    return weighted(papers, compositions, np.vstack([papers["n_papers"].to_numpy(), weights]))


def by_group(papers: pd.DataFrame, column: str) -> tuple[list, np.ndarray]:
    """Return the groups in `column`, in order, and a line of weights for each: its papers, and no others."""
    groups = sorted(papers[column].unique())
    inside = np.array([papers[column] == group for group in groups], dtype=float).reshape(len(groups), len(papers))
    return groups, inside * papers["n_papers"].to_numpy(dtype=float)


def without_each(papers: pd.DataFrame, column: str) -> tuple[list, np.ndarray]:
    """Return the groups in `column`, in order, and a line of weights for each in which its papers are left out."""
    groups, only = by_group(papers, column)
    return groups, papers["n_papers"].to_numpy(dtype=float) - only


def frame(values: np.ndarray, names: Iterable[str], index: pd.Index | None = None) -> pd.DataFrame:
    """Return lines × columns as a frame with the columns' names."""
    return pd.DataFrame(values, index=index, columns=_index(tuple(names)))


@cache
def _index(names: tuple[str, ...]) -> pd.Index:
    """Make an index once: pandas takes longer for it than for all the rest of a small frame."""
    return pd.Index(names)


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide; missing where both are zero, infinite where only the denominator is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return numerator / denominator
