"""Compare a fresh execution of the default run with what is committed, and refresh what is.

Committed are the notebooks with their outputs, `data/results/default/` and `figures/`.
"""

import difflib
import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from compendium.claims import Register, Result, load_register, read_all
from compendium.execution.run import JOBS, RunReport, run
from compendium.project.files import written
from compendium.project.folders import PROJECT, Folders
from compendium.report.overview import Row, coloured, rows

if TYPE_CHECKING:
    from nbformat import NotebookNode

RUN = "default"
FIGURE_PATTERNS = ("*.png", "*.svg")
RESULT_PATTERNS = ("*.json",)
NOTEBOOK_PATTERNS = ("[0-9][0-9]-*.ipynb",)


#: Lines of a difference that are shown: the first tell what has happened.
MOST_LINES = 40


@dataclass(frozen=True)
class Difference:
    """Where the run and what is committed differ, and what differs there: the lines of a diff."""

    where: str
    lines: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = self.lines[:MOST_LINES]
        more = len(self.lines) - len(shown)
        return "\n    ".join([self.where, *shown, *([f"… and {more} more lines"] if more else [])])


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
        differences = [Difference(f"{one.notebook} failed: {one.failure}") for one in report.failures]
        differences += compare(report.folder, folders)
        fresh = read_all(report.folder / "results")
    committed = read_all(folders.results / RUN)
    console.print(_comparison(load_register(folders.register), committed, fresh))
    for difference in differences:
        console.print(f"DIFFERENT  {difference}", markup=False, highlight=False, soft_wrap=True)
    if not differences:
        console.print("The same: every result, every figure and every output of the notebooks.")
    return not differences


def compare(run_dir: Path, folders: Folders) -> list[Difference]:
    """Return the differences between the run in `run_dir` and what is committed, one for each file."""
    results, figures, notebooks = _mirrors(run_dir, folders)
    return [
        *_compare_bytes(results, folders),
        *_compare_bytes(figures, folders),
        *_compare_notebooks(notebooks, folders),
    ]


def _compare_bytes(mirror: Mirror, folders: Folders) -> Iterable[Difference]:
    fresh, committed = mirror.files(mirror.fresh), mirror.files(mirror.committed)
    for name in sorted(fresh.keys() | committed.keys()):
        place = folders.shown(mirror.committed / name)
        if name not in committed:
            yield Difference(f"{place} is missing: the run makes it")
        elif name not in fresh:
            yield Difference(f"{place} is left over: the run does not make it")
        elif fresh[name].read_bytes() != committed[name].read_bytes():
            yield Difference(f"{place} is not what the run makes", _lines(committed[name], fresh[name]))


def _lines(committed: Path, fresh: Path) -> tuple[str, ...]:
    """Return what differs between two texts; of pictures only their sizes, where those differ."""
    old, new = committed.read_bytes(), fresh.read_bytes()
    try:
        texts = [content.decode("utf-8").splitlines() for content in (old, new)]
    except UnicodeDecodeError:
        return () if len(old) == len(new) else (f"{len(old):,} bytes are committed, {len(new):,} are made",)
    return tuple(difflib.unified_diff(*texts, "committed", "now", n=1, lineterm=""))


def _compare_notebooks(mirror: Mirror, folders: Folders) -> Iterable[Difference]:
    import nbformat

    committed = mirror.files(mirror.committed)
    for name, path in mirror.files(mirror.fresh).items():
        old, new = (nbformat.read(one, as_version=4) for one in (committed[name], path))
        different = [
            str(position)
            for position, cells in enumerate(zip(old.cells, new.cells, strict=True), start=1)
            if _shown(cells[0]) != _shown(cells[1])
        ]
        if different:
            where = f"{folders.shown(mirror.committed / name)} has stale outputs: cell {', '.join(different)}"
            yield Difference(where, _notebook_lines(old, new))


def _notebook_lines(committed: "NotebookNode", fresh: "NotebookNode") -> tuple[str, ...]:
    """Return what differs between two notebooks, as nbdime says it; nothing where it is not installed."""
    try:
        from nbdime import diff_notebooks
        from nbdime.prettyprint import PrettyPrintConfig, pretty_print_diff
    except ModuleNotFoundError:
        return ()
    text = io.StringIO()
    config = PrettyPrintConfig(out=text, use_color=False, use_git=False, use_diff=False)
    pretty_print_diff(committed, diff_notebooks(committed, fresh), "", config)
    return tuple(line for line in text.getvalue().splitlines() if line.strip())


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

    Notebooks with outputs, results and figures are replaced together. A result or a figure that the run no
    longer makes is removed if git has it, so that nobody's own file is lost. After a failure nothing is touched.
    """
    console = console or Console(stderr=True)
    report = run(RUN, jobs=jobs, folders=folders, console=console)
    if not report.failures:
        results, figures, notebooks = _mirrors(report.folder, folders)
        _replace((results, figures, notebooks))
        for path in _stale((results, figures), folders):
            path.unlink()
            console.print(f"removed {folders.shown(path)}: no notebook makes it", highlight=False, soft_wrap=True)
    return report


def _replace(mirrors: Sequence[Mirror]) -> None:
    """Write every file beside its place first, so that only renames are left once all is copied."""
    with ExitStack() as staged:
        for mirror in mirrors:
            for name, path in mirror.files(mirror.fresh).items():
                shutil.copyfile(path, staged.enter_context(written(mirror.committed / name)))


def _stale(mirrors: Sequence[Mirror], folders: Folders) -> list[Path]:
    """Return the files that the run does not make and that git could bring back."""
    extra = {
        path
        for mirror in mirrors
        for name, path in mirror.files(mirror.committed).items()
        if name not in mirror.files(mirror.fresh)
    }
    if not extra or shutil.which("git") is None:
        return []
    listed = ["git", "ls-files", "-z", *(path.relative_to(folders.root).as_posix() for path in sorted(extra))]
    known = subprocess.run(listed, cwd=folders.root, capture_output=True, text=True, check=False).stdout.split("\0")
    return sorted(extra & {folders.root / name for name in known if name})
