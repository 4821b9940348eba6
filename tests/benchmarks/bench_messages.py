"""No stall of the main thread over 50 ms while 10,000 messages that are due are sent.

The real window on a demo clinic, and an HTTP gateway in a process of its own; a person types into
the search, drags a visit about, turns days and scrolls meanwhile. What is judged is told in
``bench_stalls``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from clinic_desk.domain.message_planning import state_of
from clinic_desk.domain.messages import Channel, Notification, Purpose
from clinic_desk.services.commands import EditPatient, SaveSetting
from tests.benchmarks.bench_stalls import drive, told
from tests.benchmarks.front import Front, opened
from tests.benchmarks.results import Result
from tests.benchmarks.watchdog import Watchdog
from tests.fakes.message_rows import put

ARRIVE = 10_000
MESSAGES = ARRIVE + 200
"""There is no need any more for some of them, as visits begin meanwhile."""


@dataclass
class Gateway:
    url: str
    arrived: int = 0
    """Known when it has ended."""


@contextmanager
def gateway() -> Iterator[Gateway]:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.gateway"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    there = Gateway(server.stdout.readline().strip())
    try:
        yield there
    finally:
        there.arrived = int(server.communicate()[0] or 0)


def flood(front: Front, url: str) -> None:
    """``MESSAGES`` that are due about the visits to come of a clinic whose patients are reached by
    SMS."""
    container = front.container
    now, store = container.clock.now(), container.store
    for key, value in (
        ("on", True),
        ("kind", "generic"),
        ("url", f"{url}/send"),
        ("from", "+442079460000"),
        ("headers", "Content-Type: application/json"),
    ):
        container.desk.execute(SaveSetting(key=f"messages.sms.{key}", scope="clinic", value=value))
    with store.unit_of_work(container.actor) as work:
        visits = [one for one in work.visits_to_come(None, 300) if stands(one.status)]
    for patient_id in {one.patient_id for one in visits if one.patient_id}:
        values = {"mobile": "+447911123456", "consent_sms": True}
        container.desk.execute(EditPatient(patient_id=patient_id, values=values))
    put(
        store,
        *(
            Notification(
                id=container.new_id(),
                key=f"bench:{number}",
                purpose=Purpose.REMINDER,
                channel=Channel.SMS,
                due_at=now - timedelta(minutes=5),
                planned_at=now - timedelta(days=1),
                appointment_id=visit.id,
                patient_id=visit.patient_id,
                doctor_id=visit.doctor_id,
                tells=state_of(visit),
            )
            for number in range(MESSAGES)
            for visit in (visits[number % len(visits)],)
        ),
    )


def stands(status: object) -> bool:
    return str(status) in ("scheduled", "confirmed")


def run(out: Path) -> list[Result]:
    dog = Watchdog()
    with gateway() as there, opened(out) as front:
        window, queries = front.window, front.container.store.queries
        flood(front, there.url)
        front.pause(2500)

        def left() -> int:
            """Of those that are due; the program plans others beside."""
            return queries.services_due(front.container.clock.now()).get("sms", 0)

        dog.start()
        dog.say("nothing else")
        end = time.monotonic() + 6
        drive(front, dog, lambda: time.monotonic() > end)
        quiet = dog.beats
        dog.say("messages are sent")
        before, began = left(), time.monotonic()
        window.sending.begin()
        while left() or window.sending.busy:
            until = time.monotonic() + 20
            drive(front, dog, lambda until=until: time.monotonic() > until)
            if time.monotonic() - began > 1200:
                break
        taken, sent = time.monotonic() - began, before - left()
        dog.stop()
    gaps = dog.gaps
    for gap in sorted(gaps, key=lambda gap: -gap.ours)[:12]:
        print(f"    {gap.wall:5.0f} ms, own {gap.own:5.0f}, main {gap.main:5.0f}: {gap.doing}")
        for line in gap.stack:
            print(f"          {line}")
    print(f"    {sent:,} messages in {taken:.0f} s, {sent / taken:.0f} a second")
    print(f"    {there.arrived:,} came to the gateway, those that fell due meanwhile among them")
    assert there.arrived >= min(ARRIVE, sent * 0.98) > 0
    return [
        told("searching and dragging, longest stall", gaps[:quiet]),
        told(f"… while {there.arrived:,} messages are sent ({taken:.0f} s)", gaps[quiet:]),
    ]
