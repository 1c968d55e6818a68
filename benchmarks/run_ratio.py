"""Compare `python -m compendium run` with the same notebooks one after another by plain papermill.

Both execute every notebook with the values that stand in it. The two are timed in turn, so that
a slow spell of the machine meets both. Exits with 1 where the ratio of the medians is too high.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from compendium.project import notebooks
from compendium.project.folders import PROJECT, RUN_DIR

LIMIT = 0.65


def seconds(command: list[str], **environment: str) -> float:
    """Return the wall time of a command; end the benchmark, with what it said, if it fails."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=PROJECT.root, env=os.environ | environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return time.perf_counter() - started


def time_run(jobs: int) -> float:
    """Return the wall time of one run, from the start of the command to the finished site."""
    return seconds([sys.executable, "-m", "compendium", "run", "--jobs", str(jobs)])


def time_papermill(notebooks: list[Path]) -> float:
    """Return the wall time of papermill on each notebook, in order, as a user would type it."""
    with tempfile.TemporaryDirectory() as folder:
        return sum(
            seconds(
                [
                    sys.executable,
                    "-m",
                    "papermill",
                    "--no-progress-bar",
                    "--log-level",
                    "ERROR",
                    str(notebook.relative_to(PROJECT.root)),
                    str(Path(folder) / notebook.name),
                ],
                **{RUN_DIR: folder},
            )
            for notebook in notebooks
        )


def main() -> None:
    """Time both, in turn, and print medians and ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    every = notebooks.ordered()
    runs, papermills = [], []
    for repeat in range(1, given.repeats + 1):
        runs.append(time_run(given.jobs))
        papermills.append(time_papermill(every))
        print(f"{repeat}: run {runs[-1]:.1f} s, papermill {papermills[-1]:.1f} s", flush=True)
    run, papermill = statistics.median(runs), statistics.median(papermills)
    ratio = run / papermill
    print(
        f"{len(every)} notebooks, {given.jobs} jobs, median of {given.repeats}: "
        f"run {run:.1f} s, papermill {papermill:.1f} s, ratio {ratio:.2f} (limit {LIMIT})"
    )
    sys.exit(int(ratio > LIMIT))


if __name__ == "__main__":
    main()
