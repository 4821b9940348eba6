"""The one place where errors of the database become refusals and faults.

Guards and checks speak in machine-readable names ("clinic_desk:doctor_overlap",
"ck_appointment_span"); here each becomes one sentence for people. What is not listed is a bug
and is passed on unchanged.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import ClinicDeskError, Fault, Refusal, SlotTaken
from clinic_desk.store.engine import BUSY, DAMAGED

_GUARD = re.compile(r"clinic_desk:(\w+)")
_NAMED = re.compile(r"\b((?:ck|fk|uq)_\w+)")
_UNIQUE = re.compile(r"UNIQUE constraint failed: (?:index '(\w+)'|([\w., ]+))")

_SLOTS = {
    "doctor_overlap": ("doctor", "The doctor already has a visit at that time."),
    "room_overlap": ("room", "The room is already in use at that time."),
    "room_full": ("room", "The room cannot take more visits at once."),
}

_RULES: dict[str, tuple[str, str, str | None]] = {
    "illegal_status": (
        "illegal_status",
        "The visit cannot take this status from where it stands. Look at its history first.",
        "status",
    ),
    "room_in_use": (
        "room_in_use",
        "More visits stand side by side in this room than that; move them to other rooms first.",
        "capacity",
    ),
    "hard_delete": ("hard_delete", "Nothing is erased here: cancel or remove it instead.", None),
    "row_exists": ("row_exists", "This row is already stored.", None),
    "id_fixed": ("id_fixed", "A stored row keeps its id.", None),
    "append_only": ("append_only", "The history cannot be changed.", None),
    "code_taken": ("code_taken", "This confirmation code is already in use.", "confirmation_code"),
    "import_key_taken": ("import_key_taken", "This row was imported before.", "import_key"),
    "ck_appointment_span": ("bad_span", "A visit must end after it starts.", "end"),
    "ck_appointment_length": (
        "bad_length",
        "A visit lasts between 15 and 480 minutes.",
        "duration",
    ),
    "ck_appointment_blocked": (
        "bad_blocked",
        "The blocked range must contain the visit.",
        "blocked_start",
    ),
    "ck_appointment_buffers": (
        "bad_buffer",
        "A buffer is at most 240 minutes on each side.",
        "blocked_start",
    ),
    "ck_appointment_hold_until": (
        "hold_until",
        "A held slot needs an end of its hold, and only a held slot has one.",
        "hold_until",
    ),
    "ck_appointment_patient": ("patient_required", "A visit needs a patient.", "patient_id"),
    "ck_appointment_cancel_reason": (
        "cancel_reason",
        "Say in 1 to 2,000 characters why the visit is cancelled.",
        "cancel_reason",
    ),
    "ck_appointment_reason": (
        "too_long",
        "The reason is longer than 2,000 characters.",
        "reason",
    ),
    "ck_appointment_notes": ("too_long", "The notes are longer than 5,000 characters.", "notes"),
    "ck_appointment_title": ("too_long", "The title is longer than 500 characters.", "title"),
    "ck_appointment_lane": ("bad_lane", "A lane starts at 0.", "lane"),
    "ck_appointment_room_lane": ("bad_lane", "A room lane starts at 0.", "room_lane"),
    "ck_room_capacity": ("bad_capacity", "A room takes at least one visit.", "capacity"),
    "ck_patient_name": ("name_required", "A patient needs a name.", "last_name"),
    "ck_patient_notes": ("too_long", "The notes are longer than 20,000 characters.", "notes"),
    "ck_patient_record_number": (
        "bad_record_number",
        "A record number has 1 to 64 characters.",
        "record_number",
    ),
    "uq_patient_record_number": (
        "record_number_taken",
        "Another patient already has this record number.",
        "record_number",
    ),
    "uq_appointment_type_slug": (
        "slug_taken",
        "Another visit type already has this short name.",
        "slug",
    ),
    "uq_shelf_item_appointment_id": ("already_parked", "This visit is already on the shelf.", None),
    "uq_appointment_confirmation_code": (
        "code_taken",
        "This confirmation code is already in use.",
        "confirmation_code",
    ),
    "uq_appointment_import_key": ("import_key_taken", "This row was imported before.", None),
    "uq_appointment_series_import_key": (
        "import_key_taken",
        "This series was imported before.",
        None,
    ),
}

_COLUMNS = {
    "patient.record_number": "uq_patient_record_number",
    "appointment.confirmation_code": "uq_appointment_confirmation_code",
    "appointment.import_key": "uq_appointment_import_key",
    "appointment_series.import_key": "uq_appointment_series_import_key",
    "shelf_item.appointment_id": "uq_shelf_item_appointment_id",
}

FULL = "The disk is full, so nothing was saved. Free some space and try again."
DISK_ERROR = "The disk reported an error, so nothing was saved. Check the disk, then try again."
LEAST_ROOM = 1_000_000
"""Bytes; with less SQLite's log and shared memory cannot grow."""

