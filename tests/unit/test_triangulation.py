"""Comparing sources: hand-counted frames, a small corpus, and what the published series say."""

import numpy as np
import pandas as pd
import pytest

from compendium.measures import comparison as compare
from compendium.measures import copublication
from compendium.measures.counting import WEST
from compendium.measures.weighted import weighted
from compendium.places import blocs
from compendium.published import reported, series
from compendium.tables import load


def test_china_against_others_by_hand() -> None:
    """12 / 6, 12 / 8 and 12 / (6 + 8 + 2); nothing to divide by is missing, not infinite."""
    counts = pd.DataFrame({"CN": [12, 5], "US": [6, 0], "EU": [8, 10], "UK": [2, 1]}, index=[2001, 2002])
    found = compare.china_against(counts)
    assert found.loc[2001].to_dict() == {"US": 2, "EU": 1.5, WEST: 0.75}
    assert np.isnan(found.at[2002, "US"]) and found.at[2002, "EU"] == 0.5 and found.at[2002, WEST] == 5 / 11


def test_an_unknown_part_leaves_the_sum_unknown() -> None:
    counts = pd.DataFrame({"CN": [10.0], "US": [5.0], "EU": [np.nan], "UK": [1.0]})
    found = compare.china_against(counts).iloc[0]
    assert found["US"] == 2 and np.isnan(found["EU"]) and np.isnan(found[WEST])


@pytest.mark.parametrize(
    ("ratios", "years"),
    [
        ([0.5, 1.5, 2.0], (2001, 2001)),
        ([1.5, 0.5, 2.0], (2000, 2002)),  # ahead, behind, ahead again
        ([0.5, 1.5, 0.9], (2001, None)),  # lost again
        ([0.5, 0.9, 1.0], (None, None)),  # equal is not ahead
        ([1.1, 1.2, 1.3], (2000, 2000)),
        ([np.nan, 1.2, np.nan], (2001, 2001)),
        ([], (None, None)),
    ],
)
def test_years_of_passing(ratios: list[float], years: tuple) -> None:
    assert compare.ahead_years(pd.Series(ratios, index=range(2000, 2000 + len(ratios)), dtype=float)) == years


def test_passing_has_two_rows_a_source() -> None:
    frame = pd.DataFrame({"US": [0.5, 2.0], "EU": [2.0, 0.5]}, index=[2000, 2001])
    found = compare.passing({"a": frame})
    assert found.index.tolist() == [("a", "first ahead"), ("a", "to stay")]
    assert found.loc[("a", "first ahead")].tolist() == [2001, 2000]
    assert found.loc[("a", "to stay"), "US"] == 2001 and pd.isna(found.loc[("a", "to stay"), "EU"])


def test_latest_row_is_not_after_the_year() -> None:
    frame = pd.DataFrame({"CN": [1.0, 2.0, np.nan]}, index=[2003, 2001, 2005])
    assert compare.latest(frame, 2002).name == 2001 and compare.latest(frame, 2010).name == 2003
    assert compare.latest(frame, 2000) is None


def test_first_partner_has_no_tie() -> None:
    pairs = pd.DataFrame([[0, 3, 5], [3, 0, 3], [5, 3, 0]], index=list("ABC"), columns=list("ABC"))
    assert [compare.first_partner(pairs, country) for country in "ABC"] == ["C", None, "A"]
    assert compare.first_partner(pairs * 0, "A") is None


#: 1: China with the US; 2: China with the US and Germany; 3: China alone; 4: the US with the UK.
COMPOSITIONS = pd.DataFrame(
    [
        (1, "CN", 0.5),
        (1, "US", 0.5),
        (2, "CN", 0.4),
        (2, "US", 0.3),
        (2, "DE", 0.3),
        (3, "CN", 1.0),
        (4, "US", 0.5),
        (4, "GB", 0.5),
    ],
    columns=["composition_id", "country", "share"],
)
PAPERS = pd.DataFrame({"composition_id": [1, 2, 3, 4], "n_papers": [3, 1, 10, 7]})


