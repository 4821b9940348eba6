"""The front door: ``open_store(path, migrations, clock, new_id)`` answers a ``ClinicStore``.

store = open_store(folder / "clinic.db", migrations, clock, new_id)
with store.unit_of_work(actor) as work: …; work.commit()
store.queries.calendar(first, last)
store.maintenance.verify()
store.close()
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.pool import Pool

from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Clock, Id, IdFactory
from clinic_desk.store import backup
from clinic_desk.store.engine import Door, check_runtime, reader_engine, writer_engine
from clinic_desk.store.faults import translated
from clinic_desk.store.keys import StoreKey, has_leftovers
from clinic_desk.store.maintenance import StoreMaintenance
from clinic_desk.store.readers import SqlQueries
from clinic_desk.store.rosters import RosterCache
from clinic_desk.store.upgrade import ensure_current, trail_begun

if TYPE_CHECKING:
    from clinic_desk.store.audit_anchor import Anchor
    from clinic_desk.store.staff_sessions import SqlSessions
    from clinic_desk.store.unit_of_work import SqlUnitOfWork

DRAIN_SECONDS = 30.0
"""How long ``ClinicStore.alone`` waits for what this process has begun."""


class ClinicStore:
    """One clinic's file, open. Safe from several threads; writers queue for one connection.

    ``queries`` reads, ``maintenance`` verifies, backs up and restores.
    """

    def __init__(
        self, path: Path, migrations: Path, clock: Clock, new_id: IdFactory, desk_id: Id
    ) -> None:
        self.path = path
        self._clock = clock
        self._new_id = new_id
        self._desk_id = desk_id
        self._rosters = RosterCache()
        self._known_actors: dict[Id, str] = {}
        self._anchor: Anchor | None = None
        self.door = Door()
        self._left: list[Pool] = []
        self._writer = writer_engine(path, self.door)
        self._reader = reader_engine(path, self.door)
        self.queries = SqlQueries(
            self._reader,
            path,
            clock,
            self._rosters,
            lambda: self._desk_id,
            lambda: backup.latest(path),
            self.door,
        )
        self.maintenance = StoreMaintenance(
            path, migrations, clock, self._writer, self.forget, self.unit_of_work
        )

    @property
    def sessions(self) -> SqlSessions:
        """Who is logged in; see ``services.staff_ports.SessionStore``."""
        from clinic_desk.store.staff_sessions import SqlSessions  # no part of the start

        return SqlSessions(self.path, self._reader, self._writer)

    @contextmanager
    def unit_of_work(self, actor: Actor, initiator: str = "") -> Iterator[SqlUnitOfWork]:
        """Begins at once, rolls back unless committed. Raises ``Fault("busy")`` when another
        thread or program keeps the file for more than ten seconds."""
        # no part of the start
        from clinic_desk.store.audit_anchor import Anchor
        from clinic_desk.store.unit_of_work import SqlUnitOfWork

        if self._anchor is None:
            self._anchor = Anchor(self.path)
        if not self._desk_id:
            self._desk_id = actor.desk_id
        dropped: tuple[int, ...] = ()
        with translated(self.path.parent), self._writer.connect() as connection:
            connection.begin()
            work = SqlUnitOfWork(
                connection,
                actor,
                initiator,
                self._clock.now(),
                self._new_id,
                self._rosters,
                self._known_actors,
                self._anchor,
            )
            try:
                yield work
            except ClinicDeskError:
                dropped = work.after_rollback()
                raise
            finally:
                if not work.committed:
                    connection.rollback()
                    if dropped:
                        self._drop_steps(connection, dropped)

    @staticmethod
    def _drop_steps(connection: Connection, seqs: tuple[int, ...]) -> None:
        """A step that can never be undone any more makes room for the one before it."""
        with connection.begin():
            connection.exec_driver_sql(
                "UPDATE undo_record SET state = 'dropped'"
                " WHERE seq IN (SELECT value FROM json_each(?))",
                (json.dumps(seqs),),
            )

    def forget(self) -> None:
        """Closes every connection and cache: the file's content is about to be replaced."""
        self.queries.close()
        for engine in (self._writer, self._reader):
            self._left.append(engine.pool)
            engine.dispose()
        # who had one of an older pool gives it back there
        for pool in self._left:
            pool.dispose()
        self._rosters.clear()
        self._known_actors.clear()
        if self._anchor is not None:
            self._anchor.forget()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Inside the block no thread of this process has the file open; whoever asks waits until
        its end and then meets what lies there. The caller must hold no connection.

        Raises ``Fault("busy")`` when somebody keeps one for more than thirty seconds."""
        until = monotonic() + DRAIN_SECONDS
        try:
            while not self._emptied():
                # Who holds one connection may need a second to come to an end: a door that stayed
                # closed would wait for them for ever.
                self.door.open()
                if monotonic() > until:
                    raise Fault(
                        "busy",
                        "The program is still working with the clinic's file. "
                        "Nothing was changed; try again in a moment.",
                    )
                sleep(0.01)
            yield
        finally:
            self.door.open()

    def _emptied(self) -> bool:
        """Closes the door; whether nobody has a connection."""
        self.door.close()
        self.forget()
        return self.door.is_empty

    def close(self) -> None:
        """After this the store is not used any more."""
        if self._anchor is not None and self._anchor.behind:
            with (
                suppress(Fault),
                translated(),
                self._reader.connect() as connection,
                connection.begin(),
            ):
                self._anchor.catch_up(connection, self._clock.now())
        self.forget()


def open_store(
    path: Path,
    migrations: Path,
    clock: Clock,
    new_id: IdFactory,
    *,
    desk_id: Id = "",
    key: StoreKey | None = None,
) -> ClinicStore:
    """Opens the clinic's file, makes it when there is none, upgrades it after a backup.

    ``migrations`` is the folder with ``env.py``, wherever it is bundled. ``desk_id`` says whose
    settings of scope "desk" the queries read; without it, those of the first actor that writes.
    ``key`` encrypts a file that is made now; one that is there says itself which key it needs.
    Raises ``Fault``: "old_sqlite", "newer_file", "foreign_file", "foreign_triggers", "read_only",
    "disk_full", "busy", "corrupt", "not_a_database", "cannot_open", "no_migrations",
    "no_key", "locked_store".
    """
    check_runtime()
    with translated(path.parent):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Fault(
                "cannot_open",
                f"The folder {path.parent} could not be made ({error.strerror or error}). "
                "Choose another folder with --data.",
            ) from error

        def safe_copy(label: str) -> Path:
            return backup.make(path, backup.backup_file(path, label, clock.now()))

        if has_leftovers(path):
            from clinic_desk.store.conversion import clear_leftovers  # after a crash alone

            clear_leftovers(path)
        ensure_current(path, migrations, safe_copy, key=key, finish=trail_begun(clock))
    return ClinicStore(path, migrations, clock, new_id, desk_id)
