"""What a visit costs: the price that its type has for its doctor when it is booked or changed."""

from __future__ import annotations

from dataclasses import replace

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.catalogue import effective_type
from clinic_desk.services.work import Work


def repriced(work: Work, before: Appointment, after: Appointment) -> Appointment:
    """``after`` with the price of its new type or doctor. Where both cost the same, and where
    neither changed, what was agreed on when it was booked stays."""
    if (before.type_id, before.doctor_id) == (after.type_id, after.doctor_id):
        return after
    types = work.roster.types
    old = effective_type(types, before.type_id, before.doctor_id)
    new = effective_type(types, after.type_id, after.doctor_id)
    if new is None or (old is not None and old.price_minor == new.price_minor):
        return after
    currency = work.roster.practice.currency if new.price_minor else ""
    return replace(after, price_minor=new.price_minor, currency=currency)
