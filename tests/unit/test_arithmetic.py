"""Ranges of printed figures: worked by hand, and searched by brute force where there is a proof."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compendium.claims import load_register
from compendium.measures import arithmetic
from compendium.measures.arithmetic import Bound, Range, exact
from compendium.published import reported


def test_sum_product_and_quotient_take_the_far_ends() -> None:
    assert arithmetic.add(Range(1, 2), Range(10, 20), exact(5)) == (16, 27)
    assert arithmetic.multiply(Range(2, 3), Range(10, 20)) == (20, 60)
    # 10/4 and 20/2
    assert arithmetic.divide(Range(10, 20), Range(2, 4)) == (2.5, 10)
    assert arithmetic.divide(exact(1), Range(0, 4)) == (0.25, float("inf"))


@pytest.mark.parametrize("wrong", [Range(-1, 2), Range(3, 2)])
def test_wrong_ranges_are_refused(wrong: Range) -> None:
    for call in (
        lambda: arithmetic.multiply(wrong, exact(1)),
        lambda: arithmetic.divide(exact(1), wrong),
        lambda: arithmetic.union([wrong]),
    ):
        with pytest.raises(ValueError, match="range"):
            call()


def test_division_by_nothing_and_union_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="0"):
        arithmetic.divide(exact(1), exact(0))
    with pytest.raises(ValueError, match="one part"):
        arithmetic.union([])


def test_accounts_overlap_where_they_touch() -> None:
    assert arithmetic.overlap(Range(57, 58), Range(55, 65)) and arithmetic.overlap(Range(1, 2), Range(2, 3))
    assert not arithmetic.overlap(Range(80, 85), Range(95, 100))
    assert arithmetic.gap(Range(80, 85), Range(95, 100)) == arithmetic.gap(Range(95, 100), Range(80, 85)) == 10
    assert arithmetic.gap(Range(57, 58), Range(55, 65)) == 0


def test_widening_keeps_a_shut_side_shut() -> None:
    over = Range(57, 58)  # "over 57"
    assert arithmetic.widened(57, over, 0) == (57, 57)
    assert arithmetic.widened(57, over, 1) == over
    assert arithmetic.widened(57, over, 3) == (57, 60)
    assert arithmetic.widened(10, Range(4, 10), 2) == (0, 10)  # not below zero


def test_a_bound_is_broken_only_where_no_values_keep_it() -> None:
    assert Bound("", "", "at most", Range(5, 15), Range(2, 6)).kept  # 5 ≤ 6
    assert not Bound("", "", "at most", Range(7, 15), Range(2, 6)).kept
    assert Bound("", "", "the same as", Range(5, 15), Range(2, 6)).kept
    # too small is also not the same
    low = Bound("", "", "the same as", Range(1, 2), Range(4, 8))
    assert not low.kept and Bound("", "", "at most", Range(1, 2), Range(4, 8)).kept
    assert low.ratio == (0.125, 0.5)
    assert arithmetic.broken([low, Bound("", "", "at most", exact(1), exact(1))]) == [low]


def test_union_of_the_reported_dependence() -> None:
    """14 % of 6,378 is 893; 8 % of 10,055 is 804; 25 % of 2,747 is 687: together 2,384."""
    parts = [exact(round(share * papers)) for share, papers in ((0.14, 6378), (0.08, 10055), (0.25, 2747))]
    assert parts == [(893, 893), (804, 804), (687, 687)]
    assert arithmetic.union(parts) == (893, 2384)
    # 4 % of 23,695 is 948: possible. 3 % is 711: fewer than the papers with the US alone.
    assert arithmetic.union_admits(parts, exact(948))
    assert not arithmetic.union_admits(parts, exact(711))
    assert not arithmetic.union_admits(parts, exact(2385))
    # 2,384 / 948 of the three are on such a paper
    assert arithmetic.parts_per_paper(parts, exact(948)) == pytest.approx((2384 / 948, 2384 / 948))
    assert arithmetic.parts_per_paper(parts, exact(711)) is None


def test_parts_per_paper_stays_between_one_and_all() -> None:
    assert arithmetic.parts_per_paper([exact(10), exact(20)], Range(0, 100)) == (1, 1.5)
    assert arithmetic.parts_per_paper([exact(10), exact(10)], Range(5, 100)) == (1, 2)
    assert arithmetic.parts_per_paper([Range(0, 4), Range(0, 4)], Range(0, 8)) == (1, 2)
    assert arithmetic.parts_per_paper([exact(0), exact(0)], exact(0)) is None


def small_ranges() -> st.SearchStrategy[Range]:
    return st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda pair: Range(*sorted(pair)))


@settings(max_examples=120)
@given(st.lists(small_ranges(), min_size=1, max_size=3), small_ranges())
def test_meeting_ranges_are_enough_for_a_union(parts: list[Range], whole: Range) -> None:
    """Against every combination of whole numbers that the ranges admit."""
    values = [range(int(one.low), int(one.high) + 1) for one in parts]
    possible = any(
        max(chosen) <= size <= sum(chosen)
        for chosen in itertools.product(*values)
        for size in range(int(whole.low), int(whole.high) + 1)
    )
    assert arithmetic.union_admits(parts, whole) == possible


@settings(max_examples=80)
@given(st.lists(st.frozensets(st.integers(0, 9)), min_size=1, max_size=4))
def test_bounds_hold_for_real_sets(sets: list[frozenset[int]]) -> None:
    distinct = frozenset().union(*sets)
    assume(distinct)
    parts = [exact(len(one)) for one in sets]
    possible = arithmetic.union(parts)
    assert possible.low <= len(distinct) <= possible.high
    per_paper = sum(len(one) for one in sets) / len(distinct)
    found = arithmetic.parts_per_paper(parts, exact(len(distinct)))
    assert found is not None and found.low - 1e-9 <= per_paper <= found.high + 1e-9


def test_least_credits_counts_more_than_the_threshold() -> None:
    assert arithmetic.least_credits(156, 50) == 156 * 51 == 7956


def test_readings_of_the_world_are_those_of_the_register() -> None:
    """Each range stands in the register's own words, which were fixed before."""
    measure = load_register()["A1-figures-consistent"].measure
    world = reported.published_figures().query("quantity == 'AI publications' and entity == 'World'")
    named = {(year, wording) for year, accounts in reported.WORLD_ADMITS.items() for wording in accounts}
    assert set(zip(world["year"].astype(int), world["value"], strict=True)) == named
    for accounts in reported.WORLD_ADMITS.values():
        for wording, (value, low, high) in accounts.items():
            assert f"{low:,} to {high:,}" in measure
            assert low <= value <= high and str(value) in wording


