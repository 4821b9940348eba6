"""Visits and patients as the rows of a table, headings first: what a CSV file is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from clinic_desk.domain.appointments import STATUS_WORDS, Appointment
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import zone
from clinic_desk.services.planning_views import DiaryRows
from clinic_desk.services.views import PatientHit

VISIT_COLUMNS = (
    "Date", "Start", "End", "Time zone", "Record no.", "Surname", "First name", "Birth date",
    "Mobile", "Phone", "E-mail", "Doctor", "Visit type", "Site", "Room", "Status", "Code",
    "Reason", "Notes",
)  # fmt: skip

PATIENT_COLUMNS = (
    "Record no.", "Surname", "First name", "Birth date", "Phone", "E-mail", "Usual doctor",
    "Last visit", "Alert",
)  # fmt: skip


def visit_rows(rows: DiaryRows, roster: Roster) -> list[Sequence[str]]:
    """Dates and times as ISO 8601 writes them, on the clock of the visit's site."""
    return [VISIT_COLUMNS, *(_visit(one, rows.patients.get(one.patient_id or ""), roster)
                             for one in rows.visits)]  # fmt: skip


def _visit(visit: Appointment, patient: Patient | None, roster: Roster) -> Sequence[str]:
    place = roster.locations.get(visit.location_id)
    name = place.zone if place is not None else roster.practice.zone
    start, end = visit.start.astimezone(zone(name)), visit.end.astimezone(zone(name))
    doctor, room = roster.doctors.get(visit.doctor_id), roster.rooms.get(visit.room_id or "")
    kind = roster.types.get(visit.type_id or "")
    person = ("", "", "", "", "", "", "")
    if patient is not None:
        person = (
            patient.record_number,
            patient.last_name,
            patient.first_name,
            patient.birth_date.isoformat() if patient.birth_date else "",
            patient.mobile or patient.mobile_typed,
            patient.phone or patient.phone_typed,
            patient.email,
        )
    return (
        start.date().isoformat(),
        f"{start:%H:%M}",
        f"{end:%H:%M}",
        name,
        *person,
        doctor.name if doctor is not None else "",
        kind.name if kind is not None else visit.title,
        place.name if place is not None else "",
        room.name if room is not None else "",
        STATUS_WORDS[visit.status],
        visit.confirmation_code or "",
        visit.reason,
        visit.notes,
    )


def patient_rows(hits: Iterable[PatientHit], roster: Roster) -> list[Sequence[str]]:
    home = zone(roster.practice.zone)
    rows: list[Sequence[str]] = [PATIENT_COLUMNS]
    for hit in hits:
        doctor = roster.doctors.get(hit.usual_doctor_id or "")
        rows.append(
            (
                hit.record_number,
                hit.last_name,
                hit.first_name,
                hit.birth_date.isoformat() if hit.birth_date else "",
                hit.phone,
                hit.email,
                doctor.name if doctor is not None else "",
                hit.last_visit.astimezone(home).date().isoformat() if hit.last_visit else "",
                hit.alert,
            )
        )
    return rows
