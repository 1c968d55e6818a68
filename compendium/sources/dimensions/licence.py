"""What comes from Dimensions is under licence: it must not be written where git could take it up."""

import os
import subprocess
from pathlib import Path

from compendium import tables
from compendium.project.errors import InputError
from compendium.project.folders import PROJECT
from compendium.tables import records

#: Every file that a source writes; a rule of `.gitignore` may spare some of them.
_WRITTEN = (
    *(f"{kind}.parquet" for kind in records.SCHEMAS),
    *(f"{name}.csv" for name in tables.SCHEMAS),
    tables.MANIFEST,
    "any/page-00000.json.gz",
)

#: Inside a hook of git, these would point it at another work tree or index.
_LEADS_ELSEWHERE = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
)


def refuse_tracked(place: Path) -> None:
    """Raise InputError unless nothing that is written into the folder `place` can enter git.

    It may lie outside of every git work tree, or be ignored by its work tree as a whole, with no
    file in it that was added by force. Where git cannot tell, the folder is refused.
    """
    real = place.resolve()
    tree = _work_tree(real)
    if tree is None:
        return
    where = f"{PROJECT.shown(place)}: records and tables of Dimensions are under licence and "
    try:
        tracked = _git(tree, "ls-files", "-z", "--", f":(literal){real}")
        given = "\0".join(str(real / name) for name in _WRITTEN)
        ignored = _git(tree, "check-ignore", "-z", "--stdin", given=given, allowed=(0, 1))
    except (OSError, subprocess.SubprocessError) as error:
        raise InputError(
            f"{where}this folder lies in a git work tree that git could not look into "
            f"({_reason(error)}); choose a folder outside of it"
        ) from None
    if tracked:
        raise InputError(
            f"{where}git tracks {tracked.split(chr(0))[0]} there; take it out "
            "(git rm --cached) or choose another folder"
        )
    if set(filter(None, ignored.split("\0"))) != set(given.split("\0")):
        raise InputError(
            f"{where}git does not ignore all of this folder; add it to .gitignore or "
            "choose a folder outside of the work tree"
        )


def _work_tree(place: Path) -> Path | None:
    """Return the root of the innermost work tree around `place`, told by its `.git`; None: there is none.

    Not git itself is asked: it also fails on a work tree that it does not trust.
    """
    for folder in (place, *place.parents):
        if (folder / ".git").exists():
            return folder
    return None


def _git(tree: Path, *arguments: str, given: str = "", allowed: tuple[int, ...] = (0,)) -> str:
    clean = {name: value for name, value in os.environ.items() if name not in _LEADS_ELSEWHERE}
    done = subprocess.run(
        ["git", "-C", str(tree), *arguments],
        input=given,
        env=clean,
        check=False,
        capture_output=True,
        timeout=60,
        encoding="utf-8",
        errors="surrogateescape",
    )
    if done.returncode not in allowed:
        raise subprocess.CalledProcessError(done.returncode, "git", stderr=done.stderr)
    return done.stdout


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "git is not installed"
    said = getattr(error, "stderr", None)
    return " ".join(str(said).split())[:120] if said else type(error).__name__
