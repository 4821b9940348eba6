"""The audit trail: what a command leaves in it, and that no forgery of it goes unnamed."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlcipher3 import dbapi2

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.people import Patient
from clinic_desk.services.views import Finding
from clinic_desk.store import guards, upgrade
from clinic_desk.store.audit_anchor import Anchor
from clinic_desk.store.audit_chain import Head
from tests.fakes.clock import CountingIds
from tests.fakes.front_desk import MIGRATIONS
from tests.store.clinic import Clinic, moved, visit

ENTRIES = (
    "SELECT seq, action, subject_kind, subject_id, patient_id, command_id, first_event, last_event,"
    " detail FROM audit_entry ORDER BY seq"
)


def forge(clinic: Clinic, *statements: str) -> list[Finding]:
    """Changes the file with its rules off and puts them back; what the audit step then says."""
    connection = dbapi2.connect(str(clinic.path), isolation_level=None)
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    for statement in guards.statements():
        connection.execute(statement)
    connection.close()
    return audited(clinic)


def audited(clinic: Clinic) -> list[Finding]:
    return [one for one in clinic.store.maintenance.verify() if one.check == "audit"]


@pytest.fixture
def busy(clinic: Clinic) -> Clinic:
    """Entries 1 and 2 are the beginning and the furniture; 3 to 8 one event each, 9 a view."""
    (a,) = clinic.add(visit("a"))
    (b,) = clinic.add(visit("b", 60, patient_id="lee"))
    a = clinic.change(a, "moved", **moved(a, 240))
    clinic.change(a, "confirmed", status=Status.CONFIRMED, confirmed_at=clinic.clock.now())
    clinic.change(b, "cancelled", status=Status.CANCELLED, cancel_reason="Ill")
    clinic.undo()
    with clinic.store.unit_of_work(clinic.jon) as work:
        work.audit("view", "patient", "hall", "hall", {"where": "patient page"})
        work.commit()
    return clinic


def test_each_command_leaves_one_entry_that_names_its_events(busy: Clinic) -> None:
    rows = busy.sql(ENTRIES)
    assert [row[0] for row in rows] == list(range(1, 10))
    assert rows[0][1] == "begin"
    furniture = rows[1]
    assert furniture[6] == 1
    assert furniture[7] > 10
    last = furniture[7]
    for number, row in enumerate(rows[2:8], 1):
        assert row[6:8] == (last + number, last + number)
        told = busy.sql("SELECT command_id, subject_id FROM event WHERE seq = ?", (last + number,))
        assert told == [(row[5], row[3])]
    assert [row[4] for row in rows[2:8]] == ["hall", "lee", "hall", "hall", "lee", "lee"]
    assert rows[8][1:5] == ("view", "patient", "hall", "hall")
    assert rows[8][6] is None
    assert json.loads(rows[8][8])["where"] == "patient page"


def test_a_command_that_writes_nothing_leaves_nothing(busy: Clinic) -> None:
    with busy.store.unit_of_work(busy.maria) as work:
        work.release_expired_holds()
        work.commit()
    with busy.store.unit_of_work(busy.maria) as work:
        work.audit("view", "patient", "lee", "lee")  # without a commit
    assert len(busy.sql(ENTRIES)) == 9


def test_what_a_savepoint_takes_back_is_not_sealed(busy: Clinic) -> None:
    with busy.store.unit_of_work(busy.maria) as work:
        work.add(Patient(id="p1", record_number="X1", first_name="A", last_name="B"), "created")
        with suppress(RuntimeError), work.savepoint():
            work.add(Patient(id="p2", record_number="X2", first_name="A", last_name="B"), "created")
            work.audit("export")
            raise RuntimeError
        work.add(Patient(id="p3", record_number="X3", first_name="A", last_name="B"), "created")
        work.commit()
    entry = busy.sql(ENTRIES)[-1]
    assert entry[7] - entry[6] == 1
    assert audited(busy) == []


def test_settings_leave_entries_and_what_a_desk_remembers_keeps_no_value(busy: Clinic) -> None:
    with busy.store.unit_of_work(busy.maria) as work:
        work.action = "SaveSetting"
        work.save_setting("calendar.rules", "clinic", {"step": 5})
        work.save_setting("look.recent", "desk", ["hall"])
        work.commit()
    entry = busy.sql(ENTRIES)[-1]
    assert entry[1:3] == ("SaveSetting", "setting")
    told = json.loads(entry[8])["settings"]
    assert told == {"clinic//calendar.rules": [None, '{"step":5}'], "desk/desk-1/look.recent": []}


def test_an_honest_trail_has_no_findings(busy: Clinic) -> None:
    assert audited(busy) == []


ENTRY = "UPDATE audit_entry SET"
EVENT = "(SELECT max(seq) FROM event)"


@pytest.mark.parametrize(
    ("statements", "subject", "words"),
    [
        ((f"{ENTRY} actor_name = 'Nobody' WHERE seq = 5",), "entry 5", "was changed"),
        ((f"{ENTRY} at = at - 60 WHERE seq = 9",), "entry 9", "was changed"),
        ((f"{ENTRY} detail = '{{}}' WHERE seq = 9",), "entry 9", "the detail of entry 9"),
        ((f"{ENTRY} detail = '' WHERE seq = 9",), "entry 9", "was emptied"),
        ((f"{ENTRY} hash = prev_hash WHERE seq = 6",), "entry 6", "was changed"),
        (("DELETE FROM audit_entry WHERE seq = 5",), "entry 5", "entry 5 is missing"),
        (
            ("DELETE FROM audit_entry WHERE seq IN (4, 5)",),
            "entry 4",
            "entries 4 to 5 are missing",
        ),
        (("DELETE FROM audit_entry WHERE seq = 1",), "entry 1", "entry 1 is missing"),
        (
            (
                f"{ENTRY} seq = 99 WHERE seq = 5",
                f"{ENTRY} seq = 5 WHERE seq = 6",
                f"{ENTRY} seq = 6 WHERE seq = 99",
            ),
            "entry 5",
            "belongs in place 6",
        ),
        (
            (
                f"{ENTRY} seq = 99 WHERE seq = 3",
                f"{ENTRY} seq = 3 WHERE seq = 8",
                f"{ENTRY} seq = 8 WHERE seq = 99",
            ),
            "entry 3",
            "belongs in place 8",
        ),
        (("DELETE FROM audit_entry WHERE seq > 7",), "entry 8", "as the file itself noted"),
        (("DELETE FROM audit_entry",), "entry 1", "entries 1 to 9 are missing"),
        (("DELETE FROM meta WHERE k = 'audit_head'",), "end", "note of the newest"),
        (
            ("DELETE FROM audit_entry WHERE seq = 5", f"{ENTRY} seq = seq - 1 WHERE seq > 5"),
            "entry 5",
            "belongs in place 6",
        ),
        (
            (f"UPDATE event SET actor_name = 'Nobody' WHERE seq = {EVENT}",),
            "event",
            "was changed",
        ),
        ((f"DELETE FROM event WHERE seq = {EVENT}",), "event", "was removed from the history"),
        (("DELETE FROM event WHERE seq = 3",), "event 3", "entry 2"),
        (
            (
                "INSERT INTO event SELECT max(seq) + 1, 'forged', subject_kind, subject_id, action,"
                " occurred_at, actor_id, actor_name, actor_kind, desk_id, command_id, changes,"
                " metadata FROM event",
            ),
            "event",
            "was added outside",
        ),
        (
            (
                "UPDATE event SET seq = 999 WHERE seq = 3",
                "UPDATE event SET seq = 3 WHERE seq = 4",
                "UPDATE event SET seq = 4 WHERE seq = 999",
            ),
            "event 1",
            "One of the events 1 to",
        ),
    ],
)
def test_each_forgery_is_named_with_its_place(
    busy: Clinic, statements: tuple[str, ...], subject: str, words: str
) -> None:
    found = forge(busy, *statements)
    assert found, "nothing was found"
    assert found[0].subject.startswith(subject)
    assert words in found[0].sentence


def test_the_trail_goes_on_after_a_forgery_and_the_forgery_stays_named(busy: Clinic) -> None:
    forge(busy, "DELETE FROM audit_entry WHERE seq > 7")
    busy.add(visit("later", 400))
    found = audited(busy)
    assert found[0].subject == "entry 8"
    assert "entries 8 to 9 are missing" in found[0].sentence
    forge(busy, f"{ENTRY} detail = '', actor_name = 'x' WHERE seq = 3")
    assert [one.subject for one in audited(busy)][:2] == ["entry 3", "entry 8"]


def remade(clinic: Clinic, upto: int) -> None:
    """A forger who knows the program: cuts the end off, the file's own note of it too."""
    ((digest,),) = clinic.sql("SELECT hash FROM audit_entry WHERE seq = ?", (upto,))
    event = clinic.sql("SELECT max(last_event) FROM audit_entry WHERE seq <= ?", (upto,))[0][0]
    found = forge(
        clinic,
        f"DELETE FROM audit_entry WHERE seq > {upto}",
        f"DELETE FROM event WHERE seq > {event}",
        f"UPDATE meta SET v = '{upto}:{digest}' WHERE k = 'audit_head'",
    )
    assert [one.subject for one in found] == [f"entry {upto + 1}"]
    assert "as noted beside the file" in found[0].sentence


