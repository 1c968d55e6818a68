"""Institutions: how many have more papers than a threshold, and which is the largest.

An institution is a name in a country: a firm or institute with addresses in two countries is two.
A paper counts for each institution on it (whole), or by its authors' parts (fractional).
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures.institution_names import french_parent, is_company
from compendium.measures.weighted import frame
from compendium.places.blocs import UNKNOWN

#: Papers that are the same number: fractional credits are rounded where they are stored.
CLOSE = 1e-9
#: The threshold of the report: more papers in the year than this.
THRESHOLD = 50
COUNTING = ("whole", "fractional")


def papers_of(
    output: pd.DataFrame, institutions: pd.DataFrame, years: Iterable[int], counting: str = "whole"
) -> pd.DataFrame:
    """Return the papers a year of each institution that has any in `years`.

    Parameters
    ----------
    years : their papers are added up, over all categories, and divided by the number of years.
    counting : `whole`, or `fractional` by authors; the table holds no other.

    Returns
    -------
    institution_id, papers (a year, as counted), n_whole (in all the years, whole), name, country, type.
    """
    if counting not in COUNTING:
        raise ValueError(
            f"counting={counting!r} is not possible for institutions; choose one of: " + ", ".join(COUNTING)
        )
    years = list(years)
    summed = output.loc[output["year"].isin(years)].groupby("institution_id")[["n_papers", "n_papers_fractional"]].sum()
    credit = summed["n_papers" if counting == "whole" else "n_papers_fractional"]
    papers = pd.DataFrame({"papers": credit / len(years), "n_whole": summed["n_papers"]}).reset_index()
    return papers.merge(institutions[["institution_id", "name", "country", "type"]], on="institution_id")


def above(
    papers: pd.DataFrame, members: Mapping[str, Sequence[str]], threshold: float, at_least: bool = False
) -> pd.Series:
    """Return the number of each bloc's institutions with more papers than `threshold`, or as many.

    >>> papers = pd.DataFrame({"country": ["CN", "CN", "DE"], "papers": [60, 50, 51]})
    >>> above(papers, {"CN": ["CN"], "EU": ["DE", "FR"]}, 50).to_dict()
    {'CN': 1, 'EU': 1}
    >>> above(papers, {"CN": ["CN"], "EU": ["DE", "FR"]}, 50, at_least=True).to_dict()
    {'CN': 2, 'EU': 1}
    """
    passed = papers["papers"] >= threshold - CLOSE if at_least else papers["papers"] > threshold + CLOSE
    by_country = papers.loc[passed, "country"].value_counts().to_dict()
    return pd.Series({bloc: sum(by_country.get(code, 0) for code in codes) for bloc, codes in members.items()})


def curve(papers: pd.DataFrame, members: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return N(more than k papers) for every whole k from 0 to the largest output, k × bloc."""
    top = int(np.ceil(papers["papers"].max())) if len(papers) else 0
    return pd.DataFrame([above(papers, members, k) for k in range(top + 1)], index=pd.RangeIndex(top + 1, name="k"))


def equivalent_threshold(n_papers: int, n_reported: int, threshold: float = THRESHOLD) -> float:
    """Return the threshold that stands to `n_papers` as `threshold` stands to the report's papers.

    It is the right one if the sample has the same part of every institution's papers.

    >>> equivalent_threshold(n_papers=1000, n_reported=10_000, threshold=50)
    5.0
    """
    return threshold * n_papers / n_reported


def matching_threshold(counts: pd.Series, reported: float) -> int:
    """Return the threshold k at which a bloc's curve (index k) comes closest to a reported number.

    Of two that are as close, the smaller.

    >>> matching_threshold(pd.Series([9, 6, 2], index=[0, 1, 2]), reported=5)
    1
    """
    return int((counts - reported).abs().idxmin())


