"""What of an executed notebook is the same at every run and on every machine."""

import re
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from compendium.execution.task import Task

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


LANGUAGE_INFO = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}


INJECTED = "injected-parameters"


ERROR_MARKER = "papermill-error-cell-tag"


#: The file name that a warning gives to a cell: it holds a process id and a hash.
CELL_FILE = re.compile(r"[\w./~+-]*ipykernel_\d+/\d+\.py")


#: Where in memory an object lies, as in `<Styler at 0x7f…>`.
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")


def clean(notebook: "NotebookNode", source_metadata: Mapping, text: Callable[[str], str]) -> None:
    """Drop from an executed `notebook`, in place, what differs by time, run or machine.

    Parameters
    ----------
    notebook : a notebook node, as papermill left it.
    source_metadata : the metadata of the notebook before it was executed.
    text : takes the machine's paths out of a text.
    """
    notebook.metadata.clear()
    notebook.metadata.update(
        {key: value for key, value in source_metadata.items() if key not in ("papermill", "widgets")}
    )
    notebook.metadata.update({"kernelspec": KERNELSPEC, "language_info": LANGUAGE_INFO})
    notebook.cells = [cell for cell in notebook.cells if ERROR_MARKER not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        _clean_cell(cell, text)


def _clean_cell(cell: "NotebookNode", text: Callable[[str], str]) -> None:
    for key in ("papermill", "execution"):
        cell.metadata.pop(key, None)
    if not cell.metadata.get("tags", True):  # papermill gives every cell a list of tags
        del cell.metadata["tags"]
    if INJECTED in cell.metadata.get("tags", []):
        cell.id = INJECTED  # papermill draws it by lot
    if cell.cell_type == "code":
        cell.outputs = [_clean_output(output, text) for output in _merge_streams(cell.outputs)]


def _merge_streams(outputs: list["NotebookNode"]) -> list["NotebookNode"]:
    """Join the pieces of stdout, then of stderr, that stand between two other outputs.

    Into how many pieces a kernel cuts a stream, and how the two interleave, depends on timing.
    """
    merged: list[NotebookNode] = []
    streams: dict[str, NotebookNode] = {}
    for output in outputs:
        if output.output_type != "stream":
            merged += [streams[name] for name in sorted(streams, reverse=True)] + [output]
            streams = {}
        elif output.name in streams:
            streams[output.name]["text"] += output.text
        else:
            streams[output.name] = output
    return merged + [streams[name] for name in sorted(streams, reverse=True)]


def _clean_output(value: Any, text: Callable[[str], str]) -> Any:
    """Apply `text` to every text of an output, but not to the images in it."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return [_clean_output(item, text) for item in value]
    if isinstance(value, dict):
        return type(value)(
            {key: item if key.startswith("image/") else _clean_output(item, text) for key, item in value.items()}
        )
    return value


def portable(task: Task) -> Callable[[str], str]:
    """Return a function that takes paths of this machine, and addresses in its memory, out of a text.

    Paths in the project become relative to it, those of libraries relative to where libraries
    stand. IPython abbreviates the home folder, so each folder is looked for in both spellings.
    """
    home = str(Path.home())
    folders = {
        str(task.run_dir): task.shown_dir,
        f"{task.root}/": "",
        str(task.root): ".",
        f"{sysconfig.get_path('purelib')}/": "",
        f"{sysconfig.get_path('stdlib')}/": "",
    }
    if task.run_dir.is_relative_to(task.root):
        folders[task.run_dir.relative_to(task.root).as_posix()] = task.shown_dir
    for folder, short in list(folders.items()):
        if folder.startswith(f"{home}/"):
            folders["~" + folder.removeprefix(home)] = short
    folders[f"{home}/"] = "~/"
    ordered = sorted(folders, key=len, reverse=True)  # the innermost folder first
    known = re.compile(
        "|".join(re.escape(folder) + ("" if folder.endswith("/") else r"(?![\w-])") for folder in ordered)
    )

    def shorten(text: str) -> str:
        text = ADDRESS.sub("at 0x0", CELL_FILE.sub("cell.py", text))
        return known.sub(lambda match: folders[match[0]], text)

    return shorten
