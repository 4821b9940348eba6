"""The day sheet and the week: columns against the clock, every visit with its whole name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from clinic_desk.services.paper import PaperData, SheetKind
from clinic_desk.services.views import Cell
from clinic_desk.ui.geometry.packing import Item, pack
from clinic_desk.ui.geometry.papergrid import Block, Part, Stretch, lay
from clinic_desk.ui.models.words import day_words, plural
from clinic_desk.ui.paper.marks import (
    FAINT,
    FILL,
    INK,
    RULE,
    SHADE,
    SOFT,
    Box,
    Page,
    Sheet,
    Words,
)
from clinic_desk.ui.paper.parts import (
    Frame,
    Look,
    day_title,
    details,
    ink_of,
    name_of,
    site_of,
    struck,
    wall,
)
from clinic_desk.ui.paper.time_columns import (
    Column,
    doctor_columns,
    room_columns,
    span,
    visit_minutes,
    without_empty_weekend,
)

PAD = 2.0

HIGHEST = 0.6
"""Of a page, that one visit's words may take."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A visit in its column: ``at`` and ``width`` across, with its wrapped words."""

    cell: Cell
    at: float
    width: float
    lines: tuple[Words, ...]


@dataclass(slots=True)
class Strip:
    """A column as it is printed; a crowded one takes several."""

    column: Column
    blocks: list[Block] = field(default_factory=list)
    placed: dict[str, Placed] = field(default_factory=dict)
    more: bool = False


def day_sheet(data: PaperData, look: Look) -> Sheet:
    wish = data.wish
    frames = Frame(data, look, f"Day sheet · {_days(wish.first, wish.last)}", _told(data))
    day = wish.first
    while day <= wish.last:
        columns = room_columns(data, day) if wish.by_room else doctor_columns(data, day)
        _print(frames, columns, several=wish.first != wish.last)
        day += timedelta(days=1)
    return frames.sheet(len(data.cells))


def week_sheet(data: PaperData, look: Look) -> Sheet:
    """Each doctor has a page, their days are its columns."""
    wish = data.wish
    frames = Frame(data, look, f"Week · {_days(wish.first, wish.last)}", _told(data))
    columns: list[Column] = []
    day = wish.first
    while day <= wish.last:
        of_day = room_columns(data, day) if wish.by_room else doctor_columns(data, day)
        for column in of_day:
            places = dict.fromkeys(site_of(cell.location_id, data) for cell in column.cells)
            column.group, column.title = column.title, day_words(day)
            column.below = " · ".join(text for text in places if text)
        columns += of_day
        day += timedelta(days=1)
    groups: dict[str, list[Column]] = defaultdict(list)
    for column in columns:
        groups[column.key].append(column)
    used = [group for group in groups.values() if any(c.cells or c.open for c in group)]
    for group in used or list(groups.values())[:1]:
        _print(frames, without_empty_weekend(group), several=True)
    return frames.sheet(len(data.cells))


def _days(first: date, last: date) -> str:
    return day_title(first) if first == last else f"{day_title(first)} – {day_title(last)}"


def _told(data: PaperData) -> str:
    return plural(len(data.cells), "visit") if data.cells else "no visits"


# -- the pages ---------------------------------------------------------------------------------


def _print(frame: Frame, columns: list[Column], *, several: bool) -> None:
    data, look = frame.data, frame.look
    low, high = span(data, look, columns)
    outside = _cut_out(data, columns, low, high)
    gutter = frame.type.length("00:00", "small") + 6
    across = frame.inner - gutter
    strips, per_page = _fitted(frame, columns, across)
    width = across / per_page
    for at in range(0, len(strips) or 1, per_page):
        shown = strips[at : at + per_page]
        heads = max((_head_height(frame, strip, width, several) for strip in shown), default=0.0)
        note = frame.type.line("small") if outside else 0.0
        room = frame.room - heads - note
        blocks = [block for strip in shown for block in strip.blocks]
        least = frame.type.line("text") * 1.2
        for stretch in lay(blocks, low, high, room, least=least):
            page = frame.page(columns[0].group if columns else "")
            top = frame.top + heads
            _clock(frame, page, stretch, top, gutter)
            for number, strip in enumerate(shown):
                left = frame.left + gutter + number * width
                _head(frame, page, strip, left, width, several)
                _column(frame, page, strip, stretch, left, width, top)
            if outside:
                told = f"{plural(outside, 'visit')} outside these hours not on this sheet."
                y = frame.bottom - note
                page.marks.append(Words(frame.left, y, frame.inner, told, "small", INK))


