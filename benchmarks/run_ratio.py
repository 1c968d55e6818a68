"""Compare `python -m compendium run` with the same notebooks by `xargs -P 2 papermill`.

Both execute every notebook with the values that stand in it, as many at a time. The two are measured in
turn, so that a slow spell of the machine meets both. CPU seconds (user and system, of all processes that a
command starts) hang less on what else the machine does than wall time. Exits with 1 where the ratio of the
CPU seconds or of the wall times is too high. Needs xargs; CPU seconds are whole on Linux only.
"""

import argparse
import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from compendium.project import notebooks
from compendium.project.folders import PROJECT, RUN_DIR

LIMIT = 0.35
#: Linux: orphans of a command become children of this process, so that their seconds count.
PR_SET_CHILD_SUBREAPER = 36


class Seconds(NamedTuple):
    """What a command took."""

    wall: float
    cpu: float


def seconds(command: list[str], stdin: str = "", **environment: str) -> Seconds:
    """Return what a command took; end the benchmark, with what it said, if it fails."""
    before, started = os.times(), time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, cwd=PROJECT.root, env=os.environ | environment, stdin=subprocess.PIPE, stdout=said, stderr=said
        )
        process.communicate(stdin.encode())
        wall = time.perf_counter() - started
        if process.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{said.read()}")
    _wait_for_orphans()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Seconds(wall, cpu)


def _wait_for_orphans() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def of_run(names: list[str], jobs: int) -> Seconds:
    """Return what one run took, from the start of the command to the finished site."""
    only = ["--only", *names] if names else []
    return seconds([sys.executable, "-m", "compendium", "run", "--jobs", str(jobs), *only])


def of_papermill(chosen: list[Path], jobs: int) -> Seconds:
    """Return what papermill took on each notebook, `jobs` at a time, as a user would type it."""
    with tempfile.TemporaryDirectory() as folder:
        papermill = [sys.executable, "-m", "papermill", "--no-progress-bar", "--log-level", "ERROR"]
        return seconds(
            ["xargs", "-P", str(jobs), "-I", "{}", *papermill, "notebooks/{}.ipynb", f"{folder}/{{}}.ipynb"],
            "\n".join(path.stem for path in chosen),
            **{RUN_DIR: folder},
        )


def main() -> None:
    """Measure both, in turn, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=[], help="numbers or names of notebooks; all where none is named")
    given = parser.parse_args()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    chosen = [one for one in notebooks.ordered() if not given.only or {one.stem, one.stem[:2]} & set(given.only)]
    runs, papermills = [], []
    for repeat in range(1, given.repeats + 1):
        runs.append(of_run(given.only, given.jobs))
        papermills.append(of_papermill(chosen, given.jobs))
        print(f"{repeat}: run {_said(runs[-1])}; papermill {_said(papermills[-1])}", flush=True)
    run, papermill = (Seconds(*map(statistics.median, zip(*one, strict=True))) for one in (runs, papermills))
    ratio = Seconds(run.wall / papermill.wall, run.cpu / papermill.cpu)
    print(
        f"{len(chosen)} notebooks, {given.jobs} at a time, median of {given.repeats}: run {_said(run)}; papermill "
        f"{_said(papermill)}; ratio {ratio.wall:.2f} of wall, {ratio.cpu:.2f} of CPU (limit {LIMIT})"
    )
    sys.exit(int(max(ratio) > LIMIT))


def _said(one: Seconds) -> str:
    return f"{one.wall:.1f} s wall, {one.cpu:.1f} s CPU"


if __name__ == "__main__":
    main()
