"""Opening a day, a week and a month with 1,000,000 visits in the store, against the bare SQL.

Two floors on the driver, rows fetched as tuples. *Its own SQL*: the very statement of the load,
with every value that a block or a chip shows, so the ratio is what the program adds to SQLite.
*A plain join*: one statement for the shown visits, with the patient's and the type's columns,
without "is it the first visit": the least with which such a view could be drawn at all.
The measured load is what the page asks for: cells, hours and breaks, each day's load, and the
snapshot that a drag is judged on but for the use of rooms by doctors who are not shown, which the
page reads in the background when the picture stands; for the month its chips and loads. Each round
is another day.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from clinic_desk.domain.spans import epoch, local_day_bounds
from clinic_desk.services.ports import Queries
from clinic_desk.store.cells import month_rows, range_rows
from clinic_desk.store.direct import fetch
from clinic_desk.store.engine import reader_engine
from clinic_desk.store.occupancy import AHEAD
from clinic_desk.ui.calendar.month_data import month_data
from clinic_desk.ui.geometry.monthgrid import month_days
from tests.benchmarks import data, stores
from tests.benchmarks.results import Result, against_floor, alone, in_turns, within

ROUNDS = 15
MONDAY = data.TODAY - timedelta(days=data.TODAY.weekday())
ONE = ("doctor-007",)
TEN = tuple(f"doctor-{number:03}" for number in range(10))
EVERYBODY = tuple(f"doctor-{number:03}" for number in range(50))
PLAIN = """
SELECT a.id, a.revision, a.start_at, a.end_at, a.blocked_start, a.blocked_end, a.doctor_id,
 a.location_id, a.room_id, a.lane, a.room_lane, a.status, a.slot_state, a.patient_id, p.last_name,
 p.first_name, p.birth_date, p.mobile, p.phone, p.alert, a.type_id, t.name, t.code, a.mode, a.title,
 a.reason, a.notes, a.series_id, a.hold_until, a.confirmation_code, a.walk_in, a.source,
 a.confirmed_at, a.arrived_at, a.started_at, a.completed_at, a.created_by, a.created_at,
 a.updated_by, a.updated_at
FROM appointment a LEFT JOIN patient p ON p.id = a.patient_id
LEFT JOIN appointment_type t ON t.id = a.type_id
WHERE a.doctor_id IN ({marks}) AND a.start_at >= ? AND a.start_at < ? AND a.deleted_at IS NULL
 AND a.status NOT IN ('cancelled', 'declined', 'released') ORDER BY a.start_at, a.id
"""
Load = Callable[[Queries, date, tuple[str, ...]], object]


def grid(days: int) -> Load:
    """What the page asks for before it shows the picture."""
    return lambda queries, first, who: queries.calendar(
        first, first + timedelta(days=days - 1), who, rooms=False
    )


def month(queries: Queries, first: date, who: tuple[str, ...]) -> object:
    """What ``page_loader`` asks for in a month."""
    roster = queries.roster()
    days = month_days(first.year, first.month)
    found = queries.month(days[0], days[-1], who)
    return month_data(roster, days, found.visits, found.loads, who)


VIEWS: tuple[tuple[str, tuple[str, ...], int, Load, float], ...] = (
    ("day, 50 doctors", EVERYBODY, 1, grid(1), 150),
    ("day, 10 doctors", TEN, 1, grid(1), 150),
    ("week of one doctor", ONE, 7, grid(7), 150),
    ("week, 50 doctors", EVERYBODY, 5, grid(5), 150),
    ("month, 10 doctors", TEN, 42, month, 150),
    ("month, 50 doctors", EVERYBODY, 42, month, 150),
)


def start_of(number: int, days: int) -> date:
    """Another day, week or month for each round, this year's."""
    if days == 42:
        return date(2026, 1 + number % 11, 1)
    return (
        MONDAY - timedelta(days=7 * (number + 1)) + timedelta(days=number % 5 if days == 1 else 0)
    )


def run(out: Path) -> list[Result]:
    results = []
    path = stores.large(out)
    engine = reader_engine(path)
    with stores.opened(path) as store, engine.connect() as connection:
        queries = store.queries
        connection.begin()

        def bounds(number: int, days: int) -> tuple[int, int]:
            first = start_of(number, days)
            if days == 42:
                shown = month_days(first.year, first.month)
                span = local_day_bounds(shown[0], shown[-1], data.ZONE)
            else:
                span = local_day_bounds(first, first + timedelta(days=days - 1), data.ZONE)
            return epoch(span.start), epoch(span.end)

        for name, who, days, load, budget in VIEWS:
            sql = PLAIN.format(marks=", ".join("?" * len(who)))
            counts: list[int] = []

            def same(
                number: int,
                who: tuple[str, ...] = who,
                days: int = days,
                counts: list[int] = counts,
            ) -> object:
                start, end = bounds(number, days)
                rows = (
                    month_rows(connection, start, end, who)[0]
                    if days == 42
                    else range_rows(connection, start - AHEAD, end + AHEAD, who, False)
                )
                counts.append(len(rows))
                return rows

            def plain(
                number: int, who: tuple[str, ...] = who, days: int = days, sql: str = sql
            ) -> object:
                return fetch(connection, sql, (*who, *bounds(number, days)))

            def measured(
                number: int, who: tuple[str, ...] = who, days: int = days, load: Load = load
            ) -> object:
                return load(queries, start_of(number, days), who)

            turns = in_turns(same, measured, ROUNDS)
            label = f"{name} ({statistics.median(counts):,.0f} visits)"
            results.append(against_floor(f"{label}, its own SQL", turns, times=3))
            joined = in_turns(plain, measured, ROUNDS)
            results.append(against_floor(f"{label}, a plain join", joined))
            results.append(within(f"{name}, loaded", turns.measured, budget, at="p95"))
            if days < 42 and len(who) < len(EVERYBODY):
                later = alone(
                    lambda n, who=who, days=days: queries.room_use(  # type: ignore[misc]
                        start_of(n, days), start_of(n, days) + timedelta(days=days - 1), who
                    ),
                    ROUNDS,
                )
                results.append(within(f"{name}, use of rooms read after the picture", later, None))
    engine.dispose()
    return results
