"""A visit in words: for the card, the status bar and assistive technology."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from clinic_desk.domain.appointments import STATUS_WORDS, Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import age_on
from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import Cell, MonthVisit
from clinic_desk.ui.calendar.block_words import late_minutes, waiting_minutes
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.grid_layout import Block
from clinic_desk.ui.calendar.phones import shown_phone
from clinic_desk.ui.models.sites import both_spans, live_sites, other_clock
from clinic_desk.ui.models.words import (
    MODE_WORDS,
    clock_words,
    day_words,
    doctor_of,
    moment_words,
    plural,
    since_words,
    span_words,
)
from clinic_desk.ui.runtime.privacy import CURTAIN

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.grid_view import TimeGridView

FLAG_WORDS = {
    "new": "new patient", "alert": "alert", "interpreter": "interpreter", "unpaid": "unpaid",
    "series": "series", "note": "note", "online": "booked online", "unsynced": "not yet sent",
    "walk_in": "walk-in", "video": "video", "phone": "by phone", "parked": "on the shelf",
    "overbooked": "overbooked", "late": "late", "must_move": "must be moved",
}  # fmt: skip
NOTE_LIMIT = 200


def spoken_cell(cell: Cell) -> str:
    """ "Ana Lee"; a hold is called by what it is."""
    name = CURTAIN.spoken(cell)
    if name:
        return name
    return "held" if cell.status is Status.HELD else "no name"


def zone_for(cell: Cell | MonthVisit, roster: Roster) -> str:
    location = roster.locations.get(cell.location_id)
    return location.zone if location else roster.practice.zone


def accessible_name(cell: Cell, roster: Roster, now: datetime) -> str:
    """ "10:15 to 10:35, Ana Lee, follow-up, Dr Wu, arrived, waiting 12 minutes"."""
    zone = zone_for(cell, roster)
    other = other_clock(cell.start, zone, roster.practice.zone)
    parts = [
        f"{clock_words(cell.start, zone)} to {clock_words(cell.end, zone)}",
        f"{other} time" if other else "",
        spoken_cell(cell),
        cell.type_name.lower(),
        doctor_of(roster, cell.doctor_id),
    ]
    if cell.status is not Status.HELD:
        parts.append(STATUS_WORDS[cell.status])
    waited, late = waiting_minutes(cell, now), late_minutes(cell, now)
    if waited is not None:
        parts.append(f"waiting {waited} minutes")
    elif late:
        parts.append(f"{late} minutes late")
    if cell.status is Status.HELD and cell.held_by:
        parts.append(f"by {cell.held_by}")
    parts += [FLAG_WORDS[f] for f in sorted(cell.flags) if f in FLAG_WORDS and f != "late"]
    return ", ".join(part for part in parts if part)


def short_line(cell: Cell, roster: Roster) -> str:
    """ "Lee, Ana · 10:15–10:45 · Dr Demir · in room": the status bar."""
    zone = zone_for(cell, roster)
    parts = (
        CURTAIN.name(cell, "Held"),
        both_spans(cell.start, cell.end, zone, roster.practice.zone),
        doctor_of(roster, cell.doctor_id),
        STATUS_WORDS[cell.status],
    )
    return " · ".join(part for part in parts if part)


def crowd_words(block: Block, column: Column) -> str:
    """ "14 visits 09:00–10:00 · Tue 24 Nov · 62 % full": a block of several."""
    when = span_words(block.start, block.end, column.zone)
    parts = [f"{plural(len(block.overflow), 'visit')} {when}", day_words(column.day)]
    if block.share is not None:
        parts.append(f"{block.share:.0%} full")
    return " · ".join(parts)


def crowd(grid: TimeGridView, ids: Sequence[Id]) -> tuple[str, list[tuple[Id, str, str]]] | None:
    """The visits behind a "+7 more": the title, and of each its id, icon and words, by time."""
    if grid.slice is None:
        return None
    roster = grid.slice.snapshot.roster
    cells = sorted(
        (cell for i in ids if (cell := grid.arrangement.cell_of(i)) is not None),
        key=lambda c: (c.start, c.doctor_id, c.id),
    )
    rows = []
    for cell in cells:
        doctor = roster.doctors.get(cell.doctor_id)
        code = doctor.code if doctor is not None else ""
        when = clock_words(cell.start, zone_for(cell, roster))
        words = f"{when}  {code}  {CURTAIN.name(cell, 'Held')}"
        rows.append((cell.id, f"status-{cell.status.value}", words))
    block = grid.arrangement.by_id[ids[0]]
    return crowd_words(block, grid.columns[block.column]), rows


def card_lines(cell: Cell, roster: Roster, now: datetime) -> list[tuple[str, str]]:
    """(icon, text) rows under the name, in the order of ux.md 1.4."""
    zone = zone_for(cell, roster)
    today = local_date(now, zone)
    day = local_date(cell.start, zone)
    minutes = int((cell.end - cell.start).total_seconds() // 60)
    home = roster.practice.zone
    when = f"{both_spans(cell.start, cell.end, zone, home)} · {minutes} min"
    if day != today:
        when = f"{day_words(day, today)} {when}"
    rows = [("clock", when)]
    service = cell.type_name
    if cell.mode is not Mode.IN_PERSON:
        service = f"{service} · {MODE_WORDS[cell.mode].lower()}"
    if service:
        rows.append(("calendar", service))
    room = roster.rooms.get(cell.room_id or "")
    site = roster.locations.get(cell.location_id)
    several = site is not None and len(live_sites(roster)) > 1
    place = [
        doctor_of(roster, cell.doctor_id, short=False),
        room.name if room else "",
        site.name if site is not None and several else "",
    ]
    rows.append(("user", " · ".join(part for part in place if part)))
    rows.append((f"status-{_icon(cell.status)}", _status_words(cell, now, zone)))
    if cell.phone:
        rows.append(("phone", CURTAIN.hidden(shown_phone(cell.phone))))
    if cell.alert:
        rows.append(("refuse", CURTAIN.hidden(cell.alert)))
    told = [
        FLAG_WORDS[f]
        for f in sorted(cell.flags - {"alert", "note", "late", "overbooked"})
        if f in FLAG_WORDS
    ]
    if "overbooked" in cell.flags:
        why = f": “{cell.overbook_reason}”" if cell.overbook_reason else ""
        rows.append(("warn", f"Overbooked, one more than there is room for{why}"))
    if told:
        rows.append(("flag-new" if "new" in cell.flags else "check", ", ".join(told)))
    if cell.note:
        note = cell.note if len(cell.note) <= NOTE_LIMIT else cell.note[: NOTE_LIMIT - 1] + "…"
        rows.append(("flag-note", CURTAIN.hidden(note)))
    if "must_move" in cell.flags:
        rows.append(("warn", "The doctor is away then: this visit must be moved."))
    if cell.created_by:
        made = f"Booked by {cell.created_by}"
        if cell.created_at is not None:
            made += f", {moment_words(cell.created_at, zone, today)}"
        rows.append(("check", made))
    if cell.confirmation_code:
        rows.append(("copy", cell.confirmation_code))
    return rows


def _icon(status: Status) -> str:
    if status in (Status.DECLINED, Status.RELEASED):
        return Status.CANCELLED.value
    return status.value


def _status_words(cell: Cell, now: datetime, zone: str) -> str:
    words = STATUS_WORDS[cell.status].capitalize()
    if cell.status is Status.HELD:
        words = f"Held by {cell.held_by}" if cell.held_by else "Held"
    if cell.status_since is not None:
        words += f" {since_words(cell.status_since, now, zone)}"
    waited, late = waiting_minutes(cell, now), late_minutes(cell, now)
    if waited is not None:
        words += f" · waiting {waited} min"
    elif late:
        words += f" · {late} min late"
    if cell.cancel_reason:
        words += f" · {cell.cancel_reason}"
    return words


def name_with_age(cell: Cell, now: datetime, zone: str) -> str:
    name = CURTAIN.name(cell, "Held time")
    if cell.birth_date is None:
        return name
    return f"{name} · {age_on(cell.birth_date, local_date(now, zone))} y"
