"""The newest entry of the audit trail, noted outside of the file.

A trail that was cut off, or made anew from some entry on, can be whole in itself; a small file
beside the clinic's says how far it had come. It is written after the commit, at most every two
seconds and when the store is closed, so it may lag behind but is never ahead of a file that was
left alone. Where it cannot be written nothing is held up: then only the file's own note remains.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import monotonic

from sqlalchemy import Connection

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.store.audit_chain import Head, Note, Witness, detail_text, heads

SUFFIX = ".head"
PAUSE = 2.0
"""Seconds between two notes."""

BESIDE = "beside the file"
NONE = Head(0, "")


class Anchor:
    """Of one clinic's file, in one process. Written to inside the one write transaction."""

    def __init__(self, path: Path) -> None:
        self._file = path.with_name(path.name + SUFFIX)
        self._known: Head | None = None
        self._noted_at = -PAUSE
        self.behind = False
        """Whether a commit of this process has not been noted."""

    @property
    def known(self) -> Head:
        """The newest entry that this process wrote, or before it wrote any, that the file beside
        the clinic's names. The trail must hold it."""
        if self._known is None:
            noted = self.witness()
            self._known = NONE if noted is None else noted.head
        return self._known

    def witness(self) -> Witness | None:
        """None where there is no note, or none that can be read."""
        try:
            kept = json.loads(self._file.read_text("utf-8"))
            return Witness(
                Head(int(kept["entry"]), str(kept["hash"])), BESIDE, from_epoch(int(kept["at"]))
            )
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            return None

    def witnesses(self, head: str = "") -> tuple[Witness, ...]:
        """With the fingerprint that somebody noted by hand; raises ``Refusal("bad_head")``."""
        found = [] if (known := self.witness()) is None else [known]
        if head.strip():
            noted = Head.parse(head.strip())
            if noted is None or not noted.seq:
                raise Refusal(
                    "bad_head",
                    "A fingerprint of the audit trail is a number, a colon and 64 letters and "
                    "digits, as the audit page and its export show it.",
                    field="head",
                )
            found.append(Witness(noted, "by hand"))
        return tuple(found)

    def contradiction(self, found: Head) -> Note:
        """What the trail is to say when it does not hold the entry known outside: the file was
        replaced by another, as a restored backup, or its end was cut off."""
        self._noted_at = -PAUSE  # what the file beside says is over
        detail = {"noted": self.known.seq, "hash": self.known.hash, "found": found.seq}
        return Note("trail_differs", detail=detail_text(detail, os.urandom(8).hex()))

    def note(self, head: Head, now: datetime) -> None:
        """After the commit of ``head``."""
        self._known = head
        self.behind = True
        if monotonic() - self._noted_at >= PAUSE:
            self._write(head, now)

    def forget(self) -> None:
        """The file is about to be replaced."""
        self._known = None
        self.behind = False

    def catch_up(self, connection: Connection, now: datetime) -> None:
        """Notes the newest entry of the file, whoever wrote it; unless the file was replaced
        meanwhile, which the next to write has to tell the trail."""
        head, held = heads(connection, self.known)
        if head is not None and held:
            self._write(head, now)

    def _write(self, head: Head, now: datetime) -> None:
        self._noted_at = monotonic()
        self.behind = False
        text = json.dumps({"entry": head.seq, "hash": head.hash, "at": epoch(now)})
        partial = self._file.with_name(f"{self._file.name}.{os.getpid()}.part")
        with suppress(OSError):
            partial.write_text(text, "utf-8")
            partial.replace(self._file)
