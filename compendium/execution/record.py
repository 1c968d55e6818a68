"""The record of a run: what was executed, with what, and what came out, as digests.

It holds seconds and versions, so it differs from machine to machine and is not committed.
"""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from compendium.execution.task import Outcome
from compendium.project.files import as_json, write_text
from compendium.project.folders import Folders
from compendium.project.runs import RECORD, read

PACKAGE = Path(__file__).parents[1]
#: The packages whose versions can change a result, a figure or a notebook's looks.
KEY_PACKAGES = (
    "compendium",
    "duckdb",
    "ibis-framework",
    "ipykernel",
    "ipython",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "networkx",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "scipy",
    "seaborn",
)


def write(
    run_dir: Path,
    last: Mapping,
    parameters: Mapping[str, Mapping[str, object]],
    outcomes: Sequence[Outcome],
    made: Mapping[str, Sequence[str]],
    notebooks: Sequence[Path],
    folders: Folders,
) -> None:
    """Complete `run.json` in the folder of a run that has ended.

    Parameters
    ----------
    last : the record of the run that notebooks were taken over from; empty for none.
    parameters : of each notebook that was executed, what was set.
    made : of each notebook of the run, taken over or executed, the files that it made.
    notebooks : those that were executed.
    """
    kept = [stem for stem in made if stem not in parameters]
    old_code = last.get("digests", {}).get("code_cells", {})
    record = read(run_dir) | {
        "parameters": _of(last.get("parameters", {}), kept) | dict(parameters),
        "failures": _of(last.get("failures", {}), kept)
        | {one.notebook: one.failure for one in outcomes if one.failure},
        "seconds": _of(last.get("seconds", {}), kept) | {one.notebook: round(one.seconds, 2) for one in outcomes},
        "made": made,
        "taken_over": sorted(kept),
        "versions": versions(),
        "digests": {
            "code_cells": _of(old_code, kept) | {path.stem: code_digest(path) for path in notebooks},
            "package": digests(PACKAGE, ("**/*.py", "report/template/**/*")),
            "tables": digests(folders.tables, ("*/manifest.json",)),
            "outputs": digests(run_dir, ("notebooks/*", "results/*", "figures/*")),
        },
    }
    write_text(run_dir / RECORD, as_json(record))


def _of(values: Mapping[str, object], notebooks: Sequence[str]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name in notebooks}


def seconds(run_dir: Path) -> dict[str, float]:
    """Return the seconds that each notebook took in the run of `run_dir`; none where there was none."""
    return read(run_dir).get("seconds", {})


def parameters(run_dir: Path) -> dict[str, str] | None:
    """Return the parameters that the run in `run_dir` was executed with; None where that is not known."""
    found = read(run_dir)
    return found["in_force"] if "in_force" in found and "made" in found else None


def made(run_dir: Path) -> dict[str, list[str]]:
    """Return the files that each notebook of the run in `run_dir` made, by their path in it."""
    return read(run_dir).get("made", {})


def versions() -> dict[str, str]:
    """Return the versions of Python and of the key packages that are installed."""
    found = {"python": platform.python_version()}
    for package in KEY_PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def code_digest(notebook: Path) -> str:
    """Return the SHA-256 of a notebook's code cells, blind to its prose and its outputs."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError):
        return "no notebook"  # its execution failed, and says why
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()


def digests(folder: Path, patterns: Sequence[str]) -> dict[str, str]:
    """Return the SHA-256 of each file of `folder` that matches, by its path in the folder."""
    found = {
        path
        for pattern in patterns
        for path in folder.glob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(found)
    }
