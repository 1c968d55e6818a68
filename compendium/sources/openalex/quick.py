"""Quick mode of `openalex`: tables from counts alone, in a few hundred requests.

Every work has one of 128 sets of seven blocs (CN, HK, TW, US, EU, GB, XX), and one request counts the
works of a set in all years. Two counts a set of the six named blocs are asked for:

    among(S) = works with an address in each bloc of S, in none of the other named ones
    only(S)  = works that in addition have no address in any other country

so works of S and other countries are among(S) - only(S), and only(∅) are the works without a known
country. The same two, grouped by `cited_by_count`, give the citations of one year's works.

What this cannot give: authors, institutions, single countries of the EU and others, and shares of
authors. A bloc on a work has an equal share of it (complete-normalised counting).
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date as day
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from compendium import tables
from compendium.places.blocs import EU_27, UNKNOWN
from compendium.project.errors import InputError
from compendium.project.files import as_json, write_text
from compendium.sources.openalex.api import OR_VALUES, OpenAlex, estimated
from compendium.sources.openalex.query import UPSTREAM, Query, checked_day
from compendium.sources.openalex.sql import TYPES
from compendium.sources.source import About, Estimate, Offer

#: Code in the tables → the countries that it stands for.
NAMED: Mapping[str, tuple[str, ...]] = {
    "CN": ("CN",),
    "HK": ("HK", "MO"),
    "TW": ("TW",),
    "US": ("US",),
    "EU": EU_27,
    "GB": ("GB",),
}
OTHERS = "XX"
CODES = {
    "EU": "any of the 27 members of the EU",
    "HK": "Hong Kong or Macao",
    OTHERS: "any country outside CN, HK, MO, TW, US, GB and the EU",
}
#: Requests that a collection never exceeds.
MOST_REQUESTS = 400
#: Part of the works by which counts may miss one another, because OpenAlex changes while it is asked.
DRIFT = 0.005
DOC_TYPE = "all"
_YEAR, _COUNTRY, _CITED = "publication_year", "authorships.countries", "cited_by_count"
_SHOWN_PARTNERS = 10
#: Blocs on a work, as codes in the tables.
Cell = tuple[str, ...]


class _Counts:
    """Asks for counts, and counts what it asks."""

    def __init__(self, api: OpenAlex, query: Query, progress: tqdm) -> None:
        self._api, self._query, self._progress = api, query, progress

    def ask(self, by: str, *conditions: str, years: Iterable[int] = (), retracted: bool = False) -> dict[str, int]:
        """Return the works under the conditions, by value of a field; raises InputError past the limit."""
        wanted = tuple(years) or self._query.years
        filters = [replace(self._query, years=wanted).filters, f"is_retracted:{str(retracted).lower()}", *conditions]
        if self._api.asked >= MOST_REQUESTS:
            raise InputError(
                f"the quick mode needs more than {MOST_REQUESTS} requests for this; "
                "ask for the citations of fewer years"
            )
        found = self._api.groups("works", ",".join(filters), by)
        self._progress.update(self._api.asked - self._progress.n)
        return found


def any_of(codes: Iterable[str]) -> str:
    """Return the condition that a work has an address in one of some countries."""
    return f"{_COUNTRY}:{'|'.join(sorted(codes))}"


def none_of(codes: Iterable[str]) -> list[str]:
    """Return the conditions that a work has no address in any of some countries."""
    ordered = sorted(codes)
    return [
        f"{_COUNTRY}:!{'|'.join(ordered[start : start + OR_VALUES])}" for start in range(0, len(ordered), OR_VALUES)
    ]


def cells() -> list[Cell]:
    """Return every set of the named blocs, the empty one first."""
    return [cell for size in range(len(NAMED) + 1) for cell in combinations(NAMED, size)]


def among(cell: Cell) -> list[str]:
    """Return the conditions for works with just these of the named blocs."""
    absent = [code for name, codes in NAMED.items() if name not in cell for code in codes]
    return [*(any_of(NAMED[name]) for name in cell), *none_of(absent)]


def difference(whole: Mapping[str, int], part: Mapping[str, int]) -> tuple[Counter, int]:
    """Return whole - part by value, and by how much a part exceeds its whole."""
    left = {value: whole.get(value, 0) - part.get(value, 0) for value in {*whole, *part}}
    return (
        Counter({value: count for value, count in left.items() if count > 0}),
        -sum(count for count in left.values() if count < 0),
    )


def split(
    counts: _Counts, by: str, others: Iterable[str], chosen: Iterable[Cell], years: Iterable[int] = ()
) -> Iterator[tuple[Cell, Counter, int]]:
    """Yield each set of blocs that has works, with their number by value of `by`, and the drift."""
    for cell in chosen:
        whole = counts.ask(by, *among(cell), years=years)
        only = counts.ask(by, *among(cell), *none_of(others), years=years) if whole else {}
        mixed, drift = difference(whole, only)
        yield cell or (UNKNOWN,), Counter(only), 0
        yield (*cell, OTHERS), mixed, drift


def _year_rows(found: Mapping[Cell, Counter], skip: Iterable[int]) -> Iterator[tuple]:
    for cell, by_year in found.items():
        for year, count in by_year.items():
            if count and int(year) not in skip:
                yield cell, int(year), None, count


def cited_rows(
    counts: _Counts, volumes: Mapping[Cell, Counter], others: Iterable[str], year: int
) -> Iterator[tuple[Cell, int, int | None, int, int]]:
    """Yield the works of one year by cell and citations, and the drift against the cell's volume.

    Works without a number of citations are there with None.
    """
    named = {tuple(name for name in cell if name in NAMED) for cell, by_year in volumes.items() if by_year[str(year)]}
    chosen = [cell for cell in cells() if cell in named]
    for cell, by_cited, drift in split(counts, _CITED, others, chosen, [year]):
        known = {int(float(cited)): count for cited, count in by_cited.items() if float(cited) >= 0}
        left = volumes.get(cell, Counter())[str(year)] - sum(known.values())
        for cited, count in known.items():
            yield cell, year, cited, count, 0
        yield cell, year, None, max(left, 0), drift + max(-left, 0)


def frames(papers: pd.DataFrame, category: str, coverage: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Make the tables of papers (cell, year, citations, n_papers); those that take more are empty."""
    number = {cell: place for place, cell in enumerate(sorted(papers["cell"].unique()), start=1)}
    made = {
        name: pd.DataFrame({column: pd.Series(dtype=str(kind.dtype)) for column, kind in schema.columns.items()})
        for name, schema in tables.SCHEMAS.items()
    }
    made["compositions"] = pd.DataFrame(
        [(place, code, 1 / len(cell)) for cell, place in number.items() for code in sorted(cell)],
        columns=list(tables.SCHEMAS["compositions"].columns),
    )
    made["papers"] = papers.assign(
        category=category,
        doc_type=DOC_TYPE,
        composition_id=papers["cell"].map(number),
        citations=papers["citations"].astype("Int64"),
    ).drop(columns="cell")
    return {**made, "coverage": coverage}


