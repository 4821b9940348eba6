"""Moving by keyboard alone, with real key events: each gesture of ux.md 2.3 that has a key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.services.commands import CopyAppointment, MoveAppointment, MoveTogether
from clinic_desk.ui.geometry.gesture_machine import Means, State
from clinic_desk.ui.look.theme import Theme
from tests.fakes.drag_stage import DAY, Stage, at
from tests.fakes.late import late

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture
def stage(tmp_path: Path, qtbot: QtBot) -> Iterator[Stage]:
    stage = Stage(tmp_path, Theme.for_tests())
    qtbot.addWidget(stage)
    stage.show()
    stage.activateWindow()
    stage.settle(lambda: stage.ready)
    stage.grid.setFocus()
    yield stage
    stage.shut()


def focus(stage: Stage, row: str) -> None:
    assert stage.grid.focus_cell(row)


def keys(stage: Stage, *pressed: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    for key in pressed:
        stage.key(key, modifier)


class TestMove:
    def test_arrows_carry_and_enter_drops(self, stage: Stage) -> None:
        focus(stage, "rossi")
        keys(stage, Key.Key_M)
        assert stage.control.gesture.means is Means.KEYS
        assert stage.spoken[-1] == (
            "Moving Rossi-Ferrante, Giulia. Arrows place, Enter drops, Escape cancels."
        )
        keys(stage, Key.Key_Right, *[Key.Key_Up] * 4)
        assert stage.control.scene.picture.ghosts[0].head == "10:30–11:00"
        keys(stage, Key.Key_Return)
        stage.rest()
        row = stage.row("rossi")
        assert (row.doctor_id, row.start) == ("iyer", at("10:30"))
        assert stage.toasts == [("Moved to Tue 10:30, Dr Iyer", True)]
        assert stage.grid.current_cell() == stage.cell("rossi")

    def test_shift_steps_by_five_minutes(self, stage: Stage) -> None:
        focus(stage, "rossi")
        keys(stage, Key.Key_M)
        keys(stage, Key.Key_Up, Key.Key_Up, modifier=SHIFT)
        keys(stage, Key.Key_Return)
        stage.rest()
        assert stage.row("rossi").start == at("11:20")

    def test_escape_puts_it_back(self, stage: Stage) -> None:
        focus(stage, "rossi")
        keys(stage, Key.Key_M, Key.Key_Down, Key.Key_Escape)
        stage.rest()
        assert stage.gate.commands == []
        assert stage.spoken[-1] == "Cancelled. It stays where it was."

    def test_enter_at_its_own_place_changes_nothing(self, stage: Stage) -> None:
        focus(stage, "rossi")
        keys(stage, Key.Key_M, Key.Key_Down, Key.Key_Up, Key.Key_Return)
        stage.rest()
        assert stage.gate.commands == []

    def test_a_refused_place_is_told_and_tab_reaches_the_way_out(self, stage: Stage) -> None:
        focus(stage, "rossi")
        keys(stage, Key.Key_M, Key.Key_Left, Key.Key_Up, Key.Key_Up)
        chip = stage.control.scene.picture.chip
        assert chip is not None
        assert (chip.verdict, chip.way) == (Verdict.REFUSE, "next free 13:00")
        stage.settle(lambda: "Dr Wu is booked 11:00–11:30 (J. Hall)" in stage.spoken[-1])
        keys(stage, Key.Key_Return)
        stage.rest()
        card = stage.control.desk.card
        assert card.isVisible()
        assert stage.grid.hasFocus()
        QTest.keyClick(stage.grid, Key.Key_Tab)
        assert card.buttons()[0].hasFocus()
        QTest.keyClick(card.buttons()[0], Key.Key_Return)
        stage.settle(lambda: stage.toasts)
        assert (stage.row("rossi").doctor_id, stage.row("rossi").start) == ("wu", at("13:00"))
        assert stage.grid.hasFocus()

    def test_n_jumps_to_the_next_free_place(self, stage: Stage) -> None:
        focus(stage, "rossi")
        keys(stage, Key.Key_M, Key.Key_Left, Key.Key_Up, Key.Key_Up, Key.Key_N)
        assert stage.control.scene.picture.ghosts[0].head == "13:00–13:30"
        keys(stage, Key.Key_Return)
        stage.rest()
        assert (stage.row("rossi").doctor_id, stage.row("rossi").start) == ("wu", at("13:00"))

    def test_ctrl_page_down_goes_to_the_next_day(self, stage: Stage) -> None:
        focus(stage, "hall")
        keys(stage, Key.Key_M)
        keys(stage, Key.Key_PageDown, modifier=CTRL)
        stage.settle(lambda: stage.grid.columns[0].day == DAY + timedelta(days=1))
        assert stage.control.gesture.carrying
        keys(stage, Key.Key_Down, Key.Key_Return)
        stage.rest()
        assert stage.row("hall").start == at("11:15", DAY + timedelta(days=1))

    def test_keys_pressed_before_the_other_day_is_shown_are_meant_for_it(
        self, stage: Stage
    ) -> None:
        focus(stage, "hall")
        keys(stage, Key.Key_M)
        with late(Stage, "load"):
            keys(stage, Key.Key_PageDown, Key.Key_PageDown, modifier=CTRL)
            keys(stage, Key.Key_Down, Key.Key_Return)
            assert stage.control.gesture.carrying
        stage.rest()
        assert stage.row("hall").start == at("11:15", DAY + timedelta(days=2))

    def test_escape_drops_the_keys_that_wait_for_another_day(self, stage: Stage) -> None:
        focus(stage, "hall")
        keys(stage, Key.Key_M)
        with late(Stage, "load"):
            keys(stage, Key.Key_PageDown, modifier=CTRL)
            keys(stage, Key.Key_Return, Key.Key_Escape)
            assert not stage.control.gesture.carrying
        stage.settle(lambda: stage.grid.columns[0].day == DAY + timedelta(days=1))
        stage.rest()
        assert stage.gate.commands == []

    def test_page_down_goes_by_a_screen(self, stage: Stage) -> None:
        focus(stage, "lee")
        keys(stage, Key.Key_M, Key.Key_PageDown)
        proposal = stage.control.proposal
        assert proposal is not None
        assert proposal.lead.target.start > at("15:00")
        keys(stage, Key.Key_Escape)
        stage.rest()

    def test_days_of_a_week_are_columns(self, stage: Stage) -> None:
        stage.week = True
        stage.load()
        stage.settle(lambda: len(stage.grid.columns) == 5)
        focus(stage, "hall")
        keys(stage, Key.Key_M, Key.Key_Right)
        keys(stage, Key.Key_PageDown, modifier=CTRL)
        keys(stage, Key.Key_Return)
        stage.rest()
        assert stage.row("hall").start == at("11:00", DAY + timedelta(days=2))

    def test_what_is_carried_comes_along_to_another_day(self, stage: Stage) -> None:
        """Today, or a day of the month, and Enter before that day is there."""
        other = DAY + timedelta(days=1)
        focus(stage, "rossi")
        keys(stage, Key.Key_M)
        stage.show_day(other)
        QTest.keyClick(stage.grid, Key.Key_Down)
        QTest.keyClick(stage.grid, Key.Key_Return)
        assert stage.control.gesture.carrying
        stage.settle(lambda: stage.toasts)
        stage.rest()
        row = stage.row("rossi")
        assert (row.doctor_id, row.start) == ("roy", at("11:45", other))

    def test_enter_after_n_places_on_the_day_that_comes(self, stage: Stage) -> None:
        other = DAY + timedelta(days=1)
        focus(stage, "rossi")
        keys(stage, Key.Key_M)
        stage.show_day(other)
        QTest.keyClick(stage.grid, Key.Key_N)
        QTest.keyClick(stage.grid, Key.Key_Return)
        stage.settle(lambda: stage.toasts)
        stage.rest()
        assert stage.finders == []
        assert stage.row("rossi").start.date() == other

    def test_no_column_beyond_the_last(self, stage: Stage) -> None:
        focus(stage, "rossi")
        keys(stage, Key.Key_M, Key.Key_Right, Key.Key_Right)
        assert stage.spoken[-1] == "No column on that side."
        keys(stage, Key.Key_Escape)
        stage.rest()

    def test_a_selection_moves_together(self, stage: Stage) -> None:
        focus(stage, "hall")
        stage.grid.select(["hall", "park"])
        keys(stage, Key.Key_M, *[Key.Key_Down] * 8, Key.Key_Return)
        stage.rest()
        assert isinstance(stage.last_command(), MoveTogether)
        assert stage.row("hall").start == at("13:00")
        assert stage.row("park").start == at("13:45")

    def test_letters_do_nothing_else_while_moving(self, stage: Stage) -> None:
        seen: list[int] = []

        def page_keys(event: QKeyEvent) -> bool:
            seen.append(event.key())
            return True

        focus(stage, "rossi")
        keys(stage, Key.Key_M)
        stage.grid.key_handler = page_keys
        keys(stage, Key.Key_X, Key.Key_D, Key.Key_Escape)
        stage.rest()
        assert seen == []

    def test_other_layouts_use_the_place_of_the_key(self, stage: Stage) -> None:
        focus(stage, "rossi")
        cyrillic = QKeyEvent(
            QEvent.Type.KeyPress, 0x42C, Qt.KeyboardModifier.NoModifier, 58, 0, 0, "ь"
        )
        QApplication.sendEvent(stage.grid, cyrillic)
        assert stage.control.gesture.carrying
        keys(stage, Key.Key_Escape)
        stage.rest()


class TestCopy:
    def test_shift_m_copies(self, stage: Stage) -> None:
        focus(stage, "hall")
        keys(stage, Key.Key_M, modifier=SHIFT)
        keys(stage, Key.Key_Right, Key.Key_Right, Key.Key_Down, Key.Key_Down, Key.Key_Return)
        stage.rest()
        command = stage.last_command()
        assert isinstance(command, CopyAppointment)
        assert (command.doctor_id, command.start) == ("iyer", at("11:30"))

    def refused(self, stage: Stage) -> None:
        assert stage.control.desk.card.isVisible()

    def test_ctrl_c_and_ctrl_v_at_the_cursor(self, stage: Stage) -> None:
        focus(stage, "hall")
        keys(stage, Key.Key_C, modifier=CTRL)
        column = next(c for c in stage.grid.columns if c.doctor_id == "iyer")
        stage.grid.place_cursor(column, at("14:00"))
        keys(stage, Key.Key_V, modifier=CTRL)
        stage.settle(lambda: stage.toasts)
        assert stage.toasts == [("Copied to Tue 14:00, Dr Iyer", True)]
        assert stage.row("hall").start == at("11:00")

    def test_paste_on_a_taken_place_is_refused_with_ways_out(self, stage: Stage) -> None:
        focus(stage, "hall")
        keys(stage, Key.Key_C, modifier=CTRL)
        focus(stage, "rossi")
        keys(stage, Key.Key_V, modifier=CTRL)
        assert stage.gate.commands == []
        self.refused(stage)

    def test_ctrl_x_parks_and_ctrl_v_places(self, stage: Stage) -> None:
        focus(stage, "rossi")
        keys(stage, Key.Key_X, modifier=CTRL)
        stage.settle(lambda: stage.shelf.model.rowCount() == 1)
        column = next(c for c in stage.grid.columns if c.doctor_id == "iyer")
        stage.grid.place_cursor(column, at("14:00"))
        keys(stage, Key.Key_V, modifier=CTRL)
        stage.settle(lambda: stage.shelf.model.rowCount() == 0)
        row = stage.row("rossi")
        assert (row.doctor_id, row.start) == ("iyer", at("14:00"))

    @pytest.mark.parametrize("by_key", [True, False])
    def test_a_change_by_someone_else_is_said_at_the_ghost(
        self, stage: Stage, by_key: bool
    ) -> None:
        """Where the pointer was last has nothing to do with what no pointer carries."""
        outside = stage.mapToGlobal(QPoint(0, stage.height() + 40))
        stage.control._pointer = outside
        focus(stage, "rossi")
        if by_key:
            keys(stage, Key.Key_M, modifier=SHIFT)
        else:
            stage.control.lift((stage.cell("rossi"),), Means.PICK, copy=True)
        stage.change_as_maria("rossi", 30)
        stage.operations.announce_external()
        stage.settle(lambda: stage.control.gesture.state is State.STALE)
        stage.settle(lambda: stage.control.scene.picture.chip is not None)
        chip = stage.control.scene.picture.chip
        assert chip is not None
        assert chip.sentence == "Changed by Maria 10:42"
        assert stage.control.label_text == ""
        keys(stage, Key.Key_Escape)
        stage.rest()


class TestResize:
    def test_arrows_change_the_end(self, stage: Stage) -> None:
        focus(stage, "lee")
        keys(stage, Key.Key_S, Key.Key_Down, Key.Key_Down, Key.Key_Return)
        stage.rest()
        assert stage.row("lee").end == at("10:30")
        assert stage.row("lee").start == at("09:30")

    def test_stops_at_the_next_visit(self, stage: Stage) -> None:
        focus(stage, "hall")
        keys(stage, Key.Key_S, Key.Key_Down, Key.Key_Down, Key.Key_Down)
        chip = stage.control.scene.picture.chip
        assert chip is not None
        assert chip.sentence.startswith("Stops here: Dr Wu is booked 11:45–12:15")
        keys(stage, Key.Key_Return)
        stage.rest()
        assert stage.row("hall").end == at("11:45")

    def test_escape(self, stage: Stage) -> None:
        focus(stage, "hall")
        keys(stage, Key.Key_S, Key.Key_Down, Key.Key_Escape)
        stage.rest()
        assert stage.gate.commands == []


class TestNudge:
    def test_a_row_of_nudges_is_one_move(self, stage: Stage) -> None:
        focus(stage, "lee")
        keys(stage, Key.Key_Down, Key.Key_Down, modifier=CTRL | SHIFT)
        stage.settle(lambda: stage.toasts)
        stage.rest()
        assert len(stage.gate.commands) == 1
        assert stage.row("lee").start == at("10:00")

    def test_to_the_next_column(self, stage: Stage) -> None:
        focus(stage, "rossi")
        keys(stage, Key.Key_Right, modifier=CTRL | SHIFT)
        stage.settle(lambda: stage.toasts)
        stage.rest()
        assert stage.row("rossi").doctor_id == "iyer"

    def test_enter_saves_at_once(self, stage: Stage) -> None:
        focus(stage, "lee")
        keys(stage, Key.Key_Down, modifier=CTRL | SHIFT)
        keys(stage, Key.Key_Return)
        stage.settle(lambda: stage.gate.commands)
        assert isinstance(stage.last_command(), MoveAppointment)
        stage.rest()
        assert stage.row("lee").start == at("09:45")

    def test_a_nudge_right_after_a_save_waits_for_the_row(self, stage: Stage) -> None:
        focus(stage, "lee")
        keys(stage, Key.Key_Down, modifier=CTRL | SHIFT)
        QTest.keyClick(stage.grid, Key.Key_Return)
        QTest.keyClick(stage.grid, Key.Key_Down, CTRL | SHIFT)
        stage.settle(lambda: len(stage.toasts) == 2)
        stage.rest()
        assert stage.row("lee").start == at("10:00")
        assert stage.row("lee").revision == 3


def test_p_parks(stage: Stage) -> None:
    focus(stage, "rossi")
    keys(stage, Key.Key_P)
    stage.settle(lambda: stage.shelf.model.rowCount() == 1)
    assert stage.row("rossi").start == at("11:30")


def test_p_parks_what_is_being_moved(stage: Stage) -> None:
    focus(stage, "rossi")
    keys(stage, Key.Key_M, Key.Key_Down, Key.Key_P)
    stage.settle(lambda: stage.shelf.model.rowCount() == 1)
    stage.rest()
    assert stage.row("rossi").start == at("11:30")


def test_a_click_places_what_the_keys_lifted(stage: Stage) -> None:
    focus(stage, "rossi")
    keys(stage, Key.Key_M)
    goal = stage.spot("iyer", "14:00") + QPoint(0, 3)
    QTest.mouseClick(stage.grid.viewport(), Qt.MouseButton.LeftButton, pos=goal)
    stage.rest()
    assert (stage.row("rossi").doctor_id, stage.row("rossi").start) == ("iyer", at("14:00"))


def test_n_while_dragging_jumps_and_the_release_drops_there(stage: Stage) -> None:
    goal = stage.spot("wu", "11:00") + QPoint(0, 8)
    stage.drag(stage.hold("rossi"), goal, drop=False)
    keys(stage, Key.Key_N)
    stage.move(goal + QPoint(2, 1))
    stage.release(goal + QPoint(2, 1))
    stage.rest()
    assert (stage.row("rossi").doctor_id, stage.row("rossi").start) == ("wu", at("13:00"))


def test_keys_without_an_appointment_say_so(stage: Stage) -> None:
    column = stage.grid.columns[2]
    stage.grid.place_cursor(column, at("15:00"))
    keys(stage, Key.Key_M)
    assert stage.control.gesture.state is State.IDLE
    assert stage.spoken[-1] == "Choose an appointment first."


class TestTouch:
    """A finger: long press lifts, a quick move pans, a long press and release asks for the menu."""

    def send(self, stage: Stage, kind: QMouseEvent.Type, pos: QPoint, *, down: bool = True) -> None:
        view = stage.grid.viewport()
        device = QTest.createTouchDevice()
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind is QMouseEvent.Type.MouseMove else left
        event = QMouseEvent(
            kind,
            QPointF(pos),
            QPointF(view.mapToGlobal(pos)),
            button,
            left if down else none,
            Qt.KeyboardModifier.NoModifier,
            device,
        )
        QApplication.sendEvent(view, event)

    def test_long_press_then_move(self, stage: Stage) -> None:
        start, goal = stage.hold("rossi"), stage.spot("iyer", "10:30") + QPoint(0, 8)
        self.send(stage, QMouseEvent.Type.MouseButtonPress, start)
        stage.settle(lambda: stage.control.gesture.held)
        self.send(stage, QMouseEvent.Type.MouseMove, goal)
        assert stage.control.gesture.state is State.OVER_GRID
        assert stage.control.gesture.means is Means.TOUCH
        self.send(stage, QMouseEvent.Type.MouseButtonRelease, goal, down=False)
        stage.rest()
        assert (stage.row("rossi").doctor_id, stage.row("rossi").start) == ("iyer", at("10:30"))

    def test_moving_at_once_pans_and_does_not_lift(self, stage: Stage) -> None:
        start = stage.hold("rossi")
        before = stage.grid.verticalScrollBar().value()
        self.send(stage, QMouseEvent.Type.MouseButtonPress, start)
        self.send(stage, QMouseEvent.Type.MouseMove, start + QPoint(0, 20))
        assert stage.control.gesture.state is State.IDLE
        self.send(stage, QMouseEvent.Type.MouseMove, start + QPoint(0, 60))
        assert stage.grid.verticalScrollBar().value() == before - 40
        self.send(stage, QMouseEvent.Type.MouseButtonRelease, start + QPoint(0, 60), down=False)
        assert stage.gate.commands == []

    def test_long_press_then_release_asks_for_the_menu(self, stage: Stage) -> None:
        asked: list[object] = []
        stage.control.menu_requested.connect(lambda hit, _at: asked.append(hit.cell.id))
        start = stage.hold("rossi")
        self.send(stage, QMouseEvent.Type.MouseButtonPress, start)
        stage.settle(lambda: stage.control.gesture.held)
        self.send(stage, QMouseEvent.Type.MouseButtonRelease, start, down=False)
        assert asked == ["rossi"]
