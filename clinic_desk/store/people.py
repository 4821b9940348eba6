"""Reading patients: one, or all by what tells them apart."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.services.views import PatientIdentity
from clinic_desk.store.mapping import mapper


def patient(connection: Connection, patient_id: Id | None) -> Patient | None:
    """The patient, deleted or not; None when there is none."""
    if patient_id is None:
        return None
    m = mapper(Patient)
    row = connection.exec_driver_sql(m.select_one, (patient_id,)).fetchone()
    return None if row is None else m.from_row(row)


def identities(connection: Connection) -> list[PatientIdentity]:
    """Every live patient, only what tells persons apart."""
    rows = connection.exec_driver_sql(
        "SELECT id, record_number, other_numbers, first_name, last_name, birth_date,"
        " mobile, mobile_typed, phone, phone_typed"
        " FROM patient WHERE deleted_at IS NULL AND merged_into IS NULL ORDER BY id"
    ).fetchall()
    return [
        PatientIdentity(
            id=r[0],
            record_number=r[1],
            other_numbers=() if r[2] == "[]" else tuple(json.loads(r[2])),
            first_name=r[3],
            last_name=r[4],
            birth_date=None if r[5] is None else date.fromisoformat(r[5]),
            phones=tuple(dict.fromkeys(phone for phone in r[6:10] if phone)),
        )
        for r in rows
    ]


def import_keys(connection: Connection) -> frozenset[str]:
    """Import keys of all visits and series taken in and not taken back."""
    live = "import_key IS NOT NULL AND deleted_at IS NULL"
    rows = connection.exec_driver_sql(
        f"SELECT import_key FROM appointment WHERE {live}"
        f" UNION ALL SELECT import_key FROM appointment_series WHERE {live}"
    ).fetchall()
    return frozenset(row[0] for row in rows)
