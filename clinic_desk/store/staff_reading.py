"""What is read of accounts and sessions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import from_epoch
from clinic_desk.store.direct import fetch
from clinic_desk.store.staff_sessions import TransactionSessions
from clinic_desk.store.staff_store import (
    SECRET,
    columns_of,
    has_accounts,
    instant,
    read_seat,
    secret_in,
    staff_columns,
    staff_in,
)

if TYPE_CHECKING:
    from clinic_desk.services.staff_ports import Seat, SessionCard, StaffCard, StaffTile


class StaffReading(ABC):
    """See ``services.staff_ports.StaffQueries``."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _now(self) -> datetime: ...

    @abstractmethod
    def _here(self) -> Id: ...

    def has_accounts(self) -> bool:
        with self._reading() as connection:
            return has_accounts(connection)

    def seat(self, session_id: Id) -> Seat:
        with self._reading() as connection:
            return read_seat(connection, session_id)

    def staff(self) -> tuple[StaffCard, ...]:
        from clinic_desk.domain.staff import SecretKind
        from clinic_desk.services.staff_ports import StaffCard

        now = self._now()
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"SELECT d.name, c.kind, c.must_change, c.changed_at, c.recovery_hash,"
                f" {staff_columns('s')} FROM staff s LEFT JOIN doctor d ON d.id = s.doctor_id"
                " LEFT JOIN staff_secret c ON c.staff_id = s.id WHERE s.deleted_at IS NULL"
                " ORDER BY s.active DESC, lower(s.name), s.id",
            )
            standing = TransactionSessions(connection).active(now)
            seen = fetch(
                connection,
                "SELECT staff_id, max(seen_at), desk_name FROM staff_session GROUP BY staff_id",
            )
        last = {staff_id: (from_epoch(at), desk) for staff_id, at, desk in seen}
        cards = []
        for row in rows:
            staff = staff_in(row[5:])
            at, desk = last.get(staff.id, (None, ""))
            cards.append(
                StaffCard(
                    staff=staff,
                    doctor_name=row[0] or "",
                    kind=None if row[1] is None else SecretKind(row[1]),
                    must_change=bool(row[2]),
                    changed_at=instant(row[3]),
                    recovery=bool(row[4]),
                    sessions=sum(one.staff_id == staff.id for one in standing),
                    seen_at=at,
                    seen_desk=desk,
                )
            )
        return tuple(cards)

    def staff_tiles(self) -> tuple[StaffTile, ...]:
        from clinic_desk.services.log_in_delay import seconds_left
        from clinic_desk.services.staff_ports import StaffTile

        now = self._now()
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"SELECT h.at, {columns_of('c', SECRET)}, {staff_columns('s')} FROM staff s"
                " JOIN staff_secret c ON c.staff_id = s.id"
                " LEFT JOIN (SELECT staff_id, max(issued_at) AS at FROM staff_session"
                " WHERE desk_id = ? GROUP BY staff_id) h ON h.staff_id = s.id"
                " WHERE s.deleted_at IS NULL AND s.active ORDER BY lower(s.name), s.id",
                (self._here(),),
            )
        tiles = []
        for row in rows:
            secret, staff = secret_in(row[1:11]), staff_in(row[11:])
            tiles.append(
                StaffTile(
                    id=staff.id,
                    name=staff.name,
                    log_in=staff.log_in,
                    role=staff.role,
                    colour=staff.colour,
                    language=staff.language,
                    doctor_id=staff.doctor_id,
                    kind=secret.kind,
                    must_change=secret.must_change,
                    recovery=bool(secret.recovery_phc),
                    seconds=seconds_left(secret, now),
                    here_at=instant(row[0]),
                )
            )
        return tuple(tiles)

    def staff_sessions(self) -> tuple[SessionCard, ...]:
        from clinic_desk.domain.permissions import Role
        from clinic_desk.services.staff_ports import SessionCard

        with self._reading() as connection:
            names = {
                row_id: (name, role)
                for row_id, name, role in fetch(connection, "SELECT id, name, role FROM staff")
            }
            standing = TransactionSessions(connection).active(self._now())
        return tuple(
            SessionCard(session=one, name=names[one.staff_id][0], role=Role(names[one.staff_id][1]))
            for one in reversed(standing)
        )
