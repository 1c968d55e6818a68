"""The multiverse: its grid, its estimates against a plain loop, and what is said of a curve."""

import json

import numpy as np
import pandas as pd
import pytest
from oracles.plain import estimate
from support.small_tables import small_tables

from compendium import multiverse
from compendium.claims import Verdict, load_register
from compendium.multiverse.answers import ANSWERS
from compendium.multiverse.choices import CHANGES, available, in_force
from compendium.multiverse.evaluate import Curve, answered, percentile_interval
from compendium.multiverse.look import above_one
from compendium.project.folders import PROJECT
from compendium.sources.source import Offer
from compendium.words import percent

REGISTER = load_register()
CLAIMS = multiverse.quantitative(REGISTER)
BY_NUMBER = {claim.number: claim for claim in CLAIMS}
CHOICES = multiverse.load_choices()


@pytest.fixture(scope="module")
def samples(proceedings):
    """Three draws of the committed tables."""
    return multiverse.Samples(multiverse.Frame(proceedings, 2024), draws=3, seed=5)


def values(number, samples, rows):
    """Return the estimates of a claim: specifications × lines."""
    return np.array([one.value for one in answered(BY_NUMBER[number], samples, rows)])


# --- the grid ------------------------------------------------------------------------------------


def test_every_quantitative_claim_is_evaluated_and_no_other():
    assert sorted(ANSWERS) == sorted(claim.id for claim in CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.number)
def test_a_headline_names_options_that_are_argued_for(claim):
    for name, option in claim.headline.items():
        assert CHOICES.choices[name].options[option], f"{claim.id}: {name}={option}"


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.number)
def test_the_headline_comes_first_and_nothing_comes_twice(claim, samples):
    rows = multiverse.specifications(claim, samples.frame)
    expected = {"year": "0"} | claim.headline
    if "citation_reading" in expected:
        expected["citation_reading"] = "cohort"  # this source does not know when a citation was made
    assert rows.iloc[0].drop(CHANGES).to_dict() == expected and rows[CHANGES].iloc[0] == 0
    assert not rows.duplicated().any() and (rows[CHANGES].iloc[1:] > 0).all()


def test_rules_leave_out_what_makes_no_sense(samples):
    rows = multiverse.specifications(BY_NUMBER["03"], samples.frame)
    assert not ((rows["eu"] == "EU-28") & (rows["partner_unit"] == "bloc")).any()
    assert len(rows) == 2 * 3 * 2 * 2 * 2 * 3 * 3  # counting, china, unit, categories, panel, year, missing
    degrees = multiverse.specifications(BY_NUMBER["09"], samples.frame).query("centrality == 'degree'")
    assert set(degrees["counting"]) == {"whole"} and "worst" not in set(degrees["missing"])


def test_a_rule_that_names_no_option_is_refused():
    wrong = {
        "choices": {"eu": {"question": "who?", "options": {"EU-27": "since 2020"}}},
        "exclusions": [{"where": {"eu": ["EU-26"]}, "why": "a slip"}],
    }
    with pytest.raises(ValueError, match="EU-26.*no option"):
        multiverse.choices.Choices.model_validate(wrong)


def test_parameters_move_the_specification_in_force(proceedings):
    frame = multiverse.Frame(proceedings, 2022, in_force={"counting": "fractional", "edge_threshold": "3"})
    assert in_force(BY_NUMBER["09"], frame)["edge_threshold"] == "3"
    assert "edge_threshold" not in in_force(BY_NUMBER["01"], frame)
    assert available("edge_threshold", frame, "3") == ["3", "1", "5"]
    assert multiverse.specifications(BY_NUMBER["01"], frame)["counting"].iloc[0] == "fractional"


def test_the_last_year_has_no_year_after_it(proceedings):
    last = max(proceedings.years)
    assert available("year", multiverse.Frame(proceedings, last), "0") == ["0", "-1"]


# --- estimates -----------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.number)
def test_the_headline_is_what_the_notebook_found(claim, samples):
    """Notebooks and multiverse compute the same claims in different ways."""
    found = json.loads((PROJECT.results / "default" / f"{claim.id}.json").read_text(encoding="utf-8"))
    value = values(claim.number, samples, multiverse.specifications(claim, samples.frame).head(1))
    assert value[0, 0] == pytest.approx(found["estimate"], abs=1e-6)


