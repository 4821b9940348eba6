"""Who waits for an earlier visit in the demo clinic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.waitlist import Urgency
from clinic_desk.services.waitlist_commands import AddToWaitlist

if TYPE_CHECKING:
    from clinic_desk.app.demo import Demo

WAITING: tuple[tuple[int, str, str, Urgency, dict[str, Any]], ...] = (
    # adult, type, doctor or any, urgency, windows and note
    (14, "follow-up", "", Urgency.SOON, {"earliest": 480, "latest": 720, "note": "Mornings"}),
    (21, "new-patient", "", Urgency.NORMAL, {"note": "Can come within the hour"}),
    (27, "acupuncture", "LH", Urgency.NORMAL, {"weekdays": "13", "note": "Works Mon, Wed, Fri"}),
    (33, "consultation", "", Urgency.URGENT, {"days": 10, "note": "Pain is getting worse"}),
    (41, "follow-up", "", Urgency.LOW, {"earliest": 960, "note": "After work"}),
    (48, "routine-check-up", "", Urgency.NORMAL, {}),
)  # fmt: skip


def add(demo: Demo) -> Iterator[int]:
    """A handful, each for a reason of their own. Whom a rule keeps off the list is left out."""
    for place, slug, code, urgency, more in WAITING:
        wishes: dict[str, object] = {key: value for key, value in more.items() if key != "days"}
        days = more.get("days")
        if isinstance(days, int):
            wishes["last"] = demo.plan.today + timedelta(days=days)
        if code:
            wishes["doctor_id"] = demo.clinic.doctors[code]
        adults = demo.crowd.adults
        values = {
            "patient_id": adults[place % len(adults)],
            "type_id": demo.type_id(slug),
            "urgency": urgency,
            **wishes,
        }
        try:
            demo.gate.execute(AddToWaitlist(values=values))
        except Refusal:
            continue
        yield 1
