"""A week as it is painted, and the rows of the roster that it stands for.

Pure functions for the painter of weekly hours. A week is painted in *layers*: windows that hold
in the same weeks, with the same validity and priority. Within a layer every minute of a day has
at most one *brush*: open, a break, or reserved for some types. Times are wall-clock minutes of
the day (0 … 1440) at the site that the brush names.

``painted`` and ``rows_from_brushes`` are each other's inverse for weeks in the form in which
``tidy`` leaves them: strokes by start, neighbours of one brush joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import Break, Reserved, ScheduleTemplate

DAYS_OF_WEEK = 7
DAY = 1440


class BrushKind(StrEnum):
    OPEN = "open"
    BREAK = "break"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True)
class Frame:
    """Where and how a window runs: what all the brushes of one window share. ``step`` and buffers
    in minutes."""

    location_id: Id
    room_id: Id | None = None
    step: int = 15
    buffer_before: int = 0
    buffer_after: int = 0
    max_parallel: int = 1


@dataclass(frozen=True, slots=True)
class Brush:
    """``label`` is the break's reason or the reserved part's name; ``type_ids`` for whom a part is
    reserved."""

    kind: BrushKind
    frame: Frame
    label: str = ""
    type_ids: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True)
class Stroke:
    """``start`` ≤ minute < ``end``."""

    start: int
    end: int
    brush: Brush


@dataclass(frozen=True, slots=True)
class Layer:
    """Windows that hold together. ``anchor`` is the Monday of a week in which they do, None when
    they hold every week."""

    every_weeks: int = 1
    anchor: date | None = None
    priority: int = 0
    valid_from: date | None = None
    valid_until: date | None = None

    def words(self, today: date) -> str:
        """ "Every week", "Every 2 weeks (this week)", "Every 2 weeks (not this week)"."""
        if self.every_weeks == 1 or self.anchor is None:
            return "Every week"
        monday = today - timedelta(days=today.weekday())
        here = ((monday - self.anchor).days // 7) % self.every_weeks == 0
        return f"Every {self.every_weeks} weeks ({'this week' if here else 'not this week'})"


Day = tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from Monday on."""

    days: tuple[Day, ...] = field(default=((),) * DAYS_OF_WEEK)

    def with_day(self, weekday: int, day: Iterable[Stroke]) -> Week:
        days = list(self.days)
        days[weekday] = tidy(day)
        return Week(tuple(days))

    @property
    def empty(self) -> bool:
        return not any(self.days)


def tidy(strokes: Iterable[Stroke]) -> Day:
    """Strokes by start, empty ones dropped, neighbours of one brush joined. They must not
    overlap."""
    found: list[Stroke] = []
    for stroke in sorted((s for s in strokes if s.start < s.end), key=lambda s: s.start):
        last = found[-1] if found else None
        if last is not None and last.end == stroke.start and last.brush == stroke.brush:
            found[-1] = replace(last, end=stroke.end)
        else:
            found.append(stroke)
    return tuple(found)


def paint(day: Day, start: int, end: int, brush: Brush | None) -> Day:
    """The day after a stroke of the brush, which covers what was there; None wipes."""
    left: list[Stroke] = []
    for stroke in day:
        if stroke.start < start:
            left.append(replace(stroke, end=min(stroke.end, start)))
        if stroke.end > end:
            left.append(replace(stroke, start=max(stroke.start, end)))
    if brush is not None:
        left.append(Stroke(max(0, start), min(DAY, end), brush))
    return tidy(left)


def layer_of(row: ScheduleTemplate) -> Layer:
    anchor = None
    if row.every_weeks > 1 and row.anchor is not None:
        monday = row.anchor - timedelta(days=row.anchor.weekday())
        # the first such week of the calendar, so that equal rhythms are one layer
        weeks = (monday - _FIRST_MONDAY).days // 7 % row.every_weeks
        anchor = _FIRST_MONDAY + timedelta(weeks=weeks)
    return Layer(row.every_weeks, anchor, row.priority, row.valid_from, row.valid_until)


_FIRST_MONDAY = date(2024, 1, 1)


def frame_of(row: ScheduleTemplate) -> Frame:
    return Frame(
        row.location_id,
        row.room_id,
        row.step,
        row.buffer_before,
        row.buffer_after,
        row.max_parallel,
    )


def painted(rows: Iterable[ScheduleTemplate]) -> dict[Layer, Week]:
    """The layers of a doctor's rows, every-week layers first. Where rows of one layer overlap
    (an import may leave that), the one that starts first keeps the minutes, as in the engine."""
    layers: dict[Layer, list[Day]] = {}
    for row in sorted(rows, key=lambda r: (r.weekday, r.work_start, r.id)):
        days = layers.setdefault(layer_of(row), [()] * DAYS_OF_WEEK)
        under = days[row.weekday]
        over = _strokes(row)
        for stroke in under:
            over = paint(over, stroke.start, stroke.end, stroke.brush)
        days[row.weekday] = over
    return {layer: Week(tuple(layers[layer])) for layer in sorted(layers, key=layer_order)}


def layer_order(layer: Layer) -> tuple[int, date, int, date, date]:
    return (
        layer.every_weeks,
        layer.anchor or date.min,
        -layer.priority,
        layer.valid_from or date.min,
        layer.valid_until or date.max,
    )


