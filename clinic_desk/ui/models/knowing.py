"""What the desk knows about a patient: the card as a search row, and what they usually have."""

from __future__ import annotations

from datetime import datetime

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.catalogue import AppointmentType
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell, PatientHit, PatientView
from clinic_desk.ui.models.roster_source import RosterSource

GONE = frozenset({Status.CANCELLED, Status.DECLINED, Status.HELD, Status.RELEASED})
OVER = GONE | {Status.COMPLETED, Status.NO_SHOW}


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
    coming = [v for v in view.visits if v.end > now and v.status not in OVER]
    return min(coming, key=lambda v: v.start, default=None)


def usual_type(
    source: RosterSource, patient: PatientHit | None, doctor_id: Id | None, *, new: bool
) -> AppointmentType | None:
    """The patient's last kind of visit, else the doctor's own first kind, else the clinic's first;
    a new patient gets the new-patient visit where there is one."""
    offered = source.types_for(doctor_id)
    if patient is not None:
        for kind in offered:
            if kind.id == patient.last_type_id and kind.slug != "new-patient":
                return kind
    if new or (patient is not None and patient.last_visit is None):
        for kind in offered:
            if kind.slug == "new-patient":
                return kind
    own = [kind for kind in offered if doctor_id is not None and kind.doctor_id == doctor_id]
    usual = [kind for kind in own + offered if kind.slug != "new-patient"]
    return next(iter(usual or offered), None)
