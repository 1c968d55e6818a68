"""Time and memory of raw lists → tables, against the floor: only unpacking and parsing the lists.

Each is measured in a process of its own, in turn. Exits with 1 where a limit is passed.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile

from compendium.project.folders import PROJECT

SECONDS, GIGABYTES = 60, 2.0
MEASURE = """
import resource, sys, time
from pathlib import Path
started = time.perf_counter()
{work}
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(time.perf_counter() - started, peak * (1 if sys.platform == "darwin" else 1024) / 1e9)
"""
BUILD = """
from compendium.project.folders import Folders
from compendium.sources import registry
from compendium.tabulation import build
Folders.records = Path(sys.argv[1]) / "records"
build.build_tables(registry.get("proceedings"), out=Path(sys.argv[1]))
"""
FLOOR = """
import gzip, json
from compendium.project.folders import PROJECT
for path in sorted((PROJECT.raw / "paperlists").glob("*/*.json*")):
    json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
"""


def measure(work: str) -> tuple[float, float]:
    """Return wall seconds and peak gigabytes of one process that does `work`."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", MEASURE.format(work=work), folder], cwd=PROJECT.root, capture_output=True, text=True
        )
    if done.returncode:
        sys.exit(done.stderr)
    seconds, gigabytes = done.stdout.split()[-2:]
    return float(seconds), float(gigabytes)


def main() -> None:
    """Measure both in turn; print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    builds, floors = [], []
    for repeat in range(1, repeats + 1):
        builds.append(measure(BUILD))
        floors.append(measure(FLOOR))
        print(
            f"{repeat}: tables {builds[-1][0]:.1f} s, {builds[-1][1]:.2f} GB; "
            f"only parsing {floors[-1][0]:.1f} s, {floors[-1][1]:.2f} GB",
            flush=True,
        )
    seconds = statistics.median(build[0] for build in builds)
    gigabytes = max(build[1] for build in builds)
    ratio = seconds / statistics.median(floor[0] for floor in floors)
    print(
        f"raw lists to tables: {seconds:.1f} s (limit {SECONDS}), {gigabytes:.2f} GB (limit {GIGABYTES:.0f}), "
        f"{ratio:.1f} times the mere parsing"
    )
    sys.exit(int(seconds > SECONDS or gigabytes > GIGABYTES))


if __name__ == "__main__":
    main()
