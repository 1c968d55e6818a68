"""OpenAlex works → records: each line is kept, rejected with its place, or counted as outside."""

import copy
import gzip
import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.openalex_files import as_tables, author, institution, records, topic, work, write_lines

from compendium.project.errors import InputError
from compendium.sources.openalex.convert import convert
from compendium.sources.openalex.sql import Selection

NO_ONE = (None, None)


def converted(folder, *items, **options):
    """Convert items, one a line of one file, and return counts and records."""
    selected = {name: options.pop(name) for name in ("subfields", "years", "types", "include_xpac") if name in options}
    works = [write_lines(folder / "works.jsonl", items)]
    counts = convert(works, folder / "records", Selection.of(**selected), jobs=1, **options)
    assert (
        counts["works"] + counts["rejects"] - counts["institutions_rejected"] + counts["outside"]
        == (counts["rows_read"])
        == len(items)
    )
    return counts, records(folder / "records")


def addresses(found):
    return [row[1:] for row in found["authorships"]]


def test_a_work_becomes_its_records(tmp_path):
    _, found = converted(
        tmp_path, work(counts_by_year=[{"year": 2022, "cited_by_count": 2}, {"year": 2021, "cited_by_count": 1}])
    )
    assert found == {
        "works": [("W1", 2020, "article", "1702", False, "en", 3)],
        "citations_by_year": [("W1", 2021, 1), ("W1", 2022, 2)],
        "authorships": [("W1", 1, "A1", "I1", "CN")],
        "institutions": [("I1", "Institute 1", "https://ror.org/01", "education", None, "CN", None, None)],
        "rejects": [],
    }


@pytest.mark.parametrize(
    ("authorships", "expected"),
    [
        ([], [(1, None, *NO_ONE)]),
        (None, [(1, None, *NO_ONE)]),
        ([author(1, [institution(1, "CN"), institution(2, "US")])], [(1, "A1", "I1", "CN"), (1, "A1", "I2", "US")]),
        ([author(1, [institution(1), institution(1)])], [(1, "A1", "I1", "CN")]),
        ([author(1, [institution(1, "CN")], ["CN", "DE"])], [(1, "A1", None, "DE"), (1, "A1", "I1", "CN")]),
        ([author(1, [], ["DE", "DE"])], [(1, "A1", None, "DE")]),
        ([author(1, [institution(1, None)], [])], [(1, "A1", "I1", None)]),
        ([author(1), author(2)], [(1, "A1", *NO_ONE), (2, "A2", *NO_ONE)]),
        ([author(9999999999, [institution()]), author(5317838346)], [(1, None, "I1", "CN"), (2, None, *NO_ONE)]),
        ([author(1, author={"id": None}), author(2, author=None)], [(1, None, *NO_ONE), (2, None, *NO_ONE)]),
        (
            [author(1, [institution(n, c) for n, c in enumerate(("HK", "MO", "NA", "TW"))])],
            [(1, "A1", "I0", "HK"), (1, "A1", "I1", "MO"), (1, "A1", "I2", "NA"), (1, "A1", "I3", "TW")],
        ),
        (
            [author(1, [institution(1, "China")]), 5, None, author(2, countries="CN")],
            [(1, "A1", "I1", None), (2, None, *NO_ONE), (3, None, *NO_ONE), (4, "A2", *NO_ONE)],
        ),
        ([author(1, [{"display_name": "only a name"}], [])], [(1, "A1", *NO_ONE)]),
    ],
)
def test_an_authorship_becomes_one_row_an_address(tmp_path, authorships, expected):
    _, found = converted(tmp_path, work(authorships=authorships))
    assert addresses(found) == expected


@pytest.mark.parametrize(
    ("said", "known"),
    [(0, 0), (12, 12), ("12", 12), (None, None), (-1, None), (2.5, None), (True, None), (10**30, None), ([], None)],
)
def test_unknown_citations_are_null_and_not_zero(tmp_path, said, known):
    _, found = converted(tmp_path, work(cited_by_count=said))
    assert found["works"][0][-1] == known


