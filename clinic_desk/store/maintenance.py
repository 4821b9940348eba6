"""Backup, restore, verify: ``services.ports.Maintenance``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.ids import Clock
from clinic_desk.services.views import Finding
from clinic_desk.store import backup
from clinic_desk.store.engine import reader_engine
from clinic_desk.store.faults import translated
from clinic_desk.store.searchable import rebuild
from clinic_desk.store.upgrade import ensure_current, trail_begun

if TYPE_CHECKING:
    from clinic_desk.domain.events import Actor
    from clinic_desk.services.ports import Progress
    from clinic_desk.store.backups import StoreBackups
    from clinic_desk.store.unit_of_work import SqlUnitOfWork


def restore(
    path: Path,
    migrations: Path,
    clock: Clock,
    source: Path,
    before: Callable[[], None] = lambda: None,
    progress: Progress | None = None,
) -> Path | None:
    """Puts a backup in the place of the clinic's file, which need not be one that can be opened;
    answers where what was there is kept. ``before`` closes this process's connections.

    The backup is copied first, and the copy upgraded and its rules checked: one that a newer
    program made, or whose rules are not ours, must not take the place of a clinic that works.
    Raises ``Fault`` or ``Refusal``; then the data is as it was.
    """
    # no part of the start
    from clinic_desk.store.restoring import put_in_place
    from clinic_desk.store.staff_sessions import end_all

    backup.check_source(path, source)
    with translated(), backup.staged(path, source) as copy:
        try:
            ensure_current(copy, migrations, lambda _label: copy, finish=trail_begun(clock))
        except Fault as fault:
            raise Fault(
                fault.code, f"The backup {source.name} was not used: {fault.sentence}"
            ) from fault
        end_all(copy, clock.now())
        return put_in_place(path, copy, clock.now(), before, progress)


class StoreMaintenance:
    def __init__(
        self,
        path: Path,
        migrations: Path,
        clock: Clock,
        writer: Engine,
        forget: Callable[[], None],
        unit_of_work: Callable[[Actor], AbstractContextManager[SqlUnitOfWork]],
    ) -> None:
        self._path = path
        self._migrations = migrations
        self._clock = clock
        self._writer = writer
        self._forget = forget
        self._unit_of_work = unit_of_work

    def verify(self, progress: Progress | None = None, head: str = "") -> list[Finding]:
        """Every difference found, in one snapshot of the file; writing goes on meanwhile, but for
        the moment in which the search index is compared. The progress may stop it; what was found
        so far is answered. ``head`` is a fingerprint of the audit trail that somebody noted,
        "seq:hash"; raises ``Refusal("bad_head")`` for what is none."""
        going_on = True

        def heard(done: int, total: int, sentence: str) -> bool:
            nonlocal going_on
            going_on = progress is None or progress(done, total, sentence)
            return going_on

        # A connection of its own: SQLite's check of a full-text index trusts what an older
        # connection remembers of it, and takes an index rebuilt meanwhile for a damaged one.
        fresh = reader_engine(self._path)
        # no part of the start
        from clinic_desk.store import verify
        from clinic_desk.store.audit_anchor import Anchor

        # before the snapshot: the trail may grow meanwhile
        noted = Anchor(self._path).witnesses(head)

        with translated():
            try:
                with fresh.connect() as connection, connection.begin():
                    found = verify.verify(connection, heard, noted)
            finally:
                fresh.dispose()
            if going_on:
                with self._writer.connect() as connection, connection.begin() as transaction:
                    found += verify.check_indexes(connection)
                    transaction.rollback()
        return found

    def backup(self, target: str | None = None) -> str:
        """Without a target beside the file, and at the second place of the plan, where the old
        ones go by the plan. Raises ``Fault``."""
        if target is not None:
            return str(backup.make(self._path, Path(target)))
        from clinic_desk.services.backup_ports import MANUAL

        made = self.backups.make(self.backups.plan(), MANUAL)
        return made.copy.path

    @property
    def backups(self) -> StoreBackups:
        from clinic_desk.store.backups import StoreBackups  # no part of the start

        return StoreBackups(
            self._path, self._migrations, self._clock, self._forget, self._unit_of_work
        )

    def restore(self, source: str) -> str:
        """Replaces the clinic's data by a backup, which is checked first and upgraded when an
        older program made it; answers the path of the safety copy of what was there. Every open
        view must load anew. Raises ``Fault``; then the data is as it was."""
        made = restore(self._path, self._migrations, self._clock, Path(source), self._forget)
        self._forget()
        return "" if made is None else str(made)

    def wrong_messages(self) -> int:
        """How many messages that wait are out of place, or say what is no longer so."""
        from clinic_desk.store.message_check import check_messages  # no part of the start

        with translated(), self._writer.connect() as connection, connection.begin() as transaction:
            number = sum(1 for _ in check_messages(connection))
            transaction.rollback()
        return number

    def rebuild_search(self) -> int:
        """Makes the search index anew; how many patients can be found."""
        with translated(), self._writer.begin() as connection:
            return rebuild(connection)
