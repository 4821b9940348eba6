"""Backup and restore, ended with SIGKILL in each of their phases; full, read-only and vanishing
disks. After each: what was acknowledged is there, or whole in the safety copy, and ``verify`` is
clean."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.people import Patient
from clinic_desk.services.backup_ports import AUTO, BackupPlan
from clinic_desk.store import backup, restore_note
from clinic_desk.store.backup_book import listed, remember_plan
from clinic_desk.store.backups import StoreBackups
from clinic_desk.store.maintenance import restore
from clinic_desk.store.repair import repair
from tests.fakes.small_disk import SmallDisk
from tests.store.clinic import MIGRATIONS, Clinic, visit
from tests.store.test_backups import quick

ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import sys
from pathlib import Path
from tests.faults.desk import die
path, doing, where, *more = sys.argv[1:]
die(where)
from clinic_desk.store.backups import StoreBackups
from tests.store.clinic import MIGRATIONS, MARIA, NOW
from tests.store.test_backups import quick
from tests.fakes.clock import FixedClock
backups = StoreBackups(Path(path), MIGRATIONS, FixedClock(NOW), lambda: None, None, quick)
if doing == "backup":
    backups.make(backups.plan(), "auto")
else:
    backups.restore(backups.described(more[0]), "killed", None)
"""


def killed(path: Path, doing: str, where: str, *more: str) -> None:
    """A process of its own, which ends itself at that place; anything else is a mistake."""
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(path), doing, where, *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def ids(path: Path) -> set[str]:
    connection = dbapi2.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return {row[0] for row in connection.execute("SELECT id FROM patient")}
    finally:
        connection.close()


def of(clinic: Clinic) -> StoreBackups:
    store = clinic.store
    return StoreBackups(
        clinic.path, MIGRATIONS, clinic.clock, store.forget, store.unit_of_work, quick
    )


def add(clinic: Clinic, name: str) -> None:
    clinic.add(Patient(id=name, record_number=name, first_name="Neo", last_name="New"))


def sound(clinic: Clinic) -> None:
    """The clinic opens, proves itself and can be worked with; every backup that counts is whole;
    what was left half done is found and goes."""
    clinic.open()
    assert clinic.store.maintenance.verify() == []
    folder = backup.folder_of(clinic.path)
    for copy in listed(folder):
        backup.check(Path(copy.path))
    found = {one.name: one.state for one in repair(clinic.path, clinic.clock)}
    assert found.pop("leftovers") in ("ok", "repaired")
    assert set(found.values()) == {"ok"}
    assert backup.leftovers(clinic.path) == []
    assert [p for p in folder.rglob("*") if ".part" in p.name or ".restoring" in p.name] == []
    add(clinic, "after")
    assert of(clinic).make(BackupPlan(), AUTO).copy.counts["patient"] == len(ids(clinic.path))


BACKUP_PHASES = (
    "clinic_desk.store.backup:_facts_of:after:1",
    "clinic_desk.store.backup:check:before:1",
    "clinic_desk.store.backup:_sync:after:1",
    "clinic_desk.store.backup:sync_folder:before:1",
    "clinic_desk.store.backup_book:Book.note:before:1",
    "clinic_desk.store.backups:doomed:before:1",
    "clinic_desk.store.second_place:Hands.do:before:1",
    "clinic_desk.store.second_place:Hands.do:after:1",
)


@pytest.mark.parametrize("where", BACKUP_PHASES)
def test_a_backup_that_is_killed_costs_nothing(clinic: Clinic, tmp_path: Path, where: str) -> None:
    share = tmp_path / "share"
    share.mkdir()
    of(clinic).make(BackupPlan(), AUTO)
    remember_plan(backup.folder_of(clinic.path), BackupPlan(second=str(share)), "own")
    clinic.add(visit())
    add(clinic, "new")
    killed(clinic.path, "backup", where)
    assert {"hall", "lee", "new"} <= ids(clinic.path)
    for there in share.rglob("*.clinicdesk"):
        backup.check(there)
    sound(clinic)


