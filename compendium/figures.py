"""One style for every figure; figures are returned, never shown."""

import io
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.figure import Figure

#: A bloc keeps its colour in every figure (Okabe and Ito's palette, told apart by colour-blind readers).
COLOURS = {"CN": "#D55E00", "US": "#0072B2", "EU": "#009E73", "UK": "#CC79A7", "other": "#8C8C8C"}
#: Width of a figure in inches: the text column of a page, so that 9 pt stays 9 pt.
WIDTH = 7.2


def use_style() -> None:
    """Set the one style, with what makes two runs draw the same bytes."""
    sns.set_theme(style="whitegrid", context="paper", rc={
        "axes.edgecolor": "#444444", "axes.labelsize": 10, "axes.titlesize": 11,
        "axes.titlelocation": "left", "axes.titleweight": "bold", "axes.titlepad": 10,
        "font.family": "DejaVu Sans", "font.size": 9.5, "legend.frameon": False,
        "figure.dpi": 100, "figure.constrained_layout.use": True,
        "grid.color": "#E3E3E3", "savefig.dpi": 160, "svg.hashsalt": "compendium",
        "xtick.labelsize": 9.5, "ytick.labelsize": 9.5})
    matplotlib.rcParams["axes.spines.top"] = False
    matplotlib.rcParams["axes.spines.right"] = False


def save(figure: Figure, folder: Path, name: str) -> bytes:
    """Write `figure` as `name.png` and `name.svg`, without a date; return the PNG."""
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    (folder / f"{name}.png").write_bytes(buffer.getvalue())
    return buffer.getvalue()


def panels(rows: int = 1, columns: int = 1, height: float = 3.4, **options):
    """Return a figure of the standard width and its axes; `height` in inches."""
    return plt.subplots(rows, columns, figsize=(WIDTH, height), **options)
