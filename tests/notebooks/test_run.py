"""Runs: order, parameters, failures, and outputs that are the same wherever they are made."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from compendium.execution.clean import INJECTED
from compendium.execution.run import RunReport, load_runs, plan_parameters, run, select
from compendium.project import notebooks
from compendium.project.errors import InputError
from compendium.project.runs import name_with


def outputs_of(path: Path) -> str:
    """Return all that the cells of a notebook print, as one text."""
    cells = nbformat.read(path, as_version=4).cells
    return "".join(
        str(output.get("text", output.get("data", "")))
        for cell in cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file in `folder` but the record, which holds seconds."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "run.json"
    }


@pytest.fixture
def first(refreshed) -> RunReport:
    """The default run that the refreshed project was made by."""
    return RunReport("default", refreshed.build / "default", ())


def test_last_stage_sees_the_results_of_all_others(first):
    assert "['01-share', '02-order']" in outputs_of(first.folder / "notebooks" / "90-verdicts.ipynb")
    assert outputs_of(first.folder / "notebooks" / "00-index.ipynb") == "2\n"


def test_two_runs_in_different_places_are_byte_identical(first, project):
    again = run(folders=project, jobs=3)
    assert [outcome.notebook for outcome in again.outcomes] == ["00-index", "10-share", "20-order", "90-verdicts"]
    assert contents(again.folder) == contents(first.folder)


def test_executed_notebooks_hold_nothing_of_machine_or_time(first, refreshed):
    for path in (first.folder / "notebooks").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        notebook = nbformat.read(path, as_version=4)
        counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
        assert str(refreshed.root.parent) not in text and str(Path.home()) not in text
        assert "ipykernel_" not in text and "papermill" not in text
        assert set(notebook.metadata) == {"kernelspec", "language_info"}
        assert notebook.metadata.kernelspec.display_name == "Python 3 (ipykernel)"
        assert "version" not in notebook.metadata.language_info
        assert counts == list(range(1, len(counts) + 1))
    shown = outputs_of(first.folder / "notebooks" / "10-share.ipynb")
    assert "year 2024 . build/default\n" in shown
    assert "cell.py:3: UserWarning: a warning" in shown


def test_cells_stay_as_they_are_in_the_source(first, refreshed):
    for path in notebooks.ordered(refreshed.notebooks):
        source, executed = (
            nbformat.read(one, as_version=4).cells for one in (path, first.folder / "notebooks" / path.name)
        )
        for old, new in zip(source, executed, strict=True):
            assert (old.id, old.source, old.metadata) == (new.id, new.source, new.metadata)


def test_record_holds_digests_versions_and_seconds(first):
    record = json.loads((first.folder / "run.json").read_text(encoding="utf-8"))
    assert record["run"] == "default" and record["failures"] == {}
    assert (
        record["seconds"].keys()
        == record["digests"]["code_cells"].keys()
        == {"00-index", "10-share", "20-order", "90-verdicts"}
    )
    assert {"results/01-share.json", "figures/01-share.png", "notebooks/10-share.ipynb"} <= record["digests"][
        "outputs"
    ].keys()
    assert {"execution/run.py", "report/template/style.css"} <= record["digests"]["package"].keys()
    assert {"python", "papermill", "pandas"} <= record["versions"].keys()


def test_a_parameter_reaches_the_notebooks_that_declare_it(project):
    report = run("early", only=[10], parameters={"level": "0.25", "bold": "true"}, folders=project)
    notebook = nbformat.read(report.folder / "notebooks" / "10-share.ipynb", as_version=4)
    injected = [cell for cell in notebook.cells if INJECTED in cell.metadata.get("tags", [])]
    assert [cell.id for cell in injected] == [INJECTED]
    assert injected[0].source == "# Parameters\nyear = 2020\nlevel = 0.25\nbold = True\n"
    assert [path.name for path in (report.folder / "notebooks").iterdir()] == ["10-share.ipynb"]


def test_what_is_given_goes_before_the_run_and_only_where_declared(project):
    there = notebooks.ordered(project.notebooks)
    plan = plan_parameters({"year": 2020}, {"year": "2021", "label": "7"}, there, there)
    assert plan == {
        "00-index": {},
        "10-share": {"year": 2021, "label": "7"},
        "20-order": {"year": 2021},
        "90-verdicts": {},
    }


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("year", "soon", "a whole number"),
        ("year", "2022.5", "a whole number"),
        ("year", True, "a whole number"),
        ("level", "high", "a number"),
        ("bold", "1", "true or false"),
        ("bold", 1, "true or false"),
        ("label", 3, "a text"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(project, name, value, wanted):
    with pytest.raises(InputError, match=rf"{name}.*10-share must be {wanted}, not {value!r}"):
        run(parameters={name: value}, folders=project)
    assert not project.build.exists()


def test_a_parameter_that_no_selected_notebook_knows_is_refused(project):
    with pytest.raises(InputError, match="'yaer'.*known are: bold, label, level, year"):
        run(parameters={"yaer": 2022}, folders=project)
    with pytest.raises(InputError, match="'label'.*20-order; known are: year"):
        run(only=["20"], parameters={"label": "x"}, folders=project)
    with pytest.raises(InputError, match="'colour'"):
        run("odd", folders=project)


def test_unknown_runs_and_notebooks_are_refused_with_those_there_are(project):
    with pytest.raises(InputError, match="'late'; runs.yml names: default, early, odd"):
        run("late", folders=project)
    with pytest.raises(InputError, match="no notebook 55; there are: 00-index, 10-share"):
        run(only=[55], folders=project)
    with pytest.raises(InputError, match="--jobs"):
        run(jobs=0, folders=project)


def test_runs_file_is_validated(project):
    project.runs.write_text("runs:\n  default: {about: x, colour: red}\n", encoding="utf-8")
    with pytest.raises(InputError, match="runs.yml.*colour"):
        load_runs(project.runs)


def test_select_takes_numbers_and_names_in_the_order_of_the_notebooks(project):
    chosen = select(notebooks.ordered(project.notebooks), ["90", "10-share", 0])
    assert [path.stem for path in chosen] == ["00-index", "10-share", "90-verdicts"]


def test_failures_name_cell_and_cause_and_the_others_go_on(project, add_notebook):
    add_notebook("30-broken", ["# Broken", "a = 1", "print('so far')\nraise ValueError('no\\nsuch year')", "a"])
    add_notebook("35-killed", ["# Killed", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"])
    report = run(folders=project)
    failures = {outcome.notebook: outcome.failure for outcome in report.failures}
    assert failures == {
        "30-broken": "cell 3, In [2]: ValueError: no such year",
        "35-killed": "DeadKernelError: Kernel died (in cell 2)",
    }
    broken = nbformat.read(report.folder / "notebooks" / "30-broken.ipynb", as_version=4)
    assert [cell.id for cell in broken.cells] == ["cell-0", "cell-1", "cell-2", "cell-3"]
    assert broken.cells[2].outputs[0].text == "so far\n"
    assert "['01-share', '02-order']" in outputs_of(report.folder / "notebooks" / "90-verdicts.ipynb")
    assert json.loads((report.folder / "run.json").read_text())["failures"] == failures


def test_a_file_that_is_no_notebook_fails_alone(project):
    (project.notebooks / "20-order.ipynb").write_text("<<<<<<< conflict")
    report = run(only=[10, 20], folders=project)
    assert [outcome.notebook for outcome in report.failures] == ["20-order"]
    assert "NotJSONError" in report.failures[0].failure
    assert (report.folder / "results" / "01-share.json").exists()


def test_a_worker_that_dies_fails_its_notebook_alone(project, add_notebook):
    add_notebook("30-murder", ["import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"])
    report = run(only=[30, 90], folders=project, jobs=1)
    assert [outcome.notebook for outcome in report.failures] == ["30-murder"]
    assert "its worker gave up" in report.failures[0].failure


def test_kernels_show_tables_as_wide_as_one_that_is_started_by_itself(project, add_notebook):
    add_notebook("30-pandas", ["import pandas as pd\nprint(pd.get_option('display.max_columns'), hash('text'))"])
    report = run(only=[30], folders=project)
    fixed = {"PYTHONHASHSEED": "0"}
    alone = subprocess.run([sys.executable, "-c", "print(hash('text'))"], env=fixed, capture_output=True, text=True)
    assert outputs_of(report.folder / "notebooks" / "30-pandas.ipynb") == f"20 {alone.stdout}"


def test_each_run_has_the_environment_of_its_time(project, add_notebook, monkeypatch):
    add_notebook("30-environment", ["import os\nprint(os.environ.get('COMPENDIUM_TABLES'))"])
    for value in ("here", "there"):
        monkeypatch.setenv("COMPENDIUM_TABLES", value)
        report = run(only=[30], folders=project)
        assert outputs_of(report.folder / "notebooks" / "30-environment.ipynb") == f"{value}\n"


def test_a_run_that_is_stopped_leaves_the_previous_one_whole(first, refreshed, monkeypatch):
    before = contents(first.folder)

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("compendium.execution.workers._line", stop)
    with pytest.raises(KeyboardInterrupt):
        run(only=[20], folders=refreshed)
    assert contents(first.folder) == before
    assert [path.name for path in refreshed.build.iterdir()] == ["default"]


def test_a_run_of_some_notebooks_takes_over_the_others(first, refreshed):
    (first.folder / "site").mkdir()
    (first.folder / "site" / "index.html").write_text("old")
    before = contents(first.folder)
    report = run(only=[20], folders=refreshed)
    assert report.folder == first.folder and contents(report.folder) == before
    assert [one.notebook for one in report.outcomes] == ["00-index", "20-order", "90-verdicts"]
    assert [path.name for path in refreshed.build.iterdir()] == ["default"]
    record = json.loads((report.folder / "run.json").read_text())
    assert record["taken_over"] == ["10-share"]
    assert (
        record["parameters"].keys()
        == record["seconds"].keys()
        == record["digests"]["code_cells"].keys()
        == {"00-index", "10-share", "20-order", "90-verdicts"}
    )


def test_what_a_notebook_no_longer_makes_is_not_taken_over(first, refreshed):
    path = refreshed.notebooks / "20-order.ipynb"
    path.write_text(path.read_text().replace('record(\\"02-order\\"', 'record(\\"04-other\\"'))
    report = run(only=[20], folders=refreshed)
    assert sorted(one.name for one in (report.folder / "results").iterdir()) == ["01-share.json", "04-other.json"]
    assert "['01-share', '04-other']" in outputs_of(report.folder / "notebooks" / "90-verdicts.ipynb")


def test_a_notebook_that_fails_leaves_the_others_and_its_failure(first, refreshed):
    path = refreshed.notebooks / "20-order.ipynb"
    good = path.read_text()
    path.write_text(good.replace('record(\\"02-order', '1 / 0\\nrecord(\\"02-order'))
    report = run(only=[20], folders=refreshed)
    assert [one.name for one in (report.folder / "results").iterdir()] == ["01-share.json"]
    assert json.loads((report.folder / "run.json").read_text())["failures"].keys() == {"20-order"}
    path.write_text(good)
    mended = run(only=[20], folders=refreshed)
    assert json.loads((mended.folder / "run.json").read_text())["failures"] == {}


def test_a_run_with_other_parameters_goes_beside(first, refreshed):
    before = contents(first.folder)
    other = run(only=[20], parameters={"year": "2022"}, folders=refreshed)
    again = run(only=[10], parameters={"year": 2022}, folders=refreshed)
    assert other.folder == again.folder == refreshed.build / "default+year=2022"
    assert other.name == "default+year=2022"
    assert contents(first.folder) == before
    record = json.loads((again.folder / "run.json").read_text())
    assert record["parameters"] == {"10-share": {"year": 2022}, "20-order": {"year": 2022}}
    assert sorted(one.name for one in (again.folder / "results").iterdir()) == ["01-share.json", "02-order.json"]


def test_a_run_whose_definition_has_changed_goes_beside_what_it_was(project):
    first = run("early", only=[20], folders=project)
    before = contents(first.folder)
    project.runs.write_text(project.runs.read_text().replace("2020", "2021"))
    second = run("early", only=[20], folders=project)
    assert (first.name, second.name) == ("early", "early+year=2021")
    assert contents(first.folder) == before


def test_what_is_no_run_is_not_touched(first, refreshed):
    (first.folder / "run.json").write_text("{}")
    before = contents(first.folder)
    with pytest.raises(InputError, match="default in build/ is a run with other parameters"):
        run(only=[20], folders=refreshed)
    assert contents(first.folder) == before


def test_a_run_killed_while_it_is_put_in_place_is_brought_back(first, refreshed):
    before = contents(first.folder)
    first.folder.rename(refreshed.build / ".default.old")
    assert contents(run(only=[20], folders=refreshed).folder) == before


def test_names_tell_parameters_apart_and_fit_into_a_folder():
    assert name_with("default", {}) == "default"
    assert name_with("default", {"year": 2022, "bold": True}) == "default+bold=true+year=2022"
    slash, dash = (name_with("default", {"label": value}) for value in ("a/b", "a-b"))
    assert dash == "default+label=a-b" and "/" not in slash and slash != dash
    long = [name_with("default", {"label": "x" * 300 + end}) for end in "ab"]
    assert long[0] != long[1] and max(map(len, long)) < 200
