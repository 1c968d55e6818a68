"""Sentences that say what was found: true for what was found, and for the opposite of it."""

import numpy as np
import pandas as pd
import pytest

from compendium import findings
from compendium.measures.arithmetic import Range

NONE = float("nan")


def test_what_is_known_of_a_year():
    assert findings.known_for(200, 198, 150, 2024) == (
        "A country is known for 99 % of the papers of 2024, citations for 75 %"
    )
    assert findings.known_for(0, 0, 0, 1990) == "There are no papers of 1990"


def test_rows_that_are_full():
    counts = pd.DataFrame({2023: [1, 2, 0], 2024: [3, 4, 5]}, index=["a", "b", "c"])
    assert findings.full_for_how_long(counts) == "2 of 3 rows are full in every year"
    assert findings.full_for_how_long(counts.iloc[:1]) == "1 of 1 rows is full in every year"
    assert findings.full_for_how_long(counts.iloc[2:]) == "none of 1 rows are full in every year"


@pytest.mark.parametrize(
    ("gains", "said"),
    [
        ([1.3, 3.8], "China's share grows 1.3 to 3.8 times in each of 2 panels of venues"),
        ([2.0], "China's share grows 2.0 times in the one panel of venues"),
        ([0.96], "China's share grows in none of 1 panel of venues; the last share is 0.96 times the first"),
        (
            [0.96, 2.5],
            "China's share grows in 1 of 2 panels of venues; the last share is 0.96 to 2.5 times the first",
        ),
        ([1.02, 1.5], "China's share grows 1.02 to 1.5 times in each of 2 panels of venues"),
        (
            [np.inf, 2.0],
            "China's share grows in 2 of 2 panels of venues; the last share is 2.0 times the first where that was "
            "above zero",
        ),
        ([np.inf], "China's share grows in 1 of 1 panel of venues"),
        ([NONE], "China's share grows in none of 1 panel of venues"),
        ([], "No venue has papers in every year of a span"),
    ],
)
def test_growth_by_panel(gains, said):
    """With categories=wacv a share that shrank was once said to grow 0.96 times."""
    assert findings.growth_by_panel(gains) == said


def test_a_line_that_falls_does_not_rise():
    assert findings.rises_in([2.0, 0.9]) == "China's line ends higher than it begins in 1 of 2."
    assert findings.rises_in([0.9]) == "China's line ends higher than it begins in none of 1."


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"CN": 30, "US": 40}, "The largest share of citations goes to the United States"),
        ({"CN": 40, "US": 40}, "The largest share of citations goes to China and the United States"),
        ({"CN": NONE, "US": NONE}, "Nobody's share of citations is known"),
    ],
)
def test_largest_share(shares, said):
    assert findings.largest_share(pd.Series(shares, dtype=float), "citations") == said


@pytest.mark.parametrize(
    ("china", "other", "said"),
    [
        (1, 2, "the United Kingdom has 1 paper with China and 2 with the European Union"),
        (2.5, 1, "the United Kingdom has 2.5 papers with China and 1 with the European Union"),
        (
            77,
            77,
            "the United Kingdom has 77 papers with China and 77 with the European Union, which is level and so not "
            "ahead",
        ),
    ],
)
def test_comparison(china, other, said):
    assert findings.comparison("UK", pd.Series({"china": china, "other": other, "name": "EU"})) == said


def ranking(*pairs):
    return pd.DataFrame(pairs, columns=["partner", "papers"])


def test_first_partner_of():
    first, tied, second = ranking(("CN", 5), ("DE", 4)), ranking(("CN", 5), ("DE", 5)), ranking(("DE", 5), ("CN", 4))
    assert findings.first_partner_of({"US": first, "UK": tied, "EU": second}, 2024) == (
        "China is the first partner of the United States (2024)"
    )
    assert findings.first_partner_of({"US": first, "UK": first}, 2024) == (
        "China is the first partner of the United States and the United Kingdom (2024)"
    )
    assert findings.first_partner_of({"US": tied, "EU": ranking()}, 2024).endswith("partner of none of them (2024)")
    assert "the United States" in findings.first_partner_of({"US": ranking(("CN", 1))}, 2024)


