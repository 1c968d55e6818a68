"""Snapshot of OpenAlex → tables: time and memory against DuckDB's bare scan, and two users' scripts.

The files are synthetic ones in the real layout (see `compendium.sources.openalex_generator`). Each
measurement is a process of its own, taken in turn; the fastest of its repeats counts. Exits with 1 where a limit
is passed. `--extrapolate` prints what the measurements say of all 510 million works.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from snapshot_ways import FLOOR, MEASURE, OURS, PAGES, PANDAS, write_pages
from synthetic import openalex as openalex_generator

from compendium.project.folders import PROJECT
from compendium.sources.openalex import scan

#: At most this many times the floor, by format.
LIMIT = {"jsonl": 1.4, "parquet": 2.0}
ENDING = {"jsonl": "gz", "parquet": "parquet"}
#: Time may grow with this power of the number of works; peak memory by this factor over all sizes.
EXPONENT, GROWTH = 1.05, 1.25
WORKS_PER_PART = 50_000  # the real ones have up to 400,000


@dataclass(frozen=True)
class Run:
    """One process: wall seconds, seconds of processors, peak gigabytes, and what it found."""

    seconds: float
    processor: float
    gigabytes: float
    found: dict


def run(work: str, *arguments: object) -> Run:
    """Run a script in a process of its own."""
    with tempfile.TemporaryDirectory(dir=PROJECT.build) as scratch:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", MEASURE.format(work=work), scratch, *map(str, arguments)],
            cwd=PROJECT.root,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        sys.exit(done.stderr)
    said = json.loads(done.stdout[done.stdout.rindex('{"seconds"') :])
    return Run(said["seconds"], said["processor"], said["gigabytes"], said["found"])


def part_of(whole: Path, form: str, n_works: int, place: Path) -> Path:
    """Lay out the first works of a snapshot as a snapshot of its own, by links; return its folder."""
    source, target = whole / "data" / form, place / "data" / form
    manifest = json.loads((source / "works" / "manifest.json").read_text(encoding="utf-8"))
    counts_of = {file["url"].split("/works/")[1]: file["meta"]["record_count"] for file in manifest["files"]}
    counts: dict[str, int] = {}
    for name in sorted(counts_of, key=lambda name: (name.split("/")[1], name)):  # dates in turn, as dealt
        if sum(counts.values()) >= n_works:
            break
        (target / "works" / name).parent.mkdir(parents=True, exist_ok=True)
        (target / "works" / name).hardlink_to(source / "works" / name)
        counts[name] = counts_of[name]
    openalex_generator.write_manifest(target / "works", form, "works", counts)
    (target / "institutions").symlink_to(source / "institutions")
    return place


def size(folder: Path, form: str) -> int:
    """Return the bytes of a snapshot's works."""
    return sum(path.stat().st_size for path in (folder / "data" / form / "works").glob("*/*"))


def read_share(folder: Path, form: str) -> float:
    """Return the share of a file's bytes that the conversion reads; of Parquet those of its columns only."""
    if form == "jsonl":
        return 1.0
    path = next((folder / "data" / form / "works").glob("*/*.parquet"))
    file = pq.ParquetFile(path)
    needed = scan.needed_columns(file)
    groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    columns = [group.column(number) for group in groups for number in range(group.num_columns)]
    return sum(one.total_compressed_size for one in columns if one.path_in_schema in needed) / path.stat().st_size


def against_floor(folder: Path, form: str, repeats: int) -> tuple[list[Run], list[Run]]:
    """Measure ours and the floor in turn."""
    ours, floor = [], []
    for _ in range(repeats):
        floor.append(run(FLOOR, folder, form))
        ours.append(run(OURS, folder, form))
    return ours, floor


def fastest(runs: list[Run], what: str = "seconds") -> float:
    """Return the least of one quantity: whatever else the machine does can only add to it."""
    return min(getattr(one, what) for one in runs)


def exponent(works: list[int], seconds: list[float]) -> float:
    """Return the slope of log seconds over log works, by least squares."""
    xs, ys = [math.log(n) for n in works], [math.log(s) for s in seconds]
    return statistics.linear_regression(xs, ys).slope if len(xs) > 1 else float("nan")


