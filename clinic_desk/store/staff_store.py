"""Accounts' secrets, and what one session is: the part of a unit of work that is not in the
journal. Nothing here is undone, and no event tells of a hash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.store.direct import fetch_one, run
from clinic_desk.store.staff_sessions import COLUMNS as SESSION
from clinic_desk.store.staff_sessions import TransactionSessions, session_in

if TYPE_CHECKING:
    from clinic_desk.domain.events import Actor
    from clinic_desk.domain.staff import Staff
    from clinic_desk.services.staff_ports import Seat, StoredSecret

SECRET = (
    "staff_id, kind, hash, changed_at, must_change, recovery_hash, recovery_made_at, failures,"
    " failed_at, wait_until"
)


@cache
def columns_of(alias: str, columns: str) -> str:
    return ", ".join(f"{alias}.{name.strip()}" for name in columns.split(","))


def instant(value: Any) -> datetime | None:
    return None if value is None else from_epoch(value)


def _seconds(value: datetime | None) -> int | None:
    return None if value is None else epoch(value)


def staff_in(row: Sequence[Any]) -> Staff:
    from clinic_desk.domain.staff import Staff
    from clinic_desk.store.mapping import mapper

    return mapper(Staff).from_row(row)


@cache
def staff_columns(alias: str) -> str:
    from clinic_desk.domain.staff import Staff
    from clinic_desk.store.mapping import mapper

    return ", ".join(f"{alias}.{name}" for name in mapper(Staff).columns)


def note_actor(connection: Connection, actor: Actor, now: int) -> None:
    """What the person and the desk are called; ``now`` is when the desk was seen."""
    run(
        connection,
        "INSERT INTO actor (id, name) VALUES (?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        (actor.staff_id, actor.name),
    )
    if actor.desk_id and actor.kind == "staff":  # whoever fills a demo sits at no desk
        run(
            connection,
            "INSERT INTO desk (id, name, last_seen) VALUES (?, ?, ?) ON CONFLICT (id)"
            " DO UPDATE SET name = excluded.name, last_seen = excluded.last_seen",
            (actor.desk_id, actor.desk_name, now),
        )


def has_accounts(connection: Connection) -> bool:
    row = fetch_one(connection, "SELECT EXISTS (SELECT 1 FROM staff)")
    return bool(row and row[0])


def read_seat(connection: Connection, session_id: Id) -> Seat:
    from clinic_desk.services.staff_ports import Seat

    row = fetch_one(
        connection,
        f"SELECT EXISTS (SELECT 1 FROM staff), r.name, {columns_of('t', SESSION)},"
        f" {staff_columns('s')}"
        " FROM (SELECT 1) LEFT JOIN staff_session t ON t.id = ?"
        " LEFT JOIN staff s ON s.id = t.staff_id LEFT JOIN staff r ON r.id = t.revoked_by",
        (session_id,),
    )
    if row is None or row[2] is None:
        return Seat(accounts=bool(row and row[0]))
    return Seat(
        accounts=bool(row[0]),
        session=session_in(row[2:12]),
        staff=staff_in(row[12:]),
        ended_by=row[1] or "",
    )


class StaffWriting:
    """See ``services.staff_ports.StaffWork``."""

    _connection: Connection

    @property
    def sessions(self) -> TransactionSessions:
        return TransactionSessions(self._connection)

    def has_accounts(self) -> bool:
        return has_accounts(self._connection)

    def seat(self, session_id: Id) -> Seat:
        return read_seat(self._connection, session_id)

    def secret(self, staff_id: Id) -> StoredSecret | None:
        row = fetch_one(
            self._connection, f"SELECT {SECRET} FROM staff_secret WHERE staff_id = ?", (staff_id,)
        )
        return None if row is None else secret_in(row)

    def save_secret(self, secret: StoredSecret) -> None:
        names = [name.strip() for name in SECRET.split(",")]
        kept = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
        run(
            self._connection,
            f"INSERT INTO staff_secret ({SECRET}) VALUES ({', '.join('?' * len(names))})"
            f" ON CONFLICT (staff_id) DO UPDATE SET {kept}",
            (
                secret.staff_id,
                str(secret.kind),
                secret.phc,
                epoch(secret.changed_at),
                int(secret.must_change),
                secret.recovery_phc,
                _seconds(secret.recovery_made_at),
                secret.failures,
                _seconds(secret.failed_at),
                _seconds(secret.wait_until),
            ),
        )


def secret_in(row: Sequence[Any]) -> StoredSecret:
    from clinic_desk.domain.staff import SecretKind
    from clinic_desk.services.staff_ports import StoredSecret

    return StoredSecret(
        staff_id=row[0],
        kind=SecretKind(row[1]),
        phc=row[2],
        changed_at=from_epoch(row[3]),
        must_change=bool(row[4]),
        recovery_phc=row[5],
        recovery_made_at=instant(row[6]),
        failures=row[7],
        failed_at=instant(row[8]),
        wait_until=instant(row[9]),
    )
