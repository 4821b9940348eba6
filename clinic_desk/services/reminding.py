"""What a person decides about being told: a visit's own reminder, a patient's order and hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.wording import quoted

LONGEST = 60 * 1440
"""Minutes before a visit at which a reminder comes at the earliest."""

NONE = "none"
CHANNELS = ("sms", "email", "whatsapp", "desktop")
PATIENTS = CHANNELS[:3]


def checked_lead(value: object) -> int | None:
    """Minutes before the start, None for the usual plan."""
    if value is None:
        return None
    if type(value) is not int or not 0 < value <= LONGEST:
        raise Refusal(
            "bad_reminder",
            "A visit’s own reminder comes between a minute and 60 days before it.",
            field="remind_before",
        )
    return value


def checked_channels(value: object) -> tuple[str, ...]:
    """Of one visit: any of ``CHANNELS``, "none" alone for no reminder, empty for the usual."""
    names = _texts(value, "remind_channels")
    if names == (NONE,) or set(names) <= set(CHANNELS):
        return names
    raise Refusal(
        "bad_reminder",
        "A reminder goes by SMS, e-mail, WhatsApp or to the desks, or not at all.",
        field="remind_channels",
    )


def checked_order(value: object) -> tuple[str, ...]:
    """The ways in which a patient would be told, the first one first."""
    names = _texts(value, "channels")
    if set(names) <= set(PATIENTS):
        return names
    raise Refusal("bad_channels", "A patient is told by SMS, e-mail or WhatsApp.", field="channels")


def checked_quiet(value: object) -> str:
    """ "20:00-08:00", "none", or empty for the clinic's hours."""
    from clinic_desk.domain.message_rules import NO_QUIET, quiet_fault, quiet_in  # seldom asked

    text = " ".join(str(value or "").split())
    if not text:
        return ""
    fault = quiet_fault(text)
    if fault:
        raise Refusal("bad_quiet", f"{quoted(text)} are no quiet hours. {fault}", field="quiet")
    found = quiet_in(text)
    if found is None:
        return NO_QUIET
    begin, end = found.begin, found.end
    return f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"


def _texts(value: object, field: str) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return tuple(dict.fromkeys(value))
    raise Refusal("bad_channels", "The ways of telling are a list.", field=field)


def remind_at(start: datetime, lead: int | None) -> datetime | None:
    return None if lead is None else start - timedelta(minutes=lead)


def lead_of(visit: Appointment) -> int | None:
    """Minutes before the start, where the visit has a reminder of its own."""
    if visit.remind_at is None:
        return None
    return int((visit.start - visit.remind_at).total_seconds() // 60)


def with_reminder(before: Appointment, after: Appointment) -> Appointment:
    """A visit that moves takes its own reminder along."""
    if before.remind_at is None or before.start == after.start:
        return after
    return replace(after, remind_at=after.start - (before.start - before.remind_at))


KEYS = ("remind_before", "remind_channels")


def as_fields(visit: Appointment, values: Mapping[str, object]) -> dict[str, object]:
    """``values`` with the fields of the row in the place of what a person says of the reminder."""
    found = dict(values)
    if "remind_before" in found:
        found["remind_at"] = remind_at(visit.start, checked_lead(found.pop("remind_before")))
    if "remind_channels" in found:
        found["remind_channels"] = checked_channels(found["remind_channels"])
    return found


def without(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names) - frozenset(KEYS)
