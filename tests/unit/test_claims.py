"""The register of claims says what the article says, and the rule decides as it is written down."""

from pathlib import Path

import pytest
import yaml

from compendium.claims import Claim, Register, Verdict, decide, load_register

NUMBERS = [f"{number:02d}" for number in range(1, 44)] + ["A1", "A2"]
#: Every figure of the article, by claim number, as read there; "none" is 0.
PERCENT = {"05": 40, "06": 10, "07": 10, "08": 2, "16": 4, "17": 14, "18": 8, "19": 25}
RESEARCHERS = {"21": 30_000, "22": 20_000, "23": 10_000}
INSTITUTIONS = {"33": 156, "35": 54, "36": 37, "37": 19, "38": 0, "40": 0}
#: Figures with a one-sided wording ("more than", "just over"): nothing below them is admitted.
LOWER_BOUNDS = {"05", "08", "19"}
NOTEBOOKS = {
    "10-output": ["01"],
    "20-citation-share": ["05", "06", "07", "08"],
    "30-partners": ["03", "10", "11", "12", "13", "14"],
    "35-dependence": ["16", "17", "18", "19", "20"],
    "40-centrality": ["02", "09"],
    "45-self-reliance": ["04"],
    "50-workforce": ["21", "22", "23", "24"],
    "60-institutions": ["33", "35", "36", "37", "38", "40"],
    "65-geography": ["34"],
    "70-documents": ["15", *map(str, range(25, 33)), "39", "41", "42", "43"],
    "75-report-arithmetic": ["A1", "A2"],
}


@pytest.fixture(scope="module")
def register() -> Register:
    return load_register()


def entry(**changes: object) -> dict:
    """Return a claim's row as the register's file would hold it: about 10 % unless changed."""
    return {
        "id": "06-some-share",
        "group": "some group",
        "kind": "share",
        "paraphrase": "A claim made up for this test.",
        "subject": "United States",
        "measure": "a share",
        "relation": "the share is below China's",
        "reported": {"value": 10, "unit": "percent", "wording": "about", "low": 7.5, "high": 12.5},
        "year": 2024,
        "headline": {"counting": "whole"},
        "scale": "relative",
        "needs": {"works_of": "world"},
        "article": "nowhere",
        "notebook": "20-citation-share",
    } | changes


def written(folder: Path, *entries: dict) -> Path:
    """Write a register with these entries, and return its path."""
    path = folder / "claims.yml"
    path.write_text(yaml.safe_dump({"claims": list(entries)}), encoding="utf-8")
    return path


# --- what the register holds ---------------------------------------------------------------------


def test_numbers_are_complete_and_in_order(register):
    assert [claim.number for claim in register.claims] == NUMBERS


@pytest.mark.parametrize(
    ("unit", "figures"), [("percent", PERCENT), ("researchers", RESEARCHERS), ("institutions", INSTITUTIONS)]
)
def test_every_reported_figure_stands_in_the_register_and_no_other(register, unit, figures):
    found = {
        claim.number: claim.reported.value
        for claim in register.claims
        if claim.reported and claim.reported.unit == unit
    }
    assert found == figures


def test_no_figure_has_another_unit(register):
    units = {claim.reported.unit for claim in register.claims if claim.reported}
    assert units == {"percent", "researchers", "institutions"}


def test_range_follows_the_wording(register):
    for claim in register.claims:
        if claim.reported is None:
            continue
        value, low, high = claim.reported.value, claim.reported.low, claim.reported.high
        if claim.reported.unit == "institutions":
            assert low == value == high, claim.id
        elif claim.number in LOWER_BOUNDS:
            assert low == value < high, claim.id
        else:
            assert value - low == high - value > 0, claim.id


def test_counts_and_zeros_are_absolute_and_all_other_data_claims_relative(register):
    scales = {claim.kind: set() for claim in register.claims}
    for claim in register.claims:
        scales[claim.kind].add(claim.scale)
    assert scales == {
        "share": {"relative"},
        "order": {"relative"},
        "rank": {"relative"},
        "trend": {"relative"},
        "count": {"absolute"},
        "zero": {"absolute"},
        "documentary": {None},
        "arithmetic": {None},
    }


