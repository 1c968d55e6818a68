"""The common schema of records: one row a work, an author's address, an institution, a reject.

A kind of record is one file, `works.parquet`, or a folder of parts, `works/*.parquet`. Records hold
names of people. They are written below `data/records`, which git ignores, and they end at `tabulation`.
"""

from collections.abc import Iterable, Mapping, MutableMapping
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from compendium.project.errors import InputError
from compendium.project.files import written
from compendium.project.folders import PROJECT

SCHEMAS: Mapping[str, pa.Schema] = {
    "works": pa.schema(
        [
            pa.field("work_id", pa.string(), nullable=False),
            pa.field("year", pa.int32(), nullable=False),
            pa.field("doc_type", pa.string(), nullable=False),
            pa.field("category", pa.string(), nullable=False),
            pa.field("is_retracted", pa.bool_(), nullable=False),
            pa.field("language", pa.string()),
            pa.field("citations", pa.int64()),  # null: unknown, which is not zero
        ]
    ),
    "citations_by_year": pa.schema(
        [
            pa.field("work_id", pa.string(), nullable=False),
            pa.field("citing_year", pa.int32(), nullable=False),
            pa.field("citations", pa.int64(), nullable=False),
        ]
    ),
    # One row per author and address. An author without an address has one row, all null; an
    # address whose author cannot be told has a null `author_id`.
    "authorships": pa.schema(
        [
            pa.field("work_id", pa.string(), nullable=False),
            pa.field("author_seq", pa.int32(), nullable=False),
            pa.field("author_id", pa.string()),
            pa.field("institution_id", pa.string()),
            pa.field("country", pa.string()),
        ]
    ),
    "institutions": pa.schema(
        [
            pa.field("institution_id", pa.string(), nullable=False),
            pa.field("name", pa.string(), nullable=False),
            pa.field("ror", pa.string()),
            pa.field("type", pa.string()),
            pa.field("city", pa.string()),
            pa.field("country", pa.string()),
            pa.field("latitude", pa.float64()),
            pa.field("longitude", pa.float64()),
        ]
    ),
    # `year` and `category` are those of the file that the row stands in.
    "rejects": pa.schema(
        [
            pa.field("locator", pa.string(), nullable=False),
            pa.field("year", pa.int32(), nullable=False),
            pa.field("category", pa.string(), nullable=False),
            pa.field("reason", pa.string(), nullable=False),
        ]
    ),
}


#: Rows that a `Writer` holds before it writes a part: about 20 MB of authorships.
ROWS_PER_PART = 200_000


def as_table(kind: str, rows: list[dict]) -> pa.Table:
    """Return rows as a table of their schema; ValueError where one lacks what must be there."""
    table = pa.Table.from_pylist(rows, schema=SCHEMAS[kind])
    for field in table.schema:
        if not field.nullable and table[field.name].null_count:
            raise ValueError(f"{kind}: {table[field.name].null_count} rows without {field.name}")
    return table


def _put(table: pa.Table, path: Path) -> None:
    """Write a file whole or not at all."""
    with written(path) as beside:
        pq.write_table(table, beside)


def write(folder: Path, records: MutableMapping[str, list[dict]]) -> dict[str, int]:
    """Write one Parquet file a kind of record into `folder`, and let go of what is written.

    Returns the row counts. Raises ValueError where a row lacks a field that must be there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for kind in SCHEMAS:
        table = as_table(kind, records.pop(kind, []))
        _put(table, folder / f"{kind}.parquet")
        counts[kind] = table.num_rows
    return counts


class Writer:
    """Writes records as they come, in parts of bounded size: `works/part-00000.parquet`, ….

    Use it as a context manager. What an error interrupts keeps its whole parts and loses the rest,
    so a source that resumes gives each of its inputs a `part` name of its own.
    """

    def __init__(self, folder: Path, part: str = "part", rows_per_part: int = ROWS_PER_PART) -> None:
        self.folder, self.part, self.rows_per_part = folder, part, rows_per_part
        self._waiting: dict[str, list[dict]] = {kind: [] for kind in SCHEMAS}
        self._parts = dict.fromkeys(SCHEMAS, 0)
        #: Rows added so far, by kind.
        self.counts = dict.fromkeys(SCHEMAS, 0)

    def __enter__(self) -> Self:
        """Make the folders of all kinds, so that a kind without rows is there too."""
        for kind in SCHEMAS:
            (self.folder / kind).mkdir(parents=True, exist_ok=True)
        return self

    def add(self, kind: str, rows: Iterable[dict]) -> None:
        """Add rows of a kind; ValueError where one lacks a field that must be there."""
        for row in rows:
            self._waiting[kind].append(row)
            self.counts[kind] += 1
            if len(self._waiting[kind]) >= self.rows_per_part:
                self._flush(kind)

    def _flush(self, kind: str) -> None:
        name = f"{self.part}-{self._parts[kind]:05d}.parquet"
        _put(as_table(kind, self._waiting[kind]), self.folder / kind / name)
        self._waiting[kind] = []
        self._parts[kind] += 1

    def __exit__(self, kind_of_error: type[BaseException] | None, *_: object) -> None:
        """Write what waits; after an error, nothing more."""
        if kind_of_error is None:
            for kind, rows in self._waiting.items():
                if rows:
                    self._flush(kind)


def files(folder: Path, kind: str) -> list[Path]:
    """Return the Parquet files of a kind of record, in the order of their names; none: no rows.

    Raises InputError where a kind is both a file and a folder of parts, or where no works are.
    """
    whole = folder / f"{kind}.parquet"
    parts = sorted(path for path in (folder / kind).glob("*.parquet") if not path.name.startswith("."))
    if whole.is_file() and parts:
        raise InputError(
            f"{PROJECT.shown(folder)} holds both {kind}.parquet and {kind}/*.parquet; "
            "delete the one that is of another collection"
        )
    if not whole.is_file() and not parts and kind == "works":
        raise InputError(f"{PROJECT.shown(folder)} holds no records of works; collect the source again")
    return [whole] if whole.is_file() else parts


def count(folder: Path) -> dict[str, int]:
    """Return the rows of each kind of record, as the files' own metadata state them."""
    return {kind: sum(pq.read_metadata(path).num_rows for path in files(folder, kind)) for kind in SCHEMAS}
