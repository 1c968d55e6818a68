"""Quick mode: tables from counts alone are those of the works themselves, as far as counts go."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from support.openalex_server import OpenAlexServer, make_work

from compendium import claims, tables
from compendium.claims import needs
from compendium.measures import citations, copublication, output
from compendium.measures.weighted import weighted
from compendium.places import blocs
from compendium.project.errors import InputError
from compendium.sources.openalex import quick as openalex_quick
from compendium.sources.openalex.api import ApiError, BudgetError
from compendium.sources.options import accepted

FAST = {"rate": 10_000, "first_wait": 0.01, "timeout": 5, "date": "2026-10-01"}
#: Countries to draw from: all of the EU, and more others than one filter may join.
CODES = [
    *blocs.EU_27,
    *["CN"] * 30,
    *["US"] * 25,
    *["GB"] * 8,
    *["HK"] * 5,
    "MO",
    *["TW"] * 4,
    *["IN", "CA", "JP", "KR", "NA", "CH"] * 3,
    *[a + b for a in "QVWX" for b in "ABCDEFGHIJKLMNOPQRSTUVWYZ"],
]


@pytest.fixture(autouse=True)
def _no_key(monkeypatch):
    monkeypatch.delenv("OPENALEX_API_KEY", raising=False)


@pytest.fixture(scope="module")
def works():
    """Two thousand works of eleven years, some retracted, some without a country."""
    rng = np.random.default_rng(20241)
    made = []
    for number in range(2000):
        authors = [[]] if rng.random() < 0.08 else [[str(rng.choice(CODES))] for _ in range(rng.integers(1, 5))]
        year = 2024 if rng.random() < 0.6 else int(rng.integers(2014, 2024))
        made.append(
            make_work(
                number,
                authors,
                year=year,
                citations=int(rng.pareto(0.8)),
                kind=str(rng.choice(["article", "preprint", "conference-paper"])),
                is_retracted=bool(rng.random() < 0.01),
            )
        )
    return [*made, make_work(9000, [["CN"]], subfield="1707"), make_work(9001, [["CN"]], kind="book")]


def quick(server, tmp_path, name="tables", **options):
    options = {"years": range(2014, 2025), **FAST, **options}
    frames, about = openalex_quick.quick_tables(tmp_path / "raw", base=server.url, **options)
    offer = openalex_quick.quick_offer(tmp_path, **accepted(openalex_quick.quick_offer, options))
    about |= {"offer": offer.model_dump(mode="json")}
    tables.write(frames, about, tmp_path / name)
    return about


@pytest.fixture(scope="module")
def collected(works, tmp_path_factory):
    """The tables of a quick collection, what was said of it, and the server that was asked."""
    place = tmp_path_factory.mktemp("quick")
    with OpenAlexServer(works) as server:
        about = quick(server, place)
    return tables.load("tables", place), about, server


@pytest.fixture(scope="module")
def counted(works):
    """What the works themselves say: the kept ones with their year, citations and countries."""
    frame = pd.DataFrame(
        [
            (
                work["publication_year"],
                work["cited_by_count"],
                work["is_retracted"],
                frozenset(code for author in work["authorships"] for code in author["countries"]),
            )
            for work in works[:2000]
        ],
        columns=["year", "citations", "is_retracted", "countries"],
    )
    return frame


def bloc(code):
    return next((name for name, codes in openalex_quick.NAMED.items() if code in codes), "XX")


def test_every_set_of_blocs_has_its_works(collected, counted):
    loaded, about, _ = collected
    kept = counted.loc[~counted["is_retracted"]]
    truth = Counter(
        (
            row.year,
            row.citations if row.year == 2024 else None,
            tuple(sorted({bloc(code) for code in row.countries} or {"ZZ"})),
        )
        for row in kept.itertuples()
    )
    cell = loaded.compositions.groupby("composition_id")["country"].agg(lambda codes: tuple(sorted(codes)))
    papers = loaded.papers.assign(cell=loaded.papers["composition_id"].map(cell))
    found = {
        (row.year, None if row.citations is pd.NA else row.citations, tuple(row.cell)): row.n_papers
        for row in papers.itertuples()
    }
    assert found == truth
    assert len({cell for _, _, cell in truth}) > 40
    assert about["works_that_do_not_fit"] == 0
    assert about["rows_read"] == len(kept)


def test_a_whole_collection_takes_less_than_400_requests(collected):
    _, about, server = collected
    assert about["requests"] == len(server.log) < 400
    assert all("group_by" in entry["params"] for entry in server.log)
    longest = max(len(str(entry["params"])) for entry in server.log)
    assert longest < 4000  # addresses that servers take


def test_even_with_works_of_every_set_of_blocs_it_takes_less_than_400(tmp_path):
    """The worst there can be: all 128 sets, and citations over five pages of the largest ones."""
    codes = [("IN",), *openalex_quick.NAMED.values()]
    works = [
        make_work(
            n,
            [[one[0]] for place, one in enumerate(codes) if n >> place & 1] or [[]],
            year=2024 - n // 256,
            citations=n % 7,
        )
        for n in range(512)
    ]
    works += [
        make_work(1000 + 10 * n + k, [[code]], citations=n)
        for n in range(900)
        for k, code in enumerate(("CN", "US", "IN", "DE", "GB"))
    ]
    with OpenAlexServer(works) as server:
        about = quick(server, tmp_path, years=[2023, 2024])
    loaded = tables.load("tables", tmp_path)
    assert loaded.compositions["composition_id"].nunique() == 128
    assert loaded.papers["n_papers"].sum() == len(works)
    assert 290 < about["requests"] == len(server.log) < 400


def test_shares_are_equal_and_codes_are_explained(collected):
    loaded, about, _ = collected
    shares = loaded.compositions.groupby("composition_id")["share"]
    assert shares.agg(["min", "max"]).diff(axis=1)["max"].abs().max() < 1e-9
    assert set(loaded.compositions["country"]) == {*openalex_quick.NAMED, "XX", "ZZ"}
    assert set(about["codes"]) == {"EU", "HK", "XX"}
    assert loaded.universe == "AI works in OpenAlex (subfield 1702), counted by blocs"
    assert loaded.categories == ["1702"]
    for name in ("citations_received", "researchers", "institutions", "institution_output"):
        assert getattr(loaded, name).empty


def test_coverage_counts_the_retracted_and_the_unknown(collected, counted):
    coverage = collected[0].coverage.set_index("year")
    has = counted["countries"].map(bool)
    assert coverage["n_works"].to_dict() == counted.groupby("year").size().to_dict()
    assert coverage["n_with_country"].to_dict() == has.groupby(counted["year"]).sum().to_dict()
    assert coverage["n_retracted"].to_dict() == counted.groupby("year")["is_retracted"].sum().to_dict()
    assert coverage["n_with_citations"].to_dict() == {
        year: int((~counted["is_retracted"] & (counted["year"] == year)).sum()) if year == 2024 else 0
        for year in range(2014, 2025)
    }


def test_measures_are_those_of_the_works(collected, counted):
    """Volume, citation shares and shared papers, by hand from the works and from the tables."""
    loaded, _, _ = collected
    now = counted.loc[(counted["year"] == 2024) & ~counted["is_retracted"]]
    has = pd.DataFrame(
        {name: now["countries"].map(lambda codes, of=set(of): bool(codes & of)) for name, of in blocs.members().items()}
    )
    members = {**blocs.members(), "EU": ("EU",)}
    papers = loaded.papers.loc[loaded.papers["year"] == 2024]
    assert (
        output.output(weighted(papers, loaded.compositions), members, "whole").iloc[0].to_dict() == has.sum().to_dict()
    )
    shares = citations.citation_shares(
        weighted(citations.cited_papers(papers), loaded.compositions), members, "whole"
    ).iloc[0]
    truth = has.mul(now["citations"], axis=0).sum() / now["citations"].sum()
    pd.testing.assert_series_equal(shares, truth, check_names=False)
    shared = copublication.copublications(papers, loaded.compositions, members)
    for x in has:
        for y in has:
            assert x == y or shared.loc[x, y] == (has[x] & has[y]).sum()


def test_partners_are_listed_country_by_country(collected, counted):
    _, about, _ = collected
    now = counted.loc[(counted["year"] == 2024) & ~counted["is_retracted"], "countries"]
    with_us = Counter(code for codes in now if "US" in codes for code in codes if code != "US")
    assert len(about["partners"]["US"]) == 10
    assert all(with_us[code] == count for code, count in about["partners"]["US"].items())
    assert about["partners"]["US"]["CN"] == max(with_us.values())
    assert not set(about["partners"]["EU"]) & set(blocs.EU_27)
    assert sum(about["works_by_type"].values()) == about["rows_read"]


def test_an_interrupted_collection_asks_only_for_the_rest(works, tmp_path, collected):
    whole = collected[1]["requests"]
    with OpenAlexServer(works[:2000]) as server:
        server.alive_for = 150
        with pytest.raises(ApiError, match="run the same command again"):
            quick(server, tmp_path, attempts=1)
        server.log.clear()
        server.alive_for, server.budget = None, 20
        with pytest.raises(BudgetError, match="budget of the day is used up"):
            quick(server, tmp_path)
        assert len(server.log) == 21
        server.budget = None
        about = quick(server, tmp_path)
        assert len(server.lists()) == whole - 150
        assert about["requests"] == whole
        server.log.clear()
        # Complete: the same day's answers are taken without a question, also when no day is named.
        again = quick(server, tmp_path, name="again", date=None)
        assert server.log == []
    assert again == about
    for path in sorted((tmp_path / "tables").iterdir()):
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_another_day_is_asked_anew(tmp_path):
    works = [make_work(n, [["CN"]], citations=n) for n in range(5)]
    with OpenAlexServer(works) as server:
        quick(server, tmp_path)
        works = server.entities["works"]
        works.append(make_work(77, [["CN"]]))
        assert quick(server, tmp_path, name="same")["rows_read"] == 5
        assert quick(server, tmp_path, name="next", date="2026-10-02")["rows_read"] == 6
        assert quick(server, tmp_path, name="newest", date=None)["date"] == "2026-10-02"


def test_counts_that_do_not_fit_together_are_refused(works, tmp_path):
    """A server that reads `!A|B` as "not A" would count works twice."""
    with OpenAlexServer(works[:300]) as server:
        right = server.answer

        def wrong(path, params):
            filters = [part.split("|")[0] if ":!" in part else part for part in params["filter"].split(",")]
            return right(path, params | {"filter": ",".join(filters)})

        server.answer = wrong
        with pytest.raises(InputError, match="the counts miss one another by .* of .* works"):
            quick(server, tmp_path)
    assert not (tmp_path / "tables").exists()


def test_a_little_drift_is_stated(works, tmp_path):
    with OpenAlexServer(works[:1500]) as server:
        right, asked = server.answer, []

        def changing(path, params):
            asked.append(path)
            if len(asked) == 2:
                server.entities["works"].append(make_work(8000, [["CN"]], year=2020))
            return right(path, params)

        server.answer = changing
        assert quick(server, tmp_path)["works_that_do_not_fit"] == 1


@pytest.mark.parametrize(("more", "is_much"), [(5, False), (6, True)])
def test_one_work_in_two_hundred_may_come_while_it_is_asked_and_no_more(tmp_path, more, is_much):
    with OpenAlexServer([make_work(n, [["CN"]], year=2020 + 4 * (n == 0)) for n in range(1000)]) as server:
        right, asked = server.answer, []

        def changing(path, params):
            asked.append(path)
            if len(asked) == 2:  # the total is told, its parts are not
                server.entities["works"] += [make_work(8000 + n, [["CN"]], year=2020) for n in range(more)]
            return right(path, params)

        server.answer = changing
        if is_much:
            with pytest.raises(InputError, match="the counts miss one another by 6 of 1000 works"):
                quick(server, tmp_path)
        else:
            assert quick(server, tmp_path)["works_that_do_not_fit"] == 5


@pytest.mark.parametrize(("arriving", "is_refused"), [(4, False), (6, True)])
def test_counts_may_miss_one_another_by_half_a_per_cent(tmp_path, arriving, is_refused):
    """A thousand works, and some that arrive between the first two questions."""
    with OpenAlexServer([make_work(n, [["CN"]]) for n in range(1000)]) as server:
        right, asked = server.answer, []

        def changing(path, params):
            asked.append(path)
            if len(asked) == 2:
                server.entities["works"] += [make_work(8000 + n, [["CN"]], year=2020) for n in range(arriving)]
            return right(path, params)

        server.answer = changing
        if is_refused:
            with pytest.raises(InputError, match="the counts miss one another"):
                quick(server, tmp_path)
        else:
            assert quick(server, tmp_path)["works_that_do_not_fit"] == arriving


def test_a_part_above_its_whole_is_stated(tmp_path):
    works = [make_work(n, [["CN"]], year=2020) for n in range(499)] + [make_work(499, [["BR"]])]
    with OpenAlexServer(works) as server:
        right, asked = server.answer, []

        def changing(path, params):
            asked.extend(part for part in params["filter"].split(",") if part == "authorships.countries:CN")
            if len(asked) == 2 and len(server.entities["works"]) == 500:  # between among(CN) and only(CN)
                server.entities["works"].append(make_work(8000, [["CN"]], year=2020))
            return right(path, params)

        server.answer = changing
        assert quick(server, tmp_path)["works_that_do_not_fit"] == 2  # against the whole, and the total


def test_unknown_citations_are_not_zero(tmp_path):
    works = [
        make_work(1, [["CN"]], citations=0),
        make_work(2, [["CN"]], citations=None),
        make_work(3, [["CN"], ["BR"]], citations=None),
    ]
    with OpenAlexServer(works) as server:
        quick(server, tmp_path)
    papers = tables.load("tables", tmp_path).papers
    assert papers.loc[papers["citations"].notna(), "n_papers"].sum() == 1
    assert papers.loc[papers["citations"].isna(), "n_papers"].sum() == 2


def test_several_subfields_are_one_category(works, tmp_path):
    with OpenAlexServer(works) as server:
        about = quick(server, tmp_path, subfields=["1702", "1707"], years=[2024])
    loaded = tables.load("tables", tmp_path)
    assert loaded.categories == ["1702 or 1707"]
    assert about["title"] == "AI works in OpenAlex (subfields 1702 or 1707), counted by blocs"
    assert "each year from 2022 to 2023" in needs.cannot_decide(about, 2024)["04-self-reliance"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cited_years": [2013]}, "cited_years=2013: expected some of the years asked for"),
        ({"date": "../yesterday"}, "date='../yesterday': expected a day such as 2026-10-01"),
    ],
)
def test_what_cannot_be_made_is_said_before_anything_is_asked(tmp_path, options, message):
    with OpenAlexServer() as server, pytest.raises(InputError, match=message):
        quick(server, tmp_path, **options)
    assert server.log == []


def test_too_many_years_of_citations_stop_before_the_limit(works, tmp_path):
    with OpenAlexServer(works) as server:
        with pytest.raises(InputError, match="more than 400 requests.*citations of fewer years"):
            quick(server, tmp_path, cited_years=range(2014, 2025))
        assert len(server.log) <= 400


def test_the_key_is_in_no_file_and_no_output(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("OPENALEX_API_KEY", "sk-a1b2c3-very-secret")
    with OpenAlexServer([make_work(1)]) as server:
        server.key = "sk-a1b2c3-very-secret"
        quick(server, tmp_path)
    out = capfd.readouterr()
    assert "at most about 400 requests, about 7 min, $0.0400 (free: $1.00 a day with a key)" in out.err
    contents = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(contents) > 8
    assert b"sk-a1b2c3-very-secret" not in b"".join(contents) + out.out.encode() + out.err.encode()


def test_what_it_cannot_decide_is_in_the_register(collected):
    register = {one.id: one for one in claims.load_register().claims}
    cannot = needs.cannot_decide(collected[1], 2024)
    assert set(cannot) == {
        name for name, one in register.items() if one.group in ("centrality", "workforce", "institutions", "geography")
    } | {"03-primary-collaborator", "14-us-top-partner-china"}
    assert all(reason and "\n" not in reason for reason in cannot.values())
    assert needs.cannot_decide(collected[0].manifest, 2024) == cannot