def test_yearly_counts_that_cannot_be_read_are_left_out_and_the_work_is_kept(tmp_path):
    _, found = converted(
        tmp_path,
        work(
            counts_by_year=[
                {"year": "x", "cited_by_count": 1},
                {"year": 2021},
                7,
                None,
                {"year": 2022, "cited_by_count": 0},
            ]
        ),
        work(2, counts_by_year={"year": 2021}),
        work(3, counts_by_year=None),
    )
    assert found["citations_by_year"] == [("W1", 2022, 0)] and len(found["works"]) == 3


def test_optional_fields_may_be_missing(tmp_path):
    _, found = converted(tmp_path, {key: work()[key] for key in ("id", "publication_year", "primary_topic")})
    assert found["works"] == [("W1", 2020, "unknown", "1702", False, None, None)]
    assert found["authorships"] == [("W1", 1, None, None, None)]
    assert found["citations_by_year"] == found["institutions"] == []


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ('{"id": "https://openalex.org/W1", "publication_year"', "the line is broken"),
        ("[1, 2]", "the line is broken"),
        ("null", "the line is broken"),
        ("{}", "the line is broken"),
        ('{"id": "W2"} {"id": "W3"}', "the line is broken"),
        (work(id=None), "id is no work id: missing"),
        (work(id="https://openalex.org/A1"), "id is no work id: https"),
        (work(id={"a": 1}), 'id is no work id: {"a":1}'),
        (work(id="W" + "9" * 400), "id is no work id: W999"),
        (work(publication_year=None), "publication_year is no year: missing"),
        (work(publication_year="soon"), "publication_year is no year: soon"),
        (work(publication_year=2020.7), "publication_year is no year: 2020.7"),
        (work(publication_year=2500), "publication_year is no year: 2500"),
        (work(publication_year=10**40), "publication_year is no year: 1"),
        (work(authorships={"author": 1}), "authorships is not a list"),
        (work(authorships="A. Author"), "authorships is not a list"),
        (work(primary_topic="AI"), "primary_topic has no subfield"),
        (work(primary_topic={}), "primary_topic has no subfield"),
        (work(primary_topic=[topic(1702)]), "primary_topic has no subfield"),
    ],
)
def test_what_cannot_be_read_is_a_reject_with_its_place(tmp_path, item, reason):
    _, found = converted(tmp_path, work(8), item, work(9))
    assert [row[0] for row in found["works"]] == ["W8", "W9"]
    [(locator, year, category, said)] = found["rejects"]
    assert locator == "works.jsonl line 2" and reason in said
    assert 1950 <= year <= 2100 and category in ("1702", "unknown")


def test_bytes_that_are_no_text_break_one_line_only(tmp_path):
    path = tmp_path / "works.jsonl"
    path.write_bytes(json.dumps(work(1)).encode() + b'\n{"id": "\xff\xfe"}\n' + json.dumps(work(2)).encode())
    counts = convert([path], tmp_path / "records", Selection.of(), jobs=1)
    assert (counts["works"], counts["rejects"]) == (2, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"primary_topic": topic(1707)},
        {"primary_topic": None},
        {"type": "dissertation"},
        {"is_xpac": True},
        {"publication_year": 1890},
        {"publication_year": 2019},
    ],
)
def test_what_was_not_asked_for_is_counted_as_outside(tmp_path, fields):
    counts, found = converted(tmp_path, work(1), work(2, **fields), years=[2020, 2021])
    assert [row[0] for row in found["works"]] == ["W1"]
    assert counts["outside"] == 1 and not found["rejects"]


def test_the_selection_can_be_widened(tmp_path):
    counts, found = converted(
        tmp_path,
        work(1, primary_topic=topic(1707)),
        work(2, type="dissertation"),
        work(3, is_xpac=True),
        subfields=("1702", "1707"),
        types=None,
        include_xpac=True,
    )
    assert counts["outside"] == 0
    assert [(row[0], row[3]) for row in found["works"]] == [("W1", "1707"), ("W2", "1702"), ("W3", "1702")]


@pytest.mark.parametrize("options", [{"subfields": ["AI"]}, {"subfields": []}, {"years": [20]}, {"years": []}])
def test_a_selection_that_cannot_be_is_refused(tmp_path, options):
    with pytest.raises(InputError, match="expected"):
        converted(tmp_path, work(), **options)


