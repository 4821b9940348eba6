"""The tour's chapter about a former program's files: what comes in, what comes back, what waits."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from clinic_desk.services.views import Cell, PatientHit
from clinic_desk.ui.booking.clashes import ClashDialog
from clinic_desk.ui.booking.finder import FinderPage
from clinic_desk.ui.importing.dialog import ImportDialog
from clinic_desk.ui.tour.driver import TourFailed
from clinic_desk.ui.tour.scene import Scene

HEADINGS = ("Record no", "First name", "Last name", "Date of birth", "Mobile", "E-mail", "Notes")
PEOPLE = (
    ("OLD-0001", "Imogen", "Ashdown", "04/03/1988", "07700 900701", "", "Prefers mornings"),
    ("OLD-0002", "Ruben", "Castell", "19/11/1954", "07700 900702", "r.castell@example.org", ""),
    ("OLD-0003", "Yara", "Demirel", "30/02/1990", "07700 900703", "", "No such birthday"),
    ("OLD-0004", "", "", "12/07/1979", "07700 900704", "", "No name"),
    ("OLD-0005", "Piotr", "Ek", "01.08.2001", "07700 900705", "piotr.ek@example.org", ""),
)
GOOD = 3


def import_and_clashes(scene: Scene, known: PatientHit, folder: Path) -> None:
    driver = scene.driver
    driver.step("Take in a former program's patient list and diary")
    folder.mkdir(parents=True, exist_ok=True)
    taken = _somebodys_visit(scene)
    files = [_patients(folder, known), _diary(folder, taken, scene)]
    before = scene.queries.info().counts
    scene.command("import", "the import dialog")
    dialog = scene.shown(ImportDialog, "the import dialog opens")
    # the screen of the offscreen platform is smaller than the window
    dialog.move(scene.window.geometry().center() - dialog.rect().center())
    driver.drop_files(dialog, files)
    driver.did("dropped patients.csv and diary.ics on it")
    press = {button.text().replace("&", ""): button for button in dialog.findChildren(QPushButton)}
    list_of_files = dialog.files
    list_of_files.setCurrentRow(0)
    driver.wait(lambda: dialog.preview_rows() > 0, "the preview is read")
    driver.picture("import-preview", near=dialog)
    driver.require(scene.queries.info().counts == before, "nothing is written for a preview")
    driver.click(press["Import"])
    driver.wait(lambda: dialog.report is not None, "the import ends")
    report = dialog.report
    if report is None:
        raise TourFailed("the import told nothing")
    driver.picture("import-result", near=dialog)
    rows = report.total("rows")
    sums = report.total("imported") + report.total("merged") + report.total("rejected")
    driver.require(sums == rows == len(PEOPLE) + 1 + 2, f"the counts add up to the {rows} rows")
    driver.require(
        scene.queries.info().counts["patient"] == before["patient"] + GOOD,
        f"the store has {GOOD} patients more; the one it had was merged",
    )
    with (folder / "patients.rejected.csv").open(encoding="utf-8-sig", newline="") as rejected:
        given_back = list(csv.DictReader(rejected))
    driver.require(len(given_back) == report.files[0].rejected == 2, "two rows came back")
    driver.click(press["Open clash list"])
    clashes = scene.shown(ClashDialog, "the clash list opens")
    driver.wait(lambda: clashes.current is not None, "the clash is listed")
    waiting = scene.queries.clashes()
    driver.require(
        len(waiting) == clashes.rows.rowCount(), f"it lists the {len(waiting)} of the store"
    )
    driver.picture("clash-list", near=clashes)
    driver.key(Qt.Key.Key_Return)
    finder = scene.shown(FinderPage, "the finder looks for its time")
    driver.wait(lambda: finder.current is not None and not finder.searching, "openings are listed")
    finder.list.setFocus()
    driver.key(Qt.Key.Key_Return)
    driver.did("pressed Enter for a time, Enter for the first one")
    driver.wait(lambda: len(scene.queries.clashes()) == len(waiting) - 1, "it has its place")
    driver.checked("the store has it placed, and off the clash list")
    driver.wait(lambda: scene.grid_or_none() is not None, "the calendar is back")
    if dialog.isVisible():
        dialog.close()
    scene.grid().setFocus()


def _patients(folder: Path, known: PatientHit) -> Path:
    """Five rows of a former program, and one person whom the clinic has already."""
    path = folder / "patients.csv"
    born = known.birth_date.strftime("%d/%m/%Y") if known.birth_date else ""
    same = ("OLD-0006", known.first_name, known.last_name, born, known.phone, "", "")
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADINGS, *PEOPLE, same])
    return path


def _diary(folder: Path, taken: Cell, scene: Scene) -> Path:
    """Two visits of the newcomers: one on a free evening, one where somebody else is booked."""
    doctor = scene.queries.roster().doctors[taken.doctor_id].name
    later = taken.start + timedelta(days=84)
    events = [
        _event("old-1", "OLD-0001", "Imogen Ashdown", later, doctor),
        _event("old-2", "OLD-0002", "Ruben Castell", taken.start, doctor),
    ]
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//former program//EN\r\n"
    path = folder / "diary.ics"
    path.write_text(head + "".join(events) + "END:VCALENDAR\r\n", "utf-8", newline="")
    return path


def _event(uid: str, record: str, name: str, start: datetime, doctor: str) -> str:
    def stamp(instant: datetime) -> str:
        return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")

    lines = (
        "BEGIN:VEVENT",
        f"UID:{uid}@former",
        f"DTSTART:{stamp(start)}",
        f"DTEND:{stamp(start + timedelta(minutes=30))}",
        f"SUMMARY:{name} - Follow-up",
        f"CATEGORIES:{doctor}",
        f"X-RECORD-NO:{record}",
        "END:VEVENT",
    )
    return "\r\n".join(lines) + "\r\n"


def _somebodys_visit(scene: Scene) -> Cell:
    """A visit of another day, in a column that takes one at a time."""
    stored = scene.stored()
    day = scene.day_at(stored.start) + timedelta(days=1)
    for cell in scene.queries.calendar(day, day, [stored.doctor_id]).cells:
        if cell.patient_id and cell.end - cell.start >= timedelta(minutes=30):
            return cell
    raise TourFailed("nobody is booked on the day after")
