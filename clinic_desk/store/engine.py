"""Engines over sqlcipher3, the one SQLite runtime.

The writer begins every transaction IMMEDIATE (a deferred one that upgrades loses updates or
fails with "database is locked") and syncs in full. Its pool holds one connection, so that the
threads of this process queue for it instead of polling the file's lock. The reader is a separate
engine that cannot write at all. WAL, foreign keys, no memory mapping.

The pool stays SQLAlchemy's. One of our own starts a tenth of a second sooner, and that is not worth
the faults of pools that others have found and mended already.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault

OLDEST_SQLITE = (3, 51, 3)
"""3.7.0 to 3.51.2 can corrupt a WAL file that two connections use."""

BUSY_SECONDS = 10.0
READERS = 8


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


def connect(path: Path, *, write: bool, foreign_keys: bool = True) -> Any:
    """A bare connection with this program's settings."""
    connection = dbapi2.connect(
        str(path), timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        cursor.execute("PRAGMA mmap_size = 0")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.execute("PRAGMA trusted_schema = OFF")
        if write:
            cursor.execute("PRAGMA journal_mode = WAL").fetchall()
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA recursive_triggers = ON")
        else:
            cursor.execute("PRAGMA query_only = ON")
            cursor.execute("PRAGMA cache_size = -16000")
        cursor.close()
    except BaseException:
        connection.close()
        raise
    return connection


def writer_engine(path: Path) -> Engine:
    engine = _engine(path, write=True, size=1)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def reader_engine(path: Path) -> Engine:
    """``begin`` opens a deferred transaction: every statement in it sees one snapshot."""
    engine = _engine(path, write=False, size=READERS)
    event.listen(engine, "begin", _begin_deferred)
    return engine


def _engine(path: Path, *, write: bool, size: int) -> Engine:
    return create_engine(
        "sqlite://",
        module=dbapi2,
        creator=lambda: connect(path, write=write),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        pool_reset_on_return="rollback",
        skip_autocommit_rollback=False,
    )


def _begin_immediate(connection: Connection) -> None:
    _run(connection, "BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    _run(connection, "BEGIN")


def _run(connection: Connection, sql: str) -> None:
    """Straight to the driver; ``direct.driver_of`` would begin once more."""
    driver: Any = connection.connection.driver_connection
    driver.execute(sql)
