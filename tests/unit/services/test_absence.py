"""The absence planner: proposals that never clash, accepted together, taken back together."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services import absence
from clinic_desk.services.commands import (
    BookAppointment,
    MoveAppointment,
    ParkAppointment,
    Undo,
)
from clinic_desk.services.planning_views import AbsencePlan, Accepted, PlanWishes
from clinic_desk.services.roster_commands import RequestTimeOff
from tests.fakes.planning_clinic import Busyness, Planned, approve, draw
from tests.fakes.world import TODAY, World, at

DAY = timedelta(days=1)
BOOKKEEPING = ("revision", "updated_at", "updated_by", "updated_op")


def leave(world: World, days: int = 1) -> str:
    outcome = world.run(
        RequestTimeOff(
            doctor_id=world.names["wu"], start=at("00:00"), end=at("00:00", TODAY + days * DAY)
        )
    )
    return str(outcome.value)


def plan(world: World, request_id: str, **wishes: Any) -> AbsencePlan:
    return absence.plan(world.store.queries, request_id, PlanWishes(**wishes), world.clock.now())


def stored(world: World) -> dict[str, tuple[object, ...]]:
    """Every visit's place, as the diary has it."""
    cells = world.store.queries.cells(TODAY, TODAY + 60 * DAY)
    return {
        c.id: (c.start, c.end, c.doctor_id, c.room_id, c.lane, c.status, c.flags) for c in cells
    }


def test_the_same_doctor_at_the_same_time_comes_first(world: World) -> None:
    world.book("10:00")
    made = plan(world, leave(world))
    (one,) = made.proposals
    assert one.proposed is not None
    assert one.proposed.slot.start == at("10:00", TODAY + DAY)
    assert one.proposed.slot.doctor_id == world.names["wu"]
    assert (one.why, one.caution) == ("same doctor, same time", False)
    assert 3 <= len(one.others) <= 5
    assert any(other.slot.doctor_id == world.names["berg"] for other in one.others)
    assert made.finished
    assert made.away == {TODAY: "leave"}
    assert made.loads[TODAY + DAY] == (0, 16)
    assert len(made.loads) == 28


def test_wishes_are_heard(world: World) -> None:
    world.book("10:00")
    request = leave(world, 30)
    (one,) = plan(world, request, days=7).proposals
    assert one.proposed is not None
    assert one.proposed.slot.doctor_id == world.names["berg"]
    assert one.proposed.slot.start == at("10:00")
    assert (one.why, one.caution) == ("other doctor, keeps the day and time", True)
    (one,) = plan(world, request, days=7, other_doctors=False).proposals
    assert one.proposed is None
    assert one.why == "no opening with Dr Wu until Tue 1 Dec"
    (one,) = plan(world, request, days=40, other_doctors=False).proposals
    assert one.proposed is not None
    assert one.proposed.slot.start.date() == TODAY + 30 * DAY


def test_types_that_only_the_doctor_offers_never_go_to_a_colleague(world: World) -> None:
    visit = world.book("10:00", doctor="berg", type="bergs")
    outcome = world.run(
        RequestTimeOff(
            doctor_id=world.names["berg"], start=at("00:00"), end=at("00:00", TODAY + 30 * DAY)
        )
    )
    (one,) = plan(world, str(outcome.value)).proposals
    assert one.visit.id == visit
    assert one.proposed is None
    assert not one.others


def test_a_busy_patient_is_not_doubled(world: World) -> None:
    world.book("10:00")
    world.book("10:00", day=TODAY + DAY, doctor="berg")
    (one,) = plan(world, leave(world)).proposals
    assert one.proposed is not None
    assert one.proposed.slot.start == at("10:00", TODAY + 2 * DAY)


def test_what_is_not_to_come_is_no_hit(world: World) -> None:
    here = world.book("10:00")
    world.put_in(
        {"start": at("11:00"), "patient_id": world.names["jon"], "status": Status.COMPLETED},
        {"start": at("13:00"), "patient_id": world.names["eve"], "status": Status.NO_SHOW},
        {"start": at("14:00"), "patient_id": world.names["tom"], "status": Status.ARRIVED},
    )
    request = leave(world)
    assert [p.visit.id for p in plan(world, request).proposals] == [here]
    card = absence.time_off(world.store.queries, world.clock.now())[0]
    assert card.hits == 1


def test_what_lies_on_the_shelf_takes_no_place(world: World) -> None:
    parked = world.book("10:00")
    world.book("11:00", patient="jon")
    request = leave(world)
    world.run(ParkAppointment(appointment_id=parked))
    first, second = plan(world, request).proposals
    assert (first.visit.id, first.proposed, first.why) == (parked, None, "on the shelf")
    assert first.others
    assert second.proposed is not None


