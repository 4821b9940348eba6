"""History: one event per change of a row, append-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, from which desk, in which run of the program (``session_id``). ``desk_name`` is
    what people call the desk. ``permissions`` None means everything: jobs of the program
    itself. ``doctor_id`` is the doctor whose schedule is this person's own."""

    staff_id: Id
    name: str
    desk_id: Id
    session_id: Id
    kind: str = "staff"
    desk_name: str = ""
    role: Role = Role.MANAGER
    permissions: frozenset[Permission] | None = None
    doctor_id: Id | None = None

    @property
    def rights(self) -> tuple[Role, frozenset[Permission] | None, Id | None]:
        """What decides about what may be done here."""
        return self.role, self.permissions, self.doctor_id

    def may(self, permission: Permission) -> bool:
        return self.permissions is None or permission in self.permissions


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """``changes`` maps each field that changed to (before, after) in stored form (JSON values),
    so that a row can be rebuilt from its events alone. ``subject_kind`` is the table's name."""

    id: Id
    subject_kind: str
    subject_id: Id
    action: str
    occurred_at: datetime
    actor_id: Id
    actor_name: str
    actor_kind: str
    desk_id: Id
    command_id: Id
    changes: Mapping[str, tuple[object, object]]
    metadata: Mapping[str, object]
