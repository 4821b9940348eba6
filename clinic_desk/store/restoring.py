"""Putting a backup in the place of the clinic's file, so that whatever happens on the way, the old
or the new content is there, whole, and the old one is kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinic_desk.domain.errors import Fault
from clinic_desk.store import backup
from clinic_desk.store.backup_book import note_good
from clinic_desk.store.engine import connect, read_only
from clinic_desk.store.faults import translated
from clinic_desk.store.guards import ROSTER_KEY
from clinic_desk.store.keys import key_of

if TYPE_CHECKING:
    from clinic_desk.services.ports import Progress

NEW = ".restored"
"""Ending of a whole new file that is about to take the clinic's place."""
STEP = 16
"""Pages between two looks at the progress; every clinic's file has more."""
BEFORE = "before-restore"
TRIES = 5


class _Overtaken(Exception):
    """Somebody has written since the safety copy."""


def put_in_place(
    path: Path,
    source: Path,
    now: datetime,
    before: Callable[[], None],
    progress: Progress | None = None,
) -> Path | None:
    """Puts ``source``, a copy of ours in this program's format, in the place of the live file;
    answers the safety copy of what was there, None where there was nothing.

    ``before`` closes this process's connections. Over a live file that works the content is
    copied through SQLite in one transaction: another process that has the file open sees the old
    or the new content, never a mixture, and what it wrote after the safety copy was made has the
    copy made anew. A file damaged beyond reading stays until a whole new one takes its name; it is
    kept, word for word. Raises ``Fault`` and leaves the live file as it was.
    """
    backup.check(source)
    if not path.exists():
        before()
        exchange(path, source)
        return None
    for _ in range(TRIES):
        try:
            with translated(path.parent), closing(connect(path, write=False)) as watcher:
                seen = _version(watcher)
                kept = backup.make(path, backup.backup_file(path, BEFORE, now), progress)
                before()
                try:
                    _overwrite(path, source, partial(_differs, watcher, seen))
                except _Overtaken:
                    kept.unlink(missing_ok=True)
                    continue
                with suppress(OSError):
                    note_good(kept, now)
                return kept
        except Fault as fault:
            if fault.code not in backup.DAMAGED:
                raise
        before()
        damaged = backup.backup_file(path, "damaged", now, ".damaged")
        _keep_aside(path, damaged)
        exchange(path, source)
        return damaged
    raise Fault(
        "busy",
        "The other desks save so often that no moment was found to restore the backup. Nothing "
        "was changed. Close the program at the other desks and try again.",
    )


def _differs(watcher: Any, seen: int) -> bool:
    return _version(watcher) != seen


def _version(connection: Any) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _overwrite(path: Path, source: Path, overtaken: Callable[[], bool]) -> None:
    looked = False

    def step(_state: int, _left: int, _whole: int) -> None:
        # from the first page on nobody else can write
        nonlocal looked
        if not looked and overtaken():
            raise _Overtaken
        looked = True

    with translated(path.parent), closing(connect(path, write=False)) as live:
        roster = _roster_version(live)
    with closing(connect(source, write=True)) as own:
        _raise_roster(own, roster)
    with (
        translated(path.parent),
        closing(read_only(source)) as incoming,
        closing(connect(path, write=True, key=key_of(source))) as live,
    ):
        incoming.backup(live, pages=STEP, progress=step, sleep=0.05)
        live.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _raise_roster(live: Any, version: int) -> None:
    """Another program may keep the roster of a version that the backup has reached again with
    other content: the count never goes back."""
    live.execute(
        "UPDATE meta SET v = max(CAST(v AS INTEGER), ?) + 1 WHERE k = ?", (version, ROSTER_KEY)
    )


def _roster_version(live: Any) -> int:
    if live.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is None:
        return 0
    row = live.execute("SELECT v FROM meta WHERE k = ?", (ROSTER_KEY,)).fetchone()
    return int(row[0]) if row else 0


def _keep_aside(path: Path, target: Path) -> None:
    """A second name where the disk knows such: that takes no room. Otherwise a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for end in ("-wal", "-shm", ""):
        old, new = path.with_name(path.name + end), target.with_name(target.name + end)
        if not old.exists():
            continue
        try:
            os.link(old, new)
        except OSError:
            shutil.copyfile(old, new)
            _sync(new)
    backup.sync_folder(target.parent)


def exchange(path: Path, source: Path) -> None:
    """A whole new file takes the name of the clinic's. The old log goes first: a new file with an
    old log would be neither."""
    new = path.with_name(path.name + NEW)
    with translated(path.parent):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _clear(new)
            shutil.copyfile(source, new)
            with closing(connect(new, write=True)) as made:
                _raise_roster(made, 0)
                made.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            _sync(new)
            for end in ("-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
            backup.sync_folder(path.parent)
            new.replace(path)
            backup.sync_folder(path.parent)
        except OSError as error:
            raise Fault(
                "restore_failed",
                f"The backup could not be put in place ({error.strerror or error}). "
                "The clinic's file is as it was.",
            ) from error
        finally:
            _clear(new)


def _sync(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _clear(new: Path) -> None:
    for end in ("", "-wal", "-shm"):
        with suppress(OSError):
            new.with_name(new.name + end).unlink(missing_ok=True)
