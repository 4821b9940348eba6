"""One transaction of the store: ``services.ports.UnitOfWork``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection

from clinic_desk.domain.appointments import LONGEST, LONGEST_HOLD, Appointment, Status
from clinic_desk.domain.availability.model import Busy, Roster
from clinic_desk.domain.errors import NotFound, Stale
from clinic_desk.domain.events import Actor, Event
from clinic_desk.domain.ids import Id, IdFactory
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import epoch, local_date
from clinic_desk.domain.templates import Holiday
from clinic_desk.services.message_storing import Turn
from clinic_desk.services.outcome import Changes, Touched
from clinic_desk.store.audit_anchor import Anchor
from clinic_desk.store.audit_sealing import seal
from clinic_desk.store.audit_writing import AuditWriting
from clinic_desk.store.billing_writing import BillingWriting
from clinic_desk.store.counters import count_on
from clinic_desk.store.direct import fetch, fetch_one, run
from clinic_desk.store.history import dumps, read_history
from clinic_desk.store.mapping import column_name, mapper
from clinic_desk.store.message_writing import MessageWriting
from clinic_desk.store.occupancy import busy_rows, external_rows
from clinic_desk.store.outbox_writing import OutboxWriting
from clinic_desk.store.pulse import POST, POSTS
from clinic_desk.store.rosters import RosterCache
from clinic_desk.store.setting_rows import read_setting, setting_id
from clinic_desk.store.staff_store import StaffWriting, note_actor
from clinic_desk.store.stored import OCCUPIES
from clinic_desk.store.undo_steps import KEPT_SECONDS
from clinic_desk.store.undoing import Undoer
from clinic_desk.store.writing import RowWriter, load_zone

R = TypeVar("R", bound=Record)

SEND_GRACE = timedelta(minutes=3)
"""Messages wait this long, so that an undo sends nothing (ux.md, first principle 4)."""

DESK_FORGOTTEN = 92 * 86_400
"""Seconds after which a desk that was not seen does not count as one that is at work."""

LONGEST_CHANGE = 400
"""Days named at most for one changed row: leave of more than a year repaints everything anyway."""


_WAYS_BACK = frozenset({"undone", "redone", "stepped_back", "reinstated"})
"""Actions that repeat an earlier status instead of stepping on."""


@lru_cache(maxsize=256)
def _find_sql(select: str, names: tuple[str, ...], nulls: tuple[bool, ...]) -> str:
    parts = [
        f"{column_name(name)} IS NULL" if null else f"{column_name(name)} = ?"
        for name, null in zip(names, nulls, strict=True)
    ]
    where = " AND ".join([*parts, "deleted_at IS NULL"])
    return f"{select} WHERE {where} ORDER BY id"


class SqlUnitOfWork(BillingWriting, OutboxWriting, StaffWriting, AuditWriting, MessageWriting):
    """See the port. Made by ``ClinicStore.unit_of_work``; belongs to one thread."""

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        initiator: str,
        now: datetime,
        new_id: IdFactory,
        rosters: RosterCache,
        known_actors: dict[Id, str],
        anchor: Anchor,
    ) -> None:
        self.actor = actor
        self.now = now.astimezone(UTC).replace(microsecond=0)
        self.command_id: Id = new_id()
        self.action = ""
        self.committed = False
        self._connection = connection
        self._initiator = initiator
        self._new_id = new_id
        self._known_actors = known_actors
        self._anchor = anchor
        self._writer = RowWriter(connection, actor, self.now, self.command_id, new_id, rosters)
        self._undoer = Undoer(self._writer)
        self._zones: dict[Id, str] = {}
        self._message_settings: dict[str, object] | None = None
        self.messages_written = False

    # Reading

    def get(self, kind: type[R], row_id: Id) -> R:
        m = mapper(kind)
        row = fetch_one(self._connection, m.select_one, (row_id,))
        if row is None or row[m.position["deleted_at"]] is not None:
            raise NotFound(m.table.replace("_", " "), row_id)
        return m.from_row(row)

    def find(self, kind: type[R], **equals: object) -> list[R]:
        m = mapper(kind)
        values = [m.encode(name, value) for name, value in equals.items()]
        sql = _find_sql(m.select, tuple(equals), tuple(value is None for value in values))
        given = tuple(value for value in values if value is not None)
        return [m.from_row(row) for row in fetch(self._connection, sql, given)]

    def roster(self) -> Roster:
        return self._writer.roster()

    def busy(
        self,
        start: datetime,
        end: datetime,
        *,
        doctor_ids: Iterable[Id] = (),
        room_ids: Iterable[Id] = (),
        patient_id: Id | None = None,
    ) -> list[Busy]:
        doctors, rooms = tuple(doctor_ids), tuple(room_ids)
        first, last = epoch(start), epoch(end)
        rows = busy_rows(
            self._connection, first, last, doctor_ids=doctors, room_ids=rooms, patient_id=patient_id
        )
        return rows + external_rows(self._connection, first, last, doctors)

    def visits(self, doctor_id: Id, start: datetime, end: datetime) -> list[Appointment]:
        m = mapper(Appointment)
        first, last = epoch(start), epoch(end)
        rows = fetch(
            self._connection,
            f"{m.select} WHERE doctor_id = ? AND start_at > ? AND start_at < ? AND end_at > ?"
            f" AND {OCCUPIES} ORDER BY start_at, id",
            (doctor_id, first - LONGEST * 60, last, first),
        )
        return [m.from_row(row) for row in rows]

    def only_own_since(self, record: Record, revision: int) -> bool:
        written = record.revision - revision
        if written <= 0:
            return False
        ops = fetch(
            self._connection,
            "SELECT command_id FROM event WHERE subject_id = ? ORDER BY seq DESC LIMIT ?",
            (record.id, written),
        )
        own = self._undoer.steps.own_commands()
        return len(ops) == written and all(op in own for (op,) in ops)

    def status_before(self, appointment_id: Id, status: str) -> str | None:
        rows = fetch(
            self._connection,
            "SELECT command_id, action, changes FROM event WHERE subject_id = ?"
            " AND subject_kind = 'appointment' ORDER BY seq",
            (appointment_id,),
        )
        steps = [
            (command_id, action, *changed["status"])
            for command_id, action, changes in rows
            if "status" in (changed := json.loads(changes))
        ]
        for command_id, action, _, after in reversed(steps):
            if after == status and action not in _WAYS_BACK:
                # A check-in confirms and arrives in one command: before it, both were to come.
                before: str | None = next(step[2] for step in steps if step[0] == command_id)
                return before
        return None

    def series_occurrences(self, series_id: Id) -> list[Record]:
        found = self.find(Appointment, series_id=series_id)
        found.sort(key=lambda visit: visit.start)
        return [*found]

    def setting(self, key: str, scope: str) -> object | None:
        return read_setting(self._connection, key, scope, self.actor.desk_id)

    def settings_of_desks(self, key: str) -> dict[Id, object | None]:
        rows = fetch(
            self._connection,
            "SELECT d.id, s.value FROM desk d LEFT JOIN setting s ON s.scope = 'desk'"
            " AND s.desk_id = d.id AND s.name = ? WHERE d.last_seen >= ?",
            (key, epoch(self.now) - DESK_FORGOTTEN),
        )
        return {row_id: None if value is None else json.loads(value) for row_id, value in rows}

    # Writing

    def add(
        self,
        record: R,
        action: str,
        metadata: Mapping[str, object] | None = None,
        *,
        undoable: bool = True,
    ) -> R:
        return self._writer.add(record, action, metadata, undoable=undoable)

    def replace(
        self,
        before: R,
        after: R,
        action: str,
        metadata: Mapping[str, object] | None = None,
        *,
        undoable: bool = True,
    ) -> R:
        written = self._writer.replace(before, after, action, metadata, undoable=undoable)
        if not undoable and isinstance(after, Appointment) and after.status is Status.RELEASED:
            self._undoer.steps.hold_ended(before)  # type: ignore[arg-type]  # of the same kind
        return written

    def replace_together(
        self,
        pairs: Iterable[tuple[Appointment, Appointment]],
        action: str,
        metadata: Mapping[str, object] | None = None,
        stories: Mapping[Id, tuple[str, Mapping[str, object]]] | None = None,
    ) -> list[Appointment]:
        return self._writer.replace_together(pairs, action, metadata, stories)

    def remove(
        self, record: Record, action: str, metadata: Mapping[str, object] | None = None
    ) -> None:
        self._writer.replace(record, replace(record, deleted_at=self.now), action, metadata)

    def release_expired_holds(self) -> int:
        # A hold that would last longer than any was made by a clock that has been put back since.
        m = mapper(Appointment)
        rows = fetch(
            self._connection,
            f"{m.select} WHERE status = 'held' AND (hold_until <= ? OR hold_until > ?)"
            " AND deleted_at IS NULL",
            (epoch(self.now), epoch(self.now) + LONGEST_HOLD),
        )
        for row in rows:
            held = m.from_row(row)
            freed = replace(held, status=Status.RELEASED, hold_until=None)
            self.replace(held, freed, "hold_expired", undoable=False)
        return len(rows)

    def next_number(self, counter: str) -> int:
        return count_on(self._connection, counter)

    def save_setting(self, key: str, scope: str, value: object, *, undoable: bool = False) -> None:
        row_id = setting_id(key, scope, self.actor.desk_id)
        self._writer.save_setting(row_id, dumps(value), "saved" if undoable else "")

    def send(self, topic: str, subject_id: Id, payload: Mapping[str, object]) -> None:
        now = epoch(self.now)
        run(
            self._connection,
            "INSERT INTO outbox_message (id, topic, subject_id, command_id, payload, created_at,"
            " attempts, next_try_at, last_error) VALUES (?, ?, ?, ?, ?, ?, 0, ?, '')",
            (
                self._new_id(),
                topic,
                subject_id,
                self.command_id,
                dumps(dict(payload)),
                now,
                now + int(SEND_GRACE.total_seconds()),
            ),
        )

    # Undo

    def record_undo(self, label: str, run_id: str = "") -> None:
        self._undoer.record(label, run_id)

    def undo(self, run_id: str = "", turn: Turn | None = None) -> str:
        self._undoer.turn = turn
        return self._undoer.undo(run_id)

    def redo(self, turn: Turn | None = None) -> str:
        self._undoer.turn = turn
        return self._undoer.redo()

    def turned_back(self) -> frozenset[Id]:
        return frozenset(self._undoer.steps.turned_back)

    # The transaction

    def savepoint(self) -> AbstractContextManager[None]:
        return self._writer.savepoint()

    def stale(self, row_id: Id, what: str) -> Stale:
        return self._writer.stale(row_id, what)

    def history(self, row_id: Id) -> tuple[Event, ...]:
        return read_history(self._connection, row_id)

    def written(self, kind: type[R]) -> list[R]:
        rows = [change.after for change in self._writer.journal.written.values() if change.told]
        return sorted((row for row in rows if isinstance(row, kind)), key=lambda row: row.id)

    def touched(self) -> list[Touched]:
        return [Touched(w.before, w.after, w.told) for w in self._writer.journal.written.values()]

    def changes(self) -> Changes:
        kinds: set[str] = set()
        days: set[date] = set()
        doctors: set[Id] = set()
        written = self._writer.journal.written
        for change in written.values():
            kinds.add(change.table)
            for row in (change.before, change.after):
                if row is None:
                    continue
                doctor = getattr(row, "doctor_id", None)
                if change.table == "doctor":
                    doctor = row.id
                if doctor:
                    doctors.add(doctor)
                days.update(self._days(row))
        settings = self._writer.journal.settings
        if settings:
            kinds.add("setting")
        if self.messages_written:
            kinds.add("notification")
        return Changes(
            frozenset(kinds),
            frozenset(written) | settings,
            frozenset(days),
            frozenset(doctors),
            self._initiator,
        )

    def commit(self) -> None:
        """Raises ``Fault`` when the disk refuses; then nothing of this command is kept."""
        self._note_actor()
        journal = self._writer.journal
        head = seal(
            self._connection,
            journal,
            self.actor,
            self.now,
            self.command_id,
            self.action,
            self._anchor,
        )
        if head is None and self.action in POSTS:
            count_on(self._connection, POST)
        self._connection.commit()
        self.committed = True
        if head is not None:
            self._anchor.note(head, self.now)
        self._known_actors[self.actor.staff_id] = self.actor.name

    def after_rollback(self) -> tuple[int, ...]:
        """The undo steps that proved stale, to be dropped in a transaction of their own."""
        return self._undoer.steps.stale

    def _note_actor(self) -> None:
        """Once per run of the program, not per command: who acts, and from which desk."""
        actor = self.actor
        if not actor.name or self._known_actors.get(actor.staff_id) == actor.name:
            return
        note_actor(self._connection, actor, epoch(self.now))
        self._connection.exec_driver_sql(
            "DELETE FROM undo_record WHERE session_id <> ? AND created_at < ?",
            (actor.session_id, epoch(self.now) - KEPT_SECONDS),
        )

    def _days(self, row: Record) -> Iterable[date]:
        if isinstance(row, Holiday):
            return (row.day,)
        start: Any = getattr(row, "start", None)
        end: Any = getattr(row, "end", None)
        if not isinstance(start, datetime) or not isinstance(end, datetime):
            return ()
        place: Id = getattr(row, "location_id", None) or ""
        if place not in self._zones:
            zone = self._writer.zone_of(place) if place else load_zone(self._connection)
            self._zones[place] = zone
        name = self._zones[place]
        first, last = local_date(start, name), local_date(end - timedelta(seconds=1), name)
        count = min((last - first).days, LONGEST_CHANGE)
        return [first + timedelta(days=i) for i in range(count + 1)]
