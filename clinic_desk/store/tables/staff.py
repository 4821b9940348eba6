"""Accounts, what they log in with, and who is logged in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic_desk.store.tables.base import (
    Base,
    KeyText,
    RecordColumns,
    check,
    flags,
    record_args,
    refers,
    table_args,
)


class StaffRow(RecordColumns, Base):
    __tablename__ = "staff"
    __table_args__ = record_args(
        check("role", "role IN ('receptionist', 'doctor', 'manager')"),
        *flags("active"),
        Index("uq_staff_log_in", "log_in", unique=True, sqlite_where=text("deleted_at IS NULL")),
    )

    name: Mapped[str]
    log_in: Mapped[str]
    role: Mapped[str]
    doctor_id: Mapped[str | None] = mapped_column(refers("doctor"))
    colour: Mapped[str]
    language: Mapped[str]
    active: Mapped[bool]


class StaffSecretRow(Base):
    """Outside of history and undo. ``hash`` and ``recovery_hash`` are Argon2id in PHC form;
    ``wait_until`` is when the next attempt counts, after ``failures`` in a row."""

    __tablename__ = "staff_secret"
    __table_args__ = table_args(
        check("kind", "kind IN ('password', 'pin')"),
        check("failures", "failures >= 0"),
        *flags("must_change"),
    )

    staff_id: Mapped[KeyText] = mapped_column(refers("staff"))
    kind: Mapped[str]
    hash: Mapped[str]
    changed_at: Mapped[datetime]
    must_change: Mapped[bool]
    recovery_hash: Mapped[str]
    recovery_made_at: Mapped[datetime | None]
    failures: Mapped[int]
    failed_at: Mapped[datetime | None]
    wait_until: Mapped[datetime | None]


class StaffSessionRow(Base):
    __tablename__ = "staff_session"
    __table_args__ = table_args(
        Index("ix_staff_session_staff_id", "staff_id"),
        Index("ix_staff_session_expires_at", "expires_at"),
    )

    id: Mapped[KeyText]
    staff_id: Mapped[str] = mapped_column(refers("staff"))
    desk_id: Mapped[str]
    desk_name: Mapped[str]
    issued_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str]
    reason: Mapped[str]
