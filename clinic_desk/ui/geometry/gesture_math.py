"""The arithmetic of dragging: edges, snapping, magnets, column hysteresis, auto-scroll.

Lengths are logical pixels, times are minutes (floats while the pointer is between slots),
durations of the gesture itself are milliseconds. Nothing here knows Qt or dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

SHORT_EDGE = 6
TALL_EDGE = 10
TALL_BLOCK = 44
LEAST_MOVE_ZONE = 12
MAGNET_REACH = 6
COLUMN_SLACK = 8
FINE_STEP = 5

SCROLL_ZONE = 48
SCROLL_DELAY = 150
SCROLL_DOWN = 900.0
SCROLL_SIDEWAYS = 600.0
SCROLL_INTENT = 4
"""Pixels toward an edge before that edge may scroll (the guard against a drag that merely
starts near it)."""

TURN_ZONE = 14
"""Closer than this to the inline edge of a view that cannot scroll further, a drag that rests
turns the page to the next or previous day."""

START_DISTANCE = 10
LONG_PRESS = 500
HOVER_DELAY = 500
HOVER_REPEAT = 900


class Grip(StrEnum):
    """Which part of a block the pointer is on."""

    MOVE = "move"
    TOP = "top"
    BOTTOM = "bottom"


def grip_at(y: float, height: float, *, top_edge: bool = False) -> Grip:
    """The part of a block at ``y`` pixels below its upper border.

    The edges are 6 px (10 px from a height of 44 px) but give way so that at least 12 px stay
    for moving; ``top_edge`` is the setting that lets the upper edge resize too.
    """
    wanted = TALL_EDGE if height >= TALL_BLOCK else SHORT_EDGE
    edges = 2 if top_edge else 1
    edge = min(float(wanted), max(0.0, (height - LEAST_MOVE_ZONE) / edges))
    if edge > 0 and y >= height - edge:
        return Grip.BOTTOM
    if top_edge and edge > 0 and y < edge:
        return Grip.TOP
    return Grip.MOVE


def far_enough(dx: float, dy: float, distance: float = START_DISTANCE) -> bool:
    """Whether a press has become a drag (Manhattan length, as the toolkit measures it)."""
    return abs(dx) + abs(dy) >= distance


@dataclass(frozen=True, slots=True)
class Magnet:
    """A minute that attracts; ``label`` says what it is ("after 10:15", "shift start")."""

    minute: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Snapped:
    """``magnet`` is None when the plain slot won."""

    minute: float
    magnet: Magnet | None = None


def snap(
    raw: float,
    step: float,
    pixels_per_minute: float,
    magnets: Sequence[Magnet] = (),
    *,
    reach: float = MAGNET_REACH,
) -> Snapped:
    """``raw`` pulled to the nearest magnet within ``reach`` pixels, else to the nearest slot.

    Slots count from minute 0 of the column. Raises ``ValueError`` for a step that is not
    positive.
    """
    if step <= 0:
        raise ValueError("a snap step must be positive")
    limit = reach / pixels_per_minute if pixels_per_minute > 0 else 0.0
    nearest = min(magnets, key=lambda m: abs(m.minute - raw), default=None)
    if nearest is not None and abs(nearest.minute - raw) <= limit:
        return Snapped(nearest.minute, nearest)
    return Snapped(nearest_slot(raw, step))


def nearest_slot(raw: float, step: float) -> float:
    """The slot line nearest to ``raw``; half a slot goes down the day (later)."""
    whole = int((raw + step / 2) // step)
    return whole * step


def sweep_range(
    anchor: float, current: float, step: float, *, least: float, most: float
) -> tuple[float, float]:
    """The slots touched between two minutes, in whole slots, clamped to ``least`` … ``most``
    minutes and growing away from the anchor's own slot in either direction."""
    first = (anchor // step) * step
    if current >= first:
        end = max(-(-current // step) * step, first + step)
        length = min(max(end - first, least), most)
        return first, first + length
    bottom = first + step
    top = (current // step) * step
    length = min(max(bottom - top, least), most)
    return bottom - length, bottom


def column_with_hysteresis(
    x: float, edges: Sequence[float], current: int | None, slack: float = COLUMN_SLACK
) -> int | None:
    """The column of ``x`` among ``edges`` (left borders, then the last right border).

    The current column is kept until the pointer is ``slack`` pixels beyond its border, so that
    a hand that trembles on a border does not flicker between two doctors. None outside.
    """
    count = len(edges) - 1
    if count < 1 or x < edges[0] or x >= edges[-1]:
        return None
    if (
        current is not None
        and 0 <= current < count
        and edges[current] - slack <= x < edges[current + 1] + slack
    ):
        return current
    for index in range(count):
        if edges[index] <= x < edges[index + 1]:
            return index
    return None


@dataclass(frozen=True, slots=True)
class Scroll:
    """Pixels per second; positive goes down and to the right."""

    x: float = 0.0
    y: float = 0.0

    def __bool__(self) -> bool:
        return self.x != 0.0 or self.y != 0.0


@dataclass(slots=True)
class AutoScroll:
    """Remembers toward which edges the pointer has travelled and since when it rests in a zone.

    Feed ``moved`` with every pointer position; ask ``speed`` once per frame.
    """

    zone: float = SCROLL_ZONE
    delay: float = SCROLL_DELAY
    _start: tuple[float, float] | None = None
    _toward: set[str] = field(default_factory=set)
    _since: dict[str, float] = field(default_factory=dict)

    def begin(self, x: float, y: float) -> None:
        self._start = (x, y)
        self._toward.clear()
        self._since.clear()

    def moved(self, x: float, y: float, width: float, height: float, now: float) -> None:
        if self._start is None:
            self.begin(x, y)
        assert self._start is not None
        left, top = self._start
        for edge, travelled in (
            ("left", left - x),
            ("right", x - left),
            ("up", top - y),
            ("down", y - top),
        ):
            if travelled >= SCROLL_INTENT:
                self._toward.add(edge)
        for edge, depth in self._depths(x, y, width, height).items():
            if depth <= 0:
                self._since.pop(edge, None)
            elif edge in self._toward:
                self._since.setdefault(edge, now)

    def left(self) -> None:
        """The pointer is over something else: what it rested there counts for no edge."""
        self._since.clear()

    def speed(self, x: float, y: float, width: float, height: float, now: float) -> Scroll:
        """Zero until the pointer has rested 150 ms in a zone that it travelled toward; then the
        square of the depth, to 900 px/s down and up and 600 px/s sideways."""
        share: dict[str, float] = {}
        for edge, depth in self._depths(x, y, width, height).items():
            since = self._since.get(edge)
            if depth > 0 and since is not None and now - since >= self.delay:
                share[edge] = min(depth / self.zone, 1.0) ** 2
        return Scroll(
            x=(share.get("right", 0.0) - share.get("left", 0.0)) * SCROLL_SIDEWAYS,
            y=(share.get("down", 0.0) - share.get("up", 0.0)) * SCROLL_DOWN,
        )

    def resting(self, edge: str, now: float) -> float:
        """Milliseconds that the pointer has been in that edge's zone; 0 when it is not."""
        since = self._since.get(edge)
        return 0.0 if since is None else max(0.0, now - since)

    def _depths(self, x: float, y: float, width: float, height: float) -> dict[str, float]:
        return {
            "left": self.zone - x,
            "right": x - (width - self.zone),
            "up": self.zone - y,
            "down": y - (height - self.zone),
        }


def bounded_resize(
    grip: Grip,
    start: float,
    end: float,
    wanted: float,
    *,
    least: float,
    most: float,
    wall: float | None = None,
) -> tuple[float, float, bool]:
    """(start, end, bumped) of a block whose edge is pulled to ``wanted``.

    ``least``/``most`` bound the length in minutes; ``wall`` is the first hard obstacle beyond
    the edge, at which it stops with a bump.
    """
    if grip is Grip.TOP:
        low = end - most if wall is None else max(end - most, wall)
        top = min(max(wanted, low), end - least)
        return top, end, wall is not None and wanted < wall
    high = start + most if wall is None else min(start + most, wall)
    bottom = max(min(wanted, high), start + least)
    return start, bottom, wall is not None and wanted > wall


def ease_out(progress: float) -> float:
    """Cubic, 0 … 1: how far the ghost has returned."""
    left = 1.0 - min(max(progress, 0.0), 1.0)
    return 1.0 - left * left * left
