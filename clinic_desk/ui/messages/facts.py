"""One message in full, as it is read for the panel beside the list. Qt-free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.ids import Id
from clinic_desk.domain.message_rules import PREFIX, address_of, obstacle, rules_in
from clinic_desk.domain.messages import CHANNEL_WORDS, Channel, InboundMessage, MessageStatus
from clinic_desk.domain.people import Patient
from clinic_desk.services.message_outlook import Outlook, outlooks
from clinic_desk.services.message_ports import Attempt, MessageCard, MessageWish
from clinic_desk.services.ports import Queries
from clinic_desk.ui.models.languages import language_words

ASKED = {True: "allowed", False: "not allowed", None: "not asked"}
LACKING = {
    Channel.EMAIL: "no address",
    Channel.SMS: "no mobile number",
    Channel.WHATSAPP: "no mobile number",
}


@dataclass(frozen=True, slots=True)
class Details:
    """``others``: the channels by which this patient can be reached instead."""

    card: MessageCard
    attempts: tuple[Attempt, ...] = ()
    patient: Patient | None = None
    outlook: Outlook | None = None
    others: tuple[Channel, ...] = ()


def asked_by(queries: Queries, one: InboundMessage) -> MessageCard | None:
    """The message that an answer is to; None: not known."""
    if not one.notification_id:
        return None
    return next(iter(queries.messages(MessageWish(message_id=one.notification_id), 1)), None)


def details_of(queries: Queries, message_id: Id, now: datetime) -> Details | None:
    """None: there is no such message any more."""
    found = queries.messages(MessageWish(message_id=message_id), 1)
    if not found:
        return None
    (card,) = found
    one = card.message
    patient = None
    if one.patient_id is not None:
        patient = queries.patient_rows((one.patient_id,)).get(one.patient_id)
    outlook = None
    if one.status is MessageStatus.PLANNED:
        try:
            outlook = outlooks(queries, (one.id,), now).get(one.id)
        except Fault as fault:
            outlook = Outlook(why=fault.sentence)
    others: tuple[Channel, ...] = ()
    if patient is not None and one.channel is not Channel.DESKTOP:
        practice = queries.roster().practice
        rules = rules_in(
            queries.clinic_settings(PREFIX), locale=practice.locale, zone=practice.zone
        )
        others = tuple(
            channel
            for channel in rules.order
            if channel is not one.channel and not obstacle(rules, channel, patient)
        )
    return Details(card, queries.message_attempts(one.id), patient, outlook, others)


def wishes_text(patient: Patient) -> str:
    """ "SMS first, e-mail allowed · quiet 20:00–08:00 · Turkish"."""
    said = {
        Channel.SMS: patient.consent_sms,
        Channel.EMAIL: patient.consent_email,
        Channel.WHATSAPP: patient.consent_whatsapp,
    }
    own = [channel for channel in Channel if channel.value in patient.channels]
    own.sort(key=lambda channel: patient.channels.index(channel.value))
    parts = [f"{CHANNEL_WORDS[own[0]]} first"] if own else []
    for channel, consent in said.items():
        lacking = consent is True and not address_of(channel, patient)
        told = ASKED[consent] if not lacking else f"{ASKED[consent]} ({LACKING[channel]})"
        parts.append(f"{CHANNEL_WORDS[channel]} {told}")
    # in the middle of a sentence it is an e-mail
    told = ", ".join([parts[0], *(one.replace("E-mail", "e-mail") for one in parts[1:])])
    quiet = patient.quiet.replace("-", "–")
    more = [f"quiet {quiet}" if quiet else "", language_words(patient.language)]
    return " · ".join([told, *(one for one in more if one)])
