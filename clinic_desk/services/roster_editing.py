"""Taking roster rows away, a doctor's weekly hours, extra hours, and the look of a new doctor.

Visits are never touched: what a change of the roster does to them is said in a warning, and a
row that visits to come still need is not removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import (
    AppointmentType,
    Doctor,
    Location,
    Room,
    TravelTime,
    is_override,
)
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import epoch
from clinic_desk.domain.templates import (
    AvailabilityException,
    ExceptionKind,
    Holiday,
    ScheduleTemplate,
)
from clinic_desk.services.commands import RecordKind
from clinic_desk.services.doctor_sites import with_sites
from clinic_desk.services.hours_checks import checked_template
from clinic_desk.services.hours_preview import new_week
from clinic_desk.services.roster import add_exception, exception_zone, limits_text
from clinic_desk.services.roster_checks import COLOURS, PATTERNS
from clinic_desk.services.roster_commands import OpenTime, RemoveRecords, SaveWeek
from clinic_desk.services.roster_rules import After, check_together, hours_text
from clinic_desk.services.roster_uses import (
    at_site,
    first_of,
    live_hours,
    outside_warnings,
    to_come,
    today,
)
from clinic_desk.services.wording import count_text, day_text, doctor_text, when_text
from clinic_desk.services.work import Done, Work, check_revision

REMOVABLE: dict[RecordKind, type[Record]] = {
    RecordKind.LOCATION: Location,
    RecordKind.ROOM: Room,
    RecordKind.TYPE: AppointmentType,
    RecordKind.TEMPLATE: ScheduleTemplate,
    RecordKind.EXCEPTION: AvailabilityException,
    RecordKind.HOLIDAY: Holiday,
    RecordKind.TRAVEL: TravelTime,
}


def remove_records(work: Work, command: RemoveRecords) -> Done:
    """Value: the number of rows removed. What belongs to a removed site alone (its closures, its
    ways to other sites, one-off changes there) goes with it."""
    if not command.rows:
        raise Refusal("nothing_chosen", "Choose at least one row to remove.")
    rows = [_row(work, kind, row_id) for kind, row_id in dict.fromkeys(command.rows)]
    after = After(work, (), [row.id for row in rows])
    before = work.roster
    doctors: dict[Id, None] = {}
    for row in rows:
        match row:
            case Location():
                _check_site(after, row)
                rows_along = _along(work, row)
                for one in rows_along:
                    if one.id not in after.removed:
                        work.uow.remove(one, "removed")
                _leave_site(work, row)
            case Room():
                _check_room(after, row)
            case AppointmentType() if not is_override(before.types, row):
                raise Refusal(
                    "keep_history",
                    f"“{row.name}” is part of the history; stop offering it instead.",
                    field="active",
                )
            case ScheduleTemplate() | AvailabilityException():
                doctors[row.doctor_id] = None
            case _:
                pass
        work.uow.remove(row, "removed")
    label = command.label or (
        f"Remove {row_text(after, rows[0])}" if len(rows) == 1 else f"Remove {len(rows)} rows"
    )
    return Done(
        value=len(rows),
        label=label,
        sentence=label.replace("Remove", "Removed", 1),
        warnings=outside_warnings(work, before, doctors),
    )


def _row(work: Work, kind: RecordKind, row_id: Id) -> Record:
    found = REMOVABLE.get(kind)
    if found is None:
        words = {
            RecordKind.DOCTOR: "A doctor is part of the history; mark the doctor as no longer "
            "active instead.",
            RecordKind.TIME_OFF: "Time off is withdrawn, not removed.",
        }
        raise Refusal("keep_history", words.get(kind, "This cannot be removed."))
    return work.uow.get(found, row_id)


def row_text(after: After, row: Record) -> str:
    """What a row is called in the undo menu."""
    match row:
        case ScheduleTemplate():
            return f"hours of {hours_text(after, row)}"
        case AvailabilityException():
            when = when_text(row.start, exception_zone(after.work, row), after.work.now)
            word = "block" if row.kind is ExceptionKind.BLOCKED else "extra hours"
            return f"{word} {when}"
        case Holiday():
            return f"{row.name} ({day_text(row.day)} {row.day.year})"
        case TravelTime():
            return "travel time"
        case _:
            return str(getattr(row, "name", "row"))


def _check_site(after: After, site: Location) -> None:
    work = after.work
    left = after.rows(Location)
    if not left:
        raise Refusal("last_site", f"{site.name} is the only site; a clinic has at least one.")
    if site.primary and not any(row.primary for row in left.values()):
        raise Refusal(
            "one_primary",
            f"{site.name} is the primary site; make another site the primary one first.",
        )
    visits = at_site(work, site.id)
    if visits:
        raise Refusal(
            "site_in_use",
            f"{site.name} still has {first_of(work, visits)}; move or cancel them first.",
        )
    rooms = [row for row in after.rows(Room).values() if row.location_id == site.id]
    if rooms:
        more, them = (" …", "them") if len(rooms) > 1 else ("", "it")
        raise Refusal(
            "site_in_use",
            f"{site.name} still has {count_text(len(rooms), 'room')} ({rooms[0].name}{more}); "
            f"remove {them} first.",
        )
    hours = [row for row in _hours(after) if row.location_id == site.id]
    if hours:
        raise Refusal(
            "site_in_use",
            f"{site.name} is still in the weekly hours of {hours_text(after, hours[0])}; "
            "change those hours first.",
        )
    for kind in after.rows(AppointmentType).values():
        if site.id in (kind.default_location_id, *kind.allowed_location_ids):
            raise Refusal(
                "site_in_use",
                f"“{kind.name}” names {site.name} as a site; change that visit type first.",
            )


def _along(work: Work, site: Location) -> list[Record]:
    """Rows that mean nothing without the site."""
    roster = work.roster
    found: list[Record] = [row for row in roster.holidays if row.location_id == site.id]
    found += [row for row in roster.travel if site.id in (row.location_id, row.other_location_id)]
    now = epoch(work.now)
    found += [
        row for row in roster.exceptions if row.location_id == site.id and epoch(row.end) > now
    ]
    return found


def _leave_site(work: Work, site: Location) -> None:
    for doctor in work.roster.doctors.values():
        if site.id in doctor.location_ids:
            left = tuple(one for one in doctor.location_ids if one != site.id)
            work.uow.replace(doctor, replace(doctor, location_ids=left), "edited")


def _check_room(after: After, room: Room) -> None:
    work = after.work
    visits = to_come(work, room_ids=(room.id,))
    if visits:
        raise Refusal(
            "room_in_use",
            f"{room.name} still has {first_of(work, visits)}; give them another room first.",
        )
    hours = [row for row in _hours(after) if row.room_id == room.id]
    if hours:
        raise Refusal(
            "room_in_use",
            f"{room.name} is still the room of {hours_text(after, hours[0])}; "
            "give those hours another room first.",
        )
    for kind in after.rows(AppointmentType).values():
        if room.id in (kind.default_room_id, *kind.allowed_room_ids):
            raise Refusal(
                "room_in_use",
                f"“{kind.name}” names {room.name} as a room; change that visit type first.",
            )


def _hours(after: After) -> list[ScheduleTemplate]:
    """Weekly hours that hold today or later and are not removed by this command."""
    live = {row.id for row in live_hours(after.work.roster, today(after.work))}
    return [row for row in after.rows(ScheduleTemplate).values() if row.id in live]


def save_week(work: Work, command: SaveWeek) -> Done:
    """Value: the number of rows written."""
    doctor = work.doctor(command.doctor_id)
    before = work.roster
    known = {row.id: row for row in before.templates}
    for row_id in command.replaced_ids:
        if row_id not in known:
            raise NotFound("part of the week", row_id)
        if known[row_id].doctor_id != doctor.id:
            raise Refusal("other_doctor", "These hours belong to another doctor.")
    for row in command.templates:
        if row.revision and row.id in known and known[row.id].doctor_id == doctor.id:
            check_revision(work, known[row.id], row.revision, "part of the week")
    fresh = [_own(checked_template(row), doctor, known) for row in command.templates]
    week = new_week(before.templates, fresh, command.replaced_ids, command.valid_from)
    written = [row if row.id else replace(row, id=work.new_id()) for row in week.written]
    # again, for the split may have left a row whose last day comes before its first
    changed = [checked_template(row) for row in (*week.ended, *written)]
    after = After(work, changed, [r.id for r in week.removed])
    check_together(after, hours_field="templates")
    moved, told = with_sites(after, changed)
    for one in moved:
        work.uow.replace(doctor, one, "edited")
    for gone in week.removed:
        work.uow.remove(gone, "removed")
    for row in changed:
        if row.id not in known:
            work.uow.add(row, "created")
        else:
            old = known[row.id]
            work.uow.replace(old, replace(row, revision=old.revision), "edited")
    number = len(changed) + len(week.removed)
    since = f" from {day_text(command.valid_from, today(work))}" if command.valid_from else ""
    words = f"hours of {doctor_text(doctor)}{since}"
    return Done(
        value=number,
        label=f"Save {words}" if number else "",
        sentence=f"Saved the {words}" if number else "Nothing has changed",
        warnings=(*told, *outside_warnings(work, before, (doctor.id,))) if number else (),
    )


def _own(
    row: ScheduleTemplate, doctor: Doctor, known: Mapping[Id, ScheduleTemplate]
) -> ScheduleTemplate:
    """The row as this doctor's; an id that is another doctor's is not taken over."""
    old = known.get(row.id)
    if old is not None and old.doctor_id != doctor.id:
        return replace(row, id="", doctor_id=doctor.id, revision=0)
    return replace(row, doctor_id=doctor.id)


def open_time(work: Work, command: OpenTime) -> Done:
    """Value: the exception's id."""
    doctor = work.doctor(command.doctor_id)
    row = add_exception(work, command, ExceptionKind.AVAILABLE)
    when = when_text(row.start, exception_zone(work, row), work.now)
    what = f"extra hours {when}, {doctor_text(doctor)}{limits_text(work, row)}"
    return Done(value=row.id, label=f"Open {what}", sentence=f"Opened {what}")