def _strokes(row: ScheduleTemplate) -> Day:
    frame = frame_of(row)
    day: Day = (Stroke(row.work_start, row.work_end, Brush(BrushKind.OPEN, frame)),)
    for part in row.reserved:
        brush = Brush(BrushKind.RESERVED, frame, part.label, part.type_ids)
        day = paint(day, part.start, part.end, brush)
    for pause in row.breaks:
        day = paint(day, pause.start, pause.end, Brush(BrushKind.BREAK, frame, pause.reason))
    return day


def rows_from_brushes(
    doctor_id: Id, layers: Mapping[Layer, Week], known: Iterable[ScheduleTemplate] = ()
) -> tuple[ScheduleTemplate, ...]:
    """The rows that a painted week stands for, in the order of ``painted``. Strokes that touch
    and share a frame are one window. A row takes the id (and the bookkeeping) of the known row of
    its weekday, of its own layer if there is one, with which it shares most minutes; a new one
    has an empty id, which ``SaveWeek`` fills."""
    rows: list[ScheduleTemplate] = []
    left = list(known)
    for layer in sorted(layers, key=layer_order):
        for weekday, day in enumerate(layers[layer].days):
            rows += [_row(doctor_id, layer, weekday, run) for run in runs(tidy(day))]
    return tuple(_with_ids(rows, left))


def runs(day: Day) -> list[list[Stroke]]:
    """The strokes of each window of a tidy day: those that touch and share a frame."""
    found: list[list[Stroke]] = [[stroke] for stroke in day[:1]]
    for before, stroke in pairwise(day):
        if before.end == stroke.start and before.brush.frame == stroke.brush.frame:
            found[-1].append(stroke)
        else:
            found.append([stroke])
    return found


def _row(doctor_id: Id, layer: Layer, weekday: int, run: Sequence[Stroke]) -> ScheduleTemplate:
    frame = run[0].brush.frame
    return ScheduleTemplate(
        id="",
        doctor_id=doctor_id,
        location_id=frame.location_id,
        weekday=weekday,
        work_start=run[0].start,
        work_end=run[-1].end,
        room_id=frame.room_id,
        step=frame.step,
        buffer_before=frame.buffer_before,
        buffer_after=frame.buffer_after,
        max_parallel=frame.max_parallel,
        priority=layer.priority,
        valid_from=layer.valid_from,
        valid_until=layer.valid_until,
        every_weeks=layer.every_weeks,
        anchor=layer.anchor,
        breaks=tuple(
            Break(s.start, s.end, s.brush.label or "Break")
            for s in run
            if s.brush.kind is BrushKind.BREAK
        ),
        reserved=tuple(
            Reserved(s.start, s.end, s.brush.type_ids, s.brush.label)
            for s in run
            if s.brush.kind is BrushKind.RESERVED
        ),
    )


def _with_ids(
    rows: Sequence[ScheduleTemplate], known: Sequence[ScheduleTemplate]
) -> list[ScheduleTemplate]:
    """Rows of the same layer first, then those of which only the weeks, the validity or the
    priority changed. Among them most shared minutes first, so that a window that was split keeps
    its id in the larger half."""
    pairs = [
        (layer_of(old) == layer_of(row), shared, place, old)
        for place, row in enumerate(rows)
        for old in known
        if old.weekday == row.weekday
        if (shared := min(old.work_end, row.work_end) - max(old.work_start, row.work_start)) > 0
    ]
    found = list(rows)
    taken: set[Id] = set()
    done: set[int] = set()
    for _, _, place, old in sorted(pairs, key=lambda p: (not p[0], -p[1], p[2], p[3].id)):
        if place in done or old.id in taken:
            continue
        done.add(place)
        taken.add(old.id)
        found[place] = _as_of(old, found[place])
    return found


def _as_of(old: ScheduleTemplate, row: ScheduleTemplate) -> ScheduleTemplate:
    return replace(
        row,
        id=old.id,
        revision=old.revision,
        anchor=old.anchor if layer_of(old).anchor == layer_of(row).anchor else row.anchor,
        created_at=old.created_at,
        created_by=old.created_by,
        updated_at=old.updated_at,
        updated_by=old.updated_by,
        created_op=old.created_op,
        updated_op=old.updated_op,
    )


def copy_day(week: Week, source: int, targets: Iterable[int]) -> Week:
    """The week with the day ``source`` in place of each target (0 Monday … 6 Sunday)."""
    for target in targets:
        week = week.with_day(target, week.days[source])
    return week


def copy_week(
    rows: Iterable[ScheduleTemplate], to_doctor: Id, *, keep_rooms: bool = False
) -> tuple[ScheduleTemplate, ...]:
    """The hours for another doctor, as new rows (ids empty). Rooms stay behind unless
    ``keep_rooms``: two doctors seldom share one."""
    return tuple(
        ScheduleTemplate(
            id="",
            doctor_id=to_doctor,
            location_id=row.location_id,
            weekday=row.weekday,
            work_start=row.work_start,
            work_end=row.work_end,
            room_id=row.room_id if keep_rooms else None,
            step=row.step,
            buffer_before=row.buffer_before,
            buffer_after=row.buffer_after,
            max_parallel=row.max_parallel,
            priority=row.priority,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            breaks=row.breaks,
            reserved=row.reserved,
            every_weeks=row.every_weeks,
            anchor=row.anchor,
        )
        for row in rows
    )
