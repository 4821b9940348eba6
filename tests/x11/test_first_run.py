"""A new clinic set up under a real X server: real keys and a real mouse from outside, the program
killed half-way, and what was typed still there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clinic_desk.app import first_run
from clinic_desk.app.clock import ShiftedClock
from clinic_desk.app.container import Container, build
from clinic_desk.app.start import MORNING
from tests.x11.hands import Person, display

pytestmark = pytest.mark.alone


def words(person: Person, window: str = "MainWindow") -> list[str]:
    found: dict[str, Any] = person.see().get("words", {})
    return found.get(window, [])


def step(person: Person, title: str) -> None:
    """Waits until that step is on display and the keyboard is in the window."""
    person.wait(lambda: title in words(person), f"the step {title}")
    person.focus()


def typed(person: Person, text: str) -> None:
    """An empty text is that of an empty field that has the keyboard."""
    person.wait(lambda: person.see().get("typed") == text, f"“{text}” stands in the field")


def stored(clinic: Container, so: Callable[[Any], object], person: Person, told: str) -> None:
    person.wait(lambda: so(clinic.queries.roster()), told)


def test_a_clinic_is_set_up_and_a_kill_loses_nothing(tmp_path: Path) -> None:
    data, one, two = (tmp_path / name for name in ("data", "one", "two"))
    for folder in (data, one, two):
        folder.mkdir()
    clinic = build(data, clock=ShiftedClock(MORNING))
    try:
        first_run.set_up(clinic, "Europe/London")
        with display() as name:
            person = Person(name, data, one)
            try:
                step(person, "Language and region")
                person.press("Return")
                step(person, "Clinic and time zone")
                person.wait(lambda: person.see()["focus"] == "TextField", "the name has the keys")
                person.type("Harbour Practice")
                typed(person, "Harbour Practice")
                person.press("Return")
                step(person, "Opening hours")
                person.press("Return")
                step(person, "Doctors")
                typed(person, "")
                person.type("Aylin Dem")
                typed(person, "Aylin Dem")
                person.wait(lambda: "Aylin Dem" in _draft(clinic), "it is kept")
                person.program.kill()
                person.program.wait()
            finally:
                person.close()
            person = Person(name, data, two)
            try:
                step(person, "Doctors")
                typed(person, "Aylin Dem")
                person.type("ir")
                typed(person, "Aylin Demir")
                person.press("Return")
                typed(person, "")
                person.press("Return")
                step(person, "Rooms and visit types")
                stored(clinic, lambda roster: roster.doctors, person, "the doctor is stored")
                person.press("Return")
                step(person, "Import, restore or practise")
                person.press("Return")
                step(person, "Your account")
                person.wait(lambda: person.see()["focus"] == "QLineEdit", "the name has the keys")
                person.type("Maria Keller")
                typed(person, "Maria Keller")
                person.press("Return")
                typed(person, "maria.keller")
                person.press("Return")
                for _ in range(2):
                    typed(person, "")
                    person.type("tulip ladder seven")
                    typed(person, "tulip ladder seven")
                    person.press("Return")
                person.wait(lambda: "Your recovery code" in words(person), "the code is shown")
                person.wait(lambda: person.see()["focus"] == "WordedButton", "it can be printed")
                person.press("alt+i")
                step(person, "A first booking")
                person.wait(lambda: any("1 doctor" in one for one in words(person)), "it can begin")
                person.wait(lambda: person.see()["focus"] == "WordedButton", "the button is ready")
                person.press("Return")
                person.wait(lambda: person.see().get("grid"), "the calendar is shown")
                person.focus()
                person.press("ctrl+n")
                person.wait(lambda: person.see().get("booking"), "the booking is open")
                person.focus("BookingDialog")
                typed(person, "")
                person.type("practice")
                typed(person, "practice")
                person.wait(lambda: person.see()["booking"]["listed"], "the patient is found")
                person.press("Return")
                person.wait(lambda: person.see()["booking"]["patient"], "the patient is chosen")
                person.wait(lambda: person.see()["booking"]["held"], "an opening is held")
                person.press("ctrl+Return")
                person.wait(lambda: any("Ready." in one for one in words(person)), "it is told")
                person.wait(lambda: not person.see()["booking"], "the booking is closed")
                person.focus()
                person.wait(lambda: person.see()["focus"] == "WordedButton", "Finish has the keys")
                person.press("Return")
                person.wait(
                    lambda: clinic.queries.setting("setup.done", "clinic") is True, "it is finished"
                )
                assert person.leave() == 0
            finally:
                person.close()
        roster = clinic.queries.roster()
        assert roster.practice.name == "Harbour Practice"
        assert [row.name for row in roster.doctors.values()] == ["Aylin Demir"]
        assert len(roster.templates) == 5
        assert clinic.queries.info().counts["appointment"] == 0, "practice leaves nothing behind"
        assert clinic.maintenance.verify() == []
    finally:
        clinic.close()


def _draft(clinic: Container) -> str:
    from clinic_desk.ui.wizard import keeping

    return str(keeping.read(clinic.queries).typed.get("doctors"))
