"""The real window on the real store (demo clinic), driven by real keys and clicks."""

from __future__ import annotations

import itertools
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.app import paths
from clinic_desk.domain.appointments import Status
from clinic_desk.services.commands import ChangeStatus, ImportBatch
from clinic_desk.services.views import Cell
from clinic_desk.ui.actions import ACTIONS, SAVED_VIEW, SECTIONS, key_groups, plain_text
from clinic_desk.ui.application import Unexpected, build_window, shut
from clinic_desk.ui.look import style
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.widgets.name_prompt import NamePrompt
from tests.fakes.front_desk import FrontDesk, open_desk

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
TODAY = date(2026, 11, 24)


class Untold:
    """``services.diagnosis.Diagnosis`` of a window without a program around it."""

    def report(self) -> str:
        return ""

    def metrics(self) -> str:
        return ""


@dataclass
class Clinic:
    """The front desk in the shape that ``application`` asks for."""

    front: FrontDesk
    resources: Path = field(default_factory=paths.resources)

    def __getattr__(self, name: str) -> Any:
        if name in ("queries", "maintenance"):
            return getattr(self.front.store, name)
        if name in ("actor", "new_id", "clock"):
            return getattr(self.front.context, name)
        if name == "desk":
            return self.front.desk
        if name == "practice":
            return ()
        if name in ("views", "courier"):
            # what is looked at, and what goes out, is the program's own container's
            return None
        if name == "diagnosis":
            return Untold()
        raise AttributeError(name)

    @property
    def importer(self) -> Any:
        from clinic_desk.integrations.importing import FileImporter

        return FileImporter(self.desk, self.queries, self.clock, self.new_id)

    @property
    def public_holidays(self) -> Any:
        from clinic_desk.integrations.public_holidays import LibraryHolidays

        return LibraryHolidays()

    @property
    def exporter(self) -> Any:
        from clinic_desk.integrations.exporting import FileExporter

        return FileExporter(self.queries, self.clock)

    def close(self) -> None:
        self.front.close()


@pytest.fixture
def clinic(tmp_path: Path, qtbot: QtBot) -> Iterator[Clinic]:
    front = open_desk(tmp_path, Theme.for_tests())
    yield Clinic(front)
    front.close()


def opened(clinic: Clinic, qtbot: QtBot) -> MainWindow:
    theme = Theme.for_tests()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style.apply(app, theme)
    window = build_window(clinic, theme)
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(lambda: window.roster.roster is not None)
    qtbot.waitUntil(lambda: bool(cells(window)))
    qtbot.waitUntil(lambda: window.isActiveWindow() and QApplication.focusWidget() is not None)
    return window


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


def cells(window: MainWindow) -> list[Cell]:
    data = window.page.grid().slice
    return list(data.cells) if data is not None else []


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, mods: Any = None) -> None:
    """Where the keyboard is; a dialog that closes gives it back to the window a moment later."""
    if QApplication.activeWindow() is None:
        window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is not None)
    target = QApplication.focusWidget() or window
    qtbot.keyClick(target, key, mods or Qt.KeyboardModifier.NoModifier)


def visit(window: MainWindow, status: Status) -> Cell:
    """One with a name that the test keyboard can type."""
    return next(
        cell
        for cell in cells(window)
        if cell.status is status and cell.patient_id and cell.listed_name.isascii()
    )


class TestTable:
    def test_no_key_is_given_twice(self) -> None:
        keys = [key for spec in ACTIONS for key in spec.keys]
        keys += [f"Alt+{number}" for number in range(1, 10)]
        assert len(keys) == len(set(keys))
        assert {spec.section for spec in ACTIONS} == set(SECTIONS)

    def test_every_listed_action_is_in_the_menu_once(self, window: MainWindow) -> None:
        menu = window.toolbar.menu_button.menu()
        found: list[str] = []

        def walk(part: QMenu) -> None:
            for action in part.actions():
                if action.menu() is not None:
                    walk(action.menu())
                elif not action.isSeparator():
                    found.append(action.objectName())

        walk(menu)
        assert sorted(found) == sorted(spec.id for spec in ACTIONS if spec.listed)

    def test_the_overlay_lists_every_key(self, window: MainWindow) -> None:
        rows = [row for group in key_groups() for row in group.rows]
        texts = " ".join(text for _, text in rows)
        for spec in ACTIONS:
            if spec.keys:
                assert plain_text(spec.text).rstrip("…") in texts
        press_keys = [keys for keys, _ in rows]
        assert "Ctrl+F or /" in press_keys
        window.actions_["help.keys"].trigger()
        assert window.cards.keys.isVisible()
        assert window.cards.keys.shown_rows() > len(rows)
        window.cards.keys.dismiss()

    def test_f10_opens_the_menu(self, window: MainWindow, qtbot: QtBot) -> None:
        menu = window.toolbar.menu_button.menu()
        seen: list[bool] = []
        menu.aboutToShow.connect(lambda: QTimer.singleShot(0, close))

        def close() -> None:
            seen.append(menu.isVisible())
            menu.close()

        press(qtbot, window, Qt.Key.Key_F10)
        qtbot.waitUntil(lambda: seen == [True])


