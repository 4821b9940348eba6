"""Commands about the clinic's rules: hours, extra time, time off, removal of roster rows.

Everything else of the roster (sites, rooms, doctors, types, closures) is written by
``SaveRecords``. Instants are aware UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.templates import ScheduleTemplate, TimeOffKind
from clinic_desk.services.commands import Command, RecordKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Together(Command, by="composing:together"):
    """Several commands as one: all or nothing, one undo step called ``label``. Value: their
    values, in order."""

    commands: tuple[Command, ...]
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveRecords(Command, by="roster_editing:remove_records", needs=Permission.EDIT_ROSTER):
    """Take roster rows away (soft delete), refused with a sentence while visits to come, templates
    or types still need them. Doctors and types are deactivated instead, through
    ``SaveRecords``."""

    rows: tuple[tuple[RecordKind, Id], ...]
    label: str = ""

    def takes(self) -> Iterator[Permission]:
        yield from (Permission.EDIT_ROSTER, Permission.DELETE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveWeek(Command, by="roster_editing:save_week", needs=Permission.EDIT_ROSTER):
    """A doctor's weekly hours, as painted. ``templates`` are the rows that are to hold from
    ``valid_from`` on (None: from ever); rows of ``replaced_ids`` end the day before, or are
    removed when nothing of them is left. Refused with ``field`` "templates" when two overlap with
    one priority, or when a break or a reserved part lies outside its hours. Visits that fall
    outside stay; they are counted in a warning. Value: the number of rows written."""

    doctor_id: Id
    templates: tuple[ScheduleTemplate, ...]
    replaced_ids: tuple[Id, ...] = ()
    valid_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTime(Command, by="roster_editing:open_time", needs=Permission.BLOCK_TIME):
    """Extra hours: an ``available`` exception, optionally for one type or site only. Value: its
    id."""

    doctor_id: Id
    start: datetime
    end: datetime
    reason: str = ""
    type_id: Id | None = None
    location_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTimeOff(Command, by="time_off:request", needs=Permission.REQUEST_TIME_OFF):
    """Value: the request's id. Its visits are counted in a warning."""

    doctor_id: Id
    start: datetime
    end: datetime
    kind: TimeOffKind = TimeOffKind.LEAVE
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTimeOff(Command, by="time_off:change", needs=Permission.REQUEST_TIME_OFF):
    """New dates, kind or reason. An approved request stays approved. Value: its id."""

    request_id: Id
    start: datetime
    end: datetime
    kind: TimeOffKind = TimeOffKind.LEAVE
    reason: str = ""
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideTimeOff(Command, by="time_off:decide", needs=Permission.DECIDE_TIME_OFF):
    """Approve or decline (also an earlier decision, the other way). Value: the number of visits
    that an approval hits."""

    request_id: Id
    approve: bool
    note: str = ""
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawTimeOff(Command, by="time_off:withdraw", needs=Permission.REQUEST_TIME_OFF):
    """The request is taken away, approved or not; the time is open again. Value: its id."""

    request_id: Id
    expected_revision: int | None = None
