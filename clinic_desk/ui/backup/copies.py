"""The backups of both places in a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from clinic_desk.services.backup_ports import SECOND, BackupCopy, CopyState
from clinic_desk.ui.backup.plan import ago, size_words, why_words
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.unseen import when_seen
from clinic_desk.ui.models import words
from clinic_desk.ui.runtime.formatting import left_to_right
from clinic_desk.ui.widgets.headed_model import HeadedModel

HEADINGS = ("Made", "Age", "Why", "Where", "Size", "Checked", "Last change in it")
WHY = 2
ROW = 28
BETWEEN = 16
"""Pixels that a column is wider than its words, where there is room."""


class CopiesModel(HeadedModel):
    headings = HEADINGS

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.copies: tuple[BackupCopy, ...] = ()
        self._zone = "UTC"
        self._sealed = False
        self._now: datetime | None = None

    def show(
        self, copies: Sequence[BackupCopy], now: datetime, zone: str, *, sealed: bool = False
    ) -> None:
        """``sealed``: the clinic is encrypted, so that a copy that is not has to be told."""
        self.beginResetModel()
        self._sealed = sealed
        self.copies, self._now, self._zone = tuple(copies), now, zone
        self.endResetModel()

    def listed(self) -> int:
        return len(self.copies)

    @plain_tips
    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        if not index.isValid():
            return None
        copy = self.copies[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return left_to_right(self.words(copy)[index.column()])
        if role == Qt.ItemDataRole.ToolTipRole:
            return copy.path
        if role == Qt.ItemDataRole.ForegroundRole and copy.state is CopyState.BAD:
            return self._theme.tokens.refuse
        if role == Qt.ItemDataRole.ForegroundRole and self._sealed and copy.plain:
            return self._theme.tokens.warn
        if role == Qt.ItemDataRole.AccessibleTextRole:
            named = zip(HEADINGS, self.words(copy), strict=True)
            return ", ".join(f"{name}: {told}" for name, told in named if told)
        return None

    def words(self, copy: BackupCopy) -> tuple[str, ...]:
        now = self._now or copy.made_at
        today = words.local(now, self._zone).date()
        newest = copy.newest
        return (
            words.moment_words(copy.made_at, self._zone, today),
            ago(copy.made_at, now),
            why_words(copy.why),
            where_words(copy, self._sealed),
            size_words(copy.size),
            checked_words(copy, now),
            words.moment_words(newest, self._zone, today) if newest is not None else "",
        )


def checked_words(copy: BackupCopy, now: datetime) -> str:
    if copy.state is CopyState.BAD:
        return "Damaged"
    if copy.state is CopyState.UNCHECKED or copy.checked_at is None:
        return "Not yet"
    return f"Whole, {ago(copy.checked_at, now)}"


class CopiesTable(QTableView):
    """``chosen``: Enter, or a double click."""

    chosen = Signal()

    def __init__(self, theme: Theme, model: CopiesModel) -> None:
        super().__init__()
        self._theme = theme
        self._copies = model
        self.setModel(model)
        self.setAccessibleName("Backups")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setStyleSheet("QTableView::item { padding: 0 6px; }")
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self.doubleClicked.connect(lambda _index: self.chosen.emit())
        model.modelReset.connect(self._spread)
        theme.changed.connect(self._dress)
        self._dress()

    def copy(self) -> BackupCopy | None:
        """The one that is selected."""
        row = self.currentIndex().row()
        return self._copies.copies[row] if 0 <= row < len(self._copies.copies) else None

    def choose(self, path: str) -> None:
        """Selects that copy; the newest where it is gone."""
        rows = [one.path for one in self._copies.copies]
        if rows:
            self.selectRow(rows.index(path) if path in rows else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._spread()

    def _spread(self) -> None:
        """Every column as wide as its words, and some room between them where there is any; what
        is left goes to the reason."""
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        widths = [
            max(self.sizeHintForColumn(column), header.sectionSizeHint(column))
            for column in range(len(HEADINGS))
        ]
        spare = self.viewport().width() - sum(widths)
        between = max(0, min(BETWEEN, spare // len(widths)))
        widths = [width + between for width in widths]
        spare -= between * len(widths)
        widths[WHY] += max(0, spare)
        for column, width in enumerate(widths):
            header.resizeSection(column, width)

    @when_seen
    def _dress(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(ROW))
        self._spread()


def where_words(copy: BackupCopy, sealed: bool) -> str:
    place = "Second place" if copy.place == SECOND else "This computer"
    return f"{place}, not encrypted" if sealed and copy.plain else place
