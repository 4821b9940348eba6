"""Blocked time, extra hours and leave from the calendar: real clicks on the real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from clinic_desk.domain.availability.model import BandKind
from clinic_desk.domain.templates import AvailabilityException, ExceptionKind
from clinic_desk.services.commands import BlockTime
from clinic_desk.ui.application import shut
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.time_actions import TimeActions
from clinic_desk.ui.calendar.time_question import AskTime
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.planning.absence import AbsencePage
from clinic_desk.ui.planning.time_off import TimeOffPage
from tests.fakes.absences import doctor_id
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import LEFT, Clinic, opened

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
PATIENCE = 60_000
EIGHTEEN = datetime(2026, 11, 24, 18, tzinfo=UTC)
"""After the demo clinic's day: nothing is booked then."""


@pytest.fixture
def clinic(tmp_path: Path, qtbot: QtBot) -> Iterator[Clinic]:
    front = open_desk(tmp_path, Theme.for_tests())
    yield Clinic(front)
    front.close()


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


def times(window: MainWindow) -> TimeActions:
    return window.page.actions_.times


def column_of(window: MainWindow, doctor: str) -> Column:
    return next(c for c in window.page.grid().columns if c.doctor_id == doctor)


def rows(clinic: Clinic) -> dict[str, AvailabilityException]:
    return {row.id: row for row in clinic.queries.roster().exceptions}


def choose(window: MainWindow, column: Column, start: datetime, end: datetime, name: str) -> None:
    """Sweeps a range, opens the menu with the key and takes an entry."""
    grid = window.page.grid()
    grid.place_cursor(column, start)
    grid.set_range((column, start, end))
    grid.ensure_visible(column, start)
    assert window.page.run_grid_action("menu")
    menu = window.page.actions_.menu
    assert menu is not None
    action = next(a for a in menu.actions() if a.objectName() == name)
    menu.close()
    action.trigger()


def answered(window: MainWindow, qtbot: QtBot, reason: str) -> AskTime:
    ask = times(window).ask
    assert ask is not None
    qtbot.waitUntil(ask.isVisible, timeout=PATIENCE)
    QTest.keyClicks(ask.reason, reason)
    return ask


