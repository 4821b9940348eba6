"""Each fault for real, and after each the same three questions: is everything there that was
acknowledged, is ``verify`` clean or names the damage, does the program start and go on?

The rows of backup, restore and conversion stand in tests/store (test_backups, test_restore,
test_conversion); docs/faults.md lists all of them.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from clinic_desk.app.clock import Uuid7
from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.domain.people import Patient
from clinic_desk.services.commands import AddPatient
from clinic_desk.services.views import Finding
from clinic_desk.store import backup, keys, recoding
from clinic_desk.store.conversion import convert
from clinic_desk.store.maintenance import restore
from clinic_desk.store.opening import open_store
from tests.fakes.small_disk import SmallDisk
from tests.faults import desk
from tests.faults.desk import ACKNOWLEDGED, SetClock, gate, opened
from tests.soak.clinic import MIGRATIONS, NOW, build, overlaps, rows
from tests.store.test_opening import NEXT, next_migrations

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults")
    build(folder)
    desk.write(folder, 6)
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    target = tmp_path / "data"
    shutil.copytree(built, target)
    return target


def worker(folder: Path, doing: str, *words: str, die: str = "") -> int:
    end = ("--die", die) if die else ()
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.desk", str(folder), doing, *end, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def program(folder: Path, *words: str) -> tuple[int, dict[str, object]]:
    """The real command line on what is left; its exit code and its answer."""
    done = subprocess.run(
        [sys.executable, "-m", "clinic_desk", *words, "--json", "--data", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def acknowledged(folder: Path) -> dict[str, str]:
    """Row → what was last told of it."""
    lines = (folder / ACKNOWLEDGED).read_text("utf-8").splitlines()
    return {row_id: what for what, row_id in (line.split() for line in lines)}


def is_whole(folder: Path) -> None:
    """Nothing acknowledged is lost, nobody is double-booked, the file proves itself."""
    code, answer = program(folder, "verify")
    assert (code, answer.get("findings")) == (0, []), answer
    found = {str(row["id"]): str(row["status"]) for row in rows(folder)}
    for row_id, what in acknowledged(folder).items():
        if what == "visit":
            assert found[row_id] in ("scheduled", "cancelled")
        elif what == "cancelled":
            assert found[row_id] == "cancelled"
    assert overlaps(rows(folder)) == []


def goes_on(folder: Path, first: int = 40) -> None:
    """A start after the fault writes as ever."""
    assert worker(folder, "write", "2", str(first)) == 0
    is_whole(folder)


WRITING = {
    "begun": "clinic_desk.store.unit_of_work:SqlUnitOfWork.release_expired_holds:after:5",
    "row written": "clinic_desk.store.writing:RowWriter.add:after:7",
    "history written": "clinic_desk.store.writing:RowWriter._event:after:7",
    "before the commit": "clinic_desk.store.unit_of_work:SqlUnitOfWork.commit:before:5",
    "in the commit": "clinic_desk.store.unit_of_work:seal:after:5",
    "after the commit": "clinic_desk.store.unit_of_work:SqlUnitOfWork.commit:after:5",
    "before the answer": "clinic_desk.services.desk:Desk.execute:after:5",
}


@pytest.mark.parametrize("phase", WRITING)
def test_killed_while_writing(folder: Path, phase: str) -> None:
    assert worker(folder, "write", "9", "10", die=WRITING[phase]) == -signal.SIGKILL
    is_whole(folder)
    goes_on(folder)


MIGRATING = {
    "before the backup": "clinic_desk.store.backup:make:before:1",
    "backup made": "clinic_desk.store.backup:make:after:1",
    "triggers dropped": "clinic_desk.store.guards:drop_all:after:1",
    "tables changed": "clinic_desk.store.guards:recreate:before:1",
    "not yet committed": "clinic_desk.store.upgrade:_upgrade:after:1",
    "committed": "clinic_desk.store.upgrade:ensure_current:after:1",
}


@pytest.mark.parametrize("phase", MIGRATING)
def test_killed_while_upgrading(folder: Path, phase: str, tmp_path: Path) -> None:
    migrations = next_migrations(
        tmp_path, "op.execute('ALTER TABLE room ADD COLUMN floor TEXT'); op.execute('PRAGMA x')"
    )
    killed = worker(folder, "migrate", str(migrations), NEXT, die=MIGRATING[phase])
    assert killed == -signal.SIGKILL
    if phase == "committed":
        code, answer = program(folder, "verify")  # an older program now, which must not touch it
        assert (code, answer["error"]) == (3, "newer_file")
        assert worker(folder, "migrate", str(migrations), NEXT) == 0
        return
    is_whole(folder)
    goes_on(folder)
    assert worker(folder, "migrate", str(migrations), NEXT) == 0


@pytest.fixture
def disk(folder: Path, tmp_path: Path) -> Iterator[SmallDisk]:
    made = SmallDisk(tmp_path / "small")
    shutil.copytree(folder, made.folder / "data")
    yield made
    made.close()


def test_the_disk_is_full(disk: SmallDisk) -> None:
    data = disk.folder / "data"
    store = opened(data)
    disk.bound(store)
    desk_ = gate(store)
    disk.fill()
    refused: list[Fault] = []
    for number in range(400):  # what room the log had left is used up first
        try:
            desk_.execute(AddPatient(values={"last_name": f"Full {number}", "notes": "x" * 4000}))
        except Fault as fault:
            refused.append(fault)
            if len(refused) == 3:
                break
    assert [one.code for one in refused] == ["disk_full"] * 3
    assert all("nothing was saved" in one.sentence for one in refused)
    disk.make_room()
    desk_.execute(AddPatient(values={"last_name": "Room again"}))
    store.close()
    is_whole(data)
    goes_on(data)


FILLED = {"at once": -1, "too little": -1, "copying": 0, "comparing": 100, "checking": 200}
"""Where the disk is full, by what the progress says then."""


@pytest.mark.parametrize("to", ["encrypted", "plain"])
def test_the_disk_is_full_while_the_file_is_converted(
    disk: SmallDisk, to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recoding, "LOOK_EVERY", 20)
    path = disk.folder / "data" / "clinic.db"
    key = keys.StoreKey.made()
    keys.hold(key)
    wanted = key if to == "encrypted" else None
    try:
        if to == "plain":
            convert(path, key)
        for when, done in FILLED.items():
            _full_while_converting(disk, path, wanted, when, done)
            assert keys.is_plain(path) is (to == "encrypted"), when
            assert not keys.has_leftovers(path), when
            assert _looked_at(path) == ("", []), when
        convert(path, wanted)
        assert keys.is_plain(path) is (to == "plain")
        assert _looked_at(path) == ("", [])
        if to == "encrypted":
            convert(path, None)  # the command line below has no keyring to ask
    finally:
        keys.forget()
    is_whole(path.parent)
    goes_on(path.parent)


def _full_while_converting(
    disk: SmallDisk, path: Path, wanted: keys.StoreKey | None, when: str, at: int
) -> None:
    heard: list[int] = []

    def progress(done: int, _total: int, _words: str) -> bool:
        heard.append(done)
        if done >= at >= 0:
            disk.fill()
        return True

    with disk.bounded(path):
        if when == "at once":
            disk.fill()
        elif when == "too little":
            disk.leave(path.stat().st_size)
        with pytest.raises(Fault) as fault:
            convert(path, wanted, progress)
        disk.make_room()
    if disk.mounted:  # a file that may not grow has several names for it
        assert fault.value.code == "disk_full", when
        assert "so nothing was changed" in fault.value.sentence
        assert (max(heard, default=-1) < 100) is (at < 100), when


def test_the_disk_may_only_be_read(disk: SmallDisk) -> None:
    data = disk.folder / "data"
    with read_only(disk, data):
        with pytest.raises(ClinicDeskError) as fault:
            gate(opened(data)).execute(AddPatient(values={"last_name": "Nobody"}))
        assert fault.value.code in ("read_only", "cannot_open")
        code, answer = program(data, "doctor")
        assert (code, answer["ok"]) != (0, True)
    is_whole(data)
    goes_on(data)


@contextmanager
def read_only(disk: SmallDisk, data: Path) -> Iterator[None]:
    """The whole disk; where nothing may be mounted, the folder and its files."""
    if disk.mounted:
        _remount(disk, "ro")
        yield
        _remount(disk, "rw")
        return
    files = list(data.glob("clinic.db*"))
    for path in (*files, data):
        path.chmod(0o500)
    yield
    for path in (data, *files):
        path.chmod(0o700)


def _remount(disk: SmallDisk, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk.folder)], check=True)


@pytest.mark.parametrize(
    "jump", [timedelta(hours=-1), timedelta(days=365)], ids=["an hour back", "a year on"]
)
@pytest.mark.parametrize("running", [True, False], ids=["running", "between two starts"])
def test_the_clock_jumps(folder: Path, jump: timedelta, running: bool) -> None:
    if running:
        clock = SetClock(NOW)
        store = opened(folder, clock)
        before = gate(store, clock).execute(AddPatient(values={"last_name": "Before"}))
        clock.moment = NOW + jump
        after = gate(store, clock).execute(AddPatient(values={"last_name": "After"}))
        clock.moment = NOW
        store.close()
        kept = {str(before.value), str(after.value)}
    else:
        kept = set(desk.write(folder, 1, at=NOW + jump, first=20)[:1] if jump.days < 0 else ())
    again = opened(folder)
    with again.unit_of_work(gate(again).actor) as work:
        assert kept <= {one.id for one in work.find(Patient)}
    again.close()
    is_whole(folder)
    goes_on(folder)


def test_the_file_is_replaced_while_a_program_has_it_open(folder: Path) -> None:
    store = opened(folder)
    gate(store).execute(AddPatient(values={"last_name": "Still there"}))
    store.queries.roster()
    backup.make(folder / "clinic.db", folder / "other.db")
    (folder / "other.db").replace(folder / "clinic.db")
    with pytest.raises(Fault) as fault:
        gate(store).execute(AddPatient(values={"last_name": "Into nowhere"}))
    assert fault.value.code == "replaced"
    store.close()
    for leftover in folder.glob("clinic.db-*"):
        leftover.unlink()  # they belonged to the file that is gone
    is_whole(folder)
    goes_on(folder)


NAMED = ("corrupt", "not_a_database", "foreign_triggers", "foreign_file", "newer_file")
"""What a program says at its start of a file that it will not work with."""


def _looked_at(path: Path) -> tuple[str, list[Finding]]:
    """How a start answers, and what ``verify`` finds after one that went well."""
    try:
        store = open_store(path, MIGRATIONS, SetClock(NOW), Uuid7())
    except ClinicDeskError as error:
        return error.code, []
    try:
        return "", store.maintenance.verify()
    except ClinicDeskError as error:
        return error.code, []
    finally:
        store.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_byte_of_a_page_is_flipped(folder: Path, seed: int) -> None:
    """Found, or without any consequence: SQLite leaves parts of its pages unused. What is found is
    named; the last backup brings everything back."""
    path = folder / "clinic.db"
    copy = backup.make(path, folder / "backups" / "clinic-20261120T000000Z-manual.clinicdesk")
    pristine = path.read_bytes()
    dice = random.Random(seed)
    for _ in range(6):
        damaged = bytearray(pristine)
        at = dice.randrange(100, len(damaged))
        damaged[at] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        refused, findings = _looked_at(path)
        assert refused in ("", *NAMED)
        if not refused and not findings:
            _same_content(path, copy)
    _rid(path)
    path.write_bytes(damaged)
    code, answer = program(folder, "restore", str(copy))
    assert code == 0, answer
    is_whole(folder)
    goes_on(folder)


def _rid(path: Path) -> None:
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _same_content(path: Path, copy: Path) -> None:
    """A flip that nobody found changed nothing that anybody could read."""
    one, other = dbapi2.connect(str(path)), dbapi2.connect(str(copy))
    try:
        for table in (
            "appointment",
            "patient",
            "event",
            "doctor",
            "room",
            "setting",
            "audit_entry",
        ):
            sql = f"SELECT * FROM {table} ORDER BY 1"
            assert one.execute(sql).fetchall() == other.execute(sql).fetchall(), table
    finally:
        one.close()
        other.close()


@pytest.fixture
def sealed(folder: Path) -> Iterator[Path]:
    """The same clinic, encrypted, with a backup of it."""
    key = keys.StoreKey.made()
    keys.hold(key)
    convert(folder / "clinic.db", key)
    backup.make(folder / "clinic.db", folder / "backups" / "clinic-20261120T000000Z.clinicdesk")
    yield folder
    keys.forget()


@pytest.mark.parametrize("seed", range(3))
def test_every_byte_flipped_in_an_encrypted_file_is_found(sealed: Path, seed: int) -> None:
    path = sealed / "clinic.db"
    pristine = path.read_bytes()
    dice = random.Random(seed)
    for _ in range(5):
        damaged = bytearray(pristine)
        at = dice.randrange(len(damaged))
        damaged[at] ^= 1 << dice.randrange(8)
        _rid(path)
        path.write_bytes(damaged)
        refused, findings = _looked_at(path)
        assert refused in ("corrupt", "not_a_database", "locked_store", "no_key") or findings, at
    (copy,) = (sealed / "backups").glob("*.clinicdesk")
    restore(path, MIGRATIONS, SetClock(NOW), copy)
    assert _looked_at(path) == ("", [])
