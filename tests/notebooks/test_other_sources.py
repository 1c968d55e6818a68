"""The notebooks run on tables of other sources: works of OpenAlex, counts by bloc, a simulated corpus."""

import json
import random
from datetime import date

import pytest
from support.dimensions_server import work as publication
from support.in_process import execute_all
from support.openalex_server import OpenAlexServer

from benchmarks.synthetic import openalex as openalex_generator
from compendium import multiverse, tables
from compendium.claims.needs import cannot_decide
from compendium.execution.run import select
from compendium.project import notebooks
from compendium.project.folders import Folders
from compendium.sources import registry
from compendium.sources.dimensions.client import Client
from compendium.sources.pace import at_most
from compendium.tabulation import build


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """A synthetic snapshot of OpenAlex in the real layout."""
    place = tmp_path_factory.mktemp("snapshot")
    openalex_generator.write_snapshot(place, 4_000, share=0.9, seed=3)
    return place


#: The notebooks that ask the tables of a source; the others ask documents, or tables of their own.
NUMBERS = ("05", "10", "20", "30", "35", "40", "45", "50", "60", "65")


def execute(monkeypatch, place, source, also=(), **parameters):
    """Execute the notebooks that a source's tables are for; return their results by claim number."""
    monkeypatch.setenv("COMPENDIUM_TABLES", str(place / "tables"))
    monkeypatch.setattr(multiverse, "DRAWS", 100)  # how sure a verdict is has its own tests
    chosen = select(notebooks.ordered(), (*NUMBERS, *also))
    found = execute_all(chosen, place / "run", {"source": source} | parameters)
    return {claim[:2]: result for claim, result in found.items()}


@pytest.mark.slow_first
def test_works_of_the_snapshot(monkeypatch, snapshot, tmp_path):
    monkeypatch.setattr(Folders, "records", tmp_path / "records")
    build.build_tables(registry.get("openalex_snapshot"), raw=snapshot, out=tmp_path / "tables")
    found = execute(monkeypatch, tmp_path, "openalex_snapshot")
    assert len(found) == 30
    assert all("OpenAlex" in one["universe"] and one["source"] == "openalex_snapshot" for one in found.values())
    assert found["05"]["details"]["reading"] == "citing-year"
    assert found["05"]["estimate"] is not None and found["05"]["agreeing_share"] is not None


@pytest.mark.slow_first
def test_a_source_of_one_year_has_no_trend_and_no_traceback(monkeypatch, snapshot, tmp_path):
    monkeypatch.setattr(Folders, "records", tmp_path / "records")
    build.build_tables(registry.get("openalex_snapshot"), raw=snapshot, out=tmp_path / "tables", years=(2024,))
    found = execute(monkeypatch, tmp_path, "openalex_snapshot")
    assert found["01"]["estimate"] is not None and found["01"]["verdict"] != "not testable here"
    # Citations made in 2024 went to older papers, and ages, trends and overtakings look back: 05 was once
    # "reproduced" here, and 24 "not supported".
    listed = cannot_decide(tables.load("openalex_snapshot", tmp_path / "tables").manifest, 2024)
    assert {claim[:2] for claim in listed} == {"02", "04", "05", "06", "07", "08", "12", "13", "24"}
    for claim, reason in listed.items():
        result = found[claim[:2]]
        assert (result["verdict"], result["estimate"], result["finding"]) == ("not testable here", None, reason)


@pytest.mark.slow_first
def test_counts_by_bloc_say_what_they_cannot_decide(monkeypatch, snapshot, tmp_path):
    works = [json.loads(line) for line in openalex_generator.works(0, 2_000, 3, 0.9, 4_000, "2026-06-26")]
    with OpenAlexServer(works) as server:
        build.build_tables(
            registry.get("openalex"),
            raw=tmp_path / "raw",
            out=tmp_path / "tables",
            quick=True,
            base=server.url,
            years=range(2019, 2025),
            rate=1e6,
        )
    found = execute(monkeypatch, tmp_path, "openalex", also=("85",), claim="14-us-top-partner-china", draws=50)
    assert len(found) == 30
    listed = cannot_decide(tables.load("openalex", tmp_path / "tables").manifest, 2024)
    assert {claim[:2] for claim in listed} >= {"02", "09", "14", "21", "33", "40"}
    for claim, reason in listed.items():
        assert (found[claim[:2]]["verdict"], found[claim[:2]]["finding"]) == ("not testable here", reason)
    assert found["10"]["estimate"] is not None and found["16"]["estimate"] is not None


def publications(n, seed=3):
    """Synthetic publications of ten years, most of one country, in one field or both."""
    rng = random.Random(seed)
    fields = [("4602",), ("4611",), ("4602", "4611")]
    return [
        publication(
            number,
            rng.sample(("CN", "US", "GB", "DE", "FR", "IT"), rng.choice((1, 1, 1, 2))),
            year=rng.randint(2015, 2024),
            fields=rng.choice(fields),
            cited=rng.randint(0, 60),
        )
        for number in range(n)
    ]


@pytest.mark.slow_first
def test_publications_of_dimensions(monkeypatch, world, tmp_path):
    pytest.importorskip("dimcli")
    monkeypatch.setattr(Folders, "records", tmp_path / "records")
    world.works = publications(2_000)
    build.build_tables(
        registry.get("dimensions"),
        raw=tmp_path / "raw",
        out=tmp_path / "tables",
        years=range(2015, 2025),
        category="4602+4611",
        day=lambda: date(2026, 10, 5),
        client=Client(limiter=at_most(10**6, seconds=1)),
    )
    found = execute(monkeypatch, tmp_path, "dimensions", categories="4602")
    assert len(found) == 30
    assert all("Dimensions" in one["universe"] and "4602" in one["universe"] for one in found.values())
    listed = cannot_decide(tables.load("dimensions", tmp_path / "tables").manifest, 2024)
    for claim, reason in listed.items():
        assert (found[claim[:2]]["verdict"], found[claim[:2]]["finding"]) == ("not testable here", reason)
    unsettled = {claim[:2] for claim in listed} | {"34"}  # no institution here has so many papers
    assert all(one["estimate"] is not None for number, one in found.items() if number not in unsettled)
