"""Reading a delimited file as people export it: encoding, delimiter, broken lines.

The bytes decide: a byte-order mark, then strict UTF-8, then UTF-8 with a few bad rows, then the
legacy code page whose letters look most like words.
"""

from __future__ import annotations

import csv
import io
import re
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

_UNPACK = "is a packed file, which is never unpacked here. Unpack it and import what is in it."
_EXPORT = "Export the list as CSV and import that."
PACKED = {
    b"PK\x03\x04": "is a packed file or a workbook, which is never unpacked here. Unpack it, or"
    " save the sheet as CSV, and import that.",
    b"\x1f\x8b": _UNPACK,
    b"BZh": _UNPACK,
    b"\xfd7zXZ": _UNPACK,
    b"7z\xbc\xaf": _UNPACK,
    b"\xd0\xcf\x11\xe0": f"is an old workbook or document. {_EXPORT}",
    b"%PDF-": f"is a PDF. {_EXPORT}",
    b"SQLite format 3\0": f"is a database. {_EXPORT}",
}
"""How files begin that hold no text, and what to say of them. Nothing is ever unpacked, so nothing
can grow while it is."""

_LEGACY = ("cp1254", "cp1252", "cp1250")
_TURKISH = "ğışİĞŞ"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


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
    text, used = read_text(path, encoding)
    text, named = _spreadsheet_hint(text)
    delimiter = _named_delimiter(delimiter) or named or _delimiter(text)
    headings, rows = _records(text, delimiter)
    if len(headings) < 2:
        raise Refusal(
            "not_a_table",
            f"{path.name} does not look like a list with columns. "
            "Export it as CSV with a heading line and try again.",
        )
    return CsvTable(headings, rows, used, delimiter)


def read_text(path: Path, encoding: str = "") -> tuple[str, str]:
    """The text of a file and its encoding; bytes that cannot be read are kept as lone surrogates.
    Raises ``Refusal`` when it is too large, ``Fault`` when it cannot be read."""
    return _decode(_bytes(path), encoding)


def is_garbled(text: str) -> bool:
    """Whether some of its bytes could not be read."""
    return any(0xDC80 <= ord(char) <= 0xDCFF for char in text)


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise Refusal(
                "too_large",
                f"{path.name} has {size // 2**20} MB; at most {LARGEST // 2**20} MB can be read "
                "at once. Split it and import the parts.",
            )
        with path.open("rb") as handle:
            data = handle.read(LARGEST + 1)  # whatever grew meanwhile
    except OSError as error:
        raise Fault("unreadable", f"{path.name} cannot be read: {error.strerror}.") from error
    if len(data) > LARGEST:
        raise Refusal("too_large", f"{path.name} is still growing; import it when it is complete.")
    for magic, words in PACKED.items():
        if data.startswith(magic):
            raise Refusal("packed", f"{path.name} {words}")
    return data


def _decode(data: bytes, wanted: str) -> tuple[str, str]:
    if wanted:
        try:
            return data.decode(wanted, errors="surrogateescape"), wanted
        except LookupError as error:
            raise Refusal("encoding", f"There is no encoding named {wanted}.") from error
        except ValueError as error:
            raise Refusal("encoding", f"The file cannot be read as {wanted}.") from error
    if data.startswith(b"\xef\xbb\xbf"):
        return data.decode("utf-8-sig", errors="surrogateescape"), "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), "utf-16"
    if len(data) > 3 and data[0] and data[2] and not data[1] and not data[3]:
        return data.decode("utf-16-le", errors="replace"), "utf-16-le"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        loose = data.decode("utf-8", errors="surrogateescape")
    beyond_ascii = sum(1 for char in loose if ord(char) > 127)
    bad = sum(1 for char in loose if is_garbled(char))
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


def _named_delimiter(wanted: str) -> str:
    """What was asked for; a tab may be spelt out, as a shell makes it hard to type."""
    if wanted.lower() in ("tab", "\\t"):
        return "\t"
    if len(wanted) > 1 or wanted in ('"', "\r", "\n"):
        raise Refusal("delimiter", f"“{wanted}” cannot part columns; give one character, or “tab”.")
    return wanted


def _spreadsheet_hint(text: str) -> tuple[str, str]:
    """Without the first line "sep=;" that spreadsheets write for each other; the line stays as
    an empty one, so that line numbers agree."""
    match = re.match(r"sep=(.)(?=\r|\n)", text)
    return (text[match.end() :], match.group(1)) if match else (text, "")


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
        values, taken, defect = _one_record(lines, at, delimiter)
        number = at + 1
        at += taken
        if values is None:
            rows.append(SourceRow(number, (lines[number - 1].rstrip("\r\n"),), defect))
        elif not headings:
            if any(value.strip() for value in values):
                headings = _unlike([value.strip() for value in values])
        elif any(value.strip() for value in values):
            rows.append(SourceRow(number, tuple(values), _defect(values, headings)))
    return headings, tuple(rows)


def _unlike(headings: list[str]) -> tuple[str, ...]:
    """Headings that can be told apart: the second "Phone" becomes "Phone 2", for its values must
    not take the place of the first one's."""
    found: dict[str, None] = {}
    for heading in headings:
        name, number = heading, 1
        while name in found:
            number += 1
            name = f"{heading} {number}".strip()
        found[name] = None
    return tuple(found)


def _one_record(lines: list[str], at: int, delimiter: str) -> tuple[list[str] | None, int, str]:
    """The record that starts on line ``at``, how many lines it takes, and why it cannot be read
    (then it is None, and only its first line is given up).

    A quote in the middle of a bare cell opens nothing, so the reader itself says where the record
    ends: counting quotes alone would swallow the lines up to the next stray one."""
    reach = lines[at : at + 1]
    if '"' in lines[at]:
        reach = lines[at : at + LONGEST_RECORD]
    reader = csv.reader(reach, delimiter=delimiter)
    try:
        values = next(reader, [])
    except csv.Error:
        return None, 1, f"a cell is longer than {WIDEST_FIELD:,} characters"
    taken = max(1, reader.line_num)
    if taken == len(reach) and _is_open(reach, delimiter):
        return None, 1, "a quote is never closed"
    return values, taken, ""


def _is_open(reach: list[str], delimiter: str) -> bool:
    """Whether the record that takes all these lines would still go on after them."""
    probe = csv.reader([*reach, "\n", "\n"], delimiter=delimiter)
    next(probe, [])
    return probe.line_num > len(reach)


def _defect(values: list[str], headings: tuple[str, ...]) -> str:
    if len(values) != len(headings):
        return f"it has {len(values)} columns where the heading has {len(headings)}"
    if any(is_garbled(value) for value in values):
        return "it holds characters that cannot be read in this file's encoding"
    if any(_CONTROL.search(value) for value in values):
        return "it holds control characters, which no name or note has"
    return ""
