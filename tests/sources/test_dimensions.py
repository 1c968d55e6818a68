"""Collecting from Dimensions over a real server: pages, splits, resuming, records, tables."""

import gzip
import json
import random
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from support.dimensions_server import KEY, address, author, organisation, work
from support.offers import IN_MANIFEST

from compendium import claims, tables
from compendium.claims.needs import undecidable
from compendium.project.errors import InputError
from compendium.sources.dimensions import collection
from compendium.sources.dimensions.client import Client
from compendium.sources.dimensions.queries import BOTH, Cell, Limits
from compendium.sources.pace import at_most
from compendium.tabulation import count

pytest.importorskip("dimcli")

DAY = date(2026, 10, 5)
SMALL = Limits(page=3, records=9, groups=8)


def client() -> Client:
    """A client that does not wait."""
    return Client(limiter=at_most(10**6, seconds=1))


def collect(tmp_path, **options):
    return collection.collect(
        tmp_path / "raw", tmp_path / "records", client=client(), **({"years": [2024], "day": lambda: DAY} | options)
    )


def estimate(tmp_path, **options):
    return collection.estimate(tmp_path / "raw", client=client(), **({"years": [2024], "day": lambda: DAY} | options))


def spread(size: int, year: int = 2024) -> list[dict]:
    """Works of one or two of four countries; each month has some, no month many."""
    codes = ("CN", "US", "GB", "FR")
    return [
        work(
            year * 1000 + number,
            codes[number % 4 : number % 4 + 1 + number % 2],
            year=year,
            day=f"{year}-{1 + number % 12:02d}-28",
            cited=number,
        )
        for number in range(size)
    ]


def rows(tmp_path, kind: str) -> list[dict]:
    return pq.read_table(tmp_path / "records" / f"{kind}.parquet").to_pylist()


def ids(tmp_path) -> list[str]:
    return sorted(row["work_id"] for row in rows(tmp_path, "works"))


def test_pages_of_a_thousand(world, tmp_path):
    world.works = [work(number) for number in range(2345)]
    about = collect(tmp_path)
    assert [query.split(" return ")[1].split(" sort ")[1] for query in world.queries] == [
        f"by id limit 1000 skip {skip}" for skip in (0, 1000, 2000)
    ]
    assert ids(tmp_path) == sorted(item["id"] for item in world.works)
    assert about["rows_read"] == 2345 and about["records"]["works"] == 2345
    assert about["searches_that_do_not_add_up"] == {} and about["rows_read_again"] == 0


def test_what_the_manifest_says(world, tmp_path):
    world.works = [work(1), work(2, year=2023), work(3, cited=None)]
    about = collect(tmp_path, years="2023-2024", category="4602")
    assert about["is_sample"] is False
    assert about["title"] == ("publications of 2023 to 2024 in Dimensions, field 4602 Artificial Intelligence")
    assert about["date"] == "2026-10-05"
    assert about["asked"] == {"category": "4602", "years": [2023, 2024], "countries": "all"}
    assert about["records"] == {"works": 3, "citations_by_year": 0, "authorships": 3, "institutions": 1, "rejects": 0}
    assert about["papers_by_rule"] == {"citations: unknown": 1}
    json.dumps(about)


def test_the_day_is_the_one_of_the_asking(world, tmp_path):
    world.works = [work(1), work(2, year=2023)]
    collect(tmp_path, years=[2023])
    about = collect(tmp_path, years=[2023, 2024], day=lambda: date(2026, 11, 30))
    assert about["date"] == "2026-10-05 to 2026-11-30"
    about = collect(tmp_path, years=[2023, 2024], day=lambda: date(2027, 1, 1))
    assert about["date"] == "2026-10-05 to 2026-11-30"


def test_two_collections_write_the_same_bytes(world, tmp_path):
    world.works = spread(20)
    first, second = tmp_path / "one", tmp_path / "two"
    about = [collect(place, limits=SMALL) for place in (first, second)]
    assert about[0] == about[1]
    files = {path.name: path.read_bytes() for path in (first / "records").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (second / "records").iterdir()}
    kept = {path.relative_to(first): path.read_bytes() for path in (first / "raw").rglob("*.gz")}
    assert kept == {path.relative_to(second): path.read_bytes() for path in (second / "raw").rglob("*.gz")}


