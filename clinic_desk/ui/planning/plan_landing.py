"""Where the visits of a plan land, day by day."""

from __future__ import annotations

from datetime import date

from clinic_desk.domain.spans import local_date
from clinic_desk.services.absence_standing import Standing
from clinic_desk.services.time_off import EVERYBODY
from clinic_desk.ui.planning.landing import LandingData, LandingDay
from clinic_desk.ui.planning.plan_rows import HALF_HOUR, PlanBook, RowState, zone_of


def landing_data(book: PlanBook, found: Standing) -> LandingData:
    """The four weeks as they would be: what is booked, what is accepted, what is proposed."""
    request, roster = found.request, found.roster
    doctor = roster.doctors.get(request.doctor_id)
    accepted: dict[date, float] = {}
    proposed: dict[date, float] = {}
    elsewhere = 0
    for row in book.rows:
        place = row.now if row.state is RowState.MOVED else row.slot
        if place is None:
            continue
        day = local_date(place.start, zone_of(roster, place.location_id))
        if request.doctor_id not in (EVERYBODY, place.doctor_id) or day not in found.loads:
            elsewhere += 1
            continue
        target = accepted if row.state is RowState.MOVED else proposed
        target[day] = target.get(day, 0.0) + (place.end - place.start) / HALF_HOUR
    days = {
        day: LandingDay(
            booked=max(0.0, booked - accepted.get(day, 0.0)),
            accepted=accepted.get(day, 0.0),
            proposed=proposed.get(day, 0.0),
            capacity=capacity,
            away=found.away.get(day, ""),
        )
        for day, (booked, capacity) in found.loads.items()
    }
    name = doctor.name if doctor is not None else ""
    name = "all doctors" if request.doctor_id == EVERYBODY else name
    return LandingData(name, doctor.colour if doctor is not None else "", days, elsewhere)
