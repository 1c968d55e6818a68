"""How firm a country's place in the network is: thresholds, ties resampled, equal numbers of papers.

The six measures themselves are in `network`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import gammaln

from compendium.measures.copublication import link_weight
from compendium.measures.network import TIE_DECIMALS, network_measures, ranks
from compendium.measures.weighted import Members, WeightedPapers, frame, ratio, weighted
from compendium.places.blocs import UNKNOWN

#: Weights above this are edges, once ties below the threshold are set to zero.
ANY_WEIGHT = 1e-12
#: Papers of a year below which a country's rank says nothing.
FEW = 30


class Ties:
    """The ties between units on some papers: who shares how many papers with whom, in each line of weights.

    names: the units. ends: units × pairs, 1 where a unit is one of the two.
    """

    def __init__(self, papers: WeightedPapers, units: Members) -> None:
        """Find the pairs of units (country or bloc → its codes) that are on a paper together."""
        self.papers, self.names = papers, list(units)
        present = papers.present(units)
        self._rows = np.flatnonzero(present.sum(axis=1) > 1)
        self._present = present[self._rows]
        self.first, self.second = np.nonzero(np.triu(self._present.T @ self._present, k=1))
        self._on_paper = sparse.csr_array(self._present[:, self.first] * self._present[:, self.second]).T.tocsr()
        pairs = np.arange(len(self.first))
        both = (np.concatenate([self.first, self.second]), np.tile(pairs, 2))
        self.ends = sparse.csr_array((np.ones(2 * len(pairs)), both), shape=(len(self.names), len(pairs)))

    def weights(self, counting: str = "whole", papers: WeightedPapers | None = None) -> np.ndarray:
        """Return the joint papers of each pair in each line: pairs × lines (`copublication.link_weight`).

        papers: a part of the same rows (`WeightedPapers.where`), if not all. Two units are tied where they share
        enough papers by whole counting: whether they publish together does not hang on how a paper is divided.
        """
        papers = papers or self.papers
        link = link_weight(self._present, counting) * papers.inside[self._rows]
        return self._on_paper @ (papers.weights_by_row[self._rows] * link[:, np.newaxis])

    def degree(self, tied: np.ndarray) -> np.ndarray:
        """Return the number of partners of each unit: units × lines."""
        return self.ends @ tied.astype(float)

    def strength(self, tied: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the papers that each unit shares with the partners it is tied to: units × lines."""
        return self.ends @ (weights * tied)

    def matrix(self, tied: np.ndarray, weights: np.ndarray, line: int = 0) -> pd.DataFrame:
        """Return the weights of the ties in one line: units × units, zero where two are not tied."""
        found = np.zeros((len(self.names), len(self.names)))
        found[self.first, self.second] = weights[:, line] * tied[:, line]
        return pd.DataFrame(found + found.T, self.names, self.names)


def tie_matrix(
    papers: WeightedPapers, units: Members, edge_threshold: float = 1, counting: str = "whole"
) -> pd.DataFrame:
    """Return the weights of the ties in the first line: units × units, zero where two share too few papers.

    edge_threshold: papers, whole counting. counting: of the weights; with `whole` these are the shared papers.
    """
    ties = Ties(papers, units)
    return ties.matrix(ties.weights() >= edge_threshold, ties.weights(counting))


def degree_and_strength(ties: pd.DataFrame) -> pd.DataFrame:
    """Return degree and strength of every unit of a matrix of ties, 0 for one without a tie.

    >>> ties = pd.DataFrame([[0, 3, 1], [3, 0, 0], [1, 0, 0]], ["CN", "US", "JP"], ["CN", "US", "JP"])
    >>> degree_and_strength(ties).loc["CN"].to_dict()
    {'degree': 2, 'strength': 4}
    """
    return pd.DataFrame({"degree": (ties > ANY_WEIGHT).sum(axis=1), "strength": ties.sum(axis=1)})


