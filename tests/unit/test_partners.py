"""Partners: rankings, the ratios that decide, and years of overtaking, on corpora counted by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from compendium.measures import copublication, partners
from compendium.measures.weighted import weighted

CHOICES = {"counting": "whole", "china": "CN", "eu": "EU-27"}


def corpus(*kinds: tuple[str, int, str, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Papers from (countries, year, venue, how many); all shares of a paper alike."""
    rows = [
        (number, country, 1 / len(countries.split()))
        for number, (countries, *_) in enumerate(kinds)
        for country in countries.split()
    ]
    papers = pd.DataFrame(
        [(year, venue, number, n) for number, (_, year, venue, n) in enumerate(kinds)],
        columns=["year", "category", "composition_id", "n_papers"],
    )
    return papers, pd.DataFrame(rows, columns=["composition_id", "country", "share"])


# The UK: with CN 5 (4 + 1), with US 3, with the EU 4 (1 + 2 + 1), so with DE 4 and FR 1.
# The EU: with CN 5 (4 + 1), with UK 4, with US 1. The US: with CN 2, UK 3, DE 1.
ONE_YEAR = corpus(
    ("GB CN", 2024, "a", 4),
    ("GB CN DE", 2024, "a", 1),
    ("GB US", 2024, "a", 3),
    ("GB DE", 2024, "b", 2),
    ("GB DE FR", 2024, "b", 1),
    ("DE CN", 2024, "a", 4),
    ("US CN", 2024, "b", 2),
    ("US DE", 2024, "b", 1),
    ("CN", 2024, "a", 9),
    ("ZZ", 2024, "a", 1),
)


def test_bloc_units() -> None:
    countries = ["CN", "DE", "GB", "JP", "ZZ"]
    assert list(partners.bloc_units(countries, "CN", "EU-27")) == ["CN", "US", "EU", "UK", "JP"]
    with_uk = partners.bloc_units(countries, "CN", "EU-28")
    assert list(with_uk) == ["CN", "US", "EU", "JP"] and "GB" in with_uk["EU"]


def test_western_partners_by_bloc() -> None:
    found = partners.western_partners(weighted(*ONE_YEAR), unit="bloc", **CHOICES)
    assert {name: frame.iloc[0].to_dict() for name, frame in found.items()} == {
        "US": {"CN": 2, "EU": 1, "UK": 3},
        "UK": {"CN": 5, "US": 3, "EU": 4},
        "EU": {"CN": 5, "US": 1, "UK": 4},
    }


def test_western_partners_by_country() -> None:
    found = partners.western_partners(weighted(*ONE_YEAR), unit="country", **CHOICES)
    assert {name: frame.iloc[0].to_dict() for name, frame in found.items()} == {
        "US": {"CN": 2, "DE": 1, "FR": 0, "UK": 3},
        "UK": {"CN": 5, "DE": 4, "FR": 1, "US": 3},
    }


@pytest.mark.parametrize("counting", ["whole", "fractional"])
def test_western_partners_are_rows_of_the_matrix(counting: str) -> None:
    papers, compositions = ONE_YEAR
    units = partners.bloc_units(compositions["country"], "CN", "EU-27")
    matrix = copublication.copublications(papers, compositions, units, counting)
    found = partners.western_partners(weighted(papers, compositions), unit="bloc", **CHOICES | {"counting": counting})
    for subject, frame in found.items():
        assert frame.iloc[0].to_dict() == pytest.approx(matrix.loc[subject].drop(subject).to_dict())


def test_ratios_by_hand() -> None:
    # The leads: US 2/3, UK 5/4, EU 5/4; the least is that of the West.
    found = partners.partner_ratios(weighted(*ONE_YEAR), **CHOICES).iloc[0]
    assert found.to_dict() == pytest.approx(
        {
            "West: China / best other": 2 / 3,
            "UK: China / US": 5 / 3,
            "UK: China / EU": 5 / 4,
            "EU: China / UK": 5 / 4,
            "EU: China / US": 5,
            "US: China / best other country": 2 / 3,
            "US: China / best other": 2 / 3,
            "UK: China / best other": 5 / 4,
            "EU: China / best other": 5 / 4,
        }
    )
    assert list(found.index) == list(partners.QUESTIONS)


