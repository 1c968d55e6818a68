"""The simulated corpus: exact numbers by hand, records that hold together, and what was planted found again."""

import copy

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles.headline import QUANTITATIVE, headline

from compendium import tables
from compendium.claims import load_register
from compendium.project.errors import InputError
from compendium.project.folders import PROJECT
from compendium.sources import registry
from compendium.sources.known_answer import parameters, simulate
from compendium.sources.known_answer.citations import raked
from compendium.sources.known_answer.plan import (
    apportion,
    bloc_plan,
    china_with_west,
    country_plan,
    foreign_share,
    n_partners,
    totals,
)
from compendium.tables import records
from compendium.tabulation import build, count
from compendium.validation.planted import estimates

PARAMETERS = parameters.load()
#: How far a found estimate may lie from the planted one, in its own unit; 0 for what is counted.
TOLERANCE = {
    "04-self-reliance": 0.02,  # shares of a few hundred papers a year, rounded to whole ones
    "05-citation-share-china": 0.005,
    "06-citation-share-us": 0.005,
    "07-citation-share-eu": 0.005,
    "08-citation-share-uk": 0.005,  # whole citations
    "24-younger-workforce": 0.001,
}  # whole people


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Records of the simulated corpus, and what `collect` says of them in the file's place."""
    place = tmp_path_factory.mktemp("known_answer")
    return place, simulate.collect(place, place / "records")


@pytest.fixture(scope="module")
def read(folder):
    """Records as frames, by kind."""
    return {kind: pq.read_table(folder[0] / "records" / f"{kind}.parquet") for kind in records.SCHEMAS}


@pytest.fixture(scope="module")
def committed():
    return tables.load("known_answer")


# What is planted, by hand


def test_apportion_gives_the_largest_remainders_what_is_left():
    assert apportion(10, [1, 1, 1]).tolist() == [4, 3, 3]
    assert apportion(5, [3, 1, 1]).tolist() == [3, 1, 1]
    assert apportion(2, [0.6, 0.3, 0.1]).tolist() == [1, 1, 0]


@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 100), min_size=1, max_size=30))
def test_apportion_keeps_the_total_and_strays_by_less_than_one(total, weights):
    parts = apportion(total, weights)
    assert parts.sum() == total
    assert np.abs(parts - total * np.array(weights) / sum(weights)).max() < 1 + 1e-6


def test_papers_of_china_with_the_west_by_hand():
    # 893 + 804 + 742 = 2439 joint papers on 1007: 1432 more than papers. Each of 90 papers of three
    # blocs accounts for one of them, each paper of four for two: 671 papers of four.
    plan = china_with_west(PARAMETERS)
    assert plan == {
        ("CN", "US", "EU", "UK"): 671,
        ("CN", "US", "EU"): 30,
        ("CN", "US", "UK"): 30,
        ("CN", "EU", "UK"): 30,
        ("CN", "US"): 162,
        ("CN", "EU"): 73,
        ("CN", "UK"): 11,
    }
    assert plan.total() == 1007


def test_an_odd_number_of_joint_papers_goes_to_a_paper_of_three():
    plan = china_with_west(PARAMETERS.moved("17-us-with-china", 894))
    assert sum(n for pattern, n in plan.items() if "US" in pattern) == 894
    assert plan.total() == 1007


@pytest.mark.parametrize("year", [2000, 2015, 2023, 2024])
def test_each_bloc_has_its_papers_in_both_plans(year):
    own = totals(PARAMETERS, year)
    by_bloc, by_country = bloc_plan(PARAMETERS, year), country_plan(PARAMETERS, year)
    members = {bloc: {bloc} for bloc in own} | {"EU": set(PARAMETERS.weights["EU"]), "UK": {"GB"}}
    assert by_bloc.total() == by_country.total()
    for bloc, papers in own.items():
        assert sum(n for pattern, n in by_bloc.items() if bloc in pattern) == papers
        assert sum(n for pattern, n in by_country.items() if members[bloc] & set(pattern)) == papers


def test_the_world_has_as_many_papers_as_the_report_says_and_a_few_of_unknown_country():
    plan = bloc_plan(PARAMETERS, 2024)
    assert 57_000 < plan.total() < 58_000
    assert plan[()] == 1725  # 3 % of 57,500


def test_the_foreign_share_is_level_and_then_falls_on_a_straight_line():
    assert [round(foreign_share(PARAMETERS, year), 3) for year in (2000, 2015, 2018, 2024)] == [0.34, 0.34, 0.28, 0.16]


