"""`python -m compendium …`: thin commands over the modules that do the work."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperCommand

from compendium.claims import load_register, read_all
from compendium.project.errors import InputError
from compendium.project.files import recover
from compendium.project.folders import PROJECT
from compendium.report.overview import claims_table, coloured, count_verdicts, rows

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Put every claim of one report to the test.",
)
FAILED = 1
USAGE = 2
INTERRUPTED = 130

Run = Annotated[str, typer.Option("--run", help="A run that data/runs.yml names.")]
Executed = Annotated[str, typer.Option("--run", help="An executed run: the name of its folder in build/.")]
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
    """Let a termination end the kernels as Ctrl-C does; once, for it may be sent to a group and to us."""

    def stop(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)


def _terminal() -> Console:
    """Return the console for results; where there is no terminal, wide enough for a table."""
    return Console() if sys.stdout.isatty() else Console(width=150)


@app.command(cls=ManyValues)
def run(
    name: Run = "default",
    only: Annotated[
        list[str] | None, typer.Option(metavar="NN [NN ...]", help="Only these notebooks, by number or name.")
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("-p", metavar="KEY VALUE", help="Set a parameter; may be repeated.")
    ] = None,
    jobs: Jobs = 2,
) -> None:
    """Execute the notebooks in parallel, and build the site of what they found.

    A run goes to build/RUN. Parameters set by -p stand in the folder's name (build/default+year=2022), so
    that runs with other parameters lie beside one another. With --only, the other notebooks are taken over
    from the last run in that folder, and the overviews 00 and 90 are executed again if it has them. Where
    the run there had other parameters, as after an edit of data/runs.yml, its parameters are put into the
    name of the new folder instead; run.json says with which each notebook was executed.
    """
    from compendium.execution.parameters import split_pairs
    from compendium.execution.run import run as run_notebooks

    _stop_like_interrupt()
    with one_clear_line():
        report = run_notebooks(name, only or (), split_pairs(parameter or ()), jobs, folders=PROJECT)
        from compendium.report.site import build_site  # while notebooks ran, nothing else took a core

        index = build_site(report.folder, folders=PROJECT) / "index.html"
        _print_claims(report.folder / "results", f"Run {report.name}")
    for what, place in {
        "notebooks": report.folder / "notebooks",
        "figures": report.folder / "figures",
        "site": index,
    }.items():
        typer.echo(f"{what:<10} {PROJECT.shown(place)}")
    _exit_if(bool(report.failures))


@app.command()
def check(jobs: Jobs = 2) -> None:
    """Execute the default run afresh and compare it with what is committed."""
    from compendium.execution.check import check as compare_with_committed

    _stop_like_interrupt()
    with one_clear_line():
        same = compare_with_committed(jobs, folders=PROJECT, console=_terminal())
    _exit_if(not same)


@app.command()
def refresh(jobs: Jobs = 2) -> None:
    """Execute the default run and replace the committed outputs, results and figures by its own."""
    from compendium.execution.check import refresh as replace_committed

    _stop_like_interrupt()
    with one_clear_line():
        report = replace_committed(jobs, folders=PROJECT)
    typer.echo(
        "nothing is replaced: a notebook failed"
        if report.failures
        else "replaced: the outputs of notebooks/, data/results/default/ and figures/"
    )
    _exit_if(bool(report.failures))


@app.command()
def site(name: Executed = "default") -> None:
    """Build the HTML site of a run that was executed."""
    from compendium.report.site import build_site

    with one_clear_line():
        recover(PROJECT.build / name)
        typer.echo(PROJECT.shown(build_site(PROJECT.build / name, folders=PROJECT) / "index.html"))


@app.command()
def claims(
    name: Annotated[
        str | None, typer.Option("--run", help="An executed run; what is committed where none is named.")
    ] = None,
) -> None:
    """Print every claim with its estimate and its verdict."""
    folder = PROJECT.results / "default" if name is None else PROJECT.build / name / "results"
    if name is not None:
        recover(PROJECT.build / name)
    with one_clear_line():
        if name is not None and not folder.is_dir():
            raise InputError(f"no executed run {name!r}: `python -m compendium run --run {name}` executes it")
        _print_claims(folder, f"Results in {PROJECT.shown(folder)}")


def _print_claims(folder: Path, title: str) -> None:
    found = rows(load_register(PROJECT.register), read_all(folder))
    console = _terminal()
    console.print(claims_table(found, title))
    counts = Table.grid(padding=(0, 2))
    for verdict, count in count_verdicts(found).items():
        counts.add_row(str(count), coloured(verdict))
    console.print(counts)


@app.command()
def tables(
    source: Annotated[str, typer.Option(help="The source to count down to tables.")] = "proceedings",
    raw: Annotated[
        Path | None, typer.Option(help="The folder of raw files; COMPENDIUM_RAW or data/raw unless named.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder that gets the source's folder of tables; data/tables unless named.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            "-o",
            metavar="KEY=VALUE",
            help="Set an option of the source; may be repeated. Several values: 1702+1707, years: 2020-2024.",
        ),
    ] = None,
    all_files: Annotated[bool, typer.Option("--all-files", help="Short for -o all_files=true.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what collecting would cost.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only the tables that the source can answer without records.")
    ] = False,
    engine: Annotated[str, typer.Option(help="duckdb, or spark (needs `make extras`, Java 17).")] = "duckdb",
    memory: Annotated[str, typer.Option(help="What the engine may hold in memory.")] = "1GB",
    master: Annotated[
        str | None,
        typer.Option(
            help="The Spark cluster, spark://host:port; COMPENDIUM_SPARK_MASTER or this machine unless named."
        ),
    ] = None,
) -> None:
    """Count the records of a source down to its small tables."""
    from compendium.project.folders import PROJECT
    from compendium.sources import options, registry
    from compendium.tabulation import build

    with one_clear_line():
        words = [*(option or ()), *(["all_files=true"] if all_files else ())]
        asked = registry.get(source)
        settings = options.read_options(asked, words, quick)
        if dry_run:
            typer.echo(str(options.estimate(asked, raw or PROJECT.raw, settings, quick)))
            return
        built = build.build_tables(
            asked,
            raw or PROJECT.raw,
            out or PROJECT.tables,
            quick=quick,
            engine=engine,
            memory=memory,
            master=master,
            **settings,
        )
    typer.echo(f"tables     {PROJECT.shown(built)}")


def _exit_if(failed: bool) -> None:
    if failed:
        raise typer.Exit(FAILED)