def _coverage(counts: _Counts, papers: pd.DataFrame, known: Iterable[str], category: str) -> pd.DataFrame:
    """Return the table `coverage`; retracted works count in it, as they do for every source."""
    retracted = Counter(counts.ask(_YEAR, retracted=True))
    nowhere = Counter(counts.ask(_YEAR, *none_of(known), retracted=True)) if retracted else Counter()
    rows = []
    for year, here in papers.groupby("year"):
        out = retracted[str(year)]
        unknown = here.loc[here["cell"].map((UNKNOWN,).__eq__), "n_papers"].sum() + nowhere[str(year)]
        n_works = here["n_papers"].sum() + out
        rows.append(
            (year, category, n_works, n_works - unknown, here.loc[here["citations"].notna(), "n_papers"].sum(), out, 0)
        )
    return pd.DataFrame(rows, columns=list(tables.SCHEMAS["coverage"].columns))


def _partners(counts: _Counts, year: int) -> dict[str, dict[str, int]]:
    """Return the countries that share most works with the US, the EU and the UK, by group."""
    found = {}
    for name in ("US", "EU", "GB"):
        shared = counts.ask(_COUNTRY, any_of(NAMED[name]), years=[year])
        ranked = sorted(((-count, code) for code, count in shared.items() if code not in NAMED[name]))
        found[name] = {code: -count for count, code in ranked[:_SHOWN_PARTNERS]}
    return found


def _cited(query: Query, cited_years: Iterable[int]) -> tuple[int, ...]:
    """Return the years whose works' citations are counted."""
    cited = tuple(sorted(set(cited_years))) or query.years[-1:]
    if not set(cited) <= set(query.years):
        raise InputError(f"cited_years={'+'.join(map(str, cited))}: expected some of the years asked for")
    return cited


