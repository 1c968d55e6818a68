"""Collaboration between countries: how much they publish together, raw and for their size.

Every function takes `papers`, a symmetric country × country matrix: papers that have an address
in both countries, under whole counting. Its diagonal is never read, so it may hold the countries'
own papers, or zero. In what comes back the diagonal is missing: no country works with itself.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

#: How far a count may miss symmetry or a total: bootstrap weights are sums of floats.
TOLERANCE = 1e-9


def check_matrix(papers: pd.DataFrame) -> None:
    """Raise ValueError where `papers` is no symmetric country × country matrix of counts."""
    if not papers.index.is_unique or not papers.index.equals(papers.columns):
        raise ValueError("rows and columns must be the same countries in the same order, each once")
    values = papers.to_numpy(dtype=float)
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("co-publications must be known, finite and not negative")
    if not np.allclose(values, values.T, rtol=TOLERANCE, atol=TOLERANCE):
        raise ValueError("the matrix of co-publications must be symmetric (whole counting)")


def _without_diagonal(papers: pd.DataFrame) -> pd.DataFrame:
    check_matrix(papers)
    return papers.astype(float).mask(np.eye(len(papers), dtype=bool))


def _checked_totals(pairs: pd.DataFrame, totals: pd.Series) -> pd.Series:
    """Return the countries' totals in the order of the matrix, as float."""
    missing = [country for country in pairs.index if country not in totals.index]
    if missing:
        raise ValueError(f"no total for: {', '.join(map(str, missing))}")
    ordered = totals.loc[pairs.index].astype(float)
    if (pairs.max(axis=1) > ordered * (1 + TOLERANCE) + TOLERANCE).any():
        raise ValueError("a country shares more papers with another than it has")
    return ordered


def _outer(totals: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(np.outer(totals, totals), index=totals.index, columns=totals.index)


def dependence(papers: pd.DataFrame, totals: pd.Series) -> pd.DataFrame:
    """Return s(X→Y) = P_XY / P_X: the share of X's papers (row) that Y is on (column).

    Parameters
    ----------
    papers : P_XY, country × country.
    totals : P_X, all papers of each country.

    Shares are fractions, missing where P_X is zero. As P_XY is symmetric,
    s(X→Y) / s(Y→X) = P_Y / P_X: that X depends less on Y than Y on X says that X has more papers,
    and nothing else.

    Two joint papers, of China's ten and Japan's four:

    >>> papers = pd.DataFrame([[0, 2], [2, 0]], ["CN", "JP"], ["CN", "JP"])
    >>> dependence(papers, pd.Series({"CN": 10, "JP": 4}))
         CN   JP
    CN  NaN  0.2
    JP  0.5  NaN
    """
    pairs = _without_diagonal(papers)
    return pairs.div(_checked_totals(pairs, totals), axis=0)


def salton(papers: pd.DataFrame, totals: pd.Series) -> pd.DataFrame:
    """Return Salton's cosine C_xy / √(C_x C_y): symmetric, 0 to 1, no unit.

    `totals` : C_x, papers of each country. The cosine is the geometric mean of the two dependence
    shares. Source: Salton & McGill 1983, for countries Glänzel 2001 (Scientometrics 51).

    >>> papers = pd.DataFrame([[0, 3], [3, 0]], ["CN", "JP"], ["CN", "JP"])
    >>> salton(papers, pd.Series({"CN": 9, "JP": 4})).loc["CN"].to_dict()
    {'CN': nan, 'JP': 0.5}
    """
    pairs = _without_diagonal(papers)
    return pairs / np.sqrt(_outer(_checked_totals(pairs, totals)))


def association_strength(papers: pd.DataFrame, totals: pd.Series, all_papers: float) -> pd.DataFrame:
    """Return C_xy T / (C_x C_y): papers together over those expected if partners met by chance.

    Parameters
    ----------
    totals : C_x, papers of each country.
    all_papers : T, papers of the same universe as `totals`.

    Symmetric, no unit, 1 where the two are on the same papers as often as chance has it. Source:
    van Eck & Waltman 2009 (JASIST 60), where it is named so; also the probabilistic affinity.

    Of 40 papers China has 10 and Japan 4; by chance they would share one, and they share two:

    >>> papers = pd.DataFrame([[0, 2], [2, 0]], ["CN", "JP"], ["CN", "JP"])
    >>> association_strength(papers, pd.Series({"CN": 10, "JP": 4}), 40).loc["CN"].to_dict()
    {'CN': nan, 'JP': 2.0}
    """
    pairs = _without_diagonal(papers)
    return pairs * all_papers / _outer(_checked_totals(pairs, totals))


def collaboration_index(papers: pd.DataFrame, international: pd.Series, all_international: float) -> pd.DataFrame:
    """Return the NSF's index IC = (C_xy / C_x) / (C_y / C_w): 1 where Y's part is as expected.

    Parameters
    ----------
    international : C_x, papers of each country with an address in another country.
    all_international : C_w, all papers of the world with addresses in two countries or more.

    It is the association strength among international papers only, hence symmetric. Source:
    Science and Engineering Indicators 2024, table SPBS-94, which this reproduces.
    """
    return association_strength(papers, international, all_international)


def link_totals(papers: pd.DataFrame) -> tuple[pd.Series, float]:
    """Return each country's links with all others, and all links of the network, each pair once.

    A paper of three countries is three links, two for each of them. These are C_x and T of RIC.
    """
    links = _without_diagonal(papers).sum(axis=1)
    return links, float(links.sum() / 2)


def relative_intensity(papers: pd.DataFrame, totals: pd.Series, all_papers: float) -> pd.DataFrame:
    """Return RIC(X,Y) = (C_xy / C_x) / ((C_y − C_xy) / (T − C_x)), X in rows and Y in columns.

    It is Y's share of what X has part in, over Y's share of what X has no part in.

    Parameters
    ----------
    totals, all_papers : C_x and T. The authors count links (`link_totals`); with papers in place
        of links the shares are those of Y among X's papers and among all papers without X.

    No unit, not symmetric, above 1 where X has more of Y than the rest has; infinite where Y
    publishes with X alone, missing where a share is 0/0. More papers together raise it, unless
    Y is X's only partner already.
    Source: Fuchs, Sivertsen & Rousseau 2021 (Scientometrics 126, 8673–8682).
    """
    pairs = _without_diagonal(papers)
    own = _checked_totals(pairs, totals)
    if (own > all_papers * (1 + TOLERANCE) + TOLERANCE).any():
        raise ValueError("a country has more papers than there are")
    share_of_x = pairs.div(own, axis=0)
    # C_y − C_xy: Y's total runs along the columns.
    share_of_rest = (-pairs).add(own, axis=1).div(all_papers - own, axis=0)
    return share_of_x / share_of_rest


def union_bounds(shares: Iterable[float]) -> tuple[float, float]:
    """Return the least and the greatest share of papers that have at least one of some partners.

    `shares` : fractions of the same papers, one a partner. When all papers with a partner lie among
    those with the largest one the union is max p_i; when no paper has two of them it is sum p_i,
    but at most 1 (Boole and Fréchet). ValueError without shares, or for one outside 0 to 1.

    >>> union_bounds([0.25, 0.125])
    (0.25, 0.375)
    """
    shares = [float(share) for share in shares]
    if not shares or not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"shares must be fractions between 0 and 1, one or more, not {shares}")
    return max(shares), min(1.0, sum(shares))
