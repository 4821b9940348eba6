"""What may stand in an entry of the waiting list, each fault told at its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from clinic_desk.domain.appointments import FINAL, LONGEST, SHORTEST, Appointment
from clinic_desk.domain.catalogue import effective_type
from clinic_desk.domain.errors import NotFound, Refusal, WayOut
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import local_date
from clinic_desk.domain.waitlist import NOTE_LIMIT, Urgency, WaitlistEntry, WaitStatus
from clinic_desk.services.wording import day_text, doctor_text, plain
from clinic_desk.services.work import Work

EDITABLE = frozenset(
    {
        "type_id",
        "doctor_id",
        "location_id",
        "minutes",
        "weekdays",
        "earliest",
        "latest",
        "first",
        "last",
        "urgency",
        "note",
        "appointment_id",
    }
)


def changed(
    entry: WaitlistEntry, given: Mapping[str, object], allowed: frozenset[str]
) -> WaitlistEntry:
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise Refusal(
            "unknown_field",
            f"The waiting list has no field called {', '.join(unknown)}.",
            field=unknown[0],
        )
    values: dict[str, Any] = {key: _value(key, value) for key, value in given.items()}
    return replace(entry, **values)


def _value(key: str, value: object) -> object:
    """The value as the entry keeps it; empty texts of optional ids become None."""
    match key:
        case "note":
            return note_text("" if value is None else str(value), "note")
        case "urgency":
            return _urgency(value)
        case "weekdays":
            return _weekdays(value)
        case "minutes" | "earliest" | "latest":
            if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
                raise Refusal("bad_value", f"“{value}” is no number of minutes.", field=key)
            return value
        case "first" | "last":
            if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
                raise Refusal("bad_value", f"“{value}” is no day.", field=key)
            return value
        case "patient_id" | "type_id":
            return str(value)
        case _:
            return str(value) if value else None


def _urgency(value: object) -> Urgency:
    try:
        return Urgency(str(value))
    except ValueError:
        raise Refusal(
            "bad_value", f"Urgency is {', '.join(Urgency)}, not “{value}”.", field="urgency"
        ) from None


def _weekdays(value: object) -> str:
    given = "" if value is None else value
    if isinstance(given, (set, frozenset, list, tuple)):
        given = "".join(str(day) for day in given)
    text = str(given)
    if not set(text) <= set("0123456"):
        raise Refusal(
            "bad_value", f"Weekdays run from 0 (Monday) to 6 (Sunday), not “{text}”.",
            field="weekdays",
        )  # fmt: skip
    days = "".join(sorted(set(text)))
    return "" if len(days) == 7 else days


def note_text(given: str, field: str) -> str:
    text = plain(given).strip()
    if len(text) > NOTE_LIMIT:
        raise Refusal(
            "too_long",
            f"The {field} may have {NOTE_LIMIT} characters; this one has {len(text):,}.",
            field=field,
        )
    return text


def check(work: Work, entry: WaitlistEntry) -> None:
    """Raises ``Refusal`` whose ``field`` names what is wrong."""
    _check_windows(work, entry)
    _check_roster(work, entry)
    _check_visit(work, entry)
    for other in work.uow.find(WaitlistEntry, patient_id=entry.patient_id, type_id=entry.type_id):
        if other.id == entry.id or other.status is not WaitStatus.WAITING:
            continue
        zone_name = work.roster.practice.zone
        who = work.uow.get(Patient, entry.patient_id).listed_name
        since = day_text(
            local_date(other.created_at or work.now, zone_name), local_date(work.now, zone_name)
        )
        raise Refusal(
            "already_waiting",
            f"{who} has been waiting for {type_name(work, other)} since {since}. "
            "Change that entry instead.",
            field="type_id",
            ways_out=(WayOut("Show that entry", "show", {"entry_id": other.id}),),
        )


def _check_windows(work: Work, entry: WaitlistEntry) -> None:
    if entry.minutes is not None and not SHORTEST <= entry.minutes <= LONGEST:
        raise Refusal(
            "bad_length",
            f"A visit lasts between {SHORTEST} and {LONGEST} minutes; this one has "
            f"{entry.minutes}.",
            field="minutes",
        )
    for name in ("earliest", "latest"):
        minute = getattr(entry, name)
        if minute is not None and not 0 <= minute <= 1440:
            raise Refusal("bad_time", "A time of day lies between 00:00 and 24:00.", field=name)
    if (entry.earliest or 0) >= (1440 if entry.latest is None else entry.latest):
        raise Refusal(
            "bad_window", "The latest time must come after the earliest one.", field="latest"
        )
    if entry.last is None:
        return
    if entry.first is not None and entry.last < entry.first:
        raise Refusal(
            "bad_window", "The last day must not come before the first one.", field="last"
        )
    today = local_date(work.now, work.roster.practice.zone)
    if entry.last < today:
        raise Refusal(
            "past", f"{day_text(entry.last, today)} has passed; choose a later last day.",
            field="last",
        )  # fmt: skip


def _check_roster(work: Work, entry: WaitlistEntry) -> None:
    kind = work.type(entry.type_id)
    assert kind is not None
    if not kind.active:
        raise Refusal(
            "not_offered", f"{kind.name} is no longer offered; choose another type.",
            field="type_id",
        )  # fmt: skip
    if entry.doctor_id is not None:
        doctor = work.doctor(entry.doctor_id)
        own = effective_type(work.roster.types, kind.id, doctor.id)
        if not doctor.active:
            raise Refusal(
                "doctor_inactive",
                f"{doctor_text(doctor)} no longer sees patients here; choose another doctor.",
                field="doctor_id",
            )
        if own is None or not own.active or own.doctor_id not in (None, doctor.id):
            raise Refusal(
                "not_offered",
                f"{doctor_text(doctor)} does not offer {kind.name}; choose another doctor.",
                field="doctor_id",
            )
    if entry.location_id is not None:
        place = work.roster.locations.get(entry.location_id)
        if place is None:
            raise NotFound("location", entry.location_id)
        if kind.allowed_location_ids and place.id not in kind.allowed_location_ids:
            raise Refusal(
                "location", f"{kind.name} is not offered at {place.name}.", field="location_id"
            )


def _check_visit(work: Work, entry: WaitlistEntry) -> None:
    """The visit that would be given up is theirs, and still to come when it is named."""
    if entry.appointment_id is None:
        return
    row = work.uow.get(Appointment, entry.appointment_id)
    if row.patient_id != entry.patient_id:
        raise Refusal("other_patient", "That visit is another patient's.", field="appointment_id")
    if entry.revision == 0 and (row.status in FINAL or row.start <= work.now):
        raise Refusal(
            "past", "That visit is over; there is nothing to give up.", field="appointment_id"
        )


def type_name(work: Work, entry: WaitlistEntry) -> str:
    kind = work.roster.types.get(entry.type_id)
    return kind.name if kind is not None else "a visit"
