"""Where a run goes, and what of the last run in that place stays.

A run of some notebooks takes over what the others have left there, if they were executed with the same
parameters; a run with other parameters goes beside it, under a name that says them. Nothing is lost.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from compendium.execution import record
from compendium.project.errors import InputError
from compendium.project.files import recover
from compendium.project.runs import RECORD, name_with, spelled

#: What a notebook leaves in a run, each kind in its folder.
PARTS = ("notebooks", "results", "figures")

#: The folder in which each notebook has a folder of its own, until what it made is gathered.
OWN = ".parts"
#: The one in which they leave what others of them need, too; it ends with them.
SHARED = f"{OWN}/shared"


def place(folder: Path, name: str, given: Mapping[str, object], in_force: Mapping[str, object], whole: bool) -> Path:
    """Return where in `folder` a run goes.

    Parameters
    ----------
    given : the parameters that were set besides those of the named run: they stand in the name.
    in_force : all parameters of the run; a part of a run goes where the last one had the same.
    whole : whether all notebooks of the run are executed, so that they replace what stands there.

    Raises InputError where another run stands in every place.
    """
    places = [folder / one for one in dict.fromkeys((name_with(name, given), name_with(name, in_force)))]
    if whole:
        return places[0]
    for one in places:
        recover(one)
        if not one.exists() or record.parameters(one) == spelled(in_force):
            return one
    raise InputError(
        f"{places[0].name} in {folder.name}/ is a run with other parameters, or made by another version: "
        "execute all its notebooks, or move it away"
    )


def take_over(last: Path, beside: Path, executed: Iterable[str]) -> dict[str, list[str]]:
    """Put into `beside` what the last run holds of notebooks that are not `executed` again; return it.

    The site is taken over as well, until it is built anew. The files are links, so that no figure is copied.
    """
    again = set(executed)
    kept = {notebook: files for notebook, files in record.made(last).items() if notebook not in again}
    for file in [file for files in kept.values() for file in files] + list(_site(last)):
        if (last / file).is_file():
            (beside / file).parent.mkdir(parents=True, exist_ok=True)
            _link(last / file, beside / file)
    return kept


def _site(last: Path) -> Iterator[str]:
    return (path.relative_to(last).as_posix() for path in sorted((last / "site").glob("*")))


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:  # another file system, or one without links
        shutil.copyfile(old, new)


def own_folder(beside: Path, notebook: str) -> Path:
    """Return the folder that one notebook of the run writes into, so that it is known what it made."""
    own = beside / OWN / notebook
    for part in PARTS:
        (own / part).mkdir(parents=True, exist_ok=True)
        (beside / part).mkdir(exist_ok=True)
    return own


def show_results(beside: Path, own: Path) -> None:
    """Let a notebook that reads the results of all others find them, and of which run they are."""
    _link(beside / RECORD, own / RECORD)
    for path in (beside / "results").glob("*.json"):
        _link(path, own / "results" / path.name)


def gather(beside: Path, own: Path) -> list[str]:
    """Move what a notebook has made into the run, and return it, by its path in the run."""
    gathered = []
    for path in sorted(path for part in PARTS for path in (own / part).rglob("*") if path.is_file()):
        file = path.relative_to(own)
        if (beside / file).exists() and path.samefile(beside / file):
            continue  # a result that it was only shown
        (beside / file).parent.mkdir(parents=True, exist_ok=True)
        path.replace(beside / file)
        gathered.append(file.as_posix())
    return gathered


def clear(beside: Path) -> None:
    """Remove the notebooks' own folders, of which all is gathered."""
    shutil.rmtree(beside / OWN)
