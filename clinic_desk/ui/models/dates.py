"""Birth dates as people type them: day first, any separator, two-figure years."""

from __future__ import annotations

import re
from datetime import date

from clinic_desk.ui.models.words import MONTHS

_PARTS = re.compile(r"^(\d{1,2})[\s./-]+(\d{1,2}|[a-zäé]+)\.?[\s./-]+(\d{2}|\d{4})$", re.IGNORECASE)
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
_RUN = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
OLDEST_YEARS = 125


def read_birth_date(text: str, today: date) -> date | None:
    """ "4.3.88", "04/03/1988", "4 Mar 1988", "04031988", "1988-03-04"; None when it cannot be one.

    A two-figure year is the latest one that is not in the future. Dates in the future or more
    than 125 years ago are not birth dates.
    """
    text = " ".join(text.split())
    if match := _ISO.match(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := (_RUN.match(text) or _PARTS.match(text)):
        day, year = int(match[1]), int(match[3])
        found = _month(match[2])
        if found is None:
            return None
        month = found
        if len(match[3]) == 2:
            year += today.year // 100 * 100
            if year > today.year or (
                year == today.year and (month, day) > (today.month, today.day)
            ):
                year -= 100
    else:
        return None
    try:
        born = date(year, month, day)
    except ValueError:
        return None
    return born if born <= today and today.year - born.year <= OLDEST_YEARS else None


def birth_date_fault(text: str, today: date) -> str:
    """The sentence beside the field, empty when it can be read (or is empty)."""
    if not text.strip() or read_birth_date(text, today) is not None:
        return ""
    return "Type the birth date day first, for example 4.3.88 or 04/03/1988; it cannot lie ahead."


def _month(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    for number, name in enumerate(MONTHS, 1):
        if text.lower().startswith(name.lower()):
            return number
    return None
