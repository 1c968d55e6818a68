"""A walk along the register: what a claim needs to be answered stands somewhere for each, or is named as missing."""

import json

import pytest

from compendium.claims import load_register
from compendium.multiverse import quantitative
from compendium.multiverse.answers import ANSWERS
from compendium.project.folders import PROJECT
from compendium.sources.known_answer import parameters
from compendium.validation import planted

REGISTER = load_register()
DATA_CLAIMS = {claim.id for claim in quantitative(REGISTER)}
CONTROLLED = {control["claim"] for control in parameters.load().content["controls"]}
PLANTED = planted.estimates(parameters.load())


def code_of(notebook: str) -> str:
    cells = json.loads((PROJECT.notebooks / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


@pytest.mark.parametrize("claim", REGISTER.claims, ids=lambda claim: claim.id)
def test_nothing_is_missing(claim):
    missing = []
    code = code_of(claim.notebook)
    # Documents are recorded in a loop over all of their kind.
    if claim.kind != "documentary" and claim.id not in code:
        missing.append(f"a cell of notebooks/{claim.notebook}.ipynb that records it")
    if claim.kind == "documentary" and "record_document" not in code:
        missing.append(f"a cell of notebooks/{claim.notebook}.ipynb that records documents")
    if claim.id in DATA_CLAIMS:
        stated = {
            "`needs:` in data/claims.yml": claim.needs is not None,
            "an answer, @answers(…) in compendium/multiverse/": claim.id in ANSWERS,
            "a planted truth in data/known_answer.yml": claim.id in PLANTED,
            "a control in data/known_answer.yml": claim.id in CONTROLLED,
        }
        missing += [what for what, there in stated.items() if not there]
    assert not missing, f"{claim.id} lacks: {'; '.join(missing)}"


def test_nothing_answers_a_claim_that_the_register_does_not_have():
    assert set(ANSWERS) == DATA_CLAIMS and set(PLANTED) == DATA_CLAIMS
