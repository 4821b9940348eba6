"""Handles ``NoteExport``."""

from __future__ import annotations

from clinic_desk.services.audit import EXPORT
from clinic_desk.services.paper_notes import told
from clinic_desk.services.report_commands import EXPORT_KEY, NoteExport, check
from clinic_desk.services.work import Done, Work


def note(work: Work, command: NoteExport) -> Done:
    check(command.kind)
    value = {
        "report": command.title[:300],
        "first": command.first.isoformat(),
        "last": command.last.isoformat(),
        "format": command.kind,
        "rows": command.rows,
        "at": work.now.isoformat(),
    }
    work.uow.save_setting(EXPORT_KEY, "clinic", value, undoable=True)
    work.uow.action = EXPORT
    work.uow.audit(EXPORT, "file", detail=told(value, ""))
    return Done(value=EXPORT_KEY)
