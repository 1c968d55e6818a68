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
from compendium.project.folders import Folders

RECORD = "run.json"
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
    name: str,
    notebooks: Sequence[Path],
    parameters: Mapping[str, Mapping[str, object]],
    outcomes: Sequence[Outcome],
    folders: Folders,
) -> None:
    """Write `run.json` into the folder of a run that has ended."""
    record = {
        "run": name,
        "parameters": parameters,
        "failures": {one.notebook: one.failure for one in outcomes if one.failure},
        "seconds": {one.notebook: round(one.seconds, 2) for one in outcomes},
        "versions": versions(),
        "digests": {
            "code_cells": {path.stem: code_digest(path) for path in notebooks},
            "package": digests(PACKAGE, ("**/*.py", "report/template/**/*")),
            "tables": digests(folders.tables, ("*/manifest.json",)),
            "outputs": digests(run_dir, ("notebooks/*", "results/*", "figures/*")),
        },
    }
    text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (run_dir / RECORD).write_text(text, encoding="utf-8")


def seconds(run_dir: Path) -> dict[str, float]:
    """Return the seconds that each notebook took in the run of `run_dir`; none where there was none."""
    try:
        return json.loads((run_dir / RECORD).read_text(encoding="utf-8"))["seconds"]
    except (FileNotFoundError, KeyError, json.JSONDecodeError):
        return {}


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
