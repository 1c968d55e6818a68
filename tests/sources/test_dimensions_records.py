"""A publication → rows: by hand, and whatever its fields hold."""

import json

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.dimensions_server import address, author, organisation, work

from compendium.sources.dimensions.queries import BOTH
from compendium.sources.dimensions.reader import Reader
from compendium.tables import records


def read(*made: object, fields=("4602", "4611")) -> Reader:
    reader = Reader(fields)
    for number, record in enumerate(made):
        reader.read(f"2024_world/page-00000#{number}", record, 2024)
    return reader


def addresses(reader: Reader) -> list[tuple]:
    return [
        (row["author_seq"], row["author_id"], row["institution_id"], row["country"])
        for row in reader.rows["authorships"]
    ]


def test_one_row_an_author_and_address():
    reader = read(
        work(
            1,
            authors=[
                author(1, address(10, "CN"), address(20, "US"), address(10, "CN")),  # two departments of one
                author(2, known=False),
                author(3, address(30, "NA")),
            ],
        )
    )
    assert addresses(reader) == [
        (1, "ur.1", "grid.10", "CN"),
        (1, "ur.1", "grid.20", "US"),
        (2, None, None, None),
        (3, "ur.3", "grid.30", "NA"),
    ]
    assert reader.works_by_rule["author: without a researcher id"] == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"country_code": "HK", "country": "Hong Kong"}, "HK"),
        ({"country_code": "TW"}, "TW"),
        ({"country_code": "MO", "country": "China"}, "MO"),
        ({"country_code": "NA"}, "NA"),
        ({"country_code": None, "country": "Czech Republic"}, "CZ"),
        ({"country": "Taiwan"}, "TW"),
        ({"country_code": "", "country": "United Kingdom"}, "GB"),
        ({"country_code": "cn"}, None),
        ({"country_code": "XX", "country": "Nowhere"}, None),
        ({"country_code": 86, "country": []}, None),
    ],
)
def test_the_country_of_an_address(given, code):
    reader = read(work(1, (), authors=[author(1, {"id": "grid.1", "name": "U"} | given)]))
    assert addresses(reader) == [(1, "ur.1", "grid.1", code)]


def test_an_unknown_country_is_counted_by_its_name():
    reader = read(work(1, (), authors=[author(1, {"country_code": "XK", "country": "Kosovo"})]))
    assert reader.rules == {"unknown country XK": 1}
    assert any(rule.startswith("country: a code or name") for rule in reader.works_by_rule)


def test_where_no_author_has_a_country_the_only_one_of_the_work_is_theirs():
    reader = read(work(1, ("FR",), authors=[author(1, {"id": "grid.5", "name": "U"}), author(2)]))
    assert addresses(reader) == [(1, "ur.1", "grid.5", "FR"), (2, "ur.2", None, "FR")]


def test_where_no_author_has_a_country_and_the_work_has_two_nobody_is_named():
    """Half of each author to each country, and no person to either."""
    reader = read(work(1, ("FR", "IT"), authors=[author(1), author(2)]))
    french, italian = work(1, ("FR", "IT"))["research_orgs"]
    assert addresses(reader) == [
        (seq, None, place["id"], code) for seq in (1, 2) for place, code in ((french, "FR"), (italian, "IT"))
    ]


def test_a_work_without_authors_stands_where_its_institutions_are():
    reader = read(
        work(
            1,
            ("FR",),
            authors=[],
            research_org_countries=[{"id": "FR", "name": "France"}, {"id": "CN", "name": "China"}],
        )
    )
    assert [row[3] for row in addresses(reader)] == ["CN", "FR"]
    assert addresses(read(work(2, (), authors=None))) == [(1, None, None, None)]


def test_type_and_document_type_make_the_type():
    reader = read(work(1), work(2, kind=None), work(3, document_type=None), work(4, kind=None, document_type=7))
    assert [row["doc_type"] for row in reader.rows["works"]] == [
        "article/research article",
        "research article",
        "article",
        "unknown",
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [(0, 0), (7, 7), (None, None), (-1, None), ("7", None), (7.0, None), (True, None), (10**30, None), ([], None)],
)
def test_citations_that_are_no_number_are_unknown_not_zero(given, kept):
    reader = read(work(1) | {"times_cited": given})
    assert reader.rows["works"][0]["citations"] == kept
    assert (kept is None) == any(rule.startswith("citations") for rule in reader.works_by_rule)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", None, "id is missing"),
        ("id", "", 'id is ""'),
        ("id", 5, "id is 5"),
        ("year", None, "year is missing"),
        ("year", "2024", 'year is "2024"'),
        ("year", 3000, "year is 3000"),
        ("year", True, "year is true"),
        ("year", 10**40, "year is 1000"),
        ("category_for_2020", None, "holds no field asked for: missing"),
        ("category_for_2020", [{"name": "4601 Applied Computing"}], "4601 Applied"),
        ("category_for_2020", [{"name": 4602}], "4602"),
    ],
)
def test_what_makes_a_work_unusable_rejects_it_by_name(field, value, reason):
    reader = read(work(1) | {field: value})
    (reject,) = reader.rows["rejects"]
    assert reason in reject["reason"] and not reader.rows["works"] and not reader.rows["authorships"]
    name = "pub.0000001" if field != "id" else "without id"
    assert reject["locator"] == f"2024_world/page-00000#0 {name}"
    assert (reject["year"], reject["category"]) == (2024, f"4602{BOTH}4611")


