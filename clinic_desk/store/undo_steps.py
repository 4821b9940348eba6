"""The rows of the undo stack: added, chosen, dropped. What their images mean is said in
``undoing``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.errors import Refusal, Stale
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch
from clinic_desk.services.command import PLAN_RUN
from clinic_desk.store.direct import fetch, fetch_one, run
from clinic_desk.store.history import dumps

if TYPE_CHECKING:
    from clinic_desk.store.writing import RowWriter

STEPS = 50
"""Undo steps kept per run of the program; all commands of one import count as one."""

KEPT_SECONDS = 7 * 86400
"""Steps of other runs are forgotten after this long: nobody can undo them any more."""

_STEP = "CASE WHEN run = '' THEN CAST(seq AS TEXT) ELSE run END"
"""What the commands of one step have in common."""

_PRUNE = f"""
WITH step AS (
    SELECT {_STEP} AS name, max(seq) AS last FROM undo_record
    WHERE session_id = ? AND state = 'done' GROUP BY name
)
DELETE FROM undo_record WHERE session_id = ?
    AND seq <= (SELECT last FROM step ORDER BY last DESC LIMIT 1 OFFSET {STEPS})
    AND {_STEP} NOT IN (SELECT name FROM step ORDER BY last DESC LIMIT {STEPS})
