"""Figures of cities: where the papers are, how many cities hold them, and since when.

Each makes its own title from the values, so that it says what is found for any year.
"""

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
from compendium.words import SHORT, first_city, half_title


def in_words(numbers: Mapping[str, float] | pd.Series) -> str:
    """Name the blocs with their effective numbers of cities, "none" where nothing has a city."""
    return ", ".join(
        f"{name} none" if np.isnan(numbers[bloc]) else f"{name} {numbers[bloc]:.1f}" for bloc, name in SHORT.items()
    )


def institutions_by_city(
    written: pd.Series,
    equivalent: pd.Series,
    labels: tuple[str, str],
    year: int,
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
        _institutions_title(written, equivalent, labels, year),
        f"institutions with more than {labels[1]} papers (light) and more than {labels[0]} (dark, in brackets)\n"
        "bold: the cities that the article names",
    )
    return figure


def _institutions_title(written: pd.Series, equivalent: pd.Series, labels: tuple[str, str], year: int) -> str:
    parts = []
    for counts in (written, equivalent):
        known = counts.drop(labels=geography.UNPLACED, errors="ignore")
        where = first_city(counts)
        where += " each" if " and " in where else ""
        placed = "" if known.sum() == counts.sum() else f"{known.sum()} of them "
        parts.append(
            f", {placed}in {len(known)} {'city' if len(known) == 1 else 'cities'}, {known.max()} in {where}"
            if len(known) and len(where) < 28
            else ""
        )
    total, lower = int(written.sum()), int(equivalent.sum())
    noun = "institution" if total == 1 else "institutions"
    return (
        f"More than {labels[0]} papers in {year}: {total or 'no'} {noun}{parts[0]}\n"
        f"More than {labels[1]}: {lower or 'none'}{parts[1]}"
    )


def concentration(
    curves: Mapping[str, pd.Series], halves: Mapping[str, int] | pd.Series, year: int, most: int = 40
) -> Figure:
    """Draw the share of a bloc's placed papers that its largest cities hold, one line a bloc.

    curves : bloc → share by rank. halves : bloc → cities that hold a half.
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
        half_title(halves, year),
        "number of largest cities (log scale)",
        "share of the papers that have a city, %",
    )
    if curves:
        figure.legend(loc="outside lower center", ncols=len(curves))
    return figure


def _trend_title(frame: pd.DataFrame) -> str:
    """Say how the share of China's largest city has changed from the first year to the last."""
    share = 100 * frame[("its share", "value")].dropna()
    if len(share) < 2:
        return "China has too few papers for a trend"
    first, last = share.index[0], share.index[-1]
    return f"The largest city's part of China's papers: {share[first]:.0f} % in {first}, {share[last]:.0f} % in {last}"


def spread_by_year(frames: Mapping[str, pd.DataFrame], year: int) -> Figure:
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
    heading(figure, _trend_title(frames["CN"]))
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(frames))
    return figure
