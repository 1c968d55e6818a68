"""What the notebooks that read the results of all others work with."""

from dataclasses import dataclass

from compendium.claims import Result, read_all
from compendium.figures import style
from compendium.notebook.page import Page
from compendium.project import paths


@dataclass(frozen=True)
class Overview(Page):
    """The results of one run, by claim id."""

    results: dict[str, Result]


def read_run() -> Overview:
    """Return the results found so far: of this run, else those that are committed."""
    style.use_style()
    found = read_all(paths.run_dir() / "results") or read_all(paths.RESULTS / "default")
    return Overview(paths.run_dir(), "the results of this run", found)
