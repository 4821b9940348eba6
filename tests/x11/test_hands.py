"""What only a real mouse does: the wheel, resting at an edge while dragging, an edge of a visit,
a chip of the month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from clinic_desk.app.start import MORNING
from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability import explain
from clinic_desk.domain.availability.model import Explanation, Request
from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import Cell
from tests.x11.hands import Spot
from tests.x11.test_receptionist import TODAY, Desk, data, demo_clinic, desk, screen

__all__ = ["data", "demo_clinic", "desk", "screen"]
pytestmark = pytest.mark.alone
BOOKED = (Status.SCHEDULED, Status.CONFIRMED)
SOON = timedelta(minutes=10)
FORGIVEN = frozenset({"notice", "step", "length"})
"""Rules about new bookings that a visit being moved need not keep."""


def scroll(desk: Desk) -> int:
    return int(desk.person.grid()["scroll"])


def view(desk: Desk) -> tuple[int, int, int, int]:
    x, y, width, height = desk.person.grid()["view"]
    return x, y, width, height


def booked(desk: Desk, fits: Callable[[Cell], bool] = lambda _cell: True) -> Cell:
    """A booked visit ahead that is in view."""
    found = (
        cell
        for cell in desk.today()
        if cell.status in BOOKED and cell.start > MORNING + SOON and desk.in_view(cell)
    )
    return next(cell for cell in found if fits(cell))


def test_the_wheel_scrolls_and_with_ctrl_it_zooms(desk: Desk) -> None:
    person = desk.person
    x, y, width, height = view(desk)
    person.glide((x, y), (x + width // 2, y + height // 2))
    person.still()
    before = scroll(desk)
    person.wheel(3)
    person.wait(lambda: scroll(desk) > before + 60, "three notches scroll down")
    person.wheel(-3)
    person.wait(lambda: scroll(desk) == before, "three notches scroll back")
    person.still()
    slot = person.grid()["slot"]
    person.key_down("ctrl")
    person.wheel(-1)
    person.key_up("ctrl")
    person.wait(lambda: person.grid()["slot"] < slot, "Ctrl and the wheel zoom in")


def test_resting_at_an_edge_scrolls_while_a_visit_is_carried(desk: Desk) -> None:
    person = desk.person
    cell = booked(desk)
    _x, y, _width, height = view(desk)
    start = desk.middle(cell.id)
    before = scroll(desk)
    bottom: Spot = (start[0], y + height - 8)
    person.hold(start)
    person.glide(start, bottom)
    person.wait(lambda: scroll(desk) > before + 150, "the grid scrolls down by itself")
    top: Spot = (start[0], y + 8)
    reached = scroll(desk)
    person.glide(bottom, top)
    person.wait(lambda: scroll(desk) < reached - 100, "and up at the other edge")
    person.glide(top, (start[0], y + height // 2))
    person.still()
    resting = scroll(desk)
    person.wheel(2)
    person.wait(lambda: scroll(desk) > resting, "the wheel turns while a visit is carried")
    person.press("Escape")
    person.release()
    person.wait(lambda: desk.drawn(cell.id) == desk.place(cell.id), "it is where it was")
    assert desk.place(cell.id) == (cell.doctor_id, cell.start)


def room_above(desk: Desk, cell: Cell) -> bool:
    """Whether the quarter of an hour before a visit is free for it."""
    request = Request(
        type_id=cell.type_id,
        first=TODAY,
        last=TODAY,
        now=MORNING + SOON,
        doctor_ids=(cell.doctor_id,),
        patient_id=cell.patient_id,
        duration=int((cell.end - cell.start).total_seconds() // 60) + 15,
        ignore_ids=frozenset({cell.id}),
    )
    snapshot = desk.clinic.queries.snapshot(TODAY, TODAY)
    start = cell.start - timedelta(minutes=15)
    told = explain(snapshot, request, cell.doctor_id, start, end=cell.end, room_id=cell.room_id)
    return start > MORNING + SOON and allowed(told)


def allowed(told: Explanation) -> bool:
    return all(reason.passed or reason.code in FORGIVEN for reason in told.reasons)


def test_the_upper_edge_of_a_visit_is_drawn_up(desk: Desk) -> None:
    person = desk.person
    cell = booked(desk, lambda found: room_above(desk, found))
    x, top, width, _height = person.grid()["cells"][cell.id]["rect"]
    quarters = person.grid()["quarters"][cell.doctor_id]
    quarter = next(iter(quarters.values()))[3]
    start = (x + width // 2, top + 2)
    person.drag(start, (start[0], start[1] - quarter))
    wanted = cell.start - timedelta(minutes=15)
    person.wait(lambda: desk.stored(cell.id).start == wanted, "it begins earlier")
    assert desk.stored(cell.id).end == cell.end


def test_a_chip_of_the_month_is_dragged_to_another_date(desk: Desk) -> None:
    person = desk.person

    def month() -> dict[str, dict[str, list[int]]]:
        return person.see().get("month") or {"chips": {}, "days": {}}

    person.press("ctrl+3")
    person.wait(lambda: month()["days"], "the month is drawn")
    person.press("l")
    person.wait(lambda: month()["chips"], "its visits are listed")
    person.still()
    zone = desk.clinic.queries.roster().practice.zone
    first = TODAY + timedelta(days=1)
    cells = {c.id: c for c in desk.clinic.queries.cells(first, TODAY + timedelta(days=30))}
    cell = next(cells[i] for i in month()["chips"] if i in cells and cells[i].status in BOOKED)
    day = local_date(cell.start, zone)
    x, y, width, height = month()["chips"][cell.id]
    goal = free_date(desk, cell, zone)
    left, top, wide, high = month()["days"][goal.isoformat()]
    person.drag((x + width // 2, y + height // 2), (left + wide // 2, top + high // 2))
    person.wait(
        lambda: local_date(desk.stored(cell.id).start, zone) == goal, "the store has the new date"
    )
    assert desk.stored(cell.id).start - cell.start == datetime.combine(
        goal, datetime.min.time()
    ) - datetime.combine(day, datetime.min.time())
    assert desk.clinic.maintenance.verify() == []


def free_date(desk: Desk, cell: Cell, zone: str, months: int = 0) -> date:
    """Another date, so many months on, on which the same time is free for the visit."""
    day, length = local_date(cell.start, zone), cell.end - cell.start
    for step in (1, 2, 3, 6, *range(7, 35)):
        goal, start = day + timedelta(days=step), cell.start + timedelta(days=step)
        if goal.month != day.month + months:
            continue
        request = Request(
            type_id=cell.type_id,
            first=goal,
            last=goal,
            now=MORNING + SOON,
            doctor_ids=(cell.doctor_id,),
            patient_id=cell.patient_id,
            duration=int(length.total_seconds() // 60),
            ignore_ids=frozenset({cell.id}),
        )
        snapshot = desk.clinic.queries.snapshot(goal, goal)
        told = explain(snapshot, request, cell.doctor_id, start, end=start + length)
        if allowed(told) and local_date(start, zone) == goal:
            return goal
    raise AssertionError("no other date is free")


def test_a_press_under_the_hover_card_takes_the_visit_there(desk: Desk) -> None:
    person = desk.person

    def card() -> tuple[int, int, int, int] | None:
        box = person.grid()["card"]
        return tuple(box) if box else None

    def beneath(own: str) -> str | None:
        x, y, width, height = card() or (0, 0, 0, 0)
        for row_id, seen in person.grid()["cells"].items():
            if row_id == own or not seen["rect"]:
                continue
            across, down = desk.middle(row_id)
            if x + 6 < across < x + width - 6 and y + 6 < down < y + height - 6:
                return str(row_id)
        return None

    for cell in desk.today():
        if not desk.in_view(cell):
            continue
        corner: Spot = (view(desk)[0] + 3, view(desk)[1] + 3)
        person.glide(corner, corner)
        person.wait(lambda: card() is None, "no card from before")
        person.glide(corner, desk.middle(cell.id))
        person.wait(card, "the card comes")
        person.still()
        covered = beneath(cell.id)
        if covered is not None:
            break
    else:
        raise AssertionError("no card covers a visit")
    person.click(desk.middle(covered))
    person.wait(lambda: person.grid()["selected"] == [covered], "the visit beneath is chosen")
    person.wait(lambda: card() is None, "the card is gone")


def test_a_chip_is_carried_into_the_next_month_by_the_wheel(desk: Desk) -> None:
    person = desk.person

    def month() -> dict[str, dict[str, list[int]]]:
        return person.see().get("month") or {"chips": {}, "days": {}}

    person.press("ctrl+3")
    person.wait(lambda: month()["days"], "the month is drawn")
    person.press("l")
    person.wait(lambda: month()["chips"], "its visits are listed")
    person.still()
    zone = desk.clinic.queries.roster().practice.zone
    first = TODAY + timedelta(days=1)
    cells = {c.id: c for c in desk.clinic.queries.cells(first, TODAY + timedelta(days=6))}
    cell = next(cells[i] for i in month()["chips"] if i in cells and cells[i].status in BOOKED)
    goal = free_date(desk, cell, zone, months=1)
    x, y, width, height = month()["chips"][cell.id]
    start = (x + width // 2, y + height // 2)
    middle = (start[0] - 40, start[1] - 120)
    person.hold(start)
    person.glide(start, middle)
    person.wheel(1)
    person.wait(lambda: "2027-01-01" in month()["days"], "the wheel turns the month")
    person.still()
    left, top, wide, high = month()["days"][goal.isoformat()]
    person.glide(middle, (left + wide // 2, top + high // 2))
    person.release()
    person.wait(
        lambda: local_date(desk.stored(cell.id).start, zone) == goal, "the store has the new date"
    )


def test_the_lower_edge_is_drawn_down_beyond_the_window(desk: Desk) -> None:
    """Only until the carried edge meets what is in its way; Esc leaves all as it was."""
    person = desk.person
    cell = booked(desk)
    x, top, width, high = person.grid()["cells"][cell.id]["rect"]
    _x, y, _width, height = view(desk)
    before = scroll(desk)
    edge: Spot = (x + width // 2, top + high - 2)
    bottom: Spot = (edge[0], y + height - 8)
    person.hold(edge)
    person.glide(edge, bottom)
    person.wait(lambda: scroll(desk) > before + 100, "the grid scrolls under the edge")
    person.press("Escape")
    person.release()
    person.wait(lambda: desk.drawn(cell.id) == desk.place(cell.id), "it is where it was")
    assert desk.stored(cell.id).end == cell.end


def test_resting_at_the_side_turns_the_day_while_a_visit_is_carried(desk: Desk) -> None:
    person = desk.person
    cell = booked(desk)
    x, y, width, height = view(desk)
    start = desk.middle(cell.id)
    side: Spot = (x + width - 6, y + height // 2)
    person.hold(start)
    person.glide(start, side)
    person.wait(lambda: person.grid()["day"] > TODAY.isoformat(), "the next day comes")
    person.press("Escape")
    person.release()
    person.wait(lambda: desk.place(cell.id) == (cell.doctor_id, cell.start), "it has not moved")
    assert person.leave() == 0
    assert "Traceback" not in person.errors()
