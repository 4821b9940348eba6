"""Events: how a change of a row is written down, and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from clinic_desk.domain.events import Actor, Event
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import from_epoch
from clinic_desk.store.mapping import Mapper, Stored

INSERT = (
    "INSERT INTO event (id, subject_kind, subject_id, action, occurred_at, actor_id, actor_name,"
    " actor_kind, desk_id, command_id, changes, metadata)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_COLUMNS = (
    "id", "subject_kind", "subject_id", "action", "occurred_at", "actor_id", "actor_name",
    "actor_kind", "desk_id", "command_id", "changes", "metadata",
)  # fmt: skip
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM event"

Diff = dict[str, tuple[Stored, Stored]]
dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def first_diff(mapper: Mapper[Any], row: Sequence[Stored]) -> Diff:
    """Changes of a new row. Fields that hold their type's zero are left out: a replay starts
    from zeros."""
    zero = mapper.zero
    return {name: (None, row[i]) for i, name in mapper.recorded if row[i] != zero[name]}


def diff(mapper: Mapper[Any], before: Sequence[Stored], after: Sequence[Stored]) -> Diff:
    return {name: (before[i], after[i]) for i, name in mapper.recorded if before[i] != after[i]}


def event_row(
    event_id: Id,
    table: str,
    row_id: Id,
    action: str,
    now: int,
    actor: Actor,
    command_id: Id,
    changes: Diff,
    metadata: Mapping[str, object] | None,
) -> tuple[object, ...]:
    return (
        event_id,
        table,
        row_id,
        action,
        now,
        actor.staff_id,
        actor.name,
        actor.kind,
        actor.desk_id,
        command_id,
        dumps(changes),
        dumps(dict(metadata)) if metadata else "{}",
    )


def read_history(connection: Connection, row_id: Id) -> tuple[Event, ...]:
    """All events of a row, oldest first."""
    sql = f"{_SELECT} WHERE subject_id = ? ORDER BY seq"
    return tuple(map(event_of, connection.exec_driver_sql(sql, (row_id,)).fetchall()))


def events_between(connection: Connection, first: int, last: int, limit: int) -> tuple[Event, ...]:
    """The first ``limit`` events with ``seq`` in [first, last], oldest first."""
    sql = f"{_SELECT} WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"
    return tuple(map(event_of, connection.exec_driver_sql(sql, (first, last, limit)).fetchall()))


def events_of_entries(
    connection: Connection, numbers: str, limit: int
) -> dict[int, tuple[Event, ...]]:
    """The first ``limit`` events of each entry of the audit trail, by its number, oldest first.
    ``numbers`` is a JSON list."""
    names = ", ".join(f"e.{name}" for name in _COLUMNS)
    rows = connection.exec_driver_sql(
        f"SELECT {names}, a.seq FROM audit_entry a JOIN event e"
        " ON e.seq BETWEEN a.first_event AND min(a.last_event, a.first_event + ? - 1)"
        " WHERE a.seq IN (SELECT value FROM json_each(?)) ORDER BY e.seq",
        (limit, numbers),
    )
    found: dict[int, list[Event]] = {}
    for row in rows.fetchall():
        found.setdefault(row[len(_COLUMNS)], []).append(event_of(row))
    return {seq: tuple(events) for seq, events in found.items()}


def event_of(r: Sequence[Any]) -> Event:
    return Event(
        id=r[0],
        subject_kind=r[1],
        subject_id=r[2],
        action=r[3],
        occurred_at=from_epoch(r[4]),
        actor_id=r[5],
        actor_name=r[6],
        actor_kind=r[7],
        desk_id=r[8],
        command_id=r[9],
        changes={name: (pair[0], pair[1]) for name, pair in json.loads(r[10]).items()},
        metadata=json.loads(r[11]),
    )


def last_change(connection: Connection, row_id: Id) -> tuple[str, datetime] | None:
    """Name of whoever changed the row last, and when (aware UTC)."""
    row = connection.exec_driver_sql(
        "SELECT actor_name, occurred_at FROM event WHERE subject_id = ? ORDER BY seq DESC LIMIT 1",
        (row_id,),
    ).fetchone()
    return None if row is None else (row[0], from_epoch(row[1]))
