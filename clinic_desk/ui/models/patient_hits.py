"""The rows of a patient search: hits best first, then one row that adds a new patient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from clinic_desk.services.views import PatientHit
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.privacy import CURTAIN

Index = QModelIndex | QPersistentModelIndex
HIT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
DETAIL_ROLE = HIT_ROLE + 1
LIMIT = 20


@dataclass(frozen=True, slots=True)
class AddRow:
    """The last row: "Add ‘hern an’…"."""

    text: str


Row = PatientHit | AddRow


class PatientHits(QAbstractListModel):
    """``today`` decides whether a last visit is written with its year."""

    def __init__(
        self,
        source: RosterSource,
        clock_today: Callable[[], date],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._today = clock_today
        self._rows: list[Row] = []

    def show(self, hits: Sequence[PatientHit], add_text: str = "") -> None:
        self.beginResetModel()
        self._rows = [*hits[:LIMIT]]
        if add_text:
            self._rows.append(AddRow(add_text))
        self.endResetModel()

    def row(self, index: int) -> Row | None:
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def hits(self) -> list[PatientHit]:
        return [row for row in self._rows if isinstance(row, PatientHit)]

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        row = self.row(index.row())
        if row is None:
            return None
        if role == HIT_ROLE:
            return row
        if isinstance(row, AddRow):
            label = f"Add ‘{CURTAIN.hidden(row.text)}’ as a new patient…"
            spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return label if role in spoken else None
        if role == Qt.ItemDataRole.DisplayRole:
            return CURTAIN.name(row)
        details = words.hit_details(row, self._source.roster, self._source.zone, self._today())
        if role == DETAIL_ROLE:
            return details
        if role == Qt.ItemDataRole.AccessibleTextRole:
            alert = f", alert: {row.alert}" if row.alert else ""
            return f"{CURTAIN.name(row)}, {details}{CURTAIN.hidden(alert)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return CURTAIN.hidden(row.alert) or None
        return None
