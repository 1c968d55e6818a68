"""Source `openalex`: works of AI from OpenAlex's REST API → records.

Pages of works are kept as they came, below `raw/openalex/`, one folder a year's query; so a
collection that was interrupted goes on where it stopped, and one that is complete asks nothing.
To ask anew, delete the folder. The records are made by `convert`, as from the snapshot.
"""

import gzip
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date as day
from math import ceil, isqrt
from pathlib import Path

from tqdm import tqdm

from compendium.project import paths
from compendium.project.errors import InputError
from compendium.sources.openalex.api import OR_VALUES, PER_PAGE, ApiError, Estimate, OpenAlex, api_key
from compendium.sources.openalex.claims import cannot_decide
from compendium.sources.openalex.convert import TYPES, convert

UPSTREAM = "OpenAlex REST API (CC0)"
#: Root fields of a work, and of an institution, that the records are made of.
WORK_FIELDS = (
    "id",
    "publication_year",
    "type",
    "language",
    "is_retracted",
    "cited_by_count",
    "counts_by_year",
    "primary_topic",
    "authorships",
    "updated_date",
)
INSTITUTION_FIELDS = ("id", "display_name", "ror", "type", "country_code", "geo", "updated_date")
#: A list cuts a work to so many authors.
MOST_AUTHORS_LISTED = 100
_STATE = "state.json"
_INSTITUTION_ID = re.compile(r"I\d{1,18}")


@dataclass(frozen=True)
class Query:
    """What is collected: subfields of the primary topic, years, countries (none: all) and types."""

    subfields: tuple[str, ...]
    years: tuple[int, ...]
    countries: tuple[str, ...] = ()
    types: tuple[str, ...] = TYPES

    @classmethod
    def of(
        cls,
        subfields: Iterable[str | int],
        years: Iterable[int],
        countries: Iterable[str] = (),
        types: Iterable[str] = TYPES,
    ) -> "Query":
        """Make a query in a fixed order of any iterables; raises InputError for what cannot be asked."""
        query = cls(
            tuple(sorted({str(one) for one in subfields})),
            tuple(sorted(set(years))),
            tuple(sorted(set(countries))),
            tuple(sorted(set(types))),
        )
        for name, values, pattern, right in (
            ("subfields", query.subfields, r"\d{4}", "numbers such as 1702"),
            ("years", query.years, r"(19[5-9]|20\d|210)\d", "years such as 2024"),
            ("countries", query.countries, "[A-Z]{2}", "ISO codes such as CN"),
            ("types", query.types, "[a-z]+(-[a-z]+)*", f"types such as {TYPES[0]}"),
        ):
            wrong = [str(one) for one in values if not re.fullmatch(pattern, str(one))]
            if wrong or len(values) > OR_VALUES or not (values or name == "countries"):
                raise InputError(
                    f"{name}={'+'.join(wrong) or len(values)}: expected at most {OR_VALUES} "
                    f"{right}{'' if name == 'countries' else ', and at least one'}"
                )
        return query

    @property
    def filters(self) -> str:
        """The API's `filter`."""
        parts = {
            "primary_topic.subfield.id": [f"subfields/{one}" for one in self.subfields],
            "publication_year": self.years,
            "type": self.types,
            "authorships.countries": self.countries,
        }
        return ",".join(f"{field}:{'|'.join(map(str, values))}" for field, values in parts.items() if values)

    @property
    def digest(self) -> str:
        """Name of the folder of checkpoints: another question has another name."""
        return hashlib.sha256(f"{self.filters} {','.join(WORK_FIELDS)}".encode()).hexdigest()[:16]

    @property
    def title(self) -> str:
        """What the papers are papers of, in words."""
        plural = "s" if len(self.subfields) > 1 else ""
        which = f", with an address in {', '.join(self.countries)}" if self.countries else ""
        return f"AI works in OpenAlex (subfield{plural} {' or '.join(self.subfields)}){which}"

    def by_year(self) -> list["Query"]:
        """Split into one query a year, so that a year more asks for that year alone."""
        return [replace(self, years=(year,)) for year in self.years]


def read_state(folder: Path) -> dict:
    """Return how far the collection in `folder` is; empty where it has not begun."""
    path = folder / _STATE
    if not path.is_file():
        return {}
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        missing = [name for name in state["pages"] if not (folder / name).is_file()]
    except (ValueError, KeyError, TypeError, OSError):
        missing = [_STATE]
    if missing:
        raise InputError(
            f"{paths.shown(folder)}/{missing[0]}: missing or damaged; delete the folder {folder.name} to fetch it anew"
        )
    return state


def put(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it, so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.replace(path)


def put_lines(path: Path, objects: Iterable[object]) -> None:
    """Write objects as lines of JSON, gzipped, without the time of writing."""
    text = "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in objects)
    put(path, gzip.compress(text.encode(), mtime=0))


def put_state(folder: Path, state: dict) -> None:
    """Write down how far the collection in `folder` is."""
    put(folder / _STATE, (json.dumps(state, indent=1, sort_keys=True) + "\n").encode())


def lines(path: Path) -> Iterator[object]:
    """Yield the objects of a file of lines; raises InputError, naming it, where it is damaged."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from map(json.loads, file)
    except (OSError, EOFError, ValueError) as error:
        raise InputError(
            f"{paths.shown(path)}: cannot be read ({error}); delete the folder {path.parent.name} to fetch it anew"
        ) from error


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
    return Estimate(works, pages + ceil(20 * isqrt(works) / OR_VALUES), api_key() is not None)


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
    **client: float,
) -> dict:
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
    counts = convert(pages, folder, subfields=query.subfields, institutions=[institutions], types=query.types)
    return _about(query, list(states.values()), counts, types_found)


def checked_day(date: str | None) -> str | None:
    """Return the day if it is one; raises InputError otherwise."""
    try:
        return date and day.fromisoformat(date).isoformat()
    except ValueError:
        raise InputError(f"date={date!r}: expected a day such as 2026-10-01") from None


def _about(query: Query, states: Sequence[dict], counts: dict[str, int], types: Counter) -> dict:
    fetched = sum(state["works"] for state in states)
    if counts["rows_read"] != fetched:
        raise InputError(
            f"openalex: {fetched} works were fetched, but {counts['rows_read']} read from "
            "the pages; delete the folders of the query to fetch them anew"
        )
    dates = sorted({state[name] for state in states for name in ("date", "last_date")})
    kinds = ("works", "citations_by_year", "authorships", "institutions", "rejects")
    return {
        "source": "openalex",
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
        "cannot_decide": cannot_decide(query.years, query.countries),
    }


def __getattr__(name: str) -> object:
    """Offer the quick mode, whose module imports this one."""
    if name in ("quick_tables", "quick_estimate"):
        from compendium.sources.openalex import quick

        return getattr(quick, name)
    raise AttributeError(name)
