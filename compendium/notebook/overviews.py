"""What the notebooks that read the results of all others work with."""

from dataclasses import dataclass
from pathlib import Path

from compendium.claims import Result
from compendium.figures import style
from compendium.notebook import runs
from compendium.notebook.page import Page


@dataclass(frozen=True)
class Overview(Page):
    """The results of one run, by claim id, and which run that is."""

    results: dict[str, Result]
    described: str
    source: str
    year: int

    @property
    def folder(self) -> Path:
        """The folder for the figures."""
        return runs.folder({"source": self.source, "year": self.year})


def read_run(source: str, year: int) -> Overview:
    """Return the results of exactly one run: see `runs.shown` for which."""
    style.use_style()
    shown = runs.shown(source, year)
    return Overview("the results of this run", shown.results, shown.described, source, year)
