"""Freed slots and the waiting list in the real window, on the real store, with real keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.waitlist import OfferResult, WaitStatus
from clinic_desk.services.commands import (
    BlockTime,
    BookAppointment,
    CancelAppointment,
    ChangeStatus,
    Command,
    EditPatient,
    MoveAppointment,
    RemoveBlock,
    SaveSetting,
)
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.planning_views import WaitlistCard
from clinic_desk.services.views import Cell
from clinic_desk.services.waitlist_commands import AddToWaitlist, RecordOffer
from clinic_desk.ui.application import shut
from clinic_desk.ui.look import style
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.models.knowing import hit_of
from clinic_desk.ui.models.waiting import WaitWish
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.waitlist.offer_bar import OfferBar
from clinic_desk.ui.widgets import paint
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import CTRL, Clinic, cells, opened, press, visit

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


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
    qtbot.waitUntil(lambda: made.waiting.offers is not None)
    yield made
    shut(made)
    QApplication.processEvents()


def run(window: MainWindow, qtbot: QtBot, command: Command) -> Outcome:
    told: list[Any] = []
    window.context.operations.run(command, done=told.append, refused=told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], Outcome), told
    return told[0]


def coming(window: MainWindow) -> Cell:
    """A booked visit later today, whose time will be free for a follow-up."""
    now = window.context.clock.now()
    booked = (Status.SCHEDULED, Status.CONFIRMED)
    return next(
        cell
        for cell in cells(window)
        if cell.status in booked and cell.start > now and cell.type_name == "Follow-up"
    )


def wait_for(
    window: MainWindow, qtbot: QtBot, count: int, skip: int = 0, **values: Any
) -> list[str]:
    """Puts so many people on the list, the first the most urgent; answers their entries."""
    queries = window.context.operations.queries
    cell = coming(window)
    people = [hit for hit in queries.search_patients("ma", 40) if hit.id != cell.patient_id]
    busy = {row.patient_id for row in cells(window)}
    free = [hit for hit in people if hit.id not in busy][skip : skip + count]
    assert len(free) == count
    made = []
    for number, hit in enumerate(free):
        given = {"patient_id": hit.id, "type_id": cell.type_id, **values}
        given.setdefault("urgency", "urgent" if number == 0 else "normal")
        made.append(str(run(window, qtbot, AddToWaitlist(values=given)).value))
    return made


def cancel(window: MainWindow, qtbot: QtBot, cell: Cell) -> None:
    run(window, qtbot, CancelAppointment(appointment_id=cell.id, reason="Ill"))


def bar(window: MainWindow, qtbot: QtBot) -> OfferBar:
    def there() -> bool:
        return window.waiting.bar is not None and window.waiting.bar.isVisible()

    qtbot.waitUntil(there)
    assert window.waiting.bar is not None
    return window.waiting.bar


def gone(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: window.waiting.bar is not None and not window.waiting.bar.isVisible(),
        timeout=20_000,
    )


def entry(window: MainWindow, entry_id: str) -> WaitlistCard:
    return window.context.operations.queries.waitlist_entry(entry_id)


def shown(offers: OfferBar) -> list[str]:
    return [match.card.entry.id for match in offers.people]


class TestOntoTheList:
    def test_w_and_enter_on_a_visit_wait_for_an_earlier_one(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        cell = coming(window)
        window.page.select_visit(cell.id)
        qtbot.waitUntil(lambda: window.sidebar.card.cell is not None)
        window.page.focus_grid()
        press(qtbot, window, Key.Key_W)
        qtbot.waitUntil(
            lambda: window.waiting._quick is not None and window.waiting.quick.isVisible()
        )
        quick = window.waiting.quick
        qtbot.waitUntil(quick.fields.when.hasFocus)
        qtbot.keyClick(quick.fields.when, Key.Key_Return)
        qtbot.waitUntil(lambda: not quick.isVisible())
        (card,) = window.context.operations.queries.waitlist()
        assert card.entry.patient_id == cell.patient_id
        assert card.entry.appointment_id == cell.id
        assert (card.entry.type_id, card.entry.doctor_id) == (cell.type_id, cell.doctor_id)
        qtbot.waitUntil(lambda: window.status.accessibleName().find("Waiting 1") >= 0)
        qtbot.waitUntil(lambda: "(1)" in window.actions_["page.waitlist"].text())
        qtbot.waitUntil(window.actions_["edit.undo"].isEnabled)
        press(qtbot, window, Key.Key_Z, CTRL)
        qtbot.waitUntil(lambda: "Waiting" not in window.status.accessibleName())

    def test_a_message_leaves_the_fields_their_room(self, window: MainWindow, qtbot: QtBot) -> None:
        cell = coming(window)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        style.apply(app, window.context.theme)  # fields as high as they are on the screen
        quick = window.waiting.quick
        view = window.context.operations.queries.patient(cell.patient_id or "")
        quick.open_for(WaitWish(patient=hit_of(view, window.context.clock.now())))
        qtbot.waitUntil(quick.fields.when.hasFocus)
        usual = quick.height()
        qtbot.keyClicks(quick.fields.when, "rossi")
        qtbot.keyClick(quick.fields.when, Key.Key_Return)
        qtbot.waitUntil(quick.message.isVisible)
        when = quick.fields.when
        qtbot.waitUntil(lambda: when.visibleRegion().boundingRect().height() == when.height())
        qtbot.waitUntil(lambda: when.height() >= when.sizeHint().height())
        assert quick.height() > usual
        quick.message.clear()
        qtbot.waitUntil(lambda: quick.height() == usual)
        quick.reject()

    def test_w_on_free_time_opens_the_booking_dialog_at_its_line(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        window.page.focus_grid()
        press(qtbot, window, Key.Key_End, CTRL)
        for _ in range(8):
            if window.page.grid().current_cell() is not None:
                press(qtbot, window, Key.Key_Down)
        assert window.page.grid().current_cell() is None
        press(qtbot, window, Key.Key_W)
        booking = window.doors.booking
        qtbot.waitUntil(lambda: booking.isVisible() and booking.waiting.open)
        booking.reject()

    def test_w_on_the_patient_card(self, window: MainWindow, qtbot: QtBot) -> None:
        cell = visit(window, Status.SCHEDULED)
        assert cell.patient_id is not None
        window.doors.patient(cell.patient_id)
        card = window.doors.patient_card
        qtbot.waitUntil(card.isVisible)
        qtbot.keyClick(card.list, Key.Key_W)
        qtbot.waitUntil(
            lambda: window.waiting._quick is not None and window.waiting.quick.isVisible()
        )
        qtbot.keyClick(window.waiting.quick.fields.when, Key.Key_Return)
        qtbot.waitUntil(lambda: not window.waiting.quick.isVisible())
        (made,) = window.context.operations.queries.waitlist()
        assert made.entry.patient_id == cell.patient_id
        assert made.entry.appointment_id is None

    def test_w_on_a_card_of_the_shelf(self, window: MainWindow, qtbot: QtBot) -> None:
        qtbot.waitUntil(lambda: window.shelf.model.rowCount() > 0)
        window.shelf.focus_cards()
        card = window.shelf.list.current_card()
        assert card is not None
        press(qtbot, window, Key.Key_W)
        qtbot.waitUntil(
            lambda: window.waiting._quick is not None and window.waiting.quick.isVisible()
        )
        assert window.waiting.quick.wish.visit_id == card.cell.id
        window.waiting.quick.reject()

    def test_nothing_suits_in_the_finder(self, window: MainWindow, qtbot: QtBot) -> None:
        press(qtbot, window, Key.Key_J, CTRL)
        finder = window.centre.finder
        qtbot.waitUntil(lambda: not finder.choosing)
        qtbot.mouseClick(finder.wait_button, LEFT)
        booking = window.doors.booking
        qtbot.waitUntil(lambda: booking.isVisible() and booking.waiting.open)
        assert booking.draft.type_id == finder.criteria.wanted.type_id
        booking.reject()


FREE: dict[str, Callable[[Cell], Command]] = {
    "cancelled": lambda c: CancelAppointment(appointment_id=c.id, reason="Ill"),
    "missed": lambda c: ChangeStatus(appointment_id=c.id, to=Status.NO_SHOW),
    "moved away": lambda c: MoveAppointment(
        appointment_id=c.id,
        expected_revision=None,
        start=c.start.replace(hour=6, minute=0),
        end=c.start.replace(hour=6, minute=0) + (c.end - c.start),
        outside_hours=True,
        override_reason="asked for it",
    ),
}


class TestAFreedSlot:
    @pytest.mark.parametrize("how", ["cancelled", "missed"])
    def test_is_offered_to_the_best_three(self, window: MainWindow, qtbot: QtBot, how: str) -> None:
        made = wait_for(window, qtbot, 4)
        cell = coming(window)
        focus = QApplication.focusWidget()
        run(window, qtbot, FREE[how](cell))
        offers = bar(window, qtbot)
        assert shown(offers)[0] == made[0], "the most urgent first"
        tiles = [tile for tile in offers.tiles if tile.isVisible()]
        assert 1 <= len(tiles) <= 3
        told = tiles[0].accessibleName()
        assert "Urgent" in told
        assert "waiting since today" in told
        assert QApplication.focusWidget() is focus, "it takes no keys by itself"
        # beside the work, not over it
        qtbot.waitUntil(lambda: offers.geometry().top() > window.centre.geometry().bottom())

    def test_behind_the_curtain_no_number_is_painted(
        self, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cell = coming(window)
        wait_for(window, qtbot, 1)
        cancel(window, qtbot, cell)
        offers = bar(window, qtbot)
        painted: list[str] = []
        monkeypatch.setattr(paint, "elided", lambda _painter, _place, text: painted.append(text))
        offers.grab()
        assert any(text.startswith("+") for text in painted)
        painted.clear()
        CURTAIN.draw()
        try:
            offers.grab()
            assert painted
            assert not any(text.startswith("+") for text in painted), painted
        finally:
            CURTAIN.lift()

    def test_calls_are_written_down_and_the_next_moves_up(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        first, second, third = wait_for(window, qtbot, 3)
        cancel(window, qtbot, coming(window))
        offers = bar(window, qtbot)
        qtbot.waitUntil(lambda: len(shown(offers)) == 3)
        press(qtbot, window, Key.Key_F7)
        assert offers.hasFocus()
        press(qtbot, window, Key.Key_Slash)
        assert offers.note.hasFocus()
        qtbot.keyClicks(offers.note, "on holiday")
        press(qtbot, window, Key.Key_Return)
        assert offers.hasFocus()
        press(qtbot, window, Key.Key_R)
        assert first not in shown(offers), "at once, before the store has answered"
        qtbot.waitUntil(lambda: bool(entry(window, first).offers))
        (offer,) = entry(window, first).offers
        assert (offer.result, offer.note) == (OfferResult.REFUSED, "on holiday")
        called = shown(offers)[0]
        press(qtbot, window, Key.Key_N)
        qtbot.waitUntil(lambda: bool(entry(window, called).offers))
        assert entry(window, called).offers[0].result is OfferResult.NO_ANSWER
        (last,) = shown(offers)
        assert last in (second, third)
        press(qtbot, window, Key.Key_L)
        qtbot.waitUntil(lambda: bool(entry(window, last).offers))
        assert entry(window, last).offers[0].result is OfferResult.CALL_BACK
        qtbot.waitUntil(lambda: "calls back" in offers.tiles[0].accessibleName())
        press(qtbot, window, Key.Key_Return)
        gone(window, qtbot)
        assert entry(window, last).entry.status is WaitStatus.BOOKED

    def test_one_key_books_and_gives_up_the_later_visit(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        cell = coming(window)
        later = next(
            c
            for c in cells(window)
            if c.status is Status.SCHEDULED
            and c.start >= cell.end
            and c.patient_id not in (None, cell.patient_id)
            and c.type_id == cell.type_id
        )
        made = run(
            window,
            qtbot,
            AddToWaitlist(
                values={
                    "patient_id": later.patient_id,
                    "type_id": later.type_id,
                    "appointment_id": later.id,
                }
            ),
        )
        cancel(window, qtbot, cell)
        offers = bar(window, qtbot)
        press(qtbot, window, Key.Key_F7)
        press(qtbot, window, Key.Key_B)
        queries = window.context.operations.queries
        qtbot.waitUntil(lambda: queries.appointment(later.id).cell.status is Status.CANCELLED)
        card = entry(window, str(made.value))
        assert card.entry.status is WaitStatus.BOOKED
        booked = queries.appointment(str(card.entry.booked_id)).cell
        assert (booked.patient_id, booked.doctor_id) == (later.patient_id, cell.doctor_id)
        assert booked.start < later.start
        qtbot.waitUntil(lambda: not offers.isVisible())
        # one step back: both are as they were, and the entry waits again
        press(qtbot, window, Key.Key_Z, CTRL)
        qtbot.waitUntil(lambda: queries.appointment(later.id).cell.status is Status.SCHEDULED)
        assert entry(window, str(made.value)).entry.status is WaitStatus.WAITING
        # and the slot, which is free again, is offered again, until that is taken back too
        desk = window.waiting.offers
        assert desk is not None
        qtbot.waitUntil(lambda: desk.current is not None and offers.isVisible())
        assert desk.current is not None
        assert (desk.current.gap.doctor_id, desk.current.gap.start) == (cell.doctor_id, cell.start)
        assert desk.current.matches[0].card.entry.id == made.value
        press(qtbot, window, Key.Key_Z, CTRL)
        qtbot.waitUntil(lambda: queries.appointment(cell.id).cell.status is cell.status)
        gone(window, qtbot)

    def test_undo_of_the_cancellation_withdraws_it(self, window: MainWindow, qtbot: QtBot) -> None:
        wait_for(window, qtbot, 1)
        cancel(window, qtbot, coming(window))
        offers = bar(window, qtbot)
        press(qtbot, window, Key.Key_F7)
        press(qtbot, window, Key.Key_Z, CTRL)
        gone(window, qtbot)
        assert window.waiting.offers is not None
        assert window.waiting.offers.offerings == ()
        assert not offers.hasFocus()

    def test_nobody_is_offered_one_gap_twice(self, window: MainWindow, qtbot: QtBot) -> None:
        (only,) = wait_for(window, qtbot, 1)
        cell = coming(window)
        cancel(window, qtbot, cell)
        bar(window, qtbot)
        press(qtbot, window, Key.Key_F7)
        press(qtbot, window, Key.Key_N)
        gone(window, qtbot)
        qtbot.waitUntil(lambda: bool(entry(window, only).offers))
        assert cell.patient_id is not None
        assert cell.type_id is not None
        again = BookAppointment(
            patient_id=cell.patient_id,
            doctor_id=cell.doctor_id,
            type_id=cell.type_id,
            start=cell.start,
            end=cell.end,
            location_id=cell.location_id,
        )
        visit_id = str(run(window, qtbot, again).value)
        run(window, qtbot, CancelAppointment(appointment_id=visit_id, reason="Ill"))
        # somebody who has not been asked brings the gap back, and the first is not among them
        (other,) = wait_for(window, qtbot, 1, note="new on the list", skip=1)
        visit_id = str(run(window, qtbot, again).value)
        run(window, qtbot, CancelAppointment(appointment_id=visit_id, reason="Ill"))
        offers = bar(window, qtbot)
        assert shown(offers) == [other]

    def test_what_another_desk_takes_is_withdrawn(
        self, window: MainWindow, clinic: Clinic, qtbot: QtBot
    ) -> None:
        (only,) = wait_for(window, qtbot, 1)
        cell = coming(window)
        cancel(window, qtbot, cell)
        offers = bar(window, qtbot)
        offering = offers.offering
        assert offering is not None
        gap = offering.gap
        clinic.front.other_desk().execute(
            RecordOffer(
                entry_id=only,
                gap=gap.key,
                doctor_id=gap.doctor_id,
                start=gap.start,
                end=gap.end,
                result=OfferResult.REFUSED,
            )
        )
        gone(window, qtbot)

    def test_m_offers_it_by_a_message_and_the_person_stays_on_offer(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        first, second = wait_for(window, qtbot, 2)
        cancel(window, qtbot, coming(window))
        offers = bar(window, qtbot)
        press(qtbot, window, Key.Key_F7)
        press(qtbot, window, Key.Key_M)
        qtbot.waitUntil(offers.trouble.isVisible)
        assert "No way to patients is in use" in offers.trouble.text()
        assert entry(window, first).offers == ()
        on = SaveSetting(key="messages.sms.on", value=True, scope="clinic")
        run(window, qtbot, on)
        asked = entry(window, first).entry.patient_id
        told = {"mobile": "07911 123456", "consent_sms": True}
        run(window, qtbot, EditPatient(patient_id=asked, values=told))
        assert offers.person is not None
        assert offers.person.card.entry.id == first, "a refusal leads to nobody else"
        qtbot.mouseClick(offers.message_button, LEFT)
        qtbot.waitUntil(lambda: "offered · SMS held 3 min" in window.toast.text)
        qtbot.waitUntil(lambda: offers._chosen == second)
        qtbot.waitUntil(lambda: offers.people[0].offered is not None)
        assert shown(offers) == [first, second]
        assert entry(window, first).offers[0].result is OfferResult.OPEN

    def test_delete_puts_it_away_and_keeps_everybody_waiting(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        (only,) = wait_for(window, qtbot, 1)
        cancel(window, qtbot, coming(window))
        bar(window, qtbot)
        press(qtbot, window, Key.Key_F7)
        press(qtbot, window, Key.Key_Delete)
        gone(window, qtbot)
        assert entry(window, only).entry.status is WaitStatus.WAITING
        press(qtbot, window, Key.Key_F7)
        assert "No freed slot" in window.toast.text

    def test_a_removed_block_is_offered(self, window: MainWindow, qtbot: QtBot) -> None:
        cell = coming(window)
        cancel(window, qtbot, cell)
        block = BlockTime(doctor_id=cell.doctor_id, start=cell.start, end=cell.end)
        made = str(run(window, qtbot, block).value)
        roster = window.roster
        qtbot.waitUntil(
            lambda: (
                roster.roster is not None
                and any(row.id == made for row in roster.roster.exceptions)
            )
        )
        wait_for(window, qtbot, 1)
        run(window, qtbot, RemoveBlock(exception_id=made))
        assert bar(window, qtbot).offering is not None

    def test_escape_goes_back_to_the_calendar(self, window: MainWindow, qtbot: QtBot) -> None:
        wait_for(window, qtbot, 1)
        cancel(window, qtbot, coming(window))
        offers = bar(window, qtbot)
        window.page.focus_grid()
        press(qtbot, window, Key.Key_F7)
        press(qtbot, window, Key.Key_Escape)
        assert not offers.hasFocus()
        assert offers.isVisible(), "it waits until it is answered"
        assert window.toast.findChildren(QPushButton)
