"""The judge of a draft's dates, one after the other: the engine over a few days each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from clinic_desk.domain import availability
from clinic_desk.domain.availability.model import (
    Busy,
    Explanation,
    MovingVisit,
    Request,
    Roster,
    Slot,
    Snapshot,
    Verdict,
)
from clinic_desk.domain.ids import Id
from clinic_desk.domain.recurrence import (
    Rule,
    clock_note,
    local_of,
    local_text,
)
from clinic_desk.domain.spans import epoch, local_date
from clinic_desk.services.commands import AUTO, Scope
from clinic_desk.services.placing import DOCTOR, HOURS, LIMITS, POLICY
from clinic_desk.services.planning_views import OccurrencePreview
from clinic_desk.services.ports import Queries
from clinic_desk.services.series_commands import Choice
from clinic_desk.services.views import Cell

NEAR_DAYS = 3
"""How far from its date a place is looked for, on either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesDraft:
    """A series as it stands in a dialog: the fields of ``BookSeries``, or with ``appointment_id``
    those of ``ChangeSeries``. ``hold_id`` is the dialog's own hold. ``rule`` and ``local_start``
    are what the fields say, and of a change an empty ``rule`` moves the series' own along with
    its start; ``minutes`` None takes the type's length, of a change the series'."""

    doctor_id: Id
    type_id: Id
    rule: str
    local_start: str
    patient_id: Id | None = None
    minutes: int | None = None
    location_id: Id | None = None
    room_id: Id | None = AUTO
    choices: tuple[Choice, ...] = ()
    hold_id: Id | None = None
    series_id: Id | None = None
    appointment_id: Id | None = None
    scope: Scope = Scope.ALL
    include_changed: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One date: where its visit would go, or where a visit already is."""

    local: datetime
    start: datetime
    end: datetime
    doctor_id: Id
    room_id: Id | None = None
    visit: Cell | None = None
    moving: MovingVisit | None = None
    choice: Choice | None = None
    changed: bool = False
    stays: bool = False
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    rule: Rule
    start: datetime
    zone: str
    items: tuple[Item, ...]
    ignore: frozenset[Id]
    roster: Roster


@dataclass(slots=True)
class Judge:
    plan: Plan
    draft: SeriesDraft
    now: datetime
    taken: list[Busy] = field(default_factory=list)
    snapshot: Snapshot | None = None

    def days(self, item: Item, around: int) -> list[date]:
        if item.stays:
            return []
        day = local_date(item.start, self.plan.zone)
        return [day + timedelta(days=n) for n in range(-around, around + 1)]

    def read(self, queries: Queries, days: Iterable[date]) -> None:
        wanted = sorted(set(days))
        self.snapshot = queries.snapshot_of(wanted) if wanted else None

    def verdict(self, item: Item) -> OccurrencePreview:
        skipped = item.choice is not None and item.choice.skip
        told = None if item.stays else self._explained(item)
        return OccurrencePreview(
            local_start=local_text(item.local),
            start=item.start,
            end=item.end,
            explanation=told,
            visit=item.visit,
            changed=item.changed,
            note=clock_note(item.local, self.plan.zone),
            skipped=skipped,
            dropped=item.dropped,
        )

    def clashes(self, occurrence: OccurrencePreview) -> bool:
        told = occurrence.explanation
        return told is not None and told.verdict is Verdict.REFUSE and not occurrence.skipped

    def take(self, item: Item, occurrence: OccurrencePreview) -> None:
        """What a date takes is seen by the later ones."""
        told = occurrence.explanation
        if told is None or occurrence.skipped or told.verdict is Verdict.REFUSE:
            return
        self._occupy(item, occurrence.start, occurrence.end, told.doctor_id, told.room_id)

    def ways(self, item: Item, occurrence: OccurrencePreview) -> OccurrencePreview:
        """The nearest free place, on its day first, and the same time with a colleague. A place
        named for one date is not named for another."""
        nearest = self._nearest(item)
        if nearest is not None:
            self._occupy(item, nearest.start, nearest.end, nearest.doctor_id, nearest.room_id)
        return replace(occurrence, nearest=nearest, other_doctor=self._colleague(item))

    def _occupy(
        self, item: Item, start: datetime, end: datetime, doctor_id: Id, room_id: Id | None
    ) -> None:
        roster, type_id = self.plan.roster, self.draft.type_id
        site = self.draft.location_id or availability.place_at(roster, doctor_id, start, type_id)
        before, after = availability.buffers(roster, type_id, doctor_id, site or "", start)
        self.taken.append(
            Busy(
                f"draft-{local_text(item.local)}",
                doctor_id,
                epoch(start),
                epoch(end),
                epoch(start) - before * 60,
                epoch(end) + after * 60,
                room_id=room_id,
                patient_id=self.draft.patient_id,
                label="this series",
                location_id=site or "",
                type_id=type_id,
            )
        )

    def _near(self, item: Item, around: int) -> Snapshot:
        """Only the rows of these days, so that nothing is said about days that were not read."""
        assert self.snapshot is not None
        day = local_date(item.start, self.plan.zone)
        first, last = day - timedelta(days=around), day + timedelta(days=around)
        low, high = (
            epoch(item.start) - (around + 2) * 86400,
            epoch(item.start) + (around + 2) * 86400,
        )
        rows = (*self.snapshot.busy, *self.taken)
        return replace(
            self.snapshot,
            busy=tuple(b for b in rows if b.blocked_start < high and low < b.blocked_end),
            external=tuple(b for b in self.snapshot.external if b.start < high and low < b.end),
            first=first,
            last=last,
        )

    def _request(self, item: Item, around: int) -> Request:
        day = local_date(item.start, self.plan.zone)
        choice = item.choice
        return Request(
            type_id=self.draft.type_id,
            first=day - timedelta(days=around),
            last=day + timedelta(days=around),
            now=self.now,
            doctor_ids=(item.doctor_id,),
            location_id=self.draft.location_id,
            patient_id=self.draft.patient_id,
            duration=int((item.end - item.start).total_seconds() // 60),
            ignore_ids=self.plan.ignore,
            policy=item.moving is None and not (choice and choice.override_reason.strip()),
            moving=item.moving,
        )

    def _explained(self, item: Item) -> Explanation:
        told = availability.explain(
            self._near(item, 0),
            self._request(item, 0),
            item.doctor_id,
            item.start,
            end=item.end,
            room_id=item.room_id,
        )
        insisted = _insisted(item.choice)
        if not insisted:
            return told
        reasons = tuple(
            replace(reason, verdict=Verdict.OK) if reason.code in insisted else reason
            for reason in told.reasons
        )
        return replace(told, reasons=reasons)

    def _nearest(self, item: Item) -> Slot | None:
        found = availability.find(self._near(item, NEAR_DAYS), self._request(item, NEAR_DAYS))
        day = local_date(item.start, self.plan.zone)
        wall = _minutes(item.local)

        def far(slot: Slot) -> tuple[int, int, datetime]:
            there = local_of(slot.start, self.plan.zone)
            return abs((there.date() - day).days), abs(_minutes(there) - wall), slot.start

        return min(found, key=far, default=None)

    def _colleague(self, item: Item) -> Slot | None:
        told = availability.explain(
            self._near(item, 0), self._request(item, 0), item.doctor_id, item.start, end=item.end
        )
        for way in (way for reason in told.reasons for way in reason.ways_out):
            if way.action == "other_doctor":
                data = way.data
                return Slot(
                    item.start,
                    item.end,
                    str(data["doctor_id"]),
                    str(data["location_id"] or ""),
                    None if data["room_id"] is None else str(data["room_id"]),
                    1,
                )
        return None


def _insisted(choice: Choice | None) -> frozenset[str]:
    """The rules that a decision goes past, as the booking will."""
    if choice is None:
        return frozenset()
    codes: Sequence[frozenset[str]] = (
        DOCTOR | {"room_busy"} if choice.overbook_reason.strip() else frozenset(),
        POLICY | LIMITS if choice.override_reason.strip() else frozenset(),
        HOURS if choice.outside_hours else frozenset(),
        frozenset({"patient_busy"}) if choice.allow_patient_overlap else frozenset(),
    )
    return frozenset().union(*codes)


def _minutes(local: datetime) -> int:
    return local.hour * 60 + local.minute
