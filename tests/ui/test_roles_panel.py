"""The matrix of the roles: ticked by keys and mouse, saved as one step, read by everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.permissions import DEFAULTS, LOCKED, Permission, Role
from clinic_desk.domain.staff import SecretKind
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.gate import PERMISSIONS_KEY, ROLE_KEY, permissions_in
from clinic_desk.services.log_in import LogIn
from clinic_desk.services.roles import stored_form
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.ui.application import shut
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.settings.declared_panel import DeclaredPanel
from clinic_desk.ui.settings.page import SettingsPage
from clinic_desk.ui.settings.roles_panel import RolesPanel
from clinic_desk.ui.settings.roles_table import ROLES
from tests.fakes.seats import PlainHasher
from tests.ui.test_shell_window import Clinic, opened

pytestmark = pytest.mark.usefixtures("long_waits")


def shown(window: MainWindow, qtbot: QtBot) -> RolesPanel:
    assert window.show_page("settings:roles")
    page = window.centre.shown_page
    assert isinstance(page, SettingsPage)
    panel = page.panel("roles")
    assert isinstance(panel, RolesPanel)
    qtbot.waitUntil(lambda: panel._read and panel.isVisible())
    return panel


def cell(panel: RolesPanel, role: Role, permission: Permission) -> QModelIndex:
    rows = panel.table.rows
    return rows.index(rows.rows.index(permission), ROLES.index(role) + 1)


def stored(clinic: Clinic) -> dict[Role, frozenset[Permission]]:
    return permissions_in(clinic.queries.setting(PERMISSIONS_KEY, "clinic"))


def click(panel: RolesPanel, role: Role, permission: Permission) -> None:
    at = cell(panel, role, permission)
    panel.table.scrollTo(at)
    spot = panel.table.visualRect(at).center()
    QTest.mouseClick(
        panel.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot
    )


def test_ticked_saved_and_taken_back_as_one_step(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    assert not panel.save_button.isEnabled()
    click(panel, Role.RECEPTIONIST, Permission.OVERBOOK)
    panel.table.setFocus()
    panel.table.setCurrentIndex(cell(panel, Role.DOCTOR, Permission.REPORTS))
    QTest.keyClick(panel.table, Qt.Key.Key_Space)
    assert "Receptionists may now overbook." in panel.heard.text()
    assert "Doctors may no longer see the clinic’s reports." in panel.heard.text()
    assert stored(clinic) == DEFAULTS
    QTest.keyClick(panel.table, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(
        lambda: window.toast.text.startswith("Receptionists may now overbook. And 1 more")
    )
    now = stored(clinic)
    assert Permission.OVERBOOK in now[Role.RECEPTIONIST]
    assert Permission.REPORTS not in now[Role.DOCTOR]
    qtbot.waitUntil(lambda: not panel.dirty and not panel.save_button.isEnabled())
    window.undoing.undo()
    qtbot.waitUntil(lambda: panel.table.rows.chosen == DEFAULTS)
    assert stored(clinic) == DEFAULTS


def test_managers_cannot_lock_themselves_out(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    for permission in LOCKED:
        click(panel, Role.MANAGER, permission)
        assert "nobody could give it back" in panel.message.sentence
    assert not panel.dirty
    click(panel, Role.MANAGER, Permission.OVERBOOK)
    assert panel.dirty


def test_back_to_the_defaults(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    own = {**DEFAULTS, Role.DOCTOR: DEFAULTS[Role.DOCTOR] | {Permission.OVERBOOK}}
    clinic.front.other_desk().execute(
        SaveSetting(key=PERMISSIONS_KEY, value=stored_form(own), scope="clinic")
    )
    panel = shown(window, qtbot)
    assert panel.table.rows.chosen == own
    QTest.mouseClick(panel.reset_button, Qt.MouseButton.LeftButton)
    assert panel.table.rows.chosen == DEFAULTS
    QTest.mouseClick(panel.drop_button, Qt.MouseButton.LeftButton)
    assert panel.table.rows.chosen == own
    QTest.mouseClick(panel.reset_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Doctors may no longer overbook." in window.toast.text)
    assert stored(clinic) == DEFAULTS


def test_nothing_ticked_is_lost_on_the_way_out(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    click(panel, Role.RECEPTIONIST, Permission.ACCEPT)
    assert not window.show_calendar()
    assert "not saved yet" in panel.message.sentence
    QTest.mouseClick(panel.message.buttons()[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.centre.page == "calendar")
    assert Permission.ACCEPT in stored(clinic)[Role.RECEPTIONIST]


def test_a_change_at_another_desk_does_not_overwrite_what_is_ticked(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    panel = shown(window, qtbot)
    click(panel, Role.RECEPTIONIST, Permission.ACCEPT)
    theirs = {**DEFAULTS, Role.DOCTOR: DEFAULTS[Role.DOCTOR] | {Permission.OVERBOOK}}
    clinic.front.other_desk().execute(
        SaveSetting(key=PERMISSIONS_KEY, value=stored_form(theirs), scope="clinic")
    )
    window.context.operations.announce_external()
    qtbot.waitUntil(lambda: "changed at another desk" in panel.message.sentence)
    assert Permission.ACCEPT in panel.table.rows.chosen[Role.RECEPTIONIST]
    QTest.mouseClick(panel.drop_button, Qt.MouseButton.LeftButton)
    assert panel.table.rows.chosen == theirs


def test_who_may_not_change_it_reads_it(clinic: Clinic, qtbot: QtBot) -> None:
    clinic.front.context.become(
        replace(
            clinic.front.context.actor,
            role=Role.RECEPTIONIST,
            permissions=DEFAULTS[Role.RECEPTIONIST],
        )
    )
    window = opened(clinic, qtbot)
    panel = shown(window, qtbot)
    why = "A receptionist may not change what each role may do"
    assert why in panel.message.sentence
    click(panel, Role.RECEPTIONIST, Permission.OVERBOOK)
    assert not panel.dirty
    for button in (panel.save_button, panel.reset_button, panel.drop_button):
        assert not button.isEnabled()
        assert why in button.toolTip()
    shut(window)
    QApplication.processEvents()


def test_cells_are_told_in_words(window: MainWindow, qtbot: QtBot) -> None:
    panel = shown(window, qtbot)
    said: Callable[[QModelIndex, Qt.ItemDataRole], str] = panel.table.rows.data
    at = cell(panel, Role.MANAGER, Permission.EDIT_STAFF)
    assert said(at, Qt.ItemDataRole.AccessibleTextRole) == (
        "Managers: edit accounts and end sessions, yes"
    )
    assert "nobody could give it back" in said(at, Qt.ItemDataRole.ToolTipRole)
    usual = cell(panel, Role.RECEPTIONIST, Permission.ACCEPT)
    assert said(usual, Qt.ItemDataRole.ToolTipRole) == "By default: no."


def test_a_desk_has_a_role_as_long_as_nobody_has_an_account(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    assert window.show_page("settings:desk")
    page = window.centre.shown_page
    assert isinstance(page, SettingsPage)
    panel = page.panel("desk")
    assert isinstance(panel, DeclaredPanel)
    assert panel.rows[ROLE_KEY].isVisible()
    assert not panel.by_account.isVisible()
    front = clinic.front
    desk = replace(front.context.actor, permissions=frozenset())
    log_in = LogIn(
        front.store, front.store.queries, front.clock, front.context.new_id, PlainHasher(), desk
    )
    log_in.first_manager("Maria Keller", "maria", Secret("4173"), SecretKind.PIN)
    panel.open()
    qtbot.waitUntil(lambda: panel.by_account.isVisible() and not panel.rows[ROLE_KEY].isVisible())
    assert "Staff and Roles" in panel.by_account.text()
