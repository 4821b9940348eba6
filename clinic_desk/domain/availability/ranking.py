"""*rank*: which of the slots to offer first, and the few words that say why (ux.md 3.3).

Points, largest first: the usual doctor (40), then a neat place in the day (a visit that sits
flush against its neighbours on both sides 12, on one side 8, less 6 for each gap too short for
any visit), the usual time (12) and weekday (8), and two points less for every day of waiting.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from clinic_desk.domain.appointments import SHORTEST
from clinic_desk.domain.availability import phrases as say
from clinic_desk.domain.availability.hours import DEFAULT_STEP
from clinic_desk.domain.availability.index import Index, index
from clinic_desk.domain.availability.model import Preferences, RankedSlot, Slot, Snapshot
from clinic_desk.domain.availability.needs import buffers_of
from clinic_desk.domain.availability.stretches import Window
from clinic_desk.domain.catalogue import AppointmentType
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, zone

USUAL_DOCTOR = 40.0
FLUSH_BOTH, FLUSH_ONE, GAP = 12.0, 8.0, 6.0
USUAL_TIME, USUAL_WEEKDAY = 12.0, 8.0
PER_DAY, MOST_DAYS = 2.0, 45
NEAR = 120
"""Minutes away from the usual time at which habit counts nothing any more."""


def rank(
    slots: Iterable[Slot],
    snapshot: Snapshot,
    preferences: Preferences,
    type_id: Id | None = None,
    soonest: datetime | None = None,
) -> list[RankedSlot]:
    """The same slots, best first; of equals the soonest. ``type_id`` lets the gaps be measured
    with the type's own buffers. ``soonest`` is the first start of the whole search, of which
    these slots may be only a day; None: it is among them. One slot at most is called the
    soonest: of those that start first, the best."""
    ordered = sorted(slots, key=lambda s: (s.start, s.doctor_id, s.location_id))
    if not ordered:
        return []
    first = ordered[0].start if soonest is None else soonest
    judge = _Judge(index(snapshot), preferences, type_id, first)
    ranked = [judge.ranked(slot) for slot in ordered]
    ranked.sort(key=lambda r: (-r.score, r.slot.start))
    at = next((n for n, r in enumerate(ranked) if r.slot.start == first), None)
    if at is not None:
        ranked[at] = judge.ranked(ranked[at].slot, "soonest")
    return ranked


class _Judge:
    def __init__(
        self, ix: Index, preferences: Preferences, type_id: Id | None, first: datetime
    ) -> None:
        self.ix = ix
        self.preferences = preferences
        self.first = first
        self.type_id = ix.hours.offers.base(type_id)
        active = [t.duration for t in ix.hours.types.values() if t.active]
        self.shortest = max(SHORTEST, min(active, default=SHORTEST)) * 60
        self._windows: dict[tuple[Id, object], list[Window]] = {}

    def ranked(self, slot: Slot, *first_words: str) -> RankedSlot:
        words = [*first_words]
        score = self._doctor(slot, words) + self._habit(slot, words) + self._place(slot, words)
        days = (slot.start - self.first).total_seconds() / 86_400
        score -= PER_DAY * min(days, MOST_DAYS)
        usual = self.preferences.usual_doctor_id
        if usual is not None and slot.doctor_id != usual:
            words.append("other doctor")
        return RankedSlot(slot, round(score, 3), _joined(words))

    def _doctor(self, slot: Slot, words: list[str]) -> float:
        if slot.doctor_id != self.preferences.usual_doctor_id:
            return 0.0
        words.append("usual doctor")
        return USUAL_DOCTOR

    def _habit(self, slot: Slot, words: list[str]) -> float:
        wanted = self.preferences
        local = slot.start.astimezone(zone(self._zone(slot)))
        score = 0.0
        if wanted.usual_weekday is not None and local.weekday() == wanted.usual_weekday:
            score += USUAL_WEEKDAY
            words.append("usual weekday")
        if wanted.usual_minute is not None:
            away = abs(local.hour * 60 + local.minute - wanted.usual_minute)
            score += USUAL_TIME * max(0.0, 1 - away / NEAR)
            if away <= SHORTEST:
                words.append("usual time")
        return score

    def _place(self, slot: Slot, words: list[str]) -> float:
        """How the visit lies between its neighbours and the ends of its window."""
        zone_name, home = self._zone(slot), self.ix.practice.zone
        start, end = epoch(slot.start), epoch(slot.end)
        owner = self.ix.hours.owner(slot.doctor_id, start // 60)
        before, after = buffers_of(self._kind(slot), owner, slot.location_id)
        low, high = start - before * 60, end + after * 60
        rows = self.ix.doctor(slot.doctor_id)
        at = bisect_right(rows.starts, low)
        before_here = (rows.rows[n] for n in range(at - 1, -1, -1))
        previous = next((r for r in before_here if r.blocked_end <= low), None)
        after_here = (rows.rows[n] for n in range(at, len(rows.rows)))
        following = next((r for r in after_here if r.blocked_start >= high), None)
        day = self._day(slot)
        window = next((w for w in day if w.start * 60 <= start and end <= w.end * 60), None)
        opens = window.start * 60 if window is not None else None
        closes = window.end * 60 if window is not None else None
        lead = low - previous.blocked_end if previous is not None else None
        trail = following.blocked_start - high if following is not None else None
        first = opens is not None and opens <= start and (lead is None or lead > start - opens)
        last = closes is not None and (trail is None or trail > closes - end)
        if first and opens is not None:
            lead = start - opens
        if last and closes is not None:
            trail = closes - end
        score = -GAP * sum(
            1 for gap in (lead, trail) if gap is not None and 0 < gap < self.shortest
        )
        flush_before, flush_after = lead == 0, trail == 0
        if flush_before and flush_after:
            words.append("leaves no gap")
            return score + FLUSH_BOTH
        if flush_before:
            if first:
                earliest = bool(day) and window is day[0]
                words.append("first of the day" if earliest else "right after the break")
            elif previous is not None:
                words.append(f"flush after {say.clock(previous.end, zone_name, home)}")
            return score + FLUSH_ONE
        if flush_after:
            if last:
                latest = bool(day) and window is day[-1]
                words.append("last of the day" if latest else "right before the break")
            elif following is not None:
                words.append(f"flush before {say.clock(following.start, zone_name, home)}")
            return score + FLUSH_ONE
        return score

    def _kind(self, slot: Slot) -> AppointmentType | None:
        """The type as it is with the slot's doctor."""
        return self.ix.hours.offers.effective(self.type_id, slot.doctor_id)

    def _zone(self, slot: Slot) -> str:
        location = self.ix.hours.locations.get(slot.location_id)
        return location.zone if location is not None else self.ix.practice.zone

    def _day(self, slot: Slot) -> list[Window]:
        """The doctor's windows of the slot's local day at its location."""
        local = slot.start.astimezone(zone(self._zone(slot))).date()
        key = (slot.doctor_id, local)
        known = self._windows.get(key)
        if known is None:
            kind = self._kind(slot)
            step = kind.duration if kind is not None else DEFAULT_STEP
            known = self._windows[key] = self.ix.hours.windows(
                slot.doctor_id, local, local, self.type_id, step
            )
        return [w for w in known if w.location_id == slot.location_id]


def _joined(words: list[str]) -> str:
    """At most three, "soonest, other doctor" with a comma, the rest with dots."""
    if words == ["soonest", "other doctor"]:
        return "soonest, other doctor"
    return " · ".join(words[:3])
