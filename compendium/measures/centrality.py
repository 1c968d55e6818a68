"""How firm a country's place in the network is: thresholds, ties resampled, equal numbers of papers.

The six measures themselves are in `network`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import gammaln

from compendium.blocs import UNKNOWN
from compendium.measures.copublication import copublications, link_weight, presence

#: Weights above this are edges, once ties below the threshold are set to zero.
ANY_WEIGHT = 1e-12


def tie_matrix(papers: pd.DataFrame, compositions: pd.DataFrame,
               units: Mapping[str, Sequence[str]], edge_threshold: float = 1,
               counting: str = "whole") -> pd.DataFrame:
    """Return the weights of the ties: units × units, zero where two share too few papers.

    Parameters
    ----------
    edge_threshold : papers, whole counting. Whether two countries publish together does not hang
        on how a paper is divided among them.
    counting : counting of the weights; with `whole` these are the shared papers.
    """
    together = copublications(papers, compositions, units)
    weights = together if counting == "whole" else copublications(papers, compositions, units, counting)
    return weights.where(together >= edge_threshold, 0.0)


def degree_and_strength(ties: pd.DataFrame) -> pd.DataFrame:
    """Return degree and strength of every unit of a matrix of ties, 0 for one without a tie."""
    return pd.DataFrame({"degree": (ties > ANY_WEIGHT).sum(axis=1), "strength": ties.sum(axis=1)})


def resampled_ties(papers: pd.DataFrame, compositions: pd.DataFrame,
                   units: Mapping[str, Sequence[str]], weights: np.ndarray, edge_threshold: float = 1,
                   counting: str = "whole") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return degree and strength of every unit in each draw of a paper bootstrap, draws × units.

    weights : draws × rows of `papers`.

    A draw can lose a tie but never find one that no paper has. So drawn degrees lie below the
    counted one, for every country; their order can be compared, their level cannot.
    """
    present = presence(papers, compositions, units)
    rows = np.flatnonzero(present.sum(axis=1) > 1)
    shown = present.to_numpy()[rows]
    first, second = np.nonzero(np.triu(shown.T @ shown, k=1))
    on_paper = sparse.csr_array(shown[:, first] * shown[:, second])  # rows × pairs
    drawn = np.ascontiguousarray(weights[:, rows].T, dtype=float)
    together = (on_paper.T @ drawn).T  # draws × pairs
    tied = together >= edge_threshold
    link = link_weight(present, counting).to_numpy()[rows]
    weight = together if counting == "whole" else (on_paper.T @ (drawn * link[:, None])).T
    ends = np.zeros((len(first), len(units)))
    ends[np.arange(len(first)), first] = 1.0
    ends[np.arange(len(first)), second] = 1.0
    names = list(units)
    return (pd.DataFrame(tied @ ends, columns=names),
            pd.DataFrame((weight * tied) @ ends, columns=names))


def rank_of(draws: pd.DataFrame, unit: str) -> pd.Series:
    """Return a unit's rank in each row: 1 plus the number of units above it, so ties share the best."""
    return draws.gt(draws[unit], axis=0).sum(axis=1) + 1


def alone_first(draws: pd.DataFrame, unit: str) -> pd.Series:
    """Tell in which rows a unit is above every other; a tie for the first place is not above."""
    return draws.drop(columns=unit).lt(draws[unit], axis=0).all(axis=1)


def leaders(measures: pd.DataFrame, decimals: int = 9) -> dict[str, list[str]]:
    """Return who comes first by each measure (units × measures): one unit, or all that tie."""
    rounded = measures.round(decimals)
    return {name: sorted(rounded.index[rounded[name] == rounded[name].max()]) for name in rounded}


def countries_per_paper(papers: pd.DataFrame, compositions: pd.DataFrame) -> pd.Series:
    """Return the number of known countries on the papers of each row, on the index of `papers`."""
    known = compositions.loc[compositions["country"] != UNKNOWN]
    counted = known.groupby("composition_id").size().reindex(papers["composition_id"], fill_value=0)
    return counted.set_axis(papers.index)


def joint_papers(papers: pd.DataFrame, compositions: pd.DataFrame,
                 units: Mapping[str, Sequence[str]]) -> pd.Series:
    """Return the number of papers that each unit has together with any other unit."""
    present = presence(papers, compositions, units)
    shared = (present.sum(axis=1) > 1) * papers["n_papers"]
    return present.mul(shared, axis=0).sum().rename("joint papers")


def expected_partners(shared: pd.Series, joint: int, drawn: int) -> float:
    """Return how many partners a unit would have had, on average, with only `drawn` joint papers.

    Parameters
    ----------
    shared : papers shared with each partner.
    joint : all its joint papers, at least the largest of `shared`.
    drawn : joint papers drawn without replacement, at most `joint`.

    Partner j is missed with probability C(joint − n_j, drawn) / C(joint, drawn): the rarefaction
    of Hurlbert 1971 (Ecology 52), which compares numbers of species in samples of unequal size.
    ValueError where `drawn` is more than `joint`.
    """
    if not 0 <= drawn <= joint:
        raise ValueError(f"cannot draw {drawn} of {joint} joint papers")
    left = joint - shared.to_numpy(dtype=float)
    possible = left >= drawn
    left = np.where(possible, left, drawn)
    log_missed = (gammaln(left + 1) - gammaln(left - drawn + 1)
                  - gammaln(joint + 1) + gammaln(joint - drawn + 1))
    return float((1.0 - np.where(possible, np.exp(log_missed), 0.0)).sum())