def test_block_with_details_for_one_type_only(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    before = rows(clinic)
    column = column_of(window, doctor_id(clinic.front, "AD"))
    choose(window, column, EIGHTEEN, EIGHTEEN + timedelta(minutes=45), "block_details")
    ask = answered(window, qtbot, "Deliveries")
    ask.type.setCurrentIndex(1)
    QTest.keyClick(ask.reason, Key.Key_Return)
    qtbot.waitUntil(lambda: len(rows(clinic)) > len(before), timeout=PATIENCE)
    (made,) = [row for key, row in rows(clinic).items() if key not in before]
    assert (made.kind, made.reason) == (ExceptionKind.BLOCKED, "Deliveries")
    assert made.type_id == ask_type(clinic, made)
    assert (made.start, made.end) == (EIGHTEEN, EIGHTEEN + timedelta(minutes=45))


def ask_type(clinic: Clinic, row: AvailabilityException) -> str:
    """A type that is really there."""
    known = clinic.queries.roster().types
    assert row.type_id in known
    return str(row.type_id)


def test_extra_hours_are_changed_and_removed_at_their_band(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    before = rows(clinic)
    column = column_of(window, doctor_id(clinic.front, "AD"))
    choose(window, column, EIGHTEEN, EIGHTEEN + timedelta(hours=1), "extra_hours")
    ask = answered(window, qtbot, "Flu week")
    QTest.mouseClick(ask.button, LEFT)
    qtbot.waitUntil(lambda: len(rows(clinic)) > len(before), timeout=PATIENCE)
    (made,) = [row for key, row in rows(clinic).items() if key not in before]
    assert made.kind is ExceptionKind.AVAILABLE

    def band_shown() -> bool:
        column = column_of(window, made.doctor_id)
        return any(band.row_id == made.id for band in column.bands)

    qtbot.waitUntil(band_shown, timeout=PATIENCE)
    column = column_of(window, made.doctor_id)
    choose(window, column, EIGHTEEN, EIGHTEEN + timedelta(hours=1), "edit_stretch")
    ask = answered(window, qtbot, ", evening")
    assert ask.reason.text() == "Flu week, evening"
    QTest.keyClick(ask.reason, Key.Key_Return)
    qtbot.waitUntil(
        lambda: (
            [r.reason for k, r in rows(clinic).items() if k not in before] == ["Flu week, evening"]
        ),
        timeout=PATIENCE,
    )
    (made,) = [row for key, row in rows(clinic).items() if key not in before]
    qtbot.waitUntil(band_shown, timeout=PATIENCE)
    column = column_of(window, made.doctor_id)
    choose(window, column, EIGHTEEN, EIGHTEEN + timedelta(hours=1), "remove_stretch")
    qtbot.waitUntil(lambda: rows(clinic) == before, timeout=PATIENCE)


def test_a_click_on_blocked_time_offers_to_remove_it(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    before = rows(clinic)
    doctor = doctor_id(clinic.front, "AD")
    made = str(
        clinic.desk.execute(
            BlockTime(doctor_id=doctor, start=EIGHTEEN, end=EIGHTEEN + timedelta(hours=1))
        ).value
    )
    window.context.operations.announce_external()
    qtbot.waitUntil(
        lambda: any(band.row_id == made for band in column_of(window, doctor).bands),
        timeout=PATIENCE,
    )
    grid = window.page.grid()
    column = column_of(window, doctor)
    grid.ensure_visible(column, EIGHTEEN)
    area = grid.span_rect(column, EIGHTEEN, EIGHTEEN + timedelta(minutes=30))
    QTest.mouseClick(grid.viewport(), LEFT, NONE, area.center())
    card = times(window).card
    qtbot.waitUntil(card.isVisible, timeout=PATIENCE)
    assert card.words.text().startswith("Blocked time")
    QTest.mouseClick(card.remove, LEFT)
    qtbot.waitUntil(lambda: rows(clinic) == before, timeout=PATIENCE)
    assert not card.isVisible()


def test_visits_under_a_new_block_are_planned_from_the_toast(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    doctor = doctor_id(clinic.front, "AD")
    later = datetime(2026, 11, 24, 10, 45, tzinfo=UTC)
    booked = [
        c
        for c in clinic.queries.cells(later.date(), later.date(), (doctor,))
        if c.start >= later and c.status in ("scheduled", "confirmed")
    ]
    column = column_of(window, doctor)
    span = booked[0].start, booked[-1].end
    assert times(window).ask_time(column, *span, ExceptionKind.BLOCKED) is not None
    ask = answered(window, qtbot, "Water damage")
    QTest.keyClick(ask.reason, Key.Key_Return)
    qtbot.waitUntil(lambda: "must move" in window.toast.text, timeout=PATIENCE)
    (button,) = [b for b in window.toast.findChildren(QPushButton) if b.text() == "Plan them"]
    QTest.mouseClick(button, LEFT)
    page = window.centre.shown_page
    assert isinstance(page, AbsencePage)
    qtbot.waitUntil(
        lambda: page.book is not None and len(page.book.rows) >= len(booked), timeout=PATIENCE
    )
    assert {c.id for c in booked} <= {row.id for row in (page.book.rows if page.book else ())}


def test_time_off_is_asked_for_from_the_calendar(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    column = column_of(window, doctor_id(clinic.front, "SO"))
    choose(window, column, EIGHTEEN, EIGHTEEN + timedelta(hours=1), "ask_time_off")
    page = window.centre.shown_page
    assert isinstance(page, TimeOffPage)
    qtbot.waitUntil(lambda: window.focusWidget() is page.form.reason, timeout=PATIENCE)
    wished = page.form.wished()
    assert wished is not None
    assert wished.doctor_id == doctor_id(clinic.front, "SO")
    assert (wished.start, wished.end) == (EIGHTEEN, EIGHTEEN + timedelta(hours=1))


def test_a_sweep_becomes_a_block_with_the_mouse_alone(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    """The booking that a sweep begins is put away; beside the range stands what else it may be."""
    before, grid = rows(clinic), window.page.grid()
    column = column_of(window, doctor_id(clinic.front, "AD"))
    grid.ensure_visible(column, EIGHTEEN)
    grid.ensure_visible(column, EIGHTEEN + timedelta(hours=2))
    start = grid.span_rect(column, EIGHTEEN, EIGHTEEN + timedelta(minutes=15)).center()
    last = EIGHTEEN + timedelta(minutes=45)
    end = grid.span_rect(column, last, last + timedelta(minutes=15)).center()
    qtbot.mousePress(grid.viewport(), LEFT, pos=start)
    for part in range(1, 9):
        qtbot.mouseMove(grid.viewport(), start + (end - start) * part / 8)
    qtbot.mouseRelease(grid.viewport(), LEFT, pos=end)
    dialog = window.doors.booking
    qtbot.waitUntil(dialog.isVisible, timeout=PATIENCE)
    qtbot.waitUntil(dialog.who.edit.hasFocus, timeout=PATIENCE)
    QTest.keyClick(dialog.who.edit, Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=PATIENCE)
    card = times(window).range_card
    qtbot.waitUntil(card.isVisible, timeout=PATIENCE)
    assert card.words.text() == "18:00–19:00"
    QTest.mouseClick(card.block, LEFT)
    ask = answered(window, qtbot, "Deliveries")
    QTest.mouseClick(ask.button, LEFT)
    qtbot.waitUntil(lambda: len(rows(clinic)) > len(before), timeout=PATIENCE)
    (made,) = [row for key, row in rows(clinic).items() if key not in before]
    assert (made.start, made.end) == (EIGHTEEN, EIGHTEEN + timedelta(hours=1))
    qtbot.waitUntil(lambda: not card.isVisible() and not isValid(ask), timeout=PATIENCE)


def test_delete_removes_the_blocked_time_under_the_cursor(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    before, grid = rows(clinic), window.page.grid()
    doctor = doctor_id(clinic.front, "AD")
    grid.place_cursor(column_of(window, doctor), EIGHTEEN)
    window.page.focus_grid()
    QTest.keyClick(grid.viewport(), Key.Key_B)
    ask = answered(window, qtbot, "")
    QTest.keyClick(ask.reason, Key.Key_Return)
    qtbot.waitUntil(
        lambda: any(
            band.row_id not in before and band.kind is BandKind.BLOCKED
            for band in column_of(window, doctor).bands
        ),
        timeout=PATIENCE,
    )
    qtbot.waitUntil(lambda: not isValid(ask), timeout=PATIENCE)
    grid.place_cursor(column_of(window, doctor), EIGHTEEN)
    QTest.keyClick(grid.viewport(), Key.Key_Delete)
    qtbot.waitUntil(lambda: rows(clinic) == before, timeout=PATIENCE)


def test_a_block_over_several_days_keeps_them_when_its_reason_is_changed(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    doctor = doctor_id(clinic.front, "AD")
    before = rows(clinic)
    start, end = EIGHTEEN - timedelta(days=1), EIGHTEEN + timedelta(days=2, hours=1)
    clinic.front.desk.execute(BlockTime(doctor_id=doctor, start=start, end=end, reason="Congress"))
    clinic.front.operations.announce_external()
    qtbot.waitUntil(
        lambda: any(
            band.row_id not in before and band.kind is BandKind.BLOCKED
            for band in column_of(window, doctor).bands
        ),
        timeout=PATIENCE,
    )
    column = column_of(window, doctor)
    choose(window, column, EIGHTEEN, EIGHTEEN + timedelta(hours=1), "edit_stretch")
    ask = answered(window, qtbot, " in Lyon")
    told = {label.text() for label in ask.findChildren(QLabel)}
    assert {"From Mon 23 Nov", "To Thu 26 Nov"} <= told
    QTest.keyClick(ask.reason, Key.Key_Return)
    qtbot.waitUntil(
        lambda: "Congress in Lyon" in [row.reason for row in rows(clinic).values()],
        timeout=PATIENCE,
    )
    made = next(row for row in rows(clinic).values() if row.reason == "Congress in Lyon")
    assert (made.start, made.end) == (start, end)


def test_what_cannot_be_written_is_said_in_the_popover_and_nothing_typed_is_lost(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    before = rows(clinic)
    column = column_of(window, doctor_id(clinic.front, "AD"))
    choose(window, column, EIGHTEEN, EIGHTEEN + timedelta(hours=1), "extra_hours")
    ask = answered(window, qtbot, "Flu week")
    ask.last.setTime(QTime(17, 0))
    QTest.keyClick(ask.reason, Key.Key_Return)
    assert "later than the start" in ask.hint.text()
    assert ask.last.hasFocus()
    ask.last.setTime(QTime(19, 0))
    ask.type.setItemData(1, "gone")
    ask.type.setCurrentIndex(1)
    QTest.keyClick(ask.reason, Key.Key_Return)
    qtbot.waitUntil(lambda: "type" in ask.hint.text(), timeout=PATIENCE)
    assert ask.isVisible()
    assert ask.reason.text() == "Flu week"
    assert rows(clinic) == before
    ask.type.setCurrentIndex(0)
    QTest.keyClick(ask.reason, Key.Key_Return)
    qtbot.waitUntil(lambda: len(rows(clinic)) > len(before), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not isValid(ask), timeout=PATIENCE)


def test_a_mirrored_time_keeps_its_order(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    try:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        column = column_of(window, doctor_id(clinic.front, "AD"))
        ask = times(window).ask_time(
            column, EIGHTEEN, EIGHTEEN + timedelta(minutes=30), ExceptionKind.BLOCKED
        )
        assert ask is not None
        qtbot.waitUntil(ask.isVisible, timeout=PATIENCE)
        assert (ask.first.text(), ask.last.text()) == ("18:00", "18:30")
        ask.close()
    finally:
        app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
