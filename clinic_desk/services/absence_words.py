"""The few words beside a proposal of the absence planner: why this one, or why none."""

from __future__ import annotations

from datetime import datetime, timedelta

from clinic_desk.domain.availability.model import Roster, Slot
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date, zone
from clinic_desk.services.absence_search import Candidate, Case
from clinic_desk.services.planning_views import PlanWishes
from clinic_desk.services.wording import day_text, doctor_text


def why(roster: Roster, case: Case, one: Candidate, slot: Slot) -> str:
    """The few words beside a proposal."""
    visit = case.visit
    own_day = local_date(visit.start, zone_name(roster, visit.location_id))
    days = (one.day - own_day).days
    if one.doctor_id != visit.doctor_id:
        words = _colleague_words(days, one.shift)
    elif one.shift == 0:
        words = "same weekday and time" if days % 7 == 0 else "same doctor, same time"
    elif days == 0:
        words = f"same doctor, same day, {_shift_text(one.shift)}"
    elif abs(one.shift) <= 60:
        words = _shift_text(one.shift)
    elif one == min(
        (c for c in case.candidates if c.doctor_id == visit.doctor_id), key=lambda c: c.start
    ):
        words = "same doctor, first opening"
    elif days % 7 == 0:
        words = "same doctor, same weekday"
    else:
        local = slot.start.astimezone(zone(zone_name(roster, slot.location_id)))
        words = f"same doctor, {'morning' if local.hour < 12 else 'afternoon'}"
    if one.minutes != int((visit.end - visit.start).total_seconds() // 60):
        words += f", {one.minutes} min"
    if slot.location_id != visit.location_id and slot.location_id in roster.locations:
        words += f", at {roster.locations[slot.location_id].name}"
    return words


def _colleague_words(days: int, shift: int) -> str:
    if days == 0:
        return "other doctor, keeps the day" + ("" if shift else " and time")
    if shift == 0:
        return "other doctor, same time"
    if abs(shift) <= 60:
        return f"other doctor, {_shift_text(shift)}"
    return "other doctor"


def _shift_text(minutes: int) -> str:
    word = "later" if minutes > 0 else "earlier"
    hours, rest = divmod(abs(minutes), 60)
    told = " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest))
    return f"{told} {word}"


def why_none(roster: Roster, case: Case, wishes: PlanWishes, now: datetime) -> str:
    name = zone_name(roster, case.visit.location_id)
    last = local_date(case.visit.start, name) + timedelta(days=wishes.days)
    until = day_text(last, local_date(now, name))
    if case.candidates:
        return f"no opening left until {until}: others need them more"
    if not wishes.other_doctors:
        doctor = roster.doctors.get(case.visit.doctor_id)
        who = doctor_text(doctor) if doctor is not None else "this doctor"
        return f"no opening with {who} until {until}"
    return f"no opening until {until}"


def zone_name(roster: Roster, location_id: Id) -> str:
    location = roster.locations.get(location_id)
    return location.zone if location is not None else roster.practice.zone
