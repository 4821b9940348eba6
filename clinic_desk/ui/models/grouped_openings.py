"""Openings grouped by day: a heading per day, then its openings, appended as they stream in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from clinic_desk.domain.availability.model import RankedSlot
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.openings import BEST_ROLE, OTHER_ROLE, RANKED_ROLE
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.row_painting import Ink, OpeningDelegate
from clinic_desk.ui.models.sites import bracketed, site_note

Index = QModelIndex | QPersistentModelIndex
HEADING_ROLE = int(Qt.ItemDataRole.UserRole) + 9
ROW_HEIGHT = 32


@dataclass(slots=True)
class Heading:
    """A day with the number of its openings."""

    day: date
    count: int = 0


class GroupedOpenings(QAbstractListModel):
    """Headings cannot be selected; the arrow keys pass over them."""

    def __init__(self, source: RosterSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._rows: list[Heading | RankedSlot] = []
        self._seen: set[tuple[object, ...]] = set()
        self._best: RankedSlot | None = None
        self.today: date | None = None

    def clear(self) -> None:
        self.beginResetModel()
        self._rows, self._seen, self._best = [], set(), None
        self.endResetModel()

    def extend(self, ranked: Sequence[RankedSlot]) -> None:
        """Days come in order; within a day the best first. One insertion per day."""
        fresh: dict[date, list[RankedSlot]] = {}
        for row in ranked:
            key = (row.slot.start, row.slot.doctor_id, row.slot.location_id)
            if key not in self._seen:
                self._seen.add(key)
                if self._best is None or row.score > self._best.score:
                    self._best = row
                fresh.setdefault(self._day(row), []).append(row)
        for day, rows in fresh.items():
            heading = self._heading(day)
            if heading is None:
                self._insert(len(self._rows), [Heading(day, len(rows)), *rows])
            else:
                heading.count += len(rows)
                self._insert(self._end_of(heading), rows)

    def replace(self, ranked: Sequence[RankedSlot]) -> bool:
        """These instead; rows that stay keep their selection. False when nothing differs."""
        fresh = GroupedOpenings(self._source)
        fresh.extend(ranked)
        wanted = fresh._rows
        if wanted == self._rows:
            return False
        old, new = [_key(row) for row in self._rows], [_key(row) for row in wanted]
        kept = set(old) & set(new)
        self._seen, self._best = fresh._seen, fresh._best
        if [key for key in old if key in kept] != [key for key in new if key in kept]:
            self.beginResetModel()
            self._rows = wanted
            self.endResetModel()
            return True
        for number in range(len(old) - 1, -1, -1):
            if old[number] not in kept:
                self.beginRemoveRows(QModelIndex(), number, number)
                del self._rows[number]
                self.endRemoveRows()
        for number, row in enumerate(wanted):
            if new[number] not in kept:
                self._insert(number, [row])
        self._rows = wanted
        if wanted:
            self.dataChanged.emit(self.index(0), self.index(len(wanted) - 1))
        return True

    def _insert(self, place: int, rows: Sequence[Heading | RankedSlot]) -> None:
        self.beginInsertRows(QModelIndex(), place, place + len(rows) - 1)
        self._rows[place:place] = rows
        self.endInsertRows()

    def _heading(self, day: date) -> Heading | None:
        for row in reversed(self._rows):
            if isinstance(row, Heading) and row.day == day:
                return row
        return None

    def _end_of(self, heading: Heading) -> int:
        place = self._rows.index(heading) + 1
        while place < len(self._rows) and not isinstance(self._rows[place], Heading):
            place += 1
        return place

    def _day(self, ranked: RankedSlot) -> date:
        zone = self._source.zone_at(ranked.slot.location_id)
        return words.local(ranked.slot.start, zone).date()

    def found(self) -> list[RankedSlot]:
        return [row for row in self._rows if isinstance(row, RankedSlot)]

    def days(self) -> int:
        return sum(isinstance(row, Heading) for row in self._rows)

    def of_day(self, day: date) -> list[RankedSlot]:
        return [row for row in self.found() if self._day(row) == day]

    def day_of(self, ranked: RankedSlot) -> date:
        return self._day(ranked)

    def first_row(self) -> int:
        """The first row that can be chosen, −1 when there is none."""
        return next((n for n, row in enumerate(self._rows) if isinstance(row, RankedSlot)), -1)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self._at(index.row()), Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def _at(self, row: int) -> Heading | RankedSlot | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        row = self._at(index.row())
        if isinstance(row, Heading):
            if role == HEADING_ROLE:
                return row
            spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            if role in spoken:
                return f"{words.long_day(row.day)}, {words.plural(row.count, 'opening')}"
            return None
        if row is None:
            return None
        if role == RANKED_ROLE:
            return row
        if role == OTHER_ROLE:
            return False
        if role == BEST_ROLE:
            return row is self._best
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            zone = self._source.zone_at(row.slot.location_id)
            roster = self._source.roster
            doctor = words.doctor_of(roster, row.slot.doctor_id) if roster else ""
            best = ", best" if row is self._best else ""
            where = site_note(roster, row.slot.location_id, row.slot.start) if roster else ""
            when = bracketed(words.moment_words(row.slot.start, zone), where)
            return f"{when}, {doctor}, {row.why}{best}"
        return None


def _key(row: Heading | RankedSlot) -> tuple[object, ...]:
    if isinstance(row, Heading):
        return (row.day,)
    return (row.slot.start, row.slot.doctor_id, row.slot.location_id)


class GroupedDelegate(OpeningDelegate):
    """Wide rows, and the headings between them."""

    def __init__(self, theme: Theme, source: RosterSource, parent: QWidget | None = None) -> None:
        super().__init__(theme, source, parent, wide=True)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        return QSize(200, self._theme.px(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        heading = index.data(HEADING_ROLE)
        if not isinstance(heading, Heading):
            super().paint(painter, option, index)
            return
        theme, tokens, rect = self._theme, self._theme.tokens, option.rect
        painter.save()
        painter.fillRect(rect, tokens.window)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.grid_major)
        area = rect.adjusted(12, 0, -12, 0)
        painter.setFont(theme.font("grid"))
        painter.setPen(tokens.text2)
        count = words.plural(heading.count, "opening")
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(area, right, count)
        model = index.model()
        today = model.today if isinstance(model, GroupedOpenings) else None
        ink = Ink(painter, QRect(area))
        near = {0: "Today", 1: "Tomorrow"}.get((heading.day - today).days) if today else None
        if near:
            ink.text(near, theme.font("body", bold=True), tokens.text)
            ink.text(words.day_words(heading.day), theme.font("grid"), tokens.text2)
        else:
            ink.text(words.long_day(heading.day), theme.font("body", bold=True), tokens.text)
        painter.restore()
