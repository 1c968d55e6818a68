"""Figures of notebook 20: who gets the citations."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from compendium import palette
from compendium.figures.marks import finish
from compendium.figures.style import MARKERS, panels
from compendium.places.blocs import BLOC_NAMES


def reported_and_found(
    found: pd.DataFrame, reported: dict[str, tuple[float, float]], title: str, xlabel: str
) -> Figure:
    """Draw each bloc's reported range as a band, and what was found as dots with intervals.

    found : rows with bloc, reading, value, low, high; one marker a reading.
    """
    readings = list(dict.fromkeys(found["reading"]))
    blocs = list(dict.fromkeys(found["bloc"]))
    figure, axes = panels(height=1.3 + 0.62 * len(blocs))
    for place, bloc in enumerate(reversed(blocs)):
        low, high = reported[bloc]
        axes.fill_betweenx(
            [place - 0.36, place + 0.36],
            low,
            high,
            color=palette.BAND,
            alpha=0.75,
            linewidth=0,
            label="reported" if place == 0 else None,
        )
        for number, reading in enumerate(readings):
            row = found[(found["bloc"] == bloc) & (found["reading"] == reading)].iloc[0]
            y = place + 0.22 - 0.44 * number / max(len(readings) - 1, 1)
            axes.plot([row["low"], row["high"]], [y, y], color=palette.BLOCS[bloc], linewidth=1.6)
            axes.plot(
                row["value"],
                y,
                marker=MARKERS[number],
                color=palette.BLOCS[bloc],
                markersize=6,
                linestyle="none",
                markeredgecolor="white",
                markeredgewidth=0.6,
            )
    for number, reading in enumerate(readings):
        axes.plot([], [], marker=MARKERS[number], color=palette.KEY, linestyle="none", label=reading)
    axes.set_yticks(range(len(blocs)), [BLOC_NAMES[bloc] for bloc in reversed(blocs)])
    axes.set_xlim(left=0)
    axes.grid(axis="y", visible=False)
    finish(axes, title, xlabel)
    figure.legend(loc="outside lower center", ncols=len(readings) + 1)
    return figure


def concentration_curve(held: pd.Series, title: str) -> Figure:
    """Draw the share of all citations that the most cited papers hold, by rank on a log scale."""
    figure, axes = panels(height=3.0)
    axes.plot(held.index, 100 * held, color=palette.INK, linewidth=2)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    for rank in (1, 10, 100):
        if rank in held.index:
            axes.plot(rank, 100 * held[rank], "o", color=palette.BLOCS["CN"])
            axes.annotate(
                f"{rank:,}: {100 * held[rank]:.0f} %",
                (rank, 100 * held[rank]),
                xytext=(0, 7),
                textcoords="offset points",
                ha="center",
                va="bottom",
            )
    axes.set_ylim(0, 104)
    finish(axes, title, "number of most cited papers (log scale)", "share of all citations, %")
    return figure
