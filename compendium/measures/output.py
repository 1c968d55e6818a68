"""Output: how many papers, of whom, and since when."""

from collections.abc import Sequence

import pandas as pd

from compendium.measures.weighted import Members, WeightedPapers, by_group, frame, weighted


def output(papers: WeightedPapers, members: Members, counting: str) -> pd.DataFrame:
    """Return the number of papers (whole) or the sum of credits (fractional) of each bloc: lines × blocs.

    Two papers of China and one of China with the US:

    >>> from compendium.measures.weighted import hand_made
    >>> output(hand_made([("CN", 2), ("CN US", 1)]), {"CN": ["CN"], "US": ["US"]}, "whole")
        CN   US
    0  3.0  1.0
    """
    return frame(papers.sums(papers.credit(members, counting)), members)


def balanced_panel(papers: pd.DataFrame, first: int, last: int) -> list[str]:
    """Return the categories that have papers in every year from `first` to `last`.

    Venues come and go; a trend over all of them would be one of the list, not of the field.

    >>> papers = pd.DataFrame({"category": ["a", "a", "b"], "year": [2023, 2024, 2024]})
    >>> balanced_panel(papers, 2023, 2024)
    ['a']
    """
    span = papers.loc[papers["year"].between(first, last)]
    years = span.groupby("category")["year"].nunique()
    return sorted(years.index[years == last - first + 1])


def trend(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    members: Members,
    counting: str,
    panel: Sequence[str],
    first: int,
    last: int,
) -> pd.DataFrame:
    """Return each bloc's share of the panel's papers by year, as a frame year × bloc.

    The whole is all papers of the panel in that year, those of unknown country among them.
    """
    span = papers.loc[papers["category"].isin(panel) & papers["year"].between(first, last)]
    years, lines = by_group(span, "year")
    by_year = weighted(span, compositions, lines)
    shares = output(by_year, members, counting).div(by_year.n_papers, axis=0)
    return shares.set_axis(pd.Index(years, name="year"))


def lasting_since(ahead: pd.Series) -> int | None:
    """Return the first year (index, in order) from which something holds to the end; None if it does not at the end.

    A single good year that is lost again does not count.

    >>> lasting_since(pd.Series([True, False, True, True], index=[2001, 2002, 2003, 2004]))
    2003
    """
    if ahead.empty or not ahead.iloc[-1]:
        return None
    behind = ahead.index[~ahead]
    return int(ahead.index[0] if behind.empty else ahead.index[ahead.index > behind[-1]][0])


def year_passed(shares: pd.DataFrame, subject: str, other: str) -> int | None:
    """Return the first year from which `subject` stays above `other` to the end; None if never."""
    return lasting_since(shares[subject] > shares[other])
