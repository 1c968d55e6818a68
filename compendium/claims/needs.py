"""Which claims a collection cannot decide, and why: what a claim needs against what a source offers.

This is the only place that compares the two. The register says what each claim needs, a source what it
offers (`compendium.sources.source.Offer`), and neither knows the other.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compendium.claims.register import Claim, Needs, Register, load_register
from compendium.places.blocs import IN_WORDS, SOME_MEMBER, China, Eu, members
from compendium.places.countries import name_of
from compendium.sources.source import Detail, Offer

_LACKS: Mapping[Detail, str] = {
    "countries": "it looks at single countries, and the source counts groups of countries that cannot be told apart",
    "people": "it counts people, and the source does not tell the authors of papers apart",
    "institutions": "it counts institutions, and the source names none",
}
#: Countries that a sentence names before it only counts them.
_MOST_NAMED = 6


def undecidable(register: Register, offer: Offer, year: int, china: China = "CN", eu: Eu = "EU-27") -> dict[str, str]:
    """Return claim → reason for the claims that a collection cannot decide; in the order of the claims.

    They are asked for one year, and one meaning of China and of the EU: works of China alone say
    nothing of Hong Kong. Claims that no data decide are never among them.
    """
    found = {claim.id: missing(claim, offer, year, china, eu) for claim in register.claims}
    return {claim: reason for claim, reason in found.items() if reason}


def cannot_decide(
    manifest: Mapping[str, Any],
    year: int,
    china: China = "CN",
    eu: Eu = "EU-27",
    register: Register | None = None,
) -> dict[str, str]:
    """Return the same for tables, by what their manifest says that they offer; of the project's own register."""
    return undecidable(register or load_register(), offer_of(manifest), year, china, eu)


def missing(claim: Claim, offer: Offer, year: int, china: China = "CN", eu: Eu = "EU-27") -> str | None:
    """Return the first thing that a claim needs and a collection lacks, as a sentence; None where it lacks nothing."""
    blocs = {bloc: set(codes) - {SOME_MEMBER} for bloc, codes in members(china, eu).items()}
    return next(_lacking(claim.needs, offer, year, blocs), None) if claim.needs else None


def offer_of(manifest: Mapping[str, Any]) -> Offer:
    """Return what tables offer, as their manifest says."""
    return Offer.model_validate(manifest["offer"])


def _lacking(needs: Needs, offer: Offer, year: int, blocs: Mapping[str, set[str]]) -> Iterator[str]:
    if not _holds(offer, [year]):
        yield f"the source holds no papers of {year}"
    yield from _missing_countries(needs, offer, blocs)
    yield from (_LACKS[detail] for detail in needs.knows if detail not in offer.knows and detail in _LACKS)
    if "citations" in needs.knows and not (
        "citations" in offer.knows and (offer.cited_years is None or year in offer.cited_years)
    ):
        yield f"it counts citations, and the source holds none of the papers of {year}"
    before = needs.years_before
    if not _holds(offer, range(year - before, year)):
        yield f"it looks back, and needs the papers of {_span(year, before)}, which the source does not all hold"
    cited = needs.years_before_if_citing
    if "citing years" in offer.knows and not _holds(offer, range(year - cited, year)):
        yield (
            f"most citations made in {year} go to older papers, and the source does not hold all of those of "
            f"{_span(year, cited)}"
        )


def _holds(offer: Offer, years: Iterable[int]) -> bool:
    return offer.years is None or set(years) <= offer.years


def _span(year: int, before: int) -> str:
    """Say which years are the `before` ones before a year."""
    return str(year - 1) if before == 1 else f"each year from {year - before} to {year - 1}"


def _missing_countries(needs: Needs, offer: Offer, blocs: Mapping[str, set[str]]) -> Iterator[str]:
    if offer.complete_for is None:
        return
    if needs.works_of == "world":
        yield f"it takes the papers of the whole world, and the source was asked only for those of {_named(offer)}"
        return
    short = [code for code in needs.works_of if not blocs.get(code, {code}) <= offer.complete_for]
    if short:
        yield (
            f"it takes all papers of {_joined(_name(code) for code in needs.works_of)}, and the source was not asked "
            f"for all of those of {_joined(map(_name, short))}"
        )


def _named(offer: Offer) -> str:
    codes = sorted(offer.complete_for or ())
    return _joined(map(name_of, codes)) if len(codes) <= _MOST_NAMED else f"{len(codes)} countries"


def _name(code: str) -> str:
    return IN_WORDS[code] if code in IN_WORDS else name_of(code)


def _joined(names: Iterable[str]) -> str:
    listed = list(names)
    return " and ".join(filter(None, [", ".join(listed[:-1]), *listed[-1:]]))
