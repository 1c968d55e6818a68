"""Queries that read files of OpenAlex objects: JSON lines, or Parquet, streaming.

Numbers and texts are read as text, so that a value of the wrong type does not end the reading. Most
works of a snapshot are outside of the subfields asked for. Of a Parquet file DuckDB does not see
those: they are told apart before, by the one column that decides.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow.fs import FileSystem

#: A line may be this long: works of some thousand authors take 10 MB.
LONGEST_LINE = 64 * 2**20
SCALARS = ("id", "publication_year", "type", "language", "is_retracted", "is_xpac", "cited_by_count", "updated_date")
NESTED = ("primary_topic", "authorships", "counts_by_year")
#: The leaves of nested Parquet columns that records need, without the marks of lists.
_LEAVES = {
    "primary_topic.subfield.id",
    "authorships.author.id",
    "authorships.countries",
    "counts_by_year.year",
    "counts_by_year.cited_by_count",
    *(f"authorships.institutions.{name}" for name in ("id", "display_name", "ror", "type", "country_code")),
}
_LIST_MARK = re.compile(r"\.(list|bag)\.(element|item|array|array_element)(?=\.|$)")
#: Works that are held in memory at a time, of a Parquet file.
BATCH = 10_000
LINE = pa.field("line", pa.int64())
#: A subfield, as an address or a bare number.
SUBFIELD = r"(?:https?://openalex\.org/(?:subfields/)?)?([0-9]{1,6})"


def text(value: str) -> str:
    """Return `value` as an SQL text."""
    return "'" + value.replace("'", "''") + "'"


def copy_to(query: str, path: Path) -> str:
    """Return the statement that writes a query's rows to a Parquet file."""
    return f"COPY ({query}) TO {text(str(path))} (FORMAT parquet, COMPRESSION snappy)"


def parquet(paths: Sequence[Path | str] | Path | str, options: str = "") -> str:
    """Return the table that reads Parquet files, whatever the folders are called that they lie in."""
    one = isinstance(paths, Path | str)
    listed = text(str(paths)) if one else "[" + ", ".join(text(str(path)) for path in paths) + "]"
    return f"read_parquet({listed}, hive_partitioning=false{options})"


def _json_columns(names: Sequence[str], nested: Sequence[str]) -> str:
    columns = {name: "VARCHAR" for name in names} | {name: "JSON" for name in nested}
    return "{" + ", ".join(f"{name}: '{kind}'" for name, kind in columns.items()) + "}"


def read_json(path: str, names: Sequence[str], nested: Sequence[str]) -> str:
    """Return the SQL that reads JSON lines: `names` as text, `nested` as JSON."""
    return (
        f"read_json({text(path)}, format='newline_delimited', ignore_errors=true, "
        f"hive_partitioning=false, "
        f"maximum_object_size={LONGEST_LINE}, columns={_json_columns(names, nested)})"
    )


@dataclass(frozen=True)
class Scan:
    """A query that reads a file of works, and which of its nested columns are JSON text.

    `others`: line, id and date of works that the query leaves out, because their subfield is none
    of those asked for. It is filled while the query runs.
    """

    query: str
    is_json: Mapping[str, bool]
    others: list[pa.RecordBatch]


def scan(
    cursor: duckdb.DuckDBPyConnection, path: str, subfields: Collection[str], system: FileSystem | None = None
) -> Scan:
    """Return the query that reads a file of works: line, the texts, topic, authorships, counts.

    `ignore_errors` makes a broken line a row of nulls. Lists of the wrong type are null, and
    `bad_authorships` says so. A Parquet file's line is the number of its row. It may lie in another
    file `system` than this machine's.
    """
    if not path.endswith(".parquet"):
        types = dict.fromkeys(SCALARS, "VARCHAR") | dict.fromkeys(NESTED, "JSON")
        return _scan(read_json(path, SCALARS, NESTED), "row_number() OVER ()", types, [])
    works, others = _arrow(path, subfields, system)
    cursor.register("arrow_works", works)
    described = cursor.execute("DESCRIBE FROM arrow_works").fetchall()
    return _scan("arrow_works", "line", {name: kind for name, kind, *_ in described}, others)


