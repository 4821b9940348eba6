"""The placeholders of messages: their words for people, and their values in a language.

Dates and times are those of the visit's zone, in the words of the language that the message is
written in. "Today" and "tomorrow" are told by the day on which it goes, and only where patient and
clinic would mean the same day by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_location

from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import Purpose
from clinic_desk.domain.spans import zone
from clinic_desk.services.message_facts import MessageFacts, one_line
from clinic_desk.services.money import price_text

VISITS = frozenset(set(Purpose) - {Purpose.PAYMENT})
EVERY = frozenset(Purpose)
MOVES = frozenset({Purpose.MOVED})
OFFERS = frozenset({Purpose.WAITLIST_OFFER})
REMINDERS = frozenset({Purpose.REMINDER})
BILLS = frozenset({Purpose.PAYMENT})

NAME, LINE, MOMENT, SHORT = 80, 160, 120, 40
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
    Placeholder("offer_until", "Until when the offer stands", OFFERS, 2 * MOMENT),
    Placeholder("invoice", "The number of the invoice", BILLS, SHORT),
    Placeholder("amount", "What is still to be paid", BILLS, SHORT, always=True),
    Placeholder("total", "The sum of the invoice", BILLS, SHORT),
    Placeholder("due_date", "The day on which it was due", BILLS, MOMENT, always=True),
    Placeholder("visit_date", "The day of the visit", BILLS, MOMENT),
)

BY_NAME: Mapping[str, Placeholder] = {one.name: one for one in PLACEHOLDERS}


def placeholders(purpose: Purpose) -> tuple[Placeholder, ...]:
    """Those that messages of the purpose may use."""
    return tuple(one for one in PLACEHOLDERS if purpose in one.purposes)


# Languages


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


@cache
def _locale(name: str) -> Locale | None:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return None


def locale_for(language: str, locales: tuple[str, ...] = ()) -> Locale:
    """The first locale of that language that says its region, so that dates and times follow the
    habits of the place; else the language itself, English as written in Britain."""
    for name in locales:
        found = _locale(name)
        if found is not None and found.language == language and found.territory:
            return found
    british = Locale("en", "GB")
    return british if language == "en" else _locale(language) or british


_TODAY: Mapping[str, tuple[str, str]] = {
    "en": ("today", "tomorrow"),
    "tr": ("bugün", "yarın"),
    "de": ("heute", "morgen"),
    "fr": ("aujourd’hui", "demain"),
    "es": ("hoy", "mañana"),
    "it": ("oggi", "domani"),
    "nl": ("vandaag", "morgen"),
    "pt": ("hoje", "amanhã"),
    "pl": ("dziś", "jutro"),
    "ru": ("сегодня", "завтра"),
}

_PHRASES: Mapping[str, tuple[str, str, str, str]] = {
    "en": (
        "on {date} at {time}",
        "{relative}, {date}, at {time}",
        "{short}, {time}",
        "{relative} ({short}), {time}",
    ),
    "tr": (
        "{date} günü saat {time}",
        "{relative} ({date}) saat {time}",
        "{date} {time}",
        "{relative} ({date}) {time}",
    ),
    "de": (
        "am {date}, um {time}",
        "{relative}, {date}, um {time}",
        "{short}, {time}",
        "{relative} ({short}), {time}",
    ),
}
_PLAIN = ("{date}, {time}", "{relative}, {date}, {time}", "{short}, {time}",
          "{relative} ({short}), {time}")  # fmt: skip
"""In a sentence, the same with today or tomorrow, short, short with today or tomorrow."""

_QUOTED = re.compile(r"('[^']*')")


def _widened(pattern: str) -> str:
    """A pattern of CLDR with weekday and month written out."""
    parts = _QUOTED.split(pattern)
    for number in range(0, len(parts), 2):
        parts[number] = re.sub(r"E+", "EEEE", re.sub(r"(?<!M)M{3}(?!M)", "MMMM", parts[number]))
    return "".join(parts)


@cache
def _day_pattern(locale: Locale) -> str:
    skeletons = locale.datetime_skeletons
    for name in ("MMMMEEEEd", "MMMMEd", "MMMEd"):
        if name in skeletons:
            return _widened(str(skeletons[name].pattern))
    return "full"


def date_text(day: date, locale: Locale, today: date | None = None) -> str:
    """ "Tuesday 24 November", with the year when it is not that of ``today``."""
    same = today is None or day.year == today.year
    return str(format_date(day, _day_pattern(locale) if same else "full", locale=locale))


def short_date_text(day: date, locale: Locale, today: date | None = None) -> str:
    """ "Tue 24 Nov", with the year when it is not that of ``today``."""
    name = "MMMEd" if today is None or day.year == today.year else "yMMMEd"
    pattern = locale.datetime_skeletons.get(name)
    return str(format_date(day, str(pattern.pattern) if pattern else "medium", locale=locale))


def clock_text(instant: datetime, zone_name: str, locale: Locale) -> str:
    """ "15:00" on the wall of that zone; "15:00 Uhr" in German."""
    text = str(format_time(instant.astimezone(zone(zone_name)), "short", locale=locale))
    return f"{text} Uhr" if locale.language == "de" else text


def place_of(zone_name: str, locale: Locale) -> str:
    """ "Istanbul" of Europe/Istanbul, in the words of the language."""
    try:
        return str(get_timezone_location(zone_name, locale, return_city=True))
    except (LookupError, ValueError):
        return zone_name.rpartition("/")[2].replace("_", " ")


@dataclass(frozen=True, slots=True)
class _Moment:
    """One instant as the patient reads it."""

    facts: MessageFacts
    locale: Locale
    instant: datetime

    @property
    def other(self) -> str:
        """The patient's zone where its clocks show another time then; else empty."""
        own = self.facts.patient_zone
        if not own:
            return ""
        try:
            there = self.instant.astimezone(zone(own))
        except (LookupError, ValueError, OSError):
            return ""
        same = there.utcoffset() == self.local.utcoffset()
        return "" if same else own

    @property
    def local(self) -> datetime:
        return self.instant.astimezone(zone(self.facts.zone))

    def today(self, zone_name: str) -> date:
        return self.facts.sent_at.astimezone(zone(zone_name)).date()

    def relative(self) -> str:
        words = _TODAY.get(self.locale.language)
        days = (self.local.date() - self.today(self.facts.zone)).days
        if words is None or days not in (0, 1):
            return ""
        if self.other:
            there = self.instant.astimezone(zone(self.other)).date()
            if there != self.local.date() or (there - self.today(self.other)).days != days:
                return ""
        return words[days]

    def date(self) -> str:
        return date_text(self.local.date(), self.locale, self.today(self.facts.zone))

    def short_date(self) -> str:
        return short_date_text(self.local.date(), self.locale, self.today(self.facts.zone))

    def time(self) -> str:
        """ "15:00", or "15:00 (Istanbul) = 12:00 (London)" for a patient whose clocks differ."""
        text = clock_text(self.instant, self.facts.zone, self.locale)
        own = self.other
        if not own:
            return text
        there = clock_text(self.instant, own, self.locale)
        day = self.instant.astimezone(zone(own)).date()
        if day != self.local.date():
            there = f"{short_date_text(day, self.locale)} {there}"
        here = place_of(self.facts.zone, self.locale)
        return f"{text} ({here}) = {there} ({place_of(own, self.locale)})"

    def phrase(self, *, short: bool) -> str:
        relative = self.relative()
        forms = _PHRASES.get(self.locale.language, _PLAIN)
        return forms[2 * short + bool(relative)].format(
            relative=relative, date=self.date(), short=self.short_date(), time=self.time()
        )


