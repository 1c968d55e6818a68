"""Figures of the network of countries, and of China's share of papers written with others."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from compendium import blocs
from compendium.countries import name_of
from compendium.figures import COLOURS, _finish, panels

#: The map of the network draws pairs from the lowest of these on that leaves at most so many lines.
DRAWN_FROM = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000)
MOST_LINES = 60
#: Points: the radius of the largest node, and the free space between two nodes.
LARGEST_NODE, NODE_GAP = 33, 9
LABELLED = 16
SHORT_NAMES = {"CN": "China", "US": "United States", "GB": "United Kingdom", "UK": "United Kingdom",
               "EU": "European Union", "AE": "UAE"}
BLOC_LABELS = {"CN": "China", "US": "United States", "EU": "EU member", "UK": "United Kingdom",
               "other": "other"}


def unit_name(unit: str) -> str:
    """Return the name of a country or bloc, short enough for a figure."""
    return SHORT_NAMES.get(unit) or name_of(unit)


def bloc_of(unit: str) -> str:
    """Return the bloc whose colour a country or bloc has: CN, US, EU, UK or other."""
    if unit in ("GB", "UK"):
        return "UK"
    if unit in blocs.EU_27:
        return "EU"
    return unit if unit in COLOURS else "other"


def drawn_from(ties: pd.DataFrame) -> int:
    """Return the least number of shared papers from which the network's lines can still be told apart."""
    pairs = ties.to_numpy()[np.triu_indices(len(ties), k=1)]
    return next((limit for limit in DRAWN_FROM if (pairs >= limit).sum() <= MOST_LINES), DRAWN_FROM[-1])


def _positions(network: nx.Graph, radius: dict[str, float], box: np.ndarray, seed: int) -> dict:
    """Place the nodes by springs, then push apart those that touch; units: points."""
    start = nx.circular_layout(sorted(network))
    placed = nx.spring_layout(network, pos=start, weight=None, k=2.2 / np.sqrt(len(network)),
                              iterations=400, seed=seed)
    names = sorted(network)
    at = np.array([placed[name] for name in names])
    at = (at - at.min(axis=0)) / np.maximum(np.ptp(at, axis=0), 1e-9) * box
    size = np.array([radius[name] for name in names])
    for _ in range(500):
        apart = at[:, None] - at[None]
        distance = np.hypot(*np.moveaxis(apart, -1, 0)) + np.eye(len(names)) * 1e9
        overlap = np.clip(size[:, None] + size + NODE_GAP - distance, 0, None)
        at += 0.5 * (apart / np.maximum(distance, 1e-6)[..., None] * overlap[..., None]).sum(axis=1)
        at = np.clip(at, size[:, None], box - size[:, None])
    return dict(zip(names, at, strict=True))


def _label(axes, name: str, at: np.ndarray, radius: float, taken: list, size: float = 8.5) -> None:
    """Write a node's name in it, or beside it where it hides the least; keep its box in `taken`."""
    width, height = 0.62 * size * len(name), 1.25 * size
    if width < 1.8 * radius:
        axes.text(*at, name, size=size, ha="center", va="center", color="white", fontweight="bold")
        return
    away = radius + 2
    places = [(0, -away - height / 2), (0, away + height / 2), (away + width / 2, 0),
              (-away - width / 2, 0)]
    places += [(x * (0.7 * away + width / 2), y * (0.7 * away + height / 2))
               for x in (1, -1) for y in (1, -1)]

    def hidden(place: tuple[float, float]) -> float:
        x, y = at + place
        left, right, low, high = x - width / 2, x + width / 2, y - height / 2, y + height / 2
        outside = max(-left, 0) + max(right - axes.get_xlim()[1], 0) + max(-low, 0)
        return 1e3 * outside + sum(max(0, min(right, other[1]) - max(left, other[0]))
                                   * max(0, min(high, other[3]) - max(low, other[2]))
                                   for other in taken)

    x, y = at + min(places, key=hidden)
    taken.append((x - width / 2, x + width / 2, y - height / 2, y + height / 2))
    axes.text(x, y, name, size=size, ha="center", va="center", color="#222222",
              path_effects=[withStroke(linewidth=2.2, foreground="white")], zorder=5)


