"""Thousands of messages that are due, and providers that are down half the time."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clinic_desk.app import paths
from clinic_desk.domain.appointments import Status
from clinic_desk.domain.message_planning import state_of
from clinic_desk.domain.messages import Channel, Notification, Purpose
from clinic_desk.domain.spans import epoch
from clinic_desk.services.commands import ImportBatch, SaveSetting
from clinic_desk.store.engine import read_only
from clinic_desk.store.opening import ClinicStore, open_store
from tests.fakes.clock import CountingIds
from tests.fakes.message_rows import put
from tests.fakes.world import World, make_template, open_world

CHANNELS = (Channel.SMS, Channel.EMAIL, Channel.WHATSAPP)
FACTOR = 20.0
"""How much faster than the real one the clock of a long flood runs: a lease of three minutes is
over after nine seconds."""

BASE = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class FastClock:
    """Runs ``FACTOR`` times as fast as the real one, from ``BASE`` at the real time ``began``."""

    def __init__(self, began: float, factor: float = FACTOR) -> None:
        self._began = began
        self._factor = factor

    def now(self) -> datetime:
        return BASE + timedelta(seconds=(time.time() - self._began) * self._factor)


class Mood(deque[str]):
    """As a server's ``plan``: what the next request meets. Down half the time; in between most
    go well. ``every``: seconds of one such half."""

    def __init__(self, well: Sequence[str], badly: Sequence[str], seed: int, every: float) -> None:
        super().__init__()
        self._dice = random.Random(seed)
        self._well, self._badly = well, badly
        self._every = every
        self.calm = False
        """From now on it is up all the time."""

    def __bool__(self) -> bool:
        return True

    def popleft(self) -> str:
        down = int(time.monotonic() / self._every) % 2
        if self.calm or not down:
            return self._dice.choice(self._well)
        return self._dice.choice(self._badly)


@dataclass(frozen=True, slots=True)
class Flooded:
    path: Path
    addresses: dict[str, tuple[Channel, str]]
    """Message → where it goes; every address is that of one message alone."""


def flood(folder: Path, visits: int, settings: dict[str, object]) -> Flooded:
    """A clinic in which three messages about each visit are due."""
    template = folder / "template"
    template.mkdir(parents=True)
    world = open_world(*make_template(template), folder)
    world.clock.set(BASE - timedelta(hours=1))
    _take_in(world, visits)
    messages = []
    addresses: dict[str, tuple[Channel, str]] = {}
    with world.store.unit_of_work(world.desk.actor) as work:
        rows = [one for one in work.visits_to_come(None, visits) if one.import_key]
        patients = work.patients_of([one.patient_id for one in rows if one.patient_id])
    assert len(rows) == visits
    for row in rows:
        assert row.patient_id is not None
        patient = patients[row.patient_id]
        for channel in CHANNELS:
            row_id = world.ids()
            address = patient.email if channel is Channel.EMAIL else patient.mobile
            addresses[row_id] = (channel, address)
            messages.append(
                Notification(
                    id=row_id,
                    key=f"visit:{row.id}:{epoch(row.start)}:reminder-1440:{channel}",
                    purpose=Purpose.REMINDER,
                    channel=channel,
                    due_at=BASE - timedelta(minutes=30),
                    planned_at=BASE - timedelta(days=1),
                    rule="1440",
                    appointment_id=row.id,
                    patient_id=row.patient_id,
                    doctor_id=row.doctor_id,
                    useful_until=row.start,
                    language="en",
                    address=address,
                    tells=state_of(row),
                )
            )
    put(world.store, *messages)
    for name, value in settings.items():
        world.run(SaveSetting(key=name, value=value, scope="clinic"))
    path = world.store.path
    world.store.close()
    return Flooded(path, addresses)


def _take_in(world: World, visits: int) -> None:
    """Each visit has a patient of its own; from next week on, in half-hours of two doctors."""
    patients = []
    rows = []
    first = BASE.replace(hour=0) + timedelta(days=7)
    for number in range(visits):
        place, doctor = divmod(number, 2)
        day, slot = divmod(place, 16)
        begin = first + timedelta(days=day, minutes=8 * 60 + 30 * slot)
        patient_id = world.ids()
        patients.append(
            {
                "id": patient_id,
                "record_number": f"F{number:05}",
                "first_name": f"Pat{number}",
                "last_name": "Flood",
                "mobile": f"+4479{number:08}",
                "email": f"p{number}@example.org",
                "consent_sms": True,
                "consent_email": True,
                "consent_whatsapp": True,
            }
        )
        end = begin + timedelta(minutes=30)
        rows.append(
            {
                "id": world.ids(),
                "import_key": f"flood-{number}",
                "doctor_id": world.names["wu" if doctor else "berg"],
                "location_id": world.names["main"],
                "patient_id": patient_id,
                "type_id": world.names["follow-up"],
                "status": Status.SCHEDULED,
                "start": begin,
                "end": end,
                "blocked_start": begin,
                "blocked_end": end,
            }
        )
    for begin in range(0, visits, 500):
        world.run(
            ImportBatch(
                patients=tuple(patients[begin : begin + 500]),
                appointments=tuple(rows[begin : begin + 500]),
            )
        )


def opened(
    path: Path, began: float, first_id: int, factor: float = FACTOR
) -> tuple[ClinicStore, FastClock, CountingIds]:
    clock, ids = FastClock(began, factor), CountingIds(first_id)
    return open_store(path, paths.migrations(), clock, ids), clock, ids


def standing(path: Path) -> list[tuple[str, str, str, int, int, int]]:
    """(message, status, reason, attempts of which nobody knows, those that went, all)."""
    with closing(read_only(path)) as connection:
        found: list[tuple[str, str, str, int, int, int]] = connection.execute(
            "SELECT n.id, n.status, n.reason,"
            " (SELECT count(*) FROM notification_attempt t WHERE t.notification_id = n.id"
            "  AND t.outcome = 'unknown'),"
            " (SELECT count(*) FROM notification_attempt t WHERE t.notification_id = n.id"
            "  AND t.outcome = 'sent'),"
            " (SELECT count(*) FROM notification_attempt t WHERE t.notification_id = n.id)"
            " FROM notification n"
        ).fetchall()
    return found


def waiting(path: Path) -> int:
    return sum(row[1] == "planned" for row in standing(path))