def test_a_work_of_two_countries_counts_once(world, tmp_path):
    world.works = [work(1, ("CN", "US")), work(2, ("US",)), work(3, ("FR",))]
    about = collect(tmp_path, countries="CN+US")
    assert ids(tmp_path) == ["pub.0000001", "pub.0000002"]
    assert about["rows_read"] == 2 and about["rows_read_again"] == 1
    assert [row["country"] for row in rows(tmp_path, "authorships")] == ["CN", "US", "US"]
    assert "with an address in CN, US" in about["title"]


def test_a_year_above_the_limit_is_split_by_country_then_type_month_and_day(world, tmp_path):
    spread = [work(number, ("CN", "NA")[: 1 + number % 2]) for number in range(9)]
    months = [work(100 + number, ("US",), day=f"2024-{1 + number:02d}-15") for number in range(9)]
    days = [work(200 + number, ("US",), day=f"2024-02-{number:02d}") for number in range(1, 30)]
    other = [
        work(300, ("US",), kind="preprint"),
        work(301, ("US",), kind=None, day=None),
        work(302, ("US",), day=None),
        work(303, (), authors=[]),
        work(304, ("FR",)),
    ]
    world.works = spread + months + days + other
    about = collect(tmp_path, limits=SMALL)
    assert ids(tmp_path) == sorted(item["id"] for item in world.works)
    assert about["searches_that_do_not_add_up"] == {} and about["records"]["rejects"] == 0
    assert about["rows_read_again"] == 4  # those of both China and Namibia
    kept = {path.name for path in (tmp_path / "raw/dimensions/4602+4611").iterdir()}
    assert {
        "2024_world",
        "2024_CN",
        "2024_NA",
        "2024_FR",
        "2024_no-country",
        "2024_US_no-type",
        "2024_US_preprint",
        "2024_US_article_2024-01-01-to-2024-01-31",
        "2024_US_article_undated",
        "2024_US_article_2024-02-29-to-2024-02-29",
    } <= kept
    assert not [query for query in world.queries if 'day"' in query]
    assert all(int(query.split("skip ")[1]) < 9 for query in world.queries if "skip" in query)


def test_a_day_above_the_limit_is_named(world, tmp_path):
    world.works = [work(number) for number in range(10)]
    with pytest.raises(InputError, match=r"^2024_CN_article_2024-01-01-to-2024-01-01: .*cannot be split"):
        collect(tmp_path, limits=SMALL)
    assert not (tmp_path / "records").exists()


def test_too_many_groups_to_split_by_are_named(world, tmp_path):
    world.works = [work(number, ("CN", "US")[number % 2 :]) for number in range(10)]
    with pytest.raises(InputError, match="2024_world/facet-research_org_countries: .* 2 groups at most"):
        collect(tmp_path, limits=Limits(page=3, records=9, groups=2))


def test_random_worlds_arrive_whole(world, tmp_path):
    draw = random.Random(20261005)
    for attempt in range(5):
        world.works = [
            work(
                number,
                draw.sample(["CN", "US", "GB", "FR", "NA"], draw.randint(0, 3)),
                year=draw.choice([2023, 2024]),
                kind=draw.choice(["article", "proceeding", None]),
                day=draw.choice([None, "2024-02-29", "2024-12-31", "2024-07-01"]),
            )
            for number in range(draw.randint(0, 60))
        ]
        place = tmp_path / str(attempt)
        about = collect(place, years=[2023, 2024], limits=Limits(page=2, records=12, groups=9))
        assert ids(place) == sorted(item["id"] for item in world.works)
        assert about["searches_that_do_not_add_up"] == {}
        seen = about["rows_read"] + about["rows_read_again"]
        assert seen >= len(world.works) == about["rows_read"]


def test_an_interrupted_collection_asks_nothing_twice(world, tmp_path):
    world.works = spread(25)
    collect(tmp_path / "whole", limits=SMALL)
    whole = list(world.queries)
    world.log.clear()
    world.dies_after = 8
    with pytest.raises(InputError, match=r"no connection.*kept"):
        collect(tmp_path / "broken", limits=SMALL)
    before = list(world.queries)
    assert not (tmp_path / "broken/records").exists()
    world.dies_after = 10**9
    world.log.clear()
    collect(tmp_path / "broken", limits=SMALL)
    assert before + world.queries == whole and len(before) == 7  # and one login
    assert ids(tmp_path / "broken") == ids(tmp_path / "whole")
    world.log.clear()
    collect(tmp_path / "broken", limits=SMALL)
    assert world.log == []  # not even a login


