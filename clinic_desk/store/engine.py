"""Engines over sqlcipher3, the one SQLite runtime.

The writer begins every transaction IMMEDIATE (a deferred one that upgrades loses updates or
fails with "database is locked") and syncs in full. Its pool holds one connection, so that the
threads of this process queue for it instead of polling the file's lock. The reader is a separate
engine that cannot write at all. WAL, foreign keys, no memory mapping. A file that is encrypted gets
its key (``store.keys``) before anything else is said on the connection.

The pool stays SQLAlchemy's. One of our own starts a tenth of a second sooner, and that is not worth
the faults of pools that others have found and mended already.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from threading import Condition
from time import monotonic, sleep
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault
from clinic_desk.store.keys import StoreKey, is_new, key_of

OLDEST_SQLITE = (3, 51, 3)
"""3.7.0 to 3.51.2 can corrupt a WAL file that two connections use."""

BUSY_SECONDS = 10.0
READERS = 8
BUSY = "Another program is using the clinic's file. Nothing was saved; try again in a moment."
DAMAGED = "The clinic's file is damaged. Stop working with it and restore the last backup."


def check_runtime(module: ModuleType = dbapi2) -> None:
    """Raises ``Fault("old_sqlite")`` when the SQLite runtime is not safe to use."""
    found: str = module.sqlite_version
    if tuple(int(part) for part in found.split(".")[:3]) < OLDEST_SQLITE:
        wanted = ".".join(map(str, OLDEST_SQLITE))
        raise Fault(
            "old_sqlite",
            f"This computer's database library is SQLite {found}, which can damage the clinic's "
            f"file; version {wanted} or newer is needed. Install the program again.",
        )


def sqlite_version() -> str:
    return str(dbapi2.sqlite_version)


class Door:
    """Stays open, but while the file itself is being replaced: who wants a connection then waits
    and gets one to the new file."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._is_open = True
        self._entering = 0
        self._inside: set[int] = set()
        """The driver's connections that came through and are still open."""

    def close(self) -> None:
        with self._changed:
            self._is_open = False

    def open(self) -> None:
        with self._changed:
            self._is_open = True
            self._changed.notify_all()

    @property
    def is_open(self) -> bool:
        return self._is_open

    @property
    def is_empty(self) -> bool:
        """Nobody has a connection or is about to get one."""
        with self._changed:
            return not self._inside and not self._entering

    def connect(self, path: Path, *, write: bool) -> Any:
        with self._changed:
            self._changed.wait_for(lambda: self._is_open)
            self._entering += 1
        try:
            connection = connect(path, write=write)
            with self._changed:
                self._inside.add(id(connection))
            return connection
        finally:
            with self._changed:
                self._entering -= 1

    def left(self, connection: Any) -> None:
        """It is about to be closed."""
        with self._changed:
            self._inside.discard(id(connection))


def bare(target: str | Path, key: StoreKey | None = None, *, uri: bool = False) -> Any:
    """A connection without any of this program's settings, but for the key."""
    connection = dbapi2.connect(
        str(target), timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=uri
    )
    if key is not None:
        try:
            _unlock(connection, key)
        except BaseException:
            connection.close()
            raise
    return connection


