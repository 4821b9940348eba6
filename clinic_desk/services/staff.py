"""Accounts: adding, editing, deactivating, resetting; ending sessions.

Roles and activity are never undone with the undo key: what an account may do changes by a decision
alone. Every write keeps at least one active manager who can log in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Role
from clinic_desk.domain.staff import Staff
from clinic_desk.services import sessions
from clinic_desk.services.fields import check_locale, name_of
from clinic_desk.services.gate import PERMISSIONS_KEY, permissions_in
from clinic_desk.services.roster_checks import COLOURS
from clinic_desk.services.staff_commands import (
    ActivateStaff,
    AddStaff,
    DeactivateStaff,
    EditStaff,
    ResetSecret,
    RevokeAllSessions,
    RevokeSession,
)
from clinic_desk.services.staff_ports import StoredSecret
from clinic_desk.services.wording import count_text, doctor_text, quoted
from clinic_desk.services.work import Done, Work, check_revision

EDITABLE = frozenset({"name", "log_in", "role", "doctor_id", "colour", "language"})
SHORTEST, LONGEST = 2, 32
_LOG_IN = re.compile(r"[a-z0-9][a-z0-9._-]*")


def checked_staff(row: Staff) -> Staff:
    """The account as it is kept. Raises ``Refusal`` whose ``field`` names what is wrong; what it
    must be beside the others is judged with the write."""
    try:
        role = Role(row.role)
    except ValueError:
        raise Refusal("bad_role", f"{quoted(str(row.role))} is no role.", field="role") from None
    if role is Role.DOCTOR and not row.doctor_id:
        raise Refusal(
            "doctor_missing",
            "Say which doctor this is, so that the schedule is theirs; or choose another role.",
            field="doctor_id",
        )
    if row.colour and row.colour not in COLOURS:
        raise Refusal("bad_colour", f"{quoted(row.colour)} is no colour of these.", field="colour")
    return replace(
        row,
        name=name_of(row.name, "name", "The account"),
        log_in=checked_log_in(row.log_in),
        role=role,
        doctor_id=row.doctor_id or None,
        language=check_locale(row.language, "language") if row.language else "",
    )


def checked_log_in(text: str) -> str:
    """The log-in name as it is kept: small letters."""
    wanted = text.strip().casefold()
    if not wanted:
        raise Refusal("missing", "The account needs a log-in name.", field="log_in")
    if len(wanted) > LONGEST or len(wanted) < SHORTEST:
        raise Refusal(
            "bad_length",
            f"A log-in name has {SHORTEST} to {LONGEST} characters; this one has {len(wanted):,}.",
            field="log_in",
        )
    if not _LOG_IN.fullmatch(wanted):
        raise Refusal(
            "bad_log_in",
            f"{quoted(text)} cannot be a log-in name: it has plain letters and digits, and dots or "
            "hyphens between them, such as m.keller.",
            field="log_in",
        )
    return wanted


def suggested_log_in(name: str, taken: Collection[str]) -> str:
    """ "Dr Aylin Demir" → "aylin.demir", "aylin.demir2" where that is taken; empty for a name of
    which no letter can be spelt."""
    from anyascii import anyascii

    words = re.findall(r"[a-z0-9]+", anyascii(name).casefold())
    parts = [word for word in words if word not in ("dr", "prof")] or words
    base = ".".join(parts[:1] + parts[-1:] if len(parts) > 1 else parts)[: LONGEST - 3].strip(".")
    if len(base) < SHORTEST:
        return ""
    number, found = 1, base
    while found in taken:
        number += 1
        found = f"{base}{number}"
    return found


def add(work: Work, command: AddStaff) -> Done:
    everyone = work.uow.find(Staff)
    if not everyone and (work.actor.permissions is not None or command.role is not Role.MANAGER):
        raise Refusal("no_manager", "Make the first manager’s account before any other.")
    row = checked_staff(
        Staff(
            id=work.new_id(),
            name=command.name,
            log_in=command.log_in,
            role=command.role,
            doctor_id=command.doctor_id,
            colour=command.colour or _free_colour(everyone),
            language=command.language,
        )
    )
    _within_reach(work, row.role)
    _check_beside(work, row, everyone)
    kept = work.uow.add(row, "created", undoable=False)
    work.uow.save_secret(
        StoredSecret(
            staff_id=kept.id,
            kind=command.secret.kind,
            phc=command.secret.phc,
            changed_at=work.now,
            must_change=command.must_change,
        )
    )
    return Done(value=kept.id, sentence=f"Added {kept.name}, who logs in as {kept.log_in}")


def edit(work: Work, command: EditStaff) -> Done:
    before = _account(work, command.staff_id, command.expected_revision)
    strange = set(command.values) - EDITABLE
    if strange:
        raise Refusal("bad_value", f"{sorted(strange)[0]} is no field of an account.")
    _within_reach(work, before.role)
    after = checked_staff(_patched(before, command.values))
    if after == before:
        return Done(value=before.id)
    _within_reach(work, after.role)
    everyone = work.uow.find(Staff)
    _check_beside(work, after, everyone)
    _keep_a_manager(work, after, everyone)
    work.uow.replace(before, after, "edited", undoable=False)
    return Done(value=before.id, sentence=f"Saved {after.name}’s account")


def deactivate(work: Work, command: DeactivateStaff) -> Done:
    before = _account(work, command.staff_id, command.expected_revision)
    if before.id == work.actor.staff_id:
        raise Refusal("own_account", "Ask another manager to deactivate your own account.")
    _within_reach(work, before.role)
    if not before.active:
        return Done(value=0)
    after = replace(before, active=False)
    _keep_a_manager(work, after, work.uow.find(Staff))
    work.uow.replace(before, after, "deactivated", undoable=False)
    ended = _end_all(work, before.id, sessions.DEACTIVATED)
    return Done(value=ended, sentence=f"Deactivated {before.name}{_ended_text(ended)}")


def activate(work: Work, command: ActivateStaff) -> Done:
    before = _account(work, command.staff_id, command.expected_revision)
    _within_reach(work, before.role)
    if before.active:
        return Done(value=before.id)
    after = replace(before, active=True)
    _check_beside(work, after, work.uow.find(Staff))
    work.uow.replace(before, after, "activated", undoable=False)
    return Done(value=before.id, sentence=f"{before.name} can log in again")


def reset_secret(work: Work, command: ResetSecret) -> Done:
    row = _account(work, command.staff_id, None)
    if row.id == work.actor.staff_id:
        raise Refusal("own_account", "Change your own password or PIN by typing the old one.")
    _within_reach(work, row.role)
    work.uow.save_secret(
        StoredSecret(
            staff_id=row.id,
            kind=command.secret.kind,
            phc=command.secret.phc,
            changed_at=work.now,
            must_change=True,
        )
    )
    work.uow.audit("secret_reset", "staff", row.id)
    ended = _end_all(work, row.id, sessions.RESET)
    return Done(
        value=row.id,
        sentence=f"{row.name} chooses a new password or PIN with the next log-in"
        f"{_ended_text(ended)}",
    )


def revoke_session(work: Work, command: RevokeSession) -> Done:
    seat = work.uow.seat(command.session_id)
    if seat.session is None or seat.staff is None:
        raise NotFound("session", command.session_id)
    _within_reach(work, seat.staff.role)
    ended = work.uow.sessions.revoke(
        command.session_id, work.actor.staff_id, work.now, sessions.ENDED
    )
    if ended:
        detail = {"desk": seat.session.desk_name}
        work.uow.audit("session_ended", "staff", seat.staff.id, detail=detail)
    told = f"Ended {seat.staff.name}’s session at {seat.session.desk_name}"
    return Done(value=ended, sentence=told if ended else "This session was over already")


def revoke_all(work: Work, command: RevokeAllSessions) -> Done:
    row = _account(work, command.staff_id, None)
    _within_reach(work, row.role)
    ended = _end_all(work, row.id, sessions.ENDED_ALL, but=work.actor.session_id)
    if ended:
        work.uow.audit("sessions_ended", "staff", row.id, detail={"count": ended})
    return Done(value=ended, sentence=f"Ended {count_text(ended, 'session')} of {row.name}")


def _account(work: Work, staff_id: Id, expected: int | None) -> Staff:
    row = work.uow.get(Staff, staff_id)
    check_revision(work, row, expected, "account")
    return row


def _patched(before: Staff, values: Mapping[str, object]) -> Staff:
    for field, value in values.items():
        if not isinstance(value, str) and (field, value) != ("doctor_id", None):
            raise Refusal("bad_value", "An account’s fields are texts.", field=field)
    return replace(before, **dict(values))  # type: ignore[arg-type]  # checked_staff looks next


def _within_reach(work: Work, role: Role) -> None:
    """Nobody makes, changes or opens an account that may do more than they may themselves."""
    may = work.actor.permissions
    if may is None:
        return
    if not permissions_in(work.uow.setting(PERMISSIONS_KEY, "clinic"))[role] <= may:
        raise Refusal(
            "not_allowed",
            f"A {role} may do more than you may, so only a manager edits that account.",
            field="role",
        )


def _check_beside(work: Work, row: Staff, everyone: list[Staff]) -> None:
    for other in everyone:
        if other.id == row.id:
            continue
        if other.log_in == row.log_in:
            raise Refusal(
                "log_in_taken",
                f"{other.name} logs in as {row.log_in} already; choose another log-in name.",
                field="log_in",
            )
        if row.doctor_id and row.active and other.active and other.doctor_id == row.doctor_id:
            raise Refusal(
                "doctor_taken",
                f"{doctor_text(work.doctor(row.doctor_id))} is {other.name}’s account already.",
                field="doctor_id",
            )
    if row.doctor_id:
        found = work.uow.find(Doctor, id=row.doctor_id)
        if not found:
            raise Refusal("no_doctor", "This doctor is no longer there.", field="doctor_id")


def _keep_a_manager(work: Work, after: Staff, everyone: list[Staff]) -> None:
    left = [after if row.id == after.id else row for row in everyone]
    if not any(
        row.active and row.role is Role.MANAGER and work.uow.secret(row.id) is not None
        for row in left
    ):
        raise Refusal(
            "last_manager",
            f"{after.name} is the only manager who can log in; make somebody else a manager first.",
            field="role",
        )


def _end_all(work: Work, staff_id: Id, reason: str, but: Id = "") -> int:
    return work.uow.sessions.revoke_all(staff_id, work.actor.staff_id, work.now, reason, but)


def _ended_text(ended: int) -> str:
    return f"; {count_text(ended, 'session')} ended" if ended else ""


def _free_colour(everyone: list[Staff]) -> str:
    return min(COLOURS, key=lambda name: (sum(row.colour == name for row in everyone), name))
