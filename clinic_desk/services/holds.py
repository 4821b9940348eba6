"""Holds: a slot reserved while someone is on the phone.

A hold is a row of the appointment table in status ``held``, so that the same guard protects it.
Every command first lets go of those that ran out. Whoever holds is on the phone and will see to
the rules when booking; what is kept for other types is refused at once all the same, so that nobody
reads it out to the caller.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from clinic_desk.domain.appointments import LONGEST_HOLD, Appointment, Status
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.services.commands import HoldSlot, ReleaseExpiredHolds, ReleaseHold, RenewHold
from clinic_desk.services.lanes import make_room
from clinic_desk.services.placing import last_word, place
from clinic_desk.services.wish import Wish
from clinic_desk.services.wording import doctor_text, when_text
from clinic_desk.services.work import Done, Work

NAME_KEPT = 200
"""Characters; the name on a hold is a help for the eye, so a longer one is cut."""


def hold(work: Work, command: HoldSlot) -> Done:
    """Value: the hold's id."""
    until = work.now + timedelta(seconds=_seconds(command.seconds))
    if command.start < work.now:
        raise Refusal("past", "This time has passed; choose a later one.", field="start")
    if command.replace_id is not None:
        _let_go(work, command.replace_id, on_purpose=False)
    wish = Wish(
        doctor_id=command.doctor_id,
        start=command.start,
        end=command.end,
        type_id=command.type_id,
        location_id=command.location_id,
        room_id=command.room_id,
        patient_id=command.patient_id,
        outside_hours=True,
        patient_overlap=True,
        policy=False,
        override=True,
        others_time=command.type_id is None,  # nobody has said what for
    )
    chosen = place(work, wish)
    make_room(work, chosen)
    row = chosen.on(
        Appointment(
            id=work.new_id(),
            doctor_id=chosen.doctor_id,
            location_id=chosen.location_id,
            start=chosen.start,
            end=chosen.end,
            blocked_start=chosen.blocked_start,
            blocked_end=chosen.blocked_end,
            status=Status.HELD,
            type_id=command.type_id,
            patient_id=command.patient_id,
            title=" ".join(command.name.split())[:NAME_KEPT],
            hold_until=until,
            held_by_desk=work.actor.desk_id,
        )
    )
    with last_word(work, wish):
        row = work.uow.add(row, "held")
    when = when_text(row.start, chosen.zone, work.now)
    who = doctor_text(work.doctor(row.doctor_id))
    return Done(
        value=row.id,
        label=f"Hold {when}, {who}" if command.kept else "",
        sentence=f"Holding {when}, {who}",
        warnings=chosen.warnings,
    )


def renew(work: Work, command: RenewHold) -> Done:
    """Value: the hold's id. Raises ``Refusal("hold_expired")`` when it ran out meanwhile."""
    row = work.uow.get(Appointment, command.hold_id)
    if row.status is not Status.HELD:
        raise Refusal(
            "hold_expired", "The held slot ran out and was let go; choose the time once more."
        )
    _check_own(work, row)
    until = work.now + timedelta(seconds=_seconds(command.seconds))
    work.uow.replace(row, replace(row, hold_until=until), "renewed", undoable=False)
    return Done(value=row.id)


def release(work: Work, command: ReleaseHold) -> Done:
    """Value: the hold's id. A hold that is gone already is no reason to complain."""
    row = _let_go(work, command.hold_id, on_purpose=command.on_purpose)
    if row is None or not command.on_purpose:
        return Done(value=command.hold_id)
    when = when_text(row.start, work.zone_of(row.location_id), work.now)
    place = f"{when}, {doctor_text(work.doctor(row.doctor_id))}"
    return Done(
        value=command.hold_id, label=f"Release {place}", sentence=f"No longer held: {place}"
    )


def release_expired(_work: Work, _command: ReleaseExpiredHolds) -> Done:
    """The gate itself released them and fills in the number."""
    return Done(value=0)


def _let_go(work: Work, hold_id: Id, *, on_purpose: bool) -> Appointment | None:
    """The hold that was let go; None when it is gone already."""
    try:
        row = work.uow.get(Appointment, hold_id)
    except NotFound:
        return None
    if row.status is not Status.HELD:
        return None
    _check_own(work, row)
    freed = replace(row, status=Status.RELEASED, hold_until=None)
    work.uow.replace(row, freed, "released", undoable=on_purpose)
    return row


def _check_own(work: Work, row: Appointment) -> None:
    if row.held_by_desk != work.actor.desk_id:
        raise Refusal("held", "This slot is held at another desk; only that desk can let it go.")


def _seconds(seconds: int) -> int:
    if not 1 <= seconds <= LONGEST_HOLD:
        raise Refusal(
            "bad_hold",
            f"A slot can be held for 1 to {LONGEST_HOLD} seconds, not {seconds}. "
            "Block the time to keep it longer.",
        )
    return seconds
