"""Turning months: a notch is one month, two fingers need a real stroke, sideways turns nothing."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.mini_month import MiniMonth
from tests.ui.test_calendar_page import gate, page, queries, settled

__all__ = ["gate", "page", "queries"]
PLAIN = Qt.ScrollPhase.NoScrollPhase


def turn(
    view: QWidget, eighths: int, phase: Qt.ScrollPhase = PLAIN, *, sideways: bool = False
) -> None:
    middle = view.rect().center()
    angle = QPoint(eighths, 0) if sideways else QPoint(0, eighths)
    event = QWheelEvent(
        QPointF(middle),
        QPointF(view.mapToGlobal(middle)),
        QPoint(),
        angle,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        phase,
        False,
    )
    QApplication.sendEvent(view, event)


@pytest.fixture
def asked(qtbot, page):
    """The months that the month view has asked for."""
    settled(qtbot, page, lambda: page.set_view("month"))
    found = []
    page.month.month_requested.connect(found.append)
    return found


def test_a_notch_is_a_month(page, asked):
    turn(page.month.viewport(), -120)
    assert asked == [date(2026, 12, 1)]
    asked.clear()
    turn(page.month.viewport(), 120)
    assert len(asked) == 1


def test_quick_notches_are_not_lost_while_a_month_is_read(qtbot, page, asked):
    with qtbot.waitSignal(page.loaded):
        turn(page.month.viewport(), -120)
        turn(page.month.viewport(), -240)
    assert asked == [date(2026, 12, 1), date(2027, 2, 1)]
    qtbot.waitUntil(lambda: page.month.month_words() == "February 2027")
    turn(page.month.viewport(), 120)
    assert asked[-1] == date(2027, 1, 1)


def test_two_fingers_turn_one_month_with_a_stroke(page, asked):
    view = page.month.viewport()
    turn(view, 0, Qt.ScrollPhase.ScrollBegin)
    for _ in range(20):
        turn(view, -15, Qt.ScrollPhase.ScrollUpdate)
    assert asked == []
    for _ in range(6):
        turn(view, -15, Qt.ScrollPhase.ScrollUpdate)
    assert asked == [date(2026, 12, 1)]
    for _ in range(40):
        turn(view, -30, Qt.ScrollPhase.ScrollMomentum)
    assert len(asked) == 1


def test_a_swipe_to_the_side_turns_nothing(page, asked):
    turn(page.month.viewport(), -120, sideways=True)
    turn(page.month.viewport(), 120, sideways=True)
    assert asked == []


def test_the_small_month_turns_likewise(qtbot):
    month = MiniMonth(Theme.for_tests(), date(2026, 11, 24))
    qtbot.addWidget(month)
    month.resize(232, 220)
    month.show()
    shown = []
    month.shown.connect(lambda first, _last: shown.append(first))
    turn(month, -120)
    assert shown == [date(2026, 11, 30)]
    for _ in range(4):
        turn(month, 15)
    assert len(shown) == 1