def test_ends_above():
    ahead = pd.DataFrame({"CN": [1, 5], "US": [2, 4], "EU": [9, 9]}, index=[2023, 2024])
    level = pd.DataFrame({"CN": [1, 4], "US": [2, 4], "EU": [9, 1]}, index=[2023, 2024])
    assert findings.ends_above({"a": ahead, "b": level}, "UK", ["US", "EU"]) == (
        "Partners of the UK: China ends above US in 1 and EU in 1 of 2 panels"
    )
    assert findings.ends_above({"a": ahead}, "UK", []) == "Partners of the UK: there is none to compare with China"


def test_shares_that_agree():
    found = pd.DataFrame({"low": [1.0, 9.1], "high": [3.0, 10.0]}, index=["CN", "US"])
    said = findings.shares_that_agree(found, {"CN": Range(3, 4), "US": Range(8, 9)}, 2024)
    assert said == "Shares that agree with what is reported: 1 of 2 (2024)"


def test_union_of_sum():
    assert findings.union_of_sum(9.0, 12.0, 2024) == "The union is 75 % of the sum of China's three shares (2024)"
    assert findings.union_of_sum(0.0, 0.0, 2024) == "China shares no paper with any of the three (2024)"


def test_leaning():
    raw = pd.DataFrame({"on China": [20, 5], "China on it": [10, 5]}, index=["US", "EU"])
    adjusted = pd.DataFrame({"on China": [0.9, 1.1], "China on it": [2, 2]}, index=["US", "EU"])
    assert findings.leaning(raw, adjusted, 2024) == (
        "1 of 2 partners have the larger share; adjusted for size, 1 of 2 above 1 (2024)"
    )


def test_strongest_pair():
    pairs = pd.DataFrame({"value": [2.0, 1.0]}, index=pd.MultiIndex.from_tuples([("EU", "UK"), ("CN", "US")]))
    assert findings.strongest_pair(pairs, 2024) == (
        "For their size, EU and UK publish together most, CN and US least (2024)"
    )
    assert findings.strongest_pair(pairs.iloc[:0], 2024) == "No two of the four can be compared (2024)"


def test_below_one():
    assert findings.below_one(pd.Series([0.5, 1.0, NONE])).startswith("1 of 2 values lie below 1")
    assert findings.below_one(pd.Series([1.5])).startswith("None of 1 values lie below 1")


def test_shares_at_venues():
    rising = pd.DataFrame({"US": [10.0, 20.0, 60.0, NONE], "part": [1, 2, 3, 0]})
    assert findings.shares_at_venues(rising, 2024) == (
        "US papers with China, by venue: 10 to 60 %, rising with China's part (2024)"
    )
    falling = rising.assign(part=[3, 2, 1, 0])
    assert findings.shares_at_venues(falling, 2024) == "US papers with China, by venue: 10 to 60 % (2024)"
    assert "by venue: 10 % (2024)" in findings.shares_at_venues(rising.iloc[:1], 2024)
    assert "too few papers to tell" in findings.shares_at_venues(rising.iloc[3:], 2024)


@pytest.mark.parametrize(
    ("parts", "found", "here", "beside"),
    [
        ({"US": 5.0, "EU": 4.0}, 19.9, "is smaller than in these papers (19.9 %)", "stays above"),
        ({"US": 5.0, "EU": 4.0}, 7.0, "can be the same as in these papers (7.0 %)", "stays above"),
        ({"US": 4.0, "EU": 5.0}, 1.0, "is larger than in these papers (1.0 %)", "stays above"),
        ({"US": 3.0, "EU": 6.0}, NONE, "is not known here", "stays above"),
        ({"US": 3.0, "EU": 2.0}, 4.0, "can be the same as in these papers (4.0 %)", "meets"),
        ({"US": 1.0, "EU": 1.0}, 7.0, "is smaller than in these papers (7.0 %)", "stays below"),
    ],
)
def test_official_counts_beside_these(parts, found, here, beside):
    """With categories=acmmm the official share was once "far smaller" than 9.9 %."""
    said = findings.official_beside(parts, found, (3.5, 4.5), {"US": 8.5, "GB": 0.5})
    assert f"China's share with the West {here}. It {beside} what is reported, 3.5 to 4.5 %." in said
    assert f"the first is the {'United States' if parts['US'] >= parts['EU'] else 'European Union'} alone" in said
    assert "shares with China: the United States 8.5 %, the United Kingdom 0.5 %; surely" in said
    assert said.endswith(f"all three: {'none' if sum(parts.values()) >= 8.5 else 'the United States'}.")


