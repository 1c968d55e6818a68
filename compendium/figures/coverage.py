"""Figures on what the intervals hold; specific to the notebook 88."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from compendium import palette
from compendium.figures.marks import finish
from compendium.figures.style import heading, panels
from compendium.validation.interval_coverage import BAND, monte_carlo_error

#: A method keeps its colour and marker: vermilion is what falls short.
METHOD_STYLES = {
    "percentile": (palette.VERMILION, "o"),
    "bootstrap-t": (palette.BLUE, "D"),
    "percentile, against the average": (palette.OTHER, "s"),
}
#: Lowest coverage that has a place on the axis, in per cent; what is below is written at the edge.
LOWEST = 80.0


def _band(axes) -> None:
    axes.axvspan(100 * BAND[0], 100 * BAND[1], color=palette.BAND_TINT, linewidth=0, zorder=0)
    axes.axvline(95, color=palette.INK, linewidth=1.1, linestyle="--", zorder=1)


def coverage_by_measure(found: pd.DataFrame, title: str, lowest: float = LOWEST) -> Figure:
    """Draw the coverage of each measure's interval, a marker a method, on the band that is good enough.

    found : rows of `interval_coverage.study`, one a measure and method; whiskers are two Monte-Carlo errors.
    Coverage below `lowest` per cent is written at the left edge.
    """
    measures = list(dict.fromkeys(found["measure"]))
    methods = [name for name in METHOD_STYLES if name in set(found["method"])]
    figure, axes = panels(height=1.25 + 0.27 * len(measures))
    _band(axes)
    for number, method in enumerate(methods):
        colour, marker = METHOD_STYLES[method]
        rows = found.loc[found["method"] == method].set_index("measure")
        y = np.array([len(measures) - 1 - measures.index(name) for name in rows.index], dtype=float)
        y += 0.3 * ((len(methods) - 1) / 2 - number)
        held, reach = 100 * rows["coverage"].to_numpy(), _two_errors(rows["coverage"], rows["corpora"])
        shown = held >= lowest
        axes.errorbar(
            held[shown],
            y[shown],
            xerr=reach[:, shown],
            fmt=marker,
            color=colour,
            markersize=5,
            elinewidth=1.1,
            markeredgecolor="white",
            markeredgewidth=0.5,
            label=method,
            zorder=3,
        )
        for value, place in zip(held[~shown], y[~shown], strict=True):
            axes.annotate(
                f"◂ {value:.0f}",
                (lowest, place),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                color=colour,
                fontsize=8.5,
            )
    axes.set_yticks(range(len(measures))[::-1], measures)
    axes.set_ylim(-0.6, len(measures) - 0.4)
    axes.set_xlim(lowest, 100.5)
    axes.xaxis.set_major_locator(MultipleLocator(5))
    axes.grid(axis="y", visible=False)
    finish(axes, "", "intervals that hold the true value, %")
    heading(figure, title)
    figure.legend(loc="outside lower center", ncols=len(methods))
    return figure


def planted_and_found(both: pd.DataFrame, title: str) -> Figure:
    """Draw found over planted, a dot a claim with its interval; on the line the two are the same.

    both : name, planted, value, low, high. A planted 0 has no ratio and is left out.
    """
    rows = both.loc[both["planted"] != 0].iloc[::-1]
    ratios = rows[["value", "low", "high"]].astype(float).div(rows["planted"], axis=0)
    ends = np.sort(ratios[["low", "high"]].fillna({"low": ratios["value"], "high": ratios["value"]}).to_numpy(), axis=1)
    figure, axes = panels(height=1.1 + 0.21 * len(rows))
    axes.axvline(1, color=palette.INK, linewidth=1.1, linestyle="--", zorder=1)
    axes.hlines(range(len(rows)), *ends.T, color=palette.ASIDE, linewidth=1.3, zorder=2)
    axes.plot(ratios["value"], range(len(rows)), "D", color=palette.BLUE, markersize=4.5, zorder=3)
    axes.set_yticks(range(len(rows)), rows["name"], fontsize=8.5)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.grid(axis="y", visible=False)
    finish(axes, "", "found ÷ planted, with the stability interval")
    heading(figure, title)
    return figure


def said_and_right(found: Mapping[str, pd.DataFrame], title: str, columns: int = 3) -> Figure:
    """Draw, a panel an order, how often it is right against how sure the draws are of it.

    found : name → frame of `interval_coverage.calibration`. On the dashed line, "95 %" is right in 95 of 100.
    """
    rows = -(-len(found) // columns)
    figure, grid = panels(rows, columns, height=2.6 * rows + 0.4, sharex=True, sharey=True, squeeze=False)
    for axes, (name, frame) in zip(grid.flat, found.items(), strict=False):
        axes.plot([50, 100], [50, 100], color=palette.INK, linewidth=1.1, linestyle="--")
        for method, part in frame.groupby("method", sort=False):
            colour, marker = METHOD_STYLES[method]
            axes.errorbar(
                100 * part["said"],
                100 * part["right"],
                yerr=_two_errors(part["right"], part["corpora"]),
                fmt=f"{marker}-",
                color=colour,
                markersize=4.5,
                linewidth=1.3,
                elinewidth=1.0,
                label=method,
            )
        axes.set_title(name, fontsize=8.5, fontweight="normal")
        axes.set_xlim(58, 101)
        axes.set_ylim(45, 101)
    for axes in grid.flat[len(found) :]:
        axes.set_visible(False)
    grid.flat[0].legend(loc="lower right", fontsize=8.5)
    figure.supxlabel("how sure the draws are of the order, %", fontsize=9.5)
    figure.supylabel("orders that are right, %", fontsize=9.5)
    heading(figure, title)
    return figure


def _two_errors(share: pd.Series, corpora: pd.Series) -> np.ndarray:
    """Return two Monte-Carlo errors of each share, below and above, in per cent, within 0 and 100."""
    reach = 200 * monte_carlo_error(share, corpora)
    return np.array([np.minimum(reach, 100 * share), np.minimum(reach, 100 * (1 - share))])
