"""The patient's page in one answer, the choices of a merge, and who looks like whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.people import Patient
from clinic_desk.services.commands import (
    AddPatient,
    CancelAppointment,
    ChangeStatus,
    EditPatient,
    ImportBatch,
    Undo,
)
from clinic_desk.services.day_commands import MergePatients, SeparatePatients
from clinic_desk.services.likeness import Traits, likeness
from clinic_desk.services.merging import value_of
from clinic_desk.services.patient_commands import TellApart
from clinic_desk.services.patient_merge import (
    FIELDS,
    Side,
    Standing,
    choices_for,
    merge_view,
    values_of,
)
from clinic_desk.services.patient_record import record_of
from clinic_desk.services.waitlist_commands import AddToWaitlist
from tests.fakes.world import TODAY, World, at

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def twin(world: World, **values: object) -> str:
    given = {"first_name": "Anna", "last_name": "Silva", "mobile": "07700 900123", **values}
    return str(world.run(AddPatient(values=given)).value)


def test_the_record_tells_visits_rate_money_and_wishes(world: World) -> None:
    ana = world.names["ana"]
    past = TODAY - timedelta(days=30)
    start = datetime(past.year, past.month, past.day, 10, tzinfo=UTC)
    world.put_in(
        {"start": start, "end": start + timedelta(minutes=30), "status": Status.COMPLETED,
         "arrived_at": start - timedelta(minutes=9), "started_at": start},
        {"start": start + timedelta(days=1), "end": start + timedelta(days=1, minutes=30),
         "status": Status.NO_SHOW},
        {"start": start + timedelta(days=2), "end": start + timedelta(days=2, minutes=30),
         "status": Status.CANCELLED, "cancel_reason": "ill"},
    )  # fmt: skip
    coming = world.book("10:00")
    world.run(AddToWaitlist(values={"patient_id": ana, "type_id": world.names["follow-up"]}))
    record = record_of(world.store.queries, ana)
    assert record.visits[0].id == coming
    facts = record.facts
    assert (facts.completed, facts.missed, facts.cancelled) == (1, 1, 1)
    assert (facts.no_show_share, facts.usual_wait) == (50, 9)
    assert [card.entry.patient_id for card in record.waits] == [ana]
    assert record.messages == ()
    assert record.asked is None


def test_a_merged_entry_leads_to_the_kept_one_through_every_merge(world: World) -> None:
    ana, second, third = world.names["ana"], twin(world), twin(world, first_name="Ann")
    world.run(MergePatients(kept_id=second, other_id=third, values={}))
    world.run(MergePatients(kept_id=ana, other_id=second, values={}))
    record = record_of(world.store.queries, third)
    assert record.patient.id == ana
    assert record.asked is not None
    assert record.asked.id == third
    assert [one.patient.id for one in record.merged] == [second]
    assert record.merged[0].by == "Maria"
    with pytest.raises(NotFound):
        record_of(world.store.queries, "nobody")


def test_a_merge_of_a_merge_is_taken_apart_from_the_bottom(world: World) -> None:
    ana, second, third = world.names["ana"], twin(world), twin(world, first_name="Ann")
    visit = world.book("11:00", patient_id=third)
    world.run(MergePatients(kept_id=second, other_id=third, values={}))
    world.run(MergePatients(kept_id=ana, other_id=second, values={}))
    rows = world.store.queries.patient_rows((ana, second, third))
    number = rows[third].record_number
    assert number in rows[ana].other_numbers
    world.run(SeparatePatients(other_id=third, reason="Twins"))
    rows = world.store.queries.patient_rows((ana, second, third))
    assert [cell.id for cell in world.store.queries.patient(third).visits] == [visit]
    assert number not in rows[ana].other_numbers
    assert number not in rows[second].other_numbers
    assert rows[ana].merged_into is None
    assert rows[second].merged_into == ana
    assert world.proven()
    world.run(Undo())
    assert world.store.queries.patient_rows((third,))[third].merged_into == second


def test_a_long_name_that_an_import_brought_can_be_chosen(world: World) -> None:
    """Nobody may type 120 characters, but what is on file may be kept."""
    long = "Wolfeschlegelstein" * 7
    row = {"id": "long", "record_number": "L-1", "first_name": "Max", "last_name": long}
    world.run(ImportBatch(patients=(row,)))
    ana = world.names["ana"]
    view = merge_view(world.store.queries, ana, "long")
    surname = next(one for one in view.choices if one.name == "last_name")
    assert surname.side is Side.OTHER
    world.run(MergePatients(kept_id=ana, other_id="long", values=values_of(view.choices)))
    assert world.store.queries.patient(ana).patient.last_name == long
    with pytest.raises(Refusal, match="100 characters"):
        world.run(EditPatient(patient_id=ana, values={"first_name": long}))


def test_comparing_an_entry_with_itself_is_refused(world: World) -> None:
    ana, other = world.names["ana"], twin(world)
    with pytest.raises(Refusal, match="that very entry"):
        merge_view(world.store.queries, ana, ana)
    world.run(MergePatients(kept_id=ana, other_id=other, values={}))
    with pytest.raises(Refusal, match="that very entry"):
        merge_view(world.store.queries, ana, other)


def test_what_goes_over_is_counted(world: World) -> None:
    ana, other = world.names["ana"], twin(world)
    for clock in ("09:00", "10:00"):
        world.book(clock, patient_id=other)
    gone = world.book("11:00", patient_id=other)
    world.run(CancelAppointment(appointment_id=gone, reason="ill"))
    world.run(AddToWaitlist(values={"patient_id": other, "type_id": world.names["follow-up"]}))
    held = merge_view(world.store.queries, ana, other).holdings
    assert (held.visits, held.series, held.waiting) == (3, 0, 1)


def test_a_visit_that_was_booked_under_both_entries_is_told(world: World) -> None:
    ana, other = world.names["ana"], twin(world)
    world.book("10:00")
    world.book("09:00")
    assert merge_view(world.store.queries, ana, other).shared == ()
    world.book("10:15", patient_id=other, doctor="berg")
    assert merge_view(world.store.queries, ana, other).shared == (at("10:00"),)
    assert merge_view(world.store.queries, other, ana).shared == (at("10:15"),)


def test_namesakes_are_told_apart_and_undo_proposes_them_again(world: World) -> None:
    first = twin(world, last_name="Okoye", birth_date="1980-05-05")
    second = twin(world, last_name="Okoye", birth_date="1980-05-05", mobile="")
    queries = world.store.queries
    assert [one.patient.id for one in queries.likely_twins(first)] == [second]
    assert len(queries.possible_duplicates()) == 1
    world.run(TellApart(one_id=second, other_id=first))
    assert queries.likely_twins(first) == queries.likely_twins(second) == ()
    assert queries.possible_duplicates() == ()
    world.run(Undo())
    assert [one.patient.id for one in queries.likely_twins(second)] == [first]
    with pytest.raises(Refusal, match="one and the same"):
        world.run(TellApart(one_id=first, other_id=first))


def test_status_steps_are_in_the_timeline_with_edits_and_merges(world: World) -> None:
    ana, other = world.names["ana"], twin(world)
    visit = world.book("10:00", patient_id=other)
    world.run(ChangeStatus(appointment_id=visit, to=Status.CONFIRMED))
    world.run(EditPatient(patient_id=ana, values={"email": "ana@example.org"}))
    world.run(MergePatients(kept_id=ana, other_id=other, values={}))
    events = world.store.queries.patient_timeline(ana).events
    told = [(event.subject_kind, event.action) for event in events]
    assert told[:2] == [("patient", "merged")] * 2
    assert ("appointment", "merged") not in told  # the merge itself says it
    for wanted in (("patient", "edited"), ("appointment", "confirmed"), ("appointment", "booked")):
        assert wanted in told
    edited = next(event for event in events if event.action == "edited")
    assert edited.changes["email"] == ("", "ana@example.org")


# choosing


def person(**values: object) -> Patient:
    blank = Patient(id="x", record_number="P1", first_name="Ana", last_name="Lee")
    return replace(blank, created_at=EARLY, updated_at=EARLY, **values)  # type: ignore[arg-type]


def choice(kept: Patient, other: Patient, name: str) -> tuple[Side, Standing, str]:
    one = next(one for one in choices_for(kept, other) if one.name == name)
    return one.side, one.standing, one.why


@pytest.mark.parametrize(
    ("name", "left", "right", "side"),
    [
        ("email", "a@b.org", "", Side.KEPT),
        ("email", "", "a@b.org", Side.OTHER),
        ("email", "a@b.org", "c@d.org", Side.OTHER),  # the newer entry
        ("first_name", "Ana Maria", "Ana", Side.KEPT),  # longer
        ("consent_sms", False, True, Side.KEPT),  # a no counts, however old
        ("consent_sms", None, False, Side.OTHER),
        ("alert", "Latex", "Penicillin", Side.BOTH),
        ("alert", "Latex and penicillin", "Latex", Side.KEPT),
        ("notes", "n" * 4000, "m" * 3000, Side.KEPT),  # both would be too long
        ("mobile", "+447700900123", "", Side.KEPT),
    ],
)
def test_what_is_proposed(name: str, left: object, right: object, side: Side) -> None:
    other = replace(person(**{name: right}), id="y", updated_at=LATE)
    assert choice(person(**{name: left}), other, name)[0] is side


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=60)
people = st.builds(
    person,
    first_name=texts, last_name=texts, email=texts, alert=texts, notes=texts, mobile=texts,
    emergency_contact=texts, language=texts,
    birth_date=st.none() | st.dates(date(1900, 1, 1), date(2020, 1, 1)),
    consent_sms=st.none() | st.booleans(), consent_email=st.none() | st.booleans(),
)  # fmt: skip


@given(people, people)
def test_nothing_that_only_one_has_is_lost_and_nothing_is_made_up(
    kept: Patient, other: Patient
) -> None:
    choices = choices_for(kept, other)
    assert [one.name for one in choices] == [name for name, _label in FIELDS]
    chosen = {one.name: one.value for one in choices}
    values = values_of(choices)
    for name, value in chosen.items():
        left, right = value_of(kept, name), value_of(other, name)
        if left in (None, "") or right in (None, ""):
            assert value == (right if left in (None, "") else left)
        elif isinstance(value, str) and value not in (left, right):
            assert str(left) in value  # both, joined
            assert str(right) in value
        assert (name in values) == (value != left)
    for name in ("alert", "notes"):
        for text in (value_of(kept, name), value_of(other, name)):
            assert str(text) in str(chosen[name])  # short texts: no warning is ever dropped
    if kept.consent_sms is False or other.consent_sms is False:
        assert chosen["consent_sms"] is False


traits = st.builds(
    Traits,
    last=st.sampled_from(["lee", "li", "silva", "de silva", ""]),
    first=st.sampled_from(["ana", "anna", "john", ""]),
    birth_date=st.none() | st.sampled_from([date(1988, 3, 4), date(1990, 1, 1)]),
    phones=st.frozensets(st.sampled_from(["700900123", "209460182"]), max_size=2),
    email=st.sampled_from(["", "a@b.org"]),
)


@given(traits, traits)
def test_likeness_is_the_same_both_ways(one: Traits, other: Traits) -> None:
    assert likeness(one, other) == likeness(other, one)


@pytest.mark.parametrize(
    ("one", "other", "strong"),
    [
        (Traits("lee", "ana", date(1988, 3, 4)), Traits("lee", "anna", date(1988, 3, 4)), True),
        (Traits("lee", "ana", date(1988, 3, 4)), Traits("ana", "lee", date(1988, 3, 4)), True),
        (Traits("lee", "ana"), Traits("lee", "ana", date(1988, 3, 4)), True),
        (Traits("lee", "ana", date(1988, 3, 4)), Traits("lee", "ana", date(1950, 1, 1)), False),
        (  # a father and his daughter at one telephone
            Traits("lee", "ana", date(1988, 3, 4), frozenset({"209460182"})),
            Traits("lee", "george", date(1955, 1, 1), frozenset({"209460182"})),
            False,
        ),
        (Traits("lee", "ana", date(1988, 3, 4)), Traits("smith", "john", date(1988, 3, 4)), False),
    ],
)
def test_who_looks_like_whom(one: Traits, other: Traits, strong: bool) -> None:
    assert likeness(one, other).strong is strong
