"""Files and folders that are written whole or not at all.

What is being written stands beside its place under a name with the process in it, so that two processes
never write into one file; it takes its place in one step, when it is complete. Whoever is killed before
leaves what stood there as it was.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _beside(place: Path, end: str) -> Path:
    return place.with_name(f".{place.name}.{os.getpid()}.{end}")


@contextmanager
def written(place: Path) -> Iterator[Path]:
    """Give a path beside `place` to write a file to; it takes the place when the block has ended well.

    The folder of `place` is made where it is missing. After an error nothing is left of it.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = _beside(place, "partial")
    try:
        yield beside
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def write_text(place: Path, text: str) -> None:
    """Write a text as UTF-8 with the line ends that it has."""
    with written(place) as beside:
        beside.write_text(text, encoding="utf-8", newline="")


def write_bytes(place: Path, content: bytes) -> None:
    """Write bytes."""
    with written(place) as beside:
        beside.write_bytes(content)


def as_json(value: object, indent: int = 2) -> str:
    """Return a value as JSON with sorted keys, one line end at its end: the same bytes for the same value."""
    return json.dumps(value, indent=indent, sort_keys=True, ensure_ascii=False) + "\n"


@contextmanager
def replaced(place: Path) -> Iterator[Path]:
    """Give an empty folder beside `place`; it takes the place when the block has ended well.

    What stood there before is moved aside, and is removed last. A process that is killed between the two
    renames leaves it aside, from where `recover` brings it back.
    """
    recover(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = _beside(place, "partial")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        yield beside
        put_in_place(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.old")


def put_in_place(new: Path, place: Path) -> None:
    """Put the folder `new` in the place of `place`."""
    shutil.rmtree(_aside(place), ignore_errors=True)
    if place.exists():
        place.rename(_aside(place))
    new.rename(place)
    shutil.rmtree(_aside(place), ignore_errors=True)


def recover(place: Path) -> None:
    """Bring back the folder that a process killed between its two renames has left aside."""
    if _aside(place).exists() and not place.exists():
        _aside(place).rename(place)
