"""Reading for those who send: what is due, and all that one message is about."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.store.direct import fetch, fetch_one
from clinic_desk.store.stored import OCCUPIES

if TYPE_CHECKING:
    from clinic_desk.domain.messages import Channel, Notification
    from clinic_desk.domain.waitlist import WaitlistOffer
    from clinic_desk.services.day_views import OutboxMessage
    from clinic_desk.services.outbox_ports import MessageGround

R = TypeVar("R", bound=Record)

MESSAGE = (
    "id, topic, subject_id, payload, created_at, attempts, next_try_at, withdrawn_at, last_error"
)
NEAR = timedelta(days=7)
OPEN = "done_at IS NULL AND withdrawn_at IS NULL"


class OutboxReading(ABC):
    """See ``services.billing_ports.OutboxQueries``."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    def services_due(self, now: datetime) -> Mapping[str, int]:
        instant = epoch(now)
        with self._reading() as connection:
            resting = {
                row[0]
                for row in fetch(
                    connection, "SELECT name FROM gateway_state WHERE open_until > ?", (instant,)
                )
            }
            rows = fetch(
                connection,
                f"SELECT topic, count(*) FROM outbox_message WHERE {OPEN} AND next_try_at <= ?"
                " AND (lease_until IS NULL OR lease_until <= ?) GROUP BY topic",
                (instant, instant),
            )
        found: dict[str, int] = {}
        for topic, count in rows:
            service = service_of(topic)
            if service not in resting:
                found[service] = found.get(service, 0) + count
        return found

    def next_outbox_due(self, now: datetime) -> datetime | None:
        instant = epoch(now)
        with self._reading() as connection:
            times = [
                fetch_one(connection, sql, (instant,) * sql.count("?"))
                for sql in (
                    f"SELECT min(next_try_at) FROM outbox_message WHERE {OPEN} AND next_try_at > ?",
                    f"SELECT min(lease_until) FROM outbox_message WHERE {OPEN}"
                    " AND next_try_at <= ? AND lease_until > ?",
                    "SELECT min(open_until) FROM gateway_state WHERE open_until > ?",
                )
            ]
        known = [row[0] for row in times if row is not None and row[0] is not None]
        return from_epoch(min(known)) if known else None

    def poll_cursor(self, service: str) -> str:
        with self._reading() as connection:
            found = fetch_one(
                connection, "SELECT cursor FROM gateway_state WHERE name = ?", (service,)
            )
        return "" if found is None else str(found[0])

    def message_ground(self, message_id: Id) -> MessageGround | None:
        from clinic_desk.domain.appointments import Appointment
        from clinic_desk.domain.billing import Invoice
        from clinic_desk.domain.people import Patient
        from clinic_desk.domain.waitlist import WaitlistOffer
        from clinic_desk.services.outbox_ports import Along, MessageGround
        from clinic_desk.store.message_bundles import bundle
        from clinic_desk.store.message_reading import NOTIFICATION, notification_of

        with self._reading() as connection:
            row = fetch_one(
                connection,
                f"SELECT {', '.join(f'n.{name}' for name in NOTIFICATION)}, o.attempts,"
                " EXISTS (SELECT 1 FROM notification_attempt t WHERE t.notification_id = n.id"
                " AND t.outcome = 'unknown') FROM notification n"
                " JOIN outbox_message o ON o.id = n.id WHERE n.id = ?",
                (message_id,),
            )
            if row is None:
                return None
            message = notification_of(row[: len(NOTIFICATION)])
            offer = _row(connection, WaitlistOffer, message.offer_id)
            return MessageGround(
                message=message,
                attempts=row[-2],
                unsure=bool(row[-1]),
                others=_others(connection, message) if row[-1] else frozenset(),
                visit=_row(connection, Appointment, message.appointment_id, removed=True),
                patient=_row(connection, Patient, message.patient_id),
                invoice=_row(connection, Invoice, message.invoice_id),
                offer=offer,
                beside=0 if offer is None else _beside(connection, offer),
                bundled=tuple(
                    Along(one, _row(connection, Appointment, one.appointment_id, removed=True))
                    for one in bundle(connection, message)
                    if one.id != message.id
                ),
            )

    def clinic_settings(self, prefix: str) -> Mapping[str, object]:
        with self._reading() as connection:
            rows = fetch(
                connection,
                "SELECT name, value FROM setting WHERE scope = 'clinic' AND desk_id = ''"
                " AND name >= ? AND name < ?",
                (prefix, f"{prefix}\U0010ffff"),
            )
        return {name: json.loads(value) for name, value in rows}

    def awaiting_delivery(
        self, channel: Channel, since: datetime, limit: int = 200
    ) -> tuple[str, ...]:
        with self._reading() as connection:
            rows = fetch(
                connection,
                "SELECT provider_id FROM notification WHERE provider_id <> '' AND channel = ?"
                " AND status = 'sent' AND delivery IN ('', 'queued') AND due_at >= ?"
                " ORDER BY due_at DESC LIMIT ?",
                (str(channel), epoch(since), limit),
            )
        return tuple(row[0] for row in rows)


def _others(connection: Connection, message: Notification) -> frozenset[str]:
    """What the provider calls the other messages to the address, of about the same time."""
    rows = fetch(
        connection,
        "SELECT provider_id FROM notification WHERE due_at BETWEEN ? AND ? AND channel = ?"
        " AND address = ? AND provider_id <> '' AND id <> ?",
        (
            epoch(message.due_at - NEAR),
            epoch(message.due_at + NEAR),
            str(message.channel),
            message.address,
            message.id,
        ),
    )
    return frozenset(row[0] for row in rows)


def service_of(topic: str) -> str:
    """ "message.email" → "email", "billing.issued" → "billing"."""
    first, _, rest = topic.partition(".")
    return rest if first == "message" else first


def _beside(connection: Connection, offer: WaitlistOffer) -> int:
    """Lanes of the doctor with a visit in the time that is offered. A slot held for a caller is no
    visit yet."""
    from clinic_desk.store.occupancy import REACH

    start, end = epoch(offer.start), epoch(offer.end)
    found = fetch_one(
        connection,
        "SELECT count(DISTINCT lane) FROM appointment WHERE doctor_id = ? AND start_at > ?"
        f" AND start_at < ? AND end_at > ? AND status <> 'held' AND {OCCUPIES}",
        (offer.doctor_id, start - REACH, end, start),
    )
    return 0 if found is None else int(found[0])


def _row(
    connection: Connection, kind: type[R], row_id: Id | None, *, removed: bool = False
) -> R | None:
    """None: there is none, or it was removed. A visit that was removed after its patient had been
    told of it (a booking that was undone) still has a time that can be called off."""
    from clinic_desk.store.mapping import mapper

    if row_id is None:
        return None
    m = mapper(kind)
    row = fetch_one(connection, m.select_one, (row_id,))
    if row is None or (row[m.position["deleted_at"]] is not None and not removed):
        return None
    return m.from_row(row)


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
