"""What is to be told, to whom, which way and when: the plan of messages as a pure function.

A visit's messages follow from the visit as it is now, what its patient knows of it, and the
clinic's rules. *Notices* (booked, moved, cancelled) close the gap between what the patient knows
and what is so; *reminders* follow from the plan of the visit, its type or the clinic. What was
planned and is no longer wanted is withdrawn; what was sent, failed, or was decided by a person
stays as it is. Nothing here reads a clock or a store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from zlib import crc32

from clinic_desk.domain.appointments import Appointment, SlotState, Status
from clinic_desk.domain.ids import Id
from clinic_desk.domain.message_bundles import SERIES, rule_for
from clinic_desk.domain.message_changes import (
    CHANGED_AGAIN,
    DROPPED,
    NOT_PLACE,
    NOTICES,
    OTHER_PLAN,
    SETTLED,
    TAKEN_BACK,
    VISIT_MOVED,
    Change,
    after_quiet,
    goes_at,
    is_open,
    planned,
    planned_here,
    reconcile,
    reusable,
    unwanted,
    waits,
)
from clinic_desk.domain.message_others import after_no_show
from clinic_desk.domain.message_reminders import reminders, told_by
from clinic_desk.domain.message_rules import Rules, ways
from clinic_desk.domain.messages import HOLD, Channel, MessageStatus, Notification, Purpose
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import epoch, from_epoch

OFF = "off"
"""State of a visit that does not take place, as the patient knows it."""

TELLING = NOTICES | {Purpose.REMINDER}
"""Messages after which the patient knows how the visit stands."""


class Stand(Enum):
    """What a visit is to its messages."""

    NONE = auto()
    """Nothing yet: a hold, or it waits for the doctor's acceptance."""
    ALIVE = auto()
    OFF = auto()
    MISSED = auto()
    UNDER_WAY = auto()
    """Here, being seen, seen, or without a place: nothing more is told."""


def stand_of(visit: Appointment | None) -> Stand:
    if visit is None:
        return Stand.NONE
    if visit.deleted_at is not None or visit.status in (
        Status.CANCELLED, Status.DECLINED, Status.RELEASED,
    ):  # fmt: skip
        return Stand.OFF
    if visit.patient_id is None or visit.status in (Status.HELD, Status.PENDING):
        return Stand.NONE
    if visit.slot_state is SlotState.CONTESTED:
        return Stand.UNDER_WAY
    if visit.status in (Status.SCHEDULED, Status.CONFIRMED):
        return Stand.ALIVE
    return Stand.MISSED if visit.status is Status.NO_SHOW else Stand.UNDER_WAY


def state_of(visit: Appointment | None) -> str:
    """What a patient who was told of the visit knows: when, with whom and where. Empty where there
    is nothing to know, ``OFF`` for one that was cancelled or declined."""
    if visit is None or visit.deleted_at is not None or visit.patient_id is None:
        return ""
    if visit.status in (Status.HELD, Status.RELEASED, Status.PENDING):
        return ""
    if visit.status in (Status.CANCELLED, Status.DECLINED):
        return OFF
    return f"{epoch(visit.start)}|{visit.doctor_id}|{visit.location_id}"


def matters(before: Appointment | None, after: Appointment) -> bool:
    """Whether what became of a visit can touch its messages; cheap, for most changes do not."""
    stands = stand_of(before), stand_of(after)
    if before is None or before.status is Status.HELD:
        return stands[1] is Stand.ALIVE
    if stands == (Stand.NONE, Stand.NONE):
        return False
    return stands[0] is not stands[1] or _signature(before) != _signature(after)


