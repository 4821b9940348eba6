"""What is carried, and which place of the grid the pointer or the cursor proposes for it.

Minutes count from the first moment of a column's own local day, so that a day of 23 or 25 hours
needs no special case here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect

from clinic_desk.domain.appointments import LONGEST, OCCUPYING, SHORTEST, SlotState
from clinic_desk.domain.availability.model import BandKind
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import zone
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.proposals import Judge, Judgement, Placed, Proposal, Target
from clinic_desk.ui.geometry.gesture_machine import Deed, Means
from clinic_desk.ui.geometry.gesture_math import (
    Grip,
    Magnet,
    bounded_resize,
    column_with_hysteresis,
    snap,
    sweep_range,
)
from clinic_desk.ui.geometry.timegrid import DayAxis

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.grid_view import TimeGridView


class Surface:
    """The grid as a plane of columns and minutes. Positions are viewport pixels."""

    def __init__(self, grid: TimeGridView) -> None:
        self.grid = grid
        self._axes: dict[tuple[date, str], DayAxis] = {}

    @property
    def columns(self) -> Sequence[Column]:
        return self.grid.columns

    def axis(self, column: Column) -> DayAxis:
        key = (column.day, column.zone)
        if key not in self._axes:
            self._axes[key] = DayAxis.of(column.day, column.zone)
        return self._axes[key]

    @property
    def area(self) -> QRect:
        return self.grid.viewport().rect()

    def bounds(self, column: Column) -> tuple[float, float]:
        """Left and right border of a column."""
        grid = self.grid.arrangement
        index = grid.index_of(column)
        if index is None:
            return 0.0, 0.0
        left = grid.layout.left(index) - self.grid.window_part.x
        return left, left + grid.layout.width_of(index)

    @property
    def pixels_per_minute(self) -> float:
        return self.grid.arrangement.per_minute

    def column_near(self, x: float, current: Column | None) -> Column | None:
        """The column under x, with hysteresis; beyond the first or last column the nearest."""
        boxes = sorted((*self.bounds(c), c.key, c) for c in self.columns)
        if not boxes:
            return None
        edges = [box[0] for box in boxes] + [boxes[-1][1]]
        inside = min(max(x, edges[0]), edges[-1] - 1)
        keys = [box[2] for box in boxes]
        held = keys.index(current.key) if current is not None and current.key in keys else None
        found = column_with_hysteresis(inside, edges, held)
        return None if found is None else boxes[found][3]

    def minute_at(self, column: Column, y: float) -> float:
        return self.axis(column).minute_of(self.grid.instant_at(column, y))

    def rect_of(self, column: Column, start: datetime, end: datetime) -> QRect:
        return self.grid.span_rect(column, start, end)

    def find(
        self,
        doctor_id: Id,
        day: date,
        room_id: Id | None = None,
        location_id: Id | None = None,
    ) -> Column | None:
        """The column that shows a doctor's day, at that site where there are several; in a room
        view the room's."""
        found = [c for c in self.columns if c.day == day]
        own = (c for c in found if c.takes(doctor_id, room_id, location_id))
        return next(own, None) or next(
            (c for c in found if c.takes(doctor_id, room_id, None)), None
        )

    def same_height(self, column: Column, other: Column, instant: datetime) -> float:
        """The minute of another column at which ``instant`` would stand at the same height: the
        same time of day, or between two clocks the same moment."""
        if column.zone == other.zone:
            return self.axis(column).minute_of(instant)
        return self.axis(other).minute_of(instant + (other.day - column.day))

    def beside(self, column: Column, step: int) -> Column | None:
        keys = [c.key for c in self.columns]
        at = keys.index(column.key) + step if column.key in keys else -1
        return self.columns[at] if 0 <= at < len(self.columns) else None


def wall_shift(instant: datetime, old: datetime, new: datetime, wall: tzinfo) -> datetime:
    """``instant`` moved by the wall-clock distance from ``old`` to ``new``."""
    shift = _naive(new, wall) - _naive(old, wall)
    return (_naive(instant, wall) + shift).replace(tzinfo=wall, fold=0).astimezone(UTC)


def _naive(instant: datetime, wall: tzinfo) -> datetime:
    return instant.astimezone(wall).replace(tzinfo=None)


