"""The lock of one window: by key, after a while, when the session ends; and the way back in.

The window belongs to one person. Whoever else logs in at the page gets a window of their own
(``ui.front_door``), and this one waits below its page as it was left.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.ui.login.page import LogInPage
from clinic_desk.ui.main_window.cover import Cover
from clinic_desk.ui.main_window.lock_words import lock_icon, lock_words
from clinic_desk.ui.runtime.accounts import Asking
from clinic_desk.ui.runtime.privacy import CURTAIN

if TYPE_CHECKING:
    from clinic_desk.services.log_in import SessionState
    from clinic_desk.services.staff_ports import LoggedIn
    from clinic_desk.ui.login.changing import Changing
    from clinic_desk.ui.main_window.window import MainWindow

WATCH = 2000
"""Milliseconds between two looks whether the session still counts."""

LOOKS = 60
"""How often it is asked again why a session has ended; a restore takes a while."""

LOOK = 1000
"""Milliseconds between two looks whether anybody is at the desk."""

WARM = 300
"""Milliseconds after the page has come."""

MINUTES = "lock.minutes"

_USE = frozenset(
    {
        QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove,
        QEvent.Type.Wheel, QEvent.Type.TouchBegin,
    }
)  # fmt: skip


class Locking(QObject):
    """``opened`` when the person is (back) at work, ``other`` carries the ``LoggedIn`` of somebody
    else, ``chosen`` the id of who is chosen on the page, ``locked`` when the page has come, ``out``
    when the person wants to log out.
    ``seconds`` is a clock that only goes forward, ``wall`` one that also counts while the computer
    sleeps."""

    opened = Signal()
    locked = Signal()
    out = Signal()
    other = Signal(object)
    chosen = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        asking: Asking,
        become: Callable[[Actor], None],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(window)
        self._window, self._asking, self._become = window, asking, become
        self.seconds = seconds
        self._used, self._used_wall = seconds(), self.wall()
        self._watched: list[QWindow] = []
        self._looks = 0
        self.page = LogInPage(window.context.theme, asking, window)
        self.over: Changing | None = None
        self.cover = Cover(window, self.page)
        self._watch = QTimer(self, interval=WATCH)
        self._watch.timeout.connect(self.look_at_session)
        self._look = QTimer(self, interval=LOOK)
        self._look.timeout.connect(self.look)
        self._warming = QTimer(self, singleShot=True, interval=WARM)
        self._warming.timeout.connect(self._warm)
        page = self.page
        page.logged_in.connect(self.take)
        page.chosen.connect(self.chosen)
        page.aside.connect(self._aside)
        key = window.actions_["session.lock"]  # in an open menu or list too
        key.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        window.installEventFilter(self)
        window.context.operations.logged_out.connect(self._logged_out)
        window.freshness.minute.connect(lambda _now: self._tell_time())
        window.closed.connect(self.rest)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._follow_focus)
            app.applicationStateChanged.connect(self._state_changed)

    @property
    def on(self) -> bool:
        return self.cover.on

    @property
    def actor(self) -> Actor:
        return self._window.context.actor

    @property
    def entered(self) -> bool:
        """Somebody has logged in here: there may be work behind the page."""
        return bool(self.actor.session_id)

    # locking

    def lock(self, why: str = "key", sentence: str = "") -> None:
        """``why``: "key", "idle", "sleep", "switch", "start" (nobody was here yet), "ended" with
        the sentence that says how."""
        if self.on:
            if sentence:
                self.page.explain(sentence, "warn")
            return
        if CURTAIN.by_itself:
            CURTAIN.lift()  # its first key would be the first of the PIN
        actor = self.actor
        self.page.held_by(actor.staff_id if self.entered else "", actor.session_id)
        self._tell_facts()
        self.cover.draw()
        self.page.explain(sentence or lock_words(why, self._minutes()), lock_icon(why))
        self.page.begin()
        self.page.choose(actor.staff_id)
        if why == "start":  # the people have been read with the settings
            self._warming.start()
        else:
            self.page.read_people()
        self._watch.stop()
        self._window.context.operations.tell_views()
        if why not in ("start", "ended"):
            self._asking.work(
                lambda accounts: accounts.lock(actor, why),
                done=lambda _none: None,
                failed=lambda _error: None,
            )
        self.locked.emit()

    def _warm(self) -> None:
        """What the first log-in needs is loaded while a name is looked for."""
        self._asking.work(
            lambda accounts: accounts.needed(), done=lambda _: None, failed=lambda _: None
        )

    def unlock(self, entered: LoggedIn) -> None:
        """The person is back: everything is where it was, and so is the keyboard."""
        before = self.actor
        self._become(entered.actor)
        self._window.context.become(entered.actor)
        self._window.context.operations.tell_views()  # what was made ready for them
        self.page.held_by(entered.actor.staff_id, entered.actor.session_id)
        self.touch()
        self._shut_over()
        self.cover.lift()
        self.wake()
        self.opened.emit()
        if before.rights != self.actor.rights:
            from clinic_desk.ui.main_window import standing  # not every day

            standing.caught_up(self._window, before)

    def begin(self, made: LoggedIn) -> None:
        """The first manager of a clinic: nothing was locked."""
        self._become(made.actor)
        self._window.context.become(made.actor)
        self.touch()
        self.wake()
        self.opened.emit()

    def take(self, entered: LoggedIn) -> None:
        """Somebody has logged in at the page."""
        if entered.actor.staff_id == self.actor.staff_id:
            self.unlock(entered)
        else:
            self._shut_over()
            self.other.emit(entered)

    def wake(self) -> None:
        """From now on it is watched whether anybody is here, and may be."""
        self._watch.start()
        self._look.start()

    def rest(self) -> None:
        """The window has gone, or waits behind another one's."""
        self._warming.stop()
        self._watch.stop()
        self._look.stop()

    # who is at the desk

    def touch(self) -> None:
        self._used, self._used_wall = self.seconds(), self.wall()

    def wall(self) -> float:
        return self._window.context.clock.now().timestamp()

    def idle(self) -> float:
        """Seconds since the last key or click; the time that the computer slept counts, a clock
        that was put back does not."""
        return max(self.seconds() - self._used, self.wall() - self._used_wall)

    def look(self) -> None:
        minutes = self._minutes()
        if minutes and not self.on and self.idle() >= minutes * 60:
            self.lock("idle")

    def _minutes(self) -> int:
        return int(self._window.settings.get(MINUTES))

    def _follow_focus(self, handle: QWindow | None) -> None:
        """Keys and clicks come through these few objects."""
        if handle is not None and handle not in self._watched:
            from shiboken6 import isValid

            self._watched = [one for one in self._watched if isValid(one)]
            self._watched.append(handle)
            handle.installEventFilter(self)

    def eventFilter(self, one: QObject, event: QEvent) -> bool:  # noqa: N802
        kind = event.type()
        if kind in _USE and one is not self._window:
            self.touch()
            if kind is QEvent.Type.KeyPress:
                return self._key_in_dialog(event)
        elif kind is QEvent.Type.Show and one is self._window:
            self._follow_focus(self._window.windowHandle())
        return False

    def _key_in_dialog(self, event: QEvent) -> bool:
        """The window's own shortcut does not reach a dialog."""
        from PySide6.QtGui import QKeyEvent, QKeySequence
        from PySide6.QtWidgets import QApplication

        if self.on or not isinstance(event, QKeyEvent) or not self._window.isVisible():
            return False
        if QApplication.activeWindow() in (self._window, None):
            return False
        pressed = QKeySequence(event.keyCombination())
        if pressed not in self._window.actions_["session.lock"].shortcuts():
            return False
        self.lock("key")
        return True

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationSuspended and self._window.isVisible():
            self.lock("sleep")

    # the session

    def look_at_session(self) -> None:
        """One look now: a session that has ended locks the screen."""
        actor = self.actor
        if self.on or not self.entered:
            return

        def take(state: SessionState) -> None:
            if state.status == "ended" and not self.on and actor is self.actor:
                self.lock("ended", state.sentence)
                self._look_why_again(state)

        # a store that does not answer is told by the status bar
        self._asking.work(
            lambda accounts: accounts.state(actor),
            done=take, failed=lambda _error: None, key="session-state",
        )  # fmt: skip

    def _logged_out(self, error: ClinicDeskError) -> None:
        if isinstance(error, Refusal) and not self.on and self.entered:
            self.lock("ended", error.sentence)
            self.look_why()

    def look_why(self) -> None:
        """The store's own words, which say when and by whom."""
        actor = self.actor

        def take(state: SessionState) -> None:
            if state.status == "ended" and self.on and actor is self.actor:
                self.page.explain(state.sentence, "warn")
            self._look_why_again(state)

        self._asking.work(
            lambda accounts: accounts.state(actor),
            done=take, failed=lambda _error: None, key="session-state",
        )  # fmt: skip

    def _look_why_again(self, state: SessionState) -> None:
        """A backup that is being restored is told of when it has been."""
        self._looks = 0 if state.final else self._looks + 1
        if 0 < self._looks < LOOKS:
            QTimer.singleShot(WATCH, self.page, lambda: self.look_why() if self.on else None)

    # what the page tells

    def _tell_facts(self) -> None:
        window, page = self._window, self.page
        desk = window.settings.get("desk.name").strip() or self.actor.desk_name
        page.footer.show_desk(desk)
        status = window.status
        page.footer.show_facts(status.store_words, status.backup_words, well=not status.in_trouble)
        self._tell_time()

    def _tell_time(self) -> None:
        window, roster = self._window, self._window.roster.roster
        name = roster.practice.name if roster is not None else ""
        self.page.show_place(name, window.context.clock.now(), window.choices.zone(window.roster))

    def show_practice(self, pin: str) -> None:
        """A made-up clinic tells its PIN to everybody."""
        self.page.show_hint(f"Practice clinic: every PIN is {pin}." if pin else "")

    # other screens over the page

    def _aside(self, name: str) -> None:
        from clinic_desk.ui.login.changing import Changing

        if (person := self.page.person) is None:
            return
        self._shut_over()
        first_try = self.page.take_first_try() if name == "must_change" else None
        keep = self.actor.session_id if person.id == self.actor.staff_id else ""
        over = self.over = Changing(
            self._window.context.theme, self._asking, person, first_try, self.page, keep=keep
        )
        over.like(self.page)
        over.logged_in.connect(self.take)
        over.back.connect(self._back)
        over.print_requested.connect(lambda code: self._print(person.name, code))
        self.page.lay_over(over)

    def _print(self, name: str, code: str) -> None:
        from clinic_desk.ui.main_window.code_paper import print_code

        print_code(self._window, self.over or self.page, name, code)

    def _back(self) -> None:
        self._shut_over()
        self.page.begin()

    def _shut_over(self) -> None:
        if (over := self.over) is not None:
            self.over = None
            self.page.lay_over(None)
            over.hide()
            over.deleteLater()


def locking_of(window: MainWindow) -> Locking | None:
    """None in a clinic without accounts."""
    return window.findChild(Locking)


def lock(window: MainWindow) -> None:
    _locked(window, "key")


def switch(window: MainWindow) -> None:
    _locked(window, "switch")


def log_out(window: MainWindow) -> None:
    locking = locking_of(window)
    if locking is None:
        window.telling.warn(NO_ACCOUNTS)
    else:
        locking.out.emit()


def _locked(window: MainWindow, why: str) -> None:
    locking = locking_of(window)
    if locking is None:
        window.telling.warn(NO_ACCOUNTS)
    else:
        locking.lock(why)


NO_ACCOUNTS = (
    "There are no accounts yet, so nobody could unlock this window again. Make yours in “Set up "
    "the clinic”, step “Your account”. F12 hides the names meanwhile."
)


def remarks(windows: dict[Id, MainWindow]) -> dict[Id, str]:
    """What the tiles say of those whose work waits at this desk."""
    found = {}
    for staff_id, window in windows.items():
        locking = locking_of(window)
        if locking is not None and locking.entered:
            found[staff_id] = "locked here · draft" if locking.cover.dialogs else "locked here"
    return found