def drawn_times(n_whole: pd.Series, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Draw each institution's papers anew, as a paper bootstrap would: draws × institutions.

    An approximation: in a bootstrap each paper is drawn about Poisson(1) times, so n papers become Poisson(n).
    The tables do not say which institutions share a paper, so each is drawn alone. More institutions stand just
    below a threshold than just above it; hence the draws lie somewhat above what was found.
    """
    return rng.poisson(n_whole.to_numpy(), size=(draws, len(n_whole)))


def passes(
    times: np.ndarray, papers: pd.Series, n_whole: pd.Series, threshold: float, at_least: bool = False
) -> np.ndarray:
    """Tell which institutions have more papers than `threshold` in each line, or as many: lines × institutions.

    times: papers of each institution in each line, whole. papers, n_whole: as they are, as counted and whole; a
    paper of a line counts as one of these does on average.
    """
    each = (papers / n_whole).to_numpy()  # in this order, so that a line of n gives just the papers found
    return times * each >= threshold - CLOSE if at_least else times * each > threshold + CLOSE


def resampled_above(
    papers: pd.DataFrame, members: Mapping[str, Sequence[str]], threshold: float, rng: np.random.Generator, draws: int
) -> pd.DataFrame:
    """Return `above` for draws of each institution's papers (`drawn_times`): draws × blocs."""
    codes = {code for countries in members.values() for code in countries}
    inside = papers.loc[papers["country"].isin(codes)]
    times = drawn_times(inside["n_whole"], rng, draws)
    return by_bloc(passes(times, inside["papers"], inside["n_whole"], threshold), inside["country"], members)


def by_bloc(passed: np.ndarray, countries: pd.Series, members: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return how many of the institutions that passed (lines × institutions) are in each bloc: lines × blocs."""
    ever = passed.any(axis=0)  # a few of thousands
    where = countries[ever]
    belongs = np.column_stack([where.isin(list(codes)) for codes in members.values()]).astype(float)
    return frame((passed[:, ever].astype(float) @ belongs).astype(np.int64), members)


def largest(papers: pd.DataFrame, codes: Iterable[str]) -> tuple[str, str, float]:
    """Return name, country and papers of the largest institution in some countries.

    Of several equal ones the first by name; ("none", "", 0.0) where there is none.

    >>> papers = pd.DataFrame({"name": ["B", "A", "C"], "country": ["FR", "FR", "CN"], "papers": [7.0, 7.0, 9.0]})
    >>> largest(papers, ["FR"]), largest(papers, ["ZA"])
    (('A', 'FR', 7.0), ('none', '', 0.0))
    """
    inside = papers.loc[papers["country"].isin(list(codes))]
    if inside.empty:
        return "none", "", 0.0
    best = inside.sort_values(["papers", "name"], ascending=[False, True]).iloc[0]
    return str(best["name"]), str(best["country"]), float(best["papers"])


def namesakes(institutions: pd.DataFrame, output: pd.DataFrame) -> pd.Series:
    """Return, for each institution of unknown country that has a namesake, the namesake's id.

    Of several, the one with most papers in all years. Index and values are institution ids.
    """
    rows = institutions.assign(
        key=institutions["name"].str.casefold(),
        total=institutions["institution_id"].map(output.groupby("institution_id")["n_papers"].sum()).fillna(0),
    )
    known = rows.loc[rows["country"] != UNKNOWN].sort_values(["total", "institution_id"], ascending=[False, True])
    of_key = known.drop_duplicates("key").set_index("key")["institution_id"]
    unknown = rows.loc[rows["country"] == UNKNOWN].set_index("institution_id")["key"]
    return unknown.map(of_key).dropna().astype("int64")


def joined_to_namesakes(papers: pd.DataFrame, institutions: pd.DataFrame, same: pd.Series) -> pd.DataFrame:
    """Add the papers of institutions of unknown country to their `namesakes`.

    An upper bound: a paper that bears the name twice, once with its country, counts twice.
    """
    target = papers["institution_id"].replace(same.to_dict()).rename("institution_id")
    summed = papers.groupby(target)[["papers", "n_whole"]].sum().reset_index()
    return summed.merge(institutions[["institution_id", "name", "country", "type"]], on="institution_id")


def rolled_up(papers: pd.DataFrame) -> pd.DataFrame:
    """Return France's institutions rolled up: index parent; columns units, low, high.

    The tables do not tell how many papers two units share, so a parent's papers lie between those
    of its largest unit (low) and the sum over its units (high).
    """
    french = papers.loc[papers["country"] == "FR"]
    grouped = french.groupby(french["name"].map(french_parent).rename("parent"))["papers"]
    return grouped.agg(units="count", low="max", high="sum").sort_values(
        ["high", "low"], ascending=False, kind="stable"
    )


def reported_order(counts: pd.DataFrame) -> pd.DataFrame:
    """Tell for each row (columns: blocs) whether CN, EU, US and UK stand where the report puts them.

    CN above the other three; EU below CN and above US; US below both and above UK; UK below all;
    ties fail.
    """
    china, eu, us, uk = (counts[bloc].to_numpy() for bloc in ("CN", "EU", "US", "UK"))
    holds = {
        "CN": (china > eu) & (china > us) & (china > uk),
        "EU": (eu < china) & (eu > us),
        "US": (us < china) & (us < eu) & (us > uk),
        "UK": (uk < china) & (uk < eu) & (uk < us),
    }
    return frame(np.column_stack(list(holds.values())), holds, counts.index)


def largest_by_year(
    output: pd.DataFrame,
    institutions: pd.DataFrame,
    years: Iterable[int],
    codes: Sequence[str],
    counting: str = "whole",
) -> pd.DataFrame:
    """Return `largest` for each year: index year; columns name, country, papers."""
    rows = {year: largest(papers_of(output, institutions, [year], counting), codes) for year in years}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["name", "country", "papers"]).rename_axis("year")


def sensitivity(
    output: pd.DataFrame,
    all_papers: pd.DataFrame,
    institutions: pd.DataFrame,
    spans: Mapping[str, Sequence[int]],
    members: Mapping[str, Sequence[str]],
    n_reported: int,
    threshold: float = THRESHOLD,
) -> pd.DataFrame:
    """Return `above` under every combination of choices, a row each.

    Parameters
    ----------
    all_papers : the table of papers (year, n_papers), for the equivalent threshold.
    spans : the years to take, by what they are called.

    The choices: threshold, counting, years, what becomes of institutions of unknown country, and
    whether firms count.
    """
    same, rows = namesakes(institutions, output), []
    n_papers = all_papers.groupby("year")["n_papers"].sum()
    for (years_name, years), counting in itertools.product(spans.items(), COUNTING):
        base = papers_of(output, institutions, years, counting)
        fitting = equivalent_threshold(n_papers.reindex(years).fillna(0).mean(), n_reported, threshold)
        readings = {
            f"> {threshold:g}": (threshold, False),
            f"≥ {threshold:g}": (threshold, True),
            "equivalent": (fitting, False),
        }
        frames = {"left out": base, "joined to namesakes": joined_to_namesakes(base, institutions, same)}
        for (unknown, counted), firms, (reading, (k, at_least)) in itertools.product(
            frames.items(), ("in", "out"), readings.items()
        ):
            kept = counted if firms == "in" else counted.loc[~is_company(counted)]
            rows.append(
                {
                    "threshold": reading,
                    "counting": counting,
                    "years": years_name,
                    "unknown country": unknown,
                    "firms": firms,
                }
                | above(kept, members, k, at_least).to_dict()
            )
    return pd.DataFrame(rows)


def answers(grid: pd.DataFrame, chinas: Sequence[str], eus: Sequence[str]) -> pd.DataFrame:
    """Return whether each statement holds in each row of `sensitivity`, for each China and each EU.

    Added to the choices: china, eu; then CN, EU, US, UK (`reported_order`), and FR, AF (none above
    the threshold). The grid's members must be named by the options, and US, UK, FR, AF.
    """
    choices = grid.drop(columns=[*chinas, *eus, "US", "UK", "FR", "AF"])
    parts = []
    for china, eu in itertools.product(chinas, eus):
        order = reported_order(grid[[china, eu, "US", "UK"]].set_axis(["CN", "EU", "US", "UK"], axis=1))
        parts.append(choices.assign(china=china, eu=eu).join(order).join(grid[["FR", "AF"]] == 0))
    return pd.concat(parts, ignore_index=True)
