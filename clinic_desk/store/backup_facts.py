"""What a clinic's file holds, in a few numbers: a copy must hold the same as its original, and a
restore is judged by what it would take away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from clinic_desk.domain.spans import from_epoch
from clinic_desk.services.audit import QUIET

COUNTED = ("patient", "appointment", "doctor", "waitlist_entry", "invoice")
"""Tables whose live rows are counted; a file of an older program may lack some."""


_PASSING = QUIET | {"log_in", "log_out", "lock", "unlock"}
_TRAIL = (
    "SELECT seq FROM audit_entry WHERE action NOT IN (SELECT value FROM json_each(?))"
    " ORDER BY seq DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """``counts`` by table, of rows that are not removed; ``events`` is the length of the history,
    ``newest`` its last moment in aware UTC, None where there is none; ``trail`` the number of the
    last entry of the audit trail that stands for more than looking, coming and going."""

    revision: str
    counts: Mapping[str, int] = field(default_factory=dict)
    events: int = 0
    newest: datetime | None = None
    trail: int = 0

    def as_json(self) -> dict[str, object]:
        return {
            "revision": self.revision,
            "counts": dict(self.counts),
            "events": self.events,
            "newest": self.newest.isoformat() if self.newest is not None else "",
            "trail": self.trail,
        }

    @classmethod
    def from_json(cls, data: object) -> Facts | None:
        """None for what is no such record."""
        if not isinstance(data, dict) or not isinstance(data.get("counts"), dict):
            return None
        try:
            newest = str(data.get("newest") or "")
            return cls(
                revision=str(data.get("revision", "")),
                counts={str(k): int(v) for k, v in data["counts"].items()},
                events=int(data.get("events", 0)),
                newest=datetime.fromisoformat(newest).astimezone(UTC) if newest else None,
                trail=int(data.get("trail", 0)),
            )
        except (TypeError, ValueError):
            return None


def read_facts(connection: Any) -> Facts:
    """Of a bare connection, in the transaction that it is in. Raises the driver's errors, and
    ``LookupError`` for a file without our tables."""
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        raise LookupError("no revision")
    there = {
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    if not {"patient", "appointment", "event"} <= there:
        raise LookupError("no clinic")
    counts = {}
    for table in COUNTED:
        if table in there:
            sql = f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL"
            counts[table] = int(connection.execute(sql).fetchone()[0])
    events, last = connection.execute("SELECT count(*), max(seq) FROM event").fetchone()
    newest = None
    if last is not None:
        sql = "SELECT occurred_at FROM event WHERE seq = ?"
        newest = from_epoch(connection.execute(sql, (last,)).fetchone()[0])
    trail = None
    if "audit_entry" in there:
        trail = connection.execute(_TRAIL, (json.dumps(sorted(_PASSING)),)).fetchone()
    return Facts(str(row[0]), counts, int(events), newest, int(trail[0]) if trail else 0)