def test_half_a_character_is_replaced_so_that_it_can_be_written():
    reader = read(work(1, kind="a\ud800") | {"id": "pub.\ud800"})
    assert reader.rows["works"][0] | {"year": 0} == {
        "work_id": "pub.?",
        "year": 0,
        "doc_type": "a?/research article",
        "category": "4602",
        "is_retracted": False,
        "language": None,
        "citations": 0,
    }


def test_another_year_than_asked_is_kept_and_counted():
    reader = read(work(1, year=2023))
    assert reader.rows["works"][0]["year"] == 2023
    assert reader.works_by_rule == {"year: not the one asked for, kept as given": 1}


def test_the_first_of_two_copies_counts():
    reader = read(work(1, cited=5), work(1, cited=6), "x", "x")
    assert [row["citations"] for row in reader.rows["works"]] == [5]
    assert reader.again == 2 and len(reader.rows["rejects"]) == 1


def test_an_institution_is_what_most_records_say():
    reader = read(
        work(1, authors=[author(1, address(10, "CN", "Peking"))], research_orgs=[]),
        work(2, research_orgs=[organisation(10, "CN", "Beijing", latitude=39.9, longitude=116.4)]),
        work(3, research_orgs=[organisation(10, "CN", "Beijing", latitude=95, longitude=1)]),
        work(4, authors=[author(1, {"id": "grid.7"})], research_orgs=[]),
    )
    by_id = {row["institution_id"]: row for row in reader.institutions()}
    assert by_id["grid.10"] == {
        "institution_id": "grid.10",
        "name": "University 10",
        "ror": None,
        "type": "Education",
        "city": "Beijing",
        "country": "CN",
        "latitude": 39.9,
        "longitude": 116.4,
    }
    assert by_id["grid.7"]["name"] == "grid.7" and by_id["grid.7"]["country"] is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["null", "2024", "\ud800", "pub.1", "CN", "grid.1", "ur.1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "name",
                    "country",
                    "country_code",
                    "city",
                    "city_name",
                    "types",
                    "affiliations",
                    "researcher_id",
                    "latitude",
                    "longitude",
                    "country_name",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
FIELDS_OF_A_WORK = [
    "id",
    "year",
    "type",
    "document_type",
    "category_for_2020",
    "times_cited",
    "authors",
    "research_orgs",
    "research_org_countries",
]


@st.composite
def publications(draw):
    """A publication of which some fields are missing or hold anything; or no publication at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(JSON)
    made = work(draw(st.integers(0, 5)), draw(st.lists(st.sampled_from(["CN", "US", "FR"]), max_size=2, unique=True)))
    for name in draw(st.lists(st.sampled_from(FIELDS_OF_A_WORK), max_size=3)):
        if draw(st.booleans()):
            made.pop(name, None)
        else:
            made[name] = draw(JSON)
    return made


@settings(max_examples=400)
@given(st.lists(publications(), max_size=6))
def test_whatever_comes_becomes_a_work_or_a_reject_that_can_be_written(made):
    made = json.loads(json.dumps(made))  # as it comes over the wire: NaN, lone surrogates and all
    reader = read(*made)
    rows = reader.rows
    assert len(rows["works"]) + len(rows["rejects"]) + reader.again == len(made)
    assert len({row["locator"] for row in rows["rejects"]}) == len(rows["rejects"])
    assert all(row["locator"].startswith("2024_world/page-00000#") and row["reason"] for row in rows["rejects"])
    works = {row["work_id"] for row in rows["works"]}
    assert len(works) == len(rows["works"])
    assert {row["work_id"] for row in rows["authorships"]} == works  # each stands somewhere, if unknown
    known = [row["institution_id"] for row in reader.institutions()]
    assert {row["institution_id"] for row in rows["authorships"]} - {None} <= set(known)
    assert all(row["country"] is None or len(row["country"]) == 2 for row in rows["authorships"])
    for kind, of_kind in (*rows.items(), ("institutions", list(reader.institutions()))):
        table = pa.Table.from_pylist(of_kind, schema=records.SCHEMAS[kind])
        assert not any(table[column.name].null_count for column in table.schema if not column.nullable)
