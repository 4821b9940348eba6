"""The appointment card: everything about one visit, its history in words, and what can be done.

Edits are saved against the revision that was on screen. When somebody else was faster, the card
says what changed, keeps what was typed, and saves it on the next try.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import ClinicDeskError, Stale, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.services.commands import (
    ChangeStatus,
    Command,
    EditAppointment,
    ParkAppointment,
    Scope,
    StepBack,
)
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.views import AppointmentView
from clinic_desk.ui.booking import own_reminder
from clinic_desk.ui.booking.appointment_barred import bar_card, barred
from clinic_desk.ui.booking.appointment_facts import show_facts
from clinic_desk.ui.booking.appointment_form import AppointmentForm
from clinic_desk.ui.booking.cancelling import ask_cancel, ask_reinstate
from clinic_desk.ui.booking.handing_on import HandOn
from clinic_desk.ui.booking.other_patient import OtherPatient
from clinic_desk.ui.booking.rule_asking import RuleAsker
from clinic_desk.ui.booking.scope_asking import ScopeAsker
from clinic_desk.ui.booking.theirs import what_changed
from clinic_desk.ui.booking.visit_messages import VisitMessages
from clinic_desk.ui.booking.visit_money import VisitMoney
from clinic_desk.ui.booking.waiting_lines import WaitingLines
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.yielding import forget_typing

INITIATOR = "appointment"


class AppointmentDialog(AppointmentForm):
    """``open_for(id)``. Signals ask the window for what lies outside the card: ``move_requested``,
    ``copy_requested``, ``series_requested``, ``messages_requested`` and ``invoice_requested``
    carry the visit's id, ``next_available_requested`` the ``AppointmentView``,
    ``patient_requested`` the patient's id, ``toast_requested`` a sentence and whether it can be
    undone, ``entry_requested`` the id of a waiting list's entry."""

    move_requested = Signal(str)
    copy_requested = Signal(str)
    next_available_requested = Signal(object)
    patient_requested = Signal(str)
    series_requested = Signal(str)
    entry_requested = Signal(str)
    invoice_requested = Signal(str)
    messages_requested = Signal(str)
    toast_requested = Signal(str, bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self.context = context
        self.source = RosterSource(context.operations, self)
        self.view: AppointmentView | None = None
        self._wanted_id: Id | None = None
        self._waiting: AppointmentView | None = None
        self._busy = False
        for key, button in self.status_buttons.items():
            button.clicked.connect(lambda _on=False, key=key: self._change_status(Status(key)))
        self.back_button.clicked.connect(self._step_back)
        self.cancel_visit_button.clicked.connect(self._cancel)
        self.reinstate_button.clicked.connect(self._reinstate)
        self.move_button.clicked.connect(lambda: self._hand_over(self.move_requested))
        self.copy_button.clicked.connect(lambda: self._hand_over(self.copy_requested))
        self.next_button.clicked.connect(self._next_available)
        self.shelf_button.clicked.connect(self._park)
        self.save_button.clicked.connect(self.save)
        self.series_button.clicked.connect(lambda: self._hand_over(self.series_requested))
        self.scope = ScopeAsker(self)
        self.patient_button.clicked.connect(self._to_patient)
        self.reason.textChanged.connect(self._count)
        self.notes.textChanged.connect(self._count)
        self.reminder.edited.connect(self._count)
        for box in (self.type_box, self.room_box, self.mode_box):
            box.activated.connect(lambda _index: self._count())
        self.message.chosen.connect(self._on_way_out)
        self.rules = RuleAsker(self)
        self.hand_on, self.other = HandOn(self), OtherPatient(self)
        self.waiting_lines = WaitingLines(context, self.source, self)
        self.body.insertWidget(self.body.indexOf(self.alert) + 1, self.waiting_lines)
        self.waiting_lines.entry_requested.connect(self._to_entry)
        self.money = VisitMoney(context, self.source, self)
        self.money_row.addWidget(self.money)
        self.money.paying.connect(self.fields_part.setHidden)
        self.money.told.connect(lambda sentence: self.toast_requested.emit(sentence, False))
        self.money.opened.connect(lambda _id: self._hand_over(self.invoice_requested))
        self.told = VisitMessages(context, self.source, self)
        self.messages_row.addWidget(self.told)
        self.told.opened.connect(lambda: self._hand_over(self.messages_requested))
        context.operations.changed.connect(self._on_changes)
        self.source.changed.connect(self._on_roster)

    def open_for(self, appointment_id: Id) -> None:
        """Shows the card as soon as the visit is read."""
        self.view, self._wanted_id, self._waiting = None, appointment_id, None
        self.message.clear()
        self._read()

    def _read(self) -> None:
        wanted = self._wanted_id
        if wanted is None:
            return
        self.context.operations.ask(
            lambda queries: queries.appointment(wanted),
            done=self._take,
            failed=self._read_failed,
            key=f"appointment:{id(self)}",
        )

    def _read_failed(self, error: ClinicDeskError) -> None:
        if self.isVisible():
            self.message.say_error(error)
        else:
            self.toast_requested.emit(str(error), False)

    def _take(self, view: AppointmentView) -> None:
        if view.cell.id != self._wanted_id:
            return  # read before the card was closed: it stays closed
        if self.source.roster is None:
            # without its kinds and rooms to choose from, the card would take both as emptied
            self._waiting = view
            return
        before, typed = self.view, self.typed()
        self.view = view
        self.series_button.setVisible(view.cell.series_id is not None)
        show_facts(self, view, self.source, self.context.clock.now())
        self.waiting_lines.show_for(view.cell.patient_id)
        self.money.show_for(view)
        self.told.show_for(view)
        self._show_fields(view, typed if before is not None else {})
        bar_card(self)
        self.other.show_for(view)
        if before is not None and typed:
            self._say_changed(before, view, typed)
        if not self.isVisible():
            self.show()
            self.raise_()
            self.activateWindow()
            self._focus_next_step()

    def _focus_next_step(self) -> None:
        """The most likely next deed has the focus."""
        for button in self.status_buttons.values():
            if button.isVisible() and button.isEnabled():
                button.setFocus()
                return
        self.reason.setFocus()

    # Showing

    def _show_fields(self, view: AppointmentView, typed: Mapping[str, object]) -> None:
        cell, values = view.cell, {**view.values, **typed}
        with QSignalBlocker(self.type_box), QSignalBlocker(self.room_box):
            self.type_box.clear()
            for kind in self.source.types_for(cell.doctor_id):
                self.type_box.addItem(kind.name, kind.id)
            if self.type_box.findData(cell.type_id) < 0 and cell.type_id:
                self.type_box.addItem(cell.type_name, cell.type_id)
            self.room_box.clear()
            self.room_box.addItem("No room", None)
            for room in self.source.rooms_at(cell.location_id):
                self.room_box.addItem(self.theme.qicon("door"), room.name, room.id)
        self.type_box.setCurrentIndex(self.type_box.findData(values.get("type_id")))
        self.room_box.setCurrentIndex(max(0, self.room_box.findData(values.get("room_id"))))
        self.mode_box.setCurrentIndex(max(0, self.mode_box.findData(values.get("mode"))))
        for field, key in ((self.reason, "reason"), (self.notes, "notes")):
            text = str(values.get(key) or "")
            if field.text != text:
                field.setPlainText(text)
            elif text == str(view.values.get(key) or ""):
                forget_typing(field)  # it is saved: Ctrl+Z takes the save back
        self.reminder.show_value(own_reminder.on_file(values))
        self._count()

    # Editing

    def typed(self) -> dict[str, object]:
        """What differs on screen from what was read."""
        view = self.view
        if view is None:
            return {}
        now: dict[str, object] = {
            "reason": self.reason.text,
            "notes": self.notes.text,
            "mode": self.mode_box.currentData(),
            "type_id": self.type_box.currentData(),
            "room_id": self.room_box.currentData(),
        }
        found = {k: v for k, v in now.items() if v != (view.values.get(k) or _zero(k))}
        return found | own_reminder.typed(self.reminder, view.values)

    def _count(self) -> None:
        for field, label in ((self.reason, self.reason_count), (self.notes, self.notes_count)):
            label.setText(f"{len(field.text):,} of {field.limit:,}")
            label.set_ink("refuse" if field.over else "text2")
        changed = bool(self.typed())
        fits = not self.reason.over and not self.notes.over
        self.save_button.setEnabled(changed and fits and not self._busy and not barred(self))

    def save(self) -> None:
        """Writes what was changed; nothing when nothing was."""
        view, typed = self.view, self.typed()
        if view is None or not typed or self.reason.over or self.notes.over or barred(self):
            return
        self.scope.ask(view.cell, typed)

    def save_for(self, typed: Mapping[str, object], scope: Scope, *, include: bool) -> None:
        """For this visit of a series, or for others as well."""
        view = self.view
        if view is not None:
            self.run(
                EditAppointment(
                    appointment_id=view.cell.id,
                    values=typed,
                    expected_revision=view.cell.revision,
                    scope=scope,
                    include_changed=include,
                    initiator=INITIATOR,
                )
            )

    def _say_changed(
        self, before: AppointmentView, after: AppointmentView, typed: Mapping[str, object]
    ) -> None:
        """Somebody else wrote meanwhile: what changed, and that ours is kept."""
        if after.cell.revision != before.cell.revision:
            said = what_changed(before, after, typed)
            self.message.say(Tone.WARN, said, [WayOut("Take theirs", "take_theirs")])

    # Deeds

    def run(self, command: Command) -> None:
        """Sends a command about this visit; the answer comes to the card."""
        self.rules.sent(command)
        self._busy = True
        self._count()
        self.context.operations.run(command, done=self._done, refused=self._refused)

    def _done(self, outcome: Outcome) -> None:
        self._busy = False
        self.message.clear()
        if outcome.warnings:
            self.message.say(Tone.WARN, " ".join(outcome.warnings))
        if isinstance(outcome.value, str) and self.view is not None:
            typed = self.typed() if not outcome.sentence.startswith("Visit saved") else {}
            self.view = None if not typed else self.view
        self._read()
        if outcome.sentence:
            self.toast_requested.emit(outcome.sentence, bool(outcome.undo_label))

    def _refused(self, error: ClinicDeskError) -> None:
        self._busy = False
        self._count()
        self.rules.say(error)
        if isinstance(error, Stale):
            self._read()

    def _change_status(self, to: Status) -> None:
        view = self.view
        if view is None or self._busy:
            return
        if view.cell.status is Status.PENDING and to is Status.CONFIRMED:
            to = Status.SCHEDULED
        self.run(
            ChangeStatus(
                appointment_id=view.cell.id,
                to=to,
                expected_revision=view.cell.revision,
                initiator=INITIATOR,
            )
        )

    def _step_back(self) -> None:
        if self.view is not None and not self._busy:
            cell = self.view.cell
            self.run(
                StepBack(
                    appointment_id=cell.id,
                    expected_revision=cell.revision,
                    initiator=INITIATOR,
                )
            )

    def _cancel(self) -> None:
        if self.view is not None:
            view = self.view
            ask_cancel(self.context, self, view.cell, zone=view.zone, done=self._done)

    def _reinstate(self) -> None:
        if self.view is not None:
            view = self.view
            ask_reinstate(self.context, self, view.cell, zone=view.zone, done=self._done)

    def _park(self) -> None:
        if self.view is not None and not self._busy:
            self.run(ParkAppointment(appointment_id=self.view.cell.id, initiator=INITIATOR))

    def _next_available(self) -> None:
        view = self.view
        if view is not None:
            self._leave()
            self.next_available_requested.emit(view)

    def _hand_over(self, signal: object) -> None:
        if self.view is not None:
            visit_id = self.view.cell.id
            self._leave()
            signal.emit(visit_id)  # type: ignore[attr-defined]

    def _to_patient(self) -> None:
        if self.view is not None and self.view.cell.patient_id is not None:
            patient_id = self.view.cell.patient_id
            self._leave()
            self.patient_requested.emit(patient_id)

    def _to_entry(self, entry_id: str) -> None:
        self._leave()
        self.entry_requested.emit(entry_id)

    def _leave(self) -> None:
        """What is still being read must not open the card again."""
        self._wanted_id = None
        self.hide()

    def _on_way_out(self, way: WayOut) -> None:
        if way.action in ("take_theirs", "show"):
            view, self.view = self.view, None
            self.message.clear()
            if view is not None:
                self._take(view)
                self._read()
        elif way.action == "reinstate":
            self._reinstate()
        elif way.action == "retry":
            self.save()
        elif not self.rules.take(way):
            self._hand_over(self.move_requested)

    def _on_changes(self, changes: Changes) -> None:
        if not self.isVisible() or self.view is None:
            return
        about_us = self.view.cell.id in changes.ids or "external" in changes.kinds
        if about_us and changes.initiator != INITIATOR and not self._busy:
            self._read()

    def _on_roster(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.cell.id == self._wanted_id:
            self._take(waiting)
            return
        if self.isVisible() and self.view is not None:
            show_facts(self, self.view, self.source, self.context.clock.now())
            self._show_fields(self.view, self.typed())
            bar_card(self)

    def reject(self) -> None:
        """Esc closes; what was typed and not saved is asked about once, in the card."""
        if self.typed() and not self.message.sentence.startswith("Not saved"):
            self.message.say(Tone.WARN, "Not saved yet. Ctrl+S saves; Esc again closes without.")
            return
        self.message.clear()
        self.view = self._wanted_id = None
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_S, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.save()
            return
        if control and event.key() == Qt.Key.Key_P:
            self.hand_on.slip.trigger()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if focused is not None and hasattr(focused, "click"):
                focused.click()
            return
        super().keyPressEvent(event)


def _zero(key: str) -> object:
    return "" if key in ("reason", "notes") else None
