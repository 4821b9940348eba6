"""That somebody made or restored a backup by hand is asked of the gate, and told in the trail."""

from __future__ import annotations

from dataclasses import dataclass

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.command import Command

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteBackup(Command, by="backup_notes:note_backup", needs=Permission.BACKUP):
    """A backup is about to be made by hand, for ``place``: a file's name, empty for the plan's
    own places."""

    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveRestore(Command, by="backup_notes:approve_restore", needs=Permission.BACKUP):
    """The backup named ``backup`` is about to take the clinic's place. What was restored tells it
    as well (``Backups.restore``); this stands in the safety copy."""

    backup: str
    reason: str


def checked_reason(text: str) -> str:
    """Raises ``Refusal`` for none."""
    reason = text.strip()
    if not reason:
        raise Refusal(
            "reason_required", "Say in a few words why the backup is restored.", field="reason"
        )
    return reason[:LONGEST_REASON]
