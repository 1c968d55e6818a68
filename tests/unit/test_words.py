"""How numbers, places and claims are said."""

import doctest

import pandas as pd
import pytest

from compendium import words
from compendium.places import blocs


def test_every_example_in_the_documentation_is_true():
    ran = doctest.testmod(words)
    assert ran.failed == 0
    public = [name for name in vars(words) if callable(getattr(words, name)) and not name.startswith("_")]
    own = [name for name in public if getattr(getattr(words, name), "__module__", "") == words.__name__]
    assert [name for name in own if ">>>" not in (getattr(words, name).__doc__ or "")] == []
    assert ran.attempted >= len(own)


@pytest.mark.parametrize(
    ("value", "said"), [(100.4, "100"), (12345.6, "12,346"), (2.996, "3.00"), (3.04, "3.0"), (-0.5, "-0.50")]
)
def test_a_number_has_as_many_digits_as_a_reader_can_use(value, said):
    assert words.number(value) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.004, "under 1"), (0.005, "under 1"), (0.0051, "1"), (0.994, "99"), (0.995, "over 99"), (0.9999, "over 99")],
)
def test_what_is_neither_none_nor_all_is_not_written_as_such(share, said):
    assert words.percent(share) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0.049, "0.0"), (-0.049, "0.0"), (0.05, "+0.1"), (-0.06, "−0.1"), (float("nan"), "–")]
)
def test_a_change_of_nothing_has_no_sign(value, said):
    assert words.signed(value) == said


@pytest.mark.parametrize(
    ("factor", "said"), [(0.98, "0.98"), (1.02, "1.02"), (1.0001, "1"), (2.0, "2.0"), (0.0, "0.0")]
)
def test_a_factor_that_grows_is_told_from_one_that_shrinks(factor, said):
    assert words.times(factor) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (["A", "B", "C", "D"], "A, B and 2 others"),
    ],
)
def test_names_are_joined_as_a_sentence_does(names, said):
    assert words.enumerated(names) == said


def test_each_bloc_has_a_name_a_short_one_and_one_for_sentences():
    assert list(blocs.BLOC_NAMES) == list(blocs.IN_WORDS) == list(blocs.SHORT_NAMES) == ["CN", *blocs.WEST_BLOCS]
    assert words.unit_name("UK") == words.unit_name("GB") == "United Kingdom"
    assert words.in_a_sentence("EU") == "the European Union" and words.in_a_sentence("FR") == "France"
    with pytest.raises(KeyError, match="no country has"):
        words.unit_name("Q1")


def test_ties_of_a_ranking_keep_the_order_in_which_they_stand():
    assert words.ranked(pd.Series({"US": 2, "CN": 2, "UK": 0})) == "the United States 2, China 2, the United Kingdom 0"


def test_the_first_city_is_one_that_is_known():
    counts = pd.Series({"": 9, "Beijing": 2, "Wuhan": 1})
    assert words.first_city(counts) == "Beijing"
