"""The appointment slip: one visit on a card that is handed to the patient."""

from __future__ import annotations

from clinic_desk.domain.catalogue import Mode
from clinic_desk.services.paper import PaperData
from clinic_desk.services.views import Cell
from clinic_desk.ui.models.words import MODE_WORDS, long_day
from clinic_desk.ui.paper.marks import INK, SOFT, Box, Face, Page, Sheet, Type, Words
from clinic_desk.ui.paper.parts import (
    Frame,
    Look,
    doctor_of,
    room_of,
    status_of,
    struck,
    times,
)
from clinic_desk.ui.runtime.formatting import phone_text

WIDEST = 380.0
"""Points: the slip is a card in the corner of the sheet, to be cut off."""


def slip(data: PaperData, look: Look) -> Sheet:
    cell = data.cells[0]
    frame = Frame(data, look, "Appointment")
    page = frame.page()
    page.marks.clear()
    width = min(WIDEST * max(1.0, look.type_size / 9), frame.inner)
    kind = frame.type
    left, y = frame.left + 14, frame.top - kind.line("title")
    top = y
    y += 12
    for text, face, ink in _lines(data, cell):
        for line in kind.wrapped(text, width - 28, face):
            page.marks.append(Words(left, y, width - 28, line, face, ink))
            y += kind.line(face)
        y += 3
    y = _facts(data, cell, kind, page, left, y + 4, width - 28)
    page.marks.insert(0, Box(frame.left, top, width, y - top + 8, "", SOFT, 0.8))
    return frame.sheet(1)


def _lines(data: PaperData, cell: Cell) -> list[tuple[str, Face, str]]:
    person = data.patient
    name = person.spoken_name if person is not None else cell.listed_name
    day = data.day_of(cell)
    lines: list[tuple[str, Face, str]] = [
        (data.roster.practice.name, "head", SOFT),
        (name or cell.type_name, "title", INK),
        (f"{long_day(day)} {day.year}", "title", INK),
        (times(cell, data), "title", INK),
    ]
    if struck(cell):
        lines.insert(2, (f"This visit is {status_of(cell)}.", "head", INK))
    return lines


def _facts(
    data: PaperData, cell: Cell, kind: Type, page: Page, left: float, y: float, width: float
) -> float:
    place = data.roster.locations.get(cell.location_id)
    where = ", ".join(p for p in (place.name, place.address, place.city) if p) if place else ""
    facts = [
        ("With", doctor_of(cell, data)),
        ("For", cell.type_name),
        ("How", MODE_WORDS[cell.mode] if cell.mode is not Mode.IN_PERSON else ""),
        ("Where", where),
        ("Room", room_of(cell, data)),
        ("Code", cell.confirmation_code),
        ("To change it", _ring(phone_text(place.phone) if place and place.phone else "")),
    ]
    side = max(kind.length(title) for title, text in facts if text) + 12
    for title, text in facts:
        if not text:
            continue
        page.marks.append(Words(left, y, side, title, "text", SOFT))
        for line in kind.wrapped(text, width - side, "text"):
            page.marks.append(Words(left + side, y, width - side, line, "text"))
            y += kind.line("text")
        y += 2
    return y


def _ring(phone: str) -> str:
    return f"please ring {phone}" if phone else ""
