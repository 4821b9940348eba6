"""The flow board in the real window, on the real store, with real keys and a real pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.services.commands import BookAppointment, ChangeStatus, Command
from clinic_desk.services.outcome import Outcome
from clinic_desk.ui.application import shut
from clinic_desk.ui.flow.cards import Card, Counters, Level, Station
from clinic_desk.ui.flow.naming import Naming, initials
from clinic_desk.ui.flow.page import FlowPage
from clinic_desk.ui.flow.wall import WallScreen
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import CTRL, Clinic, opened, press

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes its time; what never comes still fails."""
    monkeypatch.setattr(QtBot, "waitUntil", partialmethod(QtBot.waitUntil, timeout=60_000))


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    front = open_desk(tmp_path, Theme.for_tests())
    yield Clinic(front)
    front.close()


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    yield made
    page = made.centre.page_named("flow")
    assert isinstance(page, FlowPage)
    if page.wall is not None:
        page.wall.close()
    shut(made)
    QApplication.processEvents()


@pytest.fixture
def board(window: MainWindow, qtbot: QtBot) -> FlowPage:
    """Opened by its key, read, and with the keyboard."""
    press(qtbot, window, Key.Key_5, CTRL)
    page = window.centre.page_named("flow")
    assert isinstance(page, FlowPage)
    qtbot.waitUntil(lambda: bool(page.surface.spots))
    qtbot.waitUntil(page.surface.hasFocus)
    return page


def first(board: FlowPage, station: Station, fits: Callable[[Card], bool] | None = None) -> Card:
    return next(
        spot.card
        for spot in board.surface.spots
        if spot.card.station is station and (fits is None or fits(spot.card))
    )


def stands(board: FlowPage, row_id: str) -> Station | None:
    spot = board.surface.spot(row_id)
    return spot.card.station if spot is not None else None


def at(board: FlowPage, qtbot: QtBot, row_id: str, station: Station) -> None:
    qtbot.waitUntil(lambda: stands(board, row_id) is station)


def key(board: FlowPage, key_: Qt.Key, mods: Any = NONE) -> None:
    QTest.keyClick(board.surface, key_, mods)


def run(board: FlowPage, qtbot: QtBot, command: Command) -> Outcome:
    told: list[Any] = []
    board.context.operations.run(command, done=told.append, refused=told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], Outcome), told
    return told[0]


def seen(board: FlowPage, row_id: str) -> QRect:
    board.surface.reveal(row_id)
    return board.surface.card_rect(row_id)


def click(board: FlowPage, place: QPoint, mods: Any = NONE) -> None:
    QTest.mouseClick(board.surface.viewport(), LEFT, mods, place)


def status(board: FlowPage, row_id: str) -> Status:
    return board.context.operations.queries.appointment(row_id).cell.status


def said(window: MainWindow) -> str:
    return " ".join(label.text() for label in window.toast.findChildren(QLabel))


class TestReaching:
    def test_a_key_the_menu_the_switch_and_esc(
        self, window: MainWindow, board: FlowPage, qtbot: QtBot
    ) -> None:
        assert window.centre.page == "flow"
        key(board, Key.Key_Escape)
        qtbot.waitUntil(lambda: window.centre.page == "calendar")
        window.actions_["page.flow"].trigger()
        qtbot.waitUntil(lambda: window.centre.page == "flow")
        switch = {b.text(): b for b in window.toolbar.views.findChildren(QPushButton)}
        assert switch["Flow"].isChecked()
        switch["Day"].click()
        qtbot.waitUntil(lambda: window.centre.page == "calendar")
        qtbot.waitUntil(lambda: not switch["Flow"].isChecked())
        switch["Flow"].click()
        qtbot.waitUntil(lambda: window.centre.page == "flow")

    def test_every_visit_of_the_day_is_in_one_column(self, board: FlowPage, qtbot: QtBot) -> None:
        day = board.source.day()
        cells = board.context.operations.queries.flow_day(day).cells
        shown = {spot.card.id for spot in board.surface.spots}
        later = {card.id for card in board.surface.flow.later}
        assert shown | later == {cell.id for cell in cells}
        assert not shown & later
        assert later
        bar = board.surface.verticalScrollBar()
        bar.setValue(bar.maximum())
        click(board, board.surface.more_rect().center())
        qtbot.waitUntil(lambda: not board.surface.flow.later)
        assert {spot.card.id for spot in board.surface.spots} == {cell.id for cell in cells}


