"""The tabs above the list, with how many messages each holds."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QTabBar, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.unseen import when_seen
from clinic_desk.ui.messages.groups import TABS

NAMES = [key for key, _word, _icon in TABS]


class MessageTabs(QTabBar):
    """``currentChanged`` when a person chooses another one."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._failed = 0
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setAccessibleName("Which messages")
        for _key, word, _icon in TABS:
            self.addTab(word)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def chosen(self) -> str:
        return NAMES[max(0, self.currentIndex())]

    def choose(self, key: str) -> None:
        """Without ``currentChanged``."""
        with QSignalBlocker(self):
            self.setCurrentIndex(NAMES.index(key))

    def tell(self, numbers: Mapping[str, int], *, today: bool) -> None:
        """``today``: it is today's messages alone that are shown."""
        for at, (key, word, _icon) in enumerate(TABS):
            shown = "Sent today" if key == "sent" and today else word
            number = numbers[key]
            told = f"{shown}  {number:,}" if number or key == "all" else shown
            if self.tabText(at) != told:
                self.setTabText(at, told)
        self._failed = numbers["failed"]
        self._dress()

    @when_seen
    def _dress(self) -> None:
        tokens = self._theme.tokens
        for at, (key, _word, icon) in enumerate(TABS):
            alarming = key == "failed" and self._failed > 0
            if icon:
                ink = tokens.refuse if alarming else tokens.text2
                self.setTabIcon(at, self._theme.qicon(icon, ink))
            if key == "failed":
                self.setTabTextColor(at, tokens.refuse if alarming else tokens.text2)
