"""The absence planner: every visit that an absence hits, and a new place for each."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.spans import local_date, zone
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services.absence_standing import Standing
from clinic_desk.services.planning_views import AbsencePlan
from clinic_desk.services.time_off import (
    EVERYBODY,
    KIND_WORDS,
    closed_words,
    doctor_zone,
    span_text,
)
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import pattern_of
from clinic_desk.ui.planning.calls import Calls, CallsBusy, below
from clinic_desk.ui.planning.landing import Landing
from clinic_desk.ui.planning.plan_head import Counters, Criteria
from clinic_desk.ui.planning.plan_landing import landing_data
from clinic_desk.ui.planning.plan_panel import PlanPanel
from clinic_desk.ui.planning.plan_rows import PlanBook, PlanRow, RowState
from clinic_desk.ui.planning.plan_table import NOT_YET, PlanTable
from clinic_desk.ui.planning.plan_work import PlanWork
from clinic_desk.ui.planning.state_chip import StateChip
from clinic_desk.ui.runtime.allowed import shut, why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.badge import Badge
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import Rule, push
from clinic_desk.ui.widgets.page import Page

TALL = 800
"""Pixels of height from which the four weeks have all their room."""

LOW = 520
"""Up to this height the table needs the room of the four weeks."""


class AbsencePage(Page):
    """``open`` takes the id of a request for time off, or of blocked time."""

    wide = True
    key_hints = (
        ("Enter", "Accept"),
        ("O", "Other slot"),
        ("P", "Shelf"),
        ("W", "Waiting list"),
        ("Ctrl+Enter", "Accept all"),
        ("Esc", "Close"),
    )

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Time off", parent)
        self._context = context
        theme = context.theme
        self._of_closure = False
        self.work = PlanWork(context, self)
        self.badge = Badge(theme, header=True)
        self.header.insertWidget(1, self.badge)
        self.chip = StateChip(theme)
        self.approve_button = push("Approve", self, "primary")
        why = why_not(context.actor, Permission.DECIDE_TIME_OFF)
        if why:
            shut([self.approve_button], why)
        self.approve_button.clicked.connect(self.work.approve)
        self.calls = Calls(context.operations, self._calls_plan, self)
        self.calls_button = push(" Call list", self)
        self.calls_button.setIcon(theme.qicon("phone"))
        self.calls_menu = self.calls.menu(theme)
        self.calls_button.setAccessibleDescription("Opens a menu")
        # a button with a menu of its own leaves no room for its words in a mirrored window
        self.calls_button.clicked.connect(lambda: below(self.calls_button, self.calls_menu))
        self.dates_button = push(" Change dates", self)
        self.dates_button.setIcon(theme.qicon("edit"))
        self.dates_button.clicked.connect(self._change_dates)
        self.calls_busy = CallsBusy(self.calls)
        for widget in (
            self.chip, self.approve_button, self.calls_busy, self.calls_button, self.dates_button
        ):  # fmt: skip
            self.buttons.addWidget(widget)
        self.counters = Counters(theme)
        self.criteria = Criteria(theme)
        self.table = PlanTable(theme)
        self.landing = Landing(theme)
        self.panel = PlanPanel(context)
        self.empty = EmptyState(theme)
        self.stack = QStackedWidget()
        self._lay_out(theme)
        self._connect()
        self.setFocusProxy(self.table)

    def _lay_out(self, theme: Theme) -> None:
        left = QFrame()
        left.setObjectName("planCanvas")
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.counters)
        column.addWidget(Rule(theme))
        column.addWidget(self.criteria)
        column.addWidget(self.table, 1)
        column.addWidget(self.landing)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left, 1)
        row.addWidget(self.panel)
        self.stack.addWidget(whole)
        self.stack.addWidget(self.empty)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.stack, 1)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        for button, icon in ((self.calls_button, "phone"), (self.dates_button, "edit")):
            button.setIcon(self.theme.qicon(icon))

    def _tell(self, sentence: str, undo: bool) -> None:
        """What was done is told anywhere; what merely came about, only where it is looked at."""
        if undo or self.isVisible():
            self.toast_requested.emit(sentence, undo)

    def _connect(self) -> None:
        work = self.work
        work.changed.connect(self._show)
        work.searched.connect(self.counters.show_search)
        work.told.connect(self._tell)
        work.noted.connect(lambda sentence: announce(self.table, sentence))
        work.refused.connect(lambda error: self.message.show_message(message_for(error)))
        work.gone.connect(self._show_gone)
        self.counters.all_asked.connect(self.accept_all)
        self.counters.rest_asked.connect(self._park_rest)
        self.counters.stop_asked.connect(work.stop)
        self.criteria.changed.connect(work.look_for)
        self.criteria.again_asked.connect(work.find)
        self.table.chosen.connect(lambda _row_id: self._show_row())
        self.table.acted.connect(self._act)
        self.table.all_asked.connect(self.accept_all)
        self.panel.acted.connect(lambda action: self._act(action, self.table.current_id()))
        self.calls.told.connect(self.toast_requested)
        self.calls.print_requested.connect(
            lambda what: self.page_requested.emit("print", ("calls", what))
        )
        self.calls.progress.connect(lambda _done, number: self.calls_button.setEnabled(not number))
        self.calls.refused.connect(lambda error: self.message.show_message(message_for(error)))
        self.message.chosen.connect(lambda _way: work.find())
        self.empty.action_requested.connect(self._show_all)

    # -- what the window calls ---------------------------------------------------------------

    def open(self, what: object = None) -> None:
        self.message.clear()
        if isinstance(what, str) and what:
            self.table.choose("")
            self.work.open(what)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.work.book is None:
            self._show_gone()

    def print_page(self) -> bool:
        self.calls.print_list()
        return True

    @property
    def book(self) -> PlanBook | None:
        return self.work.book

    # -- showing -----------------------------------------------------------------------------

    def _show(self) -> None:
        book = self.work.book
        found = book.standing if book is not None else None
        if book is None or found is None:
            return
        self._show_head(found)
        counts = book.counts()
        if not counts.all:
            self._show_nothing(found)
            return
        self.stack.setCurrentIndex(0)
        self.counters.show_counts(counts, allowed=self.work.allowed)
        self.criteria.say("" if self.work.allowed else "Nothing is moved before it is approved.")
        allowed = self.work.allowed
        self.table.show_book(book, found.roster, self._today(found).year, allowed=allowed)
        if not self.table.current_id():
            first = next((row for row in book.rows if row.to_place), book.rows[0])
            self.table.choose(first.id)
        self._show_row()
        self.landing.show_data(landing_data(book, found))

    def _today(self, found: Standing) -> date:
        return local_date(self._context.clock.now(), found.roster.practice.zone)

    def _show_head(self, found: Standing) -> None:
        request, roster, theme = found.request, found.roster, self.theme
        doctor = roster.doctors.get(request.doctor_id)
        closed = self._of_closure = request.doctor_id == EVERYBODY
        self.calls_button.show()
        name = request.reason if closed else doctor.name if doctor is not None else "Doctor"
        head = "Closed" if closed else "Blocked" if found.blocked else "Time off"
        self.title.setText(f"{head} · {' '.join(name.split())[:60]}")
        self.badge.setVisible(not closed)
        if doctor is not None:
            pattern = pattern_of(doctor.pattern)
            self.badge.show_doctor(doctor.code, theme.doctor_colour(doctor.colour, pattern))
        where = doctor_zone(roster, request.doctor_id)
        kind = KIND_WORDS[request.kind]
        if found.blocked:
            kind = closed_words(roster, request) if closed else "blocked time"
        parts = [span_text(request, where, self._today(found)), kind]
        if request.reason and not closed and request.reason.casefold() != kind:
            parts.append(" ".join(request.reason.split()))
        words = " · ".join(parts)
        self.subtitle.setText(words)
        self.chip.show_state(request.status, self._decided(found))
        self.chip.setVisible(not found.blocked)
        self.dates_button.setVisible(not found.blocked)
        self.approve_button.setVisible(request.status is not TimeOffStatus.APPROVED)

    def _decided(self, found: Standing) -> str:
        """ "approved by T. Lindholm 10:36"."""
        request = found.request
        words = request.status.value
        if request.status is TimeOffStatus.REQUESTED:
            return "not decided yet"
        if found.decided_by:
            words += f" by {found.decided_by}"
        if request.decided_at is not None:
            when = request.decided_at.astimezone(zone(found.roster.practice.zone))
            same = when.date() == self._today(found)
            words += f" {when:%H:%M}" if same else f" {when.day}.{when.month}.{when:%y}"
        return words

    def _show_nothing(self, found: Standing) -> None:
        request = found.request
        where = doctor_zone(found.roster, request.doctor_id)
        self.empty.explain(
            "check",
            "No visit to move",
            f"Nothing is booked {span_text(request, where, self._today(found))} that would have "
            "to move for this.",
            self._all_words,
        )
        self.stack.setCurrentIndex(1)

    def _show_gone(self) -> None:
        what = "closure" if self._of_closure else "time off"
        self.title.setText("Closed" if self._of_closure else "Time off")
        self.subtitle.setText("")
        for widget in (
            self.chip, self.approve_button, self.dates_button, self.calls_button, self.badge
        ):  # fmt: skip
            widget.hide()
        self.empty.explain(
            "calendar",
            f"This {what} is no longer there",
            f"It was {'removed' if self._of_closure else 'withdrawn'}, or the step that made it "
            "was undone. Ctrl+Shift+Z brings back what was just undone.",
            self._all_words,
        )
        self.stack.setCurrentIndex(1)

    @property
    def _all_words(self) -> str:
        return "All closures" if self._of_closure else "All time off"

    def _show_all(self) -> None:
        name = "settings" if self._of_closure else "time_off"
        self.page_requested.emit(name, "closures" if self._of_closure else None)

    def _show_row(self) -> None:
        book = self.work.book
        found = book.standing if book is not None else None
        if book is None or found is None:
            return
        row = book.row(self.table.current_id())
        self.panel.show_row(row, found.roster, found.request, allowed=self.work.allowed)

    def _calls_plan(self) -> AbsencePlan | None:
        return self.work.book.as_plan() if self.work.book is not None else None

    # -- doing -------------------------------------------------------------------------------

    def accept_all(self) -> None:
        self.message.clear()
        if self._may():
            self.work.accept_all()

    def _park_rest(self) -> None:
        self.message.clear()
        if self._may() and self.work.book is not None:
            self.work.park(self.work.book.rows)

    def _may(self) -> bool:
        if not self.work.allowed:
            self.toast_requested.emit(NOT_YET, False)
        return self.work.allowed

    def _act(self, action: str, row_id: Id) -> None:
        book = self.work.book
        row = book.row(row_id) if book is not None else None
        if row is None:
            return
        self.message.clear()
        self.table.choose(row_id)
        if action in ("other", "place"):
            if not self.panel.focus_others():
                self.toast_requested.emit(
                    "There is no other opening; look further ahead, or put it on the shelf.", False
                )
            return
        if not self._may():
            return
        if action == "undo":
            self.work.take_back(row)
            return
        done = False
        if action == "accept":
            chosen = self.panel.choice if self.panel.row and self.panel.row.id == row.id else None
            done = row.to_place and self.work.accept(row, chosen or row.slot)
        elif action == "shelf":
            done = self.work.park([row])
        elif action == "wait":
            done = self.work.wait(row)
        if done:
            self._go_on(row)

    def _go_on(self, row: PlanRow) -> None:
        """The cursor onto the next visit that needs a place, the keyboard back to the table."""
        book = self.work.book
        rows = book.rows if book is not None else []
        place = next((n for n, one in enumerate(rows) if one.id == row.id), 0)
        after = [*rows[place + 1 :], *rows[:place]]
        target = next((one for one in after if one.state is RowState.OPEN), None)
        if target is not None:
            self.table.choose(target.id)
        focus = QApplication.focusWidget()
        if focus is not None and self.panel.isAncestorOf(focus):
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _change_dates(self) -> None:
        if self.work.book is not None:
            self.page_requested.emit("time_off", ("change", self.work.book.request_id))

    # -- keys --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key, mods = event.key(), event.modifiers()
        mods &= ~Qt.KeyboardModifier.KeypadModifier
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and mods == Qt.KeyboardModifier.ControlModifier:
            self.accept_all()
            return
        focus = QApplication.focusWidget()
        if enter and not mods and isinstance(focus, QAbstractButton):
            focus.click()
            return
        if key == Qt.Key.Key_Escape and focus is not None and focus is self.panel.others:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        letters = {Qt.Key.Key_O: "other", Qt.Key.Key_P: "shelf", Qt.Key.Key_W: "wait"}
        action = "accept" if enter else letters.get(Qt.Key(key), "")
        if action and not mods:
            self._act(action, self.table.current_id())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        px = self.theme.px
        share = 0.27 if self.width() > px(1250) else 0.3
        self.panel.setFixedWidth(max(px(270), min(px(400), int(self.width() * share))))
        self.landing.setFixedHeight(px(168) if self.height() > px(TALL) else px(128))
        self.landing.setVisible(self.height() > px(LOW))
