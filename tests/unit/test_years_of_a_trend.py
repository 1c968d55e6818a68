"""Three years with papers make a trend of China's reliance on others (claim 4), two do not. Slopes by hand."""

import math

import pytest
from support.small_tables import tables_of_years

from compendium import multiverse
from compendium.claims import Verdict, load_register

(CLAIM,) = (claim for claim in load_register().claims if claim.number == "04")


def headline(papers):
    """Return the headline's estimate and verdict for papers of some years."""
    found = multiverse.headlines(multiverse.Frame(tables_of_years(papers), 2024), [CLAIM], draws=0).loc[CLAIM.id]
    return found["value"], found["verdict"]


def papers_of(foreign):
    """Return ten papers of China, so many of them with the US."""
    return [("CN", 10 - foreign, None), ("CN US", foreign, None)]


def test_three_years_make_a_trend():
    """50, 20 and 50 %: level. 50, 30 and 20 %: 15 points a year down."""
    value, verdict = headline({2022: papers_of(5), 2023: papers_of(3), 2024: papers_of(2)})
    assert (value, verdict) == (pytest.approx(-15), Verdict.REPRODUCED)
    value, verdict = headline({2022: papers_of(5), 2023: papers_of(2), 2024: papers_of(5)})
    assert (value, verdict) == (pytest.approx(0), Verdict.NOT_SUPPORTED)


def test_two_years_make_none():
    value, verdict = headline({2023: papers_of(3), 2024: papers_of(2)})
    assert math.isnan(value) and verdict == Verdict.NOT_TESTABLE


def test_a_year_without_a_paper_of_china_is_no_third():
    value, verdict = headline({2022: [("US", 4, None)], 2023: papers_of(3), 2024: papers_of(2)})
    assert math.isnan(value) and verdict == Verdict.NOT_TESTABLE
