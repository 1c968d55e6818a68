"""Figures of notebook 05: what the sample is."""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from compendium.figures.marks import finish
from compendium.figures.style import LINE_MARKERS, panels


def venue_years(counts: pd.DataFrame, title: str) -> Figure:
    """Draw which venue has how many papers in which year (frame venue × year; empty is zero)."""
    figure, axes = panels(height=max(0.2 * len(counts) + 1.3, 3.0))
    if counts.empty:
        finish(axes, title)
        return figure
    sns.heatmap(
        counts.where(counts > 0),
        ax=axes,
        cmap="crest",
        linewidths=0.4,
        linecolor="white",
        cbar_kws={"label": "papers", "shrink": 0.8},
        xticklabels=max(3, -(-len(counts.columns) // 13)),
    )
    axes.set_ylabel("")
    axes.tick_params(axis="y", rotation=0, labelsize=8.5)
    axes.tick_params(axis="x", rotation=0)
    axes.grid(visible=False)
    finish(axes, title)
    return figure


def shares_by_year(shares: pd.DataFrame, title: str, ylabel: str, colours: dict[str, str]) -> Figure:
    """Draw one line a column (shares from 0 to 1), named in a legend below."""
    figure, axes = panels(height=3.0)
    for number, name in enumerate(shares.columns):
        axes.plot(
            shares.index,
            100 * shares[name],
            color=colours[name],
            linewidth=1.9,
            label=name,
            marker=LINE_MARKERS[number % len(LINE_MARKERS)],
            markersize=3.5,
        )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(0, 104)
    finish(axes, title, "", ylabel)
    figure.legend(loc="outside lower center", ncols=len(shares.columns))
    return figure
