"""What lies over a column's hours: time kept for a type, other sites, the way there, and the hours
of a clock that the gutter does not show. Coordinates: x from the left of the column's own room,
y from the top of the content."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from clinic_desk.domain.ids import Id
from clinic_desk.ui.calendar.hours import Stretch
from clinic_desk.ui.calendar.paint_tools import Texts, hatch
from clinic_desk.ui.geometry.timegrid import FREE_STRIP, DayAxis
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import faded, mix

CLOCK = 42
"""Width of the hours beside a column that follows another clock, at scale 1."""

WAY = 8
TINT = 0.13
LABEL = 16
OVER = frozenset({"reserved", "limited", "elsewhere", "travel"})


class OverPainter:
    """``colours`` maps visit types to the names of their colours."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        self.theme = theme
        self.texts = texts
        self.mirrored = False
        self.colours: dict[Id, str] = {}

    def ink(self, stretch: Stretch) -> QColor:
        """The type's colour; the accent for a type that has none."""
        types = stretch.band.type_ids if stretch.band is not None else ()
        name = next((self.colours[t] for t in types if self.colours.get(t)), "")
        if not name:
            return self.theme.tokens.accent
        return self.theme.doctor_colour(name).stripe

    def ground(self, painter: QPainter, stretch: Stretch, box: QRectF) -> None:
        """Below the lines of the grid."""
        tokens = self.theme.tokens
        if stretch.kind == "elsewhere":
            painter.fillRect(box, tokens.off)
        elif stretch.kind == "reserved":
            painter.fillRect(box, mix(self.ink(stretch), tokens.canvas, TINT))

    def paint(self, painter: QPainter, stretch: Stretch, whole: QRectF, area: QRectF) -> None:
        """Edges and words; ``area`` bounds what is drawn."""
        if stretch.kind == "reserved":
            self._edge(painter, whole & area, self.ink(stretch))
        elif stretch.kind == "limited":
            end = FREE_STRIP
            left = whole.left() if self.mirrored else whole.right() - end
            strip = QRectF(left, whole.top(), end, whole.height()) & area
            painter.fillRect(strip, self.theme.tokens.off)
            hatch(painter, strip, self.theme.tokens.text3, 4.0)
        elif stretch.kind == "travel":
            left = whole.right() - WAY - 1 if self.mirrored else whole.left() + 1
            strip = QRectF(left, whole.top(), WAY, whole.height() - 1) & area
            painter.fillRect(strip, self.theme.tokens.off)
            hatch(painter, strip, self.theme.tokens.text3, 5.0)
        if whole.height() >= LABEL and whole.width() >= 40:
            self.label(painter, stretch, whole.top(), whole.width())

    def label(self, painter: QPainter, stretch: Stretch, top: float, width: float) -> None:
        """At the inline start; the visits that stand there cover it."""
        font, tokens = self.theme.font("caption"), self.theme.tokens
        inset = 8.0 + (WAY if stretch.kind == "travel" else 0)
        shown = self.texts.elided(stretch.label, font, width - inset - 4)
        wide = self.texts.width(shown, font)
        left = width - inset - wide if self.mirrored else inset
        painter.setFont(font)
        painter.setPen(tokens.text if stretch.kind == "reserved" else tokens.text2)
        painter.drawText(QPointF(left, top + self.theme.px(14)), shown)

    def _edge(self, painter: QPainter, box: QRectF, ink: QColor) -> None:
        left = box.right() - 2 if self.mirrored else box.left() + 1
        painter.fillRect(QRectF(left, box.top(), 2, box.height()), faded(ink, 0.7))

    def clock(
        self, painter: QPainter, axis: DayAxis, per_minute: float, box: QRectF, area: QRectF
    ) -> None:
        """The hours of a column's own clock, in ``box`` at its inline start."""
        tokens, font = self.theme.tokens, self.theme.font("caption")
        painter.fillRect(box & area, tokens.window)
        side = box.left() if self.mirrored else box.right() - 1
        painter.fillRect(QRectF(side, box.top(), 1, box.height()) & area, tokens.grid_minor)
        painter.setFont(font)
        painter.setPen(tokens.text2)
        below = self.theme.px(13)
        for tick in axis.ticks(60):
            y = round(tick.minute * per_minute)
            if y < area.top() - below - 4 or y > area.bottom():
                continue
            wide = self.texts.width(tick.label, font)
            left = box.left() + 6 if self.mirrored else box.right() - 6 - wide
            painter.drawText(QPointF(left, y + below), tick.label)
