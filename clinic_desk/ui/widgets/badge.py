"""A doctor's badge."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.ui.look.theme import DoctorColour, Theme
from clinic_desk.ui.widgets import paint


class Badge(QWidget):
    """24×16 in rows, 28×20 in headers."""

    def __init__(
        self,
        theme: Theme,
        code: str = "",
        colour: DoctorColour | None = None,
        *,
        header: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._code = code
        self._colour = colour
        self.setFixedSize(QSize(28, 20) if header else QSize(24, 16))
        self.setAccessibleName(code)

    def show_doctor(self, code: str, colour: DoctorColour) -> None:
        self._code, self._colour = code, colour
        self.setAccessibleName(code)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        if self._colour is not None:
            paint.badge(QPainter(self), self.rect(), self._theme, self._code, self._colour)
