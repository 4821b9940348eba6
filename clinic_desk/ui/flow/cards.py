"""What the board shows of each visit, computed from the day and the forecast; no widgets.

A card's station follows from its status alone. What a drop, a key or a button may do to a card is
decided here, so that all three say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from clinic_desk.domain.appointments import STATUS_WORDS, Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.flow_board import Board
from clinic_desk.services.views import Cell


class Station(StrEnum):
    EXPECTED = "expected"
    ARRIVED = "arrived"
    IN_ROOM = "in_room"
    DONE = "done"
    GONE = "gone"


STATIONS = tuple(Station)
STATION_WORDS: Mapping[Station, str] = {
    Station.EXPECTED: "Expected",
    Station.ARRIVED: "Arrived",
    Station.IN_ROOM: "In room",
    Station.DONE: "Done",
    Station.GONE: "No-show / cancelled",
}
_STATION: Mapping[Status, Station] = {
    Status.PENDING: Station.EXPECTED,
    Status.SCHEDULED: Station.EXPECTED,
    Status.CONFIRMED: Station.EXPECTED,
    Status.ARRIVED: Station.ARRIVED,
    Status.IN_PROGRESS: Station.IN_ROOM,
    Status.COMPLETED: Station.DONE,
    Status.NO_SHOW: Station.GONE,
    Status.CANCELLED: Station.GONE,
    Status.DECLINED: Station.GONE,
}
NEXT: Mapping[Station, Status] = {
    Station.EXPECTED: Status.ARRIVED,
    Station.ARRIVED: Status.IN_PROGRESS,
    Station.IN_ROOM: Status.COMPLETED,
}
NEXT_WORDS: Mapping[Station, tuple[str, str]] = {
    Station.EXPECTED: ("Arrived", "A"),
    Station.ARRIVED: ("In room", "R"),
    Station.IN_ROOM: ("Done", "D"),
}
"""The button of a card at that station, and its key."""


def station_of(status: Status) -> Station:
    return _STATION[status]


class Level(StrEnum):
    """How long somebody waits. The words go with the colour everywhere."""

    FINE = "fine"
    LONG = "long"
    TOO_LONG = "too_long"


def wait_words(minutes: int, level: Level, *, short: bool = False) -> str:
    """ "waiting 6 min", "long wait 12 min", "too long: 24 min"."""
    if level is Level.TOO_LONG:
        return f"too long: {minutes} min" if not short else f"too long {minutes}"
    if level is Level.LONG:
        return f"long wait {minutes} min" if not short else f"long {minutes}"
    return f"waiting {minutes} min" if not short else f"waiting {minutes}"


@dataclass(frozen=True, slots=True)
class Limits:
    """The clinic's thresholds, minutes; ``ahead`` is how far *expected* looks ahead, hours."""

    amber: int = 10
    red: int = 20
    missing: int = 15
    call: int = 10
    ahead: int = 2

    def level(self, minutes: int) -> Level:
        if minutes >= self.red:
            return Level.TOO_LONG
        return Level.LONG if minutes >= self.amber else Level.FINE


@dataclass(frozen=True, slots=True)
class Card:
    """One visit on the board. Minutes are whole; ``likely`` is aware UTC."""

    cell: Cell
    station: Station
    number: str = ""
    waited: int = 0
    level: Level = Level.FINE
    late: int = 0
    """How long an expected patient is overdue."""
    missing: bool = False
    """May be a no-show: proposed, never set."""
    likely: datetime | None = None
    slip: int = 0
    """Minutes the likely start lies behind the plan."""
    call: bool = False
    elapsed: int = 0
    planned: int = 0
    off: int | None = None
    """Of a finished visit: minutes it started after (or before) its plan."""

    @property
    def id(self) -> Id:
        return self.cell.id

    @property
    def over(self) -> int:
        return max(0, self.elapsed - self.planned) if self.station is Station.IN_ROOM else 0


@dataclass(frozen=True, slots=True)
class Counters:
    """What stands above the board. ``longest`` is the card of the longest wait, ``behind`` the
    (doctor's id, minutes) that is furthest behind."""

    waiting: int = 0
    longest: Card | None = None
    average: int | None = None
    behind: tuple[Id, int] | None = None
    late: tuple[Card, ...] = ()
    call: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """The cards of each station in their order, what *expected* leaves out, and the counters."""

    columns: Mapping[Station, tuple[Card, ...]] = field(default_factory=dict)
    later: tuple[Card, ...] = ()
    counters: Counters = field(default_factory=Counters)

    def cards(self) -> list[Card]:
        return [card for station in STATIONS for card in self.columns.get(station, ())]

    def find(self, row_id: Id) -> Card | None:
        return next((c for c in (*self.cards(), *self.later) if c.id == row_id), None)


