"""What the clinic has decided about messages: which ways are in use, in which order, and when
patients are left alone. Read from the clinic's settings "messages.*"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

from clinic_desk.domain.messages import CHANNEL_WORDS, Channel, Purpose
from clinic_desk.domain.people import PRACTICE, Patient
from clinic_desk.domain.spans import at_local, zone

PREFIX = "messages."
"""Of the names of all settings about messages."""

USUAL_ORDER = (Channel.SMS, Channel.EMAIL, Channel.WHATSAPP)
USUAL_QUIET = "20:00-08:00"
NO_QUIET = "none"
NO_REMINDERS = ("none",)
"""As a visit's channels: this visit has no reminders."""

BEFORE_QUIET = timedelta(minutes=5)
"""A reminder that would fall into quiet hours comes this long before they begin."""

LONGEST_DELAY = 90 * 24 * 60
"""Minutes; of what comes after a no-show or after an invoice was due."""

NO_WAY = "No way to reach the patient: "
"""How the reason of a message begins that was skipped when it was planned."""

LEAST_OPEN = 60
"""Minutes of the day that quiet hours leave."""

_QUIET = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the local day in which nothing comes: from ``begin`` to ``end``, minutes of the
    day, over midnight where ``end`` is the earlier one."""

    begin: int
    end: int

    def around(self, instant: datetime, zone_name: str) -> tuple[datetime, datetime] | None:
        """The quiet stretch that holds the instant, [begin, end) in UTC; None outside. Around a
        clock change it never begins after the instant nor ends before it."""
        local = instant.astimezone(zone(zone_name))
        minute, day = local.hour * 60 + local.minute, local.date()
        one = timedelta(days=1)
        if self.begin < self.end:
            if not self.begin <= minute < self.end:
                return None
            first, last = day, day
        elif minute >= self.begin:
            first, last = day, day + one
        elif minute < self.end:
            first, last = day - one, day
        else:
            return None
        begin, end = at_local(first, self.begin, zone_name), at_local(last, self.end, zone_name)
        return min(begin, instant), max(end, instant)


def quiet_in(text: str) -> Quiet | None:
    """ "20:00-08:00", or "none". Raises ``ValueError`` for what is neither."""
    if text.strip().casefold() == NO_QUIET:
        return None
    found = _QUIET.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"no quiet hours: {text!r}")
    hours = [int(part) for part in found.groups()]
    begin, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    return None if begin == end else Quiet(begin, end)


def quiet_fault(text: str) -> str:
    """What is wrong with quiet hours as somebody types them, in words; empty when they will do."""
    try:
        quiet = quiet_in(text)
    except ValueError:
        return f"Type two times such as {USUAL_QUIET}, or {NO_QUIET}."
    if quiet is None:
        none = text.strip().casefold() == NO_QUIET
        return "" if none else f"They end when they begin; type {NO_QUIET} for no quiet hours."
    if (quiet.begin - quiet.end) % 1440 < LEAST_OPEN:
        return "They leave less than an hour of the day in which a message could come."
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The clinic's settings, read. ``on``: the ways in use. ``allow_unknown``: who was never
    asked may be told. ``no_show_after`` minutes, ``payment_after`` days. ``language`` and
    ``zone`` are the practice's, for whoever has none of their own."""

    on: frozenset[Channel] = frozenset()
    order: tuple[Channel, ...] = USUAL_ORDER
    quiet: Quiet | None = field(default_factory=lambda: quiet_in(USUAL_QUIET))
    allow_unknown: bool = False
    purposes: frozenset[Purpose] = frozenset(Purpose)
    no_show_after: int = 60
    payment_after: int = 3
    language: str = "en"
    zone: str = "UTC"

    @property
    def reaches_patients(self) -> bool:
        return bool(self.on - {Channel.DESKTOP})


