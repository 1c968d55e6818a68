"""Geography: in how many cities a bloc's institutions are, and how evenly its papers lie over them.

An institution stands whole in its main city. Whole counts of a city add up its institutions' papers,
so a paper of two of them counts twice; author-fractional credit counts every author once.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures import stability
from compendium.measures.institution_names import is_company
from compendium.measures.institutions import drawn_times, equivalent_threshold, passes

#: The cities that the claim names; and how much of the institutions one city may have at most.
NAMED = ("Beijing", "Shanghai", "Guangzhou", "Nanjing")
MOST = 0.5
#: Stands for the city of an institution whose city is not known.
UNPLACED = ""
COUNTING = ("whole", "fractional")
#: What becomes of institutions without a city, from least to most concentrated.
UNPLACED_OPTIONS = ("apart", "leave out", "largest")
EARTH_KM = 6371.0


def placed_output(output: pd.DataFrame, places: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Return the papers a year of each institution that has any in `years`, with its place.

    Parameters
    ----------
    places : one row an institution, as `cities.places` gives it.
    years : their papers are added up, over all categories, and divided by the number of years.

    Returns
    -------
    The columns of `places`, and whole, fractional (papers a year), n_whole (in all the years). A
    missing city is UNPLACED.
    """
    years = list(years)
    summed = output.loc[output["year"].isin(years)].groupby("institution_id")[["n_papers", "n_papers_fractional"]].sum()
    papers = pd.DataFrame(
        {
            "whole": summed["n_papers"] / len(years),
            "fractional": summed["n_papers_fractional"] / len(years),
            "n_whole": summed["n_papers"],
        }
    ).reset_index()
    rows = papers.merge(places, on="institution_id")
    return rows.assign(city=rows["city"].fillna(UNPLACED))


