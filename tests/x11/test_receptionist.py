"""A morning at the desk under a real X server: real keys and a real mouse from outside, and after
each step the store is asked, not the window."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from clinic_desk.app import demo_store
from clinic_desk.app.clock import ShiftedClock
from clinic_desk.app.container import Container, build
from clinic_desk.app.start import MORNING
from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability import find
from clinic_desk.domain.availability.model import Request, Slot
from clinic_desk.domain.ids import Id
from clinic_desk.services.commands import MoveAppointment
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.services.views import Cell, PatientHit
from tests.fakes.once import once
from tests.x11.hands import Person, Spot, display

pytestmark = pytest.mark.alone
TODAY = MORNING.date()


@dataclass(frozen=True, slots=True)
class Desk:
    person: Person
    clinic: Container

    def stored(self, cell_id: Id) -> Cell:
        return self.clinic.queries.appointment(cell_id).cell

    def place(self, cell_id: Id) -> tuple[Id, datetime]:
        cell = self.stored(cell_id)
        return cell.doctor_id, cell.start

    def drawn(self, cell_id: Id) -> tuple[Id, datetime] | None:
        seen = self.person.grid()["cells"].get(cell_id)
        return seen and (seen["doctor"], datetime.fromisoformat(seen["start"]))

    def opened(self) -> None:
        """Waits until the day is drawn, and takes the keyboard."""
        self.person.wait(lambda: self.person.grid()["cells"], "the day is drawn")
        self.person.focus()
        self.person.still()

    def today(self) -> tuple[Cell, ...]:
        return self.clinic.queries.calendar(TODAY, TODAY).cells

    def middle(self, cell_id: Id) -> Spot:
        x, y, width, height = self.person.grid()["cells"][cell_id]["rect"]
        return x + width // 2, y + height // 2

    def in_view(self, cell: Cell) -> bool:
        return bool(self.person.grid()["cells"].get(cell.id, {}).get("rect"))


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    with display() as name:
        yield name


@pytest.fixture
def demo_clinic() -> Path:
    """The demo clinic of one fixed morning; each test works in a copy."""

    def make(folder: Path) -> None:
        assert demo_store.make(folder, clock=ShiftedClock(MORNING), accounts=True)

    return once("demo-morning", make)


@pytest.fixture
def data(demo_clinic: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_clinic, tmp_path / "data"))


@pytest.fixture
def desk(screen: str, data: Path, tmp_path: Path) -> Iterator[Desk]:
    person = Person(screen, data, tmp_path)
    try:
        clinic = build(data, clock=ShiftedClock(MORNING))
        try:
            tom = next(tile for tile in clinic.log_in.tiles() if tile.log_in == "tom")
            entered = clinic.log_in.log_in(tom.id, Secret("2580"))  # at a desk of his own
            desk = Desk(person, clinic.for_person(entered.actor))
            person.log_in()
            desk.opened()
            yield desk
        finally:
            clinic.close()
    finally:
        person.close()


def caller(desk: Desk) -> PatientHit:
    """Somebody whom two words find, alone, and who has no visit ahead."""
    queries = desk.clinic.queries
    for letter in "abcdefghijklmnopqrstuvwxyz":
        for hit in queries.search_patients(letter, 40):
            plain = f"{hit.last_name}{hit.first_name}"
            if not plain.isascii() or not plain.isalpha() or hit.alert:
                continue
            if any(cell.start > MORNING for cell in queries.patient(hit.id).visits):
                continue
            if len(queries.search_patients(f"{hit.last_name} {hit.first_name}")) == 1:
                return hit
    raise AssertionError("the demo clinic has no such patient")


def a_move(desk: Desk) -> tuple[Cell, Slot]:
    """A booked visit in view, and a time in view that a colleague has free for it."""
    grid = desk.person.grid()
    snapshot = desk.clinic.queries.snapshot(TODAY, TODAY)
    for cell in desk.today():
        if cell.status not in (Status.SCHEDULED, Status.CONFIRMED) or not desk.in_view(cell):
            continue
        if cell.start < MORNING + timedelta(minutes=10):
            continue
        for doctor_id, quarters in grid["quarters"].items():
            request = Request(
                type_id=cell.type_id,
                first=TODAY,
                last=TODAY,
                now=MORNING + timedelta(minutes=10),
                doctor_ids=(doctor_id,),
                patient_id=cell.patient_id,
                duration=int((cell.end - cell.start).total_seconds() // 60),
                ignore_ids=frozenset({cell.id}),
            )
            for slot in find(snapshot, request) if doctor_id != cell.doctor_id else ():
                last = slot.end - timedelta(minutes=15)
                if all(time.isoformat() in _utc(quarters) for time in (slot.start, last)):
                    return cell, slot
    raise AssertionError("no visit in view has a place with a colleague in view")


def _utc(quarters: dict[str, list[int]]) -> dict[str, list[int]]:
    return {datetime.fromisoformat(k).astimezone(UTC).isoformat(): v for k, v in quarters.items()}


def test_it_opens_on_today_and_closes_cleanly(desk: Desk) -> None:
    person = desk.person
    assert date.fromisoformat(person.grid()["day"]) == TODAY
    assert {cell.id for cell in desk.today()} == set(person.grid()["cells"])
    assert person.leave() == 0
    assert "Traceback" not in person.errors()
    assert desk.clinic.maintenance.verify() == []


def test_a_caller_is_booked_with_four_keys_beside_the_name(desk: Desk) -> None:
    person, patient = desk.person, caller(desk)
    known = {cell.id for cell in desk.clinic.queries.patient(patient.id).visits}

    def booking(what: str) -> object:
        return (person.see().get("booking") or {}).get(what)

    person.keys = 0
    person.press("ctrl+n")
    person.wait(lambda: person.see().get("booking"), "the booking dialog is open")
    person.focus("BookingDialog")
    person.type(f"{patient.last_name} {patient.first_name}".lower())
    person.wait(lambda: booking("listed"), "the patient is listed")
    person.press("Return")
    person.wait(lambda: booking("patient") == patient.id and booking("held"), "an opening is held")
    person.press("Return", "Return")
    person.wait(lambda: not person.see().get("booking"), "the dialog is gone")
    assert person.keys == 4
    (fresh,) = [c for c in desk.clinic.queries.patient(patient.id).visits if c.id not in known]
    assert fresh.status is Status.SCHEDULED
    assert fresh.start > MORNING
    assert fresh.confirmation_code


def drag_to(desk: Desk, cell: Cell, slot: Slot) -> None:
    """By the mouse, so that the top of the visit comes to lie on the slot."""
    person = desk.person
    start = desk.middle(cell.id)
    top = person.grid()["cells"][cell.id]["rect"][1]
    x, y, width, _ = _utc(person.grid()["quarters"][slot.doctor_id])[slot.start.isoformat()]
    person.drag(start, (x + width // 2, y + start[1] - top + 1))
    wanted = (slot.doctor_id, slot.start)
    person.wait(lambda: desk.place(cell.id) == wanted, "the store has the visit at the new place")
    person.wait(lambda: desk.drawn(cell.id) == wanted, "it is drawn there")
    person.still()


def test_a_visit_is_dragged_to_a_colleague_and_brought_back(desk: Desk) -> None:
    person = desk.person
    cell, slot = a_move(desk)
    before, wanted = (cell.doctor_id, cell.start), (slot.doctor_id, slot.start)
    drag_to(desk, cell, slot)
    person.press("ctrl+z")
    person.wait(lambda: desk.place(cell.id) == before, "the store has the visit back")
    person.wait(lambda: desk.drawn(cell.id) == before, "it is drawn where it was")
    person.press("ctrl+shift+z")
    person.wait(lambda: desk.place(cell.id) == wanted, "the move is brought again")
    assert desk.clinic.maintenance.verify() == []


def test_a_patient_is_found_by_parts_of_the_name(desk: Desk) -> None:
    person, patient = desk.person, caller(desk)
    person.press("ctrl+f")
    person.wait(lambda: "Edit" in person.see()["focus"], "the search has the keyboard")
    typed = f"{patient.first_name} {patient.last_name[:4]}".lower()
    person.type(typed)
    person.wait(lambda: person.see()["typed"] == typed, "the words are typed")
    person.press("Return")
    person.wait(lambda: "PatientDialog" in person.see()["windows"], "the patient's card opens")
    person.wait(
        lambda: any(patient.last_name in line for line in person.see()["words"]["PatientDialog"]),
        "it is the right patient's",
    )
    person.focus("PatientDialog")
    person.press("Escape")
    person.wait(lambda: "PatientDialog" not in person.see()["windows"], "Esc closes the card")


def test_single_keys_check_a_patient_in_and_step_back(desk: Desk) -> None:
    person = desk.person
    booked = (Status.SCHEDULED, Status.CONFIRMED)
    cell = next(c for c in desk.today() if c.status in booked and desk.in_view(c))
    person.click(desk.middle(cell.id))
    person.wait(lambda: person.grid()["selected"] == [cell.id], "a click selects the visit")
    person.press("a")
    person.wait(lambda: desk.stored(cell.id).status is Status.ARRIVED, "A checks in")
    person.press("u")
    person.wait(lambda: desk.stored(cell.id).status is cell.status, "U steps back")


def test_another_desk_is_seen_and_its_change_is_not_undone(desk: Desk) -> None:
    person = desk.person
    cell, slot = a_move(desk)
    drag_to(desk, cell, slot)
    desk.clinic.desk.execute(
        MoveAppointment(
            appointment_id=cell.id,
            expected_revision=desk.stored(cell.id).revision,
            start=cell.start,
            end=cell.end,
            doctor_id=cell.doctor_id,
            initiator="another desk",
        )
    )
    theirs = (cell.doctor_id, cell.start)
    person.wait(lambda: desk.drawn(cell.id) == theirs, "the other desk's move is drawn")
    person.press("ctrl+z")
    person.wait(
        lambda: any("changed" in line for line in person.see()["words"]["MainWindow"]),
        "the window says why it cannot undo",
    )
    assert desk.place(cell.id) == theirs
    assert desk.clinic.maintenance.verify() == []


def test_a_killed_program_loses_nothing(
    desk: Desk, screen: str, data: Path, tmp_path: Path
) -> None:
    person = desk.person
    booked = (Status.SCHEDULED, Status.CONFIRMED)
    cell = next(c for c in desk.today() if c.status in booked and desk.in_view(c))
    person.click(desk.middle(cell.id))
    person.wait(lambda: person.grid()["selected"] == [cell.id], "a click selects the visit")
    person.press("a")
    person.wait(lambda: desk.stored(cell.id).status is Status.ARRIVED, "A checks in")
    person.program.kill()
    person.program.wait()
    again = tmp_path / "again"
    again.mkdir()
    back = Person(screen, data, again)
    try:
        back.log_in()
        back.wait(lambda: cell.id in back.grid()["cells"], "the day is drawn again")
        assert back.grid()["cells"][cell.id]["status"] == "arrived"
        assert back.leave() == 0
    finally:
        back.close()
    assert desk.clinic.maintenance.verify() == []
