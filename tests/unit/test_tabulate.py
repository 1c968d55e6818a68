"""Records → tables, on a corpus small enough to count by hand.

| work | year | venue | citations | authors                                             |
|------|------|-------|-----------|-----------------------------------------------------|
| w1   | 2023 | ijcai | 4         | a: MIT (US); b: MIT (US) and Tsinghua (CN); c: none  |
| w2   | 2024 | ijcai | unknown   | a: Tsinghua (CN)                                    |
| w3   | 2024 | ijcai | unknown   | d: Tsinghua (CN)                                    |
| w4   | 2024 | uai   | 0         | a: MIT (US); d: Tsinghua (CN)                       |
| w5   | 2024 | uai   | 9         | retracted                                           |
"""

import pandas as pd
import pytest

from compendium.tables import records
from compendium.tabulation import count


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    folder = tmp_path_factory.mktemp("records")
    works = [
        ("w1", 2023, "ijcai", 4, False),
        ("w2", 2024, "ijcai", None, False),
        ("w3", 2024, "ijcai", None, False),
        ("w4", 2024, "uai", 0, False),
        ("w5", 2024, "uai", 9, True),
    ]
    places = [
        ("w1", 1, "a", "mit-us", "US"),
        ("w1", 2, "b", "mit-us", "US"),
        ("w1", 2, "b", "tsinghua-cn", "CN"),
        ("w1", 3, "c", None, None),
        ("w2", 1, "a", "tsinghua-cn", "CN"),
        ("w3", 1, "d", "tsinghua-cn", "CN"),
        ("w4", 1, "a", "mit-us", "US"),
        ("w4", 2, "d", "tsinghua-cn", "CN"),
        ("w5", 1, "e", "mit-us", "US"),
    ]
    records.write(
        folder,
        {
            "works": [
                dict(
                    zip(("work_id", "year", "category", "citations", "is_retracted"), row, strict=True),
                    doc_type="paper",
                    language=None,
                )
                for row in works
            ],
            "authorships": [
                dict(zip(("work_id", "author_seq", "author_id", "institution_id", "country"), row, strict=True))
                for row in places
            ],
            "institutions": [
                {"institution_id": "mit-us", "name": "MIT", "country": "US"},
                {"institution_id": "tsinghua-cn", "name": "Tsinghua", "country": "CN"},
                {"institution_id": "unused-us", "name": "Unused", "country": "US"},
            ],
            "citations_by_year": [{"work_id": "w1", "citing_year": 2024, "citations": 3}],
            "rejects": [{"locator": "ijcai row 9", "year": 2023, "category": "ijcai", "reason": "front matter"}],
        },
    )
    return count.tables_of(folder)


def make_up(frames, number):
    rows = frames["compositions"].query("composition_id == @number")
    return dict(zip(rows["country"], rows["share"].round(6), strict=True))


def test_an_author_has_one_nth_split_over_addresses_and_unknown_is_a_country(frames):
    by_year = frames["papers"].set_index(["year", "category"])
    one = make_up(frames, by_year.loc[(2023, "ijcai"), "composition_id"].item())
    # a 1/3 US; b 1/6 US and 1/6 CN; c 1/3 unknown
    assert one == {"US": 0.5, "CN": pytest.approx(1 / 6, abs=1e-6), "ZZ": pytest.approx(1 / 3, abs=1e-6)}


def test_equal_papers_are_one_row_with_a_count(frames):
    both = frames["papers"].query("year == 2024 and category == 'ijcai'")
    assert both["n_papers"].tolist() == [2]
    assert both["citations"].isna().all()
    assert make_up(frames, both["composition_id"].item()) == {"CN": 1.0}


def test_a_retracted_paper_is_in_the_coverage_only(frames):
    assert frames["papers"]["n_papers"].sum() == 4
    uai = frames["coverage"].query("year == 2024 and category == 'uai'").iloc[0]
    assert (uai["n_works"], uai["n_retracted"]) == (2, 1)


def test_coverage_counts_what_is_known_and_what_was_rejected(frames):
    row = frames["coverage"].query("year == 2023").iloc[0]
    assert (row["n_works"], row["n_with_country"], row["n_with_citations"], row["n_rejected"]) == (1, 1, 1, 1)
    assert frames["coverage"].query("year == 2024 and category == 'ijcai'")["n_with_citations"].item() == 0


def test_institutions_count_a_paper_once_and_its_authors_parts(frames):
    names = frames["institutions"].set_index("slug")["institution_id"]
    assert "unused-us" not in names
    output = frames["institution_output"].set_index(["institution_id", "year", "category"])
    mit = output.loc[(names["mit-us"], 2023, "ijcai")]
    assert (mit["n_papers"], mit["n_papers_fractional"], mit["citations"]) == (1, 0.5, 4)
    tsinghua = output.loc[(names["tsinghua-cn"], 2024, "ijcai")]
    assert (tsinghua["n_papers"], tsinghua["n_papers_fractional"], tsinghua["citations"]) == (2, 2, 0)


def test_citations_received_keep_the_year_of_citing(frames):
    row = frames["citations_received"].iloc[0]
    assert (row["citing_year"], row["year"], row["citations"]) == (2024, 2023, 3)


def researchers(frames, start, end, key="name"):
    rows = frames["researchers"].query("window_start == @start and window_end == @end and author_key == @key")
    return {(row.countries, row.debut_year, row.n_works): row.n_researchers for row in rows.itertuples()}


def test_researchers_are_distinct_in_each_window(frames):
    # 2024 alone: a has two works, in CN and US, first seen 2023; d two works in CN, first seen 2024
    assert researchers(frames, 2024, 2024) == {("CN US", 2023, 2): 1, ("CN", 2024, 2): 1}
    # 2022 to 2024: a has three; b one; c one, of unknown country; d two
    assert researchers(frames, 2022, 2024) == {
        ("CN US", 2023, 3): 1,
        ("CN US", 2023, 1): 1,
        ("ZZ", 2023, 1): 1,
        ("CN", 2024, 2): 1,
    }


def test_name_and_institution_together_split_who_moves(frames):
    # a at MIT (w4) and a at Tsinghua (w2) are two; a at Tsinghua is first seen in 2024
    assert researchers(frames, 2024, 2024, "name+institution") == {
        ("US", 2023, 1): 1,
        ("CN", 2024, 1): 1,
        ("CN", 2024, 2): 1,
    }


def test_records_without_what_must_be_there_are_refused(tmp_path):
    with pytest.raises(ValueError, match="works: 1 rows without year"):
        records.write(
            tmp_path,
            {"works": [{"work_id": "w", "doc_type": "paper", "category": "x", "is_retracted": False, "year": None}]},
        )


def test_no_person_reaches_the_tables(frames):
    text = " ".join(frame.astype(str).to_csv() for frame in frames.values())
    assert isinstance(frames["papers"], pd.DataFrame) and "author_id" not in text
