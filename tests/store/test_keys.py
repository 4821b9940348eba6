"""Encrypted files: every connection has the key, nothing of a patient lies about in the clear."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.people import Patient
from clinic_desk.store import backup, keys
from clinic_desk.store.engine import bare, connect, read_only
from clinic_desk.store.keys import StoreKey
from clinic_desk.store.opening import open_store
from tests.store.clinic import MIGRATIONS, Clinic
from tests.store.sealed import NAME, fill, holding


@pytest.fixture(autouse=True)
def _no_keys_left() -> Iterator[None]:
    yield
    keys.forget()


@pytest.fixture
def key() -> StoreKey:
    made = StoreKey.made()
    keys.hold(made)
    return made


class SealedClinic(Clinic):
    """As ``Clinic``, but a new file is encrypted with ``key``."""

    key: StoreKey | None = None

    def open(self) -> None:
        self.store = open_store(self.path, MIGRATIONS, self.clock, self.ids, key=self.key)


@pytest.fixture
def sealed(tmp_path: Path, key: StoreKey, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    monkeypatch.setattr(SealedClinic, "key", key)
    clinic = SealedClinic(tmp_path / "sealed" / "clinic.db")
    clinic.settle()
    yield clinic
    clinic.store.close()


def test_nothing_of_a_patient_can_be_read_in_the_files(sealed: Clinic) -> None:
    fill(sealed)
    folder = sealed.path.parent
    there = {path.name for path in folder.iterdir()}
    assert {"clinic.db", "clinic.db-wal", "clinic.db-shm", "backups"} <= there  # while it is open
    assert (folder / "clinic.db-wal").stat().st_size > 0
    assert holding(folder) == []
    sealed.store.close()
    assert holding(folder) == []


def test_in_a_plain_clinic_the_same_look_finds_the_name(clinic: Clinic) -> None:
    fill(clinic)
    found = holding(clinic.path.parent)
    assert "clinic.db-wal" in found
    assert any(name.endswith(backup.SUFFIX) for name in found)


def _temporary_files() -> set[str]:
    """SQLite's own that this process has open; they are deleted as soon as they are made."""
    held = set()
    for number in Path("/proc/self/fd").iterdir():
        try:
            held.add(str(number.readlink()))
        except OSError:
            continue
    return {name for name in held if "etilqs_" in name}


BIG_SORT = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
    " SELECT hex(randomblob(40)), (SELECT last_name FROM patient LIMIT 1) FROM n ORDER BY 1"
)


@pytest.mark.parametrize("allowed", [False, True])
def test_sorting_writes_no_temporary_file(sealed: Clinic, allowed: bool) -> None:
    """Where files are allowed the same look finds one."""
    with closing(connect(sealed.path, write=False)) as connection:
        connection.execute("PRAGMA cache_size = 20")
        if allowed:
            connection.execute("PRAGMA temp_store = FILE")
        connection.execute(BIG_SORT).fetchone()
        rows = connection.execute(BIG_SORT)
        rows.fetchone()
        assert bool(_temporary_files()) is allowed


def test_a_file_says_which_key_it_needs(sealed: Clinic, clinic: Clinic, key: StoreKey) -> None:
    assert keys.id_in(sealed.path) == key.id
    assert keys.id_in(clinic.path) is None
    assert keys.is_plain(clinic.path)
    made = Path(sealed.store.maintenance.backup())
    assert keys.id_in(made) == key.id
    assert keys.id_in(sealed.path.with_name("missing.db")) is None


def test_a_plain_file_asks_nobody(clinic: Clinic) -> None:
    def never(key_id: str) -> StoreKey:
        raise AssertionError("a plain file needs no key")

    keys.ask_with(never)
    clinic.store.close()
    clinic.open()
    assert clinic.store.maintenance.verify() == []


def test_each_key_is_asked_for_once(sealed: Clinic, key: StoreKey) -> None:
    sealed.store.close()
    keys.forget()
    asked: list[str] = []

    def answer(key_id: str) -> StoreKey:
        asked.append(key_id)
        return key

    keys.ask_with(answer)
    sealed.open()
    assert sealed.store.maintenance.verify() == []
    assert asked == [key.id]


