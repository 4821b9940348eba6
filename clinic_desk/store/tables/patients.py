"""Patients and the folded text they are searched by."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic_desk.store.tables.base import (
    Base,
    RecordColumns,
    check,
    flags,
    record_args,
    refers,
    table_args,
)


class PatientRow(RecordColumns, Base):
    __tablename__ = "patient"
    __table_args__ = record_args(
        check("record_number", "length(record_number) BETWEEN 1 AND 64"),
        check("name", "length(first_name) + length(last_name) BETWEEN 1 AND 400"),
        check("notes", "length(notes) <= 20000"),
        *flags("consent_sms", "consent_email", "consent_whatsapp", "active"),
        Index(
            "uq_patient_record_number",
            "record_number",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
        ),
        Index("ix_patient_birth_date", "birth_date"),
    )

    record_number: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    birth_date: Mapped[date | None]
    mobile: Mapped[str]
    mobile_typed: Mapped[str]
    phone: Mapped[str]
    phone_typed: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    zone: Mapped[str]
    consent_sms: Mapped[bool | None]
    consent_email: Mapped[bool | None]
    emergency_contact: Mapped[str]
    alert: Mapped[str]
    notes: Mapped[str]
    usual_doctor_id: Mapped[str | None] = mapped_column(refers("doctor"))
    merged_into: Mapped[str | None] = mapped_column(refers("patient"))
    other_numbers: Mapped[str]
    active: Mapped[bool]
    consent_whatsapp: Mapped[bool | None]
    channels: Mapped[str]
    quiet: Mapped[str]


class PatientSearchRow(Base):
    """What ``store.folding`` makes of a patient: the content that both full-text indexes cover.

    ``surname`` is the folded last name, for the shortest prefixes; ``words`` everything typed as
    words; ``digits`` the phone numbers. Rows of deleted and merged patients are taken out.
    """

    __tablename__ = "patient_search"
    __table_args__ = table_args(
        Index("uq_patient_search_patient_id", "patient_id", unique=True),
        Index("ix_patient_search_surname", "surname"),
    )

    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    patient_id: Mapped[str] = mapped_column(refers("patient"))
    surname: Mapped[str]
    words: Mapped[str]
    digits: Mapped[str]


FULL_TEXT = (
    "CREATE VIRTUAL TABLE patient_words USING fts5(words, content='patient_search', "
    "content_rowid='n', tokenize='ascii', prefix='1 2 3 4', detail='none')",
    "CREATE VIRTUAL TABLE patient_digits USING fts5(digits, content='patient_search', "
    "content_rowid='n', tokenize='trigram')",
)
"""Virtual tables are outside the metadata; the migration creates them with these statements."""