def test_partners_on_a_paper_by_hand() -> None:
    """Three papers with one of the three and one with two: 5 / 4. China's own and the others' do not count."""
    found = compare.partners_per_paper(weighted(PAPERS, COMPOSITIONS), blocs.members(), "CN", ["US", "EU", "UK"])
    assert found == (1.25, 4)
    only_home = PAPERS[PAPERS["composition_id"] == 3]
    assert compare.partners_per_paper(weighted(only_home, COMPOSITIONS), blocs.members(), "CN", ["US", "EU", "UK"]) == (
        None,
        0,
    )


RESEARCHERS = pd.DataFrame(
    [
        (2024, 2024, "name", "CN", 4),
        (2024, 2024, "name", "CN US", 2),
        (2024, 2024, "name", "US", 5),
        (2024, 2024, "name+institution", "CN", 40),
        (2020, 2024, "name", "CN", 400),
        (2024, 2024, "name", "NA", 1),
    ],
    columns=["window_start", "window_end", "author_key", "countries", "n_researchers"],
)


def test_authors_of_one_window_and_key() -> None:
    """Someone with addresses in both countries counts in each, and "NA" is Namibia."""
    assert compare.authors_in(RESEARCHERS, ("CN",), 2024, 2024) == 6
    assert compare.authors_in(RESEARCHERS, ("US",), 2024, 2024) == 7
    assert compare.authors_in(RESEARCHERS, ("CN", "US"), 2024, 2024) == 11
    assert compare.authors_in(RESEARCHERS, ("CN",), 2024, 2024, "name+institution") == 40
    assert compare.authors_in(RESEARCHERS, ("NA",), 2024, 2024) == 1
    assert compare.authors_in(RESEARCHERS, ("CN",), 2023, 2024) == 0


def test_largest_institutions_of_a_span() -> None:
    table = pd.DataFrame(
        {"institution_id": [1, 1, 2, 3, 4], "year": [2000, 2001, 2001, 2001, 1999], "n_papers": [2, 3, 5, 1, 99]}
    )
    assert compare.largest_institutions(table, 2000, 2001, 2).to_dict() == {1: 5, 2: 5}
    assert compare.largest_institutions(table, 2000, 2001, 1).index.tolist() == [1]  # a tie: the lower id


@pytest.fixture(scope="module")
def tables():
    return load("proceedings")


def test_official_articles_as_printed() -> None:
    """Five numbers of the official table, read from it by eye."""
    found = series.official_articles()
    assert found.loc[2022].to_dict() == {"CN": 42_524, "US": 12_642, "EU": 18_471, "UK": 4_675, "World": 123_402}
    assert found.index.tolist() == list(range(2003, 2023))


def test_published_series_as_printed() -> None:
    assert series.oecd_shares().loc[2024].tolist() == pytest.approx([0.3246, 0.1136, 0.1313, 0.0277])
    cset = series.cset_articles()
    assert cset.index.max() == 2022 and cset.loc[2022].tolist() == [111_051, 53_690, 60_861, 16_545]
    assert series.cset_citations().loc[2022, "CN"] == 1_172_591
    assert series.index_shares("citations").loc[2023].tolist() == pytest.approx([0.226, 0.1303, 0.209])


def test_years_of_passing_in_the_published_series() -> None:
    """By eye: the official China is above the US from 2007, above the EU in 2008 and again from 2016."""
    official = compare.china_against(series.official_articles())
    assert {other: compare.ahead_years(official[other]) for other in official} == {
        "US": (2007, 2007),
        "EU": (2008, 2016),
        WEST: (2021, 2021),
    }
    oecd = compare.china_against(series.oecd_shares())
    assert compare.ahead_years(oecd["EU"]) == (2006, 2018)


