"""Whether the clinic's file has changed in a way that anybody who looks at it must be shown."""

from __future__ import annotations

import json
from typing import Any

_NEWEST = "SELECT coalesce(max(seq), 0) FROM audit_entry"
_SINCE = (
    "SELECT coalesce(max(seq), ?1), count(*),"
    " count(*) FILTER (WHERE action NOT IN (SELECT value FROM json_each(?2)))"
    " FROM audit_entry WHERE seq > ?1"
)


class Pulse:
    """Counts what changes SQLite's own number of foreign commits, over one connection kept for
    nothing else. Looking at patients does not count, though the audit trail is told of it by
    commits: otherwise every look would have every desk read its pages again."""

    def __init__(self) -> None:
        self._count: int | None = None
        self._seq = 0
        self.told = 0

    def look(self, connection: Any) -> int:
        """The same number as before unless something was written."""
        count = int(connection.execute("PRAGMA data_version").fetchone()[0])
        if self._count is None:
            self.told += 1
            self._seq = int(connection.execute(_NEWEST).fetchone()[0])
        elif count != self._count:
            from clinic_desk.services.audit import QUIET  # no part of the start

            quiet = json.dumps(sorted(QUIET))
            seq, new, loud = connection.execute(_SINCE, (self._seq, quiet)).fetchone()
            if loud or not new:
                self.told += 1
            self._seq = int(seq)
        self._count = count
        return self.told

    def forget(self) -> None:
        """Another connection counts anew, and what it finds may be another file."""
        self._count = None
