"""Whose schedule a person may change, in words: said beforehand by the window, and by the gate."""

from __future__ import annotations

from collections.abc import Mapping

from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.wording import doctor_text

NO_DOCTOR = (
    "Your account is not tied to a doctor, so no schedule is yours to change. "
    "Ask a manager to choose your doctor in Settings › Staff."
)


def reaches(actor: Actor, doctor_id: Id | None) -> bool:
    """Whether the person may change that doctor's schedule. None: nobody's."""
    return (
        doctor_id is None or doctor_id == actor.doctor_id or actor.may(Permission.OTHERS_SCHEDULES)
    )


NOBODY = "nobody"
"""Stands for the doctor of an account that is tied to none: nothing is found for them."""


def own_doctors(actor: Actor) -> tuple[Id, ...]:
    """For whom alone the person may book; empty: for every doctor."""
    if actor.may(Permission.OTHERS_SCHEDULES):
        return ()
    return (actor.doctor_id or NOBODY,)


def out_of_reach(actor: Actor, doctor_id: Id | None, doctors: Mapping[Id, Doctor]) -> str:
    """The sentence that names the doctor and the way out; empty for what is within reach."""
    if reaches(actor, doctor_id):
        return ""
    own, other = doctors.get(actor.doctor_id or ""), doctors.get(doctor_id or "")
    if own is None:
        return NO_DOCTOR
    name = doctor_text(other) if other is not None else "another doctor"
    return (
        f"This changes the schedule of {name}; yours is that of {doctor_text(own)}. "
        "Ask the front desk or a manager to do it."
    )
