"""Rules that a person went past with a reason: refused without it, and seen in the history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from clinic_desk.domain.appointments import SlotState
from clinic_desk.domain.availability.model import Verdict
from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.commands import AUTO, ParkAppointment, SaveRecords, Scope
from clinic_desk.services.series_commands import BookSeries, ChangeSeries, Choice, SeriesMade
from clinic_desk.services.series_preview import draft_of, preview
from clinic_desk.ui.models.history import lines
from tests.fakes.world import TODAY, ZONE, World, at


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


def test_a_move_keeps_the_notice_that_its_old_place_kept(world: World) -> None:
    row = world.book("15:00", type="strict")
    with pytest.raises(Refusal) as caught:
        world.move(row, "08:00")
    assert (caught.value.code, caught.value.field) == ("notice", "start")
    assert caught.value.sentence == "Mole check needs 2 hours’ notice: from 09:00."
    assert ways(caught.value) == {
        "Next free 09:00": "place_at",
        "Move with a reason": "override",
        "The clinic asks for it": "asked_by",
    }
    assert world.row(row).reschedule_count == 0
    world.move(row, "08:00", override_reason="Bleeding")
    assert "past the rule: Mole check needs 2 hours’ notice: from 09:00 (“Bleeding”)" in told(
        world, row
    )
    world.move(row, "15:00", asked_by="clinic")
    outcome = world.move(row, "08:30", asked_by="clinic")
    assert outcome.warnings == ("Mole check needs 2 hours’ notice: from 09:00.",)
    assert "past the rule" not in told(world, row)


def test_a_visit_inside_the_notice_is_no_question(world: World) -> None:
    change(world, "follow-up", min_notice=0)
    row = world.book("08:30")
    change(world, "follow-up", min_notice=120)
    assert world.move(row, "08:45").warnings == ("Follow-up needs 2 hours’ notice: from 09:00.",)
    assert not world.move(row, "09:00").warnings
    with pytest.raises(Refusal, match="2 hours’ notice: from 09:00"):
        world.move(row, "08:45")


def test_a_colleague_takes_a_visit_at_its_own_time_whatever_their_notice(world: World) -> None:
    kind = world.store.queries.roster().types[world.names["follow-up"]]
    own = replace(kind, id=world.ids(), doctor_id=world.names["berg"], min_notice=300)
    world.run(SaveRecords(records=(own,)))
    row = world.book("09:00")
    assert world.move(row, "09:00", doctor="berg").warnings
    with pytest.raises(Refusal, match="needs 5 hours’ notice: from 12:00"):
        world.move(world.book("14:00", patient="jon"), "10:00", doctor="berg")


def test_a_move_stays_within_the_days_ahead(world: World) -> None:
    near, far, further = (TODAY + timedelta(days=days) for days in (28, 35, 36))
    row = world.book("10:00", type="strict", day=near)
    with pytest.raises(Refusal) as caught:
        world.move(row, "10:00", day=far)
    assert caught.value.code == "horizon"
    assert caught.value.sentence == (
        "Mole check can be booked up to 30 days ahead, until Thu 24 Dec."
    )
    assert {"Move with a reason", "The clinic asks for it"} <= set(ways(caught.value))
    world.move(row, "10:00", day=far, override_reason="Away until then")
    assert "until Thu 24 Dec (“Away until then”)" in told(world, row)
    change(world, "strict", max_reschedules=None)
    assert "until Thu 24 Dec" in world.move(row, "10:00", day=further).warnings[0]


def test_the_shelf_and_the_clash_list_keep_notice_too(world: World) -> None:
    parked = world.book("15:00", type="strict")
    world.run(ParkAppointment(appointment_id=parked))
    (clash,) = world.put_in({"start": at("15:00"), "type_id": world.names["strict"]})
    assert world.row(clash).slot_state is SlotState.CONTESTED
    for row in (parked, clash):
        with pytest.raises(Refusal) as caught:
            world.move(row, "08:00", room_id=AUTO)
        assert caught.value.code == "notice"
        assert {"Move with a reason", "The clinic asks for it"} <= set(ways(caught.value))
    assert len(world.store.queries.shelf()) == 1
    assert len(world.store.queries.clashes()) == 1
    world.move(clash, "08:00", room_id=AUTO, override_reason="Bleeding")
    assert world.row(clash).reschedule_count == 0
    assert "2 hours’ notice: from 09:00 (“Bleeding”)" in told(world, clash)
    world.move(parked, "09:00")
    assert not world.store.queries.shelf()


def test_a_series_keeps_the_days_ahead_in_its_preview_and_at_the_gate(world: World) -> None:
    made = world.run(
        BookSeries(
            patient_id=world.names["ana"],
            doctor_id=world.names["wu"],
            type_id=world.names["strict"],
            rule="FREQ=WEEKLY;COUNT=3",
            local_start="2026-12-08T10:00",
        )
    ).value
    assert isinstance(made, SeriesMade)
    asked = replace(
        draft_of(world.store.queries, made.visit_ids[0], Scope.ALL, world.clock.now()),
        rule="",
        local_start="2026-12-11T10:00",
    )
    shown = preview(world.store.queries, asked, world.clock.now())
    found = [o.explanation.verdict for o in shown.occurrences if o.explanation is not None]
    assert found == [Verdict.OK, Verdict.OK, Verdict.REFUSE]
    worst = shown.occurrences[-1].explanation
    assert worst is not None
    assert worst.worst is not None
    assert worst.worst.code == "horizon"
    order = ChangeSeries(
        appointment_id=made.visit_ids[0], scope=Scope.ALL, local_start="2026-12-11T10:00"
    )
    with pytest.raises(Refusal, match="up to 30 days ahead, until Thu 24 Dec"):
        world.run(order)
    last = Choice(local_start="2026-12-25T10:00", override_reason="Away until then")
    world.run(replace(order, choices=(last,)))
    assert world.row(made.visit_ids[-1]).start == at("10:00", date(2026, 12, 25))
    assert "(“Away until then”)" in told(world, made.visit_ids[-1])


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


def test_a_reason_too_long_is_told_at_its_own_field(world: World) -> None:
    row, long = world.book("10:00"), "x" * 2001
    for work in (
        lambda: world.book("11:00", patient="jon", override_reason=long),
        lambda: world.move(row, "11:00", override_reason=long),
    ):
        with pytest.raises(Refusal, match="The reason to go past a rule may have") as caught:
            work()
        assert (caught.value.code, caught.value.field) == ("too_long", "override_reason")


def test_a_type_is_in_person_by_video_or_by_phone(world: World) -> None:
    kind = world.store.queries.roster().types[world.names["follow-up"]]
    with pytest.raises(Refusal, match="“fax” is none of these") as caught:
        change(world, "follow-up", mode="fax")
    assert (caught.value.code, caught.value.field) == ("bad_mode", "mode")
    assert world.store.queries.roster().types[kind.id] == kind
    change(world, "follow-up", mode="video")
    assert world.store.queries.roster().types[kind.id].mode is Mode.VIDEO


def test_one_patient_twice_tells_its_reason(world: World) -> None:
    world.book("10:00")
    row = world.book(
        "10:00", doctor="berg", allow_patient_overlap=True, overlap_reason="Both doctors see her"
    )
    assert "already has Dr Wu 10:00 that day (“Both doctors see her”)" in told(world, row)
