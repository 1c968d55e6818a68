"""Ties, their draws and ranks, on eight papers counted by hand.

| composition | countries        | papers in 2024 |
|-------------|------------------|----------------|
| 1           | CN US            | 3              |
| 2           | CN US GB         | 1              |
| 3           | US GB            | 1              |
| 4           | US JP            | 1              |
| 5           | CN               | 5              |
| 6           | GB and unknown   | 2              |

Shared: CN-US 4, CN-GB 1, US-GB 2, US-JP 1. Degree: US 3, CN 2, GB 2, JP 1.
Strength: US 7, CN 5, GB 3, JP 1. Joint papers: CN 4, US 6, GB 2, JP 1.
"""

from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.measures import centrality, citations, network, stability
from compendium.measures.weighted import weighted
from compendium.places import blocs

SETS = {1: ["CN", "US"], 2: ["CN", "US", "GB"], 3: ["US", "GB"], 4: ["US", "JP"], 5: ["CN"], 6: ["GB", "ZZ"]}
COMPOSITIONS = pd.DataFrame(
    [(number, code, 1 / len(codes)) for number, codes in SETS.items() for code in codes],
    columns=["composition_id", "country", "share"],
)
PAPERS = pd.DataFrame(
    [
        (2024, number, count, cited)
        for number, count, cited in ((1, 3, 10), (2, 1, None), (3, 1, 0), (4, 1, 4), (5, 5, 2), (6, 2, None))
    ],
    columns=["year", "composition_id", "n_papers", "citations"],
).astype({"citations": "Int64"})
UNITS = {code: (code,) for code in ("CN", "US", "GB", "JP", "DE")}


def found(edge_threshold=1, counting="whole", papers=PAPERS):
    return centrality.degree_and_strength(
        centrality.tie_matrix(weighted(papers, COMPOSITIONS), UNITS, edge_threshold, counting)
    )


@pytest.mark.parametrize(
    ("edge_threshold", "counting", "degree", "strength"),
    [
        (1, "whole", [2, 3, 2, 1, 0], [5, 7, 3, 1, 0]),
        (2, "whole", [1, 2, 1, 0, 0], [4, 6, 2, 0, 0]),
        (5, "whole", [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]),
        # composition 2 gives each of its three ties one half; who has a tie stays the same
        (1, "fractional", [2, 3, 2, 1, 0], [4, 6, 2, 1, 0]),
        (2, "fractional", [1, 2, 1, 0, 0], [3.5, 5, 1.5, 0, 0]),
    ],
)
def test_ties(edge_threshold, counting, degree, strength):
    table = found(edge_threshold, counting)
    assert table["degree"].tolist() == degree
    assert table["strength"].tolist() == pytest.approx(strength)


def test_the_two_ways_to_degree_and_strength_agree():
    ties = centrality.tie_matrix(weighted(PAPERS, COMPOSITIONS), UNITS)
    measures = network.network_measures(ties, centrality.ANY_WEIGHT)
    pd.testing.assert_frame_equal(measures[["degree", "strength"]], found().loc[measures.index], check_dtype=False)


@pytest.mark.parametrize("counting", ["whole", "fractional"])
@pytest.mark.parametrize("edge_threshold", [1, 2])
def test_a_draw_of_the_papers_as_they_are_gives_the_estimate(edge_threshold, counting):
    weights = PAPERS["n_papers"].to_numpy()[None]
    degree, strength = centrality.degrees_and_strengths(
        weighted(PAPERS, COMPOSITIONS, weights), UNITS, edge_threshold, counting
    )
    table = found(edge_threshold, counting)
    assert degree.iloc[0].tolist() == table["degree"].tolist()
    assert strength.iloc[0].tolist() == pytest.approx(table["strength"].tolist())


def test_a_draw_is_counted_like_its_papers():
    rng = np.random.default_rng(4)
    weights = stability.draw_weights(PAPERS, rng, 30)
    degree, strength = centrality.degrees_and_strengths(weighted(PAPERS, COMPOSITIONS, weights), UNITS, 2)
    for draw in range(30):
        table = found(2, papers=PAPERS.assign(n_papers=weights[draw]))
        assert degree.iloc[draw].tolist() == table["degree"].tolist()
        assert strength.iloc[draw].tolist() == table["strength"].tolist()
    assert (degree["US"] <= 3).all() and (degree["DE"] == 0).all()


