"""Rows of the palette and of search popups: icon or badge, title, detail, key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from clinic_desk.ui.look.theme import DoctorColour, Theme
from clinic_desk.ui.look.tokens import over
from clinic_desk.ui.widgets import paint

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """``group`` heads a run of rows; ``words`` are matched as well but not shown."""

    title: str
    run: Callable[[], None]
    detail: str = ""
    keys: str = ""
    icon: str = ""
    badge: tuple[str, DoctorColour] | None = None
    group: str = ""
    words: str = ""
    alert: bool = False


class EntryModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []

    def show(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self._entries = list(entries)
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        entry = self.entry(index.row())
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (entry.title, entry.detail, entry.keys) if part)
        if role == Qt.ItemDataRole.UserRole:
            return entry
        return None


class EntryDelegate(QStyledItemDelegate):
    """36 px rows; the detail yields to the title when there is too little room."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802, ARG002
        return QSize(120, self._theme.px(36))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(entry, Entry):
            return
        theme, tokens = self._theme, self._theme.tokens
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()

        def side(part: QRect) -> QRect:
            """Mirrored where the interface reads from right to left."""
            return QStyle.visualRect(option.direction, rect, part)

        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, over(tokens.selected, tokens.canvas))
        left, right = rect.left() + 12, rect.right() - 12
        middle = rect.center().y() + 1
        if entry.badge is not None:
            paint.badge(painter, side(QRect(left, middle - 8, 24, 16)), theme, *entry.badge)
        elif entry.icon:
            ink = tokens.refuse if entry.alert else tokens.text2
            spot = side(QRect(left + 4, middle - 8, 16, 16)).topLeft()
            painter.drawPixmap(spot, theme.icon(entry.icon, 16, ink))
        left += 34
        if entry.keys:
            width = paint.key_cap_width(theme, entry.keys)
            cap = QRect(right - width, middle - 9, width, 18)
            paint.key_cap(painter, side(cap), theme, entry.keys)
            right -= width + 12
        elif entry.group:
            painter.setFont(theme.font("caption"))
            painter.setPen(tokens.text3)
            width = painter.fontMetrics().horizontalAdvance(entry.group)
            box = QRect(right - width, rect.top(), width + 1, rect.height())
            painter.drawText(side(box), Qt.AlignmentFlag.AlignVCenter, entry.group)
            right -= width + 12
        painter.setFont(theme.font("body"))
        painter.setPen(tokens.text)
        width = min(painter.fontMetrics().horizontalAdvance(entry.title) + 2, right - left)
        title = QRect(left, rect.top(), width, rect.height())
        paint.elided(painter, side(title), entry.title)
        left += width + 10
        if right - left > 40 and entry.detail:
            painter.setFont(theme.font("grid"))
            painter.setPen(tokens.text2)
            box = QRect(left, rect.top(), right - left, rect.height())
            paint.elided(painter, side(box), entry.detail)
        painter.restore()
