"""The month: a row for each week, a box for each day; every visit by name, or numbers alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from clinic_desk.domain.ids import Id
from clinic_desk.services.paper import PaperData, month_days
from clinic_desk.services.views import Cell
from clinic_desk.ui.models.words import doctor_short, plural
from clinic_desk.ui.paper.marks import FAINT, INK, RULE, SHADE, SOFT, Box, Page, Sheet, Words
from clinic_desk.ui.paper.parts import Frame, Look, ink_of, name_of, struck, wall
from clinic_desk.ui.runtime.formatting import DAYS, month_text, week_text

PAD = 3.0


def month_sheet(data: PaperData, look: Look) -> Sheet:
    wish = data.wish
    told = plural(len(data.cells), "visit") if data.cells else "no visits"
    frame = Frame(data, look, f"Month · {month_text(wish.first)}", told)
    weeks = month_days(wish.first, wish.last, data.roster.practice.first_weekday)
    by_day: dict[date, list[Cell]] = defaultdict(list)
    for cell in data.cells:
        by_day[data.day_of(cell)].append(cell)
    away: dict[date, list[str]] = defaultdict(list)
    for load in data.loads:
        doctor = data.roster.doctors.get(load.doctor_id)
        if load.away and doctor is not None:
            away[load.day].append(f"{doctor_short(doctor)}: {load.away}")
    days = _days_shown(weeks, by_day)
    gutter = frame.type.length("W53", "small") + 6
    width = (frame.inner - gutter) / len(days)
    boxes = {
        day: _lines(frame, by_day[day], away[day], width - 2 * PAD)
        for week in weeks
        for day in week
        if wish.first <= day <= wish.last
    }
    least = (frame.room - frame.type.line("bold")) / max(4, len(weeks)) - 0.5
    page, y = _new_page(frame, days, gutter, width)
    for week in weeks:
        shown = [week[number] for number in days]
        rest = {day: list(boxes.get(day, ())) for day in shown}
        begun = False
        while True:
            head = frame.type.line("bold") + PAD
            room = frame.bottom - y - head - PAD
            need = max((_height(frame, lines) for lines in rest.values()), default=0.0)
            wanted = max(least if not begun else 0.0, need + head + PAD)
            # a short row is not broken: it begins on the next page
            if not begun and wanted > frame.bottom - y and wanted <= frame.room * 0.9:
                page, y = _new_page(frame, days, gutter, width)
                room = frame.bottom - y - head - PAD
            taken = {day: _take(frame, lines, room) for day, lines in rest.items()}
            used = max((_height(frame, lines) for lines in taken.values()), default=0.0)
            height = min(max(used + head + PAD, 0 if begun else least), frame.bottom - y)
            for number, day in enumerate(shown):
                left = frame.left + gutter + number * width
                _box(frame, page, day, taken[day], left, y, width, height, begun)
            if not begun:
                first = data.roster.practice.first_weekday
                words = week_text(week[0], "iso", first)
                page.marks.append(Words(frame.left, y + PAD, gutter - 4, words, "small", FAINT))
            y += height
            rest = {day: lines[len(taken[day]) :] for day, lines in rest.items()}
            if not any(rest.values()):
                break
            begun = True
            page, y = _new_page(frame, days, gutter, width)
    return frame.sheet(len(data.cells))


def _days_shown(weeks: list[list[date]], by_day: dict[date, list[Cell]]) -> list[int]:
    """Places within the week; Saturday and Sunday only where something is on them."""
    return [
        number
        for number in range(7)
        if weeks[0][number].weekday() < 5 or any(by_day.get(week[number]) for week in weeks)
    ]


def _new_page(frame: Frame, days: list[int], gutter: float, width: float) -> tuple[Page, float]:
    page = frame.page()
    first = frame.data.roster.practice.first_weekday
    for place, number in enumerate(days):
        words = DAYS[(first + number) % 7]
        left = frame.left + gutter + place * width
        page.marks.append(Words(left, frame.top, width, words, "bold", SOFT, "centre"))
    return page, frame.top + frame.type.line("bold") + 2


def _lines(frame: Frame, cells: list[Cell], away: list[str], room: float) -> list[Words]:
    data, look, kind = frame.data, frame.look, frame.type
    lines = [
        Words(0, 0, room, text, "small", FAINT)
        for note in away
        for text in kind.wrapped(note, room, "small")
    ]
    if look.counts:
        return lines + _numbers(frame, cells, room)
    several = len({cell.doctor_id for cell in data.cells}) > 1
    for cell in cells:
        doctor = data.roster.doctors.get(cell.doctor_id)
        code = f" ({doctor.code})" if several and doctor is not None else ""
        told = f"{wall(cell.start, data, cell):%H:%M} {name_of(cell, look)}{code}"
        lines += [
            Words(0, 0, room, text, "small", ink_of(cell), struck=struck(cell))
            for text in kind.wrapped(told, room, "small")
        ]
    return lines


def _numbers(frame: Frame, cells: list[Cell], room: float) -> list[Words]:
    roster, kind = frame.data.roster, frame.type
    count: Counter[Id] = Counter(cell.doctor_id for cell in cells)
    doctors = sorted(
        (roster.doctors[one] for one in count if one in roster.doctors),
        key=lambda d: (d.position, d.name, d.id),
    )
    lines = []
    for doctor in doctors:
        told = f"{doctor_short(doctor)} {count[doctor.id]}"
        lines += [
            Words(0, 0, room, text, "small", INK) for text in kind.wrapped(told, room, "small")
        ]
    if len(doctors) > 1:
        lines.append(Words(0, 0, room, f"Together {len(cells)}", "small", SOFT))
    return lines


def _height(frame: Frame, lines: list[Words]) -> float:
    return sum(frame.type.line(line.face) for line in lines)


def _take(frame: Frame, lines: list[Words], room: float) -> list[Words]:
    taken, used = [], 0.0
    for line in lines:
        used += frame.type.line(line.face)
        if used > room:
            break
        taken.append(line)
    return taken


def _box(
    frame: Frame,
    page: Page,
    day: date,
    lines: list[Words],
    left: float,
    y: float,
    width: float,
    height: float,
    begun: bool,
) -> None:
    wish = frame.data.wish
    within = wish.first <= day <= wish.last
    page.marks.append(Box(left, y, width, height, "" if within else SHADE, RULE, 0.5))
    if not within:
        return
    told = f"{day.day} goes on" if begun else str(day.day)
    page.marks.append(
        Words(left + PAD, y + 1, width - 2 * PAD, told, "small" if begun else "bold", SOFT)
    )
    at = y + frame.type.line("bold") + PAD - 1
    for line in lines:
        page.marks.append(
            Words(left + PAD, at, line.width, line.text, line.face, line.ink, struck=line.struck)
        )
        at += frame.type.line(line.face)