def test_the_newest_copy_of_a_work_is_kept_and_the_others_are_rejects(tmp_path):
    old, new = "2026-01-01T00:00:00", "2026-02-01"
    first = write_lines(
        tmp_path / "first.gz",
        [
            work(1, cited_by_count=1, updated_date=new),
            work(2, updated_date=new),
            work(2, cited_by_count=9, updated_date=old),
        ],
    )
    second = write_lines(
        tmp_path / "second.jsonl", [work(1, cited_by_count=2, updated_date=old), work(3, updated_date=None)]
    )
    counts = convert([first, second], tmp_path / "records", Selection.of(), jobs=1)
    found = records(tmp_path / "records")
    assert [(row[0], row[-1]) for row in found["works"]] == [("W1", 1), ("W2", 3), ("W3", 3)]
    assert [row[0] for row in found["rejects"]] == ["first.gz line 3", "second.jsonl line 1"]
    assert found["rejects"][1][3] == "older copy of W1; a newer one is kept"
    assert len(found["authorships"]) == len(found["citations_by_year"]) == 3
    assert counts["works"] + counts["rejects"] == counts["rows_read"] == 5


def test_of_equally_new_copies_the_later_file_is_kept(tmp_path):
    files = [write_lines(tmp_path / f"{number}.jsonl", [work(1, cited_by_count=number)]) for number in (5, 6)]
    convert(files, tmp_path / "records", Selection.of(), jobs=1)
    assert records(tmp_path / "records")["works"][0][-1] == 6


def test_a_stale_copy_goes_also_where_the_newest_is_outside(tmp_path):
    counts, found = converted(
        tmp_path, work(1, updated_date="2026-01-01"), work(1, updated_date="2026-03-01", primary_topic=topic(1707))
    )
    assert counts["works"] == 0 and counts["outside"] == 1
    assert [row[0] for row in found["rejects"]] == ["works.jsonl line 1"]


def test_an_unreadable_newer_copy_does_not_displace_a_readable_one(tmp_path):
    _, found = converted(
        tmp_path, work(1, updated_date="2026-01-01"), work(1, updated_date="2026-03-01", publication_year=None)
    )
    assert [row[0] for row in found["works"]] == ["W1"]
    assert [row[0] for row in found["rejects"]] == ["works.jsonl line 2"]


def test_institutions_come_from_their_objects_and_else_from_the_works(tmp_path):
    place = {"city": "Rabat", "country_code": "MA", "latitude": 34.0, "longitude": -6.8}
    objects = write_lines(
        tmp_path / "institutions.jsonl",
        [
            institution(1, "MA", display_name="Old name", geo=place, updated_date="2025-01-01"),
            institution(1, "MA", display_name="New name", geo=place, updated_date="2026-01-01"),
            institution(3, "NA", geo={"city": None, "latitude": "north", "longitude": 1}),
            {"display_name": "no id"},
        ],
    )
    counts, found = converted(
        tmp_path, work(1, authorships=[author(1, [institution(1), institution(2, "US")])]), institutions=[objects]
    )
    assert found["institutions"] == [
        ("I1", "New name", "https://ror.org/01", "education", "Rabat", "MA", 34.0, -6.8),
        ("I2", "Institute 2", "https://ror.org/02", "education", None, "US", None, None),
        ("I3", "Institute 3", "https://ror.org/03", "education", None, "NA", None, None),
    ]
    assert found["rejects"] == [
        ("institutions.jsonl line 4", 1950, "institutions", "no id or no name of an institution")
    ]
    assert (counts["institutions_read"], counts["institutions_rejected"]) == (4, 1)


def test_no_works_give_records_without_rows(tmp_path):
    counts = convert([], tmp_path / "records", Selection.of())
    assert counts["works"] == counts["rows_read"] == 0 and records(tmp_path / "records")["works"] == []


def test_a_file_that_cannot_be_read_is_named_without_its_folder(tmp_path):
    broken = tmp_path / "broken.gz"
    broken.write_bytes(gzip.compress(b"".join(json.dumps(work(n)).encode() + b"\n" for n in range(99)))[:-40])
    with pytest.raises(InputError, match="broken.gz: cannot be read") as raised:
        convert([broken], tmp_path / "records", Selection.of())
    assert str(tmp_path) not in str(raised.value) and "\n" not in str(raised.value)
    with pytest.raises(InputError, match="absent.gz: no such file"):
        convert([tmp_path / "absent.gz"], tmp_path / "records", Selection.of())
    assert not list(tmp_path.glob(".records*"))  # nothing half made is left


