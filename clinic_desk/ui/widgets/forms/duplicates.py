"""Somebody like this is on file already: the two side by side, "use existing" first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import InkLabel, push

ROWS = 4


class DuplicatePanel(QWidget):
    """Lies over the form below the patient field. Enter takes the focused choice, ← → change it,
    Esc goes back to the fields."""

    use_existing = Signal(object)
    add_anyway = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._existing: object = None
        self._question = InkLabel(theme, "", bold=True, wrap=True, parent=self)
        self._cells: dict[tuple[int, int], InkLabel] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        for column, title in ((1, "On file"), (2, "As typed now")):
            grid.addWidget(InkLabel(theme, title, role="caption", ink="text2"), 0, column)
            grid.setColumnStretch(column, 1)
        for row in range(1, ROWS + 1):
            for column in range(3):
                small = column == 0
                label = InkLabel(
                    theme,
                    role="grid" if small else "body",
                    ink="text2" if small else "text",
                    wrap=not small,
                )
                self._cells[row, column] = label
                grid.addWidget(label, row, column)
        self.existing_button = push("Use existing", self, "primary")
        self.new_button = push("Add as a new patient", self)
        self.existing_button.clicked.connect(self._take_existing)
        self.new_button.clicked.connect(self._take_new)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.existing_button)
        buttons.addWidget(self.new_button)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(16, 14, 16, 14)
        column_box.setSpacing(12)
        column_box.addWidget(self._question)
        column_box.addLayout(grid)
        column_box.addStretch(1)
        column_box.addLayout(buttons)
        self.hide()

    def show_for(
        self, question: str, rows: Sequence[tuple[str, str, str]], existing: object
    ) -> None:
        """Over the parent's lower part; the safe choice has the focus. ``rows`` are (field, on
        file, as typed); ``existing`` comes back with ``use_existing``."""
        self._existing = existing
        self._question.setText(question)
        for row in range(1, ROWS + 1):
            texts = rows[row - 1] if row <= len(rows) else ("", "", "")
            for column, text in enumerate(texts):
                self._cells[row, column].setText(text)
        parent = self.parentWidget()
        if parent is not None:
            top = 104
            self.setGeometry(16, top, parent.width() - 32, min(250, parent.height() - top - 12))
        self.show()
        self.raise_()
        self.existing_button.setFocus()
        announce(self, question, urgent=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            other = self.new_button if self.existing_button.hasFocus() else self.existing_button
            other.setFocus()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.new_button.hasFocus():
                self._take_new()
            else:
                self._take_existing()
        elif key == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _take_existing(self) -> None:
        self.hide()
        self.use_existing.emit(self._existing)

    def _take_new(self) -> None:
        self.hide()
        self.add_anyway.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tokens.warn)
        painter.setBrush(tokens.window)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.fillRect(1, 6, 3, self.height() - 12, tokens.warn)
