"""Figures of notebook 40: the network of countries, and China's place in it."""

from collections.abc import Mapping

import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Patch, Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from compendium import palette
from compendium.figures.marks import finish, largest
from compendium.figures.style import LINE_MARKERS, heading, panels
from compendium.places import blocs
from compendium.words import unit_name

#: The map of the network draws pairs from the lowest of these on that leaves at most so many lines.
DRAWN_FROM = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000)
MOST_LINES = 60
#: Points: the radius of the largest node, and the free space between two nodes.
LARGEST_NODE, NODE_GAP = 33, 9
LABELLED = 24
BLOC_LABELS = {"CN": "China", "US": "United States", "EU": "EU member", "UK": "United Kingdom", "other": "other"}


def bloc_of(unit: str) -> str:
    """Return the bloc whose colour a country or bloc has: CN, US, EU, UK or other."""
    if unit in ("GB", "UK"):
        return "UK"
    if unit in blocs.EU_27:
        return "EU"
    return unit if unit in palette.BLOCS else "other"


def drawn_from(ties: pd.DataFrame) -> int:
    """Return the least number of shared papers from which the network's lines can still be told apart."""
    pairs = ties.to_numpy()[np.triu_indices(len(ties), k=1)]
    return next((limit for limit in DRAWN_FROM if (pairs >= limit).sum() <= MOST_LINES), DRAWN_FROM[-1])


def _largest_group(network: nx.Graph) -> nx.Graph:
    """Keep the largest component, its nodes and edges in order: a set's order differs run by run.

    A pair apart from the rest would push all others into a corner of the picture.
    """
    group = max(map(sorted, nx.connected_components(network)), key=len)
    ordered = nx.Graph()
    ordered.add_nodes_from(group)
    ordered.add_weighted_edges_from(
        sorted((*sorted((one, other)), weight) for one, other, weight in network.edges(group, data="weight"))
    )
    return ordered


def _positions(network: nx.Graph, radius: dict[str, float], box: np.ndarray, seed: int) -> dict:
    """Place the nodes by springs, then push apart those that touch; units: points."""
    start = nx.circular_layout(sorted(network))
    placed = nx.spring_layout(network, pos=start, weight=None, k=2.2 / np.sqrt(len(network)), iterations=400, seed=seed)
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


def _label(axes, name: str, at: np.ndarray, radius: float, taken: list, along: np.ndarray, size: float = 8.5) -> None:
    """Write a node's name in it, or beside it where it hides the least; keep its box in `taken`.

    taken : boxes (left, right, low, high) of nodes and names. along : points on the lines.
    """
    width, height = 0.62 * size * len(name), 1.25 * size
    longest = max(name.split(" "), key=len)
    if 0.62 * size * len(longest) < 1.7 * radius:
        axes.text(
            *at,
            name if width < 1.7 * radius else name.replace(" ", "\n"),
            size=size,
            ha="center",
            va="center",
            color="white",
            fontweight="bold",
            zorder=4,
        )
        return
    away = radius + 2
    places = [(0, -away - height / 2), (0, away + height / 2), (away + width / 2, 0), (-away - width / 2, 0)]
    places += [(x * (0.7 * away + width / 2), y * (0.7 * away + height / 2)) for x in (1, -1) for y in (1, -1)]

    def hidden(place: tuple[float, float]) -> float:
        x, y = at + place
        left, right, low, high = x - width / 2, x + width / 2, y - height / 2, y + height / 2
        outside = max(-left, 0) + max(right - axes.get_xlim()[1], 0) + max(-low, 0) + max(high - axes.get_ylim()[1], 0)
        covered = sum(
            max(0, min(right, other[1]) - max(left, other[0])) * max(0, min(high, other[3]) - max(low, other[2]))
            for other in taken
        )
        crossed = ((along > (left, low)) & (along < (right, high))).all(axis=1).sum()
        return 1e3 * outside + 20 * covered + crossed

    x, y = at + min(places, key=hidden)
    taken.append((x - width / 2, x + width / 2, y - height / 2, y + height / 2))
    axes.text(
        x,
        y,
        name,
        size=size,
        ha="center",
        va="center",
        color=palette.INK,
        path_effects=[withStroke(linewidth=2.2, foreground="white")],
        zorder=5,
    )


