"""Writing rows: each with its event, in the same transaction, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import SlotTaken, Stale
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id, IdFactory
from clinic_desk.domain.people import Patient
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import epoch, zone
from clinic_desk.store.audit_chain import Fold, Note
from clinic_desk.store.direct import driver_of, fetch_one, insert, run
from clinic_desk.store.faults import translate
from clinic_desk.store.guards import OFF_MACHINE, ROSTER_TABLES
from clinic_desk.store.history import INSERT as INSERT_EVENT
from clinic_desk.store.history import Diff, diff, event_row, first_diff, last_change
from clinic_desk.store.mapping import Mapper, Stored, mapper
from clinic_desk.store.occupancy import clash_refusal
from clinic_desk.store.rosters import RosterCache, load_roster
from clinic_desk.store.searchable import index_patient
from clinic_desk.store.setting_rows import TABLE as SETTING
from clinic_desk.store.setting_rows import stored_value, write_value

R = TypeVar("R", bound=Record)
Row = Sequence[Stored]


@dataclass(slots=True)
class Written:
    """One row as it was before this unit of work (None: new) and as it is now. ``told`` False:
    the world outside never heard of the row, so it need not hear of this either."""

    table: str
    before: Record | None
    after: Record
    told: bool = True


@dataclass(slots=True)
class Journal:
    """What was written so far. ``changed`` keeps, per row and in order, the stored values before
    and after of each changed field; a new row has ``None`` before. ``quiet`` holds the settings
    that no event tells of; ``fold`` the running hash of the events, ``notes`` what the audit
    trail is to be told besides."""

    written: dict[Id, Written] = field(default_factory=dict)
    images: dict[Id, tuple[str, dict[str, Stored] | None, dict[str, Stored]]] = field(
        default_factory=dict
    )
    roster_touched: bool = False
    settings: set[Id] = field(default_factory=set)
    quiet: dict[Id, tuple[str | None, str | None]] = field(default_factory=dict)
    fold: Fold = field(default_factory=Fold)
    notes: list[Note] = field(default_factory=list)

    def copy(self) -> Journal:
        return Journal(
            {k: Written(w.table, w.before, w.after, w.told) for k, w in self.written.items()},
            {
                k: (table, None if b is None else dict(b), dict(a))
                for k, (table, b, a) in self.images.items()
            },
            self.roster_touched,
            set(self.settings),
            dict(self.quiet),
            self.fold.copy(),
            list(self.notes),
        )


class RowWriter:
    """Adds and replaces rows of one transaction on behalf of one actor and one command."""

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        now: datetime,
        command_id: Id,
        new_id: IdFactory,
        rosters: RosterCache,
    ) -> None:
        self.connection = connection
        self.actor = actor
        self.now = now
        self.command_id = command_id
        self.new_id = new_id
        self.rosters = rosters
        self.journal = Journal()
        self.epoch_now = epoch(now)
        self._points = 0

    def add(
        self,
        record: R,
        action: str,
        metadata: Mapping[str, object] | None = None,
        *,
        undoable: bool = True,
    ) -> R:
        m = mapper(type(record))
        row: list[Stored] = list(m.to_row(record))
        at = m.position
        row[at["id"]] = record.id or self.new_id()
        row[at["revision"]] = 1
        row[at["deleted_at"]] = None
        for name in ("created", "updated"):
            row[at[f"{name}_at"]] = self.epoch_now
            row[at[f"{name}_by"]] = self.actor.staff_id
            row[at[f"{name}_op"]] = self.command_id
        stored = m.from_row(row)
        with self.guarded(stored):
            run(self.connection, m.insert, row)
        changes = first_diff(m, row)
        self._event(m.table, stored.id, action, changes, metadata)
        self._after_write(m, None, stored, changes, undoable)
        return stored

    def replace(
        self,
        before: R,
        after: R,
        action: str,
        metadata: Mapping[str, object] | None = None,
        *,
        place_again: bool = False,
        undoable: bool = True,
    ) -> R:
        """``place_again`` writes the slot state even when it is equal: the row was neutralised
        meanwhile."""
        m = mapper(type(before))
        old = m.to_row(before)
        row: list[Stored] = list(m.to_row(after))
        at = m.position
        for name in ("id", "created_at", "created_by", "created_op"):
            row[at[name]] = old[at[name]]
        row[at["revision"]] = before.revision + 1
        row[at["updated_at"]] = self.epoch_now
        row[at["updated_by"]] = self.actor.staff_id
        row[at["updated_op"]] = self.command_id
        changes = diff(m, old, row)
        stored = m.from_row(row)
        names = [*changes, "revision", "updated_at", "updated_by", "updated_op"]
        if place_again and "slot_state" not in changes:
            names.append("slot_state")
        values = (*(row[at[name]] for name in names), before.id, before.revision)
        sql = m.update(tuple(names))
        event_first = action in OFF_MACHINE and m.kind is Appointment
        with self.savepoint() if event_first else self.guarded(stored):
            if event_first:
                self._event(m.table, before.id, action, changes, metadata)
                with self.guarded(stored):
                    count = run(self.connection, sql, values)
            else:
                count = run(self.connection, sql, values)
            if count == 0:
                raise self.stale(before.id, "This was changed meanwhile")
        if not event_first:
            self._event(m.table, before.id, action, changes, metadata)
        self._after_write(m, before, stored, changes, undoable)
        return stored

    def replace_together(
        self,
        pairs: Iterable[tuple[Appointment, Appointment]],
        action: str,
        metadata: Mapping[str, object] | None = None,
        stories: Mapping[Id, tuple[str, Mapping[str, object]]] | None = None,
    ) -> list[Appointment]:
        """All or nothing; in between no row of the group stands in another's way."""
        group = list(pairs)
        told = stories or {}
        with self.savepoint():
            self.neutralise([before for before, _ in group])
            return [
                self.replace(
                    before, after, *told.get(before.id, (action, metadata)), place_again=True
                )
                for before, after in group
            ]

    def neutralise(self, rows: Sequence[Appointment]) -> None:
        """Takes rows out of their places until they are written again in the same savepoint.
        Raises ``Stale`` when one has changed."""
        for row in rows:
            done = run(
                self.connection,
                "UPDATE appointment SET slot_state = 'contested' WHERE id = ? AND revision = ?",
                (row.id, row.revision),
            )
            if done == 0:
                raise self.stale(row.id, "This was changed meanwhile")

    def stale(self, row_id: Id, what: str) -> Stale:
        """ "…: Maria changed this at 10:42.", in the practice's zone."""
        found = last_change(self.connection, row_id)
        if found is None:
            return Stale(f"{what} by someone else. Look at it again, then repeat your change.")
        name, when = found
        clock = self._spoken_time(when)
        who = name or "Another desk"
        return Stale(
            f"{what}: {who} changed this at {clock}. Look at it again, then repeat your change.",
            changed_by=name,
            changed_at=when,
        )

    def _spoken_time(self, when: datetime) -> str:
        zone_name = load_zone(self.connection)
        local, today = when.astimezone(zone(zone_name)), self.now.astimezone(zone(zone_name))
        if local.date() == today.date():
            return f"{local:%H:%M}"
        return f"{local:%H:%M} on {local:%a} {local.day} {local:%b}"

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Rolls rows and journal back to here when the block raises."""
        self._points += 1
        name = f"point_{self._points}"
        kept = self.journal.copy()
        run(self.connection, f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self.journal = kept
            if driver_of(self.connection).in_transaction:
                run(self.connection, f"ROLLBACK TO {name}")
                run(self.connection, f"RELEASE {name}")
            raise
        run(self.connection, f"RELEASE {name}")

    @contextmanager
    def guarded(self, wanted: Record) -> Iterator[None]:
        """Turns what the guards say into a refusal that names the row in the way."""
        try:
            yield
        except (DBAPIError, dbapi2.Error) as error:
            known = translate(error)
            if known is None:
                raise
            if isinstance(known, SlotTaken) and isinstance(wanted, Appointment):
                zone_name = self.zone_of(wanted.location_id)
                named = clash_refusal(self.connection, wanted, known.subject, zone_name)
                raise named or known from error
            raise known from error

    def zone_of(self, location_id: Id) -> str:
        found = fetch_one(self.connection, "SELECT zone FROM location WHERE id = ?", (location_id,))
        return str(found[0]) if found else load_zone(self.connection)

    def save_setting(
        self,
        row_id: Id,
        value: str | None,
        action: str = "",
        metadata: Mapping[str, object] | None = None,
    ) -> None:
        """``value`` is JSON text, None deletes. With an action the change is told in an event and
        kept as an image; what a window merely remembers is not."""
        before = stored_value(self.connection, row_id)
        if before == value:
            return
        write_value(self.connection, row_id, value, self.epoch_now, self.actor.staff_id)
        self.journal.settings.add(row_id)
        if not action:
            first = self.journal.quiet.get(row_id, (before,))[0]
            self.journal.quiet[row_id] = (first, value)
            return
        self._event(SETTING, row_id, action, {"value": (before, value)}, metadata)
        image = self.journal.images.get(row_id)
        old: dict[str, Stored] | None = image[1] if image is not None else {"value": before}
        self.journal.images[row_id] = (SETTING, old, {"value": value})

    def _event(
        self,
        table: str,
        row_id: Id,
        action: str,
        changes: Diff,
        metadata: Mapping[str, object] | None,
    ) -> None:
        row = event_row(
            self.new_id(),
            table,
            row_id,
            action,
            self.epoch_now,
            self.actor,
            self.command_id,
            changes,
            metadata,
        )
        self.journal.fold.add(insert(self.connection, INSERT_EVENT, row), row)

    def _after_write(
        self, m: Mapper[Any], before: Record | None, after: Record, changes: Diff, undoable: bool
    ) -> None:
        if isinstance(after, Patient):
            index_patient(self.connection, after, new=before is None)
        if m.table in ROSTER_TABLES:
            self.journal.roster_touched = True
        known = self.journal.written.get(after.id)
        if known is None:
            self.journal.written[after.id] = Written(m.table, before, after)
        else:
            known.after = after
        if undoable:
            self._keep_image(m, before is None, after.id, changes)

    def _keep_image(self, m: Mapper[Any], new: bool, row_id: Id, changes: Diff) -> None:
        image = self.journal.images.get(row_id)
        if image is None:
            old = None if new else {name: pair[0] for name, pair in changes.items()}
            start = dict(m.zero) if new else {}
            self.journal.images[row_id] = (
                m.table,
                old,
                {**start, **{name: pair[1] for name, pair in changes.items()}},
            )
            return
        _, old, new_values = image
        for name, (earlier, later) in changes.items():
            if old is not None:
                old.setdefault(name, earlier)
            new_values[name] = later

    def roster(self) -> Roster:
        """The roster of this transaction; one with its own changes is not shared with others."""
        if self.journal.roster_touched:
            return load_roster(self.connection)
        return self.rosters.get(self.connection)


def load_zone(connection: Connection) -> str:
    """The practice's zone; UTC before the practice is set up."""
    found = fetch_one(
        connection, "SELECT zone FROM practice WHERE deleted_at IS NULL ORDER BY id LIMIT 1"
    )
    return str(found[0]) if found else "UTC"
