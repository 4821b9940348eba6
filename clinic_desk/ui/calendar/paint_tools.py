"""Small strokes that several painters share. Coordinates are logical content pixels, so that
patterns meet at the seams of tiles."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from clinic_desk.ui.look.tokens import DoctorColour

HATCH_PITCH = 8
ROOMY_HOLD = 88
"""Pixels from which a held block has room for its word and sign beside the countdown."""
_LIMIT = 20_000


class Texts:
    """Elides once per (text, width, font); remembers widths. Fonts are the theme's shared
    instances and are told apart by identity: ``clear`` after a font change."""

    def __init__(self) -> None:
        self._elided: dict[tuple[str, int, int], str] = {}
        self._widths: dict[tuple[str, int], float] = {}
        self._metrics: dict[int, QFontMetricsF] = {}
        self.elisions = 0

    def metrics(self, font: QFont) -> QFontMetricsF:
        key = id(font)
        found = self._metrics.get(key)
        if found is None:
            found = self._metrics[key] = QFontMetricsF(font)
        return found

    def elided(self, text: str, font: QFont, width: float) -> str:
        key = (text, int(width), id(font))
        found = self._elided.get(key)
        if found is None:
            if len(self._elided) > _LIMIT:
                self._elided.clear()
            self.elisions += 1
            found = self.metrics(font).elidedText(
                text, Qt.TextElideMode.ElideRight, max(0, int(width))
            )
            if found == "…":
                found = ""
            self._elided[key] = found
        return found

    def width(self, text: str, font: QFont) -> float:
        key = (text, id(font))
        found = self._widths.get(key)
        if found is None:
            if len(self._widths) > _LIMIT:
                self._widths.clear()
            found = self._widths[key] = self.metrics(font).horizontalAdvance(text)
        return found

    def fitting(self, forms: Sequence[tuple[str, QFont]], width: float) -> tuple[str, QFont]:
        """The first of the forms that needs no eliding, otherwise the last."""
        return next((form for form in forms if self.width(*form) <= int(width)), forms[-1])

    def clear(self) -> None:
        self._elided.clear()
        self._widths.clear()
        self._metrics.clear()


def hatch(
    painter: QPainter, area: QRectF, colour: QColor, pitch: float = HATCH_PITCH, width: float = 1.0
) -> None:
    """45° lines over the area, phase fixed to the content's origin."""
    if area.isEmpty():
        return
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(colour, width))
    top, bottom = area.top(), area.bottom()
    first = ceil((area.left() + top) / pitch) - 1
    last = floor((area.right() + bottom) / pitch) + 1
    lines = [
        QLineF(k * pitch - top, top, k * pitch - bottom, bottom) for k in range(first, last + 1)
    ]
    painter.drawLines(lines)
    painter.restore()


def bands(painter: QPainter, area: QRectF, colour: QColor, width: float = 6.0) -> None:
    """Filled 45° bands, as wide as the gaps between them."""
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    pitch = width * 2 * 2**0.5
    # thick lines through the middles of the bands, a little longer than the clip
    top, bottom = area.top() - width, area.bottom() + width
    first = floor((area.left() + top) / pitch) - 1
    last = ceil((area.right() + bottom) / pitch) + 1
    middles = [(k + 0.25) * pitch for k in range(first, last)]
    painter.drawLines([QLineF(at - top, top, at - bottom, bottom) for at in middles])
    painter.restore()


def dots(painter: QPainter, area: QRectF, colour: QColor, pitch: int = 6) -> None:
    """A 1 px dot every ``pitch`` pixels, phase fixed to the content's origin."""
    points = [
        QRectF(x, y, 1, 1)
        for y in range(ceil(area.top() / pitch) * pitch, floor(area.bottom()), pitch)
        for x in range(ceil(area.left() / pitch) * pitch, floor(area.right()), pitch)
    ]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRects(points)
    painter.restore()


def stripe(painter: QPainter, area: QRectF, colour: DoctorColour) -> None:
    """The doctor's stripe in its pattern: solid, dashed, or two thin lines."""
    if colour.pattern == "solid":
        painter.fillRect(area, colour.stripe)
    elif colour.pattern == "double":
        third = area.width() / 3
        painter.fillRect(QRectF(area.left(), area.top(), third, area.height()), colour.stripe)
        painter.fillRect(
            QRectF(area.right() - third, area.top(), third, area.height()), colour.stripe
        )
    else:
        y = area.top()
        while y < area.bottom():
            painter.fillRect(
                QRectF(area.left(), y, area.width(), min(6.0, area.bottom() - y)), colour.stripe
            )
            y += 9


def badge(painter: QPainter, area: QRectF, text: str, colour: DoctorColour, font: QFont) -> None:
    """The code on the doctor's colour; the pattern shows as a notch line beneath."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour.stripe)
    painter.drawRoundedRect(area, 3, 3)
    painter.setPen(colour.badge_text)
    painter.setFont(font)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
    if colour.pattern != "solid":
        pen = QPen(colour.badge_text, 1)
        if colour.pattern == "dashed":
            pen.setDashPattern([3, 2])
        painter.setPen(pen)
        y = area.bottom() - 2.5
        painter.drawLine(QPointF(area.left() + 4, y), QPointF(area.right() - 4, y))
    painter.restore()
