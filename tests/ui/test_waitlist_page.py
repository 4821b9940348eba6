"""The waiting list's page and the holds of a caller, in the real window on the real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.app.clock import Uuid7
from clinic_desk.domain.appointments import HOLD_SECONDS, Status
from clinic_desk.domain.events import Actor
from clinic_desk.domain.waitlist import Urgency, WaitStatus
from clinic_desk.services.commands import HoldSlot
from clinic_desk.services.desk import Desk
from clinic_desk.services.views import Cell
from clinic_desk.services.waitlist_commands import AddToWaitlist
from clinic_desk.store.opening import open_store
from clinic_desk.ui.application import build_window, shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Operations
from clinic_desk.ui.waitlist.page import WaitlistPage
from tests.fakes.front_desk import MIGRATIONS, FrontDesk, open_desk
from tests.ui.test_shell_window import CTRL, SHIFT, Clinic, cells, opened, press
from tests.ui.test_waitlist_window import Key, patient, run

__all__ = ["patient"]


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


def listed(window: MainWindow, qtbot: QtBot, count: int) -> list[str]:
    """So many people wait, the first of them with little hurry; answers their entries."""
    queries = window.context.operations.queries
    roster = window.roster.roster
    assert roster is not None
    kind = next(k for k in window.roster.types_for(None) if k.name == "Follow-up")
    doctors = window.roster.doctors()
    made = []
    for number, hit in enumerate(queries.search_patients("ma", 40)[:count]):
        values: dict[str, Any] = {
            "patient_id": hit.id,
            "type_id": kind.id,
            "urgency": list(Urgency)[number % 4],
            "note": f"shifts-{number}",
        }
        if number == 1:
            values |= {"doctor_id": doctors[1].id, "latest": 720, "weekdays": "1"}
        made.append(str(run(window, qtbot, AddToWaitlist(values=values)).value))
    return made


def page_of(window: MainWindow, qtbot: QtBot, rows: int) -> WaitlistPage:
    press(qtbot, window, Key.Key_W, CTRL | SHIFT)
    page = window.centre.page_named("waitlist")
    assert isinstance(page, WaitlistPage)
    qtbot.waitUntil(lambda: len(page.model.cards) == rows and page.table.hasFocus())
    return page


class TestThePage:
    def test_most_urgent_first_filtered_and_sorted(self, window: MainWindow, qtbot: QtBot) -> None:
        listed(window, qtbot, 8)
        page = page_of(window, qtbot, 8)
        order = [card.entry.urgency for card in page.model.cards]
        assert order == sorted(order, key=list(Urgency).index, reverse=True)
        press(qtbot, window, Key.Key_Slash)
        assert page.filters.text.hasFocus()
        qtbot.keyClicks(page.filters.text, "shifts-3")
        qtbot.waitUntil(lambda: len(page.model.cards) == 1)
        assert page.filters.count.text() == "1 of 8"
        page.filters.text.clear()
        qtbot.waitUntil(lambda: len(page.model.cards) == 8)
        page.filters.urgency_box.setCurrentIndex(page.filters.urgency_box.findData("soon"))
        qtbot.waitUntil(lambda: len(page.model.cards) == 2)
        page.filters.urgency_box.setCurrentIndex(0)
        qtbot.waitUntil(lambda: len(page.model.cards) == 8)
        page.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        names = [card.patient.listed_name.casefold() for card in page.model.cards]
        assert names == sorted(names, reverse=True)

    def test_an_entry_is_changed_beside_the_list(self, window: MainWindow, qtbot: QtBot) -> None:
        listed(window, qtbot, 2)
        page = page_of(window, qtbot, 2)
        card = page.current
        assert card is not None
        press(qtbot, window, Key.Key_Return)
        form = page.side.form
        assert form.rows["urgency"].target.hasFocus()
        form.focus("earliest")
        qtbot.keyClicks(form.rows["earliest"].target, "half past")
        press(qtbot, window, Key.Key_S, CTRL)
        assert "is no time" in form.fault_of("earliest")
        assert not window.centre.may_leave(), "what is typed is not lost"
        form.rows["earliest"].target.clear()
        qtbot.keyClicks(form.rows["earliest"].target, "9:30")
        press(qtbot, window, Key.Key_S, CTRL)
        queries = window.context.operations.queries
        qtbot.waitUntil(lambda: queries.waitlist_entry(card.entry.id).entry.earliest == 570)
        qtbot.waitUntil(lambda: not page.side.dirty)
        qtbot.waitUntil(lambda: "09:30–12:00" in page.model.text(page.model.cards[0], 4))

    def test_what_an_unsaved_entry_kept_from_is_done_after_it(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        listed(window, qtbot, 2)
        page = page_of(window, qtbot, 2)
        for answer in ("Discard it", "Save it"):
            page.side.form.focus("note")
            qtbot.keyClicks(page.side.form.rows["note"].target, "rings back")
            press(qtbot, window, Key.Key_6, CTRL)
            assert window.centre.page == "waitlist"
            (button,) = [b for b in page.side.message.buttons() if b.text() == answer]
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            qtbot.waitUntil(lambda: window.centre.page == "year")
            page = page_of(window, qtbot, 2)
        qtbot.waitUntil(
            lambda: sum("rings back" in card.entry.note for card in page.model.cards) == 1
        )

    def test_the_row_stays_when_the_list_is_sorted_or_mirrored(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        listed(window, qtbot, 4)
        page = page_of(window, qtbot, 4)
        page.table.setCurrentIndex(page.model.index(2, 0))
        card = page.current
        assert card is not None
        page.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        assert page.current is not None
        assert page.current.entry.id == card.entry.id
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        try:
            app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            before = page.model.cards
            page.read()
            qtbot.waitUntil(lambda: page.model.cards is not before)
            assert page.current.entry.id == card.entry.id
            assert page.side.isEnabled()
        finally:
            app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def test_taking_off_asks_for_a_reason_and_can_be_undone(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        listed(window, qtbot, 2)
        page = page_of(window, qtbot, 2)
        card = page.current
        assert card is not None
        press(qtbot, window, Key.Key_Delete)
        dialog = page.reason_dialog
        assert dialog is not None
        qtbot.waitUntil(dialog.isVisible)
        qtbot.keyClicks(dialog.reason, "moved away")
        qtbot.keyClick(dialog.reason, Key.Key_Return)
        qtbot.waitUntil(lambda: len(page.model.cards) == 1)
        gone = window.context.operations.queries.waitlist_entry(card.entry.id).entry
        assert (gone.status, gone.withdrawn_reason) == (WaitStatus.WITHDRAWN, "moved away")
        press(qtbot, window, Key.Key_Z, CTRL)
        qtbot.waitUntil(lambda: len(page.model.cards) == 2)

    def test_openings_for_the_wishes_are_found_and_booking_settles_the_entry(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        made = listed(window, qtbot, 2)
        page = page_of(window, qtbot, 2)
        page.table.selectRow(page.model.row_of(made[1]))
        press(qtbot, window, Key.Key_F)
        finder = window.centre.finder
        qtbot.waitUntil(lambda: finder.isVisible() and finder.current is not None)
        wanted = finder.criteria.wanted
        assert wanted.entry_id == made[1]
        assert wanted.weekdays == frozenset({1})
        assert all(row.slot.start.astimezone().hour < 13 for row in finder.rows.found())
        finder.list.setFocus()
        press(qtbot, window, Key.Key_Return)
        booking = window.doors.booking
        qtbot.waitUntil(lambda: booking.isVisible() and booking.caller.known)
        qtbot.waitUntil(lambda: booking.hold.settled and not booking.caller.asking)
        booking.book()
        queries = window.context.operations.queries
        qtbot.waitUntil(
            lambda: queries.waitlist_entry(made[1]).entry.status is WaitStatus.BOOKED,
        )
        booked = queries.waitlist_entry(made[1]).entry.booked_id
        assert booked is not None
        assert queries.appointment(booked).cell.patient_id == wanted.patient.id  # type: ignore[union-attr]

    def test_nobody_waits(self, window: MainWindow, qtbot: QtBot) -> None:
        window.show_page("waitlist")
        page = window.centre.page_named("waitlist")
        assert isinstance(page, WaitlistPage)
        qtbot.waitUntil(page.empty.isVisible)
        qtbot.waitUntil(lambda: not page.side.isVisible())


def hold(window: MainWindow, qtbot: QtBot, number: int, seconds: int = HOLD_SECONDS) -> str:
    """A free half hour in four weeks, at nobody's fingers."""
    doctor = window.roster.doctors()[0]
    start = window.context.clock.now().replace(hour=9, minute=0) + timedelta(days=28)
    start += timedelta(minutes=30 * number)
    command = HoldSlot(
        doctor_id=doctor.id,
        start=start,
        end=start + timedelta(minutes=30),
        seconds=seconds,
        name="Quennell",
    )
    return str(run(window, qtbot, command).value)


