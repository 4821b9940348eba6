"""Reminders of a visit that stands: by its own wish, its type's plan or the clinic's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.message_changes import before_quiet, goes_at, planned
from clinic_desk.domain.message_rules import NO_REMINDERS, Rules, ways
from clinic_desk.domain.messages import HOLD, Channel, MessageStatus, Notification, Purpose
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import epoch


def plan_of(visit: Appointment, plan: Sequence[str]) -> Iterator[tuple[timedelta, list[str]]]:
    """(how long before the start, channels named) of a visit's reminders, the earliest first: its
    own, where it has some, else by ``plan``."""
    own = list(visit.remind_channels)
    if tuple(own) == NO_REMINDERS:
        return
    if visit.remind_at is not None and visit.remind_at < visit.start:
        yield visit.start - visit.remind_at, own
        return
    items = [item.partition(":") for item in plan]
    for minutes, _, channels in sorted(items, key=lambda item: -int(item[0])):
        yield timedelta(minutes=int(minutes)), own or [one for one in channels.split(",") if one]


def reminders(
    rules: Rules,
    visit: Appointment,
    patient: Patient,
    plan: Sequence[str],
    zone: str,
    history: Sequence[Notification],
    is_so: str,
    now: datetime,
) -> Iterator[Notification]:
    """Those of a visit that stands, whatever their time; two at the same instant and the same way
    are one, that of the earlier rule. One that is planned within the hold before its time is held
    as long as a notice is, for what was changed may be taken back."""
    if Purpose.REMINDER not in rules.purposes:
        return
    seen: set[tuple[datetime, Channel]] = set()
    for lead, named in plan_of(visit, plan):
        rule = str(int(lead.total_seconds() // 60))
        for way in ways(rules, patient, named):
            due = visit.start - lead
            if way.channel is not Channel.DESKTOP:
                due = before_quiet(rules, patient, zone, due)
            if (due, way.channel) in seen:
                continue
            seen.add((due, way.channel))
            occurrence = f"visit:{visit.id}:{epoch(visit.start)}:reminder-{rule}"
            one = planned(
                rules, patient, way, occurrence, Purpose.REMINDER, due, visit.start, now,
                rule=rule,
                appointment_id=visit.id, doctor_id=visit.doctor_id, tells=is_so,
            )  # fmt: skip
            one = replace(one, held_until=_held(one, history, now))
            if goes_at(one) < visit.start:
                yield one


def told_by(notice: Notification, reminder: Notification) -> bool:
    """A notice that comes no sooner than the reminder, the same way, makes it needless."""
    planned_too = notice.status is MessageStatus.PLANNED
    same_way = notice.channel is reminder.channel
    return planned_too and same_way and reminder.due_at <= goes_at(notice)


def _held(one: Notification, history: Sequence[Notification], now: datetime) -> datetime | None:
    if one.status is not MessageStatus.PLANNED:
        return None
    for old in history:
        same = (old.key, old.status, old.tells) == (one.key, one.status, one.tells)
        if same and (old.held_until is not None or old.due_at == one.due_at):
            return old.held_until
    return now + HOLD if now < one.due_at < now + HOLD else None
