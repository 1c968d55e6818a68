"""Source `openalex_snapshot`: all of OpenAlex, as files in a folder or a bucket → records.

The layout is that of 2026: `data/{jsonl|parquet}/works/updated_date=YYYY-MM-DD/part_NNNN.{gz|parquet}`
with a `manifest.json` that is written last, beside the partitions. Parts are converted one by one
and kept beside the records, so that a collection that was interrupted goes on where it stopped.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from tqdm import tqdm

from compendium.project.errors import InputError
from compendium.project.files import write_text
from compendium.sources.openalex import convert
from compendium.sources.openalex.sql import PART_RECORDS, TYPES, Selection
from compendium.sources.openalex.storage import Storage, at, first_line
from compendium.sources.source import DETAILS, About, Offer

#: File endings by format; Parquet first, because it is read faster where both are there.
ENDINGS = {"parquet": ".parquet", "jsonl": ".gz"}
#: So many parts of a bucket in a row that fail mean that the network or the server does.
MOST_IN_A_ROW = 5
#: Parts that a message names.
MOST_NAMED = 20
_LAYOUTS = ("data/{0}/", "{0}/", "openalex-snapshot/data/{0}/", "")
_PARTITION = "updated_date="
_PART = re.compile(r"/updated_date=[^/]+/[^/]+$")


@dataclass(frozen=True)
class Part:
    """One file of the snapshot: its name below the entity, its path, and what the manifest says."""

    name: str
    path: str
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

    parts: tuple[Part, ...]
    date: str | None
    unlisted: tuple[str, ...]


def _read_manifest(content: bytes, kind: str) -> dict:
    """Return a manifest; InputError where it is none."""
    try:
        manifest = json.loads(content)
        if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), list):
            raise ValueError("no list `files`")
        for file in manifest["files"]:
            file["url"].index(_PARTITION)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"manifest.json of {kind}: cannot be read "
            f'({first_line(error)}); expected {{"date": …, "files": '
            '[{"url": "…/updated_date=YYYY-MM-DD/part_NNNN.gz", "meta": '
            '{"record_count": …}}]}'
        ) from error
    return manifest


def _name(address: str) -> str:
    return address[address.rindex(_PARTITION) :]


def entity(storage: Storage, folder: str, ending: str) -> Entity | None:
    """List the files of one entity, in order of date: those there, and those that should be.

    Files that the manifest does not list (left over from an older snapshot) are read too, because
    the newest copy of a work wins; they are named in `unlisted`.
    """
    sizes = storage.sizes(folder)
    files = {_name(path): path for path in sizes if _PART.search(path) and path.endswith(ending)}
    told = [path for path in sizes if path.endswith(f"{folder}/manifest.json")]
    manifest = _read_manifest(storage.read(told[0]), folder.rsplit("/", 1)[-1]) if told else {}
    listed = {
        _name(file["url"]): file.get("meta") or {} for file in manifest.get("files", ()) if file["url"].endswith(ending)
    }
    if not files and not listed:
        return None
    parts = [
        _part(name, folder, files.get(name), sizes, listed.get(name, {})) for name in sorted(set(files) | set(listed))
    ]
    return Entity(tuple(parts), manifest.get("date"), tuple(sorted(set(files) - set(listed))) if told else ())


def _part(name: str, folder: str, path: str | None, sizes: Mapping[str, int], meta: Mapping[str, int]) -> Part:
    """Return a part that is there, at `path`, or that only the manifest tells of (`path` None)."""
    if path is None:
        return Part(name, f"{folder}/{name}", False, meta.get("content_length"), meta.get("record_count"))
    return Part(name, path, True, sizes[path], meta.get("record_count"))


def locate(storage: Storage, form: str | None) -> tuple[str, str, Entity]:
    """Find the works of a snapshot; return the folder above the entities, the format, the works.

    Raises InputError where there are none.
    """
    if form is not None and form not in ENDINGS:
        raise InputError(f"form={form!r} is not possible; choose one of: {', '.join(ENDINGS)}")
    for layout in _LAYOUTS:
        for name in [form] if form else ENDINGS:
            above = layout.format(name)
            works = entity(storage, f"{above}works", ENDINGS[name])
            if works:
                return above, name, works
    raise InputError(
        f"{Path(storage.base).name}: no OpenAlex snapshot there; expected "
        "data/jsonl/works/updated_date=YYYY-MM-DD/part_NNNN.gz, or data/parquet/works/…"
    )


def _state_folder(folder: Path, selection: Selection, snapshot: str, date: str | None) -> Path:
    """Return the folder of converted parts of this selection of this snapshot, describing it."""
    asked = {"selection": asdict(selection), "snapshot": snapshot, "date": date, "files": sorted(PART_RECORDS)}
    text = json.dumps(asked, sort_keys=True, indent=1)
    place = folder.with_name(f".{folder.name}-parts") / hashlib.sha256(text.encode()).hexdigest()[:12]
    write_text(place / "state.json", text + "\n")
    return place


def _convert_part(
    connection: duckdb.DuckDBPyConnection, storage: Storage, part: Part, place: Path, selection: Selection
) -> str | None:
    """Convert one part; return the reason where it fails.

    Of a Parquet file in a bucket only the columns that are needed are read; a file of JSON lines is
    fetched, and goes when it is converted.
    """
    folder = place / part.key
    fetched = folder.with_name(f".{part.key}.fetched")
    try:
        if not storage.is_remote:
            convert.convert_part(connection, [part.path], folder, selection)
        elif part.path.endswith(ENDINGS["parquet"]):
            convert.convert_part(connection, [part.path], folder, selection, storage.system)
        else:
            convert.convert_part(connection, [storage.fetch(part.path, fetched)], folder, selection)
    except InputError as error:
        return str(error)
    except (OSError, pa.ArrowException) as error:
        return f"{Path(part.path).name}: cannot be fetched ({first_line(error)})"
    finally:
        shutil.rmtree(fetched, ignore_errors=True)
    return None


def _convert(
    connection: duckdb.DuckDBPyConnection,
    storage: Storage,
    parts: Sequence[Part],
    place: Path,
    selection: Selection,
    jobs: int,
) -> dict[str, str]:
    """Convert the parts that are not yet converted; return the reason by name of those that fail."""
    unreadable = {
        part.name: "listed in manifest.json, but not there"
        for part in parts
        if not part.is_there and convert.counts_of(place / part.key) is None
    }
    waiting = [part for part in parts if part.name not in unreadable and convert.counts_of(place / part.key) is None]

    def one(part: Part) -> str | None:
        return _convert_part(connection, storage, part, place, selection)

    # Parts at once use the processors better than threads at one part, and get in each other's way with them.
    connection.execute(f"SET threads = {max(1, jobs // max(1, len(waiting)))}")
    with (
        ThreadPoolExecutor(jobs) as pool,
        tqdm(total=len(waiting), unit="part", desc="converting", disable=None) as bar,
    ):
        in_a_row = 0
        for part, reason in zip(waiting, pool.map(one, waiting), strict=True):
            bar.update()
            in_a_row = in_a_row + 1 if reason else 0
            if reason:
                unreadable[part.name] = reason
            if storage.is_remote and in_a_row == MOST_IN_A_ROW:
                pool.shutdown(wait=False, cancel_futures=True)
                raise InputError(
                    f"{in_a_row} parts in a row could not be read, the last one {part.name} ({reason}). "
                    "The others are converted and kept: run the same command again to go on"
                )
    connection.execute(f"SET threads = {jobs}")
    pa.default_memory_pool().release_unused()  # Arrow keeps what it has read into, and nothing more is read
    return unreadable


def _differences(parts: Iterable[Part], place: Path) -> dict[str, str]:
    """Return, by part, where the manifest's record_count is not the number of records read."""
    told = {}
    for part in parts:
        counts = convert.counts_of(place / part.key)
        if counts and part.record_count is not None and counts["rows_read"] != part.record_count:
            told[part.name] = f"{counts['rows_read']} read, manifest {part.record_count}"
    return told


