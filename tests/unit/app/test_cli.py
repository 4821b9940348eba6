"""The command line as a script sees it: a process, its output, its exit code."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest

from clinic_desk.app import answers, cli, demo_store, reminders
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.couriers_values import Drained

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def clinic_desk(*arguments: object, **environment: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "clinic_desk", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=240,
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clinic")
    assert demo_store.make(folder)
    return folder


def test_help_names_every_command_and_the_exit_codes() -> None:
    ran = clinic_desk("--help")
    assert ran.code == 0
    names = "run demo tour import export openings doctor verify backup restore migrate"
    assert all(f"    {name} " in ran.out for name in names.split())
    assert "exit codes:" in ran.out
    for name in names.split():
        told = clinic_desk(name, "--help")
        assert told.code == 0
        assert "--data DIR" in told.out
        answering = name not in ("run", "demo", "tour")
        assert ("--json" in told.out) == answering


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from clinic_desk.__main__ import main; main(['--help']); "
        "heavy = {'PySide6', 'sqlalchemy', 'alembic', 'structlog', 'phonenumbers', 'icalendar'}; "
        "sys.exit(3 if heavy & set(sys.modules) else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.DEVNULL,
                          check=False).returncode == 0  # fmt: skip


def test_the_first_day_waits_for_nothing_that_it_does_not_show() -> None:
    """What only migrations, dialogs, the import or a log line need is loaded when they come."""
    code = (
        "import sys, clinic_desk.app.start, clinic_desk.app.container, clinic_desk.app.first_run, "
        "clinic_desk.ui.application; "
        "later = {'alembic', 'sqlalchemy.orm', 'clinic_desk.store.tables', 'structlog', 'babel', "
        "'phonenumbers', 'icalendar', 'clinic_desk.integrations.importing', "
        "'clinic_desk.ui.booking.dialog', 'clinic_desk.ui.booking.appointment', "
        "'clinic_desk.ui.booking.finder', 'clinic_desk.ui.importing.dialog', "
        "'clinic_desk.ui.patients.card', 'clinic_desk.ui.calendar.agenda_view', 'anyascii'}; "
        "print(sorted(later & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_the_binding_does_not_read_our_sources() -> None:
    code = (
        "import linecache; from clinic_desk.ui.runtime.unread_sources import leave_unread; "
        "done = leave_unread(); import clinic_desk.ui.application; "
        "print(done, sum('clinic_desk' in name for name in linecache.cache))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert done.stdout.split() == ["True", "0"]


def test_what_is_not_understood() -> None:
    assert clinic_desk("dance").code == 2
    assert clinic_desk().code == 2
    assert clinic_desk("restore").code == 2


@pytest.mark.parametrize(
    "words", ["", "--help", "--data x --verbose", "--view doctor", "--nonsense", "--view", "more"]
)
def test_the_start_of_the_window_is_read_as_every_command_is(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It does not build the options of the other commands; nobody can tell."""

    def read(window: bool) -> object:
        try:
            return vars(cli.parser(window=window).parse_args(["run", *words.split()]))
        except SystemExit as stop:
            return stop.code, capsys.readouterr()

    assert read(window=True) == read(window=False)


@pytest.mark.parametrize("command", ["openings", "verify", "backup", "migrate"])
def test_a_folder_without_a_clinic(tmp_path: Path, command: str) -> None:
    ran = clinic_desk(command, "--data", tmp_path / "none", "--json")
    assert ran.code == 1
    assert ran.json["error"] == "no_clinic"
    assert "clinic-desk run" in ran.err
    assert not (tmp_path / "none").exists()


