"""Execute one notebook, and leave of it only what is the same at every run and on every machine."""

import logging
import os
import re
import signal
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compendium.project import paths

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from traitlets.config import Config

#: The environment of every kernel. Notebooks share the cores by process, so each library keeps
#: to one thread; threads also sum floats in an order that differs from run to run.
KERNEL_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0"}
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE_INFO = {
    "codemirror_mode": {"name": "ipython", "version": 3}, "file_extension": ".py",
    "mimetype": "text/x-python", "name": "python", "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3"}
#: A kernel's log (of its sockets, of its end) would only break up the lines of progress; what a
#: notebook itself writes is in the notebook.
QUIET_KERNEL = ["--log-level=CRITICAL"]
INJECTED = "injected-parameters"
ERROR_MARKER = "papermill-error-cell-tag"
#: The file name that a warning gives to a cell: it holds a process id and a hash.
CELL_FILE = re.compile(r"[\w./~+-]*ipykernel_\d+/\d+\.py")
#: Where in memory an object lies, as in `<Styler at 0x7f…>`.
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
CAUSE_LENGTH = 400


@dataclass(frozen=True)
class Task:
    """One notebook to execute.

    `root` is the working directory of its kernel, `run_dir` the folder that it writes into,
    and `shown_dir` the name of that folder in whatever the notebook prints.
    """

    notebook: Path
    output: Path
    parameters: Mapping[str, object]
    root: Path
    run_dir: Path
    shown_dir: str


@dataclass(frozen=True)
class Outcome:
    """How the execution of a notebook ended: `failure` names cell and cause, None if it succeeded."""

    notebook: str
    seconds: float
    failure: str | None = None


_stopped: Event | None = None


def prepare_worker(stopped: Event) -> None:
    """Make a fresh worker process ready: environment, signals, and papermill imported once."""
    global _stopped
    _stopped = stopped
    os.environ.update(KERNEL_ENVIRONMENT)
    _leave_interrupts_to_parent()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import papermill  # noqa: F401

    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # failures are reported by `execute`


def _leave_interrupts_to_parent() -> None:
    """Ignore Ctrl-C, which a terminal sends to every process: the parent asks workers to stop."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end_with_parent() -> None:
    """Leave no worker, and so no kernel, behind when the parent is killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def execute(task: Task) -> Outcome:
    """Execute a notebook with papermill, write it clean, and say how it ended; never raises."""
    name = task.notebook.stem
    if _stopped is not None and _stopped.is_set():
        return Outcome(name, 0.0, "not executed: the run was stopped")
    started = time.perf_counter()
    failure = _execute(task)
    if task.output.exists():
        _clean_file(task)
    if _stopped is not None:
        _leave_interrupts_to_parent()  # the notebook client has put its own handlers
    if failure is not None:
        failure = portable(task)(failure)
    return Outcome(name, time.perf_counter() - started, failure)


def _execute(task: Task) -> str | None:
    """Run papermill; return cell and cause of a failure. What a notebook got to is written."""
    import papermill

    os.environ[paths.RUN_DIR_VARIABLE] = str(task.run_dir)
    try:
        with _own_sockets() as config:
            papermill.execute_notebook(
                task.notebook, task.output, parameters=dict(task.parameters), cwd=task.root,
                kernel_name=KERNELSPEC["name"], progress_bar=False, config=config,
                extra_arguments=QUIET_KERNEL,
                shutdown_kernel="immediate")  # nothing is left to save; a busy kernel takes 10 s
    except papermill.PapermillExecutionError as error:
        place = f"cell {error.cell_index + 1}, In [{error.exec_count}]"
        return f"{place}: {_one_line(error.ename, error.evalue)}"
    except Exception as error:  # a kernel that died or never came up, a notebook that is none
        return _one_line(type(error).__name__, str(error)) + _last_started(task.output)
    return None


@contextmanager
def _own_sockets() -> Iterator["Config"]:
    """Give the configuration of a kernel that listens at files of its own instead of at ports.

    A port is chosen some time before the kernel takes it, so that of kernels that start together
    one can find its port taken, and dies: one start in some hundreds. Windows has ports only.
    """
    from traitlets.config import Config

    if os.name != "posix":
        yield Config()
        return
    with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as folder:
        yield Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/socket"}})


def _one_line(kind: str, message: str) -> str:
    line = " ".join(f"{kind}: {message}".split())
    return line if len(line) <= CAUSE_LENGTH else line[:CAUSE_LENGTH - 1] + "…"


