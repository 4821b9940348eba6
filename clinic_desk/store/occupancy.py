"""Who occupies what: busy rows of a range, and the row that stands in somebody's way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter

from sqlalchemy import Connection

from clinic_desk.domain.appointments import LONGEST, Appointment
from clinic_desk.domain.availability.model import Busy, Roster
from clinic_desk.domain.errors import SlotTaken, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch, zone
from clinic_desk.store.direct import fetch
from clinic_desk.store.stored import BUFFER_LIMIT, OCCUPIES

REACH = (LONGEST + BUFFER_LIMIT) * 60
"""Seconds by which a visit may start before a range that its blocked range still meets."""

AHEAD = BUFFER_LIMIT * 60
_RANGE = "a.start_at > ? AND a.start_at < ? AND a.blocked_end > ? AND a.blocked_start < ?"
_OCCUPIES = (
    OCCUPIES.replace("status IN", "a.status IN")
    .replace("slot_state", "a.slot_state")
    .replace("deleted_at", "a.deleted_at")
)
_FROM = "FROM appointment a LEFT JOIN patient p ON p.id = a.patient_id"


def marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def short_name(first: str | None, last: str | None) -> str:
    """ "J. Hall": what may be read out about someone else's visit."""
    if not last:
        return first or ""
    return f"{first[0]}. {last}" if first else last


_LABEL = (
    "CASE WHEN p.last_name <> '' AND p.first_name <> ''"
    " THEN substr(p.first_name, 1, 1) || '. ' || p.last_name"
    " WHEN p.id IS NOT NULL THEN p.first_name || p.last_name"
    " WHEN a.status = 'held' THEN 'Held' ELSE '' END"
)
_COLUMNS = (
    "a.id, a.doctor_id, a.start_at, a.end_at, a.blocked_start, a.blocked_end, a.lane, a.room_id,"
    " a.room_lane, a.patient_id, CASE a.status WHEN 'held' THEN 'hold' ELSE 'appointment' END,"
    " {label}, a.held_by_desk, a.hold_until, {holder}, a.location_id, a.type_id"
)
_HOLDER = (
    "CASE a.status WHEN 'held'"
    " THEN coalesce((SELECT name FROM actor WHERE actor.id = a.updated_by), '') ELSE '' END"
)
_NAMED = f"SELECT {_COLUMNS.format(label=_LABEL, holder=_HOLDER)} {_FROM}"
_NAMELESS = "SELECT " + _COLUMNS.format(label="''", holder="''") + " FROM appointment a"


def busy_rows(
    connection: Connection,
    start: int,
    end: int,
    *,
    doctor_ids: Sequence[Id] | None = (),
    room_ids: Sequence[Id] = (),
    patient_id: Id | None = None,
    named: bool = True,
) -> list[Busy]:
    """Occupying rows whose blocked range meets [start, end) (epoch seconds), of any of the
    doctors (None: all), rooms or the patient, by start. ``named`` False leaves the labels empty:
    a third of the cost over a long range."""
    sql, values = busy_statement(
        start, end, doctor_ids=doctor_ids, room_ids=room_ids, patient_id=patient_id, named=named
    )
    if not sql:
        return []
    rows = fetch(connection, sql, values)
    rows.sort(key=itemgetter(2))
    return list(map(Busy._make, rows))


def busy_statement(
    start: int,
    end: int,
    *,
    doctor_ids: Sequence[Id] | None = (),
    room_ids: Sequence[Id] = (),
    patient_id: Id | None = None,
    named: bool = True,
) -> tuple[str, list[object]]:
    """The statement of ``busy_rows`` and its values; empty when nobody is asked for."""
    bounds = (start - REACH, end + AHEAD, start, end)
    select = _NAMED if named else _NAMELESS
    parts: list[str] = []
    values: list[object] = []

    def part(condition: str, chosen: Sequence[object]) -> None:
        parts.append(f"{select} WHERE {condition}{_RANGE} AND {_OCCUPIES}")
        values.extend((*chosen, *bounds))

    if doctor_ids is None:
        part("", ())
    else:
        if doctor_ids:
            part(f"a.doctor_id IN ({marks(doctor_ids)}) AND ", doctor_ids)
        if room_ids:
            part(f"a.room_id IN ({marks(room_ids)}) AND ", room_ids)
        if patient_id is not None:
            part("a.patient_id = ? AND ", (patient_id,))
    return " UNION ".join(parts), values


