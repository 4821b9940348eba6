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


@dataclass(frozen=True, slots=True)
class Reserved:
    """A part of a template's window kept for some types of visit; wall-clock minutes of the day,
    half-open, ``type_ids`` not empty. All other types find it closed."""

    start: int
    end: int
    type_ids: tuple[Id, ...]
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleTemplate(Record):
    """One window of a doctor's recurring week. ``weekday``: 0 Monday … 6 Sunday; ``step`` and
    buffers in minutes; ``valid_until`` is the last valid day.

    With ``every_weeks`` above 1 the window counts only in the week of ``anchor`` (any day of it;
    weeks begin on Monday) and every so many weeks before and after it."""

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
    reserved: tuple[Reserved, ...] = ()
    every_weeks: int = 1
    anchor: date | None = None


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


class TimeOffKind(StrEnum):
    LEAVE = "leave"
    SICK = "sick"
    COURSE = "course"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffRequest(Record):
    """``decision_note`` is what whoever decided wants the doctor to read."""

    doctor_id: Id
    start: datetime
    end: datetime
    reason: str = ""
    status: TimeOffStatus = TimeOffStatus.REQUESTED
    decided_by: Id | None = None
    decided_at: datetime | None = None
    kind: TimeOffKind = TimeOffKind.LEAVE
    decision_note: str = ""


DAY_END = 1440
"""Midnight at the end of a day, in wall minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday(Record):
    """Closure of one location, or of the whole clinic when ``location_id`` is None; of the whole
    day, or of the minutes from ``start_minute`` to ``end_minute`` of the site's wall clock (an end
    of 0 is midnight, so that 0 and 0 is the whole day).

    ``source`` names the public holiday it was proposed from ("GB-ENG:2026-12-25"), empty for one
    made by hand. ``closed`` False remembers a public holiday on which the clinic works."""

    day: date
    name: str
    location_id: Id | None = None
    source: str = ""
    closed: bool = True
    start_minute: int = 0
    end_minute: int = 0

    @property
    def until(self) -> int:
        """The wall minute at which it ends, 1440 for midnight."""
        return self.end_minute or DAY_END

    @property
    def whole_day(self) -> bool:
        return self.start_minute == 0 and self.until == DAY_END

    def meets(self, start: int, end: int) -> bool:
        """Whether it closes any of those wall minutes of its day."""
        return self.start_minute < end and start < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalBusyTime(Record):
    """Flattened from a doctor's own calendar."""

    doctor_id: Id
    external_id: str
    start: datetime
    end: datetime
    title: str = ""
    last_seen: datetime | None = None
