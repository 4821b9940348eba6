"""Paths, identity, logs, container, first run."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC
from pathlib import Path

import pytest

from clinic_desk.app import first_run, identity, logs, paths
from clinic_desk.app.clock import SystemClock, Uuid7
from clinic_desk.app.container import build
from clinic_desk.domain.errors import Fault
from tests.fakes.clock import CountingIds, FixedClock


def test_the_chosen_folder_wins(tmp_path: Path) -> None:
    folder = paths.data_folder(tmp_path / "clinic")
    assert folder.database == tmp_path / "clinic" / "clinic.db"
    assert paths.data_folder().root.name == "clinic-desk"


def test_the_folder_is_private(tmp_path: Path) -> None:
    folder = paths.data_folder(tmp_path / "a" / "clinic")
    folder.create()
    assert folder.root.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Fault) as caught:
        paths.data_folder(tmp_path / "file" / "clinic").create()
    assert caught.value.code == "no_folder"
    assert "--data" in caught.value.sentence


def test_own_files_are_found_in_the_checkout_and_in_a_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (paths.migrations() / "env.py").is_file()
    assert paths.resources().is_dir()
    (tmp_path / "migrations").mkdir()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.migrations() == tmp_path / "migrations"


def test_a_desk_keeps_its_identity(tmp_path: Path) -> None:
    ids, path = CountingIds(), tmp_path / "desk.json"
    first, second = identity.actor(path, ids), identity.actor(path, ids)
    assert (first.desk_id, first.staff_id) == (second.desk_id, second.staff_id)
    assert first.session_id != second.session_id
    path.write_text("{not json")
    assert identity.actor(path, ids).desk_id != first.desk_id


def test_clock_and_ids() -> None:
    assert SystemClock().now().tzinfo is UTC
    make = Uuid7()
    made = [make() for _ in range(100)]
    assert made == sorted(made)
    assert {row[14] for row in made} == {"7"}


def test_log_lines_are_json_without_patient_detail(tmp_path: Path) -> None:
    logs.set_up(tmp_path / "logs")
    try:
        logs.structured("x").info("booked", patient="Lee, Ana", appointment_id="a1")
        logging.getLogger("plain").warning("store %s", "busy")
    finally:
        logs.tear_down()
    lines = (tmp_path / "logs" / "clinic-desk.log").read_text("utf-8").splitlines()
    first, second = map(json.loads, lines)
    assert (first["event"], first["appointment_id"], first["patient"]) == ("booked", "a1", "—")
    assert (second["event"], second["level"]) == ("store busy", "warning")
    assert "Lee" not in "".join(lines)


def test_a_new_clinic_is_set_up_once(tmp_path: Path) -> None:
    container = build(tmp_path, clock=FixedClock(), new_id=CountingIds())
    try:
        assert container.is_new
        first_run.set_up(container, "Europe/Istanbul")
        assert not container.is_new
        roster = container.queries.roster()
        assert roster.practice.zone == "Europe/Istanbul"
        lengths = {kind.name: kind.duration for kind in roster.types.values()}
        assert lengths == {
            "New patient": 60,
            "Follow-up": 30,
            "Urgent": 30,
            "Consultation": 45,
            "Routine check-up": 30,
            "Acupuncture": 45,
        }
        first_run.set_up(container, "Europe/Berlin")
        assert container.queries.roster() == roster
    finally:
        container.close()


def test_the_systems_zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    target = tmp_path / "zoneinfo" / "Europe" / "Berlin"
    target.parent.mkdir(parents=True)
    target.touch()
    link = tmp_path / "localtime"
    link.symlink_to(target)
    assert first_run.system_zone(link) == "Europe/Berlin"
    assert first_run.system_zone(tmp_path / "nothing") == "UTC"
    monkeypatch.setenv("TZ", ":Asia/Tokyo")
    assert first_run.system_zone(link) == "Asia/Tokyo"
    monkeypatch.setenv("TZ", "CET-1CEST")
    assert first_run.system_zone(link) == "Europe/Berlin"