def in_bloc(rows: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Keep the institutions of some countries."""
    return rows.loc[rows["country"].isin(list(codes))]


def institutions_by_city(
    rows: pd.DataFrame, threshold: float, counting: str = "whole", at_least: bool = False
) -> pd.Series:
    """Return how many institutions above the threshold each city has, most first.

    Those without a city stand under UNPLACED. ValueError for another way of counting.

    >>> rows = pd.DataFrame({"city": ["Beijing", "Beijing", "Shanghai"], "whole": [80, 50, 60]})
    >>> institutions_by_city(rows.assign(n_whole=rows["whole"]), 50).to_dict()
    {'Beijing': 1, 'Shanghai': 1}
    """
    if counting not in COUNTING:
        raise ValueError(f"counting={counting!r} is not possible for cities; choose one of: " + ", ".join(COUNTING))
    passed = passes(rows[["n_whole"]].to_numpy().T, rows[counting], rows["n_whole"], threshold, at_least)
    found = by_city(passed, rows["city"]).iloc[0].loc[lambda counts: counts > 0].to_dict()
    ordered = dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
    return pd.Series(ordered, dtype="int64", name="institutions").rename_axis("city")


def by_city(passed: np.ndarray, cities: pd.Series) -> pd.DataFrame:
    """Return how many of the institutions that passed (lines × institutions) are in each city: lines × cities."""
    codes, names = pd.factorize(cities, sort=True)
    counts = passed.astype(float) @ np.eye(len(names))[codes]  # whole numbers, and a product of floats is fast
    return pd.DataFrame(counts.astype(np.int64), columns=names)


def drawn_institutions(
    rows: pd.DataFrame, threshold: float, rng: np.random.Generator, draws: int, counting: str = "whole"
) -> pd.DataFrame:
    """Return `institutions_by_city` for draws of each institution's papers: draws × cities."""
    times = drawn_times(rows["n_whole"], rng, draws)
    return by_city(passes(times, rows[counting], rows["n_whole"], threshold), rows["city"])


def largest_share(counts: pd.DataFrame) -> pd.Series:
    """Return, for each row of draws × cities, the largest city's part of all institutions above the line.

    Those without a city are in the whole. Missing where no institution is above it.

    >>> largest_share(pd.DataFrame({"Beijing": [2], "Shanghai": [1], UNPLACED: [1]})).tolist()
    [0.5]
    """
    values, known = counts.to_numpy(), np.array([city != UNPLACED for city in counts.columns.tolist()], dtype=bool)
    total, most = values.sum(axis=1), values[:, known].max(axis=1, initial=0)
    share = np.divide(most, total, out=np.full(len(values), np.nan), where=total > 0)
    return pd.Series(share, index=counts.index)


def is_spread(counts: pd.DataFrame, named: Sequence[str] = NAMED) -> pd.Series:
    """Tell for each row of draws × cities whether the relation of the claim holds.

    Every named city has an institution above the threshold, some other city has one too, and none
    has more than half of them, even if all of unknown city were in the largest.

    >>> is_spread(pd.DataFrame({"A": [2, 3], "B": [1, 1], "C": [1, 1]}), named=["A", "B"]).tolist()
    [True, False]
    """
    values, place = counts.to_numpy(), {city: number for number, city in enumerate(counts.columns.tolist())}
    known = [city for city in place if city != UNPLACED]
    each_named = set(named) <= set(known) and (values[:, [place[city] for city in named]] > 0).all(axis=1)
    another = (values[:, [place[city] for city in known if city not in named]] > 0).any(axis=1)
    most = values[:, [place[city] for city in known]].max(axis=1, initial=0)
    unplaced = values[:, place[UNPLACED]] if UNPLACED in place else 0
    return pd.Series(each_named & another & (most + unplaced <= MOST * values.sum(axis=1)), index=counts.index)


def judged(
    counts: pd.Series, lowest_share: float, sample: bool, named: Sequence[str] = NAMED
) -> tuple[bool | None, str]:
    """Return whether the claim holds, None where the data cannot tell, and the reason in words.

    Parameters
    ----------
    counts : city → institutions above the threshold.
    lowest_share : lower end of the stability interval of the largest city's share.
    sample : whether the source holds only a part of the field. A part can show that a city has an
        institution above the threshold, never that it has none.
    """
    if not counts.sum():
        return None, "No institution is above the threshold, so there is nothing to place."
    if sample and counts.sum() <= len(named):
        return None, "Fewer institutions are above the threshold than the claim needs cities."
    if is_spread(counts.to_frame().T, named).iloc[0]:
        return True, ""
    if lowest_share > MOST:
        return False, "One city has more than half, and its whole interval lies above a half."
    lacking = [city for city in named if not counts.get(city, 0)]
    if not set(counts.index[counts > 0]) - {*named, UNPLACED}:
        lacking.append("any further city")
    if lacking:
        none_in = f"No institution above the threshold in {' and '.join(lacking)}"
        if sample:
            return None, f"{none_in}; a part of the field cannot show that there is none."
        if counts.get(UNPLACED, 0):
            return None, f"{none_in}, but some have no known city."
        return False, f"{none_in}."
    if largest_share(counts.to_frame().T).iloc[0] > MOST:
        return False, "One city has more than half of the institutions above the threshold."
    return None, "With the institutions of unknown city, the largest could have more than half."


def credit_by_city(rows: pd.DataFrame) -> pd.Series:
    """Return the fractional credit of each (country, city), most first; without those of no known city."""
    known = rows.loc[rows["city"] != UNPLACED]
    # Groups come in the order of their names, and a stable sort keeps it where two have the same.
    summed = known.groupby(["country", "city"])["fractional"].sum().round(9)
    return summed.sort_values(ascending=False, kind="stable")


def effective_number(credit: np.ndarray) -> np.ndarray:
    """Return 1 / Σ p², along the last axis: how many equal cities would be as concentrated.

    The inverse of the Herfindahl index (Hill's number of order 2: Hill 1973, Ecology 54). Missing
    where there is no credit.

    Four cities alike are four; of the three next ones the largest has half:

    >>> effective_number(np.array([[1.0, 1.0, 1.0, 1.0], [2.0, 1.0, 1.0, 0.0]])).round(2).tolist()
    [4.0, 2.67]
    """
    total, squares = credit.sum(axis=-1), (credit**2).sum(axis=-1)
    return np.divide(total**2, squares, out=np.full_like(squares, np.nan), where=squares > 0)


def expected_in_fewer(number: float, papers: float) -> float:
    """Return the effective cities that a sample of so many papers would show, from cities of which `number` are.

    A sample's Σ p² is expected to be Σ p² + (1 - Σ p²) / n (Simpson 1949, Nature 163): few papers lie
    in fewer cities by chance alone. Missing without a paper.
    """
    return 1 / (1 / number + (1 - 1 / number) / papers) if papers > 0 else float("nan")


def cities_for(credit: pd.Series, part: float = 0.5) -> int:
    """Return the fewest cities that hold `part` of the credit; 0 where there is none.

    >>> cities_for(pd.Series([2.0, 5.0, 3.0])), cities_for(pd.Series([2.0, 4.0, 3.0]))
    (1, 2)
    """
    held = np.sort(credit.to_numpy())[::-1].cumsum()
    return int((held < part * held[-1] - 1e-9).sum()) + 1 if len(held) and held[-1] > 0 else 0


def concentration(credit: pd.Series) -> pd.Series:
    """Return the cumulated share of the credit that the largest cities hold, by rank from 1."""
    held = credit.sort_values(ascending=False, kind="stable").cumsum() / credit.sum()
    return held.set_axis(pd.RangeIndex(1, len(held) + 1, name="rank"))


def spread(rows: pd.DataFrame) -> dict[str, float | str]:
    """Return the measures of spread of a bloc's fractional credit over cities.

    cities, cities for half, effective cities, Herfindahl, largest city, its share, placed (the part of the
    institutions' credit that has a city). Missing where nothing is placed.
    """
    credit = credit_by_city(rows)
    number = float(effective_number(credit.to_numpy(dtype=float)))
    has = len(credit) > 0 and credit.iloc[0] > 0
    return {
        "cities": len(credit),
        "cities for half": cities_for(credit),
        "effective cities": number,
        "Herfindahl": 1 / number,
        "largest city": credit.index[0][1] if has else "none",
        "its share": credit.iloc[0] / credit.sum() if has else np.nan,
        "placed": credit.sum() / rows["fractional"].sum() if has else 0.0,
    }


def drawn_spread(rows: pd.DataFrame, rng: np.random.Generator, draws: int) -> pd.DataFrame:
    """Return effective cities and the largest city's share for draws as in `drawn_institutions`."""
    known = rows.loc[(rows["city"] != UNPLACED) & (rows["fractional"] > 0)]
    codes, names = pd.factorize(known["country"] + known["city"], sort=True)
    times = rng.poisson(known["n_whole"].to_numpy(), size=(draws, len(known)))
    # Rounded, so that the order in which a machine adds up cannot move a digit that is shown.
    credit = np.round((times * (known["fractional"] / known["n_whole"]).to_numpy()) @ np.eye(len(names))[codes], 9)
    total = credit.sum(axis=1)
    top = credit.max(axis=1) if len(names) else np.zeros(draws)
    share = np.divide(top, total, out=np.full(draws, np.nan), where=total > 0)
    return pd.DataFrame({"effective cities": effective_number(credit), "its share": share})


def place_unknown(rows: pd.DataFrame, how: str) -> pd.DataFrame:
    """Give a city to the institutions that have none, in the most or the least concentrated way.

    how : `apart` makes each a city of its own; `largest` puts it into the city of its country that
        has most credit; `leave out` changes nothing. ValueError for another.
    """
    if how not in UNPLACED_OPTIONS:
        raise ValueError(f"how={how!r} is not possible; choose one of: {', '.join(UNPLACED_OPTIONS)}")
    unknown = rows["city"] == UNPLACED
    if how == "leave out" or not unknown.any():
        return rows
    if how == "apart":
        own = "institution " + rows["institution_id"].astype(str)
        return rows.assign(city=rows["city"].where(~unknown, own))
    first: dict[str, str] = {}
    for country, city in credit_by_city(rows).index:
        first.setdefault(country, city)
    largest = [first.get(country, "somewhere") for country in rows["country"]]
    return rows.assign(city=rows["city"].where(~unknown, pd.Series(largest, rows.index, dtype=str)))


def distance_km(latitude: float, longitude: float, latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    """Return great-circle distances of one point from others, in km (haversine; degrees in)."""
    phi, phis = np.radians(latitude), np.radians(latitudes)
    half = (
        np.sin((phis - phi) / 2) ** 2 + np.cos(phi) * np.cos(phis) * np.sin(np.radians(longitudes - longitude) / 2) ** 2
    )
    return 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def merge_near(rows: pd.DataFrame, km: float) -> pd.DataFrame:
    """Count cities within `km` of a larger one as part of it; the largest takes first.

    What a city is differs: Beijing is a province, while the towns around San Francisco are each
    their own. Country and city become those of the centre; institutions without a city stay so, and
    a city of unknown coordinates stays a city of its own.
    """
    known = rows.loc[rows["city"] != UNPLACED]
    points = known.groupby(["country", "city"])[["latitude", "longitude"]].first().dropna()
    left, centre_of = [place for place in credit_by_city(rows).index if place in points.index], {}
    while left and km > 0:
        centre, at = left[0], points.loc[left]
        near = distance_km(*points.loc[centre], at["latitude"].to_numpy(), at["longitude"].to_numpy()) <= km
        centre_of |= {place: centre for place, is_near in zip(left, near, strict=True) if is_near}
        left = [place for place in left if place not in centre_of]
    pairs = [centre_of.get(pair, pair) for pair in zip(rows["country"], rows["city"], strict=True)]
    return rows.assign(country=[pair[0] for pair in pairs], city=[pair[1] for pair in pairs])


def spread_by_year(
    output: pd.DataFrame,
    places: pd.DataFrame,
    years: Sequence[int],
    members: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
    draws: int,
    least: float = 20,
) -> dict[str, pd.DataFrame]:
    """Return each bloc's effective cities and largest city's share by year, with 95 % intervals.

    least : credit with a known city that a year needs; few papers cannot be in many cities. A frame
        by year, its columns the measure and then value, low, high; a year with less is missing.
    """
    measures, found = ("effective cities", "its share"), {bloc: {} for bloc in members}
    for year in years:
        whole = placed_output(output, places, [year])
        for bloc, codes in members.items():
            rows = in_bloc(whole, codes)
            if rows.loc[rows["city"] != UNPLACED, "fractional"].sum() >= least:
                values, drawn = spread(rows), drawn_spread(rows, rng, draws)
                found[bloc][year] = {
                    (measure, part): value
                    for measure in measures
                    for part, value in zip(
                        ("value", "low", "high"), (values[measure], *stability.interval(drawn[measure])), strict=True
                    )
                }
    columns = pd.MultiIndex.from_product([measures, ("value", "low", "high")])
    return {
        bloc: pd.DataFrame.from_dict(rows, orient="index", columns=columns).reindex(list(years)).astype(float)
        for bloc, rows in found.items()
    }


def sensitivity(
    output: pd.DataFrame,
    places: pd.DataFrame,
    n_papers: pd.Series,
    years: Sequence[int],
    chinas: Mapping[str, Sequence[str]],
    n_reported: int,
    threshold: float,
) -> pd.DataFrame:
    """Return under every combination of choices whether the claim holds, and why it does not.

    n_papers : papers of the source by year. n_reported : the report's, for the equivalent threshold.
    chinas : meaning → codes. Choices: threshold, counting, year, bodies of several sites, firms, China.
    """
    found = []
    for year in years:
        fitting = equivalent_threshold(int(n_papers.loc[year]), n_reported, threshold)
        readings = {
            f"> {threshold:g}": (threshold, False),
            f"≥ {threshold:g}": (threshold, True),
            "equivalent": (fitting, False),
        }
        whole = placed_output(output, places, [year])
        whole = whole.assign(firm=is_company(whole))
        for (china, codes), sites, firms in itertools.product(chinas.items(), ("main city", "left out"), ("in", "out")):
            rows = in_bloc(whole, codes)
            rows = rows if sites == "main city" else rows.loc[~rows["several_sites"]]
            rows = rows if firms == "in" else rows.loc[~rows["firm"]]
            for (reading, (k, at_least)), counting in itertools.product(readings.items(), COUNTING):
                counts = institutions_by_city(rows, k, counting, at_least)
                row = counts.to_frame().T
                found.append(
                    {
                        "threshold": reading,
                        "counting": counting,
                        "year": year,
                        "several sites": sites,
                        "firms": firms,
                        "china": china,
                        "institutions": int(counts.sum()),
                        "named without": sum(city not in counts for city in NAMED),
                        "largest share": largest_share(row).iloc[0],
                        "holds": bool(is_spread(row).iloc[0]),
                    }
                )
    return pd.DataFrame(found)
