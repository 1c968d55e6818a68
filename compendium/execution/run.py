"""Execute the notebooks of a named run, in parallel, and keep what they leave in `build/<run>/`.

A run is written beside its place and put there when all its notebooks have ended: one that is killed
leaves the previous run whole. A run in which a notebook failed is put there too, so that its partial
notebook can be read; its record names the failure. A run of some notebooks takes over the others from
the last run (see `places`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.console import Console

from compendium.execution import places, record, undecided
from compendium.execution.parameters import Declared, Value, assign, declared, refuse_unknown
from compendium.execution.task import Outcome, Task
from compendium.execution.workers import workers
from compendium.project import notebooks, runs
from compendium.project.errors import InputError
from compendium.project.files import replaced
from compendium.project.folders import PROJECT, Folders

#: Notebooks that read what the others found: they are executed after all others have ended.
LAST_STAGE = frozenset({"00-index", "90-verdicts"})
#: Seconds to reckon with where no run has measured them yet: these two take longest by far.
USUAL_SECONDS = {"88-known-answer": 20.0, "40-centrality": 12.0}
#: The notebook that shows the curves which the others have evaluated.
TAKES_OVER = frozenset({"85-specification-curves"})
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
    named = load_runs(path)
    if name not in named:
        raise InputError(f"unknown run {name!r}; {path.name} names: {', '.join(named)}")
    return named[name]


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
    run_parameters: Mapping[str, object],
    given: Mapping[str, object],
    of_run: Sequence[Path],
    selected: Sequence[Path],
    again: Sequence[Path] = (),
) -> dict[str, dict[str, Value]]:
    """Return the parameters of each notebook to execute; what is given goes before the run's own.

    A run's own parameter must be declared by a notebook of that run, a given one by a selected
    notebook. Raises InputError otherwise, and for a value of the wrong type.

    again : further notebooks to execute, which nobody selected.
    """
    executed = [*selected, *again]
    if not run_parameters and not given:
        return {path.stem: {} for path in executed}
    known: dict[str, Declared] = {path.stem: declared(path) for path in of_run}
    refuse_unknown(run_parameters, known)
    refuse_unknown(given, {path.stem: known[path.stem] for path in selected})
    return assign({**run_parameters, **given}, {path.stem: known[path.stem] for path in executed})


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
    only : numbers or names of the notebooks to execute; all of the run for none. What the last run with
        the same parameters holds of the others is taken over, and the overviews are executed again.
    parameters : set before those of the named run; texts are read in the type of the default. They stand
        in the name of the run's folder, so that runs with other parameters lie beside one another.
    jobs : how many notebooks are executed at a time.
    into : the folder that gets the run's folder; `build` unless told otherwise.

    Raises InputError, before anything is executed, for what cannot be run.
    """
    named, given, only = definition(name, folders.runs), dict(parameters or {}), list(only)
    if jobs < 1:
        raise InputError(f"--jobs must be at least 1, not {jobs}")
    of_run = select(notebooks.ordered(folders.notebooks), named.notebooks)
    selected = select(of_run, only)
    if not selected:
        raise InputError(f"no notebook NN-name.ipynb in {folders.shown(folders.notebooks)}/")
    in_force = {**named.parameters, **given}
    final = places.place(into or folders.build, name, given, in_force, whole=not only)
    last = runs.read(final) if only else {}
    again = [path for path in of_run if path.stem in LAST_STAGE & last.get("made", {}).keys() and path not in selected]
    per_notebook = plan_parameters(named.parameters, given, of_run, selected, again)
    console = console or Console(stderr=True)
    with replaced(final) as beside:
        runs.begin(beside, final.name, in_force)
        made = places.take_over(final, beside, per_notebook) if only else {}
        outcomes = _execute([*selected, *again], per_notebook, made, beside, final, jobs, folders, console)
        record.write(beside, last, per_notebook, outcomes, made, [*selected, *again], folders)
    if only and made.keys() - per_notebook.keys():
        taken = ", ".join(sorted(made.keys() - per_notebook.keys()))
        console.print(f"taken over from the last run: {taken}", highlight=False, soft_wrap=True)
    return RunReport(final.name, final, outcomes)


def _execute(
    executed: Sequence[Path],
    parameters: Mapping[str, Mapping[str, Value]],
    made: dict[str, list[str]],
    beside: Path,
    final: Path,
    jobs: int,
    folders: Folders,
    console: Console,
) -> tuple[Outcome, ...]:
    """Execute notebooks into `beside`, stage after stage, and add to `made` what each has made."""
    shown = folders.shown(folders.build / final.name)
    tasks = []
    for path in executed:
        own = places.own_folder(beside, path.stem)
        if _left_out(path, parameters[path.stem], own, folders, console):
            made[path.stem] = places.gather(beside, own)
        else:
            output = own / "notebooks" / path.name
            tasks.append(Task(path, output, parameters[path.stem], folders.root, own, shown, beside / places.SHARED))
    usual = USUAL_SECONDS | record.seconds(final)
    outcomes: list[Outcome] = []
    with workers(min(jobs, len(tasks)), len(tasks), console) as execute_all:
        for last in (False, True):
            stage = [task for task in tasks if (task.notebook.stem in LAST_STAGE) is last]
            for task in stage if last else ():
                places.show_results(beside, task.run_dir)
            outcomes += execute_all(sorted(stage, key=lambda task: _rank(task.notebook.stem, usual)))
            made |= {task.notebook.stem: places.gather(beside, task.run_dir) for task in stage}
    places.clear(beside)
    return tuple(sorted(outcomes, key=lambda outcome: outcome.notebook))


def _rank(notebook: str, seconds: Mapping[str, float]) -> tuple[bool, float]:
    """Put the longest first, so that none is left alone at the end; but what takes over what others find, last."""
    return notebook in TAKES_OVER, -seconds.get(notebook, 0.0)


def _left_out(notebook: Path, parameters: Mapping[str, Value], own: Path, folders: Folders, console: Console) -> bool:
    """Tell whether the source decides nothing in a notebook; then its results are written without it."""
    why = undecided.reasons(notebook, parameters, folders)
    if why:
        undecided.write_results(why, notebook, parameters, own / "results", folders)
        console.print(f"left out {notebook.stem}: {next(iter(why.values()))}", highlight=False, soft_wrap=True)
    return bool(why)
