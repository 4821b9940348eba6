"""From the filled-in dialog to a booking; a new patient is put on file in the same step."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.commands import AUTO, BookAppointment, Command
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.series_commands import BookSeries
from clinic_desk.services.series_judging import SeriesDraft
from clinic_desk.services.waitlist_commands import BookFromWaitlist
from clinic_desk.ui.booking.holding import Place
from clinic_desk.ui.models.typed_patient import NewPatient
from clinic_desk.ui.runtime.operations import Operations


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the person has decided after a refusal."""

    overbook_reason: str = ""
    override_reason: str = ""
    outside_hours: bool = False
    allow_patient_overlap: bool = False
    overlap_reason: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Everything a booking needs, read from the fields in one moment. ``entry_id``: somebody on
    the waiting list waited for it."""

    place: Place
    type_id: Id
    patient_id: Id | None
    new_patient: NewPatient | None
    reason: str = ""
    notes: str = ""
    remind: tuple[int | None, tuple[str, ...]] = (None, ())
    hold_id: Id | None = None
    walk_in: bool = False
    overrides: Overrides = Overrides()
    entry_id: Id | None = None
    give_up: bool = False


def series_of(order: Order, draft: SeriesDraft) -> BookSeries:
    """The order, repeated as the draft says."""
    new = order.new_patient
    return BookSeries(
        patient_id=order.patient_id or "",
        new_patient=new.values() if new is not None and not order.patient_id else None,
        doctor_id=draft.doctor_id,
        type_id=draft.type_id,
        rule=draft.rule,
        local_start=draft.local_start,
        minutes=draft.minutes,
        location_id=draft.location_id,
        room_id=draft.room_id,
        reason=order.reason,
        notes=order.notes,
        hold_id=order.hold_id,
        choices=draft.choices,
        remind_before=order.remind[0],
        remind_channels=order.remind[1],
    )


class Submission(QObject):
    """One order at a time. ``booked`` carries the ``Outcome``, ``refused`` the error; a new
    patient whose visit is refused is not on file either."""

    booked = Signal(object)
    refused = Signal(object)

    def __init__(self, operations: Operations, initiator: str, parent: QObject | None = None):
        super().__init__(parent)
        self._operations = operations
        self._initiator = initiator
        self.busy = False

    def send(self, order: Order, series: BookSeries | None = None) -> None:
        """``series``: the order repeats, and is booked as that."""
        if self.busy:
            return
        self.busy = True
        place, overrides, new = order.place, order.overrides, order.new_patient
        booking = BookAppointment(
            patient_id=order.patient_id or "",
            new_patient=new.values() if new is not None and not order.patient_id else None,
            doctor_id=place.doctor_id,
            type_id=order.type_id,
            start=place.start,
            end=place.end,
            location_id=place.location_id or None,
            room_id=place.room_id if place.room_id is not None else AUTO,
            reason=order.reason,
            notes=order.notes,
            hold_id=order.hold_id,
            walk_in=order.walk_in,
            overbook_reason=overrides.overbook_reason,
            override_reason=overrides.override_reason,
            outside_hours=overrides.outside_hours,
            allow_patient_overlap=overrides.allow_patient_overlap,
            overlap_reason=overrides.overlap_reason,
            remind_before=order.remind[0],
            remind_channels=order.remind[1],
            initiator=self._initiator,
        )
        command: Command = booking
        if order.entry_id is not None:
            command = BookFromWaitlist(
                entry_id=order.entry_id,
                booking=booking,
                give_up=order.give_up,
                initiator=self._initiator,
            )
        if series is not None:
            command = replace(series, initiator=self._initiator)
        self._operations.run(command, done=self._done, refused=self._refuse)

    def _done(self, outcome: Outcome) -> None:
        self.busy = False
        self.booked.emit(outcome)

    def _refuse(self, error: ClinicDeskError) -> None:
        self.busy = False
        self.refused.emit(error)