def test_the_headline_has_the_verdict_that_was_recorded(proceedings):
    """Notebooks draw 2,000 times and from other random numbers; no verdict hangs on that."""
    found = multiverse.headlines(multiverse.Frame(proceedings, 2024))["verdict"]
    recorded = {
        claim.id: json.loads((PROJECT.results / "default" / f"{claim.id}.json").read_text(encoding="utf-8"))
        for claim in CLAIMS
    }
    assert {name: str(verdict) for name, verdict in found.items()} == {
        name: one["verdict"] for name, one in recorded.items()
    }


def test_what_a_source_cannot_decide_has_no_curve():
    by_bloc = Offer(knows=frozenset({"citations"})).model_dump(mode="json")  # no single country is known
    tables = small_tables([("CN", 2, 10), ("US", 1, 6)], offer=by_bloc)
    assert BY_NUMBER["03"].id not in multiverse.evaluate(multiverse.Frame(tables, 2024), draws=0)


def test_a_tie_is_a_tie_whatever_the_last_digits_say():
    assert above_one(np.array([1.0, 1 + 1e-12, 1 + 1e-6, np.nan, np.inf])).tolist() == [False, False, True, False, True]


@pytest.mark.parametrize("number", sorted(BY_NUMBER))
def test_specifications_are_what_a_plain_loop_finds(number, samples):
    """Five specifications at random, as they are and in a draw."""
    rows = multiverse.specifications(BY_NUMBER[number], samples.frame)
    rows = rows.sample(min(5, len(rows)), random_state=int(number)).reset_index(drop=True)
    value = values(number, samples, rows)
    drawn = value.shape[1] > 1 and number < "20" and not np.isnan(value[:, 2]).all()
    for place, row in rows.iterrows():
        option = row.drop(CHANGES).to_dict()
        assert value[place, 0] == pytest.approx(estimate(number, samples, option), nan_ok=True), option
        if drawn and not np.isnan(value[place, 2]):
            assert value[place, 2] == pytest.approx(estimate(number, samples, option, draw=2)), option


def test_claim_two_is_the_smaller_of_two_leads(samples):
    rows = multiverse.specifications(BY_NUMBER["02"], samples.frame).head(1)
    of_citations = {
        bloc: values(number, samples, multiverse.specifications(BY_NUMBER[number], samples.frame).head(1))[0, 0]
        for bloc, number in {"CN": "05", "US": "06", "EU": "07", "UK": "08"}.items()
    }
    lead = of_citations.pop("CN") / max(of_citations.values())
    degree = values("09", samples, multiverse.specifications(BY_NUMBER["09"], samples.frame).head(1))[0, 0]
    assert values("02", samples, rows)[0, 0] == pytest.approx(min(lead, degree))


def test_hand_counted():
    """Six papers of 2024: CN 3, US 2 (one with CN), GB 1 with an author of unknown country, ZZ 1."""
    tables = small_tables([("CN", 2, 10), ("CN US", 1, 4), ("US", 1, 6), ("GB ZZ", 1, None), ("ZZ", 1, 0)])
    samples = multiverse.Samples(multiverse.Frame(tables, 2024), draws=0, seed=1)

    def found(number, **option):
        rows = multiverse.specifications(BY_NUMBER[number], samples.frame)
        for name, chosen in option.items():
            rows = rows.loc[rows[name] == chosen]
        return values(number, samples, rows.head(1).reset_index(drop=True))[0, 0]

    assert found("01") == 3 / 3
    assert found("01", missing="drop") == 3 / 2  # the British paper goes too
    assert found("01", missing="worst") == 3 / 4  # the paper of unknown country is the West's
    assert found("01", counting="fractional") == pytest.approx(2.5 / 2)  # 0.5 GB; its other half is unknown
    assert found("05") == pytest.approx(100 * 24 / 30)
    assert found("05", missing_citations="average") == pytest.approx(100 * 24 / 36)  # 30 citations on 5 papers
    assert found("05", missing_citations="double") == pytest.approx(100 * 24 / 42)
    assert found("08", missing_citations="average") == pytest.approx(100 * 6 / 36)
    assert found("06", missing="worst") == pytest.approx(100 * 10 / 30)  # what is unknown has no citations
    assert found("16") == pytest.approx(100 / 3)
    assert found("17") == pytest.approx(100 / 2)
    assert found("19", missing="worst") == pytest.approx(100)  # the unknown author could be Chinese


@pytest.mark.parametrize("draws", [0, 10])
def test_tables_without_people_and_institutions_say_nothing_of_them(draws):
    """A table that holds no institution does not show that France has none."""
    tables = small_tables([("CN", 2, 10), ("CN US", 1, 4), ("US", 1, 6), ("GB ZZ", 1, None), ("ZZ", 1, 0)])
    curves = multiverse.evaluate(multiverse.Frame(tables, 2024), draws=draws)
    for number in ("21", "22", "23", "24", "33", "34", "35", "36", "37", "38", "40"):
        verdicts = set(curves[BY_NUMBER[number].id].specifications["verdict"])
        assert verdicts == {Verdict.NOT_TESTABLE}, number


