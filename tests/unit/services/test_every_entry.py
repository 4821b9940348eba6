"""Every command leaves its entry in the audit trail, and every look at a patient or visit too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinic_desk.domain.permissions import Permission, Role
from clinic_desk.services import commands as c
from clinic_desk.services.audit import COMMANDS as WORDS
from clinic_desk.services.audit import KIND_WORDS, NOTES, Kind, actions_of, told
from clinic_desk.services.command import Command
from clinic_desk.services.gate import PERMISSIONS_KEY
from clinic_desk.services.guarded import SEEN, guarded
from clinic_desk.services.paper_commands import NoteHandedOn, NoteLifeboat
from clinic_desk.services.roles import stored_form
from clinic_desk.services.viewing import AGAIN, ELSEWHERE, LOOKS, SEARCHES, SEEKS, Viewing
from tests.fakes.every_command import INSTANCES, every_command
from tests.fakes.seats import Seats, make_seats
from tests.fakes.world import World

COMMANDS = every_command()

SILENT = {
    "BeginMessage": "keeps the words of a message in its own list, where each attempt is told",
    "CloseBreaker": "lets what waits for a service be tried at once",
    "EndMessage": "says in the list of messages what became of one",
    "ReleaseMessages": "gives back what was claimed",
    "RestService": "says why a service cannot be used",
    "ClaimMessages": "takes a message out of the queue to send it; what is sent was written before",
    "PlanMessages": "plans what follows from visits, where the list of messages tells it",
    "NoteDeliveries": "says in the list of messages which of them arrived",
    "NoteCursor": "says how far the providers were asked for answers",
    "RevokeAllSessions": "ends nothing where nobody is logged in",
    "EmptyOldDetails": "empties nothing where nothing is old",
    "ReleaseExpiredHolds": "writes nothing when no hold has run out",
    "RetryEvents": "puts events back into the queue",
    "ForgetEvents": "takes events out of the queue that were refused",
    "RetryMessage": "puts a message back into the queue",
    "SettleMessage": "says that a message of the queue has arrived",
}
"""Commands that may leave no entry, and why."""


@pytest.fixture(scope="session")
def seats(tmp_path_factory: pytest.TempPathFactory) -> Seats:
    return make_seats(tmp_path_factory.mktemp("seats"))


@pytest.fixture
def world(seats: Seats, tmp_path: Path) -> Iterator[World]:
    made = seats.world(tmp_path)
    made.desk.become(seats.actors[Role.MANAGER])
    yield made
    made.store.close()


def entries(world: World, after: int = 0) -> list[dict[str, Any]]:
    names = (
        "seq", "action", "actor_id", "actor_kind", "subject_kind", "subject_id", "patient_id",
        "command_id", "first_event", "detail",
    )  # fmt: skip
    with world.store._reader.connect() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT {', '.join(names)} FROM audit_entry WHERE seq > ? ORDER BY seq", (after,)
        ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def last(world: World) -> int:
    return max(row["seq"] for row in entries(world))


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_every_command_leaves_its_entry(world: World, seats: Seats, kind: type[Command]) -> None:
    command = INSTANCES[kind.__name__](world)
    before = last(world)
    outcome = world.run(command)
    made = entries(world, before)
    if kind.__name__ in SILENT:
        assert made == []
        return
    assert {row["command_id"] for row in made} == {outcome.command_id}
    with world.store._reader.connect() as connection:
        events = connection.exec_driver_sql(
            "SELECT count(*) FROM event WHERE command_id = ?", (outcome.command_id,)
        ).scalar()
    assert [row for row in made if row["first_event"] is not None] == made[: 1 if events else 0]
    if kind is not NoteLifeboat:
        assert {row["actor_id"] for row in made} == {seats.actors[Role.MANAGER].staff_id}


def test_every_command_has_words() -> None:
    names = {kind.__name__ for kind in COMMANDS}
    assert names - set(WORDS) == set()
    assert set(WORDS) - names == set()
    assert set(SILENT) <= names
    for words in (*WORDS.values(), *(one.words for one in NOTES.values())):
        assert words[0].isupper()
    assert set(KIND_WORDS) == set(Kind)


def test_an_action_of_a_later_version_is_spelt_out() -> None:
    assert told("TeleportPatient").words == "Teleport patient"
    assert told("badge_shown") == (Kind.CHANGES, "Badge shown")
    everything = [one for kind in Kind for one in actions_of(kind)]
    assert sorted(everything) == sorted({*WORDS, *NOTES})


def test_a_sheet_that_leaves_is_one_entry_with_whom_it_is_about(world: World) -> None:
    visit = world.book("10:00")
    before = last(world)
    world.run(NoteHandedOn(title="Slip", kind="paper", subject=visit, rows=1))
    world.run(
        NoteHandedOn(title="Visits", kind="csv", subject=world.names["ana"], reason="Asked for")
    )
    printed, written = entries(world, before)
    assert (printed["action"], printed["subject_kind"]) == ("print", "appointment")
    assert printed["patient_id"] == world.names["ana"]
    assert printed["first_event"] is not None
    assert (written["action"], written["patient_id"]) == ("export", world.names["ana"])
    assert json.loads(written["detail"])["reason"] == "Asked for"


def test_the_lifeboat_is_the_programs_own(world: World) -> None:
    before = last(world)
    world.run(NoteLifeboat(files=("today.pdf",)))
    (row,) = entries(world, before)
    assert (row["action"], row["actor_kind"], row["actor_id"]) == (
        "lifeboat", "program", "lifeboat",
    )  # fmt: skip


def test_a_change_of_permissions_is_told_in_words(world: World) -> None:
    from clinic_desk.domain.permissions import DEFAULTS

    changed = {**DEFAULTS, Role.RECEPTIONIST: DEFAULTS[Role.RECEPTIONIST] | {Permission.OVERBOOK}}
    before = last(world)
    world.run(c.SaveSetting(key=PERMISSIONS_KEY, value=stored_form(changed), scope="clinic"))
    (row,) = entries(world, before)
    assert row["action"] == "permissions"
    assert "overbook" in str(json.loads(row["detail"])["changes"])


# Looks


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def viewing(world: World, seconds: Seconds) -> Viewing:
    return Viewing(world.store, seconds)


def looked(world: World, viewing: Viewing) -> Any:
    return guarded(world.store.queries, lambda: world.desk.actor, seen=viewing.seen)


def test_every_way_to_see_somebody_is_told() -> None:
    """A method that shows a patient or visit as such has its line in one of these tables."""
    tables = (set(LOOKS), set(SEEKS), set(ELSEWHERE))
    assert set().union(*tables) == SEEN
    assert sum(map(len, tables)) == len(SEEN)


def test_a_look_is_told_once_a_minute_with_whose_it_is(
    world: World, viewing: Viewing, seconds: Seconds
) -> None:
    visit = world.book("10:00")
    before = last(world)
    queries, ana = looked(world, viewing), world.names["ana"]
    queries.patient(ana)
    queries.patient_facts(ana)
    queries.appointment(visit)
    assert entries(world, before) == [], "the reading waits for nothing"
    viewing.flush()
    queries.patient(ana)
    viewing.flush()
    rows = entries(world, before)
    assert [(r["action"], r["subject_kind"], r["subject_id"], r["patient_id"]) for r in rows] == [
        ("view", "patient", ana, ana),
        ("view", "appointment", visit, ana),
    ]
    seconds.now += AGAIN
    queries.patient(ana)
    viewing.flush()
    assert len(entries(world, before)) == 3


def test_each_person_is_told_by_name_though_another_sits_there_when_it_is_written(
    world: World, viewing: Viewing, seats: Seats
) -> None:
    before = last(world)
    queries, ana = looked(world, viewing), world.names["ana"]
    for role in Role:
        world.desk.become(seats.actors[role])
        queries.patient(ana)
    viewing.flush()
    told_of = [row["actor_id"] for row in entries(world, before)]
    assert told_of == [seats.actors[role].staff_id for role in Role]


def test_searching_is_told_by_numbers_and_never_by_what_was_typed(
    world: World, viewing: Viewing, seconds: Seconds
) -> None:
    before = last(world)
    queries = looked(world, viewing)
    for typed in ("l", "le", "lee"):
        queries.search_patients(typed)
    viewing.flush(everything=False)
    assert entries(world, before) == [], "the person is still typing"
    assert viewing.waits
    seconds.now += SEARCHES
    viewing.flush(everything=False)
    (row,) = entries(world, before)
    detail = json.loads(row["detail"])
    assert (row["action"], row["subject_id"], detail["searches"]) == ("search", "", 3)
    assert "lee" not in row["detail"].casefold()
    assert not viewing.waits


def test_what_the_store_refuses_is_told_later(world: World, viewing: Viewing) -> None:
    from clinic_desk.domain.errors import Fault

    before = last(world)
    queries, ana = looked(world, viewing), world.names["ana"]
    queries.patient(ana)
    queries.search_patients("lee")
    real = viewing._store

    class Full:
        def unit_of_work(self, *_: Any) -> Any:
            raise Fault("disk_full", "The disk is full.")

    viewing._store = Full()
    viewing.flush()
    assert viewing.waits
    viewing._store = real
    viewing.flush()
    assert [row["action"] for row in entries(world, before)] == ["view", "search"]


def test_the_programs_own_jobs_look_at_nobody(world: World, viewing: Viewing) -> None:
    world.desk.become(replace(world.desk.actor, kind="program"))
    looked(world, viewing).patient(world.names["ana"])
    looked(world, viewing).search_patients("lee")
    assert not viewing.waits


def test_what_is_made_ready_for_somebody_is_theirs_once_they_have_logged_in(
    world: World, seats: Seats, seconds: Seconds
) -> None:
    viewing = Viewing(world.store, seconds, lambda: world.desk.actor)
    logged_in = seats.actors[Role.DOCTOR]
    world.desk.become(replace(logged_in, session_id=""))
    before = last(world)
    viewing.looked(world.desk.actor, "patient", world.names["ana"], world.names["ana"])
    viewing.flush()
    assert not viewing.waits
    assert entries(world, before) == []
    world.desk.become(logged_in)
    assert viewing.waits
    viewing.flush()
    (row,) = entries(world, before)
    assert (row["action"], row["actor_id"]) == ("view", logged_in.staff_id)
    viewing.looked(replace(logged_in, session_id="", staff_id="other"), "patient", "x")
    viewing.flush()
    assert len(entries(world, before)) == 1


def test_looking_makes_no_desk_read_its_pages_again(world: World, viewing: Viewing) -> None:
    queries = looked(world, viewing)
    version = queries.data_version()
    queries.patient(world.names["ana"])
    viewing.flush()
    assert queries.data_version() == version
    world.book("10:00")
    assert queries.data_version() != version
