"""What a command freed, and whom to ring for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.waitlist import OfferResult
from clinic_desk.services.commands import (
    BlockTime,
    BookAppointment,
    CancelAppointment,
    ChangeStatus,
    Command,
    MoveAppointment,
    ParkAppointment,
    Redo,
    RemoveBlock,
    Undo,
)
from clinic_desk.services.freed import Freed, Offering, freed_by, survey
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.waitlist_commands import AddToWaitlist, BookFromWaitlist, RecordOffer
from tests.fakes.world import World, at


def add(world: World, patient: str, type_: str = "follow-up", **values: Any) -> str:
    given = {"patient_id": world.names[patient], "type_id": world.names[type_], **values}
    return str(world.run(AddToWaitlist(values=given)).value)


def news(world: World, outcome: Outcome, before: Roster | None = None) -> Freed:
    spans = ()
    if before is not None:
        spans = tuple(
            (row.doctor_id, row.start, row.end)
            for row in before.exceptions
            if row.id in outcome.changes.ids
        )
    return Freed(outcome.command_id, tuple(outcome.changes.ids), spans)


def freed(world: World, command: Command) -> list[tuple[str, str]]:
    found = freed_by(world.store.queries, news(world, world.run(command)), world.clock.now())
    return [(f"{gap.start:%H:%M}", f"{gap.end:%H:%M}") for gap in found]


def packed(world: World) -> str:
    """Three visits in a row; answers the id of the middle one."""
    world.book("09:30", patient="jon")
    visit = world.book("10:00")
    world.book("10:30", patient="eve")
    return visit


def move(world: World, visit: str, start: str, minutes: int = 30) -> MoveAppointment:
    return MoveAppointment(
        appointment_id=visit,
        expected_revision=None,
        start=at(start),
        end=at(start) + timedelta(minutes=minutes),
    )


def test_cancelled_missed_and_moved_away_free_their_place(world: World) -> None:
    visit = packed(world)
    assert freed(world, CancelAppointment(appointment_id=visit, reason="Ill")) == [
        ("10:00", "10:30")
    ]
    again = world.book("10:00")
    assert freed(world, move(world, again, "14:00")) == [("10:00", "10:30")]
    world.run(move(world, again, "10:00"))
    assert freed(world, ChangeStatus(appointment_id=again, to=Status.NO_SHOW)) == [
        ("10:00", "10:30")
    ]


def test_a_status_of_a_visit_once_moved_frees_nothing(world: World) -> None:
    visit = packed(world)
    world.run(move(world, visit, "14:00"))
    assert freed(world, ChangeStatus(appointment_id=visit, to=Status.CONFIRMED)) == []


def test_parking_and_booking_free_nothing(world: World) -> None:
    visit = packed(world)
    assert freed(world, ParkAppointment(appointment_id=visit)) == []
    booking = BookAppointment(
        patient_id=world.names["ana"],
        doctor_id=world.names["wu"],
        type_id=world.names["follow-up"],
        start=at("15:00"),
    )
    assert freed(world, booking) == []


def test_an_undo_is_no_news_and_a_redo_is(world: World) -> None:
    visit = packed(world)
    world.run(CancelAppointment(appointment_id=visit, reason="Ill"))
    assert freed(world, Undo()) == []
    assert freed(world, Redo()) == [("10:00", "10:30")]


def test_a_removed_block_frees_its_span(world: World) -> None:
    block = world.run(
        BlockTime(doctor_id=world.names["wu"], start=at("09:00"), end=at("16:00"))
    ).value
    before = world.store.queries.roster()
    outcome = world.run(RemoveBlock(exception_id=str(block)))
    found = freed_by(world.store.queries, news(world, outcome, before), world.clock.now())
    assert found
    assert all(gap.doctor_id == world.names["wu"] for gap in found)


def offerings(world: World, *outcomes: Outcome, known: tuple[Any, ...] = ()) -> list[Offering]:
    told = [news(world, outcome) for outcome in outcomes]
    return list(survey(world.store.queries, known, told, world.clock.now()))


def test_the_survey_follows_the_gap_until_nobody_is_left(world: World) -> None:
    visit = packed(world)
    first, second = add(world, "tom"), add(world, "ana")
    outcome = world.run(CancelAppointment(appointment_id=visit, reason="Ill"))
    (one,) = offerings(world, outcome)
    assert {match.card.entry.id for match in one.matches} == {first, second}

    def call(entry_id: str, result: OfferResult) -> None:
        world.run(
            RecordOffer(
                entry_id=entry_id,
                gap=one.gap.key,
                doctor_id=one.gap.doctor_id,
                start=one.gap.start,
                end=one.gap.end,
                result=result,
            )
        )

    call(first, OfferResult.REFUSED)
    (rest,) = offerings(world, known=(one.gap,))
    assert [match.card.entry.id for match in rest.matches] == [second]
    call(second, OfferResult.CALL_BACK)
    assert offerings(world, known=(one.gap,))
    call(second, OfferResult.NO_ANSWER)
    assert offerings(world, known=(one.gap,)) == []


def test_an_undone_cancellation_leaves_nothing_to_offer(world: World) -> None:
    visit = packed(world)
    add(world, "tom")
    (one,) = offerings(world, world.run(CancelAppointment(appointment_id=visit, reason="Ill")))
    world.run(Undo())
    assert offerings(world, known=(one.gap,)) == []


def test_the_visit_given_up_for_an_earlier_one_is_offered_in_turn(world: World) -> None:
    visit = packed(world)
    later = world.book("15:00", patient="tom")
    entry = add(world, "tom", appointment_id=later)
    add(world, "ana", earliest=14 * 60)
    (one,) = offerings(world, world.run(CancelAppointment(appointment_id=visit, reason="Ill")))
    (match,) = one.matches
    assert match.card.entry.id == entry
    outcome = world.run(
        BookFromWaitlist(
            entry_id=entry,
            booking=BookAppointment(
                patient_id=world.names["tom"],
                doctor_id=match.slot.doctor_id,
                type_id=world.names["follow-up"],
                start=match.slot.start,
                end=match.slot.end,
            ),
            gap=one.gap.key,
            give_up=True,
        )
    )
    (next_one,) = offerings(world, outcome, known=(one.gap,))
    assert next_one.gap.start <= at("15:00") < next_one.gap.end
