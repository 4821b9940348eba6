"""The status machine at work: confirm, arrive, start, complete, no-show, cancel, reinstate.

A wrong click can be stepped back for 15 minutes; after that a final status needs *reinstate* and
its reason. Where a visit stood before a final status is read from its own times; a cancelled
visit of a type that needs acceptance and was never confirmed goes back to awaiting acceptance,
the cautious choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from clinic_desk.domain.appointments import (
    CANCEL_REASON_LIMIT,
    FINAL,
    OCCUPYING,
    STATUS_WORDS,
    Appointment,
    SlotState,
    Status,
    check_transition,
)
from clinic_desk.domain.catalogue import effective_type
from clinic_desk.domain.errors import Refusal, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.series import changed_one_by_one
from clinic_desk.domain.spans import local_date
from clinic_desk.services.booking import check_in, unshelve
from clinic_desk.services.commands import (
    CancelAppointment,
    ChangeStatus,
    Reinstate,
    Scope,
    StepBack,
)
from clinic_desk.services.lanes import make_room
from clinic_desk.services.placing import last_word, place
from clinic_desk.services.series_family import tails
from clinic_desk.services.series_scope import ENDED, Tail, end_rule, find_tail, rejoin, upcoming
from clinic_desk.services.wish import Wish
from clinic_desk.services.wording import count_text, day_text, patient_text, plain
from clinic_desk.services.work import Done, Work

STEP_BACK_WITHIN = timedelta(minutes=15)

ACTIONS: dict[Status, str] = {
    Status.SCHEDULED: "accepted",
    Status.CONFIRMED: "confirmed",
    Status.ARRIVED: "arrived",
    Status.IN_PROGRESS: "started",
    Status.COMPLETED: "completed",
    Status.DECLINED: "declined",
    Status.NO_SHOW: "no_show",
}

VERBS: dict[Status, str] = {
    Status.SCHEDULED: "Accept",
    Status.CONFIRMED: "Confirm",
    Status.ARRIVED: "Check in",
    Status.IN_PROGRESS: "Start",
    Status.COMPLETED: "Complete",
    Status.DECLINED: "Decline",
    Status.NO_SHOW: "Mark no-show:",
}


def change_status(work: Work, command: ChangeStatus) -> Done:
    """Value: the visit's id."""
    row = _visit(work, command.appointment_id, command.expected_revision)
    if command.to is Status.CANCELLED:
        raise Refusal(
            "reason_required", "Cancelling needs a reason; give it with the cancellation."
        )
    confirm_first = row.status is Status.SCHEDULED and command.to in (
        Status.ARRIVED,
        Status.IN_PROGRESS,
    )
    if command.to in (Status.HELD, Status.RELEASED, Status.PENDING):
        raise Refusal("illegal_status", f"A visit cannot be set to {STATUS_WORDS[command.to]}.")
    if not confirm_first:
        check_transition(row.status, command.to)
    warnings = _timing_warnings(work, row, command.to)
    if command.to is Status.ARRIVED:
        row = check_in(work, row)
    else:
        if confirm_first:
            row = work.uow.replace(row, _stamped(work, row, Status.CONFIRMED), "confirmed")
        given = plain(command.reason).strip()
        metadata = {"reason": _reason(given, "")} if given else None
        after = _stamped(work, row, command.to)
        if command.to is Status.DECLINED and metadata:
            after = replace(after, cancel_reason=metadata["reason"])
        row = work.uow.replace(row, after, ACTIONS[command.to], metadata)
    if row.status not in OCCUPYING:
        unshelve(work, row)
    who = patient_text(work.patient(row.patient_id))
    return Done(
        value=row.id,
        label=f"{VERBS[command.to]} {who}",
        sentence=f"{who}: {STATUS_WORDS[command.to]}",
        warnings=warnings,
    )


