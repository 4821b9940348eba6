"""The placeholders of messages: their words for people, and their values in a language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from babel import Locale
from babel.dates import format_date

from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import Purpose
from clinic_desk.domain.spans import zone
from clinic_desk.services import message_series
from clinic_desk.services.message_dates import Moment, clock_text, date_text
from clinic_desk.services.message_facts import MessageFacts, one_line
from clinic_desk.services.message_series import (
    MOST_LINES,
    last_date_text,
    list_text,
    more_text,
    series_text,
    short_series_text,
)
from clinic_desk.services.money import price_text

VISITS = frozenset(set(Purpose) - {Purpose.PAYMENT})
EVERY = frozenset(Purpose)
MOVES = frozenset({Purpose.MOVED})
OFFERS = frozenset({Purpose.WAITLIST_OFFER})
SERIES = frozenset({Purpose.CONFIRMATION, Purpose.MOVED, Purpose.CANCELLED})
REMINDERS = frozenset({Purpose.REMINDER})
BILLS = frozenset({Purpose.PAYMENT})

NAME, LINE, MOMENT, SHORT = 80, 160, 120, 40
LIST = (MOST_LINES + 1) * (message_series.LINE + 1)
"""Characters that a value has at the most."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``words`` say what it stands for. ``purposes`` are those of the messages that have it.
    ``always``: it is never empty, neither in an odd clinic nor for an odd visit."""

    name: str
    words: str
    purposes: frozenset[Purpose] = EVERY
    longest: int = NAME
    always: bool = False


PLACEHOLDERS: tuple[Placeholder, ...] = (
    Placeholder("patient", "The patient’s first and last name", longest=LINE),
    Placeholder("first_name", "The patient’s first name"),
    Placeholder("last_name", "The patient’s last name"),
    Placeholder("clinic", "The name of the clinic", always=True),
    Placeholder("phone", "Where the clinic is called", longest=SHORT),
    Placeholder("when", "Day and time in a sentence", VISITS, 2 * MOMENT, always=True),
    Placeholder("short_when", "Day and time, short", VISITS, 2 * MOMENT, always=True),
    Placeholder("date", "The day", VISITS, MOMENT, always=True),
    Placeholder("short_date", "The day, short", VISITS, SHORT, always=True),
    Placeholder("weekday", "Monday, Tuesday …", VISITS, SHORT, always=True),
    Placeholder("relative", "Today or tomorrow, else empty", VISITS, SHORT),
    Placeholder("time", "When it begins", VISITS, MOMENT, always=True),
    Placeholder("end_time", "When it ends", VISITS, SHORT),
    Placeholder("minutes", "How long it is", VISITS, SHORT),
    Placeholder("doctor", "Title and name of the doctor"),
    Placeholder("visit_type", "The type of the visit", VISITS),
    Placeholder("site", "The name of the site", VISITS),
    Placeholder("address", "Where the site is", VISITS, LINE),
    Placeholder("room", "The room", VISITS),
    Placeholder("code", "The confirmation code", VISITS, SHORT),
    Placeholder("video", "“yes” for a visit by video", VISITS, SHORT),
    Placeholder("by_phone", "“yes” for a visit by telephone", VISITS, SHORT),
    Placeholder("yes", "What the patient answers to confirm", REMINDERS, SHORT),
    Placeholder("no", "What the patient answers to be called", REMINDERS, SHORT),
    Placeholder("old_when", "Day and time before the move", MOVES, 2 * MOMENT),
    Placeholder("old_date", "The day before the move", MOVES, MOMENT),
    Placeholder("old_time", "The time before the move", MOVES, MOMENT),
    Placeholder("old_doctor", "The doctor before the move", MOVES),
    Placeholder("old_site", "The site before the move", MOVES),
    Placeholder("series", "The other visits of a series, in words", SERIES, 2 * MOMENT),
    Placeholder("short_series", "The other visits of a series, short", SERIES, MOMENT),
    Placeholder("more", "How many more visits of a series", SERIES, SHORT),
    Placeholder("last_date", "The day of the last visit of a series", SERIES, MOMENT),
    Placeholder("all_visits", "All visits of a series, one on each line", SERIES, LIST),
    Placeholder("offer_until", "Until when the offer stands", OFFERS, 2 * MOMENT),
    Placeholder("invoice", "The number of the invoice", BILLS, SHORT),
    Placeholder("amount", "What is still to be paid", BILLS, SHORT, always=True),
    Placeholder("total", "The sum of the invoice", BILLS, SHORT),
    Placeholder("due_date", "The day on which it was due", BILLS, MOMENT, always=True),
    Placeholder("visit_date", "The day of the visit", BILLS, MOMENT),
)

TELL_OF_SERIES = frozenset({"series", "short_series", "more", "all_visits"})
"""One of them tells that there are more visits than the first."""

OF_SERIES = TELL_OF_SERIES | {"last_date"}
"""Of them either all are empty or none."""

BY_NAME: Mapping[str, Placeholder] = {one.name: one for one in PLACEHOLDERS}


def placeholders(purpose: Purpose) -> tuple[Placeholder, ...]:
    """Those that messages of the purpose may use."""
    return tuple(one for one in PLACEHOLDERS if purpose in one.purposes)


def language_code(text: str) -> str:
    """ "tr" of "tr", "tr_TR" or "TR-tr"; empty for what is no language of two letters."""
    code = re.split(r"[_\-. ]", text.strip(), maxsplit=1)[0].lower()
    return code if re.fullmatch(r"[a-z]{2}", code) else ""


def language_of(patient: str, practice: str, available: frozenset[str] | set[str]) -> str:
    """The language to write in, of those ``available``: the patient's, the clinic's, English.
    ``patient`` and ``practice`` are languages or locales ("tr", "tr_TR", "")."""
    for one in (patient, practice, "en"):
        if language_code(one) in available:
            return language_code(one)
    return min(available, default="en")


# Values


@cache
def _phone(number: str) -> str:
    """ "+44 20 7946 0958"; as it is where it is no number of any country."""
    import phonenumbers

    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(read, form)) if not read.extension else number


def _missing(what: str) -> Refusal:
    return Refusal("message_fact", f"The message cannot be written: {what} is not known.")


def _start(facts: MessageFacts, locale: Locale) -> Moment:
    if facts.start is None:
        raise _missing("the time of the visit")
    return Moment(facts, locale, facts.start)


def _old(facts: MessageFacts, locale: Locale, tell: Callable[[Moment], str]) -> str:
    return tell(Moment(facts, locale, facts.was_start)) if facts.was_start is not None else ""


def _end_time(facts: MessageFacts, locale: Locale) -> str:
    return clock_text(facts.end, facts.zone, locale) if facts.end is not None else ""


def _minutes(facts: MessageFacts) -> str:
    if facts.start is None or facts.end is None:
        return ""
    return str((facts.end - facts.start) // timedelta(minutes=1))


def _money(minor: int | None, facts: MessageFacts, locale: Locale) -> str:
    return price_text(minor, facts.currency, str(locale)) if minor is not None else ""


def _amount(facts: MessageFacts, locale: Locale) -> str:
    if facts.amount_minor is None or not facts.currency:
        raise _missing("what is to be paid")
    return _money(facts.amount_minor, facts, locale)


def _due(facts: MessageFacts, locale: Locale) -> str:
    if facts.due_on is None:
        raise _missing("the day on which the invoice is due")
    today = facts.sent_at.astimezone(zone(facts.zone)).date()
    return date_text(facts.due_on, locale, today)


def _offer_until(facts: MessageFacts, locale: Locale) -> str:
    if facts.offer_until is None:
        return ""
    return Moment(facts, locale, facts.offer_until).phrase(short=True)


_VALUES: Mapping[str, Callable[[MessageFacts, Locale], str]] = {
    "patient": lambda f, _: " ".join(one for one in (f.first_name, f.last_name) if one),
    "first_name": lambda f, _: f.first_name,
    "last_name": lambda f, _: f.last_name,
    "clinic": lambda f, _: f.clinic,
    "phone": lambda f, _: _phone(f.phone),
    "when": lambda f, one: _start(f, one).phrase(short=False),
    "short_when": lambda f, one: _start(f, one).phrase(short=True),
    "date": lambda f, one: _start(f, one).date(),
    "short_date": lambda f, one: _start(f, one).short_date(),
    "weekday": lambda f, one: str(format_date(_start(f, one).local, "EEEE", locale=one)),
    "relative": lambda f, one: _start(f, one).relative(),
    "time": lambda f, one: _start(f, one).time(),
    "end_time": _end_time,
    "minutes": lambda f, _: _minutes(f),
    "doctor": lambda f, _: f.doctor,
    "visit_type": lambda f, _: f.visit_type,
    "site": lambda f, _: f.site,
    "address": lambda f, _: f.address,
    "room": lambda f, _: f.room,
    "code": lambda f, _: f.code,
    "video": lambda f, _: "yes" if f.mode is Mode.VIDEO else "",
    "by_phone": lambda f, _: "yes" if f.mode is Mode.PHONE else "",
    "yes": lambda f, _: f.yes,
    "no": lambda f, _: f.no,
    "old_when": lambda f, one: _old(f, one, lambda m: m.phrase(short=False)),
    "old_date": lambda f, one: _old(f, one, Moment.date),
    "old_time": lambda f, one: _old(f, one, Moment.time),
    "old_doctor": lambda f, _: f.was_doctor,
    "old_site": lambda f, _: f.was_site,
    "series": series_text,
    "short_series": short_series_text,
    "more": more_text,
    "last_date": last_date_text,
    "all_visits": list_text,
    "offer_until": _offer_until,
    "invoice": lambda f, _: f.invoice,
    "amount": _amount,
    "total": lambda f, one: _money(f.total_minor, f, one),
    "due_date": _due,
    "visit_date": lambda f, one: date_text(f.visit_day, one) if f.visit_day else "",
}


def value(name: str, facts: MessageFacts, locale: Locale) -> str:
    """One placeholder's value, one line but for a list, as long as it may be. Raises ``Refusal``
    when what it must always tell is not known, ``KeyError`` for what is no placeholder."""
    told = _VALUES[name](facts, locale)
    longest = BY_NAME[name].longest
    found = told[:longest] if longest == LIST else one_line(told, longest)
    if not found and BY_NAME[name].always:
        raise _missing(BY_NAME[name].words[0].lower() + BY_NAME[name].words[1:])
    return found


_TITLES = {"en": "Appointment with {}", "tr": "{} ile randevu", "de": "Termin bei {}"}


def title_of(facts: MessageFacts, language: str) -> str:
    """How the visit is called in the patient's own calendar."""
    doctor = one_line(facts.doctor, NAME)
    if not doctor:
        return one_line(facts.clinic, NAME)
    return _TITLES.get(language, "{}").format(doctor)