"""


@dataclass(frozen=True, slots=True)
class Step:
    """The step whose turn it is; ``seq`` and ``label`` are those of its last command. The label
    of a plan says how many commands go with it."""

    seq: int
    label: str
    run: str


def next_step(connection: Connection, session_id: Id, state: str) -> Step | None:
    """The last step that was done, or the first one that was undone."""
    if state == "done":
        sql = (
            "SELECT seq, label, run FROM undo_record WHERE session_id = ? AND state = ?"
            " ORDER BY seq DESC LIMIT 1"
        )
    else:
        sql = (
            f"SELECT max(seq) AS last, label, run, {_STEP} AS step FROM undo_record"
            " WHERE session_id = ? AND state = ? GROUP BY step ORDER BY last LIMIT 1"
        )
    row = fetch_one(connection, sql, (session_id, state))
    if row is None:
        return None
    return Step(row[0], _named(connection, session_id, state, row[2], row[1]), row[2])


def _named(connection: Connection, session_id: Id, state: str, run: str, label: str) -> str:
    if not run.startswith(PLAN_RUN):
        return label
    found = fetch_one(
        connection,
        "SELECT count(*) - 1 FROM undo_record WHERE session_id = ? AND state = ? AND run = ?",
        (session_id, state, run),
    )
    more = int(found[0]) if found is not None else 0
    if more < 1:
        return label
    return f"{label} and {more} earlier step{'s' if more > 1 else ''} of the plan"


class UndoSteps:
    """The steps of one session, inside one transaction."""

    def __init__(self, writer: RowWriter) -> None:
        self._writer = writer
        self._connection = writer.connection
        self._session = writer.actor.session_id
        self._ended: dict[int, str] = {}
        self.stale: tuple[int, ...] = ()
        """``seq`` of steps that proved stale and are to be dropped after the rollback."""
        self.turned_back: set[Id] = set()
        """Subjects of messages that were withdrawn or let go again before they were tried."""

    def add(self, label: str, run_id: str, images: str) -> None:
        """One command more; what was undone can no longer be redone."""
        run(
            self._connection,
            "UPDATE undo_record SET state = 'forgotten' WHERE session_id = ? AND state = 'undone'",
            (self._session,),
        )
        run(
            self._connection,
            "INSERT INTO undo_record"
            " (session_id, command_id, label, state, created_at, applied_op, run, images)"
            " VALUES (?, ?, ?, 'done', ?, '', ?, ?)",
            (
                self._session,
                self._writer.command_id,
                label,
                epoch(self._writer.now),
                run_id,
                images,
            ),
        )
        run(self._connection, _PRUNE, (self._session, self._session))

    def turn(self, state: str, undo: bool, run_id: str) -> Step:
        """The step to take; raises ``Refusal`` when there is none."""
        if run_id:
            found = fetch_one(
                self._connection,
                "SELECT max(seq), label FROM undo_record WHERE session_id = ? AND state = ?"
                " AND run = ?",
                (self._session, state, run_id),
            )
            if found is None or found[0] is None:
                raise Refusal("nothing_to_undo", "This has been taken back already.")
            label = _named(self._connection, self._session, state, run_id, found[1])
            return Step(found[0], label, run_id)
        step = next_step(self._connection, self._session, state)
        for seq, was in self._ended.items():
            if was == state and (step is None or (seq > step.seq) == undo):
                # what the menu said is gone; the step before it was not asked for
                self.stale = tuple(self._ended)
                raise Stale("The hold has run out by itself. Nothing was changed.")
        if step is None:
            if undo:
                raise Refusal("nothing_to_undo", "There is nothing to undo.")
            raise Refusal("nothing_to_redo", "There is nothing to redo.")
        return step

    def commands(self, step: Step, state: str) -> list[Any]:
        """(seq, command id, images) of the step's commands, oldest first."""
        return fetch(
            self._connection,
            "SELECT seq, command_id, images FROM undo_record WHERE session_id = ? AND state = ?"
            f" AND {'run' if step.run else 'seq'} = ? ORDER BY seq",
            (self._session, state, step.run or step.seq),
        )

    def keep(self, rows: Sequence[Any], images: str | None, undone: bool) -> None:
        """The records as they have to be for the way back, and what was to be sent."""
        run(
            self._connection,
            "UPDATE undo_record SET state = ?, applied_op = ?"
            " WHERE seq IN (SELECT value FROM json_each(?))",
            (
                "undone" if undone else "done",
                self._writer.command_id,
                dumps([row[0] for row in rows]),
            ),
        )
        if images is not None:
            run(
                self._connection,
                "UPDATE undo_record SET images = ? WHERE seq = ?",
                (images, rows[0][0]),
            )
        found = fetch(
            self._connection,
            "UPDATE outbox_message SET withdrawn_at = ? WHERE done_at IS NULL"
            f" AND withdrawn_at IS {'' if undone else 'NOT '}NULL"
            " AND attempts = 0 AND lease_by = ''"
            # invoices and messages to people tell of their own way back
            " AND topic NOT GLOB 'billing.*' AND topic NOT GLOB 'message.*'"
            " AND command_id IN (SELECT value FROM json_each(?)) RETURNING subject_id",
            (epoch(self._writer.now) if undone else None, dumps([row[1] for row in rows])),
        )
        self.turned_back.update(row[0] for row in found)

    def hold_ended(self, hold: Appointment) -> None:
        """A hold is over, not by anybody's wish: making it can no longer be undone, nor can
        letting it go be redone."""
        made = "command_id = ? AND state = 'done'"
        let_go = "applied_op = ? AND state = 'undone'"
        for seq, session, state in self._drop(
            f"({made}) OR ({let_go})", (hold.created_op, hold.updated_op)
        ):
            if session == self._session:
                self._ended[seq] = state

    def _drop(self, which: str, values: Sequence[object]) -> list[Any]:
        """(seq, session, state) of the steps that were dropped."""
        found = fetch(
            self._connection,
            f"SELECT seq, session_id, state FROM undo_record WHERE {which}",
            values,
        )
        for seq, _, _ in found:
            run(self._connection, "UPDATE undo_record SET state = 'dropped' WHERE seq = ?", (seq,))
        return found

    def making_ended(self, hold: Appointment) -> None:
        """The hold has gone into a booking that was undone: the place is free for good."""
        self._drop("command_id = ? AND state = 'done'", (hold.created_op,))

    def own_commands(self) -> frozenset[Id]:
        """Every command of this session that wrote to rows: a row whose last writer is not among
        them was changed by somebody else."""
        rows = fetch(
            self._connection,
            "SELECT command_id, applied_op FROM undo_record WHERE session_id = ?",
            (self._session,),
        )
        return frozenset(op for pair in rows for op in pair)
