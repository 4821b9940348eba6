"""Icons and words in one line, for buttons that paint themselves."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QWidget


class Inline:
    """Icons and words one after the other with 8 px between, in the reading direction of the
    widget; each takes the painter's font of its moment."""

    def __init__(self, widget: QWidget, painter: QPainter, start: int) -> None:
        self._widget, self._painter, self._x = widget, painter, start

    def icon(self, pixmap: QPixmap) -> None:
        place = self._next(16)
        self._painter.drawPixmap(place.x(), (self._widget.height() - 16) // 2, pixmap)

    def text(self, words: str, top: int = 0) -> None:
        place = self._next(self._painter.fontMetrics().horizontalAdvance(words))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignHCenter
        # the order is that of the letters: mirrored, "23–29 Nov" would become "29–23 Nov"
        self._painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self._painter.drawText(place.adjusted(-2, top, 2, top), flags, words)

    def _next(self, width: int) -> QRect:
        place = QRect(self._x, 0, width, self._widget.height())
        self._x += width + 8
        return QStyle.visualRect(self._widget.layoutDirection(), self._widget.rect(), place)