RESTORE_PHASES = (
    ("clinic_desk.store.restore_note:begin:after:1", False),
    ("clinic_desk.store.maintenance:ensure_current:before:1", False),
    ("clinic_desk.store.restoring:_version:after:1", False),
    ("clinic_desk.store.restoring:_overwrite:before:1", False),
    ("clinic_desk.store.restoring:_raise_roster:after:1", False),
    ("clinic_desk.store.restoring:_differs:after:1", False),
    ("clinic_desk.store.restoring:_overwrite:after:1", True),
    ("clinic_desk.store.restore_note:done:before:1", True),
)


@pytest.mark.parametrize(("where", "over"), RESTORE_PHASES)
def test_a_restore_that_is_killed_leaves_the_old_or_the_new_clinic(
    clinic: Clinic, where: str, over: bool
) -> None:
    good = of(clinic).make(BackupPlan(), AUTO).copy
    add(clinic, "new")
    clinic.store.close()
    killed(clinic.path, "restore", where, good.path)
    assert ("new" in ids(clinic.path)) is not over
    if over:
        (safety,) = backup.folder_of(clinic.path).glob("*before-restore*.clinicdesk")
        assert "new" in ids(safety)
    clinic.open()
    assert of(clinic).settle(clinic.maria)
    ((told,),) = clinic.sql("SELECT detail FROM audit_entry WHERE action = 'restore'")
    assert "killed" in told
    assert not restore_note.note_of(clinic.path).exists()
    sound(clinic)


DAMAGED_PHASES = (
    ("clinic_desk.store.restoring:_keep_aside:before:1", False),
    ("clinic_desk.store.restoring:_keep_aside:after:1", False),
    ("clinic_desk.store.restoring:_clear:after:1", False),
    ("clinic_desk.store.restoring:_sync:after:1", False),
    ("clinic_desk.store.backup:sync_folder:after:3", False),
    ("clinic_desk.store.backup:sync_folder:after:4", True),
    ("clinic_desk.store.restoring:exchange:after:1", True),
)


@pytest.mark.parametrize(("where", "over"), DAMAGED_PHASES)
def test_restoring_over_a_damaged_file_that_is_killed_can_be_done_again(
    clinic: Clinic, where: str, over: bool
) -> None:
    good = of(clinic).make(BackupPlan(), AUTO).copy
    clinic.store.close()
    broken = b"no clinic at all" * 1000
    clinic.path.write_bytes(broken)
    killed(clinic.path, "restore", where, good.path)
    assert clinic.path.exists()
    assert (clinic.path.read_bytes() != broken) is over
    if not over:
        restore(clinic.path, MIGRATIONS, clinic.clock, Path(good.path))
    kept = list(backup.folder_of(clinic.path).glob("*.damaged"))
    assert kept
    assert {item.read_bytes() for item in kept} == {broken}
    assert {"hall", "lee"} <= ids(clinic.path)
    sound(clinic)


BUSY = """
import sys
from pathlib import Path
from clinic_desk.store.backups import StoreBackups
from tests.store.clinic import MARIA, MIGRATIONS, Clinic
from clinic_desk.app.clock import SystemClock, Uuid7
from clinic_desk.domain.people import Patient
from clinic_desk.services.backup_ports import BackupPlan
from tests.store.test_backups import quick
path, log = Path(sys.argv[1]), Path(sys.argv[2])
clinic = Clinic(path, clock=SystemClock(), ids=Uuid7())
store = clinic.store
backups = StoreBackups(
    path, MIGRATIONS, clinic.clock, store.forget, store.unit_of_work, quick
)
with log.open("a") as told:
    print("ready", flush=True)
    while True:
        row = Uuid7()()
        clinic.add(Patient(id=row, record_number=row, first_name="Neo", last_name="New"))
        told.write(row + "\\n")
        told.flush()
        made = backups.make(BackupPlan(), "auto").copy
        backups.restore(made, "again", MARIA)
"""


