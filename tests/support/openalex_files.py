"""Small OpenAlex works for tests, and the records that their conversion left."""

import gzip
import json

import duckdb

from compendium import tables
from compendium.tabulation import count
from support.offers import IN_MANIFEST

KINDS = ("works", "citations_by_year", "authorships", "institutions", "rejects")


def institution(number=1, country="CN", **fields):
    return {
        "id": f"https://openalex.org/I{number}",
        "display_name": f"Institute {number}",
        "ror": f"https://ror.org/0{number}",
        "country_code": country,
        "type": "education",
    } | fields


def author(number=1, at=(), countries=None, **fields):
    countries = [one["country_code"] for one in at if one["country_code"]] if countries is None else countries
    return {
        "author_position": "first",
        "author": {"id": f"https://openalex.org/A{number}", "display_name": "N. N."},
        "institutions": list(at),
        "countries": countries,
    } | fields


def work(number=1, **fields):
    """Return a work that the default selection keeps."""
    return {
        "id": f"https://openalex.org/W{number}",
        "publication_year": 2020,
        "type": "article",
        "language": "en",
        "is_retracted": False,
        "is_xpac": False,
        "cited_by_count": 3,
        "primary_topic": {"id": "https://openalex.org/T1", "subfield": {"id": "https://openalex.org/subfields/1702"}},
        "authorships": [author(1, [institution()])],
        "counts_by_year": [{"year": 2021, "cited_by_count": 3}],
        "updated_date": "2026-01-02T03:04:05.678",
    } | fields


def topic(subfield):
    return {"id": "https://openalex.org/T1", "subfield": {"id": f"https://openalex.org/subfields/{subfield}"}}


def write_lines(path, items):
    """Write one item a line, as JSON where it is no text yet; gzipped where the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join((item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)) + "\n" for item in items)
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())
    return path


def records(folder):
    """Return the records in `folder`, as sorted tuples by kind."""
    found = {}
    for kind in KINDS:
        rows = duckdb.sql(f"SELECT * FROM read_parquet('{folder}/{kind}/*.parquet')").fetchall()
        found[kind] = sorted(rows, key=lambda row: tuple((value is not None, value) for value in row))
    return found


def as_tables(folder, place):
    """Return the tables of the records in `folder`, written to and loaded from `place`."""
    whole = place / "whole"  # one file a kind, which every way of reading records understands
    whole.mkdir(parents=True)
    for kind in KINDS:
        duckdb.sql(f"COPY (SELECT * FROM read_parquet('{folder}/{kind}/*.parquet')) TO '{whole}/{kind}.parquet'")
    tables.write(
        count.tables_of(whole), {"title": "works of a test", "is_sample": True, "offer": IN_MANIFEST}, place / "tables"
    )
    return tables.load("tables", place)
