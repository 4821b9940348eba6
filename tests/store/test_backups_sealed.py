"""Backups of an encrypted clinic: both places, preview, restore, damage, and a lost key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.services.backup_ports import AUTO, BackupPlan
from clinic_desk.store import keys, sealing
from clinic_desk.store.backups import StoreBackups
from clinic_desk.store.conversion import convert
from clinic_desk.store.repair import repair
from tests.store.clinic import MIGRATIONS, Clinic
from tests.store.sealed import fill, holding
from tests.store.test_backups import quick
from tests.store.test_keys import SealedClinic


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    key = keys.StoreKey.made()
    keys.hold(key)
    monkeypatch.setattr(SealedClinic, "key", key)
    clinic = SealedClinic(tmp_path / "sealed" / "clinic.db")
    clinic.settle()
    yield clinic
    clinic.store.close()
    keys.forget()


def of(clinic: Clinic) -> StoreBackups:
    store = clinic.store
    return StoreBackups(
        clinic.path, MIGRATIONS, clinic.clock, store.forget, store.unit_of_work, quick
    )


def test_no_name_leaves_the_clinic_and_every_copy_restores(
    sealed: Clinic,
    tmp_path: Path,
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    fill(sealed)
    plan = BackupPlan(second=str(share))
    backups = of(sealed)
    made = backups.make(plan, AUTO)
    assert made.trouble == ""
    (there,) = backups.overview(plan).second.copies
    assert backups.check(there).findings == ()
    assert backups.preview(there).rows[0] == ("patients", 2, 2)
    safety = backups.restore(there, "a test", sealed.maria)
    assert keys.id_in(Path(safety)) == keys.id_in(sealed.path)
    assert holding(tmp_path) == []
    assert sealed.store.maintenance.verify() == []


@pytest.mark.parametrize("page", [1, 2, 20])
def test_a_byte_flipped_anywhere_is_named_and_the_backup_restores(
    sealed: Clinic,
    page: int,
) -> None:
    fill(sealed)
    sealed.clock.advance(minutes=1)
    made = of(sealed).make(BackupPlan(), AUTO)
    sealed.store.close()
    data = bytearray(sealed.path.read_bytes())
    data[(page - 1) * 4096 + 1000] ^= 0x10
    sealed.path.write_bytes(bytes(data))
    (bad,) = [one for one in repair(sealed.path, sealed.clock) if one.state == "bad"]
    assert made.copy.name in bad.sentence
    blind = StoreBackups(sealed.path, MIGRATIONS, sealed.clock, lambda: None, None, quick)
    kept = blind.restore(made.copy, "damaged", None)
    assert Path(kept).read_bytes() == bytes(data)
    sealed.open()
    assert sealed.store.maintenance.verify() == []


def test_without_the_key_a_copy_is_neither_bad_nor_lost(
    sealed: Clinic,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = of(sealed).make(BackupPlan(), AUTO)
    sealed.store.close()
    keys.forget()
    blind = StoreBackups(sealed.path, MIGRATIONS, sealed.clock, lambda: None, None, quick)
    for act in (lambda: blind.check(made.copy), lambda: blind.preview(made.copy)):
        with pytest.raises(Fault) as fault:
            act()
        assert fault.value.code == "no_key"
    assert blind.overview(BackupPlan()).copies[0].state.value == "good"
    (said,) = [one for one in repair(sealed.path, sealed.clock) if one.state == "bad"]
    assert "recovery key" in said.sentence
    assert Path(made.copy.path).exists()


@pytest.fixture
def plan(tmp_path: Path) -> BackupPlan:
    (tmp_path / "share").mkdir()
    return BackupPlan(second=str(tmp_path / "share"))


@pytest.fixture
def key(clinic: Clinic, plan: BackupPlan) -> Iterator[keys.StoreKey]:
    """Of a clinic that was encrypted after two backups to both places."""
    fill(clinic)
    for _ in range(2):
        clinic.clock.advance(hours=1)
        assert of(clinic).make(plan, AUTO).trouble == ""
    made = keys.StoreKey.made()
    keys.hold(made)
    with clinic.store.alone():
        convert(clinic.path, made)
    yield made
    keys.forget()


def test_what_anybody_can_read_at_either_place_is_listed_and_sealed(
    clinic: Clinic, plan: BackupPlan, key: keys.StoreKey, tmp_path: Path
) -> None:
    backups = of(clinic)
    # one here is older than the plan: the clinic's own of the fixture
    readable = backups.overview(plan).readable
    assert [one.place for one in readable].count("second") == 2
    assert len(readable) == 5
    assert len(holding(tmp_path)) == 5
    told: list[tuple[int, int, str]] = []
    sealing.seal(clinic.path, key, clinic.clock.now())
    made = backups.seal_elsewhere(plan.second, key, lambda *step: told.append(step) or True)  # type: ignore[func-returns-value]
    assert (made.done, made.failed) == (2, ())
    assert [done for done, _total, _words in told] == [0, 1]
    assert backups.overview(plan).readable == ()
    assert holding(tmp_path) == []
    there = backups.overview(plan).second.copies
    assert [one.state.value for one in there] == ["good", "good"]
    assert backups.check(there[0]).findings == ()
    backups.restore(there[0], "a test", clinic.maria)
    assert clinic.store.maintenance.verify() == []
    assert holding(tmp_path) == []


def test_what_it_replaces_is_overwritten_there(
    clinic: Clinic, plan: BackupPlan, key: keys.StoreKey, tmp_path: Path
) -> None:
    """Whoever reads the disk below the names finds nothing of it."""
    copies = of(clinic).overview(plan).second.copies
    for number, one in enumerate(copies):
        (tmp_path / f"second-name-{number}").hardlink_to(one.path)
    of(clinic).seal_elsewhere(plan.second, key)
    assert holding(tmp_path / "share") == []
    for number in range(len(copies)):
        assert set((tmp_path / f"second-name-{number}").read_bytes()) == {0}


def test_they_can_be_taken_away_instead(
    clinic: Clinic, plan: BackupPlan, key: keys.StoreKey, tmp_path: Path
) -> None:
    assert key.id == keys.id_in(clinic.path)
    (first, *_) = of(clinic).overview(plan).second.copies
    (tmp_path / "second-name").hardlink_to(first.path)
    assert sealing.drop(clinic.path) == 3
    assert of(clinic).drop_elsewhere(plan.second) == 2
    assert of(clinic).overview(plan).second.copies == ()
    assert holding(tmp_path) == []


def test_stopped_the_rest_there_is_as_it_was(
    clinic: Clinic, plan: BackupPlan, key: keys.StoreKey
) -> None:
    with pytest.raises(Refusal) as stopped:
        of(clinic).seal_elsewhere(plan.second, key, lambda done, _total, _words: done < 1)
    assert stopped.value.code == "stopped"
    assert "1 of 2" in stopped.value.sentence
    there = of(clinic).overview(plan).second.copies
    assert sorted(one.plain for one in there) == [False, True]
    assert all(of(clinic).check(one).findings == () for one in there)


def test_a_second_place_that_is_gone_or_holds_rubbish_is_told(
    clinic: Clinic, plan: BackupPlan, key: keys.StoreKey, tmp_path: Path
) -> None:
    (first, *_) = of(clinic).overview(plan).second.copies
    whole = Path(first.path).read_bytes()
    Path(first.path).write_bytes(whole[: len(whole) // 2])
    made = of(clinic).seal_elsewhere(plan.second, key)
    assert (made.done, made.failed) == (1, (first.name,))
    assert Path(first.path).read_bytes() == whole[: len(whole) // 2]
    (tmp_path / "share").rename(tmp_path / "elsewhere")
    with pytest.raises(Fault) as gone:
        of(clinic).seal_elsewhere(plan.second, key)
    assert gone.value.code == "second_place"
    assert not list((clinic.path.parent / "backups").glob("*.restoring*"))
