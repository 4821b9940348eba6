"""What planning reads: as many statements for one row as for forty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from clinic_desk.services import absence, call_list, waiting
from clinic_desk.services.commands import AddPatient, BookAppointment
from clinic_desk.services.planning_views import PlanWishes
from clinic_desk.services.roster_commands import RequestTimeOff
from clinic_desk.services.waitlist_commands import AddToWaitlist
from tests.fakes.world import TODAY, World, at

DAY = timedelta(days=1)


def statements(world: World, act: Callable[[], object]) -> int:
    """SELECTs that the readers run."""
    found: list[str] = []
    act()
    driver: Any
    with world.store.queries._engine.connect() as connection:
        driver = connection.connection.driver_connection
    driver.set_trace_callback(found.append)
    act()
    driver.set_trace_callback(None)
    return sum(sql.lstrip().startswith("SELECT") for sql in found)


def people(world: World, number: int) -> list[str]:
    return [
        str(world.run(AddPatient(values={"first_name": f"P{n}", "last_name": "Row"})).value)
        for n in range(number)
    ]


def test_the_waiting_list_and_its_matches(world: World) -> None:
    queries = world.store.queries

    def wait(patient: str) -> None:
        later = world.run(
            BookAppointment(
                patient_id=patient,
                doctor_id=world.names["wu"],
                type_id=world.names["call"],
                start=world.clock.now() + DAY + timedelta(minutes=60 + 15 * len(waited)),
            )
        ).value
        waited.append(patient)
        world.run(
            AddToWaitlist(
                values={
                    "patient_id": patient,
                    "type_id": world.names["follow-up"],
                    "appointment_id": later,
                }
            )
        )

    def read() -> None:
        cards = waiting.waitlist(queries)
        assert len(cards) == len(waited)
        assert all(card.given_up is not None for card in cards)

    def match() -> None:
        (gap,) = waiting.gaps_in(
            queries, world.names["wu"], at("10:00"), at("10:30"), world.clock.now()
        )
        assert len(waiting.matches(queries, gap, world.clock.now())) == len(waited)

    waited: list[str] = []
    first, *rest = people(world, 14)
    wait(first)
    one = statements(world, read), statements(world, match)
    for patient in rest:
        wait(patient)
    assert (statements(world, read), statements(world, match)) == one
    assert 3 <= one[0] <= 8


def test_a_plan_its_call_list_and_the_page_of_requests(world: World) -> None:
    queries = world.store.queries
    request = str(
        world.run(
            RequestTimeOff(
                doctor_id=world.names["wu"], start=at("00:00"), end=at("00:00", TODAY + 2 * DAY)
            )
        ).value
    )

    def book(n: int, patient: str) -> None:
        world.run(
            BookAppointment(
                patient_id=patient,
                doctor_id=world.names["wu"],
                type_id=world.names["follow-up"],
                start=at("08:00", TODAY + DAY) + timedelta(minutes=30 * n + 60 * (n >= 8)),
            )
        )

    def plan() -> None:
        made = absence.plan(queries, request, PlanWishes(), world.clock.now())
        assert len(call_list.call_list(queries, made)) == booked

    def page() -> None:
        (card,) = absence.time_off(queries, world.clock.now())
        assert card.hits == booked

    first, *rest = people(world, 16)
    booked = 1
    book(0, first)
    one = statements(world, plan), statements(world, page)
    for n, patient in enumerate(rest, 1):
        book(n, patient)
    booked = 16
    assert (statements(world, plan), statements(world, page)) == one
    assert one[1] <= 4
