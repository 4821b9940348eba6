"""Notices that go as one message: which they are, and what becomes of all with the one that went
(``domain.message_bundles``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.message_bundles import SERIES, WITH, bundle_of, carrier_of
from clinic_desk.domain.spans import epoch
from clinic_desk.store.direct import fetch, run
from clinic_desk.store.history import dumps

if TYPE_CHECKING:
    from clinic_desk.domain.messages import MessageStatus, Notification
    from clinic_desk.services.message_ports import Receipt
    from clinic_desk.services.outbox_ports import Words

_SAME = (
    "{one}.patient_id IS {other}.patient_id AND {one}.rule = {other}.rule"
    " AND {one}.purpose = {other}.purpose AND {one}.channel = {other}.channel"
    " AND {one}.status = {other}.status AND coalesce({one}.held_until, {one}.due_at)"
    " = coalesce({other}.held_until, {other}.due_at)"
)
_IN_SERIES = f"n.rule = '{SERIES}' AND n.status IN ('planned', 'skipped', 'withdrawn')"

SHOWN = (
    f"(n.rule = '' OR n.rule NOT GLOB '{WITH}*' AND (n.rule <> '{SERIES}'"
    " OR n.status NOT IN ('planned', 'skipped', 'withdrawn') OR NOT EXISTS (SELECT 1"
    f" FROM notification l WHERE {_SAME.format(one='l', other='n')}"
    " AND (l.due_at, l.id) < (n.due_at, n.id))))"
)
"""Of messages ``n``: each bundle once."""

ITSELF = f"n.rule NOT GLOB '{WITH}*'"
"""Of messages ``n``: what did not go as a part of another."""

COVERS = (
    f"CASE WHEN n.rule <> '{SERIES}' THEN 0 WHEN {_IN_SERIES} THEN (SELECT count(*) - 1"
    f" FROM notification l WHERE {_SAME.format(one='l', other='n')})"
    " ELSE (SELECT count(*) FROM notification l WHERE l.patient_id IS n.patient_id"
    f" AND l.rule = '{WITH}' || n.id) END"
)
"""Of a message ``n``: of how many more visits it tells."""

STALE = (
    "SELECT n.id FROM notification n JOIN appointment a ON a.id = n.appointment_id"
    f" WHERE n.status = 'planned' AND (n.rule = '{SERIES}' AND a.series_id IS NULL"
    " AND a.status NOT IN ('held', 'released')"
    f" OR n.rule NOT IN ('', '{SERIES}') AND n.purpose IN ('confirmation', 'moved', 'cancelled'))"
)
"""What is planned to go with the notices of a series, and its visit belongs to none, unless it is a
hold again since the series was undone; or with what there cannot be."""

LONELY = (
    "SELECT n.id FROM notification n LEFT JOIN notification c"
    f" ON c.id = substr(n.rule, {len(WITH) + 1}) WHERE n.rule GLOB '{WITH}*'"
    " AND n.status IN ('sent', 'failed') AND (c.id IS NULL OR c.patient_id IS NOT n.patient_id"
    " OR c.purpose <> n.purpose OR c.channel <> n.channel"
    " OR n.status = 'sent' AND (c.status <> 'sent' OR c.sent_at <> n.sent_at))"
)
"""What is said to have gone as a part of a message that did not go so."""

_OF_VISIT = (
    f"coalesce((SELECT '{SERIES}' FROM appointment a WHERE a.id = notification.appointment_id"
    " AND a.series_id IS NOT NULL), '')"
)


def bundle(connection: Connection, message: Notification) -> list[Notification]:
    """All that go, or went, as one with it, itself among them, the first to go first."""
    from clinic_desk.store.message_reading import NOTIFICATION, notification_of

    select = f"SELECT {', '.join(NOTIFICATION)} FROM notification"
    carrier = carrier_of(message)
    if not carrier and not bundle_of(message):
        return [message]
    if carrier or str(message.status) in ("sent", "failed"):
        first = carrier or message.id
        rows = fetch(
            connection,
            f"{select} WHERE patient_id IS ? AND (id = ? OR rule = ?) ORDER BY id <> ?, due_at, id",
            (message.patient_id, first, f"{WITH}{first}", first),
        )
    else:
        patient_id, purpose, channel, held = bundle_of(message)
        assert isinstance(held, datetime)
        rows = fetch(
            connection,
            f"{select} WHERE patient_id IS ? AND rule = ? AND purpose = ? AND channel = ?"
            " AND status = ? AND coalesce(held_until, due_at) = ? ORDER BY due_at, id",
            (patient_id, SERIES, str(purpose), str(channel), str(message.status), epoch(held)),
        )
    return [notification_of(row) for row in rows]


def keep_words(connection: Connection, message_ids: Sequence[Id], words: Words) -> None:
    run(
        connection,
        "UPDATE notification SET subject = ?, body = ?, address = ?, language = ?"
        " WHERE status = 'planned' AND id IN (SELECT value FROM json_each(?))",
        (words.subject, words.body, words.address, words.language, dumps(list(message_ids))),
    )


def mend(connection: Connection) -> int:
    """What goes with the notices of a series does so only for a visit of one; what is said to have
    gone with a message that did not go so stands alone. Answers how many were wrong."""
    wrong = 0
    for sql, rule in ((STALE, _OF_VISIT), (LONELY, "''")):
        ids = [row[0] for row in fetch(connection, sql)]
        wrong += len(ids)
        run(
            connection,
            f"UPDATE notification SET rule = {rule} WHERE id IN (SELECT value FROM json_each(?))",
            (dumps(ids),),
        )
    return wrong


def end_with(
    connection: Connection,
    now: int,
    carrier: Id,
    others: Sequence[tuple[Id, str]],
    status: MessageStatus,
    reason: str,
    receipt: Receipt | None,
) -> None:
    """``now`` in seconds since 1970. See ``services.message_storing.MessageWork``."""
    went = str(status) == "sent"
    delivery = "" if receipt is None else str(receipt.delivery)
    for message_id, tells in others:
        changed = run(
            connection,
            "UPDATE notification SET status = ?, reason = ?, rule = ?, tells = iif(?, ?, tells),"
            " sent_at = iif(?, ?, sent_at), delivery = ?"
            " WHERE id = ? AND (status = 'planned' OR ? AND status <> 'sent')",
            (
                str(status),
                reason,
                f"{WITH}{carrier}",
                went,
                tells,
                went,
                now,
                delivery,
                message_id,
                went,
            ),
        )
        if changed:
            run(
                connection,
                "UPDATE outbox_message SET lease_by = '', lease_until = NULL, last_error = ?,"
                " done_at = iif(?, ?, done_at), withdrawn_at = iif(?, NULL, ?)"
                " WHERE id = ? AND done_at IS NULL",
                (reason, went, now, went, now, message_id),
            )
