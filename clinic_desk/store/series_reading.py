"""Reading series: a series with its visits, a diary for export, the days of a rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from clinic_desk.domain.appointments import Appointment, AppointmentSeries
from clinic_desk.domain.availability.model import Busy, Roster, Snapshot
from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import epoch, local_day_bounds
from clinic_desk.store.cells import cell_rows
from clinic_desk.store.direct import fetch
from clinic_desk.store.mapping import mapper
from clinic_desk.store.occupancy import AHEAD, busy_statement, external_rows, marks
from clinic_desk.store.planning import PlanningReading

if TYPE_CHECKING:
    from clinic_desk.services.planning_views import DiaryRows, SeriesRows

_VISIT = mapper(Appointment)
_SERIES = mapper(AppointmentSeries)
_PATIENT = mapper(Patient)
_SHOWN = "deleted_at IS NULL AND status NOT IN ('held', 'released')"
_LIVE = "deleted_at IS NULL AND status NOT IN ('held', 'released', 'cancelled', 'declined')"
_BEFORE = f"""
SELECT id FROM appointment
WHERE series_id = (SELECT follows_id FROM appointment_series WHERE id = ?) AND {_LIVE}
ORDER BY start_at DESC, id DESC LIMIT 1
"""
_AFTER = f"""
SELECT id FROM appointment
WHERE series_id IN (
 SELECT id FROM appointment_series WHERE follows_id = ? AND deleted_at IS NULL
) AND {_LIVE}
ORDER BY start_at, id LIMIT 1
"""
_SOME = 400
"""Ids asked for at once."""


class SeriesReading(PlanningReading):
    """The part of ``services.ports.Queries`` that series ask."""

    def series(self, series_id: Id) -> SeriesRows:
        from clinic_desk.services.planning_views import SeriesRows  # no part of the start

        with self._reading() as connection:
            row = connection.exec_driver_sql(_SERIES.select_one, (series_id,)).fetchone()
            if row is None or row[_SERIES.position["deleted_at"]] is not None:
                raise NotFound("series", series_id)
            visits = _visits(connection, f"series_id = ? AND {_SHOWN}", (series_id,))
            cells = cell_rows(
                connection,
                "a.series_id = ? AND a.deleted_at IS NULL AND a.status <> 'released'",
                (series_id,),
            )
            maker = self._maker(connection, self._rosters.get(connection))
        return SeriesRows(_SERIES.from_row(row), visits, tuple(map(maker.make, cells)))

    def series_beside(self, series_id: Id) -> tuple[Id | None, Id | None]:
        with self._reading() as connection:
            found = [
                connection.exec_driver_sql(sql, (series_id,)).scalar() for sql in (_BEFORE, _AFTER)
            ]
        return found[0], found[1]

    def diary(
        self,
        first: datetime | None = None,
        last: datetime | None = None,
        *,
        doctor_id: Id | None = None,
        patient_id: Id | None = None,
        series_id: Id | None = None,
    ) -> DiaryRows:
        from clinic_desk.services.planning_views import DiaryRows  # no part of the start

        parts, values = [_SHOWN], []
        for condition, value in (
            ("start_at >= ?", None if first is None else epoch(first)),
            ("start_at < ?", None if last is None else epoch(last)),
            ("doctor_id = ?", doctor_id),
            ("patient_id = ?", patient_id),
            ("series_id = ?", series_id),
        ):
            if value is not None:
                parts.append(condition)
                values.append(value)
        with self._reading() as connection:
            visits = _visits(connection, " AND ".join(parts), values)
            met = sorted({v.series_id for v in visits if v.series_id is not None})
            series: dict[Id, AppointmentSeries] = {}
            theirs: defaultdict[Id, list[Appointment]] = defaultdict(list)
            for some in _pieces(met):
                sql = f"{_SERIES.select} WHERE id IN ({marks(some)}) AND deleted_at IS NULL"
                series |= {r[0]: _SERIES.from_row(r) for r in fetch(connection, sql, some)}
                where = f"series_id IN ({marks(some)}) AND {_SHOWN}"
                for visit in _visits(connection, where, some):
                    theirs[str(visit.series_id)].append(visit)
            wanted = {v.patient_id for v in visits if v.patient_id is not None}
            wanted |= {v.patient_id for rows in theirs.values() for v in rows if v.patient_id}
            patients: dict[Id, Patient] = {}
            for some in _pieces(sorted(wanted)):
                sql = f"{_PATIENT.select} WHERE id IN ({marks(some)})"
                patients |= {r[0]: _PATIENT.from_row(r) for r in fetch(connection, sql, some)}
        return DiaryRows(
            visits, series, patients, {key: tuple(rows) for key, rows in theirs.items()}
        )

    def snapshot_of(self, days: Iterable[date]) -> Snapshot:
        stretches = _stretches(sorted(set(days)))
        with self._reading() as connection:
            roster = self._rosters.get(connection)
            statements: list[str] = []
            values: list[object] = []
            external: list[Busy] = []
            for first, last in stretches:
                start, end = _bounds(roster, first, last)
                sql, given = busy_statement(start - AHEAD, end + AHEAD, doctor_ids=None)
                statements.append(sql)
                values += given
            rows = fetch(connection, " UNION ".join(statements), values) if statements else []
            rows.sort(key=itemgetter(2))
            if stretches:
                start, _ = _bounds(roster, *stretches[0])
                _, end = _bounds(roster, *stretches[-1])
                external = external_rows(connection, start - AHEAD, end + AHEAD, None)
        first = stretches[0][0] if stretches else self._clock.now().date()
        last = stretches[-1][1] if stretches else first
        return Snapshot(roster, tuple(map(Busy._make, rows)), tuple(external), first, last)


def _visits(
    connection: Connection, where: str, values: Sequence[object]
) -> tuple[Appointment, ...]:
    rows = fetch(connection, f"{_VISIT.select} WHERE {where} ORDER BY start_at, id", values)
    return tuple(map(_VISIT.from_row, rows))


def _pieces(ids: Sequence[Id]) -> Iterable[Sequence[Id]]:
    for at in range(0, len(ids), _SOME):
        yield ids[at : at + _SOME]


def _stretches(days: Sequence[date]) -> list[tuple[date, date]]:
    """Days that follow each other, together."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] <= timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _bounds(roster: Roster, first: date, last: date) -> tuple[int, int]:
    zones = {place.zone for place in roster.locations.values()} | {roster.practice.zone}
    spans = [local_day_bounds(first, last, name) for name in zones]
    return min(epoch(s.start) for s in spans), max(epoch(s.end) for s in spans)
