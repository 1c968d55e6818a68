"""Figures of what printed figures imply for one another: ranges against the bound they must keep."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from compendium import palette
from compendium.figures.marks import finish, largest
from compendium.figures.style import heading, panels
from compendium.measures.arithmetic import Bound, Range
from compendium.places.blocs import BLOC_NAMES

KEPT, BROKEN = palette.BLOCS["US"], palette.BLOCS["CN"]


def _thousands(axes) -> None:
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def bounds_kept(bounds: Sequence[Bound], title: str) -> Figure:
    """Draw each bound as the range of left over right, with what keeps the bound shaded."""
    figure, axes = panels(height=1.35 + 0.36 * len(bounds))
    top = 1.06 * largest((bound.ratio.high for bound in bounds), 1)
    for place, bound in enumerate(bounds):
        low, high = bound.ratio
        colour = KEPT if bound.kept else BROKEN
        if bound.sign == "at most":
            axes.fill_betweenx([place - 0.42, place + 0.42], 0, 1, color=palette.KEPT_TINT, linewidth=0)
        axes.plot([low, high], [place, place], color=colour, linewidth=5, solid_capstyle="butt")
        axes.plot([low, high], [place, place], "|", color=colour, markersize=11, markeredgewidth=2)
        axes.annotate(
            "" if bound.kept else "broken",
            (low, place),
            xytext=(-7, 0),
            color=BROKEN,
            textcoords="offset points",
            ha="right",
            va="center",
            fontweight="bold",
        )
    axes.axvline(1, color=palette.INK, linewidth=1.2)
    axes.set_yticks(range(len(bounds)), [bound.name for bound in bounds])
    axes.set_ylim(len(bounds) - 0.45, -0.55)
    axes.set_xlim(0, top)
    axes.grid(axis="y", visible=False)
    finish(axes, "", "ratio to the bound (must reach the shade, or the line)")
    heading(figure, title)
    return figure


def joint_papers(of_china: Mapping[str, Range], title: str) -> Figure:
    """Draw each bloc's joint papers with China, what their union can be, and what is reported.

    of_china : bloc → range, then `possible` and `reported`; per cent of China's papers.
    """
    names = {"possible": ("with any: possible", palette.ASIDE), "reported": ("with any: reported", palette.BLOCS["CN"])}
    figure, axes = panels(height=1.2 + 0.36 * len(of_china))
    axes.axvspan(*of_china["reported"], color=palette.BLOCS["CN"], alpha=0.13, linewidth=0)
    for place, (key, (low, high)) in enumerate(of_china.items()):
        axes.barh(place, high - low, left=low, color=names.get(key, ("", palette.BLOCS.get(key)))[1], height=0.55)
        axes.annotate(f"{low:.1f} to {high:.1f}", (high, place), xytext=(5, 0), va="center", textcoords="offset points")
    labels = [names[key][0] if key in names else f"with the {key}" for key in of_china]
    axes.set_yticks(range(len(of_china)), labels)
    axes.set_ylim(len(of_china) - 0.5, -0.5)
    axes.set_xlim(0, 1.17 * of_china["possible"].high)
    axes.grid(axis="y", visible=False)
    finish(axes, "", "share of China's papers, %")
    heading(figure, title)
    return figure


def ratios_by_bloc(
    ratios: Mapping[str, Range], points: Mapping[str, float], line: float, title: str, xlabel: str
) -> Figure:
    """Draw a range and the printed figures' own value for each bloc, against a line."""
    figure, axes = panels(height=1.1 + 0.42 * len(ratios))
    axes.axvline(line, color=palette.INK, linewidth=1.2, linestyle="--")
    for place, (bloc, (low, high)) in enumerate(ratios.items()):
        axes.plot(
            [low, high], [place, place], color=palette.BLOCS[bloc], linewidth=6, alpha=0.45, solid_capstyle="butt"
        )
        axes.plot(points[bloc], place, "o", color=palette.BLOCS[bloc], markersize=8)
        axes.annotate(f"{points[bloc]:.2f}", (high, place), xytext=(6, 0), va="center", textcoords="offset points")
    axes.set_yticks(range(len(ratios)), [BLOC_NAMES[bloc] for bloc in ratios])
    axes.set_ylim(len(ratios) - 0.5, -0.5)
    axes.set_xlim(0, 1.12 * largest((one.high for one in ratios.values()), line))
    axes.grid(axis="y", visible=False)
    finish(axes, "", xlabel)
    heading(figure, title)
    return figure


def one_against_three(outputs: Mapping[str, float], possible: Range, tolerance: float, title: str) -> Figure:
    """Draw China's papers, the others' end to end, and what the union of the others can be.

    tolerance : how far above the sum "matched" still reaches, as a fraction.
    """
    others = {name: value for name, value in outputs.items() if name != "CN"}
    total = sum(others.values())
    figure, axes = panels(height=2.7)
    axes.axvspan(total, total * (1 + tolerance), color=palette.BAND, alpha=0.6, linewidth=0)
    axes.barh(0, outputs["CN"], color=palette.BLOCS["CN"], height=0.55)
    start = 0.0
    for name, value in others.items():
        axes.barh(1, value, left=start, color=palette.BLOCS[name], height=0.55, edgecolor="white")
        axes.annotate(
            f"{name}\n{value:,.0f}",
            (start + value / 2, 1),
            ha="center",
            va="center",
            color="white",
            fontweight="bold",
            fontsize=8.5,
        )
        start += value
    axes.barh(2, possible.high - possible.low, left=possible.low, color=palette.ASIDE, height=0.3)
    for place, value, at in ((0, outputs["CN"], outputs["CN"]), (1, total, total * (1 + tolerance))):
        axes.annotate(f"{value:,.0f}", (at, place), xytext=(5, 0), va="center", textcoords="offset points")
    axes.set_yticks([0, 1, 2], ["China", "the three, added", "the three, distinct:\ncan be"])
    axes.set_ylim(2.5, -0.5)
    axes.set_xlim(0, 1.13 * max(outputs["CN"], total))
    _thousands(axes)
    axes.grid(axis="y", visible=False)
    finish(axes, "", f"papers (grey: up to {100 * tolerance:.0f} % above the sum, still a match)")
    heading(figure, title)
    return figure


def broken_by_reading(count: pd.Series, title: str, xlabel: str) -> Figure:
    """Draw how many bounds are broken, by how wide a wording is read (index)."""
    figure, axes = panels(height=2.4)
    axes.vlines(count.index, 0, count, color=palette.BAND, linewidth=1.6, zorder=1)
    axes.scatter(count.index, count, color=[BROKEN if value else KEPT for value in count], s=42, zorder=3)
    for factor, value in count.items():
        axes.annotate(f"{value}", (factor, value), xytext=(0, 7), ha="center", textcoords="offset points")
    axes.set_ylim(-0.3, 1.25 * largest(count, 1) + 0.3)
    axes.set_yticks(range(int(largest(count)) + 1))
    finish(axes, "", xlabel, "broken bounds")
    heading(figure, title)
    return figure