def published(**changes) -> arithmetic.Published:
    """The published figures, some of them changed."""
    return replace(reported.published_report(), **changes)


def broken(figures: arithmetic.Published) -> list[str]:
    return [bound.name for bound in arithmetic.broken(arithmetic.report_bounds(figures))]


def test_published_report_is_what_was_printed() -> None:
    """By hand from the article, the news and the wording of the register."""
    figures = reported.published_report()
    assert {bloc: one.low for bloc, one in figures.outputs.items()} == {
        "CN": 23_695,
        "US": 6_378,
        "EU": 10_055,
        "UK": 2_747,
    }
    assert figures.world == {2024: ((57_000, 58_000), (55_000, 65_000)), 2000: ((8_000, 8_500), (9_500, 10_000))}
    assert figures.dependence["UK"] == (0.25, 0.30) and figures.citation_shares["CN"] == (40, 50)
    assert figures.researchers == {"CN": (25_000, 35_000), "EU": (15_000, 25_000), "US": (5_000, 15_000)}
    as_printed = reported.published_report(0)
    assert as_printed.world[2000] == (exact(8_500), exact(10_000))
    assert as_printed.researchers["US"] == exact(10_000)


def test_reported_figures_break_one_bound() -> None:
    assert broken(published()) == ["two accounts of the world, 2000"]
    assert len(arithmetic.report_bounds(published())) == 9


