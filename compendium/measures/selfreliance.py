"""Self-reliance: how much of a country's, or a bloc's, work is written with anyone outside it.

Everything starts from a tally: the papers of each year and venue, sorted into those without the
country, those by the country alone and those with an address abroad. That is all the shares, slopes
and bootstraps below need, so they are exact and quick whatever the size of the source.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compendium import stability
from compendium.blocs import UNKNOWN
from compendium.measures.counting import paper_credit

#: What an address of unknown country is taken for, on a paper with no known address abroad.
UNKNOWNS = ("keep", "drop", "foreign")
#: Where the authors are from whom a partner is drawn, in the null model.
POOLS = ("year", "venue")
#: Decimals at which two credits are the same one.
CREDIT_DECIMALS = 9


def tally(papers: pd.DataFrame, compositions: pd.DataFrame, codes: Sequence[str],
          counting: str = "whole", unknown: str = "keep") -> pd.DataFrame:
    """Count papers by year, category, the home's credit for them, and whether they go abroad.

    Parameters
    ----------
    codes : ISO codes of the home, a country or a bloc; every other known country is abroad.
    counting : what a paper of the home weighs; under whole counting 1.
    unknown : `keep` takes an address of unknown country for none, `foreign` for one abroad, and
        `drop` leaves out every paper with such an address.

    Returns
    -------
    Frame with columns year, category, credit, abroad (0 or 1), n_papers. A credit of 0 marks the
    papers without the home; they stay, because a paper bootstrap draws among all papers.
    Raises ValueError for another `unknown`.
    """
    if unknown not in UNKNOWNS:
        raise ValueError(f"unknown={unknown!r} is not possible; choose one of: {', '.join(UNKNOWNS)}")
    elsewhere = sorted(set(compositions["country"]) - set(codes) - {UNKNOWN})
    present = paper_credit(papers, compositions, {"home": codes, "abroad": elsewhere,
                                                  UNKNOWN: (UNKNOWN,)}, "whole")
    credit = paper_credit(papers, compositions, {"home": codes}, counting)["home"]
    abroad = present[["abroad", UNKNOWN]].max(axis=1) if unknown == "foreign" else present["abroad"]
    rows = papers[["year", "category", "n_papers"]].assign(
        credit=credit.round(CREDIT_DECIMALS), abroad=(abroad * present["home"]).astype(int))
    if unknown == "drop":
        rows = rows.loc[present[UNKNOWN] == 0]
    keys = ["year", "category", "credit", "abroad"]
    return rows.groupby(keys, as_index=False, sort=True)["n_papers"].sum()


def draw_years(counted: pd.DataFrame, rng: np.random.Generator,
               draws: int = stability.DRAWS) -> np.ndarray:
    """Draw as many papers of each year as the year has, with replacement: draws × rows of a tally.

    Papers that fall into one row of the tally are alike for every measure here, so drawing rows is
    drawing papers.
    """
    weights = np.zeros((draws, len(counted)), dtype=np.int64)
    for rows in counted.groupby("year", sort=True).indices.values():
        weights[:, rows] = stability.draw_weights(counted.iloc[rows], rng, draws)
    return weights


def _weights(counted: pd.DataFrame, weights: np.ndarray | None) -> np.ndarray:
    """Return the weights, or the papers as they are as one draw."""
    return counted[["n_papers"]].to_numpy().T if weights is None else weights


def _indicator(labels: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Return rows × distinct labels, 1 where the row has the label, and the labels in order."""
    codes, names = pd.factorize(labels, sort=True)
    return np.eye(len(names))[codes], pd.Index(names)


def foreign_shares(counted: pd.DataFrame, weights: np.ndarray | None = None) -> pd.DataFrame:
    """Return the share of the home's papers with an address abroad, draws × years, from 0 to 1.

    Parameters
    ----------
    counted : a tally.
    weights : draws × rows of the tally; without them one draw, the papers as they are.

    Missing in a year without a paper of the home. The rest, 1 minus the share, are papers with
    domestic addresses only.
    """
    drawn = _weights(counted, weights)
    years, names = _indicator(counted["year"])
    credit = counted["credit"].to_numpy()
    own = drawn @ (years * credit[:, None])
    joint = drawn @ (years * (credit * counted["abroad"].to_numpy())[:, None])
    shares = np.divide(joint, own, out=np.full_like(joint, np.nan), where=own > 0)
    return pd.DataFrame(shares, columns=names)


