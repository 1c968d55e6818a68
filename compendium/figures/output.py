"""Figures of notebook 10: papers of whom."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from compendium import palette
from compendium.figures.marks import finish, largest, name_lines
from compendium.figures.style import heading, panels


def bars_with_intervals(
    values: pd.Series, intervals: dict[str, tuple[float, float]], title: str, xlabel: str, colours: dict[str, str]
) -> Figure:
    """Draw one horizontal bar a row of `values`, with its stability interval as a whisker."""
    figure, axes = panels(height=0.75 + 0.42 * len(values))
    places = range(len(values))[::-1]
    axes.barh(list(places), values, color=[colours[name] for name in values.index], height=0.62)
    for place, (name, value) in zip(places, values.items(), strict=True):
        low, high = intervals[name]
        axes.plot([low, high], [place, place], color=palette.INK, linewidth=1.4)
        axes.annotate(f"{value:,.0f}", (high, place), xytext=(5, 0), textcoords="offset points", va="center")
    axes.set_yticks(list(places), values.index)
    axes.set_xlim(0, 1.12 * largest((high for _, high in intervals.values())))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="y", visible=False)
    finish(axes, title, xlabel)
    return figure


def trends(frames: dict[str, pd.DataFrame], title: str, columns: int = 2) -> Figure:
    """Draw one small panel a frame (year × bloc, shares from 0 to 1), lines named at their end."""
    rows = -(-len(frames) // columns)
    highest = 100 * largest(shares.max(axis=None) for shares in frames.values())
    figure, grid = panels(rows, columns, height=2.35 * rows + 0.5, sharey=True, squeeze=False)
    for axes, (name, shares) in zip(grid.flat, frames.items(), strict=False):
        for bloc in shares.columns:
            axes.plot(
                shares.index, 100 * shares[bloc], color=palette.BLOCS[bloc], linewidth=1.8, marker="o", markersize=2.6
            )
        axes.set_title(name, fontsize=9.5, fontweight="normal")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.set_ylim(0, 1.06 * highest)
        name_lines(axes, {bloc: 100 * shares[bloc].iloc[-1] for bloc in shares.columns})
    for axes in grid.flat[len(frames) :]:
        axes.set_visible(False)
    figure.supylabel("share of the panel's papers, %", fontsize=10)
    heading(figure, title)
    return figure


def ratios(values: pd.Series, line: float, title: str, xlabel: str, marked: str | None = None) -> Figure:
    """Draw one dot a row of `values`, against the line that decides a claim."""
    figure, axes = panels(height=0.9 + 0.235 * len(values))
    places = list(range(len(values)))[::-1]
    axes.axvline(line, color=palette.INK, linewidth=1.2, linestyle="--")
    axes.hlines(places, line, values, color=palette.BAND, linewidth=1.6)
    colours = [palette.BLOCS["CN"] if name == marked else palette.ASIDE for name in values.index]
    axes.scatter(values, places, color=colours, s=34, zorder=3)
    axes.set_yticks(places, values.index)
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.12)
    finish(axes, title, xlabel)
    return figure