def network_map(ties: pd.DataFrame, sizes: pd.Series, title: str, seed: int,
                height: float = 5.3) -> Figure:
    """Draw the countries as nodes and the papers that two of them share as lines.

    Only pairs of `drawn_from` papers or more are drawn, and only countries in such a pair.
    ties : shared papers, units × units. sizes : papers of each unit. A node's area and a line's
        width are proportional to papers.
    """
    limit = drawn_from(ties)
    network = nx.from_pandas_adjacency(ties.where(ties >= limit, 0.0))
    network.remove_nodes_from(list(nx.isolates(network)))
    figure, axes = panels(height=height)
    box = np.array([figure.get_figwidth() * 72 - 16, height * 72 - 78])
    axes.set(xlim=(0, box[0]), ylim=(0, box[1]), xticks=[], yticks=[], aspect="equal")
    axes.set_frame_on(False)
    largest = max(sizes[list(network)], default=1)
    radius = {name: max(2.5, LARGEST_NODE * np.sqrt(sizes[name] / largest)) for name in network}
    at = _positions(network, radius, box, seed)
    widest = max((weight for *_, weight in network.edges(data="weight")), default=1)
    for one, other, weight in sorted(network.edges(data="weight")):
        axes.plot(*zip(at[one], at[other], strict=True), color="#7A7A7A", alpha=0.45, zorder=1,
                  linewidth=max(0.5, 11 * weight / widest), solid_capstyle="butt")
    taken = []
    for name, place in at.items():
        axes.add_patch(Circle(place, radius[name], facecolor=COLOURS[bloc_of(name)], zorder=3,
                              edgecolor="white", linewidth=0.8))
        taken.append((place[0] - radius[name], place[0] + radius[name],
                      place[1] - radius[name], place[1] + radius[name]))
    for name in sorted(network, key=lambda unit: (-sizes[unit], unit))[:LABELLED]:
        _label(axes, unit_name(name), at[name], radius[name], taken)
    drawn = "every pair that shares a paper" if limit == 1 else f"pairs that share {limit:,} papers or more"
    _finish(axes, title, f"drawn: {drawn}; a node's area: papers; a line's width: shared papers")
    used = {bloc_of(name) for name in network}
    figure.legend(handles=[Patch(color=COLOURS[bloc], label=label)
                           for bloc, label in BLOC_LABELS.items() if bloc in used],
                  loc="outside lower center", ncols=5)
    return figure


def ranks_grid(ranks: Mapping[str, pd.DataFrame], first: Mapping[str, pd.DataFrame], title: str) -> Figure:
    """Draw China's rank by measure (rows) and threshold (columns), one panel a meaning of the EU.

    ranks : panel → measures × thresholds, missing where China has no tie.
    first : the same, who comes first, as text.
    """
    some = next(iter(ranks.values()))
    figure, grid = panels(1, len(ranks), height=1.5 + 0.42 * len(some), sharey=True, squeeze=False)
    for axes, (name, table) in zip(grid.flat, ranks.items(), strict=True):
        for row, measure in enumerate(table.index):
            for column, threshold in enumerate(table.columns):
                rank = table.at[measure, threshold]
                leads = rank == 1 and first[name].at[measure, threshold] == "CN"
                shade = COLOURS["CN"] if leads else "#F6D5BF" if rank <= 2 else "#EDEDED"
                axes.add_patch(Patch(color=shade).__class__ and _cell(column, row, shade))
                text = "–" if rank != rank else f"{rank:.0f}"
                axes.text(column, row - 0.16, text, ha="center", va="center", fontweight="bold",
                          color="white" if leads else "#222222")
                axes.text(column, row + 0.2, first[name].at[measure, threshold], ha="center",
                          va="center", size=7.5, color="white" if leads else "#444444")
        axes.set(xlim=(-0.5, len(table.columns) - 0.5), ylim=(len(table) - 0.5, -0.5))
        axes.set_xticks(range(len(table.columns)), [f"{threshold:,}" for threshold in table.columns])
        axes.set_yticks(range(len(table)), table.index)
        axes.grid(visible=False)
        axes.set_frame_on(False)
        axes.set_title(name, fontsize=9.5, fontweight="normal")
    figure.supxlabel("papers that make a tie (at least)", fontsize=10)
    figure.suptitle(title, fontsize=11, fontweight="bold", x=0.01, ha="left")
    return figure
