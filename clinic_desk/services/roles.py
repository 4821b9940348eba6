"""What the role of a desk may do, and who may change that.

The role is a setting of the desk (``desk.role``), what each role may do one of the clinic
(``roles.permissions``: role → list of permissions); without them a desk is a manager's, and each
role has the permissions of the design. The gate reads both with every command, so that a change
made at another desk counts at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import DEFAULTS, PERMISSION_WORDS, Permission, Role
from clinic_desk.services.wording import joined
from clinic_desk.services.work import Work

ROLE_KEY = "desk.role"
PERMISSIONS_KEY = "roles.permissions"
ROLE_WORDS = {
    Role.RECEPTIONIST: "receptionist",
    Role.DOCTOR: "doctor",
    Role.MANAGER: "manager",
}

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


def stored_form(permissions: Mapping[Role, Iterable[Permission]]) -> dict[str, list[str]]:
    """The value of ``roles.permissions``."""
    return {role.value: sorted(p.value for p in permissions[role]) for role in Role}


def seated(actor: Actor, read: Read) -> Actor:
    """The person with the role of the desk and what it may do."""
    role = role_in(read(ROLE_KEY, "desk"))
    permissions = permissions_in(read(PERMISSIONS_KEY, "clinic"))[role]
    if (actor.role, actor.permissions) == (role, permissions):
        return actor
    return replace(actor, role=role, permissions=permissions)


def check_role(work: Work, value: object) -> None:
    """Raises ``Refusal`` for what is no role, and for the last desk that could still change the
    settings."""
    if value not in set(Role):
        names = joined(list(ROLE_WORDS.values()), "or")
        raise Refusal("bad_role", f"“{value}” is no role; choose {names}.", field=ROLE_KEY)
    permissions = permissions_in(work.uow.setting(PERMISSIONS_KEY, "clinic"))
    if not _somebody(_desks(work) | {work.actor.desk_id: value}, permissions):
        raise Refusal(
            "last_manager",
            "This is the only desk that may change the settings; give another desk the manager’s "
            "role first.",
            field=ROLE_KEY,
        )


def check_permissions(work: Work, value: object) -> None:
    """Raises ``Refusal`` for roles or permissions that do not exist, and for a list by which no
    desk could change the settings any more."""
    if not isinstance(value, Mapping):
        raise Refusal("bad_value", "Say for each role what it may do.", field=PERMISSIONS_KEY)
    known = {permission.value for permission in Permission}
    for role, listed in value.items():
        if role not in set(Role):
            raise Refusal("bad_role", f"“{role}” is no role.", field=PERMISSIONS_KEY)
        if not isinstance(listed, list | tuple):
            raise Refusal(
                "bad_value", f"Say what a {role} may do as a list.", field=PERMISSIONS_KEY
            )
        strange = [one for one in listed if one not in known]
        if strange:
            raise Refusal("bad_value", f"“{strange[0]}” is no permission.", field=PERMISSIONS_KEY)
    managers = value.get(Role.MANAGER.value)
    if managers is not None and Permission.EDIT_SETTINGS.value not in managers:
        raise Refusal(
            "last_manager",
            f"Managers must be able to {PERMISSION_WORDS[Permission.EDIT_SETTINGS]}, or nobody "
            "could give the permission back.",
            field=PERMISSIONS_KEY,
        )
    if not _somebody(_desks(work), permissions_in(value)):
        raise Refusal(
            "last_manager",
            "No desk could change the settings any more; give a desk the manager’s role first.",
            field=PERMISSIONS_KEY,
        )


def check_taken_back(work: Work, ids: Iterable[Id]) -> None:
    """After an undo or redo: a setting that takes a permission to change takes it here too, and
    what was taken back must leave somebody who can change it again."""
    for row_id in ids:
        scope, key = row_id.partition("/")[0], row_id.rpartition("/")[2]
        if scope not in ("desk", "clinic") or "." not in key:
            continue
        guarded = scope == "clinic" or key == ROLE_KEY
        if guarded and not work.actor.may(Permission.EDIT_SETTINGS):
            raise Refusal(
                "not_allowed",
                "The last change was one of the settings; ask a manager to take it back.",
            )
        if scope == "desk" and key == ROLE_KEY:
            check_role(work, role_in(work.uow.setting(ROLE_KEY, "desk")).value)
        elif scope == "clinic" and key == PERMISSIONS_KEY:
            check_permissions(work, work.uow.setting(PERMISSIONS_KEY, "clinic") or {})


def _desks(work: Work) -> dict[Id, object]:
    """The role that each desk has by its setting, this one's included."""
    own = {work.actor.desk_id: work.uow.setting(ROLE_KEY, "desk")}
    return {**work.uow.settings_of_desks(ROLE_KEY), **own}


def _somebody(desks: Mapping[Id, object], may: Mapping[Role, frozenset[Permission]]) -> bool:
    roles = {role_in(value) for value in desks.values()}
    return any(Permission.EDIT_SETTINGS in may[role] for role in roles)
