"""Cities: small corpora counted by hand, planted truths, and what must not change a number."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.measures import geography
from compendium.measures import institutions as of_institutions
from compendium.places import blocs, cities

FOUR = geography.NAMED


def rows_of(*entries):
    """Rows (city, whole, fractional), all Chinese unless a fourth entry names the country."""
    return pd.DataFrame(
        [
            {
                "institution_id": number,
                "name": f"Institute {number}",
                "country": entry[3] if len(entry) > 3 else "CN",
                "city": entry[0],
                "whole": float(entry[1]),
                "fractional": float(entry[2]),
                "n_whole": int(entry[1]),
                "latitude": 0.0,
                "longitude": 0.0,
                "type": "education",
                "several_sites": False,
            }
            for number, entry in enumerate(entries)
        ]
    )


def counts_of(**numbers):
    return pd.DataFrame([{city.replace("unknown", ""): number for city, number in numbers.items()}])


# Two papers of 2024: p by A and B (half each, at two venues' rows), q by A alone; one of 2023 by A.
OUTPUT = pd.DataFrame(
    {
        "institution_id": [1, 1, 2, 1],
        "year": [2024, 2024, 2024, 2023],
        "category": ["aaai", "ijcai", "aaai", "aaai"],
        "n_papers": [1, 1, 1, 1],
        "n_papers_fractional": [0.5, 1.0, 0.5, 1.0],
        "citations": 0,
    }
)
PLACES = pd.DataFrame(
    {
        "institution_id": [1, 2],
        "slug": ["a-cn", "b-cn"],
        "name": ["A", "B"],
        "country": ["CN", "CN"],
        "city": ["Beijing", None],
        "latitude": [39.9, np.nan],
        "longitude": [116.4, np.nan],
        "type": ["education", None],
        "several_sites": [False, False],
    }
)


def test_papers_are_added_over_venues_and_averaged_over_years():
    one = geography.placed_output(OUTPUT, PLACES, [2024]).set_index("institution_id")
    assert one["whole"].to_dict() == {1: 2, 2: 1} and one["fractional"].to_dict() == {1: 1.5, 2: 0.5}
    assert one["city"].to_dict() == {1: "Beijing", 2: geography.UNPLACED}
    two = geography.placed_output(OUTPUT, PLACES, [2023, 2024]).set_index("institution_id")
    assert two["whole"].to_dict() == {1: 1.5, 2: 0.5} and two["n_whole"].to_dict() == {1: 3, 2: 1}
    assert geography.placed_output(OUTPUT, PLACES, [1990]).empty


def test_institutions_above_the_threshold_by_city():
    rows = rows_of(("Beijing", 60, 20), ("Beijing", 51, 55), ("Wuhan", 50, 50), ("Xi’an", 51, 10), ("", 70, 1))
    assert geography.institutions_by_city(rows, 50).to_dict() == {"Beijing": 2, "": 1, "Xi’an": 1}
    assert geography.institutions_by_city(rows, 50, at_least=True)["Wuhan"] == 1
    assert geography.institutions_by_city(rows, 50, "fractional").to_dict() == {"Beijing": 1}
    assert list(geography.institutions_by_city(rows, 50).index) == ["Beijing", "", "Xi’an"]  # most first, then by name
    assert geography.institutions_by_city(rows, 100).empty
    with pytest.raises(ValueError, match="counting='country-fractional' is not possible"):
        geography.institutions_by_city(rows, 50, "country-fractional")


@pytest.mark.parametrize(
    ("numbers", "holds"),
    [
        ({"Beijing": 4, "Shanghai": 1, "Guangzhou": 1, "Nanjing": 1, "Wuhan": 1}, True),  # 4 of 8 is just a half
        ({"Beijing": 5, "Shanghai": 1, "Guangzhou": 1, "Nanjing": 1, "Wuhan": 1}, False),  # 5 of 9 is more
        ({"Beijing": 1, "Shanghai": 1, "Guangzhou": 1, "Nanjing": 1}, False),  # no further city
        ({"Beijing": 2, "Shanghai": 2, "Guangzhou": 2, "Wuhan": 2}, False),  # none in Nanjing
        (
            {"Beijing": 1, "Shanghai": 1, "Guangzhou": 1, "Nanjing": 1, "unknown": 1},
            False,
        ),  # unknown is no further city
        ({"Beijing": 3, "Shanghai": 1, "Guangzhou": 1, "Nanjing": 1, "Wuhan": 1, "unknown": 1}, True),  # 3 + 1 of 8
        ({"Beijing": 3, "Shanghai": 1, "Guangzhou": 1, "Nanjing": 1, "Wuhan": 1, "unknown": 2}, False),  # 3 + 2 of 9
        ({"Shanghai": 1, "Guangzhou": 1, "Nanjing": 1, "Beijing": 1, "Xi’an": 5}, False),  # a city not named has most
        ({}, False),
        ({"unknown": 3}, False),
    ],
)
def test_the_relation_of_the_claim(numbers, holds):
    assert bool(geography.is_spread(counts_of(**numbers)).iloc[0]) is holds


def test_the_largest_share_counts_unknown_cities_in_the_whole():
    assert geography.largest_share(counts_of(Beijing=3, Wuhan=1, unknown=2)).iloc[0] == 0.5
    assert geography.largest_share(counts_of(unknown=2)).iloc[0] == 0
    assert geography.largest_share(counts_of(Beijing=0)).isna().iloc[0]


ALL = {"Beijing": 2, "Shanghai": 1, "Guangzhou": 1, "Nanjing": 1, "Wuhan": 1}


@pytest.mark.parametrize(
    ("numbers", "lowest", "sample", "expected"),
    [
        ({}, 0.0, True, None),  # nothing to place
        (ALL, 0.3, True, True),
        (ALL, 0.9, False, True),
        ({"Beijing": 1}, 1.0, True, None),  # one institution is in one city, which says nothing of spread
        ({"Beijing": 1}, 1.0, False, False),
        ({"Beijing": 3, "Shanghai": 2}, 0.4, True, None),  # a part cannot show that Nanjing has none
        ({"Beijing": 3, "Shanghai": 2}, 0.4, False, False),  # the whole can
        ({"Beijing": 9, "Shanghai": 1}, 0.7, True, False),  # firmly more than half, whoever is missing
        (ALL | {"Beijing": 5}, 0.4, True, False),  # all there, and more than half
        ({"Beijing": 1, "Shanghai": 1, "Guangzhou": 1, "Nanjing": 1}, 0.2, True, None),  # no further city, in a part
        ({"Beijing": 1, "Shanghai": 1, "Guangzhou": 1, "Nanjing": 1}, 0.2, False, False),
        ({"Beijing": 3, "Shanghai": 2, "": 1}, 0.4, False, None),  # Nanjing's may be among the unknown
        (ALL | {"": 6}, 0.2, False, None),  # those of unknown city could tip it
    ],
)
def test_when_the_data_can_decide(numbers, lowest, sample, expected):
    holds, reason = geography.judged(pd.Series(numbers, dtype="int64"), lowest, sample)
    assert holds is expected
    assert bool(reason) is (expected is not True)


def test_the_reason_names_the_city_without_an_institution():
    _, reason = geography.judged(pd.Series({"Beijing": 2, "Shanghai": 1, "Guangzhou": 1, "Wuhan": 1}), 0.2, True)
    assert "Nanjing" in reason and "Shanghai" not in reason


def test_credit_leaves_out_what_has_no_city_and_tells_namesakes_by_country():
    rows = rows_of(("London", 9, 4, "GB"), ("London", 9, 5, "CA"), ("London", 9, 2, "GB"), ("", 9, 7, "GB"))
    assert geography.credit_by_city(rows).to_dict() == {("GB", "London"): 6, ("CA", "London"): 5}
    assert list(geography.credit_by_city(rows).index) == [("GB", "London"), ("CA", "London")]


def test_measures_of_spread_by_hand():
    # Credit 5, 3, 2: Σ p² = .25 + .09 + .04 = .38; half of 10 is reached by the first alone.
    rows = rows_of(("Beijing", 9, 3), ("Beijing", 9, 2), ("Wuhan", 9, 3), ("Xi’an", 9, 2), ("", 9, 10))
    found = geography.spread(rows)
    assert found["effective cities"] == pytest.approx(1 / 0.38) and found["Herfindahl"] == pytest.approx(0.38)
    assert (found["cities"], found["cities for half"], found["largest city"]) == (3, 1, "Beijing")
    assert found["its share"] == pytest.approx(0.5) and found["placed"] == pytest.approx(0.5)
    assert geography.concentration(geography.credit_by_city(rows)).to_dict() == pytest.approx({1: 0.5, 2: 0.8, 3: 1})


def test_nothing_placed_has_no_spread():
    for rows in (rows_of(("", 9, 3)), rows_of(("Beijing", 9, 3)).iloc[:0]):
        found = geography.spread(rows)
        assert (found["cities"], found["cities for half"], found["largest city"]) == (0, 0, "none")
        assert np.isnan(found["effective cities"]) and found["placed"] == 0
        assert geography.drawn_spread(rows, np.random.default_rng(1), 5).isna().all(axis=None)


@pytest.mark.parametrize(
    ("credit", "part", "cities_needed"),
    [
        ([1, 1, 1, 1], 0.5, 2),
        ([1, 1, 1], 0.5, 2),
        ([0.1] * 10, 0.3, 3),
        ([7], 0.5, 1),
        ([5, 3, 2], 0.8, 2),
        ([], 0.5, 0),
    ],
)
def test_cities_for_a_part(credit, part, cities_needed):
    assert geography.cities_for(pd.Series(credit, dtype=float), part) == cities_needed


@settings(max_examples=60)
@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=30), st.floats(0.01, 100))
def test_effective_number_lies_between_one_and_all_and_knows_no_scale(credit, scale):
    values = np.array(credit)
    found = float(geography.effective_number(values))
    assert 1 - 1e-9 <= found <= len(values) + 1e-9
    assert found == pytest.approx(float(geography.effective_number(values * scale)))
    assert found <= float(geography.effective_number(np.append(values, values.mean()))) + 1e-9
    assert found >= 1 / (values.max() / values.sum()) - 1e-9  # Berger–Parker's number is the least of Hill's


def test_equal_cities_count_as_many_as_they_are():
    assert float(geography.effective_number(np.full(7, 3.3))) == pytest.approx(7)


def test_a_sample_of_few_papers_shows_fewer_cities():
    # Two equal cities: a single paper is in one; two papers meet in one with chance a half, so 1 / .75.
    assert geography.expected_in_fewer(2, 1) == 1 and geography.expected_in_fewer(2, 2) == pytest.approx(4 / 3)
    assert geography.expected_in_fewer(8, 1e12) == pytest.approx(8) and np.isnan(geography.expected_in_fewer(8, 0))
    part = np.array([0.5, 0.3, 0.2])
    drawn = np.random.default_rng(5).multinomial(40, part, size=20_000) / 40
    mean = float((drawn**2).sum(axis=1).mean())
    assert geography.expected_in_fewer(float(geography.effective_number(part)), 40) == pytest.approx(
        1 / mean, rel=0.005
    )


def test_unknown_cities_apart_or_in_the_largest_of_their_country():
    rows = rows_of(("Beijing", 9, 3), ("Wuhan", 9, 2), ("", 9, 1), ("", 9, 1), ("", 9, 1, "FR"), ("Bonn", 9, 1, "DE"))
    assert geography.place_unknown(rows, "leave out").equals(rows)
    assert list(geography.place_unknown(rows_of(("", 9, 1)), "largest")["city"]) == ["somewhere"]
    apart = geography.credit_by_city(geography.place_unknown(rows, "apart"))
    assert len(apart) == 6 and apart.sum() == 9  # three known, three of their own
    largest = geography.credit_by_city(geography.place_unknown(rows, "largest"))
    assert largest.to_dict() == {("CN", "Beijing"): 5, ("CN", "Wuhan"): 2, ("DE", "Bonn"): 1, ("FR", "somewhere"): 1}
    with pytest.raises(ValueError, match="how='guess' is not possible; choose one of: apart, leave out, largest"):
        geography.place_unknown(rows, "guess")


@pytest.mark.parametrize("bloc", list(blocs.members()))
def test_the_two_fillings_bracket_the_real_spread(proceedings, bloc):
    rows = geography.in_bloc(
        geography.placed_output(proceedings.institution_output, cities.places(proceedings.institutions), [2024]),
        blocs.members()[bloc],
    )
    numbers = [
        geography.spread(geography.place_unknown(rows, how))["effective cities"] for how in geography.UNPLACED_OPTIONS
    ]
    assert numbers[0] > numbers[1] > numbers[2]


def test_distances_between_cities_that_are_known():
    beijing_shanghai = geography.distance_km(39.9075, 116.3972, np.array([31.2222]), np.array([121.4581]))
    assert beijing_shanghai[0] == pytest.approx(1068, abs=4)
    quarter = geography.distance_km(0.0, 0.0, np.array([90.0, 0.0, 0.0]), np.array([0.0, 180.0, 0.0]))
    assert quarter == pytest.approx([np.pi / 2 * 6371, np.pi * 6371, 0])
    across = geography.distance_km(0.0, 179.5, np.array([0.0]), np.array([-179.5]))
    assert across[0] == pytest.approx(np.pi / 180 * 6371)


def test_near_cities_join_the_larger_one():
    # On the equator a degree is 111 km: B is 0.3 degrees (33 km) from A, C 0.3 from B but 0.6 (67 km) from A.
    rows = rows_of(("A", 9, 5), ("B", 9, 3), ("C", 9, 4), ("", 9, 1)).assign(longitude=[0.0, 0.3, 0.6, np.nan])
    merged = geography.merge_near(rows, 50)
    assert list(merged["city"]) == ["A", "A", "C", ""]  # A, the largest, takes B; C is out of its reach
    assert list(geography.merge_near(rows, 100)["city"]) == ["A", "A", "A", ""]
    (just,) = geography.distance_km(0.0, 0.0, np.array([0.0]), np.array([0.3]))
    assert list(geography.merge_near(rows, just)["city"]) == ["A", "A", "C", ""]
    assert list(geography.merge_near(rows, just - 1e-6)["city"]) == ["A", "B", "C", ""]
    assert list(geography.merge_near(rows, 0)["city"]) == ["A", "B", "C", ""]
    assert list(rows["city"]) == ["A", "B", "C", ""]  # the caller's rows are left as they were


def test_merging_never_spreads_and_keeps_all_credit(proceedings):
    rows = geography.in_bloc(
        geography.placed_output(proceedings.institution_output, cities.places(proceedings.institutions), [2023]),
        ("US",),
    )
    found = [geography.spread(geography.merge_near(rows, km)) for km in (0, 25, 50, 100, 30_000)]
    numbers = [one["effective cities"] for one in found]
    assert numbers == sorted(numbers, reverse=True) and numbers[-1] == pytest.approx(1)
    assert {round(one["placed"], 9) for one in found} == {round(found[0]["placed"], 9)}


def test_draws_lie_around_what_was_found_and_repeat_with_the_seed():
    rows = rows_of(("Beijing", 400, 100), ("Wuhan", 100, 100), ("Xi’an", 50, 50), ("", 900, 3))
    draws = geography.drawn_institutions(rows, 50, np.random.default_rng(3), 400)
    assert (draws[["Beijing", "Wuhan", ""]] == 1).all(axis=None)  # far above the threshold in every draw
    assert 0.35 < draws["Xi’an"].mean() < 0.55  # Poisson(50) above 50 in 46 % of draws
    assert draws.equals(geography.drawn_institutions(rows, 50, np.random.default_rng(3), 400))
    spread = geography.drawn_spread(rows, np.random.default_rng(3), 400)
    assert spread["its share"].between(0.35, 0.5).all()  # 100 of 250, or Wuhan's when it is drawn larger
    assert spread["effective cities"].mean() == pytest.approx(1 / (0.4**2 * 2 + 0.2**2), rel=0.03)


def test_fractional_draws_have_the_threshold_of_fractional_counts():
    rows = rows_of(("Beijing", 100, 10), ("Wuhan", 100, 90))
    draws = geography.drawn_institutions(rows, 50, np.random.default_rng(3), 50, "fractional")
    assert draws["Beijing"].sum() == 0 and (draws["Wuhan"] == 1).all()


def test_counts_agree_with_the_measure_of_institutions(proceedings):
    """The number above the threshold is that of `60-institutions`, whatever the city."""
    rows = geography.placed_output(proceedings.institution_output, cities.places(proceedings.institutions), [2024])
    papers = of_institutions.papers_of(proceedings.institution_output, proceedings.institutions, [2024])
    for threshold in (50, 20, 5.3):
        expected = of_institutions.above(papers, blocs.members(), threshold)
        for bloc, codes in blocs.members().items():
            counts = geography.institutions_by_city(geography.in_bloc(rows, codes), threshold)
            assert counts.sum() == expected[bloc]


def test_years_with_little_credit_are_missing():
    output = pd.DataFrame(
        {
            "institution_id": [1, 1],
            "year": [2023, 2024],
            "category": "aaai",
            "n_papers": [10, 40],
            "n_papers_fractional": [10.0, 40.0],
            "citations": 0,
        }
    )
    found = geography.spread_by_year(output, PLACES, [2022, 2023, 2024], {"CN": ("CN",)}, np.random.default_rng(1), 20)
    frame = found["CN"]
    assert list(frame.index) == [2022, 2023, 2024] and frame.loc[[2022, 2023]].isna().all(axis=None)
    assert frame.loc[2024, ("its share", "value")] == 1 and frame.loc[2024, ("effective cities", "high")] == 1


def test_every_choice_of_the_grid_can_turn_the_answer():
    """A corpus in which the claim hangs on one body of several sites, one firm, one meaning of China."""
    places = pd.DataFrame(
        [
            {
                "institution_id": number,
                "slug": f"i{number}-cn",
                "name": f"Institute {number}",
                "country": country,
                "city": city,
                "latitude": 0.0,
                "longitude": 0.0,
                "type": kind,
                "several_sites": several,
            }
            for number, (city, country, kind, several) in enumerate(
                [
                    ("Beijing", "CN", "education", False),
                    ("Shanghai", "CN", "education", False),
                    ("Guangzhou", "CN", "company", False),
                    ("Nanjing", "CN", "facility", True),
                    ("Hong Kong", "HK", "education", False),
                ],
                start=1,
            )
        ]
    )
    output = pd.DataFrame(
        {
            "institution_id": [1, 2, 3, 4, 5],
            "year": 2024,
            "category": "aaai",
            "n_papers": [60, 60, 60, 60, 50],
            "n_papers_fractional": [9.0] * 5,
            "citations": 0,
        }
    )
    grid = geography.sensitivity(
        output, places, pd.Series({2024: 570}), [2024], {"CN": ("CN",), "CN+HK+MO": ("CN", "HK", "MO")}, 57_000, 50
    )
    assert len(grid) == 3 * 2 * 2 * 2 * 2
    chosen = grid.loc[grid["holds"]]
    # Hong Kong is the further city, and has 50: at least 50, or above the equivalent of 0.5.
    assert set(chosen["china"]) == {"CN+HK+MO"} and set(chosen["firms"]) == {"in"}
    assert set(chosen["several sites"]) == {"main city"}
    assert set(zip(chosen["threshold"], chosen["counting"], strict=True)) == {
        ("≥ 50", "whole"),
        ("equivalent", "whole"),
        ("equivalent", "fractional"),
    }
    assert (
        grid.loc[
            (grid["firms"] == "out") & (grid["several sites"] == "left out") & (grid["counting"] == "whole"),
            "named without",
        ]
        == 2
    ).all()


def test_cities_of_unknown_coordinates_stay_their_own():
    rows = rows_of(("A", 9, 5), ("B", 9, 3), ("C", 9, 4)).assign(longitude=[0.0, 0.3, np.nan])
    assert list(geography.merge_near(rows, 50)["city"]) == ["A", "A", "C"]
    nowhere = rows.assign(longitude=np.nan, latitude=np.nan)
    assert list(geography.merge_near(nowhere, 50)["city"]) == ["A", "B", "C"]
