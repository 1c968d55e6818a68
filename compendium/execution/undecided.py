"""Claims that a source cannot decide: their notebooks are not executed, and their results say why.

A source's manifest lists such claims with the reason (`cannot_decide`). Counts by country, for
instance, hold no people, so a notebook on researchers would have nothing to open.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from compendium.claims import Result, Verdict, load_register, results
from compendium.project import paths
from compendium.project.folders import Folders
from compendium.tables import MANIFEST, place_of


def reasons(notebook: str, parameters: Mapping[str, object], folders: Folders) -> dict[str, str]:
    """Return claim → reason where the source can decide none of the claims of a notebook; else nothing.

    parameters : those that the run sets; without `source` the notebook's own source is meant, which
        decides something in every notebook.
    """
    listed = _manifest(parameters, folders).get("cannot_decide", {})
    claims = [claim.id for claim in load_register(folders.register).of_notebook(notebook)]
    return {claim: listed[claim] for claim in claims} if claims and set(claims) <= set(listed) else {}


def _manifest(parameters: Mapping[str, object], folders: Folders) -> dict:
    source = str(parameters.get("source", ""))
    place = (place_of(source) if folders.tables == paths.TABLES else folders.tables / source) / MANIFEST
    return json.loads(place.read_text(encoding="utf-8")) if "source" in parameters and place.is_file() else {}


def write_results(
    why: Mapping[str, str], notebook: Path, parameters: Mapping[str, object], folder: Path, folders: Folders
) -> None:
    """Write a result for each claim of `why` into `folder`: not testable here, with the reason."""
    import papermill  # takes a second, and most runs do without it

    year = int(parameters.get("year", papermill.inspect_notebook(str(notebook))["year"]["default"]))
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
