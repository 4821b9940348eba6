"""Encrypting a clinic and back: ended at any moment it is the old clinic or the new one."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.domain.people import Patient
from clinic_desk.store import conversion, keys
from clinic_desk.store.conversion import PHASES, convert
from clinic_desk.store.engine import bare, connect, passage
from clinic_desk.store.keys import StoreKey
from tests.fakes.clock import CountingIds
from tests.store.clinic import Clinic
from tests.store.sealed import NAME, fill, holding

ROOT = Path(__file__).parents[2]
STEPS = ("copied", *PHASES)
"""Where a conversion is ended: ``PHASES``, and while the copy is held against its original."""

WORKER = """
import os, signal, sys
from pathlib import Path
from clinic_desk.store import keys
from clinic_desk.store.conversion import convert
from clinic_desk.store.keys import StoreKey
path, at, to = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
key = StoreKey.told(sys.stdin.readline().strip())
keys.hold(key)

def end():
    os.kill(os.getpid(), signal.SIGKILL)

def reached(phase):
    if phase == at:
        end()

def progress(done, total, sentence):
    if at == "copied" and done >= 100:
        end()
    return True

convert(path, key if to == "encrypted" else None, progress, reached=reached)
"""

FRESH = count(100)

OWN = {"clinic.db", "clinic.db-wal", "clinic.db-shm", "clinic.db.head"}
"""What may lie in a clinic's folder; the last says how far its audit trail has come."""


@pytest.fixture(autouse=True)
def _no_keys_left() -> Iterator[None]:
    yield
    keys.forget()


@pytest.fixture
def key() -> StoreKey:
    made = StoreKey.made()
    keys.hold(made)
    return made


@pytest.fixture
def filled(clinic: Clinic) -> Clinic:
    """A plain clinic with a named patient, closed, without its plain backup."""
    fill(clinic)
    clinic.store.close()
    shutil.rmtree(clinic.path.parent / "backups")
    return clinic


def whole(path: Path) -> None:
    """It opens, is what its history says, and holds the patient."""
    clinic = Clinic(path, ids=CountingIds(first=next(FRESH) * 1000))
    try:
        assert clinic.store.maintenance.verify() == []
        assert clinic.get(Patient, "hall").last_name == NAME
        assert [hit.id for hit in clinic.store.queries.search_patients(NAME)] == ["hall"]
        clinic.change(clinic.get(Patient, "lee"), notes="written afterwards")
    finally:
        clinic.store.close()


def test_there_and_back(filled: Clinic, key: StoreKey) -> None:
    told: list[tuple[int, int, str]] = []
    convert(filled.path, key, lambda *step: told.append(step) or True)
    assert keys.id_in(filled.path) == key.id
    assert holding(filled.path.parent) == []
    assert [done * 300 // total for done, total, _ in told] == sorted(
        done * 300 // total for done, total, _ in told
    )
    whole(filled.path)
    assert holding(filled.path.parent) == []
    convert(filled.path, None)
    assert keys.is_plain(filled.path)
    whole(filled.path)
    assert {item.name for item in filled.path.parent.iterdir()} <= OWN


def test_the_open_store_goes_on_with_the_converted_file(clinic: Clinic, key: StoreKey) -> None:
    fill(clinic)
    shutil.rmtree(clinic.path.parent / "backups")
    before = clinic.store.queries.data_version()
    with clinic.store.alone():
        assert clinic.store.queries.data_version() == before
        convert(clinic.path, key)
    assert keys.id_in(clinic.path) == key.id
    assert clinic.get(Patient, "hall").last_name == NAME
    clinic.undo()
    assert clinic.store.maintenance.verify() == []
    assert holding(clinic.path.parent) == []


def test_who_needs_a_second_connection_to_end_is_not_waited_for_in_vain(
    clinic: Clinic, key: StoreKey
) -> None:
    """A question within a question, as a reader that asks who sits there."""
    inside, asked = threading.Event(), threading.Event()
    found: list[int] = []

    def work() -> None:
        with clinic.store.queries._reading():
            inside.set()
            asked.wait(60)
            found.append(len(clinic.store.queries.roster().doctors))

    thread = threading.Thread(target=work)
    thread.start()
    assert inside.wait(60)
    closed = clinic.store.door.close

    def close() -> None:
        closed()
        asked.set()

    clinic.store.door.close = close  # type: ignore[method-assign]
    with clinic.store.alone():
        assert found == [2]
        convert(clinic.path, key)
    thread.join(60)
    assert clinic.get(Patient, "hall").last_name == "Hall"


