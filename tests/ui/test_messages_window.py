"""Messages in the whole window: lamp, bell, tray, the visit's card and the patient's page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from clinic_desk.domain.messages import Channel, MessageStatus, Purpose
from clinic_desk.services.message_ports import Envelope
from clinic_desk.ui.main_window import MainWindow, posting
from clinic_desk.ui.main_window.posting import READ, TRAY, Posting
from clinic_desk.ui.main_window.tray import Tray
from clinic_desk.ui.messages.model import id_of
from clinic_desk.ui.messages.page import MessagesPage
from clinic_desk.ui.messages.tabs import NAMES
from clinic_desk.ui.patients.page import PatientPage
from tests.fakes.message_rows import answer
from tests.fakes.posted import MINUTE, NOW, Posted, every_kind, posted
from tests.ui.test_shell_window import Clinic, cells

pytestmark = pytest.mark.usefixtures("long_waits")
Key = Qt.Key


@pytest.fixture
def world(clinic: Clinic) -> Posted:
    """Before the window, which then finds it so."""
    made = posted(clinic.front)
    every_kind(made)
    return made


@pytest.fixture
def post(world: Posted, window: MainWindow, qtbot: QtBot) -> Posting:
    made = posting.begin(window)
    qtbot.waitUntil(lambda: made.post is not None)
    return made


def page_of(window: MainWindow, qtbot: QtBot) -> MessagesPage:
    qtbot.waitUntil(lambda: window.centre.page == "messages")
    page = window.centre.page_named("messages")
    assert isinstance(page, MessagesPage)
    return page


def ids(page: MessagesPage) -> list[str]:
    return [row_id for row in page.model.rows if (row_id := id_of(row))]


def test_lamp_and_bell(
    post: Posting, world: Posted, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, bell = window.status, window.toolbar.bell
    assert status.message_words == ("Messages 3 planned · 1 held until 10:44 · 1 failed · 1 answer")
    assert bell.unread == 3
    qtbot.waitUntil(lambda: not status.messages_place.isEmpty())
    qtbot.mouseClick(status, Qt.MouseButton.LeftButton, pos=status.messages_place.center())
    page = page_of(window, qtbot)
    qtbot.waitUntil(lambda: ids(page) == ["failed"])

    shown = post.list
    qtbot.mouseClick(bell, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.isVisible() and shown.list.hasFocus())
    told = [shown.list.item(row).text() for row in range(shown.list.count())]
    assert [one.split("\n")[0].lstrip("\u2068") for one in told] == [
        "10:41 · Confirmation by SMS not sent",
        "10:39 · A patient asks reception",
        "10:12 · After a no-show",
    ]
    assert world.name(0) in told[0]
    assert shown.list.item(0).font().bold()
    QTest.keyClick(shown.list, Key.Key_Down)
    QTest.keyClick(shown.list, Key.Key_Return)
    qtbot.waitUntil(lambda: page.tabs.chosen == "answers" and ids(page) == ["asked"])
    qtbot.waitUntil(lambda: bell.unread == 0)
    assert datetime.fromisoformat(str(window.settings.get(READ))) == NOW - MINUTE

    # the tray, where there is one: a nudge that names nobody, and leads to what it is about
    nudges: list[tuple[str, str, Any]] = []

    def heard(title: str, text: str, about: object) -> bool:
        nudges.append((title, text, about))
        return True

    monkeypatch.setattr(post.tray, "show", heard)
    answer(world.front.store, "new", "Hello?", NOW, patient_id=world.visits[0].patient_id)
    window.context.operations.announce_external()
    qtbot.waitUntil(lambda: bell.unread == 1)
    assert [(title, text) for title, text, _ in nudges] == [
        ("An answer that waits for somebody", "")
    ]
    post._from_tray(nudges[0][2])
    qtbot.waitUntil(lambda: ids(page) == ["new", "asked"] and id_of(page.current) == "new")
    notice = Envelope(id="desk", key="k", channel=Channel.DESKTOP, address="", body="At 12:00")
    post._on_notice(notice)
    assert nudges[-1] == ("Clinic Desk", "At 12:00", "desk")
    window.settings.put(TRAY, False)
    post._on_notice(notice)
    assert len(nudges) == 2


def test_the_icon_in_the_tray_leads_to_its_notice_by_a_press_and_by_its_menu(
    post: Posting, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the tests' desktop has no tray to stand in
    for name in ("show", "hide", "showMessage"):
        monkeypatch.setattr(QSystemTrayIcon, name, lambda *_: None)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    tray = Tray(window.context.theme, post)
    pressed: list[object] = []
    tray.pressed.connect(pressed.append)
    assert tray.show("A title", "", "the message")
    (icon,) = tray.findChildren(QSystemTrayIcon)
    icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert pressed == ["the message"]
    icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)  # the menu comes by itself
    assert pressed == ["the message"]
    notice, program = icon.contextMenu().actions()
    assert (notice.text(), program.text()) == ("Show the last notice", "Show Clinic Desk")
    notice.trigger()
    program.trigger()
    assert pressed == ["the message", "the message", None]
    tray.stop()


def test_without_a_tray_nothing_is_lost(post: Posting, window: MainWindow) -> None:
    """The tests' desktop has none."""
    assert post.tray.show("A title", "A text", None) is False
    assert window.toolbar.bell.unread == 3
    window.settings.put(READ, "no time")
    assert post.read_until() == datetime.fromtimestamp(0, UTC)