def test_each_notebook_answers_its_claims_and_one_group(register):
    found = {}
    for claim in register.claims:
        found.setdefault(claim.notebook, []).append(claim.number)
    assert found == NOTEBOOKS
    pairs = {(claim.group, claim.notebook) for claim in register.claims}
    assert len(pairs) == len(NOTEBOOKS) == len({group for group, _ in pairs})


def test_headline_takes_the_plain_reading_wherever_it_is_touched(register):
    plain = {
        "counting": "whole",
        "china": "CN",
        "eu": "EU-27",
        "categories": "all",
        "panel": "all",
        "missing": "keep",
        "missing_citations": "drop",
    }
    for claim in register.claims:
        for choice in plain.keys() & claim.headline.keys():
            assert claim.headline[choice] == plain[choice], f"{claim.id}: {choice}"


def test_headline_of_citations_in_the_year_is_the_citing_year(register):
    for number in ("02", "05", "06", "07", "08"):
        (claim,) = (claim for claim in register.claims if claim.number == number)
        assert claim.headline["citation_reading"] == "citing-year"
        assert "cohort reading" in claim.measure


def test_only_claims_that_data_cannot_decide_say_why(register):
    assert {claim.kind for claim in register.claims if claim.why} == {"documentary"}
    assert {"29", "32", "42", "43"} <= {claim.number for claim in register.claims if claim.why}


def test_no_two_claims_share_a_paraphrase(register):
    assert len({claim.paraphrase for claim in register.claims}) == len(NUMBERS)


# --- the rule ------------------------------------------------------------------------------------

SHARE = Claim(**entry())  # reported 10, admitted 7.5 to 12.5
ORDER = Claim(**entry(kind="order", reported=None))
ARITHMETIC = Claim(**entry(kind="arithmetic", reported=None, scale=None, headline={}, needs=None))
COUNT = Claim(**entry(kind="count", scale="absolute"))
ZERO = Claim(
    **entry(
        kind="zero",
        scale="absolute",
        reported={"value": 0, "unit": "institutions", "wording": "none", "low": 0, "high": 0},
    )
)


@pytest.mark.parametrize(
    ("claim", "holds", "value", "interval", "sample", "verdict"),
    [
        # the relation holds, and the value lies in the range that the wording admits, ends included
        (SHARE, True, 9.0, None, True, "reproduced"),
        (SHARE, True, 7.5, None, True, "reproduced"),
        (SHARE, True, 12.5, None, True, "reproduced"),
        # it lies outside
        (SHARE, True, 7.4, None, True, "direction only"),
        (SHARE, True, 20.0, None, True, "direction only"),
        # outside, but its interval meets the range from above, from below, or at the very end
        (SHARE, True, 14.0, (12.0, 16.0), True, "reproduced"),
        (SHARE, True, 6.0, (4.0, 8.0), True, "reproduced"),
        (SHARE, True, 14.0, (12.5, 16.0), True, "reproduced"),
        (SHARE, True, 6.0, (4.0, 7.5), True, "reproduced"),
        # an interval wider than the range holds all of it
        (SHARE, True, 14.0, (2.0, 40.0), True, "reproduced"),
        # the value lies in the range, its interval does not: the value is enough
        (SHARE, True, 12.5, (12.6, 16.0), True, "reproduced"),
        (SHARE, True, 7.5, (4.0, 7.4), True, "reproduced"),
        # the interval misses the range on either side
        (SHARE, True, 14.0, (12.6, 16.0), True, "direction only"),
        (SHARE, True, 6.0, (4.0, 7.4), True, "direction only"),
        # the relation is known, the magnitude is not
        (SHARE, True, None, None, True, "direction only"),
        # the relation fails, however well the value fits
        (SHARE, False, 10.0, (9.0, 11.0), True, "not supported"),
        (ORDER, False, None, None, True, "not supported"),
        # the data cannot tell, even where there is a value
        (SHARE, None, 10.0, (9.0, 11.0), True, "not testable here"),
        (COUNT, None, None, None, False, "not testable here"),
        # no figure is reported: the relation is all there is
        (ORDER, True, 1.3, (1.1, 1.5), True, "reproduced"),
        (ORDER, True, None, None, False, "reproduced"),
        (ARITHMETIC, True, None, None, True, "reproduced"),
        (ARITHMETIC, False, None, None, True, "not supported"),
        # a number of people or institutions: never matched in a sample, matched in the whole field
        (COUNT, True, 10.0, (9.0, 11.0), True, "direction only"),
        (COUNT, True, 10.0, (9.0, 11.0), False, "reproduced"),
        (COUNT, True, 50.0, (40.0, 60.0), False, "direction only"),
        (COUNT, False, 10.0, (9.0, 11.0), True, "not supported"),
        # a zero: a part of the field can refute it, but not establish it
        (ZERO, True, 0.0, None, True, "not testable here"),
        (ZERO, True, 0.0, None, False, "reproduced"),
        (ZERO, False, 3.0, None, False, "not supported"),
        (ZERO, False, 3.0, None, True, "not supported"),
    ],
)
def test_rule(claim, holds, value, interval, sample, verdict):
    assert decide(claim, holds, value, interval, sample=sample) == Verdict(verdict)


