"""Self-reliance: how much of a country's, or a bloc's, work is written with anyone outside it.

Everything starts from a tally: the papers of each year and venue, sorted into those without the
country, those by the country alone and those with an address abroad. That is all the shares, slopes
and bootstraps below need, so they are exact and quick whatever the size of the source.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures import stability
from compendium.measures.weighted import UNKNOWNS, Members, WeightedPapers, frame, weighted

#: Years with a share that make a line, and those that a claim of a trend needs at least.
LINE, LEAST_YEARS = 2, 3
#: Where the authors are from whom a partner is drawn, in the null model.
POOLS = ("year", "venue")
#: What a slope is fitted to.
WAYS = ("years", "papers", "venues")
#: Papers of a year below which a share is not drawn.
FEW = 30
#: Decimals at which two credits are the same one.
CREDIT_DECIMALS = 9


def credit_and_abroad(
    papers: WeightedPapers, homes: Members, counting: str, unknown: str = "keep"
) -> tuple[np.ndarray, np.ndarray]:
    """Return each home's credit for one paper of each row, and 1 where it also bears an address abroad, else 0.

    homes: name → ISO codes, a country or a bloc; every other known country is abroad.
    unknown: `worst` takes an address of unknown country for one abroad; else it is none. (`drop` is a matter of
    which papers are looked at: `WeightedPapers.where`.)

    Both are rows × homes.
    """
    credit, present = papers.credit(homes, counting), papers.present(homes)
    elsewhere = {name: [code for code in papers.countries if code not in set(codes)] for name, codes in homes.items()}
    abroad = papers.present(elsewhere)
    if unknown == "worst":
        abroad = np.maximum(abroad, papers.unknown[:, np.newaxis])
    return credit, abroad * present


def own_and_joint(
    papers: WeightedPapers, homes: Members, counting: str, unknown: str = "keep"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return each home's papers, and those of them with an address abroad: both lines × homes."""
    credit, abroad = credit_and_abroad(papers, homes, counting, unknown)
    return frame(papers.sums(credit), homes), frame(papers.sums(credit * abroad), homes)


def tally(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    codes: Sequence[str],
    counting: str = "whole",
    unknown: str = "keep",
) -> pd.DataFrame:
    """Count papers by year, category, the home's credit for them, and whether they go abroad.

    codes, counting: as in `credit_and_abroad`.
    unknown: `keep` takes an address of unknown country for none, `worst` for one abroad, and `drop` leaves out
    every paper with such an address.

    Returns a frame with columns year, category, credit, abroad (0 or 1), n_papers. A credit of 0 marks the
    papers without the home; they stay, because a paper bootstrap draws among all papers. Raises ValueError for
    another `unknown`.
    """
    if unknown not in UNKNOWNS:
        raise ValueError(f"unknown={unknown!r} is not possible; choose one of: {', '.join(UNKNOWNS)}")
    counted = weighted(papers, compositions)
    credit, abroad = (found[:, 0] for found in credit_and_abroad(counted, {"home": codes}, counting, unknown))
    rows = papers[["year", "category", "n_papers"]].assign(
        credit=credit.round(CREDIT_DECIMALS), abroad=abroad.astype(int)
    )
    if unknown == "drop":
        rows = rows.loc[~counted.unknown]
    keys = ["year", "category", "credit", "abroad"]
    return rows.groupby(keys, as_index=False, sort=True)["n_papers"].sum()


def draw_years(counted: pd.DataFrame, rng: np.random.Generator, draws: int = stability.DRAWS) -> np.ndarray:
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


def yearly(counted: pd.DataFrame, weights: np.ndarray | None = None) -> tuple[pd.Index, np.ndarray, np.ndarray]:
    """Return the years of a tally, and the home's papers and its joint ones, each as lines × years."""
    drawn = _weights(counted, weights)
    years, names = _indicator(counted["year"])
    credit = counted["credit"].to_numpy()
    own = drawn @ (years * credit[:, None])
    joint = drawn @ (years * (credit * counted["abroad"].to_numpy())[:, None])
    return names, own, joint


