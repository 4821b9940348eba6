"""What the demo clinic's patients were told on the last day: planned and sent by the program's own
rules, into a folder instead of to people.

E-mail and SMS are in use since yesterday morning. The courier works through the day as it would
have; a few numbers are out of service, one network is down just now, and two people have answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinic_desk.app.demo_money import TurnedClock
from clinic_desk.domain.messages import Channel, Delivery, MessageStatus
from clinic_desk.services.commands import EditPatient, SaveSetting
from clinic_desk.services.couriers import Courier, Outside
from clinic_desk.services.message_commands import NoteAnswers, PlanMessages
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

SINCE = timedelta(hours=26)
STEP = timedelta(minutes=30)
AHEAD = 14
"""Days of visits whose patients have been asked for their consent by now."""

SILENT, DEAD, DOWN = 11, 29, 9
"""One in so many was never asked, has a number out of service, is with the network that is down."""

FOLDER = "messages"


@dataclass(frozen=True, slots=True)
class Telling:
    """``clock`` is the one of the store; ``folder``: where messages go instead of to people."""

    clock: TurnedClock
    queries: Queries
    folder: Path


class DemoTransport:
    """``message_ports.Transport`` of the day that was."""

    def __init__(self, clock: TurnedClock, now: datetime) -> None:
        self._clock, self._now = clock, now

    def ready(self) -> None:
        """Always."""

    def send(self, envelope: Envelope) -> Receipt:
        number = _die(envelope.address)
        if number % DEAD == 0:
            raise Rejected("The number is out of service.")
        recent = self._clock.now() > self._now - 3 * STEP
        if recent and number % DOWN == 0 and envelope.channel is Channel.SMS:
            raise Unreachable("The network of the patient’s phone does not answer.")
        told = sha256(envelope.key.encode()).hexdigest()[:24]
        return Receipt(provider_id=told, delivery=Delivery.DELIVERED)

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
        clock.at = now - SINCE
        _ask(demo, telling.queries)
        yield 1
        _switch_on(demo, telling.folder)
        after: Any = None
        while True:
            after = demo.gate.execute(PlanMessages(after=after)).value
            yield 1
            if after is None:
                break
        transports = DemoTransports(DemoTransport(clock, now))
        outside = Outside(transports=lambda: transports)
        courier = Courier(demo.gate, telling.queries, clock, lambda: 0.5, demo.new_id, outside)
        at = now - SINCE
        while at < now:
            at = min(now, at + STEP)
            clock.at = at
            courier.run_once()
            yield 1
        _answer(demo, telling.queries, now)
    finally:
        clock.at = None


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
    said = ("2", "Can I bring my son along? He has the same rash")
    answers = tuple(
        Answered(
            channel=Channel.SMS,
            provider_id=f"demo-{number}",
            sender=message.address,
            text=text,
            received_at=now - (2 - number) * STEP,
        )
        for number, (message, text) in enumerate(zip(sent[3::7], said, strict=False))
    )
    if answers:
        demo.gate.execute(NoteAnswers(answers=answers))


def _die(text: str) -> int:
    """The same for the same text, whoever throws it."""
    return int(sha256(text.encode()).hexdigest()[:8], 16)
