"""What is asked of OpenAlex's REST API: which works, and which of their fields."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date as day

from compendium.project.errors import InputError
from compendium.sources.openalex.api import OR_VALUES
from compendium.sources.openalex.sql import TYPES

UPSTREAM = "OpenAlex REST API (CC0)"
#: Root fields of a work that the records are made of.
WORK_FIELDS = (
    "id",
    "publication_year",
    "type",
    "language",
    "is_retracted",
    "cited_by_count",
    "counts_by_year",
    "primary_topic",
    "authorships",
    "updated_date",
)


@dataclass(frozen=True)
class Query:
    """What is collected: subfields of the primary topic, years, countries (none: all) and types."""

    subfields: tuple[str, ...]
    years: tuple[int, ...]
    countries: tuple[str, ...] = ()
    types: tuple[str, ...] = TYPES

    @classmethod
    def of(
        cls,
        subfields: Iterable[str | int],
        years: Iterable[int],
        countries: Iterable[str] = (),
        types: Iterable[str] = TYPES,
    ) -> "Query":
        """Make a query in a fixed order of any iterables; raises InputError for what cannot be asked."""
        query = cls(
            tuple(sorted({str(one) for one in subfields})),
            tuple(sorted(set(years))),
            tuple(sorted(set(countries))),
            tuple(sorted(set(types))),
        )
        for name, values, pattern, right in (
            ("subfields", query.subfields, r"\d{4}", "numbers such as 1702"),
            ("years", query.years, r"(19[5-9]|20\d|210)\d", "years such as 2024"),
            ("countries", query.countries, "[A-Z]{2}", "ISO codes such as CN"),
            ("types", query.types, "[a-z]+(-[a-z]+)*", f"types such as {TYPES[0]}"),
        ):
            wrong = [str(one) for one in values if not re.fullmatch(pattern, str(one))]
            if wrong or len(values) > OR_VALUES or not (values or name == "countries"):
                raise InputError(
                    f"{name}={'+'.join(wrong) or len(values)}: expected at most {OR_VALUES} "
                    f"{right}{'' if name == 'countries' else ', and at least one'}"
                )
        return query

    @property
    def filters(self) -> str:
        """The API's `filter`."""
        parts = {
            "primary_topic.subfield.id": [f"subfields/{one}" for one in self.subfields],
            "publication_year": self.years,
            "type": self.types,
            "authorships.countries": self.countries,
        }
        return ",".join(f"{field}:{'|'.join(map(str, values))}" for field, values in parts.items() if values)

    @property
    def digest(self) -> str:
        """Name of the folder of checkpoints: another question has another name."""
        return hashlib.sha256(f"{self.filters} {','.join(WORK_FIELDS)}".encode()).hexdigest()[:16]

    @property
    def title(self) -> str:
        """What the papers are papers of, in words."""
        plural = "s" if len(self.subfields) > 1 else ""
        which = f", with an address in {', '.join(self.countries)}" if self.countries else ""
        return f"AI works in OpenAlex (subfield{plural} {' or '.join(self.subfields)}){which}"

    def by_year(self) -> list["Query"]:
        """Split into one query a year, so that a year more asks for that year alone."""
        return [replace(self, years=(year,)) for year in self.years]


def checked_day(date: str | None) -> str | None:
    """Return the day if it is one; raises InputError otherwise."""
    try:
        return date and day.fromisoformat(date).isoformat()
    except ValueError:
        raise InputError(f"date={date!r}: expected a day such as 2026-10-01") from None
