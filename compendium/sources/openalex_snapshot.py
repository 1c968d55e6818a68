"""Source `openalex_snapshot`: all of OpenAlex, as files in a folder or a bucket → records.

The layout is that of 2026: `data/{jsonl|parquet}/works/updated_date=YYYY-MM-DD/part_NNNN.{gz|parquet}`
with a `manifest.json` that is written last, beside the partitions. Parts are converted one by one
and kept beside the records, so that a collection that was interrupted goes on where it stopped.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from tqdm import tqdm

from compendium.errors import InputError
from compendium.sources import openalex_works
from compendium.sources.openalex_sql import PART_RECORDS, TYPES, Selection

#: Converted parts stand beside the records, and an interrupted collection goes on from them.
RESUMES = True
#: File endings by format; Parquet first, because it is read faster where both are there.
ENDINGS = {"parquet": ".parquet", "jsonl": ".gz"}
_LAYOUTS = ("data/{0}/", "{0}/", "openalex-snapshot/data/{0}/", "")
_PARTITION = "updated_date="


@dataclass(frozen=True)
class Part:
    """One file of the snapshot: its name below the entity, address, and what the manifest says."""

    name: str
    address: str
    is_there: bool
    size: int | None
    record_count: int | None

    @property
    def key(self) -> str:
        """Name of the folder that the converted part is kept in."""
        return f"{self.name.removeprefix(_PARTITION).replace('/', '.')}.{self.size or 0}"


@dataclass(frozen=True)
class Entity:
    """The files of one kind of object, in one format."""

    address: str
    parts: tuple[Part, ...]
    date: str | None
    unlisted: tuple[str, ...]


def _is_remote(address: str) -> bool:
    return "://" in address and not address.startswith("file://")


def prepare(connection: duckdb.DuckDBPyConnection, address: str) -> None:
    """Make DuckDB able to read `address`: nothing for a folder, `httpfs` for a bucket.

    Raises InputError where the extension cannot be had.
    """
    if not _is_remote(address):
        return
    try:
        connection.execute("INSTALL httpfs; LOAD httpfs")
        if address.startswith("s3://"):  # the bucket is public: requests are not signed
            connection.execute("CREATE OR REPLACE SECRET (TYPE s3, PROVIDER config, REGION 'us-east-1')")
    except duckdb.Error as error:
        raise InputError(f"{address}: DuckDB needs its extension httpfs to read it, which could not "
                         "be loaded; copy the snapshot into a folder and name that") from error


def _glob(connection: duckdb.DuckDBPyConnection, pattern: str) -> list[str]:
    return [file for file, in connection.execute("SELECT file FROM glob(?) ORDER BY file",
                                                 [pattern]).fetchall()]


def _manifest(connection: duckdb.DuckDBPyConnection, address: str) -> dict | None:
    """Return the manifest beside the partitions, None where there is none."""
    path = f"{address}/manifest.json"
    try:
        if not _glob(connection, path):
            return None
        content = connection.execute("SELECT content FROM read_text(?)", [path]).fetchone()[0]
        manifest = json.loads(content)
        if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), list):
            raise ValueError("no list `files`")
        for file in manifest["files"]:
            file["url"].index(_PARTITION)
    except (duckdb.Error, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"manifest.json of {address.rsplit('/', 1)[-1]}: cannot be read "
                         f"({openalex_works.reason_of(error)}); expected {{\"date\": …, \"files\": "
                         "[{\"url\": \"…/updated_date=YYYY-MM-DD/part_NNNN.gz\", \"meta\": "
                         "{\"record_count\": …}}]}") from error
    return manifest


def _name(address: str) -> str:
    return address[address.rindex(_PARTITION):]


def entity(connection: duckdb.DuckDBPyConnection, address: str, ending: str) -> Entity | None:
    """List the files of one entity, in order of date: those there, and those that should be.

    Files that the manifest does not list (left over from an older snapshot) are read too, because
    the newest copy of a work wins; they are named in `unlisted`.
    """
    manifest = _manifest(connection, address)
    files = {_name(file): file for file in _glob(connection, f"{address}/{_PARTITION}*/*{ending}")}
    listed = {_name(file["url"]): file.get("meta") or {} for file in (manifest or {}).get("files", ())
              if file["url"].endswith(ending)}
    if not files and not listed:
        return None
    parts = []
    for name in sorted(set(files) | set(listed)):
        path = files.get(name)
        meta = listed.get(name, {})
        size = meta.get("content_length") if path is None or _is_remote(path) else Path(path).stat().st_size
        parts.append(Part(name, path or f"{address}/{name}", path is not None, size,
                          meta.get("record_count")))
    unlisted = tuple(sorted(set(files) - set(listed))) if manifest is not None else ()
    return Entity(address, tuple(parts), (manifest or {}).get("date"), unlisted)


def locate(connection: duckdb.DuckDBPyConnection, base: str, form: str | None) -> tuple[str, str, Entity]:
    """Find the works below `base`; return the address above the entities, the format, the works.

    Raises InputError where there are none.
    """
    if form is not None and form not in ENDINGS:
        raise InputError(f"form={form!r} is not possible; choose one of: {', '.join(ENDINGS)}")
    for layout in _LAYOUTS:
        for name in ([form] if form else ENDINGS):
            above = f"{base.rstrip('/')}/{layout.format(name)}"
            works = entity(connection, f"{above}works", ENDINGS[name])
            if works:
                return above, name, works
    raise InputError(f"{Path(base).name}: no OpenAlex snapshot there; expected "
                     "data/jsonl/works/updated_date=YYYY-MM-DD/part_NNNN.gz, or data/parquet/works/…")


def _state_folder(folder: Path, selection: Selection, above: str, date: str | None) -> Path:
    """Return the folder of converted parts of this selection of this snapshot, describing it."""
    asked = {"selection": asdict(selection), "snapshot": above, "date": date, "files": sorted(PART_RECORDS)}
    text = json.dumps(asked, sort_keys=True, indent=1)
    place = folder.with_name(f".{folder.name}-parts") / hashlib.sha256(text.encode()).hexdigest()[:12]
    place.mkdir(parents=True, exist_ok=True)
    (place / "state.json").write_text(text + "\n", encoding="utf-8")
    return place


def _convert(connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], place: Path,
             selection: Selection, jobs: int) -> dict[str, str]:
    """Convert the parts that are not yet converted; return the reason by name of those that fail."""
    unreadable = {part.name: "listed in manifest.json, but not there" for part in parts
                  if not part.is_there and openalex_works.counts_of(place / part.key) is None}
    waiting = [part for part in parts if part.name not in unreadable
               and openalex_works.counts_of(place / part.key) is None]

    def one(part: Part) -> str | None:
        try:
            openalex_works.convert_part(connection, [part.address], place / part.key, selection)
        except InputError as error:
            return str(error)
        return None

    # Parts at once use the processors better than threads at one part, and get in each other's way with them.
    connection.execute(f"SET threads = {max(1, jobs // max(1, len(waiting)))}")
    with ThreadPoolExecutor(jobs) as pool, tqdm(total=len(waiting), unit="part", desc="converting",
                                                disable=None) as bar:
        for part, reason in zip(waiting, pool.map(one, waiting), strict=True):
            bar.update()
            if reason:
                unreadable[part.name] = reason
    connection.execute(f"SET threads = {jobs}")
    pa.default_memory_pool().release_unused()  # Arrow keeps what it has read into, and nothing more is read
    return unreadable


def _differences(parts: Iterable[Part], place: Path) -> dict[str, str]:
    """Return, by part, where the manifest's record_count is not the number of records read."""
    told = {}
    for part in parts:
        counts = openalex_works.counts_of(place / part.key)
        if counts and part.record_count is not None and counts["rows_read"] != part.record_count:
            told[part.name] = f"{counts['rows_read']} read, manifest {part.record_count}"
    return told


