"""The paper lifeboat of the window: begun when the day is on the screen and nobody waits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.ui.paper.lifeboat import MINUTES, Lifeboat, folder_of

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow


def begin(window: MainWindow) -> Lifeboat:
    """Once for a window."""
    boat = window.findChild(Lifeboat)
    if boat is None:
        boat = Lifeboat(window.context, window.settings, window)
        boat.troubled.connect(lambda error: _troubled(window, error))
        boat.well.connect(lambda: window.status.show_paper(""))
        window.closed.connect(boat.stop)
        boat.start()
    return boat


def _troubled(window: MainWindow, error: ClinicDeskError) -> None:
    """One sentence; the status bar keeps a word of it until it works again."""
    window.status.show_paper("Paper lifeboat not written")
    window.telling.refused(error)


def open_folder(window: MainWindow) -> None:
    """In the computer's own file manager; as soon as it is written, if it was not yet there."""
    boat = begin(window)
    boat.look()

    def found(folder: Path) -> None:
        if not folder.is_dir() and not window.settings.get(MINUTES):
            window.telling.warn(
                "The paper lifeboat is switched off; set its minutes in Settings, This desk."
            )
        elif not folder.is_dir() and boat.failed:
            window.telling.warn(
                "The paper lifeboat cannot be written just now; it is tried again by itself."
            )
        elif not folder.is_dir():
            once = Qt.ConnectionType.SingleShotConnection
            boat.wrote.connect(lambda _names: found(folder), once)
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            window.telling.warn(f"The folder cannot be shown here. It is {folder}.")

    window.context.operations.ask(
        folder_of, done=found, failed=window.telling.refused, key="lifeboat-folder"
    )
