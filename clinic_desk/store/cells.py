"""Appointments as a calendar shows them: one statement, frozen rows, no query per row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from clinic_desk.domain.appointments import LONGEST, SlotState, Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.domain.templates import ExceptionKind, TimeOffStatus
from clinic_desk.services.views import Cell, MonthVisit
from clinic_desk.store.direct import fetch
from clinic_desk.store.occupancy import marks

_COLUMNS = """
a.id, a.revision, a.start_at, a.end_at, a.blocked_start, a.blocked_end, a.doctor_id,
a.location_id, a.room_id, a.lane, a.room_lane, a.status, a.slot_state, a.patient_id,
p.last_name, p.first_name, p.birth_date, p.mobile, p.phone, p.alert,
a.type_id, t.name, t.code, t.slug, a.mode, a.title, a.reason, a.notes, a.series_id,
a.hold_until, a.held_by_desk, a.confirmation_code, a.cancel_reason, a.walk_in,
a.overbook_reason, a.source, a.confirmed_at, a.arrived_at, a.started_at, a.completed_at,
a.cancelled_at, a.created_by, a.created_at, a.updated_by, a.updated_at,
EXISTS (SELECT 1 FROM shelf_item s WHERE s.appointment_id = a.id AND s.deleted_at IS NULL),
a.patient_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM appointment e
 WHERE e.patient_id = a.patient_id AND e.start_at < a.start_at
 AND e.status = 'completed' AND e.deleted_at IS NULL),
a.reschedule_count,
EXISTS (SELECT 1 FROM invoice i WHERE i.appointment_id = a.id AND i.status <> 'void'
 AND i.status IN ('issued', 'part_paid') AND i.deleted_at IS NULL)
