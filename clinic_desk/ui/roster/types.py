"""Visit types: the clinic's, what differs for single doctors below each, and doctors' own ones."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QPushButton

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import AppointmentType, Doctor, is_override
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.services.commands import Command, RecordKind, SaveRecords
from clinic_desk.services.money import price_text
from clinic_desk.services.roster_commands import RemoveRecords
from clinic_desk.services.type_overrides import overrides_of, own_fields
from clinic_desk.services.wording import doctor_text
from clinic_desk.ui.roster.panel import RecordPanel
from clinic_desk.ui.roster.type_editor import (
    TypeEditor,
    clinic_wide,
    placed_after,
    type_code,
)
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.forms.list_side import ListSide
from clinic_desk.ui.widgets.forms.ordered import Row
from clinic_desk.ui.widgets.worded_menu import WordedMenu

CLINIC = "clinic"
WORDS = {
    "name": "other name", "description": "other description", "buffer_before": "buffer before",
    "buffer_after": "buffer after", "mode": "mode", "default_location_id": "usual site",
    "default_room_id": "usual room", "allowed_location_ids": "sites", "allowed_room_ids": "rooms",
    "colour": "colour", "needs_acceptance": "acceptance", "patient_may_reschedule": "moving",
    "min_notice": "notice", "max_future_days": "days ahead", "max_reschedules": "moves",
    "max_per_day": "visits per day", "reminders": "reminders",
}  # fmt: skip


class TypesPanel(RecordPanel):
    """``open`` takes a type's id, or a doctor's: then that doctor's first row."""

    def __init__(self, context: Context) -> None:
        side = ListSide(context.theme, "Visit types")
        super().__init__(
            context, side,
            ("No visit type yet", "A visit is booked as one of these.", "Add a visit type"),
        )  # fmt: skip
        self.add_editor(TypeEditor(context.theme))
        self.add = side.add_button("Add type", "A visit type of the whole clinic")
        self.add.clicked.connect(self.start_first)
        self.add_own = side.add_button("For one doctor…", "A visit type that one doctor has alone")
        self.duplicate = push("Duplicate", self)
        self.duplicate.clicked.connect(self._duplicate)
        self.differs = push("Differs for a doctor…", self)
        self.differs.setToolTip("Another length, price or rule for one doctor, or not offered")
        self.tools.addWidget(self.duplicate)
        self.tools.addWidget(self.differs)
        self._menus = {self.add_own: WordedMenu(self), self.differs: WordedMenu(self)}
        for button, menu in self._menus.items():
            menu.aboutToShow.connect(lambda b=button: self._fill_menu(b))
            button.setMenu(menu)
        self.add.setEnabled(self.may)
        self.add_own.setEnabled(self.may)

    def row_for(self, roster: Roster, what: Id) -> Id:
        """A doctor's id leads to the first row that is the doctor's."""
        if what not in roster.doctors:
            return what
        return next((r.id for r in roster.types.values() if r.doctor_id == what), "")

    def rows(self, roster: Roster) -> list[Row]:
        rows = [Row("", "The whole clinic")]
        gone: list[Row] = []
        for kind in roster.types.values():
            if kind.doctor_id is not None:
                continue
            if not kind.active:
                gone.append(self._row(roster, kind))
                continue
            rows.append(self._row(roster, kind))
            rows += [self._override(roster, kind, own) for own in overrides_of(roster.types, kind)]
        for doctor in roster.doctors.values():
            own_types = [
                kind
                for kind in roster.types.values()
                if kind.doctor_id == doctor.id and not is_override(roster.types, kind)
            ]
            if own_types:
                rows.append(Row("", f"Only with {doctor_text(doctor)}"))
                rows += [self._row(roster, kind) for kind in own_types]
        if gone:
            rows += [Row("", "No longer offered"), *gone]
        return rows if len(rows) > 1 else []

    def _row(self, roster: Roster, kind: AppointmentType) -> Row:
        parts = [f"{kind.duration} min"]
        if kind.price_minor:
            practice = roster.practice
            parts.append(price_text(kind.price_minor, practice.currency, practice.locale))
        group = kind.doctor_id or CLINIC
        return Row(
            kind.id, kind.name or "New visit type", " · ".join(parts), stripe=kind.colour,
            group=group if kind.active else "", muted=not kind.active,
            tag=kind.code if kind.active else "not offered",
        )  # fmt: skip

    def _override(self, roster: Roster, clinic: AppointmentType, own: AppointmentType) -> Row:
        doctor = roster.doctors.get(own.doctor_id or "")
        who = doctor_text(doctor) if doctor is not None else "One doctor"
        return Row(own.id, f"{who}: {difference_text(roster, clinic, own)}", level=1)

    def stored(self, roster: Roster, row_id: Id) -> Record | None:
        return roster.types.get(row_id)

    def start_first(self) -> None:
        roster = self.source.roster
        if roster is not None:
            self.begin(self._blank(roster, None))

    def _blank(self, roster: Roster, doctor_id: Id | None) -> AppointmentType:
        return AppointmentType(
            id=self.context.new_id(), slug="", name="", code="", duration=30,
            doctor_id=doctor_id, position=placed_after(roster, doctor_id),
        )  # fmt: skip

    def reordered(self, roster: Roster, group: str, ids: list[Id]) -> Command | None:
        kinds = [row for row in (roster.types.get(one) for one in ids) if row is not None]
        moved = [replace(row, position=n) for n, row in enumerate(kinds)]
        if group == CLINIC:
            # doctors' rows stand where the type stands that they change
            for kind in tuple(moved):
                moved += [
                    replace(own, position=kind.position) for own in overrides_of(roster.types, kind)
                ]
        return SaveRecords(records=tuple(moved), label="Order of the visit types")

    def removal(self, roster: Roster, record: Record) -> Command | None:
        label = ""
        if isinstance(record, AppointmentType):
            doctor = roster.doctors.get(record.doctor_id or "")
            who = f" for {doctor_text(doctor)}" if doctor is not None else ""
            label = f"{record.name}{who} as the clinic"
        return RemoveRecords(rows=((RecordKind.TYPE, record.id),), label=label)

    def shown(self) -> None:
        roster, record = self.source.roster, self.record
        there = isinstance(record, AppointmentType) and not self.fresh and self.may
        own = roster is not None and isinstance(record, AppointmentType)
        override = own and is_override(roster.types, record)  # type: ignore[union-attr, arg-type]
        self.duplicate.setEnabled(there and not override)
        clinic = isinstance(record, AppointmentType) and record.doctor_id is None
        self.differs.setEnabled(there and clinic)

    # inside

    def _duplicate(self) -> None:
        roster, record = self.source.roster, self.record
        if roster is None or not isinstance(record, AppointmentType):
            return
        name = f"{record.name} (copy)"
        copy = replace(
            self._blank(roster, record.doctor_id),
            **{
                field: getattr(record, field)
                for field in AppointmentType.__dataclass_fields__
                if field not in _OF_THE_ROW
            },
            name=name,
            code=type_code(name, [row.code for row in roster.types.values()]),
        )
        self.begin(copy)

    def _fill_menu(self, button: QPushButton) -> None:
        menu = self._menus[button]
        menu.clear()
        roster, record = self.source.roster, self.record
        if roster is None:
            return
        taken: set[Id | None] = set()
        if button is self.differs and isinstance(record, AppointmentType):
            taken = {own.doctor_id for own in overrides_of(roster.types, record)}
        for doctor in roster.doctors.values():
            if not doctor.active or doctor.id in taken:
                continue
            action = menu.addAction(doctor_text(doctor).replace("&", "&&"))
            action.triggered.connect(lambda _=False, d=doctor, b=button: self._for_doctor(b, d))
        if menu.isEmpty():
            menu.addAction("Every doctor has a row of their own").setEnabled(False)

    def _for_doctor(self, button: QPushButton, doctor: Doctor) -> None:
        roster, record = self.source.roster, self.record
        if roster is None:
            return
        if button is self.add_own:
            self.begin(self._blank(roster, doctor.id))
        elif isinstance(record, AppointmentType):
            clinic = clinic_wide(roster, record) or record
            self.begin(
                replace(
                    self._blank(roster, doctor.id),
                    **{
                        field: getattr(clinic, field)
                        for field in AppointmentType.__dataclass_fields__
                        if field not in _OF_THE_ROW - {"slug", "code", "name", "position"}
                    },
                )
            )


_OF_THE_ROW = frozenset(
    {
        "id", "revision", "created_at", "created_by", "updated_at", "updated_by", "created_op",
        "updated_op", "deleted_at", "doctor_id", "slug", "code", "name", "position",
    }
)  # fmt: skip


def difference_text(roster: Roster, clinic: AppointmentType, own: AppointmentType) -> str:
    """ "45 min, €80.00, notice", "not offered"."""
    if not own.active:
        return "not offered"
    parts = []
    for name in own_fields(clinic, own):
        if name == "duration":
            parts.append(f"{own.duration} min")
        elif name == "price_minor":
            practice = roster.practice
            parts.append(price_text(own.price_minor, practice.currency, practice.locale))
        elif name in WORDS:
            parts.append(WORDS[name])
    return ", ".join(parts) or "as the clinic"
