"""The menu's way to one's own password or PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from clinic_desk.ui.login.own_secret import OwnSecretDialog
from clinic_desk.ui.main_window.locking import NO_ACCOUNTS, locking_of
from clinic_desk.ui.runtime.accounts import Asking

if TYPE_CHECKING:
    from clinic_desk.services.staff_ports import LoggedIn, StaffTile
    from clinic_desk.ui.main_window.window import MainWindow


def open_own(window: MainWindow) -> None:
    context, locking = window.context, locking_of(window)
    if locking is None or context.accounts is None:
        window.telling.warn(NO_ACCOUNTS)
        return
    actor = context.actor
    asking = Asking(context.operations, context.accounts)
    dialog = OwnSecretDialog(context.theme, asking, actor.staff_id, actor.session_id, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def changed(entered: LoggedIn) -> None:
        locking.begin(entered)
        window.telling.toast("Changed. Your sessions at other desks have ended.")

    def known(tiles: tuple[StaffTile, ...]) -> None:
        for tile in tiles:
            if tile.id == actor.staff_id and not dialog.old.text():
                dialog.of(tile)

    def print_it(code: str) -> None:
        from clinic_desk.ui.main_window.code_paper import print_code

        print_code(window, dialog, actor.name, code)

    dialog.changed.connect(changed)
    dialog.print_requested.connect(print_it)
    asking.work(lambda accounts: accounts.tiles(), done=known, failed=lambda _error: None)
    dialog.open()
