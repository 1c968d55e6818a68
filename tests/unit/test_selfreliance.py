"""Domestic and foreign papers, their trend and the null model of size, on papers counted by hand.

| composition | countries (author shares)   |
|-------------|-----------------------------|
| 1           | CN 1                        |
| 2           | CN 1/4, US 3/4              |
| 3           | CN 1/2, HK 1/2              |
| 4           | CN 1/2, unknown 1/2         |
| 5           | US 1                        |
| 6           | DE 1/2, FR 1/2              |
| 7           | unknown 1                   |
"""

import numpy as np
import pandas as pd
import pytest

from compendium.measures import self_reliance as reliance
from compendium.places import blocs

COMPOSITIONS = pd.DataFrame(
    [
        (1, "CN", 1),
        (2, "CN", 0.25),
        (2, "US", 0.75),
        (3, "CN", 0.5),
        (3, "HK", 0.5),
        (4, "CN", 0.5),
        (4, "ZZ", 0.5),
        (5, "US", 1),
        (6, "DE", 0.5),
        (6, "FR", 0.5),
        (7, "ZZ", 1),
    ],
    columns=["composition_id", "country", "share"],
)


def papers(*rows):
    return pd.DataFrame(rows, columns=["year", "category", "composition_id", "n_papers"])


# 2020: China has 2 domestic, 1 with the US, 1 with Hong Kong, 1 half unknown; 3 papers without China.
# 2021: China has 3 domestic and 1 with the US; 1 paper without China.
SMALL = papers(
    (2020, "x", 1, 2),
    (2020, "x", 2, 1),
    (2020, "y", 3, 1),
    (2020, "y", 4, 1),
    (2020, "x", 5, 1),
    (2020, "y", 6, 1),
    (2020, "y", 7, 1),
    (2021, "x", 1, 3),
    (2021, "x", 2, 1),
    (2021, "y", 5, 1),
)


def shares(codes=("CN",), counting="whole", unknown="keep", rows=SMALL):
    return reliance.foreign_shares(reliance.tally(rows, COMPOSITIONS, codes, counting, unknown)).iloc[0].to_dict()


@pytest.mark.parametrize(
    ("codes", "counting", "unknown", "expected"),
    [
        (("CN",), "whole", "keep", {2020: 2 / 5, 2021: 1 / 4}),
        # Hong Kong at home: one foreign paper fewer
        (("CN", "HK"), "whole", "keep", {2020: 1 / 5, 2021: 1 / 4}),
        # the paper with an unknown address leaves, or is foreign
        (("CN",), "whole", "drop", {2020: 2 / 4, 2021: 1 / 4}),
        (("CN",), "whole", "worst", {2020: 3 / 5, 2021: 1 / 4}),
        # credits: 2 · 1 domestic, 1/4 with the US, 1/2 with Hong Kong, 1/2 half unknown; then 3 and 1/4
        (("CN",), "fractional", "keep", {2020: 0.75 / 3.25, 2021: 0.25 / 3.25}),
        # each country of a paper the same part; the unknown has none: 2, 1/2, 1/2 and 1
        (("CN",), "country-fractional", "keep", {2020: 1 / 4, 2021: 0.5 / 3.5}),
        # Germany and France are one bloc: their paper is domestic
        (blocs.EU_27, "whole", "keep", {2020: 0}),
        (("DE",), "whole", "keep", {2020: 1}),
    ],
)
def test_share_of_foreign_papers(codes, counting, unknown, expected):
    found = shares(codes, counting, unknown)
    assert {year: share for year, share in found.items() if share == share} == pytest.approx(expected)


def test_a_year_without_papers_of_the_home_has_no_share():
    assert np.isnan(shares(("DE",))[2021])