def foreign_shares(counted: pd.DataFrame, weights: np.ndarray | None = None) -> pd.DataFrame:
    """Return the share of the home's papers with an address abroad, lines × years, from 0 to 1.

    counted: a tally. weights: lines × rows of the tally; without them one line, the papers as they are.

    Missing in a year without a paper of the home. The rest, 1 minus the share, are papers with
    domestic addresses only.

    Three papers of China alone and one with the US, then four alone and one with the US:

    >>> from compendium.measures.weighted import hand_made
    >>> papers = hand_made([("CN", 3, 0, 2023), ("CN US", 1, 0, 2023), ("CN", 4, 0, 2024), ("CN US", 1, 0, 2024)])
    >>> foreign_shares(tally(papers.rows, papers.compositions, ["CN"])).iloc[0].to_dict()
    {2023: 0.25, 2024: 0.2}
    """
    names, own, joint = yearly(counted, weights)
    shares = np.divide(joint, own, out=np.full_like(joint, np.nan), where=own > 0)
    return pd.DataFrame(shares, columns=names)


def history(
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    units: Mapping[str, Sequence[str]],
    counting: str = "whole",
    few: int = FEW,
) -> pd.DataFrame:
    """Return the foreign share of each unit by year, year × unit, from its first year with `few` papers.

    Missing in a year with fewer papers of the unit than that.
    """
    lines = {}
    for name, codes in units.items():
        counted = tally(papers, compositions, codes, counting)
        own = counted[counted["credit"] > 0].groupby("year")["n_papers"].sum()
        lines[name] = foreign_shares(counted).iloc[0].where(own.reindex(counted["year"].unique()) >= few)
    return pd.DataFrame(lines).dropna(how="all")


def fitted(shares: pd.Series) -> pd.Series:
    """Return the least-squares line through shares by year, in the years that have one."""
    known = shares.dropna()
    years = known.index.to_numpy(dtype=float)
    return known.mean() + slopes(known.to_frame().T).iloc[0] * pd.Series(years - years.mean(), known.index)


