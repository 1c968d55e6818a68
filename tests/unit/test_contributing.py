"""What CONTRIBUTING.md shows can be followed: commands that exist, and an example that fits the register."""

import ast
import importlib.util
import re

import pytest
import yaml

from compendium.claims import Claim, load_register
from compendium.project import paths

TEXT = (paths.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
YAML = [yaml.safe_load(block) for kind, block in BLOCKS if kind == "yaml"]
PYTHON = [block for kind, block in BLOCKS if kind == "python"]
ENTRY = YAML[0][0]


def test_every_tool_that_is_called_is_locked():
    locks = [
        (paths.ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-extras.lock")
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
    assert (paths.NOTEBOOKS / f"{claim.notebook}.ipynb").is_file()
    assert claim.group in {each.group for each in register.claims}
    assert set(claim.headline) <= {choice for each in register.claims for choice in each.headline}


def test_measure_answer_truth_and_cell_are_of_the_same_claim():
    measure, answered, cell = PYTHON
    (function,) = ast.parse(measure).body
    assert isinstance(function, ast.FunctionDef) and ">>> " in ast.get_docstring(function)
    assert f'@answers("{ENTRY["id"]}")' in answered and f"{function.name}(" in answered
    assert ast.parse(answered) and ast.parse(cell)
    assert f'"{ENTRY["id"]}"' in cell
    (truth,) = YAML[1]
    assert truth == ENTRY["id"]
    assert set(YAML[1][truth]) == {"value", "plants"}


def test_what_the_text_calls_a_rule_is_one():
    config = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "[tool.importlinter]" in config and "per-file-ignores" in config
    assert (paths.ROOT / ".git-blame-ignore-revs").is_file()
