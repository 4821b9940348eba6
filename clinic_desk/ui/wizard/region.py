"""Step 1: the country, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt

from clinic_desk.domain.catalogue import Location, Practice
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.commands import Command, SaveRecords, SaveSetting
from clinic_desk.services.fields import check_region
from clinic_desk.services.first_week import primary_site
from clinic_desk.services.regions import (
    country_of,
    is_right_to_left,
    locale_words,
    region,
)
from clinic_desk.services.roster_commands import Together
from clinic_desk.services.wording import LONG_DAYS
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.fields import ChoiceField
from clinic_desk.ui.widgets.forms.searching import SearchField, countries, currencies
from clinic_desk.ui.wizard.step import INITIATOR, FormStep, Ground

LTR, RTL = "ltr", "rtl"


class RegionStep(FormStep):
    """Choosing a country fills the rest, except for what was chosen by hand since."""

    name = "region"
    title = "Language and region"
    lead = (
        "Where is the clinic? Prices, dates on letters and phone numbers follow from it. The "
        "program itself speaks English and shows times as 14:30."
    )
    skippable = False

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        form = self.form
        self._own: set[str] = set()
        self.country = SearchField(countries, "Such as Turkey")
        form.add(
            "country", "Country", self.country,
            "Phone numbers without a country code are read as numbers of this country.",
        )  # fmt: skip
        self.language = ChoiceField()
        form.add("locale", "Language", self.language, "For prices, and for letters to patients.")
        form.add("first_weekday", "A week begins on", ChoiceField(list(enumerate(LONG_DAYS))))
        form.add("currency", "Currency", SearchField(currencies, "Such as euro"))
        form.add(
            "direction", "This desk reads",
            ChoiceField(((LTR, "From left to right"), (RTL, "From right to left"))),
            "From right to left, columns and lists begin at the right.",
        )  # fmt: skip
        form.close_rows()
        for name, text in (
            ("country", "C&ountry"), ("locale", "&Language"),
            ("first_weekday", "A &week begins on"), ("currency", "C&urrency"),
            ("direction", "This &desk reads"),
        ):  # fmt: skip
            self.label(name, text)
        self.country.edited.connect(self._propose)
        for name in ("locale", "first_weekday", "currency", "direction"):
            form.rows[name].field.edited.connect(lambda name=name: self._chosen(name))

    def prepare(self, ground: Ground) -> None:
        practice = ground.roster.practice
        self._offer(_country(ground), practice.locale)

    def fill(self, ground: Ground) -> None:
        practice = ground.roster.practice
        country = _country(ground)
        self.form.fill(
            {
                "country": country, "locale": practice.locale,
                "first_weekday": practice.first_weekday, "currency": practice.currency,
                "direction": RTL if ground.mirrored else LTR,
            }
        )  # fmt: skip
        self._own.clear()
        if _untouched(ground):
            self._propose()

    def put_raws(self, raws: Any) -> None:
        if isinstance(raws, dict):
            self._offer(str(raws.get("country", "")), str(raws.get("locale", "")))
        super().put_raws(raws)
        self._own = {name for name in self.form.rows if name != "country"}

    def command(self, ground: Ground) -> Command | None:
        values = self.values()
        practice = ground.roster.practice
        try:
            country = check_region(values["country"], "country")
        except Refusal as refusal:
            shown = values["country"][:40]
            words = f"“{shown}” is no country" if shown else "Choose the clinic’s country"
            raise Refusal(
                refusal.code, f"{words}; type a part of its name and choose it.", field="country"
            ) from None
        site = ground.roster.locations[primary_site(ground.roster)]
        records: tuple[Practice | Location, ...] = (
            replace(
                practice, locale=values["locale"], currency=values["currency"],
                phone_country=country, first_weekday=values["first_weekday"],
            ),
            replace(site, country=country),
        )  # fmt: skip
        label = "Set language and region"
        direction = SaveSetting(key="look.direction", value=values["direction"], label=label)
        return Together(
            commands=(SaveRecords(records=records, label=label), direction),
            label=label, initiator=INITIATOR,
        )  # fmt: skip

    def show_fault(self, refusal: Refusal) -> bool:
        if refusal.field == "phone_country":
            return self.form.show_fault("country", refusal.sentence)
        return super().show_fault(refusal)

    # inside

    def _chosen(self, name: str) -> None:
        self._own.add(name)
        if name == "locale" and "direction" not in self._own:
            self._put("direction", _direction(self.language.value()))

    def _offer(self, country: str, also: str) -> None:
        try:
            choices = list(region(country).locales)
        except KeyError:
            choices = []
        if also and also not in dict(choices):
            choices.append((also, _words(also)))
        self.language.offer(choices)

    def _propose(self) -> None:
        """What the country brings."""
        try:
            found = region(self.country.value())
        except KeyError:
            return
        kept = self.language.value() if "locale" in self._own else ""
        self._offer(found.country, kept)
        self._put("locale", kept or found.locales[0][0])
        for name, value in (
            ("first_weekday", found.first_weekday), ("currency", found.currency),
            ("direction", _direction(self.language.value())),
        ):  # fmt: skip
            if name not in self._own:
                self._put(name, value)

    def _put(self, name: str, value: Any) -> None:
        row = self.form.rows[name]
        row.field.put(value)
        if row.error.text():
            row.fault("")


def _country(ground: Ground) -> str:
    """As stored; in a new clinic the country of the computer's zone."""
    if _untouched(ground):
        return country_of(ground.roster.practice.zone)
    site = ground.roster.locations[primary_site(ground.roster)]
    return site.country or ground.roster.practice.phone_country


def _untouched(ground: Ground) -> bool:
    """Whether nobody has said anything about this clinic yet."""
    return ground.roster.practice.revision <= 1


def _direction(locale: str) -> str:
    return RTL if is_right_to_left(locale or "en") else LTR


def _words(locale: str) -> str:
    try:
        return locale_words(locale)
    except ValueError:
        return locale


def layout_of(direction: str) -> Qt.LayoutDirection:
    return Qt.LayoutDirection.RightToLeft if direction == RTL else Qt.LayoutDirection.LeftToRight
