"""Two entries of one person become one, and can be taken apart again."""

from __future__ import annotations

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.waitlist import WaitStatus
from clinic_desk.services.commands import AddPatient, EditPatient, Undo
from clinic_desk.services.day_commands import MergePatients, SeparatePatients
from clinic_desk.services.waitlist_commands import AddToWaitlist
from tests.fakes.world import World


def twin(world: World, **values: object) -> str:
    given = {"first_name": "Anna", "last_name": "Silva", "mobile": "07700 900123", **values}
    return str(world.run(AddPatient(values=given)).value)


def visits(world: World, patient_id: str) -> list[str]:
    return sorted(cell.id for cell in world.store.queries.patient(patient_id).visits)


def test_visits_and_number_go_over_and_the_chosen_values_are_kept(world: World) -> None:
    ana, other = world.names["ana"], twin(world)
    first = world.book("10:00", patient_id=ana)
    second = world.book("11:00", patient_id=other)
    number = world.store.queries.patient(other).patient.record_number
    done = world.run(MergePatients(kept_id=ana, other_id=other, values={"mobile": "07700 900123"}))
    assert done.value == ana
    kept = world.store.queries.patient(ana).patient
    assert visits(world, ana) == sorted([first, second])
    assert not visits(world, other)
    assert number in kept.other_numbers
    assert kept.mobile == "+447700900123"
    gone = world.store.queries.patient(other).patient
    assert gone.merged_into == ana
    assert not gone.active
    hits = world.store.queries.search_patients("Silva")
    assert other not in [hit.id for hit in hits]
    assert world.proven()


def test_one_undo_takes_all_of_it_back(world: World) -> None:
    ana, other = world.names["ana"], twin(world)
    second = world.book("11:00", patient_id=other)
    before = [world.store.queries.patient(one).patient for one in (ana, other)]
    world.run(MergePatients(kept_id=ana, other_id=other, values={"notes": "both"}))
    world.run(Undo())
    after = [world.store.queries.patient(one).patient for one in (ana, other)]
    for was, now in zip(before, after, strict=True):
        assert (now.notes, now.other_numbers, now.merged_into, now.active) == (
            was.notes, was.other_numbers, was.merged_into, was.active,
        )  # fmt: skip
    assert visits(world, other) == [second]
    assert world.proven()


def test_separating_later_gives_back_what_came_and_keeps_what_was_edited_since(
    world: World,
) -> None:
    ana, other = world.names["ana"], twin(world)
    second = world.book("11:00", patient_id=other)
    was = world.store.queries.patient(ana).patient
    values = {"notes": "of both", "email": "anna@example.org"}
    world.run(MergePatients(kept_id=ana, other_id=other, values=values))
    third = world.book("14:00", patient_id=ana)
    world.run(EditPatient(patient_id=ana, values={"email": "new@example.org"}))
    world.run(SeparatePatients(other_id=other, reason="Mother and daughter"))
    kept = world.store.queries.patient(ana).patient
    assert visits(world, other) == [second]
    assert third in visits(world, ana)
    assert (kept.notes, kept.email) == (was.notes, "new@example.org")
    assert kept.other_numbers == was.other_numbers
    again = world.store.queries.patient(other).patient
    assert again.active
    assert again.merged_into is None
    assert world.proven()


def test_the_same_wish_of_both_waits_once(world: World) -> None:
    ana, other = world.names["ana"], twin(world)
    type_id = world.names["follow-up"]
    ids = [
        str(world.run(AddToWaitlist(values={"patient_id": one, "type_id": type_id})).value)
        for one in (ana, other)
    ]
    world.run(MergePatients(kept_id=ana, other_id=other, values={}))
    states = [world.store.queries.waitlist_entry(one).entry for one in ids]
    assert [one.patient_id for one in states] == [ana, ana]
    assert [one.status for one in states] == [WaitStatus.WAITING, WaitStatus.WITHDRAWN]
    world.run(SeparatePatients(other_id=other))
    states = [world.store.queries.waitlist_entry(one).entry for one in ids]
    assert [one.patient_id for one in states] == [ana, other]
    assert [one.status for one in states] == [WaitStatus.WAITING, WaitStatus.WAITING]


def test_bad_merges_are_refused_in_words(world: World) -> None:
    ana, other = world.names["ana"], twin(world)
    with pytest.raises(Refusal, match="one and the same"):
        world.run(MergePatients(kept_id=ana, other_id=ana, values={}))
    with pytest.raises(Refusal, match="cannot be chosen"):
        world.run(MergePatients(kept_id=ana, other_id=other, values={"record_number": "P1"}))
    with pytest.raises(Refusal, match="no e-mail"):
        world.run(MergePatients(kept_id=ana, other_id=other, values={"email": "nobody"}))
    assert world.store.queries.patient(other).patient.merged_into is None
    world.run(MergePatients(kept_id=ana, other_id=other, values={}))
    with pytest.raises(Refusal, match="was merged before"):
        world.run(MergePatients(kept_id=ana, other_id=other, values={}))
    with pytest.raises(Refusal, match="stands for itself"):
        world.run(SeparatePatients(other_id=ana))
