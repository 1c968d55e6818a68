"""The worker processes that execute notebooks, and the lines that say how far they are."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from compendium.execution.kernel import execute, prepare_worker
from compendium.execution.task import Outcome, Task


@contextmanager
def workers(count: int, tasks: int, console: Console) -> Iterator[Callable[[Sequence[Task]], list[Outcome]]]:
    """Give a function that executes notebooks in `count` processes and returns when all have ended.

    tasks : how many there are in all, for the progress bar. When the caller is stopped, the notebooks
        that have begun are ended.
    """
    context = multiprocessing.get_context("spawn")
    stopped = context.Event()
    with (
        ProcessPoolExecutor(max(1, count), context, prepare_worker, (stopped,)) as pool,
        _progress(console) as progress,
    ):
        bar = progress.add_task("notebooks", total=tasks)

        def execute_all(stage: Sequence[Task]) -> list[Outcome]:
            outcomes = []
            futures = {_submit(pool, task): task for task in stage}
            for future in as_completed(futures):
                outcomes.append(_outcome(future, futures[future]))
                progress.console.print(_line(outcomes[-1]), highlight=False, soft_wrap=True)
                progress.advance(bar)
            return outcomes

        try:
            yield execute_all
        except BaseException:
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _submit(pool: ProcessPoolExecutor, task: Task) -> Future[Outcome]:
    """Hand a task to the workers; once one of them has died, the pool takes no more, and it fails."""
    try:
        return pool.submit(execute, task)
    except BrokenProcessPool as error:
        broken: Future[Outcome] = Future()
        broken.set_exception(error)
        return broken


def _outcome(future: Future[Outcome], task: Task) -> Outcome:
    """Return what a worker gave; if it died (no memory, killed) its notebook has failed."""
    error = future.exception()
    if error is None:
        return future.result()
    return Outcome(task.notebook.stem, 0.0, f"its worker gave up: {type(error).__name__} {error}")


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
