"""How far a person's hands reach: what a command wrote is judged before it is kept.

The gate asks beforehand whether a person may do this kind of thing at all; here every row that
was written is looked at, as it was and as it is, whatever command, plan, import, undo or redo
wrote it. Called by ``Desk`` alone, between the handler and the commit.

A schedule is what a doctor's day is made of: visits and held slots, series, weekly hours, blocks
and extra hours, time off, running late, busy time taken in from elsewhere, and what is parked on
the shelf. Who waits for which doctor, whom a slot was offered to and who is billed is no schedule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from clinic_desk.domain.appointments import Appointment, ShelfItem, Status
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.services.outcome import Touched
from clinic_desk.services.own_schedule import out_of_reach
from clinic_desk.services.work import Work

SCHEDULE = frozenset(
    {
        "Appointment",
        "AppointmentSeries",
        "AvailabilityException",
        "DoctorDelay",
        "ExternalBusyTime",
        "ScheduleTemplate",
        "TimeOffRequest",
    }
)
"""Rows that are a part of the schedule of their ``doctor_id``."""

_VISITS = (
    Permission.BOOK,
    Permission.MOVE,
    Permission.CANCEL,
    Permission.CHECK_IN,
    Permission.ACCEPT,
    Permission.TREAT,
    Permission.HOLD,
    Permission.WAITLIST,
    Permission.REINSTATE,
    Permission.MERGE_PATIENTS,
)

TAKEN_BACK: Mapping[str, tuple[Permission, ...]] = {
    "Appointment": _VISITS,
    "AppointmentSeries": _VISITS,
    "ShelfItem": _VISITS,
    "Patient": (Permission.EDIT_PATIENT, *_VISITS),
    "WaitlistEntry": (Permission.WAITLIST, *_VISITS),
    "WaitlistOffer": (Permission.WAITLIST,),
    "Invoice": (Permission.BILLING, *_VISITS),
    "Payment": (Permission.BILLING,),
    "DoctorDelay": (Permission.CHECK_IN,),
    "AvailabilityException": (Permission.BLOCK_TIME, Permission.EDIT_ROSTER),
    "TimeOffRequest": (
        Permission.REQUEST_TIME_OFF,
        Permission.DECIDE_TIME_OFF,
        Permission.EDIT_ROSTER,
    ),
    "ExternalBusyTime": (Permission.IMPORT, Permission.EDIT_ROSTER),
    "Staff": (Permission.EDIT_STAFF,),
}
"""By kind of row: any one of these lets a person take a step back or repeat it. What is not named
is the clinic's roster."""

_UNDER_WAY = frozenset({Status.IN_PROGRESS, Status.COMPLETED})
_ANSWERS = frozenset({Status.SCHEDULED, Status.CONFIRMED, Status.DECLINED})


def check(work: Work, *, back: bool, let_go: Collection[Id] = ()) -> None:
    """Raises ``Refusal("not_allowed")`` when the person may not have written what is written.
    ``back``: by an undo or a redo. ``let_go``: holds that ran out and that the gate released."""
    actor = work.actor
    if actor.permissions is None:
        return
    own_only = not actor.may(Permission.OTHERS_SCHEDULES)
    for row in work.uow.touched():
        if _is_let_go(row, let_go):
            continue
        for permission in _taken(row, back=back):
            if not actor.may(permission):
                raise Refusal("not_allowed", may_not(actor.role, permission))
        if back:
            _check_back(actor, row)
        if own_only:
            for doctor_id in _schedules(work, row):
                why = out_of_reach(actor, doctor_id, work.roster.doctors)
                if why:
                    raise Refusal("not_allowed", why, field="doctor_id")


def _is_let_go(row: Touched, let_go: Collection[Id]) -> bool:
    after = row.after
    return after.id in let_go and isinstance(after, Appointment) and after.status is Status.RELEASED


def _taken(row: Touched, *, back: bool) -> Iterator[Permission]:
    """What the change of one visit takes, whichever way it came about."""
    before, after = row.before, row.after
    if not isinstance(before, Appointment) or not isinstance(after, Appointment):
        return
    if before.status is not after.status:
        if {before.status, after.status} & _UNDER_WAY:
            yield Permission.TREAT
        if before.status is Status.PENDING and after.status in _ANSWERS:
            yield Permission.ACCEPT
    comes_back = before.deleted_at is not None or before.overbook_reason != after.overbook_reason
    if back and comes_back and after.deleted_at is None and after.overbook_reason:
        yield Permission.OVERBOOK


def _check_back(actor: Actor, row: Touched) -> None:
    needed = (
        TAKEN_BACK.get(type(row.after).__name__, (Permission.EDIT_ROSTER,))
        if row.told
        else (Permission.IMPORT,)
    )
    if not any(actor.may(permission) for permission in needed):
        raise Refusal("not_allowed", may_not(actor.role, needed[0]))


def _schedules(work: Work, row: Touched) -> Iterator[Id]:
    """Of which doctors the schedule is another one now."""
    for record in (row.before, row.after):
        if record is None:
            continue
        if type(record).__name__ in SCHEDULE:
            yield record.doctor_id  # type: ignore[attr-defined]  # each of these kinds has one
        elif isinstance(record, ShelfItem):
            try:
                yield work.uow.get(Appointment, record.appointment_id).doctor_id
            except NotFound:
                continue