def test_the_tally_keeps_every_paper():
    counted = reliance.tally(SMALL, COMPOSITIONS, ("CN",))
    assert counted["n_papers"].sum() == SMALL["n_papers"].sum() == 13
    assert counted.loc[counted["credit"] == 0, "n_papers"].sum() == 4
    assert (counted.loc[counted["credit"] == 0, "abroad"] == 0).all()
    # two papers of unknown address leave: compositions 4 and 7
    assert reliance.tally(SMALL, COMPOSITIONS, ("CN",), unknown="drop")["n_papers"].sum() == 11


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: reliance.tally(SMALL, COMPOSITIONS, ("CN",), unknown="guess"), "unknown='guess' is not possible"),
        (lambda: reliance.room_abroad(SMALL, COMPOSITIONS, ("CN",), "world"), "pool='world' is not possible"),
        (lambda: reliance.slope_of(reliance.tally(SMALL, COMPOSITIONS, ("CN",)), "days"), "way='days' is not possible"),
    ],
)
def test_options_that_are_not_there(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_slopes_by_hand():
    # years 0, 1, 3 around 4/3; shares 0.5, 0.4, 0.1: Σ t f = −4/3·0.5 − 1/3·0.4 + 5/3·0.1 = −0.6333;
    # Σ t² = 16/9 + 1/9 + 25/9 = 42/9. The second row lacks the middle year: (0.1 − 0.5) / 3.
    frame = pd.DataFrame([[0.5, 0.4, 0.1], [0.5, np.nan, 0.1], [np.nan, 0.4, np.nan]], columns=[2020, 2021, 2023])
    found = reliance.slopes(frame)
    assert found[0] == pytest.approx(-0.633333 / (42 / 9), abs=1e-6)
    assert found[1] == pytest.approx(-0.4 / 3)
    assert np.isnan(found[2])
    assert found[0] == pytest.approx(np.polyfit([2020, 2021, 2023], frame.loc[0], 1)[0])


def test_fitted_line_goes_through_two_points():
    line = reliance.fitted(pd.Series({2020: 0.5, 2021: np.nan, 2022: 0.1}))
    assert line.to_dict() == pytest.approx({2020: 0.5, 2022: 0.1})


# Two venues whose shares never change: x has 3 of 4 foreign, y has 1 of 4. In 2020 x is three times
# as large as y, in 2021 y is three times as large as x. So all venues fall from 10/16 to 6/16.
SHIFT = papers(
    (2020, "x", 2, 9),
    (2020, "x", 1, 3),
    (2020, "y", 2, 1),
    (2020, "y", 1, 3),
    (2021, "x", 2, 3),
    (2021, "x", 1, 1),
    (2021, "y", 2, 3),
    (2021, "y", 1, 9),
)


def test_a_shift_of_venues_is_a_slope_but_none_within_venues():
    counted = reliance.tally(SHIFT, COMPOSITIONS, ("CN",))
    slope = {way: reliance.slope_of(counted, way).iloc[0] for way in reliance.WAYS}
    assert slope == pytest.approx({"years": -25, "papers": -25, "venues": 0}, abs=1e-9)


def test_a_fall_within_venues_is_found_though_all_venues_together_rise():
    # within x from 3/4 to 2/4 and within y from 1/4 to 0, but x grows from 4 to 12 papers and y shrinks
    rows = papers(
        (2020, "x", 2, 3),
        (2020, "x", 1, 1),
        (2020, "y", 2, 3),
        (2020, "y", 1, 9),
        (2021, "x", 2, 6),
        (2021, "x", 1, 6),
        (2021, "y", 1, 4),
    )
    counted = reliance.tally(rows, COMPOSITIONS, ("CN",))
    assert reliance.slope_of(counted, "years").iloc[0] == pytest.approx(100 * (6 / 16 - 6 / 16))
    assert reliance.slope_of(counted, "venues").iloc[0] == pytest.approx(-25)


def test_within_venues_is_the_regression_on_dummies():
    rng = np.random.default_rng(5)
    rows = papers(
        *[
            (year, venue, kind, int(rng.integers(1, 9)))
            for year in range(2018, 2024)
            for venue in "xyz"
            if rng.random() > 0.2
            for kind in (1, 2)
        ]
    )
    home = reliance.tally(rows, COMPOSITIONS, ("CN",)).query("credit > 0")
    each = home.loc[home.index.repeat(home["n_papers"])]
    design = pd.get_dummies(each["category"]).assign(year=each["year"] - 2018).to_numpy(dtype=float)
    expected = np.linalg.lstsq(design, each["abroad"].to_numpy(dtype=float), rcond=None)[0][-1]
    assert reliance.slopes_within(home).iloc[0] == pytest.approx(expected)


def test_a_venue_of_one_year_has_no_slope_within():
    counted = reliance.tally(SMALL[SMALL["year"] == 2020], COMPOSITIONS, ("CN",))
    assert np.isnan(reliance.slopes_within(counted).iloc[0])


def test_room_abroad():
    # Authors of known country in 2020: 2 + 1 + 1 + 1/2 + 1 + 1 = 6.5, of China 2 + 1/4 + 1/2 + 1/2 = 3.25.
    # In 2021: 3 + 1 + 1 = 5, of China 3.25.
    year = reliance.room_abroad(SMALL, COMPOSITIONS, ("CN",))
    assert year.to_dict() == pytest.approx({2020: 0.5, 2021: 1 - 3.25 / 5})
    # 2020 by venue: x has 4 authors, 2.25 of China and 3 papers of it; y has 2.5, 1 of China and 2 papers.
    # 2021: x has 4 authors, 3.25 of China; y has no paper of China.
    venue = reliance.room_abroad(SMALL, COMPOSITIONS, ("CN",), "venue")
    assert venue.to_dict() == pytest.approx({2020: (3 * 1.75 / 4 + 2 * 1.5 / 2.5) / 5, 2021: 0.75 / 4})
    assert np.isnan(reliance.room_abroad(SMALL, COMPOSITIONS, ("DE",))[2021])


def test_openness_takes_size_out():
    room = pd.Series({2020: 0.9, 2021: 0.75, 2022: 0.6})
    found = (0.7 * room).to_frame().T
    assert reliance.slopes(found).iloc[0] < 0
    assert reliance.openness(found, room).iloc[0].tolist() == pytest.approx([0.7] * 3)
    assert reliance.by_size_alone(found, room).iloc[0].tolist() == pytest.approx(found.iloc[0].tolist())
    # a share that does not move while the home grows is an openness that rises
    flat = pd.DataFrame([[0.5, 0.5, 0.5]], columns=room.index)
    assert reliance.slopes(reliance.openness(flat, room)).iloc[0] > 0
    assert reliance.by_size_alone(flat, room).iloc[0].tolist() == pytest.approx([0.6, 0.5, 0.4])


def test_partners_drawn_by_chance_fall_with_size_and_openness_does_not():
    """The null model itself: China grows from a tenth to half of the authors, and nobody prefers anyone."""
    rng, rows, led, looking = np.random.default_rng(11), [], 3_000, 0.6
    for year, size in zip(range(2015, 2025), np.linspace(0.1, 0.5, 10), strict=True):
        abroad = rng.binomial(led, looking * (1 - size))
        # papers by the US alone, as many as make China's authors `size` of all: (led − abroad/2) / size
        rest = round((led - abroad / 2) / size - led)
        rows += [(year, "x", 1, led - abroad), (year, "x", 8, abroad), (year, "x", 5, rest)]
    halves = pd.DataFrame({"composition_id": [8, 8], "country": ["CN", "US"], "share": [0.5, 0.5]})
    corpus = papers(*rows), pd.concat([COMPOSITIONS, halves])
    counted, room = reliance.tally(*corpus, ("CN",)), reliance.room_abroad(*corpus, ("CN",))
    raw = reliance.found(counted, np.random.default_rng(1))
    freed = reliance.found(counted, np.random.default_rng(1), room=room)
    assert raw["high"] < -2  # 0.6 · 0.4 / 9 years is 2.7 points a year
    assert freed["low"] < 0 < freed["high"]


def planted(slope):
    """A thousand papers of China a year, 40 % of them foreign in 2019, then `slope` more each year."""
    return papers(
        *[
            (2015 + t, "x", kind, round(count))
            for t in range(10)
            for kind, count in ((2, 400 + 1_000 * slope * (t - 4)), (1, 600 - 1_000 * slope * (t - 4)), (5, 500))
        ]
    )


@pytest.mark.parametrize("slope", [-0.03, 0.02])
def test_a_planted_trend_lies_in_its_interval(slope):
    counted = reliance.tally(planted(slope), COMPOSITIONS, ("CN",))
    found = reliance.found(counted, np.random.default_rng(3))
    assert found["value"] == pytest.approx(100 * slope)
    assert found["low"] < 100 * slope < found["high"] and found["high"] - found["low"] < 1
    assert found["falls in"] == (1 if slope < 0 else 0)


def test_without_a_trend_the_draws_fall_on_both_sides():
    found = reliance.found(reliance.tally(planted(0), COMPOSITIONS, ("CN",)), np.random.default_rng(3))
    assert found["low"] < 0 < found["high"] and 0.2 < found["falls in"] < 0.8


def test_draws_keep_each_years_papers_and_the_seed():
    counted = reliance.tally(SMALL, COMPOSITIONS, ("CN",))
    weights = reliance.draw_years(counted, np.random.default_rng(7), 200)
    for year, total in ((2020, 8), (2021, 5)):
        assert (weights[:, counted["year"] == year].sum(axis=1) == total).all()
    assert (weights == reliance.draw_years(counted, np.random.default_rng(7), 200)).all()
    as_they_are = counted[["n_papers"]].to_numpy().T
    pd.testing.assert_frame_equal(reliance.foreign_shares(counted, as_they_are), reliance.foreign_shares(counted))


def test_history_leaves_out_years_of_few_papers():
    found = reliance.history(SMALL, COMPOSITIONS, {"CN": ("CN",), "EU": blocs.EU_27}, few=5)
    assert found["CN"].to_dict() == pytest.approx({2020: 0.4})
    assert found["EU"].isna().all()


def test_by_last_year():
    counted = reliance.tally(SMALL, COMPOSITIONS, ("CN",))
    # nine papers of China in two years: enough for four a year and just enough for four and a half, too few for five
    assert reliance.by_last_year(counted, [2021], 2, few=4).to_dict() == pytest.approx({2021: 100 * (0.25 - 0.4)})
    assert reliance.by_last_year(counted, [2021], 2, few=4.5).notna().all()
    assert reliance.by_last_year(counted, [2021], 2, few=5).isna().all()


def test_by_venue():
    table = reliance.by_venue(reliance.tally(SMALL, COMPOSITIONS, ("CN",)), (2020, 2021))
    assert table.index.tolist() == ["x", "y"]
    assert table["papers"].loc["x"].tolist() == [3, 4] and table["papers", 2020].loc["y"] == 2
    assert table["foreign, %"].loc["x"].tolist() == pytest.approx([100 / 3, 25])
    assert table["foreign, %", 2020].loc["y"] == 50
