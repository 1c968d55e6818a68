"""Figures of what documents say: when things happened, what was released, what a developer measured."""

import pandas as pd
from matplotlib.dates import DateFormatter, YearLocator
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from compendium import palette
from compendium.figures.marks import finish
from compendium.figures.style import heading, panels

#: Marker and colour of each lane: told apart without colour as well.
LANES = {
    "US policy": ("s", palette.BLOCS["US"]),
    "chips": ("D", palette.ASIDE),
    "DeepSeek": ("o", palette.BLOCS["CN"]),
    "Europe and Africa": ("^", palette.BLOCS["EU"]),
    "report": ("*", palette.INK),
}
FILL = {"yes": palette.BLOCS["US"], "part": palette.PART_TINT, "no": palette.NEITHER}
WORDS = {"yes": ("yes", "white"), "part": ("in part", palette.INK), "no": ("no", palette.INK)}
MODELS = {
    "v3": ("DeepSeek-V3", "o", palette.BLOCS["CN"]),
    "gpt_4o": ("GPT-4o", "s", palette.BLOCS["US"]),
    "claude_3_5": ("Claude 3.5 Sonnet", "^", palette.BLOCS["EU"]),
}


def as_days(dates: pd.Series) -> pd.Series:
    """Return dates as days; a month counts as its 15th, a year as its 1 July."""
    endings = {10: "", 7: "-15", 4: "-07-01"}
    return pd.to_datetime(dates.map(lambda date: date + endings[len(date)]))


def chronology(events: pd.DataFrame, title: str) -> Figure:
    """Draw one row an event (date, lane, event), in order, a marker at its date."""
    events = events.assign(day=as_days(events["date"])).sort_values(["day", "event"], ignore_index=True)
    figure, axes = panels(height=1.1 + 0.29 * len(events))
    axes.hlines(
        events.index, events["day"].min() - pd.Timedelta(days=90), events["day"], color=palette.GUIDE, linewidth=1
    )
    for lane, (marker, colour) in LANES.items():
        rows = events[events["lane"] == lane]
        axes.plot(
            rows["day"],
            rows.index,
            marker=marker,
            color=colour,
            linestyle="none",
            markersize=10 if marker == "*" else 7,
        )
    axes.set_yticks(events.index, events["event"])
    axes.set_ylim(len(events) - 0.4, -0.6)
    axes.xaxis.set_major_locator(YearLocator())
    axes.xaxis.set_major_formatter(DateFormatter("%Y"))
    axes.grid(axis="y", visible=False)
    heading(figure, title)
    handles = [
        Line2D([], [], marker=marker, color=colour, linestyle="none", label=lane)
        for lane, (marker, colour) in LANES.items()
        if lane in set(events["lane"])
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), columnspacing=1.2)
    return figure


def released(openness: pd.DataFrame, columns: dict[str, str], title: str) -> Figure:
    """Draw a table of what was released: one row a part, one column a model or definition."""
    figure, axes = panels(height=1.15 + 0.38 * len(openness))
    for row, entry in enumerate(openness.itertuples()):
        for place, name in enumerate(columns):
            value = getattr(entry, name)
            word, colour = WORDS[value]
            axes.barh(row, 0.94, left=place - 0.47, height=0.84, color=FILL[value])
            axes.annotate(word, (place, row), ha="center", va="center", color=colour)
    axes.set_xticks(range(len(columns)), list(columns.values()))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_yticks(range(len(openness)), openness["part"])
    axes.set_ylim(len(openness) - 0.5, -0.5)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    heading(figure, title)
    return figure


def benchmark_scores(scores: pd.DataFrame, title: str) -> Figure:
    """Draw each benchmark's score of three models, a little apart in height, grouped by kind."""
    figure, axes = panels(height=1.4 + 0.23 * (len(scores) + scores["kind"].nunique()))
    ticks, place = {}, 0.0
    for kind, rows in scores.groupby("kind", sort=False):
        axes.annotate(
            kind,
            (0.0, place),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            style="italic",
            color=palette.ASIDE,
        )
        place += 1
        for row in rows.itertuples():
            values = {name: getattr(row, name) for name in MODELS}
            axes.hlines(place, min(values.values()), max(values.values()), color=palette.PALE, zorder=1)
            for offset, (name, (_, marker, colour)) in zip((0, -0.24, 0.24), MODELS.items(), strict=True):
                axes.plot(
                    values[name],
                    place + offset,
                    marker=marker,
                    color=colour,
                    markersize=5.5,
                    markeredgecolor="white",
                    markeredgewidth=0.4,
                )
            ticks[place] = row.benchmark
            place += 1
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.set_ylim(place - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.grid(axis="y", visible=False)
    finish(axes, "", "score, % (Codeforces: percentile)")
    heading(figure, title)
    handles = [
        Line2D([], [], marker=marker, color=colour, linestyle="none", label=label)
        for label, marker, colour in MODELS.values()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure
