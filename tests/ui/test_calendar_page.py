"""The calendar page on fake queries and a gate that remembers: every view, by mouse and key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.services.commands import (
    BlockTime,
    ChangeStatus,
    ChangeStatusTogether,
    HoldSlot,
    ReleaseExpiredHolds,
    StepBack,
)
from clinic_desk.services.outcome import Changes
from clinic_desk.ui.calendar.page import CalendarPage
from clinic_desk.ui.calendar.popover import VisitList
from clinic_desk.ui.calendar.time_question import AskTime
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Operations
from tests.fakes import calendar_data as data

MONDAY = data.TUESDAY - timedelta(days=1)


@pytest.fixture
def queries():
    return data.FakeQueries()


@pytest.fixture
def gate():
    return data.FakeGate()


@pytest.fixture
def page(qtbot, queries, gate):
    operations = Operations(gate, queries)
    context = Context(
        operations=operations,
        clock=data.Clock(),
        actor=Actor("staff", "M. Keller", "desk-2", "session"),
        new_id=lambda: "id",
        theme=Theme.for_tests(),
    )
    page = CalendarPage(context)
    qtbot.addWidget(page)
    page.resize(1400, 900)
    page.show()
    qtbot.waitExposed(page)
    with qtbot.waitSignal(page.loaded):
        page.today()
    page.focus_grid()
    yield page
    operations.shutdown()


def settled(qtbot, page, act):
    with qtbot.waitSignal(page.loaded):
        act()


def key(qtbot, widget, which, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(widget, which, modifier)


def test_today_is_the_day_of_the_clinic_and_is_asked_once(page, queries):
    assert page.day == data.TUESDAY
    assert queries.asked == [(data.TUESDAY, data.TUESDAY)]
    assert [c.code for c in page.grid().columns] == ["AD", "JC", "PV", "SO", "LH", "MR"]


def test_chosen_doctors_in_their_own_order(qtbot, page):
    settled(qtbot, page, lambda: page.set_doctors(["d3", "d0"]))
    assert [c.doctor_id for c in page.grid().columns] == ["d3", "d0"]


def test_control_page_down_turns_the_day_and_keeps_the_time(qtbot, page):
    grid = page.grid()
    grid.place_cursor(grid.columns[1], data.at("16:00"))
    top = grid.verticalScrollBar().value()
    with qtbot.waitSignals([page.day_changed, page.loaded]):
        key(qtbot, grid, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    tomorrow = data.TUESDAY + timedelta(days=1)
    assert page.day == tomorrow
    column, instant = grid.cursor
    assert (column.doctor_id, column.day, instant) == ("d1", tomorrow, data.at("16:00", tomorrow))
    assert grid.verticalScrollBar().value() == top


def test_week_of_the_cursors_doctor(qtbot, page, queries):
    page.grid().focus_cell("a030")
    settled(qtbot, page, lambda: page.set_view("week"))
    assert queries.asked[-1] == (MONDAY, MONDAY + timedelta(days=4))
    assert {c.doctor_id for c in page.grid().columns} == {"d2"}
    assert [c.title for c in page.grid().columns][:2] == ["Mon 23", "Tue 24"]
    assert page.current_cell().id == "a030"
    settled(qtbot, page, lambda: page.week_bar.days_chosen.emit(7))
    assert len(page.grid().columns) == 7
    settled(qtbot, page, lambda: page.week_bar.doctor_chosen.emit(None))
    assert len(page.grid().columns) == 42
    settled(qtbot, page, lambda: page.step(1))
    assert page.grid().columns[0].day == MONDAY + timedelta(days=7)


def test_a_week_shows_the_day_that_was_asked_for(qtbot, page):
    saturday = MONDAY + timedelta(days=5)
    settled(qtbot, page, lambda: page.set_view("week"))
    settled(qtbot, page, lambda: page.show_day(saturday))
    assert [c.day for c in page.grid().columns][5] == saturday
    assert page.week_bar.days.currentData() == 7
    settled(qtbot, page, lambda: page.week_bar.days_chosen.emit(5))
    assert (len(page.grid().columns), page.day) == (5, MONDAY + timedelta(days=4))
    settled(qtbot, page, lambda: page.step(1))
    assert len(page.grid().columns) == 5


def test_a_day_of_the_shown_month_is_gone_to(qtbot, page):
    settled(qtbot, page, lambda: page.set_view("month"))
    settled(qtbot, page, lambda: page.show_day(data.TUESDAY - timedelta(days=12)))
    assert page.month.cursor_day == data.TUESDAY - timedelta(days=12)
    key(qtbot, page.month, Qt.Key.Key_Right)
    assert page.day == data.TUESDAY - timedelta(days=11)


def test_rooms_as_columns(qtbot, page):
    settled(qtbot, page, lambda: page.set_group("room"))
    assert page.grid().columns[3].room_id == "r3"
    settled(qtbot, page, lambda: page.set_rooms(["r3"]))
    assert [c.room_id for c in page.grid().columns] == ["r3"]


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        (Changes(frozenset({"external"})), True),
        (Changes(frozenset({"appointment"}), days=frozenset({data.TUESDAY})), True),
        (Changes(frozenset({"appointment"}), days=frozenset({MONDAY})), False),
        (Changes(frozenset({"patient"})), True),
        (Changes(frozenset({"setting"})), False),
    ],
)
def test_only_touching_changes_ask_again(qtbot, page, queries, changes, asks):
    before = len(queries.asked)
    page.refresh(changes)
    if asks:
        qtbot.waitUntil(lambda: len(queries.asked) > before)
    else:
        QTest.qWait(60)
        assert len(queries.asked) == before


def test_changes_of_a_hidden_doctor_do_not_ask(qtbot, page, queries):
    settled(qtbot, page, lambda: page.set_doctors(["d0"]))
    before = len(queries.asked)
    today = frozenset({data.TUESDAY})
    page.refresh(Changes(frozenset({"appointment"}), days=today, doctor_ids=frozenset({"d4"})))
    QTest.qWait(60)
    assert len(queries.asked) == before


def test_a_refresh_keeps_cursor_selection_and_scroll(qtbot, page, queries):
    grid = page.grid()
    grid.focus_cell("a013")
    top = grid.verticalScrollBar().value()
    queries.all_cells = [
        replace(c, note="new note") if c.id == "a013" else c for c in queries.all_cells
    ]
    settled(qtbot, page, lambda: page.refresh(Changes(frozenset({"external"}))))
    assert page.current_cell().note == "new note"
    assert grid.selected_ids == ["a013"]
    assert grid.verticalScrollBar().value() == top


@pytest.mark.parametrize(
    ("which", "modifier", "to"),
    [
        (Qt.Key.Key_F, Qt.KeyboardModifier.NoModifier, Status.CONFIRMED),
        (Qt.Key.Key_2, Qt.KeyboardModifier.KeypadModifier, Status.ARRIVED),
        (Qt.Key.Key_R, Qt.KeyboardModifier.NoModifier, Status.IN_PROGRESS),
        (Qt.Key.Key_D, Qt.KeyboardModifier.NoModifier, Status.COMPLETED),
        (Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, Status.NO_SHOW),
    ],
)
def test_status_keys_send_one_command(qtbot, page, gate, which, modifier, to):
    page.grid().focus_cell("a009")
    with qtbot.waitSignal(page.toast_requested):
        key(qtbot, page.grid(), which, modifier)
    command = gate.executed[-1]
    assert isinstance(command, ChangeStatus)
    assert (command.appointment_id, command.to, command.expected_revision) == ("a009", to, 1)


def test_step_back(qtbot, page, gate):
    page.grid().focus_cell("a009")
    with qtbot.waitSignal(page.toast_requested):
        key(qtbot, page.grid(), Qt.Key.Key_U)
    assert isinstance(gate.executed[-1], StepBack)


def test_several_visits_change_status_together(qtbot, page, gate):
    page.grid().select(["a009", "a010"])
    key(qtbot, page.grid(), Qt.Key.Key_A)
    qtbot.waitUntil(lambda: len(gate.executed) == 1)
    (together,) = gate.executed
    assert isinstance(together, ChangeStatusTogether)
    assert {c.appointment_id for c in together.changes} == {"a009", "a010"}


def test_a_refusal_is_told(qtbot, page, gate):
    gate.refusal = Refusal("illegal_status", "This visit is already completed.")
    page.grid().focus_cell("a000")
    with qtbot.waitSignal(page.refused) as told:
        key(qtbot, page.grid(), Qt.Key.Key_A)
    assert told.args[0].code == "illegal_status"


def test_delete_asks_for_a_reason_and_writes_nothing(qtbot, page, gate):
    page.grid().focus_cell("a009")
    with qtbot.waitSignal(page.cancel_requested) as asked:
        key(qtbot, page.grid(), Qt.Key.Key_Delete)
    assert [c.id for c in asked.args[0]] == ["a009"]
    assert gate.executed == []


def test_enter_books_empty_time_and_opens_a_visit(qtbot, page):
    grid = page.grid()
    grid.place_cursor(grid.columns[0], data.at("14:30"))
    with qtbot.waitSignal(page.book_requested) as asked:
        key(qtbot, grid, Qt.Key.Key_Return)
    assert asked.args[0]["start"] == data.at("14:30")
    grid.focus_cell("a004")
    with qtbot.waitSignal(page.open_requested) as opened:
        key(qtbot, grid, Qt.Key.Key_Return)
    assert opened.args == ["a004"]


def test_hold_takes_the_swept_range(qtbot, page, gate):
    grid = page.grid()
    grid.place_cursor(grid.columns[0], data.at("14:30"))
    key(qtbot, grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(page.toast_requested):
        key(qtbot, grid, Qt.Key.Key_H)
    command = gate.executed[-1]
    assert isinstance(command, HoldSlot)
    assert (command.start, command.end) == (data.at("14:30"), data.at("15:00"))


def test_block_asks_for_a_reason(qtbot, page, gate):
    grid = page.grid()
    grid.place_cursor(grid.columns[0], data.at("14:30"))
    key(qtbot, grid, Qt.Key.Key_B)
    ask = page.findChild(AskTime)
    assert ask.reason.hasFocus()
    qtbot.keyClicks(ask.reason, "Meeting")
    with qtbot.waitSignal(page.toast_requested):
        qtbot.keyClick(ask.reason, Qt.Key.Key_Return)
    command = gate.executed[-1]
    assert isinstance(command, BlockTime)
    assert (command.reason, command.doctor_id) == ("Meeting", "d0")


def test_next_available_knows_the_visit(qtbot, page):
    page.grid().focus_cell("a009")
    with qtbot.waitSignal(page.finder_requested) as asked:
        key(qtbot, page.grid(), Qt.Key.Key_N)
    assert asked.args[0]["appointment_id"] == "a009"
    assert asked.args[0]["duration"] == 45


def test_the_card_comes_after_a_rest_and_esc_closes_it(qtbot, page):
    grid = page.grid()
    # From elsewhere: a pointer that an earlier test left on this very spot would not move.
    qtbot.mouseMove(grid.viewport(), QPoint(3, 3))
    qtbot.mouseMove(grid.viewport(), grid.cell_rect("a004").center())
    assert not page.card.isVisible()
    qtbot.waitUntil(page.card.isVisible)
    words = [label.text() for label in page.card.findChildren(QLabel)]
    assert "Lee, Ana · 38 y" in words
    assert "Penicillin allergy" in words
    key(qtbot, grid, Qt.Key.Key_Escape)
    assert not page.card.isVisible()


def test_the_card_keeps_its_height_when_its_visit_changes(qtbot, page):
    page.grid().focus_cell("a004")
    key(qtbot, page.grid(), Qt.Key.Key_Space)
    before = page.card.height()
    page.card.refresh(replace(page.card.cell, note="Brings the letter"))
    assert page.card.height() > before > 100


def test_space_pins_the_card_and_space_closes_it(qtbot, page):
    page.grid().focus_cell("a004")
    key(qtbot, page.grid(), Qt.Key.Key_Space)
    assert page.card.pinned
    assert page.rect().contains(page.card.geometry())
    key(qtbot, page.grid(), Qt.Key.Key_I)
    assert not page.card.isVisible()


def test_the_menu_offers_what_the_status_machine_allows(qtbot, page):
    grid = page.grid()
    grid.focus_cell("a009")
    page.actions_.show_menu(grid.hit(grid.cell_rect("a009").center()), QPoint(50, 50))
    status = page.actions_.menu.actions()[1].menu()
    allowed = {a.objectName(): a.isEnabled() for a in status.actions() if a.objectName()}
    assert allowed["arrived"]
    assert not allowed["done"]
    page.actions_.menu.close()


def test_the_menu_on_empty_time_books(qtbot, page):
    grid = page.grid()
    spot = grid.span_rect(grid.columns[0], data.at("14:30"), data.at("14:45")).center()
    found = grid.click(spot, Qt.KeyboardModifier.NoModifier)
    page.actions_.show_menu(found, QPoint(50, 50))
    book = next(a for a in page.actions_.menu.actions() if a.objectName() == "activate")
    with qtbot.waitSignal(page.book_requested):
        book.trigger()
    page.actions_.menu.close()


def test_select_visit_waits_for_its_day(qtbot, page):
    settled(qtbot, page, lambda: page.show_day(MONDAY))
    page.show_day(data.TUESDAY)
    page.select_visit("a040")
    qtbot.waitSignal(page.loaded).wait()
    assert page.current_cell().id == "a040"


def test_month_walks_by_key_and_opens_a_day(qtbot, page):
    settled(qtbot, page, lambda: page.set_view("month"))
    page.focus_grid()
    month = page.month
    key(qtbot, month, Qt.Key.Key_Right)
    key(qtbot, month, Qt.Key.Key_Down)
    assert month.cursor_day == date(2026, 12, 2)
    qtbot.waitUntil(lambda: page.day == date(2026, 12, 2))
    key(qtbot, month, Qt.Key.Key_PageUp)
    assert month.cursor_day == date(2026, 11, 2)
    key(qtbot, month, Qt.Key.Key_End)
    assert month.cursor_day == date(2026, 11, 8)
    with qtbot.waitSignal(page.view_requested) as asked:
        key(qtbot, month, Qt.Key.Key_Return)
    assert asked.args == ["day"]
    assert (page.view, page.day) == ("day", date(2026, 11, 8))


def test_month_finds_the_day_under_a_global_position(qtbot, page):
    settled(qtbot, page, lambda: page.set_view("month"))
    month = page.month
    spot = month.viewport().mapToGlobal(month.day_rect(date(2026, 11, 12)).center())
    assert month.date_at(spot) == date(2026, 11, 12)
    assert month.date_at(QPoint(-5, -5)) is None


def test_month_list_opens_everything_behind_the_more_line(qtbot, page):
    settled(qtbot, page, lambda: page.set_view("month"))
    month = page.month
    key(qtbot, month, Qt.Key.Key_L)
    QApplication.processEvents()
    month.grab()
    more = month._painter.more[data.TUESDAY]
    qtbot.mouseClick(month.viewport(), Qt.MouseButton.LeftButton, pos=more.center().toPoint())
    popover = month.findChild(VisitList)
    assert popover.list.count() == 69
    with qtbot.waitSignal(page.open_requested):
        qtbot.keyClick(popover.list, Qt.Key.Key_Return)


def test_month_chips_and_the_more_line_are_focus_stops(qtbot, page):
    settled(qtbot, page, lambda: page.set_view("month"))
    month = page.month
    month.set_mode("list")
    month.grab()
    stops = month._stops()
    control = Qt.KeyboardModifier.ControlModifier
    key(qtbot, month, Qt.Key.Key_Down, control)
    with qtbot.waitSignal(page.open_requested) as opened:
        key(qtbot, month, Qt.Key.Key_Return)
    assert opened.args == [stops[0][1].cell.id]
    for _ in stops:
        key(qtbot, month, Qt.Key.Key_Down, control)
    key(qtbot, month, Qt.Key.Key_Return)
    assert month.findChild(VisitList) is not None
    month.findChild(VisitList).close()


def test_agenda_filters_without_accents_and_by_phone(qtbot, page):
    settled(qtbot, page, lambda: page.set_view("agenda"))
    agenda = page.agenda
    assert agenda.model.visits == 69
    qtbot.keyClicks(agenda.text, "bjornsdottir")
    assert [agenda.model.cell(r).last_name for r in (1,)] == ["Björnsdóttir"]
    agenda.text.clear()
    qtbot.keyClicks(agenda.text, "79460182")
    assert agenda.model.visits == 1
    agenda.text.clear()
    agenda.status.setCurrentIndex(agenda.status.findData(Status.NO_SHOW))
    assert agenda.model.visits == 1
    agenda.status.setCurrentIndex(0)
    agenda.grouping.setCurrentIndex(1)
    assert len(agenda.model.heads()) == 6


def test_agenda_changes_many_at_once(qtbot, page, gate):
    settled(qtbot, page, lambda: page.set_view("agenda"))
    agenda = page.agenda
    agenda.select(["a008", "a009", "a013"])
    page.focus_grid()
    key(qtbot, agenda.table, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: len(gate.executed) == 1)
    (together,) = gate.executed
    assert isinstance(together, ChangeStatusTogether)
    assert {c.appointment_id for c in together.changes} == {"a008", "a009", "a013"}
    assert {c.to for c in together.changes} == {Status.ARRIVED}


def test_agenda_opens_by_key(qtbot, page):
    settled(qtbot, page, lambda: page.set_view("agenda"))
    page.agenda.select(["a004"])
    page.focus_grid()
    with qtbot.waitSignal(page.open_requested) as opened:
        key(qtbot, page.agenda.table, Qt.Key.Key_Return)
    assert opened.args == ["a004"]


def test_agenda_shows_cancelled_when_asked(qtbot, page, queries):
    queries.all_cells = [*queries.all_cells, data.cell("gone", status=Status.CANCELLED)]
    settled(qtbot, page, lambda: page.set_view("agenda"))
    assert page.agenda.model.row_of("gone") is None
    settled(qtbot, page, page.agenda.cancelled.click)
    assert page.agenda.model.row_of("gone") is not None


def test_status_text_and_hints_follow_the_cursor(qtbot, page):
    with qtbot.waitSignal(page.status_text) as told:
        page.grid().focus_cell("a004")
    assert told.args == ["Selected: Lee, Ana · 10:15–10:45 · Dr Demir · in room"]
    grid = page.grid()
    with qtbot.waitSignal(page.key_hints) as hints:
        grid.place_cursor(grid.columns[0], data.at("14:30"))
    assert hints.args[0][0] == ("Enter", "Book")


def test_a_held_place_shows_the_keys_that_work_on_it(qtbot, page, queries):
    held = next(cell for cell in queries.all_cells if cell.status is Status.HELD)
    with qtbot.waitSignal(page.key_hints) as hints:
        assert page.grid().focus_cell(held.id)
    assert [word for _, word in hints.args[0]] == ["Let go", "Keys"]


def test_a_changed_visit_is_told_again_while_it_is_selected(qtbot, page, queries):
    page.grid().focus_cell("a009")
    queries.all_cells = [
        replace(c, status=Status.ARRIVED) if c.id == "a009" else c for c in queries.all_cells
    ]
    with qtbot.waitSignal(page.selection_changed) as told:
        page.refresh(Changes(frozenset({"external"})))
    assert told.args[0].status is Status.ARRIVED


def test_a_hold_that_runs_out_is_released_once(qtbot, page, queries, gate):
    queries.all_cells = [
        replace(c, hold_until=data.NOW) if c.status is Status.HELD else c for c in queries.all_cells
    ]
    settled(qtbot, page, lambda: page.refresh(Changes(frozenset({"external"}))))
    qtbot.waitUntil(lambda: bool(gate.executed))
    page.grid().timers._count()
    QTest.qWait(50)  # a second one would come
    assert [type(c) for c in gate.executed] == [ReleaseExpiredHolds]


class LateClock:
    """Half past eleven at night in London's summer is still yesterday in UTC."""

    def now(self):
        return datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


def test_today_is_the_clinics_day_and_not_that_of_utc(qtbot, queries, gate):
    operations = Operations(gate, queries)
    context = Context(
        operations=operations,
        clock=LateClock(),
        actor=Actor("staff", "M. Keller", "desk-2", "session"),
        new_id=lambda: "id",
        theme=Theme.for_tests(),
    )
    page = CalendarPage(context)
    qtbot.addWidget(page)
    page.show()
    days = []
    page.day_changed.connect(days.append)
    with qtbot.waitSignal(page.loaded):
        page.today()
    assert page.day == date(2026, 7, 1)
    assert days[-1] == date(2026, 7, 1)
    assert page.grid().columns[0].day == date(2026, 7, 1)
    operations.shutdown()
