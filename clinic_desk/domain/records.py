"""What every stored row carries, whatever it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clinic_desk.domain.ids import Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Base of all stored entities.

    ``revision`` starts at 1 and grows by one with each write; the unit of work stamps it, the
    times (aware UTC), the staff ids and the ids of the creating and the last editing command.
    Rows are never erased: ``deleted_at`` marks them.
    """

    id: Id
    revision: int = 0
    created_at: datetime | None = None
    created_by: Id = ""
    updated_at: datetime | None = None
    updated_by: Id = ""
    created_op: Id = ""
    updated_op: Id = ""
    deleted_at: datetime | None = None
