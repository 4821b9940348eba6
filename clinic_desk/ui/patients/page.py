"""The patient's page: everything that is known of one person, and everything done from there."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.appointments import FINAL, Status
from clinic_desk.domain.errors import ClinicDeskError, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.services.outcome import Changes
from clinic_desk.services.patient_record import record_of
from clinic_desk.services.patient_views import PatientRecord
from clinic_desk.services.views import Cell, PatientHit
from clinic_desk.ui.models import words
from clinic_desk.ui.models.patient_history import PatientLine
from clinic_desk.ui.models.visits import VISIT_ROLE
from clinic_desk.ui.patients.deeds import PatientDeeds
from clinic_desk.ui.patients.frame import PAGE_KEYS, VISIT_KEYS, PatientFrame
from clinic_desk.ui.patients.record_history import RecordHistory
from clinic_desk.ui.patients.timeline import LINE_ROLE
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Message, Tone

MATTERS = frozenset(
    {"patient", "appointment", "invoice", "payment", "waitlist_entry", "appointment_series",
     "external", "setting", "shelf_item", "notification"}
)  # fmt: skip
PAUSE = 120


class PatientPage(PatientFrame):
    """``open`` takes a patient's id, ("merge", id) or ("compare", kept id, other id); without any
    it asks whose. ``shown`` tells whose page it is, ``shown_id`` who was shown last.
    ``book_requested``, ``wait_requested`` and ``print_requested`` carry a patient's id,
    ``again_requested`` and ``cancel_requested`` a ``Cell``, ``move_requested`` a visit's id."""

    shown = Signal(str)
    book_requested = Signal(str)
    again_requested = Signal(object)
    cancel_requested = Signal(object)
    move_requested = Signal(str)
    wait_requested = Signal(str)
    print_requested = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.shown_id: Id = ""
        self.record: PatientRecord | None = None
        self._then: tuple[str, str] | None = None
        self._kept: Id = ""
        self.past = RecordHistory(self)
        self.deeds = PatientDeeds(self)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.read)
        self._connect()
        self._show_nobody()

    def _who_has_seen(self) -> None:
        if self.record is not None:
            patient = self.record.patient
            self.page_requested.emit("audit", ("seen", patient.listed_name, patient.id))

    def _on_message(self, what: str, row_id: str) -> None:
        record = self.record
        if what == "message":
            self.page_requested.emit("messages", row_id)
        elif what == "messages" and record is not None:
            self.page_requested.emit("messages", ("patient", record.patient.id))

    def _connect(self) -> None:
        self.source.changed.connect(self._refill)
        self.context.operations.changed.connect(self._on_changes)
        self.head.copied.connect(lambda text: self.toast_requested.emit(f"Copied {text}", False))
        for action, button in (
            ("merge", self.merge_button), ("print", self.print_button),
            ("edit", self.edit_button), ("find", self.find_button), ("book", self.book_button),
            ("open", self.open_button), ("move", self.move_button),
            ("cancel", self.cancel_button), ("again", self.again_button),
        ):  # fmt: skip
            button.clicked.connect(lambda _on=False, action=action: self.deeds.act(action))
        self.seen_button.clicked.connect(self._who_has_seen)
        self.visits_button.clicked.connect(lambda: self.show_list("visits"))
        self.history_button.clicked.connect(lambda: self.show_list("history"))
        self.search.textChanged.connect(lambda _text: self._filter())
        self.search.installEventFilter(self)
        for one in (self.visits, self.history):
            one.key_pressed.connect(self._key)
            one.doubleClicked.connect(lambda _index: self.deeds.act("open"))
            one.customContextMenuRequested.connect(self._menu_at)
        self.history.clicked.connect(lambda index: self.past.older_at(index.row()))
        self.visits.selectionModel().currentChanged.connect(self._on_visit)
        self.no_visits.action_requested.connect(lambda: self.deeds.act("book"))
        self.side.asked.connect(self.deeds.from_side)
        self.side.asked.connect(self._on_message)
        self.side.pay.given.connect(self.deeds.pay)
        self.side.pay.left.connect(self.deeds.leave_pay)
        self.finder.chosen.connect(self._on_found)
        self.finder.left.connect(self._leave_finder)
        self.message.chosen.connect(self._way_out)

    # whose

    def open(self, what: object = None) -> None:
        match what:
            case ("merge", str(patient)):
                self._then = ("", "")
                self.show_patient(patient)
            case ("compare", str(kept), str(other)):
                self._then = (kept, other)
                self.show_patient(kept)
            case str(patient) if patient:
                self._then = None
                self.show_patient(patient)
            case _:
                self.ask_whose()

    def show_patient(self, patient_id: Id) -> None:
        other = self.record is None or self.record.patient.id != patient_id
        self.shown_id = patient_id
        self.message.clear()
        self.deeds.leave_pay()
        if other:
            self.record = None
            self._kept = ""
            self.past.forget()
            self.search.clear()
            self.show_list("visits", focus=False)
        self.read()
        self.take_keyboard()

    def ask_whose(self) -> None:
        """The search of the page; Esc leads back to who was shown."""
        self.stack.setCurrentWidget(self.asking_view)
        self._head(shown=False)
        self.finder.start()

    def _show_nobody(self) -> None:
        self.stack.setCurrentWidget(self.asking_view)
        self._head(shown=False)

    def _leave_finder(self) -> None:
        if self.record is not None:
            self._refill()
            self.take_keyboard()
        else:
            self.close_requested.emit()

    def _on_found(self, hit: PatientHit) -> None:
        self.show_patient(hit.id)

    def print_page(self) -> bool:
        """Ctrl+P: the list of this patient's visits."""
        if self.record is not None:
            self.deeds.act("print")
        return self.record is not None

    def take_keyboard(self) -> None:
        """Keys typed ahead of the answer reach the list."""
        shown = self.lists.currentWidget()
        if self.stack.currentWidget() is self.asking_view and self.record is None:
            self.setFocus()
            self.finder.edit.setFocus()
        elif shown is self.no_visits:
            self.book_button.setFocus()
        else:
            (self.history if shown is self.history else self.visits).setFocus()

    # reading

    def today(self) -> date:
        return words.local(self.context.clock.now(), self.source.zone).date()

    def read(self) -> None:
        self._pause.stop()
        wanted = self.shown_id
        if not wanted:
            return
        self.context.operations.ask(
            lambda queries: record_of(queries, wanted),
            done=lambda record: self._take(wanted, record),
            failed=self._failed,
            key=f"patient.page:{id(self)}",
        )
        if self.timeline.loaded or self.lists.currentWidget() is self.history:
            self.past.read()

    def _take(self, wanted: Id, record: PatientRecord) -> None:
        if wanted != self.shown_id:
            return
        first = self.record is None or self.record.patient.id != record.patient.id
        self.record = record
        self.shown_id = record.patient.id
        self.shown.emit(self.shown_id)
        if record.asked is not None:
            self.message.show_message(
                Message(
                    f"No. {record.asked.record_number} ({record.asked.listed_name}) was merged "
                    f"into this entry, No. {record.patient.record_number}.",
                    Tone.INFO,
                )
            )
        keyboard = first and self.stack.currentWidget() is self.asking_view
        self._refill()
        if keyboard and self.isVisible():
            self.take_keyboard()
        if self._then is not None:
            kept, other = self._then
            self._then = None
            self.deeds.merge(other if kept else "")

    def _failed(self, error: ClinicDeskError) -> None:
        self.message.show_error(error)
        if self.record is None:
            self.ask_whose()

    def _on_changes(self, changes: Changes) -> None:
        if changes.kinds & MATTERS and self.shown_id and self.isVisible():
            self._pause.start()

    def _way_out(self, way: WayOut) -> None:
        row_id = way.data.get("appointment_id") or way.data.get("id")
        if isinstance(row_id, str):
            self.visit_requested.emit(row_id)
        else:
            self.read()

    # showing

    def _refill(self) -> None:
        record = self.record
        if record is None or self.source.roster is None:
            return
        today = self.today()
        self.stack.setCurrentWidget(self.record_view)
        self._head(shown=True)
        self.head.tell(record, today)
        self.alert.show_alert(record.patient.alert)
        self.alert_box.setVisible(bool(record.patient.alert.strip()))
        self.side.tell(record, self.context.clock.now(), today)
        self.visits_button.setText(f"&Visits ({len(record.visits):,})")
        self._filter()
        self.past.tell()
        self.deeds.follow()

    def _head(self, *, shown: bool) -> None:
        self.head.setVisible(shown)
        self.title.setVisible(not shown)
        self.alert_box.setVisible(False)
        for button in self.head_buttons:
            button.setVisible(shown)

    def _filter(self) -> None:
        record = self.record
        if record is None:
            return
        typed = self.search.text().casefold().split()
        kept = self.current_visit()
        self._kept = kept.id if kept is not None else self._kept
        visits = [cell for cell in record.visits if self._matches(cell, typed)]
        today = self.today()
        self.visit_line.today = today
        self.rows.show(visits, today)
        shown = self.rows.visits()
        wanted = next((cell for cell in shown if cell.id == self._kept), None)
        if shown:
            self._choose(wanted or shown[0])
        empty = not record.visits or not shown
        if self.lists.currentWidget() is not self.history:
            self.lists.setCurrentWidget(self.no_visits if empty else self.visits)
        if not record.visits:
            name = record.patient.spoken_name or "this patient"
            self.no_visits.explain(
                "calendar", "No visit yet", f"Nothing was ever booked for {name}.",
                "Book a visit (B)",
            )  # fmt: skip
        elif not shown:
            self.no_visits.explain("search", "No such visit", "Try a kind, a doctor or a status.")
        if self.timeline.loaded:
            self.past.tell()
        self._on_visit()

    def _matches(self, cell: Cell, typed: list[str]) -> bool:
        if not typed:
            return True
        roster = self.source.roster
        doctor = words.doctor_of(roster, cell.doctor_id, short=False) if roster else ""
        zone = self.source.zone_at(cell.location_id)
        day = words.day_words(words.local(cell.start, zone).date())
        text = " ".join(
            (cell.type_name, doctor, day, str(words.local(cell.start, zone).year),
             cell.confirmation_code, self.visit_line.details(cell))
        ).casefold()  # fmt: skip
        return all(word in text for word in typed)

    def _choose(self, cell: Cell) -> None:
        for row in range(self.rows.rowCount()):
            if self.rows.index(row).data(VISIT_ROLE) == cell:
                self.visits.choose(row)
                return

    def show_list(self, name: str, *, focus: bool = True) -> None:
        """ "visits" or "history"."""
        history = name == "history"
        (self.history_button if history else self.visits_button).setChecked(True)
        self.search.setPlaceholderText("Search history" if history else "Search visits")
        if history:
            self.lists.setCurrentWidget(self.history)
            if not self.timeline.loaded and self.shown_id:
                self.past.read()
        else:
            self.lists.setCurrentWidget(self.visits)
            self._filter()
        self._on_visit()
        if focus:
            self.take_keyboard()

    # the chosen visit

    def current_visit(self) -> Cell | None:
        """Of the list on display."""
        if self.lists.currentWidget() is self.history:
            line = self.history.currentIndex().data(LINE_ROLE)
            if not isinstance(line, PatientLine) or self.record is None:
                return None
            return next((v for v in self.record.visits if v.id == line.visit_id), None)
        cell = self.visits.currentIndex().data(VISIT_ROLE)
        return cell if isinstance(cell, Cell) else None

    def _on_visit(self, *_indexes: object) -> None:
        cell = self.current_visit()
        if cell is not None and self.lists.currentWidget() is not self.history:
            self._kept = cell.id
        self.deeds.follow()

    def movable(self, cell: Cell | None) -> bool:
        return cell is not None and cell.status not in FINAL | {Status.IN_PROGRESS, Status.HELD}

    # keys

    def _key(self, text: str) -> None:
        shown, row = self.lists.currentWidget(), self.history.currentIndex().row()
        enter = text in ("Return", "Enter")
        if enter and shown is self.history and self.past.older_at(row):
            return
        self.deeds.act(VISIT_KEYS.get(text) or PAGE_KEYS[text])

    def _menu_at(self, at: QPoint) -> None:
        shown = self.lists.currentWidget()
        if shown in (self.visits, self.history):
            self.deeds.menu(shown.mapToGlobal(at))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        key = self.on_search_key(watched, event)
        if key is None:
            return super().eventFilter(watched, event)
        if key == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        self.take_keyboard()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.message.isVisible():
            self.message.clear()
            self.take_keyboard()
        else:
            super().keyPressEvent(event)
