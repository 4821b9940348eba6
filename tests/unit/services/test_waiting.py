"""Freed slots, and who is offered them."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.spans import Span
from clinic_desk.domain.waitlist import OfferResult, Urgency, gap_key
from clinic_desk.services import waiting
from clinic_desk.services.commands import (
    AddPatient,
    BlockTime,
    BookAppointment,
    CancelAppointment,
    ChangeStatus,
    EditPatient,
    RemoveBlock,
)
from clinic_desk.services.planning_views import Gap, WaitlistMatch
from clinic_desk.services.waitlist_commands import AddToWaitlist, BookFromWaitlist, RecordOffer
from tests.fakes.world import TODAY, World, at

DAY = timedelta(days=1)


def add(world: World, patient: str, type_: str = "follow-up", **values: Any) -> str:
    given = {"patient_id": world.names[patient], "type_id": world.names[type_], **values}
    return str(world.run(AddToWaitlist(values=given)).value)


def gaps(world: World, freed: Any, doctor: str = "wu") -> list[tuple[str, str]]:
    found = waiting.gaps_after(
        world.store.queries, freed, world.clock.now(), doctor_id=world.names[doctor]
    )
    return [(f"{gap.start:%H:%M}", f"{gap.end:%H:%M}") for gap in found]


def gap(world: World, start: str = "10:00", end: str = "10:30", doctor: str = "wu") -> Gap:
    doctor_id = world.names[doctor]
    return Gap(
        gap_key(doctor_id, at(start), at(end)),
        doctor_id,
        at(start),
        at(end),
        world.names["main"],
    )


def found(world: World, where: Gap) -> tuple[WaitlistMatch, ...]:
    return waiting.matches(world.store.queries, where, world.clock.now())


def names(world: World, where: Gap) -> list[str]:
    return [match.card.patient.first_name for match in found(world, where)]


def call(world: World, entry_id: str, where: Gap, result: OfferResult) -> None:
    world.run(
        RecordOffer(
            entry_id=entry_id,
            gap=where.key,
            doctor_id=where.doctor_id,
            start=where.start,
            end=where.end,
            result=result,
        )
    )


def test_what_a_change_frees_is_the_stretch_around_it(world: World) -> None:
    world.book("09:30", patient="jon")
    visit = world.book("10:00")
    world.book("11:00", patient="eve")
    world.run(CancelAppointment(appointment_id=visit, reason="Ill"))
    assert gaps(world, visit) == [("10:00", "11:00")]
    second = world.book("10:00", patient="tom")
    before = world.store.queries.appointment(second).cell
    assert gaps(world, second) == [], "it never left a place"
    world.move(second, "14:00")
    assert gaps(world, second) == [("10:00", "11:00")]
    assert gaps(world, before) == [("10:00", "11:00")]
    world.clock.advance(minutes=240)
    assert gaps(world, visit) == [], "over"
    assert gaps(world, [second, visit]) == []


def test_no_shows_and_declined_visits_free_the_rest_of_their_time(world: World) -> None:
    missed = world.book("08:00")
    world.book("09:00", patient="jon")
    world.clock.advance(minutes=75)
    world.run(ChangeStatus(appointment_id=missed, to=Status.NO_SHOW))
    assert gaps(world, missed) == [("08:15", "09:00")]
    asked = world.book("11:30", type="asked", patient="eve")
    world.run(ChangeStatus(appointment_id=asked, to=Status.DECLINED))
    assert gaps(world, asked) == [("09:30", "12:00")]


def test_a_removed_block_frees_what_was_not_taken(world: World) -> None:
    block = world.run(BlockTime(doctor_id=world.names["wu"], start=at("11:00"), end=at("14:00")))
    span = Span(at("11:00"), at("14:00"))
    assert gaps(world, span) == []
    world.run(RemoveBlock(exception_id=str(block.value)))
    world.book("15:00", patient="jon")
    assert gaps(world, span) == [("08:00", "12:00"), ("13:00", "15:00")]


def test_a_doctor_who_takes_two_at_once_has_room_beside_a_visit(world: World) -> None:
    world.book("10:00", doctor="berg")
    second = world.book("10:00", doctor="berg", patient="jon")
    assert gaps(world, Span(at("10:00"), at("10:30")), "berg") == []
    world.run(CancelAppointment(appointment_id=second, reason="Ill"))
    assert gaps(world, second, "berg") == [("08:00", "12:00")]


def test_the_best_fit_comes_first_and_says_why(world: World) -> None:
    add(world, "ana")
    world.clock.advance(minutes=1440 * 2)
    add(world, "jon", urgency="urgent", minutes=15)
    add(world, "eve", urgency="low")
    where = Gap(
        "k",
        world.names["wu"],
        at("10:00", TODAY + 3 * DAY),
        at("10:30", TODAY + 3 * DAY),
        world.names["main"],
    )
    assert [(m.card.patient.first_name, m.why) for m in found(world, where)] == [
        ("Jonathan", "urgent · waiting since today"),
        ("Ana", "waiting 2 days · fits exactly"),
        ("Eve", "waiting since today · fits exactly"),
    ]
    first = found(world, where)[0]
    assert (first.slot.start, first.slot.end) == (where.start, where.start + timedelta(minutes=15))


@pytest.mark.parametrize(
    "values",
    [
        {"minutes": 45},
        {"weekdays": "0"},
        {"earliest": 601},
        {"latest": 600},
        {"first": TODAY + DAY},
        {"doctor_id": "berg"},
        {"location_id": "branch"},
    ],
)
def test_whoever_does_not_fit_is_left_out(world: World, values: dict[str, Any]) -> None:
    given = {key: world.names.get(value, value) for key, value in values.items()}
    add(world, "ana", **given)
    assert names(world, gap(world)) == []
    add(world, "jon", earliest=600, latest=601, weekdays="1", first=TODAY, last=TODAY)
    assert names(world, gap(world)) == ["Jonathan"]


def test_types_policies_and_other_visits_are_heard(world: World) -> None:
    add(world, "ana", "bergs")
    add(world, "jon", "strict")
    assert names(world, gap(world)) == ["Jonathan"]
    assert sorted(names(world, gap(world, doctor="berg"))) == ["Ana", "Jonathan"]
    world.clock.advance(minutes=90)
    assert names(world, gap(world)) == [], "a mole check needs two hours' notice"
    world.book("10:00", patient="ana")
    assert names(world, gap(world, doctor="berg")) == []
    assert names(world, gap(world, "11:00", "11:30", "berg")) == ["Ana", "Jonathan"]


def test_a_visit_they_have_is_given_up_only_for_an_earlier_one(world: World) -> None:
    later = world.book("14:00")
    add(world, "ana", appointment_id=later)
    assert names(world, gap(world, "15:00", "15:30")) == []
    (match,) = found(world, gap(world))
    assert match.card.given_up is not None
    assert match.why == "waiting since today · fits exactly · sooner than Tue 14:00"


def test_the_usual_doctor_counts(world: World) -> None:
    add(world, "ana")
    add(world, "jon")
    world.run(
        EditPatient(patient_id=world.names["jon"], values={"usual_doctor_id": world.names["wu"]})
    )
    assert names(world, gap(world)) == ["Jonathan", "Ana"]
    assert "usual doctor" in found(world, gap(world))[0].why


def test_nobody_is_offered_one_gap_twice(world: World) -> None:
    first = add(world, "ana", urgency="urgent")
    add(world, "jon")
    where = gap(world)
    call(world, first, where, OfferResult.NO_ANSWER)
    matches = found(world, where)
    assert [m.card.patient.first_name for m in matches] == ["Jonathan", "Ana"]
    assert matches[1].offered is not None
    assert matches[1].why.startswith("no answer")
    assert [m.card.patient.first_name for m in waiting.open_matches(matches)] == ["Jonathan"]
    wider = gap(world, "09:30", "11:00")
    assert names(world, wider) == ["Jonathan", "Ana"]
    assert names(world, gap(world, "10:15", "10:45")) == ["Jonathan", "Ana"]
    assert names(world, gap(world, "10:30", "11:00")) == ["Ana", "Jonathan"], "another gap"
    call(world, first, wider, OfferResult.CALL_BACK)
    assert names(world, where) == ["Ana", "Jonathan"], "they asked to be called back"
    call(world, first, wider, OfferResult.OPEN)
    assert [m.card.patient.first_name for m in waiting.open_matches(found(world, where))] == [
        "Ana", "Jonathan",
    ], "they were told by a message and have not answered"  # fmt: skip


def test_a_refusal_of_another_gap_makes_the_next_call_later(world: World) -> None:
    first = add(world, "ana")
    add(world, "jon")
    call(world, first, gap(world, "14:00", "14:30"), OfferResult.REFUSED)
    assert names(world, gap(world)) == ["Jonathan", "Ana"]
    assert "refused today" in found(world, gap(world))[1].why


def test_who_declines_is_not_offered_that_gap_again_and_the_call_is_kept(world: World) -> None:
    first = add(world, "ana", urgency="urgent")
    add(world, "jon")
    where = gap(world)
    call(world, first, where, OfferResult.REFUSED)
    matches = found(world, where)
    assert [m.card.patient.first_name for m in waiting.open_matches(matches)] == ["Jonathan"]
    told = next(m for m in matches if m.card.patient.first_name == "Ana")
    assert told.offered is not None
    assert told.offered.result is OfferResult.REFUSED
    # whatever is called, this gap stays refused; the part of it that is left as well
    call(world, first, where, OfferResult.NO_ANSWER)
    again = waiting.open_matches(found(world, where))
    assert [m.card.patient.first_name for m in again] == ["Jonathan"]
    narrow = waiting.open_matches(found(world, gap(world, "10:00", "10:45")))
    assert [m.card.patient.first_name for m in narrow] == ["Jonathan"]
    # a week later the refusal no longer counts against them
    world.clock.advance(days=8)
    later = Gap(
        gap_key(world.names["wu"], at("10:00") + 14 * DAY, at("10:30") + 14 * DAY),
        world.names["wu"], at("10:00") + 14 * DAY, at("10:30") + 14 * DAY, world.names["main"],
    )  # fmt: skip
    assert names(world, later) == ["Ana", "Jonathan"]


def test_a_freed_place_off_the_grid_is_offered_as_it_is(world: World) -> None:
    add(world, "ana")
    world.book("09:37", patient="jon")
    visit = world.book("10:07", patient="eve")
    world.book("10:37", patient="tom")
    world.run(CancelAppointment(appointment_id=visit, reason="Ill"))
    (freed,) = waiting.gaps_after(world.store.queries, visit, world.clock.now())
    (match,) = found(world, freed)
    assert match.slot.start == at("10:07")


def test_the_list_is_filtered_and_sorted(world: World) -> None:
    add(world, "ana", note="mornings only")
    add(world, "jon", "new", urgency="urgent", doctor_id=world.names["berg"])
    add(world, "eve", doctor_id=world.names["wu"])
    queries = world.store.queries

    def listed(**how: Any) -> list[str]:
        return [card.patient.first_name for card in waiting.waitlist(queries, **how)]

    assert listed() == ["Jonathan", "Ana", "Eve"]
    assert listed(type_id=world.names["new"]) == ["Jonathan"]
    assert listed(doctor_id=world.names["wu"]) == ["Ana", "Eve"]
    assert listed(urgency=Urgency.URGENT) == ["Jonathan"]
    assert listed(text="MORN lee") == ["Ana"]
    assert listed(text="nobody") == []


def fill(world: World, number: int, rng: random.Random) -> None:
    for n in range(number):
        patient = world.run(AddPatient(values={"first_name": f"P{n}", "last_name": "Long"})).value
        values = {
            "patient_id": patient,
            "type_id": world.names[rng.choice(("follow-up", "new", "needle", "strict", "call"))],
            "urgency": rng.choice(list(Urgency)),
            "weekdays": rng.choice(("", "", "01", "4")),
            "earliest": rng.choice((None, None, 540, 780)),
            "minutes": rng.choice((None, None, 15, 20, 60)),
        }
        world.run(AddToWaitlist(values=values))


def test_every_match_can_be_booked(world: World) -> None:
    fill(world, 40, random.Random(5))
    for n, clock in enumerate(("08:30", "10:20", "13:00", "15:45")):
        world.book(clock, patient=("ana", "jon", "eve", "tom")[n])
    queries, now = world.store.queries, world.clock.now()
    seen = 0
    for freed in waiting.gaps_in(queries, world.names["wu"], at("08:00"), at("17:00"), now):
        for match in waiting.matches(queries, freed, now):
            card, slot = match.card, match.slot
            assert freed.start <= slot.start < slot.end <= freed.end
            booking = BookAppointment(
                patient_id=card.patient.id,
                doctor_id=slot.doctor_id,
                type_id=card.entry.type_id,
                start=slot.start,
                end=slot.end,
                location_id=slot.location_id,
                room_id=slot.room_id,
            )
            world.run(BookFromWaitlist(entry_id=card.entry.id, booking=booking, gap=freed.key))
            world.undo()
            seen += 1
    assert seen > 20
    assert world.proven()


def test_the_engine_is_asked_once_for_each_kind_of_visit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cost of a long list is that of its kinds and lengths, not of its entries."""
    fill(world, 60, random.Random(6))
    asked: list[Any] = []
    engine_find = waiting.availability.find

    def counted(snapshot: Any, request: Any) -> Any:
        asked.append((request.type_id, request.duration))
        return engine_find(snapshot, request)

    monkeypatch.setattr(waiting.availability, "find", counted)
    assert len(found(world, gap(world, "09:00", "12:00"))) > 20
    assert len(asked) == len(set(asked)) <= 25
