"""Lists → records: nothing lost, nothing guessed, errors that name file and row."""

import gzip
import hashlib
import json

import pytest
from support.lists import lists, paper

from compendium.sources.proceedings import lists as reader
from compendium.sources.proceedings.fetch import RawFileError


def collect(folder, **files):
    return reader.read_lists(folder, hashes=lists(folder, **files), jobs=1)


def test_a_paper_becomes_a_work_and_an_authorship_an_author(tmp_path):
    records, about = collect(tmp_path, ijcai2024=[paper()])
    assert records["works"] == [
        {
            "work_id": "ijcai2024/00000",
            "year": 2024,
            "doc_type": "paper",
            "category": "ijcai",
            "is_retracted": False,
            "language": None,
            "citations": 3,
        }
    ]
    assert [(row["author_seq"], row["author_id"], row["country"]) for row in records["authorships"]] == [
        (1, "a b", "US"),
        (2, "c d", "CN"),
    ]
    assert about["rows_read"] == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (paper(author=""), "no authors listed"),
        (paper(author=" ; ;"), "no authors listed"),
        ({key: value for key, value in paper().items() if key != "author"}, "field author is missing"),
        ({key: value for key, value in paper().items() if key != "title"}, "field title is missing"),
        (paper(author=None), "field author is no text but NoneType"),
        (paper(status="Reject"), "not accepted: status Reject"),
        (paper(status="Desk Reject"), "not accepted: status Desk Reject"),
        (paper(status="Withdraw"), "not accepted: status Withdraw"),
        (paper(status="Active"), "not accepted: status Active"),
        (paper(title="Preface"), "front matter"),
        (paper(title="Conference on Learning Theory 2020: Preface"), "front matter"),
        ("no object", "not an object but str"),
        (None, "not an object but NoneType"),
    ],
)
def test_what_is_no_paper_is_a_reject_with_a_reason(tmp_path, row, reason):
    records, about = collect(tmp_path, ijcai2024=[paper(), row])
    assert [(item["locator"], item["reason"]) for item in records["rejects"]] == [
        ("ijcai/ijcai2024.json row 00001", reason)
    ]
    assert len(records["works"]) + len(records["rejects"]) == about["rows_read"] == 2


def test_status_missing_is_accepted_and_a_preface_in_a_title_is_none(tmp_path):
    records, _ = collect(tmp_path, icra2016=[paper(status=None, title="The preface effect in robots")])
    assert len(records["works"]) == 1


def test_one_title_twice_is_one_paper_the_one_with_addresses(tmp_path):
    bare = {"title": "[From Oral 1A] A  Paper!", "author": "A B, C D", "status": "Poster"}
    records, _ = collect(tmp_path, iccv2015=[bare, paper(title="A paper")])
    assert [work["work_id"] for work in records["works"]] == ["iccv2015/00001"]
    assert records["rejects"][0]["reason"] == "duplicate of row 1"


def test_the_same_title_at_two_venues_is_two_papers(tmp_path):
    records, _ = collect(tmp_path, ijcai2024=[paper()], acl2024=[paper()])
    assert len(records["works"]) == 2


@pytest.mark.parametrize(
    ("count", "known"), [(0, 0), (7, 7), (-1, None), (None, None), ("5", None), (True, None), (2.5, None)]
)
def test_unknown_citations_are_not_zero(tmp_path, count, known):
    records, _ = collect(tmp_path, ijcai2024=[paper(gs_citation=count)])
    assert records["works"][0]["citations"] == known


@pytest.mark.parametrize(("elsewhere", "lent"), [(1, "US"), (2, None)])
def test_nearly_always_is_nineteen_times_in_twenty(tmp_path, elsewhere, lent):
    """An institution lends its country where it states one, if at least 95 % of its papers say the same."""
    alone = {"author": "A B", "aff": "MIT", "aff_domain": "mit.edu", "aff_unique_norm": "MIT", "aff_unique_index": "0"}
    stated = [
        paper(**alone, title=f"Stated {n}", aff_country_unique=country, aff_country_unique_index="0")
        for n, country in enumerate(["United States"] * (20 - elsewhere) + ["Japan"] * elsewhere)
    ]
    silent = paper(**alone, title="Silent", aff_country_unique="", aff_country_unique_index="")
    records, _ = collect(tmp_path, ijcai2024=[*stated, silent])
    (found,) = [row["country"] for row in records["authorships"] if row["work_id"] == "ijcai2024/00020"]
    assert found == lent


def test_a_retracted_paper_is_marked(tmp_path):
    records, _ = collect(tmp_path, acl2021=[paper(title="[RETRACTED] A paper")])
    assert records["works"][0]["is_retracted"] is True


