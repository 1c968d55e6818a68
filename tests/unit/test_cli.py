"""The commands: what they print, where, and with which exit code."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from compendium import cli
from compendium.execution.parameters import split_pairs


@pytest.fixture
def call(monkeypatch):
    """Call a command on the folders of a small project."""

    def call_on(folders, *arguments: str):
        monkeypatch.setattr(cli, "PROJECT", folders)
        return CliRunner().invoke(cli.app, arguments)

    return call_on


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("--only 20 30", "--only 20 --only 30"),
        ("--only 20 30 --jobs 3", "--only 20 --only 30 --jobs 3"),
        ("--only 20 --only 30 40", "--only 20 --only 30 --only 40"),
        ("--only 20 -p year 2022", "--only 20 -p year=2022"),
        ("-p year 2022 -p level -1", "-p year=2022 -p level=-1"),
        ("-p label a=b --run early", "-p label=a=b --run early"),
        ("--only", "--only"),
        ("-p year", "-p year"),
        ("--run x", "--run x"),
    ],
)
def test_arguments_are_spread(given, read):
    assert cli.spread(given.split()) == read.split()


def test_pairs_keep_what_follows_the_first_equals_sign():
    assert split_pairs(["label=a=b", "year=2022"]) == {"label": "a=b", "year": "2022"}


def test_run_prints_claims_and_where_things_are(project, call):
    result = call(project, "run", "--run", "early", "--only", "10", "20", "-p", "year", "2021")
    assert result.exit_code == 0, result.output
    assert "reproduced" in result.stdout and "pending" in result.stdout
    for line in (
        "notebooks  build/early+year=2021/notebooks",
        "figures    build/early+year=2021/figures",
        "site       build/early+year=2021/site/index.html",
    ):
        assert line in result.stdout
    assert "done    10-share" in result.stderr and "90-verdicts" not in result.stderr
    assert (project.build / "early+year=2021" / "site" / "10-share.html").exists()


def test_a_failed_notebook_makes_the_run_fail_after_all_is_shown(project, call, add_notebook):
    add_notebook("30-broken", ["1 / 0"])
    result = call(project, "run", "--only", "10", "30")
    assert result.exit_code == 1
    assert "failed  30-broken  cell 1, In [1]: ZeroDivisionError: division by zero" in result.stderr
    assert "reproduced" in result.stdout and "build/default/site/index.html" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("run --run late", "unknown run 'late'; runs.yml names: default, early, odd"),
        ("run --only 55", "no notebook '55'; there are: 00-index, 10-share, 20-order, 90-verdicts"),
        ("run -p yaer 2022", "unknown parameter 'yaer'"),
        ("run -p year soon", "parameter 'year' of notebook 10-share must be a whole number, not 'soon'"),
        ("run -p year", "-p takes a key and a value"),
        ("run -p year 1 -p year 2", "parameter 'year' is given twice"),
        ("run --jobs 0", "--jobs must be at least 1"),
        ("site --run early", "build/early has no executed notebook"),
        ("claims --run early", "no executed run 'early'"),
        ("tables --source elsewhere", "unknown source 'elsewhere'"),
    ],
)
def test_a_users_mistake_is_one_line_on_stderr_and_exit_code_2(project, call, arguments, message):
    result = call(project, *arguments.split())
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ") and message in result.stderr
    assert result.stderr.count("\n") == 1 and not result.stdout


def test_claims_are_those_committed_with_counts_per_verdict(refreshed, call):
    lines = call(refreshed, "claims").stdout.splitlines()
    assert lines[0].strip() == "Results in data/results/default"
    assert [line.split() for line in lines[-3:]] == [["1", "reproduced"], ["1", "not", "supported"], ["1", "pending"]]
    assert any("01-share" in line and "41.2 %" in line and "40.5 % to 42.0 %" in line for line in lines)


def test_claims_without_any_result_are_pending(project, call):
    result = call(project, "claims")
    assert result.exit_code == 0 and result.stdout.splitlines()[-1].split() == ["3", "pending"]


def test_a_result_that_is_none_is_named(refreshed, call):
    (refreshed.results / "default" / "01-share.json").write_text('{"verdict": "perhaps"}')
    result = call(refreshed, "claims")
    assert result.exit_code == 2 and "default/01-share.json holds no result" in result.stderr


def test_check_exits_with_1_on_a_difference(refreshed, call):
    (refreshed.figures / "01-share.png").write_bytes(b"other")
    refreshed.runs.write_text("runs: {default: {about: one, notebooks: [10]}}")
    result = call(refreshed, "check")
    assert result.exit_code == 1 and "figures/01-share.png is not what" in result.stdout


def test_refresh_says_that_it_replaced_nothing_after_a_failure(project, call, add_notebook):
    add_notebook("30-broken", ["1 / 0"])
    project.runs.write_text("runs: {default: {about: one, notebooks: [30]}}")
    result = call(project, "refresh")
    assert result.exit_code == 1 and "nothing is replaced" in result.stdout
    assert not project.figures.exists()


def test_the_module_runs_as_a_command():
    shown = subprocess.run(
        [sys.executable, "-m", "compendium", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert all(command in shown for command in ("run", "check", "refresh", "site", "claims", "tables"))
