"""The rooms import downward only: the contracts of import-linter in pyproject.toml, and the notebooks' own rule."""

import ast
import json

from importlinter import cli

from compendium.project import notebooks
from compendium.project.folders import PROJECT

#: No notebook reads raw files or records.
NEVER = ("compendium.sources", "compendium.tables.records")
#: The notebook about the simulated corpus shows what was planted in it.
EXCEPTIONS = {("88-known-answer", "compendium.sources.known_answer.parameters")}


def imported(code):
    """Return the full names that the import lines of `code` bring in."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def imports_of_notebooks():
    for path in notebooks.ordered():
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield from ((path.stem, name) for name in imported("".join(cell["source"])))


def test_every_contract_is_kept(capsys, monkeypatch):
    monkeypatch.chdir(PROJECT.root)
    failed = cli.lint_imports(config_filename="pyproject.toml", no_cache=True, no_logo=True)
    assert not failed, capsys.readouterr().out


def test_a_notebook_imports_neither_sources_nor_records():
    found = {
        (notebook, name)
        for notebook, name in imports_of_notebooks()
        if f"{name}.".startswith(tuple(f"{no}." for no in NEVER))
    }
    assert found == EXCEPTIONS, "a notebook reads tables; an exception that is no longer needed goes from the list"
