"""Backups of an encrypted clinic: both places, preview, restore, damage, and a lost key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_desk.domain.errors import Fault
from clinic_desk.services.backup_ports import AUTO, BackupPlan
from clinic_desk.store import keys
from clinic_desk.store.backups import StoreBackups
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
