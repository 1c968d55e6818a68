"""Source `openalex`: works of AI from OpenAlex's REST API → records.

Pages of works are kept as they came, below `raw/openalex/`, one folder a year's query; so a
collection that was interrupted goes on where it stopped, and one that is complete asks nothing.
To ask anew, delete the folder. The records are made by `convert`, as from the snapshot.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date as day
from math import ceil, isqrt
from pathlib import Path
from typing import Any

from tqdm import tqdm

from compendium.project.errors import InputError
from compendium.sources.openalex.api import OR_VALUES, PER_PAGE, ApiError, OpenAlex, estimated
from compendium.sources.openalex.checkpoints import lines, put_lines, put_state, read_state
from compendium.sources.openalex.convert import convert
from compendium.sources.openalex.query import UPSTREAM, WORK_FIELDS, Query, checked_day
from compendium.sources.openalex.sql import TYPES, Selection
from compendium.sources.source import DETAILS, About, Estimate, Offer

#: Root fields of an institution that the records are made of; those of a work are in `query`.
INSTITUTION_FIELDS = ("id", "display_name", "ror", "type", "country_code", "geo", "updated_date")
#: A list cuts a work to so many authors.
MOST_AUTHORS_LISTED = 100
_INSTITUTION_ID = re.compile(r"I\d{1,18}")


def offer(
    raw: Path, *, years: Iterable[int] = (2024,), countries: Iterable[str] = (), subfields: Iterable[str] = ("1702",)
) -> Offer:
    """Say what works of these years and countries hold; `raw` is not looked at."""
    query = Query.of(subfields, years, countries)
    return Offer(
        years=frozenset(query.years), complete_for=frozenset(query.countries) or None, knows=frozenset(DETAILS)
    )


def estimate(
    raw: Path,
    *,
    subfields: Iterable[str] = ("1702",),
    years: Iterable[int] = (2024,),
    countries: Iterable[str] = (),
    types: Iterable[str] = TYPES,
    base: str | None = None,
) -> Estimate:
    """Say what `collect` with the same options would still have to ask for; see `left_to_ask`."""
    with OpenAlex(base) as api:
        return left_to_ask(raw, Query.of(subfields, years, countries, types), api)


def left_to_ask(raw: Path, query: Query, api: OpenAlex) -> Estimate:
    """Say what is still to be asked for; asks one request itself, or none if all years have begun.

    Institutions are known only when the works are there: n works are taken to name 20 √n of them,
    as 122 real works named 102.
    """
    states = {one.years[0]: read_state(raw / "openalex" / one.digest) for one in query.by_year()}
    counts = {year: state["count"] for year, state in states.items() if state}
    new = [year for year in query.years if year not in counts]
    if new:
        found = api.groups("works", replace(query, years=tuple(new)).filters, "publication_year")
        counts |= {year: found.get(str(year), 0) for year in new}
    left = {
        year: 0 if states[year].get("is_complete") else max(0, count - PER_PAGE * len(states[year].get("pages", ())))
        for year, count in counts.items()
    }
    works = sum(left.values())
    pages = sum(ceil(count / PER_PAGE) + 1 for year, count in left.items() if not states[year].get("is_complete"))
    return estimated(works, pages + ceil(20 * isqrt(works) / OR_VALUES))


def completed(api: OpenAlex, work: object) -> object:
    """Return the single record of a work whose authors the list cut off; it costs nothing.

    Where there is no single record the work stays as it is, and marked.
    """
    authors = work.get("authorships") if isinstance(work, dict) else None
    if not isinstance(authors, list) or len(authors) < MOST_AUTHORS_LISTED:
        return work
    try:
        return api.get(f"works/{_id(work)}", select=",".join(WORK_FIELDS))
    except ApiError as error:
        if error.status != 404:
            raise
        return {**work, "is_authors_truncated": True}


def fetch_year(api: OpenAlex, folder: Path, query: Query, today: str) -> dict:
    """Fetch the pages of one year's works that `folder` lacks, and return the state when complete.

    A page is in place before the state says so; whoever is killed between fetches one page twice.
    """
    state = read_state(folder) or {
        "filter": query.filters,
        "select": ",".join(WORK_FIELDS),
        "date": today,
        "count": 0,
        "pages": [],
        "works": 0,
        "cut_off": 0,
        "cursor": "*",
        "is_complete": False,
    }
    if state["is_complete"]:
        return state
    year = query.years[0]
    with tqdm(
        desc=f"works of {year}",
        unit="work",
        disable=None,
        initial=state["works"],
        total=state["count"] or None,
        file=sys.stderr,
    ) as progress:
        while not state["is_complete"]:
            listed, meta = api.page(
                "works", filter=query.filters, select=state["select"], per_page=PER_PAGE, cursor=state["cursor"]
            )
            found = [completed(api, work) for work in listed]
            after = meta.get("next_cursor") if found else None
            if after == state["cursor"]:
                raise ApiError(f"OpenAlex gave the same page of {year} twice; what was fetched is kept")
            if found:
                name = f"page-{year}-{len(state['pages']) + 1:05d}.jsonl.gz"
                put_lines(folder / name, found)
                state["pages"].append(name)
            state |= {
                "cursor": after,
                "is_complete": after is None,
                "last_date": today,
                "count": max(int(meta.get("count") or 0), state["count"]),
                "works": state["works"] + len(found),
                "cut_off": state["cut_off"] + sum(map(_is_cut_off, found)),
            }
            put_state(folder, state)
            progress.total = state["count"]
            progress.update(len(found))
    return state


def _is_cut_off(work: object) -> bool:
    return isinstance(work, dict) and bool(work.get("is_authors_truncated"))


def _id(one: object) -> str:
    """Return an object's id without the address before it; nothing where there is none."""
    return str(one.get("id")).rsplit("/", 1)[-1] if isinstance(one, dict) else ""


