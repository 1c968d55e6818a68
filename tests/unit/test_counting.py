"""Counting, output and citations, on papers counted by hand.

| composition | countries (author shares)   |
|-------------|-----------------------------|
| 1           | CN 1                        |
| 2           | US 1/2, GB 1/2              |
| 3           | CN 1/4, DE 1/2, FR 1/4      |
| 4           | unknown 1/2, US 1/2         |
| 5           | unknown 1                   |
"""

import numpy as np
import pandas as pd
import pytest
from oracles.counting import top_membership

from compendium.measures import citations, counting, output, stability
from compendium.measures.weighted import weighted
from compendium.places import blocs

COMPOSITIONS = pd.DataFrame(
    [
        (1, "CN", 1),
        (2, "US", 0.5),
        (2, "GB", 0.5),
        (3, "CN", 0.25),
        (3, "DE", 0.5),
        (3, "FR", 0.25),
        (4, "ZZ", 0.5),
        (4, "US", 0.5),
        (5, "ZZ", 1),
    ],
    columns=["composition_id", "country", "share"],
)
MEMBERS = counting.with_union(blocs.members())


def papers(*rows):
    frame = pd.DataFrame(rows, columns=["year", "category", "citations", "composition_id", "n_papers"])
    return frame.astype({"citations": "Int64"})


# two by CN, one US+GB, one CN+DE+FR, one US+unknown, one unknown
SIX = papers(
    (2024, "x", 10, 1, 2), (2024, "x", 4, 2, 1), (2024, "x", 0, 3, 1), (2024, "x", 6, 4, 1), (2024, "x", None, 5, 1)
)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("whole", {"CN": 3, "US": 2, "EU": 1, "UK": 1, "US+EU+UK": 3}),
        ("fractional", {"CN": 2.25, "US": 1, "EU": 0.75, "UK": 0.5, "US+EU+UK": 2.25}),
        # each country of a paper the same part; the unknown authors have none
        ("country-fractional", {"CN": 2 + 1 / 3, "US": 1.5, "EU": 2 / 3, "UK": 0.5, "US+EU+UK": 1.5 + 2 / 3 + 0.5}),
    ],
)
def test_output(way, expected):
    assert output.output(weighted(SIX, COMPOSITIONS), MEMBERS, way).iloc[0].to_dict() == pytest.approx(expected)


def test_a_bloc_counts_once_and_never_the_sum_of_its_members():
    each = {"DE": ("DE",), "FR": ("FR",)}
    assert output.output(weighted(SIX, COMPOSITIONS), each, "whole").iloc[0].sum() == 2
    assert output.output(weighted(SIX, COMPOSITIONS), MEMBERS, "whole").iloc[0]["EU"] == 1


def test_eu_28_holds_the_uk_and_the_union_does_not_change():
    wide = counting.with_union(blocs.members(eu="EU-28"))
    found = output.output(weighted(SIX, COMPOSITIONS), wide, "whole").iloc[0]
    assert (found["EU"], found["UK"], found["US+EU+UK"]) == (2, 1, 3)


def test_an_unknown_way_of_counting_names_the_known_ones():
    with pytest.raises(ValueError, match="counting='half'.*whole, fractional, country-fractional"):
        output.output(weighted(SIX, COMPOSITIONS), MEMBERS, "half").iloc[0]


def test_citation_shares():
    cited = citations.cited_papers(SIX)
    assert cited["n_papers"].sum() == 5  # the sixth is unknown, which is not zero
    whole = citations.citation_shares(weighted(cited, COMPOSITIONS), MEMBERS, "whole").iloc[0]
    # 30 citations: CN 20 + 0, US 4 + 6, EU 0, UK 4
    assert whole.to_dict() == pytest.approx({"CN": 20 / 30, "US": 10 / 30, "EU": 0, "UK": 4 / 30, "US+EU+UK": 10 / 30})
    part = citations.citation_shares(weighted(cited, COMPOSITIONS), MEMBERS, "fractional").iloc[0]
    assert part[["CN", "US", "UK"]].tolist() == pytest.approx([20 / 30, 5 / 30, 2 / 30])


def test_who_stands_where_by_citations():
    shares = pd.DataFrame({"CN": [40, 10, 10], "US": [10, 60, 10], "EU": [10, 20, 10], "UK": [2, 10, 10]})
    assert citations.relations(shares).to_numpy().tolist() == [
        [True, True, True, True],
        [False, False, False, False],
        [False, False, False, False],
    ]


def test_concentration_and_the_top_paper():
    cited = citations.cited_papers(SIX)
    held = citations.concentration(cited)
    assert held.tolist() == pytest.approx([10 / 30, 20 / 30, 26 / 30, 1, 1])
    left = citations.without_top_paper(cited)
    assert left.loc[left["composition_id"] == 1, "n_papers"].tolist() == [1]
    assert cited.loc[cited["composition_id"] == 1, "n_papers"].tolist() == [2]


