"""What the person can do instead, as buttons beside a verdict. Worked out only when shown."""

from __future__ import annotations

from functools import cached_property

from clinic_desk.domain.availability import phrases as say
from clinic_desk.domain.availability.case import Case
from clinic_desk.domain.availability.model import Slot
from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import epoch, from_epoch


class Ways:
    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def next_free(self) -> Slot | None:
        return self.case.next_free()

    @cached_property
    def _other(self) -> Case | None:
        return self.case.other_doctor()

    def free(self) -> tuple[WayOut, ...]:
        """ "Next free 10:45", with the day when it is another one."""
        slot = self.next_free
        if slot is None:
            return ()
        at = epoch(slot.start)
        location = self.case.hours.locations.get(slot.location_id)
        zone = location.zone if location is not None else self.case.zone
        day, when = say.day_of(at, zone), say.clock(at, zone, self.case.ix.practice.zone)
        label = f"Next free {when}" if day == self.case.day else f"Next free {say.long(day)} {when}"
        return (WayOut(label, "place_at", _slot_data(slot)),)

    def exactly(self, at: int) -> tuple[WayOut, ...]:
        """ "Place at 10:25", if everything allows that."""
        case = self.case
        if at < case.ask.earliest * 60:
            return ()
        start, end = from_epoch(at), from_epoch(at + case.end - case.start)
        there = Case(case.ix, case.request, case.doctor_id, start, end, case.room_id)
        if not there.stands() or not there.room_stands():
            return ()
        room = case.room_id if case.room_id is not None else there.chosen_room()
        data = {
            "start": start,
            "end": end,
            "doctor_id": case.doctor_id,
            "location_id": there.location_id,
            "room_id": room,
        }
        return (WayOut(f"Place at {case.clock(at)}", "place_at", data),)

    def colleague(self) -> tuple[WayOut, ...]:
        """The first colleague who is free at this very start."""
        other = self._other
        if other is None:
            return ()
        name = say.doctor_text(other.hours.doctors.get(other.doctor_id))
        data = {
            "doctor_id": other.doctor_id,
            "start": from_epoch(other.start),
            "end": from_epoch(other.end),
            "location_id": other.location_id,
            "room_id": other.chosen_room(),
        }
        return (WayOut(f"Other doctor: {name}", "other_doctor", data),)

    def room(self, instead_of: Id) -> tuple[WayOut, ...]:
        """ "Use Room 3"."""
        room_id = self.case.other_room(instead_of)
        if room_id is None:
            return ()
        name = self.case.ix.rooms[room_id].name
        return (WayOut(f"Use {name}", "use_room", {"room_id": room_id}),)

    def overbook(self) -> WayOut:
        case = self.case
        data = {"doctor_id": case.doctor_id, "start": from_epoch(case.start)}
        return WayOut("Overbook", "overbook", data)

    def outside(self) -> WayOut:
        return WayOut("Book outside hours", "outside_hours", {"outside_hours": True})

    def show(self, row_id: Id) -> WayOut:
        return WayOut("Show both", "show", {"appointment_id": row_id})

    def both(self) -> WayOut:
        data = {"allow_patient_overlap": True}
        return WayOut("Book anyway", "allow_patient_overlap", data)


def _slot_data(slot: Slot) -> dict[str, object]:
    return {
        "start": slot.start,
        "end": slot.end,
        "doctor_id": slot.doctor_id,
        "location_id": slot.location_id,
        "room_id": slot.room_id,
    }
