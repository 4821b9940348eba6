"""Connections over sqlcipher3, the one SQLite runtime, and who may have one when.

The writer begins every transaction IMMEDIATE (a deferred one that upgrades loses updates or
fails with "database is locked") and syncs in full. Its pool holds one connection, so that the
threads of this process queue for it instead of polling the file's lock. The reader is a separate
engine that cannot write at all. WAL, foreign keys, no memory mapping.

SQLAlchemy's engine would do the same, but loading it takes a quarter of the program's start and
its transactions a seventh of a booking; it declares the tables and carries the migrations, and is
loaded for them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import BoundedSemaphore, Lock
from types import ModuleType, TracebackType
from typing import Any

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


class NoConnection(Exception):
    """Every connection was in use for longer than ``BUSY_SECONDS``."""


class Result(dbapi2.Cursor):  # type: ignore[misc]
    """The driver's own cursor, with one more way to take its rows."""

    def scalar(self) -> Any:
        """The first value of the first row, None without a row; the rest is dropped."""
        row = self.fetchone()
        self.close()
        return None if row is None else row[0]


class Connection:
    """One connection of an engine, until it is closed or the ``with`` block ends; belongs to one
    thread. What was not committed by then is rolled back. Raises the driver's own errors."""

    __slots__ = ("_begin", "_give_back", "driver")

    def __init__(
        self,
        driver: Any,
        begin: str = "BEGIN IMMEDIATE",
        give_back: Callable[[Any], None] = lambda _driver: None,
    ) -> None:
        self.driver = driver
        """The driver's connection, for what is done often (``store.direct``)."""
        self._begin = begin
        self._give_back = give_back

    def exec_driver_sql(
        self, sql: str, values: Sequence[Any] | list[tuple[Any, ...]] = ()
    ) -> Result:
        """A list runs the statement once for each of its rows. The name is SQLAlchemy's, so that
        the helpers of the store serve a migration's connection as well."""
        cursor: Result = self.driver.cursor(Result)
        if isinstance(values, list):
            cursor.executemany(sql, values)
        else:
            cursor.execute(sql, values)
        return cursor

    def begin(self) -> Transaction:
        """At once: the writer owns the file from here on. Used as a block it commits at its end,
        and rolls back when the block raises."""
        self.driver.execute(self._begin)
        return Transaction(self)

    def commit(self) -> None:
        self.driver.commit()

    def rollback(self) -> None:
        """Also when SQLite has done so already, as it does on a full disk."""
        self.driver.rollback()

    def close(self) -> None:
        """May be called again."""
        driver, self.driver = self.driver, None
        if driver is not None:
            self._give_back(driver)

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Transaction:
    """See ``Connection.begin``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rollback(self) -> None:
        self._connection.rollback()

    def __enter__(self) -> Transaction:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._connection.rollback()
            return
        try:
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise


class Engine:
    """A pool of at most ``size`` connections to one file, safe from several threads."""

    def __init__(self, make: Callable[[], Any], begin: str, size: int) -> None:
        self._make = make
        self._begin = begin
        self._places = BoundedSemaphore(size)
        self._lock = Lock()
        self._idle: list[Any] = []
        self._disposed = 0

    def connect(self) -> Connection:
        """Waits for a free one. Raises ``NoConnection`` after ``BUSY_SECONDS``."""
        if not self._places.acquire(timeout=BUSY_SECONDS):
            raise NoConnection
        with self._lock:
            disposed = self._disposed
            # the last one used has the warmest cache
            driver = self._idle.pop() if self._idle else None
        if driver is None:
            try:
                driver = self._make()
            except BaseException:
                self._places.release()
                raise
        return Connection(driver, self._begin, lambda back: self._take_back(back, disposed))

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A connection in a transaction of its own, committed when the block ends well."""
        with self.connect() as connection, connection.begin():
            yield connection

    def dispose(self) -> None:
        """Closes every connection, those in use when they come back; later ones are new."""
        with self._lock:
            self._disposed += 1
            idle, self._idle = self._idle, []
        for driver in idle:
            driver.close()

    def _take_back(self, driver: Any, disposed: int) -> None:
        fit = True
        try:
            driver.rollback()  # nothing, where no transaction is open
        except dbapi2.Error:
            fit = False
        with self._lock:
            fit = fit and disposed == self._disposed
            if fit:
                self._idle.append(driver)
        if not fit:
            with suppress(dbapi2.Error):
                driver.close()
        self._places.release()


def writer_engine(path: Path) -> Engine:
    return Engine(lambda: connect(path, write=True), "BEGIN IMMEDIATE", 1)


def reader_engine(path: Path) -> Engine:
    """``begin`` opens a deferred transaction: every statement in it sees one snapshot."""
    return Engine(lambda: connect(path, write=False), "BEGIN", READERS)
