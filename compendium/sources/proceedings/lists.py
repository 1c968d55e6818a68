"""Source `proceedings`: public lists of AI conference papers → records.

Every row of every list ends in `works` or in `rejects`, with a reason.
"""

import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from compendium.places import countries
from compendium.sources.proceedings import fetch
from compendium.sources.proceedings.addresses import (
    Alignment,
    Parts,
    addresses_by_author,
    align_countries,
    author_key,
    parse_index,
    split_authors,
)
from compendium.sources.proceedings.institutions import (
    campus,
    is_namesake_in_china,
    part_of_china,
    slug,
    unify,
)
from compendium.sources.source import About, Offer
from compendium.tables import records

YEARS = range(1980, 2031)
_FILE = re.compile(r"^(?P<venue>[a-z0-9]*?[a-z])(?P<year>\d{4})\.json$")
_NOT_ACCEPTED = {"reject", "withdraw", "desk reject", "active"}
_FRONT_MATTER = re.compile(
    r"^((frontmatter|front matter) and )?(preface|frontmatter|front matter|table of contents"
    r"|author index|title page|foreword)$|: (post-conference )?preface$|^preface:",
    re.IGNORECASE,
)
_RETRACTED = re.compile(r"^\[?retracted\b", re.IGNORECASE)
_TAG = re.compile(r"^\[[^\]]*\]\s*")
_DOC_TYPES = (  # the first pattern that a row's track or status matches
    (re.compile(r"survey", re.IGNORECASE), "survey"),
    (re.compile(r"demo", re.IGNORECASE), "demonstration"),
    (re.compile(r"sister|journal", re.IGNORECASE), "reprint"),
    (re.compile(r"doctoral|early career", re.IGNORECASE), "doctoral or invited"),
)
#: Share of an institution's stated countries that one country needs to stand in for an unstated one.
NEARLY_ALWAYS = 0.95
FEWEST_ROWS = 3


@dataclass(frozen=True)
class Row:
    """What one raw row says, read but not yet interpreted."""

    category: str
    year: int
    number: int
    title: str
    authors: tuple[str, ...]
    entries: tuple[str, ...]
    domains: tuple[str, ...]
    institutions: tuple[str, ...]
    parts: Parts
    countries: tuple[str, ...]
    country_parts: Parts
    citations: int | None
    doc_type: str
    is_retracted: bool

    @property
    def work_id(self) -> str:
        """Venue, year and number of the row: `ijcai2024/00017`."""
        return f"{self.category}{self.year}/{self.number:05d}"


def venue_and_year(name: str) -> tuple[str, int]:
    """Return venue and year of an upstream path such as `ijcai/ijcai2024.json`.

    Raises RawFileError where the name is of another form or the year cannot be.
    """
    match = _FILE.match(Path(name).name)
    if not match:
        raise fetch.RawFileError(f"{name}: expected a name such as ijcai2024.json: venue, year")
    year = int(match["year"])
    if year not in YEARS:
        raise fetch.RawFileError(f"{name}: year {year} is out of range ({YEARS.start} to {YEARS.stop - 1})")
    return match["venue"], year


def _texts(row: Mapping, field: str) -> tuple[str, ...]:
    value = row.get(field)
    return tuple(value.split(";")) if isinstance(value, str) else ()


