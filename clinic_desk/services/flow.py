"""What happens on the day itself: a doctor runs late, a visit is accepted or declined."""

from __future__ import annotations

from dataclasses import replace

from clinic_desk.domain.appointments import CANCEL_REASON_LIMIT, Status, check_transition
from clinic_desk.domain.billing import NOTE_LIMIT
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.flow import LONGEST_DELAY, DoctorDelay
from clinic_desk.services.commands import ChangeStatus
from clinic_desk.services.day_commands import AnswerVisit, RunningLate
from clinic_desk.services.status import change_status
from clinic_desk.services.wording import count_text, doctor_text, patient_text, plain
from clinic_desk.services.work import Done, Work


def running_late(work: Work, command: RunningLate) -> Done:
    """Value: the id of the doctor's word for that day, of which there is one."""
    doctor = work.doctor(command.doctor_id)
    who = doctor_text(doctor)
    minutes = command.minutes
    if not 0 <= minutes <= LONGEST_DELAY:
        raise Refusal(
            "bad_delay",
            f"Say between 0 and {LONGEST_DELAY} minutes; 0 means on time again.",
            field="minutes",
        )
    note = plain(command.note).strip()
    if len(note) > NOTE_LIMIT:
        raise Refusal(
            "too_long",
            f"The note may have {NOTE_LIMIT:,} characters; this one has {len(note):,}.",
            field="note",
        )
    found = work.uow.find(DoctorDelay, doctor_id=doctor.id, day=command.day)
    label = f"{who} {count_text(minutes, 'minute')} late" if minutes else f"{who} on time again"
    action = "running_late" if minutes else "on_time"
    if found:
        row = found[0]
        after = replace(row, minutes=minutes, note=note)
        row = work.uow.replace(row, after, action)
    else:
        made = DoctorDelay(
            id=work.new_id(), doctor_id=doctor.id, day=command.day, minutes=minutes, note=note
        )
        row = work.uow.add(made, action)
    sentence = (
        f"{who} runs {count_text(minutes, 'minute')} late. Likely starts are shifted; "
        "bookings stay as they are."
        if minutes
        else f"{who} is on time again."
    )
    return Done(value=row.id, label=label, sentence=sentence)


def answer(work: Work, command: AnswerVisit) -> Done:
    """Value: the visit's id."""
    row = work.appointment(command.appointment_id, command.expected_revision)
    to = Status.SCHEDULED if command.accept else Status.DECLINED
    check_transition(row.status, to)
    reason = plain(command.reason).strip()
    if not command.accept and not reason:
        raise Refusal(
            "reason_required",
            "Declining needs a reason, so that the patient can be told.",
            field="reason",
        )
    if len(reason) > CANCEL_REASON_LIMIT:
        raise Refusal(
            "too_long",
            f"The reason may have {CANCEL_REASON_LIMIT:,} characters; "
            f"this one has {len(reason):,}.",
            field="reason",
        )
    done = change_status(
        work,
        ChangeStatus(
            appointment_id=row.id,
            to=to,
            reason=reason,
            expected_revision=command.expected_revision,
        ),
    )
    who = patient_text(work.patient(row.patient_id))
    words = "accepted" if command.accept else f"declined: {reason}"
    return Done(
        value=row.id,
        label=f"{'Accept' if command.accept else 'Decline'} {who}",
        sentence=f"{who}: {words}",
        warnings=done.warnings,
    )