class TestKeys:
    def test_check_in_is_one_key_and_undone_by_one(
        self, window: MainWindow, board: FlowPage, qtbot: QtBot
    ) -> None:
        card = first(board, Station.EXPECTED, lambda c: c.cell.status is Status.CONFIRMED)
        board.choose(card.id)
        key(board, Key.Key_Space)
        at(board, qtbot, card.id, Station.ARRIVED)
        assert board.surface.selected == card.id
        qtbot.waitUntil(lambda: window.toast.isVisible() and "arrived" in said(window))
        press(qtbot, window, Key.Key_Z, CTRL)
        at(board, qtbot, card.id, Station.EXPECTED)
        assert status(board, card.id) is Status.CONFIRMED
        qtbot.waitUntil(board.surface.hasFocus)

    def test_the_toasts_button_undoes_too(
        self, window: MainWindow, board: FlowPage, qtbot: QtBot
    ) -> None:
        card = first(board, Station.ARRIVED)
        board.choose(card.id)
        key(board, Key.Key_R)
        at(board, qtbot, card.id, Station.IN_ROOM)
        undo = window.toast.findChild(QPushButton)
        qtbot.waitUntil(lambda: window.toast.isVisible() and undo.text() == "Undo")
        QTest.mouseClick(undo, LEFT)
        at(board, qtbot, card.id, Station.ARRIVED)

    def test_a_whole_visit_typed_ahead_of_the_board(self, board: FlowPage, qtbot: QtBot) -> None:
        card = first(board, Station.EXPECTED, lambda c: c.cell.status is not Status.PENDING)
        board.choose(card.id)
        for letter in (Key.Key_A, Key.Key_R, Key.Key_D):
            key(board, letter)
        at(board, qtbot, card.id, Station.DONE)
        key(board, Key.Key_U)
        at(board, qtbot, card.id, Station.IN_ROOM)
        stamps = board.context.operations.queries.flow_day(board.source.day()).stamps[card.id]
        assert stamps.arrived is not None
        assert stamps.started is not None
        assert stamps.completed is None

    def test_what_cannot_be_is_said_and_nothing_happens(
        self, board: FlowPage, qtbot: QtBot
    ) -> None:
        card = first(board, Station.EXPECTED, lambda c: c.cell.status is Status.CONFIRMED)
        board.choose(card.id)
        key(board, Key.Key_D)
        qtbot.waitUntil(board.message.isVisible)
        assert board.message.message is not None
        assert "has not been in the room yet" in board.message.message.sentence
        assert status(board, card.id) is Status.CONFIRMED

    def test_arrows_walk_and_shift_carries(self, board: FlowPage, qtbot: QtBot) -> None:
        surface = board.surface
        surface.first()
        assert first(board, Station.ARRIVED).id == surface.selected
        key(board, Key.Key_Down)
        second = surface.card
        assert second is not None
        assert second.station is Station.ARRIVED
        key(board, Key.Key_Right)
        assert surface.card is not None
        assert surface.card.station is Station.IN_ROOM
        carried = surface.card.id
        key(board, Key.Key_Right, SHIFT)
        at(board, qtbot, carried, Station.DONE)
        key(board, Key.Key_Left, SHIFT)
        at(board, qtbot, carried, Station.IN_ROOM)

    def test_letters_can_be_switched_off(
        self, window: MainWindow, board: FlowPage, qtbot: QtBot
    ) -> None:
        window.settings.put("calendar.letters", False)
        qtbot.waitUntil(lambda: not board.surface.letters)
        card = first(board, Station.ARRIVED)
        board.choose(card.id)
        key(board, Key.Key_R)
        key(board, Key.Key_Space)
        at(board, qtbot, card.id, Station.IN_ROOM)
        assert status(board, card.id) is Status.IN_PROGRESS


