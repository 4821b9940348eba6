"""What can be done instead of a refused move, as the buttons of its message. Qt-free."""

from __future__ import annotations

from collections.abc import Sequence

from clinic_desk.domain.availability.model import Reason, Slot
from clinic_desk.domain.errors import WayOut
from clinic_desk.ui.calendar.verdict_codes import BUSY_CODES, MOVING_CODES, OUTSIDE_CODES

MOST_WAYS = 4


def ways_out(refusals: Sequence[Reason], slot: Slot | None, clock: str) -> tuple[WayOut, ...]:
    """Buttons for a refusal: the rule's own first, then those that the set of rules allows."""
    ways: list[WayOut] = []
    codes = {r.code for r in refusals}
    for reason in refusals:
        ways += [w for w in reason.ways_out if w.action not in {x.action for x in ways}]
    if codes != {"room_busy"}:
        # another room alone does not free the doctor
        ways = [w for w in ways if w.action != "use_room"]
    if "past" in codes:
        # no doctor, room or squeeze helps against a time that is over
        ways = [w for w in ways if w.action == "place_at"]
        codes = {"past"}
    known = {w.action for w in ways}
    if codes & MOVING_CODES:
        # every other time meets the same rule
        slot, known = None, known | {"place_at"}
    if slot is not None and codes and "place_at" not in known:
        data: dict[str, object] = {"start": slot.start, "end": slot.end}
        data |= {"doctor_id": slot.doctor_id, "location_id": slot.location_id}
        ways.insert(0, WayOut(f"Next free {clock}", "place_at", data))
    if "other_doctor" not in known and codes & (BUSY_CODES | OUTSIDE_CODES | {"not_offered"}):
        ways.append(WayOut("Other doctor …", "other_doctor"))
    if codes and codes <= BUSY_CODES and "overbook" not in known:
        ways.append(WayOut("Overbook", "overbook"))
    if codes and codes <= OUTSIDE_CODES and "outside_hours" not in known:
        ways.append(WayOut("Place outside hours", "outside_hours"))
    if slot is None and codes and "place_at" not in known:
        ways.append(WayOut("Find a time …", "find"))
    return tuple(ways[:MOST_WAYS])
