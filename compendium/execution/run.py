"""Execute the notebooks of a named run, in parallel, and keep what they leave in `build/<run>/`.

A run is written beside, as `build/<run>.partial`, and renamed when all its notebooks have ended:
a run that is killed leaves the previous `build/<run>` whole. A run in which a notebook failed is
renamed too, so that its partial notebook can be read; its record names the failure.
"""

import multiprocessing
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from compendium.execution import record, undecided
from compendium.execution.kernel import execute, prepare_worker
from compendium.execution.parameters import Declared, Value, assign, declared, refuse_unknown
from compendium.execution.task import Outcome, Task
from compendium.project import notebooks
from compendium.project.errors import InputError
from compendium.project.folders import PROJECT, Folders

#: Notebooks that read what the others found: they are executed after all others have ended.
LAST_STAGE = frozenset({"00-index", "90-verdicts"})
#: Seconds to reckon with where no run has measured them yet: these two take longest by far.
USUAL_SECONDS = {"85-specification-curves": 40.0, "88-known-answer": 20.0}
JOBS = 2


class RunDefinition(BaseModel):
    """A named run: which notebooks (all, where none is named), with which parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str
    parameters: dict[str, Value] = Field(default_factory=dict)
    notebooks: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class RunReport:
    """How a run ended: its folder, and the outcome of each notebook, in the notebooks' order."""

    name: str
    folder: Path
    outcomes: tuple[Outcome, ...]

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The outcomes of the notebooks that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.failure)


