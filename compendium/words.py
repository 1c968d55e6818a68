"""How numbers, countries and places are said: the one home of it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.measures import geography
from compendium.places.blocs import BLOC_NAMES, IN_WORDS, SHORT_NAMES
from compendium.places.countries import name_of

MINUS, NOTHING = "\N{MINUS SIGN}", "–"
#: A country whose plain name is too long for a figure.
SHORTENED = {"AE": "UAE"}
#: How people are told apart.
KEY_LABELS = {"name": "by name", "name+institution": "by name and institution"}
#: Words of a claim's id that are names.
NAMES = {"us": "US", "uk": "UK", "eu": "EU", "china": "China", "france": "France", "africa": "Africa"}


def number(value: float, sign: str = "") -> str:
    """Write an estimate with as many digits as a reader can use, and its per-cent `sign` if any.

    >>> number(1234.5), number(36.42, " %"), number(0.358), number(3.0)
    ('1,234', '36.4 %', '0.36', '3')
    """
    whole = abs(value) >= 100 or (not sign and float(value).is_integer())
    return f"{value:,.{0 if whole else 1 if abs(value) >= 3 else 2}f}{sign}"


def papers(value: float) -> str:
    """Write a number of papers: whole, or with one decimal where it is none.

    >>> papers(1250.0), papers(5.25)
    ('1,250', '5.2')
    """
    return f"{value:,.1f}".removesuffix(".0")


def percent(share: float) -> str:
    """Write a share in whole per cent; what is neither none nor all is never written as 0 or 100.

    >>> percent(0.756), percent(0.999), percent(0.001), percent(0.0), percent(1.0)
    ('76', 'over 99', 'under 1', '0', '100')
    """
    if 0.995 <= share < 1:
        return "over 99"
    return "under 1" if 0 < share <= 0.005 else f"{100 * share:.0f}"


def signed(value: float) -> str:
    """Write a change with its sign and one decimal; a dash for one that is not known.

    >>> signed(2.44), signed(-3.6), signed(0.01), signed(float("nan"))
    ('+2.4', '−3.6', '0.0', '–')
    """
    if np.isnan(value):
        return NOTHING
    return f"{value:+.1f}".replace("-", MINUS) if abs(value) >= 0.05 else "0.0"


def times(factor: float) -> str:
    """Write a factor with one decimal, with two where one would read 1.0, so that it says more from less.

    >>> times(3.84), times(0.96), times(1.0), times(1.004)
    ('3.8', '0.96', '1', '1.004')
    """
    for decimals in (1, 2, 3):
        said = f"{factor:.{decimals}f}"
        if float(said) != 1:
            return said
    return "1"


def span(values: Sequence[float] | pd.Series, form: str = ".0f") -> str:
    """Write the smallest and the largest of some values, once where they read the same.

    >>> span([3.2, 8.9, 5.0]), span([2.0, 2.2])
    ('3 to 9', '2')
    """
    return " to ".join(dict.fromkeys(format(value, form) for value in (min(values), max(values))))


def how_many(n: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun; nothing is said as "no".

    >>> how_many(1, "city", "cities"), how_many(2, "city", "cities"), how_many(0, "paper")
    ('1 city', '2 cities', 'no papers')
    """
    return f"{n or 'no'} {noun if n == 1 else plural or noun + 's'}"


def enumerated(names: Sequence[str], most: int = 3) -> str:
    """Join names as a sentence does; of more than `most`, name the first ones and count the others.

    >>> enumerated(["A", "B", "C"]), enumerated(["A", "B", "C", "D"]), enumerated([])
    ('A, B and C', 'A, B and 2 others', '')
    """
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} others"]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def unit_name(code: str) -> str:
    """Return the name of a bloc or a country, short enough for a figure.

    >>> unit_name("CN"), unit_name("UK"), unit_name("GB"), unit_name("JP"), unit_name("AE")
    ('China', 'United Kingdom', 'United Kingdom', 'Japan', 'UAE')
    """
    return BLOC_NAMES.get(code) or SHORTENED.get(code) or name_of(code)


def in_a_sentence(code: str) -> str:
    """Return a bloc or a country as it stands in a sentence, with its article.

    >>> in_a_sentence("CN"), in_a_sentence("US"), in_a_sentence("GB"), in_a_sentence("JP")
    ('China', 'the United States', 'the United Kingdom', 'Japan')
    """
    return IN_WORDS.get("UK" if code == "GB" else code) or name_of(code)


def share_name(whose: str) -> str:
    """Return how a bloc's share is called: whose papers, with whom.

    >>> share_name("CN"), share_name("US")
    ('China with US, EU or UK', 'United States with China')
    """
    return f"{unit_name(whose)} with {'US, EU or UK' if whose == 'CN' else 'China'}"


def ranked(counts: Mapping[str, float] | pd.Series, names: Mapping[str, str] = IN_WORDS) -> str:
    """Name blocs from most to least with their numbers.

    >>> ranked({"US": 15, "CN": 22}), ranked({"UK": 1.0, "EU": 3.0}, SHORT_NAMES)
    ('China 22, the United States 15', 'EU 3, UK 1')
    """
    return ", ".join(f"{names[bloc]} {counts[bloc]:.0f}" for bloc in sorted(counts.keys(), key=lambda b: -counts[b]))


def by_bloc(values: Mapping[str, float] | pd.Series) -> str:
    """Name the four blocs in their order with a value of one decimal; "none" where there is no value.

    >>> by_bloc({"CN": 7.31, "US": 39.0, "EU": float("nan"), "UK": 8.0})
    'China 7.3, US 39.0, EU none, UK 8.0'
    """
    return ", ".join(
        f"{name} none" if np.isnan(values[bloc]) else f"{name} {values[bloc]:.1f}" for bloc, name in SHORT_NAMES.items()
    )


def largest_by_year(largest: pd.DataFrame) -> str:
    """Name each year's largest institution with its papers: rows year, columns name and papers.

    >>> largest_by_year(pd.DataFrame({"name": ["A", "B"], "papers": [3.0, 4.5]}, index=[2023, 2024]))
    '2023 A 3; 2024 B 4.5'
    """
    return "; ".join(f"{year} {row['name']} {papers(row['papers'])}" for year, row in largest.iterrows())


def first_city(counts: pd.Series) -> str:
    """Return the city with most institutions, and those that tie with it; "none" without a city.

    >>> first_city(pd.Series({"Beijing": 3, "Shanghai": 3, "Nanjing": 1})), first_city(pd.Series(dtype=int))
    ('Beijing and Shanghai', 'none')
    """
    known = counts.drop(labels=geography.UNPLACED, errors="ignore")
    return " and ".join(sorted(known.index[known == known.max()])) if len(known) else "none"


def claim_name(claim_id: str) -> str:
    """Return a claim's number and the words of its id.

    >>> claim_name("10-uk-china-over-us")
    '10 UK China over US'
    """
    number, *words = claim_id.split("-")
    return " ".join([number, *(NAMES.get(word, word) for word in words)])
