"""Commands about the waiting list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.waitlist import OfferResult
from clinic_desk.services.commands import BookAppointment, Command


@dataclass(frozen=True, slots=True, kw_only=True)
class AddToWaitlist(Command, by="waitlist:add", needs=Permission.WAITLIST):
    """``values`` keys are the fields of ``WaitlistEntry`` (patient_id and type_id at least), or
    ``new_patient`` puts somebody on file in the same step. Value: the entry's id. A second
    waiting entry of one patient for one type is refused, naming the first."""

    values: Mapping[str, object]
    new_patient: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditWaitlist(Command, by="waitlist:edit", needs=Permission.WAITLIST):
    entry_id: Id
    values: Mapping[str, object]
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawFromWaitlist(Command, by="waitlist:withdraw", needs=Permission.WAITLIST):
    entry_id: Id
    reason: str = ""
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOffer(Command, by="waitlist:record_offer", needs=Permission.WAITLIST):
    """What a call about a freed slot came to. Made once for each entry and ``gap``; a second call
    updates it. ``result`` BOOKED is written by ``BookFromWaitlist`` alone. ``by_message``: the
    patient is told by a message (``result`` OPEN), and refused when nothing could go. Value: the
    offer's id."""

    entry_id: Id
    gap: str
    doctor_id: Id
    start: datetime
    end: datetime
    location_id: Id | None = None
    room_id: Id | None = None
    result: OfferResult = OfferResult.REFUSED
    note: str = ""
    by_message: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFromWaitlist(Command, by="waitlist:book", needs=Permission.WAITLIST):
    """Books the visit, marks the entry booked and the offer taken, and cancels the later visit
    that the patient gives up for it (``entry.appointment_id``, with ``give_up``): one step.
    Value: the visit's id."""

    entry_id: Id
    booking: BookAppointment
    gap: str = ""
    give_up: bool = False