def _signature(visit: Appointment) -> tuple[object, ...]:
    return (
        state_of(visit), visit.patient_id, visit.type_id, visit.remind_at, visit.remind_channels,
        visit.status is Status.NO_SHOW, visit.series_id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFacts:
    """A visit and all that decides about its messages. ``before``: as this command found it (the
    same when nothing about it changed; None: it is new). ``plan``: its type's reminders or the
    clinic's. ``history``: its messages so far. ``told`` False: an import was taken back or brought
    back, of which nobody outside ever heard. ``same_person``: two entries of one person were
    merged or taken apart, so whoever the visit's messages went to is the same patient."""

    visit: Appointment
    before: Appointment | None
    zone: str
    plan: tuple[str, ...] = ()
    history: Sequence[Notification] = ()
    patients: Mapping[Id, Patient]
    told: bool = True
    same_person: bool = False


def visit_changes(rules: Rules, facts: VisitFacts, now: datetime) -> list[Change]:
    """What is to be written so that the visit's messages are as they should be at ``now``."""
    visit = facts.visit
    changes: list[Change] = []
    mine: list[Notification] = []
    others: dict[Id, list[Notification]] = {}
    for message in facts.history:
        if facts.same_person or message.patient_id == visit.patient_id:
            mine.append(message)
        else:
            others.setdefault(message.patient_id or "", []).append(message)
    patient = facts.patients.get(visit.patient_id or "")
    own = [] if patient is None else list(_wanted(rules, facts, patient, mine, now))
    for patient_id, history in others.items():
        own = _taken_over(own, history, mine, now)
        other = facts.patients.get(patient_id)
        wanted = list(_goodbye(rules, facts, other, history, now)) if other else []
        changes += reconcile(history, wanted, now, lambda _one: NOT_PLACE, OFF)

    def why(one: Notification) -> str:
        return unwanted(rules, one, _reason(visit, one))

    done = list(reconcile(mine, own, now, why, state_of(visit)))
    if facts.same_person:
        done = list(_carried(done, mine, visit.patient_id))
    return changes + done


def _taken_over(
    wanted: Sequence[Notification],
    history: list[Notification],
    mine: list[Notification],
    now: datetime,
) -> list[Notification]:
    """The visit was given to another patient: what the one before has not been sent goes over to
    them, and what has been sent is told again under a key of their own."""
    known = {one.key: one for one in history}
    own = []
    for one in wanted:
        theirs = known.get(one.key)
        if theirs is not None and reusable(theirs, now):
            history.remove(theirs)
            mine.append(theirs)
        elif theirs is not None:
            head, _, channel = one.key.rpartition(":")
            one = replace(one, key=f"{head}-{_mark(one.patient_id or '')}:{channel}")
        own.append(one)
    return own


def _mark(text: str) -> str:
    return f"{crc32(text.encode()):08x}"


def _carried(
    changes: Iterable[Change], history: Iterable[Notification], patient_id: Id | None
) -> Iterator[Change]:
    """The messages go along with the visit to the other entry of the same person."""
    touched = set()
    for before, after in changes:
        touched.add(after.id)
        yield Change(before, replace(after, patient_id=patient_id))
    for message in history:
        if message.id not in touched and message.patient_id != patient_id:
            yield Change(message, replace(message, patient_id=patient_id))


def _reason(visit: Appointment, message: Notification) -> str:
    if stand_of(visit) in (Stand.OFF, Stand.NONE) and message.purpose is not Purpose.CANCELLED:
        return TAKEN_BACK if message.purpose is Purpose.CONFIRMATION else NOT_PLACE
    if message.purpose in NOTICES and stand_of(visit) in (Stand.UNDER_WAY, Stand.MISSED):
        return SETTLED
    if message.purpose in NOTICES and message.tells == state_of(visit):
        return OTHER_PLAN
    if message.purpose in NOTICES:
        return TAKEN_BACK if message.knew == state_of(visit) else CHANGED_AGAIN
    if message.purpose is Purpose.REMINDER and message.tells != state_of(visit):
        return VISIT_MOVED if stand_of(visit) is Stand.ALIVE else SETTLED
    return OTHER_PLAN if stand_of(visit) is Stand.ALIVE else SETTLED


# What the patient knows


def _open_notice(history: Iterable[Notification], now: datetime) -> Notification | None:
    for one in history:
        if one.purpose in NOTICES and is_open(one, now) and planned_here(one):
            return one
    return None


def _dropped(history: Iterable[Notification]) -> Notification | None:
    """The last notice, where it went to nobody because the visit began, or seemed to, or because
    the clinic wanted no such message, or seemed to: when that was a slip, the patient knows no more
    than before the notice."""
    notices = [one for one in history if one.purpose in NOTICES and planned_here(one)]
    closed = {one.key.rpartition(":")[0]: one for one in notices if one.reason not in DROPPED}

    def went_over(one: Notification) -> bool:
        """To another way, which decides what became of the notice."""
        same = closed.get(one.key.rpartition(":")[0])
        return one.reason in DROPPED and same is not None and same.planned_at >= one.planned_at

    left = [one for one in notices if not went_over(one)]
    last = max(left, key=lambda one: (one.planned_at, one.reason in DROPPED, one.id), default=None)
    if last is None or last.status is not MessageStatus.WITHDRAWN:
        return None
    return last if last.reason in DROPPED else None


def last_told(history: Iterable[Notification]) -> str | None:
    """How the visit stands by the last message that went to the patient; None: none did."""
    sent = [
        one
        for one in history
        if one.status is MessageStatus.SENT
        and one.purpose in TELLING
        and one.channel is not Channel.DESKTOP
        and one.tells
    ]
    if not sent:
        return None
    return max(sent, key=lambda one: (one.sent_at or one.due_at, one.planned_at, one.id)).tells


def known(facts: VisitFacts, history: Sequence[Notification], now: datetime) -> str:
    """What the patient knows of the visit. Without a message that went or is about to go they know
    what was so before this change; of what was booked within the hold nobody has told them."""
    told = last_told(history)
    if told is not None:
        return told
    pending = _open_notice(history, now)
    if pending is not None:
        return pending.knew
    dropped = _dropped(history)
    if dropped is not None:
        return dropped.knew
    before = facts.before
    if before is None or (before.patient_id != facts.visit.patient_id and not facts.same_person):
        return ""
    fresh = (
        before is not facts.visit
        and before.import_key is None
        and before.created_at is not None
        and before.created_at > now - HOLD
    )
    return "" if fresh else state_of(before)


# What is wanted


def _wanted(
    rules: Rules,
    facts: VisitFacts,
    patient: Patient,
    history: Sequence[Notification],
    now: datetime,
) -> Iterator[Notification]:
    visit, stand = facts.visit, stand_of(facts.visit)
    if stand is Stand.MISSED:
        yield from after_no_show(rules, visit, facts.before, patient, facts.zone, history, now)
    if visit.start <= now:
        return
    notices = list(_notices(rules, facts, patient, history, now))
    yield from notices
    if stand is Stand.ALIVE:
        is_so = state_of(visit)
        for one in reminders(rules, visit, patient, facts.plan, facts.zone, history, is_so, now):
            if not any(told_by(notice, one) for notice in notices):
                yield one


def _notices(
    rules: Rules,
    facts: VisitFacts,
    patient: Patient,
    history: Sequence[Notification],
    now: datetime,
) -> Iterator[Notification]:
    visit, stand = facts.visit, stand_of(facts.visit)
    if not facts.told or stand not in (Stand.ALIVE, Stand.OFF):
        return
    knows, is_so = known(facts, history, now), state_of(visit)
    here = visit.walk_in or visit.import_key is not None
    if stand is Stand.OFF:
        # Who asked for a visit waits for an answer, and a no is one.
        asked = visit.status is Status.DECLINED and visit.deleted_at is None and not here
        if knows != OFF and (knows or asked):
            yield from _notice(rules, facts, patient, history, Purpose.CANCELLED, knows, OFF, now)
    elif knows in ("", OFF):
        if not (here and knows == ""):
            yield from _notice(
                rules, facts, patient, history, Purpose.CONFIRMATION, knows, is_so, now
            )
    elif knows != is_so:
        yield from _notice(rules, facts, patient, history, Purpose.MOVED, knows, is_so, now)


def _goodbye(
    rules: Rules,
    facts: VisitFacts,
    patient: Patient,
    history: Sequence[Notification],
    now: datetime,
) -> Iterator[Notification]:
    """The visit was booked for somebody else by mistake: whoever was told hears that it is off."""
    told = last_told(history)
    if facts.visit.start > now and facts.told and told not in (None, "", OFF):
        yield from _notice(rules, facts, patient, history, Purpose.CANCELLED, str(told), OFF, now)


def _notice(
    rules: Rules,
    facts: VisitFacts,
    patient: Patient,
    history: Sequence[Notification],
    purpose: Purpose,
    knows: str,
    tells: str,
    now: datetime,
) -> Iterator[Notification]:
    if purpose not in rules.purposes:
        return
    visit = facts.visit
    pending = _open_notice(history, now)
    held = now + HOLD
    on_its_way = ""
    if pending is not None and (pending.purpose, pending.tells) == (purpose, tells):
        held = pending.held_until or pending.due_at
        on_its_way = pending.channel if waits(pending, now) else ""
    soonest = min(visit.start, _known_start(knows, now) or visit.start)
    due = after_quiet(rules, patient, facts.zone, max(held, now), soonest)
    closed = sum(1 for one in history if one.purpose in NOTICES and not reusable(one, now))
    mark = _mark(f"{tells}|{patient.id}")
    occurrence = f"visit:{visit.id}:{epoch(visit.start)}:{purpose}-{closed}-{mark}"
    for way in ways(rules, patient):
        if way.channel == on_its_way and pending is not None:
            at = goes_at(pending)
        elif due >= visit.start:
            continue
        else:
            at = due
        yield planned(
            rules, patient, way, occurrence, purpose, at, visit.start, now,
            rule=rule_for(visit.series_id) or _rule_before(visit, history),
            held_until=held, appointment_id=visit.id, doctor_id=visit.doctor_id,
            knew=knows, tells=tells,
        )  # fmt: skip


def _known_start(knows: str, now: datetime) -> datetime | None:
    """When the patient would come who has not heard of the change; None when that is over."""
    text, bar, _ = knows.partition("|")
    start = from_epoch(int(text)) if bar else now
    return start if start > now else None


def _rule_before(visit: Appointment, history: Iterable[Notification]) -> str:
    """A booking that began with a hold is one again when it is undone, and of no series; what was
    told with a series is called off with it."""
    told = any(one.rule for one in history if one.purpose in NOTICES)
    return SERIES if told and visit.status in (Status.HELD, Status.RELEASED) else ""
