"""What the demo clinic's patients were told since the last working day: planned and sent by the
program's own rules, into a folder instead of to people.

E-mail and SMS are in use since the morning of that day. The courier works through the hours as it
would have; a few numbers are out of service, one network is down just now, and two people have
answered: on any day of the week, at any hour, there is a message in each state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinic_desk.app.demo_clinic import ZONE
from clinic_desk.app.demo_money import TurnedClock
from clinic_desk.domain.messages import Channel, MessageStatus, Purpose
from clinic_desk.domain.spans import at_local, local_date
from clinic_desk.integrations.messaging.folder import FolderTransport
from clinic_desk.services.commands import EditPatient, SaveSetting
from clinic_desk.services.couriers import Courier, Outside
from clinic_desk.services.message_commands import NoteAnswers, PlanMessages, SendNow
from clinic_desk.services.message_ports import (
    Answered,
    Envelope,
    MessageWish,
    Polled,
    Receipt,
)
from clinic_desk.services.outbox_faults import Rejected, Unreachable
from clinic_desk.services.roster_commands import Together

if TYPE_CHECKING:
    from clinic_desk.app.demo import Demo
    from clinic_desk.services.ports import Queries

BEGINS = 6 * 60
"""Minute of the last working day from which on messages are in use."""

STEP = timedelta(minutes=30)
BROKEN = timedelta(minutes=16)
"""For so long the network has been down."""

AHEAD = 14
"""Days of visits whose patients have been asked for their consent by now."""

SILENT, DEAD = 11, 24
"""One in so many was never asked; one message in so many goes to a number out of service."""

DOWN = 2
"""Messages that go just now to patients of the network that is down."""

FOLDER = "messages"


@dataclass(frozen=True, slots=True)
class Telling:
    """``clock`` is the one of the store; ``folder``: where messages go instead of to people."""

    clock: TurnedClock
    queries: Queries
    folder: Path


class DemoTransport:
    """``message_ports.Transport`` of the day that was: into the folder, as from then on."""

    def __init__(self, folder: Path, clock: TurnedClock) -> None:
        self._folders = {way: FolderTransport(way, folder, clock) for way in Channel}
        self._count = 0
        self.down = False

    def ready(self) -> None:
        """Always."""

    def send(self, envelope: Envelope) -> Receipt:
        if self.down:
            raise Unreachable("The network of the patient’s phone does not answer.")
        self._count += 1
        if self._count % DEAD == 2:
            raise Rejected("The number is out of service.")
        return self._folders[envelope.channel].send(envelope)

    def poll(self, since: str, sent: Sequence[str]) -> Polled:  # noqa: ARG002
        return Polled()

    def test(self, address: str) -> str:
        return f"Nothing is sent to {address} here."


class DemoTransports:
    """``message_ports.Transports``: every channel goes the same way."""

    def __init__(self, transport: DemoTransport) -> None:
        self._transport = transport

    def of(self, channel: Channel, settings: dict[str, object]) -> DemoTransport:  # noqa: ARG002
        return self._transport

    def has_secret(self, channel: Channel) -> bool:  # noqa: ARG002
        return True

    def keep_secret(self, channel: Channel, secret: str) -> None:
        """There is nothing to keep."""


def add(demo: Demo, telling: Telling) -> Iterator[int]:
    clock, now = telling.clock, demo.now
    try:
        clock.at = began = _began(now)
        _ask(demo, telling.queries)
        yield 1
        _switch_on(demo, telling.folder)
        after: Any = None
        while True:
            after = demo.gate.execute(PlanMessages(after=after)).value
            yield 1
            if after is None:
                break
        transport = DemoTransport(telling.folder, clock)
        transports = DemoTransports(transport)
        outside = Outside(transports=lambda: transports)
        courier = Courier(demo.gate, telling.queries, clock, lambda: 0.5, demo.new_id, outside)
        at, quiet = began, now - BROKEN
        while at < quiet:
            at = min(quiet, at + STEP)
            clock.at = at
            courier.run_once()
            yield 1
        _answer(demo, telling.queries, now)
        transport.down = True
        _hurry(demo, telling.queries)
        for part in (BROKEN, BROKEN / 2, timedelta()):
            clock.at = now - part
            courier.drain(Channel.SMS)
            yield 1
    finally:
        clock.at = None


def _began(now: datetime) -> datetime:
    day = local_date(now, ZONE) - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return at_local(day, BEGINS, ZONE)


def _hurry(demo: Demo, queries: Queries) -> None:
    """Somebody has a few messages sent at once, whatever the hour."""
    wish = MessageWish(statuses=(MessageStatus.PLANNED,), channels=(Channel.SMS,), soonest=True)
    found = [card.message.id for card in queries.messages(wish, DOWN)]
    demo.gate.execute(SendNow(message_ids=tuple(found)))


def _ask(demo: Demo, queries: Queries) -> None:
    """Whoever comes soon was asked whether they want to be told, and how."""
    first = demo.plan.today
    cells = queries.cells(first, first + timedelta(days=AHEAD))
    ids = sorted({cell.patient_id for cell in cells if cell.patient_id})
    edits = []
    for patient_id, patient in sorted(queries.contacts(ids).items()):
        number = _die(f"{patient.last_name}{patient.first_name}{patient.mobile}")
        if number % SILENT == 0:
            continue
        values: dict[str, object] = {"consent_email": True}
        if number % 3 == 0:
            values["channels"] = ("email",)
        if number % 13 == 0:
            values["quiet"] = "18:00-09:00"
        edits.append(EditPatient(patient_id=patient_id, values=values))
    demo.gate.execute(Together(commands=tuple(edits), label="Asked for consent"))


def _switch_on(demo: Demo, folder: Path) -> None:
    settings: Mapping[str, object] = {
        "email.kind": "folder",
        "email.folder": str(folder),
        "email.from": "reception@clinic.example",
        "email.from_name": "Reception",
        "email.on": True,
        "sms.kind": "folder",
        "sms.folder": str(folder),
        "sms.on": True,
    }
    for name, value in settings.items():
        demo.gate.execute(SaveSetting(key=f"messages.{name}", value=value, scope="clinic"))


def _answer(demo: Demo, queries: Queries, now: datetime) -> None:
    """One asks reception, one says what no program understands."""
    wish = MessageWish(statuses=(MessageStatus.SENT,), channels=(Channel.SMS,))
    sent = [card.message for card in queries.messages(wish, 40)]
    # the answer that asks for a call is that to a reminder
    asked = sorted(sent, key=lambda one: one.purpose is not Purpose.REMINDER)[::2]
    said = ("2", "Can I bring my son along? He has the same rash")
    answers = tuple(
        Answered(
            channel=Channel.SMS,
            provider_id=f"demo-{number}",
            sender=message.address,
            text=text,
            received_at=now - (2 - number) * STEP,
        )
        for number, (message, text) in enumerate(zip(asked, said, strict=False))
    )
    if answers:
        demo.gate.execute(NoteAnswers(answers=answers))


def _die(text: str) -> int:
    """The same for the same text, whoever throws it."""
    return int(sha256(text.encode()).hexdigest()[:8], 16)
