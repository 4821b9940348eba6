"""Time off: asked for, changed, decided, withdrawn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from clinic_desk.domain.errors import NotFound, Refusal, Stale
from clinic_desk.domain.templates import TimeOffKind, TimeOffRequest, TimeOffStatus
from clinic_desk.services import absence
from clinic_desk.services.roster_commands import (
    ChangeTimeOff,
    DecideTimeOff,
    RequestTimeOff,
    WithdrawTimeOff,
)
from clinic_desk.services.time_off import span_text, whole_days
from tests.fakes.world import TODAY, ZONE, World, at

TOMORROW = TODAY + timedelta(days=1)


def ask(world: World, first: date = TODAY, last: date = TOMORROW, doctor: str = "wu") -> str:
    span = whole_days(world.store.queries.roster(), world.names[doctor], first, last)
    outcome = world.run(
        RequestTimeOff(doctor_id=world.names[doctor], start=span.start, end=span.end)
    )
    return str(outcome.value)


def row(world: World, request_id: str) -> TimeOffRequest:
    return next(r for r in world.store.queries.roster().time_off if r.id == request_id)


def decide(world: World, request_id: str, approve: bool = True, note: str = "") -> object:
    return world.run(DecideTimeOff(request_id=request_id, approve=approve, note=note)).value


def test_asking_counts_the_visits_and_changes_nothing_yet(world: World) -> None:
    world.book("10:00")
    outcome = world.run(
        RequestTimeOff(
            doctor_id=world.names["wu"],
            start=at("09:00"),
            end=at("12:00"),
            kind=TimeOffKind.COURSE,
            reason="  Ultrasound ",
        )
    )
    assert outcome.warnings == ("1 visit already booked then must move.",)
    assert outcome.undo_label == "Ask for course of Dr Wu, Tue 24 Nov 09:00–12:00"
    stored = row(world, str(outcome.value))
    assert (stored.status, stored.kind, stored.reason) == (
        TimeOffStatus.REQUESTED,
        TimeOffKind.COURSE,
        "Ultrasound",
    )
    world.book("11:00", patient="jon")
    assert world.proven()


@pytest.mark.parametrize(
    ("start", "end", "field", "words"),
    [
        (at("12:00"), at("09:00"), "end", "after the start"),
        (at("12:00"), at("12:00"), "end", "after the start"),
        (at("09:00"), at("09:00", date(2027, 11, 27)), "end", "up to a year"),
    ],
)
def test_dates_that_cannot_be(
    world: World, start: object, end: object, field: str, words: str
) -> None:
    with pytest.raises(Refusal, match=words) as caught:
        world.run(
            RequestTimeOff(doctor_id=world.names["wu"], start=start, end=end)  # type: ignore[arg-type]
        )
    assert caught.value.field == field
    assert not world.store.queries.roster().time_off


def test_overlapping_requests_name_the_first_one(world: World) -> None:
    first = ask(world)
    with pytest.raises(Refusal, match=r"Dr Wu already has leave Tue 24 Nov – Wed 25 Nov") as caught:
        ask(world, TOMORROW, TODAY + timedelta(days=3))
    assert caught.value.field == "start"
    assert caught.value.ways_out[0].data == {"request_id": first}
    ask(world, doctor="berg")
    ask(world, TODAY + timedelta(days=2), TODAY + timedelta(days=2))
    decide(world, first, approve=False)
    second = ask(world, TOMORROW, TOMORROW)
    with pytest.raises(Refusal, match="already has leave Wed 25 Nov"):
        decide(world, first)
    assert row(world, second).status is TimeOffStatus.REQUESTED


def test_too_much_text_and_a_doctor_who_left(world: World) -> None:
    with pytest.raises(Refusal, match="2,000 characters") as caught:
        world.run(
            RequestTimeOff(
                doctor_id=world.names["wu"], start=at("09:00"), end=at("10:00"), reason="x" * 2001
            )
        )
    assert caught.value.field == "reason"
    with pytest.raises(Refusal, match="no longer sees patients") as caught:
        ask(world, doctor="gone")
    assert caught.value.field == "doctor_id"


def test_approval_closes_the_hours_and_counts_what_it_hits(world: World) -> None:
    world.book("10:00")
    world.book("11:00", patient="jon")
    world.book("10:00", patient="eve", doctor="berg")
    request = ask(world)
    assert decide(world, request) == 2
    stored = row(world, request)
    assert (stored.status, stored.decided_by) == (TimeOffStatus.APPROVED, "staff-Maria")
    with pytest.raises(Refusal, match="leave") as caught:
        world.book("14:00", patient="tom")
    assert caught.value.code == "time_off"
    card = absence.time_off(world.store.queries, world.clock.now())[0]
    assert (card.hits, card.decided_by, card.doctor_name) == (2, "Maria", "Dr Li Wu")
    world.undo()
    world.book("14:00", patient="tom")
    world.run(DecideTimeOff(request_id=request, approve=True))
    assert world.proven()


def test_a_declined_request_keeps_its_note_and_can_be_decided_again(world: World) -> None:
    request = ask(world)
    assert decide(world, request, approve=False, note="Two colleagues are away") == 0
    stored = row(world, request)
    assert stored.status is TimeOffStatus.DECLINED
    assert stored.decision_note == "Two colleagues are away"
    world.book("10:00")
    assert decide(world, request) == 1
    assert world.run(DecideTimeOff(request_id=request, approve=True)).undo_label == ""
    assert world.proven()


def test_new_dates_for_an_approved_request_keep_it_approved(world: World) -> None:
    request = ask(world)
    decide(world, request)
    outcome = world.run(
        ChangeTimeOff(request_id=request, start=at("09:00"), end=at("12:00"), reason="Dentist")
    )
    assert outcome.value == request
    assert row(world, request).status is TimeOffStatus.APPROVED
    world.book("14:00")
    world.undo()
    world.undo()
    with pytest.raises(Refusal):
        world.book("14:00")


def test_a_change_of_what_somebody_else_changed_is_refused(world: World) -> None:
    request = ask(world)
    seen = row(world, request).revision
    world.other_desk().execute(DecideTimeOff(request_id=request, approve=True))
    with pytest.raises(Stale, match="Noor"):
        world.run(
            ChangeTimeOff(
                request_id=request, start=at("09:00"), end=at("12:00"), expected_revision=seen
            )
        )


def test_withdrawing_opens_the_time_again(world: World) -> None:
    request = ask(world)
    decide(world, request)
    world.run(WithdrawTimeOff(request_id=request))
    world.book("10:00")
    with pytest.raises(NotFound):
        decide(world, request)
    with pytest.raises(NotFound):
        world.run(WithdrawTimeOff(request_id=request))
    world.undo()
    world.undo()
    assert row(world, request).status is TimeOffStatus.APPROVED
    assert world.proven()


def test_whole_days_are_those_of_the_doctors_site(world: World) -> None:
    roster = world.store.queries.roster()
    span = whole_days(roster, world.names["wu"], date(2026, 10, 24), date(2026, 10, 26))
    assert span.minutes == 73 * 60, "the clocks go back on the 25th"
    assert f"{span.start:%d %H:%M}" == "23 23:00"
    with pytest.raises(Refusal) as caught:
        whole_days(roster, world.names["wu"], TOMORROW, TODAY)
    assert caught.value.field == "end"
    request = TimeOffRequest(id="x", doctor_id="d", start=span.start, end=span.end)
    assert span_text(request, ZONE) == "Sat 24 Oct – Mon 26 Oct"
