"""A desk that does one thing and may be killed in the middle of it.

Run as ``python -m tests.faults.desk FOLDER DOING [--die MODULE:NAME:before|after:N] [WORDS…]``.
``--die`` ends the process with SIGKILL before or after the Nth call of a function of the program.
What was acknowledged stands in ``acknowledged.log``, a line each.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

from clinic_desk.app.clock import Uuid7
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Clock
from clinic_desk.services.commands import AddPatient, BookAppointment, CancelAppointment
from clinic_desk.services.desk import Desk
from clinic_desk.store import upgrade
from clinic_desk.store.opening import ClinicStore, open_store
from tests.soak.clinic import MIGRATIONS, NOW, TYPE, places

ACKNOWLEDGED = "acknowledged.log"


class SetClock:
    """Tells a moment that a test chose."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment


def opened(folder: Path, clock: Clock | None = None, migrations: Path = MIGRATIONS) -> ClinicStore:
    return open_store(folder / "clinic.db", migrations, clock or SetClock(NOW), Uuid7())


def gate(store: ClinicStore, clock: Clock | None = None) -> Desk:
    actor = Actor("maria", "Maria", "desk-1", "session-1")
    return Desk(store, clock or SetClock(NOW), Uuid7(), actor)


def write(folder: Path, count: int, *, at: datetime = NOW, first: int = 0) -> list[str]:
    """New patients with a visit each, every third one cancelled again; answers what was told."""
    clock = SetClock(at)
    store = opened(folder, clock)
    desk = gate(store, clock)
    told = []
    starts = [one for one in places() if one.start.minute in (0, 30)]
    try:
        with (folder / ACKNOWLEDGED).open("a", encoding="utf-8") as log:

            def acknowledge(what: str, row_id: object) -> None:
                told.append(str(row_id))
                log.write(f"{what} {row_id}\n")
                log.flush()

            for number in range(first, first + count):
                added = desk.execute(AddPatient(values={"last_name": f"Patient {number}"}))
                acknowledge("patient", added.value)
                place = starts[number]
                booked = desk.execute(
                    BookAppointment(
                        patient_id=str(added.value),
                        doctor_id=place.doctor_id,
                        type_id=TYPE,
                        start=place.start,
                    )
                )
                acknowledge("visit", booked.value)
                if number % 3 == 2:
                    desk.execute(CancelAppointment(appointment_id=str(booked.value), reason="Ill"))
                    acknowledge("cancelled", booked.value)
    finally:
        store.close()
    return told


def migrate(folder: Path, migrations: Path, target: str) -> None:
    from clinic_desk.store import backup

    path = folder / "clinic.db"

    def safe_copy(label: str) -> Path:
        return backup.make(path, backup.backup_file(path, label, datetime.now(UTC)))

    upgrade.ensure_current(path, migrations, safe_copy, target=target)


def make_backup(folder: Path) -> None:
    store = opened(folder)
    store.maintenance.backup()
    store.close()


def restore(folder: Path, source: Path) -> None:
    store = opened(folder)
    store.maintenance.restore(str(source))
    store.close()


def die(where: str) -> None:
    """Arranges the end. A name that is no function of the program any more is a mistake of the
    test and raises."""
    module, name, moment, count = where.split(":")
    holder: Any = import_module(module)
    *path, last = name.split(".")
    for part in path:
        holder = getattr(holder, part)
    real: Callable[..., Any] = getattr(holder, last)
    left = int(count)

    @wraps(real)
    def mortal(*args: Any, **options: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0 and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*args, **options)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(holder, last, mortal)


def main(words: list[str]) -> None:
    folder, doing = Path(words.pop(0)), words.pop(0)
    if words[:1] == ["--die"]:
        die(words[1])
        words = words[2:]
    if doing == "write":
        write(folder, int(words[0]), first=int(words[1]))
    elif doing == "migrate":
        migrate(folder, Path(words[0]), words[1])
    elif doing == "backup":
        make_backup(folder)
    elif doing == "restore":
        restore(folder, Path(words[0]))
    else:
        raise SystemExit(f"nothing is called {doing}")


if __name__ == "__main__":
    main(sys.argv[1:])
