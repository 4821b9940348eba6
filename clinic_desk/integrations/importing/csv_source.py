"""Reading a delimited file as people export it: encoding, delimiter, broken lines.

The bytes decide: a byte-order mark, then strict UTF-8, then UTF-8 with a few bad rows, then the
legacy code page whose letters look most like words.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from charset_normalizer import from_bytes

from clinic_desk.domain.errors import Fault, Refusal

LARGEST = 200 * 1024 * 1024
"""Bytes. A patient list of a million rows is below this."""
WIDEST_FIELD = 1024 * 1024
LONGEST_RECORD = 200
"""Lines. A quote that never closes would swallow the rest of the file otherwise."""

_LEGACY = ("cp1254", "cp1252", "cp1250")
_TURKISH = "ğışİĞŞ"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """``number`` is the line of the file on which the row starts (from 1). ``broken`` says why the
    row cannot be read, empty when it can."""

    number: int
    values: tuple[str, ...]
    broken: str = ""


@dataclass(frozen=True, slots=True)
class CsvTable:
    headings: tuple[str, ...]
    rows: tuple[SourceRow, ...]
    encoding: str
    delimiter: str


def read_table(path: Path, *, encoding: str = "", delimiter: str = "") -> CsvTable:
    """Raises ``Refusal`` for a file that is no table, ``Fault`` when it cannot be read."""
    data = _bytes(path)
    text, used = _decode(data, encoding)
    delimiter = delimiter or _delimiter(text)
    headings, rows = _records(text, delimiter)
    if len(headings) < 2:
        raise Refusal(
            "not_a_table",
            f"{path.name} does not look like a list with columns. "
            "Export it as CSV with a heading line and try again.",
        )
    return CsvTable(headings, rows, used, delimiter)


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise Refusal(
                "too_large",
                f"{path.name} has {size // 2**20} MB; at most {LARGEST // 2**20} MB can be read "
                "at once. Split it and import the parts.",
            )
        return path.read_bytes()
    except OSError as error:
        raise Fault("unreadable", f"{path.name} cannot be read: {error.strerror}.") from error


def _decode(data: bytes, wanted: str) -> tuple[str, str]:
    if wanted:
        try:
            return data.decode(wanted, errors="surrogateescape"), wanted
        except LookupError as error:
            raise Refusal("encoding", f"There is no encoding named {wanted}.") from error
    if data.startswith(b"\xef\xbb\xbf"):
        return data.decode("utf-8-sig", errors="surrogateescape"), "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), "utf-16"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        loose = data.decode("utf-8", errors="surrogateescape")
    beyond_ascii = sum(1 for char in loose if ord(char) > 127)
    bad = sum(1 for char in loose if 0xDC80 <= ord(char) <= 0xDCFF)
    if bad * 20 < beyond_ascii:
        return loose, "utf-8"
    return _legacy(data)


def _legacy(data: bytes) -> tuple[str, str]:
    best = from_bytes(data[:200_000], cp_isolation=list(_LEGACY)).best()
    encoding = best.encoding if best is not None else "cp1252"
    # The Turkish page differs from the western one in six letters only, which statistics over
    # names rarely settle: where those letters stand inside words, the page is Turkish.
    turkish = data.decode("cp1254", errors="surrogateescape")
    hits = sum(1 for before, char in pairwise(turkish) if char in _TURKISH and before.isalpha())
    if hits * 500 > len(turkish):
        encoding = "cp1254"
    return data.decode(encoding, errors="surrogateescape"), encoding


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t|", key=first.count)


def _records(text: str, delimiter: str) -> tuple[tuple[str, ...], tuple[SourceRow, ...]]:
    csv.field_size_limit(WIDEST_FIELD)
    lines = io.StringIO(text, newline="").readlines()
    headings: tuple[str, ...] = ()
    rows: list[SourceRow] = []
    at = 0
    while at < len(lines):
        values, taken = _one_record(lines, at, delimiter)
        number = at + 1
        at += taken
        if values is None:
            rows.append(
                SourceRow(number, (lines[number - 1].rstrip("\r\n"),), "a quote is never closed")
            )
        elif not headings:
            headings = tuple(value.strip() for value in values)
        elif any(value.strip() for value in values):
            rows.append(SourceRow(number, tuple(values), _defect(values, headings)))
    return headings, tuple(rows)


def _one_record(lines: list[str], at: int, delimiter: str) -> tuple[list[str] | None, int]:
    """The record that starts on line ``at`` and how many lines it takes; None when its quotes
    never close, in which case only its first line is given up."""
    taken = 1
    if lines[at].count('"') % 2:
        quotes = 1
        while quotes % 2:
            if taken >= LONGEST_RECORD or at + taken >= len(lines):
                return None, 1
            quotes += lines[at + taken].count('"')
            taken += 1
    reader = csv.reader(lines[at : at + taken], delimiter=delimiter)
    return next(reader, []), taken


def _defect(values: list[str], headings: tuple[str, ...]) -> str:
    if len(values) != len(headings):
        return f"it has {len(values)} columns where the heading has {len(headings)}"
    if any(0xDC80 <= ord(char) <= 0xDCFF for value in values for char in value):
        return "it holds characters that cannot be read in this file's encoding"
    return ""