# Values


def _missing(what: str) -> Refusal:
    return Refusal("message_fact", f"The message cannot be written: {what} is not known.")


def _start(facts: MessageFacts, locale: Locale) -> _Moment:
    if facts.start is None:
        raise _missing("the time of the visit")
    return _Moment(facts, locale, facts.start)


def _old(facts: MessageFacts, locale: Locale, tell: Callable[[_Moment], str]) -> str:
    return tell(_Moment(facts, locale, facts.was_start)) if facts.was_start is not None else ""


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
    return _Moment(facts, locale, facts.offer_until).phrase(short=True)


_VALUES: Mapping[str, Callable[[MessageFacts, Locale], str]] = {
    "patient": lambda f, _: " ".join(one for one in (f.first_name, f.last_name) if one),
    "first_name": lambda f, _: f.first_name,
    "last_name": lambda f, _: f.last_name,
    "clinic": lambda f, _: f.clinic,
    "phone": lambda f, _: f.phone,
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
    "old_date": lambda f, one: _old(f, one, _Moment.date),
    "old_time": lambda f, one: _old(f, one, _Moment.time),
    "old_doctor": lambda f, _: f.was_doctor,
    "old_site": lambda f, _: f.was_site,
    "offer_until": _offer_until,
    "invoice": lambda f, _: f.invoice,
    "amount": _amount,
    "total": lambda f, one: _money(f.total_minor, f, one),
    "due_date": _due,
    "visit_date": lambda f, one: date_text(f.visit_day, one) if f.visit_day else "",
}


def value(name: str, facts: MessageFacts, locale: Locale) -> str:
    """One placeholder's value, one line, as long as it may be. Raises ``Refusal`` when what it
    must always tell is not known, ``KeyError`` for what is no placeholder."""
    found = one_line(_VALUES[name](facts, locale), BY_NAME[name].longest)
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
