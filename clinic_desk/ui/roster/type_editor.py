"""The form of a visit type: clinic-wide, of one doctor, or what differs for one doctor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import AppointmentType, Mode, is_override
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.services.commands import Command, RecordKind, SaveRecords
from clinic_desk.services.fields import slug_of
from clinic_desk.services.roster_commands import RemoveRecords
from clinic_desk.services.roster_editing import propose_code
from clinic_desk.services.type_overrides import own_fields
from clinic_desk.services.wording import doctor_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.roster.type_fields import LeadField, TypeReminders
from clinic_desk.ui.widgets.forms.fields import (
    ChoiceField,
    LongTextField,
    ManyField,
    NumberField,
    PriceField,
    SwitchField,
    TextField,
)
from clinic_desk.ui.widgets.forms.form import Form
from clinic_desk.ui.widgets.forms.swatches import SwatchField

MODES = ((Mode.IN_PERSON, "In person"), (Mode.VIDEO, "Video"), (Mode.PHONE, "Phone"))


class TypeEditor:
    """A new type's short name and code follow the name until they are typed themselves."""

    def __init__(self, theme: Theme) -> None:
        form = self.form = Form(theme)
        self._own_slug = self._own_code = True
        self._taken: list[str] = []
        form.heading("Visit type")
        self.name, self.slug, self.code = TextField("Such as Follow-up"), TextField(), TextField()
        self.code.setMaximumWidth(100)
        form.add("name", "Name", self.name)
        form.add("code", "Code", self.code, "One to four letters, shown on narrow visits.")
        form.add(
            "slug", "Short name", self.slug,
            "For links and imports, made from the name; no other type may have it.",
        )  # fmt: skip
        form.add("description", "Description", LongTextField(theme))
        form.add(
            "active", "Offered", SwitchField("Can be booked"),
            "A type that is no longer offered keeps its visits and their history.",
        )  # fmt: skip
        form.heading("Time and price")
        form.add("duration", "Length", NumberField(theme, "minutes", step=5))
        form.add("buffer_before", "Kept free before", NumberField(theme, "minutes", step=5))
        form.add("buffer_after", "Kept free after", NumberField(theme, "minutes", step=5))
        self.price = PriceField(theme)
        form.add("price_minor", "Price", self.price)
        form.heading("Where")
        form.add("mode", "How", ChoiceField(MODES))
        self.sites, self.rooms = ManyField("At every site"), ManyField("In every room")
        self.site, self.room = ChoiceField(), ChoiceField()
        form.add("allowed_location_ids", "Only at", self.sites)
        form.add("allowed_room_ids", "Only in", self.rooms)
        form.add("default_location_id", "Usual site", self.site)
        form.add("default_room_id", "Usual room", self.room)
        form.heading("Rules for booking and moving")
        form.add("needs_acceptance", "Acceptance", SwitchField("Waits until the doctor accepts it"))
        form.add(
            "min_notice", "Notice", LeadField(theme),
            "How long before its start a visit is booked at the latest; 0 for no notice.",
        )  # fmt: skip
        form.add("max_future_days", "Booked ahead", NumberField(theme, "days at most", step=5))
        form.add(
            "patient_may_reschedule", "Moving", SwitchField("May be moved at the patient’s wish")
        )
        form.add("max_reschedules", "Moved at most", NumberField(theme, "times", none="No limit"))
        form.add(
            "max_per_day", "Visits per day",
            NumberField(theme, "at most, with one doctor", none="No limit"),
        )  # fmt: skip
        form.heading("Reminders and colour")
        self.reminders = TypeReminders(theme)
        form.add("reminders", "Reminders", self.reminders)
        self.colour = SwatchField(theme, striped=False, none="The doctor’s colour")
        form.add("colour", "Colour", self.colour, "Without one, visits have the doctor’s colour.")
        self.name.edited.connect(self._propose)
        self.slug.edited.connect(lambda: setattr(self, "_own_slug", True))
        self.code.edited.connect(lambda: setattr(self, "_own_code", True))

    def prepare(self, roster: Roster, record: AppointmentType) -> None:
        practice = roster.practice
        self.price.set_money(practice.currency, practice.locale)
        self.reminders.set_practice(practice.reminders)
        sites = [(row.id, row.name) for row in roster.locations.values()]
        several = len(sites) > 1
        rooms = [
            (
                row.id,
                f"{row.name} ({roster.locations[row.location_id].name})"
                if several and row.location_id in roster.locations
                else row.name,
            )
            for row in roster.rooms.values()
        ]
        self.sites.offer(sites)
        self.rooms.offer(rooms)
        self.site.offer([(None, "None in particular"), *sites])
        self.room.offer([(None, "None in particular"), *rooms])
        others = [row for row in roster.types.values() if row.slug != record.slug]
        self._taken = [row.code for row in others]
        own = is_override(roster.types, record)
        self.form.rows["slug"].show(not own)
        self.form.rows["code"].show(not own)

    def values(self, roster: Roster, record: AppointmentType) -> Mapping[str, Any]:  # noqa: ARG002
        self._own_slug = self._own_code = bool(record.revision) or bool(record.slug)
        return {name: getattr(record, name) for name in self.form.rows}

    def base(self, roster: Roster, record: AppointmentType) -> Mapping[str, Any] | None:
        clinic = clinic_wide(roster, record)
        if clinic is None:
            return None
        return {name: getattr(clinic, name) for name in self.form.rows}

    def changed(
        self, roster: Roster, record: AppointmentType, values: Mapping[str, Any]
    ) -> AppointmentType:
        own = is_override(roster.types, record)
        skipped = {"slug", "code"} if own else set()
        fresh = {name: value for name, value in values.items() if name not in skipped}
        if not own and not fresh["slug"]:
            fresh["slug"] = slug_of(fresh["name"])
        elif not own:
            fresh["slug"] = slug_of(fresh["slug"])
        after = replace(record, **fresh)
        if not own and is_override(roster.types, after):
            raise Refusal(
                "slug_taken",
                f"The clinic has a type with the short name {after.slug}; give this one another "
                "name, or choose that one and “Differs for a doctor”.",
                field="name" if slug_of(after.name) == after.slug else "slug",
            )
        return after

    def command(
        self, roster: Roster, before: AppointmentType | None, after: AppointmentType
    ) -> Command:
        name = " ".join(after.name.split())[:60]
        doctor = roster.doctors.get(after.doctor_id or "")
        whose = f" for {doctor_text(doctor)}" if doctor is not None else ""
        clinic = clinic_wide(roster, after)
        if clinic is not None:
            if own_fields(clinic, after):
                return SaveRecords(records=(after,), label=f"{clinic.name}{whose}")
            if before is not None:
                return RemoveRecords(
                    rows=((RecordKind.TYPE, after.id),), label=f"{clinic.name}{whose} as the clinic"
                )
            raise Refusal(
                "nothing_changed",
                f"Nothing differs from the clinic’s {clinic.name} yet; change a value first.",
            )
        verb = "Add" if before is None else "Edit"
        if before is not None and before.active != after.active:
            verb = "Offer" if after.active else "No longer offer"
        return SaveRecords(records=(after,), label=f"{verb} {name}{whose}")

    def title(self, roster: Roster, record: AppointmentType) -> tuple[str, str]:
        doctor = roster.doctors.get(record.doctor_id or "")
        if doctor is None:
            return record.name or "New visit type", "For the whole clinic"
        if is_override(roster.types, record):
            return (
                f"{record.name}, {doctor_text(doctor)}",
                "What differs from the clinic’s type; all other values follow it.",
            )
        return record.name or "New visit type", f"Only with {doctor_text(doctor)}"

    def _propose(self) -> None:
        name = self.name.value()
        if not self._own_slug:
            self.slug.put(slug_of(name))
        if not self._own_code:
            self.code.put(type_code(name, self._taken))


def clinic_wide(roster: Roster, record: AppointmentType) -> AppointmentType | None:
    """What an override changes; None for any other row."""
    if record.doctor_id is None or not record.slug:
        return None
    return next(
        (r for r in roster.types.values() if r.doctor_id is None and r.slug == record.slug), None
    )


def type_code(name: str, taken: list[str]) -> str:
    """ "Follow-up" → "FOL", another one when that is taken."""
    known = {code.casefold() for code in taken}
    letters = slug_of(name).replace("-", "").upper()
    if len(letters) >= 3 and letters[:3].casefold() not in known:
        return letters[:3]
    return propose_code(name or "Visit", taken, most=4)


def placed_after(roster: Roster, doctor_id: Id | None) -> int:
    """The position of a new type at the end of its group."""
    rows = [r.position for r in roster.types.values() if r.doctor_id == doctor_id]
    return max(rows, default=-1) + 1