class TestOpening:
    def test_it_opens_on_today_with_everybody(self, window: MainWindow, qtbot: QtBot) -> None:
        assert window.toolbar.date.shown == "Tue 24 Nov 2026"
        assert window.windowTitle().endswith("· Clinic Desk")
        rows = window.sidebar.columns.columns.rows
        roster = window.roster.roster
        assert roster is not None
        assert [row.id for row in rows] == window.choices.doctors(roster)
        qtbot.waitUntil(lambda: any(row.booked for row in window.sidebar.columns.columns.rows))
        booked = {row.id: row.booked for row in window.sidebar.columns.columns.rows}
        stored = {
            load.doctor_id: load.load.booked
            for load in window.context.operations.queries.loads(TODAY, TODAY)
        }
        assert booked == stored
        assert window.status.store_words == "All saved"

    def test_the_grid_has_the_keyboard(self, window: MainWindow) -> None:
        assert window.centre.isAncestorOf(QApplication.focusWidget())

    def test_it_comes_back_as_it_was_left(self, clinic: Clinic, qtbot: QtBot) -> None:
        first = opened(clinic, qtbot)
        roster = first.roster.roster
        assert roster is not None
        hidden = first.choices.doctors(roster)[1]
        press(qtbot, first, Qt.Key.Key_F9)
        press(qtbot, first, Qt.Key.Key_F8)
        first.choices.show_column(hidden, False)
        first.set_view("week")
        first.resize(1500, 820)
        shut(first)
        second = opened(clinic, qtbot)
        try:
            assert second.choices.view == second.page.view == "week"
            assert hidden in second.choices.hidden
            assert second.sidebar.isHidden()
            assert second.shelf.collapsed
            assert second.settings.get("window.size") == [1500, 820]
        finally:
            shut(second)


class TestMovingInTime:
    def test_views_by_key_and_by_click(self, window: MainWindow, qtbot: QtBot) -> None:
        for key, view in (
            (Qt.Key.Key_2, "week"), (Qt.Key.Key_3, "month"),
            (Qt.Key.Key_4, "agenda"), (Qt.Key.Key_1, "day"),
        ):  # fmt: skip
            press(qtbot, window, key, CTRL)
            assert window.page.view == view
            checked = [
                b.text() for b in window.toolbar.views.findChildren(QPushButton) if b.isChecked()
            ]
            assert checked == [view.capitalize()]
        button = next(
            b for b in window.toolbar.views.findChildren(QPushButton) if b.text() == "Week"
        )
        qtbot.mouseClick(button, LEFT)
        assert window.page.view == "week"
        assert window.toolbar.date.shown == "23–29 Nov 2026"

    def test_steps_and_today(self, window: MainWindow, qtbot: QtBot) -> None:
        press(qtbot, window, Qt.Key.Key_Right, ALT)
        assert window.day == TODAY + timedelta(days=1)
        assert window.toolbar.date.shown == "Wed 25 Nov 2026"
        press(qtbot, window, Qt.Key.Key_Left, ALT)
        press(qtbot, window, Qt.Key.Key_Left, ALT)
        assert window.day == TODAY - timedelta(days=1)
        press(qtbot, window, Qt.Key.Key_T, CTRL)
        assert window.day == TODAY
        qtbot.mouseClick(window.toolbar.forward, LEFT)
        assert window.day == TODAY + timedelta(days=1)

    def test_go_to_date(self, window: MainWindow, qtbot: QtBot) -> None:
        press(qtbot, window, Qt.Key.Key_G, CTRL)
        qtbot.keyClicks(window.cards.jump.field, "+2w")
        qtbot.keyClick(window.cards.jump.field, Qt.Key.Key_Return)
        assert window.day == TODAY + timedelta(days=14)
        assert window.page.day == window.day

    def test_the_month_under_the_date_button(self, window: MainWindow, qtbot: QtBot) -> None:
        qtbot.mouseClick(window.toolbar.date, LEFT)
        assert window.cards.month.isVisible()
        qtbot.keyClick(window.cards.month.month, Qt.Key.Key_Down)
        qtbot.keyClick(window.cards.month.month, Qt.Key.Key_Return)
        assert not window.cards.month.isVisible()
        assert window.day == TODAY + timedelta(days=7)

    def test_zoom_by_key_moves_the_box(self, window: MainWindow, qtbot: QtBot) -> None:
        press(qtbot, window, Qt.Key.Key_Equal, CTRL)
        assert window.toolbar.zoom.currentText() == "10 min"
        press(qtbot, window, Qt.Key.Key_Minus, CTRL)
        press(qtbot, window, Qt.Key.Key_Minus, CTRL)
        assert window.toolbar.zoom.currentText() == "30 min"