def test_an_end_cut_off_with_all_its_marks_is_known_by_the_note_beside_the_file(
    busy: Clinic,
) -> None:
    busy.store.close()
    busy.open()
    remade(busy, 6)


def test_without_that_note_such_a_cut_cannot_be_seen_and_a_fingerprint_still_tells(
    busy: Clinic,
) -> None:
    """The limit of what the file alone can prove, as the guide says it."""
    busy.store.close()
    ((digest,),) = busy.sql("SELECT hash FROM audit_entry WHERE seq = 9")
    busy.open()
    remade(busy, 6)
    (busy.path.with_name(busy.path.name + ".head")).unlink()
    assert audited(busy) == []
    found = busy.store.maintenance.verify(head=f"9:{digest}")
    assert [one.subject for one in found if one.check == "audit"] == ["entry 7"]
    assert "as noted by hand" in found[-1].sentence


def test_a_file_replaced_by_an_older_one_says_so_in_its_own_trail(
    busy: Clinic, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    busy.store.maintenance.backup(str(old))
    busy.add(visit("later", 400))
    busy.store.close()
    busy.path.write_bytes(old.read_bytes())
    for end in ("-wal", "-shm"):
        busy.path.with_name(busy.path.name + end).unlink(missing_ok=True)
    busy.ids = CountingIds(first=20_000)
    busy.open()
    assert [one.subject for one in audited(busy)] == ["entry 10"]
    busy.add(visit("after", 300))
    assert [row[1] for row in busy.sql(ENTRIES)[-2:]] == ["trail_differs", "write"]
    assert json.loads(busy.sql(ENTRIES)[-2][8])["noted"] == 10
    busy.store.close()
    busy.open()
    assert audited(busy) == []


def test_the_note_beside_the_file_follows_and_a_broken_one_is_as_good_as_none(busy: Clinic) -> None:
    busy.store.close()
    anchor = Anchor(busy.path)
    known = anchor.witness()
    ((digest,),) = busy.sql("SELECT hash FROM audit_entry WHERE seq = 9")
    assert known is not None
    assert known.head == Head(9, digest)
    for broken in ("", "[]", '{"entry": "x"}', '{"entry": 1, "hash": "x", "at": 1e99}', "\0"):
        busy.path.with_name(busy.path.name + ".head").write_text(broken)
        assert anchor.witness() is None
    busy.open()
    assert audited(busy) == []


def test_details_are_emptied_by_nobody_but_the_clinic(busy: Clinic) -> None:
    with pytest.raises(dbapi2.IntegrityError, match="append_only"):
        busy.sql("UPDATE audit_entry SET detail = 'x' WHERE seq = 9")
    with pytest.raises(dbapi2.IntegrityError, match="append_only"):
        busy.sql("UPDATE audit_entry SET actor_name = 'x' WHERE seq = 9")
    with pytest.raises(dbapi2.IntegrityError, match="append_only"):
        busy.sql("DELETE FROM audit_entry WHERE seq = 9")


def walk(clinic: Clinic, steps: int, seed: int) -> None:
    """Random commands: visits added, moved, cancelled, taken back; patients; notes; failures."""
    chance = random.Random(seed)
    free = [(day * 1440 + slot * 30) for day in range(steps // 10 + 2) for slot in range(10)]
    chance.shuffle(free)
    rows: list[Appointment] = []

    def add() -> None:
        label = "Booked" if chance.random() < 0.5 else ""
        rows.extend(clinic.add(visit(at=free.pop()), label=label))

    def move() -> None:
        row = rows.pop(chance.randrange(len(rows)))
        clinic.change(row, "moved", **moved(row, free.pop() - minutes(row)))

    def minutes(row: Appointment) -> int:
        return int((row.start - visit().start) / timedelta(minutes=1))

    def cancel() -> None:
        row = rows.pop(chance.randrange(len(rows)))
        clinic.change(row, "cancelled", status=Status.CANCELLED, cancel_reason="Ill")

    def undo() -> None:
        clinic.add(
            Patient(id="", record_number=f"R{chance.random()}", first_name="A", last_name="B"),
            label="x",
        )
        clinic.undo()

    def look() -> None:
        with clinic.store.unit_of_work(clinic.jon) as work:
            work.audit("view", "patient", "hall", "hall")
            work.commit()

    def fail() -> None:
        with suppress(RuntimeError), clinic.store.unit_of_work(clinic.jon) as work:
            work.add(
                Patient(id="n", record_number="never", first_name="A", last_name="B"), "created"
            )
            raise RuntimeError

    for _ in range(steps):
        deeds: list[Callable[[], None]] = [add, undo, look, fail]
        if rows:
            deeds += [move, cancel]
        chance.choice(deeds)()


def test_a_walk_of_random_commands_is_clean(clinic: Clinic) -> None:
    walk(clinic, 300, seed=5)
    assert audited(clinic) == []


def as_an_older_program_left_it(clinic: Clinic) -> None:
    """The file without the trail, in the format before it."""
    clinic.store.close()
    connection = dbapi2.connect(str(clinic.path), isolation_level=None)
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.close()
    engine = upgrade._engine(clinic.path, None)
    with engine.connect() as ours:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = ours
        command.downgrade(config, "0005")
        ours.commit()
    engine.dispose()
    connection = dbapi2.connect(str(clinic.path), isolation_level=None)
    connection.execute("DELETE FROM meta WHERE k = 'audit_head'")
    none = hashlib.sha256(b"").hexdigest()
    connection.execute("UPDATE meta SET v = ? WHERE k = ?", (none, guards.META_KEY))
    connection.close()
    clinic.path.with_name(clinic.path.name + ".head").unlink(missing_ok=True)


def test_a_clinic_of_an_older_program_begins_its_trail_with_all_it_has(busy: Clinic) -> None:
    events = busy.sql("SELECT max(seq) FROM event")[0][0]
    as_an_older_program_left_it(busy)
    busy.open()
    assert [row[:2] + row[6:8] for row in busy.sql(ENTRIES)] == [(1, "begin", 1, events)]
    assert audited(busy) == []
    busy.add(visit("after", 600))
    assert audited(busy) == []
    found = forge(busy, "UPDATE event SET action = 'x' WHERE seq = 3")
    assert [one.subject for one in found] == ["event 1"]
    assert "begin" in found[0].sentence


def test_an_older_backup_begins_its_trail_when_it_is_restored(busy: Clinic, tmp_path: Path) -> None:
    as_an_older_program_left_it(busy)
    old = tmp_path / "old.clinicdesk"
    old.write_bytes(busy.path.read_bytes())
    busy.open()
    busy.add(visit("newer", 600))
    busy.store.maintenance.restore(str(old))
    busy.add(visit("after", 660))
    assert [row[1] for row in busy.sql(ENTRIES)] == ["begin", "trail_differs", "write"]
    assert audited(busy) == []
