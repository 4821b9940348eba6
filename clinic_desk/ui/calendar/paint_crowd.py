"""Blocks that stand for several visits: "+n", and the hours of a crowded week by how full they
are."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from clinic_desk.ui.calendar.grid_layout import Block
from clinic_desk.ui.calendar.month_paint import heat_colour
from clinic_desk.ui.calendar.paint_tools import Texts
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import plural

MIDDLE = 140
"""Lightness (0 … 255) of a fill from which on dark words are read better."""


def paint_folded(painter: QPainter, theme: Theme, box: QRectF, count: int) -> None:
    """ "+3" in the last lane of a crowded place."""
    tokens = theme.tokens
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(tokens.control_border, 1))
    painter.setBrush(tokens.window)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(tokens.text)
    painter.setFont(theme.font("caption", bold=True))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"+{count}")
    painter.restore()


def paint_crowd(
    painter: QPainter, theme: Theme, texts: Texts, block: Block, *, mirrored: bool = False
) -> None:
    """An hour: how many visits begin in it, and the share of the open time that is taken."""
    share, tokens = block.share or 0.0, theme.tokens
    box = QRectF(block.x, block.y, block.width, block.height)
    fill = heat_colour(theme.name, share)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(tokens.control_border, 1))
    painter.setBrush(fill)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(_ink(fill))
    bold, plain = theme.font("grid", bold=True), theme.font("grid")
    line, room = theme.px(16), box.width() - 16
    rows = 2 if box.height() >= 2 * line + 4 else 1
    baseline = box.top() + (box.height() - rows * line) / 2 + theme.px(12)
    words = texts.elided(plural(len(block.overflow), "visit"), bold, room)
    painter.setFont(bold)
    leading = not mirrored

    def place(text: str, font: QFont, *, first: bool) -> float:
        return box.left() + 8 if first else box.right() - 8 - texts.width(text, font)

    painter.drawText(QPointF(place(words, bold, first=leading), round(baseline)), words)
    full = f"{share:.0%} full"
    painter.setFont(plain)
    if rows == 2:
        shown = texts.elided(full, plain, room)
        at = place(shown, plain, first=leading)
        painter.drawText(QPointF(at, round(baseline + line)), shown)
    elif texts.width(words, bold) + texts.width(full, plain) + 16 <= room:
        painter.drawText(QPointF(place(full, plain, first=mirrored), round(baseline)), full)
    painter.restore()


def _ink(fill: QColor) -> QColor:
    """Dark on light fills, white on dark ones, whatever the theme."""
    grey = 0.299 * fill.red() + 0.587 * fill.green() + 0.114 * fill.blue()
    return QColor("#16191D") if grey >= MIDDLE else QColor("#FFFFFF")


def paint_squeezed(
    painter: QPainter, theme: Theme, texts: Texts, box: QRectF, *, mirrored: bool, dim: bool
) -> None:
    """A visit above the places that there are: the double outline of a warning and, where it
    fits, "+1" at the lower inline end."""
    ink = theme.tokens.warn
    painter.save()
    painter.setOpacity(0.4 if dim else 1.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, 1.5))
    painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), 3, 3)
    if box.width() >= 28 and box.height() >= 16:
        painter.setPen(QPen(ink, 1))
        painter.drawRoundedRect(box.adjusted(3, 3, -3, -3), 2, 2)
    font = theme.font("caption", bold=True)
    wide, high = texts.width("+1", font) + 8, theme.px(14)
    if box.width() >= wide + 30 and box.height() >= 2 * high:
        left = box.left() + 4 if mirrored else box.right() - wide - 4
        pill = QRectF(left, box.bottom() - high - 4, wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(pill, 3, 3)
        painter.setPen(theme.tokens.canvas)
        painter.setFont(font)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, "+1")
    painter.restore()
