"""What stands in the day beside the finder's list: visits, holds, breaks, with text by room."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QPainter, QPen

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Band, BandKind
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.services.views import Cell
from clinic_desk.ui.geometry.tiers import Line, NameForm, name_in, tier_for
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets import paint

TOP = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
AWAY = (BandKind.TIME_OFF, BandKind.BLOCKED, BandKind.HOLIDAY)
ICON = 14
Label = tuple[tuple[str, ...], ...]
"""Lines of text, each in its forms, the longest first."""


def paint_band(painter: QPainter, theme: Theme, rect: QRect, band: Band, *, named: bool) -> None:
    """A stretch without openings: break, leave, holiday, busy elsewhere."""
    tokens = theme.tokens
    painter.fillRect(rect, tokens.off)
    if band.kind in AWAY:
        painter.fillRect(rect, QBrush(tokens.hatch, Qt.BrushStyle.BDiagPattern))
    elif band.kind is BandKind.EXTERNAL:
        painter.fillRect(rect, QBrush(tokens.hatch, Qt.BrushStyle.Dense7Pattern))
    label = band.label or ("Busy" if band.kind is BandKind.EXTERNAL else "")
    font = theme.font("caption")
    height = QFontMetrics(font).height()
    if named and label and rect.height() >= height:
        painter.setFont(font)
        painter.setPen(tokens.text2)
        top = rect.top() + min(3, (rect.height() - height) // 2)
        where = QRect(rect.left() + 7, top, rect.width() - 11, height)
        paint.elided(painter, where, label, TOP)


def paint_visit(
    painter: QPainter, theme: Theme, rect: QRect, cell: Cell, doctor: Doctor, zone: str
) -> None:
    """The name is never dropped for the time (ux.md 1.4)."""
    tokens, colour = theme.tokens, theme.doctor_colour(doctor.colour)
    if cell.status is Status.HELD:
        painter.fillRect(rect, tokens.canvas)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tokens.held, 1.5, Qt.PenStyle.DashLine))
        painter.drawRect(rect.adjusted(0, 0, -1, -1))
    else:
        painter.fillRect(rect, colour.fill)
        painter.fillRect(rect.left(), rect.top(), 3, rect.height(), colour.stripe)
    font, bold = theme.font("grid"), theme.font("grid", bold=True)
    line = QFontMetrics(font).height()
    if rect.height() < line or rect.width() < 24:
        return
    tier = tier_for(rect.width(), rect.height())
    side = theme.px(ICON) if tier.icon and rect.width() >= 64 else 0
    area = rect.adjusted(7, 1 if rect.height() < line + 6 else 2, -4, 0)
    if side:
        icon = theme.icon(f"status-{cell.status.value}", side)
        painter.drawPixmap(QPoint(rect.right() - side - 3, rect.top() + 2), icon)
    first = area.adjusted(0, 0, -side - 2 if side else 0, 0)
    form = NameForm.INITIALS if CURTAIN.on and tier.name is not NameForm.NONE else tier.name
    name = name_in(form, cell.last_name, cell.first_name)
    if not name:
        name = "Held" if cell.status is Status.HELD else "Busy"
    painter.setPen(tokens.text)
    clock = words.clock_words(cell.start, zone)
    metrics = QFontMetrics(bold)
    ahead = QFontMetrics(font).horizontalAdvance(f"{clock} ")
    if tier.time_first and ahead + min(60, metrics.horizontalAdvance(name)) <= first.width():
        painter.setFont(font)
        painter.drawText(first, TOP, clock)
        first.setLeft(first.left() + ahead)
    if metrics.horizontalAdvance(name) > first.width() and form is NameForm.FULL:
        short = name_in(NameForm.SHORT, cell.last_name, cell.first_name)
        name = short or name
    painter.setFont(bold)
    paint.elided(painter, first, name, TOP)
    painter.setFont(font)
    texts = [text for text in (_line(what, cell, clock) for what in tier.lines) if text]
    for number, text in enumerate(texts, 1):
        if area.top() + (number + 1) * line > rect.bottom() + 3:
            return
        paint.elided(painter, area.translated(0, number * line), text, TOP)


def _line(what: Line, cell: Cell, clock: str) -> str:
    if what is Line.TIME:
        return clock
    if what is Line.TIME_SERVICE:
        return f"{clock} · {cell.type_name}" if cell.type_name else clock
    if what is Line.CODE:
        return cell.type_code
    if what in (Line.PHONE, Line.FLAGS):
        return ""
    if what is Line.NOTE:
        return CURTAIN.hidden(" ".join(cell.note.split()))
    return cell.type_name


def paint_choice(
    painter: QPainter, theme: Theme, rect: QRect, label: Label, *, named: bool
) -> None:
    """The opening that is selected, with up to two lines: the first form that fits of each."""
    tokens = theme.tokens
    painter.fillRect(rect, tokens.canvas)
    painter.setPen(QPen(tokens.accent, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -1))
    font = theme.font("grid", bold=True)
    line = QFontMetrics(font).height()
    if not named:
        return
    painter.setPen(tokens.text)
    area = rect.adjusted(8, 2, -4, 0)
    for number, forms in enumerate(label):
        if forms and rect.height() >= (number + 1) * line + 2 * number:
            painter.setFont(font if number == 0 else theme.font("grid"))
            paint.elided(
                painter, area.translated(0, number * line), _fitting(forms, painter, area), TOP
            )


def _fitting(forms: tuple[str, ...], painter: QPainter, area: QRect) -> str:
    width = painter.fontMetrics().horizontalAdvance
    return next((form for form in forms if width(form) <= area.width()), forms[-1])


def paint_kept(painter: QPainter, theme: Theme, rect: QRect, start: datetime, zone: str) -> None:
    """An opening kept for the caller."""
    tokens = theme.tokens
    painter.fillRect(rect, tokens.canvas)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(tokens.held, 1.5, Qt.PenStyle.DashLine))
    painter.drawRect(rect.adjusted(0, 0, -1, -1))
    font = theme.font("grid")
    if rect.height() >= QFontMetrics(font).height():
        painter.setFont(font)
        painter.setPen(tokens.text)
        kept = f"{words.clock_words(start, zone)} kept"
        area = rect.adjusted(8, 2, -4, 0)
        paint.elided(painter, area, _fitting((f"{kept} for you", kept), painter, area), TOP)
