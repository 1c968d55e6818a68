"""The notebooks run on tables of other sources: works of OpenAlex, counts by bloc, a simulated corpus."""

import json
import random
from datetime import date

import pytest
from support.dimensions_server import Clock, world  # noqa: F401
from support.dimensions_server import work as publication
from support.openalex_server import OpenAlexServer

from compendium.tabulation import build
from compendium.execution import run
from compendium import tables
from compendium.project import paths
from benchmarks.synthetic import openalex as openalex_generator
from compendium.sources.dimensions.client import Client, Limiter


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """A synthetic snapshot of OpenAlex in the real layout."""
    place = tmp_path_factory.mktemp("snapshot")
    openalex_generator.write_snapshot(place, 4_000, share=0.9, seed=3)
    return place


def execute(monkeypatch, place, source, also=(), **parameters):
    """Execute the notebooks that a source's tables are for; return their results by claim number."""
    monkeypatch.setenv("COMPENDIUM_TABLES", str(place / "tables"))
    chosen = ("05", "10", "20", "30", "35", "40", "45", "50", "60", "65", *also)
    report = run.run(only=chosen, parameters={"source": source} | parameters, jobs=1, into=place / "build")
    assert [one for one in report.outcomes if one.failure] == []
    return {path.stem[:2]: json.loads(path.read_text(encoding="utf-8"))
            for path in (report.folder / "results").glob("*.json")}


@pytest.mark.slow_first
def test_works_of_the_snapshot(monkeypatch, snapshot, tmp_path):
    monkeypatch.setattr(paths, "RECORDS", tmp_path / "records")
    build.build_tables("openalex_snapshot", raw=snapshot, out=tmp_path / "tables")
    found = execute(monkeypatch, tmp_path, "openalex_snapshot")
    assert len(found) == 30
    assert all("OpenAlex" in one["universe"] and one["source"] == "openalex_snapshot" for one in found.values())
    assert found["05"]["details"]["reading"] == "citing-year"
    assert found["05"]["estimate"] is not None and found["05"]["agreeing_share"] is not None


@pytest.mark.slow_first
def test_a_source_of_one_year_has_no_trend_and_no_traceback(monkeypatch, snapshot, tmp_path):
    monkeypatch.setattr(paths, "RECORDS", tmp_path / "records")
    build.build_tables("openalex_snapshot", raw=snapshot, out=tmp_path / "tables", years=(2024,))
    found = execute(monkeypatch, tmp_path, "openalex_snapshot")
    assert found["01"]["estimate"] is not None and found["01"]["verdict"] != "not testable here"
    assert (found["04"]["estimate"], found["04"]["verdict"]) == (None, "not testable here")


@pytest.mark.slow_first
def test_counts_by_bloc_say_what_they_cannot_decide(monkeypatch, snapshot, tmp_path):
    works = [json.loads(line) for line in openalex_generator.works(0, 2_000, 3, 0.9, 4_000, "2026-06-26")]
    with OpenAlexServer(works) as server:
        build.build_tables("openalex", raw=tmp_path / "raw", out=tmp_path / "tables", quick=True, base=server.url,
                           years=range(2019, 2025), rate=1e6)
    found = execute(monkeypatch, tmp_path, "openalex", also=("85",), claim="14-us-top-partner-china", draws=50)
    assert len(found) == 30
    listed = tables.load("openalex", tmp_path / "tables").manifest["cannot_decide"]
    assert {claim[:2] for claim in listed} >= {"02", "09", "14", "21", "33", "40"}
    for claim, reason in listed.items():
        assert (found[claim[:2]]["verdict"], found[claim[:2]]["finding"]) == ("not testable here", reason)
    assert found["10"]["estimate"] is not None and found["16"]["estimate"] is not None


def publications(n, seed=3):
    """Synthetic publications of ten years, most of one country, in one field or both."""
    rng = random.Random(seed)
    fields = [("4602",), ("4611",), ("4602", "4611")]
    return [publication(number, rng.sample(("CN", "US", "GB", "DE", "FR", "IT"), rng.choice((1, 1, 1, 2))),
                        year=rng.randint(2015, 2024), fields=rng.choice(fields), cited=rng.randint(0, 60))
            for number in range(n)]


@pytest.mark.slow_first
def test_publications_of_dimensions(monkeypatch, world, tmp_path):  # noqa: F811
    pytest.importorskip("dimcli")
    monkeypatch.setattr(paths, "RECORDS", tmp_path / "records")
    world.works, clock = publications(2_000), Clock()
    build.build_tables("dimensions", raw=tmp_path / "raw", out=tmp_path / "tables", years=range(2015, 2025),
                       category="4602+4611", day=lambda: date(2026, 10, 5),
                       client=Client(limiter=Limiter(clock=clock, sleep=clock.sleep)))
    found = execute(monkeypatch, tmp_path, "dimensions", categories="4602")
    assert len(found) == 30
    assert all("Dimensions" in one["universe"] and "4602" in one["universe"] for one in found.values())
    listed = tables.load("dimensions", tmp_path / "tables").manifest["cannot_decide"]
    for claim, reason in listed.items():
        assert (found[claim[:2]]["verdict"], found[claim[:2]]["finding"]) == ("not testable here", reason)
    unsettled = {claim[:2] for claim in listed} | {"34"}  # no institution here has so many papers
    assert all(one["estimate"] is not None for number, one in found.items() if number not in unsettled)
