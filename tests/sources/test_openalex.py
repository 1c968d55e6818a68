"""Collecting works from a real server: complete, resumed, and with all that can go wrong."""

import gzip
import json

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.openalex_server import URL, OpenAlexServer, make_work

from compendium.project.errors import InputError
from compendium.sources.openalex import rest
from compendium.sources.openalex.api import ApiError, BudgetError, OpenAlex
from compendium.sources.openalex.checkpoints import read_state
from compendium.sources.openalex.query import Query
from compendium.sources.openalex.sql import TYPES

KEY = "sk-a1b2c3-very-secret"
FAST = {"rate": 1000, "first_wait": 0.01, "timeout": 5, "date": "2026-10-01"}


@pytest.fixture(autouse=True)
def _no_key(monkeypatch):
    monkeypatch.delenv("OPENALEX_API_KEY", raising=False)


def collect(server, tmp_path, folder="records", **options):
    return rest.collect(tmp_path / "raw", tmp_path / folder, base=server.url, **{**FAST, **options})


def rows(folder, kind):
    return pq.read_table(folder / kind).to_pylist()


def pages_asked(server):
    return [
        entry["params"].get("cursor")
        for entry in server.lists()
        if entry["path"] == "works" and "group_by" not in entry["params"]
    ]


def state_of(tmp_path, year=2024):
    return read_state(tmp_path / "raw/openalex" / Query.of(["1702"], [year]).digest)


def test_pages_become_records(tmp_path, capsys):
    works = [make_work(n, [["CN"], ["US"]], citations=n) for n in range(230)]
    with OpenAlexServer([*works, make_work(900, subfield="1707"), make_work(901, year=2023)]) as server:
        about = collect(server, tmp_path)
    assert "OpenAlex: 230 works to fetch" in capsys.readouterr().err
    first = server.lists()[1]["params"]
    assert first["per_page"] == "100" and first["cursor"] == "*"
    assert first["filter"] == (
        "primary_topic.subfield.id:subfields/1702,publication_year:2024,"
        "type:article|book-chapter|conference-paper|preprint|review"
    )
    assert "authorships" in first["select"] and "." not in first["select"]
    assert about["records"]["works"] == about["rows_read"] == about["rows_announced"] == 230
    assert about["records"]["authorships"] == 460
    assert (about["is_sample"], about["date"]) == (False, "2026-10-01")
    assert about["title"] == "AI works in OpenAlex (subfield 1702)"
    assert about["works_by_type"] == {"article": 230}
    assert {row["category"] for row in rows(tmp_path / "records", "works")} == {"1702"}
    assert sum(row["citations"] for row in rows(tmp_path / "records", "works")) == sum(range(230))


def test_what_is_complete_asks_nothing_and_gives_the_same(tmp_path):
    with OpenAlexServer(
        [make_work(n, institutions=["I1"]) for n in range(120)],
        [{"id": f"{URL}/I1", "display_name": "One", "geo": {"city": "Beijing"}}],
    ) as server:
        first = collect(server, tmp_path)
        server.log.clear()
        again = collect(server, tmp_path, folder="again", date="2027-01-01")
    assert server.log == []
    assert again == first
    for path in (tmp_path / "raw").rglob("*.gz"):
        assert path.read_bytes()[4:8] == b"\0\0\0\0"  # gzip's time of writing, which would differ
    for path in sorted((tmp_path / "records").rglob("*.parquet")):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(tmp_path / "records")).read_bytes()


def test_an_interrupted_collection_asks_only_for_the_rest(tmp_path):
    works = [make_work(n) for n in range(450)]
    with OpenAlexServer(works) as server:
        server.alive_for = 3  # the estimate and two pages
        with pytest.raises(ApiError, match="what was fetched is kept: run the same command again"):
            collect(server, tmp_path, attempts=2)
        assert (state_of(tmp_path)["works"], state_of(tmp_path)["is_complete"]) == (200, False)
    with OpenAlexServer(works) as server:
        about = collect(server, tmp_path, date="2026-10-02")
    asked = pages_asked(server)
    # Pages 3, 4, 5 and the empty one at the end; neither the estimate nor the first two again.
    assert len(asked) == 4 == len(server.lists())
    assert "*" not in asked
    assert about["records"]["works"] == about["rows_read"] == 450
    assert about["date"] == "2026-10-01 to 2026-10-02"


