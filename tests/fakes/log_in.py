"""The program at a desk of the demo clinic with accounts, and hands that type at its pages."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_desk.app import demo_clinic, demo_staff
from clinic_desk.app.clock import Uuid7
from clinic_desk.app.container import Container, build
from clinic_desk.domain.events import Actor
from clinic_desk.integrations.passwords import Argon2Passwords, Cost
from clinic_desk.services.staff_ports import LoggedIn
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.store.opening import open_store
from clinic_desk.ui.application import build_window, shut
from clinic_desk.ui.front_door import FrontDoor
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.main_window.locking import Locking, locking_of
from clinic_desk.ui.runtime.starting import Read
from tests.fakes.clock import FixedClock
from tests.fakes.front_desk import MIGRATIONS, TUESDAY, _demo_file
from tests.fakes.once import once

PIN = demo_staff.PIN
PATIENCE = 60.0
CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


def cheap() -> Argon2Passwords:
    """Real hashes, but quick ones."""
    return Argon2Passwords(Cost(passes=1, memory=8, lanes=1))


def _peopled() -> Path:
    """The demo clinic with its accounts; made once per run."""

    def make(folder: Path) -> None:
        path = folder / "clinic.db"
        shutil.copyfile(_demo_file(), path)
        clock = FixedClock(TUESDAY)
        store = open_store(path, MIGRATIONS, clock, Uuid7())
        people = demo_staff.People(cheap())
        try:
            people.add(store, clock, Uuid7(), demo_clinic.made_by(Uuid7()))
        finally:
            people.close()
            store.close()

    return once("peopled", make) / "clinic.db"


def until(so: Callable[[], object], what: str = "it") -> None:
    """Lets the program live until something is so."""
    end = time.monotonic() + PATIENCE
    while not so():
        QApplication.processEvents()
        time.sleep(0.002)
        assert time.monotonic() < end, f"{what} never came"


class House:
    """A desk in ``folder``. ``accounts`` False: the clinic as it was before there were any."""

    def __init__(self, folder: Path, *, accounts: bool = True) -> None:
        folder.mkdir(exist_ok=True)
        data = folder / "clinic.db"
        if not data.exists():
            shutil.copyfile(_peopled() if accounts else _demo_file(), data)
        self.folder = folder
        self.clock = FixedClock(TUESDAY)
        self.clinic: Container = build(folder, clock=self.clock, hasher=cheap())
        self.theme = Theme.for_tests()
        self.door = FrontDoor(
            self.clinic,
            lambda seat, values, roster: build_window(seat, self.theme, values, roster),
            Read.of(self.clinic),
        )
        self.window.resize(1366, 768)
        self.window.show()
        self.window.activateWindow()
        self.door.opened()

    @property
    def window(self) -> MainWindow:
        """The one on the screen."""
        return self.door.shown or self.door.open()

    @property
    def locking(self) -> Locking:
        found = locking_of(self.window)
        assert found is not None
        return found

    # hands

    def listening(self) -> QWindow:
        """The window that has the keyboard; offscreen nobody hands it on when a dialog closes."""
        active = QApplication.activeModalWidget() or self.window
        handle = active.windowHandle()
        assert handle is not None
        return handle

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.listening(), key, held)

    def type(self, text: str) -> None:
        for letter in text:
            QTest.keyClick(self.listening(), letter)

    def choose(self, name: str) -> None:
        """Whoever's name begins so, with the arrows."""
        page = self.locking.page
        until(lambda: page.tiles.people, "the people")
        page.focus_secret()
        places = [tile.name for tile in page.tiles.shown]
        wanted = next(n for n, one in enumerate(places) if one.startswith(name))
        for _ in range(len(places)):
            person = page.person
            now = places.index(person.name) if person is not None else 0
            if now == wanted:
                return
            self.press(Qt.Key.Key_Right if now < wanted else Qt.Key.Key_Left)
        raise AssertionError(f"{name} is not to be reached")

    def enter(self, secret: str = PIN) -> None:
        """Types it and presses Enter; what comes of it is waited for by the caller."""
        page = self.locking.page
        until(page.secret.hasFocus, "the keyboard in the field")
        self.type(secret)
        self.press(Qt.Key.Key_Return)

    def come_in(self, name: str = "Maria", secret: str = PIN) -> MainWindow:
        """Logs in, and answers the window in which that person works."""
        self.choose(name)
        self.enter(secret)
        until(lambda: not self.locking.on, f"{name}'s day")
        until(lambda: self.window.page.grid().slice is not None, "the day")
        return self.window

    def lock(self) -> None:
        self.press(Qt.Key.Key_L, CTRL)
        until(lambda: self.locking.on, "the lock")

    def elsewhere(self, log_in: str = "maria", secret: str = PIN) -> Container:
        """The same clinic at another desk, where that person has logged in."""
        tile = next(one for one in self.clinic.log_in.tiles() if one.log_in == log_in)
        entered: LoggedIn = self.clinic.log_in.log_in(tile.id, Secret(secret))
        actor: Actor = entered.actor
        return self.clinic.for_person(actor)

    def close(self) -> None:
        self.door.end(shut)
        QApplication.processEvents()
        self.clinic.close()
