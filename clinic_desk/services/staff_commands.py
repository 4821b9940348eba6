"""Commands about accounts and sessions; all take ``Permission.EDIT_STAFF``, and none is undone.

A secret comes hashed (``LogIn.prepare``). Nobody can give or touch an account whose role may do
more than the person's own, and the last active manager stays one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission, Role
from clinic_desk.services.command import Command
from clinic_desk.services.staff_secrets import HashedSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class AddStaff(Command, by="staff:add", needs=Permission.EDIT_STAFF):
    """``must_change``: the secret is for the first log-in only. An empty ``colour`` takes the one
    that is least used. Value: the account's id."""

    name: str
    log_in: str
    role: Role
    secret: HashedSecret
    doctor_id: Id | None = None
    colour: str = ""
    language: str = ""
    must_change: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EditStaff(Command, by="staff:edit", needs=Permission.EDIT_STAFF):
    """``values`` of the fields name, log_in, role, doctor_id, colour, language; those that are
    not named stay. Value: the account's id."""

    staff_id: Id
    values: Mapping[str, object]
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeactivateStaff(Command, by="staff:deactivate", needs=Permission.EDIT_STAFF):
    """Nobody logs in with it any more, and its sessions end. What the person did stays. Value:
    how many sessions ended."""

    staff_id: Id
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateStaff(Command, by="staff:activate", needs=Permission.EDIT_STAFF):
    """Value: the account's id."""

    staff_id: Id
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetSecret(Command, by="staff:reset_secret", needs=Permission.EDIT_STAFF):
    """Somebody else's secret, to be changed with the next log-in; delays and sessions end, and a
    recovery code counts no more. Value: the account's id."""

    staff_id: Id
    secret: HashedSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeSession(Command, by="staff:revoke_session", needs=Permission.EDIT_STAFF):
    """Value: whether that ended one that was active."""

    session_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeAllSessions(Command, by="staff:revoke_all", needs=Permission.EDIT_STAFF):
    """Of one person, the own session of who asks left out. Value: how many ended."""

    staff_id: Id
