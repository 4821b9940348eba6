"""Importing a former program's lists and diary into a real store, by API and by command line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinic_desk.app import first_run
from clinic_desk.app.container import Container, build
from clinic_desk.services.import_report import ImportOptions, ImportReport

ROOT = Path(__file__).resolve().parents[2]
HEAD = "Record no,First name,Last name,Date of birth,Mobile,E-mail,Notes\n"
ROWS = (
    "P1,Ana,Lee,04/03/1988,020 7946 0142,ana@example.org,\n"
    "P2,Ana,Lee,04/03/1988,02079460142,,same person again\n"
    "P3,Işın,Yıldırım,31/02/1980,,,impossible date\n"
    "P4,Ben,Hughes,01/01/2999,,,born in the future\n"
    "P5,,,01/01/1970,,,no name\n"
    "P1,Eleanor,Green,29/11/1941,,,number in use\n"
    "P6,Jo,Hall,01/01/1970,ask daughter,no@mail@x,=1+1\n"
    f"P7,Al,Long,01/01/1970,,,{'x' * 6000}\n"
    'P8,Mo,Gray,01/01/1970,,,"two\nlines, ""quoted"""\n'
    "P9,too,few\n"
    "P10,Ana,Lee,04/03/1988,020 7946 0999,,namesake with another phone\n"
)


def event(uid: str, times: str, *, record: str = "P1", who: str = "Ana Lee") -> str:
    number = f"X-RECORD-NO:{record}\n" if record else ""
    return (
        f"BEGIN:VEVENT\nUID:{uid}\nSUMMARY:{who} - Check-up\nCATEGORIES:Dr Ada Wu\n"
        f"{number}{times}\nEND:VEVENT\n"
    )


def at(day: str, start: str, end: str) -> str:
    zone = "TZID=Europe/Istanbul"
    return f"DTSTART;{zone}:{day}T{start}00\nDTEND;{zone}:{day}T{end}00"


DIARY = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n"
    + event("past", at("20200106", "1000", "1030"))
    + event("future", at("29990107", "1000", "1030"))
    + event("overlap", at("29990107", "1015", "1045"), record="P6", who="Jo Hall")
    + event("cancelled", at("29990108", "1000", "1030") + "\nSTATUS:CANCELLED")
    + event("unknown", at("29990109", "1000", "1030"), record="P99")
    + event("nobody", at("29990110", "1000", "1030"), record="", who="Tel. Piran")
    + event(
        "weekly",
        at("29990114", "0900", "0930")
        + "\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Istanbul:29990121T090000",
    )
    + event(
        "weekly",
        "RECURRENCE-ID;TZID=Europe/Istanbul:29990128T090000\n" + at("29990129", "0900", "0930"),
    )
    + event("leave", "DTSTART;VALUE=DATE:29990201\nDTEND;VALUE=DATE:29990205", record="")
    + event("listed", at("29990112", "1000", "1030"), who="Lee, Ana")
    + event("backwards", at("29990111", "1030", "1000"))
    + "END:VCALENDAR\n"
)


@pytest.fixture
def clinic(tmp_path: Path) -> Container:
    container = build(tmp_path / "data")
    first_run.set_up(container)
    yield container  # type: ignore[misc]  # pytest reads the generator
    container.close()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    (tmp_path / "list.csv").write_text(HEAD + ROWS, encoding="utf-8-sig")
    (tmp_path / "diary.ics").write_text(DIARY, encoding="utf-8")
    return [tmp_path / "diary.ics", tmp_path / "list.csv"]


def run(clinic: Container, files: list[Path]) -> ImportReport:
    return clinic.importer.run(files, ImportOptions(region="GB"))


