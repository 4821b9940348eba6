"""What happened, newest first: pages of it, read as the list is walked down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.patient_history import PatientLine
from clinic_desk.ui.models.row_painting import paint_ground
from clinic_desk.ui.patients.visit_line import END, WHEN, Row, ground
from clinic_desk.ui.runtime.privacy import COVERED, CURTAIN

Index = QModelIndex | QPersistentModelIndex
LINE_ROLE = int(Qt.ItemDataRole.UserRole) + 40
OLDER = "Show older entries"
MOST_LINES = 4
_QUOTED = re.compile(r"“[^”]*”?")


class TimelineRows(QAbstractListModel):
    """``more`` adds a last row that asks for older entries."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[PatientLine] = []
        self.more = False
        self.loaded = False

    def show(self, lines: Sequence[PatientLine], *, more: bool) -> None:
        self.beginResetModel()
        self.lines, self.more, self.loaded = list(lines), more, True
        self.endResetModel()

    def add(self, lines: Sequence[PatientLine], *, more: bool) -> None:
        """Older ones, behind those that are there: nothing above them moves."""
        if self.more:
            last = len(self.lines)
            self.beginRemoveRows(QModelIndex(), last, last)
            self.more = False
            self.endRemoveRows()
        first, number = len(self.lines), len(lines) + more
        if number:
            self.beginInsertRows(QModelIndex(), first, first + number - 1)
            self.lines += lines
            self.more = more
            self.endInsertRows()

    def is_older(self, row: int) -> bool:
        return self.more and row == len(self.lines)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        if parent is not None and parent.isValid():
            return 0
        return len(self.lines) + self.more

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if self.is_older(index.row()):
            return OLDER if role in spoken else None
        if not 0 <= index.row() < len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == LINE_ROLE:
            return line
        if role in spoken:
            return f"{line.day} {line.clock}, {line.title}: {line.text}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return None if CURTAIN.on else line.text
        return None


def shown_text(line: PatientLine) -> str:
    """Behind the curtain neither names nor what was written about somebody."""
    return _QUOTED.sub(f"“{COVERED}”", CURTAIN.said(line.text)) if CURTAIN.on else line.text


class TimelineLine(QStyledItemDelegate):
    """As high as its words need, up to four lines of them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        line = index.data(LINE_ROLE)
        if not isinstance(line, PatientLine):
            return QSize(120, self._theme.px(36))
        width = self._room(option)
        metrics = QFontMetrics(self._theme.font("grid"))
        high = metrics.boundingRect(
            QRect(0, 0, max(40, width), 10_000), int(Qt.TextFlag.TextWordWrap), line.text
        ).height()
        high = min(high, MOST_LINES * metrics.lineSpacing() + 2)
        return QSize(120, high + self._theme.px(32))

    def _room(self, option: QStyleOptionViewItem) -> int:
        parent = self.parent()
        width = option.rect.width()
        if width <= 0 and isinstance(parent, QWidget):
            width = parent.width()
        return width - self._left() - 16

    def _left(self) -> int:
        return self._theme.px(WHEN) + self._theme.px(50)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, tokens = self._theme, self._theme.tokens
        painter.save()
        paint_ground(painter, option, theme)
        row = Row(painter, option)
        line = index.data(LINE_ROLE)
        if not isinstance(line, PatientLine):
            painter.setFont(theme.font("grid", bold=True))
            painter.setPen(tokens.accent)
            row.text(row.place(self._left(), 0, row.rect.width(), row.rect.height()), OLDER)
            painter.restore()
            return
        when, band = theme.px(WHEN), theme.px(20)
        painter.setPen(tokens.text)
        painter.setFont(theme.font("grid", bold=True))
        row.text(row.place(8, 6, when, band), line.day, END)
        painter.setFont(theme.font("caption"))
        painter.setPen(tokens.text2)
        row.text(row.place(8, 6 + band, when, theme.px(16)), line.clock, END)
        axis, icon = when + theme.px(28), theme.px(14)
        painter.fillRect(row.place(axis, 0, 1, row.rect.height()), tokens.grid_minor)
        painter.fillRect(row.place(axis - icon // 2 - 3, 6, icon + 6, band), ground(option, theme))
        ink = None if line.icon.startswith("status-") else tokens.text2
        row.icon(axis - icon // 2, 6 + band // 2, theme, line.icon, ink)
        left = self._left()
        painter.setFont(theme.font("body", bold=True))
        painter.setPen(tokens.text)
        width = row.rect.width() - left - 16
        row.text(row.place(left, 6, width, band), line.title)
        painter.setFont(theme.font("grid"))
        painter.setPen(tokens.text2)
        box = row.place(left, 6 + band, width, row.rect.height() - band - theme.px(12))
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop
        if option.direction is Qt.LayoutDirection.RightToLeft:
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
            painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
            painter.drawText(box, int(flags) | int(side), shown_text(line))
        else:
            painter.drawText(box, int(flags | Qt.AlignmentFlag.AlignLeft), shown_text(line))
        painter.restore()
