"""What the patient's page and merging need from the store: one statement per question, however
many visits there are, unless a method says more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    # what the first day does not ask for is not loaded for it
    from datetime import datetime

    from clinic_desk.domain.ids import Id
    from clinic_desk.domain.people import Patient
    from clinic_desk.services.message_ports import MessageCard
    from clinic_desk.services.patient_views import (
        Holdings,
        MergedEntry,
        PatientFacts,
        Timeline,
        Twin,
        TwinPair,
    )
    from clinic_desk.services.planning_views import WaitlistCard


class PatientQueries(Protocol):
    def patient_rows(self, patient_ids: Sequence[Id]) -> Mapping[Id, Patient]:
        """Live rows, merged ones included; what is not there is left out."""
        ...

    def patient_facts(self, patient_id: Id) -> PatientFacts: ...

    def patient_timeline(self, patient_id: Id, before: int = 0, limit: int = 60) -> Timeline:
        """Events of the patient, of entries merged into them, and of their visits, invoices,
        payments and waiting-list entries; ``before`` as the page above answered it, 0: the
        newest."""
        ...

    def merged_entries(self, patient_id: Id) -> tuple[MergedEntry, ...]:
        """Entries that were merged straight into this one, the latest first."""
        ...

    def patient_waits(self, patient_id: Id) -> tuple[WaitlistCard, ...]:
        """Entries of the waiting list in every state, the newest first. Up to four statements."""
        ...

    def patient_messages(self, patient_id: Id, limit: int = 50) -> tuple[MessageCard, ...]:
        """Messages to the patient, in whatever state, the latest due first."""
        ...

    def holdings(self, patient_ids: Sequence[Id]) -> Mapping[Id, Holdings]: ...

    def shared_times(self, one_id: Id, other_id: Id) -> tuple[datetime, ...]:
        """Starts of visits of the one that overlap a visit of the other, the next ones first, at
        most five: perhaps one visit that was booked under both entries."""
        ...

    def likely_twins(self, patient_id: Id, limit: int = 12) -> tuple[Twin, ...]:
        """Entries that are likely the same person, the likeliest first; those told apart left out.
        Three statements. Raises ``NotFound``."""
        ...

    def possible_duplicates(self, limit: int = 500) -> tuple[TwinPair, ...]:
        """Pairs of the whole clinic that are likely one person, the likeliest first. Two
        statements."""
        ...