def quick_offer(
    raw: Path,
    *,
    subfields: Iterable[str] = ("1702",),
    years: Iterable[int] = (2024,),
    cited_years: Iterable[int] = (),
) -> Offer:
    """Say what counts by bloc hold: citations so far of some years' works, and nobody and no place by itself."""
    query = Query.of(subfields, years)
    return Offer(
        years=frozenset(query.years),
        knows=frozenset({"citations"}),
        cited_years=frozenset(_cited(query, cited_years)),
    )


def quick_estimate(raw: Path | None = None) -> Estimate:
    """Say what a quick collection takes at most; it fetches no works."""
    return estimated(0, MOST_REQUESTS)


def _newest(store: Path) -> str | None:
    """Return the day of the newest complete collection."""
    return max((path.stem for path in store.glob("*.json")), default=None)


def quick_tables(
    raw: Path,
    *,
    subfields: Iterable[str] = ("1702",),
    years: Iterable[int] = (2024,),
    cited_years: Iterable[int] = (),
    types: Iterable[str] = TYPES,
    date: str | None = None,
    base: str | None = None,
    **client: Any,
) -> tuple[dict[str, pd.DataFrame], About]:
    """Return tables of counts, by name, and what the manifest says of them.

    Parameters
    ----------
    raw : folder of raw files; answers are kept in its `openalex`, one file a day, so that an
        interrupted collection goes on without asking again.
    years : of publication; those that a trend is to be seen over.
    cited_years : those whose works' citations are counted, each about 130 requests; the last of
        `years` where empty. Citations of other years' works are unknown.
    date : the day asked; that of the newest complete collection, or today's, where None.

    Several subfields are counted as one category. Raises InputError where the answers do not fit
    together, or where more than MOST_REQUESTS would be needed.
    """
    query = Query.of(subfields, years, types=types)
    cited = _cited(query, cited_years)
    store = raw / "openalex" / f"quick-{query.digest}"
    date = checked_day(date) or _newest(store) or day.today().isoformat()
    print(quick_estimate(), file=sys.stderr)
    with (
        OpenAlex(base, answers=store / f"{date}.db", **client) as api,
        tqdm(desc="counts", unit="request", disable=None, file=sys.stderr) as progress,
    ):
        made, about = _collected(_Counts(api, query, progress), query, cited)
        about["requests"] = api.asked
    about["date"] = date
    write_text(store / f"{date}.json", as_json({"filter": query.filters, "date": date}))
    return made, about


def _collected(counts: _Counts, query: Query, cited: tuple[int, ...]) -> tuple[dict[str, pd.DataFrame], About]:
    total = counts.ask(_YEAR)
    known = set(counts.ask(_COUNTRY)) | {code for codes in NAMED.values() for code in codes}
    others = known - {code for codes in NAMED.values() for code in codes}
    volumes: dict[Cell, Counter] = {}
    drift = 0
    for cell, by_year, off in split(counts, _YEAR, others, cells()):
        volumes[cell] = by_year
        drift += off
    summed = sum(volumes.values(), Counter())
    drift += sum(abs(total.get(year, 0) - summed[year]) for year in {*total, *summed})
    rows = list(_year_rows(volumes, cited))
    for year in cited:
        for *row, off in cited_rows(counts, volumes, others, year):
            rows.append(tuple(row))
            drift += off
    rows = [row for row in rows if row[-1]]
    n_works = sum(total.values())
    if drift > DRIFT * n_works:
        raise InputError(
            f"openalex: the counts miss one another by {drift} of {n_works} works, so OpenAlex "
            "changed while it was asked; run again with another date"
        )
    category = " or ".join(query.subfields)
    papers = pd.DataFrame(rows, columns=["cell", "year", "citations", "n_papers"])
    made = frames(papers, category, _coverage(counts, papers, known, category))
    return made, _about(query, cited) | {
        "rows_read": n_works,
        "works_by_type": dict(sorted(counts.ask("type").items())),
        "partners": _partners(counts, query.years[-1]),
        "works_that_do_not_fit": drift,
    }


def _about(query: Query, cited: tuple[int, ...]) -> About:
    return {
        "mode": "quick",
        "is_sample": False,
        "upstream": UPSTREAM,
        "title": f"{query.title}, counted by blocs",
        "subfields": list(query.subfields),
        "years": list(query.years),
        "cited_years": list(cited),
        "types": list(query.types),
        "countries": [],
        "codes": CODES,
        "records": {},
        "counting_options": ["whole", "country-fractional"],
        "counting": "every bloc on a work has an equal share of it (complete-normalised)",
    }
