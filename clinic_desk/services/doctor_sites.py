"""A doctor's sites and weekly hours agree: hours at a new site add it, and a site with hours stays.

A doctor without a list of sites works at every one of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from clinic_desk.domain.catalogue import Doctor, Location, Practice
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.services.roster_rules import After, hours_text
from clinic_desk.services.wording import count_text, doctor_text, joined


def check_sites(after: After) -> None:
    """Raises ``Refusal`` with ``field`` "location_ids" for a doctor who would lose a site at which
    weekly hours hold, naming them."""
    for row in after.written.values():
        before = after.stored(Doctor).get(row.id)
        if not isinstance(row, Doctor) or before is None or not row.location_ids:
            continue
        hours = _lost(after, before, row)
        if not hours:
            continue
        place = after.rows(Location).get(hours[0].location_id)
        name = place.name if place is not None else "that site"
        at_it = [one for one in hours if one.location_id == hours[0].location_id]
        more = f" and {count_text(len(at_it) - 1, 'more part')} of the week" if at_it[1:] else ""
        raise Refusal(
            "site_in_use",
            f"{name} stays in the list: {hours_text(after, at_it[0])}{more} still hold there. "
            "Change those weekly hours first.",
            field="location_ids",
        )


def _lost(after: After, before: Doctor, row: Doctor) -> list[ScheduleTemplate]:
    """Hours at sites that were the doctor's and are to be no longer, the busiest site's first."""
    return sorted(
        (
            one
            for one in after.rows(ScheduleTemplate).values()
            if one.doctor_id == row.id
            and one.location_id not in row.location_ids
            and (not before.location_ids or one.location_id in before.location_ids)
            and _holds(one, _today(after))
        ),
        key=lambda one: (one.location_id, one.weekday, one.work_start),
    )


def with_sites(
    after: After, templates: Iterable[ScheduleTemplate]
) -> tuple[tuple[Doctor, ...], tuple[str, ...]]:
    """The doctors whose list lacks a site of these hours, with it, and a sentence about each."""
    wanted: dict[Id, dict[Id, None]] = {}
    now = _today(after)
    for row in templates:
        doctor = after.rows(Doctor).get(row.doctor_id)
        if doctor is None or not doctor.location_ids or not _holds(row, now):
            continue
        if row.location_id not in doctor.location_ids:
            wanted.setdefault(doctor.id, {})[row.location_id] = None
    doctors, told = [], []
    for doctor_id, places in wanted.items():
        doctor = after.rows(Doctor)[doctor_id]
        doctors.append(replace(doctor, location_ids=(*doctor.location_ids, *places)))
        names = joined([after.rows(Location)[one].name for one in places])
        belong = "belongs" if len(places) == 1 else "belong"
        told.append(f"{names} now {belong} to the sites of {doctor_text(doctor)}.")
    return tuple(doctors), tuple(told)


def _today(after: After) -> date:
    """Also while the practice itself is being set up."""
    practice = next(iter(after.rows(Practice).values()), None)
    return local_date(after.work.now, practice.zone if practice is not None else "UTC")


def _holds(row: ScheduleTemplate, now: date) -> bool:
    return row.valid_until is None or row.valid_until >= now
