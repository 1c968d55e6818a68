"""What each claim's estimate must come to in the simulated corpus.

Counted from the plan alone, without tables or measures, so that these can be held against it.
"""

from collections.abc import Mapping

from compendium.places.blocs import WEST_BLOCS
from compendium.sources.known_answer.citations import SHARES
from compendium.sources.known_answer.parameters import SPREAD, Parameters
from compendium.sources.known_answer.plan import Counts, apportion, bloc_plan, country_plan, n_partners

WEST = frozenset(WEST_BLOCS)
#: Claims whose estimate is a number of people or institutions, just as it is planted.
NUMBERS = (
    "21-researchers-china",
    "22-researchers-eu",
    "23-researchers-us",
    "33-institutions-china",
    "35-institutions-eu",
    "36-institutions-us",
    "37-institutions-uk",
    "38-institutions-france",
    "40-institutions-africa",
)


def _papers(plan: Counts, *on_them: str) -> int:
    return sum(n for pattern, n in plan.items() if set(on_them) <= set(pattern))


def _first(plan: Counts, of: str) -> float:
    """Return the papers that a bloc or country shares with China over those with its best other partner."""
    others = {other for pattern in plan for other in pattern} - {of, "CN"}
    return _papers(plan, of, "CN") / max(_papers(plan, of, other) for other in others)


def _of_partners(by_bloc: Counts, by_country: Counts) -> dict[str, float]:
    def against(of: str, other: str) -> float:
        return _papers(by_bloc, of, "CN") / _papers(by_bloc, of, other)

    return {
        "03-primary-collaborator": min(_first(by_bloc, bloc) for bloc in WEST),
        "10-uk-china-over-us": against("UK", "US"),
        "11-uk-china-over-eu": against("UK", "EU"),
        "12-eu-china-over-uk": against("EU", "UK"),
        "13-eu-china-over-us": against("EU", "US"),
        "14-us-top-partner-china": _first(by_country, "US"),
    }


def _of_dependence(plan: Counts, own: Mapping[str, int]) -> dict[str, float]:
    union = sum(n for pattern, n in plan.items() if "CN" in pattern and WEST & set(pattern))
    china = 100 * union / own["CN"]
    shares = {bloc: 100 * _papers(plan, bloc, "CN") / own[bloc] for bloc in WEST}
    return {
        "16-china-with-west": china,
        "17-us-with-china": shares["US"],
        "18-eu-with-china": shares["EU"],
        "19-uk-with-china": shares["UK"],
        "20-flow-toward-china": min(shares.values()) / china,
    }


def estimates(p: Parameters) -> dict[str, float]:
    """Return the planted estimate of every quantitative claim by its id, in the unit of its results."""
    plan, by_country = bloc_plan(p, p.year), country_plan(p, p.year)
    west = sum(n for pattern, n in plan.items() if WEST & set(pattern))
    cited = {bloc: 100 * p[truth] for bloc, truth in SHARES.items()}
    ties = n_partners(by_country)
    lead = ties["CN"] / max(n for code, n in ties.items() if code != "CN")
    ages = p.background["people"]["mean_age"]
    n_large = p.count("33-institutions-china")
    found = {
        "01-output-surpasses": p.papers["CN"] / west,
        "02-leads-influence-centrality": min(lead, cited["CN"] / max(cited[bloc] for bloc in WEST)),
        "04-self-reliance": 100 * (p["04-self-reliance"] - p["04-self-reliance.before"]) / 9,
        "09-most-connected": lead,
        "24-younger-workforce": p["24-younger-workforce"] - min(ages["EU"], ages["US"]),
        SPREAD: 100 * max(apportion(n_large, list(p[SPREAD].values()))) / n_large,
    }
    found |= {truth: cited[bloc] for bloc, truth in SHARES.items()} | {claim: float(p[claim]) for claim in NUMBERS}
    return dict(sorted((found | _of_partners(plan, by_country) | _of_dependence(plan, p.papers)).items()))
