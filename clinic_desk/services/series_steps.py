"""How each visit of a changed series gets to where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic_desk.domain.appointments import Appointment, AppointmentSeries, check_length
from clinic_desk.domain.ids import Id
from clinic_desk.domain.recurrence import instant
from clinic_desk.domain.series import start_of
from clinic_desk.services.commands import AUTO, MoveAppointment
from clinic_desk.services.moving import Step
from clinic_desk.services.series_commands import ChangeSeries, Choice
from clinic_desk.services.work import Work


def changes_of(work: Work, series: AppointmentSeries, command: ChangeSeries) -> dict[str, object]:
    """The fields of the series that the command names."""
    changes: dict[str, object] = {}
    if command.minutes is not None:
        first = instant(start_of(series), series.zone)
        check_length(first, first + timedelta(minutes=command.minutes))
        changes["duration"] = command.minutes
    if command.doctor_id is not None:
        changes["doctor_id"] = work.doctor(command.doctor_id).id
    if command.type_id is not None:
        work.type(command.type_id)
        changes["type_id"] = work.kept_type(command.type_id)
    if command.location_id is not None:
        changes["location_id"] = command.location_id
    if command.room_id != AUTO:
        changes["room_id"] = command.room_id
    return changes


@dataclass(frozen=True, slots=True)
class Going:
    """Where a visit goes and what it becomes, unless somebody decided otherwise."""

    start: datetime
    minutes: int
    doctor_id: Id
    location_id: Id | None
    room_id: Id | None
    type_id: Id | None


def going(
    visit: Appointment,
    day: datetime,
    series: AppointmentSeries,
    command: ChangeSeries,
    apart: datetime | None,
) -> Going:
    """A visit changed by hand that goes along (``apart``) takes only what the change names."""
    if apart is not None:
        return Going(
            apart,
            command.minutes or visit.minutes,
            command.doctor_id or visit.doctor_id,
            command.location_id,
            command.room_id,
            series.type_id if command.type_id is not None else visit.type_id,
        )
    return Going(
        instant(day, series.zone),
        series.duration,
        series.doctor_id,
        series.location_id,
        series.room_id or AUTO,
        series.type_id or visit.type_id,
    )


def step_of(
    visit: Appointment, goes: Going, choice: Choice | None, becomes: Mapping[str, object]
) -> Step | None:
    """How a visit gets there; None when it is there already."""
    choice = choice or Choice(local_start="")
    start = choice.start or goes.start
    end = choice.end or start + timedelta(minutes=goes.minutes)
    doctor_id = choice.doctor_id or goes.doctor_id
    room_id = choice.room_id if choice.room_id != AUTO else goes.room_id
    fields = dict(becomes)
    if goes.type_id != visit.type_id:
        fields["type_id"] = goes.type_id
    there = (
        (start, end, doctor_id) == (visit.start, visit.end, visit.doctor_id)
        and room_id in (AUTO, visit.room_id)
        and goes.location_id in (None, visit.location_id)
        and "type_id" not in fields
    )
    if there:
        return None
    order = MoveAppointment(
        appointment_id=visit.id,
        expected_revision=None,
        start=start,
        end=end,
        doctor_id=doctor_id,
        location_id=goes.location_id,
        room_id=room_id,
        overbook_reason=choice.overbook_reason,
        override_reason=choice.override_reason,
        allow_patient_overlap=choice.allow_patient_overlap,
        outside_hours=choice.outside_hours,
    )
    return Step(visit, order, fields)
