"""Backups as people know them: ``services.backup_ports.Backups``."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.domain.ids import Clock
from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.services.backup_ports import (
    HERE,
    SECOND,
    BackupCopy,
    BackupOverview,
    BackupPlan,
    CheckedCopy,
    CopyState,
    MadeBackup,
    Repair,
    RestorePreview,
    SecondPlace,
)
from clinic_desk.store import backup, backup_book, restore_note
from clinic_desk.store.backup_book import Book, Noted, described, listed, note_good, with_noted
from clinic_desk.store.backup_facts import Facts, read_facts
from clinic_desk.store.backup_plan import AHEAD, doomed, parsed
from clinic_desk.store.engine import read_only
from clinic_desk.store.faults import translated
from clinic_desk.store.keys import StoreKey, id_in
from clinic_desk.store.second_place import Hands, same_disk

if TYPE_CHECKING:
    from clinic_desk.domain.events import Actor
    from clinic_desk.services.encryption import SealedBackups
    from clinic_desk.services.ports import Progress

OWN = "clinic-desk"
"""How the clinic's own folder at the second place begins."""


def part(progress: Progress | None, begin: float, end: float) -> Progress | None:
    """The progress of a step that is a share of the whole."""
    if progress is None:
        return None

    def heard(done: int, total: int, sentence: str) -> bool:
        share = begin + (end - begin) * done / max(1, total)
        return progress(round(1000 * share), 1000, sentence)

    return heard


