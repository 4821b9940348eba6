"""The disk is full while the desk is busy: one clear sentence, nothing lost from the fields,
nothing half saved, and on it goes once there is room."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability import find
from clinic_desk.domain.availability.model import Request
from clinic_desk.services.views import Cell
from clinic_desk.ui.application import shut
from clinic_desk.ui.importing.dialog import ImportDialog
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.patients.editing import QuickAddDialog
from tests.fakes.front_desk import FrontDesk, open_desk
from tests.fakes.small_disk import SmallDisk
from tests.ui.test_shell_drag import Hand
from tests.ui.test_shell_window import CTRL, SHIFT, TODAY, Clinic, cells, opened, press

SENTENCE = "The disk is full, so nothing was saved. Free some space and try again."
ENTER = Qt.Key.Key_Return
COUNTED = ("patient", "appointment")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    made = SmallDisk(tmp_path / "disk")
    yield made
    made.close()


@pytest.fixture
def front(disk: SmallDisk) -> Iterator[FrontDesk]:
    made = open_desk(disk.folder, Theme.for_tests())
    disk.bound(made.store)
    yield made
    assert made.store.maintenance.verify() == []
    made.close()


@pytest.fixture
def window(front: FrontDesk, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(Clinic(front), qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


def stored(front: FrontDesk) -> dict[str, int]:
    counts = front.store.queries.info().counts
    return {kind: counts[kind] for kind in COUNTED}


def said(window: MainWindow) -> list[str]:
    """The sentence, wherever it can be read now."""
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    labels = {label for w in shown for label in w.findChildren(QLabel) if label.isVisible()}
    return [label.text() for label in labels if "disk is full" in label.text()]


def visits(front: FrontDesk, patient_id: str) -> set[str]:
    return {cell.id for cell in front.store.queries.patient(patient_id).visits}


def test_a_booking_waits_in_its_fields_until_there_is_room(
    window: MainWindow, front: FrontDesk, disk: SmallDisk, qtbot: QtBot
) -> None:
    patient = front.store.queries.search_patients("lee ana")[0]
    before = visits(front, patient.id)
    window.doors.book(patient.id)
    dialog = window.doors.booking
    front.settle(lambda: dialog.openings.current and dialog.hold.hold_id)
    dialog.fold.setChecked(True)
    QTest.keyClicks(dialog.reason, "Knee since Sunday")
    chosen = dialog.openings.current
    disk.fill()
    QTest.keyClick(dialog.reason, ENTER, CTRL)
    front.settle(lambda: said(window))
    assert said(window) == [SENTENCE]
    assert dialog.isVisible()
    assert dialog.draft.patient == patient
    assert dialog.reason.text == "Knee since Sunday"
    assert dialog.openings.current == chosen
    assert visits(front, patient.id) == before
    disk.make_room()
    (again,) = [b for b in dialog.message.buttons() if b.text() == "Try again"]
    assert again.hasFocus()
    QTest.keyClick(again, Qt.Key.Key_Space)
    front.settle(lambda: not dialog.isVisible())
    (fresh,) = visits(front, patient.id) - before
    made = front.store.queries.appointment(fresh)
    assert chosen is not None
    assert (made.cell.start, made.cell.doctor_id) == (chosen.slot.start, chosen.slot.doctor_id)
    assert made.values["reason"] == "Knee since Sunday"


def test_a_new_caller_is_neither_half_on_file_nor_forgotten(
    window: MainWindow, front: FrontDesk, disk: SmallDisk, qtbot: QtBot
) -> None:
    before = stored(front)
    disk.fill()
    press(qtbot, window, Qt.Key.Key_N, CTRL | SHIFT)
    dialog = window.findChild(QuickAddDialog)
    assert dialog is not None
    fields = dialog.fields.lines
    for name, text in (("last_name", "Zwack"), ("first_name", "Ottilie"), ("phone", "02079460999")):
        if name in fields:
            QTest.keyClicks(fields[name], text)
    typed = dialog.fields.typed()
    QTest.keyClick(fields["last_name"], ENTER)
    front.settle(lambda: said(window))
    assert said(window) == [SENTENCE]
    assert dialog.isVisible()
    assert dialog.fields.typed() == typed
    assert stored(front) == before
    disk.make_room()
    QTest.keyClick(fields["last_name"], ENTER)
    front.settle(lambda: not dialog.isVisible())
    assert stored(front) == {**before, "patient": before["patient"] + 1}
    assert front.store.queries.search_patients("zwack")[0].first_name == "Ottilie"


def drag(window: MainWindow, cell: Cell, by: int) -> None:
    hand = Hand(window)
    hand.take(cell)
    grid = window.page.grid()
    rect = grid.cell_rect(cell.id)
    assert rect is not None
    hand.to(grid.viewport().mapToGlobal(rect.center() + QPoint(0, by)))
    hand.let_go()


def a_move(window: MainWindow, front: FrontDesk) -> tuple[Cell, timedelta]:
    """A booked visit ahead, and by how much later its doctor has another place for it."""
    snapshot, now = front.store.queries.snapshot(TODAY, TODAY), front.clock.now()
    for cell in cells(window):
        if cell.status is not Status.SCHEDULED or cell.start <= now or "parked" in cell.flags:
            continue
        request = Request(
            type_id=cell.type_id,
            first=TODAY,
            last=TODAY,
            now=now,
            doctor_ids=(cell.doctor_id,),
            patient_id=cell.patient_id,
            duration=int((cell.end - cell.start).total_seconds() // 60),
            ignore_ids=frozenset({cell.id}),
        )
        for slot in find(snapshot, request):
            if abs(slot.start - cell.start) in (timedelta(minutes=30), timedelta(minutes=60)):
                return cell, slot.start - cell.start
    raise AssertionError("no visit has another place near")


def test_a_drag_leaves_the_visit_where_it_is(
    window: MainWindow, front: FrontDesk, disk: SmallDisk, qtbot: QtBot
) -> None:
    cell, later = a_move(window, front)
    queries = front.store.queries
    disk.fill()
    by = round(later.total_seconds() / 60 * window.page.grid().per_minute)
    drag(window, cell, by)
    front.settle(lambda: said(window))
    assert said(window) == [SENTENCE]
    kept = queries.appointment(cell.id).cell
    assert (kept.start, kept.doctor_id) == (cell.start, cell.doctor_id)
    drawn = window.page.grid().arrangement.by_id[cell.id].cell
    assert drawn.start == cell.start
    disk.make_room()
    drag(window, cell, by)
    front.settle(lambda: queries.appointment(cell.id).cell.start == cell.start + later)
    front.settle(lambda: said(window) == [])


def test_an_import_takes_in_all_of_a_batch_or_nothing_and_goes_on(
    window: MainWindow, front: FrontDesk, disk: SmallDisk, tmp_path: Path, qtbot: QtBot
) -> None:
    before = stored(front)
    people = [f"X{n},Imogen,Ashdown{n},{n:05d} a long note about her" for n in range(2000)]
    source = tmp_path / "list.csv"
    source.write_text("\n".join(["Record no,First name,Last name,Notes", *people]), "utf-8")
    window.doors.import_files()
    dialog = window.findChild(ImportDialog)
    assert dialog is not None
    dialog.add_files([source])
    front.settle(lambda: dialog.preview_rows() > 0)
    (result,) = [t for t in dialog.findChildren(QPlainTextEdit) if "Result" in t.accessibleName()]
    words = result.toPlainText
    (start,) = [b for b in dialog.findChildren(QPushButton) if b.text() == "&Import"]
    disk.fill()
    QTest.mouseClick(start, Qt.MouseButton.LeftButton)
    front.settle(lambda: "disk is full" in words())
    assert words().count("disk is full") == 1
    assert stored(front) == before
    assert dialog.files.count() == 1
    disk.make_room()
    front.settle(start.isEnabled)
    QTest.mouseClick(start, Qt.MouseButton.LeftButton)
    front.settle(lambda: dialog.report is not None)
    assert dialog.report is not None
    assert dialog.report.total("imported") == len(people)
    assert stored(front) == {**before, "patient": before["patient"] + len(people)}
    dialog.reject()
