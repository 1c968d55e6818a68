"""Execute one notebook, and leave of it only what is the same at every run and on every machine."""

import logging
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from compendium.execution import forked
from compendium.execution.clean import KERNELSPEC, clean, portable
from compendium.execution.task import Outcome, Task
from compendium.project.folders import RUN_DIR, SHARED_DIR

if TYPE_CHECKING:
    from traitlets.config import Config

#: The environment of every kernel. Notebooks share the cores by process, so each library keeps
#: to one thread; threads also sum floats in an order that differs from run to run.
KERNEL_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}
#: A kernel's log (of its sockets, of its end) would only break up the lines of progress; what a
#: notebook itself writes is in the notebook.
QUIET_KERNEL = ["--log-level=CRITICAL"]
CAUSE_LENGTH = 400


#: Whether a kernel can be forked: elsewhere than on Linux the system's own libraries forbid it.
CAN_FORK = sys.platform == "linux"


def work(task: Task, environment: Mapping[str, str], outcome: Connection) -> None:
    """Execute a notebook in a fresh worker process, and send how it ended.

    environment : of the process that asks; that of the server from which workers are forked may be older.
    """
    os.environ.clear()
    os.environ.update(environment, **KERNEL_ENVIRONMENT)
    _leave_interrupts_to_parent()
    if CAN_FORK:
        forked.fork_kernel()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    outcome.send(execute(task))


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
    started = time.perf_counter()
    failure = _execute(task)
    if task.output.exists():
        _clean_file(task)
    if failure is not None:
        failure = portable(task)(failure)
    return Outcome(task.notebook.stem, time.perf_counter() - started, failure)


def _execute(task: Task) -> str | None:
    """Run papermill; return cell and cause of a failure. What a notebook got to is written."""
    import papermill

    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # failures are reported by `execute`
    os.environ[RUN_DIR] = str(task.run_dir)
    os.environ[SHARED_DIR] = str(task.shared_dir)
    try:
        with _own_kernel() as config:
            papermill.execute_notebook(
                task.notebook,
                task.output,
                parameters=dict(task.parameters),
                cwd=task.root,
                kernel_name=KERNELSPEC["name"],
                progress_bar=False,
                config=config,
                extra_arguments=QUIET_KERNEL,
                shutdown_kernel="immediate",
            )  # nothing is left to save; a busy kernel takes 10 s
    except papermill.PapermillExecutionError as error:
        place = f"cell {error.cell_index + 1}, In [{error.exec_count}]"
        return f"{place}: {_one_line(error.ename, error.evalue)}"
    except Exception as error:  # a kernel that died or never came up, a notebook that is none
        return _one_line(type(error).__name__, str(error)) + _last_started(task.output)
    return None


@contextmanager
def _own_kernel() -> Iterator["Config"]:
    """Give the configuration of the kernel that was forked, if one was, listening at files of its own, not ports.

    A port is chosen some time before the kernel takes it, so that of kernels that start together
    one can find its port taken, and dies: one start in some hundreds. Windows has ports only.
    """
    from traitlets.config import Config

    if os.name != "posix":
        yield Config()
        return
    with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as folder:
        config = Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/socket"}})
        if CAN_FORK:
            config.NotebookClient.kernel_manager_class = forked.ForkedKernelManager
        yield config


def _one_line(kind: str, message: str) -> str:
    line = " ".join(f"{kind}: {message}".split())
    return line if len(line) <= CAUSE_LENGTH else line[: CAUSE_LENGTH - 1] + "…"


def _last_started(output: Path) -> str:
    """Return ` (in cell N)` for the last cell that an aborted execution had begun."""
    import nbformat

    if not output.exists():
        return ""
    cells = nbformat.read(output, as_version=4).cells
    begun = [
        number
        for number, cell in enumerate(cells, start=1)
        if cell.cell_type == "code" and cell.metadata.get("papermill", {}).get("start_time")
    ]
    return f" (in cell {begun[-1]})" if begun else ""


def _clean_file(task: Task) -> None:
    import nbformat

    notebook = nbformat.read(task.output, as_version=4)
    source = nbformat.read(task.notebook, as_version=4)
    clean(notebook, source.metadata, portable(task))
    beside = task.output.with_suffix(".partial")
    nbformat.write(notebook, beside)
    beside.replace(task.output)
