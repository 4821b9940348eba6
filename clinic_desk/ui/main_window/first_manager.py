"""Before a clinic goes on, somebody becomes its first manager: one from earlier versions at its
start, a new one when its set-up is left for anything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.ui.login.first_page import FirstManagerPage
from clinic_desk.ui.main_window.code_paper import print_code
from clinic_desk.ui.main_window.cover import Cover
from clinic_desk.ui.runtime.accounts import Asking

if TYPE_CHECKING:
    from clinic_desk.services.staff_ports import LoggedIn
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.runtime.accounts import Accounts
    from clinic_desk.ui.runtime.starting import Found
    from clinic_desk.ui.wizard.page import WizardPage

SET_UP = "wizard"


def ask_for_manager(
    window: MainWindow, accounts: Callable[[], Accounts], *, new: bool = False
) -> Asked:
    """Covers the window until the account is made and its recovery code kept."""
    return Asked(window, accounts, new=new)


class Asked(QObject):
    """The question that lies over the window. ``new``: the clinic is being set up, and a button
    leads back to that."""

    def __init__(
        self, window: MainWindow, accounts: Callable[[], Accounts], *, new: bool = False
    ) -> None:
        super().__init__(window)
        self._window = window
        asking = Asking(window.context.operations, accounts)
        page = self.page = FirstManagerPage(window.context.theme, asking, window, new=new)
        self._cover = Cover(window, page)
        self._made: list[LoggedIn] = []
        page.made.connect(self._made.append)
        page.finished.connect(self._finished)
        page.form.print_requested.connect(
            lambda code: print_code(window, page, self._made[-1].actor.name, code)
        )
        roster = window.roster.roster
        if roster is not None:
            page.show_place(roster.practice.name, window.context.clock.now(), window.roster.zone)
        status = window.status
        page.footer.show_desk(window.context.actor.desk_name)
        page.footer.show_facts(status.store_words, status.backup_words, well=not status.in_trouble)
        self._cover.draw()

    def lift(self) -> None:
        self._cover.lift()
        self.page.deleteLater()
        self.deleteLater()

    def _finished(self) -> None:
        made = self._made[-1]
        self.lift()
        self._window.manager_made.emit(made)


class Ownerless(QObject):
    """A new clinic in which nobody has an account: its set-up is open to everybody, and nothing
    else is. ``claimed`` carries (``Found``, settings) when there are accounts after all: a backup
    was restored, or another desk made the first one. ``read`` gives both, off the main thread."""

    claimed = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        accounts: Callable[[], Accounts],
        read: Callable[[], tuple[Found | None, Mapping[str, Any]]],
    ) -> None:
        super().__init__(window)
        self._window, self._accounts, self._read = window, accounts, read
        self._asked: Asked | None = None
        self.on = True
        window.centre.page_changed.connect(lambda _page: self.look())
        window.manager_made.connect(self._end)
        window.doors.ownerless = self.stop

    def look(self) -> None:
        """Whatever is on display but the set-up is covered."""
        if not self.on or self._asked is not None or self._window.centre.page == SET_UP:
            return
        asked = self._asked = ask_for_manager(self._window, self._accounts, new=True)
        asked.page.back.clicked.connect(self._back)
        asked.page.form.hide()
        Asking(self._window.context.operations, self._accounts).work(
            lambda _accounts: self._read(), done=self._take, failed=self._unread
        )

    def stop(self) -> bool:
        """Whether what somebody wants has to wait for the first account, to which this leads."""
        if not self.on:
            return False
        if self._window.centre.page == SET_UP:
            cast("WizardPage", self._window.centre.page_named(SET_UP)).ask_for_account()
        else:
            self.look()
        return True

    def _take(self, found: tuple[Found | None, Mapping[str, Any]]) -> None:
        asked = self._asked
        if asked is None:
            return
        if found[0] is None:
            self._ask(asked)
            return
        self._end()
        asked.lift()
        self.claimed.emit(found)

    def _unread(self, _error: ClinicDeskError) -> None:
        """The store says what is wrong when the account is made."""
        if self._asked is not None:
            self._ask(self._asked)

    def _ask(self, asked: Asked) -> None:
        asked.page.form.show()
        # the page that was shown below has given the keyboard to its first field
        QTimer.singleShot(0, asked.page, asked.page.form.focus_empty)

    def _back(self) -> None:
        asked, self._asked = self._asked, None
        if asked is not None:
            self._window.show_page(SET_UP)
            asked.lift()

    def _end(self, _made: object = None) -> None:
        self.on, self._asked = False, None
        self._window.doors.ownerless = None
