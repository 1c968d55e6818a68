"""Institutions of conference papers: one name for one institution, and its part of China.

The upstream lists spell an institution in several ways, and label Hong Kong, Macau and Taiwan
as China. Two small tables in `data/reference` hold what a rule cannot know.
"""

import csv
import re
import unicodedata
from functools import cache

from compendium.project.folders import PROJECT

_COMPANY_FORM = re.compile(r"( (incorporated|inc|limited|ltd|llc|gmbh|corporation|corp|company|co|ag|plc|holdings))+$")
_PARENTHESIS = re.compile(r"\s*\([^()]*\)\s*$")

_HONG_KONG = re.compile(r"hong ?kong|\bhksar\b", re.IGNORECASE)
_MACAU = re.compile(r"\bmaca[uo]\b", re.IGNORECASE)
_TAIWAN = re.compile(
    r"taiwan|taipei|hsin-?chu|kaohsiung|tainan|taichung|chung-?li|taoyuan|keelung|chia-?yi"
    r"|\br\. ?o\. ?c\b",
    re.IGNORECASE,
)
#: Mainland campuses of universities of Hong Kong and Macau, and companies beside the border.
_MAINLAND = re.compile(
    r"shenzhen|guangzhou|zhuhai|dongguan|nansha|hengqin|foshan|united international college"
    r"|\(gz\)|hkust-gz|cuhk\.edu\.cn",
    re.IGNORECASE,
)
#: Universities of Hong Kong whose mainland campus is an institution of its own.
_CAMPUS = {
    "Chinese University of Hong Kong": "Chinese University of Hong Kong, Shenzhen",
    "Hong Kong University of Science and Technology": "Hong Kong University of Science and Technology (Guangzhou)",
}


def name_key(name: str) -> str:
    """Reduce an institution's name to what its spellings share.

    No case, diacritics or punctuation; no leading "the", closing parenthesis or company form.
    """
    plain = unicodedata.normalize("NFKD", name.replace("&", " and "))
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark)).casefold()
    plain = _PARENTHESIS.sub("", plain) or plain
    plain = " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())
    plain = plain.removeprefix("the ")
    return _COMPANY_FORM.sub("", plain) or plain


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    path = PROJECT.reference / name
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def _aliases() -> dict[str, str]:
    table = {name_key(row["name"]): row["name"] for row in _rows("institution_aliases.csv")}
    return table | {name_key(row["alias"]): row["name"] for row in _rows("institution_aliases.csv")}


@cache
def _campuses() -> dict[str, str]:
    return {name_key(mother): campus for mother, campus in _CAMPUS.items()}


@cache
def _not_institutions() -> frozenset[str]:
    return frozenset(name_key(row["name"]) for row in _rows("not_institutions.csv"))


@cache
def _places() -> dict[str, str]:
    return {name_key(row["institution"]): row["place"] for row in _rows("china_regions.csv")}


@cache
def unify(name: str) -> tuple[str | None, str]:
    """Return an institution's one name, and the rule that gave it.

    The rule is `as upstream`, `alias`, or `no institution` (then the name is None). Spellings
    that only their key unites are brought to one display name later, by frequency.
    """
    key = name_key(name)
    if not key or key in _not_institutions():
        return None, "no institution"
    if key in _aliases():
        return _aliases()[key], "as upstream" if _aliases()[key] == name else "alias"
    return name.strip(), "as upstream"


#: Institutions in China whose names upstream takes for one in the US, and what tells them: the end
#: of the mail domain, or the city in the printed address.
NAMESAKES_IN_CHINA = {
    "northeastern university": ("neu.edu.cn", "shenyang"),
    "northwestern polytechnical university": ("nwpu.edu.cn", "xi'an"),
    "institute of industrial engineers": ("iie.ac.cn", "beijing"),
}


def is_namesake_in_china(institution: str, address: str, domain: str) -> bool:
    """Tell whether an address that upstream labels US is that of an institution in China of like name.

    address : as printed; domain : the author's mail domain, empty where unknown.
    """
    ending, city = NAMESAKES_IN_CHINA.get(institution.strip().casefold(), ("", ""))
    mail = domain.strip().casefold()
    return bool(ending) and (mail == ending or mail.endswith(f".{ending}") or city in address.casefold())


@cache
def part_of_china(address: str, institution: str, domain: str) -> str:
    """Return CN, HK, MO or TW for an address that upstream labels China.

    Parameters
    ----------
    address : the address as printed; `institution` : its name; `domain` : the author's mail
        domain, empty where unknown. A mainland city decides first (the Chinese University of
        Hong Kong has a campus in Shenzhen), then the names of the regions, then the reference
        table, then the ending of the mail domain.
    """
    if _MAINLAND.search(f"{address} {institution} {domain}"):
        return "CN"
    for place, pattern in (("HK", _HONG_KONG), ("MO", _MACAU), ("TW", _TAIWAN)):
        if pattern.search(f"{address} {institution}"):
            return place
    if name_key(institution) in _places():
        return _places()[name_key(institution)]
    ending = domain.strip().casefold().rsplit(".", 1)[-1]
    return {"hk": "HK", "mo": "MO", "tw": "TW"}.get(ending, "CN")


def campus(name: str, country: str | None) -> str:
    """Return the name of a mainland campus where a Hong Kong university's address is there."""
    return _campuses().get(name_key(name), name) if country == "CN" else name


def slug(name: str, country: str | None) -> str:
    """Return an institution's id: its key and country, so that two of one name stay two."""
    return f"{name_key(name).replace(' ', '-')}-{(country or 'ZZ').lower()}"
