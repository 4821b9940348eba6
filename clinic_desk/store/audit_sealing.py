"""What one transaction leaves in the audit trail: one entry for what it wrote, one for each thing
it was told to note."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex

from sqlalchemy import Connection

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.domain.records import Record
from clinic_desk.services.audit import PROGRAM_NOTES, UNTOLD_SETTINGS
from clinic_desk.store.audit_anchor import Anchor
from clinic_desk.store.audit_chain import (
    PROGRAM,
    Head,
    Note,
    append,
    begin,
    detail_text,
    heads,
    keep_head,
)
from clinic_desk.store.setting_rows import TABLE as SETTING
from clinic_desk.store.writing import Journal, Written

UNNAMED = "write"
"""Action of what no command asked for by name."""

LONGEST_VALUE = 2000
"""Characters of a setting's value that an entry keeps."""


def seal(
    connection: Connection,
    journal: Journal,
    actor: Actor,
    now: datetime,
    command_id: Id,
    action: str,
    anchor: Anchor,
) -> Head | None:
    """Appends the entries of this transaction, the command's own first; None when it wrote
    nothing that counts. A note with the action of the transaction is about what the command itself
    wrote, and makes one entry with it."""
    notes = list(journal.notes)
    wrote = bool(journal.fold.first or _told_settings(journal))
    if not wrote and not notes:
        return None
    head, held = heads(connection, anchor.known)
    if head is None:
        head = begin(connection, PROGRAM, now, before=journal.fold.first or None)
    if not held:
        differs = anchor.contradiction(head)
        head = append(connection, head, PROGRAM, now, command_id, differs)
    if wrote:
        note = _of_command(journal, action or UNNAMED)
        own = next((one for one in notes if one.action == action), None)
        if own is not None:
            notes.remove(own)
            note = Note(
                action,
                own.subject_kind or note.subject_kind,
                own.subject_id if own.subject_kind else note.subject_id,
                own.patient_id or note.patient_id,
                own.detail or note.detail,
                own.shown,
            )
        head = append(connection, head, actor, now, command_id, note, journal.fold)
    for note in notes:
        head = append(connection, head, actor, now, command_id, note)
    keep_head(connection, head)
    return head


def _of_command(journal: Journal, action: str) -> Note:
    kind, subject = "", ""
    first = _foremost(journal.written.values())
    if first is not None:
        kind, subject = first.table, first.after.id
    elif settings := _told_settings(journal):
        kind, subject = SETTING, min(settings, key=_program_last)
    patients = _patients(journal.written.values())
    told = _told_settings(journal)
    quiet = sorted((key, pair) for key, pair in journal.quiet.items() if key in told)
    detail = {key: _shown(key, pair) for key, pair in quiet}
    text = detail_text({"settings": detail} if detail else None, token_hex(8))
    return Note(action, kind, subject, patients.pop() if len(patients) == 1 else "", text)


def _program_last(row_id: Id) -> tuple[bool, Id]:
    """What somebody decided is what a command is about, not what the program noted beside it."""
    return row_id.rpartition("/")[2] in PROGRAM_NOTES, row_id


def _told_settings(journal: Journal) -> set[Id]:
    """Without those that say what another entry says."""
    return {one for one in journal.settings if one.rpartition("/")[2] not in UNTOLD_SETTINGS}


def _foremost(written: Iterable[Written]) -> Written | None:
    """The visit or patient that a command is about, else the first row it wrote."""
    first = None
    for row in written:
        if isinstance(row.after, Appointment | Patient):
            return row
        first = first or row
    return first


def _patients(written: Iterable[Written]) -> set[Id]:
    """Of whom the rows are; looks no further than the second."""
    found: set[Id] = set()
    for row in written:
        patient = _patient(row.after)
        if patient:
            found.add(patient)
            if len(found) > 1:
                break
    return found


def _patient(row: Record) -> Id:
    return row.id if isinstance(row, Patient) else getattr(row, "patient_id", None) or ""


def _shown(key: str, pair: tuple[str | None, str | None]) -> list[str | None]:
    """What a window merely remembers is named; what it remembers is not kept."""
    if key.startswith("desk/"):
        return []
    return [value if value is None else value[:LONGEST_VALUE] for value in pair]
