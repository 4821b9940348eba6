"""Find an opening (Ctrl+J): criteria as chips, results as the days are read, *why not*.

For a new visit the chosen opening goes to the booking dialog; for a visit that exists already
(next available, or one from the clash list) Enter moves it here and now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.availability.model import RankedSlot, Slot
from clinic_desk.domain.errors import ClinicDeskError, WayOut
from clinic_desk.services.commands import MoveAppointment
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.views import AppointmentView, Openings
from clinic_desk.ui.booking.finder_criteria import FinderCriteria
from clinic_desk.ui.booking.finder_day import FinderDay
from clinic_desk.ui.booking.finder_form import FinderForm
from clinic_desk.ui.booking.finder_holds import FinderHolds
from clinic_desk.ui.booking.finder_keys import FinderKeys
from clinic_desk.ui.booking.finder_refresh import FinderRefresh
from clinic_desk.ui.booking.holding import Place
from clinic_desk.ui.models import finding, words
from clinic_desk.ui.models.finding import Wanted
from clinic_desk.ui.models.openings import RANKED_ROLE
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Ticket
from clinic_desk.ui.runtime.wording import Tone

INITIATOR = "finder"
NOTHING = (
    "Nothing free within these wishes.\nTry any doctor (A), all times of day, more weeks, "
    "or the waiting list (Alt+W)."
)


class FinderPage(FinderForm):
    """``book_requested`` carries a ``FoundOpening``, ``moved`` the id of a visit moved here,
    ``closed`` asks to go back; ``wait_requested`` the ``Wanted`` that nothing suited;
    ``toast_requested`` a sentence and whether it can be undone."""

    book_requested = Signal(object)
    moved = Signal(str)
    closed = Signal()
    wait_requested = Signal(object)
    toast_requested = Signal(str, bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.context = context
        self.source = RosterSource(context.operations)
        super().__init__(context, self.source, parent)
        self.source.setParent(self)
        self.visit: AppointmentView | None = None
        self.searching = False
        self._ticket: Ticket | None = None
        self.hold = FinderHolds(context.operations, context.clock, INITIATOR, self)
        self.panel.own_holds = self.hold.ids
        self.criteria = FinderCriteria(self)
        self.day = FinderDay(self)
        self.keys = FinderKeys(self)
        self.refresh = FinderRefresh(self, INITIATOR)
        self._complained = False
        self._pause = QTimer(self, singleShot=True, interval=150)
        self._pause.timeout.connect(self.search)
        self._connect()

    def _connect(self) -> None:
        self.source.changed.connect(self._on_roster)
        self.close_button.clicked.connect(self.leave)
        self.book_button.clicked.connect(self.book)
        self.hold_button.clicked.connect(self.toggle_hold)
        self.offer_button.clicked.connect(self.copy_offer)
        self.wait_button.clicked.connect(lambda: self.wait_requested.emit(self.criteria.wanted))
        self.criteria.changed.connect(self._pause.start)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.list.doubleClicked.connect(lambda _index: self.book())
        self.strip.place_clicked.connect(self.day.go_to)
        self.panel.slot_wanted.connect(self._take_slot)
        self.panel.escaped.connect(self._leave_panel)
        self.hold.changed.connect(self._on_holds)
        self.hold.refused.connect(self._on_hold_refused)
        self.hold.warned.connect(self._on_hold_warning)
        self.hold.ran_out.connect(self._on_hold_over)
        self.kept_bar.freed.connect(self.free_kept)
        self.kept_bar.emptied.connect(self.list.setFocus)
        self.message.chosen.connect(self._on_way_out)

    # Ways in and out

    def start(self, wanted: Wanted | None = None) -> None:
        """Show what is free, with these criteria or the ones from before."""
        self.visit = None
        self.hold.release()
        self._begin(wanted or self.criteria.fresh())

    def start_for_visit(self, view: AppointmentView, when: str = "") -> None:
        """Another time for a visit, whose own place counts as free; ``when`` as if typed."""
        self.visit = view
        self.hold.release()
        cell = view.cell
        self._begin(
            Wanted(
                type_id=cell.type_id,
                doctor_ids=(cell.doctor_id,),
                minutes=int((cell.end - cell.start).total_seconds() // 60),
                ignore_ids=frozenset({cell.id}),
                when_text=when,
            )
        )

    def _begin(self, wanted: Wanted) -> None:
        self.hold.active = True
        self.criteria.take(wanted)
        self.message.clear()
        self.panel.forget()
        self.criteria.show(self.visit)
        self.wait_button.setVisible(self.visit is None and wanted.entry_id is None)
        self.search()
        self.list.setFocus()

    def leave(self) -> None:
        """Esc: the hold is freed."""
        self.stop()
        self.hold.release()
        self.closed.emit()

    def stop(self) -> None:
        self._pause.stop()
        if self._ticket is not None:
            self._ticket.cancel()
        self.refresh.forget()
        self.searching = False

    def _on_roster(self) -> None:
        before = self.criteria.wanted.type_id
        self.criteria.default_type()
        self.criteria.show(self.visit)
        if before is None and self.isVisible():
            self.search()

    # Results

    def today(self) -> date:
        return words.local(self.context.clock.now(), self.source.zone).date()

    def search(self) -> None:
        """Ask anew; what was selected before goes."""
        self.stop()
        if self.criteria.wanted.type_id is None:
            return
        self.rows.clear()
        self.rows.today = self.today()
        self.day.clear()
        self.hold.pause()
        odd = finding.unread(self.criteria.wanted, self.today())
        if odd:
            self.message.say(Tone.WARN, f"‘{' '.join(odd)}’ was not understood.")
        elif self.message.tone is Tone.WARN:
            self.message.clear()
        self.searching = True
        self.say("Looking for openings…")
        self._show_count()
        self.ask(self._piece, self._finished, self._on_refused)

    def ask(
        self,
        piece: Callable[[Openings], None],
        finished: Callable[[], None],
        failed: Callable[[ClinicDeskError], None],
    ) -> None:
        """Look for what the criteria say; what this page holds counts as free."""
        own = self.criteria.wanted.ignore_ids | self.hold.ids()
        self._ticket = finding.search(
            self.context,
            replace(self.criteria.wanted, ignore_ids=own),
            self.source.zone,
            piece=piece,
            finished=finished,
            failed=failed,
            key=f"finder:{id(self)}",
        )

    @property
    def choosing(self) -> bool:
        """A search for the criteria on show is under way or about to begin."""
        return self.searching or self._pause.isActive()

    def _piece(self, found: Openings) -> None:
        self.rows.extend(finding.elsewhere(found.ranked, self.visit))
        first = self.rows.first_row()
        if first >= 0:
            self.say("")
            if self.current is None:
                self.list.setCurrentIndex(self.rows.index(first))
        self._show_count()

    def _finished(self) -> None:
        self.searching = False
        self.day.complete()
        self.show_found()

    def show_found(self) -> None:
        """The count, or the sentence that nothing is free."""
        self.say("" if self.rows.found() else NOTHING)
        if not self.rows.found():
            self.day.clear()
            self.hold.select(None)
        self._show_count()

    def _show_count(self) -> None:
        found, days = len(self.rows.found()), self.rows.days()
        tail = ", still looking…" if self.searching else ""
        counted = f"{words.plural(found, 'opening')} in {words.plural(days, 'day')}"
        self.counted.setText(f"{counted if found else 'no openings'}{tail}")
        on = self.current is not None
        if not on:
            self.book_button.set_word("Book" if self.visit is None else "Move")
        for button in (self.book_button, self.hold_button, self.offer_button):
            button.setEnabled(on)

    @property
    def current(self) -> RankedSlot | None:
        found = self.list.currentIndex().data(RANKED_ROLE)
        return found if isinstance(found, RankedSlot) else None

    def _on_current(self, _new: QModelIndex, _old: QModelIndex) -> None:
        ranked = self.current
        self._show_count()
        if ranked is None:
            return
        self.hold_current()
        word = "Book" if self.visit is None else "Move to"
        self.book_button.set_word(f"{word} {self.day.clock(ranked.slot)}")
        self.day.follow(ranked)
        day = self.rows.day_of(ranked)
        criteria = finding.criteria_of(self.criteria.wanted, self.today())
        self.panel.prepare(criteria, day, ranked.slot.doctor_id)

    # Deeds

    def place(self, slot: Slot) -> Place:
        """What H holds."""
        wanted, visit = self.criteria.wanted, self.visit
        patient_id = wanted.patient.id if wanted.patient else None
        return Place(
            doctor_id=slot.doctor_id,
            start=slot.start,
            end=slot.end,
            type_id=wanted.type_id,
            location_id=slot.location_id or None,
            patient_id=visit.cell.patient_id if visit is not None else patient_id,
        )

    def hold_current(self) -> None:
        """The selected row, once the selection has rested on it."""
        ranked = self.current
        if self._complained:
            self._complained = False
            self.message.clear()
        if ranked is not None:
            self.hold.select(None if self._meets_visit(ranked.slot) else self.place(ranked.slot))

    def _meets_visit(self, slot: Slot) -> bool:
        """The visit that is being moved still stands there; it cannot be held against itself."""
        cell = self.visit.cell if self.visit is not None else None
        return cell is not None and cell.blocked_start < slot.end and slot.start < cell.blocked_end

    def toggle_hold(self) -> None:
        """H: keep this opening for the caller, or let it go."""
        ranked = self.current
        if ranked is None or self._meets_visit(ranked.slot):
            return
        try:
            self.hold.keep_or_free(self.place(ranked.slot))
        except ClinicDeskError as error:
            self.message.say_error(error)

    def free_kept(self, number: int) -> None:
        """1 … 9 in the list: let this one go."""
        if number < len(self.hold.kept):
            self.hold.free(self.hold.kept[number])

    def book(self) -> None:
        ranked = self.current
        if ranked is not None:
            self._take_slot(ranked.slot)

    def _take_slot(self, slot: Slot) -> None:
        """A hold of this page that is on its way there must not stand against it."""
        self.hold.free_place(self.place(slot), lambda: self._give(slot))

    def _give(self, slot: Slot) -> None:
        if self.visit is not None:
            self._move(slot)
        else:
            self.book_requested.emit(self.criteria.found(slot))

    def _move(self, slot: Slot) -> None:
        view = self.visit
        assert view is not None
        visit_id = view.cell.id

        def done(outcome: Outcome) -> None:
            self.visit = None
            self.moved.emit(visit_id)
            self.toast_requested.emit(outcome.sentence or "Moved", bool(outcome.undo_label))
            self.leave()

        self.context.operations.run(
            MoveAppointment(
                appointment_id=visit_id,
                expected_revision=view.cell.revision,
                start=slot.start,
                end=slot.end,
                doctor_id=slot.doctor_id,
                location_id=slot.location_id or None,
                initiator=INITIATOR,
            ),
            done=done,
            refused=self._on_refused,
        )

    def copy_offer(self) -> None:
        """Ctrl+C: this opening and the next two as a sentence to paste or read out."""
        roster, ranked = self.source.roster, self.current
        if roster is None or ranked is None:
            return
        found = self.rows.found()
        text = finding.offer(found[found.index(ranked) :][:3], roster)
        QGuiApplication.clipboard().setText(text)
        self.toast_requested.emit(f"Copied: {text}", False)

    def _leave_panel(self) -> None:
        self.list.setFocus()
        self.ask_why(False)

    def _on_holds(self) -> None:
        self.delegate.held = self.hold.shown()
        self.list.viewport().update()
        ranked = self.current
        kept = ranked is not None and self.hold.is_kept(self.place(ranked.slot))
        self.hold_button.setText(" Let go" if kept else " Keep")
        self.day.refresh_choice()

    def _on_hold_refused(self, error: ClinicDeskError) -> None:
        self._complained = True
        self.message.say_error(error)

    def complain(self, tone: Tone, sentence: str) -> None:
        """Said until another row is chosen."""
        self.message.say(tone, sentence)
        self._complained = True

    def _on_hold_over(self, place: Place) -> None:
        when = self.day.moment(place)
        self.complain(Tone.WARN, f"The hold of {when} ran out; others may take this opening now.")

    def _on_hold_warning(self) -> None:
        ways = [WayOut("Keep it (F4)", "keep_hold")]
        self.message.say(Tone.WARN, "A hold ends in one minute.", ways)

    def _on_way_out(self, way: WayOut) -> None:
        start = way.data.get("start")
        if way.action == "keep_hold":
            self.keep_holds()
        elif way.action == "retry":
            self.search()
        elif way.action == "place_at" and isinstance(start, datetime):
            self.panel.ask_about(str(way.data.get("doctor_id")), start)

    def keep_holds(self) -> None:
        """F4: all that is held here for the caller."""
        self.hold.extend()
        self.message.clear()

    def _on_refused(self, error: ClinicDeskError) -> None:
        self.searching = False
        self._show_count()
        self.message.say_error(error)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            if self.list.hasFocus() or not self.list.isVisible():
                self.leave()
            else:
                self.list.setFocus()
        elif event.key() == Qt.Key.Key_F4:
            self.keep_holds()
        else:
            super().keyPressEvent(event)
