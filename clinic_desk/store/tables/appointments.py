"""Appointments (holds included), their series, and the shelf."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic_desk.domain.appointments import (
    CANCEL_REASON_LIMIT,
    LONGEST,
    NOTES_LIMIT,
    REASON_LIMIT,
    SHORTEST,
    SlotState,
    Source,
    Status,
)
from clinic_desk.domain.catalogue import Mode
from clinic_desk.store.stored import BUFFER_LIMIT, OCCUPIES
from clinic_desk.store.tables.base import (
    Base,
    RecordColumns,
    check,
    flags,
    record_args,
    refers,
)


def one_of(values: type[Status] | type[SlotState] | type[Source] | type[Mode]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


class AppointmentRow(RecordColumns, Base):
    __tablename__ = "appointment"
    __table_args__ = record_args(
        check("span", "start_at < end_at"),
        check("length", f"end_at - start_at BETWEEN {SHORTEST * 60} AND {LONGEST * 60}"),
        check("blocked", "blocked_start <= start_at AND end_at <= blocked_end"),
        check(
            "buffers",
            f"start_at - blocked_start <= {BUFFER_LIMIT * 60}"
            f" AND blocked_end - end_at <= {BUFFER_LIMIT * 60}",
        ),
        check("status", f"status IN ({one_of(Status)})"),
        check("slot_state", f"slot_state IN ({one_of(SlotState)})"),
        check("mode", f"mode IN ({one_of(Mode)})"),
        check("source", f"source IN ({one_of(Source)})"),
        check("lane", "lane >= 0"),
        check("room_lane", "room_lane >= 0"),
        check("hold_until", "(status = 'held') = (hold_until IS NOT NULL)"),
        check("patient", "patient_id IS NOT NULL OR status IN ('held', 'released')"),
        check(
            "cancel_reason",
            f"length(cancel_reason) <= {CANCEL_REASON_LIMIT}"
            " AND (status <> 'cancelled' OR length(trim(cancel_reason)) >= 1)",
        ),
        check("reason", f"length(reason) <= {REASON_LIMIT}"),
        check("notes", f"length(notes) <= {NOTES_LIMIT}"),
        check("title", "length(title) <= 500"),
        check("reschedule_count", "reschedule_count >= 0"),
        *flags("walk_in"),
        Index(
            "ix_appointment_doctor_lane",
            "doctor_id",
            "lane",
            "blocked_start",
            "blocked_end",
            sqlite_where=text(OCCUPIES),
        ),
        Index(
            "ix_appointment_room_lane",
            "room_id",
            "room_lane",
            "blocked_start",
            "blocked_end",
            sqlite_where=text(f"room_id IS NOT NULL AND {OCCUPIES}"),
        ),
        Index("ix_appointment_doctor_start", "doctor_id", "start_at"),
        Index("ix_appointment_start", "start_at"),
        Index(
            "ix_appointment_room_start",
            "room_id",
            "start_at",
            sqlite_where=text("room_id IS NOT NULL"),
        ),
        Index("ix_appointment_patient_start", "patient_id", "start_at"),
        Index(
            "ix_appointment_completed",
            "patient_id",
            "start_at",
            sqlite_where=text("status = 'completed' AND deleted_at IS NULL"),
        ),
        Index("ix_appointment_held", "hold_until", sqlite_where=text("status = 'held'")),
        Index(
            "ix_appointment_contested",
            "start_at",
            sqlite_where=text("slot_state = 'contested'"),
        ),
        Index(
            "ix_appointment_series",
            "series_id",
            "start_at",
            sqlite_where=text("series_id IS NOT NULL"),
        ),
        Index(
            "uq_appointment_confirmation_code",
            "confirmation_code",
            unique=True,
            sqlite_where=text("confirmation_code IS NOT NULL"),
        ),
        Index(
            "uq_appointment_import_key",
            "import_key",
            unique=True,
            sqlite_where=text("import_key IS NOT NULL AND deleted_at IS NULL"),
        ),
    )

    doctor_id: Mapped[str] = mapped_column(refers("doctor"))
    location_id: Mapped[str] = mapped_column(refers("location"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    blocked_start: Mapped[datetime]
    blocked_end: Mapped[datetime]
    status: Mapped[str]
    slot_state: Mapped[str]
    patient_id: Mapped[str | None] = mapped_column(refers("patient"))
    room_id: Mapped[str | None] = mapped_column(refers("room"))
    type_id: Mapped[str | None] = mapped_column(refers("appointment_type"))
    series_id: Mapped[str | None] = mapped_column(refers("appointment_series"))
    series_start: Mapped[datetime | None]
    lane: Mapped[int]
    room_lane: Mapped[int]
    hold_until: Mapped[datetime | None]
    held_by_desk: Mapped[str]
    title: Mapped[str]
    reason: Mapped[str]
    notes: Mapped[str]
    mode: Mapped[str]
    source: Mapped[str]
    price_minor: Mapped[int]
    currency: Mapped[str]
    patient_zone: Mapped[str]
    doctor_zone: Mapped[str]
    confirmation_code: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str]
    arrived_at: Mapped[datetime | None]
    arrived_by: Mapped[str]
    started_at: Mapped[datetime | None]
    started_by: Mapped[str]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str]
    cancel_reason: Mapped[str]
    reschedule_count: Mapped[int]
    walk_in: Mapped[bool]
    overbook_reason: Mapped[str]
    remind_at: Mapped[datetime | None]
    remind_channels: Mapped[str]
    import_key: Mapped[str | None]


class AppointmentSeriesRow(RecordColumns, Base):
    __tablename__ = "appointment_series"
    __table_args__ = record_args(
        check("duration", f"duration BETWEEN {SHORTEST} AND {LONGEST}"),
        Index(
            "uq_appointment_series_import_key",
            "import_key",
            unique=True,
            sqlite_where=text("import_key IS NOT NULL AND deleted_at IS NULL"),
        ),
    )

    rule: Mapped[str]
    local_start: Mapped[str]
    zone: Mapped[str]
    duration: Mapped[int]
    doctor_id: Mapped[str] = mapped_column(refers("doctor"))
    patient_id: Mapped[str | None] = mapped_column(refers("patient"))
    type_id: Mapped[str | None] = mapped_column(refers("appointment_type"))
    excluded: Mapped[str]
    import_key: Mapped[str | None]
    location_id: Mapped[str | None] = mapped_column(refers("location"))
    room_id: Mapped[str | None] = mapped_column(refers("room"))
    title: Mapped[str]
    reason: Mapped[str]
    notes: Mapped[str]
    follows_id: Mapped[str | None] = mapped_column(refers("appointment_series"))


class ShelfItemRow(RecordColumns, Base):
    __tablename__ = "shelf_item"
    __table_args__ = record_args(
        Index(
            "uq_shelf_item_appointment_id",
            "appointment_id",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
        ),
    )

    appointment_id: Mapped[str] = mapped_column(refers("appointment"))
    staff_id: Mapped[str]
    parked_at: Mapped[datetime | None]
