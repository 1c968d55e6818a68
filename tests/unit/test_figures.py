"""What every figure has: a fixed layout, and below it a strip that says what it is made from."""

import pytest
from matplotlib.image import imread

from compendium import figures


def legend_outside():
    figures.use_style()
    figure, axes = figures.panels(1, 2, height=2.0)
    for number, one in enumerate(axes):
        one.plot([0, 1 / 3], [0, 10**number], label="a line")
    figure.legend(loc="outside lower center")
    return figure


def test_axes_stand_at_round_places_so_that_two_runs_write_the_same_bytes(tmp_path):
    figure = legend_outside()
    figures.save(figure, tmp_path, "one", "Data: none")
    for axes in figure.axes:
        for number in axes.get_position().bounds:
            assert number == pytest.approx(round(number, figures.LAYOUT_DECIMALS), abs=1e-13)


def test_only_the_note_stands_in_the_strip_below(tmp_path):
    """A legend outside of the axes moved down into it once."""
    for name, note in (("bare", ""), ("noted", "Data: none")):
        figures.save(legend_outside(), tmp_path, name, note)
    bare, noted = (imread(tmp_path / f"{name}.png")[:, :, :3].min(axis=2) for name in ("bare", "noted"))
    strip = noted.shape[0] - bare.shape[0]
    assert strip == pytest.approx(figures.NOTE_HEIGHT * 160, abs=1)
    ink = noted[1 - strip:] < 0.9
    assert ink[:, : ink.shape[1] // 5].any() and not ink[:, ink.shape[1] // 5:].any()
    assert (bare[-30:] < 0.9).any(), "the legend stands just above it"
