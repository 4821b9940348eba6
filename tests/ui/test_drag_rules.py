"""The live verdict knows the rules of the roster, with the words and ways out of the gate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.domain.templates import Reserved
from clinic_desk.services.commands import MoveAppointment
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.gestures_commit import Insistence, command_for
from clinic_desk.ui.calendar.proposals import Judge, Judgement, Placed, Proposal, Target
from clinic_desk.ui.look.theme import Theme
from tests.fakes.drag_stage import Stage, at


@pytest.fixture
def stage(tmp_path: Path, qtbot: QtBot) -> Iterator[Stage]:
    stage = Stage(tmp_path, Theme.for_tests())
    qtbot.addWidget(stage)
    stage.show()
    stage.settle(lambda: stage.ready)
    yield stage
    stage.shut()


def judge_with(stage: Stage, **roster: Any) -> Judge:
    known = stage.control.judge
    assert known is not None
    changed = replace(known.snapshot.roster, **roster)
    return Judge(replace(known.snapshot, roster=changed), stage.clock.now)


def type_of(stage: Stage, cell: Cell, **fields: Any) -> dict[str, Any]:
    assert stage.control.judge is not None
    types = dict(stage.control.judge.snapshot.roster.types)
    assert cell.type_id is not None
    types[cell.type_id] = replace(types[cell.type_id], **fields)
    return {"types": types}


def moved(cell: Cell, clock: str, doctor: str = "iyer") -> Proposal:
    start = at(clock)
    return Proposal((Placed(cell, Target(doctor, start, start + timedelta(minutes=30))),))


def actions(judgement: Judgement) -> list[str]:
    return [way.action for way in judgement.ways_out]


def test_a_type_that_patients_may_not_move_asks_who_wants_it(stage: Stage) -> None:
    cell = stage.cell("rossi")
    judge = judge_with(stage, **type_of(stage, cell, patient_may_reschedule=False))
    judgement = judge.judge(moved(cell, "10:30"))
    assert (judgement.verdict, judgement.code) == (Verdict.REFUSE, "may_not_move")
    assert judgement.sentence.endswith("visits are not moved at a patient’s wish.")
    assert {"asked_by", "override"} <= set(actions(judgement))
    longer = Proposal((Placed(cell, Target(cell.doctor_id, cell.start, cell.end)),), parked=True)
    assert judge.judge(longer).code != "may_not_move"


def test_the_clinics_own_wish_goes_with_the_move(stage: Stage) -> None:
    cell = stage.cell("rossi")
    judge = judge_with(stage)
    wanted = moved(cell, "10:30")
    command = command_for(wanted, judge.judge(wanted), insist=Insistence(asked_by="clinic"))
    assert isinstance(command, MoveAppointment)
    assert command.asked_by == "clinic"


def test_a_visit_moved_often_enough_is_refused_while_it_is_dragged(stage: Stage) -> None:
    cell = replace(stage.cell("rossi"), moved=1)
    judge = judge_with(stage, **type_of(stage, cell, max_reschedules=1))
    judgement = judge.judge(moved(cell, "10:30"))
    assert (judgement.verdict, judgement.code) == (Verdict.REFUSE, "max_reschedules")
    assert "override" in actions(judgement)
    assert judge.judge(moved(replace(cell, moved=0), "10:30")).verdict is Verdict.OK


def test_reserved_time_and_a_full_day_refuse_with_the_way_out_that_fits(stage: Stage) -> None:
    cell = stage.cell("rossi")
    assert stage.control.judge is not None
    roster = stage.control.judge.snapshot.roster
    kept = Reserved(600, 690, ("somebody-else",), "Newcomers")
    week = tuple(replace(t, reserved=(kept,)) for t in roster.templates)
    judgement = judge_with(stage, templates=week).judge(moved(cell, "10:30"))
    assert judgement.sentence == "10:00–11:30 is kept for Newcomers."
    assert "outside_hours" in actions(judgement)
    doctors = {key: replace(row, max_per_day=0) for key, row in roster.doctors.items()}
    judgement = judge_with(stage, doctors=doctors).judge(moved(cell, "10:30"))
    assert (judgement.verdict, judgement.code) == (Verdict.REFUSE, "day_limit")
    assert not {"overbook", "outside_hours"} & set(actions(judgement))
    assert "override" in actions(judgement)
    # at home with its own doctor the visit fills its day no further
    stays = judge_with(stage, doctors=doctors).judge(moved(cell, "13:30", cell.doctor_id))
    assert stays.code != "day_limit"
