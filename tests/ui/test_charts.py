"""Plots are drawn where their values are, and read by pointer, keyboard and screen reader."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_desk.ui.geometry.plotscale import fitting, part_at, placed, ticks
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import contrast
from clinic_desk.ui.widgets.charts import BarPlot, HeatMap, LinePlot, Plot, RowPlot, Series

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


@pytest.fixture(params=["light", "dark"])
def theme(qapp: QApplication, request: pytest.FixtureRequest) -> Theme:
    assert qapp is not None
    return Theme.for_tests(request.param)


def shown(plot: Plot, wide: int = 480, high: int = 260) -> Plot:
    plot.resize(wide, high)
    plot.show()
    QTest.qWaitForWindowExposed(plot)
    return plot


def colour_at(plot: Plot, at: QPoint) -> QColor:
    return plot.grab().toImage().pixelColor(at)


@pytest.mark.parametrize("top", [0.4, 1, 3, 7.2, 12, 99, 100, 101, 4321, 1_000_000])
@pytest.mark.parametrize("whole", [False, True])
def test_the_axis_reaches_its_highest_value_in_few_even_steps(top: float, whole: bool) -> None:
    found = ticks(top, 4, whole=whole)
    assert found[0] == 0
    assert found[-1] >= top - 1e-9
    assert found[-2] < top
    assert len(found) <= 6
    step = found[1]
    assert all(abs(value - index * step) < 1e-6 for index, value in enumerate(found))
    assert not whole or step == int(step)


def test_an_axis_of_nothing_still_has_a_height() -> None:
    assert ticks(0) == (0.0, 1.0)


def test_what_is_placed_is_found_again_in_both_directions() -> None:
    for mirrored in (False, True):
        for index, middle in enumerate(placed(7, 10, 350, mirrored=mirrored)):
            assert part_at(middle, 7, 10, 350, mirrored=mirrored) == index
    assert part_at(9, 7, 10, 350) == -1
    assert part_at(350, 7, 10, 350) == -1
    assert fitting([20, 40, 30], 50, 8) == 1
    assert fitting([20, 40, 30], 20, 8) == 3


def test_bars_are_as_high_as_their_values(theme: Theme) -> None:
    plot = BarPlot(theme)
    plot.show_data(DAYS, [Series("Booked", (2.0, 4.0, 0.0, None, 1.0))])
    shown(plot)
    assert plot.bar_rect(1).height() == pytest.approx(2 * plot.bar_rect(0).height())
    assert plot.bar_rect(2).height() == plot.bar_rect(3).height() == 0
    assert colour_at(plot, plot.bar_rect(1).center().toPoint()) == theme.tokens.accent
    assert plot.words(3) == "Thu: nothing known"


def test_stacked_bars_stand_on_one_another(theme: Theme) -> None:
    plot = BarPlot(theme)
    plot.show_data(DAYS, [Series("Kept", (3.0,) * 5), Series("Lost", (1.0,) * 5)], whole=True)
    shown(plot)
    lower, upper = plot.bar_rect(2, 0), plot.bar_rect(2, 1)
    assert upper.bottom() == pytest.approx(lower.top())
    assert lower.height() == pytest.approx(3 * upper.height())
    assert colour_at(plot, lower.center().toPoint()) != colour_at(plot, upper.center().toPoint())
    assert plot.words(2) == "Wed: Kept 3, Lost 1"


@pytest.mark.parametrize("kind", [BarPlot, LinePlot])
def test_keys_read_one_value_after_the_other(theme: Theme, kind: type[Plot]) -> None:
    plot = kind(theme)
    plot.show_data(DAYS, [Series("Booked", (2.0, 4.0, 0.0, None, 1.0))])
    shown(plot)
    plot.setFocus()
    read: list[int] = []
    chosen: list[int] = []
    plot.read.connect(read.append)
    plot.activated.connect(chosen.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End):
        QTest.keyClick(plot, key)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert read == [0, 1, 0, 4, -1]
    assert chosen == [4]


def test_right_to_left_mirrors_places_and_keys(theme: Theme) -> None:
    plot = BarPlot(theme)
    plot.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    plot.show_data(DAYS, [Series("Booked", (2.0, 4.0, 3.0, 1.0, 1.0))])
    shown(plot)
    assert plot.bar_rect(0).center().x() > plot.bar_rect(4).center().x()
    QTest.keyClick(plot, Qt.Key.Key_Left)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.index == 1
    assert plot.index_at(plot.bar_rect(3).center()) == 3


def test_the_pointer_reads_and_a_click_chooses(theme: Theme) -> None:
    plot = RowPlot(theme)
    plot.show_data(["Dr Demir", "Dr Carter"], [Series("Visits", (12.0, 6.0))])
    shown(plot, 400, 80)
    chosen: list[int] = []
    plot.activated.connect(chosen.append)
    QTest.mouseMove(plot, plot.track(1).center().toPoint())
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.track(1).center().toPoint())
    assert plot.index == 1
    assert chosen == [1]
    assert "Dr Demir: 12; Dr Carter: 6" in plot.accessibleDescription()


def test_a_heat_map_is_read_in_both_ways_and_its_figures_stand_out(theme: Theme) -> None:
    plot = HeatMap(theme)
    values = [[0.0, 0.25, 0.5], [0.75, 1.0, None]]
    plot.show_map(["Mo", "Tu"], ["08", "09", "10"], values, say=lambda share: f"{share:.0%}")
    shown(plot)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_End):
        QTest.keyClick(plot, key)
    assert plot.cell(plot.index) == (1, 2)
    assert plot.words(plot.index) == "Tu 10: nothing known"
    assert plot.words(4) == "Tu 09: 100%"
    assert plot.index_at(plot.mark_rect(3).center()) == 3
    for value in (0.0, 0.25, 0.5, 0.75, 1.0):
        ground = plot.shade(value)
        inks = (theme.tokens.text, theme.tokens.canvas)
        assert max(contrast(ink, ground) for ink in inks) >= 4.5
    with pytest.raises(ValueError, match="each cell"):
        plot.show_map(["Mo"], ["08", "09"], [[1.0]])


def test_values_that_do_not_fit_their_labels_are_refused(theme: Theme) -> None:
    with pytest.raises(ValueError, match="one value for each label"):
        BarPlot(theme).show_data(DAYS, [Series("Booked", (1.0,))])


def test_many_thousand_values_are_drawn(theme: Theme) -> None:
    plot = BarPlot(theme)
    labels = [str(index) for index in range(4000)]
    plot.show_data(labels, [Series("Booked", tuple(float(index) for index in range(4000)))])
    shown(plot)
    right = plot.bar_rect(3999).center().toPoint()
    assert colour_at(plot, QPoint(right.x() - 3, right.y())) != theme.tokens.canvas
