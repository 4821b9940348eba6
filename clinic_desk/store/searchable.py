"""Keeps ``patient_search`` equal to what folding makes of the patients.

Triggers carry its changes into the two full-text indexes; folding itself needs this program, so
it cannot be a trigger. ``verify`` proves the content equal, ``rebuild`` makes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from clinic_desk.domain.people import Patient
from clinic_desk.store import guards
from clinic_desk.store.direct import run
from clinic_desk.store.folding import search_row
from clinic_desk.store.mapping import mapper

INSERT = "INSERT INTO patient_search (patient_id, surname, words, digits) VALUES (?, ?, ?, ?)"
_UPDATE = "UPDATE patient_search SET surname = ?, words = ?, digits = ? WHERE patient_id = ?"
_DELETE = "DELETE FROM patient_search WHERE patient_id = ?"


def index_patient(connection: Connection, patient: Patient, *, new: bool) -> None:
    """Brings the search row of one patient up to date."""
    row = search_row(patient)
    if row is None:
        run(connection, _DELETE, (patient.id,))
    elif new or not run(connection, _UPDATE, (*row, patient.id)):
        run(connection, INSERT, (patient.id, *row))


def patients(connection: Connection, chunk: int = 2000) -> Iterator[Patient]:
    """Every patient, deleted ones included, in the order of their ids."""
    m = mapper(Patient)
    after = ""
    while True:
        rows = connection.exec_driver_sql(
            f"{m.select} WHERE id > ? ORDER BY id LIMIT {chunk}", (after,)
        ).fetchall()
        if not rows:
            return
        yield from map(m.from_row, rows)
        after = rows[-1][0]


def rebuild(connection: Connection) -> int:
    """Makes all search rows and both indexes anew; how many patients can be found. The triggers
    that would index each row are put aside, because the indexes are filled at once after."""
    triggers = guards.search_triggers()
    for statement in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {statement.split(None, 3)[2]}")
    connection.exec_driver_sql("DELETE FROM patient_search")
    made = 0
    batch: list[tuple[str, ...]] = []
    for patient in patients(connection):
        row = search_row(patient)
        if row is not None:
            batch.append((patient.id, *row))
            made += 1
        if len(batch) >= 2000:
            connection.exec_driver_sql(INSERT, batch)
            batch.clear()
    if batch:
        connection.exec_driver_sql(INSERT, batch)
    for table in ("patient_words", "patient_digits"):
        connection.exec_driver_sql(f"INSERT INTO {table}({table}) VALUES ('rebuild')")
    for statement in triggers:
        connection.exec_driver_sql(statement)
    return made
