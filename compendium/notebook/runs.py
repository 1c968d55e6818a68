"""Which run a notebook writes into, and which one it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compendium.claims import Result, read_all
from compendium.project.errors import InputError
from compendium.project.folders import PROJECT, run_dir
from compendium.project.runs import name_with, read, spelled

#: The run that is committed.
COMMITTED = "default"


@cache
def committed_parameters() -> dict[str, object]:
    """Return every parameter that stands in a committed result, with its value."""
    committed = read_all(PROJECT.results / COMMITTED)
    return {name: value for result in committed.values() for name, value in result.specification.items()}


def differences(specification: Mapping[str, object]) -> dict[str, object]:
    """Return those parameters whose value is not that of the committed run."""
    committed = committed_parameters()
    return {name: value for name, value in specification.items() if value != committed.get(name)}


def folder(specification: Mapping[str, object]) -> Path:
    """Return where what is found under these parameters belongs.

    The folder of the run that executes the notebook; by hand `build/interactive/default+year=2022`, so that
    what was found with other parameters stays apart.
    """
    return run_dir() or PROJECT.by_hand / name_with(COMMITTED, differences(specification))


@dataclass(frozen=True)
class Shown:
    """A run that is shown: its results of one source and year, and how it is called."""

    results: dict[str, Result]
    described: str


def shown(source: str, year: int) -> Shown:
    """Return the run to show: the one that executes the notebook if it has results, else one as follows.

    By hand: the committed run, else `build/default+year=2022`, else what was run by hand with these
    parameters. Raises InputError that says how to make one, where there is none.
    """
    executing = run_dir()
    if executing is not None and any((executing / "results").glob("*.json")):
        found = read(executing)
        return _shown(executing, f"run `{found.get('run', executing.name)}`", source, year, found.get("in_force", {}))
    other = differences({"source": source, "year": year})
    name = name_with(COMMITTED, other)
    places = {
        PROJECT.build / name: f"run `{name}` in `build/`",
        PROJECT.by_hand / name: f"notebooks executed by hand, in `{PROJECT.shown(PROJECT.by_hand / name)}/`",
    }
    if not other:
        places = {PROJECT.results / COMMITTED: f"committed run, in `{PROJECT.shown(PROJECT.results / COMMITTED)}/`"}
    for place, called in places.items():
        if any(place.glob("**/*.json")):
            return _shown(place, called, source, year, other)
    set_by = " ".join(f"-p {key} {value}" for key, value in spelled(other).items())
    raise InputError(
        f"there is no run with {_listed(other)}: `python -m compendium run {set_by}` executes one; "
        f"the committed run has {_listed({key: committed_parameters().get(key) for key in other})}"
    )


def _shown(place: Path, called: str, source: str, year: int, parameters: Mapping[str, object]) -> Shown:
    there = read_all(place / "results" if (place / "results").is_dir() else place)
    results = {claim: one for claim, one in there.items() if (one.source, one.year) == (source, year)}
    further = {key: value for key, value in parameters.items() if key not in ("source", "year")}
    left_out = len(there) - len(results)
    if not results:
        raise InputError(f"the {called} has no result with source = {source}, year = {year}")
    return Shown(
        results,
        f"Shown: the {called}, with {_listed({'source': source, 'year': year, **further})}, and every other parameter "
        "as it stands in the notebooks."
        + (
            f" Left out: {left_out} {'result' if left_out == 1 else 'results'} of another source or year."
            if left_out
            else ""
        ),
    )


def _listed(parameters: Mapping[str, object]) -> str:
    return ", ".join(f"{key} = {value}" for key, value in parameters.items())
