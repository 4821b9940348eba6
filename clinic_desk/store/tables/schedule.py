"""Templates of the week, exceptions, time off, closures, busy times of outside calendars."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
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


class ScheduleTemplateRow(RecordColumns, Base):
    __tablename__ = "schedule_template"
    __table_args__ = record_args(
        check("weekday", "weekday BETWEEN 0 AND 6"),
        check("hours", "0 <= work_start AND work_start < work_end AND work_end <= 1440"),
        check("step", "step BETWEEN 1 AND 480"),
        check("buffer_before", f"buffer_before BETWEEN 0 AND {BUFFER_LIMIT}"),
        check("buffer_after", f"buffer_after BETWEEN 0 AND {BUFFER_LIMIT}"),
        check("max_parallel", "max_parallel >= 1"),
        check("every_weeks", "every_weeks = 1 OR (every_weeks BETWEEN 2 AND 52 AND anchor <> '')"),
    )

    doctor_id: Mapped[str] = mapped_column(refers("doctor"))
    location_id: Mapped[str] = mapped_column(refers("location"))
    weekday: Mapped[int]
    work_start: Mapped[int]
    work_end: Mapped[int]
    room_id: Mapped[str | None] = mapped_column(refers("room"))
    step: Mapped[int]
    buffer_before: Mapped[int]
    buffer_after: Mapped[int]
    max_parallel: Mapped[int]
    priority: Mapped[int]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    breaks: Mapped[str]
    reserved: Mapped[str]
    every_weeks: Mapped[int]
    anchor: Mapped[date | None]


class AvailabilityExceptionRow(RecordColumns, Base):
    __tablename__ = "availability_exception"
    __table_args__ = record_args(
        check("span", "start_at < end_at"), check("kind", "kind IN ('blocked', 'available')")
    )

    doctor_id: Mapped[str] = mapped_column(refers("doctor"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    kind: Mapped[str]
    type_id: Mapped[str | None] = mapped_column(refers("appointment_type"))
    location_id: Mapped[str | None] = mapped_column(refers("location"))
    reason: Mapped[str]


class TimeOffRequestRow(RecordColumns, Base):
    __tablename__ = "time_off_request"
    __table_args__ = record_args(
        check("span", "start_at < end_at"),
        check("status", "status IN ('requested', 'approved', 'declined')"),
        check("kind", "kind IN ('leave', 'sick', 'course', 'other')"),
    )

    doctor_id: Mapped[str] = mapped_column(refers("doctor"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    reason: Mapped[str]
    status: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    kind: Mapped[str]
    decision_note: Mapped[str]


class HolidayRow(RecordColumns, Base):
    __tablename__ = "holiday"
    __table_args__ = record_args(
        *flags("closed"),
        check("start_minute", "start_minute BETWEEN 0 AND 1439"),
        check("end_minute", "end_minute = 0 OR end_minute > start_minute"),
    )

    day: Mapped[date]
    name: Mapped[str]
    location_id: Mapped[str | None] = mapped_column(refers("location"))
    source: Mapped[str]
    closed: Mapped[bool]
    start_minute: Mapped[int]
    end_minute: Mapped[int]


class ExternalBusyTimeRow(RecordColumns, Base):
    __tablename__ = "external_busy_time"
    __table_args__ = record_args(
        check("span", "start_at < end_at"),
        UniqueConstraint("doctor_id", "external_id"),
        Index("ix_external_busy_time_end", "end_at", "start_at"),
    )

    doctor_id: Mapped[str] = mapped_column(refers("doctor"))
    external_id: Mapped[str]
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    title: Mapped[str]
    last_seen: Mapped[datetime | None]
