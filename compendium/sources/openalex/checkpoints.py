"""How far a collection from the REST API is: its pages and its state, so that it goes on where it stopped."""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from compendium.project.errors import InputError
from compendium.project.files import as_json, write_bytes, write_text
from compendium.project.folders import PROJECT

_STATE = "state.json"


def read_state(folder: Path) -> dict:
    """Return how far the collection in `folder` is; empty where it has not begun."""
    path = folder / _STATE
    if not path.is_file():
        return {}
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        missing = [name for name in state["pages"] if not (folder / name).is_file()]
    except (ValueError, KeyError, TypeError, OSError):
        missing = [_STATE]
    if missing:
        raise InputError(
            f"{PROJECT.shown(folder)}/{missing[0]}: missing or damaged; "
            f"delete the folder {folder.name} to fetch it anew"
        )
    return state


def put_lines(path: Path, objects: Iterable[object]) -> None:
    """Write objects as lines of JSON, gzipped, without the time of writing."""
    text = "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in objects)
    write_bytes(path, gzip.compress(text.encode(), mtime=0))


def put_state(folder: Path, state: dict) -> None:
    """Write down how far the collection in `folder` is."""
    write_text(folder / _STATE, as_json(state, indent=1))


def lines(path: Path) -> Iterator[object]:
    """Yield the objects of a file of lines; raises InputError, naming it, where it is damaged."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from map(json.loads, file)
    except (OSError, EOFError, ValueError) as error:
        raise InputError(
            f"{PROJECT.shown(path)}: cannot be read ({error}); delete the folder {path.parent.name} to fetch it anew"
        ) from error
