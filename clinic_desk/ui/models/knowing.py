"""What the desk knows about a patient from the card, put as a search row."""

from __future__ import annotations

from datetime import datetime

from clinic_desk.domain.appointments import Status
from clinic_desk.services.views import Cell, PatientHit, PatientView

GONE = frozenset({Status.CANCELLED, Status.DECLINED, Status.HELD, Status.RELEASED})


def hit_of(view: PatientView, now: datetime) -> PatientHit:
    """The same row as the search would show; ``now`` aware UTC."""
    patient = view.patient
    past = [v for v in view.visits if v.start <= now and v.status not in GONE | {Status.NO_SHOW}]
    last = max(past, key=lambda v: v.start, default=None)
    return PatientHit(
        id=patient.id,
        record_number=patient.record_number,
        last_name=patient.last_name,
        first_name=patient.first_name,
        birth_date=patient.birth_date,
        phone=patient.mobile or patient.phone or patient.mobile_typed or patient.phone_typed,
        email=patient.email,
        alert=patient.alert,
        usual_doctor_id=patient.usual_doctor_id,
        last_visit=last.start if last else None,
        last_doctor_id=last.doctor_id if last else None,
        last_type_id=last.type_id if last else None,
    )


def next_visit(view: PatientView, now: datetime) -> Cell | None:
    """The visit that is under way or comes next."""
    coming = [v for v in view.visits if v.end > now and v.status not in GONE]
    return min(coming, key=lambda v: v.start, default=None)
