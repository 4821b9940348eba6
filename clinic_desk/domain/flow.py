"""The day's flow: what a doctor says about being late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record

LONGEST_DELAY = 480
"""Minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorDelay(Record):
    """ "I'm running late": from ``updated_at`` on, the doctor expects to start what comes next
    ``minutes`` later than planned. It shifts expectations, never bookings. ``day`` is the local
    day of the doctor's site; at most one live row for each doctor and day. 0 minutes: on time
    again."""

    doctor_id: Id
    day: date
    minutes: int
    note: str = ""
