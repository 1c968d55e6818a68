"""Countries: the spellings of a name to one code, and a code to its name and continent."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compendium.project.folders import PROJECT

COUNTRIES = PROJECT.reference / "countries.csv"


@dataclass(frozen=True)
class Country:
    """A row of `countries.csv`: ISO 3166-1 codes, a plain name, a continent, other spellings."""

    iso2: str
    iso3: str
    name: str
    continent: str
    aliases: tuple[str, ...]


@cache
def load_countries(path: Path = COUNTRIES) -> dict[str, Country]:
    """Return every country by its alpha-2 code.

    Read with the csv module: a data frame would take Namibia's "NA" for a missing value.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        return {country.iso2: country for country in map(_of_row, csv.DictReader(lines))}


def _of_row(row: dict[str, str]) -> Country:
    aliases = tuple(filter(None, row.pop("aliases").split("|")))
    return Country(**row, aliases=aliases)


@cache
def _codes_by_spelling() -> dict[str, str]:
    codes: dict[str, str] = {}
    for country in load_countries().values():
        for spelling in (country.name, *country.aliases):
            other = codes.setdefault(spelling.casefold(), country.iso2)
            if other != country.iso2:
                raise ValueError(
                    f"{spelling!r} stands for both {other} and {country.iso2} in {PROJECT.shown(COUNTRIES)}"
                )
    return codes


def iso2(name: str) -> str | None:
    """Return the alpha-2 code of a country's name, or None where no spelling of it is known.

    The whole name must match, but for case and outer blanks. There is no guessing: a new
    spelling belongs into `countries.csv`. Codes are no names: `iso2("CN")` is None.
    """
    return _codes_by_spelling().get(name.strip().casefold())


def _country(code: str) -> Country:
    try:
        return load_countries()[code]
    except KeyError:
        raise KeyError(f"no country has the ISO 3166-1 alpha-2 code {code!r}") from None


#: Codes of the tables that stand for no single country (see `blocs`, and the quick mode of OpenAlex).
GROUPS = {"EU": "a member of the EU", "XX": "other countries"}


def name_of(code: str) -> str:
    """Return the plain English name of an alpha-2 code; KeyError where there is no such code."""
    return GROUPS.get(code) or _country(code).name


def continent_of(code: str) -> str:
    """Return a code's continent (AF AN AS EU NA OC SA), as GeoNames assigns it; KeyError if none."""
    return _country(code).continent


def continent_codes(continent: str) -> tuple[str, ...]:
    """Return the codes of a continent's countries, in order; `AF` is Africa."""
    return tuple(sorted(code for code, row in load_countries().items() if row.continent == continent))