class Look(NamedTuple):
    """How a doctor is told from the others: one of the eight colours, a stripe, and a code."""

    colour: str
    pattern: str
    code: str


def propose_doctor_look(roster: Roster, name: str = "", skip: Id = "") -> Look:
    """The look least used so far, solid stripes before the others, and a free code from the
    initials of ``name``. ``skip`` is the doctor who is being edited."""
    others = [row for row in roster.doctors.values() if row.id != skip]
    here = [row for row in others if row.active]
    used = {(c, p): 0 for p in PATTERNS for c in COLOURS}
    colours = dict.fromkeys(COLOURS, 0)
    for row in here:
        if (row.colour, row.pattern) in used:
            used[row.colour, row.pattern] += 1
            colours[row.colour] += 1
    colour, pattern = min(
        used,
        key=lambda look: (
            used[look],
            PATTERNS.index(look[1]),
            colours[look[0]],
            ORDER.index(look[0]),
        ),
    )
    return Look(colour, pattern, propose_code(name, (row.code for row in others)))


ORDER = ("teal", "indigo", "orchid", "lime", "clay", "plum", "crimson", "bark")
"""The colours in which a new clinic's doctors are told apart best, first ones first."""


def propose_code(name: str, taken: Iterable[str], most: int = 3) -> str:
    """ "Dr Aylin Demir" → "AD"; the next letters of the family name, then digits, when it is
    taken. Titles do not count."""
    from anyascii import anyascii

    known = {code.casefold() for code in taken}
    words = ["".join(c for c in anyascii(w) if c.isalnum()) for w in name.replace("-", " ").split()]
    words = [w for w in words if w and w.casefold() not in TITLES] or ["Dr"]
    first, last = words[0].upper(), words[-1].upper()
    initials = first[0] + (last[0] if len(words) > 1 else first[1:2])
    wanted = [initials, "".join(w[0].upper() for w in words)[:most]]
    wanted += [(initials + a)[:most] for a in (*last[1:], *first[1:])]
    wanted += [f"{initials[: most - 1]}{n}" for n in range(2, 10)]
    wanted += [f"{initials[0]}{n}" for n in range(10, 100)]
    for code in wanted:
        if code.casefold() not in known:
            return code
    return next(f"{n:03}" for n in range(1000) if f"{n:03}" not in known)


TITLES = frozenset(
    {"dr", "prof", "professor", "doc", "mr", "mrs", "ms", "med", "uzm", "op", "doctor"}
)
