"""A patient's visits as rows: coming, today, earlier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from clinic_desk.domain.appointments import STATUS_WORDS
from clinic_desk.services.views import Cell
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.row_painting import Ink, paint_ground, paint_tag
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.forms.bits import badge_rect, paint_badge

Index = QModelIndex | QPersistentModelIndex
VISIT_ROLE = int(Qt.ItemDataRole.UserRole) + 20
HEADING_ROLE = VISIT_ROLE + 1
VISIT_HEIGHT, HEADING_HEIGHT = 44, 28


class VisitRows(QAbstractListModel):
    """``contested`` lists are one group without headings."""

    def __init__(self, source: RosterSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._rows: list[Cell | str] = []
        self.today: date | None = None

    def show(self, visits: Sequence[Cell], today: date | None) -> None:
        """``today`` None leaves the headings out."""
        self.beginResetModel()
        self.today = today
        self._rows = list(visits) if today is None else self._grouped(visits, today)
        self.endResetModel()

    def _grouped(self, visits: Sequence[Cell], today: date) -> list[Cell | str]:
        groups: dict[str, list[Cell]] = {"Coming": [], "Today": [], "Earlier": []}
        for visit in visits:
            day = words.local(visit.start, self._source.zone_at(visit.location_id)).date()
            name = "Today" if day == today else "Coming" if day > today else "Earlier"
            groups[name].append(visit)
        groups["Coming"].sort(key=lambda visit: visit.start)
        groups["Today"].sort(key=lambda visit: visit.start)
        groups["Earlier"].sort(key=lambda visit: visit.start, reverse=True)
        rows: list[Cell | str] = []
        for name in ("Today", "Coming", "Earlier"):
            if groups[name]:
                rows += [f"{name} · {len(groups[name])}", *groups[name]]
        return rows

    def visits(self) -> list[Cell]:
        return [row for row in self._rows if isinstance(row, Cell)]

    def first_row(self) -> int:
        return next((n for n, row in enumerate(self._rows) if isinstance(row, Cell)), -1)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(index.data(VISIT_ROLE), Cell):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        row = self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None
        if row is None:
            return None
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if isinstance(row, str):
            return row if role in (HEADING_ROLE, *spoken) else None
        if role == VISIT_ROLE:
            return row
        if role in spoken:
            zone = self._source.zone_at(row.location_id)
            roster = self._source.roster
            doctor = words.doctor_of(roster, row.doctor_id) if roster else ""
            name = "" if self.today else f"{CURTAIN.name(row)}, "
            when = words.moment_words(row.start, zone, self.today)
            return f"{name}{when}, {row.type_name}, {doctor}, {STATUS_WORDS[row.status]}"
        return None


ROOM_FOR_TAG = 210
"""Pixels at normal type; in less, the kind of visit is worth more than its code."""


class VisitDelegate(QStyledItemDelegate):
    """Date and time, status shape, kind, doctor; the code or the odd status at the end."""

    def __init__(self, theme: Theme, source: RosterSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._source = theme, source

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        heading = isinstance(index.data(HEADING_ROLE), str)
        return QSize(200, self._theme.px(HEADING_HEIGHT if heading else VISIT_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, tokens = self._theme, self._theme.tokens
        heading = index.data(HEADING_ROLE)
        painter.save()
        if isinstance(heading, str):
            painter.fillRect(option.rect, tokens.window)
            painter.setFont(theme.font("caption", bold=True))
            painter.setPen(tokens.text2)
            middle = int(Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(option.rect.adjusted(12, 0, -8, 0), middle, heading)
            painter.restore()
            return
        cell = index.data(VISIT_ROLE)
        if isinstance(cell, Cell):
            paint_ground(painter, option, theme)
            model = index.model()
            today = model.today if isinstance(model, VisitRows) else None
            self._paint_visit(painter, option.rect, cell, today)
        painter.restore()

    def _paint_visit(self, painter: QPainter, rect: QRect, cell: Cell, today: date | None) -> None:
        theme, tokens = self._theme, self._theme.tokens
        zone = self._source.zone_at(cell.location_id)
        top = QRect(rect.left(), rect.top() + 4, rect.width(), rect.height() // 2 - 3)
        low = top.translated(0, rect.height() // 2 - 3)
        day_width = theme.px(112)
        painter.setPen(tokens.text)
        painter.setFont(theme.font("grid", bold=True))
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        day = words.day_words(words.local(cell.start, zone).date(), today)
        painter.drawText(QRect(top.left() + 4, top.top(), day_width, top.height()), right, day)
        painter.setFont(theme.font("caption"))
        painter.setPen(tokens.text2)
        span = words.span_words(cell.start, cell.end, zone)
        painter.drawText(QRect(low.left() + 4, low.top(), day_width, low.height()), right, span)
        status = {"released": "held", "declined": "cancelled"}.get(cell.status.value)
        icon = theme.icon(f"status-{status or cell.status.value}", 14)
        left = rect.left() + day_width + 16
        painter.drawPixmap(left, top.center().y() - 6, icon)
        end = rect.right() - 10
        tag = cell.confirmation_code or STATUS_WORDS[cell.status]
        if end - left >= theme.px(ROOM_FOR_TAG):
            where = QRect(left, top.top(), end - left, top.height())
            end = paint_tag(painter, where, theme, tag, tokens.text2)
        ink = Ink(painter, QRect(left + 24, top.top(), end - left - 24, top.height()))
        title = cell.type_name or "Visit"
        if today is None:
            title = f"{CURTAIN.name(cell, 'No patient')} · {title}"
        ink.text(title, theme.font("body", bold=True), tokens.text)
        roster = self._source.roster
        doctor = roster.doctors.get(cell.doctor_id) if roster else None
        x = left + 24
        if doctor is not None:
            paint_badge(painter, badge_rect(theme, x, low.center().y()), theme, doctor)
            x += theme.px(32)
        parts = [words.doctor_name(doctor) if doctor else "", STATUS_WORDS[cell.status]]
        parts += [cell.cancel_reason, cell.note]
        text = " · ".join(" ".join(part.split()) for part in parts if part)
        font = theme.font("grid")
        room = rect.right() - 10 - x
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.setFont(font)
        painter.setPen(tokens.text2)
        painter.drawText(
            QRect(x, low.top(), room, low.height()), int(Qt.AlignmentFlag.AlignVCenter), shown
        )
