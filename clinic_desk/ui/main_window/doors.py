"""The dialogs behind the calendar: loaded and built when first asked for, then kept.

Nothing of them is imported before, so that the day is on the screen sooner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.ui.runtime.context import Context

if TYPE_CHECKING:
    from clinic_desk.services.import_report import Importer
    from clinic_desk.ui.booking.appointment import AppointmentDialog
    from clinic_desk.ui.booking.clashes import ClashDialog
    from clinic_desk.ui.booking.dialog import BookingDialog
    from clinic_desk.ui.booking.finder_criteria import FoundOpening
    from clinic_desk.ui.importing.dialog import ImportDialog
    from clinic_desk.ui.importing.exporting import ExportDialog
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.patients.card import PatientDialog
    from clinic_desk.ui.patients.editing import EditPatientDialog, QuickAddDialog

LOADED_IDLE = (
    "clinic_desk.ui.models.finding",
    "clinic_desk.ui.widgets.forms.bits",
    "clinic_desk.ui.booking.form",
    "clinic_desk.ui.booking.dialog",
    "clinic_desk.ui.booking.appointment",
    "clinic_desk.ui.patients.card",
    "clinic_desk.ui.patients.editing",
    "clinic_desk.ui.booking.finder",
)
"""Modules behind the first keys that people press, in that order."""

DIALOGS = (
    "_exporting", "_booking", "_appointment", "_patient", "_edit", "_quick_add", "_clashes",
    "_importing",
)  # fmt: skip

BETWEEN = 120
"""Milliseconds between two of them."""


class Doors(QObject):
    """Opens; the window listens. ``toast_requested`` (sentence, undo), ``finder_requested`` the
    ``Wanted`` so far, ``next_available_requested`` an ``AppointmentView``, ``importing`` whether
    files are being taken in; ``wait_requested`` a patient's id, ``entry_requested`` the id of an
    entry of the waiting list; all others carry a visit's id."""

    importing = Signal(bool)
    toast_requested = Signal(str, bool)
    booked = Signal(str)
    finder_requested = Signal(object)
    move_requested = Signal(str)
    copy_requested = Signal(str)
    next_available_requested = Signal(object)
    wait_requested = Signal(str)
    page_requested = Signal(str, object)
    entry_requested = Signal(str)

    def __init__(
        self, context: Context, importer: Callable[[], Importer] | None, window: MainWindow
    ) -> None:
        super().__init__(window)
        self._context = context
        self._importer = importer
        self._exporting: ExportDialog | None = None
        self._window = window
        self.ownerless: Callable[[], bool] | None = None
        """In a clinic without accounts: leads to the first one, and says whether it did."""
        self._booking: BookingDialog | None = None
        self._appointment: AppointmentDialog | None = None
        self._patient: PatientDialog | None = None
        self.last_patient: Id | None = None
        self._edit: EditPatientDialog | None = None
        self._quick_add: QuickAddDialog | None = None
        self._clashes: ClashDialog | None = None
        self._importing: ImportDialog | None = None
        self._idle = QTimer(self, singleShot=True)
        self._idle.timeout.connect(self._prepare_next)
        self._to_load = list(LOADED_IDLE)

    def prepare_later(self, milliseconds: int) -> None:
        """Load the dialogs, and build the one for booking, when nobody waits for it: a module at a
        time, so that no step is felt."""
        self._idle.start(milliseconds)

    def _prepare_next(self) -> None:
        if self._to_load:
            import_module(self._to_load.pop(0))
            self._idle.start(BETWEEN)
        else:
            self.booking.ensurePolished()

    def stop(self) -> None:
        self._idle.stop()

    def renew(self, *, everything: bool = False) -> None:
        """What the person may do has changed: dialogs look at it when they are made. Those that are
        open stay and look again by themselves; ``everything``: they close."""
        for name in DIALOGS:
            dialog = getattr(self, name)
            if dialog is not None and (everything or not dialog.isVisible()):
                setattr(self, name, None)  # it goes with the window, its parent
                dialog.installEventFilter(self)
                dialog.hide()

    def eventFilter(self, one: QObject, event: QEvent) -> bool:  # noqa: N802
        """An answer that was under way does not bring back a dialog that is no longer anybody's."""
        if event.type() is QEvent.Type.Show and isinstance(one, QWidget):
            QTimer.singleShot(0, one, one.hide)
        return False

    @property
    def can_import(self) -> bool:
        return self._importer is not None

    # ways in

    def _barred(self, takes: Permission) -> bool:
        """Whether what is behind the door is not this person's; says why."""
        if self.ownerless is not None and self.ownerless():
            return True
        actor = self._context.actor
        if actor.may(takes):
            return False
        self.toast_requested.emit(may_not(actor.role, takes), False)
        return True

    def book(self, patient_id: Id | None = None) -> None:
        if self._barred(Permission.BOOK):
            return
        self.booking.open_new(patient_id)

    def walk_in(self) -> None:
        """Somebody who is at the desk now."""
        if self._barred(Permission.BOOK):
            return
        self.booking.open_new()
        self.booking.walk_in.setChecked(True)

    def book_at(self, place: Mapping[str, Any]) -> None:
        """``place``: doctor_id, start and end (aware UTC), room_id and location_id, as the grid
        tells it."""
        if self._barred(Permission.BOOK):
            return
        if not place["doctor_id"]:  # a room's column: the dialog asks for the doctor
            self.booking.open_new()
            return
        self.booking.open_at(
            place["doctor_id"], place["start"], place["end"], place.get("room_id"),
            place.get("location_id"),
        )  # fmt: skip

    def book_opening(self, opening: FoundOpening) -> None:
        if self._barred(Permission.BOOK):
            return
        self.booking.open_from_slot(
            opening.slot, opening.type_id, opening.patient_id, opening.entry_id, opening.give_up
        )

    def visit(self, appointment_id: Id) -> None:
        self.appointment.open_for(appointment_id)

    def patient(self, patient_id: Id) -> None:
        self.last_patient = patient_id
        self.patient_card.open_for(patient_id)

    def edit_patient(self, patient_id: Id, field: str = "last_name") -> None:
        if self._barred(Permission.EDIT_PATIENT):
            return
        if self._edit is None:
            from clinic_desk.ui.patients.editing import EditPatientDialog

            self._edit = EditPatientDialog(self._context, self._window)
            self._edit.toast_requested.connect(self.toast_requested)
        self._edit.open_for(patient_id, field)

    def add_patient(self, text: str = "") -> None:
        """``text`` is what was searched for."""
        if self._barred(Permission.EDIT_PATIENT):
            return
        if self._quick_add is None:
            from clinic_desk.ui.patients.editing import QuickAddDialog

            self._quick_add = QuickAddDialog(self._context, self._window)
            self._quick_add.toast_requested.connect(self.toast_requested)
            self._quick_add.saved.connect(self.patient)
            self._quick_add.existing_chosen.connect(self.patient)
        self._quick_add.open_with(text)

    def clash_list(self) -> None:
        self.clashes.start()

    def import_files(self) -> None:
        if self._importer is None or self._barred(Permission.IMPORT):
            return
        if self._importing is None:
            from clinic_desk.ui.importing.dialog import ImportDialog

            self._importing = ImportDialog(self._context, self._importer(), self._window)
            self._importing.clashes_requested.connect(self.clash_list)
            self._importing.running.connect(self.importing)
        self._importing.show()
        self._importing.raise_()
        self._importing.activateWindow()

    # the dialogs

    def _give_undo(self, card: AppointmentDialog | PatientDialog) -> None:
        """What is done on a card is taken back on it: the window's keys do not reach under it."""
        window = self._window
        card.addActions([window.actions_[name] for name in ("edit.undo", "edit.redo")])

        def refused(error: ClinicDeskError) -> None:
            if card.isVisible():
                card.message.say_error(error)

        window.undoing.refused.connect(refused)
        # a warning about what is taken back
        window.undoing.told.connect(lambda _sentence, _button: card.message.clear())

    @property
    def booking(self) -> BookingDialog:
        if self._booking is None:
            from clinic_desk.ui.booking.dialog import BookingDialog

            self._booking = BookingDialog(self._context, self._window)
            self._booking.toast_requested.connect(self.toast_requested)
            self._booking.booked.connect(self.booked)
            self._booking.finder_requested.connect(self.finder_requested)
            self._booking.entry_requested.connect(self.entry_requested)
        return self._booking

    @property
    def appointment(self) -> AppointmentDialog:
        if self._appointment is None:
            from clinic_desk.ui.booking.appointment import AppointmentDialog

            card = self._appointment = AppointmentDialog(self._context, self._window)
            self._give_undo(card)
            card.toast_requested.connect(self.toast_requested)
            card.move_requested.connect(self.move_requested)
            card.copy_requested.connect(self.copy_requested)
            card.next_available_requested.connect(self.next_available_requested)
            card.patient_requested.connect(self.patient)
            card.entry_requested.connect(self.entry_requested)
            card.series_requested.connect(lambda row_id: self.page_requested.emit("series", row_id))
            card.invoice_requested.connect(
                lambda row_id: self.page_requested.emit("billing", ("visit", row_id))
            )
            card.messages_requested.connect(
                lambda row_id: self.page_requested.emit("messages", ("visit", row_id))
            )
            card.hand_on.print_requested.connect(
                lambda row_id: self.page_requested.emit("print", ("visit", row_id))
            )
        return self._appointment

    @property
    def patient_card(self) -> PatientDialog:
        if self._patient is None:
            from clinic_desk.ui.patients.card import PatientDialog

            card = self._patient = PatientDialog(self._context, self._window)
            self._give_undo(card)
            card.toast_requested.connect(self.toast_requested)
            card.visit_requested.connect(self.visit)
            card.book_requested.connect(self.book)
            card.edit_requested.connect(self.edit_patient)
            card.wait_requested.connect(self.wait_requested)
            card.page_requested.connect(lambda row_id: self.page_requested.emit("patient", row_id))
        return self._patient

    @property
    def can_export(self) -> bool:
        return self._context.exporter is not None

    def export_visits(self, what: object = None) -> None:
        """Visits or patients as a file. ``what``: an ``ExportWish`` of visits that were picked with
        words for them, or the text of a search for patients."""
        if self._barred(Permission.EXPORT):
            return
        if self._exporting is None:
            from clinic_desk.ui.importing.exporting import ExportDialog

            self._exporting = ExportDialog(self._context, self._window)
            self._exporting.toast_requested.connect(self.toast_requested)
            self._exporting.import_requested.connect(self.import_files)
        if isinstance(what, tuple):
            self._exporting.start(chosen=what[0], about=what[1], importer=self.can_import)
        else:
            text = what if isinstance(what, str) else ""
            self._exporting.start(matching=text, importer=self.can_import)

    @property
    def clashes(self) -> ClashDialog:
        if self._clashes is None:
            from clinic_desk.ui.booking.clashes import ClashDialog

            self._clashes = ClashDialog(self._context, self._window)
            self._clashes.toast_requested.connect(self.toast_requested)
            self._clashes.visit_requested.connect(self.visit)
            self._clashes.finder_requested.connect(self.next_available_requested)
        return self._clashes