def test_more_years_ask_only_for_these(world, tmp_path):
    world.works = [work(1), work(2, year=2023)]
    collect(tmp_path)
    world.log.clear()
    collect(tmp_path, years=[2023, 2024])
    assert len(world.queries) == 1 and "year=2023" in world.queries[0]


@pytest.mark.parametrize(
    "damage",
    [b"", b"no gzip", gzip.compress(b"{"), gzip.compress(b"[]"), gzip.compress(b"{}"), "cut"],
    ids=["empty", "no gzip", "no JSON", "a list", "no page", "cut"],
)
def test_a_damaged_page_is_asked_again(world, tmp_path, damage):
    world.works = [work(number) for number in range(5)]
    collect(tmp_path, limits=SMALL)
    page = tmp_path / "raw/dimensions/4602+4611/2024_world/page-00003.json.gz"
    whole = page.read_bytes()
    page.write_bytes(whole[: len(whole) // 2] if damage == "cut" else damage)
    world.log.clear()
    collect(tmp_path, limits=SMALL)
    assert len(world.queries) == 1 and world.queries[0].endswith("skip 3")
    assert page.read_bytes() == whole and len(ids(tmp_path)) == 5
    assert not list(page.parent.glob("*.partial"))


def test_a_page_of_another_query_is_asked_again(world, tmp_path):
    """As one would be that an earlier version kept, which asked for other fields."""
    world.works = [work(number) for number in range(5)]
    collect(tmp_path, limits=SMALL)
    page = tmp_path / "raw/dimensions/4602+4611/2024_world/page-00003.json.gz"
    kept = json.loads(gzip.decompress(page.read_bytes()))
    page.write_bytes(gzip.compress(json.dumps(kept | {"query": kept["query"] + " "}).encode()))
    world.log.clear()
    collect(tmp_path, limits=SMALL)
    assert world.queries == [kept["query"]]


def test_a_search_that_changed_between_two_pages_is_asked_anew(world, tmp_path):
    world.works = [work(number) for number in range(4)]
    world.dies_after = 2
    with pytest.raises(InputError):
        collect(tmp_path, limits=SMALL)
    # A work joins before what was asked: by places alone, one would be missed.
    world.works.insert(0, work(0, id="pub.0000000a"))
    world.dies_after = 10**9
    about = collect(tmp_path, limits=SMALL)
    assert about["rows_read"] == 5 and about["searches_that_do_not_add_up"] == {}


def test_a_search_that_never_adds_up_is_named(world, tmp_path):
    world.works = [work(number) for number in range(5)]
    short = {"_stats": {"total_count": 5}, "publications": []}
    world.script = [(200, short)] * 50
    with pytest.raises(InputError, match="^2024_world: .*do not add up.*twice in a row"):
        collect(tmp_path, limits=SMALL)
    assert not (tmp_path / "raw/dimensions/4602+4611/2024_world").exists()
    world.script = []
    assert collect(tmp_path, limits=SMALL)["rows_read"] == 5


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"publications": []}, "2024_world/page-00000: .*_stats.total_count"),
        ({"_stats": {"total_count": "5"}, "publications": []}, "2024_world/page-00000: .*_stats.total_count"),
        ({"_stats": {"total_count": True}, "publications": []}, "2024_world/page-00000: .*total_count"),
        ({"_stats": [], "publications": []}, "2024_world/page-00000: .*total_count"),
        ({"_stats": {"total_count": 5}}, "2024_world/page-00000: .*no list 'publications'"),
        ({"_stats": {"total_count": 5}, "publications": {}}, "2024_world/page-00000: .*no list"),
    ],
)
def test_an_answer_of_another_shape_is_named(world, tmp_path, answer, said):
    world.script = [(200, answer)]
    with pytest.raises(InputError, match=said):
        collect(tmp_path)
    assert not list(tmp_path.rglob("*.gz"))


