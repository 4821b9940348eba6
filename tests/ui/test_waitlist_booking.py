"""Onto the waiting list from the booking dialog: two keys, nothing asked that is known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinic_desk.domain.waitlist import Urgency
from clinic_desk.services.planning_views import WaitlistCard
from clinic_desk.services.views import PatientHit
from clinic_desk.ui.models.finding import Wanted
from tests.fakes.front_desk import FrontDesk
from tests.fakes.ui_ground import Keys, front_desk
from tests.ui.test_booking_dialog import ALT, CONTROL, ENTER, ESCAPE, Desk

__all__ = ["front_desk"]

W = Qt.Key.Key_W


@pytest.fixture
def desk(front_desk: FrontDesk) -> Iterator[Desk]:
    made = Desk(front_desk)
    yield made
    made.dialog.reject()
    made.dialog.reject()
    front_desk.settle(lambda: made.dialog.hold.settled)
    made.dialog.hide()
    made.window.hide()
    made.window.deleteLater()


def entries(desk: Desk) -> tuple[WaitlistCard, ...]:
    return desk.ground.store.queries.waitlist()


def saved(desk: Desk) -> WaitlistCard:
    desk.ground.settle(lambda: desk.toasts)
    (card,) = entries(desk)
    assert not desk.dialog.isVisible()
    assert desk.holds() == []
    assert desk.toasts[0][1], "it can be undone"
    return card


def test_a_known_patient_waits_with_two_keys(desk: Desk) -> None:
    keys = desk.open_new()
    keys.type("lee ana")
    keys.press(ENTER)
    desk.ready()
    kind = desk.dialog.draft.type_id
    doctors = desk.dialog.draft.doctor_ids
    before = keys.count
    keys.press(W, ALT)
    assert desk.dialog.wait_fields.when.hasFocus()
    desk.ground.settle(lambda: desk.holds() == [])
    keys.press(ENTER)
    assert keys.count - before == 2
    card = saved(desk)
    assert (card.patient.last_name, card.patient.first_name) == ("Lee", "Ana")
    assert card.entry.type_id == kind
    assert card.entry.doctor_id == (doctors[0] if len(doctors) == 1 else None)
    assert "waits for" in desk.toasts[0][0]


def test_a_name_that_is_only_typed_is_taken_first(desk: Desk) -> None:
    keys = desk.open_new()
    keys.type("lee ana")
    desk.ground.settle(lambda: desk.dialog.searcher.settled)
    keys.press(W, ALT)
    desk.ground.settle(lambda: desk.dialog.wait_fields.when.hasFocus())
    keys.press(ENTER)
    assert saved(desk).patient.first_name == "Ana"


def test_both_keys_before_the_search_has_answered_are_not_lost(desk: Desk) -> None:
    desk.open_new()
    QTest.keyClicks(desk.dialog.who.edit, "lee ana")
    QTest.keyClick(desk.dialog.who.edit, W, ALT)
    assert not desk.dialog.caller.known
    QTest.keyClick(desk.dialog.who.edit, ENTER)
    assert saved(desk).patient.first_name == "Ana"


def test_what_the_when_field_says_becomes_the_wish(desk: Desk) -> None:
    keys = desk.open_new()
    keys.type("lee ana")
    keys.press(ENTER)
    desk.ready()
    desk.dialog.when.setText("tue thu before 12")
    keys.press(W, ALT)
    assert desk.dialog.wait_fields.when.text() == "tue thu before 12"
    assert "Tue, Thu · mornings" in desk.dialog.sentence.text()
    keys.press(Qt.Key.Key_Tab)
    keys.type("u")  # the urgency by its first letter
    keys.press(Qt.Key.Key_Tab)
    keys.type("works shifts")
    keys.press(ENTER)
    entry = saved(desk).entry
    assert (entry.weekdays, entry.earliest, entry.latest) == ("13", None, 720)
    assert entry.urgency is Urgency.URGENT
    assert entry.note == "works shifts"


def test_a_new_caller_is_put_on_file_in_the_same_step(desk: Desk) -> None:
    keys = desk.open_new()
    keys.type("Quennell Tabitha")
    desk.ground.settle(lambda: desk.dialog.searcher.settled)
    keys.press(W, ALT)
    desk.ground.settle(lambda: desk.dialog.who.new_row.phone.hasFocus())
    keys.type("020 7946 0500")
    keys.press(ENTER)
    desk.ground.settle(lambda: desk.dialog.wait_fields.when.hasFocus())
    keys.press(ENTER)
    card = saved(desk)
    assert card.patient.listed_name == "Quennell, Tabitha"
    assert card.patient.phone.endswith("79460500")


def test_words_that_mean_nothing_are_said_and_kept(desk: Desk) -> None:
    keys = desk.open_new()
    keys.type("lee ana")
    keys.press(ENTER)
    desk.ready()
    keys.press(W, ALT)
    keys.type("when pigs fly")
    keys.press(ENTER)
    assert "was not understood" in desk.dialog.message.sentence
    assert desk.dialog.wait_fields.when.text() == "when pigs fly"
    assert entries(desk) == ()
    desk.dialog.wait_fields.when.selectAll()
    keys.type("mornings")
    keys.press(ENTER, CONTROL)
    assert saved(desk).entry.latest == 720


def test_nobody_waits_twice_and_the_first_entry_is_a_key_away(desk: Desk) -> None:
    shown: list[str] = []
    desk.dialog.entry_requested.connect(shown.append)
    for _ in range(2):
        keys = desk.open_new()
        keys.type("lee ana")
        desk.ground.settle(lambda: desk.dialog.searcher.settled)
        keys.press(W, ALT)
        desk.ground.settle(lambda: desk.dialog.wait_fields.when.hasFocus())
        keys.press(ENTER)
        desk.ground.settle(lambda: desk.toasts or desk.dialog.message.sentence)
    desk.ground.settle(lambda: "has been waiting" in desk.dialog.message.sentence)
    (card,) = entries(desk)
    (button,) = desk.dialog.message.buttons()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert shown == [card.entry.id]


def test_escape_goes_back_to_the_booking(desk: Desk) -> None:
    keys = desk.open_new()
    keys.type("lee ana")
    keys.press(ENTER)
    desk.ready()
    keys.press(W, ALT)
    assert not desk.dialog.book_button.isVisible()
    keys.press(ESCAPE)
    assert desk.dialog.isVisible()
    assert desk.dialog.book_button.isVisible()
    desk.ready()
    assert desk.dialog.hold.hold_id is not None
    keys.press(ENTER)
    keys.press(ENTER)
    desk.ground.settle(lambda: desk.booked)
    assert entries(desk) == ()


def test_without_a_name_it_asks_who_and_nothing_else(desk: Desk) -> None:
    keys = desk.open_new()
    keys.press(W, ALT)
    assert desk.dialog.message.sentence.startswith("Who waits?")
    keys.type("lee ana")
    desk.ground.settle(lambda: desk.dialog.searcher.settled)
    keys.press(ENTER)
    desk.ground.settle(lambda: desk.dialog.wait_fields.when.hasFocus())
    keys.press(ENTER)
    assert saved(desk).patient.first_name == "Ana"


def test_from_the_finder_with_its_wishes(desk: Desk) -> None:
    doctor = desk.dialog.source.doctors()[1]
    hits: list[PatientHit] = desk.ground.store.queries.search_patients("lee ana", 1)
    desk.dialog.open_to_wait(
        Wanted(doctor_ids=(doctor.id,), when_text="fri", mornings=True, patient=hits[0])
    )
    desk.ground.settle(lambda: desk.dialog.caller.known and not desk.dialog.caller.asking)
    keys = Keys(desk.dialog)
    assert keys.target is desk.dialog.wait_fields.when
    keys.press(ENTER)
    entry = saved(desk).entry
    assert (entry.doctor_id, entry.weekdays, entry.latest) == (doctor.id, "4", 720)
