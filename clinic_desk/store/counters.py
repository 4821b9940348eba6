"""Numbers that only go up, kept with the transaction that takes them."""

from __future__ import annotations

from sqlalchemy import Connection

from clinic_desk.store.direct import fetch

_COUNT = (
    "INSERT INTO counter (name, value) VALUES (?, 1)"
    " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
)


def count_on(connection: Connection, name: str) -> int:
    """The counter's next value, from 1."""
    return int(fetch(connection, _COUNT, (name,))[0][0])