_FAULTS: tuple[tuple[str, str, str], ...] = (
    (
        "database or disk is full",
        "disk_full",
        FULL,
    ),
    (
        "readonly database",
        "read_only",
        "The clinic's file may only be read, so nothing was saved. "
        "Check the permissions of its folder.",
    ),
    (
        "database is locked",
        "busy",
        BUSY,
    ),
    (
        "database table is locked",
        "busy",
        BUSY,
    ),
    (
        "malformed",
        "corrupt",
        DAMAGED,
    ),
    (
        "could not decode to utf-8",
        "corrupt",
        DAMAGED,
    ),
    (
        "not a database",
        "not_a_database",
        "This file is not a clinic's file. Restore the last backup, or choose another folder.",
    ),
    (
        "unable to open database file",
        "cannot_open",
        "The clinic's file could not be opened. Check that its folder exists and may be used.",
    ),
    (
        "disk i/o error",
        "disk_error",
        DISK_ERROR,
    ),
)


def translate(error: BaseException) -> ClinicDeskError | None:
    """The refusal or fault that stands for a database error; None when it is a bug."""
    if isinstance(error, PoolTimeout):
        return Fault("busy", "The program is still saving something else. Try again in a moment.")
    original = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(original, dbapi2.Error):
        return None
    message = str(original)
    guard = _GUARD.search(message)
    if guard:
        return _rule(guard.group(1))
    if isinstance(original, dbapi2.IntegrityError):
        return _integrity(message)
    lowered = message.lower()
    for needle, code, sentence in _FAULTS:
        if needle in lowered:
            return Fault(code, sentence)
    return None


def _rule(name: str) -> ClinicDeskError | None:
    if name in _SLOTS:
        subject, sentence = _SLOTS[name]
        return SlotTaken(sentence, subject=subject)
    if name in _RULES:
        code, sentence, field = _RULES[name]
        return Refusal(code, sentence, field=field)
    return None


def _integrity(message: str) -> ClinicDeskError | None:
    if message.startswith("FOREIGN KEY"):
        return Refusal("missing_row", "Something this refers to is not in the clinic's file.")
    unique = _UNIQUE.search(message)
    if unique:
        name = unique.group(1) or _COLUMNS.get(unique.group(2).split(",")[0].strip(), "")
        return _rule(name) or Refusal("row_exists", "This row is already stored.")
    named = _NAMED.search(message)
    if named:
        return _rule(named.group(1)) or Refusal(
            "bad_value", f"A value is out of its bounds ({named.group(1)})."
        )
    return None


@contextmanager
def translated(folder: Path | None = None) -> Iterator[None]:
    """Database errors leave the block as refusals or faults. ``folder``, where the file lies, lets
    a full disk be told from a broken one: SQLite's shared memory finds no room as "I/O error"."""
    try:
        yield
    except (DBAPIError, PoolTimeout, dbapi2.Error) as error:
        known = translate(error)
        if known is None:
            raise
        if isinstance(known, Fault) and known.code == "disk_error" and is_full(folder):
            known = Fault("disk_full", FULL)
        raise known from error
    except UnicodeDecodeError as error:  # SQLite checks no text: only the file can have said this
        raise Fault("corrupt", DAMAGED) from error


def is_full(folder: Path | None) -> bool:
    """There is so little room that SQLite cannot go on, whatever it says."""
    try:
        return folder is not None and shutil.disk_usage(folder).free < LEAST_ROOM
    except OSError:
        return False
