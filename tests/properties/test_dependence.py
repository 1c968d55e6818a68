"""Dependence: what holds for any corpus."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.corpora import COUNTRIES, corpora

from compendium.measures import collaboration, copublication, dependence
from compendium.measures.counting import WEST, with_union
from compendium.measures.weighted import weighted
from compendium.places import blocs

quick = settings(max_examples=20)


def shares_of(corpus, members, counting: str = "whole") -> pd.Series:
    return dependence.partner_shares(weighted(*corpus), members, counting).iloc[0]


@pytest.mark.parametrize("counting", ["whole", "fractional", "country-fractional"])
@pytest.mark.parametrize("eu", ["EU-27", "EU-28"])
@quick
@given(corpora())
def test_union_lies_within_its_bounds(counting: str, eu: str, corpus) -> None:
    shares = shares_of(corpus, with_union(blocs.members(eu=eu)), counting)
    if np.isfinite(shares["CN", WEST]):
        low, high = collaboration.union_bounds(shares["CN"].drop(WEST).clip(0, 1))
        assert low - 1e-9 <= shares["CN", WEST] <= high + 1e-9


@pytest.mark.parametrize("china", ["CN", "CN+HK+MO"])
@quick
@given(corpora())
def test_the_quotient_of_two_shares_is_that_of_the_sizes(china: str, corpus) -> None:
    members = with_union(blocs.members(china))
    totals = copublication.totals(*corpus, members)
    table = dependence.size_quotients(shares_of(corpus, members), totals).dropna()
    joint = table[table["China on it"] > 0]
    np.testing.assert_allclose(joint["quotient"], joint["China's papers ÷ its"])


@quick
@given(corpora())
def test_unknown_authors_at_the_partners_can_only_raise_a_share(corpus) -> None:
    found = dependence.missing_countries(weighted(*corpus), with_union(blocs.members()), "whole").dropna()
    assert (found["all for partners"] >= found["keep"] - 1e-12).all()
    assert ((found >= 0) & (found <= 1 + 1e-12)).all(axis=None)


@quick
@given(corpora(), st.integers(2, 4))
def test_indices_do_not_change_when_every_paper_is_there_more_often(corpus, times: int) -> None:
    papers, compositions = corpus
    pairs = [("CN", "US"), ("US", "CN"), ("EU", "UK")]
    units = blocs.partner_units(COUNTRIES)
    once = papers[["n_papers"]].to_numpy().T
    weights = np.vstack([once, times * once])
    for frame in dependence.pair_indices(weighted(papers, compositions, weights), units, pairs).values():
        np.testing.assert_allclose(frame.iloc[0], frame.iloc[1])


@quick
@given(corpora())
def test_flow_is_above_one_exactly_where_its_relation_holds(corpus) -> None:
    papers, compositions = corpus
    frame = dependence.partner_shares(weighted(papers, compositions), with_union(blocs.members()), "whole")
    flow = dependence.answers(frame)["flow"].iloc[0]
    if np.isfinite(flow):
        assert bool(dependence.relations(frame)["flow"].iloc[0]) == (flow > 1)
