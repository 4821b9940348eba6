"""Time off: the requests, the form to ask with, and the year with everybody's absences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.domain.templates import TimeOffRequest, TimeOffStatus
from clinic_desk.services import absence
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.planning_views import TimeOffCard
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import DayLoad
from clinic_desk.ui.models.words import plural
from clinic_desk.ui.planning.deciding import Deciding
from clinic_desk.ui.planning.request_bar import RequestBar
from clinic_desk.ui.planning.request_form import RequestForm, Wished
from clinic_desk.ui.planning.request_list import RequestList
from clinic_desk.ui.planning.year_data import away_rows, closed_days, shares
from clinic_desk.ui.planning.year_strip import YearStrip
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import Chip, InkLabel, Rule, push
from clinic_desk.ui.widgets.forms.form import FormArea
from clinic_desk.ui.widgets.page import Page

TOUCHING = frozenset({"time_off_request", "doctor", "external", "appointment", "location"})
FREE = frozenset({"schedule_template", "availability_exception", "holiday"})


@dataclass(frozen=True, slots=True)
class _Read:
    cards: tuple[TimeOffCard, ...]
    roster: Roster


class TimeOffPage(Page):
    """``open`` takes nothing, a request's id, ("change", id), or (doctor id, start, end)."""

    wide = True
    key_hints = (
        ("N", "Ask"), ("A", "Approve"), ("D", "Decline"), ("E", "Change dates"),
        ("Enter", "Plan the visits"), ("Del", "Withdraw"), ("Esc", "Calendar"),
    )  # fmt: skip

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Time off", parent)
        self._context = context
        theme = context.theme
        self._cards: tuple[TimeOffCard, ...] = ()
        self._roster: Roster | None = None
        self._wanted: object = None
        self.deciding = Deciding(context, self)
        today = context.clock.now().date()
        self.list = RequestList(theme)
        self.form = RequestForm(theme, today)
        self.year = YearStrip(theme, today)
        self.empty = EmptyState(theme)
        self.stack = QStackedWidget()
        self.states: dict[TimeOffStatus, Chip] = {}
        for status, words in (
            (TimeOffStatus.REQUESTED, "Waiting"),
            (TimeOffStatus.APPROVED, "Approved"),
            (TimeOffStatus.DECLINED, "Declined"),
        ):
            self.states[status] = Chip(theme, words)
            self.states[status].setChecked(True)
        self.past = Chip(theme, "Past")
        self.who = QComboBox()
        self.who.setAccessibleName("Whose time off")
        self.who.setMinimumWidth(theme.px(150))
        self.new_button = push("Ask for time off", self, "primary")
        self.buttons.addWidget(self.new_button)
        self.bar = RequestBar(context.actor, self.new_button)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.list)

    def _lay_out(self) -> None:
        filters = QHBoxLayout()
        filters.setContentsMargins(12, 8, 12, 8)
        filters.setSpacing(8)
        for chip in (*self.states.values(), self.past):
            filters.addWidget(chip)
        filters.addStretch(1)
        filters.addWidget(self.who)
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.empty)
        left = QFrame()
        left.setObjectName("timeOffList")
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(filters)
        column.addWidget(Rule(self.theme))
        column.addWidget(self.stack, 1)
        column.addWidget(Rule(self.theme))
        column.addWidget(self.bar)
        self._right = QWidget()
        beside = QVBoxLayout(self._right)
        beside.setContentsMargins(16, 12, 16, 12)
        beside.setSpacing(12)
        beside.addWidget(self.form)
        beside.addWidget(Rule(self.theme))
        beside.addWidget(self.year, 10)
        legend = InkLabel(
            self.theme,
            "Bars: who is away, shaded while only asked for. Blue: how full the clinic is. "
            "Drag over days to choose them.",
            role="caption",
            ink="text2",
            wrap=True,
        )
        beside.addWidget(legend)
        beside.addStretch(1)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left, 1)
        self._side = FormArea(self._right)
        row.addWidget(self._side)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(row, 1)

    def _connect(self) -> None:
        for chip in (*self.states.values(), self.past):
            chip.toggled.connect(lambda _on: self._show_list())
        self.who.currentIndexChanged.connect(lambda _row: self._show_list())
        self.list.chosen.connect(self._show_actions)
        self.bar.acted.connect(self.act)
        self.list.itemDoubleClicked.connect(lambda _item: self.act("plan"))
        self.new_button.clicked.connect(self.ask_new)
        self.form.edited.connect(self._form_edited)
        self.form.sent.connect(self._send)
        self.form.left.connect(self._leave_form)
        self.year.picked.connect(self.form.put_days)
        self.year.turned.connect(lambda _year: self._ask_loads())
        self.empty.action_requested.connect(self.ask_new)
        self._context.operations.changed.connect(self._on_changes)
        self.deciding.told.connect(self.toast_requested)
        self.deciding.refused.connect(self._refused)
        self.deciding.hit.connect(self._plan)

    def open(self, what: object = None) -> None:
        self.message.clear()
        self._wanted = what
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.read()
        self._ask_loads()

    # -- reading -----------------------------------------------------------------------------

    def read(self) -> None:
        now = self._context.clock.now()
        self._context.operations.ask(
            lambda queries: _Read(absence.time_off(queries, now), queries.roster()),
            done=self._take,
            failed=self._refused,
            key="time-off",
        )

    def _take(self, found: _Read) -> None:
        self._cards = found.cards
        first = self._roster is None
        self._roster = roster = found.roster
        self.bar.doctors = roster.doctors
        doctors = sorted(
            (row for row in roster.doctors.values() if row.active),
            key=lambda row: (row.position, row.name),
        )
        self.form.know(roster, doctors)
        chosen = self.who.currentData()
        self.who.blockSignals(True)
        self.who.clear()
        self.who.addItem("All doctors", "")
        for doctor in doctors:
            self.who.addItem(doctor.name, doctor.id)
        self.who.setCurrentIndex(max(0, self.who.findData(chosen)))
        self.who.blockSignals(False)
        if first:
            self.form.begin()
        self.year.today = self.today
        self.year.show_away(away_rows(self.theme, found.cards, roster))
        waiting = sum(c.request.status is TimeOffStatus.REQUESTED for c in found.cards)
        self.subtitle.setText(
            f"{plural(waiting, 'request')} {'waits' if waiting == 1 else 'wait'} for a decision"
            if waiting
            else "Nothing waits for a decision"
        )
        self._show_list()
        self._answer_wish()
        self._form_edited()

    def _answer_wish(self) -> None:
        """What the page was opened with."""
        what, self._wanted = self._wanted, None
        if isinstance(what, str) and what:
            self._reveal(what)
        elif isinstance(what, tuple) and len(what) == 2 and what[0] == "change":
            self._reveal(str(what[1]))
            self.act("change")
        elif isinstance(what, tuple) and len(what) == 3:
            doctor_id, start, end = what
            self.form.begin(str(doctor_id), (start, end))
            self.form.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _reveal(self, request_id: Id) -> None:
        if not self.list.choose(request_id):
            for chip in (*self.states.values(), self.past):
                chip.setChecked(True)
            self.who.setCurrentIndex(0)
            self.list.choose(request_id)

    @property
    def today(self) -> date:
        zone = self._roster.practice.zone if self._roster is not None else "UTC"
        return local_date(self._context.clock.now(), zone)

    def _ask_loads(self) -> None:
        first, last = date(self.year.year, 1, 1), date(self.year.year, 12, 31)

        def done(found: tuple[DayLoad, ...]) -> None:
            self.year.show_loads(shares(found), closed_days(self._roster))

        self._context.operations.ask(
            lambda queries: queries.loads(first, last), done=done, key="time-off-year"
        )

    def _on_changes(self, changes: Changes) -> None:
        if not changes.kinds & (TOUCHING | FREE):
            return
        if self.isVisible():
            self.read()
            if changes.kinds - {"appointment"}:
                self._ask_loads()

    # -- the list ----------------------------------------------------------------------------

    def _show_list(self) -> None:
        roster = self._roster
        if roster is None:
            return
        now, doctor_id = self._context.clock.now(), self.who.currentData()
        shown = [
            card
            for card in self._cards
            if self.states[card.request.status].isChecked()
            and (self.past.isChecked() or card.request.end > now)
            and doctor_id in (None, "", card.request.doctor_id)
        ]
        self.list.show_cards(shown, roster, self.today)
        self.stack.setCurrentWidget(self.list if shown else self.empty)
        if not shown:
            older = "" if self.past.isChecked() else " Press “Past” for what is over."
            self.empty.explain(
                "calendar",
                "No time off to show",
                f"Nobody has asked for time off that fits these filters.{older}",
                "Ask for time off",
            )
        self._show_actions()

    def _show_actions(self) -> None:
        self.bar.show_card(self.list.current())

    def act(self, action: str) -> None:
        """approve, decline, plan, change or withdraw the chosen request."""
        card = self.list.current()
        if card is None or not self.bar.may(action):
            why = self.bar.why_not(action)
            if why:
                self.toast_requested.emit(why, False)
            return
        request = card.request
        self.message.clear()
        if action == "approve":
            self.deciding.approve(request)
        elif action == "decline":
            self.deciding.decline(request, f"{card.doctor_name}, {self.list.span(card)}")
        elif action == "plan":
            self.page_requested.emit("absence", request.id)
        elif action == "change":
            self.form.change(request)
        else:
            self.deciding.withdraw(request)

    def _plan(self, request_id: Id) -> None:
        """An approval has hit visits: on to the planner, if one still looks at this page."""
        if self.isVisible():
            self.page_requested.emit("absence", request_id)

    # -- the form ----------------------------------------------------------------------------

    def ask_new(self) -> None:
        """An empty form, over the days that are marked in the year."""
        self.form.begin()
        self.form.doctor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave_form(self) -> None:
        self.form.begin()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _form_edited(self) -> None:
        first, last = self.form.days
        self.year.show_range(first, max(first, last))
        wished = self.form.wished()
        if wished is None or wished.end <= wished.start:
            self.form.show_hits(None)
            return
        request = TimeOffRequest(
            id="", doctor_id=wished.doctor_id, start=wished.start, end=wished.end
        )
        now = self._context.clock.now()

        def count(queries: Queries) -> int:
            return len(absence.hits(queries, request, now))

        self._context.operations.ask(count, done=self.form.show_hits, key="time-off-hits")

    def _send(self, wished: Wished) -> None:
        self.form.send.setEnabled(False)

        def done(outcome: Outcome) -> None:
            self.form.send.setEnabled(True)
            self.form.begin()
            self._wanted = str(outcome.value)
            self.read()
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            self.toast_requested.emit(
                outcome.sentence or "Nothing was changed", bool(outcome.undo_label)
            )

        def refused(error: ClinicDeskError) -> None:
            self.form.send.setEnabled(True)
            if isinstance(error, Refusal) and error.field:
                self.form.say(error.sentence, error.field)
            else:
                self.form.say(message_for(error).sentence)

        self.deciding.send(wished, done, refused)

    def _refused(self, error: ClinicDeskError) -> None:
        self.message.show_message(message_for(error))
        self.read()

    # -- keys --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        focus = QApplication.focusWidget()
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QAbstractButton):
            focus.click()
            return
        keys = {
            Qt.Key.Key_A: "approve", Qt.Key.Key_D: "decline", Qt.Key.Key_E: "change",
            Qt.Key.Key_Return: "plan", Qt.Key.Key_Enter: "plan", Qt.Key.Key_Delete: "withdraw",
        }  # fmt: skip
        in_form = focus is not None and self.form.isAncestorOf(focus)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and not in_form and key in keys:
            self.act(keys[key])
        elif plain and not in_form and key == Qt.Key.Key_N:
            self.ask_new()
        elif key == Qt.Key.Key_Escape and in_form:
            self._leave_form()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        px = self.theme.px
        self._side.setFixedWidth(max(px(410), min(px(640), int(self.width() * 0.44))))
