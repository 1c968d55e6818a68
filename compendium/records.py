"""The common schema of records: one row a work, an author's address, an institution, a reject.

Records hold names of people. They are written below `data/records`, which git ignores, and they
end at `tabulate`.
"""

from collections.abc import Mapping, MutableMapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMAS: Mapping[str, pa.Schema] = {
    "works": pa.schema([
        pa.field("work_id", pa.string(), nullable=False),
        pa.field("year", pa.int32(), nullable=False),
        pa.field("doc_type", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("is_retracted", pa.bool_(), nullable=False),
        pa.field("language", pa.string()),
        pa.field("citations", pa.int64()),  # null: unknown, which is not zero
    ]),
    "citations_by_year": pa.schema([
        pa.field("work_id", pa.string(), nullable=False),
        pa.field("citing_year", pa.int32(), nullable=False),
        pa.field("citations", pa.int64(), nullable=False),
    ]),
    # One row per author and address. An author without an address has one row, all null; an
    # address whose author cannot be told has a null `author_id`.
    "authorships": pa.schema([
        pa.field("work_id", pa.string(), nullable=False),
        pa.field("author_seq", pa.int32(), nullable=False),
        pa.field("author_id", pa.string()),
        pa.field("institution_id", pa.string()),
        pa.field("country", pa.string()),
    ]),
    "institutions": pa.schema([
        pa.field("institution_id", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("ror", pa.string()),
        pa.field("type", pa.string()),
        pa.field("city", pa.string()),
        pa.field("country", pa.string()),
        pa.field("latitude", pa.float64()),
        pa.field("longitude", pa.float64()),
    ]),
    # `year` and `category` are those of the file that the row stands in.
    "rejects": pa.schema([
        pa.field("locator", pa.string(), nullable=False),
        pa.field("year", pa.int32(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]),
}


def write(folder: Path, records: MutableMapping[str, list[dict]]) -> dict[str, int]:
    """Write one Parquet file a kind of record into `folder`, and let go of what is written.

    Returns the row counts. Raises ValueError where a row lacks a field that must be there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for kind, schema in SCHEMAS.items():
        table = pa.Table.from_pylist(records.pop(kind, []), schema=schema)
        for field in schema:
            if not field.nullable and table[field.name].null_count:
                raise ValueError(f"{kind}: {table[field.name].null_count} rows without {field.name}")
        pq.write_table(table, folder / f"{kind}.parquet")
        counts[kind] = table.num_rows
    return counts
