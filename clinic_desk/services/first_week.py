"""The weekly hours of a clinic as one quick table, and what they mean for each doctor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id, IdFactory
from clinic_desk.domain.templates import Break, ScheduleTemplate
from clinic_desk.services.hours_checks import checked_template
from clinic_desk.services.hours_painting import parse_clock
from clinic_desk.services.roster_commands import SaveWeek
from clinic_desk.services.wording import DAYS, clock_text

LUNCH = "Lunch"


@dataclass(frozen=True, slots=True)
class OpenDay:
    """Wall-clock minutes of the day; ``lunch`` None for none."""

    start: int
    end: int
    lunch: tuple[int, int] | None = None


Hours = Mapping[int, OpenDay]
"""By weekday, 0 Monday … 6 Sunday; days that are not in it are closed."""

USUAL: Hours = {day: OpenDay(9 * 60, 17 * 60, (12 * 60 + 30, 13 * 60 + 30)) for day in range(5)}


def read_day(weekday: int, start: str, end: str, lunch: tuple[str, str]) -> OpenDay:
    """An open day as typed. Raises ``Refusal`` whose field is "start", "end", "lunch_start" or
    "lunch_end"."""
    first, last = _clock(weekday, start, "start"), _clock(weekday, end, "end")
    day = DAYS[weekday]
    if first >= last:
        raise Refusal(
            "bad_hours",
            f"{day}: closing must come after opening; {clock_text(first)}–{clock_text(last)} "
            "does not.",
            field="end",
        )
    if not any(text.strip() for text in lunch):
        return OpenDay(first, last)
    begins = _clock(weekday, lunch[0], "lunch_start")
    ends = _clock(weekday, lunch[1], "lunch_end")
    if begins >= ends:
        raise Refusal(
            "bad_break",
            f"{day}: the lunch break must end after it starts; {clock_text(begins)}–"
            f"{clock_text(ends)} does not.",
            field="lunch_end",
        )
    if begins < first or ends > last:
        raise Refusal(
            "bad_break",
            f"{day}: the lunch break {clock_text(begins)}–{clock_text(ends)} lies outside the "
            f"hours {clock_text(first)}–{clock_text(last)}.",
            field="lunch_start" if begins < first else "lunch_end",
        )
    return OpenDay(first, last, (begins, ends))


def _clock(weekday: int, text: str, field: str) -> int:
    minute = parse_clock(text)
    if minute is None:
        shown = text.strip()[:40]
        words = f"“{shown}” is no time" if shown else "a time is missing"
        raise Refusal(
            "bad_time", f"{DAYS[weekday]}: {words}; type it like 9:00 or 17:30.", field=field
        )
    return minute


def templates_of(
    hours: Hours, doctor_id: Id, location_id: Id, new_id: IdFactory
) -> tuple[ScheduleTemplate, ...]:
    """The rows of one doctor's week, checked."""
    return tuple(
        checked_template(
            ScheduleTemplate(
                id=new_id(),
                doctor_id=doctor_id,
                location_id=location_id,
                weekday=weekday,
                work_start=day.start,
                work_end=day.end,
                breaks=(Break(*day.lunch, reason=LUNCH),) if day.lunch else (),
            )
        )
        for weekday, day in sorted(hours.items())
    )


def hours_of(roster: Roster, doctor_id: Id) -> Hours | None:
    """A doctor's week where it is as plain as the table can say; else None."""
    found: dict[int, OpenDay] = {}
    for row in _rows(roster, doctor_id):
        plain = (
            row.weekday not in found
            and len(row.breaks) <= 1
            and not row.reserved
            and row.every_weeks == 1
            and row.valid_from is None
            and row.valid_until is None
        )
        if not plain:
            return None
        lunch = (row.breaks[0].start, row.breaks[0].end) if row.breaks else None
        found[row.weekday] = OpenDay(row.work_start, row.work_end, lunch)
    return found


def common_hours(roster: Roster) -> Hours | None:
    """The week of the first doctor who has a plain one; None without."""
    for doctor in active(roster):
        hours = hours_of(roster, doctor.id)
        if hours:
            return hours
    return None


def change_week(
    roster: Roster, before: Hours | None, after: Hours, new_id: IdFactory
) -> tuple[SaveWeek, ...]:
    """What gives the new hours to every doctor who has none, or kept the ones before. Weeks of
    their own stay."""
    commands = []
    for doctor in active(roster):
        known = hours_of(roster, doctor.id)
        if known is None or (known and known != before) or known == after:
            continue
        old = _rows(roster, doctor.id)
        place = old[0].location_id if old else first_site(roster, doctor)
        commands.append(
            SaveWeek(
                doctor_id=doctor.id,
                templates=templates_of(after, doctor.id, place, new_id),
                replaced_ids=tuple(row.id for row in old),
            )
        )
    return tuple(commands)


def first_site(roster: Roster, doctor: Doctor) -> Id:
    """Where a doctor's first hours are: the first of the doctor's sites, else the primary one."""
    known = [one for one in doctor.location_ids if one in roster.locations]
    return known[0] if known else primary_site(roster)


def primary_site(roster: Roster) -> Id:
    sites = roster.locations.values()
    return next((row.id for row in sites if row.primary), next(iter(roster.locations)))


def active(roster: Roster) -> Sequence[Doctor]:
    rows: Iterable[Doctor] = (row for row in roster.doctors.values() if row.active)
    return sorted(rows, key=lambda row: (row.position, row.name))


def _rows(roster: Roster, doctor_id: Id) -> list[ScheduleTemplate]:
    rows = (row for row in roster.templates if row.doctor_id == doctor_id)
    return sorted(rows, key=lambda row: (row.weekday, row.work_start))
