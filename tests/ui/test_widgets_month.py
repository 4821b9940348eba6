"""The mini-month: choose, walk, read loads, be dropped on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from clinic_desk.ui.look import style
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.mini_month import MiniMonth

LEFT = Qt.MouseButton.LeftButton
TODAY = date(2026, 11, 24)


@pytest.fixture
def month(qtbot: QtBot) -> MiniMonth:
    theme = Theme.for_tests()
    widget = MiniMonth(theme, TODAY)
    widget.setPalette(style.palette(theme.tokens))  # whatever the program wore before
    qtbot.addWidget(widget)
    widget.resize(232, widget.sizeHint().height())
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def spot(month: MiniMonth, day: date) -> QPoint:
    """Where a person would click for that day, found by asking the hit test."""
    for y in range(0, month.height(), 4):
        for x in range(0, month.width(), 4):
            at = QPoint(x, y)
            if month.date_at(month.mapToGlobal(at)) == day:
                return at + QPoint(4, 4)
    raise AssertionError(f"{day} is not shown")


def ink(image: QImage, at: QPoint, wanted: str) -> bool:
    return any(
        image.pixelColor(at.x() + dx, at.y() + dy).name() == wanted
        for dx in range(-12, 26)
        for dy in range(-4, 24)
    )


def test_six_whole_weeks_are_shown(month: MiniMonth) -> None:
    assert month.first == date(2026, 10, 26)
    assert month.last == date(2026, 12, 6)
    month.set_first_weekday(6)
    assert month.first == date(2026, 11, 1)


def test_a_click_chooses_a_day(month: MiniMonth, qtbot: QtBot) -> None:
    with qtbot.waitSignal(month.day_chosen) as caught:
        qtbot.mouseClick(month, LEFT, pos=spot(month, date(2026, 11, 12)))
    assert caught.args == [date(2026, 11, 12)]


def test_arrows_turn_the_month_and_tell_what_is_shown(month: MiniMonth, qtbot: QtBot) -> None:
    forward = QPoint(month.width() - 14, 14)
    assert month.turn_at(month.mapToGlobal(forward)) == 1
    with qtbot.waitSignal(month.shown) as caught:
        qtbot.mouseClick(month, LEFT, pos=forward)
    assert caught.args == [date(2026, 11, 30), date(2027, 1, 10)]
    qtbot.mouseClick(month, LEFT, pos=QPoint(month.width() - 40, 14))
    assert month.first == date(2026, 10, 26)


def test_a_week_number_chooses_the_week(month: MiniMonth, qtbot: QtBot) -> None:
    y = spot(month, date(2026, 11, 23)).y()
    with qtbot.waitSignal(month.week_chosen) as caught:
        qtbot.mouseClick(month, LEFT, pos=QPoint(6, y))
    assert caught.args == [date(2026, 11, 23)]


@pytest.mark.parametrize(
    ("key", "day"),
    [
        (Qt.Key.Key_Right, date(2026, 11, 25)),
        (Qt.Key.Key_Left, date(2026, 11, 23)),
        (Qt.Key.Key_Down, date(2026, 12, 1)),
        (Qt.Key.Key_Up, date(2026, 11, 17)),
        (Qt.Key.Key_Home, date(2026, 11, 23)),
        (Qt.Key.Key_End, date(2026, 11, 29)),
        (Qt.Key.Key_PageDown, date(2026, 12, 24)),
        (Qt.Key.Key_PageUp, date(2026, 10, 24)),
    ],
)
def test_keys_walk_and_enter_chooses(
    month: MiniMonth, qtbot: QtBot, key: Qt.Key, day: date
) -> None:
    month.setFocus()
    qtbot.keyClick(month, key)
    with qtbot.waitSignal(month.day_chosen) as caught:
        qtbot.keyClick(month, Qt.Key.Key_Return)
    assert caught.args == [day]


def test_the_end_of_a_long_month_leads_to_the_end_of_a_short_one(
    month: MiniMonth, qtbot: QtBot
) -> None:
    month.select(date(2027, 1, 31))
    month.setFocus()
    qtbot.keyClick(month, Qt.Key.Key_PageDown)
    with qtbot.waitSignal(month.day_chosen) as caught:
        qtbot.keyClick(month, Qt.Key.Key_Return)
    assert caught.args == [date(2027, 2, 28)]


def test_hit_test_works_in_global_positions(month: MiniMonth) -> None:
    at = month.mapToGlobal(spot(month, date(2026, 11, 27)))
    assert month.date_at(at) == date(2026, 11, 27)
    assert month.date_at(month.mapToGlobal(QPoint(5, 5))) is None
    assert month.date_at(month.mapToGlobal(QPoint(-30, 100))) is None


def test_the_drop_date_is_lit(month: MiniMonth) -> None:
    tokens = Theme.for_tests().tokens
    day = date(2026, 11, 12)
    at = spot(month, day)
    assert not ink(month.grab().toImage(), at, tokens.ghost_ok.name())
    month.set_drop_date(day)
    assert ink(month.grab().toImage(), at, tokens.ghost_ok.name())
    month.set_drop_date(None)
    assert not ink(month.grab().toImage(), at, tokens.ghost_ok.name())


def test_loads_are_told_by_shape(month: MiniMonth) -> None:
    """Figures apart, each step of fullness draws more ink below the day."""
    days = [date(2026, 11, 9) + timedelta(days=n) for n in range(5)]
    shares = (0.0, 0.3, 0.6, 0.8, 1.0)
    month.set_loads(dict(zip(days, shares, strict=True)))
    image = month.grab().toImage()
    ground = Theme.for_tests().tokens.window
    amounts = []
    for day in days:
        corner = spot(month, day)
        rows = range(corner.y() + 12, corner.y() + 20)
        columns = range(corner.x() - 4, corner.x() + 26)
        amounts.append(
            sum(
                image.pixelColor(x, y).lightness() < ground.lightness() - 60
                for x in columns
                for y in rows
            )
        )
    assert amounts == sorted(amounts)
    assert amounts[0] == 0
    assert len(set(amounts)) == 5


def test_right_to_left_mirrors_the_columns(month: MiniMonth, qtbot: QtBot) -> None:
    first, last = spot(month, date(2026, 11, 9)).x(), spot(month, date(2026, 11, 15)).x()
    assert first < last
    month.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    first, last = spot(month, date(2026, 11, 9)).x(), spot(month, date(2026, 11, 15)).x()
    assert first > last
    month.setFocus()
    qtbot.keyClick(month, Qt.Key.Key_Left)
    with qtbot.waitSignal(month.day_chosen) as caught:
        qtbot.keyClick(month, Qt.Key.Key_Return)
    assert caught.args == [TODAY + timedelta(days=1)]
