"""A clinic from nothing in one sitting: set up through the wizard, forty visits booked, leave taken
over them, all of them planned, all of it taken back by one Ctrl+Z, and the file agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services.commands import AddPatient, BookAppointment
from clinic_desk.ui.planning.absence import AbsencePage
from clinic_desk.ui.planning.plan_rows import RowState
from clinic_desk.ui.planning.time_off import TimeOffPage
from tests.fakes.first_start import CTRL, FirstStart, Key, through_to

VISITS = 40
FIRST = date(2026, 11, 30)
"""The Monday after; three days hold the forty visits of half an hour."""
LAST = date(2026, 12, 4)


@pytest.fixture
def start(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[FirstStart]:
    opened = FirstStart(tmp_path)
    yield opened
    opened.close()
    qapp.setStyleSheet("")


def diary(start: FirstStart) -> dict[str, tuple[object, ...]]:
    cells = start.container.queries.cells(FIRST, FIRST + timedelta(days=120))
    return {c.id: (c.start, c.end, c.doctor_id, c.room_id, c.status) for c in cells}


def book_forty(start: FirstStart, doctor_id: str, type_id: str) -> list[str]:
    """Fourteen half hours a day, lunch left out, each with a patient of their own."""
    booked: list[str] = []
    day = FIRST
    while len(booked) < VISITS:
        for half in (*range(18, 25), *range(27, 34)):
            if len(booked) == VISITS:
                break
            values = {"first_name": f"Ana {len(booked)}", "last_name": "Lee"}
            patient = start.container.desk.execute(AddPatient(values=values)).value
            at = datetime(day.year, day.month, day.day, half // 2, half % 2 * 30, tzinfo=UTC)
            made = start.container.desk.execute(
                BookAppointment(
                    patient_id=str(patient), doctor_id=doctor_id, type_id=type_id, start=at
                )
            )
            booked.append(str(made.value))
        day += timedelta(days=1)
    return booked


def test_set_up_book_forty_take_leave_plan_them_all_and_undo(start: FirstStart) -> None:
    through_to(start, "trying", ("Aylin Demir", "Jonas Hall", "Wei Wu"))
    start.page.next.click()
    start.until(lambda: start.window.centre.page == "calendar")
    roster = start.container.queries.roster()
    leaver = next(row for row in roster.doctors.values() if row.code == "AD")
    follow_up = next(row for row in roster.types.values() if row.slug == "follow-up")
    booked = book_forty(start, leaver.id, follow_up.id)
    before = diary(start)
    assert set(booked) == set(before)

    # leave over all of them, asked for on its page and approved there with one key
    assert start.window.show_page("time_off")
    page = start.window.centre.shown_page
    assert isinstance(page, TimeOffPage)
    start.until(lambda: page.form.doctor.findData(leaver.id) >= 0)
    page.form.doctor.setCurrentIndex(page.form.doctor.findData(leaver.id))
    page.form.first.setDate(QDate(FIRST.year, FIRST.month, FIRST.day))
    page.form.last.setDate(QDate(LAST.year, LAST.month, LAST.day))
    page.form.reason.setFocus()
    start.type("family")
    start.press(Key.Key_Return)
    start.until(lambda: bool(start.container.queries.roster().time_off))
    (asked,) = start.container.queries.roster().time_off
    request = asked.id
    start.until(lambda: (card := page.list.current()) is not None and card.request.id == request)
    page.list.setFocus()
    start.press(Key.Key_A)
    start.until(lambda: start.window.centre.page == "absence")
    planner = start.window.centre.shown_page
    assert isinstance(planner, AbsencePage)
    start.until(
        lambda: (
            planner.book is not None
            and len(planner.book.rows) == VISITS
            and all(row.looked for row in planner.book.rows)
        )
    )
    book = planner.book
    assert book is not None

    # every one has a new place, accepted at once
    start.until(lambda: not planner.counters.stop.isVisible())
    start.press(Key.Key_Return, CTRL)
    start.until(lambda: planner.book is not None and planner.book.counts().moved == VISITS)
    after = diary(start)
    assert set(after) == set(before)
    assert all(
        row[2] != leaver.id or not FIRST <= row[0].date() <= LAST  # type: ignore[attr-defined]
        for row in after.values()
    )
    assert start.container.maintenance.verify() == []

    # one undo
    start.until(lambda: start.window.actions_["edit.undo"].isEnabled())
    start.press(Key.Key_Z, CTRL)
    start.until(
        lambda: (
            planner.book is not None
            and all(row.state is RowState.OPEN for row in planner.book.rows)
        )
    )
    assert diary(start) == before
    kept = next(row for row in start.container.queries.roster().time_off if row.id == request)
    assert kept.status is TimeOffStatus.REQUESTED
    assert start.container.maintenance.verify() == []
    assert start.window.layoutDirection() is Qt.LayoutDirection.LeftToRight
