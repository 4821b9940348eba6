"""How far something long is, with a button that stops it; over the foot of the page."""

from __future__ import annotations

from threading import Event as Flag

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import InkLabel, push


class Strip(QWidget):
    """``heard`` may be called from any thread: it answers False once somebody has stopped it."""

    _heard = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget, words: str, called: str) -> None:
        super().__init__(parent)
        self._said = words
        self._stop = Flag()
        self.words = InkLabel(theme, f"{words}…", ink="text2", parent=self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(called)
        self.stop_button = push("S&top", self)
        self.stop_button.clicked.connect(self._stop.set)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop_button)
        self.hide()
        self._heard.connect(self._tell)

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    def begin(self) -> None:
        self._stop.clear()
        self.words.setText(f"{self._said}…")
        self.bar.setRange(0, 0)
        self.show()

    def stop(self) -> None:
        self._stop.set()

    def heard(self, done: int, total: int) -> bool:
        self._heard.emit(done, total)
        return not self._stop.is_set()

    def _tell(self, done: int, total: int) -> None:
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        self.words.setText(f"{self._said}: {done:,} of {total:,}")
