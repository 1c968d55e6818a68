"""Figures of notebook 60: how many institutions pass a threshold, and the largest of those that have none."""

import textwrap
from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from compendium import palette, words
from compendium.figures.marks import finish
from compendium.figures.style import panels
from compendium.places.blocs import BLOC_NAMES
from compendium.places.countries import name_of

#: An institution's name longer than this is cut at a word, so that the row stays inside the figure.
LONGEST_NAME = 48
#: What a dot's colour says: above the threshold, above the equivalent one only, above neither.
PASSES = {"threshold": palette.BLOCS["CN"], "equivalent": palette.BLOCS["US"], "neither": palette.FAINT}
_PLAIN = FuncFormatter(lambda value, _: f"{value:,.0f}")


def _threshold_line(axes, at: float, text: str, colour: str) -> None:
    axes.axvline(at, color=colour, linewidth=1.2, linestyle="--", zorder=1)
    axes.annotate(
        text,
        (at, 1),
        xytext=(4, -3),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="left",
        va="top",
        fontsize=9,
        color=colour,
    )


def threshold_curves(
    curve: pd.DataFrame, reported: Mapping[str, float], threshold: float, equivalent: float, title: str
) -> Figure:
    """Draw the number of institutions with more than k papers, one line a bloc, both axes logarithmic.

    curve : k × bloc. reported : bloc → the number reported at `threshold`, drawn where that
    threshold comes to lie in a sample of this size, at `equivalent`.
    """
    figure, axes = panels(height=4.4)
    blocs = list(reported)
    # No line can start at k = 0 on a logarithmic axis; N(more than a half) is N(more than 0).
    shown = curve.set_axis([0.5, *curve.index[1:]])
    for bloc in blocs:
        line = shown[bloc][shown[bloc] > 0]
        axes.step(line.index, line, where="post", color=palette.BLOCS[bloc], linewidth=1.9, label=BLOC_NAMES[bloc])
        axes.plot(
            equivalent,
            reported[bloc],
            marker="D",
            markersize=7,
            color=palette.BLOCS[bloc],
            markerfacecolor="white",
            markeredgewidth=1.8,
            linestyle="none",
            zorder=4,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(0.8, 3 * max(curve[blocs].to_numpy().max(), *reported.values()))
    axes.set_xlim(0.48, 1.2 * max(shown.index[-1], 2 * threshold))
    _threshold_line(axes, equivalent, f"equivalent:\nmore than {equivalent:.1f}", palette.ASIDE)
    _threshold_line(axes, threshold, f"as written:\nmore than {threshold:g}", palette.INK)
    axes.xaxis.set_major_formatter(_PLAIN)
    axes.yaxis.set_major_formatter(_PLAIN)
    finish(
        axes,
        title,
        "threshold k: papers of an institution in the year (log scale)",
        "institutions with more than k (log scale)",
    )
    handles, _ = axes.get_legend_handles_labels()
    mark = Line2D(
        [],
        [],
        marker="D",
        color=palette.KEY,
        markerfacecolor="white",
        markeredgewidth=1.8,
        linestyle="none",
        label="reported for 2024",
    )
    figure.legend(handles=[*handles, mark], loc="outside lower center", ncols=len(handles) + 1)
    return figure


#: Papers from which a name finds room left of its dot.
ROOM_FROM = 15


def _short(row: pd.Series, several: bool) -> str:
    """Return an institution's name, cut at a word, and its country where several could be meant."""
    place = f" ({name_of(row['country'])})" if several and row["country"] else ""
    return textwrap.shorten(row["name"], LONGEST_NAME - len(place), placeholder=" …") + place


def _draw_largest(axes, place: int, row: pd.Series, fits: float, threshold: float, shade: str, label: str) -> None:
    """Draw one year: the mark of its equivalent threshold, the dot, and the name beside it."""
    axes.axhspan(place - 0.5, place + 0.5, color=shade, zorder=0)
    axes.scatter(fits, place, marker="|", s=110, color=palette.ASIDE, linewidths=1.8, zorder=2)
    if row["papers"] > 0:
        axes.scatter(row["papers"], place, color=PASSES[row["passes"]], s=38, zorder=3)
    # Left of the dot where there is room, so that the name does not cross the line.
    left = 3 * fits < row["papers"] <= threshold and row["papers"] > ROOM_FROM
    axes.annotate(
        f"{words.papers(row['papers'])}  {label}",
        (row["papers"] if left else max(row["papers"], fits), place),
        xytext=(-9 if left else 9, 0),
        textcoords="offset points",
        va="center",
        ha="right" if left else "left",
        fontsize=9,
        zorder=4,
        bbox={"facecolor": shade, "edgecolor": "none", "pad": 0.6},
    )


def largest_by_year(largest: pd.DataFrame, equivalents: pd.Series, threshold: float, year: int, title: str) -> Figure:
    """Draw the papers of a group's largest institution, a row a year, against two thresholds.

    largest : index year; columns name, country, papers. equivalents : the threshold that fits each
    year's number of papers. The row of `year` is grey.
    """
    fits, several = equivalents.reindex(largest.index), largest["country"].nunique() > 1
    passes = pd.Series("neither", index=largest.index).mask(largest["papers"] > fits, "equivalent")
    passes = passes.mask(largest["papers"] > threshold, "threshold")
    figure, axes = panels(height=1.7 + 0.235 * len(largest))
    axes.axvline(threshold, color=palette.INK, linewidth=1.2, linestyle="--", zorder=1)
    for place, (end, row) in zip(range(len(largest))[::-1], largest.assign(passes=passes).iterrows(), strict=True):
        _draw_largest(
            axes, place, row, fits[end], threshold, palette.ROW if end == year else "white", _short(row, several)
        )
    axes.set_xscale("log")
    axes.set_xlim(0.7, 3.2 * max(threshold, largest["papers"].max()))
    axes.xaxis.set_major_formatter(_PLAIN)
    axes.set_yticks(range(len(largest))[::-1], largest.index.astype(str))
    axes.set_ylim(-0.7, len(largest) - 0.3)
    axes.grid(axis="y", visible=False)
    finish(axes, title, "papers of the largest institution in the year (log scale)")
    labels = {
        "threshold": f"above {threshold:g} (dashed line)",
        "equivalent": "above the equivalent (mark) only",
        "neither": "above neither",
    }
    figure.legend(
        handles=[
            Line2D([], [], marker="o", color=PASSES[key], linestyle="none", label=label)
            for key, label in labels.items()
        ],
        loc="outside lower center",
        ncols=3,
    )
    return figure
