"""Execute a notebook's code cells in this process: what a kernel does, without the seconds that it takes to start.

The years and sources that the notebooks promise are many executions. In one process they share the
imports and the tables, and the coverage of the package's own lines is seen. Files that end a kernel,
ports and parameters of the command line are the business of the tests of `run`.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import matplotlib
import nbformat
import pandas as pd
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import CapturedIO, RichOutput, capture_output
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from traitlets.config import Config

from compendium.execution import undecided
from compendium.project.folders import PROJECT, RUN_DIR

#: A PNG of one dot: what a figure is written as where its bytes do not matter.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


class CellFailed(Exception):
    """A cell of a notebook raised; the message names notebook, cell and cause, as a run does."""


@dataclass(frozen=True)
class Executed:
    """What a notebook left behind: the names it defined, and for each code cell what it printed and showed."""

    names: Mapping[str, object]
    cells: tuple[CapturedIO, ...]

    @property
    def shown(self) -> list[RichOutput]:
        """All displays, in order."""
        return [output for cell in self.cells for output in cell.outputs]


def execute(notebook: Path, run_dir: Path, parameters: Mapping[str, object] | None = None) -> Executed:
    """Execute the code cells of `notebook`, which writes into `run_dir`; raise CellFailed at the first error.

    parameters : set after the cell that is tagged `parameters`, where the notebook's own cell declares them.
    """
    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    for part in ("results", "figures"):
        (run_dir / part).mkdir(parents=True, exist_ok=True)
    done = []
    with _shell(run_dir) as shell:
        for number, cell in enumerate(cells, start=1):
            done.append(_run_cell(shell, cell.source, f"{notebook.stem}, In [{number}]"))
            if "parameters" in cell.metadata.get("tags", []):
                shell.push({name: value for name, value in (parameters or {}).items() if name in shell.user_ns})
        return Executed(dict(shell.user_ns), tuple(done))


def execute_all(notebooks: Iterable[Path], run_dir: Path, parameters: Mapping[str, object]) -> dict[str, dict]:
    """Execute notebooks in order, as a run does; return the results by claim id.

    As in a run, a notebook in which the source decides nothing is left out, and its results say why.
    """
    for notebook in notebooks:
        if why := undecided.reasons(notebook, parameters, PROJECT):
            undecided.write_results(why, notebook, parameters, run_dir / "results", PROJECT)
        else:
            execute(notebook, run_dir, parameters)
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((run_dir / "results").glob("*.json"))
    }


def _run_cell(shell: InteractiveShell, source: str, place: str) -> CapturedIO:
    with capture_output() as captured:
        result = shell.run_cell(source, store_history=True)
    if error := result.error_before_exec or result.error_in_exec:
        raise CellFailed(f"{place}: {type(error).__name__}: {error}") from error
    return captured


@contextmanager
def _shell(run_dir: Path) -> Iterator[InteractiveShell]:
    """Give a fresh shell, in the folder and with the environment that a run gives to a kernel; put all back after."""
    config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})
    before, folder, module = dict(os.environ), Path.cwd(), sys.modules["__main__"]
    with (
        matplotlib.rc_context({"backend": "agg"}),
        pd.option_context("display.max_colwidth", 50, "display.max_rows", 60),
        patch.object(Figure, "savefig", _draw_only),
    ):
        InteractiveShell.clear_instance()
        shell = InteractiveShell.instance(config=config)
        os.environ[RUN_DIR] = str(run_dir)
        os.chdir(PROJECT.root)
        try:
            yield shell
        finally:
            plt.close("all")
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)
            InteractiveShell.clear_instance()
            sys.modules["__main__"] = module


def _draw_only(figure: Figure, target: object, **options: object) -> None:
    """Take the place of `savefig`: draw, without colouring a single dot, and write a picture of one.

    The check of what is committed compares the bytes of the figures; here it is enough that they can be drawn.
    """
    figure.draw_without_rendering()
    if hasattr(target, "write"):
        target.write(DOT)
    else:
        Path(target).write_bytes(DOT)
