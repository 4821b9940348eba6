"""Who may change the role of a desk, and what each role may do.

The gate reads both settings with every command (``gate.seated``); here is what they may become.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import (
    BEFORE_ACCOUNTS,
    GROUPS,
    LOCKED,
    PERMISSION_WORDS,
    Permission,
    Role,
)
from clinic_desk.services.gate import (
    KNOWN_KEY,
    PERMISSIONS_KEY,
    ROLE_KEY,
    permissions_in,
    role_in,
    setting_takes,
)
from clinic_desk.services.wording import joined
from clinic_desk.services.work import Work

ROLE_WORDS = {
    Role.RECEPTIONIST: "receptionist",
    Role.DOCTOR: "doctor",
    Role.MANAGER: "manager",
}


def stored_form(permissions: Mapping[Role, Iterable[Permission]]) -> dict[str, list[str]]:
    """The value of ``roles.permissions``."""
    stored = {role.value: sorted(p.value for p in permissions[role]) for role in Role}
    return stored | {KNOWN_KEY: sorted(p.value for p in Permission)}


def told_changes(
    before: Mapping[Role, frozenset[Permission]], after: Mapping[Role, frozenset[Permission]]
) -> tuple[str, ...]:
    """ "Receptionists may now overbook.", one sentence for each thing that changed."""
    found = []
    for role in Role:
        for permission in (one for _, group in GROUPS for one in group):
            had, has = permission in before[role], permission in after[role]
            if had != has:
                turn = "may now" if has else "may no longer"
                plural = ROLE_WORDS[role].capitalize() + "s"
                found.append(f"{plural} {turn} {PERMISSION_WORDS[permission]}.")
    return tuple(found)


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


def decide(work: Work, value: object) -> str:
    """Checks what each role is to be able to do from now on, and tells the audit trail in words
    what that changes. Answers the first of these sentences; empty when nothing changes."""
    check_permissions(work, value)
    before = permissions_in(work.uow.setting(PERMISSIONS_KEY, "clinic"))
    told = told_changes(before, permissions_in(value))
    if told:
        work.uow.action = "permissions"
        work.uow.audit("permissions", "setting", PERMISSIONS_KEY, detail={"changes": list(told)})
    if len(told) > 1:
        return f"{told[0]} And {len(told) - 1} more."
    return told[0] if told else ""


def check_permissions(work: Work, value: object) -> None:
    """Raises ``Refusal`` for roles or permissions that do not exist, and for a list by which no
    desk could change the settings any more."""
    if not isinstance(value, Mapping):
        raise Refusal("bad_value", "Say for each role what it may do.", field=PERMISSIONS_KEY)
    known = {permission.value for permission in Permission}
    for role, listed in value.items():
        if role not in {*Role, KNOWN_KEY}:
            raise Refusal("bad_role", f"“{role}” is no role.", field=PERMISSIONS_KEY)
        if not isinstance(listed, list | tuple):
            raise Refusal(
                "bad_value", f"Say what a {role} may do as a list.", field=PERMISSIONS_KEY
            )
        strange = [one for one in listed if one not in known]
        if strange:
            raise Refusal("bad_value", f"“{strange[0]}” is no permission.", field=PERMISSIONS_KEY)
    managers = value.get(Role.MANAGER.value)
    decided = value.get(KNOWN_KEY, sorted(BEFORE_ACCOUNTS))
    for permission in sorted(LOCKED):
        if managers is not None and permission in decided and permission not in managers:
            raise Refusal(
                "last_manager",
                f"Managers must be able to {PERMISSION_WORDS[permission]}, or nobody could give "
                "the permission back.",
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
        permission = setting_takes(key, scope)
        if permission is not None and not work.actor.may(permission):
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
