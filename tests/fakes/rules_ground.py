"""A small clinic in which every rule can be broken on purpose, at a desk on the real store.

It is the clinic of ``tests.fakes.world`` (Dr Wu alone, Dr Berg with two side by side) with a third
site of the same zone, on Tuesday 24 November 2026, 09:40 in London; visits are asked for on the
Wednesday after it.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from clinic_desk.app.clock import Uuid7
from clinic_desk.domain.appointments import Status
from clinic_desk.domain.catalogue import Location
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.records import Record
from clinic_desk.domain.templates import ExternalBusyTime, ScheduleTemplate
from clinic_desk.services.commands import BookAppointment, Command, ImportBatch, SaveRecords
from clinic_desk.services.desk import Desk
from clinic_desk.store.opening import open_store
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.history import lines
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Operations
from tests.fakes.clock import FixedClock
from tests.fakes.front_desk import MIGRATIONS, FrontDesk
from tests.fakes.world import TODAY, ZONE, at, make_template

NOW = at("09:40")
WEDNESDAY = date(2026, 11, 25)
SATURDAY = date(2026, 11, 28)


def wed(clock: str) -> datetime:
    return at(clock, WEDNESDAY)


@lru_cache(maxsize=1)
def _template() -> tuple[Path, dict[str, Id]]:
    return make_template(Path(tempfile.mkdtemp(prefix="clinic-desk-rules-")))


@dataclass(slots=True)
class RulesGround:
    """``front`` is the desk under test. What ``elsewhere`` does comes from another program on the
    same file: the window has not heard of it."""

    front: FrontDesk
    names: dict[str, Id]
    elsewhere: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.elsewhere = self.front.other_desk()

    def run(self, command: Command) -> Any:
        return self.elsewhere.execute(command).value

    def save(self, *records: Record) -> None:
        self.run(SaveRecords(records=records))

    def new_id(self) -> Id:
        return self.front.context.new_id()

    def roster(self) -> Any:
        return self.front.store.queries.roster()

    def type(self, name: str, **fields: Any) -> None:
        """Changes a kind of visit."""
        self.save(replace(self.roster().types[self.names[name]], **fields))

    def doctor(self, name: str, **fields: Any) -> None:
        self.save(replace(self.roster().doctors[self.names[name]], **fields))

    def practice(self, **fields: Any) -> None:
        self.save(replace(self.roster().practice, **fields))

    def weeks(self, name: str, **fields: Any) -> None:
        """Changes all of a doctor's weekly hours."""
        owner = self.names[name]
        own = [row for row in self.roster().templates if row.doctor_id == owner]
        self.save(*(replace(row, **fields) for row in own))

    def north(self) -> Id:
        """A site in the same zone, where Dr Wu works on Wednesday afternoons from 14:00."""
        site = Location(id=self.new_id(), name="North", zone=ZONE)
        self.names["north"] = site.id
        wu = self.names["wu"]
        main = [
            replace(row, work_end=780, breaks=())
            for row in self.roster().templates
            if row.doctor_id == wu and row.weekday == WEDNESDAY.weekday()
        ]
        there = ScheduleTemplate(
            id=self.new_id(), doctor_id=wu, location_id=site.id, weekday=WEDNESDAY.weekday(),
            work_start=780, work_end=1080,
        )  # fmt: skip
        self.save(site, *main, there)
        return site.id

    def book(self, start: datetime, patient: str = "jon", doctor: str = "wu", **more: Any) -> Id:
        kind = self.names[more.pop("type", "follow-up")]
        order = BookAppointment(
            patient_id=self.names[patient],
            doctor_id=self.names[doctor],
            type_id=kind,
            start=start,
            **more,
        )
        return str(self.run(order))

    def own_calendar(self, start: datetime, end: datetime, doctor: str = "wu") -> None:
        row = ExternalBusyTime(
            id=self.new_id(), doctor_id=self.names[doctor], external_id="own-1", start=start,
            end=end, title="School run",
        )  # fmt: skip
        self.save(row)

    def put_in(self, **values: Any) -> Id:
        """A visit as an import brings it: any time, any state."""
        row_id = self.new_id()
        start = values["start"]
        row: dict[str, Any] = {
            "id": row_id, "import_key": f"key-{row_id}", "doctor_id": self.names["wu"],
            "location_id": self.names["main"], "patient_id": self.names["jon"],
            "type_id": self.names["follow-up"], "status": Status.SCHEDULED,
            "end": start + timedelta(minutes=30),
        }  # fmt: skip
        row.update(values)
        row.setdefault("blocked_start", row["start"])
        row.setdefault("blocked_end", row["end"])
        self.run(ImportBatch(appointments=(row,)))
        return row_id

    def written(self) -> list[tuple[Any, ...]]:
        """Every visit that is on the books, holds left out, with its revision."""
        cells = self.front.store.queries.cells(TODAY, TODAY + timedelta(days=500))
        return sorted(
            (c.id, c.revision, c.start, c.end, c.doctor_id, str(c.status))
            for c in cells
            if c.hold_until is None
        )

    def told(self, visit_id: Id) -> str:
        """The visit's history as the card shows it, newest first."""
        view = self.front.store.queries.appointment(visit_id)
        shown = lines(view.history, self.roster(), view.zone, TODAY)
        return "\n".join(line.text for line in shown)

    def verify(self) -> None:
        found = self.front.store.maintenance.verify()
        assert not found, found


def open_rules(folder: Path, theme: Theme, now: datetime = NOW) -> RulesGround:
    """Close ``.front`` after use."""
    template, names = _template()
    path = folder / "clinic.db"
    shutil.copyfile(template, path)
    clock, new_id = FixedClock(now), Uuid7()
    actor = Actor(
        staff_id=new_id(), name="M. Keller", desk_id=new_id(), session_id=new_id(), kind="staff",
        permissions=frozenset(Permission),
    )  # fmt: skip
    store = open_store(path, MIGRATIONS, clock, new_id, desk_id=actor.desk_id)
    desk = Desk(store, clock, new_id, actor)
    operations = Operations(desk, store.queries)
    context = Context(operations, clock, actor, new_id, theme)
    return RulesGround(FrontDesk(store, clock, desk, operations, context), dict(names))