def test_of_several():
    assert findings.of_several(6071, 1725, 2024).startswith("Of 6,071 papers of 2024, 1,725 have two partners or more")


def test_ties_of_china():
    ahead, level, behind = (pd.Series({"CN": n, "US": 58, "DE": 50}) for n in (60, 58, 35))
    assert findings.ties_of_china(ahead, 2024) == (
        "China has the most ties (60), the United States 58 (2024)",
        "In 2024, China has ties to 60 countries, the United States to 58; China's rank is 1.",
    )
    assert findings.ties_of_china(level, 2024)[0] == (
        "China has ties to 58 countries, as many as the United States (2024)"
    )
    assert findings.ties_of_china(behind, 2024)[1].endswith("the United States to 58; China's rank is 3.")


def test_most_connected():
    values = {"ties": pd.Series({"CN": 2, "US": 3, "GB": 3}), "shared papers": pd.Series({"CN": 9, "US": 8})}
    assert findings.most_connected(values, 2024) == (
        "Most ties: United Kingdom and United States. Most shared papers: China (2024)"
    )


@pytest.mark.parametrize(
    ("slope", "said"),
    [
        (-3.6, "China's share of papers with a foreign address falls: −3.6 points a year"),
        (0.4, "China's share of papers with a foreign address rises: +0.4 points a year"),
        (0.0, "China's share of papers with a foreign address stays: 0.0 points a year"),
        (NONE, "Too few years for a trend of China's share of papers with a foreign address"),
    ],
)
def test_trend_of_share(slope, said):
    assert findings.trend_of_share(slope) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1, -1, -1], "2 of the 3 slopes are below zero, and all of them since the last year 2021."),
        ([-1, 1, -1], "2 of the 3 slopes are below zero, and all of them since the last year 2022."),
        ([-1, -1, -1], "3 of the 3 slopes are below zero, and all of them since the last year 2020."),
        ([-1, -1, 1], "2 of the 3 slopes are below zero; the last one is not."),
        ([np.nan, np.nan, -1], "1 of the 1 slopes are below zero, and all of them since the last year 2022."),
        ([np.nan] * 3, "0 of the 0 slopes are below zero; the last one is not."),
    ],
)
def test_slopes_below_zero(values, said):
    assert findings.slopes_below_zero(pd.Series(values, index=[2020, 2021, 2022], dtype=float)) == said


def test_change_of_share():
    share = pd.Series({2014: NONE, 2015: 0.5, 2024: 0.25})
    assert findings.change_of_share(share, (-3.6, -4.1, 0.2)) == (
        "From 2015 to 2024, the share of China's papers with a foreign address changes by −3.6 points a year "
        "(−4.1 to +0.2): 50% in 2015, 25% in 2024."
    )


def by_key(values, columns):
    """Return rows author_key and year, the same values by either key."""
    rows = pd.MultiIndex.from_product([["name", "name+institution"], [2023, 2024]], names=["author_key", "year"])
    return pd.DataFrame([*values, *values], index=rows, columns=columns)


