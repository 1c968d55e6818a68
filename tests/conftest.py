"""What all tests share."""

import os

import hypothesis
import pytest

from compendium.execution.kernel import KERNEL_ENVIRONMENT
from compendium.project.folders import PROJECT

# As in a run, and before numpy is loaded: workers share the cores, and each keeps to one thread.
os.environ.update(KERNEL_ENVIRONMENT)

#: Their fixtures are for tests of several folders: a small project, a server that answers as Dimensions does.
pytest_plugins = ("support.small_project", "support.dimensions_server")

# No test hangs on the machine's speed, and each run of the tests looks at the same examples.
hypothesis.settings.register_profile("compendium", deadline=None, derandomize=True)
hypothesis.settings.load_profile("compendium")


def pytest_collection_modifyitems(items):
    """Put the slowest first, so that parallel workers end together."""
    items.sort(key=lambda item: "slow_first" not in item.keywords)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Let a skipped test fail where `COMPENDIUM_NO_SKIP` is set: CI must not count it as passed."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("COMPENDIUM_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which COMPENDIUM_NO_SKIP forbids: {report.longrepr}"


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector):
    """The same for a file that is skipped whole, as where an optional package is missing."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("COMPENDIUM_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which COMPENDIUM_NO_SKIP forbids: {report.longrepr}"


@pytest.fixture(scope="session")
def raw():
    """The folder of raw files; a test that needs it is skipped where it is not there."""
    folder = PROJECT.raw
    if not (folder / "paperlists").is_dir():
        pytest.skip("no raw files: set COMPENDIUM_RAW to a folder that has them")
    return folder


@pytest.fixture(scope="session")
def proceedings():
    """The committed tables."""
    from compendium import tables

    return tables.load("proceedings")