def test_papers_of_one_country_only_make_no_network():
    alone = PAPERS[PAPERS["composition_id"] == 5]
    degree, strength = centrality.degrees_and_strengths(weighted(alone, COMPOSITIONS, np.array([[5]])), UNITS)
    assert degree.to_numpy().sum() == strength.to_numpy().sum() == 0


def test_rank_lead_and_share_at_rank():
    draws = pd.DataFrame({"CN": [3, 2, 1], "US": [2, 2, 4], "GB": [1, 2, 2]})
    assert centrality.rank_of(draws, "CN").tolist() == [1, 1, 3]
    assert centrality.rank_of(draws, "GB").tolist() == [3, 1, 2]
    # a tie has the best rank, but is no lead
    assert centrality.lead(draws, "CN").tolist() == [1.5, 1, 0.25]
    assert centrality.share_at_rank(draws, ["CN", "US"], 1).to_dict() == pytest.approx({"CN": 2 / 3, "US": 2 / 3})
    assert centrality.share_at_rank(draws, ["US"], 2).to_dict() == pytest.approx({"US": 1 / 3})


def test_leaders_names_all_that_tie_but_not_for_arithmetic():
    measures = pd.DataFrame({"degree": [3, 1, 3], "closeness": [0.3, 0.1 + 0.2, 0.2]}, index=["US", "GB", "CN"])
    assert centrality.leaders(measures) == {"degree": ["CN", "US"], "closeness": ["GB", "US"]}


def test_standing():
    table = centrality.standing(weighted(PAPERS, COMPOSITIONS), UNITS, [1, 2]).set_index(["measure", "threshold"])
    assert len(table) == 12
    assert table.loc[("degree", 1), ["countries", "first", "rank", "leads"]].tolist() == [4, "US", 2, False]
    # with ties of 2 papers the US is tied to CN and GB, and these to the US only
    assert table.loc[("degree", 2), ["countries", "first", "rank", "leads"]].tolist() == [3, "US", 2, False]
    of_japan = centrality.standing(weighted(PAPERS, COMPOSITIONS), UNITS, [2], subject="JP")
    assert of_japan["rank"].isna().all() and not of_japan["leads"].any()
    # ties of 4 papers leave CN and US, which tie by every measure: nobody leads
    pair = centrality.standing(weighted(PAPERS, COMPOSITIONS), UNITS, [4])
    assert (pair["first"] == "CN=US").all() and (pair["rank"] == 1).all() and not pair["leads"].any()


def test_a_bloc_is_one_node():
    sets = {1: ["CN", "DE", "FR"], 2: ["CN", "FR"], 3: ["DE", "FR"]}
    compositions = pd.DataFrame(
        [(number, code, 1 / len(codes)) for number, codes in sets.items() for code in codes],
        columns=["composition_id", "country", "share"],
    )
    papers = pd.DataFrame({"composition_id": [1, 2, 3], "n_papers": [1, 1, 4]})
    many = blocs.partner_units(["CN", "DE", "FR"], unit="country")
    one = blocs.partner_units(["CN", "DE", "FR"], unit="bloc")
    assert centrality.tie_matrix(weighted(papers, compositions), many).at["DE", "FR"] == 5
    ties = centrality.tie_matrix(weighted(papers, compositions), one)
    # the paper of two members with China is one paper, those of the two members none
    assert ties.at["CN", "EU"] == 2 and ties.at["EU", "EU"] == 0


def test_compared():
    row = centrality.compared(weighted(PAPERS, COMPOSITIONS), UNITS)
    assert row == {
        "ties": 2,
        "most ties of another": 3,
        "rank by ties": 2,
        "shared papers": 5,
        "most papers of another": 7,
        "rank by shared papers": 2,
    }


