"""Booking a visit, and copying one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from clinic_desk.domain.appointments import (
    NOTES_LIMIT,
    REASON_LIMIT,
    SHORTEST,
    WALK_IN_GRACE,
    Appointment,
    ShelfItem,
    Status,
)
from clinic_desk.domain.catalogue import AppointmentType
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import PRACTICE, Patient
from clinic_desk.domain.spans import local_date
from clinic_desk.services.commands import BookAppointment, CopyAppointment, MoveAppointment
from clinic_desk.services.lanes import make_room, put
from clinic_desk.services.patients import put_on_file
from clinic_desk.services.placing import last_word, place
from clinic_desk.services.reminding import checked_channels, checked_lead, lead_of, remind_at
from clinic_desk.services.wish import Place, Wish
from clinic_desk.services.wording import doctor_text, plain, time_text, when_text
from clinic_desk.services.work import Done, Work

TITLE_LIMIT = 200
NOUNS = {"override_reason": "reason to go past a rule"}
"""What a field is called where its name says too little."""


def book(work: Work, command: BookAppointment) -> Done:
    """Value: the visit's id."""
    patient, told = whom(work, command.patient_id, command.new_patient)
    row, chosen = make_visit(work, command, patient)
    when = when_text(row.start, chosen.zone, work.now)
    who = doctor_text(work.doctor(row.doctor_id))
    verb = "Copy" if command.copy_of else "Book"
    done = "Copied" if command.copy_of else "Booked"
    label = f"{verb} {patient.listed_name} on {when}"
    if command.new_patient is not None:
        label = f"Add {patient.listed_name} and book {when}"
    return Done(
        value=row.id,
        label=label,
        sentence=f"{done} {when}, {who}",
        warnings=(*told, *chosen.warnings),
    )


def make_visit(
    work: Work,
    command: BookAppointment,
    patient: Patient,
    series_id: Id | None = None,
    series_start: datetime | None = None,
) -> tuple[Appointment, Place]:
    """The visit that the command wants, written, and the place it got; of a series
    with the rule's own instant. Raises ``Refusal``."""
    kind = work.type_with(command.type_id, command.doctor_id)
    type_id = work.kept_type(command.type_id)
    title, reason, notes = plain(command.title), plain(command.reason), plain(command.notes)
    check_texts(title=title, reason=reason, notes=notes)
    check_texts(override_reason=command.override_reason)
    check_texts(override_reason=command.overlap_reason)
    end = command.end or command.start + timedelta(minutes=max(SHORTEST, kind.duration))
    if command.walk_in:
        _check_walk_in(work, command.start)
    held = _hold(work, command.hold_id)
    wish = Wish(
        doctor_id=command.doctor_id,
        start=command.start,
        end=end,
        type_id=type_id,
        location_id=command.location_id,
        room_id=command.room_id,
        patient_id=patient.id,
        ignore=frozenset({held.id} if held else ()),
        keep_room=held.room_id if held else None,
        overbook=bool(command.overbook_reason.strip()),
        outside_hours=command.outside_hours,
        patient_overlap=command.allow_patient_overlap,
        policy=not (command.walk_in or command.override_reason.strip()),
        past=command.walk_in,
        ahead=not command.walk_in,
        override=bool(command.override_reason.strip()),
    )
    chosen = place(work, wish)
    # A row of fifty fields is made once: a copy of it costs as much as a small statement.
    fields = chosen.fields() | {
        "status": first_status(kind, command.walk_in),
        "hold_until": None,
        "held_by_desk": "",
        "patient_id": patient.id,
        "type_id": type_id,
        "title": title.strip(),
        "reason": reason,
        "notes": notes,
        "mode": command.mode or kind.mode,
        "source": command.source,
        "price_minor": kind.price_minor,
        "currency": work.roster.practice.currency if kind.price_minor else "",
        "patient_zone": patient.zone or work.roster.practice.zone,
        "series_id": series_id,
        "series_start": series_start,
        "walk_in": command.walk_in,
        "overbook_reason": overbook_reason(chosen, command.overbook_reason),
        "confirmation_code": _code(work, patient, chosen.start, chosen.zone),
        "remind_at": remind_at(chosen.start, checked_lead(command.remind_before)),
        "remind_channels": checked_channels(command.remind_channels),
    }
    row = replace(held, **fields) if held else Appointment(id=work.new_id(), **fields)
    metadata = _metadata(command, chosen)
    with last_word(work, wish):
        if held is None:
            make_room(work, chosen)
            row = work.uow.add(row, "booked", metadata)
        else:
            row = put(work, chosen, held, row, "booked", metadata)
    if command.walk_in:
        row = check_in(work, row)
    return row, chosen


