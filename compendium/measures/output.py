"""Output: how many papers, of whom, and since when."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures.counting import paper_credit


def output(
    papers: pd.DataFrame, compositions: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str
) -> pd.Series:
    """Return the number of papers (whole) or the sum of credits (fractional) of each bloc."""
    credit = paper_credit(papers, compositions, members, counting)
    return credit.mul(papers["n_papers"], axis=0).sum().rename("papers")


def resampled_output(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    members: Mapping[str, Sequence[str]],
    counting: str,
    weights: np.ndarray,
) -> pd.DataFrame:
    """Return `output` for each draw of a paper bootstrap.

    weights : draws × rows of `papers`: how often each row's papers were drawn.
    """
    credit = paper_credit(papers, compositions, members, counting)
    return pd.DataFrame(weights @ credit.to_numpy(), columns=credit.columns)


def balanced_panel(papers: pd.DataFrame, first: int, last: int) -> list[str]:
    """Return the categories that have papers in every year from `first` to `last`.

    Venues come and go; a trend over all of them would be one of the list, not of the field.
    """
    span = papers.loc[papers["year"].between(first, last)]
    years = span.groupby("category")["year"].nunique()
    return sorted(years.index[years == last - first + 1])


def trend(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    members: Mapping[str, Sequence[str]],
    counting: str,
    panel: Sequence[str],
    first: int,
    last: int,
) -> pd.DataFrame:
    """Return each bloc's share of the panel's papers by year, as a frame year × bloc.

    The whole is all papers of the panel in that year, those of unknown country among them.
    """
    span = papers.loc[papers["category"].isin(panel) & papers["year"].between(first, last)]
    credit = paper_credit(span, compositions, members, counting)
    summed = credit.mul(span["n_papers"], axis=0).groupby(span["year"]).sum()
    return summed.div(span.groupby("year")["n_papers"].sum(), axis=0)


def year_passed(shares: pd.DataFrame, subject: str, other: str) -> int | None:
    """Return the first year from which `subject` stays above `other` to the end; None if never.

    A single good year that is lost again is no passing.
    """
    ahead = shares[subject] > shares[other]
    if not ahead.iloc[-1]:
        return None
    behind = ahead.index[~ahead]
    years = ahead.index if behind.empty else ahead.index[ahead.index > behind[-1]]
    return int(years[0])
