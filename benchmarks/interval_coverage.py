"""The full study of what the intervals hold: every measure, three sizes, and the intervals not taken.

Prints three tables: the study of `compendium.validation.interval_coverage`, the citation shares by all
the methods that were tried, and how often an order is right. Minutes on one core; the Monte-Carlo
error is printed beside.
Exits with 1 where a share or an order of at least 2,000 papers leaves the band.
"""

import argparse
import sys
import time
from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import norm

from compendium import tables
from compendium.measures import stability
from compendium.validation import interval_coverage

TAILS = ("lognormal 1", "lognormal 1.5", "Pareto 2.5", "Pareto 2", "Pareto 1.5")
Interval = interval_coverage.Interval


def bca(above: np.ndarray, below: np.ndarray, weights: np.ndarray, scale: str) -> Interval:
    """Bias-corrected and accelerated, the acceleration from the jackknife (Efron & Tibshirani 1993, ch. 14.3)."""
    drawn = np.sort((weights @ above) / (weights @ below), axis=0)
    value = above.sum(axis=0) / below.sum(axis=0)
    influence = (above - value * below) / below.sum(axis=0)
    speed = (influence**3).sum(axis=0) / (6 * (influence**2).sum(axis=0) ** 1.5)
    bias = norm.ppf(np.clip(np.mean(drawn < value, axis=0), 1e-3, 1 - 1e-3))
    ends = []
    for tail in norm.ppf(interval_coverage.TAILS):
        place = norm.cdf(bias + (bias + tail) / (1 - speed * (bias + tail))) * (len(drawn) - 1)
        ends.append(drawn[np.rint(place).astype(int), np.arange(drawn.shape[1])])
    return ends[0], ends[1]


def on_odds(above: np.ndarray, below: np.ndarray, weights: np.ndarray, scale: str, way: str) -> Interval:
    """Intervals on the log-odds: `basic`, `normal` (linearised error), or bootstrap-t with `two-sided` tails."""
    rest = below - above
    value, error = stability._log_ratio(above, rest, np.ones((1, len(above))))
    drawn, drawn_error = stability._log_ratio(above, rest, weights)
    if way == "normal":
        reach = norm.ppf(interval_coverage.TAILS[1]) * error[0]
        low, high = value[0] - reach, value[0] + reach
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            far = (drawn - value) / drawn_error if way == "two-sided" else drawn - value
        far = np.where(np.isfinite(far), far, np.where(drawn < value, -1e9, 1e9))
        first, last = np.quantile(far, interval_coverage.TAILS, axis=0)
        unit = error[0] if way == "two-sided" else 1.0
        low, high = value[0] - last * unit, value[0] - first * unit
    return 1 / (1 + np.exp(-low)), 1 / (1 + np.exp(-high))


METHODS = {
    "percentile": interval_coverage.percentile,
    "BCa": bca,
    "basic, log-odds": partial(on_odds, way="basic"),
    "normal, log-odds": partial(on_odds, way="normal"),
    "bootstrap-t, two-sided": partial(on_odds, way="two-sided"),
    "bootstrap-t": interval_coverage.studentised,
}


def compared(
    cited: interval_coverage.Population, sizes: list[int], corpora: int, draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return coverage of the citation shares by method: rows population, papers, method; columns measures."""
    shares = {name: measure for name, measure in interval_coverage.CITED.items() if measure.scale == "logit"}
    parts = []
    for source in (cited, *(interval_coverage.with_tail(cited, tail) for tail in TAILS)):
        for size in sizes:
            parts.append(interval_coverage.ratio_coverage(source, shares, size, corpora, draws, rng, METHODS))
            fewer = {"bootstrap-t, a quarter drawn": interval_coverage.studentised}
            parts.append(interval_coverage.ratio_coverage(source, shares, size, corpora, draws, rng, fewer, size // 4))
    found = pd.concat(parts).assign(coverage=lambda x: 100 * x["coverage"], width=lambda x: 100 * x["width"])
    return found.pivot(index=["population", "papers", "method"], columns="measure", values=["coverage", "width"])


def main() -> None:
    """Run all three and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--year", type=int, default=2024)
    parser.add_argument("--corpora", type=int, default=2000)
    parser.add_argument("--one-by-one", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 2000, 4500])
    asked = parser.parse_args()
    pd.set_option("display.width", 250, "display.max_rows", None, "display.max_columns", None)
    known, rng, started = tables.load("proceedings"), np.random.default_rng(88), time.perf_counter()
    study = interval_coverage.study(
        known, asked.year, rng, asked.sizes, asked.corpora, asked.one_by_one, asked.draws, TAILS
    )
    print(study.round(4).to_string(), flush=True)
    print(f"{time.perf_counter() - started:.0f} s", flush=True)
    papers, cited = (interval_coverage.population(known, asked.year, only) for only in (False, True))
    print(compared(cited, asked.sizes, asked.corpora, asked.draws, rng).round(1).to_string(), flush=True)
    for source, measures in ((papers, interval_coverage.RATIOS), (cited, interval_coverage.CITED)):
        for name, measure in measures.items():
            for size in asked.sizes[:2] if measure.scale == "log" else ():
                print(
                    name,
                    size,
                    interval_coverage.calibration(source, measure, size, 3000, asked.draws, rng).round(3),
                    sep="\n",
                    flush=True,
                )
    print(f"{time.perf_counter() - started:.0f} s")
    firm = study.loc[study["kind"].isin(["share", "order"]) & (study["papers"] >= 2000)]
    outside = firm.loc[~firm["coverage"].between(*interval_coverage.BAND)]
    print(f"shares and orders of 2,000 papers or more outside the band: {len(outside)} of {len(firm)}")
    sys.exit(int(len(outside) > 0))


if __name__ == "__main__":
    main()