"""
_FROM = """
FROM appointment a
LEFT JOIN patient p ON p.id = a.patient_id
LEFT JOIN appointment_type t ON t.id = a.type_id
"""
SHOWN = "a.deleted_at IS NULL AND a.slot_state = 'placed' AND a.status <> 'released'"
_NOT_CANCELLED = " AND a.status NOT IN ('cancelled', 'declined')"
_REACH = LONGEST * 60

_STATUS = {str(status): status for status in Status}
_MODE = {str(mode): mode for mode in Mode}
_SLOT = {str(state): state for state in SlotState}
_SINCE = {
    "scheduled": 42,
    "pending": 42,
    "held": 42,
    "confirmed": 36,
    "arrived": 37,
    "in_progress": 38,
    "completed": 39,
    "cancelled": 40,
}
"""Index of the column that says since when a row has its status; others: the last change."""

LATE_AFTER = timedelta(minutes=5)
LATE_UNTIL = timedelta(hours=12)
_MOVABLE = frozenset({"pending", "scheduled", "confirmed"})
_EXPECTED = frozenset({"scheduled", "confirmed"})
Away = Mapping[Id, Sequence[tuple[int, int, Id | None, Id | None]]]


def cell_rows(
    connection: Connection,
    where: str,
    values: Sequence[object],
    order: str = "a.start_at, a.id",
    more: str = "",
) -> list[Any]:
    """``more``: columns behind those that ``CellMaker`` knows."""
    columns = f"{_COLUMNS}, {more}" if more else _COLUMNS
    sql = f"SELECT {columns} {_FROM} WHERE {where} ORDER BY {order}"
    return fetch(connection, sql, values)


def range_rows(
    connection: Connection,
    start: int,
    end: int,
    doctor_ids: Sequence[Id] | None,
    include_cancelled: bool,
) -> list[Any]:
    """Rows that meet [start, end) (epoch seconds), sorted by start."""
    where = f"a.start_at > ? AND a.start_at < ? AND a.end_at > ? AND {SHOWN}"
    values: list[object] = [start - _REACH, end, start]
    if doctor_ids is not None:
        if not doctor_ids:
            return []
        where = f"a.doctor_id IN ({marks(doctor_ids)}) AND {where}"
        values = [*doctor_ids, *values]
    if not include_cancelled:
        where += _NOT_CANCELLED
    return cell_rows(connection, where, values)


_MONTH = """
SELECT a.id, a.start_at, a.end_at, a.doctor_id, a.location_id, a.status, a.patient_id,
p.last_name, p.first_name, a.hold_until
FROM appointment a LEFT JOIN patient p ON p.id = a.patient_id
"""


def month_rows(
    connection: Connection, start: int, end: int, doctor_ids: Sequence[Id]
) -> tuple[list[Any], tuple[MonthVisit, ...]]:
    """Rows that meet [start, end) with what a month shows of them, and those visits, by start."""
    if not doctor_ids:
        return [], ()
    rows = fetch(
        connection,
        f"{_MONTH} WHERE a.doctor_id IN ({marks(doctor_ids)}) AND a.start_at > ? AND a.start_at < ?"
        f" AND a.end_at > ? AND {SHOWN}{_NOT_CANCELLED} ORDER BY a.start_at, a.id",
        (*doctor_ids, start - _REACH, end, start),
    )
    at = _Instants()
    visits = tuple(
        MonthVisit(i, at[begin], who, place, _STATUS[status], patient, last or "", first or "")
        for i, begin, _end, who, place, status, patient, last, first, _until in rows
    )
    return rows, visits


def away_spans(roster: Roster) -> Away:
    """Per doctor: approved time off and blocked exceptions as (start, end, type, location)."""
    found: dict[Id, list[tuple[int, int, Id | None, Id | None]]] = {}
    for leave in roster.time_off:
        if leave.status is TimeOffStatus.APPROVED:
            span = (epoch(leave.start), epoch(leave.end), None, None)
            found.setdefault(leave.doctor_id, []).append(span)
    for item in roster.exceptions:
        if item.kind is ExceptionKind.BLOCKED:
            found.setdefault(item.doctor_id, []).append(
                (epoch(item.start), epoch(item.end), item.type_id, item.location_id)
            )
    return found


class _Instants(dict[int | None, Any]):
    """Epoch seconds → aware UTC: visits of one day share most of their times."""

    def __missing__(self, seconds: int | None) -> datetime | None:
        made = self[seconds] = None if seconds is None else from_epoch(seconds)
        return made


class _Days(dict[str | None, Any]):
    def __missing__(self, text: str | None) -> date | None:
        made = self[text] = None if text is None else date.fromisoformat(text)
        return made


class CellMaker:
    """Makes cells of rows. ``now`` (aware UTC) decides who is late; ``names`` maps staff ids."""

    def __init__(self, now: datetime, away: Away, names: Callable[[Id], str]) -> None:
        self._now = epoch(now)
        self._away = away
        self.name = names
        self._at = _Instants()
        self._born = _Days()

    def make(self, r: Sequence[Any]) -> Cell:
        at = self._at
        status: str = r[11]
        since = _SINCE.get(status, 44)
        # a hold's title names somebody who is not on file yet
        held_for = r[25] if status == "held" else ""
        return Cell(
            r[0],
            r[1],
            at[r[2]],
            at[r[3]],
            at[r[4]],
            at[r[5]],
            r[6],
            r[7],
            r[8],
            r[9],
            _STATUS[status],
            _SLOT[r[12]],
            r[13],
            r[14] or held_for or "",
            r[15] or "",
            self._born[r[16]],
            r[17] or r[18] or "",
            r[19] or "",
            r[20],
            r[21] or "",
            r[22] or "",
            _MODE[r[24]],
            (r[25] if not held_for else "") or r[26] or r[27],
            self._flags(r),
            at[r[since] or r[44]],
            r[28],
            at[r[29]],
            self.name(r[43]) if status == "held" else "",
            r[30],
            r[31] or "",
            r[32],
            self.name(r[41]),
            at[r[42]],
            self.name(r[43]),
            at[r[44]],
            r[47],
            r[34] or "",
        )

    def _flags(self, r: Sequence[Any]) -> frozenset[str]:
        found = []
        status = r[11]
        if r[46] or r[23] == "new-patient":
            found.append("new")
        if r[19]:
            found.append("alert")
        if r[28]:
            found.append("series")
        if r[27]:
            found.append("note")
        if r[48]:
            found.append("unpaid")
        if r[35] in ("patient", "api"):
            found.append("online")
        if r[33]:
            found.append("walk_in")
        if r[24] != "in_person":
            found.append(r[24])
        if r[45]:
            found.append("parked")
        if r[34]:
            found.append("overbooked")
        if status in _EXPECTED and (
            LATE_AFTER.total_seconds() < self._now - r[2] < LATE_UNTIL.total_seconds()
        ):
            found.append("late")
        if status in _MOVABLE and r[6] in self._away and self._must_move(r):
            found.append("must_move")
        return _flag_set(tuple(found))

    def _must_move(self, r: Sequence[Any]) -> bool:
        return any(
            start < r[3]
            and r[2] < end
            and (type_id is None or type_id == r[20])
            and (location_id is None or location_id == r[7])
            for start, end, type_id, location_id in self._away[r[6]]
        )


_FLAG_SETS: dict[tuple[str, ...], frozenset[str]] = {}


def _flag_set(found: tuple[str, ...]) -> frozenset[str]:
    """Equal sets are one object: a week of 4,000 visits has a handful of them."""
    made = _FLAG_SETS.get(found)
    if made is None:
        made = _FLAG_SETS[found] = frozenset(found)
    return made
