"""Several programs on one file: nobody is told a lie, nothing overlaps, nothing is lost."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from clinic_desk.domain.errors import SlotTaken
from clinic_desk.domain.events import Actor
from clinic_desk.store.opening import open_store
from tests.fakes.clock import CountingIds, FixedClock
from tests.store.clinic import MIGRATIONS, NOW, Clinic, visit

# not forked: the process of the tests has threads, whose locks a child would inherit
FRESH = multiprocessing.get_context("spawn")


def book(path: str, desk: int, tries: int, slots: int, said: Any) -> None:
    """Books random slots in a program of its own; says what was acknowledged, then counts."""
    rng = random.Random(desk)
    ids = CountingIds(first=(desk + 1) * 10**6)
    store = open_store(Path(path), MIGRATIONS, FixedClock(NOW), ids)
    actor = Actor(f"staff-{desk}", f"Desk {desk}", f"desk-{desk}", f"session-{desk}")
    taken = 0
    for i in range(tries):
        row = visit(f"{desk}-{i}", 30 * rng.randrange(slots), room_id=rng.choice([None, "room-1"]))
        try:
            with store.unit_of_work(actor) as work:
                work.add(row, "booked")
                work.record_undo("Book")
                work.commit()
            said.put(row.id)
        except SlotTaken:
            taken += 1
    store.close()
    said.put(taken)


def test_four_programs_book_the_same_slots(clinic: Clinic) -> None:
    clinic.store.close()
    said = FRESH.Queue()
    children = [
        FRESH.Process(target=book, args=(str(clinic.path), n, 60, 40, said)) for n in range(4)
    ]
    for child in children:
        child.start()
    answers = [said.get(timeout=200)]
    while sum(isinstance(a, int) for a in answers) < 4:
        answers.append(said.get(timeout=200))
    for child in children:
        child.join(200)
        assert child.exitcode == 0
    clinic.open()
    acknowledged = {a for a in answers if isinstance(a, str)}
    stored = {row[0] for row in clinic.sql("SELECT id FROM appointment")}
    assert acknowledged == stored
    assert len(acknowledged) + sum(a for a in answers if isinstance(a, int)) == 240
    assert 1 < len(stored) <= 40
    assert clinic.store.maintenance.verify() == []


@pytest.mark.parametrize("seed", range(3))
def test_a_program_killed_while_writing_loses_nothing_it_acknowledged(
    clinic: Clinic, seed: int
) -> None:
    clinic.store.close()
    said = FRESH.SimpleQueue()
    child = FRESH.Process(target=book, args=(str(clinic.path), seed, 5000, 5000, said))
    child.start()
    acknowledged = {said.get()}
    time.sleep(random.Random(seed).uniform(0.05, 0.3))
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join(200)
    while not said.empty():
        acknowledged.add(said.get())
    clinic.open()
    stored = {row[0] for row in clinic.sql("SELECT id FROM appointment")}
    assert acknowledged <= stored
    # At most the one whose acknowledgement was on its way.
    assert len(stored - acknowledged) <= 1
    assert clinic.store.maintenance.verify() == []
