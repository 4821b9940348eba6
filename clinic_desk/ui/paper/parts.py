"""What all sheets share: the choices, the frame with head and foot, and the words of a visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from clinic_desk.domain.appointments import STATUS_WORDS, Status
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import zone
from clinic_desk.services.paper import GONE, PaperData, SheetKind, initials
from clinic_desk.services.views import Cell
from clinic_desk.ui.models.sites import live_sites, zone_city
from clinic_desk.ui.models.words import date_words, day_words, doctor_name
from clinic_desk.ui.paper.marks import (
    FAINT,
    INK,
    MARGIN,
    RULE,
    SOFT,
    Box,
    Page,
    Sheet,
    Type,
    Words,
    paper_points,
)
from clinic_desk.ui.runtime.formatting import phone_text

FIELDS = (
    ("phone", "Phone"),
    ("type", "Visit type"),
    ("note", "Note"),
    ("room", "Room"),
    ("status", "Status"),
)
"""What may stand beside a name."""

TURNED = frozenset({SheetKind.DAY, SheetKind.WEEK, SheetKind.MONTH})
"""Sheets that lie on their side unless somebody wants them upright."""

MOST_NOTE = 90
"""Letters of a note beside a visit; the visit's card has the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """``size`` of ``marks.SIZES``; ``turned`` is landscape. ``type_size`` in points. ``columns``
    on a page, 0 as many as are readable. ``opens`` and ``closes`` in minutes of the day bound a
    day or week sheet; None: the working hours and whatever lies outside them. ``names`` False
    prints initials. ``counts``: a month tells numbers instead of visits. ``made`` is the line at
    the foot that says when, by whom and where."""

    size: str = "A4"
    turned: bool = True
    type_size: float = 9.0
    columns: int = 0
    opens: int | None = None
    closes: int | None = None
    names: bool = True
    fields: frozenset[str] = field(default_factory=lambda: frozenset({"type", "phone"}))
    counts: bool = False
    family: str = ""
    mirrored: bool = False
    made: str = ""


class Frame:
    """Pages with the clinic's name, a title and the foot; layouts fill what is between."""

    def __init__(self, data: PaperData, look: Look, title: str, beside: str = "") -> None:
        self.data, self.look, self.title, self.beside = data, look, title, beside
        self.type = Type(look.family, look.type_size)
        self.width, self.height = paper_points(look.size, look.turned)
        self.left, self.right = MARGIN, self.width - MARGIN
        self.inner = self.width - 2 * MARGIN
        self._heading = self.type.wrapped(title, self.inner, "title")
        self._below = self.type.wrapped(self._clinic(), self.inner, "text")
        head = len(self._heading) * self.type.line("title")
        head += len(self._below) * self.type.line("text")
        self.top = MARGIN + head + 8
        self.bottom = self.height - MARGIN - self.type.line("small") - 8
        self.room = self.bottom - self.top
        self.pages: list[Page] = []

    def _clinic(self) -> str:
        roster, wish = self.data.roster, self.data.wish
        place = roster.locations.get(wish.location_id or "")
        parts = [roster.practice.name, place.name if place is not None else "", self.beside]
        return " · ".join(part for part in parts if part)

    def page(self, over: str = "") -> Page:
        """A new one, with its head; ``over`` stands beside the title."""
        page = Page()
        self.pages.append(page)
        y = MARGIN
        if over:
            begun = self.type.length(self._heading[-1], "title") + 16
            last = y + (len(self._heading) - 1) * self.type.line("title")
            room = self.inner - begun
            told = self.type.elided(over, room, "title")
            page.marks.append(Words(self.left + begun, last, room, told, "title", SOFT))
        for line in self._heading:
            page.marks.append(Words(self.left, y, self.inner, line, "title"))
            y += self.type.line("title")
        for line in self._below:
            page.marks.append(Words(self.left, y, self.inner, line, "text", SOFT))
            y += self.type.line("text")
        return page

    def sheet(self, rows: int) -> Sheet:
        """With the foot of every page, now that their number is known."""
        look, small = self.look, self.type.line("small")
        if not self.pages:
            self.page()
        total = len(self.pages)
        y = self.height - MARGIN - small
        for number, page in enumerate(self.pages, start=1):
            told = f"Page {number} of {total}"
            wide = self.type.length(told, "small") + 4
            page.marks.append(Box(self.left, y - 4, self.inner, 0.4, RULE))
            made = self.type.elided(look.made, self.inner - wide - 12, "small")
            page.marks.append(Words(self.left, y, self.inner - wide - 12, made, "small", FAINT))
            page.marks.append(Words(self.right - wide, y, wide, told, "small", SOFT, align="end"))
        return Sheet(
            title=self.title,
            width=self.width,
            height=self.height,
            family=look.family,
            type_size=look.type_size,
            pages=tuple(self.pages),
            size=look.size,
            turned=look.turned,
            mirrored=look.mirrored,
            rows=rows,
        )

    def say(self, page: Page, text: str, y: float = 0.0) -> None:
        """One sentence where nothing else is."""
        for line in self.type.wrapped(text, self.inner, "text"):
            page.marks.append(Words(self.left, y or self.top + 6, self.inner, line, "text", SOFT))
            y = (y or self.top + 6) + self.type.line("text")


