"""How numbers and places are said."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures import geography
from compendium.places import blocs, cities
from compendium.places.blocs import BLOC_NAMES, IN_WORDS
from compendium.places.countries import name_of


def number(value: float, sign: str = "") -> str:
    """Write an estimate with as many digits as a reader can use, and its per-cent `sign` if any."""
    whole = abs(value) >= 100 or (not sign and float(value).is_integer())
    return f"{value:,.{0 if whole else 1 if abs(value) >= 3 else 2}f}{sign}"


def percent(share: float) -> str:
    """Write a share in whole per cent; what is neither none nor all is never written as 0 or 100."""
    if 0.995 <= share < 1:
        return "over 99"
    return "under 1" if 0 < share < 0.005 else f"{100 * share:.0f}"


def enumerated(names: Sequence[str], most: int = 3) -> str:
    """Join names as a sentence does; of more than `most`, name the first ones and count the others."""
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} others"]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def comparison(subject: str, counts: pd.Series) -> str:
    """Say how many papers a subject shares with China and with another: china, other, name."""
    china, other = (f"{value:,.1f}".removesuffix(".0") for value in (counts["china"], counts["other"]))
    level = ", which is level and so not ahead" if counts["china"] == counts["other"] else ""
    unit = "paper" if china == "1" else "papers"
    return f"{in_words(subject)} has {china} {unit} with China and {other} with {in_words(counts['name'])}{level}"


def share_name(whose: str) -> str:
    """Return how a bloc's share is called: whose papers, with whom."""
    return f"{unit_name(whose)} with {'US, EU or UK' if whose == 'CN' else 'China'}"


def in_a_sentence(unit: str) -> str:
    """Return the name of a country or bloc as a sentence has it, with its article."""
    return blocs.IN_WORDS.get("UK" if unit == "GB" else unit) or name_of(unit)


def signed(value: float) -> str:
    """Return a change with its sign and one decimal; a dash for one that is not known."""
    if np.isnan(value):
        return "–"
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}") if abs(value) >= 0.05 else "0.0"


SHORT = {"CN": "China", "US": "US", "EU": "EU", "UK": "UK"}


def first_city(counts: pd.Series) -> str:
    """Return the city with most institutions, and those that tie with it; "none" without a city."""
    known = counts.drop(labels=geography.UNPLACED, errors="ignore")
    return " and ".join(sorted(known.index[known == known.max()])) if len(known) else "none"


def where_cities_come_from(institutions: pd.DataFrame, places: pd.DataFrame, here: pd.DataFrame, year: int) -> str:
    """Say how the cities were found: by the source itself, or by the reference table.

    institutions : of the source. places : those with their cities. here : those with papers in `year`.
    """
    own = institutions["city"].notna()
    if own.any():
        return (
            f"This source names the cities of {own.sum():,} of its {len(own):,} institutions itself, and these are "
            "taken. Which institutions have several sites, it does not say."
        )
    table = cities.load()
    how = table["city_source"].fillna("none: " + table["note"].fillna("")).str.split(":").str[0]
    mixed = places["several_sites"] & places["institution_id"].isin(here["institution_id"])
    return (
        f"The reference table has {len(table)} institutions: all with at least {cities.LEAST_PAPERS} papers in some "
        + "year. Their cities: "
        + ", ".join(f"{name} {number}" for name, number in how.value_counts().items())
        + f". For {mixed.sum()} of those with papers in {year}, fewer than three of four printed addresses name "
        + "the main city."
    )


def half_title(halves: Mapping[str, int] | pd.Series, year: int) -> str:
    """Say in how many cities half of each bloc's papers are."""
    places = ", ".join(f"{SHORT[bloc]} {halves[bloc]}" for bloc in SHORT if halves[bloc])
    return f"Cities that hold half of the papers: {places or 'none'} ({year})"


def unit_name(code: str) -> str:
    """Return the plain name of a bloc or of a country."""
    return BLOC_NAMES.get(code) or name_of(code)


def in_words(code: str) -> str:
    """Return a bloc or a country as it stands in a sentence."""
    return IN_WORDS.get("UK" if code == "GB" else code) or name_of(code)