class TestPointer:
    def test_a_button_of_a_card(self, board: FlowPage, qtbot: QtBot) -> None:
        card = first(board, Station.IN_ROOM)
        seen(board, card.id)
        click(board, board.surface.button_rect(card.id, "next").center())
        at(board, qtbot, card.id, Station.DONE)

    def test_a_card_is_dragged_to_the_next_column_and_back(
        self, board: FlowPage, qtbot: QtBot
    ) -> None:
        card = first(board, Station.ARRIVED)
        self._drag(board, card.id, Station.IN_ROOM)
        at(board, qtbot, card.id, Station.IN_ROOM)
        self._drag(board, card.id, Station.ARRIVED)
        at(board, qtbot, card.id, Station.ARRIVED)

    def test_a_drop_that_cannot_be_says_why(self, board: FlowPage, qtbot: QtBot) -> None:
        card = first(board, Station.ARRIVED)
        self._drag(board, card.id, Station.DONE)
        qtbot.waitUntil(board.message.isVisible)
        assert status(board, card.id) is Status.ARRIVED

    def test_esc_lets_a_carried_card_go(self, board: FlowPage) -> None:
        card = first(board, Station.ARRIVED)
        view, start = board.surface.viewport(), seen(board, card.id).topLeft() + QPoint(40, 12)
        goal = board.surface.column_rect(2).center()
        QTest.mousePress(view, LEFT, NONE, start)
        QTest.mouseMove(view, start + QPoint(30, 5))
        QTest.mouseMove(view, goal)
        assert board.surface.drag is not None
        assert board.surface.drag.way is not None
        assert board.surface.drag.way.to is Status.IN_PROGRESS
        key(board, Key.Key_Escape)
        assert board.surface.drag is None
        QTest.mouseRelease(view, LEFT, NONE, goal)
        assert status(board, card.id) is Status.ARRIVED

    def _drag(self, board: FlowPage, row_id: str, goal: Station) -> None:
        view = board.surface.viewport()
        start = seen(board, row_id).topLeft() + QPoint(40, 12)
        column = list(Station).index(goal)
        end = QPoint(board.surface.column_rect(column).center().x(), start.y())
        QTest.mousePress(view, LEFT, NONE, start)
        QTest.mouseMove(view, start + QPoint(20, 4))
        QTest.mouseMove(view, end)
        QTest.mouseRelease(view, LEFT, NONE, end)


class TestTime:
    def test_minutes_pass_without_losing_the_place(self, board: FlowPage, qtbot: QtBot) -> None:
        card = first(board, Station.ARRIVED)
        board.choose(card.id)
        board.context.clock.set(board.context.clock.now() + timedelta(minutes=25))  # type: ignore[attr-defined]
        board.source.read()
        qtbot.waitUntil(
            lambda: board.surface.card is not None and board.surface.card.waited == card.waited + 25
        )
        assert board.surface.selected == card.id
        assert board.surface.hasFocus()
        assert board.surface.card is not None
        assert board.surface.card.level is Level.TOO_LONG
        assert "too long" in board.surface.naming.state(board.surface.card)

    def test_thresholds_are_settings(
        self, window: MainWindow, board: FlowPage, qtbot: QtBot
    ) -> None:
        card = max(board.surface.flow.columns[Station.ARRIVED], key=lambda c: c.waited)
        assert card.waited > 2
        window.settings.put("flow.red", 2)
        qtbot.waitUntil(
            lambda: (
                (now := board.surface.flow.find(card.id)) is not None
                and now.level is Level.TOO_LONG
            )
        )

    def test_a_no_show_is_proposed_and_set_by_hand_alone(
        self, board: FlowPage, qtbot: QtBot
    ) -> None:
        card = first(board, Station.EXPECTED, lambda c: c.cell.status is Status.CONFIRMED)
        board.context.clock.set(card.cell.start + timedelta(minutes=15))  # type: ignore[attr-defined]
        board.source.read()
        qtbot.waitUntil(
            lambda: (now := board.surface.flow.find(card.id)) is not None and now.missing
        )
        assert status(board, card.id) is Status.CONFIRMED
        assert "late" in board.counters.late.words
        seen(board, card.id)
        click(board, board.surface.button_rect(card.id, "no_show").center())
        at(board, qtbot, card.id, Station.GONE)
        key(board, Key.Key_U)
        at(board, qtbot, card.id, Station.EXPECTED)

    def test_another_desk_s_check_in_appears(
        self, clinic: Clinic, window: MainWindow, board: FlowPage, qtbot: QtBot
    ) -> None:
        card = first(board, Station.EXPECTED, lambda c: c.cell.status is Status.CONFIRMED)
        clinic.front.other_desk().execute(ChangeStatus(appointment_id=card.id, to=Status.ARRIVED))
        window.freshness.look()
        at(board, qtbot, card.id, Station.ARRIVED)


