"""Proof of the audit trail: every link from the first entry to the newest, and every event in its
command's seal.

The findings stand in the order of the trail, so the first names the first broken link. After each
the walk goes on from what is stored, so that one fault does not make all that follows look forged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import Connection

from clinic_desk.domain.spans import from_epoch
from clinic_desk.services.audit import BLANKED_BY, SHOWN, Blanked, blanks
from clinic_desk.services.views import Finding
from clinic_desk.store.audit_chain import (
    BEGIN,
    COLUMNS,
    HEAD_KEY,
    Fold,
    Head,
    Witness,
    entry_hash,
    event_chunks,
    text_hash,
)
from clinic_desk.store.direct import fetch_one

STEP = "audit"
SEEK = 200_000
"""Places tried at most, in one proof, to say where an entry that was moved belongs."""

_ENTRIES = f"SELECT {', '.join(COLUMNS)}, detail, hash FROM audit_entry ORDER BY seq"
_AT = {name: i for i, name in enumerate(COLUMNS)}
_DETAIL, _HASH = len(COLUMNS), len(COLUMNS) + 1
_CHUNK = 5000

Heard = Callable[[int, int], bool]
"""(entries proved, all of them) → False asks to stop."""


@dataclass(slots=True)
class _Events:
    """The events in their order, read once, each looked at by the entry that seals it."""

    rows: Iterator[Any]
    ahead: Any = None

    def take(self, first: int, last: int) -> tuple[Fold, list[int], list[int]]:
        """(seal of first..last, seqs missing in it, seqs met before it)"""
        fold = Fold()
        missing: list[int] = []
        before: list[int] = []
        wanted = first
        while (row := self._peek()) is not None and row[0] <= last:
            self.ahead = None
            if row[0] < first:
                before.append(row[0])
                continue
            if row[0] > wanted:
                missing += range(wanted, min(row[0], wanted + 20))
            wanted = row[0] + 1
            fold.read((row,))
        if wanted <= last:
            missing += range(wanted, min(last + 1, wanted + 20))
        return fold, missing, before

    def rest(self) -> Iterator[int]:
        while (row := self._peek()) is not None:
            self.ahead = None
            yield row[0]

    def _peek(self) -> Any:
        if self.ahead is None:
            self.ahead = next(self.rows, None)
        return self.ahead


class _Shown:
    """The index over the lists, read beside the entries whose details hold the same."""

    def __init__(self, connection: Connection) -> None:
        self._rows = iter(_listed(connection))
        self._ahead = next(self._rows, None)

    def take(self, seq: int) -> tuple[set[str], bool]:
        """(what it names for the entry; whether it named one that there is not before it)"""
        found: set[str] = set()
        strange = False
        while self._ahead is not None and self._ahead[0] <= seq:
            if self._ahead[0] == seq:
                found.add(self._ahead[1])
            else:
                strange = True
            self._ahead = next(self._rows, None)
        return found, strange

    @property
    def rest(self) -> bool:
        return self._ahead is not None


def _listed(connection: Connection) -> Iterator[Any]:
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute("SELECT seq, subject_id FROM audit_shown ORDER BY seq")
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows
    finally:
        cursor.close()


@dataclass(slots=True)
class _Walk:
    """Where the proof stands."""

    connection: Connection
    seq: int = 0
    hash: str = ""
    tried: int = 0
    blanked: list[tuple[int, int, str]] = field(default_factory=list)
    policies: list[tuple[int, Blanked]] = field(default_factory=list)
    witnessed: dict[int, str] = field(default_factory=dict)
    """Entries noted outside, and the hashes that they have here."""


def check_audit(
    connection: Connection, witnesses: tuple[Witness, ...] = (), heard: Heard | None = None
) -> Iterator[Finding]:
    """Everything that is wrong with the trail, first the first. Needs a snapshot: entries and
    events are read side by side."""
    walk = _Walk(connection, witnessed={w.head.seq: "" for w in witnesses})
    shown = _Shown(connection)
    events = _Events(chain.from_iterable(event_chunks(connection)))
    total = int((fetch_one(connection, "SELECT count(*) FROM audit_entry") or (0,))[0])
    for number, row in enumerate(_entries(connection), 1):
        yield from _link(walk, row, total)
        yield from _events_of(row, events, whole=row[0] == walk.seq + 1)
        yield from _lists_of(shown, row)
        _remember(walk, row)
        if heard is not None and number % 1000 == 0 and not heard(number, total):
            return
    end = list(_end(walk, witnesses))
    yield from end
    if not end:  # the events of entries that were cut off are not strangers
        for seq in events.rest():
            yield _stranger(seq)
    yield from _blanked(walk)
    if shown.rest:
        yield _finding("shown", "The index of what lists have shown names entries there are not.")
    if heard is not None:
        heard(total, total)


def _entries(connection: Connection) -> Iterator[Any]:
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(_ENTRIES)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows
    finally:
        cursor.close()


def _finding(subject: str, sentence: str) -> Finding:
    return Finding(STEP, subject, sentence)


def _named(row: Any) -> str:
    when = from_epoch(row[_AT["at"]])
    return f"entry {row[0]} ({row[_AT['action']]}, {when:%Y-%m-%d %H:%M} UTC)"


def _span(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"


def _link(walk: _Walk, row: Any, total: int) -> Iterator[Finding]:
    seq = row[0]
    sealed = row[: len(COLUMNS)]
    whole = entry_hash(sealed) == row[_HASH]
    gap = seq > walk.seq + 1
    if gap:
        yield _finding(
            f"entry {walk.seq + 1}",
            f"The audit trail is broken: {_span(walk.seq + 1, seq - 1)} missing.",
        )
    if not whole:
        place = _true_place(walk, sealed, row[_HASH], total)
        if place is None:
            yield _finding(f"entry {seq}", f"The audit trail is broken: {_named(row)} was changed.")
        else:
            yield _finding(
                f"entry {seq}",
                f"The audit trail is out of order: {_named(row)} belongs in place {place}.",
            )
    elif not gap and row[_AT["prev_hash"]] != walk.hash:
        yield _finding(
            f"entry {seq}",
            f"The audit trail is broken: {_named(row)} does not follow the entry before it; one "
            "of the two was made anew.",
        )
    if row[_DETAIL] and text_hash(row[_DETAIL]) != row[_AT["detail_hash"]]:
        yield _finding(
            f"entry {seq}", f"The audit trail is broken: the detail of {_named(row)} was changed."
        )
    if seq == 1 and row[_AT["action"]] != BEGIN and whole:
        yield _finding("entry 1", "The audit trail does not start with its own beginning.")


def _true_place(walk: _Walk, sealed: Any, stored: str, total: int) -> int | None:
    """Under which number the entry would be whole; nearest places first."""
    rest = sealed[1:]
    here: int = sealed[0]
    for away in range(1, total + 1):
        for seq in (here - away, here + away):
            if walk.tried >= SEEK:
                return None
            if seq < 1:
                continue
            walk.tried += 1
            if entry_hash((seq, *rest)) == stored:
                return seq
    return None


def _lists_of(shown: _Shown, row: Any) -> Iterator[Finding]:
    """The question who has seen somebody is answered from the index: it must say what the sealed
    details say."""
    found, strange = shown.take(row[0])
    wanted: set[str] = set()
    if f'"{SHOWN}"' in row[_DETAIL]:
        with suppress(ValueError, TypeError, KeyError):
            wanted = {str(one) for one in json.loads(row[_DETAIL])[SHOWN]}
    if strange or found - wanted:
        yield _finding(
            f"entry {row[0]}", f"The index says of {_named(row)} that it showed what it did not."
        )
    if wanted - found:
        yield _finding(
            f"entry {row[0]}",
            f"What {_named(row)} has shown was taken out of the index: who asks for one of them "
            "does not find it.",
        )


def _stranger(seq: int) -> Finding:
    return _finding(f"event {seq}", f"Event {seq} was added outside of the program.")


def _events_of(row: Any, events: _Events, *, whole: bool) -> Iterator[Finding]:
    """Not ``whole``: entries before this one are missing, and their events are not strangers."""
    first, last = row[_AT["first_event"]], row[_AT["last_event"]]
    if first is None:
        return
    fold, missing, before = events.take(first, last)
    if whole:
        yield from map(_stranger, before)
    if missing:
        names = ", ".join(map(str, missing[:5])) + ("…" if len(missing) > 5 else "")
        yield _finding(
            f"event {missing[0]}", f"Event {names} of {_named(row)} was removed from the history."
        )
    elif fold.digest() != row[_AT["events_hash"]]:
        span = f"Event {first}" if first == last else f"One of the events {first} to {last}"
        yield _finding(f"event {first}", f"{span} of {_named(row)} was changed.")


def _remember(walk: _Walk, row: Any) -> None:
    walk.seq, walk.hash = row[0], row[_HASH]
    if row[0] in walk.witnessed:
        walk.witnessed[row[0]] = row[_HASH]
    action = row[_AT["action"]]
    if not row[_DETAIL] and row[_AT["detail_hash"]]:
        walk.blanked.append((row[0], row[_AT["at"]], action))
    elif action == BLANKED_BY:
        walk.policies.append(blanks(row[_DETAIL]))


def _blanked(walk: _Walk) -> Iterator[Finding]:
    """Details are emptied by the clinic's retention alone, which leaves an entry of its own."""
    for seq, at, action in walk.blanked:
        if not any(at < before and kind.covers(action) for before, kind in walk.policies):
            yield _finding(
                f"entry {seq}",
                f"The detail of entry {seq} of the audit trail was emptied, and no retention "
                "run of the clinic did it.",
            )