def test_by_year_leaves_out_years_of_few_papers():
    two = pd.concat([PAPERS, PAPERS[PAPERS["composition_id"] == 1].assign(year=2023)])
    # China has 9 papers in 2024 and 3 in 2023
    assert centrality.by_year(two, COMPOSITIONS, UNITS, few=4).index.tolist() == [2024]
    both = centrality.by_year(two, COMPOSITIONS, UNITS, few=3)
    assert both.index.tolist() == [2023, 2024] and both["rank by ties"].tolist() == [1, 2]


def test_countries_per_paper():
    assert centrality.countries_per_paper(PAPERS, COMPOSITIONS).tolist() == [2, 3, 2, 2, 1, 1]


def test_joint_papers():
    joint = centrality.joint_papers(weighted(PAPERS, COMPOSITIONS), UNITS)
    assert joint.to_dict() == {"CN": 4, "US": 6, "GB": 2, "JP": 1, "DE": 0}


def by_enumeration(partners_of_papers, drawn):
    draws = list(combinations(partners_of_papers, drawn))
    return sum(len(set().union(*draw)) for draw in draws) / len(draws)


def test_expected_partners():
    # three papers with A, one with B; two drawn: A is missed never, B in C(3, 2) of C(4, 2) draws
    shared = pd.Series({"A": 3, "B": 1})
    assert centrality.expected_partners(shared, 4, 2) == pytest.approx(1 + 1 - comb(3, 2) / comb(4, 2))
    assert centrality.expected_partners(shared, 4, 4) == pytest.approx(2)
    assert centrality.expected_partners(shared, 4, 0) == pytest.approx(0)
    # papers of several partners, against every draw there is
    papers = [{"A"}, {"A", "B"}, {"A", "C"}, {"B"}, {"D"}]
    counts = pd.Series({name: sum(name in paper for paper in papers) for name in "ABCD"})
    for drawn in range(1, 6):
        assert centrality.expected_partners(counts, 5, drawn) == pytest.approx(by_enumeration(papers, drawn))
    with pytest.raises(ValueError, match="cannot draw 5 of 4"):
        centrality.expected_partners(shared, 4, 5)


@settings(max_examples=50)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.integers(0, 400), st.data())
def test_more_papers_bring_more_partners_up_to_all(counts, extra, data):
    joint = max(counts) + extra
    fewer = data.draw(st.integers(0, joint - 1))
    shared = pd.Series(counts)
    few, more, every = (centrality.expected_partners(shared, joint, drawn) for drawn in (fewer, fewer + 1, joint))
    assert few <= more + 1e-7 and every == pytest.approx(len(counts), abs=1e-7)


def test_on_equal_terms():
    shared = centrality.tie_matrix(weighted(PAPERS, COMPOSITIONS), UNITS)[["CN", "GB", "DE"]]
    table = centrality.on_equal_terms(shared, centrality.joint_papers(weighted(PAPERS, COMPOSITIONS), UNITS))
    # GB has fewest joint papers, 2; of China's 4, all are with the US and one is with GB too
    assert table.index.tolist() == ["CN", "GB"]
    assert table["partners in 2 papers"].to_dict() == pytest.approx({"CN": 1 + 1 - comb(3, 2) / comb(4, 2), "GB": 2})
    assert table["with the first three"].tolist() == [1, 1]


def test_filled_shares():
    # known: 30 + 0 + 4 + 10 citations to 10 papers, so 4.4 on average; unknown: one CN US GB, two GB
    blocs = {"CN": ("CN",), "UK": ("GB",)}
    average, double = (
        citations.citation_shares(weighted(PAPERS, COMPOSITIONS), blocs, "whole", missing).iloc[0].to_dict()
        for missing in ("average", "double")
    )
    assert average == pytest.approx({"CN": (40 + 4.4) / 57.2, "UK": 13.2 / 57.2})
    assert double == pytest.approx({"CN": 48.8 / 70.4, "UK": 26.4 / 70.4})
    nothing = PAPERS.assign(citations=pd.array([None] * 6, dtype="Int64"))
    assert citations.citation_shares(weighted(nothing, COMPOSITIONS), blocs, "whole", "average").isna().all(axis=None)
