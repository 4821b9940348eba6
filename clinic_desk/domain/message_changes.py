"""From what is wanted and what is there to what has to be written.

A message that was planned and is no longer wanted is withdrawn; one that was sent, failed, or was
decided by a person stays as it is; one that waits already keeps its place and takes the new values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from clinic_desk.domain.message_rules import (
    BEFORE_QUIET,
    NO_WAY,
    Rules,
    Way,
    address_of,
    language_of,
    quiet_of,
    zone_of,
)
from clinic_desk.domain.messages import Channel, MessageStatus, Notification, Purpose
from clinic_desk.domain.people import Patient

AT_ONCE = timedelta(hours=2)
"""A notice does not wait for the end of quiet hours when the visit starts sooner than this after
them."""

TIMED = frozenset({Purpose.REMINDER, Purpose.PAYMENT})
"""What has a time of its own: not planned when that has passed."""

NOTICES = frozenset({Purpose.CONFIRMATION, Purpose.MOVED, Purpose.CANCELLED})

NOT_PLACE = "The visit does not take place"
TAKEN_BACK = "The change was taken back before it was sent"
CHANGED_AGAIN = "The visit was changed again"
VISIT_MOVED = "The visit was moved"
OTHER_PLAN = "It is planned another way now"
SETTLED = "There is no need for it any more"
ALL_OFF = "No way to patients is in use"
NOT_TOLD = "The clinic has switched such messages off"
DROPPED = frozenset({OTHER_PLAN, SETTLED, ALL_OFF, NOT_TOLD})
"""Nothing about the visit made the message needless: it may be wanted again."""

WITHDRAWN_BY_PLAN = frozenset({NOT_PLACE, TAKEN_BACK, CHANGED_AGAIN, VISIT_MOVED, *DROPPED})
"""Reasons of the plan itself. What was withdrawn for any other was withdrawn by a person, and is
never planned again under the same key."""

_PLANNED_KEY = re.compile(r"(visit|offer|invoice):[^:]+:[^:]+:[a-z0-9_-]+:[a-z]+")


class Change(NamedTuple):
    """A message to be written; ``before`` None: a new one, without an id as yet."""

    before: Notification | None
    after: Notification


def is_open(message: Notification, now: datetime) -> bool:
    """Planned, or skipped by the plan for a time that is still to come."""
    if message.status is MessageStatus.PLANNED:
        return True
    return skipped_by_plan(message) and (message.held_until or message.due_at) > now


def skipped_by_plan(message: Notification) -> bool:
    return message.status is MessageStatus.SKIPPED and message.reason.startswith(NO_WAY)


def reusable(message: Notification, now: datetime) -> bool:
    """Whether the plan may write the message anew under the same key."""
    if message.status is MessageStatus.WITHDRAWN:
        return message.reason in WITHDRAWN_BY_PLAN
    return is_open(message, now)


def planned_here(message: Notification) -> bool:
    """By its key; a person who sends a message again makes a key of another form."""
    return _PLANNED_KEY.fullmatch(message.key) is not None


def reconcile(
    history: Sequence[Notification],
    wanted: Iterable[Notification],
    now: datetime,
    reason: Callable[[Notification], str],
    is_so: str,
) -> Iterator[Change]:
    """``reason``: why one that is not wanted is withdrawn. ``is_so``: the visit's state; what a
    person sends again goes as long as it says that."""
    left = {one.key: one for one in history}
    for one in wanted:
        old = left.get(one.key)
        if one.purpose in TIMED and goes_at(one) <= now and not waits(old, now):
            continue
        if old is None:
            yield Change(None, one)
            continue
        del left[one.key]
        after = _renewed(old, one, now)
        if after != old:
            yield Change(old, after)
    for old in left.values():
        if not is_open(old, now):
            continue
        if not planned_here(old) and old.tells in ("", is_so):
            continue
        gone = replace(old, status=MessageStatus.WITHDRAWN, reason=reason(old))
        yield Change(old, gone)


def waits(old: Notification | None, now: datetime) -> bool:
    """Whether a message is due already and only waits to be sent."""
    return old is not None and old.status is MessageStatus.PLANNED and goes_at(old) <= now


def unwanted(rules: Rules, message: Notification, reason: str = SETTLED) -> str:
    """``reason``, unless it is that the clinic tells nobody of such things."""
    if reason not in (OTHER_PLAN, SETTLED):
        return reason
    if message.channel is not Channel.DESKTOP and not rules.reaches_patients:
        return ALL_OFF
    return reason if message.purpose in rules.purposes else NOT_TOLD


def goes_at(message: Notification) -> datetime:
    """When it goes: when it is due, and no longer held."""
    return max(message.due_at, message.held_until or message.due_at)


def _renewed(old: Notification, wanted: Notification, now: datetime) -> Notification:
    """The message as it should be now: one that waits keeps its words while it says the same."""
    if old.status is MessageStatus.PLANNED and wanted.status is MessageStatus.PLANNED:
        kept: dict[str, Any] = {"id": old.id, "planned_at": old.planned_at, "knew": old.knew}
        if old.tells == wanted.tells:
            kept |= {"subject": old.subject, "body": old.body, "written_by": old.written_by}
        if waits(old, now):
            kept |= {"due_at": old.due_at, "held_until": old.held_until}
        return replace(wanted, **kept)
    if not reusable(old, now):
        return old
    renewed = replace(wanted, id=old.id)
    if old.status is MessageStatus.SKIPPED and wanted.status is MessageStatus.SKIPPED:
        renewed = replace(renewed, planned_at=old.planned_at)
    return renewed


# One message


def planned(
    rules: Rules,
    patient: Patient,
    way: Way,
    occurrence: str,
    purpose: Purpose,
    due: datetime,
    until: datetime,
    now: datetime,
    **more: Any,
) -> Notification:
    """One message for one way, skipped with the reason where that cannot be used. Its key is the
    occurrence and the channel."""
    return Notification(
        id="",
        key=f"{occurrence}:{way.channel}",
        purpose=purpose,
        channel=way.channel,
        due_at=due,
        useful_until=until,
        planned_at=now,
        status=MessageStatus.SKIPPED if way.skip else MessageStatus.PLANNED,
        reason=way.skip,
        patient_id=patient.id,
        language=language_of(rules, patient, way.channel),
        address=address_of(way.channel, patient),
        **more,
    )


def after_quiet(
    rules: Rules, patient: Patient, zone: str, due: datetime, start: datetime | None = None
) -> datetime:
    """A notice waits for the end of quiet hours, unless the visit is too near then."""
    quiet = quiet_of(rules, patient)
    stretch = quiet.around(due, zone_of(patient, zone)) if quiet is not None else None
    if stretch is None or (start is not None and start - stretch[1] < AT_ONCE):
        return due
    return stretch[1]


def before_quiet(rules: Rules, patient: Patient, zone: str, due: datetime) -> datetime:
    """A reminder comes before quiet hours, never after them."""
    quiet = quiet_of(rules, patient)
    stretch = quiet.around(due, zone_of(patient, zone)) if quiet is not None else None
    return due if stretch is None else min(due, stretch[0] - BEFORE_QUIET)
