"""Raw lists → committed tables: byte for byte, whole or not at all."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from support.lists import lists, paper
from typer.testing import CliRunner

from compendium import cli, tables
from compendium.project import files
from compendium.project.errors import InputError
from compendium.project.folders import PROJECT, Folders
from compendium.sources import options, registry
from compendium.sources.source import Estimate, Offer, Quick, Source
from compendium.tables import records
from compendium.tabulation import build

PROCEEDINGS = registry.get("proceedings")


def folder_bytes(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


SCRIPT = """
import random, sys
from pathlib import Path
from compendium.project.folders import Folders
from compendium.sources import registry
from compendium.sources.proceedings import fetch
from compendium.tabulation import build
Folders.records = Path(sys.argv[2]).parent / "records"
hashes = fetch.pinned_hashes(Path(sys.argv[1]) / "sums")
names = list(hashes)
random.shuffle(names)
build.build_tables(registry.get("proceedings"), raw=Path(sys.argv[1]), out=Path(sys.argv[2]), jobs=2,
                   hashes={name: hashes[name] for name in names})
"""


def test_two_builds_in_another_order_with_another_hash_seed_are_the_same_bytes(tmp_path):
    raw = tmp_path / "raw"
    hashes = lists(
        raw,
        **{
            f"{venue}{year}": [
                paper(title=f"{venue} {year} {n}", author=f"A {n};B {n % 3}", gs_citation=n) for n in range(12)
            ]
            for venue in ("ijcai", "uai", "rss")
            for year in (2023, 2024)
        },
    )
    (raw / "sums").write_text("\n".join(f"{digest}  {name}" for name, digest in hashes.items()))
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(raw), str(tmp_path / f"out{seed}" / "tables")],
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
    assert folder_bytes(tmp_path / "out1/tables/proceedings") == folder_bytes(tmp_path / "out2/tables/proceedings")


@pytest.mark.slow_first
def test_the_committed_tables_are_those_of_the_raw_files(raw, tmp_path, monkeypatch):
    monkeypatch.setattr(Folders, "records", tmp_path / "records")
    place = build.build_tables(PROCEEDINGS, raw=raw, out=tmp_path / "tables")
    fresh, committed = folder_bytes(place), folder_bytes(PROJECT.tables / "proceedings")
    assert list(fresh) == list(committed)
    for name in fresh:
        assert fresh[name] == committed[name], f"{name} differs: `make tables` was not run"


def test_every_raw_row_is_a_work_or_a_reject(proceedings):
    manifest = proceedings.manifest
    assert manifest["records"]["works"] + manifest["records"]["rejects"] == manifest["rows_read"] == 84_501


def test_tables_are_small_and_hold_no_names(proceedings):
    folder = PROJECT.tables / "proceedings"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 8_000_000
    columns = {column for schema in tables.SCHEMAS.values() for column in schema.columns}
    assert not columns & {"author", "author_id", "author_name", "work_id", "title"}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Raw lists, their hashes, and tables already built from them."""
    monkeypatch.setattr(Folders, "records", tmp_path / "records")
    hashes = lists(tmp_path / "raw", ijcai2024=[paper()], uai2024=[paper(title="Other")])
    place = build.build_tables(PROCEEDINGS, raw=tmp_path / "raw", out=tmp_path / "tables", hashes=hashes, jobs=1)
    return tmp_path, hashes, folder_bytes(place)


@pytest.mark.parametrize("step", [(build, "tables_of"), (files, "put_in_place")], ids=["counting", "renaming"])
def test_a_build_that_is_killed_leaves_the_old_tables_whole(small, monkeypatch, step):
    folder, hashes, before = small

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(*step, killed)
    with pytest.raises(KeyboardInterrupt):
        build.build_tables(PROCEEDINGS, raw=folder / "raw", out=folder / "tables", hashes=hashes, jobs=1)
    assert folder_bytes(folder / "tables/proceedings") == before
    assert tables.available_sources(folder / "tables") == ["proceedings"]


def test_a_build_killed_between_its_renames_is_mended_by_the_next(small):
    folder, hashes, before = small
    place = folder / "tables/proceedings"
    place.rename(place.with_name(".proceedings.old"))
    with pytest.raises(InputError):
        build.build_tables(PROCEEDINGS, raw=folder / "raw", out=folder / "tables", hashes=hashes, engine="hive")
    build.build_tables(PROCEEDINGS, raw=folder / "raw", out=folder / "tables", hashes=hashes, jobs=1)
    assert folder_bytes(place) == before and [path.name for path in place.parent.iterdir()] == ["proceedings"]


