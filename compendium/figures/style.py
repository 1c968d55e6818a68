"""One style for every figure; figures are returned, never shown."""

import io
import textwrap
import warnings
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox

from compendium.places.blocs import BLOC_NAMES

#: A bloc keeps its colour in every figure (Okabe and Ito's palette, told apart by colour-blind readers).
COLOURS = {"CN": "#D55E00", "US": "#0072B2", "EU": "#009E73", "UK": "#CC79A7", "other": "#8C8C8C"}
#: The verdicts' colours: blue holds, vermilion does not, grey cannot tell.
VERDICT_COLOURS = {"reproduced": "#0072B2", "confirmed": "#0072B2", "direction only": "#56B4E9",
                   "not supported": "#D55E00", "contradicted": "#D55E00",
                   "not testable here": "#8C8C8C", "unverifiable": "#8C8C8C", "pending": "#CFCFCF"}
#: Width of a figure in inches: the text column of a page, so that 9 pt stays 9 pt.
WIDTH = 7.2


def use_style() -> None:
    """Set the one style, with what makes two runs draw the same bytes."""
    sns.set_theme(style="whitegrid", context="paper", rc={
        "axes.edgecolor": "#444444", "axes.labelsize": 10, "axes.titlesize": 11,
        "axes.titlelocation": "left", "axes.titleweight": "bold", "axes.titlepad": 10,
        "font.family": "DejaVu Sans", "font.size": 9.5, "legend.frameon": False,
        "figure.dpi": 100, "figure.constrained_layout.use": True,
        "grid.color": "#E3E3E3", "savefig.dpi": 160, "svg.hashsalt": "compendium",
        "xtick.labelsize": 9.5, "ytick.labelsize": 9.5})
    matplotlib.rcParams["axes.spines.top"] = False
    matplotlib.rcParams["axes.spines.right"] = False


#: Decimals of the place of axes, as parts of the figure: a thousandth of a pixel.
LAYOUT_DECIMALS = 6


def _fix_layout(figure: Figure) -> None:
    """Lay a figure out once and for all, its axes at round places.

    The solver of the layout leaves the last digits to the order of addresses in memory, and an SVG
    names its clipping areas by all digits.
    """
    for _ in range(4):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            figure.draw_without_rendering()
        if not any("layout not applied" in str(one.message) for one in told):
            break
        figure.set_size_inches(figure.get_figwidth(), 1.25 * figure.get_figheight())  # there was no room
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position([round(number, LAYOUT_DECIMALS) for number in axes.get_position().bounds])


#: Height of the line below a figure, and of each further one, in inches.
NOTE_HEIGHT, LINE_HEIGHT = 0.24, 0.14


def save(figure: Figure, folder: Path, name: str, note: str = "") -> bytes:
    """Write `figure` as `name.png` and `name.svg`, without a date; return the PNG.

    note : what the figure is made from, written into a strip below it.
    """
    _fix_layout(figure)
    width, height = figure.get_size_inches()
    note = textwrap.fill(note, NOTE_WIDTH)
    strip = NOTE_HEIGHT + LINE_HEIGHT * note.count("\n") if note else 0.0
    # The strip lies outside the figure, so that no layout can run into it.
    middle = 0.6 * NOTE_HEIGHT + LINE_HEIGHT * note.count("\n") / 2
    figure.text(0.012, -middle / height, note, fontsize=7.5, color="#555555", ha="left", va="center")
    shown = Bbox.from_bounds(0, -strip, width, height + strip)
    for legend in figure.legends:
        if legend.get_bbox_to_anchor() is figure.bbox:  # outside the axes; others stand where they were put
            legend.set_bbox_to_anchor((0, 0, 1, 1), figure.transFigure)
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None}, bbox_inches=shown)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None}, bbox_inches=shown)
    (folder / f"{name}.png").write_bytes(buffer.getvalue())
    return buffer.getvalue()


def panels(rows: int = 1, columns: int = 1, height: float = 3.4, **options):
    """Return a figure of the standard width and its axes; `height` in inches."""
    return plt.subplots(rows, columns, figsize=(WIDTH, height), **options)


def _finish(axes, title: str, xlabel: str = "", ylabel: str = "") -> None:
    axes.set_title(title, wrap=True)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)


