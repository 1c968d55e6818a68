"""The real notebooks, executed for the first of the years that they promise, and in the weekly job for the last.

The year that stands in them is executed, and compared with what is committed, by `make check`.
"""

import os
import re

import pytest
from support.in_process import execute, execute_all

from compendium import claims, multiverse
from compendium.project import notebooks
from compendium.project.folders import PROJECT

#: It looks at a simulated corpus, and knows no year.
SIMULATED = "88-known-answer"
NOTEBOOKS = [path for path in notebooks.ordered() if path.stem != SIMULATED]
#: Those that read the results of the others come last, as in a run.
READERS = ("90-verdicts", "00-index")
ORDERED = sorted(NOTEBOOKS, key=lambda path: (path.stem in READERS, path.stem))


YEARS = (2010, 2025) if os.environ.get("COMPENDIUM_THOROUGH") else (2010,)


@pytest.mark.slow_first
@pytest.mark.parametrize("year", YEARS)
def test_every_notebook_runs_and_every_claim_gets_a_verdict(year, tmp_path, monkeypatch):
    monkeypatch.setattr(multiverse, "DRAWS", 100)  # how sure a verdict is has its own tests
    results = execute_all(ORDERED, tmp_path, {"year": year, "draws": 50})
    assert set(results) == {claim.id for claim in claims.load_register().claims}
    for result in results.values():
        assert result["year"] == year
        assert result["finding"].strip()
        if result["estimate"] is not None:  # a sentence that numbers were put into
            assert not re.search(r"\b(nan|None|NaT|<NA>)\b", result["finding"])
        if result["verdict"] == "not testable here":
            assert len(result["finding"]) > 40, "says why"


def test_the_notebook_on_the_simulated_corpus_takes_other_sizes(tmp_path):
    shown = execute(
        PROJECT.notebooks / f"{SIMULATED}.ipynb", tmp_path, {"papers": 400, "corpora": 40, "draws": 50}
    ).shown
    assert [output for output in shown if "image/png" in output.data]
