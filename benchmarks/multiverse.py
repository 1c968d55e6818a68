"""All claims × all specifications × 1,000 draws, against a plain loop over the same work.

The loop (`tests/oracles/plain.py`) is run on a sample of specifications and draws, for it would take hours; its
time for each estimate is compared with that of the whole. That both find the same is asserted.
Exits with 1 where a limit is passed.
"""

import argparse
import resource
import subprocess
import sys
import time

import numpy as np

from compendium import multiverse, tables
from compendium.claims import load_register
from compendium.multiverse.choices import CHANGES
from compendium.multiverse.evaluate import answered
from compendium.project.folders import PROJECT

SECONDS, GIGABYTES, RATIO = 12.0, 2.0, 50.0
#: Claims that a plain loop draws papers for, one of each kind of measure.
LOOPED = ("01", "03", "05", "09", "13", "16")


def whole(draws: int) -> None:
    """Evaluate everything; print seconds, gigabytes and estimates. Run in a process of its own."""
    frame = multiverse.Frame(tables.load("proceedings"), 2024)
    started = time.perf_counter()
    curves = multiverse.evaluate(frame, draws=draws)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(seconds, peak / 1e9, len(curves), sum(len(curve.specifications) for curve in curves.values()))


def loop(each: int, draws: int) -> tuple[float, float, int]:
    """Return seconds an estimate of the plain loop and of the matrix products, for the same claims.

    `each` specifications of every claim are drawn by lot, and a draw of each; raises AssertionError
    where the two differ.
    """
    sys.path.append(str(PROJECT.root / "tests"))
    from oracles.plain import estimate

    frame = multiverse.Frame(tables.load("proceedings"), 2024)
    rng, register = np.random.default_rng(1), load_register()
    plain = fast = 0.0
    compared = estimates = 0
    for claim in (claim for claim in multiverse.quantitative(register) if claim.number in LOOPED):
        samples = multiverse.Samples(frame, draws, 2024)
        rows = multiverse.specifications(claim, frame)
        if "centrality" in rows:
            rows = rows.loc[rows["centrality"].isin(["degree", "strength"])].reset_index(drop=True)
        started = time.perf_counter()
        value = np.array([one.value for one in answered(claim, samples, rows)])
        fast += time.perf_counter() - started
        estimates += value.size
        for place in rng.choice(len(rows), each, replace=False):
            draw = int(rng.integers(1, draws + 1))
            option = rows.loc[place].drop(CHANGES).to_dict()
            started = time.perf_counter()
            found = estimate(claim.number, samples, option, draw)
            plain += time.perf_counter() - started
            assert np.isclose(found, value[place, draw], equal_nan=True), (claim.id, option, found, value[place, draw])
            compared += 1
    return plain / compared, fast / estimates, compared


def main() -> None:
    """Measure both; print seconds, memory and ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1_000)
    parser.add_argument("--each", type=int, default=20, help="specifications of each claim for the plain loop")
    parser.add_argument("--whole", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.whole:
        return whole(given.draws)
    done = subprocess.run(
        [sys.executable, __file__, "--whole", "--draws", str(given.draws)], capture_output=True, text=True, check=True
    )
    seconds, gigabytes, claims, specifications = map(float, done.stdout.split())
    plain, fast, compared = loop(given.each, given.draws)
    print(
        f"{claims:.0f} claims, {specifications:,.0f} specifications, {given.draws:,} draws: {seconds:.1f} s "
        f"(limit {SECONDS:.0f}), {gigabytes:.2f} GB (limit {GIGABYTES:.0f})"
    )
    print(
        f"plain loop {1e3 * plain:.1f} ms an estimate ({compared} compared, all equal), matrix products "
        f"{1e6 * fast:.2f} µs: ratio {plain / fast:,.0f} (limit {RATIO:.0f})"
    )
    sys.exit(int(seconds > SECONDS or gigabytes > GIGABYTES or plain / fast < RATIO))


if __name__ == "__main__":
    main()
