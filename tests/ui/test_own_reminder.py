"""A visit's own reminder, said when it is booked or on its card; a patient's ways and hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clinic_desk.ui.main_window import MainWindow
from tests.fakes.counting import steps
from tests.fakes.ui_ground import front_desk, keyboard
from tests.ui.test_appointment_card import Card, card
from tests.ui.test_booking_dialog import Desk, desk
from tests.ui.test_patient_page import ana, key, open_page, record
from tests.ui.test_shell_window import Clinic

__all__ = ["ana", "card", "desk", "front_desk", "keyboard", "steps"]

ENTER, DOWN, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Escape
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier

pytestmark = pytest.mark.usefixtures("long_waits")


def booked(desk: Desk) -> dict[str, object]:
    desk.ground.settle(lambda: bool(desk.booked))
    return dict(desk.ground.store.queries.appointment(desk.booked[-1]).values)


def test_a_booking_takes_its_own_reminder_by_keys(desk: Desk) -> None:
    keys = desk.open_new()
    keys.type("lee ana")
    keys.press(ENTER)
    desk.ready()
    keys.press(Qt.Key.Key_R, ALT)
    desk.ground.settle(desk.dialog.reason.hasFocus)
    remind = desk.dialog.remind
    remind.when.setFocus()
    for _ in range(3):
        QTest.keyClick(remind.when, DOWN)
    remind.way.setFocus()
    QTest.keyClick(remind.way, DOWN)
    assert desk.dialog.fold_summary.text() == "reminder 2 h before by SMS"
    lead, ways = remind.value
    assert lead == 120
    keys.press(ENTER, CONTROL)
    values = booked(desk)
    start = values["start"]
    assert values["remind_at"] == start - timedelta(minutes=lead)  # type: ignore[operator]
    assert values["remind_channels"] == ways == ("sms",)
    desk.open_new()
    assert remind.value == (None, ())
    assert desk.dialog.fold_summary.text() == "no note"


def test_a_draft_keeps_that_there_is_no_reminder(desk: Desk) -> None:
    keys = desk.open_new()
    keys.type("lee ana")
    keys.press(ENTER)
    desk.ready()
    desk.dialog.fold.click()
    remind = desk.dialog.remind
    remind.when.setFocus()
    QTest.keyClick(remind.when, DOWN)
    assert desk.dialog.fold_summary.text() == "no reminder"
    assert not remind.way.isEnabled()
    keys.press(ESCAPE)
    desk.ground.settle(lambda: not desk.dialog.isVisible())
    desk.dialog.open_new()
    desk.dialog.continue_draft()
    assert remind.value == (None, ("none",))
    assert desk.dialog.fold.isChecked()


def read(card: Card, name: str) -> object:
    """As the card has it on show, when nothing is on its way."""
    view, busy = card.dialog.view, card.dialog._busy
    return None if view is None or busy else view.values[name]


def test_the_card_changes_the_reminder_of_a_visit(card: Card) -> None:
    ground, dialog = card.ground, card.dialog
    ground.settle(lambda: dialog.type_box.count() > 0)
    assert dialog.reminder.value == (None, ())
    assert not dialog.save_button.isEnabled()
    dialog.reminder.when.setFocus()
    QTest.keyClick(dialog.reminder.when, DOWN)
    assert dialog.save_button.isEnabled()
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    ground.settle(lambda: read(card, "remind_channels") == ("none",))
    assert dialog.reminder.value == (None, ("none",))
    assert not dialog.save_button.isEnabled()
    for _ in range(2):
        QTest.keyClick(dialog.reminder.when, DOWN)
    lead = dialog.reminder.value[0]
    assert dialog.save_button.isEnabled()
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    ground.settle(lambda: card.value("remind_at") is not None)
    assert lead is not None
    assert card.value("remind_at") == card.cell.start - timedelta(minutes=lead)


def test_a_patient_says_which_way_and_when_not(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, ana: str
) -> None:
    page = open_page(window, qtbot, ana)
    key(qtbot, page.visits, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: page.deeds._edit is not None and page.deeds._edit.isVisible())
    edit = page.deeds._edit
    assert edit is not None
    fields = edit.fields.preferences
    assert fields is not None
    qtbot.keyClicks(fields.quiet, "after supper")
    qtbot.keyClick(fields.quiet, ENTER)
    assert "20:00-08:00" in edit.fields.faults["quiet"].text()
    assert edit.isVisible()
    fields.quiet.clear()
    qtbot.keyClicks(fields.quiet, "19:30 - 9:00")
    qtbot.keyClick(fields.consents["consent_whatsapp"], DOWN)
    for _ in range(2):
        qtbot.keyClick(fields.order, DOWN)
    qtbot.keyClick(fields.quiet, ENTER)
    qtbot.waitUntil(lambda: not edit.isVisible())
    qtbot.waitUntil(lambda: record(clinic, ana).patient.quiet == "19:30-09:00")
    kept = record(clinic, ana).patient
    assert (kept.consent_whatsapp, kept.channels) == (True, ("email",))
