"""The waiting list and the offers made from it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic_desk.domain.appointments import LONGEST, SHORTEST
from clinic_desk.domain.waitlist import NOTE_LIMIT, OfferResult, Urgency, WaitStatus
from clinic_desk.store.tables.base import Base, RecordColumns, check, record_args, refers


def one_of(values: type[WaitStatus] | type[Urgency] | type[OfferResult]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


class WaitlistEntryRow(RecordColumns, Base):
    __tablename__ = "waitlist_entry"
    __table_args__ = record_args(
        check("minutes", f"minutes BETWEEN {SHORTEST} AND {LONGEST}"),
        check("urgency", f"urgency IN ({one_of(Urgency)})"),
        check("status", f"status IN ({one_of(WaitStatus)})"),
        check("note", f"length(note) <= {NOTE_LIMIT}"),
        check("times", "earliest < latest"),
        check("days", "first_day <= last_day"),
        Index(
            "ix_waitlist_entry_waiting",
            "type_id",
            sqlite_where=text("status = 'waiting' AND deleted_at IS NULL"),
        ),
        Index("ix_waitlist_entry_patient_id", "patient_id"),
    )

    patient_id: Mapped[str] = mapped_column(refers("patient"))
    type_id: Mapped[str] = mapped_column(refers("appointment_type"))
    doctor_id: Mapped[str | None] = mapped_column(refers("doctor"))
    location_id: Mapped[str | None] = mapped_column(refers("location"))
    minutes: Mapped[int | None]
    weekdays: Mapped[str]
    earliest: Mapped[int | None]
    latest: Mapped[int | None]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    urgency: Mapped[str]
    note: Mapped[str]
    status: Mapped[str]
    appointment_id: Mapped[str | None] = mapped_column(refers("appointment"))
    booked_id: Mapped[str | None] = mapped_column(refers("appointment"))
    withdrawn_reason: Mapped[str]


class WaitlistOfferRow(RecordColumns, Base):
    __tablename__ = "waitlist_offer"
    __table_args__ = record_args(
        check("span", "start_at < end_at"),
        check("result", f"result IN ({one_of(OfferResult)})"),
        check("note", f"length(note) <= {NOTE_LIMIT}"),
        Index(
            "uq_waitlist_offer_gap",
            "entry_id",
            "gap",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
        ),
    )

    entry_id: Mapped[str] = mapped_column(refers("waitlist_entry"))
    gap: Mapped[str]
    doctor_id: Mapped[str] = mapped_column(refers("doctor"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    location_id: Mapped[str | None] = mapped_column(refers("location"))
    room_id: Mapped[str | None] = mapped_column(refers("room"))
    result: Mapped[str]
    note: Mapped[str]
    answered_at: Mapped[datetime | None]
