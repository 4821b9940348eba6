"""A program that dies while it books a series leaves nothing of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from clinic_desk.app import paths
from clinic_desk.domain.appointments import Appointment, AppointmentSeries
from clinic_desk.store.opening import open_store
from tests.fakes.clock import CountingIds, FixedClock
from tests.fakes.world import World, actor, at

ROOT = Path(__file__).parents[3]
DIES = """
import os, sys
from pathlib import Path
from clinic_desk.app import paths
from clinic_desk.services.desk import Desk
from clinic_desk.services.series_commands import BookSeries
from clinic_desk.store.opening import open_store
from tests.fakes.clock import CountingIds, FixedClock
from tests.fakes.world import actor, at

file, patient, doctor, kind, left = sys.argv[1:]
ids, left = CountingIds(5_000_000), int(left)

def mortal():
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    return ids()

store = open_store(Path(file), paths.migrations(), FixedClock(at("07:00")), ids)
Desk(store, FixedClock(at("07:00")), mortal, actor()).execute(BookSeries(
    patient_id=patient, doctor_id=doctor, type_id=kind, rule="FREQ=WEEKLY;COUNT=10",
    local_start="2026-12-01T10:00"))
print("done")
"""


def dies_after(world: World, file: Path, steps: int) -> int:
    names = world.names
    order = [str(file), names["ana"], names["wu"], names["follow-up"], str(steps)]
    return subprocess.run(
        [sys.executable, "-c", DIES, *order], cwd=ROOT, check=False, capture_output=True
    ).returncode


def left_in(file: Path) -> tuple[int, int]:
    """Series and visits; what is there must prove clean."""
    store = open_store(file, paths.migrations(), FixedClock(at("07:00")), CountingIds(9_000_000))
    try:
        assert store.maintenance.verify() == []
        with store.unit_of_work(actor()) as work:
            return len(work.find(AppointmentSeries)), len(work.find(Appointment))
    finally:
        store.close()


def test_killed_in_the_middle(world: World, tmp_path: Path) -> None:
    file = tmp_path / "clinic.db"
    world.store.close()
    for steps in (1, 4, 8):
        assert dies_after(world, file, steps) == 9
        assert left_in(file) == (0, 0)
    assert dies_after(world, file, 100) == 0
    assert left_in(file) == (1, 10)