def whole_minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def make_card(board: Board, cell: Cell, limits: Limits) -> Card:
    station, now = station_of(cell.status), board.now
    stamps = board.flow.stamps[cell.id]
    number = board.flow.numbers.get(cell.patient_id or "", "")
    likely = board.forecast.starts.get(cell.id)
    slip = max(0, whole_minutes(likely - cell.start)) if likely is not None else 0
    match station:
        case Station.EXPECTED:
            return Card(
                cell, station, number,
                late=max(0, whole_minutes(now - cell.start)),
                missing=cell.id in board.forecast.missing,
                likely=likely, slip=slip, call=cell.id in board.forecast.call,
            )  # fmt: skip
        case Station.ARRIVED:
            since = stamps.arrived or cell.status_since or now
            waited = max(0, whole_minutes(now - since))
            return Card(
                cell, station, number,
                waited=waited, level=limits.level(waited), likely=likely, slip=slip,
            )  # fmt: skip
        case Station.IN_ROOM:
            since = stamps.started or cell.status_since or now
            return Card(
                cell, station, number,
                elapsed=max(0, whole_minutes(now - since)),
                planned=whole_minutes(cell.end - cell.start),
            )  # fmt: skip
        case Station.DONE:
            begun = stamps.started
            off = None if begun is None else round((begun - cell.start).total_seconds() / 60)
            return Card(cell, station, number, off=off)
        case _:
            return Card(cell, station, number)


def make_flow(
    board: Board, limits: Limits, hidden: frozenset[Id] = frozenset(), *, all_day: bool = False
) -> Flow:
    """Without the doctors that are ``hidden``. ``all_day``: *expected* leaves nothing out."""
    flow = board.flow
    cards = [make_card(board, c, limits) for c in flow.cells if c.doctor_id not in hidden]
    found: dict[Station, list[Card]] = {station: [] for station in STATIONS}
    for card in cards:
        found[card.station].append(card)
    stamps = flow.stamps
    far = datetime.max.replace(tzinfo=board.now.tzinfo)
    found[Station.ARRIVED].sort(key=lambda c: (stamps[c.id].arrived or far, c.cell.start))
    found[Station.IN_ROOM].sort(key=lambda c: (stamps[c.id].started or far, c.cell.start))
    found[Station.DONE].reverse()
    found[Station.GONE].sort(key=lambda c: (c.cell.status is not Status.NO_SHOW, c.cell.start))
    until = board.now + timedelta(hours=limits.ahead)
    expected = found[Station.EXPECTED]
    later = () if all_day else tuple(c for c in expected if c.cell.start >= until)
    if later:
        found[Station.EXPECTED] = [c for c in expected if c.cell.start < until]
    columns = {station: tuple(rows) for station, rows in found.items()}
    return Flow(columns, later, _count(board, columns, expected, hidden))


def _count(
    board: Board,
    columns: Mapping[Station, Sequence[Card]],
    expected: Sequence[Card],
    hidden: frozenset[Id],
) -> Counters:
    waiting = columns[Station.ARRIVED]
    waits = [
        whole_minutes(stamps.started - stamps.arrived)
        for cell in board.flow.cells
        if cell.doctor_id not in hidden
        and (stamps := board.flow.stamps[cell.id]).started is not None
        and stamps.arrived is not None
    ]
    behind = [
        (minutes, doctor_id)
        for doctor_id, minutes in board.forecast.lateness.items()
        if minutes > 0 and doctor_id not in hidden
    ]
    order = {row_id: place for place, row_id in enumerate(board.forecast.call)}
    worst = max(behind, default=None)
    return Counters(
        waiting=len(waiting),
        longest=max(waiting, key=lambda c: c.waited, default=None),
        average=round(sum(waits) / len(waits)) if waits else None,
        behind=(worst[1], worst[0]) if worst is not None else None,
        late=tuple(c for c in expected if c.late > 0),
        call=tuple(sorted((c for c in expected if c.call), key=lambda c: order[c.id])),
    )


# What may be done to a card


@dataclass(frozen=True, slots=True)
class Way:
    """How a card gets to a station: by a step of the status machine (``to``), by taking its last
    step ``back``, or not at all, and then why."""

    to: Status | None = None
    back: bool = False
    why: str = ""

    @property
    def possible(self) -> bool:
        return self.to is not None or self.back


_BACK = {
    (Station.ARRIVED, Station.EXPECTED),
    (Station.IN_ROOM, Station.ARRIVED),
    (Station.DONE, Station.IN_ROOM),
    (Station.GONE, Station.EXPECTED),
}
_FORWARD: Mapping[tuple[Station, Station], Status] = {
    (Station.EXPECTED, Station.ARRIVED): Status.ARRIVED,
    (Station.EXPECTED, Station.IN_ROOM): Status.IN_PROGRESS,
    (Station.ARRIVED, Station.IN_ROOM): Status.IN_PROGRESS,
    (Station.IN_ROOM, Station.DONE): Status.COMPLETED,
    (Station.EXPECTED, Station.GONE): Status.NO_SHOW,
    (Station.ARRIVED, Station.GONE): Status.NO_SHOW,
}


def way_to(cell: Cell, goal: Station) -> Way:
    here = station_of(cell.status)
    name = cell.listed_name or "This visit"
    if here is goal:
        return Way(why=f"{name} is there already.")
    if cell.status is Status.PENDING:
        return Way(why=f"{name} awaits the doctor’s acceptance; accept the visit first (Y).")
    if (here, goal) in _BACK:
        return Way(back=True)
    to = _FORWARD.get((here, goal))
    if to is not None:
        return Way(to=to)
    if goal is Station.DONE:
        return Way(why=f"{name} has not been in the room yet; move the card there first.")
    if here is Station.IN_ROOM:
        return Way(why=f"{name} is in the room; take that back first (U).")
    return Way(why=f"{name} is {STATUS_WORDS[cell.status]}; take that back first (U).")
