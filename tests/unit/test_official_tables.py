"""Our measures, fed official counts, must give the official tables: every value and every rank.

The tables print half up (SPBS-93: Switzerland's closeness is exactly 0.5 and is printed as 1), and
ties share the best rank. SPBS-93 prints whole numbers, so there the ranks say more than the values.
"""

import os

import numpy as np
import pandas as pd
import pytest

from compendium.measures import collaboration, network
from compendium.project.folders import PROJECT
from compendium.published import official

EDGE_THRESHOLD = 400  # papers shared by two countries, in SPBS-93
INDEX_THRESHOLD = 1  # collaboration index of two countries, in SPBS-95
ALL_COAUTHORSHIP = ["papers", "multiple_institutions", "domestic", "international"]


def half_up(values: pd.Series, decimals: int) -> pd.Series:
    """Round as the tables do, after removing what is only floating-point noise."""
    return np.floor((values * 10**decimals).round(network.TIE_DECIMALS) + 0.5) / 10**decimals


@pytest.fixture(scope="module")
def papers() -> pd.DataFrame:
    """SPBS-92 as a matrix by ISO code."""
    return official.square(official.read_official("spbs-92-co-publications"), "papers")


@pytest.fixture(scope="module")
def articles() -> pd.DataFrame:
    """SPBS-91."""
    return official.read_official("spbs-91-articles")


