"""What can be done on the messages page, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import ClinicDeskError, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.messages import Channel, MessageStatus, is_lost
from clinic_desk.services.command import Command
from clinic_desk.services.commands import ChangeStatus
from clinic_desk.services.message_commands import (
    HandleAnswer,
    PlanAgain,
    SendAgain,
    SendNow,
    WithdrawMessages,
)
from clinic_desk.services.message_ports import MessageCard
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.roster_commands import Together
from clinic_desk.ui.messages import saying
from clinic_desk.ui.messages.editor import INITIATOR, MessageEditor
from clinic_desk.ui.messages.facts import Details, details_of
from clinic_desk.ui.messages.model import AnswerCard, More
from clinic_desk.ui.models import messages, words
from clinic_desk.ui.runtime.allowed import keep_shut
from clinic_desk.ui.runtime.wording import Message, Tone
from clinic_desk.ui.widgets.worded_menu import WordedMenu

if TYPE_CHECKING:
    from clinic_desk.ui.messages.page import MessagesPage

WRITES = frozenset({"again", "now", "edit", "withdraw", "plan", "confirm", "handle"})
MENU = ("now", "edit", "again", "withdraw", "plan", "correct", "confirm", "handle", "patient",
        "visit")  # fmt: skip
TAKE_BACK = "plan_again"
"""The way out of a withdrawal, in the page's message bar."""