def test_most_researchers_by_definition():
    rows = pd.DataFrame({"CN": [9, 1], "EU": [5, 5], "US": [3, 6]})
    assert findings.most_by_definition(rows, 2024) == (
        "China has the most researchers under 1 of 2 definitions,\nthe EU more than the US under 1 (2024)"
    )
    assert findings.most_by_definition(rows.iloc[1:], 2024) == (
        "China has the most researchers under none of 1 definitions,\nthe EU more than the US under none (2024)"
    )


def test_most_researchers_by_year_where_both_keys_agree():
    shares = by_key([[9, 5, 3], [9, 3, 5]], ["CN", "EU", "US"])
    assert findings.most_by_year(shares) == (
        "China has the most researchers in 2 of 2 years (2023 and 2024),\n"
        "the EU more than the US in 1 of 2 years (2023)"
    )
    shares.loc[("name", 2024), "CN"] = 1
    assert findings.most_by_year(shares).startswith("China has the most researchers in 1 of 2 years (2023),")


def test_shares_at_ends():
    shares = by_key([[10, 40], [50, 20]], ["CN", "US"])
    assert findings.shares_at_ends(shares) == "From 2023 to 2024: China 10 to 50 %, US 40 to 20 %"


def test_ratio_ranges():
    rows = pd.DataFrame({"CN": [3, 8], "EU": [1, 2], "US": [2, 4]})
    assert findings.ratio_ranges(rows) == "China 1.50 to 2.00, the EU 0.50 to 0.50"


def test_if_unknown_were_there():
    assert findings.if_unknown_were_there(pd.Series({"CN": 30, "US": 20, "EU": 5}), 10, 80) == (
        "10 of 80 people (12 %) have no known country. If all were in the US, it would have 30 against 30 in China. "
        "If all were in the EU, it would have 15 against 20 in the US."
    )


def test_without_venue():
    found = pd.Series({"CN": 4033.2, "US": 5380.0})
    assert findings.without_venue(found, "acmmm", [2024], 39) == (
        "Without `acmmm`, China would have some 4,033 people and the US 5,380. "
        "This venue is on the lists in 1 of 39 years (2024)."
    )
    assert findings.without_venue(found, "rss", range(2010, 2020), 39).endswith("in 10 of 39 years.")


def ages(**rows):
    return pd.DataFrame(
        [{"author_key": "name", "bloc": b, "value": v, "low": low, "high": high} for b, (v, low, high) in rows.items()]
    )


def test_newest_researchers():
    apart = ages(CN=(1.0, 0.9, 1.1), EU=(1.5, 1.4, 1.6), US=(2.0, 1.9, 2.1), UK=(0.1, 0.1, 0.1))
    head = "Told apart by name: of China, the EU and the US,\n"
    assert findings.newest_researchers(apart, "name", 2024) == f"{head}China has the newest researchers (2024)"
    overlapping = ages(CN=(1.0, 0.9, 1.3), EU=(1.1, 1.0, 1.2), US=(2.0, 1.9, 2.1))
    assert findings.newest_researchers(overlapping, "name", 2024) == (
        f"{head}China has the newest researchers (2024); the intervals overlap"
    )
    other = ages(CN=(3.0, 2.9, 3.1), EU=(1.5, 1.4, 1.6), US=(2.0, 1.9, 2.1))
    assert findings.newest_researchers(other, "name", 2024) == f"{head}the EU has the newest researchers (2024)"
    tied = ages(CN=(1.0, 1.0, 1.0), EU=(1.0, 1.0, 1.0), US=(2.0, 2.0, 2.0))
    assert (
        findings.newest_researchers(tied, "name", 2024) == f"{head}China and the EU have the newest researchers (2024)"
    )
    unknown = ages(CN=(NONE, NONE, NONE))
    assert findings.newest_researchers(unknown, "name", 2024) == (
        "Told apart by name: nobody's academic age is known (2024)"
    )


def test_newer_by_year():
    gaps = by_key([[-1, -1], [-1, 1]], ["EU", "US"])
    gaps.loc[("name+institution", 2023), "EU"] = 0
    assert findings.newer_by_year(gaps) == (
        "China's researchers are newer than both others' in 1 of 2 years by name,\nin 0 by name and institution"
    )


