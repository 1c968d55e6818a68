"""Print the CPU seconds that `make test` takes, and which files of tests take them.

User and system seconds of all processes that the tests start and wait for. Seconds of wall time say little:
tests wait for servers, and other programs wait for the cores. Exits with 1 where a test fails or the limit
is passed. This file is also the plugin of pytest that measures: it is loaded in every worker.
"""

import argparse
import os
import resource
import subprocess
import sys
from collections import Counter

import pytest

from compendium.project.folders import PROJECT

LIMIT = 400
#: The lines of the list by file.
MOST = 25
_KEY = "cpu seconds"
_by_file: Counter[str] = Counter()


def _spent() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    return sum(os.times()[:4])


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    """Remember what was spent before a test."""
    item.stash[_KEY] = _spent()
    yield


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_teardown(item):
    """Hand on what a test has spent."""
    yield
    item.user_properties.append((_KEY, _spent() - item.stash[_KEY]))


def pytest_runtest_logreport(report):
    """Add up what the workers sent; a test has ended with its teardown."""
    if report.when == "teardown" and not os.environ.get("PYTEST_XDIST_WORKER"):
        _by_file[report.location[0]] += dict(report.user_properties).get(_KEY, 0.0)


def pytest_terminal_summary(terminalreporter):
    """Print the files that spent most."""
    terminalreporter.section("CPU seconds by file")
    for name, seconds in _by_file.most_common(MOST):
        terminalreporter.write_line(f"{seconds:8.1f}  {name}")


def main() -> None:
    """Run the tests as `make test` does, and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tests", nargs="*", help="files of tests; all for none, and then the limit counts")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    command = [sys.executable, "-m", "pytest", "-n", str(given.jobs), "-p", "benchmarks.tests_cpu", *given.tests]
    failed = subprocess.run(command, cwd=PROJECT.root).returncode
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    print(f"{seconds:.0f} CPU seconds (limit of all tests: {LIMIT})")
    sys.exit(failed or int(not given.tests and seconds > LIMIT))


if __name__ == "__main__":
    main()
