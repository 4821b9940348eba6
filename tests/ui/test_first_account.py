"""Nobody works without a log-in: a clinic that is being set up, before and at its first account."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.app.container import build
from clinic_desk.ui.importing.dialog import ImportDialog
from clinic_desk.ui.login.first_page import FirstManagerPage
from clinic_desk.ui.main_window import first_steps
from clinic_desk.ui.main_window.locking import locking_of
from clinic_desk.ui.runtime.locked import LOCK
from tests.fakes.clock import FixedClock
from tests.fakes.first_start import (
    ALT,
    CTRL,
    SECRET,
    FirstStart,
    Key,
    make_account,
    through_to,
)
from tests.fakes.front_desk import TUESDAY
from tests.fakes.log_in import PIN, _peopled

Open = Callable[[], FirstStart]


@pytest.fixture
def start(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[FirstStart]:
    made = FirstStart(tmp_path / "new")
    made.door.opened()
    yield made
    made.close()
    qapp.setStyleSheet("")
    qapp.setProperty("mirrored", False)
    assert not LOCK.on


def question(start: FirstStart) -> FirstManagerPage | None:
    found = start.window.findChildren(FirstManagerPage)
    return next((one for one in found if one.isVisible()), None)


def asked(start: FirstStart) -> FirstManagerPage:
    """The page over the window, when its first field has the keyboard."""
    start.until(lambda: question(start))
    page = question(start)
    assert page is not None
    start.until(page.form.name.hasFocus)
    return page


def test_leaving_the_set_up_asks_for_the_first_account(start: FirstStart) -> None:
    start.opened  # noqa: B018
    start.press(Key.Key_Escape)
    page = asked(start)
    assert not start.window.toolbar.isVisible()
    QTest.mouseClick(page.back, Qt.MouseButton.LeftButton)
    start.until(lambda: start.window.toolbar.isVisible() and question(start) is None)
    assert start.window.centre.page == "wizard"
    start.press(Key.Key_Escape)
    page = asked(start)
    start.type("Ann Lee")
    start.press(Key.Key_Return)
    start.press(Key.Key_Return)
    for _ in range(2):
        start.type(SECRET)
        start.press(Key.Key_Return)
    start.until(lambda: page.form.showing_code)
    assert not page.back.isVisible()
    start.until(page.form.code.print.hasFocus)
    QTest.mouseClick(page.form.code.done, Qt.MouseButton.LeftButton)
    start.until(lambda: start.window.toolbar.isVisible())
    assert start.window.context.actor.name == "Ann Lee"
    assert locking_of(start.window) is not None
    start.window.show_page("wizard")
    assert not start.opened.account.waits, "the set-up knows of it"


def test_a_booking_and_an_import_wait_for_the_first_account(start: FirstStart) -> None:
    through_to(start, "data")

    def imports() -> list[ImportDialog]:
        return [one for one in start.window.findChildren(ImportDialog) if one.isVisible()]

    start.press(Key.Key_N, CTRL)
    start.until(lambda: start.page.current is start.page.account)
    assert start.window.doors._booking is None
    assert "account first" in start.page.message.message.sentence
    start.page.list.chosen.emit("data")
    assert start.page.current is start.page.data
    assert start.page.message.message is None, "it was about the other step"
    start.press(Key.Key_I, ALT)
    start.until(lambda: start.page.current is start.page.account)
    assert not imports()
    make_account(start)
    start.enter("data")
    start.press(Key.Key_I, ALT)
    start.until(imports)
    imports()[0].reject()
    start.until(lambda: not imports())


def test_a_restored_clinic_with_accounts_is_logged_in_to(start: FirstStart, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copyfile(_peopled(), other / "clinic.db")
    clinic = build(other, clock=FixedClock(TUESDAY))
    kept = clinic.maintenance.backup(str(tmp_path / "kept.clinicdesk"))
    clinic.close()
    through_to(start, "data")
    first_steps.restore(start.window, str(kept))
    start.until(lambda: locking_of(start.window) is not None)
    locking = locking_of(start.window)
    assert locking is not None
    assert locking.on
    assert question(start) is None
    assert not start.window.toolbar.isVisible()
    start.until(lambda: locking.page.secret.hasFocus() and locking.page.person)
    start.type(PIN)
    start.press(Key.Key_Return)
    start.until(lambda: start.door.on_screen is not start.window)
    window = start.door.on_screen
    start.until(lambda: window.toolbar.isVisible())
    assert window.context.actor.name == "Maria Keller"
    assert window.context.actor.session_id