def _fitted(frame: Frame, columns: Sequence[Column], across: float) -> tuple[list[Strip], int]:
    """The strips and how many of them a page holds: fewer and wider ones where a long name beside
    others would be higher than the sheet."""
    lane = frame.type.size * 6.5
    fit = max(1, int(across // (lane * 1.7)))
    per_page = min(frame.look.columns or fit, max(1, int(across // lane)))
    per_page = max(1, min(per_page, len(columns)))
    while True:
        width = across / per_page
        lanes = max(1, int(width // lane))
        strips = [strip for column in columns for strip in _strips(frame, column, width, lanes)]
        tallest = max((block.need for strip in strips for block in strip.blocks), default=0.0)
        if tallest <= frame.room * HIGHEST or (lanes == 1 and per_page == 1):
            return strips, per_page
        if lanes > 1:
            lane = width / (lanes - 1) - 0.01
        else:
            per_page -= 1


def _cut_out(data: PaperData, columns: Sequence[Column], low: int, high: int) -> int:
    """Takes the visits out of the columns that lie wholly outside the hours asked for; answers
    how many."""
    outside = 0
    for column in columns:
        kept = []
        for cell in column.cells:
            start, end = visit_minutes(cell, data, column.day)
            if end <= low or start >= high:
                outside += 1
            else:
                kept.append(cell)
        column.cells = kept
    return outside


def _strips(frame: Frame, column: Column, width: float, lanes: int) -> list[Strip]:
    """Visits side by side; where they are more than ``lanes`` at a time, another strip."""
    data, look = frame.data, frame.look
    low, high = span(data, look, [column])
    by_id = {cell.id: cell for cell in column.cells}
    items = []
    for cell in column.cells:
        start, end = visit_minutes(cell, data, column.day)
        if look.opens is not None:
            start = max(start, low)
        if look.closes is not None:
            end = min(end, high)
        items.append(Item(cell.id, start, end))
    strips = [Strip(column)]
    for placement in pack(items):
        number, lane = divmod(placement.lane, lanes)
        while len(strips) <= number:
            strips.append(Strip(column, more=True))
        side = min(placement.lanes, lanes)
        wide = min(placement.span, side - lane) if placement.lanes <= lanes else 1
        one = width / side
        cell = by_id[placement.key]
        placed = _words(frame, cell, lane * one, one * wide - 1.5)
        need = sum(frame.type.line(line.face) for line in placed.lines) + 2 * PAD
        strips[number].placed[cell.id] = placed
        strips[number].blocks.append(Block(cell.id, int(placement.start), int(placement.end), need))
    return strips


def _words(frame: Frame, cell: Cell, at: float, width: float) -> Placed:
    """Time and whole name, then what was chosen to stand with it."""
    data, look, kind = frame.data, frame.look, frame.type
    room = width - 6
    ink, gone = ink_of(cell), struck(cell)
    start = f"{wall(cell.start, data, cell):%H:%M}"
    lines = [
        Words(0, 0, room, text, "bold", ink, struck=gone)
        for text in kind.wrapped(f"{start} {name_of(cell, look)}", room, "bold")
    ]
    more = details(cell, data, look)
    if data.wish.by_room:
        doctor = data.roster.doctors.get(cell.doctor_id)
        more = " · ".join(part for part in (doctor.code if doctor else "", more) if part)
    lines += [
        Words(0, 0, room, text, "small", FAINT if gone else SOFT)
        for text in kind.wrapped(more, room, "small")
    ]
    return Placed(cell, at, width, tuple(lines))


# -- marks -------------------------------------------------------------------------------------


def _head_lines(frame: Frame, strip: Strip, width: float, several: bool) -> list[Words]:
    column, kind = strip.column, frame.type
    room = width - 6
    over = day_title(column.day) if several and not column.group else ""
    title = f"{column.title}, beside" if strip.more else column.title
    lines = [Words(0, 0, room, text, "small", SOFT) for text in kind.wrapped(over, room, "small")]
    lines += [Words(0, 0, room, text, "bold") for text in kind.wrapped(title, room, "bold")]
    below = column.closed or column.below
    return lines + [
        Words(0, 0, room, text, "small", SOFT) for text in kind.wrapped(below, room, "small", 2)
    ]


def _head_height(frame: Frame, strip: Strip, width: float, several: bool) -> float:
    lines = _head_lines(frame, strip, width, several)
    return sum(frame.type.line(line.face) for line in lines) + 4


def _head(frame: Frame, page: Page, strip: Strip, left: float, width: float, several: bool) -> None:
    y = frame.top
    for line in _head_lines(frame, strip, width, several):
        page.marks.append(_at(line, left + 3, y))
        y += frame.type.line(line.face)


def _clock(frame: Frame, page: Page, stretch: Stretch, top: float, gutter: float) -> None:
    low, high = stretch.marks[0][0], stretch.marks[-1][0]
    page.marks.append(Box(frame.left + gutter, top, frame.inner - gutter, stretch.height, SHADE))
    small = frame.type.line("small")
    after = stretch.height
    for minute in reversed((low, *range(low + 60 - low % 60, high, 60))):
        y = stretch.y(minute)
        if y + small <= after + 1:  # what has no room says the next page, which begins with it
            told = f"{minute // 60:02d}:{minute % 60:02d}"
            page.marks.append(Words(frame.left, top + y, gutter - 5, told, "small", SOFT, "end"))
            after = y


def _column(
    frame: Frame,
    page: Page,
    strip: Strip,
    stretch: Stretch,
    left: float,
    width: float,
    top: float,
) -> None:
    low, high = stretch.marks[0][0], stretch.marks[-1][0]
    column = strip.column
    for start, end in column.open:
        _band(page, stretch, left, width, top, start, end, FILL)
    for start, end, label in column.away:
        _band(page, stretch, left, width, top, start, end, SHADE)
        y = stretch.y(max(start, low))
        if label and stretch.y(end) - y > frame.type.line("small") and start >= low:
            told = frame.type.elided(label, width - 6, "small")
            page.marks.append(Words(left + 3, top + y + 1, width - 6, told, "small", FAINT))
    for minute in range(low + (-low) % 30, high + 1, 30):
        weight = 0.4 if minute % 60 == 0 else 0.15
        page.marks.append(Box(left, top + stretch.y(minute), width, weight, RULE))
    page.marks.append(Box(left, top, width, stretch.height, "", RULE, 0.5))
    for part in stretch.parts:
        placed = strip.placed.get(part.key)
        if placed is not None:
            _visit(frame, page, part, placed, left, top)


def _visit(frame: Frame, page: Page, part: Part, placed: Placed, left: float, top: float) -> None:
    x, y = left + placed.at + 0.75, top + part.top
    page.marks.append(Box(x, y + 0.4, placed.width, part.height - 0.8, FILL, SOFT, 0.6))
    at = y + PAD
    if part.words:
        for line in placed.lines:
            page.marks.append(_at(line, x + 3, at))
            at += frame.type.line(line.face)
    small = frame.type.line("small")
    told = ""
    if part.more:
        told = "goes on" if part.words else "see the next page"
    elif part.begun and not part.words:
        told = "from the page before"
    if told and y + part.height - at > small:
        told = frame.type.elided(told, placed.width - 6, "small")
        place = y + part.height - small - 1 if part.more else at
        page.marks.append(Words(x + 3, place, placed.width - 6, told, "small", FAINT))


def _at(line: Words, x: float, y: float) -> Words:
    return Words(x, y, line.width, line.text, line.face, line.ink, line.align, line.struck)


def _band(
    page: Page,
    stretch: Stretch,
    left: float,
    width: float,
    top: float,
    start: int,
    end: int,
    fill: str,
) -> None:
    low, high = stretch.marks[0][0], stretch.marks[-1][0]
    if end > low and start < high:
        y = stretch.y(max(start, low))
        bottom = stretch.y(min(end, high))
        page.marks.append(Box(left, top + y, width, bottom - y, fill))


MAKERS = {SheetKind.DAY: day_sheet, SheetKind.WEEK: week_sheet}
