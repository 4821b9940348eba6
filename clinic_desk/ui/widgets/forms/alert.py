"""The patient's alert, wherever the patient is."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.widgets.forms.covered import Covered


class AlertBar(QWidget):
    """The patient's alert in words, on the refuse colour."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = Label(self)
        self.text = Covered(theme, "", wrap=True, parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 10, 5)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self.text, 1)
        self.hide()

    def show_alert(self, alert: str) -> None:
        self._icon.setPixmap(self._theme.icon("flag-alert", 16, self._theme.tokens.refuse))
        self.text.setText(" ".join(alert.split()))
        self.setAccessibleName(f"Alert: {alert}")
        self.setVisible(bool(alert.strip()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(mix(tokens.refuse, tokens.canvas, 0.5))
        painter.setBrush(mix(tokens.refuse, tokens.canvas, 0.08))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
