"""Papers among the most cited, in pandas and one group after the other."""

import pandas as pd


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
