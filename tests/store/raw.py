"""Raw SQL against the file, as a program that knows nothing of this one would write it."""

from __future__ import annotations

from typing import Any

from sqlcipher3 import dbapi2

from clinic_desk.domain.appointments import Appointment
from clinic_desk.store.mapping import mapper
from tests.store.clinic import visit

COLUMNS = mapper(Appointment).columns
FIELDS = mapper(Appointment).fields


def raw_values(row: Appointment, **columns: Any) -> dict[str, Any]:
    """Column values of a row that nobody stamped; ``columns`` override."""
    values: dict[str, Any] = dict(zip(COLUMNS, mapper(Appointment).to_row(row), strict=True))
    values.update(revision=1, created_at=0, updated_at=0, created_op="x", updated_op="x")
    values.update(columns)
    return values


def insert(connection: Any, values: dict[str, Any], verb: str = "INSERT", tail: str = "") -> int:
    """Runs the insert; how many rows it changed. Errors are the driver's own."""
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    sql = f"{verb} INTO appointment ({names}) VALUES ({marks}) {tail}"
    return int(connection.execute(sql, tuple(values.values())).rowcount)


def open_raw(path: object) -> Any:
    connection = dbapi2.connect(str(path), isolation_level=None, timeout=60)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def raw_visit(row_id: str, at: int = 0, minutes: int = 30, **values: Any) -> dict[str, Any]:
    columns = {key: values.pop(key) for key in tuple(values) if key in ("updated_op", "start_at")}
    return raw_values(visit(row_id, at, minutes, **values), **columns)
