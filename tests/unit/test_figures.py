"""What every figure has: a fixed layout, and below it a strip that says what it is made from."""

import pytest
from matplotlib.image import imread

from compendium.figures import style


def legend_outside():
    style.use_style()
    figure, axes = style.panels(1, 2, height=2.0)
    for number, one in enumerate(axes):
        one.plot([0, 1 / 3], [0, 10**number], label="a line")
    figure.legend(loc="outside lower center")
    return figure


def test_axes_stand_at_round_places_so_that_two_runs_write_the_same_bytes(tmp_path):
    figure = legend_outside()
    style.save(figure, tmp_path, "one", "Data: none")
    for axes in figure.axes:
        for number in axes.get_position().bounds:
            assert number == pytest.approx(round(number, style.LAYOUT_DECIMALS), abs=1e-13)


def test_only_the_note_stands_in_the_strip_below(tmp_path):
    """A legend outside of the axes moved down into it once."""
    for name, note in (("bare", ""), ("noted", "Data: none")):
        style.save(legend_outside(), tmp_path, name, note)
    bare, noted = (imread(tmp_path / f"{name}.png")[:, :, :3].min(axis=2) for name in ("bare", "noted"))
    strip = noted.shape[0] - bare.shape[0]
    assert strip == pytest.approx(style.NOTE_HEIGHT * 160, abs=1)
    ink = noted[1 - strip :] < 0.9
    assert ink[:, : ink.shape[1] // 5].any() and not ink[:, ink.shape[1] // 5 :].any()
    assert (bare[-30:] < 0.9).any(), "the legend stands just above it"


def test_a_legend_stays_where_it_was_put(tmp_path):
    """A legend with an anchor of its own once moved into the corner, over the title."""
    figure = legend_outside()
    figure.legend(loc="upper left", bbox_to_anchor=(0.6, 0.5))
    style.save(figure, tmp_path, "one", "Data: none")
    outside, placed = (legend.get_window_extent() for legend in figure.legends)
    width, height = figure.bbox.width, figure.bbox.height
    assert placed.x0 == pytest.approx(0.6 * width, abs=0.03 * width)
    assert placed.y1 == pytest.approx(0.5 * height, abs=0.05 * height)
    assert outside.y0 >= 0 and outside.y1 < 0.3 * height


def test_a_figure_too_low_for_its_parts_grows(tmp_path):
    """Where they have no room, matplotlib leaves the parts where they are, over one another."""
    style.use_style()
    figure, axes = style.panels(height=0.5)
    axes.set(title="a title\nof two lines", xlabel="below")
    style.save(figure, tmp_path, "one")
    assert figure.get_figheight() > 0.5
    assert axes.get_position().height > 0.02 and axes.title.get_window_extent().y1 <= figure.bbox.height + 1


def test_long_headings_and_notes_stay_inside_the_figure(tmp_path):
    style.use_style()
    figure, axes = style.panels(1, 2, height=2.0)
    style.heading(
        figure,
        "China is the first partner of the United States, the United Kingdom and the European Union, "
        "and of others (2024)",
    )
    style.save(
        figure,
        tmp_path,
        "one",
        "Data: publications of 2015 to 2024 in a database of publications, field 4602 Artificial "
        "Intelligence, 4611 Machine Learning, of 4602, 4602&4611 only, state of 2026-10-05",
    )
    figure.draw_without_rendering()
    for text in (figure._suptitle, *figure.texts):
        assert "\n" in text.get_text()
        assert text.get_window_extent().x0 >= 0 and text.get_window_extent().x1 <= figure.bbox.width
    low = style.NOTE_HEIGHT + style.LINE_HEIGHT
    extent = figure.texts[-1].get_window_extent()
    assert extent.y1 <= 1 and extent.y0 >= -low * figure.dpi


def test_a_long_label_keeps_its_first_letter(tmp_path):
    """The layout is made for the screen, where letters are narrower than in the file: five labels were cut once."""
    style.use_style()
    for label in ("mean age gap (24), co-authors alike by 0.08", "largest partner against China's own share"):
        figure, axes = style.panels(height=2.0)
        axes.set_yticks([0], [label])
        style.save(figure, tmp_path, "one")
        ink = imread(tmp_path / "one.png")[:, :, :3].min(axis=2) < 0.9
        assert not ink[:, :2].any() and not ink[:, -2:].any(), label
