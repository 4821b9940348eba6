"""Who handles a command, and whether this person may ask for it.

The role is a setting of the desk (``desk.role``), what each role may do one of the clinic
(``roles.permissions``: role → list of permissions); without them a desk is a manager's, and each
role has the permissions of the design. ``Desk`` reads both with every command, so that a change
made at another desk counts at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.permissions import DEFAULTS, PERMISSION_WORDS, Permission, Role
from clinic_desk.services.command import Command
from clinic_desk.services.work import Done, Work

Handler = Callable[[Work, Any], Done]

OVERRIDES: Mapping[str, Permission] = {
    "overbook_reason": Permission.OVERBOOK,
    "override_reason": Permission.OVERRIDE_POLICY,
    "outside_hours": Permission.OUTSIDE_HOURS,
    "allow_patient_overlap": Permission.PATIENT_OVERLAP,
}
"""Fields of a command by which a person insists, and the permission that each of them takes."""

PARTS = ("moves", "changes", "steps", "cancellations", "parkings", "commands", "booking", "choices")
"""Fields of a command that hold other commands, or the choices of a series."""

ROLE_KEY = "desk.role"
PERMISSIONS_KEY = "roles.permissions"
GUARDED_SETTINGS = frozenset({ROLE_KEY})
"""Settings of a desk that decide what the desk may do, and so are not its own to change."""


def handler_of(kind: type[Command]) -> Handler:
    """Raises ``TypeError`` for a command that nobody handles."""
    if not kind.handled_by:
        raise TypeError(f"no handler for {kind.__name__}")
    return _load(kind.handled_by)


@cache
def _load(name: str) -> Handler:
    module, _, function = name.partition(":")
    found: Handler = getattr(import_module(f"clinic_desk.services.{module}"), function)
    return found


def needed(command: object) -> Iterator[Permission]:
    """Every permission that this very command takes, the commands within it included."""
    from clinic_desk.services.commands import SaveSetting  # no part of the start

    if isinstance(command, Command) and command.needs is not None:
        yield command.needs
    if isinstance(command, SaveSetting) and (
        command.scope == "clinic" or command.key in GUARDED_SETTINGS
    ):
        yield Permission.EDIT_SETTINGS
    for field, permission in OVERRIDES.items():
        said = getattr(command, field, None)
        if said.strip() if isinstance(said, str) else said:
            yield permission
    for name in PARTS:
        part = getattr(command, name, ())
        for one in part if isinstance(part, tuple) else (part,):
            yield from needed(one)


def allowed(actor: Actor, command: Command) -> None:
    """Raises ``Refusal("not_allowed")`` that names the missing permission in words."""
    for permission in needed(command):
        if not actor.may(permission):
            raise Refusal(
                "not_allowed",
                f"As a {actor.role}’s desk, this one may not {PERMISSION_WORDS[permission]}. Ask "
                "a manager to do it.",
                field=next((f for f, p in OVERRIDES.items() if p is permission), None),
            )


Read = Callable[[str, str], object | None]
"""(key, scope) → the stored value, None when there is none."""


def role_in(value: object) -> Role:
    """The role that a stored value names; a manager for whatever is none."""
    try:
        return Role(str(value))
    except ValueError:
        return Role.MANAGER


def permissions_in(value: object) -> dict[Role, frozenset[Permission]]:
    """What each role may do by a stored value. What a later version wrote and this one does not
    know is left out; a role that is not named has its defaults, and managers can always edit the
    settings."""
    given = value if isinstance(value, Mapping) else {}
    known = {permission.value: permission for permission in Permission}
    found = dict(DEFAULTS)
    for role in Role:
        listed = given.get(role.value)
        if isinstance(listed, list | tuple):
            found[role] = frozenset(known[one] for one in listed if one in known)
    found[Role.MANAGER] |= {Permission.EDIT_SETTINGS}
    return found


def seated(actor: Actor, read: Read) -> Actor:
    """The person with the role of the desk and what it may do."""
    role = role_in(read(ROLE_KEY, "desk"))
    permissions = permissions_in(read(PERMISSIONS_KEY, "clinic"))[role]
    if (actor.role, actor.permissions) == (role, permissions):
        return actor
    return replace(actor, role=role, permissions=permissions)