# --- what is said of a curve ---------------------------------------------------------------------


def curve_of(rows):
    columns = ["a", "b", CHANGES, "value", "holds", "verdict"]
    frame = pd.DataFrame(rows, columns=columns)
    return Curve(BY_NUMBER["01"], ("a", "b"), frame)


YES, NO, UNKNOWN = Verdict.REPRODUCED, Verdict.NOT_SUPPORTED, Verdict.NOT_TESTABLE


def test_one_choice_turns_the_verdict():
    found = multiverse.agreement(
        curve_of(
            [
                ("0", "0", 0, 2.0, True, YES),
                ("1", "0", 1, 0.5, False, NO),
                ("0", "1", 1, 3.0, True, YES),
                ("1", "1", 2, None, None, UNKNOWN),
            ]
        )
    )
    assert (found.specifications, found.agreeing, found.holding) == (4, 0.5, pytest.approx(2 / 3))
    assert found.flips == (("a", "1", "not supported"),) and found.flipping_choice == "a"


def test_only_two_choices_together_turn_it():
    found = multiverse.agreement(
        curve_of(
            [
                ("0", "0", 0, 2.0, True, YES),
                ("1", "0", 1, 2.5, True, YES),
                ("0", "1", 1, 3.0, True, YES),
                ("1", "1", 2, 0.5, False, NO),
            ]
        )
    )
    assert found.flips == () and found.smallest == {"a": "1", "b": "1"} and found.flipping_choice == "a + b"


def test_nothing_turns_it_and_nothing_is_in_force():
    rows = [("0", "0", 0, 2.0, True, YES), ("1", "0", 1, 2.0, True, YES)]
    assert multiverse.agreement(curve_of(rows)).flipping_choice is None
    assert multiverse.agreement(curve_of(rows[1:])) is None


def test_the_recorded_verdict_is_the_one_to_agree_with():
    rows = [("0", "0", 0, 2.0, True, YES), ("1", "0", 1, 0.5, False, NO)]
    assert multiverse.agreement(curve_of(rows), NO).agreeing == 0.5
    assert multiverse.agreement(curve_of(rows), UNKNOWN).agreeing == 0.0


@pytest.mark.parametrize(
    ("share", "said"),
    [(1, "100"), (0.9995, "over 99"), (0.994, "99"), (0.5, "50"), (0.006, "1"), (0.001, "under 1"), (0, "0")],
)
def test_what_is_not_all_is_never_called_all(share, said):
    assert percent(share) == said


def test_influence_is_the_main_effect():
    """a moves by 4, b by 2, nothing together: squares 16 and 4 of 20."""
    found = multiverse.influence(
        curve_of(
            [
                ("0", "0", 0, 1.0, True, YES),
                ("1", "0", 1, 5.0, True, YES),
                ("0", "1", 1, 3.0, True, YES),
                ("1", "1", 2, 7.0, True, YES),
            ]
        )
    )
    assert found.to_dict() == pytest.approx({"a": 0.8, "b": 0.2})
    together = multiverse.influence(
        curve_of(
            [
                ("0", "0", 0, 1.0, True, YES),
                ("1", "0", 1, 0.0, True, YES),
                ("0", "1", 1, 0.0, True, YES),
                ("1", "1", 2, 1.0, True, YES),
            ]
        )
    )
    assert together.to_dict() == pytest.approx({"a": 0, "b": 0})


def test_percentile_interval_leaves_missing_draws_out():
    draws = np.array([[*range(1, 101)], [np.nan] * 60 + [*range(1, 41)], [np.nan] * 100, [np.inf] * 100], dtype=float)
    low, high = percentile_interval(draws)
    assert low.tolist()[:2] == [3, 1] and high.tolist()[:2] == [98, 39]
    assert np.isnan(low[2]) and high[3] == np.inf


def test_two_evaluations_are_the_same_and_the_order_of_claims_does_not_matter(proceedings):
    frame = multiverse.Frame(proceedings, 2024)
    some = [BY_NUMBER[number] for number in ("05", "16", "33")]
    one = multiverse.evaluate(frame, some, draws=20, seed=9)
    two = multiverse.evaluate(frame, some[::-1], draws=20, seed=9)
    for name, curve in one.items():
        pd.testing.assert_frame_equal(curve.specifications, two[name].specifications)
