"""What CONTRIBUTING.md shows can be followed: commands that exist, and an example that fits the register."""

import ast
import doctest
import importlib.util
import inspect
import re

import pytest
import yaml

from compendium import multiverse
from compendium.claims import Claim, load_register
from compendium.multiverse.answers import ANSWERS
from compendium.notebook import Session
from compendium.project.folders import PROJECT

TEXT = (PROJECT.root / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
YAML = [yaml.safe_load(block) for kind, block in BLOCKS if kind == "yaml"]
PYTHON = [block for kind, block in BLOCKS if kind == "python"]
ENTRY = YAML[0][0]


def test_every_tool_that_is_called_is_locked():
    locks = [
        (PROJECT.root / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-extras.lock")
    ]
    modules = set(re.findall(r"\.venv/bin/python -m (\w+)", TEXT)) - {"compendium"}
    assert {"pytest", "ruff", "pyright", "pre_commit", "nbdime"} <= modules
    for module in modules:
        assert any(re.search(rf"^{module.replace('_', '-')}==", lock, re.MULTILINE) for lock in locks), module


@pytest.mark.parametrize("module", ["nbdime", "pytest_cov", "ruff", "importlinter"])
def test_the_tools_of_the_base_are_there(module):
    assert importlib.util.find_spec(module)


def test_the_example_is_a_claim_that_the_register_could_take():
    claim = Claim.model_validate({key: value for key, value in ENTRY.items() if key in Claim.model_fields})
    assert set(ENTRY) - set(Claim.model_fields) <= {"needs"}
    register = load_register()
    assert claim.number not in {each.number for each in register.claims}
    assert (PROJECT.notebooks / f"{claim.notebook}.ipynb").is_file()
    assert claim.group in {each.group for each in register.claims}
    assert set(claim.headline) <= {choice for each in register.claims for choice in each.headline}


@pytest.fixture
def example():
    """What the measure's and the answer's blocks define, the answer being registered for this test only."""
    names = {"__name__": "example"}
    for block in PYTHON[:2]:
        exec(compile(block, "CONTRIBUTING.md", "exec"), names)
    yield names
    del ANSWERS[ENTRY["id"]]


def test_the_measure_gives_what_its_doctest_says(example):
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner()
    (found,) = finder.find(example["part_with"], "part_with", module=False, globs=example)
    runner.run(found)
    assert runner.tries >= 2 and runner.failures == 0


def test_the_answer_gives_what_a_count_of_the_papers_gives(example, proceedings):
    claim = Claim.model_validate({key: value for key, value in ENTRY.items() if key in Claim.model_fields})
    frame = multiverse.Frame(proceedings, claim.year, 50, {"counting": "whole", "china": "CN", "categories": "all"})
    found = multiverse.curve(claim, multiverse.Samples(frame, 50, multiverse.SEED))
    on_paper = {name: set(rows["country"]) for name, rows in proceedings.compositions.groupby("composition_id")}
    papers = proceedings.papers.query("year == @claim.year")
    countries = papers["composition_id"].map(on_paper)
    own = papers.loc[["JP" in each for each in countries], "n_papers"].sum()
    joint = papers.loc[[{"JP", "CN"} <= each for each in countries], "n_papers"].sum()
    headline = found.specifications.iloc[0]
    assert own > 100 and headline["value"] == pytest.approx(100 * joint / own)
    assert headline["low"] < headline["value"] < headline["high"]
    assert bool(headline["holds"]) == (100 * joint / own >= 15)
    assert len(found.specifications) > 10


def test_truth_and_cell_are_of_the_same_claim_and_the_cell_calls_what_there_is():
    (truth,) = YAML[1]
    assert truth == ENTRY["id"] and set(YAML[1][truth]) == {"value", "plants"}
    (call,) = [node.value for node in ast.parse(PYTHON[2]).body]
    assert ast.literal_eval(call.args[0]) == ENTRY["id"]
    assert {keyword.arg for keyword in call.keywords} <= set(inspect.signature(Session.record).parameters)


def test_what_the_text_calls_a_rule_is_one():
    config = (PROJECT.root / "pyproject.toml").read_text(encoding="utf-8")
    assert "[tool.importlinter]" in config and "per-file-ignores" in config
    assert (PROJECT.root / ".git-blame-ignore-revs").is_file()
