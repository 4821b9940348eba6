"""The story of some days: their events in order, and the calendar that they make at a moment."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from clinic_desk.domain.appointments import OCCUPYING, Appointment, Status
from clinic_desk.domain.availability.model import Busy, Roster, Snapshot
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.events import Event
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.services.past_views import PastChange
from clinic_desk.services.views import CalendarSlice, Cell
from clinic_desk.store.cells import CellMaker, away_spans
from clinic_desk.store.days import Days
from clinic_desk.store.mapping import Stored, class_of, mapper
from clinic_desk.store.occupancy import AHEAD
from clinic_desk.store.replay import Replay

if TYPE_CHECKING:
    from clinic_desk.store.past_reading import People

QUIET = frozenset({"renewed", "relaned"})
"""Events of a visit that no calendar shows."""

_OCCUPYING = frozenset(str(status) for status in OCCUPYING)
_OFF = frozenset({"cancelled", "declined"})
_LATER: Mapping[str, Mapping[str, Stored]] = {
    "doctor": {"pattern": "solid"},
    "schedule_template": {"every_weeks": 1},
    "time_off_request": {"kind": "leave"},
}
"""What rows written before these fields existed have in them; no row holds a zero there."""

_FIELDS = (
    "id", "revision", "start", "end", "blocked_start", "blocked_end", "doctor_id", "location_id",
    "room_id", "lane", "room_lane", "status", "slot_state", "patient_id",
    "last_name", "first_name", "birth_date", "mobile", "phone", "alert",
    "type_id", "type_name", "type_code", "type_slug", "mode", "title", "reason", "notes",
    "series_id", "hold_until", "held_by_desk", "confirmation_code", "cancel_reason", "walk_in",
    "overbook_reason", "source", "confirmed_at", "arrived_at", "started_at", "completed_at",
    "cancelled_at", "created_by", "created_at", "updated_by", "updated_at",
    "parked", "new", "reschedule_count", "unpaid",
)  # fmt: skip
"""What ``CellMaker`` takes, in its order."""

_PERSON = ("last_name", "first_name", "birth_date", "mobile", "phone", "alert")


@dataclass(slots=True)
class Told:
    """An event as it was read; ``changes`` and ``metadata`` come as JSON. ``moment`` (epoch
    seconds) is from when it counts."""

    seq: int
    kind: str
    subject: Id
    when: int
    actor: Id
    command: Id
    changes: Any
    action: str
    id: Id
    actor_name: str
    actor_kind: str
    desk_id: Id
    metadata: str
    desk: str | None
    moment: int = field(init=False)

    def __post_init__(self) -> None:
        self.changes = json.loads(self.changes)
        self.moment = self.when


def made(
    first: date,
    last: date,
    bounds: tuple[int, int],
    rows: Sequence[Told],
    people: People,
    names: Callable[[Id], str],
) -> PastStory:
    """``rows`` by their order in the file. A clock that was put back makes no event older than the
    one before it: what counts is always a beginning of the history."""
    for told, moment in zip(rows, accumulate((r.when for r in rows), max), strict=True):
        told.moment = moment
    return PastStory(first, last, bounds, rows, people, names)


class _World:
    """Everything as some first events left it."""

    def __init__(self) -> None:
        self.kinds: dict[str, Replay[Any]] = {}

    def tell(self, told: Told) -> None:
        replay = self.kinds.get(told.kind)
        if replay is None:
            replay = self.kinds[told.kind] = Replay(mapper(class_of(told.kind)))
        replay.tell(told.subject, told.when, told.actor, told.command, told.changes)

    def state(self, kind: str, row_id: Id) -> Mapping[str, Any] | None:
        replay = self.kinds.get(kind)
        return None if replay is None else replay.rows.get(row_id)

    def live(self, kind: str, order: Callable[[Any], Any]) -> list[Any]:
        """The rows of that kind that are not deleted, in ``order``."""
        replay = self.kinds.get(kind)
        found: list[Record] = []
        for row_id, told in (replay.rows if replay is not None else {}).items():
            if told["deleted_at"] is None and replay is not None:
                for name, value in _LATER.get(kind, {}).items():
                    told[name] = told[name] or value
                if kind == "holiday" and not told["source"]:
                    told["closed"] = 1  # only a public holiday is worked on
                found.append(replay.record(row_id))
        return sorted(found, key=order)

    def roster(self) -> Roster | None:
        """None before the practice was set up."""
        practices = self.live("practice", _by_id)
        if not practices:
            return None
        sites = self.live("location", lambda r: (not r.primary, r.position, r.name, r.id))
        return Roster(
            practice=practices[0],
            locations={r.id: r for r in sites},
            rooms={r.id: r for r in self.live("room", _by_place)},
            doctors={r.id: r for r in self.live("doctor", _by_place)},
            types={r.id: r for r in self.live("appointment_type", _by_place)},
            templates=tuple(self.live("schedule_template", _by_id)),
            exceptions=tuple(self.live("availability_exception", lambda r: (r.start, r.id))),
            time_off=tuple(self.live("time_off_request", lambda r: (r.start, r.id))),
            holidays=tuple(self.live("holiday", lambda r: (r.day, r.id))),
        )


def _by_id(row: Any) -> Any:
    return row.id


def _by_place(row: Any) -> Any:
    return row.position, row.name, row.id


class PastStory:
    """See ``services.past_views.Story``."""

    def __init__(
        self,
        first: date,
        last: date,
        bounds: tuple[int, int],
        rows: Sequence[Told],
        people: People,
        names: Callable[[Id], str],
    ) -> None:
        self.first, self.last = first, last
        self.born = next((from_epoch(t.moment) for t in rows if t.kind == "practice"), None)
        self._bounds = bounds
        self._rows = rows
        self._moments = [told.moment for told in rows]
        self._people = people
        self._names = names
        self.changes, self.gone = self._told()

    def visits_at(self, moment: datetime) -> dict[Id, Appointment]:
        """Every visit and hold that stood on these days then, in whatever state, rebuilt; those
        that were taken back are left out."""
        world, (start, end) = self._world(moment), self._bounds
        replay = world.kinds.get("appointment")
        if replay is None:
            return {}
        rows: Mapping[Id, Mapping[str, Any]] = replay.rows
        return {
            row_id: replay.record(row_id)
            for row_id, told in rows.items()
            if told["deleted_at"] is None and told["start"] < end and told["end"] > start
        }

    def at(self, moment: datetime, *, include_cancelled: bool = False) -> CalendarSlice:
        world = self._world(moment)
        roster = world.roster()
        if roster is None:
            raise Refusal(
                "before_clinic", "There was no clinic in this program yet. Choose a later moment."
            )
        start, end = self._bounds
        shown = [
            self._row(told, roster)
            for told in self._visits(world)
            if told["start"] < end
            and told["end"] > start
            and (include_cancelled or told["status"] not in _OFF)
        ]
        shown.sort(key=lambda r: (r[2], r[0]))
        maker = CellMaker(moment, away_spans(roster), self._names)
        cells: tuple[Cell, ...] = tuple(map(maker.make, shown))
        taken = [(r[6], r[2], r[3]) for r in shown if r[29] is None and r[11] in _OCCUPYING]
        doctors = tuple(d.id for d in roster.doctors.values() if d.active)
        outside = self._outside(world)
        days = Days().doctor_days(roster, doctors, self.first, self.last, taken, outside)
        snapshot = Snapshot(roster, (), tuple(outside), self.first, self.last)
        return CalendarSlice(self.first, self.last, cells, days, snapshot)

    def _world(self, moment: datetime) -> _World:
        world = _World()
        for told in self._rows[: bisect_right(self._moments, epoch(moment))]:
            world.tell(told)
        return world

    def _visits(self, world: _World) -> list[Mapping[str, Any]]:
        replay = world.kinds.get("appointment")
        rows = replay.rows.values() if replay is not None else ()
        return [told for told in rows if _shown(told)]

    def _outside(self, world: _World) -> list[Busy]:
        """What the doctors' own calendars held then."""
        start, end = self._bounds
        return [
            Busy(
                r.id, r.doctor_id, epoch(r.start), epoch(r.end), epoch(r.start), epoch(r.end),
                kind="external", label=r.title or "Busy",
            )
            for r in world.live("external_busy_time", lambda r: (r.start, r.id))
            if epoch(r.start) < end + AHEAD and epoch(r.end) > start - AHEAD
        ]  # fmt: skip

    def _row(self, told: Mapping[str, Any], roster: Roster) -> tuple[Any, ...]:
        kind = roster.types.get(told["type_id"] or "")
        more: dict[str, Any] = {
            "type_name": kind.name if kind else None,
            "type_code": kind.code if kind else None,
            "type_slug": kind.slug if kind else None,
            "parked": 0,
            "new": 0,
            "unpaid": 0,
        }
        person = self._people.get(told["patient_id"] or "")
        more.update(zip(_PERSON, person or (None,) * len(_PERSON), strict=True))
        return tuple(more[name] if name in more else told[name] for name in _FIELDS)

    # what changed

    def _told(self) -> tuple[tuple[PastChange, ...], frozenset[Id]]:
        world = _World()
        found = []
        for told in self._rows:
            before = dict(world.state(told.kind, told.subject) or {})
            world.tell(told)
            after = world.state(told.kind, told.subject) or {}
            then, now = self._here(told.kind, before), self._here(told.kind, after)
            if (then or now) and told.action not in QUIET:
                found.append(self._change(told, after if now else before))
        gone = frozenset(
            change.event.subject_id
            for change in found
            if (world.state(change.event.subject_kind, change.event.subject_id) or {}).get(
                "deleted_at"
            )
        )
        return tuple(found), gone

    def _here(self, kind: str, state: Mapping[str, Any]) -> bool:
        """Whether a row with those values is to be seen on these days."""
        if not state or state["deleted_at"] is not None:
            return False
        start, end = self._bounds
        if kind == "appointment":
            return _shown(state) and bool(state["start"] < end and state["end"] > start)
        if kind in ("availability_exception", "time_off_request"):
            return bool(state["start"] < end and state["end"] > start)
        if kind == "holiday":
            return self.first.isoformat() <= str(state["day"]) <= self.last.isoformat()
        return False

    def _change(self, told: Told, state: Mapping[str, Any]) -> PastChange:
        event = Event(
            id=told.id,
            subject_kind=told.kind,
            subject_id=told.subject,
            action=told.action,
            occurred_at=from_epoch(told.when),
            actor_id=told.actor,
            actor_name=told.actor_name,
            actor_kind=told.actor_kind,
            desk_id=told.desk_id,
            command_id=told.command,
            changes={name: (pair[0], pair[1]) for name, pair in told.changes.items()},
            metadata=json.loads(told.metadata),
        )
        person = self._people.get(state.get("patient_id") or "")
        name = ", ".join(str(part) for part in (person or ())[:2] if part)
        if not name and state.get("status") in (Status.HELD, Status.RELEASED):
            name = str(state["title"])
        when = [state.get("start"), state.get("end")]
        start, end = (None if at is None else from_epoch(at) for at in when)
        return PastChange(
            event, from_epoch(told.moment), told.desk or "", name,
            str(state.get("doctor_id") or ""), start, end,
        )  # fmt: skip


def _shown(told: Mapping[str, Any]) -> bool:
    """As ``cells.SHOWN`` has it."""
    return (
        told["deleted_at"] is None
        and told["slot_state"] == "placed"
        and told["status"] != Status.RELEASED
    )
