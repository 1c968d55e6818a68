"""What every source must do, whatever it is: the contract of `compendium.sources.source`, on small data each.

A new source gets a world of its own here, and nothing else: the tests below are the same for all.
"""

import inspect
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from support.dimensions_server import work as publication
from support.lists import lists, paper
from support.openalex_server import OpenAlexServer, make_work

from benchmarks.synthetic import openalex as synthetic
from compendium import tables
from compendium.claims import load_register
from compendium.claims.needs import cannot_decide, undecidable
from compendium.project.errors import InputError
from compendium.project.folders import Folders
from compendium.sources import options as source_options
from compendium.sources import registry
from compendium.sources.known_answer import parameters, simulate
from compendium.sources.openalex import convert
from compendium.sources.pace import at_most
from compendium.sources.proceedings import lists as proceedings_lists
from compendium.sources.source import DETAILS, Offer, Source
from compendium.tables import records
from compendium.tabulation import build

#: The `Detail`s that leave a trace in records: the kind and the column that hold it.
TRACES = {
    "people": ("authorships", "author_id"),
    "institutions": ("authorships", "institution_id"),
    "countries": ("authorships", "country"),
    "citations": ("works", "citations"),
    "citing years": ("citations_by_year", "citations"),
}


@dataclass
class World:
    """A small world of one source.

    given : arguments of `collect`, some of which no text can set.
    broken : makes the collections within break off in their middle, with the error that it gives.
    wrong : options that cannot be used.
    """

    source: Source
    raw: Path
    given: dict
    broken: Callable[[], AbstractContextManager[type[BaseException]]]
    wrong: dict

    def collect(self, folder: Path, raw: Path | None = None, **changes: object) -> dict:
        return self.source.collect(raw or self.raw, folder, **self.given | changes)

    def offer(self, **changes: object) -> Offer:
        given = source_options.accepted(self.source.offer, self.given | changes)
        return self.source.offer(self.raw, **given)


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def killing(place: object, name: str) -> Iterator[type[BaseException]]:
    """Let a step of a collection be killed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, killed)
        yield KeyboardInterrupt


def _proceedings(request: pytest.FixtureRequest, folder: Path) -> World:
    rows = [paper(title=f"Paper {n}", author=f"A {n};B {n % 3}", gs_citation=n) for n in range(9)]
    hashes = lists(folder, ijcai2023=rows[:4], ijcai2024=[*rows[4:], paper(title="Preface"), {"title": 3}])
    return World(
        registry.get("proceedings"),
        folder,
        {"hashes": hashes, "jobs": 1},
        lambda: killing(proceedings_lists, "interpret"),
        {"hashes": dict.fromkeys(hashes, "0" * 64)},
    )


def _known_answer(request: pytest.FixtureRequest, folder: Path) -> World:
    content = json.loads(json.dumps(dict(parameters.load().content)))
    content["background"]["history"]["simulated_from"] = content["year"] - 5  # the ages planted need as many
    return World(
        registry.get("known_answer"),
        folder,
        {"parameters": content},
        lambda: killing(simulate.pq, "write_table"),
        {"parameters": Path("nowhere.yml")},
    )


def _openalex(request: pytest.FixtureRequest, folder: Path) -> World:
    works = [
        make_work(n, [["CN"], ["US", "FR"][n % 2 :]], year=2023 + n % 2, citations=n, institutions=[f"I{n % 7}"])
        for n in range(330)
    ] + [make_work(900, kind="book"), {"id": "odd", "publication_year": 2024, "type": "article"}]
    for n, made in enumerate(works):
        made["counts_by_year"] = [{"year": 2024, "cited_by_count": n}]
    works[-1]["primary_topic"] = works[0]["primary_topic"]  # without an id that can be: a reject
    server = OpenAlexServer(works, [{"id": f"https://openalex.org/I{n}", "display_name": f"I {n}"} for n in range(7)])
    server.__enter__()
    request.addfinalizer(lambda: server.__exit__(None, None, None))

    @contextmanager
    def broken() -> Iterator[type[BaseException]]:
        server.alive_for = len(server.lists()) + 3  # the estimate, two pages
        yield InputError
        server.alive_for = None

    return World(
        registry.get("openalex"),
        folder,
        {
            "years": (2023, 2024),
            "base": server.url,
            "date": "2026-10-01",
            "rate": 1e6,
            "attempts": 2,
            "first_wait": 0.01,
        },
        broken,
        {"years": (1066,)},
    )


def _snapshot(request: pytest.FixtureRequest, folder: Path) -> World:
    shutil.copytree(request.getfixturevalue("synthetic_snapshot"), folder)
    return World(
        registry.get("openalex_snapshot"),
        folder,
        {"jobs": 1},
        lambda: killing(convert, "assemble"),
        {"subfields": ("Computer vision",)},
    )


def _dimensions(request: pytest.FixtureRequest, folder: Path) -> World:
    pytest.importorskip("dimcli")
    from compendium.sources.dimensions.client import Client

    served = request.getfixturevalue("world")
    served.works = [publication(n, ("CN", "US")[n % 2 :], year=2023 + n % 2, cited=n) for n in range(30)]
    served.works.append(publication(99) | {"id": 3})

    @contextmanager
    def broken() -> Iterator[type[BaseException]]:
        served.script = [(200, served.search(_first_page(2023))[1]), *[401] * 9]
        yield InputError
        served.script = []

    return World(
        registry.get("dimensions"),
        folder,
        {
            "years": (2023, 2024),
            "category": "4602",
            "day": lambda: date(2026, 10, 5),
            "client": Client(limiter=at_most(10**6, seconds=1)),
        },
        broken,
        {"countries": ("XY",)},
    )


def _first_page(year: int) -> str:
    from compendium.sources.dimensions.queries import Cell, Limits

    return Cell(("4602",), year).page(0, Limits().page)


@pytest.fixture(scope="module")
def synthetic_snapshot(tmp_path_factory) -> Path:
    """A snapshot of three parts, made once."""
    place = tmp_path_factory.mktemp("snapshot")
    synthetic.write_snapshot(place, 300, share=0.8, seed=5, works_per_part=100, jobs=1)
    return place


WORLDS = {
    "proceedings": _proceedings,
    "known_answer": _known_answer,
    "openalex": _openalex,
    "openalex_snapshot": _snapshot,
    "dimensions": _dimensions,
}


@pytest.fixture(params=registry.SOURCES)
def one(request, tmp_path, monkeypatch) -> World:
    """The world of a source; a source without one fails here."""
    monkeypatch.delenv("OPENALEX_API_KEY", raising=False)
    monkeypatch.setattr(Folders, "records", tmp_path / "records")
    return WORLDS[request.param](request, tmp_path / "raw")


def rows(folder: Path, kind: str) -> list[dict]:
    return [row for path in records.files(folder, kind) for row in pq.read_table(path).to_pylist()]


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all records, by path below the folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


# --- records ----------------------------------------------------------------------------------------


def test_records_have_the_columns_of_their_kind_in_their_order(one, tmp_path):
    one.collect(tmp_path / "found")
    for kind, schema in records.SCHEMAS.items():
        for path in records.files(tmp_path / "found", kind):
            assert pq.read_schema(path).names == schema.names, path.name
            assert [str(field.type) for field in pq.read_schema(path)] == [str(field.type) for field in schema]
    works = rows(tmp_path / "found", "works")
    assert len(works) > 5 and all(row[name] is not None for row in works for name in ("work_id", "year", "category"))


def test_every_row_that_was_read_is_a_work_or_a_reject_or_outside(one, tmp_path):
    about = one.collect(tmp_path / "found")
    count = records.count(tmp_path / "found")
    rejected = count["rejects"] - about.get("institutions_rejected", 0)
    assert count["works"] + rejected + about.get("rows_outside", 0) == about["rows_read"]
    assert all(row["locator"] and row["reason"] for row in rows(tmp_path / "found", "rejects"))


def test_a_work_is_there_once_and_everything_else_is_of_a_work(one, tmp_path):
    one.collect(tmp_path / "found")
    works = [row["work_id"] for row in rows(tmp_path / "found", "works")]
    assert len(works) == len(set(works))
    for kind in ("authorships", "citations_by_year"):
        assert {row["work_id"] for row in rows(tmp_path / "found", kind)} <= set(works)
    named = {row["institution_id"] for row in rows(tmp_path / "found", "authorships")} - {None}
    institutions = [row["institution_id"] for row in rows(tmp_path / "found", "institutions")]
    assert len(institutions) == len(set(institutions)) and named <= set(institutions)


def test_the_same_again_is_the_same_bytes(one, tmp_path):
    about = one.collect(tmp_path / "first")
    other_raw = tmp_path / "other raw"
    shutil.copytree(one.raw, other_raw) if one.source.estimate is None and one.raw.exists() else None
    again = one.collect(tmp_path / "second", raw=other_raw if other_raw.exists() or one.source.estimate else None)
    assert contents(tmp_path / "first") == contents(tmp_path / "second") != {}
    assert json.dumps(about, sort_keys=True) == json.dumps(again, sort_keys=True)


def test_what_it_says_of_itself_can_be_printed_and_names_no_machine(one, tmp_path):
    about = one.collect(tmp_path / "found")
    assert {"title", "is_sample", "upstream", "date", "rows_read"} <= set(about)
    assert not {"name", "offer", "cannot_decide", "tables"} & set(about)  # what all say alike is not said by each
    assert str(tmp_path) not in json.dumps(about) and "127.0.0.1" not in json.dumps(about)


def test_whoever_is_interrupted_ends_with_the_same_records(one, tmp_path):
    with one.broken() as error, pytest.raises(error):
        build.collect_records(one.source, one.raw, **one.given)
    folder, about = build.collect_records(one.source, one.raw, **one.given)
    one.collect(tmp_path / "at once")
    assert contents(folder) == contents(tmp_path / "at once") != {}
    assert about["records"] == records.count(tmp_path / "at once")


# --- the offer --------------------------------------------------------------------------------------


def test_the_offer_is_what_the_records_hold(one, tmp_path):
    offer = one.offer()
    one.collect(tmp_path / "found")
    years = {row["year"] for row in rows(tmp_path / "found", "works")}
    assert offer.years is None or years <= offer.years
    assert offer.complete_for is None and offer.knows <= set(DETAILS)
    for detail, (kind, column) in TRACES.items():
        known = {row[column] for row in rows(tmp_path / "found", kind)} - {None}
        assert bool(known) is (detail in offer.knows), detail


def test_an_offer_asks_nobody_and_fits_the_register(one, tmp_path):
    offer = one.source.offer(tmp_path / "nowhere", **source_options.accepted(one.source.offer, one.given))
    assert Offer.model_validate(json.loads(offer.model_dump_json())) == offer
    told = undecidable(load_register(), offer, 2024)
    assert all(reason for reason in told.values()) and "01-output-surpasses" not in told
    assert not (tmp_path / "nowhere").exists()


def test_offer_and_estimate_take_options_of_collect_with_the_same_defaults(one):
    ways = [(one.source.collect, one.source.offer, one.source.estimate)]
    if quick := one.source.quick:
        ways.append((quick.tables, quick.offer, quick.estimate))
    for made, *functions in ways:
        options = inspect.signature(made).parameters
        for function in filter(None, functions):
            for name, option in list(inspect.signature(function).parameters.items())[1:]:
                assert name in options and option.kind is option.KEYWORD_ONLY
                assert option.default == options[name].default, name
        keyword_only = [option for option in options.values() if option.kind is option.KEYWORD_ONLY]
        assert keyword_only and all(option.default is not option.empty for option in keyword_only)


# --- refusals ---------------------------------------------------------------------------------------


def test_what_cannot_be_used_is_told_in_one_line_and_leaves_nothing(one, tmp_path):
    with pytest.raises(InputError) as caught:
        one.collect(tmp_path / "found", **one.wrong)
    assert "\n" not in str(caught.value) and len(str(caught.value)) > 20
    assert str(tmp_path) not in str(caught.value)
    assert contents(tmp_path / "found") == {}


def test_an_unknown_option_is_told_with_those_there_are(one):
    with pytest.raises(InputError) as caught:
        source_options.read_options(one.source, ["colour=red"])
    possible = source_options.possible_options(one.source.collect)
    assert str(caught.value).endswith(f"with one of the keys: {', '.join(sorted(possible))}") and possible


def test_any_untracked_place_is_allowed_and_stays_as_it_is(one, tmp_path):
    one.source.check_place(tmp_path / "place")
    assert not (tmp_path / "place").exists()


def test_an_estimate_collects_nothing_and_is_nothing_when_all_is_there(one, tmp_path):
    if one.source.estimate is None:
        with pytest.raises(InputError, match=f"source '{one.source.name}' knows no --dry-run: it asks no one"):
            source_options.estimate(one.source, one.raw, one.given)
        return
    before = source_options.estimate(one.source, one.raw, one.given)
    assert before.works > 5 and before.requests > 0 and before.minutes > 0 and "\n" not in str(before)
    assert not (tmp_path / "found").exists()
    one.collect(tmp_path / "found")
    after = source_options.estimate(one.source, one.raw, one.given)
    assert after.requests == 0 and str(after).endswith("everything was fetched before; nothing is asked")


# --- tables -----------------------------------------------------------------------------------------


def test_its_tables_can_be_loaded_and_say_what_they_decide(one, tmp_path):
    place = build.build_tables(one.source, one.raw, tmp_path / "tables", **one.given)
    made = tables.load(one.source.name, tmp_path / "tables")
    assert made.manifest["name"] == one.source.name == place.name
    assert made.papers["n_papers"].sum() > 5
    assert cannot_decide(made.manifest, 2024) == undecidable(load_register(), one.offer(), 2024)
