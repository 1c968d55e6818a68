"""Figures of notebook 50: the people who publish, how many they are, and how long they have published."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from compendium import palette
from compendium.figures.marks import finish
from compendium.figures.style import heading, panels
from compendium.places.blocs import BLOC_NAMES
from compendium.words import KEY_LABELS

#: One marker for each way of telling people apart, in every figure.
MARKERS = {"name": "o", "name+institution": "D"}
#: The least vertical distance of two names at the ends of lines, as a part of the axis.
NAME_GAP = 0.08


def _key_legend(figure: Figure, extra: tuple[Line2D, ...] = ()) -> None:
    handles = [
        Line2D([], [], marker=marker, color=palette.KEY, linestyle="none", label=KEY_LABELS[key])
        for key, marker in MARKERS.items()
    ]
    figure.legend(handles=[*handles, *extra], loc="outside lower center", ncols=len(handles) + len(extra))


def _name_at(axes, x: float, heights: Mapping[str, float]) -> None:
    """Write each bloc's name right of `x` at its height, pushed apart where two would touch."""
    low, high = axes.get_ylim()
    free = low
    for bloc, height in sorted(heights.items(), key=lambda item: item[1]):
        free = max(height, free)
        axes.annotate(
            BLOC_NAMES[bloc],
            (x, free),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=palette.BLOCS[bloc],
            fontweight="bold",
            annotation_clip=False,
        )
        free += NAME_GAP * (high - low)


def _reported_lines(axes, reported: Mapping[str, float]) -> None:
    for bloc, value in reported.items():
        axes.axvline(value, color=palette.BLOCS[bloc], linewidth=1.4, linestyle="--")
        axes.annotate(
            f"{BLOC_NAMES[bloc]},\nreported",
            (value, 1),
            xytext=(-4, -3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            color=palette.BLOCS[bloc],
            ha="right",
            va="top",
            fontsize=9,
        )


def ratios_to_us(researchers: pd.DataFrame, reported: Mapping[str, float], title: str) -> Figure:
    """Draw researchers of China and the EU for each of the US, a row a definition, a marker a key.

    researchers : index window, works, author_key; columns blocs. reported : bloc → reported ratio.
    """
    # Where the US has no one there is no ratio to draw.
    ratios = researchers[list(reported)].div(researchers["US"], axis=0).where(researchers["US"] > 0)
    rows = list(dict.fromkeys(zip(ratios.index.get_level_values(0), ratios.index.get_level_values(1), strict=True)))
    figure, axes = panels(height=1.55 + 0.36 * len(rows))
    axes.axvline(1, color=palette.INK, linewidth=1.2)
    _reported_lines(axes, reported)
    for number, bloc in enumerate(reported):
        for place, row in enumerate(reversed(rows)):
            y = place + 0.14 - 0.28 * number
            values = ratios.loc[row, bloc]
            axes.plot([values.min(), values.max()], [y, y], color=palette.BLOCS[bloc], linewidth=1.6)
            for key, value in values.items():
                axes.plot(
                    value,
                    y,
                    marker=MARKERS[key],
                    color=palette.BLOCS[bloc],
                    markersize=6,
                    linestyle="none",
                    markeredgecolor="white",
                    markeredgewidth=0.6,
                )
    axes.set_yticks(
        range(len(rows)),
        [
            f"{width} year{'s' * (width > 1)}, {least} work{'s' * (least > 1)} or more"
            for width, least in reversed(rows)
        ],
    )
    axes.set_ylim(-0.6, len(rows) + 0.35)
    axes.set_xlim(0, 1.06 * np.nanmax([*ratios.to_numpy().ravel(), *reported.values()]))
    axes.grid(axis="y", visible=False)
    finish(axes, title, "researchers for each one in the United States (black line: equal)")
    _key_legend(
        figure,
        tuple(Line2D([], [], color=palette.BLOCS[bloc], linewidth=4, label=BLOC_NAMES[bloc]) for bloc in reported),
    )
    return figure


def shares_by_year(shares: pd.DataFrame, year: int, title: str) -> Figure:
    """Draw each bloc's share of all researchers by year, as a band between the author keys.

    shares : index author_key, year; columns blocs; in per cent. A grey line marks `year`.
    """
    figure, axes = panels(height=3.5)
    axes.axvline(year, color=palette.BAND, linewidth=5, alpha=0.5, zorder=0)
    for bloc in shares.columns:
        both = shares[bloc].unstack("author_key")
        axes.fill_between(
            both.index, both.min(axis=1), both.max(axis=1), color=palette.BLOCS[bloc], alpha=0.3, linewidth=0
        )
        for key in both.columns:
            axes.plot(
                both.index, both[key], color=palette.BLOCS[bloc], linewidth=1.1, marker=MARKERS[key], markersize=3.4
            )
    axes.set_ylim(bottom=0)
    _name_at(axes, both.index[-1], shares.groupby("year").mean().iloc[-1].to_dict())
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    finish(axes, title, "year (what the source holds changes)", "share of all researchers, %")
    _key_legend(figure)
    return figure


def mean_ages(found: pd.DataFrame, title: str) -> Figure:
    """Draw mean academic ages with intervals; found: author_key, bloc, value, low, high."""
    blocs = list(dict.fromkeys(found["bloc"]))
    figure, axes = panels(height=1.2 + 0.5 * len(blocs))
    for row in found.itertuples():
        y = len(blocs) - 1 - blocs.index(row.bloc) + (0.16 if row.author_key == "name" else -0.16)
        axes.plot([row.low, row.high], [y, y], color=palette.BLOCS[row.bloc], linewidth=1.6)
        axes.plot(
            row.value,
            y,
            marker=MARKERS[row.author_key],
            color=palette.BLOCS[row.bloc],
            markersize=7,
            linestyle="none",
            markeredgecolor="white",
            markeredgewidth=0.6,
        )
    axes.set_yticks(range(len(blocs)), [BLOC_NAMES[bloc] for bloc in reversed(blocs)])
    axes.set_ylim(-0.55, len(blocs) - 0.45)
    axes.set_xlim(left=0)
    axes.grid(axis="y", visible=False)
    finish(axes, title, "mean academic age, years since the first paper in the source")
    _key_legend(figure)
    return figure


def age_gaps(gaps: pd.DataFrame, year: int, title: str) -> Figure:
    """Draw how far China's mean academic age is below (or above) the EU's and the US's, by year.

    gaps : as `workforce.gaps_by_year` gives them. A grey line marks `year`.
    """
    figure, grid = panels(1, len(MARKERS), height=3.2, sharey=True)
    for axes, key in zip(grid, MARKERS, strict=True):
        axes.axhline(0, color=palette.INK, linewidth=1.2)
        axes.axvline(year, color=palette.BAND, linewidth=5, alpha=0.5, zorder=0)
        for bloc in gaps.columns:
            line = gaps.loc[key, bloc]
            axes.plot(
                line.index,
                line,
                color=palette.BLOCS[bloc],
                linewidth=1.5,
                marker="o" if bloc == "EU" else "s",
                markersize=4,
                label=f"against the {bloc}",
            )
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.set_title(KEY_LABELS[key], fontsize=9.5, fontweight="normal")
    grid[0].set_ylabel("China's mean academic age\nless the other's, years")
    heading(figure, title)
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return figure