def test_whoever_is_killed_before_the_state_is_written_fetches_one_page_twice(tmp_path):
    works = [make_work(n) for n in range(250)]
    with OpenAlexServer(works) as server:
        server.alive_for = 2
        with pytest.raises(ApiError):
            collect(server, tmp_path, attempts=1)
        (folder,) = (tmp_path / "raw/openalex").iterdir()
        # The page is there, the state does not know it; and one that was half written.
        (folder / "page-2024-00002.jsonl.gz").write_bytes(b"other")
        (folder / ".page-2024-00003.jsonl.gz.new").write_bytes(b"half")
        server.alive_for = None
        assert collect(server, tmp_path)["records"]["works"] == 250


def test_the_days_budget_stops_and_goes_on_the_next_day(tmp_path):
    works = [make_work(n) for n in range(450)]
    with OpenAlexServer(works) as server:
        server.budget = 4
        with pytest.raises(BudgetError, match="budget of the day is used up.*again in about 7 h"):
            collect(server, tmp_path)
        assert len(server.log) == 5  # the refusal was not tried again
        server.budget = None
        assert collect(server, tmp_path)["records"]["works"] == 450
    assert len(pages_asked(server)) == 6  # five pages and the empty one, none of them twice


def test_a_year_more_asks_for_that_year_alone(tmp_path):
    works = [make_work(n, year=2020 + n % 3) for n in range(60)]
    with OpenAlexServer(works) as server:
        collect(server, tmp_path, years=[2021, 2020])
        server.log.clear()
        about = collect(server, tmp_path, years=[2020, 2021, 2022])
    assert {entry["params"]["filter"].split(",")[1] for entry in server.lists()} == {"publication_year:2022"}
    assert about["records"]["works"] == 60 and about["years"] == [2020, 2021, 2022]


def test_passing_failures_and_short_limits_lose_nothing(tmp_path):
    with OpenAlexServer([make_work(n) for n in range(220)]) as server:
        server.faults = [None, (503, {}, {}), None, (429, {"Retry-After": "0.01"}, {}), (504, {}, {})]
        assert collect(server, tmp_path)["records"]["works"] == 220


def test_a_refused_query_is_said_at_once(tmp_path):
    with OpenAlexServer([make_work(1)]) as server:
        server.faults = [(400, {}, {"error": "Invalid query parameters error.", "message": "no."})]
        with pytest.raises(ApiError, match="OpenAlex answered 400: Invalid query parameters error. no."):
            collect(server, tmp_path)
    assert len(server.log) == 1


def test_cut_off_authors_are_fetched_whole(tmp_path):
    many = make_work(1, [["CN"]] * 99 + [["US"]] * 41)
    gone = make_work(3, [["FR"]] * 140)
    with OpenAlexServer([many, make_work(2, [["DE"]] * 100), gone]) as server:
        server.faults = [None, None, None, None, (404, {}, {"error": "Not found"})]
        about = collect(server, tmp_path)
    singles = [entry["path"] for entry in server.log if "/" in entry["path"]]
    assert singles == ["works/W1", "works/W2", "works/W3"]
    authors = rows(tmp_path / "records", "authorships")
    assert sum(row["work_id"] == "W1" for row in authors) == 140
    assert sum(row["country"] == "US" for row in authors) == 41
    assert sum(row["work_id"] == "W3" for row in authors) == 100
    assert about["works_with_authors_cut_off"] == 1


