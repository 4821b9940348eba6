"""History, undo, outbox, settings, counters, and what the file knows about itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, PrimaryKeyConstraint, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic_desk.store.tables.base import Base, KeyText, check, table_args

MOVED_FROM = "changes ->> '$.start[0]'"
"""When a visit began before an event moved it; epoch seconds, NULL in all other events."""


class EventRow(Base):
    """Append-only; triggers refuse every change of it. ``seq`` orders the events of this file.
    ``ix_event_moved`` finds what once stood in a range and was moved out of it."""

    __tablename__ = "event"
    __table_args__ = table_args(
        UniqueConstraint("id"),
        Index("ix_event_subject_id", "subject_id"),
        Index(
            "ix_event_moved",
            text(f"({MOVED_FROM})"),
            sqlite_where=text(f"subject_kind = 'appointment' AND {MOVED_FROM} IS NOT NULL"),
        ),
    )

    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    action: Mapped[str]
    occurred_at: Mapped[datetime]
    actor_id: Mapped[str]
    actor_name: Mapped[str]
    actor_kind: Mapped[str]
    desk_id: Mapped[str]
    command_id: Mapped[str]
    changes: Mapped[str]
    event_metadata: Mapped[str] = mapped_column("metadata", Text)


class UndoRecordRow(Base):
    """One undoable command of one run of the program. ``images`` holds, per row, the stored
    values before and after of the fields that the command changed; ``applied_op`` is the command
    that last undid or redid it. A ``forgotten`` step can no longer be redone; it stays so that the
    session knows its own commands. Steps of one ``run`` (the batches of an import) are taken back
    together."""

    __tablename__ = "undo_record"
    __table_args__ = table_args(
        check("state", "state IN ('done', 'undone', 'dropped', 'forgotten')"),
        Index("ix_undo_record_session", "session_id", "state", "seq"),
    )

    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[str]
    command_id: Mapped[str]
    label: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime]
    applied_op: Mapped[str]
    run: Mapped[str]
    images: Mapped[str]


class OutboxMessageRow(Base):
    """An effect outside the database that waits for its turn after the commit. ``lease_by``: who
    has claimed it and not settled it yet; the answer of anybody else comes too late. Others leave
    it alone until ``lease_until``."""

    __tablename__ = "outbox_message"
    __table_args__ = table_args(
        Index("ix_outbox_message_command_id", "command_id"),
        Index(
            "ix_outbox_message_due",
            "next_try_at",
            sqlite_where=text("done_at IS NULL AND withdrawn_at IS NULL"),
        ),
        Index(
            "ix_outbox_message_subject_id",
            "subject_id",
            sqlite_where=text("done_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[KeyText]
    topic: Mapped[str]
    subject_id: Mapped[str]
    command_id: Mapped[str]
    payload: Mapped[str]
    created_at: Mapped[datetime]
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    last_error: Mapped[str]
    lease_by: Mapped[str]
    lease_until: Mapped[datetime | None]


class SettingRow(Base):
    """``desk_id`` is empty for scope "clinic"."""

    __tablename__ = "setting"
    __table_args__ = table_args(
        PrimaryKeyConstraint("scope", "desk_id", "name"),
        check("scope", "scope IN ('clinic', 'desk')"),
    )

    scope: Mapped[str]
    desk_id: Mapped[str]
    name: Mapped[str]
    value: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]


class CounterRow(Base):
    __tablename__ = "counter"
    __table_args__ = table_args(check("value", "value >= 1"))

    name: Mapped[KeyText]
    value: Mapped[int]


class MetaRow(Base):
    """What the file knows about itself: clinic id, hash of its triggers, roster version."""

    __tablename__ = "meta"
    __table_args__ = table_args()

    k: Mapped[KeyText]
    v: Mapped[str]


class DeskRow(Base):
    """One row per computer that wrote to this file."""

    __tablename__ = "desk"
    __table_args__ = table_args()

    id: Mapped[KeyText]
    name: Mapped[str]
    last_seen: Mapped[datetime]


class ActorRow(Base):
    """The name last used by each acting person, so that lists can show who without reading the
    history."""

    __tablename__ = "actor"
    __table_args__ = table_args()

    id: Mapped[KeyText]
    name: Mapped[str]