def test_converted_again_and_again_while_others_ask(clinic: Clinic, key: StoreKey) -> None:
    """No connection of an older pool keeps the file from the next conversion."""
    over = threading.Event()
    troubles: list[BaseException] = []

    def ask() -> None:
        while not over.is_set():
            try:
                clinic.store.queries.roster()
                clinic.store.queries.data_version()
            except BaseException as error:
                troubles.append(error)
                return

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for wanted in (key, None, key, None):
            with clinic.store.alone():
                convert(clinic.path, wanted)
    finally:
        over.set()
        for thread in threads:
            thread.join(60)
    assert troubles == []
    assert keys.is_plain(clinic.path)
    assert clinic.store.maintenance.verify() == []


def test_the_permissions_stay(filled: Clinic, key: StoreKey) -> None:
    filled.path.chmod(0o600)
    convert(filled.path, key)
    assert filled.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("to", ["encrypted", "plain"])
def test_ended_in_any_phase_it_is_the_old_clinic_or_the_new_one(
    filled: Clinic, key: StoreKey, tmp_path: Path, to: str
) -> None:
    if to == "plain":
        convert(filled.path, key)
    running = {}
    for step in STEPS:
        path = tmp_path / step / "clinic.db"
        path.parent.mkdir()
        shutil.copy(filled.path, path)
        # what a program leaves that is ended while it works: a log beside the file
        with closing(connect(path, write=True)) as held:
            held.execute("PRAGMA wal_autocheckpoint = 0")
            held.execute("UPDATE patient SET notes = notes")
            for end in ("", "-wal"):
                shutil.copy(f"{path}{end}", tmp_path / f"{step}.kept{end}")
        for end in ("", "-wal"):
            shutil.copy(tmp_path / f"{step}.kept{end}", f"{path}{end}")
        running[step] = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(path), step, to],
            cwd=ROOT, stdin=subprocess.PIPE, text=True,
        )  # fmt: skip
    for step, worker in running.items():
        worker.communicate(key.secret() + "\n", timeout=240)
        assert worker.returncode == -signal.SIGKILL, step
        path = tmp_path / step / "clinic.db"
        changed = step in ("placed", "overwritten")
        assert (keys.id_in(path) is not None) is (changed == (to == "encrypted")), step
        whole(path)
        left = {item.name for item in path.parent.iterdir()}
        assert left <= OWN, step
        if keys.id_in(path) is not None:
            assert holding(path.parent) == [], step


def test_a_second_program_keeps_the_file_and_is_told(
    filled: Clinic, key: StoreKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "WAITED", 0.1)
    before = filled.path.read_bytes()
    with closing(connect(filled.path, write=False)) as other:
        other.execute("SELECT count(*) FROM patient").fetchone()
        with pytest.raises(Fault) as caught:
            convert(filled.path, key)
        # it was not held up meanwhile, nor afterwards
        other.execute("SELECT count(*) FROM patient").fetchone()
    assert caught.value.code == "in_use"
    assert filled.path.read_bytes() == before
    whole(filled.path)


def test_who_lets_go_of_the_file_is_waited_for(filled: Clinic, key: StoreKey) -> None:
    other = connect(filled.path, write=False)
    asked: list[float] = []

    def let_go(_seconds: float) -> None:
        asked.append(_seconds)
        if len(asked) == 3:
            other.close()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(conversion, "sleep", let_go)
        convert(filled.path, key)
    assert len(asked) == 3
    assert keys.id_in(filled.path) == key.id


WRITER = """
import sys
from contextlib import closing
from itertools import count
from pathlib import Path
from clinic_desk.store import keys
from clinic_desk.store.engine import bare, connect, passage
from clinic_desk.store.keys import StoreKey
keys.hold(StoreKey.told(sys.stdin.readline().strip()))
print("now", flush=True)
with closing(connect(Path(sys.argv[1]), write=True)) as held:
    held.execute("BEGIN IMMEDIATE")
    held.execute("UPDATE patient SET notes = 'from outside' WHERE id = 'lee'")
    held.execute("COMMIT")
"""