def test_equivalent_threshold():
    assert findings.equivalent_threshold(50, (5.33, 5.06), (57_000, 60_000), 6071, 2024) == (
        "The report is quoted with more than 57,000 papers of the world in 2024, and with 60,000 in its press release. "
        "Here are 6,071 of 2024. So 50 there are 5.3 here (5.1 with the second figure)."
    )


def test_held_in():
    holding = pd.Series({"33": 0.28, "40": 1.0})
    swing = pd.DataFrame({"33": [5.0, 30.0], "40": [0.0, 0.4]}, index=["china", "years"])
    assert findings.held_in(holding, 1728, swing) == (
        "Of 100 definitions, the table tells in how many a claim's relation holds. Over all 1728: claim 33 28 %; "
        "claim 40 100 %. The choice that moves most: claim 33 years."
    )
    assert findings.held_in(holding, 9, 0 * swing).endswith("moves most: none.")


def test_largest_and_peak():
    largest = pd.DataFrame({"name": ["A", "B"], "papers": [8.0, 9.0]}, index=[2022, 2024])
    assert findings.largest_and_peak(largest, pd.Series({2022: 4.0, 2024: 9.0}), 2024, 4.6) == (
        "In 2024 the largest, B, has 9. The year nearest to the equivalent threshold is 2022: A has 8, against 4.0. "
        "By authors' parts the largest of 2022 has 4.6."
    )


def test_spread_in():
    grid = pd.DataFrame({"holds": [True, False], "threshold": ["equivalent", "as written"], "named without": [0, 2]})
    swing = pd.Series({"threshold": 1.0, "year": 0.5})
    assert findings.spread_in(grid, swing) == (
        "The relation holds in 50 % of the 2 definitions, and in 100 % of those with the equivalent threshold. "
        "The choice "
        "that moves most is the threshold. Where it fails, a named city has no institution above the threshold "
        "in 100 % "
        "of the cases."
    )
    assert findings.spread_in(grid.iloc[:1], 0 * swing).endswith("of those with the equivalent threshold.")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({0: 2, 1: 1, 3: 0}, "only from 3 times the width do all hold"),
        ({0: 2, 1: 1}, "not even the widest lets all hold"),
        ({0: 0, 1: 0}, "even the narrowest lets all hold"),
    ],
)
def test_readings_that_hold(broken, said):
    assert findings.readings_that_hold(pd.Series(broken)) == f"Of all readings, {said}"


def test_above_two_thresholds():
    written, fitting = pd.Series({"CN": 2, "US": 3}), pd.Series({"CN": 20, "US": 9})
    assert findings.above_two_thresholds(written, fitting, 50, 5.31, 2024) == (
        "Above 50 papers: US 3, China 2\nAbove 5.3: China 20, US 9 (2024)"
    )


def test_largest_passes():
    papers, fits = pd.Series({2023: 60, 2024: 7}), pd.Series({2023: 70.0, 2024: 5.0})
    said = findings.largest_passes(papers, fits, 50, "France")
    assert said == (
        "The largest institution in France passes 50 papers in 1 of 2 years\n"
        "of this source alone, the equivalent threshold in 1"
    )
    assert "in none of 2 years" in findings.largest_passes(papers, fits, 100, "France")
    assert findings.largest_passes(papers, fits + 10, 50, "France").endswith("the equivalent threshold in none")


@pytest.mark.parametrize(
    ("counts", "end"),
    [
        ((0, 0, 0), "So rolling up is not what decides here."),
        ((1, 2, 0), "So rolling up alone turns the zero."),
        ((1, 1, 0), "So rolling up alone turns the zero."),
        ((2, 2, 3), "So rolling up can change their number."),
        ((0, 2, 0), "So whether there is one at all can hang on how institutions are rolled up."),
        ((1, 2, 1), "So rolling up can change their number."),
    ],
)
def test_roll_up(counts, end):
    """With year=2015 a notebook said "not what decides" beneath one institution for certain and two possibly."""
    said = findings.roll_up(*counts, 50)
    assert said.endswith(end)
    assert said.startswith(
        f"Rolled up, {counts[0] or 'none'} of them {'has' if counts[0] == 1 else 'have'} more than 50"
    )


