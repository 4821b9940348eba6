"""From a wish to finished pages. Off the main thread: a clinic's week is thousands of texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from clinic_desk.services.paper import PaperData, PaperWish, SheetKind, gather
from clinic_desk.services.ports import Queries
from clinic_desk.ui.paper.marks import Sheet
from clinic_desk.ui.paper.month_sheet import month_sheet
from clinic_desk.ui.paper.parts import Look
from clinic_desk.ui.paper.slip import slip
from clinic_desk.ui.paper.table_sheet import (
    agenda_sheet,
    calls_sheet,
    patient_sheet,
    ringing_sheet,
    waiting_sheet,
)
from clinic_desk.ui.paper.time_sheet import day_sheet, week_sheet

THEIRS = frozenset({SheetKind.SLIP, SheetKind.PATIENT})
"""Handed to the patient: names are never shortened there."""

CROWDED = frozenset({SheetKind.DAY, SheetKind.WEEK, SheetKind.MONTH})
LARGE = 11.0
"""Points, for those who read it at home."""

TRIED = (9.0, 8.0, 7.0)
"""Points; where nobody chose, the largest with which a crowded sheet takes the fewest pages."""


def make(queries: Queries, wish: PaperWish, look: Look, now: datetime) -> Sheet:
    """Raises ``NotFound`` for a visit or patient that is not there."""
    return laid_out(gather(queries, wish), look, now)


def laid_out(data: PaperData, look: Look, now: datetime) -> Sheet:
    kind = data.wish.sheet
    if kind in THEIRS:
        look = replace(look, names=True)
    if not look.type_size and kind in THEIRS:
        look = replace(look, type_size=LARGE)
    if look.type_size:
        return _made(data, look, now)
    best = _made(data, replace(look, type_size=TRIED[0]), now)
    for size in TRIED[1:] if kind in CROWDED else ():
        if len(best.pages) > _least(data):
            tried = _made(data, replace(look, type_size=size), now)
            best = tried if len(tried.pages) < len(best.pages) else best
    return best


def _least(data: PaperData) -> int:
    """Pages below which no type is small enough: one, or one for each day or doctor."""
    if data.wish.sheet is SheetKind.DAY:
        return (data.wish.last - data.wish.first).days + 1
    return 1


def _made(data: PaperData, look: Look, now: datetime) -> Sheet:
    match data.wish.sheet:
        case SheetKind.DAY:
            return day_sheet(data, look)
        case SheetKind.WEEK:
            return week_sheet(data, look)
        case SheetKind.MONTH:
            return month_sheet(data, look)
        case SheetKind.AGENDA:
            return agenda_sheet(data, look)
        case SheetKind.CALLS:
            return calls_sheet(data, look)
        case SheetKind.RINGING:
            return ringing_sheet(data, look)
        case SheetKind.WAITING:
            return waiting_sheet(data, look, now)
        case SheetKind.PATIENT:
            return patient_sheet(data, look, now)
        case SheetKind.SLIP:
            return slip(data, look)
