"""Accounts and sessions by command: who may, what is refused, and what ends at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.permissions import DEFAULTS, Permission, Role
from clinic_desk.domain.staff import SecretKind, Staff
from clinic_desk.services.commands import AddPatient, Command, SaveRecords, SaveSetting, Undo
from clinic_desk.services.desk import Desk
from clinic_desk.services.gate import PERMISSIONS_KEY
from clinic_desk.services.roles import stored_form
from clinic_desk.services.sessions import SEEN_EVERY
from clinic_desk.services.staff import suggested_log_in
from clinic_desk.services.staff_commands import (
    ActivateStaff,
    AddStaff,
    DeactivateStaff,
    EditStaff,
    ResetSecret,
    RevokeAllSessions,
    RevokeSession,
)
from clinic_desk.services.staff_secrets import HashedSecret, Secret
from tests.fakes.seats import PIN, Seats, log_in_at, make_seats
from tests.fakes.world import World, actor

PATIENT = AddPatient(values={"first_name": "Ada", "last_name": "Moor"})
HASHED = HashedSecret(SecretKind.PIN, "plain:4173")


@pytest.fixture(scope="session")
def seats(tmp_path_factory: pytest.TempPathFactory) -> Seats:
    return make_seats(tmp_path_factory.mktemp("seats"))


class Ground:
    def __init__(self, seats: Seats, world: World) -> None:
        self.seats, self.world = seats, world
        nobody = replace(actor(), staff_id="", name="", permissions=frozenset())
        self.log_in = log_in_at(world.store, world.clock, world.ids, nobody)
        self.ids = {role: seat.staff_id for role, seat in seats.actors.items()}
        self.desks = {
            role: Desk(world.store, world.clock, world.ids, seat)
            for role, seat in seats.actors.items()
        }

    def manager(self, command: Command) -> Any:
        return self.desks[Role.MANAGER].execute(command).value

    def refused(self, command: Command, role: Role = Role.MANAGER) -> Refusal:
        with pytest.raises(Refusal) as caught:
            self.desks[role].execute(command)
        return caught.value

    def row(self, staff_id: str) -> Staff:
        with self.world.store.unit_of_work(actor()) as uow:
            return uow.get(Staff, staff_id)

    def add(self, **values: Any) -> str:
        given = {"name": "Noor Lind", "log_in": "noor", "role": Role.RECEPTIONIST, "secret": HASHED}
        return str(self.manager(AddStaff(**{**given, "must_change": False, **values})))


@pytest.fixture
def ground(seats: Seats, tmp_path: Path) -> Iterator[Ground]:
    world = seats.world(tmp_path)
    yield Ground(seats, world)
    world.store.close()


# Adding and editing


def test_an_added_account_logs_in(ground: Ground) -> None:
    noor = ground.add(name="  Noor   Lind ", log_in=" Noor.L ", language="tr")
    row = ground.row(noor)
    assert (row.name, row.log_in, row.language) == ("Noor Lind", "noor.l", "tr")
    assert row.colour
    assert ground.log_in.log_in(noor, Secret(PIN)).actor.role is Role.RECEPTIONIST
    assert ground.world.proven()


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "name", "missing"),
    ({"name": "  \n "}, "name", "missing"),
    ({"name": "N" * 10_000}, "name", "too_long"),
    ({"name": "a\x07b"}, "name", "bad_text"),
    ({"log_in": ""}, "log_in", "missing"),
    ({"log_in": "n"}, "log_in", "bad_length"),
    ({"log_in": "n" * 10_000}, "log_in", "bad_length"),
    ({"log_in": "no or"}, "log_in", "bad_log_in"),
    ({"log_in": "🙂🙂🙂"}, "log_in", "bad_log_in"),
    ({"log_in": "../../etc"}, "log_in", "bad_log_in"),
    ({"log_in": "TOM"}, "log_in", "log_in_taken"),
    ({"role": Role.DOCTOR}, "doctor_id", "doctor_missing"),
    ({"role": "owner"}, "role", "bad_role"),
    ({"doctor_id": "nobody"}, "doctor_id", "no_doctor"),
    ({"colour": "#ff0000"}, "colour", "bad_colour"),
    ({"language": "xx_QQ_zz"}, "language", "bad_locale"),
]


@pytest.mark.parametrize(("values", "field", "code"), BAD)
def test_bad_input_is_told_at_its_field_when_added_and_when_edited(
    ground: Ground, values: dict[str, Any], field: str, code: str
) -> None:
    given = {"name": "Noor Lind", "log_in": "noor", "role": Role.RECEPTIONIST, "secret": HASHED}
    said = ground.refused(AddStaff(**{**given, **values}))
    assert (said.field, said.code) == (field, code)
    assert len(said.sentence) < 200
    noor = ground.add()
    again = ground.refused(EditStaff(staff_id=noor, values=values))
    assert (again.field, again.code) == (field, code)
    assert ground.row(noor).name == "Noor Lind"


def test_a_name_may_be_an_emoji_and_more(ground: Ground) -> None:
    assert ground.row(ground.add(name="Zoë 🙂")).name == "Zoë 🙂"


def test_one_doctor_has_one_account(ground: Ground) -> None:
    wu, berg = ground.world.names["wu"], ground.world.names["berg"]
    said = ground.refused(
        AddStaff(name="L. Wu", log_in="lw", role=Role.DOCTOR, doctor_id=wu, secret=HASHED)
    )
    assert (said.code, said.field) == ("doctor_taken", "doctor_id")
    assert said.sentence == "Dr Wu is Dr Li Wu’s account already."
    other = ground.add(name="Ida Berg", role=Role.DOCTOR, doctor_id=berg)
    assert ground.log_in.log_in(other, Secret(PIN)).actor.doctor_id == berg
    ground.manager(DeactivateStaff(staff_id=ground.ids[Role.DOCTOR]))
    ground.manager(EditStaff(staff_id=other, values={"doctor_id": wu}))
    assert ground.refused(ActivateStaff(staff_id=ground.ids[Role.DOCTOR])).code == "doctor_taken"


def test_an_account_changed_at_another_desk_is_not_written_over(ground: Ground) -> None:
    noor = ground.add()
    ground.manager(EditStaff(staff_id=noor, values={"name": "Noor Berg"}))
    second = ground.add(name="Eve", log_in="eve", role=Role.MANAGER)
    other = Desk(
        ground.world.store,
        ground.world.clock,
        ground.world.ids,
        ground.log_in.log_in(second, Secret(PIN)).actor,
    )
    with pytest.raises(Refusal) as caught:
        other.execute(EditStaff(staff_id=noor, values={"name": "N"}, expected_revision=1))
    assert caught.value.code == "stale"
    assert "Maria Keller" in caught.value.sentence


def test_a_field_that_is_none_of_an_accounts_is_not_written(ground: Ground) -> None:
    tom = ground.ids[Role.RECEPTIONIST]
    for values in ({"active": False}, {"revision": 9}, {"deleted_at": None}, {"id": "x"}):
        assert ground.refused(EditStaff(staff_id=tom, values=values)).code == "bad_value"
    for field in ("name", "log_in", "role", "colour", "language", "doctor_id"):
        said = ground.refused(EditStaff(staff_id=tom, values={field: 7}))
        assert (said.code, said.field) == ("bad_value", field)
    assert ground.row(tom).active


def test_an_account_is_no_roster_row(ground: Ground) -> None:
    """Who may edit the roster has not found a way to make a manager."""
    row = Staff(id="evil", name="Eve", log_in="eve", role=Role.MANAGER)
    with pytest.raises(Refusal) as caught:
        ground.manager(SaveRecords(records=(row,)))
    assert caught.value.code == "unknown_kind"


def test_log_in_names_are_suggested() -> None:
    assert suggested_log_in("Dr Aylin Demir", ()) == "aylin.demir"
    assert suggested_log_in("Şükrü Öz", ()) == "sukru.oz"
    assert suggested_log_in("Tom", ("tom", "tom2")) == "tom3"
    assert suggested_log_in("…", ()) == suggested_log_in("", ()) == ""
    assert len(suggested_log_in("Wolfeschlegelsteinhausenbergerdorff " * 3, ())) <= 32


# Who may


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.DOCTOR])
def test_only_who_may_edit_accounts_does(ground: Ground, role: Role) -> None:
    tom = ground.ids[Role.RECEPTIONIST]
    for command in (
        AddStaff(name="Eve", log_in="eve", role=Role.MANAGER, secret=HASHED),
        EditStaff(staff_id=ground.ids[role], values={"role": Role.MANAGER}),
        DeactivateStaff(staff_id=tom),
        ActivateStaff(staff_id=tom),
        ResetSecret(staff_id=ground.ids[Role.MANAGER], secret=HASHED),
        RevokeSession(session_id=ground.seats.actors[Role.MANAGER].session_id),
        RevokeAllSessions(staff_id=ground.ids[Role.MANAGER]),
    ):
        said = ground.refused(command, role)
        assert said.code == "not_allowed", command
    assert ground.world.store.queries.staff()[0].sessions


def test_nobody_reaches_above_themselves(ground: Ground) -> None:
    """A receptionist who was given the right to edit accounts is still no manager."""
    may = {**DEFAULTS, Role.RECEPTIONIST: DEFAULTS[Role.RECEPTIONIST] | {Permission.EDIT_STAFF}}
    ground.manager(SaveSetting(key=PERMISSIONS_KEY, scope="clinic", value=stored_form(may)))
    maria, tom = ground.ids[Role.MANAGER], ground.ids[Role.RECEPTIONIST]
    for command in (
        AddStaff(name="Eve", log_in="eve", role=Role.MANAGER, secret=HASHED),
        EditStaff(staff_id=tom, values={"role": Role.MANAGER}),
        EditStaff(staff_id=maria, values={"name": "Nobody"}),
        DeactivateStaff(staff_id=maria),
        ResetSecret(staff_id=maria, secret=HASHED),
        RevokeSession(session_id=ground.seats.actors[Role.MANAGER].session_id),
        RevokeAllSessions(staff_id=maria),
    ):
        assert ground.refused(command, Role.RECEPTIONIST).code == "not_allowed", command
    desk = ground.desks[Role.RECEPTIONIST]
    made = AddStaff(name="Eve", log_in="eve", role=Role.RECEPTIONIST, secret=HASHED)
    assert desk.execute(made).value


# The last manager


def test_the_last_active_manager_stays_one(ground: Ground) -> None:
    maria = ground.ids[Role.MANAGER]
    said = ground.refused(EditStaff(staff_id=maria, values={"role": Role.RECEPTIONIST}))
    assert said.code == "last_manager"
    assert said.sentence.startswith("Maria Keller is the only manager who can log in")
    assert ground.refused(DeactivateStaff(staff_id=maria)).code == "own_account"
    eve = ground.add(name="Eve", log_in="eve", role=Role.MANAGER)
    eves = Desk(
        ground.world.store,
        ground.world.clock,
        ground.world.ids,
        ground.log_in.log_in(eve, Secret(PIN)).actor,
    )
    eves.execute(DeactivateStaff(staff_id=maria))
    with pytest.raises(Refusal) as caught:
        eves.execute(EditStaff(staff_id=eve, values={"role": Role.RECEPTIONIST}))
    assert caught.value.code == "last_manager"


def test_undo_takes_back_no_account(ground: Ground) -> None:
    """With another manager made, Maria steps down; undoing what came before that changes none."""
    ground.manager(PATIENT)
    eve = ground.add(name="Eve", log_in="eve", role=Role.MANAGER)
    ground.manager(EditStaff(staff_id=ground.ids[Role.MANAGER], values={"role": "receptionist"}))
    desk = ground.desks[Role.MANAGER]
    assert desk.actor.role is Role.RECEPTIONIST
    desk.execute(Undo())
    assert ground.world.store.queries.search_patients("Moor") == []
    assert ground.row(eve).role is Role.MANAGER
    assert ground.row(eve).active
    with pytest.raises(Refusal) as caught:
        desk.execute(Undo())
    assert caught.value.code == "nothing_to_undo"


# At once


def test_a_change_of_role_counts_with_the_next_command_at_every_desk(ground: Ground) -> None:
    tom, desk = ground.ids[Role.RECEPTIONIST], ground.desks[Role.RECEPTIONIST]
    save = SaveSetting(key="rules.walk_ins", scope="clinic", value=True)
    assert ground.refused(save, Role.RECEPTIONIST).code == "not_allowed"
    ground.manager(EditStaff(staff_id=tom, values={"role": "manager"}))
    assert desk.execute(save).value
    assert desk.actor.role is Role.MANAGER
    ground.manager(EditStaff(staff_id=tom, values={"role": "receptionist"}))
    assert ground.refused(save, Role.RECEPTIONIST).code == "not_allowed"


def test_a_command_under_way_leaves_the_desk_to_who_came_meanwhile(ground: Ground) -> None:
    """Somebody logs in while the last command of the one before is still being written."""
    tom, maria = ground.seats.actors[Role.RECEPTIONIST], ground.seats.actors[Role.MANAGER]
    world = ground.world
    desk = Desk(world.store, world.clock, world.ids, tom)
    written = world.store.unit_of_work

    @contextmanager
    def slow(who: Actor, initiator: str = "") -> Iterator[Any]:
        with written(who, initiator) as uow:
            commit = uow.commit

            def late() -> None:
                desk.become(maria)
                commit()

            uow.commit = late  # type: ignore[method-assign]
            yield uow

    desk._store = SimpleNamespace(unit_of_work=slow)  # type: ignore[assignment]
    made = str(desk.execute(PATIENT).value)
    assert desk.actor is maria
    with world.store.unit_of_work(actor()) as uow:
        assert uow.history(made)[0].actor_id == tom.staff_id


def test_a_deactivated_person_is_out_with_the_next_command(ground: Ground) -> None:
    tom = ground.ids[Role.RECEPTIONIST]
    assert ground.manager(DeactivateStaff(staff_id=tom)) >= 1
    said = ground.refused(PATIENT, Role.RECEPTIONIST)
    assert said.code == "logged_out"
    assert said.sentence.startswith("Maria Keller deactivated your account.")
    ground.manager(ActivateStaff(staff_id=tom))
    assert ground.refused(PATIENT, Role.RECEPTIONIST).code == "logged_out"
    assert ground.log_in.log_in(tom, Secret(PIN))


def test_a_session_ended_at_another_desk_is_over(ground: Ground) -> None:
    session = ground.seats.actors[Role.RECEPTIONIST].session_id
    assert ground.manager(RevokeSession(session_id=session))
    assert not ground.manager(RevokeSession(session_id=session))
    assert ground.refused(RevokeSession(session_id="none")).code == "not_found"
    said = ground.refused(PATIENT, Role.RECEPTIONIST)
    assert said.code == "logged_out"
    assert "Maria Keller ended your session" in said.sentence
    state = ground.log_in.state(ground.seats.actors[Role.RECEPTIONIST])
    assert (state.status, "at 07:00" in state.sentence) == ("ended", True)


def test_all_of_a_person_end_but_the_own_one(ground: Ground) -> None:
    maria = ground.ids[Role.MANAGER]
    other = ground.log_in.log_in(maria, Secret(PIN))
    cards = ground.world.store.queries.staff_sessions()
    assert sum(card.session.staff_id == maria for card in cards) >= 2
    assert ground.manager(RevokeAllSessions(staff_id=maria)) >= 1
    assert ground.log_in.state(other.actor).status == "ended"
    assert ground.manager(PATIENT)


def test_a_reset_ends_sessions_delays_and_the_recovery_code(ground: Ground) -> None:
    tom = ground.ids[Role.RECEPTIONIST]
    for _ in range(3):
        with pytest.raises(Refusal):
            ground.log_in.log_in(tom, Secret("0"))
    once = ground.log_in.one_time(SecretKind.PIN)
    made = ground.log_in.prepare(once, SecretKind.PIN, "Tom Ash", "tom")
    assert ground.manager(ResetSecret(staff_id=tom, secret=made)) == tom
    assert ground.refused(PATIENT, Role.RECEPTIONIST).code == "logged_out"
    with pytest.raises(Refusal) as caught:
        ground.log_in.log_in(tom, once)
    assert caught.value.code == "must_change"
    own = ResetSecret(staff_id=ground.ids[Role.MANAGER], secret=made)
    assert ground.refused(own).code == "own_account"


def test_no_hash_is_told_in_the_history(ground: Ground) -> None:
    noor = ground.add(secret=HashedSecret(SecretKind.PIN, "plain:telltale"))
    ground.manager(
        ResetSecret(staff_id=noor, secret=HashedSecret(SecretKind.PIN, "plain:telltale2"))
    )
    with ground.world.store.unit_of_work(actor()) as uow:
        for table in ("event", "undo_record", "audit_entry", "outbox_message"):
            rows = uow._connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall()
            assert "telltale" not in repr(rows), table
        assert uow.history(noor)[0].action == "created"


def test_seen_is_written_once_a_minute(ground: Ground) -> None:
    def seen() -> Any:
        session_id = ground.seats.actors[Role.MANAGER].session_id
        cards = ground.world.store.queries.staff_sessions()
        return next(card.session.seen_at for card in cards if card.session.id == session_id)

    began = seen()
    ground.world.clock.advance(seconds=SEEN_EVERY.total_seconds() - 1)
    ground.manager(PATIENT)
    assert seen() == began
    ground.world.clock.advance(seconds=1)
    ground.manager(PATIENT)
    assert seen() == ground.world.clock.now()


def test_asking_who_acts_costs_a_command_two_statements(ground: Ground) -> None:
    """The session with its account, and what the role may do."""

    def reads(desk: Desk) -> list[str]:
        found: list[str] = []
        desk.execute(PATIENT)
        with ground.world.store._writer.connect() as connection:
            driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(found.append)
        desk.execute(PATIENT)
        driver.set_trace_callback(None)
        return [sql for sql in found if sql.lstrip().startswith("SELECT")]

    program = replace(actor(), kind="program", permissions=None)
    desk = Desk(ground.world.store, ground.world.clock, ground.world.ids, program)
    alone, person = reads(desk), reads(ground.desks[Role.MANAGER])
    assert len(person) == len(reads(ground.desks[Role.RECEPTIONIST])) == len(alone) + 2
    assert sum("staff_session" in sql for sql in person) == 1


def test_the_cards_tell_what_the_page_shows(ground: Ground) -> None:
    noor = ground.add(must_change=True)
    ground.manager(DeactivateStaff(staff_id=ground.ids[Role.DOCTOR]))
    cards = {card.staff.name: card for card in ground.world.store.queries.staff()}
    assert [*cards] == ["Maria Keller", "Noor Lind", "Tom Ash", "Dr Li Wu"]
    assert cards["Noor Lind"].staff.id == noor
    assert cards["Noor Lind"].must_change
    assert cards["Noor Lind"].seen_at is None
    assert cards["Maria Keller"].recovery
    assert cards["Maria Keller"].sessions >= 1
    assert cards["Dr Li Wu"].doctor_name == "Dr Li Wu"
    assert cards["Dr Li Wu"].sessions == 0
