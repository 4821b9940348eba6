"""Statements straight to the driver, on SQLAlchemy's connection and inside its transaction.

SQLAlchemy keeps engine, pool and transaction. Its row objects and statement contexts, though, cost
more than SQLite itself when a range has thousands of rows or a booking a dozen small statements,
so the hot paths go past them. Errors are the driver's own; ``faults`` knows both kinds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection


def driver_of(connection: Connection) -> Any:
    """The driver's connection; a transaction must have been begun."""
    return connection.connection.driver_connection


def fetch(connection: Connection, sql: str, values: Sequence[object] = ()) -> list[Any]:
    """All rows, as plain tuples."""
    found: list[Any] = driver_of(connection).execute(sql, tuple(values)).fetchall()
    return found


def fetch_one(connection: Connection, sql: str, values: Sequence[object] = ()) -> Any | None:
    """The first row as a plain tuple, or None."""
    return driver_of(connection).execute(sql, tuple(values)).fetchone()


def insert(connection: Connection, sql: str, values: Sequence[object] = ()) -> int:
    """Executes an INSERT; the rowid of the (last) row it added."""
    return int(driver_of(connection).execute(sql, tuple(values)).lastrowid)


def run(connection: Connection, sql: str, values: Sequence[object] = ()) -> int:
    """Executes a write; how many rows it changed."""
    return int(driver_of(connection).execute(sql, tuple(values)).rowcount)
