"""What is done to the cards of the board: a step of the status machine, a step back, a word of
the doctor; each one undo step."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from clinic_desk.domain.appointments import CANCEL_REASON_LIMIT, FINAL, Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.command import Command
from clinic_desk.services.commands import CancelAppointment, ChangeStatus, StepBack
from clinic_desk.services.day_commands import AnswerVisit, RunningLate
from clinic_desk.services.outcome import Outcome
from clinic_desk.ui.flow.cards import NEXT, STATION_WORDS, Card, Flow, Station, Way, way_to
from clinic_desk.ui.flow.naming import Naming
from clinic_desk.ui.models.permitted import STEPS, why_not
from clinic_desk.ui.models.words import doctor_name, doctor_short
from clinic_desk.ui.runtime.allowed import shut_entries
from clinic_desk.ui.runtime.wording import Message, Tone
from clinic_desk.ui.widgets.forms.reason import ReasonDialog
from clinic_desk.ui.widgets.worded_menu import WordedMenu, submenu

if TYPE_CHECKING:
    from clinic_desk.ui.flow.calls import CallList
    from clinic_desk.ui.flow.page import FlowPage

INITIATOR = "flow"
DELAYS = (5, 10, 15, 20, 30, 45, 60, 90, 120)
"""Minutes offered for "running late"."""

CANCEL_REASONS = ("Patient cancelled", "Patient is ill", "Patient left", "Booked by mistake")
GOALS = {
    "arrived": Station.ARRIVED,
    "in_room": Station.IN_ROOM,
    "done": Station.DONE,
    "no_show": Station.GONE,
}
_AFTER_BACK = {
    Station.ARRIVED: Status.CONFIRMED,
    Station.IN_ROOM: Status.ARRIVED,
    Station.DONE: Status.IN_PROGRESS,
    Station.GONE: Status.CONFIRMED,
}


def _step(way: Way) -> str:
    """The name of the action that leads there; empty when none does."""
    return "step_back" if way.back else STEPS[way.to] if way.to is not None else ""


class BoardDeeds(QObject):
    """Keys may be faster than the board is read: what was asked for counts as done until the
    board says how it stands."""

    def __init__(self, page: FlowPage) -> None:
        super().__init__(page)
        self._page = page
        self._ahead: dict[Id, Status] = {}
        self._open = 0
        self._flow = Flow()
        self.menu: QMenu | None = None
        self.reason: ReasonDialog | None = None
        self.calls: CallList | None = None

    def on_read(self, flow: Flow) -> None:
        self._flow = flow
        if not self._open:
            self._ahead.clear()
        if self.calls is not None and self.calls.isVisible():
            self._fill_calls()

    # cards

    def act(self, action: str, card: Card) -> None:
        page = self._page
        card = self._now(card)
        match action:
            case "next":
                if card.cell.status is Status.PENDING:
                    self.answer(card, accept=True)
                elif card.station in NEXT:
                    goals = (Station.ARRIVED, Station.IN_ROOM, Station.DONE)
                    self.go(card, way_to(card.cell, goals[list(NEXT).index(card.station)]))
            case "back":
                self.go(card, Way(back=True))
            case "accept":
                self.answer(card, accept=True)
            case "open":
                page.visit_requested.emit(card.id)
            case "patient" if card.cell.patient_id:
                page.patient_requested.emit(card.cell.patient_id)
            case "other":
                page.finder_requested.emit(card.id)
            case "cancel":
                self.cancel(card)
            case "menu":
                self.open_menu(card)
            case _ if action in GOALS:
                self.go(card, way_to(card.cell, GOALS[action]))

    def _now(self, card: Card) -> Card:
        """The card with the status that has been asked for meanwhile."""
        status = self._ahead.get(card.id)
        if status is None:
            return card
        from clinic_desk.ui.flow.cards import station_of

        return replace(card, cell=replace(card.cell, status=status), station=station_of(status))

    def why_not(self, action: str, card: Card | None, doctor_id: Id = "") -> str:
        """Why an action of ``models.permitted`` is not this person's; empty when it is."""
        actor, board = self._page.context.actor, self._page.source.board
        if actor.permissions is None or board is None:
            return ""
        cells = () if card is None else (card.cell,)
        return why_not(actor, action, board.roster.doctors, cells, doctor_id)

    def why_not_go(self, card: Card, way: Way) -> str:
        """Said while the card is still on its way there."""
        return self.why_not(_step(way), self._now(card))

    def _barred(self, action: str, card: Card | None, doctor_id: Id = "") -> bool:
        """Whether it is not this person's; says why."""
        why = self.why_not(action, card, doctor_id)
        if why:
            self._page.message.show_message(Message(why, Tone.WARN))
        return bool(why)

    def go(self, card: Card, way: Way) -> None:
        card = self._now(card)
        cell = card.cell
        if self._barred(_step(way), card):
            return
        if way.back:
            self._ahead[cell.id] = _AFTER_BACK.get(card.station, cell.status)
            self._run(
                StepBack(
                    appointment_id=cell.id,
                    expected_revision=cell.revision,
                    initiator=INITIATOR,
                )
            )
        elif way.to is not None:
            self._ahead[cell.id] = way.to
            self._run(
                ChangeStatus(
                    appointment_id=cell.id,
                    to=way.to,
                    expected_revision=cell.revision,
                    initiator=INITIATOR,
                )
            )
        else:
            self._page.message.show_message(Message(way.why, Tone.WARN))

    def answer(self, card: Card, *, accept: bool, reason: str = "") -> None:
        if card.cell.status is not Status.PENDING:
            name = self._page.surface.naming.name(card.cell)
            why = f"{name} does not await an answer."
            self._page.message.show_message(Message(why, Tone.WARN))
            return
        if self._barred("accept" if accept else "decline", card):
            return
        self._ahead[card.id] = Status.SCHEDULED if accept else Status.DECLINED
        self._run(
            AnswerVisit(
                appointment_id=card.id,
                accept=accept,
                reason=reason,
                expected_revision=card.cell.revision,
                initiator=INITIATOR,
            )
        )

    def cancel(self, card: Card) -> None:
        page, cell = self._page, card.cell
        if cell.status in FINAL or cell.status is Status.IN_PROGRESS:
            self.go(card, way_to(cell, Station.GONE))
            return
        if self._barred("cancel", card):
            return
        naming = page.surface.naming
        dialog = ReasonDialog(
            page.theme,
            "Cancel visit",
            f"Cancel {naming.name(cell)}, {naming.clock(cell)}? The place is freed for others.",
            CANCEL_REASONS,
            "Cancel visit",
            page,
            limit=CANCEL_REASON_LIMIT,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.reason = dialog

        def done(outcome: Outcome) -> None:
            dialog.hide()
            dialog.deleteLater()
            self._told(outcome)

        dialog.given.connect(
            lambda reason, _scope: page.context.operations.run(
                CancelAppointment(
                    appointment_id=cell.id,
                    reason=reason,
                    expected_revision=cell.revision,
                    initiator=INITIATOR,
                ),
                done=done,
                refused=dialog.refuse,
            )
        )
        dialog.open()

    def _run(self, command: Command) -> None:
        page = self._page
        self._open += 1

        def done(outcome: Outcome) -> None:
            self._open -= 1
            page.message.clear()
            self._told(outcome)

        def refused(error: object) -> None:
            self._open -= 1
            self._ahead.clear()
            page.refused(error)  # type: ignore[arg-type]
            page.source.read()

        page.context.operations.run(command, done=done, refused=refused)

    def _told(self, outcome: Outcome) -> None:
        said = outcome.sentence or outcome.undo_label
        if outcome.warnings:
            said = f"{said}. {outcome.warnings[0]}"
        self._page.toast_requested.emit(said, bool(outcome.undo_label))

    # menus

    def open_menu(self, card: Card) -> None:
        page = self._page
        icon = page.theme.qicon
        menu = self._new_menu()
        for goal, words, key in (
            (Station.ARRIVED, "Arrived", "A"),
            (Station.IN_ROOM, "In room", "R"),
            (Station.DONE, "Done", "D"),
            (Station.GONE, "No-show", "X"),
        ):
            way = way_to(card.cell, goal)
            if way.to is not None:
                action = menu.addAction(f"{words}\t{key}", partial(self.go, card, way))
                action.setIcon(icon(f"status-{way.to.value}"))
                action.setObjectName(STEPS[way.to])
        if card.cell.status is Status.PENDING:
            accept = menu.addAction(
                icon("check"), "Accept\tY", lambda: self.answer(card, accept=True)
            )
            accept.setObjectName("accept")
        if card.station is not Station.EXPECTED:
            words = f"Back from “{STATION_WORDS[card.station].lower()}”\tU"
            back = menu.addAction(icon("undo"), words, partial(self.go, card, Way(back=True)))
            back.setObjectName("step_back")
        menu.addSeparator()
        menu.addAction(icon("calendar"), "Open the visit\tEnter", partial(self.act, "open", card))
        if card.cell.patient_id:
            menu.addAction(icon("user"), "Patient card\tO", partial(self.act, "patient", card))
        if card.cell.status not in FINAL and card.cell.status is not Status.IN_PROGRESS:
            words = "Other doctor or time…"
            other = menu.addAction(icon("search"), words, partial(self.act, "other", card))
            other.setObjectName("move")
            words = "Cancel visit…\tDelete"
            cancel = menu.addAction(icon("trash"), words, partial(self.cancel, card))
            cancel.setObjectName("cancel")
        menu.addSeparator()
        who = page.surface.naming.doctor_words(card.cell.doctor_id)
        late = submenu(menu, f"{who} runs late", icon("clock"))
        self._offer_delays(late, card.cell.doctor_id)
        shut_entries(menu, lambda name: self.why_not(name, card))
        self._popup(menu, card)

    def ask_late(self, card: Card | None) -> None:
        """For the card's doctor; without a card for one of today's."""
        board = self._page.source.board
        if board is None:
            return
        menu = self._new_menu()
        if card is not None:
            who = self._page.surface.naming.doctor_words(card.cell.doctor_id)
            menu.addSection(f"{who} runs late")
            self._offer_delays(menu, card.cell.doctor_id)
            self._popup(menu, card)
            return
        for doctor_id in self._page.source.doctors():
            doctor = board.roster.doctors[doctor_id]
            said = board.flow.delays.get(doctor_id)
            late = f"  ({said.minutes} min)" if said is not None and said.minutes else ""
            self._offer_delays(submenu(menu, f"{doctor_name(doctor)}{late}"), doctor_id)
        button = self._page.late_button
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 2)))

    def _offer_delays(self, menu: QMenu, doctor_id: Id) -> None:
        board = self._page.source.board
        said = board.flow.delays.get(doctor_id) if board is not None else None
        for minutes in DELAYS:
            action = menu.addAction(
                f"{minutes} minutes", partial(self.say_late, doctor_id, minutes)
            )
            action.setObjectName("late")
            action.setCheckable(True)
            action.setChecked(said is not None and said.minutes == minutes)
        menu.addSeparator()
        menu.addAction("On time again", partial(self.say_late, doctor_id, 0))

    def say_late(self, doctor_id: Id, minutes: int) -> None:
        if self._barred("late", None, doctor_id):
            return
        self._run(
            RunningLate(
                doctor_id=doctor_id,
                day=self._page.source.day(),
                minutes=minutes,
                initiator=INITIATOR,
            )
        )

    def _new_menu(self) -> QMenu:
        menu = WordedMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu = menu
        return menu

    def _popup(self, menu: QMenu, card: Card) -> None:
        surface = self._page.surface
        rect = surface.card_rect(card.id)
        at = rect.bottomLeft() if not rect.isNull() else QPoint(40, 60)
        menu.popup(surface.viewport().mapToGlobal(at + QPoint(12, -4)))

    # whom to ring

    def show_calls(self) -> None:
        from clinic_desk.ui.flow.calls import CallList  # with its first use

        if self.calls is None:
            self.calls = CallList(self._page.theme, self._page)
            self.calls.visit_requested.connect(self._page.visit_requested)
            self.calls.toast_requested.connect(self._page.toast_requested)
        self._fill_calls()
        self.calls.show_list()

    def _fill_calls(self) -> None:
        board = self._page.source.board
        if self.calls is None or board is None:
            return
        naming = Naming(board.roster, private=self._page.private)
        rows = []
        for card in self._flow.counters.call:
            doctor = board.roster.doctors.get(card.cell.doctor_id)
            rows.append((card, doctor_short(doctor) if doctor is not None else ""))
        self.calls.show_rows(rows, naming)
