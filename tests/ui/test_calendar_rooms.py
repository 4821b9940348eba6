"""Booking, holding and blocking from a room's column, by key, double click and sweep."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from clinic_desk.domain.availability.model import Band, BandKind
from clinic_desk.services.commands import BlockTime, HoldSlot
from clinic_desk.ui.calendar.columns import room_columns
from clinic_desk.ui.calendar.room_doctor import doctor_for
from clinic_desk.ui.calendar.time_question import AskTime
from tests.fakes import calendar_data as data
from tests.ui.test_calendar_page import gate, key, page, queries, settled

__all__ = ["gate", "page", "queries"]


def in_rooms(content, rooms):
    """The slice with each doctor's hours in the room that ``rooms`` names (code → room id)."""
    codes = {d.id: d.code for d in content.snapshot.roster.doctors.values()}
    days = {}
    for key_, about in content.days.items():
        room = rooms.get(codes[key_[0]])
        bands = tuple(
            replace(b, room_id=room) if b.kind is BandKind.OPEN else b for b in about.bands
        )
        days[key_] = replace(about, bands=bands)
    return replace(content, days=days)


def column_of(content, room_id):
    return next(c for c in room_columns(content, data.TUESDAY) if c.room_id == room_id)


def test_the_doctor_whose_hours_are_in_the_room():
    content = in_rooms(data.picture_day(), {"SO": "r3", "AD": "r1"})
    assert doctor_for(content, column_of(content, "r3"), data.at("12:00")).code == "SO"
    assert doctor_for(content, column_of(content, "r1"), data.at("14:30")).code == "AD"


def test_a_busy_doctor_stands_back_for_a_free_one():
    content = in_rooms(data.picture_day(), {"AD": "r1"})
    at = data.at("08:00")
    assert [c.doctor_id for c in content.cells if c.start == at] == ["d0", "d2", "d3"]
    assert doctor_for(content, column_of(content, "r1"), at).id == "d1"


def test_nobody_at_night_and_the_doctor_of_a_doctors_column():
    content = data.picture_day()
    assert doctor_for(content, column_of(content, "r1"), data.at("03:00")) is None
    days = {k: replace(v, bands=()) for k, v in content.days.items()}
    closed = replace(content, days=days)
    assert doctor_for(closed, column_of(closed, "r1"), data.at("10:00")) is None


def test_time_off_is_not_offered():
    content = data.picture_day()
    away = Band(BandKind.TIME_OFF, data.at("08:00"), data.at("18:00"), "Leave")
    days = {
        k: (v if k[0] == "d1" else replace(v, bands=(*v.bands, away)))
        for k, v in content.days.items()
    }
    found = doctor_for(
        replace(content, days=days, cells=()), column_of(content, "r5"), data.at("10:00")
    )
    assert found.id == "d1"


@pytest.fixture
def rooms(qtbot, page):
    settled(qtbot, page, lambda: page.set_group("room"))
    return page.grid()


def expected(grid, start, end=None):
    column = next(c for c in grid.columns if c.room_id == "r2")
    return column, doctor_for(grid.slice, column, start, end)


def test_enter_books_the_rooms_doctor(qtbot, page, rooms):
    column, doctor = expected(rooms, data.at("16:15"))
    rooms.place_cursor(column, data.at("16:15"))
    page.focus_grid()
    with qtbot.waitSignal(page.book_requested) as asked:
        key(qtbot, rooms, Qt.Key.Key_Return)
    wish = asked.args[0]
    assert (wish["doctor_id"], wish["room_id"], wish["start"]) == (
        doctor.id,
        "r2",
        data.at("16:15"),
    )


def test_a_double_click_and_a_sweep_book_the_rooms_doctor(qtbot, page, rooms):
    column, _ = expected(rooms, data.at("17:00"))
    rooms.ensure_visible(column, data.at("17:00"), data.at("18:00"))
    spot = rooms.span_rect(column, data.at("17:00"), data.at("17:15")).center()
    with qtbot.waitSignal(page.book_requested) as asked:
        qtbot.mouseDClick(rooms.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert asked.args[0]["room_id"] == "r2"
    assert asked.args[0]["doctor_id"] is not None
    down = spot + QPoint(0, round(30 * rooms.arrangement.per_minute))
    with qtbot.waitSignal(page.book_requested) as asked:
        qtbot.mousePress(rooms.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        qtbot.mouseMove(rooms.viewport(), spot + QPoint(0, 15))
        qtbot.mouseMove(rooms.viewport(), down)
        qtbot.mouseRelease(rooms.viewport(), Qt.MouseButton.LeftButton, pos=down)
    wish = asked.args[0]
    assert wish["end"] - wish["start"] == timedelta(minutes=45)
    assert wish["room_id"] == "r2"
    assert wish["doctor_id"] is not None


def test_holding_holds_doctor_and_room(qtbot, page, rooms, gate):
    column, doctor = expected(rooms, data.at("16:15"))
    rooms.place_cursor(column, data.at("16:15"))
    with qtbot.waitSignal(page.toast_requested):
        key(qtbot, rooms, Qt.Key.Key_H)
    command = gate.executed[-1]
    assert isinstance(command, HoldSlot)
    assert (command.doctor_id, command.room_id) == (doctor.id, "r2")


def test_blocking_names_the_doctor(qtbot, page, rooms, gate):
    column, doctor = expected(rooms, data.at("16:15"), data.at("16:30"))
    rooms.place_cursor(column, data.at("16:15"))
    key(qtbot, rooms, Qt.Key.Key_B)
    ask = page.findChild(AskTime)
    assert any(doctor.name in label.text() for label in ask.findChildren(QLabel))
    with qtbot.waitSignal(page.toast_requested):
        qtbot.keyClick(ask.reason, Qt.Key.Key_Return)
    command = gate.executed[-1]
    assert isinstance(command, BlockTime)
    assert command.doctor_id == doctor.id


@pytest.mark.parametrize("which", [Qt.Key.Key_Return, Qt.Key.Key_H, Qt.Key.Key_B])
def test_where_nobody_works_it_says_so(qtbot, page, rooms, gate, which):
    column, _ = expected(rooms, data.at("03:00"))
    rooms.place_cursor(column, data.at("03:00"))
    with qtbot.waitSignal(page.toast_requested) as told:
        key(qtbot, rooms, which)
    assert "Nobody works" in told.args[0]
    assert told.args[1] is False
    assert gate.executed == []
