"""Intervals, on numbers that are worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from compendium.measures import stability

# Four papers of one citation each, two of them by the bloc: its share is 1/2, its log-odds 0.
CREDIT = pd.DataFrame({"bloc": [1.0, 1.0, 0.0, 0.0]})
ONES = pd.Series(1.0, index=CREDIT.index)
ALL = pd.Series(1, index=CREDIT.index, name="n_papers")
SAME, THREE, ONE = [1, 1, 1, 1], [2, 1, 1, 0], [1, 0, 2, 1]


def share(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def some_corpus(seed: int, rows: int = 40, draws: int = 200):
    """Rows of papers with citations and two blocs' credit, and draws of them."""
    rng = np.random.default_rng(seed)
    papers = pd.DataFrame({"n_papers": rng.integers(1, 4, rows), "citations": rng.lognormal(1, 1.5, rows)})
    credit = pd.DataFrame({"CN": rng.integers(0, 2, rows), "US": rng.random(rows).round(2)}, dtype=float)
    return papers, credit.mul(papers["citations"], axis=0), stability.draw_weights(papers, rng, draws)


def test_the_interval_is_the_draws_distance_in_their_own_errors_times_the_error_of_the_estimate():
    # As they are: A = B = 2, error √(4 · (1/2)²) = 1. Three of four papers by the bloc (2 of the first, 1 of
    # the second): log-odds log 3, error √(3 · (1/3)² + 1) = √(4/3). One of four is its mirror image.
    # So all but the first draw lie log 3 / √(4/3) = 0.951 of their errors away.
    found = stability.ratio_interval(CREDIT, ONES, ALL, np.array([SAME, THREE, ONE, THREE])).loc["bloc"]
    reach = math.log(3) / math.sqrt(4 / 3)
    assert found.tolist() == pytest.approx([0.5, share(-reach), share(reach), 0.5])


def test_the_level_says_how_many_draws_lie_within():
    # Of four draws, sorted by distance 0, 0, 0.951, 0.951, the second is where half of them lie within.
    draws = np.array([SAME, THREE, SAME, ONE])
    assert stability.ratio_interval(CREDIT, ONES, ALL, draws, level=0.5).loc["bloc"].tolist() == [0.5, 0.5, 0.5, 0.5]
    wide = stability.ratio_interval(CREDIT, ONES, ALL, draws, level=0.75).loc["bloc"]
    assert wide["high"] == pytest.approx(share(math.log(3) / math.sqrt(4 / 3)))


def test_a_ratio_on_the_log_scale():
    # Papers 3 and 1: ratio of sums 4/2 = 2. The error is that of log A − log B on the same papers:
    # (3/4 − 1/2)² + (1/4 − 1/2)² = 1/8. Draws of one paper twice: ratios 3 and 1, error 0: infinitely far.
    above, below = pd.DataFrame({"x": [3.0, 1.0]}), pd.Series([1.0, 1.0])
    one = pd.Series([1, 1])
    assert stability.ratio_interval(above, below, one, np.array([[1, 1]]), "log").loc["x"].tolist() == pytest.approx(
        [2, 2, 2, 1]
    )
    found = stability.ratio_interval(above, below, one, np.array([[2, 0], [0, 2]]), "log").loc["x"]
    assert found.tolist() == pytest.approx([2, 0, math.inf, 0.5])
    # Four papers drawn, three of the first: 10/4, error √(3 (3/10 − 1/4)² + (1/10 − 1/4)²) = √0.03.
    found = stability.ratio_interval(above, below, one, np.array([[3, 1]]), "log").loc["x"]
    reach = math.log(2.5 / 2) / math.sqrt(0.03) * math.sqrt(1 / 8)
    assert found.tolist() == pytest.approx([2, 2 * math.exp(-reach), 2 * math.exp(reach), 1])


@pytest.mark.parametrize(("credit", "value"), [([0.0] * 4, 0.0), ([1.0] * 4, 1.0), ([0.25] * 4, 0.25)])
def test_a_share_that_no_draw_can_move_has_no_width(credit, value):
    draws = np.random.default_rng(1).multinomial(4, [0.25] * 4, 100)
    found = stability.ratio_interval(pd.DataFrame({"bloc": credit}), ONES, ALL, draws)
    assert found.loc["bloc"].tolist() == pytest.approx([value] * 3 + [float(value > 0.5)])


