"""Who may do what: every command by every role, and the two settings that decide it."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.permissions import DEFAULTS, PERMISSION_WORDS, Permission, Role
from clinic_desk.services import (
    commands,
    gate,
    roles,
    roster_commands,
    series_commands,
    waitlist_commands,
)
from clinic_desk.services.commands import (
    BookAppointment,
    Command,
    MoveAppointment,
    MoveTogether,
    SaveRecords,
    SaveSetting,
)
from clinic_desk.services.gate import OVERRIDES, allowed, needed
from clinic_desk.services.roster_commands import DecideTimeOff, Together
from tests.fakes.world import World, actor

COMMANDS = sorted(
    {
        item
        for module in (commands, roster_commands, series_commands, waitlist_commands)
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Command) and item is not Command
    },
    key=lambda item: item.__name__,
)


def blank(kind: type[Command], **values: object) -> Command:
    """A command that asks for nothing beyond its kind."""
    empty = {f.name: None for f in fields(kind) if f.default is f.default_factory is MISSING}
    return kind(**{**empty, **values})


def at_desk(role: Role) -> Actor:
    return replace(actor(), role=role, permissions=DEFAULTS[role])


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_every_command_by_every_role(kind: type[Command], role: Role) -> None:
    command = blank(kind)
    wanted = set(needed(command))
    assert kind.needs is None or kind.needs in wanted
    if wanted <= DEFAULTS[role]:
        allowed(at_desk(role), command)
        return
    with pytest.raises(Refusal) as caught:
        allowed(at_desk(role), command)
    assert caught.value.code == "not_allowed"
    assert str(role) in caught.value.sentence
    assert any(PERMISSION_WORDS[one] in caught.value.sentence for one in wanted - DEFAULTS[role])


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("field", OVERRIDES)
def test_insisting_takes_its_own_permission(field: str, role: Role) -> None:
    for kind in COMMANDS:
        if field not in {f.name for f in fields(kind)}:
            continue
        value = True if field in ("outside_hours", "allow_patient_overlap") else "Her only day"
        command = blank(kind, **{field: value})
        assert OVERRIDES[field] in set(needed(command))
        for wrapped in (command, Together(commands=(command,), label="x")):
            if set(needed(wrapped)) <= DEFAULTS[role]:
                allowed(at_desk(role), wrapped)
            else:
                with pytest.raises(Refusal):
                    allowed(at_desk(role), wrapped)


def test_a_blank_reason_insists_on_nothing() -> None:
    command = blank(BookAppointment, overbook_reason="  ", override_reason="\n")
    assert set(needed(command)) == {Permission.BOOK}
    inner = blank(MoveAppointment, override_reason="Leave")
    assert Permission.OVERRIDE_POLICY in set(needed(MoveTogether(moves=(inner,))))  # type: ignore[arg-type]


def manager(world: World, name: str = "Maria", desk: str = "desk-1") -> None:
    """This world's desk, with the permissions that its settings say."""
    world.desk.become(gate.seated(actor(name, desk), world.store.queries.setting))


def refused(world: World, command: Command) -> Refusal:
    with pytest.raises(Refusal) as caught:
        world.run(command)
    return caught.value


def alone(world: World) -> None:
    """The desk that set the clinic up was not seen for a season."""
    world.clock.advance(days=120)
    manager(world)


def other_manager(world: World, name: str = "Noor") -> None:
    """A second desk that is at work, a manager's as every desk is at first."""
    world.other_desk(name).execute(SaveSetting(key="calendar.zoom", value=2))


ROLE = SaveSetting(key=gate.ROLE_KEY, value="receptionist", label="Role of this desk")


def test_a_desk_takes_its_role_at_once(world: World) -> None:
    manager(world)
    other_manager(world)
    book = world.names["bergs"]
    assert world.desk.actor.role is Role.MANAGER
    world.run(ROLE)
    assert world.desk.actor.role is Role.RECEPTIONIST
    kind = world.store.queries.roster().types[book]
    told = refused(world, SaveRecords(records=(replace(kind, name="Prick test"),)))
    assert told.code == "not_allowed"
    assert "A receptionist may not edit sites" in told.sentence
    assert world.book("10:00")
    back = refused(world, replace(ROLE, value="manager"))
    assert back.code == "not_allowed"
    assert "change the clinic’s settings" in back.sentence


