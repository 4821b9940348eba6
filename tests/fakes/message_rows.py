"""Messages as they stand in the store, whoever planned or sent them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from clinic_desk.domain.events import Actor
from clinic_desk.domain.messages import Channel, MessageStatus, Notification, Purpose
from clinic_desk.domain.spans import epoch
from clinic_desk.store.direct import insert
from clinic_desk.store.message_reading import NOTIFICATION

READER = Actor("staff-program", "Program", "desk-1", "run-program")


def message(row_id: str, due_at: Any, **values: Any) -> Notification:
    """A reminder by SMS unless ``values`` say otherwise."""
    given: dict[str, Any] = {
        "id": row_id,
        "key": f"key:{row_id}",
        "purpose": Purpose.REMINDER,
        "channel": Channel.SMS,
        "rule": "1440",
        "due_at": due_at,
        "planned_at": due_at - timedelta(days=2),
        "language": "en",
        "address": "+442079460182",
    }
    given.update(values)
    if given.get("status") is MessageStatus.SENT:
        given.setdefault("sent_at", due_at)
    return Notification(**given)


def put(store: Any, *messages: Notification, attempts: int = 0, error: str = "") -> None:
    """Writes them and their places in the outbox in one transaction."""
    with store.unit_of_work(READER) as work:
        for one in messages:
            _put(work, one, attempts, error)
        work.commit()


def _put(work: Any, one: Notification, attempts: int, error: str) -> None:
    connection = work._connection
    columns = ", ".join(f'"{name}"' for name in NOTIFICATION)
    insert(
        connection,
        f"INSERT INTO notification ({columns}) VALUES ({', '.join('?' * len(NOTIFICATION))})",
        [_stored(getattr(one, name)) for name in NOTIFICATION],
    )
    waits = one.status is MessageStatus.PLANNED
    due = max(one.due_at, one.held_until or one.due_at)
    insert(
        connection,
        "INSERT INTO outbox_message (id, topic, subject_id, command_id, payload, created_at,"
        " attempts, next_try_at, done_at, withdrawn_at, last_error, lease_by)"
        " VALUES (?, ?, ?, 'c', '{}', ?, ?, ?, ?, ?, ?, '')",
        (
            one.id,
            f"message.{one.channel}",
            one.appointment_id or one.id,
            epoch(one.planned_at),
            attempts,
            epoch(due),
            epoch(one.sent_at) if one.sent_at else None,
            None if waits or one.sent_at else epoch(one.due_at),
            error,
        ),
    )


def attempt(
    store: Any, message_id: str, at: Any, retry: int, outcome: str, detail: str = ""
) -> None:
    with store.unit_of_work(READER) as work:
        insert(
            work._connection,
            "INSERT INTO notification_attempt (notification_id, at, retry, outcome, detail,"
            " desk_id) VALUES (?, ?, ?, ?, ?, 'desk-1')",
            (message_id, epoch(at), retry, outcome, detail),
        )
        work.commit()


def answer(
    store: Any, row_id: str, text: str, at: Any, outcome: str = "unknown", **values: Any
) -> None:
    with store.unit_of_work(READER) as work:
        insert(
            work._connection,
            "INSERT INTO inbound_message (id, channel, provider_id, sender, text, received_at,"
            " outcome, notification_id, patient_id, appointment_id, handled_by, note)"
            " VALUES (?, 'sms', ?, ?, ?, ?, ?, ?, ?, ?, '', ?)",
            (
                row_id,
                f"in-{row_id}",
                values.get("sender", "+442079460182"),
                text,
                epoch(at),
                outcome,
                values.get("notification_id"),
                values.get("patient_id"),
                values.get("appointment_id"),
                values.get("note", ""),
            ),
        )
        work.commit()


def pause(store: Any, service: str, until: Any, error: str = "down") -> None:
    """The service is left alone until then."""
    with store.unit_of_work(READER) as work:
        insert(
            work._connection,
            "INSERT INTO gateway_state (name, failures, open_until, last_error, lease_by)"
            " VALUES (?, 5, ?, ?, '')",
            (service, epoch(until), error),
        )
        work.commit()


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return epoch(value)
    return str(value) if isinstance(value, str) else value
