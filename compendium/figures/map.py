"""The map of cities of notebook 65."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path

from compendium import palette
from compendium.figures import style
from compendium.measures import geography
from compendium.places import cities
from compendium.places.blocs import BLOC_NAMES

#: Robinson's projection: length of the parallels and their distance from the equator, every 5 degrees
#: (Robinson 1974, International Yearbook of Cartography 14).
_ROBINSON = np.array(
    [
        (1.0000, 0.0000),
        (0.9986, 0.0620),
        (0.9954, 0.1240),
        (0.9900, 0.1860),
        (0.9822, 0.2480),
        (0.9730, 0.3100),
        (0.9600, 0.3720),
        (0.9427, 0.4340),
        (0.9216, 0.4958),
        (0.8962, 0.5571),
        (0.8679, 0.6176),
        (0.8350, 0.6769),
        (0.7986, 0.7346),
        (0.7597, 0.7903),
        (0.7186, 0.8435),
        (0.6732, 0.8936),
        (0.6213, 0.9394),
        (0.5722, 0.9761),
        (0.5322, 1.0000),
    ]
)


#: Points of an outline nearer than this are left out (degrees): the width of a pixel.
WORLD_STEP, WINDOW_STEP = 0.9, 0.18
#: How many cities of a window get a name at most, and how many get one even in a crowd.
MOST_NAMES, ALWAYS_NAMED = 12, 5
LARGEST_BUBBLE = 520.0  # points², for the city with most credit


class Window(NamedTuple):
    """A part of the world that is drawn larger: its title, and its limits in degrees."""

    title: str
    west: float
    east: float
    south: float
    north: float


CHINA = Window("China and neighbours", 99, 146, 17, 47.5)


EUROPE = Window("Europe", -11, 31, 36, 62.5)


UNITED_STATES = Window("United States", -126, -66, 23.5, 50.5)


def robinson(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y on Robinson's map; the equator runs from -π to π times 0.8487."""
    at = np.abs(latitude) / 5
    length, rise = (np.interp(at, np.arange(19), column) for column in _ROBINSON.T)
    return 0.8487 * length * np.radians(longitude), 1.3523 * rise * np.sign(latitude)


def _thinned(ring: np.ndarray, step: float) -> np.ndarray:
    """Keep the points of a closed ring that lie at least `step` from the last one kept."""
    kept = [0]
    for number in range(1, len(ring) - 1):
        if np.abs(ring[number] - ring[kept[-1]]).max() >= step:
            kept.append(number)
    return ring[[*kept, 0]]


def _outlines(step: float, window: Window | None = None) -> Iterable[list[np.ndarray]]:
    """Yield the rings of each polygon that can be seen, in degrees."""
    for _, rings in cities.shapes():
        (west, south), (east, north) = rings[0].min(axis=0), rings[0].max(axis=0)
        seen = window is None or (
            west < window.east and east > window.west and south < window.north and north > window.south
        )
        if seen and max(east - west, north - south) >= 2 * step:
            yield [thin for ring in rings if len(thin := _thinned(ring, step)) >= 4]


def _draw_land(axes, step: float, project, window: Window | None = None) -> None:
    outlines = [
        [np.column_stack(project(ring[:, 0], ring[:, 1])) for ring in rings] for rings in _outlines(step, window)
    ]
    compound = [Path.make_compound_path(*[Path(ring, closed=True) for ring in rings]) for rings in outlines if rings]
    land = PathCollection(compound, facecolors=palette.LAND, edgecolors=palette.COAST, linewidths=0.4, zorder=0)
    axes.add_collection(land, autolim=False)


def _colours(places: pd.DataFrame, members: Mapping[str, Sequence[str]]) -> list[str]:
    of_code = {code: bloc for bloc, codes in reversed(members.items()) for code in codes}
    return [palette.BLOCS[of_code.get(code, "other")] for code in places["country"]]


def _bubbles(axes, places: pd.DataFrame, members, project, largest: float, scale: float) -> None:
    x, y = project(places["longitude"].to_numpy(), places["latitude"].to_numpy())
    axes.scatter(
        x,
        y,
        s=scale * LARGEST_BUBBLE * places["fractional"] / largest,
        alpha=0.62,
        color=_colours(places, members),
        edgecolor="white",
        linewidth=0.5,
        zorder=2,
    )


