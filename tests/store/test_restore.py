"""Restoring what should not be restored, over what cannot be opened, onto itself."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.domain.people import Patient
from clinic_desk.store import backup, faults
from clinic_desk.store.maintenance import restore
from tests.fakes.clock import CountingIds
from tests.store.clinic import MIGRATIONS, Clinic


def changed(source: Path, statement: str) -> Path:
    copy = source.with_name("changed.clinicdesk")
    shutil.copy(source, copy)
    connection = dbapi2.connect(str(copy), isolation_level=None)
    connection.execute(statement)
    connection.close()
    return copy


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "newer_file"),
        ("DROP TRIGGER guard_doctor_insert", "foreign_triggers"),
    ],
)
def test_a_backup_that_cannot_be_opened_leaves_the_clinic_working(
    clinic: Clinic, tmp_path: Path, statement: str, code: str
) -> None:
    good = Path(clinic.store.maintenance.backup(str(tmp_path / "good.clinicdesk")))
    bad = changed(good, statement)
    clinic.add(Patient(id="new", record_number="P9", first_name="Neo", last_name="New"))
    with pytest.raises(Fault) as fault:
        clinic.store.maintenance.restore(str(bad))
    assert fault.value.code == code
    assert "changed.clinicdesk was not used" in fault.value.sentence
    assert clinic.get(Patient, "new").first_name == "Neo"
    clinic.store.close()
    clinic.open()
    assert clinic.store.maintenance.verify() == []
    assert list(backup.folder_of(clinic.path).glob("*.restoring*")) == []


@pytest.mark.parametrize("damage", ["header", "page", "empty_name"])
def test_a_damaged_clinic_is_restored_and_kept(clinic: Clinic, tmp_path: Path, damage: str) -> None:
    good = Path(clinic.store.maintenance.backup(str(tmp_path / "good.clinicdesk")))
    clinic.store.close()
    data = bytearray(clinic.path.read_bytes())
    if damage == "header":
        data[:100] = b"x" * 100
    elif damage == "page":
        data[8192:40_000] = os.urandom(40_000 - 8192)
    else:
        data = bytearray(b"not a clinic")
    clinic.path.write_bytes(data)
    kept = restore(clinic.path, MIGRATIONS, clinic.clock, good)
    assert kept is not None
    assert kept.suffix == ".damaged"
    assert kept.read_bytes() == bytes(data)
    clinic.open()
    assert clinic.get(Patient, "hall").last_name == "Hall"
    assert clinic.store.maintenance.verify() == []


def test_the_clinics_own_file_is_neither_backup_nor_target(clinic: Clinic) -> None:
    for act in (clinic.store.maintenance.backup, clinic.store.maintenance.restore):
        with pytest.raises(Refusal) as refused:
            act(str(clinic.path))
        assert refused.value.code == "same_file"
    with pytest.raises(Refusal):
        clinic.store.maintenance.backup(f"{clinic.path}-wal")
    assert clinic.store.maintenance.verify() == []


def test_another_program_that_has_it_open_sees_the_restored_clinic(
    clinic: Clinic, tmp_path: Path
) -> None:
    other = Clinic(clinic.path, ids=CountingIds(first=90_000))
    good = clinic.store.maintenance.backup(str(tmp_path / "good.clinicdesk"))
    other.add(Patient(id="new", record_number="P9", first_name="Neo", last_name="New"))
    clinic.store.maintenance.restore(good)
    numbers = {row.record_number for row in other.store.queries.patient_identities()}
    assert numbers == {"P1", "P2"}
    other.add(Patient(id="more", record_number="P9", first_name="A", last_name="B"))
    assert clinic.get(Patient, "more").record_number == "P9"
    assert other.store.maintenance.verify() == []
    other.store.close()


def test_what_a_killed_backup_left_is_cleared(clinic: Clinic) -> None:
    folder = backup.folder_of(clinic.path)
    folder.mkdir()
    old, young = folder / "old.clinicdesk.part", folder / "young.clinicdesk.part"
    for item in (old, young):
        item.write_bytes(b"half")
    yesterday = datetime.now(UTC).timestamp() - 2 * 86_400
    os.utime(old, (yesterday, yesterday))
    clinic.store.maintenance.backup()
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.parametrize(("room", "code"), [(10**18, "disk_full"), (0, "disk_error")])
def test_shared_memory_that_finds_no_room_is_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int, code: str
) -> None:
    """On a full disk SQLite says "disk I/O error" as often as "disk is full"."""
    monkeypatch.setattr(faults, "LEAST_ROOM", room)
    with pytest.raises(Fault) as fault, faults.translated(tmp_path):
        raise dbapi2.OperationalError("disk I/O error")
    assert fault.value.code == code
