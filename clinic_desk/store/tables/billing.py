"""Invoices, payments, what doctors say of being late, and the state of gateways outside."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic_desk.domain.billing import NOTE_LIMIT, InvoiceStatus, PaymentMethod
from clinic_desk.domain.flow import LONGEST_DELAY
from clinic_desk.store.tables.base import (
    Base,
    KeyText,
    RecordColumns,
    check,
    record_args,
    refers,
    table_args,
)


def one_of(values: type[InvoiceStatus] | type[PaymentMethod]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


class InvoiceRow(RecordColumns, Base):
    __tablename__ = "invoice"
    __table_args__ = record_args(
        check("status", f"status IN ({one_of(InvoiceStatus)})"),
        check("total", "total_minor >= 0"),
        check("number", "(number IS NULL) = (issued_at IS NULL)"),
        check("numbered", "status IN ('draft', 'void') OR number IS NOT NULL"),
        check("void_reason", "status <> 'void' OR length(void_reason) >= 1"),
        Index("uq_invoice_number", "number", unique=True, sqlite_where=text("number IS NOT NULL")),
        Index(
            "uq_invoice_appointment_id",
            "appointment_id",
            unique=True,
            sqlite_where=text("status <> 'void' AND deleted_at IS NULL"),
        ),
        Index("ix_invoice_patient_id", "patient_id"),
        Index("ix_invoice_visit_day", "visit_day"),
        Index(
            "ix_invoice_owed",
            "due_on",
            sqlite_where=text("status IN ('issued', 'part_paid') AND deleted_at IS NULL"),
        ),
    )

    patient_id: Mapped[str] = mapped_column(refers("patient"))
    appointment_id: Mapped[str] = mapped_column(refers("appointment"))
    doctor_id: Mapped[str] = mapped_column(refers("doctor"))
    visit_day: Mapped[date]
    lines: Mapped[str]
    total_minor: Mapped[int]
    currency: Mapped[str]
    status: Mapped[str]
    number: Mapped[str | None]
    issued_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    paid_minor: Mapped[int]
    void_reason: Mapped[str]


class PaymentRow(RecordColumns, Base):
    __tablename__ = "payment"
    __table_args__ = record_args(
        check("amount", "amount_minor <> 0"),
        check("method", f"method IN ({one_of(PaymentMethod)})"),
        check("note", f"length(note) <= {NOTE_LIMIT}"),
        Index("ix_payment_invoice_id", "invoice_id"),
        Index("ix_payment_received_at", "received_at"),
    )

    invoice_id: Mapped[str] = mapped_column(refers("invoice"))
    amount_minor: Mapped[int]
    method: Mapped[str]
    received_at: Mapped[datetime]
    note: Mapped[str]


class DoctorDelayRow(RecordColumns, Base):
    __tablename__ = "doctor_delay"
    __table_args__ = record_args(
        check("minutes", f"minutes BETWEEN 0 AND {LONGEST_DELAY}"),
        check("note", f"length(note) <= {NOTE_LIMIT}"),
        Index(
            "uq_doctor_delay_day",
            "doctor_id",
            "day",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
        ),
    )

    doctor_id: Mapped[str] = mapped_column(refers("doctor"))
    day: Mapped[date]
    minutes: Mapped[int]
    note: Mapped[str]


class GatewayStateRow(Base):
    """What a circuit breaker knows of one service outside, kept across restarts. ``lease_until``:
    until then one process alone finds out whether a service is back. ``cursor``: how far it was
    asked for deliveries and answers."""

    __tablename__ = "gateway_state"
    __table_args__ = table_args(check("failures", "failures >= 0"))

    name: Mapped[KeyText]
    failures: Mapped[int]
    open_until: Mapped[datetime | None]
    lease_by: Mapped[str]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str]
    cursor: Mapped[str]
