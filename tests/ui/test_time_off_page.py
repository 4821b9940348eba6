"""The time off page in the real window on the real store, driven by real keys and clicks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.planning.time_off import TimeOffPage
from tests.fakes.absences import ask_leave, doctor_id, request_of
from tests.fakes.front_desk import open_desk
from tests.fakes.keyboard import focused
from tests.ui.test_shell_window import CTRL, LEFT, Clinic, opened

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
PATIENCE = 60_000


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


def key(wanted: Qt.Key, mods: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(focused(), wanted, mods)


def page_on(window: MainWindow, qtbot: QtBot, what: object = None) -> TimeOffPage:
    assert window.show_page("time_off", what)
    page = window.centre.shown_page
    assert isinstance(page, TimeOffPage)
    qtbot.waitUntil(lambda: page.list.count() > 0, timeout=PATIENCE)
    return page


def chosen(page: TimeOffPage, qtbot: QtBot, request_id: str) -> None:
    qtbot.waitUntil(
        lambda: (card := page.list.current()) is not None and card.request.id == request_id,
        timeout=PATIENCE,
    )


def test_a_range_dragged_in_the_year_is_asked_for(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_on(window, qtbot)
    strip = page.year
    first, last = date(2026, 12, 14), date(2026, 12, 18)
    QTest.mousePress(strip, LEFT, NONE, strip.day_rect(first).center())
    QTest.mouseMove(strip, strip.day_rect(date(2026, 12, 16)).center())
    QTest.mouseMove(strip, strip.day_rect(last).center())
    QTest.mouseRelease(strip, LEFT, NONE, strip.day_rect(last).center())
    assert page.form.days == (first, last)
    page.form.doctor.setCurrentIndex(page.form.doctor.findData(doctor_id(clinic.front, "SO")))
    page.form.reason.setFocus()
    QTest.keyClicks(page.form.reason, "ski trip")
    before = {row.id for row in clinic.queries.roster().time_off}
    key(Key.Key_Return)
    qtbot.waitUntil(lambda: len(clinic.queries.roster().time_off) > len(before), timeout=PATIENCE)
    (made,) = [row for row in clinic.queries.roster().time_off if row.id not in before]
    assert (made.reason, made.status) == ("ski trip", TimeOffStatus.REQUESTED)
    assert made.start == datetime(2026, 12, 14, tzinfo=UTC)
    assert made.end == datetime(2026, 12, 19, tzinfo=UTC)
    chosen(page, qtbot, made.id)
    key(Key.Key_Z, CTRL)
    qtbot.waitUntil(
        lambda: made.id not in {c.request.id for c in page.list.cards()}, timeout=PATIENCE
    )


def test_a_second_request_over_the_same_days_is_refused_at_the_field(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    ask_leave(clinic.front, "SO", date(2026, 12, 14), date(2026, 12, 15))
    page = page_on(window, qtbot)
    form = page.form
    QTest.mouseClick(page.new_button, LEFT)
    form.doctor.setCurrentIndex(form.doctor.findData(doctor_id(clinic.front, "SO")))
    form.first.setDate(QDate(2026, 12, 15))
    form.reason.setFocus()
    QTest.keyClicks(form.reason, "kept as typed")
    key(Key.Key_Return)
    qtbot.waitUntil(form.fault.isVisible, timeout=PATIENCE)
    assert "already has leave" in form.fault.text()
    assert form.reason.text() == "kept as typed"
    assert form.first.hasFocus()


def test_hours_that_end_before_they_start_are_refused_at_the_field(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_on(window, qtbot)
    form = page.form
    QTest.mouseClick(form.whole, LEFT, NONE, QPoint(10, form.whole.height() // 2))
    assert not form.whole.isChecked()
    form.first_time.setTime(form.last_time.time().addSecs(3600))
    before = len(clinic.queries.roster().time_off)
    QTest.mouseClick(form.send, LEFT)
    assert form.fault.isVisible()
    assert "after the start" in form.fault.text()
    assert len(clinic.queries.roster().time_off) == before


def test_decline_with_a_note(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    request_id = ask_leave(clinic.front)
    page = page_on(window, qtbot, request_id)
    chosen(page, qtbot, request_id)
    key(Key.Key_D)
    dialog = page.deciding.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible, timeout=PATIENCE)
    QTest.keyClicks(dialog.reason, "Two colleagues are away already")
    QTest.keyClick(dialog.reason, Key.Key_Return)
    qtbot.waitUntil(
        lambda: (
            (row := request_of(clinic.front, request_id)) is not None
            and row.status is TimeOffStatus.DECLINED
        ),
        timeout=PATIENCE,
    )
    row = request_of(clinic.front, request_id)
    assert row is not None
    assert row.decision_note == "Two colleagues are away already"
    assert window.centre.page == "time_off"
    qtbot.waitUntil(
        lambda: any(
            c.request.id == request_id and c.request.status is TimeOffStatus.DECLINED
            for c in page.list.cards()
        ),
        timeout=PATIENCE,
    )


def test_an_approval_without_visits_stays_on_the_page(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    request_id = ask_leave(clinic.front, "SO", date(2027, 1, 11), date(2027, 1, 12))
    page = page_on(window, qtbot, request_id)
    chosen(page, qtbot, request_id)
    QTest.mouseClick(page.bar.buttons["approve"], LEFT)
    qtbot.waitUntil(lambda: not page.bar.buttons["approve"].isVisible(), timeout=PATIENCE)
    assert window.centre.page == "time_off"
    row = request_of(clinic.front, request_id)
    assert row is not None
    assert row.status is TimeOffStatus.APPROVED


def test_dates_are_changed_and_a_request_is_withdrawn(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    request_id = ask_leave(clinic.front, "SO", date(2026, 12, 14), date(2026, 12, 15))
    page = page_on(window, qtbot, ("change", request_id))
    chosen(page, qtbot, request_id)
    qtbot.waitUntil(lambda: page.form.request is not None, timeout=PATIENCE)
    page.form.last.setDate(QDate(2026, 12, 18))
    QTest.mouseClick(page.form.send, LEFT)
    qtbot.waitUntil(
        lambda: (
            (row := request_of(clinic.front, request_id)) is not None
            and row.end == datetime(2026, 12, 19, tzinfo=UTC)
        ),
        timeout=PATIENCE,
    )
    chosen(page, qtbot, request_id)
    qtbot.waitUntil(page.list.hasFocus, timeout=PATIENCE)
    qtbot.waitUntil(
        lambda: (
            (card := page.list.current()) is not None
            and card.request.end == datetime(2026, 12, 19, tzinfo=UTC)
        ),
        timeout=PATIENCE,
    )
    key(Key.Key_Delete)
    qtbot.waitUntil(lambda: request_of(clinic.front, request_id) is None, timeout=PATIENCE)
    qtbot.waitUntil(
        lambda: request_id not in {c.request.id for c in page.list.cards()}, timeout=PATIENCE
    )


def test_the_filters(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    request_id = ask_leave(clinic.front)
    page = page_on(window, qtbot, request_id)
    chosen(page, qtbot, request_id)
    QTest.mouseClick(page.states[TimeOffStatus.REQUESTED], LEFT)
    assert all(c.request.status is not TimeOffStatus.REQUESTED for c in page.list.cards())
    assert page.list.cards()
    QTest.mouseClick(page.states[TimeOffStatus.APPROVED], LEFT)
    assert page.stack.currentWidget() is page.empty
