"""What the absence planner knows of each visit: where it was, what is proposed, what became of it.

Nothing is remembered about decisions but which visits there were: what became of them is read from
the store after every change, so that an undo, or another desk, is followed like any step of one's
own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from clinic_desk.domain.appointments import STATUS_WORDS, Status
from clinic_desk.domain.availability.model import RankedSlot, Roster, Slot
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import zone
from clinic_desk.services.absence_standing import Standing
from clinic_desk.services.planning_views import AbsencePlan, Proposal
from clinic_desk.services.time_off import TO_MOVE
from clinic_desk.services.views import Cell
from clinic_desk.services.wording import day_text

HALF_HOUR = timedelta(minutes=30)


class RowState(StrEnum):
    OPEN = "open"
    MOVED = "moved"
    PARKED = "parked"
    LISTED = "listed"
    OVER = "over"
    """Nothing to do any more, for a reason that is none of the planner's."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """``visit`` is where it was in the absence, ``now`` the same visit as it stands. ``looked``
    False: nobody has looked for a place yet. ``renewed``: another place was proposed before."""

    visit: Cell
    now: Cell
    state: RowState
    proposal: Proposal | None = None
    looked: bool = False
    renewed: bool = False

    @property
    def id(self) -> Id:
        return self.visit.id

    @property
    def slot(self) -> Slot | None:
        """What Accept would take."""
        if self.state is not RowState.OPEN or self.proposal is None:
            return None
        return self.proposal.proposed.slot if self.proposal.proposed is not None else None

    @property
    def others(self) -> tuple[RankedSlot, ...]:
        return self.proposal.others if self.proposal is not None else ()

    @property
    def to_place(self) -> bool:
        return self.state in (RowState.OPEN, RowState.PARKED)

    def why(self) -> str:
        """The words of the column "Why this one"."""
        if self.state is RowState.PARKED:
            return "waits on the shelf"
        if self.state is RowState.LISTED:
            return "cancelled, waits for a freed slot"
        if self.state is RowState.OVER:
            return STATUS_WORDS[self.now.status]
        if self.state is RowState.MOVED:
            return self._moved_words()
        if self.proposal is None or not self.looked:
            return "looking …" if self.proposal is not None else "not looked for yet"
        return f"{self.proposal.why} · new" if self.renewed else self.proposal.why

    def _moved_words(self) -> str:
        if self.proposal is not None and self.proposal.proposed is not None:
            slot = self.proposal.proposed.slot
            if (slot.start, slot.doctor_id) == (self.now.start, self.now.doctor_id):
                return self.proposal.why
        same = self.now.doctor_id == self.visit.doctor_id
        return "same doctor, chosen by hand" if same else "other doctor, chosen by hand"


@dataclass(frozen=True, slots=True)
class Counts:
    """``open`` have a proposal; ``without`` have none after a search."""

    all: int = 0
    moved: int = 0
    open: int = 0
    parked: int = 0
    without: int = 0
    listed: int = 0

    @property
    def settled(self) -> int:
        return self.all - self.open - self.parked - self.without


class PlanBook:
    """The rows of one absence, by the visits' own time."""

    def __init__(self, request_id: Id) -> None:
        self.request_id = request_id
        self.rows: list[PlanRow] = []
        self.standing: Standing | None = None

    @property
    def known(self) -> tuple[Id, ...]:
        return tuple(row.id for row in self.rows)

    def row(self, row_id: Id | None) -> PlanRow | None:
        return next((row for row in self.rows if row.id == row_id), None)

    def stand(self, standing: Standing) -> bool:
        """Takes in how things are. True when proposals have to be looked for: a visit has come
        (back) that has none, or the rules have changed."""
        before = self.standing
        self.standing = standing
        old = {row.id: row for row in self.rows}
        rows = []
        fresh = before is not None and before.request != standing.request
        for cell in standing.hits:
            known = old.pop(cell.id, None)
            state = RowState.PARKED if "parked" in cell.flags else RowState.OPEN
            proposal = known.proposal if known is not None else None
            looked = known is not None and known.looked
            back = known is not None and known.state is not RowState.OPEN
            if known is None or (back and state is RowState.OPEN):
                fresh = True
            if proposal is not None and proposal.visit.revision != cell.revision:
                proposal = replace(proposal, visit=cell)
            # where it stands now in the absence is where it was
            renewed = known is not None and known.renewed
            rows.append(PlanRow(cell, cell, state, proposal, looked, renewed))
        for row in old.values():
            cell = standing.others.get(row.id, row.now)
            state = _state(row, cell, standing)
            if state is RowState.OVER and cell.status in TO_MOVE:
                continue  # the dates were changed, it is not hit any more
            rows.append(replace(row, now=cell, state=state, renewed=False))
        self.rows = sorted(rows, key=lambda row: (row.visit.start, row.visit.listed_name, row.id))
        return fresh

    def propose(self, plan: AbsencePlan) -> list[PlanRow]:
        """Takes in a plan, finished or not; answers the rows that get another place than before."""
        found = {one.visit.id: one for one in plan.proposals}
        renewed: list[PlanRow] = []
        for place, row in enumerate(self.rows):
            one = found.get(row.id)
            if one is None or row.state not in (RowState.OPEN, RowState.PARKED):
                continue
            if not plan.finished:
                if row.proposal is None:
                    self.rows[place] = replace(row, proposal=one, looked=False)
                continue
            new = row.looked and row.slot is not None and _place(row.slot) != _place(_slot(one))
            stays = row.renewed and row.looked
            row = replace(row, proposal=one, looked=True, renewed=new or stays)
            self.rows[place] = row
            if new:
                renewed.append(row)
        return renewed

    def forget_proposals(self) -> None:
        """The wishes have changed: no proposal counts, none is called new."""
        self.rows = [replace(row, proposal=None, looked=False, renewed=False) for row in self.rows]

    def stop_looking(self) -> None:
        """Nobody looks any more for those that have not been looked for."""
        self.rows = [row if row.looked else replace(row, proposal=None) for row in self.rows]

    def acceptable(self) -> list[PlanRow]:
        return [row for row in self.rows if row.slot is not None]

    def counts(self) -> Counts:
        state = [row.state for row in self.rows]
        return Counts(
            all=len(self.rows),
            moved=state.count(RowState.MOVED),
            open=sum(row.slot is not None for row in self.rows),
            parked=state.count(RowState.PARKED),
            without=sum(
                row.state is RowState.OPEN and row.looked and row.slot is None for row in self.rows
            ),
            listed=state.count(RowState.LISTED),
        )

    def as_plan(self) -> AbsencePlan | None:
        """For the call list: everybody who is hit, with the place they have or may get."""
        if self.standing is None:
            return None
        return AbsencePlan(
            request=self.standing.request,
            proposals=tuple(_told(row) for row in self.rows if row.state is not RowState.OVER),
        )


