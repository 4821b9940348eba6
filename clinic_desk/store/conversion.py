"""Encrypting a clinic's file, and taking the encryption off again, with a clinic at the end of it
whatever happens in between.

The file is locked for this program alone, written anew under the other key beside itself, proved
(``recoding``), and takes the old one's name in one step of the file system. Until that step the
clinic is the old file, from that step on the new one. Then the old content, where it was plain, is
overwritten. What a program that was ended leaves behind is cleared by the next that opens the file
(``clear_leftovers``; ``store.opening`` looks whether there is anything).

Nobody writes to the old file afterwards: who has it open keeps us from locking it, who opens it
meanwhile waits (``engine.passage``) and, where no such lock is to be had, notices that the name
leads elsewhere by then (``engine.connect``).
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any, BinaryIO

from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.services.ports import Progress
from clinic_desk.store import keys
from clinic_desk.store.backup import sync_folder
from clinic_desk.store.engine import bare, connect, passage
from clinic_desk.store.faults import DISK_ERROR, translated
from clinic_desk.store.keys import NEW, OLD, StoreKey
from clinic_desk.store.recoding import recode

PHASES = ("locked", "written", "linked", "placed", "overwritten")
CHUNK = SPARE = 1 << 20
WAITING = "Waiting until a backup or another program lets go of the clinic’s file…"
WAITED = 30.0
"""Seconds in which others may let go of the file: a backup that is being made, say."""

IN_USE = (
    "Another window or program has the clinic’s file open, so nothing was changed. Close Clinic "
    "Desk everywhere else on this computer, then try again."
)


NO_ROOM = (
    "There is too little room on the disk for a second copy of the clinic’s file, so nothing was "
    "changed: {needed} MB are needed, {free} MB are free. Free some space, then try again."
)


def convert(
    path: Path,
    key: StoreKey | None,
    progress: Progress | None = None,
    *,
    reached: Callable[[str], None] = lambda _phase: None,
) -> None:
    """Seals the clinic's file with ``key`` from now on, or leaves it plain (None). This process
    must have no connection to it (``ClinicStore.alone``); the key must be kept somewhere already.

    ``reached`` is told each of ``PHASES``. The progress may stop it until the copy is proved;
    ``Refusal("stopped")`` then. Raises ``Fault``: "in_use", "bad_copy", "disk_full" and what else
    the disk says; the clinic is then what it was."""
    with _told(path), translated(path.parent), _passage(path, progress):
        new = _beside(path, NEW)
        live = connect(path, write=True, inside=True)  # nobody else begins to convert meanwhile
        try:
            _clear(path)
            was_plain = keys.is_plain(path)
            log = _keep_log(path) if was_plain else None
            try:
                _check_room(path)
                _lock(live, progress)
                reached("locked")
                try:
                    recode(live, new, key, progress)
                    _log_on(new, key)
                except BaseException:
                    with suppress(dbapi2.Error):
                        live.execute("PRAGMA journal_mode = WAL").fetchall()
                    raise
                reached("written")
                _put_in_place(path, new, was_plain, reached, progress)
            finally:
                if log is not None:
                    _forget(log, _beside(path, "-wal"))
        finally:
            live.close()
            _discard(new)


def clear_leftovers(path: Path) -> None:
    """After a conversion that was ended in the middle. Waits for one that is under way; called
    before the file is opened."""
    if not path.exists():
        if _beside(path, OLD).exists():
            _beside(path, OLD).rename(path)
        return
    with closing(connect(path, write=False)) as held:
        # As long as this is open nobody can begin to convert, and who had begun has ended.
        held.execute("SELECT count(*) FROM sqlite_master").fetchone()
        _clear(path)


def _clear(path: Path) -> None:
    _discard(_beside(path, NEW))
    for end in ("", "-wal"):
        old = _beside(path, end + OLD)
        if old.exists():
            _forget(old, _beside(path, end))


def _forget(old: Path, live: Path) -> None:
    """Takes a second name away, and what it leads to, unless that is the clinic's own still."""
    if live.exists() and old.samefile(live):
        old.unlink()
    else:
        wipe(old)


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _discard(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            _beside(path, end).unlink(missing_ok=True)


def _keep_log(path: Path) -> Path | None:
    """SQLite deletes its log when the file is locked for us alone; under a second name what stood
    in it can still be overwritten."""
    log = _beside(path, "-wal")
    if not log.exists():
        return None
    kept = _beside(path, f"-wal{OLD}")
    try:
        kept.hardlink_to(log)
    except OSError:  # a file system without second names
        return None
    return kept


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the disk says before the new file has its name; afterwards nothing raises."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_room(path) from error
        raise Fault("disk_error", DISK_ERROR) from error
    except Fault as fault:
        if fault.code == "disk_full":
            raise _no_room(path) from fault
        raise


def _check_room(path: Path) -> None:
    if shutil.disk_usage(path.parent).free < _needed(path):
        raise _no_room(path)


def _needed(path: Path) -> int:
    """Bytes for the copy: a page less dense here and there, and the log of either."""
    log = _beside(path, "-wal")
    return path.stat().st_size * 21 // 20 + (log.stat().st_size if log.exists() else 0) + SPARE


def _no_room(path: Path) -> Fault:
    needed, free = _needed(path), shutil.disk_usage(path.parent).free
    return Fault("disk_full", NO_ROOM.format(needed=-(-needed // CHUNK), free=free // CHUNK))


@contextmanager
def _passage(path: Path, progress: Progress | None) -> Iterator[None]:
    """Whoever opens the file from here on waits, and meets the one that is there at the end."""
    until = monotonic() + WAITED
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(passage(path, alone=True, patience=0.05))
            except Fault:
                _wait(until, progress)
            else:
                break
        yield


def _wait(until: float, progress: Progress | None) -> None:
    """Raises ``Fault("in_use")`` when it has taken too long, ``Refusal("stopped")``."""
    if monotonic() > until:
        raise Fault("in_use", IN_USE)
    if progress is not None and not progress(0, 300, WAITING):
        raise Refusal("stopped", "Stopped; the clinic’s file is as it was.")


def _log_on(new: Path, key: StoreKey | None) -> None:
    """Before the file has its name: the programs that open it first need not all switch it on."""
    with closing(bare(new, key)) as made:
        made.execute("PRAGMA journal_mode = WAL").fetchall()


def _lock(live: Any, progress: Progress | None) -> None:
    """Raises ``Fault("in_use")`` when some other connection to the file stays. Whoever works with
    it meanwhile is not held up: each try is over at once."""
    until = monotonic() + WAITED
    live.execute("PRAGMA busy_timeout = 0")
    while not _locked(live):
        _wait(until, progress)
        sleep(0.05)


def _locked(live: Any) -> bool:
    try:
        live.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        live.execute("PRAGMA journal_mode = DELETE").fetchall()
        live.execute("BEGIN EXCLUSIVE")
        live.execute("COMMIT")  # the lock stays until the connection is closed
        if live.execute("PRAGMA journal_mode").fetchone()[0] == "delete":
            return True
    except dbapi2.OperationalError as error:
        if "locked" not in str(error):
            raise
    live.execute("PRAGMA locking_mode = NORMAL").fetchall()
    live.execute("SELECT count(*) FROM sqlite_master").fetchone()  # lets go of what it had
    return False


def _put_in_place(
    path: Path,
    new: Path,
    was_plain: bool,
    reached: Callable[[str], None],
    progress: Progress | None,
) -> None:
    kept = _beside(path, OLD)
    new.chmod(path.stat().st_mode & 0o777)
    with path.open("rb+", buffering=0) as old:
        with suppress(OSError):  # without a second name only a power failure leaves it as it was
            kept.hardlink_to(path)
        wipe(_beside(path, "-journal"))  # an empty one of the old file, kept while it is ours alone
        reached("linked")
        new.replace(path)
        sync_folder(path.parent)
        reached("placed")
        if progress is not None:
            progress(2, 3, "Overwriting the old file…")
        overwrite(old, whole=was_plain)
        reached("overwritten")
    kept.unlink(missing_ok=True)
    sync_folder(path.parent)


def wipe(path: Path) -> None:
    with suppress(FileNotFoundError):
        with path.open("rb+", buffering=0) as handle:
            overwrite(handle, whole=True)
        path.unlink()


def overwrite(handle: BinaryIO | Any, *, whole: bool) -> None:
    """Zeros, and not nothing: an empty file would look like a new clinic to whoever still has it
    open. Of what was encrypted the first page is enough. A disk that writes elsewhere what is
    written over may have no room for that; taking the name away is then the most to be done."""
    with suppress(OSError):
        for size in _chunks(handle, whole):
            handle.write(bytes(size))
        os.fsync(handle.fileno())


def _chunks(handle: Any, whole: bool) -> Iterator[int]:
    left = os.fstat(handle.fileno()).st_size
    handle.seek(0)
    if not whole:
        left = min(left, 4096)
    while left > 0:
        size = min(CHUNK, left)
        yield size
        left -= size
