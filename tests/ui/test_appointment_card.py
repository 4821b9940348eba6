"""The appointment card: steps, edits against a newer version, cancelling, history in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QTextCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QPushButton

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.events import Event
from clinic_desk.services.commands import (
    BookAppointment,
    CancelAppointment,
    EditAppointment,
    HoldSlot,
    MoveAppointment,
    SaveRecords,
    Undo,
)
from clinic_desk.services.openings import Criteria, first_openings
from clinic_desk.services.views import AppointmentView, Cell
from clinic_desk.ui.booking.appointment import AppointmentDialog
from clinic_desk.ui.models import history
from clinic_desk.ui.widgets.forms.reason import ReasonDialog
from tests.fakes.front_desk import FrontDesk
from tests.fakes.ui_ground import front_desk

__all__ = ["front_desk"]


@dataclass
class Card:
    ground: FrontDesk
    dialog: AppointmentDialog
    cell: Cell
    toasts: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def stored(self) -> Cell:
        return self.ground.store.queries.appointment(self.cell.id).cell

    def value(self, name: str) -> object:
        return self.ground.store.queries.appointment(self.cell.id).values[name]


@pytest.fixture
def card(front_desk: FrontDesk) -> Iterator[Card]:
    window = QMainWindow()
    window.resize(1366, 768)
    window.show()
    dialog = AppointmentDialog(front_desk.context, window)
    now = front_desk.clock.now()
    cells = front_desk.store.queries.cells(now.date(), now.date() + timedelta(days=10))
    cell = next(
        c
        for c in cells
        if c.status is Status.SCHEDULED and c.start > now and not c.flags & {"parked", "series"}
    )
    made = Card(front_desk, dialog, cell)
    dialog.toast_requested.connect(lambda text, _undo: made.toasts.append(text))
    dialog.move_requested.connect(made.asked.append)
    front_desk.settle(lambda: dialog.source.roster is not None)
    dialog.open_for(cell.id)
    front_desk.settle(dialog.isVisible)
    yield made
    dialog.hide()
    window.hide()
    window.deleteLater()


def test_nothing_seems_emptied_before_kinds_and_rooms_are_known(front_desk: FrontDesk) -> None:
    window = QMainWindow()
    window.show()
    now = front_desk.clock.now()
    cells = front_desk.store.queries.cells(now.date(), now.date() + timedelta(days=10))
    cell = next(c for c in cells if c.status is Status.SCHEDULED and c.start > now)
    view = front_desk.store.queries.appointment(cell.id)
    dialog = AppointmentDialog(front_desk.context, window)
    roster, dialog.source.roster = dialog.source.roster, None

    dialog.open_for(cell.id)
    dialog._take(view)
    assert roster is None
    assert not dialog.isVisible()
    front_desk.settle(dialog.isVisible)

    assert dialog.typed() == {}
    assert not dialog.save_button.isEnabled()
    dialog.hide()
    window.deleteLater()


def test_what_was_being_read_does_not_open_a_closed_card_again(card: Card) -> None:
    dialog = card.dialog
    late = card.ground.store.queries.appointment(card.cell.id)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    dialog._take(late)
    assert not dialog.isVisible()
    dialog.open_for(card.cell.id)
    card.ground.settle(dialog.isVisible)
    QTest.mouseClick(dialog.next_button, Qt.MouseButton.LeftButton)
    dialog._take(late)
    assert not dialog.isVisible()


def test_everything_about_the_visit_is_told(card: Card) -> None:
    dialog = card.dialog
    assert dialog.name.text() == card.cell.listed_name
    assert card.cell.confirmation_code in dialog.facts["Code"].text()
    assert "min)" in dialog.facts["Time"].text()
    assert dialog.facts["Place"].text()
    assert "booked it" in dialog.history.item(dialog.history.count() - 1).text()


def test_steps_by_button_and_back(card: Card) -> None:
    assert card.dialog.status_buttons["confirmed"].hasFocus()
    QTest.keyClick(card.dialog.status_buttons["confirmed"], Qt.Key.Key_Return)
    card.ground.settle(lambda: card.stored().status is Status.CONFIRMED)
    card.ground.settle(lambda: card.dialog.status_text.text().startswith("Confirmed"))
    card.ground.clock.advance(minutes=1)
    card.dialog.status_buttons["arrived"].click()
    card.ground.settle(lambda: card.stored().status is Status.ARRIVED)
    card.ground.settle(card.dialog.back_button.isVisible)
    card.ground.settle(lambda: card.dialog.status_text.text().startswith("Arrived"))
    card.dialog.back_button.click()
    card.ground.settle(lambda: card.stored().status is Status.CONFIRMED)
    assert any("arrived" in t for t in card.toasts)


def test_an_edit_against_a_newer_version_keeps_both(card: Card) -> None:
    dialog = card.dialog
    dialog.notes.setFocus()
    QTest.keyClicks(dialog.notes, "Ring before noon")
    card.ground.other_desk().execute(
        EditAppointment(
            appointment_id=card.cell.id,
            values={"reason": "Knee pain"},
            expected_revision=card.cell.revision,
        )
    )
    QTest.keyClick(dialog.notes, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    card.ground.settle(lambda: "Maria changed this visit" in dialog.message.sentence)
    assert "reason" in dialog.message.sentence
    assert dialog.notes.text == "Ring before noon"
    assert dialog.reason.text == "Knee pain"
    QTest.keyClick(dialog.notes, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    card.ground.settle(lambda: card.value("notes") == "Ring before noon")
    assert card.value("reason") == "Knee pain"


def test_limits_are_counted_live_and_nothing_is_cut(card: Card) -> None:
    card.dialog.reason.setPlainText("x" * 2001)
    assert card.dialog.reason_count.text() == "2,001 of 2,000"
    assert not card.dialog.save_button.isEnabled()
    card.dialog.reason.setPlainText("x" * 2000)
    assert card.dialog.save_button.isEnabled()


def test_cancelling_needs_a_reason_and_frees_the_place(card: Card) -> None:
    card.dialog.cancel_visit_button.click()
    asked = card.dialog.findChild(ReasonDialog)
    assert isinstance(asked, ReasonDialog)
    card.ground.settle(asked.isVisible)
    asked.reason.setFocus()
    QTest.keyClick(asked.reason, Qt.Key.Key_Return)
    assert card.stored().status is Status.SCHEDULED
    QTest.keyClick(asked.reason, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert asked.reason.text() == "Patient is ill"
    QTest.keyClick(asked.reason, Qt.Key.Key_Return)
    card.ground.settle(lambda: card.stored().status is Status.CANCELLED)
    assert card.stored().cancel_reason == "Patient is ill"
    card.ground.settle(card.dialog.reinstate_button.isVisible)
    assert card.dialog.facts["Booked"].text() == "Cancelled: Patient is ill"


def test_reinstating_asks_for_a_reason(card: Card) -> None:
    card.dialog.status_buttons["no_show"].click()
    card.ground.settle(lambda: card.stored().status is Status.NO_SHOW)
    card.ground.settle(card.dialog.reinstate_button.isVisible)
    card.dialog.reinstate_button.click()
    asked = card.dialog.findChild(ReasonDialog)
    assert isinstance(asked, ReasonDialog)
    card.ground.settle(asked.isVisible)
    asked.chips[0].click()
    asked.confirm_button.click()
    card.ground.settle(lambda: card.stored().status is Status.SCHEDULED)


def test_typing_is_not_lost_by_one_escape(card: Card) -> None:
    card.dialog.notes.setFocus()
    QTest.keyClicks(card.dialog.notes, "Wheelchair")
    QTest.keyClick(card.dialog.notes, Qt.Key.Key_Escape)
    assert card.dialog.isVisible()
    assert "Not saved" in card.dialog.message.sentence
    QTest.keyClick(card.dialog.notes, Qt.Key.Key_Escape)
    assert not card.dialog.isVisible()


def test_a_move_by_somebody_else_is_told_in_words(card: Card) -> None:
    start = card.cell.start + timedelta(days=28)
    card.ground.other_desk().execute(
        MoveAppointment(
            appointment_id=card.cell.id,
            expected_revision=card.cell.revision,
            start=start,
            end=start + (card.cell.end - card.cell.start),
            outside_hours=True,
        )
    )
    card.ground.operations.announce_external()
    card.ground.settle(lambda: "Maria moved it from" in card.dialog.history.item(0).text())


def test_history_sentences() -> None:
    from clinic_desk.domain.availability.model import Roster
    from clinic_desk.domain.catalogue import Practice

    roster = Roster(Practice(id="p", name="x", zone="UTC"), {}, {}, {}, {})

    def event(action: str, changes: dict[str, tuple[object, object]]) -> Event:
        return Event(
            id="e", subject_kind="appointment", subject_id="a", action=action,
            occurred_at=datetime(2026, 11, 24, 10, 42, tzinfo=UTC), actor_id="m",
            actor_name="Maria", actor_kind="staff", desk_id="d", command_id="c",
            changes=changes, metadata={},
        )  # fmt: skip

    ten = int(datetime(2026, 11, 24, 10, 0, tzinfo=UTC).timestamp())
    told = history.lines(
        [
            event("moved", {"start": (ten, ten + 900), "end": (ten + 900, ten + 1800)}),
            event("renewed", {"hold_until": (1, 2)}),
            event("stepped_back", {"status": ("arrived", "confirmed")}),
        ],
        roster,
        "UTC",
        date(2026, 11, 24),
    )
    assert [(line.when, line.text) for line in told] == [
        ("10:42", "Maria stepped back: set it from arrived back to confirmed"),
        ("10:42", "Maria moved it from Tue 24 Nov 10:00 to Tue 24 Nov 10:15"),
    ]


@pytest.fixture
def pending(card: Card) -> Card:
    """The card shows a visit that awaits the doctor's acceptance."""
    ground, roster = card.ground, card.ground.store.queries.roster()
    kind = replace(roster.types[card.cell.type_id or ""], needs_acceptance=True)
    ground.desk.execute(SaveRecords(records=(kind,)))
    assert card.cell.patient_id is not None
    found = first_openings(
        ground.store.queries,
        Criteria(type_id=kind.id, doctor_ids=(card.cell.doctor_id,)),
        ground.clock.now(),
        count=1,
    )
    slot = found[0].slot
    made = ground.desk.execute(
        BookAppointment(
            patient_id=card.cell.patient_id,
            doctor_id=slot.doctor_id,
            type_id=kind.id,
            start=slot.start,
            end=slot.end,
            allow_patient_overlap=True,
        )
    )
    card.dialog.reject()
    card.cell = ground.store.queries.appointment(str(made.value)).cell
    assert card.cell.status is Status.PENDING
    card.dialog.open_for(card.cell.id)
    ground.settle(card.dialog.isVisible)
    return card


