"""Where the visits of an absence could go: openings for each, and no two in one place.

Every visit gets its candidates from the engine first. Then the places are given away: urgent
visits and those with the fewest openings choose first, each takes its best candidate that the
engine still offers once the places given so far are occupied, and in the end a visit that came off
badly may take another's place when both together are better off. What a candidate costs is what it
asks of the patient: another doctor, another time, days of waiting, another site.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from clinic_desk.domain import availability
from clinic_desk.domain.availability.model import Busy, Request, Roster, Slot, Snapshot
from clinic_desk.domain.catalogue import effective_type
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import at_local, epoch, from_epoch, local_date, zone
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services.planning_views import PlanWishes
from clinic_desk.services.views import Cell

LEAD = timedelta(minutes=60)
"""No place sooner than this is proposed: the patient has to be reached first."""

NEAR_STARTS = 3
"""Starts kept on either side of the wanted time of a day, beside the day's first."""

OTHERS = 5
PER_DAY = 2
"""Further openings shown for a visit; of one doctor's day at most two."""

TRIES = 80
"""Candidates that are tried for one visit before it counts as without a place."""

REGRETS = 12
"""Visits that came off badly for which a swap is looked for."""

NO_PLACE = 100_000.0
_DAY = timedelta(days=1)
_DAY_SECONDS = 86400
_EPOCH_DAY = date(1970, 1, 1).toordinal()


class Candidate(NamedTuple):
    """``cost``: less is better. ``start`` in epoch seconds; ``shift`` minutes later than the
    visit's own time of day."""

    cost: float
    start: int
    doctor_id: Id
    day: date
    minutes: int
    shift: int


@dataclass(slots=True)
class Case:
    """One visit on its way. ``count`` openings were found, of which the nearest are candidates,
    best first; ``chosen`` and ``slot`` are where it would go."""

    visit: Cell
    urgent: bool
    candidates: list[Candidate] = field(default_factory=list)
    count: int = 0
    chosen: Candidate | None = None
    slot: Slot | None = None

    @property
    def cost(self) -> float:
        return self.chosen.cost if self.chosen is not None else NO_PLACE