def test_works_that_a_split_loses_are_told(world, tmp_path, capsys):
    """A work whose country the facet does not name, though the field is not empty, is in no part."""
    world.works = [work(number) for number in range(9)]
    world.works.append(work(9, research_org_countries=[{"name": "China"}]))
    groups = {"_stats": {"total_count": 10}, "research_org_countries": [{"id": "CN", "count": 9}]}
    first = {"_stats": {"total_count": 10}, "publications": world.works[:3]}
    world.script = [(200, first), (200, groups)]
    about = collect(tmp_path, limits=SMALL)
    assert about["searches_that_do_not_add_up"] == {"2024_world": {"works": 10, "received": 9}}
    assert "2024_world: Dimensions names 10 works and gave 9" in capsys.readouterr().out


def test_records_of_any_kind_are_works_or_rejects(world, tmp_path):
    world.works = [
        work(1),
        work(2, id=7),
        "no object",
        work(3, category_for_2020="4602"),
        None,
        work(4, times_cited="many"),
        {"year": "2024"},
    ]
    about = collect(tmp_path)
    assert ids(tmp_path) == ["pub.0000001", "pub.0000004"]
    rejects = {row["locator"].split("#")[1].split(" ", 1)[1]: row for row in rows(tmp_path, "rejects")}
    assert about["rows_read"] == about["records"]["works"] + about["records"]["rejects"] == 7
    assert rejects["pub.0000003"] | {"locator": ""} == {
        "locator": "",
        "year": 2024,
        "category": f"4602{BOTH}4611",
        "reason": 'category_for_2020 holds no field asked for: "4602"',
    }
    reasons = sorted(row["reason"] for row in rows(tmp_path, "rejects"))
    assert reasons == [
        'category_for_2020 holds no field asked for: "4602"',
        "id is 7",
        "id is missing",
        "no JSON object",
        "no JSON object",
    ]


def test_neither_key_nor_token_is_in_any_file(world, tmp_path, capfd):
    world.works = [work(1, title="t"), work(2, research_orgs=[organisation(1, "CN", name=f"Echo {KEY}")])]
    about = collect(tmp_path)
    told = json.dumps(about) + "".join(capfd.readouterr())
    for path in tmp_path.rglob("*"):
        if path.suffix == ".gz":
            told += gzip.decompress(path.read_bytes()).decode()
        elif path.suffix == ".parquet":
            told += str(pq.read_table(path).to_pylist())
        told += str(path)
    assert "Echo" in told and not [secret for secret in (KEY, *world.tokens) if secret in told]


def test_the_estimate_is_what_the_collection_then_asks(world, tmp_path):
    world.works = spread(16, year=2023) + spread(8)
    options = {"years": [2023, 2024], "limits": SMALL, "day": lambda: DAY}
    told = estimate(tmp_path, **options)
    assert told.works == 24 and told.more == "after 3 requests for this estimate"  # a login among them
    assert told.minutes == 1
    world.log.clear()
    collect(tmp_path, **options)
    # The facet by which 2023 is split was asked for the estimate and is kept.
    assert len(world.queries) == told.requests
    again = estimate(tmp_path, **options)
    assert (again.works, again.requests, again.minutes) == (24, 0, 0)
    assert str(again) == "Dimensions: everything was fetched before; nothing is asked"


def test_the_estimate_for_some_countries(world, tmp_path):
    world.works = [work(number, ("CN", "US")[number % 2 :]) for number in range(8)]
    told = estimate(tmp_path, countries=["CN", "FR"], limits=SMALL)
    assert told.works == 4 and told.requests == 3  # two pages of China, one of France: empty
    world.log.clear()
    collect(tmp_path, countries=["CN", "FR"], limits=SMALL)
    assert len(world.queries) == 3


