"""Limits: how many visits a doctor takes on one day, and how often a visit may be moved.

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
from clinic_desk.domain.catalogue import effective_type
from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.spans import epoch

OVERRIDE = WayOut("Move with a reason", "override", {"field": "override_reason"})
BY_CLINIC = WayOut("The clinic asks for it", "asked_by", {"asked_by": "clinic"})


def moving_reasons(case: Case) -> Iterator[Reason]:
    """*May not move* and *max reschedules* about the visit that is to be moved, if one is."""
    moving = case.request.moving
    if moving is None or (epoch(moving.start), moving.doctor_id) == (case.start, case.doctor_id):
        return
    kind = effective_type(case.hours.types, case.request.type_id, moving.doctor_id)
    if kind is None:
        return
    asked = moving.asked_by != "clinic"
    if kind.patient_may_reschedule:
        words = f"Patients may move {kind.name} visits."
        yield Reason("may_not_move", Verdict.OK, words)
    elif not asked:
        words = f"{kind.name} visits are moved only when the clinic asks for it, as it does."
        yield Reason("may_not_move", Verdict.OK, words)
    else:
        words = f"{kind.name} visits are not moved at a patient’s wish."
        detail = "Say that the clinic asks for it, or give a reason."
        yield Reason("may_not_move", Verdict.REFUSE, words, detail, ways_out=(BY_CLINIC, OVERRIDE))
    most = kind.max_reschedules
    if most is None:
        return
    told = f"{kind.name} may be moved {say.count(most, 'time')}, and this visit has been moved "
    told += f"{say.count(moving.count, 'time')}."
    if moving.count < most or not asked:
        yield Reason("max_reschedules", Verdict.OK, told)
    else:
        words = f"{told} Give a reason to move it once more, or book a new visit."
        yield Reason("max_reschedules", Verdict.REFUSE, words, ways_out=(OVERRIDE, BY_CLINIC))