def _last_started(output: Path) -> str:
    """Return ` (in cell N)` for the last cell that an aborted execution had begun."""
    import nbformat

    if not output.exists():
        return ""
    cells = nbformat.read(output, as_version=4).cells
    begun = [number for number, cell in enumerate(cells, start=1)
             if cell.cell_type == "code" and cell.metadata.get("papermill", {}).get("start_time")]
    return f" (in cell {begun[-1]})" if begun else ""


def _clean_file(task: Task) -> None:
    import nbformat

    notebook = nbformat.read(task.output, as_version=4)
    source = nbformat.read(task.notebook, as_version=4)
    clean(notebook, source.metadata, portable(task))
    beside = task.output.with_suffix(".partial")
    nbformat.write(notebook, beside)
    beside.replace(task.output)


def clean(notebook: "NotebookNode", source_metadata: Mapping, text: Callable[[str], str]) -> None:
    """Drop from an executed `notebook`, in place, what differs by time, run or machine.

    Parameters
    ----------
    notebook : a notebook node, as papermill left it.
    source_metadata : the metadata of the notebook before it was executed.
    text : takes the machine's paths out of a text.
    """
    notebook.metadata.clear()
    notebook.metadata.update({key: value for key, value in source_metadata.items()
                              if key not in ("papermill", "widgets")})
    notebook.metadata.update({"kernelspec": KERNELSPEC, "language_info": LANGUAGE_INFO})
    notebook.cells = [cell for cell in notebook.cells
                      if ERROR_MARKER not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        _clean_cell(cell, text)


def _clean_cell(cell: "NotebookNode", text: Callable[[str], str]) -> None:
    for key in ("papermill", "execution"):
        cell.metadata.pop(key, None)
    if not cell.metadata.get("tags", True):  # papermill gives every cell a list of tags
        del cell.metadata["tags"]
    if INJECTED in cell.metadata.get("tags", []):
        cell.id = INJECTED  # papermill draws it by lot
    if cell.cell_type == "code":
        cell.outputs = [_clean_output(output, text) for output in _merge_streams(cell.outputs)]


def _merge_streams(outputs: list["NotebookNode"]) -> list["NotebookNode"]:
    """Join the pieces of stdout, then of stderr, that stand between two other outputs.

    Into how many pieces a kernel cuts a stream, and how the two interleave, depends on timing.
    """
    merged: list[NotebookNode] = []
    streams: dict[str, NotebookNode] = {}
    for output in outputs:
        if output.output_type != "stream":
            merged += [streams[name] for name in sorted(streams, reverse=True)] + [output]
            streams = {}
        elif output.name in streams:
            streams[output.name]["text"] += output.text
        else:
            streams[output.name] = output
    return merged + [streams[name] for name in sorted(streams, reverse=True)]


def _clean_output(value: Any, text: Callable[[str], str]) -> Any:
    """Apply `text` to every text of an output, but not to the images in it."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return [_clean_output(item, text) for item in value]
    if isinstance(value, dict):
        return type(value)({key: item if key.startswith("image/") else _clean_output(item, text)
                            for key, item in value.items()})
    return value


def portable(task: Task) -> Callable[[str], str]:
    """Return a function that takes paths of this machine, and addresses in its memory, out of a text.

    Paths in the project become relative to it, those of libraries relative to where libraries
    stand. IPython abbreviates the home folder, so each folder is looked for in both spellings.
    """
    home = str(Path.home())
    folders = {
        str(task.run_dir): task.shown_dir, f"{task.root}/": "", str(task.root): ".",
        f"{sysconfig.get_path('purelib')}/": "", f"{sysconfig.get_path('stdlib')}/": ""}
    if task.run_dir.is_relative_to(task.root):
        folders[task.run_dir.relative_to(task.root).as_posix()] = task.shown_dir
    for folder, short in list(folders.items()):
        if folder.startswith(f"{home}/"):
            folders["~" + folder.removeprefix(home)] = short
    folders[f"{home}/"] = "~/"
    ordered = sorted(folders, key=len, reverse=True)  # the innermost folder first
    known = re.compile("|".join(
        re.escape(folder) + ("" if folder.endswith("/") else r"(?![\w-])") for folder in ordered))

    def shorten(text: str) -> str:
        text = ADDRESS.sub("at 0x0", CELL_FILE.sub("cell.py", text))
        return known.sub(lambda match: folders[match[0]], text)

    return shorten
