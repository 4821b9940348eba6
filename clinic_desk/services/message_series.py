"""Several visits of a series in the words of a language: how many more, how often, until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise

from babel import Locale
from babel.dates import format_date

from clinic_desk.domain.spans import zone
from clinic_desk.services.message_dates import Moment, date_text, short_date_text
from clinic_desk.services.message_facts import MessageFacts, OneOfMany, one_line

MOST_LINES = 60
"""Visits of a list in a message; a calendar file holds all of them."""

LINE = 160
"""Characters of a line of the list."""

_LONG: Mapping[str, tuple[str, str, str]] = {
    "en": (
        "and {more} more: {every} until {until}",
        "and {more} more, the last on {last}",
        "and one more on {last}",
    ),
    "tr": (
        "ve {more} randevu daha: {until} tarihine kadar {every}",
        "ve {more} randevu daha, sonuncusu {last}",
        "ve bir randevu daha: {last}",
    ),
    "de": (
        "und {more} weitere: {every} bis {until}",
        "und {more} weitere, der letzte am {last}",
        "und ein weiterer am {last}",
    ),
}
_SHORT: Mapping[str, tuple[str, str]] = {
    "en": ("and {more} more until {until}", "and 1 more on {last}"),
    "tr": ("ve {more} randevu daha (son: {until})", "ve 1 randevu daha ({last})"),
    "de": ("und {more} weitere bis {until}", "und 1 weiterer am {last}"),
}
_PLAIN = "+ {more} (– {last})"
"""In any other language."""

_EVERY: Mapping[str, tuple[str, str, str, str]] = {
    "en": ("every day", "every {number} days", "every {weekday}",
           "every {number} weeks on {weekday}"),
    "tr": ("her gün", "{number} günde bir", "her {weekday}", "{number} haftada bir {weekday}"),
    "de": ("jeden Tag", "alle {number} Tage", "jeden {weekday}",
           "alle {number} Wochen am {weekday}"),
}  # fmt: skip
_BEFORE: Mapping[str, str] = {"en": "before: {}", "tr": "önceki: {}", "de": "bisher: {}"}


def more_text(facts: MessageFacts, _locale: Locale) -> str:
    """ "11"; empty for a message about one visit."""
    return str(len(facts.series) - 1) if len(facts.series) > 1 else ""


def series_text(facts: MessageFacts, locale: Locale) -> str:
    """ "and 11 more: every Tuesday until 9 February"; "and 11 more, the last on Tuesday 9
    February" where they follow no such plan, as when one of them was left out."""
    forms = _LONG.get(locale.language)
    more = len(facts.series) - 1
    if more < 1:
        return ""
    if forms is None:
        return _PLAIN.format(more=more, last=_last(facts, locale, short=False))
    every = _every(facts.series, locale)
    if more > 1 and every:
        return forms[0].format(more=more, every=every, until=_until(facts, locale, "MMMMd"))
    return forms[1 if more > 1 else 2].format(more=more, last=_last(facts, locale, short=False))


def short_series_text(facts: MessageFacts, locale: Locale) -> str:
    """ "and 11 more until 9 Feb"."""
    forms = _SHORT.get(locale.language)
    more = len(facts.series) - 1
    if more < 1:
        return ""
    last = _last(facts, locale, short=True)
    if forms is None:
        return _PLAIN.format(more=more, last=last)
    if more == 1:
        return forms[1].format(last=last)
    return forms[0].format(more=more, until=_until(facts, locale, "MMMd"))


def last_date_text(facts: MessageFacts, locale: Locale) -> str:
    """ "Tuesday 9 February"."""
    return _last(facts, locale, short=False) if len(facts.series) > 1 else ""


def list_text(facts: MessageFacts, locale: Locale) -> str:
    """A line for each visit: day, time, who and where when that differs, and what was before."""
    if len(facts.series) < 2:
        return ""
    several_doctors = len({one.doctor for one in facts.series}) > 1
    several_sites = len({one.site for one in facts.series}) > 1
    lines = []
    for one in facts.series[:MOST_LINES]:
        here = replace(facts, zone=one.zone)
        parts = [_day_and_time(Moment(here, locale, one.start))]
        parts += [one.doctor] if several_doctors and one.doctor else []
        parts += [one.site] if several_sites and one.site else []
        told = ", ".join(parts)
        if one.was_start is not None and one.was_start != one.start:
            was = Moment(here, locale, one.was_start)
            form = _BEFORE.get(locale.language, "← {}")
            told += f" ({form.format(f'{was.short_date()}, {was.time()}')})"
        lines.append(one_line(told, LINE))
    left = len(facts.series) - len(lines)
    if left:
        lines.append(f"+ {left} (– {_last(facts, locale, short=False)})")
    return "\n".join(lines)


def _day_and_time(at: Moment) -> str:
    return f"{at.date()}, {at.time()}"


def _days(series: Sequence[OneOfMany]) -> list[date]:
    return [one.start.astimezone(zone(one.zone)).date() for one in series]


def _today(facts: MessageFacts) -> date:
    return facts.sent_at.astimezone(zone(facts.zone)).date()


def _last(facts: MessageFacts, locale: Locale, *, short: bool) -> str:
    tell = short_date_text if short else date_text
    return tell(_days(facts.series)[-1], locale, _today(facts))


def _until(facts: MessageFacts, locale: Locale, skeleton: str) -> str:
    """ "9 February", with the year when it is not that of today."""
    last = _days(facts.series)[-1]
    if last.year != _today(facts).year:
        skeleton = f"y{skeleton}"
    return str(format_date(last, _pattern(locale, skeleton), locale=locale))


@cache
def _pattern(locale: Locale, skeleton: str) -> str:
    found = locale.datetime_skeletons.get(skeleton)
    return str(found.pattern) if found is not None else "long"


def _every(series: Sequence[OneOfMany], locale: Locale) -> str:
    """ "every Tuesday", where that is true of every one of them, at the same time of day."""
    days = _days(series)
    steps = {(after - before).days for before, after in pairwise(days)}
    times = {one.start.astimezone(zone(one.zone)).time() for one in series}
    forms = _EVERY.get(locale.language)
    if forms is None or len(steps) != 1 or len(times) != 1 or (step := steps.pop()) < 1:
        return ""
    if step % 7:
        return forms[0 if step == 1 else 1].format(number=step)
    weekday = str(format_date(days[0], "EEEE", locale=locale))
    if locale.language == "tr":
        weekday = weekday[0].replace("I", "ı").replace("İ", "i").lower() + weekday[1:]
    return forms[2 if step == 7 else 3].format(number=step // 7, weekday=weekday)
