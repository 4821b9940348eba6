"""The audit trail: who did or saw what, each entry sealed by the hash of the one before it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from clinic_desk.store.tables.base import Base, check, table_args


class AuditEntryRow(Base):
    """Append-only; only ``detail`` may be blanked, by the clinic's own retention.

    For a command that wrote, ``first_event`` and ``last_event`` are the range of ``event.seq`` and
    ``events_hash`` seals those rows; otherwise both are NULL. ``hash`` covers every other column
    but ``detail``, of which it covers ``detail_hash``.
    """

    __tablename__ = "audit_entry"
    __table_args__ = table_args(
        check("events", "(first_event IS NULL) = (last_event IS NULL)"),
        Index("ix_audit_entry_at", "at", "action", "desk_id"),
        Index("ix_audit_entry_subject_id", "subject_id"),
        Index("ix_audit_entry_patient_id", "patient_id", "at"),
        Index("ix_audit_entry_actor_id", "actor_id", "at"),
        Index("ix_audit_entry_command_id", "command_id"),
    )

    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[str]
    actor_name: Mapped[str]
    actor_kind: Mapped[str]
    desk_id: Mapped[str]
    session_id: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    patient_id: Mapped[str]
    command_id: Mapped[str]
    first_event: Mapped[int | None]
    last_event: Mapped[int | None]
    events_hash: Mapped[str]
    detail: Mapped[str]
    detail_hash: Mapped[str]
    prev_hash: Mapped[str]
    hash: Mapped[str]


class AuditShownRow(Base):
    """Where a patient or a day stood in a list that was shown: an index over the ``shown`` of the
    entries' details, so that one entry per list is enough. Goes with the detail; ``verify`` holds
    the two against each other."""

    __tablename__ = "audit_shown"
    __table_args__ = table_args()

    subject_id: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
