"""Patient search: words, record number, e-mail, birth date and phone digits, as they are typed.

Two full-text indexes over folded text do the finding (``store.folding``): words by prefix in any
order, phone digits by any part of three or more. What is too short to narrow anything down (one
or two letters of 200,000 names) is answered from the patients seen lately and from the surnames
that begin so, because nobody reads beyond the first twenty rows. Ranking: exact record number,
then names that begin as typed, then the most recent visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import only_digits
from clinic_desk.domain.spans import from_epoch
from clinic_desk.services.views import PatientHit
from clinic_desk.store.direct import fetch
from clinic_desk.store.folding import (
    closed,
    date_prefix,
    fold,
    looks_like_phone,
    phone_tail,
    words,
)
from clinic_desk.store.occupancy import marks

CANDIDATES = 160
"""Rows ranked at most per keystroke."""

RECENT = 400
"""How many of the latest visits are looked through for short queries."""

LONGEST = 200
MOST_WORDS = 12
"""What is read of a typed text: nobody types more, and a pasted letter must not stall the desk."""

_SAMPLE = 3000
"""Hits of one index that are compared with the words or digits of the other."""

_WORDS = "SELECT rowid FROM patient_words WHERE patient_words MATCH ? LIMIT ?"
_DIGITS = "SELECT rowid FROM patient_digits WHERE patient_digits MATCH ? LIMIT ?"
_SIMILAR = 0.75
_FEW = 3

_HIT = """
SELECT p.id, p.record_number, p.last_name, p.first_name, p.birth_date, p.mobile, p.phone, p.email,
 p.alert, p.usual_doctor_id, v.start_at, v.doctor_id, v.type_id, s.surname, s.words