def cancel(work: Work, command: CancelAppointment) -> Done:
    """Value: the visit's id. With a series scope the finished and past occurrences stay,
    and those that were changed one by one, unless they are included; its rule ends before them.
    Series that follow it are part of what follows."""
    reason = _reason(command.reason, "Cancelling needs a reason, so that the patient can be told.")
    row = _visit(work, command.appointment_id, command.expected_revision)
    check_transition(row.status, Status.CANCELLED)
    rows = [row]
    if command.scope is not Scope.ONLY_THIS and row.series_id is not None:
        later = list(tails(work, row.series_id, command.scope))
        for tail in (find_tail(work, row, command.scope), *later):
            rows += _cancellable(work, row, tail, include_changed=command.include_changed)
            end_rule(work, tail, [one.id for one in rows])
    for one in rows:
        after = replace(
            one,
            status=Status.CANCELLED,
            cancelled_at=work.now,
            cancelled_by=work.actor.staff_id,
            cancel_reason=reason,
        )
        after = work.uow.replace(one, after, "cancelled", {"reason": reason})
        unshelve(work, after)
    who = patient_text(work.patient(row.patient_id))
    if len(rows) == 1:
        return Done(value=row.id, label=f"Cancel {who}", sentence=f"Cancelled {who}")
    number = count_text(len(rows), "visit")
    return Done(
        value=row.id, label=f"Cancel {number} of {who}", sentence=f"Cancelled {number} of {who}"
    )


