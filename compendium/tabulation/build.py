"""Raw files → records → tables, for one source; what stood there before stays until all is done.

What a source offers, in its module `compendium.sources.<name>`:

- `collect(raw, folder, *, …)`: write records (Parquet, `compendium.tables.records`) into `folder`, and return
  what the manifest says of the source: name, title, is_sample, upstream, date, rows_read, ….
  Its keyword-only parameters are what `-o KEY=VALUE` can set.
- `RESUMES = True`, where `collect` goes on from what an interrupted one left in `folder`; the
  records of any other source are removed first.
- `estimate(raw, *, …)`: what collecting would cost, as text or as a mapping, for `--dry-run`.
- `quick_tables(raw, *, …)`: tables without records, as `(frames by table, manifest)`, for `--quick`;
  `quick_estimate(raw)`: what that would cost.
- `refuse_tracked(place)`: raise InputError where the tables may not be written to `place`.
"""

import shutil
from pathlib import Path

from compendium import tables
from compendium.project import paths
from compendium.sources.registry import needing_extras, offered, source_module
from compendium.tables import records
from compendium.tabulation import engines
from compendium.tabulation.count import tables_of


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


def collect_records(source: str, raw: Path, **options) -> tuple[Path, dict]:
    """Collect the records of a source; return their folder and what the manifest says of them."""
    module, folder = source_module(source), paths.RECORDS / source
    if not getattr(module, "RESUMES", False):
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with needing_extras():
        about = module.collect(raw, folder, **options)
    return folder, about | {"records": records.count(folder)}


def build_tables(
    source: str = "proceedings",
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
    options : what the source's `collect` (or `quick_tables`) takes.

    Raises InputError for an unknown source, engine or master, RawFileError for raw files that
    cannot be used.
    """
    module = source_module(source)
    engines.check(engine, memory, master)
    place = (out or paths.TABLES) / source
    if refuse := getattr(module, "refuse_tracked", None):
        refuse(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    recover(place)
    raw = raw or paths.raw_dir()
    if quick:
        frames, about = offered(source, "quick_tables", "--quick")(raw, **options)
    else:
        folder, about = collect_records(source, raw, **options)
        frames = tables_of(folder, engine, memory, master)
    new = place.with_name(f".{place.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    tables.write(frames, about, new)
    tables.load(new.name, new.parent)  # what cannot be loaded does not replace what could
    replace_folder(new, place)
    return place
