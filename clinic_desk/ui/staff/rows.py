"""What the tables of accounts and sessions show: plain rows, read by keyboard and screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from clinic_desk.domain.ids import Id
from clinic_desk.services.staff_ports import SessionCard, StaffCard
from clinic_desk.services.wording import count_text
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.formatting import clock_text, local_day, short_day
from clinic_desk.ui.widgets.accounts.words import KIND_WORDS, ROLE_WORDS
from clinic_desk.ui.widgets.headed_model import HeadedModel, Index
from clinic_desk.ui.widgets.reading import ReadingDelegate

WORDS = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole

STAFF = ("Name", "Role", "Doctor", "Log-in name", "Last seen", "State")
LONG_SINCE = timedelta(minutes=10)
"""After which somebody who is logged in is perhaps not there any more."""

SESSIONS = ("Name", "Role", "Desk", "Since", "Last seen")

LAST = 150
"""Pixels at scale 1 that the last column would like to have."""
LEAST = 0.6
"""Of its width that a column keeps; below that the table is scrolled."""


def when_text(instant: datetime | None, now: datetime, zone: str) -> str:
    """ "10:15" today, "Mon 23 Nov 2026 10:15" before; "never" without one."""
    if instant is None:
        return "never"
    day, clock = local_day(instant, zone), clock_text(instant, zone)
    return clock if day == local_day(now, zone) else f"{short_day(day)} {clock}"


def state_text(card: StaffCard) -> str:
    if not card.staff.active:
        return "Deactivated"
    if card.kind is None:
        return "No password yet"
    if card.must_change:
        return f"One-time {KIND_WORDS[card.kind]}, not used yet"
    if card.sessions:
        return f"Logged in: {count_text(card.sessions, 'session')}"
    return f"Can log in ({KIND_WORDS[card.kind]})"


def staff_row(card: StaffCard, now: datetime, zone: str) -> tuple[str, ...]:
    seen = when_text(card.seen_at, now, zone)
    if card.seen_desk and card.seen_at is not None:
        seen = f"{seen} at {card.seen_desk}"
    row = card.staff
    return (
        row.name, ROLE_WORDS[row.role], card.doctor_name, row.log_in, seen, state_text(card),
    )  # fmt: skip


def session_row(card: SessionCard, own: Id, now: datetime, zone: str) -> tuple[str, ...]:
    one = card.session
    name = f"{card.name} (you, here)" if one.id == own else card.name
    seen = when_text(one.seen_at, now, zone)
    if one.id != own and now - one.seen_at > LONG_SINCE:
        seen = f"Not seen since {seen}"
    return (
        name, ROLE_WORDS[card.role], one.desk_name,
        when_text(one.issued_at, now, zone), seen,
    )  # fmt: skip


class Rows(HeadedModel):
    """``muted`` are the rows in the second ink."""

    def __init__(self, theme: Theme, heads: Sequence[str]) -> None:
        super().__init__()
        self._theme, self.headings = theme, heads
        self._rows: list[tuple[str, ...]] = []
        self._ids: list[Id] = []
        self._muted: frozenset[Id] = frozenset()

    def show(
        self, ids: Sequence[Id], rows: Sequence[tuple[str, ...]], muted: frozenset[Id] = frozenset()
    ) -> None:
        if list(ids) == self._ids and muted == self._muted:
            if list(rows) != self._rows:
                self._rows = list(rows)
                self.said_anew()
            return
        self.beginResetModel()
        self._ids, self._rows, self._muted = list(ids), list(rows), muted
        self.endResetModel()

    def id_at(self, row: int) -> Id:
        """Empty where there is no row."""
        return self._ids[row] if 0 <= row < len(self._ids) else ""

    def row_of(self, row_id: Id) -> int:
        return self._ids.index(row_id) if row_id in self._ids else -1

    def listed(self) -> int:
        return len(self._rows)

    @plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in WORDS or role == Qt.ItemDataRole.ToolTipRole:
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and self._ids[index.row()] in self._muted:
            return QColor(self._theme.tokens.text3)
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        across = orientation is Qt.Orientation.Horizontal
        if across and role == Qt.ItemDataRole.AccessibleTextRole:
            return self.headings[section]
        if across and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)


class Table(QTableView):
    """One row is chosen; the cursor stays on it when the rows are told anew."""

    def __init__(self, theme: Theme, rows: Rows, called: str, widths: Sequence[int]) -> None:
        super().__init__()
        self._theme, self.rows, self._widths = theme, rows, widths
        self.setModel(rows)
        self.setAccessibleName(called)
        self.setItemDelegate(ReadingDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setStyleSheet("QTableView::item { padding: 0 5px; }")  # under the words of the heads
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def chosen(self) -> Id:
        return self.rows.id_at(self.currentIndex().row())

    def choose(self, row_id: Id) -> None:
        """The first row where there is none of that id."""
        row = max(0, self.rows.row_of(row_id))
        if self.rows.rowCount():
            column = max(0, self.currentIndex().column())
            self.setCurrentIndex(self.rows.index(row, column))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _dress(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(32))
        self._fit()

    def _fit(self) -> None:
        """Where there is less room than all columns would like, each gives some, so that the last
        is in sight; what is cut is told by its tooltip."""
        wanted = self._theme.px(sum(self._widths) + LAST)
        part = max(LEAST, min(1.0, self.viewport().width() / max(1, wanted)))
        for column, width in enumerate(self._widths):
            self.setColumnWidth(column, round(self._theme.px(width) * part))
