"""The check finds whatever differs from a fresh run; the refresh makes it pass, all or nothing."""

import io
import json
import subprocess
from collections.abc import Callable

import nbformat
import pytest
from rich.console import Console

from compendium.execution.check import MOST_LINES, Difference, check, compare, refresh
from compendium.project.folders import Folders


def perturb_result(folders: Folders) -> None:
    """Change a committed estimate in its last digit."""
    path = folders.results / "default" / "01-share.json"
    path.write_text(path.read_text().replace("41.25", "41.26"))


def reformat_result(folders: Folders) -> None:
    """Keep a committed result's values, and change its bytes."""
    path = folders.results / "default" / "01-share.json"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=3))


def lose_result(folders: Folders) -> None:
    """Remove a committed result."""
    (folders.results / "default" / "02-order.json").unlink()


def leave_result_over(folders: Folders) -> None:
    """Leave the result of a claim that no notebook answers any more."""
    (folders.results / "default" / "09-gone.json").write_text('{"verdict": "reproduced"}')


def change_figure_byte(folders: Folders) -> None:
    """Change one byte of a committed figure."""
    path = folders.figures / "01-share.png"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def lose_figure(folders: Folders) -> None:
    """Remove a committed figure."""
    (folders.figures / "01-share.png").unlink()


def edit_notebook(folders: Folders, edit: Callable[[list], object]) -> None:
    """Apply `edit` to the outputs of the cell that records, in a committed notebook."""
    path = folders.notebooks / "10-share.ipynb"
    notebook = nbformat.read(path, as_version=4)
    edit(notebook.cells[-1].outputs)
    nbformat.write(notebook, path)


def stale_output(folders: Folders) -> None:
    """Let a committed notebook show another verdict than the code gives."""
    edit_notebook(folders, lambda outputs: outputs[0].data.update({"text/markdown": "old"}))


def no_output(folders: Folders) -> None:
    """Commit a notebook without the output of a cell."""
    edit_notebook(folders, lambda outputs: outputs.clear())


PERTURBATIONS = {
    perturb_result: "data/results/default/01-share.json is not what the run makes",
    reformat_result: "data/results/default/01-share.json is not what the run makes",
    lose_result: "data/results/default/02-order.json is missing: the run makes it",
    leave_result_over: "data/results/default/09-gone.json is left over: the run does not make it",
    change_figure_byte: "figures/01-share.png is not what the run makes",
    lose_figure: "figures/01-share.png is missing: the run makes it",
    stale_output: "notebooks/10-share.ipynb has stale outputs: cell 7",
    no_output: "notebooks/10-share.ipynb has stale outputs: cell 7",
}


def printed(checked: Callable[..., bool], folders: Folders) -> tuple[bool, str]:
    """Return what a check returns, and what it prints."""
    console = Console(file=io.StringIO(), width=120)
    return checked(folders=folders, console=console), console.file.getvalue()


def test_compare_finds_nothing_where_nothing_changed(refreshed):
    assert compare(refreshed.build / "default", refreshed) == []


@pytest.mark.parametrize("perturb", PERTURBATIONS, ids=lambda perturb: perturb.__name__)
def test_compare_names_what_differs(refreshed, perturb):
    perturb(refreshed)
    (difference,) = compare(refreshed.build / "default", refreshed)
    assert difference.where == PERTURBATIONS[perturb]


def lines_after(perturb: Callable[[Folders], None], folders: Folders) -> list[str]:
    """Return the lines that say what a perturbation has changed."""
    perturb(folders)
    return list(compare(folders.build / "default", folders)[0].lines)


def test_compare_shows_what_differs_in_a_result(refreshed):
    reformat_result(refreshed)  # two lines instead of one, so that a line can be told
    lines = lines_after(perturb_result, refreshed)
    assert [line for line in lines if line.startswith("-") and "41.26" in line]
    assert [line for line in lines if line.startswith("+") and "41.25" in line]


