"""Booking and changing visits that repeat, on the real store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from clinic_desk.domain.appointments import Appointment, AppointmentSeries, Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.series import changed_one_by_one, is_over, words_of
from clinic_desk.services.commands import (
    CancelAppointment,
    EditAppointment,
    HoldSlot,
    MoveAppointment,
    Reinstate,
    Scope,
)
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.series_commands import BookSeries, ChangeSeries, Choice, SeriesMade
from tests.fakes.world import TODAY, World, actor, at

FIRST = date(2026, 12, 1)
"""A Tuesday."""


def book(
    world: World, rule: str = "FREQ=WEEKLY;COUNT=4", start: str = "2026-12-01T10:00", **more: Any
) -> Outcome:
    fields: dict[str, Any] = {
        "patient_id": world.names["ana"],
        "doctor_id": world.names["wu"],
        "type_id": world.names["follow-up"],
    }
    for key in ("patient", "doctor", "type"):
        if key in more:
            fields[f"{key}_id"] = world.names[more.pop(key)]
    return world.run(BookSeries(rule=rule, local_start=start, **{**fields, **more}))


def made(outcome: Outcome) -> SeriesMade:
    assert isinstance(outcome.value, SeriesMade)
    return outcome.value


def all_series(world: World) -> list[AppointmentSeries]:
    with world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
        return work.find(AppointmentSeries)


def rows(world: World, series_id: Id) -> list[Appointment]:
    with world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
        found = work.find(Appointment, series_id=series_id)
    return sorted(found, key=lambda row: row.start)


def starts(world: World, series_id: Id) -> list[str]:
    return [f"{r.start:%d %b %H:%M}" for r in rows(world, series_id) if r.status not in GONE]


GONE = (Status.CANCELLED, Status.RELEASED)


def move(world: World, row_id: Id, by: timedelta, scope: Scope, **more: Any) -> Outcome:
    row = world.row(row_id)
    return world.run(
        MoveAppointment(
            appointment_id=row_id,
            expected_revision=row.revision,
            start=row.start + by,
            end=row.end + by,
            scope=scope,
            **more,
        )
    )


def test_a_series_is_booked_at_once_and_taken_back_at_once(world: World) -> None:
    outcome = book(world)
    value = made(outcome)
    assert starts(world, value.series_id) == [
        "01 Dec 10:00", "08 Dec 10:00", "15 Dec 10:00", "22 Dec 10:00",
    ]  # fmt: skip
    assert outcome.sentence == "Booked 4 visits: Every week on Tuesday, 4 times"
    visits = rows(world, value.series_id)
    assert [row.series_start for row in visits] == [row.start for row in visits]
    codes = {row.confirmation_code for row in visits}
    assert len(codes) == 4
    assert all(code and code.startswith("APT-2026-") for code in codes)
    assert [world.actions(row.id) for row in visits] == [["booked"]] * 4
    assert world.proven()
    assert world.undo().value == "Book 4 visits of Lee, Ana"
    assert rows(world, value.series_id) == []
    assert all_series(world) == []
    world.redo()
    assert len(rows(world, value.series_id)) == 4
    assert world.proven()


def test_nine_stays_nine_across_the_clock_change(world: World) -> None:
    value = made(book(world, start="2027-03-16T09:00"))
    assert starts(world, value.series_id) == [
        "16 Mar 09:00", "23 Mar 09:00", "30 Mar 08:00", "06 Apr 08:00",
    ]  # fmt: skip


def test_a_date_that_clashes_is_left_out_and_listed(world: World) -> None:
    world.book("10:00", day=date(2026, 12, 8), patient="jon")
    outcome = book(world)
    value = made(outcome)
    assert starts(world, value.series_id) == ["01 Dec 10:00", "15 Dec 10:00", "22 Dec 10:00"]
    ((day, sentence),) = value.left_out
    assert day == "2026-12-08T10:00"
    assert "is booked 10:00–10:30 (J. Hall)" in sentence
    assert "1 date left out: 8 Dec." in outcome.warnings
    assert all_series(world)[0].excluded == ("2026-12-08T10:00",)
    assert world.proven()


def test_conflicts_are_solved_by_choices(world: World) -> None:
    for day in (8, 15):
        world.book("10:00", day=date(2026, 12, day), patient="jon")
    choices = (
        Choice(local_start="2026-12-08T10:00", start=at("10:30", date(2026, 12, 8))),
        Choice(local_start="2026-12-15T10:00", doctor_id=world.names["berg"]),
        Choice(local_start="2026-12-22T10:00", skip=True),
    )
    value = made(book(world, choices=choices))
    assert value.left_out == ()
    assert starts(world, value.series_id) == ["01 Dec 10:00", "08 Dec 10:30", "15 Dec 10:00"]
    (series,) = all_series(world)
    visits = rows(world, value.series_id)
    assert visits[2].doctor_id == world.names["berg"]
    assert [changed_one_by_one(row, series) for row in visits] == [False, True, True]
    assert series.excluded == ("2026-12-22T10:00",)
    assert world.proven()


def test_a_choice_that_does_not_stand_books_nothing(world: World) -> None:
    world.book("10:30", day=date(2026, 12, 8), patient="jon")
    choice = Choice(local_start="2026-12-08T10:00", start=at("10:30", date(2026, 12, 8)))
    with pytest.raises(Refusal, match="does not stand") as refused:
        book(world, choices=(choice,))
    assert refused.value.field == "choices"
    assert all_series(world) == []
    with pytest.raises(Refusal, match="no visit on 9 Dec"):
        book(world, choices=(Choice(local_start="2026-12-09T10:00", skip=True),))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"rule": "FREQ=WEEKLY"}, "until"),
        ({"rule": "FREQ=DAILY;COUNT=101"}, "count"),
        ({"start": "2026-12-01"}, None),
        ({"start": "soon"}, "local_start"),
        ({"minutes": 5}, "duration"),
        ({"title": "x" * 201}, "title"),
    ],
)
def test_bad_input_names_its_field_and_saves_nothing(
    world: World, more: dict[str, Any], field: str | None
) -> None:
    with pytest.raises(Refusal) as refused:
        book(world, **more)
    if field is not None:
        assert refused.value.field == field
    assert all_series(world) == []


def test_not_one_visit_possible_is_a_refusal(world: World) -> None:
    with pytest.raises(Refusal, match="Not one of the 4 visits can be booked"):
        book(world, start="2026-12-01T20:00")
    assert all_series(world) == []


def test_a_held_place_becomes_the_visit(world: World) -> None:
    hold = HoldSlot(
        doctor_id=world.names["wu"], start=at("10:00", FIRST), end=at("10:30", FIRST),
        type_id=world.names["follow-up"],
    )  # fmt: skip
    held = str(world.run(hold).value)
    value = made(book(world, hold_id=held))
    assert value.visit_ids[0] == held
    assert world.row(held).status is Status.SCHEDULED
    other = str(world.run(HoldSlot(
        doctor_id=world.names["wu"], start=at("14:00", FIRST), end=at("14:30", FIRST),
    )).value)  # fmt: skip
    book(world, start="2026-12-01T15:00", hold_id=other, patient="jon")
    assert world.status(other) is Status.RELEASED


def test_moving_all_moves_the_rule(world: World) -> None:
    value = made(book(world, "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4"))
    move(world, value.visit_ids[0], timedelta(days=1, hours=1), Scope.ALL)
    (series,) = all_series(world)
    assert (series.rule, series.local_start) == (
        "FREQ=WEEKLY;BYDAY=WE,FR;COUNT=4",
        "2026-12-02T11:00",
    )
    assert starts(world, series.id) == [
        "02 Dec 11:00", "04 Dec 11:00", "09 Dec 11:00", "11 Dec 11:00",
    ]  # fmt: skip
    assert not any(changed_one_by_one(row, series) for row in rows(world, series.id))
    assert world.actions(value.visit_ids[1]) == ["booked", "moved"]
    assert world.proven()
    world.undo()
    assert starts(world, series.id)[0] == "01 Dec 10:00"
    assert all_series(world)[0].rule == "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4"
    assert world.proven()


def test_following_splits_the_series(world: World) -> None:
    value = made(book(world))
    move(world, value.visit_ids[2], timedelta(hours=1), Scope.FOLLOWING)
    old, new = all_series(world)
    assert (old.rule, new.rule) == ("FREQ=WEEKLY;COUNT=2", "FREQ=WEEKLY;COUNT=2")
    assert (new.follows_id, new.local_start) == (old.id, "2026-12-15T11:00")
    assert starts(world, old.id) == ["01 Dec 10:00", "08 Dec 10:00"]
    assert starts(world, new.id) == ["15 Dec 11:00", "22 Dec 11:00"]
    assert world.proven()
    world.undo()
    (back,) = all_series(world)
    assert (back.rule, len(rows(world, back.id))) == ("FREQ=WEEKLY;COUNT=4", 4)
    assert world.proven()


def test_the_second_tuesday_becomes_the_second_wednesday(world: World) -> None:
    value = made(book(world, "FREQ=MONTHLY;BYDAY=2TU;COUNT=4", "2026-12-08T10:00"))
    move(world, value.visit_ids[0], timedelta(days=1), Scope.ALL)
    (series,) = all_series(world)
    assert series.rule == "FREQ=MONTHLY;BYDAY=2WE;COUNT=4"
    assert starts(world, series.id) == [
        "09 Dec 10:00", "13 Jan 10:00", "10 Feb 10:00", "10 Mar 10:00",
    ]  # fmt: skip
    assert world.proven()


def test_a_rule_that_cannot_go_along_says_so(world: World) -> None:
    value = made(book(world, "FREQ=MONTHLY;BYMONTHDAY=28;COUNT=4", "2026-12-28T10:00"))
    with pytest.raises(Refusal, match="has no such day in every month"):
        move(world, value.visit_ids[0], timedelta(days=1), Scope.ALL)
    assert all_series(world)[0].rule == "FREQ=MONTHLY;BYMONTHDAY=28;COUNT=4"


def test_visits_changed_one_by_one_stay_unless_asked(world: World) -> None:
    value = made(book(world))
    second = value.visit_ids[1]
    move(world, second, timedelta(hours=4), Scope.ONLY_THIS)
    move(world, value.visit_ids[0], timedelta(hours=1), Scope.ALL)
    assert starts(world, value.series_id) == [
        "01 Dec 11:00", "08 Dec 14:00", "15 Dec 11:00", "22 Dec 11:00",
    ]  # fmt: skip
    assert world.row(second).series_start == at("11:00", date(2026, 12, 8))
    move(world, value.visit_ids[0], timedelta(hours=-1), Scope.ALL, include_changed=True)
    assert world.row(second).start == at("13:00", date(2026, 12, 8))
    assert world.row(value.visit_ids[3]).start == at("10:00", date(2026, 12, 22))
    assert world.proven()


def test_cancelling_and_editing_keep_what_was_changed(world: World) -> None:
    value = made(book(world, notes="bring the X-ray"))
    first, second, third, fourth = value.visit_ids
    move(world, second, timedelta(hours=3), Scope.ONLY_THIS)
    world.run(EditAppointment(appointment_id=third, values={"notes": "fasting"}))
    world.run(
        EditAppointment(appointment_id=first, values={"notes": "bring both"}, scope=Scope.ALL)
    )
    notes = [world.row(row_id).notes for row_id in value.visit_ids]
    assert notes == ["bring both", "bring the X-ray", "fasting", "bring both"]
    assert all_series(world)[0].notes == "bring both"
    world.run(CancelAppointment(appointment_id=first, reason="moves away", scope=Scope.FOLLOWING))
    assert [world.status(row_id) for row_id in value.visit_ids] == [
        Status.CANCELLED, Status.SCHEDULED, Status.CANCELLED, Status.CANCELLED,
    ]  # fmt: skip
    world.undo()
    world.run(
        CancelAppointment(
            appointment_id=first, reason="moves away", scope=Scope.ALL, include_changed=True
        )
    )
    assert {world.status(row_id) for row_id in value.visit_ids} == {Status.CANCELLED}
    assert fourth in value.visit_ids
    assert world.proven()


def change(world: World, row_id: Id, scope: Scope = Scope.ALL, **more: Any) -> SeriesMade:
    return made(world.run(ChangeSeries(appointment_id=row_id, scope=scope, **more)))


def test_changing_the_rule_keeps_ends_and_makes_visits(world: World) -> None:
    value = made(book(world))
    after = change(world, value.visit_ids[0], rule="FREQ=WEEKLY;INTERVAL=2;COUNT=4")
    assert after.series_id == value.series_id
    assert starts(world, after.series_id) == [
        "01 Dec 10:00", "15 Dec 10:00", "29 Dec 10:00", "12 Jan 10:00",
    ]  # fmt: skip
    kept = set(after.visit_ids) & set(value.visit_ids)
    assert kept == {value.visit_ids[0], value.visit_ids[2]}
    assert world.row(value.visit_ids[1]).cancel_reason == "The series was changed"
    assert world.proven()
    world.undo()
    assert len(starts(world, value.series_id)) == 4
    assert all_series(world)[0].rule == "FREQ=WEEKLY;COUNT=4"
    assert world.proven()


def test_changing_time_and_length_from_one_on(world: World) -> None:
    value = made(book(world))
    after = change(
        world, value.visit_ids[1], Scope.FOLLOWING, local_start="2026-12-10T14:00", minutes=45
    )
    assert after.series_id != value.series_id
    assert starts(world, after.series_id) == ["10 Dec 14:00", "17 Dec 14:00", "24 Dec 14:00"]
    assert {row.minutes for row in rows(world, after.series_id)} == {45}
    assert set(after.visit_ids) == set(value.visit_ids[1:])
    assert world.proven()


def test_changing_the_doctor_is_all_or_nothing(world: World) -> None:
    value = made(book(world, type="needle"))
    change(world, value.visit_ids[0], doctor_id=world.names["berg"])
    assert {r.doctor_id for r in rows(world, value.series_id)} == {world.names["berg"]}
    with pytest.raises(Refusal):
        change(world, value.visit_ids[0], local_start="2026-12-01T20:00")
    assert starts(world, value.series_id)[0] == "01 Dec 10:00"
    assert world.proven()


def test_a_changed_visit_outlives_its_date(world: World) -> None:
    """The new rule has no such week, and the visit has a time of its own: it stays, listed."""
    value = made(book(world))
    move(world, value.visit_ids[1], timedelta(hours=3), Scope.ONLY_THIS)
    change(world, value.visit_ids[0], rule="FREQ=WEEKLY;INTERVAL=2;COUNT=2")
    assert starts(world, value.series_id) == ["01 Dec 10:00", "08 Dec 13:00", "15 Dec 10:00"]
    (series,) = all_series(world)
    assert series.rule == "FREQ=WEEKLY;INTERVAL=2;COUNT=2;RDATE=20261208T100000"
    assert world.proven()


def test_a_skipped_date_stays_skipped_when_the_time_changes(world: World) -> None:
    value = made(book(world, choices=(Choice(local_start="2026-12-08T10:00", skip=True),)))
    change(world, value.visit_ids[0], local_start="2026-12-01T11:00")
    assert starts(world, value.series_id) == ["01 Dec 11:00", "15 Dec 11:00", "22 Dec 11:00"]
    assert all_series(world)[0].excluded == ("2026-12-08T11:00",)
    assert world.proven()


def test_what_is_past_stays_in_a_series_of_its_own(world: World) -> None:
    value = made(book(world, "FREQ=DAILY;COUNT=4", "2026-11-24T10:00"))
    world.clock.set(at("12:00", TODAY + timedelta(days=1)))
    change(world, value.visit_ids[3], local_start="2026-11-26T15:00")
    old, new = all_series(world)
    assert starts(world, old.id) == ["24 Nov 10:00", "25 Nov 10:00"]
    assert starts(world, new.id) == ["26 Nov 15:00", "27 Nov 15:00"]
    assert world.proven()


def test_what_cannot_be_changed_says_why(world: World) -> None:
    single = world.book("12:00", outside_hours=True)
    with pytest.raises(Refusal, match="no series"):
        change(world, single)
    value = made(book(world))
    with pytest.raises(Refusal, match="Only this visit"):
        change(world, value.visit_ids[0], Scope.ONLY_THIS)
    with pytest.raises(Refusal) as refused:
        change(world, value.visit_ids[0], rule="FREQ=WEEKLY;INTERVAL=99;COUNT=2")
    assert refused.value.field == "interval"


def test_a_series_of_a_new_patient_is_one_step(world: World) -> None:
    new = {"first_name": "Zoe", "last_name": "Vale"}
    outcome = book(world, patient_id="", new_patient=new)
    assert outcome.undo_label == "Add Vale, Zoe and book 4 visits"
    world.undo()
    assert all_series(world) == []
    assert world.store.queries.search_patients("vale") == []


def test_naive_dates_of_a_series_are_those_of_its_site(world: World) -> None:
    value = made(book(world, location_id=world.names["branch"], choices=tuple(
        Choice(local_start=f"2026-12-{day:02}T10:00", outside_hours=True) for day in (1, 8, 15, 22)
    )))  # fmt: skip
    assert starts(world, value.series_id)[0] == "01 Dec 07:00"
    assert all_series(world)[0].zone == "Europe/Istanbul"
    assert datetime.fromisoformat(all_series(world)[0].local_start).hour == 10


def test_verify_finds_a_visit_off_its_rule(world: World) -> None:
    value = made(book(world))
    row = world.row(value.visit_ids[1])
    with world.store.unit_of_work(actor()) as work:
        off = replace(row, series_start=at("09:00", date(2026, 12, 9)))
        work.replace(work.get(Appointment, row.id), off, "edited")
        work.commit()
    (finding,) = world.store.maintenance.verify()
    assert (finding.check, finding.subject) == ("series", row.id)
    assert "2026-12-09 09:00 UTC" in finding.sentence
    with world.store.unit_of_work(actor()) as work:
        (series,) = work.find(AppointmentSeries)
        work.remove(series, "removed")
        work.commit()
    assert len(world.store.maintenance.verify()) == 4


def test_cancelling_the_rest_ends_the_rule(world: World) -> None:
    """Words, export and a later edit tell of the visits that are left; undo brings all back."""
    value = made(book(world))
    first, second, third, fourth = value.visit_ids
    world.run(CancelAppointment(appointment_id=third, reason="away", scope=Scope.FOLLOWING))
    (series,) = all_series(world)
    assert series.rule == "FREQ=WEEKLY;COUNT=2"
    assert world.proven()
    world.undo()
    assert all_series(world)[0].rule == "FREQ=WEEKLY;COUNT=4"
    assert world.status(fourth) is Status.SCHEDULED
    world.redo()
    assert all_series(world)[0].rule == "FREQ=WEEKLY;COUNT=2"
    after = change(world, first, rule="FREQ=WEEKLY;COUNT=4")
    assert starts(world, after.series_id) == [
        "01 Dec 10:00", "08 Dec 10:00", "15 Dec 10:00", "22 Dec 10:00",
    ]  # fmt: skip
    assert world.status(third) is Status.CANCELLED
    assert second in after.visit_ids
    assert third not in after.visit_ids
    assert world.proven()


def test_what_stays_after_the_end_is_listed_beside_the_rule(world: World) -> None:
    value = made(book(world, "FREQ=WEEKLY;UNTIL=20261222"))
    _first, second, third, fourth = value.visit_ids
    move(world, fourth, timedelta(hours=4), Scope.ONLY_THIS)
    world.run(CancelAppointment(appointment_id=second, reason="away", scope=Scope.FOLLOWING))
    assert [world.status(row_id) for row_id in value.visit_ids] == [
        Status.SCHEDULED, Status.CANCELLED, Status.CANCELLED, Status.SCHEDULED,
    ]  # fmt: skip
    (series,) = all_series(world)
    assert "UNTIL=20261201" in series.rule
    assert "20261222" in series.rule
    assert world.proven()
    world.run(Reinstate(appointment_id=third, reason="comes after all"))
    assert "20261215" in all_series(world)[0].rule
    assert starts(world, value.series_id) == ["01 Dec 10:00", "15 Dec 10:00", "22 Dec 14:00"]
    assert world.proven()
    world.undo()
    assert "20261215" not in all_series(world)[0].rule
    assert world.proven()


def test_a_series_cancelled_from_its_first_visit_on(world: World) -> None:
    """One that stays is the series then; when none stays, the rule has no date any more, until a
    visit comes back."""
    value = made(book(world))
    move(world, value.visit_ids[1], timedelta(hours=4), Scope.ONLY_THIS)
    order = CancelAppointment(appointment_id=value.visit_ids[0], reason="away", scope=Scope.ALL)
    world.run(order)
    assert starts(world, value.series_id) == ["08 Dec 14:00"]
    assert all_series(world)[0].local_start == "2026-12-08T10:00"
    assert world.proven()
    world.undo()
    world.run(replace(order, include_changed=True))
    assert starts(world, value.series_id) == []
    (over,) = all_series(world)
    assert (over.rule, over.excluded) == ("FREQ=DAILY;COUNT=1", ("2026-12-01T10:00",))
    assert is_over(over)
    assert words_of(over) == "No date is left"
    assert world.proven()
    world.run(Reinstate(appointment_id=value.visit_ids[2], reason="comes after all"))
    (begun,) = all_series(world)
    assert (begun.rule, begun.local_start, begun.excluded) == (
        "FREQ=DAILY;COUNT=1", "2026-12-15T10:00", (),
    )  # fmt: skip
    world.run(Reinstate(appointment_id=value.visit_ids[0], reason="and this one"))
    assert starts(world, value.series_id) == ["01 Dec 10:00", "15 Dec 10:00"]
    assert world.proven()
    for _ in range(3):
        world.undo()
    assert all_series(world)[0].rule == "FREQ=WEEKLY;COUNT=4"
    assert world.proven()


def test_what_follows_is_cancelled_with_it(world: World) -> None:
    """From the third on at another hour; then the treatment ends with the second."""
    value = made(book(world))
    first, second, third, fourth = value.visit_ids
    later = change(world, third, scope=Scope.FOLLOWING, local_start="2026-12-15T11:00")
    assert starts(world, later.series_id) == ["15 Dec 11:00", "22 Dec 11:00"]
    order = CancelAppointment(appointment_id=second, reason="treatment ended")
    done = world.run(replace(order, scope=Scope.FOLLOWING))
    assert done.sentence.startswith("Cancelled 3 visits")
    assert [world.status(row_id) for row_id in (first, second, third, fourth)] == [
        Status.SCHEDULED, Status.CANCELLED, Status.CANCELLED, Status.CANCELLED,
    ]  # fmt: skip
    assert world.proven()
    world.undo()
    assert starts(world, later.series_id) == ["15 Dec 11:00", "22 Dec 11:00"]
    # from the later part on, the earlier one stays; all of it is all
    world.run(replace(order, appointment_id=third, scope=Scope.FOLLOWING))
    assert starts(world, value.series_id) == ["01 Dec 10:00", "08 Dec 10:00"]
    world.undo()
    world.run(replace(order, appointment_id=fourth, scope=Scope.ALL))
    assert {world.status(row_id) for row_id in value.visit_ids} == {Status.CANCELLED}
    assert all(is_over(series) for series in all_series(world))
    assert world.proven()


def test_a_change_of_the_earlier_part_says_what_stays(world: World) -> None:
    value = made(book(world))
    _first, second, third, fourth = value.visit_ids
    later = change(world, third, scope=Scope.FOLLOWING, local_start="2026-12-15T11:00")
    done = move(world, second, timedelta(hours=4), Scope.FOLLOWING)
    assert done.warnings[-1] == (
        "2 visits from Tue 15 Dec on follow a rule of their own and stay as they are."
    )
    assert starts(world, later.series_id) == ["15 Dec 11:00", "22 Dec 11:00"]
    # the second is a part of its own now, and the later one follows that part
    (between,) = [s for s in all_series(world) if s.id not in (value.series_id, later.series_id)]
    assert between.follows_id == value.series_id
    assert next(s for s in all_series(world) if s.id == later.series_id).follows_id == between.id
    world.run(CancelAppointment(appointment_id=second, reason="ended", scope=Scope.FOLLOWING))
    assert world.status(fourth) is Status.CANCELLED
    assert world.proven()


@pytest.mark.parametrize("by_page", [True, False])
def test_what_was_changed_by_hand_goes_along_the_same_way(world: World, by_page: bool) -> None:
    """Dragged in the calendar or moved on the page of the series: it keeps its own hour, length
    and doctor, and goes as far as the others."""
    value = made(book(world))
    first, second, third, _ = value.visit_ids
    move(world, second, timedelta(hours=4), Scope.ONLY_THIS)
    row = world.row(third)
    world.run(
        MoveAppointment(
            appointment_id=third, expected_revision=None, start=row.start,
            end=row.end + timedelta(minutes=30), doctor_id=world.names["berg"],
        )
    )  # fmt: skip
    by = timedelta(days=1, hours=-1)
    if by_page:
        change(world, first, local_start="2026-12-02T09:00", include_changed=True)
    else:
        move(world, first, by, Scope.ALL, include_changed=True)
    assert starts(world, value.series_id) == [
        "02 Dec 09:00", "09 Dec 13:00", "16 Dec 09:00", "23 Dec 09:00",
    ]  # fmt: skip
    assert (world.row(third).minutes, world.row(third).doctor_id) == (60, world.names["berg"])
    assert world.row(second).doctor_id == world.names["wu"]
    assert world.proven()
