"""Figures of notebook 90: all verdicts."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from compendium import palette
from compendium.figures.marks import finish
from compendium.figures.style import panels


def verdict_counts(counts: pd.Series, title: str) -> Figure:
    """Draw how many claims got which verdict."""
    figure, axes = panels(height=0.8 + 0.36 * len(counts))
    places = list(range(len(counts)))[::-1]
    axes.barh(places, counts, color=[palette.VERDICTS[name] for name in counts.index], height=0.62)
    for place, count in zip(places, counts, strict=True):
        axes.annotate(f"{count}", (count, place), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_yticks(places, counts.index)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.08)
    finish(axes, title, "claims")
    return figure
