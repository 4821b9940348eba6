"""Statements straight to the driver, inside the transaction of the engine's connection.

For ranges of thousands of rows, and for the dozen small statements of a booking. Errors are the
driver's own; ``faults`` knows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clinic_desk.store.engine import Connection


def driver_of(connection: Connection) -> Any:
    """The driver's connection; a transaction must have been begun."""
    return connection.driver


def fetch(connection: Connection, sql: str, values: Sequence[object] = ()) -> list[Any]:
    """All rows, as plain tuples."""
    found: list[Any] = connection.driver.execute(sql, tuple(values)).fetchall()
    return found


def fetch_one(connection: Connection, sql: str, values: Sequence[object] = ()) -> Any | None:
    """The first row as a plain tuple, or None."""
    return connection.driver.execute(sql, tuple(values)).fetchone()


def run(connection: Connection, sql: str, values: Sequence[object] = ()) -> int:
    """Executes a write; how many rows it changed."""
    return int(connection.driver.execute(sql, tuple(values)).rowcount)
