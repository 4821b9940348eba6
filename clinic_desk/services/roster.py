"""The clinic's furniture and its working times: wholesale saving, and blocking time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfoNotFoundError

from clinic_desk.domain.appointments import LONGEST, SHORTEST
from clinic_desk.domain.catalogue import (
    AppointmentType,
    Doctor,
    Location,
    Practice,
    Room,
)
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import epoch, zone
from clinic_desk.domain.templates import (
    AvailabilityException,
    ExceptionKind,
    ExternalBusyTime,
    Holiday,
    ScheduleTemplate,
    TimeOffRequest,
)
from clinic_desk.services.booking import check_texts
from clinic_desk.services.commands import BlockTime, RemoveBlock, SaveRecords
from clinic_desk.services.wording import count_text, doctor_text, when_text
from clinic_desk.services.work import Done, Work

SAVEABLE = (
    Practice,
    Location,
    Room,
    Doctor,
    AppointmentType,
    ScheduleTemplate,
    AvailabilityException,
    TimeOffRequest,
    Holiday,
    ExternalBusyTime,
)


def save_records(work: Work, command: SaveRecords) -> Done:
    """Value: the number of rows written. Rows equal to what is stored are left alone."""
    written = 0
    for record in command.records:
        if not isinstance(record, SAVEABLE):
            raise Refusal("unknown_kind", f"{type(record).__name__} is not part of the roster.")
        _check(record)
        known = work.uow.find(type(record), id=record.id)
        if isinstance(record, Practice) and not known and work.uow.find(Practice):
            raise Refusal(
                "one_practice", "This file already holds a practice; change that one instead."
            )
        if not known:
            work.uow.add(record, "created")
        else:
            before = known[0]
            after = _with_bookkeeping(before, record)
            if after == before:
                continue
            work.uow.replace(before, after, "edited")
        written += 1
    return Done(value=written, label=command.label if written else "", sentence=command.label)


def block_time(work: Work, command: BlockTime) -> Done:
    """Value: the exception's id. Visits already there stay, and are named in a warning."""
    doctor = work.doctor(command.doctor_id)
    _check_span(command.start, command.end)
    check_texts(reason=command.reason)
    row = work.uow.add(
        AvailabilityException(
            id=work.new_id(),
            doctor_id=doctor.id,
            start=command.start,
            end=command.end,
            kind=ExceptionKind.BLOCKED,
            reason=command.reason.strip(),
        ),
        "created",
    )
    hit = [
        busy
        for busy in work.uow.busy(command.start, command.end, doctor_ids=(doctor.id,))
        if busy.kind == "appointment"
        and busy.start < epoch(command.end)
        and epoch(command.start) < busy.end
    ]
    warnings = (f"{count_text(len(hit), 'visit')} already booked then must move.",) if hit else ()
    when = when_text(command.start, work.roster.practice.zone, work.now)
    return Done(
        value=row.id,
        label=f"Block {when}, {doctor_text(doctor)}",
        sentence=f"Blocked {when}, {doctor_text(doctor)}",
        warnings=warnings,
    )


def remove_block(work: Work, command: RemoveBlock) -> Done:
    """Value: the exception's id."""
    row = work.uow.get(AvailabilityException, command.exception_id)
    work.uow.remove(row, "removed")
    when = when_text(row.start, work.roster.practice.zone, work.now)
    who = doctor_text(work.doctor(row.doctor_id))
    return Done(value=row.id, label=f"Unblock {when}, {who}", sentence=f"Free again: {when}, {who}")


def _with_bookkeeping(before: Record, record: Record) -> Record:
    return replace(
        record,
        revision=before.revision,
        created_at=before.created_at,
        created_by=before.created_by,
        updated_at=before.updated_at,
        updated_by=before.updated_by,
        created_op=before.created_op,
        updated_op=before.updated_op,
        deleted_at=before.deleted_at,
    )


def _check(record: Record) -> None:
    """The bounds of domain.md section 1, in words."""
    match record:
        case Practice() | Location():
            try:
                zone(record.zone)
            except (ZoneInfoNotFoundError, ValueError):
                raise Refusal(
                    "bad_zone",
                    f"“{record.zone}” is no time zone; use a name such as Europe/London.",
                    field="zone",
                ) from None
            _named(record.name, "name")
        case Room():
            _named(record.name, "name")
            if record.capacity < 1:
                raise Refusal("bad_capacity", "A room holds at least one visit.", field="capacity")
        case Doctor():
            _named(record.name, "name")
            if not 1 <= len(record.code) <= 3:
                raise Refusal("bad_code", "A doctor's code has one to three letters.", field="code")
        case AppointmentType():
            _check_type(record)
        case ScheduleTemplate():
            _check_template(record)
        case AvailabilityException() | TimeOffRequest() | ExternalBusyTime():
            _check_span(record.start, record.end)
        case _:
            return


def _check_type(kind: AppointmentType) -> None:
    _named(kind.name, "name")
    if not SHORTEST <= kind.duration <= LONGEST:
        raise Refusal(
            "bad_length",
            f"A visit lasts between {SHORTEST} and {LONGEST} minutes; "
            f"{kind.name} would last {kind.duration}.",
            field="duration",
        )
    if kind.buffer_before < 0 or kind.buffer_after < 0:
        raise Refusal("bad_buffer", "A buffer cannot be negative.", field="buffer_before")
    if kind.min_notice < 0 or kind.max_future_days < 0:
        raise Refusal("bad_notice", "Notice and horizon cannot be negative.", field="min_notice")


def _check_template(template: ScheduleTemplate) -> None:
    if not 0 <= template.work_start < template.work_end <= 1440:
        raise Refusal("bad_hours", "Work must end after it starts, within one day.")
    if not 0 <= template.weekday <= 6:
        raise Refusal("bad_weekday", "The weekday runs from Monday (0) to Sunday (6).")
    if template.step < 1 or template.max_parallel < 1:
        raise Refusal("bad_step", "Slot step and parallel sessions are at least 1.")
    if template.buffer_before < 0 or template.buffer_after < 0:
        raise Refusal("bad_buffer", "A buffer cannot be negative.")
    for pause in template.breaks:
        if pause.start >= pause.end:
            raise Refusal("bad_break", f"The break “{pause.reason}” must end after it starts.")


def _check_span(start: datetime, end: datetime) -> None:
    if start >= end:
        raise Refusal("bad_span", "The end must come after the start.", field="end")


def _named(name: str, field: str) -> None:
    if not name.strip():
        raise Refusal("missing", "A name is needed.", field=field)
