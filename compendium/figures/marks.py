"""Marks that several figures share."""

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

from compendium import palette


def largest(values: Iterable[float], least: float = 0.0) -> float:
    """Return the largest finite number of `values`, or `least`; 1 for nothing, so that an axis has a length."""
    return max([least, *(float(value) for value in values if np.isfinite(value))]) or 1.0


def finish(axes, title: str, xlabel: str = "", ylabel: str = "") -> None:
    """Give a panel its title and the names of its axes."""
    axes.set_title(title, wrap=True)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)


def name_lines(axes, ends: dict[str, float], gap: float = 0.1) -> None:
    """Write each line's name beside its end, pushed apart where two would touch."""
    top = max(axes.get_ylim()[1], 1e-9)
    placed: list[float] = []
    known = {bloc: y for bloc, y in ends.items() if np.isfinite(y)}
    for bloc, y in sorted(known.items(), key=lambda item: item[1]):
        at = y if not placed else max(y, placed[-1] + gap * top)
        placed.append(at)
        axes.text(
            1.02, at / top, bloc, transform=axes.transAxes, color=palette.BLOCS[bloc], va="center", fontweight="bold"
        )


def log_axis(axes, values: Sequence[float]) -> None:
    """Set a log scale that shows `values`, marked at plain numbers."""
    marks = [mark for mark in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20) if 0.8 * min(values) <= mark <= 1.25 * max(values)]
    axes.set_xscale("log")
    axes.set_xlim(0.85 * min(values), 1.18 * max(values))
    axes.xaxis.set_major_locator(FixedLocator(marks))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
