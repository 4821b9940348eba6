"""The patient's page in one answer. The number of statements does not grow with the visits."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from clinic_desk.domain.errors import NotFound
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.guarded import may_read
from clinic_desk.services.patient_views import PatientRecord

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries

SHOWN_INVOICES = 200
DEEPEST = 32
"""Merges of merges that are followed; nobody makes so many."""


def kept_entry(queries: Queries, patient_id: Id) -> Patient:
    """The entry that stands for this one now: itself, or what it was merged into. One statement
    per merge. Raises ``NotFound``."""
    wanted = patient_id
    for _ in range(DEEPEST):
        found = queries.patient_rows((wanted,)).get(wanted)
        if found is None:
            raise NotFound("patient", patient_id)
        if found.merged_into is None:
            return found
        wanted = found.merged_into
    raise NotFound("patient", patient_id)


def record_of(queries: Queries, patient_id: Id) -> PatientRecord:
    """Raises ``NotFound``."""
    view = queries.patient(patient_id)
    asked = view.patient if view.patient.merged_into is not None else None
    if asked is not None:
        view = queries.patient(kept_entry(queries, patient_id).id)
    patient = view.patient
    wish = InvoiceWish(patient_id=patient.id)
    owed: dict[str, int] = defaultdict(int)
    count = 0
    money = may_read(queries, Permission.BILLING)
    for total in queries.invoice_totals(wish) if money else ():
        owed[total.currency] += total.open
        count += total.count
    return PatientRecord(
        patient=patient,
        visits=view.visits,
        facts=queries.patient_facts(patient.id),
        invoices=queries.invoices(wish, SHOWN_INVOICES) if money else (),
        invoice_count=count,
        owed=tuple((currency, minor) for currency, minor in sorted(owed.items()) if minor),
        waits=queries.patient_waits(patient.id),
        messages=queries.patient_messages(patient.id),
        merged=queries.merged_entries(patient.id),
        twins=queries.likely_twins(patient.id),
        asked=asked,
        money_told=money,
    )