def test_every_row_is_imported_merged_or_rejected(clinic: Container, files: list[Path]) -> None:
    report = run(clinic, files)
    patients, diary = report.files
    assert all(file.adds_up and file.finished for file in report.files)
    assert (patients.rows, patients.imported, patients.merged, patients.rejected) == (11, 4, 1, 6)
    assert dict(patients.reasons) == {
        "impossible date of birth": 1,
        "date of birth in the future": 1,
        "no name": 1,
        "record number in use by another person": 1,
        "note too long": 1,
        "broken line": 1,
    }
    assert {remark.code for remark in patients.remarks} == {
        "phone that is no number",
        "malformed e-mail",
        "formula-like text",
        "possible duplicate",
    }
    assert (diary.rows, diary.imported, diary.merged, diary.rejected) == (11, 8, 0, 3)
    assert diary.clashes == 1
    assert set(diary.reasons) == {
        "patient not in the clinic's list",
        "patient cannot be told",
        "event that ends before it starts",
    }
    assert clinic.maintenance.verify() == []


def test_an_overlapping_visit_waits_in_the_clash_list(clinic: Container, files: list[Path]) -> None:
    run(clinic, files)
    clashes = clinic.queries.clashes()
    assert [cell.last_name for cell in clashes] == ["Hall"]
    assert clashes[0].start == datetime(2999, 1, 7, 7, 15, tzinfo=UTC)


def test_series_keeps_its_excluded_and_moved_dates(clinic: Container, files: list[Path]) -> None:
    run(clinic, files)
    day = datetime(2999, 1, 14, tzinfo=UTC).date()
    cells = clinic.queries.cells(day, day + timedelta(days=30))
    starts = [cell.start for cell in cells if cell.series_id]
    assert starts == [
        datetime(2999, 1, 14, 6, tzinfo=UTC),
        datetime(2999, 1, 29, 6, tzinfo=UTC),
        datetime(2999, 2, 4, 6, tzinfo=UTC),
    ]
    assert len({cell.series_id for cell in cells if cell.series_id}) == 1


def test_the_merged_persons_other_number_is_found(clinic: Container, files: list[Path]) -> None:
    run(clinic, files)
    hits = clinic.queries.search_patients("P2")
    assert "P1" in [hit.record_number for hit in hits]


def test_a_merged_row_fills_blanks_and_keeps_what_differs(
    clinic: Container, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        HEAD
        + "P1,Ana,Lee,04/03/1988,020 7946 0142,,Slow stairs\n"
        + "P2,Ana,Lee,04/03/1988,02079460142,ana@example.org,Speaks Thai\n",
        encoding="utf-8",
    )
    run(clinic, [path])
    (hit,) = clinic.queries.search_patients("P2")
    patient = clinic.queries.patient(hit.id).patient
    assert patient.email == "ana@example.org"
    assert patient.notes == "Slow stairs\nAlso listed as P2: notes Speaks Thai"
    before = patient.revision
    run(clinic, [path])
    assert clinic.queries.patient(hit.id).patient.revision == before


def test_a_reject_file_that_is_being_corrected_is_not_overwritten(
    clinic: Container, files: list[Path]
) -> None:
    first = run(clinic, files).files[0].reject_file
    assert first is not None
    assert run(clinic, files).files[0].reject_file == first
    first.write_text("being corrected", encoding="utf-8")
    second = run(clinic, files).files[0].reject_file
    assert second == first.with_name("list.rejected-2.csv")
    assert first.read_text(encoding="utf-8") == "being corrected"


def test_importing_twice_changes_nothing(clinic: Container, files: list[Path]) -> None:
    run(clinic, files)
    before = clinic.queries.info().counts
    again = run(clinic, files)
    assert again.total("imported") == 0
    assert all(file.adds_up for file in again.files)
    assert clinic.queries.info().counts == before


