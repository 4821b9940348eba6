"""Practice, locations, rooms, doctors, visit types."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic_desk.store.stored import BUFFER_LIMIT
from clinic_desk.store.tables.base import (
    Base,
    RecordColumns,
    check,
    flags,
    record_args,
    refers,
)


class PracticeRow(RecordColumns, Base):
    __tablename__ = "practice"
    __table_args__ = record_args(
        check("first_weekday", "first_weekday BETWEEN 0 AND 6"),
        check("travel_minutes", "travel_minutes BETWEEN 0 AND 1440"),
        *flags("one_visit_at_a_time"),
    )

    name: Mapped[str]
    zone: Mapped[str]
    locale: Mapped[str]
    currency: Mapped[str]
    phone_country: Mapped[str]
    first_weekday: Mapped[int]
    reminders: Mapped[str]
    travel_minutes: Mapped[int]
    one_visit_at_a_time: Mapped[bool]


class LocationRow(RecordColumns, Base):
    __tablename__ = "location"
    __table_args__ = record_args(*flags("is_primary"))

    name: Mapped[str]
    zone: Mapped[str]
    address: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    phone: Mapped[str]
    is_primary: Mapped[bool]
    position: Mapped[int]


class TravelTimeRow(RecordColumns, Base):
    """One row for each pair of sites, whichever of them is named first."""

    __tablename__ = "travel_time"
    __table_args__ = record_args(
        check("minutes", "minutes BETWEEN 0 AND 1440"),
        check("pair", "location_id <> other_location_id"),
        Index(
            "uq_travel_time_pair",
            text("min(location_id, other_location_id)"),
            text("max(location_id, other_location_id)"),
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
        ),
    )

    location_id: Mapped[str] = mapped_column(refers("location"))
    other_location_id: Mapped[str] = mapped_column(refers("location"))
    minutes: Mapped[int]


class RoomRow(RecordColumns, Base):
    __tablename__ = "room"
    __table_args__ = record_args(check("capacity", "capacity >= 1"), *flags("is_virtual"))

    location_id: Mapped[str] = mapped_column(refers("location"))
    name: Mapped[str]
    capacity: Mapped[int]
    is_virtual: Mapped[bool]
    position: Mapped[int]


class DoctorRow(RecordColumns, Base):
    __tablename__ = "doctor"
    __table_args__ = record_args(
        check("max_per_day", "max_per_day >= 1"),
        check("pattern", "pattern IN ('solid', 'dashed', 'double')"),
        *flags("active"),
    )

    name: Mapped[str]
    code: Mapped[str]
    title: Mapped[str]
    specialty: Mapped[str]
    colour: Mapped[str]
    pattern: Mapped[str]
    location_ids: Mapped[str]
    staff_id: Mapped[str | None]
    position: Mapped[int]
    max_per_day: Mapped[int | None]
    active: Mapped[bool]


class AppointmentTypeRow(RecordColumns, Base):
    __tablename__ = "appointment_type"
    __table_args__ = record_args(
        check("duration", "duration BETWEEN 15 AND 480"),
        check("buffer_before", f"buffer_before BETWEEN 0 AND {BUFFER_LIMIT}"),
        check("buffer_after", f"buffer_after BETWEEN 0 AND {BUFFER_LIMIT}"),
        check("min_notice", "min_notice >= 0"),
        check("max_future_days", "max_future_days >= 0"),
        check("max_per_day", "max_per_day >= 1"),
        *flags("needs_acceptance", "patient_may_reschedule", "active"),
        Index(
            "uq_appointment_type_slug",
            text("ifnull(doctor_id, '')"),
            "slug",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
        ),
    )

    slug: Mapped[str]
    name: Mapped[str]
    code: Mapped[str]
    duration: Mapped[int]
    doctor_id: Mapped[str | None] = mapped_column(refers("doctor"))
    description: Mapped[str]
    buffer_before: Mapped[int]
    buffer_after: Mapped[int]
    price_minor: Mapped[int]
    mode: Mapped[str]
    default_location_id: Mapped[str | None] = mapped_column(refers("location"))
    default_room_id: Mapped[str | None] = mapped_column(refers("room"))
    allowed_location_ids: Mapped[str]
    allowed_room_ids: Mapped[str]
    colour: Mapped[str]
    needs_acceptance: Mapped[bool]
    patient_may_reschedule: Mapped[bool]
    min_notice: Mapped[int]
    max_future_days: Mapped[int]
    max_reschedules: Mapped[int | None]
    max_per_day: Mapped[int | None]
    reminders: Mapped[str | None]
    position: Mapped[int]
    active: Mapped[bool]
