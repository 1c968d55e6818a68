"""Packages that not everybody needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from compendium.project.errors import InputError

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
