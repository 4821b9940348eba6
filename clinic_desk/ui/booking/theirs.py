"""What somebody else changed about a visit while its card was open, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from clinic_desk.domain.appointments import STATUS_WORDS
from clinic_desk.services.views import AppointmentView
from clinic_desk.ui.models import words

FIELD_WORDS = {
    "reason": "reason",
    "notes": "notes",
    "mode": "how they meet",
    "type_id": "kind of visit",
    "room_id": "room",
    "remind_before": "reminder",
    "remind_channels": "way of the reminder",
}


def what_changed(
    before: AppointmentView, after: AppointmentView, typed: Mapping[str, object]
) -> str:
    """ "Maria changed this visit at 10:42: room. What you typed (notes) is kept; …"."""
    changed = [
        word for key, word in FIELD_WORDS.items() if before.values.get(key) != after.values.get(key)
    ]
    if before.cell.start != after.cell.start:
        changed.insert(0, f"time (now {words.moment_words(after.cell.start, after.zone)})")
    if before.cell.status is not after.cell.status:
        changed.append(f"status (now {STATUS_WORDS[after.cell.status]})")
    last = after.history[-1] if after.history else None
    who = last.actor_name if last and last.actor_name else "Another desk"
    at = f" at {words.clock_words(last.occurred_at, after.zone)}" if last else ""
    mine = " and ".join(FIELD_WORDS[key] for key in typed)
    what = f": {', '.join(changed)}" if changed else ""
    return f"{who} changed this visit{at}{what}. What you typed ({mine}) is kept; Save writes it."
