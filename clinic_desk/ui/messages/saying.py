"""What the panel beside the list says of a message. Qt-free."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from clinic_desk.domain.appointments import STATUS_WORDS, Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.messages import (
    CHANNEL_WORDS,
    MOST_RETRIES,
    Channel,
    Delivery,
    InboundMessage,
    MessageStatus,
    Notification,
    Purpose,
    ReplyOutcome,
    is_lost,
)
from clinic_desk.services.message_keeping import BY_HAND
from clinic_desk.services.message_outlook import Outlook
from clinic_desk.services.message_ports import Attempt, MessageCard
from clinic_desk.services.sms_length import measure
from clinic_desk.ui.models import messages, words
from clinic_desk.ui.models.languages import language_words
from clinic_desk.ui.models.messages import State

BUTTONS = {
    "plan": "&Plan again",
    "correct": "&Correct the address…",
    "now": "Send &now",
    "again": "Send a&gain",
    "edit": "&Edit…",
    "withdraw": "&Withdraw",
    "handle": "&Dealt with",
    "confirm": "&Confirm the visit",
    "patient": "Open the p&atient",
    "visit": "Open the &visit",
}
"""Deed → its button's words, in the order in which they stand."""

ANSWERS = {
    ReplyOutcome.ASKED: "The patient asks reception",
    ReplyOutcome.UNKNOWN: "An answer that waits for you",
    ReplyOutcome.CONFIRMED: "The patient confirms",
    ReplyOutcome.HANDLED: "Dealt with",
}
ADDRESSES = ("number", "address", "mailbox", "recipient", "destination", "e-mail", "mobile")
"""Words by which a refusal speaks of the address; then it can be corrected."""

TELEPHONES = (Channel.SMS, Channel.WHATSAPP)


@dataclass(frozen=True, slots=True)
class AttemptRow:
    icon: str
    ink: str
    clock: str
    which: str
    said: str


def headline(card: MessageCard, now: datetime, zone: str) -> str:
    one = card.message
    if one.status is MessageStatus.FAILED:
        return "Not sent"
    if one.reply:
        return "Answered"
    if one.status is MessageStatus.SENT and one.delivery is Delivery.UNDELIVERED:
        return "Not delivered"
    if one.status in (MessageStatus.SKIPPED, MessageStatus.WITHDRAWN):
        return "Skipped" if one.status is MessageStatus.SKIPPED else "Withdrawn"
    return state_now(card, now, zone).text


def state_now(card: MessageCard, now: datetime, zone: str) -> State:
    """ "Held until 10:44 · 3 min" of what is held; else as everywhere."""
    state, left = messages.state_of(card, now, zone), messages.wait_text(card.message, now)
    return replace(state, text=f"{state.text} · {left}") if left else state


def nobody(channel: Channel) -> str:
    return "All desks" if channel is Channel.DESKTOP else "No patient"


def about(card: MessageCard, roster: Roster | None, zone: str, today: date) -> str:
    """ "Reminder 24 h for Tue 24 Nov 15:00, Dr Ruiz"."""
    one = card.message
    parts = [messages.what_text(one)]
    if card.visit_start is not None:
        at = words.moment_words(card.visit_start, card.zone or zone, today)
        parts[0] += f" for {card.more + 1} visits from {at}" if card.more else f" for {at}"
    if one.doctor_id and roster is not None:
        parts.append(words.doctor_of(roster, one.doctor_id))
    due = messages.time_text(one.due_at, zone, today)
    if one.status is MessageStatus.PLANNED:
        held = one.held_until
        goes = due if held is None or held < one.due_at else messages.time_text(held, zone, today)
        parts.append(f"goes {goes}")
    else:
        parts.append(f"due {due}")
    return ", ".join(part for part in parts if part)


def bubble_head(
    channel: Channel, address: str, language: str, body: str, *, by_hand: bool = False
) -> str:
    """ "SMS to +90 212 555 01 2 · Turkish · 84 characters". In which language somebody wrote is not
    known."""
    to = f" to {address}" if address else ""
    parts = [f"{CHANNEL_WORDS[channel]}{to}", "" if by_hand else language_words(language)]
    if body:
        parts.append(length_words(channel, body))
    if by_hand:
        parts.append("by hand")
    return " · ".join(part for part in parts if part)


def length_words(channel: Channel, body: str) -> str:
    """ "84 characters", of an SMS "172 characters, 2 messages"."""
    told = words.plural(len(body), "character")
    if channel is Channel.SMS:
        size = measure(body)
        if size.parts > 1:
            told += f", {size.parts} messages"
    return told


def trouble(
    card: MessageCard, outlook: Outlook | None, now: datetime
) -> tuple[str, str, str] | None:
    """(title, sentence, ink); None: nothing is wrong."""
    one = card.message
    if one.status is MessageStatus.FAILED:
        return "It could not be sent.", one.reason or card.error, "refuse"
    unread = one.delivery is Delivery.UNDELIVERED and not one.reply
    if one.status is MessageStatus.SENT and unread:
        said = card.error or "The provider took it, but it did not reach the patient."
        if one.reason:
            return "It did not arrive.", one.reason, "text2"
        return "It did not arrive.", said, "refuse"
    if one.status in (MessageStatus.SKIPPED, MessageStatus.WITHDRAWN) and one.reason:
        first = "It was skipped." if one.status is MessageStatus.SKIPPED else "It does not go."
        return first, one.reason, "text2"
    if messages.is_retried(card):
        return "It is tried again.", card.error, "warn"
    if messages.is_stuck(card, now):
        return f"{CHANNEL_WORDS[one.channel]} sends nothing now; it waits.", card.waits, "warn"
    if outlook is not None and outlook.why:
        return "It would not go as things stand.", outlook.why, "warn"
    return None


