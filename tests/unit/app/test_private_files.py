"""What the program writes is its person's alone."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from clinic_desk.app import checkup, demo_store
from clinic_desk.app.paths import OTHERS, DataFolder

ROOT = Path(__file__).parents[3]


def program(*words: str) -> None:
    """As somebody would whose system makes files for everybody."""
    wide = [
        sys.executable,
        "-c",
        "import os, sys; os.umask(0); os.execv(sys.argv[1], sys.argv[1:])",
    ]
    made = [*wide, sys.executable, "-m", "clinic_desk", *words]
    subprocess.run(made, cwd=ROOT, check=True, capture_output=True)


def test_every_file_of_a_clinic_is_closed_to_others(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    out.mkdir()
    program("demo", "--no-window", "--data", str(data))
    program("backup", "--data", str(data))
    program("backup", "--data", str(data), "--to", str(out / "copy.clinicdesk"))
    made = [data, *data.rglob("*"), *out.iterdir()]
    assert {path.name for path in made} >= {"clinic.db", "copy.clinicdesk", "backups"}
    assert [path for path in made if path.stat().st_mode & OTHERS] == []


def test_what_an_older_version_left_open_is_closed(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    for name in ("clinic.db", "clinic.db-wal", "desk.json"):
        (tmp_path / name).touch(0o666)
        (tmp_path / name).chmod(0o666)
    folder.backups.mkdir()
    folder.backups.chmod(0o755)
    foreign = tmp_path / "somebody-elses.txt"
    foreign.touch()
    foreign.chmod(0o644)
    folder.create()
    assert (tmp_path / "clinic.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "clinic.db-wal").stat().st_mode & 0o777 == 0o600
    assert folder.backups.stat().st_mode & 0o777 == 0o700
    assert foreign.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(("mode", "told"), [(0o755, True), (0o700, False)])
def test_doctor_tells_of_a_folder_that_others_can_read(
    mode: int, told: bool, tmp_path: Path
) -> None:
    tmp_path.chmod(mode)
    demo_store.make(tmp_path, lambda *_: True)
    tmp_path.chmod(mode)
    answer = checkup.doctor(
        argparse.Namespace(data=tmp_path, json=False, repair=False, report=False)
    )
    names = [line for line in answer.lines if "privacy" in line]
    assert bool(names) is told
