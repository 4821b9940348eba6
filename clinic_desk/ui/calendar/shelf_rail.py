"""The folded shelf: a rail with the icon and the number of parked visits."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from clinic_desk.ui.look.theme import Theme

WIDTH = 32


class ShelfRail(QAbstractButton):
    """A click opens the shelf; it lights up while something hovers above it to be parked."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count = 0
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_count(0)
        theme.changed.connect(self.update)

    def set_count(self, count: int) -> None:
        self._count = count
        self.setAccessibleName(f"Open the shelf, {count} parked")
        self.setToolTip(f"Shelf: {count} parked (F8)")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(WIDTH, 120)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        theme, tokens = self._theme, self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = tokens.ghost_ok if self.isDown() else tokens.window
        painter.fillRect(self.rect(), ground)
        if self.underMouse() and not self.isDown():
            painter.fillRect(self.rect(), tokens.selected)
        painter.fillRect(0, 0, 1, self.height(), tokens.grid_major)
        painter.drawPixmap((self.width() - 16) // 2, 14, theme.icon("shelf", 16))
        if self._count:
            box = QRect(4, 38, self.width() - 8, 20)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.accent)
            painter.drawRoundedRect(box, 10, 10)
            painter.setPen(tokens.on_accent)
            painter.setFont(theme.font("caption", bold=True))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self._count))
        if self.hasFocus():
            painter.setPen(QPen(tokens.focus, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