def test_the_top_tenth_with_ties_is_exactly_a_tenth():
    # 20 papers: one with 9 citations, three with 5, sixteen with 0. The top tenth is two papers:
    # the first, and a third of each of the three that tie.
    rows = citations.cited_papers(papers((2024, "x", 9, 1, 1), (2024, "x", 5, 2, 3), (2024, "x", 0, 3, 16)))
    assert top_membership(rows).tolist() == pytest.approx([1, 1 / 3, 0])
    share = citations.top_share(weighted(rows, COMPOSITIONS), MEMBERS, "whole").iloc[0]
    assert share["US"] == pytest.approx(1 / 3)
    assert share["CN"] == pytest.approx(1 / 17)


def test_the_top_tenth_is_taken_within_venue_and_year():
    rows = citations.cited_papers(papers((2024, "x", 100, 1, 10), (2024, "y", 1, 2, 10)))
    assert top_membership(rows).tolist() == pytest.approx([0.1, 0.1])


def test_drawn_once_each_the_bootstrap_gives_the_estimate():
    cited = citations.cited_papers(SIX)
    once = cited["n_papers"].to_numpy()[None, :]
    for measure in (output.output, citations.citation_shares):
        drawn, plain = (
            measure(weighted(cited, COMPOSITIONS, weights), MEMBERS, "fractional").iloc[0] for weights in (once, None)
        )
        assert drawn.to_dict() == pytest.approx(plain.to_dict())


def test_resampled_top_share_is_that_of_the_drawn_papers():
    rng = np.random.default_rng(5)
    rows = citations.cited_papers(
        papers(*[(2024, "xy"[n % 2], int(rng.integers(0, 6)), 1 + n % 3, 1 + n % 4) for n in range(40)])
    )
    weights = stability.draw_weights(rows, rng, 6)
    members = {"CN": ("CN",), "US": ("US",)}
    fast = citations.top_share(weighted(rows, COMPOSITIONS, weights), members, "whole")
    for number, weight in enumerate(weights):
        drawn = rows.assign(n_papers=weight)[weight > 0]
        slow = citations.top_share(weighted(drawn, COMPOSITIONS), members, "whole").iloc[0]
        assert fast.iloc[number].to_dict() == pytest.approx(slow.to_dict())


def test_a_balanced_panel_has_papers_in_every_year():
    rows = papers(
        *[(year, "always", 1, 1, 1) for year in (2020, 2021, 2022)], *[(year, "gap", 1, 1, 1) for year in (2020, 2022)]
    )
    assert output.balanced_panel(rows, 2020, 2022) == ["always"]
    assert output.balanced_panel(rows, 2020, 2020) == ["always", "gap"]


def test_trend_is_the_share_of_all_papers_the_unknown_among_them():
    rows = papers(
        (2023, "x", 1, 1, 1),
        (2023, "x", 1, 5, 3),
        (2024, "x", 1, 1, 3),
        (2024, "x", 1, 2, 1),
        (2024, "other", 1, 2, 96),
    )
    found = output.trend(rows, COMPOSITIONS, MEMBERS, "whole", ["x"], 2023, 2024)
    assert found["CN"].tolist() == [0.25, 0.75]
    assert found["US"].tolist() == [0, 0.25]


@pytest.mark.parametrize(
    ("subject", "year"),
    [
        ([1, 3, 3], 2021),  # passed and stayed
        ([3, 1, 3], 2022),  # a good year that was lost again is no passing
        ([3, 3, 1], None),  # behind at the end
        ([3, 3, 3], 2020),  # ahead from the start
        ([2, 2, 2], None),  # equal is not ahead
    ],
)
def test_the_year_of_passing(subject, year):
    shares = pd.DataFrame({"CN": subject, "US": [2, 2, 2]}, index=[2020, 2021, 2022])
    assert output.year_passed(shares, "CN", "US") == year


def test_draws_keep_the_number_of_papers_and_follow_the_seed():
    weights = stability.draw_weights(SIX, np.random.default_rng(1), 500)
    assert weights.shape == (500, len(SIX))
    assert (weights.sum(axis=1) == 6).all()
    assert (weights == stability.draw_weights(SIX, np.random.default_rng(1), 500)).all()
    assert not (weights == stability.draw_weights(SIX, np.random.default_rng(2), 500)).all()
    assert weights.mean(axis=0) == pytest.approx(SIX["n_papers"].to_numpy(), abs=0.25)


def test_the_interval_covers_a_planted_share():
    # 2,000 corpora of 200 papers, each by CN with probability 0.3: the interval should hold 0.3 in
    # about 95 of 100. Drawn 300 times here, so between 91 and 98 of 100 is what chance allows.
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(300):
        n = rng.binomial(200, 0.3)
        rows = papers((2024, "x", 1, 1, n), (2024, "x", 1, 2, 200 - n))
        weights = stability.draw_weights(rows, rng, 400)
        low, high = stability.interval(weights[:, 0] / 200)
        hits += low <= 0.3 <= high
    assert 0.91 <= hits / 300 <= 0.98


def test_probability_is_the_share_of_draws():
    assert stability.probability([True, True, False, True]) == 0.75


def test_an_interval_that_holds_every_share_is_none():
    shares = pd.DataFrame({"value": [0.2, 0.5], "low": [0.0, 0.4], "high": [1.0, 1.0]}, index=["UK", "CN"])
    kept = citations.informative(shares)
    assert kept.loc["UK"].isna().tolist() == [False, True, True]
    assert kept.loc["CN"].tolist() == [0.5, 0.4, 1.0]
