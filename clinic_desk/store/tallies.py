"""Counting visits for reports: one statement for each question, whatever the number of rows.

The database knows no zones. The local days of a site are handed to it as stretches of constant
offset (``domain.spans.shifts``), so that a start plus its offset is the site's wall clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import shifts
from clinic_desk.services.day_views import GroupBy
from clinic_desk.services.report_ports import (
    LATE_CANCEL,
    Counts,
    Key,
    Measure,
    Money,
    Named,
    Part,
    Spread,
)
from clinic_desk.store.direct import fetch
from clinic_desk.store.occupancy import marks

_DAY = 86_400
_EPOCH = date(1970, 1, 1)
_TAKES_PLACE = "('pending', 'scheduled', 'confirmed', 'arrived', 'in_progress', 'completed')"
_WIDEST_HOURS = 10
"""Hours of the clock that one visit can touch."""

_KEYS = {
    GroupBy.DAY: f"local / {_DAY}",
    # 1 January 1970 was a Thursday
    GroupBy.WEEK: f"local / {_DAY} - (local / {_DAY} + 3) % 7",
    GroupBy.MONTH: "strftime('%Y-%m-01', local, 'unixepoch')",
    GroupBy.DOCTOR: "doctor_id",
    GroupBy.ROOM: "room_id",
    GroupBy.TYPE: "type_id",
    GroupBy.SITE: "location_id",
    GroupBy.WEEKDAY_HOUR: f"(local / {_DAY} + 3) % 7 * 24 + local % {_DAY} / 3600",
}

_VALUES = {
    Measure.LEAD: (
        f"max(0, start_at - created_at) / {_DAY}",
        f"status IN {_TAKES_PLACE[:-1]}, 'no_show') AND source <> 'import'",
    ),
    Measure.WAITING: (
        "max(0, started_at - arrived_at) / 60",
        "arrived_at IS NOT NULL AND started_at IS NOT NULL",
    ),
    # rounded down, of earlier starts too
    Measure.LATENESS: (
        "(started_at - start_at - ((started_at - start_at) % 60 + 60) % 60) / 60",
        "started_at IS NOT NULL",
    ),
}

_NAMES = " UNION ALL ".join(
    f"SELECT id, name, {active} AND deleted_at IS NULL, {place}, {order}, name FROM {table}"
    for place, (table, active, order) in enumerate(
        (
            ("doctor", "active", "position"),
            ("room", "1", "position"),
            ("appointment_type", "active", "position"),
            ("location", "1", "position"),
        )
    )
)


def names(connection: Connection) -> Mapping[Id, Named]:
    rows = fetch(connection, f"{_NAMES} ORDER BY 4, 5, 6, 1")
    return {row[0]: Named(row[1], bool(row[2])) for row in rows}


def counts(connection: Connection, part: Part) -> tuple[Counts, ...]:
    late = LATE_CANCEL * 3600
    sql = (
        "count(*), sum(status = 'completed'), sum(status = 'no_show'),"
        " sum(status = 'cancelled'), sum(status = 'declined'),"
        f" sum(status = 'cancelled' AND start_at - cancelled_at < {late}),"
        " sum(walk_in AND status NOT IN ('cancelled', 'declined')),"
        f" sum(CASE WHEN status IN {_TAKES_PLACE} THEN end_at - start_at ELSE 0 END) / 60"
    )
    rows = _grouped(connection, part, sql)
    return tuple(Counts(_key(part, row[0]), *(int(v or 0) for v in row[1:])) for row in rows)


def spread(connection: Connection, part: Part, measure: Measure) -> tuple[Spread, ...]:
    value, where = _VALUES[measure]
    rows = _grouped(connection, part, f"{value}, count(*)", where=where, group="1, 2")
    return tuple(Spread(_key(part, row[0]), int(row[1]), int(row[2])) for row in rows)


def booked(connection: Connection, part: Part) -> tuple[tuple[Key, int], ...]:
    where = f"status IN {_TAKES_PLACE}"
    if part.group is GroupBy.WEEKDAY_HOUR:
        rows = _by_the_hour(connection, part, where)
    else:
        rows = _grouped(connection, part, "sum(end_at - start_at) / 60", where=where)
    return tuple((_key(part, row[0]), int(row[1])) for row in rows)


def money(connection: Connection, part: Part, currency: str) -> tuple[Money, ...]:
    quoted = "'" + currency.replace("'", "''") + "'"
    same = f"coalesce(nullif(coalesce(billed_in, currency), ''), {quoted}) = {quoted}"
    due = "coalesce(billed, price_minor)"
    charged = "CASE WHEN bill_status IN ('issued', 'part_paid', 'paid') THEN billed ELSE 0 END"
    sql = (
        f"sum(CASE WHEN {same} AND status IN {_TAKES_PLACE} THEN {due} ELSE 0 END),"
        f" sum(CASE WHEN {same} AND status = 'completed' THEN {due} ELSE 0 END),"
        f" sum(CASE WHEN {same} AND status = 'no_show'"
        f" THEN max(0, price_minor - {charged}) ELSE 0 END),"
        f" sum(NOT ({same}))"
    )
    rows = _grouped(
        connection,
        part,
        sql,
        where=f"status IN {_TAKES_PLACE[:-1]}, 'no_show')",
        more=", i.total_minor AS billed, i.currency AS billed_in, i.status AS bill_status",
        join=" LEFT JOIN invoice i ON i.appointment_id = a.id AND i.status <> 'void'"
        " AND i.deleted_at IS NULL",
    )
    return tuple(Money(_key(part, row[0]), *(int(v or 0) for v in row[1:])) for row in rows)


def _visits(
    connection: Connection, part: Part, more: str = "", join: str = ""
) -> tuple[str, list[object]]:
    """The visits of the part, with ``local``: the wall clock of their start."""
    by_zone: dict[str, list[Id]] = defaultdict(list)
    for row in fetch(connection, "SELECT id, zone FROM location ORDER BY id"):
        if not part.location_ids or row[0] in part.location_ids:
            by_zone[row[1]].append(row[0])
    every = not part.location_ids and len(by_zone) == 1
    selects: list[str] = []
    values: list[object] = []
    for name, places in by_zone.items():
        for start, end, shift in shifts(part.first, part.last, name):
            where = "a.start_at >= ? AND a.start_at < ?"
            values += [start, end]
            if not every:
                where += f" AND a.location_id IN ({marks(places)})"
                values += places
            if part.doctor_ids:
                where += f" AND a.doctor_id IN ({marks(part.doctor_ids)})"
                values += part.doctor_ids
            selects.append(
                f"SELECT a.start_at + {shift} AS local, a.doctor_id, a.room_id, a.type_id,"
                " a.location_id, a.start_at, a.end_at, a.status, a.created_at, a.arrived_at,"
                " a.started_at, a.cancelled_at, a.walk_in, a.source, a.price_minor, a.currency"
                f"{more} FROM appointment a INDEXED BY ix_appointment_start{join} WHERE {where}"
                " AND a.deleted_at IS NULL AND a.slot_state = 'placed'"
                " AND a.status NOT IN ('held', 'released')"
            )
    return " UNION ALL ".join(selects), values


def _grouped(
    connection: Connection,
    part: Part,
    sums: str,
    *,
    where: str = "1",
    group: str = "1",
    more: str = "",
    join: str = "",
) -> list[Any]:
    inner, values = _visits(connection, part, more, join)
    if not inner:
        return []
    sql = f"SELECT {_KEYS[part.group]}, {sums} FROM ({inner}) WHERE {where} GROUP BY {group}"
    return fetch(connection, sql, values)


def _by_the_hour(connection: Connection, part: Part, where: str) -> list[Any]:
    """Minutes of visits in each hour of the week, a visit across the hour in both."""
    inner, values = _visits(connection, part)
    if not inner:
        return []
    hours = ", ".join(f"({number})" for number in range(_WIDEST_HOURS))
    begin = "(local / 3600 + n) * 3600"
    finish = "local + end_at - start_at"
    inside = f"min({finish}, {begin} + 3600) - max(local, {begin})"
    slot = f"({begin} / {_DAY} + 3) % 7 * 24 + {begin} % {_DAY} / 3600"
    sql = (
        f"WITH hour(n) AS (VALUES {hours}) SELECT {slot}, sum({inside}) / 60"
        f" FROM ({inner}) JOIN hour ON {begin} < {finish} WHERE {where} GROUP BY 1"
    )
    return fetch(connection, sql, values)


def _key(part: Part, value: Any) -> Key:
    group = part.group
    if group in (GroupBy.DAY, GroupBy.WEEK):
        return _EPOCH + timedelta(days=value)
    if group is GroupBy.MONTH:
        return date.fromisoformat(value)
    if group is GroupBy.WEEKDAY_HOUR:
        return divmod(int(value), 24)
    return None if value is None else str(value)