def _end(walk: _Walk, witnesses: tuple[Witness, ...]) -> Iterator[Finding]:
    found = fetch_one(walk.connection, "SELECT v FROM meta WHERE k = ?", (HEAD_KEY,))
    noted = None if found is None else Head.parse(found[0])
    if noted is None:
        if walk.seq:
            yield _finding("end", "The file's own note of the newest audit entry is gone.")
        else:
            yield _finding("entry 1", "The clinic's file has no audit trail.")
    elif noted.seq > walk.seq:
        yield _cut(walk.seq, noted.seq, "as the file itself noted")
    elif noted != Head(walk.seq, walk.hash):
        yield _finding(
            f"entry {noted.seq}",
            f"The audit trail does not end where the file noted its end, at entry {noted.seq}.",
        )
    for witness in witnesses:
        seq = witness.head.seq
        if seq > max(walk.seq, noted.seq if noted else 0):
            yield _cut(walk.seq, seq, f"as noted {witness.where}")
        elif seq <= walk.seq and walk.witnessed[seq] != witness.head.hash:
            yield _finding(
                f"entry {seq}",
                f"Entry {seq} of the audit trail is not the one noted {witness.where}: the trail "
                "was made anew, or the file replaced by another.",
            )


def _cut(last: int, noted: int, said: str) -> Finding:
    return _finding(
        f"entry {last + 1}",
        f"The audit trail is cut off at its end: {_span(last + 1, noted)} missing, {said}.",
    )
