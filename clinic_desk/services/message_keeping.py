"""What people do to messages: edit, withdraw, plan again, send now, send again.

Only what has not gone can be changed. What is being sent at this moment is left alone: nobody
could say whether the patient gets the old words or the new ones. Each message has an entry of its
own in the audit trail, under its patient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.message_planning import OFF, TELLING, state_of
from clinic_desk.domain.message_rules import Rules, address_of, language_of, obstacle, rules_in
from clinic_desk.domain.messages import (
    CHANNEL_WORDS,
    ONE_OF,
    PURPOSE_WORDS,
    Channel,
    MessageStatus,
    Notification,
    Purpose,
    is_lost,
)
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import local_date
from clinic_desk.services.message_bundles import being_sent, rule_again, whole
from clinic_desk.services.message_commands import (
    EditMessage,
    PlanAgain,
    SendAgain,
    SendNow,
    WithdrawMessages,
)
from clinic_desk.services.message_storing import Standing
from clinic_desk.services.wording import count_text, time_text, when_text
from clinic_desk.services.work import Done, Work

LONGEST = {Channel.EMAIL: 20_000, Channel.DESKTOP: 500}
"""Characters of a message; what telephones take is at most ten parts of the wider alphabet."""

LONGEST_SHORT = 670
LONGEST_SUBJECT = 200

AGAIN = ":again:"
"""Between the key of a message and what makes that of the same one sent again."""

BY_HAND = "Withdrawn by "
"""How the reason begins of what a person withdrew."""

USEFUL = timedelta(days=3)
"""What is sent again without a visit to come is tried for so long."""

MOST = 1000


def edit(work: Work, command: EditMessage) -> Done:
    """Value: the message's id. Raises ``NotFound``; ``Refusal`` with ``field`` body or subject."""
    (message,) = _messages(work, (command.message_id,))
    _changeable(work, message)
    if command.by_template:
        for one in work.uow.bundle(message):
            work.uow.change_message(one, replace(one, body="", subject="", written_by=""))
        note(work, "EditMessage", message)
        return Done(value=message.id, sentence=f"The {name_of(message)} is written when it goes")
    body, subject = _clean(command.body), " ".join(command.subject.split())
    longest = longest_of(message.channel)
    if not body:
        told = "A message needs words. Withdraw it if it is not to go."
        raise Refusal("empty", told, field="body")
    if len(body) > longest:
        raise Refusal(
            "too_long",
            f"The text has {len(body):,} characters; {ONE_OF[message.channel]} holds {longest:,}.",
            field="body",
        )
    if message.channel is Channel.EMAIL:
        if not subject:
            raise Refusal("empty", "An e-mail needs a subject.", field="subject")
        if len(subject) > LONGEST_SUBJECT:
            raise Refusal(
                "too_long",
                f"The subject has {len(subject):,} characters; it may have {LONGEST_SUBJECT}.",
                field="subject",
            )
    else:
        subject = ""
    for one in work.uow.bundle(message):
        written = replace(one, body=body, subject=subject, written_by=work.actor.staff_id)
        work.uow.change_message(one, written)
    note(work, "EditMessage", message)
    return Done(value=message.id, sentence=f"The {name_of(message)} goes with your words")


def withdraw(work: Work, command: WithdrawMessages) -> Done:
    """Those that have not gone; failed ones, and those that did not arrive, need nobody any
    more. Value: how many. Raises ``NotFound`` and ``Refusal``."""
    found = _messages(work, command.message_ids)

    def fit(one: Notification) -> bool:
        return one.status in (MessageStatus.PLANNED, MessageStatus.FAILED) or is_lost(one)

    chosen = _fit(work, found, fit, "withdrawn")
    who = work.actor.name or "the program"
    for one in whole(work, chosen, fit):
        if one.status is MessageStatus.SENT:
            after = replace(one, reason=f"Seen to by {who}")
        else:
            after = replace(one, status=MessageStatus.WITHDRAWN, reason=f"{BY_HAND}{who}")
        work.uow.change_message(one, after)
        work.uow.keep_standing(one.id, standing_of(one), standing_of(after))
        note(work, "WithdrawMessages", after)
    planned = sum(one.status is MessageStatus.PLANNED for one in chosen)
    told = count_text(len(chosen), "message")
    sentence = f"{told} withdrawn" if planned else f"{told} put aside"
    return Done(value=len(chosen), label=sentence, sentence=sentence)


def plan_again(work: Work, command: PlanAgain) -> Done:
    """Takes a withdrawal back. Value: how many. Raises ``NotFound`` and ``Refusal``."""
    found = _messages(work, command.message_ids)

    def fit(one: Notification) -> bool:
        return one.status is MessageStatus.WITHDRAWN and one.reason.startswith(BY_HAND)

    chosen = _fit(work, found, fit, "planned again")

    def true_still(one: Notification) -> bool:
        try:
            still_useful(work, one)
            return fit(one) and one.tells in ("", same_visit(work, one))
        except Refusal:
            return False

    for one in whole(work, chosen, true_still):
        still_useful(work, one)
        if one.tells not in ("", same_visit(work, one)):
            raise Refusal(
                "visit_changed",
                f"The visit was changed since, so the {name_of(one)} would be wrong. What tells of "
                "the change is planned by itself.",
            )
        due = max(one.due_at, work.now)
        after = replace(one, status=MessageStatus.PLANNED, reason="", due_at=due)
        work.uow.change_message(one, after)
        note(work, "PlanAgain", after)
    return Done(value=len(chosen), sentence=f"{count_text(len(chosen), 'message')} planned again")


