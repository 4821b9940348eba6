"""What the doctor does: call in, finish, step back, answer, say "late", block time; each one undo
step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from clinic_desk.domain.appointments import CANCEL_REASON_LIMIT, FINAL, Status
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.command import Command
from clinic_desk.services.commands import BlockTime, CancelAppointment, ChangeStatus, StepBack
from clinic_desk.services.day_commands import AnswerVisit, RunningLate
from clinic_desk.services.doctor_view import ON_HAND
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.planning_views import TimeOffCard
from clinic_desk.services.roster_commands import WithdrawTimeOff
from clinic_desk.services.views import Cell
from clinic_desk.ui.doctor.block_form import BlockForm
from clinic_desk.ui.doctor.telling import name_of
from clinic_desk.ui.models.permitted import STEPS, why_not
from clinic_desk.ui.models.sites import site_zone
from clinic_desk.ui.models.words import day_words, doctor_name, moment_words
from clinic_desk.ui.runtime.wording import Message, Tone
from clinic_desk.ui.widgets.forms.reason import ReasonDialog
from clinic_desk.ui.widgets.worded_menu import WordedMenu

if TYPE_CHECKING:
    from clinic_desk.ui.doctor.page import DoctorPage

INITIATOR = "doctor"
DECLINE_REASONS = ("I am away", "Other specialty needed", "Too soon", "Longer visit needed")
CANCEL_REASONS = ("Doctor cancelled", "Doctor is ill", "Patient cancelled", "Booked by mistake")
_BACK = {
    Status.ARRIVED: Status.CONFIRMED,
    Status.IN_PROGRESS: Status.ARRIVED,
    Status.COMPLETED: Status.IN_PROGRESS,
    Status.NO_SHOW: Status.CONFIRMED,
    Status.CANCELLED: Status.CONFIRMED,
}
"""What counts until the step back has been read: near enough to decide what the next key means."""


class DoctorDeeds(QObject):
    """Keys may be faster than the day is read: what was asked for counts as done (``ahead``) until
    the day says how it stands."""

    def __init__(self, page: DoctorPage) -> None:
        super().__init__(page)
        self._page = page
        self.ahead: dict[Id, Status] = {}
        self._open = 0
        self.dialog: ReasonDialog | BlockForm | None = None
        self.menu: QMenu | None = None

    def on_read(self) -> None:
        if not self._open:
            self.ahead.clear()

    def status(self, cell: Cell) -> Status:
        return self.ahead.get(cell.id, cell.status)

    @property
    def answered(self) -> frozenset[Id]:
        return frozenset(
            row_id for row_id, status in self.ahead.items()
            if status in (Status.SCHEDULED, Status.DECLINED)
        )  # fmt: skip

    def why_not(self, action: str) -> str:
        """Why an action of ``models.permitted`` is not this person's; empty when it is."""
        actor, desk = self._page.context.actor, self._page.source.desk
        if actor.permissions is None or desk is None:
            return ""
        return why_not(actor, action, desk.board.roster.doctors, (), desk.doctor_id)

    def _barred(self, action: str) -> bool:
        """Whether it is not this person's; says why."""
        why = self.why_not(action)
        if why:
            self.warn(why)
        return bool(why)

    # the steps of a visit

    def start(self, chosen: Cell | None) -> None:
        """Calls the chosen patient in; with nobody chosen who could be, the next one."""
        if chosen is not None and self._may_start(chosen):
            self.go(chosen, Status.IN_PROGRESS)
            return
        status = self.status(chosen) if chosen is not None else None
        if chosen is not None and status is Status.IN_PROGRESS:
            self.warn(f"{name_of(chosen)} is in the room already; D when the visit is done.")
        elif chosen is not None and status is Status.PENDING:
            self.warn(f"{name_of(chosen)} awaits your acceptance; accept the visit first (Y).")
        else:
            following = self.following()
            if following is None:
                self.warn("Nobody is left to call in today.")
            else:
                self.go(following, Status.IN_PROGRESS)

    def _may_start(self, cell: Cell) -> bool:
        return self.status(cell) in ON_HAND

    def following(self) -> Cell | None:
        """Who is next, with what was asked for meanwhile."""
        return next(iter(self.queue()), None)

    def queue(self) -> tuple[Cell, ...]:
        desk = self._page.source.desk
        queue = desk.queue if desk is not None else ()
        return tuple(cell for cell in queue if self._may_start(cell))

    def done(self, chosen: Cell | None) -> None:
        """The chosen patient, or else whoever is in the room."""
        desk = self._page.source.desk
        cells = desk.cells if desk is not None else ()
        inside = [cell for cell in cells if self.status(cell) is Status.IN_PROGRESS]
        if chosen is not None and self.status(chosen) is Status.IN_PROGRESS:
            self.go(chosen, Status.COMPLETED)
        elif inside:
            self.go(inside[0], Status.COMPLETED)
        else:
            self.warn("Nobody is in the room; R calls the next patient in.")

    def go(self, cell: Cell, to: Status) -> None:
        desk = self._page.source.desk
        if desk is not None and desk.day > desk.today:
            self.warn(f"{name_of(cell)} comes on {day_words(desk.day)}; today is not that day yet.")
            return
        if self._barred(STEPS[to]):
            return
        self._page.choose(cell.id)
        self.ahead[cell.id] = to
        self._page.show_ahead()
        self.run(
            ChangeStatus(
                appointment_id=cell.id, to=to, expected_revision=cell.revision,
                initiator=INITIATOR,
            )
        )  # fmt: skip

    def back(self, cell: Cell | None) -> None:
        if cell is None or self._barred("step_back"):
            return
        status = self.status(cell)
        if status not in _BACK:
            self.warn(f"{name_of(cell)} has made no step yet that could be taken back.")
            return
        self.ahead[cell.id] = _BACK[status]
        self._page.show_ahead()
        self.run(
            StepBack(appointment_id=cell.id, expected_revision=cell.revision, initiator=INITIATOR)
        )

    # answers

    def accept(self, cell: Cell) -> None:
        if self._barred("accept"):
            return
        self._answer(cell, accept=True)

    def _answer(
        self, cell: Cell, *, accept: bool, reason: str = "",
        done: Callable[[Outcome], None] | None = None,
        refused: Callable[[ClinicDeskError], None] | None = None,
    ) -> None:  # fmt: skip
        self.ahead[cell.id] = Status.SCHEDULED if accept else Status.DECLINED
        self._page.show_ahead()
        self.run(
            AnswerVisit(
                appointment_id=cell.id, accept=accept, reason=reason,
                expected_revision=cell.revision, initiator=INITIATOR,
            ),
            done, refused,
        )  # fmt: skip

    def decline(self, cell: Cell) -> None:
        """What awaits an answer is declined, any other visit cancelled; both with a reason."""
        page = self._page
        status = self.status(cell)
        pending = status is Status.PENDING
        if self._barred("decline" if pending else "cancel"):
            return
        if status in FINAL or status is Status.IN_PROGRESS:
            self.warn(f"{name_of(cell)} is {status.value.replace('_', ' ')}; U takes that back.")
            return
        desk = page.source.desk
        zone = site_zone(desk.board.roster, cell.location_id) if desk is not None else "UTC"
        when = moment_words(cell.start, zone)
        word = "Decline" if pending else "Cancel"
        dialog = ReasonDialog(
            page.theme,
            f"{word} visit",
            f"{word} {name_of(cell)}, {when}? The place is freed for others.",
            DECLINE_REASONS if pending else CANCEL_REASONS,
            f"{word} visit",
            page,
            limit=CANCEL_REASON_LIMIT,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog = dialog

        def done(_outcome: Outcome) -> None:
            dialog.hide()
            dialog.deleteLater()
            page.take_keyboard()

        def give(reason: str, _scope: object) -> None:
            if pending:
                self._answer(cell, accept=False, reason=reason, done=done, refused=dialog.refuse)
            else:
                self.run(
                    CancelAppointment(
                        appointment_id=cell.id, reason=reason, expected_revision=cell.revision,
                        initiator=INITIATOR,
                    ),
                    done, dialog.refuse,
                )  # fmt: skip

        dialog.given.connect(give)
        dialog.open()

    # the doctor's own time

    def say_late(self, minutes: int) -> None:
        desk = self._page.source.desk
        if desk is not None and not self._barred("late"):
            self.run(
                RunningLate(
                    doctor_id=desk.doctor_id, day=desk.today, minutes=minutes,
                    initiator=INITIATOR,
                )
            )  # fmt: skip

    def block(self) -> None:
        page, desk = self._page, self._page.source.desk
        if desk is None or self._barred("block"):
            return
        roster = desk.board.roster
        doctor = roster.doctors[desk.doctor_id]
        zone = page.zone()
        now = page.context.clock.now()
        form = BlockForm(page.theme, doctor_name(doctor), desk.day, now, zone, page)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog = form

        def done(_outcome: Outcome) -> None:
            form.hide()
            form.deleteLater()
            page.take_keyboard()

        form.given.connect(
            lambda start, end, reason: self.run(
                BlockTime(
                    doctor_id=desk.doctor_id, start=start, end=end, reason=reason,
                    initiator=INITIATOR,
                ),
                done, form.refuse,
            )
        )  # fmt: skip
        form.open()

    def withdraw(self, card: TimeOffCard) -> None:
        if self._barred("ask_time_off"):
            return
        self.run(
            WithdrawTimeOff(
                request_id=card.request.id, expected_revision=card.request.revision,
                initiator=INITIATOR,
            )
        )  # fmt: skip

    # running and telling

    def run(
        self,
        command: Command,
        done: Callable[[Outcome], None] | None = None,
        refused: Callable[[ClinicDeskError], None] | None = None,
    ) -> None:
        page = self._page
        self._open += 1

        def went(outcome: Outcome) -> None:
            self._open -= 1
            page.message.clear()
            if done is not None:
                done(outcome)
            said = outcome.sentence or outcome.undo_label
            if outcome.warnings:
                said = f"{said}. {outcome.warnings[0]}"
            page.toast_requested.emit(said, bool(outcome.undo_label))

        def failed(error: ClinicDeskError) -> None:
            self._open -= 1
            self.ahead.clear()
            (refused or page.refused)(error)
            page.source.read()

        page.context.operations.run(command, done=went, refused=failed)

    def warn(self, sentence: str) -> None:
        self._page.message.show_message(Message(sentence, Tone.WARN))

    # menus

    def ask_late(self) -> None:
        page = self._page
        menu = self._own(page.late.menu(page))
        menu.popup(page.late.mapToGlobal(QPoint(16, page.late.height() - 4)))

    def open_menu(self, cell: Cell, at: QPoint) -> None:
        page, icon = self._page, self._page.theme.qicon
        menu = self._own(WordedMenu(page))
        status = self.status(cell)

        def add(name: str, words: str, key: str, action: str) -> None:
            menu.addAction(icon(name), f"{words}\t{key}", partial(page.act, action))

        if status is Status.PENDING:
            add("check", "Accept", "Y", "accept")
            add("search", "Propose another time…", "P", "propose")
            add("trash", "Decline…", "Del", "decline")
        elif status in ON_HAND:
            if status is not Status.ARRIVED:
                add("status-arrived", "Arrived", "A", "arrived")
            add("status-in_progress", "Call in", "R", "start")
            add("status-no_show", "No-show", "X", "no_show")
            add("trash", "Cancel visit…", "Del", "decline")
        elif status is Status.IN_PROGRESS:
            add("status-completed", "Done", "D", "done")
        if status in _BACK:
            add("undo", "Step back", "U", "back")
        menu.addSeparator()
        add("calendar", "Open the visit", "Enter", "open")
        if cell.patient_id is not None:
            add("user", "Patient card", "O", "patient")
        menu.popup(at)

    def _own(self, menu: QMenu) -> QMenu:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu = menu
        return menu
