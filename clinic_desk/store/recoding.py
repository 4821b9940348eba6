"""A copy of a file under another key, or under none.

SQLite's own copying moves pages and cannot change how they are sealed, so SQLCipher writes the
content anew, table by table. The copy is then held against its original: the same schema, the same
rows under the same numbers, whole pages and whole search indexes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.services.ports import Progress
from clinic_desk.store.engine import bare
from clinic_desk.store.faults import FULL, is_full
from clinic_desk.store.keys import StoreKey

LOOK_EVERY = 20_000
"""Steps of SQLite's machine between two looks at whether to stop; some milliseconds."""

_KEPT = ("user_version", "application_id")
_STOPPED = Refusal("stopped", "Stopped; the clinic’s file is as it was.")


def recode(
    source: Any,
    target: Path,
    key: StoreKey | None,
    progress: Progress | None = None,
) -> None:
    """Writes what the open connection ``source`` sees to ``target``, sealed with ``key`` (None:
    plain), and proves it. ``target`` must not exist; on any error nothing of it is left.

    Raises ``Refusal("stopped")`` when the progress asks to stop, ``Fault("bad_copy")`` when the
    copy is not what its original is, and the driver's errors."""
    stopping = _Watch(source, target, progress)
    try:
        target.touch(0o600)
        with stopping:
            source.execute("ATTACH DATABASE ? AS recoded KEY ?", (str(target), _spelled(key)))
            try:
                _write(source)
                _compare(source, progress)
            except dbapi2.DatabaseError as error:
                if is_full(target.parent):
                    # What finds no room there is half written, and damaged is what it calls that.
                    raise Fault("disk_full", FULL) from error
                raise
            finally:
                source.execute("DETACH DATABASE recoded")
        stopping.tell(2, "Checking the copy…")
        _prove(target, key)
        with target.open("rb+") as handle:
            os.fsync(handle.fileno())
    except BaseException:
        for end in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                target.with_name(target.name + end).unlink(missing_ok=True)
        raise


def _spelled(key: StoreKey | None) -> str:
    return "" if key is None else key.spelled()


class _Watch:
    """Tells how far the copying is by the size of the copy, and breaks it off when asked to."""

    def __init__(self, source: Any, target: Path, progress: Progress | None) -> None:
        self._source, self._target, self._progress = source, target, progress
        self._stopped = False
        pages, size = (
            int(source.execute(f"PRAGMA main.{name}").fetchone()[0])  # a size in letters, sealed
            for name in ("page_count", "page_size")
        )
        self._whole = max(1, pages * size)

    def __enter__(self) -> None:
        if self._progress is not None:
            self._source.set_progress_handler(self._look, LOOK_EVERY)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._source.set_progress_handler(None, 0)
        if self._stopped and isinstance(error, dbapi2.OperationalError):
            raise _STOPPED from None

    def tell(self, third: int, sentence: str) -> None:
        if self._progress is not None and not self._progress(third * 100, 300, sentence):
            raise _STOPPED

    def _look(self) -> int:
        progress = self._progress
        if progress is None or self._stopped:
            return int(self._stopped)
        with suppress(OSError):
            share = min(100, self._target.stat().st_size * 100 // self._whole)
            self._stopped = not progress(share, 300, "Copying the clinic’s file…")
        return int(self._stopped)


def _write(source: Any) -> None:
    source.execute("PRAGMA recoded.journal_mode = OFF").fetchall()
    source.execute("PRAGMA recoded.synchronous = OFF")
    source.execute("SELECT sqlcipher_export('recoded')").fetchall()
    for name in _KEPT:
        value = source.execute(f"PRAGMA main.{name}").fetchone()[0]
        source.execute(f"PRAGMA recoded.{name} = {int(value)}")


def _compare(source: Any, progress: Progress | None) -> None:
    """Row by row inside SQLite; nothing of it comes to Python."""
    schema = "SELECT type, name, tbl_name, sql FROM {}.sqlite_master ORDER BY 1, 2"
    if source.execute(schema.format("main")).fetchall() != (
        source.execute(schema.format("recoded")).fetchall()
    ):
        raise _bad("rules or tables")
    tables = list(_tables(source))
    for i, (name, has_rowid) in enumerate(tables):
        if progress is not None and not progress(
            100 + 100 * i // len(tables), 300, "Comparing the copy with the clinic’s file…"
        ):
            raise _STOPPED
        one = source.execute(f'SELECT count(*) FROM main."{name}"').fetchone()[0]
        other = source.execute(f'SELECT count(*) FROM recoded."{name}"').fetchone()[0]
        if one != other or _differs(source, name, has_rowid):
            raise _bad(name)


def _tables(source: Any) -> Iterator[tuple[str, bool]]:
    """Name, and whether rows have numbers. Virtual tables keep theirs in tables of this list."""
    for _schema, name, kind, _columns, without_rowid, _strict in source.execute(
        "PRAGMA main.table_list"
    ).fetchall():
        if _schema == "main" and kind in ("table", "shadow") and name != "sqlite_schema":
            yield name, not without_rowid


def _differs(source: Any, name: str, has_rowid: bool) -> bool:
    columns = source.execute(f'PRAGMA main.table_info("{name}")').fetchall()
    keyed = ["rowid"] if has_rowid else [f'"{c[1]}"' for c in columns if c[5]]
    same = " AND ".join(f"b.{column} IS a.{column}" for column in keyed)
    all_same = " AND ".join(f'b."{c[1]}" IS a."{c[1]}"' for c in columns)
    found = source.execute(
        f'SELECT 1 FROM main."{name}" a LEFT JOIN recoded."{name}" b ON {same}'
        f" WHERE NOT ({all_same}) LIMIT 1"
    )
    return found.fetchone() is not None


def _prove(target: Path, key: StoreKey | None) -> None:
    copy = bare(target, key)
    try:
        if copy.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
            raise _bad("pages")
        if copy.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise _bad("links")
    except dbapi2.DatabaseError as error:
        raise _bad("pages") from error
    finally:
        copy.close()


def _bad(what: str) -> Fault:
    return Fault(
        "bad_copy",
        f"The copy of the clinic’s file was not like its original ({what}), so it was not used "
        "and nothing was changed. Check the data first (“clinic-desk verify”), then try again.",
    )
