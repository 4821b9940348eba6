"""Undo and redo of holds, settings and imports, by keys in the real window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.spans import at_local
from clinic_desk.services.commands import EditPatient, SaveSetting
from clinic_desk.services.views import Cell
from clinic_desk.ui.application import shut
from clinic_desk.ui.booking.appointment import AppointmentDialog
from clinic_desk.ui.importing.dialog import ImportDialog
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.main_window.undoing import Undoing
from clinic_desk.ui.runtime.settings import Declared, Settings
from tests.fakes.front_desk import FrontDesk, open_desk
from tests.fakes.late import late
from tests.ui.test_shell_window import CTRL, TODAY, Clinic, cells, opened, press, visit

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def front(tmp_path: Path, qtbot: QtBot) -> Iterator[FrontDesk]:
    assert qtbot is not None
    made = open_desk(tmp_path, Theme.for_tests())
    yield made
    assert made.store.maintenance.verify() == []
    made.close()


@pytest.fixture
def window(front: FrontDesk, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(Clinic(front), qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


def undo(window: MainWindow, qtbot: QtBot, label: str) -> None:
    """Ctrl+Z once the menu names the step."""
    action = window.actions_["edit.undo"]
    qtbot.waitUntil(lambda: label in action.text() and action.isEnabled())
    window.page.focus_grid()
    press(qtbot, window, Qt.Key.Key_Z, CTRL)


def redo(window: MainWindow, qtbot: QtBot, label: str) -> None:
    action = window.actions_["edit.redo"]
    qtbot.waitUntil(lambda: label in action.text() and action.isEnabled())
    window.page.focus_grid()
    press(qtbot, window, Qt.Key.Key_Y, CTRL)


# Keys pressed ahead


def test_undo_and_redo_pressed_before_their_names_are_read_are_done(
    window: MainWindow, qtbot: QtBot
) -> None:
    """The very first step of the day: the menu does not know it yet when Ctrl+Z comes."""
    undo_action, redo_action = window.actions_["edit.undo"], window.actions_["edit.redo"]
    assert not undo_action.isEnabled()
    theme = window.context.theme
    window.page.focus_grid()
    with late(Undoing):
        window.actions_["theme.dark"].trigger()
        press(qtbot, window, Qt.Key.Key_Z, CTRL)
        qtbot.waitUntil(lambda: theme.choice == "system")
        press(qtbot, window, Qt.Key.Key_Y, CTRL)
        qtbot.waitUntil(lambda: theme.name == "dark")
    qtbot.waitUntil(lambda: "Dark theme" in undo_action.text() and not redo_action.isEnabled())


def test_undo_with_nothing_to_take_back_behind_a_write_says_so(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.page.focus_grid()
    window.actions_["pane.shelf"].trigger()  # is remembered, and no step
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: window.centre.message.message is not None)
    message = window.centre.message.message
    assert message is not None
    assert "nothing to undo" in message.sentence
    qtbot.waitUntil(lambda: not window.actions_["edit.undo"].isEnabled())


# Holds


def go_to_free_time(window: MainWindow) -> None:
    """Puts the cursor where nothing stands, late in the afternoon."""
    grid = window.page.grid()
    for column in grid.columns:
        start = at_local(TODAY, 16 * 60 + 15, column.zone)
        grid.place_cursor(column, start)
        if grid.current_cell() is None and window.page.actions_.doctor_at(column, start, None):
            return
    raise AssertionError("no free time on display")


def held(window: MainWindow) -> list[Cell]:
    return [cell for cell in cells(window) if cell.status is Status.HELD]


def test_h_then_undo_then_redo_then_delete(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    before = {cell.id for cell in held(window)}
    window.page.focus_grid()
    go_to_free_time(window)
    press(qtbot, window, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: len(held(window)) == len(before) + 1)
    (fresh,) = [cell for cell in held(window) if cell.id not in before]
    undo(window, qtbot, "Hold")
    qtbot.waitUntil(lambda: {cell.id for cell in held(window)} == before)
    redo(window, qtbot, "Hold")
    qtbot.waitUntil(lambda: fresh.id in {cell.id for cell in held(window)})
    window.page.select_visit(fresh.id)
    qtbot.waitUntil(lambda: [c.id for c in window.page.grid().selected_cells()] == [fresh.id])
    window.page.focus_grid()
    press(qtbot, window, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: {cell.id for cell in held(window)} == before)
    undo(window, qtbot, "Release")
    qtbot.waitUntil(lambda: fresh.id in {cell.id for cell in held(window)})


def test_a_hold_that_runs_out_leaves_the_menu(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    window.page.focus_grid()
    go_to_free_time(window)
    press(qtbot, window, Qt.Key.Key_H)
    action = window.actions_["edit.undo"]
    qtbot.waitUntil(lambda: "Hold" in action.text())
    front.clock.advance(seconds=200)
    window.page.grid().hold_ended.emit()
    qtbot.waitUntil(lambda: not action.isEnabled())


# On a visit's card


def opened_card(window: MainWindow, qtbot: QtBot, visit_id: str) -> AppointmentDialog:
    window.doors.visit(visit_id)
    card = window.doors.appointment
    qtbot.waitUntil(lambda: card.isVisible() and card.isActiveWindow())
    qtbot.waitUntil(lambda: card.status_buttons["confirmed"].isEnabled())
    return card


def test_a_step_on_the_card_is_taken_back_on_it(window: MainWindow, qtbot: QtBot) -> None:
    booked = visit(window, Status.SCHEDULED)

    def status() -> Status:
        return next(cell.status for cell in cells(window) if cell.id == booked.id)

    card = opened_card(window, qtbot, booked.id)
    QTest.mouseClick(card.status_buttons["confirmed"], LEFT)
    qtbot.waitUntil(lambda: status() is Status.CONFIRMED)
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: status() is Status.SCHEDULED)
    qtbot.waitUntil(lambda: card.status_buttons["confirmed"].isEnabled())
    press(qtbot, window, Qt.Key.Key_Y, CTRL)
    qtbot.waitUntil(lambda: status() is Status.CONFIRMED)
    card.reject()


def test_a_text_on_the_card_takes_its_typing_back_first(window: MainWindow, qtbot: QtBot) -> None:
    booked = visit(window, Status.SCHEDULED)
    card = opened_card(window, qtbot, booked.id)
    was = card.reason.text

    def on_file() -> object:
        view = window.context.operations.queries.appointment(booked.id)
        return view.values.get("reason") or ""

    card.reason.setFocus()
    QTest.keyClicks(card.reason, "a")
    QTest.keyClick(card.reason, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: on_file() != was)
    saved = card.reason.text
    qtbot.waitUntil(lambda: card.typed() == {} and not card.reason.document().isUndoAvailable())
    QTest.keyClicks(card.reason, "b")
    QTest.keyClick(card.reason, Qt.Key.Key_Z, CTRL)
    assert card.reason.text == saved
    QTest.keyClick(card.reason, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: on_file() == was)
    qtbot.waitUntil(lambda: card.reason.text == was)
    card.reject()


# Settings


def test_a_theme_goes_back_and_forth_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    theme = window.context.theme
    window.actions_["theme.dark"].trigger()
    assert theme.name == "dark"
    undo(window, qtbot, "Dark theme")
    qtbot.waitUntil(lambda: theme.choice == "system")
    assert window.actions_["theme.system"].isChecked()
    assert not window.actions_["theme.dark"].isChecked()
    redo(window, qtbot, "Dark theme")
    qtbot.waitUntil(lambda: theme.name == "dark")
    assert window.actions_["theme.dark"].isChecked()


def test_text_size_letters_and_columns_go_back(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["text.larger"].trigger()
    scale = window.context.theme.scale
    window.actions_["grid.letters"].trigger()
    first = window.sidebar.columns.columns.rows[0]
    window.sidebar.hide_column(first.id)
    assert first.id in window.choices.hidden
    undo(window, qtbot, f"Hide {first.name}".replace("&", "&&"))
    qtbot.waitUntil(lambda: first.id not in window.choices.hidden)
    grid = window.page.grid()
    qtbot.waitUntil(lambda: any(column.doctor_id == first.id for column in grid.columns))
    undo(window, qtbot, "Single letters off")
    qtbot.waitUntil(lambda: window.actions_["grid.letters"].isChecked())
    undo(window, qtbot, "Text size")
    qtbot.waitUntil(lambda: window.context.theme.scale != scale)


def test_saved_views_keep_the_order_and_go_back(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    roster = window.roster.roster
    assert roster is not None
    ids = window.choices.doctors(roster)
    window.choices.reorder(roster, [*ids[1:], ids[0]])
    window.choices.save_as("Mine")
    undo(window, qtbot, "Save the view “Mine”")
    qtbot.waitUntil(lambda: window.choices.saved == ())
    redo(window, qtbot, "Save the view “Mine”")
    qtbot.waitUntil(lambda: [view.name for view in window.choices.saved] == ["Mine"])
    window.choices.reorder(roster, ids)
    assert window.choices.doctors(roster) == ids
    assert window.choices.current_saved() is None
    window.choices.apply_saved(0)
    assert window.choices.doctors(roster) == [*ids[1:], ids[0]]
    assert window.choices.current_saved() == 0
    window.choices.rename_saved(0, "Ours")
    undo(window, qtbot, "Rename the view")
    qtbot.waitUntil(lambda: [view.name for view in window.choices.saved] == ["Mine"])


def test_what_a_window_remembers_is_no_step(window: MainWindow, qtbot: QtBot) -> None:
    window.choices.set_zoom(5)
    window.actions_["pane.sidebar"].trigger()
    window.choices.set_view("week")
    operations = window.context.operations
    with qtbot.waitSignal(operations.committed):
        window.actions_["pane.shelf"].trigger()
    session = window.context.actor.session_id
    assert operations.queries.undo_state(session).undo_label == ""


def test_a_clinics_setting_changed_at_another_desk_is_followed(
    front: FrontDesk, qtbot: QtBot
) -> None:
    declared = (
        Declared("clinic.greeting", str, "Hello", "Greeting", "clinic"),
        Declared("look.theme", str, "system", "Theme"),
    )
    settings = Settings(front.context.operations, declared=declared)
    heard: list[str] = []
    settings.followed.connect(heard.append)
    other = front.other_desk()
    other.execute(SaveSetting(key="clinic.greeting", value="Good day", scope="clinic"))
    other.execute(SaveSetting(key="look.theme", value="dark"))
    front.context.operations.announce_external()
    qtbot.waitUntil(lambda: settings.get("clinic.greeting") == "Good day")
    assert settings.get("look.theme") == "system"
    assert heard == ["clinic.greeting"]


# Imports


def a_list(folder: Path, rows: int = 40) -> Path:
    path = folder / "list.csv"
    lines = [f"X{i},Imogen{i},Ashdown{i}" for i in range(rows)]
    path.write_text("\n".join(["Record no,First name,Last name", *lines]) + "\n", "utf-8")
    return path


def imported(window: MainWindow, qtbot: QtBot, path: Path) -> ImportDialog:
    window.actions_["file.import"].trigger()
    dialog = window.findChild(ImportDialog)
    assert dialog is not None
    dialog.add_files([path])
    qtbot.waitUntil(lambda: dialog.preview_rows() > 0)
    QTest.mouseClick(button(dialog, "Import"), LEFT)
    qtbot.waitUntil(lambda: dialog.report is not None)
    return dialog


def button(dialog: ImportDialog, text: str) -> QPushButton:
    (found,) = [b for b in dialog.findChildren(QPushButton) if b.text().replace("&", "") == text]
    return found


def patients(front: FrontDesk) -> int:
    return front.store.queries.info().counts["patient"]


def test_an_import_goes_by_ctrl_z_and_comes_back_by_ctrl_y(
    window: MainWindow, front: FrontDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    before = patients(front)
    dialog = imported(window, qtbot, a_list(tmp_path))
    assert patients(front) == before + 40
    QTest.mouseClick(button(dialog, "Close"), LEFT)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    undo(window, qtbot, "Import list.csv: 40 rows")
    qtbot.waitUntil(lambda: patients(front) == before)
    redo(window, qtbot, "Import list.csv: 40 rows")
    qtbot.waitUntil(lambda: patients(front) == before + 40)


def test_the_result_page_takes_the_import_back(
    window: MainWindow, front: FrontDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    before = patients(front)
    dialog = imported(window, qtbot, a_list(tmp_path))
    take_back = button(dialog, "Take back this import")
    assert take_back.isVisible()
    QTest.mouseClick(take_back, LEFT)
    assert not take_back.isVisible()
    qtbot.waitUntil(lambda: "was taken back" in dialog._result.toPlainText())
    assert patients(front) == before
    assert not take_back.isVisible()
    QTest.mouseClick(button(dialog, "Import"), LEFT)
    qtbot.waitUntil(lambda: dialog.report is not None and dialog.report.total("imported") == 40)
    assert patients(front) == before + 40
    dialog.reject()


def test_an_import_somebody_worked_with_is_not_taken_back_and_says_whose_row(
    window: MainWindow, front: FrontDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = imported(window, qtbot, a_list(tmp_path))
    after = patients(front)
    (hit,) = front.store.queries.search_patients("Ashdown7")
    front.other_desk().execute(EditPatient(patient_id=hit.id, values={"email": "i@example.org"}))
    QTest.mouseClick(button(dialog, "Take back this import"), LEFT)
    qtbot.waitUntil(lambda: "Nothing was taken back" in dialog._result.toPlainText())
    assert "Ashdown7, Imogen7" in dialog._result.toPlainText()
    assert patients(front) == after
    dialog.reject()


def test_while_files_are_taken_in_nothing_is_undone(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    window.actions_["theme.dark"].trigger()
    action = window.actions_["edit.undo"]
    qtbot.waitUntil(lambda: "Dark theme" in action.text())
    window.doors.importing.emit(True)
    window.page.focus_grid()
    press(qtbot, window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: window.centre.message.message is not None)
    message = window.centre.message.message
    assert message is not None
    assert "being imported" in message.sentence
    assert window.context.theme.name == "dark"
    window.doors.importing.emit(False)
    undo(window, qtbot, "Dark theme")
    qtbot.waitUntil(lambda: window.context.theme.choice == "system")
