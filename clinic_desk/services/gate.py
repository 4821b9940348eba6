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
from clinic_desk.domain.permissions import (
    BEFORE_ACCOUNTS,
    DEFAULTS,
    LOCKED,
    Permission,
    Role,
    may_not,
)
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

FREE: Mapping[str, str] = {
    "Together": "it takes what its parts take",
    "Undo": "what it takes back is judged by what it writes",
    "Redo": "what it repeats is judged by what it writes",
    "SaveSetting": "a desk’s own habits are its own; every other setting takes a permission",
    "ReleaseExpiredHolds": "every command lets go of what ran out",
    "ClaimMessages": "the program itself sends what waits for a service outside",
    "ReleaseMessages": "the program itself gives back what it has claimed",
    "BeginMessage": "the program itself sends messages that were planned",
    "EndMessage": "the program itself notes what became of a message",
    "NoteAnswers": "the program itself keeps what patients answered",
    "NoteDeliveries": "the program itself notes what arrived",
    "NoteCursor": "the program itself notes how far it has asked for answers",
    "RestService": "the program itself notes that a service cannot be used",
    "PlanMessages": "the program itself plans messages as the clinic has decided",
    "EmptyOldDetails": "the program itself keeps the clinic’s policy, and says so",
    "NoteLifeboat": "the program itself tells that it has written its sheets",
    "SettleMessage": "the program itself notes what became of a message",
}
"""Commands without a permission of their own, and why that lets nobody past."""

PARTS = ("moves", "changes", "steps", "cancellations", "parkings", "commands", "booking", "choices")
"""Fields of a command that hold other commands, or the choices of a series."""

ROLE_KEY = "desk.role"
PERMISSIONS_KEY = "roles.permissions"
KNOWN_KEY = "known"
"""Beside the roles in ``roles.permissions``: the permissions there were when it was saved."""

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
    """Every permission that this very command takes, the commands within it included. Raises
    ``TypeError`` for a command of which nobody said what it takes."""
    from clinic_desk.services.commands import SaveSetting  # no part of the start

    if isinstance(command, Command):
        if command.needs is None and type(command).__name__ not in FREE:
            raise TypeError(f"nobody said what {type(command).__name__} takes")
        yield from command.takes()
    if isinstance(command, SaveSetting):
        permission = setting_takes(command.key, command.scope)
        if permission is not None:
            yield permission
    for field, permission in OVERRIDES.items():
        said = getattr(command, field, None)
        if said.strip() if isinstance(said, str) else said:
            yield permission
    for name in PARTS:
        part = getattr(command, name, ())
        for one in part if isinstance(part, tuple) else (part,):
            yield from needed(one)


def setting_takes(key: str, scope: str) -> Permission | None:
    """What saving a setting takes; None for what a desk decides for itself."""
    if key == PERMISSIONS_KEY:
        return Permission.EDIT_PERMISSIONS
    guarded = scope == "clinic" or key in GUARDED_SETTINGS
    return Permission.EDIT_SETTINGS if guarded else None


def allowed(actor: Actor, command: Command) -> None:
    """Raises ``Refusal("not_allowed")`` that names the missing permission in words."""
    for permission in needed(command):
        if not actor.may(permission):
            raise Refusal(
                "not_allowed",
                may_not(actor.role, permission),
                field=next((f for f, p in OVERRIDES.items() if p is permission), None),
            )


JUDGED_BY_ROWS = frozenset(
    {Permission.OTHERS_SCHEDULES, Permission.ACCEPT, Permission.TREAT, Permission.OVERBOOK}
)
"""What a person may lack without the gate seeing from a command alone that it takes it."""


def limited(actor: Actor, *, back: bool) -> bool:
    """Whether what this person writes has to be looked at row by row (``services.reach``)."""
    if actor.permissions is None:
        return False
    return back or not actor.permissions >= JUDGED_BY_ROWS


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
    know is left out; a role that is not named has its defaults, and so has every permission that
    was not there yet when the value was saved (``KNOWN_KEY``). Managers keep ``LOCKED``."""
    given = value if isinstance(value, Mapping) else {}
    known = {permission.value: permission for permission in Permission}
    decided = given.get(KNOWN_KEY)
    then = (
        frozenset(known[one] for one in decided if one in known)
        if isinstance(decided, list | tuple)
        else BEFORE_ACCOUNTS
    )
    found = dict(DEFAULTS)
    for role in Role:
        listed = given.get(role.value)
        if isinstance(listed, list | tuple):
            chosen = frozenset(known[one] for one in listed if one in known)
            found[role] = chosen | (DEFAULTS[role] - then)
    found[Role.MANAGER] |= LOCKED
    return found


def seated(actor: Actor, read: Read) -> Actor:
    """The person with the role of the desk and what it may do. A desk is no doctor: as long as
    there are no accounts that say whose schedule is whose, each may change every one."""
    role = role_in(read(ROLE_KEY, "desk"))
    permissions = permissions_in(read(PERMISSIONS_KEY, "clinic"))[role]
    permissions |= {Permission.OTHERS_SCHEDULES}
    if (actor.role, actor.permissions) == (role, permissions):
        return actor
    return replace(actor, role=role, permissions=permissions)
