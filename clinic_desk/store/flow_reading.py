"""Reading the day's flow: one statement for the visits, one for what the doctors say."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch, local_date, local_day_bounds
from clinic_desk.store.cells import SHOWN, CellMaker, cell_rows
from clinic_desk.store.direct import fetch
from clinic_desk.store.rosters import RosterCache

if TYPE_CHECKING:
    from clinic_desk.services.day_views import FlowDay
    from clinic_desk.services.views import Cell

_ARRIVED, _STARTED, _COMPLETED, _NUMBER = 37, 38, 39, -1
"""Places in a row of ``cell_rows``; the record number is asked for beside it."""


class FlowReading(ABC):
    """The part of ``services.ports.Queries`` that the flow board asks."""

    _rosters: RosterCache

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _maker(self, connection: Connection, roster: Roster) -> CellMaker: ...

    def flow_day(self, day: date) -> FlowDay:
        # no part of the start
        from clinic_desk.domain.flow import DoctorDelay
        from clinic_desk.services.day_views import FlowDay, Stamps
        from clinic_desk.store.mapping import mapper

        delay = mapper(DoctorDelay)
        with self._reading() as connection:
            roster = self._rosters.get(connection)
            zones = {place.id: place.zone for place in roster.locations.values()}
            home = roster.practice.zone
            spans = [local_day_bounds(day, day, name) for name in {home, *zones.values()}]
            first = min(epoch(span.start) for span in spans)
            last = max(epoch(span.end) for span in spans)
            rows = cell_rows(
                connection,
                f"a.start_at >= ? AND a.start_at < ? AND {SHOWN} AND a.status <> 'held'",
                (first, last),
                more="p.record_number",
            )
            maker = self._maker(connection, roster)
            said = fetch(
                connection, f"{delay.select} WHERE day = ? AND deleted_at IS NULL",
                (day.isoformat(),),
            )  # fmt: skip
        cells, stamps, numbers = [], {}, {}
        for row in rows:
            cell = maker.make(row)
            if local_date(cell.start, zones.get(cell.location_id, home)) != day:
                continue
            cells.append(cell)
            at = [None if row[n] is None else from_epoch(row[n]) for n in _STAMPED]
            stamps[cell.id] = Stamps(*at)
            if cell.patient_id is not None:
                numbers[cell.patient_id] = row[_NUMBER] or ""
        delays = {row.doctor_id: row for row in map(delay.from_row, said)}
        return FlowDay(day, tuple(cells), stamps, numbers, delays)

    def awaiting(self, doctor_id: Id, since: datetime) -> tuple[Cell, ...]:
        with self._reading() as connection:
            roster = self._rosters.get(connection)
            rows = cell_rows(
                connection,
                f"a.doctor_id = ? AND a.start_at >= ? AND {SHOWN} AND a.status = 'pending'",
                (doctor_id, epoch(since)),
            )
            maker = self._maker(connection, roster)
            return tuple(maker.make(row) for row in rows)


_STAMPED = (_ARRIVED, _STARTED, _COMPLETED)
