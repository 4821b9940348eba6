"""What money and messages ask of a unit of work. ``SqlUnitOfWork`` is made of this."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import Connection

from clinic_desk.domain.billing import Invoice
from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.store.direct import fetch, fetch_one, run
from clinic_desk.store.history import dumps
from clinic_desk.store.mapping import mapper
from clinic_desk.store.writing import RowWriter

if TYPE_CHECKING:
    from clinic_desk.services.day_views import OutboxMessage

R = TypeVar("R", bound=Record)

BREAK_AFTER = 5
"""Failures in a row after which a service is left alone for a while."""

SHORTEST_BREAK, LONGEST_BREAK = 60, 3600
"""Seconds; each further failure doubles the pause."""

MESSAGE = (
    "id, topic, subject_id, payload, created_at, attempts, next_try_at, withdrawn_at, last_error"
)
OPEN = "done_at IS NULL AND withdrawn_at IS NULL"


class BillingWriting:
    """See ``services.billing_ports.BillingWork``."""

    now: datetime
    _connection: Connection
    _writer: RowWriter

    def before(self, record: R) -> R | None:
        written = self._writer.journal.written.get(record.id)
        return record if written is None else cast("R | None", written.before)

    def invoices_of(self, appointment_ids: Sequence[Id]) -> list[Invoice]:
        m = mapper(Invoice)
        if len(appointment_ids) == 1:
            which, values = "= ?", (appointment_ids[0],)
        else:
            which, values = "IN (SELECT value FROM json_each(?))", (dumps(list(appointment_ids)),)
        rows = fetch(
            self._connection,
            f"{m.select} WHERE appointment_id {which} AND deleted_at IS NULL"
            " ORDER BY created_at, rowid",
            values,
        )
        return [m.from_row(row) for row in rows]

    def drop_unsent(self, subject_id: Id, prefix: str) -> bool:
        which = f"subject_id = ? AND topic GLOB ? AND attempts = 0 AND {OPEN}"
        found = fetch_one(
            self._connection,
            "SELECT 1 FROM outbox_message WHERE subject_id = ? AND topic GLOB ? AND attempts > 0",
            (subject_id, f"{prefix}*"),
        )
        run(
            self._connection,
            f"UPDATE outbox_message SET withdrawn_at = ? WHERE {which}",
            (epoch(self.now), subject_id, f"{prefix}*"),
        )
        return found is not None

    def claim_messages(
        self, service: str, topics: Sequence[str], holder: Id, until: datetime, limit: int
    ) -> tuple[OutboxMessage, ...]:
        now = epoch(self.now)
        failures, open_until, lease_by, lease_until = self._gateway(service)
        if open_until is not None and open_until > now:
            return ()
        if lease_by not in ("", holder) and lease_until is not None and lease_until > now:
            return ()
        if failures >= BREAK_AFTER:
            limit = 1  # one message finds out whether the service is back
        which = " OR ".join("m.topic GLOB ?" for _ in topics)
        rows = fetch(
            self._connection,
            f"SELECT {MESSAGE} FROM outbox_message m WHERE ({which}) AND {OPEN}"
            " AND next_try_at <= ? AND NOT EXISTS (SELECT 1 FROM outbox_message o"
            " WHERE o.subject_id = m.subject_id AND o.done_at IS NULL"
            " AND o.withdrawn_at IS NULL AND o.rowid < m.rowid"
            f" AND ({which.replace('m.', 'o.')})) ORDER BY m.rowid LIMIT ?",
            (*(f"{t}*" for t in topics), now, *(f"{t}*" for t in topics), limit),
        )
        if not rows:
            return ()
        ids = dumps([row[0] for row in rows])
        run(
            self._connection,
            "UPDATE outbox_message SET attempts = attempts + 1, next_try_at = ?"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (epoch(until), ids),
        )
        run(
            self._connection,
            "UPDATE gateway_state SET lease_by = ?, lease_until = ? WHERE name = ?",
            (holder, epoch(until), service),
        )
        return tuple(message_of(row, attempts=row[5] + 1) for row in rows)

    def settle_message(
        self,
        service: str,
        message_id: Id,
        error: str,
        next_try_at: datetime | None,
        breaker_until: datetime | None,
    ) -> None:
        now = epoch(self.now)
        failures = self._gateway(service)[0]
        if not error:
            run(
                self._connection,
                "UPDATE outbox_message SET done_at = ?, withdrawn_at = NULL, last_error = ''"
                " WHERE id = ? AND done_at IS NULL",
                (now, message_id),
            )
            self._say(service, 0, None, "")
            return
        run(
            self._connection,
            "UPDATE outbox_message SET last_error = ?, next_try_at = ?, withdrawn_at = ?"
            f" WHERE id = ? AND {OPEN}",
            (
                error,
                now if next_try_at is None else epoch(next_try_at),
                now if next_try_at is None else None,
                message_id,
            ),
        )
        if next_try_at is None:
            self._say(service, 0, None, error)  # it answered: the message is at fault
            return
        failures += 1
        pause: int | None = None if breaker_until is None else epoch(breaker_until)
        if pause is None and failures >= BREAK_AFTER:
            longer = min(failures - BREAK_AFTER, 10)
            pause = now + min(LONGEST_BREAK, SHORTEST_BREAK * 2**longer)
        self._say(service, failures, pause, error)

    def retry_message(self, message_id: Id) -> bool:
        found = fetch_one(
            self._connection,
            "SELECT topic, subject_id, rowid FROM outbox_message WHERE id = ?"
            " AND withdrawn_at IS NOT NULL AND last_error <> '' AND done_at IS NULL",
            (message_id,),
        )
        if found is None:
            raise NotFound("message", message_id)
        topic, subject, place = found
        newer = fetch_one(
            self._connection,
            "SELECT 1 FROM outbox_message WHERE subject_id = ? AND topic GLOB ? AND rowid > ?"
            " AND (done_at IS NOT NULL OR withdrawn_at IS NULL)",
            (subject, f"{topic.partition('.')[0]}.*", place),
        )
        if newer is not None:
            run(
                self._connection,
                "UPDATE outbox_message SET last_error = '' WHERE id = ?",
                (message_id,),
            )
            return False
        run(
            self._connection,
            "UPDATE outbox_message SET withdrawn_at = NULL, next_try_at = ?, attempts = 1"
            " WHERE id = ?",
            (epoch(self.now), message_id),
        )
        service = topic.partition(".")[0]
        run(
            self._connection,
            "UPDATE gateway_state SET open_until = NULL WHERE name = ?",
            (service,),
        )
        return True

    def gateway_failures(self, service: str) -> int:
        return int(self._gateway(service)[0])

    def _gateway(self, service: str) -> tuple[int, int | None, str, int | None]:
        found: Any = fetch_one(
            self._connection,
            "SELECT failures, open_until, lease_by, lease_until FROM gateway_state WHERE name = ?",
            (service,),
        )
        if found is None:
            run(
                self._connection,
                "INSERT INTO gateway_state (name, failures, lease_by, last_error)"
                " VALUES (?, 0, '', '')",
                (service,),
            )
            return (0, None, "", None)
        return (found[0], found[1], found[2], found[3])

    def _say(self, service: str, failures: int, open_until: int | None, error: str) -> None:
        run(
            self._connection,
            "UPDATE gateway_state SET failures = ?, open_until = ?, last_error = ? WHERE name = ?",
            (failures, open_until, error, service),
        )


def message_of(row: Sequence[Any], attempts: int | None = None) -> OutboxMessage:
    """Of a row of ``MESSAGE``."""
    from clinic_desk.services.day_views import OutboxMessage

    return OutboxMessage(
        id=row[0],
        topic=row[1],
        subject_id=row[2],
        payload=json.loads(row[3]),
        created_at=from_epoch(row[4]),
        attempts=row[5] if attempts is None else attempts,
        next_try_at=from_epoch(row[6]) if row[7] is None else None,
        set_aside=row[7] is not None,
        last_error=row[8],
    )
