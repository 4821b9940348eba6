"""The week on the painter's table: what is stored, what is painted, and the way back.

Plain state without widgets. One sheet holds all hours of one doctor; the page looks at one plan
and one site of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Location
from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.services.hours_editing import (
    DAYS_OF_WEEK,
    Frame,
    Layer,
    Week,
    painted,
    rows_from_brushes,
)
from clinic_desk.services.hours_painting import Window, windows
from clinic_desk.services.hours_plans import full, layers_of, plan_of, plans
from clinic_desk.services.roster_commands import SaveWeek

Layers = Mapping[Layer, Week]


@dataclass(frozen=True, slots=True)
class State:
    layers: dict[Layer, Week]
    plan: Layer


class HoursSheet:
    """``frame`` and ``priority`` are what is painted on empty time takes."""

    def __init__(self, roster: Roster, doctor_id: Id, today: date, location_id: Id = "") -> None:
        self.roster = roster
        self.doctor_id = doctor_id
        self.today = today
        self.known: tuple[ScheduleTemplate, ...] = tuple(
            row for row in roster.templates if row.doctor_id == doctor_id and row.deleted_at is None
        )
        self.saved = painted(self.known)
        self.layers: dict[Layer, Week] = dict(self.saved)
        self.location_id = location_id or self._usual_site()
        self.plan = self.best_plan()
        self.undone: list[State] = []
        self.done: list[State] = []
        self.priority = 0
        self.frame = Frame(self.location_id)
        self.usual_frame()

    # what is there

    @property
    def sites(self) -> list[Location]:
        """All of them, those where the doctor works or has hours first; hours at another one make
        it one of theirs."""
        every = self.roster.locations.values()
        return sorted(
            every,
            key=lambda p: (not self.is_own(p.id), not p.primary, p.position, p.name),
        )

    def is_own(self, location_id: Id) -> bool:
        """Whether the doctor works there already; one without a list of sites does everywhere."""
        listed = self.roster.doctors[self.doctor_id].location_ids
        known = {row.location_id for row in self.known}
        return not listed or location_id in listed or location_id in known

    def _usual_site(self) -> Id:
        used = Counter(row.location_id for row in self.known)
        here = self.sites
        return max(here, key=lambda place: used[place.id]).id if here else ""

    @property
    def plans(self) -> tuple[Layer, ...]:
        return plans([*full(self.layers), self.plan])

    def best_plan(self) -> Layer:
        """The plan at this site that holds today and fills most of the week."""

        def worth(plan: Layer) -> tuple[bool, bool, int]:
            now = (plan.valid_from is None or plan.valid_from <= self.today) and (
                plan.valid_until is None or plan.valid_until >= self.today
            )
            here = [
                w
                for day in range(DAYS_OF_WEEK)
                for w in windows(self.layers, plan, day)
                if w.frame.location_id == self.location_id
            ]
            return now, bool(here), sum(w.end - w.start for w in here)

        return max(plans(full(self.layers)), key=worth, default=Layer())

    def usual_frame(self) -> None:
        """What most hours at this site are like."""
        used = Counter(
            w.frame
            for plan in self.plans
            for day in range(DAYS_OF_WEEK)
            for w in windows(self.layers, plan, day)
            if w.frame.location_id == self.location_id
        )
        self.frame = used.most_common(1)[0][0] if used else Frame(self.location_id)
        self.priority = 0

    def others(self) -> list[Window]:
        """Windows of other plans that hold in some of the same weeks."""
        found: list[Window] = []
        for plan in self.plans:
            if plan == self.plan or not _meet(plan, self.plan):
                continue
            for day in range(DAYS_OF_WEEK):
                found += windows(self.layers, plan, day)
        return found

    @property
    def stored_plan(self) -> bool:
        """Whether the plan on the table is in the roster just so."""
        return any(plan_of(layer) == self.plan for layer in full(self.saved))

    # changes

    @property
    def dirty(self) -> bool:
        return full(self.layers) != full(self.saved)

    def put(self, layers: Mapping[Layer, Week], plan: Layer | None = None) -> bool:
        """A step that can be taken back; False when nothing has changed."""
        fresh = full(layers)
        if fresh == full(self.layers) and plan in (None, self.plan):
            return False
        self.done.append(State(self.layers, self.plan))
        self.undone.clear()
        self.layers, self.plan = fresh, plan or self.plan
        return True

    def undo(self) -> bool:
        return self._step(self.done, self.undone)

    def redo(self) -> bool:
        return self._step(self.undone, self.done)

    def _step(self, source: list[State], target: list[State]) -> bool:
        if not source:
            return False
        target.append(State(self.layers, self.plan))
        state = source.pop()
        self.layers, self.plan = state.layers, state.plan
        return True

    def own_layers(self) -> dict[Layer, Week]:
        return {one: self.layers[one] for one in layers_of(self.layers, self.plan)}

    def command(self, initiator: str = "") -> SaveWeek:
        return SaveWeek(
            doctor_id=self.doctor_id,
            templates=rows_from_brushes(self.doctor_id, full(self.layers), self.known),
            replaced_ids=tuple(row.id for row in self.known),
            initiator=initiator,
        )


def _meet(one: Layer, two: Layer) -> bool:
    first = max((d for d in (one.valid_from, two.valid_from) if d), default=None)
    last = min((d for d in (one.valid_until, two.valid_until) if d), default=None)
    return first is None or last is None or first <= last


def without_rooms(layers: Layers) -> dict[Layer, Week]:
    """For another doctor: two doctors seldom share a room."""
    return {
        layer: Week(
            tuple(
                tuple(
                    replace(s, brush=replace(s.brush, frame=replace(s.brush.frame, room_id=None)))
                    for s in day
                )
                for day in week.days
            )
        )
        for layer, week in layers.items()
    }


def this_week(today: date, every_weeks: int = 2) -> Layer:
    """Every so many weeks, this week one of them."""
    monday = today - timedelta(days=today.weekday())
    return rhythm(Layer(), every_weeks, monday)


def rhythm(plan: Layer, every_weeks: int, anchor: date | None) -> Layer:
    """The plan in another rhythm; equal rhythms have the same anchor, as ``layer_of`` gives it."""
    if every_weeks == 1 or anchor is None:
        return replace(plan, every_weeks=1, anchor=None)
    first = date(2024, 1, 1)
    monday = anchor - timedelta(days=anchor.weekday())
    weeks = (monday - first).days // 7 % every_weeks
    return replace(plan, every_weeks=every_weeks, anchor=first + timedelta(weeks=weeks))
