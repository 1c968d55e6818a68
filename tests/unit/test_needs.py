"""What claims need against what sources offer: the one function that compares them."""

import re

import pytest
from pydantic import ValidationError
from support.offers import EVERYTHING
from support.small_tables import small_tables

from compendium.claims import load_register
from compendium.claims.needs import cannot_decide, undecidable
from compendium.claims.register import Needs
from compendium.measures import workforce
from compendium.multiverse.choices import Frame, specifications
from compendium.places.blocs import EU_27
from compendium.sources.source import DETAILS, Offer

REGISTER = load_register()
DATA = {claim.id: claim for claim in REGISTER.claims if claim.kind not in ("documentary", "arithmetic")}
NUMBERS = {claim.number for claim in DATA.values()}
YEAR = 2024
CITATION_SHARES = {"05", "06", "07", "08"}


def numbers(offer: Offer, year: int = YEAR) -> set[str]:
    """Return the numbers of the claims that cannot be decided."""
    return {claim[:2] for claim in undecidable(REGISTER, offer, year)}


def but(**changes: object) -> Offer:
    """Return an offer that lacks nothing but what is changed."""
    return Offer.model_validate(EVERYTHING.model_dump() | changes)


def without(detail: str) -> Offer:
    return but(knows=set(DETAILS) - {detail})


def stating(test) -> set[str]:
    """Return the numbers of the claims whose needs say so."""
    return {claim.number for claim in DATA.values() if test(claim.needs)}


def test_every_claim_that_data_decide_says_what_it_needs_and_no_other_does():
    assert {claim.id for claim in REGISTER.claims if claim.needs} == set(DATA) and len(DATA) == 30


def test_nothing_is_undecidable_where_nothing_lacks():
    assert undecidable(REGISTER, EVERYTHING, YEAR) == {}
    assert cannot_decide({"offer": EVERYTHING.model_dump(mode="json")}, YEAR) == {}


def test_an_offer_is_the_same_after_its_way_through_a_manifest():
    offer = Offer(years=frozenset({2024, 2023}), complete_for=frozenset({"US", "CN"}), knows=frozenset(DETAILS))
    written = offer.model_dump(mode="json")
    assert written["years"] == [2023, 2024] and written["complete_for"] == ["CN", "US"]
    assert Offer.model_validate(written) == offer


# --- one need after the other is missing: the claims that state it, and no other -------------------


@pytest.mark.parametrize("detail", ["countries", "citations", "people", "institutions"])
def test_a_missing_detail_stops_just_the_claims_that_state_it(detail):
    assert numbers(without(detail)) == stating(lambda needs: detail in needs.knows) != set()


def test_without_citing_years_the_citations_so_far_are_read_and_nothing_is_missing():
    assert numbers(without("citing years")) == set()


def test_citations_of_other_years_do_not_help():
    assert numbers(but(cited_years={2023})) == stating(lambda needs: "citations" in needs.knows)
    assert numbers(but(cited_years={YEAR})) == set()


def test_without_the_year_itself_nothing_is_decided():
    assert numbers(but(years=set(range(2000, YEAR)))) == NUMBERS


@pytest.mark.parametrize("missing", range(1, 11))
def test_a_missing_earlier_year_stops_just_the_claims_that_reach_so_far_back(missing):
    offer = but(years=set(range(1990, YEAR + 1)) - {YEAR - missing})
    reach = stating(lambda needs: max(needs.years_before, needs.years_before_if_citing) >= missing)
    assert numbers(offer) == reach


def test_how_far_claims_look_back():
    """A trend needs three years, an overtaking the year before, ages five, citations of any age nine."""
    before = {claim.number: claim.needs.years_before for claim in DATA.values() if claim.needs.years_before}
    assert before == {"04": 2, "12": 1, "13": 1, "24": workforce.MOST_AGE}
    citing = {claim.number for claim in DATA.values() if claim.needs.years_before_if_citing == 9}
    assert citing == CITATION_SHARES | {"02"}


def test_a_single_year_decides_neither_trends_nor_ages_nor_citations_of_any_age():
    assert numbers(but(years={YEAR})) == {"04", "12", "13", "24"} | CITATION_SHARES | {"02"}
    so_far = but(years={YEAR}, knows=set(DETAILS) - {"citing years"})
    assert numbers(so_far) == {"04", "12", "13", "24"}


@pytest.mark.parametrize(("years", "decided"), [(range(2020, 2025), False), (range(2019, 2025), True)])
def test_ages_need_all_five_years_before_the_one_meant(years, decided):
    assert ("24" not in numbers(but(years=set(years)))) is decided


def test_the_year_that_is_asked_for_counts_not_the_last_one():
    offer = but(years=set(range(2010, 2025)))
    assert numbers(offer, 2024) == set()
    assert numbers(offer, 2010) == {"04", "12", "13", "24", "02"} | CITATION_SHARES
    assert numbers(offer, 2025) == NUMBERS


