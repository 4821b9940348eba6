"""The preview of a rule's dates: what stands, what clashes and where it could go instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.commands import MoveAppointment, Scope
from clinic_desk.services.planning_views import OccurrencePreview
from clinic_desk.services.series_commands import BookSeries, ChangeSeries, Choice, SeriesMade
from clinic_desk.services.series_preview import (
    SeriesDraft,
    apply_choice,
    draft_of,
    preview,
    series_view,
    with_choice,
)
from tests.fakes.world import World, at


def draft(world: World, **more: Any) -> SeriesDraft:
    fields: dict[str, Any] = {
        "doctor_id": world.names["wu"],
        "type_id": world.names["follow-up"],
        "rule": "FREQ=WEEKLY;COUNT=4",
        "local_start": "2026-12-01T10:00",
        "patient_id": world.names["ana"],
    }
    return SeriesDraft(**{**fields, **more})


def verdict(occurrence: OccurrencePreview) -> str:
    told = occurrence.explanation
    return "stays" if told is None else told.verdict.value


def verdicts(world: World, asked: SeriesDraft) -> list[str]:
    shown = preview(world.store.queries, asked, world.clock.now())
    return [verdict(o) for o in shown.occurrences]


def booked(world: World, **more: Any) -> SeriesMade:
    asked = draft(world, **more)
    value = world.run(
        BookSeries(
            patient_id=asked.patient_id or "",
            doctor_id=asked.doctor_id,
            type_id=asked.type_id,
            rule=asked.rule,
            local_start=asked.local_start,
            choices=asked.choices,
        )
    ).value
    assert isinstance(value, SeriesMade)
    return value


def test_every_date_has_a_verdict(world: World) -> None:
    world.book("10:00", day=date(2026, 12, 8), patient="jon")
    shown = preview(world.store.queries, draft(world), world.clock.now())
    assert shown.words == "Every week on Tuesday, 4 times"
    assert [verdict(o) for o in shown.occurrences] == ["ok", "refuse", "ok", "ok"]
    clash = shown.occurrences[1]
    assert clash.explanation is not None
    assert clash.explanation.worst is not None
    assert clash.explanation.worst.sentence == "Dr Wu is booked 10:00–10:30 (J. Hall)."
    assert clash.nearest is not None
    assert abs((clash.nearest.start - clash.start).total_seconds()) == 1800
    assert clash.other_doctor is not None
    assert clash.other_doctor.doctor_id == world.names["berg"]
    assert [o.stands for o in shown.occurrences] == [True, False, True, True]


def test_the_preview_is_what_the_booking_makes(world: World) -> None:
    world.book("10:00", day=date(2026, 12, 8), patient="jon")
    asked = draft(world)
    told = verdicts(world, asked)
    made = booked(world)
    assert told.count("ok") == len(made.visit_ids)
    assert [day for day, _ in made.left_out] == ["2026-12-08T10:00"]


def test_a_conflict_is_solved_inline(world: World) -> None:
    world.book("10:00", day=date(2026, 12, 8), patient="jon")
    queries, now = world.store.queries, world.clock.now()
    asked = draft(world)
    shown = preview(queries, asked, now)
    clash = shown.occurrences[1]
    assert clash.nearest is not None
    elsewhere = Choice(local_start=clash.local_start, start=clash.nearest.start)
    for choice, start in (
        (elsewhere, clash.nearest.start),
        (Choice(local_start=clash.local_start, doctor_id=world.names["berg"]), clash.start),
        (Choice(local_start=clash.local_start, overbook_reason="squeeze"), clash.start),
    ):
        after, again = apply_choice(queries, asked, shown, choice, now)
        assert again == preview(queries, after, now)
        assert again.occurrences[1].stands
        assert again.occurrences[1].start == start
        assert again.occurrences[0] is shown.occurrences[0]
    skipped, again = apply_choice(
        queries, asked, shown, Choice(local_start=clash.local_start, skip=True), now
    )
    assert again.occurrences[1].skipped
    made = booked(world, choices=skipped.choices)
    assert made.left_out == ()
    assert with_choice(skipped, Choice(local_start=clash.local_start)).choices == ()


def test_later_dates_see_where_earlier_ones_went(world: World) -> None:
    queries, now = world.store.queries, world.clock.now()
    asked = draft(world, rule="FREQ=DAILY;COUNT=3")
    shown = preview(queries, asked, now)
    onto_the_next = Choice(local_start="2026-12-01T10:00", start=at("10:00", date(2026, 12, 2)))
    _, again = apply_choice(queries, asked, shown, onto_the_next, now)
    assert [verdict(o) for o in again.occurrences] == ["ok", "refuse", "ok"]
    assert again.occurrences[1].nearest is not None


def test_no_two_dates_are_offered_one_place(world: World) -> None:
    asked = draft(
        world, rule="FREQ=DAILY;COUNT=3", local_start="2026-12-03T12:15", type_id=world.names["new"]
    )
    shown = preview(world.store.queries, asked, world.clock.now())
    offered = [o.nearest for o in shown.occurrences]
    assert len({(slot.start, slot.doctor_id) for slot in offered if slot is not None}) == 3


def test_notes_of_clocks_and_short_months(world: World) -> None:
    asked = draft(world, rule="FREQ=MONTHLY;COUNT=3", local_start="2026-12-31T10:00")
    shown = preview(world.store.queries, asked, world.clock.now())
    assert shown.notes[0].startswith("There is no 31st in February")
    night = draft(world, rule="FREQ=DAILY;COUNT=2", local_start="2027-03-27T01:30")
    notes = [o.note for o in preview(world.store.queries, night, world.clock.now()).occurrences]
    assert notes == ["", "The clocks go forward: there is no 01:30 that day, so it is at 02:30."]


def test_a_bad_rule_is_refused_at_its_field(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        preview(world.store.queries, draft(world, rule="FREQ=WEEKLY"), world.clock.now())
    assert refused.value.field == "until"


def test_a_change_is_previewed_as_it_will_be(world: World) -> None:
    made = booked(world)
    world.book("11:00", day=date(2026, 12, 15), patient="jon")
    queries, now = world.store.queries, world.clock.now()
    asked = draft_of(queries, made.visit_ids[1], Scope.FOLLOWING, now)
    assert (asked.rule, asked.local_start) == ("FREQ=WEEKLY;COUNT=3", "2026-12-08T10:00")
    assert verdicts(world, asked) == ["stays"] * 3

    later = replace(asked, local_start="2026-12-08T11:00")
    assert verdicts(world, later) == ["ok", "refuse", "ok"]
    solved = with_choice(
        later, Choice(local_start="2026-12-15T11:00", start=at("11:30", date(2026, 12, 15)))
    )
    assert verdicts(world, solved) == ["ok", "ok", "ok"]
    world.run(
        ChangeSeries(
            appointment_id=made.visit_ids[1],
            scope=Scope.FOLLOWING,
            rule=solved.rule,
            local_start=solved.local_start,
            choices=solved.choices,
        )
    )
    assert world.row(made.visit_ids[2]).start == at("11:30", date(2026, 12, 15))
    assert world.proven()


def test_a_shorter_rule_shows_what_it_drops(world: World) -> None:
    made = booked(world)
    queries, now = world.store.queries, world.clock.now()
    asked = draft_of(queries, made.visit_ids[0], Scope.ALL, now)

    shown = preview(queries, replace(asked, rule="FREQ=WEEKLY;COUNT=2"), now)
    assert [o.dropped for o in shown.occurrences] == [False, False, True, True]
    assert all(o.visit is not None for o in shown.occurrences)


def test_the_view_of_a_series(world: World) -> None:
    made = booked(world)
    row = world.row(made.visit_ids[1])
    world.run(
        MoveAppointment(
            appointment_id=row.id,
            expected_revision=row.revision,
            start=at("14:00", date(2026, 12, 8)),
            end=at("14:30", date(2026, 12, 8)),
        )
    )
    view = series_view(world.store.queries, made.series_id)
    assert view.words == "Every week on Tuesday, 4 times"
    assert view.changed_ids == {row.id}
    assert [cell.id for cell in view.visits] == list(made.visit_ids)
    assert view.zone == "Europe/London"


def test_warnings_do_not_count_as_clashes(world: World) -> None:
    """Only a refusal asks for a decision; the verdict says so."""
    shown = preview(world.store.queries, draft(world), world.clock.now())
    told = [o.explanation for o in shown.occurrences]
    assert all(e is not None and e.verdict is not Verdict.REFUSE for e in told)


def test_a_hundred_dates_take_two_questions_at_most(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = type(world.store.queries)
    asked: list[int] = []
    plain = kind.snapshot_of

    def counted(queries: Any, days: Any) -> Any:
        asked.append(1)
        return plain(queries, days)

    monkeypatch.setattr(kind, "snapshot_of", counted)
    world.book("10:00", day=date(2026, 12, 8), patient="jon")
    shown = preview(
        world.store.queries, draft(world, rule="FREQ=WEEKLY;COUNT=100"), world.clock.now()
    )
    assert len(shown.occurrences) == 100
    assert len(asked) == 2