def institutions_of(work: object) -> Iterator[str]:
    """Yield the ids of the institutions that a work names, whatever else is wrong with it."""
    authors = work.get("authorships") if isinstance(work, dict) else None
    for author in authors if isinstance(authors, list) else ():
        named = author.get("institutions") if isinstance(author, dict) else None
        for one in named if isinstance(named, list) else ():
            if _INSTITUTION_ID.fullmatch(_id(one)):
                yield _id(one)


def fetch_institutions(api: OpenAlex, folder: Path, wanted: Iterable[str], name: str) -> Path:
    """Fetch the institutions that no earlier collection fetched; return a file of the wanted ones.

    Those that OpenAlex does not have are noted, so that they are not asked for again.
    """
    state = read_state(folder) or {"pages": [], "absent": []}
    known = {_id(one): one for page in state["pages"] for one in lines(folder / page)}
    new = sorted(set(wanted) - set(known) - set(state["absent"]))
    batches = [new[start : start + OR_VALUES] for start in range(0, len(new), OR_VALUES)]
    for batch in tqdm(batches, desc="institutions", unit="page", disable=None, file=sys.stderr):
        listed, _ = api.page(
            "institutions",
            filter=f"openalex_id:{'|'.join(batch)}",
            per_page=PER_PAGE,
            select=",".join(INSTITUTION_FIELDS),
        )
        found = {_id(one): one for one in listed if _id(one) in batch}
        page = f"page-{len(state['pages']) + 1:05d}.jsonl.gz"
        put_lines(folder / page, found.values())
        state["pages"].append(page)
        state["absent"] = sorted({*state["absent"], *batch} - set(found))
        put_state(folder, state)
        known |= found
    file = folder / f"institutions-{name}.jsonl.gz"
    put_lines(file, (known[one] for one in sorted(set(wanted) & set(known))))
    return file


def collect(
    raw: Path,
    folder: Path,
    *,
    subfields: Iterable[str] = ("1702",),
    years: Iterable[int] = (2024,),
    countries: Iterable[str] = (),
    types: Iterable[str] = TYPES,
    date: str | None = None,
    base: str | None = None,
    **client: Any,
) -> About:
    """Collect works into records in `folder` and return the manifest's fields.

    Parameters
    ----------
    raw : folder of raw files; the checkpoints are in its `openalex`.
    subfields : of the primary topic; 1702 is artificial intelligence, 1707 computer vision.
    countries : ISO codes of which a work has one at least; none: all works.
    date : the day to note for what is asked now, ISO; today's where None. What was fetched before
        keeps its own.
    base : the API's address.
    client : further options of `OpenAlex`, such as rate.

    Raises InputError for what cannot be asked, ApiError or BudgetError when OpenAlex refuses.
    """
    query = Query.of(subfields, years, countries, types)
    store, today = raw / "openalex", checked_day(date) or day.today().isoformat()
    with OpenAlex(base, **client) as api:
        print(left_to_ask(raw, query, api), file=sys.stderr)
        states = {one.digest: fetch_year(api, store / one.digest, one, today) for one in query.by_year()}
        pages = [store / digest / name for digest, state in states.items() for name in state["pages"]]
        types_found, named = Counter(), set()
        for work in (work for page in pages for work in lines(page)):
            types_found[str(work.get("type")) if isinstance(work, dict) else "unknown"] += 1
            named.update(institutions_of(work))
        institutions = fetch_institutions(api, store / "institutions", named, query.digest)
    counts = convert(pages, folder, Selection.of(query.subfields, types=query.types), institutions=[institutions])
    return _about(query, list(states.values()), counts, types_found)


def _about(query: Query, states: Sequence[dict], counts: dict[str, int], types: Counter) -> About:
    fetched = sum(state["works"] for state in states)
    if counts["rows_read"] != fetched:
        raise InputError(
            f"openalex: {fetched} works were fetched, but {counts['rows_read']} read from "
            "the pages; delete the folders of the query to fetch them anew"
        )
    dates = sorted({state[name] for state in states for name in ("date", "last_date")})
    kinds = ("works", "citations_by_year", "authorships", "institutions", "rejects")
    return {
        "title": query.title,
        "is_sample": False,
        "upstream": UPSTREAM,
        "date": dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}",
        "subfields": list(query.subfields),
        "years": list(query.years),
        "types": list(query.types),
        # Several subfields are options of the choice `categories`; a single one is all there is.
        "category_options": list(query.subfields) if len(query.subfields) > 1 else [],
        "countries": list(query.countries),
        "rows_read": counts["rows_read"],
        "rows_announced": sum(state["count"] for state in states),
        "rows_outside": counts["outside"],
        "institutions_rejected": counts["institutions_rejected"],
        "works_by_type": dict(sorted(types.items())),
        "works_with_authors_cut_off": sum(state["cut_off"] for state in states),
        "records": {kind: counts[kind] for kind in kinds},
    }
