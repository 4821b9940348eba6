"""How long the engine takes on a big clinic, against reading the same rows once.

50 doctors, 90 days, seven places in ten taken, a start every 5 minutes, visits of 30 minutes with
5 minutes of buffer on both sides, half an hour of lunch. The floor is one pass in plain Python over
the same busy rows that groups them by doctor: what any engine that looks at every row must spend.
Nothing is kept warm from round to round. *From the store* is the same clinic in a file of its own:
the question begins before the first row is read. The goals are about what the work costs, so they
are held against the best round; the medians stand beside it.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.availability import explain, find, find_first, find_starts, rank
from clinic_desk.domain.availability.model import Busy, Preferences, Roster, Snapshot
from clinic_desk.domain.people import Patient
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import from_epoch
from clinic_desk.services.openings import Criteria, first_openings
from clinic_desk.store.opening import ClinicStore, open_store
from tests.benchmarks import data
from tests.benchmarks.availability_clinic import FIRST, clinic, request
from tests.benchmarks.results import Result, alone, in_turns, within
from tests.fakes.clock import CountingIds, FixedClock

ROUNDS = 11


def one_pass(snapshot: Snapshot) -> dict[str, list[Busy]]:
    """The floor: every row looked at once."""
    by_doctor: dict[str, list[Busy]] = defaultdict(list)
    for row in snapshot.busy:
        if row.blocked_start < row.blocked_end:
            by_doctor[row.doctor_id].append(row)
    return by_doctor


def furniture(roster: Roster) -> Iterator[Record]:
    yield roster.practice
    yield from roster.locations.values()
    yield from roster.rooms.values()
    yield from roster.types.values()
    yield from roster.doctors.values()
    yield from roster.templates
    for number in range(5000):
        yield Patient(
            id=f"p{number}", record_number=f"P{number:06}", first_name="J.", last_name="Hall"
        )


def stored(path: Path, snapshot: Snapshot) -> ClinicStore:
    """That very clinic in a file."""
    now = request().now
    store = open_store(path, data.MIGRATIONS, FixedClock(now), CountingIds())
    with store.unit_of_work(data.BUILDER) as work:
        for record in furniture(snapshot.roster):
            work.add(record, "created")
        for row in snapshot.busy:
            work.add(
                Appointment(
                    id=row.id,
                    doctor_id=row.doctor_id,
                    location_id="l",
                    room_id=row.room_id,
                    patient_id=row.patient_id,
                    type_id="t",
                    start=from_epoch(row.start),
                    end=from_epoch(row.end),
                    blocked_start=from_epoch(row.blocked_start),
                    blocked_end=from_epoch(row.blocked_end),
                    status=Status.SCHEDULED,
                ),
                "booked",
            )
        work.commit()
    return store


def run(out: Path) -> list[Result]:
    snapshot, plain, asked = clinic(), clinic(rooms=False), request()
    rows: list[Result] = []
    last = FIRST + timedelta(days=89)

    def add(name: str, given: Snapshot, work: object, limit: float | None) -> None:
        fresh = [replace(given) for _ in range(2 * (ROUNDS + 2))]
        turns = in_turns(
            lambda n: one_pass(fresh[2 * n]),
            lambda n: work(fresh[2 * n + 1]),  # type: ignore[operator]
            ROUNDS,
        )
        rows.append(within(name, turns.measured, limit, at="best", floor=turns.floor))

    count = sum(map(len, find_starts(snapshot, asked).values()))
    add(f"all starts ({count:,}), rows in memory", snapshot, lambda s: find_starts(s, asked), 45.0)
    add("all starts, no rooms", plain, lambda s: find_starts(s, asked), 45.0)
    add("all starts as slots", snapshot, lambda s: find(s, asked), None)
    add("first 10 openings, rows in memory", snapshot, lambda s: find_first(s, asked, 10), None)
    with tempfile.TemporaryDirectory(dir=out) as folder:
        store = stored(Path(folder) / "clinic.db", snapshot)
        queries = store.queries
        taken = alone(lambda _n: find_starts(queries.snapshot(FIRST, last), asked), ROUNDS)
        assert sum(map(len, find_starts(queries.snapshot(FIRST, last), asked).values())) == count
        rows.append(within("all starts, from the store", taken, 200.0, at="best"))
        criteria = Criteria("t", first=FIRST, last=last)
        taken = alone(lambda _n: first_openings(queries, criteria, asked.now), 3 * ROUNDS)
        rows.append(within("first 10 openings, from the store", taken, 200.0, at="p95"))
        store.close()
    slots = find_first(snapshot, asked, 200)
    wishes = Preferences(usual_doctor_id="d07", usual_weekday=2, usual_minute=600)
    taken = alone(lambda _n: rank(slots, replace(snapshot), wishes, "t"), ROUNDS)
    rows.append(within("rank 200", taken, None))
    start = slots[0].start.replace(hour=7, minute=0)
    moments = [start + timedelta(minutes=5 * n) for n in range(120)]
    cells = [
        min(alone(lambda _n, m=m: explain(snapshot, asked, "d00", m), 5))  # type: ignore[misc]
        for m in moments
    ]
    rows.append(within("verdict of one cell (explain), 120 cells", cells, 1.0, at="p95"))
    return rows