def test_ties_by_hand():
    # 27 members of the EU, the US, the UK and 45 others; the US: 27, China, the UK and 25 others
    ties = n_partners(country_plan(PARAMETERS, 2024))
    assert (ties["CN"], ties["US"], ties["GB"]) == (74, 54, 54)
    assert max(n for code, n in ties.items() if code != "CN") == 54


def test_raking_by_hand_where_no_paper_has_two_blocs():
    # cells: none, first, second
    assert raked(np.array([1.0, 1.0, 2.0, 0.0]), [0.5, 0.2]) == pytest.approx([0.3, 0.5, 0.2, 0.0])


@given(st.lists(st.floats(0.05, 1), min_size=16, max_size=16), st.lists(st.floats(0.05, 0.95), min_size=4, max_size=4))
def test_raked_parts_have_every_share(start, shares):
    parts = raked(np.array(start), shares)
    assert parts.sum() == pytest.approx(1)
    for at, share in enumerate(shares):
        assert parts[(np.arange(16) >> at & 1) == 1].sum() == pytest.approx(share, abs=1e-6)


def test_what_is_planted_is_what_the_register_reports():
    planted, register = estimates(PARAMETERS), load_register()
    assert set(planted) == set(QUANTITATIVE)
    for claim, value in planted.items():
        if reported := register[claim].reported:
            assert reported.low <= value <= reported.high, claim


# Parameters that cannot be


@pytest.mark.parametrize(
    ("truth", "value", "message"),
    [
        ("16-china-with-west", 900, "these truths cannot hold together: CN\\+UK would need"),
        ("21-researchers-china", 300_000, "CN has .* authorships, too few for 300000 people"),
        ("24-younger-workforce", 3.5, "above 3, the most there is"),
        ("24-younger-workforce", 2.9, "CN: .* people would have to start in"),
        ("33-institutions-china", 400, "CN has 23695 papers, too few for 400 large institutions"),
        ("05-citation-share-china", 1.2, "these shares of citations cannot hold together"),
        ("34-spread-over-cities", {"Atlantis": 1}, "no place is given for the cities Atlantis"),
        ("17-us-with-china", -1, r"truths.17-us-with-china.value: should be greater than or equal to 0, not -1"),
    ],
)
def test_truths_that_cannot_hold_are_refused_in_a_line_that_says_why(truth, value, message, tmp_path):
    content = copy.deepcopy(dict(PARAMETERS.content))
    content["truths"][truth]["value"] = value
    with pytest.raises(InputError, match=message) as error:
        simulate.collect(tmp_path, tmp_path / "records", parameters=content)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "records").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "planted.yml is missing"),
        ("a: [1", "planted.yml is no YAML"),
        ("a: 1", "planted.yml: seed is missing"),
    ],
)
def test_a_parameter_file_that_cannot_be_read_is_named(text, message, tmp_path):
    path = tmp_path / "planted.yml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=message):
        simulate.collect(tmp_path, tmp_path / "records", parameters=path)


def test_truths_and_country_codes_are_checked():
    content = copy.deepcopy(dict(PARAMETERS.content))
    content["truths"]["17-us-with-chima"] = content["truths"].pop("17-us-with-china")
    with pytest.raises(InputError, match="missing or unknown: 17-us-with-chima, 17-us-with-china"):
        parameters.load(content)
    content = copy.deepcopy(dict(PARAMETERS.content))
    content["countries"]["elsewhere"][False] = {"weight": 1, "cities": {}}  # what YAML makes of Norway's code
    with pytest.raises(InputError, match="a country code must be a text, not False; quote it"):
        parameters.load(content)
    with pytest.raises(InputError, match="no truth '17'; there are: 01-output-surpasses"):
        PARAMETERS.moved("17", 1)


# Records


def test_the_manifest_says_that_it_is_simulated_and_whole(folder, read):
    _, about = folder
    assert about["simulated"] and not about["is_sample"] and "no evidence" in about["title"]
    assert about["date"] == "none: simulated" and about["seed"] == 2024
    assert about["records"] == {kind: table.num_rows for kind, table in read.items()}
    assert about["rows_read"] == read["works"].num_rows + read["rejects"].num_rows


def test_records_follow_the_common_schema(read):
    for kind, schema in records.SCHEMAS.items():
        assert read[kind].schema.equals(schema), kind
        assert not any(read[kind][field.name].null_count for field in schema if not field.nullable), kind
    assert read["works"]["work_id"].combine_chunks().unique().to_pylist() == read["works"]["work_id"].to_pylist()


def test_authors_are_numbers_and_no_one_is_twice_on_a_paper(read):
    authors = read["authorships"].to_pandas()
    assert authors["author_id"].str.fullmatch(r"r\d{7}").all()
    people = authors.drop_duplicates(["work_id", "author_seq"])
    assert not people.duplicated(["work_id", "author_id"]).any()
    assert set(authors["work_id"]) == set(read["works"]["work_id"].to_pylist())