def slopes(shares: pd.DataFrame) -> pd.Series:
    """Return the least-squares slope of each row over its columns, the years: change a year.

    Years without a share are left out; missing where fewer than two years have one.
    """
    values = shares.to_numpy(dtype=float)
    known = ~np.isnan(values)
    years = np.where(known, np.asarray(shares.columns, dtype=float), 0.0)
    count = known.sum(axis=1, keepdims=True)
    centred = np.where(known, years - years.sum(axis=1, keepdims=True) / np.maximum(count, 1), 0.0)
    rise = (centred * np.where(known, values, 0.0)).sum(axis=1)
    run = (centred**2).sum(axis=1)
    return pd.Series(np.divide(rise, run, out=np.full_like(rise, np.nan), where=run > 0),
                     index=shares.index)


def slopes_within(counted: pd.DataFrame, weights: np.ndarray | None = None) -> pd.Series:
    """Return the slope within venues: a least-squares line of one slope, and a level of its own a venue.

    Every paper of the home is a point (year, 0 or 1). A venue that comes or goes changes no
    slope, for each is compared with itself only; large and long-lived venues weigh most. With t
    and f centred on their venue's means it is Σ t f / Σ t². Missing without a venue of two years.
    """
    home = counted.loc[counted["credit"] > 0]
    rows = np.flatnonzero(counted["credit"] > 0)
    # Years from the first one on: squares of 2024 would cost half the digits.
    year = (home["year"] - home["year"].min()).to_numpy(dtype=float)[:, None]
    mass = _weights(counted, weights)[:, rows] * home["credit"].to_numpy()
    venues, _ = _indicator(home["category"])
    abroad = home["abroad"].to_numpy(dtype=float)[:, None]

    def total(column: np.ndarray) -> np.ndarray:
        return mass @ (venues * column)

    own = np.maximum(total(np.ones_like(year)), np.finfo(float).tiny)
    rise = (total(year * abroad) - total(year) * total(abroad) / own).sum(axis=1)
    run = (total(year**2) - total(year) ** 2 / own).sum(axis=1)
    enough = run > 10.0**-CREDIT_DECIMALS
    return pd.Series(np.divide(rise, run, out=np.full_like(rise, np.nan), where=enough))


def room_abroad(papers: pd.DataFrame, compositions: pd.DataFrame, codes: Sequence[str],
                pool: str = "year") -> pd.Series:
    """Return r = 1 − s by year: the part of the pool of possible partners that sits abroad.

    Parameters
    ----------
    codes : ISO codes of the home.
    pool : `year` has all authors of the year in one pool; `venue` those of the same venue and
        year, and r is then the mean over the home's papers.

    s is the home's author-fractional credit over the credit of all authors of known country.
    Missing in a year without a paper of the home; ValueError for another pool.
    """
    if pool not in POOLS:
        raise ValueError(f"pool={pool!r} is not possible; choose one of: {', '.join(POOLS)}")
    known = sorted(set(compositions["country"]) - {UNKNOWN})
    blocs = {"home": codes, "known": known}
    authors = paper_credit(papers, compositions, blocs, "fractional")
    authors["papers"] = paper_credit(papers, compositions, blocs, "whole")["home"]
    keys = ["year"] if pool == "year" else ["year", "category"]
    summed = authors.mul(papers["n_papers"], axis=0).groupby([papers[key] for key in keys]).sum()
    room = (1.0 - summed["home"] / summed["known"]).where(summed["papers"] > 0)
    years = summed.index.get_level_values("year")
    own = summed["papers"].groupby(years).sum()
    return (room * summed["papers"]).groupby(years).sum().div(own).where(own > 0).rename("room")


def openness(shares: pd.DataFrame, room: pd.Series) -> pd.DataFrame:
    """Return o = f / r: the foreign share that the home would have if everyone else sat abroad.

    Parameters
    ----------
    shares : f, draws × years.
    room : r, from `room_abroad`.

    The null model: a share o of the home's papers look for a partner, and draw one from the pool,
    every author alike. Then r of them find one abroad, and f = o r. More than one partner a paper
    would make size matter less, so this gives size as much as it can explain.
    """
    return shares.div(room.reindex(shares.columns), axis=1)


def by_size_alone(shares: pd.DataFrame, room: pd.Series) -> pd.DataFrame:
    """Return the foreign shares that size alone would give: k r, with the openness k held fixed.

    k is such that the mean over the years is that of `shares`. Same shape as `shares`.
    """
    alone = shares.where(shares.isna(), 1.0).mul(room.reindex(shares.columns), axis=1)
    return alone.mul(shares.mean(axis=1) / alone.mean(axis=1), axis=0)
