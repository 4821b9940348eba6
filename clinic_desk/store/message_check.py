"""Proof that what is planned can be sent and is right: every message that waits has its place in
the outbox, and says what its visit, invoice or offer says."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from clinic_desk.domain.message_bundles import SERIES
from clinic_desk.services.views import Finding
from clinic_desk.store.message_bundles import LONELY, STALE

_OPEN = "o.done_at IS NULL AND o.withdrawn_at IS NULL"
_SO = "a.start_at || '|' || a.doctor_id || '|' || a.location_id"

WRONG: tuple[tuple[str, str], ...] = (
    (
        "SELECT n.id FROM notification n LEFT JOIN outbox_message o ON o.id = n.id"
        f" AND {_OPEN} WHERE n.status = 'planned' AND o.id IS NULL",
        "is planned, but nothing will send it",
    ),
    (
        "SELECT o.id FROM outbox_message o LEFT JOIN notification n ON n.id = o.id"
        f" AND n.status = 'planned' WHERE o.topic GLOB 'message.*' AND {_OPEN} AND n.id IS NULL",
        "waits to be sent, but is not planned",
    ),
    (
        "SELECT n.id FROM notification n JOIN outbox_message o ON o.id = n.id"
        f" WHERE n.status = 'planned' AND {_OPEN}"
        " AND (o.topic <> 'message.' || n.channel"
        f" OR n.rule = '{SERIES}' AND o.subject_id <> 'series-' || n.patient_id OR o.attempts = 0"
        " AND o.next_try_at <> max(n.due_at, coalesce(n.held_until, n.due_at)))",
        "waits in another place or time than it is planned for",
    ),
    (
        "SELECT n.id FROM notification n LEFT JOIN appointment a ON a.id = n.appointment_id"
        " AND a.deleted_at IS NULL AND a.status IN ('scheduled', 'confirmed')"
        " WHERE n.status = 'planned' AND n.purpose IN ('confirmation', 'moved', 'reminder')"
        f" AND (a.id IS NULL OR n.tells <> '' AND n.tells <> {_SO})",
        "is planned for a visit that does not take place, or not so",
    ),
    (
        "SELECT n.id FROM notification n LEFT JOIN invoice i ON i.id = n.invoice_id"
        " AND i.deleted_at IS NULL AND i.status IN ('issued', 'part_paid')"
        " WHERE n.status = 'planned' AND n.purpose = 'payment' AND i.id IS NULL",
        "is planned for an invoice that is not owed",
    ),
    (
        "SELECT n.id FROM notification n LEFT JOIN waitlist_offer f ON f.id = n.offer_id"
        " AND f.deleted_at IS NULL AND f.result = 'open'"
        " WHERE n.status = 'planned' AND n.purpose = 'waitlist_offer' AND f.id IS NULL",
        "is planned for an offer that was answered",
    ),
    (STALE, "is planned with the notices of a series, and its visit is of none"),
    (LONELY, "is kept as told with another message that did not tell it"),
)  # fmt: skip
"""Statements that find the ids of what is wrong, and what to say of them."""

LOST = (WRONG[0][0], WRONG[2][0])
"""What is planned and has no place in the outbox, or another one than it should."""

STRAY = WRONG[1][0]
"""What waits in the outbox and is not planned."""


def check_messages(connection: Connection) -> Iterator[Finding]:
    for sql, words in WRONG:
        for (row_id,) in connection.exec_driver_sql(sql).fetchall():
            yield Finding("messages", row_id, f"The message {row_id} {words}.")
