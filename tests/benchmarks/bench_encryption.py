"""An encrypted file against the same file without a key, in turns.

Both are written anew from one clinic, so that their pages lie alike. A warm day is read through the
store as the calendar does, its pages in the connections' cache as in a day's work; a cold one by a
new connection, which has to decrypt everything it reads. A commit is one row, fully synchronised.
"""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from clinic_desk.services.commands import BookAppointment
from clinic_desk.services.desk import Desk
from clinic_desk.store import keys
from clinic_desk.store.engine import connect, read_only
from clinic_desk.store.keys import StoreKey
from clinic_desk.store.opening import ClinicStore
from clinic_desk.store.recoding import recode
from tests.benchmarks import data, stores
from tests.benchmarks.bench_booking import ACTOR, free_slots
from tests.benchmarks.results import Result, against_floor, in_turns
from tests.fakes.clock import CountingIds, FixedClock

APPOINTMENTS, PATIENTS = 200_000, 40_000
DAYS = 5
"""Different days that are turned over; all of them stay in the cache."""

DAY_GOAL, COMMIT_GOAL = 1.1, 2.2
ROUNDS, COMMITS, BOOKINGS = 150, 300, 100


def run(out: Path) -> list[Result]:
    source = stores.large(out, appointments=APPOINTMENTS, patients=PATIENTS)
    key = StoreKey.made()
    keys.hold(key)
    plain, sealed = out / "encryption-plain.db", out / "encryption-sealed.db"
    try:
        for path, own in ((plain, None), (sealed, key)):
            stores.remove(path)
            with closing(read_only(source)) as opened:
                recode(opened, path, own)
        return [*_days(plain, sealed), _cold(plain, sealed), *_commits(plain, sealed)]
    finally:
        stores.remove(plain)
        stores.remove(sealed)
        keys.forget()


def _days(plain: Path, sealed: Path) -> list[Result]:
    found = []
    with stores.opened(plain) as floor, stores.opened(sealed) as measured:
        for name, days, who in (("day", 1, None), ("week", 5, None)):

            def load(store: ClinicStore, number: int, days: int = days, who: Any = who) -> object:
                first = data.TODAY - timedelta(days=7 * (number % DAYS))
                return store.queries.calendar(first, first + timedelta(days=days - 1), who)

            turns = in_turns(
                lambda number, load=load: load(floor, number),  # type: ignore[misc]
                lambda number, load=load: load(measured, number),  # type: ignore[misc]
                ROUNDS,
                warm=4 * DAYS,
            )
            title = f"warm {name}, 50 doctors, encrypted"
            found.append(against_floor(title, turns, times=DAY_GOAL))
    return found


def _cold(plain: Path, sealed: Path) -> Result:
    def opened(path: Path) -> object:
        with closing(connect(path, write=False)) as connection:
            return connection.execute(
                "SELECT count(*), max(blocked_end) FROM appointment WHERE start_at >= ?"
                " AND start_at < ?",
                (int(data.NOW.timestamp()), int(data.NOW.timestamp()) + 86_400),
            ).fetchone()

    turns = in_turns(lambda _n: opened(plain), lambda _n: opened(sealed), ROUNDS)
    return against_floor("a new connection and its first question, encrypted", turns)


def _commits(plain: Path, sealed: Path) -> list[Result]:
    with closing(connect(plain, write=True)) as floor, closing(connect(sealed, write=True)) as own:

        def commit(connection: Any, number: int) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO meta(k, v) VALUES (?, 'x')", (f"bench-{number:06}",))
            connection.execute("COMMIT")

        turns = in_turns(lambda n: commit(floor, n), lambda n: commit(own, n), COMMITS, warm=20)
        single = against_floor("one row, committed, encrypted", turns, times=COMMIT_GOAL)
    with stores.opened(plain) as bare, stores.opened(sealed) as measured:
        booked = in_turns(_booking(bare), _booking(measured), BOOKINGS, warm=5)
    return [single, against_floor("one booking through the gate, encrypted", booked)]


def _booking(store: ClinicStore) -> Any:
    slots = free_slots(store, BOOKINGS + 5)
    desk = Desk(store, FixedClock(data.NOW), CountingIds(first=10**8), ACTOR)

    def book(number: int) -> None:
        doctor_id, start = slots[number]
        desk.execute(
            BookAppointment(
                patient_id=data.patient_id(number * 37 % PATIENTS),
                doctor_id=doctor_id,
                type_id="fup",
                start=start,
            )
        )

    return book
