"""Institutions counted by hand.

| id | name                     | country | 2024 ijcai | 2024 uai | papers | by parts | 2023 |
|----|--------------------------|---------|------------|----------|--------|----------|------|
| 1  | Tsinghua University      | CN      | 4          | 2        | 6      | 3.5      | 10   |
| 2  | MIT                      | US      | 5          |          | 5      | 5.0      | 1    |
| 3  | Google                   | US      | 3          |          | 3      | 1.0      |      |
| 4  | University of Oxford     | GB      | 2          |          | 2      | 1.0      |      |
| 5  | INRIA                    | FR      | 3          |          | 3      | 2.0      |      |
| 6  | LAAS-CNRS                | FR      | 2          |          | 2      | 1.5      |      |
| 7  | CNRS                     | FR      | 2          |          | 2      | 0.5      |      |
| 8  | mit                      | unknown | 2          |          | 2      | 2.0      |      |
| 9  | University of Cape Town  | ZA      | 1          |          | 1      | 0.2      |      |
| 10 | University of Namibia    | NA      | 1          |          | 1      | 0.2      |      |
| 11 | MIT                      | FR      |            |          |        |          | 0, in 2000: 1 |
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from compendium.measures import institution_names, institutions
from compendium.places import blocs, countries

MEMBERS = blocs.members()
NAMES = [
    (1, "Tsinghua University", "CN"),
    (2, "MIT", "US"),
    (3, "Google", "US"),
    (4, "University of Oxford", "GB"),
    (5, "INRIA", "FR"),
    (6, "LAAS-CNRS", "FR"),
    (7, "CNRS", "FR"),
    (8, "mit", "ZZ"),
    (9, "University of Cape Town", "ZA"),
    (10, "University of Namibia", "NA"),
    (11, "MIT", "FR"),
]
OUTPUT = [
    (1, 2024, "ijcai", 4, 2.0),
    (1, 2024, "uai", 2, 1.5),
    (2, 2024, "ijcai", 5, 5.0),
    (3, 2024, "ijcai", 3, 1.0),
    (4, 2024, "ijcai", 2, 1.0),
    (5, 2024, "ijcai", 3, 2.0),
    (6, 2024, "ijcai", 2, 1.5),
    (7, 2024, "ijcai", 2, 0.5),
    (8, 2024, "ijcai", 2, 2.0),
    (9, 2024, "ijcai", 1, 0.2),
    (10, 2024, "ijcai", 1, 0.2),
    (1, 2023, "ijcai", 10, 10.0),
    (2, 2023, "ijcai", 1, 1.0),
    (11, 2000, "ijcai", 1, 1.0),
]


@pytest.fixture
def output():
    return pd.DataFrame(OUTPUT, columns=["institution_id", "year", "category", "n_papers", "n_papers_fractional"])


@pytest.fixture
def names():
    return pd.DataFrame(NAMES, columns=["institution_id", "name", "country"]).assign(type=None)


@pytest.fixture
def papers(output, names):
    return institutions.papers_of(output, names, [2024])


def by_id(papers, column="papers"):
    return papers.set_index("institution_id")[column].to_dict()


def test_papers_add_up_over_venues_of_the_year_alone(papers):
    assert by_id(papers) == {1: 6, 2: 5, 3: 3, 4: 2, 5: 3, 6: 2, 7: 2, 8: 2, 9: 1, 10: 1}


def test_papers_by_parts(output, names):
    found = institutions.papers_of(output, names, [2024], "fractional")
    assert by_id(found)[1] == 3.5
    assert by_id(found, "n_whole")[1] == 6


def test_several_years_are_an_average_a_year(output, names):
    found = institutions.papers_of(output, names, [2022, 2023, 2024])
    assert by_id(found)[1] == pytest.approx(16 / 3)
    assert by_id(found)[2] == 2


def test_a_counting_that_the_table_lacks_is_refused(output, names):
    with pytest.raises(ValueError, match="counting='country-fractional' .* whole, fractional"):
        institutions.papers_of(output, names, [2024], "country-fractional")


@pytest.mark.parametrize(
    ("threshold", "at_least", "expected"),
    [
        (5, False, {"CN": 1, "US": 0, "EU": 0, "UK": 0}),
        (5, True, {"CN": 1, "US": 1, "EU": 0, "UK": 0}),  # "more than" and "as many" part here
        (2, False, {"CN": 1, "US": 2, "EU": 1, "UK": 0}),
        (1.5, False, {"CN": 1, "US": 2, "EU": 3, "UK": 1}),
        (0, False, {"CN": 1, "US": 2, "EU": 3, "UK": 1}),  # the unknown MIT belongs to no bloc
    ],
)
def test_institutions_above_a_threshold(papers, threshold, at_least, expected):
    assert institutions.above(papers, MEMBERS, threshold, at_least).to_dict() == expected


def test_the_curve_is_the_count_at_every_threshold(papers):
    curve = institutions.curve(papers, MEMBERS)
    assert curve["US"].tolist() == [2, 2, 2, 1, 1, 0, 0]
    assert curve["CN"].tolist() == [1, 1, 1, 1, 1, 1, 0]
    assert (curve.diff().dropna() <= 0).all().all()


def test_no_institutions_no_curve(papers):
    assert institutions.curve(papers.iloc[:0], MEMBERS).sum().sum() == 0


def test_a_tenth_of_the_papers_has_a_tenth_of_the_threshold():
    assert institutions.equivalent_threshold(5_700, 57_000) == 5
    assert institutions.equivalent_threshold(57_000, 57_000) == 50


def test_the_matching_threshold_comes_closest_and_the_smaller_wins():
    curve = pd.Series([30, 20, 10, 2, 0])
    assert institutions.matching_threshold(curve, 12) == 2
    assert institutions.matching_threshold(curve, 15) == 1  # 20 and 10 are as close


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("FR",), ("INRIA", "FR", 3.0)),
        (("US",), ("MIT", "US", 5.0)),
        (("DE",), ("none", "", 0.0)),
        (("ZA", "NA"), ("University of Cape Town", "ZA", 1.0)),  # equal: the first by name
    ],
)
def test_the_largest(papers, codes, expected):
    assert institutions.largest(papers, codes) == expected


def test_africa_has_namibia_whose_code_is_a_text(papers):
    codes = countries.continent_codes("AF")
    assert {"NA", "ZA", "EG"} <= set(codes) and not {"FR", "CN"} & set(codes)
    assert institutions.above(papers, {"AF": codes}, 0)["AF"] == 2


def test_a_namesake_is_the_larger_known_one_and_gets_the_papers(output, names, papers):
    same = institutions.namesakes(names, output)
    assert same.to_dict() == {8: 2}  # not 11, the small MIT in France
    joined = institutions.joined_to_namesakes(papers, names, same)
    assert by_id(joined)[2] == 7 and 8 not in by_id(joined)
    assert joined["papers"].sum() == papers["papers"].sum()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Google", True),
        ("Google DeepMind", True),
        ("JD.com", True),
        ("Willow Garage, Inc.", True),
        ("OPPO", True),
        ("Tsinghua University", False),
        ("INRIA", False),
        ("Meta-Learning Institute", True),  # a word list's mistake
        ("Metabolic Research Centre", False),
        ("Apple Valley College", False),
        ("Ludwig-Maximilians-Universität", False),
        ("Intelligent Systems Laboratory", False),
        ("Princeton University", False),
    ],
)
def test_firms_by_name(name, expected):
    assert institution_names.is_company(pd.DataFrame({"name": [name], "type": [None]})).tolist() == [expected]


def test_a_stated_type_goes_before_the_name():
    found = institution_names.is_company(
        pd.DataFrame({"name": ["Google", "Acme", "Acme"], "type": ["nonprofit", "company", None]})
    )
    assert found.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("LAAS-CNRS", "CNRS"),
        ("LIRMM", "CNRS"),
        ("L.I.R.M.M", "CNRS"),
        ("IRISA/Inria Rennes", "CNRS"),
        ("Institut des Systèmes Intelligents et de Robotique", "CNRS"),
        ("CNRS UMR 7253 Heudiasyc", "CNRS"),
        ("INRIA", "INRIA"),
        ("Inria Lille-Nord", "INRIA"),
        ("I.N.R.I.A. Sophia Antipolis", "INRIA"),
        ("Ecole Polytechnique", "Institut Polytechnique de Paris"),
        ("Télécom Paris", "Institut Polytechnique de Paris"),
        ("École Normale Supérieure Paris-Saclay", "Paris-Saclay University"),
        ("CentraleSupélec", "Paris-Saclay University"),
        ("École Normale Supérieure", "PSL University"),
        ("Université Paris-Dauphine", "PSL University"),
        ("UPMC Univ Paris 6", "Sorbonne University"),
        # and what must stay itself
        ("École Normale Supérieure de Rennes", "École Normale Supérieure de Rennes"),
        ("ENS de Lyon", "ENS de Lyon"),
        ("Ecole polytechnique de Lille", "Ecole polytechnique de Lille"),
        ("ENSTA Bretagne", "ENSTA Bretagne"),
        ("INRAE", "INRAE"),
        ("CEA", "CEA"),
        ("University of Toulouse", "University of Toulouse"),
        ("Université Sorbonne Paris Nord", "Université Sorbonne Paris Nord"),
        ("Institut Pasteur", "Institut Pasteur"),
        ("Mines Saint-Étienne", "Mines Saint-Étienne"),
    ],
)
def test_french_parents(name, expected):
    assert institution_names.french_parent(name) == expected


def test_a_parent_has_at_least_its_largest_unit_and_at_most_the_sum(papers):
    rolled = institutions.rolled_up(papers)
    assert rolled.loc["CNRS"].to_dict() == {"units": 2, "low": 2, "high": 4}  # LAAS-CNRS 2 and CNRS 2
    assert rolled.loc["INRIA"].to_dict() == {"units": 1, "low": 3, "high": 3}
    assert list(rolled.index) == ["CNRS", "INRIA"]  # by the upper bound; no other country


def test_draws_have_the_mean_that_poisson_numbers_have(papers):
    draws = institutions.resampled_above(papers, MEMBERS, 2, np.random.default_rng(1), 20_000)
    expected = poisson.sf(2, 5) + poisson.sf(2, 3)  # MIT and Google
    assert draws["US"].mean() == pytest.approx(expected, abs=0.02)
    assert draws["CN"].mean() == pytest.approx(poisson.sf(2, 6), abs=0.02)
    again = institutions.resampled_above(papers, MEMBERS, 2, np.random.default_rng(1), 20_000)
    pd.testing.assert_frame_equal(draws, again)


def test_draws_by_parts_keep_the_part_of_a_paper(output, names):
    half = institutions.papers_of(output, names, [2024], "fractional").query("institution_id == 3")  # 3 papers, 1.0
    draws = institutions.resampled_above(half, MEMBERS, 1, np.random.default_rng(1), 20_000)
    assert draws["US"].mean() == pytest.approx(poisson.sf(3, 3), abs=0.02)  # more than 1.0 is more than 3 papers


def test_an_institution_far_above_the_threshold_is_in_every_draw():
    papers = pd.DataFrame({"papers": [900.0], "n_whole": [900], "country": ["CN"]})
    assert (institutions.resampled_above(papers, MEMBERS, 50, np.random.default_rng(1), 500)["CN"] == 1).all()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((156, 54, 37, 19), [True, True, True, True]),  # as reported
        ((22, 0, 15, 1), [True, False, False, False]),
        ((101, 50, 88, 18), [True, False, False, True]),
        ((54, 54, 37, 19), [False, False, True, True]),  # a tie is no lead
        ((0, 0, 0, 0), [False, False, False, False]),
    ],
)
def test_the_reported_order(counts, expected):
    order = institutions.reported_order(pd.DataFrame([counts], columns=["CN", "EU", "US", "UK"]))
    assert order.loc[0, ["CN", "EU", "US", "UK"]].tolist() == expected


def test_the_largest_of_each_year(output, names):
    found = institutions.largest_by_year(output, names, [2022, 2023, 2024], ("US",))
    assert found.loc[2024].tolist() == ["MIT", "US", 5.0]
    assert found.loc[2023].tolist() == ["MIT", "US", 1.0]
    assert found.loc[2022].tolist() == ["none", "", 0.0]


@pytest.fixture
def grid(output, names):
    all_papers = pd.DataFrame({"year": [2023, 2024, 2024], "n_papers": [10, 15, 5]})
    members = {
        "CN": ("CN",),
        "CN+HK+MO": ("CN", "HK", "MO"),
        "EU-27": ("FR",),
        "EU-28": ("FR", "GB"),
        "US": ("US",),
        "UK": ("GB",),
        "FR": ("FR",),
        "AF": ("ZA", "NA"),
    }
    return institutions.sensitivity(
        output, all_papers, names, {"2024": [2024], "2023–2024": [2023, 2024]}, members, n_reported=100, threshold=5
    )


def test_every_combination_of_choices_is_a_row(grid):
    choices = ["threshold", "counting", "years", "unknown country", "firms"]
    assert len(grid) == 3 * 2 * 2 * 2 * 2 and not grid.duplicated(choices).any()


def pick(grid, **asked):
    given = {"threshold": "> 5", "counting": "whole", "years": "2024", "unknown country": "left out", "firms": "in"} | {
        name.replace("_", " "): value for name, value in asked.items()
    }
    return grid[(grid[list(given)] == pd.Series(given)).all(axis=1)].iloc[0]


def test_each_choice_does_what_it_says(grid):
    assert pick(grid)["US"] == 0
    assert pick(grid, threshold="≥ 5")["US"] == 1
    assert pick(grid, unknown_country="joined to namesakes")["US"] == 1  # MIT then has 7
    assert pick(grid, threshold="equivalent")["US"] == 2  # 20 of 100 papers: more than 1
    assert pick(grid, threshold="equivalent", firms="out")["US"] == 1  # without Google
    assert pick(grid, counting="fractional")["CN"] == 0  # 3.5
    assert pick(grid, years="2023–2024")["CN"] == 1  # 8 a year
    assert pick(grid, threshold="equivalent", years="2023–2024", firms="out")["US"] == 1  # 3 a year against 0.75
    assert pick(grid, threshold="equivalent")[["EU-27", "EU-28"]].tolist() == [3, 4]


def test_answers_hold_every_meaning_of_china_and_the_eu(grid):
    answers = institutions.answers(grid, ("CN", "CN+HK+MO"), ("EU-27", "EU-28"))
    assert len(answers) == 4 * len(grid)
    row = answers.query(
        "threshold == 'equivalent' and counting == 'whole' and years == '2024' and firms == 'in' and "
        "`unknown country` == 'left out' and china == 'CN' and eu == 'EU-27'"
    ).iloc[0]
    # CN 1, EU 3, US 2, UK 1; France has three above 1, Africa none.
    assert row[["CN", "EU", "US", "UK", "FR", "AF"]].tolist() == [False, False, False, False, False, True]
