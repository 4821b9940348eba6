"""One step for several chosen visits: all or nothing, and one name in the undo menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from clinic_desk.domain.appointments import STATUS_WORDS, Appointment
from clinic_desk.domain.errors import NotFound, Refusal, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.services import shelf, status
from clinic_desk.services.commands import (
    CancelAppointment,
    CancelTogether,
    ChangeStatus,
    ChangeStatusTogether,
    ParkAppointment,
    ParkTogether,
    StepBack,
    StepBackTogether,
)
from clinic_desk.services.wording import count_text, patient_text
from clinic_desk.services.work import Done, Work

One = TypeVar("One", ChangeStatus, CancelAppointment, ParkAppointment, StepBack)


def change_status(work: Work, command: ChangeStatusTogether) -> Done:
    """Value: the visits' ids. Raises ``Refusal`` naming the first visit that cannot."""
    done = _each(work, command.changes, status.change_status)
    if len(done) == 1:
        return done[0]
    words = {STATUS_WORDS[change.to] for change in command.changes}
    word = words.pop() if len(words) == 1 else "status changed"
    return _summed(f"{word[:1].upper()}{word[1:]}", done)


def step_back(work: Work, command: StepBackTogether) -> Done:
    """Value: the visits' ids."""
    return _summed("Stepped back", _each(work, command.steps, status.step_back))


def cancel(work: Work, command: CancelTogether) -> Done:
    """Value: the visits' ids."""
    return _summed("Cancelled", _each(work, command.cancellations, status.cancel))


def park(work: Work, command: ParkTogether) -> Done:
    """Value: the shelf items' ids."""
    return _summed("Parked", _each(work, command.parkings, shelf.park))


def _each(work: Work, orders: Sequence[One], handler: Callable[[Work, One], Done]) -> list[Done]:
    if not orders:
        raise Refusal("nothing_chosen", "Choose at least one visit.")
    if len({order.appointment_id for order in orders}) < len(orders):
        raise Refusal("chosen_twice", "One visit is in the selection twice; choose it once.")
    done = []
    for order in orders:
        try:
            done.append(handler(work, order))
        except NotFound:
            raise
        except Refusal as refusal:
            if len(orders) == 1:
                raise
            raise _named(work, order.appointment_id, refusal, len(orders)) from refusal
    return done


def _named(work: Work, row_id: Id, refusal: Refusal, total: int) -> Refusal:
    """The refusal of one, said so that the person knows whose it is and that nothing was done."""
    if refusal.field is not None:
        return refusal
    row = work.uow.get(Appointment, row_id)
    who = patient_text(work.patient(row.patient_id))
    return Refusal(
        refusal.code,
        f"None of the {total} visits was changed. {who}: {refusal.sentence}",
        ways_out=(*refusal.ways_out, WayOut("Show visit", "show", {"appointment_id": row_id})),
    )


def _summed(word: str, done: Sequence[Done]) -> Done:
    if len(done) == 1:
        return done[0]
    words = f"{word}: {count_text(len(done), 'visit')}"
    warnings = dict.fromkeys(warning for one in done for warning in one.warnings)
    return Done(
        value=tuple(one.value for one in done),
        label=words,
        sentence=words,
        warnings=tuple(warnings),
    )
