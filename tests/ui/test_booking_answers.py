"""An answer to a refusal is not lost to what comes late from the store."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from clinic_desk.domain.errors import Fault
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
