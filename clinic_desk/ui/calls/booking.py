"""From an offer to a visit, and the sentence that is read out."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from clinic_desk.domain.availability.model import RankedSlot
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.commands import BookAppointment
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.views import AppointmentView, Cell
from clinic_desk.ui.calls.offers import INITIATOR
from clinic_desk.ui.models.sites import both_moment
from clinic_desk.ui.runtime.context import Context


class Booking(QObject):
    """``booked``: the result with the code, the sentence to read out, and the hold that became the
    visit (or None). ``refused`` with the error; nothing was booked then. ``visit``: the one that
    the sentence is about."""

    booked = Signal(str, str, object)
    refused = Signal(object)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.busy = False
        self.visit: Cell | None = None

    def book(self, row: RankedSlot, patient_id: Id, type_id: Id, hold_id: Id | None) -> None:
        if self.busy:
            return
        self.busy, slot = True, row.slot

        def refused(error: ClinicDeskError) -> None:
            self.busy = False
            self.refused.emit(error)

        self._context.operations.run(
            BookAppointment(
                patient_id=patient_id, doctor_id=slot.doctor_id, type_id=type_id,
                start=slot.start, end=slot.end, location_id=slot.location_id, hold_id=hold_id,
                initiator=INITIATOR,
            ),
            done=lambda outcome: self._done(outcome, hold_id),
            refused=refused,
        )  # fmt: skip

    def gone(self, coming: Iterable[Cell]) -> bool:
        """Whether the visit that was read out was taken back, cancelled or moved meanwhile; it is
        forgotten then."""
        told = self.visit
        if told is None or any(
            (one.id, one.start, one.doctor_id) == (told.id, told.start, told.doctor_id)
            for one in coming
        ):
            return False
        self.visit = None
        return True

    def _done(self, outcome: Outcome, hold_id: Id | None) -> None:
        visit_id = str(outcome.value)
        notes = "".join(f" {warning}" for warning in outcome.warnings)
        told = outcome.sentence or "Booked"

        def with_code(view: AppointmentView) -> None:
            self.busy = False
            cell = self.visit = view.cell
            rest = told.removeprefix("Booked").strip()
            sentence = f"Booked {cell.confirmation_code} · {rest}"
            when = both_moment(cell.start, view.zone, view.zone)
            minutes = int((cell.end - cell.start).total_seconds() // 60)
            kind = f"{cell.type_name[:1].lower()}{cell.type_name[1:]}"
            place = ", ".join(one for one in (view.location_name, view.room_name) if one)
            spoken = (
                f"Read out: {when}, {kind} {minutes} min with {view.doctor_name}"
                f"{f', {place}' if place else ''}. Code {cell.confirmation_code}."
            )
            self.booked.emit(sentence + (f".{notes}" if notes else ""), spoken, hold_id)

        def unread(_error: ClinicDeskError) -> None:
            self.busy, self.visit = False, None
            self.booked.emit(told + notes, told, hold_id)

        self._context.operations.ask(
            lambda queries: queries.appointment(visit_id), done=with_code, failed=unread
        )
