"""The chain of the audit trail: how events and entries are sealed, and how one is appended.

An entry's hash covers its own columns and the hash of the entry before it; the events of its
command are covered by one running hash, fed while they are written, so that nothing is read twice.
The newest entry is also named in ``meta``, in the same transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch
from clinic_desk.store.direct import fetch_one, run

HEAD_KEY = "audit_head"
PROGRAM = Actor("program", "", "", "", kind="program")
"""Who notes what nobody asked for."""

BEGIN = "begin"
"""Action of the first entry, which seals whatever happened before the trail."""

COLUMNS = (
    "seq", "at", "actor_id", "actor_name", "actor_kind", "desk_id", "session_id", "action",
    "subject_kind", "subject_id", "patient_id", "command_id", "first_event", "last_event",
    "events_hash", "detail_hash", "prev_hash",
)  # fmt: skip
"""What an entry's hash covers, in this order."""

_INSERT = (
    f"INSERT INTO audit_entry ({', '.join(COLUMNS)}, detail, hash)"
    f" VALUES ({', '.join('?' * (len(COLUMNS) + 2))})"
)
_SHOWN = "INSERT INTO audit_shown (subject_id, seq) SELECT DISTINCT value, ? FROM json_each(?)"
_HEADS = (
    "SELECT (SELECT v FROM meta WHERE k = ?),"
    " (SELECT seq || ':' || hash FROM audit_entry ORDER BY seq DESC LIMIT 1),"
    " (SELECT hash FROM audit_entry WHERE seq = ?)"
)
_KEEP_HEAD = "INSERT INTO meta (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v"
EVENTS = (
    "SELECT seq, id, subject_kind, subject_id, action, occurred_at, actor_id, actor_name,"
    " actor_kind, desk_id, command_id, changes, metadata FROM event"
)
_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_CHUNK = 10_000

Heard = Callable[[int, int], None]
"""(events hashed so far, all of them)"""


class Fold:
    """The running hash over events; ``first`` and ``last`` are 0 before there is one."""

    __slots__ = ("_hash", "first", "last")

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.first = 0
        self.last = 0

    def add(self, seq: int, row: Sequence[object]) -> None:
        """``row`` as inserted, in the order of ``EVENTS`` without ``seq``."""
        self._hash.update(_canonical((seq, *row)).encode())
        self.first = self.first or seq
        self.last = seq

    def read(self, rows: Iterable[Sequence[object]]) -> None:
        """Rows as ``EVENTS`` selects them."""
        update = self._hash.update
        last = self.last
        for row in rows:
            update(_canonical(row).encode())
            last = row[0]  # type: ignore[assignment]  # seq is an integer in the strict table
            self.first = self.first or last
        self.last = last

    def copy(self) -> Fold:
        made = Fold()
        made._hash = self._hash.copy()
        made.first, made.last = self.first, self.last
        return made

    def digest(self) -> str:
        return self._hash.hexdigest() if self.first else ""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry; ``seq`` 0 before the first."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def parse(cls, text: object) -> Head | None:
        """None for whatever is no head."""
        seq, found, digest = str(text).partition(":")
        if not found or not seq.isascii() or not seq.isdigit():
            return None
        return cls(int(seq), digest)


@dataclass(frozen=True, slots=True)
class Witness:
    """A head noted outside of the file, and where: "beside the file", "by hand"."""

    head: Head
    where: str
    noted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What an entry tells, before it is sealed. ``detail`` is JSON text or empty."""

    action: str
    subject_kind: str = ""
    subject_id: Id = ""
    patient_id: Id = ""
    detail: str = ""
    shown: tuple[Id, ...] = ()
    """Whom or what a list showed; the detail holds them too."""


def detail_text(detail: Mapping[str, object] | None, salt: str) -> str:
    """The salt keeps short details from being guessed from their hash once they are blanked."""
    return _canonical({**detail, "_": salt}) if detail else ""


def entry_hash(sealed: Sequence[object]) -> str:
    """``sealed`` are the values of ``COLUMNS``."""
    return hashlib.sha256(_canonical(tuple(sealed)).encode()).hexdigest()


def text_hash(text: str) -> str:
    """Hash of a detail; an empty one has none."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def heads(connection: Connection, known: Head) -> tuple[Head | None, bool]:
    """(what the next entry follows, None before the first; whether the trail holds ``known``,
    which it does when that is none). Where the file's note of its head and its newest entry
    differ, the later of the two counts: what is missing then shows as a gap."""
    row = fetch_one(connection, _HEADS, (HEAD_KEY, known.seq)) or (None, None, None)
    noted, newest = Head.parse(row[0]), Head.parse(row[1])
    held = known.seq == 0 or row[2] == known.hash
    if noted is None or newest is None:
        return noted or newest, held
    return (noted if noted.seq >= newest.seq else newest), held


def append(
    connection: Connection,
    head: Head,
    actor: Actor,
    now: datetime,
    command_id: Id,
    note: Note,
    fold: Fold | None = None,
) -> Head:
    """Adds one entry; the caller keeps the answered head by ``keep_head``."""
    events: tuple[int | None, int | None, str] = (None, None, "")
    if fold is not None and fold.first:
        events = (fold.first, fold.last, fold.digest())
    sealed = (
        head.seq + 1,
        epoch(now),
        actor.staff_id,
        actor.name,
        actor.kind,
        actor.desk_id,
        actor.session_id,
        note.action,
        note.subject_kind,
        note.subject_id,
        note.patient_id,
        command_id,
        *events,
        text_hash(note.detail),
        head.hash,
    )
    made = Head(head.seq + 1, entry_hash(sealed))
    run(connection, _INSERT, (*sealed, note.detail, made.hash))
    if note.shown:
        run(connection, _SHOWN, (made.seq, _canonical(note.shown)))
    return made


def keep_head(connection: Connection, head: Head) -> None:
    run(connection, _KEEP_HEAD, (HEAD_KEY, str(head)))


def begin(
    connection: Connection,
    actor: Actor,
    now: datetime,
    heard: Heard | None = None,
    before: int | None = None,
) -> Head:
    """The first entry: seals every event that is there already, below ``before`` if given."""
    fold = Fold()
    for rows in event_chunks(connection, before, heard):
        fold.read(rows)
    head = append(connection, Head(0, ""), actor, now, "", Note(BEGIN), fold)
    keep_head(connection, head)
    return head


def event_chunks(
    connection: Connection, before: int | None = None, heard: Heard | None = None
) -> Iterator[list[Any]]:
    """All events below ``before`` by seq, some thousand at a time."""
    limit = f" WHERE seq < {int(before)}" if before is not None else ""
    total = 0
    if heard is not None:
        found = fetch_one(connection, f"SELECT count(*) FROM event{limit}")
        total = int(found[0]) if found else 0
    done = 0
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(f"{EVENTS}{limit} ORDER BY seq")
        while rows := cursor.fetchmany(_CHUNK):
            yield rows
            done += len(rows)
            if heard is not None:
                heard(done, total)
    finally:
        cursor.close()