def test_nearest_to():
    papers, fits = pd.Series({2023: 12.5, 2024: 60}), pd.Series({2023: 10.0, 2024: 70.0})
    assert findings.nearest_to(papers, 50, fits, "Africa") == (
        "Africa's largest number of all years shown, 60 in 2024, passes the threshold as written; "
        "the equivalent one is passed in 1 of 2 years."
    )
    assert "12.5 in 2023, does not pass" in findings.nearest_to(papers.iloc[:1], 50, fits.iloc[:1], "Africa")


def test_institutions_by_city():
    written = pd.Series({"Beijing": 2, "Shanghai": 1})
    assert findings.institutions_by_city(
        written, pd.Series({"": 1, "Beijing": 2, "Wuhan": 2}), ("50", "5.3"), 2024
    ) == (
        "More than 50 papers in 2024: 3 institutions, in 2 cities, 2 in Beijing\n"
        "More than 5.3: 5, 4 of them in 2 cities, 2 in Beijing and Wuhan each"
    )
    nothing = pd.Series(dtype=int)
    assert findings.institutions_by_city(nothing, pd.Series({"Wuhan": 1}), ("50", "5.3"), 2024) == (
        "More than 50 papers in 2024: no institutions\nMore than 5.3: 1, in 1 city, 1 in Wuhan"
    )


def test_if_unplaced_were_there():
    """Two cities that tie were once said to have none."""
    head = "Above the equivalent threshold of 5.3 there are "
    assert findings.if_unplaced_were_there(pd.Series({"": 2, "Beijing": 4, "Wuhan": 1}), 5.3) == (
        f"{head}7 institutions, 2 of them without a known city. Beijing has 4; it would have 6 if all the unknown ones "
        "were there, against 3.5 that make a half."
    )
    assert "Beijing and Wuhan have 1; each of them would have 1 if" in findings.if_unplaced_were_there(
        pd.Series({"Beijing": 1, "Wuhan": 1}), 5.3
    )
    assert findings.if_unplaced_were_there(pd.Series({"": 2}), 5.3).endswith("2 of them without a known city.")


def test_cities_for_half():
    assert findings.cities_for_half({"CN": 3, "US": 9, "EU": 0, "UK": 1}, 2024) == (
        "Cities that hold half of the papers: China 3, US 9, UK 1 (2024)"
    )
    assert findings.cities_for_half(dict.fromkeys(("CN", "US", "EU", "UK"), 0), 2024).endswith("papers: none (2024)")


def test_largest_city_by_year():
    share = pd.Series({2010: NONE, 2011: 0.5, 2024: 0.25})
    assert findings.largest_city_by_year(share) == (
        "The largest city's part of China's papers: 50 % in 2011, 25 % in 2024"
    )
    assert findings.largest_city_by_year(share.iloc[:2]) == "China has too few papers for a trend"


def test_press_release():
    assert "says *less* than the counts do" in findings.press_release(True)
    assert "less" not in findings.press_release(False)


def test_single_partner():
    assert findings.single_partner(Range(3.0, 4.2), Range(3.5, 4.5), "US") == (
        "China's share with the United States *alone* comes to 3.0 to 4.2 %. Read as the share with the largest single "
        "partner, the reported figure fits without any strain."
    )
    assert findings.single_partner(Range(5.0, 6.0), Range(3.5, 4.5), "EU").endswith("does not fit either.")


def test_times_passed():
    twice, never = pd.Series([0.9, 1.2, NONE, 0.8, 1.1, 1.3]), pd.Series([1.2, 1.1])
    assert findings.times_passed({"long": twice, "late": never, "short": twice.iloc[3:]}, "the EU") == (
        "How often China passed the EU: long twice; late not once; short once."
    )
    assert findings.times_passed({}, "the EU") == "How often China passed the EU: no series tells."