#: Letters that fit into a line of a heading, and of the line below a figure.
HEADING_WIDTH, NOTE_WIDTH = 82, 138


def heading(figure: Figure, title: str) -> None:
    """Write a title above all panels, in lines that fit."""
    lines = [textwrap.fill(line, HEADING_WIDTH) for line in title.split("\n")]
    figure.suptitle("\n".join(lines), fontsize=11, fontweight="bold", x=0.01, ha="left")


def enumerated(names: Sequence[str], most: int = 3) -> str:
    """Join names as a sentence does; of more than `most`, name the first ones and count the others."""
    if len(names) > most:
        names = [*names[:most - 1], f"{len(names) - most + 1} others"]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def bars_with_intervals(values: pd.Series, intervals: dict[str, tuple[float, float]], title: str,
                        xlabel: str, colours: dict[str, str]) -> Figure:
    """Draw one horizontal bar a row of `values`, with its stability interval as a whisker."""
    figure, axes = panels(height=0.75 + 0.42 * len(values))
    places = range(len(values))[::-1]
    axes.barh(list(places), values, color=[colours[name] for name in values.index], height=0.62)
    for place, (name, value) in zip(places, values.items(), strict=True):
        low, high = intervals[name]
        axes.plot([low, high], [place, place], color="#222222", linewidth=1.4)
        axes.annotate(f"{value:,.0f}", (high, place), xytext=(5, 0), textcoords="offset points",
                      va="center")
    axes.set_yticks(list(places), values.index)
    axes.set_xlim(0, 1.12 * max(high for _, high in intervals.values()))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="y", visible=False)
    _finish(axes, title, xlabel)
    return figure


