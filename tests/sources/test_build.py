"""Raw lists → committed tables: byte for byte, whole or not at all."""

import os
import subprocess
import sys

import pytest

from compendium import build, paths, tables
from tests_lists import lists, paper


def folder_bytes(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


SCRIPT = """
import random, sys
from pathlib import Path
from compendium import build, paths
from compendium.sources import fetch
paths.RECORDS = Path(sys.argv[2]).parent / "records"
hashes = fetch.pinned_hashes(Path(sys.argv[1]) / "sums")
names = list(hashes)
random.shuffle(names)
build.build_tables(raw=Path(sys.argv[1]), out=Path(sys.argv[2]), jobs=2,
                   hashes={name: hashes[name] for name in names})
"""


def test_two_builds_in_another_order_with_another_hash_seed_are_the_same_bytes(tmp_path):
    raw = tmp_path / "raw"
    hashes = lists(raw, **{f"{venue}{year}": [
        paper(title=f"{venue} {year} {n}", author=f"A {n};B {n % 3}", gs_citation=n)
        for n in range(12)] for venue in ("ijcai", "uai", "rss") for year in (2023, 2024)})
    (raw / "sums").write_text("\n".join(f"{digest}  {name}" for name, digest in hashes.items()))
    for seed in ("1", "2"):
        subprocess.run([sys.executable, "-c", SCRIPT, str(raw), str(tmp_path / f"out{seed}" / "tables")],
                       check=True, env=os.environ | {"PYTHONHASHSEED": seed})
    assert folder_bytes(tmp_path / "out1/tables/proceedings") == folder_bytes(
        tmp_path / "out2/tables/proceedings")


@pytest.mark.slow_first
def test_the_committed_tables_are_those_of_the_raw_files(raw, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RECORDS", tmp_path / "records")
    place = build.build_tables(raw=raw, out=tmp_path / "tables")
    fresh, committed = folder_bytes(place), folder_bytes(paths.TABLES / "proceedings")
    assert list(fresh) == list(committed)
    for name in fresh:
        assert fresh[name] == committed[name], f"{name} differs: `make tables` was not run"


def test_every_raw_row_is_a_work_or_a_reject(proceedings):
    manifest = proceedings.manifest
    assert manifest["records"]["works"] + manifest["records"]["rejects"] == manifest["rows_read"] == 84_501


def test_tables_are_small_and_hold_no_names(proceedings):
    folder = paths.TABLES / "proceedings"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 8_000_000
    columns = {column for schema in tables.SCHEMAS.values() for column in schema.columns}
    assert not columns & {"author", "author_id", "author_name", "work_id", "title"}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Raw lists, their hashes, and tables already built from them."""
    monkeypatch.setattr(paths, "RECORDS", tmp_path / "records")
    hashes = lists(tmp_path / "raw", ijcai2024=[paper()], uai2024=[paper(title="Other")])
    place = build.build_tables(raw=tmp_path / "raw", out=tmp_path / "tables", hashes=hashes, jobs=1)
    return tmp_path, hashes, folder_bytes(place)


@pytest.mark.parametrize("step", ["tables_of", "replace_folder"])
def test_a_build_that_is_killed_leaves_the_old_tables_whole(small, monkeypatch, step):
    folder, hashes, before = small

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(build, step, killed)
    with pytest.raises(KeyboardInterrupt):
        build.build_tables(raw=folder / "raw", out=folder / "tables", hashes=hashes, jobs=1)
    assert folder_bytes(folder / "tables/proceedings") == before
    assert tables.available_sources(folder / "tables") == ["proceedings"]


def test_a_build_killed_between_its_renames_is_mended_by_the_next(small):
    folder, _, before = small
    place = folder / "tables/proceedings"
    place.rename(place.with_name(".proceedings.old"))
    build.recover(place)
    assert folder_bytes(place) == before


def test_an_unknown_source_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match="source='dreams' cannot be built; choose one of: proceedings"):
        build.build_tables("dreams", raw=tmp_path, out=tmp_path)
