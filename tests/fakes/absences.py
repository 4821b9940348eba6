"""An absence over many visits of the demo clinic, in the real window."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from clinic_desk.domain.templates import TimeOffRequest
from clinic_desk.services.roster_commands import RequestTimeOff
from tests.fakes.front_desk import FrontDesk

FIRST = date(2026, 11, 25)
LAST = date(2026, 11, 28)


def doctor_id(front: FrontDesk, code: str) -> str:
    doctors = front.store.queries.roster().doctors.values()
    return next(row.id for row in doctors if row.code == code)


def ask_leave(front: FrontDesk, code: str = "MR", first: date = FIRST, last: date = LAST) -> str:
    """A request that waits for a decision; its id."""
    end = last + timedelta(days=1)
    outcome = front.desk.execute(
        RequestTimeOff(
            doctor_id=doctor_id(front, code),
            start=datetime(first.year, first.month, first.day, tzinfo=UTC),
            end=datetime(end.year, end.month, end.day, tzinfo=UTC),
            reason="family",
        )
    )
    return str(outcome.value)


def request_of(front: FrontDesk, request_id: str) -> TimeOffRequest | None:
    rows = front.store.queries.roster().time_off
    return next((row for row in rows if row.id == request_id), None)


def diary(front: FrontDesk) -> dict[str, tuple[object, ...]]:
    """Every visit's place, as the diary has it."""
    cells = front.store.queries.cells(date(2026, 11, 20), date(2027, 2, 1), include_cancelled=True)
    return {
        c.id: (c.start, c.end, c.doctor_id, c.location_id, c.room_id, c.lane, c.status, c.flags)
        for c in cells
    }
