"""Citations: whose papers they go to, and how much hangs on a few papers."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium.measures import stability
from compendium.measures.weighted import Members, WeightedPapers, frame, ratio


def cited_papers(papers: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of a table of papers whose citations are known; unknown is not zero."""
    return papers.loc[papers["citations"].notna()].astype({"citations": float})


#: How many times the average a paper of unknown citations is taken to have.
FILLED: Mapping[str, float] = {"drop": 0.0, "average": 1.0, "double": 2.0}


class CitationSums(NamedTuple):
    """What shares of citations are made of: lines × blocs, and one column for all papers.

    cited, cited_all: citations to papers of known ones. unknown, unknown_all, known_all: papers of unknown and
    of known citations; a bloc's papers by its credit.
    """

    cited: pd.DataFrame
    cited_all: np.ndarray
    unknown: pd.DataFrame
    unknown_all: np.ndarray
    known_all: np.ndarray


def citation_sums(papers: WeightedPapers, members: Members, counting: str) -> CitationSums:
    """Add up citations, and papers of unknown ones, by bloc."""
    counts = papers.rows["citations"].to_numpy(dtype=float, na_value=np.nan)
    known, cited = ~np.isnan(counts), np.nan_to_num(counts)
    credit = papers.credit(members, counting)
    return CitationSums(
        frame(papers.sums(credit * cited[:, np.newaxis]), members),
        papers.sums(cited),
        frame(papers.sums(credit * ~known[:, np.newaxis]), members),
        papers.sums((~known).astype(float)),
        papers.sums(known.astype(float)),
    )


def shares_of(sums: CitationSums, missing: str = "drop") -> pd.DataFrame:
    """Return each bloc's share of all citations: lines × blocs, between 0 and 1.

    missing: a paper of unknown citations is left out (`drop`), or has as many as the known ones on average, in
    the same line (`average`), or twice as many (`double`).
    """
    each = FILLED[missing] * np.nan_to_num(ratio(sums.cited_all, sums.known_all))
    whole = sums.cited_all + each * sums.unknown_all
    return ratio(sums.cited + sums.unknown.mul(each, axis=0), whole[:, np.newaxis])


def citation_shares(papers: WeightedPapers, members: Members, counting: str, missing: str = "drop") -> pd.DataFrame:
    """Return each bloc's share of all citations to `papers`: lines × blocs, between 0 and 1.

    Unknown citations are not zero: see `shares_of`. Under whole counting the shares of all countries add up
    to more than 1.

    Two Chinese papers of 10 citations each, and one of China with the US that has 5:

    >>> from compendium.measures.weighted import hand_made
    >>> papers = hand_made([("CN", 2, 10), ("CN US", 1, 5)])
    >>> citation_shares(papers, {"CN": ["CN"], "US": ["US"]}, "whole")
        CN   US
    0  1.0  0.2
    """
    return shares_of(citation_sums(papers, members, counting), missing)


def share_intervals(papers: WeightedPapers, members: Members, counting: str, missing: str = "drop") -> pd.DataFrame:
    """Return `citation_shares` as value, low and high: bloc in rows, the bootstrap-t interval.

    papers: the first line is the papers as they are, the others are draws. See `stability.ratio_interval` for
    why no percentile interval. Low and high are missing where it would reach from 0 to 1, which says nothing,
    and value too where nothing is cited.
    """
    counts = papers.rows["citations"].to_numpy(dtype=float, na_value=np.nan)
    known, printed = ~np.isnan(counts) & papers.inside, papers.weights[0]
    if not (np.nan_to_num(counts) * printed * known).sum() > 0:
        return pd.DataFrame(np.nan, list(members), ["value", "low", "high"])
    average = (counts[known] * printed[known]).sum() / printed[known].sum()
    cited = np.where(np.isnan(counts), FILLED[missing] * average, counts)
    used = papers.inside & (cited > 0)
    above = papers.credit(members, counting)[used] * cited[used, np.newaxis]
    return informative(
        stability.ratio_interval(
            frame(above, members), pd.Series(cited[used]), pd.Series(printed[used]), papers.weights[1:, used]
        )
    )


def informative(shares: pd.DataFrame) -> pd.DataFrame:
    """Take the ends of intervals (low, high) away that hold every share there is.

    A verdict rests on whether an interval meets what is reported, and such a one meets everything.
    """
    ends = shares[["low", "high"]].where((shares["low"] > 0) | (shares["high"] < 1))
    return shares.assign(low=ends["low"], high=ends["high"])


def relations(shares: pd.DataFrame) -> pd.DataFrame:
    """Tell for each line of shares (columns CN, US, EU, UK) whether claims 5 to 8 hold in direction.

    China's is above the three others, the US's and the EU's are below China's, and the UK's is below
    the three others; a tie fails.
    """
    cn, us, eu, uk = (shares[bloc].to_numpy() for bloc in ("CN", "US", "EU", "UK"))
    holds = {
        "CN": cn > np.maximum.reduce([us, eu, uk]),
        "US": us < cn,
        "EU": eu < cn,
        "UK": uk < np.minimum.reduce([cn, eu, us]),
    }
    return frame(np.column_stack(list(holds.values())), holds, shares.index)


def concentration(papers: pd.DataFrame) -> pd.Series:
    """Return the cumulated share of citations held by the most cited papers, by rank from 1.

    One paper of 30 citations and two of 10 each:

    >>> concentration(pd.DataFrame({"citations": [10.0, 30.0], "n_papers": [2, 1]})).tolist()
    [0.6, 0.8, 1.0]
    """
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


def top_share(papers: WeightedPapers, members: Members, counting: str, fraction: float = 0.1) -> pd.DataFrame:
    """Return PP(top 10 %), the part of each bloc's papers among the most cited `fraction`: lines × blocs.

    The most cited are found anew in each line, within a category and year; papers tied at the threshold share
    what is left, so that exactly `fraction` of the papers belong (Waltman & Schreiber 2013, JASIST 64(2)). A
    bloc whose papers are cited like the average has just `fraction`.

    Ten papers, of which China has the two most cited, so the top tenth is one of the two, half each:

    >>> from compendium.measures.weighted import hand_made
    >>> papers = hand_made([("CN", 2, 9), ("US", 8, 1)])
    >>> top_share(papers, {"CN": ["CN"], "US": ["US"]}, "whole").iloc[0].to_dict()
    {'CN': 0.5, 'US': 0.0}
    """
    credit, lines = papers.credit(members, counting), papers.weights * papers.inside
    above_line = np.zeros((len(lines), credit.shape[1]))
    for rows in papers.rows.groupby(["year", "category"], sort=True).indices.values():
        cited, value_of = np.unique(-papers.rows["citations"].to_numpy()[rows], return_inverse=True)
        starts = np.searchsorted(np.sort(value_of), np.arange(len(cited)))
        in_order = rows[np.argsort(value_of, kind="stable")]
        drawn = np.add.reduceat(lines[:, in_order], starts, axis=1)  # lines × distinct counts
        total = drawn.sum(axis=1, keepdims=True)
        free = fraction * total - (np.cumsum(drawn, axis=1) - drawn)
        part = np.clip(np.divide(free, drawn, out=np.zeros_like(free), where=drawn > 0), 0.0, 1.0)
        above_line += (lines[:, rows] * part[:, value_of]) @ credit[rows]
    return frame(above_line / (lines @ credit), members)
