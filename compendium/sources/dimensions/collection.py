"""Publications of Dimensions, the database that the report was made from → records.

Needs a subscription and its key: the environment variable `DIMENSIONS_KEY`, or dimcli's own file
`~/.dimensions/dsl.ini`. What comes from it is under licence: nothing of it is written where git
could take it up.

With a subscription to Dimensions on BigQuery (`dimensions-ai.data_analytics.publications`) nothing
need be collected: the expressions of `tabulation` compile for BigQuery, where one query makes the tables.
"""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from compendium.sources.dimensions import facets
from compendium.sources.dimensions.client import REQUESTS_A_MINUTE, Client
from compendium.sources.dimensions.licence import refuse_tracked
from compendium.sources.dimensions.pages import Pages, today
from compendium.sources.dimensions.queries import BOTH, CATEGORY, YEARS, Cell, Limits, Question
from compendium.sources.dimensions.reader import Reader
from compendium.sources.source import About, Detail, Estimate, Offer
from compendium.tables import records

#: What is known of a publication; citations are those so far, not by the year in which they were made.
KNOWS: frozenset[Detail] = frozenset({"countries", "citations", "people", "institutions"})


def _pages(raw: Path, client: Client | None, endpoint: str | None, day: Callable[[], date], limits: Limits) -> Pages:
    folder = raw / "dimensions"
    refuse_tracked(folder)
    return Pages(folder, client or Client(endpoint), day, limits)


def offer(
    raw: Path,
    *,
    category: str = CATEGORY,
    years: str | Iterable[int] = YEARS,
    countries: str | Iterable[str] | None = None,
) -> Offer:
    """Say what publications of these years and countries hold; `raw` is not looked at."""
    question = Question.of(category, years, countries)
    return Offer(
        years=frozenset(question.years),
        complete_for=None if question.countries is None else frozenset(question.countries),
        knows=KNOWS,
    )


def estimate(
    raw: Path,
    *,
    category: str = CATEGORY,
    years: str | Iterable[int] = YEARS,
    countries: str | Iterable[str] | None = None,
    endpoint: str | None = None,
    client: Client | None = None,
    day: Callable[[], date] = today,
    limits: Limits = Limits(),
) -> Estimate:
    """Return what `collect` with the same options would take; ask one request a year for it.

    What is on disk already takes none. A search that must be split by more than the country is
    taken at its least.
    """
    question = Question.of(category, years, countries)
    pages = _pages(raw, client, endpoint, day, limits)
    before = pages.client.requests
    works = requests = 0
    for cell in question.cells():
        world = Cell(question.fields, cell.year)
        groups = pages.groups(world, "research_org_countries")
        total = pages.announced[world.name] if cell.country is None else groups.get(cell.country, {"count": 0})["count"]
        works += total
        requests += pages.missing(cell, total)
    return Estimate(
        source="Dimensions",
        works=works,
        requests=requests,
        minutes=-(-requests // REQUESTS_A_MINUTE),
        more=f"after {pages.client.requests - before:,} requests for this estimate",
    )


def collect(
    raw: Path,
    folder: Path,
    *,
    category: str = CATEGORY,
    years: str | Iterable[int] = YEARS,
    countries: str | Iterable[str] | None = None,
    endpoint: str | None = None,
    client: Client | None = None,
    day: Callable[[], date] = today,
    limits: Limits = Limits(),
) -> About:
    """Ask for publications, write their records into `folder`, and say where they come from.

    Parameters
    ----------
    raw : answers are kept below `raw/dimensions`; a second call asks only what is not there.
    category : `4602`, `4611`, `4603`, or several joined by `+`.
    years : years of publication, or a text such as `2015-2024`.
    countries : alpha-2 codes; None is the whole world.
    endpoint : address of the API; see `client.Client`.

    Returns the part of the manifest that names the source. Raises InputError where an option, a
    folder, the key or an answer cannot be used.
    """
    question = Question.of(category, years, countries)
    refuse_tracked(folder)
    pages = _pages(raw, client, endpoint, day, limits)
    reader = Reader(question.fields)
    gaps = _read_all(question, pages, reader)
    for name, gap in gaps.items():
        print(f"{name}: Dimensions names {gap['works']:,} works and gave {gap['received']:,}")
    rows = reader.rows
    rows["institutions"] = list(reader.institutions())
    rows["rejects"].sort(key=lambda row: row["locator"])
    n_read = len(rows["works"]) + len(rows["rejects"])
    return {
        "title": question.title,
        "is_sample": False,
        "upstream": "Dimensions Analytics API, DSL v2 (Digital Science); under licence",
        "date": _span(pages.days),
        # Several fields are options of the choice `categories`; a single one is all there is.
        "category_options": sorted(question.fields) if len(question.fields) > 1 else [],
        "asked": {
            "category": question.category,
            "years": list(question.years),
            "countries": list(question.countries) if question.countries else "all",
        },
        "rows_read": n_read,
        "rows_read_again": reader.again,
        "searches_that_do_not_add_up": gaps,
        "papers_by_rule": dict(sorted(reader.works_by_rule.items())),
        "addresses_by_rule": dict(sorted(reader.rules.items())),
        "warnings": sorted(pages.client.warnings),
        "notes": _NOTES,
        "records": records.write(folder, rows),
    }


def _read_all(question: Question, pages: Pages, reader: Reader) -> dict[str, dict[str, int]]:
    """Read every record of every search; return the searches that do not add up.

    The parts of a split search must hold all its works, each at least once.
    """
    gaps = {}
    for cell in tqdm(list(question.cells()), unit="search", desc="Dimensions"):
        keys = {reader.read(locator, record, cell.year) for locator, record in pages.records(cell)}
        if len(keys) != pages.announced[cell.name]:
            gaps[cell.name] = {"works": pages.announced[cell.name], "received": len(keys)}
    return gaps


_NOTES = [
    f"category joins a work's fields by {BOTH!r}: with 4602 and 4611 asked for, the works of 4602 are "
    f"the categories 4602 and 4602{BOTH}4611",
    "citations are those so far, on the day asked (times_cited); the API gives citations by citing "
    "year for whole searches only, so citations_by_year is empty: aggregates() asks for them",
    "the API does not say which works were retracted; none is left out",
    "authors are told apart by Dimensions' researcher id; an author without one is on the paper but "
    "is no person of the researchers table",
]


def _span(days: Iterable[str]) -> str:
    ordered = sorted(days)
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]} to {ordered[-1]}" if ordered else ""


def aggregates(
    raw: Path,
    *,
    year: int = 2024,
    threshold: int = 50,
    category: str = CATEGORY,
    years: str | Iterable[int] = YEARS,
    endpoint: str | None = None,
    client: Client | None = None,
    day: Callable[[], date] = today,
    limits: Limits = Limits(),
) -> dict[str, pd.DataFrame]:
    """Return counts that few requests give: volume, institutions, citations.

    They fill no tables, see `facets`. About one request a year of `years` and six more.
    """
    question = Question.of(category, years)
    pages = _pages(raw, client, endpoint, day, limits)
    return {
        "volume": facets.volume(pages, question),
        "institutions": facets.institutions(pages, question, year, threshold),
        "citations": facets.citations(pages.client, question, year),
    }