def read_row(row: object, category: str, year: int, number: int) -> Row | str:
    """Read one raw row; return it, or the reason why it is no paper."""
    if not isinstance(row, dict):
        return f"not an object but {type(row).__name__}"
    for field in ("title", "author"):
        if field not in row:
            return f"field {field} is missing"
        if not isinstance(row[field], str):
            return f"field {field} is no text but {type(row[field]).__name__}"
    status, track = (str(row.get(field) or "") for field in ("status", "track"))
    if status.casefold() in _NOT_ACCEPTED:
        return f"not accepted: status {status}"
    authors, _ = split_authors(row["author"])
    if not authors:
        return "no authors listed"
    if _FRONT_MATTER.search(row["title"].strip()):
        return "front matter"
    citations = row.get("gs_citation")
    known = isinstance(citations, int) and not isinstance(citations, bool) and citations >= 0
    doc_type = next((name for pattern, name in _DOC_TYPES if pattern.search(track) or pattern.search(status)), "paper")
    return Row(
        category=category,
        year=year,
        number=number,
        title=row["title"],
        authors=tuple(authors),
        entries=_texts(row, "aff"),
        domains=_texts(row, "aff_domain"),
        institutions=_texts(row, "aff_unique_norm"),
        parts=parse_index(row.get("aff_unique_index")),
        countries=_texts(row, "aff_country_unique"),
        country_parts=parse_index(row.get("aff_country_unique_index")),
        citations=citations if known else None,
        doc_type=doc_type,
        is_retracted=bool(_RETRACTED.match(row["title"])),
    )


def read_list(name: str, content: bytes) -> tuple[list[Row], list[dict]]:
    """Read one list; return its papers and its rejects.

    Raises RawFileError where the file is no JSON list, and ValueError where rows were lost.
    """
    category, year = venue_and_year(name)
    try:
        raw = json.loads(content)
    except ValueError as error:
        raise fetch.RawFileError(
            f"{name}: no valid JSON ({error}); the file is cut short or "
            "damaged: delete it and run again to fetch it anew"
        ) from error
    if not isinstance(raw, list):
        raise fetch.RawFileError(f"{name}: expected a list of papers, got {type(raw).__name__}")
    read = [read_row(row, category, year, number) for number, row in enumerate(raw)]
    rows = [row for row in read if isinstance(row, Row)]
    rejects = [
        _reject(name, number, category, year, reason) for number, reason in enumerate(read) if isinstance(reason, str)
    ]
    kept, doubles = _without_doubles(rows)
    rejects += [_reject(name, row.number, category, year, f"duplicate of row {first}") for row, first in doubles]
    if len(kept) + len(rejects) != len(raw):
        raise ValueError(f"{name}: {len(raw)} rows became {len(kept)} papers and {len(rejects)} rejects")
    return kept, rejects


def _reject(name: str, number: int, category: str, year: int, reason: str) -> dict:
    return {"locator": f"{name} row {number:05d}", "year": year, "category": category, "reason": reason}


def _without_doubles(rows: Iterable[Row]) -> tuple[list[Row], list[tuple[Row, int]]]:
    """Keep one row a title: the first that has addresses, else the first."""
    by_title: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_title[author_key(_TAG.sub("", row.title))].append(row)
    kept, doubles = [], []
    for alike in by_title.values():
        best = min(alike, key=lambda row: (not row.parts, row.number))
        kept.append(best)
        doubles += [(row, best.number) for row in alike if row is not best]
    return sorted(kept, key=lambda row: row.number), doubles


def _read_path(task: tuple[str, Path, str | None]) -> tuple[list[Row], list[dict]]:
    name, path, sha256 = task
    return read_list(name, fetch.read(path, name, sha256))


def read_all(files: Mapping[str, Path], hashes: Mapping[str, str], jobs: int) -> tuple[list, list]:
    """Read all lists, in the order of their names whatever the order in which they end."""
    tasks = [(name, files[name], hashes[name]) for name in sorted(files)]
    rows: list[Row] = []
    rejects: list[dict] = []
    with ProcessPoolExecutor(jobs) as pool:
        for kept, rejected in pool.map(_read_path, tasks, chunksize=4):
            rows += kept
            rejects += rejected
    return rows, rejects


def stated_countries(rows: Iterable[Row]) -> dict[str, Counter]:
    """Count how often an institution has which country where no country is left out."""
    found: dict[str, Counter] = defaultdict(Counter)
    for row in rows:
        if [len(part) for part in row.parts] != [len(part) for part in row.country_parts]:
            continue
        for part, country_part in zip(row.parts, row.country_parts, strict=True):
            for item, country in zip(part, country_part, strict=True):
                known = item < len(row.institutions) and country < len(row.countries)
                if known and countries.iso2(row.countries[country]):
                    found[row.institutions[item]][row.countries[country]] += 1
    return found


