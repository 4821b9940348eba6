"""Taking in one batch of a former program's data: all of it or nothing.

What a batch holds was decided by the adapter that read the file. Here only what the store knows
is added: a row that is there already is skipped, a visit whose place is taken waits in the clash
list (``contested``), and every visit gets a confirmation code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clinic_desk.domain.appointments import NOTES_LIMIT, Appointment, AppointmentSeries, SlotState
from clinic_desk.domain.availability import capacity
from clinic_desk.domain.errors import SlotTaken
from clinic_desk.domain.people import Patient, only_digits
from clinic_desk.domain.records import Record
from clinic_desk.domain.templates import TimeOffRequest
from clinic_desk.services.booking import confirmation_code
from clinic_desk.services.commands import ImportBatch, ImportCounts
from clinic_desk.services.patients import next_record_number
from clinic_desk.services.work import Done, Work


def import_batch(work: Work, command: ImportBatch) -> Done:
    """Value: ``ImportCounts``."""
    metadata = {"file": command.file_digest, "batch": command.batch}
    imported = 0
    skipped: list[str] = []
    contested: list[str] = []
    for record in command.records:
        if isinstance(record, Record):
            work.uow.add(record, "imported", metadata)
    taken: list[str] = []
    for values in command.patients:
        holder = _add_patient(work, values, command.reserved_numbers, metadata)
        if holder is None:
            imported += 1
        elif (holder.last_name, holder.first_name) == (values["last_name"], values["first_name"]):
            skipped.append(holder.record_number)
        else:
            taken.append(holder.record_number)
    for patient_id, values in command.merges:
        _merge(work, patient_id, values, metadata)
    for values in command.series:
        if not work.uow.find(AppointmentSeries, import_key=values["import_key"]):
            work.uow.add(_made(AppointmentSeries, values), "imported", metadata)
    for values in command.appointments:
        key = str(values["import_key"])
        if work.uow.find(Appointment, import_key=key):
            skipped.append(key)
            continue
        if not _add_visit(work, _in_series(work, _made(Appointment, values)), metadata):
            contested.append(key)
        imported += 1
    for values in command.time_off:
        leave: TimeOffRequest = _made(TimeOffRequest, values)
        same = work.uow.find(
            TimeOffRequest,
            doctor_id=leave.doctor_id,
            start=leave.start,
            end=leave.end,
            status=leave.status,
        )
        if same:
            skipped.append(leave.id)
        else:
            work.uow.add(leave, "imported", metadata)
            imported += 1
    counts = ImportCounts(imported, tuple(skipped), tuple(contested), tuple(taken))
    return Done(value=counts, label=command.label, run=command.run)


def _made(kind: type[Any], values: Mapping[str, object]) -> Any:
    return kind(**values)


def _in_series(work: Work, visit: Appointment) -> Appointment:
    """A changed occurrence finds the series that an earlier import brought along: its key is that
    of the series and its original start."""
    if visit.series_id is not None or visit.series_start is None or visit.import_key is None:
        return visit
    key = visit.import_key.rpartition("/")[0]
    found = work.uow.find(AppointmentSeries, import_key=key) if key else []
    return replace(visit, series_id=found[0].id) if found else visit


def _add_patient(
    work: Work,
    values: Mapping[str, object],
    reserved: frozenset[str],
    metadata: Mapping[str, object],
) -> Patient | None:
    """None when the patient was added, else who has the record number already."""
    patient: Patient = _made(Patient, values)
    if not patient.record_number:
        number = next_record_number(work)
        while number in reserved:
            number = next_record_number(work)
        patient = replace(patient, record_number=number)
    else:
        for holder in work.uow.find(Patient, record_number=patient.record_number):
            return holder
    work.uow.add(patient, "imported", metadata)
    return None


_CONTACTS = ("email", "emergency_contact", "alert", "notes")


def _merge(
    work: Work, patient_id: str, values: Mapping[str, object], metadata: Mapping[str, object]
) -> None:
    """Takes over what the other row of a person says and this one does not; what differs is kept
    in the notes, where there is room for it."""
    patient = work.uow.get(Patient, patient_id)
    number = str(values.get("record_number", ""))
    changed: dict[str, object] = {}
    differs: list[str] = []
    if number and number not in (patient.record_number, *patient.other_numbers):
        changed["other_numbers"] = (*patient.other_numbers, number)
    for name in ("birth_date", "language", "consent_sms", *_CONTACTS):
        theirs, ours = values.get(name), getattr(patient, name)
        if theirs in ("", None) or theirs == ours:
            continue
        if ours in ("", None):
            changed[name] = theirs
        elif name in _CONTACTS and str(theirs) not in str(ours):
            differs.append(f"{name.replace('_', ' ')} {theirs}")
    known = {only_digits(patient.mobile_typed), only_digits(patient.phone_typed)}
    for name in ("mobile", "phone"):
        typed = str(values.get(f"{name}_typed", ""))
        if not typed or only_digits(typed) in known:
            continue
        if not getattr(patient, f"{name}_typed"):
            changed |= {name: values.get(name, ""), f"{name}_typed": typed}
        else:
            differs.append(f"{name} {typed}")
    if differs:
        said = f"Also listed as {number or 'another row'}: " + "; ".join(differs)
        notes = str(changed.get("notes", patient.notes))
        joined = f"{notes}\n{said}" if notes else said
        if said not in notes and len(joined) <= NOTES_LIMIT:
            changed["notes"] = joined
    if changed:
        work.uow.replace(patient, replace(patient, **changed), "merged", metadata)  # type: ignore[arg-type]  # names and types as read from the row


def _add_visit(work: Work, visit: Appointment, metadata: Mapping[str, object]) -> bool:
    """False when the place was taken and the visit waits in the clash list."""
    if visit.confirmation_code is None:
        code = confirmation_code(work, visit.start, work.zone_of(visit.location_id))
        visit = replace(visit, confirmation_code=code)
    if not visit.occupies:
        work.uow.add(visit, "imported", metadata)
        return visit.slot_state is SlotState.PLACED
    lanes = max(1, capacity(work.roster, visit.doctor_id, visit.start, visit.end))
    for lane in range(lanes):
        try:
            with work.uow.savepoint():
                work.uow.add(replace(visit, lane=lane), "imported", metadata)
        except SlotTaken:
            continue
        return True
    work.uow.add(replace(visit, slot_state=SlotState.CONTESTED), "imported", metadata)
    return False