class TestColumns:
    def test_a_click_hides_and_shows(self, window: MainWindow, qtbot: QtBot) -> None:
        lines = window.sidebar.columns
        row = lines.columns.rows[0]
        spot = lines.visualRect(lines.columns.index(0)).center()
        qtbot.mouseClick(lines.viewport(), LEFT, pos=spot)
        assert row.id in window.choices.hidden
        qtbot.waitUntil(lambda: row.id not in (window.page.doctor_ids or []))
        lines.setFocus()
        qtbot.keyClick(lines, Qt.Key.Key_Space)
        assert row.id not in window.choices.hidden

    def test_only_one_then_all(self, window: MainWindow, qtbot: QtBot) -> None:
        lines = window.sidebar.columns
        row = lines.columns.rows[2]
        spot = lines.visualRect(lines.columns.index(2)).center()
        qtbot.mouseDClick(lines.viewport(), LEFT, pos=spot)
        assert window.page.doctor_ids == [row.id]
        link = next(b for b in window.sidebar.findChildren(QPushButton) if b.text() == "All")
        qtbot.mouseClick(link, LEFT)
        assert len(window.page.doctor_ids or []) == len(lines.columns.rows)

    def test_nobody_selected_is_explained(self, window: MainWindow, qtbot: QtBot) -> None:
        window.choices.set_hidden({row.id for row in window.sidebar.columns.columns.rows})
        assert window.centre.page == "empty"
        button = window.centre.empty.findChild(QPushButton)
        assert button is not None
        qtbot.mouseClick(button, LEFT)
        assert window.centre.page == "calendar"
        assert window.page.doctor_ids

    def test_rooms(self, window: MainWindow, qtbot: QtBot) -> None:
        link = next(b for b in window.sidebar.findChildren(QPushButton) if b.text() == "Rooms")
        qtbot.mouseClick(link, LEFT)
        assert window.page.group == "room"
        roster = window.roster.roster
        assert roster is not None
        names = [row.name for row in window.sidebar.columns.columns.rows]
        assert len(names) == len(roster.rooms)
        assert link.text() == "Doctors"

    def test_saved_views(self, window: MainWindow, qtbot: QtBot) -> None:
        first = window.sidebar.columns.columns.rows[0].id
        window.choices.show_column(first, False)
        window.actions_["saved.add"].trigger()
        card = window.findChild(NamePrompt)
        assert card is not None
        qtbot.keyClick(card.field, Qt.Key.Key_Return)
        assert card.isVisible(), "a view needs a name"
        qtbot.keyClicks(card.field, " Without  Demir ")
        qtbot.keyClick(card.field, Qt.Key.Key_Return)
        assert [view.name for view in window.choices.saved] == ["Without Demir"]
        assert "Alt+1" in window.toast.text
        window.choices.show_column(first, True)
        assert window.choices.current_saved() is None
        window.page.focus_grid()
        press(qtbot, window, Qt.Key.Key_1, ALT)
        assert first in window.choices.hidden
        assert window.choices.current_saved() == 0
        press(qtbot, window, Qt.Key.Key_9, ALT)
        assert window.centre.message.message is not None
        assert "saved view 9" in window.centre.message.message.sentence

    def test_a_deleted_view_can_be_restored(self, window: MainWindow, qtbot: QtBot) -> None:
        window.choices.save_as("Mine")
        window.sidebar.saved._delete(0)
        assert window.choices.saved == ()
        button = window.toast.findChild(QPushButton)
        assert button is not None
        assert button.text() == "Undo"
        qtbot.mouseClick(button, LEFT)
        qtbot.waitUntil(lambda: [view.name for view in window.choices.saved] == ["Mine"])