def test_no_place_is_proposed_that_is_promised_already(world: World) -> None:
    world.book("10:00")
    request = leave(world)
    (one,) = plan(world, request).proposals
    assert one.proposed is not None
    queries = world.store.queries
    (again,) = absence.plan(
        queries, request, PlanWishes(), world.clock.now(), [one.proposed.slot]
    ).proposals
    assert again.proposed is not None
    assert again.proposed.slot.start == at("10:00", TODAY + 2 * DAY)


def test_the_limit_of_reschedules_is_not_the_patients_fault(world: World) -> None:
    visit = world.book("10:00", type="strict")
    world.move(visit, "10:30")
    with pytest.raises(Refusal, match="may be moved 1 time"):
        world.move(visit, "11:00")
    request = leave(world)
    (one,) = plan(world, request).proposals
    world.run(absence.accept_command(one, request))
    moved = world.row(visit)
    assert one.proposed is not None
    assert (moved.start, moved.reschedule_count) == (one.proposed.slot.start, 1)
    assert world.history(visit)[-1].metadata["asked_by"] == "clinic"


def test_a_plan_grows_and_can_be_stopped(world: World) -> None:
    for n, patient in enumerate(("ana", "jon", "eve", "tom") * 2):
        world.book(f"{8 + n // 2:02}:{30 * (n % 2):02}", patient=patient)
    request = leave(world)
    queries, now = world.store.queries, world.clock.now()
    parts = list(absence.plan_stream(queries, request, PlanWishes(), now))
    assert [part.searched for part in parts] == [0, 4, 8, 8]
    assert [part.finished for part in parts] == [False, False, False, True]
    assert all(len(part.proposals) == 8 for part in parts)
    stopped = list(absence.plan_stream(queries, request, PlanWishes(), now, cancelled=lambda: True))
    assert [part.finished for part in stopped] == [False]
    with pytest.raises(NotFound):
        absence.plan(queries, "nobody", PlanWishes(), now)


def test_a_place_that_was_taken_meanwhile_fails_alone_and_is_proposed_anew(world: World) -> None:
    first = world.book("10:00")
    second = world.book("11:00", patient="jon")
    request = leave(world)
    made = plan(world, request)
    taken = made.proposals[0].proposed
    assert taken is not None
    world.other_desk().execute(
        BookAppointment(
            patient_id=world.names["eve"],
            doctor_id=world.names["wu"],
            type_id=world.names["follow-up"],
            start=taken.slot.start,
        )
    )
    outcome = world.run(absence.accept_all_command(made.proposals, request))
    done = outcome.value
    assert isinstance(done, Accepted)
    assert done.moved == (second,)
    ((failed, sentence),) = done.failed
    assert failed == first
    assert "Dr Wu is booked" in sentence
    assert outcome.sentence == "Moved 1 visit; 1 is still to be placed"
    (again,) = plan(world, request).proposals
    assert again.proposed is not None
    assert again.proposed.slot.start != taken.slot.start
    world.run(absence.accept_command(again, request))
    assert not plan(world, request).proposals
    assert world.proven()


def test_when_nothing_can_be_moved_it_is_refused(world: World) -> None:
    world.book("10:00")
    request = leave(world)
    made = plan(world, request)
    assert made.proposals[0].proposed is not None
    world.book("10:00", patient="jon", day=TODAY + DAY)
    with pytest.raises(Refusal, match="is booked"):
        world.run(absence.accept_all_command(made.proposals, request))
    with pytest.raises(Refusal, match="no proposal"):
        world.run(absence.accept_all_command((), request))


def test_one_undo_takes_back_the_approval_and_every_step(world: World) -> None:
    for n, patient in enumerate(("ana", "jon", "eve", "tom")):
        world.book(f"{10 + n}:00" if n < 2 else f"{11 + n}:00", patient=patient)
    before = stored(world)
    request = leave(world)
    roster = world.store.queries.roster()
    world.run(absence.approve_command(roster.time_off[0]))
    a, b, c, d = plan(world, request).proposals
    world.run(absence.accept_command(a, request))
    world.run(absence.accept_all_command([b], request))
    world.run(absence.shelf_command([c.visit], request))
    row = world.store.queries.roster().time_off[0]
    world.run(absence.waitlist_command(d.visit, row, roster))
    assert world.status(d.visit.id) is Status.CANCELLED
    (card,) = world.store.queries.waitlist()
    assert card.entry.note == "Dr Wu is away Tue 24 Nov"
    state = world.store.queries.undo_state("session-1")
    assert state.undo_label == ("Put Ash, Tom on the waiting list and 4 earlier steps of the plan")
    world.undo()
    assert stored(world) == before
    assert not world.store.queries.waitlist()
    assert not world.store.queries.shelf()
    assert world.store.queries.roster().time_off[0].status is TimeOffStatus.REQUESTED
    assert world.proven()
    world.redo()
    assert world.row(a.visit.id).start.date() > TODAY
    assert world.store.queries.roster().time_off[0].status is TimeOffStatus.APPROVED
    assert world.proven()