class Search:
    """The openings of one plan. ``snapshot`` holds the days of all visits and what follows, its
    roster the absence as approved; ``taken`` are places that are promised already."""

    def __init__(
        self,
        snapshot: Snapshot,
        wishes: PlanWishes,
        now: datetime,
        taken: Iterable[Slot] = (),
    ) -> None:
        self.snapshot, self.roster = snapshot, snapshot.roster
        self.wishes, self.now = wishes, now
        self._rows: dict[int, list[Busy]] = defaultdict(list)
        self._external: dict[int, list[Busy]] = defaultdict(list)
        for rows, into in ((snapshot.busy, self._rows), (snapshot.external, self._external)):
            for row in rows:
                for number in _days_of(row):
                    into[number].append(row)
        self._given: dict[Id, Busy] = {}
        self._near: dict[date, Snapshot] = {}
        self._sites: dict[tuple[Id, date, Id | None], list[tuple[int, int, Id]]] = {}
        self._found: dict[tuple[date, Id, Id | None, int, Id], dict[int, Slot]] = {}
        for number, slot in enumerate(taken):
            self._give(f"taken-{number}", slot, None, None)

    # Candidates

    def look(self, visit: Cell) -> Case:
        """The visit with its candidates, judged against the diary as it is."""
        kind = self.roster.types.get(visit.type_id or "")
        case = Case(visit, urgent=kind is not None and kind.slug == "urgent")
        wall = self._zone(visit.location_id)
        own_day = local_date(visit.start, wall)
        local = visit.start.astimezone(zone(wall))
        minute = local.hour * 60 + local.minute
        lead = max(LEAD, timedelta(minutes=kind.min_notice if kind is not None else 0))
        soonest, there = epoch(self.now + lead), epoch(visit.start)
        first = max(own_day, local_date(self.now, wall))
        last = min(own_day + self.wishes.days * _DAY, self.snapshot.last)
        if first > last:
            return case
        targets: dict[date, int] = {}
        for minutes, doctor_ids in self._lengths(visit).items():
            request = replace(
                self._request(visit, minutes), first=first, last=last, doctor_ids=doctor_ids
            )
            for (doctor_id, day), starts in availability.find_starts(
                self.snapshot, request
            ).items():
                case.count += len(starts)
                target = targets.get(day)
                if target is None:
                    target = targets[day] = epoch(at_local(day, minute, wall))
                for start in _nearest(starts, target):
                    if start < soonest or (start == there and doctor_id == visit.doctor_id):
                        continue
                    shift = (start - target) // 60
                    cost = self._cost(case, doctor_id, (day - own_day).days, shift)
                    cost += self._elsewhere(visit, doctor_id, day, start)
                    case.candidates.append(Candidate(cost, start, doctor_id, day, minutes, shift))
        case.candidates.sort()
        return case

    def _lengths(self, visit: Cell) -> Mapping[int, tuple[Id, ...]]:
        """Doctors to ask, by the minutes that the visit would take with them: its own length,
        unless it is of the usual one and the colleague's usual one is another."""
        own = int((visit.end - visit.start).total_seconds() // 60)
        usual = effective_type(self.roster.types, visit.type_id, visit.doctor_id)
        found: dict[int, list[Id]] = defaultdict(list)
        for doctor in self.roster.doctors.values():
            if not doctor.active:
                continue
            if doctor.id != visit.doctor_id and not self.wishes.other_doctors:
                continue
            kind = effective_type(self.roster.types, visit.type_id, doctor.id)
            same = usual is None or kind is None or usual.duration != own
            found[own if same or kind is None else kind.duration].append(doctor.id)
        return {minutes: tuple(ids) for minutes, ids in found.items()}

    def _request(self, visit: Cell, minutes: int) -> Request:
        kind = self.roster.types.get(visit.type_id or "")
        offered = kind is not None and kind.active
        return Request(
            type_id=visit.type_id if offered else None,  # a retired type keeps its visits
            first=self.snapshot.first,
            last=self.snapshot.last,
            now=self.now,
            patient_id=visit.patient_id,
            duration=minutes,
            ignore_ids=frozenset({visit.id}),
            policy=False,
        )

    def _cost(self, case: Case, doctor_id: Id, days: int, shift: int) -> float:
        wishes, own = self.wishes, doctor_id == case.visit.doctor_id
        if case.urgent:
            return days * 1000 + abs(shift) + (0 if own else 60)
        away = float(abs(shift)) if wishes.same_time else abs(shift) / 10
        tier = 0
        if wishes.same_doctor_first and not own:
            tier = 2
        elif wishes.same_time and shift:
            tier = 1
        per_day = 20 if own and wishes.same_doctor_first else 60
        return tier * 2500 + days * per_day + away + (0 if own else 30)

    def _elsewhere(self, visit: Cell, doctor_id: Id, day: date, start: int) -> float:
        """What another site adds, where the clinic has several."""
        if len(self.roster.locations) < 2:
            return 0
        key = (doctor_id, day, visit.type_id)
        known = self._sites.get(key)
        if known is None:
            known = self._sites[key] = [
                (epoch(w.start), epoch(w.end), w.location_id)
                for w in availability.windows(self.roster, doctor_id, day, visit.type_id)
            ]
        here = any(a <= start < b and place == visit.location_id for a, b, place in known)
        return 0 if here else 400

    # Giving places

    def settle(self, cases: Sequence[Case]) -> None:
        """Gives every case the best place that is left, then swaps where two gain."""
        for case in sorted(cases, key=lambda c: (not c.urgent, c.count, c.visit.start)):
            self._choose(case, TRIES)
        by_id = {case.visit.id: case for case in cases}
        unlucky = [c for c in cases if c.candidates and c.cost > c.candidates[0].cost + 60]
        for case in sorted(unlucky, key=lambda c: c.candidates[0].cost - c.cost)[:REGRETS]:
            self._swap(case, by_id)

    def others(self, case: Case) -> list[tuple[Candidate, Slot]]:
        """Further openings that are free when all the proposals are accepted."""
        found: list[tuple[Candidate, Slot]] = []
        per_day: dict[tuple[Id, date], int] = defaultdict(int)
        if case.chosen is not None:
            per_day[case.chosen.doctor_id, case.chosen.day] += 1
        own_only, tried = 0, 0
        colleague = any(c.doctor_id != case.visit.doctor_id for c in case.candidates)
        for one in case.candidates:
            key = (one.doctor_id, one.day)
            own = one.doctor_id == case.visit.doctor_id
            if len(found) == OTHERS or tried == TRIES:
                break
            if one == case.chosen or per_day[key] >= PER_DAY:
                continue
            if own and colleague and own_only >= OTHERS - 2:
                continue  # the last ones are kept for the colleagues
            tried += 1
            slot = self._offered(case, one)
            if slot is not None:
                found.append((one, slot))
                per_day[key] += 1
                own_only += own
        return found

    def _choose(self, case: Case, tries: int) -> None:
        for one in case.candidates:
            if tries == 0:
                return
            slot = None if self._plainly_taken(one, case) else self._offered(case, one)
            if slot is not None:
                self._take(case, one, slot)
                return
            tries -= 1

    def _swap(self, case: Case, by_id: Mapping[Id, Case]) -> None:
        """Takes a better place from the one visit that has it, if that finds another and the two
        together are better off."""
        for one in case.candidates[:NEAR_STARTS]:
            if one.cost >= case.cost:
                return
            holders = [
                by_id[row.id]
                for row in self._given.values()
                if row.id in by_id
                and row.id != case.visit.id
                and row.doctor_id == one.doctor_id
                and row.blocked_start < one.start + one.minutes * 60
                and one.start < row.blocked_end
            ]
            if len(holders) != 1:
                continue
            other = holders[0]
            before = (case.chosen, case.slot, other.chosen, other.slot)
            was = case.cost + other.cost
            self._release(other)
            self._release(case)
            slot = self._offered(case, one)
            if slot is not None:
                self._take(case, one, slot)
                self._choose(other, TRIES // 4)
                if case.cost + other.cost < was:
                    return
            self._release(case)
            self._release(other)
            for back, chosen, placed in ((case, *before[:2]), (other, *before[2:])):
                if chosen is not None and placed is not None:
                    self._take(back, chosen, placed)

    def _take(self, case: Case, one: Candidate, slot: Slot) -> None:
        case.chosen, case.slot = one, slot
        self._give(case.visit.id, slot, case.visit.patient_id, case.visit.type_id)

    def _release(self, case: Case) -> None:
        case.chosen = case.slot = None
        given = self._given.pop(case.visit.id, None)
        if given is not None:
            self._forget(given)

    def _give(self, row_id: Id, slot: Slot, patient_id: Id | None, type_id: Id | None) -> None:
        before, after = availability.buffers(
            self.roster, type_id, slot.doctor_id, slot.location_id, slot.start
        )
        start, end = epoch(slot.start), epoch(slot.end)
        row = Busy(
            row_id,
            slot.doctor_id,
            start,
            end,
            start - before * 60,
            end + after * 60,
            room_id=slot.room_id,
            patient_id=patient_id,
            location_id=slot.location_id,
            type_id=type_id,
        )
        self._given[row_id] = row
        self._forget(row)

    def _forget(self, row: Busy) -> None:
        """What was known of the days around a place that was given or taken back."""
        number = row.start // _DAY_SECONDS
        for day in [d for d in self._near if abs(_number(d) - number) <= 2]:
            del self._near[day]
        for key in [k for k in self._found if abs(_number(k[0]) - number) <= 2]:
            del self._found[key]

    def _plainly_taken(self, one: Candidate, case: Case) -> bool:
        """Whether a place given before lies right there, where the doctor sees one at a time."""
        end = one.start + one.minutes * 60
        for row in self._given.values():
            if row.doctor_id == one.doctor_id and row.start < end and one.start < row.end:
                start = from_epoch(one.start)
                return availability.capacity(self.roster, one.doctor_id, start, start) == 1
            if (
                row.patient_id is not None
                and row.patient_id == case.visit.patient_id
                and row.start < end
                and one.start < row.end
            ):
                return True
        return False

    def _offered(self, case: Case, one: Candidate) -> Slot | None:
        """The engine's answer with the given places occupied."""
        visit = case.visit
        key = (one.day, one.doctor_id, visit.type_id, one.minutes, visit.id)
        known = self._found.get(key)
        if known is None:
            request = replace(
                self._request(visit, one.minutes),
                first=one.day,
                last=one.day,
                doctor_ids=(one.doctor_id,),
            )
            known = {}
            for slot in availability.find(self._around(one.day), request):
                at = epoch(slot.start)
                if at not in known or slot.location_id == visit.location_id:
                    known[at] = slot
            self._found[key] = known
        return known.get(one.start)

    def _around(self, day: date) -> Snapshot:
        """The snapshot of a day and its neighbours, given places included."""
        known = self._near.get(day)
        if known is None:
            numbers = range(_number(day) - 1, _number(day) + 2)
            busy = {row.id: row for number in numbers for row in self._rows.get(number, ())}
            external = {row.id: row for number in numbers for row in self._external.get(number, ())}
            extra = [r for r in self._given.values() if r.start // _DAY_SECONDS in numbers]
            known = self._near[day] = Snapshot(
                self.roster, (*busy.values(), *extra), tuple(external.values()), day, day
            )
        return known

    def _zone(self, location_id: Id) -> str:
        location = self.roster.locations.get(location_id)
        return location.zone if location is not None else self.roster.practice.zone


def approved(roster: Roster, request_id: Id) -> Roster:
    """The roster as it will be once that request is approved."""
    return replace(
        roster,
        time_off=tuple(
            replace(row, status=TimeOffStatus.APPROVED) if row.id == request_id else row
            for row in roster.time_off
        ),
    )


def _number(day: date) -> int:
    return day.toordinal() - _EPOCH_DAY


def _days_of(row: Busy) -> range:
    first, last = row.blocked_start // _DAY_SECONDS, row.blocked_end // _DAY_SECONDS
    return range(first, last + 1)


def _nearest(starts: Sequence[int], target: int) -> Sequence[int]:
    at = bisect_left(starts, target)
    near = starts[max(0, at - NEAR_STARTS) : at + NEAR_STARTS]
    return near if not starts or starts[0] in near else [starts[0], *near]