def test_two_papers_of_a_bloc_tell_nothing():
    # Of 100 papers, two are the bloc's. One draw in seven has none of the two, more than one in twenty.
    credit = pd.DataFrame({"bloc": [1.0, 0.0]})
    counts, rng = pd.Series([2, 98]), np.random.default_rng(1)
    found = stability.ratio_interval(credit, pd.Series([1.0, 1.0]), counts, rng.multinomial(100, [0.02, 0.98], 1000))
    assert found.loc["bloc", ["value", "low", "high"]].tolist() == pytest.approx([0.02, 0, 1])
    forty = stability.ratio_interval(
        credit, pd.Series([1.0, 1.0]), pd.Series([40, 60]), rng.multinomial(100, [0.4, 0.6], 1000)
    ).loc["bloc"]
    assert 0.28 < forty["low"] < 0.33 and 0.47 < forty["high"] < 0.52  # as 0.4 ± 1.96 √(0.24 / 100)


def test_the_rest_has_the_mirrored_interval_and_the_turned_ratio_the_reciprocal_one():
    papers, received, weights = some_corpus(1)
    total = papers["citations"]
    found = stability.ratio_interval(received, total, papers["n_papers"], weights)
    rest = stability.ratio_interval(received.rsub(total, axis=0), total, papers["n_papers"], weights)
    np.testing.assert_allclose(rest[["low", "high"]], 1 - found[["high", "low"]].to_numpy())
    turned = [
        stability.ratio_interval(pair[0], pair[1], papers["n_papers"], weights, "log").iloc[0]
        for pair in ((received[["CN"]], received["US"]), (received[["US"]], received["CN"]))
    ]
    np.testing.assert_allclose(turned[0][["low", "high"]], 1 / turned[1][["high", "low"]].to_numpy())


def test_the_probability_is_sure_just_where_the_interval_leaves_one_out():
    papers, received, weights = some_corpus(6, draws=1000)
    many = pd.DataFrame({factor: received["CN"] * factor for factor in np.linspace(0.2, 4, 60)})
    found = stability.ratio_interval(many, received["US"], papers["n_papers"], weights, "log")
    left_out = (found["low"] > 1) | (found["high"] < 1)
    sure = (found["probability"] > 0.975) | (found["probability"] < 0.025)
    near = found["probability"].sub(0.5).abs().sub(0.475).abs() < 1e-9  # a draw on the very line
    assert (left_out == sure)[~near].all()
    assert 0 < left_out.sum() < 60
    assert found["probability"].is_monotonic_increasing
    turned = stability.ratio_interval(received[["US"]], received["CN"], papers["n_papers"], weights, "log")
    straight = stability.ratio_interval(received[["CN"]], received["US"], papers["n_papers"], weights, "log")
    assert turned["probability"].item() == pytest.approx(1 - straight["probability"].item())


def test_a_group_of_equal_papers_is_the_papers_one_by_one():
    papers, received, _ = some_corpus(2)
    each = papers.index.repeat(papers["n_papers"])
    draws = np.random.default_rng(3).multinomial(len(each), np.full(len(each), 1 / len(each)), 200)
    grouped = np.add.reduceat(draws, np.flatnonzero(~pd.Series(each).duplicated()), axis=1)
    one_by_one = stability.ratio_interval(
        received.loc[each], papers.loc[each, "citations"], pd.Series(1, index=each), draws
    )
    found = stability.ratio_interval(received, papers["citations"], papers["n_papers"], grouped)
    np.testing.assert_allclose(found, one_by_one)


def test_columns_stand_for_themselves_and_a_unit_does_not_matter():
    papers, received, weights = some_corpus(4)
    found = stability.ratio_interval(received, papers["citations"], papers["n_papers"], weights)
    alone = stability.ratio_interval(received[["US"]], papers["citations"], papers["n_papers"], weights)
    np.testing.assert_allclose(alone.loc["US"], found.loc["US"])
    tenfold = stability.ratio_interval(10 * received, 10 * papers["citations"], papers["n_papers"], weights)
    np.testing.assert_allclose(tenfold, found)
    several = stability.ratio_interval(
        received, pd.DataFrame({name: papers["citations"] for name in received}), papers["n_papers"], weights
    )
    np.testing.assert_allclose(several, found)


def test_the_error_is_that_of_the_jackknife():
    # Where each paper is left out in turn, √((n − 1)/n Σ (value − mean)²) is nearly the linearised error.
    rng = np.random.default_rng(5)
    above, below = rng.random((300, 1)), 1 + rng.random((300, 1))
    left_out = 1.0 - np.eye(300)
    values, _ = stability._log_ratio(above, below, left_out)
    jackknife = math.sqrt(299 / 300 * ((values - values.mean()) ** 2).sum())
    assert stability._log_ratio(above, below, np.ones((1, 300)))[1].item() == pytest.approx(jackknife, rel=0.01)


def test_what_cannot_be_is_said():
    with pytest.raises(ValueError, match="scale='linear'.*logit, log"):
        stability.ratio_interval(CREDIT, ONES, ALL, np.array([SAME]), "linear")
    with pytest.raises(ValueError, match="choose scale='log'"):
        stability.ratio_interval(3 * CREDIT, ONES, ALL, np.array([SAME]))