def by_venue(counted: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Return the home's papers and the foreign ones in per cent, by category (rows) and year.

    Each paper counts once, whatever its credit; most papers in the last of `years` first.
    """
    home = counted[(counted["credit"] > 0) & counted["year"].isin(years)]
    keys = [home["category"], home["year"]]
    papers = home["n_papers"].groupby(keys).sum()
    joint = (home["abroad"] * home["n_papers"]).groupby(keys).sum()
    table = pd.DataFrame({"papers": papers, "foreign, %": 100 * joint / papers}).unstack("year")
    last = ("papers", home["year"].max())
    return table.sort_values([last, *table.columns[:1]], ascending=False, kind="stable") if len(table) else table


def by_last_year(counted: pd.DataFrame, ends: Sequence[int], length: int, few: int = FEW) -> pd.Series:
    """Return the slope over the `length` years up to each of `ends`, in points a year.

    Missing where the home has fewer than `few` papers a year on average.
    """
    found = {}
    for end in ends:
        rows = counted[counted["year"].between(end - length + 1, end)]
        enough = rows.loc[rows["credit"] > 0, "n_papers"].sum() >= few * length
        found[end] = slope_of(rows, "years").iloc[0] if enough else np.nan
    return pd.Series(found, dtype=float)


def slope(
    years: Sequence[float], own: np.ndarray, joint: np.ndarray, fit: str = "years", least: int = LINE
) -> np.ndarray:
    """Return the least-squares slope of joint / own over the years, by line: change a year.

    years: of the columns. own, joint: lines × years.
    fit: `years` gives each year the same weight, `papers` that of its papers, which is a line through all papers.

    least: so many years with a paper of the home it takes; the others are left out. Two make a line, and
    LEAST_YEARS a trend.

    The share falls from 40 to 20 % in two years, with as many papers in each:

    >>> slope([2022, 2023, 2024], np.array([[10, 10, 10]]), np.array([[4, 3, 2]]))
    array([-0.1])
    """
    known = own > 0
    share = np.divide(joint, own, out=np.zeros(own.shape), where=known)
    weight = known.astype(float) if fit == "years" else own.astype(float)
    since = np.asarray(years, dtype=float) - np.min(years)  # squares of 2024 would cost half the digits
    mass = np.maximum(weight.sum(axis=-1, keepdims=True), np.finfo(float).tiny)
    centred = (since - (weight * since).sum(axis=-1, keepdims=True) / mass) * (weight > 0)
    run = (weight * centred**2).sum(axis=-1)
    enough = (known.sum(axis=-1) >= least) & (run > 0)
    return np.where(enough, (weight * centred * share).sum(axis=-1) / np.where(enough, run, 1.0), np.nan)


def slopes(shares: pd.DataFrame) -> pd.Series:
    """Return the `slope` of each row of shares over its columns, the years, each year alike."""
    values = shares.to_numpy(dtype=float)
    known = (~np.isnan(values)).astype(float)
    return pd.Series(slope(list(shares.columns), known, np.nan_to_num(values)), index=shares.index)


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


def slope_of(
    counted: pd.DataFrame, way: str, weights: np.ndarray | None = None, room: pd.Series | None = None
) -> pd.Series:
    """Return the slope of the foreign share in one of `WAYS`, in percentage points a year, by draw.

    Parameters
    ----------
    way : `years` fits the yearly shares, each year alike; `papers` fits all papers, each alike;
        `venues` fits them with a level of its own a venue.
    room : with it, and `years`, the shares are freed of size first (`openness`).
    """
    if way not in WAYS:
        raise ValueError(f"way={way!r} is not possible; choose one of: {', '.join(WAYS)}")
    if way == "venues":
        return 100 * slopes_within(counted, weights)
    if room is not None:
        return 100 * slopes(openness(foreign_shares(counted, weights), room))
    return pd.Series(100 * slope(*yearly(counted, weights), fit=way))


def found(
    counted: pd.DataFrame, rng: np.random.Generator, way: str = "years", room: pd.Series | None = None
) -> dict[str, float]:
    """Return a slope with the ends of its stability interval and the share of draws below zero."""
    draws = slope_of(counted, way, draw_years(counted, rng), room).dropna()
    low, high = stability.interval(draws) if len(draws) else (np.nan, np.nan)
    return {
        "value": slope_of(counted, way, None, room).iloc[0],
        "low": low,
        "high": high,
        "falls in": stability.probability(draws < 0) if len(draws) else np.nan,
    }


def room_abroad(
    papers: pd.DataFrame, compositions: pd.DataFrame, codes: Sequence[str], pool: str = "year"
) -> pd.Series:
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
    counted = weighted(papers, compositions)
    authors = frame(counted.credit({"home": codes, "known": counted.countries}, "fractional"), ("home", "known"))
    authors = authors.set_axis(papers.index).assign(papers=counted.present({"home": codes})[:, 0])
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
    every author alike. Then r of them find one abroad, and f = o r. More than one partner a paper,
    or partners that draw the home, would make size matter less: this gives size as much as it can
    explain.
    """
    return shares.div(room.reindex(shares.columns), axis=1)


def openness_of(
    shares: pd.DataFrame,
    papers: pd.DataFrame,
    compositions: pd.DataFrame,
    units: Mapping[str, Sequence[str]],
    pool: str = "year",
) -> pd.DataFrame:
    """Return the openness of several units, year × unit, from their foreign shares in the same shape."""
    return pd.DataFrame(
        {
            name: openness(shares[[name]].T, room_abroad(papers, compositions, codes, pool)).iloc[0]
            for name, codes in units.items()
        }
    )


def by_size_alone(shares: pd.DataFrame, room: pd.Series) -> pd.DataFrame:
    """Return the foreign shares that size alone would give: k r, with the openness k held fixed.

    k is such that the mean over the years is that of `shares`. Same shape as `shares`.
    """
    alone = shares.where(shares.isna(), 1.0).mul(room.reindex(shares.columns), axis=1)
    return alone.mul(shares.mean(axis=1) / alone.mean(axis=1), axis=0)
