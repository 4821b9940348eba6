"""Undo and redo: images kept per command, written back by value, audited like any change.

An undo touches only the fields that its command changed, and only while they still hold what the
command left there and nobody else has written to the row since, be it in another window or at
another desk; otherwise the step is refused and dropped. A row that the command added is
soft-deleted, and un-deleted by redo. A hold that a booking grew out of does not come back: undoing
the booking frees the place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.errors import Refusal, Stale
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import epoch
from clinic_desk.store.direct import run
from clinic_desk.store.history import dumps
from clinic_desk.store.mapping import CLASS_OF, Mapper, Stored, mapper
from clinic_desk.store.writing import RowWriter

STEPS = 50
"""Undo steps kept per run of the program."""

KEPT_SECONDS = 7 * 86400
"""Steps of other runs are forgotten after this long: nobody can undo them any more."""

Image = tuple[str, Id, dict[str, Stored] | None, dict[str, Stored]]
_PLACING = frozenset(
    {"doctor_id", "room_id", "lane", "room_lane", "start", "end", "blocked_start", "blocked_end"}
)


class Undoer:
    """Undo steps of one session, inside one transaction."""

    def __init__(self, writer: RowWriter) -> None:
        self._writer = writer
        self._connection = writer.connection
        self._session = writer.actor.session_id
        self._commands: frozenset[Id] = frozenset()
        self.dropped: int | None = None
        """``seq`` of a step that proved stale and is to be dropped after the rollback."""

    def record(self, label: str) -> None:
        images = [
            (table, row_id, before, after)
            for row_id, (table, before, after) in self._writer.journal.images.items()
        ]
        self._writer.journal.images = {}
        if not images:
            return
        now = epoch(self._writer.now)
        run(
            self._connection,
            "UPDATE undo_record SET state = 'forgotten' WHERE session_id = ? AND state = 'undone'",
            (self._session,),
        )
        run(
            self._connection,
            "INSERT INTO undo_record"
            " (session_id, command_id, label, state, created_at, images, applied_op, run)"
            " VALUES (?, ?, ?, 'done', ?, ?, '', '')",
            (self._session, self._writer.command_id, label, now, dumps(images)),
        )
        run(
            self._connection,
            "DELETE FROM undo_record WHERE session_id = ? AND seq <= (SELECT seq FROM undo_record"
            f" WHERE session_id = ? AND state = 'done' ORDER BY seq DESC LIMIT 1 OFFSET {STEPS})",
            (self._session, self._session),
        )

    def undo(self) -> str:
        return self._step("done", "undone")

    def redo(self) -> str:
        return self._step("undone", "redone")

    def _step(self, state: str, action: str) -> str:
        order = "DESC" if state == "done" else "ASC"
        row = self._connection.exec_driver_sql(
            "SELECT seq, command_id, label, images FROM undo_record"
            f" WHERE session_id = ? AND state = ? ORDER BY seq {order} LIMIT 1",
            (self._session, state),
        ).fetchone()
        if row is None:
            if action == "undone":
                raise Refusal("nothing_to_undo", "There is nothing to undo.")
            raise Refusal("nothing_to_redo", "There is nothing to redo.")
        seq, command_id, label, text = row
        images = [tuple(item) for item in json.loads(text)]
        try:
            with self._writer.savepoint():
                kept = self._apply(images, action, {"command": command_id, "label": label})
        except Stale:
            self.dropped = seq
            raise
        self._writer.journal.images = {}
        now = epoch(self._writer.now)
        run(
            self._connection,
            "UPDATE undo_record SET state = ?, images = ?, applied_op = ? WHERE seq = ?",
            (
                action if action == "undone" else "done",
                dumps(kept),
                self._writer.command_id,
                seq,
            ),
        )
        if action == "undone":
            run(
                self._connection,
                "UPDATE outbox_message SET withdrawn_at = ?"
                " WHERE command_id = ? AND done_at IS NULL AND withdrawn_at IS NULL",
                (now, command_id),
            )
        else:
            run(
                self._connection,
                "UPDATE outbox_message SET withdrawn_at = NULL"
                " WHERE command_id = ? AND done_at IS NULL AND withdrawn_at IS NOT NULL",
                (command_id,),
            )
        return str(label)

    def _apply(
        self, images: Sequence[Any], action: str, metadata: Mapping[str, object]
    ) -> list[Image]:
        """Writes the images back; answers them as they have to be for the way back."""
        undo = action == "undone"
        ordered = list(reversed(images)) if undo else list(images)
        own = frozenset(row_id for _, row_id, _, _ in images)
        self._commands = self.own_commands()
        targets = [self._target(image, undo, own) for image in ordered]
        placed = [
            current
            for current, wanted, _ in targets
            if isinstance(current, Appointment) and _moves(current, wanted)
        ]
        together = len(placed) > 1
        if together:
            self._writer.neutralise(placed)
        moved = {row.id for row in placed} if together else set()
        for current, wanted, _ in targets:
            self._writer.replace(current, wanted, action, metadata, place_again=current.id in moved)
        kept = [image for _, _, image in targets]
        return list(reversed(kept)) if undo else kept

    def _target(self, image: Image, undo: bool, own: frozenset[Id]) -> tuple[Record, Record, Image]:
        """``own``: the ids of all the rows of this step."""
        table, row_id, before, after = image
        kind = CLASS_OF[table]
        m = mapper(kind)
        row = self._connection.exec_driver_sql(m.select_one, (row_id,)).fetchone()
        if row is None:
            raise self._stale(row_id, undo)
        current = m.from_row(row)
        if current.updated_op not in self._commands:
            raise self._stale(row_id, undo)
        stored = dict(zip(m.fields, row, strict=True))
        if before is None:
            expected = after if undo else {**after, "deleted_at": stored["deleted_at"]}
            if (not undo and stored["deleted_at"] is None) or _differs(stored, expected):
                raise self._stale(row_id, undo)
            if undo:
                self._check_unused(current, own)
            when = self._writer.now if undo else None
            return current, replace(current, deleted_at=when), image
        expected, wanted = (after, before) if undo else (before, after)
        gone = stored["deleted_at"] is not None and "deleted_at" not in expected
        if gone or _differs(stored, expected):
            raise self._stale(row_id, undo)
        if undo and wanted.get("status") == "held":
            wanted = {**wanted, "status": "released", "hold_until": None}
            image = (table, row_id, wanted, after)
        return current, _patched(m, stored, wanted), image

    def own_commands(self) -> frozenset[Id]:
        """Every command of this session that wrote to rows: a row whose last writer is not among
        them was changed by somebody else."""
        rows = self._connection.exec_driver_sql(
            "SELECT command_id, applied_op FROM undo_record WHERE session_id = ?",
            (self._session,),
        ).fetchall()
        return frozenset(op for pair in rows for op in pair)

    def _check_unused(self, row: Record, own: frozenset[Id]) -> None:
        """A patient with visits stays, unless those visits go in the same step."""
        if not isinstance(row, Patient):
            return
        visits = self._connection.exec_driver_sql(
            "SELECT id FROM appointment WHERE patient_id = ? AND deleted_at IS NULL", (row.id,)
        ).fetchall()
        if any(visit_id not in own for (visit_id,) in visits):
            raise Refusal(
                "in_use",
                f"Can't undo: {row.listed_name} has visits by now. Remove those first.",
            )

    def _stale(self, row_id: Id, undo: bool) -> Stale:
        refusal = self._writer.stale(row_id, "Can't undo" if undo else "Can't redo")
        sentence = refusal.sentence.partition(" Look at it again")[0]
        return Stale(sentence, changed_by=refusal.changed_by, changed_at=refusal.changed_at)


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
