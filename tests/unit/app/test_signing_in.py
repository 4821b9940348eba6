"""Who asks at the command line of a clinic that has accounts."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from clinic_desk.app import demo_store
from clinic_desk.app.container import build

ROOT = Path(__file__).parents[3]
PIN = "2580"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def clinic_desk(*arguments: object, typed: str | None = None) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "clinic_desk", *map(str, arguments)],
        input=typed,
        stdin=subprocess.DEVNULL if typed is None else None,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=240,
        env={**os.environ, "PYTHONUTF8": "1"},
        start_new_session=True,  # no terminal to ask at
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def as_person(user: str, command: str, folder: Path, *more: object, pin: str = PIN) -> Ran:
    return clinic_desk(
        command, "--data", folder, "--user", user, "--password-stdin", *more, typed=f"{pin}\n"
    )


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clinic")
    assert demo_store.make(folder, accounts=True)
    return folder


def events(folder: Path) -> int:
    container = build(folder)
    try:
        return container.store.queries.info().counts["event"]
    finally:
        container.close()


def test_nobody_reads_patients_without_saying_who_they_are(clinic: Path, tmp_path: Path) -> None:
    files = tmp_path / "people.csv"
    files.write_text("First name,Last name\nLu,Kay\n", "utf-8")
    before = events(clinic)
    for command, *more in (
        ("openings",),
        ("export", "--ics", tmp_path / "out.ics"),
        ("import", files),
        ("restore", files),
    ):
        ran = clinic_desk(command, "--data", clinic, *more)
        assert ran.code == 1, command
        assert "say who you are with --user" in ran.err, command
        assert not ran.out
    assert not (tmp_path / "out.ics").exists()
    assert events(clinic) == before


def test_a_wrong_secret_and_an_unknown_name_are_told_alike_and_delay(clinic: Path) -> None:
    told = {
        as_person(user, "openings", clinic, "--count", 1, pin="0000").err
        for user in ("nobody", "noor")
    }
    assert len(told) == 1
    assert "The log-in name or the password is wrong." in told.pop()
    wrong = [as_person("aylin.demir", "openings", clinic, pin="9999") for _ in range(3)]
    assert {ran.code for ran in wrong} == {1}
    assert "Wait 1 second" in wrong[-1].err


def test_each_does_what_their_role_may(clinic: Path, tmp_path: Path) -> None:
    files, out = tmp_path / "people.csv", tmp_path / "out.ics"
    files.write_text("First name,Last name\nLu,Kay\n", "utf-8")
    before = events(clinic)
    refused = as_person("marta.ruiz", "import", clinic, files)
    assert refused.code == 1
    assert "A doctor may not import files. Ask a manager" in refused.err
    assert events(clinic) == before
    copy = tmp_path / "copy.db"
    assert clinic_desk("backup", "--data", clinic, "--to", copy).code == 0
    barred = as_person("tom", "restore", clinic, copy)
    assert (barred.code, "may not make and restore backups" in barred.err) == (1, True)
    assert as_person("tom", "import", clinic, files).code == 0
    assert as_person("Tom", "export", clinic, "--ics", out).code == 0
    assert out.exists()
    assert events(clinic) > before
    container = build(clinic)
    try:
        # each command was a session of its own, and that is over
        assert container.store.queries.staff_sessions() == ()
    finally:
        container.close()
    assert as_person("maria", "restore", clinic, copy).code == 0


def test_a_clinic_that_cannot_be_opened_is_restored_by_whoever_is_there(
    clinic: Path, tmp_path: Path
) -> None:
    copy, broken = tmp_path / "copy.db", tmp_path / "broken"
    assert clinic_desk("backup", "--data", clinic, "--to", copy).code == 0
    broken.mkdir()
    (broken / "clinic.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    ran = clinic_desk("restore", "--data", broken, copy)
    assert ran.code == 0, ran.err
    assert clinic_desk("openings", "--data", broken).code == 1


def test_without_a_terminal_it_says_how(clinic: Path) -> None:
    ran = clinic_desk("openings", "--data", clinic, "--user", "tom")
    assert ran.code == 1
    assert "pass it with --password-stdin" in ran.err
    empty = clinic_desk("openings", "--data", clinic, "--user", "tom", "--password-stdin", typed="")
    assert "holds no password" in empty.err


def test_it_asks_at_the_terminal_and_shows_nothing(clinic: Path) -> None:
    command = ["openings", "--data", str(clinic), "--user", "tom", "--count", "1"]
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "clinic_desk", *command])
    said = b""
    asked = False
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the other end has closed
            break
        if not part:
            break
        said += part
        if not asked and b"not shown while you type" in said:
            asked = True
            os.write(terminal, f"{PIN}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    text = said.decode()
    assert os.waitstatus_to_exitcode(status) == 0, text
    assert "Room" in text or "Street" in text
    assert PIN not in text


def test_a_clinic_without_accounts_asks_nobody(tmp_path: Path) -> None:
    assert demo_store.make(tmp_path)
    assert clinic_desk("openings", "--data", tmp_path, "--count", 1).code == 0
    ran = as_person("tom", "openings", tmp_path)
    assert (ran.code, "has no accounts yet" in ran.err) == (1, True)
