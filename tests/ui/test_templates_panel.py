"""The words of messages: found, written, previewed on a real visit, refused at the line, saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.messages import Channel, MessageTemplate, Purpose
from clinic_desk.domain.permissions import DEFAULTS, Role
from clinic_desk.services.message_commands import ResetTemplate, SaveTemplate
from clinic_desk.services.message_words import built_in
from clinic_desk.services.sms_length import measure
from clinic_desk.ui.application import shut
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.settings.page import SettingsPage
from clinic_desk.ui.settings.templates import TemplatesPanel
from clinic_desk.ui.settings.templates_side import sms_words
from tests.ui.test_shell_window import CTRL, Clinic, opened

pytestmark = pytest.mark.usefixtures("long_waits")

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key
SMS = (Purpose.REMINDER, Channel.SMS, "en")
EMAIL = (Purpose.MOVED, Channel.EMAIL, "de")


def page_of(window: MainWindow) -> SettingsPage:
    page = window.centre.shown_page
    assert isinstance(page, SettingsPage)
    return page


def shown(window: MainWindow, qtbot: QtBot) -> TemplatesPanel:
    assert window.show_page("settings:templates")
    panel = page_of(window).panel("templates")
    assert isinstance(panel, TemplatesPanel)
    qtbot.waitUntil(lambda: bool(panel.side.preview.toPlainText()) and panel.isVisible())
    return panel


def preview(panel: TemplatesPanel) -> str:
    return panel.side.preview.toPlainText()


def at(panel: TemplatesPanel, place: tuple[Purpose, Channel, str], qtbot: QtBot) -> None:
    panel.turn_to(place)
    qtbot.waitUntil(lambda: panel.place == place)


def row(panel: TemplatesPanel, row_id: str) -> int:
    return [one.id for one in panel.places.list.rows()].index(row_id)


def tag(panel: TemplatesPanel, row_id: str) -> str:
    found = panel.places.list.row_of(row_id)
    assert found is not None
    return found.tag


def write(panel: TemplatesPanel, text: str) -> None:
    body = panel.editor.body
    body.setFocus()
    body.selectAll()
    QTest.keyClick(body, Key.Key_Delete)
    for part in text:
        QTest.keyClicks(body, part) if part != "\n" else QTest.keyClick(body, Key.Key_Return)


def stored(clinic: Clinic) -> dict[tuple[Purpose, Channel, str], str]:
    rows = clinic.queries.message_templates()
    return {(one.purpose, one.channel, one.language): one.body for one in rows}


def press(panel: TemplatesPanel, words: str, qtbot: QtBot) -> None:
    def there() -> bool:
        names = [button.text() for button in panel.message.buttons()]
        return words in names and panel.message.isVisible()

    qtbot.waitUntil(there)
    qtbot.mouseClick(next(b for b in panel.message.buttons() if b.text() == words), LEFT)


def test_written_previewed_saved_and_taken_back(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    assert panel.place == SMS
    assert panel.editor.text == built_in()[SMS]
    assert not panel.foot.save.isEnabled()
    write(panel, "See you {{ weekday }}!")
    qtbot.waitUntil(lambda: preview(panel) == "See you Wednesday!")
    assert panel.side.length.text() == "18 of 160 characters: 1 SMS."
    assert stored(clinic) == {}
    QTest.keyClick(panel.editor.body, Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: window.toast.text.startswith("Reminder, SMS, English: saved"))
    assert stored(clinic) == {SMS: "See you {{ weekday }}!"}
    qtbot.waitUntil(lambda: tag(panel, "reminder/sms") == "yours")
    assert not panel.dirty
    window.undoing.undo()
    qtbot.waitUntil(lambda: panel.editor.text == built_in()[SMS])
    assert stored(clinic) == {}
    qtbot.waitUntil(lambda: tag(panel, "reminder/sms") == "")


def test_back_to_the_built_in_words(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    clinic.desk.execute(
        SaveTemplate(
            template=MessageTemplate(
                id="", purpose=SMS[0], channel=SMS[1], language=SMS[2], body="Ours {{ when }}"
            )
        )
    )
    panel = shown(window, qtbot)
    assert panel.editor.text.body == "Ours {{ when }}"
    assert panel.foot.reset.isEnabled()
    qtbot.mouseClick(panel.foot.reset, LEFT)
    qtbot.waitUntil(lambda: panel.editor.text == built_in()[SMS])
    assert stored(clinic) == {}
    qtbot.waitUntil(lambda: not panel.foot.reset.isEnabled())
    window.undoing.undo()
    qtbot.waitUntil(lambda: panel.editor.text.body == "Ours {{ when }}")


def test_what_is_wrong_is_told_at_its_line_while_it_is_typed_and_never_saved(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    write(panel, "Hello\n{{ pateint }}\nbye")
    fault = panel.editor.faults["body"]
    qtbot.waitUntil(lambda: "Did you mean “patient”?" in fault.text())
    assert fault.text().startswith("Line 2: ")
    assert fault.isVisible()
    assert panel.editor.body.property("invalid") == "true"
    assert [s.cursor.blockNumber() for s in panel.editor.body.extraSelections()] == [1]
    assert preview(panel) == ""
    QTest.keyClick(panel.editor.body, Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: panel.editor.body.textCursor().blockNumber() == 1)
    assert stored(clinic) == {}
    assert panel.editor.body.hasFocus()
    assert panel.dirty
    write(panel, "Hello {{ patient }}")
    qtbot.waitUntil(lambda: not fault.isVisible())
    qtbot.waitUntil(lambda: preview(panel) == "Hello Ana Example")
    assert panel.side.warning.text().startswith("May be empty: patient.")
    write(panel, "Hello {{ patient|default('you') }}")
    qtbot.waitUntil(lambda: not panel.side.warning.isVisible())


def test_the_preview_on_a_real_visit_and_behind_the_curtain(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    box = panel.side.visit
    assert box.count() > 2
    visit = panel._words.visits[0] if panel._words is not None else None
    assert visit is not None
    box.setFocus()
    QTest.keyClick(box, Key.Key_Down)
    assert box.currentText() == "A made-up series of 12 visits"
    QTest.keyClick(box, Key.Key_Down)
    assert panel.side.chosen == visit.id
    assert visit.last_name in box.currentText()
    write(panel, "Dear {{ patient }}, code {{ code }}")
    told = f"Dear {visit.first_name} {visit.last_name}, code {visit.confirmation_code}"
    qtbot.waitUntil(lambda: preview(panel) == told)
    CURTAIN.draw()
    try:
        assert visit.last_name not in box.currentText()
    finally:
        CURTAIN.lift()
    assert visit.last_name in box.currentText()
    box.setFocus()
    QTest.keyClick(box, Key.Key_Home)
    qtbot.waitUntil(lambda: preview(panel).startswith("Dear Ana Example"))


def test_placeholders_are_put_in_by_enter_and_double_click(
    window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    at(panel, EMAIL, qtbot)
    names = panel.side.names
    assert any(
        names.item(n).data(Qt.ItemDataRole.UserRole) == "old_time" for n in range(names.count())
    )
    write(panel, "To ")
    names.setFocus()
    names.setCurrentRow(0)
    QTest.keyClick(names, Key.Key_Return)
    assert panel.editor.body.toPlainText() == "To {{ patient }}"
    assert panel.editor.body.hasFocus()
    panel.editor.subject.setFocus()
    panel.editor.subject.clear()
    spot = names.visualItemRect(names.item(1)).center()
    qtbot.mouseClick(names.viewport(), LEFT, pos=spot)
    qtbot.mouseDClick(names.viewport(), LEFT, pos=spot)
    assert panel.editor.subject.text() == "{{ first_name }}"
    at_once = panel.editor.text
    assert (at_once.subject, at_once.body) == ("{{ first_name }}", "To {{ patient }}")


def by_row(panel: TemplatesPanel, window: MainWindow, qtbot: QtBot) -> None:
    item = panel.places.list.item(row(panel, "moved/email"))
    panel.places.list.scrollToItem(item)
    spot = panel.places.list.visualItemRect(item).center()
    qtbot.mouseClick(panel.places.list.viewport(), LEFT, pos=spot)


def by_language(panel: TemplatesPanel, window: MainWindow, qtbot: QtBot) -> None:
    box = panel.places.language
    box.setFocus()
    QTest.keyClicks(box, "Turk")


def by_section(panel: TemplatesPanel, window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("settings:billing")


GONE: list[tuple[Callable[..., None], Callable[[TemplatesPanel, MainWindow], bool]]] = [
    (by_row, lambda panel, _: panel.place == (Purpose.MOVED, Channel.EMAIL, "en")),
    (by_language, lambda panel, _: panel.place[2] == "tr"),
    (by_section, lambda _, window: page_of(window).section == "billing"),
]


@pytest.mark.parametrize("way", range(len(GONE)))
@pytest.mark.parametrize("answer", ["Save", "Drop the changes", "Stay"])
def test_words_that_are_not_saved_are_asked_about(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, way: int, answer: str
) -> None:
    panel = shown(window, qtbot)
    write(panel, "Mine {{ when }}")
    go, gone = GONE[way]
    go(panel, window, qtbot)
    qtbot.waitUntil(lambda: panel.message.sentence.endswith("the words are not saved yet."))
    assert panel.place == SMS
    assert panel.places.list.current == "reminder/sms"
    assert panel.places.language.currentData() == "en"
    press(panel, answer, qtbot)
    if answer == "Stay":
        qtbot.waitUntil(lambda: not panel.message.isVisible())
        assert panel.editor.body.toPlainText() == "Mine {{ when }}"
        assert not gone(panel, window)
        panel.drop()
        return
    qtbot.waitUntil(lambda: gone(panel, window))
    assert stored(clinic) == ({SMS: "Mine {{ when }}"} if answer == "Save" else {})


def test_a_refused_save_keeps_one_where_the_words_are(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    write(panel, "{{ nobody }}")
    by_row(panel, window, qtbot)
    press(panel, "Save", qtbot)
    qtbot.waitUntil(lambda: panel.editor.body.hasFocus() and not panel._busy)
    assert panel.place == SMS
    assert stored(clinic) == {}
    panel.drop()


def test_a_language_that_the_program_does_not_bring(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    box = panel.places.language
    box.setFocus()
    QTest.keyClicks(box, "Fren")
    qtbot.waitUntil(lambda: panel.place == (Purpose.REMINDER, Channel.SMS, "fr"))
    assert panel.state.text() == (
        "Nothing is written in French yet; such patients are written to in English."
    )
    assert tag(panel, "reminder/sms") == "none"
    assert not panel.editor.faults["body"].isVisible()
    assert panel.foot.begin.text() == "Begin with the English words"
    qtbot.mouseClick(panel.foot.begin, LEFT)
    assert panel.editor.text == built_in()[SMS]
    write(panel, "Rendez-vous {{ when }}")
    qtbot.waitUntil(lambda: preview(panel).startswith("Rendez-vous demain, mercredi 25 novembre"))
    QTest.keyClick(panel.editor.body, Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: tag(panel, "reminder/sms") == "yours")
    assert stored(clinic) == {(Purpose.REMINDER, Channel.SMS, "fr"): "Rendez-vous {{ when }}"}
    assert panel.foot.reset.text() == "Remove the French words"


def test_another_desk_changes_the_words_meanwhile(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    write(panel, "Mine {{ when }}")
    theirs = MessageTemplate(
        id="", purpose=SMS[0], channel=SMS[1], language=SMS[2], body="Theirs {{ when }}"
    )
    clinic.front.other_desk().execute(SaveTemplate(template=theirs))
    window.context.operations.announce_external()
    qtbot.waitUntil(lambda: "changed at another desk" in panel.message.sentence)
    assert panel.editor.body.toPlainText() == "Mine {{ when }}"
    qtbot.mouseClick(panel.foot.drop, LEFT)
    assert panel.editor.body.toPlainText() == "Theirs {{ when }}"
    # nothing typed: it follows by itself
    clinic.front.other_desk().execute(
        ResetTemplate(purpose=SMS[0], channel=SMS[1], language=SMS[2])
    )
    window.context.operations.announce_external()
    qtbot.waitUntil(lambda: panel.editor.text == built_in()[SMS])


def test_the_subject_is_there_for_an_email_alone_and_checked(
    window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    assert not panel.editor.subject.isVisible()
    assert panel.focus_on("subject")
    assert panel.place[1] is Channel.EMAIL
    assert panel.editor.subject.isVisible()
    panel.editor.subject.selectAll()
    QTest.keyClicks(panel.editor.subject, "About {{ rom }}")
    fault = panel.editor.faults["subject"]
    qtbot.waitUntil(lambda: "Did you mean “room”?" in fault.text())
    assert panel.editor.subject.property("invalid") == "true"
    panel.editor.subject.selectAll()
    QTest.keyClicks(panel.editor.subject, "About {{ room|default('you') }}")
    qtbot.waitUntil(lambda: preview(panel).startswith("About Room"))
    QApplication.clipboard().setText("Booked\nBcc: all@example.org\u2028at {{ clinic }}")
    panel.editor.subject.selectAll()
    panel.editor.subject.paste()
    assert panel.editor.subject.text() == "Booked Bcc: all@example.org at {{ clinic }}"
    qtbot.waitUntil(lambda: preview(panel).startswith("Booked Bcc: all@example.org at "))
    assert not fault.isVisible()
    panel.drop()


def test_opened_at_a_place_and_found_by_the_search(window: MainWindow, qtbot: QtBot) -> None:
    assert window.show_page("settings", ("templates", EMAIL))
    page = page_of(window)
    panel = page.panel("templates")
    assert isinstance(panel, TemplatesPanel)
    qtbot.waitUntil(lambda: panel.place == EMAIL and "Guten Tag" in preview(panel))
    field = page.tree.field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "placeholders")
    QTest.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is panel.side.names)


def test_a_very_long_text_and_ctrl_z_in_the_field(window: MainWindow, qtbot: QtBot) -> None:
    panel = shown(window, qtbot)
    panel.editor.body.setFocus()
    panel.editor.body.selectAll()
    panel.editor.body.insertPlainText("long " * 20_000)
    fault = panel.editor.faults["body"]
    qtbot.waitUntil(lambda: "8,000 are the most" in fault.text())
    assert len(panel.editor.body.toPlainText()) <= 16_000
    panel.drop()
    QTest.keyClicks(panel.editor.body, "x")
    assert panel.dirty
    QTest.keyClick(panel.editor.body, Key.Key_Z, CTRL)
    assert panel.editor.text == built_in()[SMS]


def test_who_may_not_change_the_settings_reads_the_words(clinic: Clinic, qtbot: QtBot) -> None:
    actor = clinic.front.context.actor
    clinic.front.context.become(
        replace(actor, role=Role.RECEPTIONIST, permissions=DEFAULTS[Role.RECEPTIONIST])
    )
    window = opened(clinic, qtbot)
    panel = shown(window, qtbot)
    assert "A receptionist may not" in panel.message.sentence
    panel.editor.body.setFocus()
    QTest.keyClicks(panel.editor.body, "x")
    QTest.keyClick(panel.side.names, Key.Key_Return)
    assert not panel.dirty
    for button in (panel.foot.save, panel.foot.drop, panel.foot.reset):
        assert not button.isEnabled()
        assert "A receptionist may not" in button.toolTip()
    at(panel, EMAIL, qtbot)
    qtbot.waitUntil(lambda: "Guten Tag" in preview(panel))
    shut(window)
    QApplication.processEvents()


def test_all_of_it_has_room_with_large_letters_on_a_small_screen(
    window: MainWindow, qtbot: QtBot
) -> None:
    theme = window.context.theme
    window.resize(1366, 768)
    panel = shown(window, qtbot)
    theme.scale = 1.5
    try:
        qtbot.waitUntil(lambda: panel.side.y() > panel.foot.y() + panel.foot.height())
        for part in (panel.side.preview, panel.side.names, panel.foot.save, panel.editor.body):
            right = part.mapTo(panel, part.rect().topRight()).x()
            assert 0 < right <= panel.width()
        for button in (panel.foot.reset, panel.foot.drop, panel.foot.save):
            assert button.width() >= button.sizeHint().width()
        assert panel.focus_on("placeholders")
        assert panel.side.names.visibleRegion().boundingRect().height() > 40
    finally:
        theme.scale = 1.0


def test_what_makes_an_sms_longer_is_named() -> None:
    assert sms_words(measure("Hello")) == "5 of 160 characters: 1 SMS."
    assert sms_words(measure("Ayşe ı\u200b")) == (
        "7 of 70 characters: 1 SMS. Only 70 fit into one because of: ş ı U+200B"
    )
    assert sms_words(measure("abc" + "".join(chr(0x400 + n) for n in range(40)))).endswith(" …")


def test_the_preview_on_a_series(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    panel = shown(window, qtbot)
    at(panel, (Purpose.CONFIRMATION, Channel.SMS, "en"), qtbot)
    write(panel, "Booked{% if series %}: {{ more }} more{% endif %}.")
    qtbot.waitUntil(lambda: preview(panel) == "Booked.")
    box = panel.side.visit
    box.setFocus()
    QTest.keyClick(box, Key.Key_Down)
    qtbot.waitUntil(lambda: preview(panel) == "Booked: 11 more.")
    QTest.keyClick(box, Key.Key_Up)
    qtbot.waitUntil(lambda: preview(panel) == "Booked.")
