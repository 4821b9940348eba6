"""The doctor's view: the agenda of one doctor, who is next, what awaits an answer, my numbers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import ClinicDeskError, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.spans import local_date
from clinic_desk.services.views import Cell
from clinic_desk.ui.doctor.deeds import DoctorDeeds
from clinic_desk.ui.doctor.hands import Hands
from clinic_desk.ui.doctor.keys import action_of
from clinic_desk.ui.doctor.laying import DoctorFrame
from clinic_desk.ui.doctor.patient_panel import PatientPanel, heading_of
from clinic_desk.ui.doctor.requests import RequestCard, TimeOffLine
from clinic_desk.ui.doctor.source import DoctorSource
from clinic_desk.ui.doctor.telling import Limits, behind_text
from clinic_desk.ui.doctor.viewing import Viewing
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.sites import site_zone
from clinic_desk.ui.models.words import day_words, long_day, plural
from clinic_desk.ui.runtime.allowed import keep_shut, why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Message, Tone

if TYPE_CHECKING:
    from clinic_desk.services.ports import Maintenance
    from clinic_desk.ui.models.shortcuts import Shortcuts
    from clinic_desk.ui.runtime.settings import Settings

MINE = "doctor.mine"
WEEKS = "doctor.weeks"


class DoctorPage(DoctorFrame):
    """``open`` takes a doctor's id or code, or a visit's id, which is then chosen; without any the
    desk's own doctor is shown. ``schedule_requested``: a view of the calendar ("day", "week"), a
    doctor's id and a day, for the calendar with that doctor alone."""

    key_hints = (
        ("R", "Call in"), ("D", "Done"), ("U", "Step back"), ("Y", "Accept"), ("Del", "Decline"),
        ("L", "Late"), ("B", "Block"), ("G W V", "Day, week, agenda"),
        ("Esc", "Calendar"),
    )  # fmt: skip
    schedule_requested = Signal(str, str, object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.context = context
        self.source = DoctorSource(context, self)
        self.roster = RosterSource(context.operations, self)
        self.deeds = DoctorDeeds(self)
        self.hands = Hands(self)
        self.viewing = Viewing(self)
        self.settings: Settings | None = None
        self.limits = Limits()
        self._wanted: str = ""
        self._mine: Id = ""
        self._chosen: Id = ""
        self._fresh = True
        self._connect()

    def _connect(self) -> None:
        self.source.read_done.connect(self.show_desk)
        self.source.patients_done.connect(self._show_people)
        self.source.figures_done.connect(lambda: self.numbers.show_figures(self.source.figures))
        self.source.failed.connect(self.refused)
        self.roster.changed.connect(self._on_roster)
        self.agenda.acted.connect(self.act)
        self.agenda.chosen.connect(self._on_chosen)
        self.agenda.menu_requested.connect(self.menu_at)
        for panel in (self.next_panel, self.chosen_panel):
            panel.acted.connect(self.hands.from_panel)
        self.requests.acted.connect(self.hands.answer)
        self.requests.reached.connect(self.scroller.ensureWidgetVisible)
        self.requests.others.connect(self.act)
        self.requests.leave_requested.connect(self.take_keyboard)
        self.late.said.connect(self.deeds.say_late)
        self.numbers.period_requested.connect(self._look_back)
        self.numbers.bar(why_not(self.context.actor, Permission.REPORTS))
        self.doctors.activated.connect(
            lambda row: self.show_doctor(str(self.doctors.itemData(row)))
        )
        self.chooser.itemActivated.connect(
            lambda item: self.show_doctor(str(item.data(Qt.ItemDataRole.UserRole)))
        )
        for name, button in self.header_buttons.items():
            button.clicked.connect(lambda _on=False, name=name: self.act(name))
        self.day_back.clicked.connect(lambda: self.act("day_before"))
        self.today_button.clicked.connect(lambda: self.act("today"))
        self.day_on.clicked.connect(lambda: self.act("day_after"))
        self.empty.action_requested.connect(lambda: self.act("day_after"))
        self.message.chosen.connect(self._way_out)

    def furnish(
        self,
        settings: Settings,
        shortcuts: Shortcuts,  # noqa: ARG002
        maintenance: Maintenance | None,  # noqa: ARG002
    ) -> None:
        self.settings = settings
        self._mine = settings.get(MINE)
        self.source.weeks = settings.get(WEEKS)
        self.numbers.show_weeks(self.source.weeks)
        settings.changed.connect(self._obey)
        self._obey("flow.")

    def _obey(self, key: str) -> None:
        settings = self.settings
        if settings is None or not key.startswith(("flow.", "calendar.letters")):
            return
        self.limits = Limits(settings.get("flow.amber"), settings.get("flow.red"))
        self.agenda.rows.limits = self.limits
        letters = settings.get("calendar.letters")
        self.agenda.letters = self.requests.letters = self.schedule.letters = letters
        self.source.missing_after = settings.get("flow.no_show")
        if self.isVisible():
            self.source.read()

    # whose day

    def open(self, what: object = None) -> None:
        self.message.clear()
        self._wanted = what if isinstance(what, str) else ""
        self._aim()
        self.take_keyboard()

    def _on_roster(self) -> None:
        roster = self.roster.roster
        active = self.roster.doctors()
        if roster is None:
            return
        self.show_choices(active)
        self._mark_doctor()
        if self.isVisible():
            self._aim()

    def _aim(self) -> None:
        """Shows whom was asked for, or whose desk this is, or asks."""
        roster = self.roster.roster
        if roster is None:
            return
        active = {row.id: row for row in self.roster.doctors()}
        wanted, self._wanted = self._wanted, ""
        by_code = {row.code.casefold(): row.id for row in active.values()}
        doctor_id = wanted if wanted in active else by_code.get(wanted.casefold(), "")
        if doctor_id:
            self.show_doctor(doctor_id)
            return
        if wanted and len(wanted) < 12:
            known = ", ".join(row.code for row in active.values())
            self.message.show_message(
                Message(f"There is no doctor “{wanted}” here. Codes: {known}.", Tone.WARN)
            )
        elif wanted:
            self._chosen, self._fresh = wanted, False
        shown = self.source.doctor_id or self._mine or self.context.actor.doctor_id or ""
        if shown in active:
            if shown != self.source.doctor_id:
                self.show_doctor(shown)
            else:
                self._mark_doctor()
                self.source.read()
        else:
            self._ask_who()

    def _ask_who(self) -> None:
        self.stack.setCurrentWidget(self.asking)
        self.chooser.setCurrentRow(0)
        self.subtitle.setText("")
        self._header(shown=False)
        self.take_keyboard()

    def show_doctor(self, doctor_id: Id) -> None:
        """Remembered by the desk."""
        self._mine = doctor_id
        if self.settings is not None and self.settings.get(MINE) != doctor_id:
            self.settings.put(MINE, doctor_id)
        self._fresh = not self._chosen
        self.source.show_doctor(doctor_id)
        self._mark_doctor()
        self.stack.setCurrentWidget(self.work)
        self._header(shown=True)
        self.numbers.show_figures(self.source.figures)
        self.take_keyboard()

    def _mark_doctor(self) -> None:
        row = self.doctors.findData(self.source.doctor_id)
        self.doctors.setCurrentIndex(row)

    def _header(self, *, shown: bool) -> None:
        self.doctors.setVisible(shown)
        self.offer(frozenset(self.header_buttons) if shown else frozenset())

    def _bar(self) -> None:
        """What is not this person's rests, with the reason."""
        if self.context.actor.permissions is None:
            return
        why = self.deeds.why_not
        panels = [(panel.go, "in_room") for panel in (self.next_panel, self.chosen_panel)]
        answers = []
        for card in self.requests.findChildren(RequestCard):
            answers += [(card.accept_button, "accept"), (card.decline_button, "decline"),
                        (card.other_button, "move")]  # fmt: skip
        for line in self.requests.findChildren(TimeOffLine):
            answers.append((line.withdraw_button, "ask_time_off"))
        late = [(button, "late") for button in self.late.buttons.values()]
        for button, action in (*panels, *answers, *late):
            button.setEnabled(True)
            keep_shut(button, why(action))
        hours = why_not(self.context.actor, Permission.EDIT_ROSTER)
        for name, told in (("block", why("block")), ("time_off", why("ask_time_off")),
                           ("hours", hours)):  # fmt: skip
            self.header_buttons[name].setEnabled(True)
            keep_shut(self.header_buttons[name], told)

    # showing

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.source.look()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self.source.leave()

    def show_desk(self) -> None:
        desk = self.source.desk
        if desk is None or desk.doctor_id != self.source.doctor_id:
            return
        self.deeds.on_read()
        shown = self.source.day or desk.today
        if self.isVisible():
            self.context.operations.looked_at_days(shown, shown, (desk.doctor_id,))
        self.agenda.rows.ahead = self.deeds.ahead
        if self._fresh or (self._chosen and desk.find(self._chosen) is None):
            self._fresh = False
            first = next(iter((*desk.in_room, *desk.queue, *desk.cells)), None)
            self._chosen = first.id if first is not None else ""
        self.agenda.show_desk(desk, self._chosen)
        doctor = desk.board.roster.doctors[desk.doctor_id]
        asked = len([c for c in desk.awaiting if c.id not in self.deeds.answered])
        awaiting = f"{plural(asked, 'request')} (Y)" if asked else ""
        parts = (long_day(desk.today), awaiting, doctor.specialty)
        self.subtitle.setText(" · ".join(part for part in parts if part))
        today = desk.day == desk.today
        self.day_label.setText(
            f"Today, {day_words(desk.day)}" if today else day_words(desk.day, desk.today)
        )
        self.today_button.setEnabled(not today)
        booked = f"{desk.load.booked}/{desk.load.capacity}" if desk.load.capacity else ""
        visits = plural(len(desk.cells), "visit")
        self.load_label.setText(f"{visits} · {booked}" if booked else visits)
        self.load_label.setToolTip("Booked half hours of those on offer" if booked else "")
        told = behind_text(desk)
        self.behind.setText(told.words if today else "")
        self.behind.set_ink(told.ink)
        self.late.show_said(desk.said)
        self.requests.show_desk(desk, self.deeds.answered)
        self.viewing.draw()
        if not desk.cells:
            self.empty.explain(
                "calendar",
                f"No visits {'today' if today else 'on ' + day_words(desk.day)}",
                "Visits booked for this day appear here by themselves.",
                "Next day",
            )
        self._want_people()
        self._show_people()
        self._bar()

    def show_ahead(self) -> None:
        """What has just been asked for is seen at once."""
        self.agenda.rows.ahead = self.deeds.ahead
        self.agenda.rows.touch()
        desk = self.source.desk
        if desk is not None:
            self.requests.show_desk(desk, self.deeds.answered)
        self._want_people()
        self._show_people()

    def _want_people(self) -> None:
        following, chosen = self.deeds.following(), self.chosen()
        self.source.want(cell.patient_id for cell in (following, chosen) if cell is not None)

    def _show_people(self) -> None:
        desk = self.source.desk
        if desk is None:
            return
        following, chosen = self.deeds.following(), self.chosen()
        today = desk.day == desk.today
        if following is None:
            came = any(cell.status is Status.COMPLETED for cell in desk.cells)
            title = "Nobody is waiting to be seen" if today else "Another day is on display"
            text = (
                "“Today” leads back."
                if not today
                else "All of today’s patients have been seen."
                if came
                else "There is nobody left to call in today."
            )
            self.next_panel.show_nobody(title, text)
        else:
            rest = self.deeds.queue()[1:3]
            self._fill(self.next_panel, following, following.id, rest)
        other = chosen is not None and (following is None or chosen.id != following.id)
        self.chosen_panel.setVisible(other)
        if chosen is not None and other:
            self._fill(self.chosen_panel, chosen, following.id if following else "")

    def _fill(
        self, panel: PatientPanel, cell: Cell, following: Id, then: tuple[Cell, ...] = ()
    ) -> None:
        desk = self.source.desk
        assert desk is not None
        status = self.deeds.status(cell)
        view = self.source.patients.get(cell.patient_id or "")
        heading = heading_of(desk, cell, status, following)
        panel.show_visit(desk, cell, status, view, self.limits, heading, then)

    def chosen(self) -> Cell | None:
        return self.agenda.current()

    def choose(self, row_id: Id) -> None:
        """Selects a visit of the day on display."""
        self._chosen = row_id
        self.agenda.select(row_id)
        self.schedule.select(row_id)

    def _on_chosen(self) -> None:
        cell = self.chosen()
        if cell is not None and cell.id != self._chosen:
            self._chosen = cell.id
            self._want_people()
            self._show_people()

    def zone(self) -> str:
        """Of the doctor's site on that day; the clinic's where there is no visit."""
        desk = self.source.desk
        if desk is None:
            return self.roster.zone
        if desk.cells:
            return site_zone(desk.board.roster, desk.cells[0].location_id)
        return desk.board.roster.practice.zone

    def _look_back(self, weeks: int) -> None:
        if self.settings is not None:
            self.settings.put(WEEKS, weeks)
        self.source.look_back(weeks)

    # doing

    def act(self, action: str) -> None:
        """What a key, a button or a menu asks for."""
        self.hands.act(action)

    def menu_at(self, at: QPoint) -> None:
        cell = self.chosen()
        if cell is not None:
            self.deeds.open_menu(cell, at)

    def day(self) -> date:
        desk = self.source.desk
        if desk is not None:
            return self.source.day or desk.today
        return self.source.day or local_date(self.context.clock.now(), self.roster.zone)

    def go_to(self, day: date | None, chosen: Id = "") -> None:
        """Another day, None for today; ``chosen`` of its visits, or who is next."""
        self._fresh = not chosen
        self._chosen = chosen or self._chosen
        self.source.show_day(day)
        self.take_keyboard()

    def refused(self, error: ClinicDeskError) -> None:
        self.message.show_error(error)

    def _way_out(self, way: WayOut) -> None:
        row_id = way.data.get("appointment_id") or way.data.get("id")
        if isinstance(row_id, str):
            self.visit_requested.emit(row_id)
        else:
            self.source.read()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.message.isVisible():
            self.message.clear()
        elif self.empty.isVisible() and (action := action_of(event, letters=self.agenda.letters)):
            self.act(action)
        else:
            super().keyPressEvent(event)
