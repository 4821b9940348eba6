"""A drag proposes: what would be moved where, and the live verdict on it in words.

Everything is judged on data already in memory (the slice's snapshot); nothing is written. A
``Judge`` lives as long as its snapshot and answers each distinct proposal once, so a pointer
that stays in its cell costs a dictionary look-up. Qt-free. Instants are aware UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from clinic_desk.domain.appointments import (
    FINAL,
    LONGEST,
    SHORTEST,
    STATUS_WORDS,
    SlotState,
    Status,
)
from clinic_desk.domain.availability import explain, find
from clinic_desk.domain.availability.model import (
    Explanation,
    MovingVisit,
    Reason,
    Request,
    Roster,
    Slot,
    Snapshot,
    Verdict,
)
from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.verdict_codes import FIXED_START_CODES, ORDER, OUTSIDE_CODES
from clinic_desk.ui.calendar.verdict_ways import ways_out
from clinic_desk.ui.geometry.gesture_machine import Deed
from clinic_desk.ui.models.sites import both_clocks
from clinic_desk.ui.models.words import day_words
from clinic_desk.ui.runtime.privacy import CURTAIN


@dataclass(frozen=True, slots=True)
class Target:
    """Where something would go. ``room_id`` is set by a room column only, ``location_id`` by the
    column of one site; None leaves the choice to the rules."""

    doctor_id: Id
    start: datetime
    end: datetime
    room_id: Id | None = None
    location_id: Id | None = None

    @property
    def minutes(self) -> int:
        return int((self.end - self.start).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Placed:
    cell: Cell
    target: Target

    @property
    def unchanged(self) -> bool:
        cell, target = self.cell, self.target
        return (
            target.start == cell.start
            and target.end == cell.end
            and target.doctor_id == cell.doctor_id
            and target.room_id in (None, cell.room_id)
            and target.location_id in (None, cell.location_id)
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """``moves`` has the grabbed appointment first; more than one keep their relative times."""

    moves: tuple[Placed, ...]
    deed: Deed = Deed.MOVE
    copy: bool = False
    parked: bool = False

    @property
    def lead(self) -> Placed:
        return self.moves[0]

    @property
    def unchanged(self) -> bool:
        return not self.copy and not self.parked and all(m.unchanged for m in self.moves)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a proposal. ``sentence`` is empty when all is well; ``pending`` means that
    the day's data is not here yet, so nothing may be dropped."""

    verdict: Verdict
    sentence: str = ""
    code: str = ""
    blocker_id: Id | None = None
    next_free: Slot | None = None
    ways_out: tuple[WayOut, ...] = ()
    room_id: Id | None = None
    outside_hours: bool = False
    patient_overlap: bool = False
    pending: bool = False

    @property
    def allowed(self) -> bool:
        return self.verdict is not Verdict.REFUSE and not self.pending


@dataclass(frozen=True, slots=True)
class OpenArea:
    """A stretch of a doctor's day in which the dragged visit fits."""

    doctor_id: Id
    start: datetime
    end: datetime
    location_id: Id = ""


def lock_reason(cell: Cell, deed: Deed) -> Reason | None:
    """Why an appointment may not be moved or resized at all; None when it may."""
    if cell.status is Status.HELD:
        sentence = "A held slot is moved by booking it."
        return Reason("locked", Verdict.REFUSE, sentence)
    if cell.status in FINAL or cell.status is Status.RELEASED:
        word = STATUS_WORDS[cell.status].capitalize()
        copy = WayOut("Copy instead", "copy")
        return Reason("locked", Verdict.REFUSE, f"{word} visits cannot be moved.", ways_out=(copy,))
    if cell.status is Status.IN_PROGRESS and deed is not Deed.RESIZE_BOTTOM:
        return Reason("locked", Verdict.REFUSE, "A visit that is under way cannot be moved.")
    return None


