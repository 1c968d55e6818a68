"""Co-publication: what holds for any corpus."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.corpora import COUNTRIES, corpora

from compendium.measures import copublication
from compendium.measures.weighted import weighted
from compendium.places import blocs

WAYS = ["whole", "fractional"]
quick = settings(max_examples=20)


def units(unit: str = "bloc") -> dict[str, tuple[str, ...]]:
    return blocs.partner_units(COUNTRIES, unit=unit)


@pytest.mark.parametrize("way", WAYS)
@quick
@given(corpora())
def test_symmetric_with_a_zero_diagonal(way: str, corpus) -> None:
    matrix = copublication.copublications(*corpus, units(), way)
    np.testing.assert_allclose(matrix, matrix.T)
    assert (np.diag(matrix) == 0).all()


@quick
@given(corpora())
def test_no_more_papers_together_than_either_has(corpus) -> None:
    matrix, own = copublication.copublications(*corpus, units()), copublication.totals(*corpus, units())
    for x in matrix:
        assert (matrix[x] <= own[x]).all() and (matrix[x] <= own).all()


@quick
@given(corpora())
def test_fractional_links_of_a_unit_add_up_to_its_papers_with_a_partner(corpus) -> None:
    papers, compositions = corpus
    present = pd.DataFrame(weighted(papers, compositions).present(units()), papers.index, list(units()))
    with_partner = present[present.sum(axis=1) >= 2].mul(papers["n_papers"], axis=0).sum()
    matrix = copublication.copublications(papers, compositions, units(), "fractional")
    np.testing.assert_allclose(matrix.sum(), with_partner[matrix.index])


@quick
@given(corpora())
def test_fractional_is_never_more_than_whole(corpus) -> None:
    whole, fractional = (copublication.copublications(*corpus, units(), way) for way in WAYS)
    assert (fractional <= whole + 1e-12).to_numpy().all()


@quick
@given(corpora())
def test_a_bloc_lies_between_its_largest_member_and_their_sum(corpus) -> None:
    one, apart = (copublication.copublications(*corpus, units(unit))["CN"] for unit in ("bloc", "country"))
    inside = apart[["DE", "FR"]]
    assert inside.max() <= one["EU"] <= inside.sum()


@pytest.mark.parametrize("way", WAYS)
@quick
@given(corpora(), st.randoms(use_true_random=False))
def test_order_and_grouping_of_rows_change_nothing(way: str, corpus, random) -> None:
    """A row of three papers is three rows of one, in any order."""
    papers, compositions = corpus
    single = papers.loc[papers.index.repeat(papers["n_papers"])].assign(n_papers=1).reset_index(drop=True)
    order = list(single.index)
    random.shuffle(order)
    pd.testing.assert_frame_equal(
        copublication.copublications(papers, compositions, units(), way),
        copublication.copublications(single.loc[order], compositions, units(), way),
    )


@pytest.mark.parametrize("way", WAYS)
@quick
@given(corpora(), st.sampled_from(["CN", "US", "EU", "UK"]))
def test_the_papers_as_they_are_are_one_draw(way: str, corpus, subject: str) -> None:
    papers, compositions = corpus
    weights = papers["n_papers"].to_numpy()[np.newaxis]
    draw = copublication.shared_papers(weighted(papers, compositions, weights), units(), subject, way).iloc[0]
    matrix = copublication.copublications(papers, compositions, units(), way)
    np.testing.assert_allclose(draw.drop(subject), matrix.loc[subject].drop(subject))
    assert draw[subject] == copublication.totals(papers, compositions, units())[subject]


@quick
@given(corpora())
def test_draws_add_up(corpus) -> None:
    """Shared papers are sums over papers: those of two draws together are the sum of both."""
    papers, compositions = corpus
    weights = np.array([papers["n_papers"], np.arange(len(papers))])
    both = np.vstack([weights, weights.sum(axis=0)])
    draws = copublication.shared_papers(weighted(papers, compositions, both), units(), "US")
    np.testing.assert_allclose(draws.iloc[0] + draws.iloc[1], draws.iloc[2])
