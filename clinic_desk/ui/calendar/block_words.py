"""The words and signs on a block, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import age_on
from clinic_desk.domain.spans import zone
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.phones import shown_phone
from clinic_desk.ui.geometry.tiers import Line

FLAG_ORDER = (
    "alert",
    "late",
    "new",
    "walk_in",
    "interpreter",
    "unpaid",
    "series",
    "note",
    "video",
    "phone",
    "online",
    "unsynced",
)
LATE_AFTER = 5
STRUCK = frozenset({Status.NO_SHOW, Status.CANCELLED, Status.DECLINED})
GONE = frozenset({Status.CANCELLED, Status.DECLINED, Status.RELEASED})


@dataclass(frozen=True, slots=True)
class Moment:
    """What the painter must know about now. ``dimmed`` are ids being dragged."""

    now: datetime
    day: date
    today: date
    zone: str
    dimmed: frozenset[Id] = frozenset()
    private: bool = False


def late_minutes(cell: Cell, now: datetime) -> int:
    """Minutes past the start of someone who has not come; 0 below five."""
    if cell.status not in (Status.SCHEDULED, Status.CONFIRMED) or cell.end <= now:
        return 0
    minutes = int((now - cell.start).total_seconds() // 60)
    return minutes if minutes >= LATE_AFTER else 0


def waiting_minutes(cell: Cell, now: datetime) -> int | None:
    if cell.status is not Status.ARRIVED or cell.status_since is None:
        return None
    return max(0, int((now - cell.status_since).total_seconds() // 60))


def shown_flags(cell: Cell, now: datetime) -> list[str]:
    found = set(cell.flags)
    if cell.note:
        found.add("note")
    found.discard("late")
    if late_minutes(cell, now):
        found.add("late")
    return [flag for flag in FLAG_ORDER if flag in found]


def icon_of(flag: str) -> str:
    return "late" if flag == "late" else f"flag-{flag}"


def moment_text(cell: Cell, zone_name: str) -> str:
    """Local start, "10:15"."""
    return cell.start.astimezone(zone(zone_name)).strftime("%H:%M")


def line_text(kind: Line, cell: Cell, moment: Moment) -> str:
    """The words of one line under the name."""
    if moment.private and kind in (Line.PHONE, Line.NOTE):
        return ""
    service = cell.type_name
    if kind is Line.SERVICE:
        return service
    if kind is Line.SERVICE_SHORT:
        return service or cell.type_code
    if kind is Line.SERVICE_AGE:
        age = f"{age_on(cell.birth_date, moment.day)} y" if cell.birth_date else ""
        if "walk_in" in cell.flags:
            age = "walk-in"
        if "parked" in cell.flags:
            age = "parked"
        return " · ".join(part for part in (service, age) if part)
    if kind is Line.TIME_SERVICE:
        return f"{moment_text(cell, moment.zone)} {service}"
    return {
        Line.TIME: moment_text(cell, moment.zone),
        Line.CODE: cell.type_code,
        Line.PHONE: shown_phone(cell.phone),
        Line.NOTE: cell.note.split("\n", 1)[0],
    }.get(kind, "")
