"""What the week grid shows and says: strokes as blocks, and cells in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.services.hours_editing import DAYS_OF_WEEK, BrushKind, Frame, Stroke
from clinic_desk.services.hours_painting import (
    Window,
    span_words,
    stroke_at,
    window_at,
    windows,
)
from clinic_desk.services.hours_plans import plan_of, plan_words
from clinic_desk.ui.look.theme import DoctorColour, Theme
from clinic_desk.ui.look.tokens import pattern_of
from clinic_desk.ui.roster.hours_sheet import HoursSheet
from clinic_desk.ui.roster.hours_surface import Block, Cell


def blocks(sheet: HoursSheet, theme: Theme) -> list[Block]:
    """What yields comes first, so that what wins is drawn over it."""
    doctor = sheet.roster.doctors[sheet.doctor_id]
    colour = theme.doctor_colour(doctor.colour, pattern_of(doctor.pattern))
    found: list[Block] = []
    for window in sorted(sheet.others(), key=lambda w: w.layer.priority):
        plan = plan_words(plan_of(window.layer), sheet.today)
        found.append(_dim(sheet, window, plan, colour))
    for day in range(DAYS_OF_WEEK):
        below: list[Window] = []
        for window in sorted(
            windows(sheet.layers, sheet.plan, day), key=lambda w: w.layer.priority
        ):
            steps = sum(w.start < window.end and window.start < w.end for w in below)
            if window.frame.location_id == sheet.location_id:
                found += _own(sheet, theme, window, colour, steps)
            else:
                found.append(_dim(sheet, window, "", colour, steps))
            below.append(window)
    return found


def _dim(
    sheet: HoursSheet, window: Window, plan: str, colour: DoctorColour, steps: int = 0
) -> Block:
    place = sheet.roster.locations.get(window.frame.location_id)
    lines = [place.name if place else "Another site", span_words(window.start, window.end)]
    if plan:
        lines.insert(0, plan)
    return Block(
        window.weekday, window.start, window.end, "open", tuple(lines), colour, dim=True,
        inset=steps, window=(window.start, window.end),
    )  # fmt: skip


def _own(
    sheet: HoursSheet, theme: Theme, window: Window, colour: DoctorColour, steps: int
) -> list[Block]:
    found = []
    for stroke in window.strokes:
        kind = stroke.brush.kind
        lines: list[str] = []
        badge, ink = "", colour
        if kind is BrushKind.OPEN:
            first = stroke.start == window.start
            lines = [span_words(window.start, window.end)] if first else []
            lines += frame_words(sheet.roster, window.frame, window.layer.priority) if first else []
        elif kind is BrushKind.BREAK:
            lines = [stroke.brush.label or "Break", span_words(stroke.start, stroke.end)]
        else:
            names, badge, ink = _types(sheet.roster, theme, stroke, colour)
            lines = [stroke.brush.label or names, span_words(stroke.start, stroke.end)]
            if stroke.brush.label:
                lines.append(names)
        found.append(
            Block(
                window.weekday,
                stroke.start,
                stroke.end,
                kind.value,
                tuple(lines),
                ink,
                badge,
                inset=steps,
                first=stroke.start == window.start,
                last=stroke.end == window.end,
                window=(window.start, window.end),
            )
        )
    return found


def frame_words(roster: Roster, frame: Frame, priority: int) -> list[str]:
    room = roster.rooms.get(frame.room_id or "")
    words = [room.name] if room is not None else []
    words.append(f"{frame.step} min steps")
    if frame.max_parallel > 1:
        words.append(f"{frame.max_parallel} side by side")
    if frame.buffer_before or frame.buffer_after:
        words.append(f"buffers {frame.buffer_before} + {frame.buffer_after} min")
    if priority:
        words.append(f"priority {priority}")
    return words


def _types(
    roster: Roster, theme: Theme, stroke: Stroke, usual: DoctorColour
) -> tuple[str, str, DoctorColour]:
    kinds = [roster.types[one] for one in stroke.brush.type_ids if one in roster.types]
    if not kinds:
        return "Reserved", "", usual
    colour = theme.doctor_colour(kinds[0].colour) if kinds[0].colour else usual
    return ", ".join(kind.name for kind in kinds), kinds[0].code, colour


def type_names(roster: Roster, type_ids: Sequence[Id]) -> str:
    return ", ".join(roster.types[one].name for one in type_ids if one in roster.types)


def cell_words(sheet: HoursSheet, cell: Cell) -> str:
    """ "open 09:00–12:30, Room 1, 15 min steps", "closed", "closed here; Elm Park 14:00–17:30"."""
    window = window_at(sheet.layers, sheet.plan, sheet.location_id, cell.day, cell.minute)
    if window is None:
        for other in windows(sheet.layers, sheet.plan, cell.day):
            if other.start <= cell.minute < other.end:
                place = sheet.roster.locations.get(other.frame.location_id)
                name = place.name if place is not None else "another site"
                return f"closed here; {name} {span_words(other.start, other.end)}"
        return "closed"
    stroke = stroke_at(window, cell.minute)
    facts = ", ".join(
        [
            span_words(window.start, window.end),
            *frame_words(sheet.roster, window.frame, window.layer.priority),
        ]
    )
    if stroke is None or stroke.brush.kind is BrushKind.OPEN:
        return f"open {facts}"
    part = span_words(stroke.start, stroke.end)
    if stroke.brush.kind is BrushKind.BREAK:
        return f"break {stroke.brush.label} {part}, in hours {facts}"
    names = type_names(sheet.roster, stroke.brush.type_ids)
    return f"reserved for {names} {part}, in hours {facts}"


def plan_note(sheet: HoursSheet, today: date) -> str:
    """What has to be said about the plan on the table."""
    plan = sheet.plan
    if plan.valid_until is not None and plan.valid_until < today:
        return "These hours are over; they are kept for the record."
    if plan.valid_from is not None and plan.valid_from > today:
        return "These hours are still to come."
    if sheet.stored_plan:
        return "To change them from a day on, give that day as “valid from” first."
    return ""
