"""What is asked of Dimensions, in its search language (DSL), and how a too large question is split.

The API gives 1,000 records a query, 50,000 a search and 1,000 groups a facet. A search that holds
more is split: by country, then by type, month and day of publication. Facts: the DSL's own
description of its fields, as dimcli 1.8 carries it.
"""

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from compendium.places import countries as country_codes
from compendium.project.errors import InputError

#: ANZSRC 2020 fields of research, as Dimensions names them.
FIELDS = {
    "4602": "4602 Artificial Intelligence",
    "4611": "4611 Machine Learning",
    "4603": "4603 Computer Vision and Multimedia Computation",
}
#: The report does not say how it delimited AI: 4602, 4611 and their union are options of a choice.
CATEGORY = "4602+4611"
YEARS = tuple(range(2015, 2025))
#: Joins the fields of a work that has several. Not "+", which joins what a reader chooses.
BOTH = "&"

#: In the place of a value: the works that have none.
NONE = ""
RETURNED = (
    "id",
    "year",
    "type",
    "document_type",
    "category_for_2020",
    "times_cited",
    "authors",
    "research_orgs",
    "research_org_countries",
)


@dataclass(frozen=True)
class Limits:
    """What the API gives at most: records a query, records a search, groups a facet."""

    page: int = 1000
    records: int = 50_000
    groups: int = 1000


