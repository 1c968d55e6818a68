"""Every folder and file of a project, as one value; nothing else builds a path.

A project can stand elsewhere than this package's own: a test makes one, and a user keeps licensed tables
outside of the repository.
"""

import os
from dataclasses import dataclass
from pathlib import Path

#: The environment variable by which a run tells its notebooks where to write.
RUN_DIR = "COMPENDIUM_RUN_DIR"
#: The one by which a run tells its notebooks where they can leave what others of them need, too.
SHARED_DIR = "COMPENDIUM_SHARED_DIR"
#: The environment variables that name a folder of raw files, and one of further tables.
RAW, TABLES = "COMPENDIUM_RAW", "COMPENDIUM_TABLES"


@dataclass(frozen=True)
class Folders:
    """The folders and files of the project that stands in `root`."""

    root: Path

    @property
    def notebooks(self) -> Path:
        """The notebooks."""
        return self.root / "notebooks"

    @property
    def data(self) -> Path:
        """What is read: the register, tables, reference data; and the committed results."""
        return self.root / "data"

    @property
    def register(self) -> Path:
        """The register of claims."""
        return self.data / "claims.yml"

    @property
    def runs(self) -> Path:
        """The named runs."""
        return self.data / "runs.yml"

    @property
    def reference(self) -> Path:
        """What was gathered by hand: countries, venues, official tables, documents."""
        return self.data / "reference"

    @property
    def tables(self) -> Path:
        """The tables of the sources, a folder each."""
        return self.data / "tables"

    @property
    def records(self) -> Path:
        """The records of the sources, a folder each; never committed."""
        return self.data / "records"

    @property
    def results(self) -> Path:
        """The committed results, a folder a run."""
        return self.data / "results"

    @property
    def figures(self) -> Path:
        """The committed figures."""
        return self.root / "figures"

    @property
    def build(self) -> Path:
        """What runs leave, a folder each; never committed."""
        return self.root / "build"

    @property
    def by_hand(self) -> Path:
        """What a notebook writes that is opened by hand: no run, and nothing committed, is touched by it."""
        return self.build / "interactive"

    @property
    def raw(self) -> Path:
        """The folder of raw files: the one that the environment names, else `data/raw`."""
        return Path(os.environ.get(RAW) or self.data / "raw").resolve()

    @property
    def all_tables(self) -> tuple[Path, ...]:
        """The folders of sources' tables: the one that the environment names, if any, then `tables`.

        Tables under licence, or of a private collection, can so stand outside of the repository.
        """
        named = os.environ.get(TABLES)
        return (Path(named).resolve(), self.tables) if named else (self.tables,)

    def shown(self, path: Path) -> str:
        """Return `path` as a reader should see it: relative to the root, without the machine."""
        path = path.resolve()
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name


def run_dir() -> Path | None:
    """Return the folder of the run that executes this notebook; None where it is executed by hand."""
    named = os.environ.get(RUN_DIR)
    return Path(named).resolve() if named else None


def shared_dir() -> Path | None:
    """Return the folder that the notebooks of a run share, and that ends with it; None for one executed by hand."""
    named = os.environ.get(SHARED_DIR)
    return Path(named).resolve() if named else None


#: The project that this package belongs to.
PROJECT = Folders(Path(__file__).resolve().parents[2])
