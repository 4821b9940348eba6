"""Freed slots and who of the waiting list fits them best.

A gap has one name however it was cut: a stretch of the same doctor that overlaps one offered
before counts as the same gap, so that nobody is rung twice for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from clinic_desk.domain import availability
from clinic_desk.domain.availability.model import Busy, Request, Roster, Slot, Snapshot
from clinic_desk.domain.catalogue import effective_type
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, local_date, zone
from clinic_desk.domain.waitlist import (
    OfferResult,
    Urgency,
    WaitlistEntry,
    WaitlistOffer,
    WaitStatus,
)
from clinic_desk.services.gaps import gaps_after, gaps_in
from clinic_desk.services.planning_views import Gap, WaitlistCard, WaitlistMatch
from clinic_desk.services.ports import Queries
from clinic_desk.services.waitlist import RESULT_WORDS
from clinic_desk.services.wording import count_text, doctor_text, when_text

URGENCY_POINTS: dict[Urgency, float] = {
    Urgency.LOW: 0,
    Urgency.NORMAL: 30,
    Urgency.SOON: 60,
    Urgency.URGENT: 120,
}
EXACT, FLUSH = 25.0, 8.0
USUAL, WANTED = 10.0, 6.0
PER_DAY_WAITED, MOST_WAITED = 0.5, 40.0
REFUSED_LATELY, LATELY = 20.0, timedelta(days=7)
CALLS_BACK = 15.0


def waitlist(
    queries: Queries,
    *,
    statuses: Sequence[WaitStatus] = (WaitStatus.WAITING,),
    type_id: Id | None = None,
    doctor_id: Id | None = None,
    location_id: Id | None = None,
    urgency: Urgency | None = None,
    text: str = "",
) -> tuple[WaitlistCard, ...]:
    """The list as a page shows it: the most urgent first, then who waits longest. A doctor or a
    site finds also those who take any; ``text`` finds names, record numbers and notes."""
    words = text.casefold().split()
    found = [
        card
        for card in queries.waitlist(statuses)
        if type_id in (None, card.entry.type_id)
        and (doctor_id is None or card.entry.doctor_id in (None, doctor_id))
        and (location_id is None or card.entry.location_id in (None, location_id))
        and urgency in (None, card.entry.urgency)
        and _says(card, words)
    ]
    found.sort(key=lambda card: (-URGENCY_POINTS[card.entry.urgency], card.since))
    return tuple(found)


def _says(card: WaitlistCard, words: Sequence[str]) -> bool:
    who = card.patient
    told = f"{who.listed_name} {who.record_number} {card.entry.note} {card.type_name}".casefold()
    return all(word in told for word in words)


# Who fits


def matches(queries: Queries, gap: Gap, now: datetime) -> tuple[WaitlistMatch, ...]:
    """Everybody who waits and fits, best first; last, in the order of their calls, those who have
    answered (``offered``). Whoever was told by a message, or calls back, has not answered yet."""
    cards = queries.waitlist()
    if not cards or gap.end <= now:
        return ()
    roster = queries.roster()
    name = _zone(roster, gap.location_id)
    first, last = local_date(gap.start, name), local_date(gap.end, name)
    search = _Fit(queries.snapshot(first, last), gap, now, name)
    found = []
    for card in cards:
        slot = search.slot(card)
        if slot is not None:
            found.append(_match(roster, card, gap, slot, now))
    found.sort(key=lambda m: (_settled(m.offered), -m.score, m.card.since))
    return tuple(found)


class _Fit:
    """Starts that the engine offers within one gap, looked up once for each kind of visit."""

    def __init__(self, snapshot: Snapshot, gap: Gap, now: datetime, zone_name: str) -> None:
        self.snapshot, self.roster = snapshot, snapshot.roster
        self.gap, self.now, self.zone = gap, now, zone_name
        self.first, self.last = epoch(gap.start), epoch(gap.end)
        self._starts: dict[tuple[Id, int], list[Slot]] = {}
        self._patients: dict[Id, list[Busy]] = {}
        for row in snapshot.busy:
            if row.patient_id is not None:
                self._patients.setdefault(row.patient_id, []).append(row)
        self._wall: dict[datetime, tuple[date, int]] = {}

    def slot(self, card: WaitlistCard) -> Slot | None:
        """Where the visit would go, or None when they do not fit."""
        entry, gap = card.entry, self.gap
        if entry.doctor_id not in (None, gap.doctor_id):
            return None
        if entry.location_id not in (None, gap.location_id):
            return None
        minutes = self.minutes(entry)
        if minutes is None or minutes * 60 > self.last - self.first:
            return None
        given_up = card.given_up
        rows = self._patients.get(entry.patient_id, ())
        standing = [
            slot
            for slot in self._offered(entry.type_id, minutes)
            if self._wanted(entry, slot.start)
            and (given_up is None or slot.start < given_up.start)
            and not any(_meets(row, slot, entry.appointment_id) for row in rows)
        ]
        return standing[0] if standing else None

    def minutes(self, entry: WaitlistEntry) -> int | None:
        """How long it would take with this doctor; None when they do not offer it."""
        kind = effective_type(self.roster.types, entry.type_id, self.gap.doctor_id)
        if kind is None or not kind.active or kind.doctor_id not in (None, self.gap.doctor_id):
            return None
        return entry.minutes or kind.duration

    def _wanted(self, entry: WaitlistEntry, start: datetime) -> bool:
        known = self._wall.get(start)
        if known is None:
            local = start.astimezone(zone(self.zone))
            known = self._wall[start] = (local.date(), local.hour * 60 + local.minute)
        return entry.wants_day(known[0]) and entry.wants_minute(known[1])

    def _offered(self, type_id: Id, minutes: int) -> list[Slot]:
        """Starts in the gap, the neatest first: flush with its beginning, flush with its end, then
        on the quarters of the hour, then the others."""
        known = self._starts.get((type_id, minutes))
        if known is not None:
            return known
        days = (local_date(self.gap.start, self.zone), local_date(self.gap.end, self.zone))
        request = Request(
            type_id=type_id,
            first=days[0],
            last=days[1],
            now=self.now,
            doctor_ids=(self.gap.doctor_id,),
            location_id=self.gap.location_id,
            duration=minutes,
            step=1 if (self.first % 300 or self.last % 300) else 5,
        )
        low, high = self.first, self.last - minutes * 60
        slots = [
            slot
            for slot in availability.find(self.snapshot, request)
            if low <= epoch(slot.start) <= high
        ]

        def neat(slot: Slot) -> tuple[int, int]:
            at = epoch(slot.start)
            if at in (low, high):
                return (0 if at == low else 1, at)
            return (2 if at % 900 == 0 else 3, at)

        slots.sort(key=neat)
        self._starts[type_id, minutes] = slots
        return slots


def _meets(row: Busy, slot: Slot, but: Id | None) -> bool:
    return row.id != but and row.start < epoch(slot.end) and epoch(slot.start) < row.end


def _match(
    roster: Roster, card: WaitlistCard, gap: Gap, slot: Slot, now: datetime
) -> WaitlistMatch:
    entry = card.entry
    offered = offer_for(card, gap)
    score = URGENCY_POINTS[entry.urgency]
    words = []
    if entry.urgency in (Urgency.URGENT, Urgency.SOON):
        words.append(str(entry.urgency))
    waited = max(0, (now - card.since).days)
    score += min(MOST_WAITED, waited * PER_DAY_WAITED)
    words.append(f"waiting {count_text(waited, 'day')}" if waited else "waiting since today")
    if (slot.start, slot.end) == (gap.start, gap.end):
        score += EXACT
        words.append("fits exactly")
    elif slot.start == gap.start or slot.end == gap.end:
        score += FLUSH
    if gap.doctor_id == (card.patient.usual_doctor_id or card.patient.last_doctor_id):
        score += USUAL
        words.append("usual doctor")
    elif entry.doctor_id == gap.doctor_id:
        score += WANTED
        doctor = roster.doctors.get(gap.doctor_id)
        words.append(f"asked for {doctor_text(doctor)}" if doctor is not None else "asked for")
    if card.given_up is not None:
        later = card.given_up.start
        days = (later - slot.start).days
        than = when_text(later, _zone(roster, card.given_up.location_id), now)
        words.append(f"{count_text(days, 'day')} sooner" if days else f"sooner than {than}")
    said_no = [
        offer.answered_at
        for offer in card.offers
        if offer.result is OfferResult.REFUSED and offer.answered_at is not None
    ]
    if said_no and now - max(said_no) < LATELY:
        score -= REFUSED_LATELY
        days = (now - max(said_no)).days
        words.append(f"refused another {count_text(days, 'day')} ago" if days else "refused today")
    if offered is not None:
        if offered.result is OfferResult.CALL_BACK:
            score += CALLS_BACK
        words.insert(0, RESULT_WORDS[offered.result])
    return WaitlistMatch(card, slot, score, " · ".join(words), offered)


def offer_for(card: WaitlistCard, gap: Gap) -> WaitlistOffer | None:
    """What was said to this gap, or to one of the same doctor that overlaps it."""
    same = [
        offer
        for offer in card.offers
        if offer.gap == gap.key or (offer.doctor_id == gap.doctor_id and _overlap(offer, gap))
    ]
    return max(same, key=lambda offer: (offer.gap == gap.key, offer.id), default=None)


def _overlap(offer: WaitlistOffer, gap: Gap) -> bool:
    """By the slot that was offered, or by the stretch that its gap names."""
    if offer.start < gap.end and gap.start < offer.end:
        return True
    _, _, named = offer.gap.rpartition(":")
    begin, _, stop = named.partition("-")
    if not (begin.isdigit() and stop.isdigit()):
        return False
    return int(begin) < epoch(gap.end) and epoch(gap.start) < int(stop)


def _settled(offered: WaitlistOffer | None) -> bool:
    return offered is not None and offered.result not in (
        OfferResult.OPEN,
        OfferResult.CALL_BACK,
    )


def open_matches(found: Iterable[WaitlistMatch]) -> tuple[WaitlistMatch, ...]:
    """Those who may be called about the gap."""
    return tuple(match for match in found if not _settled(match.offered))


def _zone(roster: Roster, location_id: Id) -> str:
    location = roster.locations.get(location_id)
    return location.zone if location is not None else roster.practice.zone


__all__ = ["gaps_after", "gaps_in", "matches", "offer_for", "open_matches", "waitlist"]
