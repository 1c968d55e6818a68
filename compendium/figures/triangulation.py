"""Figures that set the same quantity side by side, as several sources have it."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from compendium import palette
from compendium.figures.marks import largest
from compendium.figures.style import MARKERS, heading, panels
from compendium.measures.counting import WEST
from compendium.places.blocs import BLOC_NAMES

#: Colour, marker and line of each source (Okabe and Ito's palette), the same in every figure here.
STYLES = {
    "nsb": (palette.BLUE, "o", "-"),
    "oecd": (palette.ORANGE, "s", "--"),
    "cset": (palette.GREEN, "^", "-."),
    "ai_index": (palette.SKY, "v", ":"),
    "sample": (palette.OTHER, "D", ""),
    "report": (palette.VERMILION, "*", ""),
}
#: The same for sources that a label names: the first word that it starts with.
WORDS = {"official": "nsb", "article": "report", "UNIDO": "cset"}
AGAINST = {"US": "China ÷ US", "EU": "China ÷ EU", WEST: "China ÷ the three added"}


def _ratio(value: float, _: int) -> str:
    return f"{value:g}" if value >= 1 else f"1/{1 / value:g}"


def _mark(source: str, sources: list[str]) -> tuple[str, str]:
    """Return colour and marker of a source; the sample's second window is a cross."""
    if source in STYLES:
        return STYLES[source][:2]
    for word, key in WORDS.items():
        if source.startswith(word):
            return STYLES[key][:2]
    samples = [name for name in sources if name.startswith("sample")]
    return STYLES["sample"][:2] if source == samples[0] else (palette.INK, "X")


def china_over_time(
    lines: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    title: str,
    marked: pd.DataFrame | None = None,
    marked_year: int | None = None,
) -> Figure:
    """Draw China's ratio to the US, the EU and the three by year, one line a source.

    lines : source → frame year × (US, EU, the three). Years of the sample stand as dots: its venues
        change from year to year. marked : what the report gives (rows the others; value, low, high).
    """
    lines = {source: frame for source, frame in lines.items() if frame.notna().any(axis=None)}
    years = [year for frame in lines.values() for year in frame.index]
    figure, grid = panels(1, len(AGAINST), height=3.3, sharey=True)
    for axes, (other, against) in zip(grid, AGAINST.items(), strict=True):
        for source, frame in lines.items():
            colour, marker, line = STYLES[source]
            values = frame[other].dropna()
            axes.plot(
                values.index,
                values,
                color=colour,
                linestyle=line or "none",
                marker=marker,
                markersize=4.5 if line else 4,
                linewidth=1.6,
                markeredgewidth=0,
            )
        if marked is not None:
            value, low, high = marked.loc[other, ["value", "low", "high"]]
            axes.plot([marked_year] * 2, [low, high], color=STYLES["report"][0], linewidth=2)
            axes.plot(marked_year, value, STYLES["report"][1], color=STYLES["report"][0], markersize=11)
        axes.axhline(1, color=palette.INK, linewidth=1)
        if years:
            axes.set_xlim(min(years) - 1, max(years) + 1)
        axes.set_yscale("log", base=2)
        axes.yaxis.set_major_formatter(FuncFormatter(_ratio))
        axes.set_title(against, fontsize=9.5, fontweight="normal")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    grid[0].set_ylabel("ratio (line: equal)")
    _name_lines(figure, [*lines, *([] if marked is None else ["report"])], names)
    heading(figure, title)
    return figure


def _name_lines(figure: Figure, keys: list[str], names: Mapping[str, str]) -> None:
    """Add the legend of sources that are drawn as lines, or as dots where a style has no line."""
    handles = [
        Line2D(
            [],
            [],
            color=STYLES[key][0],
            marker=STYLES[key][1],
            linestyle=STYLES[key][2] or "none",
            markersize=6,
            label=names[key],
        )
        for key in keys
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))