def test_the_categories_are_disjoint_and_tell_4602_from_4611(world, tmp_path):
    world.works = [
        work(1),
        work(2, fields=("4611",)),
        work(3, fields=("4602", "4611")),
        work(4, fields=("4611", "4603")),
        work(5, fields=("4603",)),
    ]
    collect(tmp_path)
    found = {row["work_id"][-1]: row["category"] for row in rows(tmp_path, "works")}
    assert found == {"1": "4602", "2": "4611", "3": f"4602{BOTH}4611", "4": "4611"}
    collect(tmp_path / "b", category="4603")
    assert {row["category"] for row in rows(tmp_path / "b", "works")} == {"4603"}
    # The name must not hold what joins a reader's choice.
    frames = count.tables_of(tmp_path / "records")
    made = tables.Tables(**frames, manifest={"title": "x", "is_sample": False})
    chosen = made.select_categories(f"4602+4602{BOTH}4611")
    assert chosen.coverage["n_works"].sum() == 2


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"category": "4601"}, "category='4601'"),
        ({"category": ""}, "category=''"),
        ({"years": []}, r"years=\[\]"),
        ({"years": "20"}, "years='20'"),
        ({"years": [1900]}, "1950 to 2100"),
        ({"countries": "CN+XX"}, "no country is XX"),
        ({"countries": []}, "countries="),
        ({"countries": "China"}, "no country is China"),
    ],
)
def test_an_option_that_is_not_possible_is_named(world, tmp_path, option, said):
    with pytest.raises(InputError, match=said):
        collect(tmp_path, **option)
    assert not world.log


def test_a_type_with_quotes_stays_one_condition_and_one_folder():
    cell = Cell(("4602",), 2024, "CN", 'a"/../b\\')
    assert cell.where.endswith(r'type="a\"/../b\\"')
    assert cell.name == "2024_CN_a-----b-"


def undecided(year=2024, **options):
    offer = collection.offer(Path("unused"), **options)
    return undecidable(claims.load_register(), offer, year)


def test_every_claim_that_data_can_decide_is_decided_by_the_whole_world():
    assert undecided(years=range(2015, 2025)) == {}
    data = {claim.id for claim in claims.load_register().claims if claim.needs}
    assert set(undecided(years=[2010])) == data
    # Citations are those so far, of the year's own papers: they need no earlier years.
    assert set(undecided(years="2024")) == {
        "04-self-reliance",
        "12-eu-china-over-uk",
        "13-eu-china-over-us",
        "24-younger-workforce",
    }


def test_publications_of_china_alone_decide_nothing_about_others():
    """Every US paper among them has China on it: that 16 holds there says nothing (it was `reproduced`)."""
    told = undecided(years=range(2015, 2025), countries="CN")
    data = {claim.id for claim in claims.load_register().claims if claim.needs}
    assert data - set(told) == {"04-self-reliance", "34-spread-over-cities"}
    assert {"01-output-surpasses", "16-china-with-west", "17-us-with-china", "20-flow-toward-china"} <= set(told)
    assert "the whole world" in told["09-most-connected"]


def test_records_become_the_tables_computed_by_hand(world, tmp_path):
    """Three works of 2024: China alone; China and the US; Hong Kong with an author of no country."""
    world.works = [
        work(1, ("CN",), cited=5, fields=("4602", "4611")),
        work(
            2,
            cited=7,
            kind="proceeding",
            document_type="CONFERENCE_PAPER",
            authors=[
                author(1, address(10, "CN", "Beijing")),
                author(2, address(10, "CN", "Beijing"), address(20, "US", "Boston")),
            ],
        ),
        work(3, ("HK",), cited=None, authors=[author(3, address(30, "HK", "Hong Kong")), author(4, known=False)]),
        work(4, ("HK",), cited=1, category_for_2020=None),
    ]  # found by nothing it says: a reject
    collect(tmp_path)
    made = count.tables_of(tmp_path / "records")
    shares = (
        made["compositions"]
        .groupby("composition_id")
        .apply(lambda part: tuple(sorted(zip(part["country"], part["share"], strict=True))))
    )
    papers = {
        (row.category, row.doc_type, shares[row.composition_id]): (row.citations, row.n_papers)
        for row in made["papers"].itertuples()
    }
    assert papers[f"4602{BOTH}4611", "article/research article", (("CN", 1.0),)] == (5, 1)
    assert papers["4602", "proceeding/conference paper", (("CN", 0.75), ("US", 0.25))] == (7, 1)
    unknown, number = papers["4602", "article/research article", (("HK", 0.5), ("ZZ", 0.5))]
    assert number == 1 and pd.isna(unknown)
    assert len(papers) == 3 and made["citations_received"].empty
    places = {
        row.slug: (row.name, row.city, row.country, row.institution_id) for row in made["institutions"].itertuples()
    }
    assert places["grid.10"][:3] == ("University 10", "Beijing", "CN")
    output = made["institution_output"].set_index(["institution_id", "category"])
    beijing = output.loc[(places["grid.10"][3], "4602")]
    assert (beijing["n_papers"], beijing["n_papers_fractional"], beijing["citations"]) == (1, 0.75, 7)
    people = made["researchers"].query("window_start == 2024 and author_key == 'name'")
    counted = {row.countries: row.n_researchers for row in people.itertuples()}
    assert counted == {"CN": 2, "CN US": 1, "HK": 1}  # who has no id is no person
    covered = made["coverage"].set_index("category")
    assert covered.loc["4602"][["n_works", "n_with_country", "n_with_citations"]].tolist() == [2, 2, 1]
    assert covered.loc[f"4602{BOTH}4611"][["n_works", "n_rejected"]].tolist() == [1, 1]
    tables.write(made, {"title": "by hand", "is_sample": False, "offer": IN_MANIFEST}, tmp_path / "tables/dimensions")
    assert tables.load("dimensions", tmp_path / "tables").categories == ["4602", f"4602{BOTH}4611"]