def test_who_opens_the_file_meanwhile_writes_into_the_new_one(
    filled: Clinic, key: StoreKey
) -> None:
    others: list[subprocess.Popen[str]] = []

    def reached(phase: str) -> None:
        if phase in ("locked", "linked"):
            other = subprocess.Popen(
                [sys.executable, "-c", WRITER, str(filled.path)],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            others.append(other)
            assert other.stdin is not None
            assert other.stdout is not None
            other.stdin.write(key.secret() + "\n")
            other.stdin.flush()
            assert other.stdout.readline() == "now\n"

    convert(filled.path, key, reached=reached)
    assert len(others) == 2
    for other in others:
        other.communicate(timeout=240)
        assert other.returncode == 0
    with closing(connect(filled.path, write=False)) as held:
        assert held.execute("SELECT notes FROM patient WHERE id = 'lee'").fetchone() == (
            "from outside",
        )


STARTER = """
import sys
from contextlib import closing
from pathlib import Path
from clinic_desk.store import keys
from clinic_desk.store.engine import bare, connect, passage
from clinic_desk.store.keys import StoreKey
keys.hold(StoreKey.told(sys.stdin.readline().strip()))
for _ in sys.stdin:
    try:
        with closing(connect(Path(sys.argv[1]), write=True)) as held:
            held.execute("BEGIN IMMEDIATE")
            held.execute("UPDATE meta SET v = v + 1 WHERE k = 'starts'")
            held.execute("COMMIT")
        print("well", flush=True)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", flush=True)
"""


def _started_at_once(filled: Clinic, key: StoreKey, rounds: int, *, early: bool) -> None:
    """Two programs open the file together after each conversion, or in the middle of it."""
    with closing(connect(filled.path, write=True)) as held:
        held.execute("INSERT INTO meta (k, v) VALUES ('starts', 0)")
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", STARTER, str(filled.path)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip

    def tell(words: str) -> None:
        for one in programs:
            assert one.stdin is not None
            one.stdin.write(f"{words}\n")
            one.stdin.flush()

    try:
        tell(key.secret())
        for turn in range(rounds):
            if early:
                tell("go")
            convert(filled.path, None if turn % 2 else key)
            if not early:
                tell("go")
            for one in programs:
                assert one.stdout is not None
                assert one.stdout.readline() == "well\n", turn
    finally:
        for one in programs:
            one.communicate(timeout=240)
    with closing(connect(filled.path, write=False)) as held:
        told = held.execute("SELECT v FROM meta WHERE k = 'starts'").fetchone()
        assert int(told[0]) == 2 * rounds
    whole(filled.path)


def test_two_programs_start_at_once_on_a_file_that_was_just_converted(
    filled: Clinic, key: StoreKey
) -> None:
    _started_at_once(filled, key, 50, early=False)


def test_two_programs_start_at_once_while_it_is_converted(filled: Clinic, key: StoreKey) -> None:
    _started_at_once(filled, key, 20, early=True)


def test_nobody_has_to_switch_the_log_on_afterwards(filled: Clinic, key: StoreKey) -> None:
    """Two that did so at once met each other's journal; see ``engine.passage``."""

    def mode() -> str:
        with closing(bare(filled.path, keys.key_of(filled.path))) as held:
            return str(held.execute("PRAGMA journal_mode").fetchone()[0])

    convert(filled.path, key)
    assert mode() == "wal"
    for done in (50, 150, 200):
        with pytest.raises(Refusal):
            convert(filled.path, None, lambda now, _all, _words, until=done: now < until)
        assert mode() == "wal"
    convert(filled.path, None)
    assert mode() == "wal"


def test_who_is_opening_the_file_is_waited_for(
    filled: Clinic, key: StoreKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a program's opening the old file and its locking it the new one is not put there."""
    monkeypatch.setattr(conversion, "WAITED", 0.1)
    with passage(filled.path), pytest.raises(Fault) as caught:
        convert(filled.path, key)
    assert caught.value.code == "in_use"
    with passage(filled.path), pytest.raises(Refusal) as stopped:
        convert(filled.path, key, lambda _done, _total, words: words != conversion.WAITING)
    assert stopped.value.code == "stopped"
    with (
        passage(filled.path, alone=True),
        pytest.raises(Fault) as caught,
        passage(filled.path, patience=0.1),
    ):
        raise AssertionError("nobody opens it meanwhile")
    assert caught.value.code == "busy"
    convert(filled.path, key)
    whole(filled.path)


@pytest.mark.parametrize("when", [0, 150])
def test_stopped_it_is_the_old_clinic(filled: Clinic, key: StoreKey, when: int) -> None:
    with pytest.raises(Refusal) as caught:
        convert(filled.path, key, lambda done, _total, _words: done < when)
    assert caught.value.code == "stopped"
    assert keys.is_plain(filled.path)
    assert {item.name for item in filled.path.parent.iterdir()} <= OWN
    whole(filled.path)


def test_a_copy_that_is_not_like_its_original_is_not_used(
    filled: Clinic, key: StoreKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clinic_desk.store import recoding

    wrote = recoding._write

    def spoiled(source: object) -> None:
        wrote(source)
        source.execute("UPDATE recoded.patient SET notes = 'x' WHERE id = 'lee'")  # type: ignore[attr-defined]

    monkeypatch.setattr(recoding, "_write", spoiled)
    with pytest.raises(Fault) as caught:
        convert(filled.path, key)
    assert caught.value.code == "bad_copy"
    whole(filled.path)
    assert keys.is_plain(filled.path)
