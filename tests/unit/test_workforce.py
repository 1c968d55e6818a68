"""People counted by hand.

Window 2024, told apart by name:

| countries | first year | works | people | academic age |
|-----------|------------|-------|--------|--------------|
| CN        | 2024       | 1     | 3      | 0            |
| CN US     | 2020       | 2     | 2      | 4            |
| DE FR     | 2019       | 3     | 1      | 5 (or more)  |
| US        | 2022       | 1     | 4      | 2            |
| ZZ        | 2024       | 1     | 5      | 0            |

China has 3 + 2 = 5, the US 2 + 4 = 6, the EU 1 (one person, two members), the UK none, of 15.
By parts China has 3 + 2/2 = 4, the US 2/2 + 4 = 5, the EU 1.
"""

import numpy as np
import pandas as pd
import pytest

from compendium import tables
from compendium.measures import workforce
from compendium.places import blocs
from compendium.tabulation import expressions

MEMBERS = blocs.members()
COLUMNS = ["window_start", "window_end", "author_key", "countries", "debut_year", "n_works", "n_researchers"]
ONE_YEAR = [
    (2024, 2024, "name", "CN", 2024, 1, 3),
    (2024, 2024, "name", "CN US", 2020, 2, 2),
    (2024, 2024, "name", "DE FR", 2019, 3, 1),
    (2024, 2024, "name", "US", 2022, 1, 4),
    (2024, 2024, "name", "ZZ", 2024, 1, 5),
]
OTHERS = [
    (2022, 2024, "name", "CN", 2022, 3, 100),
    (2024, 2024, "name+institution", "CN", 2024, 1, 7),
    (2023, 2023, "name", "US", 2023, 1, 9),
]


@pytest.fixture
def researchers():
    return pd.DataFrame(ONE_YEAR + OTHERS, columns=COLUMNS)


@pytest.fixture
def people(researchers):
    return workforce.of_window(researchers, 2024)


def test_a_window_holds_neither_other_widths_nor_years_nor_keys(researchers, people):
    assert people["n_researchers"].sum() == 15
    assert workforce.of_window(researchers, 2024, 3)["n_researchers"].tolist() == [100]
    assert workforce.of_window(researchers, 2024, 1, "name+institution")["n_researchers"].tolist() == [7]
    assert workforce.of_window(researchers, 2023)["n_researchers"].tolist() == [9]


def test_whole_counts_give_a_bloc_one_for_a_person_whatever_members(people):
    assert workforce.n_researchers(people, MEMBERS).to_dict() == {"CN": 5, "US": 6, "EU": 1, "UK": 0}


@pytest.mark.parametrize("counting", ["fractional", "country-fractional"])
def test_fractional_counts_split_a_person_over_countries(people, counting):
    assert workforce.n_researchers(people, MEMBERS, counting).to_dict() == {"CN": 4, "US": 5, "EU": 1, "UK": 0}


def test_an_unknown_country_keeps_its_part_of_a_person():
    rows = pd.DataFrame([(2024, 2024, "name", "CN ZZ", 2024, 1, 8)], columns=COLUMNS)
    assert workforce.n_researchers(rows, MEMBERS, "fractional")["CN"] == 4
    assert workforce.n_researchers(rows, MEMBERS)["CN"] == 8
    assert workforce.n_unknown(rows) == 0


def test_the_threshold_counts_works_in_the_window(researchers):
    two = workforce.of_window(researchers, 2024, min_works=2)
    assert workforce.n_researchers(two, MEMBERS).to_dict() == {"CN": 2, "US": 2, "EU": 1, "UK": 0}
    three = workforce.of_window(researchers, 2024, min_works=3)
    assert workforce.n_researchers(three, MEMBERS).to_dict() == {"CN": 0, "US": 0, "EU": 1, "UK": 0}


def test_people_without_any_country_are_counted_apart(people):
    assert workforce.n_unknown(people) == 5


def test_academic_age_by_hand(people):
    profile = workforce.age_profile(people, MEMBERS)
    assert profile["CN"].tolist() == [3, 0, 0, 0, 2, 0]
    summary = workforce.age_summary(profile)
    assert summary.loc["CN"].tolist() == pytest.approx([8 / 5, 3 / 5, 0])
    assert summary.loc["US"].tolist() == pytest.approx([(2 * 4 + 4 * 2) / 6, 0, 0])
    assert summary.loc["EU"].tolist() == [5, 0, 1]
    assert summary.loc["UK"].isna().all()