def test_aggregates_by_hand(world, tmp_path):
    world.works = [work(number, ("CN", "US")[: 1 + number % 2]) for number in range(6)] + [
        work(10, ("FR",)),
        work(11, ("US",), year=2020),
        work(12, ("DE", "FR"), year=2020),
    ]
    world.cited_in = {
        ("pub.0000000", 2024): 3,
        ("pub.0000001", 2024): 4,
        ("pub.0000011", 2024): 2,
        ("pub.0000012", 2024): 1,
        ("pub.0000012", 2023): 50,
    }
    found = collection.aggregates(tmp_path / "raw", client=client(), years=[2020, 2024], threshold=2)
    assert found["volume"].values.tolist() == [
        [2020, "world", 2],
        [2020, "DE", 1],
        [2020, "FR", 1],
        [2020, "US", 1],
        [2024, "world", 7],
        [2024, "CN", 6],
        [2024, "FR", 1],
        [2024, "US", 3],
    ]
    assert found["institutions"][["name", "country", "n_works"]].values.tolist() == [
        ["University 100", "CN", 6],
        ["University 107", "US", 3],
    ]
    assert found["citations"].set_index("bloc")["citations"].to_dict() == {
        "world": 10,
        "CN": 7,
        "US": 6,
        "EU": 1,
        "UK": 0,
    }
    assert found["citations"].set_index("bloc")["share"]["EU"] == pytest.approx(0.1)
    assert len(world.queries) == 2 + 1 + 5


@pytest.mark.parametrize("shape", ["object", "list"])
def test_citations_by_citing_year_in_either_shape(world, tmp_path, shape):
    world.works = [work(1)]
    world.cited_in = {("pub.0000001", 2024): 3}
    world.shape_of_citations = shape
    found = collection.aggregates(tmp_path / "raw", client=client(), years=[2024])["citations"]
    assert found["citations"].tolist() == [3, 3, 0, 0, 0]


def test_institutions_that_one_facet_cannot_hold_are_asked_by_country(world, tmp_path):
    world.works = [work(number, (code,)) for number, code in enumerate(["CN", "US", "FR"] * 2)]
    limits = Limits(groups=3)  # full: there may be a fourth
    with pytest.raises(InputError, match="facet-research_org_countries"):
        collection.aggregates(tmp_path / "raw", client=client(), years=[2024], threshold=1, limits=limits)
    limits = Limits(groups=5)
    more = [organisation(900 + number, "US") for number in range(3)]
    world.works += [work(50 + number, ("US",), research_orgs=more) for number in range(2)]
    found = collection.aggregates(tmp_path / "raw2", client=client(), years=[2024], threshold=1, limits=limits)
    assert set(found["institutions"]["name"]) == {
        "University 100",
        "University 102",
        "University 107",
        "University 900",
        "University 901",
        "University 902",
    }


def test_the_estimate_of_a_deeper_split_is_the_least(world, tmp_path):
    world.works = spread(40)
    told = estimate(tmp_path, limits=SMALL)
    world.log.clear()
    collect(tmp_path, limits=SMALL)
    assert told.works == 40 and told.requests <= len(world.queries)
