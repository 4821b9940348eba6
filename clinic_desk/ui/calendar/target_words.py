"""Where something would go, in words: for ghost, chip, toast and announcement."""

from __future__ import annotations

from datetime import date

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.spans import zone
from clinic_desk.ui.calendar.proposals import Target
from clinic_desk.ui.models.sites import both_spans, bracketed, other_clock
from clinic_desk.ui.models.words import WEEKDAYS, doctor_of, moment_words


def place_words(target: Target, roster: Roster, zone_name: str, today: date) -> str:
    """ "Tue 10:15, Dr Wu": where something went, for toast and announcement."""
    wall = target.start.astimezone(zone(zone_name))
    far = abs((wall.date() - today).days) > 6
    short = f"{WEEKDAYS[wall.weekday()]} {wall:%H:%M}"
    when = moment_words(target.start, zone_name, today) if far else short
    when = bracketed(when, other_clock(target.start, zone_name, roster.practice.zone))
    return f"{when}, {doctor_of(roster, target.doctor_id)}"


def span_text(target: Target, zone_name: str, home: str = "") -> str:
    """ "11:00–11:30", with ``home`` also on that clock where it shows another time."""
    return both_spans(target.start, target.end, zone_name, home)