def _nodes(axes, network: nx.Graph, at: dict, radius: dict[str, float], sizes: pd.Series) -> None:
    """Draw the nodes of a placed network, and the names of the largest."""
    for name in sorted(network):
        axes.add_patch(
            Circle(
                at[name],
                radius[name],
                facecolor=palette.BLOCS[bloc_of(name)],
                zorder=3,
                edgecolor="white",
                linewidth=0.8,
            )
        )
    taken = [
        (*(at[name][0] + np.array([-1, 1]) * radius[name]), *(at[name][1] + np.array([-1, 1]) * radius[name]))
        for name in sorted(network)
    ]
    steps = np.linspace(0, 1, 40)[:, None]
    along = np.concatenate(
        [at[one] + steps * (at[other] - at[one]) for one, other in network.edges] or [np.zeros((0, 2))]
    )
    for name in sorted(network, key=lambda unit: (-sizes[unit], unit))[:LABELLED]:
        _label(axes, unit_name(name), at[name], radius[name], taken, along)


def network_map(ties: pd.DataFrame, sizes: pd.Series, title: str, seed: int, height: float = 5.3) -> Figure:
    """Draw the countries as nodes and the papers that two of them share as lines.

    Only pairs of `drawn_from` papers or more are drawn, and only the largest group so joined.
    ties : shared papers, units × units. sizes : papers of each unit. A node's area and a line's
        width are proportional to papers.
    """
    limit = drawn_from(ties)
    network = nx.from_pandas_adjacency(ties.where(ties >= limit, 0.0))
    network = _largest_group(network)
    figure, axes = panels(height=height)
    box = np.array([figure.get_figwidth() * 72 - 16, height * 72 - 92])
    axes.set(xlim=(0, box[0]), ylim=(0, box[1]), xticks=[], yticks=[], aspect="equal")
    axes.set_frame_on(False)
    largest = max(sizes[list(network)], default=1)
    radius = {name: max(2.5, LARGEST_NODE * np.sqrt(sizes[name] / largest)) for name in network}
    at = _positions(network, radius, box, seed)
    widest = max((weight for *_, weight in network.edges(data="weight")), default=1)
    for one, other, weight in sorted(network.edges(data="weight")):
        axes.plot(
            *zip(at[one], at[other], strict=True),
            color=palette.TIE,
            alpha=0.45,
            zorder=1,
            linewidth=max(0.5, 11 * weight / widest),
            solid_capstyle="butt",
        )
    _nodes(axes, network, at, radius, sizes)
    drawn = "every pair that shares a paper" if limit == 1 else f"pairs that share {limit:,} papers or more"
    finish(axes, title, f"drawn: {drawn}; a node's area: papers; a line's width: shared papers")
    used = {bloc_of(name) for name in network}
    figure.legend(
        handles=[Patch(color=palette.BLOCS[bloc], label=label) for bloc, label in BLOC_LABELS.items() if bloc in used],
        loc="outside lower center",
        ncols=5,
    )
    return figure


def _ranks_panel(axes, ranks: pd.DataFrame, first: pd.DataFrame) -> None:
    """Fill one panel of `ranks_grid`: a cell a network, China's rank above the leader's code."""
    for row, measure in enumerate(ranks.index):
        for column, threshold in enumerate(ranks.columns):
            rank, leader = ranks.at[measure, threshold], first.at[measure, threshold]
            leads = leader == "CN"
            shade = palette.BLOCS["CN"] if leads else palette.NEAR_TINT if rank <= 2 else palette.LAND
            axes.add_patch(Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, facecolor=shade))
            ink = "white" if leads else palette.INK
            axes.text(
                column,
                row - 0.17,
                "–" if np.isnan(rank) else f"{rank:.0f}",
                ha="center",
                va="center",
                fontweight="bold",
                color=ink,
            )
            tied = leader.split("=")
            axes.text(
                column,
                row + 0.22,
                leader if len(tied) < 3 else f"{len(tied)} tied",
                ha="center",
                va="center",
                size=8,
                color=ink,
            )
    axes.set(xlim=(-0.5, len(ranks.columns) - 0.5), ylim=(len(ranks) - 0.5, -0.5))
    axes.set_xticks(range(len(ranks.columns)), [f"{threshold:,}" for threshold in ranks.columns])
    axes.set_yticks(range(len(ranks)), [name.replace("pagerank", "PageRank") for name in ranks.index])
    axes.grid(visible=False)
    axes.set_frame_on(False)


