"""Says why there is nothing here, and the one thing to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.unseen import when_seen
from clinic_desk.ui.widgets.worded import WordedButton

EDGE = 16


class EmptyState(QWidget):
    action_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = "info"
        self._icon = Label(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title = Label(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title.setProperty("role", "title")
        self._text = Label(alignment=Qt.AlignmentFlag.AlignCenter)
        self._text.setProperty("role", "muted")
        self._text.setWordWrap(True)
        self._button = WordedButton()
        self._button.clicked.connect(self.action_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self._icon)
        column.addWidget(self._title)
        column.addWidget(self._text, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        theme.changed.connect(self._dress)

    def explain(self, icon: str, title: str, text: str, action: str = "") -> None:
        self._name = icon
        self._title.setText(title)
        self._text.setText(text)
        self._text.ensurePolished()
        self._text.setVisible(bool(text))
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._dress()

    def button(self) -> QPushButton | None:
        """None while there is nothing to do about it."""
        return None if self._button.isHidden() else self._button

    @when_seen
    def _dress(self) -> None:
        # a wrapped label in a centred cell is not asked for its height by the layout
        width = max(self._theme.px(120), min(self._theme.px(420), self.width() - 2 * EDGE))
        self._text.setFixedSize(width, max(0, self._text.heightForWidth(width)))
        self._icon.setPixmap(self._theme.icon(self._name, 32, self._theme.tokens.text3))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._dress()
