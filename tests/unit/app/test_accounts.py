"""The demo clinic's accounts, and a program that opens a clinic in which one has to log in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clinic_desk.app import demo_store
from clinic_desk.app.container import Container, build
from clinic_desk.app.demo_staff import HINT_KEY, PIN
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.permissions import Role
from clinic_desk.domain.staff import SecretKind
from clinic_desk.integrations.passwords import Argon2Passwords, Cost
from clinic_desk.services.commands import AddPatient
from clinic_desk.services.staff_commands import RevokeAllSessions
from clinic_desk.services.staff_secrets import Secret
from tests.fakes.clock import MORNING, FixedClock

PATIENT = AddPatient(values={"first_name": "Ada", "last_name": "Moor"})
CHEAP = Argon2Passwords(Cost(passes=1, memory=64, lanes=1))


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("practice")
    assert demo_store.make(
        folder, clock=FixedClock(MORNING), waiting=False, money=False, accounts=True
    )
    return folder


@pytest.fixture
def opened(practice: Path, tmp_path: Path) -> Iterator[Container]:
    folder = tmp_path / "data"
    shutil.copytree(practice, folder)
    made = build(folder, clock=FixedClock(MORNING))
    yield made
    made.close()


def test_everybody_of_the_demo_clinic_has_an_account(opened: Container) -> None:
    tiles = opened.log_in.tiles()
    roles = {tile.name: tile.role for tile in tiles}
    assert roles["Maria Keller"] is Role.MANAGER
    assert roles["Tom Ash"] is Role.RECEPTIONIST
    doctors = opened.store.queries.roster().doctors.values()
    assert {tile.doctor_id for tile in tiles if tile.role is Role.DOCTOR} == {
        doctor.id for doctor in doctors
    }
    colours = {tile.doctor_id: tile.colour for tile in tiles if tile.doctor_id}
    assert colours == {doctor.id: doctor.colour for doctor in doctors}
    assert opened.queries.setting(HINT_KEY, "clinic") == PIN
    assert not any(tile.must_change for tile in tiles)
    assert opened.maintenance.verify() == []


def test_before_the_log_in_the_desk_reads_names_and_nothing_else(opened: Container) -> None:
    assert opened.log_in.needed()
    assert (opened.actor.name, opened.actor.staff_id) == ("", "")
    assert opened.queries.staff_tiles()
    assert opened.queries.roster().practice.name
    for read in (
        opened.queries.shelf,
        lambda: opened.queries.search_patients("a"),
        lambda: opened.queries.calendar(MORNING.date(), MORNING.date()),
        opened.queries.staff,
        opened.queries.staff_sessions,
    ):
        with pytest.raises(Refusal) as caught:
            read()
        assert caught.value.code in ("logged_out", "not_allowed")
    with pytest.raises(Refusal) as caught:
        opened.desk.execute(PATIENT)
    assert caught.value.code == "logged_out"
    assert opened.session_state().status == "ended"


def test_the_pin_opens_the_desk_and_ending_the_session_closes_it(opened: Container) -> None:
    tom = next(tile for tile in opened.log_in.tiles() if tile.log_in == "tom")
    entered = opened.log_in.log_in(tom.id, Secret(PIN))
    opened.desk.become(entered.actor)
    assert opened.session_state().status == "active"
    assert opened.queries.search_patients("Lee")
    assert opened.desk.execute(PATIENT).value
    maria = opened.log_in.log_in_by_name("maria", Secret(PIN))
    opened.desk.become(maria.actor)
    assert opened.desk.execute(RevokeAllSessions(staff_id=tom.id)).value == 1
    # another object: what may be read is looked up at most once a second for the same one
    opened.desk.become(replace(entered.actor))
    assert opened.session_state().status == "ended"
    with pytest.raises(Refusal) as caught:
        opened.queries.shelf()
    assert caught.value.code == "logged_out"


def test_a_new_clinic_is_open_until_its_first_manager(tmp_path: Path) -> None:
    made = build(tmp_path, clock=FixedClock(MORNING), hasher=CHEAP)
    assert not made.log_in.needed()
    assert made.actor.name
    assert made.session_state().status == "active"
    entered = made.log_in.first_manager(
        "Maria Keller", "maria", Secret("four odd words"), SecretKind.PASSWORD
    )
    with pytest.raises(Refusal):
        made.desk.execute(PATIENT)
    made.desk.become(entered.actor)
    assert made.desk.execute(PATIENT).value
    made.close()
    again = build(tmp_path, clock=FixedClock(MORNING), hasher=CHEAP)
    assert again.actor.name == ""
    assert again.actor.desk_id == entered.actor.desk_id
    again.close()
