"""Who works at this desk: a window for each person of this run, and one of them on the screen.

A window belongs to its person: what they may do, their undo steps, what they have typed and where
their cursor is. So whoever logs in after somebody else gets a window of their own, and the other's
waits, locked, as it was left. The window of whoever is likely to log in is built, and its day
read, behind the log-in page while they type.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.ui.main_window.locking import Locking, locking_of, remarks
from clinic_desk.ui.runtime.accounts import Accounts, Asking
from clinic_desk.ui.runtime.locked import LOCK
from clinic_desk.ui.runtime.settings import read_settings
from clinic_desk.ui.runtime.starting import Found, Read, find

if TYPE_CHECKING:
    from clinic_desk.domain.availability.model import Roster
    from clinic_desk.services.ports import Queries
    from clinic_desk.services.staff_ports import LoggedIn
    from clinic_desk.ui.main_window import MainWindow
    from clinic_desk.ui.main_window.first_manager import Ownerless

LAST = "login.last"
CHOSEN = 400
"""Milliseconds that somebody stays chosen before their window is built behind the page."""

MOST = 6
"""Windows kept at a desk; of more, those without anything open in them go, the oldest first."""


class Premises(Protocol):
    """What is needed of a clinic with accounts (``app.container.Container``)."""

    @property
    def desk(self) -> Any: ...
    @property
    def queries(self) -> Queries: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def log_in(self) -> Accounts: ...

    def for_person(self, actor: Actor) -> Any: ...


Building = Callable[[Any, Mapping[str, Any], "Roster | None"], "MainWindow"]
"""(the clinic as the person has it, settings, roster) → their window, not yet shown."""


class FrontDoor(QObject):
    """``entered`` carries a window when somebody has come to work in it, ``fresh`` one that was
    built just now, ``shown_changed`` the one that is on the screen from now on; ``closed`` comes
    when that has gone."""

    entered = Signal(object)
    fresh = Signal(object)
    shown_changed = Signal(object)
    closed = Signal()

    def __init__(
        self,
        clinic: Premises,
        build: Building,
        read: Read,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._clinic, self._build = clinic, build
        self._values, self._roster, self._found = read.values, read.roster, read.found
        self.windows: dict[Id, MainWindow] = {}
        """By whose they are, the latest used last."""
        self.shown: MainWindow | None = None
        self._ending = False
        self._wanted: Id = ""
        self._ownerless: Ownerless | None = None
        self._guarding = False
        """Whether closing a window asks for what others have left open."""
        self._soon = QTimer(self, singleShot=True, interval=CHOSEN)
        self._soon.timeout.connect(self._build_for_chosen)

    def open(self) -> MainWindow:
        """The window of who was here last, locked; the caller shows it, and calls ``opened``. In a
        clinic without accounts it is the desk's own."""
        if self._found is None:
            window = self._build(self._clinic, self._values, self._roster)
            self.windows[""] = window
            window.manager_made.connect(lambda made: self._first_manager(window, made))
            window.closed.connect(lambda: self._on_closed(window))
            self.fresh.emit(window)
            self._ask_for_owner(window)
        else:
            window = self._window_of(self._expected(str(self._values.get(LAST, ""))))
            self._locking(window).lock("start")
        self.shown = window
        self.shown_changed.emit(window)
        return window

    @property
    def on_screen(self) -> MainWindow:
        """Raises ``RuntimeError`` before ``open``."""
        if self.shown is None:
            raise RuntimeError("no window has been opened")
        return self.shown

    def opened(self) -> None:
        """The window is on the screen: where nobody logs in, work begins."""
        if self._found is None and self.shown is not None and not LOCK.on:
            self.entered.emit(self.shown)
            if self._ownerless is not None:
                self._ownerless.look()

    def _ask_for_owner(self, window: MainWindow) -> None:
        """Of a clinic without accounts."""
        from clinic_desk.ui.main_window.first_manager import Ownerless, ask_for_manager

        if self._upgraded(window):
            ask_for_manager(window, lambda: self._clinic.log_in)
            return
        queries = self._clinic.queries
        self._ownerless = Ownerless(
            window,
            lambda: self._clinic.log_in,
            lambda: (find(queries), read_settings(queries)),
        )
        self._ownerless.claimed.connect(lambda found: self._claimed(window, *found))

    def _upgraded(self, window: MainWindow) -> bool:
        """A clinic that was set up before there were accounts."""
        roster = window.roster.roster
        there = roster is not None and any(row.active for row in roster.doctors.values())
        return there and not window.settings.get("setup.draft").get("step")

    def _claimed(self, window: MainWindow, found: Found, values: Mapping[str, Any]) -> None:
        """There are accounts after all: from now on people log in."""
        self._found, self._values = found, values
        self._furnish(window, self._clinic.desk.become)
        self._locking(window).lock("start")

    def _first_manager(self, window: MainWindow, made: LoggedIn) -> None:
        """From now on the window is theirs."""
        self.windows.pop("", None)
        self.windows[made.actor.staff_id] = window
        self._furnish(window, self._clinic.desk.become)
        self._locking(window).begin(made)

    def end(self, shut: Callable[[MainWindow], None]) -> None:
        """Every window goes, and with them the sessions of this run."""
        self._ending = True
        self._soon.stop()
        actors = [window.context.actor for window in self.windows.values() if _is_in(window)]
        leaving = threading.Thread(target=self._log_all_out, args=(actors,), name="log-out")
        leaving.start()
        for window in list(self.windows.values()):
            shut(window)
        leaving.join()
        self.windows.clear()

    def _log_all_out(self, actors: list[Actor]) -> None:
        """A session that cannot be ended, for the store does not answer, ends by itself."""
        for actor in actors:
            with suppress(ClinicDeskError):
                self._clinic.log_in.log_out(actor)

    def log_out(self) -> None:
        """Ends the session of who is on the screen; what they have open goes with it."""
        window = self.shown
        if window is None or not window.centre.may_leave():
            if window is not None:
                window.centre.when_left(self.log_out)
            return
        locking, actor = self._locking(window), window.context.actor

        def gone(_answer: object) -> None:
            self._begin_anew(window, actor)

        locking.rest()
        self._asking(window).work(
            lambda accounts: accounts.log_out(actor), done=gone, failed=lambda _error: gone(None)
        )

    # windows

    def _window_of(self, actor: Actor) -> MainWindow:
        seat = self._clinic.for_person(actor)
        window = self._build(seat, self._values, self._roster)
        self._furnish(window, seat.desk.become)
        window.closed.connect(lambda: self._on_closed(window))
        self.windows[actor.staff_id] = window
        self.fresh.emit(window)
        return window

    def _furnish(self, window: MainWindow, become: Callable[[Actor], None]) -> None:
        locking = Locking(window, self._asking(window), become)
        locking.show_practice(window.settings.get("practice.demo"))
        if self._found is not None:
            locking.page.show_people(self._found.tiles)
        locking.other.connect(self._other)
        locking.chosen.connect(self._on_chosen)
        locking.locked.connect(lambda: self._on_locked(window))
        locking.opened.connect(lambda: self._opened(window))
        locking.out.connect(self.log_out)
        if self._guarding:
            self._guard(window)

    def _on_locked(self, window: MainWindow) -> None:
        self._remark(window)
        if self._locking(window).entered and not self._guarding:
            self._guarding = True
            for one in self.windows.values():
                self._guard(one)

    def _guard(self, window: MainWindow) -> None:
        """From the first lock on there may be work that its own window cannot ask for."""
        from clinic_desk.ui.main_window.parting import Parting

        Parting(window, self._left_open)

    def _left_open(self) -> list[str]:
        """Whose unsaved work would go with the program; nobody's when it ends anyhow."""
        from clinic_desk.ui.main_window.parting import has_unsaved

        if self._ending:
            return []
        return [one.context.actor.name for one in self.windows.values() if has_unsaved(one)]

    def _locking(self, window: MainWindow) -> Locking:
        locking = locking_of(window)
        assert locking is not None
        return locking

    def _asking(self, window: MainWindow) -> Asking:
        return Asking(window.context.operations, lambda: self._clinic.log_in)

    def _expected(self, staff_id: Id) -> Actor:
        assert self._found is not None
        return self._found.expected(self._clinic.actor, staff_id)

    def _remark(self, window: MainWindow) -> None:
        page = self._locking(window).page
        people = page.tiles.people or (self._found.tiles if self._found is not None else ())
        page.show_people(people, remarks(self.windows))

    def _on_chosen(self, staff_id: Id) -> None:
        """Their window is built while they look for their PIN."""
        self._wanted = staff_id
        if staff_id in self.windows:
            self._soon.stop()
        else:
            self._soon.start()

    def _build_for_chosen(self) -> None:
        window = self.shown
        if window is None or self._wanted in self.windows or not self._locking(window).on:
            return
        wanted = self._wanted

        def take(found: tuple[Found | None, Mapping[str, Any]]) -> None:
            now, values = found
            still = self.shown is window and self._locking(window).on and self._wanted == wanted
            if now is None or not still or wanted in self.windows:
                return
            self._found, self._values = now, values
            if any(tile.id == wanted for tile in now.tiles):
                self._roster = window.roster.roster
                self._locking(self._window_of(self._expected(wanted))).lock("start")

        queries = self._clinic.queries
        self._asking(window).work(
            lambda _accounts: (find(queries), read_settings(queries)),
            done=take,
            failed=lambda _error: None,
            key="front-door",
        )

    # coming and going

    def _other(self, entered: LoggedIn) -> None:
        """Somebody else has logged in at the page of the window on the screen."""
        before, staff_id = self.shown, entered.actor.staff_id
        window = self.windows.get(staff_id)
        if window is None:
            if before is not None:
                self._roster = before.roster.roster
            window = self._window_of(entered.actor)
            self._locking(window).lock("start")
        self._bring(window, before)
        self._locking(window).unlock(entered)

    def _bring(self, window: MainWindow, before: MainWindow | None) -> None:
        """In the place of the one that was there."""
        self.shown = window
        self.shown_changed.emit(window)
        if before is not None and before is not window:
            if before.isMaximized():
                window.showMaximized()
            else:
                window.setGeometry(before.geometry())
                window.show()
            window.raise_()
            self._put_away(before)
            window.activateWindow()
        staff_id = window.context.actor.staff_id
        self.windows[staff_id] = self.windows.pop(staff_id, window)
        self._thin_out()

    def _put_away(self, window: MainWindow) -> None:
        """It waits, locked; nobody ever logged in to one that was built for nothing."""
        from clinic_desk.ui.main_window.curtain import Curtain

        for curtain in window.findChildren(Curtain):
            curtain.stop()
            curtain.setParent(None)
            curtain.deleteLater()
        window.freshness.stop()
        window.sending.stop()
        self._locking(window).rest()
        window.hide()

    def _thin_out(self) -> None:
        """Those that nobody came to go, and the oldest of too many that have nothing open."""
        for staff_id, window in list(self.windows.items()):
            if window is self.shown:
                continue
            many = len(self.windows) > MOST and not _has_work(window)
            if many or not self._locking(window).entered:
                self._drop(staff_id)

    def _drop(self, staff_id: Id) -> None:
        window = self.windows.pop(staff_id)
        window.closed.disconnect()
        window.freshness.stop()
        window.sending.stop()
        window.hide()
        window.context.operations.shutdown()
        window.deleteLater()

    def _begin_anew(self, window: MainWindow, actor: Actor) -> None:
        """After a log-out: the same person's next window is a new one."""
        self.windows.pop(actor.staff_id, None)
        self._roster = window.roster.roster
        fresh = self._window_of(self._expected(actor.staff_id))
        self._locking(fresh).lock("start")
        self._bring(fresh, window)
        self.windows[f"gone:{id(window)}"] = window
        self._drop(f"gone:{id(window)}")

    def _opened(self, window: MainWindow) -> None:
        actor = window.context.actor
        window.toolbar.who.show_person(actor.name)
        window.settings.put(LAST, actor.staff_id)
        window.undoing.refresh()
        self.entered.emit(window)

    def _on_closed(self, window: MainWindow) -> None:
        if window is self.shown and not self._ending:
            self.closed.emit()


def _is_in(window: MainWindow) -> bool:
    """Somebody has logged in there."""
    locking = locking_of(window)
    return locking is not None and locking.entered


def _has_work(window: MainWindow) -> bool:
    """Something is open in it."""
    locking = locking_of(window)
    on_page = window.centre.page not in ("calendar", "empty")
    return on_page or (locking is not None and bool(locking.cover.dialogs))
