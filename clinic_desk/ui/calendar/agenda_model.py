"""The agenda as a table model: rows of visits under headings of days or doctors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from anyascii import anyascii
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont

from clinic_desk.domain.appointments import STATUS_WORDS, Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.block_words import late_minutes, waiting_minutes
from clinic_desk.ui.calendar.phones import shown_phone
from clinic_desk.ui.calendar.visit_words import FLAG_WORDS, accessible_name, zone_for
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.sites import both_spans, live_sites, minutes_apart
from clinic_desk.ui.models.words import clock_words, day_words, doctor_of, long_day, span_words
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.headed_model import HeadedModel, Index

Grouping = Literal["date", "doctor"]

COLUMNS = ("Time", "Patient", "Phone", "Service", "Doctor", "Room", "Status", "Notes")
CELL_ROLE = Qt.ItemDataRole.UserRole

# a table asks for every role of every cell in every picture, and to look one up costs as much as
# the answer
_WORDS, _TIP = int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.ToolTipRole)
_ICON, _FONT = int(Qt.ItemDataRole.DecorationRole), int(Qt.ItemDataRole.FontRole)
_GROUND, _SPOKEN = int(Qt.ItemDataRole.BackgroundRole), int(Qt.ItemDataRole.AccessibleTextRole)


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What the filter row asks. ``text`` looks through name, phone, service and note."""

    text: str = ""
    status: Status | None = None
    doctor_id: Id | None = None


def as_text(text: str) -> str:
    """Without accents and capitals, for searching."""
    return str(anyascii(text)).casefold()


def matches(cell: Cell, wanted: Filter) -> bool:
    if wanted.status is not None and cell.status is not wanted.status:
        return False
    if wanted.doctor_id is not None and cell.doctor_id != wanted.doctor_id:
        return False
    if not wanted.text:
        return True
    digits = "".join(ch for ch in wanted.text if ch.isdigit())
    if len(digits) >= 3 and digits in "".join(ch for ch in cell.phone if ch.isdigit()):
        return True
    hay = as_text(f"{cell.last_name} {cell.first_name} {cell.type_name} {cell.note}")
    return all(word in hay for word in as_text(wanted.text).split())