def load_runs(path: Path) -> dict[str, RunDefinition]:
    """Load and validate the named runs; raise InputError that says what is wrong in the file."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {name: RunDefinition.model_validate(run) for name, run in content["runs"].items()}
    except FileNotFoundError:
        raise InputError(f"{path.name} is missing: it names the runs") from None
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise InputError(f"{path.name} is no list of runs: {' '.join(str(error).split())}") from None


def definition(name: str, path: Path) -> RunDefinition:
    """Return the run of that name; raise InputError that lists the runs there are."""
    runs = load_runs(path)
    if name not in runs:
        raise InputError(f"unknown run {name!r}; {path.name} names: {', '.join(runs)}")
    return runs[name]


def select(available: Sequence[Path], wanted: Iterable[int | str]) -> list[Path]:
    """Return those of the `available` notebooks that are `wanted`, by number or name; all for no wish.

    Raises InputError, naming the notebooks there are.
    """
    known = {path.stem: path for path in available}
    by_number = {stem.split("-")[0]: stem for stem in known}
    chosen = set()
    for one in wanted:
        stem = by_number.get(f"{int(one):02d}") if str(one).isdigit() else str(one)
        if stem not in known:
            raise InputError(f"no notebook {one!r}; there are: {', '.join(known) or 'none'}")
        chosen.add(known[stem])
    return [path for path in available if not chosen or path in chosen]


def plan_parameters(
    run_parameters: Mapping[str, object], given: Mapping[str, object], of_run: Sequence[Path], selected: Sequence[Path]
) -> dict[str, dict[str, Value]]:
    """Return the parameters of each selected notebook; what is given goes before the run's own.

    A run's own parameter must be declared by a notebook of that run, a given one by a selected
    notebook. Raises InputError otherwise, and for a value of the wrong type.
    """
    if not run_parameters and not given:
        return {path.stem: {} for path in selected}
    known: dict[str, Declared] = {path.stem: declared(path) for path in of_run}
    chosen = {path.stem: known[path.stem] for path in selected}
    refuse_unknown(run_parameters, known)
    refuse_unknown(given, chosen)
    return assign({**run_parameters, **given}, chosen)


def run(
    name: str = "default",
    only: Iterable[int | str] = (),
    parameters: Mapping[str, object] | None = None,
    jobs: int = JOBS,
    *,
    folders: Folders = PROJECT,
    into: Path | None = None,
    console: Console | None = None,
) -> RunReport:
    """Execute a named run and return how it ended.

    Parameters
    ----------
    only : numbers or names of the notebooks to execute; all of the run for none.
    parameters : set before those of the named run; texts are read in the type of the default.
    jobs : how many notebooks are executed at a time.
    into : the folder that gets the run's folder; `build` unless told otherwise.

    Raises InputError, before anything is executed, for what cannot be run.
    """
    named = definition(name, folders.runs)
    if jobs < 1:
        raise InputError(f"--jobs must be at least 1, not {jobs}")
    of_run = select(notebooks.ordered(folders.notebooks), named.notebooks)
    selected = select(of_run, only)
    if not selected:
        raise InputError(f"no notebook NN-name.ipynb in {folders.shown(folders.notebooks)}/")
    per_notebook = plan_parameters(named.parameters, parameters or {}, of_run, selected)
    final = (into or folders.build) / name
    console = console or Console(stderr=True)
    with _written_beside(final) as beside:
        tasks = [
            Task(
                path,
                beside / "notebooks" / path.name,
                per_notebook[path.stem],
                folders.root,
                beside,
                folders.shown(folders.build / name),
            )
            for path in selected
            if not _left_out(path, per_notebook[path.stem], beside, folders, console)
        ]
        outcomes = _execute_all(_longest_first(tasks, final), jobs, console)
        record.write(beside, name, selected, per_notebook, outcomes, folders)
    return RunReport(name, final, outcomes)


def _left_out(
    notebook: Path, parameters: Mapping[str, Value], beside: Path, folders: Folders, console: Console
) -> bool:
    """Tell whether the source decides nothing in a notebook; then its results are written without it."""
    why = undecided.reasons(notebook.stem, parameters, folders)
    if why:
        undecided.write_results(why, notebook, parameters, beside / "results", folders)
        console.print(f"left out {notebook.stem}: {next(iter(why.values()))}", highlight=False, soft_wrap=True)
    return bool(why)


@contextmanager
def _written_beside(final: Path) -> Iterator[Path]:
    """Give a fresh folder beside `final`, and put it in the place of `final` when all went well."""
    beside, old = (final.with_name(f"{final.name}{end}") for end in (".partial", ".old.partial"))
    for folder in (beside, old):
        shutil.rmtree(folder, ignore_errors=True)
    for part in ("notebooks", "results", "figures"):
        (beside / part).mkdir(parents=True)
    yield beside
    if final.exists():
        final.rename(old)
    beside.rename(final)
    shutil.rmtree(old, ignore_errors=True)


def _longest_first(tasks: list[Task], previous: Path) -> list[Task]:
    """Order tasks by the seconds they took in the run before, so that no long one is left alone."""
    seconds = USUAL_SECONDS | record.seconds(previous)
    return sorted(tasks, key=lambda task: -seconds.get(task.notebook.stem, 0.0))


def _execute_all(tasks: Sequence[Task], jobs: int, console: Console) -> tuple[Outcome, ...]:
    """Execute the tasks, stage after stage, in worker processes that each import papermill once."""
    stages = [[task for task in tasks if (task.notebook.stem in LAST_STAGE) is last] for last in (False, True)]
    context = multiprocessing.get_context("spawn")
    stopped = context.Event()
    outcomes: list[Outcome] = []
    with (
        ProcessPoolExecutor(max(1, min(jobs, len(tasks))), context, prepare_worker, (stopped,)) as pool,
        _progress(console) as progress,
    ):
        bar = progress.add_task("notebooks", total=len(tasks))
        try:
            for stage in stages:
                futures = {_submit(pool, task): task for task in stage}
                for future in as_completed(futures):
                    outcomes.append(_outcome(future, futures[future]))
                    progress.console.print(_line(outcomes[-1]), highlight=False, soft_wrap=True)
                    progress.advance(bar)
        except BaseException:
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(sorted(outcomes, key=lambda outcome: outcome.notebook))


def _submit(pool: ProcessPoolExecutor, task: Task) -> Future[Outcome]:
    """Hand a task to the workers; once one of them has died, the pool takes no more, and it fails."""
    try:
        return pool.submit(execute, task)
    except BrokenProcessPool as error:
        broken: Future[Outcome] = Future()
        broken.set_exception(error)
        return broken


def _outcome(future: Future[Outcome], task: Task) -> Outcome:
    """Return what a worker gave; if it died (no memory, killed) its notebook has failed."""
    error = future.exception()
    if error is None:
        return future.result()
    return Outcome(task.notebook.stem, 0.0, f"its worker gave up: {type(error).__name__} {error}")


def _line(outcome: Outcome) -> str:
    if outcome.failure:
        return f"[bold red]failed[/]  {outcome.notebook}  {escape(outcome.failure)}"
    return f"[green]done[/]    {outcome.notebook}  {outcome.seconds:.1f} s"


def _progress(console: Console) -> Progress:
    """Return a progress bar; where there is no terminal only the lines of `_line` are left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )
