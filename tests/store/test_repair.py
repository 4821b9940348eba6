"""What doctor finds, what it repairs, and what it says of the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.people import Patient
from clinic_desk.services.backup_ports import AUTO, BackupPlan
from clinic_desk.store import backup
from clinic_desk.store.keys import NEW
from clinic_desk.store.repair import repair
from tests.store.clinic import MIGRATIONS, Clinic, visit


def states(clinic: Clinic, *, mend: bool) -> dict[str, str]:
    found = repair(clinic.path, clinic.clock, mend=mend, forget=clinic.store.forget)
    return {one.name: one.state for one in found}


def told(clinic: Clinic, name: str) -> str:
    found = repair(clinic.path, clinic.clock, mend=False, forget=clinic.store.forget)
    return next(one.sentence for one in found if one.name == name)


WELL = {"leftovers": "ok", "file": "ok", "triggers": "ok", "full_text": "ok"}


def proven(clinic: Clinic) -> None:
    clinic.open()
    assert clinic.store.maintenance.verify() == []
    assert states(clinic, mend=False) == WELL


def gone_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def unwritten(clinic: Clinic) -> None:
    """Everything in the one file."""
    clinic.store.close()
    clinic.sql("PRAGMA wal_checkpoint(TRUNCATE)")


def root_of(clinic: Clinic, name: str) -> int:
    ((page,),) = clinic.sql("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,))
    return int(page)


def flip(clinic: Clinic, page: int, at: int) -> None:
    data = bytearray(clinic.path.read_bytes())
    data[(page - 1) * 4096 + at] ^= 0xFF
    clinic.path.write_bytes(bytes(data))


def test_a_sound_clinic_has_nothing_to_repair(clinic: Clinic) -> None:
    assert states(clinic, mend=True) == WELL
    assert not backup.folder_of(clinic.path).exists()


def test_what_dead_programs_left_goes_and_what_a_live_one_makes_stays(clinic: Clinic) -> None:
    folder = backup.folder_of(clinic.path)
    folder.mkdir()
    dead, live = gone_process(), os.getpid()
    names = ("x.clinicdesk.{}.part", "clinic-{}.restoring", "clinic-{}.fetched.restoring-wal")
    for name in names:
        for process in (dead, live):
            (folder / name.format(process)).write_bytes(b"half")
    locks = [clinic.path.with_name(f"window-{n}.lock") for n in "ab"]
    locks[0].write_text(f"{dead}\nclinic-desk\nhost\n")
    locks[1].write_text(f"{live}\nclinic-desk\nhost\n")
    assert states(clinic, mend=False)["leftovers"] == "found"
    assert len(list(folder.iterdir())) == 6
    assert states(clinic, mend=True) == {**WELL, "leftovers": "repaired"}
    assert {item.name for item in folder.iterdir()} == {name.format(live) for name in names}
    assert [lock.exists() for lock in locks] == [False, True]


def test_what_a_conversion_left_is_cleared(clinic: Clinic) -> None:
    half = clinic.path.with_name(clinic.path.name + NEW)
    half.write_bytes(b"half a file")
    assert "conversion" in told(clinic, "leftovers")
    assert half.exists()
    assert states(clinic, mend=True) == {**WELL, "leftovers": "repaired"}
    assert not half.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE patient_search SET surname = 'other' WHERE patient_id = 'hall'",
        "DELETE FROM patient_search",
        "INSERT INTO patient_words(patient_words) VALUES ('delete-all')",
        "DELETE FROM patient_words_data WHERE id > 10",
    ],
)
def test_the_search_index_is_made_anew(clinic: Clinic, spoil: str) -> None:
    clinic.sql(spoil)
    assert states(clinic, mend=False)["full_text"] == "found"
    assert states(clinic, mend=True)["full_text"] == "repaired"
    proven(clinic)
    assert len(clinic.store.queries.search_patients("hall")) == 1


def test_rules_that_were_taken_out_come_back(clinic: Clinic) -> None:
    clinic.sql("DROP TRIGGER guard_doctor_insert")
    clinic.store.close()
    with pytest.raises(Fault):
        clinic.open()
    assert states(clinic, mend=False)["triggers"] == "found"
    assert states(clinic, mend=True)["triggers"] == "repaired"
    assert len(list(backup.folder_of(clinic.path).glob("*before-repair*.clinicdesk"))) == 1
    proven(clinic)


@pytest.mark.parametrize("at", [0, 3, 5, 8, 4090])
def test_a_damaged_page_of_an_index_is_written_anew_from_the_table(clinic: Clinic, at: int) -> None:
    clinic.add(*(visit(at=60 * n) for n in range(6)))
    page = root_of(clinic, "ix_appointment_start")
    unwritten(clinic)
    flip(clinic, page, at)
    assert states(clinic, mend=False).get("indexes") == "found"
    assert states(clinic, mend=True)["indexes"] == "repaired"
    proven(clinic)
    assert len(clinic.sql("SELECT 1 FROM appointment")) == 6


@pytest.mark.parametrize("table", ["appointment", "event", "patient"])
def test_a_damaged_page_of_a_table_is_named_and_the_newest_good_backup_restores(
    clinic: Clinic, table: str
) -> None:
    """A byte flipped in the file: nothing is repaired away, the way back is told, and works."""
    clinic.add(*(visit(at=60 * n) for n in range(6)))
    made = clinic.store.maintenance.backups.make(BackupPlan(), AUTO)
    page = root_of(clinic, table)
    unwritten(clinic)
    flip(clinic, page, 0)
    before = clinic.path.read_bytes()
    for mend in (False, True):
        found = repair(clinic.path, clinic.clock, mend=mend)
        sentence = next(one.sentence for one in found if one.state == "bad")
        assert "damaged" in sentence
        assert made.copy.name in sentence
    assert clinic.path.read_bytes() == before
    from clinic_desk.store.maintenance import restore

    kept = restore(clinic.path, MIGRATIONS, clinic.clock, Path(made.copy.path))
    assert kept is not None
    assert kept.read_bytes() == before
    proven(clinic)
    assert len(clinic.sql("SELECT 1 FROM appointment")) == 6


def test_without_a_good_backup_it_says_where_else_to_look(clinic: Clinic) -> None:
    clinic.store.close()
    clinic.path.write_bytes(b"x" * 9000)
    assert "second place" in told(clinic, "file")
    folder = backup.folder_of(clinic.path)
    folder.mkdir()
    (folder / "clinic-20261120T104200Z-auto.clinicdesk").write_bytes(b"no backup either")
    assert "second place" in told(clinic, "file")


def test_a_file_that_is_gone_is_told(clinic: Clinic) -> None:
    made = clinic.store.maintenance.backups.make(BackupPlan(), AUTO)
    unwritten(clinic)
    clinic.path.unlink()
    assert made.copy.name in told(clinic, "file")
    assert not clinic.path.exists()


def test_what_was_found_is_the_same_after_looking(clinic: Clinic) -> None:
    clinic.add(Patient(id="new", record_number="P9", first_name="Neo", last_name="New"))
    clinic.sql("DELETE FROM patient_search")
    for _ in range(2):
        assert states(clinic, mend=False)["full_text"] == "found"