def _state(row: PlanRow, cell: Cell, standing: Standing) -> RowState:
    if row.id in standing.listed:
        return RowState.LISTED
    if cell.status is Status.CANCELLED or row.id not in standing.others:
        return RowState.OVER
    moved = (cell.start, cell.doctor_id) != (row.visit.start, row.visit.doctor_id)
    return RowState.MOVED if moved else RowState.OVER


def _slot(one: Proposal) -> Slot | None:
    return one.proposed.slot if one.proposed is not None else None


def _place(slot: Slot | None) -> tuple[datetime, Id] | None:
    return (slot.start, slot.doctor_id) if slot is not None else None


def _told(row: PlanRow) -> Proposal:
    """A row as the call list wants it: "proposed" is where the visit is now, once it is moved."""
    if row.state is RowState.MOVED:
        now = row.now
        slot = Slot(now.start, now.end, now.doctor_id, now.location_id, now.room_id, 0)
        return Proposal(row.visit, RankedSlot(slot, 0.0, ""), "")
    if row.state is RowState.LISTED:
        return Proposal(row.visit, None, "on the waiting list")
    if row.state is RowState.PARKED:
        return Proposal(row.visit, None, "to be agreed")
    return row.proposal or Proposal(row.visit, None, "to be agreed")


def half_hours(rows: Iterable[tuple[datetime, datetime]]) -> float:
    return sum((end - start) / HALF_HOUR for start, end in rows)


def zone_of(roster: Roster, location_id: Id) -> str:
    place = roster.locations.get(location_id)
    return place.zone if place is not None else roster.practice.zone


def day_and_clock(
    roster: Roster, start: datetime, location_id: Id, today_year: int
) -> tuple[str, str]:
    """ "Tue 1 Dec", "08:00" on the wall of the site."""
    local = start.astimezone(zone(zone_of(roster, location_id)))
    words = day_text(local.date())
    return (words if local.year == today_year else f"{words} {local.year}"), f"{local:%H:%M}"