@pytest.fixture(scope="module")
def real(raw):
    with gzip.open(raw / "openalex" / "works_sample.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def bare(address):
    return address and address.rsplit("/", 1)[1]


def by_hand(real_work):
    """Convert one real work the slow way: the rows of `authorships`."""
    rows = []
    for number, one in enumerate(real_work["authorships"], start=1):
        places = list(dict.fromkeys((bare(at["id"]), at["country_code"]) for at in one["institutions"]))
        places += [(None, code) for code in one["countries"] if code not in {code for _, code in places}]
        rows += [(bare(real_work["id"]), number, bare(one["author"]["id"]), *place) for place in places or [NO_ONE]]
    return rows or [(bare(real_work["id"]), 1, None, *NO_ONE)]


def test_all_real_works_and_institutions_pass_with_nothing_lost(raw, real, tmp_path):
    folder = raw / "openalex"
    subfields = {bare(one["primary_topic"]["subfield"]["id"]) for one in real if one["primary_topic"]}
    counts = convert(
        [folder / "works_sample.jsonl.gz"],
        tmp_path / "records",
        Selection.of(sorted(subfields), types=None),
        institutions=[folder / "institutions_2023.jsonl.gz"],
    )
    found, kept = records(tmp_path / "records"), [one for one in real if one["primary_topic"]]
    assert counts["rows_read"] == 122 and counts["rejects"] == 0 and counts["works"] == 118
    assert counts["outside"] == sum(one["primary_topic"] is None for one in real) == 4
    assert {row[0]: row[1:] for row in found["works"]} == {
        bare(one["id"]): (
            one["publication_year"],
            one["type"],
            bare(one["primary_topic"]["subfield"]["id"]),
            one["is_retracted"],
            one["language"],
            one["cited_by_count"],
        )
        for one in kept
    }
    assert Counter(found["authorships"]) == Counter(row for one in kept for row in by_hand(one))
    assert Counter(found["citations_by_year"]) == Counter(
        (bare(one["id"]), of["year"], of["cited_by_count"]) for one in kept for of in one["counts_by_year"]
    )
    with gzip.open(folder / "institutions_2023.jsonl.gz", "rt", encoding="utf-8") as file:
        stated = {bare(one["id"]): one for one in map(json.loads, file)}
    assert counts["institutions_read"] == len(stated) == 678
    written = {row[0]: row[1:] for row in found["institutions"]}
    assert {key: written[key] for key in stated} == {
        key: (
            one["display_name"],
            one["ror"],
            one["type"],
            one["geo"]["city"],
            one["country_code"],
            one["geo"]["latitude"],
            one["geo"]["longitude"],
        )
        for key, one in stated.items()
    }
    assert sum(written[key][3] is not None for key in stated) == 678
    assert sum(written[key][5] is not None for key in stated) == 673  # of five, upstream has no coordinates
    assert {row[0] for row in found["authorships"]} == {row[0] for row in found["works"]}
    assert {row[3] for row in found["authorships"]} - {None} <= {row[0] for row in found["institutions"]}


def test_the_tables_of_all_real_works_lose_none(raw, real, tmp_path):
    folder = raw / "openalex"
    subfields = {bare(one["primary_topic"]["subfield"]["id"]) for one in real if one["primary_topic"]}
    lines = [*real, "broken", {**real[0], "id": "https://openalex.org/W1", "publication_year": None}]
    counts = convert(
        [write_lines(tmp_path / "works.gz", lines)],
        tmp_path / "records",
        Selection.of(sorted(subfields), types=None),
        institutions=[folder / "institutions_2023.jsonl.gz"],
    )
    found = as_tables(tmp_path / "records", tmp_path)
    coverage = found.coverage[["n_works", "n_with_country", "n_with_citations", "n_retracted", "n_rejected"]].sum()
    kept = [one for one in real if one["primary_topic"]]
    assert coverage["n_works"] + coverage["n_rejected"] + counts["outside"] == len(lines) == 124
    assert coverage["n_works"] == 118 and coverage["n_rejected"] == 2
    assert coverage["n_with_citations"] == sum(one["cited_by_count"] is not None for one in kept)
    assert coverage["n_with_country"] == sum(any(at["countries"] for at in one["authorships"]) for one in kept)
    counted = [one for one in kept if not one["is_retracted"]]
    assert found.papers["n_papers"].sum() == len(counted)
    received = found.citations_received
    assert (received["citations"] * received["n_papers"]).sum() == sum(
        of["cited_by_count"] for one in counted for of in one["counts_by_year"]
    )
    named = {bare(at["id"]) for one in counted for of in one["authorships"] for at in of["institutions"]}
    assert set(found.institutions["slug"]) == named


def test_institutions_reach_the_tables_with_city_and_place(tmp_path):
    geo = {"city": "Windhoek", "country_code": "NA", "latitude": -22.55941, "longitude": 17.08323}
    objects = write_lines(tmp_path / "institutions.jsonl", [institution(1, "NA", geo=geo)])
    converted(tmp_path, work(authorships=[author(1, [institution(1, "NA")])]), institutions=[objects])
    found = as_tables(tmp_path / "records", tmp_path)
    assert found.institutions[["slug", "city", "country", "latitude", "longitude"]].values.tolist() == [
        ["I1", "Windhoek", "NA", -22.55941, 17.08323]
    ]
    assert found.compositions[["country", "share"]].values.tolist() == [["NA", 1.0]]


#: What a field may hold that it should not.
WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.just(10**60),
    st.just("x" * 50_000),
    st.lists(st.integers(), max_size=3),
    st.just([[]] * 5),
    st.just([None]),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    st.just([{"id": 1, "countries": 7}]),
)
FIELDS = (
    "id",
    "publication_year",
    "type",
    "language",
    "is_retracted",
    "is_xpac",
    "cited_by_count",
    "primary_topic",
    "authorships",
    "counts_by_year",
    "updated_date",
)


