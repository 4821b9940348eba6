"""Messages that follow neither from a visit to come nor from a change of it: after a no-show, an
offer to somebody of the waiting list, an invoice that is overdue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.billing import OWED, Invoice
from clinic_desk.domain.message_changes import (
    Change,
    after_quiet,
    is_open,
    planned,
    reconcile,
    unwanted,
)
from clinic_desk.domain.message_rules import Rules, ways
from clinic_desk.domain.messages import HOLD, MessageStatus, Notification, Purpose
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import at_local, epoch
from clinic_desk.domain.waitlist import OfferResult, WaitlistOffer

PAYMENT_MINUTE = 600
"""Of the clinic's day: 10:00."""

AFTER_NO_SHOW = timedelta(days=3)
AFTER_PAYMENT = timedelta(days=14)
"""How long after its time such a message is still of use."""


def after_no_show(
    rules: Rules,
    visit: Appointment,
    before: Appointment | None,
    patient: Patient,
    zone: str,
    history: Sequence[Notification],
    now: datetime,
) -> Iterator[Notification]:
    """Of a visit that was missed: some time after it was marked so, which is when the first of
    these messages was planned."""
    if Purpose.NO_SHOW not in rules.purposes:
        return
    occurrence = f"visit:{visit.id}:{epoch(visit.start)}:no_show"
    same = [one for one in history if one.key.startswith(f"{occurrence}:")]
    if any(one.status is MessageStatus.SENT for one in same):
        return
    waiting = [one for one in same if is_open(one, now)]
    if waiting:
        marked = waiting[0].planned_at
    elif before is not None and before.status is not visit.status:
        marked = now
    else:
        return
    due = marked + max(HOLD, timedelta(minutes=rules.no_show_after))
    due = after_quiet(rules, patient, zone, due)
    for way in ways(rules, patient):
        yield planned(
            rules,
            patient,
            way,
            occurrence,
            Purpose.NO_SHOW,
            due,
            due + AFTER_NO_SHOW,
            marked,
            appointment_id=visit.id,
            doctor_id=visit.doctor_id,
        )


def offer_changes(
    rules: Rules,
    offer: WaitlistOffer,
    before: WaitlistOffer | None,
    patient: Patient | None,
    zone: str,
    history: Sequence[Notification],
    now: datetime,
    *,
    waits: bool = True,
) -> list[Change]:
    """An open offer of a slot to come is told once; ``waits``: the patient still waits."""
    wanted: list[Notification] = []
    stands = (
        waits
        and offer.deleted_at is None
        and offer.result is OfferResult.OPEN
        and offer.start > now
        and Purpose.WAITLIST_OFFER in rules.purposes
    )
    waiting = [one for one in history if is_open(one, now)]
    opened = before is None or before.result is not offer.result or before.deleted_at is not None
    if stands and patient is not None and (opened or waiting):
        held = (waiting[0].held_until or waiting[0].due_at) if waiting else now + HOLD
        due = after_quiet(rules, patient, zone, max(held, now), offer.start)
        if due < offer.start:
            wanted = [
                planned(
                    rules, patient, way, f"offer:{offer.id}:{epoch(offer.start)}:waitlist_offer",
                    Purpose.WAITLIST_OFFER, due, offer.start, now,
                    held_until=held, offer_id=offer.id, doctor_id=offer.doctor_id,
                )
                for way in ways(rules, patient)
            ]  # fmt: skip
    return list(reconcile(history, wanted, now, lambda one: unwanted(rules, one), ""))


def payment_changes(
    rules: Rules,
    invoice: Invoice,
    patient: Patient | None,
    history: Sequence[Notification],
    now: datetime,
) -> list[Change]:
    """An invoice that is still owed some days after it was due. The messages of an invoice that
    went over to the other entry of the same person go along."""
    wanted: list[Notification] = []
    owed = (
        invoice.deleted_at is None
        and invoice.status in OWED
        and invoice.open_minor > 0
        and Purpose.PAYMENT in rules.purposes
    )
    if owed and patient is not None and invoice.due_on is not None:
        day = invoice.due_on + timedelta(days=rules.payment_after)
        due = after_quiet(rules, patient, rules.zone, at_local(day, PAYMENT_MINUTE, rules.zone))
        wanted = [
            planned(
                rules, patient, way, f"invoice:{invoice.id}:{invoice.due_on}:payment",
                Purpose.PAYMENT, due, due + AFTER_PAYMENT, now,
                invoice_id=invoice.id, doctor_id=invoice.doctor_id,
            )
            for way in ways(rules, patient)
        ]  # fmt: skip
    return list(reconcile(history, wanted, now, lambda one: unwanted(rules, one), ""))