def _overlaps(box: tuple, others: list[tuple]) -> bool:
    return any(box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in others)


def _radius(credit, largest: float):
    """Return the radius of a bubble in inches; its area goes with the credit."""
    return np.sqrt(LARGEST_BUBBLE * credit / largest / np.pi) / 72


def _name_places(axes, places: pd.DataFrame, window: Window, size: tuple[float, float], largest: float) -> None:
    """Name the largest places of a window beside their bubbles; leave out what would not fit.

    size : inches of the axes, by which text is measured. A name is tried right, left, above, below,
    and may cover a small bubble, but no name and no large bubble.
    """
    x = (places["longitude"].to_numpy() - window.west) * size[0] / (window.east - window.west)
    y = (places["latitude"].to_numpy() - window.south) * size[1] / (window.north - window.south)
    radius = _radius(places["fractional"].to_numpy(), largest)
    bubbles = np.column_stack([x - 0.8 * radius, y - 0.8 * radius, x + 0.8 * radius, y + 0.8 * radius])
    taken: list[tuple] = []
    for number in range(len(places)):
        name = places["city"].iloc[number].removesuffix(" City")
        # What the largest cover may be covered by their names in turn, so that they do get one.
        for spared in (0.035, 0.1) if number < ALWAYS_NAMED else (0.035,):
            others = [tuple(box) for other, box in enumerate(bubbles) if other != number and radius[other] > spared]
            free = [
                place
                for place in _beside(x[number], y[number], radius[number], name)
                if _inside(place[0], size) and not _overlaps(place[0], taken + others)
            ]
            if free and len(taken) < MOST_NAMES:
                box, anchor, align = free[0]
                text = axes.text(
                    anchor / size[0],
                    box[1] / size[1],
                    name,
                    transform=axes.transAxes,
                    fontsize=8,
                    color=palette.INK,
                    ha=align,
                    va="bottom",
                    zorder=4,
                )
                text.set_path_effects([patheffects.withStroke(linewidth=2, foreground="white", alpha=0.8)])
                taken.append(box)
                break


def _beside(x: float, y: float, radius: float, name: str) -> list[tuple[tuple, float, str]]:
    """Return where a name can stand: its box in inches, where it is anchored, and its alignment."""
    wide, high, gap = 0.072 * len(name) + 0.02, 0.12, radius + 0.02
    places = (
        (x + gap, y - high / 2, 0, "left"),
        (x - gap - wide, y - high / 2, wide, "right"),
        (x - wide / 2, y + gap, wide / 2, "center"),
        (x - wide / 2, y - gap - high, wide / 2, "center"),
    )
    return [((left, low, left + wide, low + high), left + shift, align) for left, low, shift, align in places]


def _inside(box: tuple, size: tuple[float, float]) -> bool:
    return min(box[:2]) > 0.02 and box[2] < size[0] - 0.02 and box[3] < size[1] - 0.02


def _legends(figure: Figure, largest: float, left: float, top: float) -> None:
    """Explain colours and sizes, below the world's map."""
    blocs = [
        Line2D([], [], marker="o", linestyle="none", markersize=8, color=palette.BLOCS[bloc], label=name)
        for bloc, name in (BLOC_NAMES | {"other": "elsewhere"}).items()
    ]
    figure.legend(
        handles=blocs,
        loc="upper left",
        bbox_to_anchor=(left, top),
        fontsize=9,
        handletextpad=0.2,
        labelspacing=0.4,
        borderaxespad=0,
    )
    sizes = [part * largest for part in (1, 0.25, 0.05)]
    marks = dict.fromkeys(max(1, round(size, -1 if size >= 20 else 0)) for size in sizes)
    dots = [
        Line2D(
            [],
            [],
            marker="o",
            linestyle="none",
            color=palette.FAINT,
            alpha=0.62,
            markeredgecolor="white",
            markersize=2 * 72 * _radius(mark, largest),
            label=f"{mark:.0f}",
        )
        for mark in marks
    ]
    figure.legend(
        handles=dots,
        loc="upper left",
        bbox_to_anchor=(left + 0.21, top),
        fontsize=9,
        title="papers by\nauthors' parts",
        title_fontsize=9,
        alignment="left",
        handletextpad=0.9,
        labelspacing=0.9,
        borderaxespad=0,
    )