class AgendaModel(HeadedModel):
    headings = COLUMNS

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._roster: Roster | None = None
        self._now: datetime | None = None
        self._cells: tuple[Cell, ...] = ()
        self._rows: list[Cell | Heading] = []
        self._several = False
        self._filter = Filter()
        self._grouping: Grouping = "date"

    def show(self, cells: Sequence[Cell], roster: Roster, now: datetime) -> None:
        self._cells, self._roster, self._now = tuple(cells), roster, now
        self._several = len(live_sites(roster)) > 1
        self._rebuild()

    def set_filter(self, wanted: Filter) -> None:
        self._filter = wanted
        self._rebuild()

    def set_grouping(self, grouping: Grouping) -> None:
        self._grouping = grouping
        self._rebuild()

    @property
    def visits(self) -> int:
        return sum(1 for row in self._rows if isinstance(row, Cell))

    @property
    def two_clocks(self) -> bool:
        """Whether some visit is told on the clinic's clock too."""
        book = self._roster
        return book is not None and any(
            minutes_apart(c.start, zone_for(c, book), book.practice.zone) for c in self._cells
        )

    def heads(self) -> list[int]:
        return [i for i, row in enumerate(self._rows) if isinstance(row, Heading)]

    def cell(self, row: int) -> Cell | None:
        entry = self._rows[row] if 0 <= row < len(self._rows) else None
        return entry if isinstance(entry, Cell) else None

    def row_of(self, cell_id: Id) -> int | None:
        for index, row in enumerate(self._rows):
            if isinstance(row, Cell) and row.id == cell_id:
                return index
        return None

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._rows = []
        if self._roster is not None:
            groups: dict[tuple[int | date, str], list[Cell]] = {}
            for cell in self._cells:
                if matches(cell, self._filter):
                    groups.setdefault(self._group(cell, self._roster), []).append(cell)
            for key in sorted(groups, key=lambda k: (str(k[0]).zfill(10), k[1])):
                own = sorted(groups[key], key=lambda c: (c.start, c.doctor_id, c.id))
                self._rows.append(Heading(key[1], len(own)))
                self._rows.extend(own)
        self.endResetModel()

    def _group(self, cell: Cell, roster: Roster) -> tuple[int | date, str]:
        if self._grouping == "doctor":
            doctor = roster.doctors.get(cell.doctor_id)
            name = doctor_of(roster, cell.doctor_id, short=False)
            return (doctor.position if doctor else 9999), name
        day = local_date(cell.start, zone_for(cell, roster))
        return day, long_day(day)

    # -- Qt --------------------------------------------------------------------------------
    def listed(self) -> int:
        return len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.cell(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid() or self._roster is None:
            return None
        row = self._rows[index.row()]
        if isinstance(row, Heading):
            return self._heading(row, index.column(), role)
        if role == CELL_ROLE:
            return row
        if role in (_WORDS, _TIP):
            whole = role == _TIP
            return self._text(row, index.column(), self._roster, whole=whole)
        if role == _SPOKEN and index.column() == 0 and self._now:
            return accessible_name(row, self._roster, self._now)
        if role == _ICON:
            return self._icon(row, index.column())
        if role == _FONT and index.column() == 1:
            return self._theme.font("body", bold=row.status is not Status.COMPLETED)
        return None

    def _icon(self, row: Cell, column: int) -> Any:
        if column == 6:
            known = row.status if row.status not in (Status.DECLINED, Status.RELEASED) else None
            return self._theme.icon(f"status-{(known or Status.CANCELLED).value}", 14)
        if column == 7:
            return self._theme.icon("warn", 14) if "overbooked" in row.flags else None
        return self._theme.icon("flag-alert", 12) if column == 1 and row.alert else None

    def _heading(self, row: Heading, column: int, role: int) -> Any:
        if column == 0:
            if role in (_WORDS, _SPOKEN):
                return f"{row.text} · {row.count}"
            if role == _FONT:
                return QFont(self._theme.font("body", bold=True))
        if role == _GROUND:
            return self._theme.tokens.off
        return None

    def _text(self, cell: Cell, column: int, roster: Roster, *, whole: bool = False) -> str:
        """``whole`` also says whose the other clock is."""
        zone = zone_for(cell, roster)
        if column == 0:
            home = roster.practice.zone
            if whole or not minutes_apart(cell.start, zone, home):
                times = both_spans(cell.start, cell.end, zone, home)
            else:
                times = (
                    f"{span_words(cell.start, cell.end, zone)} ({clock_words(cell.start, home)})"
                )
            if self._grouping == "doctor":
                return f"{day_words(local_date(cell.start, zone))} {times}"
            return times
        if column == 1:
            return CURTAIN.name(cell) or f"Held by {cell.held_by}"
        if column == 2:
            return CURTAIN.hidden(shown_phone(cell.phone))
        if column == 3:
            return cell.type_name
        if column == 4:
            return doctor_of(roster, cell.doctor_id)
        if column == 5:
            room = roster.rooms.get(cell.room_id or "")
            site = roster.locations.get(cell.location_id) if self._several else None
            names = (room.name if room else "", site.name if site else "")
            return " · ".join(name for name in names if name)
        if column == 6:
            return self._status(cell)
        over = "overbooked" in cell.flags
        why = f": “{cell.overbook_reason}”" if cell.overbook_reason else ""
        flags = [f"Overbooked{why}"] if over else []
        hidden = {"late", "note", "overbooked"}
        flags += [FLAG_WORDS[f] for f in sorted(cell.flags - hidden) if f in FLAG_WORDS]
        return " · ".join([*flags, *([CURTAIN.hidden(cell.note)] if cell.note else [])])

    def _status(self, cell: Cell) -> str:
        words = STATUS_WORDS[cell.status].capitalize()
        if self._now is None:
            return words
        waited, late = waiting_minutes(cell, self._now), late_minutes(cell, self._now)
        if waited is not None:
            return f"{words} · {waited} min"
        return f"{words} · {late} min late" if late else words
