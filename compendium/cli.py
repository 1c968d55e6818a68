"""`python -m compendium …`: thin commands over the modules that do the work."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperCommand

from compendium.claims import load_register
from compendium.errors import InputError
from compendium.folders import PROJECT
from compendium.overview import claims_table, coloured, count_verdicts, load_results, rows

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="Put every claim of one report to the test.")
FAILED = 1
USAGE = 2
INTERRUPTED = 130

Run = Annotated[str, typer.Option("--run", help="A run that data/runs.yml names.")]
Jobs = Annotated[int, typer.Option("--jobs", help="How many notebooks to execute at a time.")]


class ManyValues(TyperCommand):
    """A command whose `--only` takes several values and whose `-p` takes a key and a value."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:
        """Bring the arguments into the form that the parser knows."""
        return super().parse_args(ctx, spread(args))


def spread(arguments: list[str]) -> list[str]:
    """Write `--only 20 30` as `--only 20 --only 30`, and `-p year 2022` as `-p year=2022`."""
    words: list[str] = []
    rest = iter(arguments)
    only = False
    for word in rest:
        if word == "-p":
            words += ["-p", "=".join(pair for pair in (next(rest, ""), next(rest, "")) if pair)]
        elif only and not word.startswith("-"):
            words += [word] if words[-1] == "--only" else ["--only", word]
        else:
            words.append(word)
        only = word == "--only" or (only and not word.startswith("-"))
    return words


@contextmanager
def one_clear_line() -> Iterator[None]:
    """Say a user's mistake in one line on stderr, without a traceback, and exit with 2."""
    try:
        yield
    except InputError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(USAGE) from None
    except KeyboardInterrupt:
        typer.echo("stopped: the run is incomplete, and the previous one is left as it was", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _stop_like_interrupt() -> None:
    """Let a termination end the kernels as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