def step_back(work: Work, command: StepBack) -> Done:
    """Takes the last status change back. Value: the visit's id."""
    row = _visit(work, command.appointment_id, command.expected_revision)
    target = _previous(work, row)
    if target is None:
        raise Refusal(
            "nothing_to_step_back",
            f"This visit is {STATUS_WORDS[row.status]}; there is no earlier status to go back to.",
        )
    changed = row.updated_at
    if row.status in FINAL and changed is not None and work.now - changed > STEP_BACK_WITHIN:
        minutes = int(STEP_BACK_WITHIN.total_seconds() // 60)
        raise Refusal(
            "too_late",
            f"A {STATUS_WORDS[row.status]} visit can be stepped back for {minutes} minutes. "
            "Reinstate it with a reason instead.",
            ways_out=(WayOut("Reinstate", "reinstate", {"appointment_id": row.id}),),
        )
    return _go_back(work, row, target, "stepped_back", "Step back", {})


def reinstate(work: Work, command: Reinstate) -> Done:
    """Undoes a final status. Value: the visit's id."""
    reason = _reason(command.reason, "Reinstating needs a reason; it is kept in the history.")
    row = _visit(work, command.appointment_id, command.expected_revision)
    if row.status not in FINAL:
        raise Refusal(
            "not_final",
            f"This visit is {STATUS_WORDS[row.status]}; only a finished one can be reinstated.",
        )
    target = _previous(work, row) or Status.SCHEDULED
    return _go_back(work, row, target, "reinstated", "Reinstate", {"reason": reason})


def _go_back(
    work: Work,
    row: Appointment,
    target: Status,
    action: str,
    verb: str,
    metadata: dict[str, object],
) -> Done:
    after = _unstamped(row, target)
    if row.status not in OCCUPYING and row.slot_state is SlotState.PLACED:
        wish = Wish(
            doctor_id=row.doctor_id,
            start=row.start,
            end=row.end,
            type_id=row.type_id,
            location_id=row.location_id,
            room_id=row.room_id,
            patient_id=row.patient_id,
            ignore=frozenset({row.id}),
            keep_room=row.room_id,
            overbook=bool(row.overbook_reason),
            outside_hours=True,
            policy=False,
            override=True,
            past=True,
            retired_type=True,
        )
        chosen = place(work, wish)
        make_room(work, chosen)
        after = chosen.on(after)
        with last_word(work, wish):
            after = work.uow.replace(row, after, action, metadata)
    else:
        after = work.uow.replace(row, after, action, metadata)
    if row.status in ENDED:
        rejoin(work, after)
    who = patient_text(work.patient(row.patient_id))
    return Done(
        value=row.id,
        label=f"{verb} {who} to {STATUS_WORDS[target]}",
        sentence=f"{who}: {STATUS_WORDS[target]} again",
    )


def _visit(work: Work, appointment_id: Id, expected_revision: int | None) -> Appointment:
    row = work.appointment(appointment_id, expected_revision)
    if row.status in (Status.HELD, Status.RELEASED):
        raise Refusal("not_a_visit", "This is a held slot; book it or let it go.")
    return row


def _reason(text: str, missing: str) -> str:
    reason = plain(text).strip()
    if not reason:
        raise Refusal("reason_required", missing, field="reason")
    if len(reason) > CANCEL_REASON_LIMIT:
        raise Refusal(
            "too_long",
            f"The reason may have {CANCEL_REASON_LIMIT:,} characters; "
            f"this one has {len(reason):,}.",
            field="reason",
        )
    return reason


def _stamped(work: Work, row: Appointment, to: Status) -> Appointment:
    now, staff = work.now, work.actor.staff_id
    if to is Status.CONFIRMED:
        return replace(row, status=to, confirmed_at=now, confirmed_by=staff)
    if to is Status.IN_PROGRESS:
        return replace(row, status=to, started_at=now, started_by=staff)
    if to is Status.COMPLETED:
        return replace(row, status=to, completed_at=now, completed_by=staff)
    return replace(row, status=to)


def _unstamped(row: Appointment, target: Status) -> Appointment:
    """``row`` with the times that belong to later stations than ``target`` cleared."""
    row = replace(row, status=target, cancelled_at=None, cancelled_by="", cancel_reason="")
    reached = {
        Status.PENDING: 0,
        Status.SCHEDULED: 0,
        Status.CONFIRMED: 1,
        Status.ARRIVED: 2,
        Status.IN_PROGRESS: 3,
    }[target]
    if reached < 4:
        row = replace(row, completed_at=None, completed_by="")
    if reached < 3:
        row = replace(row, started_at=None, started_by="")
    if reached < 2:
        row = replace(row, arrived_at=None, arrived_by="")
    if reached < 1:
        row = replace(row, confirmed_at=None, confirmed_by="")
    return row


_STATIONS = frozenset(
    {
        Status.PENDING,
        Status.SCHEDULED,
        Status.CONFIRMED,
        Status.ARRIVED,
        Status.IN_PROGRESS,
    }
)


def _previous(work: Work, row: Appointment) -> Status | None:
    """Where the visit stood before its present status: by its events, and where those do not tell
    (an imported visit) by its times. A confirmation made by the check-in goes back with it."""
    told = work.uow.status_before(row.id, row.status)
    if told in _STATIONS:
        return Status(told)
    kind = effective_type(work.roster.types, row.type_id, row.doctor_id)
    booked = Status.SCHEDULED
    if row.status in (Status.CANCELLED, Status.DECLINED) and (
        kind is not None and kind.needs_acceptance and row.confirmed_at is None
    ):
        booked = Status.PENDING
    match row.status:
        case Status.CONFIRMED:
            return Status.SCHEDULED
        case Status.ARRIVED:
            return booked if row.confirmed_at == row.arrived_at else Status.CONFIRMED
        case Status.IN_PROGRESS:
            if row.arrived_at is not None:
                return Status.ARRIVED
            return booked if row.confirmed_at == row.started_at else Status.CONFIRMED
        case Status.COMPLETED:
            return Status.IN_PROGRESS
        case Status.NO_SHOW | Status.CANCELLED | Status.DECLINED:
            if row.arrived_at is not None:
                return Status.ARRIVED
            return Status.CONFIRMED if row.confirmed_at is not None else booked
        case Status.SCHEDULED if kind is not None and kind.needs_acceptance and not row.walk_in:
            return Status.PENDING
        case _:
            return None


def _timing_warnings(work: Work, row: Appointment, to: Status) -> tuple[str, ...]:
    zone_name = work.zone_of(row.location_id)
    day, today = local_date(row.start, zone_name), local_date(work.now, zone_name)
    if to in (Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED) and day != today:
        return (f"This visit is on {day_text(day, today)}, not today.",)
    if to is Status.NO_SHOW and work.now < row.start:
        return ("This visit has not started yet.",)
    return ()


def _cancellable(
    work: Work, row: Appointment, tail: Tail, *, include_changed: bool
) -> Sequence[Appointment]:
    """The other visits of the series that go too: by their place in the rule, not by where they
    were moved to."""
    return [
        other
        for other in tail.visits
        if other.id != row.id
        and upcoming(other, work.now)
        and (include_changed or not changed_one_by_one(other, tail.series))
    ]