def degrees_and_strengths(
    papers: WeightedPapers, units: Members, edge_threshold: float = 1, counting: str = "whole"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return degree and strength of every unit, each as lines × units.

    A draw can lose a tie but never find one that no paper has. So drawn degrees lie below the
    counted one, for every country; their order can be compared, their level cannot.
    """
    ties = Ties(papers, units)
    tied = ties.weights() >= edge_threshold
    return frame(ties.degree(tied).T, units), frame(ties.strength(tied, ties.weights(counting)).T, units)


def rank_of(draws: pd.DataFrame, unit: str) -> pd.Series:
    """Return a unit's rank in each row: 1 plus the number of units above it, so ties share the best.

    >>> rank_of(pd.DataFrame({"CN": [5, 4], "US": [5, 6], "JP": [1, 2]}), "CN").tolist()
    [1, 2]
    """
    return draws.gt(draws[unit], axis=0).sum(axis=1) + 1


def lead(draws: pd.DataFrame, unit: str) -> np.ndarray:
    """Return a unit's value over the largest of the others, by line: above 1 only if it is alone first.

    draws: lines × units. Missing where nobody has any.

    >>> lead(pd.DataFrame({"CN": [6.0, 2.0], "US": [3.0, 4.0]}), "CN")
    array([2. , 0.5])
    """
    return ratio(draws[unit].to_numpy(), draws.drop(columns=unit).max(axis=1).to_numpy())


def network_lead(scores: Mapping[str, float], subject: str) -> float:
    """Return a unit's lead over the best other one in a measure of the network: unit → score of those with a tie.

    Exactly 1 for a tie, so that the last digits decide nothing. Missing where the unit has no tie, or no one else has.

    >>> network_lead({"CN": 3, "US": 2, "FR": 1}, "CN")
    1.5
    """
    others = [score for unit, score in scores.items() if unit != subject]
    if subject not in scores or not others:
        return np.nan
    own, best = scores[subject], max(others)
    return 1.0 if abs(own - best) < 10.0**-TIE_DECIMALS else own / best if best else np.inf


def share_at_rank(draws: pd.DataFrame, units: Sequence[str], place: int) -> pd.Series:
    """Return, for each of `units`, the share of draws (rows) in which it has the rank `place`."""
    return pd.Series({unit: float((rank_of(draws, unit) == place).mean()) for unit in units})


def leaders(measures: pd.DataFrame) -> dict[str, list[str]]:
    """Return who comes first by each measure (units × measures): one unit, or all that tie."""
    rounded = measures.round(TIE_DECIMALS)
    return {name: sorted(rounded.index[rounded[name] == rounded[name].max()]) for name in rounded}


def standing(
    papers: WeightedPapers,
    units: Members,
    edge_thresholds: Sequence[float],
    counting: str = "whole",
    subject: str = "CN",
) -> pd.DataFrame:
    """Return who comes first by each measure and threshold, and the subject's rank.

    Columns measure, threshold, countries (with a tie), first (the units that tie for it, joined
    by `=`), rank (missing where the subject has no tie), leads (alone in the first place).
    """
    rows = []
    for threshold in edge_thresholds:
        measures = network_measures(tie_matrix(papers, units, threshold, counting), ANY_WEIGHT)
        places = ranks(measures)
        for measure, first in leaders(measures).items():
            rank = places.at[subject, measure] if subject in places.index else None
            rows.append(
                {
                    "measure": measure,
                    "threshold": threshold,
                    "countries": len(measures),
                    "first": "=".join(first),
                    "rank": rank,
                    "leads": first == [subject],
                }
            )
    return pd.DataFrame(rows).astype({"rank": "float"})


def compared(
    papers: WeightedPapers,
    units: Members,
    edge_threshold: float = 1,
    counting: str = "whole",
    subject: str = "CN",
) -> dict[str, float]:
    """Return the subject's ties and shared papers in the first line, the most of any other, and its ranks."""
    table = degree_and_strength(tie_matrix(papers, units, edge_threshold, counting))
    places, others = rank_of(table.T, subject), table.drop(index=subject).max()
    return {
        "ties": table.at[subject, "degree"],
        "most ties of another": others["degree"],
        "rank by ties": places["degree"],
        "shared papers": table.at[subject, "strength"],
        "most papers of another": others["strength"],
        "rank by shared papers": places["strength"],
    }


def by_year(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    units: Members,
    edge_threshold: float = 1,
    counting: str = "whole",
    subject: str = "CN",
    few: int = FEW,
) -> pd.DataFrame:
    """Return `compared` for each year in which the subject has at least `few` papers."""
    found = {}
    for year, inside in papers.groupby("year", sort=True):
        of_year = weighted(inside, compositions)
        if of_year.sums(of_year.present({subject: units[subject]}))[0, 0] >= few:
            found[year] = compared(of_year, units, edge_threshold, counting, subject)
    return pd.DataFrame(found).T


def countries_per_paper(papers: pd.DataFrame, compositions: pd.DataFrame) -> pd.Series:
    """Return the number of known countries on the papers of each row, on the index of `papers`."""
    known = compositions.loc[compositions["country"] != UNKNOWN]
    counted = known.groupby("composition_id").size().reindex(papers["composition_id"], fill_value=0)
    return counted.set_axis(papers.index)


def joint_papers(papers: WeightedPapers, units: Members) -> pd.Series:
    """Return the number of papers that each unit has together with any other unit, in the first line."""
    present = papers.present(units)
    shared = present * (present.sum(axis=1) > 1)[:, np.newaxis]
    return frame(papers.sums(shared), units).iloc[0].rename("joint papers")


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

    Of two joint papers, one with each of two partners, a single draw brings one partner:

    >>> round(expected_partners(pd.Series([1, 1]), joint=2, drawn=1), 9)
    1.0
    """
    if not 0 <= drawn <= joint:
        raise ValueError(f"cannot draw {drawn} of {joint} joint papers")
    left = joint - shared.to_numpy(dtype=float)
    possible = left >= drawn
    left = np.where(possible, left, drawn)
    log_missed = gammaln(left + 1) - gammaln(left - drawn + 1) - gammaln(joint + 1) + gammaln(joint - drawn + 1)
    return float((1.0 - np.where(possible, np.exp(log_missed), 0.0)).sum())


def on_equal_terms(shared: pd.DataFrame, joint: pd.Series) -> pd.DataFrame:
    """Return each unit's joint papers, partners, partners at equal numbers, and part of the first three.

    Parameters
    ----------
    shared : papers shared, partners × units. joint : papers with any other unit, by unit.

    Equal numbers are those of the unit with fewest joint papers; units without any are left out.
    The part of the first three is that of all links, a paper with two partners being two.
    """
    units = [unit for unit in shared if joint[unit] > 0]
    fewest = int(joint[units].min()) if units else 0
    rows = {}
    for unit in units:
        partners = shared[unit][shared[unit] > 0]
        rows[unit] = {
            "joint papers": int(joint[unit]),
            "partners": len(partners),
            f"partners in {fewest} papers": expected_partners(partners, int(joint[unit]), fewest),
            "with the first three": partners.nlargest(3).sum() / partners.sum(),
        }
    return pd.DataFrame.from_dict(rows, orient="index").sort_values("joint papers", ascending=False)
