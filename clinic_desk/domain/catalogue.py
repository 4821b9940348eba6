"""The clinic's own furniture: practice, locations, rooms, doctors, visit types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record


class Mode(StrEnum):
    """How patient and doctor meet."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice(Record):
    """The clinic itself; one per store. ``first_weekday``: 0 Monday … 6 Sunday.

    ``reminders`` is the default plan: each item is "minutes before the start", a colon and the
    channels in their order with commas between ("1440:sms,email"); no channels mean the
    patient's own preference. ``travel_minutes`` is what a doctor needs between two sites unless
    a ``TravelTime`` says otherwise. ``one_visit_at_a_time``: a patient cannot have two visits at
    the same time."""

    name: str
    zone: str
    locale: str = "en_GB"
    currency: str = "EUR"
    phone_country: str = "GB"
    first_weekday: int = 0
    reminders: tuple[str, ...] = ("1440:", "120:")
    travel_minutes: int = 0
    one_visit_at_a_time: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Record):
    """A site with its own IANA zone; ``position`` orders the sites after the primary one."""

    name: str
    zone: str
    address: str = ""
    city: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""
    primary: bool = False
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelTime(Record):
    """What a doctor needs to get from one site to another, in either direction, minutes ≥ 0;
    it takes the place of the practice's ``travel_minutes`` for this pair."""

    location_id: Id
    other_location_id: Id
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Room(Record):
    """``capacity`` ≥ 1 appointments at once."""

    location_id: Id
    name: str
    capacity: int = 1
    virtual: bool = False
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor(Record):
    """``colour`` is one of the eight names in ux.md section 5 (crimson … plum); ``code`` is the
    2–3 letter badge; ``pattern`` the stripe (solid, dashed, double) that tells doctors of one
    colour apart; ``position`` orders the columns. ``max_per_day`` visits on one local day, None
    for no limit."""

    name: str
    code: str
    title: str = ""
    specialty: str = ""
    colour: str = "teal"
    pattern: str = "solid"
    location_ids: tuple[Id, ...] = ()
    staff_id: Id | None = None
    position: int = 0
    max_per_day: int | None = None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentType(Record):
    """A kind of visit. Lengths and buffers in minutes, ``price_minor`` in minor units.

    ``doctor_id`` None means clinic-wide. A row of one doctor with the slug of a clinic-wide row
    is that doctor's *override* of it: visits keep the clinic-wide row's id, and
    ``effective_type`` answers what holds for the doctor; an inactive override says that the
    doctor does not offer it. ``allowed_location_ids`` and ``allowed_room_ids`` empty mean all.
    ``max_per_day`` visits of this type with one doctor on one local day, None for no limit.
    ``reminders`` as in ``Practice``; None takes the practice's plan, empty means none.
    """

    slug: str
    name: str
    code: str
    duration: int
    doctor_id: Id | None = None
    description: str = ""
    buffer_before: int = 0
    buffer_after: int = 0
    price_minor: int = 0
    mode: Mode = Mode.IN_PERSON
    default_location_id: Id | None = None
    default_room_id: Id | None = None
    allowed_location_ids: tuple[Id, ...] = ()
    allowed_room_ids: tuple[Id, ...] = ()
    colour: str = ""
    needs_acceptance: bool = False
    patient_may_reschedule: bool = True
    min_notice: int = 0
    max_future_days: int = 365
    max_reschedules: int | None = None
    max_per_day: int | None = None
    reminders: tuple[str, ...] | None = None
    position: int = 0
    active: bool = True


def effective_type(
    types: Mapping[Id, AppointmentType], type_id: Id | None, doctor_id: Id | None
) -> AppointmentType | None:
    """The row whose values hold for this doctor: their override of a clinic-wide type, else the
    type itself; None for an unknown one. An override that is inactive is answered too."""
    kind = types.get(type_id or "")
    if kind is None or kind.doctor_id is not None or doctor_id is None:
        return kind
    for own in types.values():
        if own.doctor_id == doctor_id and own.slug == kind.slug and own.deleted_at is None:
            return own
    return kind


def is_override(types: Mapping[Id, AppointmentType], kind: AppointmentType) -> bool:
    """Whether a doctor's row only changes a clinic-wide type (and is never booked itself)."""
    return kind.doctor_id is not None and any(
        other.doctor_id is None and other.slug == kind.slug and other.deleted_at is None
        for other in types.values()
    )


BUILT_IN_TYPES: tuple[tuple[str, str, str, int], ...] = (
    ("follow-up", "Follow-up", "FUP", 30),
    ("new-patient", "New patient", "NEW", 60),
    ("urgent", "Urgent", "URG", 30),
    ("consultation", "Consultation", "CON", 45),
    ("routine-check-up", "Routine check-up", "CHK", 30),
    ("acupuncture", "Acupuncture", "ACU", 45),
)
"""(slug, name, code, minutes) of the types every new clinic starts with (domain.md section 1)."""
