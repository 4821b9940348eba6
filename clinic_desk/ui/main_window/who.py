"""Who works here, at the end of the toolbar, with the ways to lock, to hand over and to leave."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.worded import WordedTool
from clinic_desk.ui.widgets.worded_menu import WordedMenu

ACTIONS = ("session.lock", "session.switch", "session.secret", "session.log_out")


class WhoButton(WordedTool):
    """The name gives way where there is little room; the icon and the menu stay."""

    def __init__(self, theme: Theme, who: str, desk: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._who, self._desk = theme, who, desk
        self._room = 0
        self.setPopupMode(WordedTool.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        theme.changed.connect(self._dress)
        self._tell()
        self._dress()

    @property
    def person(self) -> str:
        return self._who

    def set_actions(self, actions: list[QAction]) -> None:
        menu = WordedMenu(self)
        for action in actions:
            menu.addAction(action)
        self.setMenu(menu)

    def show_person(self, who: str) -> None:
        self._who = who
        self._tell()
        self.fit(self._room)

    def show_desk(self, desk: str) -> None:
        self._desk = desk
        self._tell()

    def fit(self, room: int) -> None:
        """``room``: pixels for the name; 0 for the icon alone."""
        self._room = room
        metrics = self.fontMetrics()
        shown = metrics.elidedText(self._who, Qt.TextElideMode.ElideRight, room) if room else ""
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if shown else style.ToolButtonIconOnly
        )
        self.setText(shown)

    def _tell(self) -> None:
        words = f"{self._who} at {self._desk}" if self._desk and self._who else self._who
        self.setToolTip(as_text(words or "Nobody is logged in"))
        self.setAccessibleName(f"{words}: lock, switch user, log out")

    def _dress(self) -> None:
        self.setIcon(self._theme.qicon("user"))
        self.setFixedHeight(self._theme.px(32))
