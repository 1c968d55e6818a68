"""Figures of notebook 85: specification curves, and what each choice does."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, NullLocator

from compendium import palette
from compendium.claims import Claim
from compendium.figures import style
from compendium.multiverse import Curve
from compendium.words import claim_name, percent

#: Where the relation of a claim turns, by what its estimate is: a ratio, or a slope or difference.
RATIOS = ("01", "02", "03", "09", "10", "11", "12", "13", "14", "20")
DIFFERENCES = ("04", "24")
#: Ticks of a ratio.
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
#: Further out than so many times the span of the middle nine tenths, an estimate is drawn at the edge.
FAR = 1.5


def turning_point(claim: Claim) -> float | None:
    """Return the estimate at which the relation of a claim turns; None where it hangs on others."""
    return 1.0 if claim.number in RATIOS else 0.0 if claim.number in DIFFERENCES else None


def _unit(claim: Claim) -> str:
    if claim.reported:
        return "%" if claim.reported.unit == "percent" else claim.reported.unit
    return "ratio" if claim.number in RATIOS else {"04": "points a year", "24": "years"}.get(claim.number, "%")


def _ordered(curve: Curve) -> pd.DataFrame:
    """Return the specifications with a finite estimate, smallest first, with their place from 0 to 100."""
    rows = curve.specifications.loc[np.isfinite(curve.specifications["value"].astype(float))]
    rows = rows.sort_values(["value", "verdict"], kind="stable")
    return rows.assign(place=np.linspace(0, 100, len(rows)) if len(rows) > 1 else 50.0)


def _limits(rows: pd.DataFrame, claim: Claim, logarithmic: bool) -> tuple[float, float]:
    """Return limits that show the middle nine tenths, what is reported, and the specification in force."""
    values = rows["value"].to_numpy(dtype=float)
    marks = [rows.loc[rows["changes"] == 0, "value"].sum()] if (rows["changes"] == 0).any() else []
    marks += [claim.reported.low, claim.reported.high] if claim.reported and claim.scale == "relative" else []
    marks += [turning_point(claim)] if turning_point(claim) is not None else []
    if logarithmic:
        values, marks = np.log(np.maximum(values, 1e-3)), list(np.log(np.maximum(marks, 1e-3)))
    low, high = np.quantile(values, [0.05, 0.95])
    room = FAR * max(high - low, 0.02 * max(abs(high), 1e-9))
    low, high = max(low - room, values.min()), min(high + room, values.max())
    low, high = min(low, *marks) if marks else low, max(high, *marks) if marks else high
    pad = 0.07 * (high - low) or 0.5
    low, high = low - pad, high + pad
    return (float(np.exp(low)), float(np.exp(high))) if logarithmic else (low, high)


def _curve(axes, curve: Curve, size: float = 5.0) -> None:
    """Draw one specification curve: estimates from small to large, coloured by their verdict."""
    rows, claim = _ordered(curve), curve.claim
    if rows.empty:
        axes.text(0.5, 0.5, "no estimate", transform=axes.transAxes, ha="center", color=palette.FAINT)
        return
    logarithmic = claim.number in RATIOS and (rows["value"] > 0).all()
    if logarithmic:
        axes.set_yscale("log")
    limits = _limits(rows, claim, logarithmic)
    if claim.reported and claim.scale == "relative":
        axes.axhspan(claim.reported.low, claim.reported.high, color=palette.BAND, alpha=0.7, linewidth=0, zorder=0)
    elif claim.reported:
        axes.annotate(
            f"reported: {claim.reported.value:,.0f}",
            (0.02, 0.97),
            xycoords="axes fraction",
            va="top",
            fontsize=8,
            color=palette.ASIDE,
        )
    if turning_point(claim) is not None:
        axes.axhline(turning_point(claim), color=palette.KEY, linewidth=0.9, linestyle="--", zorder=1)
    if rows["low"].notna().any():
        axes.vlines(
            rows["place"],
            rows["low"].astype(float).clip(*limits),
            rows["high"].astype(float).clip(*limits),
            color=palette.INTERVAL,
            linewidth=0.5,
            zorder=1,
            rasterized=True,
        )
    colours = rows["verdict"].map(lambda verdict: palette.VERDICTS[str(verdict)])
    axes.scatter(
        rows["place"],
        rows["value"].astype(float).clip(*limits),
        c=colours,
        s=size,
        linewidths=0,
        zorder=2,
        rasterized=True,
    )
    here = rows.loc[rows["changes"] == 0]
    axes.scatter(
        here["place"],
        here["value"],
        marker="D",
        s=34,
        facecolor="white",
        edgecolor="black",
        linewidths=1.3,
        zorder=4,
        clip_on=False,
    )
    axes.set_ylim(*limits)
    if logarithmic:
        ticks = [tick for tick in TICKS if limits[0] <= tick <= limits[1]]
        axes.yaxis.set_major_locator(FixedLocator(ticks))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylabel(_unit(claim), fontsize=8.5)
    axes.grid(axis="x", visible=False)


def _key(curves: Sequence[Curve]) -> list:
    """Return the legend's entries, for the verdicts that occur."""
    there = {str(verdict) for curve in curves for verdict in curve.specifications["verdict"]}
    names = [name for name in palette.VERDICTS if name in there]
    entries = [
        Line2D([], [], marker="o", linestyle="", markersize=5, color=palette.VERDICTS[name], label=name)
        for name in names
    ]
    entries.append(
        Line2D(
            [],
            [],
            marker="D",
            linestyle="",
            markersize=5,
            markerfacecolor="white",
            markeredgecolor="black",
            label="specification in force",
        )
    )
    if any(curve.claim.reported and curve.claim.scale == "relative" for curve in curves):
        entries.append(Patch(color=palette.BAND, alpha=0.7, label="reported range"))
    if any(turning_point(curve.claim) is not None for curve in curves):
        entries.append(Line2D([], [], color=palette.KEY, linewidth=0.9, linestyle="--", label="relation turns"))
    return entries


