"""When doctors work: weekly templates, breaks, exceptions, time off, closures, busy times.

Template times are wall-clock minutes of the day (0 … 1440) in the location's zone; exception
and time-off spans are instants (aware UTC).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record


@dataclass(frozen=True, slots=True)
class Break:
    """Cut out of a template's window; wall-clock minutes of the day, half-open."""

    start: int
    end: int
    reason: str = "Break"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleTemplate(Record):
    """One window of a doctor's recurring week. ``weekday``: 0 Monday … 6 Sunday; ``step`` and
    buffers in minutes; ``valid_until`` is the last valid day."""

    doctor_id: Id
    location_id: Id
    weekday: int
    work_start: int
    work_end: int
    room_id: Id | None = None
    step: int = 15
    buffer_before: int = 0
    buffer_after: int = 0
    max_parallel: int = 1
    priority: int = 0
    valid_from: date | None = None
    valid_until: date | None = None
    breaks: tuple[Break, ...] = ()


class ExceptionKind(StrEnum):
    BLOCKED = "blocked"
    AVAILABLE = "available"


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityException(Record):
    """One-off change to a doctor's week, for one type or location if it names one."""

    doctor_id: Id
    start: datetime
    end: datetime
    kind: ExceptionKind
    type_id: Id | None = None
    location_id: Id | None = None
    reason: str = ""


class TimeOffStatus(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffRequest(Record):
    doctor_id: Id
    start: datetime
    end: datetime
    reason: str = ""
    status: TimeOffStatus = TimeOffStatus.REQUESTED
    decided_by: Id | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday(Record):
    """Closure of one location, or of the whole clinic when ``location_id`` is None."""

    day: date
    name: str
    location_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalBusyTime(Record):
    """Flattened from a doctor's own calendar."""

    doctor_id: Id
    external_id: str
    start: datetime
    end: datetime
    title: str = ""
    last_seen: datetime | None = None
