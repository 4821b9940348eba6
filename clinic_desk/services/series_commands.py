"""Commands about visits that repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.commands import AUTO, Command, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was decided about one occurrence of the rule. ``local_start`` is the rule's own
    wall-clock time ("2026-03-02T09:00"). ``skip`` leaves it out; ``start`` (aware UTC) and the
    rest place it elsewhere; the reasons are those of ``BookAppointment``."""

    local_start: str
    skip: bool = False
    start: datetime | None = None
    end: datetime | None = None
    doctor_id: Id | None = None
    room_id: Id | None = AUTO
    overbook_reason: str = ""
    override_reason: str = ""
    outside_hours: bool = False
    allow_patient_overlap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSeries(Command, by="series:book_series", needs=Permission.BOOK):
    """A rule and its visits, made at once. ``rule`` is an RRULE value ("FREQ=WEEKLY;COUNT=6"),
    ``local_start`` the first wall-clock start at the site. An occurrence that clashes and has no
    ``Choice`` is not made; it is listed. Value: ``SeriesMade``. Refused as a whole when not one
    visit can be made, or the rule gives more than 100."""

    patient_id: Id = ""
    new_patient: Mapping[str, object] | None = None
    doctor_id: Id
    type_id: Id
    rule: str
    local_start: str
    minutes: int | None = None
    location_id: Id | None = None
    room_id: Id | None = AUTO
    title: str = ""
    reason: str = ""
    notes: str = ""
    mode: Mode | None = None
    hold_id: Id | None = None
    choices: tuple[Choice, ...] = ()
    remind_before: int | None = None
    remind_channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesMade:
    """``left_out`` are the wall-clock starts that clash, with the sentence that says why."""

    series_id: Id
    visit_ids: tuple[Id, ...]
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSeries(Command, by="series:change_series", needs=Permission.MOVE):
    """A new rule, time, length, doctor, room or type for a series, from the visit
    ``appointment_id`` on (FOLLOWING) or for all that are still to come (ALL). FOLLOWING ends the
    old series before that visit and makes a series that follows it. Visits that both rules have
    keep their row and move; visits that the new rule lacks are cancelled with ``reason``; new ones
    are made. Visits changed one by one stay as they are unless ``include_changed``. None keeps a
    value. Value: ``SeriesMade`` of the series that now holds."""

    appointment_id: Id
    scope: Scope
    rule: str | None = None
    local_start: str | None = None
    minutes: int | None = None
    doctor_id: Id | None = None
    type_id: Id | None = None
    location_id: Id | None = None
    room_id: Id | None = AUTO
    include_changed: bool = False
    reason: str = "The series was changed"
    choices: tuple[Choice, ...] = ()
    expected_revision: int | None = None
