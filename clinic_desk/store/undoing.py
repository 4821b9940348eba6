"""Undo and redo: images kept per command, written back by value, audited like any change.

An undo touches only the fields that its command changed, and only while they still hold what the
command left there and nobody else has written to the row since, be it in another window or at
another desk; otherwise the step is refused and dropped. A row that the command added is
soft-deleted, and un-deleted by redo; of such a row a digest is kept, not its values. A hold that a
booking grew out of does not come back: undoing the booking frees the place. A hold that was made,
or let go, for its own sake does, for three minutes from then on; its step goes when it runs out.

The commands of one ``run`` (the batches of an import) are one step, taken back in sets.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from clinic_desk.domain.appointments import HOLD_SECONDS, Appointment, Status
from clinic_desk.domain.errors import Stale
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import epoch
from clinic_desk.services.command import PLAN_RUN
from clinic_desk.services.message_storing import Turn
from clinic_desk.store.bulk_undo import BulkWriter, check_unused, digest, name_of
from clinic_desk.store.direct import fetch_one
from clinic_desk.store.history import dumps
from clinic_desk.store.mapping import Mapper, Stored, class_of, mapper
from clinic_desk.store.setting_rows import TABLE as SETTING
from clinic_desk.store.setting_rows import stored_value
from clinic_desk.store.undo_steps import UndoSteps
from clinic_desk.store.writing import RowWriter

Image = tuple[str, Id, dict[str, Stored] | None, dict[str, Stored], str]
"""Table, id, values before (None: added) and after, and the digest where rows are judged by it."""

MESSAGE = "notification"
_PLACING = frozenset(
    {"doctor_id", "room_id", "lane", "room_lane", "start", "end", "blocked_start", "blocked_end"}
)


class Undoer:
    """Undo steps of one session, inside one transaction."""

    def __init__(self, writer: RowWriter) -> None:
        self._writer = writer
        self._connection = writer.connection
        self._commands: frozenset[Id] = frozenset()
        self.steps = UndoSteps(writer)
        self.turn: Turn | None = None
        """Messages are no records with a history: their own services write them back."""

    def record(self, label: str, run_id: str = "") -> None:
        images = [
            self._compact(table, row_id, before, after, bool(run_id))
            for row_id, (table, before, after) in self._writer.journal.images.items()
        ]
        self._writer.journal.images = {}
        if not images:
            return
        self.steps.add(label, run_id, dumps(images))

    def _compact(
        self,
        table: str,
        row_id: Id,
        before: dict[str, Stored] | None,
        after: dict[str, Stored],
        in_run: bool,
    ) -> Image:
        """An import adds thousands of rows: of an added row its digest is enough. Within a run a
        changed row may be one that the run added, so it has a digest too."""
        if before is None:
            return (table, row_id, None, {}, digest(mapper(class_of(table)), after))
        mark = ""
        if in_run and table != SETTING:
            m = mapper(class_of(table))
            row = m.to_row(self._writer.journal.written[row_id].after)
            mark = digest(m, dict(zip(m.fields, row, strict=True)))
        return (table, row_id, before, after, mark)

    def undo(self, run_id: str = "") -> str:
        return self._step("done", "undone", run_id)

    def redo(self) -> str:
        return self._step("undone", "redone", "")

    def _step(self, state: str, action: str, run_id: str) -> str:
        word = "Can't undo" if action == "undone" else "Can't redo"
        step = self.steps.turn(state, action == "undone", run_id)
        rows = self.steps.commands(step, state)
        parts = [[_image(item) for item in json.loads(text)] for _, _, text in rows]
        metadata = {"command": rows[-1][1], "label": step.label}
        self._commands = self.steps.own_commands()
        try:
            with self._writer.savepoint():
                if step.run:
                    self._apply_run(parts, action, metadata, f"{word}{_subject(step.run)}")
                    kept = None
                else:
                    own = frozenset(image[1] for image in parts[0])
                    kept = self._apply(parts[0], action, metadata, own, word)
        except Stale:
            self.steps.stale = tuple(row[0] for row in rows)
            raise
        self._writer.journal.images = {}
        self.steps.keep(rows, None if kept is None else dumps(kept), action == "undone")
        return step.label

    def _apply_run(
        self,
        parts: Sequence[Sequence[Image]],
        action: str,
        metadata: Mapping[str, object],
        word: str,
    ) -> None:
        undo = action == "undone"
        added: dict[str, dict[Id, str]] = {}
        changed: dict[Id, Image] = {}
        for table, row_id, before, after, mark in (image for part in parts for image in part):
            if before is None or row_id in added.get(table, ()):
                added.setdefault(table, {})[row_id] = mark
            elif row_id in changed:
                _, _, old, new, _ = changed[row_id]
                values = {**before, **(old or {})}
                changed[row_id] = (table, row_id, values, {**new, **after}, "")
            else:
                changed[row_id] = (table, row_id, before, after, "")
        own = {*changed, *(row_id for ids in added.values() for row_id in ids)}

        def judge(row_id: Id, row: Record | None, stored: Sequence[Any], mark: str) -> None:
            self._judge_added(row_id, row, stored, mark, undo, word)

        bulk = BulkWriter(self._writer)
        if undo:
            bulk.write(added, action, metadata, own, judge)
        self._apply(list(changed.values()), action, metadata, own, word)
        if not undo:
            bulk.write(added, action, metadata, own, judge)

    def _apply(
        self,
        images: Sequence[Image],
        action: str,
        metadata: Mapping[str, object],
        own: Collection[Id],
        word: str,
    ) -> list[Image]:
        """Writes the images back; answers them as they have to be for the way back. ``own``: the
        ids of all the rows of this step."""
        undo = action == "undone"
        ordered = list(reversed(images)) if undo else list(images)
        kept: list[Image] = []
        targets: list[tuple[Record, Record]] = []
        for image in ordered:
            if image[0] == SETTING:
                self._write_setting(image, action, metadata, word)
            elif image[0] == MESSAGE:
                self._turn_message(image, undo, word)
            else:
                current, wanted, image = self._target(image, undo, own, word)
                targets.append((current, wanted))
            kept.append(image)
        placed = [
            current
            for current, wanted in targets
            if isinstance(current, Appointment) and _moves(current, wanted)
        ]
        together = len(placed) > 1
        if together:
            self._writer.neutralise(placed)
        moved = {row.id for row in placed} if together else set()
        for current, wanted in targets:
            self._writer.replace(current, wanted, action, metadata, place_again=current.id in moved)
            if undo and isinstance(wanted, Appointment) and wanted.status is Status.RELEASED:
                self.steps.making_ended(wanted)
        return list(reversed(kept)) if undo else kept

    def _write_setting(
        self, image: Image, action: str, metadata: Mapping[str, object], word: str
    ) -> None:
        _, row_id, before, after, _ = image
        undo = action == "undone"
        expected, wanted = (after, before or {}) if undo else (before or {}, after)
        if stored_value(self._connection, row_id) != expected["value"]:
            raise Stale(f"{word}: this setting has been changed again since.")
        value = wanted["value"]
        self._writer.save_setting(row_id, None if value is None else str(value), action, metadata)

    def _turn_message(self, image: Image, undo: bool, word: str) -> None:
        _, row_id, before, after, _ = image
        standings = [(str(one["status"]), str(one["reason"])) for one in (before or {}, after)]
        expected, wanted = reversed(standings) if undo else standings
        assert self.turn is not None
        self.turn(row_id, expected, wanted, word)

    def _target(
        self, image: Image, undo: bool, own: Collection[Id], word: str
    ) -> tuple[Record, Record, Image]:
        table, row_id, before, after, mark = image
        m = mapper(class_of(table))
        row = fetch_one(self._connection, m.select_one, (row_id,))
        current = None if row is None else m.from_row(row)
        if before is None:
            current = self._judge_added(row_id, current, row, mark, undo, word)
            if undo:
                check_unused(self._connection, [current], own)
                return current, replace(current, deleted_at=self._writer.now), image
            if isinstance(current, Appointment) and current.status is Status.HELD:
                until = self._held_again(current, word)
                return current, replace(current, deleted_at=None, hold_until=until), image
            return current, replace(current, deleted_at=None), image
        if row is None or current is None or current.updated_op not in self._commands:
            raise self._stale(row_id, word)
        stored = dict(zip(m.fields, row, strict=True))
        expected, wanted = (after, before) if undo else (before, after)
        gone = stored["deleted_at"] is not None and "deleted_at" not in expected
        if gone or _differs(stored, expected):
            raise self._stale(row_id, word)
        if undo and isinstance(current, Appointment) and wanted.get("status") == "held":
            if after.get("status") == "released":
                until = epoch(self._held_again(current, word))
                wanted = {**wanted, "hold_until": until}
            else:
                wanted = {**wanted, "status": "released", "hold_until": None}
            image = (table, row_id, wanted, after, mark)
        return current, _patched(m, stored, wanted), image

    def _judge_added(
        self, row_id: Id, row: Record | None, stored: Any, mark: str, undo: bool, word: str
    ) -> Record:
        """Raises ``Stale`` unless the row is as its command, or this session after it, left it."""
        if row is None or (row.deleted_at is None) != undo:
            raise self._stale(row_id, word, row)
        held = isinstance(row, Appointment) and row.status is Status.HELD
        if isinstance(row, Appointment) and row.status is Status.RELEASED:
            raise Stale(f"{word}: this hold is over already.")
        if row.updated_op not in self._commands and not held:
            raise self._stale(row_id, word, row)
        m = mapper(type(row))
        if digest(m, dict(zip(m.fields, stored, strict=True))) != mark:
            raise self._stale(row_id, word, row)
        return row

    def _held_again(self, hold: Appointment, word: str) -> Any:
        """Until when (UTC) a hold that comes back stands. Raises ``Stale``: its time is over."""
        if hold.start < self._writer.now:
            raise Stale(f"{word}: this time has passed.")
        return self._writer.now + timedelta(seconds=HOLD_SECONDS)

    def _stale(self, row_id: Id, word: str, row: Record | None = None) -> Stale:
        """With a row its name is told: of thousands, nobody could guess which."""
        refusal = self._writer.stale(row_id, word)
        sentence = refusal.sentence.partition(" Look at it again")[0]
        if row is not None and word.endswith("import"):
            sentence = sentence.replace(" changed this at ", f" changed {name_of(row)} at ")
        return Stale(sentence, changed_by=refusal.changed_by, changed_at=refusal.changed_at)


def _image(item: Sequence[Any]) -> Image:
    table, row_id, before, after, mark = item
    return table, row_id, before, after, mark


def _differs(stored: Mapping[str, Stored], expected: Mapping[str, Stored]) -> bool:
    return any(stored[name] != value for name, value in expected.items())


def _patched(m: Mapper[Any], stored: Mapping[str, Stored], wanted: Mapping[str, Stored]) -> Record:
    values = {**stored, **wanted}
    patched: Record = m.from_row([values[name] for name in m.fields])
    return patched


def _moves(current: Appointment, wanted: Record) -> bool:
    """Both rows occupy, and not the same place: such rows may stand in each other's way."""
    if not isinstance(wanted, Appointment) or not (current.occupies and wanted.occupies):
        return False
    return any(getattr(current, name) != getattr(wanted, name) for name in _PLACING)


def _subject(run: str) -> str:
    """What a run is called in a refusal; runs of an import are bare ids."""
    if run.startswith(PLAN_RUN):
        return " the plan"
    return "" if ":" in run else " the import"
