"""Figures of notebook 35: whose papers involve whom."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from compendium import palette
from compendium.claims import Reported
from compendium.figures.marks import finish, largest
from compendium.figures.style import MARKERS, heading, panels
from compendium.words import share_name, unit_name


def shares_and_reported(found: Mapping[str, pd.DataFrame], reported: Mapping[str, Reported], title: str) -> Figure:
    """Draw each share with its interval, and the range that the article's wording admits as a band.

    found : reading → frame of value, low, high (per cent) by bloc; a marker each.
    """
    figure, axes = panels(height=1.25 + 0.6 * len(reported))
    places = dict(zip(reported, range(len(reported))[::-1], strict=True))
    for bloc, place in places.items():
        axes.fill_betweenx(
            [place - 0.38, place + 0.38],
            reported[bloc].low,
            reported[bloc].high,
            color=palette.BAND,
            alpha=0.75,
            linewidth=0,
            label="reported" if place == 0 else None,
        )
    for number, (reading, frame) in enumerate(found.items()):
        axes.plot([], [], marker=MARKERS[number], color=palette.KEY, linestyle="none", label=reading)
        for bloc, row in frame.dropna().iterrows():
            y = places[bloc] + 0.25 - 0.5 * number / max(len(found) - 1, 1)
            axes.plot([row["low"], row["high"]], [y, y], color=palette.BLOCS[bloc], linewidth=1.6)
            axes.plot(
                row["value"],
                y,
                marker=MARKERS[number],
                color=palette.BLOCS[bloc],
                markersize=6,
                markeredgecolor="white",
                markeredgewidth=0.6,
            )
    axes.set_yticks(list(places.values()), [share_name(bloc) for bloc in places])
    axes.set_xlim(left=0)
    axes.grid(axis="y", visible=False)
    finish(axes, title, "share of the papers, %")
    figure.legend(loc="outside lower center", ncols=len(found) + 1)
    return figure


def union_within_bounds(parts: pd.Series, union: float, bounds: tuple[float, float], title: str) -> Figure:
    """Draw China's shares with several partners end to end, and with any of them between its bounds.

    parts : bloc → per cent; bounds : the largest part and the sum.
    """
    figure, axes = panels(height=2.2)
    start = 0.0
    for code, value in parts.items():
        axes.barh(
            1,
            value,
            left=start,
            color=palette.BLOCS[code],
            height=0.5,
            edgecolor="white",
            label=f"{unit_name(code)} {value:.1f}",
        )
        start += value
    axes.barh(0, union, color=palette.ASIDE, height=0.5, label=f"any of the three {union:.1f}")
    for bound, word in zip(bounds, ("largest", "sum"), strict=True):
        axes.axvline(bound, color=palette.INK, linewidth=1.1, linestyle="--")
        axes.annotate(
            word, (bound, 1.5), xytext=(-4, 0), textcoords="offset points", va="center", ha="right", fontsize=8.5
        )
    axes.set_yticks([1, 0], ["one by one", "union"])
    axes.set_ylim(-0.45, 1.7)
    axes.set_xlim(0, 1.05 * largest([bounds[1]], 1))
    axes.grid(axis="y", visible=False)
    finish(axes, title, "share of China's papers, %")
    figure.legend(loc="outside lower center", ncols=len(parts) + 1, fontsize=8.5)
    return figure


def both_ways(raw: pd.DataFrame, adjusted: pd.DataFrame, title: str) -> Figure:
    """Draw how far each partner leans on China and China on it: raw shares left, RIC right.

    raw, adjusted : rows partner, columns `on China` and `China on it`; per cent and no unit.
    """
    figure, (left, right) = panels(1, 2, height=2.7, sharey=True)
    raw, adjusted = (frame.where(np.isfinite(frame)) for frame in (raw, adjusted))
    places = np.arange(len(raw))[::-1]
    for axes, frame, name, xlabel in (
        (left, raw, "raw", "share of the papers, %"),
        (right, adjusted, "adjusted for size", "RIC (dashed: as the others do)"),
    ):
        axes.hlines(places, frame.min(axis=1), frame.max(axis=1), color=palette.BAND, linewidth=2.2)
        axes.scatter(frame["on China"], places, color=[palette.BLOCS[code] for code in frame.index], s=52, zorder=3)
        axes.scatter(frame["China on it"], places, color=palette.BLOCS["CN"], marker="D", s=40, zorder=3)
        axes.set_xlim(0, 1.12 * np.nanmax(np.append(frame.to_numpy(), 1.0)))
        axes.grid(axis="y", visible=False)
        axes.set_title(name, fontsize=9.5, fontweight="normal")
        axes.set_xlabel(xlabel)
    right.axvline(1, color=palette.INK, linewidth=1.2, linestyle="--")
    left.set_yticks(places, [unit_name(code) for code in raw.index])
    left.set_ylim(-0.6, len(raw) - 0.4)
    left.scatter([], [], color=palette.KEY, s=52, label="the partner with China")
    left.scatter([], [], color=palette.BLOCS["CN"], marker="D", s=40, label="China with the partner")
    figure.legend(loc="outside lower center", ncols=2)
    heading(figure, title)
    return figure


def strength_of_pairs(strength: pd.DataFrame, title: str) -> Figure:
    """Draw the association strength of each pair with its interval; pairs with China are marked.

    strength : value, low and high by pair, all finite; most first.
    """
    figure, axes = panels(height=1.1 + 0.34 * max(len(strength), 2))
    places = np.arange(len(strength))[::-1]
    axes.axvline(1, color=palette.INK, linewidth=1.2, linestyle="--")
    colours = [palette.BLOCS["CN"] if "CN" in pair else palette.ASIDE for pair in strength.index]
    names = [" – ".join(pair) for pair in strength.index]
    axes.hlines(places, strength["low"], strength["high"], color=colours, linewidth=1.8)
    axes.scatter(strength["value"], places, color=colours, s=42, zorder=3)
    axes.set_yticks(places, names)
    axes.set_xlim(0, 1.06 * largest(strength["high"], 1))
    axes.set_ylim(-0.6, max(len(strength), 1) - 0.4)
    axes.grid(axis="y", visible=False)
    finish(axes, title, "papers together ÷ papers expected by chance (dashed: equal; coloured: with China)")
    return figure


def shares_by_venue(shares: pd.DataFrame, title: str) -> Figure:
    """Draw, a row a venue, China's part of it (bar) and two shares of joint papers (dots).

    shares : as `dependence.shares_by_group` gives them, in per cent.
    """
    shares = shares.sort_values("part", ascending=False, kind="stable")
    figure, axes = panels(height=1.45 + 0.27 * len(shares))
    places = np.arange(len(shares))[::-1]
    axes.barh(places, shares["part"], color=palette.GRID, height=0.74, label="China's part of the venue's papers")
    axes.scatter(shares["US"], places, color=palette.BLOCS["US"], s=36, zorder=3, label="US papers with China")
    axes.scatter(
        shares["CN"],
        places,
        color=palette.BLOCS["CN"],
        marker="D",
        s=32,
        zorder=3,
        label="China's papers with US, EU or UK",
    )
    axes.set_yticks(places, shares.index)
    axes.set_xlim(0, 104)
    axes.grid(axis="y", visible=False)
    finish(axes, title, "share of papers, %")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8.5)
    return figure
