"""Sessions: those of a transaction under way, and ``SqlSessions`` with transactions of its own,
which is closed when the file does not answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import ClinicDeskError, Fault, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.store.direct import fetch, fetch_one, run
from clinic_desk.store.engine import connect
from clinic_desk.store.faults import translated

if TYPE_CHECKING:
    from clinic_desk.domain.staff import StaffSession

COLUMNS = (
    "id, staff_id, desk_id, desk_name, issued_at, seen_at, expires_at, revoked_at, revoked_by,"
    " reason"
)


def session_in(row: Sequence[Any]) -> StaffSession:
    from clinic_desk.domain.staff import StaffSession

    return StaffSession(
        id=row[0],
        staff_id=row[1],
        desk_id=row[2],
        desk_name=row[3],
        issued_at=from_epoch(row[4]),
        seen_at=from_epoch(row[5]),
        expires_at=from_epoch(row[6]),
        revoked_at=None if row[7] is None else from_epoch(row[7]),
        revoked_by=row[8],
        reason=row[9],
    )


def end_all(path: Path, now: datetime) -> None:
    """In a backup that is about to be restored: a session that was ended since must not come to
    life with it, and nobody goes on as somebody who has no account there."""
    from clinic_desk.services.sessions import RESTORED

    with closing(connect(path, write=True)) as file:
        file.execute(
            "UPDATE staff_session SET revoked_at = ?, reason = ? WHERE revoked_at IS NULL",
            (epoch(now), RESTORED),
        )


class TransactionSessions:
    """See ``services.staff_ports.SessionStore``; inside a transaction that was begun elsewhere."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def remember(self, session: StaffSession) -> None:
        names = [name.strip() for name in COLUMNS.split(",")]
        kept = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
        written = run(
            self._connection,
            f"INSERT INTO staff_session ({COLUMNS}) VALUES ({', '.join('?' * len(names))})"
            f" ON CONFLICT (id) DO UPDATE SET {kept} WHERE revoked_at IS NULL",
            (
                session.id,
                session.staff_id,
                session.desk_id,
                session.desk_name,
                epoch(session.issued_at),
                epoch(session.seen_at),
                epoch(session.expires_at),
                None if session.revoked_at is None else epoch(session.revoked_at),
                session.revoked_by,
                session.reason,
            ),
        )
        if not written:
            from clinic_desk.services.sessions import NOBODY

            raise Refusal("logged_out", NOBODY)

    def is_active(self, session_id: Id, now: datetime) -> bool:
        row = fetch_one(
            self._connection,
            f"SELECT {COLUMNS} FROM staff_session WHERE id = ?",
            (session_id,),
        )
        return row is not None and session_in(row).active_at(now)

    def active(self, now: datetime) -> tuple[StaffSession, ...]:
        rows = fetch(
            self._connection,
            f"SELECT {COLUMNS} FROM staff_session WHERE expires_at > ? AND revoked_at IS NULL"
            " ORDER BY issued_at, id",
            (epoch(now),),
        )
        return tuple(one for one in map(session_in, rows) if one.active_at(now))

    def revoke(self, session_id: Id, by: Id, now: datetime, reason: str = "") -> bool:
        counts = self.is_active(session_id, now)
        run(
            self._connection,
            "UPDATE staff_session SET revoked_at = ?, revoked_by = ?, reason = ?"
            " WHERE id = ? AND revoked_at IS NULL",
            (epoch(now), by, reason, session_id),
        )
        return counts

    def revoke_all(
        self, staff_id: Id, by: Id, now: datetime, reason: str = "", but: Id = ""
    ) -> int:
        theirs = fetch(
            self._connection,
            f"SELECT {COLUMNS} FROM staff_session"
            " WHERE staff_id = ? AND revoked_at IS NULL AND id <> ?",
            (staff_id, but),
        )
        run(
            self._connection,
            "UPDATE staff_session SET revoked_at = ?, revoked_by = ?, reason = ?"
            " WHERE staff_id = ? AND revoked_at IS NULL AND id <> ?",
            (epoch(now), by, reason, staff_id, but),
        )
        return sum(session_in(row).active_at(now) for row in theirs)

    def purge(self, now: datetime) -> int:
        from clinic_desk.services.sessions import PAST_KEPT

        return run(
            self._connection,
            "DELETE FROM staff_session WHERE min(ifnull(revoked_at, expires_at), expires_at) <= ?",
            (epoch(now - PAST_KEPT),),
        )

    def seen(self, session_id: Id, now: datetime) -> None:
        run(
            self._connection,
            "UPDATE staff_session SET seen_at = ? WHERE id = ?",
            (epoch(now), session_id),
        )


class SqlSessions:
    """See ``services.staff_ports.SessionStore``; each call is a transaction of its own. Whatever
    keeps the file from answering, nobody is active; the other calls raise ``Fault``."""

    def __init__(self, path: Path, reader: Engine, writer: Engine) -> None:
        self._path = path
        self._reader = reader
        self._writer = writer

    @contextmanager
    def _within(self, engine: Engine) -> Iterator[TransactionSessions]:
        if not self._path.exists():
            raise Fault("cannot_open", f"The clinic's file {self._path.name} is gone.")
        with translated(self._path.parent), engine.connect() as connection, connection.begin():
            yield TransactionSessions(connection)

    def remember(self, session: StaffSession) -> None:
        with self._within(self._writer) as sessions:
            sessions.remember(session)

    def is_active(self, session_id: Id, now: datetime) -> bool:
        try:
            with self._within(self._reader) as sessions:
                return sessions.is_active(session_id, now)
        except (ClinicDeskError, SQLAlchemyError, dbapi2.Error, OSError):
            return False

    def active(self, now: datetime) -> tuple[StaffSession, ...]:
        with self._within(self._reader) as sessions:
            return sessions.active(now)

    def revoke(self, session_id: Id, by: Id, now: datetime, reason: str = "") -> bool:
        with self._within(self._writer) as sessions:
            return sessions.revoke(session_id, by, now, reason)

    def revoke_all(
        self, staff_id: Id, by: Id, now: datetime, reason: str = "", but: Id = ""
    ) -> int:
        with self._within(self._writer) as sessions:
            return sessions.revoke_all(staff_id, by, now, reason, but)

    def seen(self, session_id: Id, now: datetime) -> None:
        with self._within(self._writer) as sessions:
            sessions.seen(session_id, now)

    def purge(self, now: datetime) -> int:
        with self._within(self._writer) as sessions:
            return sessions.purge(now)
