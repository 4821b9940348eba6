"""A freed slot and the best three people to ring, at the lower edge of the window.

It takes a strip of its own instead of lying over the work, waits until it is answered or put away,
and never takes the keyboard by itself: F7 comes to it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.appointments import FINAL, Status
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.waitlist import NOTE_LIMIT, OfferResult
from clinic_desk.services.freed import Offering
from clinic_desk.services.planning_views import WaitlistMatch
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.sites import both_spans
from clinic_desk.ui.runtime.allowed import keep_shut, why_not, why_not_theirs
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import length_text
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.runtime.wording import message_for
from clinic_desk.ui.waitlist.offer_desk import OfferDesk
from clinic_desk.ui.waitlist.offer_tile import OfferTile
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import ElidedInk, HintButton, KeyHints, push

MOST = 3
LEAST_TILE = 200
SIDE = 216
HINTS = (("F7", "here"), ("←→", "who"), ("Esc", "back"))
RESULT_KEYS = {
    Qt.Key.Key_R: OfferResult.REFUSED,
    Qt.Key.Key_N: OfferResult.NO_ANSWER,
    Qt.Key.Key_L: OfferResult.CALL_BACK,
    Qt.Key.Key_M: OfferResult.OPEN,
}


class NoteLine(QLineEdit):
    """Enter and Esc lead back to the bar and mean nothing else."""

    done = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.done.emit()
        else:
            super().keyPressEvent(event)


class OfferBar(QWidget):
    """``left`` hands the keyboard back to the page; ``patient_requested`` a patient's id."""

    left = Signal()
    patient_requested = Signal(str)

    def __init__(
        self, context: Context, desk: OfferDesk, source: RosterSource, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._context, self._theme, self._clock = context, context.theme, context.clock
        self.desk, self._source = desk, source
        self._chosen = ""
        """The entry that the keys are about, so that a refresh changes nobody under the finger."""
        self._first = 0
        theme = context.theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.title = ElidedInk(theme, "", role="body", bold=True, parent=self)
        self.detail = ElidedInk(theme, "", role="grid", ink="text2", parent=self)
        self.hints = KeyHints(theme, HINTS, self)
        self.tiles = [OfferTile(theme, number, self) for number in range(1, MOST + 1)]
        self.book_button = HintButton(theme, "Book", "Enter", self)
        self.refused_button = push("Refused", self)
        self.silent_button = push("No answer", self)
        self.later_button = push("Call back", self)
        self.message_button = push("Message", self)
        self.close_button = push("", self, "ghost")
        self.note = NoteLine(self)
        self.note.setMaxLength(NOTE_LIMIT)
        self.note.setPlaceholderText("Note on this call (optional, press /)")
        self.note.setAccessibleName("Note on this call")
        self.trouble = ElidedInk(theme, "", role="grid", ink="refuse", parent=self)
        self.trouble.hide()
        self._lay_out()
        self._connect()
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def _lay_out(self) -> None:
        self._side = QWidget(self)
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(2)
        for part in (self.title, self.detail, self.hints):
            side.addWidget(part)
        side.addStretch(1)
        keys = QHBoxLayout()
        keys.setSpacing(6)
        for button in (self.book_button, *self._answers(), self.close_button):
            button.setProperty("density", "compact")
            keys.addWidget(button)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addLayout(keys)
        right.addWidget(self.note)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._side)
        for tile in self.tiles:
            row.addWidget(tile, 1)
        row.addLayout(right)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 9, 12, 7)
        column.setSpacing(4)
        column.addWidget(self.trouble)
        column.addLayout(row)

    def _connect(self) -> None:
        self.desk.changed.connect(self.refresh)
        self.desk.refused.connect(self._refused)
        self.desk.arrived.connect(self._arrived)
        self._source.changed.connect(self.refresh)
        for number, tile in enumerate(self.tiles):
            tile.clicked.connect(lambda _on=False, number=number: self._pick(number))
        self.book_button.clicked.connect(self.book)
        self.refused_button.clicked.connect(lambda: self.record(OfferResult.REFUSED))
        self.silent_button.clicked.connect(lambda: self.record(OfferResult.NO_ANSWER))
        self.later_button.clicked.connect(lambda: self.record(OfferResult.CALL_BACK))
        self.message_button.clicked.connect(lambda: self.record(OfferResult.OPEN))
        self.close_button.clicked.connect(self.put_away)
        self.note.done.connect(self.setFocus)
        for button, key in zip(self._answers()[1:], "RNL", strict=True):
            button.setToolTip(f"{button.text()} ({key})")
        self.message_button.setToolTip("Offer it by a message: SMS, e-mail or WhatsApp (M)")
        self.close_button.setToolTip("Do not offer this slot (Delete)")
        self.close_button.setAccessibleName("Do not offer this slot")

    # what is shown

    @property
    def offering(self) -> Offering | None:
        return self.desk.current

    @property
    def people(self) -> tuple[WaitlistMatch, ...]:
        offering = self.offering
        return self.desk.matches(offering) if offering is not None else ()

    @property
    def person(self) -> WaitlistMatch | None:
        people = self.people
        return people[self._place(people)] if people else None

    def _place(self, people: tuple[WaitlistMatch, ...]) -> int:
        ids = [match.card.entry.id for match in people]
        return ids.index(self._chosen) if self._chosen in ids else 0

    def refresh(self) -> None:
        offering, people = self.offering, self.people
        if offering is None or not people:
            had = self.isVisible() and self._holds_focus()
            self.hide()
            self.trouble.hide()
            if had:
                self.left.emit()
            return
        place = self._place(people)
        self._chosen = people[place].card.entry.id
        shown = self._room()
        self._first = min(max(self._first, place - shown + 1), place)
        self._first = max(0, min(self._first, len(people) - shown))
        gap = offering.gap
        zone = self._source.zone_at(gap.location_id)
        for number, tile in enumerate(self.tiles):
            index = self._first + number
            tile.setVisible(number < shown and index < len(people))
            if tile.isVisibleTo(self):
                tile.show_match(people[index], zone, index == place)
        self._tell(offering, people, zone)
        self.show()

    def _tell(self, offering: Offering, people: tuple[WaitlistMatch, ...], zone: str) -> None:
        gap, roster = offering.gap, self._source.roster
        today = words.local(self._clock.now(), zone).date()
        day = words.local(gap.start, zone).date()
        span = words.span_words(gap.start, gap.end, zone)
        when = span if day == today else f"{words.day_words(day, today)} {span}"
        doctor = words.doctor_of(roster, gap.doctor_id) if roster is not None else ""
        self.title.setText(f"{when} is free")
        of = len(self.desk.offerings)
        count = f"{self.desk.place + 1} of {of} slots" if of > 1 else ""
        fit = f"{words.plural(len(people), 'person', 'people')} fit"
        fit = "1 person fits" if len(people) == 1 else fit
        home = roster.practice.zone if roster is not None else zone
        both = both_spans(gap.start, gap.end, zone, home)
        other = both.removeprefix(span).strip(" ()")
        parts = [other, doctor, length_text(gap.end - gap.start), count or fit]
        self.detail.setText(" · ".join(part for part in parts if part))
        self.detail.setToolTip(f"{self.detail.text()} · {fit}")
        hints = (*HINTS, ("PgDn", "next slot")) if of > 1 else HINTS
        self.hints.set_pairs(hints)
        spoken = ", ".join(part for part in (when, other, doctor) if part)
        self.setAccessibleName(f"Freed slot: {spoken}. {fit}.")
        self.book_button.setEnabled(not self.desk.booking)
        keep_shut(self.book_button, self._why_not_book())
        why = why_not(self._context.actor, Permission.WAITLIST)
        for button in self._answers():
            button.setEnabled(True)
            keep_shut(button, why)

    def _why_not_book(self) -> str:
        """The slot is of one doctor, the later visit that is given up perhaps of another."""
        actor, roster, person = self._context.actor, self._source.roster, self.person
        if actor.permissions is None or roster is None or person is None:
            return ""
        why = why_not(actor, Permission.WAITLIST)
        why = why or why_not_theirs(actor, Permission.BOOK, person.slot.doctor_id, roster.doctors)
        later = person.card.given_up
        if why or later is None or later.status in (*FINAL, Status.RELEASED, Status.IN_PROGRESS):
            return why
        return why_not_theirs(actor, Permission.BOOK, later.doctor_id, roster.doctors)

    def _room(self) -> int:
        """How many people there is room for side by side."""
        free = self.width() - self._theme.px(SIDE) - self._right_width() - 48
        return max(1, min(MOST, free // self._theme.px(LEAST_TILE)))

    def _right_width(self) -> int:
        buttons = (self.book_button, *self._answers(), self.close_button)
        return sum(button.sizeHint().width() + 6 for button in buttons)

    def _answers(self) -> tuple[QPushButton, ...]:
        return self.message_button, self.refused_button, self.silent_button, self.later_button

    # deeds

    def come(self) -> bool:
        """F7; False when nothing is on offer."""
        if self.isHidden():
            return False
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        person = self.person
        if person is not None:
            announce(self, f"{self.accessibleName()} {CURTAIN.name(person.card.patient)}")
        return True

    def book(self) -> None:
        if self._barred(self._why_not_book()):
            return
        self._with(lambda offering, person: self.desk.book(offering, person))
        self.note.clear()

    def record(self, result: OfferResult) -> None:
        if self._barred(why_not(self._context.actor, Permission.WAITLIST)):
            return
        note = self.note.text().strip()
        self.note.clear()
        person = self.person
        later = partial(self._past, person) if result is OfferResult.OPEN else lambda: None
        self._with(lambda offering, one: self.desk.record(offering, one, result, note, later))
        if result is OfferResult.CALL_BACK and person is self.person:
            self._step(1)

    def _past(self, person: WaitlistMatch | None) -> None:
        if person is not None and self._chosen == person.card.entry.id:
            self._step(1)

    def put_away(self) -> None:
        offering = self.offering
        if offering is not None:
            self.desk.put_away(offering.gap)

    def _with(self, deed: Callable[[Offering, WaitlistMatch], None]) -> None:
        offering, person = self.offering, self.person
        self.trouble.hide()
        if offering is not None and person is not None:
            deed(offering, person)

    def _barred(self, why: str) -> bool:
        """Whether it is not this person's; says why."""
        if why:
            self._say(why)
        return bool(why)

    def _refused(self, error: ClinicDeskError) -> None:
        self._say(message_for(error).sentence)

    def _say(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.show()
        announce(self, sentence, urgent=True)

    def _arrived(self) -> None:
        self.trouble.hide()
        announce(self, f"{self.accessibleName()} F7 goes there.")

    def _pick(self, number: int) -> None:
        index = self._first + number
        if index < len(self.people):
            self._chosen = self.people[index].card.entry.id
        self.refresh()

    def _step(self, step: int) -> None:
        people = self.people
        if people:
            place = max(0, min(len(people) - 1, self._place(people) + step))
            self._chosen = people[place].card.entry.id
            self.refresh()
            announce(self, CURTAIN.name(people[place].card.patient))

    # keys

    def event(self, event: QEvent) -> bool:
        """While the bar has the keyboard, / is its own and not the search's."""
        own = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Slash
        if own and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key, person = event.key(), self.person
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif self.note.hasFocus():
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_B):
            self.book()
        elif key in RESULT_KEYS:
            self.record(RESULT_KEYS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self._step(1)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self._step(-1)
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_3:
            self._pick(int(key) - int(Qt.Key.Key_1))
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.desk.turn(1 if key == Qt.Key.Key_PageDown else -1)
        elif key == Qt.Key.Key_Slash:
            self.note.setFocus()
        elif key == Qt.Key.Key_O and person is not None:
            self.patient_requested.emit(person.card.entry.patient_id)
        elif key == Qt.Key.Key_Delete:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.update()

    def _holds_focus(self) -> bool:
        focus = self.window().focusWidget()
        return focus is self or (focus is not None and self.isAncestorOf(focus))

    # look

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        # the tiles change the layout, which is being made just now
        QTimer.singleShot(0, self, self.refresh)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        tokens = self._theme.tokens
        painter.fillRect(self.rect(), tokens.window)
        painter.fillRect(QRect(0, 0, self.width(), 2), tokens.accent)
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), self._theme)

    def _dress(self) -> None:
        self._side.setFixedWidth(self._theme.px(SIDE))
        self.close_button.setIcon(self._theme.qicon("close"))
        self.update()
