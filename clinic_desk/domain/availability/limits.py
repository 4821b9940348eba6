"""*explain* about the way between sites, the visits per day, and how often a visit may move.

Decisions where the rules leave room:

- A doctor's day is the local day of the wanted site; a visit belongs to the day it starts on. What
  occupies counts, others' holds included; what the request ignores does not.
- A visit that stays with its doctor on the same local day fills no day anew, so no limit is in its
  way there, even when the day holds more than the limit by now.
- The rules about moving are those of the type with the doctor who has the visit now.
"""

from __future__ import annotations

from collections.abc import Iterator

from clinic_desk.domain.availability import phrases as say
from clinic_desk.domain.availability.case import Case
from clinic_desk.domain.availability.model import Reason, Verdict
from clinic_desk.domain.availability.ways import Ways
from clinic_desk.domain.catalogue import effective_type
from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.spans import epoch

OK, REFUSE = Verdict.OK, Verdict.REFUSE
OVERRIDE = WayOut("Move with a reason", "override", {"field": "override_reason"})
BOOK_ANYWAY = WayOut("Book anyway", "override", {"field": "override_reason"})
BY_CLINIC = WayOut("The clinic asks for it", "asked_by", {"asked_by": "clinic"})


def travel_reasons(case: Case, ways: Ways, doctor: str) -> Iterator[Reason]:
    """Whether the doctor gets here and away in time; nothing where no way takes any time."""
    if not case.ix.travel.longest or case.location_id is None:
        return
    found = case.too_near()
    if not found:
        yield Reason("travel", OK, f"{doctor} has the time to get here and away.")
        return
    row = min(found, key=lambda r: (r.start >= case.end, abs(r.start - case.start)))
    place = case.hours.locations.get(row.location_id)
    there = place.name if place is not None else "another site"
    minutes = case.ix.travel.minutes(row.location_id, case.location_id)
    if row.start >= case.end:
        at = row.start - minutes * 60 - (case.end - case.start)
        start = case.clock(row.start)
        words = f"{doctor} is at {there} from {start} and needs {minutes} min to get there."
    else:
        at = row.end + minutes * 60
        until = case.clock(row.end)
        words = f"{doctor} is at {there} until {until} and needs {minutes} min to get here."
    exits = (*ways.exactly(at), *ways.free(), *ways.colleague(), ways.overbook())
    yield Reason("travel", REFUSE, words, "", row.id, exits)


def limit_reasons(case: Case, ways: Ways, doctor: str) -> Iterator[Reason]:
    """The doctor's visits per day, and those of the type."""
    day = say.long(case.day)
    for limit in case.limits():
        if limit.of_type:
            used = f"{doctor} has {limit.has} of {limit.most} {case.ask.name} visits on {day}."
            words = used
        else:
            used = f"{doctor} has {limit.has} of {say.count(limit.most, 'patient')} on {day}."
            most = say.count(limit.most, "patient")
            words = f"{doctor} sees {most} a day at most, and {day} has {limit.has}."
        if not limit.full:
            yield Reason("day_limit", OK, used)
            continue
        insist = BOOK_ANYWAY if case.request.moving is None else OVERRIDE
        exits = (*ways.free(), *ways.colleague(), insist)
        yield Reason("day_limit", REFUSE, words, ways_out=exits)


def moving_reasons(case: Case) -> Iterator[Reason]:
    """*May not move* and *max reschedules* about the visit that is to be moved, if one is."""
    moving = case.request.moving
    if moving is None or not moving.placed:
        return
    if (epoch(moving.start), moving.doctor_id) == (case.start, case.doctor_id):
        return
    kind = effective_type(case.hours.types, case.request.type_id, moving.doctor_id)
    if kind is None:
        return
    asked = moving.asked_by != "clinic"
    if kind.patient_may_reschedule:
        words = f"Patients may move {kind.name} visits."
        yield Reason("may_not_move", OK, words)
    elif not asked:
        words = f"{kind.name} visits are moved only when the clinic asks for it, as it does."
        yield Reason("may_not_move", OK, words)
    else:
        words = f"{kind.name} visits are not moved at a patient’s wish."
        detail = "Say that the clinic asks for it, or give a reason."
        yield Reason("may_not_move", REFUSE, words, detail, ways_out=(BY_CLINIC, OVERRIDE))
    most = kind.max_reschedules
    if most is None:
        return
    told = f"{kind.name} may be moved {say.count(most, 'time')}, and this visit has been moved "
    told += f"{say.count(moving.count, 'time')}."
    if moving.count < most or not asked:
        yield Reason("max_reschedules", OK, told)
    else:
        words = f"{told} Give a reason to move it once more, or book a new visit."
        yield Reason("max_reschedules", REFUSE, words, ways_out=(OVERRIDE, BY_CLINIC))