def _check(unreadable: dict[str, str], differences: dict[str, str], n_parts: int, allow: bool) -> None:
    """Tell of parts that differ; raise InputError where parts are missing that must not be."""
    for name, difference in differences.items():
        print(f"{name}: record count differs ({difference})")
    if not unreadable:
        return
    named = "; ".join(f"{name} ({reason})" for name, reason in sorted(unreadable.items()))
    if not allow or len(unreadable) == n_parts:
        raise InputError(f"{len(unreadable)} of {n_parts} parts cannot be read: {named}. The others "
                         "are converted and kept: mend these and run the same command again, or "
                         "allow them to be left out (-o allow_unreadable=true)")
    print(f"left out: {named}")


def collect(raw: Path, folder: Path, *, snapshot: str | None = None,
            form: str | None = None, subfields: Sequence[str] = ("1702",),
            years: Sequence[int] | None = None, types: Sequence[str] | None = TYPES,
            include_xpac: bool = False, allow_unreadable: bool = False, jobs: int = 2,
            memory_limit: str = openalex_works.MEMORY_LIMIT) -> dict:
    """Turn a snapshot into the records in `folder`; return what the manifest of tables says of it.

    Parameters
    ----------
    raw, snapshot : folder or address (`s3://openalex`) that holds `data/jsonl/…` or
        `data/parquet/…`; `snapshot` where given, else `raw`.
    form : `jsonl` or `parquet`; by default Parquet where it is there.
    allow_unreadable : leave out parts that cannot be read, and say so, instead of raising.

    Raises InputError where there is no snapshot, or, when all other parts are converted, naming
    the parts that cannot be read.
    """
    selection = Selection.of(subfields, years, types, include_xpac)
    base = str(snapshot or raw)
    scratch = folder.with_name(f".{folder.name}-spill")
    connection = openalex_works.connect(memory_limit, jobs, scratch)
    try:
        prepare(connection, base)
        above, form, works = locate(connection, base, form)
        place = _state_folder(folder, selection, above, works.date)
        unreadable = _convert(connection, works.parts, place, selection, jobs)
        differences = _differences(works.parts, place)
        _check(unreadable, differences, len(works.parts), allow_unreadable)
        institutions = entity(connection, f"{above}institutions", ENDINGS[form])
        files = [part.address for part in institutions.parts if part.is_there] if institutions else []
        read = [part for part in works.parts if part.name not in unreadable]
        counts = openalex_works.assemble(connection, [place / part.key for part in read], folder, files)
    finally:
        connection.close()
    date = works.date or max(part.name for part in read)[len(_PARTITION):].split("/")[0]
    return _about(selection, form, date, counts, len(read)) | {
        "is_sample": bool(unreadable), "parts_unreadable": sorted(unreadable),
        "parts_not_in_manifest": list(works.unlisted), "record_count_differences": differences}


def _about(selection: Selection, form: str, date: str, counts: dict[str, int], n_parts: int) -> dict:
    """Return the part of the manifest that names the source."""
    return {
        "source": "openalex_snapshot", "name": "openalex_snapshot",
        "title": f"works of OpenAlex's snapshot of {date} with primary topic in subfield "
                 f"{', '.join(selection.subfields)}",
        "upstream": "OpenAlex snapshot, s3://openalex/data (CC0)",
        "date": date, "format": form, "parts_read": n_parts,
        "rows_read": counts["rows_read"], "outside": counts["outside"],
        "institutions_read": counts["institutions_read"],
        "institutions_rejected": counts["institutions_rejected"],
        "records": {kind: counts[kind] for kind in openalex_works.KINDS},
        "asked": asdict(selection), "cannot_decide": {},
    }