@pytest.fixture(scope="module")
def index(papers: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """The collaboration index computed from SPBS-92 and SPBS-91."""
    international = articles[articles["kind"] == "country"].set_index("iso2")["international"]
    world = articles.set_index("country").at["World", "international"]
    # Palestine has two rows (Gaza Strip, West Bank), and countries without a code share "".
    international = international[international.index.isin(papers.index)]
    return collaboration.collaboration_index(papers, international, world)


@pytest.fixture(scope="module")
def spbs_93() -> pd.DataFrame:
    return official.read_official("spbs-93-network").set_index("iso2")


@pytest.fixture(scope="module")
def spbs_95() -> pd.DataFrame:
    return official.read_official("spbs-95-index-network").set_index("iso2")


@pytest.fixture(scope="module")
def computed_93(papers: pd.DataFrame) -> pd.DataFrame:
    return network.network_measures(papers, EDGE_THRESHOLD)


@pytest.fixture(scope="module")
def computed_95(index: pd.DataFrame) -> pd.DataFrame:
    # The index has no diagonal; a network wants a number there, and does not read it.
    return network.network_measures(index.fillna(0), INDEX_THRESHOLD)


def assert_equal(computed: pd.Series, official: pd.Series) -> None:
    assert set(computed.index) == set(official.index)
    official = official.astype(float)
    computed = computed.astype(float).reindex(official.index)
    wrong = ~np.isclose(computed, official, rtol=0, atol=1e-9)
    assert not wrong.any(), pd.DataFrame({"computed": computed, "official": official})[wrong]


def test_official_matrix_is_whole(papers: pd.DataFrame) -> None:
    assert papers.shape == (60, 60)
    assert len(official.read_official("spbs-92-co-publications")) == 60 * 59 / 2
    assert papers.at["CN", "US"] == papers.at["US", "CN"] > 0


@pytest.mark.parametrize("measure", network.MEASURES)
def test_spbs_93_values(measure: str, computed_93: pd.DataFrame, spbs_93: pd.DataFrame) -> None:
    assert_equal(half_up(computed_93[measure], 0), spbs_93[measure])


@pytest.mark.parametrize("measure", network.MEASURES)
def test_spbs_93_ranks(measure: str, computed_93: pd.DataFrame, spbs_93: pd.DataFrame) -> None:
    assert_equal(network.ranks(computed_93)[measure], spbs_93[f"{measure}_rank"])


def test_printed_degrees_fix_the_edge_threshold(papers: pd.DataFrame, spbs_93: pd.DataFrame) -> None:
    """400 is no guess. No pair has exactly 400 papers, so ≥ 400 and ≥ 401 are the same edges."""
    fits = [
        threshold
        for threshold in range(300, 501)
        if network.degree(network.graph(papers, threshold)) == spbs_93["degree"].to_dict()
    ]
    assert fits == [EDGE_THRESHOLD, EDGE_THRESHOLD + 1]
    counts = papers.to_numpy()
    assert counts[counts < EDGE_THRESHOLD].max() == 399
    assert counts[counts >= EDGE_THRESHOLD].min() == 401


def test_spbs_94_values(index: pd.DataFrame) -> None:
    printed = official.read_official("spbs-94-collaboration-index")
    pairs = printed.set_index(["iso2", "partner_iso2"])["index"]
    for computed in (index, index.T):
        assert_equal(half_up(computed.stack().loc[pairs.index], 2), pairs)


@pytest.mark.parametrize(
    ("measure", "decimals"), [("degree", 0), ("strength", 0), ("betweenness", 0), ("closeness", 0), ("pagerank", 2)]
)
def test_spbs_95(measure: str, decimals: int, computed_95: pd.DataFrame, spbs_95: pd.DataFrame) -> None:
    """SPBS-95 is the network of the index: an edge where IC ≥ 1, before it is rounded."""
    assert_equal(half_up(computed_95[measure], decimals), spbs_95[measure])
    assert_equal(network.ranks(computed_95)[measure], spbs_95[f"{measure}_rank"])


def with_one_name(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(country=table["country"].replace("UK", "United Kingdom"))


def test_apbs_1_and_spbs_99_agree_in_every_year() -> None:
    """The years and places that were untangled are right: both tables have the same numbers."""
    key = ["country", "iso2", "kind", "year"]
    apbs = with_one_name(official.read_official("apbs-1-articles-by-year"))
    spbs = official.read_official("spbs-99-articles-by-year")
    both = apbs.merge(spbs, on=key, how="outer", suffixes=("_apbs", "_spbs"), indicator=True)
    shared = both[both["_merge"] == "both"]
    assert len(shared) == len(spbs) == 181 * len(official.YEARS)
    assert (shared["papers_apbs"] == shared["papers_spbs"]).all()
    # What only APBS-1 has: the regions, and countries without a single article.
    only_apbs = both[both["_merge"] == "left_only"]
    assert (only_apbs.loc[only_apbs["kind"] == "country", "papers_apbs"] == 0).all()
    assert set(only_apbs.loc[only_apbs["kind"] != "country", "kind"]) == {"area"}


def test_years_add_up_to_spbs_91(articles: pd.DataFrame) -> None:
    printed = articles.set_index("country")
    yearly = official.read_official("spbs-99-articles-by-year")
    summed = yearly.groupby("country")[ALL_COAUTHORSHIP].sum()
    pd.testing.assert_frame_equal(summed, printed.loc[summed.index, ALL_COAUTHORSHIP])
    assert set(summed.index) == set(printed.index)
    apbs = with_one_name(official.read_official("apbs-1-articles-by-year"))
    apbs = apbs.groupby("country")["papers"].sum()
    assert_equal(apbs.loc[printed.index], printed["papers"])


def test_fractional_counts_add_up_to_the_world_and_whole_counts_do_not(articles: pd.DataFrame) -> None:
    world = articles.set_index("country").loc["World"]
    parts = articles[articles["kind"] != "area"]
    # 180 values, each printed to 0.1.
    assert parts["papers_fractional"].sum() == pytest.approx(world["papers_fractional"], abs=1)
    assert parts["papers"].sum() > world["papers"]


@pytest.mark.parametrize("table", official.OFFICIAL_TABLES, ids=lambda table: table.name)
def test_tidy_file_is_plain(table: official.OfficialTable) -> None:
    data = (official.NSB / f"{table.out}.csv").read_bytes()
    text = data.decode("utf-8")
    assert "\r" not in text and text.endswith("\n")
    assert "<sup>" not in text and "&#" not in text and " -> " not in text
    assert not official.read_official(table.out).isna().any(axis=None)


def test_namibia_is_no_missing_value() -> None:
    namibia = official.read_official("spbs-91-articles").query("country == 'Namibia'")
    assert namibia["iso2"].tolist() == ["NA"]


def test_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match=r"9968\.csv \(APBS-1\)"):
        official.tidy_nsb(tmp_path, tmp_path / "out")


def test_unexpected_columns_are_named(tmp_path) -> None:
    (tmp_path / "9968.csv").write_text("table_id,row_id,year,value\n9968,r001,2003,1\n")
    with pytest.raises(ValueError, match=r"9968\.csv \(APBS-1\).*time_period.*year"):
        official.tidy_nsb(tmp_path, tmp_path / "out")


@pytest.mark.parametrize(
    ("places", "message"),
    [
        (["World -> Malta"] * 19, "not every place has 20 rows"),
        (["World -> Malta"] * 10 + ["World -> Spain"] * 10, "not every place has 20 rows"),
        (["World -> Malta"] * 40, "not every place has 20 rows"),
        (["World -> Atlantis"] * 20, "no country and no known region: Atlantis"),
    ],
)
def test_unexpected_rows_are_refused(tmp_path, places: list[str], message: str) -> None:
    rows = "".join(f"9968,r{i:03},{place},0\n" for i, place in enumerate(places, start=1))
    (tmp_path / "9968.csv").write_text("table_id,row_id,time_period,value\n" + rows)
    with pytest.raises(ValueError, match=rf"9968\.csv \(APBS-1\): {message}"):
        official.tidy_nsb(tmp_path, tmp_path / "out")


def test_tables_are_remade_to_the_byte(tmp_path) -> None:
    if not os.environ.get("COMPENDIUM_RAW"):
        pytest.skip("COMPENDIUM_RAW is not set: there are no raw tables to remake these from")
    raw = PROJECT.raw / "nsb"
    if not raw.is_dir():
        pytest.skip("the folder that COMPENDIUM_RAW names has no nsb/ with the official tables")
    official.tidy_nsb(raw, tmp_path)
    remade = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in official.NSB.iterdir()}
    assert sorted(remade) == sorted(committed)
    assert [name for name in committed if remade[name] != committed[name]] == []
