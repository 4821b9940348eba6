"""Whether the clinic's file has changed in a way that anybody who looks at it must be shown."""

from __future__ import annotations

import json
from typing import Any

POST = "post"
"""The counter of commits in which nothing but messages went their way."""

POSTS = frozenset(
    {
        "ClaimMessages", "ReleaseMessages", "BeginMessage", "EndMessage", "SettleMessage",
        "NoteCursor", "NoteDeliveries", "PlanMessages", "RestService",
    }
)  # fmt: skip
"""Commands of the program about messages on their way. Where they write nothing that the audit
trail tells, windows need read nothing but messages again."""

_POST = "SELECT coalesce(max(value), 0) FROM counter WHERE name = ?"
_NEWEST = "SELECT coalesce(max(seq), 0) FROM audit_entry"
_SINCE = (
    "SELECT coalesce(max(seq), ?1), count(*),"
    " count(*) FILTER (WHERE action NOT IN (SELECT value FROM json_each(?2)))"
    " FROM audit_entry WHERE seq > ?1"
)


class Pulse:
    """Counts what changes SQLite's own number of foreign commits, over one connection kept for
    nothing else. Looking at patients does not count, though the audit trail is told of it by
    commits: otherwise every look would have every desk read its pages again. ``post`` counts what
    became of messages, which is no news for a calendar."""

    def __init__(self) -> None:
        self._count: int | None = None
        self._seq = 0
        self.told = 0
        self.post = 0

    def look(self, connection: Any) -> int:
        """The same number as before unless something was written."""
        count = int(connection.execute("PRAGMA data_version").fetchone()[0])
        if self._count is None:
            self.told += 1
            self._seq = int(connection.execute(_NEWEST).fetchone()[0])
            self.post = int(connection.execute(_POST, (POST,)).fetchone()[0])
        elif count != self._count:
            from clinic_desk.services.audit import QUIET  # no part of the start

            quiet = json.dumps(sorted(QUIET))
            seq, new, loud = connection.execute(_SINCE, (self._seq, quiet)).fetchone()
            post = int(connection.execute(_POST, (POST,)).fetchone()[0])
            if loud or not (new or post != self.post):
                self.told += 1
            self._seq, self.post = int(seq), post
        self._count = count
        return self.told

    def forget(self) -> None:
        """Another connection counts anew, and what it finds may be another file."""
        self._count = None
