"""A visit's own reminder on its card: shown as it is on file, and told apart when changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from clinic_desk.ui.widgets.forms.own_reminder import OwnReminder, Value

KEYS = ("remind_before", "remind_channels")


def on_file(values: Mapping[str, object]) -> Value:
    """Of the fields of a visit, or of what was typed over them."""
    lead: int | None = None
    at, start = values.get("remind_at"), values.get("start")
    if "remind_before" in values:
        lead = cast("int | None", values["remind_before"])
    elif isinstance(at, datetime) and isinstance(start, datetime):
        lead = int((start - at).total_seconds() // 60)
    return lead, tuple(cast("tuple[str, ...]", values.get("remind_channels") or ()))


def typed(reminder: OwnReminder, values: Mapping[str, object]) -> dict[str, object]:
    """What differs on screen from what was read."""
    now, then = reminder.value, on_file(values)
    return {key: one for key, one, other in zip(KEYS, now, then, strict=True) if one != other}
