"""What comes back: what became of messages, and what patients answered.

A "1" confirms the visit that was asked about, done by the patient and told so in its history;
"stop" takes the consent to the channel back. Whatever is not plain waits in a list for a person.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.message_planning import state_of
from clinic_desk.domain.messages import (
    CHANNEL_WORDS,
    Channel,
    Delivery,
    InboundMessage,
    Notification,
    ReplyOutcome,
    is_lost,
)
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import local_date
from clinic_desk.services import status
from clinic_desk.services.answer_words import Meaning, meaning
from clinic_desk.services.commands import ChangeStatus
from clinic_desk.services.message_commands import HandleAnswer, NoteAnswers, NoteDeliveries
from clinic_desk.services.message_ports import Answered
from clinic_desk.services.wording import count_text, day_text, time_text
from clinic_desk.services.work import Done, Work

LOOK_BACK = timedelta(days=30)
"""How old a message may be that is still answered."""

MOST_NAMED = 4
"""Visits that are named where several were asked about."""

LONGEST = 2000
"""Characters of an answer that are kept."""

PATIENT = "patient"
"""Who acts when a patient's answer does; with the visit it tells who that is."""

CONSENTS = {
    Channel.SMS: "consent_sms",
    Channel.EMAIL: "consent_email",
    Channel.WHATSAPP: "consent_whatsapp",
}
_RANK = {
    Delivery.UNKNOWN: 0,
    Delivery.QUEUED: 1,
    Delivery.UNDELIVERED: 2,
    Delivery.DELIVERED: 3,
    Delivery.READ: 4,
    Delivery.FOLDER: 5,
}
_TO_CONFIRM = (Status.SCHEDULED, Status.CONFIRMED)


def note_deliveries(work: Work, command: NoteDeliveries) -> Done:
    """Never back: what arrived has arrived. Value: how many messages it told something new of."""
    number, reasons = 0, dict(command.reasons)
    for channel, provider_id, state, when in command.deliveries:
        message = work.uow.message_of_provider(channel, provider_id)
        if message is None or _RANK[state] <= _RANK[message.delivery]:
            continue
        if state is Delivery.UNDELIVERED and message.reply:
            continue  # who answers has read it
        arrived = state in (Delivery.DELIVERED, Delivery.READ)
        for one in work.uow.bundle(message):
            after = replace(one, delivery=state)
            if arrived and one.delivered_at is None:
                after = replace(after, delivered_at=min(when, work.now))
            work.uow.change_message(one, after)
        if state is Delivery.UNDELIVERED and reasons.get(provider_id):
            work.uow.note_undelivered(message.id, reasons[provider_id])
        number += 1
    return Done(value=number)


def note_answers(work: Work, command: NoteAnswers) -> Done:
    """Value: what became of each that is new."""
    outcomes = []
    for answered in command.answers:
        answer = _read(work, answered)
        if work.uow.keep_answer(answer):
            _note(work, "NoteAnswers", answer)
            outcomes.append(_act(work, answer).outcome)
    return Done(value=tuple(outcomes))


def handle(work: Work, command: HandleAnswer) -> Done:
    """Value: the answer's id."""
    answer = work.uow.answer(command.answer_id)
    if answer is None:
        raise NotFound("answer", command.answer_id)
    if answer.outcome not in (ReplyOutcome.ASKED, ReplyOutcome.UNKNOWN):
        raise Refusal("handled", "Somebody has dealt with this answer already.")
    work.uow.change_answer(
        replace(
            answer,
            outcome=ReplyOutcome.HANDLED,
            handled_at=work.now,
            handled_by=work.actor.staff_id,
        )
    )
    _note(work, "HandleAnswer", answer)
    return Done(value=answer.id, sentence="The answer is dealt with")


# Inside


def _read(work: Work, answered: Answered) -> InboundMessage:
    """What it is about and what is to become of it; nothing is written."""
    sender = answered.sender.strip()
    text = "".join(ch for ch in answered.text if ch.isprintable() or ch in "\n\t").strip()[:LONGEST]
    answer = InboundMessage(
        id=work.new_id(),
        channel=answered.channel,
        provider_id=answered.provider_id,
        sender=sender,
        text=text,
        received_at=min(answered.received_at, work.now),
        outcome=ReplyOutcome.UNKNOWN,
    )
    people = _people(work, answered.channel, sender)
    if len(people) == 1:
        answer = replace(answer, patient_id=people[0].id)
    what = meaning(text)
    if what is Meaning.STOP:
        return _stopping(answer, people)
    message, several = _asked_about(work, answer)
    if message is None:
        note = "" if what is Meaning.UNCLEAR else "Nobody asked this number about a visit."
        return replace(answer, note=note)
    if several:
        outcome = ReplyOutcome.UNKNOWN if what is Meaning.UNCLEAR else ReplyOutcome.ASKED
        whose = {one.patient_id for one in several}
        # of a number that is shared nobody can say whose answer it is
        patient_id = whose.pop() if len(whose) == 1 else None
        return replace(answer, outcome=outcome, patient_id=patient_id, note=_which(work, several))
    answer = replace(answer, patient_id=message.patient_id or answer.patient_id)
    answer = replace(answer, notification_id=message.id, appointment_id=message.appointment_id)
    if what is Meaning.UNCLEAR:
        return answer
    why = _obstacle(work, message)
    if what is Meaning.NO:
        return replace(answer, outcome=ReplyOutcome.ASKED, note=why)
    outcome = ReplyOutcome.ASKED if why else ReplyOutcome.CONFIRMED
    return replace(answer, outcome=outcome, note=why)


