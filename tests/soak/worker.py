"""One desk that books, moves and cancels at random places, and writes down what was acknowledged.

Run as ``python -m tests.soak.worker FOLDER NAME ATTEMPTS SEED``, with the clinic's key, or an empty
line, on its standard input. Each line of ``NAME.log`` is
written after the store's yes: what it names must be found again, whatever happens afterwards.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from clinic_desk.domain.errors import Fault, NotFound, Refusal, SlotTaken, Stale
from clinic_desk.services.commands import BookAppointment, CancelAppointment, MoveAppointment
from clinic_desk.services.desk import Desk
from clinic_desk.store import keys
from tests.soak.clinic import PATIENTS, TYPE, Place, desk, open_clinic, places

HALF_HOUR = timedelta(minutes=30)


class Worker:
    def __init__(self, gate: Desk, log: TextIO, seed: int) -> None:
        self._gate = gate
        self._log = log
        self._random = random.Random(seed)
        self._places = places()
        self._mine: list[str] = []

    def attempt(self) -> None:
        dice = self._random.random()
        place = self._random.choice(self._places)
        try:
            if dice < 0.55 or not self._mine:
                self._book(place)
            elif dice < 0.8:
                self._move(place)
            else:
                self._cancel()
        except (SlotTaken, Stale, NotFound) as refusal:
            self._note("refused", refusal.code)
        except Refusal as refusal:
            self._note("rule", refusal.code)
        except Fault as fault:
            self._note("fault", fault.code)

    def _book(self, place: Place) -> None:
        outcome = self._gate.execute(
            BookAppointment(
                patient_id=f"patient-{self._random.randrange(PATIENTS)}",
                doctor_id=place.doctor_id,
                type_id=TYPE,
                start=place.start,
                allow_patient_overlap=True,
            )
        )
        self._mine.append(str(outcome.value))
        self._note("booked", str(outcome.value), self._where(place))

    def _move(self, place: Place) -> None:
        chosen = self._random.choice(self._mine)
        self._gate.execute(
            MoveAppointment(
                appointment_id=chosen,
                expected_revision=None,
                doctor_id=place.doctor_id,
                start=place.start,
                end=place.start + HALF_HOUR,
                allow_patient_overlap=True,
            )
        )
        self._note("moved", chosen, self._where(place))

    def _cancel(self) -> None:
        chosen = self._mine.pop(self._random.randrange(len(self._mine)))
        self._gate.execute(CancelAppointment(appointment_id=chosen, reason="soak"))
        self._note("cancelled", chosen)

    @staticmethod
    def _where(place: Place) -> str:
        return f"{place.doctor_id}@{int(place.start.timestamp())}"

    def _note(self, *words: str) -> None:
        self._log.write(json.dumps(words) + "\n")
        self._log.flush()


def main(folder: Path, name: str, attempts: int, seed: int) -> None:
    if secret := sys.stdin.readline().strip():
        keys.hold(keys.StoreKey.told(secret))
    store = open_clinic(folder)
    try:
        with (folder / f"{name}.log").open("a", encoding="utf-8") as log:
            worker = Worker(desk(store, name), log, seed)
            for _ in range(attempts):
                worker.attempt()
    finally:
        store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
