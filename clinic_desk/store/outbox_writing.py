"""The one outbox: claimed under a lease, settled by whoever holds it, tried again, set aside.

Rows of messages to people (``message.<channel>``) go by their due times; all others go in the
order in which they were written, and what waits before them in the same topic holds them up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch
from clinic_desk.store.direct import fetch, fetch_one, run
from clinic_desk.store.history import dumps
from clinic_desk.store.outbox_gateways import BREAK_AFTER, GatewayWriting
from clinic_desk.store.outbox_reading import MESSAGE, OPEN, message_of
from clinic_desk.store.writing import RowWriter

if TYPE_CHECKING:
    from clinic_desk.domain.messages import MessageStatus, Notification
    from clinic_desk.services.day_views import OutboxMessage
    from clinic_desk.services.message_ports import Receipt
    from clinic_desk.services.outbox_ports import Begun, Contact, Words

SAYS_ALL = frozenset({"billing"})
"""Services whose newest message about a subject says all that the older ones did."""

_FREE = "(m.lease_until IS NULL OR m.lease_until <= :now)"
_SAME = "o.subject_id = m.subject_id AND o.done_at IS NULL AND o.withdrawn_at IS NULL"
_BY_DUE = (
    "(o.attempts > 0 OR o.next_try_at <= :now) AND"
    " (o.attempts = 0, iif(o.attempts = 0, o.next_try_at, 0), o.rowid)"
    " < (m.attempts = 0, iif(m.attempts = 0, m.next_try_at, 0), m.rowid)"
)
_BY_PLACE = "o.rowid < m.rowid"


class OutboxWriting(GatewayWriting):
    """See ``services.billing_ports.OutboxWork``."""

    now: datetime
    _connection: Connection
    _writer: RowWriter

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
        self,
        service: str,
        topics: Sequence[str],
        holder: Id,
        until: datetime,
        limit: int,
        *,
        by_due: bool = False,
    ) -> tuple[OutboxMessage, ...]:
        now = epoch(self.now)
        failures, open_until, lease_by, lease_until = self._gateway(service)
        if open_until is not None and open_until > now:
            return ()
        probing = failures >= BREAK_AFTER
        if probing:
            # one message of one process finds out whether the service is back
            if lease_by not in ("", holder) and lease_until is not None and lease_until > now:
                return ()
            limit = 1
        values: dict[str, object] = {"now": now, "limit": limit}
        values |= {f"t{number}": f"{topic}*" for number, topic in enumerate(topics)}
        which = " OR ".join(f"m.topic GLOB :t{number}" for number in range(len(topics)))
        rows = _named(
            self._connection,
            f"SELECT {MESSAGE} FROM outbox_message m WHERE ({which}) AND {OPEN}"
            f" AND m.next_try_at <= :now AND {_FREE} AND NOT EXISTS (SELECT 1"
            f" FROM outbox_message o WHERE {_SAME} AND ({which.replace('m.', 'o.')})"
            f" AND {_BY_DUE if by_due else _BY_PLACE})"
            f" ORDER BY {'m.next_try_at, m.rowid' if by_due else 'm.rowid'} LIMIT :limit",
            values,
        )
        if not rows:
            return ()
        counted = 0 if by_due else 1  # a message to people counts when it begins
        run(
            self._connection,
            "UPDATE outbox_message SET attempts = attempts + ?, lease_by = ?, lease_until = ?"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (counted, holder, epoch(until), dumps([row[0] for row in rows])),
        )
        if probing:
            run(
                self._connection,
                "UPDATE gateway_state SET lease_by = ?, lease_until = ? WHERE name = ?",
                (holder, epoch(until), service),
            )
        return tuple(message_of(row, attempts=row[5] + counted) for row in rows)

    def release_messages(
        self, message_ids: Sequence[Id], holder: Id, *, begun: bool = False
    ) -> None:
        stands = "done_at IS NULL" if begun else OPEN
        which = f"lease_by = ? AND {stands} AND id IN (SELECT value FROM json_each(?))"
        values = (holder, dumps(list(message_ids)))
        if begun:
            run(
                self._connection,
                "DELETE FROM notification_attempt WHERE seq IN (SELECT max(t.seq)"
                " FROM notification_attempt t JOIN outbox_message o ON o.id = t.notification_id"
                f" WHERE t.retry = o.attempts - 1 AND o.{which.replace(' AND ', ' AND o.')}"
                " GROUP BY o.id)",
                values,
            )
        run(
            self._connection,
            "UPDATE outbox_message SET lease_by = '', lease_until = NULL,"
            f" attempts = max(0, attempts - ?) WHERE {which}",
            (int(begun), *values),
        )

    def settle_message(
        self,
        service: str,
        message_id: Id,
        holder: Id,
        error: str,
        next_try_at: datetime | None,
        breaker_until: datetime | None,
        contact: Contact,
    ) -> bool:
        now = epoch(self.now)
        done = "done_at = ?, withdrawn_at = NULL, last_error = ''"
        wait = "last_error = ?, next_try_at = ?"
        aside = "last_error = ?, withdrawn_at = coalesce(withdrawn_at, ?)"
        change, values = (
            (done, (now,))
            if not error
            else (aside, (error, now))
            if next_try_at is None
            else (wait, (error, epoch(next_try_at)))
        )
        ours = run(
            self._connection,
            f"UPDATE outbox_message SET {change}, lease_by = '', lease_until = NULL"
            " WHERE id = ? AND lease_by = ? AND done_at IS NULL",
            (*values, message_id, holder),
        )
        if not ours and not error:
            # it has gone, whoever has the row by now: nobody need send it once more
            run(
                self._connection,
                f"UPDATE outbox_message SET {done} WHERE id = ? AND done_at IS NULL",
                (now, message_id),
            )
        if contact != "none":
            self._heard(service, error, breaker_until, answered=contact == "answered")
        run(
            self._connection,
            "UPDATE gateway_state SET lease_by = '', lease_until = NULL"
            " WHERE name = ? AND lease_by = ?",
            (service, holder),
        )
        return ours > 0

    def retry_message(self, message_id: Id, prefix: str) -> bool:
        found = fetch_one(
            self._connection,
            "SELECT topic, subject_id, rowid FROM outbox_message WHERE id = ? AND topic GLOB ?"
            " AND withdrawn_at IS NOT NULL AND last_error <> '' AND done_at IS NULL",
            (message_id, f"{prefix}*"),
        )
        if found is None:
            raise NotFound("message", message_id)
        topic, subject, place = found
        service = topic.partition(".")[0]
        newer = service in SAYS_ALL and fetch_one(
            self._connection,
            "SELECT 1 FROM outbox_message WHERE subject_id = ? AND topic GLOB ? AND rowid > ?"
            " AND (done_at IS NOT NULL OR withdrawn_at IS NULL)",
            (subject, f"{service}.*", place),
        )
        if newer:
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
        self._close_breaker(service)
        return True

    def retry_set_aside(self, prefix: str) -> int:
        number = run(
            self._connection,
            "UPDATE outbox_message SET withdrawn_at = NULL, next_try_at = ?, attempts = 1"
            " WHERE topic GLOB ? AND withdrawn_at IS NOT NULL AND last_error <> ''"
            " AND done_at IS NULL",
            (epoch(self.now), f"{prefix}*"),
        )
        self._close_breaker(prefix.partition(".")[0])
        return number

    def forget_set_aside(self, prefix: str) -> int:
        self.rest_service(prefix.partition(".")[0], "")
        return run(
            self._connection,
            "UPDATE outbox_message SET last_error = '' WHERE topic GLOB ?"
            " AND withdrawn_at IS NOT NULL AND last_error <> '' AND done_at IS NULL",
            (f"{prefix}*",),
        )

    # Messages to people

    def message_now(self, message_id: Id) -> Notification | None:
        from clinic_desk.store.message_reading import NOTIFICATION, notification_of

        row = fetch_one(
            self._connection,
            f"SELECT {', '.join(NOTIFICATION)} FROM notification WHERE id = ?",
            (message_id,),
        )
        return None if row is None else notification_of(row)

    def begin_message(
        self, service: str, message_id: Id, holder: Id, until: datetime, words: Words
    ) -> Begun:
        from clinic_desk.services.outbox_ports import Begun

        now = epoch(self.now)
        open_until = self._gateway(service)[1]
        if open_until is not None and open_until > now:
            self.release_messages((message_id,), holder)
            return Begun.RESTING
        ours = run(
            self._connection,
            "UPDATE outbox_message SET attempts = attempts + 1, lease_until = ?"
            f" WHERE id = ? AND lease_by = ? AND lease_until > ? AND {OPEN}",
            (epoch(until), message_id, holder, now),
        )
        if not ours:
            return Begun.LOST
        run(
            self._connection,
            "UPDATE notification SET subject = ?, body = ?, address = ?, language = ?"
            " WHERE id = ? AND status = 'planned'",
            (words.subject, words.body, words.address, words.language, message_id),
        )
        run(
            self._connection,
            "INSERT INTO notification_attempt (notification_id, at, retry, outcome, detail,"
            " desk_id) SELECT id, ?, attempts - 1, 'unknown', '', ? FROM outbox_message"
            " WHERE id = ?",
            (now, self._writer.actor.desk_id, message_id),
        )
        return Begun.YES

    def end_attempt(self, message_id: Id, retry: int, outcome: str, detail: str) -> None:
        run(
            self._connection,
            "UPDATE notification_attempt SET outcome = ?, detail = ? WHERE seq = (SELECT max(seq)"
            " FROM notification_attempt WHERE notification_id = ? AND retry = ?)",
            (outcome, detail, message_id, retry),
        )

    def mark_message(
        self,
        message_id: Id,
        status: MessageStatus,
        reason: str,
        *,
        receipt: Receipt | None = None,
        tells: str | None = None,
    ) -> None:
        run(
            self._connection,
            "UPDATE notification SET status = ?, reason = ?, tells = coalesce(?, tells),"
            " sent_at = iif(?, ?, sent_at), provider_id = iif(?, ?, provider_id),"
            " delivery = iif(?, ?, delivery) WHERE id = ? AND (status = 'planned'"
            " OR (? AND status <> 'sent'))",
            (
                str(status),
                reason,
                tells,
                receipt is not None,
                epoch(self.now),
                receipt is not None,
                "" if receipt is None else receipt.provider_id,
                receipt is not None,
                "" if receipt is None else str(receipt.delivery),
                message_id,
                receipt is not None,
            ),
        )

    def fail_overdue(self, service: str, reason: str) -> int:
        now = epoch(self.now)
        late = dumps(
            [
                row[0]
                for row in fetch(
                    self._connection,
                    "SELECT m.id FROM outbox_message m JOIN notification n ON n.id = m.id"
                    f" WHERE m.topic = ? AND {OPEN} AND {_FREE.replace(':now', '?')}"
                    " AND n.status = 'planned' AND n.useful_until <= ?",
                    (f"message.{service}", now, now),
                )
            ]
        )
        run(
            self._connection,
            "UPDATE notification SET status = 'failed', reason = ?"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (reason, late),
        )
        return run(
            self._connection,
            "UPDATE outbox_message SET last_error = ?, withdrawn_at = ?, lease_by = '',"
            " lease_until = NULL WHERE id IN (SELECT value FROM json_each(?))",
            (reason, now, late),
        )

    def hold_back_due(self, reason: str) -> int:
        due = (
            f"SELECT id FROM outbox_message WHERE {OPEN} AND next_try_at <= ?"
            " AND topic GLOB 'message.*'"
        )
        now = epoch(self.now)
        number = run(
            self._connection,
            "UPDATE notification SET status = 'skipped', reason = ? WHERE status = 'planned'"
            f" AND id IN ({due})",
            (reason, now),
        )
        run(
            self._connection,
            f"UPDATE outbox_message SET done_at = ? WHERE id IN ({due})",
            (now, now),
        )
        return number


def _named(connection: Connection, sql: str, values: dict[str, object]) -> list[Any]:
    from clinic_desk.store.direct import driver_of

    found: list[Any] = driver_of(connection).execute(sql, values).fetchall()
    return found
