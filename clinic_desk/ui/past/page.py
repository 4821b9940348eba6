"""The time machine: some days of the calendar as they stood at a moment, and who changed what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from PySide6.QtCore import QDate, QEvent, QObject, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QWidget,
)

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.services import past
from clinic_desk.services.outcome import Changes
from clinic_desk.services.past_views import PastChange, Story
from clinic_desk.services.ports import Queries
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import ROSTER_KINDS, RosterSource
from clinic_desk.ui.past.band import PastBand
from clinic_desk.ui.past.moment_bar import MomentBar
from clinic_desk.ui.past.picture import PastPicture, Taken, Wish, taken
from clinic_desk.ui.past.side import ALL, SINCE, ChangesSide
from clinic_desk.ui.runtime.alive import while_alive
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Ticket
from clinic_desk.ui.runtime.wording import Message, Tone
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.page import Page

MATTERS = ROSTER_KINDS | {"appointment", "external", "patient"}
SECOND = timedelta(seconds=1)
READ_ONLY = (
    "This is how the calendar stood on {moment}: nothing can be changed here. "
    "Enter opens a visit’s present card, Esc leads back to the calendar."
)
WRITING_KEYS = (
    QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo, QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
)  # fmt: skip


class PastPage(Page):
    """``open`` takes the day to look at, or a (day, doctor's id or None), or nothing: today."""

    key_hints = (
        ("[", "Change before"), ("]", "Change after"), ("Enter", "Present card"),
        ("Ctrl+PgDown", "Day after"), ("Esc", "Back to the calendar"),
    )  # fmt: skip
    alone = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Time machine", parent)
        self.context = context
        theme = context.theme
        self.source = RosterSource(context.operations, self)
        self.story: Story | None = None
        self.moment: datetime | None = None
        self.day = self.today()
        self._fresh = True
        self._loading: Ticket | None = None
        self.band = PastBand(theme, self)
        self.bar = MomentBar(theme, self)
        self.picture = PastPicture(theme, context.clock, self)
        self.side = ChangesSide(theme, self)
        self.before = self._arrow("chevron-left", "Day before", -1)
        self.after = self._arrow("chevron-right", "Day after", 1)
        self.day_field = QDateEdit(self)
        self.period = QComboBox(self)
        self.doctor = QComboBox(self)
        self._pause = QTimer(self, singleShot=True, interval=400)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.picture)

    def _arrow(self, icon: str, name: str, step: int) -> QPushButton:
        button = QPushButton()
        button.setIcon(self.theme.qicon(icon))
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.clicked.connect(lambda: self.show_day(self.day + timedelta(days=self.span * step)))
        dress = while_alive(button, lambda: button.setIcon(self.theme.qicon(icon)))
        self.theme.changed.connect(dress)
        return button

    def _lay_out(self) -> None:
        self.day_field.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.day_field.setDisplayFormat("ddd d MMM yyyy")
        self.day_field.setCalendarPopup(True)
        self.day_field.setKeyboardTracking(False)
        self.day_field.setAccessibleName("Day of the calendar")
        self.period.setAccessibleName("Day or week")
        self.period.addItem("Day", False)
        self.period.addItem("Week", True)
        self.doctor.setAccessibleName("Whose calendar")
        self.doctor.setMaximumWidth(self.theme.px(220))
        for widget in (self.before, self.day_field, self.after, self.period, self.doctor):
            self.buttons.addWidget(widget)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(12)
        self.splitter.setStyleSheet("QSplitter::handle { background: transparent; }")
        self.splitter.addWidget(self.picture)
        self.splitter.addWidget(self.side)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([1000, self.theme.px(340)])
        self.body.addWidget(self.band)
        self.body.addWidget(self.bar)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 12)
        row.setSpacing(0)
        row.addWidget(self.splitter, 1)
        row.addSpacing(16)
        self.body.addLayout(row, 1)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(8)
        self.bar.setContentsMargins(16, 0, 16, 0)

    def _connect(self) -> None:
        picture, bar, side = self.picture, self.bar, self.side
        bar.asked.connect(self.go_to)
        bar.slid.connect(self._slide)
        bar.stepped.connect(self.step)
        bar.now_asked.connect(lambda: self.go_to(self.context.clock.now()))
        picture.opened.connect(self.open_card)
        picture.card.seen.connect(self.context.operations.looked_at)
        picture.refused.connect(self.say_read_only)
        picture.day_stepped.connect(
            lambda step: self.show_day(self.day + timedelta(days=self.span * step))
        )
        picture.series_wanted.connect(self._open_series)
        picture.pointed.connect(self.side.find_visit)
        side.pointed.connect(self._point)
        side.opened.connect(lambda change: self.open_card(change.event.subject_id))
        side.before_asked.connect(self._go_before)
        side.marked.connect(self.set_mark)
        side.which.activated.connect(lambda _row: self._list())
        self.period.activated.connect(lambda _row: self.read())
        self.doctor.activated.connect(lambda _row: self._show())
        self.day_field.dateChanged.connect(
            lambda d: self.show_day(date(d.year(), d.month(), d.day()))
        )
        self.source.changed.connect(self._offer)
        self.context.operations.changed.connect(self._on_changes)
        self._pause.timeout.connect(self.read)
        for child in self.findChildren(QWidget):
            child.installEventFilter(self)

    # -- what is looked at ---------------------------------------------------------------------
    @property
    def week(self) -> bool:
        return bool(self.period.currentData())

    @property
    def span(self) -> int:
        """Days of a step."""
        return 7 if self.week else 1

    @property
    def zone(self) -> str:
        return self.source.zone

    def today(self) -> date:
        return words.local(self.context.clock.now(), self.zone).date()

    def days(self) -> tuple[date, date]:
        if not self.week:
            return self.day, self.day
        roster = self.source.roster
        begins = roster.practice.first_weekday if roster is not None else 0
        first = self.day - timedelta(days=(self.day.weekday() - begins) % 7)
        return first, first + timedelta(days=6)

    def open(self, what: object = None) -> None:
        self.message.clear()
        doctor: Id | None = None
        if isinstance(what, tuple):
            what, doctor = what
        self._fresh = True
        self.day = what if type(what) is date else self.today()
        if doctor is not None:
            self.doctor.setCurrentIndex(max(0, self.doctor.findData(doctor)))
        self.picture.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        self.read()

    def show_day(self, day: date) -> None:
        """Another day at the same moment."""
        if day != self.day:
            self.day = day
            self.picture.card.dismiss()
            self.read()

    def read(self) -> None:
        """Reads the events of the days anew; the moment stays."""
        self._pause.stop()
        first, last = self.days()
        with QSignalBlocker(self.day_field):
            self.day_field.setDate(QDate(self.day.year, self.day.month, self.day.day))
        until = "" if first == last else f" to {words.day_words(last, self.today())}"
        self.subtitle.setText(f"{words.day_words(first, self.today())}{until}")

        def question(queries: Queries, ticket: Ticket) -> Iterator[Story]:
            found = queries.past(first, last, stopped=lambda: ticket.cancelled)
            if not ticket.cancelled:
                yield found

        self._loading = self.context.operations.stream(
            question, piece=self._take, failed=self.message.show_error, key=f"past:{id(self)}"
        )

    def leave(self) -> bool:
        if self._loading is not None:
            self._loading.cancel()
        self.picture.card.dismiss()
        return True

    def _take(self, story: Story) -> None:
        self.story, self._loading = story, None
        now = self.context.clock.now()
        if self._fresh or self.moment is None:
            self._fresh = False
            self.moment = past.morning(story, now, self.zone)
            # a clinic that was set up today has no morning to look back from
            self.side.choose(SINCE if self.moment < now else ALL)
        self._show()

    # -- the moment ----------------------------------------------------------------------------
    def go_to(self, moment: datetime) -> None:
        """Shows that moment (aware UTC), or says why there is nothing to see."""
        if self.story is None:
            return
        try:
            self.moment = past.checked(moment, self.story, self.context.clock.now(), self.zone)
        except Refusal as refusal:
            self.message.show_message(Message(refusal.sentence, Tone.WARN, field="moment"))
            self.bar.mark_fault(True)
            announce(self.bar.day, refusal.sentence, urgent=True)
            return
        self.message.clear()
        self._show()

    def step(self, direction: int) -> None:
        """To the change before (−1) or after (1) this moment."""
        if self.story is None or self.moment is None:
            return
        stops = past.steps(self.story)
        passed = past.before(stops, self.moment)
        if direction < 0:
            standing_on = passed > 0 and stops[passed - 1] == self.moment
            self._slide(passed - 1 if standing_on else passed)
            if not passed:
                self._tell("There is no earlier change of these days.")
        elif passed < len(stops):
            self._slide(passed + 1)
        else:
            self._tell("There is no later change of these days.")

    def _slide(self, passed: int) -> None:
        """The moment at which so many changes of the days had happened."""
        if self.story is None:
            return
        stops = past.steps(self.story)
        if passed > 0:
            self.go_to(stops[min(passed, len(stops)) - 1])
        elif stops:
            born = self.story.born or stops[0]
            self.go_to(max(born, stops[0] - SECOND))

    def set_mark(self) -> None:
        """From now on the list tells what lies between this moment and the one shown."""
        if self.moment is not None:
            self.side.set_mark(self.moment)
            self._list()

    def _show(self) -> None:
        """The picture of the moment, worked out off the main thread."""
        story, moment = self.story, self.moment
        if story is None or moment is None:
            return
        self.bar.show_moment(moment, past.steps(story), self.zone)
        stood = past.moment_text(moment, self.context.clock.now(), self.zone)
        self.band.say(f"As it stood on {stood} – read only")
        wish = Wish(story.first, story.last, moment, self.week, self.doctor.currentData())
        measure = self.picture.grid.measure(week=self.week)
        self.context.operations.ask(
            lambda _queries: taken(story.at(moment), wish, measure),
            done=self._picture,
            failed=self.message.show_error,
            key=f"past-picture:{id(self)}",
        )
        self._list()

    def _picture(self, made: Taken) -> None:
        self.picture.show_picture(made)
        if self.story is not None:
            doctors = {cell.doctor_id for cell in made.data.cells}
            self.context.operations.looked_at_days(self.story.first, self.story.last, doctors)
        visits = words.plural(len(made.data.cells), "visit")
        self.subtitle.setText(f"{self.subtitle.text().partition(' · ')[0]} · {visits}")

    # -- who changed what ----------------------------------------------------------------------
    def _list(self) -> None:
        story, moment, roster = self.story, self.moment, self.source.roster
        if story is None or moment is None or roster is None:
            return
        now, chosen = self.context.clock.now(), self.doctor.currentData()
        self.side.tell(story, moment, roster, self.zone, now, chosen)

    def _point(self, change: PastChange) -> None:
        """Highlights the visit of a change, if it stood there at that moment."""
        if change.event.subject_kind == "appointment" and not self.picture.highlight(
            change.event.subject_id
        ):
            self._tell(
                "At this moment it did not stand on these days; "
                "“Just before it” shows where it was then."
            )

    def _go_before(self, change: PastChange) -> None:
        if self.story is not None:
            self.go_to(max(change.moment - SECOND, self.story.born or change.moment))

    def open_card(self, visit_id: Id) -> None:
        """The visit's card as it is at present."""
        gone = self.story is not None and visit_id in self.story.gone
        if gone:
            self._tell("This booking was taken back; there is no card of it any more.")
        elif any(c.id == visit_id for c in self.picture.cells()) or self._is_visit(visit_id):
            self.visit_requested.emit(visit_id)

    def _is_visit(self, subject_id: Id) -> bool:
        changes = self.story.changes if self.story is not None else ()
        return any(
            c.event.subject_id == subject_id and c.event.subject_kind == "appointment"
            for c in changes
        )

    def _open_series(self, visit_id: Id) -> None:
        if self.story is not None and visit_id in self.story.gone:
            self._tell("This booking was taken back; it belongs to no series any more.")
        else:
            self.page_requested.emit("series", visit_id)

    # -- keys ----------------------------------------------------------------------------------
    def say_read_only(self) -> None:
        if self.moment is not None:
            stood = past.moment_text(self.moment, self.context.clock.now(), self.zone)
            self._tell(READ_ONLY.format(moment=stood))

    def _tell(self, sentence: str) -> None:
        self.message.show_message(Message(sentence, Tone.INFO))
        announce(self, sentence)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Undo and redo would write: here they are asked of the page, which says so."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            typing = isinstance(self.focusWidget(), QDateEdit)
            if not typing and any(event.matches(key) for key in WRITING_KEYS):
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left, right = (1, -1) if mirrored else (-1, 1)
        if event.text() in ("[", "]"):
            self.step(-1 if event.text() == "[" else 1)
        elif control and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.step(left if event.key() == Qt.Key.Key_Left else right)
        elif event.text().lower() == "k" and not control:
            self.set_mark()
        elif any(event.matches(key) for key in WRITING_KEYS):
            self.say_read_only()
        elif event.key() == Qt.Key.Key_Escape and self.message.isVisible():
            self.message.clear()
        else:
            super().keyPressEvent(event)

    # -- following -----------------------------------------------------------------------------
    def _offer(self) -> None:
        kept = self.doctor.currentData()
        with QSignalBlocker(self.doctor):
            self.doctor.clear()
            self.doctor.addItem("All doctors", None)
            for doctor in self.source.doctors():
                self.doctor.addItem(words.doctor_name(doctor), doctor.id)
            self.doctor.setCurrentIndex(max(0, self.doctor.findData(kept)))
        self._list()

    def _on_changes(self, changes: Changes) -> None:
        if changes.kinds & MATTERS and self.isVisible():
            self._pause.start()
