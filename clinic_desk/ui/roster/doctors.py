"""The doctors: who they are, how they are told apart, where they work, how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import local_date
from clinic_desk.services.commands import Command, RecordKind, SaveRecords
from clinic_desk.services.ports import Queries
from clinic_desk.services.roster_commands import RemoveRecords
from clinic_desk.services.roster_editing import propose_code, propose_doctor_look
from clinic_desk.services.views import Cell
from clinic_desk.services.wording import count_text, day_text, doctor_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import Pattern
from clinic_desk.ui.roster.panel import RecordPanel
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.forms.fields import ManyField, NumberField, SwitchField, TextField
from clinic_desk.ui.widgets.forms.form import Form
from clinic_desk.ui.widgets.forms.list_side import ListSide
from clinic_desk.ui.widgets.forms.ordered import Row
from clinic_desk.ui.widgets.forms.swatches import SwatchField

ACTIVE = "active"
AHEAD = timedelta(days=730)
TO_COME = (Status.PENDING, Status.SCHEDULED, Status.CONFIRMED)


def full_name(doctor: Doctor) -> str:
    """ "Dr Aylin Demir", the title once."""
    if not doctor.name or doctor.name.casefold().startswith(f"{doctor.title} ".casefold()):
        return doctor.name
    return f"{doctor.title} {doctor.name}".strip()


class DoctorEditor:
    """A new doctor's code follows the name until it is typed itself; the look is proposed."""

    def __init__(self, theme: Theme) -> None:
        form = self.form = Form(theme)
        self._taken: list[str] = []
        self._own_code = True
        form.heading("Doctor")
        self.name = TextField("Such as Aylin Demir")
        form.add("name", "Name", self.name)
        form.add("title", "Title", TextField("Dr", widest=140), "Empty counts as “Dr”.")
        form.add("specialty", "Specialty", TextField("Such as General practice"))
        form.heading("In the calendar")
        self.code = TextField(widest=80)
        form.add("code", "Code", self.code, "One to three letters, on every visit of this doctor.")
        self.look = SwatchField(theme)
        form.add(
            "look", "Colour and stripe", self.look,
            "Letters show who has a colour already; those without letters are free.",
        )  # fmt: skip
        form.heading("Work")
        self.sites = ManyField("At every site")
        form.add("location_ids", "Sites", self.sites)
        form.add(
            "max_per_day", "Visits per day", NumberField(theme, "at most", none="No limit"),
        )  # fmt: skip
        form.add(
            "active", "Active", SwitchField("Can be booked"),
            "A doctor who leaves keeps the history and has no column any more.",
        )  # fmt: skip
        self.name.edited.connect(self._propose_code)
        self.code.edited.connect(self._own)

    def prepare(self, roster: Roster, record: Doctor) -> None:
        self.sites.offer([(row.id, row.name) for row in roster.locations.values()])
        others = [row for row in roster.doctors.values() if row.id != record.id]
        self._taken = [row.code for row in others]
        used: dict[tuple[str, str], tuple[str, ...]] = {}
        for row in others:
            if row.active:
                look = (row.colour, row.pattern)
                used[look] = (*used.get(look, ()), row.code)
        self.look.mark_used(used)

    def values(self, roster: Roster, record: Doctor) -> Mapping[str, Any]:  # noqa: ARG002
        self._own_code = bool(record.revision)
        values = {n: getattr(record, n) for n in self.form.rows if n != "look"}
        return values | {"look": (record.colour, record.pattern)}

    def base(self, roster: Roster, record: Doctor) -> None:  # noqa: ARG002
        return None

    def changed(self, roster: Roster, record: Doctor, values: Mapping[str, Any]) -> Doctor:  # noqa: ARG002
        plain = {name: value for name, value in values.items() if name != "look"}
        colour, pattern = values["look"]
        return replace(record, **plain, colour=colour, pattern=pattern)

    def command(self, roster: Roster, before: Doctor | None, after: Doctor) -> Command:  # noqa: ARG002
        name = " ".join(after.name.split())[:60]
        if before is None:
            label = f"Add {name}"
        elif before.active and not after.active:
            label = f"Deactivate {name}"
        else:
            label = f"Edit {name}"
        return SaveRecords(records=(after,), label=label)

    def title(self, roster: Roster, record: Doctor) -> tuple[str, str]:  # noqa: ARG002
        name = full_name(record)
        return name or "New doctor", record.specialty

    def _own(self) -> None:
        self._own_code = True

    def _propose_code(self) -> None:
        if not self._own_code:
            self.code.put(propose_code(self.name.value(), self._taken))


