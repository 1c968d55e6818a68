"""Counting: how much of a paper each bloc is credited with.

Whole counting gives a bloc 1 for a paper that bears its address; author-fractional counting gives
it its authors' part; complete-normalised fractional counting gives each country the same part
(Waltman & van Eck 2015, arXiv 1501.04431; Gauffriau 2021, QSS 2(3)). A bloc is counted once a
paper, from the set of countries on it; its members are never added up.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.places.blocs import UNKNOWN, WEST_BLOCS

WEST = "+".join(WEST_BLOCS)


def with_union(
    members: Mapping[str, Sequence[str]], parts: Sequence[str] = WEST_BLOCS, name: str = WEST
) -> dict[str, tuple[str, ...]]:
    """Add the union of some blocs as a bloc of its own: a paper that two of them share counts once."""
    union = dict.fromkeys(code for part in parts for code in members[part])
    return {**members, name: tuple(union)}


def bloc_credit(compositions: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str) -> pd.DataFrame:
    """Return each bloc's credit for one paper of each composition.

    Parameters
    ----------
    compositions : composition_id, country, share; shares sum to 1 within a composition.
    members : bloc → ISO codes.
    counting : `whole`, `fractional` (by authors) or `country-fractional` (complete-normalised).

    Returns
    -------
    Frame indexed by composition_id, one column a bloc, values between 0 and 1. Authors of unknown
    country keep their part under fractional counting, so credits then add up to less than 1.
    """
    shares = compositions.pivot(index="composition_id", columns="country", values="share").fillna(0.0)
    if counting == "country-fractional":
        present = (shares.drop(columns=UNKNOWN, errors="ignore") > 0).astype(float)
        shares = present.div(present.sum(axis=1).clip(lower=1.0), axis=0)
    elif counting not in ("whole", "fractional"):
        raise ValueError(f"counting={counting!r} is not possible; choose one of: whole, fractional, country-fractional")
    credit = pd.DataFrame(
        {name: shares.reindex(columns=list(codes), fill_value=0.0).sum(axis=1) for name, codes in members.items()}
    )
    return (credit > 0).astype(float) if counting == "whole" else credit


def paper_credit(
    papers: pd.DataFrame, compositions: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str
) -> pd.DataFrame:
    """Return each bloc's credit for one paper of each row of `papers`, on the index of `papers`."""
    credit = bloc_credit(compositions, members, counting)
    return credit.reindex(papers["composition_id"]).set_axis(papers.index)


def has_country(papers: pd.DataFrame, compositions: pd.DataFrame) -> pd.Series:
    """Tell which rows of `papers` have at least one known country."""
    known = compositions.loc[compositions["country"] != UNKNOWN, "composition_id"].unique()
    return papers["composition_id"].isin(known)
