"""Handles ``NoteHandedOn`` and ``NoteLifeboat``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.services.audit import EXPORT, PRINT
from clinic_desk.services.paper_commands import (
    FORMATS,
    HANDED_ON_KEY,
    NoteHandedOn,
    NoteLifeboat,
)
from clinic_desk.services.work import Done, Work

MOST_REASON = 500


def told(value: Mapping[str, object], reason: str) -> dict[str, object]:
    """What the audit trail keeps of a file: all but when, which its entry tells."""
    kept = {key: one for key, one in value.items() if key not in ("at", "subject")}
    return {**kept, "reason": reason[:MOST_REASON]} if reason.strip() else kept


def _about(work: Work, subject: Id) -> tuple[str, Id, Id]:
    """(kind, id, whose) of what a sheet or file is about."""
    if not subject:
        return "file", "", ""
    for visit in work.uow.find(Appointment, id=subject):
        return "appointment", subject, visit.patient_id or ""
    if work.uow.find(Patient, id=subject):
        return "patient", subject, subject
    return "file", subject, ""


def note(work: Work, command: NoteHandedOn) -> Done:
    if command.kind not in FORMATS:
        raise Refusal("bad_format", f"It is handed on as {', '.join(FORMATS)}.", field="kind")
    value = {
        "what": command.title[:300],
        "format": command.kind,
        "subject": command.subject,
        "rows": command.rows,
        "at": work.now.isoformat(),
    }
    work.uow.save_setting(HANDED_ON_KEY, "clinic", value, undoable=True)
    kind, subject, patient = _about(work, command.subject)
    work.uow.action = PRINT if command.kind == "paper" else EXPORT
    work.uow.audit(work.uow.action, kind, subject, patient, told(value, command.reason))
    return Done(value=HANDED_ON_KEY)


def lifeboat(work: Work, command: NoteLifeboat) -> Done:
    """The program itself writes these sheets, whoever sits at the desk."""
    who = work.uow.actor
    work.uow.actor = replace(who, staff_id="lifeboat", name="", kind="program")
    work.uow.audit("lifeboat", "file", detail={"files": list(command.files)})
    return Done()
