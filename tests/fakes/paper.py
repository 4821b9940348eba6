"""Clinics of any size for paper, made without a store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from pypdf import PdfReader

from clinic_desk.domain.appointments import SlotState, Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor, Location, Mode, Practice, Room
from clinic_desk.domain.spans import at_local
from clinic_desk.services.paper import PaperData, PaperWish, SheetKind
from clinic_desk.services.views import Cell
from clinic_desk.ui.paper.drawing import pdf
from clinic_desk.ui.paper.marks import Box, Sheet, Type, Words

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)


def roster(doctors: int = 1, zone: str = "Europe/London") -> Roster:
    return Roster(
        practice=Practice(id="p", name="Main Street Clinic", zone=zone),
        locations={"l": Location(id="l", name="Main Street", zone=zone, primary=True)},
        rooms={"r": Room(id="r", location_id="l", name="Room 1")},
        doctors={
            f"d{n}": Doctor(id=f"d{n}", name=f"Doctor Number{n}", code=f"D{n}", position=n)
            for n in range(doctors)
        },
        types={},
    )


def cell(
    key: str,
    name: str,
    minute: int,
    minutes: int = 15,
    doctor: str = "d0",
    *,
    day: date = DAY,
    zone: str = "Europe/London",
    status: Status = Status.CONFIRMED,
    note: str = "",
    phone: str = "+442079460182",
    room: str | None = None,
) -> Cell:
    start = at_local(day, minute, zone)
    end = start + timedelta(minutes=minutes)
    last, _, first = name.partition(", ")
    return Cell(
        id=key, revision=1, start=start, end=end, blocked_start=start, blocked_end=end,
        doctor_id=doctor, location_id="l", room_id=room, lane=0, status=status,
        slot_state=SlotState.PLACED, patient_id=f"p-{key}", last_name=last, first_name=first,
        birth_date=None, phone=phone, alert="", type_id=None, type_name="Follow-up",
        type_code="FUP", mode=Mode.IN_PERSON, note=note, flags=frozenset(), status_since=None,
        series_id=None, hold_until=None, held_by="", held_by_desk="", confirmation_code=f"A-{key}",
        cancel_reason="", created_by="", created_at=None, updated_by="", updated_at=None,
    )  # fmt: skip


def data(
    cells: Sequence[Cell],
    book: Roster,
    sheet: SheetKind = SheetKind.DAY,
    first: date = DAY,
    last: date | None = None,
    **wish: object,
) -> PaperData:
    wanted = PaperWish(sheet=sheet, first=first, last=last or first, **wish)  # type: ignore[arg-type]
    return PaperData(wish=wanted, roster=book, cells=tuple(sorted(cells, key=lambda c: c.start)))


def read_back(sheet: Sheet) -> list[str]:
    """The text of each page of the PDF, without spaces and line ends."""
    pages = PdfReader(BytesIO(pdf(sheet))).pages
    return ["".join(page.extract_text().split()) for page in pages]


def within(sheet: Sheet) -> None:
    """Nothing is painted beyond the paper, and no line of text is longer than its room."""
    kind = Type(sheet.family, sheet.type_size)
    for page in sheet.pages:
        for mark in page.marks:
            height = mark.height if isinstance(mark, Box) else kind.line(mark.face)
            assert mark.x >= -0.5, mark
            assert mark.y >= -0.5, mark
            assert mark.x + mark.width <= sheet.width + 0.5, mark
            assert mark.y + height <= sheet.height + 0.5, mark
            if isinstance(mark, Words):
                assert kind.length(mark.text, mark.face) <= mark.width + 1, mark


def apart(sheet: Sheet) -> None:
    """No two lines of text lie on each other."""
    kind = Type(sheet.family, sheet.type_size)
    for page in sheet.pages:
        words = [mark for mark in page.marks if isinstance(mark, Words) and mark.text]
        words.sort(key=lambda mark: mark.y)
        for place, one in enumerate(words):
            bottom = one.y + kind.line(one.face) - 1.5
            left, right = _ends(one, kind)
            for other in words[place + 1 :]:
                if other.y >= bottom:
                    break
                begin, end = _ends(other, kind)
                assert end <= left + 0.5 or begin >= right - 0.5, (one, other)


def _ends(mark: Words, kind: Type) -> tuple[float, float]:
    wide = kind.length(mark.text, mark.face)
    left = {"start": mark.x, "end": mark.x + mark.width - wide}.get(
        mark.align, mark.x + (mark.width - wide) / 2
    )
    return left, left + wide
