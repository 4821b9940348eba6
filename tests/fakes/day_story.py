"""The day as it goes: who comes when, who does not come, what nobody had planned.

Patients and doctors behave by a fixed seed; every deed is done by ``day_hands`` in the window.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from random import Random

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.ui.flow.cards import Station
from clinic_desk.ui.planning.plan_rows import RowState
from clinic_desk.ui.runtime.formatting import local_day
from tests.fakes.day_clinic import DAY, DOCTORS, ZONE
from tests.fakes.day_hands import CTRL, Hands, Key

MINUTE = timedelta(minutes=1)


@dataclass
class Story:
    """What is going to happen: patients come when they come, doctors see them one after the
    other. ``deeds`` are in the order of their time."""

    hands: Hands
    random: Random = field(default_factory=lambda: Random(1124))
    deeds: list[tuple[datetime, int, str, str]] = field(default_factory=list)
    waiting: dict[Id, list[Id]] = field(default_factory=lambda: defaultdict(list))
    free: dict[Id, int] = field(default_factory=dict)
    number: int = 0
    missed: int = 0
    away: set[Id] = field(default_factory=set)
    alone: dict[Id, int] = field(default_factory=lambda: defaultdict(int))
    told: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def plan(self, at: datetime, deed: str, subject: str) -> None:
        self.number += 1
        heappush(self.deeds, (at, self.number, deed, subject))

    def cast(self, visit: Id) -> None:
        """Decides how the patient of a visit behaves."""
        start = self.hands.cell(visit).start
        chance, seconds = self.random.random(), timedelta(seconds=self.random.randrange(60))
        if chance < 0.07:
            self.plan(start + MINUTE * self.random.randint(16, 24) + seconds, "miss", visit)
            return
        if chance < 0.11:
            self.plan(start - MINUTE * self.random.randint(10, 90) + seconds, "cancel", visit)
            return
        low, high = (6, 14) if chance < 0.27 else (-14, 4)
        self.plan(start + MINUTE * self.random.randint(low, high) + seconds, "arrive", visit)

    def until(self, end: datetime) -> None:
        while self.deeds and self.deeds[0][0] < end:
            at, _number, deed, subject = heappop(self.deeds)
            self.hands.at(max(at, self.hands.clinic.front.clock.now()))
            self.told[deed] += 1
            getattr(self, f"do_{deed}")(subject)
        self.hands.at(end)

    @property
    def now(self) -> datetime:
        return self.hands.clinic.front.clock.now()

    def some(self, low: int, high: int) -> timedelta:
        return timedelta(seconds=self.random.randint(low, high))

    def do_arrive(self, visit: Id) -> None:
        self.hands.bring(visit, Station.ARRIVED)
        self.waiting[self.hands.cell(visit).doctor_id].append(visit)
        self.look(self.hands.cell(visit).doctor_id)

    def do_look(self, doctor: Id) -> None:
        self.look(doctor)

    def look(self, doctor: Id) -> None:
        """The doctor calls the next one in, not long before the time."""
        queue = self.waiting[doctor]
        if not queue or not self.free[doctor] or doctor in self.away:
            return
        first = min(queue, key=lambda visit: self.hands.cell(visit).start)
        due = self.hands.cell(first).start - 4 * MINUTE
        if due > self.now:
            self.plan(due, "look", doctor)
            return
        queue.remove(first)
        self.free[doctor] -= 1
        self.plan(self.now + self.some(15, 140), "start", first)

    def do_start(self, visit: Id) -> None:
        cell = self.hands.cell(visit)
        if not self.by_doctor(visit, Key.Key_R, Status.IN_PROGRESS):
            self.hands.bring(visit, Station.IN_ROOM)
        length = (cell.end - cell.start) * self.random.uniform(0.6, 1.15)
        self.plan(self.now + length, "finish", visit)

    def do_finish(self, visit: Id) -> None:
        if not self.by_doctor(visit, Key.Key_D, Status.COMPLETED):
            self.hands.bring(visit, Station.DONE)
        doctor = self.hands.cell(visit).doctor_id
        self.free[doctor] += 1
        self.look(doctor)

    def do_miss(self, visit: Id) -> None:
        self.hands.look_at_board()
        self.missed += 1
        if self.missed % 2:
            assert self.hands.card(visit).missing
            self.hands.press_button(visit, "no_show", Station.GONE)
        else:
            self.hands.press_card(visit, Key.Key_X, Station.GONE)
        if self.missed % 3 == 0:  # and there they are, after all
            self.plan(self.now + self.some(120, 600), "come_back", visit)

    def do_come_back(self, visit: Id) -> None:
        self.hands.press_card(visit, Key.Key_U, Station.EXPECTED)
        self.do_arrive(visit)

    def do_cancel(self, visit: Id) -> None:
        self.cancel(visit, "Patient is ill")

    def cancel(self, visit: Id, why: str) -> None:
        hands = self.hands
        hands.take_up(visit)
        hands.key(Key.Key_Delete)
        hands.settle(
            lambda: (dialog := hands.board.deeds.reason) is not None and dialog.reason.hasFocus()
        )
        hands.type(why)
        hands.key(Key.Key_Return)
        hands.reached(visit, Station.GONE)
        hands.settle(hands.board.surface.hasFocus)

    # -- what nobody had planned ------------------------------------------------------------

    def do_walk_in(self, subject: str) -> None:
        kind, _, why = subject.partition("|")
        patient, name = self.hands.clinic.free.pop()
        visit = self.hands.book(name, kind, walk_in=True, why=why)
        self.hands.reached(visit, Station.ARRIVED)
        cell = self.hands.cell(visit)
        assert (cell.patient_id, "walk_in" in cell.flags) == (patient, True)
        self.waiting[cell.doctor_id].append(visit)
        self.look(cell.doctor_id)

    def do_impatient(self, kind: str) -> None:
        """Somebody without a booking, who goes again before anybody has time."""
        patient, name = self.hands.clinic.free.pop()
        visit = self.hands.book(name, kind, walk_in=True, why="No time left today")
        self.hands.reached(visit, Station.ARRIVED)
        assert self.hands.cell(visit).patient_id == patient
        self.plan(self.now + self.some(600, 900), "left", visit)

    def do_left(self, visit: Id) -> None:
        self.cancel(visit, "Patient left")

    def do_ring(self, kind: str) -> None:
        """Somebody rings for a visit; the first opening is offered and taken."""
        patient, name = self.hands.clinic.free.pop()
        visit = self.hands.book(name, kind)
        cell = self.hands.cell(visit)
        assert cell.patient_id == patient
        self.hands.open_board()
        if local_day(cell.start, ZONE) == DAY:
            self.cast(visit)

    def do_late(self, subject: str) -> None:
        """A doctor says how late it has become; bookings stay as they are."""
        hands, doctor = self.hands, self.hands.clinic.names[subject]
        cards = [spot.card for spot in hands.board.surface.spots]
        card = next(card for card in cards if card.cell.doctor_id == doctor)
        hands.take_up(card.id)
        hands.key(Key.Key_L)
        hands.choose_in_menu("20 minutes")
        hands.settle(lambda: doctor in (hands.board.source.board.flow.delays))
        assert hands.cell(card.id).start == card.cell.start

    def do_wrong_click(self, _subject: str) -> None:
        """A no-show that is none: one key takes it back."""
        hands = self.hands
        card = next(
            c
            for c in hands.board.surface.flow.columns[Station.EXPECTED]
            if c.cell.status is Status.CONFIRMED
        )
        hands.press_card(card.id, Key.Key_X, Station.GONE)
        hands.key(Key.Key_Z, CTRL)
        hands.reached(card.id, Station.EXPECTED)
        assert hands.cell(card.id).status is Status.CONFIRMED

    def do_ill(self, code: str) -> None:
        """A doctor falls ill: leave, and every visit of the rest of the day gets a new place."""
        hands, clinic = self.hands, self.hands.clinic
        doctor = clinic.names[code]
        self.away.add(doctor)
        hands.ask_sick_leave(code, "11:00", "18:00")
        hit = [row.id for row in hands.plan()]
        assert len(hit) >= 8
        hands.plan_row(Key.Key_Return, RowState.MOVED)
        hands.plan_row(Key.Key_P, RowState.PARKED)
        hands.plan_row(Key.Key_W, RowState.LISTED)
        hands.plan_row(Key.Key_Return, RowState.MOVED, other=True)
        hands.plan_row(Key.Key_P, RowState.PARKED)
        hands.colleagues_first()
        hands.plan_the_rest()
        hands.open_board()
        waited = self.waiting.pop(doctor, [])
        for visit in hit:
            self.forget(visit)
            cell = hands.cell(visit)
            self.told[cell.status.value] += 1
            if visit in hands.shelf() or cell.status is Status.CANCELLED:
                continue
            assert cell.doctor_id != doctor or local_day(cell.start, ZONE) > DAY
            if local_day(cell.start, ZONE) == DAY:
                self.told["taken over"] += 1
                self.cast(visit)
        for visit in waited:  # who was here already is spoken to
            self.cancel(visit, "The doctor fell ill")

    def forget(self, visit: Id) -> None:
        self.deeds = [deed for deed in self.deeds if deed[3] != visit]
        heapify(self.deeds)

    def free_to_move(self, code: str) -> Id:
        """A booked visit of the doctor's, an hour away at least."""
        doctor, shelf = self.hands.clinic.names[code], set(self.hands.shelf())
        return next(
            subject
            for at, _number, deed, subject in sorted(self.deeds)
            if deed == "arrive"
            and at > self.now + 60 * MINUTE
            and self.hands.cell(subject).doctor_id == doctor
            and subject not in shelf
        )

    def do_move(self, code: str) -> None:
        hands, visit = self.hands, self.free_to_move(code)
        hands.to_calendar()
        hands.move_to_next_free(visit)
        self.again(visit)

    def do_shelve(self, code: str) -> None:
        hands, visit = self.hands, self.free_to_move(code)
        hands.to_calendar()
        hands.drag_to_shelf(visit)
        for one in hands.shelf():
            hands.to_calendar()
            hands.place_from_shelf(one)
            self.again(one)
        assert not hands.shelf()

    def again(self, visit: Id) -> None:
        """It has another time, perhaps on another day."""
        self.forget(visit)
        cell = self.hands.cell(visit)
        if local_day(cell.start, ZONE) == DAY:
            self.cast(visit)
        self.hands.open_board()

    def do_call_off(self, code: str) -> None:
        hands, visit = self.hands, self.free_to_move(code)
        hands.to_calendar()
        hands.cancel_on_grid(visit, "Has to work")
        self.forget(visit)
        hands.open_board()

    def do_own_page(self, code: str) -> None:
        """From now on the doctor ends one visit and begins another by themselves."""
        self.alone[self.hands.clinic.names[code]] = 2

    def by_doctor(self, visit: Id, key: Qt.Key, becomes: Status) -> bool:
        doctor = self.hands.cell(visit).doctor_id
        if not self.alone[doctor]:
            return False
        self.alone[doctor] -= 1
        code = next(work.code for work in DOCTORS if self.hands.clinic.names[work.code] == doctor)
        self.hands.in_doctors_view(code, key, visit, becomes)
        self.hands.open_board()
        return True

    def do_money(self, _subject: str) -> None:
        """Who has been seen pays at the desk: all of it, a part, too much, some of it back."""
        hands = self.hands
        page = hands.open_billing("Open")
        hands.pay(page)
        hands.pay(page, how="Cash")
        hands.refused_payment(page, "9999", "is owed")
        hands.refused_payment(page, "-5", "cannot be negative")
        hands.refused_payment(page, "ten", "is no price")
        for amount in ("10,50", "12.5", "7"):
            hands.pay(page, amount=amount, how="Transfer")
            QTest.keyClick(page.table, Key.Key_Down)
        hands.void(page, "Billed by mistake")
        page = hands.open_billing("Paid")
        hands.pay(page, amount="5", back=True)
        hands.open_board()