def rules_in(settings: Mapping[str, object], *, locale: str = "en_GB", zone: str = "UTC") -> Rules:
    """From settings by their full names; what is missing or cannot be read is as usual."""
    on = {one for one in Channel if settings.get(f"{PREFIX}{one}.on") is True}
    if settings.get(f"{PREFIX}{Channel.DESKTOP}.on") is None:
        on.add(Channel.DESKTOP)
    order = _channels(settings.get(f"{PREFIX}order"))
    order = (*order, *(one for one in USUAL_ORDER if one not in order))
    try:
        quiet = quiet_in(str(settings.get(f"{PREFIX}quiet") or USUAL_QUIET))
    except ValueError:
        quiet = quiet_in(USUAL_QUIET)
    chosen = settings.get(f"{PREFIX}purposes")
    purposes = frozenset(Purpose)
    if isinstance(chosen, list | tuple):
        purposes = frozenset(one for one in Purpose if one.value in chosen)
    return Rules(
        on=frozenset(on),
        order=order,
        quiet=quiet,
        allow_unknown=settings.get(f"{PREFIX}unknown_consent") == "allow",
        purposes=purposes,
        no_show_after=_number(settings.get(f"{PREFIX}no_show_after"), 60, LONGEST_DELAY),
        payment_after=_number(settings.get(f"{PREFIX}payment_after"), 3, LONGEST_DELAY // 1440),
        language=locale[:2].lower(),
        zone=zone,
    )


def _number(value: object, usual: int, most: int) -> int:
    return value if type(value) is int and 0 <= value <= most else usual


def _channels(value: object) -> tuple[Channel, ...]:
    """Those of patients that a stored list names, in its order."""
    given = value if isinstance(value, list | tuple) else ()
    found = [one for name in given for one in USUAL_ORDER if one.value == name]
    return tuple(dict.fromkeys(found))


# One patient


def zone_of(patient: Patient, other: str) -> str:
    """The patient's own zone where it is one, else ``other``."""
    try:
        if patient.zone:
            zone(patient.zone)
            return patient.zone
    except ZoneInfoNotFoundError:
        pass
    return other


def quiet_of(rules: Rules, patient: Patient) -> Quiet | None:
    """The patient's own quiet hours, else the clinic's."""
    if not patient.quiet:
        return rules.quiet
    try:
        return quiet_in(patient.quiet)
    except ValueError:
        return rules.quiet


def language_of(rules: Rules, patient: Patient, channel: Channel) -> str:
    """Two letters; the practice's where the patient's is not known, and for the desks."""
    if channel is Channel.DESKTOP:
        return rules.language
    code = patient.language.partition("-")[0].partition("_")[0].strip().lower()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else rules.language


def address_of(channel: Channel, patient: Patient) -> str:
    """Empty where there is none, and for the desks."""
    if channel is Channel.EMAIL:
        return patient.email
    return patient.mobile if channel in (Channel.SMS, Channel.WHATSAPP) else ""


def consent_of(channel: Channel, patient: Patient) -> bool | None:
    """None: never asked."""
    if channel is Channel.EMAIL:
        return patient.consent_email
    if channel is Channel.SMS:
        return patient.consent_sms
    return patient.consent_whatsapp if channel is Channel.WHATSAPP else True


def obstacle(rules: Rules, channel: Channel, patient: Patient) -> str:
    """Why a way cannot be used for this patient, in words; empty when it can."""
    if channel not in rules.on:
        return "switched off"
    if channel is Channel.DESKTOP:
        return ""
    if not address_of(channel, patient):
        return "no e-mail address" if channel is Channel.EMAIL else "no mobile number"
    consent = consent_of(channel, patient)
    if consent is False:
        return "the patient said no"
    if consent is None and not rules.allow_unknown:
        return "the patient was not asked"
    return ""


@dataclass(frozen=True, slots=True)
class Way:
    """``skip``: why nothing can go this way, in words; else empty."""

    channel: Channel
    skip: str = ""


def ways(rules: Rules, patient: Patient, named: Iterable[str] = ()) -> tuple[Way, ...]:
    """How a message goes: every usable one of those named; with none named the first usable one
    in the patient's order, then the clinic's. One that says why when there is none, and nothing
    at all for an invented patient or while no way of the kind is in use."""
    wanted = [one for name in named for one in Channel if one.value == name]
    if patient.record_number.startswith(PRACTICE):
        return ()
    if wanted:
        usable = [one for one in wanted if not obstacle(rules, one, patient)]
        if usable:
            return tuple(Way(one) for one in usable)
        if not rules.reaches_patients:
            return ()
        candidates = wanted
    else:
        own = _channels(patient.channels)
        both = (*own, *(one for one in rules.order if one not in own))
        candidates = [one for one in both if one in rules.on]
        for one in candidates:
            if not obstacle(rules, one, patient):
                return (Way(one),)
        if not candidates:
            return ()
    told = "; ".join(
        f"{CHANNEL_WORDS[one]} – {obstacle(rules, one, patient)}" for one in candidates
    )
    return (Way(candidates[0], f"{NO_WAY}{told}"),)