class DoctorsPanel(RecordPanel):
    def __init__(self, context: Context) -> None:
        side = ListSide(context.theme, "Doctors", removable=False)
        super().__init__(
            context, side,
            ("No doctor yet", "Every doctor has a column in the calendar.", "Add a doctor"),
        )  # fmt: skip
        self._editor = DoctorEditor(context.theme)
        self.add_editor(self._editor)
        self.add = side.add_button("Add doctor")
        self.add.clicked.connect(self.start_first)
        self.add.setEnabled(self.may)
        self.hours = push("Weekly hours…", self)
        self.own_types = push("Own visit types…", self)
        self.hours.clicked.connect(lambda: self._go("settings:hours"))
        self.own_types.clicked.connect(lambda: self._go("settings:types"))
        self.tools.addWidget(self.hours)
        self.tools.addWidget(self.own_types)
        self._editor.form.rows["active"].field.edited.connect(self._count_visits)

    def rows(self, roster: Roster) -> list[Row]:
        active = [self._row(row) for row in roster.doctors.values() if row.active]
        gone = [self._row(row) for row in roster.doctors.values() if not row.active]
        return active + ([Row("", "No longer active"), *gone] if gone else [])

    def _row(self, doctor: Doctor) -> Row:
        pattern: Pattern = (
            "dashed" if doctor.pattern == "dashed"
            else "double" if doctor.pattern == "double" else "solid"
        )  # fmt: skip
        name = full_name(doctor)
        limit = f"{doctor.max_per_day} a day" if doctor.max_per_day is not None else ""
        return Row(
            doctor.id, name or "New doctor", doctor.specialty,
            badge=(doctor.code, self.theme.doctor_colour(doctor.colour, pattern)),
            group=ACTIVE if doctor.active else "", muted=not doctor.active, tag=limit,
        )  # fmt: skip

    def stored(self, roster: Roster, row_id: Id) -> Record | None:
        return roster.doctors.get(row_id)

    def start_first(self) -> None:
        roster = self.source.roster
        if roster is None:
            return
        look = propose_doctor_look(roster)
        last = max((row.position for row in roster.doctors.values()), default=-1)
        sites = tuple(roster.locations)
        self.begin(
            Doctor(
                id=self.context.new_id(), name="", code="", colour=look.colour,
                pattern=look.pattern, position=last + 1,
                location_ids=sites if len(sites) == 1 else (),
            )
        )  # fmt: skip

    def reordered(self, roster: Roster, group: str, ids: list[Id]) -> Command | None:  # noqa: ARG002
        rows = [row for row in (roster.doctors.get(one) for one in ids) if row is not None]
        rows += [row for row in roster.doctors.values() if row.id not in ids]
        return SaveRecords(
            records=tuple(replace(row, position=n) for n, row in enumerate(rows)),
            label="Order of the doctors",
        )

    def removal(self, roster: Roster, record: Record) -> Command | None:  # noqa: ARG002
        return RemoveRecords(rows=((RecordKind.DOCTOR, record.id),))

    def show_fault(self, refusal: Refusal) -> bool:
        field = "look" if refusal.field in ("colour", "pattern") else refusal.field
        return self.form.show_fault(field, refusal.sentence)

    def shown(self) -> None:
        there = self.record is not None and not self.fresh
        self.hours.setEnabled(there)
        self.own_types.setEnabled(there)

    def _go(self, page: str) -> None:
        record = self.record
        if record is not None:
            self.then(lambda: self.page_requested.emit(page, record.id))

    def _count_visits(self) -> None:
        """Said before it is saved: what stays behind a doctor who is no longer active."""
        doctor, roster = self.record, self.source.roster
        off = not self._editor.form.rows["active"].field.value()
        if not isinstance(doctor, Doctor) or roster is None or self.fresh:
            return
        if not off or not doctor.active:
            if self.message.tone is Tone.WARN:
                self.message.clear()
            return
        now = self.context.clock.now()
        today = local_date(now, roster.practice.zone)
        doctor_id = doctor.id

        def question(queries: Queries) -> list[Cell]:
            cells = queries.cells(today, today + AHEAD, (doctor_id,))
            return [c for c in cells if c.status in TO_COME and c.end > now]

        def tell(cells: list[Cell]) -> None:
            still_off = not self._editor.form.rows["active"].field.value()
            if self.record is None or self.record.id != doctor_id or not still_off:
                return
            who = doctor_text(doctor)
            if not cells:
                self.message.say(Tone.INFO, f"{who} has no visits to come.")
                return
            first = min(cell.start for cell in cells)
            day = day_text(local_date(first, roster.practice.zone), today)
            self.message.say(
                Tone.WARN,
                f"{who} has {count_text(len(cells), 'visit')} to come, the first on {day}. They "
                "stay as booked until they are moved or cancelled.",
            )

        self.context.operations.ask(question, done=tell, key=f"doctor-visits:{id(self)}")
