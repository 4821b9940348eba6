"""A message in words, signs and inks: the same on its own page, the patient's page and a visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinic_desk.domain.messages import (
    MOST_RETRIES,
    PURPOSE_WORDS,
    Channel,
    Delivery,
    MessageStatus,
    Notification,
    Purpose,
    is_lost,
)
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.billing_ports import GatewayState
from clinic_desk.services.message_ports import MessageCard
from clinic_desk.ui.models import words
from clinic_desk.ui.runtime.formatting import local_day, phone_text

CHANNEL_ICONS = {
    Channel.DESKTOP: "bell",
    Channel.EMAIL: "mail",
    Channel.SMS: "sms",
    Channel.WHATSAPP: "chat",
}
IN_TIP = 4
"""Messages that the card over a visit tells of."""

REPLY = 16
"""Letters of an answer that are told as a state."""

TAKES = Permission.MESSAGES
"""What every deed on a message takes; reading them takes what reading patients does."""


@dataclass(frozen=True, slots=True)
class State:
    """``icon`` and ``ink`` (a token's name) beside ``text``: never by colour alone."""

    text: str
    icon: str
    ink: str


def address_text(channel: Channel, address: str) -> str:
    """ "+44 20 7946 0182"; an e-mail's as it is."""
    return phone_text(address) if channel in (Channel.SMS, Channel.WHATSAPP) else address


def offset_text(rule: str) -> str:
    """A reminder's minutes before the visit: "24 h", "90 min", "3 days"; empty for none."""
    if not rule.isdigit() or not (minutes := int(rule)):
        return ""
    if minutes % 1440 == 0 and minutes > 2880:
        return words.plural(minutes // 1440, "day")
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def what_text(message: Notification) -> str:
    """ "Reminder 24 h", "Visit moved"."""
    before = offset_text(message.rule) if message.purpose is Purpose.REMINDER else ""
    return f"{PURPOSE_WORDS[message.purpose]} {before}".strip()


def about_text(card: MessageCard) -> str:
    """ "Confirmation", of a series "Confirmation · 12 visits"."""
    told = what_text(card.message)
    return f"{told} · {card.more + 1} visits" if card.more else told


def is_held(message: Notification, now: datetime) -> bool:
    held = message.held_until
    return message.status is MessageStatus.PLANNED and held is not None and held > now


def wait_text(message: Notification, now: datetime) -> str:
    """How long it is still held: "3 min", "45 s" in the last minute, each that has begun; empty
    for what is not held."""
    if not is_held(message, now) or message.held_until is None:
        return ""
    left, minute, second = message.held_until - now, timedelta(minutes=1), timedelta(seconds=1)
    return f"{-(-left // minute)} min" if left > minute else f"{-(-left // second)} s"


def needs_somebody(card: MessageCard) -> bool:
    one = card.message
    return one.status is MessageStatus.FAILED or is_retried(card) or is_lost(one)


def is_retried(card: MessageCard) -> bool:
    """It went wrong at least once, and will be tried again."""
    planned = card.message.status is MessageStatus.PLANNED
    return planned and card.attempts > 0 and bool(card.error)


def is_stuck(card: MessageCard, now: datetime) -> bool:
    """It would go now, and its channel sends nothing."""
    one = card.message
    due = one.status is MessageStatus.PLANNED and one.due_at <= now
    return due and not is_held(one, now) and bool(card.waits)


def webhook_words(state: GatewayState, now: datetime) -> str:
    """What somebody should know of the events for another program; empty while they go."""
    if state.set_aside:
        return f"Webhook refused {words.plural(state.set_aside, 'event')}"
    if state.open_until is not None and state.open_until > now:
        return "Webhook paused"
    if state.failures:
        return "Webhook · last try failed"
    return "Webhook cannot go" if state.last_error and state.waiting else ""


def time_text(instant: datetime, zone: str, today: date) -> str:
    """ "10:41" of today, "Tue 24 Nov 10:41" of any other day."""
    if local_day(instant, zone) == today:
        return words.clock_words(instant, zone)
    return words.moment_words(instant, zone, today)


def state_of(card: MessageCard, now: datetime, zone: str) -> State:
    """``zone``: that of the desk, in which times are told."""
    one, today = card.message, local_day(now, zone)
    match one.status:
        case MessageStatus.FAILED:
            return State("Failed", "close", "refuse")
        case MessageStatus.SKIPPED:
            return State(_with("Skipped", one.reason), "minus", "text2")
        case MessageStatus.WITHDRAWN:
            return State(_with("Withdrawn", one.reason), "minus", "text2")
        case MessageStatus.SENT:
            return _sent(one)
    if is_retried(card):
        told = f"Retry {min(card.attempts, MOST_RETRIES)} of {MOST_RETRIES}"
        if card.next_try_at is not None:
            told += f" · {time_text(max(card.next_try_at, now), zone, today)}"
        return State(told, "refresh", "warn")
    if is_held(one, now) and one.held_until is not None:
        return State(f"Held until {time_text(one.held_until, zone, today)}", "lock", "warn")
    if is_stuck(card, now):
        return State("Waits", "warn", "warn")
    if one.due_at <= now:
        return State("Going now", "clock", "text2")
    return State("Planned", "clock", "text2")


def _sent(one: Notification) -> State:
    if one.reply:
        return State(f"Reply “{shortened(one.reply)}”", "sms", "accent")
    match one.delivery:
        case Delivery.DELIVERED:
            return State("Delivered", "check", "ok")
        case Delivery.FOLDER:
            return State("Written to the folder", "check", "text2")
        case Delivery.READ:
            return State("Read", "check", "ok")
        case Delivery.UNDELIVERED:
            told = "Not delivered" if not one.reason else "Not delivered · seen to"
            return State(told, "close", "text2" if one.reason else "refuse")
    return State("Sent", "check", "ok")


def shortened(reply: str) -> str:
    """One line with room in a list; all of it stands beside the list."""
    line = " ".join(reply.split())
    return line if len(line) <= REPLY else f"{line[: REPLY - 1].rstrip()}…"


def _with(state: str, reason: str) -> str:
    """ "Skipped · no consent": the reason's first words; its whole sentence is in the tip."""
    first = reason.strip().rstrip(".")
    if not first or first.lower().startswith(state.lower()):
        return first or state
    return f"{state} · {first[:1].lower()}{first[1:]}"


def visit_parts(cards: Sequence[MessageCard], now: datetime, zone: str) -> list[str]:
    """What the patient was told of a visit and will be, by time: "Confirmation sent", "Reminder
    24 h Mon 23 Nov 09:00"."""
    today = local_day(now, zone)
    told = []
    for card in sorted(cards, key=lambda card: card.message.due_at):
        one, state = card.message, state_of(card, now, zone)
        if one.status in (MessageStatus.WITHDRAWN, MessageStatus.SKIPPED):
            continue
        if one.status is MessageStatus.PLANNED and not is_retried(card):
            at = max(one.due_at, one.held_until or one.due_at)
            told.append(f"{what_text(one)} {time_text(at, zone, today)}")
        else:
            told.append(f"{what_text(one)} {state.text[:1].lower()}{state.text[1:]}")
    return told


def why_untold(cards: Sequence[MessageCard]) -> str:
    """Why the last message was skipped; empty when none was."""
    skipped = [card for card in cards if card.message.status is MessageStatus.SKIPPED]
    return skipped[0].message.reason if skipped else ""


def tip_line(cards: Sequence[MessageCard], now: datetime, zone: str) -> tuple[str, str]:
    """(icon, words) for the card over a visit: the latest few. Empty words without messages."""
    parts = visit_parts(cards, now, zone)
    line = " · ".join(parts[-IN_TIP:])
    if not parts and (why := why_untold(cards)):
        line = f"Not told: {why[:1].lower()}{why[1:]}"
    return "warn" if any(needs_somebody(card) for card in cards) else "mail", line
