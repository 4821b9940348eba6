"""What is still seen of a program whose window has gone, while it does a last thing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import InkLabel, push


class FarewellCard(QWidget):
    """A small window of its own. Esc and its closing press ``without``, until ``end``."""

    def __init__(
        self, theme: Theme, width: int, words: str, more: str, *, bar: str, without: str
    ) -> None:
        """``words`` say what is done and ``more`` how long it takes; ``bar`` is what the progress
        is called; ``without`` the word on the button that waits no longer."""
        super().__init__(None, Qt.WindowType.Dialog)
        self._over = False
        self.setWindowTitle("Clinic Desk")
        self.setFixedWidth(theme.px(width))
        self.words = InkLabel(theme, words, bold=True, wrap=True, parent=self)
        self.more = InkLabel(theme, more, ink="text2", wrap=True, parent=self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(bar)
        self.without = push(without, self)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.without)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.words)
        column.addWidget(self.bar)
        column.addWidget(self.more)
        column.addLayout(row)

    def end(self) -> None:
        """It is done, or given up: the card goes without a press of its button."""
        self._over = True
        self.close()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.without.click()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        super().closeEvent(event)
        if not self._over:
            self.without.click()