def test_counts_name_the_best_other() -> None:
    found = partners.partner_counts(weighted(*ONE_YEAR), **CHOICES)
    assert found.loc[("West: China / best other", "US")].tolist() == [2, 3, "UK"]
    assert found.loc[("US: China / best other country", "US")].tolist() == [2, 3, "UK"]
    assert found.loc[("EU: China / UK", "EU")].tolist() == [5, 4, "UK"]


def test_eu_28_leaves_the_uk_without_a_place() -> None:
    found = partners.partner_ratios(weighted(*ONE_YEAR), **CHOICES | {"eu": "EU-28"}).iloc[0]
    missing = {"West: China / best other", "UK: China / EU", "EU: China / UK", "UK: China / best other"}
    assert set(found.index[found.isna()]) == missing
    # With the UK in it the EU has 9 papers with China (4 + 1 + 4) and 4 with the US.
    assert found["EU: China / US"] == 9 / 4 and found["UK: China / US"] == pytest.approx(5 / 3)


def test_draws_of_the_papers_as_they_are_give_the_estimate() -> None:
    papers, compositions = ONE_YEAR
    weights = np.vstack([papers["n_papers"], papers["n_papers"].where(papers["category"] == "a", 0)])
    for counting in ("whole", "fractional"):
        choices = CHOICES | {"counting": counting}
        draws = partners.partner_ratios(weighted(papers, compositions, weights.astype(float)), **choices)
        estimate = partners.partner_ratios(weighted(papers, compositions), **choices)
        np.testing.assert_allclose(draws.iloc[0], estimate.iloc[0])
        # A venue left out is a venue whose papers weigh nothing.
        only_a = partners.partner_ratios(weighted(papers[papers["category"] == "a"], compositions), **choices)
        np.testing.assert_allclose(draws.iloc[1], only_a.iloc[0])


def test_a_tie_is_not_first_and_nothing_is_no_number() -> None:
    tie = corpus(("GB CN", 2024, "a", 2), ("GB US", 2024, "a", 2))
    assert partners.partner_ratios(weighted(*tie), **CHOICES).at[0, "UK: China / US"] == 1
    nobody = corpus(("GB", 2024, "a", 2))
    assert math.isnan(partners.partner_ratios(weighted(*nobody), **CHOICES).at[0, "UK: China / US"])
    alone = corpus(("GB CN", 2024, "a", 1))
    assert partners.partner_ratios(weighted(*alone), **CHOICES).at[0, "UK: China / US"] == math.inf


def test_hong_kong_is_a_partner_or_a_part_of_china() -> None:
    # US with CN 2 (one of them with HK too), with HK 3, with UK 2.
    papers = corpus(
        ("US CN", 2024, "a", 1), ("US CN HK", 2024, "a", 1), ("US HK", 2024, "a", 2), ("US GB", 2024, "a", 2)
    )
    narrow = partners.western_partners(weighted(*papers), unit="country", **CHOICES)["US"].iloc[0]
    assert narrow.to_dict() == {"CN": 2, "UK": 2, "HK": 3}
    wide = CHOICES | {"china": "CN+HK+MO"}
    broad = partners.western_partners(weighted(*papers), unit="country", **wide)["US"].iloc[0]
    assert broad.to_dict() == {"CN": 4, "UK": 2}
    question = "US: China / best other country"
    assert partners.partner_ratios(weighted(*papers), **CHOICES).at[0, question] == pytest.approx(2 / 3)
    assert partners.partner_ratios(weighted(*papers), **wide).at[0, question] == 2


