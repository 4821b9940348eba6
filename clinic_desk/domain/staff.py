"""Who works here: accounts, and the sessions in which they work (domain.md section 7).

What an account logs in with is no part of its record: hashes live in a table of their own, which
neither history nor undo ever sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Role
from clinic_desk.domain.records import Record


class SecretKind(StrEnum):
    PASSWORD = "password"
    PIN = "pin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff(Record):
    """One person's account. ``log_in`` is the short handle for the command line, unique among
    live accounts, casefolded. ``doctor_id`` names the doctor whose schedule is this person's own.
    An inactive account keeps its history and cannot log in."""

    name: str
    log_in: str
    role: Role = Role.RECEPTIONIST
    doctor_id: Id | None = None
    colour: str = ""
    language: str = ""
    active: bool = True


CLOCK_SLACK = timedelta(days=1)
"""How far a desk's clock may be put back before the sessions it made count no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSession:
    """One log-in of one person at one desk. All instants are aware UTC. It counts while
    ``expires_at`` lies ahead and nobody has revoked it; one from the future (a clock was ahead,
    and is right again) does not."""

    id: Id
    staff_id: Id
    desk_id: Id
    desk_name: str
    issued_at: datetime
    seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_by: Id = ""
    reason: str = ""

    def active_at(self, now: datetime) -> bool:
        return self.revoked_at is None and self.issued_at - CLOCK_SLACK <= now < self.expires_at
