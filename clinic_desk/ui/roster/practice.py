"""The clinic itself: name, zone, language, money, reminders, and what holds everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Practice
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.services.commands import SaveRecords
from clinic_desk.services.wording import LONG_DAYS
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.roster.panel import RecordPanel
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.fields import ChoiceField, NumberField, SwitchField, TextField
from clinic_desk.ui.widgets.forms.form import Form
from clinic_desk.ui.widgets.forms.reminder_plan import ReminderPlan
from clinic_desk.ui.widgets.forms.searching import (
    SearchField,
    countries,
    currencies,
    languages,
    zone_field,
)


class PracticeEditor:
    """``form`` holds the fields of ``Practice``."""

    def __init__(self, theme: Theme) -> None:
        form = self.form = Form(theme)
        form.heading("The clinic")
        form.add("name", "Name", TextField("As it is called on letters and reminders"))
        form.add(
            "zone", "Time zone", zone_field(),
            "For new sites, and for days that belong to no site. Every site has its own.",
        )  # fmt: skip
        form.heading("Language and money")
        form.add("locale", "Language and region", SearchField(languages, "Such as English"))
        form.add(
            "currency", "Currency", SearchField(currencies, "Such as euro"),
            "Visits that are booked keep the price and currency they were booked with.",
        )  # fmt: skip
        form.add(
            "phone_country", "Phone country", SearchField(countries, "Such as Turkey"),
            "Phone numbers without a country code are read as numbers of this country.",
        )  # fmt: skip
        form.add("first_weekday", "A week begins on", ChoiceField(list(enumerate(LONG_DAYS))))
        form.heading("Reminders")
        form.add(
            "reminders", "Usual reminders", ReminderPlan(theme),
            "For every visit whose type has no plan of its own. With nothing ticked a reminder "
            "goes the way the patient prefers.",
        )  # fmt: skip
        form.heading("Rules for everybody")
        form.add(
            "travel_minutes", "Travel between sites", NumberField(theme, "minutes", step=5),
            "Kept free when a doctor changes the site within a day. Single ways can differ: see "
            "Sites and rooms.",
        )  # fmt: skip
        form.add(
            "one_visit_at_a_time", "One patient",
            SwitchField("A patient cannot have two visits at the same time"),
        )  # fmt: skip

    def prepare(self, roster: Roster, record: Practice) -> None:
        """Nothing depends on the row."""

    def values(self, roster: Roster, record: Practice) -> Mapping[str, Any]:  # noqa: ARG002
        return {name: getattr(record, name) for name in self.form.rows}

    def base(self, roster: Roster, record: Practice) -> None:  # noqa: ARG002
        return None

    def changed(self, roster: Roster, record: Practice, values: Mapping[str, Any]) -> Practice:  # noqa: ARG002
        return replace(record, **values)

    def command(
        self,
        roster: Roster,  # noqa: ARG002
        before: Practice | None,  # noqa: ARG002
        after: Practice,
    ) -> SaveRecords:
        return SaveRecords(records=(after,), label="Edit the practice")

    def title(self, roster: Roster, record: Practice) -> tuple[str, str]:  # noqa: ARG002
        return record.name, ""


class PracticePanel(RecordPanel):
    def __init__(self, context: Context) -> None:
        super().__init__(context, None, ("No practice yet", "This clinic’s file is empty."))
        self.add_editor(PracticeEditor(context.theme))

    def stored(self, roster: Roster, row_id: Id) -> Record | None:  # noqa: ARG002
        return roster.practice

    def first(self, roster: Roster) -> Id:
        return roster.practice.id
