"""What the audit trail asks of the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from clinic_desk.domain.ids import Id

if TYPE_CHECKING:
    from clinic_desk.services.audit_views import AuditEntry, AuditLine, AuditPerson, AuditWish
    from clinic_desk.services.ports import Progress
    from clinic_desk.services.views import Finding


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
        shown: Sequence[Id] = (),
    ) -> None:
        """Notes what writes no event: a log-in, an export, a view. ``detail`` is JSON-able and
        holds no secret; ``shown`` are the patients of a list, or the days (``audit.day_key``) of
        a calendar, by any of which the entry can be found. ``commit`` appends the entry in the
        same transaction, and adds one for the events and settings of the command itself."""
        ...

    def empty_details(
        self, actions: Collection[str], before: datetime, most: int
    ) -> tuple[int, datetime]:
        """Empties the details of the oldest entries with these actions from before then, at most
        so many; (how many, up to when none is left). The caller notes it by ``audit``."""
        ...


class AuditQueries(Protocol):
    """The audit trail's part of ``ports.Queries``."""

    def audit_index(self, wish: AuditWish) -> Sequence[int]:
        """The numbers of the entries, newest first: one statement, however many they are."""
        ...

    def audit_lines(self, numbers: Sequence[int]) -> tuple[AuditLine, ...]:
        """Those entries in that order; numbers of none are left out."""
        ...

    def audit_entry(self, number: int) -> AuditEntry:
        """Raises ``NotFound``."""
        ...

    def audit_entries(self, numbers: Sequence[int]) -> tuple[AuditEntry, ...]:
        """Those entries whole, in that order; the same few statements however many they are."""
        ...

    def audit_people(self) -> tuple[AuditPerson, ...]:
        """Everybody who has ever acted, by name."""
        ...

    def audit_desks(self) -> tuple[tuple[Id, str], ...]:
        """(id, name) by name."""
        ...

    def audit_proof(self, heard: Progress | None = None, head: str = "") -> tuple[Finding, ...]:
        """What is wrong with the trail, the first broken link first; nothing when it is whole.
        ``head`` is a fingerprint that somebody noted; raises ``Refusal("bad_head")``."""
        ...

    def audit_head(self) -> str:
        """The fingerprint of the trail as it is now: "number:hash"; empty before it began."""
        ...
