"""Wheel and touchpad over the grid, and scrolling sideways in both directions of reading."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication

from clinic_desk.ui.calendar.columns import day_columns
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.look.theme import Theme
from tests.fakes import calendar_data as data

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
MIDDLE = QPoint(300, 250)
RTL = Qt.LayoutDirection.RightToLeft


@pytest.fixture
def view(qtbot):
    grid = TimeGridView(Theme.for_tests(), data.Clock())
    qtbot.addWidget(grid)
    grid.resize(1000, 700)
    grid.show()
    qtbot.waitExposed(grid)
    crowd = data.crowd(20, 10)
    grid.set_content(crowd, day_columns(crowd, data.TUESDAY))
    return grid


def turn(view, notches, modifiers, spot=MIDDLE):
    event = QWheelEvent(
        QPointF(spot),
        QPointF(view.viewport().mapToGlobal(spot)),
        QPoint(),
        QPoint(0, notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def test_shift_and_wheel_go_sideways_and_nothing_else(view):
    across, down = view.horizontalScrollBar(), view.verticalScrollBar()
    top = down.value()
    turn(view, -120, SHIFT)
    assert across.value() == across.singleStep()
    assert down.value() == top
    turn(view, 240, SHIFT)
    assert across.value() == 0


def test_the_plain_wheel_goes_down(view):
    top = view.verticalScrollBar().value()
    turn(view, -120, NONE)
    assert view.verticalScrollBar().value() > top
    assert view.horizontalScrollBar().value() == 0


def test_parts_of_a_notch_add_up_to_one_step_of_zoom(view):
    zooms = []
    view.zoom_changed.connect(zooms.append)
    for _ in range(7):
        turn(view, 15, CTRL)
    assert zooms == []
    turn(view, 15, CTRL)
    assert zooms == [10]
    turn(view, -240, CTRL)
    assert zooms == [10, 15, 30]


@pytest.mark.parametrize("notches", [120, -120])
def test_the_time_under_the_pointer_stays(view, notches):
    spot = QPoint(300, 333)
    view.verticalScrollBar().setValue(700)
    before = view.instant_at(view.columns[0], spot.y())
    turn(view, notches, CTRL, spot)
    after = view.instant_at(view.columns[0], spot.y())
    assert abs((after - before).total_seconds()) <= 60 / view.per_minute


def test_a_pinch_zooms(view):
    zooms = []
    view.zoom_changed.connect(zooms.append)
    spot = QPointF(300, 250)
    for value in (0.1, 0.1, 0.1):
        event = QNativeGestureEvent(
            Qt.NativeGestureType.ZoomNativeGesture,
            QPointingDevice.primaryPointingDevice(),
            2,
            spot,
            spot,
            QPointF(view.viewport().mapToGlobal(spot)),
            value,
            QPointF(),
        )
        QApplication.sendEvent(view.viewport(), event)
    assert zooms == [10]


def test_from_right_to_left_the_first_column_is_seen_first(view):
    view.setLayoutDirection(RTL)
    layout, width = view.arrangement.layout, view.viewport().width()
    assert layout.mirrored
    edge = layout.left(0) + layout.width_of(0) - view.window_part.x
    assert edge == pytest.approx(width, abs=1)
    assert view.column_at(width - 20) is view.columns[0]
    turn(view, -120, SHIFT)
    assert view.column_at(width - 20) is view.columns[1]
    view.place_cursor(view.columns[-1], data.at("09:00"))
    assert view.column_at(20) is view.columns[-1]