def _check(unreadable: dict[str, str], differences: dict[str, str], n_parts: int, allow: bool) -> None:
    """Tell of parts that differ; raise InputError where parts are missing that must not be."""
    for name, difference in differences.items():
        print(f"{name}: record count differs ({difference})")
    if not unreadable:
        return
    named = "; ".join(f"{name} ({reason})" for name, reason in sorted(unreadable.items())[:MOST_NAMED])
    named += f"; and {len(unreadable) - MOST_NAMED} more" if len(unreadable) > MOST_NAMED else ""
    if not allow or len(unreadable) == n_parts:
        raise InputError(
            f"{len(unreadable)} of {n_parts} parts cannot be read: {named}. The others "
            "are converted and kept: mend these and run the same command again, or "
            "allow them to be left out (-o allow_unreadable=true)"
        )
    print(f"left out: {named}")


@contextmanager
def _institution_files(storage: Storage, folder: str, ending: str, place: Path) -> Iterator[list[Path]]:
    """Yield the files of institutions, if there are any; those of a bucket are there for so long only."""
    institutions = entity(storage, folder, ending)
    paths = [part.path for part in institutions.parts if part.is_there] if institutions else []
    if not storage.is_remote:
        yield [Path(path) for path in paths]
        return
    fetched = place / ".institutions.fetched"
    try:
        try:
            here = [storage.fetch(path, fetched) for path in paths]
        except (OSError, pa.ArrowException) as error:
            raise InputError(
                f"institutions of {storage.address}: cannot be fetched ({first_line(error)}). "
                "All works are converted and kept: run the same command again to go on"
            ) from error
        yield here
    finally:
        shutil.rmtree(fetched, ignore_errors=True)