def _act(work: Work, answer: InboundMessage) -> InboundMessage:
    """What a kept answer brings about."""
    patient = _patient(work.actor, answer.channel)
    if answer.notification_id is not None:
        for message in work.uow.messages_of(message_ids=(answer.notification_id,)):
            replied = replace(message, reply=answer.text, replied_at=answer.received_at)
            work.uow.change_message(message, replied)
    if answer.appointment_id is not None:
        for message in work.uow.messages_of(appointment_ids=(answer.appointment_id,)):
            if is_lost(message) and message.due_at <= answer.received_at:
                seen_to = "The patient has answered another message about the visit since."
                work.uow.change_message(message, replace(message, reason=seen_to))
    if answer.outcome is ReplyOutcome.CONFIRMED and answer.appointment_id is not None:
        visit = work.uow.get(Appointment, answer.appointment_id)
        if visit.status is Status.SCHEDULED:
            try:
                with work.uow.acting(patient):
                    status.change_status(
                        work, ChangeStatus(appointment_id=visit.id, to=Status.CONFIRMED)
                    )
            except Refusal as refusal:
                answer = replace(answer, outcome=ReplyOutcome.ASKED, note=refusal.sentence)
                work.uow.change_answer(answer)
    if answer.outcome is ReplyOutcome.HANDLED:
        field = CONSENTS[answer.channel]
        with work.uow.acting(patient):
            for person in _people(work, answer.channel, answer.sender):
                if getattr(person, field) is not False:
                    said = {"reason": f"Answered “{answer.text[:40]}”"}
                    taken_back: dict[str, Any] = {field: False}
                    work.uow.replace(person, replace(person, **taken_back), "edited", said)
    return answer


def _stopping(answer: InboundMessage, people: list[Patient]) -> InboundMessage:
    if not people:
        return replace(answer, note="Wants no more messages; no patient has this number.")
    way = CHANNEL_WORDS[answer.channel]
    of = "" if len(people) == 1 else f" of {count_text(len(people), 'patient')} with this number"
    return replace(
        answer,
        outcome=ReplyOutcome.HANDLED,
        handled_at=answer.received_at,
        note=f"Wants no more {way}; the consent{of} was taken back.",
    )


def _asked_about(
    work: Work, answer: InboundMessage
) -> tuple[Notification | None, list[Appointment]]:
    """The message that is answered: of the visits to come that nobody has answered about yet, the
    only one; and the visits where there are several, so that nobody can know."""
    sent = [
        one
        for one in work.uow.asked_lately(
            answer.channel, answer.sender, answer.received_at - LOOK_BACK
        )
        if one.sent_at is not None and one.sent_at <= answer.received_at
    ]
    if not sent:
        return None, []
    to_come: dict[Id, tuple[Notification, Appointment]] = {}
    answered: set[Id] = set()
    for one in sent:
        visit = work.uow.visit_if_any(one.appointment_id or "")
        if one.replied_at is not None and visit is not None:
            answered.add(visit.id)
        if visit is not None and state_of(visit) not in ("", "off") and visit.start > work.now:
            to_come.setdefault(visit.id, (one, visit))
    left = {row_id: both for row_id, both in to_come.items() if row_id not in answered} or to_come
    if len(left) > 1:
        return sent[0], [visit for _, visit in left.values()]
    return next((one for one, _ in left.values()), sent[0]), []


def _which(work: Work, visits: list[Appointment]) -> str:
    """Of which visits one is meant, by their times: names would stand in the wrong record."""
    told = []
    for one in sorted(visits, key=lambda visit: (visit.start, visit.id))[:MOST_NAMED]:
        site = work.roster.locations.get(one.location_id)
        zone = site.zone if site is not None else work.roster.practice.zone
        told.append(f"{day_text(local_date(one.start, zone))} {time_text(one.start, zone)}")
    more = " …" if len(visits) > len(told) else ""
    times = f"{', '.join(told)}{more}"
    return f"Several visits were asked about ({times}); it is not clear which one is meant."


def _obstacle(work: Work, message: Notification) -> str:
    """Why the visit cannot be confirmed by this answer; empty when it can."""
    visit = work.uow.visit_if_any(message.appointment_id or "")
    now = state_of(visit)
    if visit is None or now == "off" or visit.deleted_at is not None:
        return "The visit does not take place any more."
    if visit.status is Status.PENDING:
        return "The doctor has not accepted the visit yet."
    if message.tells and now != message.tells:
        return "The visit was changed after the patient was asked."
    if visit.start <= work.now or visit.status not in _TO_CONFIRM:
        return "The visit has begun or is over."
    return ""


def _people(work: Work, channel: Channel, sender: str) -> list[Patient]:
    """Live patients who are reached there."""
    if not sender:
        return []
    found = (
        work.uow.find(Patient, email=sender)
        if channel is Channel.EMAIL
        else work.uow.find(Patient, mobile=sender)
    )
    return [one for one in found if one.merged_into is None]


def _patient(program: Actor, channel: Channel) -> Actor:
    return replace(
        program,
        staff_id=PATIENT,
        name=f"The patient ({CHANNEL_WORDS[channel]})",
        kind=PATIENT,
    )


def _note(work: Work, action: str, answer: InboundMessage) -> None:
    detail: dict[str, object] = {"channel": CHANNEL_WORDS[answer.channel]}
    if answer.appointment_id is not None:
        detail["visit"] = answer.appointment_id
    work.uow.audit(action, "inbound_message", answer.id, answer.patient_id or "", detail)