def wall(moment: datetime, data: PaperData, cell: Cell) -> datetime:
    """The time on the clock of the visit's site."""
    return moment.astimezone(zone(data.zone_of(cell.location_id)))


def name_of(cell: Cell, look: Look) -> str:
    """Never empty: a visit without a patient is told by its type."""
    if cell.patient_id is None or not cell.listed_name:
        return cell.type_name or "Visit"
    return cell.listed_name if look.names else initials(cell)


def times(cell: Cell, data: PaperData) -> str:
    return f"{wall(cell.start, data, cell):%H:%M}–{wall(cell.end, data, cell):%H:%M}"


def room_of(cell: Cell, data: PaperData) -> str:
    room = data.roster.rooms.get(cell.room_id or "")
    return room.name if room is not None else ""


def doctor_of(cell: Cell, data: PaperData) -> str:
    doctor = data.roster.doctors.get(cell.doctor_id)
    return doctor_name(doctor) if doctor is not None else ""


def one_word(text: str) -> str:
    """A number is not broken at the end of a line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def site_of(location_id: Id | None, data: PaperData) -> str:
    """ "Riverside (New York time)": where, in a clinic of several sites of which none was chosen,
    and on whose clock, where that is not the clinic's own."""
    roster = data.roster
    place = roster.locations.get(location_id or "")
    if place is None or data.wish.location_id is not None or len(live_sites(roster)) < 2:
        return ""
    other = place.zone != roster.practice.zone
    return f"{place.name} ({zone_city(place.zone)} time)" if other else place.name


def status_of(cell: Cell) -> str:
    words = STATUS_WORDS[cell.status]
    return words if cell.status is not Status.SCHEDULED else ""


def details(cell: Cell, data: PaperData, look: Look, *, but: frozenset[str] = frozenset()) -> str:
    """What was chosen to stand beside the name, joined. A note only where names may stand: it
    says who somebody is as well as their name does."""
    wanted = look.fields - but
    parts = []
    if cell.status in GONE or cell.status is Status.NO_SHOW or "status" in wanted:
        parts.append(status_of(cell))
    if "type" in wanted and cell.patient_id is not None:
        parts.append(cell.type_name)
    if "room" in wanted:
        parts.append(room_of(cell, data))
    if "phone" in wanted and look.names:
        parts.append(one_word(phone_text(cell.phone)) if cell.phone else "")
    if "note" in wanted and look.names:
        note = " ".join(cell.note.split())
        parts.append(note if len(note) <= MOST_NOTE else f"{note[:MOST_NOTE].rstrip()}…")
    return " · ".join(part for part in parts if part)


def struck(cell: Cell) -> bool:
    return cell.status in GONE


def ink_of(cell: Cell) -> str:
    return FAINT if struck(cell) else INK


def day_title(day: date) -> str:
    """ "Tue 24 Nov 2026": with the year, since paper is kept."""
    return f"{day_words(day)} {day.year}"


def born(birth_date: date | None) -> str:
    return f"born {date_words(birth_date)}" if birth_date is not None else ""
