"""What the year strip shows, from what the store answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.spans import local_date
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services.planning_views import TimeOffCard
from clinic_desk.services.time_off import doctor_zone
from clinic_desk.services.views import DayLoad
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import pattern_of
from clinic_desk.ui.planning.year_strip import Away


def away_rows(theme: Theme, cards: Iterable[TimeOffCard], roster: Roster) -> list[Away]:
    """Everybody's days, those asked for among them, on the wall of the doctor's own site."""
    rows = []
    for card in cards:
        request = card.request
        doctor = roster.doctors.get(request.doctor_id)
        if doctor is None or request.status is TimeOffStatus.DECLINED:
            continue
        zone = doctor_zone(roster, doctor.id)
        rows.append(
            Away(
                doctor.name,
                theme.doctor_colour(doctor.colour, pattern_of(doctor.pattern)).stripe,
                local_date(request.start, zone),
                local_date(request.end - timedelta(microseconds=1), zone),
                request.status is TimeOffStatus.APPROVED,
            )
        )
    return rows


def shares(loads: Iterable[DayLoad]) -> dict[date, float]:
    """The booked share of all doctors' hours, for days that have any."""
    booked: dict[date, int] = {}
    capacity: dict[date, int] = {}
    for one in loads:
        booked[one.day] = booked.get(one.day, 0) + one.load.booked
        capacity[one.day] = capacity.get(one.day, 0) + one.load.capacity
    return {day: booked[day] / room for day, room in capacity.items() if room}


def closed_days(roster: Roster | None) -> list[date]:
    """On which a site, or the clinic, is closed all day."""
    rows = roster.holidays if roster is not None else ()
    return [row.day for row in rows if row.closed and row.whole_day]
