"""What a message can tell: plain values, read once, just before it goes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from clinic_desk.domain.catalogue import Location, Mode, effective_type
from clinic_desk.domain.messages import Channel, Notification, Purpose

if TYPE_CHECKING:
    from clinic_desk.domain.appointments import Appointment
    from clinic_desk.domain.availability.model import Roster
    from clinic_desk.domain.billing import Invoice
    from clinic_desk.domain.people import Patient
    from clinic_desk.domain.waitlist import WaitlistOffer
    from clinic_desk.services.outbox_ports import Along
    from clinic_desk.services.views import Cell

YES, NO = "1", "2"
"""What a patient answers; ``services.message_answers`` reads it."""

CAN_ANSWER = frozenset({Channel.SMS, Channel.WHATSAPP})


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOfMany:
    """A visit of a series of which a message speaks. ``start`` and ``was_start``, what the patient
    knew before, are aware UTC, for people in ``zone``."""

    start: datetime
    zone: str
    doctor: str = ""
    site: str = ""
    was_start: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """Instants are aware UTC, ``zone`` and ``patient_zone`` IANA names (``patient_zone`` empty:
    the visit's). ``sent_at`` decides what is called today and tomorrow. Amounts are in the smallest
    unit of ``currency``. ``was_start``,
    ``was_doctor`` and ``was_site`` are what the patient knew before a move. ``yes`` and ``no`` are
    the answers that somebody reads, empty where nobody does. ``locales`` are those whose habits of
    date and time count, the patient's first. ``series``: all visits of which the message speaks,
    the first among them and first, where it speaks of several. Text that is not known is empty."""

    purpose: Purpose
    sent_at: datetime
    clinic: str
    phone: str = ""
    locales: tuple[str, ...] = ()
    first_name: str = field(default="", repr=False)
    last_name: str = field(default="", repr=False)
    doctor: str = ""
    visit_type: str = field(default="", repr=False)
    site: str = ""
    address: str = ""
    room: str = ""
    mode: Mode = Mode.IN_PERSON
    start: datetime | None = None
    end: datetime | None = None
    zone: str = "UTC"
    patient_zone: str = ""
    code: str = field(default="", repr=False)
    was_start: datetime | None = None
    was_doctor: str = ""
    was_site: str = ""
    offer_until: datetime | None = None
    invoice: str = ""
    amount_minor: int | None = None
    total_minor: int | None = None
    currency: str = ""
    due_on: date | None = None
    visit_day: date | None = None
    yes: str = ""
    no: str = ""
    series: tuple[OneOfMany, ...] = ()


def with_series(facts: MessageFacts, told: Sequence[Along], roster: Roster) -> MessageFacts:
    """Of a message about all these visits, the first of which the facts are about. A doctor and a
    site that are not those of all are told in the list alone."""
    series = visits_of(told, roster)
    if len({one.doctor for one in series}) > 1:
        facts = replace(facts, doctor="")
    if len({one.site for one in series}) > 1:
        facts = replace(facts, site="", address="", room="")
    return replace(facts, series=series)


def visits_of(told: Sequence[Along], roster: Roster) -> tuple[OneOfMany, ...]:
    """The visits of which one message speaks."""
    found = []
    for one in told:
        if one.visit is None:
            continue
        visit = _as_known(one.message, one.visit)
        location = roster.locations.get(visit.location_id)
        found.append(
            OneOfMany(
                start=visit.start,
                zone=location.zone if location is not None else roster.practice.zone,
                doctor=_doctor(roster, visit.doctor_id),
                site=location.name if location is not None else "",
                was_start=_known(one.message.knew, roster)[0],
            )
        )
    return tuple(found)


def facts_of(
    message: Notification,
    roster: Roster,
    now: datetime,
    *,
    patient: Patient | None = None,
    visit: Appointment | Cell | None = None,
    invoice: Invoice | None = None,
    offer: WaitlistOffer | None = None,
    offer_until: datetime | None = None,
    replies: bool = False,
    names: bool = True,
) -> MessageFacts:
    """Everything that a message about this visit, invoice or offer may say at ``now``; this and
    ``offer_until`` are aware UTC.

    ``replies``: answers on its channel are read. ``names`` False leaves the patient's name out (a
    notice on a screen that others see). The rows may be None where the message is not about them;
    what is missing then shows when it is rendered."""
    if visit is not None:
        visit = _as_known(message, visit)
    place: Visit = visit if visit is not None else offer
    location = roster.locations.get(place.location_id or "") if place is not None else None
    doctor_id = place.doctor_id if place is not None else None
    if doctor_id is None:
        doctor_id = invoice.doctor_id if invoice is not None else message.doctor_id
    room = roster.rooms.get(place.room_id or "") if place is not None else None
    kind = None
    if visit is not None:
        kind = effective_type(roster.types, visit.type_id, visit.doctor_id)
    was_start, was_doctor, was_site = _known(message.knew, roster)
    answers = replies and message.channel in CAN_ANSWER
    named = patient if names else None
    facts = MessageFacts(
        purpose=message.purpose,
        sent_at=now,
        clinic=roster.practice.name,
        phone=_phone(roster, location),
        locales=tuple(
            one for one in (patient.language if patient else "", roster.practice.locale) if one
        ),
        first_name=named.first_name if named else "",
        last_name=named.last_name if named else "",
        doctor=_doctor(roster, doctor_id),
        visit_type=kind.name if kind is not None else "",
        site=location.name if location is not None else "",
        address=_address(location),
        room=room.name if room is not None and not room.virtual else "",
        mode=visit.mode if visit is not None else Mode.IN_PERSON,
        start=place.start if place is not None else None,
        end=place.end if place is not None else None,
        zone=location.zone if location is not None else roster.practice.zone,
        patient_zone=patient.zone if patient is not None else "",
        code=(visit.confirmation_code or "") if visit is not None else "",
        was_start=was_start,
        was_doctor=was_doctor,
        was_site=was_site,
        offer_until=offer_until,
        yes=YES if answers else "",
        no=NO if answers else "",
    )
    return facts if invoice is None else _owing(facts, invoice)


def _owing(facts: MessageFacts, invoice: Invoice) -> MessageFacts:
    return replace(
        facts,
        invoice=invoice.number or "",
        amount_minor=invoice.open_minor,
        total_minor=invoice.total_minor,
        currency=invoice.currency,
        due_on=invoice.due_on,
        visit_day=invoice.visit_day,
    )


def answers_are_read(channel: Channel, settings: Mapping[str, object]) -> bool:
    """By the settings "messages.*": whether the way out also hands answers over, and the number it
    comes from can be answered. What is written into a folder can."""
    if channel not in CAN_ANSWER:
        return False
    prefix = f"messages.{channel}."
    kind = settings.get(f"{prefix}kind") or "twilio"
    sender = str(settings.get(f"{prefix}from") or "").removeprefix("whatsapp:")
    return kind == "folder" or (kind == "twilio" and sender.startswith(("+", "MG")))


if TYPE_CHECKING:
    Visit = Appointment | Cell | WaitlistOffer | None


def _parts(state: str) -> tuple[datetime | None, str, str]:
    """Of a state as the planning writes it: "epoch|doctor|location"."""
    parts = state.split("|")
    if len(parts) < 3 or not re.fullmatch(r"-?\d{1,12}", parts[0]):
        return None, "", ""
    return datetime.fromtimestamp(int(parts[0]), UTC), parts[1], parts[2]


def _known(state: str, roster: Roster) -> tuple[datetime | None, str, str]:
    """When, with whom and where."""
    start, doctor_id, location_id = _parts(state)
    location = roster.locations.get(location_id)
    site = location.name if location is not None else ""
    return start, _doctor(roster, doctor_id), site


def _as_known(message: Notification, visit: Appointment | Cell) -> Appointment | Cell:
    """The visit; one that is called off as the patient knows it, who may never have heard that it
    was moved before."""
    start, doctor_id, location_id = _parts(message.knew)
    if message.purpose is not Purpose.CANCELLED or start is None:
        return visit
    if (start, doctor_id, location_id) == (visit.start, visit.doctor_id, visit.location_id):
        return visit
    length = visit.end - visit.start
    known: dict[str, Any] = {"start": start, "end": start + length, "room_id": None}
    return replace(visit, doctor_id=doctor_id, location_id=location_id, **known)


def _doctor(roster: Roster, doctor_id: str | None) -> str:
    doctor = roster.doctors.get(doctor_id or "")
    if doctor is None:
        return ""
    # some write the title into the name as well
    twice = doctor.name.casefold().startswith(f"{doctor.title} ".casefold())
    return doctor.name if twice else f"{doctor.title} {doctor.name}".strip()


def _phone(roster: Roster, location: Location | None) -> str:
    """That of the site, else of the first site that has one."""
    if location is not None and location.phone:
        return location.phone
    sites = sorted(roster.locations.values(), key=lambda one: (not one.primary, one.position))
    return next((one.phone for one in sites if one.phone and one.deleted_at is None), "")


def _address(location: Location | None) -> str:
    if location is None:
        return ""
    parts = [location.address]
    if location.city and location.city.casefold() not in location.address.casefold():
        parts.append(location.city)
    return ", ".join(part for part in parts if part)


_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def one_line(text: str, longest: int) -> str:
    """A value as it may stand in a message: one line without control characters and without marks
    that turn the direction of what follows, ``longest`` characters at the most."""
    if len(text) > 20 * longest:
        text = text[: 20 * longest]
    kept = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char
        for char in text
        if char not in _TURNS and unicodedata.category(char) not in ("Cs", "Cn", "Co")
    )
    whole = " ".join(kept.split())
    return whole if len(whole) <= longest else whole[: longest - 1].rstrip() + "…"
