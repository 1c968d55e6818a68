"""The worker processes that execute notebooks, and the lines that say how far they are.

Each notebook has a worker of its own. Where the system can, workers are forked from a server that has
made all imports once (see `warm`), and each forks its kernel.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from unittest import mock

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from compendium.execution.kernel import KERNEL_ENVIRONMENT, work
from compendium.execution.task import Outcome, Task

#: What draws a kernel's figures; matplotlib, which the server imports, asks for it when it is imported.
BACKEND = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}


@contextmanager
def workers(count: int, tasks: int, console: Console) -> Iterator[Callable[[Sequence[Task]], list[Outcome]]]:
    """Give a function that executes notebooks, `count` at a time, and returns when all have ended.

    tasks : how many there are in all, for the progress bar. When the caller is stopped, the notebooks
        that have begun are ended.
    """
    context = _context()
    running: set[BaseProcess] = set()
    with ThreadPoolExecutor(max(1, count)) as pool, _progress(console) as progress:
        bar = progress.add_task("notebooks", total=tasks)

        def execute_all(stage: Sequence[Task]) -> list[Outcome]:
            outcomes = []
            for future in as_completed([pool.submit(_execute, task, context, running) for task in stage]):
                outcomes.append(future.result())
                progress.console.print(_line(outcomes[-1]), highlight=False, soft_wrap=True)
                progress.advance(bar)
            return outcomes

        try:
            yield execute_all
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(running):
                process.kill()  # its kernel ends with it
            raise


def _context() -> BaseContext:
    """Return how workers are started: from the server where there can be one."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["compendium.execution.warm"])
    with mock.patch.dict(os.environ, KERNEL_ENVIRONMENT | BACKEND):
        forkserver.ensure_running()
    return context


def _execute(task: Task, context: BaseContext, running: set[BaseProcess]) -> Outcome:
    """Execute a notebook in a worker of its own; if that dies (no memory, killed) its notebook has failed."""
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(task, dict(os.environ), sender))
    process.start()
    running.add(process)
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        process.join()
        return Outcome(task.notebook.stem, 0.0, f"its worker gave up, with exit code {process.exitcode}")
    finally:
        process.join()
        running.discard(process)


def _line(outcome: Outcome) -> str:
    if outcome.failure:
        return f"[bold red]failed[/]  {outcome.notebook}  {escape(outcome.failure)}"
    return f"[green]done[/]    {outcome.notebook}  {outcome.seconds:.1f} s"


def _progress(console: Console) -> Progress:
    """Return a progress bar; where there is no terminal only the lines of `_line` are left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )
