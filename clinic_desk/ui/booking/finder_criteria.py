"""The finder's criteria: what the chips, menus and fields say, as a ``Wanted``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.availability.model import Slot
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.own_schedule import own_doctors
from clinic_desk.services.views import AppointmentView
from clinic_desk.ui.models import words
from clinic_desk.ui.models.finding import Wanted
from clinic_desk.ui.runtime.allowed import keep_shut, why_not
from clinic_desk.ui.widgets.worded_menu import WordedMenu

if TYPE_CHECKING:
    from clinic_desk.ui.booking.finder import FinderPage

LENGTHS = (15, 20, 30, 45, 60, 90, 120)
WEEKS = (1, 2, 4, 8, 13, 26)
WEEKDAYS = frozenset(range(5))
Entry = tuple[str, bool, Callable[[], None]]


@dataclass(frozen=True, slots=True)
class FoundOpening:
    """What the booking dialog needs for its ``open_from_slot``."""

    slot: Slot
    type_id: Id | None
    patient_id: Id | None
    entry_id: Id | None = None
    give_up: bool = False


class FinderCriteria(QObject):
    """``changed`` after every change by the person; ``wanted`` is what they add up to."""

    changed = Signal()

    def __init__(self, page: FinderPage) -> None:
        super().__init__(page)
        self._page = page
        self.wanted = Wanted()
        page.type_box.activated.connect(self._on_type)
        page.when.textChanged.connect(self._on_when)
        page.any_chip.clicked.connect(lambda: self.change(doctor_ids=()))
        page.mornings_chip.toggled.connect(lambda on: self.change(mornings=on))
        page.afternoons_chip.toggled.connect(lambda on: self.change(afternoons=on))
        page.weekdays_chip.toggled.connect(
            lambda on: self.change(weekdays=WEEKDAYS if on else frozenset())
        )
        page.together_chip.toggled.connect(lambda on: self.change(together=on))
        page.doctors_chip.clicked.connect(self.choose_doctors)
        page.length_chip.clicked.connect(self.choose_length)
        page.place_chip.clicked.connect(self.choose_place)
        page.room_chip.clicked.connect(self.choose_room)
        page.weeks_chip.clicked.connect(self.choose_weeks)

    def _own(self, wanted: Wanted) -> Wanted:
        """Of the own schedule alone, for somebody who may not book for other doctors."""
        own = own_doctors(self._page.context.actor)
        return replace(wanted, doctor_ids=own) if own else wanted

    def take(self, wanted: Wanted) -> None:
        """Start from these, without asking for a search."""
        self.wanted = self._own(wanted)
        why = why_not(self._page.context.actor, Permission.OTHERS_SCHEDULES)
        for chip in (self._page.any_chip, self._page.doctors_chip, self._page.together_chip):
            keep_shut(chip, why)
        with QSignalBlocker(self._page.when):
            self._page.when.setText(wanted.when_text)
        self.default_type()

    def fresh(self) -> Wanted:
        """The same wishes for another caller."""
        return replace(
            self.wanted, patient=None, ignore_ids=frozenset(), entry_id=None, give_up=False
        )

    def found(self, slot: Slot) -> FoundOpening:
        """The chosen opening with whom it is for."""
        wanted = self.wanted
        patient_id = wanted.patient.id if wanted.patient else None
        return FoundOpening(slot, wanted.type_id, patient_id, wanted.entry_id, wanted.give_up)

    def change(self, **changed: object) -> None:
        self.wanted = self._own(replace(self.wanted, **changed))  # type: ignore[arg-type]
        self.show(self._page.visit)
        self.changed.emit()

    def default_type(self) -> None:
        if self.wanted.type_id is None:
            kinds = self._page.source.types_for(None)
            if kinds:
                self.wanted = replace(self.wanted, type_id=kinds[0].id)

    def minutes(self) -> int:
        doctors = self.wanted.doctor_ids
        only = doctors[0] if len(doctors) == 1 else None
        kind = self._page.source.type_with(self.wanted.type_id, only)
        return self.wanted.minutes or (kind.duration if kind else 30)

    def _on_type(self, _index: int) -> None:
        self.change(type_id=self._page.type_box.currentData(), minutes=None)

    def _on_when(self, text: str) -> None:
        self.wanted = replace(self.wanted, when_text=text)
        self.changed.emit()

    def show(self, visit: AppointmentView | None) -> None:
        """Chips and subtitle; ``visit`` is the one that is being moved."""
        page, source = self._page, self._page.source
        roster, wanted = source.roster, self.wanted
        if roster is None:
            return
        kinds = source.types_for(None)
        with QSignalBlocker(page.type_box):
            page.type_box.clear()
            for kind in kinds:
                page.type_box.addItem(kind.name, kind.id)
            page.type_box.setCurrentIndex(page.type_box.findData(wanted.type_id))
        chosen = [d for d in source.doctors() if d.id in wanted.doctor_ids]
        names = ", ".join(words.doctor_short(d) for d in chosen[:3])
        more = f" +{len(chosen) - 3}" if len(chosen) > 3 else ""
        page.doctors_chip.set_content(f"{names}{more}" if chosen else "Doctors", chosen[:3])
        page.length_chip.set_content(f"{self.minutes()} min")
        place = roster.locations.get(wanted.location_id or "")
        page.place_chip.set_content(place.name if place else "Any place")
        page.place_chip.setVisible(len(roster.locations) > 1)
        room = roster.rooms.get(wanted.room_id or "")
        page.room_chip.set_content(room.name if room else "Any room")
        page.weeks_chip.set_content(f"Next {words.plural(wanted.weeks, 'week')}")
        page.together_chip.setVisible(len(chosen) > 1)
        for chip, on in (
            (page.any_chip, not wanted.doctor_ids),
            (page.mornings_chip, wanted.mornings),
            (page.afternoons_chip, wanted.afternoons),
            (page.weekdays_chip, wanted.weekdays == WEEKDAYS),
            (page.together_chip, wanted.together and len(chosen) > 1),
        ):
            with QSignalBlocker(chip):
                chip.setChecked(on)
        who = wanted.patient.listed_name if wanted.patient else ""
        if visit is not None:
            now = words.moment_words(visit.cell.start, visit.zone)
            who = f"{visit.cell.listed_name}, now {now}"
        kind_name = next((k.name for k in kinds if k.id == wanted.type_id), "")
        usual = words.doctor_of(roster, wanted.usual_doctor_id) if wanted.usual_doctor_id else ""
        parts = [who, f"{kind_name} {self.minutes()} min", f"usual doctor {usual}" if usual else ""]
        page.subtitle.setText(" · ".join(part for part in parts if part))

    # Menus

    def _menu(self, under: QWidget, entries: list[Entry]) -> None:
        menu = WordedMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, checked, call in entries:
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(checked)
            action.triggered.connect(partial(_call, call))
        menu.popup(under.mapToGlobal(under.rect().bottomLeft()))

    def _entry(self, text: str, checked: bool, **changed: object) -> Entry:
        return text, checked, partial(self.change, **changed)

    def choose_doctors(self) -> None:
        chosen = self.wanted.doctor_ids

        def toggled(doctor_id: Id) -> tuple[Id, ...]:
            rest = tuple(one for one in chosen if one != doctor_id)
            return rest if doctor_id in chosen else (*chosen, doctor_id)

        self._menu(
            self._page.doctors_chip,
            [
                self._entry(
                    f"{d.code}  {words.doctor_name(d)}", d.id in chosen, doctor_ids=toggled(d.id)
                )
                for d in self._page.source.doctors()
            ],
        )

    def choose_length(self) -> None:
        now = self.minutes()
        self._menu(
            self._page.length_chip,
            [self._entry(f"{m} min", m == now, minutes=m) for m in sorted({*LENGTHS, now})],
        )

    def choose_place(self) -> None:
        roster = self._page.source.roster
        here = self.wanted.location_id
        entries = [self._entry("Any place", here is None, location_id=None)]
        entries += [
            self._entry(place.name, place.id == here, location_id=place.id, room_id=None)
            for place in (roster.locations.values() if roster else ())
        ]
        self._menu(self._page.place_chip, entries)

    def choose_room(self) -> None:
        here = self.wanted.room_id
        entries = [self._entry("Any room", here is None, room_id=None)]
        entries += [
            self._entry(room.name, room.id == here, room_id=room.id)
            for room in self._page.source.rooms_at(self.wanted.location_id)
        ]
        self._menu(self._page.room_chip, entries)

    def choose_weeks(self) -> None:
        self._menu(
            self._page.weeks_chip,
            [
                self._entry(f"Next {words.plural(w, 'week')}", w == self.wanted.weeks, weeks=w)
                for w in WEEKS
            ],
        )


def _call(call: Callable[[], None], _checked: bool = False) -> None:
    call()
