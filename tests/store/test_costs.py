"""What an action costs, counted exactly; how long it takes is measured by ``make bench``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.catalogue import Room
from clinic_desk.domain.people import Patient
from clinic_desk.services.commands import BookAppointment
from clinic_desk.services.desk import Desk
from tests.store.clinic import MARIA, MONDAY, Clinic, visit

BOOKING = 18
"""Statements of one booking: begin, expired holds, the roster's version, the patient, who is near,
external calendars, the code's counter, the row, its event, the outbox, three for the undo step,
the zone of the answer's day, three for the audit trail (its head, the entry, the new head),
commit."""


def traced(clinic: Clinic, act: Callable[[], object]) -> list[str]:
    """The statements that the writer runs; those inside triggers are left out."""
    found: list[str] = []
    driver: Any
    with clinic.store._writer.connect() as connection:
        driver = connection.connection.driver_connection
    driver.set_trace_callback(lambda sql: found.append(sql) if not sql.startswith("--") else None)
    act()
    driver.set_trace_callback(None)
    told: list[str] = []
    for sql in found:  # a trigger's steps repeat the text of the statement that set it off
        if not told or told[-1] != sql:
            told.append(sql)
    return told


def book(at: int, patient: str = "hall") -> BookAppointment:
    return BookAppointment(
        patient_id=patient, doctor_id="wu", type_id="fup", start=MONDAY + timedelta(minutes=at)
    )


def desk(clinic: Clinic) -> Desk:
    return Desk(clinic.store, clinic.clock, clinic.ids, MARIA)


def test_a_booking_takes_few_statements_and_the_same_number_in_a_full_clinic(
    clinic: Clinic,
) -> None:
    desk(clinic).execute(book(0))
    alone = traced(clinic, lambda: desk(clinic).execute(book(30)))
    assert any("INSERT INTO appointment" in sql for sql in alone)
    assert len(alone) == BOOKING
    for number in range(30):
        clinic.add(
            Room(id=f"more-{number:02}", location_id="site", name=f"X {number:02}"),
            Patient(id=f"p{number}", record_number=f"Q{number}", first_name="A", last_name="Wu"),
        )
    clinic.add(
        *(
            visit(f"r{n}", 60, doctor_id="roy", patient_id=f"p{n}", room_id=f"more-{n:02}", lane=n)
            for n in range(30)
        )
    )
    desk(clinic).execute(book(180))
    crowded = traced(clinic, lambda: desk(clinic).execute(book(60)))
    assert len(crowded) == len(alone)


def test_the_other_rooms_are_read_when_the_likely_ones_are_taken(clinic: Clinic) -> None:
    """Rooms in their order: Room 1 (one place), Room 2 (two), Room 3."""
    clinic.add(Room(id="room-3", location_id="site", name="Room 3"))
    others = [
        Patient(id=f"p{n}", record_number=f"Q{n}", first_name="A", last_name="Wu") for n in range(4)
    ]
    clinic.add(*others)
    taken = (("room-1", 0), ("room-2", 0), ("room-2", 1))
    for number, (room, lane) in enumerate(taken):
        row = visit(
            f"t{number}",
            0,
            doctor_id="roy",
            patient_id=f"p{number}",
            room_id=room,
            lane=number,
            room_lane=lane,
        )
        clinic.add(row)
        made = desk(clinic).execute(book((60, 90, 180)[number]))
        assert clinic.get(Appointment, str(made.value)).room_id == "room-1"
    made = desk(clinic).execute(book(0, "lee"))
    assert clinic.get(Appointment, str(made.value)).room_id == "room-3"