def held(front: FrontDesk) -> list[Cell]:
    return [cell for cell in front.store.queries.holds() if cell.listed_name == "Quennell"]


class TestHolds:
    def test_they_end_by_themselves_on_whatever_page(
        self, window: MainWindow, clinic: Clinic, qtbot: QtBot
    ) -> None:
        first = hold(window, qtbot, 0)
        window.show_page("waitlist")
        watch = window.waiting.holds
        assert watch is not None
        ends = clinic.front.clock.now() + timedelta(seconds=HOLD_SECONDS)
        qtbot.waitUntil(lambda: watch.next_end == ends)
        clinic.front.clock.advance(seconds=HOLD_SECONDS + 1)
        watch.look()
        queries = window.context.operations.queries
        qtbot.waitUntil(lambda: queries.appointment(first).cell.status is Status.RELEASED)

    def test_one_key_keeps_all_of_them(
        self, window: MainWindow, clinic: Clinic, qtbot: QtBot
    ) -> None:
        for number in range(3):
            hold(window, qtbot, number)
        before = [cell.hold_until for cell in held(clinic.front)]
        clinic.front.clock.advance(seconds=100)
        window.page.focus_grid()
        press(qtbot, window, Key.Key_F4)
        later = clinic.front.clock.now() + timedelta(seconds=HOLD_SECONDS)
        qtbot.waitUntil(lambda: [c.hold_until for c in held(clinic.front)] == [later] * 3)
        assert before[0] != later
        qtbot.waitUntil(lambda: "3 slots held longer for Quennell" in window.toast.text)

    def test_another_window_on_the_same_file_sees_them_come_and_go(
        self, window: MainWindow, clinic: Clinic, tmp_path: Path, qtbot: QtBot
    ) -> None:
        other = second_desk(clinic.front, tmp_path)
        theirs = build_window(Clinic(other), other.context.theme)
        theirs.show()
        try:
            qtbot.waitUntil(lambda: theirs.waiting.offers is not None)
            day = (window.context.clock.now() + timedelta(days=28)).date()
            theirs.go_to(day)
            qtbot.waitUntil(lambda: theirs.page.day == day and bool(cells(theirs)))
            made = hold(window, qtbot, 0)
            qtbot.waitUntil(lambda: made in {c.id for c in cells(theirs)})
            (seen,) = [c for c in cells(theirs) if c.id == made]
            assert seen.status is Status.HELD
            assert seen.held_by == clinic.front.context.actor.name
            window.visits.show_cell(seen)
            qtbot.waitUntil(lambda: window.page.day == day)
            qtbot.waitUntil(lambda: made in {c.id for c in cells(window)})
            other.clock.advance(seconds=HOLD_SECONDS + 1)
            clinic.front.clock.advance(seconds=HOLD_SECONDS + 1)
            assert window.waiting.holds is not None
            window.waiting.holds.look()
            qtbot.waitUntil(lambda: made not in {c.id for c in cells(theirs)})
        finally:
            shut(theirs)
            other.close()


