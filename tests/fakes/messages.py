"""Messages of a small clinic: channels switched on, and short ways to read what is planned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from clinic_desk.domain.catalogue import Practice
from clinic_desk.domain.ids import Id
from clinic_desk.domain.message_changes import goes_at
from clinic_desk.domain.messages import MessageStatus, Notification
from clinic_desk.domain.people import Patient
from clinic_desk.services.commands import EditPatient, SaveRecords, SaveSetting
from clinic_desk.services.message_commands import PlanMessages
from tests.fakes.world import World, actor

MOBILE = "+447911123456"


def setting(world: World, name: str, value: object) -> None:
    world.run(SaveSetting(key=f"messages.{name}", value=value, scope="clinic"))


def switch_on(world: World, *channels: str) -> None:
    for channel in channels:
        setting(world, f"{channel}.on", True)
    plan_all(world)


def plan_all(world: World) -> None:
    """What the program does when something about all messages was changed."""
    after: Any = None
    while True:
        after = world.run(PlanMessages(after=after, limit=3)).value
        if after is None:
            return


def reachable(world: World, name: str = "ana", **values: Any) -> None:
    """A mobile number, an e-mail address, and consent to both."""
    given: dict[str, Any] = {
        "mobile": "07911 123456", "email": f"{name}@example.org",
        "consent_sms": True, "consent_email": True, **values,
    }  # fmt: skip
    world.run(EditPatient(patient_id=world.names[name], values=given))


def by_sms(world: World) -> None:
    """Ana can be reached by SMS, and it is no quiet hour."""
    switch_on(world, "sms")
    reachable(world)
    world.clock.advance(hours=2)


def plan(world: World, *reminders: str) -> None:
    """The clinic's plan of reminders."""
    with world.store.unit_of_work(actor()) as work:
        practice = work.roster().practice
    changed: Practice = replace(practice, reminders=reminders)
    world.run(SaveRecords(records=(changed,)))


def stored(world: World) -> list[Notification]:
    with world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
        ids = [row[0] for row in _all(work, "SELECT id FROM notification")]
        return work.messages_of(message_ids=ids) if ids else []


def waiting(world: World, appointment_id: Id = "") -> list[tuple[str, str, datetime]]:
    """(purpose or "reminder 1440", channel, when it goes) of what is planned, in that order."""
    found = [
        (f"{one.purpose} {one.rule}".strip(), str(one.channel), goes_at(one))
        for one in stored(world)
        if one.status is MessageStatus.PLANNED and appointment_id in ("", one.appointment_id)
    ]
    return sorted(found, key=lambda one: (one[2], one[0], one[1]))


def purposes(world: World, appointment_id: Id = "") -> list[str]:
    return [one[0] for one in waiting(world, appointment_id)]


def mark_sent(world: World, messages: Iterable[Notification]) -> None:
    """They went, now."""
    now = world.clock.now()
    with world.store.unit_of_work(actor("Program", "desk-p", "run-p")) as work:
        for one in messages:
            work.change_message(one, replace(one, status=MessageStatus.SENT, sent_at=now))
            _all(work, "UPDATE outbox_message SET done_at = 1 WHERE id = ?", (one.id,))
        work.commit()


def send_due(world: World) -> list[Notification]:
    """Everything that is due goes, oldest first; answers what went."""
    now = world.clock.now()
    due = [
        one for one in stored(world) if one.status is MessageStatus.PLANNED and goes_at(one) <= now
    ]
    due.sort(key=goes_at)
    mark_sent(world, due)
    return due


def outbox(world: World) -> dict[Id, tuple[str, int, bool]]:
    """Message → (subject, next try, open) as the outbox has it."""
    with world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
        rows = _all(
            work,
            "SELECT id, subject_id, next_try_at, done_at IS NULL AND withdrawn_at IS NULL"
            " FROM outbox_message WHERE topic GLOB 'message.*'",
        )
    return {row[0]: (row[1], row[2], bool(row[3])) for row in rows}


def patient_of(world: World, name: str) -> Patient:
    with world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
        return work.get(Patient, world.names[name])


def _all(work: Any, sql: str, values: tuple[object, ...] = ()) -> list[Any]:
    from clinic_desk.store.direct import fetch

    return fetch(work._connection, sql, values)