def external_rows(
    connection: Connection, start: int, end: int, doctor_ids: Iterable[Id] | None
) -> list[Busy]:
    """Busy times of the doctors' own calendars that meet [start, end)."""
    wanted = None if doctor_ids is None else tuple(doctor_ids)
    if wanted is not None and not wanted:
        return []
    sql = (
        "SELECT id, doctor_id, start_at, end_at, title FROM external_busy_time"
        " WHERE end_at > ? AND start_at < ? AND deleted_at IS NULL"
    )
    values: tuple[object, ...] = (start, end)
    if wanted is not None:
        sql += f" AND doctor_id IN ({marks(wanted)})"
        values += wanted
    rows = fetch(connection, sql + " ORDER BY start_at", values)
    return [
        Busy(r[0], r[1], r[2], r[3], r[2], r[3], kind="external", label=r[4] or "Busy")
        for r in rows
    ]


def clash_refusal(
    connection: Connection, wanted: Appointment, subject: str, zone_name: str
) -> SlotTaken | None:
    """The refusal that names the row in the way of ``wanted``; None when there is none."""
    key, value, lane_key, lane = (
        ("doctor_id", wanted.doctor_id, "lane", wanted.lane)
        if subject == "doctor"
        else ("room_id", wanted.room_id, "room_lane", wanted.room_lane)
    )
    row = connection.exec_driver_sql(
        f"{_NAMED} WHERE a.{key} = ? AND a.{lane_key} = ? AND a.id <> ?"
        f" AND a.blocked_start < ? AND a.blocked_end > ? AND {_OCCUPIES}"
        " ORDER BY a.blocked_start DESC LIMIT 1",
        (value, lane, wanted.id, epoch(wanted.blocked_end), epoch(wanted.blocked_start)),
    ).fetchone()
    if row is None:
        return None
    busy = Busy._make(row)
    table = "doctor" if subject == "doctor" else "room"
    name = connection.exec_driver_sql(f"SELECT name FROM {table} WHERE id = ?", (value,)).scalar()
    span = spoken_span(from_epoch(busy.start), from_epoch(busy.end), zone_name)
    what = f"a held slot, {span}" if busy.kind == "hold" else f"{busy.label or 'a visit'}, {span}"
    verb = "already has" if subject == "doctor" else "is already used by"
    touching = busy.end <= epoch(wanted.start) or busy.start >= epoch(wanted.end)
    tail = " and its buffer. Choose another time." if touching else ". Choose another time."
    return SlotTaken(
        f"{name} {verb} {what}{tail}",
        subject=subject,
        clashing_id=busy.id,
        ways_out=(WayOut("Show that visit", "show", {"appointment_id": busy.id}),),
    )


def spoken_span(start: datetime, end: datetime, zone_name: str) -> str:
    """ "Tue 24 Nov 10:15–10:45" in that zone."""
    first, last = start.astimezone(zone(zone_name)), end.astimezone(zone(zone_name))
    return f"{first:%a} {first.day} {first:%b} {first:%H:%M}–{last:%H:%M}"


def busy_in_rooms(
    connection: Connection,
    roster: Roster,
    start: int,
    end: int,
    doctor_ids: Sequence[Id],
) -> tuple[Busy, ...]:
    """Visits of doctors who are not shown but whose rooms may be wanted."""
    everyone = len(doctor_ids) >= sum(d.active for d in roster.doctors.values())
    found = busy_rows(
        connection,
        start,
        end,
        doctor_ids=() if everyone else tuple(set(roster.doctors) - set(doctor_ids)),
    )
    return tuple(b for b in found if b.room_id is not None)
