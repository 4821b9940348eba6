"""Verify finds each kind of tampering and names it; backup and restore bring the clinic back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.errors import Fault
from clinic_desk.domain.people import Patient
from clinic_desk.services.views import Finding
from clinic_desk.store import guards
from tests.fakes.clock import CountingIds
from tests.store.clinic import Clinic, moved, visit

TRIGGERS_OFF = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


def tamper(clinic: Clinic, *statements: str) -> list[Finding]:
    """Changes the file with its rules off and puts them back, as a careful forger would."""
    connection = dbapi2.connect(str(clinic.path), isolation_level=None)
    for (name,) in connection.execute(TRIGGERS_OFF).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    for statement in guards.statements():
        connection.execute(statement)
    connection.close()
    return clinic.store.maintenance.verify()


@pytest.fixture
def busy(clinic: Clinic) -> Clinic:
    """A clinic with a little of everything in its history."""
    a, b, _ = clinic.add(
        visit("a", room_id="room-1"), visit("b", 30, patient_id="lee"), visit("c", 60, lane=1)
    )
    a = clinic.change(a, "moved", **moved(a, 240))
    clinic.change(a, "confirmed", status=Status.CONFIRMED, confirmed_at=clinic.clock.now())
    clinic.change(b, "cancelled", status=Status.CANCELLED, cancel_reason="Ill")
    clinic.undo()
    clinic.undo()
    clinic.redo()
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.remove(work.get(Appointment, "c"), "removed")
        work.commit()
    return clinic


def test_an_honest_file_has_no_findings(busy: Clinic) -> None:
    assert busy.store.maintenance.verify() == []


@pytest.mark.parametrize(
    ("statement", "check", "words"),
    [
        ("UPDATE appointment SET notes = 'x' WHERE id = 'a'", "replay", "another notes"),
        ("UPDATE appointment SET status = 'completed' WHERE id = 'a'", "replay", "'completed'"),
        ("UPDATE appointment SET revision = 9 WHERE id = 'a'", "replay", "revision = 9"),
        ("UPDATE appointment SET updated_by = 'x' WHERE id = 'a'", "replay", "updated_by"),
        ("UPDATE appointment SET deleted_at = NULL WHERE id = 'c'", "replay", "deleted_at"),
        ("DELETE FROM appointment WHERE id = 'a'", "replay", "a is told of but is gone"),
        ("DELETE FROM appointment WHERE id = 'c'", "replay", "c is told of but is gone"),
        ("DELETE FROM event WHERE subject_id = 'a'", "replay", "a has no history"),
        (
            "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event WHERE subject_id = 'a')",
            "replay",
            "its history says",
        ),
        (
            'UPDATE event SET changes = \'{"notes":["","forged"]}\''
            " WHERE seq = (SELECT max(seq) FROM event WHERE subject_id = 'a')",
            "replay",
            "another notes",
        ),
        ("UPDATE patient SET last_name = 'Hull' WHERE id = 'hall'", "full_text", "outdated words"),
        ("UPDATE patient SET last_name = 'Hull' WHERE id = 'hall'", "replay", "another last_name"),
        ("UPDATE room SET capacity = 7 WHERE id = 'room-1'", "replay", "room room-1 has another"),
        ("UPDATE doctor SET name = CAST(x'ff' AS TEXT)", "replay", "cannot be read"),
        ("DELETE FROM patient_search WHERE patient_id = 'lee'", "full_text", "cannot be found"),
        (
            "UPDATE patient SET deleted_at = 1 WHERE id = 'hall'",
            "full_text",
            "is found although it was removed",
        ),
        ("UPDATE patient_search SET words = 'zzz' WHERE patient_id = 'lee'", "full_text", "lee"),
        (
            "INSERT INTO patient_words(patient_words, rowid, words) VALUES ('delete', 1, 'hall')",
            "full_text",
            "patient_words",
        ),
        (
            "INSERT INTO patient_digits(rowid, digits) VALUES (1, '12345678')",
            "full_text",
            "patient_digits",
        ),
        ("DELETE FROM doctor WHERE id = 'roy'", "foreign_keys", "refers to a doctor"),
    ],
)
def test_each_tampering_is_named(busy: Clinic, statement: str, check: str, words: str) -> None:
    findings = tamper(busy, "PRAGMA foreign_keys = OFF", statement)
    assert any(f.check == check and words in f.sentence for f in findings), findings


def test_overlaps_are_found_without_the_guards(busy: Clinic) -> None:
    copy = "INSERT INTO appointment SELECT {} FROM appointment WHERE id = 'a'"
    columns = [row[1] for row in busy.sql("PRAGMA table_info(appointment)")]
    chosen = ", ".join({"id": "'z'", "confirmation_code": "NULL"}.get(c, c) for c in columns)
    findings = tamper(busy, copy.format(chosen))
    overlaps = [f.sentence for f in findings if f.check == "overlaps"]
    assert any("same doctor lane" in s for s in overlaps)
    assert any("same room lane" in s for s in overlaps)


def test_a_room_beyond_its_capacity_is_found(busy: Clinic) -> None:
    findings = tamper(busy, "UPDATE appointment SET room_lane = 3 WHERE id = 'a'")
    assert any("takes place 4 in a room for 1" in f.sentence for f in findings)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TRIGGER guard_status", "guard_status is missing"),
        ("CREATE TRIGGER mine AFTER INSERT ON patient BEGIN SELECT 1; END", "not this program's"),
    ],
)
def test_changed_rules_are_found(busy: Clinic, statement: str, words: str) -> None:
    busy.sql(statement)
    findings = busy.store.maintenance.verify()
    assert any(f.check == "triggers" and words in f.sentence for f in findings)


def test_verify_can_be_stopped(busy: Clinic) -> None:
    heard: list[str] = []

    def stop(done: int, total: int, sentence: str) -> bool:
        heard.append(f"{done}/{total} {sentence}")
        return done < 2

    assert busy.store.maintenance.verify(stop) == []
    assert len(heard) == 3


def test_the_search_can_be_rebuilt(busy: Clinic) -> None:
    assert tamper(busy, "DELETE FROM patient_search") != []
    assert busy.store.maintenance.rebuild_search() == 2
    assert busy.store.maintenance.verify() == []
    assert [h.id for h in busy.store.queries.search_patients("hall")] == ["hall"]


def test_backup_and_restore(busy: Clinic, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "copy.clinicdesk"
    assert busy.store.maintenance.backup(str(target)) == str(target)
    before = busy.get(Appointment, "a")
    busy.change(before, "noted", notes="after the backup")
    version = busy.store.queries.data_version()
    safety = Path(busy.store.maintenance.restore(str(target)))
    assert busy.get(Appointment, "a") == before
    assert busy.store.queries.data_version() is not None
    assert version is not None
    assert busy.store.maintenance.verify() == []
    # The safety copy has what was there before the restore.
    busy.store.maintenance.restore(str(safety))
    assert busy.get(Appointment, "a").notes == "after the backup"


def test_another_program_sees_the_roster_of_the_backup(busy: Clinic, tmp_path: Path) -> None:
    target = tmp_path / "copy.clinicdesk"
    busy.store.maintenance.backup(str(target))
    busy.sql("UPDATE doctor SET name = 'Dr After' WHERE id = 'wu'")
    other = Clinic(busy.path, ids=CountingIds(first=50_000))
    assert other.store.queries.roster().doctors["wu"].name == "Dr After"
    busy.store.maintenance.restore(str(target))
    busy.sql("UPDATE doctor SET name = 'Dr Third' WHERE id = 'wu'")
    assert other.store.queries.roster().doctors["wu"].name == "Dr Third"
    other.store.close()


def test_backups_without_a_target_are_kept_beside_the_file(busy: Clinic) -> None:
    made = Path(busy.store.maintenance.backup())
    assert made.parent == busy.path.parent / "backups"
    assert busy.store.queries.info().last_backup is not None
    assert not list(made.parent.glob("*.part"))


@pytest.mark.parametrize("content", [b"", b"not a backup at all" * 500])
def test_a_bad_backup_is_not_restored(busy: Clinic, tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.clinicdesk"
    bad.write_bytes(content)
    with pytest.raises(Fault, match="damaged or not a clinic's file"):
        busy.store.maintenance.restore(str(bad))
    assert busy.get(Appointment, "a").id == "a"


def test_a_damaged_backup_is_not_restored(busy: Clinic, tmp_path: Path) -> None:
    target = tmp_path / "copy.clinicdesk"
    busy.store.maintenance.backup(str(target))
    content = bytearray(target.read_bytes())
    content[20 * 4096 : 40 * 4096] = bytes(20 * 4096)
    target.write_bytes(content)
    with pytest.raises(Fault, match="damaged"):
        busy.store.maintenance.restore(str(target))
    assert busy.store.maintenance.verify() == []


def test_a_missing_backup_and_a_folder_that_cannot_be_are_told(
    busy: Clinic, tmp_path: Path
) -> None:
    with pytest.raises(Fault, match="no backup at"):
        busy.store.maintenance.restore(str(tmp_path / "nothing"))
    blocker = tmp_path / "file"
    blocker.write_text("x")
    with pytest.raises(Fault, match="could not be written"):
        busy.store.maintenance.backup(str(blocker / "copy"))


def test_a_row_written_by_the_program_replays_field_by_field(clinic: Clinic) -> None:
    (a,) = clinic.add(
        visit(
            "a",
            title="T",
            reason="R",
            notes="N ü 田",
            price_minor=1250,
            currency="EUR",
            remind_channels=("sms", "email"),
            remind_at=clinic.clock.now(),
            walk_in=True,
        )
    )
    person = clinic.get(Patient, "hall")
    clinic.change(person, "edited", other_numbers=("A", "B"), consent_sms=True)
    clinic.change(a, "noted", remind_channels=(), notes="")
    assert clinic.get(Appointment, "a") == replace(
        a,
        remind_channels=(),
        notes="",
        revision=2,
        updated_op=clinic.get(Appointment, "a").updated_op,
    )
    assert clinic.store.maintenance.verify() == []