class StoreBackups:
    def __init__(
        self,
        path: Path,
        migrations: Path,
        clock: Clock,
        forget: Callable[[], None],
        unit_of_work: Callable[[Actor], AbstractContextManager[Any]] | None = None,
        hands: Callable[[str], Hands] = Hands,
    ) -> None:
        self._path = path
        self._migrations = migrations
        self._clock = clock
        self._forget = forget
        self._unit_of_work = unit_of_work
        self._hands = hands
        self._folder = backup.folder_of(path)
        self._book = Book(self._folder)

    # what there is

    def now(self) -> datetime:
        return self._clock.now()

    def overview(self, plan: BackupPlan) -> BackupOverview:
        copies = listed(self._folder)
        with suppress(OSError):
            self._folder.parent.mkdir(parents=True, exist_ok=True)
        return BackupOverview(
            folder=str(self._folder),
            copies=copies,
            last_good=self._last(copies),
            clinic_size=self._path.stat().st_size if self._path.exists() else 0,
            free=shutil.disk_usage(self._path.parent).free,
            second=self._second(plan.second),
            sealed=id_in(self._path) is not None,
        )

    def last_good(self) -> datetime | None:
        return self._last(listed(self._folder))

    def unsaved(self) -> bool:
        newest = next((one for one in listed(self._folder) if one.state is CopyState.GOOD), None)
        if newest is None or not newest.events:
            return True
        with translated(self._path.parent), closing(read_only(self._path)) as live:
            now = read_facts(live)
        # as long, and yet not the same: a history that a restore made shorter has grown again
        known = (newest.events, newest.newest, newest.trail)
        return (now.events, now.newest, now.trail) != known

    def plan(self) -> BackupPlan:
        """The one that was last in force."""
        return backup_book.remembered_plan(self._folder)[0]

    def remember(self, plan: BackupPlan) -> None:
        backup_book.remember_plan(self._folder, plan, self._own_name())

    def described(self, source: str) -> BackupCopy:
        path = Path(source)
        backup.check_source(self._path, path)
        told = path.stat()
        known = parsed(path.name)
        with closing(read_only(path)) as connection:
            facts = read_facts(connection)
        at = known[0] if known else datetime.fromtimestamp(told.st_mtime, UTC)
        copy = BackupCopy(str(path), path.name, at, known[1] if known else "", told.st_size)
        noted = Noted(told.st_size, -1, CopyState.GOOD, self._clock.now(), facts)
        return with_noted(copy, noted)

    # making

    def make(self, plan: BackupPlan, why: str, progress: Progress | None = None) -> MadeBackup:
        now = self._clock.now()
        self.remember(plan)
        target = backup.backup_file(self._path, why, now)
        share = 0.6 if plan.second else 1.0
        backup.make(self._path, target, part(progress, 0.0, share))
        copy = self._noted(target)
        backup.clear_leftovers(self._path)
        self._thin(plan, copy.name)
        trouble = ""
        if plan.second:
            try:
                self._send(plan, copy, part(progress, share, 1.0))
            except Fault as fault:
                trouble = fault.sentence
            except Refusal as refusal:
                trouble = refusal.sentence
        return MadeBackup(copy, trouble)

    def _noted(self, target: Path) -> BackupCopy:
        """A copy that was found whole a moment ago."""
        note_good(target, self._clock.now())
        return next(one for one in listed(self._folder) if one.name == target.name)

    def _thin(self, plan: BackupPlan, made: str) -> None:
        gone = doomed(listed(self._folder), plan.kept, self._clock.now(), made)
        for one in gone:
            with suppress(OSError):
                Path(one.path).unlink(missing_ok=True)
        self._book.forget([one.name for one in gone])

    def _last(self, copies: tuple[BackupCopy, ...]) -> datetime | None:
        ahead = self._clock.now() + AHEAD
        sound = (one for one in copies if one.state is not CopyState.BAD and one.made_at <= ahead)
        return next((one.made_at for one in sound), None)

    # the second place

    def _second(self, folder: str) -> SecondPlace:
        if not folder:
            return SecondPlace()
        try:
            with self._hands(folder) as hands:
                told = hands.do("list", folder=folder, own=self._own())
        except Fault as fault:
            return SecondPlace(folder=folder, trouble=fault.sentence)
        return self._place(folder, told)

    def _place(self, folder: str, told: dict[str, Any]) -> SecondPlace:
        files = [
            (str(name), int(size), int(at), bool(plain))
            for name, size, at, plain in told.get("files", ())
        ]
        own = Path(folder) / self._own()
        return SecondPlace(
            folder=folder,
            free=int(told.get("free", -1)),
            same_disk=same_disk(self._path, int(told.get("device", -1))),
            copies=described(files, own, self._book.entries(), SECOND),
        )

    def test(self, folder: str) -> SecondPlace:
        if not folder.strip():
            return SecondPlace()
        try:
            with self._hands(folder) as hands:
                hands.do("test", folder=folder)
                told = hands.do("list", folder=folder, own=self._own())
        except Fault as fault:
            return SecondPlace(folder=folder, trouble=fault.sentence)
        return self._place(folder, told)

    def _send(self, plan: BackupPlan, copy: BackupCopy, progress: Progress | None) -> None:
        folder, own = plan.second, self._own()
        with self._hands(folder) as hands:
            hands.do("send", progress, source=copy.path, folder=folder, own=own)
            noted = self._book.entries().get(copy.name)
            if noted is not None:
                self._book.note(f"2/{copy.name}", replace(noted, changed=-1))
            now = self._clock.now()
            there = self._place(plan.second, hands.do("list", folder=folder, own=own)).copies
            gone = [one.name for one in doomed(there, plan.kept, now, copy.name)]
            if gone:
                hands.do("remove", names=gone, folder=folder, own=own)
                self._book.forget([f"2/{name}" for name in gone])

    def elsewhere(self, folder: str) -> SecondPlace:
        """The second place as it is; one that cannot be used is told, not raised."""
        return self._second(folder)

    def seal_elsewhere(
        self, folder: str, key: StoreKey, progress: Progress | None = None
    ) -> SealedBackups:
        """Puts an encrypted copy in the place of each plain one at the second place. Raises
        ``Fault("second_place")``, ``Refusal("stopped")``."""
        from clinic_desk.store.sealing import seal_there

        with self._hands(folder) as hands:
            now = self._clock.now()
            return seal_there(self._path, hands, folder, self._own(), key, now, progress)

    def drop_elsewhere(self, folder: str) -> int:
        """Overwrites and removes the plain copies at the second place. Raises
        ``Fault("second_place")``."""
        own = self._own()
        with self._hands(folder) as hands:
            there = self._place(folder, hands.do("list", folder=folder, own=own)).copies
            gone = [one.name for one in there if one.plain]
            if gone:
                hands.do("remove", names=gone, folder=folder, own=own, overwrite=True)
                self._book.forget([f"2/{name}" for name in gone])
        return len(gone)

    def _own(self) -> str:
        """The clinic's folder at the second place: several clinics may share one."""
        return self._own_name() or backup_book.remembered_own(self._folder) or OWN

    def _own_name(self) -> str:
        try:
            with closing(read_only(self._path)) as live:
                row = live.execute("SELECT id FROM practice ORDER BY id LIMIT 1").fetchone()
        except (dbapi2.Error, Fault):
            return backup_book.remembered_own(self._folder)
        if row is None:
            return OWN
        return f"{OWN}-{hashlib.sha256(str(row[0]).encode()).hexdigest()[:8]}"

    @contextmanager
    def _at_hand(self, copy: BackupCopy, progress: Progress | None = None) -> Iterator[Path]:
        """The copy on this computer, fetched when it lies at the second place."""
        if copy.place == HERE:
            yield Path(copy.path)
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        fetched = self._folder / f"{self._path.stem}-{os.getpid()}.fetched.restoring"
        try:
            with self._hands(str(Path(copy.path).parent.parent)) as hands:
                hands.do("fetch", progress, source=copy.path, target=str(fetched))
            yield fetched
        finally:
            with suppress(OSError):
                fetched.unlink(missing_ok=True)

    # looking

    def check(self, copy: BackupCopy, progress: Progress | None = None) -> CheckedCopy:
        from clinic_desk.store.backup_looking import findings_in

        key = copy.name if copy.place == HERE else f"2/{copy.name}"
        with self._at_hand(copy, part(progress, 0.0, 0.3)) as path:
            if not path.is_file():
                raise Fault("no_backup", f"The backup {copy.name} is gone.")
            told = path.stat()
            changed = told.st_mtime_ns if copy.place == HERE else -1
            try:
                facts = backup.check(path)
            except Fault as fault:
                if fault.code != "bad_backup":
                    raise
                bad = Noted(told.st_size, changed, CopyState.BAD, self._clock.now(), None)
                self._book.note(key, bad)
                return CheckedCopy(with_noted(copy, bad), (fault.sentence,))
            found = findings_in(self._path, self._migrations, path, part(progress, 0.3, 1.0))
        good = Noted(told.st_size, changed, CopyState.GOOD, self._clock.now(), facts)
        self._book.note(key, good)
        return CheckedCopy(with_noted(copy, good), tuple(one.sentence for one in found))

    def preview(self, copy: BackupCopy, progress: Progress | None = None) -> RestorePreview:
        from clinic_desk.store.backup_looking import compared

        with self._at_hand(copy, progress) as path:
            backup.check_source(self._path, path)
            return compared(self._path, path, copy)

    # restoring

    def restore(
        self,
        copy: BackupCopy,
        reason: str,
        actor: Actor | None,
        progress: Progress | None = None,
        *,
        who: str = "",
    ) -> str:
        """``who``: the name of somebody who was asked elsewhere, without an ``actor``."""
        if actor is not None and not actor.may(Permission.BACKUP):
            raise Refusal("not_allowed", may_not(actor.role, Permission.BACKUP))
        from clinic_desk.store.maintenance import restore

        with self._at_hand(copy, part(progress, 0.0, 0.3)) as source:
            backup.check_source(self._path, source)
            who = actor.name if actor is not None else who
            now = self._clock.now()
            restore_note.begin(self._path, Path(copy.name), reason, who, now)
            try:
                kept = restore(
                    self._path,
                    self._migrations,
                    self._clock,
                    source,
                    self._forget,
                    part(progress, 0.3, 1.0),
                )
            except BaseException:
                restore_note.drop(self._path)
                raise
        restore_note.done(self._path, kept)
        self._forget()
        if actor is not None:
            self.settle(actor)
        return "" if kept is None else str(kept)

    def settle(self, actor: Actor) -> bool:
        """Tells the audit trail of a restore that could not be told there before."""
        if self._unit_of_work is None:
            return False
        return restore_note.settle(self._path, actor, self._unit_of_work)

    def repair(self, progress: Progress | None = None) -> tuple[Repair, ...]:
        from clinic_desk.store.repair import repair

        return repair(self._path, self._clock, progress, forget=self._forget)


def newest_good(path: Path) -> BackupCopy | None:
    """The newest copy here that nobody found bad."""
    return next(
        (one for one in listed(backup.folder_of(path)) if one.state is not CopyState.BAD), None
    )


def facts_of(path: Path) -> Facts | None:
    """None for what cannot be read."""
    try:
        with closing(read_only(path)) as connection:
            return read_facts(connection)
    except (dbapi2.Error, LookupError, Fault):
        return None
