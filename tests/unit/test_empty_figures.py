"""Every figure is drawn of nothing, and of what is not known, without an error."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from compendium.figures import (
    arithmetic,
    citations,
    coverage,
    data,
    dependence,
    documents,
    geography,
    institutions,
    map,
    network,
    output,
    partners,
    self_reliance,
    specifications,
    style,
    triangulation,
    verdicts,
    workforce,
)
from compendium.measures.arithmetic import Range
from compendium.places import blocs

NAN = np.nan
FOUR = list(blocs.BLOC_NAMES)
YEARS = pd.Index([2023, 2024])
KEYS = pd.MultiIndex.from_product([["name", "name+institution"], YEARS], names=["author_key", "year"])
WINDOWS = pd.MultiIndex.from_product([[1], [1, 2], ["name", "name+institution"]])


def frame(columns, index=None):
    """Return a frame of missing numbers."""
    return pd.DataFrame(NAN, index=[0] if index is None else index, columns=list(columns))


def interval(index):
    return frame(["value", "low", "high"], index)


def slopes(**names):
    return interval(list(names) or ["a"])


PAIR = pd.MultiIndex.from_tuples([("CN", "US")])
RANGES = {bloc: Range(1, 2) for bloc in FOUR}
SPREAD = pd.concat({m: interval(YEARS) for m in ("effective cities", "its share")}, axis=1)
LARGEST = pd.DataFrame({"name": ["none"], "country": [""], "papers": [0.0]}, index=[2024])
PLACES = pd.DataFrame(columns=["city", "country", "latitude", "longitude", "fractional"]).astype(
    {"latitude": float, "longitude": float, "fractional": float}
)
SIDE = ["name", "source", "value", "low", "high"]

DRAWN = {
    "bars": lambda: output.bars_with_intervals(
        pd.Series({"China": NAN}), {"China": (NAN, NAN)}, "t", "x", {"China": "black"}
    ),
    "bars of nothing": lambda: output.bars_with_intervals(pd.Series(dtype=float), {}, "t", "x", {}),
    "trends": lambda: output.trends({"panel": frame(FOUR, YEARS)}, "t"),
    "no trend": lambda: output.trends({}, "t"),
    "ratios": lambda: output.ratios(pd.Series({"a": NAN}), 1, "t", "x"),
    "no ratios": lambda: output.ratios(pd.Series(dtype=float), 1, "t", "x"),
    "citations": lambda: citations.reported_and_found(
        pd.DataFrame([{"bloc": "CN", "reading": "whole", "value": NAN, "low": NAN, "high": NAN}]),
        {"CN": (1, 2)},
        "t",
        "x",
    ),
    "curve": lambda: citations.concentration_curve(pd.Series(dtype=float), "t"),
    "curve of nan": lambda: citations.concentration_curve(pd.Series({1: NAN}), "t"),
    "venues": lambda: data.venue_years(frame([2024], ["a"]), "t"),
    "no venues": lambda: data.venue_years(pd.DataFrame(), "t"),
    "known": lambda: data.shares_by_year(frame(["a"], YEARS), "t", "y", {"a": "black"}),
    "no verdicts": lambda: verdicts.verdict_counts(pd.Series(dtype=int), "t"),
    "first partners": lambda: partners.first_partners(
        {"a": pd.DataFrame([{"partner": "CN", "papers": NAN, "low": NAN, "high": NAN}])}, "t"
    ),
    "no partners": lambda: partners.first_partners(
        {"a": pd.DataFrame(columns=["partner", "papers", "low", "high"])}, "t"
    ),
    "no subjects": lambda: partners.first_partners({}, "t"),
    "partners by year": lambda: partners.partner_trends({"a": frame(["CN", "US", "UK"], YEARS)}, "UK", ["US"], "t"),
    "no years": lambda: partners.partner_trends({}, "UK", ["US"], "t"),
    "options": lambda: partners.ratio_options(frame(pd.MultiIndex.from_tuples([("whole", "CN")]), ["q"]), "t", "x"),
    "no options": lambda: partners.ratio_options(
        pd.DataFrame(columns=pd.MultiIndex.from_tuples([("whole", "CN")])), "t", "x"
    ),
    "shares": lambda: dependence.shares_and_reported({"whole": interval(["CN"])}, {"CN": Range(1, 2)}, "t"),
    "union": lambda: dependence.union_within_bounds(pd.Series({"US": NAN}), NAN, (NAN, NAN), "t"),
    "both ways": lambda: dependence.both_ways(*[frame(["on China", "China on it"], ["US"])] * 2, "t"),
    "nobody's ways": lambda: dependence.both_ways(*[frame(["on China", "China on it"], [])] * 2, "t"),
    "strength": lambda: dependence.strength_of_pairs(interval(PAIR), "t"),
    "no strength": lambda: dependence.strength_of_pairs(interval(PAIR[:0]), "t"),
    "by venue": lambda: dependence.shares_by_venue(frame(["part", "US", "CN"], ["a"]), "t"),
    "no venue": lambda: dependence.shares_by_venue(frame(["part", "US", "CN"], []), "t"),
    "network": lambda: network.network_map(
        pd.DataFrame(0.0, ["CN", "US"], ["CN", "US"]), pd.Series({"CN": 0, "US": 0}), "t", 1
    ),
    "ranks": lambda: network.ranks_grid({"a": frame([1], ["degree"])}, {"a": pd.DataFrame("", ["degree"], [1])}, "t"),
    "connected": lambda: network.most_connected({"ties": pd.Series({"CN": NAN})}, {"ties": {"CN": (NAN, NAN)}}, "t"),
    "connected to nobody": lambda: network.most_connected({"ties": pd.Series(dtype=float)}, {"ties": {}}, "t"),
    "ranks by year": lambda: network.ranks_by_year(frame(["by ties"], YEARS), "t"),
    "foreign": lambda: self_reliance.foreign_shares(
        frame(FOUR, YEARS), frame(["low", "high"], YEARS), pd.Series(NAN, YEARS), frame(["CN"], YEARS), "t"
    ),
    "size": lambda: self_reliance.size_and_openness(frame(["found"], YEARS), frame(FOUR, YEARS), "t"),
    "slopes": lambda: self_reliance.slopes_found(slopes(), "t", "a"),
    "no slopes": lambda: self_reliance.slopes_found(interval([]), "t", "a"),
    "researchers": lambda: workforce.ratios_to_us(frame(["CN", "EU", "US"], WINDOWS), {"CN": 3.0, "EU": 2.0}, "t"),
    "researchers by year": lambda: workforce.shares_by_year(frame(FOUR, KEYS), 2024, "t"),
    "ages": lambda: workforce.mean_ages(
        pd.DataFrame([{"author_key": "name", "bloc": "CN", "value": NAN, "low": NAN, "high": NAN}]), "t"
    ),
    "no ages": lambda: workforce.mean_ages(pd.DataFrame(columns=["author_key", "bloc", "value", "low", "high"]), "t"),
    "gaps": lambda: workforce.age_gaps(frame(["EU", "US"], KEYS), 2024, "t"),
    "thresholds": lambda: institutions.threshold_curves(
        pd.DataFrame(0, [0], FOUR), dict.fromkeys(FOUR, 1.0), 50, 5.0, "t"
    ),
    "largest": lambda: institutions.largest_by_year(LARGEST, pd.Series({2024: NAN}), 50, 2024, "t"),
    "no largest": lambda: institutions.largest_by_year(LARGEST.iloc[:0], pd.Series(dtype=float), 50, 2024, "t"),
    "cities": lambda: geography.institutions_by_city(pd.Series(dtype=int), pd.Series(dtype=int), ("50", "5"), "t"),
    "no concentration": lambda: geography.concentration({}, "t"),
    "concentration": lambda: geography.concentration({"CN": pd.Series({1: NAN})}, "t"),
    "spread": lambda: geography.spread_by_year({"CN": SPREAD}, 2024, "t"),
    "map": lambda: map.city_map(PLACES, blocs.members(), "t"),
    "events": lambda: documents.chronology(pd.DataFrame(columns=["date", "lane", "event"]), "t"),
    "released": lambda: documents.released(pd.DataFrame(columns=["part", "a"]), {"a": "A"}, "t"),
    "scores": lambda: documents.benchmark_scores(
        pd.DataFrame(columns=["kind", "benchmark", "v3", "gpt_4o", "claude_3_5"]), "t"
    ),
    "bounds": lambda: arithmetic.bounds_kept([], "t"),
    "joint": lambda: arithmetic.joint_papers(RANGES | {"possible": Range(0, 0), "reported": Range(0, 0)}, "t"),
    "ratios of blocs": lambda: arithmetic.ratios_by_bloc({}, {}, 1, "t", "x"),
    "one against three": lambda: arithmetic.one_against_three(dict.fromkeys(FOUR, 0.0), Range(0, 0), 0.05, "t"),
    "broken": lambda: arithmetic.broken_by_reading(pd.Series(dtype=int), "t", "x"),
    "over time": lambda: triangulation.china_over_time(
        {"nsb": frame(["US", "EU", "US+EU+UK"], YEARS)}, {"nsb": "NSB"}, "t"
    ),
    "side by side": lambda: triangulation.side_by_side(
        pd.DataFrame([{"name": "CN", "source": "nsb", "value": NAN, "low": NAN, "high": NAN}]),
        {"CN": "China"},
        "t",
        "x",
    ),
    "beside nothing": lambda: triangulation.side_by_side(pd.DataFrame(columns=SIDE), {"CN": "China"}, "t", "x"),
    "two": lambda: triangulation.shares_of_two({"a": frame(FOUR, YEARS)}, {"a": 2023}, "t"),
    "regions": lambda: triangulation.regions(frame(["official", "sample"], ["Asia"]), "t"),
    "covered": lambda: coverage.coverage_by_measure(
        pd.DataFrame(columns=["measure", "method", "coverage", "corpora"]), "t"
    ),
    "planted": lambda: coverage.planted_and_found(
        pd.DataFrame(columns=["name", "planted", "value", "low", "high"]), "t"
    ),
    "said": lambda: coverage.said_and_right({"a": pd.DataFrame(columns=["method", "said", "right", "corpora"])}, "t"),
    "influence": lambda: specifications.influence_map(frame(["a"], ["x"]), "t"),
    "agreement": lambda: specifications.agreement_bars(pd.Series(dtype=float), {}, "t"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_of_nothing_is_drawn(name, tmp_path):
    style.use_style()
    figure = DRAWN[name]()
    style.save(figure, tmp_path, "one", "Data: none")
    plt.close(figure)
    assert (tmp_path / "one.png").stat().st_size > 0
