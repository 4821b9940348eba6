"""The clinic's own furniture: practice, locations, rooms, doctors, visit types."""

from __future__ import annotations

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
    """The clinic itself; one per store. ``first_weekday``: 0 Monday … 6 Sunday."""

    name: str
    zone: str
    locale: str = "en_GB"
    currency: str = "EUR"
    phone_country: str = "GB"
    first_weekday: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Record):
    """A site with its own IANA zone."""

    name: str
    zone: str
    address: str = ""
    city: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Room(Record):
    """``capacity`` ≥ 1 appointments at once."""

    location_id: Id
    name: str
    capacity: int = 1
    virtual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor(Record):
    """``colour`` is one of the eight names in ux.md section 5 (crimson … plum); ``code`` is the
    2–3 letter badge; ``position`` orders the columns."""

    name: str
    code: str
    title: str = ""
    specialty: str = ""
    colour: str = "teal"
    location_ids: tuple[Id, ...] = ()
    staff_id: Id | None = None
    position: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentType(Record):
    """A kind of visit. Lengths and buffers in minutes, ``price_minor`` in minor units.

    ``doctor_id`` None means clinic-wide. ``allowed_location_ids`` empty means all.
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
    colour: str = ""
    needs_acceptance: bool = False
    patient_may_reschedule: bool = True
    min_notice: int = 0
    max_future_days: int = 365
    max_reschedules: int | None = None
    position: int = 0
    active: bool = True


BUILT_IN_TYPES: tuple[tuple[str, str, str, int], ...] = (
    ("follow-up", "Follow-up", "FUP", 30),
    ("new-patient", "New patient", "NEW", 60),
    ("urgent", "Urgent", "URG", 30),
    ("consultation", "Consultation", "CON", 45),
    ("routine-check-up", "Routine check-up", "CHK", 30),
    ("acupuncture", "Acupuncture", "ACU", 45),
)
"""(slug, name, code, minutes) of the types every new clinic starts with (domain.md section 1)."""