LEGEND_HEIGHT = 0.5


def _write_key(axes, curves: Sequence[Curve]) -> None:
    """Write the legend into a strip of its own."""
    axes.axis("off")
    axes.legend(handles=_key(curves), loc="center", ncols=3, fontsize=8.5, borderpad=0)


def specification_curves(curves: Sequence[Curve], title: str) -> Figure:
    """Draw one small panel a claim: its estimate under every specification."""
    columns = 2 if len(curves) > 1 else 1
    rows = -(-len(curves) // columns)
    figure, grid = style.panels(
        rows + 1,
        columns,
        height=1.9 * rows + 0.3 + LEGEND_HEIGHT,
        squeeze=False,
        height_ratios=[1.9] * rows + [LEGEND_HEIGHT],
    )
    for axes, curve in zip(grid[:rows].flat, curves, strict=False):
        _curve(axes, curve)
        name = claim_name(curve.claim.id)
        axes.set_title(f"{name} ({len(curve.specifications):,})", fontsize=9, fontweight="normal", pad=5)
        axes.set_xticks([0, 25, 50, 75, 100])
    for axes in grid[:rows].flat[len(curves) :]:
        axes.set_visible(False)
    for axes in grid[rows - 1]:
        axes.set_xlabel("specifications, ordered by estimate, in %", fontsize=8.5)
    legend = figure.add_subplot(grid[0, 0].get_gridspec()[rows, :])
    for axes in grid[rows]:
        axes.remove()
    _write_key(legend, curves)
    style.heading(figure, title)
    return figure


def closely(curve: Curve, title: str) -> Figure:
    """Draw one specification curve, and below it which option of each choice every specification takes."""
    rows = _ordered(curve)
    names = [
        (name, option)
        for name in curve.choices
        for option in curve.specifications[name].unique()
        if curve.specifications[name].nunique() > 1
    ]
    heights = [2.6, 0.19 * len(names), LEGEND_HEIGHT]
    figure, (above, below, legend) = style.panels(3, 1, height=sum(heights) + 0.8, height_ratios=heights)
    _curve(above, curve, size=8)
    for place, (name, option) in enumerate(reversed(names)):
        taken = rows.loc[rows[name] == option]
        colours = taken["verdict"].map(lambda verdict: palette.VERDICTS[str(verdict)])
        below.scatter(
            taken["place"], np.full(len(taken), place), c=colours, marker="|", s=26, linewidths=0.5, rasterized=True
        )
    labels = [f"{name.replace('_', ' ')}: {option}" for name, option in reversed(names)]
    below.set_yticks(range(len(names)), labels, fontsize=8)
    below.set_ylim(-0.7, len(names) - 0.3)
    below.grid(visible=False)
    for place, ((name, _), (other, _)) in enumerate(zip(names[::-1], names[::-1][1:], strict=False)):
        if name != other:
            below.axhline(place + 0.5, color=palette.PALE, linewidth=0.7)
    for axes in (above, below):
        axes.set_xlim(-3, 103)
    below.set_xlabel("specifications, ordered by estimate, in %")
    _write_key(legend, [curve])
    style.heading(figure, title)
    return figure


def influence_map(shares: pd.DataFrame, title: str) -> Figure:
    """Draw how much of the spread each choice explains, claims × choices (0 to 1; missing: not a choice)."""
    figure, axes = style.panels(height=0.24 * len(shares) + 1.9)
    sns.heatmap(
        100 * shares,
        ax=axes,
        cmap="Blues",
        vmin=0,
        vmax=100,
        annot=True,
        fmt=".0f",
        linewidths=0.6,
        linecolor="white",
        annot_kws={"fontsize": 7.5},
        cbar_kws={"label": "share of the spread, %", "shrink": 0.5},
    )
    axes.set_xticks(
        np.arange(shares.shape[1]) + 0.5,
        [name.replace("_", " ") for name in shares],
        rotation=55,
        ha="right",
        rotation_mode="anchor",
        fontsize=8.5,
    )
    axes.tick_params(axis="y", labelsize=8.5, rotation=0)
    axes.grid(visible=False)
    axes.set_title(title, fontsize=11)
    return figure


def agreement_bars(agreeing: pd.Series, verdicts: Mapping[str, str], title: str) -> Figure:
    """Draw one bar a claim: the share of its specifications that give the same verdict, in that verdict's colour."""
    figure, axes = style.panels(height=0.2 * len(agreeing) + 1.3)
    places = np.arange(len(agreeing))[::-1]
    colours = [palette.VERDICTS[verdicts[name]] for name in agreeing.index]
    axes.barh(places, 100 * agreeing, color=colours, height=0.7)
    for place, share in zip(places, agreeing, strict=True):
        axes.annotate(
            percent(share), (100 * share, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8
        )
    axes.set_yticks(places, agreeing.index, fontsize=8.5)
    axes.set_xlim(0, 112)
    axes.set_ylim(-0.8, len(agreeing) - 0.2)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_label_position("top")
    axes.xaxis.tick_top()
    axes.set_xlabel("specifications with the same verdict, %")
    axes.set_title(title, fontsize=11)
    handles = [Patch(color=palette.VERDICTS[name], label=name) for name in dict.fromkeys(verdicts.values())]
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.4, 0.0), ncols=4, fontsize=8.5)
    return figure
