"""One field of a roster row: names, texts, zones, codes, spans, in words when they are wrong."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.spans import zone
from clinic_desk.services.regions import OUTSIDE
from clinic_desk.services.wording import plain, quoted

NAME_LIMIT = 120
TEXT_LIMIT = 2_000
CHANNELS = frozenset({"desktop", "email", "sms", "whatsapp"})
BUFFER_LIMIT = 240
"""Minutes, on either side of a visit; the store's tables say the same."""
DAY = 1440
LONGEST_EXCEPTION = timedelta(days=3 * 366)


def name_of(text: str, field: str, what: str, limit: int = NAME_LIMIT) -> str:
    """A name as it is kept, in one line. Characters are counted as a person would (code points,
    never bytes), so that an emoji is as good as a letter."""
    whole = unicodedata.normalize("NFC", " ".join(text.split()))
    for char in whole:
        if unicodedata.category(char) in ("Cc", "Cs"):
            raise Refusal(
                "bad_text",
                f"{what}’s name holds a character that cannot be shown (U+{ord(char):04X}); "
                "delete it and type the name again.",
                field=field,
            )
    if not any(unicodedata.category(char)[0] not in "CZM" for char in whole):
        raise Refusal("missing", f"{what} needs a name.", field=field)
    return _short_enough(whole, field, limit, f"{what}’s name")


def text_of(text: str, field: str, limit: int, *, lines: bool = True) -> str:
    """A free text as it is kept; empty is fine."""
    whole = plain(text).strip() if lines else " ".join(plain(text).split())
    return _short_enough(whole, field, limit, f"The {field.replace('_', ' ')}")


def _short_enough(text: str, field: str, limit: int, what: str) -> str:
    if len(text) > limit:
        raise Refusal(
            "too_long",
            f"{what} may have {limit:,} characters; this one has {len(text):,}.",
            field=field,
        )
    return text


def check_zone(name: str) -> str:
    """The zone's own spelling. Raises ``Refusal`` for what is no IANA zone."""
    try:
        return zone(name.strip()).key
    except (ZoneInfoNotFoundError, ValueError):
        raise Refusal(
            "bad_zone",
            f"{quoted(name)} is no time zone; use a name such as Europe/London.",
            field="zone",
        ) from None


def check_span(start: datetime, end: datetime) -> None:
    if start >= end:
        raise Refusal("bad_span", "The end must come after the start.", field="end")
    if end - start > LONGEST_EXCEPTION:
        raise Refusal(
            "bad_span", "That is more than three years; check the year of the end.", field="end"
        )


def check_currency(code: str, field: str = "currency") -> str:
    from babel.numbers import list_currencies  # slow to load, and needed here alone

    wanted = code.strip().upper()
    if wanted not in list_currencies("en"):
        raise Refusal(
            "bad_currency",
            f"{quoted(code)} is no currency; use its three letters, such as EUR or GBP.",
            field=field,
        )
    return wanted


def check_region(code: str, field: str) -> str:
    """An ISO 3166 code in capitals."""
    from babel import Locale

    wanted = code.strip().upper()
    letters = len(wanted) == 2 and wanted.isalpha() and wanted not in OUTSIDE
    if not letters or wanted not in Locale("en").territories:
        raise Refusal(
            "bad_region",
            f"{quoted(code)} is no country; use its two letters, such as GB or TR.",
            field=field,
        )
    return wanted


def check_locale(code: str, field: str = "locale") -> str:
    """ "en_GB", however it was separated."""
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(code.strip().replace("-", "_")))
    except (UnknownLocaleError, ValueError, TypeError):
        raise Refusal(
            "bad_locale",
            f"{quoted(code)} is no language and region; use a code such as en_GB or tr_TR.",
            field=field,
        ) from None


def check_reminders(plan: Sequence[str]) -> tuple[str, ...]:
    """Each item is "minutes before:channels", as of ``Practice.reminders``."""
    kept = []
    for item in plan:
        minutes, colon, channels = item.partition(":")
        names = [part.strip() for part in channels.split(",") if part.strip()]
        if not colon or not minutes.isdecimal() or not set(names) <= CHANNELS:
            raise Refusal(
                "bad_reminder",
                f"{quoted(item)} is no reminder: it takes the minutes before the visit and how it "
                "is sent (e-mail, SMS, WhatsApp or on the desk).",
                field="reminders",
            )
        if not 0 < int(minutes[-9:]) <= 60 * DAY or len(minutes) > 9:
            raise Refusal(
                "bad_reminder",
                "A reminder comes between a minute and 60 days before the visit.",
                field="reminders",
            )
        kept.append(f"{int(minutes)}:{','.join(dict.fromkeys(names))}")
    if len({item.partition(":")[0] for item in kept}) < len(kept):
        raise Refusal(
            "bad_reminder", "Two reminders come at the same time; keep one.", field="reminders"
        )
    return tuple(kept)


def between(value: int, low: int, high: int, field: str, sentence: str, code: str) -> None:
    if not low <= value <= high:
        raise Refusal(code, sentence, field=field)


def slug_of(text: str) -> str:
    """ "Öğle kontrolü" → "ogle-kontrolu": what a type is called in links and imports. A name of
    which no letter can be spelt so becomes its code points."""
    from anyascii import anyascii

    def hyphened(words: str) -> str:
        plain_words = "".join(c if c.isascii() and c.isalnum() else " " for c in words.lower())
        return "-".join(plain_words.split())

    found = hyphened(anyascii(text))
    return (found or "-".join(f"{ord(c):x}" for c in text if not c.isspace()))[:80].strip("-")


def check_buffers(before: int, after: int) -> None:
    for field, value in (("buffer_before", before), ("buffer_after", after)):
        if value < 0:
            raise Refusal("bad_buffer", "A buffer cannot be negative.", field=field)
        if value > BUFFER_LIMIT:
            raise Refusal(
                "bad_buffer",
                f"A buffer has at most {BUFFER_LIMIT} minutes; {value} is too long.",
                field=field,
            )
