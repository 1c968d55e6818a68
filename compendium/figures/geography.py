"""Figures of notebook 65: where the papers are, how many cities hold them, and since when."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from compendium import palette
from compendium.figures.marks import finish
from compendium.figures.style import LINE_MARKERS, heading, panels
from compendium.measures import geography
from compendium.places.blocs import BLOC_NAMES


def institutions_by_city(
    written: pd.Series,
    equivalent: pd.Series,
    labels: tuple[str, str],
    title: str,
    named: Sequence[str] = geography.NAMED,
    most: int = 20,
) -> Figure:
    """Draw how many Chinese institutions above two thresholds each city has; the named cities in colour.

    written, equivalent : city → institutions above the threshold as written, and above the equivalent
    one. labels : the two thresholds in words.
    """
    both = pd.DataFrame({"light": equivalent, "dark": written}).fillna(0).astype(int)
    both = both.drop(index=geography.UNPLACED, errors="ignore").rename_axis("city").reset_index()
    both = both.sort_values(["light", "dark", "city"], ascending=[False, False, True])
    shown = pd.concat([both.head(most), both.iloc[most:].loc[lambda rest: rest["city"].isin(list(named))]])
    figure, axes = panels(height=1.45 + 0.225 * max(len(shown), 3))
    for place, row in zip(range(len(shown))[::-1], shown.itertuples(), strict=True):
        colour = palette.BLOCS["CN"] if row.city in named else palette.UNNAMED
        axes.barh(place, row.light, color=colour, alpha=0.35, height=0.78, linewidth=0)
        axes.barh(place, row.dark, color=colour, height=0.42, linewidth=0)
        axes.annotate(
            f"{row.light} ({row.dark})" if row.dark else f"{row.light}",
            (max(row.light, row.dark), place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    axes.set_yticks(range(len(shown))[::-1], shown["city"], fontsize=8.5)
    for label in axes.get_yticklabels():
        label.set_fontweight("bold" if label.get_text() in named else "normal")
    axes.set_xlim(0, 1.12 * max(both[["light", "dark"]].to_numpy().max(initial=1), 1))
    axes.set_ylim(-0.7, max(len(shown), 3) - 0.3)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", visible=False)
    finish(
        axes,
        title,
        f"institutions with more than {labels[1]} papers (light) and more than {labels[0]} (dark, in brackets)\n"
        "bold: the cities that the article names",
    )
    return figure


def concentration(curves: Mapping[str, pd.Series], title: str, most: int = 40) -> Figure:
    """Draw the share of a bloc's placed papers that its largest cities hold, one line a bloc.

    curves : bloc → share by rank.
    """
    figure, axes = panels(height=3.7)
    axes.axhline(50, color=palette.INK, linewidth=1, linestyle="--", zorder=1)
    for number, (bloc, curve) in enumerate(curves.items()):
        line = curve.loc[:most]
        axes.plot(
            line.index,
            100 * line,
            color=palette.BLOCS[bloc],
            linewidth=1.9,
            marker=LINE_MARKERS[number % len(LINE_MARKERS)],
            markersize=3.6,
            label=BLOC_NAMES[bloc],
        )
    axes.set_xscale("log")
    axes.set_xlim(0.93, 1.07 * most)
    axes.set_xticks([1, 2, 3, 5, 10, 20, 40], ["1", "2", "3", "5", "10", "20", "40"])
    axes.minorticks_off()
    axes.set_ylim(0, 104)
    finish(
        axes,
        title,
        "number of largest cities (log scale)",
        "share of the papers that have a city, %",
    )
    if curves:
        figure.legend(loc="outside lower center", ncols=len(curves))
    return figure


def spread_by_year(frames: Mapping[str, pd.DataFrame], year: int, title: str) -> Figure:
    """Draw effective cities and the largest city's share by year, one line a bloc, with intervals.

    frames : bloc → frame by year with value, low, high for `effective cities` and `its share`.
    """
    figure, grid = panels(1, 2, height=3.5)
    for axes, measure, factor, ylabel in (
        (grid[0], "effective cities", 1, "effective number of cities (log scale)"),
        (grid[1], "its share", 100, "share of the largest city, %"),
    ):
        for number, (bloc, frame) in enumerate(frames.items()):
            part = factor * frame[measure]
            axes.plot(
                part.index,
                part["value"],
                color=palette.BLOCS[bloc],
                linewidth=1.8,
                marker=LINE_MARKERS[number % len(LINE_MARKERS)],
                markersize=3.2,
                label=BLOC_NAMES[bloc],
            )
            axes.fill_between(part.index, part["low"], part["high"], color=palette.BLOCS[bloc], alpha=0.18, linewidth=0)
        years = frames["CN"].index
        axes.set_xlim(years.min() - 0.6, year + 0.6)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=1))
        finish(axes, "", "", ylabel)
    grid[0].set_yscale("log")
    most = max((frame[("effective cities", "high")].max() for frame in frames.values()), default=0)
    grid[0].set_ylim(0.9, max(60, 1.2 * most) if most < np.inf else 60)
    ticks = [tick for tick in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000) if tick <= grid[0].get_ylim()[1]]
    grid[0].set_yticks(ticks, [f"{tick:,}" for tick in ticks])
    grid[0].minorticks_off()
    grid[1].set_ylim(bottom=0)
    heading(figure, title)
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(frames))
    return figure
