"""Every rule, broken through the window: its words, nothing written, a way out that works.

Each case books in the real dialog on the real store. What the dialog itself would not offer (a
doctor who has left, a kind of visit that this doctor does not do) comes about as it does in a
clinic: another computer changes it while the dialog is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.domain.availability.model import Slot
from clinic_desk.domain.catalogue import AppointmentType
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.templates import (
    AvailabilityException,
    ExceptionKind,
    Holiday,
    Reserved,
    TimeOffRequest,
    TimeOffStatus,
)
from clinic_desk.services.commands import HoldSlot, SaveSetting
from clinic_desk.ui.application import shut
from clinic_desk.ui.booking.appointment import AppointmentDialog
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.runtime.wording import Tone
from tests.fakes.rules_ground import SATURDAY, WEDNESDAY, RulesGround, open_rules, wed
from tests.fakes.ui_ground import Keys
from tests.fakes.world import at
from tests.ui.test_booking_dialog import CONTROL, ENTER, Desk
from tests.ui.test_shell_window import Clinic
from tests.ui.test_shell_window import opened as open_window

Arrange = Callable[[RulesGround], object]
TEN = wed("10:00")
NOTE, REASON = "Ring the bell twice.", "In pain since the night"


@dataclass(frozen=True, slots=True)
class Case:
    """``rule`` names it; ``said`` is the whole sentence on screen. ``before`` is arranged before
    the dialog opens, ``meanwhile`` while it is open. ``ways`` are the buttons that are pressed, one
    after the other; ``start``/``doctor``/``room`` what is booked in the end, ``told`` what the
    history says of it."""

    rule: str
    said: str
    ways: tuple[str, ...] = ()
    before: Arrange = lambda ground: None
    meanwhile: Arrange | None = None
    wanted: datetime = TEN
    doctor: str = "wu"
    type: str = "follow-up"
    minutes: int = 30
    room: str = ""
    patient: str = "moss eve"
    site: str = ""
    start: datetime | None = None
    other: str = ""
    in_room: str = ""
    told: str = ""


def reserve(ground: RulesGround) -> None:
    ground.weeks("wu", reserved=(Reserved(600, 660, (ground.names["new"],), "Newcomers"),))


def block(
    ground: RulesGround, kind: str | None = None, site: str | None = None, why: str = "Meeting"
) -> None:
    row = AvailabilityException(
        id=ground.new_id(), doctor_id=ground.names["wu"], start=wed("10:00"), end=wed("11:00"),
        kind=ExceptionKind.BLOCKED, reason=why, type_id=ground.names[kind] if kind else None,
        location_id=ground.names[site] if site else None,
    )  # fmt: skip
    ground.save(row)


def leave(ground: RulesGround) -> None:
    row = TimeOffRequest(
        id=ground.new_id(), doctor_id=ground.names["wu"], start=wed("00:00"),
        end=wed("00:00") + timedelta(days=2), status=TimeOffStatus.APPROVED, reason="Holiday",
    )  # fmt: skip
    ground.save(row)


def close(ground: RulesGround) -> None:
    ground.save(Holiday(id=ground.new_id(), day=WEDNESDAY, name="Founders’ day"))


def close_late(ground: RulesGround) -> None:
    ground.save(Holiday(id=ground.new_id(), day=WEDNESDAY, name="Party", start_minute=585))


def second_week(ground: RulesGround) -> None:
    ground.weeks("wu", every_weeks=2, anchor=WEDNESDAY - timedelta(days=7))


def taken(ground: RulesGround) -> None:
    ground.book(wed("10:00"))


def cleaned(ground: RulesGround) -> None:
    ground.type("follow-up", buffer_after=10)
    ground.book(wed("09:30"))


def held(ground: RulesGround) -> None:
    ground.run(
        HoldSlot(
            doctor_id=ground.names["wu"],
            start=wed("10:00"),
            end=wed("10:30"),
            type_id=ground.names["follow-up"],
        )
    )


def rooms_full(ground: RulesGround) -> None:
    """Dr Berg's two patients are in Dr Wu's room and in the other one for one patient."""
    names = ground.names
    for patient, room in (("jon", "room1"), ("tom", "room2")):
        ground.book(wed("10:00"), patient, "berg", room_id=names[room])


def on_the_way(ground: RulesGround) -> None:
    north = ground.north()
    ground.practice(travel_minutes=30)
    ground.book(wed("14:00"), location_id=north)


def full_day(ground: RulesGround) -> None:
    ground.doctor("wu", max_per_day=1)
    ground.book(wed("14:00"))


def full_of_type(ground: RulesGround) -> None:
    ground.type("new", max_per_day=1)
    ground.book(wed("14:00"), type="new")


def own_version(ground: RulesGround, **fields: object) -> None:
    kind = ground.roster().types[ground.names["follow-up"]]
    ground.save(
        AppointmentType(
            id=ground.new_id(), slug=kind.slug, name=kind.name, code=kind.code,
            duration=kind.duration, doctor_id=ground.names["wu"], **fields,  # type: ignore[arg-type]
        )
    )  # fmt: skip


HOURS = ("Book outside hours",)
SQUEEZE = ("Overbook",)
ANYWAY = ("Book anyway",)

CASES = (
    Case(
        "past",
        "09:00 today has already passed.",
        ("Next free",),
        wanted=at("09:00"),
        start=at("09:45"),
    ),
    Case(
        "just passed",
        "09:30 has just passed; only a walk-in may still start then.",
        ("Next free",),
        wanted=at("09:30"),
        start=at("09:45"),
    ),
    Case(
        "hours",
        "Dr Wu works until 17:00 on Wednesdays.",
        HOURS,
        wanted=wed("17:00"),
        told="although Dr Wu works until 17:00 on Wednesdays",
    ),
    Case(
        "hours: early",
        "Dr Wu starts at 08:00 on Wednesdays.",
        ("Next free",),
        wanted=wed("07:30"),
        start=wed("08:00"),
    ),
    Case(
        "hours: no such day",
        "Dr Wu does not work on Saturdays.",
        HOURS,
        wanted=at("10:00", SATURDAY),
        told="although Dr Wu does not work on Saturdays",
    ),
    Case(
        "second week",
        "Dr Wu works every 2 weeks on Wednesdays, not on Wed 25 Nov.",
        ("Other doctor",),
        second_week,
        other="berg",
    ),
    Case(
        "another site",
        "Dr Wu works at Main Street on Thursdays, not at North.",
        HOURS,
        RulesGround.north,
        wanted=wed("10:00") + timedelta(days=1),
        site="north",
        told="although Dr Wu works at Main Street on Thursdays, not at North",
    ),
    Case(
        "break",
        "Dr Wu has a break 12:00–13:00.",
        HOURS,
        wanted=wed("12:15"),
        told="although Dr Wu has a break 12:00–13:00",
    ),
    Case(
        "reserved",
        "10:00–11:00 is kept for New patient.",
        HOURS,
        reserve,
        told="although 10:00–11:00 is kept for New patient",
    ),
    Case(
        "closed",
        "Main Street is closed on Wed 25 Nov (Founders’ day).",
        HOURS,
        close,
        told="although Main Street is closed on Wed 25 Nov (Founders’ day)",
    ),
    Case(
        "closed for a part of the day",
        "Main Street is closed on Wed 25 Nov 09:45–24:00 (Party).",
        HOURS,
        close_late,
        told="although Main Street is closed on Wed 25 Nov 09:45–24:00 (Party)",
    ),
    Case(
        "time off",
        "Dr Wu is on leave until 26 Nov (Holiday).",
        HOURS,
        leave,
        told="although Dr Wu is on leave until 26 Nov (Holiday)",
    ),
    Case(
        "blocked",
        "Dr Wu is blocked 10:00–11:00 (Meeting).",
        ("Next free",),
        block,
        start=wed("11:00"),
    ),
    Case(
        "blocked for a type",
        "Dr Wu is blocked 10:00–11:00 (Meeting).",
        HOURS,
        lambda ground: block(ground, kind="follow-up"),
        told="although Dr Wu is blocked 10:00–11:00 (Meeting)",
    ),
    Case(
        "blocked at a site",
        "Dr Wu is blocked 10:00–11:00 (Meeting).",
        ("Other doctor",),
        lambda ground: block(ground, site="main"),
        other="berg",
    ),
    Case(
        "doctor taken",
        "Dr Wu is booked 10:00–10:30 (J. Hall).",
        SQUEEZE,
        taken,
        told=f"overbooked: “{REASON}”",
    ),
    Case(
        "buffer",
        "Needs 10 min cleaning after 10:00.",
        ("Place at 10:10",),
        cleaned,
        start=wed("10:10"),
    ),
    Case(
        "own calendar",
        "“Busy” in Dr Wu’s own calendar 10:00–11:00.",
        SQUEEZE,
        lambda ground: ground.own_calendar(wed("10:00"), wed("11:00")),
        told=f"overbooked: “{REASON}”",
    ),
    Case(
        "held",
        "Slot held by Maria for 3:00.",
        SQUEEZE,
        held,
        told=f"overbooked: “{REASON}”",
    ),
    Case(
        "room taken",
        "Room 1 is used by Dr Berg until 10:30.",
        ("Use Room 3",),
        rooms_full,
        room="room1",
        in_room="wide",
    ),
    Case(
        "room full",
        "Room 3 is used by Dr Berg until 10:30.",
        ("Use Room 1",),
        lambda ground: [
            ground.book(wed("10:00"), patient, "berg", room_id=ground.names["wide"])
            for patient in ("jon", "tom")
        ],
        room="wide",
        in_room="room1",
    ),
    Case(
        "room taken, another time",
        "Room 1 is used by Dr Berg until 10:30.",
        ("Next free",),
        rooms_full,
        room="room1",
        start=wed("10:15"),
    ),
    Case(
        "room not allowed",
        "Follow-up does not take place in Room 2.",
        ("Use Room 3",),
        lambda ground: ground.type("follow-up", allowed_room_ids=(ground.names["wide"],)),
        room="room2",
        in_room="wide",
    ),
    Case(
        "no such room at the site",
        "Follow-up takes place in Room 3 (Main Street), not at North.",
        ("Next free",),
        lambda ground: (
            ground.north(),
            ground.type("follow-up", allowed_room_ids=(ground.names["wide"],)),
        ),
        wanted=wed("14:00"),
        start=wed("08:00") + timedelta(days=1),
        in_room="wide",
    ),
    Case(
        "site not allowed",
        "Follow-up is not offered at North.",
        ("Next free",),
        lambda ground: (
            ground.north(),
            ground.type("follow-up", allowed_location_ids=(ground.names["main"],)),
        ),
        wanted=wed("14:00"),
        start=wed("08:00") + timedelta(days=1),
    ),
    Case(
        "not offered: the doctor's own version says no",
        "Dr Wu does not offer Follow-up.",
        ("Other doctor",),
        meanwhile=lambda ground: own_version(ground, active=False),
        other="berg",
    ),
    Case(
        "not offered: another doctor's type",
        "Follow-up is offered by Dr Berg only.",
        ("Other doctor",),
        meanwhile=lambda ground: ground.type("follow-up", doctor_id=ground.names["berg"]),
        other="berg",
    ),
    Case(
        "patient has another visit",
        "E. Moss already has Dr Berg 10:00 that day.",
        ANYWAY,
        lambda ground: ground.book(wed("10:00"), "eve", "berg"),
        told="although E. Moss already has Dr Berg 10:00 that day",
    ),
    Case(
        "travel",
        "Dr Wu is at North from 14:00 and needs 90 min to get there.",
        SQUEEZE,
        lambda ground: (on_the_way(ground), ground.practice(travel_minutes=90)),
        wanted=wed("12:30"),
        told=f"overbooked: “{REASON}”",
    ),
    Case(
        "travel, placed in time",
        "Dr Wu is at North from 14:00 and needs 90 min to get there.",
        ("Place at 12:00",),
        lambda ground: (on_the_way(ground), ground.practice(travel_minutes=90)),
        wanted=wed("12:30"),
        start=wed("12:00"),
    ),
    Case(
        "patients per day",
        "Dr Wu sees 1 patient a day at most, and Wed 25 Nov has 1.",
        ANYWAY,
        full_day,
        told="past the rule: Dr Wu sees 1 patient a day at most, and Wed 25 Nov has 1 "
        f"(“{REASON}”)",
    ),
    Case(
        "visits of a type per day",
        "Dr Wu has 1 of 1 New patient visits on Wed 25 Nov.",
        ANYWAY,
        full_of_type,
        type="new",
        minutes=60,
        told=f"past the rule: Dr Wu has 1 of 1 New patient visits on Wed 25 Nov (“{REASON}”)",
    ),
    Case(
        "notice",
        "Mole check needs 2 hours’ notice: from 11:40.",
        ANYWAY,
        wanted=at("10:30"),
        type="strict",
        told=f"past the rule: Mole check needs 2 hours’ notice: from 11:40 (“{REASON}”)",
    ),
    Case(
        "too far ahead",
        "Mole check can be booked up to 30 days ahead, until Thu 24 Dec.",
        ANYWAY,
        wanted=wed("10:00") + timedelta(days=35),
        type="strict",
        told="past the rule: Mole check can be booked up to 30 days ahead, until Thu 24 Dec "
        f"(“{REASON}”)",
    ),
    Case(
        "two rules, two reasons",
        "Dr Wu is booked 10:30–11:00 (J. Hall).",
        ("Overbook", "Book anyway"),
        lambda ground: ground.book(at("10:30")),
        wanted=at("10:30"),
        type="strict",
        told=f"past the rule: Mole check needs 2 hours’ notice: from 11:40 (“{REASON}”), "
        f"overbooked: “{REASON}”",
    ),
    Case(
        "outside hours and a patient twice",
        "Dr Wu works until 17:00 on Wednesdays.",
        ("Book outside hours", "Book anyway"),
        lambda ground: ground.put_in(
            start=wed("17:00"),
            patient_id=ground.names["eve"],
            doctor_id=ground.names["berg"],
        ),
        wanted=wed("17:00"),
        told="although Dr Wu works until 17:00 on Wednesdays, although E. Moss already has "
        "Dr Berg 17:00 that day",
    ),
)


class Booking:
    """The dialog at a place, with a name and a note typed in."""

    def __init__(self, ground: RulesGround) -> None:
        self.ground = ground
        self.desk = Desk(ground.front)
        self.dialog = self.desk.dialog
        self.refused: list[ClinicDeskError] = []
        self.dialog.submission.refused.connect(self.refused.append)

    def open(self, case: Case) -> Keys:
        names = self.ground.names
        end = case.wanted + timedelta(minutes=case.minutes)
        slot = Slot(case.wanted, end, names[case.doctor], names.get(case.site, ""), None, 1)
        self.dialog.open_from_slot(slot, names[case.type], None)
        settle = self.ground.front.settle
        settle(self.dialog.who.edit.hasFocus)
        keys = Keys(self.dialog)
        keys.type(case.patient)
        settle(self.dialog.who.popup.isVisible)
        keys.press(ENTER)
        settle(lambda: self.dialog.caller.known and not self.dialog.caller.asking)
        self.dialog.notes.setPlainText(NOTE)
        if case.room:
            box = self.dialog.room_box
            box.setFocus()
            wanted = box.findData(names[case.room])
            assert wanted > 0
            for _ in range(wanted - box.currentIndex()):
                keys.press(Qt.Key.Key_Down)
            assert box.currentData() == names[case.room]
        self.rest()
        assert self.dialog.draft.type_id == names[case.type]
        return keys

    def rest(self) -> None:
        """Nothing is being looked for, held or written."""
        dialog = self.dialog
        self.ground.front.settle(
            lambda: (
                dialog.openings.current is not None
                and not dialog.openings.searching
                and dialog.hold.settled
                and not dialog.submission.busy
                and not dialog.book_when_held
            )
        )

    def press_book(self) -> None:
        """Ctrl+Enter, and the answer."""
        before = len(self.refused)
        QTest.keyClick(QApplication.focusWidget() or self.dialog, ENTER, CONTROL)
        self.ground.front.settle(lambda: len(self.refused) > before or self.desk.booked)

    def take(self, label: str) -> None:
        """A way out by its button, and whatever it asks for, until it is booked or refused."""
        before = len(self.refused)
        message = self.dialog.message
        button = next(b for b in message.buttons() if b.text().startswith(label))
        assert isinstance(button, QPushButton)
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)
        if message.reason.isVisible():
            assert message.reason.hasFocus()
            QTest.keyClicks(message.reason, REASON)
            QTest.keyClick(message.reason, ENTER)
        elif not (self.dialog.submission.busy or self.desk.booked):
            self.rest()
            QTest.keyClick(QApplication.focusWidget() or self.dialog, ENTER, CONTROL)
        self.ground.front.settle(lambda: len(self.refused) > before or self.desk.booked)

    def close(self) -> None:
        self.dialog.reject()
        self.ground.front.settle(lambda: self.dialog.hold.settled)
        self.dialog.hide()
        self.desk.window.hide()
        self.desk.window.deleteLater()


@pytest.fixture
def ground(qapp: QApplication, tmp_path: Path) -> Iterator[RulesGround]:
    assert qapp is not None
    made = open_rules(tmp_path, Theme.for_tests())
    yield made
    made.front.close()


@pytest.fixture
def opened(ground: RulesGround) -> Iterator[Callable[[Case], Booking]]:
    """The clinic is arranged first, then the window is opened in it."""
    made: list[Booking] = []

    def begin(case: Case) -> Booking:
        case.before(ground)
        made.append(Booking(ground))
        made[0].open(case)
        if case.meanwhile is not None:
            case.meanwhile(ground)
        return made[0]

    yield begin
    for one in made:
        one.close()


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_booking_against_the_rule(
    ground: RulesGround, opened: Callable[[Case], Booking], case: Case
) -> None:
    booking = opened(case)
    dialog = booking.dialog
    before = ground.written()
    booking.press_book()

    assert booking.desk.booked == []
    assert dialog.message.sentence == case.said
    assert dialog.message.tone is Tone.REFUSE
    assert dialog.message.buttons()[0].hasFocus()
    assert ground.written() == before
    ground.verify()
    assert dialog.isVisible()
    assert dialog.draft.patient is not None
    assert dialog.draft.patient.last_name == "Moss"
    assert dialog.notes.text == NOTE
    assert dialog.draft.type_id == ground.names[case.type]

    for way in case.ways:
        booking.take(way)
    (made,) = booking.desk.booked
    view = ground.front.store.queries.appointment(made)
    assert view.cell.start == (case.start or case.wanted)
    assert view.cell.doctor_id == ground.names[case.other or case.doctor]
    assert view.cell.last_name == "Moss"
    assert view.values["notes"] == NOTE
    if case.in_room:
        assert view.values["room_id"] == ground.names[case.in_room]
    assert case.told in ground.told(made)
    assert ("past the rule" in ground.told(made)) == ("past the rule" in case.told)
    assert len(ground.written()) == len(before) + 1
    ground.verify()


BARRED = "A receptionist may not {}. Ask a manager to do it."


@pytest.mark.parametrize(
    ("rule", "may_not"),
    [("doctor taken", "overbook"), ("notice", "go past a booking rule")],
)
def test_an_override_that_the_role_of_the_desk_does_not_have(
    ground: RulesGround, opened: Callable[[Case], Booking], rule: str, may_not: str
) -> None:
    """The reason was typed in vain, but the visit is not lost: another time is one button away."""
    case = next(case for case in CASES if case.rule == rule)
    booking = opened(case)
    dialog = booking.dialog
    before = ground.written()
    ground.front.desk.execute(SaveSetting(key="desk.role", value="receptionist"))
    booking.press_book()
    booking.take(case.ways[0])
    assert booking.desk.booked == []
    assert dialog.message.sentence == BARRED.format(may_not)
    assert ground.written() == before
    ground.verify()
    assert dialog.notes.text == NOTE
    assert dialog.draft.patient is not None
    labels = [button.text() for button in dialog.message.buttons()]
    assert labels
    assert case.ways[0] not in labels
    dialog.notes.setFocus()  # Enter on a way out would take it
    booking.press_book()  # the rule is asked anew
    assert dialog.message.sentence == case.said
    booking.take("Next free")
    (made,) = booking.desk.booked
    assert ground.front.store.queries.appointment(made).values["notes"] == NOTE
    ground.verify()


@dataclass(frozen=True, slots=True)
class Dead:
    """What no button overrides: the person changes a field and books again."""

    rule: str
    said: str
    meanwhile: Arrange
    field: str


DEAD_ENDS = (
    Dead(
        "inactive doctor",
        "Dr Wu no longer sees patients here; choose another doctor.",
        lambda ground: ground.doctor("wu", active=False),
        "doctor_box",
    ),
    Dead(
        "inactive type",
        "Follow-up is no longer offered; choose another type.",
        lambda ground: ground.type("follow-up", active=False),
        "type_box",
    ),
)


@pytest.mark.parametrize("case", DEAD_ENDS, ids=[case.rule for case in DEAD_ENDS])
def test_what_is_no_longer_offered_is_chosen_anew(
    ground: RulesGround, opened: Callable[[Case], Booking], case: Dead
) -> None:
    booking = opened(Case(case.rule, case.said, meanwhile=case.meanwhile))
    dialog = booking.dialog
    before = ground.written()
    booking.press_book()
    assert booking.desk.booked == []
    assert dialog.message.sentence == case.said
    assert dialog.message.tone is Tone.REFUSE
    assert ground.written() == before
    ground.verify()
    assert dialog.notes.text == NOTE
    box = getattr(dialog, case.field)
    assert box.hasFocus()
    keys = Keys(dialog)
    keys.press(Qt.Key.Key_Down)
    booking.rest()
    booking.press_book()
    (made,) = booking.desk.booked
    view = ground.front.store.queries.appointment(made)
    assert view.values["notes"] == NOTE
    assert (view.cell.doctor_id, view.values["type_id"]) != (
        ground.names["wu"],
        ground.names["follow-up"],
    )
    ground.verify()


@pytest.mark.parametrize(("minutes", "bound"), [(5, 15), (900, 480)])
def test_a_length_out_of_bounds_leads_to_its_field_which_keeps_the_bounds(
    ground: RulesGround, opened: Callable[[Case], Booking], minutes: int, bound: int
) -> None:
    """As a swept range that is shorter or longer than any visit."""
    said = f"A visit lasts between 15 and 480 minutes; this one has {minutes}."
    booking = opened(Case("length", said, wanted=wed("13:00"), minutes=minutes))
    dialog = booking.dialog
    before = ground.written()
    booking.press_book()
    assert dialog.message.sentence == said
    assert ground.written() == before
    assert dialog.notes.text == NOTE
    box = dialog.length.box
    assert box.hasFocus()
    assert bound in (box.minimum(), box.maximum())
    box.selectAll()
    keys = Keys(dialog)
    keys.type("30")
    keys.press(Qt.Key.Key_Tab)
    booking.rest()
    booking.press_book()
    (made,) = booking.desk.booked
    cell = ground.front.store.queries.appointment(made).cell
    assert cell.end - cell.start == timedelta(minutes=30)
    ground.verify()


@dataclass(frozen=True, slots=True)
class Move:
    """Dr Wu's visit of 13:30 today, carried with M and ``keys`` (a step is 15 minutes). ``told``
    is the history after the last of ``ways``."""

    rule: str
    said: str
    keys: tuple[Qt.Key, ...]
    ways: tuple[str, ...]
    told: str
    before: Arrange = lambda ground: None
    moved: int = 0


UP, DOWN = Qt.Key.Key_Up, Qt.Key.Key_Down
TO_HALF_PAST_TWO = (DOWN,) * 4


def not_by_patients(ground: RulesGround) -> None:
    ground.type("follow-up", patient_may_reschedule=False)


def moved_once(ground: RulesGround) -> None:
    ground.type("follow-up", max_reschedules=0)


def taken_today(ground: RulesGround) -> None:
    ground.book(at("14:30"), "tom")


MOVES = (
    Move(
        "patients may not move it: the clinic asks",
        "Follow-up visits are not moved at a patient’s wish.",
        TO_HALF_PAST_TWO,
        ("The clinic asks for it",),
        "at the clinic’s wish",
        not_by_patients,
    ),
    Move(
        "patients may not move it: a reason",
        "Follow-up visits are not moved at a patient’s wish.",
        TO_HALF_PAST_TWO,
        ("Move with a reason",),
        f"past the rule: Follow-up visits are not moved at a patient’s wish (“{REASON}”)",
        not_by_patients,
        moved=1,
    ),
    Move(
        "moved often enough",
        "Follow-up may be moved 0 times, and this visit has been moved 0 times. Give a reason to "
        "move it once more, or book a new visit.",
        TO_HALF_PAST_TWO,
        ("Move with a reason",),
        f"or book a new visit (“{REASON}”)",
        moved_once,
        moved=1,
    ),
    Move(
        "notice: a reason",
        "Follow-up needs 3 hours 45 minutes’ notice: from 13:25.",
        (UP,),
        ("Move with a reason",),
        f"past the rule: Follow-up needs 3 hours 45 minutes’ notice: from 13:25 (“{REASON}”)",
        lambda ground: ground.type("follow-up", min_notice=225),
        moved=1,
    ),
    Move(
        "notice: the clinic asks",
        "Follow-up needs 3 hours 45 minutes’ notice: from 13:25.",
        (UP,),
        ("The clinic asks for it",),
        "at the clinic’s wish",
        lambda ground: ground.type("follow-up", min_notice=225),
    ),
    Move(
        "doctor taken",
        "Dr Wu is booked 14:30–15:00 (T. Ash).",
        TO_HALF_PAST_TWO,
        ("Overbook",),
        f"overbooked: “{REASON}”",
        taken_today,
        moved=1,
    ),
    Move(
        "break",
        "Dr Wu has a break 12:00–13:00.",
        (UP,) * 4,
        ("Book outside hours",),
        "although Dr Wu has a break 12:00–13:00",
        moved=1,
    ),
    Move(
        "patients per day",
        "Dr Berg sees 1 patient a day at most, and Tue 24 Nov has 1.",
        (Qt.Key.Key_Right, UP, DOWN),
        ("Move with a reason",),
        f"Dr Berg sees 1 patient a day at most, and Tue 24 Nov has 1 (“{REASON}”)",
        lambda ground: (
            ground.doctor("berg", max_per_day=1),
            ground.book(at("16:00"), "tom", "berg"),
        ),
        moved=1,
    ),
    Move(
        "own calendar",
        "“Busy” in Dr Wu’s own calendar 14:30–15:00.",
        TO_HALF_PAST_TWO,
        ("Overbook",),
        f"overbooked: “{REASON}”",
        lambda ground: ground.own_calendar(at("14:30"), at("15:00")),
        moved=1,
    ),
    Move(
        "patient has another visit",
        "E. Moss already has Dr Berg 14:30 that day.",
        TO_HALF_PAST_TWO,
        ("Book anyway",),
        f"although E. Moss already has Dr Berg 14:30 that day (“{REASON}”)",
        lambda ground: ground.book(at("14:30"), "eve", "berg"),
        moved=1,
    ),
    Move(
        "a squeeze against a rule: two reasons",
        "Dr Wu is booked 14:30–15:00 (T. Ash).",
        TO_HALF_PAST_TWO,
        ("Overbook", "Move with a reason"),
        f"past the rule: Follow-up visits are not moved at a patient’s wish (“{REASON}”), "
        f"overbooked: “{REASON}”",
        lambda ground: (taken_today(ground), not_by_patients(ground)),
        moved=1,
    ),
)


@pytest.fixture
def window(
    ground: RulesGround, qtbot: QtBot
) -> Iterator[Callable[[Arrange], tuple[MainWindow, str]]]:
    made: list[MainWindow] = []

    def begin(before: Arrange) -> tuple[MainWindow, str]:
        visit = ground.book(at("13:30"), "eve", notes=NOTE)
        before(ground)
        made.append(open_window(Clinic(ground.front), qtbot))
        return made[0], visit

    yield begin
    for one in made:
        shut(one)
        QApplication.processEvents()


@pytest.mark.parametrize("case", MOVES, ids=[case.rule for case in MOVES])
def test_moving_against_the_rule(
    ground: RulesGround,
    window: Callable[[Arrange], tuple[MainWindow, str]],
    case: Move,
) -> None:
    shown, visit = window(case.before)
    settle = ground.front.settle
    grid, gestures = shown.page.grid(), shown.page.gestures
    settle(lambda: gestures.judge is not None and grid.focus_cell(visit))
    grid.setFocus()
    before = ground.written()
    QTest.keyClick(grid, Qt.Key.Key_M)
    settle(lambda: gestures.gesture.carrying)
    for key in case.keys:
        QTest.keyClick(grid, key)
    QTest.keyClick(grid, ENTER)
    card = gestures.desk.card
    settle(card.isVisible)
    assert card.sentence == case.said
    assert ground.written() == before
    ground.verify()
    for number, way in enumerate(case.ways):
        settle(lambda way=way: any(b.text().startswith(way) for b in card.buttons()))
        if number:
            assert ground.written() == before
        button = next(b for b in card.buttons() if b.text().startswith(way))
        button.setFocus()
        QTest.keyClick(button, ENTER)
        if card.reason_field.isVisible():
            QTest.keyClicks(card.reason_field, REASON)
            QTest.keyClick(card.reason_field, ENTER)
    settle(lambda: ground.written() != before)
    view = ground.front.store.queries.appointment(visit)
    steps = case.keys.count(DOWN) - case.keys.count(UP)
    assert view.cell.start == at("13:30") + steps * timedelta(minutes=15)
    assert view.cell.moved == case.moved
    assert view.values["notes"] == NOTE
    assert case.told in ground.told(visit)
    settle(lambda: not gestures.active)
    ground.verify()


class Card:
    """The appointment card of a visit at 10:00 tomorrow, with a note typed and not saved."""

    def __init__(self, ground: RulesGround, visit: str) -> None:
        self.ground, self.visit = ground, visit
        self.window = QMainWindow()
        self.window.show()
        self.dialog = AppointmentDialog(ground.front.context, self.window)
        ground.front.settle(lambda: self.dialog.source.roster is not None)
        self.dialog.open_for(visit)
        ground.front.settle(self.dialog.isVisible)
        self.dialog.notes.setPlainText(NOTE)

    def choose(self, box: QComboBox, value: str) -> None:
        wanted = box.findData(value)
        assert wanted >= 0
        box.setFocus()
        steps = wanted - box.currentIndex()
        for _ in range(abs(steps)):
            QTest.keyClick(box, DOWN if steps > 0 else UP)
        assert box.currentData() == value

    def save(self, said: str) -> None:
        before = self.ground.written()
        QTest.keyClick(self.dialog, Qt.Key.Key_S, CONTROL)
        self.ground.front.settle(lambda: self.dialog.message.sentence)
        assert self.dialog.message.sentence == said
        assert self.dialog.message.tone is Tone.REFUSE
        assert self.ground.written() == before
        assert self.dialog.notes.text == NOTE
        self.ground.verify()

    def take(self, label: str) -> None:
        button = next(b for b in self.dialog.message.buttons() if b.text().startswith(label))
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)

    def close(self) -> None:
        self.dialog.hide()
        self.window.hide()
        self.window.deleteLater()


@pytest.fixture
def card_of(ground: RulesGround) -> Iterator[Callable[[str], Card]]:
    made: list[Card] = []

    def begin(visit: str) -> Card:
        made.append(Card(ground, visit))
        return made[0]

    yield begin
    for one in made:
        one.close()


def test_another_kind_of_visit_against_its_limit_of_the_day_takes_a_reason(
    ground: RulesGround, card_of: Callable[[str], Card]
) -> None:
    visit = ground.book(wed("10:00"), "eve")
    full_of_type(ground)
    card = card_of(visit)
    card.choose(card.dialog.type_box, ground.names["new"])
    said = "Dr Wu has 1 of 1 New patient visits on Wed 25 Nov."
    card.save(said)
    assert card.dialog.type_box.currentData() == ground.names["new"]
    card.take("Save with a reason")
    assert card.dialog.message.reason.hasFocus()
    before = ground.written()
    QTest.keyClick(card.dialog.message.reason, ENTER)
    assert ground.written() == before, "a reason is needed"
    QTest.keyClicks(card.dialog.message.reason, REASON)
    QTest.keyClick(card.dialog.message.reason, ENTER)
    ground.front.settle(lambda: ground.written() != before)
    values = ground.front.store.queries.appointment(visit).values
    assert (values["type_id"], values["notes"]) == (ground.names["new"], NOTE)
    assert f"past the rule: {said.rstrip('.')} (“{REASON}”)" in ground.told(visit)
    ground.front.settle(lambda: not card.dialog.message.sentence)
    ground.verify()


def test_a_room_that_is_taken_leads_to_the_one_that_is_free(
    ground: RulesGround, card_of: Callable[[str], Card]
) -> None:
    visit = ground.book(wed("10:00"), "eve")
    ground.book(wed("10:00"), "jon", "berg", room_id=ground.names["room2"])
    card = card_of(visit)
    card.choose(card.dialog.room_box, ground.names["room2"])
    before = ground.written()
    card.save("Room 2 is used by Dr Berg until 10:30.")
    card.take("Use Room ")
    ground.front.settle(lambda: ground.written() != before)
    values = ground.front.store.queries.appointment(visit).values
    assert values["room_id"] not in (None, ground.names["room2"])
    assert values["notes"] == NOTE
    ground.verify()
