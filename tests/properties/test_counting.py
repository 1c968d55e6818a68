"""What holds of counting whatever the papers are."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.counting import top_membership

from compendium.measures import citations, counting, output
from compendium.measures.weighted import weighted
from compendium.places import blocs

CODES = ["CN", "US", "GB", "DE", "FR", "JP", "HK", "ZZ"]
MEMBERS = counting.with_union(blocs.members())


@st.composite
def corpora(draw):
    sets = draw(st.lists(st.lists(st.sampled_from(CODES), min_size=1, max_size=5, unique=True), min_size=1, max_size=8))
    parts = []
    for number, codes in enumerate(sets, 1):
        weights = [draw(st.integers(1, 9)) for _ in codes]
        parts += [(number, code, weight / sum(weights)) for code, weight in zip(codes, weights, strict=True)]
    rows = [
        (2024, "x", draw(st.integers(0, 50)), number, draw(st.integers(1, 4))) for number in range(1, len(sets) + 1)
    ]
    compositions = pd.DataFrame(parts, columns=["composition_id", "country", "share"])
    return pd.DataFrame(rows, columns=["year", "category", "citations", "composition_id", "n_papers"]), compositions


@given(corpora())
def test_fractional_credits_of_all_countries_add_up_to_the_papers(corpus):
    papers, compositions = corpus
    each = {code: (code,) for code in CODES}
    assert output.output(weighted(papers, compositions), each, "fractional").iloc[0].sum() == pytest.approx(
        papers["n_papers"].sum()
    )


@given(corpora())
def test_whole_is_never_below_fractional(corpus):
    whole, part = (output.output(weighted(*corpus), MEMBERS, way).iloc[0] for way in ("whole", "fractional"))
    assert (whole >= part - 1e-9).all()


@given(corpora(), st.sampled_from(["whole", "fractional", "country-fractional"]))
def test_a_bloc_lies_between_its_largest_member_and_their_sum(corpus, way):
    members = {"EU": ("DE", "FR"), "DE": ("DE",), "FR": ("FR",)}
    found = output.output(weighted(*corpus), members, way).iloc[0]
    assert found[["DE", "FR"]].max() - 1e-9 <= found["EU"] <= found[["DE", "FR"]].sum() + 1e-9


@given(corpora(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(corpus, random):
    papers, compositions = corpus
    order, places = list(papers.index), list(compositions.index)
    random.shuffle(order)
    random.shuffle(places)
    for way in ("whole", "fractional", "country-fractional"):
        assert output.output(weighted(papers.loc[order], compositions.loc[places]), MEMBERS, way).iloc[
            0
        ].to_dict() == pytest.approx(output.output(weighted(papers, compositions), MEMBERS, way).iloc[0].to_dict())


@given(corpora())
def test_renaming_countries_renames_the_result_only(corpus):
    papers, compositions = corpus
    new = {"US": "AR", "GB": "BR"}
    renamed = compositions.assign(country=compositions["country"].replace(new))
    before = output.output(weighted(papers, compositions), {"a": ("US",), "b": ("GB",)}, "whole").iloc[0]
    after = output.output(weighted(papers, renamed), {"a": ("AR",), "b": ("BR",)}, "whole").iloc[0]
    assert before.to_dict() == after.to_dict()


@settings(max_examples=60)
@given(corpora(), st.sampled_from([0.1, 0.25, 0.5]))
def test_the_top_fraction_is_exactly_that_fraction(corpus, fraction):
    papers, _ = corpus
    belongs = top_membership(citations.cited_papers(papers), fraction)
    assert (belongs * papers["n_papers"]).sum() == pytest.approx(fraction * papers["n_papers"].sum())
    assert belongs.between(0, 1).all()


@given(corpora())
def test_fractional_citation_shares_of_all_countries_add_up_to_one(corpus):
    papers, compositions = corpus
    papers = papers.assign(citations=papers["citations"] + 1)
    each = {code: (code,) for code in CODES}
    assert citations.citation_shares(weighted(papers, compositions), each, "fractional").iloc[0].sum() == pytest.approx(
        1
    )