@pytest.mark.parametrize("holds", [True, False, None])
def test_rule_refuses_a_documentary_claim(holds):
    claim = Claim(**entry(kind="documentary", reported=None, scale=None, headline={}, needs=None))
    with pytest.raises(ValueError, match="06-some-share is documentary"):
        decide(claim, holds, sample=True)


# --- what the register refuses -------------------------------------------------------------------


def test_a_sound_entry_loads(tmp_path):
    (claim,) = load_register(written(tmp_path, entry())).claims
    assert claim.reported.high == 12.5


def test_two_claims_of_one_number_are_refused(tmp_path):
    path = written(tmp_path, entry(id="06-some-share"), entry(id="06-another-share"))
    with pytest.raises(ValueError, match="claim number 06 stands in the register twice"):
        load_register(path)


@pytest.mark.parametrize("value", [7.4, 12.6])
def test_a_reported_value_outside_its_range_is_refused(tmp_path, value):
    reported = entry()["reported"] | {"value": value}
    with pytest.raises(ValueError, match=rf"reported value {value} lies outside \[7.5, 12.5\]"):
        load_register(written(tmp_path, entry(reported=reported)))


def test_an_unknown_field_is_refused_by_name(tmp_path):
    with pytest.raises(
        ValueError, match=r"claims.06-some-share: .comparrator. is not known; there are: id, .*comparator"
    ):
        load_register(written(tmp_path, entry(comparrator="China")))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"reported": None}, "a share needs its reported value"),
        ({"kind": "count", "reported": None}, "a count needs its reported value"),
        ({"year": None}, "needs year, scale, headline and needs"),
        ({"scale": None}, "needs year, scale, headline and needs"),
        ({"headline": {}}, "needs year, scale, headline and needs"),
        ({"needs": None}, "needs year, scale, headline and needs"),
        ({"needs": {"works_of": []}}, "works_of"),
        ({"needs": {"works_of": "world", "knows": ["names"]}}, "knows"),
        ({"kind": "arithmetic"}, "has no needs"),
        ({"kind": "guess"}, "kind"),
        ({"id": "6-some-share"}, "id"),
        ({"headline": {"window": 1}}, "headline.window"),
    ],
)
def test_an_incomplete_or_malformed_entry_is_refused(tmp_path, changes, complaint):
    with pytest.raises(ValueError, match=complaint):
        load_register(written(tmp_path, entry(**changes)))


def test_an_unknown_claim_is_refused_with_the_list_of_those_that_exist(register):
    with pytest.raises(KeyError, match="no claim '99-nothing'.*01-output-surpasses"):
        register["99-nothing"]
