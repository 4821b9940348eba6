"""Series in the real window: moved, edited and cancelled with one question, exported and taken in
again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import FINAL, Status
from clinic_desk.domain.availability import choosable_types
from clinic_desk.domain.recurrence import local_of, local_text
from clinic_desk.integrations.importing import FileImporter
from clinic_desk.services.commands import CancelAppointment, MoveAppointment, Scope, Undo
from clinic_desk.services.series_commands import BookSeries, ChangeSeries, SeriesMade
from clinic_desk.services.views import Cell
from clinic_desk.ui.application import shut
from clinic_desk.ui.importing.dialog import ImportDialog
from clinic_desk.ui.importing.exporting import ExportDialog
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.series.page import SeriesPage
from clinic_desk.ui.widgets.forms.reason import ReasonDialog
from clinic_desk.ui.widgets.series_scope import SeriesScopePopover
from tests.fakes.front_desk import FrontDesk, open_desk
from tests.fakes.series_ground import free_place
from tests.ui.test_shell_window import Clinic, opened

FIRST = date(2027, 1, 11)
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Desk:
    """The window on the day of the third of six weekly visits."""

    def __init__(self, front: FrontDesk, window: MainWindow) -> None:
        self.front, self.window = front, window
        self.doctor, self.day, clock = free_place(front, "FREQ=WEEKLY;COUNT=6", FIRST)
        queries = front.store.queries
        kinds = choosable_types(queries.roster(), self.doctor)
        made = front.desk.execute(
            BookSeries(
                patient_id=queries.search_patients("lee ana")[0].id,
                doctor_id=self.doctor,
                type_id=next(kind.id for kind in kinds if kind.slug != "new-patient"),
                rule="FREQ=WEEKLY;COUNT=6",
                local_start=f"{self.day}T{clock}",
                minutes=30,
            )
        ).value
        assert isinstance(made, SeriesMade)
        self.ids = made.visit_ids
        self.before = [self.cell(n).start for n in range(6)]

    def cell(self, number: int) -> Cell:
        return self.front.store.queries.appointment(self.ids[number]).cell

    def moved(self) -> list[int]:
        """By how many minutes each visit has moved."""
        return [round((self.cell(n).start - self.before[n]).total_seconds() / 60) for n in range(6)]

    def by_hand(self, number: int) -> None:
        cell, hour = self.cell(number), timedelta(minutes=90)
        self.front.desk.execute(
            MoveAppointment(
                appointment_id=cell.id, expected_revision=None, start=cell.start + hour,
                end=cell.end + hour, outside_hours=True,
            )
        )  # fmt: skip

    def go(self, number: int) -> None:
        """That visit has the cursor in the calendar."""
        window, cell = self.window, self.cell(number)
        window.visits.show_cell(cell)
        self.front.settle(
            lambda: (
                (current := window.page.grid().current_cell()) is not None and current.id == cell.id
            )
        )
        window.page.focus_grid()

    def nudge(self) -> SeriesScopePopover:
        grid = self.window.page.grid()
        QTest.keyClick(grid.viewport(), Qt.Key.Key_Down, CONTROL | SHIFT)
        desk = self.window.page.gestures.desk
        self.front.settle(lambda: desk.popover is not None)
        assert desk.popover is not None
        return desk.popover

    def rest(self) -> None:
        window = self.window
        self.front.settle(lambda: not window.context.operations._pending)


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    front = open_desk(tmp_path, Theme.for_tests())
    window = opened(Clinic(front), qtbot)
    yield Desk(front, window)
    shut(window)
    QApplication.processEvents()
    front.close()


def test_a_nudge_of_all_keeps_the_one_changed_by_hand(desk: Desk) -> None:
    desk.by_hand(4)
    desk.go(2)
    popover = desk.nudge()
    assert popover.only.hasFocus()
    desk.front.settle(popover.include.isVisible)
    assert "the visit that was changed by hand" in popover.include.text()
    QTest.mouseClick(popover.all, Qt.MouseButton.LeftButton)
    desk.front.settle(lambda: desk.moved()[2] != 0)
    desk.rest()
    step = desk.moved()[2]
    assert desk.moved() == [step, step, step, step, 90, step]
    desk.front.desk.execute(Undo())
    assert desk.moved() == [0, 0, 0, 0, 90, 0]


def test_with_the_box_ticked_it_goes_along(desk: Desk) -> None:
    desk.by_hand(4)
    desk.go(2)
    popover = desk.nudge()
    desk.front.settle(popover.include.isVisible)
    popover.include.setFocus()
    QTest.keyClick(popover.include, Qt.Key.Key_Space)
    assert popover.include.isChecked()
    popover.following.click()
    desk.front.settle(lambda: desk.moved()[2] != 0)
    desk.rest()
    step = desk.moved()[2]
    assert desk.moved() == [0, 0, step, step, 90 + step, step]


def test_only_this_leaves_the_others(desk: Desk) -> None:
    desk.go(2)
    popover = desk.nudge()
    QTest.keyClick(popover, Qt.Key.Key_Return)
    desk.front.settle(lambda: desk.moved()[2] != 0)
    desk.rest()
    assert [bool(minutes) for minutes in desk.moved()] == [False, False, True, False, False, False]


def test_an_edit_on_the_card_asks_once_at_save(desk: Desk) -> None:
    desk.window.doors.visit(desk.ids[2])
    card = desk.window.doors.appointment
    desk.front.settle(card.isVisible)
    assert card.series_button.isVisible()
    card.notes.setPlainText("Bring the X-rays")
    assert card.findChild(SeriesScopePopover) is None
    QTest.keyClick(card.notes, Qt.Key.Key_S, CONTROL)
    popover = card.scope.popover
    assert popover is not None
    popover.following.click()
    desk.front.settle(
        lambda: desk.front.store.queries.appointment(desk.ids[5]).values["notes"] != ""
    )
    notes = [
        desk.front.store.queries.appointment(row_id).values["notes"] or "" for row_id in desk.ids
    ]
    assert notes == ["", "", *["Bring the X-rays"] * 4]
    desk.rest()
    card.reject()


def test_delete_cancels_the_following_ones_in_one_step(desk: Desk) -> None:
    desk.by_hand(4)
    desk.go(2)
    QTest.keyClick(desk.window.page.grid().viewport(), Qt.Key.Key_Delete)
    card = desk.window.findChild(ReasonDialog)
    assert card is not None
    card.scope.setCurrentIndex(1)
    assert card.chosen_scope is Scope.FOLLOWING
    desk.front.settle(card.include.isVisible)
    QTest.keyClicks(card.reason, "Moved away")
    QTest.keyClick(card.reason, Qt.Key.Key_Return)
    desk.front.settle(lambda: desk.cell(5).status is Status.CANCELLED)
    gone = [desk.cell(n).status in FINAL for n in range(6)]
    assert gone == [False, False, True, True, False, True]
    desk.front.desk.execute(Undo())
    assert not any(desk.cell(n).status in FINAL for n in range(6))


def test_e_opens_the_series_from_the_calendar(desk: Desk) -> None:
    desk.go(2)
    QTest.keyClick(desk.window.page.grid().viewport(), Qt.Key.Key_E)
    page = desk.window.centre.shown_page
    assert isinstance(page, SeriesPage)
    desk.front.settle(lambda: len(page.list.rows.rows) == 6)
    row = page.list.current
    assert row is not None
    assert row.visit_id == desk.ids[2]
    assert page.list.hasFocus(), "its keys work at once"
    QTest.keyClick(page.list, Qt.Key.Key_Escape)
    assert desk.window.centre.page == "calendar"


def test_what_an_unsaved_change_kept_from_is_done_after_it(desk: Desk) -> None:
    """Another page was wanted: it comes once the change is saved, or dropped."""
    desk.window.show_page("series", desk.ids[2])
    page = desk.window.centre.shown_page
    assert isinstance(page, SeriesPage)
    desk.front.settle(lambda: len(page.list.rows.rows) == 6)
    for answer in ("Discard", "Save changes"):
        QTest.mouseClick(page.form.later, Qt.MouseButton.LeftButton)
        desk.front.settle(lambda: page.previewing.draft is not None and not page.previewing.busy)
        QTest.keyClick(desk.window, Qt.Key.Key_W, CONTROL | SHIFT)
        assert desk.window.centre.page == "series"
        desk.front.settle(page.message.isVisible)
        button = next(b for b in page.message.findChildren(QPushButton) if b.text() == answer)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        desk.front.settle(lambda: desk.window.centre.page == "waitlist")
        desk.window.show_page("series", desk.ids[2])
        desk.front.settle(lambda: page.read is not None and page.form.isEnabled())
        assert not page.pending
    week = 7 * 24 * 60
    assert desk.moved() == [0, 0, week, week, week, week]


def test_a_series_that_is_cancelled_whole_says_that_no_date_is_left(desk: Desk) -> None:
    desk.front.desk.execute(
        CancelAppointment(appointment_id=desk.ids[0], reason="moved away", scope=Scope.ALL)
    )
    desk.window.show_page("series", desk.ids[3])
    page = desk.window.centre.shown_page
    assert isinstance(page, SeriesPage)
    desk.front.settle(lambda: "No date is left" in page.subtitle.text())
    assert not page.form.isEnabled()
    assert "one by one (B)" in page.summary.text()
    assert len(page.list.rows.rows) == 6
    page.list.choose_visit(desk.ids[3])
    QTest.keyClick(page.list, Qt.Key.Key_B)
    desk.front.settle(lambda: page.form.isEnabled())
    assert desk.cell(3).status is Status.SCHEDULED
    assert page.summary.text().endswith(": 1 visit")


def test_what_is_exported_is_taken_in_again_without_loss(desk: Desk, tmp_path: Path) -> None:
    desk.by_hand(4)
    desk.window.actions_["file.export"].trigger()
    dialog = desk.window.findChild(ExportDialog)
    assert dialog is not None
    desk.front.settle(dialog.isVisible)
    dialog.first.setText("someday")
    assert dialog.wish() is None
    assert "no day" in dialog.message.sentence
    dialog.first.setText("11.1.2027")
    dialog.last.setText("+1y")
    wish = dialog.wish()
    assert wish is not None
    bad = tmp_path / "no such folder" / "visits.ics"
    dialog.export_to(bad, wish)
    desk.front.settle(lambda: "cannot be written" in dialog.message.sentence)
    path = tmp_path / "visits.ics"
    dialog.export_to(path, wish)
    desk.front.settle(lambda: not dialog.isVisible())
    (tmp_path / "other").mkdir()
    other = open_desk(tmp_path / "other", Theme.for_tests())
    importer = FileImporter(other.desk, other.store.queries, other.clock, other.context.new_id)
    taking = ImportDialog(other.context, importer)
    taking.show()
    taking.add_files([path])
    other.settle(lambda: taking.preview_rows() > 0)
    taking.start()
    other.settle(lambda: taking.report is not None, seconds=30)
    queries = other.store.queries
    week = timedelta(weeks=7)
    theirs = [
        c for c in queries.cells(desk.day, desk.day + week)
        if c.last_name == "Lee" and c.series_id is not None
    ]  # fmt: skip
    assert [c.start for c in theirs] == [desk.cell(n).start for n in range(6)]
    (series_id,) = {str(c.series_id) for c in theirs}
    assert queries.series(series_id).series.rule.startswith("FREQ=WEEKLY")
    taking.close()
    other.close()


def test_the_parts_of_a_series_lead_to_each_other(desk: Desk) -> None:
    """From the fourth on at another hour: two rules, a button from one to the other, and the
    earlier one's cancellation takes the later one with it."""
    fourth = desk.cell(3)
    desk.front.desk.execute(
        ChangeSeries(
            appointment_id=fourth.id, scope=Scope.FOLLOWING,
            local_start=local_text(local_of(fourth.start, "Europe/London") + timedelta(minutes=30)),
            include_changed=True,
        )
    )  # fmt: skip
    desk.window.show_page("series", desk.ids[0])
    page = desk.window.centre.shown_page
    assert isinstance(page, SeriesPage)
    desk.front.settle(lambda: len(page.list.rows.rows) == 3 and page.parts.later.isVisible())
    assert not page.parts.earlier.isVisible()
    QTest.mouseClick(page.parts.later, Qt.MouseButton.LeftButton)
    desk.front.settle(page.parts.earlier.isVisible)
    desk.front.settle(lambda: [r.visit_id for r in page.list.rows.rows] == list(desk.ids[3:]))
    assert not page.parts.later.isVisible()
    QTest.mouseClick(page.parts.earlier, Qt.MouseButton.LeftButton)
    desk.front.settle(lambda: [r.visit_id for r in page.list.rows.rows] == list(desk.ids[:3]))
    page.list.choose_visit(desk.ids[1])
    QTest.mouseClick(page.cancel_button, Qt.MouseButton.LeftButton)
    card = page.deeds.card
    assert card is not None
    desk.front.settle(card.isVisible)
    QTest.keyClicks(card.reason, "Treatment finished")
    QTest.keyClick(card.reason, Qt.Key.Key_Return)
    desk.front.settle(lambda: desk.cell(5).status is Status.CANCELLED)
    assert [desk.cell(n).status in FINAL for n in range(6)] == [False, *[True] * 5]
    desk.front.settle(lambda: not page.parts.later.isVisible())
