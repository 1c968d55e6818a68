"""Compare a fresh execution of the default run with what is committed, and refresh what is.

Committed are the notebooks with their outputs, `data/results/default/` and `figures/`.
"""

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from compendium.claims import Register, Result, load_register, read_all
from compendium.execution.run import JOBS, RunReport, run
from compendium.project.folders import PROJECT, Folders
from compendium.report.overview import Row, coloured, rows

RUN = "default"
FIGURE_PATTERNS = ("*.png", "*.svg")
RESULT_PATTERNS = ("*.json",)
NOTEBOOK_PATTERNS = ("[0-9][0-9]-*.ipynb",)


@dataclass(frozen=True)
class Mirror:
    """A folder of a run, the committed folder that mirrors it, and the files that are meant."""

    fresh: Path
    committed: Path
    patterns: tuple[str, ...]

    def files(self, folder: Path) -> dict[str, Path]:
        """Return the files of `folder` that are meant, by name."""
        return {path.name: path for pattern in self.patterns for path in sorted(folder.glob(pattern))}


def _mirrors(run_dir: Path, folders: Folders) -> tuple[Mirror, Mirror, Mirror]:
    """Return the mirrors of results, figures and notebooks."""
    return (
        Mirror(run_dir / "results", folders.results / RUN, RESULT_PATTERNS),
        Mirror(run_dir / "figures", folders.figures, FIGURE_PATTERNS),
        Mirror(run_dir / "notebooks", folders.notebooks, NOTEBOOK_PATTERNS),
    )


def check(jobs: int = JOBS, *, folders: Folders = PROJECT, console: Console | None = None) -> bool:
    """Execute the default run afresh, compare it with what is committed, print what differs.

    Returns whether all is the same: results and figures byte for byte, the outputs of each
    notebook cell by cell, and no notebook failed. What is committed is not touched.
    """
    console = console or Console()
    folders.build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="check-", dir=folders.build) as temporary:
        report = run(RUN, jobs=jobs, folders=folders, into=Path(temporary))
        differences = [f"{one.notebook} failed: {one.failure}" for one in report.failures]
        differences += compare(report.folder, folders)
        fresh = read_all(report.folder / "results")
    committed = read_all(folders.results / RUN)
    console.print(_comparison(load_register(folders.register), committed, fresh))
    for difference in differences:
        console.print(f"DIFFERENT  {difference}", markup=False, highlight=False, soft_wrap=True)
    if not differences:
        console.print("The same: every result, every figure and every output of the notebooks.")
    return not differences


def compare(run_dir: Path, folders: Folders) -> list[str]:
    """Return a line for each difference between the run in `run_dir` and what is committed."""
    results, figures, notebooks = _mirrors(run_dir, folders)
    return [
        *_compare_bytes(results, folders),
        *_compare_bytes(figures, folders),
        *_compare_notebooks(notebooks, folders),
    ]


def _compare_bytes(mirror: Mirror, folders: Folders) -> Iterable[str]:
    fresh, committed = mirror.files(mirror.fresh), mirror.files(mirror.committed)
    for name in sorted(fresh.keys() | committed.keys()):
        place = folders.shown(mirror.committed / name)
        if name not in committed:
            yield f"{place} is missing: the run makes it"
        elif name not in fresh:
            yield f"{place} is left over: the run does not make it"
        elif fresh[name].read_bytes() != committed[name].read_bytes():
            yield f"{place} is not what the run makes"


def _compare_notebooks(mirror: Mirror, folders: Folders) -> Iterable[str]:
    import nbformat

    committed = mirror.files(mirror.committed)
    for name, path in mirror.files(mirror.fresh).items():
        cells = (nbformat.read(one, as_version=4).cells for one in (committed[name], path))
        different = [
            position
            for position, (old, new) in enumerate(zip(*cells, strict=True), start=1)
            if _shown(old) != _shown(new)
        ]
        if different:
            yield (f"{folders.shown(mirror.committed / name)} has stale outputs: cell {', '.join(map(str, different))}")


def _shown(cell: Mapping) -> tuple:
    """Return what a cell shows of its execution."""
    return cell.get("execution_count"), cell.get("outputs")


def _comparison(register: Register, committed: Mapping[str, Result], fresh: Mapping[str, Result]) -> Table:
    """Return claim × committed × now × whether the two are the same, for a terminal."""
    table = Table("claim", "committed", "now", "", title="Committed and now", title_justify="left", title_style="bold")
    for old, new in zip(rows(register, committed), rows(register, fresh), strict=True):
        same = "[green]same[/]" if old.result == new.result else "[bold red]DIFFERENT[/]"
        table.add_row(old.claim.id, _cell(old), _cell(new), same)
    return table


def _cell(row: Row) -> str:
    return f"{row.estimate}  {coloured(row.verdict)}"


def refresh(jobs: int = JOBS, *, folders: Folders = PROJECT, console: Console | None = None) -> RunReport:
    """Execute the default run and, if all its notebooks succeeded, commit-ready copy what it made.

    Notebooks with outputs, results and figures are replaced together; a result or a figure that
    the run no longer makes is removed. After a failure nothing is touched.
    """
    report = run(RUN, jobs=jobs, folders=folders, console=console)
    if not report.failures:
        _replace(_mirrors(report.folder, folders))
    return report


def _replace(mirrors: Sequence[Mirror]) -> None:
    """Write every file beside its place first, so that only renames are left once all is copied."""
    staged: list[tuple[Path, Path]] = []
    for mirror in mirrors:
        mirror.committed.mkdir(parents=True, exist_ok=True)
        for name, path in mirror.files(mirror.fresh).items():
            beside = mirror.committed / f"{name}.partial"
            shutil.copyfile(path, beside)
            staged.append((beside, mirror.committed / name))
    for beside, place in staged:
        beside.replace(place)
    for mirror in mirrors:
        made = mirror.files(mirror.fresh)
        for name, path in mirror.files(mirror.committed).items():
            if name not in made:
                path.unlink()
