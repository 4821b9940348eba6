"""Log-in with the real hash, in several programs on one file."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinic_desk.app import paths
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.permissions import Role
from clinic_desk.domain.staff import SecretKind
from clinic_desk.integrations.passwords import STANDARD, Argon2Passwords, Cost
from clinic_desk.services.commands import AddPatient
from clinic_desk.services.desk import Desk
from clinic_desk.services.log_in import LogIn
from clinic_desk.services.staff_commands import AddStaff, RevokeAllSessions
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.store.opening import open_store
from tests.fakes.clock import CountingIds, FixedClock
from tests.fakes.world import World, actor, at, make_template, open_world

FRESH = multiprocessing.get_context("spawn")
CHEAP = Cost(passes=1, memory=64, lanes=1)
PASSWORD, PIN = "four odd words here", "8264"
PATIENT = AddPatient(values={"first_name": "Ada", "last_name": "Moor"})
TURN = 200
"""Seconds after which a program that does not answer has failed."""


def log_in(store: Any, clock: FixedClock, ids: CountingIds, desk: str = "desk-1") -> LogIn:
    nobody = replace(actor(desk=desk), staff_id="", name="", permissions=frozenset())
    return LogIn(store, store.queries, clock, ids, Argon2Passwords(CHEAP), nobody)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return open_world(*make_template(tmp_path), tmp_path)


def with_tom(world: World) -> tuple[Desk, str]:
    """Maria's desk, and Tom's account."""
    desk = log_in(world.store, world.clock, world.ids)
    maria = desk.first_manager("Maria Keller", "maria", Secret(PASSWORD), SecretKind.PASSWORD)
    seat = Desk(world.store, world.clock, world.ids, maria.actor)
    made = desk.prepare(Secret(PIN), SecretKind.PIN, "Tom Ash", "tom")
    tom = AddStaff(
        name="Tom Ash", log_in="tom", role=Role.RECEPTIONIST, secret=made, must_change=False
    )
    return seat, str(seat.execute(tom).value)


def at_another_desk(path: str, staff_id: str, asked: Any, said: Any) -> None:
    """A program of its own in which Tom works: adds a patient whenever it is asked to."""
    clock, ids = FixedClock(at("07:00")), CountingIds(9_000_000)
    store = open_store(Path(path), paths.migrations(), clock, ids)
    desk = log_in(store, clock, ids, "desk-2")
    entered = desk.log_in(staff_id, Secret(PIN))
    seat = Desk(store, clock, ids, entered.actor)
    for word in iter(asked.get, "end"):
        try:
            said.put(bool(seat.execute(PATIENT).value) if word == "add" else "")
        except Refusal as refused:
            said.put(f"{refused.code}: {refused.sentence} {desk.state(entered.actor).status}")
    store.close()


def test_who_is_ended_at_one_desk_is_out_at_the_other_with_the_next_command(world: World) -> None:
    seat, tom = with_tom(world)
    asked, said = FRESH.Queue(), FRESH.Queue()
    child = FRESH.Process(
        target=at_another_desk, args=(str(world.store.path), tom, asked, said), daemon=True
    )
    child.start()
    asked.put("add")
    assert said.get(timeout=TURN) is True
    assert seat.execute(RevokeAllSessions(staff_id=tom)).value == 1
    asked.put("add")
    told = said.get(timeout=TURN)
    assert told.startswith("logged_out: Maria Keller ended all your sessions.")
    assert told.endswith("ended")
    asked.put("end")
    child.join(TURN)
    assert child.exitcode == 0
    assert world.proven()
    world.store.close()


def guess(path: str, staff_id: str, tries: int, said: Any) -> None:
    clock, ids = FixedClock(at("07:00")), CountingIds(9_000_000 + tries * 1000)
    store = open_store(Path(path), paths.migrations(), clock, ids)
    desk = log_in(store, clock, ids, f"desk-{tries}")
    codes = []
    for number in range(tries):
        try:
            desk.log_in(staff_id, Secret(f"wrong-{number}"))
        except Refusal as refused:
            codes.append(refused.code)
    store.close()
    said.put(codes)


def test_guessing_from_three_programs_at_once_buys_no_guess(world: World) -> None:
    """The clocks stand still: of all the attempts only those before the first wait are judged."""
    _, tom = with_tom(world)
    said = FRESH.Queue()
    children = [
        FRESH.Process(target=guess, args=(str(world.store.path), tom, tries, said), daemon=True)
        for tries in (5, 6, 7)
    ]
    for child in children:
        child.start()
    codes = [code for _ in children for code in said.get(timeout=TURN)]
    for child in children:
        child.join(TURN)
        assert child.exitcode == 0
    assert codes.count("wrong_secret") == 3
    assert codes.count("wait") == 5 + 6 + 7 - 3
    world.store.close()


def make_manager(path: str, number: int, said: Any) -> None:
    clock, ids = FixedClock(at("07:00")), CountingIds(9_000_000 + number * 100_000)
    store = open_store(Path(path), paths.migrations(), clock, ids)
    try:
        log_in(store, clock, ids, f"desk-{number}").first_manager(
            f"Manager {number}", f"m{number}", Secret(PASSWORD), SecretKind.PASSWORD
        )
        said.put("made")
    except Refusal as refused:
        said.put(refused.code)
    store.close()


def test_of_two_desks_that_make_the_first_manager_one_does(world: World) -> None:
    said = FRESH.Queue()
    children = [
        FRESH.Process(target=make_manager, args=(str(world.store.path), number, said), daemon=True)
        for number in (1, 2)
    ]
    for child in children:
        child.start()
    assert sorted(said.get(timeout=TURN) for _ in children) == ["has_accounts", "made"]
    for child in children:
        child.join(TURN)
    assert len(world.store.queries.staff_tiles()) == 1
    world.store.close()


# The hash itself


def test_a_hash_is_argon2id_with_the_costs_of_rfc_9106() -> None:
    hasher = Argon2Passwords()
    made = hasher.hash(Secret(PASSWORD))
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert (STANDARD.passes, STANDARD.memory, STANDARD.lanes) == (3, 65536, 4)
    assert hasher.verify(made, Secret(PASSWORD))
    assert not hasher.verify(made, Secret(PASSWORD + " "))
    assert not hasher.outdated(made)
    assert PASSWORD not in made


def test_hashes_of_one_secret_differ_and_other_costs_are_outdated() -> None:
    cheap = Argon2Passwords(CHEAP)
    first, second = cheap.hash(Secret(PIN)), cheap.hash(Secret(PIN))
    assert first != second
    assert cheap.verify(first, Secret(PIN))
    assert Argon2Passwords().outdated(first)
    assert Argon2Passwords().verify(first, Secret(PIN))


@pytest.mark.parametrize("phc", ["", "plain", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$$"])
def test_what_is_no_hash_fits_no_secret(phc: str) -> None:
    hasher = Argon2Passwords(CHEAP)
    assert not hasher.verify(phc, Secret(""))
    assert not hasher.verify(phc, Secret(phc))
    assert hasher.outdated(phc)


@pytest.mark.parametrize("text", ["", "🙂", "\ud83d", "a\x00b", "w" * 1_000_000])
def test_any_text_can_be_hashed(text: str) -> None:
    hasher = Argon2Passwords(CHEAP)
    assert hasher.verify(hasher.hash(Secret(text)), Secret(text))
    assert not hasher.verify(hasher.hash(Secret(text)), Secret(text + "x"))


def test_costs_that_have_grown_are_taken_on_with_the_next_log_in(world: World) -> None:
    _, tom = with_tom(world)
    desk = log_in(world.store, world.clock, world.ids)
    desk._hasher = Argon2Passwords(Cost(passes=2, memory=64, lanes=1))
    desk.log_in(tom, Secret(PIN))
    with world.store.unit_of_work(actor()) as uow:
        stored = uow.secret(tom)
    assert stored is not None
    assert "t=2" in stored.phc
    assert desk.log_in(tom, Secret(PIN))
    world.store.close()
