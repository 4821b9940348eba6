"""How people say that a visit repeats: "every 2 weeks x6", "fortnightly", "every other tue".

A part of ``services.when``; knows words only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TIMES = (
    r"(?:\s+(?:for\s+)?"
    r"(?:[x×]\s*(?P<count>\d{1,3})|(?P<times>\d{1,3})\s*(?:x|×|times|visits)))?"
)
_AMOUNT = r"(?P<amount>\d{1,2}|other|second|2nd|third|3rd|two|three|four|five|six)"

EVERY = (
    rf"every\s+(?:{_AMOUNT}\s*)?(?P<unit>[a-z]+){_TIMES}",
    rf"(?P<amount>)(?P<unit>daily|weekly|fortnightly|monthly){_TIMES}",
)
"""Patterns whose groups ``rule_of`` reads."""

_AMOUNTS = {
    "other": 2, "second": 2, "2nd": 2, "two": 2, "third": 3, "3rd": 3, "three": 3, "four": 4,
    "five": 5, "six": 6,
}  # fmt: skip
_MOST, _WIDEST = 100, 52
"""As ``domain.recurrence``, which is too much to load for a word."""


def rule_of(words: Mapping[str, str | None]) -> tuple[str, str]:
    """(RRULE value, the word that may be a weekday); an empty rule for numbers that no series
    has."""
    unit, amount = words["unit"] or "", words["amount"] or "1"
    interval = _AMOUNTS.get(amount) or int(amount)
    count = words["count"] or words["times"]
    day = ""
    if unit.startswith("fortnight"):
        frequency, interval = "WEEKLY", interval * 2
    elif re.fullmatch(r"d|days?|daily", unit):
        frequency = "DAILY"
    elif re.fullmatch(r"w|wks?|weeks?|weekly", unit):
        frequency = "WEEKLY"
    elif re.fullmatch(r"m|months?|monthly", unit):
        frequency = "MONTHLY"
    else:
        frequency, day = "WEEKLY", unit
    if not 1 <= interval <= _WIDEST or (count and not 1 <= int(count) <= _MOST):
        return "", day
    parts = [f"FREQ={frequency}"]
    if interval > 1:
        parts.append(f"INTERVAL={interval}")
    if count:
        parts.append(f"COUNT={int(count)}")
    return ";".join(parts), day
