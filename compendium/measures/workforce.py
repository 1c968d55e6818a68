"""Workforce: how many distinct people publish in a bloc, and since when they do.

A row of the researcher table is a group of people who are alike: the window they published in, the
countries of their addresses there, the year of their first work in the source, their number of
works. One person of two blocs is one person of each. Windows are counted anew, for distinct people
do not add up over years.
"""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures.counting import COUNTING
from compendium.measures.weighted import frame
from compendium.places.blocs import UNKNOWN

#: How the table tells people apart. Namesakes are one person under the first, so it counts too
#: few; who has two addresses, or moves, is two under the second, so it counts too many.
AUTHOR_KEYS = ("name", "name+institution")
#: Widths of the windows in years, and numbers of works that can be asked for.
WINDOWS = (1, 3, 5)
MIN_WORKS = (1, 2, 3)
#: Years since the first work are told apart up to here; more count as this many.
MOST_AGE = 5


def of_window(
    researchers: pd.DataFrame, end: int, width: int = 1, author_key: str = "name", min_works: int = 1
) -> pd.DataFrame:
    """Return the rows of one window, for people with at least `min_works` works in it.

    The window holds the years from `end` - `width` + 1 to `end`. Raises ValueError, naming what is
    possible, where the table does not hold it.
    """
    asked = {
        "year": (end, sorted(int(year) for year in researchers["window_end"].unique())),
        "window": (width, list(WINDOWS)),
        "author_key": (author_key, list(AUTHOR_KEYS)),
        "min_works": (min_works, list(MIN_WORKS)),
    }
    for name, (value, allowed) in asked.items():
        if value not in allowed:
            raise ValueError(
                f"{name}={value!r} is not possible for researchers; choose one of: "
                + ", ".join(str(option) for option in allowed)
            )
    rows = researchers.loc[(researchers["window_end"] == end) & (researchers["author_key"] == author_key)]
    return rows.loc[(rows["window_start"] == end - width + 1) & (rows["n_works"] >= min_works)]


def person_credit(rows: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str) -> pd.DataFrame:
    """Return what one person of each row counts for in each bloc, on the index of `rows`.

    Whole counting: 1 where any of the person's countries is in the bloc, whichever and however
    many. Fractional counting, of either kind: the bloc's part of the person's countries; the table
    does not say how a person's addresses are spread over them, and the unknown keeps its part.

    >>> rows, blocs = pd.DataFrame({"countries": ["CN US", "DE FR"]}), {"CN": ["CN"], "EU": ["DE", "FR"]}
    >>> person_credit(rows, blocs, "whole").to_numpy().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    >>> person_credit(rows, blocs, "fractional").to_numpy().tolist()
    [[0.5, 0.0], [0.0, 1.0]]
    """
    if counting not in COUNTING:
        raise ValueError(f"counting={counting!r} is not possible; choose one of: {', '.join(COUNTING)}")
    places, texts = pd.factorize(rows["countries"])
    sets = [frozenset(text.split(" ")) for text in texts]
    parts = pd.DataFrame(
        {
            bloc: [len(countries.intersection(codes)) / len(countries) for countries in sets]
            for bloc, codes in members.items()
        },
        dtype=float,
    )
    credit = (parts > 0).astype(float) if counting == "whole" else parts
    return credit.take(places).set_axis(rows.index)


def n_researchers(rows: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str = "whole") -> pd.Series:
    """Return the number of distinct people of each bloc in one window.

    Three people in China and one who works in China and in the US:

    >>> rows = pd.DataFrame({"countries": ["CN", "CN US"], "n_researchers": [3, 1]})
    >>> n_researchers(rows, {"CN": ["CN"], "US": ["US"]}).to_dict()
    {'CN': 4.0, 'US': 1.0}
    """
    credit = person_credit(rows, members, counting)
    return credit.mul(rows["n_researchers"], axis=0).sum().rename("researchers")


def n_unknown(rows: pd.DataFrame) -> int:
    """Return the number of people none of whose addresses names a country."""
    return int(rows.loc[rows["countries"] == UNKNOWN, "n_researchers"].sum())


def age_profile(rows: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str = "whole") -> pd.DataFrame:
    """Return the number of people by academic age (rows 0 to MOST_AGE) and bloc (columns).

    Academic age is the window's last year less the year of the first work in the source. It is
    left-truncated, for earlier work elsewhere is not seen, and the last row holds all that are older.
    """
    weight = person_credit(rows, members, counting).mul(rows["n_researchers"], axis=0)
    age = (rows["window_end"] - rows["debut_year"]).clip(upper=MOST_AGE)
    return weight.groupby(age.rename("age")).sum().reindex(range(MOST_AGE + 1), fill_value=0.0)