def test_corrected_rejects_go_in_and_take_their_visits_along(
    clinic: Container, files: list[Path]
) -> None:
    report = run(clinic, files)
    patients, diary = report.files
    assert patients.reject_file is not None
    assert diary.reject_file is not None
    text = patients.reject_file.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == HEAD.strip() + ",Reason"
    patients.reject_file.write_text(
        text.replace("31/02/1980", "28/02/1980").replace("P1,Eleanor", "P99,Eleanor"),
        encoding="utf-8-sig",
    )
    mended = diary.reject_file.read_text(encoding="utf-8").replace("Ana Lee", "Eleanor Green", 1)
    diary.reject_file.write_text(mended, encoding="utf-8")
    again = run(clinic, [diary.reject_file, patients.reject_file])
    assert again.files[0].imported == 2
    assert again.files[1].imported == 1
    assert clinic.maintenance.verify() == []


def test_formula_like_text_is_harmless_in_the_reject_file(
    clinic: Container, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(HEAD + 'P1,,,,,,=HYPERLINK("x")\n', encoding="utf-8")
    (file,) = run(clinic, [path]).files
    assert file.reject_file is not None
    assert "'=HYPERLINK" in file.reject_file.read_text(encoding="utf-8-sig")


def test_stopping_keeps_whole_batches_and_can_go_on(clinic: Container, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = "".join(f"P{n},Ana,Person {n},01/01/1970,,,\n" for n in range(100))
    path.write_text(HEAD + rows, encoding="utf-8")
    options = ImportOptions(batch_size=10)
    report = clinic.importer.run([path], options, lambda done, _total, _text: done < 30)
    assert report.files[0].imported == 30
    assert not report.finished
    assert report.sentences()[0].startswith("list.csv: 30 of 100 rows read: 30 imported")
    again = clinic.importer.run([path], options)
    assert (again.total("merged"), again.total("imported")) == (30, 70)


def test_one_unreadable_file_does_not_stop_the_others(
    clinic: Container, files: list[Path], tmp_path: Path
) -> None:
    bad = tmp_path / "notes.csv"
    bad.write_text("hello\n", encoding="utf-8")
    report = run(clinic, [bad, *files])
    assert "does not look like a list" in report.files[0].error
    assert report.total("imported") == 12


def test_a_diary_is_judged_with_its_list(clinic: Container, files: list[Path]) -> None:
    diary, _ = files
    alone = clinic.importer.preview(diary)
    together = clinic.importer.preview(diary, None, files)
    assert alone.counts == {"import": 1, "merge": 0, "reject": 10}
    assert together.counts == {"import": 8, "merge": 0, "reject": 3}
    assert clinic.queries.patient_identities() == []


MANY = 12_000
"""So many that the import is still busy when it is killed at its first batch."""


@pytest.mark.alone
def test_a_killed_import_leaves_whole_batches_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = "".join(f"P{n},Ana,Person {n},01/01/1970,,,\n" for n in range(MANY))
    path.write_text(HEAD + rows, encoding="utf-8")
    data = tmp_path / "data"
    command = [sys.executable, "-m", "clinic_desk", "import", "--data", str(data), "--json"]
    victim = subprocess.Popen([*command, str(path)], cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 200
    while not _patients(data) and time.monotonic() < deadline:
        assert victim.poll() is None
        time.sleep(0.05)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    kept = _patients(data, "rw")  # what the killed one left has to be put in order first
    assert 0 < kept < MANY
    assert kept % ImportOptions().batch_size == 0
    done = subprocess.run(
        [*command, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    counts = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert (counts["merged"], counts["imported"]) == (kept, MANY - kept)
    assert counts["rows"] == counts["merged"] + counts["imported"] + counts["rejected"]


def _patients(data: Path, mode: str = "ro") -> int:
    from sqlcipher3 import dbapi2

    files = list(data.glob("*.db"))
    if not files:
        return 0
    connection = None
    try:
        connection = dbapi2.connect(f"file:{files[0]}?mode={mode}", uri=True)
        return int(connection.execute("SELECT count(*) FROM patient").fetchone()[0])
    except dbapi2.Error:
        return 0  # the file is there, its tables are not yet
    finally:
        if connection is not None:
            connection.close()
