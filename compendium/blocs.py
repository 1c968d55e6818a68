"""Countries and blocs: what "China" and "the EU" mean, as named options of a choice."""

from collections.abc import Mapping
from typing import Literal

China = Literal["CN", "CN+HK+MO", "CN+HK+MO+TW"]
Eu = Literal["EU-27", "EU-28"]

#: Members since 1 February 2020, used for every year so that a trend is not one of membership.
EU_27 = ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
         "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")
#: The order in which the four are named, tabled and coloured everywhere.
BLOC_NAMES = {"CN": "China", "US": "United States", "EU": "European Union", "UK": "United Kingdom"}
#: A country that no one stated.
UNKNOWN = "ZZ"


def members(china: China = "CN", eu: Eu = "EU-27") -> Mapping[str, tuple[str, ...]]:
    """Return each bloc's ISO 3166-1 alpha-2 codes under one meaning of China and of the EU.

    With EU-28 the United Kingdom is both a bloc of its own and a member of the EU.
    """
    return {
        "CN": tuple(china.split("+")),
        "US": ("US",),
        "EU": EU_27 + (("GB",) if eu == "EU-28" else ()),
        "UK": ("GB",),
    }
