"""Synthetic files in the real layout of OpenAlex's snapshot, for measuring and testing; no evidence.

No work, author or institution in them exists. What is real is the shape, taken from a sample of 122
works of winter 2025/26: the fields and their order, how many authors, addresses, yearly counts,
references, concepts and words of abstract a work has, and so the bytes of a work (15 kB of JSON,
3 kB gzipped). The works of that sample are longer than those of the whole snapshot, whose mean
is 1.3 kB gzipped: what is measured on these files holds per gigabyte rather than per work.

Everything follows from the seed. What the conversion does not read (abstract, concepts,
references, …) is drawn anew for POOL works only and then used again.
"""

import gzip
import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import duckdb
import numpy as np

from .openalex_shape import PARQUET_COLUMNS, SHAPE

POOL = 2_000
N_INSTITUTIONS = 6_000
DATE = "2026-06-26"
#: Countries of institutions, and their weights.
COUNTRIES = {
    "CN": 26,
    "US": 20,
    "IN": 7,
    "GB": 6,
    "DE": 5,
    "JP": 4,
    "FR": 4,
    "KR": 4,
    "IT": 3,
    "CA": 3,
    "ES": 3,
    "AU": 3,
    "BR": 2,
    "NL": 2,
    "TW": 2,
    "HK": 1,
    "CH": 1,
    "SE": 1,
    "PL": 1,
    "NA": 1,
    "ZA": 1,
}
TYPES = {
    "article": 60,
    "conference-paper": 15,
    "preprint": 9,
    "book-chapter": 6,
    "review": 4,
    "dissertation": 3,
    "other": 3,
}
OTHER_SUBFIELDS = (1707, 2002, 2208, 2306, 2308, 3312)
_URL = "https://openalex.org/"


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@cache
def _words() -> tuple[np.ndarray, np.ndarray]:
    """Return a vocabulary of made-up words and their weights, which fall as in a language."""
    rng = np.random.default_rng(7)
    syllables = [a + b for a in "bcdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "ion")]
    words = sorted({"".join(rng.choice(syllables, size=rng.integers(1, 5))) for _ in range(6_000)})
    weights = 1 / np.arange(2, len(words) + 2)
    return rng.permutation(np.array(words)), weights / weights.sum()


def _text(rng: np.random.Generator, n_words: int) -> list[str]:
    words, weights = _words()
    return list(rng.choice(words, size=n_words, p=weights))


def _draw(rng: np.random.Generator, field: str) -> int:
    return int(rng.choice(SHAPE[field]))


def _work_ids(rng: np.random.Generator, n: int) -> list[str]:
    return [f"{_URL}W{number}" for number in rng.integers(10**8, 4 * 10**9, size=n)]


def _abstract(rng: np.random.Generator) -> dict | None:
    n_words = _draw(rng, "abstract_words")
    index: dict[str, list[int]] = {}
    for position, word in enumerate(_text(rng, n_words)):
        index.setdefault(str(word), []).append(position)
    return index or None


def _concept(rng: np.random.Generator, kind: str) -> dict:
    number, name = int(rng.zipf(1.3) % 20_000), " ".join(_text(rng, 2)).capitalize()
    score = float(rng.random())
    if kind == "keywords":
        return {"id": f"{_URL}keywords/{name.lower().replace(' ', '-')}", "display_name": name, "score": score}
    return {
        "id": f"{_URL}C{number + 10**7}",
        "wikidata": f"https://www.wikidata.org/wiki/Q{number}",
        "display_name": name,
        "level": int(rng.integers(0, 5)),
        "score": score,
    }


def _location(rng: np.random.Generator) -> dict:
    number = int(rng.integers(10**6, 10**8))
    source = (
        {
            "id": f"{_URL}S{number}",
            "display_name": " ".join(_text(rng, 4)),
            "issn_l": None,
            "issn": None,
            "is_oa": True,
            "is_in_doaj": False,
            "is_core": False,
            "type": "repository",
            "host_organization": f"{_URL}I{number}",
            "host_organization_name": " ".join(_text(rng, 3)),
            "host_organization_lineage": [f"{_URL}I{number}"],
        }
        if rng.random() < 0.8
        else None
    )
    return {
        "id": f"doi:10.1000/{number}",
        "is_oa": False,
        "landing_page_url": f"https://doi.org/10.1000/{number}",
        "pdf_url": None,
        "source": source,
        "license": None,
        "license_id": None,
        "version": "publishedVersion",
        "is_accepted": True,
        "is_published": True,
        "raw_source_name": " ".join(_text(rng, 6)),
    }


@cache
def _pool(seed: int, size: int) -> list[tuple[str, str, str, str]]:
    """Return what a work holds beside what is converted, as JSON text: title, head, tail, end."""
    rng = np.random.default_rng([seed, 1])
    pool = []
    for _ in range(size):
        title = " ".join(_text(rng, _draw(rng, "title_words"))).capitalize()
        locations = [_location(rng) for _ in range(_draw(rng, "locations"))]
        head = {
            "primary_location": locations[0],
            "best_oa_location": locations[0] if rng.random() < 0.3 else None,
            "indexed_in": ["crossref"],
            "open_access": {
                "is_oa": False,
                "oa_status": "closed",
                "oa_url": None,
                "any_repository_has_fulltext": False,
            },
        }
        references = _work_ids(rng, _draw(rng, "referenced_works"))
        tail = {
            "institutions": [],
            "corresponding_author_ids": [],
            "apc_list": None,
            "apc_paid": None,
            "fwci": round(float(rng.random()) * 5, 6),
            "biblio": {
                "volume": str(rng.integers(1, 99)),
                "issue": None,
                "first_page": str(rng.integers(1, 999)),
                "last_page": None,
            },
            "is_paratext": False,
            "keywords": [_concept(rng, "keywords") for _ in range(_draw(rng, "keywords"))],
            "concepts": [_concept(rng, "concepts") for _ in range(_draw(rng, "concepts"))],
            "mesh": [],
            "locations_count": len(locations),
            "locations": locations,
            "sustainable_development_goals": [],
            "grants": [],
            "funders": [],
            "has_content": {"grobid_xml": False, "pdf": False},
            "referenced_works_count": len(references),
            "referenced_works": references,
            "related_works": _work_ids(rng, _draw(rng, "related_works")),
        }
        pool.append((_dumps(title), _dumps(head)[1:-1], _dumps(tail)[1:-1], _dumps(_abstract(rng))))
    return pool


@cache
def _institutions() -> list[dict]:
    """Return the made-up institutions, as a work names them."""
    rng = np.random.default_rng(11)
    weights = np.array(list(COUNTRIES.values()), dtype=float)
    places = rng.choice(list(COUNTRIES), size=N_INSTITUTIONS, p=weights / weights.sum())
    return [
        {
            "id": f"{_URL}I{number + 10**8}",
            "display_name": "University of " + " ".join(_text(rng, 2)).title(),
            "ror": f"https://ror.org/0{number:08d}",
            "country_code": str(place),
            "type": "education",
            "lineage": [f"{_URL}I{number + 10**8}"],
        }
        for number, place in enumerate(places)
    ]


@cache
def _institution_texts() -> list[tuple[str, str]]:
    return [(_dumps(one), one["country_code"]) for one in _institutions()]


def institution_objects() -> list[dict]:
    """Return the made-up institutions, as objects of the entity `institutions`."""
    rng = np.random.default_rng(13)
    return [
        one
        | {
            "geo": {
                "city": " ".join(_text(rng, 1)).title(),
                "country_code": one["country_code"],
                "latitude": round(float(rng.uniform(-60, 70)), 5),
                "longitude": round(float(rng.uniform(-180, 180)), 5),
            },
            "works_count": int(rng.integers(1, 99_999)),
            "updated_date": f"{DATE}T00:00:00",
        }
        for one in _institutions()
    ]


def _authorship(author: int, count: int, draws: np.ndarray, position: str) -> str:
    """Return one author as JSON text; `count` of the institutions in `draws` are the addresses."""
    at = [_institution_texts()[place] for place in draws[:count]]
    url, name = f"{_URL}A5{author:09d}", f"Author {author:09d}"
    lines = ", ".join(
        f'"Department of Engineering {place}, Some Long Street 100, 10000 City, {country}"'
        for place, (_, country) in zip(draws, at, strict=False)
    )
    countries = _dumps(sorted({country for _, country in at}))
    return (
        f'{{"author_position": "{position}", "author": {{"id": "{url}", "display_name": "{name}", '
        f'"orcid": null}}, "institutions": [{", ".join(text for text, _ in at)}], '
        f'"countries": {countries}, "is_corresponding": false, "raw_author_name": "{name}", '
        f'"raw_affiliation_strings": [{lines}], "affiliations": [{{"raw_affiliation_string": '
        f'"{name}, {url}, some affiliation as printed", "institution_ids": ["{url}"]}}]}}'
    )


def _topic(subfield: int, number: int) -> str:
    return (
        f'{{"id": "{_URL}T{number}", "display_name": "Topic {number} of something", "score": 0.98, '
        f'"subfield": {{"id": "{_URL}subfields/{subfield}", "display_name": "Subfield {subfield}"}}, '
        f'"field": {{"id": "{_URL}fields/{subfield // 100}", "display_name": "Field"}}, '
        f'"domain": {{"id": "{_URL}domains/3", "display_name": "Physical Sciences"}}}}'
    )


def works(first: int, n: int, seed: int, share: float, n_authors_in_all: int, updated: str, pool_size: int = POOL):
    """Yield `n` works as lines of JSON; `first` numbers the first one.

    A `share` of them has its primary topic in subfield 1702. 1 in 500 is retracted, 1 in 100 has
    no primary topic, 1 in 50 is one that the API leaves out.
    """
    rng = np.random.default_rng([seed, 2, first])
    years = np.clip(2026 - rng.exponential(9, size=n), 1950, 2025).astype(int)
    sizes = rng.choice(SHAPE["authors"], size=n)
    types = np.array(list(TYPES.values()), dtype=float)
    kinds = rng.choice(list(TYPES), size=n, p=types / types.sum())
    fields = np.where(rng.random(n) < share, 1702, rng.choice(OTHER_SUBFIELDS, size=n))
    chances, pool, picks = rng.random((n, 3)), _pool(seed, pool_size), rng.integers(0, pool_size, size=n)
    for index in range(n):
        size, number, year = int(sizes[index]), first + index + 10**9, int(years[index])
        title, head, tail, abstract = pool[picks[index]]
        authors = rng.integers(0, n_authors_in_all, size=size)
        counts = rng.choice(SHAPE["addresses"], size=size)
        draws = (N_INSTITUTIONS * rng.random((size, 5)) ** 2).astype(int)
        authorships = ", ".join(
            _authorship(int(author), int(count), row, "first" if not at else "middle")
            for at, (author, count, row) in enumerate(zip(authors, counts, draws, strict=True))
        )
        cited = rng.integers(0, 60, size=min(int(rng.choice(SHAPE["counts_by_year"])), 2026 - year))
        yearly = ", ".join(f'{{"year": {2025 - back}, "cited_by_count": {count}}}' for back, count in enumerate(cited))
        topic = _topic(int(fields[index]), 10_000 + number % 4_000) if chances[index, 0] > 0.01 else "null"
        topics = ", ".join([topic] * 3) if topic != "null" else ""
        yield (
            f'{{"id": "{_URL}W{number}", "doi": "https://doi.org/10.1000/{number}", "title": {title}, '
            f'"display_name": {title}, "publication_year": {year}, "publication_date": "{year}-01-01", '
            f'"ids": {{"openalex": "{_URL}W{number}", "doi": "https://doi.org/10.1000/{number}"}}, '
            f'"language": "en", "type": "{kinds[index]}", {head}, "authorships": [{authorships}], '
            f'"cited_by_count": {int(cited.sum())}, "is_retracted": {str(bool(chances[index, 1] < 0.002)).lower()}, '
            f'"is_xpac": {str(bool(chances[index, 2] < 0.02)).lower()}, "primary_topic": {topic}, '
            f'"topics": [{topics}], {tail}, "abstract_inverted_index": {abstract}, '
            f'"counts_by_year": [{yearly}], "updated_date": "{updated}T03:46:38.306776", '
            f'"created_date": "2016-10-07T00:00:00"}}\n'
        )


def _to_parquet(source: Path, place: Path, columns: dict[str, str]) -> None:
    kinds = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
    connection = duckdb.connect(config={"threads": 1, "memory_limit": "1GB"})
    connection.execute("SET enable_progress_bar = false")  # it would go to standard output
    connection.execute(
        f"COPY (SELECT * FROM read_json('{source}', format='newline_delimited', hive_partitioning=false, "
        f"columns={{{kinds}}})) TO '{place}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 20480, "
        "DICTIONARY_SIZE_LIMIT 1000)"
    )  # texts that are used again would shrink to almost nothing


def _write(lines, place: Path, columns: dict[str, str]) -> None:
    """Write lines of JSON as the file `place`, whose ending tells the format."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.suffix == ".gz":  # no name and no time in the header: equal content, equal bytes
        with place.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
            packed.writelines(line.encode() for line in lines)
        return
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", dir=place.parent, encoding="utf-8") as plain:
        plain.writelines(lines)
        plain.flush()
        _to_parquet(Path(plain.name), place, columns)


def _write_part(place: Path, *numbers) -> None:
    _write(works(*numbers), place, PARQUET_COLUMNS["works"])


def write_manifest(folder: Path, form: str, kind: str, record_counts: dict[str, int]) -> None:
    """Write the manifest of one entity: `record_counts` by a file's name below `folder`."""
    files = [
        {
            "url": f"s3://openalex/data/{form}/{kind}/{name}",
            "meta": {"content_length": (folder / name).stat().st_size, "record_count": count},
        }
        for name, count in sorted(record_counts.items())
    ]
    (folder / "manifest.json").write_text(
        json.dumps(
            {
                "date": DATE,
                "format": form,
                "entity": kind,
                "record_count": sum(record_counts.values()),
                "content_length": sum(file["meta"]["content_length"] for file in files),
                "files": files,
            }
        )
    )


def write_snapshot(
    folder: Path,
    n_works: int,
    *,
    form: str = "jsonl",
    seed: int = 0,
    share: float = 0.1,
    works_per_part: int = 20_000,
    dates: Sequence[str] = ("2026-01-15", "2026-06-24"),
    jobs: int = 2,
) -> Path:
    """Write a synthetic snapshot below `folder`, and return the folder of its works.

    Parameters
    ----------
    form : `jsonl` or `parquet`.
    share : of works whose primary topic is in subfield 1702 (12 of 122 in the real sample).
    dates : the partitions, over which parts are dealt in turn.
    """
    ending = {"jsonl": "gz", "parquet": "parquet"}[form]
    place = folder / "data" / form
    starts = range(0, n_works, works_per_part)
    counts, parts = {}, []
    for number, start in enumerate(starts):
        date = dates[number % len(dates)]
        name = f"updated_date={date}/part_{number // len(dates):04d}.{ending}"
        counts[name] = min(works_per_part, n_works - start)
        parts.append(
            (
                place / "works" / name,
                start,
                counts[name],
                seed,
                share,
                max(100, n_works * 6 // 5),
                date,
                min(POOL, n_works),
            )
        )
    if jobs > 1 and len(parts) > 1:
        with ProcessPoolExecutor(jobs) as pool:
            for done in [pool.submit(_write_part, *part) for part in parts]:
                done.result()
    else:
        for part in parts:
            _write_part(*part)
    write_manifest(place / "works", form, "works", counts)
    name = f"updated_date={DATE}/part_0000.{ending}"
    lines = [_dumps(one) + "\n" for one in institution_objects()]
    _write(lines, place / "institutions" / name, PARQUET_COLUMNS["institutions"])
    write_manifest(place / "institutions", form, "institutions", {name: len(lines)})
    return place / "works"
