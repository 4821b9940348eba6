"""The finder: streaming, preferences, why not, the offer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.services.commands import EditPatient, HoldSlot
from clinic_desk.services.openings import (
    Criteria,
    first_openings,
    offer_text,
    preferences_of,
    stream,
    why_not,
)
from clinic_desk.services.when import parse_when
from tests.fakes.world import TODAY, World, at


def criteria(world: World, **more: object) -> Criteria:
    base = Criteria(type_id=world.names["follow-up"], doctor_ids=(world.names["wu"],))
    from dataclasses import replace

    return replace(base, **more)  # type: ignore[arg-type]


def starts(world: World, wanted: Criteria) -> list[str]:
    found = [
        ranked.slot.start
        for piece in stream(world.store.queries, wanted, world.clock.now())
        for ranked in piece.ranked
    ]
    return [f"{start:%d %H:%M}" for start in sorted(found)]


def test_the_coming_days_come_first_and_the_end_is_told(world: World) -> None:
    pieces = list(stream(world.store.queries, criteria(world), world.clock.now()))
    assert [piece.finished for piece in pieces] == [False, False, False, True]
    until = [piece.searched_until for piece in pieces]
    assert until[0] == TODAY + timedelta(days=1)
    assert until[-1] == TODAY + timedelta(days=27)
    days = [ranked.slot.start.date() for piece in pieces for ranked in piece.ranked]
    assert days == sorted(days)
    assert days[0] == TODAY


def test_a_cancelled_search_stops(world: World) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 1

    seen = list(stream(world.store.queries, criteria(world), world.clock.now(), cancelled))
    assert len(seen) == 1
    assert not seen[0].finished


def test_what_was_typed_narrows(world: World) -> None:
    when = parse_when("tomorrow between 9 and 10", TODAY)
    found = starts(world, criteria(world).saying(when))
    assert found == ["25 09:00", "25 09:15", "25 09:30", "25 09:45"]
    exact = criteria(world).saying(parse_when("thu 10:15", TODAY))
    assert starts(world, exact)[0] == "26 10:15"
    assert all(text.endswith("10:15") for text in starts(world, exact))


def test_visits_and_other_desks_holds_are_not_offered(world: World) -> None:
    today = criteria(world, first=TODAY, last=TODAY, earliest=600, latest=660)
    assert starts(world, today) == ["24 10:00", "24 10:15", "24 10:30", "24 10:45"]
    world.book("10:00", patient="jon")
    hold = HoldSlot(doctor_id=world.names["wu"], start=at("10:30"), end=at("11:00"))
    world.run(hold)
    assert starts(world, today) == []
    from dataclasses import replace

    own = replace(today, own_desk=world.desk.actor.desk_id)
    assert starts(world, own) == ["24 10:30", "24 10:45"]


def test_both_doctors_at_once(world: World) -> None:
    world.book("10:00", patient="jon")
    world.book("10:30", patient="eve", doctor="berg")
    world.book("10:30", patient="tom", doctor="berg")
    both = criteria(
        world, doctor_ids=(world.names["wu"], world.names["berg"]), together=True,
        first=TODAY, last=TODAY, earliest=585, latest=690,
    )  # fmt: skip
    assert set(starts(world, both)) == {"24 11:00", "24 11:15"}


def test_the_past_is_not_searched(world: World) -> None:
    assert starts(world, criteria(world, first=date(2026, 1, 1), last=date(2026, 1, 5))) == []
    pieces = list(
        stream(world.store.queries, criteria(world, last=date(2026, 1, 5)), world.clock.now())
    )
    assert [piece.finished for piece in pieces] == [True]


def test_the_first_ten(world: World) -> None:
    found = first_openings(world.store.queries, criteria(world), world.clock.now(), 10)
    assert len(found) == 10
    assert found[0].slot.start == at("08:00")
    assert [r.slot.start for r in found] == sorted(r.slot.start for r in found)


def test_habits_of_a_patient(world: World) -> None:
    for weeks in range(1, 4):
        start = at("15:00", TODAY - timedelta(weeks=weeks))
        world.put_in({"start": start, "status": "completed", "doctor_id": world.names["berg"]})
    found = preferences_of(world.store.queries, world.names["ana"])
    assert found.usual_doctor_id == world.names["berg"]
    assert (found.usual_weekday, found.usual_minute) == (1, 900)
    edit = EditPatient(patient_id=world.names["ana"], values={"usual_doctor_id": world.names["wu"]})
    world.run(edit)
    found = preferences_of(world.store.queries, world.names["ana"])
    assert found.usual_doctor_id == world.names["wu"]
    assert preferences_of(world.store.queries, None).usual_doctor_id is None
    assert preferences_of(world.store.queries, world.names["eve"]).usual_weekday is None


def test_why_not(world: World) -> None:
    world.book("10:00", patient="jon")
    told = why_not(
        world.store.queries, criteria(world), world.clock.now(), world.names["wu"], at("10:15")
    )
    assert told.verdict is Verdict.REFUSE
    assert told.worst is not None
    assert told.worst.sentence == "Dr Wu is booked 10:00–10:30 (J. Hall)."
    assert told.next_free is not None
    assert told.next_free.start == at("10:30")
    assert any(reason.passed for reason in told.reasons)


def test_the_offer_is_a_sentence_to_read_out(world: World) -> None:
    found = first_openings(
        world.store.queries, criteria(world, earliest=600, latest=631), world.clock.now(), 4
    )
    text = offer_text([ranked.slot for ranked in found], world.store.queries.roster())
    assert text == (
        "Tuesday 24 Nov at 10:00, 10:15 or 10:30 with Dr Wu; Wednesday 25 Nov at 10:00 with Dr Wu"
    )


@pytest.mark.parametrize("room", ["room2", "wide"])
def test_a_wanted_room(world: World, room: str) -> None:
    wanted = criteria(world, room_id=world.names[room], first=TODAY, last=TODAY)
    found = first_openings(world.store.queries, wanted, world.clock.now(), 3)
    assert {ranked.slot.room_id for ranked in found} == {world.names[room]}