def whom(
    work: Work, patient_id: Id, new_patient: Mapping[str, object] | None
) -> tuple[Patient, tuple[str, ...]]:
    """Whom a booking is for, put on file first when they are new, and what to say about it."""
    if new_patient is not None:
        return put_on_file(work, new_patient)
    patient = work.uow.get(Patient, patient_id)
    check_bookable(patient)
    return patient, ()


def copy(work: Work, command: CopyAppointment) -> Done:
    """Value: the new visit's id."""
    source = work.appointment(command.appointment_id)
    if source.patient_id is None or source.type_id is None:
        raise Refusal("not_a_visit", "Only a booked visit can be copied; this is a held slot.")
    return book(
        work,
        BookAppointment(
            patient_id=source.patient_id,
            doctor_id=command.doctor_id or source.doctor_id,
            type_id=source.type_id,
            start=command.start,
            end=command.end,
            location_id=command.location_id,
            room_id=command.room_id,
            title=source.title,
            reason=source.reason,
            notes=source.notes,
            mode=source.mode,
            remind_before=lead_of(source),
            remind_channels=source.remind_channels,
            overbook_reason=command.overbook_reason,
            override_reason=command.override_reason,
            allow_patient_overlap=command.allow_patient_overlap,
            overlap_reason=command.overlap_reason,
            outside_hours=command.outside_hours,
            copy_of=source.id,
            initiator=command.initiator,
        ),
    )


def first_status(kind: AppointmentType, walk_in: bool) -> Status:
    """A visit that the doctor must accept waits as ``pending``, except a patient at the desk."""
    return Status.PENDING if kind.needs_acceptance and not walk_in else Status.SCHEDULED


def check_in(work: Work, row: Appointment) -> Appointment:
    """Confirmation and arrival: two events, one transaction."""
    staff = work.actor.staff_id
    if row.status is Status.SCHEDULED:
        confirmed = replace(row, status=Status.CONFIRMED, confirmed_at=work.now, confirmed_by=staff)
        row = work.uow.replace(row, confirmed, "confirmed")
    arrived = replace(row, status=Status.ARRIVED, arrived_at=work.now, arrived_by=staff)
    return work.uow.replace(row, arrived, "arrived")


def _code(work: Work, patient: Patient, start: datetime, zone_name: str) -> str:
    """The clinic's next code; one apart for practice, which must not use the clinic's up."""
    if patient.record_number.startswith(PRACTICE):
        return f"{PRACTICE}{work.new_id()[-12:]}"
    return confirmation_code(work, start, zone_name)


def confirmation_code(work: Work, start: datetime, zone_name: str) -> str:
    """``APT-YYYY-NNNN``, counted per year of the start on the location's wall."""
    year = local_date(start, zone_name).year
    return f"APT-{year}-{work.uow.next_number(f'APT-{year}'):04}"


def unshelve(work: Work, row: Appointment) -> bool:
    """Takes a visit that was placed or ended off the shelf; False when it was not there."""
    items = work.uow.find(ShelfItem, appointment_id=row.id)
    for item in items:
        work.uow.remove(item, "unparked")
    return bool(items)


