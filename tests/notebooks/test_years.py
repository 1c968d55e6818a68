"""The real notebooks, executed for the first and the last of the years that they promise."""

import io
import json
import re

import pytest
from rich.console import Console

from compendium import claims
from compendium.execution.run import run
from compendium.project import notebooks, paths


@pytest.mark.slow_first
@pytest.mark.parametrize("year", [2010, 2025])
def test_every_notebook_runs_and_every_claim_gets_a_verdict(year, tmp_path):
    only = [path.stem for path in notebooks.ordered() if path.stem != "88-known-answer"]  # knows no year
    report = run("default", only, {"year": year, "draws": 50}, into=tmp_path, console=Console(file=io.StringIO()))
    assert [(outcome.notebook, outcome.failure) for outcome in report.failures] == []
    results = {path.stem: json.loads(path.read_text(encoding="utf-8"))
               for path in (report.folder / "results").glob("*.json")}
    assert set(results) == {claim.id for claim in claims.load_register().claims}
    for result in results.values():
        assert result["year"] == year
        assert result["finding"].strip()
        if result["estimate"] is not None:  # a sentence that numbers were put into
            assert not re.search(r"\b(nan|None|NaT|<NA>)\b", result["finding"])
        if result["verdict"] == "not testable here":
            assert len(result["finding"]) > 40, "says why"