def ranks_grid(ranks: Mapping[str, pd.DataFrame], first: Mapping[str, pd.DataFrame], title: str) -> Figure:
    """Draw China's rank by measure (rows) and threshold (columns), one panel a meaning of the EU.

    ranks : panel → measures × thresholds, missing where China has no tie.
    first : the same, with the code of who comes first; several codes are a tie.
    """
    rows = len(next(iter(ranks.values())))
    figure, grid = panels(1, len(ranks), height=1.5 + 0.44 * rows, sharey=True, squeeze=False)
    for axes, name in zip(grid.flat, ranks, strict=True):
        _ranks_panel(axes, ranks[name], first[name])
        axes.set_title(name, fontsize=9.5, fontweight="normal")
        axes.set_xlabel("shared papers that make a tie")
    heading(figure, title)
    figure.legend(
        handles=[
            Patch(color=palette.BLOCS["CN"], label="China alone first"),
            Patch(color=palette.NEAR_TINT, label="second, or tied first"),
            Patch(color=palette.LAND, label="further down; –: without a tie"),
        ],
        loc="outside lower center",
        ncols=3,
    )
    return figure


def most_connected(
    values: Mapping[str, pd.Series], spans: Mapping[str, Mapping[str, tuple]], title: str, most: int = 10
) -> Figure:
    """Draw the countries with most ties and with most shared papers, with what resampling gives.

    values : panel's name → values by unit. spans : the same → unit → ends of the middle 95 % of draws.
    """
    figure, grid = panels(1, len(values), height=0.95 + 0.29 * most, squeeze=False)
    for axes, (name, series) in zip(grid.flat, values.items(), strict=True):
        order = sorted(series.index, key=lambda unit: (-series[unit], unit))[:most]
        places = range(len(order))[::-1]
        axes.barh(list(places), series[order], height=0.62, color=[palette.BLOCS[bloc_of(unit)] for unit in order])
        for place, unit in zip(places, order, strict=True):
            low, high = spans[name][unit]
            axes.plot([low, high], [place, place], color=palette.INK, linewidth=1.4)
            axes.annotate(
                f"{series[unit]:,.0f}",
                (max(high, series[unit]), place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                size=8.5,
            )
        axes.set_yticks(list(places), [unit_name(unit) for unit in order])
        axes.set_xlim(0, 1.2 * largest((end for unit in order for end in (spans[name][unit][1], series[unit])), 1))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.grid(axis="y", visible=False)
        axes.set_title("")
        axes.set_xlabel(name)
    heading(figure, title)
    return figure


def ranks_by_year(ranks: pd.DataFrame, title: str) -> Figure:
    """Draw China's rank by year, 1 on top; one line a column of `ranks`."""
    figure, axes = panels(height=3.1)
    for number, name in enumerate(ranks.columns):
        axes.plot(
            ranks.index,
            ranks[name],
            color=(palette.INK, palette.BLOCS["CN"], palette.BLUE)[number % 3],
            marker=LINE_MARKERS[number % 3],
            markersize=4,
            linewidth=1.9,
            label=name,
        )
    lowest = int(largest(ranks.to_numpy().ravel(), 1))
    axes.set_ylim(max(lowest, 3) + 0.5, 0.5)
    axes.set_yticks(range(1, max(lowest, 3) + 1, 1 + lowest // 9))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    finish(axes, title, "", "China's rank")
    figure.legend(loc="outside lower center", ncols=len(ranks.columns))
    return figure