def test_a_window_without_a_display(tmp_path: Path) -> None:
    ran = clinic_desk("run", "--data", tmp_path, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert ran.code == 3
    assert "clinic-desk tour" in ran.err
    assert "Traceback" not in ran.err


def test_demo_without_a_window(tmp_path: Path) -> None:
    ran = clinic_desk("demo", "--no-window", "--data", tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert "Made a demo clinic" in ran.out
    again = clinic_desk("demo", "--no-window", "--data", tmp_path)
    assert "a clinic already" in again.out


def test_verify_and_what_it_finds(demo_folder: Path, tmp_path: Path) -> None:
    ran = clinic_desk("verify", "--data", demo_folder, "--json")
    assert (ran.code, ran.json["ok"], ran.json["findings"]) == (0, True, [])
    spoilt = tmp_path / "spoilt"
    spoilt.mkdir()
    (spoilt / "clinic.db").write_bytes((demo_folder / "clinic.db").read_bytes())
    from sqlcipher3 import dbapi2

    connection = dbapi2.connect(str(spoilt / "clinic.db"))
    connection.execute("UPDATE appointment SET notes = 'forged' WHERE rowid = 7")
    connection.commit()
    connection.close()
    ran = clinic_desk("verify", "--data", spoilt, "--json")
    assert ran.code == 1
    findings = ran.json["findings"]
    assert isinstance(findings, list)
    assert len(findings) == 1
    assert findings[0]["check"] == "replay"
    plain = clinic_desk("verify", "--data", spoilt)
    assert plain.code == 1
    assert "replay" in plain.out


def test_openings(demo_folder: Path) -> None:
    ran = clinic_desk(
        "openings", "--data", demo_folder, "--doctor", "lh", "--type", "acupuncture",
        "--days", "14", "--json",
    )  # fmt: skip
    assert ran.code == 0
    rows = ran.json["openings"]
    assert isinstance(rows, list)
    assert rows == sorted(rows, key=lambda row: str(row["start"]))
    assert {row["doctor"] for row in rows} == {"Dr Lina Haddad"}
    few = clinic_desk("openings", "--data", demo_folder, "--count", "3", "--when", "pm")
    lines = few.out.splitlines()
    assert len(lines) == 3
    assert all(line[11:16] >= "12:00" for line in lines)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--doctor", "nobody"), "Dr Aylin Demir, Dr James Carter"),
        (("--doctor", "a"), "fits several"),
        (("--type", "surgery"), "Follow-up"),
        (("--from", "someday"), "is no day"),
        (("--when", "xyzzy"), "says no time"),
        (("--days", "0"), "at least 1"),
    ],
)
def test_openings_refuse_in_a_sentence(
    demo_folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    ran = clinic_desk("openings", "--data", demo_folder, *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert words in ran.err


def test_export(demo_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "diary.ics"
    ran = clinic_desk("export", "--data", demo_folder, "--ics", file, "--json")
    assert ran.code == 0, ran.err
    made = ran.json
    assert int(str(made["visits"])) > 1000
    text = file.read_bytes().decode()
    assert text.startswith("BEGIN:VCALENDAR")
    assert "RRULE:FREQ=WEEKLY" in text
    few = clinic_desk(
        "export", "--data", demo_folder, "--ics", file, "--doctor", "ad", "--from", "today",
        "--to", "+1d", "--json",
    )  # fmt: skip
    assert 0 < int(str(few.json["visits"])) < int(str(made["visits"]))
    late = clinic_desk(
        "export", "--data", demo_folder, "--ics", file, "--from", "+2d", "--to", "today"
    )
    assert (late.code, "lies before" in late.err) == (1, True)
    assert "--ics" in clinic_desk("export", "--data", demo_folder).err


def test_backup_and_restore(demo_folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.clinicdesk"
    ran = clinic_desk("backup", "--data", demo_folder, "--to", target, "--json")
    assert (ran.code, ran.json["backup"]) == (0, str(target))
    elsewhere = tmp_path / "elsewhere"
    back = clinic_desk("restore", target, "--data", elsewhere, "--json")
    assert back.code == 0
    counts = back.json["counts"]
    assert isinstance(counts, dict)
    assert counts["patient"] == 400
    assert clinic_desk("verify", "--data", elsewhere).code == 0
    assert clinic_desk("restore", tmp_path / "nothing", "--data", elsewhere).code == 1
    (tmp_path / "rubbish").write_bytes(b"x" * 5000)
    rubbish = clinic_desk("restore", tmp_path / "rubbish", "--data", elsewhere)
    assert rubbish.code == 3
    assert "Traceback" not in rubbish.err
    assert clinic_desk("verify", "--data", elsewhere).code == 0


def test_migrate_says_where_the_file_stands(demo_folder: Path) -> None:
    ran = clinic_desk("migrate", "--data", demo_folder, "--json")
    assert ran.code == 0
    assert ran.json["revision"]


def test_doctor(demo_folder: Path, tmp_path: Path) -> None:
    ran = clinic_desk("doctor", "--data", demo_folder, "--json")
    assert ran.code == 0
    checks = ran.json["checks"]
    assert isinstance(checks, list)
    names = {check["name"] for check in checks}
    assert {"resources", "migrations", "sqlite", "zones", "qt", "binding", "fonts", "keyring",
            "folder", "database", "triggers"} <= names  # fmt: skip
    (tmp_path / "clinic.db").write_bytes(b"not a database at all" * 500)
    ill = clinic_desk("doctor", "--data", tmp_path)
    assert ill.code == 3
    assert "BAD      database" in ill.out
    assert "Traceback" not in ill.err


def test_import(tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text(
        "Record no,First name,Last name,Date of birth\n1,Ana,Lee,01.02.1990\n2,,,\n", "utf-8"
    )
    data = tmp_path / "clinic"
    dry = clinic_desk("import", source, "--data", data, "--dry-run", "--json")
    assert dry.code == 0
    ran = clinic_desk("import", source, "--data", data, "--json")
    assert ran.code == 1
    counts = [ran.json[name] for name in ("rows", "imported", "merged", "rejected")]
    assert counts == [2, 1, 0, 1]
    assert (tmp_path / "list.rejected.csv").is_file()
    again = clinic_desk("import", source, "--data", data, "--json")
    assert [again.json[name] for name in ("imported", "merged", "rejected")] == [0, 1, 1]
    assert clinic_desk("import", tmp_path / "no.csv", "--data", data).code == 1
    nowhere = clinic_desk("import", source, "--data", data, "--rejects", tmp_path / "no" / "folder")
    assert nowhere.code == 3  # what was rejected is nowhere to be corrected
    bad = clinic_desk("import", source, "--data", data, "--column", "Record no=shoe_size")
    assert bad.code == 1
    assert "shoe_size" in bad.err


def test_a_file_of_a_newer_program(demo_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "clinic.db").write_bytes((demo_folder / "clinic.db").read_bytes())
    from sqlcipher3 import dbapi2

    connection = dbapi2.connect(str(tmp_path / "clinic.db"))
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    ran = clinic_desk("verify", "--data", tmp_path, "--json")
    assert (ran.code, ran.json["error"]) == (3, "newer_file")
    assert "newer Clinic Desk" in ran.err


def test_a_reader_that_stops_early(demo_folder: Path) -> None:
    command = f"'{sys.executable}' -m clinic_desk openings --data '{demo_folder}' --json | head -1"
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""


def test_the_service_ends_with_its_terminal_unless_that_was_ruled_out() -> None:
    before = signal.getsignal(signal.SIGHUP)
    try:
        for ruled_out in (False, True):
            signal.signal(signal.SIGHUP, signal.SIG_IGN if ruled_out else signal.SIG_DFL)
            stop = Event()
            with reminders.stopped_by_signals(stop):
                heard = signal.getsignal(signal.SIGHUP)
                if callable(heard):
                    heard(signal.SIGHUP, None)
            assert stop.is_set() is not ruled_out
    finally:
        signal.signal(signal.SIGHUP, before)


def test_an_empty_file_is_no_clinic(tmp_path: Path) -> None:
    (tmp_path / "clinic.db").touch()
    options = argparse.Namespace(data=tmp_path, verbose=False)
    with pytest.raises(Refusal, match="There is no clinic in"), answers.clinic(options):
        pytest.fail("it was made into one")
    assert not (tmp_path / "clinic.db").stat().st_size


def test_what_was_interrupted_says_so_unless_it_is_a_service() -> None:
    def code(*, daemon: bool, stopped: bool, failed: int = 0, faults: int = 0) -> int:
        done = Drained(failed=failed)
        return reminders.ends_with(done, ["x"] * faults, daemon=daemon, stopped=stopped)

    assert code(daemon=False, stopped=False) == cli.OK
    assert code(daemon=False, stopped=False, failed=1) == cli.REFUSED
    assert code(daemon=False, stopped=False, faults=1) == cli.REFUSED
    assert code(daemon=False, stopped=True) == cli.INTERRUPTED
    assert code(daemon=True, stopped=True, failed=1, faults=1) == cli.OK
