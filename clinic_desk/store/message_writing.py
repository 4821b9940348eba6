"""What messages ask of a unit of work: plans written, changed and withdrawn, in sets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import epoch
from clinic_desk.store.answer_writing import AnswerWriting
from clinic_desk.store.direct import driver_of, fetch, fetch_one
from clinic_desk.store.history import dumps
from clinic_desk.store.mapping import mapper
from clinic_desk.store.writing import RowWriter

if TYPE_CHECKING:
    from clinic_desk.domain.billing import Invoice
    from clinic_desk.domain.messages import Notification
    from clinic_desk.domain.waitlist import WaitlistEntry, WaitlistOffer
    from clinic_desk.services.message_storing import Standing

CAUSES = frozenset({"appointment", "invoice", "waitlist_offer", "waitlist_entry", "patient"})
"""Tables from whose rows messages follow at once."""

PLANS = frozenset({"practice", "location", "appointment_type", "message_template"})
"""Tables that decide about the messages of everybody."""

DECIDING = frozenset(
    f"clinic//messages.{name}"
    for name in (
        "email.on", "sms.on", "whatsapp.on", "desktop.on", "quiet", "order", "unknown_consent",
        "purposes", "no_show_after", "payment_after",
    )
)  # fmt: skip
"""Ids of the clinic's settings that decide what is planned."""

_SETTINGS = """
SELECT name, value FROM setting
 WHERE scope = 'clinic' AND desk_id = ''
 AND (name >= 'messages.' AND name < 'messages/' OR name = 'webhook.on')
UNION ALL SELECT '', 'true' WHERE EXISTS (SELECT 1 FROM practice WHERE instr(reminders, 'desktop'))
 OR EXISTS (SELECT 1 FROM appointment_type WHERE instr(reminders, 'desktop')
  AND deleted_at IS NULL)
"""
"""The clinic's settings about messages, whether the webhook is on, and a nameless row when a plan
names the desks."""

_TO_PEOPLE = tuple(f"messages.{name}.on" for name in ("email", "sms", "whatsapp"))

_OUTBOX = """
INSERT INTO outbox_message (id, topic, subject_id, command_id, payload, created_at, attempts,
 next_try_at, done_at, withdrawn_at, last_error, lease_by)
VALUES (?, ?, ?, ?, '{}', ?, 0, ?, NULL, NULL, '', '')
ON CONFLICT (id) DO UPDATE SET topic = excluded.topic, subject_id = excluded.subject_id,
 command_id = excluded.command_id, next_try_at = excluded.next_try_at,
 attempts = iif(withdrawn_at IS NULL, attempts, 0),
 last_error = iif(withdrawn_at IS NULL, last_error, ''), withdrawn_at = NULL
"""
"""The place of a planned message. Whoever is sending it keeps it until they have settled it."""

_WITHDRAW = (
    "UPDATE outbox_message SET withdrawn_at = ? WHERE id = ? AND done_at IS NULL"
    " AND withdrawn_at IS NULL"
)
_IN = "IN (SELECT value FROM json_each(?))"


@lru_cache(maxsize=1)
def _sql() -> tuple[str, str, str]:
    """Select, insert and update of a message."""
    from clinic_desk.store.message_reading import NOTIFICATION

    names = ", ".join(NOTIFICATION)
    marks = ", ".join("?" * len(NOTIFICATION))
    sets = ", ".join(f"{name} = ?" for name in NOTIFICATION)
    return (
        f"SELECT {names} FROM notification",
        f"INSERT INTO notification ({names}) VALUES ({marks})",
        f"UPDATE notification SET {sets} WHERE id = ?",
    )


def values_of(message: Notification) -> list[Any]:
    """Stored values in the order of ``message_reading.NOTIFICATION``."""
    from clinic_desk.store.message_reading import NOTIFICATION

    return [_stored(getattr(message, name)) for name in NOTIFICATION]


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return epoch(value)
    return str(value) if isinstance(value, str) else value


