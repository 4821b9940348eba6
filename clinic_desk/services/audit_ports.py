"""What the audit trail asks of the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from clinic_desk.domain.ids import Id


class AuditWork(Protocol):
    """The audit trail's part of a unit of work."""

    action: str
    """What the trail calls this transaction: the name of its command."""

    def audit(
        self,
        action: str,
        subject_kind: str = "",
        subject_id: Id = "",
        patient_id: Id = "",
        detail: Mapping[str, object] | None = None,
    ) -> None:
        """Notes what writes no event: a log-in, an export, a view. ``detail`` is JSON-able and
        holds no secret. ``commit`` appends the entry in the same transaction, and adds one for
        the events and settings of the command itself."""
        ...