def send_now(work: Work, command: SendNow) -> Done:
    """Value: how many of those asked for. Raises ``NotFound`` and ``Refusal``."""
    found = _messages(work, command.message_ids)

    def fit(one: Notification) -> bool:
        return one.status is MessageStatus.PLANNED

    chosen = _fit(work, found, fit, "sent now")
    for first in chosen:
        still_useful(work, first)
        bundle = whole(work, [first], fit)
        due = min(work.now, *(one.due_at for one in bundle))
        for one in bundle:
            after = replace(one, due_at=due, held_until=None)
            work.uow.change_message(one, after)
            note(work, "SendNow", after)
    told = "It goes now" if len(chosen) == 1 else f"{count_text(len(chosen), 'message')} go now"
    return Done(value=len(chosen), sentence=told)


def send_again(work: Work, command: SendAgain) -> Done:
    """Value: the ids of the new ones. Raises ``NotFound``; ``Refusal`` when none can go."""
    found = _messages(work, command.message_ids)

    def fit(one: Notification) -> bool:
        return one.status is not MessageStatus.PLANNED

    chosen = _fit(work, found, fit, "sent again")
    patients = work.uow.patients_of({one.patient_id for one in chosen if one.patient_id})
    rules = rules_in(
        work.uow.message_settings(),
        locale=work.roster.practice.locale,
        zone=work.roster.practice.zone,
    )
    made = []
    left: list[Refusal] = []
    who = work.actor.name or "the program"
    asked = {one.id for one in chosen}
    for one in whole(work, chosen, fit):
        try:
            again = _again(work, one, command.channel, patients.get(one.patient_id or ""), rules)
        except Refusal as refusal:
            left += [refusal] if one.id in asked else []
            continue
        work.uow.plan_message(again)
        if one.status is MessageStatus.FAILED:
            settled = replace(one, status=MessageStatus.WITHDRAWN, reason=f"Sent again by {who}")
            work.uow.change_message(one, settled)
        elif is_lost(one):
            work.uow.change_message(one, replace(one, reason=f"Sent again by {who}"))
        note(work, "SendAgain", again)
        made += [again.id] if one.id in asked else []
    if left and not made:
        if len(found) == 1:
            raise left[0]
        raise Refusal(
            "none_fits",
            f"None of these {len(found)} messages can be sent again. The first: {left[0].sentence}",
        )
    by = f" by {CHANNEL_WORDS[command.channel]}" if command.channel is not None else ""
    many = len(made) > 1
    told = f"{count_text(len(made), 'message')} go again{by}" if many else f"It goes again{by}"
    if len(made) < len(found):
        told += f", {len(found) - len(made)} of {len(found)} not"
        told += f": {left[0].sentence.rstrip('.')}" if left else ""
    return Done(value=tuple(made), sentence=told)


def standing_of(one: Notification) -> Standing:
    """What an undo compares and brings back."""
    return one.status.value, one.reason


def longest_of(channel: Channel) -> int:
    """Characters that a message of the channel may have."""
    return LONGEST.get(channel, LONGEST_SHORT)


def _again(
    work: Work,
    one: Notification,
    channel: Channel | None,
    patient: Patient | None,
    rules: Rules,
) -> Notification:
    channel = channel or one.channel
    if patient is not None and (why := obstacle(rules, channel, patient)):
        raise Refusal(
            "no_way",
            f"{patient.listed_name} cannot be reached by {CHANNEL_WORDS[channel]}: {why}.",
            field="channel",
        )
    still_useful(work, one)
    tells = same_visit(work, one)
    useful = one.useful_until
    if one.purpose in (Purpose.NO_SHOW, Purpose.PAYMENT):
        useful = max(useful or work.now, work.now + USEFUL)
    # what somebody wrote of another time is not for the visit as it is now
    by_hand = bool(one.written_by) and channel is one.channel and one.tells in ("", tells)
    new_id = work.new_id()
    return Notification(
        id=new_id,
        key=f"{one.key.partition(AGAIN)[0]}{AGAIN}{new_id}",
        purpose=one.purpose,
        channel=channel,
        rule=rule_again(work, one),
        due_at=work.now,
        planned_at=work.now,
        useful_until=useful,
        appointment_id=one.appointment_id,
        patient_id=one.patient_id,
        doctor_id=one.doctor_id,
        invoice_id=one.invoice_id,
        offer_id=one.offer_id,
        language=one.language if patient is None else language_of(rules, patient, channel),
        address=address_of(channel, patient) if patient is not None else one.address,
        knew=one.knew,
        tells=tells,
        subject=one.subject if by_hand else "",
        body=one.body if by_hand else "",
        written_by=one.written_by if by_hand else "",
    )


