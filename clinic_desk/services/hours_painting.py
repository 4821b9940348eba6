"""What the painter of weekly hours does with a week: strokes and windows. Pure functions.

A page shows one plan (``hours_plans``) at one site; what other sites have on those days is left
alone by everything here. Minutes are wall-clock minutes of the
day (0 … 1440) at the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.services.hours_editing import (
    DAY,
    Brush,
    BrushKind,
    Day,
    Frame,
    Layer,
    Stroke,
    Week,
    paint,
    runs,
)
from clinic_desk.services.hours_plans import Layers, layers_of
from clinic_desk.services.wording import DAYS, clock_text


@dataclass(frozen=True, slots=True)
class Touch:
    """What a brush leaves behind; ``kind`` None wipes. See ``Brush``."""

    kind: BrushKind | None
    label: str = ""
    type_ids: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """Strokes that touch and share a frame: one row of the roster."""

    layer: Layer
    weekday: int
    start: int
    end: int
    strokes: Day

    @property
    def frame(self) -> Frame:
        return self.strokes[0].brush.frame

    @property
    def words(self) -> str:
        """ "Mon 09:00–12:30" """
        return f"{DAYS[self.weekday]} {span_words(self.start, self.end)}"


@dataclass(frozen=True, slots=True)
class Painted:
    """The layers after a stroke, and the windows of other sites that it would have met."""

    layers: dict[Layer, Week]
    met: tuple[Window, ...] = ()


def span_words(start: int, end: int) -> str:
    """ "09:00–12:30" """
    return f"{clock_text(start)}–{clock_text(end)}"


def days_words(days: Sequence[int]) -> str:
    """ "Mon", "Mon–Wed", "Mon, Thu"; "Sat–Mon" for days that follow one another like that."""
    given = list(dict.fromkeys(days))
    if len(given) > 1 and all((b - a) % 7 == 1 for a, b in pairwise(given)):
        return f"{DAYS[given[0]]}–{DAYS[given[-1]]}"
    ordered = sorted(given)
    if len(ordered) > 1 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{DAYS[ordered[0]]}–{DAYS[ordered[-1]]}"
    return ", ".join(DAYS[day] for day in ordered)


_CLOCK = re.compile(r"(\d{1,2})(?:\s*[:.,h]\s*(\d{2}))?\s*(am|pm)?")
_BARE = re.compile(r"(\d{1,2})(\d{2})")


def parse_clock(text: str) -> int | None:
    """ "9", "9:05", "17.30", "0930", "5 pm", "24:00" as a minute of the day; None when the text is
    no time. Working hours are said as they are: a bare 7 is seven in the morning."""
    words = text.strip().lower()
    found = _CLOCK.fullmatch(words) or _BARE.fullmatch(words)
    if found is None:
        return None
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    half = found.group(3) if found.re is _CLOCK else None
    if half and not 1 <= hour <= 12:
        return None
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    total = hour * 60 + minute
    return total if minute < 60 and total <= DAY else None


def windows(layers: Layers, plan: Layer, weekday: int) -> tuple[Window, ...]:
    """All sites; what has the higher priority comes first."""
    found = []
    for layer in layers_of(layers, plan):
        found += [
            Window(layer, weekday, run[0].start, run[-1].end, tuple(run))
            for run in runs(layers[layer].days[weekday])
        ]
    return tuple(found)


def window_at(
    layers: Layers, plan: Layer, location_id: Id, weekday: int, minute: int
) -> Window | None:
    """The site's window that holds the minute, the one with the highest priority."""
    for window in windows(layers, plan, weekday):
        if window.frame.location_id == location_id and window.start <= minute < window.end:
            return window
    return None


def stroke_at(window: Window, minute: int) -> Stroke | None:
    return next((one for one in window.strokes if one.start <= minute < one.end), None)


def stroke(
    layers: Layers,
    plan: Layer,
    frame: Frame,
    days: Iterable[int],
    start: int,
    end: int,
    touch: Touch,
    priority: int = 0,
) -> Painted:
    """Paints the rectangle at the frame's site. Time that is in a window already keeps that
    window's frame; time beside a window joins it; elsewhere ``frame`` and ``priority`` count. A
    break is painted only inside hours. Hours of other sites stay, and are answered as ``met``."""
    result = dict(layers)
    met: list[Window] = []
    start, end = max(0, start), min(DAY, end)
    for weekday in sorted(set(days)):
        own = [
            w for w in windows(result, plan, weekday) if w.frame.location_id == frame.location_id
        ]
        for window in own:
            for one in window.strokes:
                low, high = max(start, one.start), min(end, one.end)
                if low < high:
                    _put(result, window.layer, weekday, low, high, _as(one.brush, touch))
        if touch.kind in (None, BrushKind.BREAK):
            continue
        for low, high in _gaps(start, end, [(w.start, w.end) for w in own]):
            beside = next((w for w in own if w.end == low), None) or next(
                (w for w in own if w.start == high), None
            )
            layer = beside.layer if beside is not None else replace(plan, priority=priority)
            bare = Brush(BrushKind.OPEN, beside.frame if beside is not None else frame)
            met += [
                w
                for w in windows(result, plan, weekday)
                if w.layer == layer and w.start < high and low < w.end
            ]
            taken = [(w.start, w.end) for w in met if w.layer == layer and w.weekday == weekday]
            for a, b in _gaps(low, high, taken):
                _put(result, layer, weekday, a, b, _as(bare, touch))
    return Painted(result, tuple(dict.fromkeys(met)))


