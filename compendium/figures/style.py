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

#: A bloc keeps its colour in every figure (Okabe and Ito's palette, told apart by colour-blind readers).
COLOURS = {"CN": "#D55E00", "US": "#0072B2", "EU": "#009E73", "UK": "#CC79A7", "other": "#8C8C8C"}
#: The verdicts' colours: blue holds, vermilion does not, grey cannot tell.
VERDICT_COLOURS = {
    "reproduced": "#0072B2",
    "confirmed": "#0072B2",
    "direction only": "#56B4E9",
    "not supported": "#D55E00",
    "contradicted": "#D55E00",
    "not testable here": "#8C8C8C",
    "unverifiable": "#8C8C8C",
    "pending": "#CFCFCF",
}
#: Width of a figure in inches: the text column of a page, so that 9 pt stays 9 pt.
WIDTH = 7.2


def use_style() -> None:
    """Set the one style, with what makes two runs draw the same bytes."""
    sns.set_theme(
        style="whitegrid",
        context="paper",
        rc={
            "axes.edgecolor": "#444444",
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
            "grid.color": "#E3E3E3",
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


def panels(rows: int = 1, columns: int = 1, height: float = 3.4, **options) -> tuple[Figure, Any]:
    """Return a figure of the standard width and its axes, one or an array of them; `height` in inches."""
    return plt.subplots(rows, columns, figsize=(WIDTH, height), **options)


#: Letters that fit into a line of a heading, and of the line below a figure.
HEADING_WIDTH, NOTE_WIDTH = 82, 138


def heading(figure: Figure, title: str) -> None:
    """Write a title above all panels, in lines that fit."""
    lines = [textwrap.fill(line, HEADING_WIDTH) for line in title.split("\n")]
    figure.suptitle("\n".join(lines), fontsize=11, fontweight="bold", x=0.01, ha="left")
