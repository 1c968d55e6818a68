"""Claims that a source cannot decide: their notebooks are not executed, and their results say why.

What a claim needs and what a source offers decide it (`claims.needs`). Counts by bloc, for instance,
hold no people, so a notebook on researchers would have nothing to open.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from compendium.claims import Result, Verdict, load_register, results
from compendium.claims.needs import cannot_decide
from compendium.project.folders import PROJECT, Folders
from compendium.tables import MANIFEST, place_of


def reasons(notebook: Path, parameters: Mapping[str, object], folders: Folders) -> dict[str, str]:
    """Return claim → reason where the source can decide none of the claims of a notebook; else nothing.

    parameters : those that the run sets; without `source` the notebook's own source is meant, which
        decides something in every notebook.
    """
    manifest, register = _manifest(parameters, folders), load_register(folders.register)
    claims = [claim.id for claim in register.of_notebook(notebook.stem)]
    if not manifest or not claims:
        return {}
    china, eu = (str(parameters.get(name, plain)) for name, plain in (("china", "CN"), ("eu", "EU-27")))
    listed = cannot_decide(manifest, _year(notebook, parameters), china, eu, register)
    return {claim: listed[claim] for claim in claims} if set(claims) <= set(listed) else {}


def _year(notebook: Path, parameters: Mapping[str, object]) -> int:
    """Return the year that a run sets, or else the notebook's own."""
    if "year" in parameters:
        return int(str(parameters["year"]))
    import papermill  # takes a second, and most runs do without it

    return int(papermill.inspect_notebook(str(notebook))["year"]["default"])


def _manifest(parameters: Mapping[str, object], folders: Folders) -> dict:
    source = str(parameters.get("source", ""))
    place = place_of(source, None if folders == PROJECT else folders.tables) / MANIFEST
    return json.loads(place.read_text(encoding="utf-8")) if "source" in parameters and place.is_file() else {}


def write_results(
    why: Mapping[str, str], notebook: Path, parameters: Mapping[str, object], folder: Path, folders: Folders
) -> None:
    """Write a result for each claim of `why` into `folder`: not testable here, with the reason."""
    year = _year(notebook, parameters)
    for claim, reason in why.items():
        result = Result(
            claim=claim,
            notebook=notebook.stem,
            source=parameters["source"],
            year=year,
            universe=f"{_manifest(parameters, folders)['title']}, {year}",
            verdict=Verdict.NOT_TESTABLE,
            estimate=None,
            interval=None,
            probability=None,
            agreeing_share=None,
            flipping_choice=None,
            multiverse=None,
            finding=reason,
            details={},
        )
        results.write(result, folder)