def test_compare_shows_what_differs_in_a_notebook(refreshed):
    lines = lines_after(stale_output, refreshed)
    assert "-      text/markdown: old" in lines
    assert [line for line in lines if line.startswith("+") and "Claim 01 — reproduced" in line]


def test_a_long_difference_is_cut():
    text = str(Difference("here", tuple("abc" * 20)))
    assert text.count("\n") == MOST_LINES + 1 and text.endswith("… and 20 more lines")


def test_check_passes_unchanged_and_leaves_no_trace(refreshed):
    before = {path: path.stat().st_mtime_ns for path in refreshed.root.rglob("*") if path.is_file()}
    same, text = printed(check, refreshed)
    assert same
    assert "The same: every result" in text and "DIFFERENT" not in text
    assert before == {path: path.stat().st_mtime_ns for path in refreshed.root.rglob("*") if path.is_file()}


def break_notebook(folders: Folders) -> None:
    """Let the cell of a committed notebook that records fail."""
    path = folders.notebooks / "20-order.ipynb"
    path.write_text(path.read_text().replace('record(\\"02-order', '1 / 0\\nrecord(\\"02-order'))


def test_check_fails_and_shows_both_verdicts_and_what_failed(refreshed):
    path = refreshed.results / "default" / "01-share.json"
    path.write_text(path.read_text().replace("41.25", "38.5").replace("reproduced", "direction only"))
    break_notebook(refreshed)
    same, text = printed(check, refreshed)
    assert not same
    shown = {
        cells[0]: cells[1:]
        for line in text.splitlines()
        if line.startswith("│")
        for cells in [[cell.strip() for cell in line.strip("│").split("│")]]
    }
    assert shown == {
        "01-share": ["38.5 %  direction only", "41.2 %  reproduced", "DIFFERENT"],
        "02-order": ["1,234  not supported", "–  pending", "DIFFERENT"],
        "03-document": ["–  pending", "–  pending", "same"],
    }
    assert "DIFFERENT  20-order failed: cell 4, In [3]: ZeroDivisionError: division by zero" in text
    assert "DIFFERENT  data/results/default/01-share.json is not what the run makes" in text
    assert "DIFFERENT  data/results/default/02-order.json is left over" in text


def git(folders: Folders, *words: str) -> None:
    """Call git in the project."""
    subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e", *words], cwd=folders.root, check=True)


def test_refresh_replaces_all_together_and_removes_what_is_stale(refreshed):
    for perturb in (perturb_result, leave_result_over, change_figure_byte, no_output):
        perturb(refreshed)
    (refreshed.figures / "09-gone.svg").write_text("<svg/>")
    git(refreshed, "init", "-q")
    git(refreshed, "add", "data", "figures")
    own = [
        refreshed.figures / "own.png",
        refreshed.results / "default" / "own.json",
        refreshed.notebooks / "95-My seminar.ipynb",
        refreshed.notebooks / "20-order-Copy1.ipynb",
    ]
    for path in own:
        path.write_text("{}")
    assert not refresh(folders=refreshed).failures
    assert [one.where for one in compare(refreshed.build / "default", refreshed)] == [
        "data/results/default/own.json is left over: the run does not make it",
        "figures/own.png is left over: the run does not make it",
    ]
    assert [path.read_text() for path in own] == ["{}"] * len(own)
    assert not list(refreshed.root.rglob("*.partial"))


def test_refresh_touches_nothing_where_a_notebook_fails(refreshed):
    break_notebook(refreshed)
    perturb_result(refreshed)
    refreshed.runs.write_text("runs: {default: {about: two, notebooks: [10, 20]}}")
    committed = [
        path
        for folder in (refreshed.results, refreshed.figures, refreshed.notebooks)
        for path in folder.rglob("*")
        if path.is_file()
    ]
    before = [path.read_bytes() for path in committed]
    assert [outcome.notebook for outcome in refresh(folders=refreshed).failures] == ["20-order"]
    assert before == [path.read_bytes() for path in committed]