class TestPanes:
    def test_f6_goes_round(self, window: MainWindow, qtbot: QtBot) -> None:
        window.shelf.set_collapsed(True)
        order = [window.toolbar, window.sidebar, window.centre]
        seen = []
        for _ in range(4):
            press(qtbot, window, Qt.Key.Key_F6)
            focus = QApplication.focusWidget()
            seen.append(next(i for i, pane in enumerate(order) if pane.isAncestorOf(focus)))
        assert seen == [0, 1, 2, 0]
        press(qtbot, window, Qt.Key.Key_F6, SHIFT)
        assert window.centre.isAncestorOf(QApplication.focusWidget())

    def test_f8_and_f9_fold(self, window: MainWindow, qtbot: QtBot) -> None:
        press(qtbot, window, Qt.Key.Key_F9)
        assert window.sidebar.isHidden()
        assert not window.actions_["pane.sidebar"].isChecked()
        press(qtbot, window, Qt.Key.Key_F9)
        assert not window.sidebar.isHidden()
        press(qtbot, window, Qt.Key.Key_F8)
        assert window.shelf.collapsed
        assert not window.actions_["pane.shelf"].isChecked()


class TestFinding:
    def test_a_patient_by_keyboard(self, window: MainWindow, qtbot: QtBot) -> None:
        patient = visit(window, Status.SCHEDULED)
        press(qtbot, window, Qt.Key.Key_F, CTRL)
        assert window.search.edit.hasFocus()
        qtbot.keyClicks(window.search.edit, f"{patient.last_name} {patient.first_name}")
        qtbot.keyClick(window.search.edit, Qt.Key.Key_Return, SHIFT)
        qtbot.waitUntil(window.doors.patient_card.isVisible)
        view = window.doors.patient_card.view
        assert view is not None
        assert view.patient.last_name == patient.last_name
        window.doors.patient_card.reject()

    def test_the_next_visit_is_shown_in_the_calendar(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        patient = next(
            c for c in cells(window) if c.patient_id and c.start > window.context.clock.now()
        )
        window.go_to(TODAY + timedelta(days=30))
        window.search.visit_requested.emit(patient.id)
        qtbot.waitUntil(lambda: window.day == TODAY)
        qtbot.waitUntil(
            lambda: (found := window.page.current_cell()) is not None and found.id == patient.id
        )

    def test_slash_reaches_the_search_and_is_typed_in_it(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        press(qtbot, window, Qt.Key.Key_Slash)
        assert window.search.edit.hasFocus()
        qtbot.keyClicks(window.search.edit, "4/3/88")
        assert window.search.edit.text() == "4/3/88"

    def test_the_palette_finds_commands_doctors_dates_and_patients(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        card = window.cards.palette

        def titles() -> list[str]:
            entries = [card.model.entry(row) for row in range(card.model.rowCount())]
            return [entry.title for entry in entries if entry]

        press(qtbot, window, Qt.Key.Key_K, CTRL)
        qtbot.keyClicks(card.field, "backup")
        assert "Back up now" in titles()
        card.field.clear()
        qtbot.keyClicks(card.field, "tomorrow")
        assert titles()[0] == "Go to Wednesday 25 November 2026"
        card.field.clear()
        doctor = window.sidebar.columns.columns.rows[1]
        qtbot.keyClicks(card.field, doctor.name.split()[-1])
        assert doctor.name in titles()
        card.field.clear()
        patient = visit(window, Status.SCHEDULED)
        qtbot.keyClicks(card.field, patient.last_name)
        qtbot.waitUntil(lambda: any(t.startswith(patient.last_name) for t in titles()))
        card.field.clear()
        qtbot.keyClicks(card.field, "theme dark")
        qtbot.keyClick(card.field, Qt.Key.Key_Return)
        assert window.context.theme.name == "dark"
        assert window.actions_["theme.dark"].isChecked()


class TestWork:
    def select(self, window: MainWindow, qtbot: QtBot, status: Status) -> Cell:
        cell = visit(window, status)
        window.page.select_visit(cell.id)
        grid = window.page.grid()
        qtbot.waitUntil(lambda: grid.cell_rect(cell.id) is not None)
        qtbot.mouseClick(grid.viewport(), LEFT, pos=grid.cell_rect(cell.id).center())
        qtbot.waitUntil(lambda: window.sidebar.card.cell is not None)
        return cell

    def test_the_card_changes_a_status_and_the_toast_takes_it_back(
        self, window: MainWindow, qtbot: QtBot, clinic: Clinic
    ) -> None:
        cell = self.select(window, qtbot, Status.SCHEDULED)
        button = next(
            b for b in window.sidebar.card.findChildren(QPushButton) if b.text() == "Confirm"
        )
        qtbot.mouseClick(button, LEFT)
        qtbot.waitUntil(lambda: bool(window.toast.text))
        assert clinic.queries.appointment(cell.id).cell.status is Status.CONFIRMED
        undo = window.toast.findChild(QPushButton)
        assert undo is not None
        qtbot.mouseClick(undo, LEFT)
        qtbot.waitUntil(lambda: window.toast.text.startswith("Undone"))
        assert clinic.queries.appointment(cell.id).cell.status is Status.SCHEDULED

    def test_undo_and_redo_carry_the_step_s_name(
        self, window: MainWindow, qtbot: QtBot, clinic: Clinic
    ) -> None:
        undo, redo = window.actions_["edit.undo"], window.actions_["edit.redo"]
        assert not undo.isEnabled()
        cell = self.select(window, qtbot, Status.SCHEDULED)
        window.visits.set_status(Status.CONFIRMED)
        qtbot.waitUntil(lambda: cell.last_name in undo.text())
        assert undo.isEnabled()
        window.page.focus_grid()
        press(qtbot, window, Qt.Key.Key_Z, CTRL)
        qtbot.waitUntil(lambda: cell.last_name in redo.text() and not undo.isEnabled())
        assert redo.isEnabled()
        press(qtbot, window, Qt.Key.Key_Y, CTRL)
        qtbot.waitUntil(lambda: cell.last_name in undo.text() and not redo.isEnabled())
        assert clinic.queries.appointment(cell.id).cell.status is Status.CONFIRMED

    def test_undo_is_refused_honestly_when_another_desk_was_there(
        self, window: MainWindow, qtbot: QtBot, clinic: Clinic
    ) -> None:
        cell = self.select(window, qtbot, Status.SCHEDULED)
        window.visits.set_status(Status.CONFIRMED)
        qtbot.waitUntil(lambda: cell.last_name in window.actions_["edit.undo"].text())
        clinic.front.other_desk().execute(ChangeStatus(appointment_id=cell.id, to=Status.ARRIVED))
        window.page.focus_grid()
        press(qtbot, window, Qt.Key.Key_Z, CTRL)
        qtbot.waitUntil(lambda: window.centre.message.message is not None)
        message = window.centre.message.message
        assert message is not None
        assert "Maria" in message.sentence
        assert clinic.queries.appointment(cell.id).cell.status is Status.ARRIVED

    def test_another_desks_change_appears_by_itself(
        self, window: MainWindow, qtbot: QtBot, clinic: Clinic
    ) -> None:
        cell = visit(window, Status.SCHEDULED)
        clinic.front.other_desk().execute(ChangeStatus(appointment_id=cell.id, to=Status.CONFIRMED))

        def shown() -> bool:
            now = next(c for c in cells(window) if c.id == cell.id)
            return now.status is Status.CONFIRMED

        qtbot.waitUntil(shown, timeout=5000)

    def test_backup_now(self, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
        window.actions_["file.backup"].trigger()
        qtbot.waitUntil(lambda: window.toast.text.startswith("Backed up"))
        assert window.centre.page == "backup"
        (made,) = (tmp_path / "backups").glob("*-manual.clinicdesk")
        assert made.stat().st_size > 0

    def test_a_clash_is_listed_and_leads_to_the_finder(
        self, window: MainWindow, qtbot: QtBot, clinic: Clinic
    ) -> None:
        before = len(clinic.queries.clashes())
        busy = visit(window, Status.SCHEDULED)
        values = {
            "id": clinic.new_id(), "import_key": "clash", "doctor_id": busy.doctor_id,
            "location_id": busy.location_id, "patient_id": busy.patient_id,
            "type_id": busy.type_id, "room_id": busy.room_id, "status": Status.SCHEDULED,
            "start": busy.start, "end": busy.end,
            "blocked_start": busy.blocked_start, "blocked_end": busy.blocked_end,
        }  # fmt: skip
        clinic.front.other_desk().execute(
            ImportBatch(file_digest="x", batch=1, appointments=(values,))
        )
        window.actions_["file.clashes"].trigger()
        dialog = window.doors.clashes
        qtbot.waitUntil(lambda: dialog.rows.rowCount() == before + 1)
        dialog.find_time()
        qtbot.waitUntil(lambda: window.centre.page == "finder")
        dialog.reject()

    def test_ctrl_n_opens_booking_and_ctrl_j_the_finder(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        press(qtbot, window, Qt.Key.Key_J, CTRL)
        assert window.centre.page == "finder"
        assert not window.toolbar.zoom.isEnabled()
        assert window.shelf.collapsed
        window.set_view("day")
        assert window.centre.page == "calendar"
        assert not window.shelf.collapsed
        press(qtbot, window, Qt.Key.Key_N, CTRL)
        assert window.doors.booking.isVisible()
        window.doors.booking.reject()


class TestTrouble:
    def test_a_bug_is_told_once_and_logged_without_its_text(
        self,
        window: MainWindow,
        qtbot: QtBot,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        guard = Unexpected(window)
        guard.window = window
        try:
            error = ValueError("Ana Lee, penicillin")
            with caplog.at_level(logging.ERROR):
                for _ in range(3):
                    sys.excepthook(ValueError, error, None)
                qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)))
            boxes = window.findChildren(QMessageBox)
            assert len(boxes) == 1
            assert "Ana" not in boxes[0].text() + boxes[0].informativeText()
            assert "ValueError" in caplog.text
            assert "Ana" not in caplog.text
            boxes[0].close()
        finally:
            guard.remove()

    def test_saved_view_keys_are_all_there(self, window: MainWindow) -> None:
        for number in range(1, 10):
            action = window.actions_[SAVED_VIEW.format(number)]
            assert action.shortcut().toString() == f"Alt+{number}"


LONGEST = date(2026, 9, 30)
"""A Wednesday in the month with the longest name, in a week of two months."""


@pytest.mark.parametrize("view", ["day", "week", "month"])
@pytest.mark.parametrize("scale", [0.9, 1.0, 1.5])
@pytest.mark.parametrize("width", [960, 1280, 1366, 1920])
def test_no_control_of_the_toolbar_is_clipped_or_overlapped(
    window: MainWindow, qtbot: QtBot, width: int, scale: float, view: str
) -> None:
    window.context.theme.scale = scale
    window.resize(width, 720)
    window.set_view(view)
    window.go_to(LONGEST)
    bar = window.toolbar
    qtbot.waitUntil(lambda: bar.width() == width and str(LONGEST.year) in bar.date.shown)
    bar.layout().activate()
    children = bar.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    shown = [w for w in children if w.isVisible()]
    always = {bar.menu_button, bar.back, bar.forward, bar.date, bar.search, bar.new}
    assert always <= set(shown)
    assert bar.views.isVisible() != bar.view_box.isVisible()
    for one, other in itertools.combinations(shown, 2):
        assert not one.geometry().intersects(other.geometry()), (one, other)
    for widget in shown:
        assert bar.rect().adjusted(0, 4, 0, -4).contains(widget.geometry()), widget
        assert widget.width() >= widget.minimumSizeHint().width(), widget
        assert widget.height() > widget.fontMetrics().height(), widget


def test_the_views_are_in_a_list_where_the_toolbar_is_narrow(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.context.theme.scale = 1.5
    window.resize(960, 720)
    box = window.toolbar.view_box
    qtbot.waitUntil(box.isVisible)
    assert box.currentText() == "Day"
    box.setFocus()
    press(qtbot, window, Qt.Key.Key_W)
    assert window.choices.view == "week"
    assert box.currentText() == "Week"
    press(qtbot, window, Qt.Key.Key_1, CTRL)
    assert box.currentText() == "Day"