def places_of(value, path=()):
    """List the paths of all fields and elements within a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in inside for found in [(*path, key), *places_of(item, (*path, key))]]


@st.composite
def mutated(draw, works):
    """Return a real work with up to four fields missing or wrong, or its line broken off."""
    item = copy.deepcopy(draw(st.sampled_from(works)))
    for _ in range(draw(st.integers(0, 4))):
        paths = [path for path in places_of({key: item[key] for key in FIELDS if key in item})]
        *above, last = draw(st.sampled_from(paths))
        holder = item
        for key in above:
            holder = holder[key]
        if draw(st.booleans()):
            holder[last] = draw(WRONG)
        elif isinstance(holder, dict):
            del holder[last]
    line = json.dumps(item, ensure_ascii=draw(st.booleans()))
    return line[: draw(st.integers(1, len(line) - 1))] if draw(st.integers(0, 9)) == 0 else line


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_damage_crashes_or_drops_a_work_or_touches_its_neighbours(data, real, tmp_path):
    sound = [{key: one[key] for key in FIELDS} for one in real if len(one["authorships"]) < 8]
    lines = data.draw(st.lists(mutated(sound), min_size=1, max_size=6))
    neighbour = work(77)
    counts, found = converted(
        tmp_path,
        *[line.encode("utf-8", "replace").decode() for line in lines],
        neighbour,
        subfields=("1702", "2306", "2002"),
        types=None,
    )
    assert ("W77", 2020, "article", "1702", False, "en", 3) in found["works"]
    assert ("W77", 1, "A1", "I1", "CN") in found["authorships"]
    places = [row[0] for row in found["rejects"]]
    assert len(set(places)) == len(places) == counts["rejects"]
    assert set(places) <= {f"works.jsonl line {number}" for number in range(1, len(lines) + 1)}
    assert len({row[0] for row in found["works"]}) == len(found["works"])
    for _, _, author_id, institution_id, country in found["authorships"]:
        assert author_id is None or author_id[0] == "A" and author_id[1:].isdigit()
        assert institution_id is None or institution_id[0] == "I" and institution_id[1:].isdigit()
        assert country is None or len(country) == 2 and country.isascii() and country.isupper()