def check_bookable(patient: Patient) -> None:
    if patient.merged_into is not None:
        raise Refusal(
            "patient_merged",
            f"{patient.listed_name} was merged into another record; choose that one.",
            field="patient_id",
        )
    if not patient.active:
        raise Refusal(
            "patient_inactive",
            f"{patient.listed_name} is no longer an active patient; "
            "mark the record active before booking.",
            field="patient_id",
        )


def check_texts(
    *, title: str = "", reason: str = "", notes: str = "", override_reason: str = ""
) -> None:
    for field, text, limit in (
        ("title", title, TITLE_LIMIT),
        ("reason", reason, REASON_LIMIT),
        ("notes", notes, NOTES_LIMIT),
        ("override_reason", override_reason, REASON_LIMIT),
    ):
        if len(text) > limit:
            raise Refusal(
                "too_long",
                f"The {NOUNS.get(field, field)} may have {limit:,} characters; "
                f"this one has {len(text):,}.",
                field=field,
            )


def _check_walk_in(work: Work, start: datetime) -> None:
    """It starts today, at most 15 minutes ago."""
    minutes = int(WALK_IN_GRACE.total_seconds() // 60)
    zone_name = work.roster.practice.zone
    if local_date(start, zone_name) != local_date(work.now, zone_name) and start > work.now:
        raise Refusal(
            "not_today",
            "A walk-in is somebody at the desk now; book a visit on another day as usual.",
            field="start",
        )
    if start < work.now - WALK_IN_GRACE:
        raise Refusal(
            "past",
            f"A walk-in may have started up to {minutes} minutes ago; "
            f"{time_text(start, zone_name)} is earlier than that. Start it now instead.",
            field="start",
        )


def _hold(work: Work, hold_id: Id | None) -> Appointment | None:
    """The held row, or None when it ran out meanwhile: the place is then judged like any other."""
    if hold_id is None:
        return None
    try:
        row = work.uow.get(Appointment, hold_id)
    except NotFound:
        return None
    if row.status is not Status.HELD:
        return None
    if row.held_by_desk != work.actor.desk_id:
        raise Refusal("held", "This slot is held at another desk; choose another one.")
    return row


def overbook_reason(chosen: Place, reason: str) -> str:
    """The reason as kept on the row: only when the visit really had to be squeezed in; an
    unneeded one would mark an ordinary visit as an overbooking."""
    reason = reason.strip()
    if len(reason) > REASON_LIMIT:
        raise Refusal(
            "too_long",
            f"The reason may have {REASON_LIMIT:,} characters; this one has {len(reason):,}.",
            field="overbook_reason",
        )
    return reason if chosen.overbooked else ""


def _metadata(command: BookAppointment, chosen: Place) -> dict[str, object]:
    metadata: dict[str, object] = {}
    if command.copy_of is not None:
        metadata["copy_of"] = command.copy_of
    return metadata | insisted(chosen, command)


def past_rules(chosen: Place, reason: str) -> dict[str, object]:
    """What the event tells of ``override_reason`` and the rules that it went past."""
    if not reason.strip():
        return {}
    told: dict[str, object] = {"override_reason": plain(reason).strip()}
    return told | {"past_rules": list(chosen.past_rules)} if chosen.past_rules else told


def insisted(chosen: Place, order: BookAppointment | MoveAppointment) -> dict[str, object]:
    """What the event tells about the rules that stood against the place: beside ``past_rules``,
    ``outside`` and ``twice`` are those that the person overruled without giving a reason."""
    metadata = past_rules(chosen, order.override_reason)
    overbook = order.overbook_reason
    if order.outside_hours and chosen.outside:
        metadata["outside"] = list(chosen.outside)
    if order.allow_patient_overlap and chosen.twice:
        metadata["twice"] = list(chosen.twice)
        if order.overlap_reason.strip():
            metadata["overlap_reason"] = plain(order.overlap_reason).strip()
    if overbook.strip() and chosen.overbooked:
        metadata["overbook_reason"] = plain(overbook).strip()
    if chosen.warnings:
        metadata["warnings"] = list(chosen.warnings)
    return metadata