def test_a_work_on_two_pages_counts_once_and_its_newest_copy_stays(tmp_path):
    old = make_work(5, citations=1, updated_date="2025-01-01")
    new = make_work(5, citations=9, updated_date="2026-01-01")
    works = [new, *(make_work(n) for n in range(100, 210)), old]
    with OpenAlexServer(works) as server:
        about = collect(server, tmp_path)
    assert about["rows_read"] == 112
    assert (about["records"]["works"], about["records"]["rejects"]) == (111, 1)
    assert [row["citations"] for row in rows(tmp_path / "records", "works") if row["work_id"] == "W5"] == [9]
    (reject,) = rows(tmp_path / "records", "rejects")
    assert reject["locator"] == "page-2024-00002.jsonl.gz line 12"


def test_odd_works_end_as_records_or_as_rejects(tmp_path):
    odd = [
        make_work(1, [[]]),
        make_work(2, []),
        {**make_work(3), "authorships": None},
        {**make_work(4), "publication_year": "soon"},
        {**make_work(5), "cited_by_count": None},
        {
            **make_work(6),
            "authorships": [
                {"author": {"id": f"{URL}/A9999999999"}, "countries": ["CN"], "institutions": [{"id": None}, 7, None]}
            ],
        },
    ]
    with OpenAlexServer(odd) as server:
        server.is_filtering = False
        about = collect(server, tmp_path)
    kept = about["records"]
    assert kept["works"] + kept["rejects"] == about["rows_read"] == 6
    assert kept["rejects"] == 1
    authors = {row["work_id"]: row for row in rows(tmp_path / "records", "authorships")}
    assert authors["W6"]["author_id"] is None and authors["W6"]["country"] == "CN"


def test_institutions_are_asked_for_once_and_those_that_are_absent_are_noted(tmp_path):
    works = [make_work(n, institutions=[f"I{n}", f"I{n + 1}"]) for n in range(150)]
    known = [
        {
            "id": f"{URL}/I{n}",
            "display_name": f"No. {n}",
            "ror": None,
            "type": "education",
            "country_code": "CN",
            "geo": {"city": "Nanjing", "country_code": "CN", "latitude": 32.0, "longitude": 118.8},
        }
        for n in range(140)
    ]
    with OpenAlexServer(works, known) as server:
        collect(server, tmp_path)
        asked = [entry["params"]["filter"] for entry in server.lists() if entry["path"] == "institutions"]
        assert [len(one.split("|")) for one in asked] == [100, 51]
        server.entities["works"].append(make_work(900, year=2025, institutions=["I149", "I900"]))
        server.log.clear()
        collect(server, tmp_path, years=[2024, 2025], folder="more")
        assert [entry["params"]["filter"] for entry in server.lists() if entry["path"] == "institutions"] == [
            "openalex_id:I900"
        ]
    found = {row["institution_id"]: row for row in rows(tmp_path / "records", "institutions")}
    assert len(found) == 151
    assert (found["I139"]["city"], found["I139"]["latitude"]) == ("Nanjing", 32.0)
    assert found["I140"]["city"] is None


def test_an_estimate_counts_what_is_left(tmp_path):
    query = Query.of(["1702"], [2023, 2024])
    works = [make_work(n, year=2023 + (n >= 100)) for n in range(1000)]
    with OpenAlexServer(works) as server, OpenAlex(server.url, rate=1000) as api:
        whole = rest.left_to_ask(tmp_path, query, api)
        # One page and the empty end of 2023, nine and the end of 2024, and 20 √1000 institutions.
        assert (whole.works, whole.requests) == (1000, 2 + 10 + 7)
        assert "$0.0019" in str(whole)
        assert len(server.log) == 1
        one = query.by_year()[0]
        rest.fetch_year(api, tmp_path / "openalex" / one.digest, one, "2026-10-01")
        assert rest.left_to_ask(tmp_path, query, api).works == 900


def test_the_estimate_is_an_upper_bound_of_the_list_requests(tmp_path, capsys):
    works = [make_work(n, institutions=[f"I{n % 200}"]) for n in range(730)]
    with OpenAlexServer(works) as server:
        with OpenAlex(server.url, rate=1000) as api:
            told = rest.left_to_ask(tmp_path / "raw", Query.of(["1702"], [2024]), api)
        server.log.clear()
        collect(server, tmp_path)
    assert 9 < len(server.lists()) - 1 <= told.requests  # without the estimate's own
    assert str(told) in capsys.readouterr().err


