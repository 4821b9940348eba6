"""That a backup was restored is told in the audit trail of what was restored. Until it can be told
there, a small file beside the clinic's keeps it: the program may be ended at any moment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desk.domain.errors import Fault
from clinic_desk.store.backup_book import read_json, write_json

if TYPE_CHECKING:
    from clinic_desk.domain.events import Actor
    from clinic_desk.services.audit_ports import AuditWork
    from clinic_desk.services.billing_ports import OutboxWork

FILE = "restore-note.json"
MOST_WORDS = 500
MAYBE_SENT = (
    "A backup was restored, and this may have gone before it was. Send it again if it did not."
)
"""Why messages that were due meanwhile do not go by themselves."""


def note_of(path: Path) -> Path:
    return path.with_name(FILE)


def begin(path: Path, source: Path, reason: str, who: str, now: datetime) -> None:
    """Before anything is touched. ``who`` is empty where nobody could be asked. Raises ``Fault``
    when the folder cannot be written, and then nothing may be restored."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(
            note_of(path),
            {
                "at": now.isoformat(),
                "backup": source.name,
                "reason": reason[:MOST_WORDS],
                "who": who,
                "state": "begun",
            },
        )
    except OSError as error:
        raise Fault(
            "restore_failed",
            f"The folder {path.parent} cannot be written ({error.strerror or error}), so nothing "
            "was restored. Check the disk and its permissions.",
        ) from error


def drop(path: Path) -> None:
    """Nothing came of it."""
    with suppress(OSError):
        note_of(path).unlink(missing_ok=True)


def done(path: Path, kept: Path | None) -> None:
    told = read_json(note_of(path))
    with suppress(OSError):
        write_json(note_of(path), {**told, "state": "done", "kept": kept.name if kept else ""})


def settle(
    path: Path,
    actor: Actor,
    unit_of_work: Callable[[Actor], AbstractContextManager[Settling]],
) -> bool:
    """Tells the trail of the clinic that is open now what the note says, if there is one."""
    told = read_json(note_of(path))
    if not told:
        return False
    with unit_of_work(actor) as work:
        work.action = "RestoreBackup"
        work.audit("restore", "backup", str(told.get("backup", "")), detail=told)
        if told.get("state") == "done":
            work.hold_back_due(MAYBE_SENT)
        work.commit()
    drop(path)
    return True


if TYPE_CHECKING:

    class Settling(AuditWork, OutboxWork):
        def commit(self) -> None: ...
