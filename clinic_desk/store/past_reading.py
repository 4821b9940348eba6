"""Reading the past: the events of some days, and the calendar they make at any moment.

A visit that ever stood in a range either begins there now, taken back or not, or was moved out of
it by an event that kept where it began. Both are indexes, so neither the age of the moment nor the
size of the file matters. The roster's rows are few; all their events are read.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from clinic_desk.domain.appointments import LONGEST
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.store.direct import driver_of, fetch
from clinic_desk.store.rosters import RosterCache

if TYPE_CHECKING:
    from clinic_desk.services.past_views import Story
    from clinic_desk.store.cells import CellMaker

MOVED_FROM = "changes ->> '$.start[0]'"
"""As in ``tables.ledger``, whose index it is; that module is no part of a start."""

ROSTER_KINDS = (
    "practice", "location", "room", "doctor", "appointment_type", "schedule_template",
    "availability_exception", "time_off_request", "holiday",
)  # fmt: skip
"""What a day's background, columns and heads are made of."""

_REACH = LONGEST * 60
_DAY = 86_400
_STRETCH = 2000
"""Rows between two looks at whether the answer is still wanted."""

_TOLD = f"""
WITH met(id) AS (
 SELECT id FROM appointment WHERE start_at > :near AND start_at < :far
 UNION
 SELECT subject_id FROM event WHERE subject_kind = 'appointment'
 AND {MOVED_FROM} IS NOT NULL AND {MOVED_FROM} > :near AND {MOVED_FROM} < :far
 UNION ALL {" UNION ALL ".join(f"SELECT id FROM {kind}" for kind in ROSTER_KINDS)}
)
SELECT e.seq, e.subject_kind, e.subject_id, e.occurred_at, e.actor_id, e.command_id, e.changes,
e.action, e.id, e.actor_name, e.actor_kind, e.desk_id, e.metadata, d.name
FROM met CROSS JOIN event e ON e.subject_id = met.id LEFT JOIN desk d ON d.id = e.desk_id
ORDER BY e.seq
"""
"""A cross join keeps its order: the days decide which events are read, however few there are."""
_PEOPLE = """
SELECT id, last_name, first_name, birth_date, mobile, phone, alert FROM patient
WHERE id IN (SELECT value FROM json_each(?))
"""
People = Mapping[Id, tuple[object, ...]]


class PastReading(ABC):
    """The part of ``services.ports.Queries`` that the time machine asks."""

    _rosters: RosterCache

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _maker(self, connection: Connection, roster: Roster) -> CellMaker: ...

    def past(
        self, first: date, last: date, *, stopped: Callable[[], bool] = lambda: False
    ) -> Story:
        # no part of the start
        from clinic_desk.store.days import bounds
        from clinic_desk.store.past import Told, made

        with self._reading() as connection:
            roster = self._rosters.get(connection)
            start, end = bounds(roster, first, last)
            found = driver_of(connection).execute(
                _TOLD, {"near": start - _REACH - _DAY, "far": end + _DAY}
            )
            rows = [Told(*row) for row in _while_wanted(found, stopped)]
            ids = {
                value
                for told in rows
                if told.kind == "appointment"
                for value in told.changes.get("patient_id", ())
                if value is not None
            }
            people = {r[0]: r[1:] for r in fetch(connection, _PEOPLE, (json.dumps(sorted(ids)),))}
            names = self._maker(connection, roster).name
        return made(first, last, (start, end), rows, people, names)


def _while_wanted(
    rows: Iterator[tuple[Any, ...]], stopped: Callable[[], bool]
) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(rows):
        if number % _STRETCH == 0 and stopped():
            return
        yield row
