"""A project of four small notebooks and three claims: for tests of runs, checks, site and commands."""

import shutil
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from compendium.execution.check import refresh
from compendium.project.folders import Folders

PARAMETERS = """year: int = 2024  # publication year
level: float = 0.5  # threshold
bold: bool = False  # whether to be bold
label = "whole"  # counting"""

HELPERS = """import json, os
from pathlib import Path
from IPython.display import Image, Markdown, display
run_dir = Path(os.environ["COMPENDIUM_RUN_DIR"])

def record(claim, verdict, estimate=None, interval=None):
    result = {"claim": claim, "notebook": {"01-share": "10-share"}.get(claim, "20-order"), "source": "papers",
              "year": 2024, "verdict": verdict, "estimate": estimate, "interval": interval,
              "agreeing_share": 0.75, "flipping_choice": "counting", "universe": "three papers",
              "finding": "It is <so>."}
    (run_dir / "results" / f"{claim}.json").write_text(json.dumps(result, sort_keys=True) + "\\n")
    display(Markdown(f"> **Claim {claim[:2]} — {verdict}.** Found."))"""

FIGURE = """from base64 import b64decode
png = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")
(run_dir / "figures" / "01-share.png").write_bytes(png)
display(Image(data=png, alt="One dark dot", width=720))"""

PROSE = r"""# Who has the share?

Text with $x_i < 2$, see [the next](20-order.ipynb#Limits), the [register](../data/claims.yml)
and [the web](https://example.org).

$$ s = \frac{\sum_{p} w_p}{N} $$

| a | b |
|---|---|
| 1 | 2 |"""

NOTEBOOKS = {
    "10-share": [
        PROSE,
        PARAMETERS,
        HELPERS,
        FIGURE,
        'import warnings\nprint("year", year, Path.cwd(), run_dir)\nwarnings.warn("a warning")',
        'import pandas as pd\npd.DataFrame({"name": ["<b>"], "n": [1]})',
        'record("01-share", "reproduced", 41.25, [40.5, 42.0])',
    ],
    "20-order": [
        "# Who comes first?\n\n## Limits",
        "year: int = 2024  # publication year",
        HELPERS,
        'record("02-order", "not supported", 1234)',
    ],
    "90-verdicts": ["# Verdicts", HELPERS, 'print(sorted(path.stem for path in (run_dir / "results").glob("*.json")))'],
    "00-index": ["# Index", HELPERS, 'print(len(list((run_dir / "results").glob("*.json"))))'],
}


def claim(claim_id: str, kind: str, notebook: str, **fields) -> dict:
    """Return an entry of a register."""
    return {
        "id": claim_id,
        "group": kind,
        "kind": kind,
        "subject": "China",
        "measure": "a count",
        "paraphrase": f"China & others: the {kind} is stated.",
        "relation": "first comes first",
        "year": 2024,
        "headline": {"counting": "whole"},
        "scale": "relative",
        "needs": None if kind == "documentary" else {"works_of": "world"},
        "article": "paragraph 1",
        "notebook": notebook,
    } | fields


REGISTER = {
    "claims": [
        claim(
            "01-share",
            "share",
            "10-share",
            reported={"value": 40, "unit": "percent", "wording": "a lower bound", "low": 40, "high": 50},
        ),
        claim("02-order", "order", "20-order"),
        claim("03-document", "documentary", "70-documents"),
    ]
}
RUNS = {
    "runs": {
        "default": {"about": "all"},
        "early": {"about": "an earlier year", "parameters": {"year": 2020}, "notebooks": [10, 20]},
        "odd": {"about": "sets what no notebook knows", "parameters": {"colour": "red"}},
    }
}


def write_notebook(folder: Path, name: str, cells: list[str]) -> Path:
    """Write a notebook; a cell that begins with `#` is prose, with `year:` the parameters cell."""
    made = [new_markdown_cell(text) if text.startswith("#") else new_code_cell(text) for text in cells]
    for number, cell in enumerate(made):
        cell.id = f"cell-{number}"
        if cell.source.startswith("year:"):
            cell.metadata["tags"] = ["parameters"]
    notebook = new_notebook(
        cells=made,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "mine", "language": "python"},
            "language_info": {"name": "python", "version": "3.0"},
            "papermill": {"parameters": {"year": 1900}},
        },
    )
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


@pytest.fixture
def project(tmp_path: Path) -> Folders:
    """A project that was never run."""
    return _write_project(tmp_path / "project")


def _write_project(root: Path) -> Folders:
    folders = Folders(root)
    for name, cells in NOTEBOOKS.items():
        write_notebook(folders.notebooks, name, cells)
    folders.register.parent.mkdir(parents=True)
    folders.register.write_text(yaml.safe_dump(REGISTER), encoding="utf-8")
    folders.runs.write_text(yaml.safe_dump(RUNS), encoding="utf-8")
    return folders


@pytest.fixture(scope="session")
def _refreshed_once(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    folders = _write_project(tmp_path_factory.mktemp("refreshed") / "project")
    assert refresh(folders=folders).failures == ()
    return folders


@pytest.fixture
def refreshed(_refreshed_once: Folders, tmp_path: Path) -> Folders:
    """A project whose default run was executed, with its committed outputs refreshed from it."""
    shutil.copytree(_refreshed_once.root, tmp_path / "refreshed")
    return Folders(tmp_path / "refreshed")


@pytest.fixture
def add_notebook(project: Folders):
    """Add a notebook of the given cells to the project."""
    return lambda name, cells: write_notebook(project.notebooks, name, cells)