def test_an_unknown_source_is_refused_with_the_known_ones():
    known = "proceedings, known_answer, openalex, openalex_snapshot, dimensions"
    with pytest.raises(InputError, match=f"unknown source 'dreams'; there are: {known}"):
        registry.get("dreams")


def work(work_id, **fields):
    return {
        "work_id": work_id,
        "year": 2024,
        "doc_type": "paper",
        "category": "x",
        "is_retracted": False,
        "citations": 1,
    } | fields


def collect(
    raw: Path,
    folder: Path,
    *,
    years: Sequence[int] = (2024,),
    subfields: tuple[str, ...] = (),
    limit: int | None = None,
    full: bool = False,
    share: float = 1.0,
    kind: str = "article",
    hashes: Mapping[str, str] | None = None,
) -> dict:
    """Stand for any source: one work a year, in parts of two rows."""
    with records.Writer(folder, rows_per_part=2) as writer:
        writer.add("works", (work(f"w{year}", year=year) for year in years))
    return {"title": "Made for a test", "is_sample": True, "date": "2024", "upstream": "none", "rows_read": len(years)}


def offer(raw: Path, *, years: Sequence[int] = (2024,)) -> Offer:
    return Offer(years=frozenset(years), knows=frozenset())


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A source named `made`, of which a test can make another."""
    monkeypatch.setattr(Folders, "records", tmp_path / "records")
    return Source("made", collect, offer)


def test_options_are_read_in_the_types_that_the_source_declares(source):
    words = ["years=2020-2022+2024", "subfields=1702+1707", "limit=5", "full=true", "share=0.5", "kind=a=b"]
    assert options.read_options(source, words) == {
        "years": (2020, 2021, 2022, 2024),
        "subfields": ("1702", "1707"),
        "limit": 5,
        "full": True,
        "share": 0.5,
        "kind": "a=b",
    }


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("yaers=2024", "with one of the keys: full, kind, limit, share, subfields, years"),
        ("hashes=x", "with one of the keys: full, kind, limit"),
        ("raw=x", "with one of the keys: full"),
        ("years", "takes KEY=VALUE"),
        ("years=2024-soon", "must be a whole number, or several joined by '+'"),
        ("years=", "must be a whole number"),
        ("limit=1+2", "must be a whole number"),
        ("full=yes", "must be true or false"),
        ("share=x", "must be a number"),
    ],
)
def test_an_option_that_cannot_be_is_refused_in_one_line(source, word, message):
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        options.read_options(source, [word])
    assert word in str(caught.value) and "\n" not in str(caught.value)
    with pytest.raises(InputError, match="given twice"):
        options.read_options(source, ["limit=1", "limit=2"])


def test_records_in_parts_are_counted_in_the_manifest_and_reach_the_tables(source, tmp_path):
    place = build.build_tables(source, raw=tmp_path, out=tmp_path / "tables", years=(2022, 2023, 2024))
    assert len(list((tmp_path / "records/made/works").iterdir())) == 2
    built = tables.load("made", tmp_path / "tables")
    assert built.manifest["records"] == {
        "works": 3,
        "citations_by_year": 0,
        "authorships": 0,
        "institutions": 0,
        "rejects": 0,
    }
    assert built.coverage["year"].tolist() == [2022, 2023, 2024]
    assert place == tmp_path / "tables/made"


def test_a_work_without_authorships_is_a_paper_of_unknown_country(source, tmp_path):
    build.build_tables(source, raw=tmp_path, out=tmp_path / "tables")
    built = tables.load("made", tmp_path / "tables")
    assert built.papers["n_papers"].tolist() == [1]
    assert built.compositions[["country", "share"]].values.tolist() == [["ZZ", 1.0]]


def test_records_of_another_collection_are_removed_unless_the_source_resumes(source, tmp_path):
    build.build_tables(source, raw=tmp_path, out=tmp_path / "tables", years=range(2019, 2025))
    _, about = build.collect_records(source, tmp_path, years=(2024,))
    assert about["records"]["works"] == 1
    (tmp_path / "records/made/checkpoint").write_text("page 7")
    build.collect_records(replace(source, resumes=True), tmp_path, years=(2024,))
    assert (tmp_path / "records/made/checkpoint").read_text() == "page 7"


def test_what_a_source_offers_stands_in_the_manifest(source, tmp_path):
    build.build_tables(source, raw=tmp_path, out=tmp_path / "tables", years=(2024, 2022), limit=3)
    assert tables.load("made", tmp_path / "tables").manifest["offer"] == {
        "years": [2022, 2024],
        "complete_for": None,
        "knows": [],
        "cited_years": None,
    }


def test_a_dry_run_prints_the_estimate_and_collects_nothing(source, tmp_path, monkeypatch):
    def estimate(raw, *, years=(2024,)):
        return Estimate("Made", works=len(years), requests=7 * len(years), minutes=2, more="free")

    monkeypatch.setitem(registry.SOURCES, "made", replace(source, estimate=estimate))
    arguments = ["tables", "--source", "made", "-o", "years=2020-2021", "-o", "limit=3", "--dry-run"]
    done = CliRunner().invoke(cli.app, arguments)
    assert done.exit_code == 0
    assert done.stdout == "Made: 2 works to fetch; at most about 14 requests, about 2 min, free\n"
    assert not (tmp_path / "records").exists()
    monkeypatch.setitem(registry.SOURCES, "made", source)
    done = CliRunner().invoke(cli.app, arguments)
    assert done.exit_code == 2 and done.stderr.startswith("error: source 'made' knows no --dry-run")


def test_quick_tables_need_no_records_and_have_options_of_their_own(source, small, tmp_path):
    made = tables.load("proceedings", tmp_path / "tables")
    frames = {name: getattr(made, name) for name in tables.SCHEMAS}
    with pytest.raises(InputError, match="source 'made' knows no --quick"):
        build.build_tables(source, raw=tmp_path, out=tmp_path / "tables", quick=True)

    def quick_tables(raw: Path, *, years: Sequence[int] = (2024,)):
        return frames, {"title": f"Quick {years}", "is_sample": False}

    quick = replace(source, quick=Quick(quick_tables, offer, lambda raw: Estimate("Made", 0, 1, 1)))
    assert options.read_options(quick, ["years=2023"], quick=True) == {"years": (2023,)}
    with pytest.raises(InputError, match="one of the keys: years"):
        options.read_options(quick, ["limit=1"], quick=True)
    build.build_tables(quick, raw=tmp_path, out=tmp_path / "tables", quick=True, years=(2023,))
    assert tables.load("made", tmp_path / "tables").manifest["title"] == "Quick (2023,)"
    assert not (tmp_path / "records/made").exists()


def test_a_source_can_refuse_a_place_before_anything_is_collected(source, tmp_path):
    def refuse(place):
        raise InputError(f"not in {place.name}")

    with pytest.raises(InputError, match="not in made"):
        build.build_tables(replace(source, check_place=refuse), raw=tmp_path, out=tmp_path / "tables")
    assert not (tmp_path / "records").exists() and not (tmp_path / "tables").exists()


@pytest.mark.parametrize(("missing", "error"), [("dimcli", InputError), ("dimclu", ModuleNotFoundError)])
def test_a_missing_extra_is_named_and_any_other_missing_module_is_a_bug(source, tmp_path, missing, error):
    def collect(raw: Path, folder: Path):
        raise ModuleNotFoundError(f"No module named '{missing}'", name=missing)

    with pytest.raises(error, match="make extras" if error is InputError else missing):
        build.build_tables(replace(source, collect=collect), raw=tmp_path, out=tmp_path / "tables")


def test_a_writer_keeps_whole_parts_after_an_error_and_refuses_rows_that_lack_a_field(tmp_path):
    with pytest.raises(KeyboardInterrupt), records.Writer(tmp_path, "a", rows_per_part=2) as writer:
        writer.add("works", [work("w1"), work("w2"), work("w3")])
        raise KeyboardInterrupt
    assert writer.counts["works"] == 3 and records.count(tmp_path)["works"] == 2
    with records.Writer(tmp_path, "b") as writer:
        writer.add("works", [work("w3")])
    assert [path.name for path in records.files(tmp_path, "works")] == ["a-00000.parquet", "b-00000.parquet"]
    with pytest.raises(ValueError, match="works: 1 rows without year"), records.Writer(tmp_path) as writer:
        writer.add("works", [work("w4", year=None)])


def test_records_that_are_ambiguous_or_not_there_are_refused(tmp_path):
    with pytest.raises(InputError, match="holds no records of works"):
        records.files(tmp_path, "works")
    with records.Writer(tmp_path) as writer:
        writer.add("works", [work("w1")])
    records.write(tmp_path, {"works": [work("w1")]})
    with pytest.raises(InputError, match=r"both works.parquet and works/\*.parquet"):
        records.files(tmp_path, "works")