FROM patient_search s JOIN patient p ON p.id = s.patient_id
LEFT JOIN appointment v ON v.rowid = (SELECT x.rowid FROM appointment x
 WHERE x.patient_id = p.id AND x.start_at <= ? AND x.deleted_at IS NULL
 AND x.status NOT IN ('released', 'held', 'cancelled', 'declined')
 ORDER BY x.start_at DESC LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Query:
    """A typed text, taken apart: ``prefixes`` of words, ``digits`` of a phone number."""

    prefixes: tuple[str, ...]
    digits: tuple[str, ...]
    typed: str

    @property
    def empty(self) -> bool:
        return not self.prefixes and not self.digits


def parse(text: str) -> Query:
    """Takes a typed text apart. Digits alone may be a phone number or a record number or a date;
    that is left to ``search``, which tries each."""
    stripped = text.strip()[:LONGEST]
    prefixes: list[str] = []
    digits: list[str] = []
    parts = stripped.split()
    if looks_like_phone(stripped) and len(parts) > 1 and date_prefix(parts[0]) is None:
        return Query((), (_typed_digits(stripped),), fold(stripped))
    for part in parts:
        day = date_prefix(part.rstrip("."))
        if day is not None and not part.isdigit():
            prefixes.append(day)
        elif part.startswith(("+", "00", "(")) and looks_like_phone(part):
            digits.append(_typed_digits(part))
        elif "@" in part[1:]:
            prefixes.append(closed(part))
        else:
            prefixes.extend(words(part))
    told = tuple(dict.fromkeys(p for p in prefixes if p))[:MOST_WORDS]
    return Query(told, tuple(d for d in digits if d)[:MOST_WORDS], fold(stripped))


def _typed_digits(text: str) -> str:
    return only_digits(text.replace("(0)", ""))


def _ways(digits: str) -> tuple[str, ...]:
    """What typed digits may be of a stored number: its end, noughts and all ("0071"), or its
    beginning without the 00 or the 0 that one way of writing has."""
    ways = dict.fromkeys((digits, phone_tail(digits)))
    return tuple(way for way in ways if len(way) >= _FEW)


def search(connection: Connection, text: str, limit: int, now: int) -> list[PatientHit]:
    """Best first. ``now`` in epoch seconds bounds what counts as a past visit."""
    query = parse(text)
    if query.empty:
        rows = _recent(connection, now, "")
        return [_hit(row) for row in rows[:limit]]
    rows = _candidates(connection, query, now)
    ranked = sorted({row[0]: row for row in rows}.values(), key=lambda row: _rank(row, query))
    return [_hit(row) for row in ranked[:limit]]


def _candidates(connection: Connection, query: Query, now: int) -> list[Any]:
    wide = not query.digits and all(len(p) < _FEW for p in query.prefixes)
    rows: list[Any] = []
    if wide and len(query.prefixes) == 1:
        prefix = query.prefixes[0]
        rows = _recent(connection, now, prefix)
        rows += fetch(
            connection,
            f"{_HIT} WHERE s.surname >= ? AND s.surname < ? ORDER BY s.surname LIMIT 60",
            (now, prefix, prefix + "\x7f"),
        )
    rows += _by_text(connection, query, now)
    return rows


def _by_text(connection: Connection, query: Query, now: int) -> list[Any]:
    """Rows that the full-text indexes find; digits typed beside words are tried both as a word
    and as a part of a phone number."""
    if not all(_ways(d) for d in query.digits):
        return []
    found: list[int] = []
    if query.prefixes and not query.digits:
        found = _keys(connection, _WORDS, _all_prefixes(query.prefixes), CANDIDATES)
        if len(found) >= CANDIDATES:
            found += _surnames(connection, query.prefixes)
    numbers = [_ways(p) for p in (*query.prefixes, *query.digits) if p.isdigit()]
    if numbers and all(numbers):
        rest = tuple(p for p in query.prefixes if not p.isdigit())
        found += _by_phone(connection, numbers, rest)
    keys = list(dict.fromkeys(found))
    if not keys:
        return []
    return fetch(connection, f"{_HIT} WHERE s.n IN ({marks(keys)})", (now, *keys))


def _keys(connection: Connection, sql: str, match: str, limit: int) -> list[int]:
    return [row[0] for row in fetch(connection, sql, (match, limit))]


def _all_prefixes(prefixes: Sequence[str]) -> str:
    return " AND ".join(f"{prefix}*" for prefix in prefixes)


def _by_phone(
    connection: Connection, numbers: Sequence[Sequence[str]], prefixes: Sequence[str]
) -> list[int]:
    """Whose number has all the digits, each in one of its ways, and whose words begin with all
    the prefixes.

    SQLite would look every hit of one index up in the other, so the shorter list is filtered by
    its text instead."""
    match = " AND ".join("(" + " OR ".join(f'"{way}"' for way in ways) + ")" for ways in numbers)
    if not prefixes:
        return _keys(connection, _DIGITS, match, CANDIDATES)
    keys = _keys(connection, _DIGITS, match, _SAMPLE)
    if len(keys) >= _SAMPLE:
        by_words = _keys(connection, _WORDS, _all_prefixes(prefixes), _SAMPLE)
        keys = by_words if len(by_words) < _SAMPLE else keys
    rows = fetch(
        connection,
        f"SELECT n, ' ' || words, digits FROM patient_search WHERE n IN ({marks(keys)})",
        keys,
    )
    return [
        row[0]
        for row in rows
        if all(f" {p}" in row[1] for p in prefixes)
        and all(any(way in row[2] for way in ways) for ways in numbers)
    ][:CANDIDATES]


def _surnames(connection: Connection, prefixes: Sequence[str]) -> list[int]:
    """Surnames that begin as typed, when the full-text index found more than can be ranked."""
    prefix = max(prefixes, key=len)
    rest = [p for p in prefixes if p != prefix]
    tests = "".join(" AND ' ' || words LIKE ?" for _ in rest)
    rows = fetch(
        connection,
        f"SELECT n FROM patient_search WHERE surname >= ? AND surname < ?{tests}"
        " ORDER BY surname LIMIT 60",
        (prefix, prefix + "\x7f", *(f"% {p}%" for p in rest)),
    )
    return [row[0] for row in rows]


def _recent(connection: Connection, now: int, prefix: str) -> list[Any]:
    """Patients of the latest visits, newest first, whose words begin with ``prefix``."""
    ids = [
        row[0]
        for row in connection.exec_driver_sql(
            "SELECT patient_id FROM appointment WHERE start_at <= ? AND patient_id IS NOT NULL"
            f" AND deleted_at IS NULL ORDER BY start_at DESC LIMIT {RECENT}",
            (now,),
        ).fetchall()
    ]
    order = {patient_id: i for i, patient_id in enumerate(dict.fromkeys(ids))}
    if not order:
        return []
    keys = connection.exec_driver_sql(
        f"SELECT n, patient_id FROM patient_search WHERE patient_id IN ({marks(list(order))})"
        " AND (words LIKE ? OR words LIKE ?)",
        (*order, f"{prefix}%", f"% {prefix}%"),
    ).fetchall()
    nearest = sorted(keys, key=lambda row: order[row[1]])[:60]
    if not nearest:
        return []
    rows = fetch(
        connection,
        f"{_HIT} WHERE s.n IN ({marks(nearest)})",
        (now, *(row[0] for row in nearest)),
    )
    return sorted(rows, key=lambda row: order[row[0]])


def similar(
    connection: Connection,
    last_name: str,
    first_name: str,
    birth_date: date | None,
    phone: str,
    now: int,
) -> list[PatientHit]:
    """Likely the same person: same birth date and similar name, same phone, or (without a birth
    date) the very same name."""
    name = " ".join(words(f"{last_name} {first_name}"))
    found: dict[Id, Any] = {}
    if birth_date is not None:
        rows = fetch(connection, f"{_HIT} WHERE p.birth_date = ?", (now, birth_date.isoformat()))
        found.update((row[0], row) for row in rows if _similar(name, row[2], row[3]))
    tail = phone_tail(phone)
    if len(only_digits(tail)) >= 6:
        keys = [
            row[0]
            for row in connection.exec_driver_sql(
                "SELECT rowid FROM patient_digits WHERE patient_digits MATCH ? LIMIT 20",
                (f'"{tail[-9:]}"',),
            ).fetchall()
        ]
        if keys:
            rows = fetch(connection, f"{_HIT} WHERE s.n IN ({marks(keys)})", (now, *keys))
            found.update((row[0], row) for row in rows)
    if birth_date is None and name and last_name and first_name:
        surname = " ".join(words(last_name))
        rows = fetch(connection, f"{_HIT} WHERE s.surname = ? LIMIT 200", (now, surname))
        found.update((row[0], row) for row in rows if " ".join(words(f"{row[2]} {row[3]}")) == name)
    from difflib import SequenceMatcher  # for a new patient alone

    ordered = sorted(
        found.values(),
        key=lambda row: -SequenceMatcher(None, name, " ".join(words(f"{row[2]} {row[3]}"))).ratio(),
    )
    return [_hit(row) for row in ordered]


def _similar(name: str, last: str, first: str) -> bool:
    from difflib import SequenceMatcher

    other = " ".join(words(f"{last} {first}"))
    swapped = " ".join(words(f"{first} {last}"))
    return any(
        SequenceMatcher(None, name, candidate).ratio() >= _SIMILAR for candidate in (other, swapped)
    )


def _rank(row: Any, query: Query) -> tuple[Any, ...]:
    number = fold(row[1])
    names = " ".join((row[13], *words(row[3]))).split()
    starts = sum(any(n.startswith(p) for n in names) for p in query.prefixes)
    whole = sum(p in names for p in query.prefixes)
    surname = bool(query.prefixes) and any(row[13].startswith(p) for p in query.prefixes)
    return (
        number != query.typed,
        -starts,
        -whole,
        -(row[10] or 0),
        not surname,
        row[13],
        row[0],
    )


def _hit(row: Any) -> PatientHit:
    return PatientHit(
        id=row[0],
        record_number=row[1],
        last_name=row[2],
        first_name=row[3],
        birth_date=None if row[4] is None else date.fromisoformat(row[4]),
        phone=row[5] or row[6],
        email=row[7],
        alert=row[8],
        usual_doctor_id=row[9],
        last_visit=None if row[10] is None else from_epoch(row[10]),
        last_doctor_id=row[11],
        last_type_id=row[12],
    )