def read_only(path: Path) -> Any:
    """A bare connection that cannot change the file. Raises ``Fault`` as ``connect``."""
    whole = str(path.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    with passage(path):
        connection = bare(f"file:{whole}?mode=ro", key_of(path), uri=True)
        with suppress(dbapi2.Error):  # whoever asks it something meets that again
            connection.execute("PRAGMA schema_version").fetchall()
    return connection


def _unlock(connection: Any, key: StoreKey) -> None:
    connection.execute(f'PRAGMA key = "{key.spelled()}"').fetchall()
    # Otherwise it writes its own lines to the error stream, whatever we make of the error.
    connection.execute("PRAGMA cipher_log_level = NONE").fetchall()


@contextmanager
def passage(path: Path, *, alone: bool = False, patience: float = BUSY_SECONDS) -> Iterator[None]:
    """Nobody exchanges the file between our opening it and our having locked it; ``alone``: we are
    about to exchange it, and nobody else is opening it.

    SQLite finds a log and a journal by name. A program that opened the old file and came to read it
    only after a new one had its name would take the new one's journal for its own and remove it,
    under the eyes of whoever was writing it ("disk I/O error": the journal to be deleted is gone).
    The lock is the system's, on the folder, so it ends with its process; a system without such
    locks does not let open files be renamed either. Raises ``Fault("busy")`` after ``patience``
    seconds."""
    try:
        import fcntl

        folder = os.open(path.parent, os.O_RDONLY)
    except (ImportError, OSError):  # Windows; or whoever opens the file says what is wrong
        yield
        return
    try:
        kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        until = monotonic() + patience
        while not _locked(folder, kind | fcntl.LOCK_NB):
            if monotonic() > until:
                raise Fault("busy", BUSY)
            sleep(0.01)
        yield
    finally:
        os.close(folder)


def _locked(folder: int, kind: int) -> bool:
    import fcntl

    try:
        fcntl.flock(folder, kind)
    except BlockingIOError:
        return False
    except OSError:  # a network share that knows no such locks
        return True
    return True


def connect(
    path: Path,
    *,
    write: bool,
    foreign_keys: bool = True,
    key: StoreKey | None = None,
    inside: bool = False,
) -> Any:
    """A bare connection with this program's settings. The file says which key it needs; ``key`` is
    for one that is not there yet. ``inside``: the caller has the ``passage``.

    Raises ``Fault``: "busy", "no_key", "locked_store"; "corrupt" when the key is the file's and
    yet does not open it."""
    until = monotonic() + BUSY_SECONDS
    while True:
        new, before = is_new(path), _standing(path)
        try:
            with nullcontext() if inside else passage(path):
                connection = _dressed(
                    path, key if new else key_of(path), write=write, foreign_keys=foreign_keys
                )
        except (Fault, dbapi2.DatabaseError) as error:
            # Another program made the file meanwhile, with the key that it had made; or put a
            # converted one there, and emptied the old one; or is about to switch the log on too.
            made = new and not is_new(path)
            moved = _standing(path) != before
            if monotonic() > until or not (made or moved or isinstance(error, _Switching)):
                raise
            sleep(0.01)
            continue
        if before is None or _standing(path) == before:
            return connection
        connection.close()  # the name led to another file before ours was locked
        if monotonic() > until:
            raise Fault("busy", BUSY)


class _Switching(dbapi2.OperationalError):  # type: ignore[misc]
    """Another program switches the log on as well; SQLite does not wait there, because of two
    that wait for each other neither would get on. Another try finds it done."""


def _dressed(path: Path, key: StoreKey | None, *, write: bool, foreign_keys: bool) -> Any:
    connection = bare(path, key)
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        cursor.execute("PRAGMA mmap_size = 0")
        cursor.execute("PRAGMA temp_store = MEMORY")
        with _proving(key):
            # From the first read on the file is locked against being replaced.
            cursor.execute("PRAGMA schema_version").fetchall()
            if write and cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                try:
                    cursor.execute("PRAGMA journal_mode = WAL").fetchall()
                except dbapi2.OperationalError as error:
                    if "locked" not in str(error):
                        raise
                    raise _Switching(*error.args) from error
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.execute("PRAGMA trusted_schema = OFF")
        if write:
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA recursive_triggers = ON")
        else:
            cursor.execute("PRAGMA query_only = ON")
            cursor.execute("PRAGMA cache_size = -16000")
        cursor.close()
    except UnicodeDecodeError as error:  # in the text of a rule: only damage says this
        connection.close()
        raise Fault("corrupt", DAMAGED) from error
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _proving(key: StoreKey | None) -> Iterator[None]:
    """While the first page is read: the file named this key itself, so what fails is the file."""
    try:
        yield
    except dbapi2.DatabaseError as error:
        if key is None or "not a database" not in str(error):
            raise
        raise Fault("corrupt", DAMAGED) from error


def writer_engine(path: Path, door: Door | None = None) -> Engine:
    engine = _engine(path, door or Door(), write=True, size=1)
    event.listen(engine, "begin", partial(_begin, "BEGIN IMMEDIATE", path))
    return engine


def reader_engine(path: Path, door: Door | None = None) -> Engine:
    """``begin`` opens a deferred transaction: every statement in it sees one snapshot."""
    engine = _engine(path, door or Door(), write=False, size=READERS)
    event.listen(engine, "begin", partial(_begin, "BEGIN", path))
    return engine


def _engine(path: Path, door: Door, *, write: bool, size: int) -> Engine:
    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        creator=lambda: door.connect(path, write=write),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        pool_reset_on_return="rollback",
        skip_autocommit_rollback=False,
    )

    def opened(_driver: Any, record: Any) -> None:
        record.info[STANDING] = _standing(path)

    event.listen(engine, "connect", opened)
    event.listen(engine, "close", lambda driver, _record: door.left(driver))
    return engine


STANDING = "standing"
"""Where a connection's record keeps which file it has open."""

REPLACED = (
    "The clinic’s file was replaced or removed while this window had it open, so nothing more is "
    "written to it. Start the program again: it opens the file that is there now."
)


def _standing(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _begin(sql: str, path: Path, connection: Connection) -> None:
    """Straight to the driver; ``direct.driver_of`` would begin once more. A file that was put in
    the place of ours would never see what is written through this connection: SQLite goes on with
    the one that it opened. Raises ``Fault("replaced")``."""
    driver: Any = connection.connection.driver_connection
    driver.execute(sql)
    if connection.info.get(STANDING) != _standing(path):
        driver.execute("ROLLBACK")
        raise Fault("replaced", REPLACED)
