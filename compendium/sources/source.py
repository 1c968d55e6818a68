"""What every source is: the contract between a source and what is made from it.

A source brings bibliographic data into records (`compendium.tables.records`). It says what it offers,
and knows nothing of what is asked of it: which claims an offer decides is `compendium.claims.needs`.
`tests/sources/test_contract.py` holds for all of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, field_serializer

#: What a source can know of papers beside their year and their blocs: each country by itself, the
#: citations so far, the citations by the year in which they were made, authors, institutions.
Detail = Literal["countries", "citations", "citing years", "people", "institutions"]
DETAILS: tuple[Detail, ...] = ("countries", "citations", "citing years", "people", "institutions")

#: What the manifest says of a source: title, upstream, date, is_sample, rows_read and the source's own.
About = dict[str, Any]


class Offer(BaseModel):
    """What a collection holds, as far as it decides which questions it can answer.

    years : of publication; None for every year that there is.
    complete_for : ISO 3166-1 alpha-2 codes of the countries whose papers it holds all of; None for
        every country. Papers of other countries are there only where they are joint papers.
    knows : see `Detail`.
    cited_years : years whose papers' citations are known, where not those of all `years`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    years: frozenset[int] | None = None
    complete_for: frozenset[str] | None = None
    knows: frozenset[Detail]
    cited_years: frozenset[int] | None = None

    @field_serializer("years", "complete_for", "knows", "cited_years")
    def _in_order(self, values: frozenset | None) -> list | None:
        return None if values is None else sorted(values)


@dataclass(frozen=True)
class Estimate:
    """What collecting will take that is not there yet: works, requests, minutes; `more` in words, such as the price."""

    source: str
    works: int
    requests: int
    minutes: int
    more: str = ""

    def __str__(self) -> str:
        if not self.requests:
            return f"{self.source}: everything was fetched before; nothing is asked"
        more = f", {self.more}" if self.more else ""
        return (
            f"{self.source}: {self.works:,} works to fetch; at most about {self.requests:,} requests, "
            f"about {self.minutes:,} min{more}"
        )


@dataclass(frozen=True)
class Quick:
    """Tables that a source can give without records: from counts alone."""

    tables: Callable[..., tuple[Mapping[str, pd.DataFrame], About]]
    offer: Callable[..., Offer]
    estimate: Callable[..., Estimate]


def anywhere(place: Path) -> None:
    """Let tables be written to any place."""


@dataclass(frozen=True)
class Source:
    """A source of bibliographic data.

    collect : `(raw, folder, *, …)` writes records into `folder`, and returns what the manifest says of
        the source. Its keyword-only parameters are the options that `-o KEY=VALUE` can set.
    offer : `(raw, *, …)` says what `collect` with the same options holds.
    resumes : whether `collect` goes on from what an interrupted one left in `folder`; the records of
        any other source are removed first.
    estimate : `(raw, *, …)` says what `collect` would take; None where nobody is asked for anything.
    check_place : raises InputError where tables, or records, may not be written to a folder.
    quick : tables without records, where there are.

    Every one raises InputError, in one line, for an option or a file that cannot be used.
    """

    name: str
    collect: Callable[..., About]
    offer: Callable[..., Offer]
    resumes: bool = False
    estimate: Callable[..., Estimate] | None = None
    check_place: Callable[[Path], None] = anywhere
    quick: Quick | None = None
