"""Booking by phone in one window: patient, opening, book. At most four keys beside the name.

The selected opening is held for as long as the dialog is open. Esc keeps what was typed as a
draft for ten minutes. Nothing here blocks: every answer comes back from ``Operations``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.domain.availability.model import RankedSlot, Slot
from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.series_commands import SeriesMade
from clinic_desk.ui.booking import drafts
from clinic_desk.ui.booking.answers import Answers
from clinic_desk.ui.booking.caller import Caller
from clinic_desk.ui.booking.choices import Choices
from clinic_desk.ui.booking.draft import Draft
from clinic_desk.ui.booking.form import BookingForm
from clinic_desk.ui.booking.holding import HoldKeeper
from clinic_desk.ui.booking.openings_view import OpeningsView
from clinic_desk.ui.booking.repeating import Repeating
from clinic_desk.ui.booking.submit import Order, Submission
from clinic_desk.ui.booking.texts import Texts
from clinic_desk.ui.booking.waiting import Waiting
from clinic_desk.ui.booking.who import BOOK_AHEAD
from clinic_desk.ui.models.finding import Wanted
from clinic_desk.ui.models.patient_search import PatientSearcher
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.announce import announce

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
SILENT = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_F4)
"""Keys that do not take back an Enter that was pressed ahead."""

INITIATOR = "booking"


class BookingDialog(BookingForm):
    """Constructed once and kept hidden. ``booked`` carries the visit's id; ``toast_requested``
    a sentence and whether it can be undone; ``finder_requested`` the ``Wanted`` so far;
    ``entry_requested`` an entry of the waiting list that is there already."""

    booked = Signal(str)
    toast_requested = Signal(str, bool)
    finder_requested = Signal(object)
    entry_requested = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.context = context
        self.source = RosterSource(context.operations)
        self.searcher = PatientSearcher(context.operations, context.clock, self.source)
        super().__init__(context.theme, self.source, self.searcher, parent)
        self.source.setParent(self)
        self.searcher.setParent(self)
        self.draft = Draft()
        self.kept: Draft | None = None
        self.book_when_held = False
        self.hold = HoldKeeper(context.operations, context.clock, INITIATOR, self)
        self.submission = Submission(context.operations, INITIATOR, self)
        self.openings = OpeningsView(self)
        self.choices = Choices(self)
        self.caller = Caller(self)
        self.answers = Answers(self)
        self.waiting = Waiting(self)
        self.texts_told = Texts(self)
        self.repeating = Repeating(self)
        self.who.empty_entered.connect(self.continue_draft)
        self.who.hurried.connect(self.press_ahead)
        self.who.booking_ahead.connect(self.message.clear)
        self.more_chip.clicked.connect(self._to_finder)
        self.list.doubleClicked.connect(lambda _index: self._go_on())
        self.openings.chosen.connect(self._on_opening)
        self.cancel_button.clicked.connect(self.reject)
        self.book_button.clicked.connect(self.press_book)
        self.hold.ticked.connect(self.openings.show_countdown)
        self.hold.state_changed.connect(self._on_hold)
        self.submission.booked.connect(self._on_booked)
        for child in self.findChildren(QWidget):
            child.installEventFilter(self)

    # Ways in

    def open_new(self, patient_id: Id | None = None) -> None:
        """Ctrl+N. With a patient the openings are listed at once."""
        self._reset()
        self.choices.choose_type()
        self._show()
        if patient_id is not None:
            self.caller.ask(patient_id)
        elif self.kept is not None and self.kept.alive(self.context.clock.now()):
            self.message.say(
                Tone.INFO,
                f"Continue draft: {self.kept.describe(self.source)}",
                [WayOut("Continue (Enter)", "continue_draft")],
            )

    def open_at(
        self,
        doctor_id: Id,
        start: datetime,
        end: datetime | None = None,
        room_id: Id | None = None,
        location_id: Id | None = None,
    ) -> None:
        """From a chosen cell or a swept range; ``start`` and ``end`` aware UTC. Without a site
        the doctor's hours tell which."""
        self._reset()
        self.draft.doctor_ids = (doctor_id,)
        self.draft.room_id = room_id
        if end is not None:
            self.draft.minutes = int((end - start).total_seconds() // 60)
        self.choices.choose_type()
        length = timedelta(minutes=self.choices.minutes())
        self._show()
        slot = Slot(start, start + length, doctor_id, location_id or "", room_id, 1)
        self.openings.pin(slot, "chosen time")

    def open_from_slot(
        self,
        slot: Slot,
        type_id: Id | None,
        patient_id: Id | None,
        entry_id: Id | None = None,
        give_up: bool = False,
    ) -> None:
        """From the finder: place and kind are settled, perhaps the patient too. With ``entry_id``
        it is what somebody on the waiting list waited for."""
        self._reset()
        self.draft.entry_id, self.draft.give_up = entry_id, give_up
        self.draft.doctor_ids = (slot.doctor_id,)
        self.draft.minutes = int((slot.end - slot.start).total_seconds() // 60)
        self.draft.type_id = type_id
        self.draft.type_chosen = type_id is not None
        self.choices.choose_type()
        self._show()
        self.openings.pin(slot, "chosen opening")
        if patient_id is not None:
            self.caller.ask(patient_id)

    def open_again(
        self, patient_id: Id, doctor_id: Id, type_id: Id | None, minutes: int | None = None
    ) -> None:
        """The same kind with the same doctor as last time; only the opening is to be chosen."""
        self._reset()
        self.draft.doctor_ids, self.draft.minutes = (doctor_id,), minutes
        self.draft.type_id, self.draft.type_chosen = type_id, type_id is not None
        self.choices.choose_type()
        self._show()
        self.caller.ask(patient_id)

    def open_to_wait(self, wanted: Wanted) -> None:
        """Onto the waiting list, with what is known of it."""
        self._reset()
        self.draft.doctor_ids, self.draft.minutes = wanted.doctor_ids, wanted.minutes
        self.draft.type_id, self.draft.type_chosen = wanted.type_id, wanted.type_id is not None
        self.choices.choose_type()
        self.when.setText(wanted.when_text)
        self.mornings_chip.setChecked(wanted.mornings)
        self._show()
        self.waiting.begin()
        if wanted.patient is not None:
            self.caller.ask(wanted.patient.id)

    def _show(self) -> None:
        self.choices.refresh()
        self.show()
        self.raise_()
        self.activateWindow()
        self.who.start()

    def _reset(self) -> None:
        self.openings.stop()
        self.hold.release()
        self.draft = Draft()
        self.book_when_held = False
        # not blocked: the field's own clear button follows its signal
        self.when.clear()
        self.choices.reset()
        self.caller.reset()
        self.answers.forget()
        self.waiting.close()
        self.repeating.reset()
        self.message.clear()
        blocked = [QSignalBlocker(field) for field in (self.mornings_chip, self.walk_in)]
        self.mornings_chip.setChecked(False)
        self.walk_in.setChecked(False)
        for blocker in blocked:
            blocker.unblock()
        self.openings.clear()
        self.texts_told.reset()

    # Following

    def _on_opening(self, ranked: RankedSlot | None) -> None:
        self.answers.follow(self.choices.key_of(ranked))
        if ranked is not None:
            self.draft.start, self.draft.start_doctor_id = ranked.slot.start, ranked.slot.doctor_id
            barred = self.choices.say_barred(ranked.slot)
            if not barred and not self.walk_in.isChecked() and not self.waiting.open:
                self.hold.want(self.choices.place_of(ranked.slot))
        else:
            self.draft.start = None
            self.hold.release()
        self.choices.refresh()

    def _on_hold(self) -> None:
        self.openings.show_held(self.hold.place)
        self.repeating.follow()
        self.book_if_waiting()

    def book_if_waiting(self) -> None:
        """Book was pressed while the hold or the patient's habits were on their way."""
        if self.waiting.pressed_ahead and not self.caller.asking:
            self.waiting.save()
        if self.book_when_held and self.hold.settled and not self.caller.asking:
            self.book_when_held = False
            self.book()

    def press_ahead(self, enters: int) -> None:
        """Enter was pressed so often before the patient was found, or known to be new."""
        for _ in range(enters):
            self._enter()

    def stop_hurry(self) -> None:
        """Another key or a click: what was pressed ahead is taken back."""
        self.book_when_held = self.waiting.pressed_ahead = False
        self.repeating.stop_hurry()
        self.caller.stop_hurry()
        self.openings.stop_hurry()

    # Booking

    def press_book(self) -> None:
        """Somebody pressed Book; where a reason is being typed, that is the answer to it."""
        if self.message.asking:
            self.message.give()
        else:
            self.book()

    def book(self) -> None:
        """Books what is on show, or says what is missing and goes there."""
        if self.submission.busy or self.message.asking:
            return
        self.choices.search_now()
        draft, ranked = self.draft, self.openings.current
        if self.waiting.open:
            self.waiting.save()
            return
        if not self.caller.known:
            self.message.say(Tone.WARN, "Who is it for? Type a name, phone or birth date.")
            self.who.setFocus()
        elif ranked is None and self.openings.searching:
            self.openings.go_on_when_found(2)
        elif ranked is not None and self.source.roster is None:
            self.book_when_held = True
        elif ranked is None or draft.type_id is None:
            self.message.say(Tone.WARN, "Choose an opening first.")
            self.when.setFocus()
        elif self.reason.over or self.notes.over:
            self.texts_told.say_too_long()
        elif draft.patient is None and not self.caller.sure_new:
            self.caller.settle_new(self.book, BOOK_AHEAD)
        elif not self.hold.settled or self.caller.asking:
            self.message.clear()  # what it says is about an earlier try
            self.book_when_held = True
        elif not self.repeating.on or self.repeating.ready():
            self.message.clear()
            order = Order(
                place=self.choices.place_of(ranked.slot),
                type_id=draft.type_id,
                patient_id=draft.patient.id if draft.patient else None,
                new_patient=draft.new_patient,
                reason=self.reason.text.strip(),
                notes=self.notes.text.strip(),
                remind=self.remind.value,
                hold_id=self.hold.hold_id,
                walk_in=self.walk_in.isChecked(),
                overrides=self.answers.overrides,
                entry_id=draft.entry_id,
                give_up=draft.give_up,
            )
            self.submission.send(order, self.repeating.series(order))
            self.choices.refresh()

    def _on_booked(self, outcome: Outcome) -> None:
        self.openings.stop()
        self.hold.spent()
        self.kept = None
        self.draft = Draft()
        made = outcome.value
        self.hide()
        if isinstance(made, SeriesMade):
            self.booked.emit(made.visit_ids[0])
            self.toast_requested.emit(self.repeating.booked(made, outcome), True)
        else:
            self.booked.emit(str(made))
            self.answers.toast(str(made), outcome)

    # Leaving, drafts

    def reject(self) -> None:
        """Esc, Cancel, ✕: the hold is freed, what was typed is kept for ten minutes."""
        if not self.isVisible():
            return
        drafts.put_away(self)
        self.book_when_held = False
        self.openings.stop()
        self.hold.release()
        self.hide()

    def continue_draft(self) -> None:
        drafts.bring_back(self)

    def _to_finder(self) -> None:
        wanted: Wanted = self.choices.wanted()
        self.reject()
        self.finder_requested.emit(wanted)

    # Keys

    def _go_on(self) -> None:
        if self.openings.current is not None:
            self.repeating.next_stop().setFocus()
        else:
            self.openings.go_on_when_found()

    def _enter(self) -> None:
        if self.waiting.open:
            self.waiting.enter()
        elif self.book_button.hasFocus():
            self.press_book()
        else:
            self._go_on()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in ENTER:
            if control:
                self.press_book()
            elif self.cancel_button.hasFocus():
                self.reject()
            else:
                self._enter()
        elif event.key() == Qt.Key.Key_Escape:
            if not self.waiting.leave():
                self.reject()
        elif event.key() == Qt.Key.Key_F4:
            self.answers.keep_hold()
        elif control and event.key() == Qt.Key.Key_J:
            self._to_finder()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress):
            self.hold.touch()
            if not isinstance(event, QKeyEvent):
                self.stop_hurry()
            elif event.type() is QEvent.Type.KeyPress:
                if event.key() not in (*ENTER, *SILENT):
                    self.stop_hurry()
                return self._steered(watched, event)
        return super().eventFilter(watched, event)

    def _steered(self, watched: QObject, event: QKeyEvent) -> bool:
        """↑ ↓ choose another opening from the When field and from Book as well; Enter in the
        list goes on instead of activating the row."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and watched in (
            self.book_button,
            self.when,
        ):
            QApplication.sendEvent(self.list, event)
            return True
        if watched is self.list and event.key() in ENTER:
            self.keyPressEvent(event)
            return True
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if watched in (self.reason, self.notes) and event.key() in ENTER and control:
            self.press_book()
            return True
        return False

    def say(self, text: str) -> None:
        """To assistive technology."""
        announce(self, text)