def test_the_role_that_was_given_away_is_not_taken_back_by_undo(world: World) -> None:
    manager(world)
    other_manager(world)
    world.run(ROLE)
    with pytest.raises(Refusal, match="ask a manager to take it back"):
        world.undo()
    assert world.desk.actor.role is Role.RECEPTIONIST


def test_nobody_locks_the_last_manager_out(world: World) -> None:
    alone(world)
    for role in ("receptionist", "doctor"):
        told = refused(world, replace(ROLE, value=role))
        assert (told.code, told.field) == ("last_manager", gate.ROLE_KEY)
    other_manager(world)
    world.clock.advance(days=120)  # that desk was not seen for a season
    assert refused(world, ROLE).code == "last_manager"
    other_manager(world, "Kim")
    world.run(ROLE)
    other = world.other_desk("Kim")
    other.become(gate.seated(other.actor, lambda key, scope: None))
    with pytest.raises(Refusal, match="only desk that may change the settings"):
        other.execute(ROLE)


def given(**listed: list[str]) -> SaveSetting:
    return SaveSetting(
        key=gate.PERMISSIONS_KEY, value=listed, scope="clinic", label="What roles may do"
    )


def test_what_a_role_may_do_is_data(world: World) -> None:
    manager(world)
    other_manager(world)
    everyday = sorted(DEFAULTS[Role.RECEPTIONIST])
    world.run(given(receptionist=[*everyday, "overbook"]))
    world.run(ROLE)
    first = world.book("10:00")
    squeezed = world.book("10:00", patient="jon", overbook_reason="In pain")
    assert world.row(squeezed).overbook_reason == "In pain"
    # another desk takes it away: it counts here with the next command
    world.other_desk().execute(given(receptionist=everyday))
    with pytest.raises(Refusal, match="overbook"):
        world.book("10:00", patient="eve", overbook_reason="In pain")
    assert world.row(first)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"manager": ["book"]}, "last_manager"),
        ({"cleaner": ["book"]}, "bad_role"),
        ({"doctor": ["fly"]}, "bad_value"),
        ({"doctor": "book"}, "bad_value"),
        (["book"], "bad_value"),
    ],
)
def test_what_roles_may_not_be(world: World, value: object, code: str) -> None:
    manager(world)
    command = SaveSetting(key=gate.PERMISSIONS_KEY, value=value, scope="clinic")
    told = refused(world, command)
    assert (told.code, told.field) == (code, gate.PERMISSIONS_KEY)
    assert refused(world, replace(ROLE, value="king")).code == "bad_role"


def test_no_list_leaves_the_clinic_without_anybody(world: World) -> None:
    """All desks are doctors' and doctors may edit the settings: that cannot be taken from them."""
    alone(world)
    world.run(given(doctor=["book", "edit_settings", "edit_permissions"]))
    world.run(replace(ROLE, value="doctor"))
    told = refused(world, given(doctor=["book"]))
    assert told.code == "last_manager"
    assert "No desk could change" in told.sentence
    world.run(replace(ROLE, value="manager"))
    assert world.desk.actor.role is Role.MANAGER


def test_what_cannot_be_read_is_the_design() -> None:
    assert gate.permissions_in("rubbish") == DEFAULTS
    everything = sorted(Permission)
    chosen = gate.permissions_in({"doctor": ["book", "teleport"], "known": everything})
    assert chosen[Role.DOCTOR] == {Permission.BOOK}
    older = gate.permissions_in({"doctor": ["book"]})[Role.DOCTOR]
    since = {Permission.READ, Permission.EXPORT, Permission.TREAT, Permission.MESSAGES}
    assert older == {Permission.BOOK} | since
    assert Permission.EDIT_SETTINGS in gate.permissions_in({"manager": []})[Role.MANAGER]
    assert gate.permissions_in(roles.stored_form(DEFAULTS)) == DEFAULTS
    assert gate.role_in(7) is Role.MANAGER


def test_a_doctor_may_not_decide_on_leave(world: World) -> None:
    manager(world)
    other_manager(world)
    world.run(replace(ROLE, value="doctor"))
    told = refused(world, DecideTimeOff(request_id="any", approve=True))
    assert "decide on time off" in told.sentence
    assert world.book("11:00")
