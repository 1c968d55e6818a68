"""Loading: what is not right is refused, with the file and the remedy."""

import json
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from support.small_tables import small_tables

from compendium import tables
from compendium.project.folders import PROJECT


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(PROJECT.tables / "proceedings", tmp_path / "proceedings")
    return tmp_path


def rewrite(folder, name, change):
    """Change a table and let the manifest agree, so that only the content is wrong."""
    path = folder / "proceedings" / f"{name}.csv"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    manifest = json.loads((folder / "proceedings/manifest.json").read_text(encoding="utf-8"))
    manifest["tables"][name]["sha256"] = tables.file_hash(path)
    (folder / "proceedings/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_the_committed_tables_load(proceedings):
    assert proceedings.years[0] == 1987 and proceedings.years[-1] == 2025
    assert proceedings.is_sample
    assert proceedings.compositions.groupby("composition_id")["share"].sum().sub(1).abs().max() < 1e-12


def test_namibia_is_no_missing_value(proceedings):
    assert "NA" in set(proceedings.compositions["country"])
    assert proceedings.compositions["country"].notna().all()


def test_unknown_citations_stay_unknown(proceedings):
    assert proceedings.papers["citations"].isna().any()
    assert (proceedings.papers["citations"].dropna() >= 0).all()


def test_an_unknown_source_names_the_known_ones(copy):
    with pytest.raises(tables.TableError, match="source 'dreams' has no tables.*proceedings"):
        tables.load("dreams", copy)


@pytest.mark.parametrize(
    "spoil", [lambda path: path.unlink(), lambda path: path.write_text(path.read_text() + "2024,x,paper,1,1,1\n")]
)
def test_a_table_that_is_not_the_manifests_is_refused(copy, spoil):
    spoil(copy / "proceedings/papers.csv")
    with pytest.raises(tables.TableError, match="papers.csv is missing or not the table.*make tables"):
        tables.load("proceedings", copy)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("papers", lambda text: text + "1066,ijcai,paper,1,1,1\n"),
        ("papers", lambda text: text + "2024,ijcai,paper,-3,1,1\n"),
        ("papers", lambda text: text + "2024,ijcai,paper,1,1,0\n"),
        ("papers", lambda text: text.replace("n_papers", "papers", 1)),
        ("compositions", lambda text: text + "1,cn,0.5\n"),
        ("compositions", lambda text: text.replace(",0.031250", ",0.531250", 1)),
    ],
)
def test_values_that_cannot_be_are_refused(copy, name, change):
    rewrite(copy, name, change)
    with pytest.raises(tables.TableError, match=name):
        tables.load("proceedings", copy)


def test_categories(proceedings):
    assert proceedings.select_categories("all") is proceedings
    some = proceedings.select_categories("ijcai+uai")
    assert some.categories == ["ijcai", "uai"]
    assert set(some.coverage["category"]) == {"ijcai", "uai"}
    assert "ijcai, uai only" in some.universe
    assert not {"icra", "iros", "rss", "corl"} & set(proceedings.select_categories("no-robotics").categories)


@pytest.mark.parametrize("categories", ["robots", "ijcai+robots", "", "+"])
def test_unknown_categories_name_the_known_ones(proceedings, categories):
    with pytest.raises(ValueError, match="choose all, no-robotics, or names joined by.*ijcai"):
        proceedings.select_categories(categories)


def test_every_venue_has_a_name_and_a_field(proceedings):
    known = tables.venues()
    assert set(proceedings.categories) <= set(known["category"])
    assert known["category"].is_unique and (known["name"].str.len() > 5).all()


def test_what_is_written_is_sorted_and_has_fixed_decimals(tmp_path):
    frames = {name: pd.DataFrame(columns=list(schema.columns)) for name, schema in tables.SCHEMAS.items()}
    frames["compositions"] = pd.DataFrame(
        {"composition_id": [2, 1, 1], "country": ["US", "US", "CN"], "share": [1.0, 2 / 3, 1 / 3]}
    )
    tables.write(frames, {"title": "x", "offer": {}}, tmp_path / "new")
    assert (tmp_path / "new/compositions.csv").read_bytes() == (
        b"composition_id,country,share\n1,CN,0.333333\n1,US,0.666667\n2,US,1.000000\n"
    )


def test_a_field_means_also_what_it_shares_with_another():
    parts = small_tables([("CN", 1, 1)])
    rows = pd.concat([parts.papers.assign(category=name) for name in ("4602", "4602&4611", "4611")], ignore_index=True)
    topics = replace(parts, papers=rows)
    assert topics.category_set("4602") == {"4602", "4602&4611"}
    assert topics.category_set("4602+4611") == {"4602", "4602&4611", "4611"}
    assert topics.category_set("4602&4611") == {"4602&4611"}
    with pytest.raises(ValueError, match="4603.*out of: 4602, 4602&4611, 4611"):
        topics.category_set("4602+4603")