def needed_columns(file: pq.ParquetFile) -> list[str]:
    """Return the leaves of a file's columns that the records need, of nested columns too."""
    columns = {file.schema.column(number).path for number in range(len(file.schema))}
    needed = {name for name in columns if name in SCALARS or _LIST_MARK.sub("", name) in _LEAVES}
    found = {name.split(".")[0] for name in needed}
    return sorted(needed | {name.split(".")[0] for name in columns} & set(NESTED) - found)  # text, or marked otherwise


def _arrow(
    path: str, subfields: Collection[str], system: FileSystem | None
) -> tuple[pa.RecordBatchReader, list[pa.RecordBatch]]:
    """Open a Parquet file; return a reader of works that may be wanted, and the list of the others.

    DuckDB would read a nested column whole, printed addresses included, which takes twice as long.
    """
    file = pq.ParquetFile(path, filesystem=system, pre_buffer=system is not None)  # ahead: of use over a network only
    others: list[pa.RecordBatch] = []
    batches = file.iter_batches(BATCH, columns=needed_columns(file), use_threads=False)  # other parts use them
    batches = _sifted(batches, frozenset(subfields), others)
    first = next(batches, None)
    if first is None:
        return pa.RecordBatchReader.from_batches(file.schema_arrow.append(LINE), iter(())), others
    return pa.RecordBatchReader.from_batches(first.schema, chain([first], batches)), others


def _sifted(
    batches: Iterator[pa.RecordBatch], subfields: frozenset[str], others: list[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Number the rows; yield those that may be wanted, and add to `others` what is left of the others."""
    read = 0
    for batch in batches:
        lines = pa.array(np.arange(read + 1, read + 1 + len(batch)))
        read += len(batch)
        batch = batch.append_column(LINE, lines)
        wanted = _may_be_wanted(batch, subfields)
        if wanted is not None:
            left = batch.select([name for name in ("line", "id", "updated_date") if name in batch.schema.names])
            others.append(left.filter(pc.invert(wanted)))
            batch = batch.filter(wanted)
        yield batch


def _may_be_wanted(batch: pa.RecordBatch, subfields: frozenset[str]) -> pa.BooleanArray | None:
    """Return, by row, whether the subfield is one of `subfields` or cannot be read; None where none can."""
    try:
        said = pc.struct_field(batch.column("primary_topic"), ["subfield", "id"])
    except (KeyError, pa.ArrowException):  # there is none, or it is a text
        return None
    if not (pa.types.is_string(said.type) or pa.types.is_large_string(said.type)):
        return None
    said = said.dictionary_encode()
    known = pa.array([_is_wanted(value, subfields) for value in said.dictionary.to_pylist()], pa.bool_())
    return known.take(said.indices).fill_null(True)


@lru_cache(10_000)
def _is_wanted(said: str, subfields: frozenset[str]) -> bool:
    number = re.fullmatch(SUBFIELD, said)
    return number is None or number[1] in subfields


def _scan(source: str, line: str, types: Mapping[str, str], others: list[pa.RecordBatch]) -> Scan:
    texts = ", ".join(
        f"CAST({name} AS VARCHAR) AS {name}" if name in types else f"NULL::VARCHAR AS {name}" for name in SCALARS
    )
    is_json = {name: types.get(name, "JSON") in ("VARCHAR", "JSON") for name in NESTED}
    raw = {
        name: "NULL::JSON" if name not in types else f"TRY_CAST({name} AS JSON)" if types[name] == "VARCHAR" else name
        for name in NESTED
    }
    subfield = (
        f"json_extract_string({raw['primary_topic']}, '$.subfield.id')"
        if is_json["primary_topic"]
        else "CAST(primary_topic.subfield.id AS VARCHAR)"
    )
    given = {name: f"{name} IS NOT NULL" if name in types else "false" for name in NESTED}
    bad = (
        f"{given['authorships']} AND coalesce(json_type({raw['authorships']}) <> 'ARRAY', true)"
        if is_json["authorships"]
        else "false"
    )
    return Scan(
        f"""
        SELECT {line} AS line, {texts},
               {given["primary_topic"]} AS has_topic, {subfield} AS subfield_id,
               {bad} AS bad_authorships, {raw["authorships"]} AS authorships_raw,
               {raw["counts_by_year"]} AS counts_raw
        FROM {source}""",
        is_json,
        others,
    )
