"""Before a clinic from earlier versions goes on, somebody becomes its first manager."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from clinic_desk.ui.login.first_page import FirstManagerPage
from clinic_desk.ui.main_window.code_paper import print_code
from clinic_desk.ui.main_window.cover import Cover
from clinic_desk.ui.runtime.accounts import Asking

if TYPE_CHECKING:
    from clinic_desk.services.staff_ports import LoggedIn
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.runtime.accounts import Accounts


def ask_for_manager(window: MainWindow, accounts: Callable[[], Accounts]) -> None:
    """Covers the window until the account is made and its recovery code kept."""
    page = FirstManagerPage(
        window.context.theme, Asking(window.context.operations, accounts), window
    )
    cover = Cover(window, page)
    made: list[LoggedIn] = []

    def finished() -> None:
        cover.lift()
        page.deleteLater()
        window.manager_made.emit(made[-1])

    page.made.connect(made.append)
    page.finished.connect(finished)
    page.form.print_requested.connect(
        lambda code: print_code(window, page, made[-1].actor.name, code)
    )
    roster = window.roster.roster
    if roster is not None:
        page.show_place(roster.practice.name, window.context.clock.now(), window.roster.zone)
    page.footer.show_desk(window.context.actor.desk_name)
    cover.draw()