def test_report_ratios_by_hand() -> None:
    """23,695 / 6,378; 40 / 10, between 40 / 12.5 and 50 / 7.5."""
    assert series.report_output_ratios(reported.published_report()).at["US", "value"] == 23_695 / 6_378
    assert series.report_citation_ratios().loc["US"].tolist() == pytest.approx([4, 3.2, 50 / 7.5])
    assert series.report_citation_ratios().loc[WEST].tolist() == pytest.approx([40 / 22, 40 / 27.5, 50 / 17])


def test_output_shares_stop_at_the_year(tables) -> None:
    lines = series.output_series(tables, blocs.members(), "whole")
    found = series.output_shares(lines, reported.published_report(), 2010)
    assert set(found["source"]) == {"nsb", "oecd", "sample"} and (found["year"] <= 2010).all()
    china = found[found["name"] == "CN"].set_index("source")["value"]
    assert china["nsb"] == pytest.approx(100 * 11_361 / 36_494) and china["oecd"] == pytest.approx(30.82)
    later = series.output_shares(lines, reported.published_report(), 2024)
    assert set(later["source"]) == {"nsb", "oecd", "sample", "ai_index", "report"}
    assert "EU" not in set(later.loc[later["source"] == "ai_index", "name"])


def test_sample_counts_by_a_plain_loop(tables) -> None:
    papers = tables.papers.query("year == 2010")
    countries = tables.compositions.groupby("composition_id")["country"].agg(set)
    china = sum(row.n_papers for row in papers.itertuples() if "CN" in countries[row.composition_id])
    found = series.sample_articles(tables, blocs.members(), "whole").loc[2010]
    assert found["CN"] == china and found["World"] == papers["n_papers"].sum()
    known = [row for row in papers.itertuples() if not pd.isna(row.citations)]
    received = sum(row.n_papers * row.citations for row in known)
    part = sum(row.n_papers * row.citations for row in known if "CN" in countries[row.composition_id])
    shares = series.sample_citations(tables, blocs.members(), "whole")
    assert shares.at[2010, "CN"] == pytest.approx(part / received) and shares.notna().all(axis=None)


def test_a_venue_without_citation_counts_has_no_shares(tables) -> None:
    found = series.sample_citations(tables.select_categories("acmmm"), blocs.members(), "whole")
    assert found.empty and list(found) == ["CN", "US", "EU", "UK"]
    assert compare.china_against(found).empty


def test_partner_shares_official_and_sample(tables) -> None:
    """Official: 13,631 of 133,601 US articles with China."""
    found = series.partner_shares(tables, blocs.members(), 2024).set_index(["source", "name"])["value"]
    assert found["official, 2003–2022", "US with China"] == pytest.approx(100 * 13_631 / 133_601)
    assert found["article", "UK with China"] == 25
    rows = tables.papers.query("year == 2024")
    units = {"CN": ("CN",), "US": ("US",)}
    joint = copublication.copublications(rows, tables.compositions, units).at["US", "CN"]
    whole = copublication.totals(rows, tables.compositions, units)["US"]
    assert found["sample, 2024", "US with China"] == pytest.approx(100 * joint / whole)


def test_workforce_ratios(tables) -> None:
    found = series.workforce_ratios(tables, blocs.members(), 2024).set_index("source")
    assert found.loc["article", ["value", "low", "high"]].tolist() == pytest.approx([3, 25 / 15, 7])
    assert found.at["UNIDO and Dongbi", "value"] == pytest.approx(52 / 63)
    assert {"sample, 2024", "sample, 2020–2024"} < set(found.index)


def test_regions_of_the_hundred_largest(tables) -> None:
    found = series.regions_of_largest(tables)
    assert found["official"].sum() == found["sample"].sum() == 100
    assert found.loc["Africa"].tolist() == [0, 0]
    assert series.region_of("NA") == "Africa"  # Namibia


def test_every_source_is_defined() -> None:
    assert series.definitions().ne("").all(axis=None)
