"""The dialogs and pages behind the calendar: built when first asked for, then kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.ids import Id
from clinic_desk.services.import_report import Importer
from clinic_desk.ui.booking.appointment import AppointmentDialog
from clinic_desk.ui.booking.dialog import BookingDialog
from clinic_desk.ui.booking.finder import FoundOpening
from clinic_desk.ui.booking.quick_add import QuickAddDialog
from clinic_desk.ui.importing.dialog import ImportDialog
from clinic_desk.ui.runtime.context import Context


class Doors(QObject):
    """Opens; the window listens. ``toast_requested`` (sentence, undo), ``finder_requested`` the
    ``Wanted`` so far, ``next_available_requested`` an ``AppointmentView``; all others carry an
    id."""

    toast_requested = Signal(str, bool)
    booked = Signal(str)
    finder_requested = Signal(object)
    clashes_requested = Signal()
    patient_added = Signal(str)
    move_requested = Signal(str)
    copy_requested = Signal(str)
    next_available_requested = Signal(object)
    patient_requested = Signal(str)

    def __init__(
        self, context: Context, importer: Callable[[], Importer] | None, window: QWidget
    ) -> None:
        super().__init__(window)
        self._context = context
        self._importer = importer
        self._window = window
        self._booking: BookingDialog | None = None
        self._appointment: AppointmentDialog | None = None
        self._quick_add: QuickAddDialog | None = None
        self._importing: ImportDialog | None = None

    @property
    def can_import(self) -> bool:
        return self._importer is not None

    def book(self, patient_id: Id | None = None) -> None:
        self.booking.open_new(patient_id)

    def book_at(self, place: Mapping[str, Any]) -> None:
        """``place``: doctor_id, start and end (aware UTC), room_id, as the grid tells it."""
        if not place["doctor_id"]:  # a room's column: the dialog asks for the doctor
            self.booking.open_new()
            return
        self.booking.open_at(place["doctor_id"], place["start"], place["end"], place.get("room_id"))

    def book_opening(self, opening: FoundOpening) -> None:
        self.booking.open_from_slot(opening.slot, opening.type_id, opening.patient_id)

    def appointment(self, appointment_id: Id) -> None:
        if self._appointment is None:
            self._appointment = AppointmentDialog(self._context, self._window)
            self._appointment.toast_requested.connect(self.toast_requested)
            self._appointment.move_requested.connect(self.move_requested)
            self._appointment.copy_requested.connect(self.copy_requested)
            self._appointment.next_available_requested.connect(self.next_available_requested)
            self._appointment.patient_requested.connect(self.patient_requested)
        self._appointment.open_for(appointment_id)

    def quick_add(self, text: str = "") -> None:
        if self._quick_add is None:
            self._quick_add = QuickAddDialog(self._context, self._window)
            self._quick_add.added.connect(self.patient_added)
        self._quick_add.open_with(text)

    def importing(self) -> None:
        if self._importer is None:
            return
        if self._importing is None:
            self._importing = ImportDialog(self._context, self._importer(), self._window)
            self._importing.clashes_requested.connect(self.clashes_requested)
        self._importing.show()
        self._importing.raise_()
        self._importing.activateWindow()

    @property
    def booking(self) -> BookingDialog:
        """Built before it is needed, when the window is idle: 100 ms to open."""
        if self._booking is None:
            self._booking = BookingDialog(self._context, self._window)
            self._booking.toast_requested.connect(self.toast_requested)
            self._booking.booked.connect(self.booked)
            self._booking.finder_requested.connect(self.finder_requested)
        return self._booking
