"""What the board calls people and places: names, initials or numbers; rooms; clocks."""

from __future__ import annotations

from datetime import datetime

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.flow.cards import Card, Level, Station, wait_words
from clinic_desk.ui.models.sites import site_zone
from clinic_desk.ui.models.words import clock_words, doctor_short
from clinic_desk.ui.runtime.privacy import CURTAIN


def initials(cell: Cell) -> str:
    """ "A. C.": first name first, as people hear themselves called."""
    parts = [cell.first_name.strip(), cell.last_name.strip()]
    return " ".join(f"{part[0].upper()}." for part in parts if part) or "?"


class Naming:
    """``private`` shows initials for names. Made anew with each roster."""

    def __init__(self, roster: Roster | None, *, private: bool = False) -> None:
        self.roster = roster
        self._private = private

    @property
    def private(self) -> bool:
        return self._private or CURTAIN.on

    def name(self, cell: Cell) -> str:
        if self.private:
            return initials(cell)
        return cell.listed_name or "No patient"

    def doctor(self, doctor_id: Id) -> Doctor | None:
        return self.roster.doctors.get(doctor_id) if self.roster is not None else None

    def doctor_words(self, doctor_id: Id) -> str:
        doctor = self.doctor(doctor_id)
        return doctor_short(doctor) if doctor is not None else "the doctor"

    def room(self, cell: Cell) -> str:
        """ "R2" for "Room 2"; other names as they are."""
        room = self.roster.rooms.get(cell.room_id or "") if self.roster is not None else None
        if room is None:
            return ""
        head, _, tail = room.name.rpartition(" ")
        return f"R{tail}" if head.casefold() == "room" and tail.isdigit() else room.name

    def zone(self, cell: Cell) -> str:
        return site_zone(self.roster, cell.location_id) if self.roster is not None else "UTC"

    def clock(self, cell: Cell, instant: datetime | None = None) -> str:
        return clock_words(instant or cell.start, self.zone(cell))

    def likely(self, card: Card) -> str:
        """ "likely 10:52"; empty where there is none."""
        return f"likely {self.clock(card.cell, card.likely)}" if card.likely is not None else ""

    def spoken(self, card: Card) -> str:
        """For a screen reader."""
        cell = card.cell
        parts = [self.name(cell), self.clock(cell), cell.type_name]
        parts.append(self.doctor_words(cell.doctor_id))
        parts += [self.state(card)]
        if card.likely is not None and card.slip:
            parts.append(f"{self.likely(card)}, {card.slip} minutes behind")
        elif card.likely is not None:
            parts.append(self.likely(card))
        if cell.alert and not self.private:
            parts.append(f"alert: {cell.alert}")
        return ", ".join(part for part in parts if part)

    def state(self, card: Card) -> str:
        match card.station:
            case Station.EXPECTED:
                late = f"late {card.late} min" if card.late else "expected"
                return f"{late}, perhaps a no-show" if card.missing else late
            case Station.ARRIVED:
                return wait_words(card.waited, card.level)
            case Station.IN_ROOM:
                over = f", over by {card.over}" if card.over else ""
                return f"in room, {card.elapsed} of {card.planned} min{over}"
            case Station.DONE:
                return "done"
            case _:
                return card.cell.status.value.replace("_", "-")


LEVEL_INK = {Level.FINE: "text2", Level.LONG: "warn", Level.TOO_LONG: "refuse"}
"""Token of each level's colour."""
