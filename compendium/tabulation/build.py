"""Raw files → records → tables, for one source; what stood there before stays until all is done."""

import shutil
from pathlib import Path

from compendium import tables
from compendium.project.extras import needing_extras
from compendium.project.files import replaced
from compendium.project.folders import PROJECT
from compendium.sources.options import accepted, quick_of
from compendium.sources.source import About, Source
from compendium.tables import records
from compendium.tabulation import engines
from compendium.tabulation.count import tables_of


def collect_records(source: Source, raw: Path, **options) -> tuple[Path, About]:
    """Collect the records of a source; return their folder and what the manifest says of them."""
    folder = PROJECT.records / source.name
    if not source.resumes:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with needing_extras():
        about = source.collect(raw, folder, **options)
    return folder, about | {"records": records.count(folder)}


def identity(source: Source, raw: Path, *, quick: bool = False, **options) -> About:
    """Return what every manifest says alike: the source's name, and what it offers with these options."""
    offer = quick_of(source).offer if quick else source.offer
    return {"name": source.name, "offer": offer(raw, **accepted(offer, options)).model_dump(mode="json")}


def build_tables(
    source: Source,
    raw: Path | None = None,
    out: Path | None = None,
    *,
    quick: bool = False,
    engine: str = "duckdb",
    memory: str = engines.MEMORY,
    master: str | None = None,
    **options,
) -> Path:
    """Build the tables of `source` and return their folder.

    Parameters
    ----------
    raw : folder of raw files; `COMPENDIUM_RAW` or `data/raw` by default.
    out : folder of the sources' tables; `data/tables` by default.
    quick : take the tables that the source has without records.
    engine, memory, master : see `engines.connect`.
    options : what the source's `collect` (or its quick variant's `tables`) takes.

    Raises InputError for an unknown engine or master, and for raw files that cannot be used.
    """
    engines.check(engine, memory, master)
    place = (out or PROJECT.tables) / source.name
    source.check_place(place)
    raw = raw or PROJECT.raw
    if quick:
        frames, about = quick_of(source).tables(raw, **options)
    else:
        folder, about = collect_records(source, raw, **options)
        frames = tables_of(folder, engine, memory, master)
    with replaced(place) as new:
        tables.write(frames, about | identity(source, raw, quick=quick, **options), new)
        tables.load(new.name, new.parent)  # what cannot be loaded does not replace what could
    return place
