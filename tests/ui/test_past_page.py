"""The time machine in the window: moments by field, slider, button and key; reading, no writing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QDate, QPoint, Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.services import past
from clinic_desk.services.commands import (
    BlockTime,
    BookAppointment,
    CancelAppointment,
    MoveAppointment,
    Undo,
)
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.views import Cell
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.past.page import PastPage
from clinic_desk.ui.runtime.privacy import CURTAIN
from tests.fakes.front_desk import TUESDAY, FrontDesk, open_desk
from tests.ui.test_shell_window import Clinic, opened

Key, Mod = Qt.Key, Qt.KeyboardModifier
QUARTER = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes its time; what never comes still fails."""
    monkeypatch.setattr(QtBot, "waitUntil", partialmethod(QtBot.waitUntil, timeout=60_000))


@pytest.fixture
def front(tmp_path: Path) -> Iterator[FrontDesk]:
    made = open_desk(tmp_path, Theme.for_tests())
    yield made
    made.close()


class Story:
    """Three changes, five minutes apart, after the clinic was opened: one visit is moved within
    the day, one cancelled, one moved away."""

    def __init__(self, front: FrontDesk) -> None:
        self.front = front
        day = TUESDAY.date()
        free = [
            cell
            for cell in front.store.queries.calendar(day, day).cells
            if cell.status in (Status.SCHEDULED, Status.CONFIRMED)
        ]
        self.moved, self.cancelled, self.left = free[-3:]
        self.begin = front.clock.now()
        self.first = self.run(self._move(self.moved, self.moved.start + QUARTER))
        self.second = self.run(
            CancelAppointment(appointment_id=self.cancelled.id, reason="Feels better")
        )
        self.third = self.run(self._move(self.left, self.left.start + timedelta(days=7)))
        front.clock.advance(minutes=5)

    def _move(self, cell: Cell, start: datetime) -> MoveAppointment:
        return MoveAppointment(
            appointment_id=cell.id, expected_revision=None, start=start,
            end=start + (cell.end - cell.start), outside_hours=True, override_reason="asked for",
            overbook_reason="asked for", allow_patient_overlap=True,
        )  # fmt: skip

    def run(self, command: Any) -> datetime:
        self.front.clock.advance(minutes=5)
        made: Outcome = self.front.desk.execute(command)
        assert made is not None
        return self.front.clock.now()


@pytest.fixture
def told(front: FrontDesk) -> Story:
    return Story(front)