class TestLateness:
    def test_the_doctor_s_word_shifts_likely_starts_and_names_whom_to_ring(
        self, board: FlowPage, qtbot: QtBot
    ) -> None:
        card = first(board, Station.ARRIVED)
        doctor = card.cell.doctor_id
        board.choose(card.id)
        key(board, Key.Key_L)
        qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        menu = board.deeds.menu
        assert menu is not None
        next(a for a in menu.actions() if a.text() == "45 minutes").trigger()
        menu.close()
        qtbot.waitUntil(
            lambda: board.source.board is not None and doctor in board.source.board.flow.delays
        )
        assert board.source.board is not None
        assert board.source.board.forecast.lateness[doctor] >= 30
        qtbot.waitUntil(board.call_button.isVisible)
        assert status(board, card.id) is Status.ARRIVED
        QTest.mouseClick(board.call_button, LEFT)
        calls = board.deeds.calls
        assert calls is not None
        qtbot.waitUntil(calls.isVisible)
        assert calls.table.rowCount() == len(board.source.board.forecast.call)
        assert "running about" in calls.message()
        QTest.mouseClick(calls.copy_button, LEFT)
        assert QApplication.clipboard().text() == calls.message()
        calls.close()

    def test_every_card_that_waits_has_a_likely_start(self, board: FlowPage) -> None:
        for spot in board.surface.spots:
            if spot.card.station in (Station.EXPECTED, Station.ARRIVED):
                assert spot.card.likely is not None
                assert spot.card.likely >= spot.card.cell.start


class TestLanesAndFilter:
    def test_a_lane_for_each_doctor_kept_by_the_desk(
        self, window: MainWindow, board: FlowPage, qtbot: QtBot
    ) -> None:
        key(board, Key.Key_G)
        qtbot.waitUntil(lambda: len(board.surface.lanes) == len(board.source.doctors()))
        for spot in board.surface.spots:
            assert board.surface.lanes[spot.lane].doctor_id == spot.card.cell.doctor_id
        assert window.settings.get("flow.lanes") is True

    def test_one_doctor_alone_and_all_again(self, board: FlowPage, qtbot: QtBot) -> None:
        doctor = board.source.doctors()[1]
        QTest.mouseClick(board.filter.badge(doctor), LEFT)
        qtbot.waitUntil(lambda: {s.card.cell.doctor_id for s in board.surface.spots} == {doctor})
        assert board.counters.waiting.words == (
            f"{len(board.surface.flow.columns[Station.ARRIVED])} waiting now"
        )
        QTest.mouseClick(board.filter.all, LEFT)
        qtbot.waitUntil(lambda: len({s.card.cell.doctor_id for s in board.surface.spots}) > 1)

    def test_a_doctor_asked_for_is_shown_alone(
        self, window: MainWindow, board: FlowPage, qtbot: QtBot
    ) -> None:
        doctor = board.source.doctors()[2]
        window.show_page("flow", doctor)
        qtbot.waitUntil(lambda: {s.card.cell.doctor_id for s in board.surface.spots} == {doctor})