class MessageDeeds(QObject):
    """One at a time: while a deed is written, keys and buttons for another do nothing."""

    def __init__(self, page: MessagesPage) -> None:
        super().__init__(page)
        self._page = page
        self._busy = False
        self.editor: MessageEditor | None = None
        self.menu: QMenu | None = None
        self.withdrawn: frozenset[Id] = frozenset()
        """Of which the bar at the top says that they were."""
        self.moves_on = False
        """What is current goes to another part of the list; the next row is meant from then on."""

    # which messages

    def chosen(self) -> list[MessageCard]:
        """The ticked ones, else the current one."""
        page = self._page
        ticked = [card for card in page.model.cards() if card.message.id in page.model.checked]
        if ticked:
            return ticked
        return [page.card] if page.card is not None else []

    def tell_buttons(self) -> None:
        """The buttons of the row above the list."""
        page, chosen = self._page, self.chosen()
        planned = [card for card in chosen if card.message.status is MessageStatus.PLANNED]
        open_ones = [
            card
            for card in chosen
            if card.message.status is MessageStatus.FAILED or is_lost(card.message)
        ]
        page.again_button.setEnabled(len(planned) < len(chosen))
        page.withdraw_button.setEnabled(bool(planned or open_ones))
        for button in (page.again_button, page.withdraw_button):
            keep_shut(button, page.why_not())

    # doing

    def act(self, deed: str) -> None:
        page, row = self._page, self._page.current
        if isinstance(row, More):
            page.table.more_wanted.emit(row.group.key)
            return
        if isinstance(row, AnswerCard) and not page.model.checked:
            self._on_answer(row, deed)
            return
        chosen = self.chosen()
        if not chosen or self._busy:
            return
        if deed in WRITES and (why := page.why_not()):
            page.message.show_message(Message(why, Tone.INFO))
            return
        ids = tuple(card.message.id for card in chosen)
        match deed:
            case "open":
                self._open(chosen[0])
            case "patient":
                self._patient(chosen[0].message.patient_id)
            case "visit":
                self._visit(chosen[0].message.appointment_id)
            case "edit":
                self.edit(chosen[0])
            case "again":
                self.run(SendAgain(message_ids=ids, initiator=INITIATOR))
            case "now":
                self.run(SendNow(message_ids=ids, initiator=INITIATOR))
            case "plan":
                self.run(PlanAgain(message_ids=ids, initiator=INITIATOR))
            case "withdraw":
                self.withdraw(chosen)

    def from_side(self, deed: str, channel: str) -> None:
        """About the message beside the list, whatever is ticked."""
        page = self._page
        if page.side.answer is not None:
            self._on_answer(page.side.answer, deed)
            return
        details = page.side.details
        if details is None:
            return
        one = details.card.message
        match deed:
            case "again":
                by = Channel(channel) if channel else None
                self.run(SendAgain(message_ids=(one.id,), channel=by, initiator=INITIATOR))
            case "now":
                self.run(SendNow(message_ids=(one.id,), initiator=INITIATOR))
            case "plan":
                self.run(PlanAgain(message_ids=(one.id,), initiator=INITIATOR))
            case "withdraw":
                self.withdraw([details.card])
            case "edit":
                self._edit(details)
            case "correct" if one.patient_id is not None:
                field = "mobile" if one.channel in saying.TELEPHONES else "email"
                page.correct_requested.emit(one.patient_id, field)
            case "patient":
                self._patient(one.patient_id)
            case "visit":
                self._visit(one.appointment_id)

    def _on_answer(self, row: AnswerCard, deed: str) -> None:
        one, page = row.answer, self._page
        match deed:
            case "handle" | "again" | "confirm" if not row.waits:
                page.message.show_message(Message("Somebody has dealt with it.", Tone.INFO))
            case "handle" | "again" | "confirm":
                if why := page.why_not():
                    page.message.show_message(Message(why, Tone.INFO))
                else:
                    self._settle(row, confirming=deed == "confirm")
            case "open" | "visit" if one.appointment_id:
                self._visit(one.appointment_id)
            case "open" | "patient":
                self._patient(one.patient_id)

    def _settle(self, row: AnswerCard, *, confirming: bool) -> None:
        command: Command = HandleAnswer(answer_id=row.answer.id, initiator=INITIATOR)
        if confirming and row.answer.appointment_id:
            confirm = ChangeStatus(
                appointment_id=row.answer.appointment_id, to=Status.CONFIRMED, initiator=INITIATOR
            )
            who = row.patient_name or row.answer.sender
            label = f"Confirmed after an answer: {who}"
            command = Together(commands=(confirm, command), label=label, initiator=INITIATOR)

        def done(outcome: Outcome) -> None:
            self.moves_on = True
            self._page.toast_requested.emit(outcome.sentence, bool(outcome.undo_label))

        self.run(command, done)

    def _open(self, card: MessageCard) -> None:
        """What the message is about: its visit, else its patient."""
        if card.message.appointment_id:
            self._visit(card.message.appointment_id)
        else:
            self._patient(card.message.patient_id)

    def _visit(self, visit_id: Id | None) -> None:
        if visit_id:
            self._page.visit_requested.emit(visit_id)

    def _patient(self, patient_id: Id | None) -> None:
        if patient_id:
            self._page.patient_requested.emit(patient_id)

    def withdraw(self, cards: list[MessageCard]) -> None:
        ids = tuple(card.message.id for card in cards)
        planned = tuple(
            card.message.id for card in cards if card.message.status is MessageStatus.PLANNED
        )

        def done(outcome: Outcome) -> None:
            page, self.moves_on = self._page, True
            if planned:
                self.withdrawn = frozenset(planned)
                way = WayOut("Plan again", TAKE_BACK, {"ids": planned})
                again = "It can be planned again (Ctrl+Z) as long as it is of use."
                if len(planned) > 1:
                    again = "They can be planned again (Ctrl+Z) while they are of use."
                told = f"{outcome.sentence}. {again}"
                page.message.show_message(Message(told, Tone.INFO, (way,)))
            else:
                page.toast_requested.emit(outcome.sentence, False)

        self.run(WithdrawMessages(message_ids=ids, initiator=INITIATOR), done)

    def follow(self) -> None:
        """Ctrl+Z, or another desk, has planned again what the bar says was withdrawn."""
        back = {
            card.message.id
            for card in self._page.model.cards()
            if card.message.status is not MessageStatus.WITHDRAWN
        }
        if self.withdrawn & back:
            self.withdrawn = frozenset()
            self._page.message.clear()

    def way_out(self, way: WayOut) -> None:
        ids = way.data.get("ids")
        if way.action == TAKE_BACK and isinstance(ids, tuple):
            self.run(PlanAgain(message_ids=ids, initiator=INITIATOR))

    def edit(self, card: MessageCard) -> None:
        """At once where its words are read already: what is typed ahead is for the editor. Else
        they are read first, and keys do nothing meanwhile."""
        page, now = self._page, self._page.context.clock.now()
        shown = page.side.details
        if shown is not None and shown.card == card and shown.outlook is not None:
            self._edit(shown)
            return
        if self._busy:
            return
        self._busy = True

        def take(details: Details | None) -> None:
            self._busy = False
            if details is not None:
                self._edit(details)

        def failed(error: ClinicDeskError) -> None:
            self._busy = False
            self._failed(error)

        page.context.operations.ask(
            lambda queries: details_of(queries, card.message.id, now), done=take, failed=failed
        )

    def _edit(self, details: Details) -> None:
        page, card = self._page, details.card
        if card.message.status is not MessageStatus.PLANNED:
            state = messages.state_of(card, page.context.clock.now(), page.source.zone)
            told = f"It is {state.text[:1].lower()}{state.text[1:]}"
            if card.message.sent_at is not None:
                at = words.clock_words(card.message.sent_at, page.source.zone)
                told = f"It was sent at {at}"
            told = f"{told}. Only what has not gone can be edited."
            page.message.show_message(Message(told, Tone.INFO))
            page.read()
            return
        if self.editor is None:
            self.editor = MessageEditor(page.context, page)
            self.editor.accepted.connect(self._edited)
            self.editor.finished.connect(lambda _result: page.table.setFocus())
        self.editor.start(details)

    def _edited(self) -> None:
        if self.editor is not None:
            self._page.toast_requested.emit(self.editor.saved_sentence, False)
        self._page.texts.forget()
        self._page.read()

    def run(self, command: Command, then: object = None) -> None:
        if self._busy:
            return
        self._busy = True
        page = self._page

        def done(outcome: Outcome) -> None:
            self._busy = False
            page.message.clear()
            page.model.tick_all(False)
            page.side.give_back()
            if callable(then):
                then(outcome)
            else:
                page.toast_requested.emit(outcome.sentence, False)
            page.read()

        def refused(error: ClinicDeskError) -> None:
            self._busy = False
            self._failed(error)
            page.read()

        page.context.operations.run(command, done=done, refused=refused)

    def _failed(self, error: ClinicDeskError) -> None:
        self._page.message.show_error(error)

    # the menu of a row

    def menu_at(self, place: QPoint) -> None:
        page = self._page
        row = page.current
        if isinstance(row, MessageCard):
            deeds = saying.deeds(row, reachable=True)
        elif isinstance(row, AnswerCard):
            deeds = saying.answer_deeds(row.answer, page.side.asked_by, page.context.clock.now())
        else:
            return
        menu = WordedMenu(page)
        menu.setToolTipsVisible(True)
        keys = {"again": "R", "edit": "E", "now": "N", "withdraw": "Del", "patient": "O",
                "visit": "B"}  # fmt: skip
        for deed in MENU:
            if deed not in deeds:
                continue
            text = saying.BUTTONS[deed]
            key = f"\t{keys[deed]}" if deed in keys else ""
            entry = menu.addAction(f"{text}{key}")
            entry.setObjectName(deed)
            entry.triggered.connect(lambda _on=False, deed=deed: self.from_side(deed, ""))
            if deed in WRITES and (why := page.why_not()):
                entry.setEnabled(False)
                entry.setToolTip(why)
        self.menu = menu
        menu.popup(page.table.viewport().mapToGlobal(place))
