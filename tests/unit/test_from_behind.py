"""China came from behind (claims 12 and 13) where it was seen behind in one of the fifteen years before."""

import pytest
from support.small_tables import tables_of_years

from compendium import multiverse
from compendium.claims import Verdict, load_register

BY_NUMBER = {claim.number: claim for claim in load_register().claims}


def verdict(number, rival, behind_in, now=(3, 1)):
    """Return the headline's verdict of 2024 where China was ahead in all years but one, or in none."""
    years = {year: (2, 1) for year in range(2000, 2024)} | {behind_in: (1, 2), 2024: now}
    years.pop(None, None)
    papers = {
        year: [("CN DE", china, None), (f"DE {rival}", others, None)] for year, (china, others) in sorted(years.items())
    }
    found = multiverse.headlines(multiverse.Frame(tables_of_years(papers), 2024), [BY_NUMBER[number]], draws=0)
    return found.loc[BY_NUMBER[number].id, "verdict"]


@pytest.mark.parametrize(("number", "rival"), [("12", "GB"), ("13", "US")])
@pytest.mark.parametrize(
    ("behind_in", "expected"),
    [
        (2023, Verdict.REPRODUCED),
        (2014, Verdict.REPRODUCED),  # ten years ago
        (2009, Verdict.REPRODUCED),  # the first of the fifteen years
        (2008, Verdict.NOT_TESTABLE),  # longer ago than the claim speaks of
        (None, Verdict.NOT_TESTABLE),  # it was never behind
    ],
)
def test_how_far_back_a_lead_is_looked_for(number, rival, behind_in, expected):
    assert verdict(number, rival, behind_in) == expected


@pytest.mark.parametrize(("number", "rival"), [("12", "GB"), ("13", "US")])
@pytest.mark.parametrize("now", [(1, 3), (2, 2)])
def test_who_is_not_ahead_now_has_not_passed_anyone(number, rival, now):
    assert verdict(number, rival, 2014, now) == Verdict.NOT_SUPPORTED
