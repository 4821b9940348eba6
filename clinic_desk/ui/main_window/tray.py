"""Notices in the tray of the desktop, where there is one. The list under the bell is the truth;
the tray is a nudge, and names nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from clinic_desk.ui.widgets.worded_menu import WordedMenu

if TYPE_CHECKING:
    from clinic_desk.ui.look.theme import Theme

STAYS = 10_000
"""Milliseconds; desktops treat it as a hint."""


class Tray(QObject):
    """``pressed`` carries what was handed in with the newest notice; None: the window alone is
    asked for."""

    pressed = Signal(object)

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon: QSystemTrayIcon | None = None
        self._menu: QMenu | None = None
        self._about: object = None

    def show(self, title: str, text: str, about: object) -> bool:
        """False where there is no tray: the bell tells it all the same."""
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return False
        if self._icon is None:
            self._icon = QSystemTrayIcon(self._theme.qicon("bell", sizes=(16, 24, 32)), self)
            self._icon.setToolTip("Clinic Desk")
            self._icon.messageClicked.connect(lambda: self.pressed.emit(self._about))
            self._icon.activated.connect(self._activated)
            self._icon.setContextMenu(self._made_menu())
        self._about = about
        self._icon.show()
        self._icon.showMessage(title, text, QSystemTrayIcon.MessageIcon.Information, STAYS)
        return True

    def _activated(self, how: QSystemTrayIcon.ActivationReason) -> None:
        if how is not QSystemTrayIcon.ActivationReason.Context:  # that opens the menu
            self.pressed.emit(self._about)

    def _made_menu(self) -> QMenu:
        """Some desktops open nothing but a menu from an icon."""
        self._menu = menu = WordedMenu()
        menu.addAction("Show the last notice", lambda: self.pressed.emit(self._about))
        menu.addAction("Show Clinic Desk", lambda: self.pressed.emit(None))
        return menu

    def stop(self) -> None:
        if self._icon is not None:
            self._icon.hide()
            self._icon = None
        if self._menu is not None:
            self._menu.deleteLater()
            self._menu = None
