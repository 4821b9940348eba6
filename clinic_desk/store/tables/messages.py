"""Messages, their attempts, answers to them, and the clinic's own templates.

``notification`` and ``outbox_message`` share their ids: the one says what is told to whom, the
other when it is tried and by whom. All but the templates are working tables: no revision and no
event of their own.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic_desk.store.tables.base import (
    Base,
    KeyText,
    RecordColumns,
    check,
    record_args,
    table_args,
)

CHANNELS = "'desktop', 'email', 'sms', 'whatsapp'"
PURPOSES = (
    "'cancelled', 'confirmation', 'moved', 'no_show', 'payment', 'reminder', 'waitlist_offer'"
)


class NotificationRow(Base):
    __tablename__ = "notification"
    __table_args__ = table_args(
        UniqueConstraint("key"),
        check("channel", f"channel IN ({CHANNELS})"),
        check("purpose", f"purpose IN ({PURPOSES})"),
        check("status", "status IN ('failed', 'planned', 'sent', 'skipped', 'withdrawn')"),
        check("sent", "(status = 'sent') <= (sent_at IS NOT NULL)"),
        Index("ix_notification_due_at", "due_at"),
        Index("ix_notification_status", "status", "due_at"),
        Index("ix_notification_patient_id", "patient_id", "due_at"),
        Index("ix_notification_appointment_id", "appointment_id"),
        Index(
            "ix_notification_invoice_id",
            "invoice_id",
            sqlite_where=text("invoice_id IS NOT NULL"),
        ),
        Index("ix_notification_offer_id", "offer_id", sqlite_where=text("offer_id IS NOT NULL")),
        Index(
            "ix_notification_provider_id",
            "provider_id",
            sqlite_where=text("provider_id <> ''"),
        ),
    )

    id: Mapped[KeyText]
    key: Mapped[str]
    purpose: Mapped[str]
    channel: Mapped[str]
    status: Mapped[str]
    rule: Mapped[str]
    appointment_id: Mapped[str | None]
    patient_id: Mapped[str | None]
    doctor_id: Mapped[str | None]
    invoice_id: Mapped[str | None]
    offer_id: Mapped[str | None]
    planned_at: Mapped[datetime]
    due_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    useful_until: Mapped[datetime | None]
    language: Mapped[str]
    address: Mapped[str]
    knew: Mapped[str]
    tells: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    written_by: Mapped[str]
    reason: Mapped[str]
    sent_at: Mapped[datetime | None]
    provider_id: Mapped[str]
    delivery: Mapped[str]
    delivered_at: Mapped[datetime | None]
    reply: Mapped[str]
    replied_at: Mapped[datetime | None]


class AttemptRow(Base):
    """One try to send one message. ``detail``: what the provider said, without patient detail."""

    __tablename__ = "notification_attempt"
    __table_args__ = table_args(
        Index("ix_notification_attempt_notification_id", "notification_id"),
    )

    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    notification_id: Mapped[str]
    at: Mapped[datetime]
    retry: Mapped[int]
    outcome: Mapped[str]
    detail: Mapped[str]
    desk_id: Mapped[str]


class InboundMessageRow(Base):
    __tablename__ = "inbound_message"
    __table_args__ = table_args(
        UniqueConstraint("channel", "provider_id"),
        check("channel", f"channel IN ({CHANNELS})"),
        check("outcome", "outcome IN ('asked', 'confirmed', 'handled', 'unknown')"),
        Index("ix_inbound_message_patient_id", "patient_id"),
        Index(
            "ix_inbound_message_open",
            "received_at",
            sqlite_where=text("outcome IN ('asked', 'unknown')"),
        ),
    )

    id: Mapped[KeyText]
    channel: Mapped[str]
    provider_id: Mapped[str]
    sender: Mapped[str]
    text: Mapped[str]
    received_at: Mapped[datetime]
    outcome: Mapped[str]
    notification_id: Mapped[str | None]
    patient_id: Mapped[str | None]
    appointment_id: Mapped[str | None]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str]
    note: Mapped[str]


class MessageTemplateRow(RecordColumns, Base):
    __tablename__ = "message_template"
    __table_args__ = record_args(
        check("channel", f"channel IN ({CHANNELS})"),
        check("purpose", f"purpose IN ({PURPOSES})"),
        check("language", "length(language) = 2"),
        Index(
            "uq_message_template_place",
            "purpose",
            "channel",
            "language",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
        ),
    )

    purpose: Mapped[str]
    channel: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
