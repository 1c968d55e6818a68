"""Figures of institutions: how many pass a threshold, and the largest of those that have none.

Each makes its own title from the values, so that it says what is found for any year.
"""

from collections.abc import Mapping
from math import floor

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from compendium.blocs import BLOC_NAMES, IN_WORDS
from compendium.figures import COLOURS, _finish, panels

_PLAIN = FuncFormatter(lambda value, _: f"{value:,.0f}")


def _threshold_line(axes, at: float, text: str, colour: str = "#222222", right: bool = True) -> None:
    axes.axvline(at, color=colour, linewidth=1.2, linestyle="--", zorder=1)
    axes.annotate(text, (at, 1), xytext=(4 if right else -4, -3), xycoords=("data", "axes fraction"),
                  textcoords="offset points", ha="left" if right else "right", va="top", fontsize=9, color=colour)


def threshold_curves(curve: pd.DataFrame, reported: Mapping[str, float], threshold: float, equivalent: float,
                     year: int) -> Figure:
    """Draw the number of institutions with more than k papers, one line a bloc, both axes logarithmic.

    curve : k × bloc. reported : bloc → the number reported at `threshold`, drawn where that
    threshold comes to lie in a sample of this size, at `equivalent`.
    """
    figure, axes = panels(height=4.4)
    blocs = list(reported)
    # N(> k) is the number with k + 1 papers or more, so that k = 0 has a place on the axis.
    shown = curve.set_axis(curve.index + 1)
    for bloc in blocs:
        line = shown[bloc][shown[bloc] > 0]
        axes.step(line.index, line, where="pre", color=COLOURS[bloc], linewidth=1.9, label=BLOC_NAMES[bloc])
        axes.plot(floor(equivalent) + 1, reported[bloc], marker="D", markersize=7, color=COLOURS[bloc],
                  markerfacecolor="white", markeredgewidth=1.8, linestyle="none", zorder=4)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(0.8, 2.6 * max(curve[blocs].to_numpy().max(), *reported.values()))
    axes.set_xlim(0.95, 1.1 * max(shown.index[-1], threshold + 1))
    _threshold_line(axes, floor(equivalent) + 1, f"equivalent:\nmore than {equivalent:.1f}", "#666666")
    _threshold_line(axes, threshold + 1, f"as reported:\nmore than {threshold:g}")
    axes.xaxis.set_major_formatter(_PLAIN)
    axes.yaxis.set_major_formatter(_PLAIN)
    first = int((curve["CN"] > curve[["US", "EU", "UK"]].max(axis=1)).sum())
    above = int((curve["EU"] > curve["US"]).sum())
    _finish(axes, f"China has the most institutions at {first or 'none'} of {len(curve)} thresholds,\n"
                  f"the EU more than the US at {above or 'none'} ({year})",
            "papers of an institution in the year, at least (log scale)", "institutions with so many (log scale)")
    handles, _ = axes.get_legend_handles_labels()
    mark = Line2D([], [], marker="D", color="#444444", markerfacecolor="white", markeredgewidth=1.8,
                  linestyle="none", label="reported")
    figure.legend(handles=[*handles, mark], loc="outside lower center", ncols=len(handles) + 1)
    return figure


def largest_by_year(largest: pd.DataFrame, equivalents: pd.Series, threshold: float, who: str, year: int,
                    names: pd.Series) -> Figure:
    """Draw the papers of a group's largest institution, a row a year, against two thresholds.

    largest : index year; columns name, papers. equivalents : the threshold that fits each year's
    papers. who : the group in a title. names : what to write beside each dot.
    """
    figure, axes = panels(height=1.5 + 0.235 * len(largest))
    places = pd.Series(range(len(largest))[::-1], index=largest.index)
    passed = largest["papers"] > threshold
    axes.axhspan(places[year] - 0.5, places[year] + 0.5, color="#E8E8E8", zorder=0)
    axes.scatter(equivalents.reindex(largest.index), places, marker="|", s=110, color="#666666", linewidths=1.8,
                 zorder=2)
    for colour, chosen in ((COLOURS["CN"], passed), ("#555555", ~passed)):
        rows = largest[chosen & (largest["papers"] > 0)]
        axes.scatter(rows["papers"], places[rows.index], color=colour, s=38, zorder=3)
    furthest = pd.concat([largest["papers"], equivalents.reindex(largest.index)], axis=1).max(axis=1)
    for end, row in largest.iterrows():
        inside = row["papers"] <= threshold < 1.35 * furthest[end]
        at = threshold if inside else furthest[end]
        axes.annotate(f"{row['papers']:g}  {names[end]}", (at, places[end]), xytext=(9, 0),
                      textcoords="offset points", va="center", fontsize=9)
    axes.axvline(threshold, color="#222222", linewidth=1.2, linestyle="--", zorder=1)
    axes.set_xscale("log")
    axes.set_xlim(0.7, 4 * max(threshold, largest["papers"].max()))
    axes.xaxis.set_major_formatter(_PLAIN)
    axes.set_yticks(places, places.index.astype(str))
    axes.set_ylim(-0.7, len(largest) - 0.3)
    axes.grid(axis="y", visible=False)
    _finish(axes, f"The largest institution in {who} passes {threshold:g} papers in {passed.sum() or 'none'} of "
                  f"{len(largest)} years\nof these lists alone",
            "papers of the largest institution in the year (log scale)")
    marks = [Line2D([], [], color="#222222", linestyle="--", label=f"threshold of {threshold:g}"),
             Line2D([], [], color="#666666", marker="|", markersize=10, markeredgewidth=1.8, linestyle="none",
                    label="equivalent threshold of the year")]
    figure.legend(handles=marks, loc="outside lower center", ncols=2)
    return figure


def order_in_words(counts: Mapping[str, float]) -> str:
    """Name blocs from most to least, such as "China 22, the United States 15"."""
    ranked = sorted(counts, key=lambda bloc: -counts[bloc])
    return ", ".join(f"{IN_WORDS[bloc]} {counts[bloc]:.0f}" for bloc in ranked)