def _as(brush: Brush, touch: Touch) -> Brush | None:
    if touch.kind is None:
        return None
    return Brush(touch.kind, brush.frame, touch.label, touch.type_ids)


def _put(
    layers: dict[Layer, Week], layer: Layer, weekday: int, start: int, end: int, brush: Brush | None
) -> None:
    week = layers.get(layer, Week())
    layers[layer] = week.with_day(weekday, paint(week.days[weekday], start, end, brush))


def _gaps(start: int, end: int, taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found = []
    for low, high in sorted(taken):
        if low > start:
            found.append((start, min(low, end)))
        start = max(start, high)
        if start >= end:
            break
    if start < end:
        found.append((start, end))
    return [(a, b) for a, b in found if a < b]


def change_window(
    layers: Layers,
    window: Window,
    *,
    start: int | None = None,
    end: int | None = None,
    frame: Frame | None = None,
    priority: int | None = None,
) -> tuple[dict[Layer, Week], Window]:
    """The layers with the window changed, and the window as it is then. Breaks that its new edges
    cut off go; a window that grows is open there. Raises ``Refusal`` with ``field`` "work_start",
    "work_end" or "priority"."""
    low = window.start if start is None else start
    high = window.end if end is None else end
    field = "work_start" if start is not None else "work_end" if end is not None else "priority"
    day = DAYS[window.weekday]
    if not 0 <= low < high <= DAY:
        raise Refusal(
            "bad_hours",
            f"{day}: work must end after it starts, within one day; {span_words(low, high)} "
            "does not.",
            field=field,
        )
    fresh = frame or window.frame
    layer = window.layer if priority is None else replace(window.layer, priority=priority)
    result = dict(layers)
    _put(result, window.layer, window.weekday, window.start, window.end, None)
    under = result.get(layer, Week()).days[window.weekday]
    blocked = next((one for one in under if one.start < high and low < one.end), None)
    if blocked is not None:
        raise Refusal(
            "overlapping_hours",
            f"{day}: {span_words(low, high)} would overlap hours that are there "
            f"({span_words(blocked.start, blocked.end)}) with the same priority; choose another "
            "time, or give one of them a higher priority.",
            field=field,
        )
    _put(result, layer, window.weekday, low, high, Brush(BrushKind.OPEN, fresh))
    for one in window.strokes:
        a, b = max(low, one.start), min(high, one.end)
        if a < b:
            _put(result, layer, window.weekday, a, b, replace(one.brush, frame=fresh))
    return result, Window(
        layer,
        window.weekday,
        low,
        high,
        tuple(s for s in result[layer].days[window.weekday] if low <= s.start < high),
    )


def change_part(
    layers: Layers, window: Window, old: Stroke, start: int, end: int, touch: Touch
) -> dict[Layer, Week]:
    """A break or a reserved part with other times, reason or types. Raises ``Refusal`` with
    ``field`` "part_start" or "part_end" (its times) or "type_ids"."""
    field = "part_start" if start != old.start else "part_end"
    what = "the break" if touch.kind is BrushKind.BREAK else "the reserved part"
    day = DAYS[window.weekday]
    if start >= end:
        raise Refusal(
            "bad_break",
            f"{day}: {what} must end after it starts; {span_words(start, end)} does not.",
            field=field,
        )
    if start < window.start or end > window.end:
        raise Refusal(
            "bad_break",
            f"{day}: {what} {span_words(start, end)} lies outside the hours "
            f"{span_words(window.start, window.end)}; make those longer first.",
            field=field,
        )
    if touch.kind is BrushKind.RESERVED and not touch.type_ids:
        raise Refusal(
            "bad_reserved",
            f"{day}: say for which visits {span_words(start, end)} is reserved.",
            field="type_ids",
        )
    for one in window.strokes:
        if one == old or one.brush.kind is BrushKind.OPEN:
            continue
        if one.start < end and start < one.end:
            raise Refusal(
                "bad_break",
                f"{day}: {what} {span_words(start, end)} would overlap "
                f"{span_words(one.start, one.end)}; let one end where the other begins.",
                field=field,
            )
    result = dict(layers)
    bare = Brush(BrushKind.OPEN, window.frame)
    _put(result, window.layer, window.weekday, old.start, old.end, bare)
    _put(result, window.layer, window.weekday, start, end, _as(bare, touch))
    return result


def site_day(layers: Layers, plan: Layer, location_id: Id, weekday: int) -> dict[int, Day]:
    """What the site has on a day: priority → strokes."""
    found = {}
    for layer in layers_of(layers, plan):
        strokes = layers[layer].days[weekday]
        found[layer.priority] = tuple(
            s for s in strokes if s.brush.frame.location_id == location_id
        )
    return found


def put_day(
    layers: Layers,
    plan: Layer,
    location_id: Id,
    source: Mapping[int, Day],
    targets: Iterable[int],
) -> Painted:
    """The site's hours of those days replaced by a copy of ``site_day``."""
    result = dict(layers)
    met: list[Window] = []
    for weekday in targets:
        for layer in layers_of(result, plan):
            kept = [
                s for s in result[layer].days[weekday] if s.brush.frame.location_id != location_id
            ]
            result[layer] = result[layer].with_day(weekday, kept)
        others = windows(result, plan, weekday)
        for priority, strokes in source.items():
            layer = replace(plan, priority=priority)
            here = [w for w in others if w.layer == layer]
            for one in strokes:
                met += [w for w in here if w.start < one.end and one.start < w.end]
                for a, b in _gaps(one.start, one.end, [(w.start, w.end) for w in here]):
                    _put(result, layer, weekday, a, b, one.brush)
    return Painted(result, tuple(dict.fromkeys(met)))
