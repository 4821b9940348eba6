"""Small things that widgets and item delegates paint alike."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle

from clinic_desk.ui.look.theme import DoctorColour, Theme


def badge(painter: QPainter, rect: QRect, theme: Theme, code: str, colour: DoctorColour) -> None:
    """A doctor's code on the doctor's colour; doctors 9–24 carry a dashed or double lower edge."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour.stripe)
    painter.drawRoundedRect(QRectF(rect), 3, 3)
    painter.setPen(colour.badge_text)
    painter.setFont(theme.font("caption", bold=True))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, code[:3])
    if colour.pattern != "solid":
        pen = QPen(colour.badge_text, 1)
        if colour.pattern == "dashed":
            pen.setDashPattern([2, 2])
        painter.setPen(pen)
        line = rect.bottom() - 1.5
        painter.drawLine(QPointF(rect.left() + 3, line), QPointF(rect.right() - 2, line))
    painter.restore()


def load_bar(painter: QPainter, rect: QRect, theme: Theme, share: float, colour: QColor) -> None:
    """``share`` 0–1 of a bar; over 1 is full."""
    painter.fillRect(rect, theme.tokens.grid_minor)
    filled = round(rect.width() * min(1.0, max(0.0, share)))
    painter.fillRect(QRect(rect.left(), rect.top(), filled, rect.height()), colour)


def key_cap(painter: QPainter, rect: QRect, theme: Theme, text: str) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.tokens.grid_major, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(theme.tokens.text2)
    painter.setFont(theme.font("caption"))
    painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # a key's [ is no ]
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def key_cap_width(theme: Theme, text: str) -> int:
    return QFontMetrics(theme.font("caption")).horizontalAdvance(text) + 10


def focus_ring(painter: QPainter, rect: QRect, theme: Theme) -> None:
    """Two pixels inside ``rect``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.tokens.focus, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 3, 3)
    painter.restore()


def elided(
    painter: QPainter,
    rect: QRect,
    text: str,
    flags: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line in the painter's font and pen, cut at the end when it does not fit."""
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    line(painter, rect, shown, flags)


def line(painter: QPainter, rect: QRect, text: str, flags: Qt.AlignmentFlag) -> None:
    """At the side of ``rect`` where the interface begins, in the order of its own letters: a
    mirrored painter would make "min 30" of "30 min"."""
    if painter.layoutDirection() is not Qt.LayoutDirection.RightToLeft:
        painter.drawText(rect, int(flags), text)
        return
    side = QStyle.visualAlignment(Qt.LayoutDirection.RightToLeft, flags)
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignAbsolute), text)
    painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
