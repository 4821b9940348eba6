"""Rules that a person went past with a reason: refused without it, and seen in the history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.commands import SaveRecords
from clinic_desk.ui.models.history import lines
from tests.fakes.world import TODAY, ZONE, World


def told(world: World, row_id: str) -> str:
    """The newest line of the history."""
    roster = world.store.queries.roster()
    return lines(world.history(row_id), roster, ZONE, TODAY)[0].text


def change(world: World, name: str, **values: Any) -> None:
    kind = world.store.queries.roster().types[world.names[name]]
    world.run(SaveRecords(records=(replace(kind, **values),)))


def ways(refusal: Refusal) -> dict[str, str]:
    return {way.label: way.action for way in refusal.ways_out}


def test_too_little_notice(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        world.book("08:00", type="strict")
    assert caught.value.code == "notice"
    assert "2 hours’ notice" in caught.value.sentence
    assert ways(caught.value)["Book anyway"] == "override"
    row = world.book("08:00", type="strict", override_reason="Bleeding")
    text = told(world, row)
    assert "past the rule: Mole check needs 2 hours’ notice: from 09:00 (“Bleeding”)" in text
    assert world.history(row)[-1].metadata["override_reason"] == "Bleeding"


def test_a_reason_that_was_not_needed_is_no_rule_passed(world: World) -> None:
    row = world.book("10:00", override_reason="Just in case")
    assert "past the rule" not in told(world, row)


def test_patients_may_not_move_it(world: World) -> None:
    change(world, "follow-up", patient_may_reschedule=False)
    row = world.book("10:00")
    with pytest.raises(Refusal) as caught:
        world.move(row, "11:00")
    assert caught.value.code == "may_not_move"
    assert "Follow-up visits are not moved at a patient’s wish" in caught.value.sentence
    offered = ways(caught.value)
    assert offered["The clinic asks for it"] == "asked_by"
    assert offered["Move with a reason"] == "override"
    world.move(row, "11:00", asked_by="clinic")
    assert world.row(row).reschedule_count == 0
    world.move(row, "14:00", override_reason="Her train is late")
    assert world.row(row).reschedule_count == 1
    assert "past the rule: Follow-up visits are not moved" in told(world, row)
    assert "(“Her train is late”)" in told(world, row)
    end = world.row(row).end
    world.run(
        replace(
            _resize(world, row),
            end=end.replace(minute=45),
        )
    )
    assert world.row(row).end.minute == 45
    assert world.proven()


def _resize(world: World, row_id: str) -> Any:
    from clinic_desk.services.commands import MoveAppointment

    row = world.row(row_id)
    return MoveAppointment(
        appointment_id=row.id, expected_revision=row.revision, start=row.start, end=row.end
    )


def test_moved_as_often_as_the_type_allows(world: World) -> None:
    friday = date(2026, 11, 27)
    row = world.book("10:00", day=friday, type="strict")
    world.move(row, "11:00", day=friday)
    with pytest.raises(Refusal) as caught:
        world.move(row, "14:00", day=friday)
    assert caught.value.code == "max_reschedules"
    assert "may be moved 1 time, and this visit has been moved 1 time" in caught.value.sentence
    assert {"Move with a reason", "The clinic asks for it"} <= set(ways(caught.value))
    world.move(row, "14:00", day=friday, override_reason="Storm")
    assert "past the rule: Mole check may be moved 1 time" in told(world, row)


def test_as_many_a_day_as_the_type_allows(world: World) -> None:
    change(world, "follow-up", max_per_day=1)
    world.book("10:00")
    with pytest.raises(Refusal) as caught:
        world.book("11:00", patient="jon")
    assert caught.value.code == "day_limit"
    assert "1 of 1 Follow-up visits on Tue 24 Nov" in caught.value.sentence
    assert ways(caught.value)["Book anyway"] == "override"
    row = world.book("11:00", patient="jon", override_reason="In pain")
    assert "past the rule: Dr Wu has 1 of 1 Follow-up visits on Tue 24 Nov (“In pain”)" in told(
        world, row
    )


def test_one_patient_twice_at_a_time_is_the_practice_s_to_say(world: World) -> None:
    world.book("10:00")
    with pytest.raises(Refusal, match="already has Dr Wu 10:00"):
        world.book("10:00", doctor="berg")
    practice = world.store.queries.roster().practice
    world.run(SaveRecords(records=(replace(practice, one_visit_at_a_time=False),)))
    done = world.outcome("10:00", doctor="berg")
    assert any("already has Dr Wu 10:00" in warning for warning in done.warnings)


def test_an_overbooking_tells_its_reason(world: World) -> None:
    world.book("10:00")
    row = world.book("10:00", patient="jon", overbook_reason="Chest pain")
    assert "overbooked: “Chest pain”" in told(world, row)
