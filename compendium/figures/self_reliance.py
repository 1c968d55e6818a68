"""Figures of notebook 45: papers with an address abroad."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from compendium import palette
from compendium.figures.marks import finish
from compendium.figures.style import LINE_MARKERS, heading, panels


def _line_panel(axes, shares: pd.DataFrame, colours: Mapping[str, str], name: str, top: float = 100) -> None:
    """Draw lines of shares (from 0 to 1), each with its name beside its end, pushed apart."""
    shares = shares.dropna(axis="columns", how="all")
    for number, column in enumerate(shares.columns):
        axes.plot(
            shares.index,
            100 * shares[column],
            color=colours[column],
            linewidth=1.8,
            marker=LINE_MARKERS[number % len(LINE_MARKERS)],
            markersize=3.4,
        )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.set_title(name, fontsize=9.5, fontweight="normal")
    axes.set_ylim(0, top)
    gap, at = 0.075 * top, -top
    for end, column in sorted((100 * shares[column].dropna().iloc[-1], column) for column in shares):
        at = max(end, at + gap)
        axes.text(
            1.02,
            at / top,
            column,
            transform=axes.transAxes,
            color=colours[column],
            va="center",
            fontweight="bold",
            size=8,
        )


def foreign_shares(
    by_bloc: pd.DataFrame, band: pd.DataFrame, fit: pd.Series, by_meaning: pd.DataFrame, title: str
) -> Figure:
    """Draw the share of papers with a foreign address: the blocs, and the meanings of China.

    by_bloc, by_meaning : year × line, from 0 to 1. band : low and high by year, for China; drawn
        where its line is.
    fit : China's least-squares line, over the years of the claim.
    """
    figure, (left, right) = panels(1, 2, height=3.4, sharex=True, sharey=True)
    _line_panel(left, by_bloc, palette.BLOCS, "by bloc; dashed: China's slope")
    band = band[by_bloc["CN"].reindex(band.index).notna()]
    left.fill_between(
        band.index, 100 * band["low"], 100 * band["high"], color=palette.BLOCS["CN"], alpha=0.2, linewidth=0
    )
    left.plot(fit.index, 100 * fit, color=palette.INK, linewidth=1.3, linestyle="--", zorder=4)
    _line_panel(right, by_meaning, palette.MEANINGS, "by what China means")
    figure.supylabel("papers with a foreign address, %", fontsize=10)
    heading(figure, title)
    return figure


def size_and_openness(china: pd.DataFrame, open_: pd.DataFrame, title: str) -> Figure:
    """Draw what size alone would have made of China's share, and each bloc's share freed of size.

    china : year × (observed first, then the null models), from 0 to 1. open_ : year × bloc.
    """
    figure, (left, right) = panels(1, 2, height=3.4, sharey=True)
    colours = dict(zip(china.columns, (palette.BLOCS["CN"], palette.INK, palette.TIE), strict=False))
    top = 100 * max(1.0, 1.05 * open_.max().max(), china.max().max())
    _line_panel(left, china, colours, "China: found, and by size alone", top)
    _line_panel(right, open_, palette.BLOCS, "openness: the share freed of size", top)
    figure.supylabel("papers with a foreign address, %", fontsize=10)
    heading(figure, title)
    return figure


def slopes_found(found: pd.DataFrame, title: str, marked: str) -> Figure:
    """Draw one slope a row (value, low, high: points a year) against the line of no change."""
    figure, axes = panels(height=1.0 + 0.26 * len(found))
    places = list(range(len(found)))[::-1]
    axes.axvline(0, color=palette.INK, linewidth=1.2, linestyle="--")
    for place, row in zip(places, found.itertuples(), strict=True):
        colour = palette.BLOCS["CN"] if row.Index == marked else palette.ASIDE
        axes.plot([row.low, row.high], [place, place], color=colour, linewidth=1.6)
        axes.plot(row.value, place, "o", color=colour, markersize=6)
    axes.set_yticks(places, found.index)
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.06)
    finish(axes, title, "change of China's foreign share, percentage points a year")
    return figure
