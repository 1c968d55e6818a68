"""How firm a country's place in the network is: thresholds, ties resampled, equal numbers of papers.

The six measures themselves are in `network`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import gammaln

from compendium.measures.citations import citation_shares, cited_papers
from compendium.measures.copublication import copublications, link_weight, presence
from compendium.measures.network import TIE_DECIMALS, network_measures, ranks
from compendium.places.blocs import UNKNOWN

#: Weights above this are edges, once ties below the threshold are set to zero.
ANY_WEIGHT = 1e-12
#: Papers of a year below which a country's rank says nothing.
FEW = 30


def _occurring(papers: pd.DataFrame, compositions: pd.DataFrame) -> pd.DataFrame:
    """Keep the compositions of `papers`: a year has a tenth of them, and each would be counted."""
    return compositions.loc[compositions["composition_id"].isin(papers["composition_id"].unique())]


def tie_matrix(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    units: Mapping[str, Sequence[str]],
    edge_threshold: float = 1,
    counting: str = "whole",
) -> pd.DataFrame:
    """Return the weights of the ties: units × units, zero where two share too few papers.

    Parameters
    ----------
    edge_threshold : papers, whole counting. Whether two countries publish together does not hang
        on how a paper is divided among them.
    counting : counting of the weights; with `whole` these are the shared papers.
    """
    compositions = _occurring(papers, compositions)
    together = copublications(papers, compositions, units)
    weights = together if counting == "whole" else copublications(papers, compositions, units, counting)
    return weights.where(together >= edge_threshold, 0.0)


def degree_and_strength(ties: pd.DataFrame) -> pd.DataFrame:
    """Return degree and strength of every unit of a matrix of ties, 0 for one without a tie."""
    return pd.DataFrame({"degree": (ties > ANY_WEIGHT).sum(axis=1), "strength": ties.sum(axis=1)})


def resampled_ties(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    units: Mapping[str, Sequence[str]],
    weights: np.ndarray,
    edge_threshold: float = 1,
    counting: str = "whole",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return degree and strength of every unit in each draw of a paper bootstrap, draws × units.

    weights : draws × rows of `papers`.

    A draw can lose a tie but never find one that no paper has. So drawn degrees lie below the
    counted one, for every country; their order can be compared, their level cannot.
    """
    present = presence(papers, _occurring(papers, compositions), units)
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
    return (pd.DataFrame(tied @ ends, columns=names), pd.DataFrame((weight * tied) @ ends, columns=names))


def rank_of(draws: pd.DataFrame, unit: str) -> pd.Series:
    """Return a unit's rank in each row: 1 plus the number of units above it, so ties share the best."""
    return draws.gt(draws[unit], axis=0).sum(axis=1) + 1


def lead(draws: pd.DataFrame, unit: str) -> pd.Series:
    """Return a unit's value over the largest of the others, by row: above 1 only if it is alone first.

    Missing where nobody has any.
    """
    return draws[unit] / draws.drop(columns=unit).max(axis=1)


def share_at_rank(draws: pd.DataFrame, units: Sequence[str], place: int) -> pd.Series:
    """Return, for each of `units`, the share of draws (rows) in which it has the rank `place`."""
    return pd.Series({unit: float((rank_of(draws, unit) == place).mean()) for unit in units})


def leaders(measures: pd.DataFrame) -> dict[str, list[str]]:
    """Return who comes first by each measure (units × measures): one unit, or all that tie."""
    rounded = measures.round(TIE_DECIMALS)
    return {name: sorted(rounded.index[rounded[name] == rounded[name].max()]) for name in rounded}


def standing(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    units: Mapping[str, Sequence[str]],
    edge_thresholds: Sequence[float],
    counting: str = "whole",
    subject: str = "CN",
) -> pd.DataFrame:
    """Return who comes first by each measure and threshold, and the subject's rank.

    Columns measure, threshold, countries (with a tie), first (the units that tie for it, joined
    by `=`), rank (missing where the subject has no tie), leads (alone in the first place).
    """
    rows = []
    compositions = _occurring(papers, compositions)
    for threshold in edge_thresholds:
        ties = tie_matrix(papers, compositions, units, threshold, counting)
        measures = network_measures(ties, ANY_WEIGHT)
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
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    units: Mapping[str, Sequence[str]],
    edge_threshold: float = 1,
    counting: str = "whole",
    subject: str = "CN",
) -> dict[str, float]:
    """Return the subject's ties and shared papers, the most of any other, and its ranks."""
    table = degree_and_strength(tie_matrix(papers, compositions, units, edge_threshold, counting))
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
    units: Mapping[str, Sequence[str]],
    edge_threshold: float = 1,
    counting: str = "whole",
    subject: str = "CN",
    few: int = FEW,
) -> pd.DataFrame:
    """Return `compared` for each year in which the subject has at least `few` papers."""
    own = presence(papers, compositions, {subject: units[subject]})[subject] * papers["n_papers"]
    years = own.groupby(papers["year"]).sum().loc[lambda total: total >= few].index
    return pd.DataFrame(
        {
            year: compared(papers[papers["year"] == year], compositions, units, edge_threshold, counting, subject)
            for year in years
        }
    ).T


def filled_shares(
    papers: pd.DataFrame, compositions: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str = "whole"
) -> pd.DataFrame:
    """Return citation shares had each paper without a count the average of the others, or twice that.

    Rows `the average` and `twice the average`, one column a bloc; empty where nothing is known.
    """
    cited = cited_papers(papers)
    if not cited["citations"].sum() > 0:
        return pd.DataFrame(columns=list(members), dtype=float)
    average = np.average(cited["citations"], weights=cited["n_papers"])
    counts = papers["citations"].astype(float)
    return pd.DataFrame(
        {
            name: citation_shares(
                papers.assign(citations=counts.fillna(factor * average)), compositions, members, counting
            )
            for name, factor in (("the average", 1), ("twice the average", 2))
        }
    ).T


def countries_per_paper(papers: pd.DataFrame, compositions: pd.DataFrame) -> pd.Series:
    """Return the number of known countries on the papers of each row, on the index of `papers`."""
    known = compositions.loc[compositions["country"] != UNKNOWN]
    counted = known.groupby("composition_id").size().reindex(papers["composition_id"], fill_value=0)
    return counted.set_axis(papers.index)


def joint_papers(papers: pd.DataFrame, compositions: pd.DataFrame, units: Mapping[str, Sequence[str]]) -> pd.Series:
    """Return the number of papers that each unit has together with any other unit."""
    present = presence(papers, _occurring(papers, compositions), units)
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
