"""Moving and resizing: one visit, a whole selection, or a series.

A move keeps what it does not name. Several rows move all or nothing: every target is judged with
all the moved rows out of the way, so that swaps work, and rows that would meet on the way are
lifted off their places first. A series moves by the same wall-clock shift, so that a 09:00 visit
stays at 09:00 across a clock change, and its rule with it; its past and finished occurrences stay
where they are, and so do visits that were changed one by one, unless they are included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from clinic_desk.domain.appointments import (
    FINAL,
    STATUS_WORDS,
    Appointment,
    SlotState,
    Status,
)
from clinic_desk.domain.availability.model import MovingVisit
from clinic_desk.domain.errors import Refusal, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.recurrence import instant, local_of, shifted
from clinic_desk.domain.series import changed_one_by_one
from clinic_desk.services.booking import (
    check_texts,
    insisted,
    overbook_reason,
    unshelve,
)
from clinic_desk.services.commands import AUTO, MoveAppointment, MoveTogether, Scope
from clinic_desk.services.lanes import lift, make_room, put
from clinic_desk.services.placing import last_word, place
from clinic_desk.services.pricing import repriced
from clinic_desk.services.reminding import with_reminder
from clinic_desk.services.series_family import told_to_stay
from clinic_desk.services.series_scope import along, find_tail, home, rehome, settle, upcoming
from clinic_desk.services.wish import Place, Wish
from clinic_desk.services.wording import count_text, doctor_text, patient_text, when_text
from clinic_desk.services.work import Done, Work

CLINIC = "clinic"
"""``asked_by`` of a move that is none of the patient's doing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row on its way to a new place."""

    row: Appointment
    order: MoveAppointment
    becomes: Mapping[str, object] = field(default_factory=dict)
    """Fields of the row that change with the move: its series and date, its type."""

    @property
    def resized_only(self) -> bool:
        order, row = self.order, self.row
        return order.start == row.start and order.doctor_id in (None, row.doctor_id)


def move(work: Work, command: MoveAppointment) -> Done:
    """Value: the visit's id."""
    row = work.appointment(command.appointment_id, command.expected_revision)
    if command.scope is Scope.ONLY_THIS or row.series_id is None:
        return _move_one(work, Step(row, command))
    stay = told_to_stay(work, row.series_id, command.scope)
    steps = _series_steps(work, row, command)
    placed, warnings = move_all(work, steps)
    who = patient_text(work.patient(row.patient_id))
    number = count_text(len(placed), "visit")
    return Done(
        value=row.id,
        label=f"Move {number} of {who}",
        sentence=f"Moved {number} of the series",
        warnings=(*warnings, *stay),
    )


def move_together(work: Work, command: MoveTogether) -> Done:
    """Value: the ids of the moved visits."""
    if not command.moves:
        raise Refusal("nothing_chosen", "Choose at least one visit to move.")
    if len({order.appointment_id for order in command.moves}) < len(command.moves):
        raise Refusal("chosen_twice", "One visit is in the selection twice; choose it once.")
    steps = [
        Step(work.appointment(order.appointment_id, order.expected_revision), order)
        for order in command.moves
    ]
    placed, warnings = move_all(work, steps)
    number = count_text(len(placed), "visit")
    return Done(
        value=tuple(row.id for row in placed),
        label=f"Move {number}",
        sentence=f"Moved {number}",
        warnings=warnings,
    )


def check_movable(row: Appointment) -> None:
    """Raises ``Refusal("locked")`` for finished and held rows. A contested row (clash list) may be
    placed whatever became of the visit: it is history that has no place yet."""
    if row.slot_state is SlotState.CONTESTED:
        return
    if row.status in (Status.HELD, Status.RELEASED):
        raise Refusal("not_a_visit", "This is a held slot; book it or let it go.")
    if row.status in FINAL:
        word = STATUS_WORDS[row.status]
        raise Refusal(
            "locked",
            f"{word[:1].upper()}{word[1:]} visits cannot be moved. Copy the visit instead.",
            ways_out=(WayOut("Copy instead", "copy", {"appointment_id": row.id}),),
        )


def _move_one(work: Work, step: Step) -> Done:
    wish = _wish(work, step, frozenset({step.row.id}))
    chosen = place(work, wish)
    after = _moved(work, step, chosen)
    patient = work.patient(step.row.patient_id)
    if after == step.row:
        returned = unshelve(work, step.row)
        return Done(
            value=step.row.id,
            label=f"Return {patient_text(patient)}" if returned else "",
            warnings=chosen.warnings,
        )
    with last_word(work, wish):
        after = put(work, chosen, step.row, after, _action(step, chosen), _metadata(step, chosen))
    unshelve(work, step.row)
    when = when_text(after.start, chosen.zone, work.now)
    who = doctor_text(work.doctor(after.doctor_id))
    if step.resized_only and after.room_id == step.row.room_id and after.end != step.row.end:
        label = f"Resize {patient_text(patient)} to {after.minutes} min"
        sentence = f"Now {after.minutes} min, {when}, {who}"
    else:
        label = f"Move {patient_text(patient)} to {when}"
        sentence = f"Moved to {when}, {who}"
    return Done(value=after.id, label=label, sentence=sentence, warnings=chosen.warnings)


