"""An answer to a refusal is not lost to what comes late from the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from clinic_desk.domain.appointments import OCCUPYING
from clinic_desk.domain.errors import Fault
from clinic_desk.domain.templates import Reserved
from clinic_desk.services.commands import SaveRecords
from clinic_desk.ui.booking import caller
from clinic_desk.ui.runtime.wording import Tone
from tests.fakes.ui_ground import Keys, front_desk, keyboard
from tests.ui.test_booking_dialog import ALT, CONTROL, ENTER, Desk, _taken, desk

__all__ = ["desk", "front_desk", "keyboard"]

WHY = "In pain since the night"


def _overbook(desk: Desk) -> QPushButton:
    def found() -> list[QPushButton]:
        return [b for b in desk.dialog.message.buttons() if b.text() == "Overbook"]

    desk.ground.settle(found)
    return found()[0]


def _reason_of(desk: Desk) -> object:
    desk.ground.settle(lambda: desk.booked)
    return desk.ground.store.queries.appointment(desk.booked[0]).values["overbook_reason"]


def test_habits_that_come_late_leave_the_answer_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, known = Event(), caller.preferences_of

    def slow(*asked: Any) -> Any:
        assert told.wait(60)
        return known(*asked)

    monkeypatch.setattr(caller, "preferences_of", slow)
    dialog = desk.dialog
    doctor, taken = _taken(desk)
    dialog.open_at(doctor, taken.start, taken.end)
    keys = Keys(dialog)
    keys.type("lee ana")
    keys.press(ENTER)
    desk.ground.settle(lambda: dialog.caller.asking and dialog.hold.settled)
    QTest.mouseClick(_overbook(desk), Qt.MouseButton.LeftButton)
    assert dialog.message.reason.hasFocus()
    keys.type(WHY[:6])
    told.set()
    desk.ground.settle(lambda: dialog.rows.rowCount() > 1)
    desk.ready()
    assert dialog.message.reason.hasFocus()
    assert dialog.message.reason.text() == WHY[:6]
    keys.type(WHY[6:])
    keys.press(ENTER)
    assert _reason_of(desk) == WHY
    assert desk.cell(desk.booked[0]).start == taken.start


def test_an_answer_given_before_the_name_counts(desk: Desk) -> None:
    doctor, taken = _taken(desk)
    desk.dialog.open_at(doctor, taken.start, taken.end)
    _overbook(desk).click()
    keys = Keys(desk.dialog)
    keys.type(WHY)
    keys.press(ENTER)
    assert desk.dialog.who.edit.hasFocus()
    keys.type("lee ana")
    keys.press(ENTER)
    desk.ground.settle(lambda: desk.dialog.rows.rowCount() > 1)
    desk.ready()
    keys.press(ENTER, CONTROL)
    assert _reason_of(desk) == WHY


def test_a_hold_that_ends_and_a_search_that_fails_leave_the_field(desk: Desk) -> None:
    dialog = desk.dialog
    doctor, taken = _taken(desk)
    dialog.open_at(doctor, taken.start, taken.end)
    keys = Keys(dialog)
    keys.type("lee ana")
    keys.press(ENTER)
    desk.ground.settle(lambda: dialog.rows.rowCount() > 1)
    desk.ready()
    _overbook(desk).click()
    keys.type(WHY)
    dialog.hold.warned.emit()
    dialog.hold.ran_out.emit()
    dialog.openings._failed(Fault("io", "The diary cannot be read."))
    assert dialog.message.asking
    assert dialog.message.reason.text() == WHY
    QTest.mouseClick(dialog.book_button, Qt.MouseButton.LeftButton)
    assert _reason_of(desk) == WHY


def test_another_length_ends_the_question(desk: Desk) -> None:
    dialog = desk.dialog
    doctor, taken = _taken(desk)
    dialog.open_at(doctor, taken.start, taken.end)
    _overbook(desk).click()
    assert dialog.message.asking
    QTest.keyClick(dialog.length.box, Qt.Key.Key_Up)
    desk.ground.settle(lambda: not dialog.message.asking)
    assert dialog.answers.overrides.overbook_reason == ""


def test_the_day_beside_the_list_knows_what_this_dialog_holds(desk: Desk) -> None:
    """The day may be read when the hold stands already and its answer is not here yet."""
    dialog = desk.dialog
    keys = desk.open_new()
    keys.type("lee ana")
    keys.press(ENTER)
    desk.ready()
    held, free = dialog.hold.hold_id, dialog.openings.current
    assert held is not None
    assert free is not None
    day = free.slot.start.date()
    cells = desk.ground.store.queries.calendar(day, day, [free.slot.doctor_id]).cells
    desk.ground.settle(lambda: dialog.strip.shown is not None)
    assert dialog.strip.shown is not None
    dialog.strip.show_day(replace(dialog.strip.shown, day=day, cells=cells))
    assert held in {cell.id for cell in dialog.strip.standing()}
    dialog.hold.state_changed.emit()
    standing = {cell.id for cell in dialog.strip.standing()}
    assert standing == {cell.id for cell in cells if cell.status in OCCUPYING} - {held}


def _choose_kind(desk: Desk, name: str) -> None:
    box = desk.dialog.type_box
    number = box.findText(name)
    assert number >= 0
    box.setCurrentIndex(number)
    box.activated.emit(number)


def test_another_kind_ends_what_was_said_of_the_one_before(desk: Desk) -> None:
    """Time kept for other visits is refused as soon as it is chosen; a kind of the same length
    that it is kept for holds it, and nothing speaks of the refusal any more."""
    dialog, roster = desk.dialog, desk.dialog.source.roster
    assert roster is not None
    kinds = {kind.name: kind for kind in dialog.source.types_for(None)}
    assert kinds["Urgent"].duration == kinds["Follow-up"].duration
    keys = desk.open_new()
    keys.type("lee ana")
    keys.press(ENTER)
    desk.ready()
    free = dialog.openings.current
    assert free is not None
    urgent = (kinds["Urgent"].id,)
    week = [
        replace(row, breaks=(), reserved=(Reserved(row.work_start, row.work_end, urgent),))
        for row in roster.templates
        if row.doctor_id == free.slot.doctor_id
    ]
    dialog.reject()
    desk.ground.desk.execute(SaveRecords(records=tuple(week)))
    dialog.open_at(free.slot.doctor_id, free.slot.start)
    _choose_kind(desk, "Follow-up")
    desk.ground.settle(lambda: "kept for Urgent" in dialog.message.sentence)
    assert dialog.hold.hold_id is None
    assert "Book outside hours" in [b.text() for b in dialog.message.buttons()]
    _choose_kind(desk, "Urgent")
    desk.ground.settle(lambda: dialog.hold.hold_id is not None and dialog.hold.settled)
    assert dialog.message.sentence == ""
    held = dialog.hold.place
    assert held is not None
    assert held.type_id == kinds["Urgent"].id


def test_a_kind_chosen_a_moment_before_book_is_the_kind_that_is_booked(desk: Desk) -> None:
    """Book does not wait for the pause in which somebody may choose on; it looks at once."""
    dialog = desk.dialog
    desk.ground.clock.set(datetime(2026, 11, 24, 12, 3, tzinfo=UTC))
    keys = desk.open_new()
    keys.type("lee ana")
    keys.press(ENTER)
    desk.ready()
    keys.press(Qt.Key.Key_K, ALT)
    desk.ground.settle(dialog.walk_in.isChecked)
    desk.ground.settle(lambda: not dialog.openings.searching)
    lengths = {kind.id: kind.duration for kind in dialog.source.types_for(None)}
    was = lengths[str(dialog.draft.type_id)]
    box = dialog.type_box
    other = min(range(box.count()), key=lambda n: lengths[box.itemData(n)])
    assert lengths[box.itemData(other)] != was
    box.setCurrentIndex(other)
    box.activated.emit(other)
    keys.press(ENTER, CONTROL)
    desk.ground.settle(lambda: desk.booked or dialog.message.tone is Tone.REFUSE)
    assert desk.booked, dialog.message.sentence
    cell = desk.cell(desk.booked[0])
    assert (cell.end - cell.start).total_seconds() // 60 == lengths[box.itemData(other)]
