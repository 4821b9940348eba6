"""The roster, loaded once and kept until a roster table changes.

Triggers count every write to a roster table in ``meta``, so a commit of appointments does not
throw the roster away, whoever made it.
"""

from __future__ import annotations

from threading import Lock
from typing import TypeVar

from sqlalchemy import Connection

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import (
    AppointmentType,
    Doctor,
    Location,
    Practice,
    Room,
    TravelTime,
)
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.records import Record
from clinic_desk.domain.templates import (
    AvailabilityException,
    Holiday,
    ScheduleTemplate,
    TimeOffRequest,
)
from clinic_desk.store.direct import fetch_one
from clinic_desk.store.guards import ROSTER_KEY
from clinic_desk.store.mapping import mapper

R = TypeVar("R", bound=Record)


def roster_version(connection: Connection) -> int:
    found = fetch_one(connection, "SELECT v FROM meta WHERE k = ?", (ROSTER_KEY,))
    return int(found[0]) if found else 0


def _live(connection: Connection, kind: type[R], order: str = "id") -> list[R]:
    m = mapper(kind)
    rows = connection.exec_driver_sql(f"{m.select} WHERE deleted_at IS NULL ORDER BY {order}")
    return [m.from_row(row) for row in rows.fetchall()]


def load_roster(connection: Connection) -> Roster:
    """Raises ``Refusal("no_practice")`` in a file that was never set up."""
    practices = _live(connection, Practice)
    if not practices:
        raise Refusal("no_practice", "This clinic's file is empty: set up the practice first.")
    return Roster(
        practice=practices[0],
        locations={
            r.id: r for r in _live(connection, Location, "is_primary DESC, position, name, id")
        },
        rooms={r.id: r for r in _live(connection, Room, "position, name, id")},
        doctors={r.id: r for r in _live(connection, Doctor, "position, name, id")},
        types={r.id: r for r in _live(connection, AppointmentType, "position, name, id")},
        templates=tuple(_live(connection, ScheduleTemplate)),
        exceptions=tuple(_live(connection, AvailabilityException, "start_at, id")),
        time_off=tuple(_live(connection, TimeOffRequest, "start_at, id")),
        holidays=tuple(_live(connection, Holiday, "day, id")),
        travel=tuple(_live(connection, TravelTime)),
    )


class RosterCache:
    """Safe from any thread; holds one roster, the newest that was asked for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[int, Roster] | None = None

    def get(self, connection: Connection) -> Roster:
        """The roster as this connection's transaction sees it."""
        version = roster_version(connection)
        kept = self._kept
        if kept is not None and kept[0] == version:
            return kept[1]
        roster = load_roster(connection)
        with self._lock:
            if self._kept is None or self._kept[0] <= version:
                self._kept = (version, roster)
        return roster

    def clear(self) -> None:
        """Forget, after the file was replaced by a backup."""
        with self._lock:
            self._kept = None
