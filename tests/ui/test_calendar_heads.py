"""Heads of columns: click, double click, drag, menus, what they say; order kept by the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QMenu

from clinic_desk.services.commands import BlockTime, SaveSetting
from clinic_desk.ui.calendar.grid_header import head_words
from clinic_desk.ui.calendar.head_paint import HeadPainter
from clinic_desk.ui.calendar.span_question import AskSpan
from clinic_desk.ui.main_window.choices import Choices
from clinic_desk.ui.runtime.operations import Operations
from clinic_desk.ui.runtime.settings import Settings
from tests.fakes import calendar_data as data
from tests.ui.test_calendar_page import MONDAY, gate, key, page, queries, settled

__all__ = ["gate", "page", "queries"]
LEFT = Qt.MouseButton.LeftButton


def head(grid, index):
    return grid.header.head_rect(index).center()


def entries(menu):
    return {a.text(): a for a in menu.actions() if a.text()}


def drag(qtbot, grid, index, to, *, let_go=True):
    """Presses a head and draws it to a point of the strip."""
    start = head(grid, index)
    qtbot.mousePress(grid.header, LEFT, pos=start)
    step = 12 if to.x() > start.x() else -12
    qtbot.mouseMove(grid.header, start + QPoint(step, 0))
    qtbot.mouseMove(grid.header, to)
    if let_go:
        qtbot.mouseRelease(grid.header, LEFT, pos=to)


def test_a_click_selects_the_column_and_keeps_the_time(qtbot, page):
    grid = page.grid()
    grid.place_cursor(grid.columns[0], data.at("16:45"))
    qtbot.mouseClick(grid.header, LEFT, pos=head(grid, 3))
    column, instant = grid.cursor
    assert (column.doctor_id, instant) == ("d3", data.at("16:45"))
    assert grid.selected_column == column.key
    assert grid.hasFocus()
    key(qtbot, grid, Qt.Key.Key_Down)
    assert grid.selected_column == column.key
    key(qtbot, grid, Qt.Key.Key_Left)
    assert grid.selected_column is None


def test_a_double_click_opens_the_day_of_a_week(qtbot, page):
    settled(qtbot, page, lambda: page.set_view("week"))
    grid = page.grid()
    with qtbot.waitSignals([page.view_requested, page.loaded]):
        qtbot.mouseDClick(grid.header, LEFT, pos=head(grid, 2))
    assert (page.view, page.day) == ("day", MONDAY + timedelta(days=2))


def test_a_double_click_opens_the_week_of_a_doctor(qtbot, page):
    grid = page.grid()
    with qtbot.waitSignals([page.view_requested, page.loaded]):
        qtbot.mouseDClick(grid.header, LEFT, pos=head(grid, 2))
    assert {c.doctor_id for c in page.grid().columns} == {"d2"}


def test_dragging_a_head_asks_for_the_new_order(qtbot, page):
    grid = page.grid()
    before = grid.header.head_rect(4)
    with qtbot.waitSignal(page.order_requested) as asked:
        drag(qtbot, grid, 0, QPoint(before.right() - 10, 20))
    assert asked.args[0] == ["d1", "d2", "d3", "d4", "d0", "d5"]
    with qtbot.waitSignal(page.order_requested) as asked:
        drag(qtbot, grid, 5, QPoint(grid.header.head_rect(0).left() + 5, 20))
    assert asked.args[0] == ["d5", "d0", "d1", "d2", "d3", "d4"]


def test_a_drag_from_right_to_left_is_mirrored(qtbot, page):
    grid = page.grid()
    page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    page.load()
    QApplication.processEvents()
    qtbot.waitUntil(lambda: grid.arrangement.layout.mirrored)
    assert grid.header.head_rect(0).left() > grid.header.head_rect(1).left()
    with qtbot.waitSignal(page.order_requested) as asked:
        drag(qtbot, grid, 0, QPoint(grid.header.head_rect(1).left() + 5, 20))
    assert asked.args[0][:3] == ["d1", "d0", "d2"]


def test_words_of_a_mirrored_head_keep_their_order(qtbot, page, monkeypatch):
    """Else "Room 1" reads "1 Room"."""
    directions = set()
    write = HeadPainter._write

    def seen(self, painter, *told):
        directions.add(painter.layoutDirection())
        return write(self, painter, *told)

    monkeypatch.setattr(HeadPainter, "_write", seen)
    page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    page.load()
    qtbot.waitUntil(lambda: page.grid().arrangement.layout.mirrored)
    page.grid().header.grab()
    assert directions == {Qt.LayoutDirection.LayoutDirectionAuto}


def test_escape_and_its_own_place_change_nothing(qtbot, page):
    grid = page.grid()
    asked = []
    page.order_requested.connect(asked.append)
    drag(qtbot, grid, 1, head(grid, 4), let_go=False)
    assert grid.header.carried == 1
    grid.header.grab()
    qtbot.keyClick(grid.header, Qt.Key.Key_Escape)
    assert grid.header.carried is None
    qtbot.mouseRelease(grid.header, LEFT, pos=head(grid, 4))
    drag(qtbot, grid, 1, head(grid, 1) + QPoint(15, 0))
    assert asked == []


@pytest.mark.parametrize(
    ("index", "words", "order"), [(1, "Move left", "10"), (0, "Move right", "10")]
)
def test_the_menu_moves_a_column_too(qtbot, page, index, words, order):
    grid = page.grid()
    page.actions_.heads.show_menu(grid.columns[index], QPoint(40, 40))
    menu = page.actions_.heads.menu
    assert entries(menu)["Move left"].isEnabled() is (index > 0)
    with qtbot.waitSignal(page.order_requested) as asked:
        entries(menu)[words].trigger()
    assert asked.args[0][:2] == [f"d{i}" for i in order]
    menu.close()


def test_the_menu_chooses_doctors(qtbot, page):
    heads = page.actions_.heads
    heads.show_menu(page.grid().columns[2], QPoint(40, 40))
    with qtbot.waitSignal(page.only_requested) as asked:
        entries(heads.menu)["Show only this doctor"].trigger()
    assert asked.args == ["d2"]
    with qtbot.waitSignal(page.hide_requested) as asked:
        entries(heads.menu)["Hide this doctor"].trigger()
    assert asked.args == ["d2"]
    with qtbot.waitSignals([page.view_requested, page.loaded]):
        entries(heads.menu)["Week of Dr Vogel"].trigger()
    assert {c.doctor_id for c in page.grid().columns} == {"d2"}
    heads.menu.close()


def test_the_keyboard_reaches_the_heads_menu(qtbot, page):
    grid = page.grid()
    grid.place_cursor(grid.columns[2], data.at("17:00"))
    grid.ensure_visible(grid.columns[2], data.at("17:00"))
    key(qtbot, grid, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    column = next(a.menu() for a in page.actions_.menu.actions() if a.text().startswith("Column"))
    assert isinstance(column, QMenu)
    with qtbot.waitSignal(page.hide_requested) as asked:
        entries(column)["Hide this doctor"].trigger()
    assert asked.args == ["d2"]
    page.actions_.menu.close()


def test_blocking_time_from_a_head(qtbot, page, gate):
    grid = page.grid()
    page.actions_.heads.show_menu(grid.columns[0], QPoint(40, 40))
    entries(page.actions_.heads.menu)["Block time…"].trigger()
    ask = page.findChild(AskSpan)
    assert ask.first.time().toString("HH:mm") == "07:45"
    assert ask.last.time().toString("HH:mm") == "17:00"
    ask.first.setTime(ask.first.time().addSecs(3600 * 12))
    qtbot.keyClick(ask.reason, Qt.Key.Key_Return)
    assert "later than the start" in ask.hint.text()
    ask.first.setTime(ask.first.time().addSecs(-3600 * 12))
    qtbot.keyClicks(ask.reason, "Training")
    with qtbot.waitSignal(page.toast_requested):
        qtbot.keyClick(ask.reason, Qt.Key.Key_Return)
    command = gate.executed[-1]
    assert isinstance(command, BlockTime)
    assert (command.doctor_id, command.reason) == ("d0", "Training")
    assert (command.start, command.end) == (data.at("07:45"), data.at("17:00"))
    page.actions_.heads.menu.close()


def test_heads_are_read_out(page):
    grid = page.grid()
    strip = QAccessible.queryAccessibleInterface(grid.header)
    assert strip.role() is QAccessible.Role.List
    assert strip.childCount() == 6
    name = strip.child(0).text(QAccessible.Text.Name)
    assert name.startswith("Dr Aylin Demir, GP, Tue 24 Nov, 14 of 18 booked")
    assert strip.child(3).text(QAccessible.Text.Description) == "column 4 of 6"
    area = strip.child(2).rect()
    assert area.size() == grid.header.head_rect(2).size()
    page.actions_.heads.select(grid.columns[2])
    assert strip.child(2).state().selected
    assert not strip.child(1).state().selected


def test_heads_say_off_and_behind(page, qtbot):
    grid = page.grid()
    words = [head_words(grid.arrangement, i, data.NOW) for i in range(6)]
    assert [w.rsplit(" · ", 1)[1] for w in words if "behind" in w] == ["12 minutes behind"] * 2
    settled(qtbot, page, lambda: page.show_day(data.TUESDAY + timedelta(days=4)))
    assert "Closed" in head_words(grid.arrangement, 0, data.NOW)


def test_the_desk_keeps_the_order_and_new_doctors_come_last(qtbot, gate, queries):
    operations = Operations(gate, queries)
    settings = Settings(operations)
    choices = Choices(settings)
    book = data.roster(5)
    choices.set_hidden({"d1"})
    choices.reorder(book, ["d4", "d0", "d3", "d2"])
    assert choices.doctors(book) == ["d4", "d0", "d3", "d2"]
    qtbot.waitUntil(lambda: len(gate.executed) == 2)
    saved = next(c for c in gate.executed if c.key == "calendar.order")
    assert isinstance(saved, SaveSetting)
    assert saved.scope == "desk"
    again = Choices(Settings(operations, {"calendar.order": saved.value}))
    assert again.doctors(data.roster(6)) == ["d4", "d1", "d0", "d3", "d2", "d5"]
    assert again.rooms(book) == [f"r{i}" for i in range(5)]
    operations.shutdown()