@pytest.mark.parametrize("answered", ["nothing", "another"])
def test_without_its_key_a_file_is_not_opened_and_says_the_way_out(
    sealed: Clinic, answered: str
) -> None:
    sealed.store.close()
    before = sealed.path.read_bytes()
    keys.forget()
    if answered == "another":
        keys.ask_with(lambda _id: StoreKey.made())
    with pytest.raises(Fault) as caught:
        sealed.open()
    assert caught.value.code == "no_key"
    assert "recovery key" in caught.value.sentence
    assert sealed.path.read_bytes() == before


def test_a_keyring_that_is_locked_is_no_missing_key(sealed: Clinic) -> None:
    sealed.store.close()
    keys.forget()

    def locked(_id: str) -> StoreKey:
        raise Fault("locked_store", "The keyring is locked. Unlock it and try again.")

    keys.ask_with(locked)
    with pytest.raises(Fault) as caught:
        sealed.open()
    assert caught.value.code == "locked_store"


def open_and_back_up(clinic: Clinic) -> None:
    clinic.open()
    clinic.store.maintenance.backup()


@pytest.mark.parametrize("at", [20, 4096 * 3 + 99])
def test_a_flipped_byte_is_damage_not_a_wrong_key(sealed: Clinic, at: int) -> None:
    sealed.store.close()
    content = bytearray(sealed.path.read_bytes())
    content[at] ^= 1
    sealed.path.write_bytes(content)
    with pytest.raises(Fault) as caught:
        open_and_back_up(sealed)
    assert caught.value.code in ("corrupt", "bad_backup")


def told_when_opening(clinic: Clinic) -> str:
    """The whole traceback, with what every frame of ours holds."""
    with pytest.raises(Fault) as caught:
        clinic.open()
    held: list[str] = []
    trace = caught.tb
    while trace is not None:
        held.append(repr(trace.tb_frame.f_locals))
        trace = trace.tb_next
    return "".join([*held, *traceback.format_exception(caught.value)])


def test_the_key_never_shows(key: StoreKey, sealed: Clinic, caplog: Any) -> None:
    secrets = (key.secret(), repr(key.raw()), str(key.raw()), key.spelled())
    with pytest.raises(TypeError):
        pickle.dumps(key)
    caplog.set_level(logging.DEBUG)
    sealed.store.close()
    keys.forget()
    keys.ask_with(lambda _id: StoreKey.made())
    shown = [repr(key), str(key), f"{key!r}", repr({"key": key}), f"{[key]}"]
    shown += [told_when_opening(sealed), caplog.text]
    for text in shown:
        assert not any(secret in text for secret in secrets)


def test_a_plain_backup_comes_back_encrypted(sealed: Clinic, clinic: Clinic) -> None:
    fill(clinic)
    plain = clinic.store.maintenance.backup()
    sealed.store.maintenance.restore(plain)
    sealed.store.close()
    assert keys.id_in(sealed.path) == SealedClinic.key.id  # type: ignore[union-attr]
    assert [n for n in holding(sealed.path.parent) if not n.endswith(backup.SUFFIX)] == []
    sealed.open()
    assert sealed.get(Patient, "hall").last_name == NAME
    assert sealed.store.maintenance.verify() == []


def test_an_encrypted_backup_comes_back_into_a_plain_clinic(sealed: Clinic, clinic: Clinic) -> None:
    fill(sealed)
    clinic.store.maintenance.restore(sealed.store.maintenance.backup())
    assert clinic.get(Patient, "hall").last_name == NAME
    assert keys.is_plain(clinic.path)
    assert clinic.store.maintenance.verify() == []


def test_a_clinic_whose_key_is_lost_makes_room_for_a_backup(sealed: Clinic, clinic: Clinic) -> None:
    plain = clinic.store.maintenance.backup()
    sealed.store.close()
    keys.forget()
    from clinic_desk.store.maintenance import restore

    kept = restore(sealed.path, MIGRATIONS, sealed.clock, Path(plain))
    assert kept is not None
    assert kept.suffix == ".damaged"
    assert keys.is_plain(sealed.path)
    sealed.open()
    assert sealed.store.maintenance.verify() == []


def test_a_bare_connection_without_the_key_reads_nothing(sealed: Clinic) -> None:
    with closing(bare(sealed.path)) as connection, pytest.raises(dbapi2.DatabaseError):
        connection.execute("SELECT count(*) FROM sqlite_master")
    with closing(read_only(sealed.path)) as connection:
        assert connection.execute("SELECT count(*) FROM patient").fetchone() == (2,)
        with pytest.raises(dbapi2.DatabaseError):
            connection.execute("DELETE FROM patient")