def test_an_undo_that_somebody_stands_in_the_way_of_names_the_plan(world: World) -> None:
    world.book("10:00")
    request = leave(world)
    (one,) = plan(world, request).proposals
    world.run(absence.accept_command(one, request))
    world.other_desk().execute(
        MoveAppointment(
            appointment_id=one.visit.id,
            expected_revision=None,
            start=at("15:00", TODAY + DAY),
            end=at("15:30", TODAY + DAY),
        )
    )
    with pytest.raises(Refusal, match="Can't undo the plan: Noor"):
        world.run(Undo())


DRAWS: list[Callable[[random.Random], Busyness]] = [
    lambda rng: Busyness(doctors=10, full=0.6, leave_days=4),
    lambda rng: Busyness(doctors=4, full=0.95, leave_days=3, days=9, patients=12),
    lambda rng: Busyness(doctors=rng.randrange(3, 7), full=0.8, leave_days=6, patients=20),
]


@pytest.mark.parametrize("seed", range(9))
def test_no_proposal_ever_clashes_and_one_undo_restores_every_row(world: World, seed: int) -> None:
    rng = random.Random(seed)
    planned = draw(world, rng, DRAWS[seed % len(DRAWS)](rng))
    before = stored(world)
    approve(planned)
    wishes = {
        "days": rng.choice((7, 14, 28)),
        "same_time": rng.random() < 0.6,
        "same_doctor_first": rng.random() < 0.7,
        "other_doctors": rng.random() < 0.8,
    }
    made = plan(world, planned.request_id, **wishes)
    assert {p.visit.id for p in made.proposals} == set(planned.hits)
    _within_the_wishes(planned, made, wishes)
    placed = [p for p in made.proposals if p.proposed is not None]
    if placed:
        done = world.run(absence.accept_all_command(made.proposals, planned.request_id)).value
        assert isinstance(done, Accepted)
        assert done.failed == ()
        assert len(done.moved) == len(placed)
        for one in placed:
            assert one.proposed is not None
            row = world.row(one.visit.id)
            slot = one.proposed.slot
            assert (row.start, row.end, row.doctor_id) == (slot.start, slot.end, slot.doctor_id)
            assert row.room_id == slot.room_id
    assert world.proven()
    world.undo()
    after = stored(world)
    assert after == before
    assert world.proven()


def _within_the_wishes(planned: Planned, made: AbsencePlan, wishes: dict[str, Any]) -> None:
    for one in made.proposals:
        assert one.why
        for ranked in (one.proposed, *one.others):
            if ranked is None:
                continue
            assert ranked.slot.start > planned.world.clock.now()
            assert (ranked.slot.start.date() - one.visit.start.date()).days <= wishes["days"]
            own = ranked.slot.doctor_id == one.visit.doctor_id
            assert own or wishes["other_doctors"]
            away = made.request
            assert not own or ranked.slot.end <= away.start or away.end <= ranked.slot.start


@pytest.mark.parametrize("seed", range(4))
def test_every_other_opening_can_be_taken_after_all_the_proposals(world: World, seed: int) -> None:
    planned = draw(world, random.Random(100 + seed), Busyness(doctors=5, full=0.8, patients=15))
    approve(planned)
    made = plan(world, planned.request_id)
    world.run(absence.accept_all_command(made.proposals, planned.request_id))
    for one in made.proposals:
        for ranked in one.others:
            slot = ranked.slot
            row = world.row(one.visit.id)
            world.run(
                MoveAppointment(
                    appointment_id=row.id,
                    expected_revision=row.revision,
                    start=slot.start,
                    end=slot.end,
                    doctor_id=slot.doctor_id,
                    room_id=slot.room_id,
                    asked_by="clinic",
                )
            )
            world.undo()
    assert world.proven()


def test_the_visit_that_can_go_nowhere_else_gets_the_only_place(world: World) -> None:
    """Wu's visit may go to Berg; Berg's own kind of visit cannot go to Wu."""
    only = world.book("10:00", type="bergs", doctor="berg")
    other = world.book("10:00", patient="jon", doctor="berg")
    tomorrow = TODAY + DAY
    fill = [(f"{8 + n // 2:02}:{30 * (n % 2):02}", lane) for n in range(18) for lane in (0, 1)]
    world.put_in(
        *(
            {
                "start": at(clock, tomorrow),
                "doctor_id": world.names["berg"],
                "patient_id": world.names["eve"],
                "lane": lane,
            }
            for clock, lane in fill
            if not ("12:00" <= clock < "13:00") and (clock, lane) != ("16:30", 1)
        )
    )
    outcome = world.run(
        RequestTimeOff(doctor_id=world.names["berg"], start=at("00:00"), end=at("00:00", tomorrow))
    )
    found = {p.visit.id: p.proposed for p in plan(world, str(outcome.value), days=1).proposals}
    assert found[only] is not None
    assert (found[only].slot.start, found[only].slot.doctor_id) == (
        at("16:30", tomorrow),
        world.names["berg"],
    )
    assert found[other] is not None
    assert found[other].slot.doctor_id == world.names["wu"]