def trends(frames: dict[str, pd.DataFrame], title: str, columns: int = 2) -> Figure:
    """Draw one small panel a frame (year × bloc, shares from 0 to 1), lines named at their end."""
    rows = -(-len(frames) // columns)
    highest = 100 * max(shares.to_numpy().max() for shares in frames.values())
    figure, grid = panels(rows, columns, height=2.35 * rows + 0.5, sharey=True, squeeze=False)
    for axes, (name, shares) in zip(grid.flat, frames.items(), strict=False):
        for bloc in shares.columns:
            axes.plot(shares.index, 100 * shares[bloc], color=COLOURS[bloc], linewidth=1.8,
                      marker="o", markersize=2.6)
        axes.set_title(name, fontsize=9.5, fontweight="normal")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.set_ylim(0, 1.06 * highest)
        _name_lines(axes, {bloc: 100 * shares[bloc].iloc[-1] for bloc in shares.columns})
    for axes in grid.flat[len(frames):]:
        axes.set_visible(False)
    figure.supylabel("share of the panel's papers, %", fontsize=10)
    heading(figure, title)
    return figure


def _name_lines(axes, ends: dict[str, float], gap: float = 0.1) -> None:
    """Write each line's name beside its end, pushed apart where two would touch."""
    top = max(axes.get_ylim()[1], 1e-9)
    placed: list[float] = []
    for bloc, y in sorted(ends.items(), key=lambda item: item[1]):
        at = y if not placed else max(y, placed[-1] + gap * top)
        placed.append(at)
        axes.text(1.02, at / top, bloc, transform=axes.transAxes, color=COLOURS[bloc],
                  va="center", fontweight="bold")


def reported_and_found(found: pd.DataFrame, reported: dict[str, tuple[float, float]], title: str,
                       xlabel: str) -> Figure:
    """Draw each bloc's reported range as a band, and what was found as dots with intervals.

    found : rows with bloc, reading, value, low, high; one marker a reading.
    """
    readings = list(dict.fromkeys(found["reading"]))
    blocs = list(dict.fromkeys(found["bloc"]))
    figure, axes = panels(height=1.3 + 0.62 * len(blocs))
    for place, bloc in enumerate(reversed(blocs)):
        low, high = reported[bloc]
        axes.fill_betweenx([place - 0.36, place + 0.36], low, high, color="#BDBDBD", alpha=0.75,
                           linewidth=0, label="reported" if place == 0 else None)
        for number, reading in enumerate(readings):
            row = found.query("bloc == @bloc and reading == @reading").iloc[0]
            y = place + 0.22 - 0.44 * number / max(len(readings) - 1, 1)
            axes.plot([row["low"], row["high"]], [y, y], color=COLOURS[bloc], linewidth=1.6)
            axes.plot(row["value"], y, marker="osD^v"[number], color=COLOURS[bloc], markersize=6,
                      linestyle="none", markeredgecolor="white", markeredgewidth=0.6)
    for number, reading in enumerate(readings):
        axes.plot([], [], marker="osD^v"[number], color="#444444", linestyle="none", label=reading)
    axes.set_yticks(range(len(blocs)), [BLOC_NAMES[bloc] for bloc in reversed(blocs)])
    axes.set_xlim(left=0)
    axes.grid(axis="y", visible=False)
    _finish(axes, title, xlabel)
    figure.legend(loc="outside lower center", ncols=len(readings) + 1)
    return figure


def concentration_curve(held: pd.Series, title: str) -> Figure:
    """Draw the share of all citations that the most cited papers hold, by rank on a log scale."""
    figure, axes = panels(height=3.0)
    axes.plot(held.index, 100 * held, color="#222222", linewidth=2)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    for rank in (1, 10, 100):
        if rank in held.index:
            axes.plot(rank, 100 * held[rank], "o", color=COLOURS["CN"])
            axes.annotate(f"{rank:,}: {100 * held[rank]:.0f} %", (rank, 100 * held[rank]),
                          xytext=(0, 7), textcoords="offset points", ha="center", va="bottom")
    axes.set_ylim(0, 104)
    _finish(axes, title, "number of most cited papers (log scale)", "share of all citations, %")
    return figure


def venue_years(counts: pd.DataFrame, title: str) -> Figure:
    """Draw which venue has how many papers in which year (frame venue × year; empty is zero)."""
    figure, axes = panels(height=max(0.2 * len(counts) + 1.3, 3.0))
    sns.heatmap(counts.where(counts > 0), ax=axes, cmap="crest", linewidths=0.4, linecolor="white",
                cbar_kws={"label": "papers", "shrink": 0.8}, xticklabels=max(3, -(-len(counts.columns) // 13)))
    axes.set_ylabel("")
    axes.tick_params(axis="y", rotation=0, labelsize=8.5)
    axes.tick_params(axis="x", rotation=0)
    axes.grid(visible=False)
    _finish(axes, title)
    return figure


def shares_by_year(shares: pd.DataFrame, title: str, ylabel: str, colours: dict[str, str]) -> Figure:
    """Draw one line a column (shares from 0 to 1), named in a legend below."""
    figure, axes = panels(height=3.0)
    for number, name in enumerate(shares.columns):
        axes.plot(shares.index, 100 * shares[name], color=colours[name], linewidth=1.9, label=name,
                  marker="os^D"[number % 4], markersize=3.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(0, 104)
    _finish(axes, title, "", ylabel)
    figure.legend(loc="outside lower center", ncols=len(shares.columns))
    return figure


def ratios(values: pd.Series, line: float, title: str, xlabel: str, marked: str | None = None) -> Figure:
    """Draw one dot a row of `values`, against the line that decides a claim."""
    figure, axes = panels(height=0.9 + 0.235 * len(values))
    places = list(range(len(values)))[::-1]
    axes.axvline(line, color="#222222", linewidth=1.2, linestyle="--")
    axes.hlines(places, line, values, color="#BDBDBD", linewidth=1.6)
    colours = [COLOURS["CN"] if name == marked else "#555555" for name in values.index]
    axes.scatter(values, places, color=colours, s=34, zorder=3)
    axes.set_yticks(places, values.index)
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.12)
    _finish(axes, title, xlabel)
    return figure


def verdict_counts(counts: pd.Series, title: str) -> Figure:
    """Draw how many claims got which verdict."""
    figure, axes = panels(height=0.8 + 0.36 * len(counts))
    places = list(range(len(counts)))[::-1]
    axes.barh(places, counts, color=[VERDICT_COLOURS[name] for name in counts.index], height=0.62)
    for place, count in zip(places, counts, strict=True):
        axes.annotate(f"{count}", (count, place), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_yticks(places, counts.index)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.08)
    _finish(axes, title, "claims")
    return figure
