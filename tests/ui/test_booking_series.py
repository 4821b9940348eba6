"""Visits that repeat, booked through the dialog on the real store by keys and mouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability import choosable_types
from clinic_desk.domain.permissions import DEFAULTS, Role
from clinic_desk.services.commands import BookAppointment, Undo
from tests.fakes.front_desk import FrontDesk
from tests.fakes.series_ground import SeriesDesk, at, free_start
from tests.fakes.ui_ground import front_desk

__all__ = ["front_desk"]

ENTER = Qt.Key.Key_Return
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
FIRST = date(2027, 1, 11)
WEEKLY = "FREQ=WEEKLY;COUNT=6"


@pytest.fixture
def desk(front_desk: FrontDesk) -> Iterator[SeriesDesk]:
    made = SeriesDesk(front_desk)
    yield made
    made.close()


def book(desk: SeriesDesk) -> None:
    desk.dialog.book_button.click()
    desk.ground.settle(lambda: desk.toasts)


def test_six_weeks_are_booked_with_two_keys_more_than_one_visit(desk: SeriesDesk) -> None:
    doctor, day, clock = free_start(desk, WEEKLY, FIRST)
    keys = desk.open_at(doctor, day, clock)
    before = keys.count
    desk.unfold(keys)
    assert [row.tone for row in desk.rows()] == ["ok"] * 6
    assert desk.dialog.repeat_summary.text() == "6 visits"
    held = desk.dialog.hold.hold_id
    assert held is not None
    keys.press(ENTER)
    assert desk.dialog.book_button.hasFocus()
    keys.press(ENTER)
    desk.ground.settle(lambda: desk.toasts)
    assert keys.count - before == 3
    visits = desk.standing()
    assert [v.start for v in visits] == [at(day + timedelta(weeks=n), clock) for n in range(6)]
    assert visits[0].id == held, "the held place became the first visit"
    assert "6 visits" in desk.toasts[0]
    desk.ground.desk.execute(Undo())
    assert desk.in_diary(day, 6) == []


def test_enters_pressed_ahead_wait_for_the_preview(desk: SeriesDesk) -> None:
    doctor, day, clock = free_start(desk, WEEKLY, FIRST)
    keys = desk.open_at(doctor, day, clock)
    keys.press(Qt.Key.Key_P, ALT)
    keys.press(ENTER)
    keys.press(ENTER)
    desk.ground.settle(lambda: desk.toasts)
    assert len(desk.standing()) == 6


@pytest.mark.parametrize("by", ["key", "mouse"])
@pytest.mark.parametrize("way", ["nearest", "other", "skip"])
def test_a_clash_is_solved_inline(desk: SeriesDesk, way: str, by: str) -> None:
    doctor, day, clock = free_start(desk, WEEKLY, FIRST)
    third = day + timedelta(weeks=2)
    desk.block(doctor, third, clock)
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    (clash,) = desk.clashing()
    assert clash.key == f"{third}T{clock}"
    assert {"nearest", "skip"} <= {deed.name for deed in clash.deeds}
    keys.press(ENTER)
    assert desk.list.hasFocus(), "Enter leads to the date that clashes"
    assert desk.list.current == clash
    letter = {"nearest": Qt.Key.Key_N, "other": Qt.Key.Key_D, "skip": Qt.Key.Key_S}[way]
    if by == "key":
        desk.press_row(letter)
    else:
        desk.click_row(clash, way)
    assert desk.clashing() == []
    keys.press(ENTER)
    keys.press(ENTER)
    desk.ground.settle(lambda: desk.toasts)
    visits = desk.standing()
    others = [at(day + timedelta(weeks=n), clock) for n in (0, 1, 3, 4, 5)]
    if way == "skip":
        assert [v.start for v in visits] == others
        assert "Skipped: " in desk.toasts[0]
        return
    assert len(visits) == 6
    solved = visits[2]
    if way == "nearest":
        assert solved.doctor_id == doctor
        assert solved.start != at(third, clock)
    else:
        assert solved.doctor_id != doctor
        assert solved.start == at(third, clock)
    assert sorted({v.start for v in visits} - {solved.start}) == others


def test_all_are_solved_with_one_key_and_one_is_taken_back(desk: SeriesDesk) -> None:
    doctor, day, clock = free_start(desk, WEEKLY, FIRST)
    for week in (1, 3):
        desk.block(doctor, day + timedelta(weeks=week), clock)
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    assert len(desk.clashing()) == 2
    assert desk.dialog.repeat_part.solve.isVisible()
    desk.press_row(Qt.Key.Key_A)
    assert desk.clashing() == []
    assert "2 elsewhere" in desk.dialog.repeat_summary.text()
    desk.list.choose(f"{day + timedelta(weeks=3)}T{clock}")
    desk.press_row(Qt.Key.Key_U)
    assert len(desk.clashing()) == 1


def test_book_asks_about_clashes_once_and_books_the_others(desk: SeriesDesk) -> None:
    doctor, day, clock = free_start(desk, WEEKLY, FIRST)
    desk.block(doctor, day + timedelta(weeks=4), clock)
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    keys.press(ENTER, CONTROL)
    assert "1 date clashes" in desk.dialog.message.sentence
    assert desk.toasts == []
    assert desk.list.hasFocus()
    keys.press(ENTER)
    keys.press(ENTER)
    without = desk.dialog.message.buttons()[-1]
    assert without.hasFocus()
    assert without.text() == "Book without them"
    without.click()
    desk.ground.settle(lambda: desk.toasts)
    assert len(desk.standing()) == 5
    assert "Left out because they clash" in desk.toasts[0]


def test_every_two_weeks_typed_in_when(desk: SeriesDesk) -> None:
    keys = desk.open_at(*free_start(desk, "FREQ=WEEKLY;INTERVAL=2;COUNT=4", FIRST))
    pinned = desk.dialog.openings.current
    assert pinned is not None
    desk.dialog.when.setFocus()
    keys.type("every 2 weeks x4")
    desk.ground.settle(lambda: desk.repeating.on)
    desk.judged()
    desk.ground.settle(lambda: not desk.dialog.openings.searching)
    desk.judged()
    assert len(desk.rows()) == 4
    assert desk.dialog.message.sentence == ""
    book(desk)
    starts = [v.start for v in desk.standing()]
    assert {b - a for a, b in pairwise(starts)} == {timedelta(weeks=2)}
    assert len(starts) == 4
    desk.dialog.open_new()
    assert not desk.repeating.on


def test_monthly_on_the_31st_says_which_months_are_left_out(desk: SeriesDesk) -> None:
    doctor, day, clock = free_start(desk, "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2", date(2027, 3, 31),
                                    days=1)  # fmt: skip
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    desk.rule.unit.setFocus()
    keys.press(Qt.Key.Key_Down)
    desk.rule.count.setFocus()
    desk.rule.count.selectAll()
    keys.type("2")
    desk.ground.settle(lambda: len(desk.rows()) == 2)
    desk.judged()
    assert [row.key[:10] for row in desk.rows()] == ["2027-03-31", "2027-05-31"]
    notes = desk.dialog.repeat_part.notes
    assert "There is no 31st in April" in notes.text()
    assert notes.isVisible()
    book(desk)
    assert [v.start.date() for v in desk.standing()] == [date(2027, 3, 31), date(2027, 5, 31)]


def test_the_fifth_friday_says_which_months_have_none(desk: SeriesDesk) -> None:
    doctor, day, clock = free_start(desk, "FREQ=MONTHLY;BYDAY=5FR;COUNT=2", date(2027, 1, 29),
                                    days=1)  # fmt: skip
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    desk.rule.unit.setFocus()
    keys.press(Qt.Key.Key_Down)
    desk.rule.monthly.setFocus()
    keys.press(Qt.Key.Key_Down)
    assert desk.rule.monthly.currentText() == "the fifth Friday"
    desk.rule.count.setFocus()
    desk.rule.count.selectAll()
    keys.type("2")
    desk.ground.settle(lambda: len(desk.rows()) == 2)
    desk.judged()
    assert "There is no fifth Friday" in desk.dialog.repeat_part.notes.text()
    assert [row.key[:10] for row in desk.rows()] == ["2027-01-29", "2027-04-30"]


def test_nine_stays_nine_across_the_clock_change(desk: SeriesDesk) -> None:
    desk.ground.clock.set(at(date(2027, 9, 1), "10:00"))
    doctor, day, clock = free_start(desk, WEEKLY, date(2027, 10, 11), choose="09:00", days=12)
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    assert {row.clock for row in desk.rows()} == {clock}
    book(desk)
    visits = desk.standing()
    assert [v.start for v in visits] == [at(day + timedelta(weeks=n), clock) for n in range(6)]
    assert len({v.start.time() for v in visits}) == 2, "in UTC it is an hour apart"


def test_a_wrong_until_says_so_and_loses_nothing(desk: SeriesDesk) -> None:
    doctor, day, clock = free_start(desk, WEEKLY, FIRST)
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    desk.rule.ending.setFocus()
    keys.press(Qt.Key.Key_Down)
    desk.rule.until.setFocus()
    desk.rule.until.selectAll()
    keys.type("someday")
    assert "no day" in desk.rule.fault.text()
    keys.press(ENTER, CONTROL)
    assert desk.toasts == []
    assert desk.rule.until.hasFocus()
    desk.rule.until.selectAll()
    last = day + timedelta(weeks=3)
    keys.type(f"{last.day}.{last.month}.{last.year}")
    desk.ground.settle(lambda: len(desk.rows()) == 4)
    desk.judged()
    assert not desk.rule.fault.isVisible()
    book(desk)
    assert len(desk.standing()) == 4


def test_a_place_taken_meanwhile_is_shown_not_lost(desk: SeriesDesk) -> None:
    doctor, day, clock = free_start(desk, WEEKLY, FIRST)
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    taken = day + timedelta(weeks=2)
    desk.list.choose(f"{taken}T{clock}")
    desk.press_row(Qt.Key.Key_S)
    desk.press_row(Qt.Key.Key_U)
    desk.block(doctor, taken, clock)
    desk.ground.operations.announce_external()
    desk.ground.settle(lambda: len(desk.clashing()) == 1)


def test_esc_keeps_the_series_in_the_draft(desk: SeriesDesk) -> None:
    doctor, day, clock = free_start(desk, WEEKLY, FIRST)
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    desk.rule.count.setFocus()
    desk.rule.count.selectAll()
    keys.type("3")
    desk.ground.settle(lambda: len(desk.rows()) == 3)
    keys.press(Qt.Key.Key_Escape)
    assert not desk.dialog.isVisible()
    desk.dialog.open_new()
    desk.ground.settle(desk.dialog.who.edit.hasFocus)
    keys.press(ENTER)
    desk.ground.settle(lambda: desk.repeating.on)
    desk.judged()
    assert desk.rule.count.value() == 3


def test_a_walk_in_does_not_repeat(desk: SeriesDesk) -> None:
    doctor, day, clock = free_start(desk, WEEKLY, FIRST)
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    desk.dialog.walk_in.setChecked(True)
    assert not desk.repeating.on
    assert not desk.dialog.repeat_fold.isEnabled()
    assert desk.dialog.answers is not None


def test_the_status_of_each_visit_is_that_of_one_booked_alone(desk: SeriesDesk) -> None:
    doctor, day, clock = free_start(desk, WEEKLY, FIRST)
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    book(desk)
    assert {v.status for v in desk.standing()} <= {Status.SCHEDULED, Status.PENDING}
    assert len({v.confirmation_code for v in desk.standing()}) == 6


def squeeze(desk: SeriesDesk, doctor: str, day: date, clock: str) -> None:
    """Somebody else is with the doctor at that time."""
    roster = desk.ground.store.queries.roster()
    kind = next(k for k in choosable_types(roster, doctor) if k.slug != "new-patient")
    today = desk.ground.clock.now().date()
    other = next(
        cell.patient_id for cell in desk.ground.store.queries.cells(today, today)
        if cell.patient_id is not None and cell.last_name != "Lee"
    )  # fmt: skip
    start = at(day, clock)
    desk.ground.desk.execute(
        BookAppointment(
            patient_id=other, doctor_id=doctor, type_id=kind.id, start=start,
            end=start + timedelta(minutes=30),
        )
    )  # fmt: skip


def test_a_clash_is_overbooked_with_a_reason(desk: SeriesDesk) -> None:
    """The visit takes a lane above the doctor's capacity and looks like it; undo takes all back."""
    doctor, day, clock = free_start(desk, WEEKLY, FIRST)
    third = day + timedelta(weeks=2)
    squeeze(desk, doctor, third, clock)
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    (clash,) = desk.clashing()
    assert "past" in {deed.name for deed in clash.deeds}
    desk.list.choose(clash.key)
    desk.list.setFocus()
    QTest.keyClick(desk.list, Qt.Key.Key_O)
    desk.ground.settle(lambda: desk.repeating.card is not None and desk.repeating.card.isVisible())
    card = desk.repeating.card
    assert card is not None
    assert "is booked" in card.sentence.text()
    assert "squeezed in beside the others" in card.sentence.text()
    QTest.keyClicks(card.reason, "In pain")
    QTest.keyClick(card.reason, ENTER)
    desk.ground.settle(lambda: desk.rows()[2].told == "Overbooked: “In pain”")
    assert desk.clashing() == []
    book(desk)
    visits = desk.standing()
    assert [v.start for v in visits] == [at(day + timedelta(weeks=n), clock) for n in range(6)]
    over = visits[2]
    assert over.overbook_reason == "In pain"
    assert "overbooked" in over.flags
    assert [v.id for v in visits if "overbooked" in v.flags] == [over.id]
    desk.ground.desk.execute(Undo())
    assert desk.in_diary(day, 6) == []


def test_overbooking_is_not_offered_to_whom_it_is_not_allowed(desk: SeriesDesk) -> None:
    doctor, day, clock = free_start(desk, WEEKLY, FIRST)
    squeeze(desk, doctor, day + timedelta(weeks=2), clock)
    actor = replace(
        desk.ground.context.actor, role="receptionist", permissions=DEFAULTS[Role.RECEPTIONIST]
    )
    desk.dialog.context = replace(desk.ground.context, actor=actor)
    keys = desk.open_at(doctor, day, clock)
    desk.unfold(keys)
    (clash,) = desk.clashing()
    assert "past" not in {deed.name for deed in clash.deeds}
    desk.list.choose(clash.key)
    desk.press_row(Qt.Key.Key_O)
    assert desk.repeating.card is None
    assert len(desk.clashing()) == 1