@pytest.fixture
def window(front: FrontDesk, told: Story, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(Clinic(front), qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> PastPage:
    QTest.keyClick(
        QApplication.focusWidget() or window, Key.Key_H, Mod.ControlModifier | Mod.ShiftModifier
    )
    made = window.centre.page_named("past")
    assert isinstance(made, PastPage)
    qtbot.waitUntil(lambda: stands(made, made.moment) and made.picture.grid.hasFocus())
    qtbot.waitUntil(lambda: window.isActiveWindow() and made.isVisible())
    return made


def stands(page: PastPage, moment: datetime | None) -> bool:
    """The picture of that moment is the one on show."""
    shown = page.picture.shown
    return (
        shown is not None
        and moment is not None
        and shown.wish.moment == moment
        and page.source.roster is not None
    )


def go(page: PastPage, moment: datetime, qtbot: QtBot) -> None:
    page.go_to(moment)
    qtbot.waitUntil(lambda: stands(page, moment))


def starts(page: PastPage) -> dict[str, datetime]:
    return {cell.id: cell.start for cell in page.picture.cells()}


def test_it_opens_on_the_day_of_the_calendar(
    page: PastPage, window: MainWindow, told: Story
) -> None:
    assert page.day == window.day
    assert page.band.words.startswith("As it stood on Tue 24 Nov ")
    assert page.band.words.endswith(" – read only")
    assert page.band.isVisible()
    # the demo clinic was made this very morning: there is no earlier today
    assert page.moment == told.front.clock.now()
    assert not window.sidebar.isVisible()


def test_steps_by_keys_walk_from_change_to_change(
    page: PastPage, told: Story, qtbot: QtBot
) -> None:
    grid = page.picture.grid
    for key, mod, moment in (
        (Key.Key_BracketLeft, Mod.NoModifier, told.third),
        (Key.Key_BracketLeft, Mod.NoModifier, told.second),
        (Key.Key_Left, Mod.ControlModifier, told.first),
        (Key.Key_Left, Mod.ControlModifier, told.begin),
        (Key.Key_Right, Mod.ControlModifier, told.first),
        (Key.Key_BracketRight, Mod.NoModifier, told.second),
    ):
        QTest.keyClick(grid, key, mod)
        qtbot.waitUntil(lambda moment=moment: stands(page, moment))
        stood = past.moment_text(moment, told.front.clock.now(), "Europe/London")
        assert page.band.words == f"As it stood on {stood} – read only"
    assert page.picture.clock.now() == told.second
    at = starts(page)
    assert at[told.moved.id] == told.moved.start + QUARTER
    assert told.cancelled.id not in at
    assert at[told.left.id] == told.left.start


def test_the_picture_of_each_moment(page: PastPage, told: Story, qtbot: QtBot) -> None:
    go(page, told.begin, qtbot)
    at = starts(page)
    assert (at[told.moved.id], at[told.left.id]) == (told.moved.start, told.left.start)
    assert told.cancelled.id in at
    go(page, told.third, qtbot)
    at = starts(page)
    assert told.left.id not in at
    assert told.cancelled.id not in at
    page.show_day(page.day + timedelta(days=7))
    qtbot.waitUntil(lambda: told.left.id in starts(page))
    page.step(-1)
    qtbot.waitUntil(lambda: told.left.id not in starts(page))


def test_the_slider_and_the_buttons(page: PastPage, told: Story, qtbot: QtBot) -> None:
    bar = page.bar
    count = len(past.steps(page.story))  # type: ignore[arg-type]
    assert (bar.slider.maximum(), bar.slider.value()) == (count, count)
    assert not bar.forth.isEnabled()
    QTest.mouseClick(bar.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stands(page, told.third))
    bar.slider.setFocus()
    QTest.keyClick(bar.slider, Key.Key_Left)
    qtbot.waitUntil(lambda: stands(page, told.second))
    assert bar.place.text() == f"{count - 1} of {count} moments passed"
    QTest.keyClick(bar.slider, Key.Key_Home)
    born = page.story.born if page.story is not None else None
    qtbot.waitUntil(lambda: stands(page, born))
    QTest.mouseClick(bar.forth, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.moment != born or not bar.back.isEnabled())
    QTest.mouseClick(bar.now, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stands(page, told.front.clock.now()))


def test_a_typed_moment_and_what_cannot_be_shown(page: PastPage, told: Story, qtbot: QtBot) -> None:
    bar = page.bar
    before = page.moment
    bar.time.setFocus()
    bar.time.setTime(QTime(10, 49, 30))
    wanted = told.first + timedelta(minutes=2, seconds=30)
    qtbot.waitUntil(lambda: stands(page, wanted))
    bar.day.setDate(QDate(2027, 1, 4))
    qtbot.waitUntil(page.message.isVisible)
    sentence = page.message.message.sentence if page.message.message else ""
    assert sentence.startswith("Mon 4 Jan 2027 10:49:30 is still to come")
    assert "choose a moment up to now, Tue 24 Nov" in sentence
    assert bar.day.property("invalid") is True
    assert page.moment == wanted != before
    bar.day.setDate(QDate(2019, 5, 1))
    sentence = page.message.message.sentence if page.message.message else ""
    assert sentence.startswith("Nothing is known of Wed 1 May 2019 10:49:30: this clinic’s history"
                               .replace("’", "'"))  # fmt: skip
    assert page.moment == wanted
    bar.day.setDate(QDate(2026, 11, 24))
    qtbot.waitUntil(lambda: not page.message.isVisible())
    assert bar.day.property("invalid") is False


def test_a_mirrored_moment_keeps_its_order(window: MainWindow, told: Story, qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    try:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        assert window.show_page("past")
        page = window.centre.shown_page
        assert isinstance(page, PastPage)
        page.bar.time.setTime(QTime(10, 49, 30))
        assert page.bar.time.text() == "10:49:30"
        assert page.bar.day.text() == page.bar.day.date().toString("ddd d MMM yyyy")
        assert page.day_field.text() == page.day_field.date().toString("ddd d MMM yyyy")
    finally:
        app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_who_changed_what_since_then(page: PastPage, told: Story, qtbot: QtBot) -> None:
    assert page.side.which.currentData() == "all"  # there was no morning to look back from
    page.side.which.setCurrentIndex(page.side.which.findData("since"))
    go(page, told.begin, qtbot)
    rows = page.side.list.rows.rows
    assert [row.change.event.subject_id for row in rows] == [
        told.left.id, told.cancelled.id, told.moved.id,
    ]  # fmt: skip
    actor = told.front.context.actor
    assert rows[2].who == actor.name
    assert rows[2].deed.startswith(
        f"moved it from {past_words(told.moved.start)} to {past_words(told.moved.start + QUARTER)}"
    )
    assert rows[1].deed == "cancelled it: “Feels better”"
    assert rows[1].subject == told.cancelled.listed_name
    assert page.side.said.text().startswith("3 changes since Tue 24 Nov 10:42")
    page.side.which.setCurrentIndex(page.side.which.findData("all"))
    page.side.which.activated.emit(1)
    assert len(page.side.list.rows.rows) > 3


def past_words(instant: datetime) -> str:
    return f"Tue 24 Nov {instant:%H:%M}"  # London keeps UTC in November


def test_a_click_or_enter_highlights_and_opens_the_present_card(
    page: PastPage, told: Story, qtbot: QtBot
) -> None:
    page.side.which.setCurrentIndex(page.side.which.findData("since"))
    go(page, told.begin, qtbot)
    view = page.side.list
    area = view.visualRect(view.rows.index(2, 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    assert page.picture.grid.selected_ids == [told.moved.id]
    asked: list[str] = []
    page.visit_requested.connect(asked.append)
    view.setFocus()
    QTest.keyClick(view, Key.Key_Up)
    assert page.picture.grid.selected_ids == [told.cancelled.id]
    QTest.keyClick(view, Key.Key_Up)
    QTest.keyClick(view, Key.Key_Return)
    assert page.picture.grid.selected_ids == [told.left.id]
    QTest.keyClick(view, Key.Key_Return, Mod.ControlModifier)
    assert asked == [told.left.id]


def test_a_visit_that_was_elsewhere_then_is_told_of(
    page: PastPage, told: Story, qtbot: QtBot
) -> None:
    go(page, told.third, qtbot)
    page.side.which.setCurrentIndex(page.side.which.findData("all"))
    page.side.which.activated.emit(1)
    view = page.side.list
    row = view.rows.find(told.left.id)
    view.point_at(row)
    view.setFocus()
    QTest.keyClick(view, Key.Key_Return)
    sentence = page.message.message.sentence if page.message.message else ""
    assert sentence.startswith("At this moment it did not stand on these days")
    QTest.mouseClick(page.side.go_button, Qt.MouseButton.LeftButton)
    eve = told.third - timedelta(seconds=1)
    qtbot.waitUntil(lambda: stands(page, eve))
    assert told.left.id in starts(page)


def test_between_two_moments(page: PastPage, told: Story, qtbot: QtBot) -> None:
    go(page, told.first, qtbot)
    QTest.keyClick(page.picture.grid, Key.Key_K)
    go(page, told.second, qtbot)
    assert [r.change.event.subject_id for r in page.side.list.rows.rows] == [told.cancelled.id]
    assert page.side.said.text() == ("1 change between Tue 24 Nov 10:47 and Tue 24 Nov 10:52")
    go(page, told.begin, qtbot)
    assert [r.change.event.subject_id for r in page.side.list.rows.rows] == [told.moved.id]


@pytest.mark.parametrize(
    ("key", "mod"),
    [
        (Key.Key_A, Mod.NoModifier), (Key.Key_D, Mod.NoModifier), (Key.Key_M, Mod.NoModifier),
        (Key.Key_Delete, Mod.NoModifier), (Key.Key_B, Mod.NoModifier),
        (Key.Key_H, Mod.NoModifier), (Key.Key_P, Mod.NoModifier),
        (Key.Key_V, Mod.ControlModifier), (Key.Key_X, Mod.ControlModifier),
        (Key.Key_Z, Mod.ControlModifier), (Key.Key_Y, Mod.ControlModifier),
        (Key.Key_Z, Mod.ControlModifier | Mod.ShiftModifier),
        (Key.Key_Down, Mod.ControlModifier | Mod.ShiftModifier),
    ],
)  # fmt: skip
def test_a_key_that_writes_says_why_not(
    page: PastPage, told: Story, qtbot: QtBot, key: Qt.Key, mod: Qt.KeyboardModifier
) -> None:
    go(page, told.second, qtbot)
    assert page.picture.highlight(told.moved.id)
    version = told.front.store.queries.data_version()
    QTest.keyClick(page.picture.grid, key, mod)
    qtbot.waitUntil(page.message.isVisible)
    sentence = page.message.message.sentence if page.message.message else ""
    assert sentence.startswith("This is how the calendar stood on Tue 24 Nov 10:52")
    told.front.settle(lambda: True)
    assert told.front.store.queries.data_version() == version
    QTest.keyClick(page.picture.grid, Key.Key_Escape)
    assert not page.message.isVisible()
    assert page.isVisible()


def test_the_mouse_writes_nothing_either(page: PastPage, told: Story, qtbot: QtBot) -> None:
    go(page, told.begin, qtbot)
    grid = page.picture.grid
    assert page.picture.highlight(told.moved.id)
    area = grid.cell_rect(told.moved.id)
    assert area is not None
    version = told.front.store.queries.data_version()
    middle = area.center()
    QTest.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(grid.viewport(), middle + QPoint(0, 80))
    QTest.mouseRelease(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle + QPoint(0, 80))
    assert starts(page)[told.moved.id] == told.moved.start
    empty = next(
        QPoint(x, y)
        for y in range(20, grid.viewport().height() - 20, 12)
        for x in range(20, grid.viewport().width() - 20, 40)
        if grid.hit(QPoint(x, y)).kind == "empty"
    )
    QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=empty)
    qtbot.waitUntil(page.message.isVisible)
    assert told.front.store.queries.data_version() == version


def test_the_present_card_opens_from_the_grid(page: PastPage, told: Story, qtbot: QtBot) -> None:
    go(page, told.begin, qtbot)
    asked: list[str] = []
    page.visit_requested.connect(asked.append)
    assert page.picture.highlight(told.cancelled.id)
    QTest.keyClick(page.picture.grid, Key.Key_Space)
    qtbot.waitUntil(page.picture.card.isVisible)
    QTest.keyClick(page.picture.grid, Key.Key_Escape)
    assert not page.picture.card.isVisible()
    QTest.keyClick(page.picture.grid, Key.Key_Return)
    assert asked == [told.cancelled.id]
    area = page.picture.grid.cell_rect(told.cancelled.id)
    assert area is not None
    QTest.mouseDClick(page.picture.grid.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    assert asked == [told.cancelled.id] * 2


def test_a_booking_taken_back_has_no_card(
    page: PastPage, told: Story, window: MainWindow, qtbot: QtBot
) -> None:
    front = told.front
    row = front.store.queries.appointment(told.moved.id).values
    front.clock.advance(minutes=1)
    booked = front.desk.execute(
        BookAppointment(
            patient_id=str(row["patient_id"]), doctor_id=told.moved.doctor_id,
            type_id=str(row["type_id"]), start=told.moved.start + timedelta(hours=2),
            outside_hours=True, override_reason="x", allow_patient_overlap=True,
        )
    )  # fmt: skip
    then = front.clock.now()
    front.clock.advance(minutes=1)
    front.desk.execute(Undo())
    page.read()
    qtbot.waitUntil(lambda: page.story is not None and booked.value in page.story.gone)
    go(page, then, qtbot)
    asked: list[str] = []
    page.visit_requested.connect(asked.append)
    assert page.picture.highlight(str(booked.value))
    QTest.keyClick(page.picture.grid, Key.Key_Return)
    sentence = page.message.message.sentence if page.message.message else ""
    assert sentence == "This booking was taken back; there is no card of it any more."
    assert not asked
    assert page.side.list.rows.rows[0].deed.startswith("took back the booking for Tue 24 Nov")


def test_a_week_of_one_doctor_and_another_day(page: PastPage, told: Story, qtbot: QtBot) -> None:
    page.period.setCurrentIndex(1)
    page.period.activated.emit(1)
    qtbot.waitUntil(lambda: page.picture.shown is not None and page.picture.shown.wish.week)
    page.doctor.setCurrentIndex(page.doctor.findData(told.moved.doctor_id))
    page.doctor.activated.emit(page.doctor.currentIndex())
    qtbot.waitUntil(lambda: len(page.picture.grid.columns) == 7)
    assert {c.doctor_id for c in page.picture.grid.columns} == {told.moved.doctor_id}
    day = page.day
    QTest.keyClick(page.picture.grid, Key.Key_PageDown, Mod.ControlModifier)
    assert page.day == day + timedelta(days=7)
    qtbot.waitUntil(lambda: page.picture.shown is not None
                    and page.picture.shown.wish.first > day)  # fmt: skip


def test_blocked_time_is_told_of_and_the_page_follows(
    page: PastPage, told: Story, window: MainWindow, qtbot: QtBot
) -> None:
    front = told.front
    front.clock.advance(minutes=1)
    start = told.moved.start + timedelta(hours=1)
    window.context.operations.run(
        BlockTime(doctor_id=told.moved.doctor_id, start=start, end=start + QUARTER, reason="Tea")
    )
    qtbot.waitUntil(
        lambda: (
            page.story is not None
            and any(c.event.subject_kind == "availability_exception" for c in page.story.changes)
        )
    )
    row = page.side.list.rows.rows[0]
    assert row.subject.startswith("Working time · Dr ")
    assert row.deed == f"blocked {past_words(start)}–{start + QUARTER:%H:%M}: “Tea”"


def test_the_curtain_covers_names_here_too(
    page: PastPage, told: Story, window: MainWindow, qtbot: QtBot
) -> None:
    page.side.which.setCurrentIndex(page.side.which.findData("since"))
    go(page, told.begin, qtbot)
    assert page.side.list.rows.rows[1].subject == told.cancelled.listed_name
    QTest.keyClick(page.picture.grid, Key.Key_F12)
    short = f"{told.cancelled.first_name[0]}. {told.cancelled.last_name[0]}."
    try:
        qtbot.waitUntil(lambda: page.side.list.rows.rows[1].subject == short)
        qtbot.waitUntil(lambda: page.picture.grid.surface.private)
    finally:
        CURTAIN.lift()
    qtbot.waitUntil(lambda: page.side.list.rows.rows[1].subject == told.cancelled.listed_name)
    qtbot.waitUntil(lambda: not page.picture.grid.surface.private)


def test_escape_leads_back(page: PastPage, window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(page.picture.grid, Key.Key_Escape)
    qtbot.waitUntil(lambda: window.centre.page == "calendar")
    assert not QApplication.activePopupWidget() or not isinstance(
        QApplication.activePopupWidget(), QMenu
    )


def test_the_menu_takes_nothing_back_while_the_past_is_shown(
    window: MainWindow, page: PastPage, qtbot: QtBot
) -> None:
    before = window.context.operations.queries.undo_state(window.context.actor.session_id)
    action = window.actions_["edit.undo"]
    assert before.undo_label
    assert not action.isEnabled()
    assert "time machine" in action.toolTip()
    menus = [one for one in action.associatedObjects() if isinstance(one, QMenu)]
    assert menus
    assert all(menu.toolTipsVisible() for menu in menus)
    refused: list[object] = []
    window.undoing.refused.connect(refused.append)
    window.undoing.undo()  # the button of a message that still stands
    assert len(refused) == 1
    QTest.keyClick(page.picture.grid, Key.Key_Escape)
    qtbot.waitUntil(lambda: window.centre.page == "calendar")
    assert action.isEnabled()
    assert "time machine" not in action.toolTip()
    session = window.context.actor.session_id
    assert window.context.operations.queries.undo_state(session) == before
