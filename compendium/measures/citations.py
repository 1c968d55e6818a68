"""Citations: whose papers they go to, and how much hangs on a few papers."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures import stability
from compendium.measures.counting import paper_credit
from compendium.places.blocs import WEST_BLOCS


def cited_papers(papers: pd.DataFrame) -> pd.DataFrame:
    """Keep the papers whose citations are known; unknown is not zero."""
    return papers.loc[papers["citations"].notna()].astype({"citations": float})


def citation_shares(
    papers: pd.DataFrame, compositions: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str
) -> pd.Series:
    """Return each bloc's share of all citations to `papers`, between 0 and 1.

    Rows without known citations must have been dropped (`cited_papers`). Under whole counting the
    shares of all countries add up to more than 1.
    """
    credit = paper_credit(papers, compositions, members, counting)
    received = papers["n_papers"] * papers["citations"]
    return credit.mul(received, axis=0).sum() / received.sum()


def resampled_shares(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    members: Mapping[str, Sequence[str]],
    counting: str,
    weights: np.ndarray,
) -> pd.DataFrame:
    """Return `citation_shares` for each draw of a paper bootstrap (weights: draws × rows)."""
    credit = paper_credit(papers, compositions, members, counting)
    received = weights * papers["citations"].to_numpy()
    total = received.sum(axis=1, keepdims=True)
    return pd.DataFrame(received @ credit.to_numpy() / total, columns=credit.columns)


def share_intervals(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    members: Mapping[str, Sequence[str]],
    counting: str,
    weights: np.ndarray,
) -> pd.DataFrame:
    """Return `citation_shares` as value, low and high: bloc in rows, the bootstrap-t interval.

    weights : draws × rows of `papers`. See `stability.ratio_interval` for why no percentile interval.
        Low and high are missing where it would reach from 0 to 1, which says nothing.
    """
    credit = paper_credit(papers, compositions, members, counting)
    return informative(
        stability.ratio_interval(
            credit.mul(papers["citations"], axis=0), papers["citations"], papers["n_papers"], weights
        )
    )


def informative(shares: pd.DataFrame) -> pd.DataFrame:
    """Take the ends of intervals (low, high) away that hold every share there is.

    A verdict rests on whether an interval meets what is reported, and such a one meets everything.
    """
    ends = shares[["low", "high"]].where((shares["low"] > 0) | (shares["high"] < 1))
    return shares.assign(low=ends["low"], high=ends["high"])


def relations(shares: pd.DataFrame) -> pd.DataFrame:
    """Tell for each row of shares (columns CN, US, EU, UK) whether claims 5 to 8 hold in direction.

    China's is above the three others, the US's and the EU's are below China's, and the UK's is below
    the three others; a tie fails.
    """
    return pd.DataFrame(
        {
            "CN": shares["CN"] > shares[list(WEST_BLOCS)].max(axis=1),
            "US": shares["US"] < shares["CN"],
            "EU": shares["EU"] < shares["CN"],
            "UK": shares["UK"] < shares[["CN", "EU", "US"]].min(axis=1),
        }
    )


def concentration(papers: pd.DataFrame) -> pd.Series:
    """Return the cumulated share of citations held by the most cited papers, by rank from 1."""
    ranked = papers.sort_values("citations", ascending=False, kind="stable")
    each = np.repeat(ranked["citations"].to_numpy(), ranked["n_papers"].to_numpy())
    held = np.cumsum(each) / each.sum()
    return pd.Series(held, index=pd.RangeIndex(1, len(held) + 1, name="rank"), name="share")


def without_top_paper(papers: pd.DataFrame) -> pd.DataFrame:
    """Take the single most cited paper away; of several equal ones, one."""
    top = papers["citations"].idxmax()
    left = papers.copy()
    left.loc[top, "n_papers"] -= 1
    return left.loc[left["n_papers"] > 0]


def top_membership(papers: pd.DataFrame, fraction: float = 0.1) -> pd.Series:
    """Tell how far one paper of each row belongs to the most cited `fraction` of its category and year.

    1 above the threshold, 0 below; papers tied at the threshold share what is left, so that
    exactly `fraction` of the papers belong (Waltman & Schreiber 2013, JASIST 64(2)).
    """

    def within(group: pd.DataFrame) -> pd.Series:
        by_count = group.groupby("citations")["n_papers"].sum().sort_index(ascending=False)
        above = by_count.cumsum() - by_count
        free = fraction * by_count.sum() - above
        return group["citations"].map((free / by_count).clip(0.0, 1.0))

    parts = [within(group) for _, group in papers.groupby(["year", "category"], sort=True)]
    return pd.concat(parts).reindex(papers.index)


def top_share(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    members: Mapping[str, Sequence[str]],
    counting: str,
    fraction: float = 0.1,
) -> pd.Series:
    """Return PP(top 10 %): the part of each bloc's papers among the most cited `fraction`.

    A bloc whose papers are cited like the average has just `fraction`.
    """
    weight = paper_credit(papers, compositions, members, counting).mul(papers["n_papers"], axis=0)
    return weight.mul(top_membership(papers, fraction), axis=0).sum() / weight.sum()


def resampled_top_share(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    members: Mapping[str, Sequence[str]],
    counting: str,
    weights: np.ndarray,
    fraction: float = 0.1,
) -> pd.DataFrame:
    """Return `top_share` for each draw of a paper bootstrap, the threshold found anew in each."""
    credit = paper_credit(papers, compositions, members, counting).to_numpy()
    above_line = np.zeros((len(weights), credit.shape[1]))
    for rows in papers.groupby(["year", "category"], sort=True).indices.values():
        cited, value_of = np.unique(-papers["citations"].to_numpy()[rows], return_inverse=True)
        starts = np.searchsorted(np.sort(value_of), np.arange(len(cited)))
        in_order = rows[np.argsort(value_of, kind="stable")]
        drawn = np.add.reduceat(weights[:, in_order], starts, axis=1)  # draws × distinct counts
        total = drawn.sum(axis=1, keepdims=True)
        free = fraction * total - (np.cumsum(drawn, axis=1) - drawn)
        part = np.clip(np.divide(free, drawn, out=np.zeros_like(free), where=drawn > 0), 0.0, 1.0)
        above_line += (weights[:, rows] * part[:, value_of]) @ credit[rows]
    columns = list(members)
    return pd.DataFrame(above_line / (weights @ credit), columns=columns)