def test_described_holds_the_share_of_all_people_the_unplaced_among_them(people):
    described = workforce.described(people, MEMBERS)
    assert described.loc["CN"].tolist() == pytest.approx([5, 5 / 15, 8 / 5])


def test_eighteen_definitions_and_each_is_its_own_window(researchers):
    found = workforce.definitions(researchers, 2024, MEMBERS)["researchers"].unstack("bloc")
    assert len(found) == 18
    assert found.loc[(1, 2, "name"), "US"] == 2
    assert found.loc[(3, 3, "name"), "CN"] == 100
    assert found.loc[(5, 1, "name"), "CN"] == 0


def test_years_are_windows_of_one_year(researchers):
    found = workforce.by_year(researchers, MEMBERS)["researchers"]
    assert found.loc["name", 2023, "US"] == 9
    assert found.loc["name", 2024, "US"] == 6
    assert found.loc["name+institution", 2024, "CN"] == 7


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"end": 1999}, "year=1999 is not possible for researchers; choose one of: 2023, 2024"),
        ({"end": 2024, "width": 2}, "window=2 .* 1, 3, 5"),
        ({"end": 2024, "author_key": "orcid"}, "author_key='orcid' .* name, name.institution"),
        ({"end": 2024, "min_works": 4}, "min_works=4 .* 1, 2, 3"),
    ],
)
def test_what_the_table_does_not_hold_is_refused_by_name(researchers, asked, message):
    with pytest.raises(ValueError, match=message):
        workforce.of_window(researchers, **asked)


def test_an_unknown_way_of_counting_is_refused(people):
    with pytest.raises(ValueError, match="counting='half'"):
        workforce.n_researchers(people, MEMBERS, "half")


@pytest.mark.parametrize(
    ("china", "eu", "us", "expected"),
    [
        (30_000, 20_000, 10_000, [True, True, True]),  # as reported
        (10_000, 20_000, 30_000, [False, False, False]),  # turned round
        (30_000, 10_000, 20_000, [True, False, False]),  # only China stands where it should
        (20_000, 30_000, 10_000, [False, False, True]),
        (20_000, 20_000, 10_000, [False, False, True]),  # a tie is no lead
        (0, 0, 0, [False, False, False]),
    ],
)
def test_the_reported_order(china, eu, us, expected):
    order = workforce.reported_order(pd.DataFrame([{"CN": china, "EU": eu, "US": us}]))
    assert order.loc[0, ["CN", "EU", "US"]].tolist() == expected


def test_the_age_gap_is_to_the_lower_of_the_others():
    ages = pd.DataFrame([{"CN": 1.0, "EU": 1.5, "US": 3.0}, {"CN": 2.0, "EU": 1.5, "US": 3.0}])
    assert workforce.age_gap(ages).tolist() == [-0.5, 0.5]


def test_draws_centre_on_the_mean_and_repeat_with_the_seed(people):
    first, again, other = (
        workforce.resampled_mean_age(people, MEMBERS, "whole", np.random.default_rng(seed), 4_000) for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)
    # The US has six people of mean 16/6 and variance 8/9; about six of them are drawn each time.
    assert first["US"].mean() == pytest.approx(16 / 6, abs=0.05)
    assert first["US"].std() == pytest.approx(np.sqrt(8 / 9 / 6), rel=0.2)
    assert first["UK"].isna().all()


def test_where_all_are_of_one_age_no_draw_differs():
    rows = pd.DataFrame([(2024, 2024, "name", code, 2021, 1, 50) for code in ("CN", "US", "DE")], columns=COLUMNS)
    draws = workforce.resampled_mean_age(rows, MEMBERS, "whole", np.random.default_rng(3), 100)
    assert (draws[["CN", "US", "EU"]] == 3).all().all()


def test_limits_are_those_by_which_the_table_is_made():
    assert workforce.MOST_AGE == expressions.MOST_AGE
    assert max(workforce.MIN_WORKS) == expressions.MOST_WORKS
    assert workforce.WINDOWS == expressions.WINDOWS


def test_in_the_committed_table_an_institution_in_the_key_never_makes_fewer_people():
    table = tables.load("proceedings").researchers
    totals = table.pivot_table(
        index=["window_start", "window_end"], columns="author_key", values="n_researchers", aggfunc="sum"
    )
    assert (totals["name+institution"] >= totals["name"]).all()
    assert set(table["author_key"]) == set(workforce.AUTHOR_KEYS)
