"""A message just before it goes: looked at once more, written, and settled afterwards.

It was planned hours or months ago. So the visit, the patient, the clinic's settings and words are
read again, and in the transaction that begins the attempt once more: what was moved, cancelled or
not wanted any more since is not sent, and never with stale words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from clinic_desk.domain import availability
from clinic_desk.domain.billing import OWED
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.message_bundles import bundle_of
from clinic_desk.domain.message_changes import NOT_PLACE, SETTLED, VISIT_MOVED
from clinic_desk.domain.message_planning import Stand, stand_of, state_of
from clinic_desk.domain.message_rules import Rules, address_of, obstacle
from clinic_desk.domain.messages import CHANNEL_WORDS, Channel, MessageStatus, Purpose
from clinic_desk.domain.spans import epoch
from clinic_desk.domain.waitlist import OfferResult
from clinic_desk.services import message_planning
from clinic_desk.services.message_facts import (
    MessageFacts,
    answers_are_read,
    facts_of,
    with_series,
)
from clinic_desk.services.message_ports import CalendarPart, Envelope
from clinic_desk.services.message_rendering import Rendered, can_tell_of_many, render
from clinic_desk.services.message_values import title_of
from clinic_desk.services.message_words import words_for
from clinic_desk.services.outbox_ports import Along, Begun, MessageGround, Words
from clinic_desk.services.work import Done, Work

if TYPE_CHECKING:
    from clinic_desk.domain.availability.model import Roster
    from clinic_desk.domain.messages import MessageTemplate
    from clinic_desk.services.outbox_commands import BeginMessage, EndMessage

TOO_LATE = "It is too late for it"
NO_PATIENT = "The patient’s record is gone"
TIME_TAKEN = "The time is no longer free"
SWITCHED_OFF = "Such messages are switched off"
CALENDAR = frozenset({Purpose.CONFIRMATION, Purpose.REMINDER, Purpose.MOVED, Purpose.CANCELLED})
"""Messages by which the patient's own calendar learns of the visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What the clinic has decided, read once for many messages."""

    roster: Roster
    rules: Rules
    settings: Mapping[str, object]
    templates: tuple[MessageTemplate, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """``along``: the notices of its bundle of which it speaks."""

    envelope: Envelope = field(repr=False)
    visit_revision: int | None = None
    along: tuple[Along, ...] = ()

    @property
    def words(self) -> Words:
        one = self.envelope
        return Words(subject=one.subject, body=one.body, address=one.address, language=one.language)


@dataclass(frozen=True, slots=True)
class Skip:
    """It will not go, and that is right."""

    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """It cannot go until a person has done something."""

    reason: str


def prepare(ground: MessageGround, ways: Ways, now: datetime) -> Ready | Skip | Broken:
    """What is to become of a message that is due at ``now`` (aware UTC). Reads nothing."""
    reason = _against(ground, ways.roster, ways.rules, now)
    if reason:
        return Skip(reason)
    message, patient = ground.message, ground.patient
    template, language = words_for(
        ways.templates,
        message.purpose,
        message.channel,
        patient=patient.language if patient is not None else message.language,
        practice=ways.roster.practice.locale,
    )
    many = bool(message.written_by) or can_tell_of_many(
        template, message.purpose, language, message.channel
    )
    along = _going_along(ground, ways, now) if many else ()
    told = sorted((Along(message, ground.visit), *along), key=_by_start)
    facts = facts_of(
        told[0].message,
        ways.roster,
        now,
        patient=patient,
        visit=told[0].visit,
        invoice=ground.invoice,
        offer=ground.offer,
        replies=answers_are_read(message.channel, ways.settings),
        names=message.channel is not Channel.DESKTOP
        or ways.settings.get("messages.desktop.names") is True,
    )
    if along:
        facts = with_series(facts, told, ways.roster)
    words = Rendered(message.subject, message.body)
    if message.written_by:
        language = message.language or "en"
    else:
        try:
            words = render(facts, template, language, message.channel)
        except Refusal as refusal:
            return Broken(f"The message cannot be written: {refusal.sentence}")
    address = "" if patient is None else address_of(message.channel, patient)
    visits = _calendar(told, facts, language, address, ways)
    envelope = Envelope(
        id=message.id,
        key=message.key,
        channel=message.channel,
        address=address,
        subject=words.subject,
        body=words.body,
        language=language,
        calendar=visits[0] if visits else None,
        more_visits=visits[1:],
        unsure=ground.unsure,
        earlier=message.body if ground.unsure else "",
        others=ground.others,
        approved=words.approved,
        values=words.values,
    )
    return Ready(envelope, ground.visit.revision if ground.visit is not None else None, along)


def _going_along(ground: MessageGround, ways: Ways, now: datetime) -> tuple[Along, ...]:
    """The notices of its bundle that nothing is against."""
    return tuple(
        one
        for one in ground.bundled
        if not _against(_as_if(ground, one), ways.roster, ways.rules, now)
    )


def _as_if(ground: MessageGround, one: Along) -> MessageGround:
    return replace(ground, message=one.message, visit=one.visit, bundled=())


def _by_start(one: Along) -> tuple[int, str]:
    return (0 if one.visit is None else epoch(one.visit.start), one.message.id)


def _against(ground: MessageGround, roster: Roster, rules: Rules, now: datetime) -> str:
    """Why the message does not go; empty when it does."""
    message, patient = ground.message, ground.patient
    if message.status is not MessageStatus.PLANNED:
        return message.reason or SETTLED
    if message.useful_until is not None and message.useful_until <= now:
        return TOO_LATE
    if message.purpose not in rules.purposes:
        return SWITCHED_OFF
    if message.channel is not Channel.DESKTOP:
        if patient is None:
            return NO_PATIENT
        wrong = obstacle(rules, message.channel, patient)
        if wrong:
            return f"{CHANNEL_WORDS[message.channel]}: {wrong}"
    return _settled(ground, roster)


def _settled(ground: MessageGround, roster: Roster) -> str:
    """Whether what it is about still is so."""
    message, visit = ground.message, ground.visit
    match message.purpose:
        case Purpose.CONFIRMATION | Purpose.MOVED | Purpose.REMINDER:
            stand = stand_of(visit)
            if visit is None or stand in (Stand.OFF, Stand.NONE):
                return NOT_PLACE
            if stand is not Stand.ALIVE:
                return SETTLED
            if visit.patient_id != message.patient_id:
                return NOT_PLACE
            return VISIT_MOVED if message.tells and message.tells != state_of(visit) else ""
        case Purpose.CANCELLED:
            again = visit is not None and visit.patient_id == message.patient_id
            return SETTLED if again and stand_of(visit) is not Stand.OFF else ""
        case Purpose.NO_SHOW:
            return "" if stand_of(visit) is Stand.MISSED else SETTLED
        case Purpose.WAITLIST_OFFER:
            offer = ground.offer
            if offer is None or offer.deleted_at is not None:
                return SETTLED
            if offer.result is not OfferResult.OPEN:
                return SETTLED
            room = availability.capacity(roster, offer.doctor_id, offer.start, offer.end)
            return TIME_TAKEN if ground.beside >= max(1, room) else ""
        case Purpose.PAYMENT:
            invoice = ground.invoice
            return "" if invoice is not None and invoice.status in OWED else SETTLED


def _calendar(
    told: Sequence[Along], facts: MessageFacts, language: str, address: str, ways: Ways
) -> tuple[CalendarPart, ...]:
    message = told[0].message
    if message.channel is not Channel.EMAIL or message.purpose not in CALENDAR:
        return ()
    if message.purpose is Purpose.CANCELLED and not message.knew:
        return ()  # of a visit that was asked for and declined no calendar knows
    organizer = str(ways.settings.get("messages.email.from") or "")
    return tuple(
        CalendarPart(
            uid=f"{one.visit.id}@clinic-desk",
            sequence=one.visit.revision,
            cancelled=message.purpose is Purpose.CANCELLED,
            start=place.start or one.visit.start,
            end=place.end or one.visit.end,
            zone=place.zone,
            summary=title_of(place, language),
            location=", ".join(part for part in (place.site, place.address) if part),
            organizer=organizer,
            attendee=address,
        )
        for one in told
        if one.visit is not None
        for place in [facts_of(one.message, ways.roster, facts.sent_at, visit=one.visit)]
    )


# Handlers


def begin(work: Work, command: BeginMessage) -> Done:
    """Value: a ``Begun``."""
    seen = command.seen
    if work.uow.message_now(seen.id) != seen:
        return Done(value=Begun.CHANGED)
    if seen.appointment_id is not None:
        visit = work.uow.visit_if_any(seen.appointment_id)
        if (visit.revision if visit is not None else None) != command.visit_revision:
            return Done(value=Begun.CHANGED)
    if bundle_of(seen) and not _bundle_as_seen(work, command):
        return Done(value=Begun.CHANGED)
    if work.uow.being_sent([one.id for one, _ in command.others]):
        # another process speaks for them at this moment
        work.uow.release_messages((seen.id,), command.holder)
        return Done(value=Begun.LOST)
    begun = work.uow.begin_message(
        command.service, seen.id, command.holder, command.until, command.words
    )
    if begun is Begun.YES:
        work.uow.keep_words(command.along, command.words)
    return Done(value=begun)


def _bundle_as_seen(work: Work, command: BeginMessage) -> bool:
    others = [one for one in work.uow.bundle(command.seen) if one.id != command.seen.id]
    if others != [one for one, _ in command.others]:
        return False
    for one, revision in command.others:
        visit = work.uow.visit_if_any(one.appointment_id or "")
        if (visit.revision if visit is not None else None) != revision:
            return False
    return True


def end(work: Work, command: EndMessage) -> Done:
    """Value: the status that is stored now; None when another process has the message."""
    uow = work.uow
    ours = uow.settle_message(
        command.service,
        command.message_id,
        command.holder,
        "" if command.status is MessageStatus.SKIPPED else command.error,
        command.next_try_at,
        command.breaker_until,
        command.contact,
    )
    if command.attempt:
        uow.end_attempt(command.message_id, command.attempt - 1, command.outcome, command.error)
    went = command.status is MessageStatus.SENT
    if not ours and not went:
        return Done()
    if command.status is not MessageStatus.PLANNED:
        uow.mark_message(
            command.message_id,
            command.status,
            "" if went else command.error,
            receipt=command.receipt,
            tells=command.tells,
        )
    if went or command.status is MessageStatus.FAILED:
        uow.end_with(
            command.message_id, command.along, command.status, command.error, command.receipt
        )
    if went and command.tells:
        for message_id, tells in ((command.message_id, command.tells), *command.along):
            _catch_up(work, message_id, tells)
    return Done(value=command.status)


def _catch_up(work: Work, message_id: Id, tells: str) -> None:
    """The visit was changed while its message was on the way: the patient is told again."""
    message = work.uow.message_now(message_id)
    if message is None or message.appointment_id is None:
        return
    if state_of(work.uow.visit_if_any(message.appointment_id)) != tells:
        message_planning.replan(work, [message.appointment_id])
