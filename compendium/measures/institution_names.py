"""Whom a name of an institution means: firms, and the parents of French laboratories."""

import re
import unicodedata
from functools import cache

import pandas as pd

#: French units and members by the body that they can be rolled up to; the first match decides.
#: Phrases are whole words of the plain name (`_plain`); "=" asks for the whole name. A unit that
#: CNRS runs together with a university is CNRS's here, the roll-up that helps CNRS most.
FRENCH_PARENTS = {
    "CNRS": (
        "cnrs",
        "ensaicnrs",
        "inrncnrs",
        "national de recherche scientifique",
        "umr",
        "umi",
        "national de la recherche scientifique",
        "of scientific research",
        "for scientific research",
        "laas",
        "lirmm",
        "l i r m m",
        "robotique et de microelectronique",
        "irisa",
        "loria",
        "femto st",
        "i3s",
        "isir",
        "systemes intelligents et de robotique",
        "gipsa",
        "institut pascal",
        "lasmea",
        "irccyn",
        "cybernetique de nantes",
        "ls2n",
        "sciences du numerique",
        "limsi",
        "l2s",
        "greyc",
        "recherche en informatique de toulouse",
        "informatique de grenoble",
        "informatique de paris 6",
        "heudiasyc",
        "cril",
        "cristal",
        "icube",
        "lsiit",
        "jean kuntzmann",
        "hubert curien",
    ),
    "INRIA": (
        "inria",
        "i n r i a",
        "recherche en informatique et",
        "recherches en informatique et",
        "research in computer science",
    ),
    "Institut Polytechnique de Paris": (
        "=ecole polytechnique",
        "institut polytechnique de paris",
        "telecom paris",
        "telecom sudparis",
        "ensta paris",
        "ensae",
        "crest",
    ),
    "Paris-Saclay University": (
        "=ens paris saclay",
        "=ecole normale superieure paris saclay",
        "paris sud",
        "supelec",
        "paris saclay university",
        "university paris saclay",
        "universite paris saclay",
        "centralesupelec",
        "versailles saint quentin",
        "evry",
    ),
    "PSL University": (
        "psl",
        "dauphine",
        "mines paris",
        "mines paristech",
        "mines de paris",
        "college de france",
        "espci",
        "=ecole normale superieure",
        "=ecole normale superieure paris",
    ),
    "Sorbonne University": ("=sorbonne university", "sorbonne universites", "upmc", "marie curie"),
}


#: Firms, by whole words of the plain name, where the source does not state an institution's type:
#: those with more than a handful of papers in some year, and what says in the name that it is one.
COMPANIES = (
    "adobe",
    "airbus",
    "aitrics",
    "alibaba",
    "amazon",
    "ant group",
    "apple",
    "argo ai",
    "asapp",
    "baidu",
    "bell labs",
    "bloomberg",
    "bmw",
    "borealis ai",
    "bosch",
    "boss zhipin",
    "bytedance",
    "china mobile",
    "china telecom",
    "china unicom",
    "covariant",
    "criteo",
    "cyberagent",
    "darkmatter",
    "deepmind",
    "deepwise",
    "didi",
    "disney",
    "dji",
    "element ai",
    "facebook",
    "ford",
    "fpt software",
    "fujitsu",
    "general electric",
    "general motors",
    "google",
    "hikvision",
    "hitachi",
    "honda",
    "horizon robotics",
    "huawei",
    "hugging face",
    "hyundai",
    "ibm",
    "iflytek",
    "intel",
    "intuit",
    "jd com",
    "jpmorgan",
    "kakao",
    "kuaishou",
    "lg",
    "linkedin",
    "mashang",
    "megagon",
    "megvii",
    "meituan",
    "mercedes benz",
    "meta",
    "microsoft",
    "mitsubishi",
    "morgan stanley",
    "naver",
    "nec",
    "netease",
    "netflix",
    "nokia",
    "ntt",
    "nvidia",
    "openai",
    "oppo",
    "orange",
    "panasonic",
    "philips",
    "physical intelligence",
    "ping an",
    "prowler",
    "qihoo",
    "qualcomm",
    "salesforce",
    "samsung",
    "sensetime",
    "servicenow",
    "sevensense",
    "siemens",
    "skywork",
    "snap",
    "sony",
    "spotify",
    "tata consultancy",
    "tencent",
    "thales",
    "toshiba",
    "toyota research institute",
    "tusimple",
    "twitter",
    "uber",
    "unbabel",
    "valeo",
    "vivo",
    "volkswagen",
    "walmart",
    "waymo",
    "wormpex",
    "xerox",
    "xiaomi",
    "yahoo",
    "yandex",
    "inc",
    "ltd",
    "limited",
    "gmbh",
    "corporation",
    "company",
)


_NOT_FIRMS = ("university", "universite", "universitat", "college", "hospital")


def _plain(name: str) -> str:
    """Return a name without case, marks and punctuation, between blanks, so that words can be sought."""
    letters = unicodedata.normalize("NFKD", name)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
    return f" {' '.join(re.sub(r'[^a-z0-9]+', ' ', letters).split())} "


@cache
def _named_like_a_firm(name: str) -> bool:
    plain = _plain(name)
    return any(f" {word} " in plain for word in COMPANIES) and not any(word in plain for word in _NOT_FIRMS)


def is_company(papers: pd.DataFrame) -> pd.Series:
    """Tell which institutions are firms: by the source's type, or by `COMPANIES` where it has none."""
    by_name = papers["name"].map(_named_like_a_firm).astype(bool)
    return by_name.where(papers["type"].isna(), papers["type"].eq("company")).astype(bool)


def french_parent(name: str) -> str:
    """Return the body that a French institution can be rolled up to, or its own name."""
    plain = _plain(name)
    for parent, phrases in FRENCH_PARENTS.items():
        if any(plain == f" {phrase[1:]} " if phrase.startswith("=") else f" {phrase} " in plain for phrase in phrases):
            return parent
    return name
