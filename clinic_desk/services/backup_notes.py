"""Handles ``NoteBackup`` and ``ApproveRestore``."""

from __future__ import annotations

from clinic_desk.services.backup_commands import ApproveRestore, NoteBackup, checked_reason
from clinic_desk.services.work import Done, Work


def note_backup(work: Work, command: NoteBackup) -> Done:
    work.uow.audit("backup", "backup", command.place[:200])
    return Done(value=command.place)


def approve_restore(work: Work, command: ApproveRestore) -> Done:
    reason = checked_reason(command.reason)
    work.uow.audit("restore_asked", "backup", command.backup[:200], detail={"reason": reason})
    return Done(value=command.backup)
