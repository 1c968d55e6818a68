"""Co-publication, on a corpus that is counted by hand."""

import numpy as np
import pandas as pd
import pytest

from compendium.measures import copublication
from compendium.measures.weighted import weighted
from compendium.places import blocs

# id · countries and shares · papers
#  1  CN                       3        5  DE 1/2  FR 1/2            2
#  2  US                       2        6  DE 1/4  FR 1/4  CN 1/2    1
#  3  US 1/2  CN 1/2           2        7  GB 1/2  ZZ 1/2            1
#  4  US 1/2  GB 1/4  CN 1/4   1        8  CN 1/2  HK 1/2            1
#                                       9  NA 1/2  US 1/2            1   (NA is Namibia)
MAKE_UP = {
    1: {"CN": 1},
    2: {"US": 1},
    3: {"US": 0.5, "CN": 0.5},
    4: {"US": 0.5, "GB": 0.25, "CN": 0.25},
    5: {"DE": 0.5, "FR": 0.5},
    6: {"DE": 0.25, "FR": 0.25, "CN": 0.5},
    7: {"GB": 0.5, "ZZ": 0.5},
    8: {"CN": 0.5, "HK": 0.5},
    9: {"NA": 0.5, "US": 0.5},
}
COMPOSITIONS = pd.DataFrame(
    [(number, country, share) for number, shares in MAKE_UP.items() for country, share in shares.items()],
    columns=["composition_id", "country", "share"],
)
PAPERS = pd.DataFrame(
    {"composition_id": range(1, 10), "n_papers": [3, 2, 2, 1, 2, 1, 1, 1, 1]}, index=range(100, 109)
)  # rows of a larger table keep their labels


def units(unit: str, china: str = "CN") -> dict[str, tuple[str, ...]]:
    return blocs.partner_units(COMPOSITIONS["country"], china, unit=unit)


def pairs(matrix: pd.DataFrame) -> dict[str, float]:
    """The cells above the diagonal that are not zero: "CN-US"."""
    return {
        f"{x}-{y}": matrix.at[x, y]
        for i, x in enumerate(matrix.index)
        for y in matrix.columns[i + 1 :]
        if matrix.at[x, y]
    }


def test_presence_of_a_bloc_is_one_whatever_its_members() -> None:
    named = units("bloc")
    present = pd.DataFrame(weighted(PAPERS, COMPOSITIONS).present(named), columns=list(named))
    assert present["EU"].tolist() == [0, 0, 0, 0, 1, 1, 0, 0, 0]
    assert present["CN"].tolist() == [1, 0, 1, 1, 0, 1, 0, 1, 0]
    assert present["NA"].tolist() == [0] * 8 + [1]


def test_whole_counting_by_bloc() -> None:
    # CN-US: 3 (two papers) and 4; CN-EU: 6; CN-UK and US-UK: 4; CN-HK: 8; US-NA: 9. ZZ is nobody.
    matrix = copublication.copublications(PAPERS, COMPOSITIONS, units("bloc"))
    assert pairs(matrix) == {"CN-US": 3, "CN-EU": 1, "CN-UK": 1, "CN-HK": 1, "US-UK": 1, "US-NA": 1}


def test_whole_counting_by_country() -> None:
    # The EU falls apart: 6 is a paper of CN with DE and with FR, and 5 and 6 are three of DE-FR.
    matrix = copublication.copublications(PAPERS, COMPOSITIONS, units("country"))
    assert pairs(matrix) == {
        "CN-DE": 1,
        "CN-FR": 1,
        "CN-GB": 1,
        "CN-HK": 1,
        "CN-US": 3,
        "DE-FR": 3,
        "GB-US": 1,
        "NA-US": 1,
    }


def test_fractional_counting_by_bloc() -> None:
    # 3 has two units: a link weighs 1, twice. 4 has three: each of its links weighs 1/2.
    matrix = copublication.copublications(PAPERS, COMPOSITIONS, units("bloc"), "fractional")
    assert pairs(matrix) == {"CN-US": 2.5, "CN-EU": 1, "CN-UK": 0.5, "CN-HK": 1, "US-UK": 0.5, "US-NA": 1}


def test_fractional_counting_by_country() -> None:
    # 6 has three countries now: CN-DE, CN-FR and DE-FR weigh 1/2 each; DE-FR has 5 besides, twice 1.
    matrix = copublication.copublications(PAPERS, COMPOSITIONS, units("country"), "fractional")
    assert pairs(matrix) == {
        "CN-DE": 0.5,
        "CN-FR": 0.5,
        "CN-GB": 0.5,
        "CN-HK": 1,
        "CN-US": 2.5,
        "DE-FR": 2.5,
        "GB-US": 0.5,
        "NA-US": 1,
    }


def test_country_fractional_gives_the_same_links() -> None:
    matrices = [
        copublication.copublications(PAPERS, COMPOSITIONS, units("bloc"), way)
        for way in ("fractional", "country-fractional")
    ]
    pd.testing.assert_frame_equal(*matrices)


def test_hong_kong_inside_china_is_no_partner_of_it() -> None:
    matrix = copublication.copublications(PAPERS, COMPOSITIONS, units("bloc", "CN+HK+MO"))
    assert "HK" not in matrix and pairs(matrix)["CN-US"] == 3
    assert copublication.totals(PAPERS, COMPOSITIONS, units("bloc", "CN+HK+MO"))["CN"] == 8


def test_totals() -> None:
    # CN: 1 (three), 3 (two), 4, 6, 8. US: 2 (two), 3 (two), 4, 9. EU: 5 (two), 6. UK: 4, 7.
    found = copublication.totals(PAPERS, COMPOSITIONS, units("bloc"))
    assert found.to_dict() == {"CN": 8, "US": 6, "EU": 3, "UK": 2, "HK": 1, "NA": 1}


def test_diagonal_is_zero() -> None:
    for way in ("whole", "fractional"):
        matrix = copublication.copublications(PAPERS, COMPOSITIONS, units("bloc"), way)
        assert (np.diag(matrix) == 0).all()


def test_no_joint_paper_no_link() -> None:
    """Negative control: single-country papers, however many, make no partners."""
    alone = PAPERS[PAPERS["composition_id"].isin([1, 2, 7])]
    assert not copublication.copublications(alone, COMPOSITIONS, units("bloc")).to_numpy().any()


@pytest.mark.parametrize("way", ["whole", "fractional"])
def test_resampled_draws(way: str) -> None:
    # Draw 1: the papers as they are. Draw 2: paper 4 three times, nothing else. Draw 3: nothing joint.
    weights = np.array([PAPERS["n_papers"], [0, 0, 0, 3, 0, 0, 0, 0, 0], [5, 0, 0, 0, 0, 0, 0, 0, 0]])
    draws = copublication.shared_papers(weighted(PAPERS, COMPOSITIONS, weights), units("bloc"), "CN", way)
    link = {"whole": 1, "fractional": 0.5}[way]
    assert draws["US"].tolist() == [2 + link, 3 * link, 0]
    assert draws["UK"].tolist() == [link, 3 * link, 0]
    assert draws["EU"].tolist() == [1, 0, 0]
    assert draws["CN"].tolist() == [8, 3, 5]  # its own papers, whole under any counting
