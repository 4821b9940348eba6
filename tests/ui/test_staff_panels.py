"""Settings, Staff and Sessions, with real keys and clicks on a real clinic."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.domain.permissions import Role
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.ui.settings.page import SettingsPage
from clinic_desk.ui.staff.account_dialog import AccountDialog, ResetDialog
from clinic_desk.ui.staff.panel import SessionsPanel, StaffPanel
from tests.fakes.log_in import House, until

Key = Qt.Key


@pytest.fixture
def house(tmp_path: Path, qtbot: QtBot) -> Iterator[House]:
    made = House(tmp_path / "clinic")
    yield made
    made.close()


def settings(house: House) -> SettingsPage:
    page = house.window.centre.page_named("settings")
    assert isinstance(page, SettingsPage)
    return page


def staff(house: House) -> StaffPanel:
    house.window.show_page("settings:staff")
    panel = settings(house).panel("staff")
    assert isinstance(panel, StaffPanel)
    return panel


def sessions(house: House) -> SessionsPanel:
    house.window.show_page("settings:sessions")
    panel = settings(house).panel("sessions")
    assert isinstance(panel, SessionsPanel)
    return panel


def click(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(panel: StaffPanel, log_in: str) -> None:
    row_id = next(key for key, card in panel.cards.items() if card.staff.log_in == log_in)
    panel.table.choose(row_id)
    until(lambda: panel.table.chosen == row_id, "the row")


def dialog_of(panel: StaffPanel, kind: type) -> AccountDialog | ResetDialog:
    until(lambda: any(one.isVisible() for one in panel.findChildren(kind)), "the dialog")
    return next(one for one in panel.findChildren(kind) if one.isVisible())


def test_a_new_account_begins_with_a_secret_that_is_shown_once(house: House) -> None:
    house.come_in("Maria")
    panel = staff(house)
    until(lambda: len(panel.cards) == 8, "the accounts")
    click(panel.add)
    dialog = dialog_of(panel, AccountDialog)
    assert isinstance(dialog, AccountDialog)
    until(dialog.name.hasFocus, "the name")
    house.type("Anna Svensson")
    assert dialog.log_in.text() == "anna.svensson"
    dialog.role.put(Role.DOCTOR)
    dialog.role.edited.emit()
    house.press(Key.Key_Return)
    until(lambda: "which doctor" in dialog.form.fault_of("doctor_id"), "the fault at its field")
    assert dialog.name.text() == "Anna Svensson"
    dialog.role.put(Role.RECEPTIONIST)
    dialog.role.edited.emit()
    house.press(Key.Key_Return)
    until(lambda: dialog.once.isVisible(), "the one-time secret")
    secret = dialog.once.secret.text()
    assert secret.isdecimal()
    click(dialog.once.over)
    until(lambda: len(panel.cards) == 9, "the new row")
    # she logs in once with it, and then has to choose her own
    house.lock()
    page = house.locking.page
    page.read_people()
    until(lambda: any(one.name == "Anna Svensson" for one in page.tiles.people), "her tile")
    house.choose("Anna")
    house.enter(secret)
    until(lambda: house.locking.over is not None, "the page for a new one")
    over = house.locking.over
    assert over is not None
    until(over.secret.first.hasFocus, "the field")
    house.type("739184")
    house.press(Key.Key_Return)
    house.type("739184")
    house.press(Key.Key_Return)
    until(lambda: house.window.context.actor.name == "Anna Svensson", "her window")
    until(lambda: not house.locking.on, "her day")


def test_what_is_wrong_is_said_at_its_field(house: House) -> None:
    house.come_in("Maria")
    panel = staff(house)
    until(lambda: panel.cards, "the accounts")
    choose(panel, "tom")
    click(panel.edit)
    dialog = dialog_of(panel, AccountDialog)
    assert isinstance(dialog, AccountDialog)
    for typed, field in (("", "name"), ("x" * 10_000, "name"), ("maria", "log_in")):
        dialog.form.rows[field].field.put(typed)
        dialog.form.clear_faults()
        house.press(Key.Key_Return)
        until(lambda field=field: dialog.form.fault_of(field), f"the fault of {field}")
        dialog.form.rows["name"].field.put("Tom Ash")
    dialog.reject()


def test_a_reset_ends_the_sessions_and_deactivating_takes_the_tile_away(house: House) -> None:
    house.come_in("Maria")
    other = house.elsewhere("tom")
    panel = staff(house)
    until(lambda: panel.cards, "the accounts")
    choose(panel, "maria")
    assert not panel.reset.isEnabled()
    assert not panel.active.isEnabled()
    assert "another manager" in panel.active.toolTip()
    choose(panel, "tom")
    click(panel.reset)
    dialog = dialog_of(panel, ResetDialog)
    assert isinstance(dialog, ResetDialog)
    click(dialog.save)
    until(lambda: dialog.once.isVisible(), "the one-time secret")
    assert house.clinic.log_in.state(other.actor).status == "ended"
    click(dialog.once.over)
    until(lambda: panel.card is not None and panel.card.must_change, "its state")
    click(panel.active)
    until(lambda: panel.card is not None and not panel.card.staff.active, "the deactivated account")
    assert all(one.log_in != "tom" for one in house.clinic.log_in.tiles())
    click(panel.active)
    until(lambda: panel.card is not None and panel.card.staff.active, "the account again")


def test_the_keyboard_stays_on_the_button_that_was_pressed(house: House) -> None:
    house.come_in("Maria")
    panel = staff(house)
    until(lambda: panel.cards, "the accounts")
    choose(panel, "tom")
    panel.active.setFocus()
    QTest.keyClick(panel.active, Key.Key_Space)
    until(lambda: panel.active.text() == "&Activate", "the account at rest")
    assert panel.active.hasFocus()
    QTest.keyClick(panel.active, Key.Key_Space)
    until(lambda: panel.active.text() == "&Deactivate", "the account back")
    assert panel.active.hasFocus()


def test_a_session_is_ended_and_the_own_one_is_not(house: House) -> None:
    house.come_in("Maria")
    other = house.elsewhere("tom")
    panel = sessions(house)
    until(lambda: len(panel.cards) == 2, "both sessions")
    panel.table.choose(house.window.context.actor.session_id)
    assert not panel.end.isEnabled()
    panel.table.choose(other.actor.session_id)
    assert panel.end.isEnabled()
    click(panel.end)
    until(lambda: len(panel.cards) == 1, "the own one alone")
    assert house.clinic.log_in.state(other.actor).status == "ended"


def test_who_may_not_edit_accounts_reads_why(house: House) -> None:
    house.come_in("Tom")
    panel = staff(house)
    assert panel.message.sentence
    assert not panel.cards
    for button in (panel.add, panel.edit, panel.reset, panel.active):
        assert not button.isEnabled()
        assert button.toolTip() == panel.why_not


def test_a_lost_pin_is_replaced_with_the_printed_code(house: House) -> None:
    from PySide6.QtPrintSupport import QPrintPreviewDialog

    maria = next(one.id for one in house.clinic.log_in.tiles() if one.log_in == "maria")
    printed = house.clinic.log_in.new_recovery_code(maria, Secret("2580"))
    page = house.locking.page
    page.read_people()
    until(lambda: any(one.recovery for one in page.tiles.people), "the code is known of")
    house.choose("Maria")
    click(page.lost)
    over = house.locking.over
    assert over is not None
    until(over.code.hasFocus, "the field of the code")
    house.type(printed[:-1].lower())
    house.press(Key.Key_Return)
    for _ in range(2):
        house.type("739184")
        house.press(Key.Key_Return)
    until(lambda: "letters and digits" in over.fault.text(), "the slip")
    house.type(printed[-1].lower())
    house.press(Key.Key_Return)
    over.secret.again.setFocus()
    house.press(Key.Key_Return)
    until(over.kept.isVisible, "the next code")
    assert house.locking.on
    assert over.kept.code.text() != printed
    click(over.kept.print)
    (preview,) = over.findChildren(QPrintPreviewDialog)
    until(preview.isVisible, "the preview, over the locked page")
    preview.close()
    click(over.kept.done)
    until(lambda: not house.locking.on, "her day")
    assert house.window.context.actor.name == "Maria Keller"


def test_the_own_pin_is_changed_with_the_old_one(house: House) -> None:
    from clinic_desk.ui.login.own_secret import OwnSecretDialog

    window = house.come_in("Maria")
    session = window.context.actor.session_id
    window.actions_["session.secret"].trigger()
    (dialog,) = window.findChildren(OwnSecretDialog)
    until(dialog.old.hasFocus, "the field")
    until(dialog.subtitle_label.text, "whose it is")
    house.type("1379")
    dialog.secret.first.setText("739184")
    dialog.secret.again.setText("739184")
    click(dialog.save)
    until(lambda: "not Maria" in dialog.fault.text(), "the wrong old one")
    dialog.old.setText("2580")
    gone: list[bool] = []
    dialog.destroyed.connect(lambda: gone.append(True))
    click(dialog.save)
    until(lambda: gone, "the end of the dialog")
    assert window.context.actor.session_id == session
    house.clinic.log_in.log_in(window.context.actor.staff_id, Secret("739184"))
