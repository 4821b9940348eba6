"""What each page reads: as many statements for one visit as for many, whatever is shown.

What a page asks is told here in the words of the page's own reading (``services`` and the
``Queries`` port); planner, call list and page of requests stand in ``test_planning_costs``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.services import doctor_figures, doctor_view, flow_board, reporting, waiting
from clinic_desk.services.audit_views import AuditWish
from clinic_desk.services.billing_messages import SERVICE, TOPICS
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.commands import AddPatient, BookAppointment, ChangeStatus
from clinic_desk.services.day_views import GroupBy, Preset, ReportWish
from clinic_desk.services.ports import Queries
from clinic_desk.services.waitlist_commands import AddToWaitlist
from tests.fakes.world import TODAY, World, at
from tests.unit.services.test_planning_costs import statements

MONDAY = TODAY - timedelta(days=TODAY.weekday())
MONTH = (TODAY.replace(day=1), TODAY.replace(day=28))
MANY = 14

Read = Callable[[Queries, World], Any]


def billing(queries: Queries, _world: World) -> Any:
    wish = InvoiceWish()
    return (
        queries.invoices(wish, 500),
        queries.invoice_totals(wish),
        queries.gateway_state(SERVICE, TOPICS),
        queries.outbox(TOPICS),
    )


def audit(queries: Queries, _world: World) -> Any:
    """The list's numbers, who and where, the fingerprint, the rows in sight and one entry."""
    numbers = queries.audit_index(AuditWish())
    return (
        numbers,
        queries.audit_people(),
        queries.audit_desks(),
        queries.audit_head(),
        queries.audit_lines(numbers[:100]),
        queries.audit_entry(numbers[0]),
    )


def year(queries: Queries, _world: World) -> Any:
    """A month of it; the page asks for twelve, one after the other."""
    return queries.loads(*MONTH)


def doctor(queries: Queries, world: World) -> Any:
    return doctor_view.read(queries, world.names["wu"], world.clock.now())


def numbers(queries: Queries, world: World) -> Any:
    """Nine reports over two months of four weeks, three statements for each month."""
    return doctor_figures.read(queries, world.names["wu"], TODAY, 4)


def report(preset: Preset, group: GroupBy) -> Read:
    wish = ReportWish(preset, *MONTH, group)
    return lambda queries, _world: reporting.report(queries, wish)


def agenda(queries: Queries, _world: World) -> Any:
    last = TODAY + timedelta(days=13)
    return queries.cells(TODAY, last, None, include_cancelled=True), queries.roster()


PAGES: dict[str, tuple[Read, int]] = {
    "calendar, day": (lambda q, _w: q.calendar(TODAY, TODAY), 8),
    "calendar, rooms": (lambda q, _w: q.calendar(TODAY, TODAY, rooms=True), 8),
    "calendar, week": (lambda q, _w: q.calendar(MONDAY, MONDAY + timedelta(days=6)), 8),
    "calendar, month": (lambda q, _w: (q.roster(), q.month(*MONTH, None)), 8),
    "agenda": (agenda, 6),
    "flow board": (lambda q, w: flow_board.read(q, TODAY, w.clock.now()), 8),
    "doctor's view": (doctor, 16),
    "doctor's numbers": (numbers, 40),
    "billing": (billing, 8),
    "year": (year, 6),
    "audit": (audit, 14),
    "waiting list": (lambda q, _w: waiting.waitlist(q), 8),
    "shelf": (lambda q, _w: q.shelf(), 4),
    **{
        f"report {preset} by {group}": (report(preset, group), 6)
        for preset in Preset
        for group in (GroupBy.DOCTOR, GroupBy.WEEKDAY_HOUR)
    },
}
"""What is read, and how many statements it may take at most."""


def fill(world: World, numbers: range) -> None:
    """Visits of several people on several days, with invoices, waiting entries and stamps."""
    for number in numbers:
        person = {"first_name": f"P{number}", "last_name": "Row"}
        patient = str(world.run(AddPatient(values=person)).value)
        day: date = TODAY + timedelta(days=number % 3)
        minute = 30 * (number // 3)
        made = world.run(
            BookAppointment(
                patient_id=patient,
                doctor_id=world.names["wu"],
                type_id=world.names["follow-up"],
                start=at("10:00", day) + timedelta(minutes=minute),
                outside_hours=True,
            )
        )
        world.run(
            AddToWaitlist(
                values={
                    "patient_id": patient,
                    "type_id": world.names["follow-up"],
                    "appointment_id": str(made.value),
                }
            )
        )
        if number == 0:
            for status in (Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED):
                world.run(ChangeStatus(appointment_id=str(made.value), to=status))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_the_same_statements_for_one_visit_and_for_many(
    world: World, page: str
) -> None:
    read, most = PAGES[page]
    queries: Queries = world.store.queries
    fill(world, range(1))
    one = statements(world, lambda: read(queries, world))
    fill(world, range(1, MANY))
    assert statements(world, lambda: read(queries, world)) == one
    assert 1 <= one <= most