class _Rehearsed(Exception):
    """Takes a rehearsal back to its savepoint."""


def move_all(work: Work, steps: Sequence[Step]) -> tuple[list[Appointment], tuple[str, ...]]:
    """Judges every target with all the moved rows away, then writes them together.

    The rehearsal lifts the rows and places them one by one, so that each sees where the others
    went; it is rolled back, and only its result is written, one event per row."""
    for step in steps:
        _wish(work, step, frozenset())
    originals = {step.row.id: step.row for step in steps}
    finals: dict[Id, Appointment] = {}
    warnings: list[str] = []
    stories: dict[Id, tuple[str, dict[str, object]]] = {}
    try:
        with work.uow.savepoint():
            finals.update(_rehearse(work, steps, originals, warnings, stories))
            raise _Rehearsed
    except _Rehearsed:
        pass
    pairs = [(before, _as_successor(before, finals[before.id])) for before in originals.values()]
    pairs = [(before, after) for before, after in pairs if after != before]
    # Neighbours that only made room are not "moved": theirs is the default story.
    written = work.uow.replace_together(pairs, "relaned", stories=stories)
    moved = [row for row in written if row.id in {step.row.id for step in steps}]
    for row in moved:
        unshelve(work, row)
    return moved, tuple(warnings)


def _rehearse(
    work: Work,
    steps: Sequence[Step],
    originals: dict[Id, Appointment],
    warnings: list[str],
    stories: dict[Id, tuple[str, dict[str, object]]],
) -> dict[Id, Appointment]:
    """The rows as they would stand. Adds neighbours that change lanes to ``originals``, and what
    each moved row's event is to tell to ``stories``. Raises ``Refusal`` naming every target that
    does not stand."""
    lifted = {step.row.id: lift(work, step.row) for step in steps}
    waiting = set(lifted)
    trouble: list[tuple[datetime, Refusal]] = []
    for step in sorted(steps, key=lambda s: (s.order.start, s.row.id)):
        wish = _wish(work, step, frozenset(waiting))
        try:
            chosen = place(work, wish)
        except Refusal as refusal:
            trouble.append((step.order.start, refusal))
            continue
        for neighbour in {*chosen.moved, *chosen.room_moved}:
            if neighbour not in originals:
                originals[neighbour] = work.uow.get(Appointment, neighbour)
        make_room(work, chosen)
        after = _as_successor(lifted[step.row.id], _moved(work, step, chosen))
        work.uow.replace(lifted[step.row.id], after, "moved")
        waiting.discard(step.row.id)
        stories[step.row.id] = (_action(step, chosen), _metadata(step, chosen))
        warnings.extend(w for w in chosen.warnings if w not in warnings)
    if trouble:
        raise _together_refusal(work, trouble, len(steps))
    return {row_id: work.uow.get(Appointment, row_id) for row_id in originals}


def _as_successor(before: Appointment, after: Appointment) -> Appointment:
    """``after`` with the bookkeeping of ``before``, as the unit of work wants it."""
    return replace(
        after,
        revision=before.revision,
        updated_at=before.updated_at,
        updated_by=before.updated_by,
        updated_op=before.updated_op,
    )


def _together_refusal(work: Work, trouble: list[tuple[datetime, Refusal]], total: int) -> Refusal:
    """All or nothing: names every target that does not stand (the first five of many)."""
    zone_name = work.roster.practice.zone
    shown = " ".join(
        f"{when_text(start, zone_name, work.now)}: {refusal.sentence}"
        for start, refusal in trouble[:5]
    )
    more = f" And {len(trouble) - 5} more." if len(trouble) > 5 else ""
    head = f"{len(trouble)} of {total} visits cannot go there, so none was moved."
    return Refusal(
        trouble[0][1].code if total == 1 else "not_together",
        f"{head} {shown}{more}",
        ways_out=(WayOut("Move only this one", "only_this", {}),),
    )


