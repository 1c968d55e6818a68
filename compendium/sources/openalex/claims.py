"""Which claims a collection from OpenAlex cannot decide, and why: by what was left out of it."""

from collections.abc import Mapping, Sequence

from compendium.places.blocs import EU_27

_CODES = {"CN": {"CN"}, "US": {"US"}, "UK": {"GB"}, "EU": set(EU_27), "France": {"FR"}}
_FOUR = ("CN", "US", "EU", "UK")
#: Claims on a whole: all citations, all countries, all of Africa.
_WORLD = (
    "02-leads-influence-centrality",
    "05-citation-share-china",
    "06-citation-share-us",
    "07-citation-share-eu",
    "08-citation-share-uk",
    "09-most-connected",
    "40-institutions-africa",
)
#: Claim → the blocs of which it needs every work.
_BLOCS: Mapping[str, tuple[str, ...]] = {
    "01-output-surpasses": _FOUR,
    "03-primary-collaborator": ("US", "EU", "UK"),
    "04-self-reliance": ("CN",),
    "10-uk-china-over-us": ("UK",),
    "11-uk-china-over-eu": ("UK",),
    "12-eu-china-over-uk": ("EU",),
    "13-eu-china-over-us": ("EU",),
    "14-us-top-partner-china": ("US",),
    "16-china-with-west": _FOUR,
    "17-us-with-china": ("US", "EU", "UK"),
    "18-eu-with-china": ("US", "EU", "UK"),
    "19-uk-with-china": ("US", "EU", "UK"),
    "20-flow-toward-china": _FOUR,
    "21-researchers-china": ("CN", "EU", "US"),
    "22-researchers-eu": ("CN", "EU", "US"),
    "23-researchers-us": ("CN", "EU", "US"),
    "24-younger-workforce": ("CN", "EU", "US"),
    "33-institutions-china": _FOUR,
    "34-spread-over-cities": ("CN",),
    "35-institutions-eu": _FOUR,
    "36-institutions-us": _FOUR,
    "37-institutions-uk": _FOUR,
    "38-institutions-france": ("France",),
}
#: Claim → consecutive years before the last one that it needs: two make a trend, researchers of five
#: years are told apart by age, and most citations of a year go to papers of the ten years up to it.
_EARLIER: Mapping[str, int] = {
    "04-self-reliance": 1,
    "12-eu-china-over-uk": 1,
    "13-eu-china-over-us": 1,
    "24-younger-workforce": 5,
    "02-leads-influence-centrality": 9,
    "05-citation-share-china": 9,
    "06-citation-share-us": 9,
    "07-citation-share-eu": 9,
    "08-citation-share-uk": 9,
}
_COHORT = _WORLD[:5]

_PEOPLE = "counts of works tell no authors apart, so nobody can be counted and no first paper be found"
_PLACES = "counts of works by bloc name no institution"
_PARTNERS = (
    "every other country stands in one group (XX), and the EU is one partner (EU), so the largest "
    "partner country cannot be told; `partners` in the manifest lists them for the last year"
)
#: Claim → why counts by bloc do not decide it.
_QUICK: Mapping[str, str] = {
    "02-leads-influence-centrality": "counts by bloc hold no network of single countries",
    "03-primary-collaborator": _PARTNERS,
    "09-most-connected": "counts by bloc hold no network of single countries",
    "14-us-top-partner-china": _PARTNERS,
    **dict.fromkeys(
        ("21-researchers-china", "22-researchers-eu", "23-researchers-us", "24-younger-workforce"), _PEOPLE
    ),
    **dict.fromkeys(
        (
            "33-institutions-china",
            "34-spread-over-cities",
            "35-institutions-eu",
            "36-institutions-us",
            "37-institutions-uk",
            "38-institutions-france",
            "40-institutions-africa",
        ),
        _PLACES,
    ),
}


def _earlier(years: Sequence[int]) -> int:
    """Return how many consecutive years before the last one there are."""
    last = max(years)
    return next(n for n in range(len(years) + 1) if last - n - 1 not in years)


def _short_of_years(years: Sequence[int], needs: Mapping[str, int]) -> dict[str, str]:
    behind, last = _earlier(years), max(years)
    return {
        claim: f"it takes {last} and the {need} year{'s' if need > 1 else ''} before it, and of those "
        f"before only {behind} {'was' if behind == 1 else 'were'} collected"
        for claim, need in needs.items()
        if behind < need
    }


def cannot_decide(years: Sequence[int], countries: Sequence[str] = ()) -> dict[str, str]:
    """Return the claims that works of these years, and of these countries if any, cannot decide."""
    found = _short_of_years(years, _EARLIER)
    if countries:
        found |= dict.fromkeys(
            _WORLD,
            f"only works with an address in {', '.join(sorted(countries))} were collected, so the whole is missing",
        )
        for claim, blocs in _BLOCS.items():
            absent = sorted(set().union(*(_CODES[bloc] for bloc in blocs)) - set(countries))
            if absent:
                found[claim] = f"works of {', '.join(absent)} were not collected"
    return dict(sorted(found.items()))


def quick_cannot_decide(years: Sequence[int]) -> dict[str, str]:
    """Return the claims that counts of works by bloc, of these years, cannot decide.

    Citations are those of the last year's works so far, which need no earlier years.
    """
    needs = {claim: need for claim, need in _EARLIER.items() if claim not in _COHORT}
    return dict(sorted((_short_of_years(years, needs) | _QUICK).items()))