def test_ranking_puts_most_papers_first_and_ties_by_name() -> None:
    draws = pd.DataFrame({"JP": [0, 4], "CA": [1, 3], "US": [9, 9]})
    found = partners.ranking(pd.DataFrame({"JP": [2], "CA": [2], "US": [9]}), draws, level=0)
    assert found["partner"].tolist() == ["US", "CA", "JP"]
    assert found["low"].tolist() == found["high"].tolist() == [9, 2, 2]


def test_turned() -> None:
    without = pd.DataFrame({"q": [0.9, 1.2, np.nan], "r": [2.0, 3.0, 4.0]}, index=["a", "b", "c"])
    assert partners.turned(without, pd.Series({"q": 1.1, "r": 2.0})) == {"q": "a", "r": "none"}


def test_firsts_count_a_tie_for_each() -> None:
    names = ["CN", "US", "DE", "FR", "GR"]
    shared = pd.DataFrame(
        [[0, 1, 2, 0, 0], [1, 0, 2, 3, 0], [2, 2, 0, 1, 0], [0, 3, 1, 0, 0], [0] * 5], index=names, columns=names
    )
    found = partners.firsts(shared, ["DE", "FR", "GR", "PL"])  # Greece shares no paper, Poland has none
    assert found.index.tolist() == ["DE", "FR"]
    assert found.loc["DE"].tolist() == [True, True, False, False, False]
    assert found.loc["FR"].tolist() == [False, True, False, False, False]


# Two venues of which b skips 2021. The EU with CN 1, 2, 3 and with the UK 2, 2, 2 over the years.
YEARS = corpus(
    ("DE CN", 2020, "a", 1),
    ("DE GB", 2020, "a", 1),
    ("DE GB", 2020, "b", 1),
    ("DE CN", 2021, "a", 2),
    ("FR GB", 2021, "a", 2),
    ("DE CN", 2022, "a", 2),
    ("FR CN", 2022, "b", 1),
    ("FR GB", 2022, "a", 2),
)


def test_shared_by_year_and_year_of_overtaking() -> None:
    found = partners.shared_by_year(*YEARS, "EU", **CHOICES)
    assert found[["CN", "UK", "EU"]].to_numpy().tolist() == [[1, 2, 3], [2, 2, 4], [3, 2, 5]]
    assert found.index.tolist() == [2020, 2021, 2022]
    assert partners.overtaken(found, "CN", "UK") is True
    passed = partners.years_passed({"EU": {"all": found}})
    assert passed.at["all", "EU: China over UK"] == 2022  # level in 2021 is not ahead


def test_uk_by_year_where_the_eu_holds_it() -> None:
    found = partners.shared_by_year(*YEARS, "UK", **CHOICES | {"eu": "EU-28"})
    assert found["UK"].tolist() == [2, 2, 2] and "EU" not in found
    assert partners.rivals(found, "UK") == ["US"]


def test_followed_keeps_venues_of_every_year() -> None:
    papers, _ = YEARS
    found = partners.followed(papers, [(2020, 2022), (2022, 2022), (2018, 2022)])
    assert list(found) == ["2020–2022: a", "2022–2022: a, b"]
    assert found["2020–2022: a"]["category"].unique().tolist() == ["a"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1, 3], [2, 2], True),  # was behind, is ahead
        ([3, 3], [2, 2], None),  # was ahead all along: no overtaking was seen
        ([2, 3], [2, 2], None),  # was level before, never behind
        ([1, 2], [2, 2], False),  # level at the end
        ([3, 1], [2, 2], False),  # lost it again
        ([1, 0], [2, 0], None),  # nothing to compare in the last year
    ],
)
def test_overtaken(first: list[int], second: list[int], expected: bool | None) -> None:
    assert partners.overtaken(pd.DataFrame({"CN": first, "US": second}), "CN", "US") is expected


def test_of_several() -> None:
    papers, compositions = ONE_YEAR
    units = partners.bloc_units(compositions["country"], "CN", "EU-27")
    several = partners.of_several(papers, compositions, units)
    assert papers.loc[several, "n_papers"].sum() == 4 + 1 + 3 + 2 + 1 + 4 + 2 + 1
