"""The ranked openings of a search as rows; pieces are appended as they stream in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from clinic_desk.domain.availability.model import RankedSlot, Slot
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.sites import both_moment

Index = QModelIndex | QPersistentModelIndex
RANKED_ROLE = int(Qt.ItemDataRole.UserRole) + 1
OTHER_ROLE = RANKED_ROLE + 1
GROUP_ROLE = RANKED_ROLE + 2
BEST_ROLE = RANKED_ROLE + 3


class OpeningRows(QAbstractListModel):
    """``usual_doctor_id`` marks rows of another doctor with a small "other" tag."""

    def __init__(self, source: RosterSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._rows: list[RankedSlot] = []
        self._seen: set[tuple[object, ...]] = set()
        self.usual_doctor_id: str | None = None

    def clear(self) -> None:
        self.beginResetModel()
        self._rows.clear()
        self._seen.clear()
        self.endResetModel()

    def extend(self, ranked: Iterable[RankedSlot]) -> None:
        """Append what is not listed yet (the same start with the same doctor counts as one)."""
        fresh = []
        for row in ranked:
            key = (row.slot.start, row.slot.doctor_id, row.slot.location_id)
            if key not in self._seen:
                self._seen.add(key)
                fresh.append(row)
        if not fresh:
            return
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(fresh) - 1)
        self._rows.extend(fresh)
        self.endInsertRows()

    def rows(self) -> tuple[RankedSlot, ...]:
        return tuple(self._rows)

    def at(self, row: int) -> RankedSlot | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def find(self, slot: Slot) -> int:
        """The row of this start and doctor, −1 when it is not listed."""
        for number, row in enumerate(self._rows):
            if (row.slot.start, row.slot.doctor_id) == (slot.start, slot.doctor_id):
                return number
        return -1

    def local_day(self, row: RankedSlot) -> date:
        zone = self._source.zone_at(row.slot.location_id)
        return words.local(row.slot.start, zone).date()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        ranked = self.at(index.row())
        if ranked is None:
            return None
        if role == RANKED_ROLE:
            return ranked
        if role == OTHER_ROLE:
            return self.usual_doctor_id not in (None, ranked.slot.doctor_id)
        slot = ranked.slot
        if role == GROUP_ROLE:
            return self.local_day(ranked)
        zone = self._source.zone_at(slot.location_id)
        if role == Qt.ItemDataRole.DisplayRole:
            return both_moment(slot.start, zone, self._source.zone)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            roster = self._source.roster
            doctor = words.doctor_of(roster, slot.doctor_id) if roster else ""
            return ", ".join(
                part
                for part in (
                    both_moment(slot.start, zone, self._source.zone),
                    doctor,
                    ranked.why,
                )
                if part
            )
        return None
