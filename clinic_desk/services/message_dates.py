"""Dates and times in messages: those of the visit's zone, in the words of a language.

"Today" and "tomorrow" are told by the day on which the message goes, and only where patient and
clinic would mean the same day by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_location

from clinic_desk.domain.spans import zone
from clinic_desk.services.message_facts import MessageFacts


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
    "fr": (
        "le {date} à {time}",
        "{relative}, {date}, à {time}",
        "{short} à {time}",
        "{relative} ({short}) à {time}",
    ),
    "es": (
        "el {date}, a las {time}",
        "{relative}, {date}, a las {time}",
        "{short}, {time}",
        "{relative} ({short}), {time}",
    ),
    "it": (
        "{date} alle {time}",
        "{relative}, {date}, alle {time}",
        "{short} alle {time}",
        "{relative} ({short}) alle {time}",
    ),
    "nl": (
        "op {date} om {time}",
        "{relative}, {date}, om {time}",
        "{short} om {time}",
        "{relative} ({short}) om {time}",
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
class Moment:
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
