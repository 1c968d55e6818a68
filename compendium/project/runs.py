"""How a run is called, and the part of its record that says which one it is."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from compendium.project.files import as_json, write_text

RECORD = "run.json"
#: Letters of a name of a run: more are cut, and a digest says which parameters they were.
LONGEST_NAME = 120


def spelled(parameters: Mapping[str, object]) -> dict[str, str]:
    """Return parameters as texts, the same for a value and for how a command line spells it; sorted."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in sorted(parameters.items())
    }


def name_with(name: str, parameters: Mapping[str, object]) -> str:
    """Return the name of a run with further parameters, as a folder can bear it: `default+year=2022`.

    What a folder cannot bear becomes `-`, and a digest tells apart what would then be the same.
    """
    full = "+".join([name, *(f"{key}={value}" for key, value in spelled(parameters).items())])
    plain = re.sub(r"[^\w.+=-]", "-", full)
    if plain == full and len(full) <= LONGEST_NAME:
        return full
    return f"{plain[:LONGEST_NAME]}-{hashlib.sha256(full.encode()).hexdigest()[:8]}"


def begin(run_dir: Path, name: str, parameters: Mapping[str, object]) -> None:
    """Say in the folder of a run that begins which run it is, for the notebooks that show it."""
    write_text(run_dir / RECORD, as_json({"run": name, "in_force": spelled(parameters)}))


def read(run_dir: Path) -> dict:
    """Return the record of the run in `run_dir`; empty where there is none that can be read."""
    try:
        record = json.loads((run_dir / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
