"""What every handler is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import AppointmentType, Doctor, effective_type, is_override
from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id, IdFactory
from clinic_desk.domain.people import Patient
from clinic_desk.domain.records import Record

if TYPE_CHECKING:
    from clinic_desk.services.ports import UnitOfWork

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Done:
    """A handler's answer. ``label`` non-empty makes the command one undo step under that name;
    commands of one ``run`` are one step together. ``sentence`` is the toast."""

    value: object = None
    label: str = ""
    sentence: str = ""
    warnings: tuple[str, ...] = ()
    run: Id = ""


@dataclass(slots=True)
class Work:
    """One unit of work as the handlers see it; they never commit."""

    uow: UnitOfWork
    new_id: IdFactory
    _roster: Roster | None = field(default=None)

    @property
    def now(self) -> datetime:
        return self.uow.now

    @property
    def actor(self) -> Actor:
        return self.uow.actor

    @property
    def roster(self) -> Roster:
        """The clinic as it was when the unit of work began."""
        if self._roster is None:
            self._roster = self.uow.roster()
        return self._roster

    def doctor(self, doctor_id: Id) -> Doctor:
        doctor = self.roster.doctors.get(doctor_id)
        if doctor is None:
            raise NotFound("doctor", doctor_id)
        return doctor

    def type(self, type_id: Id | None) -> AppointmentType | None:
        if type_id is None:
            return None
        kind = self.roster.types.get(type_id)
        if kind is None:
            raise NotFound("visit type", type_id)
        return kind

    def type_with(self, type_id: Id, doctor_id: Id) -> AppointmentType:
        """The type with the values that hold for the doctor. Raises ``NotFound``."""
        self.type(type_id)
        kind = effective_type(self.roster.types, self.kept_type(type_id), doctor_id)
        assert kind is not None
        return kind

    def kept_type(self, type_id: Id | None) -> Id | None:
        """The id that visits keep: of a doctor's override, the clinic-wide type's."""
        types = self.roster.types
        kind = types.get(type_id or "")
        if kind is None or not is_override(types, kind):
            return type_id
        return next(t.id for t in types.values() if t.doctor_id is None and t.slug == kind.slug)

    def is_retired(self, type_id: Id | None) -> bool:
        """Whether visits of the type are no longer made; those that are booked stay visits."""
        kind = self.roster.types.get(type_id or "")
        return type_id is not None and (kind is None or not kind.active)

    def patient(self, patient_id: Id | None) -> Patient | None:
        return self.uow.get(Patient, patient_id) if patient_id is not None else None

    def zone_of(self, location_id: Id) -> str:
        location = self.roster.locations.get(location_id)
        return location.zone if location is not None else self.roster.practice.zone

    def appointment(self, appointment_id: Id, expected_revision: int | None = None) -> Appointment:
        """Raises ``NotFound``, or ``Stale`` when the row is not the one the person looked at."""
        row = self.uow.get(Appointment, appointment_id)
        check_revision(self, row, expected_revision, "visit")
        return row


def check_revision(work: Work, row: Record, expected: int | None, noun: str) -> None:
    """Raises ``Stale`` unless ``row`` still has the revision that the person saw, or only this
    person has written to it since: two keys pressed faster than the window can follow."""
    if expected is None or row.revision == expected or work.uow.only_own_since(row, expected):
        return
    raise work.uow.stale(row.id, f"This {noun} is not the one you looked at")
