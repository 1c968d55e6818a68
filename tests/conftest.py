"""What all tests share."""

import os

import pytest

from compendium import tables
from compendium.project import paths


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
    folder = paths.raw_dir()
    if not (folder / "paperlists").is_dir():
        pytest.skip("no raw files: set COMPENDIUM_RAW to a folder that has them")
    return folder


@pytest.fixture(scope="session")
def proceedings():
    """The committed tables."""
    return tables.load("proceedings")