def side_by_side(
    found: pd.DataFrame, names: Mapping[str, str], title: str, xlabel: str, line: float | None = None
) -> Figure:
    """Draw one row a name and one dot a source, with its range where a wording leaves one.

    found : name, source, value, low, high. names : what to call a row.
    """
    rows = [name for name in names if name in set(found["name"])]
    sources = list(dict.fromkeys(found["source"]))
    figure, axes = panels(height=1.25 + 0.12 * len(rows) * (len(sources) + 1) + 0.2 * -(-len(sources) // 3))
    for place, name in enumerate(rows):
        if place % 2:
            axes.axhspan(place - 0.5, place + 0.5, color=palette.STRIPE, linewidth=0)
        part = found[found["name"] == name].set_index("source")
        for number, source in enumerate(sources):
            if source not in part.index:
                continue
            colour, marker = _mark(source, sources)
            row, y = part.loc[source], place + 0.7 * ((number + 0.5) / len(sources) - 0.5)
            axes.plot([row["low"], row["high"]], [y, y], color=colour, linewidth=2.2)
            axes.plot(
                row["value"], y, marker=marker, color=colour, markersize=10 if marker == "*" else 6.5, markeredgewidth=0
            )
    if line is not None:
        axes.axvline(line, color=palette.INK, linewidth=1.1)
    axes.set_yticks(range(len(rows)), [names[name] for name in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 1.06 * largest(found["high"]))
    axes.set_xlabel(xlabel)
    axes.grid(axis="y", visible=False)
    return _with_sources(figure, found, sources, title)


def _with_sources(figure: Figure, found: pd.DataFrame, sources: list[str], title: str) -> Figure:
    """Add the legend of sources, under the names that `label` gives them, and the heading."""
    labels = found.drop_duplicates("source").set_index("source")["label"] if "label" in found else None
    handles = []
    for source in sources:
        colour, marker = _mark(source, sources)
        handles.append(
            Line2D(
                [],
                [],
                color=colour,
                marker=marker,
                linestyle="none",
                markersize=7,
                label=source if labels is None else labels[source],
            )
        )
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=max(min(len(handles), 4), 1),
        columnspacing=1.2,
        handletextpad=0.3,
        fontsize=8.5,
    )
    heading(figure, title)
    return figure


def shares_of_two(frames: Mapping[str, pd.DataFrame], peaks: Mapping[str, int], title: str) -> Figure:
    """Draw the blocs' shares of the world's articles by year, one panel a source.

    peaks : source → year of China's early peak, which is marked.
    """
    figure, grid = panels(1, len(frames), height=3.0, sharey=True, squeeze=False)
    for axes, (name, shares) in zip(grid.flat, frames.items(), strict=True):
        for bloc, marker in zip(BLOC_NAMES, MARKERS, strict=False):
            axes.plot(
                shares.index,
                100 * shares[bloc],
                color=palette.BLOCS[bloc],
                linewidth=1.8,
                marker=marker,
                markersize=3.2,
                label=bloc,
            )
        axes.annotate(
            f"{peaks[name]}",
            (peaks[name], 100 * shares.at[peaks[name], "CN"]),
            xytext=(0, 6),
            ha="center",
            textcoords="offset points",
            color=palette.BLOCS["CN"],
            fontweight="bold",
        )
        axes.set_title(name, fontsize=9.5, fontweight="normal")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.set_ylim(0, 45)
    grid.flat[0].set_ylabel("share of the world's articles, %")
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    heading(figure, title)
    return figure


def regions(counts: pd.DataFrame, title: str) -> Figure:
    """Draw how many of the hundred largest institutions lie in which region; a bar a column (official, sample)."""
    figure, axes = panels(height=1.1 + 0.46 * len(counts))
    colours = {"official": palette.BLUE, "sample": palette.OTHER}
    for number, source in enumerate(counts):
        for place, value in enumerate(counts[source]):
            y = place + 0.38 * (number - (len(counts.columns) - 1) / 2)
            axes.barh(y, value, height=0.36, color=colours[source], label=source if place == 0 else None)
            axes.annotate(f"{value}", (value, y), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(counts)), counts.index)
    axes.set_ylim(len(counts) - 0.5, -0.5)
    axes.margins(x=0.08)
    axes.set_xlabel("institutions among the hundred with most papers")
    axes.grid(axis="y", visible=False)
    figure.legend(loc="outside lower center", ncols=2)
    heading(figure, title)
    return figure
