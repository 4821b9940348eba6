"""Two more sites for the demo clinic, under other clocks: Istanbul and New York.

Dr Aydin spends her morning at Riverside and the afternoon at Main Street, so that one doctor has
two clocks on one day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from clinic_desk.app.demo_clinic import ZONE, Clinic
from clinic_desk.domain.catalogue import Doctor, Location, Room
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id, IdFactory
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import at_local
from clinic_desk.domain.templates import Break, ScheduleTemplate
from clinic_desk.services.commands import BookAppointment, SaveRecords

if TYPE_CHECKING:
    from clinic_desk.app.demo import Demo

RIVERSIDE, HUDSON = "Europe/Istanbul", "America/New_York"
_STARTS = (
    # doctor, site, wall-clock start, type
    ("SA", "riverside", 570, "follow-up"), ("SA", "riverside", 615, "new-patient"),
    ("SA", "riverside", 720, "follow-up"), ("SA", "main", 855, "follow-up"),
    ("SA", "main", 930, "consultation"), ("KY", "riverside", 540, "follow-up"),
    ("KY", "riverside", 690, "consultation"), ("KY", "riverside", 840, "routine-check-up"),
    ("KY", "riverside", 960, "follow-up"), ("NB", "hudson", 540, "follow-up"),
    ("NB", "hudson", 600, "consultation"), ("NB", "hudson", 780, "follow-up"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Abroad:
    """Ids of what was made."""

    sites: dict[str, Id]
    doctors: dict[str, Id]


def records(clinic: Clinic, new_id: IdFactory) -> tuple[Abroad, tuple[Record, ...]]:
    riverside = Location(
        id=new_id(), name="Riverside", zone=RIVERSIDE, address="8 Kemankes Caddesi",
        city="Istanbul", country="TR", phone="+902125550180", position=2,
    )  # fmt: skip
    hudson = Location(
        id=new_id(), name="Hudson", zone=HUDSON, address="40 Hudson Street", city="New York",
        country="US", phone="+12125550144", position=3,
    )  # fmt: skip
    sites = {"main": clinic.main, "riverside": riverside.id, "hudson": hudson.id}
    rooms = {
        key: Room(id=new_id(), location_id=sites[site], name=name)
        for key, site, name in (
            ("R1", "riverside", "Quay Room"), ("R2", "riverside", "Tower Room"),
            ("H1", "hudson", "Pier Room"), ("8", "main", "Room 8"),
        )
    }  # fmt: skip
    doctors = {
        code: Doctor(
            id=new_id(), name=name, title="Dr", code=code, specialty=specialty, colour=colour,
            pattern="dashed", position=position,
            location_ids=tuple(sites[site] for site in where),
        )
        for position, (code, name, specialty, colour, where) in enumerate(
            (("SA", "Dr Selin Aydin", "GP", "crimson", ("riverside", "main")),
             ("KY", "Dr Kerem Yildiz", "Internal", "bark", ("riverside",)),
             ("NB", "Dr Nora Blake", "GP", "teal", ("hudson",))), 10
        )
    }  # fmt: skip
    weeks = (
        ("SA", "riverside", "R1", 540, 780, ()), ("SA", "main", "8", 840, 1020, ()),
        ("KY", "riverside", "R2", 540, 1080, (Break(750, 810, "Break"),)),
        ("NB", "hudson", "H1", 540, 1020, (Break(720, 780, "Break"),)),
    )  # fmt: skip
    templates = [
        ScheduleTemplate(
            id=new_id(), doctor_id=doctors[code].id, location_id=sites[site], weekday=weekday,
            work_start=start, work_end=end, room_id=rooms[room].id, step=15, breaks=breaks,
        )
        for weekday in range(5)
        for code, site, room, start, end, breaks in weeks
    ]  # fmt: skip
    made = Abroad(sites, {code: row.id for code, row in doctors.items()})
    return made, (riverside, hudson, *rooms.values(), *doctors.values(), *templates)


def add(demo: Demo) -> Iterator[int]:
    """Writes the sites and some visits of the coming week."""
    clinic, today = demo.clinic, demo.plan.today
    made, rows = records(clinic, demo.new_id)
    demo.gate.execute(SaveRecords(records=rows))
    zones = {"main": ZONE, "riverside": RIVERSIDE, "hudson": HUDSON}
    days = (today + timedelta(days=step) for step in range(8))
    for day in (d for d in days if d.weekday() < 5):
        for code, site, minute, slug in _STARTS:
            try:
                demo.gate.execute(
                    BookAppointment(
                        patient_id=demo.crowd.take(day, code), doctor_id=made.doctors[code],
                        type_id=clinic.types[slug].id, start=at_local(day, minute, zones[site]),
                        location_id=made.sites[site],
                    )
                )  # fmt: skip
            except Refusal:
                continue  # over by now
        yield 1
