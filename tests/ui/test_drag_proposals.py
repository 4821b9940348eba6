"""The live verdict: what is asked, what is said, which ways out are offered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Verdict
from clinic_desk.services.commands import AUTO, CopyAppointment, MoveAppointment, MoveTogether
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.gestures_carry import with_target
from clinic_desk.ui.calendar.gestures_commit import Insistence, command_for, done_words
from clinic_desk.ui.calendar.gestures_scene import verdict_words
from clinic_desk.ui.calendar.proposals import (
    Judge,
    Judgement,
    Placed,
    Proposal,
    Target,
    lock_reason,
)
from clinic_desk.ui.calendar.target_words import place_words
from clinic_desk.ui.geometry.gesture_machine import Deed
from clinic_desk.ui.look.theme import Theme
from tests.fakes.drag_stage import DAY, ZONE, Stage, at


@pytest.fixture
def stage(tmp_path: Path, qtbot: QtBot) -> Iterator[Stage]:
    stage = Stage(tmp_path, Theme.for_tests())
    qtbot.addWidget(stage)
    stage.show()
    stage.activateWindow()
    stage.settle(lambda: stage.ready)
    yield stage
    stage.shut()


@pytest.fixture
def judge(stage: Stage) -> Judge:
    judge = stage.control.judge
    assert judge is not None
    return judge


def proposal(
    cell: Cell, doctor: str, clock: str, minutes: int = 30, *, day: date = DAY, **extra: object
) -> Proposal:
    start = at(clock, day)
    target = Target(doctor, start, start + timedelta(minutes=minutes))
    return Proposal((Placed(cell, target),), **extra)  # type: ignore[arg-type]


def test_free(stage: Stage, judge: Judge) -> None:
    wanted = proposal(stage.cell("rossi"), "iyer", "10:30")
    judgement = judge.judge(wanted)
    assert judgement.verdict is Verdict.OK
    assert judgement.room_id == "room-iyer"
    assert verdict_words(wanted, judgement, judge) == ("Free 10:30–11:00", "")


def test_each_place_is_weighed_once(stage: Stage, judge: Judge) -> None:
    wanted = proposal(stage.cell("rossi"), "iyer", "10:30")
    for _ in range(50):
        judge.judge(wanted)
    assert judge.asked == 1


def test_its_own_place_changes_nothing(stage: Stage, judge: Judge) -> None:
    wanted = proposal(stage.cell("rossi"), "roy", "11:30")
    assert wanted.unchanged
    assert judge.judge(wanted).verdict is Verdict.OK
    assert command_for(wanted, judge.judge(wanted)) is None


def test_taken(stage: Stage, judge: Judge) -> None:
    wanted = proposal(stage.cell("rossi"), "wu", "11:00")
    judgement = judge.judge(wanted)
    assert not judgement.allowed
    assert judgement.blocker_id == "hall"
    assert verdict_words(wanted, judgement, judge) == (
        "Dr Wu is booked 11:00–11:30 (J. Hall)",
        "next free 13:00",
    )
    assert [w.action for w in judgement.ways_out] == ["place_at", "other_doctor", "overbook"]


def test_the_doctor_whom_it_leaves_is_no_way_out(stage: Stage, judge: Judge) -> None:
    judgement = judge.judge(proposal(stage.cell("rossi"), "wu", "11:30"))
    named = [w.data.get("doctor_id") for w in judgement.ways_out if w.action == "other_doctor"]
    assert judgement.blocker_id
    assert stage.cell("rossi").doctor_id not in named


def test_against_the_past_only_a_later_time_helps(stage: Stage, judge: Judge) -> None:
    stage.clock.set(at("12:00"))
    fresh = Judge(judge.snapshot, stage.clock.now)
    judgement = fresh.judge(proposal(stage.cell("rossi"), "wu", "11:00"))
    assert judgement.code == "past"
    assert {w.action for w in judgement.ways_out} <= {"place_at"}


def test_next_free_on_another_day_names_the_day(stage: Stage, judge: Judge) -> None:
    wanted = proposal(stage.cell("rossi"), "wu", "11:00")
    slot = judge.judge(wanted).next_free
    assert slot is not None
    later = replace(slot, start=slot.start + timedelta(days=2), end=slot.end + timedelta(days=2))
    judgement = replace(judge.judge(wanted), next_free=later)
    assert verdict_words(wanted, judgement, judge)[1] == "next free Thu 26 Nov 13:00"


def test_outside_hours_offers_to_insist(stage: Stage, judge: Judge) -> None:
    judgement = judge.judge(proposal(stage.cell("rossi"), "roy", "17:30"))
    assert not judgement.allowed
    assert "outside_hours" in [w.action for w in judgement.ways_out]


def test_the_past_is_refused_but_a_visit_in_it_may_be_resized(stage: Stage, judge: Judge) -> None:
    stage.clock.set(at("12:00"))
    fresh = Judge(judge.snapshot, stage.clock.now)
    cell = stage.cell("hall")
    assert fresh.judge(proposal(cell, "wu", "10:00")).code == "past"
    longer = proposal(cell, "wu", "11:00", 45, deed=Deed.RESIZE_BOTTOM)
    assert fresh.judge(longer).allowed


@pytest.mark.parametrize(
    ("status", "deed", "words"),
    [
        (Status.COMPLETED, Deed.MOVE, "Completed visits cannot be moved."),
        (Status.CANCELLED, Deed.MOVE, "Cancelled visits cannot be moved."),
        (Status.NO_SHOW, Deed.RESIZE_BOTTOM, "No-show visits cannot be moved."),
        (Status.IN_PROGRESS, Deed.MOVE, "A visit that is under way cannot be moved."),
        (Status.IN_PROGRESS, Deed.RESIZE_TOP, "A visit that is under way cannot be moved."),
        (Status.IN_PROGRESS, Deed.RESIZE_BOTTOM, ""),
        (Status.ARRIVED, Deed.MOVE, ""),
        (Status.HELD, Deed.MOVE, "A held slot is moved by booking it."),
    ],
)
def test_locks(stage: Stage, status: Status, deed: Deed, words: str) -> None:
    reason = lock_reason(replace(stage.cell("hall"), status=status), deed)
    assert (reason.sentence if reason else "") == words


def test_a_locked_visit_may_be_copied(stage: Stage, judge: Judge) -> None:
    assert judge.judge(proposal(stage.cell("done"), "iyer", "15:00", copy=True)).allowed


def test_a_day_that_is_not_loaded_cannot_be_dropped_on(stage: Stage, judge: Judge) -> None:
    far = judge.snapshot.last + timedelta(days=3)
    judgement = judge.judge(proposal(stage.cell("hall"), "wu", "10:00", day=far))
    assert judgement.pending
    assert not judgement.allowed
    assert judgement.sentence.startswith("Loading ")


def test_a_visit_keeps_its_room_while_it_is_free(stage: Stage, judge: Judge) -> None:
    cell = replace(stage.cell("hall"), room_id="room-iyer")
    assert judge.judge(proposal(cell, "wu", "15:00")).room_id == "room-iyer"
    at_nine = judge.judge(proposal(cell, "wu", "09:00"))
    assert at_nine.allowed
    assert at_nine.room_id != "room-iyer"


def test_free_doctors(stage: Stage, judge: Judge) -> None:
    found = judge.free_doctors(proposal(stage.cell("rossi"), "wu", "10:15"))
    assert [doctor for doctor, _ in found] == ["iyer"]


def test_open_areas_merge_starts(stage: Stage, judge: Judge) -> None:
    areas = judge.open_areas(stage.cell("rossi"), 30, ("wu",), DAY, DAY)
    spans = [(f"{a.start:%H:%M}", f"{a.end:%H:%M}") for a in areas]
    assert spans == [("09:00", "09:30"), ("10:00", "11:00"), ("13:00", "17:00")]


def test_together_the_worst_speaks_with_its_name(stage: Stage, judge: Judge) -> None:
    moves = (
        *proposal(stage.cell("hall"), "iyer", "14:00").moves,
        *proposal(stage.cell("park"), "roy", "10:15").moves,
    )
    judgement = judge.judge(Proposal(moves))
    assert not judgement.allowed
    assert judgement.sentence.startswith("Park, Ji-woo: Dr Roy is booked 10:15")


def test_commands(stage: Stage, judge: Judge) -> None:
    fine = Judgement(Verdict.OK)
    one = proposal(stage.cell("rossi"), "iyer", "10:30")
    move = command_for(one, fine)
    assert isinstance(move, MoveAppointment)
    assert (move.room_id, move.expected_revision, move.outside_hours) == (AUTO, 1, False)
    forced = command_for(one, fine, insist=Insistence(overbook_reason="pain", outside_hours=True))
    assert isinstance(forced, MoveAppointment)
    assert (forced.overbook_reason, forced.outside_hours) == ("pain", True)
    warned = command_for(one, Judgement(Verdict.WARN, "x", outside_hours=True))
    assert isinstance(warned, MoveAppointment)
    assert warned.outside_hours
    assert isinstance(command_for(replace(one, copy=True), fine), CopyAppointment)
    two = replace(one, moves=(*one.moves, *proposal(stage.cell("hall"), "wu", "15:00").moves))
    together = command_for(two, fine)
    assert isinstance(together, MoveTogether)
    assert [m.appointment_id for m in together.moves] == ["rossi", "hall"]
    del judge


def test_words(stage: Stage, judge: Judge) -> None:
    one = proposal(stage.cell("rossi"), "iyer", "10:30")
    near = place_words(one.lead.target, judge.roster, ZONE, DAY)
    assert near == "Tue 10:30, Dr Iyer"
    far = place_words(one.lead.target, judge.roster, ZONE, DAY - timedelta(days=30))
    assert far == "Tue 24 Nov 10:30, Dr Iyer"
    assert done_words(one, near, "") == "Moved to Tue 10:30, Dr Iyer"
    assert done_words(replace(one, copy=True), near, "") == "Copied to Tue 10:30, Dr Iyer"


def test_companions_shift_on_the_wall_clock_across_a_clock_change(stage: Stage) -> None:
    from clinic_desk.domain.spans import zone

    hall, park = stage.cell("hall"), stage.cell("park")
    pair = Proposal(
        (
            Placed(hall, Target("wu", hall.start, hall.end)),
            Placed(park, Target("wu", park.start, park.end)),
        )
    )
    summer = at("10:00", date(2027, 3, 30))
    moved = with_target(pair, Target("wu", summer, summer + timedelta(minutes=30)), zone(ZONE))
    wall = [m.target.start.astimezone(zone(ZONE)).strftime("%H:%M") for m in moved.moves]
    assert wall == ["11:00", "11:45"]


def test_dragging_paints_no_block_again(stage: Stage) -> None:
    """The ghost is an overlay: only the origin's own column is drawn anew, once."""
    start = stage.hold("rossi")
    goal = stage.spot("iyer", "10:30") + QPoint(0, 8)
    stage.drag(start, goal, drop=False)
    stage.grid.viewport().grab()
    painted = stage.grid.painted_blocks
    for n in range(30):
        stage.move(goal + QPoint(n % 7, n * 5))
        stage.grid.viewport().grab()
    assert stage.grid.painted_blocks == painted
    stage.control.cancel()
    stage.rest()


def test_the_pointer_shows_what_a_drag_would_do(stage: Stage) -> None:
    rect = stage.grid.cell_rect("hall")
    assert rect is not None
    view = stage.grid.viewport()
    stage.move(QPoint(rect.center().x(), rect.bottom() - 2))
    assert view.cursor().shape() is Qt.CursorShape.SizeVerCursor
    stage.move(rect.center())
    assert view.cursor().shape() is Qt.CursorShape.PointingHandCursor
    stage.move(stage.spot("iyer", "14:00"))
    assert view.cursor().shape() is Qt.CursorShape.ArrowCursor
