"""Making, keeping, checking, previewing and restoring backups, at both places."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.domain.people import Patient
from clinic_desk.services.backup_ports import (
    AUTO,
    EXIT,
    MANUAL,
    SECOND,
    BackupPlan,
    CopyState,
    Kept,
)
from clinic_desk.store import backup, place_worker, restoring
from clinic_desk.store.backups import StoreBackups
from clinic_desk.store.second_place import Hands
from tests.store.clinic import MIGRATIONS, Clinic, visit

WORKER = (
    sys.executable, "-c", "from clinic_desk.store.place_worker import main; main()",
)  # fmt: skip
ALL = Kept(100, 100, 100, 100, 100)


def quick(folder: str) -> Hands:
    return Hands(folder, command=WORKER)


@pytest.fixture
def kept(clinic: Clinic) -> StoreBackups:
    return of(clinic)


def of(clinic: Clinic) -> StoreBackups:
    store = clinic.store
    return StoreBackups(
        clinic.path, MIGRATIONS, clinic.clock, store.forget, store.unit_of_work, quick
    )


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


def damage(path: Path) -> None:
    """A page in the middle of it holds something else."""
    data = bytearray(path.read_bytes())
    data[8192:12_288] = os.urandom(4096)
    path.write_bytes(data)


def test_a_copy_counts_when_it_was_opened_and_holds_the_same(
    clinic: Clinic, kept: StoreBackups
) -> None:
    clinic.add(visit())
    assert kept.last_good() is None
    assert kept.unsaved()
    made = kept.make(BackupPlan(), AUTO)
    assert made.trouble == ""
    assert made.copy.state is CopyState.GOOD
    assert made.copy.counts["patient"] == 2
    assert made.copy.counts["appointment"] == 1
    assert (made.copy.why, made.copy.made_at) == (AUTO, clinic.clock.now())
    assert kept.last_good() == clinic.clock.now()
    assert not kept.unsaved()
    clinic.add(Patient(id="new", record_number="P9", first_name="Neo", last_name="New"))
    assert kept.unsaved()


def test_a_copy_made_while_another_desk_writes_is_of_one_moment(
    clinic: Clinic, kept: StoreBackups
) -> None:
    """A copy in steps begins anew after a foreign commit, unless one snapshot is held."""
    other = Clinic(clinic.path, ids=type(clinic.ids)(first=90_000))
    seen = 0

    def meanwhile(_done: int, _total: int, _sentence: str) -> bool:
        nonlocal seen
        seen += 1
        other.add(Patient(id=f"n{seen}", record_number=f"N{seen}", first_name="N", last_name="New"))
        return True

    made = kept.make(BackupPlan(), AUTO, meanwhile)
    assert made.copy.counts["patient"] == 2
    assert seen > 0
    assert len(other.store.queries.patient_identities()) == 2 + seen
    other.store.close()


def test_stopping_leaves_nothing_behind(clinic: Clinic, kept: StoreBackups) -> None:
    with pytest.raises(Refusal) as stopped:
        kept.make(BackupPlan(), AUTO, lambda *_: False)
    assert stopped.value.code == "stopped"
    assert list(backup.folder_of(clinic.path).glob("*.clinicdesk*")) == []


def test_the_second_place_has_a_checked_copy_too(
    clinic: Clinic, kept: StoreBackups, share: Path
) -> None:
    plan = BackupPlan(second=str(share))
    told: list[tuple[int, int]] = []
    made = kept.make(plan, AUTO, lambda done, total, _s: told.append((done, total)) or True)
    assert made.trouble == ""
    assert told == sorted(told)
    seen = kept.overview(plan)
    (there,) = seen.second.copies
    assert (there.name, there.place, there.state) == (made.copy.name, SECOND, CopyState.GOOD)
    assert Path(there.path).read_bytes() == Path(made.copy.path).read_bytes()
    assert seen.second.trouble == ""
    assert seen.second.same_disk
    assert seen.second.free > 0
    assert [item.name for item in Path(there.path).parent.iterdir()] == [there.name]
    # for its owner alone
    assert Path(there.path).stat().st_mode & 0o077 == 0


def test_two_clinics_share_a_second_place_without_meeting(
    clinic: Clinic, kept: StoreBackups, share: Path, tmp_path: Path
) -> None:
    plan = BackupPlan(second=str(share), kept=Kept(1, 0, 0, 1, 1))
    other = Clinic(tmp_path / "other" / "clinic.db", clock=clinic.clock)
    from clinic_desk.domain.catalogue import Practice

    other.add(Practice(id="another-practice", name="Other", zone="Europe/Berlin"))
    kept.make(plan, AUTO)
    of(other).make(plan, AUTO)
    assert len(list(share.iterdir())) == 2
    assert len(kept.overview(plan).second.copies) == 1
    other.store.close()


def test_old_copies_go_at_both_places(clinic: Clinic, kept: StoreBackups, share: Path) -> None:
    plan = BackupPlan(second=str(share), kept=Kept(2, 1, 1, 1, 1))
    for _ in range(5):
        kept.make(plan, AUTO)
        clinic.clock.advance(hours=1)
    seen = kept.overview(plan)
    assert len(seen.copies) == len(seen.second.copies) == 2
    assert [one.name for one in seen.copies] == [one.name for one in seen.second.copies]


@pytest.mark.parametrize("what", ["missing", "a file", "read only"])
def test_a_second_place_that_cannot_be_used_is_told_and_the_copy_here_is_good(
    clinic: Clinic, kept: StoreBackups, tmp_path: Path, what: str
) -> None:
    there = tmp_path / "gone"
    if what == "a file":
        there.write_text("no folder")
    elif what == "read only":
        there = Path("/proc/self")
    plan = BackupPlan(second=str(there))
    made = kept.make(plan, AUTO)
    assert made.copy.state is CopyState.GOOD
    assert str(there) in made.trouble
    assert "second place" in made.trouble
    assert kept.test(str(there)).trouble


def test_a_share_that_hangs_is_given_up(
    clinic: Clinic, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hands are stopped in the middle of the work, as a mount that does not answer would."""
    hung = []

    def stopped(folder: str) -> Hands:
        hands = Hands(folder, command=WORKER, patience=1.0)
        os.kill(hands._process.pid, signal.SIGSTOP)
        hung.append(hands._process)
        return hands

    store = clinic.store
    kept = StoreBackups(
        clinic.path, MIGRATIONS, clinic.clock, store.forget, store.unit_of_work, stopped
    )
    made = kept.make(BackupPlan(second=str(share)), AUTO)
    assert "has not answered" in made.trouble
    assert made.copy.state is CopyState.GOOD
    assert [process.poll() for process in hung] == [-signal.SIGKILL]
    assert list(share.rglob("*.clinicdesk")) == []


