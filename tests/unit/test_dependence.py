"""Shares of joint papers and size-adjusted indices, on a corpus that is counted by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from compendium.measures import collaboration, copublication, dependence
from compendium.measures.counting import WEST, with_union
from compendium.measures.weighted import weighted, without_each
from compendium.places import blocs

# id · countries and shares · papers · venue
#  1  CN                       3  a       5  DE 1/2  FR 1/2            2  b
#  2  US                       2  a       6  DE 1/4  FR 1/4  CN 1/2    1  b
#  3  US 1/2  CN 1/2           2  b       7  GB 1/2  ZZ 1/2            1  b
#  4  US 1/2  GB 1/4  CN 1/4   1  b       8  CN 1/2  HK 1/2            1  b
#                                         9  NA 1/2  US 1/2            1  b
# Whole counting: CN has 8 papers, US 6, EU 3, UK 2; all papers are 14. With CN: US 3, EU 1, UK 1.
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
    {"category": list("aabbbbbbb"), "composition_id": range(1, 10), "n_papers": [3, 2, 2, 1, 2, 1, 1, 1, 1]},
    index=range(100, 109),
)
MEMBERS = with_union(blocs.members())
UNITS = blocs.partner_units(COMPOSITIONS["country"])


def shares(counting: str = "whole", members=MEMBERS) -> dict[tuple[str, str], float]:
    return dependence.partner_shares(weighted(PAPERS, COMPOSITIONS), members, counting).iloc[0].to_dict()


def test_shares_whole() -> None:
    # China's papers with the West are 3 (two), 4 and 6: 4 of 8, although 4 has the US and the UK.
    assert shares() == pytest.approx(
        {
            ("CN", WEST): 4 / 8,
            ("US", "CN"): 3 / 6,
            ("EU", "CN"): 1 / 3,
            ("UK", "CN"): 1 / 2,
            ("CN", "US"): 3 / 8,
            ("CN", "EU"): 1 / 8,
            ("CN", "UK"): 1 / 8,
        }
    )


def test_shares_fractional() -> None:
    # China's credit is 3 + 2·1/2 + 1/4 + 1/2 + 1/2 = 5.25, of it 1 + 1/4 + 1/2 with the West.
    # The US's is 2 + 2·1/2 + 1/2 + 1/2 = 4, of it 1 + 1/2 with China. UK: 1/4 of 1/4 + 1/2.
    found = shares("fractional")
    assert found["CN", WEST] == pytest.approx(1.75 / 5.25)
    assert found["US", "CN"] == pytest.approx(1.5 / 4)
    assert found["UK", "CN"] == pytest.approx(0.25 / 0.75)
    assert found["EU", "CN"] == pytest.approx(0.5 / 2.5)


def test_shares_country_fractional() -> None:
    # Paper 4 has three countries, a third each; of paper 7 the UK is the only known country.
    assert shares("country-fractional")["UK", "CN"] == pytest.approx((1 / 3) / (1 / 3 + 1))


def test_shares_with_hong_kong_in_china_and_the_uk_in_the_eu() -> None:
    wide = shares(members=with_union(blocs.members("CN+HK+MO", "EU-28")))
    assert wide["CN", WEST] == pytest.approx(4 / 8)  # paper 8 is China's already
    # EU-28 has 4 (the UK), 5 (two), 6, 7: two of five with China.
    assert wide["EU", "CN"] == pytest.approx(2 / 5)


def test_bloc_without_papers_has_no_share() -> None:
    only_us = PAPERS[PAPERS["composition_id"] == 2]
    found = dependence.partner_shares(weighted(only_us, COMPOSITIONS), MEMBERS, "whole").iloc[0]
    assert found["US", "CN"] == 0 and math.isnan(found["EU", "CN"]) and math.isnan(found["CN", WEST])


def test_answers_and_relations() -> None:
    # flow: the least of 1/2, 1/3 and 1/2, over the 1/2 of China with any of the three.
    frame = dependence.partner_shares(weighted(PAPERS, COMPOSITIONS), MEMBERS, "whole")
    assert dependence.answers(frame).iloc[0].to_dict() == pytest.approx(
        {"CN": 1 / 2, "US": 1 / 2, "EU": 1 / 3, "UK": 1 / 2, "flow": 2 / 3}
    )
    # China is not below all; the US and the UK tie, so neither is where it is claimed to be.
    assert dependence.relations(frame).iloc[0].to_dict() == {
        "CN": False,
        "US": False,
        "EU": True,
        "UK": False,
        "flow": False,
    }


def planted(**values: float) -> pd.DataFrame:
    """Shares as the article reports them, some changed."""
    reported = {
        "CN-West": 0.04,
        "US-CN": 0.14,
        "EU-CN": 0.08,
        "UK-CN": 0.26,
        "CN-US": 0.037,
        "CN-EU": 0.034,
        "CN-UK": 0.029,
    } | {name.replace("_", "-"): value for name, value in values.items()}
    return pd.DataFrame([list(reported.values())], columns=pd.MultiIndex.from_tuples(dependence.PAIRS))


def test_relations_hold_for_the_reported_shares() -> None:
    assert dependence.relations(planted()).to_numpy().all()
    assert dependence.answers(planted())["flow"].iloc[0] == pytest.approx(0.08 / 0.04)


@pytest.mark.parametrize(
    ("changed", "failing"),
    [
        ({"CN_West": 0.08}, {"CN", "flow"}),  # level with the EU: a tie is not below
        ({"US_CN": 0.3}, {"US", "UK"}),
        ({"EU_CN": 0.15}, {"US", "EU"}),
        ({"EU_CN": 0.14}, {"US", "EU"}),
        ({"UK_CN": 0.1}, {"US", "UK"}),
        ({"CN_EU": 0.09}, {"flow"}),  # China leans more on the EU than the EU on China
    ],
)
def test_each_relation_can_fail(changed: dict, failing: set) -> None:
    holds = dependence.relations(planted(**changed)).iloc[0]
    assert set(holds.index[~holds]) == failing


def test_raw_asymmetry_is_size() -> None:
    totals = copublication.totals(PAPERS, COMPOSITIONS, MEMBERS)
    whole = dependence.partner_shares(weighted(PAPERS, COMPOSITIONS), MEMBERS, "whole").iloc[0]
    table = dependence.size_quotients(whole, totals)
    assert table["quotient"].to_dict() == pytest.approx({"US": 8 / 6, "EU": 8 / 3, "UK": 8 / 2})
    assert table["China's papers ÷ its"].to_dict() == pytest.approx(table["quotient"].to_dict())
    # Negative control: with shares by credit the two quotients are not the same.
    by_credit = dependence.partner_shares(weighted(PAPERS, COMPOSITIONS), MEMBERS, "fractional").iloc[0]
    other = dependence.size_quotients(by_credit, totals)
    assert not np.allclose(other["quotient"], other["China's papers ÷ its"])


def test_pair_indices_by_hand() -> None:
    # CN-US: 3 together, 8 and 6 of 14. Links: CN 2 (paper 3) + 2 (4) + 1 (6) + 1 (8) = 6, US 2 + 2
    # + 1 (9) = 5, all 8. RIC(CN, US) = (3/6) / ((5 − 3) / (8 − 6)); RIC(US, CN) = (3/5) / (3 / 3).
    found = {
        name: frame.iloc[0]
        for name, frame in dependence.pair_indices(
            weighted(PAPERS, COMPOSITIONS), UNITS, [("CN", "US"), ("US", "CN")]
        ).items()
    }
    assert found["association strength"].tolist() == pytest.approx([3 * 14 / 48] * 2)
    assert found["Salton"].tolist() == pytest.approx([3 / math.sqrt(48)] * 2)
    assert found["RIC"].tolist() == pytest.approx([0.5, 0.6])


def test_pair_indices_are_those_of_the_matrix() -> None:
    pairs = [(x, y) for x in ("CN", "US", "EU", "UK") for y in ("CN", "US", "EU", "UK") if x != y]
    matrix = copublication.copublications(PAPERS, COMPOSITIONS, UNITS)
    own = copublication.totals(PAPERS, COMPOSITIONS, UNITS)
    expected = {
        "association strength": collaboration.association_strength(matrix, own, 14),
        "Salton": collaboration.salton(matrix, own),
        "RIC": collaboration.relative_intensity(matrix, *collaboration.link_totals(matrix)),
    }
    found = dependence.pair_indices(weighted(PAPERS, COMPOSITIONS), UNITS, pairs)
    for name, index in expected.items():
        np.testing.assert_allclose(found[name].iloc[0], [index.at[pair] for pair in pairs], err_msg=name)


def test_missing_countries() -> None:
    # Paper 7 has an unknown author. Dropped, the UK has paper 4 alone, which is with China; and if
    # the unknown author sat in China, both of the UK's papers would be.
    found = dependence.missing_countries(weighted(PAPERS, COMPOSITIONS), MEMBERS, "whole")
    assert found.loc["UK"].to_dict() == pytest.approx({"keep": 1 / 2, "drop": 1, "all for partners": 1})
    assert found.loc["CN"].to_dict() == pytest.approx(dict.fromkeys(found.columns, 1 / 2))
    assert weighted(PAPERS, COMPOSITIONS).unknown.tolist() == [False] * 6 + [True] + [False] * 2


def test_options_are_thirty_six_and_hold_the_headline() -> None:
    options = dependence.share_options(weighted(PAPERS, COMPOSITIONS))
    assert len(options) == options.index.nunique() == 3 * 3 * 2 * 2
    assert options.loc[("whole", "CN", "EU-27", "keep")].to_dict() == pytest.approx(shares())
    assert options.loc[("whole", "CN", "EU-27", "drop"), ("UK", "CN")] == pytest.approx(1)


def test_shares_by_group() -> None:
    # In b China has 5 of 9 papers, 4 of them with the West; the US has 4, 3 of them with China.
    found = dependence.shares_by_group(PAPERS, COMPOSITIONS, MEMBERS, "category", least=3)
    assert found.loc["b", ["part", "CN", "US"]].tolist() == pytest.approx([5 / 9, 4 / 5, 3 / 4])
    assert math.isnan(found.loc["b", "UK"]) and math.isnan(found.loc["a", "US"])  # 2 papers each
    assert found.loc["a", "CN"] == 0


def test_without_each() -> None:
    groups, weights = without_each(PAPERS, "category")
    assert groups == ["a", "b"]
    assert weights.tolist() == [[0, 0, 2, 1, 2, 1, 1, 1, 1], [3, 2] + [0] * 7]
    left = dependence.partner_shares(weighted(PAPERS, COMPOSITIONS, weights), MEMBERS, "whole")
    assert left[("US", "CN")].tolist() == [3 / 4, 0]


def test_most_moving() -> None:
    without = pd.DataFrame({"CN": [0.5, 0.9], "US": [0.2, 0.2]}, index=["a", "b"])
    assert dependence.most_moving(without, pd.Series({"CN": 0.5, "US": 0.3})) == "b"
    assert dependence.most_moving(without * np.nan, pd.Series({"CN": 0.5})) is None


def test_summary_leaves_out_draws_without_a_value() -> None:
    draws = pd.DataFrame({"x": [1.0, 2.0, 3.0, np.nan], "y": [1.0, np.inf, np.inf, np.inf], "z": [np.nan] * 4})
    found = dependence.summary(pd.DataFrame({"x": [2.0], "y": [5.0], "z": [np.nan]}), draws)
    assert found.loc["x"].tolist() == [2, 1, 3]
    assert found.loc["y"].tolist() == [5, 1, math.inf]
    assert found.loc["z"].isna().all()
