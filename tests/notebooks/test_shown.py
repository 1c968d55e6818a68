"""Which run a notebook writes into by hand, and which one the overviews show and name."""

import json

import pytest

from compendium import notebook
from compendium.claims import read_all
from compendium.notebook import runs
from compendium.project.errors import InputError
from compendium.project.folders import PROJECT, RUN_DIR, Folders
from compendium.project.runs import begin


@pytest.fixture
def by_hand(tmp_path, monkeypatch):
    """A build folder of our own, and no run that executes the notebook."""
    monkeypatch.delenv(RUN_DIR, raising=False)
    monkeypatch.setattr(Folders, "build", tmp_path)
    return tmp_path


def write(folder, year=2024, source="proceedings", claims=("01-output-surpasses", "33-institutions-china")):
    """Write results of a source and year, made from the committed ones."""
    (folder / "results").mkdir(parents=True)
    for claim in claims:
        result = json.loads((PROJECT.results / "default" / f"{claim}.json").read_text(encoding="utf-8"))
        result |= {"year": year, "source": source}
        (folder / "results" / f"{claim}.json").write_text(json.dumps(result), encoding="utf-8")


def recorded(by_hand):
    """Return what was recorded by hand: folder → claims."""
    return {path.parent.name: sorted(read_all(path)) for path in (by_hand / "interactive").glob("*/results")}


def test_results_by_hand_with_other_parameters_stay_apart(by_hand):
    for year, threshold in ((2024, 50), (2024, 30), (2022, 50)):
        notebook.begin("proceedings", year).record(
            "33-institutions-china", holds=None, finding="None has so many.", threshold=threshold
        )
    notebook.begin("proceedings", 2024, categories="ijcai").record(
        "A1-figures-consistent", holds=True, finding="They fit."
    )
    assert recorded(by_hand) == {
        "default": ["33-institutions-china"],
        "default+threshold=30": ["33-institutions-china"],
        "default+year=2022": ["33-institutions-china"],
        "default+categories=ijcai": ["A1-figures-consistent"],
    }


def test_by_hand_the_committed_run_is_shown_whatever_was_tried(by_hand):
    write(by_hand / "interactive" / "default", claims=("01-output-surpasses",))
    write(by_hand / "default")
    run = notebook.read_run("proceedings", 2024)
    assert run.results == read_all(PROJECT.results / "default")
    assert run.described == (
        "Shown: the committed run, in `data/results/default/`, with source = proceedings, year = 2024, and every other "
        "parameter as it stands in the notebooks."
    )


def test_by_hand_another_year_is_that_of_a_run_else_of_what_was_tried(by_hand):
    write(by_hand / "interactive" / "default+year=2022", 2022, claims=("01-output-surpasses",))
    tried = notebook.read_run("proceedings", 2022)
    assert set(tried.results) == {"01-output-surpasses"} and "executed by hand" in tried.described
    write(by_hand / "default+year=2022", 2022)
    executed = notebook.read_run("proceedings", 2022)
    assert len(executed.results) == 2 and "run `default+year=2022` in `build/`, with" in executed.described
    assert "year = 2022" in executed.described


def test_a_year_that_was_never_run_says_how_to_run_it(by_hand):
    with pytest.raises(
        InputError, match="no run with year = 2021: `python -m compendium run -p year 2021`.*year = 2024"
    ):
        notebook.read_run("proceedings", 2021)


def test_in_a_run_that_run_is_shown_and_named_with_its_parameters(tmp_path, monkeypatch):
    write(tmp_path, 2022)
    begin(tmp_path, "default+counting=fractional+year=2022", {"year": 2022, "counting": "fractional"})
    monkeypatch.setenv(RUN_DIR, str(tmp_path))
    run = notebook.read_run("proceedings", 2022)
    assert len(run.results) == 2 and run.folder == tmp_path
    assert run.described == (
        "Shown: the run `default+counting=fractional+year=2022`, with source = proceedings, year = 2022, "
        "counting = fractional, and every other parameter as it stands in the notebooks."
    )


def test_results_of_another_year_are_left_out_and_said(tmp_path, monkeypatch):
    write(tmp_path, 2022, claims=("01-output-surpasses",))
    write(tmp_path / "more", 2024, claims=("33-institutions-china",))
    (tmp_path / "more/results/33-institutions-china.json").rename(tmp_path / "results/33-institutions-china.json")
    monkeypatch.setenv(RUN_DIR, str(tmp_path))
    run = notebook.read_run("proceedings", 2022)
    assert (
        set(run.results) == {"01-output-surpasses"} and "Left out: 1 result of another source or year." in run.described
    )
    with pytest.raises(InputError, match="no result with source = proceedings, year = 2020"):
        notebook.read_run("proceedings", 2020)


def test_every_parameter_of_the_committed_run_is_known():
    known = runs.committed_parameters()
    assert known.keys() >= {
        "source",
        "year",
        "counting",
        "china",
        "eu",
        "categories",
        "threshold",
        "window",
        "author_key",
        "min_works",
        "edge_threshold",
        "trend_years",
    }
    for result in read_all(PROJECT.results / "default").values():
        assert runs.differences(result.specification) == {}
