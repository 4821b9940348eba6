"""Lists on paper: agenda, call list, waiting list, a patient's appointments. A row that does not
fit goes to the next page whole; one that is longer than a page goes on there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from clinic_desk.services.paper import PaperData
from clinic_desk.services.views import Cell
from clinic_desk.ui.models import waiting
from clinic_desk.ui.models.knowing import OVER
from clinic_desk.ui.models.words import doctor_of as doctor_words
from clinic_desk.ui.models.words import plural
from clinic_desk.ui.paper.marks import INK, RULE, SHADE, SOFT, Box, Face, Page, Sheet, Words
from clinic_desk.ui.paper.parts import (
    Frame,
    Look,
    born,
    day_title,
    doctor_of,
    ink_of,
    name_of,
    room_of,
    site_of,
    status_of,
    struck,
    times,
)
from clinic_desk.ui.runtime.formatting import phone_text
from clinic_desk.ui.runtime.privacy import initials

PAD = 3.0


@dataclass(frozen=True, slots=True)
class Field:
    """A column: ``share`` of the width that is left over, or ``fixed`` points. ``box`` is an
    empty square to tick."""

    title: str
    share: float = 0.0
    fixed: float = 0.0
    bold: bool = False
    box: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """``heading`` non-empty: a line of its own over the rows that follow."""

    texts: tuple[str, ...] = ()
    heading: str = ""
    ink: str = INK
    struck: bool = False


class Table:
    """Rows onto the pages of a frame."""

    def __init__(self, frame: Frame, fields: Sequence[Field]) -> None:
        self.frame, self.fields = frame, fields
        left = frame.inner - sum(one.fixed for one in fields)
        shares = sum(one.share for one in fields) or 1.0
        self.widths = [one.fixed or left * one.share / shares for one in fields]
        self.page: Page | None = None
        self.y = 0.0

    def put(self, rows: Sequence[Row]) -> None:
        heading = ""
        for place, row in enumerate(rows):
            if row.heading:
                heading = row.heading
                after = self._height(rows[place + 1]) if place + 1 < len(rows) else 0.0
                self._room(self.frame.type.line("head") + 2 * PAD + after, "")
                self._heading(heading)
                continue
            self._room(self._height(row), heading)
            self._row(row, heading)

    def _cells(self, row: Row) -> list[list[str]]:
        kind = self.frame.type
        return [
            kind.wrapped(text, width - 2 * PAD, self._face(field))
            for text, width, field in zip(row.texts, self.widths, self.fields, strict=True)
        ]

    def _face(self, field: Field) -> Face:
        return "bold" if field.bold else "text"

    def _height(self, row: Row) -> float:
        if row.heading:
            return self.frame.type.line("head") + 2 * PAD
        most = max((len(lines) for lines in self._cells(row)), default=1)
        return max(1, most) * self.frame.type.line("text") + 2 * PAD

    def _room(self, height: float, heading: str) -> None:
        whole = self.frame.room - self.frame.type.line("bold") - 4 * PAD
        if self.page is None or (self.y + height > self.frame.bottom and height < whole):
            self._new_page(heading)

    def _new_page(self, heading: str) -> None:
        frame = self.frame
        page = self.page = frame.page()
        x, self.y = frame.left, frame.top
        for field, width in zip(self.fields, self.widths, strict=True):
            if field.title:
                page.marks.append(
                    Words(x + PAD, self.y, width - 2 * PAD, field.title, "small", SOFT)
                )
            x += width
        self.y += frame.type.line("small") + 2
        page.marks.append(Box(frame.left, self.y, frame.inner, 0.8, SOFT))
        self.y += 2
        if heading:
            self._heading(f"{heading}, continued")

    def _heading(self, text: str) -> None:
        frame, page = self.frame, self.page
        assert page is not None
        height = frame.type.line("head") + PAD
        page.marks.append(Box(frame.left, self.y, frame.inner, height, SHADE))
        told = frame.type.elided(text, frame.inner - 2 * PAD, "head")
        page.marks.append(
            Words(frame.left + PAD, self.y + PAD / 2, frame.inner - 2 * PAD, told, "head")
        )
        self.y += height + 1

    def _row(self, row: Row, heading: str) -> None:
        frame, line = self.frame, self.frame.type.line("text")
        cells = self._cells(row)
        most = max(1, max((len(lines) for lines in cells), default=1))
        done = 0
        while done < most:
            page = self.page
            assert page is not None
            fits = max(1, int((frame.bottom - self.y - 2 * PAD) // line))
            count = min(most - done, fits)
            x = frame.left
            for field, width, lines in zip(self.fields, self.widths, cells, strict=True):
                if field.box and not done:
                    side = frame.type.size
                    page.marks.append(Box(x + PAD, self.y + PAD, side, side, "", SOFT, 0.8))
                for number, text in enumerate(lines[done : done + count]):
                    y = self.y + PAD + number * line
                    page.marks.append(
                        Words(
                            x + PAD, y, width - 2 * PAD, text, self._face(field), row.ink,
                            struck=row.struck and field.bold,
                        )
                    )  # fmt: skip
                x += width
            self.y += count * line + 2 * PAD
            page.marks.append(Box(frame.left, self.y - 0.4, frame.inner, 0.3, RULE))
            done += count
            if done < most:
                self._new_page(heading)


# -- the lists ---------------------------------------------------------------------------------


def agenda_sheet(data: PaperData, look: Look) -> Sheet:
    wish = data.wish
    title = f"Agenda · {_days(wish.first, wish.last)}"
    told = " · ".join(part for part in (wish.what, plural(len(data.cells), "visit")) if part)
    frame = Frame(data, look, title, told)
    fields = [
        Field("Time", fixed=frame.type.length("00:00–00:00") + 4 * PAD),
        Field("Patient", 3, bold=True),
        Field("Doctor", 2.2),
    ]
    wanted = look.fields
    if "type" in wanted:
        fields.append(Field("Visit", 1.9))
    if "room" in wanted:
        fields.append(Field("Room", 1.3))
    if "phone" in wanted and look.names:
        fields.append(Field("Phone", 2))
    fields.append(Field("Status", 1.2))
    if "note" in wanted and look.names:
        fields.append(Field("Note", 3))
    rows: list[Row] = []
    day: date | None = None
    for cell in data.cells:
        if data.day_of(cell) != day:
            day = data.day_of(cell)
            rows.append(Row(heading=day_title(day)))
        texts = [times(cell, data), name_of(cell, look), _with(cell, data)]
        if "type" in wanted:
            texts.append(cell.type_name)
        if "room" in wanted:
            texts.append(room_of(cell, data))
        if "phone" in wanted and look.names:
            texts.append(phone_text(cell.phone) if cell.phone else "")
        texts.append(status_of(cell).capitalize())
        if "note" in wanted and look.names:
            texts.append(cell.note)
        rows.append(Row(tuple(texts), ink=ink_of(cell), struck=struck(cell)))
    Table(frame, fields).put(rows)
    return _finished(frame, len(data.cells), "There are no visits on these days.")


def calls_sheet(data: PaperData, look: Look) -> Sheet:
    """Who is rung about the visits of these days: always with the number."""
    wish = data.wish
    told = " · ".join(part for part in (wish.what, plural(len(data.cells), "call")) if part)
    frame = Frame(data, look, f"Call list · {_days(wish.first, wish.last)}", told)
    fields = (
        Field("", fixed=frame.type.size + 3 * PAD, box=True),
        Field("Time", fixed=frame.type.length("00:00–00:00") + 4 * PAD),
        Field("Patient", 3, bold=True),
        Field("Phone", 2.6),
        Field("Doctor", 2.2),
        Field("Visit", 1.8),
        Field("Result", 3),
    )
    rows: list[Row] = []
    day: date | None = None
    for cell in data.cells:
        if data.day_of(cell) != day:
            day = data.day_of(cell)
            rows.append(Row(heading=day_title(day)))
        known = data.contacts.get(cell.patient_id or "")
        numbers = tuple(n for n in (known.mobile, known.phone) if n) if known else ()
        phones = ", ".join(dict.fromkeys(phone_text(n) for n in numbers or (cell.phone,) if n))
        if not phones and known is not None and known.email:
            phones = known.email
        rows.append(
            Row(
                ("", times(cell, data), name_of(cell, look), phones or "no number on file",
                 _with(cell, data), cell.type_name, ""),
                ink=ink_of(cell),
            )
        )  # fmt: skip
    Table(frame, fields).put(rows)
    return _finished(frame, len(data.cells), "There is nobody to ring about these days.")


def ringing_sheet(data: PaperData, look: Look) -> Sheet:
    """Who is rung about a plan: where they were to come, and what is proposed instead."""
    calls = data.wish.calls
    frame = Frame(data, look, data.wish.what, plural(len(calls), "call"))
    fields = (
        Field("", fixed=frame.type.size + 3 * PAD, box=True),
        Field("Patient", 2.4, bold=True),
        Field("Phone", 2),
        Field("Was", 2.2),
        Field("Proposed", 2.4),
        Field("Note", 2.4),
        Field("Result", 2),
    )
    notes = [(call.language, call.note if look.names else "") for call in calls]
    rows = [
        Row(
            (
                "",
                call.patient if look.names else _initials(call.patient),
                ", ".join(phone_text(number) for number in call.phones) or "no number on file",
                call.was,
                call.proposed,
                " · ".join(part for part in note if part),
                "",
            )
        )
        for call, note in zip(calls, notes, strict=True)
    ]
    Table(frame, fields).put(rows)
    return _finished(frame, len(calls), "There is nobody to ring.")


def _initials(listed: str) -> str:
    last, _, first = listed.partition(", ")
    return initials(first, last)


def waiting_sheet(data: PaperData, look: Look, now: datetime) -> Sheet:
    """The waiting list, to ring from; in the order in which it is worked."""
    cards, roster = data.waiting, data.roster
    told = " · ".join(
        part for part in (data.wish.what, plural(len(cards), "person", "people")) if part
    )
    frame = Frame(data, look, f"Waiting list · {day_title(data.wish.first)}", told)
    fields = (
        Field("", fixed=frame.type.size + 3 * PAD, box=True),
        Field("Patient", 3, bold=True),
        Field("Phone", 2.4),
        Field("Visit", 2),
        Field("Doctor", 2),
        Field("When it suits", 2.6),
        Field("Urgency", 1.3),
        Field("Note", 2.6),
    )
    rows = []
    for card in cards:
        person, entry = card.patient, card.entry
        name = person.listed_name
        if not look.names:
            name = " ".join(f"{n.strip()[0].upper()}." for n in name.split(",") if n.strip())
        rows.append(
            Row(
                (
                    "",
                    name,
                    phone_text(person.phone) if person.phone else "no number on file",
                    card.type_name,
                    doctor_words(roster, entry.doctor_id),
                    waiting.wishes(entry, now.date()),
                    waiting.URGENCY_WORDS[entry.urgency],
                    entry.note if look.names else "",
                )
            )
        )
    Table(frame, fields).put(rows)
    return _finished(frame, len(cards), "Nobody is on the waiting list.")


def patient_sheet(data: PaperData, look: Look, now: datetime) -> Sheet:
    """For the patient's own hands: always with the whole name, and without the desk's notes."""
    person = data.patient
    name = person.spoken_name if person is not None else ""
    below = [person.record_number, born(person.birth_date)] if person is not None else []
    frame = Frame(data, look, f"Appointments · {name}", " · ".join(p for p in below if p))
    fields = (
        Field("Day", 2.2, bold=True),
        Field("Time", fixed=frame.type.length("00:00–00:00") + 4 * PAD),
        Field("With", 2.6),
        Field("Visit", 2),
        Field("Where", 3.4),
        Field("", 1.3),
    )
    # one that is over before its planned end is not to come any more
    coming = [cell for cell in data.cells if cell.end > now and cell.status not in OVER]
    past = [cell for cell in data.cells if cell not in coming]
    rows = []
    for title, cells in (("Coming", coming), ("Earlier", list(reversed(past)))):
        if cells:
            rows.append(Row(heading=title))
            rows += [_own(cell, data) for cell in cells]
    Table(frame, fields).put(rows)
    made = _finished(frame, len(data.cells), "There are no appointments.")
    number = person.record_number if person is not None else ""
    return replace(made, covered=f"Appointments · {number}")


def _own(cell: Cell, data: PaperData) -> Row:
    place = data.roster.locations.get(cell.location_id)
    where = [place.name, place.address, place.city] if place is not None else []
    where.append(room_of(cell, data))
    texts = (
        day_title(data.day_of(cell)),
        times(cell, data),
        doctor_of(cell, data),
        cell.type_name,
        ", ".join(part for part in where if part),
        status_of(cell).capitalize() if struck(cell) else cell.confirmation_code,
    )
    return Row(texts, ink=ink_of(cell), struck=struck(cell))


def _with(cell: Cell, data: PaperData) -> str:
    place = site_of(cell.location_id, data)
    return (
        f"{doctor_words(data.roster, cell.doctor_id)}, {place}" if place else doctor_of(cell, data)
    )


def _days(first: date, last: date) -> str:
    return day_title(first) if first == last else f"{day_title(first)} – {day_title(last)}"


def _finished(frame: Frame, rows: int, nothing: str) -> Sheet:
    if not frame.pages:
        frame.say(frame.page(), nothing)
    return frame.sheet(rows)
