"""Columns in the real window on the real store: booking from a room, order kept over a restart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.spans import at_local
from clinic_desk.services.commands import CancelAppointment
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import TODAY, Clinic, opened

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def clinic(tmp_path: Path, qtbot: QtBot) -> Iterator[Clinic]:
    assert qtbot is not None
    front = open_desk(tmp_path, Theme.for_tests())
    yield Clinic(front)
    front.close()


def shown(window: MainWindow) -> list[str]:
    return [column.doctor_id or column.room_id or "" for column in window.page.grid().columns]


def test_a_dragged_head_stays_where_it_was_put_after_a_restart(
    clinic: Clinic, qtbot: QtBot
) -> None:
    window = opened(clinic, qtbot)
    qtbot.waitUntil(lambda: len(shown(window)) >= 3)
    before = shown(window)
    header = window.page.grid().header
    start, goal = header.head_rect(0).center(), header.head_rect(2)
    to = QPoint(goal.right() - 4, goal.center().y())
    qtbot.mousePress(header, LEFT, pos=start)
    qtbot.mouseMove(header, start + QPoint(20, 0))
    qtbot.mouseMove(header, to)
    qtbot.mouseRelease(header, LEFT, pos=to)
    wanted = [before[1], before[2], before[0], *before[3:]]
    qtbot.waitUntil(lambda: shown(window) == wanted)
    assert [row.id for row in window.sidebar.columns.columns.rows][:3] == wanted[:3]
    shut(window)
    again = opened(clinic, qtbot)
    try:
        qtbot.waitUntil(lambda: shown(again) == wanted)
    finally:
        shut(again)


def test_a_rooms_empty_time_opens_the_booking_with_doctor_time_and_room(
    clinic: Clinic, qtbot: QtBot
) -> None:
    window = opened(clinic, qtbot)
    window.choices.set_group("room")
    grid = window.page.grid()
    qtbot.waitUntil(lambda: bool(grid.columns) and grid.columns[0].room_id is not None)
    column = grid.columns[0]
    start = at_local(TODAY, 16 * 60 + 30, column.zone)
    for candidate in grid.columns:
        grid.place_cursor(candidate, start)
        if grid.current_cell() is None:
            column = candidate
            break
    window.page.focus_grid()
    with qtbot.waitSignal(window.page.book_requested) as asked:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    wish = asked.args[0]
    assert wish["room_id"] == column.room_id
    dialog = window.doors.booking
    qtbot.waitUntil(dialog.isVisible)
    slot = dialog.openings.current.slot
    assert (slot.doctor_id, slot.start, slot.room_id) == (
        wish["doctor_id"],
        wish["start"],
        column.room_id,
    )
    dialog.reject()
    shut(window)


def test_the_days_of_a_month_that_is_known_are_not_asked_for_again(
    clinic: Clinic, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries, asked = clinic.front.operations.queries, []
    real = queries.loads

    def loads(first: date, last: date) -> object:
        asked.append((first, last))
        return real(first, last)

    monkeypatch.setattr(queries, "loads", loads)
    window = opened(clinic, qtbot)

    def booked() -> dict[str, int]:
        return {row.id: row.booked for row in window.sidebar.columns.columns.rows}

    def stored(day: date) -> dict[str, int]:
        return {load.doctor_id: load.load.booked for load in real(day, day)}

    try:
        qtbot.waitUntil(lambda: bool(asked) and booked() == stored(TODAY))
        before = list(asked)
        other = TODAY + timedelta(days=2)
        assert stored(other) != stored(TODAY)
        for day in (other, TODAY) * 4 + (other,):
            window.go_to(day)
            qtbot.waitUntil(lambda day=day: window.day == day and booked() == stored(day))
        # whatever else may have changed in the meantime asks once or twice
        assert len(asked) - len(before) <= 2
        full = stored(other)
        for cell in queries.cells(other, other):
            if cell.status is Status.SCHEDULED:
                clinic.front.desk.execute(CancelAppointment(appointment_id=cell.id, reason="Ill"))
        window.context.operations.announce_external()
        qtbot.waitUntil(lambda: stored(other) != full and booked() == stored(other))
        assert len(asked) > len(before)
    finally:
        shut(window)
