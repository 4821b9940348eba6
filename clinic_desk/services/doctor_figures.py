"""A doctor's own numbers: today, the week, and what the last weeks were like, beside the clinic's.

Everything is taken from the reports (``services.reporting``), so that both always agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from clinic_desk.domain.ids import Id
from clinic_desk.services import reporting
from clinic_desk.services.day_views import GroupBy, Preset, Report, ReportWish

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries

PERIODS = (4, 12, 26)
"""Weeks that can be looked back on."""

Line = tuple[tuple[date, float | None], ...]
"""A value for each day, or for each week by its Monday; None: nothing is known."""


@dataclass(frozen=True, slots=True)
class DoctorFigures:
    """``weeks`` is the period that ends ``today`` (a local day); the shares are 0 … 1, times
    minutes. ``None``: nothing to divide by. ``week`` are the visits of each day from Monday on,
    ``week_before`` those of the whole week before."""

    today: date
    weeks: int
    visits: int
    done: int
    to_come: int
    missed: int
    week: tuple[tuple[date, int], ...]
    week_before: int
    utilisation: float | None
    clinic_utilisation: float | None
    utilisation_line: Line
    no_shows: float | None
    clinic_no_shows: float | None
    no_shows_line: Line
    delay: float | None
    on_time: float | None
    delay_line: Line
    waiting: float | None
    waiting_line: Line
    types: tuple[tuple[str, int], ...]

    @property
    def week_visits(self) -> int:
        return sum(number for _day, number in self.week)


def read(queries: Queries, doctor_id: Id, today: date, weeks: int) -> DoctorFigures:
    """For ``operations.ask``; ``weeks`` back, this one included."""
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=weeks - 1)
    sunday = monday + timedelta(days=6)

    def ask(
        preset: Preset, group: GroupBy, start: date, end: date, *, clinic: bool = False
    ) -> Report:
        doctors = () if clinic else (doctor_id,)
        return reporting.report(queries, ReportWish(preset, start, end, group, doctors))

    load = ask(Preset.LOAD, GroupBy.DAY, monday - timedelta(weeks=1), sunday)
    by_day = {cast("date", key): row for key, row in zip(load.keys, load.rows, strict=True)}
    now = by_day.get(today, ("", 0, 0, 0, 0))
    visits, done, to_come, absent = (cast("int", value) for value in now[1:5])
    week = tuple(
        (day, cast("int", by_day[day][1]) if by_day else 0)
        for day in (monday + timedelta(days=n) for n in range(7))
    )
    before = sum(cast("int", row[1]) for day, row in by_day.items() if day < monday)
    used = ask(Preset.UTILISATION, GroupBy.WEEK, first, today)
    missed = ask(Preset.NO_SHOWS, GroupBy.WEEK, first, today)
    punctual = ask(Preset.PUNCTUALITY, GroupBy.WEEK, first, today)
    waited = ask(Preset.WAITING, GroupBy.WEEK, first, today)
    clinic_used = ask(Preset.UTILISATION, GroupBy.WEEK, first, today, clinic=True)
    clinic_missed = ask(Preset.NO_SHOWS, GroupBy.WEEK, first, today, clinic=True)
    types = ask(Preset.LOAD, GroupBy.TYPE, first, today)
    kinds = [(str(row[0]), cast("int", row[1])) for row in types.rows if row[1]]
    return DoctorFigures(
        today=today,
        weeks=weeks,
        visits=visits,
        done=done,
        to_come=to_come,
        missed=absent,
        week=week,
        week_before=before,
        utilisation=_total(used, 3),
        clinic_utilisation=_total(clinic_used, 3),
        utilisation_line=_line(used, 3),
        no_shows=_total(missed, 3),
        clinic_no_shows=_total(clinic_missed, 3),
        no_shows_line=_line(missed, 3),
        delay=_total(punctual, 2),
        on_time=_total(punctual, 5),
        delay_line=_line(punctual, 2),
        waiting=_total(waited, 3),
        waiting_line=_line(waited, 3),
        types=tuple(sorted(kinds, key=lambda one: (-one[1], one[0]))),
    )


def _total(report: Report, column: int) -> float | None:
    return cast("float | None", report.totals[column]) if report.totals else None


def _line(report: Report, column: int) -> Line:
    return tuple(
        (cast("date", key), cast("float | None", row[column]))
        for key, row in zip(report.keys, report.rows, strict=True)
    )
