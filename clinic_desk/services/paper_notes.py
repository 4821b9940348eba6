"""Handles ``NoteHandedOn``."""

from __future__ import annotations

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.paper_commands import FORMATS, HANDED_ON_KEY, NoteHandedOn
from clinic_desk.services.work import Done, Work


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
    return Done(value=HANDED_ON_KEY)
