"""Dragging with real mouse events on a real grid and a real store: every row of ux.md 2.3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.domain.permissions import DEFAULTS, Role
from clinic_desk.services.commands import (
    CopyAppointment,
    MoveAppointment,
    MoveTogether,
    ParkAppointment,
    Scope,
    Undo,
)
from clinic_desk.ui.calendar.gestures_status import DragStatus
from clinic_desk.ui.geometry.gesture_machine import Means, State
from clinic_desk.ui.look.theme import Theme
from tests.fakes.drag_stage import DAY, Stage, at

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def stage(tmp_path: Path, qtbot: QtBot) -> Iterator[Stage]:
    stage = Stage(tmp_path, Theme.for_tests())
    qtbot.addWidget(stage)
    stage.show()
    stage.activateWindow()
    stage.settle(lambda: stage.ready)
    yield stage
    stage.shut()


def to(stage: Stage, row: str, doctor: str, clock: str) -> QPoint:
    """Where the pointer must go so that a visit grabbed at ``hold`` starts at that time."""
    return stage.spot(doctor, clock) + QPoint(0, 8)


def test_moves_across_time(stage: Stage) -> None:
    stage.drag(stage.hold("rossi"), to(stage, "rossi", "roy", "13:00"))
    stage.rest()
    command = stage.last_command()
    assert isinstance(command, MoveAppointment)
    assert (command.start, command.end) == (at("13:00"), at("13:30"))
    assert command.expected_revision == 1
    assert stage.row("rossi").start == at("13:00")
    assert stage.toasts == [("Moved to Tue 13:00, Dr Roy", True)]
    assert stage.spoken[-1] == "Moved to Tue 13:00, Dr Roy"
    assert stage.grid.current_cell() == stage.cell("rossi")


def test_moves_to_another_doctor_and_undo_brings_it_back(stage: Stage) -> None:
    stage.drag(stage.hold("rossi"), to(stage, "rossi", "iyer", "10:30"))
    stage.rest()
    row = stage.row("rossi")
    assert (row.doctor_id, row.start, row.room_id) == ("iyer", at("10:30"), "room-iyer")
    assert stage.toasts == [("Moved to Tue 10:30, Dr Iyer", True)]
    stage.gate.execute(Undo())
    row = stage.row("rossi")
    assert (row.doctor_id, row.start, row.room_id) == ("roy", at("11:30"), "room-roy")


def test_moves_to_another_room_in_the_room_view(stage: Stage) -> None:
    stage.rooms = True
    stage.load()
    stage.settle(lambda: stage.grid.columns and stage.grid.columns[0].room_id)
    column = next(c for c in stage.grid.columns if c.room_id == "room-iyer")
    rect = stage.grid.span_rect(column, at("11:30"), at("12:00"))
    stage.drag(stage.hold("rossi"), QPoint(rect.left() + 40, rect.top() + 8))
    stage.rest()
    row = stage.row("rossi")
    assert (row.doctor_id, row.room_id, row.start) == ("roy", "room-iyer", at("11:30"))


def test_moves_to_another_day_in_the_week(stage: Stage) -> None:
    stage.week = True
    stage.load()
    stage.settle(lambda: len(stage.grid.columns) == 5)
    friday = DAY + timedelta(days=3)
    stage.drag(stage.hold("hall"), stage.spot("wu", "15:00", day=friday) + QPoint(0, 8))
    stage.rest()
    assert stage.row("hall").start == at("15:00", friday)


def test_keeps_the_grab_offset_and_snaps_to_the_slot(stage: Stage) -> None:
    start = stage.hold("rossi", dy=30)
    stage.drag(start, start + QPoint(0, 24 * 6 + 9))
    stage.rest()
    assert stage.row("rossi").start == at("13:00")


def test_magnet_at_the_end_of_a_neighbour(stage: Stage) -> None:
    stage.grid.set_zoom(30)
    stage.drag(stage.hold("rossi"), stage.spot("roy", "10:45") + QPoint(0, 11), drop=False)
    proposal = stage.control.proposal
    assert proposal is not None
    assert proposal.lead.target.start == at("10:45")
    stage.control.cancel()
    stage.rest()


def test_shift_snaps_to_five_minutes(stage: Stage) -> None:
    start = stage.hold("rossi")
    goal = to(stage, "rossi", "iyer", "10:30") + QPoint(0, 16)
    stage.press(start)
    stage.move((start + goal) / 2)
    stage.move(goal)
    assert stage.control.proposal is not None
    assert stage.control.proposal.lead.target.start == at("10:45")
    QTest.keyPress(stage.grid, Qt.Key.Key_Shift)
    assert stage.control.proposal.lead.target.start == at("10:40")
    QTest.keyRelease(stage.grid, Qt.Key.Key_Shift)
    assert stage.control.proposal.lead.target.start == at("10:45")
    QTest.keyPress(stage.grid, Qt.Key.Key_Shift)
    stage.release(goal, Qt.KeyboardModifier.ShiftModifier)
    stage.rest()
    assert stage.row("rossi").start == at("10:40")


def test_a_click_moves_nothing_and_selects(stage: Stage) -> None:
    at_hall = stage.hold("hall")
    stage.press(at_hall)
    stage.move(at_hall + QPoint(3, 3))
    stage.release(at_hall + QPoint(3, 3))
    assert stage.control.gesture.state is State.IDLE
    assert stage.grid.selected_ids == ["hall"]
    assert stage.gate.commands == []


def test_dropping_at_its_own_place_does_nothing(stage: Stage) -> None:
    start = stage.hold("hall")
    stage.drag(start, start + QPoint(0, 120), start + QPoint(0, 2))
    stage.rest()
    assert stage.gate.commands == []
    assert stage.toasts == []


class TestResize:
    def edge(self, stage: Stage, row: str) -> QPoint:
        rect = stage.grid.cell_rect(row)
        assert rect is not None
        return QPoint(rect.left() + 40, rect.bottom() - 2)

    def test_bottom_edge(self, stage: Stage) -> None:
        start = self.edge(stage, "lee")
        stage.drag(start, start + QPoint(0, 24))
        stage.rest()
        assert (stage.row("lee").start, stage.row("lee").end) == (at("09:30"), at("10:15"))
        assert stage.toasts == [("Now 09:30–10:15, 45 min", True)]

    def test_top_edge(self, stage: Stage) -> None:
        rect = stage.grid.cell_rect("hall")
        assert rect is not None
        top = QPoint(rect.left() + 40, rect.top() + 1)
        stage.drag(top, top - QPoint(0, 24))
        stage.rest()
        assert (stage.row("hall").start, stage.row("hall").end) == (at("10:45"), at("11:30"))

    def test_stops_at_the_first_conflict_and_says_why(self, stage: Stage) -> None:
        start = self.edge(stage, "hall")
        stage.drag(start, start + QPoint(0, 120), drop=False)
        assert stage.control.proposal is not None
        assert stage.control.proposal.lead.target.end == at("11:45")
        chip = stage.control.scene.picture.chip
        assert chip is not None
        assert chip.sentence == "Stops here: Dr Wu is booked 11:45–12:15 (J. Park)."
        assert chip.verdict is Verdict.WARN
        stage.release(start + QPoint(0, 120))
        stage.rest()
        assert stage.row("hall").end == at("11:45")

    def test_never_shorter_than_the_least(self, stage: Stage) -> None:
        start = self.edge(stage, "hall")
        stage.drag(start, start - QPoint(0, 90))
        stage.rest()
        assert stage.row("hall").end == at("11:15")


class TestCopy:
    def test_ctrl_copies(self, stage: Stage) -> None:
        goal = to(stage, "hall", "iyer", "10:00")
        start = stage.hold("hall")
        stage.press(start)
        stage.move((start + goal) / 2)
        QTest.keyPress(stage.grid, Qt.Key.Key_Control)
        QTest.mouseMove(stage.grid.viewport(), goal)
        stage.control.modifiers_changed(CTRL)
        assert all(g.copy for g in stage.control.scene.picture.ghosts)
        stage.release(goal, CTRL)
        QTest.keyRelease(stage.grid, Qt.Key.Key_Control)
        stage.rest()
        command = stage.last_command()
        assert isinstance(command, CopyAppointment)
        assert (command.doctor_id, command.start) == ("iyer", at("10:00"))
        assert stage.row("hall").start == at("11:00")
        assert len([r for r in stage.all_rows() if r.patient_id == "hall"]) == 2
        assert stage.toasts == [("Copied to Tue 10:00, Dr Iyer", True)]

    def test_ctrl_can_be_let_go_mid_drag(self, stage: Stage) -> None:
        goal = to(stage, "hall", "iyer", "10:00")
        start = stage.hold("hall")
        stage.press(start)
        stage.move((start + goal) / 2)
        stage.move(goal)
        QTest.keyPress(stage.grid, Qt.Key.Key_Control)
        assert stage.control.proposal is not None
        assert stage.control.proposal.copy
        QTest.keyRelease(stage.grid, Qt.Key.Key_Control)
        assert not stage.control.proposal.copy
        stage.release(goal)
        stage.rest()
        assert isinstance(stage.last_command(), MoveAppointment)


def test_sweeping_empty_time_books_with_that_length(stage: Stage) -> None:
    start = stage.spot("iyer", "13:00") + QPoint(0, 3)
    stage.drag(start, start + QPoint(0, 24 * 3))
    assert stage.bookings == [
        {
            "doctor_id": "iyer",
            "start": at("13:00"),
            "end": at("14:00"),
            "room_id": None,
            "location_id": None,  # the hours of the doctor tell the site
        }
    ]
    assert stage.control.gesture.state is State.IDLE


def test_parks_on_the_shelf_and_keeps_the_place(stage: Stage) -> None:
    stage.drag(stage.hold("rossi"), stage.onto(stage.shelf), drop=False)
    assert stage.control.gesture.state is State.OVER_SHELF
    assert stage.control.label_text == "Park here"
    assert stage.shelf.zone.lit
    stage.release(stage.onto(stage.shelf))
    stage.rest()
    assert stage.last_command() == ParkAppointment(
        initiator="calendar.gestures", appointment_id="rossi"
    )
    stage.settle(lambda: stage.shelf.model.rowCount() == 1)
    assert stage.row("rossi").start == at("11:30")
    assert not stage.shelf.zone.lit
    assert stage.toasts == [("Parked Rossi-Ferrante, Giulia", True)]


class TestRefusal:
    def refuse(self, stage: Stage) -> None:
        stage.drag(stage.hold("rossi"), to(stage, "rossi", "wu", "11:00"), drop=False)
        chip = stage.control.scene.picture.chip
        assert chip is not None
        assert chip.verdict is Verdict.REFUSE
        assert chip.sentence == "Dr Wu is booked 11:00–11:30 (J. Hall)"
        assert chip.way == "next free 13:00"
        ghost = stage.control.scene.picture.ghosts[0]
        assert (ghost.head, ghost.name) == ("11:00–11:30", "Rossi-Ferrante, Giulia")
        assert ghost.facts == ("Follow-up", "Dr Wu", "Room 3")
        assert ghost.verdict is Verdict.REFUSE
        assert stage.control.scene.picture.blocker == stage.grid.cell_rect("hall")
        status = stage.statuses[-1]
        assert isinstance(status, DragStatus)
        assert status.verdict_text == "Cannot drop here"
        assert status.subject == (
            "Dragging: Rossi-Ferrante, Giulia · Follow-up 30 min · from Tue 11:30, Dr Roy"
        )
        stage.release(to(stage, "rossi", "wu", "11:00"))
        stage.rest()
        assert stage.gate.commands == []
        assert stage.control.desk.card.isVisible()
        assert stage.control.desk.card.sentence == "Dr Wu is booked 11:00–11:30 (J. Hall)."
        assert stage.row("rossi").start == at("11:30")

    def click(self, stage: Stage, label: str) -> None:
        buttons = {b.text(): b for b in stage.control.desk.card.buttons()}
        assert label in buttons, list(buttons)
        QTest.mouseClick(buttons[label], Qt.MouseButton.LeftButton)

    def test_next_free(self, stage: Stage) -> None:
        self.refuse(stage)
        self.click(stage, "Next free 13:00")
        stage.settle(lambda: stage.toasts)
        assert (stage.row("rossi").doctor_id, stage.row("rossi").start) == ("wu", at("13:00"))

    def test_other_doctor(self, stage: Stage) -> None:
        self.refuse(stage)
        self.click(stage, "Other doctor: Dr Roy")
        stage.settle(lambda: stage.toasts)
        assert (stage.row("rossi").doctor_id, stage.row("rossi").start) == ("roy", at("11:00"))

    def test_overbook_needs_a_reason(self, stage: Stage) -> None:
        self.refuse(stage)
        self.click(stage, "Overbook")
        card = stage.control.desk.card
        assert card.reason_field.isVisible()
        button = card.buttons()[0]
        assert button.geometry().top() > card.reason_field.geometry().bottom()
        assert button.geometry().bottom() < card.height()
        opened: list[object] = []
        stage.grid.open_requested.connect(opened.append)
        stage.grid.book_requested.connect(opened.append)
        QTest.keyClick(card.reason_field, Qt.Key.Key_Return)
        assert "needs a reason" in card.sentence
        assert stage.gate.commands == []
        QTest.keyClicks(card.reason_field, "Acute pain")
        QTest.keyClick(card.reason_field, Qt.Key.Key_Return)
        stage.settle(lambda: stage.toasts)
        row = stage.row("rossi")
        assert (row.doctor_id, row.start, row.lane) == ("wu", at("11:00"), 1)
        assert row.overbook_reason == "Acute pain"
        assert opened == []  # the same Enter means nothing to the grid below

    def test_what_the_desk_may_not_do_is_not_offered(self, stage: Stage) -> None:
        flow = stage.control.desk.refusals
        flow._actor = replace(
            stage.actor, role=Role.RECEPTIONIST, permissions=DEFAULTS[Role.RECEPTIONIST]
        )
        self.refuse(stage)
        buttons = {button.text(): button for button in stage.control.desk.card.buttons()}
        assert not buttons["Overbook"].isEnabled()
        assert "may not overbook. Ask a manager" in buttons["Overbook"].toolTip()
        assert buttons["Next free 13:00"].isEnabled()

    def test_escape_closes_the_message(self, stage: Stage) -> None:
        self.refuse(stage)
        stage.grid.setFocus()
        stage.key(Qt.Key.Key_Escape)
        assert not stage.control.desk.card.isVisible()

    def test_outside_hours_can_be_insisted_on(self, stage: Stage) -> None:
        stage.grid.scroll_by(0, 200)
        stage.drag(stage.hold("rossi"), to(stage, "rossi", "roy", "17:30"))
        stage.rest()
        assert stage.gate.commands == []
        self.click(stage, "Book outside hours")
        stage.settle(lambda: stage.toasts)
        assert stage.row("rossi").start == at("17:30")

    def test_completed_visits_can_only_be_copied(self, stage: Stage) -> None:
        stage.drag(stage.hold("done"), to(stage, "done", "iyer", "15:00"))
        stage.rest()
        assert stage.control.desk.card.sentence == "Completed visits cannot be moved."
        self.click(stage, "Copy instead")
        stage.settle(lambda: stage.toasts)
        assert isinstance(stage.last_command(), CopyAppointment)
        assert stage.row("done").start == at("09:00")


class TestCancel:
    def lifted(self, stage: Stage) -> QPoint:
        goal = to(stage, "rossi", "iyer", "10:30")
        stage.drag(stage.hold("rossi"), goal, drop=False)
        assert stage.control.gesture.state is State.OVER_GRID
        return goal

    def gone(self, stage: Stage, goal: QPoint) -> None:
        stage.release(goal)
        stage.rest()
        assert stage.gate.commands == []
        assert stage.control.scene.picture.empty

    def test_escape(self, stage: Stage) -> None:
        goal = self.lifted(stage)
        QTest.keyClick(stage.grid, Qt.Key.Key_Escape)
        assert stage.control.gesture.state is State.CANCELLED
        self.gone(stage, goal)

    def test_right_button(self, stage: Stage) -> None:
        goal = self.lifted(stage)
        QTest.mousePress(stage.grid.viewport(), Qt.MouseButton.RightButton, pos=goal)
        assert stage.control.gesture.state is State.CANCELLED
        QTest.mouseRelease(stage.grid.viewport(), Qt.MouseButton.RightButton, pos=goal)
        self.gone(stage, goal)

    def test_focus_lost(self, stage: Stage) -> None:
        goal = self.lifted(stage)
        QApplication.sendEvent(stage, QEvent(QEvent.Type.WindowDeactivate))
        assert stage.control.gesture.state is State.CANCELLED
        self.gone(stage, goal)

    def test_outside_everything(self, stage: Stage) -> None:
        self.lifted(stage)
        nowhere = stage.onto(stage, QPoint(5, stage.height() - 5))
        stage.move(nowhere)
        assert stage.control.gesture.state is State.OUTSIDE
        assert stage.control.label_text == "Release to cancel"
        assert stage.control.scene.picture.ghosts[0].grey
        stage.release(nowhere)
        stage.rest()
        assert stage.gate.commands == []

    def test_the_ghost_glides_home_in_180_ms(self, stage: Stage) -> None:
        goal = self.lifted(stage)
        far = stage.control.scene.picture.ghosts[0].rect
        QTest.keyClick(stage.grid, Qt.Key.Key_Escape)
        motion = stage.control.scene._motion
        assert motion is not None
        motion.pause()
        assert motion.duration() == 180
        motion.setCurrentTime(90)
        halfway = stage.control.scene.picture.ghosts[0].rect
        assert halfway.x() < far.x()
        motion.resume()
        self.gone(stage, goal)

    def test_reduced_motion_returns_at_once(self, stage: Stage) -> None:
        stage.context.theme.reduced_motion = True
        self.lifted(stage)
        QTest.keyClick(stage.grid, Qt.Key.Key_Escape)
        assert stage.control.gesture.state is State.IDLE


def test_a_change_by_someone_else_stops_the_drop(stage: Stage) -> None:
    goal = to(stage, "rossi", "iyer", "10:30")
    stage.drag(stage.hold("rossi"), goal, drop=False)
    stage.change_as_maria("rossi", 30)
    stage.operations.announce_external()
    stage.settle(lambda: stage.control.gesture.state is State.STALE)
    assert stage.control.gesture.sentence == "Changed by Maria 10:42"
    chip = stage.control.scene.picture.chip
    assert chip is not None
    assert chip.sentence == "Changed by Maria 10:42"
    stage.release(goal)
    stage.rest()
    assert stage.gate.commands == []
    assert stage.row("rossi").start == at("12:00")


def test_a_change_that_was_not_seen_is_refused_with_ways_out(stage: Stage) -> None:
    stage.drag(stage.hold("rossi"), to(stage, "rossi", "iyer", "10:30"), drop=False)
    stage.change_as_maria("rossi", 30)
    stage.release(to(stage, "rossi", "iyer", "10:30"))
    stage.rest()
    card = stage.control.desk.card
    assert card.isVisible()
    stage.settle(lambda: card.sentence.startswith("Changed by Maria 10:42."))
    labels = [b.text() for b in card.buttons()]
    assert "Retry mine" in labels
    stage.load()
    stage.settle(lambda: stage.cell("rossi").revision == 2)
    retry = next(b for b in card.buttons() if b.text() == "Retry mine")
    QTest.mouseClick(retry, Qt.MouseButton.LeftButton)
    stage.settle(lambda: stage.toasts)
    assert stage.row("rossi").start == at("10:30")


class TestOtherDays:
    def day_spot(self, stage: Stage, day: int) -> QPoint:
        """A day of November in the mini-month, in viewport coordinates of the grid."""
        for y in range(0, stage.mini.height(), 4):
            for x in range(0, stage.mini.width(), 4):
                found = stage.mini.date_at(stage.mini.mapToGlobal(QPoint(x, y)))
                if found is not None and (found.month, found.day) == (11, day):
                    return stage.onto(stage.mini, QPoint(x + 4, y + 4))
        raise AssertionError("that day is not shown")

    def test_dropping_on_a_date_keeps_the_time(self, stage: Stage) -> None:
        spot = self.day_spot(stage, 26)
        stage.drag(stage.hold("hall"), spot, drop=False)
        assert stage.control.gesture.state is State.OVER_DATES
        stage.settle(lambda: stage.control.label_text == "Thu 26 Nov 11:00 is free")
        stage.release(spot)
        stage.rest()
        assert stage.row("hall").start == at("11:00", DAY + timedelta(days=2))
        assert stage.finders == []

    def test_dropping_on_a_closed_date_shows_its_free_slots(self, stage: Stage) -> None:
        spot = self.day_spot(stage, 28)
        stage.drag(stage.hold("hall"), spot, drop=False)
        stage.settle(lambda: "Drop for free slots" in stage.control.label_text)
        stage.release(spot)
        stage.settle(lambda: stage.finders)
        assert stage.finders[0][0].id == "hall"
        assert stage.finders[0][1] == DAY + timedelta(days=4)
        stage.rest()
        assert stage.gate.commands == []

    def test_resting_on_a_date_changes_the_day_and_keeps_the_drag(self, stage: Stage) -> None:
        stage.drag(stage.hold("hall"), self.day_spot(stage, 26), drop=False)
        stage.settle(lambda: stage.grid.columns[0].day == DAY + timedelta(days=2))
        assert stage.control.gesture.carrying
        goal = stage.spot("iyer", "15:00") + QPoint(0, 8)
        stage.move(goal)
        stage.release(goal)
        stage.rest()
        row = stage.row("hall")
        assert (row.doctor_id, row.start) == ("iyer", at("15:00", DAY + timedelta(days=2)))

    def test_a_length_stays_on_its_day(self, stage: Stage) -> None:
        rect = stage.grid.cell_rect("hall")
        assert rect is not None
        edge = QPoint(rect.left() + 40, rect.bottom() - 2)
        spot = self.day_spot(stage, 26)
        stage.drag(edge, edge + QPoint(0, 20), spot, drop=False)
        assert stage.control.gesture.state is State.OUTSIDE
        stage.release(spot)
        stage.rest()
        assert stage.gate.commands == []
        assert stage.grid.columns[0].day == DAY

    def test_resting_on_next_turns_the_page(self, stage: Stage) -> None:
        spot = stage.onto(stage.after)
        stage.drag(stage.hold("hall"), spot, drop=False)
        assert stage.control.gesture.state is State.OVER_NAV
        stage.settle(lambda: stage.grid.columns[0].day == DAY + timedelta(days=1))
        goal = stage.spot("wu", "15:00") + QPoint(0, 8)
        stage.move(goal)
        stage.release(goal)
        stage.rest()
        assert stage.row("hall").start == at("15:00", DAY + timedelta(days=1))

    def test_the_way_back_from_next_over_the_edge_turns_nothing(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [0.0]
        turns: list[int] = []
        edges = stage.control.edges
        monkeypatch.setattr(edges, "_now", lambda: now[0])
        edges.turned.connect(turns.append)
        stage.drag(stage.hold("hall"), stage.onto(stage.after), drop=False)
        stage.settle(lambda: stage.grid.columns[0].day == DAY + timedelta(days=1))
        now[0] = 5000.0
        inside = stage.spot("wu", "15:00") + QPoint(0, 8)
        stage.move(QPoint(4, inside.y()))
        assert stage.control.gesture.state is State.OVER_GRID
        QTest.qWait(100)  # some frames; the clock of the edges stands still
        stage.move(inside)
        stage.release(inside)
        stage.rest()
        assert turns == []
        assert stage.row("hall").start == at("15:00", DAY + timedelta(days=1))

    def test_the_view_edge_turns_the_day(self, stage: Stage) -> None:
        edge = QPoint(stage.grid.viewport().width() - 4, stage.hold("hall").y())
        stage.drag(stage.hold("hall"), edge, drop=False)
        stage.settle(lambda: stage.grid.columns[0].day == DAY + timedelta(days=1))
        assert stage.control.gesture.carrying
        goal = stage.spot("wu", "14:00") + QPoint(0, 8)
        stage.move(goal)
        stage.release(goal)
        stage.rest()
        assert stage.row("hall").start == at("14:00", DAY + timedelta(days=1))


def test_auto_scroll_down_after_moving_toward_the_edge(stage: Stage) -> None:
    stage.resize(1200, 480)
    QApplication.processEvents()
    before = stage.grid.verticalScrollBar().value()
    bottom = QPoint(stage.hold("lee").x(), stage.grid.viewport().height() - 4)
    stage.drag(stage.hold("lee"), bottom, drop=False)
    first = stage.control.proposal
    assert first is not None
    start = first.lead.target.start
    stage.settle(lambda: stage.grid.verticalScrollBar().value() > before + 120)
    assert stage.control.proposal is not None
    assert stage.control.proposal.lead.target.start > start
    stage.control.cancel()
    stage.release(bottom)
    stage.rest()


def test_the_wheel_scrolls_under_a_drag(stage: Stage) -> None:
    goal = to(stage, "rossi", "iyer", "10:30")
    stage.drag(stage.hold("rossi"), goal, drop=False)
    bar = stage.grid.verticalScrollBar()
    bar.setValue(bar.value() + 48)
    assert stage.control.proposal is not None
    assert stage.control.proposal.lead.target.start == at("11:00")
    rect = stage.control.scene.picture.ghosts[0].rect
    assert abs(rect.top() - (goal.y() - 8)) <= 1
    stage.control.cancel()
    stage.release(goal)
    stage.rest()


def test_no_menu_opens_at_the_end_of_a_cancelled_drag(stage: Stage) -> None:
    menus: list[object] = []
    stage.grid.menu_requested.connect(lambda hit, _pos: menus.append(hit))
    goal = to(stage, "rossi", "iyer", "10:30")
    stage.drag(stage.hold("rossi"), goal, drop=False)
    view = stage.grid.viewport()
    QTest.mousePress(view, Qt.MouseButton.RightButton, pos=goal)
    QTest.mouseRelease(view, Qt.MouseButton.RightButton, pos=goal)
    stage.release(goal)
    stage.rest()
    place = view.mapToGlobal(goal)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(view, QContextMenuEvent(reason, goal, place))
    assert menus == []
    QApplication.sendEvent(view, QContextMenuEvent(reason, goal, place))
    assert len(menus) == 1


def test_ctrl_copies_the_grabbed_one_of_a_selection(stage: Stage) -> None:
    stage.grid.select(["hall", "park"])
    goal = to(stage, "hall", "iyer", "14:00")
    start = stage.hold("hall")
    stage.press(start)
    stage.move((start + goal) / 2)
    stage.move(goal)
    stage.control.modifiers_changed(CTRL)
    assert len(stage.control.scene.picture.ghosts) == 1
    stage.release(goal, CTRL)
    stage.rest()
    assert isinstance(stage.last_command(), CopyAppointment)


class TestSeries:
    def dropped(self, stage: Stage) -> None:
        stage.drag(stage.hold("silva-0"), to(stage, "silva-0", "roy", "15:00"))
        stage.settle(lambda: stage.control.desk.popover is not None)

    def test_only_this_has_the_focus(self, stage: Stage) -> None:
        self.dropped(stage)
        popover = stage.control.desk.popover
        assert popover is not None
        assert stage.gate.commands == []
        QTest.keyClick(popover.only, Qt.Key.Key_Return)
        stage.rest()
        assert stage.row("silva-0").start == at("15:00")
        assert stage.row("silva-1").start == at("14:00", DAY + timedelta(days=7))

    def test_this_and_following(self, stage: Stage) -> None:
        self.dropped(stage)
        popover = stage.control.desk.popover
        assert popover is not None
        QTest.mouseClick(popover.following, Qt.MouseButton.LeftButton)
        stage.rest()
        command = stage.last_command()
        assert isinstance(command, MoveAppointment)
        assert command.scope is Scope.FOLLOWING
        for week in range(3):
            start = stage.row(f"silva-{week}").start
            assert start == at("15:00", DAY + timedelta(days=7 * week))

    def test_cancel(self, stage: Stage) -> None:
        self.dropped(stage)
        popover = stage.control.desk.popover
        assert popover is not None
        QTest.keyClick(popover, Qt.Key.Key_Escape)
        stage.rest()
        assert stage.gate.commands == []


class TestTogether:
    def test_a_selection_keeps_its_relative_times(self, stage: Stage) -> None:
        stage.grid.select(["hall", "park"])
        start = stage.hold("hall")
        goal = to(stage, "hall", "iyer", "14:00")
        stage.press(start)
        stage.move((start + goal) / 2)
        stage.move(goal)
        assert len(stage.control.scene.picture.ghosts) == 2
        stage.release(goal)
        stage.rest()
        assert isinstance(stage.last_command(), MoveTogether)
        hall, park = stage.row("hall"), stage.row("park")
        assert (hall.doctor_id, hall.start) == ("iyer", at("14:00"))
        assert (park.doctor_id, park.start) == ("iyer", at("14:45"))
        assert stage.toasts == [("2 visits moved, the first to Tue 14:00, Dr Iyer", True)]

    def test_all_or_nothing(self, stage: Stage) -> None:
        stage.grid.select(["hall", "park"])
        stage.drag(stage.hold("hall"), to(stage, "hall", "roy", "13:15"))
        stage.rest()
        assert stage.gate.commands == []
        assert stage.row("hall").start == at("11:00")
        assert "Park, Ji-woo" in stage.control.desk.card.sentence


class TestPickAndPlace:
    def test_one_click_lifts_and_one_places(self, stage: Stage) -> None:
        assert stage.control.lift([stage.cell("rossi")], Means.PICK)
        goal = stage.spot("iyer", "13:00") + QPoint(0, 2)
        stage.move(goal)
        assert stage.control.scene.picture.ghosts
        QTest.mouseClick(stage.grid.viewport(), Qt.MouseButton.LeftButton, pos=goal)
        stage.rest()
        row = stage.row("rossi")
        assert (row.doctor_id, row.start) == ("iyer", at("13:00"))

    def test_the_shelf_takes_it(self, stage: Stage) -> None:
        stage.control.lift([stage.cell("rossi")], Means.PICK)
        QTest.mouseClick(stage.shelf.zone, Qt.MouseButton.LeftButton)
        stage.settle(lambda: stage.shelf.model.rowCount() == 1)
        stage.rest()

    def test_a_header_keeps_the_time(self, stage: Stage) -> None:
        stage.control.lift([stage.cell("rossi")], Means.PICK)
        left = stage.spot("iyer", "10:00").x()
        QTest.mouseClick(stage.grid.header, Qt.MouseButton.LeftButton, pos=QPoint(left, 20))
        stage.rest()
        row = stage.row("rossi")
        assert (row.doctor_id, row.start) == ("iyer", at("11:30"))

    def test_a_date_takes_it(self, stage: Stage) -> None:
        stage.control.lift([stage.cell("hall")], Means.PICK)
        spot = TestOtherDays().day_spot(stage, 26)
        at_mini = stage.mini.mapFromGlobal(stage.grid.viewport().mapToGlobal(spot))
        QTest.mouseClick(stage.mini, Qt.MouseButton.LeftButton, pos=at_mini)
        stage.rest()
        assert stage.row("hall").start == at("11:00", DAY + timedelta(days=2))

    def test_move_again_or_escape_puts_it_back(self, stage: Stage) -> None:
        assert stage.control.lift([stage.cell("rossi")], Means.PICK)
        assert not stage.control.lift([stage.cell("rossi")], Means.PICK)
        stage.rest()
        stage.control.lift([stage.cell("rossi")], Means.PICK)
        QTest.keyClick(stage.grid, Qt.Key.Key_Escape)
        stage.rest()
        assert stage.gate.commands == []

    def test_plus_and_minus_resize_by_the_same_rules(self, stage: Stage) -> None:
        stage.control.modes.resize_by(stage.cell("lee"), 15)
        stage.settle(lambda: stage.toasts)
        assert stage.row("lee").end == at("10:15")
        stage.control.modes.resize_by(stage.cell("hall"), 30)
        assert stage.control.desk.card.isVisible()
        assert stage.row("hall").end == at("11:30")


def test_lit_areas_show_where_it_fits(stage: Stage) -> None:
    stage.drag(stage.hold("rossi"), to(stage, "rossi", "iyer", "10:30"), drop=False)
    stage.settle(lambda: stage.control.scene.picture.lit)
    labels = [lit.label for lit in stage.control.scene.picture.lit]
    assert "10:00–11:00 free" in labels
    assert "13:00–14:00 free" in labels
    stage.control.cancel()
    stage.rest()
    assert not stage.control.scene.picture.lit


def test_the_verdict_is_asked_once_per_cell(stage: Stage) -> None:
    start, goal = stage.hold("rossi"), to(stage, "rossi", "iyer", "10:30")
    stage.drag(start, goal, drop=False)
    judge = stage.control.judge
    assert judge is not None
    asked = judge.asked
    for dx in range(12):
        stage.move(goal + QPoint(dx, dx % 3))
    assert judge.asked == asked
    stage.control.cancel()
    stage.rest()


def test_a_saved_drop_stays_painted_until_the_new_slice(stage: Stage) -> None:
    stage.drag(stage.hold("rossi"), to(stage, "rossi", "iyer", "10:30"))
    ghost = stage.control.scene.picture.ghosts[0]
    assert ghost.saving
    assert ghost.head == "10:30–11:00"
    stage.rest()
    assert not stage.control.scene.picture.ghosts
    rect = stage.grid.cell_rect("rossi")
    assert rect is not None
    assert abs(rect.top() - ghost.rect.top()) <= 1
