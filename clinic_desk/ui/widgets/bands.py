"""What lies over open time in a little day: time kept for some types of visit, and time blocked
for one alone. Such time can be booked; it is not painted as closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter

from clinic_desk.domain.availability.model import Band, BandKind, Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import zone
from clinic_desk.services.views import DoctorDay
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import faded, mix
from clinic_desk.ui.widgets import paint

KEPT = frozenset({BandKind.RESERVED, BandKind.LIMITED})
TINT = 0.13
EDGE, STRIP = 2, 5
_WORDS = {
    BandKind.BREAK: "Break",
    BandKind.TIME_OFF: "Leave",
    BandKind.REQUESTED: "Leave requested",
    BandKind.HOLIDAY: "Closed",
    BandKind.BLOCKED: "Blocked",
    BandKind.EXTERNAL: "Busy in the own calendar",
    BandKind.RESERVED: "Kept for some types of visit",
    BandKind.LIMITED: "Blocked for one type of visit",
}
Colours = Mapping[Id, str]


def type_colours(roster: Roster | None) -> dict[Id, str]:
    """The names of the types' colours, as far as they have one."""
    types = roster.types.values() if roster is not None else ()
    return {row.id: row.colour for row in types if row.colour}


def seen_from(day: DoctorDay, site: Id) -> DoctorDay:
    """The day without what closes another site alone: a block limited to that one leaves the
    doctor free here."""
    kept = [b for b in day.bands if b.kind is BandKind.OPEN or b.location_id in (None, site)]
    return replace(day, bands=tuple(kept))


def paint_kept_band(
    painter: QPainter,
    theme: Theme,
    rect: QRect,
    band: Band,
    colours: Colours,
    *,
    named: bool,
    mirrored: bool = False,
) -> None:
    """``RESERVED`` as a tint in its type's colour, ``LIMITED`` as a hatched strip at the side; with
    its words where ``named`` and there is room."""
    tokens = theme.tokens
    if band.kind is BandKind.RESERVED:
        ink = _ink(theme, band, colours)
        painter.fillRect(rect, mix(ink, tokens.canvas, TINT))
        left = rect.right() - EDGE + 1 if mirrored else rect.left()
        painter.fillRect(left, rect.top(), EDGE, rect.height(), faded(ink, 0.7))
    else:
        wide = theme.px(STRIP)
        left = rect.left() if mirrored else rect.right() - wide + 1
        strip = QRect(left, rect.top(), wide, rect.height())
        painter.fillRect(strip, tokens.off)
        painter.fillRect(strip, QBrush(tokens.text3, Qt.BrushStyle.BDiagPattern))
    font = theme.font("caption")
    height = QFontMetrics(font).height()
    if named and band.label and rect.height() >= height:
        painter.setFont(font)
        painter.setPen(tokens.text if band.kind is BandKind.RESERVED else tokens.text2)
        top = rect.top() + min(3, (rect.height() - height) // 2)
        where = QRect(rect.left() + 7, top, rect.width() - 14, height)
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        paint.elided(painter, where, band.label, Qt.AlignmentFlag.AlignTop | side)


def _ink(theme: Theme, band: Band, colours: Colours) -> QColor:
    name = next((colours[t] for t in band.type_ids if colours.get(t)), "")
    return theme.doctor_colour(name).stripe if name else theme.tokens.accent


def band_tip(bands: Iterable[Band], instant: datetime, zone_name: str) -> str:
    """ "13:00–14:00 New patient only": what is at that moment, what lies on top first; empty where
    the time is plainly open or nobody works."""
    here = [b for b in bands if b.kind is not BandKind.OPEN and b.start <= instant < b.end]
    here.sort(key=lambda band: band.kind in KEPT)
    return "\n".join(band_words(band, zone_name) for band in here)


def band_words(band: Band, zone_name: str) -> str:
    """ "13:00–14:00 New patient only" on the clock of that zone."""
    first, last = band.start.astimezone(zone(zone_name)), band.end.astimezone(zone(zone_name))
    midnight = last.date() > first.date() and not (last.hour or last.minute)
    end = "24:00" if midnight else f"{last:%H:%M}"
    word, said = _WORDS.get(band.kind, ""), band.label
    if said and band.kind not in KEPT and said.casefold() != word.casefold():
        said = f"{word}: {said}"
    return f"{first:%H:%M}–{end} {said or word}"
