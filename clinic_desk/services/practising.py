"""The guided booking of the first start, taken away again without a trace in the day."""

from __future__ import annotations

from clinic_desk.domain.appointments import Appointment, ShelfItem
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.people import PRACTICE, Patient
from clinic_desk.services.setup_commands import EndPractice
from clinic_desk.services.work import Done, Work

PATIENT = {"first_name": "Practice", "last_name": "Patient", "record_number": PRACTICE}
"""Whom the guided booking is for. Patient and visit are numbered apart, so that the clinic's own
numbers begin with its first patient and its first visit."""


def end(work: Work, command: EndPractice) -> Done:
    """Raises ``Refusal`` for a patient who is not the practice patient."""
    found = work.uow.find(Patient, id=command.patient_id)
    if not found:
        return Done(value=0)
    patient = found[0]
    if (patient.first_name, patient.last_name) != (PATIENT["first_name"], PATIENT["last_name"]):
        raise Refusal("not_practice", f"{patient.listed_name} is a patient, not practice.")
    gone = 0
    for visit in work.uow.find(Appointment, patient_id=patient.id):
        for item in work.uow.find(ShelfItem, appointment_id=visit.id):
            work.uow.remove(item, "removed")
            gone += 1
        work.uow.remove(visit, "removed")
        gone += 1
    work.uow.remove(patient, "removed")
    return Done(
        value=gone + 1,
        label="Take the practice booking away",
        sentence="The practice patient and the visit are gone again",
    )
