"""Rules of visits that repeat (RFC 5545, 3.3.10), read and expanded on the wall clock.

``rule`` parses and writes, ``expanding`` lists the dates, ``changing`` ends, continues and moves a
rule, ``words`` says it in English. Times are naive: the wall clock of the series' own zone;
``instant`` turns one into aware UTC as ``domain.spans`` reads a clock change, so that 09:00 stays
09:00.
"""

from clinic_desk.domain.recurrence.changing import Shift, ended_before, shifted, starting_at
from clinic_desk.domain.recurrence.expanding import check_new, expand
from clinic_desk.domain.recurrence.rule import (
    MOST,
    WIDEST_INTERVAL,
    Day,
    Freq,
    Rule,
    instant,
    local_of,
    local_text,
    parse,
    parse_local,
)
from clinic_desk.domain.recurrence.words import clock_note, describe, remarks

__all__ = [
    "MOST",
    "WIDEST_INTERVAL",
    "Day",
    "Freq",
    "Rule",
    "Shift",
    "check_new",
    "clock_note",
    "describe",
    "ended_before",
    "expand",
    "instant",
    "local_of",
    "local_text",
    "parse",
    "parse_local",
    "remarks",
    "shifted",
    "starting_at",
]
