"""Negative controls: a planted truth is moved across its claim's line, and just the declared verdicts change.

Which truth is moved, to what, and which other claims this touches, with the reason, stands in
`data/known_answer.yml`. No verdict is written down here.
"""

import copy
from pathlib import Path

import pytest
from oracles.headline import QUANTITATIVE, cohort_verdicts, headline
from support.offers import IN_MANIFEST

from compendium import tables
from compendium.claims import Verdict, load_register
from compendium.multiverse import Frame, headlines
from compendium.sources.known_answer import parameters, simulate
from compendium.tabulation import count, expressions

PARAMETERS = parameters.load()
CONTROLS = PARAMETERS.content["controls"]
CITATION_SHARES = [claim for claim in QUANTITATIVE if "citation-share" in claim]
#: The ten years that the claims look back on: most of the time goes into counting researchers by year.
SHORT = {"simulated_from": 2015}


@pytest.fixture(scope="module", autouse=True)
def _one_window():
    """Count researchers in the windows that end with the claims' year alone: no verdict looks at earlier ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expressions, "FIRST_WINDOW_END", PARAMETERS.year)
        yield


def short_corpus() -> parameters.Parameters:
    """The project's parameters with a shorter history: whole in the year itself, and quicker."""
    content = copy.deepcopy(dict(PARAMETERS.content))
    content["background"]["history"] |= SHORT
    return parameters.load(content)


def tables_of(parameters: parameters.Parameters, folder: Path) -> tables.Tables:
    """Parameters → records → tables, by the one way that all sources go."""
    about = simulate.collect(folder, folder / "records", parameters=parameters.content)
    tables.write(count.tables_of(folder / "records"), about | {"offer": IN_MANIFEST}, folder / "known_answer")
    return tables.load("known_answer", folder)


def verdicts(found: tables.Tables) -> dict[str, str]:
    """Return the headline verdicts; both readings of citations must give the same."""
    by_claim = {claim: str(verdict) for claim, (verdict, _) in headline(found).items()}
    by_cohort = {claim: str(verdict) for claim, verdict in cohort_verdicts(found).items()}
    assert by_cohort == {claim: by_claim[claim] for claim in CITATION_SHARES}
    return by_claim


def declared(control: dict) -> dict[str, str]:
    """Return every verdict that a control must give: its own, those related, and reproduced otherwise."""
    related = {claim: one["verdict"] for claim, one in control.get("related", {}).items()}
    return dict.fromkeys(QUANTITATIVE, str(Verdict.REPRODUCED)) | related | {control["claim"]: control["verdict"]}


def test_nothing_moved_every_claim_is_reproduced(tmp_path):
    assert verdicts(tables_of(short_corpus(), tmp_path)) == dict.fromkeys(QUANTITATIVE, "reproduced")


@pytest.mark.slow_first
@pytest.mark.parametrize("control", CONTROLS, ids=[f"{one['claim'][:2]}-by-{one['moves']}" for one in CONTROLS])
def test_a_truth_moved_across_its_line_changes_the_declared_verdicts_and_no_other(control, tmp_path):
    found = tables_of(short_corpus().moved(control["moves"], control["to"]), tmp_path)
    assert verdicts(found) == declared(control)
    # The other way to a verdict, where it turns: the specification in force in the multiverse.
    turned = [control["claim"], *control.get("related", {})]
    in_force = headlines(Frame(found, PARAMETERS.year), [load_register()[claim] for claim in turned], draws=400)
    assert in_force["verdict"].map(str).to_dict() == {claim: declared(control)[claim] for claim in turned}


@pytest.mark.slow_first
def test_the_multiverse_in_force_gives_the_same_estimates_and_verdicts(tmp_path):
    """Two ways to all verdicts, on a corpus where three claims fail. Without draws: they change no estimate."""
    control = next(one for one in CONTROLS if one["claim"] == "12-eu-china-over-uk" and len(one.get("related", ())) > 1)
    found = tables_of(short_corpus().moved(control["moves"], control["to"]), tmp_path)
    alone, in_force = headline(found), headlines(Frame(found, PARAMETERS.year), draws=0)
    assert in_force["verdict"].map(str).to_dict() == declared(control)
    assert in_force["value"].to_dict() == pytest.approx({claim: value for claim, (_, value) in alone.items()}, rel=1e-9)


def test_every_quantitative_claim_has_a_control_that_turns_it():
    turned = {one["claim"] for one in CONTROLS if one["verdict"] != "reproduced"}
    assert turned == set(QUANTITATIVE)


def test_every_control_moves_a_truth_and_gives_a_reason_for_each_related_claim():
    for one in CONTROLS:
        related = one.get("related", {})
        assert set(one) <= {"claim", "moves", "to", "verdict", "related"}
        assert one["moves"] in parameters.TRUTHS
        assert one["to"] != PARAMETERS[one["moves"]]
        assert set(related) <= set(QUANTITATIVE) - {one["claim"]}
        assert all(
            set(reason) == {"verdict", "because"} and reason["verdict"] != "reproduced" for reason in related.values()
        )


def test_a_control_moves_its_own_claims_truth_unless_the_claim_follows_from_others():
    """A claim's own truth is named after it; a second control may move another across a second line."""
    follow = PARAMETERS.content["follow"]
    first = {one["claim"]: one for one in reversed(CONTROLS)}
    for claim, one in first.items():
        assert one["moves"] in follow[claim] if claim in follow else one["moves"].startswith(claim)
