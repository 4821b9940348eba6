"""The waiting list: who wants to come sooner, and what became of offering them a freed slot.

A patient waits once for a type of visit. Every call is written down, one offer for each entry and
freed stretch: a stretch of the same doctor that overlaps one offered before is the same one, so
that nobody is rung twice for it.
"""

from __future__ import annotations

from dataclasses import replace

from clinic_desk.domain.appointments import FINAL, Appointment, Status
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.domain.waitlist import (
    OfferResult,
    WaitlistEntry,
    WaitlistOffer,
    WaitStatus,
)
from clinic_desk.services import booking, status
from clinic_desk.services.booking import check_bookable
from clinic_desk.services.commands import CancelAppointment
from clinic_desk.services.patients import put_on_file
from clinic_desk.services.waitlist_commands import (
    AddToWaitlist,
    BookFromWaitlist,
    EditWaitlist,
    RecordOffer,
    WithdrawFromWaitlist,
)
from clinic_desk.services.waitlist_values import EDITABLE, changed, check, note_text, type_name
from clinic_desk.services.wording import when_text
from clinic_desk.services.work import Done, Work, check_revision

GIVEN_UP = "Earlier slot taken"
"""Why the later visit was cancelled, as its history says."""

RESULT_WORDS: dict[OfferResult, str] = {
    OfferResult.OPEN: "offered",
    OfferResult.BOOKED: "booked",
    OfferResult.REFUSED: "does not want it",
    OfferResult.NO_ANSWER: "no answer",
    OfferResult.CALL_BACK: "calls back",
}


def add(work: Work, command: AddToWaitlist) -> Done:
    """Value: the entry's id."""
    told: tuple[str, ...] = ()
    given = dict(command.values)
    if command.new_patient is not None:
        patient, told = put_on_file(work, command.new_patient)
        given["patient_id"] = patient.id
    else:
        patient = _patient(work, given.get("patient_id"))
    if not given.get("type_id"):
        raise Refusal("missing", "Say what kind of visit they wait for.", field="type_id")
    blank = WaitlistEntry(id=work.new_id(), patient_id=patient.id, type_id=str(given["type_id"]))
    entry = changed(blank, given, EDITABLE | {"patient_id"})
    check(work, entry)
    entry = work.uow.add(entry, "created")
    what = type_name(work, entry)
    return Done(
        value=entry.id,
        label=f"Put {patient.listed_name} on the waiting list",
        sentence=f"{patient.listed_name} waits for {what}",
        warnings=told,
    )


def edit(work: Work, command: EditWaitlist) -> Done:
    """Value: the entry's id."""
    before = _waiting(work, command.entry_id)
    check_revision(work, before, command.expected_revision, "entry")
    after = changed(before, command.values, EDITABLE)
    if after == before:
        return Done(value=before.id)
    check(work, after)
    work.uow.replace(before, after, "edited")
    who = work.uow.get(Patient, after.patient_id).listed_name
    return Done(value=after.id, label=f"Edit {who} on the waiting list", sentence="Entry saved")


def withdraw(work: Work, command: WithdrawFromWaitlist) -> Done:
    """Value: the entry's id."""
    before = _waiting(work, command.entry_id)
    check_revision(work, before, command.expected_revision, "entry")
    reason = note_text(command.reason, "reason")
    after = replace(before, status=WaitStatus.WITHDRAWN, withdrawn_reason=reason)
    work.uow.replace(before, after, "withdrawn", {"reason": reason} if reason else None)
    who = work.uow.get(Patient, after.patient_id).listed_name
    return Done(
        value=after.id,
        label=f"Take {who} off the waiting list",
        sentence=f"{who} is off the waiting list",
    )


def record_offer(work: Work, command: RecordOffer) -> Done:
    """Value: the offer's id."""
    if command.result is OfferResult.BOOKED:
        raise Refusal("bad_result", "Book the visit from the waiting list; that is the record.")
    entry = _waiting(work, command.entry_id)
    patient = work.uow.get(Patient, entry.patient_id)
    if command.by_message:
        _can_be_told(work, patient, command)
    offer = _offer(work, entry, command)
    who = patient.listed_name
    word = RESULT_WORDS[command.result]
    return Done(value=offer.id, label=f"{who}: {word}", sentence=f"{who}: {word}")


