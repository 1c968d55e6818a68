"""The sources there are, by name."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

from compendium.project import paths
from compendium.project.errors import InputError

#: Sources whose records can be collected.
SOURCES = ("proceedings", "known_answer", "openalex", "openalex_snapshot", "dimensions")


#: Where the sources are that stand in a folder.
MODULES = {
    "proceedings": "proceedings.lists",
    "known_answer": "known_answer.simulate",
    "openalex": "openalex.rest",
    "openalex_snapshot": "openalex.snapshot",
    "dimensions": "dimensions.collection",
}


#: Modules that `make extras` installs, and nothing else does.
EXTRAS = ("dimcli", "pyspark", "py4j")


@contextmanager
def needing_extras() -> Iterator[None]:
    """Turn a missing optional package into an InputError that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        raise InputError(
            f"this needs the package {package}, which is not installed; `make extras` installs it"
        ) from error


def source_module(source: str) -> ModuleType:
    """Return the module of a source; InputError where there is none, or where it lacks a package."""
    if source not in SOURCES:
        raise InputError(f"unknown source {source!r}; there are: {', '.join(SOURCES)}")
    with needing_extras():
        return import_module(f"compendium.sources.{MODULES.get(source, source)}")


def offered(source: str, hook: str, asked_by: str) -> Callable:
    """Return a function that only some sources offer; InputError where this one does not."""
    found = getattr(source_module(source), hook, None)
    if found is None:
        raise InputError(f"source {source!r} knows no {asked_by}")
    return found


def estimate(source: str, options: Mapping[str, object], raw: Path | None = None, quick: bool = False) -> str:
    """Say what collecting the source would cost, without collecting anything."""
    function = offered(source, "quick_estimate" if quick else "estimate", "--dry-run: it asks no one for its records")
    with needing_extras():
        said = function(
            raw or paths.raw_dir(),
            **{name: value for name, value in options.items() if name in inspect.signature(function).parameters},
        )
    if isinstance(said, Mapping):
        return "\n".join(f"{name:<12} {value}" for name, value in said.items())
    return str(said)