def _series_steps(work: Work, row: Appointment, command: MoveAppointment) -> list[Step]:
    """The rule moves, and every occurrence that can still move goes where it now says, by the
    wall clock. Visits changed one by one stay; included ones go the same way from where they are.
    Writes the series and whatever stays."""
    check_movable(row)
    tail = find_tail(work, row, command.scope)
    old, zone_name = tail.series, tail.zone
    by = local_of(command.start, zone_name) - local_of(row.start, zone_name)
    here = tail.local(row)
    shift = shifted(tail.rule, tail.start, here, here + by)
    resized = command.end - command.start != row.end - row.start
    changes: dict[str, object] = {}
    if resized:
        changes["duration"] = int((command.end - command.start).total_seconds() // 60)
    if command.doctor_id is not None:
        changes["doctor_id"] = command.doctor_id
    if command.location_id is not None:
        changes["location_id"] = command.location_id
    if command.room_id != AUTO:
        changes["room_id"] = command.room_id
    excluded = [shift.places[day] for day in tail.excluded if day in shift.places]
    holder = settle(work, tail, shift.rule, shift.start, excluded, changes)
    steps, staying = [], []
    homes = {v.id: home(holder, shift.places[tail.local(v)]) for v in tail.visits}
    for visit in tail.visits:
        apart = changed_one_by_one(visit, old)
        if visit.id == row.id:
            steps.append(Step(visit, command, homes[visit.id]))
            continue
        if not upcoming(visit, work.now) or (apart and not command.include_changed):
            staying.append(visit)
            continue
        local = tail.local(visit)
        there = shift.places[local]
        start = along(visit, local, there, zone_name) if apart else instant(there, zone_name)
        length = command.end - command.start if resized else visit.end - visit.start
        order = replace(
            command,
            appointment_id=visit.id,
            expected_revision=None,
            start=start,
            end=start + length,
            scope=Scope.ONLY_THIS,
        )
        steps.append(Step(visit, order, homes[visit.id]))
    rehome(work, staying, homes)
    return steps


def _wish(work: Work, step: Step, ignore: frozenset[Id]) -> Wish:
    row, order = step.row, step.order
    check_movable(row)
    check_texts(override_reason=order.override_reason)
    check_texts(override_reason=order.overlap_reason)
    under_way = row.status is Status.IN_PROGRESS
    if under_way and order.start != row.start:
        raise Refusal(
            "locked",
            "This visit is under way, so its start stays; only its end or room can change.",
            ways_out=(WayOut("Copy instead", "copy", {"appointment_id": row.id}),),
        )
    doctor_id = order.doctor_id or row.doctor_id
    same_day = order.start == row.start and doctor_id == row.doctor_id
    location_id = order.location_id or (row.location_id if same_day else None)
    shrinks = step.resized_only and order.end <= row.end
    placing_history = row.slot_state is SlotState.CONTESTED and row.start < work.now
    return Wish(
        doctor_id=doctor_id,
        start=order.start,
        end=order.end,
        type_id=cast("Id | None", step.becomes.get("type_id", row.type_id)),
        location_id=location_id,
        room_id=order.room_id,
        patient_id=row.patient_id,
        ignore=ignore,
        keep_room=row.room_id if doctor_id == row.doctor_id else None,
        overbook=bool(order.overbook_reason.strip()),
        outside_hours=order.outside_hours or placing_history or shrinks,
        patient_overlap=order.allow_patient_overlap,
        policy=False,
        retired_type=True,
        past=placing_history or (step.resized_only and row.start < work.now),
        override=bool(order.override_reason.strip()),
        limits=row.slot_state is not SlotState.CONTESTED,
        moving=_moving(row, step),
    )


def _moving(row: Appointment, step: Step) -> MovingVisit:
    """What the rules about moving are asked about."""
    return MovingVisit(
        count=row.reschedule_count,
        start=row.start,
        doctor_id=row.doctor_id,
        asked_by=step.order.asked_by,
        type_id=row.type_id if "type_id" in step.becomes else None,
        placed=row.slot_state is not SlotState.CONTESTED,
    )


def _moved(work: Work, step: Step, chosen: Place) -> Appointment:
    row = step.row
    after = chosen.on(row)
    counts = (
        row.slot_state is SlotState.PLACED
        and step.order.asked_by != CLINIC
        and (after.start != row.start or after.doctor_id != row.doctor_id)
    )
    kept = row.overbook_reason if step.resized_only and chosen.overbooked else ""
    after = replace(
        with_reminder(row, after),
        **step.becomes,  # type: ignore[arg-type]  # fields of the row, named by the callers
        reschedule_count=row.reschedule_count + counts,
        overbook_reason=overbook_reason(chosen, step.order.overbook_reason) or kept,
    )
    return repriced(work, row, after)


def _action(step: Step, chosen: Place) -> str:
    if step.row.slot_state is SlotState.CONTESTED:
        return "placed"
    same = chosen.start == step.row.start and chosen.doctor_id == step.row.doctor_id
    return "resized" if same and chosen.end != step.row.end else "moved"


def _metadata(step: Step, chosen: Place) -> dict[str, object]:
    """The old time stays readable in the history without reading the changes."""
    metadata: dict[str, object] = {
        "from_start": step.row.start.isoformat(),
        "from_end": step.row.end.isoformat(),
        "from_doctor_id": step.row.doctor_id,
    }
    if step.order.asked_by:
        metadata["asked_by"] = step.order.asked_by
    metadata |= insisted(chosen, step.order)
    return metadata