def test_first_of():
    assert findings.first_of({"the US": "CN", "the EU": "GB"}) == (
        "So by official counts China was the first partner of the US, but not of the EU."
    )
    assert findings.first_of({"the US": "CN"}).endswith("the first partner of the US.")
    assert findings.first_of({"the US": None}).endswith("the first partner of none of them.")


@pytest.mark.parametrize(("share", "where"), [(9.0, "above"), (4.0, "in the range of"), (1.0, "below")])
def test_official_and_article(share, where):
    assert f"{share:.1f} %, is {where} what the article" in findings.official_and_article(share, (3.5, 4.5))


def test_early_peak():
    humps = {"a": pd.Series({2007: 1, 2008: 3, 2009: 2}), "b": pd.Series({2007: 1, 2008: 2, 2009: 3, 2010: 1})}
    assert findings.early_peak(humps, {"a": 2008, "b": 2009}) == "China's share has an early peak, in 2008 and 2009"
    rising = {"a": humps["a"], "b": pd.Series({2008: 1, 2009: 2})}
    assert findings.early_peak(rising, {"a": 2008, "b": 2009}) == "China's share is highest in 2008 and 2009"


def test_the_official_list_alone():
    """With categories=acmmm, which has institutions but none of these years, it once "named no institutions"."""
    assert findings.official_alone(0, (2003, 2022)) == (
        "This source names no institutions, so the official table stands alone."
    )
    assert findings.official_alone(9, (2003, 2022)).startswith("This source has no institution in 2003 to 2022,")


@pytest.mark.parametrize(
    ("reported", "fits"),
    [
        ((3.5, 4.5), "fits only the low end of"),
        ((5.0, 6.0), "fits"),
        ((9.0, 12.0), "fits only the high end of"),
        ((1.0, 2.0), "does not fit"),
    ],
)
def test_fit_of_share(reported, fits):
    assert findings.fit_of_share(Range(*reported), Range(3.6, 11.0)) == (
        f"China's reported share {fits} what the others' shares imply"
    )


def test_most_frequent():
    assert findings.most_frequent(pd.Series({"a": 2, "b": 1})) == "The most frequent verdict is “a” (2 claims)"
    assert (
        findings.most_frequent(pd.Series({"a": 1, "b": 1})) == "The most frequent verdict is “a” and “b” (1 claim each)"
    )
    assert findings.most_frequent(pd.Series(dtype=int)) == "No claim has a verdict yet"


def test_range_of_agreement():
    assert findings.range_of_agreement([0.2, 1.0]) == "20 to 100 % of the specifications agree"
    assert findings.range_of_agreement([0.999]) == "over 99 % of the specifications agree"
    assert findings.range_of_agreement([]) == "the specification in force makes no sense"


def test_farthest_from_right():
    sure = {"a": pd.DataFrame({"said": [0.9, 0.5], "right": [0.8, 0.53]})}
    assert findings.farthest_from_right(sure) == "at most 10 points from the diagonal"


def test_floors():
    assert findings.floors(pd.Series({"CN": 30.0, "US": 12.5})).startswith("The floors lie between 12.5 and 30.0 %")


def test_where_cities_come_from():
    own = pd.DataFrame({"city": ["Paris", None]})
    assert findings.where_cities_come_from(own, own, own, own, 5, 2024).startswith(
        "This source names the cities of 1 of its 2 institutions itself"
    )
    places = pd.DataFrame({"institution_id": [1, 2], "several_sites": [True, True]})
    table = pd.DataFrame({"city_source": ["printed: 9", None], "note": ["", "unclear"]})
    said = findings.where_cities_come_from(
        pd.DataFrame({"city": [None]}), places, pd.DataFrame({"institution_id": [1]}), table, 5, 2024
    )
    assert said == (
        "The reference table has 2 institutions: all with at least 5 papers in some year. "
        "Their cities: printed 1, none 1. "
        "For 1 of those with papers in 2024, fewer than three of four printed addresses name the main city."
    )
