"""A one-time password or PIN, shown once to the manager who reads it to its person."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.domain.staff import SecretKind
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.accounts.words import kind_words
from clinic_desk.ui.widgets.forms.bits import InkLabel, push


class OneTime(QWidget):
    """``done`` when it has been handed on."""

    done = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lead = InkLabel(theme, "", wrap=True)
        self.secret = Label()
        self.secret.setTextFormat(Qt.TextFormat.PlainText)
        self.secret.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.secret.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.secret.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.secret.setAccessibleName("One-time password or PIN")
        self.copy, self.over = push("&Copy", self), push("&Done", self, "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.lead)
        column.addWidget(self.secret)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addStretch(1)
        row.addWidget(self.over)
        column.addLayout(row)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.secret.text()))
        self.over.clicked.connect(self.done)
        theme.changed.connect(self._dress)
        self._dress()

    def show_secret(self, name: str, kind: SecretKind, secret: Secret) -> None:
        words = kind_words(kind)
        self.lead.setText(
            f"Tell {name} this {words}. It is shown only now, and counts once: with the first "
            "log-in they choose their own."
        )
        self.secret.setText(secret.reveal())
        self.secret.setAccessibleName(f"One-time {words}")
        self.over.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        self.secret.setText("")

    def _dress(self) -> None:
        font = QFont(self._theme.font("date", bold=True))
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 2)
        self.secret.setFont(font)
        tokens = self._theme.tokens
        self.secret.setStyleSheet(
            f"color: {tokens.text.name()}; background: {tokens.window.name()};"
            f"border: 1px solid {tokens.grid_major.name()}; border-radius: 3px; padding: 10px;"
        )
