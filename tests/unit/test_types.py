"""The types of the rooms that pyproject.toml names are right."""

import subprocess
import sys

import pytest

from compendium.project.folders import PROJECT


@pytest.mark.slow_first
def test_the_types_are_right():
    pytest.importorskip("pyright", reason="pyright comes with `make extras`")
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=PROJECT.root, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