@dataclass(frozen=True)
class Address:
    """One address: the institution's one name and the country's code, each None where unknown."""

    institution: str | None
    country: str | None


class Interpreter:
    """Turns rows into works, authorships and institutions, and counts what each rule did."""

    def __init__(self, rows: Iterable[Row]):
        self.stated = stated_countries(rows)
        self.papers_by_rule: Counter = Counter()
        self.unknown_names: Counter = Counter()
        self.spellings: dict[str, Counter] = defaultdict(Counter)

    def _country(self, name: str | None, institution: str, rules: set[str]) -> str | None:
        if name is not None:
            code = countries.iso2(name)
            if code is None:
                self.unknown_names[name] += 1
            return code
        counts = self.stated.get(institution)
        if counts and unify(institution)[0] and counts.total() >= FEWEST_ROWS:
            best, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
            if count >= NEARLY_ALWAYS * counts.total():
                rules.add("country: taken from the institution's other papers")
                return countries.iso2(best)
        return None

    def _address(self, institution: str, country_name: str | None, entry: str, domain: str, rules: set[str]) -> Address:
        country = self._country(country_name, institution, rules)
        if country == "US" and is_namesake_in_china(institution, entry, domain):
            country = "CN"
            rules.add("country: an institution in China told from its namesake in the US")
        if country == "CN":
            country = part_of_china(entry, institution, domain)
            if country != "CN":
                rules.add("country: Hong Kong, Macau or Taiwan told from China")
        name, rule = unify(institution)
        if name is None:
            return Address(None, country)
        if rule != "as upstream":
            rules.add("institution: alias table")
        self.spellings[slug(campus(name, country), country)][campus(name, country)] += 1
        return Address(campus(name, country), country)

    def _addresses(self, row: Row, rules: set[str]) -> tuple[list[Address], Alignment]:
        """Return the flattened addresses of a paper."""
        alignment = align_countries(row.parts, row.country_parts, row.countries, row.institutions, self.stated)
        if alignment.how != "stated":
            rules.add(f"country: index list without the unknown ones, {alignment.how}")
        same_shape = len(row.entries) == len(row.parts)
        found = []
        for position, (part, names) in enumerate(zip(row.parts, alignment.countries, strict=True)):
            printed = row.entries[position].split("+") if same_shape else [""]
            domain = row.domains[position] if len(row.domains) == len(row.parts) else ""
            for place, (item, name) in enumerate(zip(part, names, strict=True)):
                text = printed[place] if len(printed) == len(part) else "+".join(printed)
                institution = row.institutions[item] if item < len(row.institutions) else ""
                found.append(self._address(institution, name, text, domain if len(part) == 1 else "", rules))
        return found, alignment

    def authorships(self, row: Row) -> Iterator[dict]:
        """Yield the paper's authorships: one an author and address, at least one an author."""
        rules: set[str] = set()
        flat, _ = self._addresses(row, rules)
        places = addresses_by_author(row.parts, row.entries, len(row.authors), row.institutions)
        keys: list[str | None] = [author_key(name) or None for name in row.authors]
        if places is None:
            rules.add("author: addresses do not match the authors")
            places, keys = self._unmatched(row, flat, keys)
        self.papers_by_rule.update(rules)
        for seq, (key, of_author) in enumerate(zip(keys, places, strict=True), start=1):
            for place in of_author:
                address = Address(None, None) if place is None else flat[place]
                name = address.institution
                yield {
                    "work_id": row.work_id,
                    "author_seq": seq,
                    "author_id": key,
                    "institution_id": name and slug(name, address.country),
                    "country": address.country,
                }

    @staticmethod
    def _unmatched(row: Row, flat: list[Address], keys: list[str | None]):
        """Place addresses whose authors cannot be told.

        Each printed address list counts as one author's, whose name stays unknown unless all
        addresses lie in one country; authors beyond the lists have no address.
        """
        starts = [0]
        for part in row.parts:
            starts.append(starts[-1] + len(part))
        places: list[list[int | None]] = [
            list(range(start, stop)) or [None] for start, stop in itertools.pairwise(starts)
        ]
        one_country = len({address.country for address in flat} - {None}) == 1
        named = keys if one_country else [None] * len(keys)
        size = max(len(places), len(keys))
        places += [[None]] * (size - len(places))
        return places, (list(named) + [None] * size)[:size]


