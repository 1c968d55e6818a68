"""Figures on partners and dependence; specific to the notebooks 30 and 35."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from compendium import palette
from compendium.figures.marks import finish, largest, log_axis, name_lines
from compendium.figures.style import heading, panels
from compendium.words import unit_name

SHAPES = {"whole": "o", "fractional": "^", "country-fractional": "D"}


def _colour(code: str) -> str:
    return palette.BLOCS.get("UK" if code == "GB" else code, palette.BLOCS["other"])


def first_partners(ranked: Mapping[str, pd.DataFrame], title: str, top: int = 6) -> Figure:
    """Draw, a panel a subject, its most frequent partners: bars with stability intervals.

    ranked : the panel's name → frame of partner (a code), papers, low, high, most papers first.
    """
    rows = -(-len(ranked) // 2)
    figure, grid = panels(rows, 2, height=(0.75 + 0.25 * top) * rows + 0.3, squeeze=False)
    for axes, (name, frame) in zip(grid.flat, ranked.items(), strict=False):
        frame = frame.head(top)
        places = np.arange(len(frame))[::-1]
        axes.barh(places, frame["papers"], color=[_colour(code) for code in frame["partner"]], height=0.66)
        axes.hlines(places, frame["low"], frame["high"], color=palette.INK, linewidth=1.3)
        for place, row in zip(places, frame.itertuples(), strict=True):
            axes.annotate(
                f"{row.papers:,.0f}",
                (max(row.high, row.papers), place),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
            )
        axes.set_yticks(places, [unit_name(code) for code in frame["partner"]], fontsize=9)
        axes.set_xlim(0, 1.18 * largest(frame["high"], 1))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
        axes.grid(axis="y", visible=False)
        axes.set_title(name, fontsize=9.5, fontweight="normal")
    for axes in grid.flat[len(ranked) :]:
        axes.set_visible(False)
    figure.supxlabel("papers shared", fontsize=9.5)
    heading(figure, title)
    return figure


def partner_trends(frames: Mapping[str, pd.DataFrame], subject: str, rivals: Sequence[str], title: str) -> Figure:
    """Draw, a small panel a frame, the part of a subject's papers that China and its rivals are on.

    frames : label → year × unit, papers; the column `subject` holds its own. Lines are named at
    their end.
    """
    rows = -(-len(frames) // 2)
    figure, grid = panels(rows, 2, height=2.3 * rows + 0.45, squeeze=False)
    shares = {label: 100 * frame[["CN", *rivals]].div(frame[subject], axis=0) for label, frame in frames.items()}
    highest = largest((frame.max(axis=None) for frame in shares.values()), 1.0)
    for axes, (label, frame) in zip(grid.flat, shares.items(), strict=False):
        for name in frame.columns:
            axes.plot(frame.index, frame[name], color=palette.BLOCS[name], linewidth=1.7, marker="o", markersize=2.6)
        axes.set_title(label, fontsize=9, fontweight="normal")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.set_ylim(0, 1.08 * highest)
        name_lines(axes, frame.fillna(0).iloc[-1].to_dict())
    for axes in grid.flat[len(frames) :]:
        axes.set_visible(False)
    figure.supylabel(f"papers with each, % of the {subject}'s papers", fontsize=9.5)
    heading(figure, title)
    return figure


def ratio_options(grid: pd.DataFrame, title: str, xlabel: str) -> Figure:
    """Draw the ratio of each question under every option, against the line at 1.

    grid : question × (counting, china); ratios that are no number above 0 are left out.
    """
    figure, axes = panels(height=1.35 + 0.52 * len(grid))
    axes.axvline(1, color=palette.INK, linewidth=1.2, linestyle="--")
    grid = grid.astype(float)
    shown = grid.where(np.isfinite(grid) & (grid > 0))
    places = np.arange(len(grid))[::-1]
    options = sorted(grid.columns, key=lambda option: list(palette.MEANINGS).index(option[1]))
    for option in options:  # in the legend, a meaning is a column; in a row, a way of counting a block
        way, meaning = option
        y = places + 0.3 - 0.6 * list(grid.columns).index(option) / max(len(options) - 1, 1)
        axes.scatter(
            shown[option],
            y,
            color=palette.MEANINGS[meaning],
            marker=SHAPES[way],
            s=26,
            edgecolor="white",
            linewidth=0.5,
            zorder=3,
            label=f"{meaning}, {way}",
        )
    log_axis(axes, [*shown.to_numpy()[shown.notna().to_numpy()], 1.0])
    axes.set_yticks(places, grid.index)
    axes.set_ylim(-0.6, len(grid) - 0.4)
    axes.grid(axis="y", visible=False)
    finish(axes, "", xlabel)
    heading(figure, title)
    figure.legend(loc="outside lower center", ncols=len({meaning for _, meaning in options}), fontsize=8.5)
    return figure
