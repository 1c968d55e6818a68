"""Pages of answers, kept on disk as they come, so that an interrupted collection goes on.

`raw/dimensions/<fields>/<search>/page-00000.json.gz` holds the query, the day on which it was
asked, how many works the search has, and the records of the page; `facet-type.json.gz` the groups
of a facet. They are records under licence: the folder must be one that git does not track.
"""

import gzip
import json
import shutil
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from compendium.project.errors import InputError
from compendium.project.files import write_bytes
from compendium.sources.dimensions.client import Client
from compendium.sources.dimensions.queries import NONE, Cell, Limits


class Moved(Exception):
    """The pages of a search do not fit together: the database changed between two of them."""


def today() -> date:
    """Return the day, in UTC."""
    return datetime.now(UTC).date()


@dataclass
class Pages:
    """The answers to the searches of a collection, from disk where they were given before.

    `announced` holds how many works each search of the question has, `days` when it was asked.
    """

    folder: Path
    client: Client
    day: Callable[[], date] = today
    limits: Limits = Limits()
    days: set[str] = field(default_factory=set)
    announced: dict[str, int] = field(default_factory=dict)
    #: What each file holds, so that it is taken apart once only to be checked: total, records.
    _sizes: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def records(self, cell: Cell) -> Iterator[tuple[str, object]]:
        """Yield locator and record of every work of a search, splitting it where it is too large."""
        for leaf in self.leaves(cell):
            try:
                pages = list(self._pages(leaf))
            except Moved:
                # Asked on two days, or while it was updated: one more time, from its first page.
                shutil.rmtree(self._place(leaf), ignore_errors=True)
                pages = self._once_more(leaf)
            for name, kept in pages:
                for number, record in enumerate(self._read(kept)["records"]):
                    yield f"{name}#{number}", record

    def leaves(self, cell: Cell) -> Iterator[Cell]:
        """Yield the searches that `cell` is asked as, each within the limit of a search."""
        total = self.total(cell)
        if total <= self.limits.records:
            yield cell
            return
        by = cell.next_split
        values = self.groups(cell, by) if by in ("research_org_countries", "type") else {}
        for part in cell.split(list(values)):
            yield from self.leaves(part)

    def total(self, cell: Cell) -> int:
        """Return how many works a search has, from its first page."""
        self.announced[cell.name], _ = self._sizes[self._page(cell, 0)]
        return self.announced[cell.name]

    def missing(self, cell: Cell, total: int) -> int:
        """Return how many requests a search of `total` works still takes, split or not.

        A search that must be split by more than the country is taken at its least.
        """
        first = int(not self._file(cell, 0).is_file())
        if total <= self.limits.records:
            others = range(self.limits.page, total, self.limits.page)
            return first + sum(not self._file(cell, skip).is_file() for skip in others)
        if cell.next_split == "research_org_countries":
            groups = self.groups(cell, cell.next_split)
            counts = [groups[key]["count"] for key in sorted(groups)]
            parts = zip(cell.split(list(groups)), [*counts, 0], strict=True)
            return first + sum(self.missing(part, count) for part, count in parts)
        return first + -(-total // self.limits.page) + len(cell.split([]))

    def groups(self, cell: Cell, by: str, cut: bool = False) -> dict[str, dict]:
        """Return the groups of a facet by their ids, each as it was given.

        Raises InputError where there may be more groups than the API gives, unless `cut` says that
        the largest will do.
        """
        name = f"{cell.name}/facet-{by}"
        query = cell.facet(by, self.limits.groups)

        def understood(answer: dict) -> dict:
            return {"total": _total(answer, name), "records": _groups(answer, by, name)}

        path = self._kept(self._place(cell) / f"facet-{by}.json.gz", name, query, understood)
        groups = self._read(path)["records"]
        self.announced.setdefault(cell.name, self._sizes[path][0])
        if len(groups) >= self.limits.groups and not cut:
            raise InputError(
                f"{name}: Dimensions gives {self.limits.groups:,} groups at most and there "
                "may be more; ask for fewer years or countries at a time"
            )
        return {str(group["id"]): group for group in groups}

    def _pages(self, cell: Cell) -> Iterator[tuple[str, Path]]:
        """Yield name and file of each page of a search; raise Moved where they do not fit."""
        total = self.total(cell)
        for skip in range(0, total, self.limits.page):
            path = self._page(cell, skip)
            if self._sizes[path] != (total, min(self.limits.page, total - skip)):
                raise Moved(cell.name)
            yield f"{cell.name}/{_page_name(skip)}", path

    def _once_more(self, cell: Cell) -> list[tuple[str, Path]]:
        moved = False
        try:
            return list(self._pages(cell))
        except Moved:
            moved = True
        finally:
            if moved:
                shutil.rmtree(self._place(cell), ignore_errors=True)
        raise InputError(
            f"{cell.name}: the pages that Dimensions gives do not add up to the number "
            "of works that it names, twice in a row; run the same command again later"
        )

    def _page(self, cell: Cell, skip: int) -> Path:
        name = f"{cell.name}/{_page_name(skip)}"

        def understood(answer: dict) -> dict:
            return {"total": _total(answer, name), "records": _list(answer, "publications", name)}

        return self._kept(self._file(cell, skip), name, cell.page(skip, self.limits.page), understood)

    def _file(self, cell: Cell, skip: int) -> Path:
        return self._place(cell) / f"{_page_name(skip)}.json.gz"

    def _place(self, cell: Cell) -> Path:
        return self.folder / "+".join(cell.fields) / cell.name

    def _kept(self, path: Path, name: str, query: str, understood: Callable[[dict], dict]) -> Path:
        """Return the file of an answer, asking first where it is not there or another query's."""
        if path in self._sizes and path.is_file():
            return path
        if path.is_file():
            try:
                if self._read(path)["query"] == query:
                    return path
            except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error):
                pass  # broken off while it was written, or damaged: asked again
        answer = understood(self.client.query(query))
        text = json.dumps({"query": query, "asked": self.day().isoformat()} | answer)
        write_bytes(path, gzip.compress(text.encode(), mtime=0))
        self._read(path)
        return path

    def _read(self, path: Path) -> dict:
        kept = json.loads(gzip.decompress(path.read_bytes()))
        self._sizes[path] = (kept["total"], len(kept["records"]))
        self.days.add(kept["asked"])
        return kept


def _page_name(skip: int) -> str:
    return f"page-{skip:05d}"


def _total(answer: dict, name: str) -> int:
    stats = answer.get("_stats")
    total = stats.get("total_count") if isinstance(stats, dict) else None
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise InputError(f"{name}: the answer of Dimensions does not say how many works there are (_stats.total_count)")
    return total


def _list(answer: dict, key: str, name: str) -> list:
    found = answer.get(key)
    if not isinstance(found, list):
        raise InputError(f"{name}: the answer of Dimensions holds no list {key!r}")
    return found


def _groups(answer: dict, by: str, name: str) -> list[dict]:
    """Return the groups of a facet; each must have an id and a count."""
    groups = _list(answer, by, name)
    for group in groups:
        key = group.get("id") if isinstance(group, dict) else None
        count = group.get("count") if isinstance(group, dict) else None
        if (
            not isinstance(key, str | int)
            or isinstance(key, bool)
            or key == NONE
            or not isinstance(count, int)
            or isinstance(count, bool)
            or count < 0
        ):
            raise InputError(f"{name}: a group has no id or no count: {str(group)[:80]}")
    return groups
