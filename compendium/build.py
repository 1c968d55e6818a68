"""Raw files → records → tables, for one source; what stood there before stays until all is done."""

import shutil
from importlib import import_module
from pathlib import Path

import ibis
import pandas as pd

from compendium import paths, records, tables, tabulate

#: Sources whose records can be collected from raw files.
SOURCES = ("proceedings",)
MEMORY_LIMIT = "1GB"
THREADS = 2


def tables_of(folder: Path) -> dict[str, pd.DataFrame]:
    """Count the records in `folder` (Parquet) down to tables."""
    connection = ibis.duckdb.connect(memory_limit=MEMORY_LIMIT, threads=THREADS)
    read = {kind: connection.read_parquet(folder / f"{kind}.parquet", table_name=kind)
            for kind in records.SCHEMAS}
    credit = tabulate.credits(read).cache()
    keys = tabulate.work_compositions(credit).cache()
    numbered = tabulate.compositions(keys).cache()
    institutions = tabulate.institutions(read, credit).execute()
    number = dict(zip(institutions["institution_id"], institutions["number"], strict=True))
    output = tabulate.institution_output(credit).execute()
    last = int(read["works"].year.max().execute())
    years = list(range(tabulate.FIRST_WINDOW_END, last + 1))
    return {
        "compositions": tabulate.exploded(numbered).execute(),
        "papers": tabulate.papers(read, keys, numbered).execute().astype({"citations": "Int64"}),
        "citations_received": tabulate.citations_received(read, keys, numbered).execute(),
        "researchers": tabulate.researchers(credit, years).execute(),
        "institutions": institutions.assign(
            slug=institutions["institution_id"], institution_id=institutions["number"],
            country=institutions["country"].fillna("ZZ")),
        "institution_output": output.assign(institution_id=output["institution_id"].map(number)),
        "coverage": tabulate.coverage(read).execute(),
    }


def replace_folder(new: Path, place: Path) -> None:
    """Put the folder `new` in the place of `place`; whoever is killed between loses nothing."""
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def recover(place: Path) -> None:
    """Bring back the tables of a build that was killed between its two renames."""
    old = place.with_name(f".{place.name}.old")
    if old.exists() and not place.exists():
        old.rename(place)


def build_tables(source: str = "proceedings", raw: Path | None = None, out: Path | None = None,
                 all_files: bool = False, jobs: int = 2, **options) -> Path:
    """Build the tables of `source` and return their folder.

    Parameters
    ----------
    raw : folder of raw files; `COMPENDIUM_RAW` or `data/raw` by default.
    out : folder of the sources' tables; `data/tables` by default.
    all_files : take every file of the upstream commit, not only the pinned ones.

    Raises ValueError for an unknown source, RawFileError for raw files that cannot be used.
    """
    if source not in SOURCES:
        raise ValueError(f"source={source!r} cannot be built; choose one of: {', '.join(SOURCES)}")
    place = (out or paths.TABLES) / source
    place.parent.mkdir(parents=True, exist_ok=True)
    recover(place)
    collect = import_module(f"compendium.sources.{source}").collect
    collected, about = collect(raw or paths.raw_dir(), all_files=all_files, jobs=jobs, **options)
    folder = paths.RECORDS / source
    shutil.rmtree(folder, ignore_errors=True)
    about["records"] = records.write(folder, collected)
    del collected  # from here on DuckDB has the memory
    new = place.with_name(f".{place.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    tables.write(tables_of(folder), about, new)
    tables.load(new.name, new.parent)  # what cannot be loaded does not replace what could
    replace_folder(new, place)
    return place
