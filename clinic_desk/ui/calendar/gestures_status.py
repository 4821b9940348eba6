"""What a drag tells the rest of the window: the status line."""

from __future__ import annotations

from dataclasses import dataclass

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.ui.calendar.gestures_carry import Carry
from clinic_desk.ui.calendar.proposals import Judge, Judgement
from clinic_desk.ui.geometry.gesture_machine import Deed, Gesture, Means, State
from clinic_desk.ui.models.words import WEEKDAYS, doctor_of, local
from clinic_desk.ui.runtime.privacy import CURTAIN


@dataclass(frozen=True, slots=True)
class DragStatus:
    """The status bar's line while something is carried: the verdict in three words, what is
    carried, and the keys that work now."""

    verdict: Verdict
    verdict_text: str
    subject: str
    keys: tuple[tuple[str, str], ...]


def status_of(gesture: Gesture, carry: Carry, judgement: Judgement, judge: Judge) -> DragStatus:
    cell = carry.lead
    zone = judge.zone_of(cell.location_id)
    when = f"{WEEKDAYS[local(cell.start, zone).weekday()]} {judge.clock(cell.start, zone)}"
    verb = {Deed.MOVE: "Copying" if carry.copy else "Moving"}.get(carry.deed, "Resizing")
    if gesture.means in (Means.DRAG, Means.TOUCH) and carry.deed is Deed.MOVE and not carry.copy:
        verb = "Dragging"
    what = CURTAIN.name(cell) if len(carry.cells) == 1 else f"{len(carry.cells)} visits"
    subject = (
        f"{verb}: {what} · {cell.type_name} {carry.minutes} min · "
        f"from {when}, {doctor_of(judge.roster, cell.doctor_id)}"
    )
    words = {
        Verdict.OK: "Can drop here",
        Verdict.WARN: "Can drop here, with a warning",
        Verdict.REFUSE: "Cannot drop here",
    }[judgement.verdict]
    verdict = judgement.verdict
    if gesture.state in (State.OUTSIDE, State.STALE):
        verdict, words = Verdict.REFUSE, gesture.sentence or "Release to cancel"
    keys = [("Esc", "Cancel")]
    if gesture.means in (Means.KEYS, Means.PICK):
        keys.append(("Enter", "Drop"))
    else:
        keys += [("Shift", "5-min snap"), ("Ctrl", "Copy")]
    if judgement.next_free is not None:
        slot = judgement.next_free
        when = judge.clock(slot.start, judge.zone_of(slot.location_id))
        keys.append(("N", f"Next free {when}"))
    return DragStatus(verdict, words, subject, tuple(keys))
