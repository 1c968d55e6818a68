"""One style for every figure; figures are returned, never shown."""

import io
import textwrap
import warnings
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from compendium import palette

#: Markers in order: of readings in a row, and of lines, where the first ones must differ at a small size.
MARKERS, LINE_MARKERS = "osD^v", "os^D"
#: Width of a figure in inches: the text column of a page, so that 9 pt stays 9 pt.
WIDTH = 7.2


def use_style() -> None:
    """Set the one style, with what makes two runs draw the same bytes."""
    sns.set_theme(
        style="whitegrid",
        context="paper",
        rc={
            "axes.edgecolor": palette.KEY,
            "axes.labelsize": 10,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "axes.titleweight": "bold",
            "axes.titlepad": 10,
            "font.family": "DejaVu Sans",
            "font.size": 9.5,
            "legend.frameon": False,
            "figure.dpi": 100,
            "figure.constrained_layout.use": True,
            "grid.color": palette.GRID,
            "savefig.dpi": 160,
            "svg.hashsalt": "compendium",
            "xtick.labelsize": 9.5,
            "ytick.labelsize": 9.5,
        },
    )
    matplotlib.rcParams["axes.spines.top"] = False
    matplotlib.rcParams["axes.spines.right"] = False


#: Decimals of the place of axes, as parts of the figure: a thousandth of a pixel.
LAYOUT_DECIMALS = 6


#: Room that everything keeps from the left and the right edge, in inches: three pixels.
MARGIN = 0.02


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
    if figure.get_layout_engine() is not None:
        _keep_inside(figure)
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position([round(number, LAYOUT_DECIMALS) for number in axes.get_position().bounds])


def _keep_inside(figure: Figure) -> None:
    """Lay a figure out again if something stands at its left or right edge, or beyond.

    Letters are a little wider at the resolution of the file than on the screen, which the layout is
    made for, so that a long label loses its first letter.
    """
    dpi, width = figure.dpi, figure.get_figwidth()
    figure.set_dpi(matplotlib.rcParams["savefig.dpi"])
    left = right = 0.0
    for _ in range(3):
        box = figure.get_tightbbox()
        lacking = max(MARGIN - box.x0, 0), max(MARGIN - (width - box.x1), 0)
        if max(lacking) < 1e-3:
            break
        left, right = left + lacking[0], right + lacking[1]
        figure.get_layout_engine().set(rect=(left / width, 0, 1 - (left + right) / width, 1))
        figure.draw_without_rendering()
    figure.set_dpi(dpi)


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
    figure.text(0.012, -middle / height, note, fontsize=7.5, color=palette.ASIDE, ha="left", va="center")
    shown = Bbox.from_bounds(0, -strip, width, height + strip)
    for legend in figure.legends:
        if legend.get_bbox_to_anchor() is figure.bbox:  # outside the axes; others stand where they were put
            legend.set_bbox_to_anchor((0, 0, 1, 1), figure.transFigure)
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None}, bbox_inches=shown)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None}, bbox_inches=shown)
    (folder / f"{name}.png").write_bytes(buffer.getvalue())
    return buffer.getvalue()


def panels(rows: int = 1, columns: int = 1, height: float = 3.4, **options) -> tuple[Figure, Any]:
    """Return a figure of the standard width and its axes, one or an array of them; `height` in inches."""
    return plt.subplots(max(rows, 1), columns, figsize=(WIDTH, height), **options)


#: Letters that fit into a line of a heading, and of the line below a figure.
HEADING_WIDTH, NOTE_WIDTH = 82, 138


def heading(figure: Figure, title: str) -> None:
    """Write a title above all panels, in lines that fit."""
    lines = [textwrap.fill(line, HEADING_WIDTH) for line in title.split("\n")]
    figure.suptitle("\n".join(lines), fontsize=11, fontweight="bold", x=0.01, ha="left")