class MessageWriting(AnswerWriting):
    """See ``services.message_storing.MessageWork``."""

    now: datetime
    command_id: Id
    messages_written: bool
    _connection: Connection
    _writer: RowWriter
    _message_settings: dict[str, object] | None

    # Whether anything is to be done at all

    def concerns_messages(self) -> bool:
        journal = self._writer.journal
        tables = {row.table for row in journal.written.values()}
        if not tables.isdisjoint(PLANS) or self._settings_changed():
            return True
        if tables.isdisjoint(CAUSES):
            return False
        settings = self.message_settings()
        if any(settings.get(name) is True for name in _TO_PEOPLE):
            return True
        if settings.get("messages.desktop.on") is False:
            return False
        return "" in settings or any(
            "desktop" in one.remind_channels
            for row in journal.written.values()
            for one in (row.before, row.after)
            if isinstance(one, Appointment)
        )

    def plans_changed(self) -> bool:
        journal = self._writer.journal
        if self._settings_changed():
            return True
        if not any(row.table in PLANS for row in journal.written.values()):
            return False
        settings = self.message_settings()
        if "" in settings or any(settings.get(name) is True for name in _TO_PEOPLE):
            return True
        planned = "SELECT 1 FROM notification WHERE status = 'planned' LIMIT 1"
        return fetch_one(self._connection, planned) is not None

    def _settings_changed(self) -> bool:
        return not self._writer.journal.settings.isdisjoint(DECIDING)

    def message_settings(self) -> Mapping[str, object]:
        if self._message_settings is None:
            rows = fetch(self._connection, _SETTINGS)
            self._message_settings = {name: json.loads(value) for name, value in rows}
        return self._message_settings

    # Reading

    def messages_of(
        self,
        *,
        appointment_ids: Sequence[Id] = (),
        invoice_ids: Sequence[Id] = (),
        offer_ids: Sequence[Id] = (),
        message_ids: Sequence[Id] = (),
    ) -> list[Notification]:
        from clinic_desk.store.message_reading import notification_of

        parts, values = [], []
        for column, ids in (
            ("appointment_id", appointment_ids),
            ("invoice_id", invoice_ids),
            ("offer_id", offer_ids),
            ("id", message_ids),
        ):
            if len(ids) == 1:
                parts.append(f"{column} = ?")
                values.append(ids[0])
            elif ids:
                parts.append(f"{column} {_IN}")
                values.append(dumps(list(ids)))
        if not parts:
            return []
        rows = fetch(
            self._connection,
            f"{_sql()[0]} WHERE {' OR '.join(parts)} ORDER BY planned_at, id",
            values,
        )
        return [notification_of(row) for row in rows]

    def patients_of(self, ids: Iterable[Id]) -> dict[Id, Patient]:
        """By one statement; removed ones too."""
        wanted = list(ids)
        if not wanted:
            return {}
        m = mapper(Patient)
        rows = fetch(self._connection, f"{m.select} WHERE id {_IN}", (dumps(wanted),))
        return {one.id: one for one in map(m.from_row, rows)}

    def keep_standing(self, message_id: Id, before: Standing, after: Standing) -> None:
        old: dict[str, Any] = {"status": before[0], "reason": before[1]}
        new: dict[str, Any] = {"status": after[0], "reason": after[1]}
        self._writer.journal.images[message_id] = ("notification", old, new)

    def visits_to_come(
        self, after: tuple[datetime, Id] | None, limit: int, *, patient_id: Id | None = None
    ) -> list[Appointment]:
        m = mapper(Appointment)
        where, values = "start_at > ?", [epoch(self.now)]
        rest: list[Any] = []
        if after is not None:
            where += " AND (start_at, id) > (?, ?)"
            rest += [epoch(after[0]), after[1]]
        if patient_id is not None:
            where += " AND patient_id = ?"
            rest.append(patient_id)
        rows = fetch(
            self._connection,
            f"{m.select} WHERE {where} AND patient_id IS NOT NULL AND deleted_at IS NULL"
            " AND status NOT IN ('held', 'released') ORDER BY start_at, id LIMIT ?",
            (*values, *rest, limit),
        )
        return [m.from_row(row) for row in rows]

    def visit_if_any(self, appointment_id: Id) -> Appointment | None:
        """A removed one too."""
        m = mapper(Appointment)
        row = fetch_one(self._connection, m.select_one, (appointment_id,))
        return None if row is None else m.from_row(row)

    def entries_of(self, ids: Iterable[Id]) -> list[WaitlistEntry]:
        """By one statement; removed ones too."""
        from clinic_desk.domain.waitlist import WaitlistEntry

        wanted = list(ids)
        if not wanted:
            return []
        m = mapper(WaitlistEntry)
        rows = fetch(self._connection, f"{m.select} WHERE id {_IN}", (dumps(wanted),))
        return [m.from_row(row) for row in rows]

    def messages_for(self, patient_ids: Sequence[Id]) -> list[Notification]:
        """What is planned about invoices of these patients, and offers made to them."""
        from clinic_desk.store.message_reading import notification_of

        rows = fetch(
            self._connection,
            f"{_sql()[0]} WHERE patient_id {_IN} AND status IN ('planned', 'skipped')"
            " AND appointment_id IS NULL",
            (dumps(list(patient_ids)),),
        )
        return [notification_of(row) for row in rows]

    def visits_left_waiting(self, patient_ids: Sequence[Id] = ()) -> list[Appointment]:
        """Visits that are over or were removed, and of which something is still planned, or was
        skipped for a time to come; those of these patients alone, or of all."""
        m = mapper(Appointment)
        now = epoch(self.now)
        of = f" AND patient_id {_IN}" if patient_ids else ""
        given = (dumps(list(patient_ids)),) if patient_ids else ()
        rows = fetch(
            self._connection,
            f"{m.select} WHERE id IN (SELECT appointment_id FROM notification"
            " WHERE (status = 'planned'"
            " OR status = 'skipped' AND coalesce(held_until, due_at) > ?)"
            f" AND appointment_id IS NOT NULL{of})"
            " AND (start_at <= ? OR deleted_at IS NOT NULL OR status IN ('held', 'released'))",
            (now, *given, now),
        )
        return [m.from_row(row) for row in rows]

    def invoices_to_remind(self, since: date) -> list[Invoice]:
        """Owed ones that were due on that day or later, and all of which something is planned."""
        from clinic_desk.domain.billing import Invoice

        m = mapper(Invoice)
        rows = fetch(
            self._connection,
            f"{m.select} WHERE deleted_at IS NULL AND status IN ('issued', 'part_paid')"
            f" AND due_on >= ? UNION {m.select} WHERE id IN (SELECT invoice_id FROM notification"
            " WHERE status = 'planned' AND invoice_id IS NOT NULL)",
            (since.isoformat(),),
        )
        return [m.from_row(row) for row in rows]

    def offers_waiting(self) -> list[WaitlistOffer]:
        """Of which something is planned."""
        from clinic_desk.domain.waitlist import WaitlistOffer

        m = mapper(WaitlistOffer)
        rows = fetch(
            self._connection,
            f"{m.select} WHERE id IN (SELECT offer_id FROM notification"
            " WHERE status = 'planned' AND offer_id IS NOT NULL)",
        )
        return [m.from_row(row) for row in rows]

    def being_sent(self, message_ids: Sequence[Id]) -> frozenset[Id]:
        rows = fetch(
            self._connection,
            f"SELECT id FROM outbox_message WHERE id {_IN} AND lease_by <> '' AND lease_until > ?"
            " AND done_at IS NULL",
            (dumps(list(message_ids)), epoch(self.now)),
        )
        return frozenset(row[0] for row in rows)

    # Writing

    def mend_messages(self) -> int:
        """Gives what is planned its place in the outbox, where it has none or another, and takes
        the place of what is not planned. Answers how many were wrong."""
        from clinic_desk.store import message_bundles
        from clinic_desk.store.message_check import LOST, STRAY
        from clinic_desk.store.message_reading import notification_of

        bundled = message_bundles.mend(self._connection)
        lost = [row[0] for sql in LOST for row in fetch(self._connection, sql)]
        stray = [row[0] for row in fetch(self._connection, STRAY)]
        if lost or stray or bundled:
            self.messages_written = True
        driver = driver_of(self._connection)
        rows = fetch(self._connection, f"{_sql()[0]} WHERE id {_IN}", (dumps(lost),))
        driver.executemany(_OUTBOX, [self._place(notification_of(row)) for row in rows])
        now = epoch(self.now)
        driver.executemany(_WITHDRAW, [(now, one) for one in stray])
        return len(lost) + len(stray) + bundled

    def plan_message(self, message: Notification) -> None:
        """One of the same key that was sent or has failed stays as it is."""
        from clinic_desk.store.message_reading import notification_of

        found = fetch_one(self._connection, f"{_sql()[0]} WHERE key = ?", (message.key,))
        if found is None:
            self.plan_messages([message])
            return
        known = notification_of(found)
        if str(known.status) in ("planned", "withdrawn", "skipped"):
            from dataclasses import replace

            self.change_messages([(known, replace(message, id=known.id))])

    def plan_messages(self, messages: Sequence[Notification]) -> None:
        """New ones, each of a key that there is not yet."""
        if not messages:
            return
        self.messages_written = True
        driver = driver_of(self._connection)
        driver.executemany(_sql()[1], [values_of(one) for one in messages])
        driver.executemany(_OUTBOX, [self._place(one) for one in messages if _waits(one)])

    def change_message(self, before: Notification, after: Notification) -> None:
        self.change_messages([(before, after)])

    def change_messages(self, pairs: Sequence[tuple[Notification, Notification]]) -> None:
        if not pairs:
            return
        self.messages_written = True
        driver = driver_of(self._connection)
        driver.executemany(_sql()[2], [(*values_of(after), before.id) for before, after in pairs])
        now = epoch(self.now)
        driver.executemany(_OUTBOX, [self._place(after) for _, after in pairs if _waits(after)])
        driver.executemany(
            _WITHDRAW,
            [(now, after.id) for _, after in pairs if not _waits(after) and after.sent_at is None],
        )

    def _place(self, message: Notification) -> tuple[Any, ...]:
        subject = message.appointment_id or message.invoice_id or message.offer_id or message.id
        if message.rule == "series":
            # one after the other: whichever goes first speaks for all of its bundle
            subject = f"series-{message.patient_id}"
        next_try = max(message.due_at, message.held_until or message.due_at)
        return (
            message.id,
            f"message.{message.channel}",
            subject,
            self.command_id,
            epoch(self.now),
            epoch(next_try),
        )


def _waits(message: Notification) -> bool:
    return str(message.status) == "planned"