def test_a_file_there_that_blocks_whoever_opens_it_is_given_up(
    clinic: Clinic, kept: StoreBackups, share: Path
) -> None:
    plan = BackupPlan(second=str(share))
    made = kept.make(plan, AUTO)
    (there,) = kept.overview(plan).second.copies
    Path(there.path).unlink()
    os.mkfifo(there.path)
    hasty = StoreBackups(
        clinic.path, MIGRATIONS, clinic.clock, clinic.store.forget, clinic.store.unit_of_work,
        lambda folder: Hands(folder, command=WORKER, patience=1.0),
    )  # fmt: skip
    with pytest.raises(Fault) as fault:
        hasty.preview(there)
    assert fault.value.code == "second_place"
    assert made.copy.state is CopyState.GOOD


def test_a_share_that_vanishes_in_the_middle_leaves_a_sentence(
    clinic: Clinic, kept: StoreBackups, share: Path
) -> None:
    away = share.with_name("unplugged")

    def unplug(_done: int, _total: int, sentence: str) -> bool:
        if "second" in sentence and share.exists():
            share.rename(away)
        return True

    made = kept.make(BackupPlan(second=str(share)), AUTO, unplug)
    assert made.copy.state is CopyState.GOOD
    # the file that was open may still have been written; what counts is that it is told truly
    listed = [p for p in away.rglob("*.clinicdesk") if not p.name.startswith(".")]
    assert bool(made.trouble) != bool(listed)