@pytest.mark.parametrize("rounds", [3, pytest.param(100, marks=pytest.mark.soak)])
def test_killed_at_any_moment(clinic: Clinic, tmp_path: Path, rounds: int) -> None:
    """A process that backs up what it writes and restores that at once: whenever it is ended,
    everything that it acknowledged is there, since each backup holds it."""
    chance = random.Random(7)
    log = tmp_path / "acknowledged"
    log.touch()
    for _ in range(rounds):
        busy = subprocess.Popen(
            [sys.executable, "-c", BUSY, str(clinic.path), str(log)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert busy.stdout is not None
        assert busy.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            busy.wait(timeout=chance.uniform(0.01, 0.8))
        busy.kill()
        busy.wait()
        busy.stdout.close()
        # the last line may not have been told in full
        told = {line for line in log.read_text().splitlines() if len(line) == 36}
        assert told <= ids(clinic.path)
        clinic.open()
        assert clinic.store.maintenance.verify() == []
        of(clinic).settle(clinic.maria)
        clinic.store.close()
    sound(clinic)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallDisk]:
    made = SmallDisk(tmp_path / "small")
    yield made
    made.close()


def on(disk: SmallDisk) -> Clinic:
    made = Clinic(disk.folder / "clinic.db")
    made.settle()
    disk.bound(made.store)
    return made


def test_a_full_disk_costs_the_backup_and_nothing_else(small: SmallDisk, tmp_path: Path) -> None:
    clinic = on(small)
    if not small.mounted:
        small.fill()
        return
    good = of(clinic).make(BackupPlan(), AUTO).copy
    add(clinic, "new")
    small.fill()
    with pytest.raises(Fault) as fault:
        of(clinic).make(BackupPlan(), AUTO)
    assert fault.value.code in ("disk_full", "backup_failed")
    with pytest.raises(Fault):
        of(clinic).restore(good, "full", clinic.maria)
    assert "new" in ids(clinic.path)
    assert [copy.name for copy in listed(backup.folder_of(clinic.path))] == [good.name]
    small.make_room()
    sound(clinic)
    clinic.store.close()


def test_a_full_second_place_is_told(clinic: Clinic, small: SmallDisk) -> None:
    if not small.mounted:
        return
    small.fill()
    made = of(clinic).make(BackupPlan(second=str(small.folder)), AUTO)
    assert "disk is full" in made.trouble
    assert list(small.folder.rglob("*.clinicdesk*")) == []
    small.make_room()
    assert of(clinic).make(BackupPlan(second=str(small.folder)), AUTO).trouble == ""


def test_a_second_place_that_may_only_be_read_is_told(clinic: Clinic, small: SmallDisk) -> None:
    if not small.mounted:
        return
    plan = BackupPlan(second=str(small.folder))
    of(clinic).make(plan, AUTO)
    subprocess.run(["mount", "-o", "remount,ro", str(small.folder)], check=True)
    try:
        assert "only be read" in of(clinic).make(plan, AUTO).trouble
        assert "only be read" in of(clinic).test(str(small.folder)).trouble
        # what is there can be looked at and restored all the same
        (there,) = of(clinic).overview(plan).second.copies
        assert of(clinic).preview(there).rows[0] == ("patients", 2, 2)
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(small.folder)], check=True)


def test_a_data_folder_that_may_only_be_read_is_told(small: SmallDisk, tmp_path: Path) -> None:
    if not small.mounted:
        return
    clinic = on(small)
    good = shutil.copy(of(clinic).make(BackupPlan(), AUTO).copy.path, tmp_path / "x.clinicdesk")
    clinic.store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small.folder)], check=True)
    backups = of(clinic)
    try:
        with pytest.raises(Fault):
            backups.make(BackupPlan(), AUTO)
        with pytest.raises(Fault) as fault:
            backups.restore(backups.described(str(good)), "read only", None)
        assert fault.value.code == "restore_failed"
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(small.folder)], check=True)
    sound(clinic)
    clinic.store.close()
