"""OpenAlex work objects → records, whole files at a time.

Works come as JSON lines (of the snapshot, or of pages of the REST API) or as Parquet. DuckDB reads
them, streaming, and writes the records; Python sees no single work. Each line ends in `works`, in
`rejects` with its place and a reason, or is counted as `outside` what was selected.

The work is done by part: one part is one file of a snapshot, or a few small files. `convert_part`
writes the records of a part; `assemble` puts parts together, and keeps the newest copy of a work.
"""

import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow.fs import FileSystem

from compendium.project.errors import InputError
from compendium.project.files import as_json, replaced, write_text
from compendium.sources.openalex import sql
from compendium.sources.openalex.institutions import write_institutions
from compendium.sources.openalex.scan import copy_to, parquet, scan
from compendium.sources.openalex.sql import Selection
from compendium.sources.openalex.storage import first_line

KINDS = ("works", "citations_by_year", "authorships", "institutions", "rejects")
#: Small files are converted together, so that records are not scattered over many files.
GROUP_BYTES = 64_000_000
MEMORY_LIMIT = "1GB"
_DONE = "counts.json"


def connect(memory_limit: str, threads: int, scratch: Path) -> duckdb.DuckDBPyConnection:
    """Open DuckDB with a bound on memory; what does not fit goes to `scratch`."""
    return duckdb.connect(config={"memory_limit": memory_limit, "threads": threads, "temp_directory": str(scratch)})


def cursor_of(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return a cursor with temporary tables of its own, so that parts can be converted at once."""
    cursor = connection.cursor()
    cursor.execute("SET enable_progress_bar = false")  # it would go to standard output
    return cursor


def convert_part(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Path | str],
    folder: Path,
    selection: Selection,
    system: FileSystem | None = None,
) -> dict[str, int]:
    """Write the records of a few files into `folder`, one Parquet file a kind; return counts.

    `system`: where Parquet files lie, if not on this machine. The folder appears when all of it is
    written. Raises InputError, naming the file, where one cannot be read.
    """
    with replaced(folder) as new, closing(cursor_of(connection)) as cursor:
        cursor.execute(sql.COPIES)
        for number, file in enumerate(files):
            try:
                _read_file(cursor, number, str(file), selection, system)
            except (duckdb.Error, pa.ArrowException, OSError) as error:
                name = Path(str(file)).name
                raise InputError(f"{name}: cannot be read ({first_line(error)})".replace(str(file), name)) from error
        cursor.execute(sql.OLDER_IN_PART)
        for kind, query in sql.PART_RECORDS.items():
            cursor.execute(copy_to(query, new / f"{kind}.parquet"))
        counts = dict(zip(("rows_read", "outside"), _row(cursor, sql.COUNTS), strict=True))
        write_text(new / _DONE, as_json(counts))
    return counts


def _read_file(
    cursor: duckdb.DuckDBPyConnection, number: int, file: str, selection: Selection, system: FileSystem | None
) -> None:
    """Read the works of one file into the cursor's tables."""
    scanned = scan(cursor, file, selection.subfields, system)
    cursor.execute(sql.read(scanned, number, file, selection))
    if scanned.others:
        cursor.register("left_out", pa.Table.from_batches(scanned.others))
        types = {name: kind for name, kind, *_ in cursor.execute("DESCRIBE left_out").fetchall()}
        cursor.execute(sql.read_others(types, number, file))


def _row(cursor: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> tuple:
    """Return the one row of numbers that a query gives."""
    row = cursor.execute(query, list(values)).fetchone()
    assert row is not None, query  # a query of counts always has its row
    return row


def counts_of(part: Path) -> dict[str, int] | None:
    """Return the counts of a converted part, or None where it is not converted."""
    path = part / _DONE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _kept_of_part(cursor: duckdb.DuckDBPyConnection, part: Path, number: int, new: Path) -> None:
    """Put a part's records into place, without the works of which another part has a newer copy."""
    name = f"{number:05d}.parquet"
    (lost,) = _row(cursor, "SELECT count(*) FROM older WHERE part = ?", [number])
    for kind in ("works", "citations_by_year", "authorships", "rejects"):
        source, place = part / f"{kind}.parquet", new / kind / name
        if lost:
            cursor.execute(copy_to(sql.without_older(kind, source, number), place))
        else:
            _link(source, place)


def _link(source: Path, place: Path) -> None:
    """Let `place` be the same file as `source`; a copy where the file system cannot."""
    try:
        place.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, place)


def assemble(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Path], folder: Path, institutions: Sequence[Path | str] = ()
) -> dict[str, int]:
    """Put converted parts together as the records in `folder`; return counts.

    Of the copies of one work the newest is kept, by `updated_date`, then by place; the others
    become rejects. Parts stay as they are. The folder appears when all of it is written.
    """
    with replaced(folder) as new, closing(cursor_of(connection)) as cursor:
        for kind in KINDS:
            (new / kind).mkdir()
        sql.find_older(cursor, parts)
        for number, part in enumerate(parts):
            _kept_of_part(cursor, part, number, new)
        told = write_institutions(cursor, [part / "institutions.parquet" for part in parts], institutions, new)
        counts = {kind: _row(cursor, f"SELECT count(*) FROM {parquet(new / kind / '*.parquet')}")[0] for kind in KINDS}
    of_parts = [counts_of(part) or {} for part in parts]
    return counts | told | {key: sum(count[key] for count in of_parts) for key in ("rows_read", "outside")}


def _groups(files: Sequence[Path]) -> list[list[Path]]:
    """Split files, in order, into groups of about GROUP_BYTES."""
    groups: list[list[Path]] = [[]]
    size = 0
    for file in files:
        if not file.is_file():
            raise InputError(f"{file.name}: no such file; expected works as .jsonl, .jsonl.gz, .gz or .parquet")
        if groups[-1] and size + file.stat().st_size > GROUP_BYTES:
            groups.append([])
            size = 0
        groups[-1].append(file)
        size += file.stat().st_size
    return groups


def convert(
    works: Sequence[Path],
    folder: Path,
    selection: Selection,
    *,
    institutions: Sequence[Path] = (),
    memory_limit: str = MEMORY_LIMIT,
    jobs: int = 2,
) -> dict[str, int]:
    """Turn files of works into the records in `folder`, as `folder/<kind>/*.parquet`.

    Parameters
    ----------
    works : JSON lines (`.gz` or not) or Parquet (`.parquet`); a later file is a newer one where
        two copies of a work bear the same `updated_date`.
    institutions : JSON lines of institution objects, for city and coordinates.

    Returns the number of records by kind, and `rows_read`, `outside` (other subfields, years,
    types), `institutions_read` and `institutions_rejected`. Always
    `works + rejects - institutions_rejected + outside == rows_read`.
    Raises InputError, naming the file, where one cannot be read.
    """
    scratch = folder.with_name(f".{folder.name}.scratch")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    connection = connect(memory_limit, jobs, scratch / "spill")
    try:
        groups = _groups(works)
        parts = [scratch / f"{number:05d}" for number in range(len(groups))]
        with ThreadPoolExecutor(jobs) as pool:
            for done in [
                pool.submit(convert_part, connection, group, part, selection)
                for group, part in zip(groups, parts, strict=True)
            ]:
                done.result()
        return assemble(connection, parts, folder, institutions)
    finally:
        connection.close()
        shutil.rmtree(scratch, ignore_errors=True)
