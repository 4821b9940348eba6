"""An empty folder, the real program's window on it, and hands that press its keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.app import first_run, paths
from clinic_desk.app.container import Container, build
from clinic_desk.domain.staff import SecretKind
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.ui.application import begin, build_window, shut
from clinic_desk.ui.front_door import FrontDoor
from clinic_desk.ui.look import style
from clinic_desk.ui.look.assets import Assets
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.main_window.locking import locking_of
from clinic_desk.ui.runtime.operations import Gate
from clinic_desk.ui.runtime.starting import Read
from clinic_desk.ui.wizard.page import WizardPage
from tests.fakes.clock import FixedClock
from tests.fakes.keyboard import focused

MORNING = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
"""Tuesday 24 November 2026, 08:12 in London."""

Key = Qt.Key
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SECRET = "tulip ladder seven"
"""Of the first manager."""

PATIENCE = 60.0
"""Seconds; a machine under load is slow, never wrong."""


class FirstStart:
    """The clinic of ``data`` and its window; ``close`` both. ``owned``: its first account was made
    before, and its person logs in."""

    def __init__(self, data: Path, zone: str = "Europe/London", *, owned: bool = False) -> None:
        self.container: Container = build(data, clock=FixedClock(MORNING))
        first_run.set_up(self.container, zone)
        if owned:
            accounts = self.container.log_in
            accounts.first_manager("Maria Keller", "maria", Secret(SECRET), SecretKind.PASSWORD)
        theme = Theme(Assets(paths.resources()))
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        style.apply(app, theme)
        self.door = FrontDoor(
            self.container,
            lambda clinic, values, roster: build_window(clinic, theme, values, roster),
            Read.of(self.container),
        )
        self.window: MainWindow = self.door.open()
        self.window.resize(1366, 768)
        self.window.show()
        self.window.activateWindow()
        self.until(lambda: self.window.roster.roster is not None)
        locking = locking_of(self.window)
        if locking is not None:
            self.until(locking.page.secret.hasFocus)
            self.type(SECRET)
            self.press(Key.Key_Return)
            self.until(lambda: not locking.on)
        begin(self.window)

    @property
    def desk(self) -> Gate:
        """Of whoever works in the window."""
        return self.window.context.operations._gate

    @property
    def page(self) -> WizardPage:
        page = self.window.centre.page_named("wizard")
        assert isinstance(page, WizardPage)
        return page

    @property
    def opened(self) -> WizardPage:
        """The wizard, when its fields are filled."""
        self.until(lambda: self.window.centre.page == "wizard" and self.page.roster is not None)
        return self.page

    def until(self, so: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not so():
            QApplication.processEvents()
            time.sleep(0.002)
            assert time.monotonic() < end, "it never came"
        QApplication.processEvents()

    def quiet(self) -> None:
        """Nothing is being saved."""
        self.until(lambda: not self.page.busy)

    # hands

    def press(
        self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(focused(), key, held)
        QApplication.processEvents()

    def type(self, text: str) -> None:
        target = focused()
        for sign in text:
            if sign.isascii():
                QTest.keyClick(target, sign)
            else:  # QTest knows no other letters
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, sign)
                    QApplication.sendEvent(target, event)
        QApplication.processEvents()

    def retype(self, field: QWidget, text: str) -> None:
        """As somebody does who clicks into a field and types it anew."""
        target = field.focusProxy() or field
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(12, 12))
        self.press(Key.Key_A, CTRL)
        if text:
            self.type(text)
        else:
            self.press(Key.Key_Delete)

    def enter(self, step: str) -> None:
        """Enter, and the step that comes then, with everything saved."""
        self.press(Key.Key_Return)
        self.until(lambda: self.page.current.name == step)
        self.quiet()

    def close(self) -> None:
        self.door.end(shut)
        QApplication.processEvents()
        self.container.close()


def through_to(start: FirstStart, step: str, doctors: tuple[str, ...] = ("Aylin Demir",)) -> None:
    """From the first step to the one of that name with the keys alone."""
    page = start.opened
    for name, following in (
        ("region", "clinic"), ("clinic", "hours"), ("hours", "doctors"), ("doctors", "offers"),
        ("offers", "data"), ("data", "account"), ("account", "trying"),
    ):  # fmt: skip
        if name == step:
            return
        assert page.current.name == name
        if name == "clinic":
            start.type("Harbour Family Practice")
        if name == "doctors":
            for doctor in doctors:
                start.type(doctor)
                start.press(Key.Key_Return)
        if name == "account":
            make_account(start)
        start.enter(following)


def make_account(start: FirstStart) -> None:
    """The first manager's, with the keys alone, up to its recovery code."""
    form = start.page.account.form
    start.until(form.name.hasFocus)
    start.type("Maria Keller")
    start.press(Key.Key_Return)  # the log-in name is proposed
    start.press(Key.Key_Return)
    for _ in range(2):
        start.type(SECRET)
        start.press(Key.Key_Return)
    start.until(lambda: form.showing_code)
    start.until(form.code.print.hasFocus)
    form.code.done.setFocus()