def measure(form: str, works: list[int], repeats: int, whole: Path, place: Path) -> tuple[bool, dict]:
    """Measure one format at all sizes; print; return whether a limit is passed, and the figures."""
    seconds, peaks, figures = [], [], []
    for n_works in works:
        folder = part_of(whole, form, n_works, place / f"{form}-{n_works}")
        ours, floor = against_floor(folder, form, repeats)
        ratios = [one.seconds / under.seconds for one, under in zip(ours, floor, strict=True)]
        seconds.append(fastest(ours))
        peaks.append(max(one.gigabytes for one in ours))
        last = (
            {
                "form": form,
                "works": n_works,
                "bytes": size(folder, form),
                "seconds": seconds[-1],
                "floor": fastest(floor),
                "ratio": seconds[-1] / fastest(floor),
                "read_share": read_share(folder, form),
            }
            | ours[-1].found
            | {key: min(one.found[key] for one in ours) for key in ("collect", "tabulate")}
        )
        figures.append(last)
        print(
            f"{form:8}{n_works:>10,} works {last['bytes'] / 1e9:6.2f} GB: tables {seconds[-1]:7.2f} s "
            f"(collect {last['collect']:.2f}, tabulate {last['tabulate']:.2f}), floor {last['floor']:7.2f} s, "
            f"ratio {last['ratio']:.2f} ({min(ratios):.2f} to {max(ratios):.2f}), of processor time "
            f"{fastest(ours, 'processor') / fastest(floor, 'processor'):.2f}, "
            f"peak {peaks[-1]:.2f} GB, floor's {max(one.gigabytes for one in floor):.2f} GB; "
            f"{last['kept']:,} works kept",
            flush=True,
        )
    slope, growth = exponent(works, seconds), max(peaks) / peaks[0]
    if len(figures) > 1:  # without what takes the same time for any number of works
        more = (last["seconds"] - figures[0]["seconds"]) / max(last["floor"] - figures[0]["floor"], 1e-9)
        print(f"{form:8} each work more takes {more:.2f} times the floor's", flush=True)
    print(
        f"{form:8} ratio {last['ratio']:.2f} (limit {LIMIT[form]}); exponent {slope:.2f} (limit {EXPONENT}); "
        f"peak memory grows {growth:.2f} times (limit {GROWTH})",
        flush=True,
    )
    failed = last["ratio"] > LIMIT[form] or slope > EXPONENT or growth > GROWTH
    first = figures[0] if len(figures) > 1 else {"tabulate": 0, "kept": 0}
    slower = max(last["tabulate"] - first["tabulate"], 0)  # without the part that no work adds to
    last["tabulate_a_work"] = slower / max(last["kept"] - first["kept"], 1)
    return failed, last


def against_users(n_works: int, whole: Path, place: Path) -> None:
    """Time a pandas script and paging to frames on the same works; results must be equal."""
    folder = part_of(whole, "jsonl", n_works, place / "users")
    ours = run(OURS, folder, "jsonl")
    pages = place / "pages"
    write_pages(folder, pages)
    for name, script, where in (("a pandas script", PANDAS, folder), ("paging to DataFrames", PAGES, pages)):
        theirs = run(script, where)
        for key in ("kept", "authorships", "cn"):
            if abs(theirs.found[key] - ours.found[key]) > 1e-3:
                sys.exit(f"{name}: {key} is {theirs.found[key]}, ours {ours.found[key]}")
        print(
            f"{name}: {theirs.seconds:.1f} s, {theirs.gigabytes:.2f} GB for the same {n_works:,} works; "
            f"ours {ours.seconds:.1f} s, {ours.gigabytes:.2f} GB: {theirs.seconds / ours.seconds:.1f} times ours",
            flush=True,
        )


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, nargs="+", default=[100_000, 400_000, 2_000_000], help="sizes, rising")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--forms", nargs="+", choices=list(LIMIT), default=list(LIMIT))
    parser.add_argument("--share", type=float, default=0.03, help="of works in the subfield asked for")
    parser.add_argument("--files", type=Path, help="folder of generated files, kept and used again")
    parser.add_argument("--part", type=int, default=WORKS_PER_PART, help="works in a part")
    parser.add_argument("--users", type=int, default=40_000, help="works for the users' scripts; 0: leave out")
    parser.add_argument("--extrapolate", action="store_true", help="print what it means for all works")
    asked = parser.parse_args()
    works = sorted(max(n // asked.part, 1) * asked.part for n in asked.works)
    PROJECT.build.mkdir(exist_ok=True)
    failed, figures = [], []
    for form in asked.forms:  # one format at a time: less disk
        with tempfile.TemporaryDirectory(dir=PROJECT.build) as temporary:
            place = Path(temporary)
            whole = asked.files or place / "whole"
            if not (whole / "data" / form / "works" / "manifest.json").exists():
                openalex_generator.write_snapshot(
                    whole, works[-1], form=form, share=asked.share, works_per_part=asked.part
                )
            bad, last = measure(form, works, asked.repeats, whole, place)
            failed.append(bad)
            figures.append(last)
            if form == "jsonl" and asked.users:
                against_users(min(asked.users, works[-1]), whole, place)
    if asked.extrapolate:
        from snapshot_extrapolation import page

        print(page(figures))
    sys.exit(int(any(failed)))


if __name__ == "__main__":
    main()