def age_summary(profile: pd.DataFrame) -> pd.DataFrame:
    """Return for each bloc the mean academic age in years, and the shares of the new and the old.

    newcomers : share of age 0, whose first work in the source is of the window's last year.
    experienced : share of MOST_AGE years or more. Missing where a bloc has no one.
    """
    people = profile.sum()
    return pd.DataFrame(
        {
            "mean age": profile.mul(profile.index, axis=0).sum() / people,
            "newcomers": profile.loc[0] / people,
            "experienced": profile.loc[MOST_AGE] / people,
        }
    )


def described(rows: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str = "whole") -> pd.DataFrame:
    """Return for each bloc: researchers, their part of all people of the rows, and their mean age."""
    profile = age_profile(rows, members, counting)
    people = profile.sum()
    return pd.DataFrame(
        {
            "researchers": people,
            "share": people / max(rows["n_researchers"].sum(), 1),
            "mean age": age_summary(profile)["mean age"],
        }
    ).rename_axis("bloc")


def definitions(
    researchers: pd.DataFrame, end: int, members: Mapping[str, Sequence[str]], counting: str = "whole"
) -> pd.DataFrame:
    """Return `described` under every window, least number of works and author key (the index)."""
    options = list(itertools.product(WINDOWS, MIN_WORKS, AUTHOR_KEYS))
    return pd.concat(
        [described(of_window(researchers, end, width, key, least), members, counting) for width, least, key in options],
        keys=options,
        names=["window", "works", "author_key"],
    )


def by_year(researchers: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str = "whole") -> pd.DataFrame:
    """Return `described` for windows of one year and one work or more; index: author_key, year, bloc."""
    options = [(key, int(end)) for key in AUTHOR_KEYS for end in sorted(researchers["window_end"].unique())]
    return pd.concat(
        [described(of_window(researchers, end, 1, key), members, counting) for key, end in options],
        keys=options,
        names=["author_key", "year"],
    )


def reported_order(researchers: pd.DataFrame) -> pd.DataFrame:
    """Tell for each row (columns: blocs) whether CN, EU and US stand where the report puts them.

    CN above both others, EU between, US below both; ties fail.
    """
    china, eu, us = (researchers[bloc].to_numpy() for bloc in ("CN", "EU", "US"))
    holds = {"CN": (china > eu) & (china > us), "EU": (us < eu) & (eu < china), "US": (us < china) & (us < eu)}
    return frame(np.column_stack(list(holds.values())), holds, researchers.index)


def age_gap(mean_ages: pd.DataFrame) -> pd.Series:
    """Return China's mean age less the lower of the EU's and the US's, in years (columns: blocs).

    >>> age_gap(pd.DataFrame({"CN": [2.0], "EU": [3.5], "US": [3.0]})).tolist()
    [-1.0]
    """
    return mean_ages["CN"] - np.fmin(mean_ages["EU"], mean_ages["US"])


def gaps_by_year(described: pd.DataFrame) -> pd.DataFrame:
    """Return China's mean age less the EU's and less the US's: rows author_key and year, columns the others.

    described : as `by_year` gives it. Ages that are equal but for the last digit are equal.
    """
    ages = described["mean age"].unstack("bloc")
    return ages[["EU", "US"]].rsub(ages["CN"], axis=0).round(9)


def resampled_mean_age(
    rows: pd.DataFrame, members: Mapping[str, Sequence[str]], counting: str, rng: np.random.Generator, draws: int
) -> pd.DataFrame:
    """Draw as many people as there are, with replacement; return each bloc's mean age in each draw.

    People are drawn and not papers, for the table does not say who wrote what with whom. Authors of
    one paper are alike, so intervals from this are too narrow.
    """
    counts = rows["n_researchers"].to_numpy()
    weights = rng.multinomial(counts.sum(), counts / counts.sum(), size=draws)
    credit = person_credit(rows, members, counting)
    age = (rows["window_end"] - rows["debut_year"]).clip(upper=MOST_AGE).to_numpy()
    people = weights @ credit.to_numpy()
    years = weights @ credit.mul(age, axis=0).to_numpy()
    return pd.DataFrame(
        np.divide(years, people, out=np.full_like(years, np.nan), where=people > 0), columns=credit.columns
    )