def interpret(rows: list[Row]) -> tuple[dict[str, list[dict]], dict[str, int]]:
    """Turn rows into records; return them, and the number of papers that each rule touched."""
    reader = Interpreter(rows)
    works = [
        {
            "work_id": row.work_id,
            "year": row.year,
            "doc_type": row.doc_type,
            "category": row.category,
            "is_retracted": row.is_retracted,
            "language": None,
            "citations": row.citations,
        }
        for row in rows
    ]
    authorships = [item for row in rows for item in reader.authorships(row)]
    if reader.unknown_names:
        raise ValueError(
            "country names that data/reference/countries.csv does not know: " + ", ".join(sorted(reader.unknown_names))
        )
    institutions = [
        {
            "institution_id": key,
            "name": min(names.items(), key=lambda item: (-item[1], item[0]))[0],
            "country": None if key.endswith("-zz") else key[-2:].upper(),
        }
        for key, names in sorted(reader.spellings.items())
    ]
    united = sum(len(names) > 1 for names in reader.spellings.values())
    rules = dict(sorted(reader.papers_by_rule.items()))
    rules["institution: institutions whose spellings the key alone unites"] = united
    return {"works": works, "authorships": authorships, "institutions": institutions}, rules


def read_lists(
    raw: Path, *, all_files: bool = False, jobs: int = 2, hashes: Mapping[str, str] | None = None
) -> tuple[dict[str, list[dict]], dict]:
    """Read the lists below `raw/paperlists` into records, and say where they come from.

    Parameters
    ----------
    all_files : take every list of the upstream commit, not only the pinned ones.
    hashes : SHA-256 of each list by its path upstream; the pinned ones by default.

    Returns the records and the part of the manifest that names the source. Raises RawFileError
    for a file that is missing, damaged or another.
    """
    folder = raw / "paperlists"
    hashes = _hashes(folder, all_files, hashes)
    rows, rejects = read_all(fetch.locate(folder, dict(hashes)), hashes, jobs)
    found, rules = interpret(rows)
    found["rejects"] = sorted(rejects, key=lambda row: row["locator"])
    return found, {
        "title": f"AI conference papers of {len(hashes)} public lists",
        "is_sample": True,
        "upstream": f"GitHub repository {fetch.REPOSITORY}",
        "commit": fetch.COMMIT,
        "date": fetch.SNAPSHOT,
        "files": dict(sorted(hashes.items())),
        "rows_read": len(rows) + len(rejects),
        "papers_by_rule": rules,
    }


def _hashes(folder: Path, all_files: bool, hashes: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return the SHA-256 of each list that is meant, by its path upstream."""
    if hashes is not None:
        return hashes
    return fetch.all_upstream_files(folder) if all_files else fetch.pinned_hashes()


def offer(raw: Path, *, all_files: bool = False, hashes: Mapping[str, str] | None = None) -> Offer:
    """Say what the lists hold: every country's papers, of the years in the names of the files.

    It is their own universe, the conferences, that they are complete for. Citations are those so far.
    """
    names = _hashes(raw / "paperlists", all_files, hashes)
    return Offer(
        years=frozenset(venue_and_year(name)[1] for name in names),
        knows=frozenset({"countries", "citations", "people", "institutions"}),
    )


def collect(
    raw: Path, folder: Path, *, all_files: bool = False, jobs: int = 2, hashes: Mapping[str, str] | None = None
) -> About:
    """Write the records of the lists below `raw/paperlists` into `folder`; say where they come from.

    Takes and raises what `read_lists` does.
    """
    collected, about = read_lists(raw, all_files=all_files, jobs=jobs, hashes=hashes)
    records.write(folder, collected)
    return about
