"""What is being done with the backups just now, how far it is, and the button that stops it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import InkLabel, push


class WorkLine(QWidget):
    """Hidden while nothing is done."""

    stop_pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = InkLabel(theme, parent=self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress")
        self.stop = push("&Stop", self)
        self.stop.clicked.connect(self._stopped)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.words)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop)
        self.hide()

    def follow(self, what: str) -> None:
        """What is done; empty when it is over."""
        if what and self.isHidden():
            self.bar.setValue(0)
            self.stop.setEnabled(True)
            self.words.setText(what)
        self.setVisible(bool(what))

    def show_progress(self, done: int, total: int, sentence: str) -> None:
        self.bar.setValue(round(1000 * done / max(1, total)))
        self.words.setText(sentence)

    def _stopped(self) -> None:
        self.stop.setEnabled(False)
        self.words.setText("Stopping…")
        self.stop_pressed.emit()
