"""Step 2: what the clinic is called, where it is, and whose clock it keeps."""

from __future__ import annotations

from dataclasses import replace

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.commands import Command, SaveRecords
from clinic_desk.services.fields import check_zone, name_of
from clinic_desk.services.first_week import primary_site
from clinic_desk.services.regions import zone_for
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.fields import TextField
from clinic_desk.ui.widgets.forms.searching import zone_field
from clinic_desk.ui.wizard.step import INITIATOR, FormStep, Ground

UNNAMED = ("My clinic", "Main practice")
"""What a clinic and its site are called until somebody names them."""


class ClinicStep(FormStep):
    name = "clinic"
    title = "Clinic and time zone"
    lead = "As patients know it. More sites can be added later, each with its own clock."
    skippable = False

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        form = self.form
        form.add("name", "Name", TextField("As it is called on letters and reminders"))
        form.add(
            "zone", "Time zone", zone_field(),
            "Every time in the calendar is a time on this clock.",
        )  # fmt: skip
        form.heading("The first site")
        form.add("site", "Called", TextField("Main practice"), "Empty counts as “Main practice”.")
        form.add("address", "Address", TextField("Street and number"))
        form.add("city", "Town", TextField())
        form.add("phone", "Phone", TextField())
        form.close_rows()
        for name, text in (
            ("name", "N&ame"), ("zone", "Time &zone"), ("site", "Ca&lled"),
            ("address", "Add&ress"), ("city", "&Town"), ("phone", "&Phone"),
        ):  # fmt: skip
            self.label(name, text)

    def fill(self, ground: Ground) -> None:
        practice = ground.roster.practice
        site = ground.roster.locations[primary_site(ground.roster)]
        zone = practice.zone
        if practice.name == UNNAMED[0]:
            zone = zone_for(practice.phone_country, zone) if practice.revision > 1 else zone
        self.form.fill(
            {
                "name": "" if practice.name == UNNAMED[0] else practice.name,
                "zone": zone,
                "site": "" if site.name == UNNAMED[1] else site.name,
                "address": site.address,
                "city": site.city,
                "phone": site.phone,
            }
        )

    def command(self, ground: Ground) -> Command | None:
        values = self.values()
        name = name_of(values["name"], "name", "The clinic")
        if not values["zone"]:
            raise Refusal("missing", "Choose the clock that the clinic keeps.", field="zone")
        zone = check_zone(values["zone"])
        called = values["site"] or UNNAMED[1]
        try:
            name_of(called, "site", "The site")
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.sentence, field="site") from None
        practice = replace(ground.roster.practice, name=name, zone=zone)
        site = ground.roster.locations[primary_site(ground.roster)]
        own_zone = site.zone != ground.roster.practice.zone
        site = replace(
            site, name=called, zone=site.zone if own_zone else zone,
            address=values["address"], city=values["city"], phone=values["phone"],
        )  # fmt: skip
        return SaveRecords(
            records=(practice, site), label=f"Set up {name[:60]}", initiator=INITIATOR
        )
