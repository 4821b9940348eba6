"""The roster as the dialogs see it: read off the main thread, kept until it changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from clinic_desk.domain.availability import choosable_types
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import AppointmentType, Doctor, Room, effective_type
from clinic_desk.domain.ids import Id
from clinic_desk.services.outcome import Changes
from clinic_desk.ui.runtime.operations import Operations

ROSTER_KINDS = frozenset(
    {
        "practice", "location", "room", "doctor", "appointment_type", "schedule_template",
        "availability_exception", "time_off_request", "holiday", "external",
        "travel_time",
    }
)  # fmt: skip


class RosterSource(QObject):
    """``changed`` tells that a newer roster is there; ``roster`` is None until the first, which
    may be given."""

    changed = Signal()

    def __init__(
        self,
        operations: Operations,
        parent: QObject | None = None,
        first: Roster | None = None,
    ) -> None:
        super().__init__(parent)
        self._operations = operations
        self.roster = first
        operations.changed.connect(self._on_changes)
        if first is None:
            self.refresh()

    def refresh(self) -> None:
        self._operations.ask(
            lambda queries: queries.roster(), done=self._take, key=f"roster:{id(self)}"
        )

    @property
    def zone(self) -> str:
        """The practice's default zone, "UTC" until the roster is known."""
        return self.roster.practice.zone if self.roster else "UTC"

    def zone_at(self, location_id: Id | None) -> str:
        location = self.roster.locations.get(location_id or "") if self.roster else None
        return location.zone if location is not None else self.zone

    def doctors(self) -> list[Doctor]:
        """Active doctors in column order."""
        if self.roster is None:
            return []
        active = [d for d in self.roster.doctors.values() if d.active]
        return sorted(active, key=lambda d: (d.position, d.name))

    def types_for(self, doctor_id: Id | None) -> list[AppointmentType]:
        """Active types that this doctor offers; with None every active type. A doctor's version
        of a clinic-wide type is none of its own."""
        if self.roster is None:
            return []
        return choosable_types(self.roster, doctor_id)

    def type_with(self, type_id: Id | None, doctor_id: Id | None) -> AppointmentType | None:
        """The type with the values that hold for the doctor; with None the clinic's."""
        return effective_type(self.roster.types, type_id, doctor_id) if self.roster else None

    def rooms_at(self, location_id: Id | None) -> list[Room]:
        if self.roster is None:
            return []
        rooms = [r for r in self.roster.rooms.values() if location_id in (None, "", r.location_id)]
        return sorted(rooms, key=lambda r: r.name)

    def _on_changes(self, changes: Changes) -> None:
        if changes.kinds & ROSTER_KINDS:
            self.refresh()

    def _take(self, roster: Roster) -> None:
        self.roster = roster
        self.changed.emit()
