"""The doctor's view in the real window on the real store, driven by real keys and clicks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.permissions import DEFAULTS, Role
from clinic_desk.domain.templates import ExceptionKind
from clinic_desk.services.commands import ChangeStatus
from clinic_desk.services.views import Cell
from clinic_desk.ui.application import shut
from clinic_desk.ui.doctor.block_form import BlockForm
from clinic_desk.ui.doctor.page import DoctorPage
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.widgets.forms.reason import ReasonDialog
from tests.fakes.absences import ask_leave, doctor_id, request_of
from tests.fakes.front_desk import open_desk
from tests.fakes.keyboard import focused
from tests.ui.test_shell_window import CTRL, LEFT, Clinic, opened

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
PATIENCE = 60_000
TODAY = date(2026, 11, 24)


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


def page_of(window: MainWindow, qtbot: QtBot, code: str = "AD") -> DoctorPage:
    assert window.show_page("doctor", code)
    page = window.centre.shown_page
    assert isinstance(page, DoctorPage)
    wanted = next(d.id for d in window.roster.doctors() if d.code == code)
    qtbot.waitUntil(
        lambda: page.source.desk is not None and page.source.desk.doctor_id == wanted,
        timeout=PATIENCE,
    )
    qtbot.waitUntil(lambda: page.chosen() is not None, timeout=PATIENCE)
    qtbot.waitUntil(page.agenda.hasFocus, timeout=PATIENCE)
    return page


def stored(clinic: Clinic, row_id: str) -> Cell:
    return clinic.front.store.queries.appointment(row_id).cell


def becomes(clinic: Clinic, qtbot: QtBot, row_id: str, status: Status) -> None:
    qtbot.waitUntil(lambda: stored(clinic, row_id).status is status, timeout=PATIENCE)


def read_back(page: DoctorPage, qtbot: QtBot, row_id: str, status: Status) -> None:
    """The page has it from the store, not from what it expects."""

    def there() -> bool:
        desk = page.source.desk
        cell = desk.find(row_id) if desk is not None else None
        return cell is not None and cell.status is status and not page.deeds.ahead

    qtbot.waitUntil(there, timeout=PATIENCE)


def chosen_id(page: DoctorPage) -> str:
    cell = page.chosen()
    return cell.id if cell is not None else ""


def told(page: DoctorPage) -> str:
    return " ".join(label.text() for label in page.message.findChildren(QLabel))


def in_menu(page: DoctorPage, qtbot: QtBot) -> QMenu:
    qtbot.waitUntil(
        lambda: page.deeds.menu is not None and page.deeds.menu.isVisible(), timeout=PATIENCE
    )
    assert page.deeds.menu is not None
    return page.deeds.menu


def test_a_day_is_worked_with_d_and_r_and_one_key_steps_back(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)
    inside = page.chosen()
    assert inside is not None
    assert inside.status is Status.IN_PROGRESS
    following = page.next_panel.cell
    assert following is not None
    assert following.status is Status.ARRIVED
    key(Key.Key_R)  # somebody is in the room
    assert "in the room already" in told(page)
    key(Key.Key_D)
    key(Key.Key_R)  # typed before the store has answered
    becomes(clinic, qtbot, inside.id, Status.COMPLETED)
    becomes(clinic, qtbot, following.id, Status.IN_PROGRESS)
    assert chosen_id(page) == following.id
    read_back(page, qtbot, following.id, Status.IN_PROGRESS)
    assert page.next_panel.cell is not None
    assert page.next_panel.cell.id != following.id
    key(Key.Key_U)
    becomes(clinic, qtbot, following.id, Status.ARRIVED)
    read_back(page, qtbot, following.id, Status.ARRIVED)
    qtbot.waitUntil(window.actions_["edit.undo"].isEnabled, timeout=PATIENCE)
    key(Key.Key_Z, CTRL)
    becomes(clinic, qtbot, following.id, Status.IN_PROGRESS)


def test_letters_work_at_the_second_opening_too(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    """Coming back, the agenda has the keyboard, not the button that closes the page."""
    page = page_of(window, qtbot)
    key(Key.Key_Escape)
    qtbot.waitUntil(lambda: window.centre.page == "calendar", timeout=PATIENCE)
    qtbot.waitUntil(window.page.grid().hasFocus, timeout=PATIENCE)
    key(Key.Key_7, CTRL)
    qtbot.waitUntil(lambda: window.centre.page == "doctor", timeout=PATIENCE)
    qtbot.waitUntil(page.agenda.hasFocus, timeout=PATIENCE)


def test_the_button_of_the_panel_calls_the_next_patient_in(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot, "JC")
    following = page.next_panel.cell
    assert following is not None
    QTest.mouseClick(page.next_panel.go, LEFT)
    becomes(clinic, qtbot, following.id, Status.IN_PROGRESS)
    assert page.agenda.hasFocus()  # the letters go on working


def test_what_another_desk_does_appears_and_the_choice_stays(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)
    desk = page.source.desk
    assert desk is not None
    other = next(c for c in desk.cells if c.status is Status.CONFIRMED)
    key(Key.Key_End)
    chosen = page.chosen()
    assert chosen is not None
    assert chosen.id == desk.cells[-1].id
    clinic.front.other_desk().execute(
        ChangeStatus(appointment_id=other.id, to=Status.ARRIVED, expected_revision=other.revision)
    )
    window.context.operations.announce_external()
    read_back(page, qtbot, other.id, Status.ARRIVED)
    assert chosen_id(page) == chosen.id
    row = page.agenda.rows.index(page.agenda.rows.row_of(other.id))
    assert "waiting 0 min" in str(row.data())


def test_a_request_is_accepted_by_key_and_taken_back(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot, "PV")
    (card,) = page.requests.cards
    row_id = card.cell.id
    key(Key.Key_Y)  # the chosen visit awaits nothing: on to the requests
    assert card.hasFocus()
    key(Key.Key_Y)
    becomes(clinic, qtbot, row_id, Status.SCHEDULED)
    qtbot.waitUntil(lambda: not page.requests.cards and page.agenda.hasFocus(), timeout=PATIENCE)
    qtbot.waitUntil(window.actions_["edit.undo"].isEnabled, timeout=PATIENCE)
    key(Key.Key_Z, CTRL)
    becomes(clinic, qtbot, row_id, Status.PENDING)
    qtbot.waitUntil(lambda: len(page.requests.cards) == 1, timeout=PATIENCE)


def test_a_request_is_declined_with_a_reason(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot, "PV")
    (card,) = page.requests.cards
    row_id = card.cell.id
    key(Key.Key_Y)
    key(Key.Key_Delete)
    dialog = page.deeds.dialog
    assert isinstance(dialog, ReasonDialog)
    qtbot.waitUntil(dialog.isVisible, timeout=PATIENCE)
    QTest.keyClick(dialog.reason, Key.Key_Return)  # without a reason nothing happens
    assert dialog.isVisible()
    assert stored(clinic, row_id).status is Status.PENDING
    QTest.keyClicks(dialog.reason, "Needs a biopsy first")
    QTest.keyClick(dialog.reason, Key.Key_Return)
    becomes(clinic, qtbot, row_id, Status.DECLINED)
    history = clinic.queries.appointment(row_id).history
    assert "Needs a biopsy first" in {event.metadata.get("reason") for event in history}
    qtbot.waitUntil(lambda: not page.requests.cards, timeout=PATIENCE)


def test_running_late_shifts_what_is_expected_and_no_booking(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot, "SO")
    desk = page.source.desk
    assert desk is not None
    places = [(c.id, c.start, c.end) for c in desk.cells]
    key(Key.Key_L)
    menu = in_menu(page, qtbot)
    QTest.keyClick(menu, Key.Key_4)
    qtbot.waitUntil(lambda: page.late.minutes == 30, timeout=PATIENCE)
    said = clinic.queries.flow_day(TODAY).delays[doctor_id(clinic.front, "SO")]
    assert said.minutes == 30
    assert page.late.buttons[30].isChecked()
    assert not page.late.buttons[0].isChecked()
    now = page.source.desk
    assert now is not None
    assert [(c.id, c.start, c.end) for c in now.cells] == places
    assert now.behind >= 30
    assert "behind" in page.behind.text()
    QTest.mouseClick(page.late.buttons[0], LEFT)
    qtbot.waitUntil(lambda: page.late.minutes == 0, timeout=PATIENCE)


def test_time_is_blocked(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    key(Key.Key_B)
    form = page.deeds.dialog
    assert isinstance(form, BlockForm)
    qtbot.waitUntil(form.isVisible, timeout=PATIENCE)
    form.last.setTime(form.first.time().addSecs(-60))
    QTest.keyClick(form.reason, Key.Key_Return)
    assert form.isVisible()
    assert "later than the start" in form.message.sentence
    form.last.setTime(form.first.time().addSecs(1800))
    QTest.keyClicks(form.reason, "Call with the lab")
    QTest.keyClick(form.reason, Key.Key_Return)

    def made() -> list[tuple[datetime, datetime]]:
        return [
            (row.start, row.end)
            for row in clinic.queries.roster().exceptions
            if row.reason == "Call with the lab" and row.kind is ExceptionKind.BLOCKED
        ]

    qtbot.waitUntil(lambda: bool(made()), timeout=PATIENCE)
    start = datetime(2026, 11, 24, 10, 45, tzinfo=UTC)
    assert made() == [(start, start + timedelta(minutes=30))]
    qtbot.waitUntil(page.agenda.hasFocus, timeout=PATIENCE)


def test_a_mirrored_block_keeps_hours_before_minutes(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page_of(window, qtbot)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    try:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        now = window.context.clock.now()
        form = BlockForm(window.context.theme, "Dr Adler", now.date(), now, "Europe/London", window)
        form.first.setTime(QTime(16, 30))
        assert form.first.text() == "16:30"
        assert form.day.text() == form.day.date().toString("ddd d MMM yyyy")
        form.deleteLater()
    finally:
        app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_another_day_is_looked_at_and_left(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)

    def shows(day: date) -> Callable[[], bool]:
        return lambda: page.source.desk is not None and page.source.desk.day == day

    key(Key.Key_PageDown)
    qtbot.waitUntil(shows(date(2026, 11, 25)), timeout=PATIENCE)
    assert page.next_panel.cell is None
    assert page.today_button.isEnabled()
    tomorrow = page.chosen()
    assert tomorrow is not None
    key(Key.Key_R)  # nobody is called in a day too early
    assert "not that day yet" in told(page)
    assert stored(clinic, tomorrow.id).status is tomorrow.status
    QTest.mouseClick(page.today_button, LEFT)
    qtbot.waitUntil(shows(TODAY), timeout=PATIENCE)
    qtbot.waitUntil(lambda: page.next_panel.cell is not None, timeout=PATIENCE)


def test_a_day_without_visits_says_so(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    page.go_to(date(2026, 12, 27))  # a Sunday
    qtbot.waitUntil(page.empty.isVisible, timeout=PATIENCE)
    assert page.chosen() is None
    key(Key.Key_D)
    assert "Nobody is in the room" in told(page)


def test_the_calendar_opens_with_that_doctor_alone(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot, "JC")
    key(Key.Key_W)
    qtbot.waitUntil(page.schedule.grid.hasFocus, timeout=PATIENCE)
    key(Key.Key_C)
    assert window.centre.page == "calendar"
    assert window.choices.view == "week"
    shown = {d.id for d in window.roster.doctors()} - set(window.choices.hidden)
    assert shown == {doctor_id(clinic.front, "JC")}
    key(Key.Key_7, CTRL)
    assert window.centre.page == "doctor"


def test_own_time_off_is_seen_and_withdrawn(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    request_id = ask_leave(clinic.front, "SO", date(2026, 12, 14), date(2026, 12, 15))
    page = page_of(window, qtbot, "SO")
    (line,) = page.requests.absences
    assert line.state.text() == "awaits approval"
    QTest.mouseClick(line.withdraw_button, LEFT)
    qtbot.waitUntil(lambda: request_of(clinic.front, request_id) is None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not page.requests.absences, timeout=PATIENCE)
    key(Key.Key_T)
    assert window.centre.page == "time_off"


def test_the_desk_remembers_whose_day_it_shows(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    assert window.show_page("doctor")
    page = window.centre.shown_page
    assert isinstance(page, DoctorPage)
    qtbot.waitUntil(page.chooser.hasFocus, timeout=PATIENCE)
    qtbot.waitUntil(lambda: page.chooser.count() > 0, timeout=PATIENCE)
    key(Key.Key_Down)
    wanted = str(page.chooser.currentItem().data(Qt.ItemDataRole.UserRole))
    key(Key.Key_Return)
    qtbot.waitUntil(
        lambda: clinic.queries.setting("doctor.mine", "desk") == wanted, timeout=PATIENCE
    )
    qtbot.waitUntil(lambda: page.chosen() is not None, timeout=PATIENCE)
    assert page.doctors.currentData() == wanted
    window.show_calendar()
    assert window.show_page("doctor")
    assert page.source.doctor_id == wanted
    assert page.stack.currentWidget() is page.work


def test_an_unknown_code_is_told_with_those_there_are(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    assert window.show_page("doctor", "ZZ")
    page = window.centre.shown_page
    assert isinstance(page, DoctorPage)
    qtbot.waitUntil(page.message.isVisible, timeout=PATIENCE)
    assert "ZZ" in told(page)
    assert "AD" in told(page)
    assert page.stack.currentWidget() is page.asking


def test_hours_are_offered_to_those_who_may_edit_them(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)
    assert page.header_buttons["hours"].isVisible()
    key(Key.Key_H)
    assert window.centre.page == "settings"


def test_hours_are_not_offered_without_the_permission(clinic: Clinic, qtbot: QtBot) -> None:
    context = clinic.front.context
    own = next(r.id for r in clinic.queries.roster().doctors.values() if r.code == "AD")
    actor = replace(
        context.actor, role=Role.DOCTOR, permissions=DEFAULTS[Role.DOCTOR], doctor_id=own
    )
    page = DoctorPage(replace(context, actor=actor))
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    page.open("AD")
    qtbot.waitUntil(lambda: page.chosen() is not None, timeout=PATIENCE)
    asked: list[str] = []
    page.page_requested.connect(lambda name, _what: asked.append(name))
    assert page.header_buttons["block"].isEnabled()
    hours = page.header_buttons["hours"]
    assert not hours.isEnabled()
    assert "A doctor may not edit sites, doctors, visit types and hours" in hours.toolTip()
    QTest.keyClick(page.agenda, Key.Key_H)
    assert "may not edit sites" in told(page)
    assert not asked
    page.hide()


def test_another_doctors_day_is_for_reading(clinic: Clinic, qtbot: QtBot) -> None:
    context = clinic.front.context
    own = next(r.id for r in clinic.queries.roster().doctors.values() if r.code != "AD")
    actor = replace(
        context.actor, role=Role.DOCTOR, permissions=DEFAULTS[Role.DOCTOR], doctor_id=own
    )
    page = DoctorPage(replace(context, actor=actor))
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    page.open("AD")
    qtbot.waitUntil(lambda: page.chosen() is not None, timeout=PATIENCE)
    before = clinic.queries.info().counts["event"]
    for name in ("block", "time_off"):
        assert not page.header_buttons[name].isEnabled()
        assert "This changes the schedule of Dr Demir" in page.header_buttons[name].toolTip()
    assert not any(button.isEnabled() for button in page.late.buttons.values())
    for action in ("done", "block", "time_off"):
        page.message.clear()
        page.act(action)
        assert "This changes the schedule of Dr Demir" in told(page), action
    assert clinic.queries.info().counts["event"] == before
    page.hide()


def test_numbers_are_those_of_the_reports(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    qtbot.waitUntil(lambda: page.source.figures is not None, timeout=PATIENCE)
    desk, figures = page.source.desk, page.source.figures
    assert desk is not None
    assert figures is not None
    counted = [c.status for c in desk.cells if c.status not in (Status.CANCELLED, Status.DECLINED)]
    assert figures.visits == len(counted)
    assert figures.done == counted.count(Status.COMPLETED)
    assert figures.missed == counted.count(Status.NO_SHOW)
    assert page.numbers.today.figure.text() == f"{figures.done} of {figures.visits} done"
    key(Key.Key_D)
    qtbot.waitUntil(
        lambda: page.numbers.today.figure.text() == f"{figures.done + 1} of {figures.visits} done",
        timeout=PATIENCE,
    )