class Judge:
    """Answers proposals from one snapshot; ``now`` is asked at each new question. ``actor`` is
    whoever proposes, None somebody who may do everything."""

    def __init__(
        self, snapshot: Snapshot, now: Callable[[], datetime], actor: Actor | None = None
    ) -> None:
        self.snapshot = snapshot
        self._now = now
        self._actor = actor
        self._memo: dict[Proposal, Judgement] = {}
        self._zones: dict[Id, str] = {}
        self.asked = 0

    @property
    def roster(self) -> Roster:
        return self.snapshot.roster

    def zone_of(self, location_id: Id | None) -> str:
        location = self.roster.locations.get(location_id or "")
        return location.zone if location else self.roster.practice.zone

    def zone_at(self, move: Placed) -> str:
        """The zone of the place where a visit would stand."""
        room = self.roster.rooms.get(move.target.room_id or "")
        place = move.target.location_id or (room.location_id if room is not None else None)
        return self.zone_of(place or move.cell.location_id)

    def covers(self, day: date) -> bool:
        return self.snapshot.first <= day <= self.snapshot.last

    def judge(self, proposal: Proposal) -> Judgement:
        known = self._memo.get(proposal)
        if known is None:
            self.asked += 1
            known = self._memo[proposal] = self._weigh(proposal)
        return known

    def next_free(self, proposal: Proposal) -> Slot | None:
        """The nearest start for the same doctor after the proposed one."""
        return self.judge(proposal).next_free or self._search(proposal.lead, proposal)

    def free_doctors(self, proposal: Proposal) -> list[tuple[Id, Judgement]]:
        """Other doctors who could take the visit at exactly that time."""
        lead, found = proposal.lead, []
        for doctor in sorted(self.roster.doctors.values(), key=lambda d: (d.position, d.name)):
            if not doctor.active or doctor.id == lead.target.doctor_id:
                continue
            target = replace(lead.target, doctor_id=doctor.id, room_id=None)
            other = replace(proposal, moves=(Placed(lead.cell, target),))
            judgement = self.judge(other)
            if judgement.allowed:
                found.append((doctor.id, judgement))
        return found

    def open_areas(
        self,
        cell: Cell,
        minutes: int,
        doctor_ids: Sequence[Id],
        first: date,
        last: date,
        *,
        copy: bool = False,
    ) -> list[OpenArea]:
        """Stretches, at least ``minutes`` long, in which the visit could be dropped."""
        ignored = frozenset() if copy else frozenset({cell.id})
        within = tuple(one for one in doctor_ids if not self._not_allowed(cell, one, copy=copy))
        if not within:
            return []
        request = self._request(cell, minutes, ignored, within, first, last)
        areas: dict[Id, list[OpenArea]] = {}
        now = self._now()
        for slot in sorted(find(self.snapshot, replace(request, step=5)), key=lambda s: s.start):
            if slot.start < now:
                continue
            row = areas.setdefault(slot.doctor_id, [])
            near = row and slot.start <= row[-1].end - timedelta(minutes=minutes - 5)
            if near and row[-1].location_id == slot.location_id:
                row[-1] = replace(row[-1], end=max(row[-1].end, slot.end))
            else:
                row.append(OpenArea(slot.doctor_id, slot.start, slot.end, slot.location_id))
        return [area for row in areas.values() for area in row]

    def _not_allowed(self, cell: Cell, doctor_id: Id, *, copy: bool) -> str:
        """Why this person may not take the visit there at all; empty when they may."""
        actor = self._actor
        if actor is None:
            return ""
        takes = Permission.BOOK if copy else Permission.MOVE
        if not actor.may(takes):
            return may_not(actor.role, takes)
        if actor.may(Permission.OTHERS_SCHEDULES):
            return ""
        from clinic_desk.services.own_schedule import out_of_reach  # a doctor's; no part of a start

        left = "" if copy else out_of_reach(actor, cell.doctor_id, self.roster.doctors)
        return left or out_of_reach(actor, doctor_id, self.roster.doctors)

    def _weigh(self, proposal: Proposal) -> Judgement:
        for move in proposal.moves:
            barred = self._not_allowed(move.cell, move.target.doctor_id, copy=proposal.copy)
            if barred:
                return _refused(Reason("permission", Verdict.REFUSE, barred))
        for move in proposal.moves:
            locked = None if proposal.copy else lock_reason(move.cell, proposal.deed)
            if locked is not None:
                return _refused(locked)
        if proposal.unchanged:
            return Judgement(Verdict.OK, room_id=proposal.lead.cell.room_id)
        worst: Judgement | None = None
        for move in proposal.moves:
            judgement = self._weigh_one(move, proposal)
            if len(proposal.moves) > 1 and judgement.sentence:
                name = CURTAIN.name(move.cell)
                judgement = replace(judgement, sentence=f"{name}: {judgement.sentence}")
            if worst is None or _rank(judgement) > _rank(worst):
                worst = judgement
        assert worst is not None
        return worst

    def _weigh_one(self, move: Placed, proposal: Proposal) -> Judgement:
        target = move.target
        if not SHORTEST <= target.minutes <= LONGEST:
            words = f"A visit lasts between {SHORTEST} and {LONGEST} minutes."
            return _refused(Reason("length", Verdict.REFUSE, words))
        day = local_date(target.start, self.zone_at(move))
        if not self.covers(day):
            words = f"Loading {day_words(day)} …"
            return Judgement(Verdict.REFUSE, words, "pending", pending=True)
        explanation = self._explain(move, proposal, self._wanted_room(move))
        if self._wanted_room(move) is not None and target.room_id is None:
            hard = {r.code for r in explanation.reasons if r.verdict is Verdict.REFUSE}
            if hard & {"room_busy", "room", "location"}:
                # its own room is a wish: what stands in the way is told as if it had none
                explanation = self._explain(move, proposal, None)
        return self._spoken(explanation, move)

    def _wanted_room(self, move: Placed) -> Id | None:
        if move.target.room_id is not None:
            return move.target.room_id
        target, cell = move.target, move.cell
        here = target.location_id in (None, cell.location_id)
        return cell.room_id if here and target.doctor_id == cell.doctor_id else None

    def _explain(self, move: Placed, proposal: Proposal, room_id: Id | None) -> Explanation:
        cell, target = move.cell, move.target
        ignored = frozenset() if proposal.copy else frozenset(m.cell.id for m in proposal.moves)
        day = local_date(target.start, self.zone_at(move))
        request = self._request(cell, target.minutes, ignored, (target.doctor_id,), day, day)
        request = replace(request, location_id=target.location_id)
        return explain(
            self.snapshot, request, target.doctor_id, target.start, end=target.end, room_id=room_id
        )

    def _request(
        self,
        cell: Cell,
        minutes: int,
        ignored: frozenset[Id],
        doctor_ids: tuple[Id, ...],
        first: date,
        last: date,
    ) -> Request:
        return Request(
            type_id=cell.type_id,
            first=first,
            last=last,
            now=self._now(),
            doctor_ids=doctor_ids,
            patient_id=cell.patient_id,
            duration=minutes,
            ignore_ids=ignored,
            policy=cell.id not in ignored,  # a copy is booked anew
            moving=_moving(cell) if cell.id in ignored else None,
        )

    def _spoken(self, explanation: Explanation, move: Placed) -> Judgement:
        cell, target = move.cell, move.target
        here = target.location_id in (None, cell.location_id)
        stays = here and target.start == cell.start and target.doctor_id == cell.doctor_id
        reasons = [
            r
            for r in explanation.reasons
            if not r.passed and not (stays and r.code in FIXED_START_CODES)
        ]
        refusals = sorted((r for r in reasons if r.verdict is Verdict.REFUSE), key=_order)
        warnings = sorted((r for r in reasons if r.verdict is Verdict.WARN), key=_order)
        codes = {r.code for r in reasons}
        if not refusals and not warnings:
            return Judgement(Verdict.OK, room_id=explanation.room_id)
        first = (refusals or warnings)[0]
        # the doctor whom it leaves is free at that time, for this very visit: no way out
        refusals = [
            replace(r, ways_out=tuple(w for w in r.ways_out if not _leads_back(w, cell)))
            for r in refusals
        ]
        return Judgement(
            first.verdict,
            first.sentence,
            first.code,
            first.blocker_id,
            explanation.next_free,
            self._open_ways(refusals, explanation.next_free),
            explanation.room_id,
            outside_hours=bool(codes & OUTSIDE_CODES),
            patient_overlap="patient_busy" in codes,
        )

    def _open_ways(self, refusals: Sequence[Reason], free: Slot | None) -> tuple[WayOut, ...]:
        """Without those that lead into a schedule that is not this person's to change."""
        found, actor = ways_out(refusals, free, self._words_for(free)), self._actor
        if actor is None or actor.may(Permission.OTHERS_SCHEDULES):
            return found
        return tuple(way for way in found if way.action != "other_doctor")

    def _words_for(self, slot: Slot | None) -> str:
        return "" if slot is None else self.clock(slot.start, self.zone_of(slot.location_id))

    def clock(self, instant: datetime, zone_name: str) -> str:
        """The time there, and on the clinic's own clock where that shows another."""
        return both_clocks(instant, zone_name, self.roster.practice.zone)

    def _search(self, move: Placed, proposal: Proposal) -> Slot | None:
        ignored = frozenset() if proposal.copy else frozenset(m.cell.id for m in proposal.moves)
        target = move.target
        first = local_date(target.start, self.zone_at(move))
        request = self._request(
            move.cell, target.minutes, ignored, (target.doctor_id,), first, self.snapshot.last
        )
        request = replace(request, location_id=target.location_id)
        later = (s for s in find(self.snapshot, request) if s.start > target.start)
        return min(later, key=lambda s: s.start, default=None)


def _moving(cell: Cell) -> MovingVisit:
    """What the type's rules ask about a move."""
    placed = cell.slot_state is not SlotState.CONTESTED
    return MovingVisit(cell.moved, cell.start, cell.doctor_id, placed=placed)


def _order(reason: Reason) -> int:
    return ORDER.index(reason.code) if reason.code in ORDER else len(ORDER)


def _leads_back(way: WayOut, cell: Cell) -> bool:
    there = (way.data.get("doctor_id"), way.data.get("start"))
    return way.action == "other_doctor" and there == (cell.doctor_id, cell.start)


def _rank(judgement: Judgement) -> int:
    return [Verdict.OK, Verdict.WARN, Verdict.REFUSE].index(judgement.verdict)


def _refused(reason: Reason) -> Judgement:
    return Judgement(
        Verdict.REFUSE, reason.sentence, reason.code, reason.blocker_id, ways_out=reason.ways_out
    )
