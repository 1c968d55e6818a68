"""The code is formatted and linted as pyproject.toml says, and no exception there is out of date."""

import json
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

from compendium.project.folders import PROJECT

SETTINGS = tomllib.loads((PROJECT.root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]


def ruff(*arguments):
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache"]
    return subprocess.run(command, cwd=PROJECT.root, capture_output=True, text=True, timeout=120)


def test_the_linter_finds_nothing():
    done = ruff("check", "--output-format", "concise")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_file_is_formatted():
    done = ruff("format", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_exception_is_still_needed():
    done = ruff("check", "--output-format", "json", "--config", "lint.per-file-ignores={}")
    findings = [
        (Path(found["filename"]).relative_to(PROJECT.root).as_posix(), found["code"])
        for found in json.loads(done.stdout)
    ]
    for pattern, rules in SETTINGS["lint"]["per-file-ignores"].items():
        for rule in rules:
            needed = any(fnmatch(file, pattern) and code.startswith(rule) for file, code in findings)
            assert needed, f"pyproject.toml: {pattern} no longer needs the exception {rule}"
