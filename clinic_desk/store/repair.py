"""What ``clinic-desk doctor`` finds in the clinic's folder and ``--repair`` puts right: what a
program that was killed left behind, search index, indexes, rules. What is lost in the file itself
cannot be made again here; then the newest good backup is named."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.domain.ids import Clock
from clinic_desk.services.backup_ports import CopyState, Repair
from clinic_desk.store import backup, guards, verify
from clinic_desk.store.backup_book import listed
from clinic_desk.store.conversion import clear_leftovers as clear_conversion
from clinic_desk.store.engine import connect
from clinic_desk.store.faults import translate, translated
from clinic_desk.store.folding import search_row
from clinic_desk.store.keys import has_leftovers
from clinic_desk.store.processes import running
from clinic_desk.store.searchable import patients, rebuild

if TYPE_CHECKING:
    from clinic_desk.services.ports import Progress

_INDEX = re.compile(r"missing from index|wrong # of entries in index|non-unique entry in index")
"""What SQLite says of an index that does not fit its table."""

_UNUSED = re.compile(r"^Page \d+: never used$|^Page \d+ is never used$")
_SEARCH = re.compile(r"fts5.*patient_(words|digits)", re.IGNORECASE)
_GAVE_UP = "database disk image is malformed"
_TREE = re.compile(r"Tree (\d+) ")


def repair(
    path: Path,
    clock: Clock,
    progress: Progress | None = None,
    *,
    mend: bool = True,
    forget: Callable[[], None] = lambda: None,
) -> tuple[Repair, ...]:
    """Looks at everything that can be repaired, and repairs it unless ``mend`` is False. A safety
    copy is made before the file is touched. ``forget`` closes this process's connections. Raises
    no faults of the file: they are what is told."""
    found: list[Repair] = []
    steps: list[tuple[str, Callable[[], Iterator[Repair]]]] = [
        ("Looking for what was left half done…", lambda: _leftovers(path, mend)),
        ("Checking the file…", lambda: _file(path, clock, mend, forget)),
    ]
    for i, (sentence, step) in enumerate(steps):
        if progress is not None and not progress(i, len(steps), sentence):
            return tuple(found)
        found += step()
    if progress is not None:
        progress(len(steps), len(steps), "Checked.")
    return tuple(found)


def way_back(path: Path) -> str:
    """How a damaged file is replaced, naming the newest backup that can be used."""
    for copy in listed(backup.folder_of(path)):
        if copy.state is CopyState.BAD:
            continue
        try:
            backup.check(Path(copy.path))
        except ClinicDeskError:
            continue
        return (
            f"The newest good backup is {copy.name} of {copy.made_at:%Y-%m-%d %H:%M} UTC: restore "
            f"it in the window, or with “clinic-desk restore {copy.path}”."
        )
    return (
        "There is no good backup in this folder. Look for one at the second place, on a stick or "
        "another computer, and restore it with “clinic-desk restore FILE”."
    )


def _leftovers(path: Path, mend: bool) -> Iterator[Repair]:
    left = [*backup.leftovers(path), *_dead_locks(path.parent)]
    names = [item.name for item in left]
    if has_leftovers(path):
        names.append("a conversion of the file")
    if mend:
        for item in left:
            with suppress(OSError):
                item.unlink(missing_ok=True)
        if has_leftovers(path):
            try:
                clear_conversion(path)
            except (ClinicDeskError, dbapi2.Error) as error:
                sentence = f"A conversion of the file was left half done ({error})."
                yield Repair("leftovers", "bad", sentence)
                return
    told = ", ".join(names)
    if not names:
        yield Repair("leftovers", "ok", "Nothing was left half done.")
    elif mend:
        yield Repair("leftovers", "repaired", f"Removed what was left half done: {told}.")
    else:
        yield Repair("leftovers", "found", f"Left half done, and of no use: {told}.")


def _dead_locks(folder: Path) -> list[Path]:
    """Of windows whose process is gone. A start takes such a lock over by itself; one that it
    cannot read would stand in its way."""
    found = []
    for item in folder.glob("window-*.lock"):
        with suppress(OSError):
            number = item.read_bytes().split(b"\n", 1)[0].strip()
            if not number.isdigit() or not running(int(number)):
                found.append(item)
    return found


def _file(path: Path, clock: Clock, mend: bool, forget: Callable[[], None]) -> Iterator[Repair]:
    if not path.exists():
        copies = listed(backup.folder_of(path))
        if copies:
            yield Repair("file", "bad", f"The clinic's file is gone. {way_back(path)}")
        else:
            yield Repair("file", "ok", "There is no clinic in this folder yet.")
        return
    try:
        with translated(path.parent):
            yield from _opened(path, clock, mend, forget)
    except ClinicDeskError as error:
        if isinstance(error, Fault) and error.code in backup.DAMAGED - {"no_key"}:
            yield Repair("file", "bad", f"The clinic's file is damaged. {way_back(path)}")
        else:
            yield Repair("file", "bad", str(error))


def _opened(path: Path, clock: Clock, mend: bool, forget: Callable[[], None]) -> Iterator[Repair]:
    said = _integrity(path)
    if not said:
        yield Repair("file", "ok", "Every page of the file is whole.")
    elif not _only_indexes(path, said):
        yield Repair("file", "bad", f"Pages of the file are damaged: {said[0]}. {way_back(path)}")
        return
    elif not mend:
        yield Repair("indexes", "found", f"An index does not fit its table: {said[0]}.")
    elif _reindexed(path, clock, forget) or _made_anew(path):
        yield Repair("indexes", "repaired", "The indexes were made anew from the tables.")
    else:
        yield Repair("file", "bad", f"{said[0]}. {way_back(path)}")
        return
    yield from _rules(path, clock, mend, forget)
    yield from _search(path, mend)


def _only_indexes(path: Path, said: list[str]) -> bool:
    """Whether every complaint is about an index: what stands in the tables is then all there."""
    with closing(connect(path, write=False)) as live:
        try:
            rows = live.execute(
                "SELECT type, name, tbl_name, rootpage FROM sqlite_master"
                " WHERE type IN ('table', 'index') AND rootpage > 0"
            ).fetchall()
            roots = {int(root) for kind, _, _, root in rows if kind == "index"}
            for text in said:
                tree = _TREE.match(text)
                if text == _GAVE_UP:
                    if not _tables_are_whole(live, rows):
                        return False
                elif not (
                    _INDEX.search(text)
                    or _UNUSED.search(text)
                    or (tree and int(tree.group(1)) in roots)
                ):
                    return False
        except dbapi2.DatabaseError:
            return False
    return True


def _tables_are_whole(live: Any, rows: list[tuple[str, str, str, int]]) -> bool:
    """For a check that gave up half-way: every row of every table is read, and an index of the
    table that can be read counts as many."""
    for kind, table, _, _ in rows:
        if kind != "table":
            continue
        number = 0
        for _row in live.execute(f'SELECT * FROM "{table}" NOT INDEXED'):
            number += 1
        counts = [
            _counted(live, table, name)
            for other, name, of, _ in rows
            if other == "index" and of == table
        ]
        if counts and number not in counts:
            return False
    return True


def _counted(live: Any, table: str, index: str) -> int | None:
    """None for an index that is damaged, or leaves rows out. Read row by row: SQLite's own counting
    takes whichever index is the shortest."""
    try:
        column = live.execute(f'PRAGMA index_info("{index}")').fetchone()[2]
        sql = f'SELECT "{column}" FROM "{table}" INDEXED BY "{index}"'
        return sum(1 for _ in live.execute(sql))
    except (dbapi2.Error, TypeError):
        return None


def _made_anew(path: Path) -> bool:
    """Every index that has a statement of its own, made again from the table; what the damaged
    ones took up in the file is given back. The safety copy is there."""
    with closing(connect(path, write=True, foreign_keys=False)) as live:
        live.execute("BEGIN IMMEDIATE")
        try:
            own = "type = 'index' AND sql IS NOT NULL"
            rows = live.execute(f"SELECT sql FROM sqlite_master WHERE {own}").fetchall()
            live.execute("PRAGMA writable_schema = ON")
            live.execute(f"DELETE FROM sqlite_master WHERE {own}")
            live.execute("PRAGMA writable_schema = RESET")
            for (sql,) in rows:
                live.execute(sql)
            said = _lines(live)
            whole = all(_UNUSED.search(line) for line in said)
        except dbapi2.DatabaseError:
            whole = False
        live.execute("COMMIT" if whole else "ROLLBACK")
        if whole:
            live.execute("VACUUM")
    return whole


def _lines(live: Any) -> list[str]:
    rows = live.execute("PRAGMA integrity_check(100)").fetchall()
    lines = [line for (text,) in rows for line in str(text).splitlines()]
    return [line for line in lines if line != "ok" and not line.startswith("***")]


def _integrity(path: Path) -> list[str]:
    """What SQLite says; empty when all is well."""
    with closing(connect(path, write=False)) as live:
        try:
            lines = _lines(live)
        except dbapi2.DatabaseError as error:
            known = translate(error)
            if not isinstance(known, Fault) or known.code not in backup.DAMAGED:
                raise
            return [_GAVE_UP if known.code == "corrupt" else str(error)]
    # a search index that SQLite finds wrong is made anew further on
    return [line for line in lines if not _SEARCH.search(line)]


def _reindexed(path: Path, clock: Clock, forget: Callable[[], None]) -> bool:
    _safety(path, clock)
    forget()
    with closing(connect(path, write=True)) as live:
        live.execute("BEGIN IMMEDIATE")
        try:
            live.execute("REINDEX")
            whole = bool(live.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")
        except dbapi2.DatabaseError:
            whole = False
        live.execute("COMMIT" if whole else "ROLLBACK")
    return whole


def _safety(path: Path, clock: Clock) -> None:
    """As the file is, wrong index and all: a backup proper would be refused."""
    target = backup.backup_file(path, "before-repair", clock.now(), ".damaged")
    target.parent.mkdir(parents=True, exist_ok=True)
    for end in ("", "-wal"):
        old = path.with_name(path.name + end)
        if old.exists():
            shutil.copyfile(old, target.with_name(target.name + end))


def _rules(path: Path, clock: Clock, mend: bool, forget: Callable[[], None]) -> Iterator[Repair]:
    with closing(_engine(path)) as engine, engine.connect() as connection:
        try:
            ours = guards.check(connection)
        except Fault:
            ours = None
    if ours is not None:
        yield Repair("triggers", "ok", "The rules in the file are this program's own.")
        return
    if not mend:
        yield Repair("triggers", "found", "The rules inside the file were changed.")
        return
    backup.make(path, backup.backup_file(path, "before-repair", clock.now()))
    forget()
    with closing(_engine(path)) as engine, engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        guards.recreate(connection)
        connection.commit()
    yield Repair(
        "triggers",
        "repaired",
        "The rules inside the file had been changed; the program's own are back. What was written "
        "meanwhile was not refused by them: run “clinic-desk verify”.",
    )


def _search(path: Path, mend: bool) -> Iterator[Repair]:
    with closing(_engine(path)) as engine, engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        wrong = _search_is_wrong(connection)
        if wrong and mend:
            number = rebuild(connection)
            connection.commit()
            yield Repair(
                "full_text", "repaired", f"The search index was made anew for {number:,} patients."
            )
            return
        connection.rollback()
    if wrong:
        yield Repair("full_text", "found", "The search index does not fit the patients.")
    else:
        yield Repair("full_text", "ok", "The search index fits the patients.")


def _search_is_wrong(connection: Connection) -> bool:
    try:
        rows = connection.exec_driver_sql(
            "SELECT patient_id, surname, words, digits FROM patient_search"
        )
        stored = {row[0]: tuple(row[1:]) for row in rows.fetchall()}
        if any(stored.pop(one.id, None) != search_row(one) for one in patients(connection)):
            return True
        return bool(stored) or bool(verify.check_indexes(connection))
    except DBAPIError:
        return True


class _Closing:
    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def connect(self) -> Connection:
        made: Connection = self._engine.connect()
        return made

    def close(self) -> None:
        with suppress(DBAPIError):
            self._engine.dispose()


def _engine(path: Path) -> _Closing:
    return _Closing(
        create_engine(
            "sqlite://",
            module=dbapi2,
            creator=lambda: connect(path, write=True),
            poolclass=NullPool,
        )
    )
