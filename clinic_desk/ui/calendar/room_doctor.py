"""Whose time a room's column stands for: a room has no hours, the doctor who works in it has."""

from __future__ import annotations

from datetime import datetime, timedelta

from clinic_desk.domain.availability.model import Band, BandKind
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.services.views import CalendarSlice, DoctorDay
from clinic_desk.ui.calendar.block_words import GONE
from clinic_desk.ui.calendar.columns import Column, shown_doctors

USUAL = timedelta(minutes=30)
_AWAY = (BandKind.TIME_OFF, BandKind.HOLIDAY, BandKind.BLOCKED, BandKind.BREAK, BandKind.EXTERNAL)


def doctor_for(
    data: CalendarSlice, column: Column, start: datetime, end: datetime | None = None
) -> Doctor | None:
    """The doctor to book, hold or block in a room's column (instants aware UTC): whose hours name
    that room, before those who may use any, before those who use another; but the free before the
    busy. None when nobody works at that location then. For a doctor's column, that doctor."""
    roster = data.snapshot.roster
    if column.doctor_id:
        return roster.doctors.get(column.doctor_id)
    until = end or start + USUAL
    ranked = []
    for place, doctor in enumerate(shown_doctors(roster, None)):
        about = data.days.get((doctor.id, column.day))
        band = _open_band(about, column, start) if about else None
        if about is None or band is None:
            continue
        busy = _away(about, start, until) or any(
            cell.doctor_id == doctor.id
            and cell.status not in GONE
            and cell.blocked_start < until
            and start < cell.blocked_end
            for cell in data.cells
        )
        ranked.append((busy, _fit(band, column), place, doctor))
    return min(ranked, key=lambda row: row[:3])[3] if ranked else None


def _fit(band: Band, column: Column) -> int:
    """0 when the hours are in that room, 1 when in any room, 2 when they name another."""
    return 0 if band.room_id == column.room_id else 1 if band.room_id is None else 2


def _open_band(about: DoctorDay, column: Column, start: datetime) -> Band | None:
    found = (
        band
        for band in about.bands
        if band.kind is BandKind.OPEN
        and band.start <= start < band.end
        and band.location_id in (None, column.location_id)
    )
    return next(found, None)


def _away(about: DoctorDay, start: datetime, end: datetime) -> bool:
    return any(b.kind in _AWAY and b.start < end and start < b.end for b in about.bands)


def booking_of(
    data: CalendarSlice | None, column: Column, start: datetime, end: datetime | None
) -> dict[str, object]:
    """What a booking at a place begins with; ``end`` None lets the type decide, a site None the
    doctor's hours."""
    doctor = doctor_for(data, column, start, end) if data is not None else None
    return {
        "doctor_id": doctor.id if doctor is not None else column.doctor_id or None,
        "start": start,
        "end": end,
        "room_id": column.room_id,
        "location_id": column.only_place if column.doctor_id else column.location_id or None,
    }