def test_a_pending_visit_is_accepted_by_key(pending: Card) -> None:
    button = pending.dialog.status_buttons["confirmed"]
    assert button.text().strip() == "Accept"
    assert button.hasFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    pending.ground.settle(lambda: pending.stored().status is Status.SCHEDULED)
    pending.ground.settle(lambda: button.text().strip() == "Confirm")


def test_a_pending_visit_is_declined_by_key_and_frees_the_place(pending: Card) -> None:
    button = pending.dialog.status_buttons["declined"]
    assert button.isVisible()
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    pending.ground.settle(lambda: pending.stored().status is Status.DECLINED)
    pending.ground.settle(lambda: pending.dialog.status_text.text().startswith("Declined"))
    pending.ground.desk.execute(
        HoldSlot(doctor_id=pending.cell.doctor_id, start=pending.cell.start, end=pending.cell.end)
    )


def test_copy_and_move_are_handed_to_the_calendar(card: Card) -> None:
    copied: list[str] = []
    card.dialog.copy_requested.connect(copied.append)
    card.dialog.copy_button.setFocus()
    QTest.keyClick(card.dialog.copy_button, Qt.Key.Key_Return)
    assert copied == [card.cell.id]
    assert not card.dialog.isVisible()
    card.dialog.open_for(card.cell.id)
    card.ground.settle(card.dialog.isVisible)
    card.dialog.move_button.setFocus()
    QTest.keyClick(card.dialog.move_button, Qt.Key.Key_Return)
    assert card.asked == [card.cell.id]