@pytest.mark.parametrize(
    ("change", "name"),
    [
        # 5,000 more papers of the UK than the world has room for
        (
            {"outputs": {"CN": exact(23_695), "US": exact(6_378), "EU": exact(10_055), "UK": exact(20_000)}},
            "four blocs against the world",
        ),
        ({"citation_shares": {"CN": Range(70, 80), "US": Range(31, 40)}}, "four shares of citations against all"),
        # 20 % of 6,378 are 1,276 papers; China's 4.5 % are 1,066
        ({"dependence": {"CN": Range(0.035, 0.045), "US": exact(0.20)}}, "largest partner against China's own share"),
        # 1 % of 6,378 are 64; China's 3.5 % are 829
        ({"dependence": {"CN": Range(0.035, 0.045), "US": exact(0.01)}}, "China's own share against all partners"),
        ({"researchers": {"US": Range(5_000, 6_000)}}, "papers against researchers, US"),
        (
            {"world": {2024: (Range(57_000, 58_000), exact(60_000)), 2000: (exact(9), exact(9))}},
            "two accounts of the world, 2024",
        ),
    ],
)
def test_each_bound_can_break(change: dict, name: str) -> None:
    assert name in broken(published(**change))


def test_accounts_of_2000_meet_only_at_three_times_the_width() -> None:
    """ "Just under 10,000" reaches down to 10,000 - 3 × 500 = 8,500, where "under 8,500" begins."""
    assert broken(reported.published_report(2.9)) == ["two accounts of the world, 2000"]
    assert broken(reported.published_report(3)) == []
    assert broken(reported.published_report(0)) == [
        "two accounts of the world, 2024",
        "two accounts of the world, 2000",
    ]


def test_shares_of_china_in_per_cent() -> None:
    """14 % of 6,378 are 892.92 papers, 3.77 % of 23,695; as printed all three are 2,384.07: 10.06 %."""
    found = arithmetic.shares_of_china(reported.published_report(0))
    assert found["US"].low == found["US"].high == pytest.approx(3.768, abs=5e-4)
    assert found["possible"] == pytest.approx((3.768, 10.061), abs=5e-4)
    assert found["reported"] == pytest.approx((4, 4))
    # 13.5 % of 6,378 are 861.03 papers; 14.5, 8.5 and 30 % are 924.81, 854.675 and 824.1
    ranges = arithmetic.shares_of_china(published())
    assert ranges["possible"] == pytest.approx((100 * 861.03 / 23_695, 100 * 2603.585 / 23_695))


def test_a_range_writes_both_ends() -> None:
    assert f"{Range(8000.0, 8500.0):,.0f}" == "8,000 to 8,500"
    assert f"{arithmetic.scaled(Range(0.035, 0.045), 100):.1f}" == "3.5 to 4.5"
    assert f"{Range(1, 2)}" == "Range(low=1, high=2)"


def test_citations_per_paper_as_printed() -> None:
    """China: 40 % of citations with 23,695 of 57,000 papers, 41.57 %: 0.962; UK: 2 / 4.819."""
    found = arithmetic.citations_per_paper(reported.published_report(0))
    assert {bloc: one.low for bloc, one in found.items()} == pytest.approx(
        {"CN": 0.962, "US": 0.894, "EU": 0.567, "UK": 0.415}, abs=5e-4
    )
    ranges = arithmetic.citations_per_paper(published())
    assert ranges["CN"].high == pytest.approx(50 / (100 * 23_695 / 58_000))


def test_researchers_per_paper_as_printed() -> None:
    """30,000 / 23,695; 20,000 / 10,055; 10,000 / 6,378."""
    found = arithmetic.researchers_per_paper(reported.published_report(0))
    assert {bloc: round(one.low, 2) for bloc, one in found.items()} == {"CN": 1.27, "EU": 1.99, "US": 1.57}


def test_published_figures_name_their_source_and_no_file_outside() -> None:
    figures = reported.published_figures()
    assert (figures[["source", "quantity", "value", "where", "status"]] != "").all(axis=None)
    assert not figures["where"].str.contains(r"\.txt|raw/|^/").any()
