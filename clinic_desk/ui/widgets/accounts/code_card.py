"""The recovery code, shown once: to print, to copy, and then to be kept on paper."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import InkLabel, push

WHY = (
    "If you ever lose your password or PIN and no other manager can help, this code lets you "
    "choose a new one. It works once, and is shown only now: print it, or write it down, and keep "
    "it where you keep other keys."
)


class CodeCard(QWidget):
    """``kept`` when the person goes on; ``print_requested`` carries the code."""

    kept = Signal()
    print_requested = Signal(str)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, button: str = "&I have kept it"
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = InkLabel(theme, "Your recovery code", role="title", bold=True)
        self.why = InkLabel(theme, WHY, ink="text2", wrap=True)
        self.code = Label()
        self.code.setTextFormat(Qt.TextFormat.PlainText)
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.code.setAccessibleName("Recovery code")
        self.code.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.done = push(button, self, "primary")
        self.print = push("&Print…", self)
        self.copy = push("&Copy", self)
        self.told = InkLabel(theme, "", role="grid", ink="ok")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.print)
        row.addWidget(self.copy)
        row.addWidget(self.told, 1)
        row.addWidget(self.done)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addWidget(self.why)
        column.addWidget(self.code)
        column.addLayout(row)
        column.addStretch(1)
        self.done.clicked.connect(self.kept)
        self.print.clicked.connect(lambda: self.print_requested.emit(self.code.text()))
        self.copy.clicked.connect(self._copy)
        theme.changed.connect(self._dress)
        self._dress()

    def show_code(self, code: str) -> None:
        self.code.setText(code)
        self.told.setText("")
        self.print.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        self.code.setText("")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.text())
        self.told.setText("Copied.")

    def _dress(self) -> None:
        font = QFont(self._theme.font("date", bold=True))
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1)
        self.code.setFont(font)
        tokens = self._theme.tokens
        self.code.setStyleSheet(
            f"color: {tokens.text.name()}; background: {tokens.window.name()};"
            f"border: 1px solid {tokens.grid_major.name()}; border-radius: 3px; padding: 10px;"
        )