def test_the_shelf_takes_the_visit_and_says_so(card: Card) -> None:
    card.dialog.shelf_button.setFocus()
    QTest.keyClick(card.dialog.shelf_button, Qt.Key.Key_Return)
    queries = card.ground.store.queries
    card.ground.settle(lambda: card.cell.id in {item.cell.id for item in queries.shelf()})
    card.ground.settle(lambda: card.toasts)
    card.ground.desk.execute(Undo())
    assert card.cell.id not in {item.cell.id for item in queries.shelf()}


def test_next_available_hands_the_visit_to_the_finder(card: Card) -> None:
    wanted: list[AppointmentView] = []
    card.dialog.next_available_requested.connect(wanted.append)
    card.dialog.next_button.setFocus()
    QTest.keyClick(card.dialog.next_button, Qt.Key.Key_Return)
    assert [view.cell.id for view in wanted] == [card.cell.id]
    assert not card.dialog.isVisible()


def test_a_quick_reason_and_enter_cancel_by_keys_alone(card: Card) -> None:
    card.dialog.cancel_visit_button.setFocus()
    QTest.keyClick(card.dialog.cancel_visit_button, Qt.Key.Key_Return)
    asked = card.dialog.findChild(ReasonDialog)
    assert isinstance(asked, ReasonDialog)
    card.ground.settle(asked.reason.hasFocus)
    focused = QApplication.focusWidget()
    assert focused is asked.reason
    QTest.keyClick(focused, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(focused, Qt.Key.Key_Return)
    card.ground.settle(lambda: card.stored().status is Status.CANCELLED)
    assert card.stored().cancel_reason == "Patient cancelled"


def test_reinstating_is_refused_in_words_once_the_place_is_taken(card: Card) -> None:
    card.ground.desk.execute(
        CancelAppointment(appointment_id=card.cell.id, reason="Patient is ill")
    )
    card.ground.operations.announce_external()
    card.ground.settle(card.dialog.reinstate_button.isVisible)
    other = card.ground.store.queries.search_patients("aziz")[0]
    card.ground.other_desk().execute(
        BookAppointment(
            patient_id=other.id,
            doctor_id=card.cell.doctor_id,
            type_id=card.cell.type_id or "",
            start=card.cell.start,
            end=card.cell.end,
            allow_patient_overlap=True,
        )
    )
    card.dialog.reinstate_button.setFocus()
    QTest.keyClick(card.dialog.reinstate_button, Qt.Key.Key_Return)
    asked = card.dialog.findChild(ReasonDialog)
    assert isinstance(asked, ReasonDialog)
    card.ground.settle(asked.isVisible)
    QTest.keyClick(asked.reason, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(asked.reason, Qt.Key.Key_Return)
    card.ground.settle(lambda: asked.message.sentence)
    assert asked.reason.text() == "Patient rang back"
    assert asked.isVisible()
    assert card.stored().status is Status.CANCELLED
    asked.reject()


def test_a_stale_edit_can_take_the_others_version(card: Card) -> None:
    dialog = card.dialog
    QTest.keyClicks(dialog.reason, "Mine")
    card.ground.other_desk().execute(
        EditAppointment(appointment_id=card.cell.id, values={"reason": "Theirs"})
    )
    QTest.keyClick(dialog.reason, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    card.ground.settle(lambda: "is kept" in dialog.message.sentence)
    assert dialog.reason.text == "Mine"
    take = next(b for b in dialog.message.buttons() if b.text() == "Take theirs")
    take.setFocus()
    card.ground.settle(take.hasFocus)
    QTest.keyClick(take, Qt.Key.Key_Return)
    card.ground.settle(lambda: dialog.reason.text == "Theirs")
    assert card.value("reason") == "Theirs"


def test_notes_may_have_five_thousand_characters(card: Card) -> None:
    dialog = card.dialog
    dialog.notes.setPlainText("x" * 5000)
    assert dialog.notes_count.text() == "5,000 of 5,000"
    assert dialog.save_button.isEnabled()
    dialog.notes.setFocus()
    dialog.notes.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(dialog.notes, "yz")
    assert dialog.notes_count.text() == "5,002 of 5,000"
    assert not dialog.save_button.isEnabled()
    QTest.keyClick(dialog.notes, Qt.Key.Key_Backspace)
    QTest.keyClick(dialog.notes, Qt.Key.Key_Backspace)
    QTest.keyClick(dialog.notes, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    card.ground.settle(lambda: card.value("notes") == "x" * 5000)


def _whole(card: AppointmentDialog) -> bool:
    """Every button of the card has room for its words, and none lies on another."""
    seen = [one for one in card.findChildren(QPushButton) if one.isVisible()]
    places = [QRect(one.mapTo(card, QPoint(0, 0)), one.size()) for one in seen]
    apart = not any(a.intersects(b) for a, b in combinations(places, 2))
    roomy = all(one.width() >= one.sizeHint().width() for one in seen)
    return bool(seen) and apart and roomy and all(card.rect().contains(one) for one in places)


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_large_type_on_a_small_screen_cuts_no_button(
    card: Card, direction: Qt.LayoutDirection
) -> None:
    dialog, theme = card.dialog, card.ground.context.theme
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    usual, dress = app.font(), app.styleSheet()
    # another window's test of the same process may have left its dress on, which fixes heights
    app.setStyleSheet("")
    grown = dialog.save_button.sizeHint().height() * 3 // 2
    try:
        app.setLayoutDirection(direction)
        theme.scale = 1.5
        large = app.font()
        large.setPixelSize(28)  # wide, as padded buttons are
        app.setFont(large)
        card.ground.settle(lambda: dialog.save_button.height() >= grown and _whole(dialog))
        inner = dialog.scroller.widget()
        assert inner.width() <= dialog.scroller.viewport().width()
        for box in (dialog.type_box, dialog.room_box):
            box.setItemText(box.currentIndex(), "Consultation with an interpreter " * 3)
            assert box.shown().endswith("…")
        for number in range(dialog.mode_box.count()):
            dialog.mode_box.setCurrentIndex(number)
            assert dialog.mode_box.shown() == dialog.mode_box.currentText()
        about = dialog.about
        card.ground.settle(lambda: about.height() >= about.heightForWidth(about.width()) > 0)
        dialog.facts["Booked"].setText("squeezed in: the doctor agreed on the phone " * 5)
        booked = dialog.facts["Booked"]
        card.ground.settle(lambda: booked.height() >= booked.heightForWidth(booked.width()))
        assert booked.height() > 3 * booked.fontMetrics().lineSpacing()
        QTest.keyClick(dialog, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
        view = dialog.scroller.viewport()

        def reached() -> bool:
            place = QRect(dialog.notes.mapTo(view, QPoint(0, 0)), dialog.notes.size())
            return dialog.notes.hasFocus() and view.rect().contains(place)

        card.ground.settle(reached)
    finally:
        app.setStyleSheet(dress)
        theme.scale = 1.0
        app.setFont(usual)
        app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_the_wheel_over_a_choice_scrolls_and_chooses_nothing(card: Card) -> None:
    box = card.dialog.type_box
    before = box.currentIndex()
    assert box.count() > 1
    assert not box.hasFocus()
    for turn in (-120, 120):
        spot = QPointF(box.rect().center())
        wheel = QWheelEvent(
            spot, QPointF(box.mapToGlobal(box.rect().center())), QPoint(), QPoint(0, turn),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(box, wheel)
        assert box.currentIndex() == before


def test_a_visit_of_the_wrong_person_is_given_to_the_right_one(card: Card) -> None:
    dialog, queries = card.dialog, card.ground.store.queries
    other = next(
        hit
        for letter in "aeiou"
        for hit in queries.search_patients(letter, 20)
        if hit.id != card.cell.patient_id
    )
    dialog.notes.setPlainText("Rang at nine")
    dialog.other.ask()
    choice = dialog.other.asked
    assert choice is not None
    assert not choice.give_button.isEnabled()
    QTest.keyClicks(choice.edit, other.record_number)
    QTest.keyClick(choice.edit, Qt.Key.Key_Return)  # before the answer is there
    card.ground.settle(lambda: card.stored().patient_id == other.id)
    assert card.value("notes") == "Rang at nine"
    card.ground.settle(lambda: any(one.startswith("Visit saved") for one in card.toasts))


def test_whose_a_visit_was_that_is_over_stays(card: Card) -> None:
    dialog = card.dialog
    assert not dialog.other.button.isHidden()
    card.ground.other_desk().execute(
        CancelAppointment(appointment_id=card.cell.id, reason="Patient rang")
    )
    dialog.open_for(card.cell.id)
    card.ground.settle(dialog.other.button.isHidden)