def test_the_key_is_in_no_file_and_no_output(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("OPENALEX_API_KEY", KEY)
    with OpenAlexServer([make_work(n, institutions=["I1"]) for n in range(150)]) as server:
        server.key, server.budget = KEY, 3
        with pytest.raises(BudgetError) as caught:
            collect(server, tmp_path)
        server.budget = None
        about = collect(server, tmp_path)
    assert all(entry["params"]["api_key"] == KEY for entry in server.log)
    out = capfd.readouterr()
    assert KEY not in f"{caught.value!r}{json.dumps(about)}{out.out}{out.err}"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 8
    for path in files:
        content = path.read_bytes()
        assert KEY.encode() not in (gzip.decompress(content) if path.suffix == ".gz" else content), path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("state.json", b"{"),
        ("state.json", b"[]"),
        ("page-2024-00001.jsonl.gz", b"no gzip"),
        ("page-2024-00001.jsonl.gz", None),
    ],
)
def test_a_damaged_checkpoint_is_named(tmp_path, name, content):
    with OpenAlexServer([make_work(1)]) as server:
        collect(server, tmp_path)
        folder = next(one for one in (tmp_path / "raw/openalex").iterdir() if one.name != "institutions")
        (folder / name).write_bytes(content) if content is not None else (folder / name).unlink()
        with pytest.raises(InputError, match=f"{name}: .*delete the folder {folder.name} to fetch it anew"):
            collect(server, tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"subfields": ["AI"]}, "subfields=AI: expected at most 100 numbers such as 1702, and at least one"),
        ({"years": [24]}, "years=24: expected at most 100 years such as 2024"),
        ({"years": []}, "years=0: expected .* at least one"),
        ({"countries": ["China"]}, "countries=China: expected at most 100 ISO codes such as CN"),
        (
            {"countries": [a + b for a in "ABCDEF" for b in "ABCDEFGHIJKLMNOPQRST"]},
            "countries=120: expected at most 100",
        ),
        ({"types": ["Article"]}, "types=Article: expected"),
        ({"date": "yesterday"}, "date='yesterday': expected a day such as 2026-10-01"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_asked(tmp_path, options, message):
    with OpenAlexServer() as server, pytest.raises(InputError, match=message):
        collect(server, tmp_path, **options)
    assert server.log == []


@pytest.mark.parametrize("answer", [{"meta": {"count": 1}}, {"meta": None, "results": []}, {"meta": {}, "results": {}}])
def test_an_answer_of_another_shape_is_said(tmp_path, answer):
    with OpenAlexServer([make_work(1)]) as server:
        server.faults = [None, (200, {}, answer)]
        with pytest.raises(ApiError, match="OpenAlex gave a page of works without results or meta"):
            collect(server, tmp_path)


def test_a_cursor_that_leads_nowhere_does_not_turn_in_a_circle(tmp_path):
    with OpenAlexServer([make_work(1)]) as server:
        server.faults = [None, (200, {}, {"meta": {"next_cursor": "*"}, "results": [make_work(1)]})]
        with pytest.raises(ApiError, match="the same page of 2024 twice"):
            collect(server, tmp_path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "authorships", "institutions", "x"]), inner, max_size=4)
    ),
)


@given(JSON, JSON, JSON)
def test_whatever_a_work_holds_only_ids_of_institutions_come_out_of_it(work, author, institution):
    shaped = {"authorships": [author, {"institutions": [institution, {"id": f"{URL}/I7"}]}, work]}
    assert "I7" in set(rest.institutions_of(shaped))
    for one in (work, shaped):
        assert all(rest._INSTITUTION_ID.fullmatch(found) for found in rest.institutions_of(one))
        assert rest.completed(None, one) is one  # fewer than 100 authors: nothing is asked


