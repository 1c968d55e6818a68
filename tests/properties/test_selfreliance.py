"""What holds of domestic and foreign papers whatever the papers are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compendium.measures import self_reliance as reliance

CODES = ["CN", "US", "GB", "HK", "ZZ"]
HOME = ("CN",)


@st.composite
def corpora(draw):
    sets = draw(st.lists(st.lists(st.sampled_from(CODES), min_size=1, max_size=4, unique=True), min_size=1, max_size=6))
    parts = [(number, code, 1 / len(codes)) for number, codes in enumerate(sets, 1) for code in codes]
    rows = draw(
        st.lists(
            st.tuples(st.integers(2018, 2024), st.sampled_from("xyz"), st.integers(1, len(sets)), st.integers(1, 30)),
            min_size=1,
            max_size=20,
        )
    )
    papers = pd.DataFrame(rows, columns=["year", "category", "composition_id", "n_papers"])
    return papers, pd.DataFrame(parts, columns=["composition_id", "country", "share"])


def shares(corpus, unknown="keep", codes=HOME):
    return reliance.foreign_shares(reliance.tally(*corpus, codes, unknown=unknown)).iloc[0]


@settings(max_examples=25)
@given(corpora())
def test_shares_lie_between_none_and_all_and_unknown_addresses_only_add(corpus):
    kept, bound = shares(corpus), shares(corpus, "worst")
    assert kept.dropna().between(0, 1).all()
    assert (bound.dropna() >= kept.dropna() - 1e-12).all()


@settings(max_examples=25)
@given(corpora())
def test_a_home_that_is_everywhere_has_no_foreign_paper(corpus):
    assert shares(corpus, codes=tuple(CODES[:-1])).dropna().eq(0).all()


@settings(max_examples=25)
@given(corpora(), st.integers(2, 9))
def test_copies_of_every_paper_change_nothing(corpus, times):
    papers, compositions = corpus
    more = papers.assign(n_papers=papers["n_papers"] * times)
    one, many = (reliance.tally(rows, compositions, HOME) for rows in (papers, more))
    for way in reliance.WAYS:
        np.testing.assert_allclose(reliance.slope_of(one, way), reliance.slope_of(many, way), atol=1e-9)


@settings(max_examples=25)
@given(corpora())
def test_time_turned_round_turns_the_slope_round(corpus):
    papers, compositions = corpus
    back = papers.assign(year=4_000 - papers["year"])
    for way in reliance.WAYS:
        forth, again = (
            reliance.slope_of(reliance.tally(rows, compositions, HOME), way).iloc[0] for rows in (papers, back)
        )
        assert again == pytest.approx(-forth, abs=1e-7, nan_ok=True)


@settings(max_examples=25)
@given(corpora())
def test_with_one_venue_within_venues_is_all_papers(corpus):
    papers, compositions = corpus
    counted = reliance.tally(papers.assign(category="x"), compositions, HOME)
    pooled, within = (reliance.slope_of(counted, way).iloc[0] for way in ("papers", "venues"))
    assert within == pytest.approx(pooled, abs=1e-9, nan_ok=True)


@settings(max_examples=25)
@given(corpora())
def test_room_is_a_share_and_size_alone_keeps_the_mean(corpus):
    found = shares(corpus).to_frame().T
    for pool in reliance.POOLS:
        room = reliance.room_abroad(*corpus, HOME, pool)
        assert room.dropna().between(-1e-12, 1 + 1e-12).all()
        assume((room.dropna() > 1e-9).any())
        alone = reliance.by_size_alone(found, room)
        assert alone.mean(axis=1).iloc[0] == pytest.approx(found.mean(axis=1).iloc[0], nan_ok=True)


@settings(max_examples=25)
@given(corpora(), st.integers(0, 2**32 - 1))
def test_draws_keep_the_papers_of_each_year(corpus, seed):
    counted = reliance.tally(*corpus, HOME)
    weights = reliance.draw_years(counted, np.random.default_rng(seed), 5)
    for rows in counted.groupby("year").indices.values():
        assert (weights[:, rows].sum(axis=1) == counted["n_papers"].iloc[rows].sum()).all()