def replied(one: Notification, zone: str, today: date) -> str:
    """ "The patient answered at 10:41."."""
    at = "" if one.replied_at is None else f" at {messages.time_text(one.replied_at, zone, today)}"
    return f"The patient answered{at}."


def deeds(card: MessageCard, reachable: bool) -> list[str]:
    """What can be done, the likeliest first."""
    one = card.message
    found: list[str] = []
    lost = is_lost(one)
    match one.status:
        case MessageStatus.PLANNED:
            found = ["now", "edit", "withdraw"]
        case MessageStatus.FAILED:
            found = ["correct", "again"] if about_address(card) else ["again", "correct"]
            found.append("withdraw")
        case MessageStatus.SENT:
            found = ["again", "withdraw"] if lost else ["again"]
            if lost:
                found.insert(1, "correct")
        case MessageStatus.WITHDRAWN if one.reason.startswith(BY_HAND):
            found = ["plan", "again"]
        case _:
            found = ["again"]
            if not reachable:
                found.append("correct")
    if one.patient_id is None and "correct" in found:
        found.remove("correct")
    if one.patient_id is not None:
        found.append("patient")
    if one.appointment_id is not None:
        found.append("visit")
    return found


def answer_deeds(one: InboundMessage, asked: MessageCard | None, now: datetime) -> list[str]:
    """``asked``: the message it is to, as far as it is known."""
    found = ["handle"] if one.outcome in (ReplyOutcome.ASKED, ReplyOutcome.UNKNOWN) else []
    if found and asked is not None and asked.visit_start is not None:
        booked = asked.visit_status is Status.SCHEDULED and one.appointment_id
        if booked and asked.visit_start > now:
            found.append("confirm")
    if one.patient_id:
        found.append("patient")
    if one.appointment_id:
        found.append("visit")
    return found


def asked_about(asked: MessageCard | None, roster: Roster | None, zone: str, today: date) -> str:
    """ "To: Reminder 24 h for Tue 24 Nov 15:00, Dr Ruiz, booked"; empty when it is not known."""
    if asked is None:
        return ""
    parts = [f"To: {messages.what_text(asked.message)}"]
    if asked.visit_start is not None:
        at = words.moment_words(asked.visit_start, asked.zone or zone, today)
        parts[0] += f" for {at}"
    if asked.message.doctor_id and roster is not None:
        parts.append(words.doctor_of(roster, asked.message.doctor_id))
    if asked.visit_status is not None:
        parts.append(STATUS_WORDS[asked.visit_status].lower())
    return ", ".join(parts)


def answered(one: InboundMessage, zone: str, today: date) -> str:
    """What is known of an answer, and what is to be done."""
    if one.outcome is ReplyOutcome.CONFIRMED:
        return "The visit was confirmed by it."
    if one.outcome is ReplyOutcome.HANDLED:
        return one.note or f"Dealt with {_at(one.handled_at, zone, today)}.".replace(" .", ".")
    if one.note:
        return f"{one.note} Do what is asked; then mark it."
    if one.outcome is ReplyOutcome.ASKED:
        return "The patient says no. Ring, or move or cancel the visit; then mark it."
    if one.appointment_id:
        return "Answers a message about a visit. Ring, or move the visit; then mark it."
    return "Read it and do what is asked; then mark it."


def _at(instant: datetime | None, zone: str, today: date) -> str:
    return "" if instant is None else f"at {messages.time_text(instant, zone, today)}"


def about_address(card: MessageCard) -> bool:
    said = (card.message.reason or card.error).lower()
    return any(word in said for word in ADDRESSES)


def correct_words(channel: Channel) -> str:
    return "&Correct the number…" if channel in TELEPHONES else "&Correct the address…"


def attempt(one: Attempt, zone: str, today: date, *, folder: bool = False) -> AttemptRow:
    """``folder``: the message was written into one, for trying out."""
    icon, ink = {
        "sent": ("check", "ok"),
        "retry": ("refresh", "warn"),
        "unknown": ("help", "warn"),
        "skipped": ("minus", "text2"),
    }.get(one.outcome, ("close", "refuse"))
    said = one.detail or {
        "sent": "written to the folder" if folder else "the provider took it",
        "unknown": "no answer: it may have gone",
        "skipped": "not sent",
    }.get(one.outcome, one.outcome)
    which = "first try" if one.retry <= 0 else f"{one.retry} of {MOST_RETRIES}"
    return AttemptRow(icon, ink, _clock(one.at, zone, today), which, said)


def planned(card: MessageCard, zone: str, today: date) -> AttemptRow:
    one = card.message
    return AttemptRow("clock", "text2", _clock(one.planned_at, zone, today), "planned", _cause(one))


def _cause(one: Notification) -> str:
    if ":again:" in one.key:
        return "sent again by hand"
    if one.purpose is Purpose.REMINDER:
        return f"{messages.offset_text(one.rule)} before the visit".strip()
    return {
        Purpose.CONFIRMATION: "the visit was booked",
        Purpose.MOVED: "the visit was moved",
        Purpose.CANCELLED: "the visit was cancelled",
        Purpose.NO_SHOW: "the patient did not come",
        Purpose.WAITLIST_OFFER: "a slot was offered",
        Purpose.PAYMENT: "an invoice is overdue",
    }.get(one.purpose, "")


def _clock(instant: datetime, zone: str, today: date) -> str:
    """To the second of today, as attempts follow each other quickly; else the day."""
    local = words.local(instant, zone)
    if local.date() == today:
        return local.strftime("%H:%M:%S")
    return messages.time_text(instant, zone, today)