@dataclass(slots=True)
class Carry:
    """Something on its way. ``cells`` has the grabbed one first and is empty while empty time is
    swept; ``grab`` is minutes from its start to the pointer."""

    cells: tuple[Cell, ...]
    deed: Deed
    means: Means
    grab: float = 0.0
    copy: bool = False
    parked: bool = False
    column: Column | None = None
    target: Target | None = None
    anchor: float = 0.0
    bump: Judgement | None = None

    @property
    def lead(self) -> Cell:
        return self.cells[0]

    @property
    def ids(self) -> frozenset[Id]:
        return frozenset(cell.id for cell in self.cells)

    @property
    def minutes(self) -> int:
        """Length of the grabbed visit as it stands now."""
        return int((self.lead.end - self.lead.start).total_seconds() // 60)


class Placer:
    """Turns positions into targets for one carry."""

    def __init__(self, surface: Surface, carry: Carry) -> None:
        self._surface = surface
        self.carry = carry

    def follow(self, at: QPoint, step: int, judge: Judge | None) -> bool:
        """Proposes the place under a viewport position; True when it differs from before."""
        carry, surface = self.carry, self._surface
        before = (carry.target, carry.bump)
        if carry.deed is Deed.SWEEP:
            self._sweep(at, step)
        elif carry.deed is Deed.MOVE:
            column = surface.column_near(at.x(), carry.column)
            if column is not None:
                raw = surface.minute_at(column, at.y()) - carry.grab
                magnets = self._magnets(column)
                minute = snap(raw, step, surface.pixels_per_minute, magnets).minute
                self.put(column, minute)
        elif carry.column is not None:
            minute = surface.minute_at(carry.column, at.y())
            magnets = self._edge_magnets(carry.column)
            wanted = snap(minute, step, surface.pixels_per_minute, magnets).minute
            self.resize_to(wanted, step, judge)
        return (carry.target, carry.bump) != before

    def put(self, column: Column, minute: float) -> None:
        """The visit's start at a minute of a column, kept inside the day."""
        carry = self.carry
        axis = self._surface.axis(column)
        length = self._length()
        last = axis.minutes - min(length, axis.minutes)
        start = axis.instant_of(min(max(minute, 0), last))
        carry.column = column
        carry.target = Target(
            column.doctor_id or carry.lead.doctor_id,
            start,
            start + timedelta(minutes=length),
            column.room_id,
            column.only_place,
        )

    def resize_to(self, wanted: float, step: int, judge: Judge | None) -> None:
        """Pulls an edge to a minute, as far as the first hard conflict, and keeps its reason."""
        carry = self.carry
        column = carry.column
        if column is None:
            return
        axis = self._surface.axis(column)
        grip = Grip.TOP if carry.deed is Deed.RESIZE_TOP else Grip.BOTTOM
        lead = carry.lead
        carry.bump = None
        start, end, _ = bounded_resize(
            grip,
            axis.minute_of(lead.start),
            axis.minute_of(lead.end),
            wanted,
            least=SHORTEST,
            most=LONGEST,
        )
        self._span(axis, start, end)
        if judge is None or self.proposal() is None:
            return
        sign = 1 if grip is Grip.TOP else -1
        edge = start if grip is Grip.TOP else end
        home = axis.minute_of(lead.start if grip is Grip.TOP else lead.end)
        verdict, obstacle = judge.judge(self._proposed()), None
        while not verdict.allowed and sign * (home - edge) > 0:
            obstacle = verdict
            edge = min(edge + step, home) if sign > 0 else max(edge - step, home)
            self._span(axis, edge if sign > 0 else start, end if sign > 0 else edge)
            verdict = judge.judge(self._proposed())
        if verdict.allowed:
            carry.bump = obstacle
        else:
            self._span(axis, start, end)

    def proposal(self) -> Proposal | None:
        return None if self.carry.target is None or not self.carry.cells else self._proposed()

    def _proposed(self) -> Proposal:
        carry = self.carry
        assert carry.target is not None
        target = carry.target
        following = () if carry.copy else carry.cells[1:]
        others = (Placed(cell, self._companion(cell, target)) for cell in following)
        moves = (Placed(carry.lead, target), *others)
        return Proposal(moves, carry.deed, carry.copy, carry.parked)

    def _companion(self, cell: Cell, target: Target) -> Target:
        """Where another selected visit goes: same shift on the clock, same shift of columns."""
        lead, surface = self.carry.lead, self._surface
        column = self.carry.column
        wall = zone(column.zone if column is not None else "UTC")
        start = wall_shift(cell.start, lead.start, target.start, wall)
        doctor_id = cell.doctor_id
        if target.doctor_id != lead.doctor_id:
            doctor_id = target.doctor_id
            if cell.doctor_id != lead.doctor_id:
                order = list(dict.fromkeys(c.doctor_id for c in surface.columns if c.doctor_id))
                known = {cell.doctor_id, lead.doctor_id, target.doctor_id} <= set(order)
                shift = order.index(target.doctor_id) - order.index(lead.doctor_id) if known else 0
                at = order.index(cell.doctor_id) + shift if known else -1
                doctor_id = order[at] if 0 <= at < len(order) else cell.doctor_id
        changes = target.location_id not in (None, lead.location_id)
        place = target.location_id if changes else cell.location_id
        place_id = place if target.location_id is not None else None
        return Target(doctor_id, start, start + (cell.end - cell.start), None, place_id)

    def _length(self) -> int:
        target = self.carry.target
        return self.carry.minutes if target is None else target.minutes

    def _span(self, axis: DayAxis, start: float, end: float) -> None:
        lead = self.carry.lead
        column = self.carry.column
        place = lead.location_id if column is not None and column.places else None
        self.carry.target = Target(
            lead.doctor_id, axis.instant_of(start), axis.instant_of(end), None, place
        )

    def _sweep(self, at: QPoint, step: int) -> None:
        carry = self.carry
        if carry.column is None:
            return
        axis = self._surface.axis(carry.column)
        current = self._surface.minute_at(carry.column, at.y())
        start, end = sweep_range(carry.anchor, current, step, least=SHORTEST, most=LONGEST)
        start, end = max(start, 0), min(end, axis.minutes)
        carry.target = Target(
            carry.column.doctor_id,
            axis.instant_of(start),
            axis.instant_of(end),
            carry.column.room_id,
            carry.column.only_place,
        )

    def _neighbours(self, column: Column) -> list[Cell]:
        data = self._surface.grid.slice
        if data is None:
            return []
        ids = frozenset() if self.carry.copy else self.carry.ids
        axis = self._surface.axis(column)
        first, last = axis.instant_of(0), axis.instant_of(axis.minutes)
        return [
            c
            for c in data.cells
            if c.id not in ids
            and first <= c.start < last
            and c.status in OCCUPYING
            and c.slot_state is SlotState.PLACED
            and (
                c.doctor_id == column.doctor_id or (column.room_id and c.room_id == column.room_id)
            )
        ]

    def _magnets(self, column: Column) -> list[Magnet]:
        """Flush after and before each neighbour with both buffers, and the edges of the shift."""
        lead, axis, length = self.carry.lead, self._surface.axis(column), self._length()
        before = (lead.start - lead.blocked_start).total_seconds() / 60
        after = (lead.blocked_end - lead.end).total_seconds() / 60
        magnets = []
        for cell in self._neighbours(column):
            magnets.append(Magnet(axis.minute_of(cell.blocked_end) + before, "after"))
            magnets.append(Magnet(axis.minute_of(cell.blocked_start) - after - length, "before"))
        for band in column.bands:
            if band.kind is BandKind.OPEN:
                magnets.append(Magnet(axis.minute_of(band.start), "shift start"))
                magnets.append(Magnet(axis.minute_of(band.end) - length, "shift end"))
        return magnets

    def _edge_magnets(self, column: Column) -> list[Magnet]:
        lead, axis = self.carry.lead, self._surface.axis(column)
        before = (lead.start - lead.blocked_start).total_seconds() / 60
        after = (lead.blocked_end - lead.end).total_seconds() / 60
        top = self.carry.deed is Deed.RESIZE_TOP
        magnets = []
        for cell in self._neighbours(column):
            if top:
                magnets.append(Magnet(axis.minute_of(cell.blocked_end) + before))
            else:
                magnets.append(Magnet(axis.minute_of(cell.blocked_start) - after))
        opened = (band for band in column.bands if band.kind is BandKind.OPEN)
        magnets.extend(Magnet(axis.minute_of(b.start if top else b.end)) for b in opened)
        return magnets


def with_target(proposal: Proposal, target: Target, wall: tzinfo) -> Proposal:
    """The same proposal with the grabbed visit elsewhere and the others shifted along."""
    lead = proposal.lead
    moves = [Placed(lead.cell, target)]
    for move in proposal.moves[1:]:
        start = wall_shift(move.target.start, lead.target.start, target.start, wall)
        end = start + (move.target.end - move.target.start)
        moves.append(Placed(move.cell, replace(move.target, start=start, end=end)))
    return replace(proposal, moves=tuple(moves))
