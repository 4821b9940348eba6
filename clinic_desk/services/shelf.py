"""The shelf: visits lifted out of the day, softly held at their origin until they are placed."""

from __future__ import annotations

from clinic_desk.domain.appointments import ShelfItem, Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.commands import ParkAppointment, UnparkAppointment
from clinic_desk.services.moving import check_movable
from clinic_desk.services.wording import patient_text
from clinic_desk.services.work import Done, Work

CROWDED = 30
"""From this many items the shelf is warned about (ux.md 2.5)."""


def park(work: Work, command: ParkAppointment) -> Done:
    """Value: the shelf item's id. A visit that is parked already stays where it is.
    Raises ``Refusal("locked")`` for a visit that is under way or over: nothing could place it."""
    row = work.appointment(command.appointment_id)
    check_movable(row)
    if row.status is Status.IN_PROGRESS:
        raise Refusal(
            "locked",
            "This visit is under way, so it cannot wait on the shelf; step back first (U).",
        )
    known = work.uow.find(ShelfItem, appointment_id=row.id)
    if known:
        return Done(value=known[0].id, sentence="This visit is on the shelf already")
    item = work.uow.add(
        ShelfItem(
            id=work.new_id(),
            appointment_id=row.id,
            staff_id=work.actor.staff_id,
            parked_at=work.now,
        ),
        "parked",
    )
    number = len(work.uow.find(ShelfItem))
    warnings = (
        (f"The shelf holds {number} visits; place some of them before they are forgotten.",)
        if number >= CROWDED
        else ()
    )
    who = patient_text(work.patient(row.patient_id))
    return Done(
        value=item.id, label=f"Park {who}", sentence=f"{who} is on the shelf", warnings=warnings
    )


def unpark(work: Work, command: UnparkAppointment) -> Done:
    """Value: the visit's id."""
    row = work.appointment(command.appointment_id)
    items = work.uow.find(ShelfItem, appointment_id=row.id)
    if not items:
        raise Refusal("not_parked", "This visit is not on the shelf any more.")
    for item in items:
        work.uow.remove(item, "unparked")
    who = patient_text(work.patient(row.patient_id))
    return Done(value=row.id, label=f"Return {who}", sentence=f"{who} is back at its place")
