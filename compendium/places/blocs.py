"""Countries and blocs: what "China" and "the EU" mean, as named options of a choice."""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

China = Literal["CN", "CN+HK+MO", "CN+HK+MO+TW"]
Eu = Literal["EU-27", "EU-28"]
#: The meanings of China and of the EU, the narrowest first.
CHINAS: tuple[China, ...] = get_args(China)
EUS: tuple[Eu, ...] = get_args(Eu)

#: Members since 1 February 2020, used for every year so that a trend is not one of membership.
EU_27 = (
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "HU",
    "IE",
    "IT",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
)
#: The order in which the four are named, tabled and coloured everywhere.
BLOC_NAMES = {"CN": "China", "US": "United States", "EU": "European Union", "UK": "United Kingdom"}
#: The same in a sentence.
IN_WORDS = {"CN": "China", "US": "the United States", "EU": "the European Union", "UK": "the United Kingdom"}
#: The same where room is short.
SHORT_NAMES = {"CN": "China", "US": "US", "EU": "EU", "UK": "UK"}
#: Those that the article sets against China.
WEST_BLOCS = ("US", "EU", "UK")
#: A country that no one stated.
UNKNOWN = "ZZ"
#: A member of the EU that the source does not name, as counts by bloc do not (ISO 3166-1 reserves the code).
SOME_MEMBER = "EU"


def members(china: China = "CN", eu: Eu = "EU-27") -> Mapping[str, tuple[str, ...]]:
    """Return each bloc's ISO 3166-1 alpha-2 codes under one meaning of China and of the EU.

    With EU-28 the United Kingdom is both a bloc of its own and a member of the EU.
    """
    return {
        "CN": tuple(china.split("+")),
        "US": ("US",),
        "EU": (*EU_27, SOME_MEMBER, *(("GB",) if eu == "EU-28" else ())),
        "UK": ("GB",),
    }


def partner_units(
    countries: Iterable[str], china: China = "CN", eu: Eu = "EU-27", unit: str = "bloc"
) -> dict[str, tuple[str, ...]]:
    """Return who can be whose partner: unit → its countries, for the countries that occur.

    Parameters
    ----------
    unit : `bloc` makes the EU one partner beside China, the US, the UK and every other country;
        `country` leaves the EU's members apart. China is one under either, as `china` says.

    With `bloc` and EU-28 the United Kingdom would be its own partner; raises ValueError.
    """
    if unit not in ("bloc", "country"):
        raise ValueError(f"unit={unit!r} is not possible; choose one of: bloc, country")
    if unit == "bloc" and eu == "EU-28":
        raise ValueError(
            "eu='EU-28' holds the United Kingdom, which is a partner of its own; choose eu='EU-27' or unit='country'"
        )
    blocs = members(china, eu) if unit == "bloc" else {"CN": tuple(china.split("+"))}
    taken = {code for codes in blocs.values() for code in codes}
    others = sorted(set(countries) - taken - {UNKNOWN})
    return {**blocs, **{code: (code,) for code in others}}
