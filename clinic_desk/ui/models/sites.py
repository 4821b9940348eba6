"""The clinic's sites in their order, and a time told on two clocks.

A time is always told on the clock of the site where it happens; where the clinic's own clock shows
another time at that moment, that follows in brackets: "12:00 (10:00 London)".
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypeVar

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Location
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import zone
from clinic_desk.ui.models.words import WEEKDAYS, clock_words, local, moment_words, span_words

ALL_SITES = "All sites"


class Sited(Protocol):
    """Something that happens at a site."""

    @property
    def location_id(self) -> Id: ...


Visit = TypeVar("Visit", bound=Sited)


def live_sites(roster: Roster) -> list[Location]:
    """The primary one first, then by position and name."""
    rows = [row for row in roster.locations.values() if row.deleted_at is None]
    return sorted(rows, key=lambda r: (not r.primary, r.position, r.name, r.id))


def site_zone(roster: Roster, location_id: Id | None) -> str:
    """The site's zone; the practice's where the site is not known."""
    place = roster.locations.get(location_id or "")
    return place.zone if place is not None else roster.practice.zone


def at_site(rows: tuple[Visit, ...], roster: Roster, site: Id | None) -> tuple[Visit, ...]:
    """Those of one site; all when none is asked for or the site is gone."""
    if site is None or site not in {row.id for row in live_sites(roster)}:
        return rows
    return tuple(row for row in rows if row.location_id == site)


def site_note(roster: Roster, location_id: Id | None, instant: datetime) -> str:
    """ "Riverside, 10:00 London": where, in a clinic of several sites, and what its own clock
    shows then; empty where there is nothing to tell."""
    place = roster.locations.get(location_id or "")
    if place is None or len(live_sites(roster)) < 2:
        return ""
    other = other_clock(instant, place.zone, roster.practice.zone)
    return ", ".join(part for part in (place.name, other) if part)


def zone_city(name: str) -> str:
    """ "New York" for "America/New_York"."""
    return name.rsplit("/", 1)[-1].replace("_", " ")


def minutes_apart(instant: datetime, zone_name: str, home: str) -> int:
    """How far the clock of a zone is ahead of another's at that moment; negative when behind."""
    if not home or zone_name == home:
        return 0
    here = instant.astimezone(zone(zone_name)).utcoffset()
    there = instant.astimezone(zone(home)).utcoffset()
    assert here is not None
    assert there is not None
    return round((here - there).total_seconds() / 60)


def ahead_words(minutes: int) -> str:
    """ "2 h ahead", "5 h 30 min behind"; empty for the same clock."""
    if not minutes:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]
    length = " ".join(part for part in parts if part)
    return f"{length} {'ahead' if minutes > 0 else 'behind'}"


def other_clock(instant: datetime, zone_name: str, home: str) -> str:
    """ "10:00 London", with the weekday where it is another day there; empty when both clocks
    show the same."""
    if not minutes_apart(instant, zone_name, home):
        return ""
    there = local(instant, home)
    other_day = there.date() != local(instant, zone_name).date()
    day = f"{WEEKDAYS[there.weekday()]} " if other_day else ""
    return f"{day}{there:%H:%M} {zone_city(home)}"


def both_clocks(instant: datetime, zone_name: str, home: str) -> str:
    """ "12:00 (10:00 London)", or just "12:00"."""
    return bracketed(clock_words(instant, zone_name), other_clock(instant, zone_name, home))


def both_moment(instant: datetime, zone_name: str, home: str) -> str:
    """ "Tue 24 Nov 12:00 (10:00 London)"."""
    return bracketed(moment_words(instant, zone_name), other_clock(instant, zone_name, home))


def both_spans(start: datetime, end: datetime, zone_name: str, home: str) -> str:
    """ "12:00–12:30 (10:00–10:30 London)"."""
    if not minutes_apart(start, zone_name, home):
        return span_words(start, end, zone_name)
    first = other_clock(start, zone_name, home).removesuffix(f" {zone_city(home)}")
    other = f"{first}–{clock_words(end, home)} {zone_city(home)}"
    return bracketed(span_words(start, end, zone_name), other)


def bracketed(words: str, other: str) -> str:
    return f"{words} ({other})" if other else words
