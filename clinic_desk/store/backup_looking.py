"""What is in a backup: whether its visits agree with their history, and what it lacks of the
clinic as it is now."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.spans import from_epoch
from clinic_desk.services.backup_ports import BackupCopy, LostVisit, RestorePreview
from clinic_desk.store import backup
from clinic_desk.store.backup_facts import Facts, read_facts
from clinic_desk.store.engine import read_only, reader_engine
from clinic_desk.store.upgrade import EXPECTED, ensure_current

if TYPE_CHECKING:
    from clinic_desk.services.ports import Progress
    from clinic_desk.services.views import Finding

MOST_TOLD = 200
_LIVE = (
    "SELECT id, revision FROM appointment"
    " WHERE deleted_at IS NULL AND status NOT IN ('held', 'released')"
)
_TOLD = """
SELECT a.start_at, coalesce(nullif(trim(p.last_name || ', ' || p.first_name, ', '), ''), a.title),
       coalesce(d.name, '')
FROM appointment a
LEFT JOIN patient p ON p.id = a.patient_id LEFT JOIN doctor d ON d.id = a.doctor_id
WHERE a.id = ?
"""
WORDS = {
    "patient": "patients",
    "appointment": "visits",
    "doctor": "doctors",
    "waitlist_entry": "entries of the waiting list",
    "invoice": "invoices",
    "event": "lines of history",
}


def findings_in(
    path: Path, migrations: Path, source: Path, progress: Progress | None
) -> list[Finding]:
    """What ``verify`` finds in a copy of the backup, upgraded as a restore would."""
    from clinic_desk.store import verify

    with backup.staged(path, source) as copy:
        ensure_current(copy, migrations, lambda _label: copy)
        engine = reader_engine(copy)
        try:
            with engine.connect() as connection, connection.begin():
                return verify.verify(connection, progress)
        finally:
            engine.dispose()


def compared(path: Path, source: Path, copy: BackupCopy) -> RestorePreview:
    """Reads both files; the clinic's need not be one that can be read."""
    with closing(read_only(source)) as then:
        there = read_facts(then)
        visits = dict(then.execute(_LIVE).fetchall())
    here, gone, changed, lost = None, [], 0, []
    try:
        with closing(read_only(path)) as live:
            live.execute("BEGIN")
            here = read_facts(live)
            for row_id, revision in live.execute(_LIVE):
                if row_id not in visits:
                    gone.append(row_id)
                elif visits[row_id] != revision:
                    changed += 1
            lost = _told(live, gone)
    except (dbapi2.Error, LookupError, Fault):
        here = None  # damaged: that is what the backup is for
    return RestorePreview(
        copy=copy,
        rows=tuple(_rows(here, there)),
        newest_now=here.newest if here is not None else None,
        newest_then=there.newest,
        gone=len(gone),
        changed=changed,
        lost=tuple(lost),
        older_format=there.revision != EXPECTED,
    )


def _rows(here: Facts | None, there: Facts) -> list[tuple[str, int | None, int]]:
    rows: list[tuple[str, int | None, int]] = []
    for table, words in WORDS.items():
        then = there.events if table == "event" else there.counts.get(table, 0)
        now = None
        if here is not None:
            now = here.events if table == "event" else here.counts.get(table, 0)
        rows.append((words, now, then))
    return rows


def _told(live: Any, ids: list[str]) -> list[LostVisit]:
    """The soonest first."""
    starts = []
    for row_id in ids:
        at = live.execute("SELECT start_at FROM appointment WHERE id = ?", (row_id,)).fetchone()
        starts.append((at[0], row_id))
    told = []
    for _, row_id in sorted(starts)[:MOST_TOLD]:
        at, who, doctor = live.execute(_TOLD, (row_id,)).fetchone()
        words = " · ".join(part for part in (who, doctor) if part)
        told.append(LostVisit(from_epoch(at).astimezone(UTC), words))
    return told
