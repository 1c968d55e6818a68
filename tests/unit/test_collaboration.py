"""Indices of collaboration and measures of networks: cases counted by hand, and what always holds."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from compendium.measures import collaboration, network

# Eight papers, by the countries on them:
#   1 A · 2 A · 3 A B · 4 A B · 5 A B C · 6 A C · 7 B · 8 C
# A has papers 1–6 (6), B has 3, 4, 5, 7 (4), C has 5, 6, 8 (3).
# Together: AB 3 (3, 4, 5), AC 2 (5, 6), BC 1 (5). International: A 4 (3–6), B 3, C 2; world 4.
# Links: AB 3, AC 2, BC 1, so A has 5, B 4, C 3; all 6.
NAMES = ["A", "B", "C"]
PAPERS = pd.DataFrame([[6, 3, 2], [3, 4, 1], [2, 1, 3]], index=NAMES, columns=NAMES)
TOTALS = pd.Series({"A": 6, "B": 4, "C": 3})
INTERNATIONAL = pd.Series({"A": 4, "B": 3, "C": 2})


def cells(frame: pd.DataFrame) -> dict[str, float]:
    """The cells off the diagonal, by row and column: "AB"."""
    return {x + y: frame.at[x, y] for x in frame.index for y in frame.columns if x != y}


def test_dependence() -> None:
    # AB: 3 of A's 6 papers; BA: 3 of B's 4; and so on.
    assert cells(collaboration.dependence(PAPERS, TOTALS)) == pytest.approx(
        {"AB": 3 / 6, "AC": 2 / 6, "BA": 3 / 4, "BC": 1 / 4, "CA": 2 / 3, "CB": 1 / 3}
    )


def test_salton() -> None:
    # AB: 3 / √(6 · 4) = 0.612; AC: 2 / √18 = 0.471; BC: 1 / √12 = 0.289.
    assert cells(collaboration.salton(PAPERS, TOTALS)) == pytest.approx(
        {"AB": 0.612372, "BA": 0.612372, "AC": 0.471405, "CA": 0.471405, "BC": 0.288675, "CB": 0.288675}, abs=1e-6
    )


def test_association_strength() -> None:
    # AB: 3 · 8 / (6 · 4) = 1, just what chance has it; AC: 16 / 18; BC: 8 / 12.
    assert cells(collaboration.association_strength(PAPERS, TOTALS, 8)) == pytest.approx(
        {"AB": 1, "BA": 1, "AC": 8 / 9, "CA": 8 / 9, "BC": 2 / 3, "CB": 2 / 3}
    )


def test_collaboration_index() -> None:
    # AB: (3/4) / (3/4) = 1; AC: (2/4) / (2/4) = 1; BC: (1/3) / (2/4) = 2/3.
    assert cells(collaboration.collaboration_index(PAPERS, INTERNATIONAL, 4)) == pytest.approx(
        {"AB": 1, "BA": 1, "AC": 1, "CA": 1, "BC": 2 / 3, "CB": 2 / 3}
    )


def test_relative_intensity_of_links() -> None:
    links, all_links = collaboration.link_totals(PAPERS)
    assert links.to_dict() == {"A": 5, "B": 4, "C": 3} and all_links == 6
    # A→B: (3/5) / ((4 − 3) / (6 − 5)) = 0.6. B→A: (3/4) / ((5 − 3) / (6 − 4)) = 0.75.
    # A→C: (2/5) / ((3 − 2) / 1) = 0.4.       C→A: (2/3) / ((5 − 2) / (6 − 3)) = 2/3.
    # B→C: (1/4) / ((3 − 1) / 2) = 0.25.      C→B: (1/3) / ((4 − 1) / 3) = 1/3.
    assert cells(collaboration.relative_intensity(PAPERS, links, all_links)) == pytest.approx(
        {"AB": 0.6, "BA": 0.75, "AC": 0.4, "CA": 2 / 3, "BC": 0.25, "CB": 1 / 3}
    )


def test_relative_intensity_of_papers() -> None:
    # A→B: of A's 6 papers B has 3; of the 2 papers without A (7, 8) B has 1: (3/6) / (1/2) = 1.
    # C→A: of C's 3 papers A has 2; of the 5 without C A has 4: (2/3) / (4/5) = 5/6.
    intensity = collaboration.relative_intensity(PAPERS, TOTALS, 8)
    assert intensity.at["A", "B"] == pytest.approx(1)
    assert intensity.at["C", "A"] == pytest.approx(5 / 6)


def test_relative_intensity_without_a_rest() -> None:
    # B publishes with A alone, so there is no rest to compare with; C and D do not publish with A.
    names = list("ABCD")
    papers = pd.DataFrame(0, index=names, columns=names)
    papers.loc["A", "B"] = papers.loc["B", "A"] = 2
    papers.loc["C", "D"] = papers.loc["D", "C"] = 1
    intensity = collaboration.relative_intensity(papers, *collaboration.link_totals(papers))
    assert intensity.at["A", "B"] == math.inf
    assert intensity.at["A", "C"] == 0


def test_diagonal_is_not_read_and_not_given() -> None:
    emptied = PAPERS.mask(np.eye(3, dtype=bool), 0)
    for papers in (PAPERS, emptied):
        found = collaboration.dependence(papers, TOTALS)
        assert np.isnan(np.diag(found)).all()
    pd.testing.assert_frame_equal(network.network_measures(PAPERS), network.network_measures(emptied))


def test_country_without_papers_has_no_share() -> None:
    papers = pd.DataFrame(0, index=["A", "B"], columns=["A", "B"])
    found = collaboration.dependence(papers, pd.Series({"A": 0, "B": 5}))
    assert np.isnan(found.at["A", "B"]) and found.at["B", "A"] == 0


def test_union_bounds() -> None:
    # Of A's 6 papers 3 are with B, 2 with C; the union is papers 3–6, 4 of 6: within 3/6 and 5/6.
    low, high = collaboration.union_bounds([3 / 6, 2 / 6])
    assert (low, high) == pytest.approx((3 / 6, 5 / 6)) and low <= 4 / 6 <= high
    assert collaboration.union_bounds([0.7, 0.6]) == (0.7, 1.0)
    for wrong in ([], [1.2], [-0.1], [math.nan]):
        with pytest.raises(ValueError, match="fractions between 0 and 1"):
            collaboration.union_bounds(wrong)


@pytest.mark.parametrize(
    ("papers", "message"),
    [
        (PAPERS.iloc[:2], "same countries"),
        (PAPERS[["B", "A", "C"]], "same countries"),
        (PAPERS.replace(2, -2), "not negative"),
        (PAPERS.astype(float).replace(2, np.nan), "known"),
        (PAPERS + np.triu(np.ones((3, 3), dtype=int), 1), "symmetric"),
    ],
)
def test_wrong_matrix_is_refused(papers: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        collaboration.dependence(papers, TOTALS)
    with pytest.raises(ValueError, match=message):
        network.network_measures(papers)


def test_wrong_totals_are_refused() -> None:
    with pytest.raises(ValueError, match="no total for: C"):
        collaboration.dependence(PAPERS, TOTALS.drop("C"))
    with pytest.raises(ValueError, match="shares more papers"):
        collaboration.dependence(PAPERS, TOTALS.replace(6, 2))
    with pytest.raises(ValueError, match="more papers than there are"):
        collaboration.relative_intensity(PAPERS, TOTALS, 5)


# Four countries in a star with a tail cut off, and two apart:
#   B –5– A –5– C,  D has only 1 paper with A,  E –3– F.
STAR = pd.DataFrame(0, index=list("ABCDEF"), columns=list("ABCDEF"))
for _x, _y, _n in [("A", "B", 5), ("A", "C", 5), ("A", "D", 1), ("E", "F", 3)]:
    STAR.loc[_x, _y] = STAR.loc[_y, _x] = _n


def test_network_measures() -> None:
    found = network.network_measures(STAR, edge_threshold=2)
    assert found.index.tolist() == ["A", "B", "C", "E", "F"]  # D has no edge left
    assert found["degree"].tolist() == [2, 1, 1, 1, 1]
    assert found["strength"].tolist() == [10, 5, 5, 3, 3]
    # Of the pairs of others only B–C has a path, and it runs through A.
    assert found["betweenness"].tolist() == [1, 0, 0, 0, 0]
    # A: 2 others at 1 + 1 steps; B: at 1 + 2 steps; E: 1 other at 1 step.
    assert found["closeness"].tolist() == pytest.approx([1, 2 / 3, 2 / 3, 1, 1])
    # PageRank of A: a = 0.03 + 0.85 · 2b, of B: b = 0.03 + 0.85 · a/2, hence a = 0.081 / 0.2775.
    a = 0.081 / 0.2775
    b = 0.03 + 0.85 * a / 2
    assert found["pagerank"].tolist() == pytest.approx([a, b, b, 0.2, 0.2])
    # λ = 5√2 with A : B = √2 : 1 in the star; λ = 3 in the pair, so that it gets nothing.
    assert found["eigenvector"].tolist() == pytest.approx([1, 1 / math.sqrt(2), 1 / math.sqrt(2), 0, 0])


def test_weights_are_no_distances() -> None:
    """A heavy edge must not lengthen the way: A–C direct is one step, whatever its papers."""
    papers = pd.DataFrame([[0, 1, 9], [1, 0, 1], [9, 1, 0]], index=NAMES, columns=NAMES)
    found = network.network_measures(papers)
    assert found["betweenness"].tolist() == [0, 0, 0]
    assert found["closeness"].tolist() == [1, 1, 1]


def test_edge_threshold_is_reached_by_equality() -> None:
    assert network.degree(network.graph(STAR, 5)) == {"A": 2, "B": 1, "C": 1}
    assert network.network_measures(STAR, 6).empty
    assert network.network_measures(STAR, 6).columns.tolist() == list(network.MEASURES)
    with pytest.raises(ValueError, match="above 0"):
        network.graph(STAR, 0)


def test_ranks_share_the_best_place() -> None:
    values = pd.DataFrame({"degree": [2.0, 1.0, 1.0 + 1e-13, 0.5]}, index=list("ABCD"))
    assert network.ranks(values)["degree"].tolist() == [1, 2, 2, 4]


@st.composite
def corpora(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.Series, int]:
    """A corpus of papers over 3 to 6 countries: matrix, papers of each country, all papers."""
    n = draw(st.integers(3, 6))
    names = list("ABCDEF"[:n])
    sets = draw(st.lists(st.sets(st.sampled_from(names), min_size=1), min_size=1, max_size=30))
    present = np.array([[name in countries for name in names] for countries in sets], dtype=int)
    together = present.T @ present
    return (pd.DataFrame(together, index=names, columns=names), pd.Series(np.diag(together), index=names), len(sets))


@given(corpora())
def test_symmetric_indices_are_symmetric(corpus) -> None:
    papers, totals, all_papers = corpus
    for index in (
        collaboration.salton(papers, totals),
        collaboration.association_strength(papers, totals, all_papers),
        collaboration.collaboration_index(papers, totals, all_papers),
    ):
        pd.testing.assert_frame_equal(index, index.T)


@given(corpora())
def test_dependence_of_a_pair_says_only_who_is_larger(corpus) -> None:
    papers, totals, _ = corpus
    share = collaboration.dependence(papers, totals)
    for x in papers.index:
        for y in papers.index:
            if x != y and papers.at[x, y]:
                assert share.at[x, y] / share.at[y, x] == pytest.approx(totals[y] / totals[x])


@given(corpora())
def test_salton_is_the_mean_of_both_shares(corpus) -> None:
    papers, totals, _ = corpus
    share = collaboration.dependence(papers, totals)
    pd.testing.assert_frame_equal(collaboration.salton(papers, totals), np.sqrt(share * share.T))


@given(st.lists(st.sets(st.sampled_from("XYZ")), min_size=1, max_size=30))
def test_union_lies_within_its_bounds(papers: list[set[str]]) -> None:
    """Whatever partners the papers of one country have, the bounds hold their union."""
    shares = [sum(partner in paper for paper in papers) / len(papers) for partner in "XYZ"]
    union = sum(bool(paper) for paper in papers) / len(papers)
    low, high = collaboration.union_bounds(shares)
    assert low <= union <= high + 1e-12


@given(corpora(), st.integers(1, 5))
def test_more_papers_together_raise_relative_intensity(corpus, more: int) -> None:
    papers, _, _ = corpus
    links, _ = collaboration.link_totals(papers)
    together = papers.at["A", "B"]
    assume(links["A"] > 0 and links["B"] > together)  # else there is a share of nothing
    grown = papers.copy()
    grown.loc["A", "B"] += more
    grown.loc["B", "A"] += more
    before, after = (
        collaboration.relative_intensity(matrix, *collaboration.link_totals(matrix)).at["A", "B"]
        for matrix in (papers, grown)
    )
    if together == links["A"]:  # B is A's only partner already
        assert after == pytest.approx(before)
    else:
        assert after > before


def all_numbers(papers: pd.DataFrame, totals: pd.Series, all_papers: int) -> dict[str, pd.DataFrame]:
    measures = network.network_measures(papers, edge_threshold=2)
    return {
        "dependence": collaboration.dependence(papers, totals),
        "salton": collaboration.salton(papers, totals),
        "association": collaboration.association_strength(papers, totals, all_papers),
        "intensity": collaboration.relative_intensity(papers, totals, all_papers),
        "network": measures,
        "ranks": network.ranks(measures),
    }


@given(corpora(), st.randoms(use_true_random=False))
def test_names_and_order_of_countries_change_nothing(corpus, random) -> None:
    papers, totals, all_papers = corpus
    order = list(papers.index)
    random.shuffle(order)
    new_name = {name: f"country {i}" for i, name in enumerate(papers.index)}
    there = all_numbers(
        papers.loc[order, order].rename(index=new_name, columns=new_name), totals.rename(new_name), all_papers
    )
    for name, before in all_numbers(papers, totals, all_papers).items():
        after = there[name]
        back = {new: old for old, new in new_name.items()}
        after = after.rename(index=back, columns=back).reindex(index=before.index, columns=before.columns)
        pd.testing.assert_frame_equal(before, after, rtol=1e-7, atol=1e-9, obj=name)
