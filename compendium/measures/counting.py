"""Counting: how much of a paper each bloc is credited with.

Whole counting gives a bloc 1 for a paper that bears its address; author-fractional counting gives
it its authors' part; complete-normalised fractional counting gives each country the same part
(Waltman & van Eck 2015, arXiv 1501.04431; Gauffriau 2021, QSS 2(3)). A bloc is counted once a
paper, from the set of countries on it; its members are never added up.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.places.blocs import UNKNOWN, WEST_BLOCS

WEST = "+".join(WEST_BLOCS)
#: The ways of counting, the headline's first.
COUNTING = ("whole", "fractional", "country-fractional")


def with_union(
    members: Mapping[str, Sequence[str]], parts: Sequence[str] = WEST_BLOCS, name: str = WEST
) -> dict[str, tuple[str, ...]]:
    """Add the union of some blocs as a bloc of its own: a paper that two of them share counts once.

    >>> with_union({"US": ["US"], "EU": ["DE", "FR"], "UK": ["GB"]})["US+EU+UK"]
    ('US', 'DE', 'FR', 'GB')
    """
    union = dict.fromkeys(code for part in parts for code in members[part])
    return {**members, name: tuple(union)}


def share_table(compositions: pd.DataFrame) -> pd.DataFrame:
    """Return the countries' shares of a paper of each composition: composition_id × country, 0 for who is not on it."""
    return compositions.pivot(index="composition_id", columns="country", values="share").fillna(0.0)


def credit_of(shares: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str) -> pd.DataFrame:
    """Return each bloc's credit for one paper of each composition.

    shares: as `share_table` gives them; members: bloc → ISO codes.
    counting: `whole`, `fractional` (by authors) or `country-fractional` (complete-normalised).

    Returns composition_id × bloc, values between 0 and 1. Authors of unknown country keep their part under
    fractional counting, so credits then add up to less than 1. ValueError for another counting.

    One paper with two Chinese authors and one who works in France and in an unknown country:

    >>> shares = pd.DataFrame([[4 / 6, 1 / 6, 1 / 6]], columns=["CN", "FR", "ZZ"])
    >>> blocs = {"China": ["CN"], "EU": ["DE", "FR"]}
    >>> [credit_of(shares, blocs, counting).round(2).iloc[0].tolist() for counting in COUNTING]
    [[1.0, 1.0], [0.67, 0.17], [0.5, 0.5]]
    """
    if counting not in COUNTING:
        raise ValueError(f"counting={counting!r} is not possible; choose one of: {', '.join(COUNTING)}")
    values, place = shares.to_numpy(dtype=float), {code: number for number, code in enumerate(shares.columns)}
    if counting == "country-fractional":
        values = values > 0
        known = values.sum(axis=1) - (values[:, place[UNKNOWN]] if UNKNOWN in place else 0)
        values = values / np.maximum(known, 1.0)[:, np.newaxis]
        place.pop(UNKNOWN, None)
    credit = np.zeros((len(shares), len(members)))
    for number, codes in enumerate(members.values()):
        credit[:, number] = values[:, [place[code] for code in codes if code in place]].sum(axis=1)
    if counting == "whole":
        credit = (credit > 0).astype(float)
    return pd.DataFrame(credit, index=shares.index, columns=list(members))


def bloc_credit(compositions: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str) -> pd.DataFrame:
    """Return `credit_of` for a table of compositions: composition_id × bloc."""
    return credit_of(share_table(compositions), members, counting)


def paper_credit(
    papers: pd.DataFrame, compositions: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str
) -> pd.DataFrame:
    """Return each bloc's credit for one paper of each row of `papers`, on the index of `papers`."""
    credit = bloc_credit(compositions, members, counting)
    return credit.reindex(papers["composition_id"]).set_axis(papers.index)
