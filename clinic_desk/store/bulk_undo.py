"""Taking thousands of added rows back, or bringing them back, with a few statements per table.

An import adds rows by the thousand. Written back one by one, each with its savepoint, they would
keep the store for minutes; here a table's rows are read, judged, marked and told of in sets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import Connection

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.errors import Refusal, SlotTaken
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import epoch
from clinic_desk.store.direct import driver_of, fetch, insert, run
from clinic_desk.store.folding import search_row
from clinic_desk.store.guards import ROSTER_TABLES
from clinic_desk.store.history import Diff, dumps, event_row
from clinic_desk.store.mapping import TABLES, Mapper, Stored, class_of, mapper
from clinic_desk.store.searchable import INSERT as INSERT_SEARCH
from clinic_desk.store.writing import RowWriter, Written

T = TypeVar("T")
Judge = Callable[[Id, Record | None, Sequence[Any], str], None]
"""(id, row, its stored values, digest): raises when the row is not as the step left it."""

CHUNK = 2000
"""Rows per statement."""

_IN = "IN (SELECT value FROM json_each(?))"


def digest(m: Mapper[Any], values: Mapping[str, Stored]) -> str:
    """Short proof of what an added row held. A hold's end is left out: it is renewed for as long
    as somebody waits, and marks no change of the hold."""
    held = values.get("status") == "held"
    kept = [
        values[name]
        for _, name in m.recorded
        if name != "deleted_at" and not (held and name == "hold_until")
    ]
    return hashlib.blake2b(dumps(kept).encode(), digest_size=8).hexdigest()


def check_unused(connection: Connection, rows: Sequence[Record], own: Collection[Id]) -> None:
    """Raises ``Refusal("in_use")`` when a live row outside ``own`` refers to one of ``rows``."""
    if not rows:
        return
    kind = type(rows[0])
    for table, column in _references(connection, mapper(kind).table):
        for part in _parts(rows):
            found = fetch(
                connection,
                f"SELECT id, {column} FROM {table} WHERE {column} {_IN} AND deleted_at IS NULL",
                (dumps([row.id for row in part]),),
            )
            used = {target for row_id, target in found if row_id not in own}
            for row in part:
                if row.id in used:
                    raise Refusal("in_use", _in_use(row, table))


def _in_use(row: Record, table: str) -> str:
    name = name_of(row)
    if table == "appointment":
        return f"Can't undo: {name} has visits by now. Remove those first."
    if table == "shelf_item":
        return f"Can't undo: {name} is on the shelf. Put it back first."
    return f"Can't undo: {name} is used elsewhere by now ({table.replace('_', ' ')})."


def name_of(row: Record) -> str:
    """How a refusal names a row."""
    if isinstance(row, Patient):
        return row.listed_name
    if isinstance(row, Appointment):
        return f"a visit on {row.start:%a} {row.start.day} {row.start:%b %Y}"
    name = getattr(row, "name", "")
    return str(name) if name else f"a {mapper(type(row)).table.replace('_', ' ')}"


_KNOWN: dict[str, tuple[tuple[str, str], ...]] = {}


def _references(connection: Connection, target: str) -> tuple[tuple[str, str], ...]:
    """(table, column) of every foreign key of a kept kind of row to that table."""
    if target not in _KNOWN:
        _KNOWN[target] = tuple(
            (table, str(key[3]))
            for table in TABLES
            if table != "invoice"  # it follows its visit, also out of the books
            for key in fetch(connection, f"PRAGMA foreign_key_list({table})")
            if key[2] == target
        )
    return _KNOWN[target]


class BulkWriter:
    """Soft-deletes and un-deletes added rows of one transaction."""

    def __init__(self, writer: RowWriter) -> None:
        self._writer = writer
        self._connection = writer.connection

    def write(
        self,
        added: Mapping[str, Mapping[Id, str]],
        action: str,
        metadata: Mapping[str, object],
        own: Collection[Id],
        judge: Judge,
    ) -> None:
        """``added`` holds, per table, the ids with their digests. ``own`` are the ids of the
        whole step, which may refer to each other.

        Raises ``Refusal``; the caller's savepoint takes back what was written before."""
        undo = action == "undone"
        for table, digests in added.items():
            m = mapper(class_of(table))
            for ids in _parts(list(digests)):
                rows = self._read(m, ids)
                for row_id in ids:
                    record, stored = rows.get(row_id, (None, ()))
                    judge(row_id, record, stored, digests[row_id])
                records = [record for record, _ in rows.values()]
                if undo:
                    check_unused(self._connection, records, own)
                self._mark(m, records, undo)
                self._tell(m, records, action, metadata, undo)
                self._index(records, undo)

    def _read(self, m: Mapper[Any], ids: Sequence[Id]) -> dict[Id, tuple[Record, Sequence[Any]]]:
        found = fetch(self._connection, f"{m.select} WHERE id {_IN}", (dumps(list(ids)),))
        at = m.position["id"]
        return {row[at]: (m.from_row(row), row) for row in found}

    def _mark(self, m: Mapper[Any], records: Sequence[Record], undo: bool) -> None:
        writer = self._writer
        now = writer.epoch_now
        sql = (
            f"UPDATE {m.table} SET deleted_at = ?, revision = revision + 1, updated_at = ?,"
            f" updated_by = ?, updated_op = ? WHERE id {_IN}"
        )
        values = (now if undo else None, now, writer.actor.staff_id, writer.command_id)
        try:
            with writer.guarded(records[0]):
                run(self._connection, sql, (*values, dumps([row.id for row in records])))
        except SlotTaken:
            # one by one, until the visit whose place is taken is met again and can be named
            for row in records:
                with writer.guarded(row):
                    run(self._connection, sql, (*values, dumps([row.id])))
            raise
        for row in records:
            writer.journal.written[row.id] = Written(m.table, row, row, told=False)
        if m.table in ROSTER_TABLES:
            writer.journal.roster_touched = True

    def _tell(
        self,
        m: Mapper[Any],
        records: Sequence[Record],
        action: str,
        metadata: Mapping[str, object],
        undo: bool,
    ) -> None:
        writer, actor = self._writer, self._writer.actor
        now = writer.epoch_now
        rows = []
        for row in records:
            gone = None if row.deleted_at is None else epoch(row.deleted_at)
            changes: Diff = {"deleted_at": (gone, now if undo else None)}
            rows.append(
                event_row(
                    writer.new_id(),
                    m.table,
                    row.id,
                    action,
                    now,
                    actor,
                    writer.command_id,
                    changes,
                    metadata,
                )
            )
        last = insert(
            self._connection,
            "INSERT INTO event (id, subject_kind, subject_id, action, occurred_at, actor_id,"
            " actor_name, actor_kind, desk_id, command_id, changes, metadata)"
            f" SELECT {', '.join(f'value ->> {i}' for i in range(12))}"
            " FROM json_each(?) ORDER BY key",
            (dumps(rows),),
        )
        for seq, told in enumerate(rows, last - len(rows) + 1):
            writer.journal.fold.add(seq, told)

    def _index(self, records: Sequence[Record], undo: bool) -> None:
        patients = [row for row in records if isinstance(row, Patient)]
        if not patients:
            return
        if undo:
            ids = dumps([row.id for row in patients])
            run(self._connection, f"DELETE FROM patient_search WHERE patient_id {_IN}", (ids,))
            return
        driver_of(self._connection).executemany(INSERT_SEARCH, _search_rows(patients))


def _search_rows(patients: Sequence[Patient]) -> Iterator[tuple[str, ...]]:
    for patient in patients:
        row = search_row(replace(patient, deleted_at=None))
        if row is not None:
            yield (patient.id, *row)


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(items), CHUNK):
        yield items[at : at + CHUNK]
