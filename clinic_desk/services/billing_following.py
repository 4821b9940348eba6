"""How an invoice follows its visit, told for one visit; ``billing.follow`` asks it for all.

Nothing here is part of an undo step: taking back a completion voids the invoice and keeps its
number, so that the numbers have no gap, and does not take it out of the books.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from clinic_desk.domain.appointments import OCCUPYING, Appointment, Status
from clinic_desk.domain.billing import (
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    LineKind,
    status_after,
    total,
)
from clinic_desk.domain.catalogue import effective_type
from clinic_desk.domain.spans import local_date
from clinic_desk.services.billing_messages import tell
from clinic_desk.services.work import Work

PAYMENT_DAYS, USUAL_DAYS = "billing.payment_days", 14
NO_SHOW_FEE = "billing.no_show_fee"
"""Clinic settings: days until an invoice is due; minor units, 0 asks for no fee."""


class Standing(Enum):
    """What a visit is to the books."""

    GONE = auto()
    TO_COME = auto()
    DONE = auto()
    OFF = auto()
    MISSED = auto()


_OVER = (Standing.DONE, Standing.MISSED)


def standing(row: Appointment | None) -> Standing:
    """A hold is no visit."""
    if row is None or row.deleted_at is not None or row.patient_id is None:
        return Standing.GONE
    if row.status is Status.COMPLETED:
        return Standing.DONE
    if row.status is Status.NO_SHOW:
        return Standing.MISSED
    if row.status in (Status.CANCELLED, Status.DECLINED):
        return Standing.OFF
    if row.status in OCCUPYING and row.status is not Status.HELD:
        return Standing.TO_COME
    return Standing.GONE


def matters(before: Appointment | None, after: Appointment) -> bool:
    """Whether the books can be touched by what became of the row; cheap, for most are not."""
    now = standing(after)
    if before is None:
        # what an import brought is billed elsewhere, until it is completed here
        return after.price_minor > 0 and now is Standing.TO_COME and after.import_key is None
    then = standing(before)
    same = (
        then is now
        and before.price_minor == after.price_minor
        and before.patient_id == after.patient_id
        and before.type_id == after.type_id
        and before.doctor_id == after.doctor_id
        and before.start == after.start
    )
    if same or (then is Standing.GONE and now is Standing.GONE):
        return False
    priced = before.price_minor > 0 or after.price_minor > 0 or after.import_key is not None
    return priced or Standing.MISSED in (then, now)


def follow_one(
    work: Work, before: Appointment | None, after: Appointment, history: Sequence[Invoice]
) -> None:
    """``history``: every invoice of the visit so far, oldest first."""
    invoice = next((one for one in history if one.status is not InvoiceStatus.VOID), None)
    was = standing(before)
    match standing(after):
        case Standing.GONE:
            withdraw(work, invoice, "The booking was taken back")
        case Standing.OFF:
            word = "cancelled" if after.status is Status.CANCELLED else "declined"
            withdraw(work, invoice, f"The visit was {word}")
        case Standing.MISSED:
            _missed(work, after, invoice)
        case Standing.DONE:
            _done(work, after, invoice, new=not history and _news(before, after))
        case Standing.TO_COME:
            _to_come(work, before, was, after, invoice, new=not history)


def _news(before: Appointment | None, after: Appointment) -> bool:
    """Whether a completed visit without an invoice gives cause for one: it was completed now, or
    it costs something else now. Whose it is, or when it was, is none: a merge bills nobody."""
    if before is None or standing(before) is not Standing.DONE:
        return True
    return (before.price_minor, before.type_id) != (after.price_minor, after.type_id)


def _to_come(
    work: Work,
    before: Appointment | None,
    was: Standing,
    after: Appointment,
    invoice: Invoice | None,
    *,
    new: bool,
) -> None:
    issued = invoice is not None and invoice.status is not InvoiceStatus.DRAFT
    if invoice is not None and issued and was in _OVER and not invoice.paid_minor:
        void(work, invoice, "The visit was set back to an earlier step")
        invoice = None
    if invoice is None:
        dearer = before is not None and before.price_minor != after.price_minor
        # a draft that a person made void stays so while the visit only moves about
        if new or dearer or was is not Standing.TO_COME:
            draft(work, after)
        return
    _adapt(work, before, after, invoice)


def _done(work: Work, after: Appointment, invoice: Invoice | None, *, new: bool) -> None:
    if invoice is None:
        made = draft(work, after, imported=True) if new else None
        if made is not None:
            issue(work, made)
    elif invoice.status is InvoiceStatus.DRAFT:
        issue(work, _adapt(work, None, after, invoice) or invoice)
    elif invoice.patient_id != after.patient_id and after.patient_id is not None:
        _keep(work, invoice, replace(invoice, patient_id=after.patient_id), "followed")


def _missed(work: Work, after: Appointment, invoice: Invoice | None) -> None:
    fee = clinic_number(work, NO_SHOW_FEE, 0)
    if invoice is not None and invoice.paid_minor:
        return  # kept, and shown as money to give back
    if not fee:
        withdraw(work, invoice, "The patient did not come")
        return
    line = InvoiceLine("No-show fee", fee, LineKind.NO_SHOW_FEE)
    if invoice is not None and invoice.status is InvoiceStatus.DRAFT:
        changed = replace(invoice, lines=(line,), total_minor=fee, **_whose(work, after))
        issue(work, _keep(work, invoice, changed, "followed"))
        return
    if invoice is not None:
        void(work, invoice, "The patient did not come")
    made = _add(work, after, (line,), after.currency or work.roster.practice.currency)
    issue(work, made)


def _adapt(
    work: Work, before: Appointment | None, after: Appointment, invoice: Invoice
) -> Invoice | None:
    """The invoice as it is after its visit changed; None when it is void now."""
    changed = replace(invoice, **_whose(work, after))
    dearer = before is not None and (before.price_minor, before.type_id) != (
        after.price_minor,
        after.type_id,
    )
    if invoice.status is InvoiceStatus.DRAFT:
        if dearer:
            own = tuple(line for line in invoice.lines if line.kind is LineKind.OTHER)
            visit = visit_lines(work, after)
            lines = (*visit, *own)
            if total(lines) < 0:
                lines = (*visit, *(line for line in own if line.amount_minor > 0))
            if not lines:
                void(work, invoice, "The visit costs nothing any more")
                return None
            changed = replace(changed, lines=lines, total_minor=total(lines))
        return _keep(work, invoice, changed, "followed")
    if (dearer or invoice.patient_id != after.patient_id) and not invoice.paid_minor:
        void(work, invoice, "The visit was changed after this invoice was issued")
        return draft(work, after)
    if invoice.paid_minor:
        changed = replace(changed, patient_id=invoice.patient_id)
    return _keep(work, invoice, changed, "followed")


def _keep(work: Work, before: Invoice, after: Invoice, action: str) -> Invoice:
    if after == before:
        return before
    return work.uow.replace(before, after, action, undoable=False)


def _whose(work: Work, visit: Appointment) -> dict[str, Any]:
    return {
        "patient_id": visit.patient_id,
        "doctor_id": visit.doctor_id,
        "visit_day": local_date(visit.start, work.zone_of(visit.location_id)),
    }


def visit_lines(
    work: Work, visit: Appointment, *, imported: bool = False
) -> tuple[InvoiceLine, ...]:
    """What the visit itself costs; nothing when it is free. An imported visit without a price
    costs what its type does."""
    kind = effective_type(work.roster.types, visit.type_id, visit.doctor_id)
    price = visit.price_minor
    if imported and not price and visit.import_key is not None and kind is not None:
        price = kind.price_minor
    name = kind.name if kind is not None else "Visit"
    return (InvoiceLine(name, price),) if price > 0 else ()


def draft(work: Work, visit: Appointment, *, imported: bool = False) -> Invoice | None:
    """None for a visit that is free, or one that an import brought and nobody has completed."""
    if visit.import_key is not None and not imported:
        return None
    lines = visit_lines(work, visit, imported=imported)
    if not lines:
        return None
    return _add(work, visit, lines, visit.currency or work.roster.practice.currency)


def _add(work: Work, visit: Appointment, lines: tuple[InvoiceLine, ...], currency: str) -> Invoice:
    made = Invoice(
        id=work.new_id(),
        appointment_id=visit.id,
        lines=lines,
        total_minor=total(lines),
        currency=currency,
        **_whose(work, visit),
    )
    return work.uow.add(made, "drafted", undoable=False)


def issue(work: Work, invoice: Invoice) -> Invoice:
    """Gives a draft the next number of the year in which it is issued."""
    today = local_date(work.now, work.roster.practice.zone)
    number = work.uow.next_number(f"INV-{today.year}")
    days = clinic_number(work, PAYMENT_DAYS, USUAL_DAYS)
    issued = replace(
        invoice,
        status=status_after(invoice.total_minor, invoice.paid_minor),
        number=f"INV-{today.year}-{number:04}",
        issued_at=work.now,
        due_on=today + timedelta(days=days),
    )
    issued = _keep(work, invoice, issued, "issued")
    tell(work, issued)
    return issued


def void(work: Work, invoice: Invoice, reason: str) -> Invoice:
    """It keeps its number, if it had one."""
    gone = replace(invoice, status=InvoiceStatus.VOID, void_reason=reason)
    gone = work.uow.replace(invoice, gone, "voided", {"reason": reason}, undoable=False)
    if gone.number is not None:
        tell(work, gone)
    return gone


def withdraw(work: Work, invoice: Invoice | None, reason: str) -> None:
    """The visit does not take place. With money on it the invoice stays, to be given back."""
    if invoice is not None and not invoice.paid_minor:
        void(work, invoice, reason)


def clinic_number(work: Work, key: str, usual: int) -> int:
    value = work.uow.setting(key, "clinic")
    return value if type(value) is int and value >= 0 else usual
