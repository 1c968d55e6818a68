"""A publication of Dimensions → work, authorships, institutions; or a reject with its reason.

What a field holds that it should not (another type, a number no column can take) makes that field
unknown and is counted; only what makes a work unusable, its id, year or field of research, rejects it.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern

from compendium.places import countries
from compendium.sources.dimensions.queries import BOTH, FIELDS

_MOST = 2**62
_CODE = re.compile(r"[A-Z]{2}")
#: What stands where a name or an id is missing.
_EMPTY = ("", "null", "None")


def _text(value: object) -> str | None:
    """Return a text that can be written, or None where there is none."""
    if not isinstance(value, str):
        return None
    text = value.encode("utf-8", "replace").decode().strip()
    return None if text in _EMPTY else intern(text)


def _count(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < _MOST else None


def _number(value: object, most: float) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable and abs(value) <= most else None


def _objects(value: object) -> list[dict]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


@dataclass
class Reader:
    """Reads publications one by one; the rows of the common schema, and how often each rule spoke.

    `fields` are the codes asked for; a work's category is those of them that it has, in order,
    joined by `&`: three disjoint categories where two are asked for.
    """

    fields: tuple[str, ...]
    rows: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))
    rules: Counter = field(default_factory=Counter)
    works_by_rule: Counter = field(default_factory=Counter)
    _seen: set[str] = field(default_factory=set)
    _places: dict[str, dict[str, Counter]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Counter)))
    again: int = 0

    def read(self, locator: str, record: object, year: int) -> str:
        """Take in a record; return what tells it from others.

        A work that stands under several searches counts once. `year` is the year asked for.
        """
        key = _text(record.get("id")) if isinstance(record, dict) else None
        key = key or _digest(record)
        if key in self._seen:
            self.again += 1
            return key
        self._seen.add(key)
        reason = self._work(record, key, year) if isinstance(record, dict) else "no JSON object"
        if reason:
            name = _text(record.get("id")) if isinstance(record, dict) else None
            self.rows["rejects"].append(
                {
                    "locator": f"{locator} {name or 'without id'}",
                    "year": year,
                    "category": BOTH.join(self.fields),
                    "reason": reason,
                }
            )
        return key

    def _work(self, record: dict, work_id: str, asked: int) -> str | None:
        """Add the rows of a work, or return the reason why it is none."""
        if _text(record.get("id")) is None:
            return f"id is {_short(record.get('id'))}"
        year = record.get("year")
        if not isinstance(year, int) or isinstance(year, bool) or not 1950 <= year <= 2100:
            return f"year is {_short(year)}"
        category = self._category(record.get("category_for_2020"))
        if not category:
            return f"category_for_2020 holds no field asked for: {_short(record.get('category_for_2020'))}"
        rules: set[str] = set() if year == asked else {"year: not the one asked for, kept as given"}
        kinds = [_text(record.get(name)) for name in ("type", "document_type")]
        citations = _count(record.get("times_cited"))
        if citations is None:
            rules.add(
                "citations: unknown"
                if record.get("times_cited") is None
                else "citations: not a whole number from 0 on, taken as unknown"
            )
        self.rows["works"].append(
            {
                "work_id": work_id,
                "year": year,
                "category": category,
                "is_retracted": False,
                "doc_type": "/".join(kind.lower().replace("_", " ") for kind in kinds if kind) or "unknown",
                "language": None,
                "citations": citations,
            }
        )
        self._keep_organisations(record.get("research_orgs"))
        self.rows["authorships"] += self._authorships(record, work_id, rules)
        self.works_by_rule.update(rules)
        return None

    def _category(self, value: object) -> str:
        names = {_text(item.get("name")) or "" for item in _objects(value)}
        codes = {name.split(" ")[0] for name in names if name}
        return BOTH.join(code for code in FIELDS if code in codes and code in self.fields)

    def _authorships(self, record: dict, work_id: str, rules: set[str]) -> list[dict]:
        """Return one row an author and address; where no author has a country, the work's own."""
        authors = record.get("authors")
        if authors is not None and not isinstance(authors, list):
            rules.add("authors: not a list, taken as none")
        listed = authors if isinstance(authors, list) else []
        found = []
        for seq, author in enumerate(listed, start=1):
            if not isinstance(author, dict):
                rules.add("authors: one is no object, taken as an author without a name")
                author = {}
            person = _text(author.get("researcher_id"))
            if person is None:
                rules.add("author: without a researcher id")
            for institution, country in self._addresses(author, rules) or [(None, None)]:
                found.append(
                    {
                        "work_id": work_id,
                        "author_seq": seq,
                        "author_id": person,
                        "institution_id": institution,
                        "country": country,
                    }
                )
        if not listed:
            rules.add("authors: none listed")
        if not any(row["country"] for row in found):
            found = self._by_work(record, work_id, found, rules)
        return found

    def _addresses(self, author: Mapping, rules: set[str]) -> list[tuple[str | None, str | None]]:
        """Return institution and country of an author's addresses, each once, in their order."""
        given = author.get("affiliations")
        if given is not None and (not isinstance(given, list) or len(_objects(given)) < len(given)):
            rules.add("address: not an object, left out")
        addresses = []
        for place in _objects(given):
            institution, country = _text(place.get("id")), self._country(place, rules)
            if institution:
                self._keep(institution, place, place.get("city"), country)
            addresses.append((institution, country))
        return list(dict.fromkeys(addresses))

    def _country(self, place: Mapping, rules: set[str]) -> str | None:
        """Return the alpha-2 code of an address: the code as given, else that of the country's name."""
        code = _text(place.get("country_code"))
        if code in countries.load_countries():
            return code
        name = _text(place.get("country")) or _text(place.get("country_name"))
        found = countries.iso2(name) if name else None
        if found is None and (code or name):
            rules.add("country: a code or name that data/reference/countries.csv does not know")
            self.rules[f"unknown country {(code or name or '')[:40]}"] += 1
        return found

    def _by_work(self, record: dict, work_id: str, authors: list[dict], rules: set[str]) -> list[dict]:
        """Place a work whose authors have no country by the countries and institutions of the work.

        One country is every author's. Of several, whose is whose cannot be told: the addresses
        stand with each author and without a name.
        """
        addresses = [
            (_text(place.get("id")), self._country(place, rules)) for place in _objects(record.get("research_orgs"))
        ]
        codes = [
            self._country({"country_code": place.get("id"), "country": place.get("name")}, rules)
            for place in _objects(record.get("research_org_countries"))
        ]
        have = {country for _, country in addresses}
        addresses += [(None, code) for code in sorted({code for code in codes if code} - have)]
        addresses = sorted(
            {address for address in addresses if any(address)}, key=lambda address: (address[1] or "", address[0] or "")
        )
        known = {country for _, country in addresses if country}
        if not addresses or (authors and not known):
            return authors or [_nobody(work_id)]
        if authors and len(known) == 1:
            rules.add("country: the only one of the work, given to its authors")
            return [row | {"country": next(iter(known))} for row in authors]
        rules.add("address: of the work, whose author cannot be told")
        seqs = sorted({row["author_seq"] for row in authors}) or [1]
        return [
            _nobody(work_id) | {"author_seq": seq, "institution_id": institution, "country": country}
            for seq in seqs
            for institution, country in addresses
        ]

    def _keep_organisations(self, value: object) -> None:
        for place in _objects(value):
            institution = _text(place.get("id"))
            if institution:
                self._keep(institution, place, place.get("city_name"), self._country(place, set()))

    def _keep(self, institution: str, place: Mapping, city: object, country: str | None) -> None:
        """Remember what is said of an institution."""
        said = self._places[institution]
        types = place.get("types")
        kind = types[0] if isinstance(types, list) and types else types
        for name, value in (
            ("name", _text(place.get("name"))),
            ("city", _text(city)),
            ("country", country),
            ("type", _text(kind)),
            ("at", _coordinates(place)),
        ):
            if value is not None:
                said[name][value] += 1

    def institutions(self) -> Iterator[dict]:
        """Yield the institutions in the order of their ids, each as most records describe it."""
        for key, said in sorted(self._places.items()):
            most = {name: min(values.items(), key=lambda item: (-item[1], item[0]))[0] for name, values in said.items()}
            latitude, longitude = most.get("at", (None, None))
            yield {
                "institution_id": key,
                "name": most.get("name", key),
                "ror": None,
                "type": most.get("type"),
                "city": most.get("city"),
                "country": most.get("country"),
                "latitude": latitude,
                "longitude": longitude,
            }


def _nobody(work_id: str) -> dict:
    return {"work_id": work_id, "author_seq": 1, "author_id": None, "institution_id": None, "country": None}


def _coordinates(place: Mapping) -> tuple[float, float] | None:
    latitude, longitude = _number(place.get("latitude"), 90), _number(place.get("longitude"), 180)
    return None if latitude is None or longitude is None else (latitude, longitude)


def _digest(record: object) -> str:
    text = json.dumps(record, sort_keys=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _short(value: object) -> str:
    """Return a value as a reject shows it: in one line, no longer than needed to find it."""
    if value is None:
        return "missing"
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "…"