def test_what_reads_back_as_something_else_is_no_copy(
    clinic: Clinic, share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "x.clinicdesk"
    source.write_bytes(b"abc" * 1000)
    real = place_worker._copy

    def faulty(source: Path, target: Path, tell: place_worker.Tell, rounds: int) -> str:
        digest = real(source, target, tell, rounds)
        target.write_bytes(b"abd" + target.read_bytes()[3:])
        return digest

    monkeypatch.setattr(place_worker, "_copy", faulty)
    job = {"folder": str(share), "own": "own", "source": str(source)}
    with pytest.raises(ValueError, match="reads back"):
        place_worker._send(job, lambda _d, _t: None)
    assert list((share / "own").iterdir()) == []


def test_a_copy_is_checked_as_verify_checks_the_clinic(clinic: Clinic, kept: StoreBackups) -> None:
    clinic.add(visit())
    clinic.sql("UPDATE patient_search SET surname = 'other' WHERE patient_id = 'hall'")
    copy = kept.make(BackupPlan(), AUTO).copy
    checked = kept.check(copy)
    assert checked.copy.state is CopyState.GOOD
    assert any("hall" in sentence for sentence in checked.findings)
    assert list(backup.folder_of(clinic.path).glob("*.restoring*")) == []


def test_a_damaged_copy_is_found_and_does_not_count(clinic: Clinic, kept: StoreBackups) -> None:
    first = kept.make(BackupPlan(kept=ALL), AUTO).copy
    clinic.clock.advance(hours=1)
    second = kept.make(BackupPlan(kept=ALL), AUTO).copy
    damage(Path(second.path))
    # somebody else's hands: what was noted is of another file
    assert kept.overview(BackupPlan()).copies[0].state is CopyState.UNCHECKED
    checked = kept.check(second)
    assert checked.copy.state is CopyState.BAD
    assert "damaged" in checked.findings[0]
    assert kept.last_good() == first.made_at
    with pytest.raises(Fault) as fault:
        kept.restore(second, "try", clinic.maria)
    assert fault.value.code == "bad_backup"


def test_the_preview_says_what_would_be_lost(clinic: Clinic, kept: StoreBackups) -> None:
    (old,) = clinic.add(visit(at=0))
    copy = kept.make(BackupPlan(), MANUAL).copy
    clinic.clock.advance(hours=2)
    clinic.change(old, title="other")
    clinic.add(visit(at=120), visit(at=60))
    clinic.add(Patient(id="new", record_number="P9", first_name="Neo", last_name="New"))
    seen = kept.preview(copy)
    assert {w: (n, t) for w, n, t in seen.rows}["visits"] == (3, 1)
    assert {w: (n, t) for w, n, t in seen.rows}["patients"] == (3, 2)
    assert (seen.gone, seen.changed) == (2, 1)
    assert [one.words for one in seen.lost] == ["Hall, Jane · Dr Wu"] * 2
    assert seen.lost[0].start < seen.lost[1].start
    assert seen.newest_now is not None
    assert seen.newest_then is not None
    assert seen.newest_now - seen.newest_then >= timedelta(hours=2)


def test_a_restore_keeps_what_was_there_and_is_told_in_the_trail(
    clinic: Clinic, kept: StoreBackups, share: Path
) -> None:
    plan = BackupPlan(second=str(share))
    kept.make(plan, AUTO)
    (copy,) = kept.overview(plan).second.copies
    clinic.add(Patient(id="new", record_number="P9", first_name="Neo", last_name="New"))
    safety = kept.restore(copy, "typed in by mistake", clinic.maria)
    assert len(clinic.store.queries.patient_identities()) == 2
    rows = clinic.sql("SELECT actor_name, detail FROM audit_entry WHERE action = 'restore'")
    assert [row[0] for row in rows] == ["Maria"]
    assert "typed in by mistake" in rows[0][1]
    assert not (clinic.path.parent / "restore-note.json").exists()
    again = kept.described(safety)
    assert again.counts["patient"] == 3
    kept.restore(again, "and back", clinic.maria)
    assert len(clinic.store.queries.patient_identities()) == 3


def test_a_restore_takes_the_permission(clinic: Clinic, kept: StoreBackups) -> None:
    copy = kept.make(BackupPlan(), AUTO).copy
    with pytest.raises(Refusal) as refused:
        kept.restore(copy, "why not", replace(clinic.maria, permissions=frozenset()))
    assert refused.value.code == "not_allowed"
    assert "restore backups" in refused.value.sentence


def test_what_was_restored_without_a_log_in_is_told_at_the_next(
    clinic: Clinic, kept: StoreBackups
) -> None:
    copy = kept.make(BackupPlan(), AUTO).copy
    kept.restore(copy, "the file was damaged", None)
    assert clinic.sql("SELECT 1 FROM audit_entry WHERE action = 'restore'") == []
    clinic.open()
    assert of(clinic).settle(clinic.jon)
    assert not of(clinic).settle(clinic.jon)
    ((name, detail),) = clinic.sql(
        "SELECT actor_name, detail FROM audit_entry WHERE action = 'restore'"
    )
    assert name == "Jon"
    assert '"who":""' in detail.replace(" ", "")


def test_a_write_between_safety_copy_and_restore_is_not_lost(
    clinic: Clinic, kept: StoreBackups, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another desk saves in the very moment: the safety copy is made anew."""
    copy = kept.make(BackupPlan(), AUTO).copy
    other = Clinic(clinic.path, ids=type(clinic.ids)(first=90_000))
    real, times = backup.make, 0

    def make(path: Path, target: Path, progress: object = None) -> Path:
        nonlocal times
        made = real(path, target)
        if "before-restore" in target.name:
            times += 1
            if times <= 2:
                row = Patient(
                    id=f"late{times}", record_number=f"L{times}", first_name="A", last_name="B"
                )
                other.add(row)
        return made

    monkeypatch.setattr(backup, "make", make)
    safety = kept.restore(copy, "race", clinic.maria)
    assert times == 3
    assert kept.described(safety).counts["patient"] == 4
    assert len(list(backup.folder_of(clinic.path).glob("*before-restore*"))) == 1
    assert len(clinic.store.queries.patient_identities()) == 2
    other.store.close()


def test_a_desk_that_never_stops_writing_is_told(
    clinic: Clinic, kept: StoreBackups, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = kept.make(BackupPlan(), AUTO).copy
    monkeypatch.setattr(restoring, "_differs", lambda _watcher, _seen: True)
    with pytest.raises(Fault) as fault:
        kept.restore(copy, "race", clinic.maria)
    assert fault.value.code == "busy"
    assert len(clinic.store.queries.patient_identities()) == 2
    assert not (clinic.path.parent / "restore-note.json").exists()


def test_a_clinic_whose_file_is_gone_comes_back(clinic: Clinic, kept: StoreBackups) -> None:
    copy = kept.make(BackupPlan(), AUTO).copy
    clinic.store.close()
    for end in ("", "-wal", "-shm"):
        clinic.path.with_name(clinic.path.name + end).unlink(missing_ok=True)
    assert kept.preview(copy).rows[0] == ("patients", None, 2)
    assert kept.restore(copy, "gone", None) == ""
    clinic.open()
    assert len(clinic.store.queries.patient_identities()) == 2


def test_the_plan_is_known_without_the_clinic(
    clinic: Clinic, kept: StoreBackups, share: Path
) -> None:
    plan = BackupPlan(minutes=15, second=str(share), kept=Kept(3, 2, 1, 5, 4))
    made = kept.make(plan, AUTO)
    clinic.store.close()
    clinic.path.write_bytes(b"nothing that was a clinic")
    blind = StoreBackups(clinic.path, MIGRATIONS, clinic.clock, lambda: None, None, quick)
    assert blind.plan() == plan
    (there,) = blind.overview(blind.plan()).second.copies
    assert there.name == made.copy.name
    assert blind.preview(there).rows[0] == ("patients", None, 2)
    damaged = blind.restore(there, "damaged", None)
    assert Path(damaged).read_bytes() == b"nothing that was a clinic"
    clinic.open()
    assert len(clinic.store.queries.patient_identities()) == 2


def test_the_helper_is_this_program(share: Path) -> None:
    """The real command, as the window starts it."""
    with Hands(str(share)) as hands:
        assert hands.do("test", folder=str(share))["free"] > 0
        with pytest.raises(Fault) as fault:
            hands.do("test", folder=str(share / "not there"))
    assert "share connected" in fault.value.sentence


def test_whatever_was_changed_wants_a_last_copy(clinic: Clinic, kept: StoreBackups) -> None:
    """What writes no history, as a password, and a history as long as the copy's count too."""

    def backed_up() -> None:
        clinic.clock.advance(hours=1)
        kept.make(BackupPlan(), EXIT)
        assert not kept.unsaved()

    backed_up()
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.audit("log_in", "session", "one")
        work.commit()
    assert not kept.unsaved()  # coming and going alone
    with clinic.store.unit_of_work(clinic.maria) as work:
        work.audit("secret_changed", "staff", "maria")
        work.commit()
    assert kept.unsaved()
    backed_up()
    copy = kept.overview(BackupPlan()).copies[0]
    clinic.clock.advance(minutes=1)
    clinic.change(clinic.get(Patient, "hall"), notes="before")
    assert kept.unsaved()
    backed_up()
    long = kept.overview(BackupPlan()).copies[0].events
    kept.restore(copy, "a test", None)
    clinic.clock.advance(minutes=1)
    clinic.change(clinic.get(Patient, "hall"), notes="after")
    assert kept.unsaved()
    backed_up()
    assert kept.overview(BackupPlan()).copies[0].events == long