def test_a_second_address_is_in_the_same_country_and_of_another_institution(read):
    authors = read["authorships"].to_pandas()
    several = authors[authors.duplicated(["work_id", "author_seq"], keep=False)]
    by_author = several.groupby(["work_id", "author_seq"])
    assert 0.02 < len(by_author) / len(authors) < 0.04
    assert (by_author["country"].nunique() == 1).all()
    assert (by_author["institution_id"].nunique() == 2).all()


def test_institutions_are_far_from_the_threshold(read):
    works = read["works"].to_pandas().query("year == 2024 and not is_retracted")[["work_id"]]
    here = read["authorships"].to_pandas().merge(works).dropna(subset="institution_id")
    papers = here.groupby("institution_id")["work_id"].nunique()
    assert papers[papers > 50].min() >= 85
    assert papers[papers <= 50].max() <= 15


def test_institutions_have_their_own_places(read):
    places = read["institutions"].to_pandas()
    assert places[["city", "latitude", "longitude", "country"]].notna().all(axis=None)
    assert places["name"].str.startswith("Simulated institution ").all()


def test_the_unknown_is_spread_evenly(read):
    works = read["works"].to_pandas().query("year == 2024 and not is_retracted")
    assert works["citations"].isna().mean() == pytest.approx(0.04, abs=0.005)
    authors = read["authorships"].to_pandas().merge(works[["work_id", "citations"]])
    of_bloc = {
        code: authors[authors["country"] == code].drop_duplicates("work_id")["citations"].isna().mean()
        for code in ("CN", "US", "DE")
    }
    assert all(part == pytest.approx(0.04, abs=0.015) for part in of_bloc.values()), of_bloc


def test_citations_are_heavy_tailed(read):
    cited = read["works"].to_pandas().query("year == 2024")["citations"].dropna().sort_values(ascending=False)
    assert cited.head(len(cited) // 10).sum() > 0.35 * cited.sum()
    assert (cited == 0).mean() > 0.1


def test_a_truth_of_citations_moves_no_author(tmp_path, folder):
    moved = PARAMETERS.moved("06-citation-share-us", 0.2)
    simulate.collect(tmp_path, tmp_path / "records", parameters=moved.content)
    same = {
        kind: (tmp_path / "records" / f"{kind}.parquet").read_bytes()
        == (folder[0] / "records" / f"{kind}.parquet").read_bytes()
        for kind in records.SCHEMAS
    }
    assert same == {
        "works": False,
        "citations_by_year": False,
        "authorships": True,
        "institutions": True,
        "rejects": True,
    }


# Tables


def test_two_collections_are_the_same_to_the_byte_and_another_seed_gives_another(folder, tmp_path):
    again = simulate.collect(tmp_path, tmp_path / "again", parameters=parameters.FILE)
    assert again == folder[1]
    other = simulate.collect(tmp_path, tmp_path / "other", seed=7)
    assert other["seed"] == 7 and other["parameters_sha256"] == again["parameters_sha256"]
    for kind in ("works", "authorships", "citations_by_year"):
        first, second, third = (
            place / f"{kind}.parquet" for place in (folder[0] / "records", tmp_path / "again", tmp_path / "other")
        )
        assert first.read_bytes() == second.read_bytes() != third.read_bytes()


@pytest.mark.slow_first
def test_the_committed_tables_are_those_of_the_seed_and_the_parameter_file(folder):
    place, about = folder
    about = about | build.identity(registry.get("known_answer"), place)
    tables.write(count.tables_of(place / "records"), about, place / "tables")
    for path in sorted((PROJECT.tables / "known_answer").iterdir()):
        assert path.read_bytes() == (place / "tables" / path.name).read_bytes(), path.name


def test_the_committed_tables_are_small(committed):
    assert sum(path.stat().st_size for path in (PROJECT.tables / "known_answer").iterdir()) <= 4_000_000
    assert committed.years == list(range(2000, 2025))


def test_every_estimate_is_what_was_planted(committed):
    planted, found = estimates(PARAMETERS), headline(committed)
    assert set(found) == set(QUANTITATIVE)
    apart = {
        claim: (value, planted[claim])
        for claim, (_, value) in found.items()
        if abs(value - planted[claim]) > TOLERANCE.get(claim, 1e-9)
    }
    assert apart == {}


def test_every_quantitative_claim_is_reproduced(committed):
    assert {claim: str(verdict) for claim, (verdict, _) in headline(committed).items()} == dict.fromkeys(
        QUANTITATIVE, "reproduced"
    )