def test_another_question_has_another_folder():
    asked = [
        Query.of(["1702"], [2024]),
        Query.of(["1702", "1707"], [2024]),
        Query.of(["1702"], [2023]),
        Query.of(["1702"], [2024], ["NA"]),
        Query.of(["1702"], [2024], types=["article"]),
    ]
    assert len({query.digest for query in asked}) == len(asked)
    assert Query.of([1707, "1702", "1702"], [2024, 2024]) == Query.of(["1702", "1707"], [2024])
    assert asked[1].title == "AI works in OpenAlex (subfields 1702 or 1707)"
    assert asked[3].title == "AI works in OpenAlex (subfield 1702), with an address in NA"


def real(raw, name):
    with gzip.open(raw / "openalex" / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_every_real_record_passes_with_nothing_lost(tmp_path, raw):
    works, known = real(raw, "works_sample.jsonl.gz"), real(raw, "institutions_2023.jsonl.gz")
    # The real works name none of the real institutions, so some are given one of them.
    placed = [one for one in known if (one.get("geo") or {}).get("city")]
    named = [work for work in works if any(a["institutions"] for a in work["authorships"])][:40]
    for work, institution in zip(named, placed, strict=False):
        author = next(a for a in work["authorships"] if a["institutions"])
        author["institutions"][0] |= {name: institution[name] for name in ("id", "display_name", "ror")}
    subfields = {work["primary_topic"]["subfield"]["id"].rsplit("/", 1)[-1] for work in works if work["primary_topic"]}
    kinds = {work["type"] for work in works}
    with OpenAlexServer(works, known) as server:
        server.is_filtering = False
        about = collect(server, tmp_path, subfields=subfields, types=kinds, years=[2009])
    count = about["records"]
    assert about["rows_read"] == len(works) == 122
    assert count["works"] + count["rejects"] + about["rows_outside"] == 122
    assert about["rows_outside"] == sum(not work["primary_topic"] for work in works) == 4
    assert sum(about["works_by_type"].values()) == 122
    assert count["authorships"] >= sum(len(work["authorships"]) for work in works)
    found = {row["institution_id"]: row for row in rows(tmp_path / "records", "institutions")}
    assert set(found) == {
        one["id"].rsplit("/", 1)[-1]
        for work in works
        if work["primary_topic"]
        for a in work["authorships"]
        for one in a["institutions"]
    }
    for institution in placed[: len(named)]:
        row = found.get(institution["id"].rsplit("/", 1)[-1])
        if row is not None:
            assert row["city"] == institution["geo"]["city"]
            assert row["latitude"] == pytest.approx(institution["geo"]["latitude"])
    assert sum(row["city"] is not None for row in found.values()) >= 35


def test_every_real_institution_comes_with_its_place(tmp_path, raw):
    known = real(raw, "institutions_2023.jsonl.gz")
    ids = [one["id"].rsplit("/", 1)[-1] for one in known]
    with OpenAlexServer([make_work(1, institutions=ids)], known) as server:
        collect(server, tmp_path)
    found = {row["institution_id"]: row for row in rows(tmp_path / "records", "institutions")}
    assert len(found) == len(known) == 678
    for one in known:
        row, geo = found[one["id"].rsplit("/", 1)[-1]], one["geo"]
        assert (row["name"], row["city"]) == (one["display_name"], geo["city"])
        assert row["country"] == geo["country_code"]
        assert (row["latitude"], row["longitude"]) == (geo["latitude"], geo["longitude"])


def test_the_real_works_of_ai_go_through_to_tables(tmp_path, raw):
    works = real(raw, "works_sample.jsonl.gz")
    with OpenAlexServer(works) as server:
        about = collect(server, tmp_path, years=range(1990, 2026))
    ours = [
        work
        for work in works
        if work["primary_topic"]
        and work["type"] in TYPES
        and work["primary_topic"]["subfield"]["id"].endswith("/1702")
        and work["publication_year"] >= 1990
    ]
    assert about["records"]["works"] == about["rows_read"] == len(ours) > 5
