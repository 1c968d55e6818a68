"""The worst case: authors of unknown country count for whom a claim puts behind. Ratios counted by hand."""

import pytest
from support.small_tables import small_tables

from compendium import multiverse
from compendium.claims import load_register

BY_NUMBER = {claim.number: claim for claim in load_register().claims}


def ratio(number, papers, **options):
    """Return the estimate of a claim under its headline, or with other options, for papers of 2024."""
    samples = multiverse.Samples(multiverse.Frame(small_tables(papers), 2024), draws=0, seed=1)
    rows = multiverse.curve(BY_NUMBER[number], samples).specifications
    chosen = {"year": "0"} | BY_NUMBER[number].headline | options
    for name, option in chosen.items():
        rows = rows.loc[rows[name] == option]
    (value,) = rows["value"]
    return value


@pytest.mark.parametrize(
    ("number", "subject", "rival"),
    [("10", "GB", "US"), ("11", "GB", "DE"), ("12", "DE", "GB"), ("13", "DE", "US")],
)
def test_an_unknown_partner_counts_for_the_rival_and_once_a_paper(number, subject, rival):
    """Two papers with China, one with the rival, one with someone unknown, one with both of these.

    Known are two joint papers with each. In the worst case the rival has three; without the papers
    that have someone unknown, one.
    """
    papers = [
        (f"CN {subject}", 2, None),
        (f"{rival} {subject}", 1, None),
        (f"{subject} ZZ", 1, None),
        (f"{rival} {subject} ZZ", 1, None),
    ]
    assert ratio(number, papers, missing="keep") == 2 / 2
    assert ratio(number, papers, missing="worst") == pytest.approx(2 / 3)
    assert ratio(number, papers, missing="drop") == 2 / 1


def test_where_the_best_other_is_asked_for_the_unknown_are_a_rival_of_their_own():
    """The US: three papers with China, two with Canada, four with someone unknown, one of them with Canada too."""
    papers = [("CN US", 3, None), ("CA US", 1, None), ("CA US ZZ", 1, None), ("US ZZ", 3, None)]
    assert ratio("14", papers, missing="keep") == 3 / 2
    assert ratio("14", papers, missing="worst") == 3 / 4
    assert ratio("14", papers, missing="drop") == 3 / 1