def _messages(work: Work, message_ids: Sequence[Id]) -> list[Notification]:
    """In the order asked for, each once. Raises ``NotFound``; ``Refusal`` for none or too many."""
    wanted = list(dict.fromkeys(message_ids))
    if len(wanted) > MOST:
        raise Refusal("too_many", f"At most {MOST:,} messages at once; choose fewer.")
    found = {one.id: one for one in work.uow.messages_of(message_ids=wanted)}
    for message_id in wanted:
        if message_id not in found:
            raise NotFound("message", message_id)
    if not wanted:
        raise Refusal("nothing_chosen", "Choose a message first.")
    return [found[message_id] for message_id in wanted]


def _fit(
    work: Work,
    found: list[Notification],
    fits: Callable[[Notification], bool],
    done: str,
) -> list[Notification]:
    """Those of them to which it can be done; of one alone the refusal says why not."""
    busy = being_sent(work, found)
    chosen = [one for one in found if fits(one) and one.id not in busy]
    if chosen:
        return chosen
    one = found[0]
    if one.id in busy:
        raise _busy(one)
    if len(found) > 1:
        raise Refusal("none_fits", f"None of these {len(found)} messages can be {done}.")
    raise Refusal("not_now", f"{_standing(work, one)} It cannot be {done}.")


def _changeable(work: Work, one: Notification) -> None:
    if one.status is not MessageStatus.PLANNED:
        raise Refusal("not_planned", f"{_standing(work, one)} Its words cannot be changed.")
    if being_sent(work, (one,)):
        raise _busy(one)


def _busy(one: Notification) -> Refusal:
    return Refusal(
        "being_sent", f"The {name_of(one)} is being sent at this moment. Look again in a minute."
    )


def _standing(work: Work, one: Notification) -> str:
    """ "It was sent at 10:41.", "It was withdrawn: Withdrawn by Maria." """
    zone = work.roster.practice.zone
    match one.status:
        case MessageStatus.SENT if one.sent_at is not None:
            return f"It was sent {_when(one.sent_at, zone, work.now)}."
        case MessageStatus.WITHDRAWN | MessageStatus.SKIPPED | MessageStatus.FAILED:
            reason = one.reason.rstrip(".")
            return f"It was {one.status}: {reason}." if reason else f"It was {one.status}."
    return f"It is planned {_when(one.due_at, zone, work.now)}."


def still_useful(work: Work, one: Notification) -> None:
    """Raises ``Refusal`` once it is too late for the message."""
    lasting = one.purpose in (Purpose.NO_SHOW, Purpose.PAYMENT)
    if lasting or one.useful_until is None or one.useful_until > work.now:
        return
    when = _when(one.useful_until, work.roster.practice.zone, work.now)
    raise Refusal(
        "too_late", f"The {name_of(one)} came to an end {when}: nobody has use for it now."
    )


def same_visit(work: Work, one: Notification) -> str:
    """What the message tells of its visit as it is now. Raises ``Refusal`` when the visit is not
    what the message is about any more."""
    if one.appointment_id is None or one.purpose not in TELLING:
        return one.tells
    try:
        now = state_of(work.uow.get(Appointment, one.appointment_id))
    except NotFound:
        now = OFF
    gone = now in ("", OFF)
    if gone is not (one.purpose is Purpose.CANCELLED):
        word = "does not take place any more" if gone else "takes place again"
        raise Refusal("visit_changed", f"The visit {word}, so the {name_of(one)} would be wrong.")
    if one.purpose is Purpose.MOVED and one.knew == now:
        raise Refusal(
            "visit_changed",
            "The visit is back where it was, and what tells of changes is planned by itself. The "
            f"{name_of(one)} would be wrong.",
        )
    return now


def note(work: Work, action: str, one: Notification) -> None:
    """The message's own entry in the audit trail."""
    detail: dict[str, object] = {
        "what": PURPOSE_WORDS[one.purpose],
        "channel": CHANNEL_WORDS[one.channel],
    }
    if one.appointment_id is not None:
        detail["visit"] = one.appointment_id
    work.uow.audit(action, "notification", one.id, one.patient_id or "", detail)


def _when(instant: datetime, zone: str, now: datetime) -> str:
    """ "at 10:41" of today, "Mon 23 Nov 10:41" of any other day."""
    if local_date(instant, zone) == local_date(now, zone):
        return f"at {time_text(instant, zone)}"
    return when_text(instant, zone, now)


def name_of(one: Notification) -> str:
    """In a sentence, behind "the"."""
    return {
        Purpose.MOVED: "notice of the move",
        Purpose.CANCELLED: "notice of the cancellation",
        Purpose.NO_SHOW: "message after the no-show",
    }.get(one.purpose) or PURPOSE_WORDS[one.purpose].lower()


def _clean(text: str) -> str:
    """Line ends as one kind, nothing that is no text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n")
    return "".join(ch for ch in lines if ch == "\n" or ch == "\t" or ch.isprintable()).strip()
