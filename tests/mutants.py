"""Break one line after the other, and see whether the tests named for it fail.

Each mutant once survived all tests. They are no part of `make test`: run `python tests/mutants.py` where the
lines or their tests have changed. Works on a copy of the project. Exits with 1 where a mutant survives, or
where its line is no longer found.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from compendium.project.folders import PROJECT

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "build", "records", "__pycache__", ".hypothesis", ".pytest_cache")


@dataclass(frozen=True)
class Mutant:
    """A line that is broken: `old` becomes `new` in `file`, and `tests` must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


MUTANTS = (
    Mutant(
        "an interval that just touches the admitted range",
        "compendium/claims/verdict.py",
        "high >= claim.reported.low",
        "high > claim.reported.low",
        ("tests/unit/test_claims.py",),
    ),
    Mutant(
        "the worst case of unknown authors",
        "compendium/measures/partners.py",
        "else np.maximum(others, unknown)",
        "else np.minimum(others, unknown)",
        ("tests/unit/test_worst_case.py",),
    ),
    Mutant(
        "how far back a lead is looked for",
        "compendium/multiverse/answers.py",
        "YEARS_BACK = 15",
        "YEARS_BACK = 5",
        ("tests/unit/test_from_behind.py",),
    ),
    Mutant(
        "three years make a trend",
        "compendium/measures/self_reliance.py",
        "LEAST_YEARS = 2, 3",
        "LEAST_YEARS = 2, 2",
        ("tests/unit/test_years_of_a_trend.py",),
    ),
    Mutant(
        "the years before that tell how old a researcher is",
        "compendium/claims/needs.py",
        "range(year - before, year)",
        "range(year - before + 1, year)",
        ("tests/unit/test_needs.py",),
    ),
    Mutant(
        "the share at which one country stands in for another",
        "compendium/sources/proceedings/lists.py",
        "NEARLY_ALWAYS = 0.95",
        "NEARLY_ALWAYS = 0.75",
        ("tests/sources/test_proceedings.py",),
    ),
    Mutant(
        "a title says that intervals overlap",
        "compendium/findings.py",
        'three.iloc[0]["high"] > three.iloc[1]["low"]',
        'three.iloc[0]["high"] <= three.iloc[1]["low"]',
        ("tests/unit/test_findings.py",),
    ),
    Mutant(
        "how far counts may miss one another",
        "compendium/sources/openalex/quick.py",
        "DRIFT = 0.005",
        "DRIFT = 0.05",
        ("tests/sources/test_openalex_quick.py",),
    ),
    Mutant(
        "just enough papers a year for a slope",
        "compendium/measures/self_reliance.py",
        '"n_papers"].sum() >= few * length',
        '"n_papers"].sum() > few * length',
        ("tests/unit/test_selfreliance.py",),
    ),
    Mutant(
        "a city just within reach",
        "compendium/measures/geography.py",
        'at["longitude"].to_numpy()) <= km',
        'at["longitude"].to_numpy()) < km',
        ("tests/unit/test_geography.py",),
    ),
    Mutant(
        "the longest wait that is waited for",
        "compendium/sources/openalex/api.py",
        "default=0.0) > LONGEST_WAIT",
        "default=0.0) >= LONGEST_WAIT",
        ("tests/sources/test_openalex_api.py",),
    ),
)


def passes(copy: Path, tests: tuple[str, ...]) -> bool:
    """Tell whether the tests pass in `copy`, on the package that stands there."""
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True).returncode == 0


def outcome(mutant: Mutant, copy: Path) -> str:
    """Return what becomes of a mutant: killed, survived, or why that cannot be told."""
    file = copy / mutant.file
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    if text.count(mutant.old) != 1:
        return "not found: its line has changed"
    try:
        file.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        if not passes(copy, mutant.tests):
            file.write_text(text, encoding="utf-8")
            return "killed" if passes(copy, mutant.tests) else "unknown: its tests fail without it"
        return "survived"
    finally:
        file.write_text(text, encoding="utf-8")


def main() -> None:
    """Try all mutants, or those whose name holds a word."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("word", nargs="?", default="", help="only mutants whose name or file holds it")
    word = parser.parse_args().word
    chosen = [mutant for mutant in MUTANTS if word in mutant.name + mutant.file]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(PROJECT.root, copy, ignore=LEFT_OUT)
        found = []
        for mutant in chosen:
            found.append(outcome(mutant, copy))
            print(f"{found[-1]:<10} {mutant.name} ({mutant.file})", flush=True)
    print(f"{found.count('killed')} of {len(chosen)} killed")
    sys.exit(int(found.count("killed") < len(chosen)))


if __name__ == "__main__":
    main()
