"""Blocked time, extra hours and leave from the calendar: real clicks on the real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

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