def test_the_visit_says_why_its_patient_is_not_told(
    world: Posted, window: MainWindow, qtbot: QtBot
) -> None:
    why = "No way to reach the patient: SMS – the patient was not asked"
    named = {one.id for one in world.visits}
    visit = next(cell for cell in cells(window) if cell.patient_id and cell.id not in named)
    world.put(
        world.about(
            1, "unasked", NOW + MINUTE, status=MessageStatus.SKIPPED, reason=why,
            appointment_id=visit.id, patient_id=visit.patient_id,
        )
    )  # fmt: skip
    window.doors.visit(visit.id)
    card = window.doors.appointment
    qtbot.waitUntil(lambda: card.isVisible() and card.told.line.text() == why)


def test_the_card_over_a_visit_tells_of_its_messages(
    world: Posted, window: MainWindow, qtbot: QtBot
) -> None:
    calendar = window.centre.calendar
    grid = calendar.grid()

    def told(place: int) -> str:
        grid.focus_cell(world.visits[place].id)
        QTest.keyClick(grid, Key.Key_Space)
        qtbot.waitUntil(lambda: lines()[-1].startswith(("Reminder", "Confirmation")))
        said = lines()[-1]
        assert said in calendar.card.accessibleDescription()
        assert calendar.rect().contains(calendar.card.geometry())
        QTest.keyClick(grid, Key.Key_Escape)
        return said

    def lines() -> list[str]:
        return [one.text() for one in calendar.card.findChildren(QLabel) if one.text()]

    assert told(3) == "Reminder 2 h delivered · Reminder 2 h 11:02"
    assert told(0) == "Confirmation failed"


def test_an_empty_page_keeps_the_keyboard_and_its_own_keys(
    world: Posted, window: MainWindow, qtbot: QtBot
) -> None:
    window.show_page("messages")
    page = page_of(window, qtbot)
    qtbot.waitUntil(lambda: "sent" in ids(page) and page.table.hasFocus())
    page.filters.period.setCurrentIndex(page.filters.period.findData("tomorrow"))
    page.tabs.setCurrentIndex(NAMES.index("held"))
    qtbot.waitUntil(lambda: page.empty.button() is not None and not ids(page))
    window.centre.show_calendar()
    window.show_page("messages")
    button = page.empty.button()
    assert button is not None
    qtbot.waitUntil(button.hasFocus)
    QTest.keyClick(button, Key.Key_Slash)
    assert page.filters.text.hasFocus()


def test_visit_and_patient_tell_and_lead_here(
    world: Posted, window: MainWindow, qtbot: QtBot
) -> None:
    cell = world.visits[3]
    window.doors.visit(cell.id)
    card = window.doors.appointment
    qtbot.waitUntil(lambda: card.isVisible() and "Reminder" in card.told.line.text())
    assert card.told.line.text() == "Reminder 2 h delivered · Reminder 2 h 11:02"
    qtbot.waitUntil(card.told.open_button.isVisible)
    qtbot.mouseClick(card.told.open_button, Qt.MouseButton.LeftButton)
    page = page_of(window, qtbot)
    qtbot.waitUntil(lambda: ids(page) == ["sent", "planned"])

    world.put(world.about(3, "more", NOW + 25 * MINUTE))
    assert window.show_page("patient", cell.patient_id or "")
    patient = window.centre.page_named("patient")
    assert isinstance(patient, PatientPage)
    rows = patient.side.messages
    qtbot.waitUntil(lambda: set(rows.buttons) == {"planned", "more", "sent"})
    button = rows.buttons["more"]
    qtbot.waitUntil(lambda: button.isVisible() and button.height() > 20)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.centre.page == "messages" and ids(page) == ["more"])
    assert window.show_page("patient", cell.patient_id or "")
    link = patient.side.messages_head.link
    qtbot.waitUntil(lambda: window.centre.page == "patient" and link.isVisible())
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ids(page) == ["sent", "planned", "more"])

    # and from a failure to the patient's form
    page.open("failed")
    qtbot.waitUntil(lambda: ids(page) == ["failed"])
    correct = page.side.buttons["correct"]
    qtbot.waitUntil(lambda: correct.isVisible() and correct.isEnabled())
    qtbot.mouseClick(correct, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.doors._edit is not None and window.doors._edit.isVisible())
    edit = window.doors._edit
    qtbot.waitUntil(lambda: edit is not None and edit.fields.lines["mobile"].hasFocus())


def test_a_move_and_its_undo_say_what_the_patient_hears(
    window: MainWindow, world: Posted, qtbot: QtBot
) -> None:
    """Move mode and Ctrl+Z have words of their own; what is held is told behind them."""
    day = NOW.date()
    busy = [(one.doctor_id, one.start) for one in world.front.store.queries.cells(day, day)]
    late = next(
        one
        for one in world.visits
        if not any(who == one.doctor_id and one.end <= at < one.end + 60 * MINUTE
                   for who, at in busy)
    )  # fmt: skip
    told = world.about(world.visits.index(late), "told", NOW - 30 * MINUTE, rule="",
                       status=MessageStatus.SENT, purpose=Purpose.CONFIRMATION)  # fmt: skip
    world.put(told)
    qtbot.waitUntil(lambda: window.page.grid().focus_cell(late.id))
    grid = window.page.grid()
    grid.setFocus()
    QTest.keyClick(grid, Key.Key_M)
    qtbot.waitUntil(lambda: window.page.gestures.active)
    QTest.keyClick(grid, Key.Key_Down)
    QTest.keyClick(grid, Key.Key_Return)
    qtbot.waitUntil(lambda: window.toast.text.startswith("Moved to"))
    assert window.toast.text.endswith(" · SMS held 3 min")
    undo = window.actions_["edit.undo"]
    qtbot.waitUntil(lambda: undo.isEnabled() and "Move" in undo.text())
    undo.trigger()
    qtbot.waitUntil(lambda: window.toast.text.startswith("Undone: Move"))
    assert window.toast.text.endswith(" · nothing was sent")