def second_desk(front: FrontDesk, folder: Path) -> FrontDesk:
    """Maria's program on the same file: a store, operations and a theme of its own."""
    clock, new_id = type(front.clock)(front.clock.now()), Uuid7()
    actor = Actor(
        staff_id=new_id(), name="Maria", desk_id=new_id(), session_id=new_id(), kind="staff"
    )
    store = open_store(folder / "clinic.db", MIGRATIONS, clock, new_id, desk_id=actor.desk_id)
    desk = Desk(store, clock, new_id, actor)
    operations = Operations(desk, store.queries)
    context = Context(operations, clock, actor, new_id, Theme.for_tests())
    return FrontDesk(store, clock, desk, operations, context)


def test_enter_before_the_card_knows_the_clinic_is_not_lost(
    window: MainWindow, clinic: Clinic, qtbot: QtBot
) -> None:
    cell = next(c for c in cells(window) if c.status is Status.SCHEDULED and c.patient_id)
    window.waiting.for_visit(cell)
    qtbot.waitUntil(lambda: window.waiting._quick is not None and window.waiting.quick.isVisible())
    quick = window.waiting.quick
    quick.source.roster, quick._fresh = None, True  # as on a slow machine, still being read
    qtbot.keyClick(quick.fields.when, Key.Key_Return)
    assert quick.isVisible()
    quick.source.refresh()
    qtbot.waitUntil(lambda: not quick.isVisible())
    (card,) = clinic.front.store.queries.waitlist()
    assert card.entry.type_id == cell.type_id
