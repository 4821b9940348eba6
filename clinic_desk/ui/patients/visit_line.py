"""One visit in the patient's list: day and time, the status on a line through time, what and with
whom, what there is to say; painted from the side where reading begins."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from clinic_desk.domain.appointments import STATUS_WORDS, SlotState, Status
from clinic_desk.services.views import Cell
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import over
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.row_painting import paint_ground
from clinic_desk.ui.models.visits import HEADING_ROLE, VISIT_ROLE
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.forms.bits import paint_badge

Index = QModelIndex | QPersistentModelIndex
ROW, HEADING = 48, 30
WHEN = 122
"""Pixels of the column of day and time at normal type."""

NARROW = 420
"""Below this width the word at the end is left out: the status has its icon."""

START = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
END = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
SHAPES = {"released": "held", "declined": "cancelled"}


class Row:
    """Rectangles of a row, mirrored where the interface is."""

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        self.painter, self.rect = painter, option.rect
        self._direction = option.direction
        painter.setLayoutDirection(option.direction)

    def place(self, left: int, top: int, width: int, height: int) -> QRect:
        """``left`` and ``top`` from the corner where reading begins."""
        rect = QRect(self.rect.left() + left, self.rect.top() + top, width, height)
        return QStyle.visualRect(self._direction, self.rect, rect)

    def icon(self, left: int, middle: int, theme: Theme, name: str, ink: QColor | None) -> None:
        size = theme.px(14)
        spot = self.place(left, middle - size // 2, size, size)
        self.painter.drawPixmap(spot.topLeft(), theme.icon(name, size, ink))

    def text(self, box: QRect, text: str, flags: Qt.AlignmentFlag = START) -> None:
        paint.elided(self.painter, box, text, flags)


class VisitLine(QStyledItemDelegate):
    def __init__(self, theme: Theme, source: RosterSource, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._source = theme, source
        self.today: date | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        heading = isinstance(index.data(HEADING_ROLE), str)
        return QSize(120, self._theme.px(HEADING if heading else ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        heading = index.data(HEADING_ROLE)
        row = Row(painter, option)
        if isinstance(heading, str):
            paint_heading(row, self._theme, heading)
        else:
            cell = index.data(VISIT_ROLE)
            if isinstance(cell, Cell):
                paint_ground(painter, option, self._theme)
                self._visit(row, cell, option)
        painter.restore()

    def _visit(self, row: Row, cell: Cell, option: QStyleOptionViewItem) -> None:
        theme, tokens, painter = self._theme, self._theme.tokens, row.painter
        zone = self._source.zone_at(cell.location_id)
        height, width = row.rect.height(), row.rect.width()
        half = height // 2
        when = theme.px(WHEN)
        top, low = (6, half - 6), (half - 1, half - 6)
        painter.setPen(tokens.text)
        painter.setFont(theme.font("grid", bold=True))
        day = words.day_words(words.local(cell.start, zone).date(), self.today)
        row.text(row.place(8, top[0], when, top[1]), day, END)
        painter.setFont(theme.font("caption"))
        painter.setPen(tokens.text2)
        span = words.span_words(cell.start, cell.end, zone)
        row.text(row.place(8, low[0], when, low[1]), span, END)
        axis = when + theme.px(28)
        line = row.place(axis, 0, 1, height)
        painter.fillRect(line, tokens.grid_minor)
        icon = theme.px(14)
        dot = row.place(axis - icon // 2 - 3, half - icon // 2 - 3, icon + 6, icon + 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground(option, theme))
        painter.drawEllipse(dot)
        shape = SHAPES.get(cell.status.value, cell.status.value)
        row.icon(axis - icon // 2, half, theme, f"status-{shape}", None)
        left = axis + theme.px(22)
        end = width - 10
        tag, ink = self._tag(cell)
        if tag and width >= theme.px(NARROW):
            end = self._paint_tag(row, tag, ink, end, top)
        self._what(row, cell, left, end, top, low, width)

    def _what(
        self,
        row: Row,
        cell: Cell,
        left: int,
        end: int,
        top: tuple[int, int],
        low: tuple[int, int],
        width: int,
    ) -> None:
        theme, tokens, painter = self._theme, self._theme.tokens, row.painter
        over = cell.status in (Status.CANCELLED, Status.DECLINED, Status.NO_SHOW)
        bold, plain = theme.font("body", bold=not over), theme.font("grid")
        roster = self._source.roster
        doctor = roster.doctors.get(cell.doctor_id) if roster else None
        room = roster.rooms.get(cell.room_id or "") if roster else None
        title = cell.type_name or "Visit"
        painter.setFont(bold)
        painter.setPen(tokens.text2 if over else tokens.text)
        wide = min(QFontMetrics(bold).horizontalAdvance(title) + 2, max(40, end - left))
        row.text(row.place(left, top[0], wide, top[1]), title)
        x = left + wide + 8
        if doctor is not None and end - x > theme.px(30):
            badge = row.place(x, top[0] + (top[1] - theme.px(16)) // 2, theme.px(24), theme.px(16))
            paint_badge(painter, badge, theme, doctor)
            x += theme.px(32)
            who = " · ".join(
                part for part in (words.doctor_name(doctor), room.name if room else "") if part
            )
            painter.setFont(plain)
            painter.setPen(tokens.text)
            row.text(row.place(x, top[0], max(0, end - x), top[1]), who)
        painter.setFont(plain)
        painter.setPen(tokens.text2)
        said = self.details(cell)
        row.text(row.place(left, low[0], max(0, width - 10 - left), low[1]), said)

    def details(self, cell: Cell) -> str:
        """ "no-show · moved twice · rang in the morning"."""
        state = (
            "to be placed"
            if cell.slot_state is SlotState.CONTESTED
            else (STATUS_WORDS[cell.status])
        )
        moved = {0: "", 1: "moved once", 2: "moved twice"}.get(
            cell.moved, f"moved {cell.moved} times"
        )
        marks = [
            word
            for flag, word in (
                ("walk_in", "walk-in"), ("video", "video"), ("phone", "by phone"),
                ("online", "booked online"), ("overbooked", "overbooked"), ("parked", "parked"),
                ("unpaid", "payment open"),
            )
            if flag in cell.flags
        ]  # fmt: skip
        why = CURTAIN.hidden(" ".join(cell.cancel_reason.split()))
        reason = f"“{why}”" if why else ""
        parts = [state, *marks, moved, reason, CURTAIN.hidden(" ".join(cell.note.split()))]
        text = " · ".join(part for part in parts if part)
        return text[:1].upper() + text[1:]

    def _tag(self, cell: Cell) -> tuple[str, QColor]:
        tokens = self._theme.tokens
        if cell.status is Status.NO_SHOW:
            return "no-show", tokens.refuse
        if cell.series_id is not None and cell.status not in (Status.CANCELLED, Status.DECLINED):
            return "series", tokens.text2
        return cell.confirmation_code, tokens.text2

    def _paint_tag(self, row: Row, text: str, ink: QColor, end: int, top: tuple[int, int]) -> int:
        theme, painter = self._theme, row.painter
        font = theme.font("caption")
        width, height = QFontMetrics(font).horizontalAdvance(text) + 10, theme.px(16)
        box = row.place(end - width, top[0] + (top[1] - height) // 2, width, height)
        warn = ink == theme.tokens.refuse
        painter.setPen(QPen(ink if warn else theme.tokens.grid_major, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        return end - width - 10


def ground(option: QStyleOptionViewItem, theme: Theme) -> QColor:
    """What a row is painted on."""
    tokens = theme.tokens
    if option.state & QStyle.StateFlag.State_Selected:
        return over(tokens.selected, tokens.canvas)
    hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
    return tokens.window if hovered else tokens.canvas


def paint_heading(row: Row, theme: Theme, text: str) -> None:
    painter, tokens = row.painter, theme.tokens
    painter.fillRect(row.rect, tokens.window)
    painter.fillRect(row.rect.left(), row.rect.bottom(), row.rect.width(), 1, tokens.grid_minor)
    painter.setFont(theme.font("grid", bold=True))
    painter.setPen(tokens.text2)
    row.text(row.place(16, 0, row.rect.width() - 24, row.rect.height()), text)
