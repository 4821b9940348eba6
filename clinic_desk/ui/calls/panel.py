"""The caller's panel (F2): who rings, what is known of them, and three offers booked by 1, 2, 3."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.errors import ClinicDeskError, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.services.caller import CallerFacts
from clinic_desk.services.outcome import Changes
from clinic_desk.services.views import PatientHit
from clinic_desk.ui.calls import barring
from clinic_desk.ui.calls.booking import Booking
from clinic_desk.ui.calls.face import CallFace
from clinic_desk.ui.calls.keys import KEYS, key_of
from clinic_desk.ui.calls.offers import INITIATOR, Holds, Offers
from clinic_desk.ui.calls.telling import offers_words, tell_facts
from clinic_desk.ui.calls.who import Who
from clinic_desk.ui.models import words
from clinic_desk.ui.models.finding import Wanted, offer
from clinic_desk.ui.models.knowing import hit_of, usual_type
from clinic_desk.ui.models.patient_search import PatientSearcher
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.allowed import keep_shut
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Message, Tone
from clinic_desk.ui.widgets.announce import announce

AGAIN_MS = 300
"""After a change of the diary the offers are looked for again, once for several changes."""


class CallPanel(CallFace):
    """Lies over the inline end of ``host``. ``new_requested`` a patient's id, ``unknown`` what was
    typed, ``move_requested`` and ``cancel_requested`` a ``Cell``, ``patient_requested`` and
    ``wait_requested`` a patient's id; ``toast_requested`` (sentence, undo)."""

    new_requested = Signal(str)
    unknown = Signal(str)
    move_requested = Signal(object)
    cancel_requested = Signal(object)
    patient_requested = Signal(str)
    wait_requested = Signal(str)
    toast_requested = Signal(str, bool)
    closed = Signal()

    def __init__(self, context: Context, source: RosterSource, host: QWidget) -> None:
        self.searcher = PatientSearcher(context.operations, context.clock, source)
        super().__init__(context.theme, self.searcher.model, host)
        self.searcher.setParent(self)
        self.context, self.source = context, source
        self.hit: PatientHit | None = None
        self.known: CallerFacts | None = None
        self._next_key = ""
        self.who = Who(self, self.searcher)
        self.offers, self.holds = Offers(context, source, self), Holds(context, self)
        self.booking = Booking(context, self)
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._look_again)
        self._connect()
        self.offers.changed.connect(self._show_offers)
        self.offers.failed.connect(self._failed)
        self.holds.changed.connect(self._show_offers)
        self.holds.refused.connect(self._refused)
        self.holds.ran_out.connect(self._ran_out)
        self.booking.booked.connect(self._booked)
        self.booking.refused.connect(self._refused)
        context.operations.changed.connect(self._on_changes)
        source.changed.connect(self._on_roster)
        host.installEventFilter(self)
        self._empty()
        self.hide()

    def _connect(self) -> None:
        self.who.edited.connect(self._another)
        self.who.chosen.connect(lambda patient_id: self._read(patient_id, fresh=True))
        self.who.unknown.connect(self.unknown)
        self.who.on.connect(lambda: self.setFocus(Qt.FocusReason.OtherFocusReason))
        self.close_button.clicked.connect(self.leave)
        self.message.chosen.connect(self._way_out)
        self.kind.activated.connect(lambda _index: self._kind_chosen())
        for button in self.buttons:
            button.clicked.connect(lambda _on=False, n=button.number: self.take(n))
        self.copy_button.clicked.connect(self.copy_offers)
        self.hold_button.clicked.connect(self.hold_all)

    # coming and going

    def open_panel(self) -> None:
        """The field has the keyboard; a second time for the next caller."""
        self.place()
        self.show()
        self.raise_()
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def open_for(self, patient_id: Id) -> None:
        """Somebody who was put on file meanwhile."""
        self.open_panel()
        self._read(patient_id, fresh=True)

    def leave(self) -> None:
        if not self.isVisible():
            return
        self._forget()
        self.who.clear()
        self.hide()
        self.closed.emit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self._forget()
        super().closeEvent(event)

    def _forget(self) -> None:
        """The caller has hung up: nothing is held any more."""
        self.holds.release()
        self.offers.clear()
        self.hit = self.known = None
        self._next_key = ""
        self.who.forget()
        self.message.clear()
        self._read_out("")
        self._empty()

    def _empty(self) -> None:
        self.scroller.hide()
        self.list.hide()
        self.hint.show()
        self.show_hints()

    def _another(self) -> None:
        if self.hit is not None or self.who.known:
            self._forget()
        self.message.clear()

    # the caller

    def _read(self, patient_id: Id, *, fresh: bool) -> None:
        from clinic_desk.services import caller

        now = self.context.clock.now()
        if fresh:
            self.holds.release()
            self.who.known = True
            self.list.hide()
            self.hint.hide()
            self._read_out("")
            # what is typed from now on is for the offers, not for the name
            self.setFocus(Qt.FocusReason.OtherFocusReason)

        def known(found: CallerFacts) -> None:
            if self.who.known:  # else another name is being typed by now
                self._show(found, fresh=fresh)

        self.context.operations.ask(
            lambda queries: caller.facts(queries, patient_id, now),
            done=known, failed=self._failed, key=f"caller:{id(self)}",
        )  # fmt: skip

    def _show(self, found: CallerFacts, *, fresh: bool) -> None:
        now = self.context.clock.now()
        self.known, self.hit = found, hit_of(found.view, now)
        tell_facts(self, found, now)
        if self.booking.gone(found.coming):
            self._read_out("")
        self.scroller.show()
        self.show_hints()
        if fresh:
            self.scroller.verticalScrollBar().setValue(0)
            self._fill_kinds()
            self._look()
            announce(self, f"{self.name.text()}. {self.facts.accessibleDescription()}")
        key, self._next_key = self._next_key, ""
        if key:
            self._do(key)

    def _fill_kinds(self) -> None:
        usual = usual_type(self.source, self.hit, None, new=False)
        doctor = self.doctor_id()
        self.kind.clear()
        for one in self.source.types_for(None):
            own = self.source.type_with(one.id, doctor) or one
            self.kind.addItem(f"{one.name} · {own.duration} min", one.id)
        place = self.kind.findData(usual.id) if usual is not None else -1
        self.kind.setCurrentIndex(max(0, place))
        self.kind.setVisible(self.kind.count() > 0)

    def doctor_id(self) -> Id | None:
        """The usual doctor, else the one seen last; None when that one is here no more."""
        if self.hit is None or self.source.roster is None:
            return None
        for one in (self.hit.usual_doctor_id, self.hit.last_doctor_id):
            doctor = self.source.roster.doctors.get(one or "")
            if doctor is not None and doctor.active:
                return doctor.id
        return None

    def _kind_chosen(self) -> None:
        self.holds.release()
        self._look()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def type_id(self) -> Id | None:
        found = self.kind.currentData()
        return str(found) if found is not None else None

    # the offers

    def _look(self) -> None:
        if self.hit is None:
            return
        doctor, kind = self.doctor_id(), self.type_id()
        offering = [one.id for one in self.source.types_for(doctor)] if doctor else []
        self.offers.look(
            Wanted(
                type_id=kind,
                doctor_ids=(doctor,) if doctor and kind in offering else (),
                usual_doctor_id=doctor,
                patient=self.hit,
            )
        )

    def _look_again(self) -> None:
        if self.hit is not None and self.isVisible():
            self._read(self.hit.id, fresh=False)
            if not self.holds.ids and not self.booking.busy:
                self._look()

    def _show_offers(self) -> None:
        offers, holds = self.offers, self.holds
        left = f"held {words.countdown(holds.seconds)}" if holds.ids else ""
        for number, button in enumerate(self.buttons):
            row = offers.rows[number] if number < len(offers.rows) else None
            held = left if row is not None and holds.hold_of(row) else ""
            button.tell(row, self.source, held, barring.offer_barred(self, row))
        self.bar.setVisible(offers.searching)
        some = bool(offers.rows)
        self.copy_button.setEnabled(some)
        self.hold_button.setEnabled(some and not holds.pending)
        self.hold_button.setText("&Let go" if holds.ids else "&Hold all")
        keep_shut(self.hold_button, barring.holding_barred(self))
        self.state.setText(offers_words(self))

    def take(self, number: int) -> None:
        """1, 2 or 3: book it. Nothing is booked that nobody could have read yet."""
        rows = self.offers.rows
        if self.hit is None or self.booking.busy:
            return
        if number > len(rows):
            word = "Still looking; " if self.offers.searching else ""
            self._warn(f"{word}there is no offer {number} yet." if word else
                       f"There is no offer {number}.")  # fmt: skip
            return
        kind = self.type_id()
        if kind is None:
            self._warn("Choose a type of visit first (T).")
            return
        row = rows[number - 1]
        if barred := barring.offer_barred(self, row):
            self._warn(barred)
            return
        self.message.clear()
        self.booking.book(row, self.hit.id, kind, self.holds.hold_of(row))

    def _booked(self, sentence: str, spoken: str, hold_id: object) -> None:
        self.holds.release(but=hold_id if isinstance(hold_id, str) else None)
        self._read_out(spoken)
        self.toast_requested.emit(sentence, True)
        announce(self, spoken)
        self._again.start()

    def _read_out(self, sentence: str) -> None:
        self.read_out.setText(sentence)
        self.read_out.setVisible(bool(sentence))

    def hold_all(self) -> None:
        if self.holds.ids:
            self.holds.release(but=None)
        elif barred := barring.holding_barred(self):
            self._warn(barred)
        elif self.hit is not None and self.offers.rows:
            self.message.clear()
            self.holds.take(barring.to_hold(self), self.type_id(), self.hit.id)

    def keep(self) -> None:
        if not self.holds.keep(lambda outcome: self._say(" ".join(
            [f"{outcome.sentence}.", *outcome.warnings]))):  # fmt: skip
            self._warn("Nothing is held for this caller; H holds the offers.")

    def copy_offers(self) -> None:
        if self.source.roster is None or not self.offers.rows:
            self._warn("There are no offers to copy yet.")
            return
        text = offer(list(self.offers.rows), self.source.roster)
        QGuiApplication.clipboard().setText(text)
        self._say(f"Copied: {text}")

    # words

    def _say(self, sentence: str) -> None:
        self.message.show_message(Message(sentence, Tone.OK))

    def _warn(self, sentence: str) -> None:
        self.message.show_message(Message(sentence, Tone.WARN))

    def _failed(self, error: ClinicDeskError) -> None:
        self.message.show_error(error)

    def _refused(self, error: ClinicDeskError) -> None:
        """The rule and the way out; the offers are looked for anew, for one of them was wrong."""
        self.message.show_error(error)
        self._again.start()

    def _way_out(self, way: WayOut) -> None:
        if way.action == "retry":
            self._look_again()
        elif self.hit is not None:
            # the booking dialog knows how to go past a rule
            self.new_requested.emit(self.hit.id)

    def _ran_out(self) -> None:
        self._warn("The held time ran out; others may take these openings now. H holds them again.")
        self._again.start()

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = key_of(event)
        if key == "leave":
            self.leave()
        elif key == "back":
            self.open_panel()
        elif not key:
            super().keyPressEvent(event)
        elif self.hit is None:
            if key not in ("1", "2", "3"):
                self._next_key = key
        elif not event.isAutoRepeat():
            self._do(key)

    def _do(self, key: str) -> None:
        known = self.known
        if known is None or self.hit is None:
            return
        if key.isdigit():
            self.take(int(key))
        elif key in ("move", "cancel"):
            if known.next is None:
                self._warn("There is no visit to come that could be moved or cancelled.")
            elif barred := barring.visit_barred(self, key, known.next):
                self._warn(barred)
            else:
                (self.move_requested if key == "move" else self.cancel_requested).emit(known.next)
        elif key in ("type", "type_before"):
            many = max(1, self.kind.count())
            step = 1 if key == "type" else -1
            self.kind.setCurrentIndex((self.kind.currentIndex() + step) % many)
            self._kind_chosen()
        elif key in ("copy", "hold", "keep"):
            {"copy": self.copy_offers, "hold": self.hold_all, "keep": self.keep}[key]()
        else:
            {
                "new": self.new_requested,
                "patient": self.patient_requested,
                "wait": self.wait_requested,
            }[key].emit(self.hit.id)

    def event(self, event: QEvent) -> bool:
        # F4 of the window would keep what this desk holds for anybody
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and key_of(event) in KEYS
            and not self.edit.hasFocus()
        ):
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.parentWidget() and event.type() is QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    # what others change

    def _on_changes(self, changes: Changes) -> None:
        if self.hit is None or not self.isVisible() or changes.initiator == INITIATOR:
            return
        if changes.kinds & {"appointment", "patient", "invoice", "waitlist_entry", "external"}:
            self._again.start()

    def _on_roster(self) -> None:
        if self.hit is not None and self.kind.count() == 0:
            self._fill_kinds()
            self._look()