@pytest.mark.parametrize(
    ("track", "status", "doc_type"),
    [
        ("main", "Poster", "paper"),
        ("Survey Track", "Poster", "survey"),
        ("Demo Track", "Poster", "demonstration"),
        ("main", "System Demonstrations", "demonstration"),
        ("Journal Track", "Poster", "reprint"),
        ("Sister Conferences Best Papers", "Poster", "reprint"),
        ("Doctoral Consortium", "Poster", "doctoral or invited"),
        (None, None, "paper"),
    ],
)
def test_types_of_document(tmp_path, track, status, doc_type):
    records, _ = collect(tmp_path, ijcai2024=[paper(track=track, status=status)])
    assert records["works"][0]["doc_type"] == doc_type


def test_addresses_without_their_authors_count_but_name_no_one(tmp_path):
    records, about = collect(tmp_path, acmmm2024=[paper(author="A B;C D;E F")])
    assert [(row["author_id"], row["country"]) for row in records["authorships"]] == [
        (None, "US"),
        (None, "CN"),
        (None, None),
    ]
    assert about["papers_by_rule"]["author: addresses do not match the authors"] == 1


def test_addresses_all_in_one_country_keep_the_names(tmp_path):
    row = paper(author="A B;C D;E F", aff_country_unique="China", aff_country_unique_index="0;0")
    records, _ = collect(tmp_path, acmmm2024=[row])
    assert [(item["author_id"], item["country"]) for item in records["authorships"]] == [
        ("a b", "CN"),
        ("c d", "CN"),
        ("e f", None),
    ]


def test_an_institution_lends_its_country_only_if_it_nearly_always_has_it(tmp_path):
    known = [
        paper(
            title=f"Paper {n}",
            author="A B",
            aff="Mila",
            aff_domain="",
            aff_unique_norm="Mila",
            aff_unique_index="0",
            aff_country_unique="Canada",
            aff_country_unique_index="0",
        )
        for n in range(3)
    ]
    unknown = paper(
        title="Other",
        author="C D",
        aff="Mila",
        aff_domain="",
        aff_unique_norm="Mila",
        aff_unique_index="0",
        aff_country_unique="",
        aff_country_unique_index="",
    )
    records, _ = collect(tmp_path, ijcai2024=[*known, unknown])
    assert [row["country"] for row in records["authorships"]] == ["CA"] * 4
    known[0] |= {"aff_country_unique": "France"}
    records, _ = collect(tmp_path, ijcai2024=[*known, unknown])
    assert [row["country"] for row in records["authorships"]] == ["FR", "CA", "CA", None]


def test_a_country_that_the_reference_does_not_know_stops_the_build(tmp_path):
    with pytest.raises(ValueError, match="Atlantis"):
        collect(tmp_path, ijcai2024=[paper(aff_country_unique="Atlantis;China")])


@pytest.mark.parametrize("name", ["ijcai1890", "ijcai3024"])
def test_a_year_out_of_range_names_the_file(tmp_path, name):
    with pytest.raises(RawFileError, match=f"{name}.json: year .* out of range"):
        collect(tmp_path, **{name: [paper()]})


def test_truncated_json_names_the_file(tmp_path):
    hashes = lists(tmp_path, ijcai2024=[paper()])
    content = json.dumps([paper()]).encode()[:-20]
    (tmp_path / "paperlists/ijcai/ijcai2024.json.gz").write_bytes(gzip.compress(content))
    hashes["ijcai/ijcai2024.json"] = hashlib.sha256(content).hexdigest()
    with pytest.raises(RawFileError, match="ijcai2024.json: no valid JSON.*cut short"):
        reader.read_lists(tmp_path, hashes=hashes, jobs=1)


def test_a_truncated_archive_names_the_file(tmp_path):
    hashes = lists(tmp_path, ijcai2024=[paper()])
    path = tmp_path / "paperlists/ijcai/ijcai2024.json.gz"
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(RawFileError, match="ijcai2024.json.gz: cannot be unpacked"):
        reader.read_lists(tmp_path, hashes=hashes, jobs=1)


def test_another_content_than_the_pinned_one_is_refused(tmp_path):
    hashes = lists(tmp_path, ijcai2024=[paper()])
    lists(tmp_path, ijcai2024=[paper(title="Another")])
    with pytest.raises(RawFileError, match="ijcai2024.json.gz: its content has SHA-256"):
        reader.read_lists(tmp_path, hashes=hashes, jobs=1)


def test_a_file_that_holds_no_list_is_refused(tmp_path):
    with pytest.raises(RawFileError, match="expected a list of papers, got dict"):
        collect(tmp_path, ijcai2024={"papers": []})