BLOCS = {"CN": {"CN"}, "US": {"US"}, "UK": {"GB"}, "EU": set(EU_27)}


@pytest.mark.parametrize("bloc", [*BLOCS, "FR"])
def test_a_bloc_that_is_not_complete_stops_just_the_claims_that_take_all_its_papers(bloc):
    everyone = {code for codes in BLOCS.values() for code in codes} | {"JP"}
    lacking = "PL" if bloc == "EU" else min(BLOCS.get(bloc, {bloc}))  # one member is enough
    found = numbers(but(complete_for=everyone - {lacking}))
    world = stating(lambda needs: needs.works_of == "world")
    one = stating(lambda needs: bloc in needs.works_of) | (
        stating(lambda needs: "EU" in needs.works_of) if bloc == "FR" else set()
    )
    assert found == world | one
    assert numbers(but(complete_for=everyone)) == world == CITATION_SHARES | {"02", "09", "40"}


def test_only_chinas_papers_decide_only_what_is_asked_of_china_alone():
    """Every US paper in such a set has China on it, so shares of US papers say nothing (16 to 19)."""
    assert NUMBERS - numbers(but(complete_for={"CN"})) == {"04", "34"}
    assert NUMBERS - numbers(but(complete_for={"GB"})) == {"10", "11"}
    assert NUMBERS - numbers(but(complete_for={"US"})) == {"14"}
    assert NUMBERS - numbers(but(complete_for=set(EU_27))) == {"12", "13", "38"}


def test_a_wider_china_or_eu_needs_the_papers_of_all_that_belongs_to_it():
    mainland, blocs = but(complete_for={"CN"}), {code for codes in BLOCS.values() for code in codes}
    assert "04-self-reliance" not in undecidable(REGISTER, mainland, YEAR)
    assert "04-self-reliance" in undecidable(REGISTER, mainland, YEAR, "CN+HK+MO")
    assert "04-self-reliance" not in undecidable(REGISTER, but(complete_for={"CN", "HK", "MO"}), YEAR, "CN+HK+MO")
    assert "12-eu-china-over-uk" not in undecidable(REGISTER, but(complete_for=blocs - {"GB"}), YEAR)
    assert "12-eu-china-over-uk" in undecidable(REGISTER, but(complete_for=blocs - {"GB"}), YEAR, eu="EU-28")


def test_specifications_leave_out_what_the_source_does_not_hold():
    """Papers of China from 2019 on: neither Hong Kong's, nor the five years before 2023."""
    claims = {claim.number: claim for claim in DATA.values()}

    def options(number, name, offer):
        tables = small_tables([("CN", 2, 10)], offer=offer.model_dump(mode="json"))
        tables.papers.loc[len(tables.papers)] = tables.papers.iloc[0].to_dict() | {"year": YEAR - 1}
        return set(specifications(claims[number], Frame(tables, YEAR))[name])

    some = but(complete_for={"CN"}, years=set(range(2019, 2025)))
    assert options("04", "china", EVERYTHING) == {"CN", "CN+HK+MO", "CN+HK+MO+TW"}
    assert options("04", "china", some) == {"CN"}
    assert options("24", "year", but(years=set(range(2018, 2025)))) == {"0", "-1"}
    assert options("24", "year", but(years=set(range(2019, 2025)))) == {"0"}


# --- the reasons ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "offer",
    [
        *map(without, DETAILS),
        but(years={YEAR}),
        but(years=set(range(1990, YEAR))),
        but(complete_for={"CN"}),
        but(complete_for={"CN", "US", "GB", "NA", "JP", "KR", "FR"}),
        but(cited_years=set()),
    ],
)
def test_reasons_are_words_that_a_reader_understands(offer):
    for reason in undecidable(REGISTER, offer, YEAR).values():
        assert len(reason) > 25 and "\n" not in reason
        assert not re.search(r"[_{}\[\]]|\bNone\b|\b(?!US\b|UK\b)[A-Z]{2}\b", reason), reason


def test_reasons_say_what_is_missing():
    told = undecidable(REGISTER, but(complete_for={"CN"}), YEAR)
    assert told["16-china-with-west"] == (
        "it takes all papers of China, the United States, the European Union and the United Kingdom, and the source "
        "was not asked for all of those of the United States, the European Union and the United Kingdom"
    )
    assert told["09-most-connected"].endswith("the source was asked only for those of China")
    told = undecidable(REGISTER, but(years={YEAR}), YEAR)
    assert "each year from 2019 to 2023" in told["24-younger-workforce"]
    assert "needs the papers of 2023," in told["12-eu-china-over-uk"]


def test_a_need_that_names_no_country_is_refused():
    with pytest.raises(ValidationError, match="'XY' is no bloc"):
        Needs(works_of=("CN", "XY"))