def _places(rows: pd.DataFrame, first: Sequence[str]) -> pd.DataFrame:
    """Return one row a city, those to be named first and then by credit."""
    known = rows.loc[(rows["city"] != geography.UNPLACED) & (rows["fractional"] > 0)]
    places = known.groupby(["country", "city"], as_index=False).agg(
        fractional=("fractional", "sum"), latitude=("latitude", "first"), longitude=("longitude", "first")
    )
    places["first"] = places["city"].isin(list(first))
    return places.sort_values(["first", "fractional", "city"], ascending=[False, False, True], ignore_index=True)


def city_map(
    rows: pd.DataFrame, members: Mapping[str, Sequence[str]], title: str, named: Sequence[str] = geography.NAMED
) -> Figure:
    """Draw a bubble a city, its area the author-fractional papers: three parts of the world, and the whole.

    rows : institutions with country, city, latitude, longitude, fractional; those without a city stay out.
    """
    places = _places(rows, named)
    largest = float(places["fractional"].max()) if len(places) else 1.0
    wide, high, edge, gap = style.WIDTH, 6.22, 0.04, 0.1
    figure = plt.figure(figsize=(wide, high))
    figure.set_layout_engine("none")
    figure.text(0.005, 0.993, title, fontsize=11, fontweight="bold", ha="left", va="top")

    def rectangle(left: float, low: float, width: float, height: float):
        return figure.add_axes((left / wide, low / high, width / wide, height / high))

    upper = (wide - 2 * edge - gap) / (_shape(CHINA) + _shape(EUROPE))
    lower = 2.42
    low, width = lower + 0.36, upper * _shape(CHINA)
    _draw_window(rectangle(edge, low, width, upper), CHINA, places, members, largest, (width, upper))
    right = edge + width + gap
    width = upper * _shape(EUROPE)
    _draw_window(rectangle(right, low, width, upper), EUROPE, places, members, largest, (width, upper))
    width = lower * _shape(UNITED_STATES)
    _draw_window(rectangle(edge, 0.04, width, lower), UNITED_STATES, places, members, largest, (width, lower))
    right = edge + width + gap
    _draw_world(rectangle(right, lower - 1.08, wide - right - edge, 1.2), places, members, largest)
    _legends(figure, largest, right / wide, (lower - 1.14) / high)
    return figure


def _shape(window: Window) -> float:
    """Return width over height at true proportions in the middle of a window."""
    middle = np.cos(np.radians((window.south + window.north) / 2))
    return (window.east - window.west) * middle / (window.north - window.south)


def _draw_world(axes, places: pd.DataFrame, members, largest: float) -> None:
    _draw_land(axes, WORLD_STEP, robinson)
    _bubbles(axes, places, members, robinson, largest, 0.16)
    axes.set_xlim(-2.45, 2.67)
    axes.set_ylim(-0.88, 1.21)
    axes.set_aspect("equal")
    axes.axis("off")
    for part in axes.collections:  # a circle a city would be most of the vector file
        part.set_rasterized(True)


def _draw_window(axes, window: Window, places: pd.DataFrame, members, largest: float, size) -> None:
    inside = places.loc[
        places["longitude"].between(window.west, window.east) & places["latitude"].between(window.south, window.north)
    ]
    _draw_land(axes, WINDOW_STEP, lambda longitude, latitude: (longitude, latitude), window)
    _bubbles(axes, inside, members, lambda longitude, latitude: (longitude, latitude), largest, 1.0)
    axes.set_xlim(window.west, window.east)
    axes.set_ylim(window.south, window.north)
    _name_places(axes, inside, window, size, largest)
    axes.set_title(window.title, fontsize=9.5, fontweight="normal", pad=4)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set(visible=True, color=palette.COAST)
