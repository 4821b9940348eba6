""" "Why not 10:15?": every rule's answer about one start, a sentence for the phone, and the
nearest that work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.availability.model import Explanation, Reason, Slot, Verdict
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import at_local
from clinic_desk.services import openings
from clinic_desk.services.openings import Criteria
from clinic_desk.services.ports import Queries
from clinic_desk.services.when import parse_when
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.sites import both_clocks, both_moment
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.bits import BADGE, InkLabel, badge_icon, leading_icon, push

ICONS = {Verdict.REFUSE: "refuse", Verdict.WARN: "warn", Verdict.OK: "check"}
NEAREST = 3
HELP = (
    "The caller asks for a certain time? Type it here (Y), or click a place in the day.\n\n"
    "You will see what speaks for and against it, a sentence to say on the phone, and the "
    "nearest times that work."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What *explain* said, and up to three places that work instead."""

    explanation: Explanation
    nearest: tuple[Slot, ...]


class WhyNotPanel(QWidget):
    """``slot_wanted`` carries the ``Slot`` of a button; ``escaped`` gives the focus back."""

    slot_wanted = Signal(object)
    escaped = Signal()

    def __init__(self, context: Context, source: RosterSource, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._source = context, source
        self._theme = context.theme
        self._criteria: Criteria | None = None
        self.own_holds: Callable[[], frozenset[Id]] = frozenset
        self._day: date | None = None
        self._asked_about: tuple[Id, datetime] | None = None
        self.answer: Answer | None = None
        theme = self._theme
        self.title = InkLabel(theme, "Why not…?", role="title", bold=True)
        self.time = QLineEdit(self)
        self.time.setPlaceholderText("wed 10:15")
        self.time.setAccessibleName("Day and time to ask about, for example wed 10:15")
        leading_icon(self.time, theme, "clock")
        self.doctor = QComboBox(self)
        self.doctor.setIconSize(BADGE)
        self.doctor.setAccessibleName("Doctor to ask about")
        self._help = InkLabel(theme, HELP, ink="text2", wrap=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._speech = InkLabel(theme, "", wrap=True)
        self._speech_title = InkLabel(theme, "Say on the phone", role="caption", bold=True)
        self._near_title = InkLabel(theme, "Nearest that work", role="caption", bold=True)
        self._near = QVBoxLayout()
        self._near.setSpacing(6)
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(12)
        column.addWidget(self.title)
        asked = self._asked = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        asked.setSpacing(8)
        asked.addWidget(self.time, 1)
        asked.addWidget(self.doctor, 1)
        column.addLayout(asked)
        column.addWidget(self._help)
        box = QFrame(self)
        box.setFrameShape(QFrame.Shape.StyledPanel)
        box.setLayout(self._list)
        self._list.setContentsMargins(12, 8, 12, 8)
        self._box = box
        column.addWidget(box)
        column.addWidget(self._speech_title)
        column.addWidget(self._speech)
        column.addWidget(self._near_title)
        column.addLayout(self._near)
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self.time.returnPressed.connect(self.ask)
        self.doctor.activated.connect(lambda _index: self.ask())
        source.changed.connect(self._fill)
        self._fill()
        self._hide_answer()

    def _fill(self) -> None:
        kept = self.doctor.currentData()
        self.doctor.clear()
        for doctor in self._source.doctors():
            self.doctor.addItem(
                badge_icon(self._theme, doctor), words.doctor_short(doctor), doctor.id
            )
        self.doctor.setCurrentIndex(max(0, self.doctor.findData(kept)))

    def prepare(self, criteria: Criteria, day: date, doctor_id: Id | None) -> None:
        """What is being looked for, and the day and doctor that a bare time means."""
        self._criteria, self._day = criteria, day
        if doctor_id is not None and not self.time.hasFocus():
            self.doctor.setCurrentIndex(max(0, self.doctor.findData(doctor_id)))

    def forget(self) -> None:
        """The next caller asks anew."""
        self.time.clear()
        self.title.setText("Why not…?")
        self._hide_answer()

    def ask_about(self, doctor_id: Id, start: datetime) -> None:
        """A place was clicked."""
        self.doctor.setCurrentIndex(max(0, self.doctor.findData(doctor_id)))
        self.time.setText(words.moment_words(start, self._zone_of(doctor_id)))
        self.time.setCursorPosition(0)
        self._question(doctor_id, start)

    def ask_again(self) -> None:
        """The diary has changed: what is answered here is asked anew, and stays until then."""
        if self.answer is not None and self._asked_about is not None:
            self._question(*self._asked_about)

    def _zone_of(self, doctor_id: Id) -> str:
        """The clock that a bare time is read on: that of the site looked for, else that of the
        doctor's sites when they share one, else the clinic's."""
        source, wanted = self._source, self._criteria.location_id if self._criteria else None
        if wanted:
            return source.zone_at(wanted)
        doctor = source.roster.doctors.get(doctor_id) if source.roster else None
        zones = {source.zone_at(site) for site in (doctor.location_ids if doctor else ())}
        return zones.pop() if len(zones) == 1 else source.zone

    def ask(self) -> None:
        """Reads the field: a time, perhaps with a day."""
        doctor_id = self.doctor.currentData()
        if self._day is None or doctor_id is None:
            return
        zone = self._zone_of(doctor_id)
        today = words.local(self._context.clock.now(), zone).date()
        when = parse_when(self.time.text(), today)
        if when.minute is None:
            self._hide_answer()
            self.title.setText("Which time? Try “wed 10:15”.")
            return
        day = when.first or self._day
        if when.weekdays and when.first is None:
            wanted = min(when.weekdays)
            for step in range(7):
                other = date.fromordinal(max(today, self._day).toordinal() + step)
                if other.weekday() == wanted:
                    day = other
                    break
        self._question(doctor_id, at_local(day, when.minute, zone))

    def _question(self, doctor_id: Id, start: datetime) -> None:
        criteria, now, zone = self._criteria, self._context.clock.now(), self._zone_of(doctor_id)
        if criteria is None:
            return
        self._asked_about = doctor_id, start
        # What is held for this caller is free for this caller.
        criteria = replace(criteria, ignore_ids=criteria.ignore_ids | self.own_holds())

        def work(queries: Queries) -> Answer:
            found = openings.why_not(queries, criteria, now, doctor_id, start)
            wall = words.local(start, zone)
            near = [found.next_free] if found.next_free is not None else []
            same_time = replace(
                criteria,
                doctor_ids=(),
                first=wall.date(),
                last=wall.date(),
                minute=wall.hour * 60 + wall.minute,
                weekdays=frozenset(),
            )
            for ranked in openings.first_openings(queries, same_time, now, count=NEAREST):
                if ranked.slot not in near:
                    near.append(ranked.slot)
            return Answer(found, tuple(near[:NEAREST]))

        self._context.operations.ask(work, done=self._show, key=f"why:{id(self)}")

    def _show(self, answer: Answer) -> None:
        if answer == self.answer:
            return
        if self.isAncestorOf(self.focusWidget() or self):
            self.time.setFocus()  # the button that has the focus goes
        self.answer = answer
        found = answer.explanation
        zone = self._source.zone_at(found.location_id)
        clock = both_clocks(found.start, zone, self._source.zone)
        free = found.verdict is Verdict.OK
        self.title.setText(f"{clock} works" if free else f"Why not {clock}?")
        _clear(self._list)
        order = {Verdict.REFUSE: 0, Verdict.WARN: 1, Verdict.OK: 2}
        for reason in sorted(found.reasons, key=lambda one: order[one.verdict]):
            self._list.addWidget(self._reason_row(reason))
        self._box.show()
        self._help.hide()
        self._speech.setText(self.speech())
        _clear(self._near)
        for slot in answer.nearest:
            self._near.addWidget(self._slot_button(slot))
        for widget in (self._speech, self._speech_title):
            widget.show()
        self._near_title.setVisible(bool(answer.nearest))

    def _reason_row(self, reason: Reason) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 6, 0, 6)
        line.setSpacing(8)
        icon = Label(row)
        icon.setPixmap(self._theme.icon(ICONS[reason.verdict], 16))
        texts = QVBoxLayout()
        texts.setSpacing(1)
        bold = reason.verdict is Verdict.REFUSE
        texts.addWidget(InkLabel(self._theme, reason.sentence, bold=bold, wrap=True))
        if reason.detail:
            texts.addWidget(
                InkLabel(self._theme, reason.detail, role="grid", ink="text2", wrap=True)
            )
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(texts, 1)
        return row

    def _slot_button(self, slot: Slot) -> QPushButton:
        roster = self._source.roster
        zone = self._source.zone_at(slot.location_id)
        asked = self.answer.explanation.start if self.answer else slot.start
        same_day = words.local(slot.start, zone).date() == words.local(asked, zone).date()
        when = (both_clocks if same_day else both_moment)(slot.start, zone, self._source.zone)
        room = roster.rooms.get(slot.room_id or "") if roster else None
        doctor = roster.doctors.get(slot.doctor_id) if roster else None
        text = f"{when}  {words.doctor_short(doctor) if doctor else ''}"
        button = push(f"{text}  {room.name}" if room else text, self)
        if doctor is not None:
            button.setIcon(badge_icon(self._theme, doctor))
            button.setIconSize(BADGE)
        button.setStyleSheet("text-align: left;")
        button.clicked.connect(lambda: self.slot_wanted.emit(slot))
        return button

    def speech(self) -> str:
        """What the receptionist can read out, patients' names left out."""
        answer, roster = self.answer, self._source.roster
        if answer is None or roster is None:
            return ""
        found = answer.explanation
        zone = self._source.zone_at(found.location_id)
        home = roster.practice.zone
        when = both_moment(found.start, zone, home)
        who = words.doctor_of(roster, found.doctor_id)
        if found.verdict is Verdict.OK:
            return f"“{when} with {who} is free. Shall I book it for you?”"
        worst = found.worst
        why = PHONE.get(worst.code, "that time cannot be booked") if worst else "that is not free"
        offers = openings.offer_text(list(answer.nearest[:2]), roster)
        tail = f" I can offer you {offers}." if offers else " May I look for another day?"
        return f"“I am sorry, at {both_clocks(found.start, zone, home)} {who} {why}.{tail}”"

    def _hide_answer(self) -> None:
        self.answer = self._asked_about = None
        for widget in (self._box, self._speech, self._speech_title, self._near_title):
            widget.hide()
        _clear(self._near)
        self._help.show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        roomy = self.width() >= self._theme.px(340)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._asked.setDirection(across if roomy else down)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            return
        super().keyPressEvent(event)


PHONE = {
    "past": "cannot be booked any more",
    "hours": "is not working",
    "break": "is on a break",
    "reserved": "keeps this time for another kind of visit",
    "closed": "is away, the clinic is closed",
    "time_off": "is away",
    "exception": "is not available",
    "doctor_busy": "is with another patient",
    "buffer": "needs time between two patients",
    "travel": "is on the way from or to another site",
    "room": "has no room there for this kind of visit",
    "room_busy": "has no room free",
    "patient_busy": "would meet you, but you have another visit then",
    "not_offered": "does not offer this kind of visit",
    "location": "is at another site",
    "external_busy": "is busy",
    "held": "is being booked by somebody else",
    "day_limit": "has no visits left on that day",
    "notice": "cannot be booked at such short notice",
    "horizon": "cannot be booked so far ahead",
    "length": "has no room for a visit of this length",
    "step": "starts visits at other minutes",
}
"""Why, in words for the caller, after "Dr Demir …"."""


def _clear(layout: QVBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
