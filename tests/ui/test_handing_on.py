"""Files out of the real window: from menu, card, agenda and search; importing beside them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from clinic_desk.services.paper_commands import HANDED_ON_KEY
from clinic_desk.ui.importing.dialog import ImportDialog
from clinic_desk.ui.importing.exporting import ExportDialog
from clinic_desk.ui.main_window import MainWindow
from tests.ui.test_shell_window import CTRL, cells, press

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


pytestmark = pytest.mark.usefixtures("long_waits")


def exporting(window: MainWindow, qtbot: QtBot) -> ExportDialog:
    qtbot.waitUntil(lambda: window.findChild(ExportDialog) is not None)
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.isVisible() and dialog.doctor.count() > 1)
    return dialog


def asked(dialog: Any) -> QFileDialog:
    (asking,) = [one for one in dialog.findChildren(QFileDialog) if one.isVisible()]
    return asking


def noted(window: MainWindow) -> dict[str, Any]:
    value: Any = window.context.operations.queries.setting(HANDED_ON_KEY, "clinic")
    return dict(value)


def pick(box: Any, value: object) -> None:
    row = box.findData(value)
    box.setCurrentIndex(row)
    box.activated.emit(row)


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def answer(asking: QFileDialog, path: Path) -> None:
    """As the file dialog does when a name was typed and Save pressed."""
    asking.fileSelected.emit(str(path))
    asking.reject()


def test_a_doctors_visits_as_a_table_by_keys(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.actions_["file.export"].trigger()
    dialog = exporting(window, qtbot)
    doctor = cells(window)[0].doctor_id
    pick(dialog.doctor, doctor)
    pick(dialog.format, ".csv")
    assert "spreadsheet" in dialog.told.text()
    assert "patients’ names" in dialog.told.text()
    dialog.first.setFocus()
    qtbot.keyClick(dialog.first, Key.Key_Return)
    asking = asked(dialog)
    assert asking.selectedFiles()[0].endswith(".csv")
    answer(asking, tmp_path / "visits.csv")
    qtbot.waitUntil(lambda: not dialog.isVisible())
    rows = table(tmp_path / "visits.csv")
    name = window.context.operations.queries.roster().doctors[doctor].name
    assert rows
    assert {row["Doctor"] for row in rows} == {name}
    assert noted(window)["format"] == "csv"
    assert noted(window)["subject"] == doctor
    assert name in noted(window)["what"]


def test_ctrl_e_in_the_search_hands_on_who_was_found(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    press(qtbot, window, Key.Key_F, CTRL)
    qtbot.keyClicks(window.search.edit, "singh")
    qtbot.keyClick(window.search.edit, Key.Key_E, CTRL)
    dialog = exporting(window, qtbot)
    assert dialog.matching.text() == "singh"
    assert not dialog.format.isVisible()
    dialog.matching.clear()
    qtbot.keyClick(dialog.matching, Key.Key_Return)
    assert "Say whom" in dialog.message.sentence
    assert dialog.matching.hasFocus()
    qtbot.keyClicks(dialog.matching, "singh")
    qtbot.keyClick(dialog.matching, Key.Key_Return)
    answer(asked(dialog), tmp_path / "found.csv")
    qtbot.waitUntil(lambda: not dialog.isVisible())
    rows = table(tmp_path / "found.csv")
    assert rows
    assert all("singh" in f"{row['Surname']} {row['First name']}".lower() for row in rows)
    assert noted(window)["what"] == "Patients found by a search"


def test_visits_of_the_patients_whom_a_search_finds_as_a_calendar(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.actions_["file.export"].trigger()
    dialog = exporting(window, qtbot)
    dialog.first.clear()
    dialog.last.clear()
    qtbot.keyClicks(dialog.matching, "singh")
    qtbot.mouseClick(dialog.export_button, LEFT)
    answer(asked(dialog), tmp_path / "found.ics")
    qtbot.waitUntil(lambda: not dialog.isVisible())
    events = Calendar.from_ical((tmp_path / "found.ics").read_bytes()).walk("VEVENT")
    assert events
    assert all("singh" in str(event["summary"]).lower() for event in events)


def test_the_agendas_rows_are_handed_on_as_they_are_shown(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.set_view("agenda")
    qtbot.waitUntil(lambda: window.page.agenda.model.visits > 0)
    agenda = window.page.agenda
    qtbot.keyClicks(agenda.text, "zzzzqqqq")
    assert not agenda.export.isEnabled()
    agenda.text.clear()
    qtbot.keyClicks(agenda.text, "singh")
    shown = agenda.shown()
    qtbot.mouseClick(agenda.export, LEFT)
    dialog = exporting(window, qtbot)
    assert "singh" in dialog.what.currentText()
    pick(dialog.format, ".csv")
    qtbot.mouseClick(dialog.export_button, LEFT)
    answer(asked(dialog), tmp_path / "agenda.csv")
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert len(table(tmp_path / "agenda.csv")) == len(shown)
    assert noted(window)["rows"] == len(shown)


@pytest.mark.parametrize("ending", [".ics", ".csv"])
def test_a_card_saves_its_visit(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, ending: str
) -> None:
    cell = next(cell for cell in cells(window) if cell.patient_id is not None)
    window.doors.visit(cell.id)
    card = window.doors.appointment
    qtbot.waitUntil(lambda: card.isVisible() and card.view is not None)
    menu = card.hand_on.menu
    qtbot.mouseClick(card.hand_on.button, LEFT)
    qtbot.waitUntil(menu.isVisible)
    qtbot.keyClick(menu, Key.Key_C if ending == ".ics" else Key.Key_T)
    qtbot.waitUntil(lambda: not menu.isVisible())
    path = tmp_path / f"visit{ending}"
    answer(asked(card), path)
    qtbot.waitUntil(lambda: "Exported 1 visit" in card.message.sentence)
    if ending == ".ics":
        assert len(Calendar.from_ical(path.read_bytes()).walk("VEVENT")) == 1
    else:
        (row,) = table(path)
        assert row["Code"] == cell.confirmation_code
    assert noted(window)["subject"] == cell.id
    card.hand_on.save(tmp_path / "none" / f"visit{ending}")
    qtbot.waitUntil(lambda: "cannot be written" in card.message.sentence)
    card.reject()


def test_importing_is_reached_from_the_same_dialog(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["file.export"].trigger()
    dialog = exporting(window, qtbot)
    qtbot.mouseClick(dialog.import_button, LEFT)
    qtbot.waitUntil(lambda: window.findChild(ImportDialog) is not None)
    taking = window.findChild(ImportDialog)
    assert taking is not None
    qtbot.waitUntil(taking.isVisible)
    assert not dialog.isVisible()
    taking.reject()
    qtbot.waitUntil(lambda: not taking.isVisible())
