"""Every path of the compendium; nothing else builds one."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
DATA = ROOT / "data"
CLAIMS = DATA / "claims.yml"
RUNS = DATA / "runs.yml"
REFERENCE = DATA / "reference"
TABLES = DATA / "tables"
RECORDS = DATA / "records"
RESULTS = DATA / "results"
FIGURES = ROOT / "figures"
BUILD = ROOT / "build"
#: What a notebook writes that is opened by hand: no run, and nothing that is committed, is touched by it.
BY_HAND = BUILD / "interactive"

#: The environment variable by which a run tells its notebooks where to write.
RUN_DIR_VARIABLE = "COMPENDIUM_RUN_DIR"


def raw_dir() -> Path:
    """Return the folder of raw files: `COMPENDIUM_RAW`, or `data/raw` where it is unset."""
    return Path(os.environ.get("COMPENDIUM_RAW") or DATA / "raw").resolve()


def tables_dirs() -> tuple[Path, ...]:
    """Return the folders of sources' tables: that which `COMPENDIUM_TABLES` names, if any, then `data/tables`.

    Tables under licence, or of a private collection, can so stand outside of the repository.
    """
    named = os.environ.get("COMPENDIUM_TABLES")
    return (Path(named).resolve(), TABLES) if named else (TABLES,)


def run_dir() -> Path | None:
    """Return the folder of the run that executes this notebook; None where it is executed by hand."""
    named = os.environ.get(RUN_DIR_VARIABLE)
    return Path(named).resolve() if named else None


def shown(path: Path) -> str:
    """Return `path` as a reader should see it: relative to the project, with no machine in it."""
    try:
        return path.resolve().relative_to(ROOT).as_posix()
    except ValueError:
        return path.name