def offer(raw: Path, *, years: Sequence[int] | None = None, subfields: Sequence[str] = ("1702",)) -> Offer:
    """Say what a snapshot holds: works of every country, of some years or of all; `raw` is not looked at."""
    selection = Selection.of(subfields, years)
    return Offer(years=selection.years and frozenset(selection.years), knows=frozenset(DETAILS))


def collect(
    raw: Path,
    folder: Path,
    *,
    snapshot: str | None = None,
    endpoint: str | None = None,
    form: str | None = None,
    subfields: Sequence[str] = ("1702",),
    years: Sequence[int] | None = None,
    types: Sequence[str] | None = TYPES,
    include_xpac: bool = False,
    allow_unreadable: bool = False,
    jobs: int = 2,
    memory_limit: str = convert.MEMORY_LIMIT,
) -> About:
    """Turn a snapshot into the records in `folder`; return what the manifest of tables says of it.

    Parameters
    ----------
    raw, snapshot : folder or address (`s3://openalex`) that holds `data/jsonl/…` or
        `data/parquet/…`; `snapshot` where given, else `raw`.
    endpoint : address of the server of the bucket, where it is not Amazon's: that of a mirror.
    form : `jsonl` or `parquet`; by default Parquet where it is there.
    allow_unreadable : leave out parts that cannot be read, and say so, instead of raising.

    Raises InputError where there is no snapshot, or, when all other parts are converted, naming
    the parts that cannot be read.
    """
    selection = Selection.of(subfields, years, types, include_xpac)
    storage = at(str(snapshot or raw), endpoint)
    above, form, works = locate(storage, form)
    place = _state_folder(folder, selection, f"{storage.address.rstrip('/')}/{above}", works.date)
    scratch = folder.with_name(f".{folder.name}-spill")
    connection = convert.connect(memory_limit, jobs, scratch)
    try:
        unreadable = _convert(connection, storage, works.parts, place, selection, jobs)
        differences = _differences(works.parts, place)
        _check(unreadable, differences, len(works.parts), allow_unreadable)
        read = [part for part in works.parts if part.name not in unreadable]
        with _institution_files(storage, f"{above}institutions", ENDINGS[form], place) as files:
            counts = convert.assemble(connection, [place / part.key for part in read], folder, files)
    finally:
        connection.close()
    date = works.date or max(part.name for part in read)[len(_PARTITION) :].split("/")[0]
    return _about(selection, form, date, counts, len(read)) | {
        "is_sample": bool(unreadable),
        "parts_unreadable": sorted(unreadable),
        "parts_not_in_manifest": list(works.unlisted),
        "record_count_differences": differences,
    }


def _about(selection: Selection, form: str, date: str, counts: dict[str, int], n_parts: int) -> About:
    """Return the part of the manifest that names the source."""
    return {
        "title": f"works of OpenAlex's snapshot of {date} with primary topic in subfield "
        f"{', '.join(selection.subfields)}",
        "upstream": "OpenAlex snapshot, s3://openalex/data (CC0)",
        "date": date,
        "format": form,
        "parts_read": n_parts,
        "rows_read": counts["rows_read"],
        "rows_outside": counts["outside"],
        "institutions_read": counts["institutions_read"],
        "institutions_rejected": counts["institutions_rejected"],
        "records": {kind: counts[kind] for kind in convert.KINDS},
        "asked": asdict(selection),
    }
