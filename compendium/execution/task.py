"""One notebook to execute, and how that ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Task:
    """One notebook to execute.

    `root` is the working directory of its kernel, `run_dir` the folder that it writes into,
    `shown_dir` the name of that folder in whatever the notebook prints, and `shared_dir` where the
    notebooks of the run leave what others of them need, too.
    """

    notebook: Path
    output: Path
    parameters: Mapping[str, object]
    root: Path
    run_dir: Path
    shown_dir: str
    shared_dir: Path


@dataclass(frozen=True)
class Outcome:
    """How the execution of a notebook ended: `failure` names cell and cause, None if it succeeded."""

    notebook: str
    seconds: float
    failure: str | None = None
