"""The folders that a run reads and writes, as one value, so that they can stand elsewhere."""

from dataclasses import dataclass, fields
from pathlib import Path

from compendium.project import paths


@dataclass(frozen=True)
class Folders:
    """The folders and files of a project; this project's own unless told otherwise."""

    root: Path = paths.ROOT
    notebooks: Path = paths.NOTEBOOKS
    runs: Path = paths.RUNS
    register: Path = paths.CLAIMS
    tables: Path = paths.TABLES
    results: Path = paths.RESULTS
    figures: Path = paths.FIGURES
    build: Path = paths.BUILD

    @classmethod
    def under(cls, root: Path) -> "Folders":
        """Return the same folders beneath another `root`."""
        root = root.resolve()
        own = cls()
        return cls(**{field.name: root / getattr(own, field.name).relative_to(own.root) for field in fields(cls)})

    def shown(self, path: Path) -> str:
        """Return `path` as a reader should see it: relative to the root, without the machine."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name


#: The project that this package belongs to.
PROJECT = Folders()