class TestWalkIn:
    def test_w_opens_the_booking_of_a_walk_in(
        self, window: MainWindow, board: FlowPage, qtbot: QtBot
    ) -> None:
        key(board, Key.Key_W)
        dialog = window.doors.booking
        qtbot.waitUntil(lambda: dialog.isVisible() and dialog.walk_in.isChecked())
        dialog.reject()
        qtbot.waitUntil(lambda: not dialog.isVisible())

    def test_who_is_booked_as_a_walk_in_waits_on_the_board(
        self, board: FlowPage, qtbot: QtBot
    ) -> None:
        queries = board.context.operations.queries
        roster = queries.roster()
        taken = {cell.patient_id for cell in queries.flow_day(board.source.day()).cells}
        hit = next(h for h in queries.search_patients("ma", 40) if h.id not in taken)
        kind = next(t for t in roster.types.values() if t.slug == "urgent")
        made = run(
            board,
            qtbot,
            BookAppointment(
                patient_id=hit.id,
                doctor_id=board.source.doctors()[0],
                type_id=kind.id,
                start=board.context.clock.now(),
                walk_in=True,
                overbook_reason="Pain",
                outside_hours=True,
            ),
        )
        at(board, qtbot, str(made.value), Station.ARRIVED)


class TestWall:
    def test_it_never_shows_a_name(self, window: MainWindow, board: FlowPage, qtbot: QtBot) -> None:
        press(qtbot, window, Key.Key_F11)
        qtbot.waitUntil(lambda: board.wall is not None and bool(board.wall.rows))
        wall = board.wall
        assert isinstance(wall, WallScreen)
        assert wall.isWindow()
        assert wall.windowTitle() == "Waiting room · Clinic Desk"  # the system adds no name to it
        here = (Station.ARRIVED, Station.IN_ROOM)
        cells = [spot.card.cell for spot in board.surface.spots if spot.card.station in here]
        told = [row.inside + tuple(code for code, _clock in row.waiting) for row in wall.rows]
        codes = [code for row in told for code in row]
        assert codes
        assert all(len(code) <= 5 and "." in code for code in codes)
        assert {initials(cell) for cell in cells} >= set(codes)
        words = wall.accessibleName()
        assert not any(cell.first_name in words for cell in cells if len(cell.first_name) > 3)
        QTest.keyClick(wall, Key.Key_F11)
        qtbot.waitUntil(wall.isFullScreen)
        QTest.keyClick(wall, Key.Key_Escape)
        qtbot.waitUntil(lambda: not wall.isVisible())

    def test_numbers_in_place_of_initials(
        self, window: MainWindow, board: FlowPage, qtbot: QtBot
    ) -> None:
        window.settings.put("flow.wall", "numbers")
        board.toggle_wall()
        qtbot.waitUntil(lambda: board.wall is not None and bool(board.wall.rows))
        assert board.wall is not None
        assert board.source.board is not None
        numbers = set(board.source.board.flow.numbers.values())
        codes = {code for row in board.wall.rows for code, _clock in row.waiting}
        assert codes <= numbers

    def test_it_follows_while_the_board_is_away(
        self, window: MainWindow, board: FlowPage, qtbot: QtBot
    ) -> None:
        card = first(board, Station.ARRIVED)
        board.toggle_wall()
        qtbot.waitUntil(lambda: board.wall is not None and bool(board.wall.rows))
        wall = board.wall
        assert wall is not None
        window.show_calendar()
        qtbot.waitUntil(lambda: not board.isVisible())
        before = sum(len(row.inside) for row in wall.rows)
        run(board, qtbot, ChangeStatus(appointment_id=card.id, to=Status.IN_PROGRESS))
        qtbot.waitUntil(lambda: sum(len(row.inside) for row in wall.rows) == before + 1)


class TestEmptyDay:
    def test_a_day_without_visits_says_so(
        self, clinic: Clinic, window: MainWindow, board: FlowPage, qtbot: QtBot
    ) -> None:
        clock = board.context.clock
        clock.set(clock.now() + timedelta(days=400))  # type: ignore[attr-defined]
        board.source.read()
        qtbot.waitUntil(lambda: board.stack.currentWidget() is board.empty)
        texts = [label.text() for label in board.empty.findChildren(QLabel)]
        assert any(text.startswith("No visits on") for text in texts)


def test_no_figure_stands_without_its_number(board: FlowPage) -> None:
    """In the morning nobody has been seen yet: there is no average wait to tell of."""
    desk = board.source.board
    assert desk is not None
    row = board.counters
    assert row.average.isVisible()
    row.show_counters(Counters(waiting=3), Naming(desk.roster, private=False))
    assert row.waiting.isVisible()
    assert not any(
        figure.isVisible() for figure in (row.longest, row.average, row.behind, row.late)
    )
