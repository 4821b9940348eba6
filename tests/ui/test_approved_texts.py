"""The number of words that WhatsApp has approved, in the settings: typed, checked, previewed,
saved, taken back, and changed at two desks at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clinic_desk.domain.messages import Channel, MessageTemplate, Notification, Purpose
from clinic_desk.services.message_commands import SaveTemplate
from clinic_desk.services.message_ports import MessageCard
from clinic_desk.services.message_words import built_in
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.messages.editor import MessageEditor
from clinic_desk.ui.messages.facts import Details
from tests.ui.test_shell_window import CTRL, Clinic
from tests.ui.test_templates_panel import at, page_of, preview, shown, tag

pytestmark = pytest.mark.usefixtures("long_waits")

Key = Qt.Key
PLACE = (Purpose.REMINDER, Channel.WHATSAPP, "en")
NUMBER = "HX" + "0123456789abcdef" * 2
OTHER = "HX" + "f" * 32


def numbers(clinic: Clinic) -> list[str]:
    return [one.subject for one in clinic.queries.message_templates()]


def test_a_number_is_checked_previewed_saved_and_taken_back(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    assert panel.editor.subject.isHidden()
    assert not panel.side.copy.isVisible()
    at(panel, PLACE, qtbot)
    qtbot.waitUntil(panel.side.copy.isVisible)
    assert panel.editor.subject.isVisible()
    assert "approved" in panel.editor.subject.accessibleName()
    assert "for a day after the patient has written" in panel.side.length.text()
    panel.editor.subject.setFocus()
    QTest.keyClicks(panel.editor.subject, "HX12")
    fault = panel.editor.faults["subject"]
    qtbot.waitUntil(lambda: "32 digits or letters" in fault.text() and fault.isVisible())
    panel.editor.subject.selectAll()
    QTest.keyClicks(panel.editor.subject, NUMBER)
    qtbot.waitUntil(lambda: "{{1}} = Ana Example" in preview(panel))
    assert not fault.isVisible()
    assert preview(panel).startswith("Hello Ana Example,")
    assert "first part alone" in panel.side.warning.text()
    QTest.keyClick(panel.editor.subject, Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: tag(panel, "reminder/whatsapp") == "yours")
    assert numbers(clinic) == [NUMBER]
    assert clinic.queries.message_templates()[0].body == built_in()[PLACE].body
    qtbot.waitUntil(lambda: not panel.dirty)
    window.undoing.undo()
    qtbot.waitUntil(lambda: tag(panel, "reminder/whatsapp") == "")
    assert panel.editor.subject.text() == ""
    assert numbers(clinic) == []


def test_the_words_to_be_approved_go_into_the_clipboard(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    at(panel, PLACE, qtbot)
    qtbot.waitUntil(panel.side.copy.isVisible)
    qtbot.mouseClick(panel.side.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith("Hello {{1}},\nA reminder")
    qtbot.waitUntil(lambda: "clipboard" in window.toast.text)


def test_placeholders_go_into_the_text_and_never_into_the_number(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    at(panel, PLACE, qtbot)
    panel.editor.subject.setFocus()
    panel.editor.insert("room")
    assert panel.editor.subject.text() == ""
    assert "{{ room }}" in panel.editor.body.toPlainText()


def test_another_language_begins_without_the_number(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    clinic.desk.execute(_saves(NUMBER))
    panel = shown(window, qtbot)
    at(panel, (PLACE[0], PLACE[1], "fr"), qtbot)
    panel.begin()
    assert panel.editor.body.toPlainText() == built_in()[PLACE].body
    assert panel.editor.subject.text() == ""


def test_a_number_that_another_desk_has_changed_is_told(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    at(panel, PLACE, qtbot)
    panel.editor.subject.setFocus()
    QTest.keyClicks(panel.editor.subject, NUMBER)
    clinic.desk.execute(_saves(OTHER))
    qtbot.waitUntil(lambda: panel.message.isVisible() and "another desk" in panel.message.sentence)
    assert panel.editor.subject.text() == NUMBER
    panel.drop()
    assert panel.editor.subject.text() == OTHER


def test_the_search_of_the_settings_leads_to_the_number(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    assert page_of(window).panel("templates") is panel
    assert panel.focus_on("approved")
    qtbot.waitUntil(lambda: panel.place[1] is Channel.WHATSAPP)
    qtbot.waitUntil(panel.editor.subject.hasFocus)


def _saves(number: str) -> SaveTemplate:
    return SaveTemplate(
        template=MessageTemplate(
            id="",
            purpose=PLACE[0],
            channel=PLACE[1],
            language=PLACE[2],
            subject=number,
            body=built_in()[PLACE].body,
        )
    )


def test_who_writes_a_whatsapp_message_by_hand_is_told_when_it_goes(
    window: MainWindow, qtbot: QtBot
) -> None:
    now = window.context.clock.now()
    message = Notification(
        id="m",
        key="m",
        purpose=PLACE[0],
        channel=PLACE[1],
        due_at=now,
        planned_at=now,
        body="Come!",
    )
    editor = MessageEditor(window.context, window)
    editor.start(Details(card=MessageCard(message=message)))
    qtbot.waitUntil(editor.size_label.isVisible)
    assert editor.size_label.text().startswith("5 characters · by hand only within a day")
    editor.reject()