def _can_be_told(work: Work, patient: Patient, call: RecordOffer) -> None:
    """Raises ``Refusal`` for whoever would get no message about the slot."""
    from clinic_desk.domain.message_rules import NO_WAY, ways  # seldom asked
    from clinic_desk.domain.messages import Purpose
    from clinic_desk.services.message_planning import rules_of

    rules = rules_of(work)
    if call.result is not OfferResult.OPEN:
        raise Refusal("bad_result", "A message offers the slot; it is no answer to the offer.")
    if call.start <= work.now:
        raise Refusal("too_late", "The slot begins now; ring them instead.")
    if not rules.reaches_patients:
        raise Refusal(
            "no_way", "No way to patients is in use. Switch one on under Settings → Messages."
        )
    if Purpose.WAITLIST_OFFER not in rules.purposes:
        raise Refusal("no_way", "The clinic sends no waiting-list offers (Settings → Messages).")
    found = ways(rules, patient)
    if not found or found[0].skip:
        why = found[0].skip.removeprefix(NO_WAY) if found else "an invented patient"
        raise Refusal("no_way", f"{patient.listed_name} cannot be told by a message: {why}.")


def book(work: Work, command: BookFromWaitlist) -> Done:
    """Value: the visit's id."""
    entry = _waiting(work, command.entry_id)
    asked = command.booking
    if asked.patient_id != entry.patient_id or asked.new_patient is not None:
        raise Refusal("other_patient", "This entry waits for another patient.", field="patient_id")
    warnings: tuple[str, ...] = ()
    if command.give_up and entry.appointment_id is not None:
        # before the booking, which may need the place or the day that it frees
        _give_up(work, entry.appointment_id)
    done = booking.book(work, asked)
    warnings += done.warnings
    visit = work.uow.get(Appointment, str(done.value))
    if command.gap:
        taken = RecordOffer(
            entry_id=entry.id,
            gap=command.gap,
            doctor_id=visit.doctor_id,
            start=visit.start,
            end=visit.end,
            location_id=visit.location_id,
            room_id=visit.room_id,
            result=OfferResult.BOOKED,
        )
        _offer(work, entry, taken)
    after = replace(entry, status=WaitStatus.BOOKED, booked_id=visit.id)
    work.uow.replace(entry, after, "booked")
    who = work.uow.get(Patient, entry.patient_id).listed_name
    when = when_text(visit.start, work.zone_of(visit.location_id), work.now)
    return Done(
        value=visit.id,
        label=f"Book {who} from the waiting list on {when}",
        sentence=done.sentence,
        warnings=warnings,
    )


def _give_up(work: Work, visit_id: Id) -> None:
    """Cancels the visit that is replaced; one that is over or gone already needs nothing."""
    try:
        row = work.uow.get(Appointment, visit_id)
    except NotFound:
        return
    if row.status in FINAL or row.status in (Status.RELEASED, Status.IN_PROGRESS):
        return
    status.cancel(work, CancelAppointment(appointment_id=row.id, reason=GIVEN_UP))


def _offer(work: Work, entry: WaitlistEntry, call: RecordOffer) -> WaitlistOffer:
    """The one offer of this stretch to this entry, made or updated."""
    if call.end <= call.start:
        raise Refusal("bad_span", "The slot must end after it starts.", field="end")
    if not call.gap:
        raise Refusal("missing", "An offer names the slot that it is about.", field="gap")
    work.doctor(call.doctor_id)
    answered = None if call.result is OfferResult.OPEN else work.now
    note = note_text(call.note, "note")
    known = [
        row
        for row in work.uow.find(WaitlistOffer, entry_id=entry.id)
        if row.gap == call.gap
        or (row.doctor_id == call.doctor_id and row.start < call.end and call.start < row.end)
    ]
    known.sort(key=lambda row: (row.gap != call.gap, row.id))
    if known:
        after = replace(known[0], result=call.result, note=note, answered_at=answered)
        if after == known[0]:
            return known[0]
        return work.uow.replace(known[0], after, str(call.result))
    row = WaitlistOffer(
        id=work.new_id(),
        entry_id=entry.id,
        gap=call.gap,
        doctor_id=call.doctor_id,
        start=call.start,
        end=call.end,
        location_id=call.location_id,
        room_id=call.room_id,
        result=call.result,
        note=note,
        answered_at=answered,
    )
    return work.uow.add(row, "offered" if answered is None else str(call.result))


def _waiting(work: Work, entry_id: Id) -> WaitlistEntry:
    try:
        entry = work.uow.get(WaitlistEntry, entry_id)
    except NotFound:
        raise NotFound("entry of the waiting list", entry_id) from None
    if entry.status is not WaitStatus.WAITING:
        who = work.uow.get(Patient, entry.patient_id).listed_name
        word = "has been booked" if entry.status is WaitStatus.BOOKED else "was taken off the list"
        raise Refusal("not_waiting", f"{who} {word} already and no longer waits.")
    return entry


def _patient(work: Work, patient_id: object) -> Patient:
    if not patient_id:
        raise Refusal("missing", "Choose who waits.", field="patient_id")
    patient = work.uow.get(Patient, str(patient_id))
    check_bookable(patient)
    return patient
