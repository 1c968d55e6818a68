"""Comparing what several sources say: ratios that need no common whole, and years of passing."""

from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.measures.counting import WEST
from compendium.measures.output import lasting_since
from compendium.measures.weighted import Members, WeightedPapers
from compendium.places.blocs import WEST_BLOCS


def china_against(counts: pd.DataFrame) -> pd.DataFrame:
    """Return China over the US, over the EU, and over the US, EU and UK added, by row.

    counts : rows × CN, US, EU, UK; papers, citations or shares of one whole. A ratio needs no whole,
        so that sources without a total can be compared. Adding counts joint papers twice. Missing
        where the other has nothing.

    >>> counts = pd.DataFrame({"CN": [30], "US": [10], "EU": [15], "UK": [5]}, index=[2024])
    >>> china_against(counts).loc[2024].to_dict()
    {'US': 3.0, 'EU': 2.0, 'US+EU+UK': 1.0}
    """
    others = counts[["US", "EU"]].assign(**{WEST: counts[list(WEST_BLOCS)].sum(axis=1, skipna=False)})
    return others.rdiv(counts["CN"], axis=0).where(others > 0)


def ahead_years(ratios: pd.Series) -> tuple[int | None, int | None]:
    """Return the first year in which a ratio is above 1, and the first from which it stays so.

    None where there is no such year. Years without a ratio are left out.

    >>> ahead_years(pd.Series([1.2, 0.9, 1.1], index=[2022, 2023, 2024]))
    (2022, 2024)
    """
    ahead = ratios.dropna() > 1
    if not ahead.any():
        return None, None
    return int(ahead.index[ahead][0]), lasting_since(ahead)


def passing(against: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return `ahead_years` of each source's ratios: rows source and kind of year, columns the other."""
    rows = {
        (source, kind): [ahead_years(frame[other])[number] for other in frame]
        for source, frame in against.items()
        for number, kind in enumerate(("first ahead", "to stay"))
    }
    index = pd.MultiIndex.from_tuples(rows, names=["source", "China is"])
    return pd.DataFrame(list(rows.values()), index=index, columns=next(iter(against.values())).columns, dtype="Int64")


def latest(frame: pd.DataFrame, year: int) -> pd.Series | None:
    """Return the row of `year`, or else the last one before it, named by its year; None if none."""
    rows = frame.loc[frame.index <= year].dropna(how="all").sort_index()
    return None if rows.empty else rows.iloc[-1]


def first_partner(pairs: pd.DataFrame, country: str) -> str | None:
    """Return with whom a country shares most papers; None for a tie or where it shares none.

    >>> pairs = pd.DataFrame([[0, 3, 2], [3, 0, 2], [2, 2, 0]], ["CN", "US", "JP"], ["CN", "US", "JP"])
    >>> first_partner(pairs, "CN"), first_partner(pairs, "JP")
    ('US', None)
    """
    shared = pairs.loc[country].drop(index=country)
    best = shared.index[shared == shared.max()]
    return str(best[0]) if len(best) == 1 and shared.max() > 0 else None


def partners_per_paper(
    papers: WeightedPapers, members: Members, subject: str, others: Sequence[str]
) -> tuple[float | None, int]:
    """Return how many of `others` are on an average paper of `subject` with any of them, and on how many papers.

    Of the first line, whole counting. None where there is no such paper.
    """
    partners = papers.present({name: members[name] for name in others}).sum(axis=1)
    joint = (papers.present({subject: members[subject]})[:, 0] > 0) & (partners > 0)
    number, summed = (int(papers.sums(values)[0]) for values in (joint.astype(float), partners * joint))
    return (summed / number if number else None), number


def authors_in(researchers: pd.DataFrame, codes: Sequence[str], first: int, last: int, author_key: str = "name") -> int:
    """Return the distinct authors of a window who have an address in one of `codes`.

    `first` and `last` must be a window of the table: windows do not add up.
    """
    rows = researchers.query("window_start == @first and window_end == @last and author_key == @author_key")
    wanted = set(codes)
    inside = rows["countries"].map(lambda countries: not wanted.isdisjoint(countries.split()))
    return int(rows.loc[inside.astype(bool), "n_researchers"].sum())


def largest_institutions(institution_output: pd.DataFrame, first: int, last: int, number: int) -> pd.Series:
    """Return the papers of the `number` institutions with most of them, by id; ties by lower id."""
    span = institution_output.loc[institution_output["year"].between(first, last)]
    papers = span.groupby("institution_id")["n_papers"].sum()
    return papers.sort_index().sort_values(ascending=False, kind="stable").head(number)
