"""Addresses of conference papers: which author, which institution, which country.

The upstream lists give, for each paper, the distinct institutions and the distinct countries, and
for each author the indices into both. The two index lists agree only while every country is
known: an address of unknown country is left out of the country indices. This module undoes that.
"""

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

#: Above this many institutions on a paper the search for left-out countries is given up.
MOST_INSTITUTIONS = 14
_NO_COUNTRY = ("", "unknown")

Parts = list[list[int]]
Countries = list[list[str | None]]


@dataclass(frozen=True)
class Alignment:
    """The country name of each address, in the shape of the institution indices, and how it was found."""

    countries: Countries
    how: str  # "stated", "one solution", "by other papers", "ambiguous", "none stated", "no solution"


def parse_index(text: str | None) -> Parts:
    """Split an index list such as `0;1+2;` into `[[0], [1, 2], []]`; empty parts stay."""
    if not text:
        return []
    return [[int(item) for item in part.split("+") if item.strip().isdigit()] for part in text.split(";")]


def _known(name: str) -> str | None:
    return None if name.strip().casefold() in _NO_COUNTRY else name.strip()


def _solutions(parts: Parts, country_parts: Parts, names: Sequence[str]):
    """Yield every way to leave countries out: (breaks upstream's order, left out, institution → index).

    Upstream knows one country an institution, drops the unknown ones from the index list, drops
    authors left with none, and lists country names in the order of the institutions.
    """
    institutions = sorted({item for part in parts for item in part})
    shape = [len(part) for part in country_parts]
    for size in range(len(institutions) + 1):
        for left_out in itertools.combinations(institutions, size):
            kept = [[item for item in part if item not in left_out] for part in parts]
            kept = [part for part in kept if part]
            if [len(part) for part in kept] != shape:
                continue
            found: dict[int, int] = {}
            pairs = zip(itertools.chain(*kept), itertools.chain(*country_parts), strict=True)
            if any(found.setdefault(item, country) != country for item, country in pairs):
                continue
            order = list(dict.fromkeys(names[found[item]] if item in found else "" for item in institutions))
            yield order != list(names), left_out, found


def align_countries(
    parts: Parts, country_parts: Parts, names: Sequence[str], institutions: Sequence[str], elsewhere: dict[str, Counter]
) -> Alignment:
    """Give each address its country, where upstream left the unknown ones out of the index list.

    Parameters
    ----------
    parts, country_parts : indices a paper's addresses have into `institutions` and `names`.
    elsewhere : how often an institution has which country on papers where nothing is left out;
        it decides between solutions that the paper itself leaves open.
    """
    if [len(part) for part in parts] == [len(part) for part in country_parts]:
        return Alignment(
            [[_known(names[item]) if item < len(names) else None for item in part] for part in country_parts], "stated"
        )
    unknown: Countries = [[None] * len(part) for part in parts]
    country_parts = [part for part in country_parts if part]
    if not country_parts or not any(_known(name) for name in names):
        return Alignment(unknown, "none stated")
    distinct = {item for part in parts for item in part}
    if len(distinct) > MOST_INSTITUTIONS or max(map(max, country_parts)) >= len(names):
        return Alignment(unknown, "no solution")
    ranked = []
    for breaks_order, left_out, found in _solutions(parts, country_parts, names):
        contradicted = sum(
            1
            for item, country in found.items()
            if elsewhere.get(institutions[item]) and not elsewhere[institutions[item]][names[country]]
        )
        implausible = sum(1 for item in left_out if elsewhere.get(institutions[item]))
        ranked.append(((breaks_order, contradicted, implausible), left_out, found))
    if not ranked:
        return Alignment(unknown, "no solution")
    ranked.sort(key=lambda solution: solution[:2])
    best = [solution for solution in ranked if solution[0] == ranked[0][0]]
    alike = [solution for solution in ranked if solution[0][0] == ranked[0][0][0]]
    found = best[0][2]
    how = "one solution" if len(alike) == 1 else "by other papers" if len(best) == 1 else "ambiguous"
    return Alignment([[_known(names[found[item]]) if item in found else None for item in part] for part in parts], how)


def split_authors(text: str) -> tuple[list[str], bool]:
    """Return the authors of a paper, and whether the list had stood there twice.

    Two lists of robotics conferences name every author twice. Where no semicolon stands, commas
    part the names.
    """
    separator = ";" if ";" in text else ","
    authors = [" ".join(name.split()) for name in text.split(separator)]
    authors = [name for name in authors if name]
    half = len(authors) // 2
    doubled = len(authors) % 2 == 0 and half > 0 and authors[:half] == authors[half:]
    return (authors[:half], True) if doubled else (authors, False)


def author_key(name: str) -> str:
    """Reduce a person's name to what two spellings of it share: no case, marks or points."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark)).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", plain).split())


def addresses_by_author(
    parts: Parts, entries: Sequence[str], n_authors: int, names: Sequence[str]
) -> list[list[int | None]] | None:
    """Return for each author the places of its addresses in the flattened `parts`.

    Parameters
    ----------
    entries : the addresses as printed, one text an author, `+` between several.
    names : the distinct institutions that `parts` point into.

    A place is None for an address that names no institution. The whole is None where nothing
    says whose address is missing: the list of addresses has another length than the authors'.
    """
    if not parts:
        return [[None] for _ in range(n_authors)]
    starts = list(itertools.accumulate((len(part) for part in parts), initial=0))
    if len(parts) == n_authors:
        return [list(range(start, start + len(part))) or [None] for start, part in zip(starts, parts, strict=False)]
    if len(entries) != n_authors:
        return None
    filled = [position for position, entry in enumerate(entries) if entry.strip()]
    if len(parts) == len(filled):
        place = dict(zip(filled, range(len(parts)), strict=True))
        return [
            list(range(starts[place[author]], starts[place[author] + 1])) or [None] if author in place else [None]
            for author in range(n_authors)
        ]
    return _addresses_by_text(parts, entries, names)


def _addresses_by_text(parts: Parts, entries: Sequence[str], names: Sequence[str]) -> list[list[int | None]] | None:
    """Match printed addresses to `parts` where those that name no institution were left out."""
    number: dict[str, int] = {}
    printed = [[number.setdefault(address.strip(), len(number)) for address in entry.split("+")] for entry in entries]
    given = [part for part in parts if part]
    if len(number) > MOST_INSTITUTIONS or not given:
        return None
    ranked = sorted((breaks_order, left_out) for breaks_order, left_out, _ in _solutions(printed, given, names))
    best = [left_out for breaks_order, left_out in ranked if breaks_order == ranked[0][0]]
    if len(best) != 1:
        return None
    place = itertools.count()
    return [[None if address in best[0] else next(place) for address in addresses] for addresses in printed]
