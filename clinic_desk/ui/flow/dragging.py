"""A card on its way to another column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtGui import QCursor, QPainter, QPixmap

from clinic_desk.ui.flow.cards import Card, Station, Way

if TYPE_CHECKING:
    from clinic_desk.ui.flow.surface import FlowSurface

EDGE = 36
"""Pixels from the upper or lower edge within which the board scrolls by itself."""


class CardDrag:
    """``goal`` and ``way``: the column below the pointer, and how the card gets there."""

    def __init__(self, surface: FlowSurface, card: Card, start: QPoint) -> None:
        self._surface = surface
        self.card = card
        self.goal: Station | None = None
        self.way: Way | None = None
        place = surface.card_rect(card.id)
        self._grip = start - place.topLeft()
        self._at = start
        self.picture = self._drawn(place)
        self._scroll = QTimer(surface, interval=30)
        self._scroll.timeout.connect(self._roll)

    @property
    def rect(self) -> QRect:
        return QRect(self._at - self._grip, self.picture.deviceIndependentSize().toSize())

    def move(self, at: QPoint) -> None:
        self._at = at
        self.goal, self.way = self._surface.way_at(self.card, at)
        if self._pull():
            self._scroll.start()
        else:
            self._scroll.stop()
        self._surface.viewport().update()

    def stop(self) -> None:
        self._scroll.stop()
        self._scroll.deleteLater()

    def _pull(self) -> int:
        low = self._surface.viewport().height() - EDGE
        if self._at.y() < self._surface.head() + EDGE:
            return -1
        return 1 if self._at.y() > low else 0

    def _roll(self) -> None:
        bar = self._surface.verticalScrollBar()
        bar.setValue(bar.value() + 12 * self._pull())
        self.move(self._surface.viewport().mapFromGlobal(QCursor.pos()))

    def _drawn(self, place: QRect) -> QPixmap:
        ratio = self._surface.devicePixelRatioF()
        picture = QPixmap(place.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._surface.theme.tokens.canvas)
        painter = QPainter(picture)
        whole = QRect(QPoint(0, 0), place.size())
        self._surface.painter.card(painter, whole, self.card, selected=False, focused=False)
        painter.end()
        return picture
