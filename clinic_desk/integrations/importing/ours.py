"""What this program wrote into a calendar file beside what iCalendar has words for.

A file can be edited by anybody: what is not of its kind, or beyond its bounds, is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from clinic_desk.domain.appointments import (
    CANCEL_REASON_LIMIT,
    NOTES_LIMIT,
    REASON_LIMIT,
    Status,
)
from clinic_desk.domain.catalogue import Mode

VISIT = "X-CLINIC-DESK-VISIT"
SERIES = "X-CLINIC-DESK-SERIES"
_TITLE_LIMIT = 200
_MOST_BUFFER = 240
_TEXTS = {
    "title": _TITLE_LIMIT,
    "reason": REASON_LIMIT,
    "notes": NOTES_LIMIT,
    "cancel_reason": CANCEL_REASON_LIMIT,
    "overbook_reason": REASON_LIMIT,
    "currency": 3,
    "type": 500,
    "room": 500,
    "location": 500,
    "follows": 500,
    "of": 500,
}
_NUMBERS = {
    "before": _MOST_BUFFER,
    "after": _MOST_BUFFER,
    "price_minor": 10**9,
    "reschedule_count": 10**4,
}
_STAMPS = ("confirmed_at", "arrived_at", "started_at", "completed_at", "cancelled_at", "of_start")
_STATUSES = frozenset(Status) - {Status.HELD, Status.RELEASED}


def read_ours(source: Any, name: str) -> dict[str, Any]:
    """The fields of that property, each of its kind and within its bounds; empty in a file of
    another program."""
    value = source.get(name)
    if value is None or isinstance(value, list):
        return {}
    try:
        said = json.loads(str(value))
    except ValueError:
        return {}
    return _kept(said) if isinstance(said, dict) else {}


def _kept(said: Mapping[str, object]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in said.items():
        text = key in _TEXTS and isinstance(value, str) and len(value) <= _TEXTS[key]
        number = key in _NUMBERS and type(value) is int and 0 <= value <= _NUMBERS[key]
        if text or number or (key == "over" and value is True):
            kept[key] = value
        elif key in _STAMPS and isinstance(value, str):
            moment = _moment(value)
            if moment is not None:
                kept[key] = moment
        elif key == "status" and value in _STATUSES:
            kept[key] = Status(str(value))
        elif key == "mode" and value in frozenset(Mode):
            kept[key] = Mode(str(value))
    if kept.get("status") is Status.CANCELLED and not kept.get("cancel_reason", "").strip():
        kept["cancel_reason"] = "Cancelled"
    return kept


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