def quoted(text: str) -> str:
    """Return `text` as a string of the DSL."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _split(value: str | Iterable[str]) -> tuple[str, ...]:
    parts = re.split(r"[+, ]+", value.strip()) if isinstance(value, str) else list(value)
    return tuple(sorted({str(part) for part in parts}))


def _years(value: str | int | Iterable[int]) -> tuple[int, ...]:
    if isinstance(value, int):
        return (value,)
    if isinstance(value, str):
        span = re.fullmatch(r"\s*(\d{4})\s*(?:[-:]\s*(\d{4}))?\s*", value)
        if not span:
            return ()
        first, last = int(span[1]), int(span[2] or span[1])
        return tuple(range(first, last + 1))
    return tuple(sorted({int(year) for year in value}))


@dataclass(frozen=True)
class Question:
    """The works that are asked for: fields of research, years of publication, countries or the world."""

    fields: tuple[str, ...]
    years: tuple[int, ...]
    countries: tuple[str, ...] | None

    @classmethod
    def of(
        cls,
        category: str = CATEGORY,
        years: str | int | Iterable[int] = YEARS,
        countries: str | Iterable[str] | None = None,
    ) -> "Question":
        """Check what a user asks for.

        Parameters
        ----------
        category : codes of `FIELDS`, joined by `+`; a work of any of them is asked for.
        years : years, or a text such as `2015-2024`.
        countries : ISO 3166-1 alpha-2 codes; None asks for the whole world.

        Raises InputError, naming what is allowed.
        """
        asked = cls(_split(category), _years(years), None if countries is None else _split(countries))
        if not asked.fields or set(asked.fields) - set(FIELDS):
            raise InputError(f"category={category!r} is not possible; join one or more of {', '.join(FIELDS)} by '+'")
        if not asked.years or not all(1950 <= year <= 2100 for year in asked.years):
            raise InputError(f"years={years!r} is not possible; give years from 1950 to 2100, such as 2015-2024")
        unknown = sorted(set(asked.countries or ()) - set(country_codes.load_countries()))
        if unknown or asked.countries == ():
            raise InputError(
                f"countries={countries!r} is not possible; give ISO alpha-2 codes such "
                f"as CN or GB{': no country is ' + ', '.join(unknown) if unknown else ''}"
            )
        return asked

    @property
    def category(self) -> str:
        """The fields asked for, as the option is written."""
        return "+".join(self.fields)

    @property
    def title(self) -> str:
        """The works asked for, in words."""
        names = ", ".join(FIELDS[code] for code in self.fields)
        place = f" with an address in {', '.join(self.countries)}" if self.countries else ""
        return f"publications{place} of {self.years[0]} to {self.years[-1]} in Dimensions, field {names}"

    def cells(self) -> Iterator["Cell"]:
        """Yield the searches to begin with: year by year, and country by country where some are named."""
        for year in self.years:
            for country in self.countries or (None,):
                yield Cell(self.fields, year, country)


@dataclass(frozen=True)
class Cell:
    """One search: works of some fields and one year, narrowed by what is not None.

    `country` and `kind` (publication type) may be NONE: works without. `days` are the first and the
    last day of publication; `undated` stands for works without a date.
    """

    fields: tuple[str, ...]
    year: int
    country: str | None = None
    kind: str | None = None
    days: tuple[date, date] | None = None
    undated: bool = False

    @property
    def where(self) -> str:
        """The search, as a query without what it returns."""
        names = ", ".join(quoted(FIELDS[code]) for code in self.fields)
        parts = [f"category_for_2020.name in [{names}]", f"year={self.year}"]
        for field, value in (("research_org_countries", self.country), ("type", self.kind)):
            if value is not None:
                name = f"{field}.id" if field == "research_org_countries" else field
                parts.append(f"{field} is empty" if value == NONE else f"{name}={quoted(value)}")
        if self.days:
            first, last = self.days
            parts += [f'date>="{first.isoformat()}"', f'date<="{last.isoformat()}"']
        if self.undated:
            parts.append("date is empty")
        return "search publications where " + " and ".join(parts)

    @property
    def name(self) -> str:
        """The search in a few words that can name a folder, such as `2024_CN_article`."""
        days = "undated" if self.undated else "-to-".join(day.isoformat() for day in self.days or ())
        parts = [
            str(self.year),
            {None: "world", NONE: "no-country"}.get(self.country, self.country),
            {None: "", NONE: "no-type"}.get(self.kind, self.kind),
            days,
        ]
        return "_".join(re.sub(r"[^A-Za-z0-9-]", "-", part) for part in parts if part)

    def page(self, skip: int, limit: int) -> str:
        """Return the query of `limit` records after the first `skip`, in the order of their ids."""
        return f"{self.where} return publications[{'+'.join(RETURNED)}] sort by id limit {limit} skip {skip}"

    def facet(self, field: str, limit: int) -> str:
        """Return the query that counts the works by `field`, in `limit` groups at most."""
        return f"{self.where} return {field} limit {limit}"

    @property
    def next_split(self) -> str | None:
        """By what the search is split next: the name of a field, `month` or `day`; None: it cannot be."""
        if self.country is None:
            return "research_org_countries"
        if self.kind is None:
            return "type"
        if self.undated or (self.days and self.days[0] == self.days[1]):
            return None
        return "day" if self.days else "month"

    def split(self, values: Sequence[str]) -> list["Cell"]:
        """Return searches that together hold every work of this one.

        Parameters
        ----------
        values : the values of the field named by `next_split`; unused for months and days.

        By country a work stands in as many searches as it has countries; else in one.
        """
        by = self.next_split
        if by == "research_org_countries":
            return [replace(self, country=value) for value in (*sorted(values), NONE)]
        if by == "type":
            return [replace(self, kind=value) for value in (*sorted(values), NONE)]
        if by == "month":
            ends = [calendar.monthrange(self.year, month)[1] for month in range(1, 13)]
            spans = [
                (date(self.year, month, 1), date(self.year, month, end)) for month, end in enumerate(ends, start=1)
            ]
            return [*(replace(self, days=span) for span in spans), replace(self, undated=True)]
        if by == "day" and self.days:
            first, last = self.days
            days = [first.replace(day=day) for day in range(first.day, last.day + 1)]
            return [replace(self, days=(day, day)) for day in days]
        raise InputError(
            f"{self.name}: Dimensions holds more works here than it gives for one search, "
            "which cannot be split further; ask for one field of research at a time"
        )
